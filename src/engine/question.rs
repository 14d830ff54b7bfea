//! A leader's question: a message from Onbeat in the leader's name, about one occurrence, with its buttons. It goes inside the
//! manager's hours, as all that we say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::deliver::{OUT_OF_HOURS, Ready};
use super::person::{self, Person};
use super::tick::{id, is_in_hours};
use super::{Engine, Result};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::OccurrenceId;
use crate::slack::Metadata;
use crate::slack::views::{self, LeadersQuestion, MessageContent};
use crate::store::{Message, NewMessage};

/// The kind of a message that asks in somebody's name.
pub(super) const QUESTION: &str = "question";

/// What was asked, as its message keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Question {
    /// Who asks.
    pub from: UserId,
    /// What, as it was typed.
    pub words: String,
}

/// The message of a question; `key`: that of the submission, so that a second delivery asks nothing twice.
pub(super) fn message(
    question: &Question,
    manager: &UserId,
    about: &OccurrenceId,
    key: &str,
    now: Timestamp,
) -> NewMessage {
    NewMessage {
        id: id(&[QUESTION, manager.as_str(), key]),
        kind: QUESTION.to_owned(),
        recipient: manager.to_string(),
        at: now,
        items: vec![about.clone()],
        body: Some(serde_json::to_string(question).expect("words are JSON")),
    }
}

impl Engine {
    /// The question as it goes now.
    pub(super) async fn ready_question(
        &self,
        revisions: &Revisions,
        message: &Message,
        now: Timestamp,
    ) -> Result<Ready> {
        let user = UserId::from(message.recipient.as_str());
        let Some(content) = self.question_content(revisions, message, now).await? else { return Ok(Ready::Nothing) };
        if self.troubles().await?.is_out_of_reach(&user) {
            // Its leader was told that it is on its way: it goes once the manager can be reached again.
            return Ok(Ready::NotNow(OUT_OF_HOURS));
        }
        if !self.is_on_the_clock(revisions, &user, now).await? {
            return Ok(Ready::NotNow(OUT_OF_HOURS));
        }
        Ok(Ready::Send { content, metadata: Metadata::question(&message.id), asked: message.items.clone() })
    }

    /// Whether a manager is at work now, as far as their calendar and their absences tell.
    pub(super) async fn is_on_the_clock(&self, revisions: &Revisions, user: &UserId, now: Timestamp) -> Result<bool> {
        let away = self.absences(user).await?;
        let manager = Person::on(revisions, &away, user, person::today(revisions, user, now));
        Ok(manager.is_some_and(|person| is_in_hours(&person.calendar, now)))
    }

    /// What a question shows by now; none where whom it asks is no manager any more.
    pub(super) async fn question_content(
        &self,
        revisions: &Revisions,
        message: &Message,
        now: Timestamp,
    ) -> Result<Option<MessageContent>> {
        let question: Option<Question> = message.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let user = UserId::from(message.recipient.as_str());
        let away = self.absences(&user).await?;
        let person = Person::at(revisions, &away, &user, now);
        let (Some(question), Some(person)) = (question, person) else { return Ok(None) };
        let entries = self.entries_of(revisions, &message.items).await?;
        let from = name_of(revisions, &question.from);
        Ok(Some(views::question(&LeadersQuestion {
            from: &from,
            words: &question.words,
            entry: entries.first(),
            calendar: &person.calendar,
            now,
        })))
    }
}

/// What somebody is called: as the process has it, else a word for an admin.
fn name_of(revisions: &Revisions, user: &UserId) -> String {
    revisions.name_of(user).map_or_else(|| "An admin".to_owned(), str::to_owned)
}
