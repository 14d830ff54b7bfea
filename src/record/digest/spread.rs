//! How far the managers are apart, activity by activity: a process holds only where this is narrow.
//!
//! ```text
//! over the four weeks that end with the digest's, for each activity:
//! share of a manager = done of decided, as in INTERFACE §6; only managers with something decided
//! lowest, median, highest share; told from three managers on, where lowest and highest have at least three decided each
//! ```
//!
//! Below three decided a share is luck: *lowest 0 of 1, highest 1 of 1* says nothing of a process. Four weeks, because a weekly activity falls due once in one: a manager would stand at nothing or at everything. The
//! median of an even number is the lower of the two in the middle, so that each of the three is somebody's own figure and
//! stands with its counts.
//!
//! A worked example: the pipeline review fell due four times for each of four managers. Done were 4 of 4, 4 of 4, 3 of 4 and
//! 1 of 4: lowest 1 of 4, median 3 of 4, highest 4 of 4. The team's 12 of 16 (75%) alone would have hidden it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figures::tally;
use super::{Material, material};
use crate::process::{ActivityKey, UserId};
use crate::record::Entry;
use crate::record::adherence::{self, Figures};

/// Done of decided: a rate that keeps its counts. Ordered by the rate, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Done, on time or late.
    pub done: u64,
    /// Decided; never 0.
    pub decided: u64,
}

impl Share {
    /// Of these figures; `None` where nothing is decided.
    pub fn of(figures: &Figures) -> Option<Share> {
        (figures.decided() > 0).then(|| Share { done: figures.done(), decided: figures.decided() })
    }

    /// Unrounded, 0 to 1.
    pub fn rate(self) -> f64 {
        self.done as f64 / self.decided.max(1) as f64
    }

    /// `7 of 8 (88%)`; counts alone below five decided.
    pub fn in_words(self) -> String {
        adherence::in_words(self.done, self.decided)
    }

    /// Lowest, middle (the lower of two) and highest of these.
    pub(super) fn three(mut shares: Vec<Share>) -> Option<[Share; 3]> {
        shares.sort();
        let middle = shares.len().checked_sub(1)? / 2;
        Some([*shares.first()?, shares[middle], *shares.last()?])
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Share) -> Ordering {
        let rates = (self.done * other.decided).cmp(&(other.done * self.decided));
        rates.then(self.decided.cmp(&other.decided))
    }
}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Share) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How far the managers are apart in one activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Spread {
    pub activity: ActivityKey,
    /// How many managers have something decided.
    pub managers: u64,
    pub lowest: Share,
    pub median: Share,
    pub highest: Share,
}

impl Spread {
    /// From so many managers on it is told: between two there is no middle, and each would know the other's.
    pub const MANAGERS: usize = 3;

    /// So many must be decided of the lowest and of the highest for it to be told.
    pub const DECIDED: u64 = 3;

    /// Each activity with enough managers over four weeks, in order of key.
    pub fn of(material: &Material<'_>) -> Vec<Spread> {
        Spread::over(material, material::MONTH)
    }

    /// The same over so many weeks.
    pub fn over(material: &Material<'_>, weeks: usize) -> Vec<Spread> {
        let pair = |entry: &Entry| (entry.occurrence.activity.clone(), entry.occurrence.manager.clone());
        let mut shares: BTreeMap<ActivityKey, Vec<Share>> = BTreeMap::new();
        let tallied: BTreeMap<(ActivityKey, UserId), Figures> =
            tally(material.due(weeks, material.week), pair, material.now);
        for ((activity, _), figures) in &tallied {
            if let Some(share) = Share::of(figures) {
                shares.entry(activity.clone()).or_default().push(share);
            }
        }
        let line = |(activity, shares): (ActivityKey, Vec<Share>)| {
            let managers = shares.len();
            let [lowest, median, highest] = Share::three(shares).filter(|_| managers >= Spread::MANAGERS)?;
            let is_telling = lowest.decided.min(highest.decided) >= Spread::DECIDED;
            is_telling.then_some(Spread { activity, managers: managers as u64, lowest, median, highest })
        };
        shares.into_iter().filter_map(line).collect()
    }
}
