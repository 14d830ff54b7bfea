//! iCalendar files: the days of their all-day events.
//!
//! A reader of its own, since an error here has to name line and column, which no parser on offer keeps through
//! the unfolding of long lines.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;

use super::rule::{Rule, plain_date};

/// The most days off that a file may hold, and the most days that its rules may have looked at.
const MOST_DAYS: usize = 50_000;
const MOST_WORK: usize = 2_000_000;

/// How far rules are expanded, in years.
const YEARS_AHEAD: i64 = 10;

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcsError {
    /// Byte range in the text.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What was expected.
    pub expected: String,
}

impl IcsError {
    fn new(at: Range<usize>, message: impl Into<String>, expected: impl Into<String>) -> IcsError {
        IcsError { at, message: message.into(), expected: format!("expected {}", expected.into()) }
    }
}

/// The days of a file's all-day events with their names, in order of date. Rules are expanded up to ten years after
/// `today`. Timed and cancelled events are none.
///
/// # Errors
/// Everything that is wrong with the file; never empty.
pub fn read(text: &str, today: Date) -> Result<Vec<(Date, Option<String>)>, Vec<IcsError>> {
    let mut errors = Vec::new();
    let events = events(&lines(text), text, &mut errors);
    let horizon = today.checked_add(YEARS_AHEAD.years()).unwrap_or(Date::MAX);
    let mut days = Vec::new();
    if errors.is_empty() {
        let mut work = Work { horizon, left: MOST_WORK };
        let strays = stray_overrides(&events);
        for event in events.iter().filter(|event| event.overrides.is_none()).chain(strays) {
            let found = match event.overrides {
                None => event.days(&events, &mut work),
                Some(_) => Ok(event
                    .start
                    .into_iter()
                    .flat_map(|start| event.span(start, Date::MAX))
                    .take(MOST_DAYS + 1)
                    .collect()),
            };
            let result = found.and_then(|found| {
                days.extend(found);
                if days.len() > MOST_DAYS {
                    return Err(event.error(&event.begin, "the days off up to here are too many", "at most 50000"));
                }
                Ok(())
            });
            if let Err(error) = result {
                errors.push(error);
                break;
            }
        }
    }
    if errors.is_empty() {
        days.sort();
        days.dedup();
        Ok(days)
    } else {
        Err(errors)
    }
}

/// How far to expand, and how much more may be looked at.
struct Work {
    horizon: Date,
    left: usize,
}

/// A content line, unfolded.
struct Line {
    text: String,
    /// Where each stretch of `text` begins, in it and in the file.
    stretches: Vec<(usize, usize)>,
    end: usize,
}

impl Line {
    /// The place in the file of a byte offset in the unfolded text.
    fn place(&self, offset: usize) -> usize {
        let stretch = self.stretches.iter().rev().find(|(own, _)| *own <= offset);
        stretch.map_or(self.end, |(own, file)| (file + offset - own).min(self.end))
    }

    fn range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start);
        start..self.place(range.end).max(start)
    }
}

/// The content lines of a file: lines that begin with a blank go on with the one before.
fn lines(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let bare = raw.trim_end_matches(['\n', '\r']);
        match lines.last_mut() {
            Some(last) if bare.starts_with([' ', '\t']) => {
                last.stretches.push((last.text.len(), at + 1));
                last.text.push_str(&bare[1..]);
                last.end = at + bare.len();
            }
            Some(_) | None => {
                lines.push(Line { text: bare.to_owned(), stretches: vec![(0, at)], end: at + bare.len() });
            }
        }
        at += raw.len();
    }
    lines
}

/// `NAME;PARAMETER=VALUE:VALUE`
#[derive(Debug, Clone)]
struct Property {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
    /// Where the value stands in the file.
    at: Range<usize>,
}

impl Property {
    fn parse(line: &Line) -> Result<Property, IcsError> {
        let text = &line.text;
        let malformed = || {
            IcsError::new(
                line.range(0..text.len()),
                "this is no iCalendar line",
                "a line such as `SUMMARY:New Year's Day`",
            )
        };
        let mut quoted = false;
        let mut cuts = Vec::new();
        let mut colon = None;
        for (i, c) in text.char_indices() {
            match c {
                '"' => quoted = !quoted,
                ';' if !quoted => cuts.push(i),
                ':' if !quoted => {
                    colon = Some(i);
                    break;
                }
                _ => {}
            }
        }
        let colon = colon.ok_or_else(malformed)?;
        cuts.push(colon);
        let name = text[..cuts[0]].trim().to_ascii_uppercase();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')) {
            return Err(malformed());
        }
        let parameter = |pair: &[usize]| {
            let (key, value) = text[pair[0] + 1..pair[1]].split_once('=')?;
            Some((key.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned()))
        };
        let parameters = cuts.windows(2).filter_map(parameter).collect();
        let value = text[colon + 1..].trim_end().to_owned();
        let at = line.range(colon + 1..colon + 1 + value.len());
        Ok(Property { name, parameters, value, at })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn says(&self, word: &str) -> bool {
        self.value.trim().eq_ignore_ascii_case(word)
    }

    /// The days of a list of dates; `None` for what has a time.
    fn dates(&self) -> Result<Vec<Option<Date>>, IcsError> {
        self.value.split(',').map(|word| self.date(word.trim())).collect()
    }

    /// One day; `None` for what has a time.
    fn date(&self, word: &str) -> Result<Option<Date>, IcsError> {
        let wrong = || {
            let message = format!("`{}` is no date", word.chars().take(40).collect::<String>());
            IcsError::new(self.at.clone(), message, "a date such as 20270101")
        };
        let timed = word.get(8..9).is_some_and(|t| t.eq_ignore_ascii_case("t"));
        let says_date = self.parameter("VALUE").is_some_and(|value| value.eq_ignore_ascii_case("DATE"));
        let date = word.get(..8).and_then(plain_date).ok_or_else(wrong)?;
        match (word.len(), timed && !says_date) {
            (8, _) => Ok(Some(date)),
            (_, true) => Ok(None),
            (_, false) => Err(wrong()),
        }
    }
}

/// One `VEVENT`.
struct Event {
    begin: Range<usize>,
    uid: Option<String>,
    name: Option<String>,
    /// `None`: it has a time, or was called off.
    start: Option<Date>,
    /// How many days it lasts.
    length: i64,
    rules: Vec<Property>,
    except_rules: Vec<Property>,
    more: Vec<Date>,
    except: Vec<Date>,
    /// The day of the series that this event stands in for.
    overrides: Option<Date>,
}

/// All events of the file; what is wrong goes into `errors`.
fn events(lines: &[Line], text: &str, errors: &mut Vec<IcsError>) -> Vec<Event> {
    let mut open: Vec<(String, Range<usize>)> = Vec::new();
    let mut properties: Vec<Property> = Vec::new();
    let mut events = Vec::new();
    let mut calendars = 0;
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        let property = match Property::parse(line) {
            Ok(property) if calendars == 0 && !(property.name == "BEGIN" && property.says("VCALENDAR")) => {
                errors.push(IcsError::new(
                    line.range(0..line.text.len()),
                    "this is no iCalendar file",
                    "`BEGIN:VCALENDAR`",
                ));
                return events;
            }
            Ok(property) => property,
            Err(error) => {
                errors.push(error);
                return events;
            }
        };
        let kind = property.value.trim().to_ascii_uppercase();
        match property.name.as_str() {
            "BEGIN" => {
                calendars += usize::from(kind == "VCALENDAR");
                if kind == "VEVENT" {
                    properties.clear();
                }
                open.push((kind, property.at));
            }
            "END" => match open.pop() {
                Some((begun, at)) if begun == kind => {
                    if kind == "VEVENT" {
                        Event::new(at, &properties).map_or_else(|error| errors.push(error), |event| events.push(event));
                    }
                }
                begun => {
                    let wanted =
                        begun.map_or_else(|| "nothing to end here".to_owned(), |(name, _)| format!("`END:{name}`"));
                    errors.push(IcsError::new(property.at, format!("`END:{kind}` has no beginning"), wanted));
                    return events;
                }
            },
            _ if open.last().is_some_and(|(name, _)| name == "VEVENT") => properties.push(property),
            _ => {}
        }
    }
    if let Some((name, _)) = open.pop() {
        let end = text.trim_end().len();
        errors.push(IcsError::new(end..end, format!("the file ends inside {name}"), format!("`END:{name}`")));
    } else if calendars == 0 {
        errors.push(IcsError::new(0..0, "the file is empty", "an iCalendar file, beginning with `BEGIN:VCALENDAR`"));
    }
    events
}

impl Event {
    fn new(begin: Range<usize>, properties: &[Property]) -> Result<Event, IcsError> {
        let find = |name: &str| properties.iter().find(|property| property.name == name);
        let all =
            |name: &str| properties.iter().filter(move |property| property.name == name).cloned().collect::<Vec<_>>();
        let Some(first) = find("DTSTART") else {
            return Err(IcsError::new(
                begin,
                "this event has no beginning",
                "a line such as `DTSTART;VALUE=DATE:20270101`",
            ));
        };
        let cancelled = find("STATUS").is_some_and(|status| status.says("CANCELLED"));
        let start = first.date(first.value.trim())?;
        let mut event = Event {
            begin,
            uid: find("UID").map(|uid| uid.value.clone()),
            name: find("SUMMARY").map(|summary| plain_text(&summary.value)).filter(|name| !name.is_empty()),
            start: start.filter(|_| !cancelled),
            length: 1,
            rules: all("RRULE"),
            except_rules: all("EXRULE"),
            more: Vec::new(),
            except: Vec::new(),
            overrides: None,
        };
        if let Some(id) = find("RECURRENCE-ID") {
            event.overrides = Some(day_part(id, id.value.trim())?);
        }
        let Some(start) = event.start else {
            return Ok(event);
        };
        event.length = length(start, find("DTEND"), find("DURATION"))?;
        for property in all("RDATE") {
            event.more.extend(property.dates()?.into_iter().flatten());
        }
        for property in all("EXDATE") {
            for word in property.value.split(',') {
                event.except.push(day_part(&property, word.trim())?);
            }
        }
        Ok(event)
    }

    fn error(&self, at: &Range<usize>, message: &str, expected: &str) -> IcsError {
        IcsError::new(at.clone(), message, expected)
    }

    /// Every day of this event, its series expanded and those of its instances that other events stand in for replaced.
    fn days(&self, events: &[Event], work: &mut Work) -> Result<Vec<(Date, Option<String>)>, IcsError> {
        let Some(first) = self.start else {
            return Ok(Vec::new());
        };
        let is_series = !(self.rules.is_empty() && self.more.is_empty());
        let mut starts = vec![first];
        starts.extend(self.more.iter().copied().filter(|day| *day <= work.horizon));
        starts.extend(self.expand(&self.rules, first, work)?);
        let mut except = self.expand(&self.except_rules, first, work)?;
        except.extend(&self.except);
        let stand_ins: Vec<&Event> = events.iter().filter(|event| self.is_replaced_by(event)).collect();
        except.extend(stand_ins.iter().filter_map(|event| event.overrides));
        except.sort_unstable();
        starts.sort_unstable();
        starts.dedup();
        starts.retain(|day| except.binary_search(day).is_err());
        let last = if is_series { work.horizon } else { Date::MAX };
        let mut days: Vec<_> = starts.iter().flat_map(|start| self.span(*start, last)).take(MOST_DAYS + 1).collect();
        let moved = stand_ins.iter().filter_map(|event| Some((event, event.start?)));
        days.extend(moved.flat_map(|(event, start)| event.span(start, work.horizon)).take(MOST_DAYS + 1));
        Ok(days)
    }

    fn is_replaced_by(&self, other: &Event) -> bool {
        other.overrides.is_some() && self.uid.is_some() && self.uid == other.uid
    }

    fn expand(&self, rules: &[Property], first: Date, work: &mut Work) -> Result<Vec<Date>, IcsError> {
        let mut days = Vec::new();
        for property in rules {
            let rule = Rule::parse(&property.value).map_err(|(offset, message, expected)| {
                let start = (property.at.start + offset).min(property.at.end);
                IcsError::new(start..property.at.end, message, expected)
            })?;
            let found = rule.days(first, work.horizon, &mut work.left);
            days.extend(
                found.ok_or_else(|| {
                    self.error(&property.at, "this rule takes too long to work out", "a simpler rule")
                })?,
            );
        }
        Ok(days)
    }

    /// The days of one instance, up to `last`.
    fn span(&self, start: Date, last: Date) -> impl Iterator<Item = (Date, Option<String>)> {
        let days = usize::try_from(self.length).unwrap_or(1);
        let series = start.series(1.day()).take(days).take_while(move |day| *day <= last && day.year() <= 9998);
        series.map(|day| (day, self.name.clone()))
    }
}

/// Instances moved out of a series that is not in the file: days like any other.
fn stray_overrides(events: &[Event]) -> Vec<&Event> {
    let series: BTreeMap<&str, ()> = events
        .iter()
        .filter(|event| event.overrides.is_none())
        .filter_map(|event| Some((event.uid.as_deref()?, ())))
        .collect();
    let strays = events.iter().filter(|event| event.overrides.is_some());
    let strays = strays.filter(|event| event.uid.as_deref().is_none_or(|uid| !series.contains_key(uid)));
    strays.collect()
}

/// The day of a date or a date with a time.
fn day_part(property: &Property, word: &str) -> Result<Date, IcsError> {
    let date = property.date(word)?.or_else(|| word.get(..8).and_then(plain_date));
    date.ok_or_else(|| IcsError::new(property.at.clone(), "this is no date", "a date such as 20270101"))
}

/// How many days an event lasts: its end is the day after its last.
fn length(start: Date, end: Option<&Property>, duration: Option<&Property>) -> Result<i64, IcsError> {
    if let Some(property) = end {
        let wrong =
            |message: &str| IcsError::new(property.at.clone(), message, "a date after DTSTART, such as 20270102");
        let end =
            property.date(property.value.trim())?.ok_or_else(|| wrong("the end has a time, the beginning has none"))?;
        let days = i64::from((end - start).get_days());
        return if days < 0 { Err(wrong("this event ends before it begins")) } else { Ok(days.max(1)) };
    }
    let Some(property) = duration else {
        return Ok(1);
    };
    let days = duration_days(property.value.trim()).filter(|days| *days <= 4_000_000);
    let days =
        days.ok_or_else(|| IcsError::new(property.at.clone(), "this is no duration of days", "one such as `P3D`"))?;
    Ok(days.max(1))
}

/// `P3D`, `P1W`, `P1DT0H0M0S`, `PT48H`: whole days.
fn duration_days(text: &str) -> Option<i64> {
    let text = text.strip_prefix('+').unwrap_or(text).to_ascii_uppercase();
    let (mut hours, mut number, mut seen) = (0_i64, String::new(), false);
    for c in text.strip_prefix('P')?.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        if c == 'T' && number.is_empty() {
            continue;
        }
        let value: i64 = number.parse().ok().filter(|n| *n < 10_000_000)?;
        match c {
            'W' => hours += value * 7 * 24,
            'D' => hours += value * 24,
            'H' => hours += value,
            'M' | 'S' if value == 0 => {}
            _ => return None,
        }
        number.clear();
        seen = true;
    }
    (seen && number.is_empty() && hours % 24 == 0).then_some(hours / 24)
}

/// Text with its escapes undone, in one line.
fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => chars.next().map_or('\\', |next| if matches!(next, 'n' | 'N') { ' ' } else { next }),
            other => other,
        };
        plain.push(if c.is_control() { ' ' } else { c });
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
