//! The only room that makes things happen.
//!
//! [`Engine::tick`] takes no input but the clock: it *plans* (writes the occurrences that the calendar calls for),
//! *lapses* (marks what closed undone), *nudges* (decides what is due to be said) and *reports* (the digest, when its
//! time has come). [`Engine::deliver`] then sends what was decided and repaints what changed. Timer, start-up, rehearsal
//! and test are this one path. A click comes in through [`Engine::respond`], another system's request through [`api`];
//! [`Engine::tell_outside`] says what happened to those who asked to be told.

pub mod api;
pub mod apply;
mod away;
mod beside;
mod deliver;
mod digest;
mod lifecycle;
mod once;
mod own;
mod pauses;
mod person;
pub mod privacy;
mod processes;
mod profiles;
mod question;
mod respond;
pub mod team;
mod tick;
mod verification;
mod webhooks;
pub mod year;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::links::Links;
use crate::metrics::{Metrics, Waiting};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::slack::Slack;
use crate::store::{Backlog, Store, StoreError};
use crate::webhook::Webhooks;

pub use processes::{ProcessError, entries, load_revisions};
pub use respond::Answer;
pub use tick::{Circle, circles, story};
pub use webhooks::Telling;

/// What can go wrong while things are made to happen. Slack's refusals are not errors: they are settled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored revision that this program can't read.
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Short for this room's results.
pub type Result<T> = std::result::Result<T, EngineError>;

/// The bot's hands. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Parts>);

struct Parts {
    store: Arc<dyn Store>,
    slack: Slack,
    clock: Arc<dyn Clock>,
    admins: Vec<UserId>,
    links: Option<Links>,
    webhooks: Option<Webhooks>,
    revisions: RwLock<Arc<Revisions>>,
    /// How often somebody had been forgotten when the revisions were loaded.
    forgotten: AtomicI64,
    profiles: profiles::Profiles,
    /// One tick at a time.
    gate: Mutex<()>,
    /// One round at a time, so that whoever waited for one knows that everything has gone.
    round: Mutex<()>,
    /// What came in lately, so that it counts once.
    once: once::Once,
    wake: Notify,
    /// A few calendars are drawn at a time, so that many who ask at once leave the nudges room.
    drawing: Semaphore,
    /// When accounts that are out of reach were last looked at, on the machine's clock.
    looked: std::sync::Mutex<HashMap<UserId, Timestamp>>,
    /// Work that goes on after an answer was given: modals, repaints.
    tasks: TaskTracker,
}

impl Engine {
    /// Wires an engine; nothing happens yet.
    pub fn new(store: Arc<dyn Store>, slack: Slack, clock: Arc<dyn Clock>, admins: Vec<UserId>) -> Engine {
        Engine(Arc::new(Parts {
            store,
            slack,
            clock,
            admins,
            links: None,
            webhooks: None,
            revisions: RwLock::default(),
            forgotten: AtomicI64::new(0),
            profiles: profiles::Profiles::default(),
            gate: Mutex::new(()),
            round: Mutex::new(()),
            once: once::Once::default(),
            wake: Notify::new(),
            drawing: Semaphore::new(year::AT_ONCE),
            looked: std::sync::Mutex::default(),
            tasks: TaskTracker::new(),
        }))
    }

    /// With links to people's years; only an engine that was just wired can be given them.
    pub fn with_links(mut self, links: Links) -> Engine {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            parts.links = Some(links);
        }
        self
    }

    /// With a way out to other systems; only an engine that was just wired can be given it.
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Engine {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            parts.webhooks = Some(webhooks);
        }
        self
    }

    /// Where everything is kept.
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// The bot's clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// The way to Slack.
    pub fn slack(&self) -> &Slack {
        &self.0.slack
    }

    /// What is counted, for whoever scrapes it.
    pub fn metrics(&self) -> &Metrics {
        self.slack().metrics()
    }

    /// The counters as text, and what stands in the outbox.
    pub async fn metrics_text(&self) -> String {
        let now = self.clock().now();
        let waiting = self.store().backlog().await.ok().map(|backlog| {
            let waiting = |one: Backlog| Waiting {
                place: one.delivery.as_str(),
                count: one.count,
                oldest: now.duration_since(one.oldest).as_secs(),
            };
            backlog.into_iter().map(waiting).collect::<Vec<_>>()
        });
        self.metrics().text(waiting.as_deref())
    }

    /// The revisions as last loaded.
    fn revisions(&self) -> Arc<Revisions> {
        self.0.revisions.read().expect("nobody panics while holding it").clone()
    }

    /// Loads what was applied since.
    async fn refresh(&self) -> Result<Arc<Revisions>> {
        // Forgetting somebody writes revisions anew that are known already.
        let forgotten = self.store().forgotten().await?;
        let known = match self.0.forgotten.load(Ordering::Acquire) == forgotten {
            true => self.revisions(),
            false => Arc::default(),
        };
        let fresh = processes::refresh(self.store(), &known).await?;
        *self.0.revisions.write().expect("nobody panics while holding it") = fresh.clone();
        self.0.forgotten.store(forgotten, Ordering::Release);
        Ok(fresh)
    }

    /// Resolves when something happened that a heartbeat should not wait for.
    pub async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Asks for a tick soon.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Asks Slack who the bot is and keeps it. `false`: Slack did not say.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn learn_identity(&self) -> Result<bool> {
        let Ok(identity) = self.slack().auth_test().await else { return Ok(false) };
        let mut workspace = self.store().workspace().await?;
        workspace.team = Some(identity.team);
        workspace.bot_user = Some(identity.bot_user.to_string());
        self.store().save_workspace(&workspace).await?;
        Ok(true)
    }

    /// Waits for the work that goes on after answers were given.
    pub async fn drain(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.tasks.reopen();
    }
}
