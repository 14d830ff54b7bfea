//! `onbeat serve`

use clap::Args;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, instant};
use crate::app::{App, Pace, Rehearsal};
use crate::config::Settings;

/// Run the bot.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  SLACK_BOT_TOKEN=xoxb-… SLACK_SIGNING_SECRET=… onbeat serve\n\n\
    Rehearse a Monday morning, a minute a second:\n  onbeat serve --clock 2026-12-07T08:00:00-06:00 --speed 60")]
pub(super) struct Words {
    /// Rehearse: start the bot's clock at this instant.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    clock: Option<Timestamp>,
    /// Run the rehearsed clock this many times as fast.
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "clock", value_parser = speed)]
    speed: f64,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: Option<f64> = text.parse().ok();
    speed
        .filter(|speed| (0.01..=100_000.0).contains(speed))
        .ok_or_else(|| "expected a number from 0.01 to 100000".to_owned())
}

pub(super) async fn run(words: Words, settings: Settings) -> Outcome {
    super::log_to_stderr(tracing::level_filters::LevelFilter::INFO);
    let pace = words.clock.map_or(Pace::Real, |clock| Pace::Rehearsed(Rehearsal { clock, speed: words.speed }));
    let stop = until_told()?;
    Ok(App::open(settings, pace).await?.run(stop).await?)
}

/// Cancelled by SIGTERM or Ctrl-C.
pub(super) fn until_told() -> Result<CancellationToken, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let told = stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}
