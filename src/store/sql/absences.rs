//! When managers are away: read, compared, written with what that does to the occurrences.

use super::messages::{mark_plans_stale, mark_stale};
use super::process::{LogLine, first_sight, log};
use super::rows::{self, floor};
use super::{Connection, SqlStore, cursors};
use crate::process::UserId;
use crate::record::Absence;
use crate::store::{AbsenceChange, Recorded, Result};

const SELECT: &str = "SELECT manager, first, last, said_by, said_at FROM absence
     WHERE workspace = $1 AND ($2 IS NULL OR manager = $2) ORDER BY manager, first";

impl SqlStore {
    pub(super) async fn read_absences(&self, manager: Option<&UserId>) -> Result<Vec<Absence>> {
        let rows =
            sqlx::query(SELECT).bind(self.workspace).bind(manager.map(UserId::as_str)).fetch_all(&self.reader).await?;
        rows.iter().map(rows::absence).collect()
    }

    /// Whether these are the manager's absences, within a transaction.
    pub(super) async fn are_absences(
        &self,
        connection: &mut Connection,
        manager: &UserId,
        absences: &[Absence],
    ) -> Result<bool> {
        let rows = sqlx::query(SELECT).bind(self.workspace).bind(manager.as_str()).fetch_all(&mut *connection).await?;
        let stored: Vec<Absence> = rows.iter().map(rows::absence).collect::<Result<_>>()?;
        Ok(stored == absences)
    }

    pub(super) async fn write_absences(&self, change: &AbsenceChange) -> Result<Recorded> {
        let mut transaction = self.begin().await?;
        if let Some(key) = &change.seen
            && !first_sight(&mut transaction, self.workspace, key, change.at).await?
        {
            transaction.rollback().await?;
            return Ok(Recorded::SeenBefore);
        }
        let as_read = self.are_absences(&mut transaction, &change.manager, &change.was).await?;
        let written = match as_read {
            true => self.write_rows(&mut transaction, &change.insert, &change.update, &change.is, change.at).await?,
            false => None,
        };
        let Some(written) = written else {
            // The key too is taken back: the caller decides again and comes back with it.
            transaction.rollback().await?;
            return Ok(Recorded::Changed);
        };
        self.replace_absences(&mut transaction, change).await?;
        log(&mut transaction, self.workspace, line(change)).await?;
        mark_stale(&mut transaction, self.workspace, written.changed, None).await?;
        mark_plans_stale(&mut transaction, self.workspace, &change.manager, change.at).await?;
        if change.resumes {
            cursors::skip_to(&mut transaction, self.workspace, &change.manager, change.at).await?;
        }
        cursors::wake(&mut transaction, self.workspace, [change.manager.as_str()]).await?;
        transaction.commit().await?;
        Ok(Recorded::Yes)
    }

    async fn replace_absences(&self, connection: &mut Connection, change: &AbsenceChange) -> Result<()> {
        sqlx::query("DELETE FROM absence WHERE workspace = $1 AND manager = $2")
            .bind(self.workspace)
            .bind(change.manager.as_str())
            .execute(&mut *connection)
            .await?;
        for absence in &change.is {
            sqlx::query(
                "INSERT INTO absence (workspace, manager, first, last, said_by, said_at) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(self.workspace)
            .bind(change.manager.as_str())
            .bind(absence.days.first().to_string())
            .bind(absence.days.last().to_string())
            .bind(absence.said_by.as_str())
            .bind(floor(absence.said_at))
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }
}

fn line(change: &AbsenceChange) -> LogLine<'_> {
    let days = |all: &[Absence]| all.iter().map(|absence| absence.days.to_string()).collect::<Vec<_>>();
    let detail = serde_json::json!({
        "manager": change.manager.as_str(),
        "was": days(&change.was),
        "is": days(&change.is),
        "occurrences": change.update.len() + change.insert.len(),
    });
    LogLine {
        at: change.at,
        who: Some(change.by.as_str()),
        what: change.action,
        occurrence: None,
        revision: None,
        detail: Some(detail.to_string()),
    }
}
