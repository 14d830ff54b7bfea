//! Socket Mode: the same bot, reached by the web sockets that it opens itself.

use std::time::{Duration, Instant};

use onbeat::demo::{Outward, Way};
use serde_json::json;

use crate::harness::{ANA, HEAD, Harness, LEADERS, http, id};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30

[[activity]]
key = "review"
title = "Review"
when = "every Monday at 09:00"
minutes = 30
evidence = ["note"]
"#;

/// Longer than anything here may take.
const BOUND: Duration = Duration::from_secs(20);

/// A bot with an app token, and as many connections as it keeps.
async fn connected(over_http: bool, way: Way) -> Harness {
    let mut h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA].concat()).await;
    (h.socket_mode, h.over_http) = (true, over_http);
    h.slack.settings(|settings| settings.way = way);
    h.open().await;
    h.beat().await;
    connections(&h, 2).await;
    h.advance_to("Mon 09:00").await;
    h.kinds("ana");
    h
}

async fn connections(h: &Harness, wanted: usize) {
    until(|| h.slack.connections() == wanted, "the connections are open").await;
}

async fn until(holds: impl Fn() -> bool, what: &str) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < BOUND, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn opened(h: &Harness) -> usize {
    h.slack.calls().iter().filter(|call| call.method == "apps.connections.open").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_without_a_public_address() {
    let h = connected(false, Way::Socket).await;
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "done");
    // A modal's answer goes back with the acknowledgement.
    h.press("ana", "Can't", "review").await;
    let refused = h.submit("ana", &[("What got in the way?", "Something else")]).await;
    assert_eq!(refused["response_action"], "errors", "{refused}");
    h.submit("ana", &[("What got in the way?", "Something else"), ("In your words", "The fire drill")]).await;
    assert_eq!(h.record("review").await["reason"], "The fire drill");
    assert!(!h.command("ana", "status").await.is_empty(), "a command is answered in place");
    assert!(!h.home_text("ana").await.is_empty());
    for (path, status) in [("/healthz", 405), ("/slack/events", 404)] {
        let answer = http().post(format!("{}{path}", h.url())).send().await.unwrap().status().as_u16();
        assert_eq!(answer, status, "{path}: the server runs, without Slack's endpoints");
    }
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_by_both_ways_counts_once() {
    let h = connected(true, Way::Both).await;
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.log("done").await, 1);
    h.press("ana", "Can't", "review").await;
    let refused = h.submit("ana", &[("What got in the way?", "Something else")]).await;
    assert_eq!(refused["response_action"], "errors", "{refused}");
    h.submit("ana", &[("What got in the way?", "Something else"), ("In your words", "The fire drill")]).await;
    assert_eq!(h.log("skip").await, 1);
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_comes_again_counts_once() {
    let h = connected(false, Way::Socket).await;
    for fault in [Outward::Twice, Outward::TwiceAtOnce] {
        h.slack.mischief_outward(fault.clone(), 1);
        h.press("ana", "Done", "forecast").await;
        assert_eq!(h.record("forecast").await["state"], "done", "{fault:?}");
        h.press("ana", "Undo", "forecast").await;
    }
    assert_eq!((h.log("done").await, h.log("undo").await), (2, 2));
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_envelopes_are_acknowledged_and_nonsense_does_no_harm() {
    let h = connected(false, Way::Socket).await;
    for odd in ["", "{", "[]", r#"{"type":"hologram"}"#, r#"{"type":"disconnect"}"#] {
        h.slack.tell_connections_text(odd);
    }
    let deep = "[".repeat(100_000);
    h.slack.tell_connections_text(&json!({ "type": "interactive", "envelope_id": 7, "payload": deep }).to_string());
    h.slack.event(json!({ "type": "hologram_opened" })).await.unwrap();
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "done");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_replaced_before_they_end_and_opened_again_when_they_are_lost() {
    let h = connected(false, Way::Socket).await;
    let before = opened(&h);
    h.slack.announce_disconnect("refresh_requested");
    until(|| opened(&h) == before + 2, "two others are asked for").await;
    connections(&h, 2).await;
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "done");
    h.slack.cut_connections();
    connections(&h, 2).await;
    h.press("ana", "Undo", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "open");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_stored_is_not_acknowledged() {
    let h = connected(false, Way::Socket).await;
    h.slack.settings(|settings| settings.patience = Duration::from_millis(1500));
    h.engine().store().close().await;
    let ts = h.last("ana").ts;
    let answer = h.slack.press(&id("ana"), &ts, "Done").await.unwrap();
    assert_eq!(answer.status, 0, "{answer:?}");
    h.finish_with_work_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shuts_down_in_good_order_and_comes_back() {
    let mut h = connected(false, Way::Socket).await;
    let began = Instant::now();
    h.close().await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    connections(&h, 0).await;
    h.open().await;
    connections(&h, 2).await;
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "done");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_is_left_alone_for_long() {
    let h = connected(false, Way::Socket).await;
    let before = opened(&h);
    h.slack.announce_disconnect("link_disabled");
    connections(&h, 0).await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(opened(&h), before, "only a person can mend it");
    h.finish().await;
}
