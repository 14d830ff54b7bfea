//! Why a press changed nothing, kindly.

use super::MessageContent;
use super::entry::label;
use super::lists::plain;
use crate::record::{Entry, Refusal, State};

/// The refusal as a message for the one who pressed; `entry` where it is known and theirs to see.
pub fn refusal(refusal: Refusal, entry: Option<&Entry>) -> MessageContent {
    plain(&refusal_in_words(refusal, entry))
}

/// The same as plain words, for a modal.
pub fn refusal_in_words(refusal: Refusal, entry: Option<&Entry>) -> String {
    let it = entry.map_or_else(|| "That".to_owned(), |entry| format!("“{}”", label(entry, 300)));
    match refusal {
        Refusal::AlreadyRecorded(state) => already(&it, state),
        Refusal::Withdrawn => {
            format!("{it} is no longer in the process, so there is nothing left to record. One less!")
        }
        Refusal::NothingRecorded => format!("{it} has nothing recorded that could be changed or undone."),
        Refusal::NoSuchTime => {
            format!("{it} can't come back then: that time has passed, or lies after it closes. Another one will do.")
        }
        Refusal::NotYours => {
            format!("{it} is for the manager concerned, or a leader above, to record. Nothing has changed.")
        }
        Refusal::NotYoursToExcuse => format!("Only a leader or an admin can excuse {it}. Nothing has changed."),
        Refusal::Unknown => "I don't know that one any more. /onbeat today shows what is on.".to_owned(),
    }
}

fn already(it: &str, state: State) -> String {
    match state {
        State::Done => format!("{it} is recorded as done already. Change and Undo stand beside it."),
        State::Skipped => format!("{it} is recorded as not done, with a reason. Undo stands beside it."),
        State::Excused => format!("{it} is excused already, so there is nothing you need to do."),
        State::Missed => format!("{it} has closed, so it can't be snoozed any more. It still counts when done late."),
        State::Planned | State::Open | State::Withdrawn => {
            format!("{it} has changed meanwhile. Have another look, please.")
        }
    }
}
