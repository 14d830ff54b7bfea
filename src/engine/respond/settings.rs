//! A manager's own settings: asked for in a modal, and kept as a revision of the process, as `apply` would make it.

use super::super::{Engine, Result};
use super::Answer;
use super::overview::Me;
use crate::engine::apply::earliest_today;
use crate::process::edit::own::zone_meant;
use crate::process::edit::{About, Objection, OwnSettings, steps_by};
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
        let changed = match self.keep_settings(submitted, &wanted).await? {
            Ok(changed) => changed,
            Err(objection) if objection.about == About::Gone => {
                let view = views::notice_modal(&views::refusal_in_words(Refusal::NotYours, None));
                return Ok(Answer::Json(views::answer_with_view(&view)));
            }
            Err(objection) => {
                let at_start = objection.about == About::When;
                let misfit = if at_start { Misfit::Start(objection.words) } else { Misfit::Other(objection.words) };
                return Ok(Answer::Json(views::settings_misfit(&misfit)));
            }
        };
        self.publish_home_if_manager(revisions, &submitted.user);
        let own = self.refresh().await?;
        let view =
            Me::find(&own, &submitted.user, self.clock().now()).map(|me| views::settings_saved(&me.own(), changed));
        Ok(view.map_or(Answer::Nothing, |view| Answer::Json(views::answer_with_view(&view))))
    }

    /// Makes the revisions that it takes, and again where somebody was faster: what they changed beside it stays. Whether
    /// there was anything to change.
    async fn keep_settings(
        &self,
        submitted: &Submitted,
        wanted: &OwnSettings,
    ) -> Result<std::result::Result<bool, Objection>> {
        loop {
            if self.store().was_seen(&submitted.key).await? {
                return Ok(Ok(true));
            }
            let (revisions, now) = (self.refresh().await?, self.clock().now());
            let Some(newest) = revisions.newest() else { return Ok(Ok(false)) };
            let user = &submitted.user;
            let from = earliest_today(&newest.process, now);
            let steps = match steps_by(&revisions, from, |process, date| wanted.make(process, user, date)) {
                Ok(steps) => steps,
                Err(objection) => return Ok(Err(objection)),
            };
            if steps.is_empty() {
                return Ok(Ok(false));
            }
            let new: Vec<NewRevision> = steps.iter().map(|step| self.revision(step, user)).collect();
            if self.store().add_revisions(Some(newest.number), &new, Some(&submitted.key)).await?.is_some() {
                tracing::info!(%user, "settings were changed");
                self.wake();
                return Ok(Ok(true));
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
