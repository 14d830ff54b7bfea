//! The figures of `digest --format json`: INTERFACE §6, field by field, and nothing else.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Week;
use crate::process::{ActivityKey, Priority, UserId};
use crate::record::adherence::Figures;
use crate::record::{Entry, State};

/// The counts and rates of INTERFACE §6, as they stand in the JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(description = "Counts over occurrences, and the two rates: null where nothing is decided yet.")]
#[allow(missing_docs)]
pub struct Rates {
    pub expected: u64,
    pub open: u64,
    pub done_on_time: u64,
    pub done_late: u64,
    pub skipped: u64,
    pub missed: u64,
    pub excused: u64,
    pub adherence: Option<f64>,
    pub on_time_rate: Option<f64>,
}

impl From<Figures> for Rates {
    fn from(figures: Figures) -> Rates {
        let Figures { expected, open, done_on_time, done_late, skipped, missed, excused } = figures;
        Rates {
            expected,
            open,
            done_on_time,
            done_late,
            skipped,
            missed,
            excused,
            adherence: figures.adherence(),
            on_time_rate: figures.on_time_rate(),
        }
    }
}

impl Rates {
    /// The counts alone.
    pub fn figures(&self) -> Figures {
        let Rates { expected, open, done_on_time, done_late, skipped, missed, excused, .. } = *self;
        Figures { expected, open, done_on_time, done_late, skipped, missed, excused }
    }
}

/// One manager's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ManagerLine {
    pub manager: UserId,
    #[serde(flatten)]
    pub rates: Rates,
}

/// One activity's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ActivityLine {
    pub activity: ActivityKey,
    #[serde(flatten)]
    pub rates: Rates,
}

/// `digest --format json`, field by field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Digest {
    pub week: Week,
    pub from: Date,
    pub to: Date,
    #[serde(flatten)]
    pub rates: Rates,
    pub previous_adherence: Option<f64>,
    pub must: Rates,
    pub managers: Vec<ManagerLine>,
    pub activities: Vec<ActivityLine>,
}

impl Digest {
    /// The digest of `week` at `now`. `entries`: every occurrence due in it; `previous`: those of the week before.
    pub fn new(week: Week, entries: &[Entry], previous: &[Entry], now: Timestamp) -> Digest {
        Digest::of(week, &entries.iter().collect::<Vec<_>>(), &previous.iter().collect::<Vec<_>>(), now)
    }

    pub(super) fn of(week: Week, entries: &[&Entry], previous: &[&Entry], now: Timestamp) -> Digest {
        let all = || entries.iter().copied().filter(|entry| entry.occurrence.state(now) != State::Withdrawn);
        let (rates, must) = both(all(), now);
        let managers = tally(all(), |entry| &entry.occurrence.manager, now);
        let activities = tally(all(), |entry| &entry.occurrence.activity, now);
        Digest {
            week,
            from: week.from(),
            to: week.to(),
            rates,
            previous_adherence: both(previous.iter().copied(), now).0.adherence,
            must,
            managers: managers
                .into_iter()
                .map(|(manager, figures)| ManagerLine { manager: manager.clone(), rates: figures.into() })
                .collect(),
            activities: activities
                .into_iter()
                .map(|(activity, figures)| ActivityLine { activity: activity.clone(), rates: figures.into() })
                .collect(),
        }
    }
}

/// The figures over all of these, and over `must` alone.
pub fn both<'e>(entries: impl Iterator<Item = &'e Entry>, now: Timestamp) -> (Rates, Rates) {
    let by_priority = tally(entries, |entry| entry.activity.priority, now);
    let must = by_priority.get(&Priority::Must).copied().unwrap_or_default();
    let mut all = must;
    all += by_priority.get(&Priority::Nice).copied().unwrap_or_default();
    (all.into(), must.into())
}

/// The figures of groups. A group with nothing but planned ones is there, with nothing counted.
pub(super) fn tally<'e, K: Ord>(
    entries: impl Iterator<Item = &'e Entry>,
    group: impl Fn(&'e Entry) -> K,
    now: Timestamp,
) -> BTreeMap<K, Figures> {
    let mut groups: BTreeMap<K, Figures> = BTreeMap::new();
    for entry in entries {
        groups.entry(group(entry)).or_default().count(&entry.occurrence, now);
    }
    groups
}
