//! Asking again later: when it comes back, where it is left to the plan, and what is refused.

use serde_json::{Value, json};

use crate::harness::{ANA, HEAD, Harness, LEADERS, picture};

const ACTIVITIES: &str = r#"
[[activity]]
key = "audit"
title = "Audit"
when = "every Monday at 09:00"
minutes = 60
grace = "10 workdays"

[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 14:00"
minutes = 30
grace = "0 workdays"

[[activity]]
key = "hygiene"
title = "Hygiene"
when = "every Monday at 15:00"
minutes = 30
priority = "nice"
grace = "0 workdays"
"#;

async fn monday_at(time: &str) -> Harness {
    let process = [HEAD, ACTIVITIES, LEADERS, ANA].concat();
    let h = Harness::start(&process, "2026-12-07T12:00:00Z").await;
    h.advance_to(&format!("Mon {time}")).await;
    h.kinds("ana");
    h
}

async fn snoozed_until(choice: &str) -> Value {
    let h = monday_at("09:10").await;
    h.snooze("ana", "audit", choice).await;
    let record = h.record("audit").await;
    assert_eq!((&record["snoozes"], &record["state"]), (&json!(1), &json!("open")));
    assert_eq!(record["closes"], "2026-12-21T17:30:00-06:00", "a snooze moves no closing");
    h.finish().await;
    record["snoozed_until"].clone()
}

#[tokio::test]
async fn every_choice_means_its_instant() {
    assert_eq!(snoozed_until("30 minutes").await, "2026-12-07T09:40:00-06:00");
    assert_eq!(snoozed_until("1 hour").await, "2026-12-07T10:10:00-06:00");
    assert_eq!(snoozed_until("This afternoon").await, "2026-12-07T14:00:00-06:00");
    assert_eq!(snoozed_until("Tomorrow morning").await, "2026-12-08T08:30:00-06:00");
    assert_eq!(snoozed_until("Next week").await, "2026-12-14T08:30:00-06:00");
}

#[tokio::test]
async fn choices_are_offered_as_far_as_they_lie_before_closing() {
    let h = monday_at("09:10").await;
    let all = ["30 minutes", "1 hour", "This afternoon", "Tomorrow morning", "Next week", "Pick a time…"];
    assert_eq!(h.choices("ana", "audit"), all);
    assert_eq!(h.choices("ana", "forecast"), ["30 minutes", "1 hour", "This afternoon", "Pick a time…"]);
    h.advance_to("Mon 16:30").await;
    h.kinds("ana");
    assert_eq!(h.choices("ana", "audit"), ["30 minutes", "1 hour", "Tomorrow morning", "Next week", "Pick a time…"]);
    assert_eq!(h.choices("ana", "forecast"), ["30 minutes", "Pick a time…"]);
    // With less than half an hour left there is no Snooze, once the message is painted anew.
    h.advance_to("Mon 17:01").await;
    h.press("ana", "Done", "hygiene").await;
    let wrap = serde_json::to_string(&h.last("ana").blocks).unwrap();
    assert!(!wrap.contains("forecast.U0ANA|") && wrap.contains("audit.U0ANA|"), "{wrap}");
    h.finish().await;
}

#[tokio::test]
async fn it_comes_back_at_that_time() {
    let h = monday_at("09:10").await;
    h.snooze("ana", "audit", "30 minutes").await;
    assert!(picture(&h.last("ana")).contains("snoozed until"), "{}", picture(&h.last("ana")));
    h.advance_to("Mon 13:50").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:40 snoozed"]);
    let record = h.record("audit").await;
    assert_eq!((&record["snoozed_until"], &record["snoozes"], &record["nudges"]), (&Value::Null, &json!(1), &json!(2)));
    assert!(!picture(&h.messages("ana")[0]).contains("snoozed until"));

    // What was snoozed beyond its due time is not announced before.
    h.snooze("ana", "forecast", "30 minutes").await;
    h.advance_to("Mon 16:29").await;
    assert_eq!(h.kinds("ana"), ["Mon 14:20 snoozed"]);
    h.finish().await;
}

#[tokio::test]
async fn a_done_thing_does_not_come_back() {
    let h = monday_at("09:10").await;
    h.snooze("ana", "audit", "30 minutes").await;
    h.press("ana", "Done", "audit").await;
    assert_eq!(h.record("audit").await["snoozed_until"], Value::Null);
    h.press("ana", "Undo", "audit").await;
    h.advance_to("Mon 13:59").await;
    assert_eq!(h.kinds("ana"), [""; 0], "an undone snooze is no promise");
    h.finish().await;
}

#[tokio::test]
async fn a_time_outside_the_workday_is_left_to_the_plan() {
    let h = monday_at("16:30").await;
    h.press("ana", "Done", "hygiene").await;
    h.press("ana", "Done", "forecast").await;
    for (day, picked) in [("Tue", "2026-12-08T06:00:00-06:00"), ("Wed", "2026-12-08T20:00:00-06:00")] {
        h.snooze("ana", "audit", "Pick a time").await;
        assert_eq!(h.modal("ana"), ["When shall I ask again?"]);
        assert_eq!(h.submit("ana", &[("When", picked)]).await, Value::Null);
        assert_eq!(h.record_on("2026-12-07", "audit").await["snoozed_until"], picked);
        h.advance_to(&format!("{day} 08:29")).await;
        assert_eq!(h.kinds("ana"), [""; 0]);
        h.advance_to(&format!("{day} 12:00")).await;
        assert_eq!(h.kinds("ana"), [format!("{day} 08:30 plan")]);
        let record = h.record_on("2026-12-07", "audit").await;
        assert_eq!((&record["snoozed_until"], &record["nudges"]), (&Value::Null, &json!(2)), "null once it was told");
    }
    // And so is the plan's own minute.
    h.snooze("ana", "audit", "Tomorrow morning").await;
    h.advance_to("Thu 09:00").await;
    assert_eq!(h.kinds("ana"), ["Thu 08:30 plan"]);
    h.finish().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let h = monday_at("16:30").await;
    h.snooze("ana", "forecast", "Pick a time").await;
    for picked in ["2026-12-07T17:30:00-06:00", "2026-12-07T16:00:00-06:00", "2026-12-09T08:30:00-06:00"] {
        let objections = h.submit("ana", &[("When", picked)]).await;
        assert_eq!(objections["response_action"], "errors", "{picked}");
        assert!(objections["errors"]["when"].is_string(), "{objections}");
    }
    assert_eq!(h.record("forecast").await["snoozes"], 0);

    // The wrap still shows «30 minutes» at 17:05; that would be after closing.
    h.advance_to("Mon 17:05").await;
    h.snooze("ana", "forecast", "30 minutes").await;
    assert!(h.whisper("ana").is_some_and(|said| said.contains("lies after it closes")), "{:?}", h.whisper("ana"));
    h.advance_to("Mon 17:30").await;
    assert_eq!(h.press_unseen("ana", "snooze", "2026-12-07.forecast.U0ANA|30m", "T0LOCAL").await, 200);
    assert!(h.whisper("ana").is_some_and(|said| said.contains("has closed")), "{:?}", h.whisper("ana"));
    let record = h.record("forecast").await;
    assert_eq!((&record["snoozes"], &record["state"]), (&json!(0), &json!("missed")));
    h.finish().await;
}

#[tokio::test]
async fn this_afternoon_is_gone_in_the_afternoon() {
    let h = monday_at("13:30").await;
    // The plan was painted in the morning and still offers it.
    h.snooze("ana", "forecast", "This afternoon").await;
    assert_eq!(h.record("forecast").await["snoozes"], 0);
    let said = h.whisper("ana").expect("a word on why");
    assert!(said.contains("that time has passed"), "{said}");
    h.advance_to("Mon 14:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 14:00 due"]);
    h.finish().await;
}
