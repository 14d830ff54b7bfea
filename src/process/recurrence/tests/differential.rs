//! The phrases that an RRULE can say too, held against an independent implementation of RFC 5545. Without holidays, since
//! a rule knows none.

use proptest::prelude::*;

use super::*;
use crate::process::phrase::tests::any_phrase;

/// The rule that says the same, where there is one.
fn rule_of(phrase: &Phrase, workweek: &[Weekday], fiscal: i8) -> Option<String> {
    let Recur::Ordinal { ordinals, unit, span } = &phrase.recur else {
        return Some(match &phrase.recur {
            Recur::EveryDay => "FREQ=DAILY".to_owned(),
            Recur::EveryWorkday => format!("FREQ=WEEKLY;BYDAY={}", list(workweek, |day| name(*day))),
            Recur::Weekly { every, weekdays } => {
                format!("FREQ=WEEKLY;INTERVAL={every};WKST=MO;BYDAY={}", list(weekdays, |day| name(*day)))
            }
            Recur::Ordinal { .. } => unreachable!("taken apart above"),
        });
    };
    let month_of = |place: i8| (fiscal - 1 + place).rem_euclid(12) + 1;
    let quarters = |place: i8| list(&[0, 3, 6, 9], |first| month_of(first + place).to_string());
    let from_end = ordinals.iter().all(|ordinal| matches!(ordinal, Ordinal::FromEnd(_)));
    let from_start = ordinals.iter().all(|ordinal| matches!(ordinal, Ordinal::FromStart(_)));
    // A span of several months counts as its first month, or its last, as far as that goes.
    let reach = match unit {
        Unit::Day => 28,
        Unit::Workday => workweek.len() as i64 * 4,
        Unit::Weekday(_) => 4,
    };
    let in_one_month = ordinals.iter().all(|ordinal| number(ordinal).abs() <= reach);
    let (frequency, yearly) = match span {
        SpanOf::EveryMonth => ("FREQ=MONTHLY".to_owned(), false),
        SpanOf::EveryOtherMonth => ("FREQ=MONTHLY;INTERVAL=2".to_owned(), false),
        SpanOf::Months(named) => (format!("FREQ=MONTHLY;BYMONTH={}", list(named, i8::to_string)), false),
        SpanOf::MonthOfQuarter(place) => (format!("FREQ=MONTHLY;BYMONTH={}", quarters(*place as i8 - 1)), false),
        SpanOf::EveryYear if fiscal == 1 => ("FREQ=YEARLY".to_owned(), true),
        SpanOf::EveryYear if in_one_month && from_start => (format!("FREQ=MONTHLY;BYMONTH={}", month_of(0)), false),
        SpanOf::EveryYear if in_one_month && from_end => (format!("FREQ=MONTHLY;BYMONTH={}", month_of(11)), false),
        SpanOf::EveryQuarter if in_one_month && from_start => (format!("FREQ=MONTHLY;BYMONTH={}", quarters(0)), false),
        SpanOf::EveryQuarter if in_one_month && from_end => (format!("FREQ=MONTHLY;BYMONTH={}", quarters(2)), false),
        SpanOf::EveryYear | SpanOf::EveryQuarter => return None,
    };
    if matches!(unit, Unit::Weekday(_)) && !yearly && ordinals.iter().any(|ordinal| number(ordinal) > 5) {
        return None; // The other refuses a sixth Monday of a month, which we take for one that never comes.
    }
    let numbers = list(ordinals, |ordinal| number(ordinal).to_string());
    let days = match unit {
        Unit::Day if yearly => format!("BYYEARDAY={numbers}"),
        Unit::Day => format!("BYMONTHDAY={numbers}"),
        Unit::Workday => format!("BYDAY={};BYSETPOS={numbers}", list(workweek, |day| name(*day))),
        Unit::Weekday(weekday) => {
            format!("BYDAY={}", list(ordinals, |ordinal| format!("{}{}", number(ordinal), name(*weekday))))
        }
    };
    Some(format!("{frequency};{days}"))
}

fn number(ordinal: &Ordinal) -> i64 {
    match ordinal {
        Ordinal::FromStart(place) => i64::from(*place),
        Ordinal::FromEnd(place) => -i64::from(*place),
    }
}

fn name(weekday: Weekday) -> String {
    crate::process::phrase::weekday_name(weekday)[..2].to_ascii_uppercase()
}

fn list<T>(items: &[T], word: impl Fn(&T) -> String) -> String {
    items.iter().map(word).collect::<Vec<_>>().join(",")
}

prop_compose! {
    fn any_case()(
        phrase in any_phrase(),
        gulf in any::<bool>(),
        fiscal in prop_oneof![Just(1i8), 1..=12i8],
    ) -> (Phrase, Calendar) {
        let mut calendar = Calendar { fiscal_year_starts: fiscal, ..calendar(&[]) };
        if gulf {
            calendar.workweek.rotate_right(1);
            calendar.workweek[0] = Weekday::Sunday;
        }
        (phrase, calendar)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn phrases_mean_what_their_rule_says_to_others(case in any_case()) {
        let (phrase, calendar) = case;
        let Some(rule) = rule_of(&phrase, &calendar.workweek, calendar.fiscal_year_starts) else { return Ok(()) };
        let from = phrase.starting.unwrap_or(ANCHOR);
        let to = plus(from, 1500).expect("within ten years");
        let ours: Vec<String> =
            dates(&phrase, &calendar, from, to, None).map(|day| day.strftime("%Y%m%d").to_string()).collect();
        let set = format!("DTSTART:{}T000000Z\nRRULE:{rule};UNTIL={}T000000Z", from.strftime("%Y%m%d"), to.strftime("%Y%m%d"));
        let set: rrule::RRuleSet = set.parse().unwrap_or_else(|error| panic!("{set}: {error}"));
        let theirs: Vec<String> = set.into_iter().map(|day| day.format("%Y%m%d").to_string()).collect();
        prop_assert_eq!(ours, theirs, "{} / {}", phrase, rule);
    }
}

/// The random cases above say something only where most phrases have a rule.
#[test]
fn each_shape_of_phrase_has_its_rule() {
    let workweek = MONDAY_TO_FRIDAY;
    for (text, fiscal, rule) in [
        ("every day at 09:00", 1, "FREQ=DAILY"),
        ("every workday at 09:00", 1, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every 3 weeks on Mon and Wed at 09:00", 1, "FREQ=WEEKLY;INTERVAL=3;WKST=MO;BYDAY=MO,WE"),
        ("the first and last day of every month at 09:00", 1, "FREQ=MONTHLY;BYMONTHDAY=1,-1"),
        ("the second Tue of every other month at 09:00", 1, "FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU"),
        ("the last workday of every June at 09:00", 1, "FREQ=MONTHLY;BYMONTH=6;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("the 3rd day of every quarter at 09:00", 2, "FREQ=MONTHLY;BYMONTH=2,5,8,11;BYMONTHDAY=3"),
        ("the last Fri of every quarter at 09:00", 2, "FREQ=MONTHLY;BYMONTH=4,7,10,1;BYDAY=-1FR"),
        ("the 1st day of the second month of every quarter at 09:00", 1, "FREQ=MONTHLY;BYMONTH=2,5,8,11;BYMONTHDAY=1"),
        ("the 31st workday of every year at 09:00", 1, "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=31"),
    ] {
        assert_eq!(rule_of(&phrase(text), &workweek, fiscal).as_deref(), Some(rule), "{text}");
    }
}
