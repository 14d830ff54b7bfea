//! `onbeat records`

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::output::{print, print_csv, print_json, table, table_text};
use super::range::{Range, Wanted};
use super::{Opened, Outcome};
use crate::config::Settings;
use crate::engine::entries;
use crate::record::Entry;
use crate::record::digest::Week;
use crate::record::row::Row;
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

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, words.range.clock).await?;
    let today = opened.now.to_zoned(TimeZone::UTC).date();
    let four_weeks_back = today.saturating_sub(Span::new().weeks(4));
    let Wanted { from, to, manager } =
        words.range.wanted(&opened.revisions, four_weeks_back, |from| Week::of(today).to().max(from))?;
    let query = OccurrenceQuery { manager, from: Some(from), to: Some(to), ..Default::default() };
    let found = entries(&opened.revisions, opened.store.occurrences(&query).await?);
    match words.format {
        Format::Json => print_json(&found.iter().map(|entry| Row::new(entry, opened.now)).collect::<Vec<_>>()),
        Format::Csv => print_csv(CSV_HEAD, found.iter().map(|entry| cells(&Row::new(entry, opened.now)))),
        Format::Table => print(&shown(&found, &opened)),
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
