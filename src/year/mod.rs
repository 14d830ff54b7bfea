//! A manager's year as people see it: as a calendar to subscribe to ([`ics()`]), and as a page for the wall ([`page()`]);
//! and, looking back, the quarter of a leader's team ([`team_quarter()`]).
//!
//! Pure, like the ground floor beneath it: who reads the store or the files hands the entries in.

mod entry;
mod ics;
mod page;
mod quarter;
#[cfg(test)]
mod tests;
mod zones;

pub use entry::{Entry, planned};
pub use ics::{IcsDocument, ics};
pub use page::{book, content_security_policy, page, team_page};
pub use quarter::{TeamQuarter, quarter_policy, team_quarter};

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::process::{Manager, Process};

/// One manager's year, or whatever range of dates was asked for: all that a page shows of it.
#[derive(Debug, Clone)]
pub struct Year<'a> {
    /// The process: names the activities' rhythm, the quarters and the days off. Where it changes on the way: today's
    /// for a link, the last of the range for the command.
    pub process: &'a Process,
    /// Whose.
    pub manager: &'a Manager,
    /// First date.
    pub from: Date,
    /// Last date, inclusive.
    pub to: Date,
    /// Today where the manager is.
    pub today: Date,
    /// What falls due from the first date to the last; withdrawn ones are not shown.
    pub entries: Vec<Entry>,
    /// Days away by the manager's own word.
    pub away: Vec<RangeInclusive<Date>>,
}

impl Year<'_> {
    /// Whether the manager is away on this day.
    fn is_away(&self, day: Date) -> bool {
        self.away.iter().any(|days| days.contains(&day))
    }
}
