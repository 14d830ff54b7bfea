//! How single values are said.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::process::file::words::{Word, time_word};
use crate::process::phrase::{Recur, SpanOf};
use crate::process::{Manager, Phrase, Process, UserId, Workday};

/// More names than this are folded.
const LISTED_NAMES: usize = 6;

pub(super) fn word<T: Word>(value: &T) -> String {
    value.word().to_owned()
}

pub(super) fn hours(workday: &Workday) -> String {
    let Workday { start, end } = *workday;
    format!("{}–{}", time_word(start), time_word(end))
}

pub(super) fn zone(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// `Ana, Ben and Cleo`; the first few, and how many more.
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    let mut names: Vec<String> = names.into_iter().collect();
    if names.len() > LISTED_NAMES {
        let more = names.len() - (LISTED_NAMES - 1);
        names.truncate(LISTED_NAMES - 1);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// What a process calls somebody; the id where it does not know them.
pub(super) fn name_of(process: &Process, id: &UserId) -> String {
    let manager = process.manager(id).map(|manager| &manager.name);
    manager.or_else(|| process.leader(id).map(|leader| &leader.name)).map_or_else(|| id.to_string(), String::clone)
}

/// The manager to whom a rep reports.
pub(super) fn reports_to<'p>(process: &'p Process, rep: &UserId) -> Option<&'p Manager> {
    process.managers.iter().find(|manager| manager.rep(rep).is_some())
}

/// How two phrases differ; nothing where they don't. Where the frequency changes that comes first; where only the time
/// does, only that.
pub(super) fn rhythm(old: &Phrase, new: &Phrase) -> Option<String> {
    let Phrase { recur, at, starting } = old;
    if old == new {
        return None;
    }
    if *recur == new.recur && *at == new.at {
        let first =
            |date: &Option<jiff::civil::Date>| date.map_or_else(|| "at once".to_owned(), |date| date.to_string());
        return Some(format!("{recur}, starting {} → {}", first(starting), first(&new.starting)));
    }
    if *recur == new.recur && *starting == new.starting {
        return Some(format!("{recur}, {} → {}", time_word(*at), time_word(new.at)));
    }
    let (before, after) = (frequency(recur), frequency(&new.recur));
    Some(if before == after { format!("{old} → {new}") } else { format!("{before} → {after} ({old} → {new})") })
}

/// How often, in a word or two: `weekly`, `twice a month`, `quarterly`.
fn frequency(recur: &Recur) -> String {
    match recur {
        Recur::EveryDay => "daily".to_owned(),
        Recur::EveryWorkday => "every workday".to_owned(),
        Recur::Weekly { every: 1, weekdays } => times(distinct(weekdays), "weekly", "a week"),
        Recur::Weekly { every: 2, weekdays } => times(distinct(weekdays), "every other week", "every other week"),
        Recur::Weekly { every, weekdays } => {
            let span = format!("every {every} weeks");
            times(distinct(weekdays), &span, &span)
        }
        Recur::Ordinal { ordinals, unit: _, span } => {
            let count = ordinals.len();
            match span {
                SpanOf::EveryMonth => times(count, "monthly", "a month"),
                SpanOf::EveryOtherMonth => times(count, "every other month", "every other month"),
                SpanOf::EveryQuarter | SpanOf::MonthOfQuarter(_) => times(count, "quarterly", "a quarter"),
                SpanOf::EveryYear => times(count, "yearly", "a year"),
                SpanOf::Months(months) => times(count * months.len(), "yearly", "a year"),
            }
        }
    }
}

fn distinct(weekdays: &[jiff::civil::Weekday]) -> usize {
    weekdays.iter().map(|day| day.to_monday_zero_offset()).collect::<BTreeSet<_>>().len()
}

fn times(count: usize, once: &str, span: &str) -> String {
    match count {
        1 => once.to_owned(),
        2 => format!("twice {span}"),
        more => format!("{more} times {span}"),
    }
}
