//! Connections against a Slack that falls silent, dawdles or wants them replaced.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::secret::Secret;

/// Longer than anything here may take.
const BOUND: Duration = Duration::from_secs(20);

/// As [`TIMING`], for those who have no minute.
const QUICK: Timing = Timing {
    ping_every: Duration::from_millis(20),
    dead_after: Duration::from_millis(200),
    waits: (Duration::from_millis(1), Duration::from_millis(5)),
    steady: Duration::ZERO,
    until_mended: Duration::from_secs(300),
};

type Socket = WebSocketStream<TcpStream>;

/// Slack's side: whoever asks is sent to `sockets`.
struct Other {
    sockets: TcpListener,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Other {
    /// With one connection of a bot that does this with what comes in.
    async fn with(handler: Handler, timing: Timing) -> Other {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sockets = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let api = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("ws://{}/", sockets.local_addr().expect("bound"));
        let base = format!("http://{}/api", api.local_addr().expect("bound"));
        tokio::spawn(async move {
            while let Ok((stream, _)) = api.accept().await {
                send_to(stream, &url).await;
            }
        });
        let slack = Slack::unlimited(&base, &Secret::from("xapp-1")).expect("a good address");
        let stop = CancellationToken::new();
        let mut mode = SocketMode::new(slack, 1, handler, stop.clone());
        mode.shared.timing = timing;
        Other { sockets, stop, running: tokio::spawn(mode.run()) }
    }

    /// The bot's next connection, greeted.
    async fn next(&self) -> Socket {
        let (stream, _) = soon(self.sockets.accept()).await.expect("accepts");
        let mut socket = tokio_tungstenite::accept_async(stream).await.expect("a web socket");
        say(&mut socket, &json!({ "type": "hello" })).await;
        socket
    }

    async fn end(self) {
        self.stop.cancel();
        soon(self.running).await.expect("ends well");
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future).await.expect("in good time")
}

/// `apps.connections.open`.
async fn send_to(mut stream: TcpStream, url: &str) {
    let mut asked = Vec::new();
    while !asked.windows(4).any(|four| four == b"\r\n\r\n") {
        if stream.read_buf(&mut asked).await.unwrap_or_default() == 0 {
            return;
        }
    }
    let body = json!({ "ok": true, "url": url }).to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.expect("the client listens");
    // What is left of the request is read, so that closing resets nothing.
    let _ = stream.shutdown().await;
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut asked)).await;
}

async fn say(socket: &mut Socket, value: &Value) {
    socket.send(Message::text(value.to_string())).await.expect("the bot listens");
}

fn command(envelope: &str, text: &str) -> Value {
    let payload = json!({ "command": "/onbeat", "user_id": "U1", "team_id": "T1", "text": text });
    json!({ "envelope_id": envelope, "type": "slash_commands", "payload": payload })
}

/// The next acknowledgement; `None` where the bot has gone.
async fn ack(socket: &mut Socket) -> Option<String> {
    loop {
        match soon(socket.next()).await {
            Some(Ok(Message::Text(text))) => {
                let said: Value = serde_json::from_str(&text).expect("JSON");
                return Some(said["envelope_id"].as_str().expect("an envelope's").to_owned());
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

fn at_once() -> Handler {
    Box::new(|_| Box::pin(async { Ok(None) }))
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_replaced() {
    let other = Other::with(at_once(), QUICK).await;
    // Nobody reads it, so that no ping is answered; it stays open all the same.
    let silent = other.next().await;
    let mut second = other.next().await;
    say(&mut second, &command("e1", "status")).await;
    assert_eq!(ack(&mut second).await.as_deref(), Some("e1"));
    drop(silent);
    drop(second);
    other.end().await;
}

#[tokio::test]
async fn a_slow_envelope_holds_up_none_beside_it() {
    let release = Arc::new(Notify::new());
    let released = release.clone();
    let handler: Handler = Box::new(move |inbound| {
        let (released, slow) = (released.clone(), format!("{inbound:?}").contains("slow"));
        Box::pin(async move {
            if slow {
                released.notified().await;
            }
            Ok(None)
        })
    });
    let other = Other::with(handler, Timing { dead_after: BOUND, ..QUICK }).await;
    let mut socket = other.next().await;
    say(&mut socket, &command("e1", "slow")).await;
    say(&mut socket, &command("e2", "fast")).await;
    assert_eq!(ack(&mut socket).await.as_deref(), Some("e2"));
    release.notify_one();
    assert_eq!(ack(&mut socket).await.as_deref(), Some("e1"));
    drop(socket);
    other.end().await;
}

#[tokio::test]
async fn another_is_open_before_the_old_one_goes() {
    for reason in ["warning", "refresh_requested"] {
        let other = Other::with(at_once(), Timing { dead_after: BOUND, ..QUICK }).await;
        let mut old = other.next().await;
        say(&mut old, &json!({ "type": "disconnect", "reason": reason })).await;
        let (stream, _) = soon(other.sockets.accept()).await.expect("accepts");
        // The new one is asked for and not yet greeted: the old one does its work.
        say(&mut old, &command("e1", "status")).await;
        assert_eq!(ack(&mut old).await.as_deref(), Some("e1"), "{reason}");
        let mut new = tokio_tungstenite::accept_async(stream).await.expect("a web socket");
        say(&mut new, &json!({ "type": "hello" })).await;
        assert_eq!(ack(&mut old).await, None, "{reason}: now it goes");
        say(&mut new, &command("e2", "status")).await;
        assert_eq!(ack(&mut new).await.as_deref(), Some("e2"), "{reason}");
        drop((old, new));
        other.end().await;
    }
}
