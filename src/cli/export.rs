//! `onbeat export`

use clap::Args;

use super::output::print;
use super::{Opened, Outcome};
use crate::config::Settings;
use crate::process::{Process, file};

/// Print the process in force as a process file.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat export > process.toml")]
pub(super) struct Words {}

pub(super) async fn run(_words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let newest = opened.in_force()?;
    let effective = Some(newest.effective);
    print(&file::write(&Process { effective, revision: Some(newest.number), ..(*newest.process).clone() }))
}
