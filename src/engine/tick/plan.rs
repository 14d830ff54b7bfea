//! *Plans*: brings the stored occurrences in line with what the process calls for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::super::person::today;
use super::super::{Engine, Result};
use crate::process::plan::{Planned, plan_manager};
use crate::process::revision::{Revision, Revisions};
use crate::process::{ActivityKey, UserId};
use crate::record::{Absences, Evidence, Occurrence, OccurrenceId, Outcome, Standing, Verification};
use crate::store::{OccurrenceQuery, PlannedUntil, Replan, Store};

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
        let mut wanted = Vec::new();
        for manager in everybody {
            let today = today(revisions, manager, now);
            let ahead = |days| today.saturating_add(Span::new().days(days));
            let done = planned.get(manager);
            let is_done = |p: &PlannedUntil| p.revision == newest.number && p.until >= ahead(AHEAD_AT_LEAST);
            if !done.is_some_and(|p| is_done(p) && !has_come_into_force(revisions, p, today)) {
                wanted.push((manager, (begin(revisions, done, newest).max(earliest(today)), ahead(AHEAD))));
            }
        }
        let Some(first) = wanted.iter().map(|(_, window)| window.0).min() else { return Ok(()) };
        let taken = taken(self.store(), first).await?;
        for (manager, window) in wanted {
            // One manager's trouble must not keep the others waiting.
            let grounds = Grounds { revisions, manager, away: &Absences::default(), taken: &taken, first_served, now };
            if let Err(error) = self.plan_one(&grounds, window).await {
                tracing::error!(%manager, %error, "a manager could not be planned");
            }
        }
        Ok(())
    }

    /// Reads, compares and writes, again where somebody recorded something in between.
    async fn plan_one(&self, grounds: &Grounds<'_>, window: (Date, Date)) -> Result<()> {
        let Grounds { revisions, manager, first_served, now, .. } = *grounds;
        let number = revisions.newest().map_or(0, |newest| newest.number);
        let applied = first_revision_with(revisions, manager).map_or(now, |revision| revision.applied_at);
        loop {
            let absences = self.store().absences(Some(manager)).await?;
            let away = Absences::new(absences.clone());
            let existing = self.rows(revisions, manager, window, now).await?;
            let Replanning { insert, update } = replanning(&Grounds { away: &away, ..*grounds }, window, existing);
            let planned = PlannedUntil { manager: manager.clone(), revision: number, until: window.1 };
            // A second earlier, so that what is due at the very instant of the start is not passed over.
            let nudges_from = applied.max(first_served) - SignedDuration::from_secs(1);
            if self.store().replan(&Replan { planned, insert, update, nudges_from, absences, at: now }).await? {
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

/// Per-rep occurrences that somebody has decided, by whom they are: activity, rep and date have had their turn, and a rep
/// who moves to another manager that day is not asked for twice.
#[derive(Debug, Default)]
pub struct Taken(BTreeMap<(ActivityKey, UserId, Date), BTreeSet<UserId>>);

impl Taken {
    fn by_another(&self, planned: &Occurrence) -> bool {
        let Some(rep) = &planned.rep else { return false };
        let key = (planned.activity.clone(), rep.clone(), planned.date);
        self.0.get(&key).is_some_and(|managers| managers.iter().any(|manager| *manager != planned.manager))
    }
}

/// What is [`Taken`] from a date on.
///
/// # Errors
/// Where the store fails.
pub async fn taken(store: &dyn Store, from: Date) -> Result<Taken> {
    let decided = [Standing::Done, Standing::Skipped, Standing::Excused, Standing::Missed];
    let query = OccurrenceQuery { from: Some(from), standings: decided.to_vec(), ..Default::default() };
    let mut taken = Taken::default();
    for row in store.occurrences(&query).await? {
        // What an absence excuses is planning's own word still.
        if row.is_excused_by_absence() {
            continue;
        }
        if let Some(rep) = row.rep {
            taken.0.entry((row.activity, rep, row.date)).or_default().insert(row.manager);
        }
    }
    Ok(taken)
}

/// Nothing that is older is open still, or could be owed: 60 workdays of grace are over.
const LOOK_BACK_DAYS: i64 = 366;

/// The first date that planning looks at, however long ago a revision says it holds from.
pub fn earliest(today: Date) -> Date {
    today.saturating_sub(Span::new().days(LOOK_BACK_DAYS))
}

/// Whether a revision has begun to hold since the manager was planned last: then those who have left go.
fn has_come_into_force(revisions: &Revisions, done: &PlannedUntil, today: Date) -> bool {
    let planned_on = done.until.saturating_sub(Span::new().days(AHEAD));
    revisions.iter().any(|revision| planned_on < revision.effective && revision.effective <= today)
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

/// What a manager's planning goes by, beside what is stored.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// The process, now and before.
    pub revisions: &'a Revisions,
    /// Whose.
    pub manager: &'a UserId,
    /// When they are away.
    pub away: &'a Absences,
    /// What others have decided already.
    pub taken: &'a Taken,
    /// Nothing is owed for the time before the bot first ran.
    pub first_served: Timestamp,
    /// The bot's clock.
    pub now: Timestamp,
}

/// Compares what the revisions call for in `window`, as the absences have it, with the `existing` rows of that manager (those in it, and
/// whatever else must go).
pub fn replanning(grounds: &Grounds<'_>, window: (Date, Date), existing: Vec<Occurrence>) -> Replanning {
    let Grounds { revisions, manager, away, taken, first_served, now } = *grounds;
    let mut existing: BTreeMap<OccurrenceId, Occurrence> =
        existing.into_iter().map(|occurrence| (occurrence.id.clone(), occurrence)).collect();
    let mut replanning = Replanning::default();
    for (revision, from, to) in revisions.segments(window.0, window.1) {
        let Some(manager) = revision.process.manager(manager) else { continue };
        let starts = revision.applied_at.max(first_served);
        let calendar = revision.process.calendar_of(manager);
        for planned in plan_manager(&revision.process, manager, from, to) {
            let called_for = away.applied(occurrence(&planned, revision), planned.activity, &calendar);
            if taken.by_another(&called_for) {
                continue;
            }
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

/// The same where absences alone have changed: what is due keeps the closing that it was promised.
pub fn keeping_promises(grounds: &Grounds<'_>, window: (Date, Date), existing: Vec<Occurrence>) -> Replanning {
    let promised: BTreeMap<_, _> = existing.iter().map(|row| (row.id.clone(), row.closes)).collect();
    let mut replanning = replanning(grounds, window, existing);
    let is_sooner = |row: &Occurrence| promised.get(&row.id).is_some_and(|promised| row.closes < *promised);
    replanning.update.retain(|row| row.due > grounds.now || !is_sooner(row));
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
    if !is_plannings(&row, now) && row.standing != Standing::Withdrawn {
        // Decided ahead of its time, it still counts for the leader of its due date.
        let moved = row.due > now && row.leader != called_for.leader;
        return moved.then(|| Occurrence { leader: called_for.leader, ..row });
    }
    if (row.standing == Standing::Withdrawn && !back) || (is_excused && row.closes <= now) {
        return None;
    }
    // What is open stays open for a while: new times that have passed already would make it missed from one moment to the next.
    let called_for = if row.standing == Standing::Undecided && row.closes > now && called_for.closes <= now {
        Occurrence { zone: row.zone.clone(), due: row.due, closes: row.closes, ..called_for }
    } else {
        called_for
    };
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
