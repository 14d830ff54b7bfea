//! What is kept about people, column by column: what forgetting erases, what an export shows, what expires.
//!
//! [`TABLES`] names every column of every table. A test holds it against the database, so that whoever adds a column says
//! what becomes of it when somebody is forgotten.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::process::UserId;

/// One table, and what its columns hold.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Columns that hold a person's Slack id: a row is about whoever stands in one of them.
    pub people: &'static [&'static str],
    /// Columns that hold people's own words, or names: erased when somebody is forgotten.
    pub words: &'static [&'static str],
    /// Columns with words or names of others as well: not in one person's export.
    pub shared: &'static [&'static str],
    /// All others: ids, figures, times, the program's own words.
    pub plain: &'static [&'static str],
}

/// Every table.
pub const TABLES: &[Table] = &[
    Table {
        name: "workspace",
        people: &[],
        words: &[],
        shared: &[],
        plain: &[
            "id",
            "team",
            "bot_user",
            "first_served",
            "rehearsal",
            "rehearsal_clock",
            "digests_until",
            "forgotten",
        ],
    },
    Table {
        name: "revision",
        people: &["applied_by"],
        words: &["text"],
        shared: &["text"],
        plain: &["workspace", "number", "applied_at", "effective", "in_slack"],
    },
    Table {
        name: "occurrence",
        people: &["manager", "rep", "completed_by"],
        words: &["note", "link", "reason"],
        shared: &[],
        plain: &[
            "workspace",
            "id",
            "activity",
            "date",
            "leader",
            "revision",
            "zone",
            "due",
            "closes",
            "standing",
            "completed_at",
            "result",
            "number",
            "snoozed_until",
            "snoozes",
            "nudges",
            "verification",
            "version",
            "sequence",
            "changed_at",
        ],
    },
    Table {
        name: "planned",
        people: &["manager"],
        words: &[],
        shared: &[],
        plain: &["workspace", "revision", "until"],
    },
    Table {
        name: "cursor",
        people: &["manager"],
        words: &[],
        shared: &[],
        plain: &["workspace", "nudged_until", "wake_at", "version"],
    },
    Table {
        name: "message",
        people: &["recipient"],
        words: &["body"],
        shared: &[],
        plain: &[
            "workspace",
            "id",
            "kind",
            "at",
            "delivery",
            "attempt",
            "not_before",
            "started_at",
            "lease_until",
            "look_at",
            "looks",
            "error",
            "channel",
            "ts",
            "paint",
            "stale",
            "repaint_at",
            "gone",
        ],
    },
    Table {
        name: "message_item",
        people: &[],
        words: &[],
        shared: &[],
        plain: &["workspace", "message", "position", "occurrence"],
    },
    Table { name: "direct_channel", people: &["user_id"], words: &["channel"], shared: &[], plain: &["workspace"] },
    Table { name: "seen", people: &[], words: &[], shared: &[], plain: &["workspace", "key", "at"] },
    Table {
        name: "log",
        people: &["who"],
        words: &[],
        shared: &[],
        plain: &["id", "workspace", "at", "what", "occurrence", "revision", "detail"],
    },
    Table { name: "link", people: &["user_id"], words: &[], shared: &[], plain: &["workspace", "generation"] },
    Table {
        name: "absence",
        people: &["manager", "said_by"],
        words: &[],
        shared: &[],
        plain: &["workspace", "first", "last", "said_at"],
    },
    Table {
        name: "aside",
        people: &["manager", "answered_by"],
        words: &[],
        shared: &[],
        plain: &["workspace", "id", "topic", "activity", "occurrence", "said_in", "said_at", "answer", "answered_at"],
    },
    Table {
        name: "intention",
        people: &["manager"],
        words: &["words"],
        shared: &[],
        plain: &["workspace", "activity", "said_at"],
    },
    Table { name: "heard", people: &["user_id"], words: &["at"], shared: &[], plain: &["workspace"] },
    Table { name: "trouble", people: &[], words: &[], shared: &[], plain: &["workspace", "subject", "what", "since"] },
    Table {
        name: "verification",
        people: &["asked"],
        words: &["word"],
        shared: &[],
        plain: &[
            "workspace",
            "occurrence",
            "verifier",
            "done_at",
            "asked_at",
            "bears_out",
            "said_at",
            "until",
            "message",
            "reminded",
            "told",
            "closed",
            "look_at",
            "version",
        ],
    },
    Table { name: "notice", people: &["whom"], words: &[], shared: &[], plain: &["workspace", "subject", "message"] },
    Table {
        name: "token",
        people: &["made_by"],
        words: &[],
        shared: &["hash"],
        plain: &["workspace", "id", "name", "scopes", "hash", "made_at", "used_at", "revoked_at"],
    },
    // A day's; what names whoever is forgotten goes at once.
    Table {
        name: "answered",
        people: &[],
        words: &["answer"],
        shared: &[],
        plain: &["workspace", "token", "key", "request", "at"],
    },
    Table {
        name: "webhook",
        people: &["made_by"],
        words: &[],
        shared: &["secret"],
        plain: &["workspace", "id", "url", "secret", "events", "state", "made_at"],
    },
    // What is said is drawn from the record when it is sent.
    Table {
        name: "webhook_delivery",
        people: &[],
        words: &[],
        shared: &[],
        plain: &[
            "workspace",
            "webhook",
            "id",
            "event",
            "subject",
            "at",
            "state",
            "attempt",
            "not_before",
            "settled_at",
            "problem",
        ],
    },
    Table { name: "pause", people: &[], words: &[], shared: &[], plain: &["workspace", "method", "ends_at"] },
];

/// Columns that hold an instant, whatever the table.
const INSTANTS: &[&str] = &[
    "answered_at",
    "applied_at",
    "asked_at",
    "at",
    "changed_at",
    "closes",
    "completed_at",
    "done_at",
    "due",
    "lease_until",
    "look_at",
    "made_at",
    "not_before",
    "nudged_until",
    "repaint_at",
    "revoked_at",
    "said_at",
    "settled_at",
    "snoozed_until",
    "started_at",
    "used_at",
    "wake_at",
];

/// The rows about somebody, by table, in the tables' own words.
pub type Rows = BTreeMap<&'static str, Vec<Map<String, Value>>>;

impl Table {
    /// What reads the rows about a person: `$1` is the workspace, `$2` the person's id. None where no row is about one.
    pub fn query(&self) -> Option<String> {
        let about: Vec<String> = self.people.iter().map(|column| format!("{column} = $2")).collect();
        let columns = [self.people, self.words, self.plain].concat();
        let columns: Vec<&str> =
            columns.into_iter().filter(|column| *column != "workspace" && !self.shared.contains(column)).collect();
        let (columns, name, about) = (columns.join(", "), self.name, about.join(" OR "));
        (!about.is_empty()).then(|| format!("SELECT {columns} FROM {name} WHERE workspace = $1 AND ({about})"))
    }
}

/// A column's value as people read it: instants in RFC 3339.
pub fn readable(column: &str, value: Value) -> Value {
    match value.as_i64() {
        Some(0) if INSTANTS.contains(&column) => Value::Null,
        Some(seconds) if INSTANTS.contains(&column) => {
            Timestamp::from_second(seconds).map_or(Value::Null, |at| Value::String(at.to_string()))
        }
        Some(_) | None => value,
    }
}

/// A text that is written anew, unless it has changed since it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten<I> {
    /// Which revision or message.
    pub id: I,
    /// As it was read.
    pub was: String,
    /// As it is to be.
    pub is: String,
}

/// Somebody is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgetting {
    /// Who.
    pub user: UserId,
    /// The newest revision that was looked at.
    pub newest: Option<i64>,
    /// Revisions without the name.
    pub revisions: Vec<Rewritten<i64>>,
    /// How many digests were looked at.
    pub digests: usize,
    /// Those without name and words.
    pub bodies: Vec<Rewritten<String>>,
    /// When, on the bot's clock.
    pub at: Timestamp,
    /// Who asked for it, where known; see [`NewRevision::by`](super::NewRevision::by).
    pub by: Option<String>,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Occurrences that lost a note, a link or a reason in somebody's own words.
    pub notes: u64,
    /// If-thens.
    pub intentions: u64,
}

/// Until when things are kept: what is older goes. `None`: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cutoffs {
    /// Notes, links and reasons in people's own words, of occurrences due before this date.
    pub notes: Option<Date>,
    /// Messages that are settled, by their instant on the bot's clock.
    pub messages: Option<Timestamp>,
    /// Lines of the log, but those of revisions.
    pub log: Option<Timestamp>,
}
