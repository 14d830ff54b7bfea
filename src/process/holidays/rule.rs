//! Recurrence rules (RFC 5545 `RRULE`) over whole days.
//!
//! Of a rule's period (its year, month, week or day) each day is asked whether the rule's parts let it through; what the
//! rule leaves open comes from the first day. Written for dates alone: no zone, no time of day, and bounded work.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A parsed rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i32,
    count: Option<usize>,
    until: Option<Date>,
    week_starts: Weekday,
    months: Vec<i16>,
    week_numbers: Vec<i16>,
    year_days: Vec<i16>,
    month_days: Vec<i16>,
    /// With 0: every such weekday; else the nth (from the end: negative) of month or year.
    weekdays: Vec<(i16, Weekday)>,
    positions: Vec<i16>,
}

/// What is wrong with a rule: the byte offset of the part within it, in words, and what was expected.
pub(super) type RuleError = (usize, String, &'static str);

impl Rule {
    /// Reads the value of an `RRULE` property.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        let mut rule = Rule {
            frequency: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            week_starts: Weekday::Monday,
            months: Vec::new(),
            week_numbers: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
        };
        let (mut at, mut has_frequency) = (0, false);
        for part in text.split(';') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = name.trim().to_ascii_uppercase();
            has_frequency |= name == "FREQ";
            rule.set(&name, value.trim())
                .map_err(|expected| (at, format!("`{}` is no part of a rule for whole days", part.trim()), expected))?;
            at += part.len() + 1;
        }
        if !has_frequency {
            return Err((0, "the rule does not say how often".to_owned(), "FREQ=YEARLY, MONTHLY, WEEKLY or DAILY"));
        }
        Ok(rule)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        match name {
            "FREQ" => self.frequency = frequency(value).ok_or("YEARLY, MONTHLY, WEEKLY or DAILY")?,
            "INTERVAL" => self.interval = whole(value, 1..=10_000).ok_or("a whole number from 1 to 10000")?,
            "COUNT" => {
                let count = whole(value, 1..=1_000_000).ok_or("a whole number from 1")?;
                self.count = usize::try_from(count).ok();
            }
            "UNTIL" => self.until = Some(value.get(..8).and_then(plain_date).ok_or("a date such as 20301231")?),
            "WKST" => self.week_starts = weekday(value).ok_or("a weekday such as MO")?,
            "BYMONTH" => self.months = numbers(value, 1, 12, false).ok_or("months from 1 to 12")?,
            "BYWEEKNO" => self.week_numbers = numbers(value, 1, 53, true).ok_or("week numbers from 1 to 53")?,
            "BYYEARDAY" => self.year_days = numbers(value, 1, 366, true).ok_or("days from 1 to 366")?,
            "BYMONTHDAY" => self.month_days = numbers(value, 1, 31, true).ok_or("days from 1 to 31")?,
            "BYSETPOS" => self.positions = numbers(value, 1, 366, true).ok_or("places from 1 to 366")?,
            "BYDAY" => self.weekdays = weekdays(value).ok_or("weekdays such as MO, 1MO or -1FR")?,
            // Times of day do not concern whole days.
            "BYHOUR" | "BYMINUTE" | "BYSECOND" | "" => {}
            other if other.starts_with("X-") => {}
            _ => return Err("FREQ, INTERVAL, COUNT, UNTIL, WKST or BY…"),
        }
        Ok(())
    }

    /// The rule's days from `first` on until `last`, both included; `None` where finding them takes more than `work`
    /// days to be looked at, which is counted down.
    pub fn days(&self, first: Date, last: Date, work: &mut usize) -> Option<Vec<Date>> {
        let last = self.until.map_or(last, |until| until.min(last));
        let parts = self.completed(first);
        let mut found = Vec::new();
        let mut number = 0;
        while let Some(period) = self.period(first, number).filter(|period| *period.start() <= last) {
            let mut days = Vec::new();
            let mut day = *period.start();
            loop {
                *work = work.checked_sub(1)?;
                if parts.lets_through(day) {
                    days.push(day);
                }
                match day.tomorrow() {
                    Ok(next) if next <= *period.end() => day = next,
                    Ok(_) | Err(_) => break,
                }
            }
            for day in parts.placed(days).into_iter().filter(|day| (first..=last).contains(day)) {
                found.push(day);
                if self.count == Some(found.len()) {
                    return Some(found);
                }
            }
            number += 1;
        }
        Some(found)
    }

    /// The period with this number, that of `first` being 0; `None` past the end of the calendar.
    fn period(&self, first: Date, number: i32) -> Option<RangeInclusive<Date>> {
        let steps = i64::from(number) * i64::from(self.interval);
        match self.frequency {
            Frequency::Daily => {
                let day = first.checked_add(Span::new().try_days(steps).ok()?).ok()?;
                Some(day..=day)
            }
            Frequency::Weekly => {
                let start =
                    week_start(first, self.week_starts)?.checked_add(Span::new().try_weeks(steps).ok()?).ok()?;
                Some(start..=start.checked_add(6.days()).ok()?)
            }
            Frequency::Monthly => {
                let start = first.first_of_month().checked_add(Span::new().try_months(steps).ok()?).ok()?;
                Some(start..=start.last_of_month())
            }
            Frequency::Yearly => {
                let start = first.first_of_year().checked_add(Span::new().try_years(steps).ok()?).ok()?;
                Some(start..=start.last_of_year())
            }
        }
    }

    /// The rule with what it leaves open taken from its first day.
    fn completed(&self, first: Date) -> Rule {
        let mut rule = self.clone();
        let open = rule.week_numbers.is_empty()
            && rule.year_days.is_empty()
            && rule.month_days.is_empty()
            && rule.weekdays.is_empty();
        if open {
            match rule.frequency {
                Frequency::Daily => {}
                Frequency::Weekly => rule.weekdays = vec![(0, first.weekday())],
                Frequency::Monthly => rule.month_days = vec![i16::from(first.day())],
                Frequency::Yearly => {
                    if rule.months.is_empty() {
                        rule.months = vec![i16::from(first.month())];
                    }
                    rule.month_days = vec![i16::from(first.day())];
                }
            }
        }
        rule
    }

    fn lets_through(&self, day: Date) -> bool {
        let any = |list: &[i16], value: i16, length: i16| {
            list.is_empty() || list.iter().any(|n| *n == value || *n == value - length - 1)
        };
        (self.months.is_empty() || self.months.contains(&i16::from(day.month())))
            && any(&self.month_days, i16::from(day.day()), i16::from(day.days_in_month()))
            && any(&self.year_days, day.day_of_year(), day.days_in_year())
            && (self.week_numbers.is_empty() || self.has_week_number(day))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|wanted| self.is_weekday(day, *wanted)))
    }

    /// Whether the day's week has one of the numbers wanted: week 1 is the first with four days in the year.
    fn has_week_number(&self, day: Date) -> bool {
        let middle = |day: Date| week_start(day, self.week_starts)?.checked_add(3.days()).ok();
        let Some(own) = middle(day) else { return false };
        let number = (own.day_of_year() - 1) / 7 + 1;
        let weeks = middle(date(own.year(), 12, 28)).map_or(52, |last| (last.day_of_year() - 1) / 7 + 1);
        self.week_numbers.iter().any(|n| *n == number || *n == number - weeks - 1)
    }

    fn is_weekday(&self, day: Date, (nth, weekday): (i16, Weekday)) -> bool {
        if day.weekday() != weekday {
            return false;
        }
        let by_year = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (place, length) = match self.frequency {
            Frequency::Yearly if by_year => (day.day_of_year(), day.days_in_year()),
            Frequency::Yearly | Frequency::Monthly | Frequency::Weekly | Frequency::Daily => {
                (i16::from(day.day()), i16::from(day.days_in_month()))
            }
        };
        nth == 0 || nth == (place - 1) / 7 + 1 || nth == -((length - place) / 7 + 1)
    }

    /// The days at the wanted positions of a period's set.
    fn placed(&self, days: Vec<Date>) -> Vec<Date> {
        if self.positions.is_empty() {
            return days;
        }
        let at = |position: &i16| {
            let place = usize::from(position.unsigned_abs());
            if *position > 0 { days.get(place - 1) } else { days.len().checked_sub(place).and_then(|i| days.get(i)) }
        };
        let mut placed: Vec<Date> = self.positions.iter().filter_map(at).copied().collect();
        placed.sort_unstable();
        placed.dedup();
        placed
    }
}

/// `YYYYMMDD`, in the years that the calendar can count with.
pub(super) fn plain_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let date = Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()?;
    (1..=9998).contains(&date.year()).then_some(date)
}

fn week_start(day: Date, starts: Weekday) -> Option<Date> {
    day.checked_sub(i64::from(day.weekday().since(starts)).days()).ok()
}

fn frequency(text: &str) -> Option<Frequency> {
    match text.to_ascii_uppercase().as_str() {
        "DAILY" => Some(Frequency::Daily),
        "WEEKLY" => Some(Frequency::Weekly),
        "MONTHLY" => Some(Frequency::Monthly),
        "YEARLY" => Some(Frequency::Yearly),
        _ => None,
    }
}

fn whole(text: &str, bounds: RangeInclusive<i32>) -> Option<i32> {
    text.parse().ok().filter(|number| bounds.contains(number))
}

/// A list of numbers from `least` to `most`, and with `negative` from the end too.
fn numbers(text: &str, least: i16, most: i16, negative: bool) -> Option<Vec<i16>> {
    let number = |word: &str| {
        let number: i16 = word.trim().parse().ok()?;
        let size = if negative { number.checked_abs()? } else { number };
        (least..=most).contains(&size).then_some(number)
    };
    text.split(',').map(number).collect()
}

fn weekday(text: &str) -> Option<Weekday> {
    match text.to_ascii_uppercase().as_str() {
        "MO" => Some(Weekday::Monday),
        "TU" => Some(Weekday::Tuesday),
        "WE" => Some(Weekday::Wednesday),
        "TH" => Some(Weekday::Thursday),
        "FR" => Some(Weekday::Friday),
        "SA" => Some(Weekday::Saturday),
        "SU" => Some(Weekday::Sunday),
        _ => None,
    }
}

fn weekdays(text: &str) -> Option<Vec<(i16, Weekday)>> {
    let one = |word: &str| {
        let word = word.trim();
        let (number, name) = word.split_at_checked(word.len().checked_sub(2)?)?;
        let nth =
            if number.is_empty() { 0 } else { number.parse().ok().filter(|n| *n != 0 && (-53..=53).contains(n))? };
        Some((nth, weekday(name)?))
    };
    text.split(',').map(one).collect()
}
