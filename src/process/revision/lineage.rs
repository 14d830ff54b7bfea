//! Which revision last changed what a manager's calendar shows of an occurrence.
//!
//! Its number is where the count of changes (SEQUENCE of RFC 5545) begins, so that it never falls, whether the occurrence
//! is stored already or still planned far ahead: a revision is only ever added, and adding one that governs the date either
//! changes nothing that is compared here, or makes the number its own.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Revision, Revisions};
use crate::process::{ActivityKey, Calendar, Process, UserId};

/// The revisions as one manager's calendar knows them.
#[derive(Debug)]
pub struct Lineage<'a> {
    revisions: &'a Revisions,
    manager: &'a UserId,
    /// By how many revisions may govern a date, activity and rep.
    known: BTreeMap<(usize, ActivityKey, Option<UserId>), &'a Revision>,
    /// Whether two revisions give the manager the same name and days.
    alike: BTreeMap<(i64, i64), bool>,
}

impl<'a> Lineage<'a> {
    /// For this manager.
    pub fn new(revisions: &'a Revisions, manager: &'a UserId) -> Lineage<'a> {
        Lineage { revisions, manager, known: BTreeMap::new(), alike: BTreeMap::new() }
    }

    /// The revision that last changed what falls due by this activity (with this rep) on this date; `None` where none
    /// governs it. It may name one that changed less: never one from before a change.
    pub fn last_change(&mut self, activity: &ActivityKey, rep: Option<&UserId>, date: Date) -> Option<&'a Revision> {
        // Those in force on a date are more and more the later it is, so their number tells which they are.
        let governing: Vec<&Revision> = self.revisions.iter().filter(|revision| revision.effective <= date).collect();
        let key = (governing.len(), activity.clone(), rep.cloned());
        if let Some(known) = self.known.get(&key) {
            return Some(known);
        }
        let mut last = *governing.first()?;
        for pair in governing.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            if !self.are_alike(before, after) || differ(&before.process, &after.process, self.manager, activity, rep) {
                last = after;
            }
        }
        self.known.insert(key, last);
        Some(last)
    }

    fn are_alike(&mut self, before: &Revision, after: &Revision) -> bool {
        let manager = self.manager;
        let alike = || {
            let of = |process: &Process| {
                let manager = process.manager(manager)?;
                let Calendar { workweek, workday, fiscal_year_starts, zone, holidays } = process.calendar_of(manager);
                Some((manager.name.clone(), workweek, workday, fiscal_year_starts, zone, holidays))
            };
            of(&before.process) == of(&after.process)
        };
        *self.alike.entry((before.number, after.number)).or_insert_with(alike)
    }
}

/// Whether the activity's line, the manager's holding it, or the rep differs.
fn differ(before: &Process, after: &Process, manager: &UserId, activity: &ActivityKey, rep: Option<&UserId>) -> bool {
    let rep_of = |process: &Process| {
        let rep = process.manager(manager)?.rep(rep?)?;
        Some((rep.name.clone(), rep.slot))
    };
    before.activity(activity) != after.activity(activity) || rep_of(before) != rep_of(after)
}
