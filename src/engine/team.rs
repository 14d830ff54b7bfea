//! The quarter of a leader's team, for whoever holds the link to it: of the managers below them, as the digest counts.
//!
//! The link is one of the leader's secret ones, and ends with them. Who leads nobody any more has no page.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::person::in_force;
use super::tick::quarter;
use super::{Engine, Result};
use crate::links::LinkTo;
use crate::process::revision::Revisions;
use crate::process::{Leader, Process, UserId};
use crate::record::digest::Week;
use crate::year::{TeamQuarter, team_quarter};

/// This person as a leader: by the revision in force, else by the newest, for who leads from next week on may look already.
/// What they see is what is theirs by then.
pub fn leading<'r>(revisions: &'r Revisions, user: &UserId, now: Timestamp) -> Option<(&'r Process, &'r Leader)> {
    let known = in_force(revisions, user, now).into_iter().chain(revisions.newest());
    known.into_iter().find_map(|revision| Some((&*revision.process, revision.process.leader(user)?)))
}

impl Engine {
    /// The page to which this token leads, as HTML; `None` where it leads to none, or not any more.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn team_page(&self, token: &str) -> Result<Option<String>> {
        let Some(user) = self.holder(LinkTo::Team, token).await? else { return Ok(None) };
        let revisions = self.refresh().await?;
        let now = self.clock().now();
        let Some((process, leader)) = leading(&revisions, &user, now) else { return Ok(None) };
        let zone = leader.digest.or(&process.digest).time_zone.unwrap_or(TimeZone::UTC);
        let (process, leader) = (process.name.clone(), leader.name.clone());
        let week = Week::of(now.to_zoned(zone.clone()).date());
        let _turn = self.0.drawing.acquire().await;
        let quarter = quarter(self.store(), &revisions, week, &user, now).await?;
        // As with years: not on the threads that answer Slack.
        let drawn = tokio::task::spawn_blocking(move || {
            team_quarter(&TeamQuarter { process: &process, leader: &leader, quarter: &quarter, zone: &zone })
        });
        let html = drawn.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
        Ok(Some(html))
    }
}
