//! Whom of their reps a manager reached.
//!
//! ```text
//! over the four weeks that end with the digest's, over what is held per rep:
//! reps        = the reps in seat with whom something fell due by now (excused ones asked nothing)
//! reached     = those of them with whom something was done
//! longest gap = the most days that one of these reps went without, within the quarter
//! ```
//!
//! A rep who is new, or away all the time, is held against nobody: nothing fell due with them. A gap is counted between the
//! dates of two done ones, from the rep's first due date in the quarter to the first done one, and from the last done one to
//! today (or the end of the week, once it is over). Days away count in it: whoever was away, the rep waited.
//!
//! A worked month: Ana has Dana, Evan and Fay, each with a 1:1 every other Tuesday. Dana's were held on the 1st and the 15th,
//! Evan's on the 1st, Fay's not at all since the quarter began eleven weeks ago. On Friday the 25th: 2 of 3 reps reached, the
//! longest gap is Fay's 80 days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Material, Seat, material};
use crate::process::UserId;
use crate::record::{Entry, Occurrence, State};

/// Reached of the reps, by one manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Reps in seat with whom something fell due by now.
    pub reps: u64,
    /// Those with whom something was done.
    pub reached: u64,
    /// The longest that one of them went without, in days.
    pub longest_gap: i64,
}

impl Coverage {
    /// By manager: those with a seat, and a rep with whom something fell due.
    pub fn of(material: &Material<'_>) -> BTreeMap<UserId, Coverage> {
        let mut held: BTreeMap<&UserId, Vec<&Entry>> = BTreeMap::new();
        for entry in material.due(material::QUARTER, material.week).filter(|entry| entry.occurrence.rep.is_some()) {
            held.entry(&entry.occurrence.manager).or_default().push(entry);
        }
        let of = |seat: &Seat| {
            let held = held.get(&seat.manager)?;
            Some((seat.manager.clone(), Coverage::of_one(material, seat, held)?))
        };
        material.seats.iter().filter_map(of).collect()
    }

    fn of_one(material: &Material<'_>, seat: &Seat, held: &[&Entry]) -> Option<Coverage> {
        let (week, now) = (material.week, material.now);
        let month = week.back(material::MONTH - 1).from();
        let today = now.to_zoned(seat.calendar.zone.clone()).date().min(week.to());
        let mut coverage = Coverage { reps: 0, reached: 0, longest_gap: 0 };
        for rep in seat.reps.iter().collect::<BTreeSet<_>>() {
            let theirs = || held.iter().map(|entry| &entry.occurrence).filter(|one| one.rep.as_ref() == Some(rep));
            let asked = |one: &&Occurrence| match one.state(now) {
                State::Open | State::Done | State::Skipped | State::Missed => true,
                State::Planned | State::Excused | State::Withdrawn => false,
            };
            let mut lately = theirs().filter(asked).filter(|one| one.date >= month).peekable();
            if lately.peek().is_none() {
                continue;
            }
            coverage.reps += 1;
            coverage.reached += u64::from(lately.any(|one| one.state(now) == State::Done));
            let since = theirs().filter(asked).map(|one| one.date).min();
            let done = theirs().filter_map(done_on).filter(|date| *date <= today);
            coverage.longest_gap = coverage.longest_gap.max(longest_gap(since, done.collect(), today));
        }
        (coverage.reps > 0).then_some(coverage)
    }

    /// `2 of 3 reps`.
    pub fn in_words(&self) -> String {
        format!("{} of {} {}", self.reached, self.reps, if self.reps == 1 { "rep" } else { "reps" })
    }
}

/// The local date on which it was done.
pub(super) fn done_on(occurrence: &Occurrence) -> Option<Date> {
    occurrence.on_time()?;
    occurrence.completed_at.map(|at| at.to_zoned(occurrence.zone.clone()).date())
}

/// The most days between two of these dates, from `since` (or the first done, where that is earlier) to `today`.
fn longest_gap(since: Option<Date>, done: BTreeSet<Date>, today: Date) -> i64 {
    let begin = since.into_iter().chain(done.first().copied()).min();
    let dates: Vec<Date> = begin.into_iter().chain(done).chain([today]).collect();
    dates.windows(2).map(|pair| days_between(pair[0], pair[1])).max().unwrap_or_default()
}

/// Whole days from one date to a later one.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}
