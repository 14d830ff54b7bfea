//! One press or submission counts once, though it may come twice at the same moment: over HTTP and by Socket Mode, or again
//! because Slack heard no answer. What is recorded has its key in the store besides, which outlives this program; here is
//! what is said and shown beside the record.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Answer, Result};

/// Longer than Slack waits before it asks again.
const REMEMBERED: Duration = Duration::from_secs(120);
/// How many are kept before the old ones are thrown away.
const MANY: usize = 1024;

/// One request: locked while it is being done, and then with what was answered.
type Slot = Arc<tokio::sync::Mutex<Option<Answer>>>;

/// The requests of the last two minutes.
#[derive(Debug, Default)]
pub(super) struct Once(Mutex<HashMap<String, (Instant, Slot)>>);

impl Once {
    /// Does the work, or gives the answer of whoever did it already. Work that failed is done again by who comes next.
    pub(super) async fn answer(&self, key: String, work: impl Future<Output = Result<Answer>>) -> Result<Answer> {
        let slot = self.slot(key);
        let mut known = slot.lock().await;
        if let Some(answer) = &*known {
            tracing::info!("what came a second time was done already");
            return Ok(answer.clone());
        }
        let answer = work.await?;
        // What a form was refused for can be corrected, and then it comes under the same key.
        let is_refusal = matches!(&answer, Answer::Json(json) if json["response_action"] == "errors");
        *known = (!is_refusal).then(|| answer.clone());
        Ok(answer)
    }

    fn slot(&self, key: String) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > MANY {
            slots.retain(|_, (since, _)| since.elapsed() < REMEMBERED);
        }
        let (since, slot) = slots.entry(key).or_insert_with(|| (Instant::now(), Slot::default()));
        if since.elapsed() >= REMEMBERED {
            (*since, *slot) = (Instant::now(), Slot::default());
        }
        slot.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;
    use crate::engine::EngineError;
    use crate::store::StoreError;

    #[tokio::test]
    async fn two_at_once_are_done_once() {
        let (once, done) = (Once::default(), AtomicUsize::new(0));
        let work = async || {
            tokio::task::yield_now().await;
            done.fetch_add(1, Ordering::Relaxed);
            Ok(Answer::Json(json!({ "response_action": "clear" })))
        };
        let (one, other) = tokio::join!(once.answer("k".to_owned(), work()), once.answer("k".to_owned(), work()));
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(done.load(Ordering::Relaxed), 1);
        once.answer("another".to_owned(), work()).await.unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn what_failed_or_was_refused_is_done_again() {
        let once = Once::default();
        let failed = once.answer("k".to_owned(), async { Err(EngineError::Store(StoreError::Closed)) }).await;
        assert!(failed.is_err());
        let errors = Answer::Json(json!({ "response_action": "errors", "errors": { "a": "b" } }));
        for wanted in [errors, Answer::Nothing] {
            let answer = wanted.clone();
            assert_eq!(once.answer("k".to_owned(), async { Ok(answer) }).await.unwrap(), wanted);
        }
        let late = once.answer("k".to_owned(), async { unreachable!("it was done") }).await;
        assert_eq!(late.unwrap(), Answer::Nothing);
    }
}
