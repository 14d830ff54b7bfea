//! A change is made: a revision as `apply` makes one, marked as made in Slack, with whoever made it.

use super::super::Answer;
use super::Hindrance;
use crate::engine::{Engine, Result};
use crate::process::edit::{Objection, Step, steps};
use crate::process::file::write;
use crate::process::revision::{Revision, Revisions, changes};
use crate::process::{Process, UserId};
use crate::slack::action::manage::{Draft, Form};
use crate::slack::views::manage as show;
use crate::slack::{Managing, views};
use crate::store::NewRevision;

impl Engine {
    /// Makes it on the newest revision, and again where somebody was faster: what they changed beside it stays, and who
    /// touched the same line is told instead.
    pub(super) async fn save(&self, managing: &Managing, form: &Form, draft: &Draft) -> Result<Answer> {
        loop {
            // Asked first: what an earlier delivery made is then among the revisions.
            let seen = self.store().was_seen(&managing.key).await?;
            let revisions = self.refresh().await?;
            let (Some(newest), Some(scope)) = (revisions.newest(), self.scope(&revisions, &managing.user).await) else {
                return Ok(Answer::Nothing);
            };
            if let Err(hindrance) = scope.allow(&draft.edit) {
                return Ok(hindrance.answer(form));
            }
            if seen {
                return Ok(stands(&revisions, newest));
            }
            let today = self.earliest(newest);
            let from = draft.from.unwrap_or(today).max(today);
            let steps = match steps(&revisions, &draft.edit, from) {
                Ok(steps) => steps,
                Err(objection) => return Ok(Hindrance::from(without_field(objection)).answer(form)),
            };
            let Some(first) = steps.first() else { return Ok(stands(&revisions, newest)) };
            if let Some(meanwhile) = Engine::overtaken(&revisions, newest, draft) {
                return Ok(meanwhile.answer(form));
            }
            let new: Vec<NewRevision> = steps.iter().map(|step| self.revision(step, &managing.user)).collect();
            if self.store().add_revisions(Some(newest.number), &new, Some(&managing.key)).await?.is_none() {
                continue;
            }
            let number = newest.number + 1;
            tracing::info!(revision = number, "changed in Slack");
            self.wake();
            self.home_opened(managing.user.clone());
            let said = changes(&first.before.process, &first.after.process);
            let view = show::saved(Some(number), first.effective, first.effective <= today, &said);
            return Ok(Answer::Json(views::answer_with_view(&view)));
        }
    }

    /// A step as the store takes it.
    pub(in crate::engine::respond) fn revision(&self, step: &Step<'_>, by: &UserId) -> NewRevision {
        let process = Process { effective: Some(step.effective), revision: None, ..step.after.process.clone() };
        NewRevision {
            applied_at: self.clock().now(),
            effective: step.effective,
            in_slack: true,
            by: Some(by.to_string()),
            text: write(&process),
        }
    }
}

/// It says so already: by an earlier delivery of the same click, or because somebody else had the same thought.
fn stands(revisions: &Revisions, newest: &Revision) -> Answer {
    let said = revisions.story(newest);
    let view = show::saved(newest.in_slack.then_some(newest.number), newest.effective, false, &said);
    Answer::Json(views::answer_with_view(&view))
}

/// A preview has no fields at which to show it.
fn without_field(objection: Objection) -> Objection {
    Objection { about: crate::process::edit::About::Whole, ..objection }
}
