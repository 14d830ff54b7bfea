//! What is wrong on Slack's side, and whom it was said to.

use jiff::Timestamp;

use super::rows::floor;
use super::{SqlStore, messages};
use crate::store::{NewMessage, Result, StoredTrouble};

impl SqlStore {
    pub(super) async fn read_troubles(&self) -> Result<Vec<StoredTrouble>> {
        let rows: Vec<(String, String, i64, Option<String>)> = sqlx::query_as(
            "SELECT trouble.subject, what, since, whom FROM trouble
             LEFT JOIN notice ON notice.workspace = trouble.workspace AND notice.subject = trouble.subject
             WHERE trouble.workspace = $1 ORDER BY trouble.subject, whom",
        )
        .bind(self.workspace)
        .fetch_all(&self.reader)
        .await?;
        let mut troubles: Vec<StoredTrouble> = Vec::new();
        for (subject, what, since, whom) in rows {
            match troubles.last_mut().filter(|last| last.subject == subject) {
                Some(last) => last.told.extend(whom),
                None => {
                    let since = Timestamp::from_second(since).unwrap_or_default();
                    troubles.push(StoredTrouble { subject, what, since, told: whom.into_iter().collect() });
                }
            }
        }
        Ok(troubles)
    }

    pub(super) async fn write_trouble(&self, subject: &str, what: &str, at: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        // Another trouble of the same subject takes its notices along.
        sqlx::query("DELETE FROM trouble WHERE workspace = $1 AND subject = $2 AND what <> $3")
            .bind(self.workspace)
            .bind(subject)
            .bind(what)
            .execute(&mut *transaction)
            .await?;
        let added = sqlx::query(
            "INSERT INTO trouble (workspace, subject, what, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(self.workspace)
        .bind(subject)
        .bind(what)
        .bind(floor(at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(added.rows_affected() == 1)
    }

    pub(super) async fn delete_trouble(&self, subject: &str) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let ended = sqlx::query("DELETE FROM trouble WHERE workspace = $1 AND subject = $2")
            .bind(self.workspace)
            .bind(subject)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(ended.rows_affected() == 1)
    }

    pub(super) async fn write_notice(&self, subject: &str, whom: &str, message: &NewMessage) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let told = sqlx::query(
            "INSERT INTO notice (workspace, subject, whom, message) SELECT $1, $2, $3, $4
             WHERE EXISTS (SELECT 1 FROM trouble WHERE workspace = $1 AND subject = $2) ON CONFLICT DO NOTHING",
        )
        .bind(self.workspace)
        .bind(subject)
        .bind(whom)
        .bind(&message.id)
        .execute(&mut *transaction)
        .await?;
        if told.rows_affected() == 0 {
            return Ok(false);
        }
        messages::insert(&mut transaction, self.workspace, message).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
