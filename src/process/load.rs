//! The time audit: hours that the process asks of each manager, against capacity.
//!
//! Everything is counted from the plan itself, holidays and spread slots included, so that what is shown is what a
//! manager will live through. Averages are over the days of the range asked for.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::plan::plan_manager;
use super::{Activity, Manager, Priority, Process};

/// What the process asks of one manager in a range of dates. All times are minutes.
#[derive(Debug, Clone)]
pub struct Load<'a> {
    /// Whose.
    pub manager: &'a Manager,
    /// Days in the range.
    pub days: u32,
    /// Minutes a week that the manager can give to the process.
    pub capacity: u32,
    /// Together.
    pub asked: Asked,
    /// Line by line, in the file's order, those that fall due in the range.
    pub activities: Vec<ActivityLoad<'a>>,
    /// Each ISO week in which something falls due, by its Monday; the first and the last may reach beyond the range.
    pub weeks: BTreeMap<Date, Asked>,
}

/// Minutes asked, the critical apart from the nice to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// Minutes of `must` activities.
    pub must: u64,
    /// Minutes of `nice` activities.
    pub nice: u64,
}

impl Asked {
    /// Minutes of both.
    pub fn total(self) -> u64 {
        self.must + self.nice
    }

    fn add(&mut self, activity: &Activity) {
        let minutes = u64::from(activity.minutes);
        match activity.priority {
            Priority::Must => self.must += minutes,
            Priority::Nice => self.nice += minutes,
        }
    }
}

/// What one activity asks of a manager.
#[derive(Debug, Clone, Copy)]
pub struct ActivityLoad<'a> {
    /// The line of the process.
    pub activity: &'a Activity,
    /// How often it falls due in the range, every rep counted.
    pub occurrences: u64,
    /// Minutes in the range.
    pub minutes: u64,
}

/// What an average is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Period {
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    /// Its average length in the Gregorian calendar.
    fn days(self) -> f64 {
        const YEAR: f64 = 365.2425;
        match self {
            Period::Week => 7.0,
            Period::Month => YEAR / 12.0,
            Period::Quarter => YEAR / 4.0,
            Period::Year => YEAR,
        }
    }
}

/// What `process` asks of `manager` in `from..=to` (final due dates, in the manager's zone); nothing where `from` is after `to`.
pub fn load<'a>(process: &'a Process, manager: &'a Manager, from: Date, to: Date) -> Load<'a> {
    let days = u32::try_from(from.duration_until(to).as_hours() / 24 + 1).unwrap_or(0);
    let capacity = manager.capacity.unwrap_or(process.calendar.capacity);
    let mut load =
        Load { manager, days, capacity, asked: Asked::default(), activities: vec![], weeks: BTreeMap::new() };
    let mut by_key: BTreeMap<_, u64> = BTreeMap::new();
    for planned in plan_manager(process, manager, from, to) {
        load.asked.add(planned.activity);
        load.weeks.entry(monday_of(planned.date)).or_default().add(planned.activity);
        *by_key.entry(&planned.activity.key).or_default() += 1;
    }
    let line = |activity: &'a Activity| {
        let occurrences = *by_key.get(&activity.key)?;
        Some(ActivityLoad { activity, occurrences, minutes: occurrences * u64::from(activity.minutes) })
    };
    load.activities = process.activities.iter().filter_map(line).collect();
    load
}

impl Load<'_> {
    /// These minutes of the whole range, as the average of such a period. 0 for an empty range.
    pub fn average(&self, minutes: u64, period: Period) -> f64 {
        if self.days == 0 { 0.0 } else { minutes as f64 * period.days() / f64::from(self.days) }
    }

    /// The minutes that the manager can give in such a period.
    pub fn capacity_of(&self, period: Period) -> f64 {
        f64::from(self.capacity) * period.days() / Period::Week.days()
    }

    /// How much of the capacity is asked on average: 1.0 is all of it. `None` where there is no capacity.
    pub fn share(&self) -> Option<f64> {
        let asked = self.average(self.asked.total(), Period::Week);
        (self.capacity > 0).then(|| asked / f64::from(self.capacity))
    }

    /// The ISO week that asks most, by its Monday; the first of several.
    pub fn heaviest_week(&self) -> Option<(Date, Asked)> {
        let by_weight = |(_, asked): &(&Date, &Asked)| asked.total();
        self.weeks.iter().rev().max_by_key(by_weight).map(|(monday, asked)| (*monday, *asked))
    }

    /// The ISO weeks, by their Mondays, that ask more than the capacity.
    pub fn weeks_over_capacity(&self) -> impl Iterator<Item = (Date, Asked)> {
        let over = |asked: &Asked| asked.total() > u64::from(self.capacity);
        self.weeks.iter().filter(move |(_, asked)| over(asked)).map(|(monday, asked)| (*monday, *asked))
    }
}

fn monday_of(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.checked_sub(Span::new().days(since)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Per;
    use crate::process::plan::tests::{activity, manager, process};
    use crate::process::recurrence::tests::day;

    fn sample() -> Process {
        let activities = vec![
            activity("meeting", "every Monday at 09:00", 60),
            Activity { per: Per::Rep, spread: true, ..activity("one-on-one", "every Tue at 10:00", 30) },
            Activity { priority: Priority::Nice, ..activity("scan", "every workday at 08:45", 10) },
            activity("yearly", "the first Monday of every July at 09:00", 960),
        ];
        process(activities, vec![manager("UANA", "America/Chicago", 4)])
    }

    #[test]
    fn minutes_are_counted_by_activity_week_and_priority() {
        let process = sample();
        let load = load(&process, &process.managers[0], day("2026-11-30"), day("2026-12-13"));
        assert_eq!((load.days, load.capacity), (14, 1200));
        assert_eq!(load.asked, Asked { must: 2 * 60 + 2 * 4 * 30, nice: 10 * 10 });
        let lines: Vec<_> =
            load.activities.iter().map(|l| (l.activity.key.as_str(), l.occurrences, l.minutes)).collect();
        assert_eq!(lines, [("meeting", 2, 120), ("one-on-one", 8, 240), ("scan", 10, 100)]);
        let week = Asked { must: 180, nice: 50 };
        assert_eq!(load.weeks.into_iter().collect::<Vec<_>>(), [(day("2026-11-30"), week), (day("2026-12-07"), week)]);
    }

    #[test]
    fn averages_stand_against_capacity() {
        let mut process = sample();
        process.managers[0].capacity = Some(115);
        let load = load(&process, &process.managers[0], day("2026-11-30"), day("2026-12-13"));
        let average = |period| load.average(load.asked.total(), period);
        assert_eq!(average(Period::Week), 230.0);
        assert!((average(Period::Year) - 230.0 * 365.2425 / 7.0).abs() < 1e-9);
        assert!((average(Period::Quarter) - 3.0 * average(Period::Month)).abs() < 1e-9);
        assert_eq!(load.capacity_of(Period::Week), 115.0);
        assert_eq!(load.share(), Some(2.0));
        assert_eq!(load.weeks_over_capacity().count(), 2);
    }

    #[test]
    fn the_heaviest_week_is_found() {
        let process = sample();
        let load = load(&process, &process.managers[0], day("2026-01-01"), day("2026-12-31"));
        assert_eq!(load.heaviest_week(), Some((day("2026-07-06"), Asked { must: 180 + 960, nice: 50 })));
        assert_eq!(load.weeks_over_capacity().count(), 0);
    }

    #[test]
    fn an_empty_range_asks_nothing() {
        let process = sample();
        let load = load(&process, &process.managers[0], day("2026-12-31"), day("2026-01-01"));
        assert_eq!((load.days, load.asked, load.heaviest_week()), (0, Asked::default(), None));
        assert_eq!(load.average(0, Period::Year), 0.0);
    }
}
