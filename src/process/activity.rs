//! One line of the process: what is to be done, how often, and which outcome can be verified.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::file::words::Word;
use super::people::UserId;
use super::phrase::Phrase;

/// The unique key of an activity: `[a-z0-9-]{1,40}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivityKey(pub String);

impl fmt::Display for ActivityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ActivityKey {
    fn from(key: &str) -> Self {
        ActivityKey(key.to_owned())
    }
}

impl ActivityKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What kind of management work an activity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub enum Category {
    Meeting,
    Coaching,
    Forecast,
    Pipeline,
    Inspection,
    RideAlong,
    #[default]
    Other,
}

impl Category {
    /// As the process file writes it.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// Which evidence `Done` must ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EvidenceWanted {
    /// A note in the manager's words.
    pub note: bool,
    /// A link to something outside.
    pub link: bool,
    /// A number.
    pub number: bool,
}

impl EvidenceWanted {
    /// Whether nothing is asked, so that `Done` records at once.
    pub fn is_none(self) -> bool {
        !(self.note || self.link || self.number)
    }
}

/// How a number compares with its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    AtMost,
    Below,
    Equal,
    Above,
    AtLeast,
}

/// What counts as met: `<= 2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The comparison.
    pub comparison: Comparison,
    /// The bound.
    pub value: f64,
}

impl Target {
    /// Whether `number` meets the target.
    pub fn is_met(self, number: f64) -> bool {
        match self.comparison {
            Comparison::AtMost => number <= self.value,
            Comparison::Below => number < self.value,
            Comparison::Equal => number == self.value,
            Comparison::Above => number > self.value,
            Comparison::AtLeast => number >= self.value,
        }
    }
}

impl fmt::Display for Target {
    /// In words, to stand behind *wanted*: `at most 2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.comparison {
            Comparison::AtMost => "at most",
            Comparison::Below => "below",
            Comparison::Equal => "exactly",
            Comparison::Above => "above",
            Comparison::AtLeast => "at least",
        };
        write!(f, "{words} {}", self.value)
    }
}

/// The question that goes with evidence `number`.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberQuestion {
    /// What is asked: *Deals without a dated next step*.
    pub label: String,
    /// What counts as met; without one the manager says how it went.
    pub target: Option<Target>,
}

/// Whether an activity is held once, or once for each rep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Per {
    #[default]
    Manager,
    Rep,
}

/// Critical or nice to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs)]
pub enum Priority {
    #[default]
    Must,
    Nice,
}

impl Priority {
    /// As the process file writes it.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// How long after due it still counts as on time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// `N workdays` after the due date, at most 60.
    Workdays(u8),
    /// Until the workweek's last day.
    EndOfWeek,
}

/// Where a date that is a day off moves (business day conventions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnHoliday {
    /// To the nearest workday after.
    Following,
    /// After, but before where after is another calendar month.
    #[default]
    ModifiedFollowing,
    /// To the nearest workday before.
    Preceding,
    /// Not at all: it is dropped.
    Skip,
}

/// Who bears an outcome out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Verify {
    #[default]
    None,
    Rep,
    Leader,
    System,
}

/// One line of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Unique key.
    pub key: ActivityKey,
    /// As shown to people.
    pub title: String,
    /// Kind of work.
    pub category: Category,
    /// Timing and frequency, in the manager's own time zone.
    pub when: Phrase,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The outcome that is expected and can be verified.
    pub outcome: Option<String>,
    /// What `Done` must ask for.
    pub evidence: EvidenceWanted,
    /// The question of evidence `number`.
    pub number: Option<NumberQuestion>,
    /// Once, or once per rep.
    pub per: Per,
    /// Whether the phrase's days are shared out among the reps.
    pub spread: bool,
    /// Critical or nice to have.
    pub priority: Priority,
    /// Whether leader and digest channel may read the note.
    pub share_notes: bool,
    /// How long after due it still counts as on time (the default by frequency already filled in).
    pub grace: Grace,
    /// What a day off does to it.
    pub on_holiday: OnHoliday,
    /// Who holds it; `None`: every manager.
    pub managers: Option<Vec<UserId>>,
    /// Who bears it out.
    pub verify: Verify,
    /// Whether a manager may move its standing weekday and time.
    pub flexible: bool,
}

impl Activity {
    /// Whether this manager is to hold it.
    pub fn is_held_by(&self, manager: &UserId) -> bool {
        self.managers.as_ref().is_none_or(|some| some.contains(manager))
    }
}
