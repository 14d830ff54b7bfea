//! The figures of INTERFACE §6, and exactly those.
//!
//! ```text
//! expected      = due by now, and those already done, skipped or missed; never excused, withdrawn or planned
//! open          = those of them in state open
//! adherence     = (done_on_time + done_late) / (expected - open)
//! on_time_rate  =  done_on_time              / (expected - open)
//! ```
//!
//! A worked week: ten occurrences fall due. Four are done on time, one late, one was skipped, one missed, one excused;
//! one is open, one is planned for tomorrow. Expected is 8 (neither the excused nor the planned one), 7 are decided,
//! adherence is 5 of 7 and the on-time rate 4 of 7.
//!
//! ```
//! use onbeat::record::adherence::Figures;
//! let week = Figures { expected: 8, open: 1, done_on_time: 4, done_late: 1, skipped: 1, missed: 1, excused: 1 };
//! assert_eq!(week.adherence(), Some(5.0 / 7.0));
//! assert_eq!(week.on_time_rate(), Some(4.0 / 7.0));
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Occurrence, State};

/// As many must be decided before a rate says something: below, people read the counts alone.
pub const ENOUGH: u64 = 5;

/// Counts over some occurrences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Due by now, and those already done, skipped or missed.
    pub expected: u64,
    /// Of the expected, those still open.
    pub open: u64,
    /// Done before closing.
    pub done_on_time: u64,
    /// Done after closing.
    pub done_late: u64,
    /// The manager said why not.
    pub skipped: u64,
    /// Closed with nothing recorded.
    pub missed: u64,
    /// Taken out by the leader's word or absence; not expected.
    pub excused: u64,
}

impl Figures {
    /// The figures of these occurrences as they stand at `now`.
    pub fn of<'a>(occurrences: impl IntoIterator<Item = &'a Occurrence>, now: Timestamp) -> Figures {
        let mut figures = Figures::default();
        for occurrence in occurrences {
            figures.count(occurrence, now);
        }
        figures
    }

    /// Counts one more, as it stands at `now`.
    pub fn count(&mut self, occurrence: &Occurrence, now: Timestamp) {
        let slot = match occurrence.state(now) {
            State::Planned | State::Withdrawn => return,
            State::Excused => {
                self.excused += 1;
                return;
            }
            State::Open => &mut self.open,
            State::Done if occurrence.on_time() == Some(true) => &mut self.done_on_time,
            State::Done => &mut self.done_late,
            State::Skipped => &mut self.skipped,
            State::Missed => &mut self.missed,
        };
        *slot += 1;
        self.expected += 1;
    }

    /// How many are decided: the denominator of both rates.
    pub fn decided(&self) -> u64 {
        self.expected - self.open
    }

    /// How many were done at all.
    pub fn done(&self) -> u64 {
        self.done_on_time + self.done_late
    }

    /// Done of decided, unrounded; `None` where nothing is decided yet.
    pub fn adherence(&self) -> Option<f64> {
        self.rate(self.done())
    }

    /// Done on time of decided, unrounded; `None` where nothing is decided yet.
    pub fn on_time_rate(&self) -> Option<f64> {
        self.rate(self.done_on_time)
    }

    fn rate(&self, part: u64) -> Option<f64> {
        (self.decided() > 0).then(|| part as f64 / self.decided() as f64)
    }

    /// As people read it: `7 of 8 (88%)`, counts alone below five decided, *nothing due* where there was nothing.
    pub fn in_words(&self) -> String {
        match (self.expected, self.decided(), self.adherence()) {
            (0, ..) => "nothing due".to_owned(),
            (open, 0, _) | (open, _, None) => format!("{open} still open"),
            (_, decided, Some(_)) => in_words(self.done(), decided),
        }
    }
}

/// A part of a whole as people read it: `7 of 8 (88%)`, counts alone below [`ENOUGH`].
pub fn in_words(part: u64, whole: u64) -> String {
    if whole < ENOUGH {
        return format!("{part} of {whole}");
    }
    format!("{part} of {whole} ({:.0}%)", (part as f64 / whole as f64 * 100.0).round())
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Figures) {
        self.expected += other.expected;
        self.open += other.open;
        self.done_on_time += other.done_on_time;
        self.done_late += other.done_late;
        self.skipped += other.skipped;
        self.missed += other.missed;
        self.excused += other.excused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_always_carry_their_counts() {
        let of = |done, missed, open| Figures {
            expected: done + missed + open,
            open,
            done_on_time: done,
            missed,
            ..Figures::default()
        };
        assert_eq!(of(7, 1, 0).in_words(), "7 of 8 (88%)");
        assert_eq!(of(3, 1, 2).in_words(), "3 of 4");
        assert_eq!(of(0, 0, 2).in_words(), "2 still open");
        assert_eq!(of(0, 0, 0).in_words(), "nothing due");
        assert_eq!(of(0, 5, 0).in_words(), "0 of 5 (0%)");
    }

    #[test]
    fn nothing_decided_has_no_rate() {
        let open = Figures { expected: 3, open: 3, ..Figures::default() };
        assert_eq!(open.adherence(), None);
        assert_eq!(open.on_time_rate(), None);
    }
}
