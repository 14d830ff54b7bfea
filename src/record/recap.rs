//! A manager's own week: what they see a workday before their leader does, and what they hear after.
//!
//! The [`Preview`] is the manager's own figures with what can still be mended before the leader reads them. The [`Recap`]
//! comes after: how many weeks in a row everything that must be done was done, the best week, and the hours given.
//!
//! ```text
//! streak = finished weeks in a row, the newest first, in which every decided `must` was done, late ones too; a week in which
//!          none was decided, or whose rest is still open, neither counts nor breaks it
//! best   = the week of the quarter whose must-adherence is higher than any other's, of those with at least five decided;
//!          said where there are four such weeks to compare, and half or more was done
//! hours  = the minutes of what was done in the week
//! ```
//!
//! A worked quarter: the last four weeks stood at 6 of 6, nothing due (a week away), 5 of 5 with one late, 5 of 6. The
//! streak is two weeks.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::adherence::{ENOUGH, Figures};
use super::digest::{Share, Week};
use super::{Entry, OccurrenceId, State};
use crate::process::{Calendar, Priority, UserId};

/// How many weeks a recap looks back on, its own included.
pub use super::digest::material::QUARTER;

/// A best week of fewer is none.
const TO_COMPARE: usize = 4;

/// What a manager sees before the leader does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Whose.
    pub manager: UserId,
    /// The week that the digest will cover.
    pub week: Week,
    /// When the digest will be posted.
    pub digest_at: Timestamp,
    /// Own figures as they stand.
    pub all: Figures,
    /// Over `must` alone.
    pub must: Figures,
    /// Those of the week before, which the digest will call final.
    pub previous: Figures,
    /// Over `must` alone.
    pub previous_must: Figures,
    /// What can still be mended, of both weeks: `must` first, then what closes soonest, and what is missed last.
    pub mendable: Vec<Mendable>,
    /// What falls due before the digest, and is not due yet.
    pub coming: u64,
}

/// Something that can still be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mendable {
    /// Which.
    pub occurrence: OccurrenceId,
    /// As people know it.
    pub label: String,
    /// When it is, or was, due; in the manager's zone.
    pub date: Date,
    /// Whether it is `must`.
    pub is_must: bool,
    /// The end of the time in which it counts as on time; `None`: it has closed, and still counts when done late.
    pub closes: Option<Timestamp>,
}

impl Preview {
    /// When a manager sees it: on their last workday before the day on which the digest is posted, at the digest's own time
    /// of day in their zone, moved into their workday. `None` where there is no such workday within a week: then there is
    /// nothing that could be mended in time.
    ///
    /// Friday 16:00 in New York is Friday 15:00 in Chicago: the preview comes on Thursday at 15:00. Where Thursday is a
    /// holiday, on Wednesday.
    pub fn at(digest_at: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        let local = digest_at.to_zoned(calendar.zone.clone());
        let day = calendar.workday_before(local.date())?;
        let is_near = digest_at.duration_since(calendar.instant(day, Time::midnight()).timestamp())
            <= SignedDuration::from_hours(8 * 24);
        // Not later than an hour before the workday's end: what is asked for has to fit in still.
        let last = calendar.workday.end.saturating_sub(SignedDuration::from_hours(1)).max(calendar.workday.start);
        let time = local.time().clamp(calendar.workday.start, last);
        is_near.then(|| calendar.instant(day, time).timestamp())
    }

    /// Of one manager. `entries`: whatever of theirs falls due in the week and the week before; others do no harm.
    pub fn new(manager: &UserId, week: Week, digest_at: Timestamp, entries: &[Entry], now: Timestamp) -> Preview {
        let (all, must) = figures(entries, manager, week, now);
        let (previous, previous_must) = figures(entries, manager, week.before(), now);
        let mut slipped: Vec<&Entry> = of_week(entries, manager, week)
            .chain(of_week(entries, manager, week.before()))
            .filter(|entry| matches!(entry.occurrence.state(now), State::Open | State::Missed))
            .collect();
        slipped.sort_by_key(|entry| {
            let closes = entry.occurrence.closes;
            (entry.activity.priority, closes <= now, closes, entry.occurrence.id.clone())
        });
        let mendable = |entry: &Entry| Mendable {
            occurrence: entry.occurrence.id.clone(),
            label: entry.label(),
            date: entry.occurrence.date,
            is_must: entry.activity.priority == Priority::Must,
            closes: Some(entry.occurrence.closes).filter(|closes| *closes > now),
        };
        let coming = of_week(entries, manager, week)
            .filter(|entry| entry.occurrence.state(now) == State::Planned && entry.occurrence.due <= digest_at);
        Preview {
            manager: manager.clone(),
            week,
            digest_at,
            all,
            must,
            previous,
            previous_must,
            mendable: slipped.into_iter().map(mendable).collect(),
            coming: coming.count() as u64,
        }
    }

    /// Whether there is anything to say: something was due, or will be before the digest.
    pub fn is_worth_saying(&self) -> bool {
        self.all.expected + self.previous.expected + self.coming > 0
    }
}

/// What a manager hears after the digest, of themself alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recap {
    /// Whose.
    pub manager: UserId,
    /// The week that it is about.
    pub week: Week,
    /// Own figures as they stand.
    pub all: Figures,
    /// Over `must` alone.
    pub must: Figures,
    /// Weeks in a row at 100% of what must be done, this one too where it is.
    pub streak: u64,
    /// Whether the streak reaches back to the first week that was looked at, so that it may be longer.
    pub or_longer: bool,
    /// The best week of the quarter and its must-adherence, where one stands out.
    pub best: Option<(Week, Share)>,
    /// Minutes of what was done in the week.
    pub minutes: u64,
}

impl Recap {
    /// Of one manager. `entries`: whatever of theirs falls due in the [`QUARTER`] weeks that end with `week`; others do no
    /// harm.
    pub fn new(manager: &UserId, week: Week, entries: &[Entry], now: Timestamp) -> Recap {
        let weeks: Vec<(Week, Figures)> = (0..QUARTER)
            .map(|back| week.back(back))
            .map(|week| (week, figures(entries, manager, week, now).1))
            .collect();
        let (streak, or_longer) = streak(&weeks);
        let (all, must) = figures(entries, manager, week, now);
        let done = of_week(entries, manager, week).filter(|entry| entry.occurrence.state(now) == State::Done);
        Recap {
            manager: manager.clone(),
            week,
            all,
            must,
            streak,
            or_longer,
            best: best(&weeks),
            minutes: done.map(|entry| u64::from(entry.activity.minutes)).sum(),
        }
    }

    /// Whether this week is the best of the quarter.
    pub fn is_best(&self) -> bool {
        self.best.is_some_and(|(week, _)| week == self.week)
    }
}

/// The newest week first. How many in a row, and whether nothing ended the row.
fn streak(weeks: &[(Week, Figures)]) -> (u64, bool) {
    let mut streak = 0;
    for (_, must) in weeks {
        if must.done() < must.decided() {
            return (streak, false);
        }
        streak += u64::from(must.decided() > 0 && must.open == 0);
    }
    (streak, streak > 0)
}

/// The newest week first.
fn best(weeks: &[(Week, Figures)]) -> Option<(Week, Share)> {
    let rated = weeks.iter().filter_map(|(week, must)| Some((*week, Share::of(must)?)));
    let enough: Vec<(Week, Share)> = rated.filter(|(_, share)| share.decided >= ENOUGH).collect();
    let is_higher = |one: &Share, other: &Share| one.done * other.decided > other.done * one.decided;
    let best = *enough
        .iter()
        .find(|(week, share)| enough.iter().all(|(other, others)| other == week || is_higher(share, others)))?;
    let is_worth_saying = enough.len() >= TO_COMPARE && best.1.done * 2 >= best.1.decided;
    is_worth_saying.then_some(best)
}

fn of_week<'e>(entries: &'e [Entry], manager: &UserId, week: Week) -> impl Iterator<Item = &'e Entry> {
    let within = move |entry: &&Entry| (week.from()..=week.to()).contains(&entry.occurrence.date);
    entries.iter().filter(move |entry| entry.occurrence.manager == *manager).filter(within)
}

/// The manager's week: all, and `must` alone.
fn figures(entries: &[Entry], manager: &UserId, week: Week, now: Timestamp) -> (Figures, Figures) {
    let all = Figures::of(of_week(entries, manager, week).map(|entry| &entry.occurrence), now);
    let must = of_week(entries, manager, week).filter(|entry| entry.activity.priority == Priority::Must);
    (all, Figures::of(must.map(|entry| &entry.occurrence), now))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::record::Standing;
    use crate::record::tests::{calendar, line, process};

    fn at(text: &str) -> Timestamp {
        format!("2026-12-{text}:00-06:00").parse().expect("an instant")
    }

    #[test]
    fn it_comes_a_workday_before_the_digest() {
        let mut calendar = calendar(&process(&line("a", "every day at 09:00", "")));
        // Friday 16:00 in New York.
        assert_eq!(Preview::at(at("11T15:00"), &calendar), Some(at("10T15:00")));
        assert_eq!(Preview::at(at("11T19:00"), &calendar), Some(at("10T16:00")), "an hour before the workday's end");
        assert_eq!(Preview::at(at("14T07:00"), &calendar), Some(at("11T09:00")), "Monday's on Friday");
        calendar.holidays.add(date(2026, 12, 10), crate::process::holidays::Holiday { name: None, managers: None });
        assert_eq!(Preview::at(at("11T15:00"), &calendar), Some(at("09T15:00")));
        for day in 1..10 {
            calendar
                .holidays
                .add(date(2026, 12, day), crate::process::holidays::Holiday { name: None, managers: None });
        }
        assert_eq!(Preview::at(at("11T15:00"), &calendar), None, "away for longer than a week");
        assert_eq!(calendar.workday.end, time(17, 0, 0, 0));
    }

    fn weeks(of: &[(usize, usize)]) -> Vec<Entry> {
        let process = process(&line("a", "every day at 09:00", ""));
        let sample = crate::record::tests::entries(&process).remove(0);
        let mut all = Vec::new();
        let mut week = Week::of(date(2026, 12, 7));
        for (done, decided) in of {
            for n in 0..*decided {
                let mut one = sample.clone();
                one.occurrence.date = week.from();
                one.occurrence.standing = if n < *done { Standing::Done } else { Standing::Missed };
                one.occurrence.completed_at = (n < *done).then_some(one.occurrence.due);
                all.push(one);
            }
            week = week.before();
        }
        all
    }

    fn recap(of: &[(usize, usize)]) -> Recap {
        Recap::new(&"U0ANA".into(), Week::of(date(2026, 12, 7)), &weeks(of), at("14T09:00"))
    }

    #[test]
    fn a_streak_is_weeks_in_a_row() {
        let streak = |of: &[(usize, usize)]| (recap(of).streak, recap(of).or_longer);
        assert_eq!(streak(&[(6, 6), (0, 0), (5, 5), (5, 6)]), (2, false));
        assert_eq!(streak(&[(5, 6), (6, 6)]), (0, false));
        assert_eq!(streak(&[(1, 1); 13]), (13, true));
        assert_eq!(streak(&[]), (0, false));
    }

    #[test]
    fn the_best_week_has_enough_to_tell() {
        let best = |of: &[(usize, usize)]| recap(of).best.map(|(week, share)| (week.from(), share.done));
        let monday = |day: i8| -> Date { date(2026, 12, day) };
        assert_eq!(best(&[(4, 6), (5, 5), (2, 2), (3, 6), (1, 5)]), Some((date(2026, 11, 30), 5)));
        assert_eq!(best(&[(5, 5), (2, 6), (4, 6), (5, 6)]), Some((monday(7), 5)));
        assert_eq!(best(&[(5, 5), (2, 6), (2, 2), (5, 6)]), None, "three are too few to compare");
        assert_eq!(best(&[(5, 5), (2, 6), (6, 6), (5, 6)]), None, "two are equally good");
        assert_eq!(best(&[(2, 5), (1, 6), (1, 6), (1, 6)]), None, "nothing to be proud of");
        let recap = recap(&[(5, 6), (5, 5), (1, 5), (1, 5)]);
        assert_eq!((recap.minutes, recap.is_best()), (150, false));
    }

    #[test]
    fn what_can_be_mended_is_told_in_time() {
        let process = process(
            &[
                line("scan", "every workday at 10:00", "priority = \"nice\""),
                line("plan", "every workday at 11:00", ""),
            ]
            .concat(),
        );
        let entries = crate::record::tests::entries(&process);
        let now = at("10T10:30");
        let digest_at = at("11T10:30");
        let preview = Preview::new(&"U0ANA".into(), Week::of(date(2026, 12, 7)), digest_at, &entries, now);
        let told: Vec<(&str, bool)> =
            preview.mendable.iter().map(|one| (one.occurrence.as_str(), one.closes.is_some())).collect();
        let missed_plans = ["2026-12-07.plan.U0ANA", "2026-12-08.plan.U0ANA", "2026-12-09.plan.U0ANA"];
        assert_eq!(told[..3], missed_plans.map(|id| (id, false)));
        assert_eq!(told[3], ("2026-12-10.scan.U0ANA", true), "open comes before missed, must before nice");
        assert_eq!((preview.all.expected, preview.must.missed, preview.coming), (7, 3, 2));
        assert!(preview.is_worth_saying());
    }
}
