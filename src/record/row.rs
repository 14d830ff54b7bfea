//! An occurrence as other programs read it: the keys of INTERFACE §4, in `records --format json` and in the API alike.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Entry, Evidence, ResultWord, Verification};
use crate::process::UserId;

/// An occurrence with what became of it. Instants are RFC 3339, in the manager's offset.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Row {
    /// Made of date, activity, manager and rep; never changes.
    pub id: String,
    /// The activity's key.
    pub activity: String,
    /// The activity's title, as the occurrence's revision has it.
    pub title: String,
    /// Whose: a Slack user id.
    pub manager: String,
    /// With whom, where the activity is held per rep: a Slack user id.
    #[schema(required)]
    pub rep: Option<String>,
    /// When it is to be done.
    #[schema(format = DateTime)]
    pub due: String,
    /// Until when doing it counts as on time.
    #[schema(format = DateTime)]
    pub closes: String,
    /// Where it stands, by the bot's clock.
    #[schema(value_type = super::State)]
    pub state: &'static str,
    /// Where done, else null.
    #[schema(required)]
    pub on_time: Option<bool>,
    /// When done, skipped or excused was recorded.
    #[schema(required, format = DateTime)]
    pub completed_at: Option<String>,
    /// By whom: a Slack user id, or `api:` and the name of a token.
    #[schema(required)]
    pub completed_by: Option<String>,
    /// How it went, where somebody or a target said.
    #[schema(required)]
    pub result: Option<ResultWord>,
    /// The manager's words.
    #[schema(required)]
    pub note: Option<String>,
    /// Why it was skipped or excused.
    #[schema(required)]
    pub reason: Option<String>,
    /// Link and number; a key is present where it was given.
    pub evidence: Evidence,
    /// When the manager will hear of it again.
    #[schema(required, format = DateTime)]
    pub snoozed_until: Option<String>,
    /// How often it was snoozed.
    pub snoozes: i64,
    /// How many nudges of any kind but `plan` asked for it.
    pub nudges: i64,
    /// Whether somebody other than the manager bore it out.
    pub verification: Verification,
}

impl Row {
    /// As it stands at `now`.
    pub fn new(entry: &Entry, now: Timestamp) -> Row {
        let occurrence = &entry.occurrence;
        let at = |instant: Timestamp| rfc3339(instant, &occurrence.zone);
        Row {
            id: occurrence.id.to_string(),
            activity: occurrence.activity.to_string(),
            title: entry.activity.title.clone(),
            manager: occurrence.manager.to_string(),
            rep: occurrence.rep.as_ref().map(UserId::to_string),
            due: at(occurrence.due),
            closes: at(occurrence.closes),
            state: occurrence.state(now).as_str(),
            on_time: occurrence.on_time(),
            completed_at: occurrence.completed_at.map(at),
            completed_by: occurrence.completed_by.as_ref().map(UserId::to_string),
            result: occurrence.outcome.result,
            note: occurrence.outcome.note.clone(),
            reason: occurrence.reason.clone(),
            evidence: occurrence.outcome.evidence.clone(),
            snoozed_until: occurrence.snoozed_until.map(at),
            snoozes: occurrence.snoozes,
            nudges: occurrence.nudges,
            verification: occurrence.verification,
        }
    }
}

/// A [`Row`] for whoever is not the manager: a note that is the manager's own stays away.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SharedRow {
    #[allow(missing_docs)]
    #[serde(flatten)]
    pub row: Row,
    /// Whether there is a note that the process keeps with the manager (`share_notes = false`); `note` is null then.
    pub note_withheld: bool,
}

impl SharedRow {
    /// As it stands at `now`.
    pub fn new(entry: &Entry, now: Timestamp) -> SharedRow {
        let row = Row::new(entry, now);
        let note_withheld = !entry.activity.share_notes && row.note.is_some();
        let note = row.note.filter(|_| !note_withheld);
        SharedRow { row: Row { note, ..row }, note_withheld }
    }
}

/// RFC 3339 in the offset of a zone at that instant.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}
