//! *Mark several*: one modal for the whole day.

use serde_json::{Value, json};

use crate::harness::{ANA, HEAD, Harness, LEADERS, id};

const ACTIVITIES: &str = r#"
[[activity]]
key = "huddle"
title = "Team huddle"
when = "every Monday at 09:00"
minutes = 15

[[activity]]
key = "review"
title = "Pipeline review"
when = "every Monday at 10:00"
minutes = 60
evidence = ["note", "number"]
number = { label = "Deals without a dated next step", target = "<= 2" }

[[activity]]
key = "call"
title = "Forecast call"
when = "every Monday at 11:00"
minutes = 30
evidence = ["link"]

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Monday at 15:00"
minutes = 30
per = "rep"
"#;

async fn monday() -> Harness {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan"]);
    h
}

/// Opens the modal from the newest message that offers it.
async fn open(h: &Harness, who: &str) {
    let messages = h.messages("ana");
    let with = messages.iter().rev().find(|message| format!("{:?}", message.blocks).contains("mark_several"));
    h.slack.press(&id(who), &with.expect("a message offers it").ts, "mark_several").await.unwrap();
    h.beat().await;
}

/// A field of the modal, by the thing's activity (and rep).
fn field(what: &str, of: &str) -> String {
    let (activity, rep) = of.split_once('/').map_or((of, None), |(activity, rep)| (activity, Some(rep)));
    let rep = rep.map(|rep| format!(".{}", id(rep))).unwrap_or_default();
    format!("{what}/2026-12-07.{activity}.U0ANA{rep}")
}

async fn submit(h: &Harness, who: &str, fields: &[(&str, &str, &str)]) -> Value {
    let named: Vec<(String, &str)> = fields.iter().map(|(what, of, text)| (field(what, of), *text)).collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    h.submit(who, &named).await
}

#[tokio::test]
async fn one_submit_settles_the_day() {
    let h = monday().await;
    open(&h, "ana").await;
    assert_eq!(
        h.modal("ana"),
        [
            "Team huddle",
            "Pipeline review",
            "Deals without a dated next step · Pipeline review",
            "Note · Pipeline review",
            "Forecast call",
            "Did you get there? · Forecast call",
            "Link · Forecast call",
            "1:1 – Dana Wu",
            "1:1 – Evan Cole",
            "Something else? In your words",
        ]
    );
    let answer = submit(
        &h,
        "ana",
        &[
            ("what", "huddle", "Done"),
            ("what", "review", "Done"),
            ("number", "review", "3"),
            ("note", "review", "Three left"),
            ("what", "call", "Done"),
            ("result", "call", "partly"),
            ("link", "call", "https://crm.example/1"),
            ("what", "one-on-one/dana", "rep away"),
        ],
    )
    .await;
    assert_eq!(answer, Value::Null);
    assert_eq!(
        h.states("2026-12-07").await,
        [
            "2026-12-07.huddle.U0ANA done",
            "2026-12-07.review.U0ANA done",
            "2026-12-07.call.U0ANA done",
            "2026-12-07.one-on-one.U0ANA.U0DANA excused",
            "2026-12-07.one-on-one.U0ANA.U0EVAN planned",
        ]
    );
    let review = h.record("review").await;
    assert_eq!((&review["result"], &review["note"]), (&json!("not met"), &json!("Three left")));
    let shown = crate::harness::picture(&h.last("ana"));
    assert!(shown.contains("Deals without a dated next step: 3, wanted at most 2: not met"), "{shown}");
    assert!(!shown.contains("Mark several"), "one thing is not several:\n{shown}");
    h.finish().await;
}

#[tokio::test]
async fn a_field_that_needs_another_look_costs_no_half_done_day() {
    let h = monday().await;
    open(&h, "ana").await;
    let answer =
        submit(&h, "ana", &[("what", "huddle", "Done"), ("what", "review", "Done"), ("number", "review", "2")]).await;
    let errors = answer["errors"].as_object().unwrap();
    assert_eq!(errors.keys().collect::<Vec<_>>(), [&field("note", "review")], "at the right field");
    assert_eq!(h.record("huddle").await["state"], "planned", "nothing was recorded yet");

    let answer = submit(&h, "ana", &[("note", "review", "Fine"), ("what", "call", "Done")]).await;
    let errors = answer["errors"].as_object().unwrap();
    assert_eq!(errors.keys().collect::<Vec<_>>(), [&field("link", "call"), &field("result", "call")]);
    // What is needed for Done is needed again once it is taken away.
    let taken =
        [("what", "call", "leave"), ("what", "huddle", "leave"), ("note", "review", ""), ("number", "review", "")];
    let answer = submit(&h, "ana", &taken).await;
    let errors = answer["errors"].as_object().unwrap();
    assert_eq!(errors.keys().collect::<Vec<_>>(), [&field("note", "review"), &field("number", "review")]);

    // Something typed below what is left alone is no accident.
    let left = [("what", "review", "leave"), ("number", "review", "2"), ("note", "review", "Fine")];
    let answer = submit(&h, "ana", &left).await;
    assert_eq!(answer["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), [&field("what", "review")]);

    assert_eq!(submit(&h, "ana", &[("what", "review", "Done"), ("what", "huddle", "Done")]).await, Value::Null);
    assert_eq!(h.record("huddle").await["state"], "done");
    assert_eq!(h.record("review").await["result"], "met");
    h.finish().await;
}

#[tokio::test]
async fn something_else_takes_words_and_goes_with_each() {
    let h = monday().await;
    open(&h, "ana").await;
    let chosen = [("what", "huddle", "other"), ("what", "one-on-one/dana", "other")];
    let answer = submit(&h, "ana", &chosen).await;
    assert_eq!(answer["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["reason_words"], "{answer}");
    assert_eq!(h.record("huddle").await["state"], "planned", "nothing was recorded yet");
    assert_eq!(h.submit("ana", &[("Something else?", " Snowed in ")]).await, Value::Null);
    for of in ["huddle", "one-on-one/dana"] {
        let record = h.record(of).await;
        assert_eq!((&record["state"], &record["reason"]), (&json!("skipped"), &json!("Snowed in")), "{of}");
    }
    h.finish().await;
}

#[tokio::test]
async fn what_changed_meanwhile_is_said_and_the_rest_recorded() {
    let h = monday().await;
    open(&h, "ana").await;
    h.press("ana", "Done", "huddle").await;
    let answer = submit(&h, "ana", &[("what", "huddle", "Done"), ("what", "one-on-one/evan", "Done")]).await;
    let words = answer["view"]["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(words.contains("1 thing is recorded") && words.contains("“Team huddle” is recorded as done"), "{words}");
    assert_eq!(h.record("one-on-one/evan").await["state"], "done");
    h.finish().await;
}

#[tokio::test]
async fn a_stranger_marks_nothing() {
    let h = monday().await;
    h.press_unseen("zoe", "mark_several", &mark_value(&h), "T0LOCAL").await;
    assert!(h.whisper("zoe").is_some_and(|said| said.contains("left for you to mark")));
    assert!(h.modal("zoe").is_empty());
    assert_eq!(h.record("huddle").await["state"], "planned");
    h.finish().await;
}

/// What is written on the newest *Mark several*.
fn mark_value(h: &Harness) -> String {
    let message = h.last("ana");
    let elements = message.blocks.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten());
    let value = elements.filter(|element| element["action_id"] == "mark_several").find_map(|e| e["value"].as_str());
    value.unwrap().to_owned()
}
