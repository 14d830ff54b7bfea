//! A manager's Monday, from the plan to the wrap.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{ANA, HEAD, Harness, LEADERS, picture};

const ACTIVITIES: &str = r#"
[[activity]]
key = "pipeline-review"
title = "Pipeline review"
when = "every Monday at 09:00"
minutes = 60
outcome = "Every deal closing this quarter has a next step dated within 7 days"
evidence = ["note", "number"]
number = { label = "Deals without a dated next step", target = "<= 2" }

[[activity]]
key = "huddle"
title = "Team huddle"
when = "every Monday at 09:00"
minutes = 15

[[activity]]
key = "crm-check"
title = "CRM check"
when = "every Monday at 11:00"
minutes = 20
priority = "nice"

[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 14:00"
minutes = 30
grace = "0 workdays"

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Monday at 15:00"
minutes = 30
per = "rep"
"#;

fn process() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA].concat()
}

#[tokio::test]
async fn the_plan_comes_in_the_morning() {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:29").await;
    assert!(h.kinds("ana").is_empty());
    h.advance_to("Mon 08:30").await;
    assert_snapshot!(h.read("ana"), @"
    <plan>
    # Good morning, Ana. Here is your day
    (6 to do, about 3 h 5 min)
    *Team huddle*
    Due Mon 7 Dec at 09:00 · 15 min · on time until Fri 11 Dec at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *Pipeline review*
    Due Mon 7 Dec at 09:00 · 1 h · on time until Fri 11 Dec at 17:30
    Every deal closing this quarter has a next step dated within 7 days
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *CRM check*
    Due Mon 7 Dec at 11:00 · 20 min · on time until Fri 11 Dec at 17:30 · nice to have
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *Forecast*
    Due Mon 7 Dec at 14:00 · 30 min · on time until 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Pick a time…] [Can't]
    *1:1 – Dana Wu*
    Due Mon 7 Dec at 15:00 · 30 min · on time until Fri 11 Dec at 17:30
    [Done: Dana] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *1:1 – Evan Cole*
    Due Mon 7 Dec at 15:00 · 30 min · on time until Fri 11 Dec at 17:30
    [Done: Evan] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    [Mark several…]
    ---
    *Hello Ana, I'm Onbeat*
    *Why I write:* you are in “Field” now, with Lee Park as your leader.
    *What comes:* on workdays with something on, one plan at 08:30 that I keep up to date all day; at most two reminders when it is time for something that matters; and at 16:30 a short “how did it go?” if anything is left. Nothing outside your hours.
    *What is seen:* Lee reads what was done, when, how it went, its numbers and links, and your reasons, and your notes.
    *Too much?* Snooze and Can't stand beside everything. /onbeat away keeps me quiet while you are off, /onbeat help tells the rest, and how much I write is yours to choose.
    *A trick that helps:* tie one activity to something you do anyway, “after my Monday forecast call I will …”. I'll remind you in your own words.
    [Make an if-then]
    ");
    h.finish().await;
}

#[tokio::test]
async fn what_is_due_is_said_at_its_time_and_asked_for_at_the_end() {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:30").await;
    h.kinds("ana");
    h.advance_to("Mon 17:29").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due", "Mon 14:00 due", "Mon 16:30 wrap"], "must only, and two at most");
    assert_snapshot!(picture(&h.messages("ana")[1]), @"
    <due>
    # It is time for 2 things
    *Team huddle*
    Due Mon 7 Dec at 09:00 · 15 min · on time until Fri 11 Dec at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *Pipeline review*
    Due Mon 7 Dec at 09:00 · 1 h · on time until Fri 11 Dec at 17:30
    Every deal closing this quarter has a next step dated within 7 days
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    ");
    assert_snapshot!(picture(&h.messages("ana")[3]), @"
    <wrap>
    # How did it go?
    (A tap or two each, and the day is settled.)
    *Team huddle*
    Due Mon 7 Dec at 09:00 · 15 min · on time until Fri 11 Dec at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / Tomorrow morning / Pick a time…] [Can't]
    *Pipeline review*
    Due Mon 7 Dec at 09:00 · 1 h · on time until Fri 11 Dec at 17:30
    Every deal closing this quarter has a next step dated within 7 days
    [Done] [Snooze: 30 minutes / 1 hour / Tomorrow morning / Pick a time…] [Can't]
    *CRM check*
    Due Mon 7 Dec at 11:00 · 20 min · on time until Fri 11 Dec at 17:30 · nice to have
    [Done] [Snooze: 30 minutes / 1 hour / Tomorrow morning / Pick a time…] [Can't]
    *Forecast*
    Due Mon 7 Dec at 14:00 · 30 min · on time until 17:30
    [Done] [Snooze: 30 minutes / Pick a time…] [Can't]
    *1:1 – Dana Wu*
    Due Mon 7 Dec at 15:00 · 30 min · on time until Fri 11 Dec at 17:30
    [Done: Dana] [Snooze: 30 minutes / 1 hour / Tomorrow morning / Pick a time…] [Can't]
    *1:1 – Evan Cole*
    Due Mon 7 Dec at 15:00 · 30 min · on time until Fri 11 Dec at 17:30
    [Done: Evan] [Snooze: 30 minutes / 1 hour / Tomorrow morning / Pick a time…] [Can't]
    [Mark several…]
    ");
    let nudges: Vec<Value> = h.records("2026-12-07", "2026-12-07").await.iter().map(|r| r["nudges"].clone()).collect();
    assert_eq!(nudges, [2, 2, 1, 2, 1, 1], "the plan does not count");
    h.finish().await;
}

/// The record of the pipeline review when nobody has touched it.
fn untouched() -> Value {
    json!({
        "id": "2026-12-07.pipeline-review.U0ANA", "activity": "pipeline-review", "title": "Pipeline review",
        "manager": "U0ANA", "rep": null, "due": "2026-12-07T09:00:00-06:00", "closes": "2026-12-11T17:30:00-06:00",
        "state": "open", "on_time": null, "completed_at": null, "completed_by": null, "result": null, "note": null,
        "reason": null, "evidence": {}, "snoozed_until": null, "snoozes": 0, "nudges": 1, "verification": "none",
    })
}

/// The same with some fields changed.
fn with(mut record: Value, changed: Value) -> Value {
    for (key, value) in changed.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

#[tokio::test]
async fn done_with_evidence_is_asked_for_changed_and_undone() {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:05").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    assert_eq!(h.record("pipeline-review").await, untouched());

    h.press("ana", "Done", "pipeline-review").await;
    assert_eq!(h.modal("ana"), ["Deals without a dated next step", "Note"]);
    assert_eq!(h.record("pipeline-review").await, untouched(), "asking records nothing");
    assert_eq!(h.submit("ana", &[("Deals", "2"), ("Note", "Two slipped, both dated now")]).await, Value::Null);
    let done = json!({
        "state": "done", "on_time": true, "completed_at": "2026-12-07T09:05:00-06:00", "completed_by": "U0ANA",
        "result": "met", "note": "Two slipped, both dated now", "evidence": { "number": 2 },
    });
    assert_eq!(h.record("pipeline-review").await, with(untouched(), done.clone()));
    for message in h.messages("ana") {
        let shown = picture(&message);
        assert!(shown.contains("✓ Done 09:05, on time · met"), "every message that shows it is repainted:\n{shown}");
        assert!(shown.contains("> Two slipped, both dated now"), "{shown}");
    }

    h.advance_to("Mon 10:00").await;
    h.press("ana", "Change", "pipeline-review").await;
    assert_eq!(h.modal("ana"), ["Deals without a dated next step", "Note", "Link"]);
    h.submit("ana", &[("Deals", "3"), ("Note", "One more"), ("Link", "https://crm.example/report")]).await;
    let changed = json!({ "result": "not met", "note": "One more",
        "evidence": { "link": "https://crm.example/report", "number": 3 } });
    let done_at_first = with(with(untouched(), done), changed);
    assert_eq!(h.record("pipeline-review").await, done_at_first, "when it was done stays");

    h.press("ana", "Undo", "pipeline-review").await;
    assert_eq!(h.record("pipeline-review").await, untouched());
    assert!(h.offers("ana", "Done", "pipeline-review") && h.offers("ana", "Snooze", "pipeline-review"));
    h.finish().await;
}

#[tokio::test]
async fn done_without_evidence_is_recorded_at_once_and_offers_a_note() {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:30").await;
    h.read("ana");
    // Before it is due: that counts, on time.
    h.press("ana", "Done", "crm-check").await;
    assert!(h.modal("ana").is_empty());
    let done = h.record("crm-check").await;
    assert_eq!((&done["state"], &done["on_time"], &done["result"]), (&json!("done"), &json!(true), &Value::Null));
    assert!(!h.offers("ana", "Change", "crm-check"), "there is nothing to change yet");

    h.press("ana", "Add note", "crm-check").await;
    assert_eq!(h.modal("ana"), ["Did you get there?", "Note", "Link"]);
    h.submit("ana", &[("Did", "Partly"), ("Note", "Half of them")]).await;
    let noted = h.record("crm-check").await;
    assert_eq!((&noted["result"], &noted["note"]), (&json!("partly"), &json!("Half of them")));
    assert_eq!(noted["completed_at"], done["completed_at"]);
    assert!(h.offers("ana", "Change", "crm-check") && !h.offers("ana", "Add note", "crm-check"));

    // A change that empties everything leaves it done, with nothing said; the button follows.
    h.press("ana", "Change", "crm-check").await;
    h.submit("ana", &[("Note", ""), ("Link", "")]).await;
    assert_eq!(h.record("crm-check").await["note"], Value::Null);
    h.finish().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_skipped_or_excused() {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 15:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due", "Mon 14:00 due"]);

    h.press("ana", "Can't", "forecast").await;
    h.submit("ana", &[("What got in the way?", "No time")]).await;
    let skipped = h.record("forecast").await;
    assert_eq!((&skipped["state"], &skipped["reason"]), (&json!("skipped"), &json!("no time")));
    assert_eq!((&skipped["completed_by"], &skipped["on_time"]), (&json!("U0ANA"), &Value::Null));

    // Another reason replaces the first; words of one's own must be there.
    h.press("ana", "Change", "forecast").await;
    let objections = h.submit("ana", &[("What got in the way?", "Something else")]).await;
    assert_eq!(objections["response_action"], "errors");
    h.submit("ana", &[("What got in the way?", "Something else"), ("In your words", " The CRM\u{7} was down ")]).await;
    assert_eq!(h.record("forecast").await["reason"], "The CRM was down");

    h.press("ana", "Can't", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "Rep away")]).await;
    let excused = h.record("one-on-one/dana").await;
    assert_eq!((&excused["state"], &excused["reason"]), (&json!("excused"), &json!("rep away")));
    assert_eq!(h.record("one-on-one/evan").await["state"], "open");

    // That, too, can have another reason, and be one that does not excuse.
    h.press("ana", "Change", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "Rep away"), ("In your words", "At a fair")]).await;
    let excused = h.record("one-on-one/dana").await;
    assert_eq!((&excused["state"], &excused["reason"]), (&json!("excused"), &json!("rep away: At a fair")));
    h.press("ana", "Change", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "No time"), ("In your words", "")]).await;
    assert_eq!(h.record("one-on-one/dana").await["state"], "skipped");
    h.press("ana", "Change", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "Rep away")]).await;

    // The wrap asks for none of them.
    h.advance_to("Mon 16:30").await;
    let wrap = h.read("ana");
    assert!(!wrap.contains("Forecast") && !wrap.contains("Dana") && wrap.contains("Evan"), "{wrap}");

    // What she excused herself is hers to take back, and what was skipped can still be done.
    h.press("ana", "Undo", "one-on-one/dana").await;
    assert_eq!(h.record("one-on-one/dana").await["state"], "open");
    h.press("ana", "Done after all", "forecast").await;
    let done = h.record("forecast").await;
    assert_eq!((&done["state"], &done["reason"]), (&json!("done"), &Value::Null));
    h.finish().await;
}

#[tokio::test]
async fn what_closed_is_missed_and_can_be_done_late() {
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 17:30").await;
    assert_eq!(h.record("forecast").await["state"], "missed");
    let plan = picture(&h.messages("ana")[0]);
    assert!(plan.contains("Closed with nothing recorded"), "{plan}");
    assert!(!h.offers("ana", "Snooze", "forecast"));
    h.advance_to("Mon 20:00").await;
    h.press("ana", "Done after all", "forecast").await;
    let late = h.record("forecast").await;
    assert_eq!((&late["state"], &late["on_time"]), (&json!("done"), &json!(false)));
    h.kinds("ana");
    h.finish().await;
}
