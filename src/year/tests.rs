//! The calendar text is what calendar apps take it for, whatever people wrote into the process.

use std::collections::BTreeMap;

use icalendar::parser::{Component, read_calendar, unfold};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::*;
use crate::process::file::{SourceFile, Surroundings, read};
use crate::process::{Category, Priority};
use crate::record::{OccurrenceId, State};

struct Nobody;

impl Surroundings for Nobody {
    fn holiday_file(&self, _: &str, _: &str) -> Result<SourceFile, String> {
        Err("no files here".to_owned())
    }

    fn user_by_email(&self, _: &str) -> Result<String, String> {
        Err("no Slack here".to_owned())
    }
}

/// A process with something of every rhythm, a day off, a fiscal year from February and two managers in two zones.
pub(super) const PROCESS: &str = r#"
[process]
name = "Cadence & <b>care</b>"
[calendar]
fiscal_year_starts = "February"
capacity = "3h a week"
[[holiday]]
date = 2027-03-08
name = "Founders' <day>"
[[activity]]
key = "scan"
title = "Scan"
category = "inspection"
when = "every workday at 08:45"
minutes = 10
[[activity]]
key = "one-on-one"
title = "1:1"
category = "coaching"
when = "every Tuesday and Wednesday at 10:00"
minutes = 30
per = "rep"
spread = true
outcome = "Commitments checked; one or two written down, with a date"
[[activity]]
key = "review"
title = "Pipeline review <script>alert(1)</script>"
category = "pipeline"
when = "the second Monday of every month at 09:00"
minutes = 60
per = "rep"
[[activity]]
key = "yearly"
title = "Territory plan"
when = "the last workday of every year at 14:00"
minutes = 480
[[leader]]
slack = "U0LEE"
name = "Lee"
[[manager]]
slack = "U0ANA"
name = "Ana <Ruiz>"
time_zone = "America/Chicago"
leader = "U0LEE"
reps = [{ slack = "U0DANA", name = "Dana \"D\" Wu" }, { slack = "U0EVAN", name = "Evan" }]
[[manager]]
slack = "U0BEA"
name = "Bea"
time_zone = "Australia/Lord_Howe"
leader = "U0LEE"
"#;

pub(super) fn process() -> Process {
    let file = SourceFile { name: "process.toml".to_owned(), text: PROCESS.to_owned() };
    read(&[file], day("2027-01-01"), &Nobody).expect("a good process").0
}

pub(super) fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(super) fn changed() -> Timestamp {
    "2027-01-01T12:00:00Z".parse().expect("an instant")
}

fn calendar(entries: &[Entry]) -> String {
    let zone = jiff::tz::TimeZone::get("America/Chicago").expect("bundled");
    ics(&IcsDocument { name: "Ana’s year".to_owned(), entries, zone: (&zone, changed()), names: BTreeMap::new() })
}

fn text(event: &Component<'_>, name: &str) -> String {
    event.find_prop(name).map(|property| property.val.to_string()).unwrap_or_default()
}

#[test]
fn a_day_as_a_calendar() {
    let process = process();
    let mut entries = planned(&process, &process.managers[0], day("2027-03-09"), day("2027-03-09"), changed());
    entries[0].state = Some(State::Done);
    entries[1].state = Some(State::Withdrawn);
    entries[1].sequence = 2;
    insta::assert_snapshot!(calendar(&entries).replace("\r\n", "\n"));
}

/// RFC 5545 3.6 wants a component, and strict readers refuse a calendar without one.
#[test]
fn a_calendar_of_nothing_names_its_zone() {
    let text = calendar(&[]);
    let unfolded = unfold(&text);
    let read = read_calendar(&unfolded).unwrap();
    let names: Vec<_> = read.components.iter().map(|component| component.name.to_string()).collect();
    assert_eq!(names, ["VTIMEZONE"], "{text}");
    assert!(text.contains("TZID:America/Chicago") && text.contains("TZOFFSETTO:-0600"), "{text}");
}

#[test]
fn a_zone_is_told_with_its_changes() {
    let process = process();
    let entries = planned(&process, &process.managers[1], day("2027-03-01"), day("2027-10-30"), changed());
    let text = calendar(&entries);
    let zone = &text[text.find("BEGIN:VTIMEZONE").unwrap()..text.find("BEGIN:VEVENT").unwrap()];
    insta::assert_snapshot!(zone.replace("\r\n", "\n"), @r"
    BEGIN:VTIMEZONE
    TZID:Australia/Lord_Howe
    BEGIN:DAYLIGHT
    DTSTART:20261004T020000
    TZOFFSETFROM:+1030
    TZOFFSETTO:+1100
    TZNAME:+11
    END:DAYLIGHT
    BEGIN:STANDARD
    DTSTART:20270404T020000
    TZOFFSETFROM:+1100
    TZOFFSETTO:+1030
    TZNAME:+1030
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:20271003T020000
    TZOFFSETFROM:+1030
    TZOFFSETTO:+1100
    TZNAME:+11
    END:DAYLIGHT
    END:VTIMEZONE
    ");
}

#[test]
fn a_time_that_comes_twice_is_told_so_that_nobody_can_mistake_it() {
    let process = process();
    let mut entries = planned(&process, &process.managers[0], day("2027-03-09"), day("2027-03-09"), changed());
    let zone = entries[0].due.time_zone().clone();
    let starts = |entry: &Entry| {
        let text = calendar(std::slice::from_ref(entry));
        text.lines().rfind(|line| line.starts_with("DTSTART")).unwrap().to_owned()
    };
    let first: Timestamp = "2027-11-07T06:30:00Z".parse().unwrap();
    entries[0].due = first.to_zoned(zone.clone());
    assert_eq!(starts(&entries[0]), "DTSTART:20271107T063000Z");
    entries[0].due = (first + 1.hour()).to_zoned(zone);
    assert_eq!(starts(&entries[0]), "DTSTART:20271107T073000Z");
}

fn entry(nth: usize, title: String, outcome: Option<String>, minutes: u32, hour: i64) -> Entry {
    let due = changed() + (hour % 20_000).hours();
    let due = due.to_zoned(jiff::tz::TimeZone::get("Europe/Dublin").unwrap());
    Entry {
        id: OccurrenceId(format!("{}.a{nth}.U0ANA", due.date())),
        activity: "a".into(),
        title,
        category: Category::RideAlong,
        priority: Priority::Must,
        outcome,
        manager: "U0ANA".into(),
        rep_name: None,
        date: due.date(),
        closes: &due + 1.day(),
        due,
        minutes,
        state: None,
        sequence: 0,
        changed: changed(),
    }
}

/// What is left of a text once it was in a calendar.
fn kept(text: &str) -> String {
    let plain = text.replace("\r\n", "\n").replace('\t', " ");
    plain.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

proptest! {
    #[test]
    fn any_words_come_back(
        rows in proptest::collection::vec(
            (any::<String>(), proptest::option::of("[a-z,;:\\\\\"\n\r\té会🎉\u{7}]{0,200}"), 1u32..2400, 0i64..20_000), 0..6)
    ) {
        let entries: Vec<Entry> =
            rows.into_iter().enumerate().map(|(nth, (title, outcome, minutes, hour))| entry(nth, title, outcome, minutes, hour)).collect();
        let text = calendar(&entries);
        prop_assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        let unfolded = unfold(&text);
        let read = read_calendar(&unfolded).map_err(TestCaseError::fail)?;
        let events: Vec<_> = read.components.iter().filter(|component| component.name == "VEVENT").collect();
        prop_assert_eq!(events.len(), entries.len());
        for (event, entry) in events.iter().zip(&entries) {
            prop_assert_eq!(self::text(event, "UID"), format!("{}@onbeat", entry.id));
            prop_assert_eq!(self::text(event, "SUMMARY"), kept(&entry.title));
            prop_assert_eq!(self::text(event, "DURATION"), format!("PT{}M", entry.minutes));
            let starts = self::text(event, "DTSTART");
            let local = entry.due.strftime("%Y%m%dT%H%M%S").to_string();
            prop_assert!(starts == local || starts == entry.due.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string());
            if let Some(outcome) = &entry.outcome {
                prop_assert!(self::text(event, "DESCRIPTION").starts_with(&kept(outcome)));
            }
        }
    }
}

#[test]
fn uids_are_those_of_the_records_and_never_the_same() {
    let process = process();
    let entries = planned(&process, &process.managers[0], day("2027-01-01"), day("2027-12-31"), changed());
    let uids: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.id.clone()).collect();
    assert_eq!(uids.len(), entries.len());
    let review = entries.iter().find(|entry| entry.activity.as_str() == "review").unwrap();
    assert_eq!(review.id.as_str(), "2027-01-11.review.U0ANA.U0DANA");
}
