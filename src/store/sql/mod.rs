//! The store in SQL: written once, compiled for every backend.
//!
//! A file a topic. Each backend (`store/backend/NAME/mod.rs`) takes this folder in as its own module `sql`, and says what is
//! different there: the types [`Database`], [`Connection`], [`Row`] and [`Arguments`], how a transaction begins
//! ([`SqlStore::begin`]), how a list is unpacked (the macro `list!`), and who may serve. The rest is SQL that all of them
//! take: `$1`, `ON CONFLICT`, `RETURNING`, whole numbers that are BIGINT, flags that are 0 or 1.

mod absences;
mod cursors;
mod links;
mod messages;
mod occurrences;
mod pauses;
mod privacy;
mod process;
mod reviews;
mod rows;
mod tokens;
mod troubles;
mod verifications;
mod webhooks;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{Pool, Transaction};

use super::{Arguments, Connection, Database, Row};
use crate::process::{ActivityKey, UserId};
use crate::record::review::{Answer, Aside};
use crate::record::verification::Question;
use crate::record::{Absence, Occurrence, OccurrenceId};
use crate::store::privacy::{Cutoffs, Forgetting, Forgotten, Rows};
use crate::store::{
    AbsenceChange, Answered, Backlog, Counted, Cursor, Hold, Intention, LogEntry, Message, NewMessage, NewRevision,
    NewToken, NewWebhook, NudgePass, OccurrenceQuery, Page, PlannedUntil, Recorded, Recording, Replan, Result, Said,
    Settlement, Store, StoredRevision, StoredToken, StoredTrouble, StoredWebhook, Told, VerificationChange,
    WebhookDelivery, Workspace,
};

/// The one workspace of this database; a local key, not Slack's.
pub(super) const WORKSPACE: i64 = 1;

/// A store in one database of the backend's kind.
#[derive(Debug, Clone)]
pub struct SqlStore {
    /// One connection, so that our own writers queue in good order.
    pub(super) writer: Pool<Database>,
    pub(super) reader: Pool<Database>,
    pub(super) workspace: i64,
}

impl SqlStore {
    /// Begins a transaction that writes. No other one runs in this workspace until it ends, whoever began it.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Database>> {
        super::begin(&self.writer, self.workspace).await
    }
}

/// How long to wait for a connection to close.
const LONGEST_CLOSING: std::time::Duration = std::time::Duration::from_secs(2);

#[async_trait]
impl Store for SqlStore {
    async fn workspace(&self) -> Result<Workspace> {
        self.read_workspace().await
    }

    async fn save_workspace(&self, workspace: &Workspace) -> Result<()> {
        self.write_workspace(workspace).await
    }

    async fn keep_rehearsal_clock(&self, now: Timestamp) -> Result<()> {
        self.write_workspace(&Workspace { rehearsal_clock: Some(now), ..Workspace::default() }).await
    }

    async fn newest_revision(&self) -> Result<Option<i64>> {
        self.read_newest_revision().await
    }

    async fn revisions(&self) -> Result<Vec<StoredRevision>> {
        self.read_revisions().await
    }

    async fn add_revisions(
        &self,
        newest: Option<i64>,
        revisions: &[NewRevision],
        seen: Option<&str>,
    ) -> Result<Option<i64>> {
        self.write_revisions(newest, revisions, seen).await
    }

    async fn log(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Result<Vec<LogEntry>> {
        self.read_log(from, until).await
    }

    async fn occurrence(&self, id: &OccurrenceId) -> Result<Option<Occurrence>> {
        self.read_occurrence(id).await
    }

    async fn occurrences(&self, query: &OccurrenceQuery) -> Result<Vec<Occurrence>> {
        self.read_occurrences(query).await
    }

    async fn counted(&self, query: &OccurrenceQuery) -> Result<Vec<Counted>> {
        self.read_counted(query).await
    }

    async fn replan(&self, replan: &Replan) -> Result<bool> {
        self.write_replan(replan).await
    }

    async fn planned(&self) -> Result<Vec<PlannedUntil>> {
        self.read_planned().await
    }

    async fn record(&self, recording: &Recording) -> Result<Recorded> {
        self.write_recording(recording, None).await
    }

    async fn absences(&self, manager: Option<&UserId>) -> Result<Vec<Absence>> {
        self.read_absences(manager).await
    }

    async fn keep_absences(&self, change: &AbsenceChange) -> Result<Recorded> {
        self.write_absences(change).await
    }

    async fn lapse(&self, now: Timestamp) -> Result<u64> {
        self.write_lapse(now).await
    }

    async fn awake(&self, now: Timestamp) -> Result<Vec<Cursor>> {
        self.read_awake(now).await
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>> {
        self.read_next_wake().await
    }

    async fn pending(&self, recipient: &str) -> Result<Vec<Message>> {
        self.read_pending(recipient).await
    }

    async fn unsettled(&self, recipient: &str) -> Result<bool> {
        self.read_unsettled(recipient).await
    }

    async fn enqueue(&self, pass: &NudgePass) -> Result<bool> {
        self.write_pass(pass).await
    }

    async fn add_message(&self, message: &NewMessage) -> Result<bool> {
        self.write_message(message).await
    }

    async fn claim(&self, machine: Timestamp, lease_until: Timestamp, limit: u32) -> Result<Vec<Message>> {
        self.write_claim(machine, lease_until, limit).await
    }

    async fn claim_one(&self, id: &str, machine: Timestamp, lease_until: Timestamp) -> Result<Option<Message>> {
        self.write_claim_one(id, machine, lease_until).await
    }

    async fn start(&self, id: &str, attempt: i64, machine: Timestamp, lease_until: Timestamp) -> Result<bool> {
        self.write_started(id, attempt, machine, lease_until).await
    }

    async fn narrow(&self, id: &str, items: &[OccurrenceId]) -> Result<()> {
        self.write_narrowed(id, items).await
    }

    async fn settle(&self, id: &str, attempt: i64, settlement: &Settlement, now: Timestamp) -> Result<()> {
        self.write_settlement((id, attempt), settlement, false, now).await
    }

    async fn expire_leases(&self, machine: Timestamp) -> Result<u64> {
        self.write_expired(machine).await
    }

    async fn uncertain(&self, machine: Timestamp, until: Timestamp) -> Result<Vec<Message>> {
        self.write_look(machine, until).await
    }

    async fn resolve(&self, message: &Message, settlement: &Settlement, now: Timestamp) -> Result<()> {
        self.write_settlement((&message.id, message.attempt), settlement, true, now).await
    }

    async fn reword(&self, id: &str, was: &str, body: &str) -> Result<bool> {
        self.write_reworded(id, was, body).await
    }

    async fn revive(&self, id: &str, body: Option<&str>) -> Result<bool> {
        self.write_revived(id, body).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>> {
        self.read_backlog().await
    }

    async fn pauses(&self, machine: Timestamp) -> Result<Vec<(String, Timestamp)>> {
        self.read_pauses(machine).await
    }

    async fn keep_pause(&self, method: &str, until: Timestamp) -> Result<()> {
        self.write_pause(method, until).await
    }

    async fn count_messages(&self, recipient: &str, kind: &str, since: Timestamp) -> Result<usize> {
        self.read_count(recipient, kind, since).await
    }

    async fn message(&self, id: &str) -> Result<Option<Message>> {
        self.read_message(id).await
    }

    async fn message_at(&self, channel: &str, ts: &str) -> Result<Option<Message>> {
        self.read_message_at(channel, ts).await
    }

    async fn stale(&self, machine: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Message>> {
        self.write_stale_claim(machine, until, limit).await
    }

    async fn painted(&self, id: &str, paint: i64) -> Result<()> {
        self.write_painted(id, paint).await
    }

    async fn repaint_later(&self, id: &str, not_before: Option<Timestamp>) -> Result<()> {
        self.write_repaint_later(id, not_before).await
    }

    async fn digests_in(&self, channel: &str, since: Timestamp) -> Result<Vec<Message>> {
        self.read_digests_in(channel, since).await
    }

    async fn latest_message(&self, kind: &str, recipient: &str) -> Result<Option<Message>> {
        self.read_latest(kind, recipient).await
    }

    async fn count_sent(&self, recipient: &UserId, from: Timestamp, until: Timestamp) -> Result<usize> {
        self.read_count_sent(recipient, from, until).await
    }

    async fn first_sent(&self, recipient: &UserId) -> Result<Option<Timestamp>> {
        self.read_first_sent(recipient).await
    }

    async fn say(&self, aside: &Aside, message: &str, now: Timestamp) -> Result<bool> {
        self.write_aside(aside, message, now).await
    }

    async fn said_to(&self, manager: &UserId) -> Result<Vec<Said>> {
        self.read_said_to(manager).await
    }

    async fn said_in(&self, message: &str) -> Result<Vec<Said>> {
        self.read_said_in(message).await
    }

    async fn answer(&self, id: &str, answer: Answer, by: &UserId, now: Timestamp) -> Result<bool> {
        self.write_answer(id, answer, by, now).await
    }

    async fn review_answers(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Said>> {
        self.read_answers(from, until).await
    }

    async fn intentions(&self, manager: &UserId) -> Result<Vec<Intention>> {
        self.read_intentions(manager).await
    }

    async fn keep_intention(&self, manager: &UserId, intention: &Intention, now: Timestamp) -> Result<()> {
        self.write_intention(manager, intention, now).await
    }

    async fn hear(&self, user: &UserId, now: Timestamp) -> Result<()> {
        self.write_heard(user, now).await
    }

    async fn last_heard(&self, user: &UserId) -> Result<Option<Timestamp>> {
        self.read_heard(user).await
    }

    async fn direct_channel(&self, user: &UserId) -> Result<Option<String>> {
        self.read_direct_channel(user.as_str()).await
    }

    async fn forget_direct_channel(&self, user: &UserId) -> Result<()> {
        self.delete_direct_channel(user).await
    }

    async fn remember_direct_channel(&self, user: &UserId, channel: &str) -> Result<()> {
        self.write_direct_channel(user.as_str(), channel).await
    }

    async fn troubles(&self) -> Result<Vec<StoredTrouble>> {
        self.read_troubles().await
    }

    async fn note_trouble(&self, subject: &str, what: &str, at: Timestamp) -> Result<bool> {
        self.write_trouble(subject, what, at).await
    }

    async fn end_trouble(&self, subject: &str) -> Result<bool> {
        self.delete_trouble(subject).await
    }

    async fn tell(&self, subject: &str, whom: &str, message: &NewMessage) -> Result<bool> {
        self.write_notice(subject, whom, message).await
    }

    async fn unasked(&self, activities: &[ActivityKey], since: Timestamp) -> Result<Vec<Occurrence>> {
        self.read_unasked(activities, since).await
    }

    async fn questions(&self, occurrences: &[OccurrenceId]) -> Result<Vec<Question>> {
        self.read_questions(occurrences).await
    }

    async fn questions_due(&self, now: Timestamp) -> Result<Vec<Question>> {
        self.read_questions_due(now).await
    }

    async fn next_question(&self) -> Result<Option<Timestamp>> {
        self.read_next_question().await
    }

    async fn disputes(&self, from: Date, to: Date) -> Result<Vec<OccurrenceId>> {
        self.read_disputes(from, to).await
    }

    async fn verify(&self, change: &VerificationChange) -> Result<Recorded> {
        self.write_verification(change).await
    }

    async fn link_generation(&self, user: &UserId) -> Result<i64> {
        self.read_link_generation(user).await
    }

    async fn reset_links(&self, user: &UserId, by: Option<&UserId>, at: Timestamp, seen: Option<&str>) -> Result<i64> {
        self.write_link_generation(user, by, at, seen).await
    }

    fn workspace_key(&self) -> i64 {
        self.workspace
    }

    async fn add_token(&self, token: &NewToken) -> Result<Option<i64>> {
        self.write_token(token).await
    }

    async fn tokens(&self) -> Result<Vec<StoredToken>> {
        self.read_tokens().await
    }

    async fn use_token(&self, hash: &str, now: Timestamp) -> Result<Option<StoredToken>> {
        self.read_token(hash, now).await
    }

    async fn revoke_token(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool> {
        self.write_revoked(id, by, now).await
    }

    async fn record_once(&self, recording: &Recording, answered: &Answered) -> Result<Recorded> {
        self.write_recording(recording, Some(answered)).await
    }

    async fn answered(&self, token: i64, key: &str) -> Result<Option<Answered>> {
        self.read_answered(token, key).await
    }

    async fn page(&self, page: &Page) -> Result<Vec<Occurrence>> {
        self.read_page(page).await
    }

    async fn add_webhook(&self, webhook: &NewWebhook) -> Result<i64> {
        self.write_webhook(webhook).await
    }

    async fn webhooks(&self) -> Result<Vec<StoredWebhook>> {
        self.read_webhooks().await
    }

    async fn remove_webhook(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool> {
        self.delete_webhook(id, by, now).await
    }

    async fn told_waiting(&self, machine: Timestamp) -> Result<Vec<i64>> {
        self.read_told_waiting(machine).await
    }

    async fn claim_told(
        &self,
        webhook: i64,
        machine: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<WebhookDelivery>> {
        self.write_told_claim(webhook, machine, lease_until).await
    }

    async fn settle_told(&self, delivery: &WebhookDelivery, told: &Told, machine: Timestamp) -> Result<()> {
        self.write_told(delivery, told, machine).await
    }

    async fn dead_told(&self) -> Result<Vec<WebhookDelivery>> {
        self.read_dead().await
    }

    async fn retry_told(&self) -> Result<u64> {
        self.write_retried().await
    }

    async fn was_seen(&self, key: &str) -> Result<bool> {
        self.has_seen(key).await
    }

    async fn first_sight(&self, key: &str, now: Timestamp) -> Result<bool> {
        self.see(key, now).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.forget_seen(now).await
    }

    async fn forgotten(&self) -> Result<i64> {
        self.read_forgotten().await
    }

    async fn digests(&self) -> Result<Vec<(String, String)>> {
        self.read_digests().await
    }

    async fn forget(&self, forgetting: &Forgetting) -> Result<Option<Forgotten>> {
        self.write_forgotten(forgetting).await
    }

    async fn about(&self, user: &UserId) -> Result<Rows> {
        self.read_about(user).await
    }

    async fn expire(&self, cutoffs: &Cutoffs, limit: u32) -> Result<u64> {
        self.write_expired_words(cutoffs, limit).await
    }

    async fn hold(&self) -> Result<Hold> {
        super::hold(self).await
    }

    async fn ping(&self) -> Result<()> {
        self.try_writing().await
    }

    async fn close(&self) {
        // The readers first: the last connection to go moves the log into the file, which a reader can't.
        // Everything is committed by then, so a connection that will not go holds nobody up.
        let _ = tokio::time::timeout(LONGEST_CLOSING, self.reader.close()).await;
        let _ = tokio::time::timeout(LONGEST_CLOSING, self.writer.close()).await;
    }
}
