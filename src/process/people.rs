//! Who takes part: managers, their reps, and the leaders above them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::calendar::Workday;
use super::digest::DigestSettings;
use super::holidays::Holidays;

/// A Slack user id such as `U0ANA`. People are known by nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for UserId {
    fn from(id: &str) -> Self {
        UserId(id.to_owned())
    }
}

impl UserId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many nudges a manager gets; which kinds each one means is in [`crate::record::agenda`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Intensity {
    /// The morning plan and what was snoozed.
    Light,
    /// Plan, at most two *it is time for …* a day for `must` activities, wrap, snoozed.
    #[default]
    Standard,
    /// Plan, up to six *it is time for …*, wrap, follow-up, snoozed.
    Active,
}

/// The salesperson who reports to a manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rep {
    /// Slack user.
    pub slack: UserId,
    /// As shown to people.
    pub name: String,
    /// The slot of a `spread` activity this rep has; already filled in from the order in the file where left out.
    pub slot: u32,
    /// Whether the file said `slot` itself (so that `export` prints it back only then).
    pub slot_given: bool,
}

/// The sales manager who is nudged.
#[derive(Debug, Clone, PartialEq)]
pub struct Manager {
    /// Slack user.
    pub slack: UserId,
    /// As shown to people.
    pub name: String,
    /// IANA zone in which every local time of this manager is meant; `None` until Slack's profile was asked, then UTC.
    pub time_zone: Option<jiff::tz::TimeZone>,
    /// The leader above.
    pub leader: UserId,
    /// The reps, in the file's order.
    pub reps: Vec<Rep>,
    /// Days off of this manager alone, beside the process-wide ones.
    pub holidays: Holidays,
    /// Own capacity in minutes a week.
    pub capacity: Option<u32>,
    /// Own working hours.
    pub workday: Option<Workday>,
    /// Own intensity.
    pub intensity: Option<Intensity>,
}

impl Manager {
    /// The zone of this manager's local times: the file's, else UTC.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        self.time_zone.clone().unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// The rep with this id, if they report to this manager.
    pub fn rep(&self, id: &UserId) -> Option<&Rep> {
        self.reps.iter().find(|rep| rep.slack == *id)
    }
}

/// The sales leader who owns the process and reads the digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Leader {
    /// Slack user.
    pub slack: UserId,
    /// As shown to people.
    pub name: String,
    /// The leader above this one.
    pub leader: Option<UserId>,
    /// This leader's own digest settings; what is left out comes from the process-wide ones.
    pub digest: DigestSettings,
}
