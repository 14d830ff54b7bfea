//! *Reports*: queues a leader's digest when its time has come, its figures frozen.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::super::digest::{pieces, story_of};
use super::super::{Engine, Result};
use super::nudge::id;
use super::sources::Sources;
use crate::process::recurrence::{self, Rule};
use crate::process::revision::Revisions;
use crate::process::{Calendar, Holidays, OnHoliday, Phrase, Process, UserId};
use crate::record::digest::material::QUARTER;
use crate::record::digest::{Quarter, Restated, Story, Week};
use crate::store::{Delivery, Message, NewMessage, Store};

/// Leaders who share one digest: one and the same channel and time.
#[derive(Debug, Clone, PartialEq)]
pub struct Circle {
    /// Slack channel id.
    pub channel: String,
    /// When it is posted.
    pub when: Phrase,
    /// The zone of `when` and of the week.
    pub zone: TimeZone,
    /// Whose managers it covers.
    pub leaders: Vec<UserId>,
}

/// The digests that a process calls for: those of leaders who have a channel.
pub fn circles(process: &Process) -> Vec<Circle> {
    let mut circles: Vec<Circle> = Vec::new();
    for leader in &process.leaders {
        let settings = leader.digest.or(&process.digest);
        let Some(channel) = settings.channel else { continue };
        let when = settings.when.unwrap_or_else(usual_time);
        let zone = settings.time_zone.unwrap_or(TimeZone::UTC);
        let same = circles.iter_mut().find(|c| c.channel == channel && c.when == when && c.zone == zone);
        match same {
            Some(circle) => circle.leaders.push(leader.slack.clone()),
            None => circles.push(Circle { channel, when, zone, leaders: vec![leader.slack.clone()] }),
        }
    }
    circles
}

fn usual_time() -> Phrase {
    "every Friday at 16:00".parse().expect("a phrase of our own")
}

impl Circle {
    /// The week that this digest covers when it is posted at `at`.
    pub fn week(&self, process: &Process, at: Timestamp) -> Week {
        Week::covered_on(at.to_zoned(self.zone.clone()).date(), &process.calendar.workweek)
    }

    /// The last posting time in `after..=now`, if there is one: after an outage only the newest digest is posted.
    fn last_time(&self, process: &Process, after: Timestamp, now: Timestamp) -> Option<Timestamp> {
        self.times(process, after, now).into_iter().filter(|time| after < *time && *time <= now).max()
    }

    /// The posting times from a fortnight before `to` at the earliest up to the end of that day. A digest is posted at its
    /// time, holiday or not.
    pub(in super::super) fn times(&self, process: &Process, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let local = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        let calendar = Calendar {
            workweek: process.calendar.workweek.clone(),
            workday: process.calendar.workday,
            fiscal_year_starts: process.calendar.fiscal_year_starts,
            zone: self.zone.clone(),
            holidays: Holidays::default(),
        };
        let begin = local(from).max(local(to).saturating_sub(Span::new().days(14)));
        let times = recurrence::occurrences(&Rule::new(&self.when, OnHoliday::Following), &calendar, begin, local(to));
        times.iter().map(|time| time.timestamp()).collect()
    }

    /// Made of channel, time and week, so that a digest is posted once, whoever joins or leaves those who share it.
    fn message_id(&self, week: Week) -> String {
        let zone = self.zone.iana_name().unwrap_or("UTC");
        id(&["digest", &self.channel, &self.when.to_string(), zone, &week.to_string()])
    }

    /// As ids were made once: of channel, leaders and week.
    fn old_message_id(&self, week: Week) -> String {
        let leaders: Vec<&str> = self.leaders.iter().map(UserId::as_str).collect();
        id(&["digest", &self.channel, &leaders.join(","), &week.to_string()])
    }

    /// The message of the digest of `week`, if there is one, whatever became of it: under an id of its own, or that of the
    /// first of those in its channel that tell of the managers of all its leaders, posted before its time or zone was
    /// changed.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn known(&self, store: &dyn Store, week: Week) -> Result<Option<Message>> {
        for id in [self.message_id(week), self.old_message_id(week)] {
            if let Some(message) = store.message(&id).await? {
                return Ok(Some(message));
            }
        }
        let told = self.told_since(store, week).await?;
        let is_ours = |story: &Story| {
            story.digest.week == week && story.leaders.iter().any(|leader| self.leaders.contains(leader))
        };
        let ours: Vec<(Message, Story)> = told.into_iter().filter(|(_, story)| is_ours(story)).collect();
        let is_told = |leader| ours.iter().any(|(_, story)| story.leaders.contains(leader));
        // Whoever joined those who share it since is not left without.
        let all = self.leaders.iter().all(is_told);
        Ok(ours.into_iter().next().filter(|_| all).map(|(message, _)| message))
    }

    /// The digests in this channel of `week` and later, and what they tell.
    async fn told_since(&self, store: &dyn Store, week: Week) -> Result<Vec<(Message, Story)>> {
        // None is posted before its week begins, anywhere on earth.
        let begins = week.from().saturating_sub(Span::new().days(1)).to_zoned(TimeZone::UTC);
        let begins = begins.map_or(Timestamp::MIN, |begins| begins.timestamp());
        let messages = store.digests_in(&self.channel, begins).await?;
        Ok(messages.into_iter().filter_map(|message| story_of(&message).map(|story| (message, story))).collect())
    }

    /// What this digest tells of `week` at `now`, with what has changed since the last one told it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn story(&self, store: &dyn Store, revisions: &Revisions, week: Week, now: Timestamp) -> Result<Story> {
        let sources = Sources::read(store, revisions, week, Some(&self.leaders), now).await?;
        let posted = self.posted_before(store, week).await?;
        let restated = Restated::of(&posted, |week| sources.figures(week));
        Ok(Story { restated, leaders: self.leaders.clone(), ..sources.story(&self.zone) })
    }

    /// What the digests posted in the weeks before tell, the oldest first: as far back as the figures of their weeks are at
    /// hand. One over other leaders is left out: its figures are of other managers, so that nothing in them has changed.
    async fn posted_before(&self, store: &dyn Store, week: Week) -> Result<Vec<Story>> {
        let oldest = week.back(QUARTER - 1);
        let told = self.told_since(store, oldest).await?;
        let ids = |week: Week| [self.message_id(week), self.old_message_id(week)];
        let is_ours = |message: &Message, story: &Story| match story.leaders.is_empty() {
            // It does not say over whom.
            true => ids(story.digest.week).contains(&message.id),
            false => self.is_over(&story.leaders),
        };
        let is_told = |message: &Message, story: &Story| {
            message.delivery == Delivery::Sent && (oldest..week).contains(&story.digest.week)
        };
        let ours = told.into_iter().filter(|(message, story)| is_told(message, story) && is_ours(message, story));
        let mut ours: Vec<Story> = ours.map(|(_, story)| story).collect();
        ours.sort_by_key(|story| story.digest.week);
        Ok(ours)
    }

    /// Whether these are its leaders, in whatever order.
    fn is_over(&self, leaders: &[UserId]) -> bool {
        let set = |leaders: &[UserId]| leaders.iter().cloned().collect::<BTreeSet<UserId>>();
        set(leaders) == set(&self.leaders)
    }

    /// The digest's message for `week`, and those of its thread; of the message that is [known](Circle::known), where one is.
    pub fn messages(&self, known: Option<&Message>, week: Week, at: Timestamp, story: &Story) -> Vec<NewMessage> {
        let digest = NewMessage {
            id: known.map_or_else(|| self.message_id(week), |known| known.id.clone()),
            kind: "digest".to_owned(),
            recipient: self.channel.clone(),
            at,
            items: Vec::new(),
            body: Some(serde_json::to_string(story).expect("a story is plain data")),
        };
        let thread = pieces(&digest, story);
        [digest].into_iter().chain(thread).collect()
    }
}

/// The next time at which any digest is posted, within eight days.
pub(super) fn next_time(revisions: &Revisions, now: Timestamp) -> Option<Timestamp> {
    let process = &revisions.governing(now.to_zoned(TimeZone::UTC).date()).or(revisions.newest())?.process;
    let later = now.checked_add(Span::new().hours(8 * 24)).ok()?;
    let times = circles(process).into_iter().flat_map(|circle| circle.times(process, now, later));
    times.filter(|time| *time > now).min()
}

impl Engine {
    pub(super) async fn report(&self, revisions: &Revisions, now: Timestamp) -> Result<()> {
        let mut workspace = self.store().workspace().await?;
        let after = workspace.digests_until.or(workspace.first_served).unwrap_or(now);
        let governing = revisions.governing(now.to_zoned(TimeZone::UTC).date()).or(revisions.newest());
        let Some(process) = governing.map(|revision| &revision.process) else { return Ok(()) };
        let mut reached = false;
        for circle in circles(process) {
            let Some(at) = circle.last_time(process, after, now) else { continue };
            let week = circle.week(process, at);
            reached = true;
            if circle.known(self.store(), week).await?.is_some() {
                continue;
            }
            let story = circle.story(self.store(), revisions, week, now).await?;
            if self.queue_digest(&circle.messages(None, week, at, &story)).await? {
                tracing::info!(%week, "digest queued");
            }
        }
        // Seldom written: only a posting time that was reached moves it, and once an hour otherwise.
        if reached || workspace.digests_until.is_none_or(|until| now.duration_since(until).as_hours() >= 1) {
            workspace.digests_until = Some(now);
            self.store().save_workspace(&workspace).await?;
        }
        Ok(())
    }
}

/// What the digest of `week` tells at `now`: over everybody, or over the managers below some leaders. What was restated is
/// told by [`Circle::story`] alone, which knows what was posted.
///
/// # Errors
/// Where the store fails.
pub async fn story(
    store: &dyn Store,
    revisions: &Revisions,
    week: Week,
    leaders: Option<&[UserId]>,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Story> {
    Ok(Sources::read(store, revisions, week, leaders, now).await?.story(zone))
}

/// The quarter that ends with `week`, of the managers below a leader.
///
/// # Errors
/// Where the store fails.
pub(in super::super) async fn quarter(
    store: &dyn Store,
    revisions: &Revisions,
    week: Week,
    leader: &UserId,
    now: Timestamp,
) -> Result<Quarter> {
    Ok(Sources::read(store, revisions, week, Some(std::slice::from_ref(leader)), now).await?.quarter())
}
