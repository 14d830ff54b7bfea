//! Which nudges a day brings one manager: the rules of INTERFACE §5, as arithmetic.
//!
//! An agenda is worked out anew whenever it is needed, from the calendar and the record alone; nothing about it is
//! stored. It can be asked for the past as well (the bot was down), because the record tells what was undecided when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Days, Entry, OccurrenceId, Standing};
use crate::process::{ActivityKey, Calendar, Intensity, Per, Priority};

/// What a nudge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The morning's list.
    Plan,
    /// *It is time for …*
    Due,
    /// *How did it go?*
    Wrap,
    /// The time the manager chose.
    Snoozed,
    /// An hour before it closes.
    FollowUp,
    /// What should have gone before.
    Owed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [Kind::Plan, Kind::Due, Kind::Wrap, Kind::Snoozed, Kind::FollowUp, Kind::Owed];

    /// The word of INTERFACE §5.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Plan => "plan",
            Kind::Due => "due",
            Kind::Wrap => "wrap",
            Kind::Snoozed => "snoozed",
            Kind::FollowUp => "follow-up",
            Kind::Owed => "owed",
        }
    }

    /// The reverse of [`Kind::as_str`].
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One nudge that is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// What for.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// What it asks for, in order of due.
    pub items: Vec<OccurrenceId>,
}

/// A day's nudges for one manager, in order of time. `entries`: every occurrence of that manager that was not withdrawn,
/// is due by the end of the day and closes after its start (others do no harm). Empty where the day is no workday; a day
/// away is none, nor in `calendar`. `ahead`: the days away before the next workday; what stays owed in them joins the plan, so
/// that it can be done before.
pub fn agenda(
    day: Date,
    calendar: &Calendar,
    intensity: Intensity,
    ahead: Option<Days>,
    entries: &[Entry],
) -> Vec<Slot> {
    if !calendar.is_workday(day) {
        return Vec::new();
    }
    let day = Day::new(day, calendar);
    let mut slots = Vec::new();
    slots.extend(plan(&day, ahead, entries));
    let most = most_dues(intensity);
    match intensity {
        Intensity::Light => {}
        Intensity::Standard => {
            slots.extend(due(&day, entries, most, |priority| priority == Priority::Must));
            slots.extend(wrap(&day, entries));
        }
        Intensity::Active => {
            slots.extend(due(&day, entries, most, |_| true));
            slots.extend(wrap(&day, entries));
            slots.extend(follow_up(&day, entries));
        }
    }
    slots.extend(snoozed(&day, entries));
    slots.retain(|slot| !slot.items.is_empty() && (slot.kind == Kind::Plan || day.has_room_for(slot.at)));
    slots.sort_by_key(|slot| (slot.at, slot.kind));
    slots
}

/// How many *it is time for …* a day may bring.
pub fn most_dues(intensity: Intensity) -> usize {
    match intensity {
        Intensity::Light => 0,
        Intensity::Standard => 2,
        Intensity::Active => 6,
    }
}

/// The instants that a day's rules refer to.
struct Day {
    date: Date,
    starts: Timestamp,
    ends: Timestamp,
    wraps: Timestamp,
}

impl Day {
    fn new(date: Date, calendar: &Calendar) -> Day {
        let ends = calendar.instant(date, calendar.workday.end).timestamp();
        Day {
            date,
            starts: calendar.instant(date, calendar.workday.start).timestamp(),
            ends,
            wraps: ends - SignedDuration::from_hours(1),
        }
    }

    /// Whether a nudge other than the plan may go at this instant: inside the workday, and not in the plan's own minute.
    fn has_room_for(&self, at: Timestamp) -> bool {
        at >= self.starts + SignedDuration::from_mins(1) && at <= self.ends
    }
}

/// Whether it is open at `at`, as far as the record can tell of any instant.
fn is_open(entry: &Entry, at: Timestamp) -> bool {
    entry.occurrence.due <= at && at < entry.occurrence.closes && entry.occurrence.was_undecided(at)
}

fn slot<'a>(kind: Kind, at: Timestamp, items: impl Iterator<Item = &'a Entry>) -> Slot {
    let mut items: Vec<&Entry> = items.collect();
    items.sort_by_key(|entry| (entry.occurrence.due, entry.occurrence.id.clone()));
    Slot { kind, at, items: items.into_iter().map(|entry| entry.occurrence.id.clone()).collect() }
}

/// All that is due that day or still open, what was to be heard of again by now, and what stays owed while away.
fn plan(day: &Day, ahead: Option<Days>, entries: &[Entry]) -> Option<Slot> {
    let at = day.starts;
    let wanted = |entry: &&Entry| {
        let occurrence = &entry.occurrence;
        let due_today = occurrence.date == day.date && occurrence.was_undecided(at);
        // Snoozed before it is due, to a time at which only a plan may go: *tomorrow morning*, or an evening.
        let asked_for = occurrence.snoozed_until.is_some_and(|until| until < at + SignedDuration::from_mins(1));
        let stays_owed = ahead.is_some_and(|days| days.contains(occurrence.date))
            && occurrence.standing != Standing::Excused
            && occurrence.was_undecided(at);
        due_today
            || is_open(entry, at)
            || (asked_for && occurrence.was_undecided(at) && at < occurrence.closes)
            || stays_owed
    };
    Some(slot(Kind::Plan, at, entries.iter().filter(wanted)))
}

/// An activity's turn to be announced on a day: at its first occurrence, for all of the day's.
struct Announcement<'a> {
    priority: Priority,
    per: Per,
    at: Timestamp,
    entries: Vec<&'a Entry>,
}

/// *It is time for …*: the day's choice is settled as of the plan, so that what is done later in the day makes room for
/// nothing else. What falls due within one minute shares a nudge.
fn due(day: &Day, entries: &[Entry], most: usize, wanted: impl Fn(Priority) -> bool) -> Vec<Slot> {
    let mut by_activity: BTreeMap<&ActivityKey, Announcement> = BTreeMap::new();
    for entry in entries {
        let occurrence = &entry.occurrence;
        let settled = occurrence.date == day.date && occurrence.was_undecided(day.starts);
        if !settled || !wanted(entry.activity.priority) {
            continue;
        }
        let announcement = by_activity.entry(&occurrence.activity).or_insert_with(|| Announcement {
            priority: entry.activity.priority,
            per: entry.activity.per,
            at: occurrence.due,
            entries: Vec::new(),
        });
        announcement.at = announcement.at.min(occurrence.due);
        announcement.entries.push(entry);
    }
    let mut announcements: Vec<Announcement> = by_activity.into_values().filter(|a| day.has_room_for(a.at)).collect();
    announcements.sort_by_key(|a| (a.priority, a.per == Per::Rep, a.at));
    let mut chosen: BTreeMap<Timestamp, Vec<&Entry>> = BTreeMap::new();
    for announcement in announcements {
        let minute =
            chosen.keys().copied().find(|at| at.duration_since(announcement.at).abs() < SignedDuration::from_mins(1));
        if minute.is_some() || chosen.len() < most {
            chosen.entry(minute.unwrap_or(announcement.at)).or_default().extend(announcement.entries);
        }
    }
    chosen
        .into_iter()
        .map(|(at, entries)| slot(Kind::Due, at, entries.into_iter().filter(|e| wants_to_hear(e, at))))
        .collect()
}

/// Whether it was undecided at `at`, and its manager had not asked to hear of it only later.
fn wants_to_hear(entry: &Entry, at: Timestamp) -> bool {
    entry.occurrence.was_undecided(at) && entry.occurrence.snoozed_until.is_none_or(|until| until <= at)
}

/// *How did it go?*: what was due that day, or before and closes that day, and is still open.
fn wrap(day: &Day, entries: &[Entry]) -> Option<Slot> {
    let wanted = |entry: &&Entry| {
        let occurrence = &entry.occurrence;
        let closes_today = occurrence.closes <= day.ends.max(midnight_after(entry, day));
        is_open(entry, day.wraps) && (occurrence.date == day.date || closes_today)
    };
    Some(slot(Kind::Wrap, day.wraps, entries.iter().filter(wanted)))
}

/// Midnight at the end of the day, in the occurrence's zone.
fn midnight_after(entry: &Entry, day: &Day) -> Timestamp {
    let next = day.date.tomorrow().ok().and_then(|next| next.to_zoned(entry.occurrence.zone.clone()).ok());
    next.map_or(day.ends, |next| next.timestamp())
}

/// An hour before closing, where that is on a later day than due and not the wrap's minute.
fn follow_up(day: &Day, entries: &[Entry]) -> Vec<Slot> {
    let mut at_closing: BTreeMap<Timestamp, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let at = entry.occurrence.closes - SignedDuration::from_hours(1);
        let closes_later =
            at.to_zoned(entry.occurrence.zone.clone()).date() == day.date && entry.occurrence.date < day.date;
        let in_wrap = at.duration_since(day.wraps).abs() < SignedDuration::from_mins(1);
        if closes_later && !in_wrap && is_open(entry, at) {
            at_closing.entry(at).or_default().push(entry);
        }
    }
    at_closing.into_iter().map(|(at, entries)| slot(Kind::FollowUp, at, entries.into_iter())).collect()
}

/// At the chosen times. One outside the workday is left to the next plan.
fn snoozed(day: &Day, entries: &[Entry]) -> Vec<Slot> {
    let mut at_choice: BTreeMap<Timestamp, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let Some(until) = entry.occurrence.snoozed_until else { continue };
        if until.to_zoned(entry.occurrence.zone.clone()).date() == day.date && entry.occurrence.was_undecided(until) {
            at_choice.entry(until).or_default().push(entry);
        }
    }
    at_choice.into_iter().map(|(at, entries)| slot(Kind::Snoozed, at, entries.into_iter())).collect()
}
