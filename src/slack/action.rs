//! The button wire format: what is written on a button, a select's option and a modal, and read back when somebody
//! presses it.
//!
//! A public format: buttons outlive releases, so whatever was once written keeps decoding (the golden list below).
//! A value is the occurrence's id, or begins with it followed by `|`.

use serde::{Deserialize, Serialize};

use crate::record::OccurrenceId;
use crate::record::snooze::Choice;

/// What somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is done.
    Done(OccurrenceId),
    /// Ask again later.
    Snooze(OccurrenceId, Snooze),
    /// It can't be done.
    Cant(OccurrenceId),
    /// Say more about what is done.
    AddNote(OccurrenceId),
    /// Replace what was recorded.
    Change(OccurrenceId),
    /// Take back what was recorded.
    Undo(OccurrenceId),
}

/// A choice of the Snooze select.
pub type Snooze = Choice;

/// The word for a choice within an option's value.
fn snooze_word(choice: Choice) -> &'static str {
    match choice {
        Choice::HalfHour => "30m",
        Choice::Hour => "1h",
        Choice::ThisAfternoon => "afternoon",
        Choice::TomorrowMorning => "tomorrow",
        Choice::NextWeek => "next-week",
        Choice::PickATime => "pick",
    }
}

impl Action {
    /// The `action_id`. Unique within a block, for no block shows two buttons for the same thing.
    pub fn id(&self) -> &'static str {
        match self {
            Action::Done(_) => "done",
            Action::Snooze(..) => "snooze",
            Action::Cant(_) => "cant",
            Action::AddNote(_) => "add_note",
            Action::Change(_) => "change",
            Action::Undo(_) => "undo",
        }
    }

    /// The value of the button, or of the option.
    pub fn value(&self) -> String {
        match self {
            Action::Snooze(id, choice) => format!("{id}|{}", snooze_word(*choice)),
            Action::Done(id) | Action::Cant(id) | Action::AddNote(id) | Action::Change(id) | Action::Undo(id) => {
                id.to_string()
            }
        }
    }

    /// The occurrence it is about.
    pub fn occurrence(&self) -> &OccurrenceId {
        match self {
            Action::Done(id)
            | Action::Snooze(id, _)
            | Action::Cant(id)
            | Action::AddNote(id)
            | Action::Change(id)
            | Action::Undo(id) => id,
        }
    }

    /// Reads a pressed button back; `None` where it is none of ours.
    pub fn decode(action_id: &str, value: &str) -> Option<Action> {
        let (id, rest) = value.split_once('|').unwrap_or((value, ""));
        if id.is_empty() {
            return None;
        }
        let id = OccurrenceId(id.to_owned());
        match action_id {
            "done" => Some(Action::Done(id)),
            "snooze" => {
                let word = rest.split('|').next().unwrap_or_default();
                let choice = Choice::ALL.into_iter().find(|choice| snooze_word(*choice) == word)?;
                Some(Action::Snooze(id, choice))
            }
            "cant" => Some(Action::Cant(id)),
            "add_note" => Some(Action::AddNote(id)),
            "change" => Some(Action::Change(id)),
            "undo" => Some(Action::Undo(id)),
            _ => None,
        }
    }
}

/// What the outcome modal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Recording that it is done.
    Done,
    /// Replacing what was recorded.
    Change,
    /// Saying more about what was recorded with one click.
    AddNote,
}

/// A modal and what it is about: `callback_id` and `private_metadata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modal {
    /// Asks for the outcome.
    Outcome(OccurrenceId, Purpose),
    /// Asks why it can't be done.
    Cant(OccurrenceId),
    /// Asks when to ask again.
    PickTime(OccurrenceId),
}

/// `private_metadata` as it is written.
#[derive(Serialize, Deserialize)]
struct Private {
    v: u32,
    occurrence: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
}

impl Modal {
    /// The `callback_id`.
    pub fn callback_id(&self) -> &'static str {
        match self {
            Modal::Outcome(..) => "outcome",
            Modal::Cant(_) => "cant",
            Modal::PickTime(_) => "pick_time",
        }
    }

    /// The occurrence it is about.
    pub fn occurrence(&self) -> &OccurrenceId {
        match self {
            Modal::Outcome(id, _) | Modal::Cant(id) | Modal::PickTime(id) => id,
        }
    }

    /// The `private_metadata`.
    pub fn private_metadata(&self) -> String {
        let purpose = match self {
            Modal::Outcome(_, purpose) => Some(*purpose),
            Modal::Cant(_) | Modal::PickTime(_) => None,
        };
        let private = Private { v: 1, occurrence: self.occurrence().to_string(), purpose };
        serde_json::to_string(&private).expect("two strings and a number are JSON")
    }

    /// Reads a submitted modal back; `None` where it is none of ours.
    pub fn decode(callback_id: &str, private_metadata: &str) -> Option<Modal> {
        let private: Private = serde_json::from_str(private_metadata).ok()?;
        let id = OccurrenceId(private.occurrence);
        match callback_id {
            "outcome" => Some(Modal::Outcome(id, private.purpose.unwrap_or(Purpose::Done))),
            "cant" => Some(Modal::Cant(id)),
            "pick_time" => Some(Modal::PickTime(id)),
            _ => None,
        }
    }
}
