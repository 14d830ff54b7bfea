//! `onbeat plan`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::output::{print, print_csv, print_json, rfc3339, table, table_text};
use super::range::{Range, Wanted};
use super::{Opened, Outcome, files};
use crate::config::Settings;
use crate::process::Process;
use crate::process::plan::{Planned, plan, plan_manager};
use crate::process::revision::{Revision, Revisions};
use crate::record::digest::Week;

/// Print every occurrence in a range of dates (default: a year from today).
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  onbeat plan config/process.toml team.toml --from 2027-01-01 --to 2027-03-31 --format csv"
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
    #[default]
    Table,
    Json,
    Csv,
}

/// One occurrence, as INTERFACE §4 prints it.
#[derive(Serialize)]
struct Row {
    activity: String,
    title: String,
    manager: String,
    rep: Option<String>,
    due: String,
    closes: String,
    minutes: u32,
    #[serde(skip)]
    shown: Shown,
}

/// What the table says beside.
struct Shown {
    date: Date,
    time: String,
    manager: String,
    rep: String,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let (revisions, now) = if words.files.is_empty() {
        let opened = Opened::new(settings, words.range.clock).await?;
        opened.in_force()?;
        (opened.revisions, opened.now)
    } else {
        let now = super::now_beside(settings, words.range.clock).await;
        let process = files::read(&words.files, settings, now).await?;
        (alone(process, now).into(), now)
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let wanted = words.range.wanted(&revisions, today, |from| from.saturating_add(Span::new().years(1)))?;
    let rows = rows(&revisions, &wanted);
    match words.format {
        Format::Json => print_json(&rows),
        Format::Csv => print_csv(CSV_HEAD, rows.iter().map(cells)),
        Format::Table => print(&by_week(&rows)),
    }
}

/// Files stand for themselves: they show the whole range, whatever `effective` says.
pub(super) fn alone(process: Process, now: Timestamp) -> Revisions {
    Revisions::new(vec![Revision {
        number: 1,
        applied_at: now,
        effective: Date::MIN,
        in_slack: false,
        process: process.into(),
    }])
}

fn rows(revisions: &Revisions, wanted: &Wanted) -> Vec<Row> {
    let mut keyed = Vec::new();
    for (revision, from, to) in revisions.segments(wanted.from, wanted.to) {
        let process = &revision.process;
        let planned = match &wanted.manager {
            None => plan(process, from, to),
            Some(id) => process.manager(id).map(|manager| plan_manager(process, manager, from, to)).unwrap_or_default(),
        };
        keyed.extend(planned.into_iter().map(|planned| (planned.due.timestamp(), row(&planned))));
    }
    // A revision's last evening in one zone may lie after the next one's first morning in another.
    keyed.sort_by(|(a_due, a), (b_due, b)| {
        (a_due, &a.activity, &a.manager, &a.rep).cmp(&(b_due, &b.activity, &b.manager, &b.rep))
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

fn row(planned: &Planned<'_>) -> Row {
    let zone = planned.due.time_zone();
    Row {
        activity: planned.activity.key.to_string(),
        title: planned.activity.title.clone(),
        manager: planned.manager.slack.to_string(),
        rep: planned.rep.map(|rep| rep.slack.to_string()),
        due: rfc3339(planned.due.timestamp(), zone),
        closes: rfc3339(planned.closes.timestamp(), zone),
        minutes: planned.activity.minutes,
        shown: Shown {
            date: planned.date,
            time: planned.due.strftime("%a %d %b %H:%M").to_string(),
            manager: planned.manager.name.clone(),
            rep: planned.rep.map_or_else(String::new, |rep| rep.name.clone()),
        },
    }
}

const CSV_HEAD: [&str; 7] = ["activity", "title", "manager", "rep", "due", "closes", "minutes"];

fn cells(row: &Row) -> [String; 7] {
    let rep = row.rep.clone().unwrap_or_default();
    let Row { activity, title, manager, due, closes, minutes, .. } = row;
    [activity, title, manager, &rep, due, closes, &minutes.to_string()].map(String::clone)
}

fn by_week(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "Nothing falls due in that range.\n".to_owned();
    }
    let mut text = String::new();
    for week in rows.chunk_by(|a, b| Week::of(a.shown.date) == Week::of(b.shown.date)) {
        let minutes: u32 = week.iter().map(|row| row.minutes).sum();
        let hours = f64::from(minutes) / 60.0;
        let name = Week::of(week[0].shown.date);
        text += &format!("Week {name}, from {}: {} occurrences, {hours:.1} h\n", name.from(), week.len());
        let mut table = table(&["due", "min", "manager", "rep", "activity"]);
        for row in week {
            let minutes = row.minutes.to_string();
            table.add_row([&row.shown.time, &minutes, &row.shown.manager, &row.shown.rep, &row.title]);
        }
        text += &table_text(&table);
        text.push('\n');
    }
    text
}
