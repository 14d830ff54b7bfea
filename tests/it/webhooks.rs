//! Webhooks as their receiver sees them: signed, once, again after a while where need be, and never to where they must not go.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use onbeat::engine::Telling;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::harness::{ANA, HEAD, Harness, LEADERS, Said};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
grace = "0 workdays"
evidence = ["note"]

[[activity]]
key = "one-on-one"
title = "1:1"
category = "coaching"
when = "every Monday at 10:00"
minutes = 30
grace = "0 workdays"
evidence = ["note"]
"#;

const DIGEST: &str = r#"
[digest]
channel = "C0SALES"
when = "every Tuesday at 16:00"
time_zone = "America/New_York"
"#;

/// What came, and what is answered next (204 where nothing is said).
#[derive(Clone, Default)]
struct Receiver {
    came: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    /// Listens; its address.
    async fn start(&self) -> String {
        async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
            receiver.came.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
            let status = receiver.answers.lock().unwrap().pop_front().unwrap_or(204);
            let mut headers = HeaderMap::new();
            if (300..400).contains(&status) {
                headers.insert("location", "/elsewhere".parse().unwrap());
            }
            (StatusCode::from_u16(status).unwrap(), headers)
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    fn count(&self) -> usize {
        self.came.lock().unwrap().len()
    }

    /// What came since somebody looked last, its signature checked.
    #[track_caller]
    fn take(&self, secret: &str) -> Vec<Value> {
        let came = std::mem::take(&mut *self.came.lock().unwrap());
        let read = |(headers, body): (HeaderMap, String)| {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
            let signature = Webhook::new(secret).unwrap().sign(&id, at.parse().unwrap(), body.as_bytes()).unwrap();
            assert_eq!(header("webhook-signature"), signature);
            assert_eq!(header("content-type"), "application/json");
            let mut body: Value = serde_json::from_str(&body).unwrap();
            body["id"] = json!(id);
            body
        };
        came.into_iter().map(read).collect()
    }
}

async fn monday(allows_private: bool) -> Harness {
    let mut h = Harness::before("2026-12-07T12:00:00Z").await;
    h.private_addresses = allows_private;
    h.apply(&[HEAD, DIGEST, ACTIVITIES, LEADERS, ANA].concat()).await;
    h.open().await;
    h.beat().await;
    h
}

async fn onbeat(h: &Harness, words: &[&str]) -> Said {
    h.onbeat_with(words, &[("WEBHOOK_PRIVATE_ADDRESSES", "true"), ("USER", "ops")]).await
}

/// Adds a webhook; its secret.
async fn add(h: &Harness, url: &str, more: &[&str]) -> String {
    let said = onbeat(h, &[&["webhook", "add", url], more].concat()).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.starts_with("whsec_") && !said.err.contains("whsec_"), "{} {}", said.out, said.err);
    said.out.trim().to_owned()
}

async fn tell(h: &Harness) -> usize {
    h.engine().tell_outside().await.unwrap()
}

async fn finish(h: Harness) {
    for name in ["ana", "C0SALES"] {
        h.kinds(name);
    }
    h.finish().await;
}

async fn done(h: &Harness, activity: &str, note: &str) {
    h.press("ana", "Done", activity).await;
    h.submit("ana", &[("Did", "Met"), ("Note", note)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_signed_and_once() {
    let h = monday(true).await;
    let receiver = Receiver::default();
    let secret = add(&h, &receiver.start().await, &[]).await;
    h.advance_to("Mon 10:00").await;
    done(&h, "forecast", "All dated").await;
    assert_eq!((tell(&h).await, tell(&h).await), (1, 0));
    let [told] = receiver.take(&secret).try_into().unwrap();
    assert_eq!((&told["type"], &told["timestamp"]), (&json!("occurrence.done"), &json!("2026-12-07T16:00:00Z")));
    let mut record = h.record("forecast").await;
    record["note_withheld"] = json!(false);
    assert_eq!(told["data"], record);
    assert_eq!(told["data"]["note"], "All dated");
    h.advance_to("Tue 16:00").await;
    assert_eq!(tell(&h).await, 2);
    // In the order in which it happened.
    let told = receiver.take(&secret);
    assert_eq!(told[0]["type"], "occurrence.missed");
    assert_eq!((&told[0]["data"]["activity"], &told[0]["data"]["state"]), (&json!("one-on-one"), &json!("missed")));
    assert_eq!(told[1]["type"], "digest.published");
    assert_eq!((&told[1]["data"]["channel"], &told[1]["data"]["week"]), (&json!("C0SALES"), &json!("2026-W49")));
    assert!(told[1]["data"]["managers"].is_array());
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_managers_own_words_are_not_told() {
    let h = monday(true).await;
    let receiver = Receiver::default();
    let secret = add(&h, &receiver.start().await, &["--event", "occurrence.done"]).await;
    h.advance_to("Mon 10:00").await;
    done(&h, "one-on-one", "Wants to leave").await;
    assert_eq!(tell(&h).await, 1);
    let [told] = receiver.take(&secret).try_into().unwrap();
    assert_eq!((&told["data"]["note"], &told["data"]["note_withheld"]), (&Value::Null, &json!(true)));
    assert!(!told.to_string().contains("leave"));
    h.advance_to("Tue 16:00").await;
    assert_eq!(tell(&h).await, 0, "it asked for nothing else");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_no_longer_is_not_told() {
    let h = monday(true).await;
    let receiver = Receiver::default();
    add(&h, &receiver.start().await, &[]).await;
    h.advance_to("Mon 10:00").await;
    done(&h, "forecast", "Oops").await;
    h.press("ana", "Undo", "forecast").await;
    assert_eq!((tell(&h).await, receiver.count()), (0, 0));
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_take_it_is_tried_for_a_day() {
    let h = monday(true).await;
    let receiver = Receiver::default();
    let secret = add(&h, &receiver.start().await, &["--event", "occurrence.done"]).await;
    h.advance_to("Mon 10:00").await;
    done(&h, "forecast", "All dated").await;
    let began = h.now();
    receiver.answer(&[500, 503, 302, 404, 429, 500, 500, 500]);
    assert_eq!((tell(&h).await, tell(&h).await, receiver.count()), (0, 0, 1), "not at once again");
    h.sleep_until("+4s");
    tell(&h).await;
    assert_eq!(receiver.count(), 1, "not before five seconds");
    for attempts in 2..=8 {
        let wait = ["+6s", "+72s", "+360s", "+2160s", "+8640s", "+25920s", "+69120s"][attempts - 2];
        h.sleep_until(wait);
        tell(&h).await;
        assert_eq!(receiver.count(), attempts, "no redirect is followed, and each is tried anew");
    }
    assert!(h.now().duration_since(began) > SignedDuration::from_hours(24));
    h.sleep_until("+90000s");
    assert_eq!((tell(&h).await, receiver.count()), (0, 8));
    let told = receiver.take(&secret);
    assert!(told.iter().all(|one| one["id"] == told[0]["id"]), "one event has one name");
    let dead = onbeat(&h, &["webhook", "dead"]).await.out;
    assert!(dead.contains("occurrence.done") && dead.contains("answered 500") && !dead.contains("whsec"), "{dead}");
    assert!(onbeat(&h, &["webhook", "dead", "--retry"]).await.out.contains("1 event will"));
    assert_eq!(tell(&h).await, 1);
    assert_eq!(receiver.take(&secret)[0]["id"], told[0]["id"]);
    assert!(onbeat(&h, &["webhook", "dead"]).await.out.contains("Everything was told"));
    h.beat().await;
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_is_left_in_peace_and_told_in_order_later() {
    let h = monday(true).await;
    let receiver = Receiver::default();
    let secret = add(&h, &receiver.start().await, &[]).await;
    h.advance_to("Mon 10:00").await;
    done(&h, "forecast", "All dated").await;
    h.advance_to("Mon 10:05").await;
    done(&h, "one-on-one", "Fine").await;
    receiver.answer(&[503]);
    assert_eq!((tell(&h).await, tell(&h).await, receiver.count()), (0, 0, 1), "the other one waits with it");
    h.sleep_until("+7s");
    assert_eq!(tell(&h).await, 2);
    let told: Vec<Value> = receiver.take(&secret).iter().map(|told| told["data"]["activity"].clone()).collect();
    assert_eq!(told, ["forecast", "forecast", "one-on-one"]);
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_hangs_holds_up_no_other() {
    let h = monday(true).await;
    // Whoever connects waits in its backlog, and hears nothing.
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let receiver = Receiver::default();
    add(&h, &format!("http://{}/", hanging.local_addr().unwrap()), &[]).await;
    let secret = add(&h, &receiver.start().await, &[]).await;
    h.advance_to("Mon 10:00").await;
    let mut telling = Telling::default();
    let mut told = Vec::new();
    for activity in ["forecast", "one-on-one"] {
        done(&h, activity, "Fine").await;
        let began = Instant::now();
        while receiver.count() == 0 {
            assert!(began.elapsed() < Duration::from_secs(10), "{activity} waits for the one that hangs");
            telling.begin(h.engine()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        told.extend(receiver.take(&secret).into_iter().map(|told| told["data"]["activity"].clone()));
    }
    assert_eq!(told, ["forecast", "one-on-one"]);
    hanging.accept().await.unwrap();
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_more_or_was_removed_is_told_no_more() {
    let h = monday(true).await;
    let (one, other) = (Receiver::default(), Receiver::default());
    add(&h, &one.start().await, &[]).await;
    add(&h, &other.start().await, &[]).await;
    h.advance_to("Mon 10:00").await;
    one.answer(&[410]);
    done(&h, "forecast", "All dated").await;
    assert_eq!((tell(&h).await, one.count(), other.count()), (1, 1, 1));
    assert!(onbeat(&h, &["webhook", "list"]).await.out.contains("answered 410"));
    done(&h, "one-on-one", "Fine").await;
    assert_eq!(onbeat(&h, &["webhook", "remove", "2"]).await.status, 0);
    assert_eq!((tell(&h).await, one.count(), other.count()), (0, 1, 1));
    assert_eq!(onbeat(&h, &["webhook", "remove", "2"]).await.status, 2);
    let said = h.onbeat(&["history", "--all"]).await.out;
    assert!(said.contains("ops (command line): removed a webhook"), "{said}");
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_where_only_this_machine_should() {
    let h = monday(false).await;
    let receiver = Receiver::default();
    let url = receiver.start().await;
    for url in [url.as_str(), "https://10.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/"] {
        let said = h.onbeat(&["webhook", "add", url]).await;
        assert_eq!(said.status, 2, "{url}: {}", said.err);
        assert!(said.err.contains("webhook_private_addresses"), "{}", said.err);
    }
    for url in ["crm", "ftp://crm.example/", "https://u:p@crm.example/"] {
        assert_eq!(h.onbeat(&["webhook", "add", url]).await.status, 2, "{url}");
    }
    assert_eq!(onbeat(&h, &["webhook", "add", &url, "--event", "everything"]).await.status, 2);
    // One that was added while it was allowed, and one whose name leads home later.
    add(&h, &url, &[]).await;
    add(&h, &url.replace("127.0.0.1", "localhost"), &[]).await;
    h.advance_to("Mon 10:00").await;
    done(&h, "forecast", "All dated").await;
    assert_eq!((tell(&h).await, receiver.count()), (0, 0));
    let said = h.onbeat(&["webhook", "test", "1"]).await;
    assert!(said.status == 1 && said.err.contains("webhook_private_addresses"), "{}", said.err);
    finish(h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_tried_and_its_secret_kept() {
    let h = monday(true).await;
    let receiver = Receiver::default();
    let url = receiver.start().await;
    assert!(onbeat(&h, &["webhook", "list"]).await.out.contains("No webhooks yet"));
    let secret = add(&h, &url, &["--event", "digest.published"]).await;
    let listed = onbeat(&h, &["webhook", "list"]).await.out;
    assert!(listed.contains("digest.published") && listed.contains("active") && !listed.contains("whsec"), "{listed}");
    for file in std::fs::read_dir(h.folder()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(&secret[6..]), "{} holds the secret", file.display());
    }
    let said = onbeat(&h, &["webhook", "test", "1"]).await;
    assert!(said.status == 0 && said.out.contains("answered 204"), "{}{}", said.out, said.err);
    assert_eq!(receiver.take(&secret)[0]["type"], "webhook.test");
    receiver.answer(&[500]);
    assert_eq!(onbeat(&h, &["webhook", "test", "1"]).await.status, 1);
    assert_eq!(onbeat(&h, &["webhook", "test", "2"]).await.status, 2);
    // Another key opens nothing, and says so.
    let other = [("ONBEAT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), ("WEBHOOK_PRIVATE_ADDRESSES", "true")];
    let said = h.onbeat_with(&["webhook", "test", "1"], &other).await;
    assert!(said.status == 1 && said.err.contains("ONBEAT_KEY"), "{}", said.err);
    for what in ["add", "test", "list", "remove", "dead"] {
        assert!(h.onbeat(&["webhook", what, "--help"]).await.out.contains("Example:"), "{what}");
    }
    finish(h).await;
}
