//! A typed reader over the TOML tree: every question asked of it knows where in the file the answer stands, and what is
//! wrong is noted there rather than returned.

use std::ops::{Range, RangeInclusive};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use super::escapes;
use super::problem::{Findings, Place};
use super::words::{Word, nearest};
use crate::process::text::{breaks_the_line, turns};

/// The longest title or name (characters); a Slack message shows less.
const LONGEST_LINE: usize = 500;

/// The longest expected outcome (characters): as much as a Slack block holds.
const LONGEST_TEXT: usize = 3000;

/// Letters that take no room, or turn the direction of writing: words of nothing else are empty.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// One table of the file (or the same table out of several files), asked key by key.
pub(super) struct Table<'a> {
    findings: &'a Findings,
    /// As the file writes it: `[[activity]]`.
    name: &'static str,
    /// Where its header, or its opening brace, stands.
    pub place: Place,
    entries: Vec<Entry<'a>>,
    asked: Vec<&'static str>,
    missing: Vec<(&'static str, &'static str)>,
    excused: bool,
}

struct Entry<'a> {
    key: &'a str,
    key_place: Place,
    value: &'a Spanned<DeValue<'a>>,
}

/// The value of one key, or one element of an array.
#[derive(Clone)]
pub(super) struct Value<'a> {
    findings: &'a Findings,
    /// What it is called in messages: the key, or the key of the array it stands in.
    pub key: &'static str,
    /// Where it stands.
    pub place: Place,
    value: &'a DeValue<'a>,
}

impl<'a> Table<'a> {
    /// A table that is not in the file: `place` is where what it needs will be missed.
    pub fn new(findings: &'a Findings, name: &'static str, place: Place) -> Table<'a> {
        Table { findings, name, place, entries: Vec::new(), asked: Vec::new(), missing: Vec::new(), excused: false }
    }

    /// What the table needs will not be missed: it was misspelt, and that has been said.
    pub fn excuse(&mut self) {
        self.excused = true;
    }

    /// Adds the entries of the same table in a later file; a key that is there already is an error at its second place.
    pub fn absorb(&mut self, later: Table<'a>) {
        for entry in later.entries {
            match self.entries.iter().find(|first| first.key == entry.key) {
                Some(first) => {
                    let first = self.findings.where_is(&first.key_place);
                    let message = format!("`{}` of {} is given already, in {first}", entry.key, self.name);
                    self.findings.error(&entry.key_place, message, "expected it in one place");
                }
                None => self.entries.push(entry),
            }
        }
    }

    /// The value of a key that may be left out.
    pub fn take(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.asked.push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Value {
            findings: self.findings,
            key,
            place: Place::new(entry.key_place.source, entry.value.span()),
            value: entry.value.get_ref(),
        })
    }

    /// The value of a key that must be there; `example` is shown where it is not.
    pub fn require(&mut self, key: &'static str, example: &'static str) -> Option<Value<'a>> {
        let value = self.take(key);
        if value.is_none() && !self.excused {
            self.missing.push((key, example));
        }
        value
    }

    /// Notes keys that nobody asked for and keys that are missing, unless one is a misspelling of the other.
    pub fn finish(self) {
        let mut misspelt = Vec::new();
        for entry in self.entries.iter().filter(|entry| !self.asked.contains(&entry.key)) {
            let meant = nearest(entry.key, self.asked.iter().copied()).or_else(|| other_word(entry.key, &self.asked));
            misspelt.extend(meant);
            let expected = match (meant, home_of(entry.key)) {
                (Some(meant), _) => format!("did you mean `{meant}`?"),
                (None, Some(home)) => format!("it belongs under `{home}`"),
                (None, None) => format!("expected {}", listed(self.asked.iter().copied())),
            };
            self.findings.error(&entry.key_place, format!("{} has no key `{}`", self.name, entry.key), expected);
        }
        // What is missing may stand on a line that could not be read.
        let missing = if self.findings.has_syntax_errors() { &[] } else { &self.missing[..] };
        for (key, example) in missing.iter().filter(|(key, _)| !misspelt.contains(key)) {
            self.findings.error(&self.place, format!("{} needs `{key}`", self.name), format!("expected `{example}`"));
        }
    }
}

impl<'a> Value<'a> {
    /// The value of a top-level key.
    pub fn top(findings: &'a Findings, source: usize, key: &'static str, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        Value { findings, key, place: Place::new(source, value.span()), value: value.get_ref() }
    }

    /// Notes an error at this value.
    pub fn error(&self, message: impl Into<String>, expected: impl Into<String>) {
        self.findings.error(&self.place, message, expected);
    }

    fn wrong_type(&self, expected: &str) {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a decimal number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(format!("`{}` is {found} here", self.key), format!("expected {expected}"));
    }

    /// A string, whatever is in it. `expected` names what is wanted where it is none.
    pub fn string(&self, expected: &str) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => {
                self.wrong_type(expected);
                None
            }
        }
    }

    /// Words for people: not blank, not longer than anybody reads, and without control characters; line breaks only where `lines` says so.
    pub fn words(&self, lines: bool) -> Option<String> {
        let text = self.string("a string in quotes")?;
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            self.error(format!("`{}` is empty", self.key), "expected some words");
            return None;
        }
        let most = if lines { LONGEST_TEXT } else { LONGEST_LINE };
        if text.chars().nth(most).is_some() {
            self.error(format!("`{}` is too long", self.key), format!("expected at most {most} characters"));
            return None;
        }
        if text.chars().any(turns) {
            let wanted = "expected plain text, which writing from right to left is too";
            self.error(format!("`{}` holds a character that turns the direction of writing", self.key), wanted);
            return None;
        }
        let breaks = |c: char| c.is_control() || breaks_the_line(c);
        if text.chars().any(|c| breaks(c) && !(lines && matches!(c, '\n' | '\r' | '\t'))) {
            let wanted = if lines { "expected plain text" } else { "expected plain text in one line" };
            self.error(format!("`{}` holds a control character or a line break", self.key), wanted);
            return None;
        }
        Some(text.to_owned())
    }

    /// What a small language makes of a string.
    pub fn parsed<T>(&self, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.parsed_or(expected, parse, |_| None)
    }

    /// As [`Value::parsed`], with a guess at what was meant where it is not understood.
    pub fn parsed_or<T>(
        &self,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        guess: impl FnOnce(&str) -> Option<String>,
    ) -> Option<T> {
        let text = self.string(expected)?;
        let parsed = parse(text);
        if parsed.is_none() {
            let hint = guess(text).map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
            self.error(
                format!("{} is not understood as `{}`", quoted(text), self.key),
                format!("expected {expected}{hint}"),
            );
        }
        parsed
    }

    /// One of the words of an enumeration.
    pub fn one_of<T: Word>(&self) -> Option<T> {
        let options = T::ALL.iter().map(|option| option.word());
        let expected = format!("expected {}", listed(options.clone()));
        let text = self.string(expected.trim_start_matches("expected "))?;
        let found = T::ALL.iter().copied().find(|option| option.word() == text);
        if found.is_none() {
            let hint = nearest(text, options).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            self.error(format!("{} is no `{}`", quoted(text), self.key), expected + &hint);
        }
        found
    }

    /// A whole number within bounds.
    pub fn integer(&self, bounds: RangeInclusive<i64>, expected: &str) -> Option<i64> {
        let DeValue::Integer(number) = self.value else {
            self.wrong_type(expected);
            return None;
        };
        let value = i64::from_str_radix(number.as_str(), number.radix()).ok().filter(|value| bounds.contains(value));
        if value.is_none() {
            self.error(format!("{number} is no possible `{}`", self.key), format!("expected {expected}"));
        }
        value
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.wrong_type("true or false, without quotes");
                None
            }
        }
    }

    /// A TOML date without a time, in the years that the calendar can count with.
    pub fn date(&self) -> Option<Date> {
        let expected = "a date such as 2026-12-24, without quotes";
        let DeValue::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) = self.value else {
            self.wrong_type(expected);
            return None;
        };
        let civil = || {
            Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
        };
        let value = civil().filter(|date| (1..=9998).contains(&date.year()));
        if value.is_none() {
            self.error(format!("{date} is no possible date"), "expected a year from 0001 to 9998");
        }
        value
    }

    /// The elements of a list; none, with an error noted, where it is no list.
    pub fn list(&self, expected: &str) -> Vec<Value<'a>> {
        let DeValue::Array(array) = self.value else {
            self.wrong_type(expected);
            return Vec::new();
        };
        let element = |item: &'a Spanned<DeValue<'a>>| {
            let place = Place::new(self.place.source, item.span());
            Value { place, value: item.get_ref(), findings: self.findings, key: self.key }
        };
        array.iter().map(element).collect()
    }

    /// A table; `name` is what messages call it.
    pub fn table(&self, name: &'static str, expected: &str) -> Option<Table<'a>> {
        let DeValue::Table(table) = self.value else {
            self.wrong_type(expected);
            return None;
        };
        let source = self.place.source;
        let entry = |(key, value): (&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| Entry {
            key: key.get_ref(),
            key_place: Place::new(source, key.span()),
            value,
        };
        let mut reader = Table::new(self.findings, name, self.place.clone());
        reader.entries.extend(table.iter().map(entry));
        Some(reader)
    }

    /// The place of a stretch of this string, by its byte range in the decoded text.
    pub fn place_within(&self, range: Range<usize>) -> Place {
        let raw = self.findings.text_of(&self.place);
        let found = match self.value {
            DeValue::String(text) => escapes::offsets(&raw, text),
            _ => None,
        };
        let at = |byte: usize| found.as_ref().and_then(|found| found.get(byte)).copied();
        // The end of a word is where its last byte ends, not where the next begins: a folded line may lie between.
        let last = range.end.checked_sub(1).filter(|last| *last >= range.start);
        let end = last.map_or_else(|| at(range.end), |last| Some(at(last)?.max(at(range.end)?.min(at(last)? + 1))));
        match (at(range.start), end) {
            (Some(start), Some(end)) => {
                let (start, end) = (self.place.start + start, self.place.start + end.max(start));
                Place::new(self.place.source, start..end)
            }
            _ => self.place.clone(),
        }
    }

    /// The string, where it is one; nothing is noted where not.
    pub fn text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }
}

/// Other words that people use for a key.
fn other_word(key: &str, asked: &[&'static str]) -> Option<&'static str> {
    const WORDS: &[(&str, &str)] = &[
        ("activities", "managers"),
        ("boss", "leader"),
        ("cadence", "when"),
        ("channel_id", "channel"),
        ("day", "date"),
        ("deadline", "grace"),
        ("description", "outcome"),
        ("duration", "minutes"),
        ("email", "slack"),
        ("frequency", "when"),
        ("goal", "outcome"),
        ("hours", "workday"),
        ("id", "key"),
        ("id", "slack"),
        ("importance", "priority"),
        ("length", "minutes"),
        ("manager", "leader"),
        ("name", "title"),
        ("owners", "managers"),
        ("recurrence", "when"),
        ("reports_to", "leader"),
        ("schedule", "when"),
        ("start_date", "effective"),
        ("team", "reps"),
        ("timezone", "time_zone"),
        ("title", "name"),
        ("type", "category"),
        ("tz", "time_zone"),
        ("user", "slack"),
        ("version", "revision"),
    ];
    let key = key.to_lowercase().replace('-', "_");
    WORDS.iter().find(|(word, meant)| *word == key && asked.contains(meant)).map(|(_, meant)| *meant)
}

/// The table that a key of another table stands under.
pub(super) fn home_of(key: &str) -> Option<&'static str> {
    const HOMES: &[(&str, &[&str])] = &[
        ("[process]", &["name", "effective", "revision"]),
        ("[calendar]", &["workweek", "workday", "fiscal_year_starts", "capacity"]),
        ("[nudges]", &["intensity"]),
        ("[digest]", &["channel"]),
        ("[[holiday]]", &["date"]),
        (
            "[[activity]]",
            &[
                "key",
                "title",
                "category",
                "when",
                "minutes",
                "outcome",
                "evidence",
                "number",
                "per",
                "spread",
                "priority",
                "share_notes",
                "grace",
                "on_holiday",
                "verify",
                "flexible",
            ],
        ),
        ("[[manager]]", &["reps", "time_zone"]),
    ];
    HOMES.iter().find(|(_, keys)| keys.contains(&key)).map(|(home, _)| *home)
}

/// The user's own words in a message: quoted, and no longer than anybody reads.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

/// `` `a`, `b` or `c` ``
pub(super) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
