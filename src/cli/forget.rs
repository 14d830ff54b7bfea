//! `onbeat forget` and `onbeat export-person`

use clap::Args;

use super::output::{count, print, print_json};
use super::{Failure, Opened, Outcome};
use crate::config::Settings;
use crate::engine::privacy::{self, Erased};
use crate::process::UserId;

/// Erase a person's notes and name, keeping the counts.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat forget U0ANA\n\n\
    The bot may be running. What goes: their notes, links and reasons in words of their own, notes on their 1:1s, their \
    if-thens, their name in every revision of the process and in every digest (the Slack id stands there then), the links \
    to their year. What stays: what was due, what came of it and when, under the id. It can't be undone.")]
pub(super) struct Words {
    /// The person's Slack user id.
    #[arg(value_name = "USER")]
    user: String,
}

/// Print everything that is kept about a person, as JSON.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat export-person U0ANA > ana.json\n\n\
    By table, in the database's own words; docs/privacy.md says what each is. Instants are in UTC.")]
pub(super) struct ExportWords {
    /// The person's Slack user id.
    #[arg(value_name = "USER")]
    user: String,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let user = UserId(words.user);
    let erased = privacy::forget(&*opened.store, &user, settings.user.as_deref(), opened.now).await?;
    opened.store.close().await;
    let erased = erased.ok_or_else(|| nobody(&user))?;
    print(&told(&user, &erased))?;
    if let Some(role) = erased.still {
        eprintln!(
            "onbeat: {user} is still a {role} in the process in force, by the id alone now. Take them out of the process \
             file (and their name with it, or the next `apply` brings it back), or in Slack under People."
        );
    }
    if !erased.elsewhere.is_empty() {
        let numbers: Vec<String> = erased.elsewhere.iter().map(i64::to_string).collect();
        eprintln!(
            "onbeat: the name still stands in words about something else (a title, an outcome, a holiday's name) in \
             revision {}: `onbeat export --revision N` shows them.",
            numbers.join(", ")
        );
    }
    Ok(())
}

pub(super) async fn export(words: ExportWords, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let user = UserId(words.user);
    let all = privacy::export(&*opened.store, &user, opened.now).await?;
    opened.store.close().await;
    print_json(&all.ok_or_else(|| nobody(&user))?)
}

fn nobody(user: &UserId) -> Failure {
    Failure::wrong(format!(
        "nothing is kept about {user}: expected a Slack user id such as U0ANA (a profile's menu has «Copy member ID»)"
    ))
}

fn told(user: &UserId, erased: &Erased) -> String {
    let words = [
        (erased.gone.notes as usize, "record with words in it", "records with words in them"),
        (erased.gone.intentions as usize, "if-then", "if-thens"),
        (erased.revisions, "revision that had the name", "revisions that had the name"),
        (erased.digests, "digest that had the name or words", "digests that had the name or words"),
    ];
    let words: Vec<String> =
        words.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(n, one, many)).collect();
    let erased = if words.is_empty() { "no words or names were left".to_owned() } else { words.join(", ") };
    format!(
        "{user} is forgotten: {erased}. The links to their year have ended. What was due and what came of it stays, under the \
         id.\nA running bot repaints its messages in Slack. Yours to look after: your process files, your backups, what Slack \
         itself keeps.\n"
    )
}
