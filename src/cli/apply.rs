//! `onbeat apply`

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::load::standing::Standing;
use super::output::print;
use super::{Failure, Opened, Outcome, files, instant};
use crate::config::Settings;
use crate::engine::apply::{Applied, Effect, Manner, apply};
use crate::process::Process;
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
    let manner = Manner { dry_run: words.dry_run, force: words.force };
    let applied = apply(&*opened.store, process.clone(), manner, opened.now).await?;
    opened.store.close().await;
    match applied {
        Applied::Unchanged { revision } => print(&format!("Nothing to change: revision {revision} says the same.\n")),
        Applied::Stale { revision, undoes } => Err(Failure::wrong(format!(
            "the process in force is revision {revision}, and this file was not made from it. Applying it would undo:\n{}\n\
             `onbeat export` prints the one in force; --force applies this file all the same.",
            bullets(&undoes)
        ))),
        Applied::Yes(effect) => {
            let before = opened.revisions.newest().map(|newest| &*newest.process);
            let (load, warning) = load(before, &process, effective_or_today(&effect, opened.now));
            print(&told(&effect, &load, words.dry_run))?;
            eprint!("{}", warning.unwrap_or_default());
            Ok(())
        }
    }
}

/// The hours asked before and after, and who goes over.
fn load(before: Option<&Process>, after: &Process, from: Date) -> (String, Option<String>) {
    let after = Standing::new(after, from);
    match before {
        None => (after.line(), after.warning(None)),
        Some(before) => {
            let before = Standing::new(before, from);
            (after.changes(&before), after.warning(Some(&before)))
        }
    }
}

/// Hours are counted from here on.
fn effective_or_today(effect: &Effect, now: Timestamp) -> Date {
    effect.effective.max(now.to_zoned(TimeZone::UTC).date())
}

fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  - {line}\n")).collect()
}

fn told(effect: &Effect, load: &str, dry_run: bool) -> String {
    let Effect { revision, effective, changes, added, moved, withdrawn, withdrawn_open } = effect;
    let mut told = if dry_run {
        format!("A dry run: nothing is changed. This would be revision {revision}, holding from {effective}.\n")
    } else {
        format!("Revision {revision} is in force, holding from {effective}.\n")
    };
    told += &bullets(changes);
    told += load;
    told += &format!(
        "In the five weeks ahead: {added} more to do, {moved} at another time, {} no longer called for{}.\n",
        withdrawn.len(),
        if *withdrawn_open == 0 { String::new() } else { format!(" ({withdrawn_open} of them open now)") },
    );
    let shown = withdrawn.iter().take(10).map(|gone: &Occurrence| gone.id.to_string()).collect::<Vec<_>>();
    if !shown.is_empty() {
        told += &format!("No longer called for:\n{}", bullets(&shown));
        if withdrawn.len() > shown.len() {
            told += &format!("  … and {} more\n", withdrawn.len() - shown.len());
        }
    }
    if !dry_run {
        told += "A running bot takes it up within seconds.\n";
    }
    told
}
