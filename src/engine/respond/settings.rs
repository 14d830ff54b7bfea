//! A manager's own settings: asked for in a modal, and kept as a revision of the process, as `apply` would make it.

use super::super::{Engine, Result};
use super::Answer;
use super::overview::Me;
use crate::process::file::write;
use crate::process::own::{NotOwn, OwnSettings, zone_meant};
use crate::process::revision::Revisions;
use crate::record::Refusal;
use crate::slack::views::settings::intensity;
use crate::slack::views::{self, Misfit};
use crate::slack::{Fields, Pressed, Submitted};
use crate::store::NewRevision;

impl Engine {
    /// *Change settings…*
    pub(super) fn settings_pressed(&self, revisions: &Revisions, pressed: &Pressed) -> Answer {
        match (Me::find(revisions, &pressed.user, self.clock().now()), &pressed.trigger_id) {
            (Some(me), Some(trigger)) => self.show_over(trigger, views::settings_modal(&me.own()), pressed.in_modal),
            (None, _) => self.refuse(pressed, Refusal::NotYours, None),
            (Some(_), None) => {}
        }
        Answer::Nothing
    }

    /// The modal's Submit.
    pub(super) async fn settings_submitted(&self, revisions: &Revisions, submitted: &Submitted) -> Result<Answer> {
        let wanted = match settings_of(&submitted.fields) {
            Ok(wanted) => wanted,
            Err(misfit) => return Ok(Answer::Json(views::settings_misfit(&misfit))),
        };
        let had = self.store().newest_revision().await?;
        match self.keep_settings(submitted, &wanted).await? {
            Ok(()) => {}
            Err(NotOwn::AfterEnd(end)) => {
                let words = format!("Your day ends at {}; it can't begin later.", end.strftime("%H:%M"));
                return Ok(Answer::Json(views::settings_misfit(&Misfit::Start(words))));
            }
            Err(NotOwn::NoManager) => {
                let view = views::notice_modal(&views::refusal_in_words(Refusal::NotYours, None));
                return Ok(Answer::Json(views::answer_with_view(&view)));
            }
        }
        let changed = self.store().newest_revision().await? != had;
        self.publish_home_if_manager(revisions, &submitted.user);
        let own = self.refresh().await?;
        let view = Me::find(&own, &submitted.user, self.clock().now()).map(|me| views::settings_saved(&me.own(), changed));
        Ok(view.map_or(Answer::Nothing, |view| Answer::Json(views::answer_with_view(&view))))
    }

    /// Makes the revisions that it takes, and again where somebody was faster: what they changed beside it stays.
    async fn keep_settings(
        &self,
        submitted: &Submitted,
        wanted: &OwnSettings,
    ) -> Result<std::result::Result<(), NotOwn>> {
        loop {
            let (revisions, now) = (self.refresh().await?, self.clock().now());
            let Some(newest) = revisions.newest() else { return Ok(Err(NotOwn::NoManager)) };
            let Some(me) = Me::find(&revisions, &submitted.user, now) else { return Ok(Err(NotOwn::NoManager)) };
            let steps = match wanted.steps(&revisions, &submitted.user, me.today(now)) {
                Ok(steps) => steps,
                Err(refused) => return Ok(Err(refused)),
            };
            let Some((effective, process)) = steps.first() else { return Ok(Ok(())) };
            let new = NewRevision {
                applied_at: now,
                effective: *effective,
                in_slack: true,
                by: Some(submitted.user.to_string()),
                text: write(process),
            };
            // One after the other: the rest is called for still when this one is made.
            if self.store().add_revision(Some(newest.number), &new).await?.is_some() {
                tracing::info!(user = %submitted.user, "settings were changed");
                self.wake();
            }
        }
    }
}

fn settings_of(fields: &Fields) -> std::result::Result<OwnSettings, Misfit> {
    let (chosen, start, zone) = fields.settings();
    let other = |words: &str| Misfit::Other(words.to_owned());
    let intensity = chosen.and_then(intensity).ok_or_else(|| other("Choose one, please."))?;
    let start = start.ok_or_else(|| Misfit::Start("A time, please, such as 08:30.".to_owned()))?;
    let zone = zone.unwrap_or_default();
    let zone = zone_meant(&zone).map_err(|near| {
        let start = format!("I don't know “{}”.", zone.trim());
        Misfit::Zone(match near {
            Some(near) => format!("{start} Did you mean {near}?"),
            None => format!("{start} The largest city nearby will do, such as Chicago or Kolkata."),
        })
    })?;
    Ok(OwnSettings { intensity, start, zone })
}
