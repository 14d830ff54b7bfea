//! Applies a process: makes it the one in force, or says why not, and what would change.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::Result;
use super::processes::load_revisions;
use super::tick::{Grounds, Replanning, earliest, replanning, taken};
use crate::process::file;
use crate::process::revision::{Revision, Revisions, beginning, changes};
use crate::process::{Process, UserId};
use crate::record::{Absences, Occurrence, Standing, State};
use crate::store::{NewRevision, OccurrenceQuery, Store};

/// How a process is to be applied.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Only say what would change.
    pub dry_run: bool,
    /// Overrule a newer revision.
    pub force: bool,
    /// Who applies it, where known: a Slack user id, or on the command line the operating system's user.
    pub by: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Applied {
    /// It is in force (or would be, in a dry run).
    Yes(Effect),
    /// It says what the process in force says already.
    Unchanged {
        /// The revision in force.
        revision: i64,
        /// From when that says it already.
        effective: Date,
    },
    /// The file was made from another revision than the one in force; nothing was changed.
    Stale {
        /// The revision in force.
        revision: i64,
        /// What applying the file would undo of what was changed since it was made.
        undoes: Vec<String>,
    },
}

/// What a new revision changes.
#[derive(Debug)]
pub struct Effect {
    /// Its number.
    pub revision: i64,
    /// The date from which it holds.
    pub effective: Date,
    /// What is different, in words.
    pub changes: Vec<String>,
    /// How many occurrences it adds in the weeks that are planned ahead.
    pub added: usize,
    /// How many get other times.
    pub moved: usize,
    /// Those it no longer calls for: undecided ones, and those that an absence excused and that are not yet due.
    pub withdrawn: Vec<Occurrence>,
    /// How many of the withdrawn are open already.
    pub withdrawn_open: usize,
}

/// Applies `process` at `now`, or only says what that would do.
///
/// # Errors
/// Where the store fails, or holds a revision that can't be read.
pub async fn apply(store: &dyn Store, process: Process, manner: Manner, now: Timestamp) -> Result<Applied> {
    let effective = process.effective.unwrap_or_else(|| earliest_today(&process, now));
    loop {
        let revisions = load_revisions(store).await?;
        let newest = revisions.newest();
        if let Some(newest) = newest {
            if says_the_same(&process, effective, newest) {
                return Ok(Applied::Unchanged { revision: newest.number, effective: newest.effective });
            }
            if is_stale(&process, newest) && !manner.force {
                return Ok(Applied::Stale { revision: newest.number, undoes: revisions.undone_by(&process) });
            }
        }
        let number = newest.map_or(1, |newest| newest.number + 1);
        let effect = effect(store, &revisions, &process, number, effective, now).await?;
        if manner.dry_run {
            return Ok(Applied::Yes(effect));
        }
        let text = file::write(&Process { effective: Some(effective), revision: None, ..process.clone() });
        let new = NewRevision { applied_at: now, effective, in_slack: false, by: manner.by.clone(), text };
        // Where somebody else was faster, what the file would undo has to be looked at again.
        if let Some(number) = store.add_revision(newest.map(|newest| newest.number), &new).await? {
            return Ok(Applied::Yes(Effect { revision: number, ..effect }));
        }
    }
}

/// Whether applying it would change nothing: the same words, and no earlier date from which they hold.
fn says_the_same(process: &Process, effective: Date, newest: &Revision) -> bool {
    let words = |process: &Process| file::write(&Process { effective: None, revision: None, ..process.clone() });
    effective >= newest.effective && words(process) == words(&newest.process)
}

fn is_stale(process: &Process, newest: &Revision) -> bool {
    match process.revision {
        Some(made_from) => made_from != newest.number,
        None => newest.in_slack,
    }
}

/// Today, in the zone that is furthest behind: so that nobody's today is left out.
pub(super) fn earliest_today(process: &Process, now: Timestamp) -> Date {
    let local = process.managers.iter().map(|manager| now.to_zoned(manager.zone()).date());
    local.min().unwrap_or_else(|| now.to_zoned(jiff::tz::TimeZone::UTC).date())
}

async fn effect(
    store: &dyn Store,
    revisions: &Revisions,
    process: &Process,
    number: i64,
    effective: Date,
    now: Timestamp,
) -> Result<Effect> {
    let old = revisions.newest().map(|newest| newest.process.clone());
    let new =
        Revision { number, applied_at: now, effective, in_slack: false, by: None, process: Arc::new(process.clone()) };
    let would_be = Revisions::new(revisions.iter().cloned().chain([new]).collect());
    let first_served = store.workspace().await?.first_served.unwrap_or(now);
    let today = earliest_today(process, now);
    let window = (effective.max(earliest(today)), effective.max(today).saturating_add(Span::new().days(35)));
    let taken = taken(store, window.0).await?;
    let mut managers: Vec<&UserId> = would_be.iter().flat_map(|r| &r.process.managers).map(|m| &m.slack).collect();
    managers.sort();
    managers.dedup();
    let mut effect = Effect {
        revision: number,
        effective,
        changes: old.map_or_else(|| beginning(process), |old| changes(&old, process)),
        added: 0,
        moved: 0,
        withdrawn: Vec::new(),
        withdrawn_open: 0,
    };
    for manager in managers {
        let query = OccurrenceQuery {
            manager: Some(manager.clone()),
            from: Some(window.0),
            to: Some(window.1),
            ..Default::default()
        };
        let stored = store.occurrences(&query).await?;
        let away = Absences::new(store.absences(Some(manager)).await?);
        let grounds = Grounds { revisions, manager, away: &away, taken: &taken, first_served, now };
        // Held against what is called for today, though the bot may not have planned so far, or have run at all.
        let existing = as_planned(&stored, replanning(&grounds, window, stored.clone()));
        let was_open =
            |gone: &Occurrence| existing.iter().any(|row| row.id == gone.id && row.state(now) == State::Open);
        let replanning = replanning(&Grounds { revisions: &would_be, ..grounds }, window, existing.clone());
        effect.withdrawn_open += replanning.withdrawn().filter(|gone| was_open(gone)).count();
        effect.withdrawn.extend(replanning.withdrawn().cloned());
        let before = |row: &Occurrence| existing.iter().find(|old| old.id == row.id);
        let back = replanning.update.iter().filter(|row| {
            row.standing == Standing::Undecided && before(row).is_some_and(|old| old.standing == Standing::Withdrawn)
        });
        // What an absence excuses is nothing more to do.
        let new = replanning.insert.iter().filter(|row| row.standing == Standing::Undecided);
        effect.added += new.count() + back.count();
        let moved = replanning.update.iter().filter(|row| {
            before(row).is_some_and(|old| {
                old.standing == Standing::Undecided && (old.due, old.closes) != (row.due, row.closes)
            })
        });
        effect.moved += moved.count();
    }
    Ok(effect)
}

/// The rows as they will stand once the bot has planned them.
fn as_planned(stored: &[Occurrence], Replanning { insert, update }: Replanning) -> Vec<Occurrence> {
    let rows = stored.iter().cloned().chain(insert).chain(update).map(|row| (row.id.clone(), row));
    rows.collect::<BTreeMap<_, _>>().into_values().collect()
}
