//! Socket Mode: what people do comes down web sockets that the bot itself opens, so that it needs no public address.
//!
//! A few connections are kept open at once (`envelope`: what comes down one; `line`: one connection). Each is replaced before
//! Slack ends it, the new one first and the old one afterwards. An envelope is handed to the same code as a request over
//! HTTP, and acknowledged only once that has stored it or done it; until then Slack keeps it and brings it again. That what
//! comes twice counts once is that code's business too, because it may come by both ways.

mod envelope;
mod line;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::envelope::Reason;
use self::line::{Line, Why};
use super::backoff::Backoff;
use super::client::{CallError, Slack};
use super::inbound::Inbound;
use crate::metrics::Metrics;

/// How many connections one app may have at once.
pub const MOST_CONNECTIONS: u8 = 10;

/// What was asked could not be stored: Slack is to bring it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotStored;

/// What becomes of something that came in: what goes back with the acknowledgement, if anything does.
pub type Handled = Pin<Box<dyn Future<Output = Result<Option<Value>, NotStored>> + Send>>;

/// Whoever does what came in.
pub type Handler = Box<dyn Fn(Inbound) -> Handled + Send + Sync>;

/// How patient we are with a connection.
#[derive(Debug, Clone, Copy)]
struct Timing {
    ping_every: Duration,
    /// Without a word from the other end, not even the answer to a ping.
    dead_after: Duration,
    /// The first wait after a connection was lost, and the longest.
    waits: (Duration, Duration),
    /// A connection that lasted this long was a good one.
    steady: Duration,
    /// How long to leave Slack alone with what only a person can mend.
    until_mended: Duration,
}

const TIMING: Timing = Timing {
    ping_every: Duration::from_secs(10),
    dead_after: Duration::from_secs(25),
    waits: (Duration::from_millis(500), Duration::from_secs(30)),
    steady: Duration::from_secs(10),
    until_mended: Duration::from_secs(300),
};

/// What the connections of one app share.
struct Shared {
    slack: Slack,
    handler: Handler,
    stop: CancellationToken,
    tasks: TaskTracker,
    timing: Timing,
}

/// Connections that are open, as long as this lives one more.
struct Counted(Metrics);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connection(-1);
    }
}

impl Shared {
    fn counted(&self) -> Counted {
        let metrics = self.slack.metrics().clone();
        metrics.connection(1);
        Counted(metrics)
    }
}

/// Socket Mode of one app.
pub struct SocketMode {
    shared: Shared,
    connections: u8,
}

impl std::fmt::Debug for SocketMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SocketMode({})", self.connections)
    }
}

impl SocketMode {
    /// Up to [`MOST_CONNECTIONS`] connections, opened with `slack`, a client that has the app-level token; nothing
    /// happens before [`SocketMode::run`].
    pub fn new(slack: Slack, connections: u8, handler: Handler, stop: CancellationToken) -> SocketMode {
        let shared = Shared { slack, handler, stop, tasks: TaskTracker::new(), timing: TIMING };
        SocketMode { shared, connections: connections.clamp(1, MOST_CONNECTIONS) }
    }

    /// Keeps the connections open until `stop`, and then finishes what is under way.
    pub async fn run(self) {
        let shared = Arc::new(self.shared);
        let slots = TaskTracker::new();
        for slot in 0..self.connections {
            slots.spawn(keep_one(shared.clone(), slot));
        }
        slots.close();
        slots.wait().await;
        shared.tasks.close();
        shared.tasks.wait().await;
    }
}

/// Keeps one connection open: opens another where one is wanted, and only then lets the old one go.
async fn keep_one(shared: Arc<Shared>, slot: u8) {
    let (first, most) = shared.timing.waits;
    let mut backoff = Backoff::new(first, most);
    let mut old: Option<CancellationToken> = None;
    // Not all at the same moment.
    let mut wait = first.mul_f64(f64::from(slot) / 4.0);
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        let opened = tokio::select! {
            () = shared.stop.cancelled() => return,
            opened = open(&shared) => opened,
        };
        wait = match opened {
            Err(at_least) => backoff.wait().max(at_least),
            Ok(line) => {
                tracing::info!(slot, "a Socket Mode connection is open");
                if let Some(old) = old.take() {
                    old.cancel();
                }
                let (why, lasted, retire) = until_another_is_wanted(&shared, line).await;
                if lasted >= shared.timing.steady {
                    backoff.reset();
                }
                match why {
                    Why::Told(Reason::Refresh) => {
                        old = Some(retire);
                        if lasted >= shared.timing.steady { Duration::ZERO } else { backoff.wait() }
                    }
                    Why::Told(reason) => {
                        retire.cancel();
                        say(reason);
                        shared.timing.until_mended
                    }
                    Why::Lost => backoff.wait(),
                }
            }
        };
    }
}

async fn until_another_is_wanted(shared: &Shared, line: Line) -> (Why, Duration, CancellationToken) {
    let began = Instant::now();
    let why = tokio::select! {
        // The line hears of it too, and goes.
        () = shared.stop.cancelled() => Why::Lost,
        why = line.wanted => why.unwrap_or(Why::Lost),
    };
    (why, began.elapsed(), line.retire)
}

fn say(reason: Reason) {
    match reason {
        Reason::LinkDisabled => tracing::error!(
            "Socket Mode is switched off in the Slack app's settings, so no click arrives that way: switch it on under \
             «Socket Mode», or take SLACK_APP_TOKEN away; trying again in five minutes"
        ),
        Reason::TooMany => tracing::error!(
            "Slack says that the app has too many connections: is another `onbeat serve` running with the same \
             SLACK_APP_TOKEN, or is socket_connections too large? Trying again in five minutes"
        ),
        Reason::Refresh => {}
    }
}

/// Asks Slack for an address and connects there. The error is how long to wait at least.
async fn open(shared: &Arc<Shared>) -> Result<Line, Duration> {
    let url = match shared.slack.open_connection().await {
        Ok(url) => url,
        Err(CallError::NotSent { retry_after }) => return Err(retry_after.unwrap_or_default()),
        Err(CallError::Unknown) => return Err(Duration::ZERO),
        Err(CallError::Refused(code)) => {
            tracing::error!(
                code,
                "Slack refuses SLACK_APP_TOKEN, so no click arrives by Socket Mode: set it to an app-level token (xapp-…) \
                 with the scope connections:write, from «Basic Information», and switch Socket Mode on"
            );
            return Err(shared.timing.until_mended.min(super::client::TOKEN_TROUBLE));
        }
    };
    let line = line::open(&url, shared).await;
    line.ok_or_else(|| {
        tracing::warn!("a Socket Mode connection could not be opened");
        Duration::ZERO
    })
}
