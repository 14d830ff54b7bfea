//! The week that a digest is about.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::{Deserialize, Serialize};

/// An ISO week, Monday to Sunday, written `2026-W49`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Week {
    monday: Date,
}

impl Week {
    /// The week that holds this date.
    pub fn of(date: Date) -> Week {
        let back = i64::from(date.weekday().to_monday_zero_offset());
        Week { monday: date.saturating_sub(jiff::Span::new().days(back)) }
    }

    /// Its Monday.
    pub fn from(self) -> Date {
        self.monday
    }

    /// Its Sunday.
    pub fn to(self) -> Date {
        self.monday.saturating_add(jiff::Span::new().days(6))
    }

    /// The week before.
    pub fn before(self) -> Week {
        Week { monday: self.monday.saturating_sub(jiff::Span::new().days(7)) }
    }

    /// The week after.
    pub fn after(self) -> Week {
        Week { monday: self.monday.saturating_add(jiff::Span::new().days(7)) }
    }

    /// The week so many weeks before.
    pub fn back(self, weeks: usize) -> Week {
        (0..weeks).fold(self, |week, _| week.before())
    }

    /// The week that a digest posted on `date` covers: that one from the workweek's last day (as listed) on, else the
    /// week before.
    pub fn covered_on(date: Date, workweek: &[Weekday]) -> Week {
        let last = workweek.last().copied().unwrap_or(Weekday::Friday);
        let this = Week::of(date);
        if date.weekday().to_monday_zero_offset() >= last.to_monday_zero_offset() { this } else { this.before() }
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let iso = self.monday.iso_week_date();
        write!(f, "{}-W{:02}", iso.year(), iso.week())
    }
}

impl From<Week> for String {
    fn from(week: Week) -> String {
        week.to_string()
    }
}

impl TryFrom<String> for Week {
    type Error = BadWeek;

    fn try_from(text: String) -> Result<Week, BadWeek> {
        text.parse()
    }
}

/// That is no ISO week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ISO week: expected one like 2026-W49")]
pub struct BadWeek(String);

impl std::str::FromStr for Week {
    type Err = BadWeek;

    fn from_str(text: &str) -> Result<Week, BadWeek> {
        let bad = || BadWeek(text.to_owned());
        let (year, week) = text.split_once("-W").ok_or_else(bad)?;
        if year.len() != 4 || week.len() != 2 || !(year.to_owned() + week).bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let iso = ISOWeekDate::new(year.parse().map_err(|_| bad())?, week.parse().map_err(|_| bad())?, Weekday::Monday);
        Ok(Week { monday: iso.map_err(|_| bad())?.date() })
    }
}
