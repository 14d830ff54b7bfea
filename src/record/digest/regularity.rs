//! Whether what recurs is done at its rhythm.
//!
//! Adherence counts a monthly review done on the 3rd and then on the 29th of the next month as twice done. This shows it:
//!
//! ```text
//! over the quarter that ends with the digest's week, for one manager and activity (rep by rep, where it is held per rep):
//! intended gap = the median of the days between the due dates called for, excused ones left out
//! actual gap   = the median of the days between the dates on which it was done
//! regularity   = actual gap / intended gap; null where fewer than three were done
//! ```
//!
//! 1 is the rhythm of the process, 2 is half as often, below 1 is done in bursts. Two on one day are 0 days apart. Where there
//! are several reps, each one's days between two done ones are divided by that rep's intended gap, and the median is taken over
//! all of them together: that is the same where there is one.
//!
//! A worked month: a review is due on four Mondays, 7 days apart, and was done on Monday the 5th, Friday the 16th, Monday the
//! 19th and Friday the 30th: on time each week, 4 of 4. The days between are 11, 3 and 11: 11 / 7 = 1.6. Done a day late each
//! time it would be 1. A quarter of a monthly thing has two gaps and tells little, a quarter of a weekly one tells a lot.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::coverage::{days_between, done_on};
use super::{Material, material};
use crate::process::{ActivityKey, UserId};
use crate::record::State;
use crate::record::adherence::ENOUGH;

/// How regularly one manager does one activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Regularity {
    /// Who.
    pub manager: UserId,
    /// What.
    pub activity: ActivityKey,
    /// How many were done in the quarter.
    pub done: u64,
    /// Median actual gap over intended gap, unrounded; `None` where fewer than three were done.
    pub ratio: Option<f64>,
}

impl Regularity {
    /// As many must be done before a rhythm shows.
    pub const ENOUGH: u64 = 3;

    /// In words, where it is out of rhythm: the usual gap is half as long again as meant or longer, or half as long or shorter.
    /// Between them lie a holiday and a busy week. Below five done a single miss would look like it.
    pub fn in_words(&self) -> Option<String> {
        match self.ratio.filter(|_| self.done >= ENOUGH)? {
            ratio if ratio >= 1.5 => Some(format!("the usual gap is {ratio:.1} times as long as meant")),
            ratio if ratio <= 0.5 => Some("done in bursts".to_owned()),
            _ => None,
        }
    }

    /// Each manager and activity of which anything was done in the quarter, in order of their ids.
    pub fn of(material: &Material<'_>) -> Vec<Regularity> {
        let mut series: BTreeMap<(&UserId, &ActivityKey), BTreeMap<Option<&UserId>, Series>> = BTreeMap::new();
        for entry in material.due(material::QUARTER, material.week) {
            let occurrence = &entry.occurrence;
            if occurrence.state(material.now) == State::Excused {
                continue;
            }
            let reps = series.entry((&occurrence.manager, &occurrence.activity)).or_default();
            let one = reps.entry(occurrence.rep.as_ref()).or_default();
            one.due.insert(occurrence.date);
            one.done.extend(done_on(occurrence));
        }
        let line = |((manager, activity), reps): (_, BTreeMap<_, Series>)| {
            let done: u64 = reps.values().map(|one| one.done.len() as u64).sum();
            let ratios = reps.into_values().flat_map(Series::ratios).collect();
            let ratio = median(ratios).filter(|_| done >= Regularity::ENOUGH);
            let (manager, activity) = (UserId::clone(manager), ActivityKey::clone(activity));
            (done > 0).then_some(Regularity { manager, activity, done, ratio })
        };
        series.into_iter().filter_map(line).collect()
    }
}

/// One activity of one manager, with one rep or none.
#[derive(Default)]
struct Series {
    due: BTreeSet<Date>,
    done: Vec<Date>,
}

impl Series {
    /// The days between each two done ones, as parts of the intended gap.
    fn ratios(mut self) -> Vec<f64> {
        self.done.sort();
        let due: Vec<Date> = self.due.into_iter().collect();
        match median(gaps(&due)) {
            Some(intended) => gaps(&self.done).into_iter().map(|gap| gap / intended).collect(),
            None => Vec::new(),
        }
    }
}

fn gaps(dates: &[Date]) -> Vec<f64> {
    dates.windows(2).map(|pair| days_between(pair[0], pair[1]) as f64).collect()
}

/// The middle one, or halfway between the two in the middle.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len() % 2 == 1 { upper } else { (values[values.len() / 2 - 1] + upper) / 2.0 })
}
