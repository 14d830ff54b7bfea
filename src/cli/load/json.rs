//! The time audit for programs. docs/load.md says what each key means; keys are only ever added.

use serde::Serialize;

use crate::process::load::change::Change;
use crate::process::load::suggestions::{self, Suggestion};
use crate::process::load::{ActivityLoad, Asked, Audit, Load, Period, Stretch};
use crate::process::{Activity, Priority};
use crate::record::digest::Week;

/// How many of the heaviest weeks are named.
pub(super) const HEAVIEST: usize = 5;

#[derive(Serialize)]
pub(super) struct Told {
    process: String,
    from: String,
    to: String,
    team: Team,
    managers: Vec<OfManager>,
    suggestions: Vec<Fit>,
}

#[derive(Serialize)]
struct Team {
    managers: usize,
    over: Vec<String>,
    minutes: Minutes,
    capacity_minutes: f64,
    average_hours: Averages,
    activities: Vec<Line>,
}

#[derive(Serialize)]
struct OfManager {
    manager: String,
    name: String,
    reps: usize,
    days: u32,
    capacity_minutes_a_full_week: u32,
    capacity_minutes: f64,
    minutes: Minutes,
    share: Option<f64>,
    over: bool,
    average_hours: Averages,
    weeks: usize,
    weeks_over: usize,
    heaviest_weeks: Vec<Piece>,
    additional_rep_minutes: u64,
    activities: Vec<Line>,
    by_week: Vec<Piece>,
    by_month: Vec<Piece>,
    by_quarter: Vec<Piece>,
    by_year: Vec<Piece>,
}

#[derive(Serialize)]
struct Minutes {
    must: u64,
    nice: u64,
    total: u64,
}

#[derive(Serialize)]
struct Averages {
    week: Average,
    month: Average,
    quarter: Average,
    year: Average,
}

#[derive(Serialize)]
struct Average {
    must: f64,
    nice: f64,
    total: f64,
    capacity: f64,
}

#[derive(Serialize)]
struct Line {
    activity: String,
    title: String,
    priority: &'static str,
    occurrences: u64,
    minutes: u64,
    hours_a_week: f64,
}

#[derive(Serialize)]
struct Piece {
    #[serde(skip_serializing_if = "Option::is_none")]
    week: Option<String>,
    from: String,
    to: String,
    whole: bool,
    minutes: Minutes,
    capacity_minutes: f64,
    activities: Vec<Share>,
}

#[derive(Serialize)]
struct Share {
    activity: String,
    minutes: u64,
}

#[derive(Serialize)]
struct Fit {
    managers: Vec<Relief>,
    fits: bool,
    changes: Vec<Suggested>,
}

#[derive(Serialize)]
struct Relief {
    manager: String,
    days: u32,
    minutes_before: u64,
    minutes_after: u64,
}

#[derive(Serialize)]
struct Suggested {
    activity: String,
    title: String,
    change: &'static str,
    when: Option<String>,
    minutes: Option<u32>,
    frees_minutes: u64,
}

pub(super) fn told(audit: &Audit<'_>) -> Told {
    let capacity = audit.loads.iter().map(|load| load.capacity.minutes()).sum();
    let a_week = |line: &ActivityLoad<'_>| audit.a_week_of(&line.activity.key) / 60.0;
    Told {
        process: audit.process.name.clone(),
        from: audit.from.to_string(),
        to: audit.to.to_string(),
        team: Team {
            managers: audit.loads.len(),
            over: audit.over().map(|load| load.manager.slack.to_string()).collect(),
            minutes: audit.asked().into(),
            capacity_minutes: capacity,
            average_hours: Averages::new(&audit.loads),
            activities: audit.activities().iter().map(|line| Line::new(line, a_week(line))).collect(),
        },
        managers: audit.loads.iter().zip(&audit.additional_rep).map(|(load, rep)| of_manager(load, *rep)).collect(),
        suggestions: audit.suggestions.iter().map(fit).collect(),
    }
}

fn of_manager(load: &Load<'_>, additional_rep_minutes: u64) -> OfManager {
    let a_week = |line: &ActivityLoad<'_>| load.average(line.minutes as f64, Period::Week) / 60.0;
    let pieces = |period| load.stretches.of(period).map(piece).collect();
    OfManager {
        manager: load.manager.slack.to_string(),
        name: load.manager.name.clone(),
        reps: load.manager.reps.len(),
        days: load.days,
        capacity_minutes_a_full_week: load.full_week,
        capacity_minutes: load.capacity.minutes(),
        minutes: load.asked.into(),
        share: load.share(),
        over: load.is_over(),
        average_hours: Averages::new(std::slice::from_ref(load)),
        weeks: load.whole_weeks().count(),
        weeks_over: load.weeks_over().count(),
        heaviest_weeks: load.heaviest_weeks(HEAVIEST).into_iter().map(piece).collect(),
        additional_rep_minutes,
        activities: load.activities.iter().map(|line| Line::new(line, a_week(line))).collect(),
        by_week: pieces(Period::Week),
        by_month: pieces(Period::Month),
        by_quarter: pieces(Period::Quarter),
        by_year: pieces(Period::Year),
    }
}

fn piece(stretch: &Stretch<'_>) -> Piece {
    let week = match stretch.period {
        Period::Week => Some(Week::of(stretch.first).to_string()),
        Period::Month | Period::Quarter | Period::Year => None,
    };
    let share = |(activity, minutes): (&Activity, u64)| Share { activity: activity.key.to_string(), minutes };
    Piece {
        week,
        from: stretch.first.to_string(),
        to: stretch.last.to_string(),
        whole: stretch.is_whole(),
        minutes: stretch.asked.into(),
        capacity_minutes: stretch.capacity.minutes(),
        activities: stretch.activities().into_iter().map(share).collect(),
    }
}

fn fit(suggestion: &Suggestion<'_>) -> Fit {
    let relief = |relief: &suggestions::Relief<'_>| Relief {
        manager: relief.manager.slack.to_string(),
        days: relief.days,
        minutes_before: relief.before,
        minutes_after: relief.after,
    };
    let suggested = |suggested: &suggestions::Suggested<'_>| {
        let (change, when, minutes) = match &suggested.change {
            Change::Drop => ("drop", None, None),
            Change::LessOften(when) => ("less often", Some(when.to_string()), None),
            Change::Shorten(minutes) => ("shorten", None, Some(*minutes)),
        };
        Suggested {
            activity: suggested.activity.key.to_string(),
            title: suggested.activity.title.clone(),
            change,
            when,
            minutes,
            frees_minutes: suggested.frees,
        }
    };
    Fit {
        managers: suggestion.managers.iter().map(relief).collect(),
        fits: suggestion.fits(),
        changes: suggestion.changes.iter().map(suggested).collect(),
    }
}

impl From<Asked> for Minutes {
    fn from(asked: Asked) -> Minutes {
        Minutes { must: asked.must, nice: asked.nice, total: asked.total() }
    }
}

impl Averages {
    /// Summed load by load: who joined in the middle has fewer days to average over.
    fn new(loads: &[Load<'_>]) -> Averages {
        let of = |period| {
            let sum = |minutes: fn(&Load<'_>) -> f64| {
                loads.iter().map(|load| load.average(minutes(load), period)).sum::<f64>() / 60.0
            };
            Average {
                must: sum(|load| load.asked.must as f64),
                nice: sum(|load| load.asked.nice as f64),
                total: sum(|load| load.asked.total() as f64),
                capacity: sum(|load| load.capacity.minutes()),
            }
        };
        Averages {
            week: of(Period::Week),
            month: of(Period::Month),
            quarter: of(Period::Quarter),
            year: of(Period::Year),
        }
    }
}

impl Line {
    fn new(line: &ActivityLoad<'_>, hours_a_week: f64) -> Line {
        let priority = match line.activity.priority {
            Priority::Must => "must",
            Priority::Nice => "nice",
        };
        Line {
            activity: line.activity.key.to_string(),
            title: line.activity.title.clone(),
            priority,
            occurrences: line.occurrences,
            minutes: line.minutes,
            hours_a_week,
        }
    }
}
