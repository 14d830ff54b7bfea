//! `onbeat backup`

use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::output::print;
use crate::config::Settings;
use crate::{key, store};

/// Copy the SQLite database into a new file, consistently, while the bot runs.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat backup /backups/onbeat-2026-12-07.db\n\n\
    To go back to it: stop the bot, put the copy in the database's place, take away the -wal and -shm files beside it, and \
    start the bot. PostgreSQL has pg_dump and pg_restore for this.")]
pub(super) struct Words {
    /// The file to write; it must not exist yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) async fn run(words: &Words, settings: &Settings) -> Outcome {
    let url = settings.database_url.reveal();
    store::backup(url, &words.file).await?;
    let key = store::file(url).map(|database| database.with_file_name(key::FILE)).filter(|key| key.exists());
    if let (None, Some(key)) = (&settings.key, key) {
        eprintln!("Keep a copy of {} with it, readable by you alone: people's links need it.", key.display());
    }
    print(&format!("copied to {}\n", words.file.display()))
}
