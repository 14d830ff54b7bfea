//! The time audit: hours that the process asks of each manager, against capacity.
//!
//! Everything is counted from the plan itself, holidays and spread slots included, so that what is shown is what a
//! manager will live through. Reading order: this file ([`load`]: what is asked), [`stretch`] (week by week, month by
//! month), [`change`] (what could be asked less), [`suggestions`] (the cheapest changes that would fit), [`mod@audit`] (all
//! of it for a team).

pub mod audit;
pub mod change;
pub mod stretch;
pub mod suggestions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::civil::Date;

use super::plan::{plan_activity, plan_manager};
use super::{Activity, ActivityKey, Manager, Per, Priority, Process, Rep, UserId};
pub use audit::{Audit, audit};
pub use stretch::{Capacity, Period, Stretch, Stretches};

/// One week in so many may ask more than the capacity before that is too many: a heavy one a month is life.
const ONE_WEEK_OVER_IN: usize = 4;

/// A range of dates (both inclusive, in each manager's zone) and the process that holds in it.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Part<'a> {
    pub process: &'a Process,
    pub from: Date,
    pub to: Date,
}

/// What is asked of one manager in a range of dates. All times are minutes.
#[derive(Debug, Clone)]
pub struct Load<'a> {
    /// Whose.
    pub manager: &'a Manager,
    /// Days of the range on which the manager takes part.
    pub days: u32,
    /// Minutes that the manager can give in a week without days off.
    pub full_week: u32,
    /// What the manager can give in the range, less for each day off.
    pub capacity: Capacity,
    /// Together.
    pub asked: Asked,
    /// Line by line, in the file's order, those that fall due in the range.
    pub activities: Vec<ActivityLoad<'a>>,
    /// Week by week, month by month …
    pub stretches: Stretches<'a>,
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

impl AddAssign for Asked {
    fn add_assign(&mut self, other: Asked) {
        self.must += other.must;
        self.nice += other.nice;
    }
}

/// What one activity asks.
#[derive(Debug, Clone, Copy)]
pub struct ActivityLoad<'a> {
    /// The line of the process, as it stands last in the range.
    pub activity: &'a Activity,
    /// How often it falls due in the range, every rep counted.
    pub occurrences: u64,
    /// Minutes in the range.
    pub minutes: u64,
}

/// What is asked of a manager in these parts of a range, which follow each other; `None` where no part knows them.
pub fn load<'a>(parts: &[Part<'a>], manager: &UserId) -> Option<Load<'a>> {
    let theirs: Vec<_> = parts.iter().filter_map(|part| Some((part, part.process.manager(manager)?))).collect();
    let (last, manager) = *theirs.last()?;
    let mut load = Load {
        manager,
        days: 0,
        full_week: full_week(last.process, manager),
        capacity: Capacity::default(),
        asked: Asked::default(),
        activities: vec![],
        stretches: Stretches::default(),
    };
    let mut by_key: BTreeMap<&ActivityKey, (u64, u64)> = BTreeMap::new();
    for (part, manager) in theirs.iter().copied() {
        let calendar = part.process.calendar_of(manager);
        let given = Capacity::of_a_workday(full_week(part.process, manager), &calendar);
        for date in stretch::days(part.from, part.to) {
            let given = if calendar.is_workday(date) { given } else { Capacity::default() };
            load.days += 1;
            load.capacity += given;
            load.stretches.add_day(date, calendar.fiscal_year_starts, given);
        }
        for planned in plan_manager(part.process, manager, part.from, part.to) {
            load.asked.add(planned.activity);
            load.stretches.add(planned.date, calendar.fiscal_year_starts, planned.activity);
            let line = by_key.entry(&planned.activity.key).or_default();
            *line = (line.0 + 1, line.1 + u64::from(planned.activity.minutes));
        }
    }
    for activity in theirs.iter().rev().flat_map(|(part, _)| &part.process.activities) {
        if let Some((occurrences, minutes)) = by_key.remove(&activity.key) {
            load.activities.push(ActivityLoad { activity, occurrences, minutes });
        }
    }
    Some(load)
}

/// The same for a process that stands alone.
pub fn load_alone<'a>(process: &'a Process, manager: &UserId, from: Date, to: Date) -> Option<Load<'a>> {
    load(&[Part { process, from, to }], manager)
}

/// These minutes of so many days, as the average of such a period. 0 where there are no days.
fn average(minutes: f64, days: u32, period: Period) -> f64 {
    if days == 0 { 0.0 } else { minutes * period.days() / f64::from(days) }
}

/// Minutes that a manager can give in a week without days off.
pub fn full_week(process: &Process, manager: &Manager) -> u32 {
    manager.capacity.unwrap_or(process.calendar.capacity)
}

/// Minutes that one more rep, at the next slot, would ask of a manager in `from..=to`.
pub fn additional_rep(process: &Process, manager: &Manager, from: Date, to: Date) -> u64 {
    let one_more = next_rep(manager);
    let theirs = Manager { reps: vec![one_more], ..manager.clone() };
    let calendar = process.calendar_of(manager);
    let per_rep = process.activities.iter().filter(|a| a.per == Per::Rep && a.is_held_by(&manager.slack));
    per_rep.flat_map(|activity| plan_activity(activity, &theirs, &calendar, from, to)).map(minutes_of).sum()
}

fn minutes_of(planned: super::plan::Planned<'_>) -> u64 {
    u64::from(planned.activity.minutes)
}

/// Whoever would come next in the file's list.
fn next_rep(manager: &Manager) -> Rep {
    let slot = u32::try_from(manager.reps.len()).unwrap_or(u32::MAX);
    Rep { slack: "an-additional-rep".into(), name: "An additional rep".to_owned(), slot, slot_given: false }
}

impl<'a> Load<'a> {
    /// These minutes of the whole range, as the average of such a period. 0 for an empty range.
    pub fn average(&self, minutes: f64, period: Period) -> f64 {
        average(minutes, self.days, period)
    }

    /// Minutes asked in an average week.
    pub fn a_week(&self) -> f64 {
        self.average(self.asked.total() as f64, Period::Week)
    }

    /// Minutes that the manager can give in an average week, days off taken out.
    pub fn capacity_a_week(&self) -> f64 {
        self.average(self.capacity.minutes(), Period::Week)
    }

    /// How much of the capacity is asked: 1.0 is all of it. `None` where there is no capacity.
    pub fn share(&self) -> Option<f64> {
        let capacity = self.capacity.minutes();
        (capacity > 0.0).then(|| self.asked.total() as f64 / capacity)
    }

    /// The ISO weeks that lie wholly in the range. What is judged week by week is judged by these: a range that begins on
    /// a Thursday knows nothing of that week's Monday.
    pub fn whole_weeks(&self) -> impl Iterator<Item = &Stretch<'a>> {
        self.stretches.of(Period::Week).filter(|week| week.is_whole())
    }

    /// The whole weeks that ask more than can be given in them.
    pub fn weeks_over(&self) -> impl Iterator<Item = &Stretch<'a>> {
        self.whole_weeks().filter(|week| !week.capacity.holds(week.asked.total()))
    }

    /// The whole weeks that ask most, the heaviest first (of equals the earlier), at most so many.
    pub fn heaviest_weeks(&self, most: usize) -> Vec<&Stretch<'a>> {
        let mut weeks: Vec<_> = self.whole_weeks().filter(|week| week.asked.total() > 0).collect();
        weeks.sort_by_key(|week| (std::cmp::Reverse(week.asked.total()), week.first));
        weeks.truncate(most);
        weeks
    }

    /// What makes a week heavy: its activities with their minutes, those first that take most beyond their average.
    pub fn what_makes_heavy(&self, week: &Stretch<'a>) -> Vec<(&'a Activity, u64)> {
        let mut lines = week.activities();
        let usual = |activity: &Activity| {
            let line = self.activities.iter().find(|line| line.activity.key == activity.key);
            line.map_or(0.0, |line| self.average(line.minutes as f64, Period::Week))
        };
        let beyond = |(activity, minutes): &(&Activity, u64)| *minutes as f64 - usual(activity);
        lines.sort_by(|a, b| beyond(b).total_cmp(&beyond(a)));
        lines
    }

    /// Whether more is asked than can be given: over the whole range, or in more than one week in four.
    pub fn is_over(&self) -> bool {
        !self.capacity.holds(self.asked.total()) || is_too_often(self.weeks_over().count(), self.whole_weeks().count())
    }
}

/// Whether `over` of so many whole weeks are too many to ask more than can be given.
fn is_too_often(over: usize, weeks: usize) -> bool {
    over * ONE_WEEK_OVER_IN > weeks
}
