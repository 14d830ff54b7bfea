//! Which nudge comes when, beyond a Monday: the week of one activity, the plan's minute, light and active managers, more
//! than one message can hold, and a process that begins later.

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, picture};

const WEEKLY: &str = r#"
[[activity]]
key = "review"
title = "Review"
when = "every Monday at 09:00"
minutes = 30
"#;

const SUNDAY: &str = "2026-12-06T12:00:00Z";

async fn start(activities: &str, people: &str) -> Harness {
    Harness::start(&[HEAD, activities, LEADERS, people].concat(), SUNDAY).await
}

fn with_intensity(intensity: &str) -> String {
    ANA.replace("leader =", &format!("intensity = \"{intensity}\"\nleader ="))
}

#[tokio::test]
async fn what_is_left_open_is_in_every_plan_and_in_the_last_wrap() {
    let h = start(WEEKLY, ANA).await;
    h.advance_to("Sat 12:00").await;
    assert_eq!(
        h.kinds("ana"),
        [
            "Mon 08:30 plan",
            "Mon 09:00 due",
            "Mon 16:30 wrap",
            "Tue 08:30 plan",
            "Wed 08:30 plan",
            "Thu 08:30 plan",
            "Fri 08:30 plan",
            "Fri 16:30 wrap"
        ]
    );
    let record = h.record_on("2026-12-07", "review").await;
    assert_eq!((record["state"].as_str(), record["nudges"].as_i64()), (Some("missed"), Some(3)));
    h.finish().await;
}

#[tokio::test]
async fn nothing_to_do_is_no_plan() {
    let h = start(WEEKLY, ANA).await;
    h.advance_to("Mon 08:40").await;
    h.press("ana", "Done", "review").await;
    h.advance_to("Sat 12:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan"]);
    assert!(picture(&h.last("ana")).contains("All told, Ana"));
    h.finish().await;
}

#[tokio::test]
async fn the_plans_own_minute_is_left_to_the_plan() {
    let at = |key: &str, time: &str| WEEKLY.replace("review", key).replace("09:00", time);
    let h = start(&[at("a", "08:30"), at("b", "08:31")].concat(), ANA).await;
    h.advance_to("Mon 16:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 08:31 due"]);
    // A workday of one hour: the wrap is the plan.
    h.finish().await;
    let short = HEAD.replace("17:30", "09:30");
    let h = Harness::start(&[&short, WEEKLY, LEADERS, ANA].concat(), SUNDAY).await;
    h.advance_to("Mon 20:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    h.finish().await;
}

#[tokio::test]
async fn light_and_active_managers_hear_less_and_more() {
    let every = |key: &str, time: &str, priority: &str| {
        WEEKLY
            .replace("review", key)
            .replace("09:00", time)
            .replace("minutes", &format!("priority = \"{priority}\"\nminutes"))
    };
    let all: String = (9..=16).map(|hour| every(&format!("k{hour}"), &format!("{hour:02}:10"), "nice")).collect();
    let all = all + &every("must", "15:45", "must");
    let h = start(&all, &with_intensity("light")).await;
    h.advance_to("Mon 18:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan"]);
    h.finish().await;
    let h = start(&all, &with_intensity("active")).await;
    h.advance_to("Mon 18:00").await;
    assert_eq!(
        h.kinds("ana"),
        [
            "Mon 08:30 plan",
            "Mon 09:10 due",
            "Mon 10:10 due",
            "Mon 11:10 due",
            "Mon 12:10 due",
            "Mon 13:10 due",
            "Mon 15:45 due",
            "Mon 16:30 wrap"
        ],
        "six a day, must first"
    );
    h.finish().await;
}

#[tokio::test]
async fn what_one_message_cannot_hold_goes_on_in_another() {
    let reps: String = (0..25).map(|n| format!("{{ slack = \"U0REP{n:02}\", name = \"Rep {n:02}\" }}, ")).collect();
    let reps = format!("reps = [{reps}]\n");
    let ana = ANA.lines().filter(|line| !line.starts_with("reps")).collect::<Vec<_>>().join("\n") + "\n" + &reps;
    let h = start(&WEEKLY.replace("minutes", "per = \"rep\"\nminutes"), &ana).await;
    h.advance_to("Mon 09:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 08:30 plan", "Mon 09:00 due", "Mon 09:00 due"]);
    let both = h.messages("ana")[..2].iter().map(picture).collect::<String>();
    for n in 0..25 {
        assert_eq!(both.matches(&format!("Rep {n:02}*")).count(), 1, "Rep {n:02} in {both}");
    }
    h.press("ana", "Done", "review/U0REP24").await;
    assert_eq!(h.messages("ana").iter().filter(|message| picture(message).contains("✓ Done")).count(), 2);
    h.finish().await;
}

#[tokio::test]
async fn a_process_that_begins_later_begins_with_its_first_plan() {
    let later = HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2026-12-14");
    // Served since ten in the morning of the Monday before.
    let h = Harness::start(&[&later, WEEKLY, LEADERS, ANA].concat(), "2026-12-07T16:00:00Z").await;
    h.advance_to("2026-12-14 12:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    h.finish().await;
}

#[tokio::test]
async fn a_manager_who_joins_later_begins_with_their_first_plan() {
    let h = Harness::start(&[HEAD, WEEKLY, LEADERS, ANA].concat(), "2026-12-07T18:00:00Z").await;
    let later = HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2026-12-14");
    h.apply(&[&later, WEEKLY, LEADERS, ANA, BEN].concat()).await;
    h.advance_to("2026-12-14 12:00").await;
    assert_eq!(h.kinds("ben"), ["Mon 10:30 plan", "Mon 11:00 due"]);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn hours_that_change_later_hold_from_their_first_morning() {
    let h = Harness::start(&[HEAD, WEEKLY, LEADERS, ANA].concat(), "2026-12-07T18:00:00Z").await;
    h.advance_to("Fri 10:00").await;
    h.kinds("ana");
    let later = HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2026-12-14").replace("08:30", "07:00");
    h.apply(&[&later, WEEKLY, LEADERS, ANA].concat()).await;
    h.advance_to("Mon 12:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 07:00 plan", "Mon 09:00 due"]);
    h.finish().await;
}
