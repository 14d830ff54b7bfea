//! Holiday files: what counts as a day off, what does not, and where a bad file says so.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::Holiday;
use super::rule::Rule;
use super::{Holidays, ics};

const TODAY: Date = date(2026, 12, 1);

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n")
}

/// The days of one event with these lines.
fn days(lines: &str) -> Vec<String> {
    let text = calendar(&format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\n"));
    let days = ics::read(&text, TODAY).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    days.into_iter().map(|(date, _)| date.to_string()).collect()
}

/// Line, column (1-based) and message of the first error.
fn error(text: &str) -> (usize, usize, String) {
    let error = ics::read(text, TODAY).expect_err("the file is bad").remove(0);
    let before = &text[..error.at.start];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1, error.message)
}

#[test]
fn all_day_events_count_with_their_whole_span() {
    for (lines, expected) in [
        ("DTSTART;VALUE=DATE:20270101", vec!["2027-01-01"]),
        ("DTSTART:20270101", vec!["2027-01-01"]),
        ("dtstart;value=date:20270101\ndtend;value=date:20270103", vec!["2027-01-01", "2027-01-02"]),
        ("DTSTART:20270101\nDTEND:20270101", vec!["2027-01-01"]),
        ("DTSTART:20270101\nDURATION:P2D", vec!["2027-01-01", "2027-01-02"]),
        ("DTSTART:20270101\nDURATION:P1DT24H0M0S", vec!["2027-01-01", "2027-01-02"]),
        ("DTSTART;VALUE=DATE:2027\n 0101", vec!["2027-01-01"]),
        ("DTSTART;X-A=\"a:b;c\";VALUE=DATE:20270101", vec!["2027-01-01"]),
        ("DTSTART:20270101\nBEGIN:VALARM\nDTSTART:nonsense\nEND:VALARM", vec!["2027-01-01"]),
        ("DTSTART:20270101\nRDATE;VALUE=DATE:20270105,20270107", vec!["2027-01-01", "2027-01-05", "2027-01-07"]),
    ] {
        assert_eq!(days(lines), expected, "{lines}");
    }
    assert_eq!(days("DTSTART:20270101\nDURATION:P1W").len(), 7);
}

#[test]
fn timed_and_cancelled_events_do_not_count() {
    for lines in [
        "DTSTART:20270101T090000Z",
        "DTSTART;TZID=America/Chicago:20270101T000000\nDTEND;TZID=America/Chicago:20270102T000000",
        "DTSTART:20270101\nSTATUS:CANCELLED",
        "DTSTART:20270101\nstatus:cancelled\nRRULE:FREQ=YEARLY",
        "DTSTART:20270101\nEXDATE:20270101",
    ] {
        assert_eq!(days(lines), Vec::<String>::new(), "{lines}");
    }
}

#[test]
fn rules_are_expanded_ten_years_from_today_and_nothing_later() {
    let every_year = days("DTSTART:20261225\nRRULE:FREQ=YEARLY");
    assert_eq!((every_year.len(), every_year.last().map(String::as_str)), (10, Some("2035-12-25")));
    let on_the_day = days("DTSTART:20261201\nRRULE:FREQ=YEARLY");
    assert_eq!(on_the_day.last().map(String::as_str), Some("2036-12-01"));
    let memorial_day = days("DTSTART:20260525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=3");
    assert_eq!(memorial_day, ["2026-05-25", "2027-05-31", "2028-05-29"]);
    let leap_days = days("DTSTART:20240229\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20280229");
    assert_eq!(leap_days, ["2024-02-29", "2032-02-29", "2036-02-29"]);
    let spans = days("DTSTART:20261201\nDTEND:20261203\nRRULE:FREQ=YEARLY;UNTIL=20281231T000000Z");
    assert_eq!(spans.len(), 6);
    assert_eq!(days("DTSTART:20361201\nDTEND:20361203"), ["2036-12-01", "2036-12-02"]);
}

#[test]
fn an_instance_can_be_moved_or_called_off() {
    let series = "BEGIN:VEVENT\nUID:a\nDTSTART:20270101\nRRULE:FREQ=YEARLY;COUNT=3\nSUMMARY:Day\nEND:VEVENT\n";
    let moved = "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20280101\nDTSTART:20280103\nSUMMARY:Later\nEND:VEVENT\n";
    let off = "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20290101\nDTSTART:20290101\nSTATUS:CANCELLED\nEND:VEVENT\n";
    for text in [calendar(&format!("{series}{moved}{off}")), calendar(&format!("{off}{moved}{series}"))] {
        let days = ics::read(&text, TODAY).expect("a good file");
        let expected = [(date(2027, 1, 1), Some("Day".to_owned())), (date(2028, 1, 3), Some("Later".to_owned()))];
        assert_eq!(days, expected);
    }
}

#[test]
fn names_are_plain_text() {
    let text = calendar(
        "BEGIN:VEVENT\r\nDTSTART:20270118\r\nSUMMARY;LANGUAGE=en:Martin Luther King\\, Jr\r\n . Day\\n(x)\r\nEND:VEVENT\r\n",
    );
    let days = ics::read(&text, TODAY).expect("a good file");
    assert_eq!(days, [(date(2027, 1, 18), Some("Martin Luther King, Jr. Day (x)".to_owned()))]);
}

#[test]
fn bad_files_say_where() {
    for (text, line, column, word) in [
        ("", 1, 1, "empty"),
        ("<html>", 1, 1, "no iCalendar line"),
        ("BEGIN:VEVENT\nEND:VEVENT\n", 1, 1, "no iCalendar file"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR", 2, 7, "no beginning"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nEND:VEVENT\n", 4, 11, "ends inside VCALENDAR"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", 3, 5, "no beginning"),
        ("BEGIN:VCALENDAR\nrubbish\nEND:VCALENDAR\n", 2, 1, "no iCalendar line"),
    ] {
        let (l, c, message) = error(text);
        assert!((l, c) == (line, column) && message.contains(word), "{text:?}: {l}:{c} {message}");
    }
    for (lines, line, column, word) in [
        ("DTSTART;VALUE=DATE:20270229", 4, 20, "no date"),
        ("DTSTART:tomorrow", 4, 9, "no date"),
        ("DTSTART:20270105\nDTEND:20270101", 5, 7, "ends before"),
        ("DTSTART:20270105\nDURATION:P1M", 5, 10, "no duration"),
        ("DTSTART:20270105\nDURATION:-P1D", 5, 10, "no duration"),
        ("DTSTART:20270105\nRRULE:FREQ=HOURLY", 5, 7, "FREQ=HOURLY"),
        ("DTSTART:20270105\nRRULE:FREQ=YEARLY;BYMONTH=13", 5, 19, "BYMONTH=13"),
        ("DTSTART:20270105\nRRULE:INTERVAL=2", 5, 7, "how often"),
        ("DTSTART:20270105\nEXDATE:x", 5, 8, "no date"),
    ] {
        let text = calendar(&format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"));
        let (l, c, message) = error(&text);
        assert!((l, c) == (line, column) && message.contains(word), "{lines:?}: {l}:{c} {message}");
    }
}

#[test]
fn hostile_files_end_soon() {
    assert_eq!(days("DTSTART:20270101\nDTEND:21270101").len(), 36_524);
    assert_eq!(days("DTSTART:00010101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), ["0001-01-01"]);
    let many = "BEGIN:VEVENT\nDTSTART:00010101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n".repeat(500);
    assert!(error(&calendar(&many)).2.contains("too long"));
    let centuries = "BEGIN:VEVENT\nDTSTART:20270101\nDURATION:P3999999D\nEND:VEVENT\n".repeat(500);
    assert!(error(&calendar(&centuries)).2.contains("too many"));
    // Found by fuzzing: an instance moved out of a series that is not there.
    let moved = "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20280529\nDTSTART:20240228\nDTEND:60270103\nEND:VEVENT\n";
    let found = ics::read(&format!("BEGIN:VCALENDAR\n{moved}END:VCALENDAR\n"), date(2026, 12, 7));
    assert!(found.expect_err("four thousand years")[0].message.contains("too many"));
}

#[test]
fn days_of_one_name_are_one_day_off() {
    let day = date(2027, 1, 1);
    let own = |id: &str| Holiday { name: Some("New Year".to_owned()), managers: Some(vec![id.into()]) };
    let mut holidays = Holidays::default();
    holidays.add(day, own("U0ANA"));
    holidays.add(day, own("U0BEN"));
    assert_eq!(holidays.iter().map(|(_, holiday)| holiday.managers.clone()).collect::<Vec<_>>().len(), 1);
    assert!(
        holidays.for_manager(&"U0BEN".into()).contains(day) && !holidays.for_manager(&"U0CLEO".into()).contains(day)
    );
    holidays.add(day, Holiday { name: Some("New Year".to_owned()), managers: None });
    assert!(holidays.for_manager(&"U0CLEO".into()).contains(day));
}

/// Rules of the parts that calendars use, each allowed with its frequency.
fn rules() -> impl Strategy<Value = String> {
    let part = |options: &'static [&'static str]| proptest::option::weighted(0.4, prop::sample::select(options));
    let frequency = prop::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]);
    let months = part(&[";BYMONTH=2", ";BYMONTH=5,11", ";BYMONTH=1,12"]);
    let month_days = part(&[";BYMONTHDAY=29", ";BYMONTHDAY=-1", ";BYMONTHDAY=13,14,15,-31"]);
    let weekdays = part(&[";BYDAY=MO", ";BYDAY=FR,SU", ";BYDAY=-1MO", ";BYDAY=2TU,-2TH", ";BYDAY=5WE"]);
    let yearly = part(&[";BYYEARDAY=1,100,-1,366", ";BYWEEKNO=1,20,-1,53"]);
    let positions = part(&[";BYSETPOS=1", ";BYSETPOS=-1,2"]);
    let rest =
        (part(&[";INTERVAL=2", ";INTERVAL=3"]), part(&[";WKST=SU", ";WKST=TH"]), part(&[";COUNT=1", ";COUNT=17"]));
    (frequency, months, month_days, weekdays, yearly, positions, rest).prop_map(
        |(frequency, months, month_days, weekdays, yearly, positions, (interval, week, count))| {
            let numbered = weekdays.is_some_and(|days| days.contains(|c: char| c.is_ascii_digit()));
            let takes_numbers = matches!(frequency, "YEARLY" | "MONTHLY") && yearly.is_none();
            let weekdays = weekdays.filter(|_| !numbered || takes_numbers);
            let month_days = month_days.filter(|_| frequency != "WEEKLY");
            let yearly = yearly.filter(|_| frequency == "YEARLY");
            let has_set = months.or(month_days).or(weekdays).or(yearly).is_some();
            // Of a first week the other counts only the days from the first on, we (and the standard) all seven.
            let positions = positions.filter(|_| has_set && frequency != "WEEKLY");
            let parts = [months, month_days, weekdays, yearly, positions, interval, week, count];
            format!("FREQ={frequency}{}", parts.into_iter().flatten().collect::<String>())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_mean_what_another_reading_says(text in rules(), offset in 0_i32..2000) {
        let first = date(2023, 1, 1).checked_add(jiff::Span::new().days(offset)).expect("a date");
        let last = date(2036, 12, 1);
        let ours = Rule::parse(&text).expect("a good rule").days(first, last, &mut 1_000_000).expect("little work");
        let ours: Vec<String> = ours.iter().map(|day| day.strftime("%Y%m%d").to_string()).collect();
        let set = format!("DTSTART:{}T000000Z\nRRULE:{text}", first.strftime("%Y%m%d"));
        let set: rrule::RRuleSet = set.parse().expect("a good rule");
        let until = last.strftime("%Y%m%d").to_string();
        let theirs = set.limit().into_iter().map(|day| day.format("%Y%m%d").to_string());
        let theirs: Vec<String> = theirs.take_while(|day| day.len() == 8 && *day <= until).collect();
        prop_assert_eq!(ours, theirs);
    }
}

proptest! {
    #[test]
    fn runs_hold_the_days_that_follow_each_other(offsets in proptest::collection::vec(0i64..40, 0..40)) {
        let day = |offset: i64| jiff::civil::date(2026, 12, 1).saturating_add(jiff::Span::new().days(offset));
        let mut holidays = Holidays::default();
        for offset in &offsets {
            holidays.add(day(*offset), Holiday { name: None, managers: None });
        }
        for offset in -1..41 {
            let off = |offset: i64| offsets.contains(&offset);
            let first = (-1..=offset).rev().take_while(|it| off(*it)).last();
            let last = (offset..42).take_while(|it| off(*it)).last();
            prop_assert_eq!(holidays.run(day(offset)), first.zip(last).map(|(first, last)| (day(first), day(last))));
        }
    }
}
