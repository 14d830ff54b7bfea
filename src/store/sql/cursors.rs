//! Each manager's place in the stream of nudges.

use jiff::Timestamp;

use super::messages::insert;
use super::rows::{self, floor, json_list};
use super::{Connection, SqlStore};
use crate::process::UserId;
use crate::store::{Cursor, NudgePass, Result};

impl SqlStore {
    pub(super) async fn read_awake(&self, now: Timestamp) -> Result<Vec<Cursor>> {
        let rows = sqlx::query(
            "SELECT manager, nudged_until, version FROM cursor WHERE workspace = $1 AND wake_at <= $2
             ORDER BY wake_at, manager",
        )
        .bind(self.workspace)
        .bind(floor(now))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::cursor).collect()
    }

    pub(super) async fn read_next_wake(&self) -> Result<Option<Timestamp>> {
        let seconds: Option<i64> = sqlx::query_scalar(
            "SELECT min(at) FROM (
                 SELECT min(wake_at) AS at FROM cursor WHERE workspace = $1
                 UNION ALL SELECT min(closes) FROM occurrence WHERE workspace = $1 AND standing = 'undecided') AS instants",
        )
        .bind(self.workspace)
        .fetch_one(&self.reader)
        .await?;
        Ok(seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
    }

    pub(super) async fn write_pass(&self, pass: &NudgePass) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let moved = sqlx::query(
            "UPDATE cursor SET nudged_until = $4, wake_at = $5, version = version + 1
             WHERE workspace = $1 AND manager = $2 AND version = $3",
        )
        .bind(self.workspace)
        .bind(pass.cursor.manager.as_str())
        .bind(pass.cursor.version)
        .bind(floor(pass.nudged_until))
        .bind(floor(pass.wake_at))
        .execute(&mut *transaction)
        .await?;
        // A message that somebody began to send meanwhile can't be merged any more: its items would be asked for twice.
        let fresh = moved.rows_affected() == 1 && self.merge(&mut transaction, &pass.merged).await?;
        if !fresh {
            transaction.rollback().await?;
            return Ok(false);
        }
        for message in &pass.add {
            insert(&mut transaction, self.workspace, message).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Whether all of them were still pending.
    async fn merge(&self, connection: &mut Connection, ids: &[String]) -> Result<bool> {
        for id in ids {
            let merged = sqlx::query(
                "UPDATE message SET delivery = 'merged' WHERE workspace = $1 AND id = $2 AND delivery = 'pending'",
            )
            .bind(self.workspace)
            .bind(id)
            .execute(&mut *connection)
            .await?;
            if merged.rows_affected() == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Gives the manager a cursor, awake, unless there is one.
pub(super) async fn begin(
    connection: &mut Connection,
    workspace: i64,
    manager: &UserId,
    nudges_from: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO cursor (workspace, manager, nudged_until, wake_at, version) VALUES ($1, $2, $3, 0, 0)
         ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(manager.as_str())
    .bind(floor(nudges_from))
    .execute(connection)
    .await?;
    Ok(())
}

/// Considers the manager's nudges up to `now` as dealt with: they were away.
pub(super) async fn skip_to(
    connection: &mut Connection,
    workspace: i64,
    manager: &UserId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE cursor SET nudged_until = $3 WHERE workspace = $1 AND manager = $2 AND nudged_until < $3")
        .bind(workspace)
        .bind(manager.as_str())
        .bind(floor(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes the next tick look at these managers. The version changes too, so that a pass that read the record before this
/// change does not put its own, older wake time over it.
pub(super) async fn wake<'a>(
    connection: &mut Connection,
    workspace: i64,
    managers: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    sqlx::query(concat!(
        "UPDATE cursor SET wake_at = 0, version = version + 1
             WHERE workspace = $1 AND manager IN (SELECT value FROM ",
        list!("$2"),
        ")"
    ))
    .bind(workspace)
    .bind(json_list(managers))
    .execute(connection)
    .await?;
    Ok(())
}
