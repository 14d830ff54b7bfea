//! The composition root: opens, wires, serves, drains, shuts down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, ManualClock, RehearsalClock, SystemClock};
use crate::config::{ConfigError, Keep, Settings};
use crate::engine::{Answer, Engine, EngineError, Telling};
use crate::key::{Key, KeyError};
use crate::links::{Links, Signer};
use crate::secret::Secret;
use crate::slack::Slack;
use crate::slack::socket::{Handled, NotStored, SocketMode};
use crate::store::privacy::Cutoffs;
use crate::store::{self, Hold, Store, StoreError, Workspace};
use crate::web;
use crate::webhook::{WebhookError, Webhooks};

/// Why the bot could not start or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// Settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The way out to other systems.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The way to Slack.
    #[error("setting up the way to Slack: {0}")]
    Slack(#[from] crate::slack::connector::ConnectorError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The heartbeat.
    #[error("the heartbeat: {0}")]
    Heartbeat(#[from] JobSchedulerError),
    /// The ticking ended by itself: a fault of ours.
    #[error("the heartbeat stopped: please report what the log says")]
    HeartStopped,
    /// The database has another past.
    #[error("{0}")]
    OtherPast(&'static str),
}

/// A rehearsal: where the bot's clock starts, and how fast it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rehearsal {
    /// `--clock`.
    pub clock: Timestamp,
    /// `--speed`.
    pub speed: f64,
}

/// How long a shutdown may take: Slack's time-out, and a little.
const DRAIN: Duration = Duration::from_millis(8_500);

/// Every 5 s, in UTC: intervals know no zone.
const HEARTBEAT: &str = "*/5 * * * * *";

/// Once an hour, off the full hour's rush.
const HOUSEKEEPING: &str = "0 17 * * * *";

/// How often it is looked whether other systems are to be told something.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// By what time the bot goes, and how it moves on.
#[derive(Debug, Clone)]
pub enum Pace {
    /// The machine's.
    Real,
    /// A rehearsed clock, which runs.
    Rehearsed(Rehearsal),
    /// A clock that somebody moves; nothing happens between two moves but what people do.
    Stepped(Arc<ManualClock>),
}

/// A bot that is wired and ready to run.
pub struct App {
    engine: Engine,
    listener: TcpListener,
    signing_secret: Option<Secret>,
    /// The way to Slack with the app-level token, and how many connections to keep open.
    sockets: Option<(Slack, u8)>,
    pace: Pace,
    hold: Hold,
    keep: Keep,
}

impl App {
    /// Opens the store and wires the bot.
    ///
    /// # Errors
    /// Where a setting is missing, or the store can't be opened, or has another past than is asked for.
    pub async fn open(settings: Settings, pace: Pace) -> Result<App, AppError> {
        let token = settings.need_bot_token()?;
        settings.need_a_way_in()?;
        // Before the database is marked as served: an address that can't be had must leave no trace there.
        let address = settings.listen;
        let listener = TcpListener::bind(address).await.map_err(|error| AppError::Listen(address, error))?;
        // A stepped clock outruns Slack's limits, which go by the machine's; the workspace behind it is a local one.
        let slack = match pace {
            Pace::Real | Pace::Rehearsed(_) => Slack::new(&settings.slack_api_url, token)?,
            Pace::Stepped(_) => Slack::unlimited(&settings.slack_api_url, token)?,
        };
        let store = store::open(settings.database_url.reveal()).await?;
        let hold = store.hold().await?;
        let (mut links, warning) = links(&settings)?;
        if let Some(warning) = warning {
            tracing::warn!("{warning}");
        }
        // Port 0 is whichever was found, here as there: the demo's.
        let found = listener.local_addr().map_or(0, |address| address.port());
        links.public_url = links.public_url.map(|url| with_port(&url, found));
        let clock = begin(&*store, &pace).await?;
        let webhooks = webhooks(&settings)?;
        let engine = Engine::new(store, slack, clock, settings.admins.clone()).with_links(links);
        let engine = engine.with_webhooks(webhooks);
        engine.keep_pauses().await?;
        let sockets = match &settings.app_token {
            Some(token) => {
                let slack = Slack::new(&settings.slack_api_url, token)?.counted_by(engine.metrics().clone());
                Some((slack, settings.socket_connections))
            }
            None => None,
        };
        Ok(App { engine, listener, signing_secret: settings.signing_secret, sockets, pace, hold, keep: settings.keep })
    }

    /// The bot's hands.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where the bot listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// The connections of Socket Mode, where it is on, for whoever runs them.
    pub fn socket_mode(&self, stop: &CancellationToken) -> Option<SocketMode> {
        let (slack, connections) = self.sockets.clone()?;
        let engine = self.engine.clone();
        let handler = Box::new(move |inbound| -> Handled {
            let engine = engine.clone();
            Box::pin(async move {
                match engine.respond(inbound).await {
                    Ok(Answer::Json(json)) => Ok(Some(json)),
                    Ok(Answer::Nothing | Answer::Challenge(_)) => Ok(None),
                    Err(error) => {
                        tracing::error!(%error, "something from Slack could not be stored");
                        Err(NotStored)
                    }
                }
            })
        });
        Some(SocketMode::new(slack, connections, handler, stop.clone()))
    }

    /// The hands and the open door, for whoever beats the heart themself: tests do. Lets go of the right to serve.
    pub fn into_parts(self) -> (Engine, TcpListener) {
        (self.engine, self.listener)
    }

    /// Runs until `stop`, then finishes what was claimed.
    ///
    /// # Errors
    /// Where the heartbeat can't be started, or stopped for good.
    pub async fn run(self, stop: CancellationToken) -> Result<(), AppError> {
        tracing::info!(address = ?self.address(), "listening");
        let mut scheduler = heartbeat(&self.engine, &self.keep).await?;
        let tasks = TaskTracker::new();
        if let Some(socket_mode) = self.socket_mode(&stop) {
            tasks.spawn(socket_mode.run());
        }
        tasks.spawn(learn_identity(self.engine.clone(), stop.clone()));
        let mut ticking = match self.pace {
            Pace::Real => tasks.spawn(tick_loop(self.engine.clone(), false, stop.clone())),
            Pace::Rehearsed(_) => tasks.spawn(tick_loop(self.engine.clone(), true, stop.clone())),
            Pace::Stepped(_) => tasks.spawn(round_loop(self.engine.clone(), stop.clone())),
        };
        tasks.spawn(tell_loop(self.engine.clone(), stop.clone()));
        let router = web::router(self.engine.clone(), self.signing_secret.clone());
        let served = axum::serve(self.listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        tasks.spawn(async move { served.await });
        // Kept until the store is closed.
        let mut hold = self.hold;
        let broken = tokio::select! {
            () = stop.cancelled() => None,
            // A bot that only answers and never nudges must not look alive.
            _ = &mut ticking => (!stop.is_cancelled()).then_some(AppError::HeartStopped),
            () = hold.lost() => Some(AppError::Store(StoreError::Served)),
        };
        stop.cancel();
        tracing::info!("shutting down");
        tasks.close();
        let drained = tokio::time::timeout(DRAIN, async {
            tasks.wait().await;
            self.engine.drain().await;
            self.engine.store().close().await;
        });
        if drained.await.is_err() {
            tracing::warn!("some work was cut short; what was being sent will be looked up");
        }
        let _ = scheduler.shutdown().await;
        broken.map_or(Ok(()), Err)
    }
}

/// What signs people's links, and what is to be said about the key it was made of. The key is made where it is missing.
///
/// # Errors
/// [`KeyError`].
pub fn links(settings: &Settings) -> Result<(Links, Option<String>), KeyError> {
    let database = store::file(settings.database_url.reveal());
    let found = Key::find(settings.key.as_ref(), database.as_deref())?;
    let links = Links { signer: Signer::new(&found.key), public_url: settings.public_url.clone() };
    Ok((links, found.warning))
}

/// The way out to other systems. The key is made where it is missing.
///
/// # Errors
/// [`WebhookError`].
pub fn webhooks(settings: &Settings) -> Result<Webhooks, WebhookError> {
    let database = store::file(settings.database_url.reveal());
    let found = Key::find(settings.key.as_ref(), database.as_deref())?;
    Webhooks::new(&found.key, settings.webhook_private_addresses)
}

/// The address with this port, where it says port 0.
fn with_port(url: &str, port: u16) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.port() == Some(0) => {
            let _ = parsed.set_port(Some(port));
            parsed.to_string()
        }
        Ok(_) | Err(_) => url.to_owned(),
    }
}

/// Sets the clock going, and marks when this database was first served.
async fn begin(store: &dyn Store, pace: &Pace) -> Result<Arc<dyn Clock>, AppError> {
    let mut workspace = store.workspace().await?;
    let clock: Arc<dyn Clock> = match (workspace.rehearsal, pace) {
        (Some(true), Pace::Real) => {
            return Err(AppError::OtherPast(
                "this database belongs to a rehearsal: serve it with --clock, or take another",
            ));
        }
        (Some(false), Pace::Rehearsed(_) | Pace::Stepped(_)) => {
            return Err(AppError::OtherPast("this database has been served for real: take another for a rehearsal"));
        }
        (_, Pace::Rehearsed(rehearsal)) => {
            // A rehearsal never goes back.
            let start = workspace.rehearsal_clock.map_or(rehearsal.clock, |kept| kept.max(rehearsal.clock));
            Arc::new(RehearsalClock::new(start, rehearsal.speed))
        }
        (_, Pace::Stepped(clock)) => clock.clone(),
        (_, Pace::Real) => Arc::new(SystemClock),
    };
    workspace.rehearsal = Some(!matches!(pace, Pace::Real));
    workspace.first_served = workspace.first_served.or(Some(clock.now()));
    store.save_workspace(&workspace).await?;
    Ok(clock)
}

/// Learns which workspace the token belongs to. Slack may be out when the bot starts: it asks until it knows.
async fn learn_identity(engine: Engine, stop: CancellationToken) {
    let mut wait = Duration::from_secs(1);
    loop {
        match engine.learn_identity().await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "who the bot is could not be stored"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(Duration::from_secs(60)),
        }
    }
}

/// The heartbeat wakes the loop below; it carries no work of its own, so that losing a beat or having two does no harm.
async fn heartbeat(engine: &Engine, keep: &Keep) -> Result<JobScheduler, AppError> {
    let scheduler = JobScheduler::new().await?;
    let (beating, sweeping, keep) = (engine.clone(), engine.clone(), keep.clone());
    let beat = Job::new(HEARTBEAT, move |_, _| beating.wake())?;
    let housekeeping = Job::new_async(HOUSEKEEPING, move |_, _| {
        let (engine, keep) = (sweeping.clone(), keep.clone());
        Box::pin(async move { tidy(&engine, &keep).await })
    })?;
    scheduler.add(beat).await?;
    scheduler.add(housekeeping).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// How much of each kind goes in one transaction, so that no click waits for it; and how often in an hour at the most.
const BATCH: u32 = 200;
const BATCHES: usize = 100;

/// Lets go of what is old.
async fn tidy(engine: &Engine, keep: &Keep) {
    let now = engine.clock().now();
    if let Err(error) = engine.store().sweep(now).await {
        tracing::error!(%error, "old request keys were not swept away");
    }
    let before = |span: &Option<jiff::Span>| span.as_ref().and_then(|span| Keep::before(span, now));
    let cutoffs = Cutoffs {
        notes: before(&keep.notes).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date()),
        messages: before(&keep.messages),
        log: before(&keep.log),
    };
    let mut gone = 0;
    for _ in 0..BATCHES {
        match engine.store().expire(&cutoffs, BATCH).await {
            Ok(0) => break,
            Ok(more) => gone += more,
            Err(error) => {
                tracing::error!(%error, "what is older than it is to be kept was not let go of; the next hour tries again");
                break;
            }
        }
        // Whoever waits to write goes first.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if gone > 0 {
        tracing::info!(gone, "let go of what is older than it is to be kept");
    }
}

/// Ticks when the heartbeat or a click wakes it, or when the next nudge is due; delivers beside, so that a slow Slack
/// holds up no decision.
async fn tick_loop(engine: Engine, rehearsal: bool, stop: CancellationToken) {
    let deliveries = TaskTracker::new();
    // A rehearsal keeps its clock in the database, and no more than a second of the machine's may be lost with a crash.
    let longest = if rehearsal { Duration::from_secs(1) } else { Duration::from_secs(5) };
    let mut due: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        if rehearsal {
            keep_clock(&engine).await;
        }
        let lag = due.and_then(|due| Duration::try_from(engine.clock().now().duration_since(due)).ok());
        let began = Instant::now();
        let ticked = engine.tick().await;
        engine.metrics().tick(began.elapsed(), lag);
        let wait = match &ticked {
            Ok(()) => {
                due = engine.next_at().await.ok().flatten();
                let next = due.map(|at| engine.clock().until(at));
                // Never a busy loop, even where something stays due that a tick can't settle.
                next.unwrap_or(longest).clamp(Duration::from_millis(50), longest)
            }
            Err(error) => {
                engine.metrics().store_error();
                tracing::error!(%error, "a tick failed; the next one tries again");
                Duration::from_secs(1)
            }
        };
        let delivering = engine.clone();
        deliveries.spawn(async move {
            if let Err(error) = delivering.deliver().await {
                delivering.metrics().store_error();
                tracing::error!(%error, "a delivery failed; the next one tries again");
            }
        });
        tokio::select! {
            () = stop.cancelled() => {}
            () = engine.woken() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    deliveries.close();
    deliveries.wait().await;
    if rehearsal {
        keep_clock(&engine).await;
    }
}

/// Tells other systems what happened, beside the ticks, so that a slow one holds nothing up. What is cut short by the end is
/// told again after the next start.
async fn tell_loop(engine: Engine, stop: CancellationToken) {
    let mut telling = Telling::default();
    loop {
        if let Err(error) = telling.begin(&engine).await {
            tracing::error!(%error, "webhooks could not be told; the next round tries again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TELL_EVERY) => {}
        }
    }
}

async fn keep_clock(engine: &Engine) {
    if let Err(error) = engine.store().keep_rehearsal_clock(engine.clock().now()).await {
        tracing::error!(%error, "the rehearsal's clock was not kept");
    }
}

/// Does what clicks call for; whoever moves the clock does the rest.
async fn round_loop(engine: Engine, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = engine.woken() => {}
        }
        if let Err(error) = engine.round().await {
            tracing::error!(%error, "a round failed; the next one tries again");
        }
    }
}

/// The bot's clock as other commands go by it: `--clock`, else the kept clock of a rehearsal, else the machine's.
///
/// # Errors
/// Where the store fails.
pub fn clock_for(workspace: &Workspace, asked: Option<Timestamp>) -> Timestamp {
    match (asked, workspace.rehearsal) {
        (Some(asked), Some(true)) => workspace.rehearsal_clock.map_or(asked, |kept| kept.max(asked)),
        (Some(asked), _) => asked,
        (None, Some(true)) => workspace.rehearsal_clock.unwrap_or_else(|| SystemClock.now()),
        (None, _) => SystemClock.now(),
    }
}
