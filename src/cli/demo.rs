//! `onbeat demo`

use clap::Args;
use jiff::Timestamp;

use super::output::print;
use super::{Failure, Outcome, instant, serve};
use crate::demo::Demo;

/// Everything on this machine, with no Slack account: a workspace in the browser, the real bot, a sample team.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat demo --port 4000")]
pub(super) struct Words {
    /// Port of the page (default: 4040, or a free one where that is taken).
    #[arg(long)]
    port: Option<u16>,
    /// Start the demo's clock at this instant (default: now).
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    clock: Option<Timestamp>,
}

const USUAL_PORT: u16 = 4040;

pub(super) async fn run(words: Words) -> Outcome {
    let stop = serve::until_told()?;
    super::log_to_stderr(tracing::level_filters::LevelFilter::WARN);
    let usual = words.port.unwrap_or(USUAL_PORT);
    let started = match Demo::start(usual, words.clock, stop.clone()).await {
        // Somebody's usual port is no reason not to show the demo; a port that was asked for is.
        Err(_) if words.port.is_none() => Demo::start(0, words.clock, stop).await,
        started => started,
    };
    let demo = started.map_err(|error| Failure::Failed(error.to_string()))?;
    print(&format!(
        "The demo is at {}\n\nOpen it in a browser and press «Next nudge». Ctrl-C ends it and leaves nothing behind.\n",
        demo.url
    ))?;
    demo.finished().await.map_err(|error| Failure::Failed(error.to_string()))
}
