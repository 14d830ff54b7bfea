//! The two shortcuts: *What's on my cadence?* anywhere, and *Log as outcome…* on a message. The answer goes out at once; the
//! modal follows within the three seconds for which its trigger is good.

use std::time::Duration;

use jiff::{Span, Timestamp};

use super::super::processes::entries;
use super::super::{Engine, Result};
use super::overview::Me;
use super::{Answer, Outcomes};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::{Entry, Occurrence, Standing, State};
use crate::slack::views;
use crate::slack::{MessagePlace, Modal, Pressed, Shortcut, Submitted, View, Wanted};
use crate::store::OccurrenceQuery;

/// How long Slack may take to say where a message stands; its address is put together without it otherwise.
const PATIENCE: Duration = Duration::from_millis(1500);
/// For how many days something that closed with nothing recorded is offered still.
const RECENTLY: i64 = 14;

impl Engine {
    pub(super) fn shortcut(&self, shortcut: Shortcut) -> Answer {
        let engine = self.clone();
        self.0.tasks.spawn(async move {
            match engine.shortcut_view(&shortcut).await {
                Ok(Some(view)) => drop(engine.slack().open_view(&shortcut.trigger_id, &view).await),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a shortcut came to nothing"),
            }
        });
        Answer::Nothing
    }

    /// What the shortcut shows; `None` where an earlier delivery of the same choice does it.
    async fn shortcut_view(&self, shortcut: &Shortcut) -> Result<Option<View>> {
        let now = self.clock().now();
        if !self.store().first_sight(&shortcut.key, now).await? {
            return Ok(None);
        }
        let revisions = self.refresh().await?;
        let Some(me) = Me::find(&revisions, &shortcut.user, now) else {
            let leads = revisions.newest().is_some_and(|newest| newest.process.leader(&shortcut.user).is_some());
            let ask = self.whom_to_ask(&revisions, &shortcut.user);
            return Ok(Some(views::shortcut_of_stranger(leads, &ask)));
        };
        Ok(Some(match &shortcut.wanted {
            Wanted::Cadence => self.cadence(&revisions, &me, now).await?,
            Wanted::LogOutcome(place) => self.log_outcome(&revisions, &me, place, now).await?,
        }))
    }

    async fn cadence(&self, revisions: &Revisions, me: &Me<'_>, now: Timestamp) -> Result<View> {
        Ok(views::cadence_modal(&me.overview(&self.this_week(revisions, me, now).await?, &[], now)))
    }

    /// Paints *What's on my cadence?* anew, after the answer: something in it was settled.
    pub(super) fn repaint_cadence(&self, user: &UserId, view_id: &str) {
        let (engine, user, view_id) = (self.clone(), user.clone(), view_id.to_owned());
        self.0.tasks.spawn(async move {
            let view = async {
                let (revisions, now) = (engine.refresh().await?, engine.clock().now());
                let Some(me) = Me::find(&revisions, &user, now) else { return Ok(None) };
                engine.cadence(&revisions, &me, now).await.map(Some)
            };
            match view.await as Result<Option<View>> {
                Ok(Some(view)) => drop(engine.slack().update_view(&view_id, &view).await),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a modal was not painted anew"),
            }
        });
    }

    async fn log_outcome(
        &self,
        revisions: &Revisions,
        me: &Me<'_>,
        place: &MessagePlace,
        now: Timestamp,
    ) -> Result<View> {
        let candidates = self.to_log(revisions, me, now).await?;
        let Some(likely) = candidates.iter().find(|entry| entry.occurrence.due <= now).or(candidates.first()) else {
            let week = self.this_week(revisions, me, now).await?;
            let next = week.iter().find(|entry| entry.occurrence.state(now) == State::Planned);
            return Ok(views::nothing_to_log(next, &me.overview(&[], &[], now)));
        };
        Ok(match self.address_of(place).await {
            Some(link) => views::log_modal(&candidates, likely, &link, &me.overview(&[], &[], now)),
            None => views::no_address(),
        })
    }

    /// Slack's word, else what can be put together.
    async fn address_of(&self, place: &MessagePlace) -> Option<String> {
        let asked = tokio::time::timeout(PATIENCE, self.slack().permalink(&place.channel, &place.ts)).await;
        asked.ok().and_then(std::result::Result::ok).or_else(|| place.address())
    }

    /// Whatever a message may be the outcome of: open, on today's list, or closed not long ago; the latest first.
    async fn to_log(&self, revisions: &Revisions, me: &Me<'_>, now: Timestamp) -> Result<Vec<Entry>> {
        let today = me.today(now);
        let recently = today.saturating_sub(Span::new().days(RECENTLY));
        let query = OccurrenceQuery {
            manager: Some(me.manager.slack.clone()),
            to: Some(today),
            closes_after: Some(me.start_of(recently)),
            standings: vec![Standing::Undecided, Standing::Missed],
            ..Default::default()
        };
        let is_wanted = |occurrence: &Occurrence| match occurrence.state(now) {
            State::Planned | State::Open | State::Missed => true,
            State::Done | State::Skipped | State::Excused | State::Withdrawn => false,
        };
        let mut found = entries(revisions, self.store().occurrences(&query).await?);
        found.retain(|entry| is_wanted(&entry.occurrence));
        found.sort_by(|a, b| {
            b.occurrence.due.cmp(&a.occurrence.due).then_with(|| a.occurrence.id.cmp(&b.occurrence.id))
        });
        Ok(found)
    }

    /// Another choice in *Log as outcome…*: the fields of that one.
    pub(super) fn log_for(&self, pressed: &Pressed, chosen: &Entry) -> Outcomes {
        let (Some(Modal::Log(_, link)), Some(view_id)) = (&pressed.modal, &pressed.view_id) else {
            return Outcomes::Done;
        };
        let (engine, user, chosen) = (self.clone(), pressed.user.clone(), chosen.clone());
        let (link, view_id) = (link.clone(), view_id.clone());
        self.0.tasks.spawn(async move {
            match engine.log_view(&user, &chosen, &link).await {
                Ok(Some(view)) => drop(engine.slack().update_view(&view_id, &view).await),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a modal was not painted anew"),
            }
        });
        Outcomes::Done
    }

    async fn log_view(&self, user: &UserId, chosen: &Entry, link: &str) -> Result<Option<View>> {
        let (revisions, now) = (self.refresh().await?, self.clock().now());
        let Some(me) = Me::find(&revisions, user, now) else { return Ok(None) };
        let candidates = self.to_log(&revisions, &me, now).await?;
        Ok(Some(views::log_modal(&candidates, chosen, link, &me.overview(&[], &[], now))))
    }

    /// Whoever submits before the fields of their last choice came is asked with those: nothing is recorded of a thing that
    /// was not chosen.
    pub(super) async fn chosen_otherwise(
        &self,
        revisions: &Revisions,
        submitted: &Submitted,
    ) -> Result<Option<Answer>> {
        let (Modal::Log(id, link), Some(chosen)) = (&submitted.modal, submitted.fields.log_for()) else {
            return Ok(None);
        };
        if *id == chosen {
            return Ok(None);
        }
        let entry = self.entry(revisions, &chosen).await?;
        let Some(entry) = entry.filter(|entry| entry.occurrence.manager == submitted.user) else { return Ok(None) };
        let view = self.log_view(&submitted.user, &entry, link).await?;
        Ok(view.map(|view| Answer::Json(views::answer_with_view(&view))))
    }
}
