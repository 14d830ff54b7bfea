//! Adherence over a period, whole or in groups: by whom, by what, or by when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};

use super::adherence::Figures;
use super::digest::Week;
use super::{Entry, State};
use crate::process::Priority;

/// By what the occurrences of a period are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// Not at all.
    #[default]
    None,
    /// By manager.
    Manager,
    /// By activity.
    Activity,
    /// By ISO week of the due date.
    Week,
    /// By calendar month of the due date.
    Month,
    /// By fiscal quarter of the due date.
    Quarter,
    /// By the manager's leader on the due date.
    Leader,
}

/// What one group is called, and the days it holds where it is one of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// The first of its days, whether or not the period begins later; groups of time are ordered by it.
    pub from: Option<Date>,
    /// The last of them.
    pub to: Option<Date>,
    /// A user id, an activity's key, `2026-W49`, `2026-12`, `FY2027-Q4` (named after the year in which it ends).
    pub key: String,
}

/// The figures of all occurrences, and of those that must be done alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Both {
    /// Over all.
    pub all: Figures,
    /// Over `must` activities.
    pub must: Figures,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Period {
    /// Over the whole.
    pub whole: Both,
    /// Over each group in which anything falls due that was not withdrawn.
    pub groups: BTreeMap<Group, Both>,
}

impl Period {
    /// Counts one more, as it stands at `now`.
    pub fn count(&mut self, entry: &Entry, grouping: Grouping, fiscal_year_starts: i8, now: Timestamp) {
        if entry.occurrence.state(now) == State::Withdrawn {
            return;
        }
        let all = Figures::of([&entry.occurrence], now);
        let must = if entry.activity.priority == Priority::Must { all } else { Figures::default() };
        let group = grouping.group(entry, fiscal_year_starts).map(|group| self.groups.entry(group).or_default());
        for both in [&mut self.whole].into_iter().chain(group) {
            both.all += all;
            both.must += must;
        }
    }
}

impl Grouping {
    /// The group of an occurrence; `None` where there are none.
    fn group(self, entry: &Entry, fiscal_year_starts: i8) -> Option<Group> {
        let occurrence = &entry.occurrence;
        let named = |key: String| Some(Group { from: None, to: None, key });
        let during = |key: String, from: Date, to: Date| Some(Group { from: Some(from), to: Some(to), key });
        let date = occurrence.date;
        match self {
            Grouping::None => None,
            Grouping::Manager => named(occurrence.manager.to_string()),
            Grouping::Activity => named(occurrence.activity.to_string()),
            Grouping::Leader => named(occurrence.leader.to_string()),
            Grouping::Week => {
                let week = Week::of(date);
                during(week.to_string(), week.from(), week.to())
            }
            Grouping::Month => {
                let key = format!("{:04}-{:02}", date.year(), date.month());
                during(key, date.first_of_month(), date.last_of_month())
            }
            Grouping::Quarter => {
                let (key, from, to) = quarter(date, fiscal_year_starts);
                during(key, from, to)
            }
        }
    }
}

/// The fiscal quarter that holds a date. The year is named after the one in which it ends.
fn quarter(date: Date, fiscal_year_starts: i8) -> (String, Date, Date) {
    let months_in = i32::from((date.month() - fiscal_year_starts).rem_euclid(12));
    let back = |months: i32| date.first_of_month().saturating_sub(Span::new().months(months));
    let (from, year) = (back(months_in % 3), back(months_in));
    let to = from.saturating_add(2.months()).last_of_month();
    let ends = year.saturating_add(11.months()).year();
    (format!("FY{ends:04}-Q{}", months_in / 3 + 1), from, to)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn quarters_are_fiscal_and_named_after_the_year_in_which_they_end() {
        let of = |day, starts| {
            let (key, from, to) = quarter(day, starts);
            format!("{key} {from} {to}")
        };
        assert_eq!(of(date(2026, 12, 7), 1), "FY2026-Q4 2026-10-01 2026-12-31");
        assert_eq!(of(date(2026, 12, 7), 2), "FY2027-Q4 2026-11-01 2027-01-31");
        assert_eq!(of(date(2027, 1, 31), 2), "FY2027-Q4 2026-11-01 2027-01-31");
        assert_eq!(of(date(2027, 2, 1), 2), "FY2028-Q1 2027-02-01 2027-04-30");
        assert_eq!(of(date(2026, 2, 28), 12), "FY2026-Q1 2025-12-01 2026-02-28");
    }
}
