//! `onbeat demo`: a local Slack workspace, the real bot behind it over loopback HTTP, the starter process, a sample team,
//! and a clock that the page moves. Everything lies in a temporary folder that goes when the demo ends.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Span, Timestamp};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::teammates::Teammates;
use super::workspace::model::{ONLOOKER, User};
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
    #[cfg(test)]
    slack: LocalSlack,
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
        let teammates = Teammates::new(process.clone(), slack.clone());
        apply(app.engine().store(), process, Manner::default(), clock.now()).await?;
        let engine = app.engine().clone();
        engine.round().await?;
        let door = app.address().ok_or_else(|| std::io::Error::other("the bot has no address"))?;
        slack.connect(&format!("http://{door}"));
        slack.set_clock(Arc::new(Hand { engine, clock, slack: slack.clone(), teammates, note: Mutex::new(None) }));
        let page = slack.clone();
        let stopped = stop.clone();
        tokio::spawn(async move { page.serve(listener, stopped.cancelled_owned()).await });
        let running = tokio::spawn(app.run(stop));
        Ok(Demo {
            url,
            #[cfg(test)]
            slack,
            running,
            _folder: folder,
        })
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
        socket_connections: 1,
        bot_token: Some(Secret::from(team.bot_token)),
        signing_secret: Some(Secret::from(team.signing_secret)),
        app_token: None,
        slack_api_url: format!("{url}/api/"),
        database_url: Secret::from(format!("sqlite://{}", folder.path().join("demo.db").display())),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        // Port 0: the one that the bot will find.
        public_url: Some("http://127.0.0.1:0".to_owned()),
        key: None,
        webhook_private_addresses: false,
        admins: Vec::new(),
        keep: crate::config::Keep::default(),
        user: None,
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
        // They can be picked, and nothing is sent to them.
        for rep in &manager.reps {
            slack.add_user(User::new(rep.slack.as_str(), &rep.name, zone).title(ONLOOKER));
        }
    }
    for (id, name, zone) in NEWCOMERS {
        slack.add_user(User::new(id, name, zone).title(ONLOOKER));
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

/// Not in the process yet: to be added from Slack.
const NEWCOMERS: [(&str, &str, &str); 3] = [
    ("U0IRIS", "Iris Kent", "America/New_York"),
    ("U0JON", "Jon Abara", "America/Chicago"),
    ("U0LENA", "Lena Fuchs", "America/Los_Angeles"),
];

/// The shipped files, as if they lay in one folder.
struct Shipped;

impl Surroundings for Shipped {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        match path {
            "holidays/us.ics" => {
                Ok(SourceFile { name: path.to_owned(), text: include_str!("../../config/holidays/us.ics").to_owned() })
            }
            _ => Err("it is not shipped".to_owned()),
        }
    }

    fn user_by_email(&self, _email: &str) -> Result<String, String> {
        Err("the demo names people by id".to_owned())
    }
}

pub(super) fn shipped_process(now: Timestamp) -> Result<Process, DemoError> {
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
    teammates: Teammates,
    note: Mutex<Option<String>>,
}

impl Hand {
    /// Moves on to `target`, or to where `enough` says so. To whom how many messages went out on the way.
    async fn go(&self, target: Timestamp, enough: impl Fn(&Sent) -> bool) -> Result<Sent, EngineError> {
        let before = self.slack.said();
        // An answer sets off a round of its own, which may be the one that sends: the conversations tell what went out.
        let sent = || {
            let new = |(name, count): (String, usize)| {
                let count = count.saturating_sub(before.get(&name).copied().unwrap_or_default());
                (count > 0).then_some((name, count))
            };
            self.slack.said().into_iter().filter_map(new).collect::<Sent>()
        };
        while !enough(&sent()) {
            let now = self.clock.now();
            let (nudge, answer) = (self.engine.next_at().await?, self.teammates.next_at(now));
            let next = nudge.into_iter().chain(answer).min().filter(|next| *next < target);
            // A round that left something due behind must not stop the clock.
            let stop = next.map_or(target, |next| next.max(now + SignedDuration::from_secs(1)));
            self.clock.advance_to(stop);
            if stop >= target || nudge.is_some_and(|nudge| nudge <= stop) {
                self.engine.round().await?;
            }
            self.teammates.answer(&self.engine, stop).await;
            if stop >= target {
                break;
            }
        }
        // What the answers changed shows now.
        self.engine.round().await?;
        self.slack.changed();
        Ok(sent())
    }

    async fn move_to(&self, to: Move, viewer: Option<&str>) -> Result<String, EngineError> {
        let now = self.clock.now();
        let farthest = now + SignedDuration::from_hours(24 * FARTHEST_DAYS);
        let sent = match to {
            // A manager waits for what comes to them; anybody else for whatever comes.
            Move::NextNudge => match self.teammates.name_of(viewer) {
                Some(name) => self.go(farthest, |sent| sent.contains_key(&name)).await?,
                None => self.go(farthest, |sent| !sent.is_empty()).await?,
            },
            Move::Hour => self.go(now + SignedDuration::from_hours(1), |_| false).await?,
            Move::Tomorrow => self.go(tomorrow_morning(now), |_| false).await?,
            Move::Digest => {
                let channel = self.slack.conversation(CHANNEL).map(|c| format!("#{}", c.name)).unwrap_or_default();
                self.go(farthest, |sent| sent.contains_key(&channel)).await?
            }
        };
        Ok(in_words(&sent))
    }
}

/// By the name of a person or a channel, how many messages went there.
type Sent = BTreeMap<String, usize>;

fn in_words(sent: &Sent) -> String {
    let names: Vec<&str> = sent.keys().filter(|name| !name.starts_with('#')).map(String::as_str).collect();
    let people = match names.as_slice() {
        [] => "All quiet: nothing was due.".to_owned(),
        [one] => format!("{one} heard from Onbeat."),
        [most @ .., last] if names.len() <= 3 => format!("{} and {last} heard from Onbeat.", most.join(", ")),
        _ => format!("{} people heard from Onbeat, {} messages in all.", names.len(), sent.values().sum::<usize>()),
    };
    match sent.keys().find(|name| name.starts_with('#')) {
        Some(channel) if names.is_empty() => format!("The digest is in {channel}."),
        Some(channel) => format!("{people} The digest is in {channel}."),
        None => people,
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
    async fn advance(&self, to: Move, viewer: Option<&str>) -> Result<ClockState, String> {
        let note = self.move_to(to, viewer).await.map_err(|error| error.to_string())?;
        *self.note.lock().expect("nobody panics while holding it") = Some(note);
        Ok(self.state())
    }

    fn state(&self) -> ClockState {
        let note = self.note.lock().expect("nobody panics while holding it").clone();
        ClockState { now: self.clock.now(), next_nudge: None, note }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::workspace::model::Message;

    /// How many rows of buttons in these messages offer `action`.
    fn offering(messages: &[Message], action: &str) -> usize {
        let rows = messages.iter().flat_map(|message| &message.blocks).filter_map(|block| block["elements"].as_array());
        rows.filter(|row| row.iter().any(|element| element["action_id"] == action)).count()
    }

    #[test]
    fn the_page_is_told_who_heard() {
        let sent =
            |names: &[(&str, usize)]| in_words(&names.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect());
        assert_eq!(sent(&[]), "All quiet: nothing was due.");
        assert_eq!(sent(&[("Ana Ruiz", 2)]), "Ana Ruiz heard from Onbeat.");
        assert_eq!(sent(&[("A", 1), ("B", 1), ("C", 1)]), "A, B and C heard from Onbeat.");
        let many = [("A", 1), ("B", 1), ("C", 1), ("D", 3), ("#sales", 1)];
        assert_eq!(sent(&many), "4 people heard from Onbeat, 7 messages in all. The digest is in #sales.");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn teammates_answer_what_they_are_asked_and_leave_the_viewers_alone() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let stop = CancellationToken::new();
        let monday = "2026-11-30T12:00:00Z".parse().unwrap();
        let demo = Demo::start(0, Some(monday), stop.clone()).await.unwrap();
        let slack = demo.slack.clone();
        let post = |path: &str, body: serde_json::Value| {
            crate::demo::workspace::plain_client().post(format!("{}/control/{path}", demo.url)).json(&body).send()
        };
        // Somebody plays Ben, and looks on as Ana.
        let played = serde_json::json!({ "as": "U0BEN", "do": "home" });
        post("act", played).await.unwrap();
        post("clock", serde_json::json!({ "move": "tomorrow", "as": "U0ANA" })).await.unwrap();
        assert!(slack.dm("U0ANA").len() >= 3 && slack.dm("U0BEN").len() >= 3, "plan, nudges and wrap reached them");
        assert_eq!((offering(&slack.dm("U0ANA"), "undo"), offering(&slack.dm("U0BEN"), "undo")), (0, 0));
        let cleo = slack.dm("U0CLEO");
        assert!(offering(&cleo, "undo") > 3, "Cleo tells her day");
        let noted = cleo.iter().any(|m| serde_json::to_string(&m.blocks).unwrap().contains("rich_text_quote"));
        assert!(noted, "and what came of it");
        let refused: Vec<_> = slack.refused();
        assert!(refused.is_empty(), "{refused:?}");
        stop.cancel();
        demo.finished().await.unwrap();
    }
}
