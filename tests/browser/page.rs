//! A Chromium, the demo, and the gestures of whoever sits before them.

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// The longest that anything is waited for; to go through a week takes a busy machine half a minute.
const PATIENCE: Duration = Duration::from_secs(90);
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
pub struct Demo {
    child: Child,
    /// Where its page is.
    pub url: String,
    temporary: tempfile::TempDir,
    logs: tempfile::NamedTempFile,
}

impl Demo {
    pub fn start(clock: &str) -> Demo {
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

    /// Ctrl-C ends it; nothing was refused, nothing went wrong, and nothing is left.
    pub async fn end(mut self) {
        let ended = self.interrupt().await;
        assert_eq!((ended.code(), self.left_behind()), (Some(0), 0));
        assert_eq!(std::fs::read_to_string(self.logs.path()).unwrap(), "");
    }

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
pub struct Page(Client);

impl Page {
    pub async fn open(url: &str) -> Page {
        let browser = browser().await;
        browser.goto(url).await.unwrap();
        Page(browser)
    }

    /// What an expression comes to in the page.
    pub async fn ask(&self, expression: &str) -> Value {
        self.0.execute(&format!("return {expression}"), vec![]).await.unwrap()
    }

    pub async fn until_true(&self, expression: &str) {
        until(expression, async || (self.ask(expression).await == json!(true)).then_some(())).await;
    }

    /// Clicks what is there and can be clicked; it may be painted anew meanwhile.
    pub async fn click(&self, css: &str) {
        until(css, async || self.0.find(Locator::Css(css)).await.ok()?.click().await.ok()).await;
    }

    pub async fn type_into(&self, css: &str, keys: &str) {
        until(css, async || self.0.find(Locator::Css(css)).await.ok()?.send_keys(keys).await.ok()).await;
    }

    /// What can be read in the first element of that kind; nothing where there is none, or none to be seen.
    pub async fn text(&self, css: &str) -> String {
        let seen = self.ask(&format!("document.querySelector({})?.innerText ?? ''", json!(css))).await;
        seen.as_str().unwrap().to_owned()
    }

    /// Waits until that can be read there, and returns all that stands there.
    pub async fn read(&self, css: &str, words: &str) -> String {
        let began = Instant::now();
        loop {
            let text = self.text(css).await;
            if text.contains(words) {
                return text;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain for «{words}» in {css}, where it said:\n{text}");
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Moves the clock, and waits until it has moved.
    pub async fn turn(&self, to: &str) {
        let clock = "document.querySelector('[data-clock-time]').dataset.clockTime";
        let before = self.ask(clock).await;
        self.click(&format!("[data-move={to}]")).await;
        let settled = format!("{clock} !== {before} && !document.querySelector('[data-move].busy')");
        self.until_true(&settled).await;
    }

    /// Moves the clock that way until somebody can read the words; so many times at most.
    pub async fn turn_until(&self, to: &str, words: &str, times: usize) {
        for _ in 0..times {
            self.turn(to).await;
            if self.text("#messages").await.contains(words) {
                return;
            }
        }
        panic!("after {times} times {to} there was no «{words}» in:\n{}", self.text("#messages").await);
    }

    /// What the page complained of, its requests included.
    pub async fn complaints(&self) -> Vec<Value> {
        let logged = self.0.issue_cmd(Raw("se/log", json!({ "type": "browser" }))).await.unwrap();
        let logged = logged.as_array().unwrap().clone();
        logged.into_iter().filter(|entry| ["SEVERE", "WARNING"].contains(&entry["level"].as_str().unwrap())).collect()
    }

    /// Puts a value where typing would depend on the browser's language: dates and times.
    pub async fn fill(&self, css: &str, value: &str) {
        let fill = "const field = document.querySelector(arguments[0]); if (!field) return false; field.value = arguments[1]; \
                    for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind)); return true";
        let filled = async || {
            let done = self.0.execute(fill, vec![json!(css), json!(value)]).await.unwrap();
            (done == json!(true)).then_some(())
        };
        until(css, filled).await;
    }

    /// Chooses that option of a select.
    pub async fn choose(&self, css: &str, option: &str) {
        self.click(css).await;
        self.click(&format!("[data-option='{option}']")).await;
    }

    /// Sees the workspace as somebody else.
    pub async fn be(&self, user: &str) {
        self.click(&format!("[data-user={user}]")).await;
        self.until_true(&format!("document.documentElement.dataset.viewer === '{user}'")).await;
    }

    /// Opens a conversation of the sidebar, and waits until it is the one that is written to.
    pub async fn enter(&self, channel: &str) {
        let css = format!("#side [data-channel^={channel}]");
        self.click(&css).await;
        let here = format!("document.querySelector('{css}')?.ariaCurrent === 'page'");
        self.until_true(&here).await;
    }

    /// Closes dialogs until there are none.
    pub async fn close_dialogs(&self) {
        let open = "document.querySelector('dialog')?.dataset.viewId ?? ''";
        loop {
            let before = self.ask(open).await;
            if before == json!("") {
                return;
            }
            self.click("dialog footer [data-close]").await;
            self.until_true(&format!("({open}) !== {before}")).await;
        }
    }

    /// Ends it; the page had nothing to complain of.
    pub async fn close(self) {
        assert_eq!(self.complaints().await, Vec::<Value>::new());
        self.0.close().await.unwrap();
    }

    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": true });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.0.issue_cmd(Raw("goog/cdp/execute", command)).await.unwrap();
    }
}
