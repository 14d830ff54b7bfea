//! What is still open in a week, and until when: as long as anything is, the week's figure is not final.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::process::Priority;
use crate::record::{Entry, State};

/// What is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StillOpen {
    /// How many.
    pub open: u64,
    /// How many of them are `must`.
    pub must: u64,
    /// How many fall due later in the week.
    pub planned: u64,
    /// When the last open one closes.
    pub until: Option<Timestamp>,
}

impl StillOpen {
    /// Of these occurrences.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>, now: Timestamp) -> StillOpen {
        let mut still = StillOpen::default();
        for entry in entries {
            match entry.occurrence.state(now) {
                State::Open => {
                    still.open += 1;
                    still.must += u64::from(entry.activity.priority == Priority::Must);
                    still.until = still.until.max(Some(entry.occurrence.closes));
                }
                State::Planned => still.planned += 1,
                State::Done | State::Skipped | State::Missed | State::Excused | State::Withdrawn => {}
            }
        }
        still
    }
}
