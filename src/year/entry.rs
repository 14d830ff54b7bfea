//! One occurrence as a calendar shows it, whether it is stored already or planned far ahead.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::process::plan::{Planned, plan_manager};
use crate::process::{ActivityKey, Category, Manager, Priority, Process, UserId};
use crate::record::{self, OccurrenceId, State};

/// One occurrence as a calendar shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The id under which it is stored, or will be.
    pub id: OccurrenceId,
    /// What.
    pub activity: ActivityKey,
    /// The activity's title.
    pub title: String,
    /// Kind of work.
    pub category: Category,
    /// Critical or nice to have.
    pub priority: Priority,
    /// The outcome that is expected.
    pub outcome: Option<String>,
    /// Whose.
    pub manager: UserId,
    /// With whom, where the activity is held per rep.
    pub rep_name: Option<String>,
    /// The final local due date, in the manager's zone.
    pub date: Date,
    /// When it is to be done, in the manager's zone.
    pub due: Zoned,
    /// Until when doing it counts as on time, in the manager's zone.
    pub closes: Zoned,
    /// How long it takes.
    pub minutes: u32,
    /// Where it stands, by the record or, where that has no row yet, as one to come; `None`: straight from a process file,
    /// with no record beside it.
    pub state: Option<State>,
    /// How often its times, title or standing changed since it was first shown.
    pub sequence: u32,
    /// When that last happened.
    pub changed: Timestamp,
}

impl Entry {
    /// One straight from the plan, never shown before.
    pub fn planned(planned: &Planned<'_>, changed: Timestamp) -> Entry {
        let Planned { activity, manager, rep, date, due, closes } = planned;
        Entry {
            id: OccurrenceId::new(*date, &activity.key, &manager.slack, rep.map(|rep| &rep.slack)),
            activity: activity.key.clone(),
            title: activity.title.clone(),
            category: activity.category,
            priority: activity.priority,
            outcome: activity.outcome.clone(),
            manager: manager.slack.clone(),
            rep_name: rep.map(|rep| rep.name.clone()),
            date: *date,
            due: due.clone(),
            closes: closes.clone(),
            minutes: activity.minutes,
            state: None,
            sequence: 0,
            changed,
        }
    }

    /// One from the record, or one that planning will add to it, as it stands at `now`.
    pub fn stored(entry: &record::Entry, now: Timestamp, sequence: u32, changed: Timestamp) -> Entry {
        let record::Entry { occurrence, activity, rep_name } = entry;
        Entry {
            id: occurrence.id.clone(),
            activity: activity.key.clone(),
            title: activity.title.clone(),
            category: activity.category,
            priority: activity.priority,
            outcome: activity.outcome.clone(),
            manager: occurrence.manager.clone(),
            rep_name: rep_name.clone(),
            date: occurrence.date,
            due: occurrence.due.to_zoned(occurrence.zone.clone()),
            closes: occurrence.closes.to_zoned(occurrence.zone.clone()),
            minutes: activity.minutes,
            state: Some(occurrence.state(now)),
            sequence,
            changed,
        }
    }

    /// The title as people see it: *1:1 – Dana Wu*, *Pipeline review*.
    pub fn label(&self) -> String {
        match &self.rep_name {
            Some(rep) => format!("{} – {rep}", self.title),
            None => self.title.clone(),
        }
    }

    /// Whether the process no longer calls for it.
    pub fn is_withdrawn(&self) -> bool {
        self.state == Some(State::Withdrawn)
    }
}

/// Every occurrence of a manager whose final due date lies in `from..=to`, straight from the process, in order of due.
pub fn planned(process: &Process, manager: &Manager, from: Date, to: Date, changed: Timestamp) -> Vec<Entry> {
    plan_manager(process, manager, from, to).iter().map(|planned| Entry::planned(planned, changed)).collect()
}
