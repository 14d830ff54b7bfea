//! Holidays, weekends, zones and the weeks in which the clocks change: plans on the right mornings, nothing out of hours.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, kind, sent_at};

const CLEO: &str = r#"
[[manager]]
slack = "U0CLEO"
name = "Cleo Martin"
time_zone = "Europe/London"
leader = "U0LEE"
intensity = "active"
workday = { start = "07:00", end = "15:00" }
"#;

/// Daily, weekly, early, late, at the weekend: enough to be wrong about.
const ACTIVITIES: &str = r#"
[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 09:15"
minutes = 10

[[activity]]
key = "early"
title = "Early bird"
when = "every Tuesday at 05:00"
minutes = 10

[[activity]]
key = "late"
title = "Late owl"
when = "every Thursday at 22:00"
minutes = 10

[[activity]]
key = "weekend"
title = "Weekend reading"
when = "every Sunday at 10:00"
minutes = 30

[[activity]]
key = "gap"
title = "In the gap"
when = "every Monday at 16:45"
minutes = 30
"#;

fn process(holidays: &str) -> String {
    [HEAD, holidays, ACTIVITIES, LEADERS, ANA, BEN, CLEO].concat()
}

/// What a person was sent: local day, date, time and kind.
fn told(h: &Harness, who: &str, zone: &str) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %d %H:%M").to_string();
    h.messages(who).iter().map(|message| format!("{} {}", local(sent_at(message)), kind(message))).collect()
}

/// Nothing before the workday, after it, or on a day off.
fn inside_the_workday(h: &Harness, who: &str, zone: &str, hours: (&str, &str), off: &[&str]) {
    let zone = TimeZone::get(zone).unwrap();
    for message in h.messages(who) {
        let local = sent_at(&message).to_zoned(zone.clone());
        let time = local.strftime("%H:%M").to_string();
        assert!(hours.0 <= time.as_str() && time.as_str() <= hours.1, "{who} heard at {local}");
        assert!(!matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday), "{who} heard at {local}");
        assert!(!off.contains(&local.date().to_string().as_str()), "{who} heard on a day off, {local}");
    }
}

/// Everybody's week from this Sunday on, and everything read.
async fn week(sunday: &str, holidays: &str, off: &[&str]) -> Harness {
    let h = Harness::start(&process(holidays), sunday).await;
    for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon"] {
        h.advance_to(&format!("{day} 23:00")).await;
    }
    inside_the_workday(&h, "ana", "America/Chicago", ("08:30", "17:30"), off);
    inside_the_workday(&h, "ben", "America/Los_Angeles", ("08:30", "17:30"), off);
    inside_the_workday(&h, "cleo", "Europe/London", ("07:00", "15:00"), off);
    for who in ["ana", "ben", "cleo"] {
        h.kinds(who);
    }
    h
}

#[tokio::test]
async fn a_plain_week_in_three_zones() {
    let h = week("2026-12-06T12:00:00Z", "", &[]).await;
    let plans = |who: &str, zone: &str| {
        told(&h, who, zone).into_iter().filter(|told| told.ends_with("plan")).collect::<Vec<_>>()
    };
    assert_eq!(plans("ana", "America/Chicago")[..3], ["Mon 07 08:30 plan", "Tue 08 08:30 plan", "Wed 09 08:30 plan"]);
    assert_eq!(plans("ben", "America/Los_Angeles").last().unwrap(), "Mon 14 08:30 plan");
    assert_eq!(plans("cleo", "Europe/London")[0], "Mon 07 07:00 plan");
    let tuesday: Vec<_> =
        told(&h, "ana", "America/Chicago").into_iter().filter(|told| told.starts_with("Tue")).collect();
    assert_eq!(tuesday, ["Tue 08 08:30 plan", "Tue 08 09:15 due", "Tue 08 16:30 wrap"], "05:00 is left to the plan");
    h.finish().await;
}

#[tokio::test]
async fn the_weeks_in_which_the_clocks_change() {
    // Forward in America (8 March 2026), in Europe (29 March); back in Europe (25 October), in America (1 November).
    for sunday in ["2026-03-08T06:00:00Z", "2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z", "2026-11-01T04:00:00Z"] {
        let h = week(sunday, "", &[]).await;
        for (who, zone, morning) in [
            ("ana", "America/Chicago", "08:30"),
            ("ben", "America/Los_Angeles", "08:30"),
            ("cleo", "Europe/London", "07:00"),
        ] {
            let told = told(&h, who, zone);
            let plans: Vec<_> = told.iter().filter(|told| told.ends_with("plan")).collect();
            assert!(plans.len() >= 6, "{who} from {sunday}: {plans:?}");
            assert!(plans.iter().all(|plan| plan.contains(morning)), "{who} from {sunday}: {plans:?}");
        }
        h.finish().await;
    }
}

#[tokio::test]
async fn a_holiday_is_quiet_and_moves_what_was_due() {
    let holidays = r#"
[[holiday]]
date = 2026-12-08
name = "Office closed"

[[holiday]]
date = 2026-12-10
name = "Ana's own"
managers = ["U0ANA"]
"#;
    let h = week("2026-12-06T12:00:00Z", holidays, &["2026-12-08"]).await;
    inside_the_workday(&h, "ana", "America/Chicago", ("08:30", "17:30"), &["2026-12-08", "2026-12-10"]);
    // `every workday` leaves holidays out, the Tuesday activity moves to Wednesday (5:00, so the plan tells), Ana's
    // Thursday one to Friday.
    assert_eq!(
        h.states("2026-12-09").await.iter().filter(|state| state.contains("early")).count(),
        3,
        "{:?}",
        h.states("2026-12-09").await
    );
    let on = |states: Vec<String>, what: &str| states.iter().filter(|state| state.contains(what)).count();
    assert_eq!(on(h.states("2026-12-08").await, "scan"), 0);
    assert_eq!(on(h.states("2026-12-10").await, "late"), 2);
    assert_eq!(on(h.states("2026-12-11").await, "late.U0ANA"), 1);
    h.finish().await;
}
