//! For how long what is past is kept.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::ConfigError;

/// For how long what is past is kept; `None`: for ever. The counts stay in any case.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// Notes, links and reasons in people's own words.
    pub notes: Option<Span>,
    /// What was sent, and the digests' frozen content.
    pub messages: Option<Span>,
    /// Who recorded what, when.
    pub log: Option<Span>,
}

impl Keep {
    /// The instant, whole days back in UTC, before which a span lets go.
    pub fn before(span: &Span, now: Timestamp) -> Option<Timestamp> {
        now.to_zoned(TimeZone::UTC).checked_sub(*span).ok().map(|at| at.timestamp())
    }
}

/// Below this, what is still under way would be taken along.
const SHORTEST_DAYS: i64 = 60;

const EXPECTED: &str =
    "expected a time such as \"90 days\", \"18 months\" or \"2 years\", 60 days at the least, or \"forever\"";

/// Reads `2 years`, `forever`; nothing is for ever too.
pub(super) fn read(name: &'static str, text: Option<String>) -> Result<Option<Span>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    let bad = || ConfigError::Bad(name, EXPECTED);
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (number, unit) = match words.as_slice() {
        ["forever"] => return Ok(None),
        [number, unit] => (number.parse::<i64>().ok().filter(|n| (1..=36_500).contains(n)).ok_or_else(bad)?, *unit),
        _ => return Err(bad()),
    };
    let (span, days) = match unit {
        "day" | "days" => (Span::new().try_days(number), number),
        "week" | "weeks" => (Span::new().try_weeks(number), number * 7),
        "month" | "months" => (Span::new().try_months(number), number * 30),
        "year" | "years" => (Span::new().try_years(number), number * 365),
        _ => return Err(bad()),
    };
    span.ok().filter(|_| days >= SHORTEST_DAYS).map(Some).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(text: &str) -> Option<String> {
        let now: Timestamp = "2028-02-29T12:00:00Z".parse().expect("an instant");
        let span = read("keep_notes", Some(text.to_owned())).unwrap_or_else(|error| panic!("{text}: {error}"));
        span.map(|span| Keep::before(&span, now).expect("in time").to_string())
    }

    #[test]
    fn times_are_read_as_people_say_them() {
        assert_eq!(before("2 years").as_deref(), Some("2026-02-28T12:00:00Z"));
        assert_eq!(before(" 18  Months ").as_deref(), Some("2026-08-29T12:00:00Z"));
        assert_eq!(before("60 days").as_deref(), Some("2027-12-31T12:00:00Z"));
        assert_eq!(before("forever"), None);
        for bad in
            ["", "2", "years", "-1 years", "0 days", "59 days", "1 month", "two years", "99999999 years", "2 years ago"]
        {
            let error = read("keep_notes", Some(bad.to_owned())).expect_err(bad).to_string();
            assert!(error.contains("keep_notes") && error.contains("2 years"), "{error}");
        }
    }
}
