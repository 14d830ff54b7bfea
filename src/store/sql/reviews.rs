//! What is said beside the occurrences: questions and their answers, the welcome, the managers' own if-thens, and when
//! somebody was last heard of.

use jiff::Timestamp;
use sqlx::Row as _;

use super::process::{LogLine, log};
use super::rows::{self, ceil, floor};
use super::{Connection, SqlStore};
use crate::process::{ActivityKey, UserId};
use crate::record::review::{Answer, Aside};
use crate::store::{Intention, Result, Said};

/// Somebody who is busy in Slack is not written down at each press.
const HEARD_EVERY: i64 = 60 * 60;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, manager, topic, activity, occurrence, said_in, said_at, answer, answered_at, answered_by
             FROM aside WHERE workspace = $1 AND ",
            $rest
        )
    };
}

impl SqlStore {
    /// `delivery` word for word, for the partial index.
    pub(in crate::store) const COUNT_SENT: &str = "SELECT count(*) FROM message
        WHERE workspace = $1 AND recipient = $2 AND delivery = 'sent' AND at >= $3 AND at < $4";

    pub(super) async fn write_aside(&self, aside: &Aside, message: &str, now: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        // A message that was never sent, because its items went into another, said nothing.
        sqlx::query(
            "INSERT INTO aside (workspace, id, manager, topic, activity, occurrence, said_in, said_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (workspace, id) DO UPDATE SET said_in = excluded.said_in, said_at = excluded.said_at
             WHERE aside.answer IS NULL AND NOT EXISTS
                 (SELECT 1 FROM message WHERE workspace = aside.workspace AND id = aside.said_in
                  AND delivery IN ('sending', 'uncertain', 'sent'))",
        )
        .bind(self.workspace)
        .bind(&aside.id)
        .bind(aside.manager.as_str())
        .bind(aside.topic.as_str())
        .bind(aside.activity.as_ref().map(ActivityKey::as_str))
        .bind(aside.occurrence.as_ref().map(|id| id.as_str()))
        .bind(message)
        .bind(floor(now))
        .execute(&mut *transaction)
        .await?;
        let said_in: String = sqlx::query_scalar("SELECT said_in FROM aside WHERE workspace = $1 AND id = $2")
            .bind(self.workspace)
            .bind(&aside.id)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(said_in == message)
    }

    pub(super) async fn read_said_to(&self, manager: &UserId) -> Result<Vec<Said>> {
        let rows = sqlx::query(select!("manager = $2 ORDER BY said_at, id"))
            .bind(self.workspace)
            .bind(manager.as_str())
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(rows::said).collect()
    }

    pub(super) async fn read_said_in(&self, message: &str) -> Result<Vec<Said>> {
        let rows = sqlx::query(select!("said_in = $2 ORDER BY said_at, id"))
            .bind(self.workspace)
            .bind(message)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(rows::said).collect()
    }

    pub(super) async fn read_answers(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Said>> {
        let rows = sqlx::query(select!("answered_at >= $2 AND answered_at < $3 ORDER BY answered_at, id"))
            .bind(self.workspace)
            .bind(ceil(from))
            .bind(ceil(until))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(rows::said).collect()
    }

    pub(super) async fn write_answer(&self, id: &str, answer: Answer, by: &UserId, now: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let answered = sqlx::query(
            "UPDATE aside SET answer = $3, answered_at = $4, answered_by = $5
             WHERE workspace = $1 AND id = $2 AND answer IS NULL RETURNING occurrence, said_in",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(answer.as_str())
        .bind(floor(now))
        .bind(by.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = answered else {
            transaction.rollback().await?;
            return Ok(false);
        };
        let (occurrence, message): (Option<String>, String) = (row.try_get(0)?, row.try_get(1)?);
        let line = LogLine {
            at: now,
            who: Some(by.as_str()),
            what: "review",
            occurrence: occurrence.as_deref(),
            revision: None,
            detail: Some(serde_json::json!({ "asked": id, "answer": answer.as_str() }).to_string()),
        };
        log(&mut transaction, self.workspace, line).await?;
        mark_stale(&mut transaction, self.workspace, &message).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub(super) async fn read_intentions(&self, manager: &UserId) -> Result<Vec<Intention>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT activity, words FROM intention WHERE workspace = $1 AND manager = $2 ORDER BY activity",
        )
        .bind(self.workspace)
        .bind(manager.as_str())
        .fetch_all(&self.reader)
        .await?;
        Ok(rows.into_iter().map(|(activity, words)| Intention { activity: ActivityKey(activity), words }).collect())
    }

    pub(super) async fn write_intention(&self, manager: &UserId, said: &Intention, now: Timestamp) -> Result<()> {
        let mut transaction = self.begin().await?;
        let query = if said.words.is_empty() {
            sqlx::query("DELETE FROM intention WHERE workspace = $1 AND manager = $2 AND activity = $3")
                .bind(self.workspace)
                .bind(manager.as_str())
                .bind(said.activity.as_str())
        } else {
            sqlx::query(
                "INSERT INTO intention (workspace, manager, activity, words, said_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (workspace, manager, activity)
                 DO UPDATE SET words = excluded.words, said_at = excluded.said_at",
            )
            .bind(self.workspace)
            .bind(manager.as_str())
            .bind(said.activity.as_str())
            .bind(&said.words)
            .bind(floor(now))
        };
        query.execute(&mut *transaction).await?;
        sqlx::query(
            "UPDATE message SET paint = paint + 1, stale = 1
             WHERE workspace = $1 AND delivery IN ('sending', 'uncertain', 'sent') AND gone = 0
             AND id IN (SELECT said_in FROM aside WHERE workspace = $1 AND manager = $2 AND topic = 'welcome'
                        UNION ALL
                        SELECT message FROM occurrence CROSS JOIN message_item
                        WHERE occurrence.workspace = $1 AND manager = $2 AND activity = $3 AND standing = 'undecided'
                            AND message_item.workspace = $1 AND message_item.occurrence = occurrence.id)",
        )
        .bind(self.workspace)
        .bind(manager.as_str())
        .bind(said.activity.as_str())
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn write_heard(&self, user: &UserId, now: Timestamp) -> Result<()> {
        let known = self.read_heard(user).await?;
        if known.is_some_and(|at| floor(now) - floor(at) < HEARD_EVERY) {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO heard (workspace, user_id, at) VALUES ($1, $2, $3)
             ON CONFLICT (workspace, user_id) DO UPDATE SET at = excluded.at WHERE heard.at < excluded.at",
        )
        .bind(self.workspace)
        .bind(user.as_str())
        .bind(floor(now))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn read_heard(&self, user: &UserId) -> Result<Option<Timestamp>> {
        let at: Option<i64> = sqlx::query_scalar("SELECT at FROM heard WHERE workspace = $1 AND user_id = $2")
            .bind(self.workspace)
            .bind(user.as_str())
            .fetch_optional(&self.reader)
            .await?;
        Ok(at.and_then(|at| Timestamp::from_second(at).ok()))
    }

    pub(super) async fn read_count_sent(&self, recipient: &UserId, from: Timestamp, until: Timestamp) -> Result<usize> {
        let count: i64 = sqlx::query_scalar(Self::COUNT_SENT)
            .bind(self.workspace)
            .bind(recipient.as_str())
            .bind(ceil(from))
            .bind(ceil(until))
            .fetch_one(&self.reader)
            .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    pub(super) async fn read_first_sent(&self, recipient: &UserId) -> Result<Option<Timestamp>> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT min(at) FROM message WHERE workspace = $1 AND recipient = $2 AND delivery = 'sent'",
        )
        .bind(self.workspace)
        .bind(recipient.as_str())
        .fetch_one(&self.reader)
        .await?;
        Ok(at.and_then(|at| Timestamp::from_second(at).ok()))
    }
}

/// The picture of one message no longer holds.
async fn mark_stale(connection: &mut Connection, workspace: i64, message: &str) -> Result<()> {
    sqlx::query(
        "UPDATE message SET paint = paint + 1, stale = 1
         WHERE workspace = $1 AND id = $2 AND delivery IN ('sending', 'uncertain', 'sent') AND gone = 0",
    )
    .bind(workspace)
    .bind(message)
    .execute(connection)
    .await?;
    Ok(())
}
