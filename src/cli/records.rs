//! `onbeat records`

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::output::{print, print_csv, print_json, rfc3339, table, table_text};
use super::range::{Range, Wanted};
use super::{Opened, Outcome};
use crate::config::Settings;
use crate::engine::entries;
use crate::process::UserId;
use crate::record::digest::Week;
use crate::record::{Entry, Evidence, ResultWord, Verification};
use crate::store::OccurrenceQuery;

/// Print occurrences with what became of them (default: from four weeks back to the end of this week).
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat records --from 2026-12-07 --to 2026-12-13 --manager U0ANA --format json")]
pub(super) struct Words {
    #[command(flatten)]
    range: Range,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How records are printed.
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
    id: String,
    activity: String,
    title: String,
    manager: String,
    rep: Option<String>,
    due: String,
    closes: String,
    state: &'static str,
    on_time: Option<bool>,
    completed_at: Option<String>,
    completed_by: Option<String>,
    result: Option<ResultWord>,
    note: Option<String>,
    reason: Option<String>,
    evidence: Evidence,
    snoozed_until: Option<String>,
    snoozes: i64,
    nudges: i64,
    verification: Verification,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, words.range.clock).await?;
    let today = opened.now.to_zoned(TimeZone::UTC).date();
    let four_weeks_back = today.saturating_sub(Span::new().weeks(4));
    let Wanted { from, to, manager } =
        words.range.wanted(&opened.revisions, four_weeks_back, |from| Week::of(today).to().max(from))?;
    let query = OccurrenceQuery { manager, from: Some(from), to: Some(to), ..Default::default() };
    let found = entries(&opened.revisions, opened.store.occurrences(&query).await?);
    match words.format {
        Format::Json => print_json(&found.iter().map(|entry| row(entry, opened.now)).collect::<Vec<_>>()),
        Format::Csv => print_csv(CSV_HEAD, found.iter().map(|entry| cells(&row(entry, opened.now)))),
        Format::Table => print(&shown(&found, &opened)),
    }
}

fn row(entry: &Entry, now: Timestamp) -> Row {
    let occurrence = &entry.occurrence;
    let at = |instant: Timestamp| rfc3339(instant, &occurrence.zone);
    Row {
        id: occurrence.id.to_string(),
        activity: occurrence.activity.to_string(),
        title: entry.activity.title.clone(),
        manager: occurrence.manager.to_string(),
        rep: occurrence.rep.as_ref().map(UserId::to_string),
        due: at(occurrence.due),
        closes: at(occurrence.closes),
        state: occurrence.state(now).as_str(),
        on_time: occurrence.on_time(),
        completed_at: occurrence.completed_at.map(at),
        completed_by: occurrence.completed_by.as_ref().map(UserId::to_string),
        result: occurrence.outcome.result,
        note: occurrence.outcome.note.clone(),
        reason: occurrence.reason.clone(),
        evidence: occurrence.outcome.evidence.clone(),
        snoozed_until: occurrence.snoozed_until.map(at),
        snoozes: occurrence.snoozes,
        nudges: occurrence.nudges,
        verification: occurrence.verification,
    }
}

/// The keys of the JSON in its order, those of `evidence` one by one.
const CSV_HEAD: [&str; 20] = [
    "id",
    "activity",
    "title",
    "manager",
    "rep",
    "due",
    "closes",
    "state",
    "on_time",
    "completed_at",
    "completed_by",
    "result",
    "note",
    "reason",
    "evidence.link",
    "evidence.number",
    "snoozed_until",
    "snoozes",
    "nudges",
    "verification",
];

fn cells(row: &Row) -> [String; 20] {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    [
        row.id.clone(),
        row.activity.clone(),
        row.title.clone(),
        row.manager.clone(),
        text(&row.rep),
        row.due.clone(),
        row.closes.clone(),
        row.state.to_owned(),
        row.on_time.map_or_else(String::new, |on_time| on_time.to_string()),
        text(&row.completed_at),
        text(&row.completed_by),
        row.result.map_or_else(String::new, |result| result.as_str().to_owned()),
        text(&row.note),
        text(&row.reason),
        text(&row.evidence.link),
        row.evidence.number.as_ref().map_or_else(String::new, ToString::to_string),
        text(&row.snoozed_until),
        row.snoozes.to_string(),
        row.nudges.to_string(),
        row.verification.as_str().to_owned(),
    ]
}

fn shown(found: &[Entry], opened: &Opened) -> String {
    if found.is_empty() {
        return "Nothing on record in that range.\n".to_owned();
    }
    let mut table = table(&["due", "manager", "activity", "state", "what came of it"]);
    for entry in found {
        let occurrence = &entry.occurrence;
        let manager = opened.revisions.iter().rev().find_map(|r| r.process.manager(&occurrence.manager));
        let name = manager.map_or_else(|| occurrence.manager.to_string(), |manager| manager.name.clone());
        let due = occurrence.due.to_zoned(occurrence.zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string();
        table.add_row([due, name, entry.label(), state(entry, opened.now), what_came(entry)]);
    }
    table_text(&table)
}

fn state(entry: &Entry, now: Timestamp) -> String {
    match entry.occurrence.on_time() {
        Some(true) => "done, on time".to_owned(),
        Some(false) => "done, late".to_owned(),
        None => entry.occurrence.state(now).as_str().to_owned(),
    }
}

fn what_came(entry: &Entry) -> String {
    let occurrence = &entry.occurrence;
    let outcome = &occurrence.outcome;
    let number = outcome.evidence.number.as_ref().map(ToString::to_string);
    let result = outcome.result.map(|result| result.as_str().to_owned());
    let note = outcome.note.as_ref().map(|note| note.replace('\n', " "));
    let said = [result, number, outcome.evidence.link.clone(), note, occurrence.reason.clone()];
    said.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
