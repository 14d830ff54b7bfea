//! The language of `when`: parsed, checked and printed.

use std::fmt;
use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

/// A parsed `when` phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The rhythm.
    pub recur: Recur,
    /// Local time of day, in the manager's own zone.
    pub at: Time,
    /// No occurrence falls before this date (before any holiday moves it).
    pub starting: Option<Date>,
}

/// The rhythm of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recur {
    /// `every day`
    EveryDay,
    /// `every workday`
    EveryWorkday,
    /// `every Monday and Thursday`, `every other Monday` (2), `every 3 weeks on Tuesday` (3)
    Weekly {
        /// 1: each week.
        every: u32,
        /// In the phrase's order.
        weekdays: Vec<Weekday>,
    },
    /// `the second Tuesday of every quarter`
    Ordinal {
        /// In the phrase's order.
        ordinals: Vec<Ordinal>,
        /// What is counted.
        unit: Unit,
        /// Within what.
        span: SpanOf,
    },
}

/// A place in a span, counted from its start or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordinal {
    /// 1 is the first.
    FromStart(u8),
    /// 1 is the last.
    FromEnd(u8),
}

/// What an ordinal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unit {
    Day,
    Workday,
    Weekday(Weekday),
}

/// The span within which an ordinal counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanOf {
    /// Each calendar month.
    EveryMonth,
    /// Every second calendar month.
    EveryOtherMonth,
    /// Each fiscal quarter.
    EveryQuarter,
    /// Each fiscal year.
    EveryYear,
    /// The named calendar months (1-12), in the phrase's order.
    Months(Vec<i8>),
    /// The first, second or third month of each fiscal quarter.
    MonthOfQuarter(u8),
}

/// Why a phrase was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PhraseError {
    /// Byte range of the offending word within the phrase (empty at its end where a word is missing).
    pub at: Range<usize>,
    /// What is wrong, ready to be shown.
    pub message: String,
    /// What could stand there, and the nearest where one is near.
    pub expected: String,
}

impl std::str::FromStr for Phrase {
    type Err = PhraseError;

    fn from_str(_text: &str) -> Result<Phrase, PhraseError> {
        unimplemented!()
    }
}

impl fmt::Display for Phrase {
    /// The canonical spelling; parsing it gives the same phrase.
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}
