//! The client against a server that answers what it is told to: requests as they go out, and what each failure means.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::connector::Connector;
use super::views::plain;
use super::*;
use crate::process::UserId;
use crate::record::agenda::Kind;

/// What the server does with a request.
enum Answer {
    Json(Value),
    Raw(&'static str),
    HangUp,
    Silence,
}

/// A request as the server got it.
#[derive(Debug, Clone)]
struct Got {
    line: String,
    authorization: Option<String>,
    body: Value,
}

struct Server {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Server {
    /// Answers one request after the other, each on a connection of its own.
    fn new(answers: Vec<Answer>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let got = Arc::new(Mutex::new(Vec::new()));
        let seen = got.clone();
        std::thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().expect("somebody calls");
                serve(stream, answer, &seen);
            }
        });
        Server { address, got }
    }

    fn slack(&self) -> Slack {
        slack_at(&format!("http://{}/api", self.address))
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().expect("no test panics with it").clone()
    }
}

fn slack_at(base: &str) -> Slack {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Slack::new(base, &Secret::from("xoxb-secret\n")).expect("a good address")
}

fn serve(mut stream: TcpStream, answer: Answer, seen: &Mutex<Vec<Got>>) {
    let got = read(&mut stream);
    seen.lock().expect("no test panics with it").push(got);
    let answer = match answer {
        Answer::Json(value) => {
            let body = value.to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n";
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
        }
        Answer::Raw(text) => text.to_owned(),
        Answer::HangUp => return,
        // Until the client hangs up.
        Answer::Silence => return drop(stream.read(&mut [0])),
    };
    stream.write_all(answer.as_bytes()).expect("the client listens");
}

fn read(stream: &mut TcpStream) -> Got {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let header = |name: &str| {
                head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| key.eq_ignore_ascii_case(name))
            };
            let length: usize = header("content-length").map_or(0, |(_, length)| length.parse().expect("a number"));
            if body.len() >= length {
                return Got {
                    line: head.lines().next().unwrap_or_default().to_owned(),
                    authorization: header("authorization").map(|(_, value)| value.to_owned()),
                    body: serde_json::from_str(body).unwrap_or(Value::Null),
                };
            }
        }
        let read = stream.read(&mut chunk).expect("the client writes");
        assert!(read > 0, "the client hung up early");
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn post() -> Post {
    Post {
        thread: None,
        channel: "D1".to_owned(),
        content: plain("It is time <now>"),
        metadata: Metadata::nudge("n1", Kind::FollowUp),
        client_msg_id: uuid::Uuid::from_u128(7),
    }
}

async fn posted(answer: Answer) -> Result<Posted, CallError> {
    Server::new(vec![answer]).slack().post(&post()).await
}

fn said(code: &str) -> Answer {
    Answer::Json(json!({ "ok": false, "error": code }))
}

#[tokio::test]
async fn a_post_carries_all_that_makes_it_safe_to_repeat() {
    let odd =
        json!({ "ok": true, "channel": "D1", "ts": "1.2", "message": { "metadata": { "event_payload": { "n": 1 } } } });
    let server = Server::new(vec![Answer::Json(odd)]);
    let at = server.slack().post(&post()).await.expect("Slack took it");
    assert_eq!(at, Posted { channel: "D1".to_owned(), ts: "1.2".to_owned() });
    let got = &server.got()[0];
    assert_eq!(got.line, "POST /api/chat.postMessage HTTP/1.1");
    assert_eq!(got.authorization.as_deref(), Some("Bearer xoxb-secret"));
    let expected = json!({
        "channel": "D1",
        "text": "It is time &lt;now&gt;",
        "blocks": [{ "type": "section", "text": { "type": "plain_text", "text": "It is time <now>", "emoji": false } }],
        "metadata": { "event_type": "onbeat_nudge", "event_payload": { "nudge": "n1", "kind": "follow-up" } },
        "client_msg_id": "00000000-0000-0000-0000-000000000007",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    });
    assert_eq!(got.body, expected);
}

#[tokio::test]
async fn what_slack_certainly_has_not_got_is_not_sent() {
    let limited = Answer::Raw("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(posted(limited).await, Err(CallError::NotSent { retry_after: Some(Duration::from_secs(30)) }));
    // Nobody listens on a port that was just given back.
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let refused = slack_at(&format!("http://{gone}/")).post(&post()).await;
    assert_eq!(refused, Err(CallError::NotSent { retry_after: None }));
    assert!(matches!(posted(said("ratelimited")).await, Err(CallError::NotSent { retry_after: Some(_) })));
}

#[tokio::test]
async fn what_slack_may_have_got_is_unknown() {
    assert_eq!(posted(Answer::HangUp).await, Err(CallError::Unknown));
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"ok\":";
    assert_eq!(posted(Answer::Raw(cut)).await, Err(CallError::Unknown));
    for status in
        ["500 Oops", "502 Bad Gateway", "403 Forbidden", "307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/"]
    {
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(posted(Answer::Raw(answer.leak())).await, Err(CallError::Unknown), "{status}");
    }
    let portal = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\n<login>";
    assert_eq!(posted(Answer::Raw(portal)).await, Err(CallError::Unknown));
    for odd in [json!([]), json!({ "ok": true }), json!({ "hello": 1 })] {
        assert_eq!(posted(Answer::Json(odd)).await, Err(CallError::Unknown));
    }
    for code in ["internal_error", "fatal_error", "service_unavailable", "request_timeout"] {
        assert_eq!(posted(said(code)).await, Err(CallError::Unknown), "{code}");
    }
}

#[tokio::test]
async fn a_server_that_keeps_silent_does_not_hold_us() {
    let server = Server::new(vec![Answer::Silence]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let connector = Connector::within(&format!("http://{}", server.address), Duration::from_millis(50));
    let slack =
        Slack::over(connector.expect("a good address"), &Secret::from("xoxb-1"), super::limiter::Limiter::default());
    assert_eq!(slack.post(&post()).await, Err(CallError::Unknown));
}

#[tokio::test]
async fn what_slack_refuses_is_dead() {
    for code in ["channel_not_found", "invalid_blocks", "is_archived"] {
        let error = posted(said(code)).await.expect_err("Slack said no");
        assert_eq!(error, CallError::Refused(code.to_owned()));
        assert!(!error.is_about_the_token());
    }
    assert!(posted(said("token_revoked")).await.expect_err("Slack said no").is_about_the_token());
}

#[tokio::test]
async fn after_a_429_the_method_pauses_without_asking_slack() {
    let limited = Answer::Raw("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n");
    let server = Server::new(vec![limited]);
    let slack = server.slack();
    assert!(slack.post(&post()).await.is_err());
    let Err(CallError::NotSent { retry_after: Some(wait) }) = slack.clone().post(&post()).await else {
        panic!("the second one waits")
    };
    assert!(wait > Duration::from_secs(25) && wait <= Duration::from_secs(30));
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn an_update_repeats_the_metadata_and_tells_gone_from_later() {
    let server = Server::new(vec![
        Answer::Json(json!({ "ok": true })),
        said("message_not_found"),
        Answer::HangUp,
        said("invalid_blocks"),
    ]);
    let (slack, at) = (server.slack(), Posted { channel: "D1".to_owned(), ts: "1.2".to_owned() });
    let post = post();
    let update = || slack.update(&at, &post.content, &post.metadata);
    assert_eq!(update().await, Ok(()));
    assert_eq!(update().await, Err(UpdateError::Gone));
    assert_eq!(update().await, Err(UpdateError::Later { retry_after: None }));
    assert_eq!(update().await, Err(UpdateError::Rejected("invalid_blocks".to_owned())));
    assert_eq!(server.got()[0].body["metadata"]["event_payload"], json!({ "nudge": "n1", "kind": "follow-up" }));
}

fn message(ts: &str, payload: Value) -> Value {
    json!({ "type": "message", "ts": ts, "metadata": { "event_type": "onbeat_nudge", "event_payload": payload } })
}

#[tokio::test]
async fn a_message_is_found_by_its_metadata_past_odd_neighbours() {
    let first = json!({ "ok": true, "messages": [
        message("900.3", json!({ "nudge": 7 })), json!({ "metadata": {} }), message("900.2", json!({ "nudge": "n2" })), Value::Null,
    ], "response_metadata": { "next_cursor": "more=" } });
    let second = json!({ "ok": true, "messages": [
        message("900.1", json!({ "nudge": "n1", "kind": "due" })), message("900.0", json!({ "nudge": "n1" })),
    ], "response_metadata": { "next_cursor": "" } });
    let server = Server::new(vec![Answer::Json(first), Answer::Json(second)]);
    let since = Timestamp::from_second(900).expect("early, but an instant");
    let found = server.slack().find_by_metadata("D1", since, "nudge", "n1").await;
    assert_eq!(found, Ok(Some(Posted { channel: "D1".to_owned(), ts: "900.0".to_owned() })));
    let lines: Vec<String> = server.got().into_iter().map(|got| got.line).collect();
    assert_eq!(
        lines,
        [
            "GET /api/conversations.history?channel=D1&limit=100&include_all_metadata=true HTTP/1.1",
            "GET /api/conversations.history?channel=D1&limit=100&include_all_metadata=true&cursor=more%3D HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn the_search_ends_where_the_message_cannot_be() {
    let old = json!({ "ok": true, "messages": [message("100.0", json!({ "nudge": "n0" }))],
        "response_metadata": { "next_cursor": "more" } });
    let since = Timestamp::from_second(9000).expect("early, but an instant");
    let server = Server::new(vec![Answer::Json(old)]);
    assert_eq!(server.slack().find_by_metadata("D1", since, "nudge", "n1").await, Ok(None));
    // A channel so busy that the end is not reached is no proof.
    let busy = || {
        Answer::Json(json!({ "ok": true, "messages": [message("9100.0", json!({}))],
        "response_metadata": { "next_cursor": "more" } }))
    };
    let server = Server::new((0..6).map(|_| busy()).collect());
    assert_eq!(server.slack().find_by_metadata("D1", since, "nudge", "n1").await, Err(CallError::Unknown));
}

#[tokio::test]
async fn people_are_read_leniently() {
    let user = json!({ "id": "U1", "name": "ana", "tz": null, "deleted": false,
        "profile": { "display_name": "", "real_name": "Ana Ruiz", "fields": [] } });
    let server = Server::new(vec![Answer::Json(json!({ "ok": true, "user": user })), said("users_not_found")]);
    let slack = server.slack();
    let ana = slack.user_profile(&UserId::from("U1")).await.expect("Slack answers").expect("she exists");
    assert_eq!((ana.name.as_str(), ana.time_zone, ana.deleted), ("Ana Ruiz", None, false));
    assert_eq!(slack.lookup_by_email("a@b.example").await, Ok(None));
    assert_eq!(server.got()[1].line, "GET /api/users.lookupByEmail?email=a%40b.example HTTP/1.1");
}

#[tokio::test]
async fn a_response_url_gets_no_token() {
    let server = Server::new(vec![Answer::Raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]);
    let url = format!("http://{}/response/1", server.address);
    assert_eq!(server.slack().respond(&url, &plain("Hello"), true).await, Ok(()));
    assert_eq!(server.got()[0].authorization, None);
    assert_eq!(server.got()[0].body["response_type"], "ephemeral");
    assert_eq!(server.got()[0].body["replace_original"], true);
}

#[tokio::test]
async fn the_bot_learns_who_it_is_and_where_to_write() {
    let server = Server::new(vec![
        Answer::Json(json!({ "ok": true, "team_id": "T1", "team": "Acme", "user_id": "UBOT", "url": "not a url" })),
        Answer::Json(json!({ "ok": true, "channel": { "id": "D7" } })),
    ]);
    let slack = server.slack();
    let identity = slack.auth_test().await.expect("Slack answers");
    assert_eq!((identity.team.as_str(), identity.bot_user.as_str()), ("T1", "UBOT"));
    assert_eq!(slack.open_direct(&UserId::from("U1")).await.as_deref(), Ok("D7"));
    assert_eq!(server.got()[1].body, json!({ "users": "U1" }));
}

#[test]
fn only_web_addresses_are_a_base() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for bad in ["", "slack.com", "ftp://slack.com/", "file:///tmp"] {
        assert!(Slack::new(bad, &Secret::from("x")).is_err(), "{bad}");
    }
}

#[test]
fn secrets_do_not_show() {
    assert_eq!(format!("{:?}", Secret::from("xoxb-1")), "Secret(…)");
    assert!(!format!("{:?}", slack_at("http://127.0.0.1:9")).contains("secret"));
}
