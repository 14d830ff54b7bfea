//! Answers of those who can bear an outcome out. Whose question it is, is judged by the question alone.

use super::super::verification::word_for;
use super::super::{Engine, Result};
use super::Answer;
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::verification::{Question, Stand, Unanswerable, Verdict};
use crate::record::{Entry, OccurrenceId};
use crate::slack::{Pressed, Submitted, views};
use crate::store::{Recorded, Recording, VerificationChange};

impl Engine {
    /// The question about an occurrence that was put to this person.
    async fn question_to(
        &self,
        revisions: &Revisions,
        user: &UserId,
        id: &OccurrenceId,
    ) -> Result<Option<(Question, Entry)>> {
        let questions = self.store().questions(std::slice::from_ref(id)).await?;
        let own = questions.into_iter().find(|question| question.asked == *user);
        Ok(own.zip(self.entry(revisions, id).await?))
    }

    /// Keeps what was said of an outcome; said again, nothing more happens.
    pub(super) async fn borne_out(
        &self,
        revisions: &Revisions,
        pressed: &Pressed,
        id: &OccurrenceId,
        verdict: Verdict,
    ) -> Result<Answer> {
        loop {
            let now = self.clock().now();
            let Some((question, entry)) = self.question_to(revisions, &pressed.user, id).await? else {
                self.whisper(pressed, views::unanswerable(Unanswerable::NotAsked));
                return Ok(Answer::Nothing);
            };
            let occurrence = &entry.occurrence;
            let Some((calendar, _)) = self.hours_of(revisions, &occurrence.manager, now).await? else {
                return Ok(Answer::Nothing);
            };
            let is_said = question.stand(occurrence, now) == Stand::Said(verdict.bears_out());
            if is_said && verdict.verifier() == question.verifier {
                return Ok(Answer::Nothing);
            }
            let (question, occurrence) = match question.answer(occurrence, &pressed.user, verdict, now, &calendar) {
                Ok(answered) => answered,
                Err(why) => {
                    self.whisper(pressed, views::unanswerable(why));
                    return Ok(Answer::Nothing);
                }
            };
            let recording = Recording {
                occurrence,
                at: now,
                by: pressed.user.clone(),
                action: word_for(verdict.bears_out()),
                seen: Some(pressed.key.clone()),
            };
            let change = VerificationChange {
                questions: vec![question],
                recordings: vec![recording],
                ..VerificationChange::default()
            };
            match self.store().verify(&change).await? {
                Recorded::Changed => {}
                Recorded::SeenBefore => return Ok(Answer::Nothing),
                Recorded::Yes => {
                    tracing::info!(occurrence = %id, verdict = verdict.as_str(), "an answer about an outcome");
                    self.wake();
                    return Ok(Answer::Nothing);
                }
            }
        }
    }

    /// Asks for a word beside what was said.
    pub(super) async fn ask_for_word(
        &self,
        revisions: &Revisions,
        pressed: &Pressed,
        id: &OccurrenceId,
    ) -> Result<Answer> {
        let now = self.clock().now();
        let found = self.question_to(revisions, &pressed.user, id).await?;
        let Some((question, entry)) = found else {
            self.whisper(pressed, views::unanswerable(Unanswerable::NotAsked));
            return Ok(Answer::Nothing);
        };
        match question.say_more(&entry.occurrence, &pressed.user, "", now) {
            Ok(_) => {
                let view = views::word_modal(id, &entry.activity.title, question.word.as_deref());
                drop(self.open(pressed, view));
            }
            Err(why) => self.whisper(pressed, views::unanswerable(why)),
        }
        Ok(Answer::Nothing)
    }

    /// Keeps that word.
    pub(super) async fn keep_word(
        &self,
        revisions: &Revisions,
        submitted: &Submitted,
        id: &OccurrenceId,
    ) -> Result<Answer> {
        let refused = |why| {
            let view = views::notice_modal(views::unanswerable(why));
            Ok(Answer::Json(views::answer_with_view(&view)))
        };
        loop {
            let now = self.clock().now();
            let found = self.question_to(revisions, &submitted.user, id).await?;
            let Some((question, entry)) = found else { return refused(Unanswerable::NotAsked) };
            let more = question.say_more(&entry.occurrence, &submitted.user, &submitted.fields.word(), now);
            let question = match more {
                Ok(question) => question,
                Err(why) => return refused(why),
            };
            let change = VerificationChange { questions: vec![question], ..VerificationChange::default() };
            if self.store().verify(&change).await? != Recorded::Changed {
                self.wake();
                return Ok(Answer::Nothing);
            }
        }
    }
}
