//! `onbeat webhook`

use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use serde_json::json;

use super::output::{count, print, table, table_text};
use super::{Failure, Opened, Outcome};
use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::config::Settings;
use crate::store::{Event, NewWebhook, StoredWebhook, WebhookState};
use crate::webhook::{Attempt, Parcel, WebhookError};

/// Tell other systems what happens: add, test, list and remove webhooks.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat webhook add https://crm.example.com/onbeat --event occurrence.done\n\n\
    Requests follow the Standard Webhooks specification (standardwebhooks.com), for which most languages have a library.")]
pub(super) struct Words {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a webhook and print its secret: the only time that it is shown.
    #[command(after_help = "Example:\n  onbeat webhook add https://crm.example.com/onbeat --event occurrence.done")]
    Add {
        /// Where to.
        url: String,
        /// Of what it is told; of everything if left out.
        #[arg(long, value_enum, value_delimiter = ',')]
        event: Vec<EventWord>,
    },
    /// Send a test event, and say what was answered.
    #[command(after_help = "Example:\n  onbeat webhook test 1")]
    Test {
        /// Its number, as `list` shows it.
        id: i64,
    },
    /// List the webhooks.
    #[command(after_help = "Example:\n  onbeat webhook list")]
    List,
    /// Remove a webhook, and all that was still to be told it.
    #[command(after_help = "Example:\n  onbeat webhook remove 1")]
    Remove {
        /// Its number, as `list` shows it.
        id: i64,
    },
    /// List what could not be told within a day.
    #[command(after_help = "Example:\n  onbeat webhook dead --retry")]
    Dead {
        /// Begin with all of it anew.
        #[arg(long)]
        retry: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EventWord {
    /// An occurrence was recorded as done.
    #[value(name = "occurrence.done")]
    Done,
    /// An occurrence closed with nothing recorded.
    #[value(name = "occurrence.missed")]
    Missed,
    /// A digest was posted.
    #[value(name = "digest.published")]
    DigestPublished,
}

impl From<EventWord> for Event {
    fn from(word: EventWord) -> Event {
        match word {
            EventWord::Done => Event::Done,
            EventWord::Missed => Event::Missed,
            EventWord::DigestPublished => Event::DigestPublished,
        }
    }
}

impl From<WebhookError> for Failure {
    fn from(error: WebhookError) -> Failure {
        match error {
            WebhookError::NoAddress(_) | WebhookError::NotHttps | WebhookError::Private(..) => {
                Failure::Wrong(error.to_string())
            }
            WebhookError::Key(error) => error.into(),
            error => Failure::Failed(error.to_string()),
        }
    }
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let outcome = match words.what {
        What::Add { url, event } => add(&opened, settings, &url, &event).await,
        What::Test { id } => test(&opened, settings, id).await,
        What::List => list(&opened).await,
        What::Remove { id } => remove(&opened, settings, id).await,
        What::Dead { retry } => dead(&opened, retry).await,
    };
    opened.store.close().await;
    outcome
}

async fn add(opened: &Opened, settings: &Settings, url: &str, events: &[EventWord]) -> Outcome {
    let webhooks = app::webhooks(settings)?;
    let url = webhooks.check(url).await?;
    let (secret, sealed) = webhooks.new_secret(&url)?;
    let mut events: Vec<Event> = events.iter().map(|word| (*word).into()).collect();
    if events.is_empty() {
        events = Event::ALL.to_vec();
    }
    events.sort();
    events.dedup();
    let new = NewWebhook { url, secret: sealed, events, at: opened.now, by: settings.user.clone() };
    let id = opened.store.add_webhook(&new).await?;
    eprintln!(
        "Webhook {id}. This is its secret; keep it safe: it is shown this once. `onbeat webhook test {id}` tries it."
    );
    print(&format!("{}\n", secret.reveal()))
}

async fn found(opened: &Opened, id: i64) -> Result<StoredWebhook, Failure> {
    let all = opened.store.webhooks().await?;
    all.into_iter().find(|webhook| webhook.id == id).ok_or_else(|| unknown(id))
}

fn unknown(id: i64) -> Failure {
    Failure::wrong(format!("no webhook has the number {id}: `onbeat webhook list` shows them"))
}

async fn test(opened: &Opened, settings: &Settings, id: i64) -> Outcome {
    let StoredWebhook { url, secret, .. } = found(opened, id).await?;
    let webhooks = app::webhooks(settings)?;
    let data = json!({ "message": "This is a test. If you can read it, and its signature is right, all is well." });
    let payload = json!({ "type": "webhook.test", "timestamp": opened.now.to_string(), "data": data }).to_string();
    let name = format!("msg_{}", uuid::Uuid::new_v4().simple());
    let began = Instant::now();
    let at = SystemClock.machine();
    let parcel = Parcel { id: &name, url: &url, secret: &secret, payload: &payload, at };
    match webhooks.send(&parcel).await {
        Attempt::Taken(status) => {
            print(&format!("{url} answered {status} after {} ms.\n", began.elapsed().as_millis()))
        }
        Attempt::Gone => Err(Failure::failed(format!("{url} answered 410: it wants no webhooks any more"))),
        Attempt::Failed { problem, .. } => Err(Failure::failed(format!("{url}: {problem}"))),
    }
}

async fn list(opened: &Opened) -> Outcome {
    let all = opened.store.webhooks().await?;
    if all.is_empty() {
        return print("No webhooks yet: `onbeat webhook add URL` adds one.\n");
    }
    let mut table = table(&["id", "url", "events", "made", "state"]);
    for StoredWebhook { id, url, secret: _, events, state, made_at } in all {
        let events: Vec<&str> = events.iter().map(|event| event.as_str()).collect();
        let state = match state {
            WebhookState::Active => "active",
            WebhookState::Gone => "ended: answered 410",
        };
        let made = made_at.to_zoned(TimeZone::UTC).date().to_string();
        table.add_row([id.to_string(), url, events.join(" "), made, state.to_owned()]);
    }
    print(&table_text(&table))
}

async fn remove(opened: &Opened, settings: &Settings, id: i64) -> Outcome {
    if !opened.store.remove_webhook(id, settings.user.as_deref(), opened.now).await? {
        return Err(unknown(id));
    }
    eprintln!("Webhook {id} is gone.");
    Ok(())
}

async fn dead(opened: &Opened, retry: bool) -> Outcome {
    if retry {
        let many = opened.store.retry_told().await?;
        return print(&format!(
            "{} will be tried again.\n",
            count(usize::try_from(many).unwrap_or(0), "event", "events")
        ));
    }
    let dead = opened.store.dead_told().await?;
    if dead.is_empty() {
        return print("Everything was told, or is still being tried.\n");
    }
    let mut table = table(&["webhook", "event", "of", "at", "attempts", "problem"]);
    for told in dead {
        let (webhook, attempts) = (told.webhook.to_string(), told.attempt.to_string());
        let (event, at) = (told.event.as_str().to_owned(), told.at.to_string());
        table.add_row([webhook, event, told.subject, at, attempts, told.problem.unwrap_or_default()]);
    }
    print(&table_text(&table))
}
