//! `onbeat history`

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::output::{count, print, print_json, rfc3339, wrapped};
use super::range::date;
use super::{Failure, Opened, Outcome};
use crate::config::Settings;
use crate::process::revision::{Revision, Revisions};
use crate::process::{Process, UserId};
use crate::record::digest::Week;
use crate::record::{Days, Occurrence, OccurrenceId};
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

/// What an absence changed: all days away that were to come, before and after.
#[derive(Debug, Serialize, Deserialize)]
struct Away {
    was: Vec<String>,
    is: Vec<String>,
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
        /// Of an absence: the manager's days away before and after, such as `2026-12-24/2027-01-02`.
        away: Option<Away>,
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
        Some(number) => vec![revision(revisions, opened.revision(number)?, &zone)],
        None => events(&words, &opened, &zone).await?,
    };
    opened.store.close().await;
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

/// Everything in the range, the newest first: in the log's own order, which tells apart what one second holds.
async fn events(words: &Words, opened: &Opened, zone: &TimeZone) -> Result<Vec<Event>, Failure> {
    let midnight = |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp()).ok();
    let from = words.from.and_then(midnight);
    let until = words.to.and_then(|to| to.tomorrow().ok()).and_then(midnight);
    let revisions = &*opened.revisions;
    let log = opened.store.log(from, until).await?;
    let (applied, recorded): (Vec<_>, Vec<_>) =
        log.into_iter().enumerate().partition(|(_, entry)| entry.revision.is_some());
    let numbered = applied.iter().filter_map(|(place, entry)| Some((*place, revisions.get(entry.revision?)?)));
    let mut told: Vec<_> = numbered.map(|(place, one)| (place, revision(revisions, one, zone))).collect();
    if words.all {
        let rows = rows(opened, &recorded).await?;
        told.extend(recorded.into_iter().map(|(place, entry)| (place, record(revisions, entry, &rows, zone))));
    } else {
        told.extend(folded(&recorded, zone));
    }
    told.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    Ok(told.into_iter().map(|(_, event)| event).collect())
}

/// A line of the log, and its place there.
type Placed = (usize, LogEntry);

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
async fn rows(opened: &Opened, log: &[Placed]) -> Result<BTreeMap<OccurrenceId, Occurrence>, Failure> {
    let ids: BTreeSet<_> = log.iter().filter_map(|(_, entry)| entry.occurrence.clone()).collect();
    let query = OccurrenceQuery { ids: Some(ids.into_iter().collect()), ..Default::default() };
    let rows = opened.store.occurrences(&query).await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}

fn record(revisions: &Revisions, entry: LogEntry, rows: &BTreeMap<OccurrenceId, Occurrence>, zone: &TimeZone) -> Event {
    let row = entry.occurrence.as_ref().and_then(|id| rows.get(id));
    let detail = entry.detail.unwrap_or_default();
    let about = detail["manager"].as_str().or(detail["of"].as_str()).map(UserId::from);
    let activity = row.and_then(|row| revisions.get(row.revision)?.process.activity(&row.activity));
    Event::Record {
        at: rfc3339(entry.at, zone),
        by: entry.who,
        action: entry.what,
        activity: row.map(|row| row.activity.to_string()),
        title: activity.map(|activity| activity.title.clone()),
        manager: row.map(|row| row.manager.clone()).or(about),
        rep: row.and_then(|row| row.rep.clone()),
        due: row.map(|row| row.date),
        away: serde_json::from_value(detail).ok(),
        occurrence: entry.occurrence.map(|id| id.0),
    }
}

/// A line for each week in which somebody recorded something, in the place of the week's last.
fn folded(log: &[Placed], zone: &TimeZone) -> Vec<(usize, Event)> {
    let week = |(_, entry): &Placed| Week::of(entry.at.to_zoned(zone.clone()).date());
    let fold = |entries: &[Placed]| {
        let last = entries.last()?;
        let people: BTreeSet<_> = entries.iter().filter_map(|(_, entry)| entry.who.as_deref()).collect();
        let mut counts = BTreeMap::new();
        for (_, entry) in entries {
            *counts.entry(entry.what.clone()).or_default() += 1;
        }
        let (at, week) = (rfc3339(last.1.at, zone), week(last).to_string());
        Some((last.0, Event::Records { at, week, people: people.len(), counts }))
    };
    log.chunk_by(|a, b| week(a) == week(b)).filter_map(fold).collect()
}

/// How far the words stand from the left, below their date.
const INDENT: &str = "                  ";

fn shown(events: &[Event], revisions: &Revisions, zone: &TimeZone) -> String {
    let mut text = String::new();
    for event in events {
        let (when, what) = entry(event, revisions);
        text += &wrapped(&format!("{when:<18}{what}"), INDENT);
        if let Event::Revision { changes, .. } = event {
            changes.iter().for_each(|line| text += &wrapped(&format!("{INDENT}- {line}"), &format!("{INDENT}  ")));
        }
    }
    format!("{text}\nThe newest first; times are those of {}.\n", zone.iana_name().unwrap_or("UTC"))
}

/// When, and who did what.
fn entry(event: &Event, revisions: &Revisions) -> (String, String) {
    let minute = |at: &str| at.get(..16).unwrap_or(at).replace('T', " ");
    match event {
        Event::Revision { at, by, place, revision, effective, changes: _ } => {
            let who = who(revisions, by.as_deref(), place);
            (minute(at), format!("{who}: revision {revision}, holding from {effective}"))
        }
        Event::Record { at, by, action, occurrence, title, manager, rep, due, away, activity: _ } => {
            let named = |id: &UserId| name(revisions, id.as_str());
            let foreign = manager.as_ref().filter(|manager| by.as_deref() != Some(manager.as_str()));
            let what = match (title, due) {
                (Some(title), Some(due)) => {
                    let rep = rep.as_ref().map(|rep| format!(" with {}", named(rep))).unwrap_or_default();
                    let whose = foreign.map(|manager| format!(" of {}", named(manager))).unwrap_or_default();
                    format!("{title}{rep}{whose}, due {due}")
                }
                (_, _) => occurrence.clone().unwrap_or_default(),
            };
            let place = if by.is_some() && !is_typed(action) { SLACK } else { COMMAND_LINE };
            let what = if what.is_empty() { what } else { what + ": " };
            let did = match (away, foreign) {
                (Some(away), _) => format!("{}{}", done(action), away.told()),
                (None, Some(whose)) if title.is_none() => format!("{} of {}", done(action), named(whose)),
                (None, _) => done(action).to_owned(),
            };
            (minute(at), format!("{}: {what}{did}", who(revisions, by.as_deref(), place)))
        }
        Event::Records { week, people, counts, at: _ } => {
            let counts: Vec<String> = counts.iter().map(|(what, many)| format!("{many} {}", done(what))).collect();
            (format!("week {week}"), format!("{}, by {}", counts.join(", "), count(*people, "person", "people")))
        }
    }
}

impl Away {
    /// `, 2026-12-24 to 2027-01-02`, `: no longer 2026-12-24`, `: 2026-12-28 instead of 2026-12-24`
    fn told(&self) -> String {
        let beyond = |some: &[String], others: &[String]| {
            let new = some.iter().filter(|days| !others.contains(days));
            new.map(|days| stretch(days)).collect::<Vec<_>>().join(" and ")
        };
        let (new, gone) = (beyond(&self.is, &self.was), beyond(&self.was, &self.is));
        match (new.as_str(), gone.as_str()) {
            ("", "") => String::new(),
            (new, "") => format!(", {new}"),
            ("", gone) => format!(": no longer {gone}"),
            (new, gone) => format!(": {new} instead of {gone}"),
        }
    }
}

/// `2026-12-24`, `2026-12-24 to 2027-01-02`
fn stretch(text: &str) -> String {
    match text.parse::<Days>() {
        Ok(days) if days.first() == days.last() => days.first().to_string(),
        Ok(days) => format!("{} to {}", days.first(), days.last()),
        Err(_) => text.to_owned(),
    }
}

/// `Ana Ruiz`, `ana (command line)`.
pub(super) fn who(revisions: &Revisions, by: Option<&str>, place: &str) -> String {
    match by {
        None => format!("somebody ({place})"),
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

/// Whether it is done on the command line alone.
fn is_typed(action: &str) -> bool {
    matches!(action, "new token" | "revoke token" | "add webhook" | "remove webhook")
}

/// What was done, as one says it.
fn done(action: &str) -> &str {
    match action {
        "change" => "changed",
        "skip" => "skipped",
        "excuse" => "excused",
        "snooze" => "snoozed",
        "undo" => "undone",
        "away" => "said they are away",
        "back" => "is back after all",
        "change-away" => "changed their days away",
        "forget" => "erased somebody's name and notes",
        "reset links" => "ended the old links to the year",
        "confirm" => "confirmed",
        "dispute" => "disputed",
        "new token" => "made a token for the API",
        "revoke token" => "revoked a token",
        "add webhook" => "added a webhook",
        "remove webhook" => "removed a webhook",
        other => other,
    }
}
