//! Socket Mode, from Slack's side: web sockets that the bot opens with a ticket, envelopes down them, acknowledgements up.
//! They have a port of their own, because the Web API's server speaks HTTP alone.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use super::api::{Args, Refusal};
use super::model::State;
use super::outbound::Delivery;
use super::{BotAnswer, LocalSlack};

/// By which way what people do reaches the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Signed requests to its address.
    Http,
    /// Its own web sockets.
    Socket,
    /// Both at once, which Slack does while an app is moved from one to the other.
    Both,
}

/// The bot's connections.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    address: Option<SocketAddr>,
    tickets: HashSet<String>,
    peers: Vec<Peer>,
    /// Envelopes that wait for their acknowledgement.
    waiting: HashMap<String, oneshot::Sender<Value>>,
    /// Whose turn it is.
    turn: usize,
}

#[derive(Debug)]
struct Peer {
    id: u64,
    out: mpsc::UnboundedSender<Message>,
}

impl Sockets {
    /// Each envelope goes down one connection, in turn.
    fn send(&mut self, text: &str) -> bool {
        let count = self.peers.len();
        self.turn = self.turn.wrapping_add(1);
        let peer = self.turn.checked_rem(count).and_then(|at| self.peers.get(at));
        peer.is_some_and(|peer| peer.out.send(Message::text(text)).is_ok())
    }
}

/// `apps.connections.open`: an address with a ticket that is good once.
pub(super) fn open(state: &mut State, args: &Args) -> Result<Value, Refusal> {
    match args.token() {
        None => return Err(Refusal::new("not_authed")),
        Some(token) if token == state.team.app_token => {}
        Some(token) if token.starts_with("xapp-") => return Err(Refusal::new("invalid_auth")),
        Some(_) => return Err(Refusal::new("not_allowed_token_type")),
    }
    let ticket = format!("ticket-{}", state.next());
    let address = state.sockets.address.ok_or_else(|| Refusal::new("internal_error"))?;
    state.sockets.tickets.insert(ticket.clone());
    Ok(json!({ "url": format!("ws://{address}/link/?ticket={ticket}&app_id={}", state.team.app_id) }))
}

impl LocalSlack {
    /// Takes web sockets, for as long as the runtime lives.
    pub(super) async fn take_sockets(&self) -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        self.state().sockets.address = Some(listener.local_addr()?);
        let me = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let me = me.clone();
                tokio::spawn(async move { me.attend(stream).await });
            }
        });
        Ok(())
    }

    /// How many connections the bot has open.
    pub fn connections(&self) -> usize {
        self.state().sockets.peers.len()
    }

    /// Tells every connection that it will be ended, and why: `warning`, `refresh_requested`, `link_disabled` …
    pub fn announce_disconnect(&self, reason: &str) {
        let said = json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "applink-local" } });
        self.tell_connections(&Message::text(said.to_string()));
    }

    /// Says this on every connection, whatever it is.
    pub fn tell_connections_text(&self, text: &str) {
        self.tell_connections(&Message::text(text));
    }

    fn tell_connections(&self, message: &Message) {
        for peer in &self.state().sockets.peers {
            let _ = peer.out.send(message.clone());
        }
    }

    /// Ends every connection without a word.
    pub fn cut_connections(&self) {
        self.state().sockets.peers.clear();
    }

    async fn attend(&self, stream: TcpStream) {
        let mut ticket = String::new();
        #[expect(clippy::result_large_err, reason = "the crate's own signature")]
        let read = |request: &Request, response: Response| {
            let query = request.uri().query().unwrap_or_default();
            let found = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ticket");
            ticket = found.map(|(_, ticket)| ticket.into_owned()).unwrap_or_default();
            Ok(response)
        };
        let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, read).await else { return };
        let (out, mut to_send) = mpsc::unbounded_channel();
        let (id, hello) = {
            let mut state = self.state();
            if !state.sockets.tickets.remove(&ticket) {
                return;
            }
            let id = state.next();
            state.sockets.peers.push(Peer { id, out });
            let hello = json!({
                "type": "hello", "num_connections": state.sockets.peers.len(),
                "debug_info": { "host": "applink-local", "build_number": 1, "approximate_connection_time": 18060 },
                "connection_info": { "app_id": state.team.app_id },
            });
            (id, hello)
        };
        let mut is_open = socket.send(Message::text(hello.to_string())).await.is_ok();
        while is_open {
            is_open = tokio::select! {
                said = socket.next() => match said {
                    Some(Ok(Message::Text(text))) => { self.acknowledged(&text); true }
                    Some(Ok(message)) => !message.is_close(),
                    Some(Err(_)) | None => false,
                },
                message = to_send.recv() => match message {
                    Some(message) => socket.send(message).await.is_ok(),
                    // Cut: the other end is to find out by itself.
                    None => return,
                },
            };
        }
        self.state().sockets.peers.retain(|peer| peer.id != id);
        let _ = socket.close(None).await;
    }

    fn acknowledged(&self, text: &str) {
        let ack: Value = serde_json::from_str(text).unwrap_or_default();
        let waiting = self.state().sockets.waiting.remove(ack["envelope_id"].as_str().unwrap_or_default());
        if let Some(waiting) = waiting {
            let _ = waiting.send(ack["payload"].clone());
        }
    }

    /// Sends by one of the connections, and waits for the acknowledgement as long as the settings say.
    pub(super) async fn send_by_socket(&self, delivery: &Delivery) -> BotAnswer {
        let (told, patience) = {
            let mut state = self.state();
            let id = format!("envelope-{}", state.next());
            let (tell, told) = oneshot::channel();
            state.sockets.waiting.insert(id.clone(), tell);
            if !state.sockets.send(&envelope(&id, delivery).to_string()) {
                return BotAnswer { status: 0, body: "no connection is open".into() };
            }
            (told, state.settings.patience)
        };
        match tokio::time::timeout(patience, told).await {
            Ok(Ok(Value::Null)) => BotAnswer { status: 200, body: String::new() },
            Ok(Ok(payload)) => BotAnswer { status: 200, body: payload.to_string() },
            Ok(Err(_)) | Err(_) => BotAnswer { status: 0, body: "the bot did not acknowledge it".into() },
        }
    }
}

/// The same as over HTTP, in the wrapping of Socket Mode.
fn envelope(id: &str, delivery: &Delivery) -> Value {
    let form = || url::form_urlencoded::parse(delivery.body.as_bytes()).into_owned();
    let (kind, payload) = match delivery.path {
        "/slack/events" => ("events_api", serde_json::from_str(&delivery.body).unwrap_or_default()),
        "/slack/interactions" => {
            let payload = form().find(|(name, _)| name == "payload").map(|(_, payload)| payload).unwrap_or_default();
            ("interactive", serde_json::from_str(&payload).unwrap_or_default())
        }
        _ => ("slash_commands", Value::Object(form().map(|(name, value)| (name, json!(value))).collect())),
    };
    let (attempt, reason) = delivery.retry.unwrap_or_default();
    json!({
        "envelope_id": id, "type": kind, "payload": payload, "accepts_response_payload": kind != "events_api",
        "retry_attempt": attempt, "retry_reason": reason,
    })
}
