//! Tells other systems what happened: what the store wrote down beside it is claimed, drawn from the record as it stands,
//! sent and settled. Each is told by a task of its own, one thing after the other. Whoever does not take something is left in
//! peace for a while, and what they did not take is tried again, less and less often, for a day.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::{Engine, Result};
use crate::record::digest::Story;
use crate::record::row::SharedRow;
use crate::record::{OccurrenceId, State};
use crate::store::{Event, StoredWebhook, Told, WebhookDelivery, WebhookState};
use crate::webhook::{Attempt, Parcel, Webhooks, peace_after, wait_after};

/// How long a claim holds: longer than an attempt can take with its time-out of 15 s.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Who is being told just now: a task for each webhook, so that one that hangs holds up itself alone. Dropped, they end.
#[derive(Debug, Default)]
pub struct Telling {
    running: JoinSet<Result<usize>>,
    tasks: HashMap<i64, AbortHandle>,
}

impl Telling {
    /// Begins with each webhook for which something is due and that is not being told already.
    ///
    /// # Errors
    /// Where the store fails, now or to a task that ended since; all the others go on.
    pub async fn begin(&mut self, engine: &Engine) -> Result<()> {
        let ended = std::iter::from_fn(|| self.running.try_join_next()).map(|ended| taken(ended).map(drop));
        let ended = ended.fold(Ok(()), Result::and);
        let Some(webhooks) = &engine.0.webhooks else { return ended };
        self.tasks.retain(|_, task| !task.is_finished());
        let mut waiting = engine.store().told_waiting(engine.clock().machine()).await?;
        waiting.retain(|webhook| !self.tasks.contains_key(webhook));
        if waiting.is_empty() {
            return ended;
        }
        let targets = engine.store().webhooks().await?;
        let active = |target: &StoredWebhook| target.state == WebhookState::Active && waiting.contains(&target.id);
        for target in targets.into_iter().filter(active) {
            let (id, engine, webhooks) = (target.id, engine.clone(), webhooks.clone());
            let task = self.running.spawn(async move { engine.tell_webhook(&webhooks, &target).await });
            self.tasks.insert(id, task);
        }
        ended
    }

    /// Waits for all of them. How many receivers took it.
    ///
    /// # Errors
    /// Where the store failed one of them; what was claimed then is tried again when its lease ends.
    pub async fn end(&mut self) -> Result<usize> {
        let mut all = Ok(0);
        while let Some(ended) = self.running.join_next().await {
            all = all.and_then(|sum| taken(ended).map(|more| sum + more));
        }
        all
    }
}

fn taken(ended: std::result::Result<Result<usize>, JoinError>) -> Result<usize> {
    ended.unwrap_or_else(|error| {
        tracing::error!(%error, "telling a webhook broke off");
        Ok(0)
    })
}

impl Engine {
    /// Tells what is to be told now, and waits for it. How many receivers took it.
    ///
    /// # Errors
    /// As [`Telling::end`].
    pub async fn tell_outside(&self) -> Result<usize> {
        let mut telling = Telling::default();
        let begun = telling.begin(self).await;
        let all = telling.end().await;
        begun.and(all)
    }

    /// Tells one webhook what is due for it, in the order in which it happened, until there is no more or it takes no more.
    async fn tell_webhook(&self, webhooks: &Webhooks, target: &StoredWebhook) -> Result<usize> {
        let mut taken = 0;
        loop {
            let machine = self.clock().machine();
            let Some(delivery) = self.store().claim_told(target.id, machine, machine + LEASE).await? else {
                return Ok(taken);
            };
            match self.tell_one(webhooks, target, &delivery).await? {
                Told::Delivered => taken += 1,
                Told::Dropped => {}
                Told::Retry { .. } | Told::Dead { .. } | Told::Gone => return Ok(taken),
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
        Attempt::Failed { problem, wait: asked } => {
            let after = |wait| machine + SignedDuration::try_from(wait).unwrap_or(LEASE);
            let peace = after(peace_after(delivery.attempt, asked));
            match wait_after(delivery.attempt, asked) {
                Some(wait) => Told::Retry { not_before: after(wait), peace, problem },
                None => Told::Dead { peace, problem },
            }
        }
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
