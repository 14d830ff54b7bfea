//! Forgetting somebody, telling what is kept about them, and letting go of what is old.
//!
//! What is erased here is erased in the tables; what a backend does about what lies behind them is its own.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::messages::mark_stale;
use super::process::{LogLine, log};
use super::rows::floor;
use super::{Connection, Row, SqlStore};
use crate::process::UserId;
use crate::record::digest::Story;
use crate::record::erase::{ERASED, OFFERED, erased_reason};
use crate::store::privacy::{Cutoffs, Forgetting, Forgotten, Rewritten, Rows, TABLES, readable};
use crate::store::{Result, StoreError};

impl SqlStore {
    pub(super) async fn read_forgotten(&self) -> Result<i64> {
        let count = sqlx::query_scalar("SELECT forgotten FROM workspace WHERE id = $1").bind(self.workspace);
        Ok(count.fetch_one(&self.reader).await?)
    }

    pub(super) async fn read_digests(&self) -> Result<Vec<(String, String)>> {
        let bodies = sqlx::query_as(
            "SELECT id, body FROM message WHERE workspace = $1 AND kind = 'digest' AND body IS NOT NULL ORDER BY id",
        );
        Ok(bodies.bind(self.workspace).fetch_all(&self.reader).await?)
    }

    pub(super) async fn write_forgotten(&self, forgetting: &Forgetting) -> Result<Option<Forgotten>> {
        let mut transaction = self.begin().await?;
        if !self.rewrite(&mut transaction, forgetting).await? {
            transaction.rollback().await?;
            return Ok(None);
        }
        let user = forgetting.user.as_str();
        let mut changed = self.erase_words_of(&mut transaction, user).await?;
        let notes = changed.len() as u64;
        changed.extend(self.erase_verdicts_of(&mut transaction, user).await?);
        let intentions = sqlx::query("DELETE FROM intention WHERE workspace = $1 AND manager = $2");
        let intentions = intentions.bind(self.workspace).bind(user).execute(&mut *transaction).await?.rows_affected();
        for query in [
            "DELETE FROM direct_channel WHERE workspace = $1 AND user_id = $2",
            "DELETE FROM heard WHERE workspace = $1 AND user_id = $2",
            // A leader's question holds their words alone; what Slack shows of it stays as it was posted.
            "UPDATE message SET body = NULL, gone = 1 WHERE workspace = $1 AND kind = 'question'
                 AND (recipient = $2 OR body LIKE '%\"' || $2 || '\"%')",
            // Answers of the API, kept for a day, may quote what is erased.
            "DELETE FROM answered WHERE workspace = $1 AND answer LIKE '%' || $2 || '%'",
            // Counted up, not deleted: at generation 0 again, the links that were given out would open once more.
            "INSERT INTO link (workspace, user_id, generation) VALUES ($1, $2, 1)
             ON CONFLICT (workspace, user_id) DO UPDATE SET generation = link.generation + 1",
        ] {
            sqlx::query(query).bind(self.workspace).bind(user).execute(&mut *transaction).await?;
        }
        let counted = sqlx::query("UPDATE workspace SET forgotten = forgotten + 1 WHERE id = $1");
        counted.bind(self.workspace).execute(&mut *transaction).await?;
        let line = LogLine {
            at: forgetting.at,
            who: forgetting.by.as_deref(),
            what: "forget",
            occurrence: None,
            revision: None,
            detail: Some(serde_json::json!({ "of": user }).to_string()),
        };
        log(&mut transaction, self.workspace, line).await?;
        mark_stale(&mut transaction, self.workspace, changed.iter().map(String::as_str), None).await?;
        transaction.commit().await?;
        super::super::let_go(&self.writer).await;
        Ok(Some(Forgotten { notes, intentions }))
    }

    /// `false`: something was added or has changed since it was read.
    async fn rewrite(&self, connection: &mut Connection, forgetting: &Forgetting) -> Result<bool> {
        let newest: Option<i64> = sqlx::query_scalar("SELECT max(number) FROM revision WHERE workspace = $1")
            .bind(self.workspace)
            .fetch_one(&mut *connection)
            .await?;
        let digests: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM message WHERE workspace = $1 AND kind = 'digest' AND body IS NOT NULL",
        )
        .bind(self.workspace)
        .fetch_one(&mut *connection)
        .await?;
        if newest != forgetting.newest || usize::try_from(digests) != Ok(forgetting.digests) {
            return Ok(false);
        }
        for Rewritten { id, was, is } in &forgetting.revisions {
            let query = "UPDATE revision SET text = $4 WHERE workspace = $1 AND number = $2 AND text = $3";
            let query = sqlx::query(query).bind(self.workspace).bind(id).bind(was).bind(is);
            if query.execute(&mut *connection).await?.rows_affected() == 0 {
                return Ok(false);
            }
        }
        for Rewritten { id, was, is } in &forgetting.bodies {
            let query = "UPDATE message SET body = $4, paint = paint + 1,
                 stale = CASE WHEN delivery IN ('sending', 'uncertain', 'sent') AND gone = 0 THEN 1 ELSE stale END
                 WHERE workspace = $1 AND id = $2 AND body = $3";
            let query = sqlx::query(query).bind(self.workspace).bind(id).bind(was).bind(is);
            if query.execute(&mut *connection).await?.rows_affected() == 0 {
                return Ok(false);
            }
            // Its thread shows the same names.
            let query = "UPDATE message SET paint = paint + 1, stale = 1
                 WHERE workspace = $1 AND kind = 'piece' AND body LIKE '%\"digest\":\"' || $2 || '\"%'
                 AND recipient = (SELECT recipient FROM message WHERE workspace = $1 AND id = $2)
                 AND delivery IN ('sending', 'uncertain', 'sent') AND gone = 0";
            sqlx::query(query).bind(self.workspace).bind(id).execute(&mut *connection).await?;
        }
        Ok(true)
    }

    /// Words of theirs, and words about what they hold or are held with. Returns the ids of the rows.
    async fn erase_words_of(&self, connection: &mut Connection, user: &str) -> Result<Vec<String>> {
        let found: Vec<(String, Option<String>, bool)> = sqlx::query_as(
            "SELECT id, reason, note IS NOT NULL OR link IS NOT NULL FROM occurrence
             WHERE workspace = $1 AND (manager = $2 OR rep = $2 OR completed_by = $2)
             AND (note IS NOT NULL OR link IS NOT NULL OR reason IS NOT NULL)",
        )
        .bind(self.workspace)
        .bind(user)
        .fetch_all(&mut *connection)
        .await?;
        let own = |reason: &Option<String>| reason.as_deref().is_some_and(|reason| erased_reason(reason) != reason);
        let rows = found.into_iter().filter(|(_, reason, noted)| *noted || own(reason));
        let rows: Vec<(String, Option<String>)> = rows.map(|(id, reason, _)| (id, reason)).collect();
        self.erase(connection, &rows).await?;
        Ok(rows.into_iter().map(|(id, _)| id).collect())
    }

    /// What somebody said when they were asked to bear something out, and what was said of an outcome of theirs. Returns the
    /// ids of the occurrences.
    async fn erase_verdicts_of(&self, connection: &mut Connection, user: &str) -> Result<Vec<String>> {
        let erased = sqlx::query_scalar(
            "UPDATE verification SET word = NULL, version = version + 1 WHERE workspace = $1 AND word IS NOT NULL
             AND (asked = $2 OR occurrence IN
                 (SELECT id FROM occurrence WHERE workspace = $1 AND (manager = $2 OR rep = $2))) RETURNING occurrence",
        );
        Ok(erased.bind(self.workspace).bind(user).fetch_all(connection).await?)
    }

    /// The version counts up, so that nobody who read the words before writes them back.
    async fn erase(&self, connection: &mut Connection, rows: &[(String, Option<String>)]) -> Result<()> {
        for (id, reason) in rows {
            sqlx::query(
                "UPDATE occurrence SET note = NULL, link = NULL, reason = $3, version = version + 1
                 WHERE workspace = $1 AND id = $2",
            )
            .bind(self.workspace)
            .bind(id)
            .bind(reason.as_deref().map(erased_reason))
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }

    pub(super) async fn read_about(&self, user: &UserId) -> Result<Rows> {
        let mut all = Rows::new();
        for table in TABLES {
            let Some(query) = table.query() else { continue };
            // Put together of this program's own names alone; the person's id is bound.
            let rows = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.workspace).bind(user.as_str());
            let rows = rows.fetch_all(&self.reader).await?;
            let rows: Vec<_> = rows.iter().map(as_object).collect::<Result<_>>()?;
            if !rows.is_empty() {
                all.insert(table.name, rows);
            }
        }
        Ok(all)
    }

    pub(super) async fn write_expired_words(&self, cutoffs: &Cutoffs, limit: u32) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let mut gone = 0;
        if let Some(before) = cutoffs.notes {
            gone += self.expire_verdicts(&mut transaction, &before.to_string(), limit).await?;
            gone += self.expire_notes(&mut transaction, &before.to_string(), limit).await?;
            if let Ok(at) = before.to_zoned(jiff::tz::TimeZone::UTC) {
                gone += self.expire_words(&mut transaction, at.timestamp(), limit).await?;
            }
        }
        let old = [
            (
                cutoffs.messages,
                "DELETE FROM message WHERE workspace = $1 AND id IN
                 (SELECT id FROM message WHERE workspace = $1 AND at < $2
                  AND delivery IN ('sent', 'dropped', 'merged', 'dead') ORDER BY at LIMIT $3)",
            ),
            (
                cutoffs.log,
                "DELETE FROM log WHERE id IN
                 (SELECT id FROM log WHERE workspace = $1 AND at < $2 AND revision IS NULL ORDER BY id LIMIT $3)",
            ),
        ];
        for (before, query) in old {
            let Some(before) = before else { continue };
            let query = sqlx::query(query).bind(self.workspace).bind(floor(before)).bind(i64::from(limit));
            gone += query.execute(&mut *transaction).await?.rows_affected();
        }
        match gone {
            0 => transaction.rollback().await?,
            _ => transaction.commit().await?,
        }
        Ok(gone)
    }

    /// Nothing is painted anew for it: a message that old nobody reads.
    async fn expire_notes(&self, connection: &mut Connection, before: &str, limit: u32) -> Result<u64> {
        let [a, b, c, d, e] = OFFERED;
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT id, reason FROM occurrence WHERE workspace = $1 AND date < $2 AND standing <> 'undecided'
             AND (note IS NOT NULL OR link IS NOT NULL OR reason NOT IN ($3, $4, $5, $6, $7, $8)) LIMIT $9",
        )
        .bind(self.workspace)
        .bind(before)
        .bind(a)
        .bind(b)
        .bind(c)
        .bind(d)
        .bind(e)
        .bind(ERASED)
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?;
        self.erase(connection, &rows).await?;
        Ok(rows.len() as u64)
    }

    /// What somebody said when they were asked to bear out what was due by then.
    async fn expire_verdicts(&self, connection: &mut Connection, before: &str, limit: u32) -> Result<u64> {
        let gone = sqlx::query(
            "UPDATE verification SET word = NULL WHERE workspace = $1 AND word IS NOT NULL AND occurrence IN
                 (SELECT verification.occurrence FROM verification JOIN occurrence
                      ON occurrence.workspace = verification.workspace AND occurrence.id = verification.occurrence
                  WHERE verification.workspace = $1 AND verification.word IS NOT NULL AND occurrence.date < $2 LIMIT $3)",
        );
        let gone = gone.bind(self.workspace).bind(before).bind(i64::from(limit)).execute(connection).await?;
        Ok(gone.rows_affected())
    }

    /// The same words, where a digest told them.
    async fn expire_words(&self, connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64> {
        let told: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, body FROM message WHERE workspace = $1 AND kind = 'digest' AND at < $2
             AND body LIKE '%\"words\":[{%' LIMIT $3",
        )
        .bind(self.workspace)
        .bind(floor(before))
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?;
        let mut gone = 0;
        for (id, body) in told {
            let Ok(story) = serde_json::from_str::<Story>(&body) else { continue };
            let body = Story { words: Vec::new(), ..story }.written_into(&body);
            let query = sqlx::query("UPDATE message SET body = $3 WHERE workspace = $1 AND id = $2");
            let query = query.bind(self.workspace).bind(id).bind(body);
            gone += query.execute(&mut *connection).await?.rows_affected();
        }
        Ok(gone)
    }
}

/// A row as JSON, each column by its name.
fn as_object(row: &Row) -> Result<Map<String, Value>> {
    let mut object = Map::new();
    for (place, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(place)?;
        let kind = raw.type_info().name().to_owned();
        let value = match (raw.is_null(), kind.as_str()) {
            (true, _) => Value::Null,
            (false, "INTEGER" | "INT8") => Value::from(row.try_get::<i64, _>(place).map_err(StoreError::from)?),
            (false, _) => Value::from(row.try_get::<String, _>(place).map_err(StoreError::from)?),
        };
        object.insert(column.name().to_owned(), readable(column.name(), value));
    }
    Ok(object)
}
