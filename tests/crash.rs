//! The real binary, killed again and again at random instants, against a local Slack that loses answers, refuses, resets
//! and dawdles. At the end: no nudge was posted twice, nothing due went without being offered, and no click that was
//! acknowledged is lost.
//!
//! `scripts/crash` runs it: 30 kills, or as many as it is told (`scripts/crash 1000`). ONBEAT_CRASH_KILLS says how many,
//! ONBEAT_CRASH_SEED which.

#![allow(clippy::unwrap_used)] // a test that panics has said what it has to say

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use onbeat::clock::{Clock, SystemClock};
use onbeat::demo::workspace::model::{Message, User};
use onbeat::demo::{Clocks, Fault, LocalSlack, Outward, Scope, Team};
use onbeat::store::{self, Store};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

/// Where the rehearsal begins: half an hour before the managers' Monday does.
const START: &str = "2026-12-07T14:00:00Z";
/// How much faster than the machine's the bot's clock runs: a workday passes in a minute and a half.
const SPEED: &str = "360";
/// When the first day's last nudge has gone.
const EVENING: &str = "2026-12-07T22:45:00Z";
const MANAGERS: usize = 6;
/// How long the bot may take to settle everything once nobody kills it: a lease, a look, and another.
const CALM: Duration = Duration::from_secs(300);

const PROCESS: &str = r#"
[process]
name = "Crash"
effective = 2026-12-07

[calendar]
workday = { start = "08:30", end = "17:30" }
time_zone_is = "below"

[nudges]
intensity = "active"

[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 09:00"
minutes = 10

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every workday at 11:00"
minutes = 30
per = "rep"

[[activity]]
key = "review"
title = "Review"
when = "every Monday, Wednesday and Thursday at 14:00"
minutes = 30
grace = "0 workdays"

[[leader]]
slack = "U0LEE"
name = "Lee Park"
"#;

fn manager(which: usize) -> String {
    format!("U0MANAGER{which}")
}

fn process() -> String {
    let people = (0..MANAGERS).map(|which| {
        format!(
            "\n[[manager]]\nslack = \"{}\"\nname = \"Manager {which}\"\ntime_zone = \"America/Chicago\"\nleader = \"U0LEE\"\n\
             reps = [{{ slack = \"U0REPA{which}\", name = \"A\" }}, {{ slack = \"U0REPB{which}\", name = \"B\" }}]\n",
            manager(which)
        )
    });
    PROCESS.replace("time_zone_is = \"below\"\n", "") + &people.collect::<String>()
}

/// The world around the binary.
struct World {
    slack: LocalSlack,
    api: String,
    folder: tempfile::TempDir,
    chance: StdRng,
    /// The occurrences whose *Done* was acknowledged.
    done: BTreeSet<String>,
}

/// A bot that runs until it is killed.
struct Bot {
    child: Child,
}

impl Drop for Bot {
    /// SIGKILL: nothing is finished, nothing is said.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl World {
    async fn begin(seed: u64) -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let now = || SystemClock.now();
        let slack = LocalSlack::new(Team::default(), Clocks { workspace: Arc::new(now), machine: Arc::new(now) });
        slack.settings(|settings| {
            settings.recognise_client_msg_id = false;
            settings.silence = Duration::from_secs(20);
            settings.patience = Duration::from_secs(3);
        });
        for which in 0..MANAGERS {
            slack.add_user(User::new(&manager(which), &format!("Manager {which}"), "America/Chicago"));
        }
        slack.add_user(User::new("U0LEE", "Lee Park", "America/Chicago"));
        let api = format!("{}/api/", slack.start().await.unwrap());
        let world = World {
            slack,
            api,
            folder: tempfile::tempdir().unwrap(),
            chance: StdRng::seed_from_u64(seed),
            done: BTreeSet::new(),
        };
        std::fs::write(world.folder.path().join("process.toml"), process()).unwrap();
        world.onbeat(&["apply", "process.toml", "--clock", START]);
        world
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("onbeat.db").display())
    }

    fn command(&self, words: &[&str]) -> Command {
        let team = self.slack.team();
        let mut command = Command::new(env!("CARGO_BIN_EXE_onbeat"));
        command.args(words).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command
            .env("DATABASE_URL", self.database())
            .env("SLACK_API_URL", &self.api)
            .env("ONBEAT_LISTEN", "127.0.0.1:0");
        command.env("SLACK_BOT_TOKEN", team.bot_token).env("SLACK_SIGNING_SECRET", team.signing_secret);
        command
    }

    /// Runs a command to its end: what it printed.
    fn onbeat(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "onbeat {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the bot, and tells Slack where it is once it listens.
    fn serve(&self) -> Bot {
        let mut command = self.command(&["serve", "--clock", START, "--speed", SPEED]);
        let child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut bot = Bot { child };
        let mut lines = BufReader::new(bot.child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let found = line.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
            let found = found.into_iter().find(|part| part.starts_with("127.0.0.1:")).map(str::to_owned);
            said.push(line);
            found
        });
        let address = address.unwrap_or_else(|| panic!("it does not come up: {said:#?}"));
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        self.slack.connect(&format!("http://{address}"));
        bot
    }

    /// Some of what goes wrong between the bot and Slack.
    fn order_mischief(&mut self) {
        for _ in 0..self.chance.random_range(0..4) {
            let fault = match self.chance.random_range(0..9) {
                0 => Fault::RateLimited(1),
                1 => Fault::ServerError(503),
                2 => Fault::ServerErrorAfter(502),
                3 => Fault::ResetBefore,
                4 => Fault::ResetAfter,
                5 => Fault::SilentAfter,
                6 => Fault::SilentBefore,
                7 => Fault::SilentLate(Duration::from_millis(700)),
                _ => Fault::Slow(Duration::from_millis(400)),
            };
            self.slack.mischief(Scope::Any, fault, 1);
        }
        if self.chance.random_bool(0.3) {
            let fault = if self.chance.random_bool(0.5) { Outward::Twice } else { Outward::TwiceAtOnce };
            self.slack.mischief_outward(fault, 1);
        }
    }

    /// Presses one of the *Done* buttons that are before somebody's eyes. What Slack would take for an acknowledgement
    /// counts; a request that found nobody, or an error, doesn't.
    async fn press(&mut self) -> bool {
        let who = manager(self.chance.random_range(0..MANAGERS));
        let buttons: Vec<(String, String)> = self.slack.dm(&who).iter().flat_map(offered).collect();
        // Some things nobody ever does, or there would be nothing to nudge about.
        let wanted = |id: &str| !self.done.contains(id) && !id.contains("U0REPB") && !id.contains("review");
        let open: Vec<_> = buttons.into_iter().filter(|(_, id)| wanted(id)).collect();
        if open.is_empty() {
            return false;
        }
        let (ts, id) = &open[self.chance.random_range(0..open.len())];
        let answer = self.slack.press_of(&who, ts, "done", id).await;
        answer.is_ok_and(|answer| answer.is_ok()) && self.done.insert(id.clone())
    }

    /// A first morning in peace, so that there is something to press.
    async fn first_morning(&self) {
        let bot = self.serve();
        let began = Instant::now();
        while (0..MANAGERS).any(|which| self.slack.dm(&manager(which)).is_empty()) {
            assert!(began.elapsed() < Duration::from_secs(60), "somebody has no plan");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        drop(bot);
    }

    /// Lives until the kill, which often comes just when a click was acknowledged.
    async fn live(&mut self, how_long: Duration) {
        let began = Instant::now();
        while began.elapsed() < how_long {
            if self.chance.random_bool(0.05) && self.press().await && self.chance.random_bool(0.5) {
                return;
            }
            let pause = self.chance.random_range(10..120);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Waits until the first day is as good as over, and nothing is under way any more.
    async fn settle(&self) {
        let store = store::open(&self.database()).await.unwrap();
        let (began, evening): (_, Timestamp) = (Instant::now(), EVENING.parse().unwrap());
        while store.workspace().await.unwrap().rehearsal_clock < Some(evening) || !is_settled(&*store).await {
            assert!(began.elapsed() < CALM, "something is still under way");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        store.close().await;
    }
}

/// The *Done* buttons of a message: its `ts`, and the occurrence of each.
fn offered(message: &Message) -> Vec<(String, String)> {
    let elements = message.blocks.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten());
    let done = elements.filter(|element| element["action_id"] == "done");
    done.filter_map(|element| Some((message.ts.clone(), element["value"].as_str()?.split('|').next()?.to_owned())))
        .collect()
}

async fn is_settled(store: &dyn Store) -> bool {
    let machine = SystemClock.now();
    for which in 0..MANAGERS {
        let who = manager(which);
        if store.unsettled(&who).await.unwrap() || !store.pending(&who).await.unwrap().is_empty() {
            return false;
        }
    }
    store.stale(machine + SignedDuration::from_mins(1), machine, 1).await.unwrap().is_empty()
}

fn setting(name: &str, otherwise: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how long the test runs is a setting of the test run")]
    let value = std::env::var(name);
    value.map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value} is no number")))
}

/// Each nudge id with how often it was posted.
fn posted(slack: &LocalSlack) -> BTreeMap<String, usize> {
    let mut posted = BTreeMap::new();
    for which in 0..MANAGERS {
        for message in slack.dm(&manager(which)) {
            let id = message.metadata.as_ref().and_then(|metadata| metadata["event_payload"]["nudge"].as_str());
            *posted.entry(id.unwrap_or("a message without an id").to_owned()).or_default() += 1;
        }
    }
    posted
}

/// Every occurrence that some message shows, by whatever button.
fn shown(slack: &LocalSlack) -> String {
    let dms = (0..MANAGERS).map(|which| slack.dm(&manager(which)));
    dms.flatten().map(|message| Value::from(message.blocks).to_string()).collect()
}

fn check(world: &World) {
    let doubled: Vec<_> = posted(&world.slack).into_iter().filter(|(_, times)| *times > 1).collect();
    assert!(doubled.is_empty(), "posted twice: {doubled:?}");
    let records = world.onbeat(&["records", "--from", "2026-12-07", "--to", "2027-02-28", "--format", "json"]);
    let records: Vec<Value> = serde_json::from_str(&records).unwrap();
    let states: BTreeMap<&str, &Value> = records.iter().map(|r| (r["id"].as_str().unwrap(), &r["state"])).collect();
    for id in &world.done {
        assert_eq!(states.get(id.as_str()).map(|state| state.as_str().unwrap()), Some("done"), "{id} was acknowledged");
    }
    // What fell due on a day whose plan has gone was before somebody's eyes.
    let shown = shown(&world.slack);
    let last = records.iter().filter(|r| r["state"] != "planned").filter_map(|r| r["due"].as_str()).max().unwrap();
    let last: Timestamp = last.parse().unwrap();
    let never: Vec<_> = records
        .iter()
        .filter(|r| r["state"] != "planned" && r["due"].as_str().unwrap().parse::<Timestamp>().unwrap() < last)
        .filter_map(|r| r["id"].as_str())
        .filter(|id| !shown.contains(id))
        .collect();
    assert!(never.is_empty(), "never offered: {never:?}");
    assert!(!world.done.is_empty(), "nothing was pressed: the test tests nothing");
    assert!(posted(&world.slack).len() > 2 * MANAGERS, "hardly anything was posted: the test tests nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_nothing_is_doubled_and_nothing_lost() {
    let (kills, seed) = (setting("ONBEAT_CRASH_KILLS", 30), setting("ONBEAT_CRASH_SEED", 1));
    let mut world = World::begin(seed).await;
    world.first_morning().await;
    for kill in 1..=kills {
        let bot = world.serve();
        world.order_mischief();
        let life = Duration::from_millis(world.chance.random_range(5..6_000));
        world.live(life).await;
        drop(bot);
        if kill % 50 == 0 {
            println!("{kill} kills, {} nudges, {} clicks acknowledged", posted(&world.slack).len(), world.done.len());
        }
    }
    world.slack.end_mischief();
    let bot = world.serve();
    world.settle().await;
    check(&world);
    println!("{kills} kills, {} nudges, {} clicks acknowledged", posted(&world.slack).len(), world.done.len());
    drop(bot);
}
