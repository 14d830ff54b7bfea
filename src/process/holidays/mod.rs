//! Days off: the `[[holiday]]` tables and the all-day events of iCalendar files.

pub mod ics;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::people::UserId;

/// A set of dates, each with its name and the managers it holds for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holidays {
    days: BTreeMap<Date, Vec<Holiday>>,
    /// The first and the last of days off that follow each other, so that a year off is passed over in one step.
    runs: BTreeMap<Date, Date>,
}

/// One day off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// As shown to people, where it has a name.
    pub name: Option<String>,
    /// Whose; `None`: everybody's.
    pub managers: Option<Vec<UserId>>,
}

impl Holidays {
    /// Adds a day off. One of the same date and name is widened to these managers too.
    pub fn add(&mut self, date: Date, holiday: Holiday) {
        self.lengthen(date);
        let same_day = self.days.entry(date).or_default();
        match same_day.iter_mut().find(|known| known.name == holiday.name) {
            Some(known) => known.managers = widened(known.managers.take(), holiday.managers),
            None => same_day.push(holiday),
        }
    }

    /// Joins a date to the runs beside it.
    fn lengthen(&mut self, date: Date) {
        if self.run(date).is_some() {
            return;
        }
        let (mut first, mut last) = (date, date);
        if let Some((before, _)) = date.yesterday().ok().and_then(|yesterday| self.run(yesterday)) {
            first = before;
        }
        if let Some(after) = date.tomorrow().ok().and_then(|tomorrow| self.runs.remove(&tomorrow)) {
            last = after;
        }
        self.runs.insert(first, last);
    }

    /// The first and the last of the days off that follow each other around this one; `None` where it is none.
    pub fn run(&self, date: Date) -> Option<(Date, Date)> {
        let (first, last) = self.runs.range(..=date).next_back()?;
        (date <= *last).then_some((*first, *last))
    }

    /// Whether the date is a day off.
    pub fn contains(&self, date: Date) -> bool {
        self.days.contains_key(&date)
    }

    /// The name of the day off, if it is one and has one.
    pub fn name(&self, date: Date) -> Option<&str> {
        self.days.get(&date)?.iter().find_map(|holiday| holiday.name.as_deref())
    }

    /// Every day off in order of date.
    pub fn iter(&self) -> impl Iterator<Item = (Date, &Holiday)> {
        self.days.iter().flat_map(|(date, holidays)| holidays.iter().map(move |holiday| (*date, holiday)))
    }

    /// Those that hold for this manager.
    pub fn for_manager(&self, manager: &UserId) -> Holidays {
        let mut own = Holidays::default();
        for (date, holiday) in self.iter() {
            if holiday.managers.as_ref().is_none_or(|some| some.contains(manager)) {
                own.add(date, holiday.clone());
            }
        }
        own
    }

    /// Both together.
    pub fn union(&self, other: &Holidays) -> Holidays {
        let mut both = self.clone();
        for (date, holiday) in other.iter() {
            both.add(date, holiday.clone());
        }
        both
    }
}

/// The managers of both; everybody where one of them is for everybody.
fn widened(known: Option<Vec<UserId>>, more: Option<Vec<UserId>>) -> Option<Vec<UserId>> {
    let mut all = known?;
    for manager in more? {
        if !all.contains(&manager) {
            all.push(manager);
        }
    }
    Some(all)
}
