//! The tick: lapse, plan, nudge, report, verify. It takes no input but the clock, and ticking twice changes nothing.

mod nudge;
mod plan;
mod report;
mod sources;
mod verify;

use jiff::Timestamp;

pub(super) use nudge::{LATE, id, is_in_hours};
pub use plan::{Grounds, Replanning, Taken, earliest, keeping_promises, replanning, taken};
pub(super) use report::quarter;
pub use report::{Circle, circles, story};

use super::{Engine, Result};

impl Engine {
    /// Decides what the time calls for, and writes it down. Sends nothing: that is [`Engine::deliver`]'s.
    ///
    /// # Errors
    /// Where the store fails; what was not done then, the next tick does.
    pub async fn tick(&self) -> Result<()> {
        let _gate = self.0.gate.lock().await;
        let now = self.clock().now();
        let revisions = self.refresh().await?;
        // First, so that a changed process reopens nothing that has closed.
        let lapsed = self.store().lapse(now).await?;
        if lapsed > 0 {
            tracing::info!(lapsed, "closed with nothing recorded");
        }
        self.plan(&revisions, now).await?;
        let troubles = self.troubles().await?;
        self.nudge(&revisions, &troubles, now).await?;
        self.report(&revisions, now).await?;
        self.verify(&revisions, &troubles, now).await?;
        self.tell_of_troubles(&revisions, &troubles, now).await
    }

    /// A tick, and everything it decided delivered as far as Slack allows. How many messages went out.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn round(&self) -> Result<usize> {
        let _gate = self.0.round.lock().await;
        self.tick().await?;
        self.deliver().await
    }

    /// The next instant at which a tick has something to do, as far as that is known. On the bot's clock.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn next_at(&self) -> Result<Option<Timestamp>> {
        let nudge = self.store().next_wake().await?;
        let (revisions, now) = (self.revisions(), self.clock().now());
        let digest = report::next_time(&revisions, now);
        let verification = self.next_verification(&revisions, now).await?;
        Ok(nudge.into_iter().chain(digest).chain(verification).min())
    }
}
