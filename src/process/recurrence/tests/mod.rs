//! Hand-worked dates, one test a clause; [`properties`] hold for all phrases and calendars.

mod differential;
mod properties;
mod zones;

use jiff::civil::time;
use jiff::tz::TimeZone;

use super::*;
use crate::process::Workday;
use crate::process::holidays::Holiday;

const MONDAY_TO_FRIDAY: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

pub(in crate::process) fn phrase(text: &str) -> Phrase {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

pub(in crate::process) fn day(text: &str) -> Date {
    text.parse().expect(text)
}

/// Monday to Friday, 09:00-17:00, fiscal year from January, UTC, with these days off.
pub(in crate::process) fn calendar(days_off: &[&str]) -> Calendar {
    let mut calendar = Calendar {
        workweek: MONDAY_TO_FRIDAY.to_vec(),
        workday: Workday { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) },
        fiscal_year_starts: 1,
        zone: TimeZone::UTC,
        holidays: Default::default(),
    };
    for date in days_off {
        calendar.holidays.add(day(date), Holiday { name: None, managers: None });
    }
    calendar
}

pub(in crate::process) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect(name)
}

fn found(text: &str, on_holiday: OnHoliday, calendar: &Calendar, from: &str, to: &str) -> Vec<String> {
    let phrase = phrase(text);
    let all = occurrences(&Rule::new(&phrase, on_holiday), calendar, day(from), day(to));
    all.iter().map(|due| due.date().to_string()).collect()
}

/// The dates by the default convention, as one line.
fn line(text: &str, calendar: &Calendar, from: &str, to: &str) -> String {
    found(text, OnHoliday::default(), calendar, from, to).join(" ")
}

#[test]
fn weeks_count_from_the_first_monday_of_2024_backwards_too() {
    let plain = calendar(&[]);
    let other = "every other Monday at 09:00";
    assert_eq!(line(other, &plain, "2026-11-24", "2026-12-31"), "2026-11-30 2026-12-14 2026-12-28");
    assert_eq!(line(other, &plain, "2023-12-01", "2024-01-20"), "2023-12-04 2023-12-18 2024-01-01 2024-01-15");
    let third = "every 3 weeks on Thu and Tue at 09:00";
    assert_eq!(
        line(third, &plain, "2023-12-01", "2024-01-31"),
        "2023-12-12 2023-12-14 2024-01-02 2024-01-04 2024-01-23 2024-01-25"
    );
}

#[test]
fn weeks_count_from_the_monday_of_the_starting_week_and_nothing_is_before_it() {
    let plain = calendar(&[]);
    let of = |text| line(text, &plain, "2026-11-01", "2027-01-05");
    assert_eq!(of("every other Monday at 09:00 starting 2026-12-02"), "2026-12-14 2026-12-28");
    assert_eq!(of("every other Wednesday at 09:00 starting 2026-12-02"), "2026-12-02 2026-12-16 2026-12-30");
    assert_eq!(of("every other Monday at 09:00 starting 2026-12-13"), "2026-12-21 2027-01-04");
    assert_eq!(of("every Monday at 09:00 starting 2026-12-21"), "2026-12-21 2026-12-28 2027-01-04");
}

#[test]
fn every_other_month_counts_from_january_2024_or_the_starting_month() {
    let plain = calendar(&[]);
    let of = |text, from, to| line(text, &plain, from, to);
    let first = "the first Monday of every other month at 09:00";
    assert_eq!(of(first, "2023-10-01", "2024-04-01"), "2023-11-06 2024-01-01 2024-03-04");
    let starting = "the first Tuesday of every other month at 09:00 starting 2026-12-02";
    assert_eq!(of(starting, "2026-11-01", "2027-05-01"), "2027-02-02 2027-04-06");
}

#[test]
fn ordinals_count_from_both_ends_and_give_nothing_where_a_span_lacks_them() {
    let plain = calendar(&[]);
    let year = |text| line(text, &plain, "2026-01-01", "2026-12-31");
    assert_eq!(year("the fifth Monday of every month at 09:00"), "2026-03-30 2026-06-29 2026-08-31 2026-11-30");
    assert_eq!(
        year("the third-to-last and last workday of every June and March at 09:00"),
        "2026-03-27 2026-03-31 2026-06-26 2026-06-30"
    );
    assert_eq!(year("the second-to-last Friday of every December at 09:00"), "2026-12-18");
    assert_eq!(year("the 31st Monday of every year at 09:00"), "2026-08-03");
    assert_eq!(year("the last and 23rd workday of every July at 09:00"), "2026-07-31");
    // The 31st day of a quarter, where the second has it in May, a Friday; January 31 is a Saturday and moves back.
    assert_eq!(year("the 31st day of every quarter at 09:00"), "2026-01-30 2026-05-01 2026-07-31 2026-10-30");
}

#[test]
fn quarters_and_years_are_fiscal_and_months_are_not() {
    let february = Calendar { fiscal_year_starts: 2, ..calendar(&[]) };
    let of = |text| line(text, &february, "2027-01-01", "2027-12-31");
    assert_eq!(of("the first Monday of every quarter at 09:00"), "2027-02-01 2027-05-03 2027-08-02 2027-11-01");
    assert_eq!(of("the last workday of every year at 09:00"), "2027-01-29");
    assert_eq!(
        of("the first Monday of the third month of every quarter at 09:00"),
        "2027-01-04 2027-04-05 2027-07-05 2027-10-04"
    );
    assert_eq!(
        of("the first Monday of the first month of every quarter at 09:00"),
        "2027-02-01 2027-05-03 2027-08-02 2027-11-01"
    );
    assert_eq!(of("the first Monday of every February and January at 09:00"), "2027-01-04 2027-02-01");
}

#[test]
fn workdays_leave_out_the_holidays() {
    let new_year = calendar(&["2027-01-01", "2027-01-04"]);
    assert_eq!(line("the first workday of every month at 09:00", &new_year, "2027-01-01", "2027-01-31"), "2027-01-05");
    assert_eq!(
        line("every workday at 09:00", &new_year, "2026-12-31", "2027-01-06"),
        "2026-12-31 2027-01-05 2027-01-06"
    );
}

#[test]
fn only_dates_found_by_counting_days_move_off_the_weekend() {
    let plain = calendar(&[]);
    let of = |text| line(text, &plain, "2026-08-14", "2026-08-17");
    assert_eq!(of("the 15th day of every month at 09:00"), "2026-08-17");
    assert_eq!(of("every Saturday at 09:00"), "2026-08-15");
    assert_eq!(of("the third Saturday of every month at 09:00"), "2026-08-15");
    assert_eq!(of("every day at 09:00"), "2026-08-14 2026-08-15 2026-08-16 2026-08-17");
}

#[test]
fn each_convention_moves_its_own_way() {
    use OnHoliday::*;
    let plain = calendar(&[]);
    // 2026-05-31 is a Sunday.
    let of = |how| found("the last day of every May at 09:00", how, &plain, "2026-05-01", "2026-06-30").join(" ");
    assert_eq!(of(Following), "2026-06-01");
    assert_eq!(of(ModifiedFollowing), "2026-05-29");
    assert_eq!(of(Preceding), "2026-05-29");
    assert_eq!(of(Skip), "");
    // A holiday in mid-month: modified following follows.
    let closed = calendar(&["2026-05-14", "2026-05-15"]);
    let of =
        |how| found("the second Thursday of every May at 09:00", how, &closed, "2026-05-01", "2026-06-30").join(" ");
    assert_eq!(of(Following), "2026-05-18");
    assert_eq!(of(ModifiedFollowing), "2026-05-18");
    assert_eq!(of(Preceding), "2026-05-13");
    assert_eq!(of(Skip), "");
}

#[test]
fn a_saturday_that_the_phrase_names_moves_only_when_it_is_a_holiday() {
    let boxing_day = calendar(&["2026-12-26"]);
    assert_eq!(
        line("every Saturday at 09:00", &boxing_day, "2026-12-14", "2027-01-03"),
        "2026-12-19 2026-12-28 2027-01-02"
    );
}

#[test]
fn a_whole_december_off_moves_to_november_or_january() {
    use OnHoliday::*;
    let december: Vec<_> = (1..=31).map(|day| format!("2026-12-{day:02}")).collect();
    let closed = calendar(&december.iter().map(String::as_str).collect::<Vec<_>>());
    let of = |text, how| found(text, how, &closed, "2026-11-24", "2027-01-08").join(" ");
    assert_eq!(of("the 15th day of every December at 09:00", ModifiedFollowing), "2026-11-30");
    assert_eq!(of("the 15th day of every December at 09:00", Following), "2027-01-01");
    assert_eq!(of("the first workday of every December at 09:00", Following), "");
    assert_eq!(of("every Wednesday at 09:00", Following), "2026-11-25 2027-01-01 2027-01-06");
    assert_eq!(of("every Wednesday at 09:00", ModifiedFollowing), "2026-11-25 2026-11-30 2027-01-06");
    assert_eq!(found("every Wednesday at 09:00", Preceding, &closed, "2026-11-30", "2026-11-30"), ["2026-11-30"]);
}

#[test]
fn two_on_one_day_are_one() {
    let christmas = calendar(&["2026-12-24", "2026-12-25"]);
    assert_eq!(
        line("every day at 09:00", &christmas, "2026-12-23", "2026-12-28"),
        "2026-12-23 2026-12-26 2026-12-27 2026-12-28"
    );
    assert_eq!(
        line("the 31st and last day of every December at 09:00", &christmas, "2026-12-01", "2026-12-31"),
        "2026-12-31"
    );
    let of = |how| found("every Thu and Fri at 09:00", how, &christmas, "2026-12-21", "2026-12-30").join(" ");
    assert_eq!(of(OnHoliday::Following), "2026-12-28");
    assert_eq!(of(OnHoliday::Preceding), "2026-12-23");
}

#[test]
fn starting_bounds_the_date_before_it_moves() {
    let closed = calendar(&["2026-12-28"]);
    let of = |text, how| found(text, how, &closed, "2026-12-20", "2027-01-03").join(" ");
    assert_eq!(of("every Monday at 09:00 starting 2026-12-28", OnHoliday::Preceding), "2026-12-25");
    assert_eq!(of("every Monday at 09:00 starting 2026-12-29", OnHoliday::Following), "");
}

#[test]
fn a_holiday_moves_an_occurrence_into_a_window_and_out_of_it() {
    let closed = calendar(&["2026-12-28"]);
    assert_eq!(line("every Monday at 09:00", &closed, "2026-12-28", "2026-12-28"), "");
    assert_eq!(line("every Monday at 09:00", &closed, "2026-12-29", "2026-12-31"), "2026-12-29");
    assert_eq!(line("every Monday at 09:00", &closed, "2026-12-31", "2026-12-29"), "");
}

#[test]
fn a_sunday_to_thursday_week_moves_to_its_own_days() {
    let mut gulf = calendar(&[]);
    gulf.workweek = vec![Weekday::Sunday, Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday];
    // 2027-01-15 is a Friday.
    assert_eq!(line("the 15th day of every January at 09:00", &gulf, "2027-01-01", "2027-01-31"), "2027-01-17");
    assert_eq!(line("every workday at 09:00", &gulf, "2027-01-14", "2027-01-18"), "2027-01-14 2027-01-17 2027-01-18");
    assert_eq!(line("the first workday of every May at 09:00", &gulf, "2027-05-01", "2027-05-31"), "2027-05-02");
}

fn dues(text: &str, zone_name: &str, from: &str, to: &str) -> Vec<String> {
    let phrase = phrase(text);
    let calendar = Calendar { zone: zone(zone_name), ..calendar(&[]) };
    let all = occurrences(&Rule::new(&phrase, OnHoliday::default()), &calendar, day(from), day(to));
    all.iter().map(|due| format!("{}{}", due.datetime(), due.offset())).collect()
}

#[test]
fn a_skipped_time_moves_forward_by_the_gap_and_a_repeated_one_is_the_first() {
    assert_eq!(dues("every Sun at 02:30", "America/New_York", "2027-03-14", "2027-03-14"), ["2027-03-14T03:30:00-04"]);
    assert_eq!(dues("every Sun at 01:30", "America/New_York", "2026-11-01", "2026-11-01"), ["2026-11-01T01:30:00-04"]);
    assert_eq!(
        dues("every Sun at 02:15", "Australia/Lord_Howe", "2026-10-04", "2026-10-04"),
        ["2026-10-04T02:45:00+11"]
    );
    assert_eq!(dues("every Fri at 00:00", "Africa/Cairo", "2026-04-24", "2026-04-24"), ["2026-04-24T01:00:00+03"]);
}

#[test]
fn a_gap_that_ends_on_the_next_day_counts_for_that_day() {
    // In Nuuk, 23:00 of 2026-03-28 is followed by 00:00 of the 29th.
    assert_eq!(
        dues("every day at 23:30", "America/Nuuk", "2026-03-27", "2026-03-30"),
        ["2026-03-27T23:30:00-02", "2026-03-29T00:30:00-01", "2026-03-30T23:30:00-01"]
    );
    assert_eq!(dues("every day at 23:30", "America/Nuuk", "2026-03-28", "2026-03-28"), [""; 0]);
    assert_eq!(dues("every Saturday at 23:30", "America/Nuuk", "2026-03-29", "2026-03-29"), ["2026-03-29T00:30:00-01"]);
    // Apia jumped over 2011-12-30.
    assert_eq!(
        dues("every day at 10:00", "Pacific/Apia", "2011-12-29", "2012-01-01"),
        ["2011-12-29T10:00:00-10", "2011-12-31T10:00:00+14", "2012-01-01T10:00:00+14"]
    );
}

#[test]
fn the_ends_of_time_are_no_trap() {
    let plain = calendar(&[]);
    let count = |from, to| found("the 29th day of every February at 09:00", OnHoliday::Skip, &plain, from, to).len();
    assert_eq!(count("-009999-01-01", "0000-12-31"), 0);
    assert!(count("0001-01-01", "0008-12-31") > 0);
    assert_eq!(count("9999-01-01", "9999-12-31"), 0);
    assert!(!dues("every day at 23:59", "Pacific/Kiritimati", "9990-12-01", "9999-12-31").is_empty());
}

#[test]
fn what_can_never_occur_is_told_from_what_is_rare() {
    let weekdays = |text: &str| can_occur(&phrase(text), &MONDAY_TO_FRIDAY, 1);
    for never in [
        "the 30th day of every February at 09:00",
        "the 31st day of every April, June, September and November at 09:00",
        "the 24th workday of every month at 09:00",
        "the 22nd workday of every February at 09:00",
        "the sixth Monday of every month at 09:00",
        "the 15th Monday of every quarter at 09:00",
        "the 30th and 31st day of every February at 09:00 starting 2030-01-01",
    ] {
        assert!(!weekdays(never), "{never}");
    }
    for rare in [
        "the 29th day of every February at 09:00",
        "the fifth Monday of every February at 09:00",
        "the 23rd workday of every month at 09:00",
        "the 21st workday of every February at 09:00",
        "the 14th Monday of every quarter at 09:00",
        "the first and 30th day of every February at 09:00",
        "the 31st Monday of every year at 09:00",
        "the 31st day of every other month at 09:00 starting 2026-02-01",
        "every 520 weeks on Monday at 09:00",
        "every day at 09:00",
    ] {
        assert!(weekdays(rare), "{rare}");
    }
    let every_day = [&MONDAY_TO_FRIDAY[..], &[Weekday::Saturday, Weekday::Sunday]].concat();
    let thirtieth = phrase("the 31st workday of every month at 09:00");
    assert!(can_occur(&thirtieth, &every_day, 1) && !can_occur(&thirtieth, &MONDAY_TO_FRIDAY, 1));
    // A fiscal quarter has the month that a calendar quarter's third month is not.
    let second = phrase("the 31st day of the second month of every quarter at 09:00");
    assert!(can_occur(&second, &MONDAY_TO_FRIDAY, 1), "May");
    let february = phrase("the 14th workday of every February at 09:00");
    assert!(!can_occur(&february, &[Weekday::Monday, Weekday::Tuesday], 1));
}

#[test]
fn the_default_grace_goes_by_frequency() {
    for (text, grace) in [
        ("every day at 09:00", Grace::Workdays(0)),
        ("every workday at 09:00", Grace::Workdays(0)),
        ("every Monday at 09:00", Grace::EndOfWeek),
        ("every other Monday at 09:00", Grace::EndOfWeek),
        ("every 6 weeks on Monday at 09:00", Grace::EndOfWeek),
        ("the first Monday of every month at 09:00", Grace::Workdays(3)),
        ("the first Monday of every other month at 09:00", Grace::Workdays(3)),
        ("the first Monday of every quarter at 09:00", Grace::Workdays(5)),
        ("the first Monday of the third month of every quarter at 09:00", Grace::Workdays(5)),
        ("the first Monday of every year at 09:00", Grace::Workdays(5)),
        ("the first Monday of every June at 09:00", Grace::Workdays(5)),
    ] {
        assert_eq!(default_grace(&phrase(text)), grace, "{text}");
    }
}
