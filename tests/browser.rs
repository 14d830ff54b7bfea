//! Tests that drive a real Chromium. `scripts/test` starts the chromedriver that they need and runs them; a plain `cargo test`
//! does not build them.

#![allow(clippy::unwrap_used)] // a test that panics has said what it has to say

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long between two looks.
const BETWEEN: Duration = Duration::from_millis(40);

/// A Chromium of one's own, headless, at a desktop's width. End it with `close`.
async fn browser() -> Client {
    #[expect(clippy::disallowed_methods, reason = "where the script started the driver is a setting of the test run")]
    let webdriver = std::env::var("ONBEAT_TEST_WEBDRIVER").expect("ONBEAT_TEST_WEBDRIVER: run scripts/test");
    let capabilities = json!({
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            // Containers run as root and give /dev/shm little room; the pages are our own.
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", "--force-color-profile=srgb"],
        },
    });
    let Value::Object(capabilities) = capabilities else { unreachable!("it is written as an object above") };
    ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&webdriver).await.unwrap()
}

/// A command of chromedriver's own, below the session's address.
#[derive(Debug)]
struct Raw(&'static str, Value);

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

/// Looks again and again until there is something to see.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(BETWEEN).await;
    }
}

/// `onbeat demo` as people start it, with a temporary folder of its own.
struct Demo {
    child: Child,
    url: String,
    temporary: tempfile::TempDir,
    logs: tempfile::NamedTempFile,
}

impl Demo {
    fn start(clock: &str) -> Demo {
        let (temporary, logs) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
        let mut child = Command::new(env!("CARGO_BIN_EXE_onbeat"))
            .args(["demo", "--port", "0", "--clock", clock])
            .env("TMPDIR", temporary.path())
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(logs.reopen().unwrap())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = said.next().expect("it says where it is").unwrap();
        let url = first.strip_prefix("The demo is at ").expect("the address comes first").to_owned();
        let demo = Demo { child, url, temporary, logs };
        assert_eq!(demo.left_behind(), 1, "everything lies in one folder");
        demo
    }

    fn left_behind(&self) -> usize {
        std::fs::read_dir(self.temporary.path()).unwrap().count()
    }

    /// Ctrl-C.
    async fn interrupt(&mut self) -> ExitStatus {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        let child = std::cell::RefCell::new(&mut self.child);
        until("the demo to end", || std::future::ready(child.borrow_mut().try_wait().unwrap())).await
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Where the test failed on the way; else it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The demo's page in a browser, with the gestures of whoever sits before it.
struct Page(Client);

impl Page {
    async fn open(url: &str) -> Page {
        let browser = browser().await;
        browser.goto(url).await.unwrap();
        Page(browser)
    }

    /// What an expression comes to in the page.
    async fn ask(&self, expression: &str) -> Value {
        self.0.execute(&format!("return {expression}"), vec![]).await.unwrap()
    }

    async fn until_true(&self, expression: &str) {
        until(expression, async || (self.ask(expression).await == json!(true)).then_some(())).await;
    }

    /// Clicks what is there and can be clicked; it may be painted anew meanwhile.
    async fn click(&self, css: &str) {
        until(css, async || self.0.find(Locator::Css(css)).await.ok()?.click().await.ok()).await;
    }

    async fn type_into(&self, css: &str, keys: &str) {
        until(css, async || self.0.find(Locator::Css(css)).await.ok()?.send_keys(keys).await.ok()).await;
    }

    /// What can be read in the first element of that kind; nothing where there is none, or none to be seen.
    async fn text(&self, css: &str) -> String {
        let seen = self.ask(&format!("document.querySelector({})?.innerText ?? ''", json!(css))).await;
        seen.as_str().unwrap().to_owned()
    }

    /// Waits until that can be read there, and returns all that stands there.
    async fn read(&self, css: &str, words: &str) -> String {
        until(&format!("«{words}» in {css}"), async || Some(self.text(css).await).filter(|text| text.contains(words)))
            .await
    }

    /// Moves the clock, and waits until it has moved.
    async fn turn(&self, to: &str) {
        let clock = "document.querySelector('[data-clock-time]').dataset.clockTime";
        let before = self.ask(clock).await;
        self.click(&format!("[data-move={to}]")).await;
        let settled = format!("{clock} !== {before} && !document.querySelector('[data-move].busy')");
        self.until_true(&settled).await;
    }

    /// Moves the clock that way until somebody can read the words; so many times at most.
    async fn turn_until(&self, to: &str, words: &str, times: usize) {
        for _ in 0..times {
            self.turn(to).await;
            if self.text("#messages").await.contains(words) {
                return;
            }
        }
        panic!("after {times} times {to} there was no «{words}» in:\n{}", self.text("#messages").await);
    }

    /// What the page complained of, its requests included.
    async fn complaints(&self) -> Vec<Value> {
        let logged = self.0.issue_cmd(Raw("se/log", json!({ "type": "browser" }))).await.unwrap();
        let logged = logged.as_array().unwrap().clone();
        logged.into_iter().filter(|entry| ["SEVERE", "WARNING"].contains(&entry["level"].as_str().unwrap())).collect()
    }

    async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": true });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.0.issue_cmd(Raw("goog/cdp/execute", command)).await.unwrap();
    }
}

/// The button or select for an activity of Ana's Monday.
fn of(activity: &str, action: &str) -> String {
    format!("article [data-block$='.2026-11-30.{activity}.U0ANA'] [data-action-id={action}]")
}

const NOTE: &str = "Priorities are *clear* <!channel> & written down";

async fn done_with_a_note(page: &Page) {
    page.click(&of("team-meeting", "done")).await;
    page.read("dialog[data-callback-id=outcome]", "Team meeting").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog [data-block=note] .field-error", "required").await;
    page.read("dialog [data-block=result] .field-error", "required").await;
    page.type_into("dialog [data-block=note] textarea", NOTE).await;
    page.click("dialog [data-block=result] input[value=met]").await;
    page.click("dialog [data-submit]").await;
    page.until_true("!document.querySelector('dialog')").await;
    let told = page.read("article", "✓ Done 08:30").await;
    assert!(told.contains(NOTE), "a note is shown as it was typed: {told}");
    assert!(told.contains("on time · met"), "{told}");
    page.until_true(&format!("Boolean(document.querySelector(\"{}\"))", of("team-meeting", "undo"))).await;
}

async fn snoozed(page: &Page) {
    page.click(&of("crm-hygiene", "snooze")).await;
    page.click("[data-option^='2026-11-30.crm-hygiene.U0ANA|1h']").await;
    page.read("article", "snoozed until").await;
}

async fn not_this_time(page: &Page) {
    page.click(&of("pipeline-creation", "cant")).await;
    page.read("dialog[data-callback-id=cant]", "What got in the way?").await;
    page.click("dialog [data-block=reason] input[value='no time']").await;
    page.click("dialog [data-submit]").await;
    page.read("article", "Not done: no time").await;
}

async fn the_leaders_week(page: &Page) {
    page.turn("digest").await;
    page.click("[data-user=U0LEAD]").await;
    page.click("[data-channel=C0SALES]").await;
    let digest = page.read("article", "The week of 30 Nov – 6 Dec (2026-W49), so far").await;
    let line = |start: &str| digest.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("Done: ").ends_with("nothing due") && line("Done: ").contains("%)"), "{digest}");
    assert!(line("• Ana Ruiz: 1 of ").contains("still open"), "Ana's week is the viewer's: {digest}");
    assert!(line("• Cleo Martin: 2").contains("%)"), "Cleo told her week: {digest}");
}

async fn home_and_command(page: &Page) {
    page.click("[data-user=U0ANA]").await;
    page.click("[data-tab=home]").await;
    page.read("#home", "Your cadence, Ana").await;
    page.click("[data-tab=messages]").await;
    page.type_into("#draft", "/onbeat today\n").await;
    page.read("article[data-ephemeral]", "Only visible to you").await;
    assert_eq!(page.text("#draft").await, "", "what was sent is gone from the box");
}

async fn days_away(page: &Page) {
    page.type_into("#draft", "/onbeat away 2027-02-01 to 2027-02-05\n").await;
    page.click("article[data-ephemeral] [data-action-id=change_away]").await;
    page.until_true("document.querySelector('dialog [data-element=datepicker]')?.value === '2027-02-01'").await;
    page.click("dialog [data-submit]").await;
    page.click("dialog [data-action-id=back]").await;
    page.read("dialog", "You're not away Mon 1 Feb to Fri 5 Feb after all").await;
    page.click("dialog [data-close]").await;
}

/// A message becomes an outcome by its own menu, and the lightning menu shows what is left.
async fn shortcuts(page: &Page) {
    page.type_into("#draft", "The exceptions are all explained\n").await;
    page.read("article:last-of-type", "all explained").await;
    page.click("article:last-of-type [data-more]").await;
    page.click("[role=menu] [data-option=log_outcome]").await;
    page.read("dialog[data-callback-id=log_outcome]", "What is it the outcome of?").await;
    page.read("dialog", ".slack.com/archives/").await;
    page.click("dialog [data-close]").await;
    page.click("#lightning").await;
    page.click("[role=menu] [data-option=cadence]").await;
    page.read("dialog[data-callback-id=cadence]", "Your whole week is on my Home tab").await;
    page.click("dialog [data-close]").await;
}

async fn settings(page: &Page) {
    page.click("[data-tab=home]").await;
    page.read("#home", "Plan at 08:30").await;
    page.click("#home [data-action-id=settings]").await;
    page.click("dialog [data-block=intensity] input[value=light]").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog", "Noted. Nudges: Light").await;
    page.click("dialog [data-close]").await;
    page.read("#home", "Nudges: Light").await;
    page.click("[data-tab=messages]").await;
}

async fn on_a_phone(page: &Page) {
    page.resize(390, 844).await;
    page.until_true("document.getElementById('side').getBoundingClientRect().right <= 0").await;
    assert_eq!(page.ask("document.documentElement.scrollWidth <= 390").await, json!(true), "nothing sticks out");
    page.click("#menu").await;
    page.until_true("document.getElementById('side').getBoundingClientRect().left >= 0").await;
    page.click("#side [data-channel^=D]").await;
    page.until_true("document.getElementById('side').getBoundingClientRect().right <= 0").await;
    let scan = "[data-value='2026-12-04.exception-scan.U0ANA']";
    page.click(&format!("article {scan}[data-action-id=done]")).await;
    page.until_true(&format!("Boolean(document.querySelector(\"article {scan}[data-action-id=undo]\"))")).await;
}

#[tokio::test]
async fn a_managers_monday_in_the_demo() {
    let mut demo = Demo::start("2026-11-30T12:00:00Z");
    let page = Page::open(&demo.url).await;
    page.read("#messages", "This is the beginning").await;
    page.turn_until("next-nudge", "Good morning, Ana. Here is your day", 6).await;
    done_with_a_note(&page).await;
    snoozed(&page).await;
    not_this_time(&page).await;
    page.turn_until("hour", "You asked me to come back to this", 3).await;
    page.turn_until("hour", "How did it go?", 12).await;
    the_leaders_week(&page).await;
    home_and_command(&page).await;
    days_away(&page).await;
    shortcuts(&page).await;
    settings(&page).await;
    on_a_phone(&page).await;
    assert_eq!(page.complaints().await, Vec::<Value>::new());
    page.0.close().await.unwrap();
    let ended = demo.interrupt().await;
    assert_eq!((ended.code(), demo.left_behind()), (Some(0), 0));
    assert_eq!(std::fs::read_to_string(demo.logs.path()).unwrap(), "", "nothing was refused, nothing went wrong");
}
