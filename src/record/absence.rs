//! A manager's own word that they are away, and what it does to what is owed.
//!
//! An absence is data that planning and nudging consult: what falls due inside it is excused where it is daily or weekly
//! (every N weeks too); what belongs to a month or longer stays owed, and closes `grace` workdays after the first workday
//! back where that is later (INTERFACE §5). Days are the manager's own local dates. [`words`] is the language of
//! `/onbeat away`.

#[cfg(test)]
mod tests;
pub mod words;

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Entry, Occurrence, Standing, State};
use crate::process::holidays::Holiday;
use crate::process::phrase::{Phrase, Recur};
use crate::process::plan::closes;
use crate::process::{Activity, Calendar, UserId};

/// The reason under which an absence excuses.
pub const AWAY: &str = "away";

/// How long an absence may be, in days: a year.
pub const MOST_DAYS: i64 = 366;

/// From a first day to a last one, both included; the first is never after the last. Written `2026-12-24/2027-01-02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Days {
    first: Date,
    last: Date,
}

impl Days {
    /// `None` where the last day is before the first.
    pub fn new(first: Date, last: Date) -> Option<Days> {
        (first <= last).then_some(Days { first, last })
    }

    /// The first of them.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last of them.
    pub fn last(self) -> Date {
        self.last
    }

    /// Whether the date is one of them.
    pub fn contains(self, date: Date) -> bool {
        (self.first..=self.last).contains(&date)
    }

    /// Whether they have a day in common.
    pub fn overlaps(self, other: Days) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Those from `date` on.
    pub fn from(self, date: Date) -> Option<Days> {
        Days::new(self.first.max(date), self.last)
    }

    /// Whether together they have no gap.
    fn touches(self, other: Days) -> bool {
        self.first <= next(other.last) && other.first <= next(self.last)
    }

    /// What is left of them beside `other`: nothing, one stretch or two.
    fn without(self, other: Days) -> impl Iterator<Item = Days> {
        let before = Days::new(self.first, self.last.min(before(other.first)));
        let after = Days::new(self.first.max(next(other.last)), self.last);
        let apart = (!self.overlaps(other)).then_some(self);
        match apart {
            Some(all) => [Some(all), None],
            None => [before, after],
        }
        .into_iter()
        .flatten()
    }
}

fn next(date: Date) -> Date {
    date.saturating_add(Span::new().days(1))
}

fn before(date: Date) -> Date {
    date.saturating_sub(Span::new().days(1))
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.last)
    }
}

impl std::str::FromStr for Days {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Days, jiff::Error> {
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let (first, last): (Date, Date) = (first.parse()?, last.parse()?);
        Ok(Days { first, last: last.max(first) })
    }
}

/// Days on which a manager is away, by the manager's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Whose.
    pub manager: UserId,
    /// When.
    pub days: Days,
    /// Who said so.
    pub said_by: UserId,
    /// When it was said, on the bot's clock.
    pub said_at: Timestamp,
}

/// The absences of one manager, in order, with at least a day between any two.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absences(Vec<Absence>);

impl Absences {
    /// From one manager's absences in any order; those that touch become one.
    pub fn new(all: Vec<Absence>) -> Absences {
        all.into_iter().fold(Absences::default(), |merged, absence| merged.with(absence))
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Absence> {
        self.0.iter()
    }

    /// The one that holds this date.
    pub fn on(&self, date: Date) -> Option<&Absence> {
        self.0.iter().find(|absence| absence.days.contains(date))
    }

    /// The days of those that are not over on this date, in order.
    pub fn not_over(&self, today: Date) -> impl Iterator<Item = Days> {
        self.0.iter().map(|absence| absence.days).filter(move |days| days.last >= today)
    }

    /// With one more; with those that it touches it becomes one. The newest word counts for all of it, unless it says
    /// nothing new.
    pub fn with(&self, more: Absence) -> Absences {
        let says_nothing_new =
            |known: &Absence| known.days.contains(more.days.first) && known.days.contains(more.days.last);
        if self.0.iter().any(says_nothing_new) {
            return self.clone();
        }
        let (touched, mut all): (Vec<Absence>, Vec<Absence>) =
            self.0.iter().cloned().partition(|known| known.days.touches(more.days));
        let days = touched.iter().fold(more.days, |days, known| Days {
            first: days.first.min(known.days.first),
            last: days.last.max(known.days.last),
        });
        all.push(Absence { days, ..more });
        all.sort_by_key(|absence| absence.days);
        Absences(all)
    }

    /// Without these days.
    pub fn without(&self, days: Days) -> Absences {
        let left = |known: &Absence| {
            let known = known.clone();
            known.days.without(days).map(move |days| Absence { days, ..known.clone() }).collect::<Vec<_>>()
        };
        Absences(self.0.iter().flat_map(left).collect())
    }

    /// The calendar with the days away as days off: nobody is asked anything on them.
    pub fn off(&self, mut calendar: Calendar) -> Calendar {
        for absence in &self.0 {
            let days = absence.days.first.series(Span::new().days(1));
            for day in days.take_while(|day| *day <= absence.days.last) {
                calendar.holidays.add(day, Holiday { name: None, managers: None });
            }
        }
        calendar
    }

    /// The days away that lie between `day` and the next workday of `calendar`, which has them off: what a manager hears of
    /// on the last workday before.
    pub fn ahead_of(&self, day: Date, calendar: &Calendar) -> Option<Days> {
        let next = calendar.workday_after(day);
        let mut between = self.0.iter().map(|absence| absence.days);
        let first = between.find(|days| day < days.first && next.is_none_or(|next| days.last < next))?;
        let last = between.take_while(|days| next.is_none_or(|next| days.last < next)).last();
        Some(Days { first: first.first, last: last.unwrap_or(first).last })
    }

    /// Whether `day` is the first workday after days away; `calendar` has them off.
    pub fn is_first_day_back(&self, day: Date, calendar: &Calendar) -> bool {
        let before = calendar.workday_before(day);
        self.0.iter().any(|absence| absence.days.last < day && before.is_none_or(|before| before < absence.days.first))
    }

    /// What planning calls for, as the absences have it.
    pub fn applied(&self, called_for: Occurrence, activity: &Activity, calendar: &Calendar) -> Occurrence {
        let Some(absence) = self.on(called_for.date) else { return called_for };
        if !stays_owed(&activity.when) {
            return Occurrence {
                standing: Standing::Excused,
                reason: Some(AWAY.to_owned()),
                completed_at: Some(absence.said_at),
                completed_by: Some(absence.said_by.clone()),
                ..called_for
            };
        }
        let due = called_for.due.to_zoned(calendar.zone.clone());
        let back = self.off(calendar.clone()).workday_after(absence.days.last);
        let later = back.map(|back| closes(calendar, activity.grace, back, &due).timestamp());
        Occurrence { closes: later.map_or(called_for.closes, |later| later.max(called_for.closes)), ..called_for }
    }
}

/// Whether it belongs to a month or longer, so that an absence puts it off rather than excuses it.
fn stays_owed(when: &Phrase) -> bool {
    match when.recur {
        Recur::EveryDay | Recur::EveryWorkday | Recur::Weekly { .. } => false,
        Recur::Ordinal { .. } => true,
    }
}

impl Occurrence {
    /// Whether the manager's absence excused it, not a leader and no rep's absence: planning may take that back.
    pub fn is_excused_by_absence(&self) -> bool {
        self.standing == Standing::Excused
            && self.reason.as_deref() == Some(AWAY)
            && self.completed_by.as_ref() == Some(&self.manager)
    }
}

/// What happens to a manager's list while they are away: what they are told when they say so, and on the last workday
/// before.
#[derive(Debug, Clone)]
pub struct Meanwhile {
    /// The days away.
    pub days: Days,
    /// How many fall away.
    pub falls_away: usize,
    /// What falls due in between and stays owed.
    pub stays: Vec<Entry>,
    /// What is due by today, and closes in between; later weeks' ordinary things are not worth the words.
    pub closes: Vec<Entry>,
}

impl Meanwhile {
    /// From whatever of the manager's falls due or closes in between; others do no harm.
    pub fn new(days: Days, entries: Vec<Entry>, now: Timestamp) -> Meanwhile {
        let mut meanwhile = Meanwhile { days, falls_away: 0, stays: Vec::new(), closes: Vec::new() };
        for entry in entries {
            let occurrence = &entry.occurrence;
            let due_inside = days.contains(occurrence.date);
            let can_be_done = matches!(occurrence.state(now), State::Planned | State::Open);
            if due_inside && occurrence.is_excused_by_absence() {
                meanwhile.falls_away += 1;
            } else if due_inside && can_be_done {
                meanwhile.stays.push(entry);
            } else if can_be_done
                && occurrence.date < days.first
                && occurrence.date <= now.to_zoned(occurrence.zone.clone()).date()
                && days.contains(last_day(occurrence))
            {
                meanwhile.closes.push(entry);
            }
        }
        meanwhile
    }
}

/// The local date on which it can last be done on time: midnight belongs to the day that it ends.
pub fn last_day(occurrence: &Occurrence) -> Date {
    let last = occurrence.closes.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(occurrence.closes);
    last.to_zoned(occurrence.zone.clone()).date()
}
