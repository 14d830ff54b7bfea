//! *Nudges*: decides which messages the time calls for, and queues them. What should have gone more than a minute ago
//! goes together in one message that says so.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use uuid::Uuid;

use super::super::lifecycle::Troubles;
use super::super::person::{self, Person};
use super::super::processes::entries;
use super::super::{Engine, Result};
use crate::process::revision::Revisions;
use crate::process::{Calendar, UserId};
use crate::record::agenda::{Kind, Slot, agenda, most_dues};
use crate::record::{Absences, OccurrenceId, Standing};
use crate::slack::views;
use crate::store::{Cursor, Message, NewMessage, NudgePass, OccurrenceQuery};

/// A nudge is late when it is this long past its instant (INTERFACE §5).
pub(in super::super) const LATE: SignedDuration = SignedDuration::from_mins(1);

/// How far back an agenda is worked out after an outage. What closed before is told by `records`, not by a nudge.
const LOOK_BACK_DAYS: i64 = 35;

/// How far ahead the next nudge is looked for.
const LOOK_AHEAD_DAYS: i64 = 8;

impl Engine {
    pub(super) async fn nudge(&self, revisions: &Revisions, troubles: &Troubles, now: Timestamp) -> Result<()> {
        for cursor in self.store().awake(now).await? {
            let manager = cursor.manager.clone();
            let done = match troubles.is_out_of_reach(&manager) {
                true => self.skip(revisions, cursor, now).await,
                false => self.nudge_one(revisions, cursor, now).await,
            };
            // One manager's trouble must not keep the others waiting.
            if let Err(error) = done {
                tracing::error!(%manager, %error, "a manager's nudges could not be worked out");
            }
        }
        Ok(())
    }

    /// Nobody is there to be nudged: today is let go, and nothing is owed for it. Who is back begins with the next
    /// morning's plan.
    async fn skip(&self, revisions: &Revisions, cursor: Cursor, now: Timestamp) -> Result<()> {
        let zone = person::zone(revisions, &cursor.manager, now);
        let tomorrow = now.to_zoned(zone.clone()).date().saturating_add(Span::new().days(1));
        let wake_at = midnight(tomorrow, &zone);
        let merged = self.pending_nudges(&cursor).await?.into_iter().map(|message| message.id).collect();
        let nudged_until = (wake_at - A_SECOND).max(cursor.nudged_until);
        self.store().enqueue(&NudgePass { cursor, nudged_until, wake_at, add: Vec::new(), merged }).await?;
        Ok(())
    }

    async fn pending_nudges(&self, cursor: &Cursor) -> Result<Vec<Message>> {
        let mut pending = self.store().pending(cursor.manager.as_str()).await?;
        pending.retain(|message| Kind::parse(&message.kind).is_some());
        Ok(pending)
    }

    async fn nudge_one(&self, revisions: &Revisions, cursor: Cursor, now: Timestamp) -> Result<()> {
        let pass = self.pass(revisions, cursor, now).await?;
        // Where somebody else was faster, the next tick looks again.
        if self.store().enqueue(&pass).await? && !pass.add.is_empty() {
            tracing::info!(messages = pass.add.len(), "nudges queued");
        }
        Ok(())
    }

    async fn pass(&self, revisions: &Revisions, cursor: Cursor, now: Timestamp) -> Result<NudgePass> {
        let zone = person::zone(revisions, &cursor.manager, now);
        let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let today = date(now);
        let begin = date(cursor.nudged_until).max(today.saturating_sub(Span::new().days(LOOK_BACK_DAYS)));
        let horizon = today.saturating_add(Span::new().days(LOOK_AHEAD_DAYS));
        let away = Absences::new(self.store().absences(Some(&cursor.manager)).await?);
        // The plan before an absence tells of all that stays owed in it.
        let near = away.not_over(today).filter(|days| days.first() < horizon).map(|days| days.last());
        let reach = near.max().map_or(horizon, |last| last.saturating_add(Span::new().days(1)).max(horizon));
        let query = OccurrenceQuery {
            manager: Some(cursor.manager.clone()),
            closes_after: Some(midnight(begin, &zone)),
            due_before: Some(midnight(reach, &zone)),
            standings: Standing::ALL.into_iter().filter(|standing| *standing != Standing::Withdrawn).collect(),
            ..Default::default()
        };
        let entries = entries(revisions, self.store().occurrences(&query).await?);
        let pending = self.pending_nudges(&cursor).await?;
        // Each day by the hours and the intensity that hold on it.
        let manager = cursor.manager.clone();
        let on = |day| Person::on(revisions, &away, &manager, day);
        let agendas = days(begin, horizon).filter_map(|day| {
            let person = on(day)?;
            let ahead = away.ahead_of(day, &person.calendar);
            Some(agenda(day, &person.calendar, person.intensity, ahead, &entries))
        });
        let all = agendas.flatten().filter(|slot| slot.at > cursor.nudged_until);
        // The day's choice is settled with its plan: what was announced already keeps its place, though the process may
        // have changed since.
        let announced =
            self.store().count_messages(cursor.manager.as_str(), Kind::Due.as_str(), midnight(today, &zone));
        let mut room = on(today).map_or(0, |person| most_dues(person.intensity)).saturating_sub(announced.await?);
        let settled = all.filter(|slot| slot.kind != Kind::Due || date(slot.at) != today || take_one(&mut room));
        let (reached, ahead): (Vec<Slot>, Vec<Slot>) = settled.partition(|slot| slot.at <= now);
        let next = ahead.iter().map(|slot| slot.at).min();
        let next_hours = days(today, horizon)
            .filter_map(|day| {
                let calendar = on(day)?.calendar;
                calendar.is_workday(day).then(|| calendar.instant(day, calendar.workday.start).timestamp())
            })
            .find(|start| *start > now);
        let moment = Moment {
            now,
            in_hours: on(today).is_some_and(|person| is_in_hours(&person.calendar, now)),
            next: next.unwrap_or_else(|| midnight(horizon, &zone)).max(now + A_SECOND),
            next_hours,
            unsettled: self.store().unsettled(cursor.manager.as_str()).await?,
        };
        // The first plan welcomes; who has none to come is welcomed by a message of its own.
        let has_plan = reached.iter().chain(&ahead).any(|slot| slot.kind == Kind::Plan);
        let mut pass = decide(&moment, cursor, reached, &pending);
        if !has_plan && on(today).is_some() {
            self.welcome_alone(&manager, &moment, &mut pass).await?;
        }
        Ok(pass)
    }

    /// Adds a welcome for who has none yet, or looks again when working hours begin.
    async fn welcome_alone(&self, manager: &UserId, moment: &Moment, pass: &mut NudgePass) -> Result<()> {
        if !self.is_unwelcomed(manager).await? {
            return Ok(());
        }
        if moment.in_hours {
            let welcome = id(&["welcome", manager.as_str()]);
            pass.add.extend(self.own_welcome(manager, welcome, moment.now).await?);
        } else if let Some(start) = moment.next_hours {
            pass.wake_at = pass.wake_at.min(start);
        }
        Ok(())
    }
}

/// Whether there was one left to take.
fn take_one(room: &mut usize) -> bool {
    let taken = *room > 0;
    *room = room.saturating_sub(1);
    taken
}

/// What a pass must know of the time.
struct Moment {
    now: Timestamp,
    /// Whether anything may be sent.
    in_hours: bool,
    /// When there is something to decide again.
    next: Timestamp,
    /// When working hours begin next.
    next_hours: Option<Timestamp>,
    /// Whether the fate of an earlier message is not known yet.
    unsettled: bool,
}

const A_SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Whether anything may be sent at this instant: a workday, inside the working hours.
pub(in super::super) fn is_in_hours(calendar: &Calendar, now: Timestamp) -> bool {
    let local = now.to_zoned(calendar.zone.clone());
    let begins = calendar.instant(local.date(), calendar.workday.start).timestamp();
    let ends = calendar.instant(local.date(), calendar.workday.end).timestamp();
    calendar.is_workday(local.date()) && (begins..=ends).contains(&now)
}

fn is_late(message: &Message, now: Timestamp) -> bool {
    message.kind != Kind::Owed.as_str() && message.at + LATE < now
}

/// Turns the slots whose time has come, and what is still unsent, into messages.
fn decide(moment: &Moment, cursor: Cursor, reached: Vec<Slot>, pending: &[Message]) -> NudgePass {
    let now = moment.now;
    let (late, mut punctual): (Vec<Slot>, Vec<Slot>) = reached.into_iter().partition(|slot| slot.at + LATE < now);
    let unsent: Vec<&Message> = pending.iter().filter(|message| is_late(message, now)).collect();
    if !moment.in_hours && (!late.is_empty() || !unsent.is_empty()) {
        // It waits for the next workday: with the cursor where it is, that pass will find the same slots.
        let wake_at = moment.next_hours.map_or(moment.next, |start| start.min(moment.next));
        return NudgePass { nudged_until: cursor.nudged_until, wake_at, cursor, add: vec![], merged: vec![] };
    }
    if moment.unsettled && (!late.is_empty() || !unsent.is_empty()) {
        // What is owed goes in one message, so it waits until all is known that may have to go with it. Meanwhile it is
        // kept as what it was; too late to be sent as such.
        let add = punctual.into_iter().chain(late).flat_map(|slot| messages(&cursor, slot)).collect();
        let wake_at = moment.next.min(now + LATE);
        return NudgePass { nudged_until: now.max(cursor.nudged_until), wake_at, cursor, add, merged: vec![] };
    }
    let mut owed: BTreeSet<OccurrenceId> = late.into_iter().flat_map(|slot| slot.items).collect();
    owed.extend(unsent.iter().flat_map(|message| message.items.iter().cloned()));
    let mut merged: Vec<String> = unsent.iter().map(|message| message.id.clone()).collect();
    let plan = punctual.iter_mut().find(|slot| slot.kind == Kind::Plan);
    // What is already waiting to be owed joins, whether it goes with a plan or grows.
    if plan.is_some() || !owed.is_empty() {
        for message in pending.iter().filter(|message| message.kind == Kind::Owed.as_str()) {
            owed.extend(message.items.iter().cloned());
            merged.push(message.id.clone());
        }
    }
    match plan {
        Some(plan) => {
            let known: BTreeSet<OccurrenceId> = plan.items.iter().cloned().collect();
            plan.items.extend(owed.difference(&known).cloned());
        }
        None if owed.is_empty() => {}
        None => punctual.push(Slot { kind: Kind::Owed, at: now, items: owed.into_iter().collect() }),
    }
    let add = punctual.into_iter().flat_map(|slot| messages(&cursor, slot)).collect();
    NudgePass { nudged_until: now.max(cursor.nudged_until), wake_at: moment.next, cursor, add, merged }
}

/// A nudge that one message can't hold goes on in another, with its own id.
fn messages(cursor: &Cursor, slot: Slot) -> Vec<NewMessage> {
    let parts = slot.items.len().div_ceil(views::MOST_ENTRIES);
    // What is owed has no instant of its own: two passes in one second owe two things.
    let pass = if slot.kind == Kind::Owed { cursor.version } else { 0 };
    let at = slot.at.as_second().to_string();
    let part = |(index, items): (usize, &[OccurrenceId])| NewMessage {
        id: id(&[cursor.manager.as_str(), slot.kind.as_str(), &at, &pass.to_string(), &index.to_string()]),
        kind: slot.kind.as_str().to_owned(),
        recipient: cursor.manager.to_string(),
        at: slot.at,
        items: items.to_vec(),
        body: Some(serde_json::json!({ "part": index + 1, "of": parts }).to_string()),
    };
    slot.items.chunks(views::MOST_ENTRIES).enumerate().map(part).collect()
}

/// An opaque id made of what a message is, so that it is the same whoever works it out.
pub(in super::super) fn id(parts: &[&str]) -> String {
    /// Ours alone; any constant would do, but it must never change.
    const NAMESPACE: Uuid = Uuid::from_u128(0x6f6e_6265_6174_4e75_8d67_6573_4964_7331);
    Uuid::new_v5(&NAMESPACE, parts.join("|").as_bytes()).to_string()
}

/// The first instant of a date.
fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// From the first date up to the day before the last.
fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(Span::new().days(1)).take_while(move |day| *day < to)
}
