//! The tokens of other systems, and what they were answered.

use jiff::Timestamp;

use super::process::{LogLine, log};
use super::rows::{self, floor};
use super::{Connection, SqlStore};
use crate::store::{Answered, NewToken, Result, StoredToken};

/// A token's use is noted to the hour: reading must not write each time.
const NOTED_EVERY: i64 = 60 * 60;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, scopes, made_at, made_by, used_at, revoked_at FROM token WHERE workspace = $1 ",
            $rest
        )
    };
}

impl SqlStore {
    pub(super) async fn write_token(&self, token: &NewToken) -> Result<Option<i64>> {
        let mut transaction = self.begin().await?;
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO token (workspace, id, name, scopes, hash, made_at, made_by)
             SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6 FROM token WHERE workspace = $1
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(self.workspace)
        .bind(&token.name)
        .bind(scopes.join(" "))
        .bind(&token.hash)
        .bind(floor(token.at))
        .bind(&token.by)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(id) = id else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let detail = serde_json::json!({ "token": id, "name": token.name, "scopes": scopes });
        let line = line("new token", token.by.as_deref(), token.at, &detail);
        log(&mut transaction, self.workspace, line).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }

    pub(super) async fn read_tokens(&self) -> Result<Vec<StoredToken>> {
        let rows = sqlx::query(select!("ORDER BY id")).bind(self.workspace).fetch_all(&self.reader).await?;
        rows.iter().map(rows::token).collect()
    }

    pub(super) async fn read_token(&self, hash: &str, now: Timestamp) -> Result<Option<StoredToken>> {
        let row = sqlx::query(select!("AND hash = $2 AND revoked_at IS NULL"))
            .bind(self.workspace)
            .bind(hash)
            .fetch_optional(&self.reader)
            .await?;
        let Some(token) = row.as_ref().map(rows::token).transpose()? else { return Ok(None) };
        if token.used_at.is_none_or(|at| floor(now) - floor(at) >= NOTED_EVERY) {
            let mut transaction = self.begin().await?;
            sqlx::query("UPDATE token SET used_at = $3 WHERE workspace = $1 AND id = $2")
                .bind(self.workspace)
                .bind(token.id)
                .bind(floor(now))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
        }
        Ok(Some(token))
    }

    pub(super) async fn write_revoked(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let name: Option<String> = sqlx::query_scalar(
            "UPDATE token SET revoked_at = $3 WHERE workspace = $1 AND id = $2 AND revoked_at IS NULL RETURNING name",
        )
        .bind(self.workspace)
        .bind(id)
        .bind(floor(now))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(name) = name else {
            transaction.rollback().await?;
            return Ok(false);
        };
        let detail = serde_json::json!({ "token": id, "name": name });
        log(&mut transaction, self.workspace, line("revoke token", by, now, &detail)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub(super) async fn read_answered(&self, token: i64, key: &str) -> Result<Option<Answered>> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT request, answer FROM answered WHERE workspace = $1 AND token = $2 AND key = $3")
                .bind(self.workspace)
                .bind(token)
                .bind(key)
                .fetch_optional(&self.reader)
                .await?;
        Ok(row.map(|(request, answer)| Answered { token, key: key.to_owned(), request, answer }))
    }
}

/// Keeps an answer; `false`: this key was answered already.
pub(super) async fn first_answer(
    connection: &mut Connection,
    workspace: i64,
    answered: &Answered,
    now: Timestamp,
) -> Result<bool> {
    let kept = sqlx::query(
        "INSERT INTO answered (workspace, token, key, request, answer, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(answered.token)
    .bind(&answered.key)
    .bind(&answered.request)
    .bind(&answered.answer)
    .bind(floor(now))
    .execute(connection)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// A line of the log that is about no occurrence.
pub(super) fn line<'a>(what: &'a str, who: Option<&'a str>, at: Timestamp, detail: &serde_json::Value) -> LogLine<'a> {
    LogLine { at, who, what, occurrence: None, revision: None, detail: Some(detail.to_string()) }
}
