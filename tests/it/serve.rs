//! `onbeat serve` as a process: how it starts, refuses, and ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use onbeat::clock::{Clock, SystemClock};
use onbeat::demo::{Fault, Scope};

use crate::harness::{ANA, HEAD, Harness, LEADERS, http, kind};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
"#;

/// Longer than anything here may take, so that a test that hangs says what it waited for.
pub const BOUND: Duration = Duration::from_secs(20);

/// A bot that runs as a process of its own.
pub struct Served {
    pub child: Child,
    pub url: String,
    log: mpsc::Receiver<String>,
}

pub fn serve(h: &Harness, words: &[&str], changed: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onbeat"));
    command.arg("serve").args(words).current_dir(h.folder()).env_clear().stdin(Stdio::null());
    command.env("DATABASE_URL", h.database()).env("SLACK_API_URL", h.slack_api()).env("ONBEAT_LISTEN", "127.0.0.1:0");
    command.env("SLACK_BOT_TOKEN", h.slack.team().bot_token);
    command.env("SLACK_SIGNING_SECRET", h.slack.team().signing_secret);
    for (name, value) in changed {
        command.env(name, value);
    }
    command
}

impl Served {
    /// Starts it, and waits until it listens.
    pub fn start(mut command: Command) -> Served {
        let child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let (tell, log) = mpsc::channel();
        // From here on it is ended with the test, whatever becomes of that.
        let mut served = Served { child, url: String::new(), log };
        let errors = BufReader::new(served.child.stderr.take().unwrap());
        std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        while served.url.is_empty() {
            let line = served.log.recv_timeout(BOUND).expect("a line that says where it listens");
            let address = line.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
            let address = address.into_iter().find(|part| part.starts_with("127.0.0.1:"));
            served.url = address.map(|address| format!("http://{address}")).unwrap_or_default();
        }
        served
    }

    pub async fn status(&self, path: &str) -> u16 {
        http().get(format!("{}{path}", self.url)).send().await.map_or(0, |answer| answer.status().as_u16())
    }

    /// Waits until the log says this.
    #[cfg(feature = "postgres-tests")]
    pub fn wait_to_hear(&self, words: &str) {
        while !self.log.recv_timeout(BOUND).unwrap_or_else(|_| panic!("it never said {words}")).contains(words) {}
    }

    pub async fn wait_for(&self, path: &str, status: u16) {
        let began = Instant::now();
        while self.status(path).await != status {
            assert!(began.elapsed() < BOUND, "{path} never said {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks it to end: how long it took, its exit status, and what it logged.
    pub async fn terminate(mut self) -> (Duration, Option<i32>, String) {
        let began = Instant::now();
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (began.elapsed(), status.code(), self.log.iter().collect::<Vec<_>>().join("\n"));
            }
            assert!(began.elapsed() < BOUND, "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs it until it ends by itself: exit status, and what it said.
pub fn refused(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > BOUND {
            child.kill().unwrap();
            panic!("it serves, though it should have refused");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

async fn applied() -> Harness {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA].concat()).await;
    h
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_and_ends_when_asked() {
    let h = applied().await;
    let served = Served::start(serve(&h, &[], &[]));
    assert_eq!(served.status("/healthz").await, 200);
    served.wait_for("/readyz", 200).await;
    assert_eq!(served.status("/slack/events").await, 405, "that is for posting");
    let (took, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!log.contains("xoxb-local") && !log.contains("local-signing-secret"), "{log}");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_token_alone_suffices() {
    let h = applied().await;
    let app_token = h.slack.team().app_token;
    let socket_mode = [("SLACK_SIGNING_SECRET", ""), ("SLACK_APP_TOKEN", app_token.as_str()), ("RUST_LOG", "trace")];
    let served = Served::start(serve(&h, &[], &socket_mode));
    let began = Instant::now();
    while h.slack.connections() < 2 {
        assert!(began.elapsed() < BOUND, "two connections by default");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(served.status("/healthz").await, 200);
    assert_eq!(served.status("/metrics").await, 200);
    assert_eq!(served.status("/slack/events").await, 404, "the server runs without Slack's endpoints");
    h.slack.settings(|settings| settings.way = onbeat::demo::Way::Socket);
    let answer = h.slack.command("U0ANA", "help").await.unwrap();
    assert!(answer.is_ok() && answer.body.contains("onbeat"), "{answer:?}");
    let (took, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(log.contains("TRACE"), "the log says all it can");
    for private in ["xapp-local", "ticket-", "envelope-"] {
        assert!(!log.contains(private), "{private} is in the log: {log}");
    }
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_time_even_where_slack_keeps_silent() {
    let h = applied().await;
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::SilentBefore, 1);
    let served = Served::start(serve(&h, &["--clock", "2026-12-07T08:29:59-06:00"], &[]));
    let began = Instant::now();
    while h.slack.has_mischief_left() {
        assert!(began.elapsed() < BOUND, "the plan was not tried");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (took, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(h.pending_work().await, 1, "it will be looked up");
    h.finish_with_work_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_past_and_a_rehearsed_one_do_not_mix() {
    let clock = ["--clock", "2026-12-07T08:00:00-06:00", "--speed", "60"];
    let real = applied().await;
    Served::start(serve(&real, &[], &[])).terminate().await;
    let (status, said) = refused(serve(&real, &clock, &[]));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("served for real"), "{said}");
    Served::start(serve(&real, &[], &[])).terminate().await;
    real.finish().await;

    let rehearsed = applied().await;
    Served::start(serve(&rehearsed, &clock, &[])).terminate().await;
    let (status, said) = refused(serve(&rehearsed, &[], &[]));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("rehearsal"), "{said}");
    // It goes on from the clock kept, however early it is asked to begin.
    Served::start(serve(&rehearsed, &["--clock", "2026-12-01T08:00:00-06:00"], &[])).terminate().await;
    let plan = rehearsed.onbeat(&["records", "--format", "json"]).await;
    assert_eq!(plan.status, 0);
    assert!(!plan.out.contains("2026-12-01"), "nothing is owed for a time before the first serve");
    rehearsed.finish_with_work_left().await;
}

/// What stands behind `serve`, and settings that differ.
type Words = &'static [&'static str];
type Changed = &'static [(&'static str, &'static str)];

#[tokio::test(flavor = "multi_thread")]
async fn wrong_words_and_settings_are_refused() {
    let h = applied().await;
    let cases: [(Words, Changed, &str); 6] = [
        (&[], &[("SLACK_BOT_TOKEN", "")], "SLACK_BOT_TOKEN"),
        (&[], &[("SLACK_SIGNING_SECRET", "")], "SLACK_SIGNING_SECRET"),
        (&["--speed", "60"], &[], "--clock"),
        (&["--clock", "yesterday"], &[], "RFC 3339"),
        (&["--clock", "2026-12-07T08:00:00Z", "--speed", "0"], &[], "speed"),
        (&[], &[("ONBEAT_LISTEN", "nowhere")], "ONBEAT_LISTEN"),
    ];
    for (words, changed, named) in cases {
        let (status, said) = refused(serve(&h, words, changed));
        assert_eq!(status, Some(2), "{words:?} {changed:?}: {said}");
        assert!(said.contains(named), "{words:?} {changed:?}: {said}");
        assert!(!said.contains("xoxb-local"), "{said}");
    }
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_while_slack_is_down() {
    let h = applied().await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let served = Served::start(serve(&h, &[], &[("SLACK_API_URL", &format!("http://{address}/api/"))]));
    assert_eq!(served.status("/healthz").await, 200);
    assert_eq!(served.status("/readyz").await, 503);
    let back = tokio::net::TcpListener::bind(address).await.unwrap();
    let slack = h.slack.clone();
    tokio::spawn(async move { slack.serve(back, std::future::pending()).await });
    served.wait_for("/readyz", 200).await;
    let (_, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_keeps_up_and_names_nobody_in_its_log() {
    let h = applied().await;
    let words = ["--clock", "2026-12-07T08:29:50-06:00", "--speed", "10"];
    let served = Served::start(serve(&h, &words, &[("RUST_LOG", "debug")]));
    let began = Instant::now();
    while h.messages("ana").is_empty() {
        assert!(began.elapsed() < BOUND, "no plan came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(kind(&h.last("ana")), "plan", "a minute late it would be owed");
    let (_, _, log) = served.terminate().await;
    assert!(log.contains("message settled"), "{log}");
    for private in ["xoxb-local", "local-signing-secret", "Ana", "Forecast", "Good morning"] {
        assert!(!log.contains(private), "{private:?} is in the log: {log}");
    }
    // Commands go by the clock that the bot kept.
    let digest = h.onbeat(&["digest", "--format", "json"]).await;
    assert!(digest.out.contains("\"week\": \"2026-W49\""), "{}", digest.out);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_links_open_and_stay_out_of_the_log() {
    let h = applied().await;
    assert!(!h.folder().join("onbeat.key").exists(), "`apply` needs no key");
    let served = Served::start(serve(&h, &[], &[("RUST_LOG", "trace")]));
    assert!(h.folder().join("onbeat.key").exists());
    let said = h.onbeat_with(&["year", "U0ANA"], &[("ONBEAT_PUBLIC_URL", &served.url)]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    let addresses: Vec<&str> = said.out.split_whitespace().filter(|word| word.starts_with("http")).collect();
    assert_eq!(addresses.len(), 2, "{}", said.out);
    for address in &addresses {
        assert_eq!(http().get(*address).send().await.unwrap().status(), 200, "{address}");
    }
    let key = std::fs::read_to_string(h.folder().join("onbeat.key")).unwrap();
    let (_, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("TRACE"), "the log says all it can");
    for address in addresses {
        let token = address.rsplit('/').next().unwrap().trim_end_matches(".ics");
        assert!(token.len() > 40 && !log.contains(token), "{log}");
    }
    assert!(!log.contains(key.trim()));
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_by_name() {
    let h = applied().await;
    std::fs::write(h.folder().join("onbeat.key"), "half a k").unwrap();
    let (status, said) = refused(serve(&h, &[], &[]));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("onbeat.key") && said.contains("backup") && !said.contains("half a k"), "{said}");
    let (status, said) = refused(serve(&h, &[], &[("ONBEAT_KEY", "too-short-a-secret")]));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("ONBEAT_KEY") && !said.contains("too-short-a-secret"), "{said}");
    h.finish().await;
}

/// A run in which everything happens, told as loudly as can be.
#[tokio::test(flavor = "multi_thread")]
async fn the_loudest_log_tells_no_secret_and_nobodys_words() {
    const NOTE: &str = "The-Maltese-falcon-is-in-Unit-7";
    let noted = ACTIVITIES.replace("minutes = 30", "minutes = 30\nevidence = [\"note\"]");
    // What the workspace signs is held against the machine's clock.
    let h = Harness::before(&SystemClock.now().to_string()).await;
    h.apply(&[HEAD, &noted, LEADERS, ANA].concat()).await;
    let monday = h.at("Mon 08:30");
    let forecast = format!("{}.forecast.U0ANA", monday.to_zoned(jiff::tz::TimeZone::UTC).date());
    let start = (monday - jiff::SignedDuration::from_secs(10)).to_string();
    let words = ["--clock", &start, "--speed", "10"];
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let served = Served::start(serve(&h, &words, &[("RUST_LOG", "trace"), ("ONBEAT_KEY", key)]));
    h.slack.connect(&served.url);
    let began = Instant::now();
    let wait = async |what: &str, is_there: &dyn Fn() -> bool| {
        while !is_there() {
            assert!(began.elapsed() < BOUND, "{what} never came");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    wait("the plan", &|| !h.messages("ana").is_empty()).await;
    let ts = h.messages("ana")[0].ts.clone();
    let press = h.slack.press_of("U0ANA", &ts, "Done", &forecast).await.unwrap();
    assert_eq!(press.status, 200);
    wait("the form", &|| h.slack.modal("U0ANA").is_some()).await;
    let fields = [("Did you get there?", "Met"), ("Note", NOTE)];
    assert_eq!(h.slack.submit("U0ANA", &fields).await.unwrap().status, 200);
    let shown = || h.messages("ana").iter().any(|message| format!("{message:?}").contains(NOTE));
    wait("the note", &shown).await;
    h.slack.command("U0ANA", "year").await.unwrap();
    h.slack.open_home("U0ANA").await.unwrap();
    let keyed = [("ONBEAT_PUBLIC_URL", served.url.as_str()), ("ONBEAT_KEY", key)];
    let links = h.onbeat_with(&["year", "U0ANA"], &keyed).await.out;
    let links: Vec<&str> = links.split_whitespace().filter(|word| word.starts_with("http")).collect();
    for link in &links {
        assert_eq!(http().get(*link).send().await.unwrap().status(), 200, "{link}");
    }
    #[cfg(target_os = "linux")]
    {
        let line = std::fs::read_to_string(format!("/proc/{}/cmdline", served.child.id())).unwrap();
        assert!(!line.contains("xoxb") && !line.contains("secret"), "ps tells {line}");
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", served.child.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
        assert!(core.split_whitespace().filter(|word| *word == "0").count() == 2, "no core dumps: {core}");
    }
    let (_, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("TRACE") && log.contains("recorded"), "the log says all it can");
    let team = h.slack.team();
    let links = links.iter().map(|link| link.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned());
    let secrets = [team.bot_token, team.signing_secret, key.to_owned(), NOTE.to_owned()].into_iter().chain(links);
    for secret in secrets.chain(["Ana Ruiz", "Lee Park", "Dana Wu", "Good morning"].map(str::to_owned)) {
        let told = log.lines().find(|line| line.contains(&secret));
        assert!(told.is_none(), "{secret} is in the log: {told:?}");
    }
    h.kinds("ana");
    h.finish_with_work_left().await;
}
