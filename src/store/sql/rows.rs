//! Rows to values and values to columns. Whatever a row holds that we don't know names its table, column and id.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::Row as _;

use super::{Database, Row};
use crate::process::{ActivityKey, UserId};
use crate::record::review::{Answer, Aside, Topic};
use crate::record::verification::{Question, Reply, Verifier};
use crate::record::{Absence, Days, Evidence, Occurrence, OccurrenceId, Outcome, ResultWord, Standing, Verification};
use crate::store::{
    Counted, Cursor, Delivery, Event, LogEntry, Message, PlannedUntil, Result, Said, Scope, StoreError, StoredRevision,
    StoredToken, StoredWebhook, WebhookDelivery, WebhookState, Workspace,
};

/// Whole seconds, the fraction dropped: for what happened, and for *up to and including*.
pub(super) fn floor(at: Timestamp) -> i64 {
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

/// Whole seconds, a fraction made whole: for *not before*, so that no wait gets shorter.
pub(super) fn ceil(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

/// The name under which a zone is kept; one without a name is UTC, as it is for a manager without a zone.
pub(super) fn zone_name(zone: &TimeZone) -> &str {
    match zone.iana_name() {
        Some(name) if !zone.is_unknown() => name,
        Some(_) | None => "UTC",
    }
}

/// A list for the macro `list!`, which takes any number of ids as one parameter.
pub(super) fn json_list<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    serde_json::Value::from_iter(ids).to_string()
}

/// Reads one row, and knows what to call it when something is wrong.
struct Columns<'r> {
    row: &'r Row,
    table: &'static str,
    id: String,
}

impl<'r> Columns<'r> {
    /// `id_column` holds what tells the row from others.
    fn new(row: &'r Row, table: &'static str, id_column: &'static str) -> Result<Columns<'r>> {
        let unnamed = Columns { row, table, id: "?".to_owned() };
        let id = unnamed.text(id_column)?;
        Ok(Columns { id, ..unnamed })
    }

    fn numbered(row: &'r Row, table: &'static str, id_column: &'static str) -> Result<Columns<'r>> {
        let unnamed = Columns { row, table, id: "?".to_owned() };
        let id = unnamed.integer(id_column)?.to_string();
        Ok(Columns { id, ..unnamed })
    }

    fn wrong(&self, column: &'static str, problem: impl Into<String>) -> StoreError {
        StoreError::Row { table: self.table, column, id: self.id.clone(), problem: problem.into() }
    }

    fn get<T>(&self, column: &'static str, wanted: &str) -> Result<T>
    where
        T: for<'d> sqlx::Decode<'d, Database> + sqlx::Type<Database>,
    {
        self.row.try_get(column).map_err(|_| self.wrong(column, format!("is no {wanted}")))
    }

    fn text(&self, column: &'static str) -> Result<String> {
        self.get(column, "text")
    }

    fn optional_text(&self, column: &'static str) -> Result<Option<String>> {
        self.get(column, "text")
    }

    fn integer(&self, column: &'static str) -> Result<i64> {
        self.get(column, "whole number")
    }

    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>> {
        self.get(column, "whole number")
    }

    fn flag(&self, column: &'static str) -> Result<bool> {
        Ok(self.integer(column)? != 0)
    }

    fn user(&self, column: &'static str) -> Result<UserId> {
        self.text(column).map(UserId)
    }

    fn instant(&self, column: &'static str) -> Result<Timestamp> {
        self.to_instant(column, self.integer(column)?)
    }

    fn optional_instant(&self, column: &'static str) -> Result<Option<Timestamp>> {
        self.optional_integer(column)?.map(|seconds| self.to_instant(column, seconds)).transpose()
    }

    fn to_instant(&self, column: &'static str, seconds: i64) -> Result<Timestamp> {
        Timestamp::from_second(seconds).map_err(|_| self.wrong(column, format!("{seconds} is out of time")))
    }

    fn date(&self, column: &'static str) -> Result<Date> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.wrong(column, format!("{text:?} is no date")))
    }

    fn zone(&self, column: &'static str) -> Result<TimeZone> {
        let name = self.text(column)?;
        TimeZone::get(&name).map_err(|_| self.wrong(column, format!("{name:?} is no time zone")))
    }

    fn word<T>(&self, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<T> {
        let word = self.text(column)?;
        parse(&word).ok_or_else(|| self.wrong(column, format!("{word:?} is not a word this program knows")))
    }

    fn optional_word<T>(&self, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<Option<T>> {
        match self.optional_text(column)? {
            Some(_) => self.word(column, parse).map(Some),
            None => Ok(None),
        }
    }

    fn optional_number(&self, column: &'static str) -> Result<Option<serde_json::Number>> {
        let number = self.optional_text(column)?.map(|text| serde_json::from_str(&text));
        number.transpose().map_err(|_| self.wrong(column, "is no JSON number"))
    }
}

/// A row of `workspace`.
pub(super) fn workspace(row: &Row) -> Result<Workspace> {
    let columns = Columns::numbered(row, "workspace", "id")?;
    Ok(Workspace {
        team: columns.optional_text("team")?,
        bot_user: columns.optional_text("bot_user")?,
        first_served: columns.optional_instant("first_served")?,
        rehearsal: columns.optional_integer("rehearsal")?.map(|flag| flag != 0),
        rehearsal_clock: columns.optional_instant("rehearsal_clock")?,
        digests_until: columns.optional_instant("digests_until")?,
    })
}

/// A row of `revision`.
pub(super) fn revision(row: &Row) -> Result<StoredRevision> {
    let columns = Columns::numbered(row, "revision", "number")?;
    Ok(StoredRevision {
        number: columns.integer("number")?,
        applied_at: columns.instant("applied_at")?,
        effective: columns.date("effective")?,
        in_slack: columns.flag("in_slack")?,
        by: columns.optional_text("applied_by")?,
        text: columns.text("text")?,
    })
}

/// A row of `occurrence`.
pub(super) fn occurrence(row: &Row) -> Result<Occurrence> {
    let columns = Columns::new(row, "occurrence", "id")?;
    Ok(Occurrence {
        id: OccurrenceId(columns.text("id")?),
        manager: columns.user("manager")?,
        activity: ActivityKey(columns.text("activity")?),
        rep: columns.optional_text("rep")?.map(UserId),
        date: columns.date("date")?,
        leader: columns.user("leader")?,
        revision: columns.integer("revision")?,
        zone: columns.zone("zone")?,
        due: columns.instant("due")?,
        closes: columns.instant("closes")?,
        standing: columns.word("standing", Standing::parse)?,
        completed_at: columns.optional_instant("completed_at")?,
        completed_by: columns.optional_text("completed_by")?.map(UserId),
        outcome: Outcome {
            result: columns.optional_word("result", ResultWord::parse)?,
            note: columns.optional_text("note")?,
            evidence: Evidence { link: columns.optional_text("link")?, number: columns.optional_number("number")? },
        },
        reason: columns.optional_text("reason")?,
        snoozed_until: columns.optional_instant("snoozed_until")?,
        snoozes: columns.integer("snoozes")?,
        nudges: columns.integer("nudges")?,
        verification: columns.word("verification", Verification::parse)?,
        version: columns.integer("version")?,
    })
}

/// A row of `log`.
pub(super) fn log_entry(row: &Row) -> Result<LogEntry> {
    let columns = Columns::numbered(row, "log", "id")?;
    Ok(LogEntry {
        at: columns.instant("at")?,
        who: columns.optional_text("who")?,
        what: columns.text("what")?,
        occurrence: columns.optional_text("occurrence")?.map(OccurrenceId),
        revision: columns.optional_integer("revision")?,
        detail: columns.optional_text("detail")?.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

/// A row of `occurrence` with its count.
pub(super) fn counted(row: &Row) -> Result<Counted> {
    let columns = Columns::new(row, "occurrence", "id")?;
    let sequence = columns.integer("sequence")?;
    let changed = columns.instant("changed_at")?;
    let changed = (changed != Timestamp::UNIX_EPOCH).then_some(changed);
    Ok(Counted { occurrence: occurrence(row)?, sequence, changed })
}

/// A row of `absence`.
pub(super) fn absence(row: &Row) -> Result<Absence> {
    let columns = Columns::new(row, "absence", "manager")?;
    let (first, last) = (columns.date("first")?, columns.date("last")?);
    Ok(Absence {
        manager: columns.user("manager")?,
        days: Days::new(first, last).ok_or_else(|| columns.wrong("last", format!("{last} is before {first}")))?,
        said_by: columns.user("said_by")?,
        said_at: columns.instant("said_at")?,
    })
}

/// A row of `planned`.
pub(super) fn planned(row: &Row) -> Result<PlannedUntil> {
    let columns = Columns::new(row, "planned", "manager")?;
    Ok(PlannedUntil {
        manager: columns.user("manager")?,
        revision: columns.integer("revision")?,
        until: columns.date("until")?,
    })
}

/// Words of ours, a blank between two.
fn words<T>(columns: &Columns<'_>, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<Vec<T>> {
    let text = columns.text(column)?;
    let unknown = |word: &str| columns.wrong(column, format!("{word:?} is not a word this program knows"));
    text.split_whitespace().map(|word| parse(word).ok_or_else(|| unknown(word))).collect()
}

/// A row of `token`.
pub(super) fn token(row: &Row) -> Result<StoredToken> {
    let columns = Columns::numbered(row, "token", "id")?;
    Ok(StoredToken {
        id: columns.integer("id")?,
        name: columns.text("name")?,
        scopes: words(&columns, "scopes", Scope::parse)?,
        made_at: columns.instant("made_at")?,
        made_by: columns.optional_text("made_by")?,
        used_at: columns.optional_instant("used_at")?,
        revoked_at: columns.optional_instant("revoked_at")?,
    })
}

/// A row of `webhook`.
pub(super) fn webhook(row: &Row) -> Result<StoredWebhook> {
    let columns = Columns::numbered(row, "webhook", "id")?;
    Ok(StoredWebhook {
        id: columns.integer("id")?,
        url: columns.text("url")?,
        secret: columns.text("secret")?,
        events: words(&columns, "events", Event::parse)?,
        state: columns.word("state", WebhookState::parse)?,
        made_at: columns.instant("made_at")?,
    })
}

/// A row of `webhook_delivery`.
pub(super) fn told(row: &Row) -> Result<WebhookDelivery> {
    let columns = Columns::new(row, "webhook_delivery", "id")?;
    Ok(WebhookDelivery {
        webhook: columns.integer("webhook")?,
        id: columns.text("id")?,
        event: columns.word("event", Event::parse)?,
        subject: columns.text("subject")?,
        at: columns.instant("at")?,
        attempt: columns.integer("attempt")?,
        problem: columns.optional_text("problem")?,
    })
}

/// A row of `aside`.
pub(super) fn said(row: &Row) -> Result<Said> {
    let columns = Columns::new(row, "aside", "id")?;
    let answer = match columns.optional_word("answer", Answer::parse)? {
        Some(answer) => Some((answer, columns.instant("answered_at")?, columns.user("answered_by")?)),
        None => None,
    };
    Ok(Said {
        aside: Aside {
            id: columns.text("id")?,
            manager: columns.user("manager")?,
            topic: columns.word("topic", Topic::parse)?,
            activity: columns.optional_text("activity")?.map(ActivityKey),
            occurrence: columns.optional_text("occurrence")?.map(OccurrenceId),
        },
        message: columns.text("said_in")?,
        at: columns.instant("said_at")?,
        answer,
    })
}

/// A row of `cursor`.
pub(super) fn cursor(row: &Row) -> Result<Cursor> {
    let columns = Columns::new(row, "cursor", "manager")?;
    Ok(Cursor {
        manager: columns.user("manager")?,
        nudged_until: columns.instant("nudged_until")?,
        version: columns.integer("version")?,
    })
}

/// A row of `message`, its items still to be filled in.
pub(super) fn message(row: &Row) -> Result<Message> {
    let columns = Columns::new(row, "message", "id")?;
    Ok(Message {
        id: columns.text("id")?,
        kind: columns.text("kind")?,
        recipient: columns.text("recipient")?,
        at: columns.instant("at")?,
        items: Vec::new(),
        body: columns.optional_text("body")?,
        delivery: columns.word("delivery", Delivery::parse)?,
        attempt: columns.integer("attempt")?,
        started_at: columns.optional_instant("started_at")?,
        looks: columns.integer("looks")?,
        channel: columns.optional_text("channel")?,
        ts: columns.optional_text("ts")?,
        paint: columns.integer("paint")?,
    })
}

pub(super) fn question(row: &Row) -> Result<Question> {
    let columns = Columns::new(row, "verification", "occurrence")?;
    let reply = match columns.optional_instant("said_at")? {
        Some(at) => Some(Reply { bears_out: columns.flag("bears_out")?, at }),
        None => None,
    };
    Ok(Question {
        occurrence: OccurrenceId(columns.text("occurrence")?),
        asked: columns.user("asked")?,
        verifier: columns.word("verifier", Verifier::parse)?,
        done_at: columns.instant("done_at")?,
        asked_at: columns.instant("asked_at")?,
        reply,
        word: columns.optional_text("word")?,
        until: columns.instant("until")?,
        message: columns.text("message")?,
        reminded: columns.flag("reminded")?,
        told: columns.flag("told")?,
        closed: columns.flag("closed")?,
        look_at: columns.instant("look_at")?,
        version: columns.integer("version")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_to_the_careful_side() {
        let half = Timestamp::from_millisecond(1_500).expect("in range");
        let before = Timestamp::from_millisecond(-1_500).expect("in range");
        assert_eq!((floor(half), ceil(half)), (1, 2));
        assert_eq!((floor(before), ceil(before)), (-2, -1));
        let whole = Timestamp::from_second(7).expect("in range");
        assert_eq!((floor(whole), ceil(whole)), (7, 7));
    }

    #[test]
    fn a_zone_without_a_name_is_utc() {
        assert_eq!(zone_name(&TimeZone::UTC), "UTC");
        assert_eq!(zone_name(&TimeZone::unknown()), "UTC");
        assert_eq!(zone_name(&TimeZone::fixed(jiff::tz::offset(3))), "UTC");
        assert_eq!(zone_name(&TimeZone::get("Asia/Kolkata").expect("bundled")), "Asia/Kolkata");
    }
}
