//! What other strings of the file were surely meant to say, by the same guesses as in a phrase.

use super::meant::{month_meant, time_meant, weekday_meant};

/// `8:30`, `5pm`: the time as the file writes it.
pub(in crate::process) fn time(text: &str) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    time_meant(&words).filter(|(count, _)| *count == words.len()).map(|(_, time)| time)
}

/// `Tues`, `Mondays`: the weekday's whole name.
pub(in crate::process) fn weekday(text: &str) -> Option<String> {
    weekday_meant(&text.trim().to_lowercase()).map(str::to_owned)
}

/// `Febuary`, `Sept`: the month's whole name.
pub(in crate::process) fn month(text: &str) -> Option<String> {
    month_meant(text.trim()).map(str::to_owned)
}
