//! Clocks that jump, machines that sleep, days that are not there or twice: nothing doubled, nothing lost, no flood.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use onbeat::demo::workspace::model::User;

use crate::harness::{ANA, HEAD, Harness, LEADERS, kind};

const DAILY: &str = r#"
[[activity]]
key = "scan"
title = "Scan"
when = "every day at 09:00"
minutes = 10
"#;

async fn started(start: &str) -> Harness {
    Harness::start(&[HEAD, DAILY, LEADERS, ANA].concat(), start).await
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_and_back_doubles_nothing() {
    let h = started("2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    // Somebody sets the clock to the next day's noon, and an hour of the machine's later back again.
    h.sleep_until("Tue 12:00");
    h.beat().await;
    assert_eq!(h.kinds("ana"), ["Tue 12:00 owed"], "one message for all that the jump passed over");
    h.set_back_to("2026-12-07 10:00");
    h.beat().await;
    h.advance_to("Tue 12:30").await;
    assert_eq!(h.kinds("ana"), Vec::<String>::new(), "what was said is said");
    h.advance_to("Wed 09:00").await;
    let told = h.kinds("ana");
    assert!(told.contains(&"Wed 08:30 plan".to_owned()) && told.contains(&"Wed 09:00 due".to_owned()), "{told:?}");
    h.finish().await;
}

#[tokio::test]
async fn a_clock_that_jumps_back_a_week_floods_nobody() {
    let h = started("2026-12-07T12:00:00Z").await;
    h.advance_to("Wed 10:00").await;
    h.kinds("ana");
    h.set_back_to("2026-12-02 10:00");
    h.beat().await;
    h.advance_to("2026-12-09 10:00").await;
    assert_eq!(h.kinds("ana"), Vec::<String>::new(), "those days were nudged for, or were before the first serve");
    h.advance_to("2026-12-10 09:00").await;
    assert_eq!(h.kinds("ana").len(), 2 + 1, "and then it goes on: the wrap of the day, the plan, the due");
    h.finish().await;
}

#[tokio::test]
async fn a_week_asleep_ends_with_one_message() {
    let h = started("2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:00").await;
    h.kinds("ana");
    h.sleep_until("2026-12-14 10:00");
    h.beat().await;
    assert_eq!(h.kinds("ana"), ["Mon 10:00 owed"]);
    let states: Vec<String> =
        h.records("2026-12-07", "2026-12-14").await.iter().map(|r| r["state"].to_string()).collect();
    assert_eq!(states.len(), 8, "each day has its occurrence: {states:?}");
    assert_eq!(states.last().map(String::as_str), Some("\"open\""));
    h.finish().await;
}

#[tokio::test]
async fn a_leap_day_is_a_day() {
    let h = started("2028-02-28T12:00:00Z").await;
    h.advance_to("2028-03-01 09:30").await;
    let dues: Vec<String> = h.kinds("ana").into_iter().filter(|told| told.ends_with("due")).collect();
    assert_eq!(dues, ["Mon 09:00 due", "Tue 09:00 due", "Wed 09:00 due"]);
    let dates: Vec<String> = h
        .records("2028-02-28", "2028-03-01")
        .await
        .iter()
        .map(|r| r["due"].as_str().unwrap()[..10].to_owned())
        .collect();
    assert_eq!(dates, ["2028-02-28", "2028-02-29", "2028-03-01"]);
    h.finish().await;
}

/// Ten zones, among them gaps at midnight, half an hour wide, and the southern hemisphere.
const ZONES: [&str; 10] = [
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Europe/London",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
];

/// In the hours in which clocks are changed.
const NIGHT: &str = r#"
[process]
name = "Night"

[calendar]
workweek = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
workday = { start = "00:30", end = "23:30" }

[[activity]]
key = "scan"
title = "Scan"
when = "every day at 02:15"
minutes = 10
"#;

/// The clock changes of 2027 in a zone.
fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let year = Date::constant(2027, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
    let end = Date::constant(2028, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
    zone.following(year).map(|change| change.timestamp()).take_while(|at| *at < end).collect()
}

#[tokio::test]
async fn every_clock_change_of_a_year_in_ten_zones() {
    let name = |number: usize| format!("U0Z{number:02}");
    let mut h = Harness::before("2027-01-04T12:00:00Z").await;
    let mut managers = String::new();
    for (number, zone) in ZONES.iter().enumerate() {
        let id = name(number);
        h.slack.add_user(User::new(&id, "Somebody", zone));
        managers += &format!(
            "\n[[manager]]\nslack = \"{id}\"\nname = \"Somebody\"\ntime_zone = \"{zone}\"\nleader = \"U0LEE\"\n"
        );
    }
    h.apply(&[NIGHT, LEADERS, &managers].concat()).await;
    h.open().await;
    h.beat().await;
    h.heartbeat = SignedDuration::from_mins(10);
    let zones: Vec<TimeZone> = ZONES.iter().map(|zone| TimeZone::get(zone).unwrap()).collect();
    let mut all: Vec<Timestamp> = zones.iter().flat_map(changes).collect();
    assert!(all.len() >= 18, "{} changes", all.len());
    all.sort();
    let mut looked = 0;
    for change in all {
        let (from, to) = (change - SignedDuration::from_hours(28), change + SignedDuration::from_hours(28));
        h.sleep_until_instant(from);
        h.beat().await;
        h.advance_to_instant(to).await;
        // Whoever's clock changed then has had one nudge for that day, at 02:15 or as much later as the gap is wide.
        for (number, zone) in zones.iter().enumerate().filter(|(_, zone)| changes(zone).contains(&change)) {
            let local = |at: Timestamp| at.to_zoned(zone.clone()).date();
            let day = local(change + SignedDuration::from_secs(1));
            let dues: Vec<Timestamp> = h
                .slack
                .dm(&name(number))
                .iter()
                .filter(|message| kind(message) == "due")
                .map(crate::harness::sent_at)
                .filter(|at| local(*at) == day)
                .collect();
            let wanted = day.at(2, 15, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
            assert_eq!(dues, [wanted], "{} on {day}", ZONES[number]);
            looked += 1;
        }
    }
    assert!(looked >= 18, "{looked}");
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..ZONES.len() {
        for message in h.slack.dm(&name(number)) {
            let payload = message.metadata.unwrap_or_default()["event_payload"].clone();
            *ids.entry(payload.to_string()).or_default() += 1;
        }
    }
    ids.retain(|_, count| *count > 1);
    assert!(ids.is_empty(), "came twice: {ids:?}");
    h.finish().await;
}
