//! From a phrase to dates: generation, anchors, fiscal spans, spread slots and holiday moves.
//!
//! Two steps, each with one function. [`dates`] gives the days that a phrase means, span by span, knowing nothing of moves.
//! [`occurrences`] moves those that are days off, turns them into instants and drops the second of two on one day; it
//! looks so far beyond the window asked for that the answer for a day never depends on the window.

#[cfg(test)]
pub(in crate::process) mod tests;

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday, date};
use jiff::{Span, Zoned};

use super::phrase::{Ordinal, Phrase, Recur, SpanOf, Unit};
use super::{Calendar, Grace, OnHoliday};

/// No window reaches beyond these, so that neither a move nor a time zone leads beyond what a date can be.
const FIRST_DATE: Date = date(1, 1, 1);
const LAST_DATE: Date = date(9990, 12, 31);

/// The Monday (and the January) from which phrases without `starting` count their weeks and months.
const ANCHOR: Date = date(2024, 1, 1);

/// What [`occurrences`] needs to know of an activity, for one rep where it is spread.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// The days.
    pub phrase: &'a Phrase,
    /// What a day off does.
    pub on_holiday: OnHoliday,
    /// The local time: the phrase's, or later where a spread slot is shared.
    pub at: Time,
    /// `Some`: only this one of the slots of each span (`0..slots(phrase)`), see [`slots`].
    pub slot: Option<u32>,
}

impl<'a> Rule<'a> {
    /// Every day of the phrase, at its own time.
    pub fn new(phrase: &'a Phrase, on_holiday: OnHoliday) -> Rule<'a> {
        Rule { phrase, on_holiday, at: phrase.at, slot: None }
    }
}

/// The due instants of a rule whose final local date lies in `from..=to`, one a day at most, by date.
///
/// The answer for a day is the same whatever window it is asked in: windows concatenate.
pub fn occurrences(rule: &Rule<'_>, calendar: &Calendar, from: Date, to: Date) -> Vec<Zoned> {
    let (from, to) = (from.max(FIRST_DATE), to.min(LAST_DATE));
    if from > to {
        return Vec::new();
    }
    // A DST change moves a time by one day at most (a zone that jumped over the date line), a day off to the nearest
    // workday: what lands in the window was meant for a day after the last workday before it and before the next after.
    let earliest = from.yesterday().unwrap_or(from);
    let since = calendar.workday_before(earliest).unwrap_or(FIRST_DATE);
    let until = calendar.workday_after(to).unwrap_or(LAST_DATE);
    let mut by_date = BTreeMap::new();
    for meant in dates(rule.phrase, calendar, since, until, rule.slot) {
        let Some(moved) = landing(rule, calendar, meant).filter(|moved| (earliest..=to).contains(moved)) else {
            continue;
        };
        let due = calendar.instant(moved, rule.at);
        if (from..=to).contains(&due.date()) {
            // In order of the dates meant: the first to land on a day keeps it.
            by_date.entry(due.date()).or_insert(due);
        }
    }
    by_date.into_values().collect()
}

/// Where a date that the phrase means lands; `None` where it is dropped.
fn landing(rule: &Rule<'_>, calendar: &Calendar, meant: Date) -> Option<Date> {
    let moves = match &rule.phrase.recur {
        Recur::EveryDay | Recur::Weekly { .. } | Recur::Ordinal { unit: Unit::Weekday(_), .. } => {
            calendar.holidays.contains(meant)
        }
        Recur::EveryWorkday | Recur::Ordinal { unit: Unit::Day | Unit::Workday, .. } => !calendar.is_workday(meant),
    };
    if !moves {
        return Some(meant);
    }
    match rule.on_holiday {
        OnHoliday::Following => calendar.workday_after(meant),
        OnHoliday::Preceding => calendar.workday_before(meant),
        OnHoliday::ModifiedFollowing => calendar
            .workday_after(meant)
            .filter(|after| after.first_of_month() == meant.first_of_month())
            .or_else(|| calendar.workday_before(meant)),
        OnHoliday::Skip => None,
    }
}

/// The days in `from..=to` that a phrase means, in order, before any of them moves; with `slot`, only those of that spread
/// slot (which also has the weeks that the phrase itself passes over).
pub fn dates<'a>(
    phrase: &'a Phrase,
    calendar: &'a Calendar,
    from: Date,
    to: Date,
    slot: Option<u32>,
) -> Box<dyn Iterator<Item = Date> + 'a> {
    let from = from.max(FIRST_DATE).max(phrase.starting.unwrap_or(FIRST_DATE));
    let to = to.min(LAST_DATE);
    match &phrase.recur {
        Recur::EveryDay => Box::new(days(from, to)),
        Recur::EveryWorkday => Box::new(days(from, to).filter(|day| calendar.is_workday(*day))),
        Recur::Weekly { every, weekdays } => {
            let anchor = monday_of(phrase.starting.unwrap_or(ANCHOR));
            Box::new(weekly(anchor, *every, weekdays, (from, to), slot))
        }
        Recur::Ordinal { ordinals, unit, span } => {
            let wanted = match slot {
                Some(slot) => ordinals.get(slot as usize).map(std::slice::from_ref).unwrap_or_default(),
                None => ordinals,
            };
            let spans = spans(span, phrase.starting, calendar.fiscal_year_starts, from, to);
            let is_workday = |day| calendar.is_workday(day);
            let within = move |(first, last)| ordinal_dates(wanted, *unit, first, last, is_workday);
            Box::new(spans.flat_map(within).filter(move |day| (from..=to).contains(day)))
        }
    }
}

/// How many slots a span of a `spread` phrase has: its weekdays, times N for `every N weeks`, or its ordinals. `None`
/// where it cannot be spread.
pub fn slots(phrase: &Phrase) -> Option<u32> {
    match &phrase.recur {
        Recur::EveryDay | Recur::EveryWorkday => None,
        Recur::Weekly { every, weekdays } => Some(weekdays.len() as u32 * every),
        Recur::Ordinal { ordinals, .. } => Some(ordinals.len() as u32),
    }
}

/// Whether a phrase ever occurs, judged with the workweek but without holidays: `the 30th day of every February` never
/// does.
pub fn can_occur(phrase: &Phrase, workweek: &[Weekday], fiscal_year_starts: i8) -> bool {
    let Recur::Ordinal { ordinals, unit, span } = &phrase.recur else {
        return true;
    };
    // After 400 years the calendar repeats, weekdays and the phase of every other month included.
    let (first, last) = (date(2000, 1, 1), date(2399, 12, 31));
    let is_workday = |day: Date| workweek.contains(&day.weekday());
    spans(span, phrase.starting, fiscal_year_starts, first, last)
        .any(|(first, last)| !ordinal_dates(ordinals, *unit, first, last, is_workday).is_empty())
}

/// The grace of an activity that does not say its own, by how often it falls due.
pub fn default_grace(phrase: &Phrase) -> Grace {
    match &phrase.recur {
        Recur::EveryDay | Recur::EveryWorkday => Grace::Workdays(0),
        Recur::Weekly { .. } => Grace::EndOfWeek,
        Recur::Ordinal { span, .. } => match span {
            SpanOf::EveryMonth | SpanOf::EveryOtherMonth => Grace::Workdays(3),
            SpanOf::EveryQuarter | SpanOf::EveryYear | SpanOf::Months(_) | SpanOf::MonthOfQuarter(_) => {
                Grace::Workdays(5)
            }
        },
    }
}

/// The weekdays of each span of `every` weeks, counted from `anchor` (a Monday), in order of date.
fn weekly<'a>(
    anchor: Date,
    every: u32,
    weekdays: &'a [Weekday],
    (from, to): (Date, Date),
    slot: Option<u32>,
) -> impl Iterator<Item = Date> + 'a {
    let days_of_span = 7 * i64::from(every);
    let count = weekdays.len() as u32;
    // As days after the span's first Monday.
    let mut offsets: Vec<i64> = match slot {
        Some(slot) => {
            let weekday = weekdays.get((slot % count) as usize);
            weekday.map(|weekday| 7 * i64::from(slot / count) + offset(*weekday)).into_iter().collect()
        }
        None => weekdays.iter().map(|weekday| offset(*weekday)).collect(),
    };
    offsets.sort_unstable();
    let first = days_between(anchor, from).div_euclid(days_of_span);
    let last = days_between(anchor, to).div_euclid(days_of_span);
    (first..=last)
        .flat_map(move |span| {
            offsets.clone().into_iter().filter_map(move |day| plus(anchor, span * days_of_span + day))
        })
        .filter(move |day| (from..=to).contains(day))
}

/// Every span that has a day in `from..=to`, as its first and last day.
fn spans(
    span: &SpanOf,
    starting: Option<Date>,
    fiscal_year_starts: i8,
    from: Date,
    to: Date,
) -> impl Iterator<Item = (Date, Date)> {
    let months: i32 = match span {
        SpanOf::EveryMonth | SpanOf::EveryOtherMonth | SpanOf::Months(_) | SpanOf::MonthOfQuarter(_) => 1,
        SpanOf::EveryQuarter => 3,
        SpanOf::EveryYear => 12,
    };
    let phase = month_index(starting.unwrap_or(ANCHOR));
    let fiscal = move |month: i32| month - (i32::from(fiscal_year_starts) - 1);
    let begins = move |month: &i32| match span {
        SpanOf::EveryMonth => true,
        SpanOf::EveryOtherMonth => (month - phase).rem_euclid(2) == 0,
        SpanOf::EveryQuarter => fiscal(*month).rem_euclid(3) == 0,
        SpanOf::EveryYear => fiscal(*month).rem_euclid(12) == 0,
        SpanOf::Months(named) => named.iter().any(|name| i32::from(*name) == month.rem_euclid(12) + 1),
        SpanOf::MonthOfQuarter(place) => fiscal(*month).rem_euclid(3) == i32::from(*place) - 1,
    };
    (month_index(from) - (months - 1)..=month_index(to))
        .filter(begins)
        .filter_map(move |month| Some((first_of(month)?, first_of(month + months)?.yesterday().ok()?)))
}

/// The days at these places between `first` and `last`, each once, in order of date.
fn ordinal_dates(
    ordinals: &[Ordinal],
    unit: Unit,
    first: Date,
    last: Date,
    is_workday: impl Fn(Date) -> bool,
) -> Vec<Date> {
    let mut found: Vec<Date> =
        ordinals.iter().filter_map(|ordinal| ordinal_date(*ordinal, unit, first, last, &is_workday)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The day at this place between `first` and `last`, where there is one.
fn ordinal_date(
    ordinal: Ordinal,
    unit: Unit,
    first: Date,
    last: Date,
    is_workday: impl Fn(Date) -> bool,
) -> Option<Date> {
    let (edge, direction, place) = match ordinal {
        Ordinal::FromStart(place) => (first, 1, i64::from(place) - 1),
        Ordinal::FromEnd(place) => (last, -1, i64::from(place) - 1),
    };
    let day = match unit {
        Unit::Day => plus(edge, direction * place)?,
        Unit::Weekday(weekday) => {
            let ahead = (direction * (offset(weekday) - offset(edge.weekday()))).rem_euclid(7);
            plus(edge, direction * (ahead + 7 * place))?
        }
        Unit::Workday => std::iter::successors(Some(edge), |day| plus(*day, direction))
            .take_while(|day| (first..=last).contains(day))
            .filter(|day| is_workday(*day))
            .nth(place as usize)?,
    };
    (first..=last).contains(&day).then_some(day)
}

fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day <= to)
}

/// Days after Monday.
fn offset(weekday: Weekday) -> i64 {
    i64::from(weekday.to_monday_zero_offset())
}

fn monday_of(day: Date) -> Date {
    plus(day, -offset(day.weekday())).unwrap_or(day)
}

fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

fn plus(day: Date, days: i64) -> Option<Date> {
    day.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Months since January of year 0.
fn month_index(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

/// The first day of the month with this [`month_index`].
fn first_of(month: i32) -> Option<Date> {
    Date::new(i16::try_from(month.div_euclid(12)).ok()?, month.rem_euclid(12) as i8 + 1, 1).ok()
}
