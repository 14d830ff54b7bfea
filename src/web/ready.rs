//! Whether database and Slack are reachable, for whoever watches over the bot. Anybody who reaches the door may ask, so Slack
//! is asked once a second at most, whoever asks and however often.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use tokio::sync::Mutex;

use super::Door;
use crate::engine::Engine;
use crate::slack::health::MEND;

/// How long an answer of Slack's is good for.
const FRESH: Duration = Duration::from_secs(1);

/// What Slack answered last; locked while it is being asked.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Option<Answered>>>);

struct Answered {
    at: Instant,
    /// What was known to be wrong with the token by then; the rest of the bot may learn better meanwhile.
    trouble: Option<String>,
    answer: Result<(), String>,
}

impl Asked {
    async fn slack(&self, engine: &Engine) -> Result<(), String> {
        let mut last = self.0.lock().await;
        if let Some(answered) = &*last
            && answered.at.elapsed() < FRESH
            && answered.trouble == engine.slack().token_trouble()
        {
            return answered.answer.clone();
        }
        let is_reached = engine.slack().auth_test().await.is_ok();
        let trouble = engine.slack().token_trouble();
        let answer = match &trouble {
            _ if is_reached => Ok(()),
            Some(code) => Err(format!("Slack refuses the bot's token ({code}): {MEND}\n")),
            None => Err("Slack does not answer\n".to_owned()),
        };
        *last = Some(Answered { at: Instant::now(), trouble, answer: answer.clone() });
        answer
    }
}

/// `GET /readyz`: 200, or 503 and why.
pub(super) async fn ready(State(door): State<Door>) -> (StatusCode, String) {
    if door.engine.store().ping().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".to_owned());
    }
    match door.asked.slack(&door.engine).await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, why),
    }
}
