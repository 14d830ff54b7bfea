//! The messages by which outcomes are borne out: what each says as things stand, and whether it may go.

use jiff::Timestamp;

use super::lifecycle::Told;
use super::person::Person;
use super::tick::is_in_hours;
use super::{Engine, Result};
use crate::process::revision::Revisions;
use crate::process::{Calendar, UserId};
use crate::record::verification::{Question, Stand, Verifier};
use crate::record::{Absences, Entry};
use crate::slack::views::{self, Asked, MessageContent, RepPicture, SamplePicture, ToldPicture};
use crate::store::Message;

/// What a message about bearing out is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// Asks a rep whether it happened.
    Ask,
    /// Shows a leader a few to look at.
    Sample,
    /// Tells the manager that somebody does not bear it out.
    Told,
}

impl Letter {
    /// The kind of its message. All begin alike: by that the store knows that they are no nudges.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Letter::Ask => "verification",
            Letter::Sample => "verification-sample",
            Letter::Told => "verification-told",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Letter> {
        [Letter::Ask, Letter::Sample, Letter::Told].into_iter().find(|letter| letter.as_str() == word)
    }
}

/// The body of a message that asks once more.
pub(super) const REMINDER: &str = "reminder";

/// One thing that a letter is about.
struct About {
    question: Question,
    entry: Entry,
}

impl Engine {
    /// A manager's calendar, by which questions about their outcomes run; with their days away off, or not.
    pub(super) async fn hours_of(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        now: Timestamp,
    ) -> Result<Option<(Calendar, Calendar)>> {
        let on = |away: &Absences| Some(Person::at(revisions, away, manager, now)?.calendar);
        Ok(on(&Absences::default()).zip(on(&self.absences(manager).await?)))
    }

    /// The questions that a letter is about, in its order; those that were put to its reader, or to anybody about the
    /// reader's own.
    async fn about(&self, revisions: &Revisions, message: &Message, letter: Letter) -> Result<Vec<About>> {
        let questions = self.store().questions(&message.items).await?;
        let entries = self.entries_of(revisions, &message.items).await?;
        let is_meant = |question: &&Question, entry: &Entry| {
            question.occurrence == entry.occurrence.id
                && match letter {
                    Letter::Ask | Letter::Sample => question.asked.as_str() == message.recipient,
                    Letter::Told => message.body.as_deref() == Some(question.asked.as_str()),
                }
        };
        let join = |entry: Entry| {
            let question = questions.iter().find(|question| is_meant(question, &entry))?.clone();
            Some(About { question, entry })
        };
        Ok(entries.into_iter().filter_map(join).collect())
    }

    /// What a letter says as things stand; `None` where it is about nothing any more.
    pub(super) async fn letter_content(
        &self,
        revisions: &Revisions,
        message: &Message,
        letter: Letter,
        now: Timestamp,
    ) -> Result<Option<MessageContent>> {
        let all = self.about(revisions, message, letter).await?;
        let Some(first) = all.first() else { return Ok(None) };
        let manager = first.entry.occurrence.manager.clone();
        let Some((_, here)) = self.hours_of(revisions, &manager, now).await? else { return Ok(None) };
        let name = |user: &UserId| revisions.name_of(user).unwrap_or(user.as_str()).to_owned();
        let reader = name(&UserId::from(message.recipient.as_str()));
        let asked = |about: &About| Asked {
            stand: about.question.stand(&about.entry.occurrence, now),
            word: about.question.word.clone(),
            entry: about.entry.clone(),
        };
        Ok(Some(match letter {
            Letter::Ask => {
                let first_sent = self.store().first_sent(&UserId::from(message.recipient.as_str())).await?;
                views::ask_rep(&RepPicture {
                    name: &reader,
                    manager_name: &name(&manager),
                    zone: &here.zone,
                    is_first: first_sent.is_none_or(|first| first >= message.at),
                    is_reminder: message.body.as_deref() == Some(REMINDER),
                    asked: &all.iter().map(asked).collect::<Vec<_>>(),
                })
            }
            Letter::Sample => {
                let named = |about: &About| (name(&about.entry.occurrence.manager), asked(about));
                views::sample(&SamplePicture { name: &reader, asked: &all.iter().map(named).collect::<Vec<_>>() })
            }
            Letter::Told => views::told(&ToldPicture {
                verifier: first.question.verifier,
                from: &name(&first.question.asked),
                entry: &first.entry,
                stand: first.question.stand(&first.entry.occurrence, now),
                word: first.question.word.as_deref(),
                now,
                calendar: &here,
            }),
        }))
    }

    /// Looks at a letter once more before it is sent.
    pub(super) async fn ready_letter(
        &self,
        revisions: &Revisions,
        message: &Message,
        letter: Letter,
        now: Timestamp,
    ) -> Result<Told> {
        let all = self.about(revisions, message, letter).await?;
        let is_wanted = |about: &About| match (letter, about.question.stand(&about.entry.occurrence, now)) {
            (Letter::Ask | Letter::Sample, stand) => stand == Stand::Open,
            (Letter::Told, Stand::Said(said) | Stand::Over(Some(said))) => !said,
            (Letter::Told, Stand::Open | Stand::Over(None) | Stand::Withdrawn) => false,
        };
        let reader = UserId::from(message.recipient.as_str());
        let Some(first) = all.iter().find(|about| is_wanted(about)) else { return Ok(Told::Over) };
        if self.troubles().await?.is_out_of_reach(&reader) {
            return Ok(Told::Over);
        }
        let Some((calendar, here)) = self.hours_of(revisions, &first.entry.occurrence.manager, now).await? else {
            return Ok(Told::Over);
        };
        let is_time = match letter {
            Letter::Ask => is_in_hours(&calendar, now),
            Letter::Told => is_in_hours(&here, now),
            // It goes with the digest, at a time that the leaders chose themselves.
            Letter::Sample => true,
        };
        if !is_time {
            return Ok(Told::NotNow);
        }
        Ok(self.letter_content(revisions, message, letter, now).await?.map_or(Told::Over, Told::Content))
    }
}

/// The word in the log for what somebody said.
pub(super) fn word_for(bears_out: bool) -> &'static str {
    if bears_out { "confirm" } else { "dispute" }
}

/// Whether anybody bears outcomes out this way, by any revision.
pub(super) fn is_asked_for(revisions: &Revisions, verifier: Verifier) -> bool {
    use crate::process::Verify;
    let wanted = match verifier {
        Verifier::Rep => Verify::Rep,
        Verifier::Leader => Verify::Leader,
    };
    revisions.iter().any(|revision| revision.process.activities.iter().any(|activity| activity.verify == wanted))
}
