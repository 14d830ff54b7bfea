//! The quarter that ends with a week, manager by manager and week by week: what a leader's page shows.
//!
//! No figure here is defined here: the weeks' counts are those of INTERFACE §6 ([`super::figures`]) over `must`, as in the
//! headline and the chart; beside them stand [`Excused`], [`Spread`] and [`Coverage`], each as the digest tells it. The spread
//! is over the whole quarter, so that what falls due once a month has one too.
//!
//! A worked example: in week 50 Ana was asked five must-dos, of which four were done and one is open still: her cell says 4 of
//! 4 and one open. In week 51 she is away: nothing decided, five excused, and no shade.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::figures::{both, tally};
use super::story::grouped;
use super::weeks::is_must;
use super::{Coverage, Excused, Material, Spread, Week, material};
use crate::process::{ActivityKey, UserId};
use crate::record::Entry;
use crate::record::adherence::Figures;

/// Thirteen weeks of one manager, or of everybody together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarterFigures {
    /// Over `must` alone, week by week, the oldest first.
    pub by_week: Vec<Figures>,
    /// Over `must` alone, in all.
    pub must: Figures,
    /// With the nice-to-haves.
    pub all: Figures,
    /// How much was excused, of all that was called for.
    pub excused: Excused,
}

/// One manager's quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagerQuarter {
    /// Who.
    pub manager: UserId,
    /// What they are called; the id where nobody knows.
    pub name: String,
    /// Whether they take part in the last of the weeks.
    pub in_seat: bool,
    /// The figures.
    pub figures: QuarterFigures,
    /// Whom of their reps they reached in the last four weeks; `None` where nothing is held per rep.
    pub coverage: Option<Coverage>,
}

/// One activity's quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityQuarter {
    /// Which.
    pub activity: ActivityKey,
    /// Its newest title.
    pub title: String,
    /// Over everybody.
    pub figures: Figures,
    /// How much of it was excused.
    pub excused: Excused,
    /// How far the managers are apart; `None` where too little is decided to say.
    pub spread: Option<Spread>,
}

/// The quarter of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarter {
    /// The weeks, the oldest first.
    pub weeks: Vec<Week>,
    /// The instant at which it is told.
    pub now: Timestamp,
    /// Everybody together.
    pub team: QuarterFigures,
    /// Who owed something or takes part, in order of name.
    pub managers: Vec<ManagerQuarter>,
    /// What was asked, in order of title.
    pub activities: Vec<ActivityQuarter>,
}

impl Quarter {
    /// The quarter that ends with the material's week; what falls due after it is not looked at.
    pub fn of(material: &Material<'_>, names: &BTreeMap<UserId, String>) -> Quarter {
        let weeks: Vec<Week> = (0..material::QUARTER).rev().map(|back| material.week.back(back)).collect();
        let due: Vec<&Entry> = material.due(material::QUARTER, material.week).collect();
        Quarter {
            now: material.now,
            team: QuarterFigures::of(&due, &weeks, material.now),
            managers: managers(material, &due, &weeks, names),
            activities: activities(material, &due),
            weeks,
        }
    }
}

impl QuarterFigures {
    fn of(entries: &[&Entry], weeks: &[Week], now: Timestamp) -> QuarterFigures {
        let all = || entries.iter().copied();
        let by_week = tally(all().filter(is_must), |entry| Week::of(entry.occurrence.date), now);
        let (every, must) = both(all(), now);
        QuarterFigures {
            by_week: weeks.iter().map(|week| by_week.get(week).copied().unwrap_or_default()).collect(),
            must: must.figures(),
            all: every.figures(),
            excused: Excused::of(all(), now),
        }
    }
}

fn managers(
    material: &Material<'_>,
    due: &[&Entry],
    weeks: &[Week],
    names: &BTreeMap<UserId, String>,
) -> Vec<ManagerQuarter> {
    let mut theirs = grouped(due, |entry| &entry.occurrence.manager);
    for seat in material.seats {
        theirs.entry(&seat.manager).or_default();
    }
    let mut coverage = Coverage::of(material);
    let line = |(manager, entries): (&UserId, Vec<&Entry>)| ManagerQuarter {
        manager: manager.clone(),
        name: names.get(manager).cloned().unwrap_or_else(|| manager.to_string()),
        in_seat: material.seats.iter().any(|seat| seat.manager == *manager),
        figures: QuarterFigures::of(&entries, weeks, material.now),
        coverage: coverage.remove(manager),
    };
    let mut lines: Vec<ManagerQuarter> = theirs.into_iter().map(line).collect();
    lines.sort_by_cached_key(|line| (line.name.to_lowercase(), line.manager.clone()));
    lines
}

fn activities(material: &Material<'_>, due: &[&Entry]) -> Vec<ActivityQuarter> {
    let titles = material.titles();
    let spread = Spread::over(material, material::QUARTER);
    let its = grouped(due, |entry| &entry.occurrence.activity);
    let line = |(activity, entries): (&ActivityKey, Vec<&Entry>)| ActivityQuarter {
        activity: activity.clone(),
        title: titles.get(activity).cloned().unwrap_or_else(|| activity.to_string()),
        figures: Figures::of(entries.iter().map(|entry| &entry.occurrence), material.now),
        excused: Excused::of(entries.iter().copied(), material.now),
        spread: spread.iter().find(|spread| spread.activity == *activity).cloned(),
    };
    let mut lines: Vec<ActivityQuarter> = its.into_iter().map(line).collect();
    lines.sort_by_cached_key(|line| (line.title.to_lowercase(), line.activity.clone()));
    lines
}
