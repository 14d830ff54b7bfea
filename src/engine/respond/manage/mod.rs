//! Leaders and admins look after the process: from a button to a list or a form, from a form to a preview, from a preview
//! to a revision. Everything a modal carries is checked again when it comes back.

mod excuse;
mod forms;
mod home;
mod preview;
mod rights;
mod save;

pub(super) use rights::Scope;

use jiff::civil::Date;

use super::{Answer, ephemeral};
use crate::engine::apply::earliest_today;
use crate::engine::{Engine, Result};
use crate::process::UserId;
use crate::process::edit::Objection;
use crate::process::revision::{Revision, Revisions};
use crate::slack::action::manage::{Draft, Form, Press};
use crate::slack::views::manage as show;
use crate::slack::{Command, Fields, Gesture, Managing, View, views};

/// Why a change is not made.
enum Hindrance {
    /// It is not this person's to make; the words, and whom to ask.
    NotYours(&'static str, Vec<UserId>),
    /// Somebody touched the same line since the form was drawn: what changed, and by whom.
    Meanwhile(Vec<String>, Option<UserId>),
    /// Something speaks against it.
    Objection(Objection),
}

impl From<Objection> for Hindrance {
    fn from(objection: Objection) -> Hindrance {
        Hindrance::Objection(objection)
    }
}

impl Hindrance {
    /// The answer to the form that asked for it.
    fn answer(&self, form: &Form) -> Answer {
        Answer::Json(match self {
            Hindrance::Objection(objection) => show::objection(form, objection),
            Hindrance::NotYours(..) | Hindrance::Meanwhile(..) => views::answer_with_view(&show::notice(&self.words())),
        })
    }

    fn words(&self) -> String {
        match self {
            Hindrance::NotYours(what, ask) => show::not_yours(what, ask),
            Hindrance::Meanwhile(changes, by) => show::meanwhile(changes, by.as_ref()),
            Hindrance::Objection(objection) => objection.words.clone(),
        }
    }
}

impl Engine {
    /// Whether a command is about looking after the process.
    pub(super) fn is_manage(command: &Command) -> bool {
        let word = command.text.split_whitespace().next().unwrap_or_default().to_lowercase();
        matches!(word.as_str(), "manage" | "people" | "activities")
    }

    /// `/onbeat manage`
    pub(super) async fn manage_command(&self, command: &Command) -> Result<Answer> {
        let revisions = self.refresh().await?;
        let content = match self.scope(&revisions, &command.user).await {
            None => show::notice_message(show::NO_PROCESS),
            Some(scope) if !scope.manages() => show::notice_message(&self.not_a_leader(&revisions, &command.user)),
            Some(scope) => show::manage(&scope.lead("", &[])),
        };
        Ok(ephemeral(&content))
    }

    fn not_a_leader(&self, revisions: &Revisions, user: &UserId) -> String {
        show::not_yours("Looking after the process is for leaders and admins.", &self.whom_to_ask(revisions, user))
    }

    pub(super) async fn managing(&self, managing: Managing) -> Result<Answer> {
        match &managing.gesture {
            Gesture::Press(press) => {
                let (engine, press, managing) = (self.clone(), press.clone(), managing.clone());
                // A view may take a word with Slack first; the click is answered meanwhile.
                self.0.tasks.spawn(async move {
                    match engine.view_for(&managing.user, &press).await {
                        Ok(view) => engine.put_up(&managing, &press, &view).await,
                        Err(error) => tracing::error!(%error, "a form was not drawn"),
                    }
                });
                Ok(Answer::Nothing)
            }
            Gesture::Submit(form, fields) => match form {
                Form::List => Ok(Answer::Nothing),
                Form::ExcuseWhose => self.excuse_whose(&managing, fields).await,
                Form::Excuse { manager } => self.excuse(&managing, manager, fields).await,
                Form::Preview(draft) => self.save(&managing, form, draft).await,
                Form::AddManagers { .. }
                | Form::RemoveManagers { .. }
                | Form::Manager { .. }
                | Form::Leader { .. }
                | Form::Activity { .. }
                | Form::Turn { .. }
                | Form::Digest { .. } => self.filled_in(&managing, form, fields).await,
            },
        }
    }

    /// Where it belongs: a list turns its page, a form lies on top of its list.
    async fn put_up(&self, managing: &Managing, press: &Press, view: &View) {
        let Some(trigger) = &managing.trigger_id else { return };
        // Where it fails, nothing was lost: the button is still there.
        let _ = match (&managing.modal, press) {
            (Some(modal), Press::People(_) | Press::Activities(_)) => {
                self.slack().update_view(modal, view).await.is_ok()
            }
            (Some(_), _) => self.slack().push_view(trigger, view).await.is_ok(),
            (None, _) => self.slack().open_view(trigger, view).await.is_ok(),
        };
    }

    /// A form was filled in: what would come of it.
    async fn filled_in(&self, managing: &Managing, form: &Form, fields: &Fields) -> Result<Answer> {
        let revisions = self.refresh().await?;
        let Some(scope) = self.scope(&revisions, &managing.user).await else { return Ok(Answer::Nothing) };
        let draft = match self.draft_of(form, fields, &revisions, &scope).await {
            Ok(draft) => draft,
            Err(answer) => return Ok(Answer::Json(answer)),
        };
        let drawn = self.draw_preview(&revisions, &scope, &draft);
        Ok(drawn.unwrap_or_else(|hindrance| hindrance.answer(form)))
    }

    /// The earliest date from which a change may hold: today, as `apply` has it.
    fn earliest(&self, newest: &Revision) -> Date {
        earliest_today(&newest.process, self.clock().now())
    }

    /// Whether somebody touched the same line since the form was drawn.
    fn overtaken(revisions: &Revisions, newest: &Revision, draft: &Draft) -> Option<Hindrance> {
        let base = revisions.get(draft.revision).filter(|base| base.number != newest.number)?;
        (draft.edit.sees(&base.process) != draft.edit.sees(&newest.process)).then(|| {
            let changes = crate::process::revision::changes(&base.process, &newest.process);
            let by = newest.by.as_ref().filter(|_| newest.in_slack).map(|by| UserId(by.clone()));
            Hindrance::Meanwhile(changes, by)
        })
    }
}
