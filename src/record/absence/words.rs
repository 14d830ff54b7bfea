//! The language of `/onbeat away`: `24 Dec to 2 Jan`, `Dec 24-28`, `2026-12-24 to 2027-01-02`, `tomorrow`, `Friday`,
//! `next week`, `until 2 Jan`, `off`. Where no year is said, it is the one in which the days are not past.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::{Days, MOST_DAYS};
use crate::process::phrase::{month_name, weekday_named};

/// Without a year said, a stretch longer than this was meant the other way round.
const LONGEST_WITHOUT_YEAR: i32 = 183;

/// What the words ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No words: to be asked which days.
    Ask,
    /// Away on these days.
    Away(Days),
    /// Not away on these days after all; `None`: the absence that is under way, else the next one.
    Off(Option<Days>),
}

/// Why the words (or the dates picked) name no days to be away on. A value with a view, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoDays {
    /// They were not understood.
    Unclear,
    /// There is no such day: these words.
    NoSuchDay(String),
    /// The last day is before the first.
    Backwards,
    /// More than a year.
    TooLong,
    /// All of it has passed.
    Past,
}

/// What `text` asks for on this day of the manager's.
///
/// # Errors
/// What is wrong with the words, see [`NoDays`].
pub fn wish(text: &str, today: Date) -> Result<Wish, NoDays> {
    let words = split(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(Wish::Ask),
        ["off" | "back" | "cancel"] => Ok(Wish::Off(None)),
        ["off" | "back" | "cancel", rest @ ..] => days(rest, today).map(|days| Wish::Off(Some(days))),
        all => days(all, today).map(Wish::Away),
    }
}

/// From a first to a last day as somebody named them on this day: what has passed is left out.
///
/// # Errors
/// What is wrong with them, see [`NoDays`].
pub fn checked(first: Date, last: Date, today: Date) -> Result<Days, NoDays> {
    let days = Days::new(first, last).ok_or(NoDays::Backwards)?;
    let left = days.from(today).ok_or(NoDays::Past)?;
    if i64::from(length(left)) > MOST_DAYS { Err(NoDays::TooLong) } else { Ok(left) }
}

fn length(days: Days) -> i32 {
    days.first().until(days.last()).map_or(i32::MAX, |span| span.get_days() + 1)
}

/// Small words are left out; a dash is a word of its own, but not within a date such as `2026-12-24`.
fn split(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['–', '—'], " - ").replace([',', '.'], " ");
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        if looks_like_a_date(word) {
            words.push(word.to_owned());
            continue;
        }
        for (index, part) in word.split('-').enumerate() {
            words.extend((index > 0).then(|| "-".to_owned()));
            words.extend((!part.is_empty()).then(|| part.to_owned()));
        }
    }
    words.retain(|word| !matches!(word.as_str(), "from" | "on" | "the" | "of"));
    words
}

/// One day (or week) as it was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// With its year, or by its distance from today.
    Exactly(Date),
    /// A day and a month.
    Yearly(i8, i8),
    /// A day whose month stands with the other one.
    Day(i8),
    /// The next of this name.
    Weekday(Weekday),
    /// The week that begins on this Monday.
    Week(Date),
}

fn days(words: &[&str], today: Date) -> Result<Days, NoDays> {
    let is_between = |word: &str| matches!(word, "to" | "-" | "until" | "till" | "til" | "through" | "thru");
    let (first, last) = match words.iter().position(|word| is_between(word)) {
        None => {
            let only = named(words, today)?;
            (only, only)
        }
        // *until Friday*: from today.
        Some(0) => (Named::Exactly(today), named(&words[1..], today)?),
        Some(at) => (named(&words[..at], today)?, named(&words[at + 1..], today)?),
    };
    let (first, last) = with_the_others_month(first, last);
    let (first, last) = resolved(first, last, today).ok_or_else(|| NoDays::NoSuchDay(words.join(" ")))??;
    checked(first, last, today)
}

/// `24-28 Dec` and `Dec 24-28` name the month once.
fn with_the_others_month(first: Named, last: Named) -> (Named, Named) {
    let beside = |day: i8, other: Named| match other {
        Named::Yearly(_, month) => Named::Yearly(day, month),
        Named::Exactly(date) => Date::new(date.year(), date.month(), day).map_or(Named::Day(day), Named::Exactly),
        Named::Day(_) | Named::Weekday(_) | Named::Week(_) => Named::Day(day),
    };
    match (first, last) {
        (Named::Day(day), other) => (beside(day, other), other),
        (other, Named::Day(day)) => (other, beside(day, other)),
        both => both,
    }
}

/// The dates; `None`: there is no such day.
fn resolved(first: Named, last: Named, today: Date) -> Option<Result<(Date, Date), NoDays>> {
    if let (Named::Yearly(from_day, from_month), Named::Yearly(to_day, to_month)) = (first, last) {
        return both_yearly((from_day, from_month), (to_day, to_month), today);
    }
    if let (Named::Yearly(day, month), Named::Exactly(end)) = (first, last) {
        return Some(Ok((yearly(day, month, end, Step::Back)?, end)));
    }
    let begin = match first {
        Named::Exactly(date) => date,
        Named::Yearly(day, month) => yearly(day, month, today, Step::On)?,
        Named::Weekday(weekday) => on_or_after(today, weekday),
        Named::Week(monday) => monday,
        Named::Day(_) => return Some(Err(NoDays::Unclear)),
    };
    let end = match last {
        Named::Exactly(date) => date,
        Named::Yearly(day, month) => yearly(day, month, begin, Step::On)?,
        Named::Weekday(weekday) => on_or_after(begin.max(today), weekday),
        Named::Week(monday) => monday.saturating_add(Span::new().days(6)),
        Named::Day(_) => return Some(Err(NoDays::Unclear)),
    };
    Some(Ok((begin, end)))
}

/// Under way where that is possible, else the next time; nobody means most of a year without saying so.
fn both_yearly(first: (i8, i8), last: (i8, i8), today: Date) -> Option<Result<(Date, Date), NoDays>> {
    let end = yearly(last.0, last.1, today, Step::On)?;
    let under_way = (yearly(first.0, first.1, end, Step::Back)?, end);
    let begin = yearly(first.0, first.1, today, Step::On)?;
    let ahead = (begin, yearly(last.0, last.1, begin, Step::On)?);
    let likely = |(first, last): &(Date, Date)| {
        Days::new(*first, *last).is_some_and(|days| length(days) <= LONGEST_WITHOUT_YEAR)
    };
    let meant = [under_way, ahead].into_iter().find(likely);
    Some(meant.ok_or(NoDays::Backwards))
}

/// Which way the years are tried.
#[derive(Clone, Copy)]
enum Step {
    On,
    Back,
}

/// The nearest such day at `from`, after or before it. The 29th of February may be eight years away.
fn yearly(day: i8, month: i8, from: Date, step: Step) -> Option<Date> {
    (0..=8).find_map(|years| {
        let year = match step {
            Step::On => from.year() + years,
            Step::Back => from.year() - years,
        };
        let date = Date::new(year, month, day).ok()?;
        match step {
            Step::On => (date >= from).then_some(date),
            Step::Back => (date <= from).then_some(date),
        }
    })
}

fn on_or_after(date: Date, weekday: Weekday) -> Date {
    date.saturating_add(Span::new().days(weekday.since(date.weekday())))
}

fn monday_of(date: Date) -> Date {
    date.saturating_sub(Span::new().days(date.weekday().to_monday_zero_offset()))
}

fn named(words: &[&str], today: Date) -> Result<Named, NoDays> {
    let next_monday = monday_of(today).saturating_add(Span::new().days(7));
    let tomorrow = today.saturating_add(Span::new().days(1));
    Ok(match words {
        ["today"] => Named::Exactly(today),
        ["tomorrow"] => Named::Exactly(tomorrow),
        ["this", "week"] => Named::Week(monday_of(today)),
        ["next", "week"] => Named::Week(next_monday),
        ["next", day] => Named::Exactly(on_or_after(next_monday, weekday(day)?)),
        ["this", day] => Named::Weekday(weekday(day)?),
        [date] if looks_like_a_date(date) => {
            Named::Exactly(date.parse().map_err(|_| NoDays::NoSuchDay((*date).to_owned()))?)
        }
        [word] => {
            day(word).map(Named::Day).or_else(|| weekday_named(word).map(Named::Weekday)).ok_or(NoDays::Unclear)?
        }
        [one, two] if weekday_named(one).is_none() => {
            let (day, month) = day_and_month(one, two)?;
            Named::Yearly(day, month)
        }
        [one, two, year] if weekday_named(one).is_none() => {
            let (day, month) = day_and_month(one, two)?;
            dated(year, day, month, words)?
        }
        // *Thu 24 Dec*: the date says it.
        [name, rest @ ..] if weekday_named(name).is_some() && rest.len() > 1 => named(rest, today)?,
        _ => return Err(NoDays::Unclear),
    })
}

fn weekday(word: &str) -> Result<Weekday, NoDays> {
    weekday_named(word).ok_or(NoDays::Unclear)
}

fn looks_like_a_date(word: &str) -> bool {
    word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn day_and_month(one: &str, two: &str) -> Result<(i8, i8), NoDays> {
    let either = day(one).zip(month(two)).or_else(|| day(two).zip(month(one)));
    let (day, month) = either.ok_or(NoDays::Unclear)?;
    // 2024 has every day that there is.
    match Date::new(2024, month, day) {
        Ok(_) => Ok((day, month)),
        Err(_) => Err(NoDays::NoSuchDay(format!("{one} {two}"))),
    }
}

fn dated(year: &str, day: i8, month: i8, words: &[&str]) -> Result<Named, NoDays> {
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4).ok_or(NoDays::Unclear)?;
    let date = Date::new(year, month, day).map_err(|_| NoDays::NoSuchDay(words.join(" ")))?;
    Ok(Named::Exactly(date))
}

/// `24`, `24th`
fn day(word: &str) -> Option<i8> {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    let plain = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|day| plain && (1..=31).contains(day))
}

/// A month by its name, or its first letters, three at least.
fn month(word: &str) -> Option<i8> {
    (1..=12).find(|month| word.len() >= 3 && month_name(*month).to_lowercase().starts_with(word))
}
