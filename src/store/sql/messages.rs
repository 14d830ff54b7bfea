//! Messages: claimed, sent, settled, repainted. A row moves before Slack is called, and again once the answer is there.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Executor;

use super::rows::{self, ceil, floor, json_list};
use super::webhooks::{Happened, tell};
use super::{Connection, Database, Row, SqlStore, cursors};
use crate::process::UserId;
use crate::record::OccurrenceId;
use crate::store::{Event, Message, NewMessage, Result, Settlement};

macro_rules! columns {
    () => {
        "id, kind, recipient, at, body, delivery, attempt, started_at, looks, channel, ts, paint"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM message WHERE workspace = $1 AND ", $rest)
    };
}

/// From pending to sending. What is sent now is drawn now, so it is no longer stale.
macro_rules! claim {
    ($which:literal) => {
        concat!(
            "UPDATE message SET delivery = 'sending', attempt = attempt + 1, started_at = $2, lease_until = $3, stale = 0
             WHERE workspace = $1 AND ",
            $which,
            " RETURNING ",
            columns!()
        )
    };
}

impl SqlStore {
    pub(super) async fn write_message(&self, message: &NewMessage) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let new = insert(&mut transaction, self.workspace, message).await?;
        transaction.commit().await?;
        Ok(new)
    }

    pub(super) async fn write_claim(&self, machine: Timestamp, lease: Timestamp, limit: u32) -> Result<Vec<Message>> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(claim!(
            "id IN (SELECT id FROM message WHERE workspace = $1 AND delivery = 'pending' AND not_before <= $2
                    ORDER BY at, id LIMIT $4)"
        ))
        .bind(self.workspace)
        .bind(floor(machine))
        .bind(ceil(lease))
        .bind(i64::from(limit))
        .fetch_all(&mut *transaction)
        .await?;
        let mut messages = self.with_items(rows, &mut *transaction).await?;
        transaction.commit().await?;
        messages.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        Ok(messages)
    }

    pub(super) async fn write_claim_one(
        &self,
        id: &str,
        machine: Timestamp,
        lease: Timestamp,
    ) -> Result<Option<Message>> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(claim!("id = $4 AND delivery = 'pending'"))
            .bind(self.workspace)
            .bind(floor(machine))
            .bind(ceil(lease))
            .bind(id)
            .fetch_all(&mut *transaction)
            .await?;
        let messages = self.with_items(rows, &mut *transaction).await?;
        transaction.commit().await?;
        Ok(messages.into_iter().next())
    }

    pub(super) async fn write_started(
        &self,
        id: &str,
        attempt: i64,
        machine: Timestamp,
        lease: Timestamp,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let started = sqlx::query(
            "UPDATE message SET started_at = $4, lease_until = $5
             WHERE workspace = $1 AND id = $2 AND attempt = $3 AND delivery = 'sending'",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(attempt)
        .bind(floor(machine))
        .bind(ceil(lease))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(started.rows_affected() == 1)
    }

    pub(super) async fn write_narrowed(&self, id: &str, items: &[OccurrenceId]) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(concat!(
            "DELETE FROM message_item WHERE workspace = $1 AND message = $2
                 AND occurrence NOT IN (SELECT value FROM ",
            list!("$3"),
            ")
                 AND EXISTS (SELECT 1 FROM message WHERE workspace = $1 AND id = $2 AND delivery = 'sending')"
        ))
        .bind(self.workspace)
        .bind(id)
        .bind(json_list(items.iter().map(OccurrenceId::as_str)))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// By the attempt. `looked`: its fate was looked up; else it is the sender who settles.
    pub(super) async fn write_settlement(
        &self,
        (id, attempt): (&str, i64),
        settlement: &Settlement,
        looked: bool,
        now: Timestamp,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        if looked && !self.is_uncertain(&mut transaction, id, attempt).await? {
            return Ok(());
        }
        let query = match settlement {
            Settlement::Sent { channel, ts } => {
                self.write_sent(&mut transaction, id, channel, ts, now).await?;
                return Ok(transaction.commit().await?);
            }
            Settlement::Retry { not_before } => sqlx::query(
                "UPDATE message SET delivery = 'pending', not_before = $4, lease_until = NULL, look_at = NULL, looks = 0
                 WHERE workspace = $1 AND id = $2 AND attempt = $3 AND delivery IN ('sending', 'uncertain')",
            )
            .bind(self.workspace)
            .bind(id)
            .bind(attempt)
            .bind(ceil(*not_before)),
            Settlement::Uncertain { channel, look_at } => sqlx::query(
                "UPDATE message SET looks = CASE delivery WHEN 'uncertain' THEN looks + 1 ELSE 0 END,
                     delivery = 'uncertain', channel = $4, look_at = $5, lease_until = NULL
                 WHERE workspace = $1 AND id = $2 AND attempt = $3 AND delivery IN ('sending', 'uncertain')",
            )
            .bind(self.workspace)
            .bind(id)
            .bind(attempt)
            .bind(channel)
            .bind(ceil(*look_at)),
            Settlement::Dropped => sqlx::query(
                "UPDATE message SET delivery = 'dropped', lease_until = NULL, look_at = NULL
                 WHERE workspace = $1 AND id = $2 AND attempt = $3 AND delivery IN ('sending', 'uncertain')",
            )
            .bind(self.workspace)
            .bind(id)
            .bind(attempt),
            Settlement::Dead(code) => sqlx::query(
                "UPDATE message SET delivery = 'dead', error = $4, lease_until = NULL, look_at = NULL
                 WHERE workspace = $1 AND id = $2 AND attempt = $3 AND delivery IN ('sending', 'uncertain')",
            )
            .bind(self.workspace)
            .bind(id)
            .bind(attempt)
            .bind(code),
        };
        let settled = query.execute(&mut *transaction).await?;
        if matches!(settlement, Settlement::Retry { .. }) && settled.rows_affected() == 1 {
            let recipient: String =
                sqlx::query_scalar("SELECT recipient FROM message WHERE workspace = $1 AND id = $2")
                    .bind(self.workspace)
                    .bind(id)
                    .fetch_one(&mut *transaction)
                    .await?;
            cursors::wake(&mut transaction, self.workspace, [recipient.as_str()]).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Whether the fate of this very attempt is still unknown.
    async fn is_uncertain(&self, connection: &mut Connection, id: &str, attempt: i64) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT id FROM message WHERE workspace = $1 AND id = $2 AND delivery = 'uncertain' AND attempt = $3",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(attempt)
        .fetch_optional(connection)
        .await?;
        Ok(found.is_some())
    }

    async fn write_sent(
        &self,
        connection: &mut Connection,
        id: &str,
        channel: &str,
        ts: &str,
        now: Timestamp,
    ) -> Result<()> {
        // A pending one too: a late answer may come after it was given up and put back.
        let kind: Option<String> = sqlx::query_scalar(
            "UPDATE message SET delivery = 'sent', channel = $3, ts = $4, lease_until = NULL, look_at = NULL
             WHERE workspace = $1 AND id = $2 AND delivery IN ('pending', 'sending', 'uncertain') RETURNING kind",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(channel)
        .bind(ts)
        .fetch_optional(&mut *connection)
        .await?;
        let Some(kind) = kind else { return Ok(()) };
        if kind == "digest" {
            let happened = Happened { event: Event::DigestPublished, subject: id, nth: 0 };
            tell(connection, self.workspace, &happened, now).await?;
        }
        if NewMessage::nudges(&kind) {
            sqlx::query(
                "UPDATE occurrence SET nudges = nudges + 1, version = version + 1 WHERE workspace = $1
                 AND id IN (SELECT occurrence FROM message_item WHERE workspace = $1 AND message = $2)",
            )
            .bind(self.workspace)
            .bind(id)
            .execute(&mut *connection)
            .await?;
        }
        if kind == "question" {
            return Ok(());
        }
        let rung: Vec<String> = sqlx::query_scalar(
            "UPDATE occurrence SET snoozed_until = NULL, version = version + 1 WHERE workspace = $1 AND snoozed_until <= $3
             AND id IN (SELECT occurrence FROM message_item WHERE workspace = $1 AND message = $2) RETURNING id",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(floor(now))
        .fetch_all(&mut *connection)
        .await?;
        mark_stale(connection, self.workspace, rung.iter().map(String::as_str), Some(id)).await
    }

    pub(super) async fn write_expired(&self, machine: Timestamp) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let expired = sqlx::query(
            "UPDATE message SET delivery = 'uncertain', look_at = $2, looks = 0, lease_until = NULL
             WHERE workspace = $1 AND delivery = 'sending' AND lease_until <= $2",
        )
        .bind(self.workspace)
        .bind(floor(machine))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(expired.rows_affected())
    }

    pub(super) async fn write_look(&self, machine: Timestamp, until: Timestamp) -> Result<Vec<Message>> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(concat!(
            "UPDATE message SET look_at = $3 WHERE workspace = $1 AND delivery = 'uncertain' AND recipient IN
                 (SELECT recipient FROM message WHERE workspace = $1 AND delivery = 'uncertain' AND look_at <= $2)
             RETURNING ",
            columns!()
        ))
        .bind(self.workspace)
        .bind(floor(machine))
        .bind(ceil(until))
        .fetch_all(&mut *transaction)
        .await?;
        let messages = self.with_items(rows, &mut *transaction).await?;
        transaction.commit().await?;
        Ok(messages)
    }

    pub(super) async fn write_reworded(&self, id: &str, was: &str, body: &str) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let reworded = sqlx::query(
            "UPDATE message SET body = $4
             WHERE workspace = $1 AND id = $2 AND body = $3 AND delivery IN ('sending', 'sent')",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(was)
        .bind(body)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(reworded.rows_affected() == 1)
    }

    pub(super) async fn write_revived(&self, id: &str, body: Option<&str>) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let revived = sqlx::query(
            "UPDATE message SET delivery = 'pending', not_before = 0, error = NULL, body = $3
             WHERE workspace = $1 AND id = $2 AND delivery = 'dead'",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(body)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(revived.rows_affected() == 1)
    }

    pub(super) async fn read_pending(&self, recipient: &str) -> Result<Vec<Message>> {
        let rows = sqlx::query(select!("recipient = $2 AND delivery = 'pending' ORDER BY at, id"))
            .bind(self.workspace)
            .bind(recipient)
            .fetch_all(&self.reader)
            .await?;
        self.with_items(rows, &self.reader).await
    }

    pub(super) async fn read_unsettled(&self, recipient: &str) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT id FROM message WHERE workspace = $1 AND recipient = $2 AND delivery IN ('sending', 'uncertain') LIMIT 1",
        )
        .bind(self.workspace)
        .bind(recipient)
        .fetch_optional(&self.reader)
        .await?;
        Ok(found.is_some())
    }

    pub(super) async fn read_count(&self, recipient: &str, kind: &str, since: Timestamp) -> Result<usize> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(DISTINCT at) FROM message WHERE workspace = $1 AND recipient = $2 AND kind = $3 AND at >= $4",
        )
        .bind(self.workspace)
        .bind(recipient)
        .bind(kind)
        .bind(floor(since))
        .fetch_one(&self.reader)
        .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    pub(super) async fn read_message(&self, id: &str) -> Result<Option<Message>> {
        let rows = sqlx::query(select!("id = $2")).bind(self.workspace).bind(id).fetch_all(&self.reader).await?;
        Ok(self.with_items(rows, &self.reader).await?.into_iter().next())
    }

    pub(super) async fn read_message_at(&self, channel: &str, ts: &str) -> Result<Option<Message>> {
        let rows = sqlx::query(select!("channel = $2 AND ts = $3 ORDER BY at, id LIMIT 1"))
            .bind(self.workspace)
            .bind(channel)
            .bind(ts)
            .fetch_all(&self.reader)
            .await?;
        Ok(self.with_items(rows, &self.reader).await?.into_iter().next())
    }

    pub(super) async fn read_digests_in(&self, channel: &str, since: Timestamp) -> Result<Vec<Message>> {
        let rows = sqlx::query(select!("recipient = $2 AND kind = 'digest' AND at >= $3 ORDER BY at, id"))
            .bind(self.workspace)
            .bind(channel)
            .bind(floor(since))
            .fetch_all(&self.reader)
            .await?;
        self.with_items(rows, &self.reader).await
    }

    pub(super) async fn read_latest(&self, kind: &str, recipient: &str) -> Result<Option<Message>> {
        let rows = sqlx::query(select!(
            "recipient = $2 AND kind = $3 AND delivery = 'sent' ORDER BY at DESC, id DESC LIMIT 1"
        ))
        .bind(self.workspace)
        .bind(recipient)
        .bind(kind)
        .fetch_all(&self.reader)
        .await?;
        Ok(self.with_items(rows, &self.reader).await?.into_iter().next())
    }

    pub(in crate::store) const STALE: &str = "SELECT id FROM message
        WHERE workspace = $1 AND stale = 1 AND delivery = 'sent' AND repaint_at <= $2 ORDER BY at DESC LIMIT 1";

    pub(super) async fn write_stale_claim(
        &self,
        machine: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Message>> {
        // Asked at every tick, and there is seldom anything: who only reads holds up no writer.
        let waiting: Option<String> = sqlx::query_scalar(Self::STALE)
            .bind(self.workspace)
            .bind(floor(machine))
            .fetch_optional(&self.reader)
            .await?;
        if waiting.is_none() {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(concat!(
            "UPDATE message SET repaint_at = $3 WHERE workspace = $1 AND id IN
                 (SELECT id FROM message WHERE workspace = $1 AND stale = 1 AND delivery = 'sent' AND repaint_at <= $2
                  ORDER BY at DESC, id LIMIT $4)
             RETURNING ",
            columns!()
        ))
        .bind(self.workspace)
        .bind(floor(machine))
        .bind(ceil(until))
        .bind(i64::from(limit))
        .fetch_all(&mut *transaction)
        .await?;
        let mut messages = self.with_items(rows, &mut *transaction).await?;
        transaction.commit().await?;
        // The newest first: that is the one on people's screens.
        messages.sort_by(|one, other| (other.at, &one.id).cmp(&(one.at, &other.id)));
        Ok(messages)
    }

    pub(super) async fn write_painted(&self, id: &str, paint: i64) -> Result<()> {
        let mut transaction = self.begin().await?;
        // An older picture that lands late may lie over a newer one: then it is painted once more.
        sqlx::query(
            "UPDATE message SET stale = CASE WHEN paint = $3 THEN 0 ELSE 1 END, repaint_at = 0
             WHERE workspace = $1 AND id = $2 AND gone = 0",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(paint)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn write_repaint_later(&self, id: &str, not_before: Option<Timestamp>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let query = match not_before {
            Some(at) => sqlx::query("UPDATE message SET stale = 1, repaint_at = $3 WHERE workspace = $1 AND id = $2")
                .bind(self.workspace)
                .bind(id)
                .bind(ceil(at)),
            None => sqlx::query("UPDATE message SET stale = 0, gone = 1 WHERE workspace = $1 AND id = $2")
                .bind(self.workspace)
                .bind(id),
        };
        query.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// The messages of these rows, each with what it asks for.
    async fn with_items<'e, E>(&self, rows: Vec<Row>, executor: E) -> Result<Vec<Message>>
    where
        E: Executor<'e, Database = Database>,
    {
        let mut messages = rows.iter().map(rows::message).collect::<Result<Vec<_>>>()?;
        if messages.is_empty() {
            return Ok(messages);
        }
        let items: Vec<(String, String)> = sqlx::query_as(concat!(
            "SELECT message, occurrence FROM message_item
                 WHERE workspace = $1 AND message IN (SELECT value FROM ",
            list!("$2"),
            ") ORDER BY message, position"
        ))
        .bind(self.workspace)
        .bind(json_list(messages.iter().map(|message| message.id.as_str())))
        .fetch_all(executor)
        .await?;
        let mut by_message: HashMap<String, Vec<OccurrenceId>> = HashMap::new();
        for (message, occurrence) in items {
            by_message.entry(message).or_default().push(OccurrenceId(occurrence));
        }
        for message in &mut messages {
            message.items = by_message.remove(&message.id).unwrap_or_default();
        }
        Ok(messages)
    }
}

/// Adds one message with its items, unless its id exists. `true`: it is new.
pub(super) async fn insert(connection: &mut Connection, workspace: i64, message: &NewMessage) -> Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO message (workspace, id, kind, recipient, at, body) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(&message.id)
    .bind(&message.kind)
    .bind(&message.recipient)
    .bind(floor(message.at))
    .bind(&message.body)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(concat!(
        "INSERT INTO message_item (workspace, message, position, occurrence) SELECT $1, $2, key, value FROM ",
        list!("$3")
    ))
    .bind(workspace)
    .bind(&message.id)
    .bind(json_list(message.items.iter().map(OccurrenceId::as_str)))
    .execute(connection)
    .await?;
    Ok(true)
}

/// Counts up the picture of every message that shows one of these occurrences and is, or may be, in Slack; all but one.
/// One that is being sent may have been drawn before the change: it is painted again once it is there.
pub(super) async fn mark_stale<'a>(
    connection: &mut Connection,
    workspace: i64,
    occurrences: impl IntoIterator<Item = &'a str>,
    but: Option<&str>,
) -> Result<()> {
    sqlx::query(concat!(
        "UPDATE message SET paint = paint + 1, stale = 1
             WHERE workspace = $1 AND delivery IN ('sending', 'uncertain', 'sent') AND gone = 0
             AND id IS DISTINCT FROM $3 AND id IN (SELECT message FROM message_item
                 WHERE workspace = $1 AND occurrence IN (SELECT value FROM ",
        list!("$2"),
        "))"
    ))
    .bind(workspace)
    .bind(json_list(occurrences))
    .bind(but)
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts up the picture of a manager's plans of the last days: they tell of days away to come.
pub(super) async fn mark_plans_stale(
    connection: &mut Connection,
    workspace: i64,
    manager: &UserId,
    now: Timestamp,
) -> Result<()> {
    /// A plan tells of what comes before the next workday; a week covers any run of days off worth telling of.
    const RECENT: i64 = 7 * 24 * 60 * 60;
    sqlx::query(
        "UPDATE message SET paint = paint + 1, stale = 1
         WHERE workspace = $1 AND recipient = $2 AND kind = 'plan' AND at > $3
             AND delivery IN ('sending', 'uncertain', 'sent') AND gone = 0",
    )
    .bind(workspace)
    .bind(manager.as_str())
    .bind(floor(now) - RECENT)
    .execute(connection)
    .await?;
    Ok(())
}
