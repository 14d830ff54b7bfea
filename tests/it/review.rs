//! What is asked beside the work, once: after the third snooze, the third miss in a row, and two silent weeks.

use jiff::Timestamp;
use onbeat::record::review::{Answer, Topic};

use crate::harness::{ANA, HEAD, Harness, LEADERS, id, picture};

const AUDIT: &str = r#"
[[activity]]
key = "audit"
title = "Audit"
when = "every Monday at 09:00"
minutes = 60
grace = "10 workdays"
"#;

const DAILY: &str = r#"
[[activity]]
key = "scan"
title = "Exception scan"
when = "every workday at 09:00"
minutes = 10
"#;

async fn start(activities: &str) -> Harness {
    Harness::start(&[HEAD, activities, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await
}

/// How many of Ana's messages ask something in these words.
fn asking(h: &Harness, words: &str) -> usize {
    h.messages("ana").iter().filter(|message| picture(message).contains(words)).count()
}

async fn press_beside(h: &Harness, words: &str, button: &str) {
    let messages = h.messages("ana");
    let asks = messages.iter().rev().find(|message| picture(message).contains(words)).expect("it asks");
    h.slack.press(&id("ana"), &asks.ts, button).await.unwrap();
    h.beat().await;
}

async fn answers(h: &Harness) -> Vec<(Topic, Answer)> {
    let all = h.engine().store().review_answers(Timestamp::UNIX_EPOCH, Timestamp::MAX).await.unwrap();
    all.into_iter().map(|said| (said.aside.topic, said.answer.unwrap().0)).collect()
}

#[tokio::test]
async fn the_third_snooze_asks_once_and_beside_what_is_sent_anyway() {
    let h = start(AUDIT).await;
    h.advance_to("Mon 09:10").await;
    for _ in 0..2 {
        h.snooze("ana", "audit", "30 minutes").await;
        h.advance_to("+1860s").await;
    }
    assert_eq!(asking(&h, "snoozed “Audit” three times"), 0);
    h.snooze("ana", "audit", "30 minutes").await;
    h.advance_to("+1860s").await;
    assert_eq!(asking(&h, "snoozed “Audit” three times"), 1, "the snoozed nudge asks");
    let kinds = h.kinds("ana");
    assert_eq!(kinds.iter().filter(|kind| kind.ends_with("snoozed")).count(), 3, "{kinds:?}: no message of its own");
    h.snooze("ana", "audit", "30 minutes").await;
    h.advance_to("Tue 12:00").await;
    assert_eq!(asking(&h, "snoozed “Audit” three times"), 1, "once");
    assert!(answers(&h).await.is_empty());

    press_beside(&h, "snoozed “Audit” three times", "Shrink it").await;
    assert_eq!(answers(&h).await, [(Topic::Snoozes, Answer::Shrink)]);
    assert_eq!(asking(&h, "Noted for the process review: shrink “Audit”"), 1);
    let told = h.onbeat(&["history", "--all"]).await;
    assert!(told.out.contains("review"), "{}", told.out);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn the_third_miss_in_a_row_asks_once() {
    let h = start(DAILY).await;
    h.advance_to("Mon 10:00").await;
    // Somebody who is there, and leaves this one thing alone.
    h.slack.command(&id("ana"), "today").await.unwrap();
    h.advance_to("Wed 18:00").await;
    assert_eq!(asking(&h, "closed three times in a row"), 0);
    h.advance_to("2026-12-18 18:00").await;
    assert_eq!(asking(&h, "“Exception scan” has closed three times in a row"), 1, "once, though it is missed on");
    press_beside(&h, "closed three times in a row", "Stop it").await;
    assert_eq!(answers(&h).await, [(Topic::Misses, Answer::Stop)]);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn who_answers_nothing_for_two_weeks_is_asked_whether_fewer_would_be_better() {
    let h = start(DAILY).await;
    h.advance_to("2026-12-21 08:00").await;
    assert_eq!(asking(&h, "Would fewer messages be better?"), 0);
    h.advance_to("2026-12-23 08:29").await;
    assert_eq!(asking(&h, "Would fewer messages be better?"), 1);
    h.kinds("ana");
    press_beside(&h, "Would fewer messages be better?", "Fewer, please").await;
    assert_eq!(answers(&h).await, [(Topic::Silence, Answer::Fewer)]);
    let exported = h.onbeat(&["export"]).await;
    assert!(exported.out.contains("intensity = \"light\""), "{}", exported.out);
    h.advance_to("2026-12-23 18:00").await;
    assert_eq!(h.kinds("ana"), ["Wed 08:30 plan"], "light from today");
    // Pressed again, nothing more happens.
    let revisions = h.engine().store().revisions().await.unwrap().len();
    h.press_unseen("ana", "fewer", "silence.2026-12-21.U0ANA", "T0LOCAL").await;
    assert_eq!(h.engine().store().revisions().await.unwrap().len(), revisions);
    h.finish().await;
}

#[tokio::test]
async fn what_was_asked_of_one_is_not_anothers_to_answer() {
    let h = start(DAILY).await;
    h.advance_to("2026-12-22 12:00").await;
    h.press_unseen("lee", "fewer", "silence.2026-12-21.U0ANA", "T0LOCAL").await;
    assert!(answers(&h).await.is_empty());
    assert!(h.whisper("lee").is_some_and(|said| said.contains("for the manager concerned")));
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn the_status_tells_how_much_was_written() {
    let h = start(DAILY).await;
    h.advance_to("Wed 12:00").await;
    let count = h.kinds("ana").len();
    h.slack.command(&id("ana"), "status").await.unwrap();
    let said = h.whisper("ana").unwrap();
    assert!(said.contains(&format!("I wrote to you {count} times this week, 0 last week.")), "{said}");
    h.finish().await;
}
