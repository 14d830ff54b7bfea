//! Tells other systems what happened: what the store wrote down beside it is claimed, drawn from the record as it stands,
//! sent and settled. Whoever does not answer is tried again, less and less often, for a day.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Engine, Result};
use crate::record::digest::Story;
use crate::record::row::SharedRow;
use crate::record::{OccurrenceId, State};
use crate::store::{Event, StoredWebhook, Told, WebhookDelivery, WebhookState};
use crate::webhook::{Attempt, MOST_ATTEMPTS, Parcel, Webhooks, wait_after};

/// How many are under way at once.
const BATCH: u32 = 16;

/// How long a claim holds: longer than an attempt can take with its time-out of 15 s.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

impl Engine {
    /// Tells what is to be told now. How many receivers took it.
    ///
    /// # Errors
    /// Where the store fails; what was claimed then is tried again when its lease ends.
    pub async fn tell_outside(&self) -> Result<usize> {
        let Some(webhooks) = &self.0.webhooks else { return Ok(0) };
        let mut taken = 0;
        loop {
            let machine = self.clock().machine();
            let claimed = self.store().claim_told(machine, machine + LEASE, BATCH).await?;
            if claimed.is_empty() {
                return Ok(taken);
            }
            let known = self.store().webhooks().await?;
            let mut running = JoinSet::new();
            for delivery in claimed {
                let target = known.iter().find(|webhook| webhook.id == delivery.webhook);
                let Some(target) = target.filter(|webhook| webhook.state == WebhookState::Active).cloned() else {
                    continue;
                };
                let (engine, webhooks) = (self.clone(), webhooks.clone());
                running.spawn(async move { engine.tell_one(&webhooks, &target, &delivery).await });
            }
            while let Some(ended) = running.join_next().await {
                match ended {
                    Ok(told) => taken += usize::from(told? == Told::Delivered),
                    Err(error) => tracing::error!(%error, "telling a webhook broke off"),
                }
            }
        }
    }

    async fn tell_one(&self, webhooks: &Webhooks, target: &StoredWebhook, delivery: &WebhookDelivery) -> Result<Told> {
        let told = match self.payload(delivery).await? {
            None => Told::Dropped,
            Some(payload) => {
                let payload = payload.to_string();
                let (url, secret) = (target.url.as_str(), target.secret.as_str());
                let at = self.clock().machine();
                let parcel = Parcel { id: &delivery.id, url, secret, payload: &payload, at };
                let attempt = webhooks.send(&parcel).await;
                settlement(delivery, attempt, self.clock().machine())
            }
        };
        let (webhook, event) = (delivery.webhook, delivery.event.as_str());
        tracing::info!(webhook, event, attempt = delivery.attempt, outcome = word(&told), "webhook settled");
        self.store().settle_told(delivery, &told, self.clock().machine()).await?;
        Ok(told)
    }

    /// What is said of an event, as the record stands now; none where it holds no longer.
    async fn payload(&self, delivery: &WebhookDelivery) -> Result<Option<Value>> {
        let data = match delivery.event {
            Event::Done => self.occurrence_told(delivery, State::Done).await?,
            Event::Missed => self.occurrence_told(delivery, State::Missed).await?,
            Event::DigestPublished => self.digest_told(delivery).await?,
        };
        let said =
            |data| json!({ "type": delivery.event.as_str(), "timestamp": delivery.at.to_string(), "data": data });
        Ok(data.map(said))
    }

    async fn occurrence_told(&self, delivery: &WebhookDelivery, state: State) -> Result<Option<Value>> {
        let (revisions, now) = (self.refresh().await?, self.clock().now());
        let entry = self.entry(&revisions, &OccurrenceId(delivery.subject.clone())).await?;
        let entry = entry.filter(|entry| entry.occurrence.state(now) == state);
        Ok(entry.map(|entry| json!(SharedRow::new(&entry, now))))
    }

    /// The figures as they were posted, and where; nobody's words.
    async fn digest_told(&self, delivery: &WebhookDelivery) -> Result<Option<Value>> {
        let Some(message) = self.store().message(&delivery.subject).await? else { return Ok(None) };
        let story: Option<Story> = message.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        Ok(story.map(|story| {
            let mut data = json!(story.digest);
            data["digest"] = json!(message.id);
            data["channel"] = json!(message.recipient);
            data
        }))
    }
}

fn settlement(delivery: &WebhookDelivery, attempt: Attempt, machine: Timestamp) -> Told {
    match attempt {
        Attempt::Taken(_) => Told::Delivered,
        Attempt::Gone => Told::Gone,
        Attempt::Failed { problem, wait } => match wait_after(delivery.attempt, wait) {
            Some(wait) if delivery.attempt < MOST_ATTEMPTS => {
                Told::Retry { not_before: machine + SignedDuration::try_from(wait).unwrap_or(LEASE), problem }
            }
            Some(_) | None => Told::Dead { problem },
        },
    }
}

fn word(told: &Told) -> &'static str {
    match told {
        Told::Delivered => "delivered",
        Told::Dropped => "dropped",
        Told::Retry { .. } => "retry",
        Told::Dead { .. } => "dead",
        Told::Gone => "gone",
    }
}
