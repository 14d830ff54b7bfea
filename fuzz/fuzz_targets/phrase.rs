//! Any text as a `when` phrase: it is refused at a place inside it, or prints and parses back to itself and stays in bounds.

#![no_main]

use jiff::civil::{Time, date};
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use onbeat_fuzz::lies_inside;
use onbeat_fuzz::process::calendar::{Calendar, Workday};
use onbeat_fuzz::process::recurrence::{Rule, can_occur, occurrences, slots};
use onbeat_fuzz::process::{OnHoliday, Phrase};

fuzz_target!(|text: &str| {
    let phrase = match text.parse::<Phrase>() {
        Ok(phrase) => phrase,
        Err(error) => {
            assert!(lies_inside(text, &error.at), "{:?} in {text:?}", error.at);
            assert!(!error.message.is_empty() && !error.expected.is_empty());
            return;
        }
    };
    let printed = phrase.to_string();
    assert_eq!(printed.parse::<Phrase>().as_ref(), Ok(&phrase), "{text:?} printed as {printed:?}");

    let monday_to_friday =
        [1, 2, 3, 4, 5].map(|day| jiff::civil::Weekday::from_monday_one_offset(day).expect("a weekday"));
    let time = |hour| Time::new(hour, 0, 0, 0).expect("a time");
    let calendar = Calendar {
        workweek: monday_to_friday.to_vec(),
        workday: Workday { start: time(9), end: time(17) },
        fiscal_year_starts: 2,
        zone: TimeZone::get("America/New_York").expect("a zone"),
        holidays: Default::default(),
    };
    let (from, to) = (date(2026, 12, 1), date(2027, 11, 30));
    let slot = slots(&phrase).map(|slots| slots - 1);
    for rule in [Rule::new(&phrase, OnHoliday::Following), Rule { slot, ..Rule::new(&phrase, OnHoliday::Preceding) }] {
        let found = occurrences(&rule, &calendar, from, to);
        assert!(found.len() <= 365);
        assert!(found.windows(2).all(|pair| pair[0].date() < pair[1].date()));
        assert!(found.iter().all(|due| (from..=to).contains(&due.date())));
        assert!(found.is_empty() || can_occur(&phrase, &calendar.workweek, calendar.fiscal_year_starts));
    }
});
