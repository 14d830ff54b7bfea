//! Who may do what, what is believed to be Slack's, and what comes twice.

use onbeat::demo::Outward;
use onbeat::demo::workspace::model::User;
use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30

[[activity]]
key = "noted"
title = "Noted"
when = "every Monday at 10:00"
minutes = 30
evidence = ["note"]
"#;

const FORECAST: &str = "2026-12-07.forecast.U0ANA";

async fn monday() -> Harness {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat(), "2026-12-07T12:00:00Z").await;
    h.slack.add_user(User::new("U0DANA", "Dana Wu", "America/Chicago"));
    h.advance_to("Mon 08:30").await;
    h.kinds("ana");
    h
}

async fn state(h: &Harness) -> Value {
    h.record("forecast").await["state"].clone()
}

#[tokio::test]
async fn others_change_nothing_and_are_told() {
    let h = monday().await;
    for who in ["ben", "zoe", "dana"] {
        for action in ["done", "cant", "undo"] {
            assert_eq!(h.press_unseen(who, action, FORECAST, "T0LOCAL").await, 200);
        }
        let said = h.whisper(who).unwrap_or_else(|| panic!("{who} is told why"));
        assert!(said.contains("for the manager concerned"), "{said}");
        assert_eq!(state(&h).await, "planned");
    }
    assert_eq!(h.press_unseen("zoe", "done", "2026-12-07.nothing.U0ANA", "T0LOCAL").await, 200);
    assert!(h.whisper("zoe").is_some_and(|said| said.contains("I don't know that one")));
    h.finish().await;
}

#[tokio::test]
async fn the_leaders_above_can_record() {
    for leader in ["lee", "val"] {
        let h = monday().await;
        assert_eq!(h.press_unseen(leader, "done", FORECAST, "T0LOCAL").await, 200);
        let record = h.record("forecast").await;
        assert_eq!((&record["state"], &record["completed_by"]), (&json!("done"), &json!(crate::harness::id(leader))));
        assert!(h.offers("ana", "Undo", "forecast"), "her messages follow");
        h.finish().await;
    }
}

#[tokio::test]
async fn another_workspace_is_answered_and_ignored() {
    let h = monday().await;
    let calls = h.slack.calls().len();
    assert_eq!(h.press_unseen("ana", "done", FORECAST, "T0OTHER").await, 200);
    assert_eq!(state(&h).await, "planned");
    assert_eq!(h.slack.calls().len(), calls, "nothing was done");
    h.finish().await;
}

#[tokio::test]
async fn what_slack_did_not_sign_is_not_believed() {
    let h = monday().await;
    let body = "payload=%7B%7D";
    let now = h.now().as_second();
    for path in ["/slack/interactions", "/slack/events", "/slack/commands"] {
        assert_eq!(h.post(path, body, now, None).await, 200, "{path}: rightly signed, and nothing in it");
        assert_eq!(h.post(path, body, now - 300, None).await, 200, "{path}: five minutes are fresh");
        for stale in [now - 301, now + 301, 0] {
            assert_eq!(h.post(path, body, stale, None).await, 401, "{path}: stale");
        }
        let zeros = format!("v0={}", "0".repeat(64));
        for wrong in ["", "v0=", "v1=00", "v0=xyz", &zeros] {
            assert_eq!(h.post(path, body, now, Some(wrong)).await, 401, "{path}: {wrong:?}");
        }
        let bare = crate::harness::http().post(format!("{}{path}", h.url())).body(body).send().await.unwrap();
        assert_eq!(bare.status().as_u16(), 401, "{path}: unsigned");
    }
    assert_eq!(state(&h).await, "planned");
    h.finish().await;
}

#[tokio::test]
async fn what_comes_twice_counts_once() {
    for how in [Outward::Twice, Outward::TwiceAtOnce] {
        let h = monday().await;
        h.slack.mischief_outward(how.clone(), 1);
        h.press("ana", "Done", "forecast").await;
        assert_eq!(state(&h).await, "done");
        assert!(h.whisper("ana").is_none(), "{how:?}: a second delivery is no mistake of hers");

        h.slack.mischief_outward(how.clone(), 1);
        h.press("ana", "Undo", "forecast").await;
        assert_eq!(state(&h).await, "planned", "{how:?}");
        h.slack.mischief_outward(how.clone(), 1);
        h.snooze("ana", "forecast", "1 hour").await;
        assert_eq!(h.record("forecast").await["snoozes"], 1, "{how:?}");

        h.press("ana", "Done", "noted").await;
        h.slack.mischief_outward(how.clone(), 1);
        h.submit("ana", &[("Did", "Met"), ("Note", "once")]).await;
        assert_eq!(h.record("noted").await["note"], "once", "{how:?}");
        h.advance_to("Mon 09:31").await;
        assert_eq!(h.kinds("ana"), ["Mon 09:30 snoozed"], "{how:?}");
        h.finish().await;
    }
}

#[tokio::test]
async fn a_late_second_delivery_does_not_record_again() {
    let h = monday().await;
    // The press arrives only after the Undo of an earlier one: each counts in the order in which it arrives.
    h.press("ana", "Done", "forecast").await;
    h.slack.mischief_outward(Outward::Twice, 1);
    h.press("ana", "Undo", "forecast").await;
    assert_eq!(state(&h).await, "planned");
    h.press("ana", "Done", "forecast").await;
    h.press_unseen("ana", "done", FORECAST, "T0LOCAL").await;
    assert_eq!(state(&h).await, "done");
    assert!(h.whisper("ana").is_some_and(|said| said.contains("already")), "a second click, kindly");
    h.finish().await;
}

#[tokio::test]
async fn commands_and_the_home_tab_know_who_asks() {
    let h = monday().await;
    h.slack.command("U0ANA", "today").await.unwrap();
    assert!(h.whisper("ana").is_some_and(|said| said.contains("Forecast")), "{:?}", h.whisper("ana"));
    h.slack.command("U0ZOE", "").await.unwrap();
    assert!(h.whisper("zoe").is_some_and(|said| said.contains("U0VAL")), "whom to ask: {:?}", h.whisper("zoe"));
    for who in ["ana", "lee", "zoe"] {
        h.slack.open_home(&crate::harness::id(who)).await.unwrap();
        h.beat().await;
        assert!(h.slack.home(&crate::harness::id(who)).is_some(), "{who}");
    }
    // What is done on the Home tab shows in the messages, and the tab follows.
    h.slack.use_home("U0ANA", "Done", None).await.unwrap();
    h.beat().await;
    assert_eq!(state(&h).await, "done");
    assert!(serde_json::to_string(h.slack.home("U0ANA").unwrap().blocks()).unwrap().contains("✓ Done"));
    h.finish().await;
}

#[tokio::test]
async fn two_clicks_at_once_from_two_messages_record_once() {
    let h = monday().await;
    h.advance_to("Mon 09:00").await;
    h.kinds("ana");
    let places: Vec<String> = h.messages("ana").into_iter().map(|message| message.ts).collect();
    let press = |ts: &str| {
        let (slack, ts) = (h.slack.clone(), ts.to_owned());
        async move { slack.press_of("U0ANA", &ts, "Done", FORECAST).await.unwrap().status }
    };
    assert_eq!(tokio::join!(press(&places[0]), press(&places[1])), (200, 200));
    h.beat().await;
    assert_eq!(state(&h).await, "done");
    assert!(h.whisper("ana").is_some_and(|said| said.contains("already")), "the slower one is told, kindly");
    h.finish().await;
}

#[tokio::test]
async fn an_answer_does_not_wait_for_slack() {
    use onbeat::demo::{Fault, Scope};
    let h = monday().await;
    h.slack.settings(|settings| settings.patience = std::time::Duration::from_secs(1));
    h.slack.mischief(Scope::method("views.open"), Fault::Slow(std::time::Duration::from_millis(1500)), 1);
    h.slack.mischief(Scope::method("chat.update"), Fault::Slow(std::time::Duration::from_millis(1500)), 1);
    for (what, occurrence) in [("Done", "2026-12-07.noted.U0ANA"), ("Done", FORECAST)] {
        let ts = h.last("ana").ts;
        let answer = h.slack.press_of("U0ANA", &ts, what, occurrence).await.unwrap();
        assert_eq!(answer.status, 200, "it came before Slack did: {}", answer.body);
    }
    h.beat().await;
    assert_eq!(state(&h).await, "done");
    assert_eq!(h.modal("ana"), ["Did you get there?", "Note"]);
    h.finish().await;
}

#[tokio::test]
async fn slack_is_greeted_and_giants_are_not() {
    let h = monday().await;
    let (status, body) =
        h.post_for_body("/slack/events", r#"{"type":"url_verification","challenge":"3eZbrw1aB"}"#).await;
    assert_eq!((status, body.as_str()), (200, "3eZbrw1aB"));
    assert_eq!(h.post("/slack/events", &"x".repeat(2 << 20), h.now().as_second(), None).await, 413);
    for odd in ["", "{", "[]", "null", "payload=", "payload=%7B", "\u{0}"] {
        for path in ["/slack/interactions", "/slack/events", "/slack/commands"] {
            assert_eq!(h.post(path, odd, h.now().as_second(), None).await, 200, "{path} {odd:?}");
        }
    }
    h.finish().await;
}
