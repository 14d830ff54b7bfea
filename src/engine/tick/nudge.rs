//! *Nudges*: decides which messages the time calls for, and queues them. What should have gone more than a minute ago
//! goes together in one message that says so.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use uuid::Uuid;

use super::super::processes::entries;
use super::super::{Engine, Result};
use crate::process::revision::Revisions;
use crate::process::{Calendar, Intensity, UserId};
use crate::record::agenda::{Kind, Slot, agenda};
use crate::record::{OccurrenceId, Standing};
use crate::slack::views;
use crate::store::{Cursor, Message, NewMessage, NudgePass, OccurrenceQuery};

/// A nudge is late when it is this long past its instant (INTERFACE §5).
pub(in super::super) const LATE: SignedDuration = SignedDuration::from_mins(1);

/// How far back an agenda is worked out after an outage. What closed before is told by `records`, not by a nudge.
const LOOK_BACK_DAYS: i64 = 35;

/// How far ahead the next nudge is looked for.
const LOOK_AHEAD_DAYS: i64 = 8;

impl Engine {
    pub(super) async fn nudge(&self, revisions: &Revisions, now: Timestamp) -> Result<()> {
        for cursor in self.store().awake(now).await? {
            let pass = match Person::at(revisions, &cursor.manager, now) {
                Some(person) => self.pass(revisions, &person, cursor, now).await?,
                None => NudgePass {
                    nudged_until: cursor.nudged_until.max(now),
                    wake_at: until_next_revision(revisions, &cursor.manager, now)
                        .unwrap_or_else(|| now.saturating_add(Span::new().hours(24)).unwrap_or(Timestamp::MAX)),
                    cursor,
                    add: Vec::new(),
                    merged: Vec::new(),
                },
            };
            // Where somebody else was faster, the next tick looks again.
            if self.store().enqueue(&pass).await? && !pass.add.is_empty() {
                tracing::info!(messages = pass.add.len(), "nudges queued");
            }
        }
        Ok(())
    }

    async fn pass(&self, revisions: &Revisions, person: &Person, cursor: Cursor, now: Timestamp) -> Result<NudgePass> {
        let today = now.to_zoned(person.calendar.zone.clone()).date();
        let back = today.saturating_sub(Span::new().days(LOOK_BACK_DAYS));
        let begin = cursor.nudged_until.to_zoned(person.calendar.zone.clone()).date().max(back);
        let horizon = today.saturating_add(Span::new().days(LOOK_AHEAD_DAYS));
        let query = OccurrenceQuery {
            manager: Some(cursor.manager.clone()),
            closes_after: Some(midnight(begin, &person.calendar)),
            due_before: Some(midnight(horizon, &person.calendar)),
            standings: Standing::ALL.into_iter().filter(|standing| *standing != Standing::Withdrawn).collect(),
            ..Default::default()
        };
        let entries = entries(revisions, self.store().occurrences(&query).await?);
        let pending = self.store().pending(cursor.manager.as_str()).await?;
        let all: Vec<Slot> = days(begin, horizon)
            .flat_map(|day| agenda(day, &person.calendar, person.intensity, &entries))
            .filter(|slot| slot.at > cursor.nudged_until)
            .collect();
        let (reached, ahead): (Vec<Slot>, Vec<Slot>) = all.into_iter().partition(|slot| slot.at <= now);
        let next = ahead.iter().map(|slot| slot.at);
        let wake_at = next
            .filter(|at| *at > now)
            .min()
            .unwrap_or_else(|| midnight(horizon, &person.calendar))
            .min(until_next_revision(revisions, &cursor.manager, now).unwrap_or(Timestamp::MAX))
            .max(now + A_SECOND);
        Ok(decide(person, cursor, reached, &pending, wake_at, now))
    }
}

/// The manager's midnight at which another revision begins to hold: no agenda reaches beyond it, since hours, intensity and
/// days off may be others then.
fn until_next_revision(revisions: &Revisions, manager: &UserId, now: Timestamp) -> Option<Timestamp> {
    let (process, manager) = revisions.iter().rev().find_map(|r| Some((&r.process, r.process.manager(manager)?)))?;
    let calendar = process.calendar_of(manager);
    let today = now.to_zoned(calendar.zone.clone()).date();
    let ahead = revisions.iter().map(|revision| revision.effective).filter(|effective| *effective > today);
    ahead.min().map(|effective| midnight(effective, &calendar))
}

const A_SECOND: SignedDuration = SignedDuration::from_secs(1);

/// A manager as the nudging rules see one.
struct Person {
    calendar: Calendar,
    intensity: Intensity,
}

impl Person {
    /// By the revision that governs the manager's own date; `None` where that does not know them.
    fn at(revisions: &Revisions, manager: &UserId, now: Timestamp) -> Option<Person> {
        let zone = revisions.iter().rev().find_map(|r| r.process.manager(manager))?.zone();
        let process = &revisions.governing(now.to_zoned(zone).date())?.process;
        let manager = process.manager(manager)?;
        Some(Person { calendar: process.calendar_of(manager), intensity: process.intensity_of(manager) })
    }
}

/// Whether anything may be sent at this instant: a workday, inside the working hours.
pub(in super::super) fn is_in_hours(calendar: &Calendar, now: Timestamp) -> bool {
    let local = now.to_zoned(calendar.zone.clone());
    let begins = calendar.instant(local.date(), calendar.workday.start).timestamp();
    let ends = calendar.instant(local.date(), calendar.workday.end).timestamp();
    calendar.is_workday(local.date()) && (begins..=ends).contains(&now)
}

/// When the next working hours begin.
fn next_start(calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned(calendar.zone.clone()).date();
    let start = |day: Date| calendar.instant(day, calendar.workday.start).timestamp();
    let later_today = Some(today).filter(|day| calendar.is_workday(*day) && start(*day) > now);
    later_today.or_else(|| calendar.workday_after(today)).map(start)
}

fn is_late(message: &Message, now: Timestamp) -> bool {
    message.kind != Kind::Owed.as_str() && message.at + LATE < now
}

/// Turns the slots whose time has come, and what is still unsent, into messages.
fn decide(
    person: &Person,
    cursor: Cursor,
    reached: Vec<Slot>,
    pending: &[Message],
    wake_at: Timestamp,
    now: Timestamp,
) -> NudgePass {
    let (late, mut punctual): (Vec<Slot>, Vec<Slot>) = reached.into_iter().partition(|slot| slot.at + LATE < now);
    let unsent: Vec<&Message> = pending.iter().filter(|message| is_late(message, now)).collect();
    if !is_in_hours(&person.calendar, now) && (!late.is_empty() || !unsent.is_empty()) {
        // It waits for the next workday: with the cursor where it is, that pass will find the same slots.
        let wake_at = next_start(&person.calendar, now).map_or(wake_at, |start| start.min(wake_at));
        return NudgePass { nudged_until: cursor.nudged_until, wake_at, cursor, add: vec![], merged: vec![] };
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
    let add = punctual.into_iter().flat_map(|slot| messages(&cursor.manager, slot)).collect();
    NudgePass { nudged_until: now.max(cursor.nudged_until), wake_at, cursor, add, merged }
}

/// A nudge that one message can't hold goes on in another, with its own id.
fn messages(manager: &UserId, slot: Slot) -> Vec<NewMessage> {
    let parts = slot.items.len().div_ceil(views::MOST_ENTRIES);
    let part = |(index, items): (usize, &[OccurrenceId])| NewMessage {
        id: id(&[manager.as_str(), slot.kind.as_str(), &slot.at.as_second().to_string(), &index.to_string()]),
        kind: slot.kind.as_str().to_owned(),
        recipient: manager.to_string(),
        at: slot.at,
        items: items.to_vec(),
        body: Some(serde_json::json!({ "part": index + 1, "of": parts }).to_string()),
    };
    slot.items.chunks(views::MOST_ENTRIES).enumerate().map(part).collect()
}

/// An opaque id made of what a message is, so that it is the same whoever works it out.
pub(super) fn id(parts: &[&str]) -> String {
    /// Ours alone; any constant would do, but it must never change.
    const NAMESPACE: Uuid = Uuid::from_u128(0x6f6e_6265_6174_4e75_8d67_6573_4964_7331);
    Uuid::new_v5(&NAMESPACE, parts.join("|").as_bytes()).to_string()
}

fn midnight(date: Date, calendar: &Calendar) -> Timestamp {
    calendar.instant(date, jiff::civil::Time::midnight()).timestamp()
}

/// From the first date up to the day before the last.
fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(Span::new().days(1)).take_while(move |day| *day < to)
}
