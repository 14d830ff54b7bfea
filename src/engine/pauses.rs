//! The pauses that Slack asked for outlive a restart: a bot that comes back must not call a method before its time.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Engine, Result};

impl Engine {
    /// Takes up the pauses that are still to be kept, and keeps those to come.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn keep_pauses(&self) -> Result<()> {
        let machine = self.clock().machine();
        for (method, until) in self.store().pauses(machine).await? {
            let wait = Duration::try_from(until.duration_since(machine)).unwrap_or_default();
            self.slack().resume_pause(&method, wait);
        }
        let (store, clock, tasks) = (self.0.store.clone(), self.0.clock.clone(), self.0.tasks.clone());
        self.slack().on_pause(Arc::new(move |method, wait| {
            // The clock shows whole seconds: never early.
            let wait =
                SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_hours(1)) + SignedDuration::from_secs(1);
            let (store, until) = (store.clone(), clock.machine() + wait);
            tasks.spawn(async move {
                if let Err(error) = store.keep_pause(method, until).await {
                    tracing::warn!(%error, "a pause that Slack asked for was not written down");
                }
            });
        }));
        Ok(())
    }
}
