//! *Mark several*: one modal for all that a message still asks for, one submit for all that was filled in.

use super::super::{Engine, Result};
use super::{Actor, Answer, Outcomes, may_record};
use crate::process::revision::Revisions;
use crate::record::outcome::{Answers, Field};
use crate::record::{Action, Entry, OccurrenceId, Outcome, State};
use crate::slack::inbound::{What, Why};
use crate::slack::views;
use crate::slack::{Fields, Pressed, Submitted};

impl Engine {
    pub(super) async fn ask_several(&self, revisions: &Revisions, pressed: &Pressed, message: &str) -> Result<()> {
        let now = self.clock().now();
        let items = self.store().message(message).await?.map(|message| message.items).unwrap_or_default();
        let mut open = self.entries_of(revisions, &items).await?;
        open.retain(|entry| {
            let is_open = matches!(entry.occurrence.state(now), State::Planned | State::Open);
            is_open && may_record(revisions, &pressed.user, &entry.occurrence, now)
        });
        if open.is_empty() {
            self.whisper(pressed, views::nothing_to_mark());
        } else {
            self.open(pressed, views::several_modal(message, &open));
        }
        Ok(())
    }

    /// Checks everything before anything is recorded, so that a field that needs another look costs no half-done day.
    pub(super) async fn mark_several(&self, revisions: &Revisions, submitted: &Submitted) -> Result<Answer> {
        let ids = submitted.fields.occurrences();
        let entries = self.entries_of(revisions, &ids).await?;
        let mut actions: Vec<(Entry, Action)> = Vec::new();
        let mut objections = Vec::new();
        for entry in entries {
            match action_of(&submitted.fields, &entry) {
                Ok(Some(action)) => actions.push((entry, action)),
                Ok(None) => {}
                Err(more) => objections.extend(more),
            }
        }
        if !objections.is_empty() {
            return Ok(Answer::Json(views::several_errors(&objections)));
        }
        actions.sort_by_key(|(entry, _)| (entry.occurrence.due, entry.occurrence.id.clone()));
        let (mut recorded, mut refusals) = (0, Vec::new());
        for (entry, action) in actions {
            match self.mark_one(revisions, submitted, &entry, action).await? {
                Outcomes::Done => recorded += 1,
                Outcomes::Refused(refusal, entry) => {
                    refusals.push(views::refusal_in_words(refusal, entry.as_deref()));
                }
            }
        }
        self.publish_home_if_manager(revisions, &submitted.user);
        if refusals.is_empty() {
            return Ok(Answer::Nothing);
        }
        let view = views::notice_modal(&views::several_left(recorded, &refusals));
        Ok(Answer::Json(views::answer_with_view(&view)))
    }

    /// The same path as a single click's, idempotent by view and occurrence.
    async fn mark_one(
        &self,
        revisions: &Revisions,
        submitted: &Submitted,
        entry: &Entry,
        action: Action,
    ) -> Result<Outcomes> {
        let id = &entry.occurrence.id;
        if !may_record(revisions, &submitted.user, &entry.occurrence, self.clock().now()) {
            return Ok(Outcomes::Refused(crate::record::Refusal::NotYours, Some(Box::new(entry.clone()))));
        }
        let key = format!("several/{}/{id}", submitted.view_id);
        self.record(revisions, id, action, &Actor { user: &submitted.user, key: &key }).await
    }
}

type Objections = Vec<(String, String)>;

/// What was chosen for one of several; nothing where it was left alone.
fn action_of(fields: &Fields, entry: &Entry) -> std::result::Result<Option<Action>, Objections> {
    let id: &OccurrenceId = &entry.occurrence.id;
    match fields.what(id) {
        What::Leave if says_something(&fields.answers_of(id), entry) => Err(vec![views::not_chosen(id)]),
        What::Leave => Ok(None),
        What::Done if entry.activity.evidence.is_none() => Ok(Some(Action::Done(Outcome::default()))),
        What::Done => {
            let answers = fields.answers_of(id);
            let said = answers.result.is_some() || is_judged(entry);
            let outcome = answers.into_outcome(&entry.activity);
            // The form can't ask for it: it is needed where *Done* was chosen alone.
            let unsaid = (!said).then(|| (Field::Result, "How did it go?".to_owned()));
            match (outcome, unsaid) {
                (Ok(outcome), None) => Ok(Some(Action::Done(outcome))),
                (outcome, unsaid) => {
                    let objections: Vec<_> = unsaid.into_iter().chain(outcome.err().unwrap_or_default()).collect();
                    Err(views::objections_of(id, &objections))
                }
            }
        }
        What::Cant(why) if why.words().is_empty() => Err(vec![views::no_words()]),
        What::Cant(why) => Ok(Some(cant(&why, entry))),
    }
}

/// Whether the number tells how it went.
fn is_judged(entry: &Entry) -> bool {
    let has_target = entry.activity.number.as_ref().is_some_and(|number| number.target.is_some());
    entry.activity.evidence.number && has_target
}

fn cant(why: &Why, entry: &Entry) -> Action {
    let reason = why.words().to_owned();
    if why.excuses() && entry.occurrence.rep.is_some() { Action::Excuse(reason) } else { Action::Skip(reason) }
}

/// Whether something was filled in that was not there before.
fn says_something(answers: &Answers, entry: &Entry) -> bool {
    let is_new = |typed: &Option<String>| typed.as_deref().is_some_and(|typed| !typed.trim().is_empty());
    let was_said = entry.occurrence.outcome != Outcome::default();
    !was_said && (answers.result.is_some() || is_new(&answers.note) || is_new(&answers.link) || is_new(&answers.number))
}
