//! Every zone of the time zone database, 2024 to 2030, at each of its changes: a skipped time moves forward by the gap, a
//! repeated one is the first, and what is due stays in order and closes later.
//!
//! The changes come from the zone's list of transitions, not from the look-up of local times that is under test.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::process::plan::closes;

/// One change of a zone's offset.
struct Change {
    at: Timestamp,
    before: Offset,
    after: Offset,
}

fn changes(zone: &TimeZone) -> Vec<Change> {
    let (from, to): (Timestamp, Timestamp) = ("2024-01-01T00Z".parse().unwrap(), "2031-01-01T00Z".parse().unwrap());
    let change = |at: Timestamp| Change {
        at,
        before: zone.to_offset(at - SignedDuration::from_secs(1)),
        after: zone.to_offset(at),
    };
    let all = zone.following(from).map(|transition| transition.timestamp()).take_while(|at| *at < to);
    all.map(change).filter(|change| change.before != change.after).collect()
}

fn all_zones() -> Vec<(String, TimeZone)> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    assert!(names.len() > 400, "the whole database is bundled: {}", names.len());
    names.into_iter().map(|name| (name.clone(), zone(&name))).collect()
}

/// The local times a minute before a change's odd stretch, at its ends, within it, and after it.
fn around(first: DateTime, last: DateTime) -> [DateTime; 5] {
    let minutes = |count| SignedDuration::from_mins(count);
    let middle = first + first.duration_until(last) / 2;
    [first - minutes(1), first, middle, last - minutes(1), last]
}

#[test]
fn a_skipped_time_moves_by_the_gap_and_a_repeated_one_is_the_first_in_every_zone() {
    let (mut gaps, mut folds) = (0, 0);
    for (name, zone) in all_zones() {
        let calendar = Calendar { zone: zone.clone(), ..calendar(&[]) };
        for Change { at, before, after } in changes(&zone) {
            let (old, new) = (before.to_datetime(at), after.to_datetime(at));
            let jump = SignedDuration::from_secs(i64::from(after.seconds() - before.seconds()));
            let is_gap = jump.is_positive();
            let (first, last) = if is_gap { (old, new) } else { (new, old) };
            (gaps, folds) = (gaps + u32::from(is_gap), folds + u32::from(!is_gap));
            for local in around(first, last) {
                let due = calendar.instant(local.date(), local.time());
                // Up to the end of the stretch the old offset counts: in a gap that is what moves a time forward.
                let offset = if local < last { before } else { after };
                assert_eq!(due.timestamp(), offset.to_timestamp(local).unwrap(), "{name}: {local}");
                let moved = is_gap && (first..last).contains(&local);
                let shown = if moved { local + jump } else { local };
                assert_eq!(due.datetime(), shown, "{name}: {local}");
            }
        }
    }
    assert!(gaps > 700 && folds > 700, "{gaps} gaps, {folds} folds");
}

#[test]
fn what_is_due_stays_in_order_and_closes_later_around_every_change_of_every_zone() {
    for (name, zone) in all_zones() {
        let calendar = Calendar { zone: zone.clone(), ..calendar(&[]) };
        for change in changes(&zone) {
            let skipped = change.before.to_datetime(change.at);
            let day = skipped.date();
            let (from, to) = (plus(day, -2).unwrap(), plus(day, 2).unwrap());
            // At the change itself, just before midnight, and on the hour.
            for at in [skipped.time(), jiff::civil::time(23, 59, 0, 0), jiff::civil::time(9, 0, 0, 0)] {
                let daily = Phrase { recur: Recur::EveryDay, at, starting: None };
                let dues = occurrences(&Rule::new(&daily, OnHoliday::Skip), &calendar, from, to);
                // A time that the gap pushes over midnight may leave its own day empty, and then the next has one already.
                assert!((4..=5).contains(&dues.len()), "{name}: {dues:?}");
                let in_order = dues.windows(2).all(|two| two[0] < two[1] && two[0].date() < two[1].date());
                assert!(in_order, "{name}: {dues:?}");
                for due in &dues {
                    for grace in [Grace::Workdays(0), Grace::Workdays(1), Grace::EndOfWeek] {
                        assert!(closes(&calendar, grace, due.date(), due) > *due, "{name}: {due} {grace:?}");
                    }
                }
            }
        }
    }
}
