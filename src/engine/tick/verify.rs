//! *Verifies*: asks who else can bear an outcome out, and does what time and change call for with the questions there are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::super::lifecycle::Troubles;
use super::super::processes::entries;
use super::super::verification::{Letter, REMINDER, is_asked_for};
use super::super::{Engine, Result};
use super::nudge::id;
use super::report::circles;
use crate::process::revision::Revisions;
use crate::process::{ActivityKey, Calendar, UserId, Verify};
use crate::record::digest::{Story, Week};
use crate::record::verification::{Question, Step, Verifier, in_hours_from, sample};
use crate::record::{Entry, Occurrence, Verification};
use crate::slack::views::MOST_ASKED;
use crate::store::{Delivery, Message, NewMessage, OccurrenceQuery, Recording, VerificationChange};

/// For how long after it was recorded somebody may be asked: over any run of days off.
const WORTH_ASKING: SignedDuration = SignedDuration::from_hours(14 * 24);
/// For how long after a digest its sample may go.
const WORTH_SHOWING: SignedDuration = SignedDuration::from_hours(5 * 24);

impl Engine {
    pub(super) async fn verify(&self, revisions: &Revisions, troubles: &Troubles, now: Timestamp) -> Result<()> {
        self.ask_reps(revisions, troubles, now).await?;
        self.ask_leaders(revisions, troubles, now).await?;
        let mut reminders: BTreeMap<UserId, Vec<Question>> = BTreeMap::new();
        for question in self.store().questions_due(now).await? {
            if let Some(reminder) = self.step(revisions, question, now).await? {
                reminders.entry(reminder.asked.clone()).or_default().push(reminder);
            }
        }
        for (rep, questions) in reminders {
            for questions in questions.chunks(MOST_ASKED) {
                let parts = questions.iter().map(|question| question.occurrence.as_str());
                let parts: Vec<&str> = [REMINDER, rep.as_str()].into_iter().chain(parts).collect();
                let at = now.as_second().to_string();
                let items = questions.iter().map(|question| question.occurrence.clone()).collect();
                let message = NewMessage {
                    id: id(&[parts.as_slice(), &[&at]].concat()),
                    body: Some(REMINDER.to_owned()),
                    ..letter(Letter::Ask, &rep, now, items)
                };
                let change =
                    VerificationChange { questions: questions.to_vec(), messages: vec![message], ..Default::default() };
                self.store().verify(&change).await?;
            }
        }
        Ok(())
    }

    /// When the time brings something to do here.
    pub(super) async fn next_verification(&self, revisions: &Revisions, now: Timestamp) -> Result<Option<Timestamp>> {
        let mut next: Vec<Timestamp> = self.store().next_question().await?.into_iter().collect();
        for entry in self.unasked(revisions, now).await? {
            let hours = self.hours_of(revisions, &entry.occurrence.manager, now).await?;
            next.extend(hours.map(|(calendar, _)| in_hours_from(now, &calendar)));
        }
        Ok(next.into_iter().min())
    }

    /// What is done, left to a rep to bear out, and asked of nobody yet.
    async fn unasked(&self, revisions: &Revisions, now: Timestamp) -> Result<Vec<Entry>> {
        if !is_asked_for(revisions, Verifier::Rep) {
            return Ok(Vec::new());
        }
        let activities = revisions.iter().flat_map(|revision| &revision.process.activities);
        let keys = activities.filter(|activity| activity.verify == Verify::Rep).map(|activity| activity.key.clone());
        let keys: Vec<ActivityKey> = keys.collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = entries(revisions, self.store().unasked(&keys, now - WORTH_ASKING).await?);
        found.retain(|entry| entry.activity.verify == Verify::Rep);
        Ok(found)
    }

    /// One message to a rep about all there is to ask just now, inside the hours of the manager whose it is.
    async fn ask_reps(&self, revisions: &Revisions, troubles: &Troubles, now: Timestamp) -> Result<()> {
        let mut by_pair: BTreeMap<(UserId, UserId), Vec<Entry>> = BTreeMap::new();
        for entry in self.unasked(revisions, now).await? {
            let Some(rep) = entry.occurrence.rep.clone() else { continue };
            by_pair.entry((rep, entry.occurrence.manager.clone())).or_default().push(entry);
        }
        for ((rep, manager), entries) in by_pair {
            let Some((calendar, _)) = self.hours_of(revisions, &manager, now).await? else { continue };
            if in_hours_from(now, &calendar) > now {
                continue;
            }
            for entries in entries.chunks(MOST_ASKED) {
                let reachable = !troubles.is_out_of_reach(&rep);
                let change = self.asking(&rep, entries, reachable, &calendar, now).await?;
                self.store().verify(&change).await?;
            }
        }
        Ok(())
    }

    /// Asks a rep; of one who can't be written to it is only noted that they can't.
    async fn asking(
        &self,
        rep: &UserId,
        entries: &[Entry],
        is_reachable: bool,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<VerificationChange> {
        let ids: Vec<_> = entries.iter().map(|entry| entry.occurrence.id.clone()).collect();
        let asked = self.store().questions(&ids).await?;
        let done_at: Vec<String> = entries
            .iter()
            .map(|entry| entry.occurrence.completed_at.map_or(0, |at| at.as_second()).to_string())
            .collect();
        let mut parts = vec!["verification", rep.as_str()];
        parts.extend(ids.iter().map(|id| id.as_str()));
        parts.extend(done_at.iter().map(String::as_str));
        let message = id(&parts);
        let (mut change, mut fresh) = (VerificationChange::default(), Vec::new());
        for entry in entries {
            let is_before = |question: &&Question| question.occurrence == entry.occurrence.id && question.asked == *rep;
            let before = asked.iter().find(is_before).cloned();
            // Where the rep has been asked about it, that message asks again: nobody is written to twice.
            let at = match &before {
                Some(before) if self.stands(&before.message).await? => before.message.clone(),
                Some(_) | None => {
                    fresh.push(entry.occurrence.id.clone());
                    message.clone()
                }
            };
            let to = (rep.clone(), Verifier::Rep);
            let Some(question) = Question::new(before, &entry.occurrence, to, at, now, calendar) else { continue };
            change.questions.push(Question { closed: !is_reachable, ..question });
            change.recordings.extend(is_reachable.then(|| asked_about(&entry.occurrence, now)));
        }
        if is_reachable && !fresh.is_empty() {
            change.messages.push(NewMessage { id: message, ..letter(Letter::Ask, rep, now, fresh) });
        }
        Ok(change)
    }

    /// Whether a message is in Slack, or on its way.
    async fn stands(&self, message: &str) -> Result<bool> {
        let found = self.store().message(message).await?;
        Ok(found.is_some_and(|message| !is_lost(&message)))
    }

    /// Takes one question a step on; a reminder is given back, for one message has all of a rep's.
    async fn step(&self, revisions: &Revisions, question: Question, now: Timestamp) -> Result<Option<Question>> {
        let closed = |question| VerificationChange { questions: vec![question], ..Default::default() };
        let entry = self.entry(revisions, &question.occurrence).await?;
        let hours = match &entry {
            Some(entry) => self.hours_of(revisions, &entry.occurrence.manager, now).await?,
            None => None,
        };
        let Some((entry, (calendar, here))) = entry.zip(hours) else {
            self.store().verify(&closed(Question { closed: true, ..question })).await?;
            return Ok(None);
        };
        let occurrence = &entry.occurrence;
        let lost = self.store().message(&question.message).await?.is_some_and(|message| is_lost(&message));
        if lost && question.reply.is_none() {
            tracing::info!(occurrence = %occurrence.id, "nobody could be asked about an outcome");
            let (question, unasked) = question.given_up(occurrence);
            let recordings = unasked.map(|occurrence| recording(occurrence, now)).into_iter().collect();
            self.store().verify(&VerificationChange { recordings, ..closed(question) }).await?;
            return Ok(None);
        }
        let step = question.next(occurrence, now, &calendar, &here);
        let after = question.after(step, now, &calendar, &here);
        let mut change = closed(after);
        match step {
            Step::Remind => return Ok(change.questions.pop()),
            Step::Tell => {
                let said = question.reply.map_or(now, |reply| reply.at).as_second().to_string();
                let parts = ["told", occurrence.id.as_str(), question.asked.as_str(), said.as_str()];
                let message = letter(Letter::Told, &occurrence.manager, now, vec![occurrence.id.clone()]);
                let body = Some(question.asked.to_string());
                change.messages.push(NewMessage { id: id(&parts), body, ..message });
            }
            Step::Withdraw | Step::Again | Step::Close | Step::Wait(_) => {}
        }
        self.store().verify(&change).await?;
        Ok(None)
    }

    /// After a digest went out, each leader is shown a few of the last whole week's to look at.
    async fn ask_leaders(&self, revisions: &Revisions, troubles: &Troubles, now: Timestamp) -> Result<()> {
        if !is_asked_for(revisions, Verifier::Leader) {
            return Ok(());
        }
        let governing = revisions.governing(now.to_zoned(jiff::tz::TimeZone::UTC).date()).or(revisions.newest());
        let Some(process) = governing.map(|revision| revision.process.clone()) else { return Ok(()) };
        for circle in circles(&process) {
            let Some(digest) = self.store().latest_message("digest", &circle.channel).await? else { continue };
            if digest.at + WORTH_SHOWING < now {
                continue;
            }
            let story: Option<Story> = digest.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
            let Some(story) = story else { continue };
            let week = if story.so_far { story.digest.week.before() } else { story.digest.week };
            for leader in circle.leaders.iter().filter(|leader| !troubles.is_out_of_reach(leader)) {
                let sample = id(&["sample", &digest.id, leader.as_str()]);
                if self.store().message(&sample).await?.is_none() {
                    self.ask_leader(revisions, leader, week, sample, now).await?;
                }
            }
        }
        Ok(())
    }

    async fn ask_leader(
        &self,
        revisions: &Revisions,
        leader: &UserId,
        week: Week,
        message: String,
        now: Timestamp,
    ) -> Result<()> {
        let query = OccurrenceQuery { from: Some(week.from()), to: Some(week.to()), ..Default::default() };
        let mut found = entries(revisions, self.store().occurrences(&query).await?);
        // Leaders look at their own managers'; those above them read how many.
        found.retain(|entry| entry.occurrence.leader == *leader);
        let drawn = sample(found, |occurrence| id(&[&message, occurrence.as_str()]));
        let mut change = VerificationChange::default();
        let ids: Vec<_> = drawn.iter().map(|entry| entry.occurrence.id.clone()).collect();
        let before = self.store().questions(&ids).await?;
        for Entry { occurrence, .. } in &drawn {
            let Some((calendar, _)) = self.hours_of(revisions, &occurrence.manager, now).await? else { continue };
            let is_before = |question: &&Question| question.occurrence == occurrence.id && question.asked == *leader;
            let before = before.iter().find(is_before).cloned();
            let to = (leader.clone(), Verifier::Leader);
            change.questions.extend(Question::new(before, occurrence, to, message.clone(), now, &calendar));
            change.recordings.push(asked_about(occurrence, now));
        }
        // With nothing to show it is dropped as it is about to go, and so remembered.
        change.messages.push(NewMessage { id: message, ..letter(Letter::Sample, leader, now, ids) });
        self.store().verify(&change).await?;
        Ok(())
    }
}

/// Whether it will never be read.
fn is_lost(message: &Message) -> bool {
    match message.delivery {
        Delivery::Dropped | Delivery::Merged | Delivery::Dead => true,
        Delivery::Pending | Delivery::Sending | Delivery::Uncertain | Delivery::Sent => false,
    }
}

fn letter(letter: Letter, to: &UserId, at: Timestamp, items: Vec<crate::record::OccurrenceId>) -> NewMessage {
    let (kind, recipient) = (letter.as_str().to_owned(), to.to_string());
    NewMessage { id: String::new(), kind, recipient, at, items, body: None }
}

fn asked_about(occurrence: &Occurrence, now: Timestamp) -> Recording {
    recording(Occurrence { verification: Verification::Asked, ..occurrence.clone() }, now)
}

/// Asking follows from the *Done*, so it is by whoever recorded that.
fn recording(occurrence: Occurrence, at: Timestamp) -> Recording {
    let by = occurrence.completed_by.clone().unwrap_or_else(|| occurrence.manager.clone());
    Recording { occurrence, at, by, action: "ask", seen: None }
}
