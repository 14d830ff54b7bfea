//! What holds for every phrase, calendar and window; the days are held against a second, plain and slow, definition.

use std::collections::BTreeMap;

use jiff::tz::AmbiguousOffset;
use proptest::prelude::*;

use super::*;
use crate::process::phrase::tests::{any_phrase, any_weekday};

/// Zones with gaps and folds of many kinds: at midnight, across it, half an hour, two hours, none, the date line.
const ZONES: [&str; 14] = [
    "UTC",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Nuuk",
    "America/Scoresbysund",
    "Asia/Beirut",
    "America/Havana",
    "America/Santiago",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
];

const FIRST: Date = date(2026, 1, 1);

fn on(days_after: i64) -> Date {
    plus(FIRST, days_after).expect("within a few years")
}

prop_compose! {
    fn any_calendar()(
        workweek in proptest::sample::subsequence(MONDAY_TO_FRIDAY.to_vec(), 1..=5),
        weekend in any_weekday(),
        fiscal_year_starts in 1..=12i8,
        zone_name in proptest::sample::select(ZONES.to_vec()),
        runs in proptest::collection::vec((0..800i64, 1..35i64), 0..6),
    ) -> Calendar {
        let mut calendar = Calendar { workweek, fiscal_year_starts, zone: zone(zone_name), ..calendar(&[]) };
        if !calendar.workweek.contains(&weekend) {
            calendar.workweek.push(weekend);
        }
        for (start, length) in runs {
            for days in start..start + length {
                calendar.holidays.add(on(days), Holiday { name: None, managers: None });
            }
        }
        calendar
    }
}

fn any_convention() -> impl Strategy<Value = OnHoliday> {
    proptest::sample::select(vec![
        OnHoliday::Following,
        OnHoliday::ModifiedFollowing,
        OnHoliday::Preceding,
        OnHoliday::Skip,
    ])
}

prop_compose! {
    fn any_case()(
        phrase in any_phrase(),
        // Late times, so that some are skipped and pushed over midnight.
        late in any::<bool>(),
        calendar in any_calendar(),
        on_holiday in any_convention(),
        from in 0..700i64,
        length in 0..120i64,
        slot in proptest::option::of(0..1000u32),
    ) -> (Phrase, Calendar, OnHoliday, Date, Date, Option<u32>) {
        let at = if late { jiff::civil::time(23, 30, 0, 0) } else { phrase.at };
        let slot = slot.and_then(|slot| Some(slot % slots(&phrase)?));
        (Phrase { at, ..phrase }, calendar, on_holiday, on(from), on(from + length), slot)
    }
}

/// Whether the phrase means this day, from the text of the contract alone.
fn is_meant(phrase: &Phrase, calendar: &Calendar, slot: Option<u32>, day: Date) -> bool {
    if phrase.starting.is_some_and(|starting| day < starting) {
        return false;
    }
    match &phrase.recur {
        Recur::EveryDay => true,
        Recur::EveryWorkday => calendar.is_workday(day),
        Recur::Weekly { every, weekdays } => {
            let anchor = phrase.starting.unwrap_or(date(2024, 1, 1));
            let mut monday = anchor;
            while monday.weekday() != Weekday::Monday {
                monday = monday.yesterday().unwrap();
            }
            let days = monday.until(day).unwrap().get_days();
            let week = days.div_euclid(7).rem_euclid(*every as i32) as usize;
            let Some(place) = weekdays.iter().position(|weekday| *weekday == day.weekday()) else { return false };
            match slot {
                None => week == 0,
                Some(slot) => week * weekdays.len() + place == slot as usize,
            }
        }
        Recur::Ordinal { ordinals, unit, span } => {
            let Some((first, last)) = span_around(span, phrase.starting, calendar.fiscal_year_starts, day) else {
                return false;
            };
            let counted: Vec<Date> = days(first, last)
                .filter(|day| match unit {
                    Unit::Day => true,
                    Unit::Workday => calendar.is_workday(*day),
                    Unit::Weekday(weekday) => day.weekday() == *weekday,
                })
                .collect();
            let Some(index) = counted.iter().position(|other| *other == day) else { return false };
            ordinals.iter().enumerate().any(|(place, ordinal)| {
                let here = match ordinal {
                    Ordinal::FromStart(number) => index + 1 == usize::from(*number),
                    Ordinal::FromEnd(number) => counted.len() - index == usize::from(*number),
                };
                here && slot.is_none_or(|slot| slot as usize == place)
            })
        }
    }
}

/// The span that has this day, by walking months.
fn span_around(span: &SpanOf, starting: Option<Date>, fiscal: i8, day: Date) -> Option<(Date, Date)> {
    let in_year = (day.month() - fiscal).rem_euclid(12); // 0: the fiscal year's first month
    let month = || Some((day.first_of_month(), day.last_of_month()));
    let from_back = |back: i8, length: i8| {
        let mut first = day.first_of_month();
        for _ in 0..back {
            first = first.yesterday().unwrap().first_of_month();
        }
        let mut last = first.last_of_month();
        for _ in 1..length {
            last = last.tomorrow().unwrap().last_of_month();
        }
        Some((first, last))
    };
    match span {
        SpanOf::EveryMonth => month(),
        SpanOf::EveryOtherMonth => {
            let anchor = starting.unwrap_or(date(2024, 1, 1));
            let months = (day.year() - anchor.year()) * 12 + i16::from(day.month() - anchor.month());
            if months % 2 == 0 { month() } else { None }
        }
        SpanOf::EveryQuarter => from_back(in_year % 3, 3),
        SpanOf::EveryYear => from_back(in_year, 12),
        SpanOf::Months(named) => named.contains(&day.month()).then(month)?,
        SpanOf::MonthOfQuarter(place) => (in_year % 3 + 1 == *place as i8).then(month)?,
    }
}

/// Where a meant date lands, from the text of the contract alone.
fn lands(phrase: &Phrase, calendar: &Calendar, on_holiday: OnHoliday, meant: Date) -> Option<Date> {
    let counted = matches!(phrase.recur, Recur::Ordinal { unit: Unit::Day, .. });
    let outside = !calendar.workweek.contains(&meant.weekday());
    let moves = calendar.holidays.contains(meant) || counted && outside;
    if !moves {
        return Some(meant);
    }
    let step = |forward: bool| {
        let mut day = meant;
        while calendar.holidays.contains(day) || !calendar.workweek.contains(&day.weekday()) {
            day = if forward { day.tomorrow().unwrap() } else { day.yesterday().unwrap() };
        }
        day
    };
    match on_holiday {
        OnHoliday::Skip => None,
        OnHoliday::Following => Some(step(true)),
        OnHoliday::Preceding => Some(step(false)),
        OnHoliday::ModifiedFollowing => {
            let same_month = (step(true).year(), step(true).month()) == (meant.year(), meant.month());
            Some(step(same_month))
        }
    }
}

/// The instant of a local time, from the offsets before and after a change.
fn instant(calendar: &Calendar, day: Date, at: Time) -> Zoned {
    let local = day.to_datetime(at);
    let offset = match calendar.zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        // With the offset before the change, a skipped time lies as far behind the change as it lay in the gap.
        AmbiguousOffset::Gap { before, .. } => before,
        AmbiguousOffset::Fold { before, .. } => before,
    };
    offset.to_timestamp(local).unwrap().to_zoned(calendar.zone.clone())
}

fn all(case: &(Phrase, Calendar, OnHoliday, Date, Date, Option<u32>), from: Date, to: Date) -> Vec<Zoned> {
    let (phrase, calendar, on_holiday, _, _, slot) = case;
    occurrences(&Rule { slot: *slot, ..Rule::new(phrase, *on_holiday) }, calendar, from, to)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn generation_equals_membership(case in any_case()) {
        let (phrase, calendar, on_holiday, from, to, slot) = &case;
        // Runs of holidays may adjoin: all six together, and a week on either side.
        let margin = 6 * 35 + 7;
        let mut expected = BTreeMap::new();
        let mut meant = plus(*from, -margin).unwrap();
        while meant <= plus(*to, margin).unwrap() {
            if is_meant(phrase, calendar, *slot, meant) && let Some(moved) = lands(phrase, calendar, *on_holiday, meant) {
                let due = instant(calendar, moved, phrase.at);
                expected.entry(due.date()).or_insert(due);
            }
            meant = meant.tomorrow().unwrap();
        }
        let expected: Vec<_> = expected.range(*from..=*to).map(|(_, due)| due.clone()).collect();
        prop_assert_eq!(all(&case, *from, *to), expected);
    }

    #[test]
    fn windows_concatenate(case in any_case(), cut in 0..120i64) {
        let (.., from, to, _) = case;
        let cut = plus(from, cut).unwrap().min(to);
        let mut parts = all(&case, from, cut);
        parts.extend(all(&case, cut.tomorrow().unwrap(), to));
        prop_assert_eq!(all(&case, from, to), parts);
    }

    #[test]
    fn what_moved_is_on_a_workday_and_no_day_has_two(case in any_case()) {
        let (phrase, calendar, _, from, to, slot) = &case;
        let found = all(&case, *from, *to);
        prop_assert!(found.windows(2).all(|pair| pair[0].date() < pair[1].date()));
        for due in found {
            prop_assert!(*from <= due.date() && due.date() <= *to);
            // A time that a gap pushed over midnight stays where it came out.
            let pushed = due.time() != phrase.at;
            let as_meant = is_meant(phrase, calendar, *slot, due.date()) && !calendar.holidays.contains(due.date());
            prop_assert!(pushed || as_meant || calendar.is_workday(due.date()), "{due}");
        }
    }

    #[test]
    fn the_slots_of_weekly_phrases_share_every_week_out(case in any_case()) {
        let (phrase, calendar, _, from, to, _) = &case;
        let whole: Vec<Date> = match &phrase.recur {
            Recur::Weekly { weekdays, .. } => {
                let every_week = Phrase { recur: Recur::Weekly { every: 1, weekdays: weekdays.clone() }, ..phrase.clone() };
                dates(&every_week, calendar, *from, *to, None).collect()
            }
            Recur::EveryDay | Recur::EveryWorkday | Recur::Ordinal { .. } => return Ok(()),
        };
        let mut shared: Vec<Date> = (0..slots(phrase).unwrap()).flat_map(|slot| dates(phrase, calendar, *from, *to, Some(slot))).collect();
        shared.sort();
        prop_assert_eq!(shared, whole);
    }

    #[test]
    fn what_occurs_can_occur(case in any_case()) {
        let (phrase, calendar, _, from, to, _) = &case;
        if dates(phrase, calendar, *from, *to, None).next().is_some() {
            prop_assert!(can_occur(phrase, &calendar.workweek, calendar.fiscal_year_starts));
        }
    }
}
