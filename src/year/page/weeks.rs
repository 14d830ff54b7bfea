//! Fiscal quarters, their weeks, and how full each week is.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, Unit};
use maud::{Markup, html};

use crate::process::load::stretch::days;
use crate::process::load::{Capacity, Period};
use crate::process::phrase::month_name;
use crate::record::State;
use crate::record::digest::Week;
use crate::year::{Entry, Year};

/// A fiscal quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quarter {
    /// Its first day.
    pub(super) begins: Date,
    starts: i8,
}

impl Quarter {
    /// The quarter that holds this date, where the fiscal year begins in month `starts` (1-12).
    pub(super) fn of(date: Date, starts: i8) -> Quarter {
        Quarter { begins: Period::Quarter.first(date, starts), starts }
    }

    /// Its last day.
    fn ends(self) -> Date {
        self.begins.saturating_add(Span::new().months(2)).last_of_month()
    }

    /// `Q2 2027`; `Q2 FY27` where the fiscal year is not the calendar's: named after the year in which it ends.
    pub(super) fn name(self) -> String {
        let year = Period::Year.first(self.begins, self.starts);
        let last = year.saturating_add(Span::new().months(11));
        let number = self.begins.since((Unit::Month, year)).map_or(0, |past| past.get_months()) / 3 + 1;
        if self.starts == 1 {
            format!("Q{number} {}", last.year())
        } else {
            format!("Q{number} FY{:02}", last.year().rem_euclid(100))
        }
    }

    /// `January – March`.
    pub(super) fn months(self) -> String {
        format!("{} – {}", month_name(self.begins.month()), month_name(self.ends().month()))
    }
}

/// A week of the range, and the day that says in which month and quarter it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) week: Week,
    /// The Thursday, as in ISO 8601; where that is out of the range, the day next to it that is not.
    pub(super) by: Date,
}

impl Place {
    /// The month (1-12) in which it stands.
    pub(super) fn month(self) -> i8 {
        self.by.month()
    }
}

/// The quarters of a range of dates, each with its ISO weeks.
pub(super) fn quarters(from: Date, to: Date, starts: i8) -> BTreeMap<Quarter, Vec<Place>> {
    let mut quarters: BTreeMap<Quarter, Vec<Place>> = BTreeMap::new();
    for week in weeks(from, to) {
        let thursday = week.from().saturating_add(Span::new().days(3));
        let by = thursday.max(from).min(to);
        quarters.entry(Quarter::of(by, starts)).or_default().push(Place { week, by });
    }
    quarters
}

/// The ISO weeks of a range of dates.
fn weeks(from: Date, to: Date) -> impl Iterator<Item = Week> {
    // At the end of time a week is its own successor.
    std::iter::successors(Some(Week::of(from)), |week| Some(week.after()).filter(|after| after > week))
        .take_while(move |week| week.from() <= to)
}

/// Minutes that a year asks, and that its manager can give: counted as the time audit does.
#[derive(Debug, Default)]
pub(super) struct Minutes {
    pub(super) total: u64,
    /// What can be given in a week without days off.
    pub(super) full_week: u64,
    capacity: Capacity,
    given: BTreeMap<Week, Capacity>,
    whole: (Date, Date),
    by_week: BTreeMap<Week, u64>,
    by_quarter: BTreeMap<Quarter, u64>,
}

impl Minutes {
    pub(super) fn new(year: &Year<'_>) -> Minutes {
        let full_week = year.manager.capacity.unwrap_or(year.process.calendar.capacity);
        let mut minutes =
            Minutes { full_week: u64::from(full_week), whole: (year.from, year.to), ..Minutes::default() };
        let calendar = year.process.calendar_of(year.manager);
        let a_day = Capacity::of_a_workday(full_week, &calendar);
        for day in days(year.from, year.to) {
            // As the audit: what falls on days away is excused or waits, so they take no capacity along.
            let given = if calendar.is_workday(day) { a_day } else { Capacity::default() };
            minutes.capacity += given;
            *minutes.given.entry(Week::of(day)).or_default() += given;
        }
        for entry in year.entries.iter().filter(|entry| asks_time(entry)) {
            let more = u64::from(entry.minutes);
            minutes.total += more;
            *minutes.by_week.entry(Week::of(entry.date)).or_default() += more;
            let quarter = Quarter::of(entry.date, year.process.calendar.fiscal_year_starts);
            *minutes.by_quarter.entry(quarter).or_default() += more;
        }
        minutes
    }

    pub(super) fn of(&self, week: Week) -> u64 {
        self.by_week.get(&week).copied().unwrap_or(0)
    }

    pub(super) fn of_quarter(&self, quarter: Quarter) -> u64 {
        self.by_quarter.get(&quarter).copied().unwrap_or(0)
    }

    /// The week that asks most; the first of several.
    pub(super) fn heaviest(&self) -> Option<(Week, u64)> {
        self.by_week.iter().rev().max_by_key(|(_, minutes)| **minutes).map(|(week, minutes)| (*week, *minutes))
    }

    /// Minutes that can be given in those days of a week that the year has.
    pub(super) fn given(&self, week: Week) -> u64 {
        self.given.get(&week).map_or(0, |given| given.minutes() as u64)
    }

    /// Minutes that can be given in the whole year.
    pub(super) fn given_in_all(&self) -> u64 {
        self.capacity.minutes() as u64
    }

    /// Whether a week asks more than can be given in it. One of which the year has a part alone is not judged.
    pub(super) fn is_over(&self, week: Week) -> bool {
        let is_whole = self.whole.0 <= week.from() && week.to() <= self.whole.1;
        is_whole && self.given.get(&week).is_some_and(|given| !given.holds(self.of(week)))
    }

    pub(super) fn weeks_over(&self) -> usize {
        self.by_week.keys().filter(|week| self.is_over(**week)).count()
    }
}

/// What is withdrawn or excused asks for no time.
fn asks_time(entry: &Entry) -> bool {
    !matches!(entry.state, Some(State::Withdrawn | State::Excused))
}

/// `14.5`, `20`.
pub(super) fn hours(minutes: u64) -> String {
    let text = tenths(minutes);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// `45 min`, `1.5 h`, `16 h`.
pub(super) fn duration(minutes: u32) -> String {
    if minutes.is_multiple_of(30) && minutes > 30 {
        format!("{} h", hours(u64::from(minutes)))
    } else {
        format!("{minutes} min")
    }
}

/// `14.5`, `20.0`: to stand under each other.
pub(super) fn tenths(minutes: u64) -> String {
    let tenths = (minutes + 3) / 6;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A bar as wide as a week is full, with a line where the capacity ends, told apart beyond it where that is `over`; `most` fills it.
pub(super) fn bar(minutes: u64, capacity: u64, over: bool, most: u64) -> Markup {
    let share = |part: u64| part.saturating_mul(100).checked_div(most).unwrap_or(0).min(100);
    html! {
        svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect class="room" width="100" height="10" {}
            rect class="load" width=(share(if over { capacity } else { minutes })) height="10" {}
            @if over {
                rect class="over" x=(share(capacity)) width=(share(minutes) - share(capacity)) height="10" {}
            }
            line class="cap" x1=(share(capacity)) x2=(share(capacity)) y1="0" y2="10" {}
        }
    }
}
