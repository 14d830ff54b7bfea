//! Where everything is kept: one trait, its SQL (`sql/`), and the kinds of database that it is compiled for (`backend/`).
//!
//! The contract suite in this room runs against every backend. Instants are whole Unix seconds, dates `YYYY-MM-DD`
//! text, and every row carries its workspace. Two clocks meet here: `now` is the bot's (it may be rehearsed), `machine`
//! the machine's, by which leases and Slack's waits run.

mod backend;
#[cfg(test)]
mod contract;
mod error;
mod hold;
pub mod model;
mod outward;
pub mod privacy;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::process::{ActivityKey, UserId};
use crate::record::review::{Answer, Aside};
use crate::record::verification::Question;
use crate::record::{Absence, Occurrence, OccurrenceId};
pub use error::StoreError;
pub use hold::Hold;
pub use model::*;
pub use outward::*;
use privacy::{Cutoffs, Forgetting, Forgotten, Rows};

/// Short for this room's results.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Opens the store that `url` (INTERFACE §2, `DATABASE_URL`) names, and brings it up to date.
///
/// # Errors
/// An unknown kind of database, or whatever keeps it from being opened; see [`StoreError`].
pub async fn open(url: &str) -> Result<Arc<dyn Store>> {
    match url.split_once("://") {
        Some(("sqlite", _)) => Ok(Arc::new(backend::sqlite::open(url).await?)),
        Some(("postgres" | "postgresql", _)) => Ok(Arc::new(backend::postgres::open(url).await?)),
        Some(_) | None => Err(StoreError::UnknownKind),
    }
}

/// The file in which the database that `url` names is kept, where it is kept in one.
pub fn file(url: &str) -> Option<PathBuf> {
    match url.split_once("://") {
        Some(("sqlite", _)) => backend::sqlite::file(url),
        Some(_) | None => None,
    }
}

/// Copies the database that `url` names into the new file `to`, consistently, while others write.
///
/// # Errors
/// Where it is no SQLite database, the file is there already, or it can't be copied; see [`StoreError`].
pub async fn backup(url: &str, to: &Path) -> Result<()> {
    match url.split_once("://") {
        Some(("sqlite", _)) => backend::sqlite::backup(url, to).await,
        Some(("postgres" | "postgresql", _)) => Err(StoreError::NotAFile),
        Some(_) | None => Err(StoreError::UnknownKind),
    }
}

/// The store of one workspace. Each method is one transaction.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// What is known of the workspace; made at first opening.
    async fn workspace(&self) -> Result<Workspace>;
    /// Adds to what is known of the workspace. Whoever read it earlier can do no harm: `None` leaves what is stored,
    /// `first_served` and `rehearsal` stay once they are set, `rehearsal_clock` and `digests_until` never go back.
    async fn save_workspace(&self, workspace: &Workspace) -> Result<()>;
    /// Keeps a rehearsal's clock; it never goes back.
    async fn keep_rehearsal_clock(&self, now: Timestamp) -> Result<()>;

    /// The number of the newest revision; cheap, for whoever has read the others already.
    async fn newest_revision(&self) -> Result<Option<i64>>;
    /// Every revision of the process, oldest first.
    async fn revisions(&self) -> Result<Vec<StoredRevision>>;
    /// Adds a revision after `newest` (`None`: the first). `Ok(None)`: somebody else was faster, nothing is written.
    async fn add_revision(&self, newest: Option<i64>, revision: &NewRevision) -> Result<Option<i64>> {
        self.add_revisions(newest, std::slice::from_ref(revision), None).await
    }
    /// Adds several, all or none; the number of the last. Nothing is written either where `seen`, the key of the inbound
    /// request, is not new: ask [`Store::was_seen`] before reading again. Where somebody else was faster the key stays new.
    async fn add_revisions(
        &self,
        newest: Option<i64>,
        revisions: &[NewRevision],
        seen: Option<&str>,
    ) -> Result<Option<i64>>;

    /// What was done from `from` on and before `until`, oldest first; without a bound, whatever there is.
    async fn log(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Result<Vec<LogEntry>>;

    /// One occurrence.
    async fn occurrence(&self, id: &OccurrenceId) -> Result<Option<Occurrence>>;
    /// Those that the query describes, ordered by due, activity, manager, rep.
    async fn occurrences(&self, query: &OccurrenceQuery) -> Result<Vec<Occurrence>>;
    /// The same, each with how often what a calendar shows of it has changed: every write that changes due, closing or
    /// standing counts, nudges, snoozes and notes don't.
    async fn counted(&self, query: &OccurrenceQuery) -> Result<Vec<Counted>>;
    /// Writes what planning found for one manager. Rows are compared by version, and the absences with the stored ones:
    /// where somebody has changed one meanwhile nothing is written, `false`: read again. Messages that show a changed row become
    /// stale; the manager is woken where a row or the revision is new or changed.
    async fn replan(&self, replan: &Replan) -> Result<bool>;
    /// How far each manager is planned: revision number and last date.
    async fn planned(&self) -> Result<Vec<PlannedUntil>>;

    /// Writes a recorded occurrence, if its version is still the stored one (which then is one more) and `seen` is new;
    /// logs it, makes the messages that show it stale, wakes the manager.
    async fn record(&self, recording: &Recording) -> Result<Recorded>;
    /// When managers are away, past days included, ordered by manager and first day; `None`: everybody's.
    async fn absences(&self, manager: Option<&UserId>) -> Result<Vec<Absence>>;
    /// Writes when a manager is away and what that does to the occurrences, if absences and rows are still as read and
    /// `seen` is new; logs it, makes the messages that show a changed row and the last days' plans stale, wakes the manager.
    async fn keep_absences(&self, change: &AbsenceChange) -> Result<Recorded>;
    /// Marks `missed` what closed by `now` undecided; makes the messages that show it stale and wakes the managers.
    /// Returns how many.
    async fn lapse(&self, now: Timestamp) -> Result<u64>;

    /// The managers whose next nudge may be due by `now`, with their cursors.
    async fn awake(&self, now: Timestamp) -> Result<Vec<Cursor>>;
    /// The earliest instant after which [`Store::awake`] will name somebody, or something closes.
    async fn next_wake(&self) -> Result<Option<Timestamp>>;
    /// Messages of one manager that were never sent: state pending, oldest first.
    async fn pending(&self, recipient: &str) -> Result<Vec<Message>>;
    /// Whether a message for this recipient is being sent, or its fate is unknown.
    async fn unsettled(&self, recipient: &str) -> Result<bool>;
    /// One nudge pass over a manager: if the cursor is still as read, moves it on, adds the new messages (an id that
    /// exists already is left alone), and marks the merged ones. `false`: somebody else was faster (or a message to be
    /// merged is no longer pending), nothing is written: read again.
    async fn enqueue(&self, pass: &NudgePass) -> Result<bool>;
    /// Adds one message unless its id exists. `true`: it is new.
    async fn add_message(&self, message: &NewMessage) -> Result<bool>;

    /// Claims up to `limit` pending messages that may go by `machine` (`not_before`), oldest first: each becomes
    /// `sending` with attempt + 1 and the given lease.
    async fn claim(&self, machine: Timestamp, lease_until: Timestamp, limit: u32) -> Result<Vec<Message>>;
    /// Claims this one message if it is pending, whatever its turn and its `not_before`.
    async fn claim_one(&self, id: &str, machine: Timestamp, lease_until: Timestamp) -> Result<Option<Message>>;
    /// Just before a claimed message is posted: its attempt begins now, with a lease anew. `false`: this attempt has been
    /// given up meanwhile (its lease ended), somebody else may be at it, and it must not be posted.
    async fn start(&self, id: &str, attempt: i64, machine: Timestamp, lease_until: Timestamp) -> Result<bool>;
    /// Before a claimed message is sent: it asks for these items alone, what else it asked for was decided meanwhile. No
    /// other message is touched.
    async fn narrow(&self, id: &str, items: &[OccurrenceId]) -> Result<()>;
    /// What became of a claimed or uncertain message. Once `Sent`, the occurrences it asked for count one nudge more
    /// (unless it is a plan, a digest or a leader's question) and lose the `snoozed_until` that lies at or before `now` (the bot's clock),
    /// either of which is a write that counts their version up. One that is settled for good stays as it is. One that
    /// goes back to pending wakes its manager: it may have become late, and then goes with what is owed. Whoever comes back
    /// late from an attempt that has been followed by another settles nothing, but for `Sent`: what is there is there.
    async fn settle(&self, id: &str, attempt: i64, settlement: &Settlement, now: Timestamp) -> Result<()>;
    /// A message that is claimed or stands in Slack is to say this instead; `false`: it is neither, or its body was another.
    async fn reword(&self, id: &str, was: &str, body: &str) -> Result<bool>;
    /// Turns every `sending` whose lease ended by `machine` into `uncertain`, due for a look at once. Returns how many.
    async fn expire_leases(&self, machine: Timestamp) -> Result<u64>;
    /// Messages whose fate is unknown, due for a look by `machine`, and with them all others of the same recipients.
    /// Nobody else is given them before `until`.
    async fn uncertain(&self, machine: Timestamp, until: Timestamp) -> Result<Vec<Message>>;
    /// What a look at an uncertain message found. Nothing is written where the message has moved on since it was read.
    async fn resolve(&self, message: &Message, settlement: &Settlement, now: Timestamp) -> Result<()>;
    /// A message that Slack would not take is to be sent after all, with this body. `false`: it is in no such state.
    async fn revive(&self, id: &str, body: Option<&str>) -> Result<bool>;

    /// How many messages are not settled yet, by where they stand.
    async fn backlog(&self) -> Result<Vec<Backlog>>;

    /// The methods of Slack's Web API that are to be left alone, each until when, as far as that lies after `machine`.
    async fn pauses(&self, machine: Timestamp) -> Result<Vec<(String, Timestamp)>>;
    /// Slack wants to be left alone with this method until `until` (machine's clock).
    async fn keep_pause(&self, method: &str, until: Timestamp) -> Result<()>;

    /// How many messages of a kind (the parts of one are one) were queued for a recipient with an instant from `since` on (the bot's clock).
    async fn count_messages(&self, recipient: &str, kind: &str, since: Timestamp) -> Result<usize>;
    /// One message.
    async fn message(&self, id: &str) -> Result<Option<Message>>;
    /// The message at this place in Slack.
    async fn message_at(&self, channel: &str, ts: &str) -> Result<Option<Message>>;
    /// Sent messages that no longer show the record as it stands, and may be painted by `machine`; the newest first.
    /// Nobody else is given them before `until`. Take the message from here, read the record afterwards, then say [`Store::painted`] with this `paint`.
    async fn stale(&self, machine: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Message>>;
    /// The picture of paint number `paint` is up in Slack; it stays stale where it changed meanwhile.
    async fn painted(&self, id: &str, paint: i64) -> Result<()>;
    /// Try a stale message again at `not_before` (machine), or `None`: never, nor after any later change (Slack said it
    /// is gone).
    async fn repaint_later(&self, id: &str, not_before: Option<Timestamp>) -> Result<()>;
    /// The newest sent message of a kind for a recipient, e.g. the last digest of a channel.
    async fn latest_message(&self, kind: &str, recipient: &str) -> Result<Option<Message>>;

    /// How many messages a person was sent with an instant from `from` on and before `until` (the bot's clock).
    async fn count_sent(&self, recipient: &UserId, from: Timestamp, until: Timestamp) -> Result<usize>;
    /// When the first message to a person was to go, of those that were sent.
    async fn first_sent(&self, recipient: &UserId) -> Result<Option<Timestamp>>;

    /// Says something in this message, unless another message says it already or may still do. `true`: it stands in this
    /// one.
    async fn say(&self, aside: &Aside, message: &str, now: Timestamp) -> Result<bool>;
    /// What was said to a manager beside the occurrences, oldest first.
    async fn said_to(&self, manager: &UserId) -> Result<Vec<Said>>;
    /// What a message says beside its occurrences, oldest first.
    async fn said_in(&self, message: &str) -> Result<Vec<Said>>;
    /// Keeps an answer; logs it, makes the message that asks stale. The first answer stands: `false` where there is one,
    /// or nothing was asked.
    async fn answer(&self, id: &str, answer: Answer, by: &UserId, now: Timestamp) -> Result<bool>;
    /// What was answered from `from` on and before `until`, oldest first: for the process review.
    async fn review_answers(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Said>>;
    /// A manager's own if-thens.
    async fn intentions(&self, manager: &UserId) -> Result<Vec<Intention>>;
    /// Keeps an if-then, or drops it where the words are empty; makes the messages stale that show the activity undecided,
    /// and the manager's welcome.
    async fn keep_intention(&self, manager: &UserId, intention: &Intention, now: Timestamp) -> Result<()>;
    /// Remembers that somebody was heard of, now and then.
    async fn hear(&self, user: &UserId, now: Timestamp) -> Result<()>;
    /// When somebody was last heard of, an hour more or less.
    async fn last_heard(&self, user: &UserId) -> Result<Option<Timestamp>>;

    /// The direct-message channel with a user, if one was opened before.
    async fn direct_channel(&self, user: &UserId) -> Result<Option<String>>;
    /// Remembers it.
    async fn remember_direct_channel(&self, user: &UserId, channel: &str) -> Result<()>;
    /// Forgets it: Slack knows no such channel any more.
    async fn forget_direct_channel(&self, user: &UserId) -> Result<()>;

    /// What is wrong on Slack's side, ordered by subject, each with whom it was said to.
    async fn troubles(&self) -> Result<Vec<StoredTrouble>>;
    /// Notes a trouble; `at` is the bot's clock. `true`: it is new, or another than this subject had before, and nobody was
    /// told of it yet.
    async fn note_trouble(&self, subject: &str, what: &str, at: Timestamp) -> Result<bool>;
    /// The trouble is over: forgets it, and whom it was said to. `false`: there was none.
    async fn end_trouble(&self, subject: &str) -> Result<bool>;
    /// Adds the message by which somebody is told of a trouble, once. `false`: it is over, or they were told before.
    async fn tell(&self, subject: &str, whom: &str, message: &NewMessage) -> Result<bool>;

    /// What was recorded as done from `since` on, with a rep, of one of these activities, and is borne out by nobody; but
    /// for what its rep was asked about already. Ordered by due.
    async fn unasked(&self, activities: &[ActivityKey], since: Timestamp) -> Result<Vec<Occurrence>>;
    /// All questions about these occurrences, ordered by occurrence and whom they were put to.
    async fn questions(&self, occurrences: &[OccurrenceId]) -> Result<Vec<Question>>;
    /// The open questions that need a look by `now` (the bot's clock): because of the time, because what they are about was
    /// taken back or changed, or because the message that asks could not be sent.
    async fn questions_due(&self, now: Timestamp) -> Result<Vec<Question>>;
    /// When the time brings the next such look; on the bot's clock.
    async fn next_question(&self) -> Result<Option<Timestamp>>;
    /// What is due on these dates and whose rep's dispute stands: its two workdays are over, and the manager
    /// was told of it.
    async fn disputes(&self, from: Date, to: Date) -> Result<Vec<OccurrenceId>>;
    /// Writes questions, the occurrences they change, and the messages that ask or tell (an id that exists is left alone):
    /// all or nothing. What was read is compared; a recording's key must be new. Makes stale what shows the occurrences.
    async fn verify(&self, change: &VerificationChange) -> Result<Recorded>;

    /// The generation of this user's links; 0 where they were never reset.
    async fn link_generation(&self, user: &UserId) -> Result<i64>;
    /// Counts that generation up, so that the links given out so far end; returns the one that holds then. `at` is the
    /// bot's clock, `by` who asked for it, where known. Nothing changes where `seen`, the key of the inbound request, is
    /// not new: the first delivery has done it.
    async fn reset_links(&self, user: &UserId, by: Option<&UserId>, at: Timestamp, seen: Option<&str>) -> Result<i64>;
    /// What tells this workspace from others in this database; never changes.
    fn workspace_key(&self) -> i64;

    /// Keeps a token, and logs it; its number. `None`: another that holds has this name.
    async fn add_token(&self, token: &NewToken) -> Result<Option<i64>>;
    /// Every token, revoked ones too, in order.
    async fn tokens(&self) -> Result<Vec<StoredToken>>;
    /// The token with this hash, unless it was revoked; notes, to the hour or so, that it was used.
    async fn use_token(&self, hash: &str, now: Timestamp) -> Result<Option<StoredToken>>;
    /// Revokes a token, and logs it. `false`: there is none of this number that holds.
    async fn revoke_token(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool>;
    /// [`Store::record`], with its answer kept beside it for a day: `SeenBefore` where this key was answered already.
    async fn record_once(&self, recording: &Recording, answered: &Answered) -> Result<Recorded>;
    /// What was answered to this key of this token.
    async fn answered(&self, token: i64, key: &str) -> Result<Option<Answered>>;
    /// A page of occurrences.
    async fn page(&self, page: &Page) -> Result<Vec<Occurrence>>;

    /// Keeps a webhook, and logs it; its number.
    async fn add_webhook(&self, webhook: &NewWebhook) -> Result<i64>;
    /// Every webhook that was not removed, in order.
    async fn webhooks(&self) -> Result<Vec<StoredWebhook>>;
    /// Removes a webhook, its secret and all that was to be told it, and logs it. `false`: there is none of this number.
    async fn remove_webhook(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool>;
    /// The webhooks for which something may go by `machine`. What [`Store::record`], [`Store::lapse`] and the settling of a
    /// digest bring is added in their own transaction, for the webhooks that hold then.
    async fn told_waiting(&self, machine: Timestamp) -> Result<Vec<i64>>;
    /// Claims what happened first of what may go to this webhook by `machine`: it counts an attempt more, and nobody else is
    /// given it before `lease_until`.
    async fn claim_told(
        &self,
        webhook: i64,
        machine: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<WebhookDelivery>>;
    /// What became of a claimed delivery; nothing where its webhook is gone meanwhile.
    async fn settle_told(&self, delivery: &WebhookDelivery, told: &Told, machine: Timestamp) -> Result<()>;
    /// Deliveries that were given up, oldest first.
    async fn dead_told(&self) -> Result<Vec<WebhookDelivery>>;
    /// Begins all those anew. Returns how many.
    async fn retry_told(&self) -> Result<u64>;

    /// Whether an inbound key was remembered.
    async fn was_seen(&self, key: &str) -> Result<bool>;
    /// Remembers an inbound key; `false`: it was there already. `now` is the bot's clock, as in [`Recording::at`].
    async fn first_sight(&self, key: &str, now: Timestamp) -> Result<bool>;
    /// Housekeeping, now and then: forgets inbound keys that are older than a week by `now` (the bot's clock). Returns
    /// how many.
    async fn sweep(&self, now: Timestamp) -> Result<u64>;

    /// How often somebody was forgotten: counts whenever revisions that are there already were written anew.
    async fn forgotten(&self) -> Result<i64>;
    /// The digests that were to be posted to this channel since then, whatever became of them; in order of time.
    async fn digests_in(&self, channel: &str, since: Timestamp) -> Result<Vec<Message>>;
    /// Every digest's id and what it froze, JSON.
    async fn digests(&self) -> Result<Vec<(String, String)>>;
    /// Forgets somebody: writes the revisions and digests anew, erases notes, links and reasons in people's own words (by
    /// them, for them, or about their 1:1s), their if-thens, their channel, when they were heard of; ends their links; makes
    /// the messages that showed any of it stale; logs it. Ids and counts stay. `None`: a revision or digest was added or
    /// has changed since it was read, and nothing is written.
    async fn forget(&self, forgetting: &Forgetting) -> Result<Option<Forgotten>>;
    /// Everything that is kept about somebody but what digests and revisions say of them.
    async fn about(&self, user: &UserId) -> Result<Rows>;
    /// Housekeeping: lets go of what is older than these, at most `limit` of each kind. Returns how many; 0: nothing is left
    /// to go. Figures stay.
    async fn expire(&self, cutoffs: &Cutoffs, limit: u32) -> Result<u64>;

    /// Takes the database for the one `serve` that may run on it, until the hold is dropped or the process ends.
    /// [`StoreError::Served`] where another has it.
    async fn hold(&self) -> Result<Hold>;
    /// Whether the database answers and can be written.
    async fn ping(&self) -> Result<()>;
    /// Lets go of the database, finishing what is under way.
    async fn close(&self);
}
