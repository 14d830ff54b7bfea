//! What other systems may ask and do. Who may is the door's to find out ([`Engine::caller`]); what is recorded goes by the same
//! state machine as a click, and what is a manager's own stays with them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::processes::entries;
use super::respond::may_record;
use super::{Engine, Result};
use crate::process::revision::{Revision, Revisions};
use crate::process::{ActivityKey, UserId, Verify};
use crate::record::grouping::{Grouping, Period};
use crate::record::outcome::{Answers, Field};
use crate::record::row::SharedRow;
use crate::record::{Action, Entry, OccurrenceId, Refusal, Verification};
use crate::store::{Answered, OccurrenceQuery, Page, Recorded, Recording, StoredToken};
use crate::token;

/// How many occurrences are read at a time, however many a period holds.
const AT_ONCE: u32 = 5_000;

/// Where a page ends, and the next begins.
pub type Mark = (Timestamp, OccurrenceId);

/// Which occurrences a period's figures are over.
#[derive(Debug, Clone)]
pub struct Over {
    /// First due date.
    pub from: Date,
    /// Last due date.
    pub to: Date,
    /// Of this manager.
    pub manager: Option<UserId>,
    /// Of this activity.
    pub activity: Option<ActivityKey>,
}

/// What another system records.
#[derive(Debug, Clone)]
pub struct Deed {
    /// About which occurrence.
    pub occurrence: OccurrenceId,
    /// That it was done, or can't be.
    pub what: Option<What>,
    /// That it bears it out, or doesn't.
    pub verified: Option<bool>,
    /// Who did it; else it was the token.
    pub completed_by: Option<UserId>,
}

/// What became of it, as the other system has it.
#[derive(Debug, Clone)]
pub enum What {
    /// Done, with this outcome.
    Done(Answers),
    /// Skipped, and why.
    Skipped(String),
}

/// With which key a request came, should it come twice, and its fingerprint.
#[derive(Debug, Clone)]
pub struct Once {
    /// As its sender gave it.
    pub key: String,
    /// SHA-256 of what was asked.
    pub request: String,
}

/// What came of a [`Deed`].
#[derive(Debug)]
pub enum Reply {
    /// It stands; the occurrence as JSON.
    Recorded(String),
    /// It stood already from the same request: the same answer again.
    Again(String),
    /// The key came with another request before.
    OtherRequest,
    /// There is no such occurrence.
    Unknown,
    /// It does not fit what stands.
    Refused(Refusal),
    /// Fields that need another look.
    Objections(Vec<(&'static str, String)>),
}

impl Engine {
    /// Whose token this is; `None` where it is nobody's, or was revoked.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn caller(&self, text: &str) -> Result<Option<StoredToken>> {
        match token::hash(text) {
            Some(hash) => Ok(self.store().use_token(&hash, self.clock().now()).await?),
            None => Ok(None),
        }
    }

    /// The process as it is and was.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn known_revisions(&self) -> Result<std::sync::Arc<Revisions>> {
        self.refresh().await
    }

    /// The revision in force today, by UTC; before the first one holds, the newest.
    pub fn in_force<'r>(&self, revisions: &'r Revisions) -> Option<&'r Revision> {
        revisions.governing(self.clock().now().to_zoned(TimeZone::UTC).date()).or(revisions.newest())
    }

    /// A page of occurrences, and where the next begins if there is one. Its `now` is the bot's clock.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn listed(&self, page: Page) -> Result<(Vec<SharedRow>, Option<Mark>)> {
        let (revisions, now) = (self.refresh().await?, self.clock().now());
        let limit = page.limit as usize;
        // One more tells whether there is a next page.
        let mut found = self.store().page(&Page { now, limit: page.limit.saturating_add(1), ..page }).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| (last.due, last.id.clone()));
        Ok((entries(&revisions, found).iter().map(|entry| SharedRow::new(entry, now)).collect(), next))
    }

    /// One occurrence.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn shared(&self, id: &OccurrenceId) -> Result<Option<SharedRow>> {
        if !is_storable(id) {
            return Ok(None);
        }
        let revisions = self.refresh().await?;
        let entry = self.entry(&revisions, id).await?;
        Ok(entry.map(|entry| SharedRow::new(&entry, self.clock().now())))
    }

    /// The figures of a period. However much it holds, no more than a few thousand occurrences are held at a time.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn period(&self, over: &Over, grouping: Grouping) -> Result<Period> {
        let (revisions, now) = (self.refresh().await?, self.clock().now());
        let in_force = revisions.governing(over.to).or(revisions.newest());
        let fiscal_year_starts = in_force.map_or(1, |revision| revision.process.calendar.fiscal_year_starts);
        let query = OccurrenceQuery {
            manager: over.manager.clone(),
            from: Some(over.from),
            to: Some(over.to),
            ..Default::default()
        };
        let mut page = Page { query, activity: over.activity.clone(), now, limit: AT_ONCE, ..Default::default() };
        let mut period = Period::default();
        loop {
            let found = self.store().page(&page).await?;
            let more = found.len() >= AT_ONCE as usize;
            page.after = found.last().map(|last| (last.due, last.id.clone()));
            for entry in entries(&revisions, found) {
                period.count(&entry, grouping, fiscal_year_starts, now);
            }
            if !more {
                return Ok(period);
            }
        }
    }

    /// Records what another system says, once for each key.
    ///
    /// # Errors
    /// Where the store fails: then nothing was recorded.
    pub async fn record_from_outside(&self, caller: &StoredToken, once: Option<&Once>, deed: &Deed) -> Result<Reply> {
        let by = UserId(format!("api:{}", caller.name));
        if !is_storable(&deed.occurrence) {
            return Ok(Reply::Unknown);
        }
        loop {
            if let Some(reply) = self.said_before(caller, once).await? {
                return Ok(reply);
            }
            let (revisions, now) = (self.refresh().await?, self.clock().now());
            let Some(entry) = self.entry(&revisions, &deed.occurrence).await? else { return Ok(Reply::Unknown) };
            let (after, action) = match applied(&revisions, &entry, deed, &by, now) {
                Ok(applied) => applied,
                // The same request may have been faster just now: then that is why.
                Err(reply) => return Ok(self.said_before(caller, once).await?.unwrap_or(reply)),
            };
            let answer = serde_json::to_string(&SharedRow::new(&after, now)).expect("a row is plain data");
            let occurrence = after.occurrence;
            let recording = Recording { occurrence, at: now, by: by.clone(), action, seen: None };
            let recorded = match once {
                None => self.store().record(&recording).await?,
                Some(Once { key, request }) => {
                    let (key, request, answer) = (key.clone(), request.clone(), answer.clone());
                    let answered = Answered { token: caller.id, key, request, answer };
                    self.store().record_once(&recording, &answered).await?
                }
            };
            match recorded {
                // Read again, decide again; a key that was faster is found at the top.
                Recorded::Changed | Recorded::SeenBefore => {}
                Recorded::Yes => {
                    tracing::info!(occurrence = %deed.occurrence, action, token = caller.id, "recorded from outside");
                    self.wake();
                    return Ok(Reply::Recorded(answer));
                }
            }
        }
    }

    async fn said_before(&self, caller: &StoredToken, once: Option<&Once>) -> Result<Option<Reply>> {
        let Some(Once { key, request }) = once else { return Ok(None) };
        Ok(self.store().answered(caller.id, key).await?.map(|known| match known.request == *request {
            true => Reply::Again(known.answer),
            false => Reply::OtherRequest,
        }))
    }
}

/// Whether a database can be asked for it: PostgreSQL's text holds no NUL.
fn is_storable(id: &OccurrenceId) -> bool {
    !id.as_str().chars().any(char::is_control)
}

/// The occurrence as the deed leaves it, and what was done in one word.
fn applied(
    revisions: &Revisions,
    entry: &Entry,
    deed: &Deed,
    by: &UserId,
    now: Timestamp,
) -> std::result::Result<(Entry, &'static str), Reply> {
    let mut after = entry.clone();
    let mut word = "done";
    let who = match &deed.completed_by {
        None => by,
        Some(who) if may_record(revisions, who, &entry.occurrence, now) => who,
        Some(_) => {
            let words = "This is neither the occurrence's manager nor a leader above.".to_owned();
            return Err(Reply::Objections(vec![("completed_by", words)]));
        }
    };
    if let Some(what) = &deed.what {
        let action = match what {
            What::Skipped(reason) => {
                word = "skip";
                Action::Skip(reason.clone())
            }
            What::Done(answers) => Action::Done(answers.clone().into_outcome(&entry.activity).map_err(objections)?),
        };
        after.occurrence = after.occurrence.act(action, who, now).map_err(Reply::Refused)?;
    }
    if let Some(verified) = deed.verified {
        if entry.activity.verify != Verify::System {
            let words =
                "The process does not let another system verify this activity (verify = \"system\").".to_owned();
            return Err(Reply::Objections(vec![("verified", words)]));
        }
        let verification = if verified { Verification::Confirmed } else { Verification::Disputed };
        after.occurrence = after.occurrence.verified(verification, now).map_err(Reply::Refused)?;
        if deed.what.is_none() {
            word = if verified { "confirm" } else { "dispute" };
        }
    }
    Ok((after, word))
}

fn objections(found: Vec<(Field, String)>) -> Reply {
    let name = |field| match field {
        Field::Result => "result",
        Field::Note => "note",
        Field::Link => "link",
        Field::Number => "number",
    };
    Reply::Objections(found.into_iter().map(|(field, words)| (name(field), words)).collect())
}
