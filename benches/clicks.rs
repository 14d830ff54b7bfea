//! How soon the bot answers a click while Slack's answers, other clicks and its own heartbeat keep it busy: 300 managers'
//! data in an SQLite file, the local Slack, 50 presses a second for ten seconds. `cargo bench --bench clicks`.
//!
//! Prints the wait for the HTTP answer as Slack would measure it, and how much of it the database's own writes take. Issue:
//! the first response to any click in less than 100 ms on a loaded two-core machine.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use onbeat::app::{App, Pace};
use onbeat::clock::{Clock, ManualClock};
use onbeat::config::Settings;
use onbeat::demo::workspace::model::User;
use onbeat::demo::{Clocks, LocalSlack, Team};
use onbeat::engine::Engine;
use onbeat::process::file::{self, SourceFile, Surroundings};
use onbeat::record::Standing;
use onbeat::secret::Secret;
use onbeat::slack::inbound;
use onbeat::store::{NewRevision, OccurrenceQuery};
use onbeat::web;
use serde_json::{Value, json};

/// How much there is, and how long it lasts.
struct Load {
    managers: usize,
    clicks: usize,
    a_second: u32,
    /// Revisions of the process before the one in force.
    revisions: usize,
}

const START: &str = "2026-12-07T12:00:00Z";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // `cargo test --all-targets` runs benches too: a few managers show that it works.
    let load = match std::env::args().any(|word| word == "--bench") {
        true => Load { managers: 300, clicks: 500, a_second: 50, revisions: 40 },
        false => Load { managers: 3, clicks: 6, a_second: 50, revisions: 2 },
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = Arc::new(ManualClock::with_the_machine(START.parse().expect("an instant")));
    let slack = workspace(&load, &clock);
    let slack_url = slack.start().await.expect("a free port");
    let settings = settings(&slack, &slack_url, folder.path());
    let app = App::open(settings.clone(), Pace::Stepped(clock.clone())).await.expect("it opens");
    let (engine, listener) = app.into_parts();
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    let router = web::router(engine.clone(), settings.signing_secret.clone());
    let _serving = tokio::spawn(async move { axum::serve(listener, router).await });
    engine.learn_identity().await.expect("the database takes it");
    let began = Instant::now();
    fill(&engine, &load).await;
    clock.advance_to("2026-12-07T16:00:00Z".parse().expect("an instant"));
    engine.round().await.expect("a round");
    println!(
        "{} managers, {} revisions; ready in {:.1} s",
        load.managers,
        load.revisions + 1,
        began.elapsed().as_secs_f64()
    );
    let beating = tokio::spawn(beat(engine.clone()));
    for (name, make) in [("Done", press as fn(&Target, usize) -> Press), ("Snooze", snooze), ("/onbeat week", week)] {
        run(name, &engine, &clock, &url, &settings, &load, make).await;
    }
    beating.abort();
    // Not before: to let go of so many rows holds up whatever asks the database next.
    let occurrences = engine.store().occurrences(&OccurrenceQuery::default()).await.expect("rows").len();
    println!("all of it among {occurrences} occurrences");
}

/// What a round does meanwhile: the heartbeat, and what clicks wake.
async fn beat(engine: Engine) {
    loop {
        let _ = tokio::time::timeout(Duration::from_secs(5), engine.woken()).await;
        if let Err(error) = engine.round().await {
            eprintln!("a round failed: {error}");
        }
    }
}

/// An occurrence that can be pressed.
struct Target {
    manager: String,
    occurrence: String,
}

/// A request to the bot.
struct Press {
    path: &'static str,
    body: String,
}

fn interaction(target: &Target, number: usize, action: Value) -> Press {
    let payload = json!({
        "type": "block_actions", "team": { "id": "T0LOCAL", "domain": "x" }, "user": { "id": target.manager, "team_id": "T0LOCAL" },
        "trigger_id": format!("{number}.1.none"), "container": { "type": "message", "message_ts": "1.000001", "channel_id": "D1" },
        "channel": { "id": "D1", "name": "directmessage" }, "actions": [action],
    });
    let body =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    Press { path: "/slack/interactions", body }
}

fn press(target: &Target, number: usize) -> Press {
    let action = json!({ "type": "button", "action_id": "done", "block_id": "b", "value": target.occurrence,
        "action_ts": format!("1.{number}") });
    interaction(target, number, action)
}

fn snooze(target: &Target, number: usize) -> Press {
    let value = format!("{}|1h", target.occurrence);
    let action = json!({ "type": "static_select", "action_id": "snooze", "block_id": "b", "action_ts": format!("2.{number}"),
        "selected_option": { "text": { "type": "plain_text", "text": "1 hour" }, "value": value } });
    interaction(target, number, action)
}

fn week(target: &Target, number: usize) -> Press {
    let fields = [("command", "/onbeat"), ("text", "week"), ("team_id", "T0LOCAL"), ("user_id", &target.manager)];
    let trigger = format!("{number}.3.none");
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .append_pair("trigger_id", &trigger)
        .finish();
    Press { path: "/slack/commands", body: form }
}

async fn run(
    name: &str,
    engine: &Engine,
    clock: &ManualClock,
    url: &str,
    settings: &Settings,
    load: &Load,
    make: fn(&Target, usize) -> Press,
) {
    let targets = targets(engine, clock.now()).await;
    #[expect(clippy::disallowed_methods, reason = "a bench stands outside, where Slack does")]
    let http = reqwest::Client::builder().no_proxy().build().expect("a plain client");
    let secret = settings.signing_secret.clone().expect("it is set");
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / load.a_second);
    let mut pressed = Vec::with_capacity(load.clicks);
    for number in 0..load.clicks {
        ticks.tick().await;
        let Press { path, body } = make(&targets[number * 7 % targets.len()], number);
        let stamp = clock.machine().as_second();
        let signature = inbound::sign(&secret, stamp, body.as_bytes());
        let request = http
            .post(format!("{url}{path}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp.to_string())
            .header("x-slack-signature", signature)
            .body(body);
        pressed.push(tokio::spawn(async move {
            let began = Instant::now();
            let answer = request.send().await.expect("the bot answers");
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.bytes().await.expect("a whole answer");
            began.elapsed()
        }));
    }
    let mut waits = Vec::with_capacity(pressed.len());
    for one in pressed {
        waits.push(one.await.expect("nobody panics"));
    }
    waits.sort();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "{name:>12}: p50 {:6.1} ms, p95 {:6.1} ms, p99 {:6.1} ms, worst {:6.1} ms",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}

/// What is open now, of as many managers as there are.
async fn targets(engine: &Engine, now: Timestamp) -> Vec<Target> {
    let query = OccurrenceQuery {
        closes_after: Some(now + SignedDuration::from_hours(3)),
        due_before: Some(now + SignedDuration::from_hours(24 * 6)),
        standings: vec![Standing::Undecided],
        ..OccurrenceQuery::default()
    };
    let open = engine.store().occurrences(&query).await.expect("rows");
    assert!(!open.is_empty(), "something is open");
    open.into_iter().map(|one| Target { manager: one.manager.to_string(), occurrence: one.id.to_string() }).collect()
}

async fn fill(engine: &Engine, load: &Load) {
    for number in 0..=load.revisions {
        let text = process(load.managers, number);
        let source = SourceFile { name: "load.toml".to_owned(), text: text.clone() };
        let today = jiff::civil::date(2026, 12, 7);
        assert!(file::read(&[source], today, &Nothing).is_ok(), "a good file");
        let revision = NewRevision {
            applied_at: START.parse().expect("an instant"),
            effective: today,
            in_slack: false,
            by: None,
            text,
        };
        let newest = (number > 0).then_some(number as i64);
        engine.store().add_revision(newest, &revision).await.expect("the database takes it");
    }
    engine.round().await.expect("a round");
}

struct Nothing;

impl Surroundings for Nothing {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        Err(path.to_owned())
    }

    fn user_by_email(&self, email: &str) -> Result<String, String> {
        Err(email.to_owned())
    }
}

fn process(managers: usize, revision: usize) -> String {
    let mut text = format!(
        "[process]\nname = \"Load {revision}\"\n[calendar]\nworkday = {{ start = \"08:30\", end = \"17:30\" }}\n\
         [[leader]]\nslack = \"U0LEAD\"\nname = \"Lee\"\n"
    );
    let whens = ["every workday at 09:00", "every workday at 11:00", "every Monday at 10:00", "every Friday at 15:00"];
    for number in 0..12 {
        let (when, per) = (whens[number % whens.len()], if number >= 9 { "rep" } else { "manager" });
        let one = format!("key = \"a{number}\"\ntitle = \"Activity {number}\"\nwhen = \"{when}\"\nminutes = 10");
        writeln!(text, "[[activity]]\n{one}\nper = \"{per}\"").expect("a string takes all");
    }
    for number in 0..managers {
        let rep = |rep| format!("{{ slack = \"U1R{number}X{rep}\", name = \"Rep {rep}\" }}");
        let reps = (0..4).map(rep).collect::<Vec<_>>().join(", ");
        let one = format!("slack = \"U0M{number}\"\nname = \"Manager {number}\"\nleader = \"U0LEAD\"");
        writeln!(text, "[[manager]]\n{one}\ntime_zone = \"America/Chicago\"\nreps = [{reps}]")
            .expect("a string takes all");
    }
    text
}

fn workspace(load: &Load, clock: &Arc<ManualClock>) -> LocalSlack {
    let (one, other) = (clock.clone(), clock.clone());
    let clocks = Clocks { workspace: Arc::new(move || one.now()), machine: Arc::new(move || other.machine()) };
    let slack = LocalSlack::new(Team::default(), clocks);
    for number in 0..load.managers {
        slack.add_user(User::new(&format!("U0M{number}"), &format!("Manager {number}"), "America/Chicago"));
    }
    slack
}

fn settings(slack: &LocalSlack, slack_url: &str, folder: &std::path::Path) -> Settings {
    let team = slack.team();
    Settings {
        socket_connections: 1,
        bot_token: Some(Secret::from(team.bot_token)),
        signing_secret: Some(Secret::from(team.signing_secret)),
        app_token: None,
        slack_api_url: format!("{slack_url}/api/"),
        database_url: Secret::from(format!("sqlite://{}/onbeat.db", folder.display())),
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        key: None,
        webhook_private_addresses: false,
        admins: Vec::new(),
        user: None,
        keep: onbeat::config::Keep::default(),
    }
}
