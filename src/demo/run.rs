//! `onbeat demo`: a local Slack workspace, the real bot behind it over loopback HTTP, the starter process, a sample team,
//! and a clock that the page moves. Everything lies in a temporary folder that goes when the demo ends.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Span, Timestamp};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::workspace::model::User;
use super::{ClockControl, ClockState, Clocks, LocalSlack, Move, Team};
use crate::app::{App, AppError, Pace};
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::config::Settings;
use crate::engine::apply::{Manner, apply};
use crate::engine::{Engine, EngineError};
use crate::process::Process;
use crate::process::file::{self, SourceFile, Surroundings};
use crate::secret::Secret;

/// Why the demo could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The port is taken, or there is no temporary folder.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The bot.
    #[error(transparent)]
    App(#[from] AppError),
    /// The bot's work.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The shipped process. A test holds that this does not happen.
    #[error("the shipped process is not good:\n{0}")]
    Process(String),
}

/// A demo that runs.
pub struct Demo {
    /// The page's address.
    pub url: String,
    running: tokio::task::JoinHandle<Result<(), AppError>>,
    _folder: tempfile::TempDir,
}

/// How far a single move may lead: nothing in the starter process is rarer than this.
const FARTHEST_DAYS: i64 = 40;

const CHANNEL: &str = "C0SALES";

impl Demo {
    /// Starts everything on loopback: the page on `port` (0: a free one), the demo's clock at `start` (now, where left
    /// out).
    ///
    /// # Errors
    /// Where the port is taken, or no temporary folder can be made.
    pub async fn start(port: u16, start: Option<Timestamp>, stop: CancellationToken) -> Result<Demo, DemoError> {
        let folder = tempfile::Builder::new().prefix("onbeat-demo-").tempdir()?;
        let clock = Arc::new(ManualClock::new(start.unwrap_or_else(|| SystemClock.now())));
        let process = shipped_process(clock.now())?;
        let slack = workspace(&process, clock.clone());
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let settings = settings(&slack, &url, &folder);
        let app = App::open(settings, Pace::Stepped(clock.clone())).await?;
        apply(app.engine().store(), process, Manner::default(), clock.now()).await?;
        let engine = app.engine().clone();
        engine.round().await?;
        let door = app.address().ok_or_else(|| std::io::Error::other("the bot has no address"))?;
        slack.connect(&format!("http://{door}"));
        slack.set_clock(Arc::new(Hand { engine, clock, slack: slack.clone(), note: Mutex::new(None) }));
        let page = slack.clone();
        let stopped = stop.clone();
        tokio::spawn(async move { page.serve(listener, stopped.cancelled_owned()).await });
        let running = tokio::spawn(app.run(stop));
        Ok(Demo { url, running, _folder: folder })
    }

    /// Waits until the bot has shut down.
    ///
    /// # Errors
    /// Where it failed.
    pub async fn finished(self) -> Result<(), DemoError> {
        match self.running.await {
            Ok(ended) => Ok(ended?),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}

/// The bot's settings: nothing of this machine's environment, nothing outside loopback and the folder.
fn settings(slack: &LocalSlack, url: &str, folder: &tempfile::TempDir) -> Settings {
    let team = slack.team();
    Settings {
        bot_token: Some(Secret::from(team.bot_token)),
        signing_secret: Some(Secret::from(team.signing_secret)),
        app_token: None,
        slack_api_url: format!("{url}/api/"),
        database_url: Secret::from(format!("sqlite://{}", folder.path().join("demo.db").display())),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        public_url: None,
        key: None,
        admins: Vec::new(),
    }
}

/// The workspace with everybody in it.
fn workspace(process: &Process, clock: Arc<ManualClock>) -> LocalSlack {
    let team = Team { name: "Northwind Sales".to_owned(), domain: "northwind-sales".to_owned(), ..Team::default() };
    let bot = team.bot_user.clone();
    let clocks = Clocks { workspace: Arc::new(move || clock.now()), machine: Arc::new(|| SystemClock.machine()) };
    let slack = LocalSlack::new(team, clocks);
    let mut everybody = vec![bot];
    for manager in &process.managers {
        let zone = manager.zone();
        let zone = zone.iana_name().unwrap_or("UTC");
        slack.add_user(User::new(manager.slack.as_str(), &manager.name, zone).title("Sales manager"));
        everybody.push(manager.slack.to_string());
    }
    for leader in &process.leaders {
        let title = if leader.leader.is_some() { "Sales leader" } else { "VP Sales" };
        slack.add_user(User::new(leader.slack.as_str(), &leader.name, "America/New_York").title(title));
        everybody.push(leader.slack.to_string());
    }
    let members: Vec<&str> = everybody.iter().map(String::as_str).collect();
    slack.add_channel(CHANNEL, "sales-leadership", "How our sales management process is holding", &members);
    slack
}

/// The shipped files, as if they lay in one folder.
struct Shipped;

impl Surroundings for Shipped {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        match path {
            "holidays/us-2027.ics" => Ok(SourceFile {
                name: path.to_owned(),
                text: include_str!("../../config/holidays/us-2027.ics").to_owned(),
            }),
            _ => Err("it is not shipped".to_owned()),
        }
    }

    fn user_by_email(&self, _email: &str) -> Result<String, String> {
        Err("the demo names people by id".to_owned())
    }
}

fn shipped_process(now: Timestamp) -> Result<Process, DemoError> {
    let shipped = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let files = [
        shipped("process.toml", include_str!("../../config/process.toml")),
        shipped("team.toml", include_str!("team.toml")),
    ];
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let read = file::read(&files, today, &Shipped);
    let (process, _) = read.map_err(|problems| {
        DemoError::Process(problems.into_iter().map(|problem| problem.rendered).collect::<Vec<_>>().join("\n"))
    })?;
    Ok(Process { effective: None, revision: None, ..process })
}

/// The hand on the demo's clock. It stops at every instant at which the bot has something to do, so that nothing is late.
struct Hand {
    engine: Engine,
    clock: Arc<ManualClock>,
    slack: LocalSlack,
    note: Mutex<Option<String>>,
}

impl Hand {
    /// Moves on to `target`, or to where `enough` says so. How many messages went out on the way.
    async fn go(&self, target: Timestamp, enough: impl Fn(usize) -> bool) -> Result<usize, EngineError> {
        let mut sent = 0;
        while !enough(sent) {
            let now = self.clock.now();
            let next = self.engine.next_at().await?.filter(|next| *next < target);
            // A round that left something due behind must not stop the clock.
            let stop = next.map_or(target, |next| next.max(now + SignedDuration::from_secs(1)));
            self.clock.advance_to(stop);
            sent += self.engine.round().await?;
            if stop >= target {
                break;
            }
        }
        self.slack.changed();
        Ok(sent)
    }

    async fn move_to(&self, to: Move) -> Result<String, EngineError> {
        let now = self.clock.now();
        let farthest = now + SignedDuration::from_hours(24 * FARTHEST_DAYS);
        let sent = match to {
            Move::NextNudge => self.go(farthest, |sent| sent > 0).await?,
            Move::Hour => self.go(now + SignedDuration::from_hours(1), |_| false).await?,
            Move::Tomorrow => self.go(tomorrow_morning(now), |_| false).await?,
            Move::Digest => {
                let before = self.slack.messages(CHANNEL).len();
                self.go(farthest, |_| self.slack.messages(CHANNEL).len() > before).await?
            }
        };
        Ok(match sent {
            0 => "All quiet: nothing was due.".to_owned(),
            1 => "One message went out.".to_owned(),
            sent => format!("{sent} messages went out."),
        })
    }
}

/// Seven in the morning of the next day, where the team's leader is.
fn tomorrow_morning(now: Timestamp) -> Timestamp {
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap_or(jiff::tz::TimeZone::UTC);
    let tomorrow = now.to_zoned(zone.clone()).date().saturating_add(Span::new().days(1));
    tomorrow.at(7, 0, 0, 0).to_zoned(zone).map_or(now + SignedDuration::from_hours(24), |morning| morning.timestamp())
}

#[async_trait]
impl ClockControl for Hand {
    async fn advance(&self, to: Move) -> Result<ClockState, String> {
        let note = self.move_to(to).await.map_err(|error| error.to_string())?;
        *self.note.lock().expect("nobody panics while holding it") = Some(note);
        Ok(self.state())
    }

    fn state(&self) -> ClockState {
        let note = self.note.lock().expect("nobody panics while holding it").clone();
        ClockState { now: self.clock.now(), next_nudge: None, note }
    }
}
