//! `onbeat check`

use std::path::PathBuf;

use clap::Args;
use jiff::tz::TimeZone;

use super::load::verdict::Verdict;
use super::output::{count, print};
use super::{Outcome, files};
use crate::config::Settings;

/// Check process files, and change nothing.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat check config/process.toml team.toml")]
pub(super) struct Words {
    /// Process files, read as one.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let now = super::now_beside(settings, None).await;
    let process = files::read(&words.files, settings, now).await?;
    let reps: usize = process.managers.iter().map(|manager| manager.reps.len()).sum();
    let today = now.to_zoned(TimeZone::UTC).date();
    let standing = Verdict::new(&process, process.effective.map_or(today, |effective| effective.max(today)));
    print(&format!(
        "«{}» is good: {}, {} with {}, {}.\n{}",
        process.name,
        count(process.activities.len(), "activity", "activities"),
        count(process.managers.len(), "manager", "managers"),
        count(reps, "rep", "reps"),
        count(process.leaders.len(), "leader", "leaders"),
        standing.line(),
    ))?;
    if let Some(warning) = standing.warning(None) {
        eprint!("{warning}");
    }
    Ok(())
}
