//! What goes wrong on the way to Slack: no nudge twice, none lost, and what is late comes together in one message.

use jiff::SignedDuration;
use onbeat::demo::{Fault, Scope};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, kind, picture, sent_at};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30

[[activity]]
key = "review"
title = "Review"
when = "every Monday at 11:00"
minutes = 30
grace = "0 workdays"
"#;

const POST: &str = "chat.postMessage";

async fn monday_at(time: &str) -> Harness {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to(&format!("Mon {time}")).await;
    h.kinds("ana");
    h
}

fn posts(h: &Harness) -> usize {
    h.slack.calls().iter().filter(|call| call.method == POST).count()
}

#[tokio::test]
async fn a_pause_that_slack_asks_for_is_kept() {
    let h = monday_at("08:59").await;
    h.slack.mischief(Scope::method(POST), Fault::RateLimited(30), 1);
    let before = posts(&h);
    h.advance_to("Mon 09:00").await;
    h.advance_to("+29s").await;
    assert_eq!(posts(&h), before + 1, "nothing is tried before the pause is over");
    h.advance_to("+6s").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due"]);
    assert_eq!(posts(&h), before + 2);
    h.finish().await;
}

#[tokio::test]
async fn what_slack_certainly_has_not_got_is_sent_again_soon() {
    for fault in [Fault::ServerError(503), Fault::ResetBefore, Fault::Refused("internal_error".into())] {
        let h = monday_at("08:59").await;
        h.slack.mischief(Scope::method("conversations.open"), fault.clone(), 1);
        h.slack.mischief(Scope::method(POST), fault.clone(), 1);
        h.advance_to("Mon 09:10").await;
        let told = h.kinds("ana");
        assert!(told == ["Mon 09:00 due"] || told == ["Mon 09:01 owed"], "{fault:?}: {told:?}");
        h.finish().await;
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_up_before_anything_is_sent_again() {
    for fault in [Fault::ResetAfter, Fault::ServerErrorAfter(502)] {
        let h = monday_at("08:59").await;
        h.slack.settings(|settings| settings.recognise_client_msg_id = false);
        h.slack.mischief(Scope::method(POST), fault.clone(), 1);
        let before = posts(&h);
        h.advance_to("Mon 09:00").await;
        assert_eq!(h.kinds("ana"), ["Mon 09:00 due"], "{fault:?}: Slack has it");
        assert_eq!(h.pending_work().await, 1, "{fault:?}: the bot can't know");
        h.advance_to("Mon 09:02").await;
        assert_eq!(posts(&h), before + 1, "{fault:?}");
        assert_eq!(h.record("forecast").await["nudges"], 1, "{fault:?}: it was found");
        // And what was found is painted anew like any other.
        h.press("ana", "Done", "forecast").await;
        assert!(picture(&h.last("ana")).contains("✓ Done"), "{fault:?}");
        h.finish().await;
    }
}

#[tokio::test]
async fn a_click_tells_where_a_lost_message_is() {
    let h = monday_at("08:59").await;
    h.slack.mischief(Scope::method(POST), Fault::ResetAfter, 1);
    h.advance_to("Mon 09:00").await;
    h.kinds("ana");
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.pending_work().await, 0, "no look was needed");
    assert_eq!(h.record("forecast").await["nudges"], 1);
    h.finish().await;
}

#[tokio::test]
async fn what_history_does_not_show_within_a_minute_goes_again() {
    let h = monday_at("08:59").await;
    // The call was lost on the way, but so that nobody can tell.
    h.slack.mischief(Scope::method(POST), Fault::ServerError(504), 1);
    let before = posts(&h);
    h.advance_to("Mon 09:01").await;
    assert_eq!(posts(&h), before + 1, "not before the minute in which history may lag is over");
    h.advance_to("Mon 09:10").await;
    assert_eq!(posts(&h), before + 2);
    let told = h.kinds("ana");
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with("owed"), "by then it is late, and says so: {told:?}");
    h.finish().await;
}

#[tokio::test]
async fn a_slow_slack_holds_up_nobody_for_good() {
    let h = monday_at("08:59").await;
    h.slack.mischief(Scope::method(POST), Fault::Slow(std::time::Duration::from_millis(300)), 1);
    h.advance_to("Mon 09:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due"]);
    h.finish().await;
}

#[tokio::test]
async fn repaints_are_tried_until_slack_takes_them() {
    let h = monday_at("09:00").await;
    for fault in [Fault::RateLimited(10), Fault::ServerErrorAfter(500), Fault::ResetBefore] {
        h.slack.mischief(Scope::method("chat.update"), fault, 1);
    }
    h.press("ana", "Done", "forecast").await;
    h.advance_to("Mon 09:05").await;
    for message in h.messages("ana") {
        assert!(picture(&message).contains("✓ Done"), "{}", picture(&message));
    }
    h.finish().await;
}

#[tokio::test]
async fn after_hours_without_slack_one_message_says_it_all() {
    let mut h = monday_at("08:29").await;
    h.heartbeat = SignedDuration::from_secs(60);
    h.slack.mischief(Scope::Any, Fault::ServerError(503), 100_000);
    h.advance_to("Mon 12:00").await;
    h.slack.end_mischief();
    h.advance_to("Mon 12:10").await;
    let told = h.kinds("ana");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("owed"), "{told:?}");
    let owed = picture(&h.last("ana"));
    assert!(owed.contains("Forecast") && owed.contains("Review"), "{owed}");
    h.advance_to("Mon 17:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 16:30 wrap"], "and then the day goes on as ever");
    h.finish().await;
}

#[tokio::test]
async fn after_a_day_without_the_bot_what_closed_is_marked() {
    let mut h = monday_at("08:30").await;
    h.close().await;
    h.sleep_until("Tue 10:00");
    h.open().await;
    h.beat().await;
    assert_eq!(h.kinds("ana"), ["Tue 10:00 owed"]);
    insta::assert_snapshot!(picture(&h.last("ana")), @"
    <owed>
    # I should have told you earlier
    (I was held up, sorry. This is what you would have heard from me)
    *Forecast*
    Due Mon 7 Dec at 09:00 · 30 min · on time until Fri 11 Dec at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *Review*
    Closed with nothing recorded; it still counts when done late.
    [Done after all] [Can't]
    ");
    assert_eq!(h.record_on("2026-12-07", "review").await["state"], "missed");
    h.finish().await;
}

#[tokio::test]
async fn a_bot_that_wakes_at_night_waits_for_the_morning() {
    let mut h = monday_at("08:30").await;
    h.close().await;
    h.sleep_until("Mon 22:00");
    h.open().await;
    h.beat().await;
    h.advance_to("Tue 08:29").await;
    assert_eq!(h.kinds("ana"), [""; 0]);
    h.advance_to("Tue 09:00").await;
    assert_eq!(h.kinds("ana"), ["Tue 08:30 plan"], "what is owed goes with the plan");
    let plan = picture(&h.last("ana"));
    assert!(plan.contains("Forecast") && plan.contains("Review"), "{plan}");
    h.finish().await;
}

#[tokio::test]
async fn a_crash_between_claim_and_send_costs_nothing() {
    let mut h = monday_at("08:59").await;
    h.sleep_until("Mon 09:00");
    let engine = h.engine().clone();
    engine.tick().await.unwrap();
    let machine = engine.clock().machine();
    let claimed = engine.store().claim(machine, machine + SignedDuration::from_secs(60), 32).await.unwrap();
    assert_eq!(claimed.len(), 1);
    h.crash();
    h.open().await;
    h.beat().await;
    assert_eq!(h.kinds("ana"), [""; 0], "somebody may still be sending it");
    h.advance_to("Mon 09:10").await;
    let told = h.kinds("ana");
    assert_eq!(told.len(), 1, "{told:?}");
    h.finish().await;
}

#[tokio::test]
async fn a_crash_between_send_and_settle_doubles_nothing() {
    let mut h = monday_at("08:59").await;
    h.slack.settings(|settings| settings.recognise_client_msg_id = false);
    h.slack.mischief(Scope::method(POST), Fault::SilentAfter, 1);
    h.sleep_until("Mon 09:00");
    let engine = h.engine().clone();
    let round = tokio::spawn(async move { engine.round().await });
    while h.messages("ana").len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    round.abort();
    h.crash();
    h.open().await;
    h.beat().await;
    h.advance_to("Mon 10:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due"]);
    assert_eq!(h.record("forecast").await["nudges"], 1);
    h.finish().await;
}

#[tokio::test]
async fn restarts_at_every_turn_double_nothing() {
    let mut h = monday_at("08:00").await;
    for time in ["08:30", "08:30", "09:00", "09:00", "11:00", "11:01", "16:30", "17:30"] {
        h.advance_to(&format!("Mon {time}")).await;
        h.restart().await;
    }
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due", "Mon 11:00 due", "Mon 16:30 wrap"]);
    h.finish().await;
}

#[tokio::test]
async fn a_token_that_was_revoked_loses_no_nudge() {
    let h = monday_at("08:59").await;
    h.slack.mischief(Scope::method(POST), Fault::Refused("invalid_auth".into()), 3);
    h.advance_to("Mon 09:20").await;
    let told = h.kinds("ana");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("owed"), "{told:?}");
    h.finish().await;
}

#[tokio::test]
async fn one_managers_trouble_is_not_anothers() {
    let process = [HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat();
    let h = Harness::start(&process, "2026-12-07T12:00:00Z").await;
    h.slack.mischief(Scope::method("conversations.open"), Fault::Refused("user_disabled".into()), 1);
    h.advance_to("Mon 18:00").await;
    let kinds = |who| h.messages(who).iter().map(kind).collect::<Vec<_>>();
    assert_eq!(kinds("ben"), ["plan", "due", "due"]);
    assert_eq!(kinds("ana")[0], "due", "the plan can't be had any more, the next one can");
    assert!(h.messages("ana").iter().all(|message| sent_at(message) >= h.at("09:00")));
    h.advance_to("Mon 20:00").await;
    h.kinds("ana");
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn a_message_that_is_gone_is_painted_no_more() {
    let h = monday_at("08:30").await;
    h.slack.mischief(Scope::method("chat.update"), Fault::Refused("message_not_found".into()), 1);
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.pending_work().await, 0);
    assert_eq!(h.record("forecast").await["state"], "done");
    let updates = |h: &Harness| h.slack.calls().iter().filter(|call| call.method == "chat.update").count();
    assert_eq!(updates(&h), 1);
    h.press("ana", "Done", "review").await;
    assert_eq!(updates(&h), 1, "it is not asked for again");
    h.finish().await;
}

#[tokio::test]
async fn a_channel_that_is_gone_is_opened_anew() {
    let h = monday_at("08:59").await;
    let opened = |h: &Harness| h.slack.calls().iter().filter(|call| call.method == "conversations.open").count();
    let before = opened(&h);
    h.slack.mischief(Scope::method(POST), Fault::Refused("channel_not_found".into()), 1);
    h.advance_to("Mon 16:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due", "Mon 11:00 due"]);
    assert_eq!(opened(&h), before + 1);
    h.finish().await;
}

#[tokio::test]
async fn what_is_owed_goes_on_in_another_message_too() {
    let reps: String = (0..25).map(|n| format!("{{ slack = \"U0REP{n:02}\", name = \"Rep {n:02}\" }}, ")).collect();
    let ana = ANA.lines().filter(|line| !line.starts_with("reps")).collect::<Vec<_>>().join("\n");
    let each = ACTIVITIES.replace("minutes", "per = \"rep\"\nminutes");
    let process = [HEAD, &each, LEADERS, &ana, &format!("\nreps = [{reps}]\n")].concat();
    let mut h = Harness::start(&process, "2026-12-07T12:00:00Z").await;
    h.close().await;
    h.sleep_until("Mon 12:00");
    h.open().await;
    // The second of the three is lost on the way, and comes all the same.
    h.slack.mischief(Scope::method(POST), Fault::RateLimited(5), 1);
    h.beat().await;
    h.advance_to("Mon 12:02").await;
    let all: String = h.messages("ana").iter().map(picture).collect();
    assert_eq!(h.kinds("ana").len(), 3);
    assert!(h.messages("ana").iter().all(|message| kind(message) == "owed"));
    for n in 0..25 {
        assert_eq!(all.matches(&format!("Rep {n:02}*")).count(), 2, "Rep {n:02}, for two activities");
    }
    h.finish().await;
}
