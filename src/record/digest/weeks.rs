//! How the weeks go: the four-week mean that the newest final figure is held against, and the eight weeks of the chart.
//!
//! Both are of must-adherence, and both of *finished* weeks: those that were over when the digest was told.
//!
//! ```text
//! newest final = must-adherence of the digest's week where that is over, else of the week before
//! mean         = the mean of must-adherence in the four weeks before that one, of those in which nothing is open any more
//!                and at least five are decided
//! change       = newest final - mean; null where nothing is decided, something is open still, or there is no such week
//! ```
//!
//! A worked example: last week's final is 21 of 24 (88%). The four weeks before stood at 80%, 85%, 90%, and 2 of 3, which is
//! too few to rate: the mean of three weeks is 85%, the change +2.5 points.
//!
//! In the chart a week has a lowest, a middle (the lower of two) and a highest manager only where three or more have at least
//! five decided: it names nobody, and with fewer it would. The team's line needs five decided.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figures::tally;
use super::spread::Share;
use super::{Material, Spread, Week, material};
use crate::process::Priority;
use crate::record::Entry;
use crate::record::adherence::{ENOUGH, Figures};

/// How many weeks the chart shows.
pub const CHART: usize = 8;

/// The mean of the finals of some weeks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The week whose final is held against it.
    pub week: Week,
    /// How many of the four weeks before have a final with enough decided.
    pub weeks: u64,
    /// How many were decided in these.
    pub decided: u64,
    /// Their mean must-adherence, unrounded; `None` where there is no such week.
    pub adherence: Option<f64>,
    /// What the week's own is above (or, negative, below) the mean: 0.025 is two and a half points.
    pub change: Option<f64>,
}

impl Mean {
    /// For the newest finished week.
    pub fn of(material: &Material<'_>, so_far: bool) -> Mean {
        let week = newest_finished(material.week, so_far);
        let finals: Vec<Figures> = (1..=material::MONTH)
            .map(|back| must(material, week.back(back)))
            .filter(|figures| figures.open == 0 && figures.decided() >= ENOUGH)
            .collect();
        let rates: Vec<f64> = finals.iter().filter_map(Figures::adherence).collect();
        let adherence = (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64);
        let own = must(material, week);
        let own = own.adherence().filter(|_| own.open == 0);
        Mean {
            week,
            weeks: rates.len() as u64,
            decided: finals.iter().map(Figures::decided).sum(),
            adherence,
            change: own.zip(adherence).map(|(own, mean)| own - mean),
        }
    }

    /// As people read it: `+3 points`, `level`.
    pub fn change_in_words(&self) -> Option<String> {
        let points = (self.change? * 100.0).round() as i64;
        Some(match points {
            0 => "level".to_owned(),
            1 | -1 => format!("{points:+} point"),
            _ => format!("{points:+} points"),
        })
    }
}

/// A week of the chart: must-adherence, nobody named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartWeek {
    /// Which.
    pub week: Week,
    /// Everybody together; `None` below five decided.
    pub team: Option<Share>,
    /// The lowest manager; like the next two `None` where fewer than three have at least five decided.
    pub lowest: Option<Share>,
    /// The one in the middle.
    pub middle: Option<Share>,
    /// The highest.
    pub highest: Option<Share>,
}

impl ChartWeek {
    /// The eight weeks that end with the newest finished one, the oldest first.
    pub fn of(material: &Material<'_>, so_far: bool) -> Vec<ChartWeek> {
        let newest = newest_finished(material.week, so_far);
        (0..CHART).rev().map(|back| ChartWeek::of_one(material, newest.back(back))).collect()
    }

    fn of_one(material: &Material<'_>, week: Week) -> ChartWeek {
        let entries = material.due(1, week).filter(is_must);
        let managers = tally(entries, |entry| entry.occurrence.manager.clone(), material.now);
        let team = managers.values().fold(Figures::default(), |mut team, one| {
            team += *one;
            team
        });
        let rated = |figures: &Figures| Share::of(figures).filter(|share| share.decided >= ENOUGH);
        let shares: Vec<Share> = managers.values().filter_map(rated).collect();
        let three = if shares.len() >= Spread::MANAGERS { Share::three(shares) } else { None };
        let [lowest, middle, highest] = three.map_or([None; 3], |three| three.map(Some));
        ChartWeek { week, team: rated(&team), lowest, middle, highest }
    }
}

/// The digest's week where it is over, else the one before.
pub(super) fn newest_finished(week: Week, so_far: bool) -> Week {
    if so_far { week.before() } else { week }
}

/// Whether it is a `must`.
pub(super) fn is_must(entry: &&Entry) -> bool {
    entry.activity.priority == Priority::Must
}

fn must(material: &Material<'_>, week: Week) -> Figures {
    let mut figures: BTreeMap<(), Figures> = tally(material.due(1, week).filter(is_must), |_| (), material.now);
    figures.remove(&()).unwrap_or_default()
}
