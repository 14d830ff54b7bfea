//! Each figure on its worked example, and what holds whatever the weeks were.

mod examples;
mod properties;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;

use super::*;
use crate::process::{Activity, UserId};
use crate::record::tests::{line, process};
use crate::record::{Entry, Occurrence, OccurrenceId, Outcome, Standing, Verification};

pub(crate) fn chicago() -> TimeZone {
    TimeZone::get("America/Chicago").expect("bundled")
}

/// A local time in Chicago.
pub(crate) fn at(date: Date, hour: i8) -> Timestamp {
    date.to_datetime(time(hour, 0, 0, 0)).to_zoned(chicago()).expect("an ordinary time").timestamp()
}

/// An activity of half an hour with these keys beside.
pub(crate) fn activity(key: &str, more: &str) -> Arc<Activity> {
    let more = if more.contains("minutes") {
        line(key, "every day at 09:00", "").replace("minutes = 30", more)
    } else {
        line(key, "every day at 09:00", more)
    };
    Arc::new(process(&more).activities.remove(0))
}

/// Undecided, due at 10:00 of that day in Chicago, closing at 17:00.
pub(crate) fn entry(manager: &str, activity: &Arc<Activity>, rep: Option<&str>, date: Date) -> Entry {
    let (manager, rep) = (UserId::from(manager), rep.map(UserId::from));
    let occurrence = Occurrence {
        id: OccurrenceId::new(date, &activity.key, &manager, rep.as_ref()),
        manager,
        activity: activity.key.clone(),
        rep,
        date,
        leader: "U0LEAD".into(),
        revision: 1,
        zone: chicago(),
        due: at(date, 10),
        closes: at(date, 17),
        standing: Standing::Undecided,
        completed_at: None,
        completed_by: None,
        outcome: Outcome::default(),
        reason: None,
        snoozed_until: None,
        snoozes: 0,
        nudges: 0,
        verification: Verification::None,
        version: 1,
    };
    Entry { occurrence, activity: activity.clone(), rep_name: None }
}

pub(crate) fn stand(mut entry: Entry, standing: Standing, when: Timestamp) -> Entry {
    entry.occurrence.standing = standing;
    entry.occurrence.completed_by = Some(entry.occurrence.manager.clone());
    entry.occurrence.completed_at = Some(when);
    entry
}

/// Done at noon of that day.
pub(crate) fn done(entry: Entry, on: Date) -> Entry {
    stand(entry, Standing::Done, at(on, 12))
}

pub(crate) fn material<'a>(week: Week, entries: &'a [Entry], seats: &'a [Seat], now: Timestamp) -> Material<'a> {
    Material { week, now, entries: entries.iter().collect(), seats, next_seats: seats, nudges: BTreeMap::new() }
}

pub(crate) fn seat(manager: &str, reps: &[&str]) -> Seat {
    let process = process(&line("a", "every day at 09:00", ""));
    Seat {
        manager: manager.into(),
        reps: reps.iter().map(|rep| UserId::from(*rep)).collect(),
        full_week: 990,
        calendar: process.calendar_of(&process.managers[0]),
    }
}
