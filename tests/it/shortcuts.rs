//! The two shortcuts: a message becomes an outcome, and the list that opens anywhere.

use onbeat::demo::{Fault, Scope};
use serde_json::{Value, json};

use crate::harness::{ANA, HEAD, Harness, LEADERS, id};

const ACTIVITIES: &str = r#"
[[activity]]
key = "pipeline"
title = "Pipeline review"
when = "every Monday at 09:00"
minutes = 60
evidence = ["note", "number"]
number = { label = "Deals without a dated next step", target = "<= 2" }

[[activity]]
key = "huddle"
title = "Team huddle"
when = "every Monday at 10:00"
minutes = 15
"#;

async fn monday() -> Harness {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 10:30").await;
    h.kinds("ana");
    h
}

async fn record(h: &Harness, activity: &str) -> Value {
    let records = h.records("2026-12-07", "2026-12-07").await;
    records.into_iter().find(|record| record["activity"] == activity).unwrap()
}

/// Ana says something in #sales and chooses *Log as outcome…* on it; the message's address.
async fn log(h: &Harness, who: &str) -> String {
    let ts = h.slack.say(&id(who), "C0SALES", "All three are dated now").unwrap();
    let answer = h.slack.shortcut(&id(who), "log_outcome", Some(&ts)).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "the answer waits for nothing");
    h.beat().await;
    h.read("C0SALES");
    format!("https://northwind.slack.com/archives/C0SALES/p{}", ts.replace('.', ""))
}

#[tokio::test]
async fn a_message_becomes_an_outcome() {
    let h = monday().await;
    let link = log(&h, "ana").await;
    assert!(h.modal_text("ana").contains(&link), "{}", h.modal_text("ana"));
    // The latest comes first, and asks nothing; the one before asks for what its activity wants.
    assert_eq!(h.modal("ana"), ["What is it the outcome of?", "Did you get there?", "Note"]);
    h.slack.use_modal(&id("ana"), "log_for", Some("2026-12-07.pipeline")).await.unwrap();
    h.beat().await;
    assert_eq!(h.modal("ana"), ["What is it the outcome of?", "Deals without a dated next step", "Note"]);
    assert!(h.slack.submit(&id("ana"), &[("number", "3")]).await.is_err(), "the activity asks for a note");
    assert_eq!(h.submit("ana", &[("number", "3"), ("note", "Two are stuck")]).await, Value::Null);
    let kept = record(&h, "pipeline").await;
    assert_eq!((&kept["state"], &kept["on_time"], &kept["result"]), (&json!("done"), &json!(true), &json!("not met")));
    assert_eq!((&kept["evidence"], &kept["note"]), (&json!({ "link": link, "number": 3 }), &json!("Two are stuck")));
    assert_eq!(record(&h, "huddle").await["state"], "open");
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn a_link_that_slack_keeps_to_itself_is_put_together() {
    let h = monday().await;
    h.slack.mischief(Scope::method("chat.getPermalink"), Fault::Refused("channel_not_found".into()), 1);
    let link = log(&h, "ana").await;
    assert!(h.modal_text("ana").contains(&link));
    assert_eq!(h.submit("ana", &[]).await, Value::Null);
    assert_eq!(record(&h, "huddle").await["evidence"], json!({ "link": link }));
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn where_nothing_is_open_it_says_so() {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-05T12:00:00Z").await;
    log(&h, "ana").await;
    assert!(h.modal_text("ana").contains("You're all caught up"), "{}", h.modal_text("ana"));
    log(&h, "zoe").await;
    assert!(h.modal_text("zoe").contains("You aren't in the sales management process"), "{}", h.modal_text("zoe"));
    h.finish().await;
}

#[tokio::test]
async fn the_list_opens_anywhere_and_its_buttons_work() {
    let h = monday().await;
    h.slack.shortcut(&id("ana"), "cadence", None).await.unwrap();
    h.beat().await;
    let text = h.modal_text("ana");
    assert!(text.contains("Team huddle") && text.contains("Pipeline review"), "{text}");
    let view = h.slack.modal(&id("ana")).unwrap().id;
    // With evidence it is asked for on top; what lies below is painted anew when it is told.
    h.slack.use_modal(&id("ana"), "Done", None).await.unwrap();
    h.beat().await;
    assert_eq!(h.modal("ana"), ["Deals without a dated next step", "Note"]);
    assert_eq!(h.submit("ana", &[("number", "1"), ("note", "Fine")]).await, Value::Null);
    assert_eq!(h.slack.modal(&id("ana")).unwrap().id, view, "the list is there again");
    // Without, it is recorded at once.
    h.slack.use_modal(&id("ana"), "Done", None).await.unwrap();
    h.beat().await;
    let text = h.modal_text("ana");
    assert_eq!(text.matches("✓ Done").count(), 2, "{text}");
    assert_eq!(record(&h, "pipeline").await["result"], "met");
    h.kinds("ana");
    h.finish().await;
}
