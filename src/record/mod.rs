//! Ground floor: what became of what was owed.
//!
//! Pure arithmetic, like [`crate::process`]. Reading order: [`occurrence`] (the state machine), [`outcome`] (result, note,
//! evidence), [`absence`] (the manager is away), [`snooze`] (the choices), [`review`] (what is asked beside), [`agenda`]
//! (which nudges a day brings), [`adherence`] (the figures), [`trend`] (how they go), [`hours`] (a week's, against
//! capacity), [`digest`] (a week's content), [`grouping`] (any period's figures), [`recap`] (a manager's own week), [`row`] (as
//! other programs read it), [`trouble`] (what is wrong on Slack's side), [`erase`] (what is left when words are erased).

pub mod absence;
pub mod adherence;
pub mod agenda;
pub mod digest;
pub mod erase;
pub mod grouping;
pub mod hours;
pub mod occurrence;
pub mod outcome;
pub mod recap;
pub mod review;
pub mod row;
pub mod snooze;
pub mod trend;
pub mod trouble;

#[cfg(test)]
mod tests;

pub use absence::{Absence, Absences, Days};
pub use occurrence::{Action, Occurrence, OccurrenceId, Refusal, Standing, State};
pub use outcome::{Evidence, Outcome, ResultWord, Verification};
pub use trouble::{AccountTrouble, ChannelTrouble, Trouble};

use std::sync::Arc;

use crate::process::{Activity, Process, UserId};

/// An occurrence together with what its process revision says of it: all that a view or a rule needs.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What became of it.
    pub occurrence: Occurrence,
    /// The line of the process, as the occurrence's revision has it.
    pub activity: Arc<Activity>,
    /// The rep's name, where the activity is held per rep.
    pub rep_name: Option<String>,
}

impl Entry {
    /// Joins an occurrence with its process; `None` where that process does not know the activity.
    pub fn new(occurrence: Occurrence, process: &Process) -> Option<Entry> {
        let activity = Arc::new(process.activity(&occurrence.activity)?.clone());
        let rep_name = occurrence.rep.as_ref().map(|id| Entry::name_of(id, process));
        Some(Entry { occurrence, activity, rep_name })
    }

    /// What a rep is called; their id where the process does not know them.
    pub fn name_of(rep: &UserId, process: &Process) -> String {
        let known = process.managers.iter().find_map(|manager| manager.rep(rep));
        known.map_or_else(|| rep.to_string(), |rep| rep.name.clone())
    }

    /// The title as people see it: *1:1 with Dana Wu*, *Pipeline review*.
    pub fn label(&self) -> String {
        match &self.rep_name {
            Some(rep) => format!("{} – {rep}", self.activity.title),
            None => self.activity.title.clone(),
        }
    }
}
