//! `onbeat demo`

use clap::Args;

use super::Outcome;

/// Everything on one machine, with no Slack account.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat demo --port 4000")]
pub(super) struct Words {
    /// Port of the page (default: a free one).
    #[arg(long, default_value_t = 0)]
    port: u16,
}

pub(super) async fn run(_words: Words) -> Outcome {
    Ok(())
}
