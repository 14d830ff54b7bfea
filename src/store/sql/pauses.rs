//! Until when Slack wants to be left alone with a method.

use jiff::Timestamp;

use super::SqlStore;
use super::rows::{ceil, floor};
use crate::store::{Backlog, Delivery, Result};

impl SqlStore {
    pub(super) async fn read_pauses(&self, machine: Timestamp) -> Result<Vec<(String, Timestamp)>> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT method, ends_at FROM pause WHERE workspace = $1 AND ends_at > $2 ORDER BY method")
                .bind(self.workspace)
                .bind(floor(machine))
                .fetch_all(&self.reader)
                .await?;
        let read = |(method, ends_at)| Some((method, Timestamp::from_second(ends_at).ok()?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    pub(super) async fn write_pause(&self, method: &str, until: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO pause (workspace, method, ends_at) VALUES ($1, $2, $3)
             ON CONFLICT (workspace, method) DO UPDATE SET
                 ends_at = CASE WHEN excluded.ends_at > pause.ends_at THEN excluded.ends_at ELSE pause.ends_at END",
        )
        .bind(self.workspace)
        .bind(method)
        .bind(ceil(until))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn read_backlog(&self) -> Result<Vec<Backlog>> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            // Each by its partial index.
            "SELECT 'pending', count(*), min(at) FROM message WHERE workspace = $1 AND delivery = 'pending' HAVING count(*) > 0
             UNION ALL
             SELECT 'sending', count(*), min(at) FROM message WHERE workspace = $1 AND delivery = 'sending' HAVING count(*) > 0
             UNION ALL
             SELECT 'uncertain', count(*), min(at) FROM message
             WHERE workspace = $1 AND delivery = 'uncertain' HAVING count(*) > 0",
        )
        .bind(self.workspace)
        .fetch_all(&self.reader)
        .await?;
        let read = |(delivery, count, oldest): (String, i64, i64)| {
            let (delivery, oldest) = (Delivery::parse(&delivery)?, Timestamp::from_second(oldest).ok()?);
            Some(Backlog { delivery, count, oldest })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }
}
