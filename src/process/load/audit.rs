//! The time audit of a team: everybody's load, what a rep more would cost, and what would fit.

use jiff::civil::Date;

use super::suggestions::{Suggestion, suggestions};
use super::{ActivityLoad, Asked, Load, Part, Period, additional_rep, load};
use crate::process::{ActivityKey, Process, UserId};

/// What a process asks of its managers in a range of dates.
#[derive(Debug)]
pub struct Audit<'a> {
    /// The process, as it stands last in the range.
    pub process: &'a Process,
    /// First date.
    pub from: Date,
    /// Last date.
    pub to: Date,
    /// A load for each manager: those of the process as it stands last in the file's order, then who has left.
    pub loads: Vec<Load<'a>>,
    /// By manager, as `loads`: minutes that one more rep would ask in the range.
    pub additional_rep: Vec<u64>,
    /// What would bring those who are over inside their capacity, by the process as it stands last.
    pub suggestions: Vec<Suggestion<'a>>,
}

/// The audit of these parts of a range, which follow each other; of one manager, or of all. `None` where there is no part.
pub fn audit<'a>(parts: &[Part<'a>], only: Option<&UserId>) -> Option<Audit<'a>> {
    let (first, last) = (parts.first()?, parts.last()?);
    let (process, from, to) = (last.process, first.from, last.to);
    let mut known: Vec<&UserId> = Vec::new();
    for manager in parts.iter().rev().flat_map(|part| &part.process.managers) {
        if !known.contains(&&manager.slack) && only.is_none_or(|only| manager.slack == *only) {
            known.push(&manager.slack);
        }
    }
    let loads: Vec<_> = known.iter().filter_map(|id| load(parts, id)).collect();
    let standing = [Part { process, from, to }];
    let suggestions = if parts.len() == 1 {
        suggestions(process, &loads, from, to)
    } else {
        let alone: Vec<_> = known.iter().filter_map(|id| load(&standing, id)).collect();
        suggestions(process, &alone, from, to)
    };
    let additional_rep = loads.iter().map(|load| additional_rep(process, load.manager, from, to)).collect();
    Some(Audit { process, from, to, loads, additional_rep, suggestions })
}

impl<'a> Audit<'a> {
    /// Minutes asked of everybody together.
    pub fn asked(&self) -> Asked {
        let mut sum = Asked::default();
        self.loads.iter().for_each(|load| sum += load.asked);
        sum
    }

    /// Everybody's average of such a period, summed. `minutes` says which minutes of a load are meant.
    pub fn average(&self, period: Period, minutes: impl Fn(&Load<'a>) -> f64) -> f64 {
        self.loads.iter().map(|load| load.average(minutes(load), period)).sum()
    }

    /// What an activity asks of everybody together in an average week, in minutes.
    pub fn a_week_of(&self, activity: &ActivityKey) -> f64 {
        self.average(Period::Week, |load| {
            let own = load.activities.iter().find(|line| line.activity.key == *activity);
            own.map_or(0.0, |line| line.minutes as f64)
        })
    }

    /// Who is asked more than they can give.
    pub fn over(&self) -> impl Iterator<Item = &Load<'a>> {
        self.loads.iter().filter(|load| load.is_over())
    }

    /// What each activity asks of everybody together, in the file's order.
    pub fn activities(&self) -> Vec<ActivityLoad<'a>> {
        let mut sums: Vec<ActivityLoad<'a>> = Vec::new();
        for line in self.loads.iter().flat_map(|load| &load.activities) {
            match sums.iter_mut().find(|sum| sum.activity.key == line.activity.key) {
                Some(sum) => {
                    sum.occurrences += line.occurrences;
                    sum.minutes += line.minutes;
                }
                None => sums.push(*line),
            }
        }
        let place = |line: &ActivityLoad<'_>| self.process.activities.iter().position(|a| a.key == line.activity.key);
        sums.sort_by_key(|line| place(line).unwrap_or(usize::MAX));
        sums
    }
}
