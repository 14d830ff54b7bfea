//! The generations of people's secret links.

use jiff::Timestamp;

use super::SqlStore;
use super::process::{LogLine, first_sight, log};
use crate::process::UserId;
use crate::store::Result;

impl SqlStore {
    pub(super) async fn read_link_generation(&self, user: &UserId) -> Result<i64> {
        let generation = sqlx::query_scalar("SELECT generation FROM link WHERE workspace = $1 AND user_id = $2")
            .bind(self.workspace)
            .bind(user.as_str())
            .fetch_optional(&self.reader)
            .await?;
        Ok(generation.unwrap_or(0))
    }

    pub(super) async fn write_link_generation(
        &self,
        user: &UserId,
        by: Option<&UserId>,
        at: Timestamp,
        seen: Option<&str>,
    ) -> Result<i64> {
        let mut transaction = self.begin().await?;
        if let Some(key) = seen
            && !first_sight(&mut transaction, self.workspace, key, at).await?
        {
            transaction.rollback().await?;
            return self.read_link_generation(user).await;
        }
        let generation = sqlx::query_scalar(
            "INSERT INTO link (workspace, user_id, generation) VALUES ($1, $2, 1)
             ON CONFLICT (workspace, user_id) DO UPDATE SET generation = link.generation + 1 RETURNING generation",
        )
        .bind(self.workspace)
        .bind(user.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        let line = LogLine {
            at,
            who: by.map(UserId::as_str),
            what: "reset links",
            occurrence: None,
            revision: None,
            detail: Some(serde_json::json!({ "of": user.as_str() }).to_string()),
        };
        log(&mut transaction, self.workspace, line).await?;
        transaction.commit().await?;
        Ok(generation)
    }
}
