//! `onbeat history`

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::output::{count, print, print_json, rfc3339, table, table_text};
use super::range::date;
use super::{Failure, Opened, Outcome};
use crate::config::Settings;
use crate::process::revision::{Revision, Revisions};
use crate::process::{Process, UserId};
use crate::record::digest::Week;
use crate::record::{Occurrence, OccurrenceId};
use crate::store::{LogEntry, OccurrenceQuery};

/// Tell who changed what, and when: the revisions of the process in words, and what was recorded (never a note), the newest
/// first. What people recorded is counted by the week unless --all is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onbeat history --from 2026-10-01\n  onbeat history --revision 7\n\n\
    Times and dates are in the time zone of [digest], UTC where it has none.")]
pub(super) struct Words {
    /// First day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<Date>,
    /// Last day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<Date>,
    /// Only this revision.
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "to", "all"])]
    revision: Option<i64>,
    /// Each thing that somebody recorded, not only how many a week.
    #[arg(long)]
    all: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Table,
    Json,
}

/// One line of the history, as `--format json` prints it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Event {
    /// The process changed.
    Revision {
        at: String,
        by: Option<String>,
        #[serde(rename = "where")]
        place: &'static str,
        revision: i64,
        effective: Date,
        changes: Vec<String>,
    },
    /// Somebody recorded something.
    Record {
        at: String,
        by: Option<String>,
        action: String,
        occurrence: Option<String>,
        activity: Option<String>,
        title: Option<String>,
        manager: Option<UserId>,
        rep: Option<UserId>,
        due: Option<Date>,
    },
    /// How often what was recorded in a week, and by how many.
    Records { at: String, week: String, people: usize, counts: BTreeMap<String, usize> },
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let zone = zone(&opened.in_force()?.process);
    if let (Some(from), Some(to)) = (words.from, words.to)
        && from > to
    {
        return Err(Failure::wrong(format!("--from {from} lies after --to {to}")));
    }
    let revisions = &*opened.revisions;
    let told = match words.revision {
        Some(number) => vec![(Timestamp::MIN, revision(revisions, opened.revision(number)?, &zone))],
        None => events(&words, &opened, &zone).await?,
    };
    opened.store.close().await;
    let told: Vec<Event> = told.into_iter().map(|(_, event)| event).collect();
    match words.format {
        Format::Json => print_json(&told),
        Format::Table if told.is_empty() => print("Nothing happened in that time.\n"),
        Format::Table => print(&shown(&told, revisions, &zone)),
    }
}

/// By whose clock the history is told.
fn zone(process: &Process) -> TimeZone {
    process.digest.time_zone.clone().unwrap_or(TimeZone::UTC)
}

/// Everything in the range, the newest first.
async fn events(words: &Words, opened: &Opened, zone: &TimeZone) -> Result<Vec<(Timestamp, Event)>, Failure> {
    let midnight = |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp()).ok();
    let from = words.from.and_then(midnight);
    let until = words.to.and_then(|to| to.tomorrow().ok()).and_then(midnight);
    let in_range = |at: Timestamp| from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until);
    let revisions = &*opened.revisions;
    let applied = revisions.iter().filter(|one| in_range(one.applied_at));
    let mut told: Vec<_> = applied.map(|one| (one.applied_at, revision(revisions, one, zone))).collect();
    let mut log = opened.store.log(from, until).await?;
    log.retain(|entry| entry.revision.is_none());
    if words.all {
        let rows = rows(opened, &log).await?;
        told.extend(log.into_iter().map(|entry| (entry.at, record(revisions, entry, &rows, zone))));
    } else {
        told.extend(folded(&log, zone));
    }
    // Of what happened in one second, the later stays above the earlier.
    told.sort_by_key(|(at, _)| *at);
    told.reverse();
    Ok(told)
}

fn revision(revisions: &Revisions, revision: &Revision, zone: &TimeZone) -> Event {
    Event::Revision {
        at: rfc3339(revision.applied_at, zone),
        by: revision.by.clone(),
        place: if revision.in_slack { SLACK } else { COMMAND_LINE },
        revision: revision.number,
        effective: revision.effective,
        changes: revisions.story(revision),
    }
}

const SLACK: &str = "Slack";
const COMMAND_LINE: &str = "command line";

/// The occurrences that the log speaks of.
async fn rows(opened: &Opened, log: &[LogEntry]) -> Result<BTreeMap<OccurrenceId, Occurrence>, Failure> {
    let ids: BTreeSet<_> = log.iter().filter_map(|entry| entry.occurrence.clone()).collect();
    let query = OccurrenceQuery { ids: Some(ids.into_iter().collect()), ..Default::default() };
    let rows = opened.store.occurrences(&query).await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}

fn record(revisions: &Revisions, entry: LogEntry, rows: &BTreeMap<OccurrenceId, Occurrence>, zone: &TimeZone) -> Event {
    let row = entry.occurrence.as_ref().and_then(|id| rows.get(id));
    let activity = row.and_then(|row| revisions.get(row.revision)?.process.activity(&row.activity));
    Event::Record {
        at: rfc3339(entry.at, zone),
        by: entry.who,
        action: entry.what,
        activity: row.map(|row| row.activity.to_string()),
        title: activity.map(|activity| activity.title.clone()),
        manager: row.map(|row| row.manager.clone()),
        rep: row.and_then(|row| row.rep.clone()),
        due: row.map(|row| row.date),
        occurrence: entry.occurrence.map(|id| id.0),
    }
}

/// A line for each week in which somebody recorded something, at its last instant.
fn folded(log: &[LogEntry], zone: &TimeZone) -> Vec<(Timestamp, Event)> {
    let week = |entry: &LogEntry| Week::of(entry.at.to_zoned(zone.clone()).date());
    let fold = |entries: &[LogEntry]| {
        let last = entries.last()?;
        let people: BTreeSet<_> = entries.iter().filter_map(|entry| entry.who.as_deref()).collect();
        let mut counts = BTreeMap::new();
        for entry in entries {
            *counts.entry(entry.what.clone()).or_default() += 1;
        }
        let (at, week) = (rfc3339(last.at, zone), week(last).to_string());
        Some((last.at, Event::Records { at, week, people: people.len(), counts }))
    };
    log.chunk_by(|a, b| week(a) == week(b)).filter_map(fold).collect()
}

fn shown(events: &[Event], revisions: &Revisions, zone: &TimeZone) -> String {
    let mut table = table(&["when", "who", "what"]);
    let minute = |at: &str| at.get(..16).unwrap_or(at).replace('T', " ");
    for event in events {
        table.add_row(match event {
            Event::Revision { at, by, place, revision, effective, changes } => {
                let head = format!("Revision {revision}, from {effective}");
                let lines = changes.iter().map(|line| format!("- {line}"));
                [minute(at), who(revisions, by.as_deref(), place), join([head].into_iter().chain(lines))]
            }
            Event::Record { at, by, action, occurrence, title, manager, rep, due, .. } => {
                let named = |id: &UserId| name(revisions, id.as_str());
                let foreign = manager.as_ref().filter(|manager| by.as_deref() != Some(manager.as_str()));
                let what = match (title, due) {
                    (Some(title), Some(due)) => {
                        let rep = rep.as_ref().map(|rep| format!(" with {}", named(rep))).unwrap_or_default();
                        let whose = foreign.map(|manager| format!(", {}’s", named(manager))).unwrap_or_default();
                        format!("{}: {title}{rep}{whose}, due {due}", done(action))
                    }
                    (_, _) => [done(action), occurrence.as_deref().unwrap_or_default()].join(" "),
                };
                [minute(at), who(revisions, by.as_deref(), SLACK), what]
            }
            Event::Records { week, people, counts, .. } => {
                let counts: Vec<String> = counts.iter().map(|(what, many)| format!("{many} {}", done(what))).collect();
                [format!("week {week}"), count(*people, "person", "people"), counts.join(", ")]
            }
        });
    }
    let zone = zone.iana_name().unwrap_or("UTC");
    format!("{}\nTimes are those of {zone}, the newest first.\n", table_text(&table))
}

fn join(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// `Ana Ruiz`, `ana (command line)`.
pub(super) fn who(revisions: &Revisions, by: Option<&str>, place: &str) -> String {
    match by {
        None => place.to_owned(),
        Some(by) if place == SLACK => name(revisions, by),
        Some(by) => format!("{by} ({place})"),
    }
}

/// Who made a revision.
pub(super) fn maker(revisions: &Revisions, revision: &Revision) -> String {
    who(revisions, revision.by.as_deref(), if revision.in_slack { SLACK } else { COMMAND_LINE })
}

fn name(revisions: &Revisions, id: &str) -> String {
    revisions.name_of(&UserId::from(id)).unwrap_or(id).to_owned()
}

/// What was done, as one says it.
fn done(action: &str) -> &str {
    match action {
        "change" => "changed",
        "skip" => "skipped",
        "excuse" => "excused",
        "snooze" => "snoozed",
        "undo" => "undone",
        other => other,
    }
}
