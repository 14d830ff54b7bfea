//! One activity falling due once: the state machine of what became of it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, Verification};
use crate::process::{ActivityKey, UserId};

/// What an occurrence is called: made of what it is, so that planning twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OccurrenceId(pub String);

impl OccurrenceId {
    /// The id of `activity` on its final local due `date`, for `manager` (and `rep`).
    pub fn new(date: Date, activity: &ActivityKey, manager: &UserId, rep: Option<&UserId>) -> OccurrenceId {
        match rep {
            Some(rep) => OccurrenceId(format!("{date}.{activity}.{manager}.{rep}")),
            None => OccurrenceId(format!("{date}.{activity}.{manager}")),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OccurrenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody (or time, once the tick has seen it) decided: the state as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Standing {
    Undecided,
    Done,
    Skipped,
    Missed,
    Excused,
    Withdrawn,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 6] = [
        Standing::Undecided,
        Standing::Done,
        Standing::Skipped,
        Standing::Missed,
        Standing::Excused,
        Standing::Withdrawn,
    ];

    /// The word that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Undecided => "undecided",
            Standing::Done => "done",
            Standing::Skipped => "skipped",
            Standing::Missed => "missed",
            Standing::Excused => "excused",
            Standing::Withdrawn => "withdrawn",
        }
    }

    /// The reverse of [`Standing::as_str`].
    pub fn parse(word: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.as_str() == word)
    }
}

/// The state at an instant, as people and `records` see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum State {
    Planned,
    Open,
    Done,
    Skipped,
    Missed,
    Excused,
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [State; 7] =
        [State::Planned, State::Open, State::Done, State::Skipped, State::Missed, State::Excused, State::Withdrawn];

    /// The word of INTERFACE §4.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Open => "open",
            State::Done => "done",
            State::Skipped => "skipped",
            State::Missed => "missed",
            State::Excused => "excused",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// One activity falling due once, for one manager (and one rep).
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// Made of the next four.
    pub id: OccurrenceId,
    /// Whose.
    pub manager: UserId,
    /// What.
    pub activity: ActivityKey,
    /// With whom.
    pub rep: Option<UserId>,
    /// The final due date in the manager's zone.
    pub date: Date,
    /// The manager's leader on the due date.
    pub leader: UserId,
    /// The revision that calls for it.
    pub revision: i64,
    /// The manager's zone.
    pub zone: TimeZone,
    /// When it is to be done.
    pub due: Timestamp,
    /// Until when (exclusive) doing it counts as on time.
    pub closes: Timestamp,
    /// What was decided.
    pub standing: Standing,
    /// When done, skipped or excused was recorded.
    pub completed_at: Option<Timestamp>,
    /// Who recorded it.
    pub completed_by: Option<UserId>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was skipped or excused.
    pub reason: Option<String>,
    /// When the manager asked to hear of it again.
    pub snoozed_until: Option<Timestamp>,
    /// How often it was snoozed.
    pub snoozes: i64,
    /// How many nudges of any kind but `plan` asked for it.
    pub nudges: i64,
    /// Whether somebody else bore it out.
    pub verification: Verification,
    /// Counts the writes, for compare and swap.
    pub version: i64,
}

/// What a person does to an occurrence.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It is done, with this outcome.
    Done(Outcome),
    /// Another outcome for what is done already; when it was done stays.
    Change(Outcome),
    /// It can't be done, and why.
    Skip(String),
    /// It needn't be done, and why.
    Excuse(String),
    /// Ask again then.
    Snooze(Timestamp),
    /// Nothing was recorded after all.
    Undo,
}

/// Why an action was not taken: a value with a view, not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It stands recorded already.
    AlreadyRecorded(State),
    /// The process no longer calls for it.
    Withdrawn,
    /// There is nothing to change or undo.
    NothingRecorded,
    /// That time is not before it closes, or not after now.
    NoSuchTime,
    /// Only the manager concerned and the leaders above can.
    NotYours,
    /// Only leaders and admins excuse.
    NotYoursToExcuse,
    /// Nothing of that name.
    Unknown,
}

impl Occurrence {
    /// The state at `now`. Being open and having been missed follow from the instants, whether or not a tick saw them.
    pub fn state(&self, now: Timestamp) -> State {
        match self.standing {
            Standing::Undecided if now < self.due => State::Planned,
            Standing::Undecided if now < self.closes => State::Open,
            Standing::Undecided | Standing::Missed => State::Missed,
            Standing::Done => State::Done,
            Standing::Skipped => State::Skipped,
            Standing::Excused => State::Excused,
            Standing::Withdrawn => State::Withdrawn,
        }
    }

    /// Whether nobody had decided it at that instant: the past as it can be told from the record.
    pub fn was_undecided(&self, at: Timestamp) -> bool {
        match self.standing {
            Standing::Undecided | Standing::Missed => true,
            Standing::Done | Standing::Skipped | Standing::Excused => self.completed_at.is_some_and(|when| when > at),
            Standing::Withdrawn => false,
        }
    }

    /// True or false where done, else `None`.
    pub fn on_time(&self) -> Option<bool> {
        match self.standing {
            Standing::Done => self.completed_at.map(|at| at < self.closes),
            Standing::Undecided | Standing::Skipped | Standing::Missed | Standing::Excused | Standing::Withdrawn => {
                None
            }
        }
    }

    /// The occurrence after `action` by `who` at `now`. Rights are the caller's to check; this is about what can follow what.
    ///
    /// # Errors
    /// A [`Refusal`] where the action does not fit the state.
    pub fn act(&self, action: Action, who: &UserId, now: Timestamp) -> Result<Occurrence, Refusal> {
        let state = self.state(now);
        if state == State::Withdrawn {
            return Err(Refusal::Withdrawn);
        }
        match action {
            Action::Done(outcome) => match state {
                State::Done => Err(Refusal::AlreadyRecorded(state)),
                State::Planned | State::Open | State::Missed | State::Skipped | State::Excused | State::Withdrawn => {
                    Ok(Occurrence { outcome, ..self.decided(Standing::Done, None, who, now) })
                }
            },
            Action::Change(outcome) if state == State::Done => Ok(Occurrence { outcome, ..self.clone() }),
            Action::Change(_) => Err(Refusal::NothingRecorded),
            Action::Skip(reason) => match state {
                State::Planned | State::Open | State::Missed | State::Skipped | State::Excused => {
                    Ok(self.decided(Standing::Skipped, Some(reason), who, now))
                }
                State::Done | State::Withdrawn => Err(Refusal::AlreadyRecorded(state)),
            },
            Action::Excuse(reason) => match state {
                State::Planned | State::Open | State::Missed | State::Skipped | State::Excused => {
                    Ok(self.decided(Standing::Excused, Some(reason), who, now))
                }
                State::Done | State::Withdrawn => Err(Refusal::AlreadyRecorded(state)),
            },
            Action::Snooze(until) => self.snooze(until, state, now),
            Action::Undo => match state {
                State::Done | State::Skipped | State::Excused => Ok(self.undecided()),
                State::Planned | State::Open | State::Missed | State::Withdrawn => Err(Refusal::NothingRecorded),
            },
        }
    }

    fn snooze(&self, until: Timestamp, state: State, now: Timestamp) -> Result<Occurrence, Refusal> {
        match state {
            State::Planned | State::Open if now < until && until < self.closes => {
                Ok(Occurrence { snoozed_until: Some(until), snoozes: self.snoozes + 1, ..self.clone() })
            }
            State::Planned | State::Open => Err(Refusal::NoSuchTime),
            State::Done | State::Skipped | State::Missed | State::Excused | State::Withdrawn => {
                Err(Refusal::AlreadyRecorded(state))
            }
        }
    }

    fn decided(&self, standing: Standing, reason: Option<String>, who: &UserId, now: Timestamp) -> Occurrence {
        Occurrence {
            standing,
            reason,
            completed_at: Some(now),
            completed_by: Some(who.clone()),
            outcome: Outcome::default(),
            snoozed_until: None,
            verification: Verification::None,
            ..self.clone()
        }
    }

    fn undecided(&self) -> Occurrence {
        Occurrence {
            standing: Standing::Undecided,
            reason: None,
            completed_at: None,
            completed_by: None,
            outcome: Outcome::default(),
            snoozed_until: None,
            verification: Verification::None,
            ..self.clone()
        }
    }

    /// The occurrence once somebody other than the manager has borne out what is done, or not.
    ///
    /// # Errors
    /// A [`Refusal`] where nothing was done that could be borne out.
    pub fn verified(&self, verification: Verification, now: Timestamp) -> Result<Occurrence, Refusal> {
        match self.state(now) {
            State::Done => Ok(Occurrence { verification, ..self.clone() }),
            State::Withdrawn => Err(Refusal::Withdrawn),
            State::Planned | State::Open | State::Skipped | State::Missed | State::Excused => {
                Err(Refusal::NothingRecorded)
            }
        }
    }

    /// The occurrence once the process no longer calls for it.
    pub fn withdrawn(&self) -> Occurrence {
        Occurrence { standing: Standing::Withdrawn, ..self.undecided() }
    }
}
