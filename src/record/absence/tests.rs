use jiff::civil::date;
use proptest::prelude::*;

use super::words::{NoDays, Wish, checked, wish};
use super::*;
use crate::record::tests::{entries, line, process};

/// A Monday.
const TODAY: Date = date(2026, 11, 23);

fn days(text: &str) -> Days {
    text.parse().expect("good days")
}

fn absence(text: &str, said_at: i64) -> Absence {
    Absence {
        manager: UserId::from("U0ANA"),
        days: days(text),
        said_by: UserId::from("U0ANA"),
        said_at: Timestamp::from_second(said_at).expect("in range"),
    }
}

#[test]
fn words_name_days() {
    let said = [
        ("24 Dec to 2 Jan", "2026-12-24/2027-01-02"),
        ("24 Dec - 2 Jan", "2026-12-24/2027-01-02"),
        ("24 Dec – 2 Jan", "2026-12-24/2027-01-02"),
        ("24 dec until 2 january", "2026-12-24/2027-01-02"),
        ("Dec 24 to Jan 2", "2026-12-24/2027-01-02"),
        ("from the 24th of December to the 2nd of January", "2026-12-24/2027-01-02"),
        ("Thu 24 Dec to Sat 2 Jan", "2026-12-24/2027-01-02"),
        ("December 24, 2026 to January 2, 2027", "2026-12-24/2027-01-02"),
        ("24 Dec to 2 Jan 2027", "2026-12-24/2027-01-02"),
        ("2026-12-24 to 2027-01-02", "2026-12-24/2027-01-02"),
        ("2026-12-24 - 2027-01-02", "2026-12-24/2027-01-02"),
        ("2026-12-24", "2026-12-24"),
        ("24-28 Dec", "2026-12-24/2026-12-28"),
        ("Dec 24-28", "2026-12-24/2026-12-28"),
        ("Dec 24 to 28", "2026-12-24/2026-12-28"),
        ("24 to 28 December", "2026-12-24/2026-12-28"),
        ("12 Jan", "2027-01-12"),
        ("29 Feb", "2028-02-29"),
        ("today", "2026-11-23"),
        ("Tomorrow", "2026-11-24"),
        ("today to Friday", "2026-11-23/2026-11-27"),
        ("until Friday", "2026-11-23/2026-11-27"),
        ("Monday", "2026-11-23"),
        ("Fri", "2026-11-27"),
        ("next Friday", "2026-12-04"),
        ("Fri to Mon", "2026-11-27/2026-11-30"),
        ("next week", "2026-11-30/2026-12-06"),
        ("this week", "2026-11-23/2026-11-29"),
        ("Wed to next Wed", "2026-11-25/2026-12-02"),
        // Under way: what has passed is left out.
        ("20 Nov to 27 Nov", "2026-11-23/2026-11-27"),
        ("2026-11-01 to 2026-12-01", "2026-11-23/2026-12-01"),
    ];
    for (text, meant) in said {
        assert_eq!(wish(text, TODAY), Ok(Wish::Away(days(meant))), "{text}");
    }
}

#[test]
fn words_take_back_and_ask() {
    assert_eq!(wish("  ", TODAY), Ok(Wish::Ask));
    assert_eq!(wish("off", TODAY), Ok(Wish::Off(None)));
    assert_eq!(wish("Back", TODAY), Ok(Wish::Off(None)));
    assert_eq!(wish("off 28 Dec to 2 Jan", TODAY), Ok(Wish::Off(Some(days("2026-12-28/2027-01-02")))));
}

#[test]
fn words_that_name_no_days_are_told_apart() {
    let unclear =
        ["soon", "24", "Dec", "24/12", "24 Dec to", "to", "24 Dec and 26 Dec", "next", "24 Dec to 2 Jan to 5 Jan", "é"];
    for text in unclear {
        assert_eq!(wish(text, TODAY), Err(NoDays::Unclear), "{text}");
    }
    for text in ["31 Feb", "31 Feb to 2 Mar", "2026-02-31", "29 Feb 2027"] {
        assert!(matches!(wish(text, TODAY), Err(NoDays::NoSuchDay(_))), "{text}: {:?}", wish(text, TODAY));
    }
    for text in
        ["2027-01-02 to 2026-12-24", "10 Jan to 2 Jan", "2 Jan to 24 Dec", "28 Dec to 24 Dec", "Friday to today"]
    {
        assert_eq!(wish(text, TODAY), Err(NoDays::Backwards), "{text}");
    }
    for text in ["2026-11-01 to 2026-11-22", "2025-12-24", "22 Nov 2026"] {
        assert_eq!(wish(text, TODAY), Err(NoDays::Past), "{text}");
    }
    assert_eq!(wish("2026-12-01 to 2028-01-01", TODAY), Err(NoDays::TooLong));
    assert_eq!(checked(date(2026, 11, 23), date(2027, 11, 23), TODAY).map(|days| days.last()), Ok(date(2027, 11, 23)));
    assert_eq!(checked(date(2026, 11, 23), date(2027, 11, 24), TODAY), Err(NoDays::TooLong));
}

#[test]
fn absences_that_touch_are_one() {
    let two = Absences::new(vec![absence("2027-01-04/2027-01-05", 1), absence("2026-12-24/2026-12-28", 2)]);
    assert_eq!(two.iter().count(), 2);
    let one = two.with(absence("2026-12-29/2027-01-03", 3));
    assert_eq!(one.iter().cloned().collect::<Vec<_>>(), [absence("2026-12-24/2027-01-05", 3)]);
    assert_eq!(one.with(absence("2026-12-26", 4)), one, "nothing new was said");
    let split = one.without(days("2026-12-26/2026-12-31"));
    let left: Vec<String> = split.iter().map(|absence| absence.days.to_string()).collect();
    assert_eq!(left, ["2026-12-24/2026-12-25", "2027-01-01/2027-01-05"]);
    assert_eq!(split.iter().map(|absence| absence.said_at.as_second()).max(), Some(3));
}

fn stretch() -> impl Strategy<Value = Days> {
    (0i32..60, 0i32..20).prop_map(|(first, length)| {
        let first = TODAY.saturating_add(Span::new().days(first));
        Days { first, last: first.saturating_add(Span::new().days(length)) }
    })
}

proptest! {
    /// Absences are sets of days, whatever is said in whatever order.
    #[test]
    fn absences_are_sets_of_days(said in prop::collection::vec((any::<bool>(), stretch()), 0..12)) {
        let mut absences = Absences::default();
        let mut set = std::collections::BTreeSet::new();
        for (number, (is_away, days)) in (0..).zip(said) {
            let each = days.first.series(Span::new().days(1)).take_while(|day| *day <= days.last);
            if is_away {
                set.extend(each);
                absences = absences.with(Absence { days, ..absence("2026-12-24", number) });
            } else {
                each.for_each(|day| {
                    set.remove(&day);
                });
                absences = absences.without(days);
            }
        }
        for day in TODAY.series(Span::new().days(1)).take(100) {
            prop_assert_eq!(absences.on(day).is_some(), set.contains(&day), "{}", day);
        }
        for (one, two) in absences.iter().zip(absences.iter().skip(1)) {
            prop_assert!(next(one.days.last) < two.days.first, "{} and {} touch", one.days, two.days);
        }
        prop_assert_eq!(Absences::new(absences.iter().rev().cloned().collect()), absences);
    }

    /// What an absence does, held against the words of INTERFACE §5 counted out day by day.
    #[test]
    fn what_is_short_is_excused_and_what_is_long_waits(said in prop::collection::vec(stretch(), 1..3), grace in 0usize..9) {
        let monthly = format!("grace = \"{grace} workdays\"");
        let process = process(&[
            line("daily", "every workday at 09:00", ""),
            line("weekly", "every 3 weeks on Tuesday at 10:00", ""),
            line("monthly", "the second, third and last workday of every month at 11:00", &monthly),
            line("quarterly", "the last workday of every quarter at 12:00", &monthly),
        ].concat());
        let calendar = process.calendar_of(&process.managers[0]);
        let absences = Absences::new(said.into_iter().map(|days| Absence { days, ..absence("2026-12-24", 0) }).collect());
        for entry in entries(&process) {
            let before = entry.occurrence;
            let after = absences.applied(before.clone(), &entry.activity, &calendar);
            prop_assert_eq!(&absences.applied(after.clone(), &entry.activity, &calendar), &after, "twice is once");
            if absences.on(before.date).is_none() {
                prop_assert_eq!(&after, &before);
            } else if ["daily", "weekly"].contains(&before.activity.as_str()) {
                prop_assert!(after.is_excused_by_absence() && (after.due, after.closes) == (before.due, before.closes));
            } else {
                let later = before.date.series(Span::new().days(1)).skip(1);
                let mut workdays = later.filter(|day| calendar.is_workday(*day));
                let back = workdays.find(|day| absences.on(*day).is_none()).expect("nobody is away for ever");
                let last = std::iter::once(back).chain(workdays).nth(grace).expect("there is always another workday");
                let end = calendar.instant(last, calendar.workday.end).timestamp();
                prop_assert_eq!(after.closes, before.closes.max(end));
                prop_assert_eq!(after.standing, Standing::Undecided);
            }
        }
    }

    /// What is understood is never past, never backwards, never longer than a year.
    #[test]
    fn whatever_is_understood_makes_sense(text in "(from )?(off )?[0-3]?[0-9](th)? ?(Dec|jan|February|mon)?( to | - |-)?([0-3]?[0-9])? ?(Nov|jan|friday)? ?(2026|2027)?") {
        if let Ok(Wish::Away(days) | Wish::Off(Some(days))) = wish(&text, TODAY) {
            prop_assert!(TODAY <= days.first && days.first <= days.last);
            prop_assert!(days.first.until(days.last).is_ok_and(|span| i64::from(span.get_days()) < MOST_DAYS));
        }
    }

    /// Days are read back as they are written.
    #[test]
    fn days_round_trip(days in stretch()) {
        prop_assert_eq!(days.to_string().parse::<Days>().ok(), Some(days));
    }
}
