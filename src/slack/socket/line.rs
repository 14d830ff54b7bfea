//! One web socket: takes envelopes, acknowledges what was done, watches whether the other end is still there, and goes in
//! good order when it is no longer needed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;

use super::super::backoff::jittered;
use super::Shared;
use super::envelope::{self, Envelope, Reason, Told};

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long Slack may take to say hello; one that says nothing but stays is taken for good.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// How long a message may take on its way out.
const SEND_WITHIN: Duration = Duration::from_secs(3);
/// How long a connection that is no longer needed stays for what is under way.
const DRAIN: Duration = Duration::from_secs(4);
/// How long to wait for the other end to say goodbye.
const GOODBYE: Duration = Duration::from_millis(500);
/// A connection that is to last for this long or less is not replaced before Slack says so.
const SHORT_LIFE: Duration = Duration::from_secs(60);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why another connection is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Slack said so, or it is time; this one goes on until it is told to go.
    Told(Reason),
    /// This one is gone.
    Lost,
}

/// A connection that is open.
pub(super) struct Line {
    /// Cancelled: it finishes what is under way, and goes.
    pub retire: CancellationToken,
    /// Says why another is wanted, once.
    pub wanted: oneshot::Receiver<Why>,
}

/// Opens a connection and waits for Slack's hello. The address holds a ticket: it stays out of logs and errors.
pub(super) async fn open(url: &str, shared: &Arc<Shared>) -> Option<Line> {
    let connected = tokio::time::timeout(CONNECT_WITHIN, tokio_tungstenite::connect_async(url)).await;
    let (socket, _) = connected.ok()?.ok()?;
    let (retire, (greet, greeted), (want, wanted)) =
        (shared.stop.child_token(), oneshot::channel(), oneshot::channel());
    let keeping = Keeping {
        socket,
        shared: shared.clone(),
        retire: retire.clone(),
        greet: Some(greet),
        want: Some(want),
        heard: Instant::now(),
        refresh_at: None,
        under_way: 0,
    };
    shared.tasks.spawn(keeping.keep());
    match tokio::time::timeout(HELLO_WITHIN, greeted).await {
        // It ended before it began.
        Ok(Err(_)) => None,
        Ok(Ok(())) | Err(_) => Some(Line { retire, wanted }),
    }
}

struct Keeping {
    socket: Socket,
    shared: Arc<Shared>,
    retire: CancellationToken,
    greet: Option<oneshot::Sender<()>>,
    want: Option<oneshot::Sender<Why>>,
    heard: Instant,
    refresh_at: Option<Instant>,
    under_way: usize,
}

impl Keeping {
    async fn keep(mut self) {
        let _counted = self.shared.counted();
        let (done, mut to_send) = mpsc::unbounded_channel::<Option<String>>();
        let mut ping = tokio::time::interval(self.shared.timing.ping_every);
        let mut goes_at = None;
        while !(goes_at.is_some() && self.under_way == 0) {
            let is_alive = tokio::select! {
                message = self.socket.next() => match message {
                    Some(Ok(message)) => self.hear(message, &done),
                    Some(Err(_)) | None => false,
                },
                Some(ack) = to_send.recv() => {
                    self.under_way = self.under_way.saturating_sub(1);
                    match ack {
                        Some(ack) => self.send(Message::text(ack)).await,
                        None => true,
                    }
                }
                _ = ping.tick() => {
                    self.heard.elapsed() < self.shared.timing.dead_after
                        && self.send(Message::Ping(Default::default())).await
                }
                () = self.retire.cancelled(), if goes_at.is_none() => {
                    goes_at = Some(Instant::now() + DRAIN);
                    true
                }
                () = until(goes_at) => false,
                () = until(self.refresh_at) => {
                    self.refresh_at = None;
                    self.want(Why::Told(Reason::Refresh));
                    true
                }
            };
            if !is_alive {
                break;
            }
        }
        // Answers that come too late for this connection: Slack asks again on another one, and gets them there.
        self.goodbye().await;
        self.want(Why::Lost);
    }

    /// Whether the connection goes on.
    fn hear(&mut self, message: Message, done: &mpsc::UnboundedSender<Option<String>>) -> bool {
        self.heard = Instant::now();
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return false,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return true,
        };
        match envelope::read(&text) {
            Told::Hello { lasts } => {
                let long = lasts.filter(|lasts| *lasts > SHORT_LIFE);
                self.refresh_at = long.map(|lasts| Instant::now() + jittered(lasts.mul_f64(0.9)));
                self.greeted();
            }
            Told::Disconnect(reason) => self.want(Why::Told(reason)),
            Told::Envelope(envelope) => {
                self.greeted();
                self.take(*envelope, done.clone());
            }
            Told::Nothing => tracing::debug!("something came by the web socket that says nothing to us"),
        }
        true
    }

    /// Each envelope is a task of its own, so that a slow one holds up no other; it ends even where the connection does
    /// not last as long.
    fn take(&mut self, envelope: Envelope, done: mpsc::UnboundedSender<Option<String>>) {
        self.under_way += 1;
        let doing = (self.shared.handler)(envelope.inbound.clone());
        self.shared.tasks.spawn(async move {
            // What could not be stored is not acknowledged: Slack brings it again.
            let ack = doing.await.ok().map(|answer| envelope.ack(answer));
            let _ = done.send(ack);
        });
    }

    fn greeted(&mut self) {
        self.greet.take().map(|greet| greet.send(()));
    }

    fn want(&mut self, why: Why) {
        self.want.take().map(|want| want.send(why));
    }

    async fn send(&mut self, message: Message) -> bool {
        matches!(tokio::time::timeout(SEND_WITHIN, self.socket.send(message)).await, Ok(Ok(())))
    }

    async fn goodbye(&mut self) {
        let said = async {
            let _ = self.socket.close(None).await;
            while let Some(Ok(_)) = self.socket.next().await {}
        };
        let _ = tokio::time::timeout(GOODBYE, said).await;
    }
}

/// Never, where there is no such instant.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
