//! What the store keeps beside occurrences, as values.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::process::{ActivityKey, UserId};
use crate::record::review::{Answer, Aside};
use crate::record::{Absence, Occurrence, OccurrenceId, Standing};

/// What is known of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workspace {
    /// Slack's team id, once Slack was asked.
    pub team: Option<String>,
    /// The bot's own Slack user id, likewise.
    pub bot_user: Option<String>,
    /// When `serve` first ran, on the bot's clock. Nothing is owed for the time before.
    pub first_served: Option<Timestamp>,
    /// Whether `serve` first ran with `--clock` (`None`: it never ran).
    pub rehearsal: Option<bool>,
    /// A rehearsal's clock as last kept.
    pub rehearsal_clock: Option<Timestamp>,
    /// Until when digests were considered, on the bot's clock.
    pub digests_until: Option<Timestamp>,
}

/// A revision as it is stored: the canonical process file and its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRevision {
    /// 1, 2, 3 …
    pub number: i64,
    /// See [`NewRevision`].
    pub applied_at: Timestamp,
    /// See [`NewRevision`].
    pub effective: Date,
    /// See [`NewRevision`].
    pub in_slack: bool,
    /// See [`NewRevision`].
    pub by: Option<String>,
    /// See [`NewRevision`].
    pub text: String,
}

/// A revision to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    /// On the bot's clock.
    pub applied_at: Timestamp,
    /// The date from which it holds.
    pub effective: Date,
    /// Whether it was made in Slack.
    pub in_slack: bool,
    /// Who made it, where known: a Slack user id, or on the command line the operating system's user.
    pub by: Option<String>,
    /// The canonical process file.
    pub text: String,
}

/// A line of the log: who did what, when. Never a note's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// On the bot's clock.
    pub at: Timestamp,
    /// Who, where known; see [`NewRevision::by`].
    pub who: Option<String>,
    /// In one word: `apply`, or [`Recording::action`].
    pub what: String,
    /// To which occurrence.
    pub occurrence: Option<OccurrenceId>,
    /// Which revision it made.
    pub revision: Option<i64>,
    /// What else was noted, an object: of an absence `manager`, and its days in `was` and `is` (`2026-12-24/2027-01-02`);
    /// of links that were reset, `of` whom. Never a note's text.
    pub detail: Option<serde_json::Value>,
}

/// Which occurrences are wanted; every condition that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OccurrenceQuery {
    /// Of this manager.
    pub manager: Option<UserId>,
    /// Final due date not before.
    pub from: Option<Date>,
    /// Final due date not after.
    pub to: Option<Date>,
    /// Closing after this instant.
    pub closes_after: Option<Timestamp>,
    /// Due before this instant.
    pub due_before: Option<Timestamp>,
    /// These ids alone.
    pub ids: Option<Vec<OccurrenceId>>,
    /// These standings alone; empty: all.
    pub standings: Vec<Standing>,
}

/// How far a manager is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedUntil {
    /// Whose.
    pub manager: UserId,
    /// By which newest revision.
    pub revision: i64,
    /// Up to and including this local date.
    pub until: Date,
}

/// What planning found for one manager.
#[derive(Debug, Clone, PartialEq)]
pub struct Replan {
    /// How far it is planned now.
    pub planned: PlannedUntil,
    /// New rows; an id that exists already is left alone.
    pub insert: Vec<Occurrence>,
    /// Rows whose instants, leader, revision or standing change, compared by version (written as version + 1).
    pub update: Vec<Occurrence>,
    /// Where the manager's nudge cursor begins, if it has none yet.
    pub nudges_from: Timestamp,
    /// The manager's absences that it reckons with, in order: compared with the stored ones.
    pub absences: Vec<Absence>,
    /// When, on the bot's clock.
    pub at: Timestamp,
}

/// An occurrence, and how often what a calendar shows of it has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// As stored.
    pub occurrence: Occurrence,
    /// Counts the writes that changed due, closing or standing. Never goes down. What came in inside an absence, which may
    /// have excused it or moved its closing, begins with one.
    pub sequence: i64,
    /// When the last of them was, on the bot's clock; `None`: it is as the process alone planned it.
    pub changed: Option<Timestamp>,
}

/// A manager says when they are away, or that they are not after all.
#[derive(Debug, Clone, PartialEq)]
pub struct AbsenceChange {
    /// Whose.
    pub manager: UserId,
    /// All of the manager's absences, as read, in order.
    pub was: Vec<Absence>,
    /// All of them as they are to be.
    pub is: Vec<Absence>,
    /// What that does to the occurrences; see [`Replan::insert`].
    pub insert: Vec<Occurrence>,
    /// See [`Replan::update`].
    pub update: Vec<Occurrence>,
    /// When, on the bot's clock.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// What was done, in one word, for the log.
    pub action: &'static str,
    /// Whether the manager was away until now: what would have gone before is not owed.
    pub resumes: bool,
    /// The key of the inbound request, so that a second delivery changes nothing.
    pub seen: Option<String>,
}

/// An occurrence that somebody changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// As it is to be, with the version that was read.
    pub occurrence: Occurrence,
    /// When, on the bot's clock.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// What was done, in one word (`done`, `snooze`, …), for the log.
    pub action: &'static str,
    /// The key of the inbound request, so that a second delivery changes nothing.
    pub seen: Option<String>,
}

/// What became of a [`Recording`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It stands.
    Yes,
    /// The row has changed since it was read: read again, decide again.
    Changed,
    /// This inbound request was handled before.
    SeenBefore,
}

/// Something that was said beside the occurrences, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What.
    pub aside: Aside,
    /// In which message.
    pub message: String,
    /// When, on the bot's clock.
    pub at: Timestamp,
    /// What was answered, when and by whom.
    pub answer: Option<(Answer, Timestamp, UserId)>,
}

/// A manager's own if-then for an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intention {
    /// Which.
    pub activity: ActivityKey,
    /// The manager's words.
    pub words: String,
}

/// A manager's place in the stream of nudges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Whose.
    pub manager: UserId,
    /// Nudges with an instant up to and including this one were considered.
    pub nudged_until: Timestamp,
    /// For compare and swap: changes whenever the row does.
    pub version: i64,
}

/// One nudge pass over one manager.
#[derive(Debug, Clone, PartialEq)]
pub struct NudgePass {
    /// As read.
    pub cursor: Cursor,
    /// The new place.
    pub nudged_until: Timestamp,
    /// When to look again.
    pub wake_at: Timestamp,
    /// Messages to be sent.
    pub add: Vec<NewMessage>,
    /// Pending messages whose items went into one of the new ones.
    pub merged: Vec<String>,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The nudge or digest id: opaque, made of what it is.
    pub id: String,
    /// `plan`, `due`, `wrap`, `snoozed`, `follow-up`, `owed`, `digest`, `welcome`, `notice`.
    pub kind: String,
    /// A user id for a nudge or a notice, a channel id for a digest.
    pub recipient: String,
    /// The instant at which it should go, on the bot's clock.
    pub at: Timestamp,
    /// What it asks for, in order.
    pub items: Vec<OccurrenceId>,
    /// What is not told from the record: a digest's frozen figures. JSON.
    pub body: Option<String>,
}

/// What is wrong on Slack's side and lasts until somebody mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTrouble {
    /// Whom or what it is about.
    pub subject: String,
    /// What is wrong, in a word.
    pub what: String,
    /// Since when it is known, on the bot's clock.
    pub since: Timestamp,
    /// Whom it was said to, in order.
    pub told: Vec<String>,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Not sent; Slack has certainly not got it.
    Pending,
    /// Somebody is sending it, until the lease ends.
    Sending,
    /// Slack may or may not have it.
    Uncertain,
    /// Slack has it.
    Sent,
    /// There was nothing left to say when its turn came.
    Dropped,
    /// Its items went into another message.
    Merged,
    /// Slack will never take it.
    Dead,
}

impl Delivery {
    /// All of them.
    pub const ALL: [Delivery; 7] = [
        Delivery::Pending,
        Delivery::Sending,
        Delivery::Uncertain,
        Delivery::Sent,
        Delivery::Dropped,
        Delivery::Merged,
        Delivery::Dead,
    ];

    /// The word that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::Pending => "pending",
            Delivery::Sending => "sending",
            Delivery::Uncertain => "uncertain",
            Delivery::Sent => "sent",
            Delivery::Dropped => "dropped",
            Delivery::Merged => "merged",
            Delivery::Dead => "dead",
        }
    }

    /// The reverse of [`Delivery::as_str`].
    pub fn parse(word: &str) -> Option<Delivery> {
        Delivery::ALL.into_iter().find(|delivery| delivery.as_str() == word)
    }
}

/// How many messages stand somewhere on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Where: pending, sending or uncertain.
    pub delivery: Delivery,
    /// How many.
    pub count: i64,
    /// The earliest instant at which one of them was to go, on the bot's clock.
    pub oldest: Timestamp,
}

/// A message as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// See [`NewMessage`].
    pub id: String,
    /// See [`NewMessage`].
    pub kind: String,
    /// See [`NewMessage`].
    pub recipient: String,
    /// See [`NewMessage`].
    pub at: Timestamp,
    /// See [`NewMessage`].
    pub items: Vec<OccurrenceId>,
    /// See [`NewMessage`].
    pub body: Option<String>,
    /// Where it stands.
    pub delivery: Delivery,
    /// How often sending began.
    pub attempt: i64,
    /// When sending last began, on the machine's clock.
    pub started_at: Option<Timestamp>,
    /// How often it was looked for in vain since it became uncertain.
    pub looks: i64,
    /// The channel it is in.
    pub channel: Option<String>,
    /// Slack's timestamp, its name within the channel.
    pub ts: Option<String>,
    /// Counts the changes of what it shows.
    pub paint: i64,
}

/// What became of a sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Slack has it there.
    Sent {
        /// The channel.
        channel: String,
        /// Slack's timestamp.
        ts: String,
    },
    /// Slack has certainly not got it; try again at `not_before` (machine's clock).
    Retry {
        /// Not before this instant of the machine's clock.
        not_before: Timestamp,
    },
    /// Slack may have it: look at `look_at` (machine's clock).
    Uncertain {
        /// The channel that was tried.
        channel: String,
        /// When to look.
        look_at: Timestamp,
    },
    /// There was nothing left to say.
    Dropped,
    /// Slack will never take it; its error code.
    Dead(String),
}

impl Settlement {
    /// One word for the log.
    pub fn as_str(&self) -> &'static str {
        match self {
            Settlement::Sent { .. } => "sent",
            Settlement::Retry { .. } => "retry",
            Settlement::Uncertain { .. } => "uncertain",
            Settlement::Dropped => "dropped",
            Settlement::Dead(_) => "dead",
        }
    }
}
