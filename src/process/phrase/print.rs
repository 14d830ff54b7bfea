//! The canonical spelling of a phrase.

use std::fmt::{self, Display};

use super::{FROM_END_WORDS, ORDINAL_WORDS, Ordinal, Phrase, Recur, SpanOf, Unit, month_name, weekday_name};

impl Display for Phrase {
    /// The canonical spelling; parsing it gives the same phrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:02}:{:02}", self.recur, self.at.hour(), self.at.minute())?;
        match self.starting {
            Some(date) => write!(f, " starting {date}"),
            None => Ok(()),
        }
    }
}

impl Display for Recur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Recur::EveryDay => f.write_str("every day"),
            Recur::EveryWorkday => f.write_str("every workday"),
            Recur::Weekly { every, weekdays } => {
                let names = listed(weekdays.iter().map(|weekday| weekday_name(*weekday)));
                match (every, weekdays.len()) {
                    (1, _) => write!(f, "every {names}"),
                    (2, 1) => write!(f, "every other {names}"),
                    (weeks, _) => write!(f, "every {weeks} weeks on {names}"),
                }
            }
            Recur::Ordinal { ordinals, unit, span } => write!(f, "the {} {unit} of {span}", listed(ordinals)),
        }
    }
}

impl Display for Ordinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ordinal::FromStart(place) => match ORDINAL_WORDS.get(usize::from(*place).wrapping_sub(1)) {
                Some(word) => f.write_str(word),
                None => write!(f, "{place}{}", ending(*place)),
            },
            Ordinal::FromEnd(place) => f.write_str(FROM_END_WORDS[usize::from(*place) - 1]),
        }
    }
}

impl Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Day => "day",
            Unit::Workday => "workday",
            Unit::Weekday(weekday) => weekday_name(*weekday),
        })
    }
}

impl Display for SpanOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpanOf::EveryMonth => f.write_str("every month"),
            SpanOf::EveryOtherMonth => f.write_str("every other month"),
            SpanOf::EveryQuarter => f.write_str("every quarter"),
            SpanOf::EveryYear => f.write_str("every year"),
            SpanOf::Months(months) => write!(f, "every {}", listed(months.iter().map(|month| month_name(*month)))),
            SpanOf::MonthOfQuarter(place) => {
                write!(f, "the {} month of every quarter", ORDINAL_WORDS[usize::from(*place) - 1])
            }
        }
    }
}

/// The two letters behind an English ordinal number: `st` of `21st`.
pub(super) fn ending(number: u8) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(items: impl IntoIterator<Item = impl Display>) -> String {
    let mut words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    let Some(last) = words.pop() else {
        return String::new();
    };
    if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) }
}
