//! A manager as the nudging rules see one on a day: by the revision in force there, not by one that is still to come.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::process::revision::{Revision, Revisions};
use crate::process::{Calendar, Intensity, Manager, Process, UserId};
use crate::record::Absences;

/// Name, hours and intensity of a manager.
pub(super) struct Person {
    pub(super) name: String,
    /// Days away are days off here: nobody is asked anything on them.
    pub(super) calendar: Calendar,
    pub(super) intensity: Intensity,
}

impl Person {
    /// By the revision that governs this date of the manager's; `None` where that does not know them.
    pub(super) fn on(revisions: &Revisions, away: &Absences, manager: &UserId, day: Date) -> Option<Person> {
        let process = &revisions.governing(day)?.process;
        process.manager(manager).map(|manager| Person::of(process, manager, away))
    }

    /// By the revision in force at this instant, else the newest that knows them: somebody who left is still shown what
    /// they were asked.
    pub(super) fn at(revisions: &Revisions, away: &Absences, manager: &UserId, now: Timestamp) -> Option<Person> {
        Person::on(revisions, away, manager, today(revisions, manager, now)).or_else(|| {
            let last = revisions.iter().rev().find_map(|r| Some((&r.process, r.process.manager(manager)?)));
            last.map(|(process, manager)| Person::of(process, manager, away))
        })
    }

    fn of(process: &Process, manager: &Manager, away: &Absences) -> Person {
        Person {
            name: manager.name.clone(),
            calendar: away.off(process.calendar_of(manager)),
            intensity: process.intensity_of(manager),
        }
    }
}

/// A manager's zone at an instant: by the revision in force, else the newest that knows them.
pub(super) fn zone(revisions: &Revisions, manager: &UserId, now: Timestamp) -> TimeZone {
    // The revision in force is told by the manager's date, and that by the zone: all revisions that could govern agree.
    let in_force = |revision: &&crate::process::revision::Revision| {
        let zone = revision.process.manager(manager).map(Manager::zone);
        zone.is_some_and(|zone| now.to_zoned(zone).date() >= revision.effective)
    };
    let known = || revisions.iter().rev().filter(|revision| revision.process.manager(manager).is_some());
    let revision = known().find(in_force).or_else(|| known().next());
    revision.and_then(|revision| revision.process.manager(manager)).map_or(TimeZone::UTC, Manager::zone)
}

/// The revision in force for a manager: by it rights are judged and screens drawn. What is still to come governs nothing yet.
pub(super) fn in_force<'r>(revisions: &'r Revisions, manager: &UserId, now: Timestamp) -> Option<&'r Revision> {
    revisions.governing(today(revisions, manager, now))
}

/// The date it is for a manager.
pub(super) fn today(revisions: &Revisions, manager: &UserId, now: Timestamp) -> Date {
    now.to_zoned(zone(revisions, manager, now)).date()
}
