//! Webhooks, and what is to be told them: written in the transaction of what happened, claimed, settled.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::process::log;
use super::rows::{self, ceil, floor};
use super::tokens::line;
use super::{Connection, SqlStore};
use crate::store::{Event, NewWebhook, Result, StoredWebhook, Told, WebhookDelivery, WebhookState};

/// How long it is remembered that something was delivered or dropped: as long as anybody may ask about it.
pub(super) const SETTLED_FOR: i64 = 7 * 24 * 60 * 60;

/// The name space of events' ids. Never changed.
const EVENTS: Uuid = Uuid::from_u128(0x6f6e_6265_6174_4e65_8001_6576_656e_7473);

/// Something that other systems may want to know.
pub(super) struct Happened<'a> {
    /// What.
    pub event: Event,
    /// To what.
    pub subject: &'a str,
    /// Tells it from the same happening again.
    pub nth: i64,
}

macro_rules! columns {
    () => {
        "webhook, id, event, subject, at, attempt, problem"
    };
}

/// Writes down what happened, for each webhook that is to be told.
pub(super) async fn tell(
    connection: &mut Connection,
    workspace: i64,
    happened: &Happened<'_>,
    at: Timestamp,
) -> Result<()> {
    let Happened { event, subject, nth } = happened;
    let name = format!("{workspace}/{}/{subject}/{nth}", event.as_str());
    let id = format!("msg_{}", Uuid::new_v5(&EVENTS, name.as_bytes()).simple());
    sqlx::query(
        "INSERT INTO webhook_delivery (workspace, webhook, id, event, subject, at)
         SELECT workspace, id, $2, $3, $4, $5 FROM webhook
         WHERE workspace = $1 AND state = 'active' AND ' ' || events || ' ' LIKE '% ' || $3 || ' %'
         ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(id)
    .bind(event.as_str())
    .bind(subject)
    .bind(floor(at))
    .execute(connection)
    .await?;
    Ok(())
}

impl SqlStore {
    pub(super) async fn write_webhook(&self, webhook: &NewWebhook) -> Result<i64> {
        let mut transaction = self.begin().await?;
        let events: Vec<&str> = webhook.events.iter().map(|event| event.as_str()).collect();
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO webhook (workspace, id, url, secret, events, state, made_at, made_by)
             SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6, $7 FROM webhook WHERE workspace = $1 RETURNING id",
        )
        .bind(self.workspace)
        .bind(&webhook.url)
        .bind(&webhook.secret)
        .bind(events.join(" "))
        .bind(WebhookState::Active.as_str())
        .bind(floor(webhook.at))
        .bind(&webhook.by)
        .fetch_one(&mut *transaction)
        .await?;
        let detail = serde_json::json!({ "webhook": id, "events": events });
        log(&mut transaction, self.workspace, line("add webhook", webhook.by.as_deref(), webhook.at, &detail)).await?;
        transaction.commit().await?;
        Ok(id)
    }

    pub(super) async fn read_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        let rows = sqlx::query(
            "SELECT id, url, secret, events, state, made_at FROM webhook WHERE workspace = $1 AND state <> 'removed'
             ORDER BY id",
        )
        .bind(self.workspace)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::webhook).collect()
    }

    /// The row stays without what was in it, so that its number is not given twice.
    pub(super) async fn delete_webhook(&self, id: i64, by: Option<&str>, now: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let removed = sqlx::query(
            "UPDATE webhook SET state = 'removed', url = '', secret = '', events = ''
             WHERE workspace = $1 AND id = $2 AND state <> 'removed'",
        )
        .bind(self.workspace)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if removed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        self.forget_told(&mut transaction, id).await?;
        let detail = serde_json::json!({ "webhook": id });
        log(&mut transaction, self.workspace, line("remove webhook", by, now, &detail)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn forget_told(&self, connection: &mut Connection, webhook: i64) -> Result<()> {
        sqlx::query("DELETE FROM webhook_delivery WHERE workspace = $1 AND webhook = $2")
            .bind(self.workspace)
            .bind(webhook)
            .execute(connection)
            .await?;
        Ok(())
    }

    pub(in crate::store) const TOLD_WAITING: &str =
        "SELECT webhook FROM webhook_delivery WHERE workspace = $1 AND state = 'pending' AND not_before <= $2";

    pub(super) async fn read_told_waiting(&self, machine: Timestamp) -> Result<Vec<i64>> {
        let waiting: Vec<i64> = sqlx::query_scalar(Self::TOLD_WAITING)
            .bind(self.workspace)
            .bind(floor(machine))
            .fetch_all(&self.reader)
            .await?;
        // Sorted here: asked for in order, the database would go through all that was ever told.
        Ok(BTreeSet::from_iter(waiting).into_iter().collect())
    }

    pub(super) async fn write_told_claim(
        &self,
        webhook: i64,
        machine: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<WebhookDelivery>> {
        let mut transaction = self.begin().await?;
        // A lease is a wait: whoever does not come back leaves it to the next.
        let row = sqlx::query(concat!(
            "UPDATE webhook_delivery SET attempt = attempt + 1, not_before = $4
             WHERE workspace = $1 AND webhook = $2 AND state = 'pending' AND id = (
                 SELECT id FROM webhook_delivery
                 WHERE workspace = $1 AND webhook = $2 AND state = 'pending' AND not_before <= $3 ORDER BY at, id LIMIT 1)
             RETURNING ",
            columns!()
        ))
        .bind(self.workspace)
        .bind(webhook)
        .bind(floor(machine))
        .bind(ceil(lease_until))
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        row.as_ref().map(rows::told).transpose()
    }

    pub(super) async fn write_told(&self, delivery: &WebhookDelivery, told: &Told, machine: Timestamp) -> Result<()> {
        let mut transaction = self.begin().await?;
        let (state, not_before, problem, peace) = match told {
            Told::Delivered => ("delivered", None, None, None),
            Told::Dropped => ("dropped", None, None, None),
            Told::Retry { not_before, peace, problem } => {
                ("pending", Some(ceil(*not_before)), Some(problem), Some(peace))
            }
            Told::Dead { peace, problem } => ("dead", None, Some(problem), Some(peace)),
            Told::Gone => {
                sqlx::query("UPDATE webhook SET state = 'gone' WHERE workspace = $1 AND id = $2 AND state = 'active'")
                    .bind(self.workspace)
                    .bind(delivery.webhook)
                    .execute(&mut *transaction)
                    .await?;
                self.forget_told(&mut transaction, delivery.webhook).await?;
                return Ok(transaction.commit().await?);
            }
        };
        // By the attempt, so that one that came back late settles nothing that was claimed anew.
        sqlx::query(
            "UPDATE webhook_delivery SET state = $5, not_before = coalesce($6, not_before), problem = $7,
                 settled_at = CASE WHEN $5 = 'pending' THEN NULL ELSE $8 END
             WHERE workspace = $1 AND webhook = $2 AND id = $3 AND attempt = $4 AND state = 'pending'",
        )
        .bind(self.workspace)
        .bind(delivery.webhook)
        .bind(&delivery.id)
        .bind(delivery.attempt)
        .bind(state)
        .bind(not_before)
        .bind(problem)
        .bind(floor(machine))
        .execute(&mut *transaction)
        .await?;
        if let Some(peace) = peace {
            self.leave_in_peace(&mut transaction, delivery.webhook, machine, *peace).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// What else is due for a webhook waits too, and counts no attempt.
    async fn leave_in_peace(
        &self,
        connection: &mut Connection,
        webhook: i64,
        machine: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE webhook_delivery SET not_before = $4
             WHERE workspace = $1 AND webhook = $2 AND state = 'pending' AND not_before <= $3",
        )
        .bind(self.workspace)
        .bind(webhook)
        .bind(floor(machine))
        .bind(ceil(until))
        .execute(connection)
        .await?;
        Ok(())
    }

    pub(super) async fn read_dead(&self) -> Result<Vec<WebhookDelivery>> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM webhook_delivery WHERE workspace = $1 AND state = 'dead' ORDER BY at, id, webhook"
        ))
        .bind(self.workspace)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::told).collect()
    }

    pub(super) async fn write_retried(&self) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let retried = sqlx::query(
            "UPDATE webhook_delivery SET state = 'pending', attempt = 0, not_before = 0, settled_at = NULL
             WHERE workspace = $1 AND state = 'dead'",
        )
        .bind(self.workspace)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(retried.rows_affected())
    }
}
