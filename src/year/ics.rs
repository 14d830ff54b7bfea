//! The year as iCalendar text (RFC 5545, with names and refresh as in RFC 7986).
//!
//! Our own writer: what it does is escape and fold, while the crates that write calendars speak chrono and leave a zone's
//! transitions to the caller anyway.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::{Entry, zones};
use crate::process::UserId;
use crate::record::State;

/// A calendar to subscribe to.
#[derive(Debug, Clone)]
pub struct IcsDocument<'a> {
    /// As the calendar app lists it: *Ana Ruiz – Field sales management process*.
    pub name: String,
    /// What it holds.
    pub entries: &'a [Entry],
    /// Whose time it keeps, as it does at this instant; named where the calendar holds nothing.
    pub zone: (&'a TimeZone, Timestamp),
    /// Managers' names by id, to stand before the titles: for a calendar of several. Empty for one's own.
    pub names: BTreeMap<UserId, String>,
}

/// The calendar as text. An entry's UID is made of its id, so that plan, feed and records agree on it.
pub fn ics(calendar: &IcsDocument<'_>) -> String {
    let mut text = Text::default();
    text.line("BEGIN:VCALENDAR");
    text.line("VERSION:2.0");
    text.line("PRODID:-//Onbeat//Onbeat//EN");
    text.line("CALSCALE:GREGORIAN");
    text.property("NAME", &calendar.name);
    text.property("X-WR-CALNAME", &calendar.name);
    text.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    text.line("X-PUBLISHED-TTL:PT1H");
    for (id, zone, from, to) in zones_of(calendar.entries) {
        zones::write(&mut text, zone, id, from, to);
    }
    if calendar.entries.is_empty() {
        // RFC 5545 3.6: one component at least, and strict readers ask for it. A zone alone claims nothing.
        let (zone, at) = calendar.zone;
        zones::write(&mut text, zone, zone.iana_name().unwrap_or("UTC"), at, at);
    }
    for entry in calendar.entries {
        event(&mut text, entry, calendar.names.get(&entry.manager));
    }
    text.line("END:VCALENDAR");
    text.0
}

/// Every zone that the entries name, with the span of time in which they name it.
fn zones_of(entries: &[Entry]) -> impl Iterator<Item = (&str, &TimeZone, Timestamp, Timestamp)> {
    let mut zones: BTreeMap<&str, (&TimeZone, Timestamp, Timestamp)> = BTreeMap::new();
    for entry in entries {
        let Some(name) = zones::name(entry.due.time_zone()) else { continue };
        let due = entry.due.timestamp();
        let ends = due + SignedDuration::from_mins(i64::from(entry.minutes));
        let (_, from, to) = zones.entry(name).or_insert((entry.due.time_zone(), due, ends));
        (*from, *to) = ((*from).min(due), (*to).max(ends));
    }
    zones.into_iter().map(|(name, (zone, from, to))| (name, zone, from, to))
}

fn event(text: &mut Text, entry: &Entry, manager: Option<&String>) {
    let changed = utc(entry.changed);
    text.line("BEGIN:VEVENT");
    text.property("UID", &format!("{}@onbeat", entry.id));
    text.line(&format!("DTSTAMP:{changed}"));
    text.line(&format!("LAST-MODIFIED:{changed}"));
    text.line(&format!("SEQUENCE:{}", entry.sequence));
    text.line(&format!("DTSTART{}", start(&entry.due)));
    text.line(&format!("DURATION:PT{}M", entry.minutes));
    text.property("SUMMARY", &summary(entry, manager));
    text.property("DESCRIPTION", &description(entry));
    text.property("CATEGORIES", entry.category.as_str());
    let (status, transparency) = match entry.state {
        Some(State::Withdrawn) => ("CANCELLED", "TRANSPARENT"),
        // Nobody's time is taken by what was not held.
        Some(State::Skipped | State::Excused) => ("CONFIRMED", "TRANSPARENT"),
        None | Some(State::Planned | State::Open | State::Done | State::Missed) => ("CONFIRMED", "OPAQUE"),
    };
    text.line(&format!("STATUS:{status}"));
    text.line(&format!("TRANSP:{transparency}"));
    text.line("END:VEVENT");
}

/// What follows `DTSTART`: local time with its zone, or UTC where that local time comes twice: it means the first then
/// (RFC 5545 3.3.5), but not every calendar app has read so far.
fn start(due: &Zoned) -> String {
    let zone = due.time_zone();
    let told = zone.to_ambiguous_timestamp(due.datetime()).unambiguous().ok();
    match zones::name(zone).filter(|_| told == Some(due.timestamp())) {
        Some(name) => format!(";TZID={name}:{}", due.strftime("%Y%m%dT%H%M%S")),
        None => format!(":{}", utc(due.timestamp())),
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn summary(entry: &Entry, manager: Option<&String>) -> String {
    let tick = if entry.state == Some(State::Done) { "✓ " } else { "" };
    let whose = manager.map(|name| format!("{name}: ")).unwrap_or_default();
    format!("{tick}{whose}{}", entry.label())
}

fn description(entry: &Entry) -> String {
    let closes = entry.closes.strftime("%A %-d %B, %H:%M");
    let until = match entry.state {
        None | Some(State::Planned | State::Open) => format!("On time until {closes}."),
        Some(State::Done) => "Done.".to_owned(),
        Some(State::Skipped) => "Skipped.".to_owned(),
        Some(State::Excused) => "Excused.".to_owned(),
        Some(State::Withdrawn) => "No longer called for.".to_owned(),
        Some(State::Missed) => "Closed with nothing recorded; it can still be done late.".to_owned(),
    };
    match &entry.outcome {
        Some(outcome) => format!("{outcome}\n\n{until}"),
        None => until,
    }
}

/// Content lines, each at most 75 octets long and ended by CRLF (RFC 5545 3.1).
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    const LONGEST: usize = 75;

    /// A line whose value needs no escaping; folded where it is long, never inside a character.
    pub(super) fn line(&mut self, line: &str) {
        let mut length = 0;
        for character in line.chars() {
            if length + character.len_utf8() > Text::LONGEST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(character);
            length += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A property with a TEXT value (RFC 5545 3.3.11).
    pub(super) fn property(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for character in value.replace("\r\n", "\n").chars() {
            match character {
                '\\' | ';' | ',' => line.extend(['\\', character]),
                '\n' => line.push_str("\\n"),
                '\t' => line.push(' '),
                control if control.is_control() => {}
                other => line.push(other),
            }
        }
        self.line(&line);
    }
}
