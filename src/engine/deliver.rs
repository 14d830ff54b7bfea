//! Delivers what was decided: claim, then send, then settle. A send whose answer was lost is *uncertain*, and is looked
//! up in Slack by its metadata before it may be sent again. Then repaints what no longer shows the record.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::lifecycle::{Sort, Told};
use super::person::{self, Person};
use super::processes::entries;
use super::tick::is_in_hours;
use super::{Engine, Result};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::absence::Meanwhile;
use crate::record::agenda::Kind;
use crate::record::{Absences, Entry, OccurrenceId, State};
use crate::slack::client::TOKEN_TROUBLE;
use crate::slack::views::{self, Beside, MessageContent, NudgePicture, OwnWeeks};
use crate::slack::{CallError, Metadata, Post, Posted, UpdateError};
use crate::store::{Message, OccurrenceQuery, Settlement};

/// How many messages one round claims.
const BATCH: u32 = 32;

/// How long a claim holds: longer than a call can take with its time-out of 8 s, as SLACK's connector has it.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// When an uncertain message is first looked for: after the time-out, and a little for Slack to write it down.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(13);

/// How long one deliverer has a stale message to itself: a repaint takes 10 s at most.
const PAINTING: SignedDuration = SignedDuration::from_secs(20);

/// When a message that isn't in Slack's history was never accepted, counted from its start: the call after it takes 10 s at
/// most, an accepted message shows within a minute, and a little for clocks.
const SHOWS_WITHIN: SignedDuration = SignedDuration::from_secs(85);

/// How long to wait before looking again.
const NEXT_LOOK: SignedDuration = SignedDuration::from_secs(15);

/// How long a message rests that is not to go outside the working hours; the next plan takes it along anyway.
pub(super) const OUT_OF_HOURS: SignedDuration = SignedDuration::from_mins(5);

/// What came of looking at a claimed message once more before sending it.
pub(super) enum Ready {
    /// Send this.
    Send { content: MessageContent, metadata: Metadata, asked: Vec<OccurrenceId> },
    /// There is nothing left to say.
    Nothing,
    /// Not for so long: it is late and goes with what is owed, or it is outside the working hours.
    NotNow(SignedDuration),
}

impl Ready {
    /// What is told whole or not at all.
    fn of(told: Told, message: &Message, metadata: Metadata) -> Ready {
        match told {
            Told::Content(content) => Ready::Send { content, metadata, asked: message.items.clone() },
            Told::NotNow => Ready::NotNow(OUT_OF_HOURS),
            Told::Over => Ready::Nothing,
        }
    }
}

impl Engine {
    /// Sends what was decided and repaints what changed, until there is nothing left that can be done now. How many
    /// messages went out.
    ///
    /// # Errors
    /// Where the store fails; what was claimed then becomes uncertain when its lease ends.
    pub async fn deliver(&self) -> Result<usize> {
        self.store().expire_leases(self.clock().machine()).await?;
        let mut sent = 0;
        loop {
            // Read anew for each batch: a lease must not begin before its claim.
            let machine = self.clock().machine();
            let claimed = self.store().claim(machine, machine + LEASE, BATCH).await?;
            if claimed.is_empty() {
                break;
            }
            let settled =
                self.in_parallel(claimed, |engine, message| async move { engine.send(message).await }).await?;
            sent += settled.iter().filter(|settled| matches!(settled, Some(Settlement::Sent { .. }))).count();
        }
        let machine = self.clock().machine();
        let unknown = self.store().uncertain(machine, machine + LEASE).await?;
        self.in_parallel(unknown, |engine, message| async move { engine.look_up(message).await }).await?;
        loop {
            let machine = self.clock().machine();
            let stale = self.store().stale(machine, machine + PAINTING, BATCH).await?;
            if stale.is_empty() {
                break;
            }
            // What changes while it is painted is stale at once, and comes again here.
            self.in_parallel(stale, |engine, message| async move { engine.repaint(message).await }).await?;
        }
        self.look_again().await?;
        Ok(sent)
    }

    /// Sends one message that was just queued, whatever its turn.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn deliver_one(&self, id: &str) -> Result<Option<Settlement>> {
        let machine = self.clock().machine();
        match self.store().claim_one(id, machine, machine + LEASE).await? {
            Some(message) => self.send(message).await,
            None => Ok(None),
        }
    }

    /// Works on the messages of different recipients at once, and on those of one recipient in their order.
    async fn in_parallel<T, F, R>(&self, mut messages: Vec<Message>, work: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: Fn(Engine, Message) -> R + Clone + Send + 'static,
        R: Future<Output = Result<T>> + Send + 'static,
    {
        messages.sort_by_key(|message| (message.recipient.clone(), message.at, part(message).part));
        let mut running: JoinSet<Vec<Result<T>>> = JoinSet::new();
        for own in messages.chunk_by(|one, next| one.recipient == next.recipient) {
            let (engine, own, work) = (self.clone(), own.to_vec(), work.clone());
            running.spawn(async move {
                let mut done = Vec::with_capacity(own.len());
                for message in own {
                    done.push(work(engine.clone(), message).await);
                }
                done
            });
        }
        let mut done = Vec::new();
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(results) => done.extend(results),
                // Its messages become uncertain when the lease ends; the others go on.
                Err(error) => tracing::error!(%error, "sending a message broke off"),
            }
        }
        done.into_iter().collect()
    }

    /// Begins this attempt, or begins it anew: a message may have waited behind others, and only while it is ours may it
    /// be posted.
    pub(super) async fn start(&self, message: &Message) -> Result<bool> {
        let machine = self.clock().machine();
        Ok(self.store().start(&message.id, message.attempt, machine, machine + LEASE).await?)
    }

    /// `None`: this attempt was given up meanwhile, and whoever looks the message up has it now.
    async fn send(&self, message: Message) -> Result<Option<Settlement>> {
        if !self.start(&message).await? {
            return Ok(None);
        }
        let now = self.clock().now();
        let revisions = self.refresh().await?;
        let ready = match Sort::of(&message) == Sort::Piece {
            true => None,
            false => Some(self.ready(&revisions, &message, now).await?),
        };
        let settlement = match ready {
            None => self.send_piece(&message).await?,
            Some(Ready::Nothing) => Some(Settlement::Dropped),
            Some(Ready::NotNow(wait)) => Some(Settlement::Retry { not_before: self.clock().machine() + wait }),
            Some(Ready::Send { content, metadata, asked }) => {
                if asked != message.items {
                    self.store().narrow(&message.id, &asked).await?;
                }
                self.post(&message, content, metadata).await?
            }
        };
        let Some(settlement) = settlement else {
            tracing::warn!(message = %message.id, "not sent: it took too long to begin, and is looked up first");
            return Ok(None);
        };
        tracing::info!(message = %message.id, kind = %message.kind, outcome = settlement.as_str(), "message settled");
        let is_sent = matches!(settlement, Settlement::Sent { .. });
        let delay = is_sent.then(|| self.clock().now().duration_since(message.at).try_into().unwrap_or_default());
        self.metrics().message(&message.kind, settlement.as_str(), delay);
        self.store().settle(&message.id, message.attempt, &settlement, now).await?;
        Ok(Some(settlement))
    }

    async fn post(&self, message: &Message, content: MessageContent, metadata: Metadata) -> Result<Option<Settlement>> {
        let (channel, is_remembered) = match self.channel_for(message).await? {
            Ok(found) => found,
            Err(error) => return self.refused(message, error, None).await.map(Some),
        };
        let client_msg_id = message.id.parse().unwrap_or_default();
        let post = Post { channel: channel.clone(), thread: None, content, metadata, client_msg_id };
        if !self.start(message).await? {
            return Ok(None);
        }
        Ok(Some(match self.slack().post(&post).await {
            Ok(Posted { channel, ts }) => {
                self.went_through(message).await?;
                Settlement::Sent { channel, ts }
            }
            Err(CallError::Refused(code)) if code == "channel_not_found" && is_remembered => {
                // The conversation that was remembered is no more: it is opened anew.
                self.store().forget_direct_channel(&UserId(message.recipient.clone())).await?;
                Settlement::Retry { not_before: self.clock().machine() }
            }
            Err(error) => self.refused(message, error, Some(channel)).await?,
        }))
    }

    pub(super) async fn refused(
        &self,
        message: &Message,
        error: CallError,
        channel: Option<String>,
    ) -> Result<Settlement> {
        if let Some(settlement) = self.plainer(message, &error).await? {
            return Ok(settlement);
        }
        if let Some(settlement) = self.in_trouble(message, &error).await? {
            return Ok(settlement);
        }
        let machine = self.clock().machine();
        let later = |wait: Option<Duration>| {
            let wait = wait.unwrap_or_default().max(backoff(message));
            Settlement::Retry { not_before: machine + SignedDuration::try_from(wait).unwrap_or(LEASE) }
        };
        Ok(match (error, channel) {
            (CallError::NotSent { retry_after }, _) => later(retry_after),
            // Before there is a channel nothing can have been posted.
            (CallError::Unknown, None) => later(None),
            (CallError::Unknown, Some(channel)) => Settlement::Uncertain { channel, look_at: machine + FIRST_LOOK },
            // The token can be mended; the message is still wanted then.
            (error, _) if error.is_about_the_token() => later(Some(TOKEN_TROUBLE)),
            (CallError::Refused(code), _) => Settlement::Dead(code),
        })
    }

    /// The channel of a digest, or the direct-message channel of whom a message is for, and whether that was only
    /// remembered.
    async fn channel_for(&self, message: &Message) -> Result<std::result::Result<(String, bool), CallError>> {
        if !Sort::of(message).is_direct() {
            return Ok(Ok((message.recipient.clone(), false)));
        }
        let user = UserId(message.recipient.clone());
        if let Some(known) = self.store().direct_channel(&user).await? {
            return Ok(Ok((known, true)));
        }
        match self.slack().open_direct(&user).await {
            Ok(channel) => {
                self.store().remember_direct_channel(&user, &channel).await?;
                Ok(Ok((channel, false)))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// Looks at a claimed message once more: the record may have moved since it was queued.
    async fn ready(&self, revisions: &Revisions, message: &Message, now: Timestamp) -> Result<Ready> {
        let kind = match Sort::of(message) {
            Sort::Nudge(kind) => kind,
            Sort::Digest => return self.ready_digest(message).await,
            Sort::Piece => return Ok(Ready::Nothing),
            Sort::Question => return self.ready_question(revisions, message, now).await,
            Sort::Welcome => return self.ready_to_welcome(revisions, message, now).await,
            Sort::Notice => {
                let told = self.notice_content(revisions, message, now).await?;
                return Ok(Ready::of(told, message, Metadata::notice(&message.id)));
            }
            Sort::Verification(letter) => {
                let told = self.ready_letter(revisions, message, letter, now).await?;
                return Ok(Ready::of(told, message, Metadata::verification(&message.id)));
            }
        };
        let user = UserId::from(message.recipient.as_str());
        let away = self.absences(&user).await?;
        let in_force = Person::on(revisions, &away, &user, person::today(revisions, &user, now));
        let Some(who) = in_force else { return Ok(Ready::Nothing) };
        if self.troubles().await?.is_out_of_reach(&user) {
            return Ok(Ready::Nothing);
        }
        let entries = self.entries_of(revisions, &message.items).await?;
        let wanted = entries.into_iter().filter(|entry| is_still_asked(kind, entry, now)).collect::<Vec<_>>();
        if wanted.is_empty() {
            return Ok(Ready::Nothing);
        }
        if !is_in_hours(&who.calendar, now) {
            return Ok(Ready::NotNow(OUT_OF_HOURS));
        }
        if kind != Kind::Owed && message.at + super::tick::LATE < now {
            return Ok(Ready::NotNow(NEXT_LOOK));
        }
        // The last part has the most room.
        if part(message).part == part(message).of {
            self.choose_beside(revisions, message, kind, &wanted, now).await?;
        }
        let beside = self.beside(revisions, message, now).await?;
        let around = self.around(revisions, &who, &away, message, now).await?;
        let content = views::nudge(&picture(&who, message, kind, &wanted, (&beside, &around), now));
        let asked = wanted.iter().map(|entry| entry.occurrence.id.clone()).collect();
        Ok(Ready::Send { content, metadata: Metadata::nudge(&message.id, kind), asked })
    }

    async fn ready_to_welcome(&self, revisions: &Revisions, message: &Message, now: Timestamp) -> Result<Ready> {
        let user = UserId::from(message.recipient.as_str());
        let away = self.absences(&user).await?;
        let Some(who) = Person::on(revisions, &away, &user, person::today(revisions, &user, now)) else {
            return Ok(Ready::Nothing);
        };
        // Where a plan has said it meanwhile, it is said.
        let Some(welcome) = self.beside(revisions, message, now).await?.welcome else { return Ok(Ready::Nothing) };
        if self.troubles().await?.is_out_of_reach(&user) {
            return Ok(Ready::Nothing);
        }
        if !is_in_hours(&who.calendar, now) {
            return Ok(Ready::NotNow(OUT_OF_HOURS));
        }
        let (content, metadata) = (views::welcome(&welcome), Metadata::welcome(&message.id));
        Ok(Ready::Send { content, metadata, asked: Vec::new() })
    }

    /// What a plan stands beside: before an absence it tells what happens meanwhile, after one it says welcome back; and the
    /// manager's own weeks, on the days on which they are told.
    async fn around(
        &self,
        revisions: &Revisions,
        who: &Person,
        away: &Absences,
        message: &Message,
        now: Timestamp,
    ) -> Result<Around> {
        if message.kind != Kind::Plan.as_str() || part(message).part > 1 {
            return Ok(Around::default());
        }
        let date = |at: Timestamp| at.to_zoned(who.calendar.zone.clone()).date();
        let (day, today) = (date(message.at), date(now));
        let user = UserId::from(message.recipient.as_str());
        let ahead = match away.ahead_of(day, &who.calendar).filter(|days| today < days.first()) {
            Some(days) => Some(self.meanwhile(revisions, &user, away, days, now).await?),
            None => None,
        };
        let own = self.own_weeks(revisions, &user, day, &who.calendar, now).await?;
        Ok(Around { ahead, is_first_day_back: away.is_first_day_back(day, &who.calendar), own })
    }

    /// The entries in the order of the ids.
    pub(super) async fn entries_of(&self, revisions: &Revisions, ids: &[OccurrenceId]) -> Result<Vec<Entry>> {
        let query = OccurrenceQuery { ids: Some(ids.to_vec()), ..Default::default() };
        let found = entries(revisions, self.store().occurrences(&query).await?);
        let mut by_id: HashMap<OccurrenceId, Entry> =
            found.into_iter().map(|entry| (entry.occurrence.id.clone(), entry)).collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }

    /// Asks Slack's history what became of a message whose answer was lost.
    async fn look_up(&self, message: Message) -> Result<()> {
        let now = self.clock().now();
        let machine = self.clock().machine();
        let again = |channel: &str| Settlement::Uncertain { channel: channel.to_owned(), look_at: machine + NEXT_LOOK };
        let settlement = match self.channel_that_was_tried(&message).await? {
            // The channel is remembered before anything is posted to it: nothing was.
            None => Settlement::Retry { not_before: machine },
            Some(channel) => {
                let started = message.started_at.unwrap_or(machine);
                let key = Sort::of(&message).key();
                let found = match Sort::of(&message) == Sort::Piece {
                    true => self.find_piece(&message).await,
                    false => self.slack().find_by_metadata(&channel, started, key, &message.id).await,
                };
                match found {
                    Ok(Some(Posted { channel, ts })) => Settlement::Sent { channel, ts },
                    Ok(None) if machine.duration_since(started) > SHOWS_WITHIN => {
                        Settlement::Retry { not_before: machine }
                    }
                    // Slack has no such channel any more: there is nothing to find, and nowhere to send it.
                    Err(CallError::Refused(code)) if code == "channel_not_found" => Settlement::Dead(code),
                    Ok(None) | Err(_) => again(&channel),
                }
            }
        };
        self.metrics().message(&message.kind, settlement.as_str(), None);
        tracing::info!(message = %message.id, outcome = settlement.as_str(), "looked an uncertain message up");
        Ok(self.store().resolve(&message, &settlement, now).await?)
    }

    async fn channel_that_was_tried(&self, message: &Message) -> Result<Option<String>> {
        if message.channel.is_some() || !Sort::of(message).is_direct() {
            return Ok(Some(message.channel.clone().unwrap_or_else(|| message.recipient.clone())));
        }
        Ok(self.store().direct_channel(&UserId(message.recipient.clone())).await?)
    }

    /// What a message that is in Slack shows by now; none where it is nobody's.
    async fn shown(
        &self,
        revisions: &Revisions,
        message: &Message,
        now: Timestamp,
    ) -> Result<Option<(MessageContent, Metadata)>> {
        if Sort::of(message) == Sort::Digest {
            return Ok(super::digest::again(message));
        }
        if Sort::of(message) == Sort::Piece {
            return self.piece_again(message).await;
        }
        if let Sort::Verification(letter) = Sort::of(message) {
            let content = self.letter_content(revisions, message, letter, now).await?;
            return Ok(content.map(|content| (content, Metadata::verification(&message.id))));
        }
        if Sort::of(message) == Sort::Question {
            let content = self.question_content(revisions, message, now).await?;
            return Ok(content.map(|content| (content, Metadata::question(&message.id))));
        }
        let beside = self.beside(revisions, message, now).await?;
        if Sort::of(message) == Sort::Welcome {
            return Ok(beside.welcome.map(|welcome| (views::welcome(&welcome), Metadata::welcome(&message.id))));
        }
        let user = UserId::from(message.recipient.as_str());
        let away = self.absences(&user).await?;
        let person = Person::at(revisions, &away, &user, now);
        let Some((kind, who)) = Kind::parse(&message.kind).zip(person) else { return Ok(None) };
        let entries = self.entries_of(revisions, &message.items).await?;
        let around = self.around(revisions, &who, &away, message, now).await?;
        let content = views::nudge(&picture(&who, message, kind, &entries, (&beside, &around), now));
        Ok(Some((content, Metadata::nudge(&message.id, kind))))
    }

    /// A message is a picture of the record: paints it anew.
    async fn repaint(&self, message: Message) -> Result<()> {
        let revisions = self.refresh().await?;
        let now = self.clock().now();
        let place = message.channel.clone().zip(message.ts.clone()).map(|(channel, ts)| Posted { channel, ts });
        let shown = self.shown(&revisions, &message, now).await?;
        let (Some(place), Some((content, metadata))) = (place, shown) else {
            return Ok(self.store().repaint_later(&message.id, None).await?);
        };
        if Sort::of(&message).is_direct()
            && self.troubles().await?.is_out_of_reach(&UserId::from(message.recipient.as_str()))
        {
            // Nobody looks at it; once they are back, what changes then is painted.
            return Ok(self.store().painted(&message.id, message.paint).await?);
        }
        match self.slack().update(&place, &content, &metadata).await {
            Ok(()) => self.store().painted(&message.id, message.paint).await?,
            Err(UpdateError::Gone) => self.store().repaint_later(&message.id, None).await?,
            Err(UpdateError::Later { retry_after }) => {
                let wait = SignedDuration::try_from(retry_after.unwrap_or(Duration::from_secs(5))).unwrap_or(LEASE);
                self.store().repaint_later(&message.id, Some(self.clock().machine() + wait)).await?;
            }
            Err(UpdateError::Rejected(code)) => {
                if self.plainer(&message, &CallError::Refused(code.clone())).await?.is_some() {
                    let at_once = Some(Timestamp::UNIX_EPOCH);
                    return Ok(self.store().repaint_later(&message.id, at_once).await?);
                }
                tracing::error!(message = %message.id, code, "Slack refused a repaint");
                // Not this picture; the next one may fare better.
                self.store().painted(&message.id, message.paint).await?;
            }
        }
        Ok(())
    }
}

/// What a plan stands beside: absences, and the manager's own weeks.
#[derive(Default)]
struct Around {
    ahead: Option<Meanwhile>,
    is_first_day_back: bool,
    own: OwnWeeks,
}

fn picture<'a>(
    who: &'a Person,
    message: &'a Message,
    kind: Kind,
    entries: &'a [Entry],
    (beside, around): (&'a Beside, &'a Around),
    now: Timestamp,
) -> NudgePicture<'a> {
    let part = part(message);
    NudgePicture {
        id: &message.id,
        kind,
        manager_name: &who.name,
        now,
        calendar: &who.calendar,
        entries,
        part: (part.part, part.of),
        beside,
        ahead: around.ahead.as_ref(),
        is_first_day_back: around.is_first_day_back,
        own: &around.own,
    }
}

/// Which part of a nudge a message is, where one could not hold it all.
#[derive(serde::Deserialize)]
struct Part {
    part: usize,
    of: usize,
}

fn part(message: &Message) -> Part {
    let told = message.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    told.unwrap_or(Part { part: 1, of: 1 })
}

/// Never about what is decided; about what closed meanwhile only where the bot owes it.
fn is_still_asked(kind: Kind, entry: &Entry, now: Timestamp) -> bool {
    match (kind, entry.occurrence.state(now)) {
        (_, State::Planned | State::Open) => true,
        (Kind::Owed | Kind::Plan, State::Missed) => true,
        (Kind::Due | Kind::Wrap | Kind::Snoozed | Kind::FollowUp, State::Missed) => false,
        (_, State::Done | State::Skipped | State::Excused | State::Withdrawn) => false,
    }
}

/// 5 s, 10 s, 20 s, and then every half a minute; up to a quarter more, each message by its own id, so that those which
/// failed together do not all come back together.
fn backoff(message: &Message) -> Duration {
    let doublings = u32::try_from(message.attempt - 1).unwrap_or(0).min(3);
    let whole = Duration::from_secs(5 * 2_u64.pow(doublings)).min(Duration::from_secs(30));
    let share = message.id.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    whole + whole * u32::from(share) / 1024
}
