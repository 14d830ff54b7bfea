//! `onbeat plan`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_table::{ColumnConstraint, Width};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::output::{count, print, print_by, print_csv, rfc3339, table, table_text};
use super::range::{Range, Wanted};
use super::{Opened, Outcome, files};
use crate::config::Settings;
use crate::process::plan::{Planned, plan_manager, stream};
use crate::process::revision::{Revision, Revisions};
use crate::process::{Manager, Process, UserId};
use crate::record::Absence;
use crate::record::digest::Week;
use crate::year::{self, Entry, Year};

/// Print every occurrence in a range of dates (default: a year from today).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  onbeat plan config/process.toml team.toml --from 2027-01-01 --to 2027-03-31 --format csv\n  \
                  onbeat plan config/process.toml team.toml --manager U0ANA --format html > year.html"
)]
pub(super) struct Words {
    /// Process files, read as one; none: the process in force.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    range: Range,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Week by week, to read.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For a spreadsheet.
    Csv,
    /// For a calendar app.
    Ics,
    /// The year on a page, to look at and to print.
    Html,
}

/// One occurrence, as INTERFACE §4 prints it.
#[derive(Serialize)]
struct Row<'a> {
    activity: &'a str,
    title: &'a str,
    manager: &'a str,
    rep: Option<&'a str>,
    due: String,
    closes: String,
    minutes: u32,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let (revisions, away, now) = if words.files.is_empty() {
        let opened = Opened::new(settings, words.range.clock).await?;
        opened.in_force()?;
        (opened.revisions, opened.store.absences(None).await?, opened.now)
    } else {
        let now = super::now_beside(settings, words.range.clock).await;
        let process = files::read(&words.files, settings, now).await?;
        (alone(process, now).into(), Vec::new(), now)
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let wanted = words.range.planning(&revisions, today)?;
    let plan = planned(&revisions, &wanted);
    match words.format {
        Format::Json => print_by(|out| json(out, plan)),
        Format::Csv => print_csv(CSV_HEAD, plan.map(|planned| cells(&planned))),
        Format::Table => print(&by_week(plan)),
        Format::Ics => print(&calendar(&revisions, &wanted, plan, now)),
        Format::Html => print(&year::book(&years(&revisions, &wanted, plan, &away, now))),
    }
}

/// Files stand for themselves: they show the whole range, whatever `effective` says.
pub(super) fn alone(process: Process, now: Timestamp) -> Revisions {
    Revisions::new(vec![Revision {
        number: 1,
        applied_at: now,
        effective: Date::MIN,
        in_slack: false,
        by: None,
        process: process.into(),
    }])
}

/// What falls due, in order.
fn planned<'a>(revisions: &'a Revisions, wanted: &Wanted) -> Box<dyn Iterator<Item = Planned<'a>> + 'a> {
    let of = |(revision, from, to): (&'a Revision, Date, Date)| -> Box<dyn Iterator<Item = Planned<'a>> + 'a> {
        let process = &*revision.process;
        match &wanted.manager {
            None => Box::new(stream(process, from, to)),
            Some(id) => {
                let manager = process.manager(id).into_iter();
                Box::new(manager.flat_map(move |manager| plan_manager(process, manager, from, to)))
            }
        }
    };
    let mut segments = revisions.segments(wanted.from, wanted.to);
    if segments.len() == 1 {
        return of(segments.remove(0));
    }
    // A revision's last evening in one zone may lie after the next one's first morning in another.
    let mut all: Vec<_> = segments.into_iter().flat_map(of).collect();
    all.sort_by(Planned::in_order);
    Box::new(all.into_iter())
}

fn row<'a>(planned: &Planned<'a>) -> Row<'a> {
    let zone = planned.due.time_zone();
    Row {
        activity: planned.activity.key.as_str(),
        title: &planned.activity.title,
        manager: planned.manager.slack.as_str(),
        rep: planned.rep.map(|rep| rep.slack.as_str()),
        due: rfc3339(planned.due.timestamp(), zone),
        closes: rfc3339(planned.closes.timestamp(), zone),
        minutes: planned.activity.minutes,
    }
}

/// As `print_json` would, a row at a time.
fn json<'a>(out: &mut dyn std::io::Write, plan: impl Iterator<Item = Planned<'a>>) -> std::io::Result<()> {
    use serde::ser::{SerializeSeq, Serializer};
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    let mut rows = serializer.serialize_seq(None)?;
    plan.into_iter().try_for_each(|planned| rows.serialize_element(&row(&planned)))?;
    rows.end()?;
    writeln!(out)
}

/// What `--format json` has, then what a spreadsheet can sort and sum by.
const CSV_HEAD: [&str; 17] = [
    "activity",
    "title",
    "manager",
    "rep",
    "due",
    "closes",
    "minutes",
    "date",
    "weekday",
    "time",
    "time_zone",
    "closes_date",
    "closes_time",
    "manager_name",
    "rep_name",
    "category",
    "priority",
];

fn cells(planned: &Planned<'_>) -> [String; CSV_HEAD.len()] {
    let Row { activity, title, manager, rep, due, closes, minutes } = row(planned);
    let Planned { activity: line, due: at, closes: until, .. } = planned;
    [
        activity.to_owned(),
        title.to_owned(),
        manager.to_owned(),
        rep.unwrap_or_default().to_owned(),
        due,
        closes,
        minutes.to_string(),
        planned.date.to_string(),
        at.strftime("%a").to_string(),
        at.strftime("%H:%M").to_string(),
        at.time_zone().iana_name().unwrap_or("UTC").to_owned(),
        until.date().to_string(),
        until.strftime("%H:%M").to_string(),
        planned.manager.name.clone(),
        planned.rep.map(|rep| rep.name.clone()).unwrap_or_default(),
        line.category.as_str().to_owned(),
        line.priority.as_str().to_owned(),
    ]
}

fn by_week<'a>(plan: impl Iterator<Item = Planned<'a>>) -> String {
    // By the manager's own dates: a week begins in one zone while in another the last is not over.
    let mut weeks: BTreeMap<Week, Vec<Planned<'_>>> = BTreeMap::new();
    for planned in plan {
        weeks.entry(Week::of(planned.date)).or_default().push(planned);
    }
    if weeks.is_empty() {
        return "Nothing falls due in that range.\n".to_owned();
    }
    let zones: BTreeSet<_> = weeks.values().flatten().map(|planned| planned.due.time_zone().iana_name()).collect();
    let time = if zones.len() > 1 { "%a %d %b %H:%M %Z" } else { "%a %d %b %H:%M" };
    weeks.into_iter().map(|(week, planned)| week_text(week, &planned, time)).collect()
}

fn week_text(week: Week, planned: &[Planned<'_>], time: &str) -> String {
    let minutes: u64 = planned.iter().map(|planned| u64::from(planned.activity.minutes)).sum();
    let mut table = table(&["due", "min", "manager", "rep", "activity"]);
    for Planned { activity, manager, rep, due, .. } in planned {
        let (time, minutes) = (due.strftime(time).to_string(), activity.minutes.to_string());
        table.add_row([time.as_str(), &minutes, &manager.name, rep.map_or("", |rep| &rep.name), &activity.title]);
    }
    let at_most = |width| ColumnConstraint::UpperBoundary(Width::Fixed(width));
    let whole = ColumnConstraint::ContentWidth;
    table.set_constraints([whole, whole, at_most(24), at_most(24)]);
    let (occurrences, hours) = (count(planned.len(), "occurrence", "occurrences"), minutes as f64 / 60.0);
    format!("Week {week}, from {}: {occurrences}, {hours:.1} h\n{}\n", week.from(), table_text(&table))
}

fn calendar<'a>(
    revisions: &'a Revisions,
    wanted: &Wanted,
    plan: impl Iterator<Item = Planned<'a>>,
    now: Timestamp,
) -> String {
    let managers = managers(revisions, wanted);
    let process = managers.first().map_or("Onbeat", |(process, _)| &process.name);
    let entries: Vec<Entry> = plan.map(|planned| Entry::planned(&planned, now)).collect();
    let (name, names) = match &managers[..] {
        [(_, manager)] => (format!("{} – {process}", manager.name), BTreeMap::new()),
        several => {
            let names = several.iter().map(|(_, manager)| (manager.slack.clone(), manager.name.clone()));
            (process.to_owned(), names.collect())
        }
    };
    let zone = managers.first().map_or(TimeZone::UTC, |(_, manager)| manager.zone());
    year::ics(&year::IcsDocument { name, entries: &entries, zone: (&zone, now), names })
}

/// Who is wanted, each with the newest process of the range that knows them.
fn managers<'a>(revisions: &'a Revisions, wanted: &Wanted) -> Vec<(&'a Process, &'a Manager)> {
    let mut known: BTreeSet<&UserId> = BTreeSet::new();
    let segments = revisions.segments(wanted.from, wanted.to);
    let newest_first = segments.iter().rev().flat_map(|(revision, ..)| {
        let process = &*revision.process;
        process.managers.iter().map(move |manager| (process, manager))
    });
    let is_wanted = |manager: &Manager| wanted.manager.as_ref().is_none_or(|id| manager.slack == *id);
    newest_first.filter(|(_, manager)| is_wanted(manager) && known.insert(&manager.slack)).collect()
}

fn years<'a>(
    revisions: &'a Revisions,
    wanted: &Wanted,
    plan: impl Iterator<Item = Planned<'a>>,
    away: &[Absence],
    now: Timestamp,
) -> Vec<Year<'a>> {
    let mut entries: BTreeMap<UserId, Vec<Entry>> = BTreeMap::new();
    for planned in plan {
        entries.entry(planned.manager.slack.clone()).or_default().push(Entry::planned(&planned, now));
    }
    let of = |manager: &UserId| {
        let theirs = away.iter().filter(|absence| absence.manager == *manager);
        theirs.map(|absence| absence.days.first()..=absence.days.last()).collect()
    };
    let year = |(process, manager): (&'a Process, &'a Manager)| Year {
        process,
        manager,
        from: wanted.from,
        to: wanted.to,
        today: now.to_zoned(manager.zone()).date(),
        entries: entries.remove(&manager.slack).unwrap_or_default(),
        away: of(&manager.slack),
    };
    managers(revisions, wanted).into_iter().map(year).collect()
}
