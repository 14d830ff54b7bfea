//! `onbeat manifest`

use clap::Args;

use super::Outcome;
use super::output::print_json;
use crate::config::Settings;
use crate::slack;

/// Print the Slack app manifest to paste into Slack.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ONBEAT_PUBLIC_URL=https://onbeat.example.com onbeat manifest")]
pub(super) struct Words {
    /// For Socket Mode: no public address needed.
    #[arg(long)]
    socket_mode: bool,
}

pub(super) fn run(words: &Words, settings: &Settings) -> Outcome {
    if settings.public_url.is_none() && !words.socket_mode {
        eprintln!("ONBEAT_PUBLIC_URL is not set: put your own address in place of the example's.");
    }
    print_json(&slack::manifest(settings.public_url.as_deref(), words.socket_mode))
}
