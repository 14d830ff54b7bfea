//! What is asked and what can be given, week by week, month by month, quarter by quarter and year by year.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::Asked;
use crate::process::{Activity, ActivityKey, Calendar};

/// Into how many parts a minute of capacity is cut: divides evenly by every length that a workweek can have.
const PARTS: u64 = 420;

/// Time that a manager can give, exact also where a week's hours are shared out over three or seven workdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Capacity {
    parts: u64,
}

impl Capacity {
    /// The share of one workday in a week's `minutes`.
    pub fn of_a_workday(minutes: u32, calendar: &Calendar) -> Capacity {
        let workdays = calendar.workweek.len().max(1) as u64;
        Capacity { parts: u64::from(minutes) * PARTS / workdays }
    }

    /// As minutes.
    pub fn minutes(self) -> f64 {
        self.parts as f64 / PARTS as f64
    }

    /// Whether so many minutes fit.
    pub fn holds(self, minutes: u64) -> bool {
        minutes * PARTS <= self.parts
    }

    /// The whole minutes that don't fit: 0 where all do.
    pub fn lacks(self, minutes: u64) -> u64 {
        (minutes * PARTS).saturating_sub(self.parts).div_ceil(PARTS)
    }
}

impl AddAssign for Capacity {
    fn add_assign(&mut self, other: Capacity) {
        self.parts += other.parts;
    }
}

/// What an average is taken over, and by what a range is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From Monday.
    Week,
    /// Of the calendar.
    Month,
    /// Of the fiscal year.
    Quarter,
    /// The fiscal one.
    Year,
}

impl Period {
    /// The shortest first.
    pub const ALL: [Period; 4] = [Period::Week, Period::Month, Period::Quarter, Period::Year];

    /// Its average length in the Gregorian calendar.
    pub(super) fn days(self) -> f64 {
        const YEAR: f64 = 365.2425;
        match self {
            Period::Week => 7.0,
            Period::Month => YEAR / 12.0,
            Period::Quarter => YEAR / 4.0,
            Period::Year => YEAR,
        }
    }

    /// The first day of the one that holds `date`, where the fiscal year begins in month `fiscal_year_starts` (1-12).
    pub fn first(self, date: Date, fiscal_year_starts: i8) -> Date {
        let months_back = |length: i8| i32::from((date.month() - fiscal_year_starts).rem_euclid(length));
        let back = |span: Span, day: Date| day.checked_sub(span).unwrap_or(day);
        match self {
            Period::Week => monday_of(date),
            Period::Month => date.first_of_month(),
            Period::Quarter => back(months_back(3).months(), date.first_of_month()),
            Period::Year => back(months_back(12).months(), date.first_of_month()),
        }
    }

    /// How many days the one has that begins at `first`.
    fn length(self, first: Date) -> u32 {
        let span = match self {
            Period::Week => 7.days(),
            Period::Month => 1.month(),
            Period::Quarter => 3.months(),
            Period::Year => 1.year(),
        };
        let next = first.checked_add(span).unwrap_or(first);
        u32::try_from(first.duration_until(next).as_hours() / 24).unwrap_or(0)
    }
}

/// One week, month, quarter or year of a range.
#[derive(Debug, Clone)]
pub struct Stretch<'a> {
    /// Which of them.
    pub period: Period,
    /// Its own first day, which may lie before the range.
    pub begins: Date,
    /// The first of its days in the range.
    pub first: Date,
    /// The last of its days in the range.
    pub last: Date,
    /// How many of its days are in the range.
    pub days: u32,
    /// What falls due in these days.
    pub asked: Asked,
    /// What can be given in these days.
    pub capacity: Capacity,
    by_activity: BTreeMap<&'a ActivityKey, (&'a Activity, u64)>,
}

impl<'a> Stretch<'a> {
    /// Whether all of its days are in the range.
    pub fn is_whole(&self) -> bool {
        self.days == self.period.length(self.begins)
    }

    /// What makes it heavy: the activities with their minutes, the longest first.
    pub fn activities(&self) -> Vec<(&'a Activity, u64)> {
        let mut lines: Vec<_> = self.by_activity.values().copied().collect();
        lines.sort_by_key(|(activity, minutes)| (Reverse(*minutes), &activity.key));
        lines
    }
}

/// A range cut by each [`Period`].
#[derive(Debug, Clone, Default)]
pub struct Stretches<'a> {
    weeks: BTreeMap<Date, Stretch<'a>>,
    months: BTreeMap<Date, Stretch<'a>>,
    quarters: BTreeMap<Date, Stretch<'a>>,
    years: BTreeMap<Date, Stretch<'a>>,
}

impl<'a> Stretches<'a> {
    /// Those of one period, in order.
    pub fn of(&self, period: Period) -> impl Iterator<Item = &Stretch<'a>> {
        match period {
            Period::Week => &self.weeks,
            Period::Month => &self.months,
            Period::Quarter => &self.quarters,
            Period::Year => &self.years,
        }
        .values()
    }

    fn of_mut(&mut self, period: Period) -> &mut BTreeMap<Date, Stretch<'a>> {
        match period {
            Period::Week => &mut self.weeks,
            Period::Month => &mut self.months,
            Period::Quarter => &mut self.quarters,
            Period::Year => &mut self.years,
        }
    }

    /// A day of the range, and what can be given on it. Days come in order, before what falls due on them.
    pub(super) fn add_day(&mut self, date: Date, fiscal_year_starts: i8, given: Capacity) {
        for period in Period::ALL {
            let begins = period.first(date, fiscal_year_starts);
            let new = || Stretch {
                period,
                begins,
                first: date,
                last: date,
                days: 0,
                asked: Asked::default(),
                capacity: Capacity::default(),
                by_activity: BTreeMap::new(),
            };
            let stretch = self.of_mut(period).entry(begins).or_insert_with(new);
            stretch.last = date;
            stretch.days += 1;
            stretch.capacity += given;
        }
    }

    /// Something that falls due on a day of the range.
    pub(super) fn add(&mut self, date: Date, fiscal_year_starts: i8, activity: &'a Activity) {
        for period in Period::ALL {
            let begins = period.first(date, fiscal_year_starts);
            if let Some(stretch) = self.of_mut(period).get_mut(&begins) {
                stretch.asked.add(activity);
                let line = stretch.by_activity.entry(&activity.key).or_insert((activity, 0));
                line.1 += u64::from(activity.minutes);
            }
        }
    }
}

/// The dates of `from..=to`.
pub fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day <= to)
}

/// The Monday of a date's ISO week.
pub(super) fn monday_of(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.checked_sub(Span::new().days(since)).unwrap_or(day)
}
