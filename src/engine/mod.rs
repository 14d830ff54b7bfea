//! The only room that makes things happen.
//!
//! [`Engine::tick`] takes no input but the clock: it *plans* (writes the occurrences that the calendar calls for),
//! *lapses* (marks what closed undone), *nudges* (decides what is due to be said) and *reports* (the digest, when its
//! time has come). [`Engine::deliver`] then sends what was decided and repaints what changed. Timer, start-up, rehearsal
//! and test are this one path. A click comes in through [`Engine::respond`].

pub mod apply;
mod away;
mod beside;
mod deliver;
mod digest;
mod lifecycle;
mod person;
mod processes;
mod profiles;
mod question;
mod respond;
mod tick;
pub mod year;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::links::Links;
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::slack::Slack;
use crate::store::{Store, StoreError};

pub use processes::{ProcessError, entries, load_revisions};
pub use respond::Answer;
pub use tick::{Circle, circles, story};

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
    revisions: RwLock<Arc<Revisions>>,
    profiles: profiles::Profiles,
    /// One tick at a time.
    gate: Mutex<()>,
    /// One round at a time, so that whoever waited for one knows that everything has gone.
    round: Mutex<()>,
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
            revisions: RwLock::default(),
            profiles: profiles::Profiles::default(),
            gate: Mutex::new(()),
            round: Mutex::new(()),
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

    /// The revisions as last loaded.
    fn revisions(&self) -> Arc<Revisions> {
        self.0.revisions.read().expect("nobody panics while holding it").clone()
    }

    /// Loads what was applied since.
    async fn refresh(&self) -> Result<Arc<Revisions>> {
        let known = self.revisions();
        let fresh = processes::refresh(self.store(), &known).await?;
        *self.0.revisions.write().expect("nobody panics while holding it") = fresh.clone();
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
