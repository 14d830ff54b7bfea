//! How much of what a week called for was taken out of it.
//!
//! Excused occurrences are in no rate, so whoever excuses enough has a perfect one. Hence this share, beside every rate:
//!
//! ```text
//! called for = all that falls due in the week, planned ones included, withdrawn ones not
//! share      = excused / called for; flagged above 15 in a hundred, from five called for on
//! ```
//!
//! Planned ones count in it because an absence excuses days that are still to come too: on Monday morning a share of what was
//! due *so far* would call anybody with a day off on Thursday an evader.
//!
//! A worked week: twenty occurrences are called for. The manager said *away* for one day (three excused), a rep was away
//! (one more, by the manager's own word), the leader excused one. 5 of 20 are 25%, four of them by the manager's own word:
//! flagged, which is a reason to look and no verdict.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::adherence::ENOUGH;
use crate::record::{Entry, State};

/// What was excused, of what was called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Excused {
    /// All that was called for, planned and excused included.
    pub called_for: u64,
    /// Excused by the manager's own word: away, or the rep was.
    pub by_themselves: u64,
    /// Excused by somebody else: a leader or an admin.
    pub by_others: u64,
}

impl Excused {
    /// Above so many in a hundred it is flagged.
    pub const FLAG: u64 = 15;

    /// Of these occurrences.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>, now: Timestamp) -> Excused {
        let mut excused = Excused::default();
        for Entry { occurrence, .. } in entries {
            match occurrence.state(now) {
                State::Withdrawn => continue,
                State::Excused if occurrence.completed_by.as_ref() == Some(&occurrence.manager) => {
                    excused.by_themselves += 1;
                }
                State::Excused => excused.by_others += 1,
                State::Planned | State::Open | State::Done | State::Skipped | State::Missed => {}
            }
            excused.called_for += 1;
        }
        excused
    }

    /// Excused by anybody.
    pub fn count(&self) -> u64 {
        self.by_themselves + self.by_others
    }

    /// Excused of called for; `None` where nothing was called for.
    pub fn share(&self) -> Option<f64> {
        (self.called_for > 0).then(|| self.count() as f64 / self.called_for as f64)
    }

    /// Whether so much was excused that somebody should look.
    pub fn is_flagged(&self) -> bool {
        self.called_for >= ENOUGH && self.count() * 100 > Excused::FLAG * self.called_for
    }

    /// As people read it: `5 of 20 (25%)`, counts alone below five called for.
    pub fn in_words(&self) -> String {
        crate::record::adherence::in_words(self.count(), self.called_for)
    }
}
