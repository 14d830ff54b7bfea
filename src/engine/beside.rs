//! What messages say beside the occurrences: the welcome, and the questions that are asked once. Chosen when a message goes
//! out anyway; never a message for a question alone.

use jiff::{SignedDuration, Span, Timestamp};

use super::person::{self, Person};
use super::processes::entries;
use super::{Engine, Result};
use crate::process::revision::{Revision, Revisions};
use crate::process::{Intensity, Process, UserId};
use crate::record::agenda::Kind;
use crate::record::review::{Aside, SILENT_DAYS, Topic, is_silent, missed_in_a_row};
use crate::record::{Absences, Entry, Standing};
use crate::slack::views::{Beside, MOST_BESIDE, Question, Welcome};
use crate::store::{Message, NewMessage, OccurrenceQuery, Said};

/// The kind of a welcome that is a message of its own.
pub(super) const WELCOME: &str = "welcome";

/// How far back a row of misses is followed: three of what comes once a quarter.
const LOOK_BACK_DAYS: i64 = 300;

impl Engine {
    /// What a message says beside its occurrences, as it stands.
    pub(super) async fn beside(&self, revisions: &Revisions, message: &Message, now: Timestamp) -> Result<Beside> {
        let user = UserId::from(message.recipient.as_str());
        let mut beside = Beside::default();
        for intention in self.store().intentions(&user).await? {
            beside.intentions.insert(intention.activity, intention.words);
        }
        for said in self.store().said_in(&message.id).await? {
            match said.aside.topic {
                Topic::Welcome => beside.welcome = self.welcome_of(revisions, &user, now).await?,
                Topic::Snoozes | Topic::Misses | Topic::Silence => {
                    beside.questions.push(self.question(revisions, said).await?);
                }
            }
        }
        Ok(beside)
    }

    async fn question(&self, revisions: &Revisions, said: Said) -> Result<Question> {
        let occurrence = match &said.aside.occurrence {
            Some(id) => self.entry(revisions, id).await?,
            None => None,
        };
        let title = || {
            let key = said.aside.activity.as_ref()?;
            revisions.iter().rev().find_map(|revision| Some(revision.process.activity(key)?.title.clone()))
        };
        let about = occurrence.map(|entry| entry.label()).or_else(title).unwrap_or_default();
        let answer = said.answer.map(|(answer, ..)| answer);
        Ok(Question { id: said.aside.id, topic: said.aside.topic, about, answer })
    }

    /// Chooses what a message that is about to go says beside its occurrences: the first plan welcomes, a later one asks
    /// one thing at most.
    pub(super) async fn choose_beside(
        &self,
        revisions: &Revisions,
        message: &Message,
        kind: Kind,
        entries: &[Entry],
        now: Timestamp,
    ) -> Result<()> {
        match kind {
            Kind::Plan | Kind::Wrap | Kind::Snoozed => {}
            Kind::Due | Kind::FollowUp | Kind::Owed => return Ok(()),
        }
        let user = UserId::from(message.recipient.as_str());
        let said = self.store().said_to(&user).await?;
        // A second try at the same message says the same.
        if said.iter().any(|said| said.message == message.id) || entries.len() > MOST_BESIDE {
            return Ok(());
        }
        let latest = self.store().latest_message(Kind::Plan.as_str(), message.recipient.as_str()).await?;
        let is_first_plan = latest.is_none_or(|plan| plan.at == message.at);
        if kind == Kind::Plan && is_first_plan {
            self.store().say(&Aside::welcome(&user), &message.id, now).await?;
            return Ok(());
        }
        let open = |aside: &Aside| !said.iter().any(|said| said.aside.id == aside.id && said.answer.is_some());
        let mut asides: Vec<Aside> = entries.iter().filter_map(Aside::snoozes).filter(open).collect();
        let zone = person::zone(revisions, &user, now);
        let today = now.to_zoned(zone.clone()).date();
        let asked_today = said
            .iter()
            .any(|said| said.aside.topic != Topic::Welcome && said.at.to_zoned(zone.clone()).date() == today);
        if kind == Kind::Plan && !asked_today {
            asides.extend(self.about_the_course(revisions, &user, &said, now).await?);
        }
        for aside in asides {
            if self.store().say(&aside, &message.id, now).await? {
                tracing::info!(topic = aside.topic.as_str(), "asked beside a nudge");
                break;
            }
        }
        Ok(())
    }

    /// What the last weeks give reason to ask: of who is silent whether fewer would be better, and of nobody silent
    /// anything else.
    async fn about_the_course(
        &self,
        revisions: &Revisions,
        user: &UserId,
        said: &[Said],
        now: Timestamp,
    ) -> Result<Option<Aside>> {
        let today = person::today(revisions, user, now);
        let Some(Revision { process, .. }) = revisions.governing(today) else { return Ok(None) };
        let Some(manager) = process.manager(user) else { return Ok(None) };
        let asked = |topic: Topic| said.iter().filter(move |said| said.aside.topic == topic);
        let heard = match self.store().last_heard(user).await? {
            Some(heard) => Some(heard),
            None => self.store().first_sent(user).await?,
        };
        let since = now - SignedDuration::from_hours(24 * SILENT_DAYS);
        if let Some(heard) = heard
            && is_silent(heard, self.store().count_sent(user, since, now).await?, now)
        {
            let may_be_fewer = process.intensity_of(manager) != Intensity::Light;
            let asked_since = asked(Topic::Silence).any(|said| said.at >= heard);
            return Ok((may_be_fewer && !asked_since).then(|| Aside::silence(user, today)));
        }
        let query = OccurrenceQuery {
            manager: Some(user.clone()),
            from: Some(today.saturating_sub(Span::new().days(LOOK_BACK_DAYS))),
            to: Some(today),
            standings: Standing::ALL.into_iter().filter(|standing| *standing != Standing::Withdrawn).collect(),
            ..Default::default()
        };
        let entries = entries(revisions, self.store().occurrences(&query).await?);
        let streaks = missed_in_a_row(&entries, now).into_iter().filter(|streak| {
            let is_held = process.activity(&streak.activity).is_some_and(|activity| activity.is_held_by(user));
            let is_asked = asked(Topic::Misses)
                .any(|said| said.aside.activity.as_ref() == Some(&streak.activity) && said.at >= streak.since);
            is_held && !is_asked
        });
        Ok(streaks.map(|streak| Aside::misses(user, &streak)).next())
    }

    /// Whether nothing has welcomed the manager yet, nor is about to: nobody is welcomed who knows the plans already.
    pub(super) async fn is_unwelcomed(&self, manager: &UserId) -> Result<bool> {
        let plans = self.store().count_messages(manager.as_str(), Kind::Plan.as_str(), Timestamp::UNIX_EPOCH).await?;
        Ok(plans == 0 && !self.store().said_to(manager).await?.iter().any(|said| said.aside.topic == Topic::Welcome))
    }

    /// A welcome of its own, for who joins when no plan is due.
    pub(super) async fn own_welcome(&self, manager: &UserId, id: String, now: Timestamp) -> Result<Option<NewMessage>> {
        let says = self.store().say(&Aside::welcome(manager), &id, now).await?;
        let message = NewMessage {
            id,
            kind: WELCOME.to_owned(),
            recipient: manager.to_string(),
            at: now,
            items: Vec::new(),
            body: None,
        };
        Ok(says.then_some(message))
    }

    /// What the welcome says, as things stand.
    pub(super) async fn welcome_of(
        &self,
        revisions: &Revisions,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Option<Welcome>> {
        // Who has left is still shown what they were told.
        let in_force = person::in_force(revisions, user, now).into_iter().chain(revisions.iter().rev());
        let mut known = in_force.filter_map(|revision| Some((&*revision.process, revision.process.manager(user)?)));
        let Some((process, manager)) = known.next() else { return Ok(None) };
        let Some(who) = Person::at(revisions, &Absences::default(), user, now) else { return Ok(None) };
        let workday = who.calendar.workday;
        let clock = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        let held = || process.activities.iter().filter(|activity| activity.is_held_by(user));
        let with_notes = || held().filter(|activity| activity.evidence.note);
        let titles = |key: &crate::process::ActivityKey| process.activity(key).map(|activity| activity.title.clone());
        let intentions = self.store().intentions(user).await?.into_iter();
        Ok(Some(Welcome {
            manager_name: manager.name.clone(),
            process_name: process.name.clone(),
            added_by: added_by(revisions, user),
            leader_name: revisions.name_of(&manager.leader).unwrap_or(manager.leader.as_str()).to_owned(),
            intensity: who.intensity,
            hours: (clock(workday.start), clock(workday.end.wrapping_sub(SignedDuration::from_hours(1)))),
            private: held().filter(|activity| !activity.share_notes).map(|activity| activity.title.clone()).collect(),
            has_shared: with_notes().any(|activity| activity.share_notes),
            intentions: intentions.filter_map(|said| Some((titles(&said.activity)?, said.words))).collect(),
        }))
    }
}

/// Who made the first revision that knows a manager, where that is somebody with a name.
fn added_by(revisions: &Revisions, user: &UserId) -> Option<String> {
    let knows = |process: &Process| process.manager(user).is_some();
    let first = revisions.iter().find(|revision| knows(&revision.process))?;
    let by = UserId::from(first.by.as_deref()?);
    if by == *user { None } else { revisions.name_of(&by).map(str::to_owned) }
}
