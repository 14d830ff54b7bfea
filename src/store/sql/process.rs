//! The workspace, the revisions, and what came in already.

use std::borrow::Cow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::rows::{self, ceil, floor};
use super::{Connection, SqlStore};
use crate::store::{LogEntry, NewRevision, Result, StoredRevision, Workspace};

/// How long an inbound key is remembered: Slack tries again for an hour.
const SEEN_FOR: i64 = 7 * 24 * 60 * 60;

/// The longest key that is kept as it is, in bytes.
const LONGEST_KEY: usize = 1000;

/// What else is kept for so many seconds alone: answers to keyed requests, and that something was told.
const OLD: [(&str, i64); 2] = [
    ("DELETE FROM answered WHERE workspace = $1 AND at < $2", 24 * 60 * 60),
    (
        "DELETE FROM webhook_delivery WHERE workspace = $1 AND state IN ('delivered', 'dropped') AND settled_at < $2",
        super::webhooks::SETTLED_FOR,
    ),
];

/// Somebody did something worth a line in the log. Never the text of a note.
pub(super) struct LogLine<'a> {
    pub at: Timestamp,
    pub who: Option<&'a str>,
    pub what: &'a str,
    pub occurrence: Option<&'a str>,
    pub revision: Option<i64>,
    pub detail: Option<String>,
}

impl SqlStore {
    pub(super) async fn read_workspace(&self) -> Result<Workspace> {
        let row = sqlx::query(
            "SELECT id, team, bot_user, first_served, rehearsal, rehearsal_clock, digests_until FROM workspace WHERE id = $1",
        )
        .bind(self.workspace)
        .fetch_one(&self.reader)
        .await?;
        rows::workspace(&row)
    }

    pub(super) async fn write_workspace(&self, workspace: &Workspace) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE workspace SET team = coalesce($2, team), bot_user = coalesce($3, bot_user),
                 first_served = coalesce(first_served, $4), rehearsal = coalesce(rehearsal, $5),
                 rehearsal_clock = CASE WHEN rehearsal_clock > $6 THEN rehearsal_clock ELSE coalesce($6, rehearsal_clock) END,
                 digests_until = CASE WHEN digests_until > $7 THEN digests_until ELSE coalesce($7, digests_until) END
             WHERE id = $1",
        )
        .bind(self.workspace)
        .bind(&workspace.team)
        .bind(&workspace.bot_user)
        .bind(workspace.first_served.map(floor))
        .bind(workspace.rehearsal.map(i64::from))
        .bind(workspace.rehearsal_clock.map(floor))
        .bind(workspace.digests_until.map(floor))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn read_newest_revision(&self) -> Result<Option<i64>> {
        let newest = sqlx::query_scalar("SELECT max(number) FROM revision WHERE workspace = $1");
        Ok(newest.bind(self.workspace).fetch_one(&self.reader).await?)
    }

    pub(super) async fn read_revisions(&self) -> Result<Vec<StoredRevision>> {
        let rows = sqlx::query(
            "SELECT number, applied_at, effective, in_slack, applied_by, text FROM revision WHERE workspace = $1 ORDER BY number",
        )
        .bind(self.workspace)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::revision).collect()
    }

    pub(super) async fn write_revisions(
        &self,
        newest: Option<i64>,
        new: &[NewRevision],
        seen: Option<&str>,
    ) -> Result<Option<i64>> {
        let mut transaction = self.begin().await?;
        let stored: Option<i64> = sqlx::query_scalar("SELECT max(number) FROM revision WHERE workspace = $1")
            .bind(self.workspace)
            .fetch_one(&mut *transaction)
            .await?;
        let fresh = match (seen, new.first()) {
            (Some(key), Some(first)) => first_sight(&mut transaction, self.workspace, key, first.applied_at).await?,
            (_, _) => true,
        };
        if stored != newest || !fresh {
            transaction.rollback().await?;
            return Ok(None);
        }
        let mut last = stored;
        for revision in new {
            let number = last.unwrap_or(0) + 1;
            self.write_revision(&mut transaction, number, revision).await?;
            last = Some(number);
        }
        transaction.commit().await?;
        Ok(last)
    }

    async fn write_revision(&self, connection: &mut Connection, number: i64, revision: &NewRevision) -> Result<()> {
        sqlx::query(
            "INSERT INTO revision (workspace, number, applied_at, effective, in_slack, applied_by, text)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(self.workspace)
        .bind(number)
        .bind(floor(revision.applied_at))
        .bind(revision.effective.to_string())
        .bind(i64::from(revision.in_slack))
        .bind(&revision.by)
        .bind(&revision.text)
        .execute(&mut *connection)
        .await?;
        let line = LogLine {
            at: revision.applied_at,
            who: revision.by.as_deref(),
            what: "apply",
            occurrence: None,
            revision: Some(number),
            detail: Some(serde_json::json!({ "effective": revision.effective.to_string() }).to_string()),
        };
        log(connection, self.workspace, line).await
    }

    pub(super) async fn read_log(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Result<Vec<LogEntry>> {
        let rows = sqlx::query(
            "SELECT id, at, who, what, occurrence, revision, detail FROM log
             WHERE workspace = $1 AND ($2 IS NULL OR at >= $2) AND ($3 IS NULL OR at < $3) ORDER BY at, id",
        )
        .bind(self.workspace)
        .bind(from.map(ceil))
        .bind(until.map(ceil))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::log_entry).collect()
    }

    pub(super) async fn read_direct_channel(&self, user: &str) -> Result<Option<String>> {
        let channel = sqlx::query_scalar("SELECT channel FROM direct_channel WHERE workspace = $1 AND user_id = $2")
            .bind(self.workspace)
            .bind(user)
            .fetch_optional(&self.reader)
            .await?;
        Ok(channel)
    }

    pub(super) async fn write_direct_channel(&self, user: &str, channel: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO direct_channel (workspace, user_id, channel) VALUES ($1, $2, $3)
             ON CONFLICT (workspace, user_id) DO UPDATE SET channel = excluded.channel",
        )
        .bind(self.workspace)
        .bind(user)
        .bind(channel)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn delete_direct_channel(&self, user: &crate::process::UserId) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM direct_channel WHERE workspace = $1 AND user_id = $2")
            .bind(self.workspace)
            .bind(user.as_str())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn has_seen(&self, key: &str) -> Result<bool> {
        let known: Option<i64> = sqlx::query_scalar("SELECT at FROM seen WHERE workspace = $1 AND key = $2")
            .bind(self.workspace)
            .bind(short(key))
            .fetch_optional(&self.reader)
            .await?;
        Ok(known.is_some())
    }

    pub(super) async fn see(&self, key: &str, now: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let new = first_sight(&mut transaction, self.workspace, key, now).await?;
        transaction.commit().await?;
        Ok(new)
    }

    pub(super) async fn forget_seen(&self, now: Timestamp) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let forgotten = sqlx::query("DELETE FROM seen WHERE workspace = $1 AND at < $2")
            .bind(self.workspace)
            .bind(floor(now) - SEEN_FOR)
            .execute(&mut *transaction)
            .await?;
        for (sql, age) in OLD {
            sqlx::query(sql).bind(self.workspace).bind(floor(now) - age).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(forgotten.rows_affected())
    }

    /// A write that leaves nothing behind, but goes all the way: one that is taken back, or that SQLite sees to change
    /// nothing, never meets the full disk.
    pub(super) async fn try_writing(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO seen (workspace, key, at) VALUES ($1, '', 0) ON CONFLICT DO NOTHING")
            .bind(self.workspace)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM seen WHERE workspace = $1 AND key = ''")
            .bind(self.workspace)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

/// Remembers an inbound key; `false`: it was there already.
pub(super) async fn first_sight(
    connection: &mut Connection,
    workspace: i64,
    key: &str,
    now: Timestamp,
) -> Result<bool> {
    let inserted = sqlx::query("INSERT INTO seen (workspace, key, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(workspace)
        .bind(short(key))
        .bind(floor(now))
        .execute(connection)
        .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The key as it is kept: PostgreSQL's index takes no more than some 2,700 bytes, and a request can bring as much as it likes.
fn short(key: &str) -> Cow<'_, str> {
    if key.len() <= LONGEST_KEY {
        return key.into();
    }
    Sha256::digest(key).iter().fold("long/".to_owned(), |hex, byte| format!("{hex}{byte:02x}")).into()
}

/// Adds a line to the log.
pub(super) async fn log(connection: &mut Connection, workspace: i64, line: LogLine<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO log (workspace, at, who, what, occurrence, revision, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(workspace)
    .bind(floor(line.at))
    .bind(line.who)
    .bind(line.what)
    .bind(line.occurrence)
    .bind(line.revision)
    .bind(line.detail)
    .execute(connection)
    .await?;
    Ok(())
}
