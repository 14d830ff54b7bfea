//! Days away: what they excuse, what they put off, how quiet they are, and what comes back when they are taken back.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, picture};

const ACTIVITIES: &str = r#"
[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 09:00"
minutes = 10

[[activity]]
key = "review"
title = "Review"
when = "every Monday at 10:00"
minutes = 60

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Tuesday at 11:00"
minutes = 30
per = "rep"

[[activity]]
key = "council"
title = "Council"
when = "every other Wednesday at 13:00 starting 2026-12-16"
minutes = 60

[[activity]]
key = "forecast"
title = "Monthly forecast"
when = "the last workday of every month at 14:00"
minutes = 60
"#;

fn process(extra: &str) -> String {
    [HEAD, extra, ACTIVITIES, LEADERS, ANA, BEN].concat()
}

/// A Monday morning, plan and first nudges read.
async fn on(instant: &str) -> Harness {
    let h = Harness::start(&process(""), instant).await;
    read(&h);
    h
}

fn read(h: &Harness) {
    h.kinds("ana");
    h.kinds("ben");
}

async fn done(h: Harness) {
    read(&h);
    h.finish().await;
}

async fn state_on(h: &Harness, date: &str, what: &str) -> Value {
    h.record_on(date, what).await["state"].clone()
}

#[tokio::test]
async fn what_falls_due_is_excused_and_what_is_monthly_waits() {
    let h = on("2026-12-21T16:00:00Z").await;
    assert_snapshot!(h.command("ana", "away 24 Dec to 2 Jan").await, @"
    You're away Thu 24 Dec to Sat 2 Jan.
    11 things fall away, 1 stays: Monthly forecast, now until Thu 7 Jan.
    Closes before you're back: Review, until Fri 25 Dec.
    I'll be quiet until you're back. Your leader sees the days in the digest.
    ");
    for date in ["2026-12-24", "2026-12-28", "2027-01-01"] {
        let scan = h.record_on(date, "scan").await;
        assert_eq!((&scan["state"], &scan["reason"]), (&json!("excused"), &json!("away")), "{date}");
        assert_eq!(
            (&scan["completed_by"], &scan["completed_at"]),
            (&json!("U0ANA"), &json!("2026-12-21T10:00:00-06:00"))
        );
    }
    assert_eq!(state_on(&h, "2026-12-28", "review").await, "excused");
    assert_eq!(state_on(&h, "2026-12-29", "one-on-one/dana").await, "excused");
    assert_eq!(state_on(&h, "2026-12-30", "council").await, "excused");
    let forecast = h.record_on("2026-12-31", "forecast").await;
    assert_eq!((&forecast["state"], &forecast["closes"]), (&json!("planned"), &json!("2027-01-07T17:30:00-06:00")));
    assert_eq!(state_on(&h, "2027-01-04", "review").await, "planned");
    assert_eq!(h.record_on("2026-12-31", "forecast").await["manager"], "U0ANA");
    done(h).await;
}

#[tokio::test]
async fn the_last_day_before_tells_and_the_days_away_are_quiet() {
    let h = on("2026-12-21T16:00:00Z").await;
    h.command("ana", "away 24 Dec to 2 Jan").await;
    h.advance_to("2026-12-23 08:29").await;
    read(&h);
    h.advance_to("2026-12-23 08:30").await;
    assert_snapshot!(h.read("ana"), @"
    <plan>
    # Good morning, Ana. Here is your day
    (4 to do, about 2 h 10 min)
    *You're away Thu 24 Dec to Sat 2 Jan.*
    11 things fall away, 1 stays: Monthly forecast, now until Thu 7 Jan.
    Closes before you're back: Review, until Fri 25 Dec; 1:1 – Dana Wu, until Fri 25 Dec; 1:1 – Evan Cole, until Fri 25 Dec.
    What stays is on the list below too, should you like to do it ahead.
    *Review*
    Due Mon 21 Dec at 10:00 · 1 h · on time until Fri 25 Dec at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Pick a time…] [Can't]
    *1:1 – Dana Wu*
    Due Tue 22 Dec at 11:00 · 30 min · on time until Fri 25 Dec at 17:30
    [Done: Dana] [Snooze: 30 minutes / 1 hour / This afternoon / Pick a time…] [Can't]
    *1:1 – Evan Cole*
    Due Tue 22 Dec at 11:00 · 30 min · on time until Fri 25 Dec at 17:30
    [Done: Evan] [Snooze: 30 minutes / 1 hour / This afternoon / Pick a time…] [Can't]
    *Scan*
    Due Wed 23 Dec at 09:00 · 10 min · on time until 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Pick a time…] [Can't]
    *Monthly forecast*
    Due Thu 31 Dec at 14:00 · 1 h · on time until Thu 7 Jan at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Next week / Pick a time…] [Can't]
    [Mark several…]
    ");
    // It can be done ahead.
    assert!(h.offers("ana", "Done", "forecast"));
    h.advance_to("2026-12-23 17:30").await;
    h.kinds("ana");
    h.advance_to("2027-01-04 08:29").await;
    assert_eq!(h.kinds("ana"), [""; 0], "quiet");
    h.kinds("ben");
    h.advance_to("2027-01-04 08:30").await;
    assert_snapshot!(h.read("ana"), @"
    <plan>
    # Welcome back, Ana. Here is your day
    (3 to do, about 2 h 10 min)
    *Monthly forecast*
    Due Thu 31 Dec at 14:00 · 1 h · on time until Thu 7 Jan at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    *Scan*
    Due Mon 4 Jan at 09:00 · 10 min · on time until 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Pick a time…] [Can't]
    *Review*
    Due Mon 4 Jan at 10:00 · 1 h · on time until Fri 8 Jan at 17:30
    [Done] [Snooze: 30 minutes / 1 hour / This afternoon / Tomorrow morning / Pick a time…] [Can't]
    [Mark several…]
    ");
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record_on("2026-12-31", "forecast").await["on_time"], true);
    h.advance_to("2027-01-04 17:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due", "Mon 10:00 due", "Mon 16:30 wrap"]);
    done(h).await;
}

#[tokio::test]
async fn done_ahead_counts_on_time() {
    let h = on("2026-12-23T12:00:00Z").await;
    h.command("ana", "away tomorrow to 2 Jan").await;
    h.advance_to("08:31").await;
    assert!(picture(&h.last("ana")).contains("What stays is on the list below"));
    h.press("ana", "Done", "forecast").await;
    let forecast = h.record_on("2026-12-31", "forecast").await;
    assert_eq!((&forecast["state"], &forecast["on_time"]), (&json!("done"), &json!(true)));
    // What is done stays done when the days change.
    h.command("ana", "away 24 Dec to 8 Jan").await;
    assert_eq!(state_on(&h, "2026-12-31", "forecast").await, "done");
    done(h).await;
}

#[tokio::test]
async fn said_after_the_plan_it_is_told_in_the_plan_all_the_same() {
    let h = on("2026-12-23T12:00:00Z").await;
    h.advance_to("11:00").await;
    h.command("ana", "away tomorrow to 2 Jan").await;
    let plan = picture(&h.messages("ana")[0]);
    assert!(plan.contains("You're away Thu 24 Dec to Sat 2 Jan") && !plan.contains("on the list below"), "{plan}");
    h.command("ana", "away off").await;
    assert!(!picture(&h.messages("ana")[0]).contains("You're away"));
    done(h).await;
}

#[tokio::test]
async fn a_bot_that_was_down_on_the_return_says_it_in_one_message() {
    let mut h = on("2026-12-23T16:00:00Z").await;
    h.command("ana", "away tomorrow to 2 Jan").await;
    h.advance_to("2026-12-23 18:00").await;
    read(&h);
    h.close().await;
    h.sleep_until("2027-01-04 11:20");
    h.open().await;
    h.beat().await;
    assert_eq!(h.kinds("ana"), ["Mon 11:20 owed"]);
    let owed = picture(&h.last("ana"));
    assert!(owed.contains("Monthly forecast") && !owed.contains("28 Dec"), "{owed}");
    done(h).await;
}

#[tokio::test]
async fn today_is_included() {
    let h = on("2026-12-21T12:00:00Z").await;
    h.advance_to("10:30").await;
    h.press("ana", "Done", "scan").await;
    read(&h);
    assert_snapshot!(h.command("ana", "away today").await, @"
    You're away today.
    1 thing falls away, and nothing waits for you.
    I'll be quiet until you're back. Your leader sees the days in the digest.
    ");
    assert_eq!(state_on(&h, "2026-12-21", "review").await, "excused", "it was open");
    assert_eq!(state_on(&h, "2026-12-21", "scan").await, "done");
    for message in h.messages("ana").iter().filter(|message| picture(message).contains("Review")) {
        assert!(picture(message).contains("Excused: away"), "{}", picture(message));
        assert!(!picture(message).contains("[Undo]") || picture(message).contains("Scan"), "{}", picture(message));
    }
    h.advance_to("17:30").await;
    assert_eq!(h.kinds("ana"), [""; 0]);
    // It can still be recorded, should she have done it.
    h.press("ana", "Done after all", "review").await;
    assert_eq!(state_on(&h, "2026-12-21", "review").await, "done");
    h.press("ana", "Undo", "review").await;
    assert_eq!(state_on(&h, "2026-12-21", "review").await, "excused", "she was away all the same");
    h.advance_to("Tue 08:30").await;
    assert_eq!(h.kinds("ana"), ["Tue 08:30 plan"]);
    done(h).await;
}

#[tokio::test]
async fn taken_back_on_the_way_plans_what_is_not_yet_due() {
    let h = on("2026-12-21T16:00:00Z").await;
    h.command("ana", "away 24 Dec to 2 Jan").await;
    h.advance_to("2026-12-29 10:00").await;
    read(&h);
    assert_snapshot!(h.command("ana", "away off").await, @"
    You're not away Tue 29 Dec to Sat 2 Jan after all.
    7 things are on your list again.
    ");
    assert_eq!(state_on(&h, "2026-12-28", "scan").await, "excused", "the past stays");
    assert_eq!(state_on(&h, "2026-12-29", "scan").await, "excused", "it was due an hour ago");
    let meeting = h.record_on("2026-12-29", "one-on-one/dana").await;
    assert_eq!(
        (&meeting["state"], &meeting["reason"], &meeting["completed_by"]),
        (&json!("planned"), &Value::Null, &Value::Null)
    );
    assert_eq!(state_on(&h, "2026-12-30", "council").await, "planned");
    assert_eq!(h.record_on("2026-12-31", "forecast").await["closes"], "2027-01-05T17:30:00-06:00");
    h.advance_to("2026-12-29 17:00").await;
    assert_eq!(h.kinds("ana"), ["Tue 11:00 due", "Tue 16:30 wrap"], "nothing is owed for the time away");
    assert!(h.command("ana", "away off").await.contains("You aren't away"));
    done(h).await;
}

#[tokio::test]
async fn a_second_delivery_takes_back_no_other_days_and_names_none() {
    let h = on("2026-12-21T16:00:00Z").await;
    h.command("ana", "away 24 Dec").await;
    h.command("ana", "away 28 Jan").await;
    h.slack.mischief_outward(onbeat::demo::Outward::Twice, 1);
    assert_snapshot!(h.command("ana", "away off").await, @"
    That's taken back already.
    Also away: 28 Jan.
    ");
    done(h).await;
}

#[tokio::test]
async fn what_was_due_keeps_its_closing_when_she_is_back_early() {
    let h = Harness::start(
        &process("").replace("the last workday of every month", "the 28th day of every month"),
        "2026-12-21T16:00:00Z",
    )
    .await;
    h.command("ana", "away 24 Dec to 2 Jan").await;
    let closes = async || h.record_on("2026-12-28", "forecast").await["closes"].clone();
    assert_eq!(closes().await, "2027-01-07T17:30:00-06:00");
    h.command("ana", "away 3 Jan to 6 Jan").await;
    assert_eq!(closes().await, "2027-01-12T17:30:00-06:00", "longer away, later back");
    h.command("ana", "away off 3 Jan to 6 Jan").await;
    assert_eq!(closes().await, "2027-01-07T17:30:00-06:00");
    h.advance_to("2026-12-30 18:00").await;
    h.command("ana", "away off").await;
    assert_eq!(closes().await, "2027-01-07T17:30:00-06:00", "a promise stands");
    assert_eq!(state_on(&h, "2026-12-28", "forecast").await, "open");
    h.advance_to("2026-12-31 08:30").await;
    assert!(picture(&h.last("ana")).contains("Monthly forecast"));
    done(h).await;
}

#[tokio::test]
async fn days_that_touch_become_one_and_can_be_changed() {
    let h = on("2026-12-21T16:00:00Z").await;
    h.command("ana", "away 24 Dec to 28 Dec").await;
    assert_snapshot!(h.command("ana", "away 27 Dec to 2 Jan").await.lines().next().unwrap(), @"You're away Thu 24 Dec to Sat 2 Jan.");
    assert_eq!(h.record_on("2026-12-31", "forecast").await["closes"], "2027-01-07T17:30:00-06:00");
    h.press_whisper("ana", "Change").await;
    assert_eq!(h.modal("ana"), ["First day", "Last day"]);
    let backwards = h.submit("ana", &[("First", "2026-12-28"), ("Last", "2026-12-24")]).await;
    assert_eq!(backwards["response_action"], "errors");
    let past = h.submit("ana", &[("First", "2026-12-01"), ("Last", "2026-12-02")]).await;
    assert_eq!(past["response_action"], "errors");
    h.submit("ana", &[("First", "2026-12-24"), ("Last", "2026-12-25")]).await;
    assert_snapshot!(h.modal_text("ana"), @"
    *You're away Thu 24 Dec to Fri 25 Dec.*
    2 things fall away, and nothing waits for you.
    Closes before you're back: Review, until Fri 25 Dec.
    I'll be quiet until you're back. Your leader sees the days in the digest.
    [Change] [Take it back]
    ");
    assert_eq!(state_on(&h, "2026-12-25", "scan").await, "excused");
    assert_eq!(state_on(&h, "2026-12-28", "scan").await, "planned");
    assert_eq!(h.record_on("2026-12-31", "forecast").await["closes"], "2027-01-05T17:30:00-06:00");
    h.press_modal("ana", "Take it back").await;
    assert_eq!(state_on(&h, "2026-12-25", "scan").await, "planned");
    assert!(
        h.modal_text("ana").contains("You're not away Thu 24 Dec to Fri 25 Dec after all"),
        "{}",
        h.modal_text("ana")
    );
    done(h).await;
}

#[tokio::test]
async fn without_words_a_modal_asks_and_lists() {
    let h = on("2026-12-21T16:00:00Z").await;
    assert_eq!(h.command("ana", "away").await, "");
    h.submit("ana", &[("First", "2026-12-24"), ("Last", "2027-01-02")]).await;
    h.slack.close_modal("U0ANA").await.unwrap();
    h.command("ana", "away 1 Feb").await;
    h.command("ana", "away").await;
    assert_snapshot!(h.modal_text("ana"), @"
    Away Thu 24 Dec to Sat 2 Jan
    [Change] [Take it back]
    Away Mon 1 Feb
    [Change] [Take it back]
    ---
    First day: ____
    Last day: ____
    ");
    // Inside the modal another one takes its place.
    h.press_modal("ana", "Change").await;
    assert_eq!(h.modal("ana"), ["First day", "Last day"]);
    h.submit("ana", &[("First", "2026-12-25"), ("Last", "2027-01-02")]).await;
    assert_eq!(state_on(&h, "2026-12-24", "scan").await, "planned");
    h.slack.close_modal("U0ANA").await.unwrap();
    assert_snapshot!(h.home_text("ana").await.lines().skip_while(|line| !line.starts_with("Away")).take(2).collect::<Vec<_>>().join("\n"), @"
    Away: 25 Dec to 2 Jan, 1 Feb
    [Change…]
    ");
    h.slack.use_home("U0ANA", "Change…", None).await.unwrap();
    h.beat().await;
    h.press_modal("ana", "Take it back").await;
    assert!(h.home_text("ana").await.contains("Away: 1 Feb"));
    done(h).await;
}

#[tokio::test]
async fn a_holiday_beside_it_is_no_day_back() {
    let holiday = "\n[[holiday]]\ndate = 2027-01-04\nname = \"Office closed\"\n";
    let h = Harness::start(&process(holiday), "2026-12-21T16:00:00Z").await;
    h.command("ana", "away 24 Dec to 2 Jan").await;
    assert_eq!(h.record_on("2026-12-31", "forecast").await["closes"], "2027-01-08T17:30:00-06:00");
    // And neither is a day that is another absence's.
    h.command("ana", "away 5 Jan").await;
    assert_eq!(h.record_on("2026-12-31", "forecast").await["closes"], "2027-01-11T17:30:00-06:00");
    done(h).await;
}

#[tokio::test]
async fn a_new_process_meets_the_absence() {
    let h = on("2026-12-21T16:00:00Z").await;
    h.command("ana", "away 22 Dec to 2 Jan").await;
    h.advance_to("2026-12-23 12:00").await;
    let extra =
        "\n[[activity]]\nkey = \"deals\"\ntitle = \"Deals\"\nwhen = \"every Thursday at 15:00\"\nminutes = 30\n";
    let later = process("").replace("every Monday at 10:00", "every Monday at 15:00");
    h.apply(&[&later, extra].concat()).await;
    assert_eq!(state_on(&h, "2026-12-24", "deals").await, "excused");
    let review = h.record_on("2026-12-28", "review").await;
    assert_eq!((&review["state"], &review["due"]), (&json!("excused"), &json!("2026-12-28T15:00:00-06:00")));
    assert_eq!(state_on(&h, "2026-12-23", "scan").await, "excused");
    h.apply(&later).await;
    assert_eq!(state_on(&h, "2026-12-24", "deals").await, "withdrawn");
    // Who leaves owes nothing, and what has passed stays as it was.
    h.apply(&later.replace(ANA, "")).await;
    assert_eq!(state_on(&h, "2026-12-28", "review").await, "withdrawn");
    assert_eq!(state_on(&h, "2026-12-22", "scan").await, "excused");
    done(h).await;
}

#[tokio::test]
async fn what_is_further_off_is_excused_when_it_is_planned() {
    let h = on("2026-12-07T16:00:00Z").await;
    let said = h.command("ana", "away 1 Feb to 5 Feb").await;
    assert!(said.contains("8 things fall away"), "{said}");
    assert_eq!(h.records("2027-02-01", "2027-02-05").await, [json!(null); 0]);
    h.advance_to("2026-12-28 08:00").await;
    assert_eq!(state_on(&h, "2027-02-01", "review").await, "excused");
    done(h).await;
}

#[tokio::test]
async fn a_snooze_into_the_days_away_waits_for_the_first_plan() {
    let slow = "\n[[activity]]\nkey = \"audit\"\ntitle = \"Audit\"\nwhen = \"the 21st day of every month at 09:30\"\nminutes = 30\ngrace = \"20 workdays\"\n";
    let h = Harness::start(&[&process(""), slow].concat(), "2026-12-21T12:00:00Z").await;
    h.advance_to("09:31").await;
    h.snooze("ana", "audit", "Pick a time").await;
    h.submit("ana", &[("When", "2026-12-28T10:00:00-06:00")]).await;
    h.command("ana", "away 24 Dec to 2 Jan").await;
    h.advance_to("2026-12-23 18:00").await;
    read(&h);
    h.advance_to("2027-01-04 08:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan"]);
    assert!(picture(&h.last("ana")).contains("Audit"));
    assert_eq!(h.record_on("2026-12-21", "audit").await["snoozed_until"], Value::Null);
    done(h).await;
}

#[tokio::test]
async fn it_is_told_in_the_digest_and_in_the_log_once() {
    let digest =
        "\n[digest]\nchannel = \"C0SALES\"\nwhen = \"every Friday at 16:00\"\ntime_zone = \"America/New_York\"\n";
    let h = Harness::start(&process(digest), "2026-12-17T16:00:00Z").await;
    let form = "command=%2Fonbeat&text=away+24+Dec+to+2+Jan&user_id=U0ANA&team_id=T0LOCAL&trigger_id=1.2.same";
    let (first, again) =
        (h.post_for_body("/slack/commands", form).await, h.post_for_body("/slack/commands", form).await);
    assert_eq!((first.0, &first.1), (200, &again.1), "a second delivery is answered alike");
    h.beat().await;
    h.command("ana", "away 25 Dec").await;
    assert_eq!(h.log("away").await, 1, "nothing new was said");
    h.command("ana", "away off").await;
    assert_eq!(h.post_for_body("/slack/commands", form).await.0, 200);
    assert_eq!(state_on(&h, "2026-12-28", "review").await, "planned", "an old delivery brings nothing back");
    h.command("ana", "away 24 Dec to 2 Jan").await;
    h.advance_to("Fri 15:05").await;
    h.read("C0SALES");
    let told: String = h.thread("C0SALES").iter().map(crate::harness::picture).collect();
    assert!(told.contains("*Away, by their own word*\n• Ana Ruiz: 24 Dec to 2 Jan"), "{told}");
    let said = h.onbeat_now(&["digest", "--leader", "U0LEE"]).await;
    assert!(said.out.contains("Ana Ruiz: 2026-12-24 to 2027-01-02"), "{}", said.out);
    done(h).await;
}

#[tokio::test]
async fn nobody_speaks_for_somebody_else() {
    let h = on("2026-12-21T16:00:00Z").await;
    h.command("ana", "away 24 Dec to 2 Jan").await;
    for who in ["ben", "lee", "zoe"] {
        assert_eq!(h.press_unseen(who, "back", "2026-12-24/2027-01-02", "T0LOCAL").await, 200);
    }
    assert_eq!(state_on(&h, "2026-12-28", "review").await, "excused");
    assert!(h.command("lee", "away 24 Dec to 2 Jan").await.contains("/onbeat today"), "help");
    h.command("ben", "away 28 Dec").await;
    h.command("ana", "away off").await;
    let reviews = h.records("2026-12-28", "2026-12-28").await;
    let states: Vec<_> =
        reviews.iter().filter(|r| r["activity"] == "review").map(|r| (&r["manager"], &r["state"])).collect();
    assert_eq!(states, [(&json!("U0ANA"), &json!("planned")), (&json!("U0BEN"), &json!("excused"))]);
    done(h).await;
}

#[tokio::test]
async fn words_that_are_no_days_get_a_friendly_answer() {
    let h = on("2026-12-21T16:00:00Z").await;
    assert_snapshot!(h.command("ana", "away sometime").await, @"
    I couldn't make out which days you mean. Nothing has changed.
    Say it like /onbeat away 24 Dec to 2 Jan, /onbeat away tomorrow, /onbeat away next week, or /onbeat away 2026-12-24 to 2027-01-02; /onbeat away off takes it back.
    ");
    for (words, why) in [
        ("away 2 Jan to 24 Dec", "before the first"),
        ("away 2026-12-01 to 2026-12-20", "have passed"),
        ("away 2026-12-24 to 2028-01-02", "more than a year"),
        ("away 31 Feb", "no such day"),
    ] {
        let said = h.command("ana", words).await;
        assert!(
            said.contains(why) && said.contains("Nothing has changed") && said.contains("24 Dec to 2 Jan"),
            "{said}"
        );
    }
    assert_eq!(state_on(&h, "2026-12-28", "review").await, "planned");
    done(h).await;
}

#[tokio::test]
async fn the_clocks_may_change_meanwhile() {
    let h = Harness::start(
        &process("").replace("the last workday of every month", "the 15th day of every month"),
        "2027-03-08T16:00:00Z",
    )
    .await;
    h.command("ana", "away 12 Mar to 16 Mar").await;
    assert_eq!(h.record_on("2027-03-15", "forecast").await["closes"], "2027-03-22T17:30:00-05:00");
    assert_eq!(state_on(&h, "2027-03-12", "scan").await, "excused");
    assert_eq!(state_on(&h, "2027-03-16", "scan").await, "excused");
    assert_eq!(state_on(&h, "2027-03-17", "scan").await, "planned");
    h.advance_to("2027-03-11 17:31").await;
    read(&h);
    h.advance_to("2027-03-17 08:30").await;
    assert_eq!(h.kinds("ana"), ["Wed 08:30 plan"]);
    done(h).await;
}
