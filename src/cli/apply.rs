//! `onbeat apply`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::history::maker;
use super::load::verdict::Verdict;
use super::output::print;
use super::{Failure, Opened, Outcome, files, instant};
use crate::config::Settings;
use crate::engine::apply::{Applied, Effect, Manner, apply};
use crate::process::{ActivityKey, Process, UserId};
use crate::record::Occurrence;

/// Check the files, show what would change, and make them the process in force.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat apply config/process.toml team.toml --dry-run")]
pub(super) struct Words {
    /// Process files, read as one.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only show what would change.
    #[arg(long)]
    dry_run: bool,
    /// Overrule what was changed since the file was exported.
    #[arg(long)]
    force: bool,
    /// Go by this instant instead of the clock.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    clock: Option<Timestamp>,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    // First the files alone: bad ones must leave no trace, not even an empty database.
    let now = super::now_beside(settings, words.clock).await;
    let process = files::read(&words.files, settings, now).await?;
    let nowhere = tempfile::tempdir()?;
    let opened = if words.dry_run && !super::has_database(settings) {
        // Looking must not leave a database behind either.
        Opened::at(&format!("sqlite://{}", nowhere.path().join("dry-run.db").display()), words.clock).await?
    } else {
        Opened::new(settings, words.clock).await?
    };
    let file_says = process.effective;
    let made_from = process.revision;
    let manner = Manner { dry_run: words.dry_run, force: words.force, by: settings.user.clone() };
    let applied = apply(&*opened.store, process.clone(), manner, opened.now).await?;
    opened.store.close().await;
    match applied {
        Applied::Unchanged { revision, effective } => {
            let already = file_says.filter(|date| *date > effective).map(|_| format!(" from {effective} on already"));
            print(&format!("Nothing to change: revision {revision} says the same{}.\n", already.unwrap_or_default()))
        }
        Applied::Stale { revision, undoes } => Err(Failure::wrong(stale(&opened, revision, made_from, &undoes))),
        Applied::Yes(effect) => {
            let before = opened.revisions.newest().map(|newest| &*newest.process);
            let (load, warning) = load(before, &process, effective_or_today(&effect, opened.now));
            print(&told(&effect, &load, words.dry_run, &opened))?;
            eprint!("{}", warning.unwrap_or_default());
            Ok(())
        }
    }
}

/// The hours asked before and after, and who goes over.
fn load(before: Option<&Process>, after: &Process, from: Date) -> (String, Option<String>) {
    let after = Verdict::new(after, from);
    match before {
        None => (after.line(), after.warning(None)),
        Some(before) => {
            let before = Verdict::new(before, from);
            (after.changes(&before), after.warning(Some(&before)))
        }
    }
}

/// Hours are counted from here on.
fn effective_or_today(effect: &Effect, now: Timestamp) -> Date {
    effect.effective.max(now.to_zoned(TimeZone::UTC).date())
}

/// More lines than this are folded.
const LISTED: usize = 40;

fn bullets(lines: &[String]) -> String {
    let mut told: String = lines.iter().take(LISTED).map(|line| format!("  - {line}\n")).collect();
    if lines.len() > LISTED {
        told += &format!("  … and {} more\n", lines.len() - LISTED);
    }
    told
}

fn stale(opened: &Opened, revision: i64, made_from: Option<i64>, undoes: &[String]) -> String {
    let revisions = &opened.revisions;
    let newest = revisions.get(revision).map(|newest| {
        let date = newest.applied_at.to_zoned(TimeZone::UTC).date();
        format!(" (applied on {date} by {})", maker(revisions, newest))
    });
    let made = match made_from {
        Some(number) => format!("this file was made from revision {number}"),
        None => "this file was not made from it".to_owned(),
    };
    let undoes = if undoes.is_empty() {
        "Applying it would undo nothing of what was changed since.\n".to_owned()
    } else {
        format!("Applying it would undo:\n{}", bullets(undoes))
    };
    format!(
        "the process in force is revision {revision}{}, and {made}. {undoes}\
         `onbeat export` prints the one in force; --force applies this file all the same.",
        newest.unwrap_or_default()
    )
}

fn told(effect: &Effect, load: &str, dry_run: bool, opened: &Opened) -> String {
    let Effect { revision, effective, changes, added, moved, withdrawn, withdrawn_open } = effect;
    let mut told = if dry_run {
        format!("A dry run: nothing is changed. This would be revision {revision}, holding from {effective}.\n")
    } else if *effective > opened.now.to_zoned(TimeZone::UTC).date() {
        format!("Revision {revision} is waiting: it holds from {effective}.\n")
    } else {
        format!("Revision {revision} is in force, holding from {effective}.\n")
    };
    told += &bullets(changes);
    told += &around(*effective, opened);
    told += load;
    told += &format!(
        "In the five weeks ahead: {added} more to do, {moved} at another time, {} no longer called for{}.\n",
        withdrawn.len(),
        if *withdrawn_open == 0 { String::new() } else { format!(" ({withdrawn_open} of them open now)") },
    );
    if !withdrawn.is_empty() {
        told += &format!("No longer called for:\n{}", bullets(&gone(withdrawn, opened)));
    }
    if !dry_run {
        told += "A running bot takes it up within seconds.\n";
    }
    told
}

/// What becomes of revisions that are still to come, and of days that are over.
fn around(effective: Date, opened: &Opened) -> String {
    let today = opened.now.to_zoned(TimeZone::UTC).date();
    let mut told = String::new();
    for waiting in opened.revisions.iter().filter(|waiting| waiting.effective > today) {
        let governs = opened.revisions.governing(waiting.effective).is_some_and(|it| it.number == waiting.number);
        let (number, from) = (waiting.number, waiting.effective);
        if !governs {
            continue;
        }
        told += &if effective <= from {
            format!("Revision {number}, which was to hold from {from}, never comes into force: this one is newer.\n")
        } else {
            format!("Revision {number} still holds from {from} until then.\n")
        };
    }
    // A day of grace: it may be yesterday still where a manager is.
    if today.yesterday().is_ok_and(|yesterday| effective < yesterday) && opened.revisions.newest().is_some() {
        told +=
            &format!("{effective} is over: what was recorded or missed since stays, what is open follows this one.\n");
    }
    told
}

/// What goes, an activity a line: `Forecast: 6, 2026-12-07 to 2027-01-11, for 3 managers`.
fn gone(withdrawn: &[Occurrence], opened: &Opened) -> Vec<String> {
    let mut by_activity: BTreeMap<&ActivityKey, Vec<&Occurrence>> = BTreeMap::new();
    for one in withdrawn {
        by_activity.entry(&one.activity).or_default().push(one);
    }
    let line = |(key, all): (&ActivityKey, Vec<&Occurrence>)| {
        let dates = || all.iter().map(|one| one.date);
        let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return None };
        let own = all.first().and_then(|one| opened.revisions.get(one.revision)?.process.activity(key));
        let title = own.map_or(key.as_str(), |activity| activity.title.as_str());
        let whose: BTreeSet<&UserId> = all.iter().map(|one| &one.manager).collect();
        let whose = match (whose.first(), whose.len()) {
            (Some(only), 1) => opened.revisions.name_of(only).unwrap_or(only.as_str()).to_owned(),
            (_, many) => format!("{many} managers"),
        };
        let when = if first == last { format!("on {first}") } else { format!("{first} to {last}") };
        let open = all.iter().find(|one| one.due <= opened.now);
        let open = open.map(|one| format!("; open now: {}", one.id)).unwrap_or_default();
        Some(format!("{title}, {whose}: {}, {when}{open}", all.len()))
    };
    by_activity.into_iter().filter_map(line).collect()
}
