//! Figures worked out by hand; rules that hold for every process.

use proptest::prelude::*;

use super::change::{Change, changes};
use super::suggestions::{changed, suggestions};
use super::*;
use crate::process::holidays::Holiday;
use crate::process::plan::tests::{activity, manager, process};
use crate::process::recurrence::tests::{day, phrase};

fn sample() -> Process {
    let activities = vec![
        activity("meeting", "every Monday at 09:00", 60),
        Activity { per: Per::Rep, spread: true, ..activity("one-on-one", "every Tue at 10:00", 30) },
        Activity { priority: Priority::Nice, ..activity("scan", "every workday at 08:45", 10) },
    ];
    process(activities, vec![manager("UANA", "America/Chicago", 4)])
}

/// 230 minutes in each of 52 weeks.
const YEAR: (&str, &str) = ("2026-01-05", "2027-01-03");

fn ana<'a>(process: &'a Process, (from, to): (&str, &str)) -> Load<'a> {
    load_alone(process, &"UANA".into(), day(from), day(to)).expect("she is a manager")
}

fn with_capacity(capacity: u32) -> Process {
    let mut process = sample();
    process.managers[0].capacity = Some(capacity);
    process
}

fn weeks_of(load: &Load<'_>) -> Vec<(String, u64, f64, bool)> {
    let told = |w: &Stretch<'_>| (w.begins.to_string(), w.asked.total(), w.capacity.minutes(), w.is_whole());
    load.stretches.of(Period::Week).map(told).collect()
}

#[test]
fn minutes_are_counted_by_activity_week_and_priority() {
    let process = sample();
    let load = ana(&process, ("2026-11-30", "2026-12-13"));
    assert_eq!((load.days, load.full_week, load.capacity.minutes()), (14, 1200, 2400.0));
    assert_eq!(load.asked, Asked { must: 2 * 60 + 2 * 4 * 30, nice: 10 * 10 });
    let lines: Vec<_> = load.activities.iter().map(|l| (l.activity.key.as_str(), l.occurrences, l.minutes)).collect();
    assert_eq!(lines, [("meeting", 2, 120), ("one-on-one", 8, 240), ("scan", 10, 100)]);
    let week = |monday: &str| (monday.to_owned(), 230, 1200.0, true);
    assert_eq!(weeks_of(&load), [week("2026-11-30"), week("2026-12-07")]);
}

#[test]
fn averages_stand_against_capacity() {
    let process = with_capacity(115);
    let load = ana(&process, ("2026-11-30", "2026-12-13"));
    let average = |period| load.average(load.asked.total() as f64, period);
    assert_eq!((load.a_week(), load.capacity_a_week()), (230.0, 115.0));
    assert!((average(Period::Year) - 230.0 * 365.2425 / 7.0).abs() < 1e-9);
    assert!((average(Period::Quarter) - 3.0 * average(Period::Month)).abs() < 1e-9);
    assert_eq!((load.share(), load.weeks_over().count()), (Some(2.0), 2));
    assert!(load.is_over());
}

#[test]
fn a_week_with_a_day_off_has_less_to_give_and_as_much_to_do() {
    let mut process = sample();
    process.holidays.add(day("2026-12-07"), Holiday { name: None, managers: None });
    let load = ana(&process, ("2026-11-30", "2026-12-13"));
    // The meeting moves to Tuesday; Monday's scan is not called for.
    let weeks = weeks_of(&load);
    assert_eq!(weeks[1], ("2026-12-07".to_owned(), 220, 960.0, true));
    assert_eq!(load.capacity.minutes(), 2160.0);
    assert_eq!((load.full_week, load.capacity_a_week()), (1200, 1080.0), "what is said of a full week stays");
}

#[test]
fn a_week_cut_by_the_range_is_not_judged() {
    let process = with_capacity(100);
    let load = ana(&process, ("2026-12-01", "2026-12-13"));
    assert_eq!(weeks_of(&load)[0], ("2026-11-30".to_owned(), 160, 80.0, false));
    assert_eq!(load.weeks_over().map(|week| week.begins).collect::<Vec<_>>(), [day("2026-12-07")]);
}

#[test]
fn quarters_and_years_are_fiscal() {
    let mut process = sample();
    process.calendar.fiscal_year_starts = 2;
    let load = ana(&process, ("2026-01-01", "2026-12-31"));
    let begins = |period| load.stretches.of(period).map(|s| (s.begins.to_string(), s.days)).collect::<Vec<_>>();
    let quarters = [("2025-11-01", 31), ("2026-02-01", 89), ("2026-05-01", 92), ("2026-08-01", 92), ("2026-11-01", 61)];
    assert_eq!(begins(Period::Quarter), quarters.map(|(date, days)| (date.to_owned(), days)));
    let years = [("2025-02-01", 31), ("2026-02-01", 334)];
    assert_eq!(begins(Period::Year), years.map(|(date, days)| (date.to_owned(), days)));
    assert_eq!(begins(Period::Month).len(), 12);
}

#[test]
fn the_heaviest_weeks_are_named_with_what_makes_them_heavy() {
    let mut process = sample();
    process.activities.push(activity("yearly", "the first Monday of every July at 09:00", 960));
    let load = ana(&process, ("2026-01-01", "2026-12-31"));
    let heaviest = load.heaviest_weeks(2);
    assert_eq!((heaviest[0].begins, heaviest[0].asked), (day("2026-07-06"), Asked { must: 180 + 960, nice: 50 }));
    assert_eq!((heaviest[1].begins, heaviest[1].asked.total()), (day("2026-01-05"), 230), "the first of many");
    let (why, minutes) = load.what_makes_heavy(heaviest[0])[0];
    assert_eq!((why.key.as_str(), minutes), ("yearly", 960));
}

#[test]
fn one_week_in_four_may_be_over() {
    assert!(!is_too_often(13, 52));
    assert!(is_too_often(14, 52));
    assert!(!is_too_often(0, 0));
}

#[test]
fn an_empty_range_asks_nothing() {
    let process = sample();
    let load = ana(&process, ("2026-12-31", "2026-01-01"));
    assert_eq!((load.days, load.asked, load.heaviest_weeks(3).len()), (0, Asked::default(), 0));
    assert_eq!((load.a_week(), load.share(), load.is_over()), (0.0, None, false));
}

#[test]
fn parts_of_a_range_are_counted_by_their_own_process() {
    let (old, mut new) = (sample(), sample());
    new.activities.remove(1);
    new.managers.push(manager("UBEN", "UTC", 0));
    let part = |process, from: &str, to: &str| Part { process, from: day(from), to: day(to) };
    let parts = [part(&old, "2026-11-30", "2026-12-06"), part(&new, "2026-12-07", "2026-12-13")];
    let both = load(&parts, &"UANA".into()).expect("she is in both");
    assert_eq!((both.days, both.asked.total()), (14, 230 + 110));
    let lines: Vec<_> = both.activities.iter().map(|line| line.activity.key.as_str()).collect();
    assert_eq!(lines, ["meeting", "scan", "one-on-one"], "what was dropped comes last");
    let joiner = load(&parts, &"UBEN".into()).expect("he is in one");
    assert_eq!((joiner.days, joiner.a_week()), (7, 110.0));
    assert!(load(&parts, &"UCLEO".into()).is_none());
    let audit = audit(&parts, None).expect("there are parts");
    assert_eq!((audit.loads.len(), audit.asked().total()), (2, 230 + 110 + 110));
    assert_eq!(audit.a_week_of(&"meeting".into()), 60.0 + 60.0);
}

#[test]
fn what_a_suggestion_frees_is_averaged_over_what_it_is_measured_in() {
    let (mut old, new) = (sample(), with_capacity(200));
    old.managers.clear();
    let part = |process, from: &str, to: &str| Part { process, from: day(from), to: day(to) };
    // She joins in the third of four weeks; what would fit is reckoned as if all four were like that.
    let parts = [part(&old, "2026-11-30", "2026-12-13"), part(&new, "2026-12-14", "2026-12-27")];
    let audit = audit(&parts, None).expect("there are parts");
    assert_eq!((audit.loads[0].days, audit.loads[0].a_week()), (14, 230.0));
    let suggestion = &audit.suggestions[0];
    let relief = &suggestion.managers[0];
    assert_eq!((relief.days, relief.a_week(relief.before)), (28, 230.0));
    let freed: f64 = suggestion.changes.iter().map(|change| suggestion.frees_a_week(change)).sum();
    assert_eq!(freed, relief.a_week(relief.before - relief.after));
    assert!(relief.a_week(relief.after) <= 200.0, "{relief:?}");
}

#[test]
fn less_often_is_said_in_the_language_of_when() {
    let mut process = sample();
    process.calendar.fiscal_year_starts = 2;
    let rarer = |when: &str| {
        let changes = changes(&activity("any", when, 10), &process);
        let [Change::LessOften(phrase)] = changes.as_slice() else {
            return "-".to_owned();
        };
        phrase.recur.to_string()
    };
    for (when, expected) in [
        ("every day", "every Monday, Wednesday, Friday and Sunday"),
        ("every workday", "every Monday, Wednesday and Friday"),
        ("every Monday", "every other Monday"),
        ("every Tuesday and Thursday", "every 2 weeks on Tuesday and Thursday"),
        ("every other Monday", "every 4 weeks on Monday"),
        ("the first and third Monday of every month", "the first and third Monday of every other month"),
        ("the last workday of every other month", "the last workday of every quarter"),
        ("the second Friday of every quarter", "the second Friday of every February and August"),
        ("the last Friday of every quarter", "the last Friday of every July and January"),
        ("the first and last Friday of every quarter", "the first and last Friday of every year"),
        ("the 11th Tuesday of every quarter", "the 11th Tuesday of every year"),
        ("the first Monday of the third month of every quarter", "the first Monday of every April and October"),
        ("the first Monday of every May, June and July", "the first Monday of every May and July"),
        ("the first Monday of every May", "-"),
        ("the tenth workday of every year", "-"),
    ] {
        assert_eq!(rarer(&format!("{when} at 09:00")), expected, "{when}");
    }
}

#[test]
fn shorter_is_three_quarters_and_half_in_tidy_minutes() {
    let process = sample();
    for (minutes, expected) in [
        (960, vec![720, 480]),
        (90, vec![75, 45]),
        (60, vec![45, 30]),
        (45, vec![35, 25]),
        (30, vec![25, 15]),
        (20, vec![15, 10]),
        (10, vec![]),
    ] {
        let yearly = activity("any", "the first workday of every year at 09:00", minutes);
        let expected: Vec<_> = expected.into_iter().map(Change::Shorten).collect();
        assert_eq!(changes(&yearly, &process), expected, "{minutes}");
        let nice = Activity { priority: Priority::Nice, ..yearly };
        assert_eq!(changes(&nice, &process).last(), Some(&Change::Drop));
    }
}

/// What is suggested for Ana with so many minutes a week: each change with what it frees a week, and what is then asked.
fn suggested(capacity: u32) -> (Vec<String>, u64) {
    let process = with_capacity(capacity);
    let load = ana(&process, YEAR);
    assert_eq!(load.asked.total(), 52 * 230);
    let found = suggestions(&process, &[load], day(YEAR.0), day(YEAR.1));
    let [only] = found.as_slice() else {
        return (vec![], 230);
    };
    let line = |s: &super::suggestions::Suggested<'_>| format!("{} {:?} {}", s.activity.key, s.change, s.frees / 52);
    (only.changes.iter().map(line).collect(), only.managers[0].after / 52)
}

#[test]
fn the_nice_goes_before_the_critical_and_little_before_much() {
    assert_eq!(suggested(230), (vec![], 230), "it fits as it is");
    let three_days = format!("scan LessOften({:?}) 20", phrase("every Monday, Wednesday and Friday at 08:45"));
    assert_eq!(suggested(210), (vec![three_days], 210), "no more than is needed");
    assert_eq!(suggested(200), (vec!["scan Drop 50".to_owned()], 180));
    // Ten minutes more have to come from what is critical: fifteen of the meeting rather than twenty of the 1:1s.
    let both = vec!["meeting Shorten(45) 15".to_owned(), "scan Drop 50".to_owned()];
    assert_eq!(suggested(170), (both, 165));
}

#[test]
fn what_cannot_fit_is_said_to() {
    // Half of the meeting, half of the 1:1s.
    assert_eq!(suggested(50), (vec![], 30 + 60));
}

#[test]
fn where_most_are_over_one_set_serves_them_all() {
    let mut process = with_capacity(200);
    process.managers.push(Manager { capacity: Some(150), ..manager("UBEN", "UTC", 2) });
    process.managers.push(manager("UCLEO", "UTC", 2));
    let (from, to) = (day(YEAR.0), day(YEAR.1));
    let audit = audit(&[Part { process: &process, from, to }], None).expect("there is a part");
    let [common] = audit.suggestions.as_slice() else { panic!("{:?}", audit.suggestions) };
    let lines: Vec<_> = common.changes.iter().map(|s| (s.activity.key.as_str(), &s.change, s.frees)).collect();
    assert_eq!(lines, [("scan", &Change::Drop, 2 * 52 * 50)]);
    let after: Vec<_> = common.managers.iter().map(|r| (r.manager.slack.as_str(), r.before, r.after)).collect();
    assert_eq!(after, [("UANA", 52 * 230, 52 * 180), ("UBEN", 52 * 170, 52 * 120)]);
    // One of three is no majority: hers alone.
    process.managers[1].capacity = None;
    let loads: Vec<_> = process.managers.iter().filter_map(|m| load_alone(&process, &m.slack, from, to)).collect();
    let found = suggestions(&process, &loads, from, to);
    assert_eq!(found.iter().map(|s| s.managers.len()).collect::<Vec<_>>(), [1]);
}

#[test]
fn one_more_rep_costs_their_meetings() {
    let process = sample();
    let cost = additional_rep(&process, &process.managers[0], day(YEAR.0), day(YEAR.1));
    assert_eq!(cost, 52 * 30);
}

const PHRASES: [&str; 9] = [
    "every workday at 08:45",
    "every Monday at 09:00",
    "every Tuesday and Thursday at 10:00",
    "every 2 weeks on Tuesday, Wednesday and Thursday at 11:30",
    "every other Friday at 11:00",
    "the first, second and third Thursday of every month at 13:00",
    "the last Monday of every month at 14:00",
    "the fourth and 12th Tuesday of every quarter at 12:45",
    "the third Friday of every quarter at 13:00",
];

fn any_activity() -> impl Strategy<Value = Activity> {
    (0..PHRASES.len(), 2..30u32, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(when, fives, nice, rep, spread)| Activity {
            priority: if nice { Priority::Nice } else { Priority::Must },
            per: if rep { Per::Rep } else { Per::Manager },
            spread: rep && spread && when > 0,
            ..activity("any", PHRASES[when], fives * 5)
        },
    )
}

pub(super) fn any_process() -> impl Strategy<Value = Process> {
    let activities = prop::collection::vec(any_activity(), 1..8);
    let managers = prop::collection::vec((0..5u32, 30..1500u32), 1..4);
    let off = prop::collection::vec(0..180i64, 0..6);
    (activities, managers, off, 1..=12i8).prop_map(|(mut activities, managers, off, starts)| {
        for (number, activity) in activities.iter_mut().enumerate() {
            activity.key = ActivityKey(format!("activity-{number}"));
        }
        let people = managers.into_iter().enumerate().map(|(number, (reps, capacity))| Manager {
            capacity: Some(capacity),
            ..manager(&format!("U{number}"), "America/Chicago", reps)
        });
        let mut process = process(activities, people.collect());
        process.calendar.fiscal_year_starts = starts;
        for days in off {
            let date = day("2026-12-01").checked_add(jiff::Span::new().days(days)).expect("a near date");
            process.holidays.add(date, Holiday { name: None, managers: None });
        }
        process
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_cut_of_a_range_sums_to_the_whole(process in any_process()) {
        let (from, to) = (day("2026-12-03"), day("2027-05-20"));
        for manager in &process.managers {
            let load = load_alone(&process, &manager.slack, from, to).expect("a manager");
            prop_assert_eq!(load.activities.iter().map(|line| line.minutes).sum::<u64>(), load.asked.total());
            for period in Period::ALL {
                let (mut asked, mut capacity, mut by_activity) = (Asked::default(), Capacity::default(), 0);
                for stretch in load.stretches.of(period) {
                    asked += stretch.asked;
                    capacity += stretch.capacity;
                    by_activity += stretch.activities().iter().map(|(_, minutes)| minutes).sum::<u64>();
                }
                prop_assert_eq!((asked, capacity, by_activity), (load.asked, load.capacity, load.asked.total()));
            }
        }
    }

    #[test]
    fn what_is_suggested_fits_frees_what_it_says_and_has_nothing_superfluous(process in any_process()) {
        let (from, to) = (day("2026-12-07"), day("2027-05-30"));
        let all = |process: &Process, id: &UserId| load_alone(process, id, from, to).map(|l| (l.asked.total(), l.is_over()));
        let audit = audit(&[Part { process: &process, from, to }], None).expect("there is a part");
        let helped: usize = audit.suggestions.iter().map(|suggestion| suggestion.managers.len()).sum();
        prop_assert_eq!(helped, audit.over().count(), "everybody who is over is spoken of, and nobody else");
        for suggestion in audit.suggestions.iter().filter(|suggestion| suggestion.fits()) {
            let lines = || suggestion.changes.iter().map(|suggested| (suggested.activity, &suggested.change));
            let then = changed(&process, lines());
            let mut freed = 0;
            for relief in &suggestion.managers {
                prop_assert_eq!(all(&process, &relief.manager.slack), Some((relief.before, true)));
                prop_assert_eq!(all(&then, &relief.manager.slack), Some((relief.after, false)));
                freed += relief.before - relief.after;
            }
            prop_assert_eq!(suggestion.changes.iter().map(|suggested| suggested.frees).sum::<u64>(), freed);
            for (left_out, _) in lines() {
                let fewer = changed(&process, lines().filter(|(activity, _)| activity.key != left_out.key));
                let over = |relief: &super::suggestions::Relief<'_>| {
                    all(&fewer, &relief.manager.slack).is_some_and(|(_, over)| over)
                };
                prop_assert!(suggestion.managers.iter().any(over), "{} is superfluous", left_out.key);
            }
            for (activity, change) in lines() {
                prop_assert!(*change != Change::Drop || activity.priority == Priority::Nice);
            }
        }
    }

    #[test]
    fn one_more_rep_costs_what_it_says(mut process in any_process()) {
        let (from, to) = (day("2026-12-03"), day("2027-05-20"));
        let asked = |process: &Process| load_alone(process, &"U0".into(), from, to).map(|load| load.asked.total());
        let (before, cost) = (asked(&process), additional_rep(&process, &process.managers[0], from, to));
        let one_more = next_rep(&process.managers[0]);
        process.managers[0].reps.push(one_more);
        prop_assert_eq!(asked(&process), before.map(|before| before + cost));
    }
}
