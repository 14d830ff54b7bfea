//! The language of `when`: parsed ([`FromStr`](std::str::FromStr)), checked and printed ([`Display`](std::fmt::Display)).

pub(in crate::process) mod guess;
mod hint;
mod meant;
mod mend;
mod parse;
mod print;
#[cfg(test)]
pub(in crate::process) mod tests;
#[cfg(test)]
pub(in crate::process) mod typed;

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

/// The most weeks that `every N weeks on` may count: ten years.
pub const MOST_WEEKS: u32 = 520;

/// Each weekday with its whole name, Monday first.
const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "Monday"),
    (Weekday::Tuesday, "Tuesday"),
    (Weekday::Wednesday, "Wednesday"),
    (Weekday::Thursday, "Thursday"),
    (Weekday::Friday, "Friday"),
    (Weekday::Saturday, "Saturday"),
    (Weekday::Sunday, "Sunday"),
];

/// January first.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The ordinals that are written as words, the first first.
const ORDINAL_WORDS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/// The ordinals counted from the end, the last first.
const FROM_END_WORDS: [&str; 3] = ["last", "second-to-last", "third-to-last"];

/// The weekday of this name, whole or its first three letters, whatever the case.
pub fn weekday_named(word: &str) -> Option<Weekday> {
    let is = |name: &str| word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3]);
    WEEKDAYS.iter().find(|(_, name)| is(name)).map(|(weekday, _)| *weekday)
}

/// The whole English name: `Monday`.
pub fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs())].1
}

/// The month (1-12) of this whole name, whatever the case.
pub fn month_named(word: &str) -> Option<i8> {
    (1..).zip(MONTHS).find(|(_, name)| word.eq_ignore_ascii_case(name)).map(|(number, _)| number)
}

/// The whole English name of a month (1-12).
///
/// # Panics
/// Where there is no such month.
pub fn month_name(month: i8) -> &'static str {
    MONTHS[usize::from(month.unsigned_abs()) - 1]
}
