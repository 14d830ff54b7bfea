//! The real app over loopback HTTP, the local Slack, and a clock that a test moves. Only the heartbeat is replaced: a beat is
//! a call of `engine.round()`, at every instant at which the bot has something to do, and every few seconds while
//! something is under way. Bot, workspace and machine go by one clock, as they do where the bot runs for real, so a wait
//! for Slack is a move of the clock and no test sleeps.
//!
//! A test ends with [`Harness::finish`]: a message that nobody read, work that is still pending, a call that Slack would
//! have refused or a nudge that came twice fails it.

mod command_line;
mod gestures;
mod picture;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use onbeat::app::{App, Pace};
use onbeat::clock::{Clock, ManualClock};
use onbeat::config::Settings;
use onbeat::demo::workspace::model::{Message, User};
use onbeat::demo::{Clocks, LocalSlack, Team};
use onbeat::engine::Engine;
use onbeat::secret::Secret;
use onbeat::web;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use picture::picture;

/// Everybody in the workspace, by the name that tests call them.
const PEOPLE: &[(&str, &str, &str)] = &[
    ("ana", "Ana Ruiz", "America/Chicago"),
    ("ben", "Ben Adler", "America/Los_Angeles"),
    ("cleo", "Cleo Martin", "Europe/London"),
    ("dev", "Dev Patel", "Asia/Kolkata"),
    ("lee", "Lee Park", "America/New_York"),
    ("val", "Val Porter", "America/New_York"),
    ("dana", "Dana Wu", "America/Chicago"),
    ("evan", "Evan Cole", "America/Chicago"),
    ("zoe", "Zoe Stranger", "America/New_York"),
];

/// Two leaders, one above the other; the digest goes nowhere unless a test says so.
pub const LEADERS: &str = r#"
[[leader]]
slack = "U0VAL"
name = "Val Porter"

[[leader]]
slack = "U0LEE"
name = "Lee Park"
leader = "U0VAL"
"#;

/// Ana in Chicago, with two reps.
pub const ANA: &str = r#"
[[manager]]
slack = "U0ANA"
name = "Ana Ruiz"
time_zone = "America/Chicago"
leader = "U0LEE"
reps = [{ slack = "U0DANA", name = "Dana Wu" }, { slack = "U0EVAN", name = "Evan Cole" }]
"#;

/// Ben in Los Angeles, without reps.
pub const BEN: &str = r#"
[[manager]]
slack = "U0BEN"
name = "Ben Adler"
time_zone = "America/Los_Angeles"
leader = "U0LEE"
"#;

/// How a test file begins: the process's name, and a day that begins at 08:30.
pub const HEAD: &str = r#"
[process]
name = "Field"

[calendar]
workday = { start = "08:30", end = "17:30" }
"#;

/// The installation's key, where there is no file to find it in.
pub const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A bot that runs.
struct Bot {
    engine: Engine,
    stop: CancellationToken,
    served: JoinHandle<()>,
    sockets: Option<JoinHandle<()>>,
    url: String,
}

/// What came of a command of the real binary.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// The world of one test.
pub struct Harness {
    pub slack: LocalSlack,
    clock: Arc<ManualClock>,
    /// Tests speak of times in this zone.
    zone: TimeZone,
    folder: TempDir,
    /// The address of a database that is no file in the folder.
    elsewhere: Option<String>,
    slack_url: String,
    bot: Option<Bot>,
    read: Mutex<BTreeMap<String, BTreeSet<String>>>,
    /// How often the heart beats while something is under way.
    pub heartbeat: SignedDuration,
    /// Whether webhooks may reach this machine.
    pub private_addresses: bool,
    /// The address at which people reach the bot; port 0: the one it listens at.
    pub public_url: Option<String>,
    /// Whether the bot takes signed requests.
    pub over_http: bool,
    /// Whether the bot opens web sockets.
    pub socket_mode: bool,
    finished: bool,
}

/// `ana` is `U0ANA`; an id is itself.
pub fn id(name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_lowercase()) {
        format!("U0{}", name.to_uppercase())
    } else {
        name.to_owned()
    }
}

impl Harness {
    /// A bot that was started at `start` (RFC 3339) with `process` applied just before.
    pub async fn start(process: &str, start: &str) -> Harness {
        let mut harness = Harness::before(start).await;
        harness.apply(process).await;
        harness.open().await;
        harness.beat().await;
        harness
    }

    /// A workspace and an empty folder: nothing was applied, and no bot runs.
    pub async fn before(start: &str) -> Harness {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(ManualClock::with_the_machine(start.parse().unwrap()));
        let (workspace, machine) = (clock.clone(), clock.clone());
        let clocks =
            Clocks { workspace: Arc::new(move || workspace.now()), machine: Arc::new(move || machine.machine()) };
        let slack = LocalSlack::new(Team::default(), clocks);
        for (name, whole, zone) in PEOPLE {
            slack.add_user(User::new(&id(name), whole, zone));
        }
        let everybody: Vec<String> = PEOPLE.iter().map(|(name, ..)| id(name)).chain([slack.team().bot_user]).collect();
        let everybody: Vec<&str> = everybody.iter().map(String::as_str).collect();
        for (channel, name) in [("C0SALES", "sales"), ("C0WEST", "west"), ("C0TOP", "top")] {
            slack.add_channel(channel, name, "", &everybody);
        }
        let slack_url = slack.start().await.unwrap();
        Harness {
            slack,
            clock,
            zone: TimeZone::get("America/Chicago").unwrap(),
            folder: tempfile::tempdir().unwrap(),
            elsewhere: None,
            slack_url,
            bot: None,
            read: Mutex::default(),
            heartbeat: SignedDuration::from_secs(5),
            private_addresses: false,
            public_url: Some("http://127.0.0.1:0".to_owned()),
            over_http: true,
            socket_mode: false,
            finished: false,
        }
    }

    /// The same on another database; one that is no file comes with a key.
    #[cfg(feature = "postgres-tests")]
    pub fn on(mut self, database: &str) -> Harness {
        self.elsewhere = Some(database.to_owned());
        self
    }

    /// The bot's settings.
    pub fn settings(&self) -> Settings {
        let team = self.slack.team();
        Settings {
            bot_token: Some(Secret::from(team.bot_token)),
            signing_secret: self.over_http.then(|| Secret::from(team.signing_secret)),
            app_token: self.socket_mode.then(|| Secret::from(team.app_token)),
            socket_connections: 2,
            slack_api_url: format!("{}/api/", self.slack_url),
            database_url: Secret::from(self.database()),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: self.public_url.clone(),
            key: self.elsewhere.as_ref().map(|_| Secret::from(KEY)),
            webhook_private_addresses: self.private_addresses,
            admins: Vec::new(),
            keep: onbeat::config::Keep::default(),
            user: None,
        }
    }

    /// The database's address.
    pub fn database(&self) -> String {
        let file = || format!("sqlite://{}", self.folder.path().join("onbeat.db").display());
        self.elsewhere.clone().unwrap_or_else(file)
    }

    /// The test's own folder.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The workspace's Web API.
    pub fn slack_api(&self) -> String {
        format!("{}/api/", self.slack_url)
    }

    /// Opens the app on the test's database and takes requests.
    pub async fn open(&mut self) {
        let settings = self.settings();
        let app = App::open(settings.clone(), Pace::Stepped(self.clock.clone())).await.unwrap();
        let stop = CancellationToken::new();
        let sockets = app.socket_mode(&stop).map(|sockets| tokio::spawn(sockets.run()));
        let (engine, listener) = app.into_parts();
        let url = format!("http://{}", listener.local_addr().unwrap());
        engine.learn_identity().await.unwrap();
        let router = web::router(engine.clone(), settings.signing_secret);
        let stopped = stop.clone();
        let served = tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await.unwrap();
        });
        self.slack.connect(&url);
        self.bot = Some(Bot { engine, stop, served, sockets, url });
    }

    /// Shuts the bot down in good order and starts it again on the same database.
    pub async fn restart(&mut self) {
        self.close().await;
        self.open().await;
        self.beat().await;
    }

    /// Shuts the bot down in good order.
    pub async fn close(&mut self) {
        let bot = self.bot.take().expect("a bot that runs");
        bot.stop.cancel();
        if let Some(sockets) = bot.sockets {
            sockets.await.unwrap();
        }
        bot.engine.drain().await;
        bot.engine.store().close().await;
        // Kept-alive connections of the workspace's would hold the server up; nothing is under way on them.
        bot.served.abort();
    }

    /// The bot is gone from one moment to the next; nothing is finished.
    pub fn crash(&mut self) {
        let bot = self.bot.take().expect("a bot that runs");
        bot.served.abort();
    }

    /// The bot's hands.
    pub fn engine(&self) -> &Engine {
        &self.bot.as_ref().expect("a bot that runs").engine
    }

    /// Where the bot listens.
    pub fn url(&self) -> &str {
        &self.bot.as_ref().expect("a bot that runs").url
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock on the wall, e.g. `Mon 09:00`.
    pub fn wall(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%a %H:%M").to_string()
    }

    /// `Mon 09:00` (the next one from now on), `09:00` (today), `2026-12-07 09:00`, or seconds from now: `+90s`.
    pub fn at(&self, when: &str) -> Timestamp {
        let now = self.now().to_zoned(self.zone.clone());
        if let Some(seconds) = when.strip_prefix('+').and_then(|rest| rest.strip_suffix('s')) {
            return self.now() + SignedDuration::from_secs(seconds.parse().unwrap());
        }
        let (day, time) = when.rsplit_once(' ').unwrap_or(("", when));
        let time: Time = time.parse().unwrap();
        let zoned = |date: Date| date.to_datetime(time).to_zoned(self.zone.clone()).unwrap().timestamp();
        if day.is_empty() {
            return zoned(now.date());
        }
        if let Ok(date) = day.parse::<Date>() {
            return zoned(date);
        }
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let wanted = days.iter().position(|name| *name == day).unwrap_or_else(|| panic!("{day} is no day"));
        let wanted = Weekday::from_monday_zero_offset(wanted as i8).unwrap();
        let today = now.date();
        if today.weekday() == wanted && zoned(today) >= self.now() {
            return zoned(today);
        }
        zoned(today.nth_weekday(1, wanted).unwrap())
    }

    /// One beat of the heart: a tick, and everything it decided delivered.
    pub async fn beat(&self) {
        self.engine().drain().await;
        self.engine().round().await.unwrap();
    }

    /// Goes on to that time, with a beat wherever the bot has something to do.
    pub async fn advance_to(&self, when: &str) {
        let target = self.at(when);
        assert!(target >= self.now(), "{when} has passed");
        self.advance_to_instant(target).await;
    }

    /// The same, to an instant.
    pub async fn advance_to_instant(&self, target: Timestamp) {
        while self.now() < target {
            let (now, mut stop) = (self.now(), target);
            if let Some(next) = self.engine().next_at().await.unwrap() {
                stop = stop.min(next.max(now + SignedDuration::from_secs(1)));
            }
            if self.pending_work().await > 0 {
                stop = stop.min(now + self.heartbeat);
            }
            self.clock.advance_to(stop);
            self.beat().await;
        }
    }

    /// Time passes, and no heart beats: the bot is down, or asleep.
    pub fn sleep_until(&self, when: &str) {
        self.clock.advance_to(self.at(when));
    }

    /// The same, up to an instant; not back.
    pub fn sleep_until_instant(&self, at: Timestamp) {
        self.clock.advance_to(at);
    }

    /// Somebody sets the clock back.
    pub fn set_back_to(&self, when: &str) {
        self.clock.set(self.at(when));
    }

    /// How many messages are not settled, or show what no longer holds.
    pub async fn pending_work(&self) -> i64 {
        self.count(
            "SELECT count(*) FROM message
             WHERE delivery IN ('pending', 'sending', 'uncertain') OR (delivery = $1 AND stale = 1)",
            "sent",
        )
        .await
    }

    /// How many lines of the log say this.
    pub async fn log(&self, what: &str) -> i64 {
        self.count("SELECT count(*) FROM log WHERE what = $1", what).await
    }

    /// What the database counts for this word.
    async fn count(&self, sql: &'static str, word: &str) -> i64 {
        use sqlx::{Connection, PgConnection, SqliteConnection};
        let url = self.database();
        if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            let count = sqlx::query_scalar(sql).bind(word).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            count
        } else {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::query_scalar(sql).bind(word).fetch_one(&mut connection).await.unwrap()
        }
    }

    fn conversation(&self, name: &str) -> String {
        if name.starts_with('C') { name.to_owned() } else { self.slack.dm_id(&id(name)) }
    }

    /// The messages of a person's conversation with the bot, or of a channel, oldest first. Reads nothing.
    pub fn messages(&self, name: &str) -> Vec<Message> {
        let mut all = self.slack.messages(&self.conversation(name));
        all.retain(|message| message.thread_ts.is_none());
        all
    }

    /// What stands in the thread of the newest message of a channel.
    pub fn thread(&self, name: &str) -> Vec<Message> {
        let last = self.last(name).ts;
        let mut all = self.slack.messages(&self.conversation(name));
        all.retain(|message| message.thread_ts.as_ref() == Some(&last));
        all
    }

    /// The messages that came since somebody last looked, in words; they are read now.
    pub fn read(&self, name: &str) -> String {
        let fresh = self.take_unread(name);
        fresh.iter().map(picture).collect::<Vec<_>>().join("\n")
    }

    /// The kinds of the messages that came since somebody last looked, each with its time; they are read now.
    pub fn kinds(&self, name: &str) -> Vec<String> {
        let fresh = self.take_unread(name);
        fresh.iter().map(|message| format!("{} {}", self.wall(sent_at(message)), kind(message))).collect()
    }

    fn take_unread(&self, name: &str) -> Vec<Message> {
        let conversation = self.conversation(name);
        let mut read = self.read.lock().unwrap();
        let read = read.entry(conversation.clone()).or_default();
        let mut fresh = self.slack.messages(&conversation);
        fresh.retain(|message| message.thread_ts.is_none() && read.insert(message.ts.clone()));
        fresh
    }

    /// The newest message as it stands now.
    pub fn last(&self, name: &str) -> Message {
        self.messages(name).pop().unwrap_or_else(|| panic!("{name} has no message"))
    }

    /// What the newest ephemeral says to this person; none where there is none.
    pub fn whisper(&self, name: &str) -> Option<String> {
        self.slack.ephemerals(&id(name)).last().map(|said| said.text.clone())
    }

    /// How often each nudge or digest id stands in the workspace.
    fn ids(&self) -> BTreeMap<String, usize> {
        let people = PEOPLE.iter().map(|(name, ..)| self.messages(name));
        let channels = ["C0SALES", "C0WEST", "C0TOP"].map(|channel| self.messages(channel));
        let mut ids = BTreeMap::new();
        for message in people.chain(channels).flatten() {
            let payload =
                message.metadata.as_ref().map(|metadata| metadata["event_payload"].clone()).unwrap_or_default();
            if let Some(id) =
                ["nudge", "digest", "verification", "question"].iter().find_map(|key| payload[*key].as_str())
            {
                *ids.entry(id.to_owned()).or_default() += 1;
            }
        }
        ids
    }

    /// Everything was read, everything is settled, nothing was refused, nothing came twice.
    pub async fn finish(self) {
        if self.bot.is_some() {
            self.engine().drain().await;
        }
        assert_eq!(self.pending_work().await, 0, "work is pending");
        self.finish_with_work_left().await;
    }

    /// The same, where a bot of its own was cut short and left something to be settled by the next one.
    pub async fn finish_with_work_left(mut self) {
        self.finished = true;
        let conversations = PEOPLE.iter().map(|(name, ..)| *name).chain(["C0SALES", "C0WEST", "C0TOP"]);
        for name in conversations {
            let unread = self.read(name);
            assert!(unread.is_empty(), "{name} has not read:\n{unread}");
        }
        let refused = self.slack.refused();
        assert!(refused.is_empty(), "Slack would have refused {refused:#?}");
        let mut ids = self.ids();
        ids.retain(|_, count| *count > 1);
        assert!(ids.is_empty(), "posted more than once: {ids:?}");
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.served.abort();
        }
        assert!(self.finished || std::thread::panicking(), "a test of the harness ends with finish()");
    }
}

/// A plain client, which is the outside's.
pub fn http() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "a test stands outside, where Slack does")]
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client
}

/// `plan`, `due`, …; `digest` where it is one.
pub fn kind(message: &Message) -> String {
    let metadata = message.metadata.clone().unwrap_or_default();
    let kind = metadata["event_payload"]["kind"].as_str().map(str::to_owned);
    kind.unwrap_or_else(|| {
        metadata["event_type"].as_str().unwrap_or("no metadata").trim_start_matches("onbeat_").to_owned()
    })
}

/// When a message was posted.
pub fn sent_at(message: &Message) -> Timestamp {
    Timestamp::from_second(message.ts.split('.').next().unwrap().parse().unwrap()).unwrap()
}

fn name_of(element: &Value) -> &str {
    element["text"]["text"].as_str().or(element["placeholder"]["text"].as_str()).unwrap_or_default()
}

/// Whether an id is meant by `activity`, `activity/rep`, or the id itself.
fn names(id: &str, wanted: &str) -> bool {
    let mut parts = id.split('.').skip(1);
    let (activity, rep) = (parts.next().unwrap_or_default(), parts.nth(1));
    match wanted.split_once('/') {
        Some((key, name)) => activity == key && rep == Some(crate::harness::id(name).as_str()),
        None => id == wanted || activity == wanted,
    }
}
