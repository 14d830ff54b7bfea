//! The real app over loopback HTTP, the local Slack, and a clock that a test moves. Only the heartbeat is replaced: a beat is
//! a call of `engine.round()`, at every instant at which the bot has something to do, and every few seconds while
//! something is under way. Bot, workspace and machine go by one clock, as they do where the bot runs for real, so a wait
//! for Slack is a move of the clock and no test sleeps.
//!
//! A test ends with [`Harness::finish`]: a message that nobody read, work that is still pending, a call that Slack would
//! have refused or a nudge that came twice fails it.

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
use onbeat::demo::{BotAnswer, Clocks, LocalSlack, Team};
use onbeat::engine::Engine;
use onbeat::secret::Secret;
use onbeat::slack::inbound;
use onbeat::web;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
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

/// A bot that runs.
struct Bot {
    engine: Engine,
    stop: CancellationToken,
    served: JoinHandle<()>,
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
    slack_url: String,
    bot: Option<Bot>,
    read: Mutex<BTreeMap<String, BTreeSet<String>>>,
    /// How often the heart beats while something is under way.
    pub heartbeat: SignedDuration,
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
            slack_url,
            bot: None,
            read: Mutex::default(),
            heartbeat: SignedDuration::from_secs(5),
            finished: false,
        }
    }

    fn settings(&self) -> Settings {
        let team = self.slack.team();
        Settings {
            bot_token: Some(Secret::from(team.bot_token)),
            signing_secret: Some(Secret::from(team.signing_secret)),
            app_token: None,
            slack_api_url: format!("{}/api/", self.slack_url),
            database_url: Secret::from(self.database()),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            key: None,
            admins: Vec::new(),
        }
    }

    /// The database's address.
    pub fn database(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("onbeat.db").display())
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
        let (engine, listener) = app.into_parts();
        let url = format!("http://{}", listener.local_addr().unwrap());
        engine.learn_identity().await.unwrap();
        let (router, stop) = (web::router(engine.clone(), settings.signing_secret), CancellationToken::new());
        let stopped = stop.clone();
        let served = tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await.unwrap();
        });
        self.slack.connect(&url);
        self.bot = Some(Bot { engine, stop, served, url });
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

    // ---- time ---------------------------------------------------------------------------------------------------------

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

    /// How many messages are not settled, or show what no longer holds.
    pub async fn pending_work(&self) -> i64 {
        use sqlx::{Connection, SqliteConnection};
        let mut connection = SqliteConnection::connect(&self.database()).await.unwrap();
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM message
             WHERE delivery IN ('pending', 'sending', 'uncertain') OR (delivery = 'sent' AND stale = 1)",
        );
        let count = count.fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        count
    }

    // ---- what people see ----------------------------------------------------------------------------------------------

    fn conversation(&self, name: &str) -> String {
        if name.starts_with('C') { name.to_owned() } else { self.slack.dm_id(&id(name)) }
    }

    /// The messages of a person's conversation with the bot, or of a channel, oldest first. Reads nothing.
    pub fn messages(&self, name: &str) -> Vec<Message> {
        self.slack.messages(&self.conversation(name))
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
        self.slack.messages(&conversation).into_iter().filter(|message| read.insert(message.ts.clone())).collect()
    }

    /// The newest message as it stands now.
    pub fn last(&self, name: &str) -> Message {
        self.messages(name).pop().unwrap_or_else(|| panic!("{name} has no message"))
    }

    /// What the newest ephemeral says to this person; none where there is none.
    pub fn whisper(&self, name: &str) -> Option<String> {
        self.slack.ephemerals(&id(name)).last().map(|said| said.text.clone())
    }

    // ---- what people do -----------------------------------------------------------------------------------------------

    /// The newest message with an element of that name for that occurrence, and the element's value.
    fn element(&self, who: &str, what: &str, occurrence: &str) -> Option<(String, String)> {
        let messages = self.messages(who);
        messages.iter().rev().find_map(|message| {
            let elements = message.blocks.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten());
            let values = elements.filter(|element| name_of(element).starts_with(what)).filter_map(|element| {
                let options = element["options"].as_array().into_iter().flatten();
                options.chain([element]).find_map(|one| one["value"].as_str())
            });
            let id = values.map(|value| value.split('|').next().unwrap_or_default().to_owned());
            id.into_iter().find(|id| names(id, occurrence)).map(|id| (message.ts.clone(), id))
        })
    }

    /// Whether there is such a button (or select) for that occurrence anywhere.
    pub fn offers(&self, who: &str, what: &str, occurrence: &str) -> bool {
        self.element(who, what, occurrence).is_some()
    }

    /// Presses the button of that name for the occurrence (`activity`, `activity/rep`, or an id) where it was shown last,
    /// and lets the bot do what follows.
    pub async fn press(&self, who: &str, what: &str, occurrence: &str) -> BotAnswer {
        let (ts, value) =
            self.element(who, what, occurrence).unwrap_or_else(|| panic!("{who} sees no {what} for {occurrence}"));
        let answer = self.slack.press_of(&id(who), &ts, what, &value).await.unwrap();
        self.beat().await;
        answer
    }

    /// Chooses from the Snooze of that occurrence.
    pub async fn snooze(&self, who: &str, occurrence: &str, choice: &str) -> BotAnswer {
        let (ts, value) =
            self.element(who, "Snooze", occurrence).unwrap_or_else(|| panic!("{who} can't snooze {occurrence}"));
        let answer = self.slack.select_of(&id(who), &ts, "Snooze", &value, choice).await.unwrap();
        self.beat().await;
        answer
    }

    /// The choices of the Snooze of that occurrence, where it was shown last.
    pub fn choices(&self, who: &str, occurrence: &str) -> Vec<String> {
        let Some((ts, value)) = self.element(who, "Snooze", occurrence) else { return Vec::new() };
        let messages = self.messages(who);
        let message = messages.iter().find(|message| message.ts == ts).unwrap();
        let elements = message.blocks.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten());
        let options = elements.flat_map(|element| element["options"].as_array().into_iter().flatten());
        let of_it = options.filter(|option| option["value"].as_str().is_some_and(|v| v.starts_with(&value)));
        of_it.map(|option| option["text"]["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Submits the modal that the person has before them. The bot's answer: empty, or what Slack is to show.
    pub async fn submit(&self, who: &str, fields: &[(&str, &str)]) -> Value {
        let answer = self.slack.submit(&id(who), fields).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.beat().await;
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    /// The modal's labels, in order.
    pub fn modal(&self, who: &str) -> Vec<String> {
        let Some(view) = self.slack.modal(&id(who)) else { return Vec::new() };
        view.blocks().iter().filter_map(|block| block["label"]["text"].as_str().map(str::to_owned)).collect()
    }

    /// Presses a button as if it stood before this person, wherever it really stands: a forged or forwarded press.
    /// The status of the answer.
    pub async fn press_unseen(&self, who: &str, action_id: &str, value: &str, team: &str) -> u16 {
        let channel = self.slack.dm_id(&id(who));
        let payload = json!({
            "type": "block_actions",
            "team": { "id": team, "domain": "x" },
            "user": { "id": id(who), "team_id": team },
            "trigger_id": "1.2.none",
            "container": { "type": "message", "message_ts": "1.000001", "channel_id": channel },
            "channel": { "id": channel, "name": "directmessage" },
            "actions": [{ "type": "button", "action_id": action_id, "block_id": "b", "value": value,
                "action_ts": format!("{}.{}", self.now().as_second(), self.slack.calls().len()) }],
        });
        let form =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
        let status = self.post("/slack/interactions", &form, self.now().as_second(), None).await;
        self.beat().await;
        status
    }

    /// Posts to the bot, signed as at `stamp` unless `signature` says otherwise; the status of the answer.
    pub async fn post(&self, path: &str, body: &str, stamp: i64, signature: Option<&str>) -> u16 {
        self.send(path, body, stamp, signature).await.0
    }

    /// Posts to the bot as Slack would; status and body of the answer.
    pub async fn post_for_body(&self, path: &str, body: &str) -> (u16, String) {
        self.send(path, body, self.now().as_second(), None).await
    }

    async fn send(&self, path: &str, body: &str, stamp: i64, signature: Option<&str>) -> (u16, String) {
        let secret = Secret::from(self.slack.team().signing_secret);
        let signed = inbound::sign(&secret, stamp, body.as_bytes());
        let request = http()
            .post(format!("{}{path}", self.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp.to_string())
            .header("x-slack-signature", signature.unwrap_or(&signed))
            .body(body.to_owned());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    // ---- the command line ---------------------------------------------------------------------------------------------

    /// Runs the real binary on the test's database, in its folder, with nothing of this machine's environment.
    pub async fn onbeat(&self, words: &[&str]) -> Said {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_onbeat"));
        command.args(words).current_dir(self.folder.path()).env_clear();
        command.env("DATABASE_URL", self.database()).env("SLACK_API_URL", self.slack_api());
        command.env("SLACK_BOT_TOKEN", self.slack.team().bot_token);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The same, at the test's time.
    pub async fn onbeat_now(&self, words: &[&str]) -> Said {
        let clock = self.now().to_string();
        self.onbeat(&[words, &["--clock", &clock]].concat()).await
    }

    /// Writes a file into the test's folder.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Applies a process by `onbeat apply`, and lets a running bot take it up.
    pub async fn apply(&self, process: &str) -> Said {
        self.write("process.toml", process);
        let said = self.onbeat_now(&["apply", "process.toml"]).await;
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
        if self.bot.is_some() {
            self.beat().await;
        }
        said
    }

    /// What `onbeat records --format json` prints for these dates.
    pub async fn records(&self, from: &str, to: &str) -> Vec<Value> {
        let said = self.onbeat_now(&["records", "--from", from, "--to", to, "--format", "json"]).await;
        assert_eq!(said.status, 0, "{}", said.err);
        serde_json::from_str(&said.out).unwrap()
    }

    /// Today's record of an occurrence.
    pub async fn record(&self, occurrence: &str) -> Value {
        let today = self.now().to_zoned(self.zone.clone()).date().to_string();
        self.record_on(&today, occurrence).await
    }

    /// The record of an occurrence that is due on that date.
    pub async fn record_on(&self, date: &str, occurrence: &str) -> Value {
        let records = self.records(date, date).await;
        let found = records.iter().find(|record| names(record["id"].as_str().unwrap(), occurrence));
        found.unwrap_or_else(|| panic!("no {occurrence} on {date} in {records:#?}")).clone()
    }

    /// The states of a date's records, each with activity and rep.
    pub async fn states(&self, date: &str) -> Vec<String> {
        let records = self.records(date, date).await;
        let words =
            |record: &Value| format!("{} {}", record["id"].as_str().unwrap(), record["state"].as_str().unwrap());
        records.iter().map(words).collect()
    }

    // ---- the end ------------------------------------------------------------------------------------------------------

    /// How often each nudge or digest id stands in the workspace.
    fn ids(&self) -> BTreeMap<String, usize> {
        let people = PEOPLE.iter().map(|(name, ..)| self.messages(name));
        let channels = ["C0SALES", "C0WEST", "C0TOP"].map(|channel| self.messages(channel));
        let mut ids = BTreeMap::new();
        for message in people.chain(channels).flatten() {
            let payload =
                message.metadata.as_ref().map(|metadata| metadata["event_payload"].clone()).unwrap_or_default();
            if let Some(id) = payload["nudge"].as_str().or(payload["digest"].as_str()) {
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
