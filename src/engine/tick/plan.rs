//! *Plans*: brings the stored occurrences in line with what the process calls for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::super::person::today;
use super::super::{Engine, Result};
use crate::process::UserId;
use crate::process::plan::{Planned, plan_manager};
use crate::process::revision::{Revision, Revisions};
use crate::record::{Absences, Evidence, Occurrence, OccurrenceId, Outcome, Standing, Verification};
use crate::store::{OccurrenceQuery, PlannedUntil, Replan};

/// Rows exist at least 35 days ahead (INTERFACE §4); a week more, so that not every tick has a day to add.
const AHEAD_AT_LEAST: i64 = 36;
const AHEAD: i64 = 43;

/// What a changed process does to the stored occurrences of one manager.
#[derive(Debug, Default)]
pub struct Replanning {
    /// New ones.
    pub insert: Vec<Occurrence>,
    /// Those whose times or standing change.
    pub update: Vec<Occurrence>,
}

impl Replanning {
    /// Those that the process no longer calls for.
    pub fn withdrawn(&self) -> impl Iterator<Item = &Occurrence> {
        self.update.iter().filter(|occurrence| occurrence.standing == Standing::Withdrawn)
    }
}

impl Engine {
    pub(super) async fn plan(&self, revisions: &Revisions, now: Timestamp) -> Result<()> {
        let Some(newest) = revisions.newest() else { return Ok(()) };
        let workspace = self.store().workspace().await?;
        let Some(first_served) = workspace.first_served else { return Ok(()) };
        let planned: BTreeMap<UserId, PlannedUntil> =
            self.store().planned().await?.into_iter().map(|planned| (planned.manager.clone(), planned)).collect();
        let everybody: BTreeSet<&UserId> =
            revisions.iter().flat_map(|r| &r.process.managers).map(|m| &m.slack).chain(planned.keys()).collect();
        for manager in everybody {
            let today = today(revisions, manager, now);
            let ahead = |days| today.saturating_add(Span::new().days(days));
            let done = planned.get(manager);
            if done.is_some_and(|p| p.revision == newest.number && p.until >= ahead(AHEAD_AT_LEAST)) {
                continue;
            }
            let window = (begin(revisions, done, newest), ahead(AHEAD));
            // One manager's trouble must not keep the others waiting.
            if let Err(error) = self.plan_one(revisions, manager, window, first_served, now).await {
                tracing::error!(%manager, %error, "a manager could not be planned");
            }
        }
        Ok(())
    }

    /// Reads, compares and writes, again where somebody recorded something in between.
    async fn plan_one(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        window: (Date, Date),
        first_served: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let number = revisions.newest().map_or(0, |newest| newest.number);
        let applied = first_revision_with(revisions, manager).map_or(now, |revision| revision.applied_at);
        loop {
            let absences = self.store().absences(Some(manager)).await?;
            let away = Absences::new(absences.clone());
            let existing = self.rows(revisions, manager, window, now).await?;
            let Replanning { insert, update } =
                replanning(revisions, (manager, &away), window, existing, first_served, now);
            let planned = PlannedUntil { manager: manager.clone(), revision: number, until: window.1 };
            // A second earlier, so that what is due at the very instant of the start is not passed over.
            let nudges_from = applied.max(first_served) - SignedDuration::from_secs(1);
            if self.store().replan(&Replan { planned, insert, update, nudges_from, absences }).await? {
                return Ok(());
            }
        }
    }

    /// The rows that planning may touch: those of the window, and what is open from before with somebody who has left.
    async fn rows(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        window: (Date, Date),
        now: Timestamp,
    ) -> Result<Vec<Occurrence>> {
        let query = OccurrenceQuery {
            manager: Some(manager.clone()),
            from: Some(window.0),
            to: Some(window.1),
            ..Default::default()
        };
        let mut rows = self.store().occurrences(&query).await?;
        let open = OccurrenceQuery {
            manager: Some(manager.clone()),
            to: Some(window.0),
            closes_after: Some(now),
            standings: vec![Standing::Undecided],
            ..Default::default()
        };
        let before = self.store().occurrences(&open).await?.into_iter().filter(|row| row.date < window.0);
        rows.extend(before.filter(|row| has_left(revisions, row, now)));
        Ok(rows)
    }
}

/// Whether the process in force no longer knows the manager, or the rep as theirs.
pub(in super::super) fn has_left(revisions: &Revisions, row: &Occurrence, now: Timestamp) -> bool {
    let Some(in_force) = revisions.governing(today(revisions, &row.manager, now)) else { return false };
    match (in_force.process.manager(&row.manager), &row.rep) {
        (None, _) => true,
        (Some(manager), Some(rep)) => manager.rep(rep).is_none(),
        (Some(_), None) => false,
    }
}

/// The first date that may need another look: the day after the last planned one, or where a new revision begins.
fn begin(revisions: &Revisions, done: Option<&PlannedUntil>, newest: &Revision) -> Date {
    let known = done.map_or(0, |planned| planned.revision);
    let new = revisions.iter().filter(|revision| revision.number > known).map(|revision| revision.effective).min();
    let next = done.map(|planned| planned.until.saturating_add(Span::new().days(1)));
    new.into_iter().chain(next).min().unwrap_or(newest.effective)
}

fn first_revision_with<'a>(revisions: &'a Revisions, manager: &UserId) -> Option<&'a Revision> {
    revisions.iter().find(|revision| revision.process.manager(manager).is_some())
}

/// Compares what the revisions call for in `window`, as the manager's absences have it, with the `existing` rows of that
/// manager (those in it, and whatever else must go).
pub fn replanning(
    revisions: &Revisions,
    (manager, away): (&UserId, &Absences),
    window: (Date, Date),
    existing: Vec<Occurrence>,
    first_served: Timestamp,
    now: Timestamp,
) -> Replanning {
    let mut existing: BTreeMap<OccurrenceId, Occurrence> =
        existing.into_iter().map(|occurrence| (occurrence.id.clone(), occurrence)).collect();
    let mut replanning = Replanning::default();
    for (revision, from, to) in revisions.segments(window.0, window.1) {
        let Some(manager) = revision.process.manager(manager) else { continue };
        let starts = revision.applied_at.max(first_served);
        let calendar = revision.process.calendar_of(manager);
        for planned in plan_manager(&revision.process, manager, from, to) {
            let called_for = away.applied(occurrence(&planned, revision), planned.activity, &calendar);
            match existing.remove(&called_for.id) {
                None if called_for.due >= starts => replanning.insert.push(called_for),
                None => {}
                Some(row) => replanning.update.extend(changed(row, called_for, starts, now)),
            }
        }
    }
    let no_longer = existing.into_values().filter(|row| row.closes > now && is_plannings(row, now));
    replanning.update.extend(no_longer.map(|row| row.withdrawn()));
    replanning
}

/// Whether planning may still say what becomes of it: nobody has decided it, or an absence has and it is not yet due.
fn is_plannings(row: &Occurrence, now: Timestamp) -> bool {
    row.standing == Standing::Undecided || (row.is_excused_by_absence() && row.due > now)
}

/// The row as it should be now, if it should change at all. What somebody decided stays as it is, and so does what closed.
fn changed(row: Occurrence, called_for: Occurrence, starts: Timestamp, now: Timestamp) -> Option<Occurrence> {
    let back = row.standing == Standing::Withdrawn && called_for.due >= starts;
    let is_excused = called_for.standing == Standing::Excused;
    if !(is_plannings(&row, now) || back) || (is_excused && row.closes <= now) {
        return None;
    }
    let snoozed_until = row.snoozed_until.filter(|until| *until < called_for.closes && !is_excused);
    // An absence that is told anew, longer or shorter, excuses nothing a second time.
    let known = is_excused && row.is_excused_by_absence();
    let fresh = Occurrence {
        standing: called_for.standing,
        completed_at: if known { row.completed_at } else { called_for.completed_at },
        completed_by: called_for.completed_by,
        reason: called_for.reason,
        snoozed_until,
        leader: called_for.leader,
        revision: called_for.revision,
        zone: called_for.zone,
        due: called_for.due,
        closes: called_for.closes,
        ..row.clone()
    };
    (fresh != row).then_some(fresh)
}

fn occurrence(planned: &Planned, revision: &Revision) -> Occurrence {
    let rep = planned.rep.map(|rep| rep.slack.clone());
    let manager = &planned.manager.slack;
    Occurrence {
        id: OccurrenceId::new(planned.date, &planned.activity.key, manager, rep.as_ref()),
        manager: manager.clone(),
        activity: planned.activity.key.clone(),
        rep,
        date: planned.date,
        leader: planned.manager.leader.clone(),
        revision: revision.number,
        zone: planned.manager.zone(),
        due: planned.due.timestamp(),
        closes: planned.closes.timestamp(),
        standing: Standing::Undecided,
        completed_at: None,
        completed_by: None,
        outcome: Outcome { evidence: Evidence::default(), ..Outcome::default() },
        reason: None,
        snoozed_until: None,
        snoozes: 0,
        nudges: 0,
        verification: Verification::None,
        version: 0,
    }
}
