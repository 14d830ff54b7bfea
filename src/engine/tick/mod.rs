//! The tick: lapse, plan, nudge, report. It takes no input but the clock, and ticking twice changes nothing.

mod nudge;
mod plan;
mod report;

use std::time::Duration;

pub(super) use nudge::{LATE, is_in_hours};
pub use plan::replanning;
pub use report::{Circle, circles, story};

use super::{Engine, Result};

impl Engine {
    /// Decides what the time calls for, and writes it down. Sends nothing: that is [`Engine::deliver`]'s.
    ///
    /// # Errors
    /// Where the store fails; what was not done then, the next tick does.
    pub async fn tick(&self) -> Result<()> {
        let Ok(_gate) = self.0.gate.try_lock() else { return Ok(()) };
        let now = self.clock().now();
        let revisions = self.refresh().await?;
        // First, so that a changed process reopens nothing that has closed.
        let lapsed = self.store().lapse(now).await?;
        if lapsed > 0 {
            tracing::info!(lapsed, "closed with nothing recorded");
        }
        self.plan(&revisions, now).await?;
        self.nudge(&revisions, now).await?;
        self.report(&revisions, now).await
    }

    /// How long until the next instant at which a tick has something to do, as far as that is known.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn next_tick_in(&self) -> Result<Option<Duration>> {
        let next = self.store().next_wake().await?;
        Ok(next.map(|at| self.clock().until(at)))
    }
}
