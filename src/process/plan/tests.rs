//! Who has what when: spread slots, closing instants and the order of a plan.

use std::collections::BTreeSet;

use jiff::civil::{Weekday, time};
use proptest::prelude::*;

use super::*;
use crate::process::digest::DigestSettings;
use crate::process::holidays::{Holiday, Holidays};
use crate::process::recurrence::default_grace;
use crate::process::recurrence::tests::{calendar, day, phrase, zone};
use crate::process::{CalendarSettings, Category, EvidenceWanted, Intensity, OnHoliday, Priority, UserId, Verify};

pub(in crate::process) fn activity(key: &str, when: &str, minutes: u32) -> Activity {
    let when = phrase(when);
    Activity {
        key: key.into(),
        title: key.to_owned(),
        category: Category::Other,
        grace: default_grace(&when),
        when,
        minutes,
        outcome: None,
        evidence: EvidenceWanted::default(),
        number: None,
        per: Per::Manager,
        spread: false,
        priority: Priority::Must,
        share_notes: true,
        on_holiday: OnHoliday::default(),
        managers: None,
        verify: Verify::None,
        flexible: false,
    }
}

fn spread(when: &str, minutes: u32) -> Activity {
    Activity { per: Per::Rep, spread: true, ..activity("one-on-one", when, minutes) }
}

fn rep(number: u32, slot: u32) -> Rep {
    Rep { slack: UserId(format!("R{number}")), name: format!("Rep {number}"), slot, slot_given: false }
}

/// A manager in this zone with so many reps.
pub(in crate::process) fn manager(id: &str, zone_name: &str, reps: u32) -> Manager {
    Manager {
        slack: id.into(),
        name: id.to_owned(),
        time_zone: Some(zone(zone_name)),
        leader: "ULEAD".into(),
        reps: (0..reps).map(|number| rep(number, number)).collect(),
        holidays: Holidays::default(),
        capacity: None,
        workday: None,
        intensity: None,
    }
}

pub(in crate::process) fn process(activities: Vec<Activity>, managers: Vec<Manager>) -> Process {
    let plain = calendar(&[]);
    Process {
        name: "Test".into(),
        effective: None,
        revision: None,
        calendar: CalendarSettings {
            workweek: plain.workweek,
            workday: plain.workday,
            fiscal_year_starts: 1,
            capacity: 20 * 60,
        },
        holidays: Holidays::default(),
        intensity: Intensity::default(),
        digest: DigestSettings::default(),
        activities,
        leaders: vec![],
        managers,
    }
}

/// `rep date time`, a line each.
fn lines(process: &Process, from: &str, to: &str) -> Vec<String> {
    let line = |planned: Planned<'_>| {
        let who = planned.rep.map_or(planned.manager.slack.as_str(), |rep| rep.slack.as_str());
        format!("{who} {}", planned.due.strftime("%a %d %H:%M"))
    };
    plan(process, day(from), day(to)).into_iter().map(line).collect()
}

#[test]
fn six_reps_on_three_days_are_two_a_day_one_after_the_other() {
    let meetings = spread("every Tuesday, Wednesday and Thursday at 10:00", 30);
    let process = process(vec![meetings], vec![manager("UANA", "America/Chicago", 6)]);
    assert_eq!(
        lines(&process, "2026-11-30", "2026-12-06"),
        [
            "R0 Tue 01 10:00",
            "R3 Tue 01 10:30",
            "R1 Wed 02 10:00",
            "R4 Wed 02 10:30",
            "R2 Thu 03 10:00",
            "R5 Thu 03 10:30"
        ]
    );
}

#[test]
fn eight_reps_every_other_monday_are_four_one_week_and_four_the_next() {
    let meetings = spread("every other Monday at 09:00", 45);
    let process = process(vec![meetings], vec![manager("UANA", "UTC", 8)]);
    let four = |first: u32, day| {
        ["09:00", "09:45", "10:30", "11:15"]
            .iter()
            .zip(0..)
            .map(move |(at, n)| format!("R{} Mon {day} {at}", first + 2 * n))
    };
    // Monday 2026-11-30 is an even number of weeks after 2024-01-01.
    let expected: Vec<_> = four(0, "30").chain(four(1, "07")).chain(four(0, "14")).collect();
    assert_eq!(lines(&process, "2026-11-30", "2026-12-20"), expected);
}

#[test]
fn slots_follow_the_order_of_the_phrase_week_by_week() {
    let meetings = spread("every 2 weeks on Thursday and Tuesday at 10:00", 30);
    let process = process(vec![meetings], vec![manager("UANA", "UTC", 5)]);
    assert_eq!(
        lines(&process, "2026-11-30", "2026-12-13"),
        ["R1 Tue 01 10:00", "R0 Thu 03 10:00", "R4 Thu 03 10:30", "R3 Tue 08 10:00", "R2 Thu 10 10:00"]
    );
}

#[test]
fn ordinals_are_slots_and_a_missing_one_is_nobody_elses() {
    let meetings = spread("the last, fifth and first Monday of every month at 10:00", 60);
    let process = process(vec![meetings], vec![manager("UANA", "UTC", 4)]);
    // November 2026 has five Mondays, the last of them the fifth; December has four.
    assert_eq!(
        lines(&process, "2026-11-01", "2026-12-31"),
        [
            "R2 Mon 02 10:00",
            "R0 Mon 30 10:00",
            "R1 Mon 30 10:00",
            "R3 Mon 30 11:00",
            "R2 Mon 07 10:00",
            "R0 Mon 28 10:00",
            "R3 Mon 28 11:00"
        ]
    );
}

#[test]
fn a_shared_slot_ends_with_the_workday_and_never_begins_before_the_phrase() {
    let last_hour = spread("every Monday at 15:30", 40);
    let team = |activity| process(vec![activity], vec![manager("UANA", "UTC", 4)]);
    assert_eq!(
        lines(&team(last_hour), "2026-11-30", "2026-11-30"),
        ["R0 Mon 30 15:30", "R1 Mon 30 16:10", "R2 Mon 30 16:20", "R3 Mon 30 16:20"]
    );
    let evening = spread("every Monday at 18:00", 40);
    assert!(lines(&team(evening), "2026-11-30", "2026-11-30").iter().all(|line| line.ends_with("18:00")));
    let longer_than_a_day = spread("every Monday at 09:00", 2000);
    assert!(lines(&team(longer_than_a_day), "2026-11-30", "2026-11-30").iter().all(|line| line.ends_with("09:00")));
    let mut own_hours = team(spread("every Monday at 15:30", 40));
    own_hours.managers[0].workday = Some(Workday { start: time(8, 0, 0, 0), end: time(18, 0, 0, 0) });
    assert_eq!(lines(&own_hours, "2026-11-30", "2026-11-30").last().unwrap(), "R3 Mon 30 17:20");
}

#[test]
fn slots_belong_to_reps_whoever_comes_and_goes() {
    let mut process = process(vec![spread("every Mon and Tue at 10:00", 30)], vec![manager("UANA", "UTC", 0)]);
    process.managers[0].reps = vec![rep(7, 3), rep(8, 0), rep(9, 0), rep(6, u32::MAX)];
    assert_eq!(
        lines(&process, "2026-11-30", "2026-12-01"),
        ["R8 Mon 30 10:00", "R9 Mon 30 10:00", "R7 Tue 01 10:30", "R6 Tue 01 16:30"]
    );
}

#[test]
fn without_spread_every_rep_has_every_day_and_managers_are_each_in_their_own_zone() {
    let calls = Activity { per: Per::Rep, ..activity("calls", "every Monday at 09:00", 30) };
    let scan = Activity { managers: Some(vec!["UBOB".into()]), ..activity("a-scan", "every Monday at 09:00", 10) };
    let process =
        process(vec![calls, scan], vec![manager("UANA", "America/New_York", 2), manager("UBOB", "Europe/London", 1)]);
    let keys = |planned: &Planned<'_>| {
        format!("{} {} {}", planned.due.timestamp(), planned.activity.key, planned.manager.slack)
    };
    let all: Vec<_> = plan(&process, day("2026-11-30"), day("2026-11-30")).iter().map(keys).collect();
    assert_eq!(
        all,
        [
            "2026-11-30T09:00:00Z a-scan UBOB",
            "2026-11-30T09:00:00Z calls UBOB",
            "2026-11-30T14:00:00Z calls UANA",
            "2026-11-30T14:00:00Z calls UANA"
        ]
    );
}

#[test]
fn a_day_off_of_one_manager_moves_only_theirs() {
    let mut process = process(
        vec![activity("review", "every Monday at 09:00", 30)],
        vec![manager("UANA", "UTC", 0), manager("UBOB", "UTC", 0), manager("UCEM", "UTC", 0)],
    );
    process.holidays.add(day("2026-11-23"), Holiday { name: None, managers: Some(vec!["UANA".into()]) });
    process.managers[1].holidays.add(day("2026-11-23"), Holiday { name: None, managers: None });
    assert_eq!(
        lines(&process, "2026-11-23", "2026-11-24"),
        ["UCEM Mon 23 09:00", "UANA Tue 24 09:00", "UBOB Tue 24 09:00"]
    );
}

/// When what is due then closes.
fn closing(calendar: &Calendar, grace: Grace, due: &str) -> String {
    let due: jiff::civil::DateTime = due.parse().expect(due);
    let due = calendar.instant(due.date(), due.time());
    let closes = closes(calendar, grace, due.date(), &due);
    assert!(closes > due, "{due} closes {closes}");
    closes.strftime("%a %Y-%m-%d %H:%M").to_string()
}

#[test]
fn workdays_of_grace_are_counted_strictly_after_the_due_date() {
    // 2026-12-01 is a Tuesday.
    let closed = calendar(&["2026-12-03"]);
    let of = |count, due| closing(&closed, Grace::Workdays(count), due);
    assert_eq!(of(0, "2026-12-01T09:00"), "Tue 2026-12-01 17:00");
    assert_eq!(of(1, "2026-12-01T09:00"), "Wed 2026-12-02 17:00");
    assert_eq!(of(2, "2026-12-01T09:00"), "Fri 2026-12-04 17:00", "over the holiday");
    assert_eq!(of(3, "2026-12-01T09:00"), "Mon 2026-12-07 17:00", "over the weekend");
    assert_eq!(of(1, "2026-12-05T09:00"), "Mon 2026-12-07 17:00", "from a Saturday");
    assert_eq!(of(0, "2026-12-05T09:00"), "Sat 2026-12-05 17:00", "of the due date itself, whatever day it is");
    assert_eq!(of(60, "2026-12-01T09:00"), "Wed 2027-02-24 17:00");
}

#[test]
fn what_is_due_when_the_workday_is_over_closes_at_midnight() {
    let plain = calendar(&[]);
    let of = |count, due| closing(&plain, Grace::Workdays(count), due);
    assert_eq!(of(0, "2026-12-01T16:59"), "Tue 2026-12-01 17:00");
    assert_eq!(of(0, "2026-12-01T17:00"), "Wed 2026-12-02 00:00");
    assert_eq!(of(0, "2026-12-01T23:59"), "Wed 2026-12-02 00:00");
    assert_eq!(of(1, "2026-12-01T23:59"), "Wed 2026-12-02 17:00");
}

#[test]
fn the_midnight_that_a_zone_skips_is_the_first_instant_after() {
    // Cairo's clocks went from 2026-04-23 24:00 to 01:00.
    let cairo = Calendar { zone: zone("Africa/Cairo"), ..calendar(&[]) };
    assert_eq!(closing(&cairo, Grace::Workdays(0), "2026-04-23T23:30"), "Fri 2026-04-24 01:00");
}

#[test]
fn the_week_ends_on_its_last_workday_or_the_next_workday_where_that_is_later() {
    let of = |days_off: &[&str], due| closing(&calendar(days_off), Grace::EndOfWeek, due);
    assert_eq!(of(&[], "2026-11-30T09:00"), "Fri 2026-12-04 17:00");
    assert_eq!(of(&[], "2026-12-03T09:00"), "Fri 2026-12-04 17:00");
    assert_eq!(of(&[], "2026-12-04T09:00"), "Mon 2026-12-07 17:00", "on Friday: the next workday is later");
    assert_eq!(of(&[], "2026-12-05T09:00"), "Fri 2026-12-11 17:00", "on Saturday: the next Friday");
    assert_eq!(of(&["2026-12-04"], "2026-11-30T09:00"), "Thu 2026-12-03 17:00", "Friday is off");
    assert_eq!(of(&["2026-12-04"], "2026-12-03T09:00"), "Mon 2026-12-07 17:00", "Friday is off");
    let week_off = ["2026-12-07", "2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11"];
    assert_eq!(of(&week_off, "2026-12-05T09:00"), "Mon 2026-12-14 17:00");
    assert_eq!(of(&week_off, "2026-12-04T09:00"), "Mon 2026-12-14 17:00");
}

#[test]
fn the_last_of_the_workweek_is_the_last_as_listed() {
    let mut gulf = calendar(&[]);
    gulf.workweek = vec![Weekday::Sunday, Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday];
    assert_eq!(closing(&gulf, Grace::EndOfWeek, "2026-11-29T09:00"), "Thu 2026-12-03 17:00", "from Sunday");
    assert_eq!(closing(&gulf, Grace::EndOfWeek, "2026-12-03T09:00"), "Sun 2026-12-06 17:00", "from Thursday");
    gulf.workweek = vec![Weekday::Friday, Weekday::Monday, Weekday::Wednesday];
    assert_eq!(closing(&gulf, Grace::EndOfWeek, "2026-11-30T09:00"), "Wed 2026-12-02 17:00", "whatever the order");
    assert_eq!(closing(&gulf, Grace::EndOfWeek, "2026-12-03T09:00"), "Wed 2026-12-09 17:00");
}

proptest! {
    #[test]
    fn plans_of_windows_concatenate_and_everything_closes_after_it_is_due(from in 0..400i64, length in 0..60i64, cut in 0..60i64, reps in 0..13u32) {
        let mut process = process(
            vec![
                spread("every other Mon at 16:30", 45),
                Activity { per: Per::Rep, ..activity("month", "the 31st and 15th day of every month at 23:30", 30) },
                activity("daily", "every day at 17:00", 5),
                activity("year", "the last workday of every year at 09:00", 600),
            ],
            vec![manager("UANA", "America/Nuuk", reps), manager("UBOB", "Africa/Cairo", 2)],
        );
        for off in ["2026-03-30", "2026-05-15", "2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01"] {
            process.holidays.add(day(off), Holiday { name: None, managers: None });
        }
        let on = |days: i64| day("2026-01-01").checked_add(jiff::Span::new().days(days)).unwrap();
        let (from, cut, to) = (on(from), on(from + cut.min(length)), on(from + length));
        let ids = |from, to| -> Vec<_> {
            let of = |manager| plan_manager(&process, manager, from, to);
            process.managers.iter().flat_map(of).map(|p| (p.manager.slack.clone(), p.date, p.due.timestamp(), p.activity.key.clone(), p.rep.map(|rep| rep.slack.clone()), p.closes)).collect()
        };
        let whole = ids(from, to);
        prop_assert!(whole.iter().all(|(.., due, _, _, closes)| closes.timestamp() > *due));
        let mut parts = ids(from, cut);
        parts.extend(ids(cut.tomorrow().unwrap(), to));
        parts.sort();
        let mut sorted = whole.clone();
        sorted.sort();
        prop_assert_eq!(parts, sorted);
        let planned = plan(&process, from, to);
        prop_assert_eq!(planned.len(), whole.len());
        prop_assert!(planned.windows(2).all(|two| two[0].in_order(&two[1]).is_lt()));
        let one_a_day: BTreeSet<_> =
            planned.iter().map(|p| (&p.activity.key, &p.manager.slack, p.rep.map(|rep| &rep.slack), p.date)).collect();
        prop_assert_eq!(one_a_day.len(), planned.len());
    }
}

#[test]
fn a_streamed_year_is_in_order_across_zones_and_chunks() {
    let daily = activity("daily", "every day at 00:30", 5);
    let late = activity("late", "every workday at 23:30", 5);
    let zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "Asia/Kathmandu"];
    let managers = zones.iter().map(|zone| manager(zone, zone, 0)).collect();
    let process = process(vec![daily, late], managers);
    let (from, to) = (day("2026-01-01"), day("2026-12-31"));
    let id = |p: &Planned<'_>| (p.due.timestamp(), p.activity.key.clone(), p.manager.slack.clone());
    let streamed: Vec<_> = stream(&process, from, to).map(|p| id(&p)).collect();
    let mut sorted: Vec<_> =
        process.managers.iter().flat_map(|m| plan_manager(&process, m, from, to)).map(|p| id(&p)).collect();
    sorted.sort();
    assert_eq!(streamed.len(), 4 * (365 + 261));
    assert_eq!(streamed, sorted);
    assert_eq!(stream(&process, to, from).count(), 0);
    assert_eq!(plan(&process, day("9990-12-30"), day("9999-12-31")).len(), 4 * (2 + 1), "a Sunday and a Monday");
}
