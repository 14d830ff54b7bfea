//! The local workspace: a handle that serves Slack's Web API, keeps what was said, and plays the people in it.
//!
//! [`model`] is what there is; [`api`] what the bot may ask; [`rules`] what Slack would refuse; [`outbound`] and [`act`]
//! what people do and how the bot hears of it; [`control`] what the page may ask; [`mischief`] what goes wrong;
//! [`lifecycle`] what becomes of people, channels and the app; [`socket`] Socket Mode.

mod act;
pub mod answers;
mod api;
mod control;
mod forms;
pub mod lifecycle;
pub mod mischief;
pub mod model;
mod outbound;
mod payload;
pub mod rules;
pub mod socket;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;

use mischief::{Fault, Outward, Scope};
use model::{ApiCall, Conversation, Ephemeral, Message, State, User, View};

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The two clocks of a workspace. They are read while the workspace is locked, so they must not ask it anything.
#[derive(Clone)]
pub struct Clocks {
    /// The clock that messages are stamped by; it may be rehearsed.
    pub workspace: Now,
    /// The machine's clock, which signatures go by.
    pub machine: Now,
}

/// Who the workspace is, and the one app installed in it.
#[derive(Debug, Clone)]
pub struct Team {
    /// `T…`.
    pub id: String,
    /// The name shown.
    pub name: String,
    /// The part before `.slack.com`.
    pub domain: String,
    /// The app's id, `A…`.
    pub app_id: String,
    /// The bot's id, `B…`.
    pub bot_id: String,
    /// The bot's user id, `U…`.
    pub bot_user: String,
    /// The bot's name.
    pub bot_name: String,
    /// The token that the API accepts, `xoxb-…`.
    pub bot_token: String,
    /// The app-level token that Socket Mode is opened with, `xapp-…`.
    pub app_token: String,
    /// The secret that requests to the bot are signed with.
    pub signing_secret: String,
    /// The app's slash command, e.g. `/onbeat`.
    pub command: String,
    /// The app's shortcuts, as its manifest names them.
    pub shortcuts: Vec<AppShortcut>,
}

/// A shortcut of the app.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AppShortcut {
    /// `global` or `message`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name shown.
    pub name: String,
    /// What the bot knows it by.
    pub callback_id: String,
}

impl AppShortcut {
    fn new(kind: &str, name: &str, callback_id: &str) -> AppShortcut {
        AppShortcut { kind: kind.into(), name: name.into(), callback_id: callback_id.into() }
    }
}

impl Default for Team {
    fn default() -> Team {
        Team {
            id: "T0LOCAL".into(),
            name: "Northwind".into(),
            domain: "northwind".into(),
            app_id: "A0ONBEAT".into(),
            bot_id: "B0ONBEAT".into(),
            bot_user: "U0ONBEAT".into(),
            bot_name: "Onbeat".into(),
            bot_token: "xoxb-local".into(),
            app_token: "xapp-local".into(),
            signing_secret: "local-signing-secret".into(),
            command: "/onbeat".into(),
            shortcuts: vec![
                AppShortcut::new("global", "What's on my cadence?", "cadence"),
                AppShortcut::new("message", "Log as outcome…", "log_outcome"),
            ],
        }
    }
}

/// How strict the workspace is. Set with [`LocalSlack::settings`].
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a trigger may be used, by the machine's clock. Slack: 3 seconds.
    pub trigger_life: Duration,
    /// How long a `response_url` may be used. Slack: 30 minutes.
    pub response_url_life: Duration,
    /// How long the workspace waits for the bot's answer. Slack: 3 seconds.
    pub patience: Duration,
    /// Whether a second `chat.postMessage` with the same `client_msg_id` is recognised.
    pub recognise_client_msg_id: bool,
    /// The least time between two posts to one conversation; Slack: about a second. None: no limit.
    pub post_interval: Option<Duration>,
    /// The scopes that the token carries.
    pub scopes: Vec<String>,
    /// What the answers say of the time, where it is not the machine's.
    pub date: Option<Timestamp>,
    /// By which way what people do reaches the bot.
    pub way: socket::Way,
    /// How long a silent fault keeps the connection open.
    pub silence: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            trigger_life: Duration::from_secs(30),
            response_url_life: Duration::from_secs(30 * 60),
            patience: Duration::from_secs(10),
            recognise_client_msg_id: true,
            post_interval: None,
            scopes: api::ALL_SCOPES.iter().map(|s| s.to_string()).collect(),
            date: None,
            way: socket::Way::Http,
            silence: Duration::from_secs(60),
        }
    }
}

/// The workspace's own way to the bot. No proxy: the bot is on this machine, whatever the environment says.
#[expect(clippy::disallowed_methods, reason = "the local workspace is Slack's side: it has a client of its own")]
pub(super) fn plain_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a plain client needs nothing that could fail")
}

/// Where the page wants the demo's clock to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// To the next instant at which somebody is nudged.
    NextNudge,
    /// An hour on.
    Hour,
    /// To the next morning.
    Tomorrow,
    /// To the next digest.
    Digest,
}

/// What the page shows about the demo's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockState {
    /// The rehearsed time.
    pub now: Timestamp,
    /// When somebody is nudged next, if that is known.
    pub next_nudge: Option<Timestamp>,
    /// A word on what just happened, e.g. *Ana Ruiz: time for Pipeline review*.
    pub note: Option<String>,
}

/// The clock bar's other end: whoever can move the demo's clock.
#[async_trait]
pub trait ClockControl: Send + Sync {
    /// Moves the clock, and returns when everything due by then was sent. `viewer`: as whom the page is looked at, whose
    /// next nudge is meant. The error is shown to the viewer.
    async fn advance(&self, to: Move, viewer: Option<&str>) -> Result<ClockState, String>;

    /// Where the clock is.
    fn state(&self) -> ClockState;
}

/// Why a person's gesture came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no such button, message, view or person.
    #[error("nothing to do it with: {0}")]
    NotThere(String),
    /// [`LocalSlack::connect`] was not called.
    #[error("the workspace does not know where the bot is")]
    NotConnected,
    /// A required field was left empty, or filled with what its kind can't hold. Nothing was sent.
    #[error("the form does not hold: {0}")]
    Form(String),
}

/// The bot's answer to a request of the workspace's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotAnswer {
    /// HTTP status; 0 where no answer came.
    pub status: u16,
    /// The body; where no answer came, why.
    pub body: String,
}

impl BotAnswer {
    /// Whether Slack would take it for an acknowledgement.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A workspace. Clones are handles to the same one.
#[derive(Clone)]
pub struct LocalSlack {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    clocks: Clocks,
    http: reqwest::Client,
    /// Counts changes, so that the page can wait for the next one.
    revision: watch::Sender<u64>,
    clock_control: Mutex<Option<Arc<dyn ClockControl>>>,
}

impl LocalSlack {
    /// An empty workspace with one app in it. The process must have a TLS provider by now (`rustls`' `install_default`).
    pub fn new(team: Team, clocks: Clocks) -> LocalSlack {
        let http = plain_client();
        LocalSlack {
            inner: Arc::new(Inner {
                state: Mutex::new(State::new(team)),
                clocks,
                http,
                revision: watch::Sender::new(1),
                clock_control: Mutex::new(None),
            }),
        }
    }

    /// The whole HTTP server: Web API under `/api/`, uploads, `response_url`s, the page at `/` and its control API.
    pub fn router(&self) -> axum::Router {
        api::routes()
            .merge(answers::routes())
            .merge(control::routes())
            .merge(lifecycle::routes())
            .with_state(self.clone())
            .merge(super::page::routes())
    }

    /// Serves on `listener` until `shutdown` completes, and says where it is in upload and response URLs.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.set_own_url(&format!("http://{}", listener.local_addr()?));
        self.take_sockets().await?;
        let me = self.clone();
        let shutdown = async move {
            shutdown.await;
            me.wake_everybody();
        };
        axum::serve(listener, self.router()).with_graceful_shutdown(shutdown).await
    }

    /// Serves on a free port of loopback, in the background, for as long as the runtime lives. Returns the base URL,
    /// without a slash at its end; the Web API is at `{base}/api/`.
    pub async fn start(&self) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        self.set_own_url(&url);
        let me = self.clone();
        tokio::spawn(async move { me.serve(listener, std::future::pending()).await });
        Ok(url)
    }

    /// Says at which address others reach this server; [`LocalSlack::serve`] does.
    pub fn set_own_url(&self, url: &str) {
        self.state().own_url = url.trim_end_matches('/').into();
    }

    /// Says where the bot is: `{url}/slack/events` and its siblings receive what people do.
    pub fn connect(&self, url: &str) {
        self.state().bot_url = Some(url.trim_end_matches('/').into());
    }

    /// Gives the page a clock to move.
    pub fn set_clock(&self, clock: Arc<dyn ClockControl>) {
        *self.inner.clock_control.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock);
        self.changed();
    }

    /// Tells the page that something which the workspace can't see has changed, e.g. the clock.
    pub fn changed(&self) {
        self.inner.revision.send_modify(|revision| *revision = revision.saturating_add(1));
    }

    /// Changes how strict the workspace is.
    pub fn settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state().settings);
    }

    /// The app and the workspace, as given.
    pub fn team(&self) -> Team {
        self.state().team.clone()
    }

    /// Adds somebody, or replaces them, and opens their conversation with the bot.
    pub fn add_user(&self, user: User) {
        let mut state = self.state();
        let id = user.id.clone();
        state.users.insert(id.clone(), user);
        state.im(&id);
        drop(state);
        self.changed();
    }

    /// Adds a channel. The bot can post to it where its user id is among the members.
    pub fn add_channel(&self, id: &str, name: &str, topic: &str, members: &[&str]) {
        let conversation = Conversation {
            id: id.into(),
            name: name.trim_start_matches('#').into(),
            topic: topic.into(),
            im_with: None,
            members: members.iter().map(|m| m.to_string()).collect(),
            is_archived: false,
            messages: vec![],
        };
        self.state().conversations.insert(id.into(), conversation);
        self.changed();
    }

    /// Everybody but the bot, by id.
    pub fn users(&self) -> Vec<User> {
        self.state().users.values().cloned().collect()
    }

    /// The conversation with that id, as it stands.
    pub fn conversation(&self, id: &str) -> Option<Conversation> {
        self.state().conversations.get(id).cloned()
    }

    /// Id of the user's conversation with the bot.
    pub fn dm_id(&self, user: &str) -> String {
        self.state().im(user)
    }

    /// The messages of the user's conversation with the bot, oldest first.
    pub fn dm(&self, user: &str) -> Vec<Message> {
        let id = self.dm_id(user);
        self.messages(&id)
    }

    /// The messages of a conversation, oldest first; none where there is no such one.
    pub fn messages(&self, conversation: &str) -> Vec<Message> {
        self.state().conversations.get(conversation).map(|c| c.messages.clone()).unwrap_or_default()
    }

    /// Everything that was shown to this user alone, oldest first.
    pub fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.state().ephemerals.iter().filter(|e| e.user == user).cloned().collect()
    }

    /// How many messages there are in each conversation: by the name of whom the bot talks to, or of the channel.
    pub fn said(&self) -> BTreeMap<String, usize> {
        let state = self.state();
        let name = |c: &Conversation| match &c.im_with {
            Some(user) => state.users.get(user).map_or(user.clone(), |u| u.name.clone()),
            None => format!("#{}", c.name),
        };
        state.conversations.values().map(|c| (name(c), c.messages.len())).collect()
    }

    /// The `ts` of the newest message to this user in which the button so named has this value; of the last few messages,
    /// for nobody scrolls farther up.
    pub fn newest_with(&self, user: &str, button: &str, value: &str) -> Option<String> {
        const LAST: usize = 12;
        let mut state = self.state();
        let id = state.im(user);
        let recent = state.conversations.get(&id)?.messages.iter().rev().take(LAST);
        recent.filter(|m| payload::find(&m.blocks, button, Some(value)).is_some()).map(|m| m.ts.clone()).next()
    }

    /// Whom somebody at the page has acted as, or moved the clock as.
    pub fn played(&self) -> BTreeSet<String> {
        self.state().played.clone()
    }

    /// The modal that the user sees.
    pub fn modal(&self, user: &str) -> Option<View> {
        self.state().modals.get(user).and_then(|stack| stack.last().cloned())
    }

    /// The user's Home tab, once published.
    pub fn home(&self, user: &str) -> Option<View> {
        self.state().homes.get(user).cloned()
    }

    /// Every request to the Web API so far, oldest first.
    pub fn calls(&self) -> Vec<ApiCall> {
        self.state().calls.clone()
    }

    /// The requests that Slack would have refused, and the answers of the bot's that it would not have shown (`answer to
    /// command`, `answer to view_submission`, `answer to response_url`). Looking for somebody who is not there counts too.
    pub fn refused(&self) -> Vec<ApiCall> {
        self.state().calls.iter().filter(|c| c.refused).cloned().collect()
    }

    /// Forgets the log of requests.
    pub fn forget_calls(&self) {
        self.state().calls.clear();
    }

    /// Plays a fault on the next `times` calls in that scope.
    pub fn mischief(&self, scope: Scope, fault: Fault, times: usize) {
        self.state().book.order(scope, fault, times);
    }

    /// Plays a fault on the next `times` requests to the bot.
    pub fn mischief_outward(&self, fault: Outward, times: usize) {
        self.state().book.order_outward(fault, times);
    }

    /// Takes back all mischief that was not played yet.
    pub fn end_mischief(&self) {
        self.state().book.clear();
    }

    /// Whether some mischief was ordered and not played yet.
    pub fn has_mischief_left(&self) -> bool {
        !self.state().book.is_empty()
    }

    /// Lets every trigger and `response_url` handed out so far run out.
    pub fn expire_tickets(&self) {
        let now = std::time::Instant::now();
        let mut state = self.state();
        let State { triggers, response_urls, .. } = &mut *state;
        triggers.values_mut().chain(response_urls.values_mut()).for_each(|ticket| ticket.expires = now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in a test's thread must not turn every later answer into another panic.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.inner.clocks.workspace)()
    }

    fn clock_control(&self) -> Option<Arc<dyn ClockControl>> {
        self.inner.clock_control.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the page's long waits, so that a shutdown does not last as long as they do.
    fn wake_everybody(&self) {
        self.inner.revision.send_modify(|revision| *revision = u64::MAX);
    }
}
