//! What the store keeps for other systems: the tokens they come with, and the webhooks by which they are told.

use std::fmt;

use jiff::Timestamp;

use super::OccurrenceQuery;
use crate::process::ActivityKey;
use crate::record::{OccurrenceId, State};

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read occurrences, adherence and the process.
    Read,
    /// Record and verify outcomes.
    Record,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 2] = [Scope::Read, Scope::Record];

    /// The word that people type and the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Record => "record",
        }
    }

    /// The reverse of [`Scope::as_str`].
    pub fn parse(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that other systems are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// An occurrence was recorded as done.
    Done,
    /// An occurrence closed with nothing recorded.
    Missed,
    /// A digest was posted.
    DigestPublished,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 3] = [Event::Done, Event::Missed, Event::DigestPublished];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Event::Done => "occurrence.done",
            Event::Missed => "occurrence.missed",
            Event::DigestPublished => "digest.published",
        }
    }

    /// The reverse of [`Event::as_str`].
    pub fn parse(word: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.as_str() == word)
    }
}

/// A token to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is called; no two that hold are called alike.
    pub name: String,
    /// What it may do, in order.
    pub scopes: Vec<Scope>,
    /// By what it is known.
    pub hash: String,
    /// On the bot's clock.
    pub at: Timestamp,
    /// Who made it, where known.
    pub by: Option<String>,
}

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// 1, 2, 3 …
    pub id: i64,
    /// See [`NewToken`].
    pub name: String,
    /// See [`NewToken`].
    pub scopes: Vec<Scope>,
    /// See [`NewToken`].
    pub made_at: Timestamp,
    /// See [`NewToken::by`].
    pub made_by: Option<String>,
    /// When it was last used, to the hour or so; on the bot's clock.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What was answered to a request that may come twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// With which token it came.
    pub token: i64,
    /// The key that its sender gave it.
    pub key: String,
    /// What was asked, as a fingerprint.
    pub request: String,
    /// What was answered. JSON.
    pub answer: String,
}

/// A page of occurrences, ordered by due and id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Which.
    pub query: OccurrenceQuery,
    /// Of this activity.
    pub activity: Option<ActivityKey>,
    /// In one of these states at `now`; empty: all.
    pub states: Vec<State>,
    /// The bot's clock.
    pub now: Timestamp,
    /// After this one.
    pub after: Option<(Timestamp, OccurrenceId)>,
    /// At most so many.
    pub limit: u32,
}

/// Where a webhook stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    /// It is told.
    Active,
    /// Its receiver wanted no more (410).
    Gone,
}

impl WebhookState {
    /// The word that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            WebhookState::Active => "active",
            WebhookState::Gone => "gone",
        }
    }

    /// The reverse of [`WebhookState::as_str`].
    pub fn parse(word: &str) -> Option<WebhookState> {
        [WebhookState::Active, WebhookState::Gone].into_iter().find(|state| state.as_str() == word)
    }
}

/// A webhook to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Where to.
    pub url: String,
    /// Its secret, sealed.
    pub secret: String,
    /// Of what it is told, in order.
    pub events: Vec<Event>,
    /// On the bot's clock.
    pub at: Timestamp,
    /// Who made it, where known.
    pub by: Option<String>,
}

/// A webhook as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWebhook {
    /// 1, 2, 3 …
    pub id: i64,
    /// See [`NewWebhook`].
    pub url: String,
    /// See [`NewWebhook`].
    pub secret: String,
    /// See [`NewWebhook`].
    pub events: Vec<Event>,
    /// Where it stands.
    pub state: WebhookState,
    /// See [`NewWebhook::at`].
    pub made_at: Timestamp,
}

/// One event for one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// To whom.
    pub webhook: i64,
    /// What the event is called: the same for every attempt and every webhook.
    pub id: String,
    /// What happened.
    pub event: Event,
    /// To what: an occurrence's id, or a digest's.
    pub subject: String,
    /// When, on the bot's clock.
    pub at: Timestamp,
    /// How many attempts have begun.
    pub attempt: i64,
    /// What was wrong the last time.
    pub problem: Option<String>,
}

/// What became of an attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The receiver has it.
    Delivered,
    /// There was nothing left to say.
    Dropped,
    /// Try again at `not_before` (machine's clock).
    Retry {
        /// Not before this instant of the machine's clock.
        not_before: Timestamp,
        /// What else is due for the same webhook waits until this instant of the machine's clock.
        peace: Timestamp,
        /// What was wrong, in words.
        problem: String,
    },
    /// No more attempts: it waits on the list of the dead until somebody tries again.
    Dead {
        /// As with [`Told::Retry`].
        peace: Timestamp,
        /// What was wrong, in words.
        problem: String,
    },
    /// The receiver wants no more, ever: its webhook ends, and all that was to be told it.
    Gone,
}
