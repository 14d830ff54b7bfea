//! What reading any part of the file needs: where problems go, what may be asked from outside, and the kinds of value
//! that several tables share.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeTable;

use super::problem::{Findings, Place};
use super::table::{Table, Value, home_of, listed, quoted};
use super::words::{self, nearest};
use super::{SECTIONS, Surroundings, check, given};
use crate::process::holidays::ics;
use crate::process::phrase::guess;
use crate::process::{Phrase, Process, UserId, Workday, zone_named};

/// A person as named somewhere in the file.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Who.
    pub id: UserId,
    /// Where.
    pub place: Place,
}

/// The days off of one holiday file.
pub(super) type DaysOff = Vec<(Date, Option<String>)>;

/// Of each list of holiday files, by its files: where it first stands, and the last day off in them.
pub(super) type HolidayLists = BTreeMap<Vec<String>, (Place, Option<Date>)>;

/// One reading of the files.
pub(super) struct Reading<'a> {
    pub findings: &'a Findings,
    pub around: &'a dyn Surroundings,
    pub today: Date,
    /// The tables that are there, but under another name or in other brackets: nothing in them can be missed.
    pub lost: RefCell<Vec<&'static str>>,
    /// Each list once, however many managers have it.
    pub holiday_lists: RefCell<HolidayLists>,
    /// Each address is asked for once.
    by_email: RefCell<BTreeMap<String, Result<String, String>>>,
    /// Each holiday file is read, and complained about, once; by process file and path.
    days_off: RefCell<BTreeMap<(usize, String), DaysOff>>,
}

impl<'a> Reading<'a> {
    pub fn new(findings: &'a Findings, around: &'a dyn Surroundings, today: Date) -> Reading<'a> {
        Reading {
            findings,
            around,
            today,
            lost: RefCell::default(),
            holiday_lists: RefCell::default(),
            by_email: RefCell::default(),
            days_off: RefCell::default(),
        }
    }

    /// The whole process; `None`, or a value that is never shown, where errors were noted.
    pub fn process(&self, trees: &'a [Spanned<DeTable<'a>>]) -> Option<Process> {
        let misspelt = self.refuse_unknown_sections(trees);
        self.lost.borrow_mut().extend(&misspelt);
        let mut head = self.section(trees, "process", "[process]");
        if self.only_people(trees) {
            head.excuse();
        }
        if misspelt.contains(&"process") {
            head.excuse();
        }
        let head = self.head(head);
        let calendar = self.calendar(self.section(trees, "calendar", "[calendar]"));
        let intensity = self.nudges(self.section(trees, "nudges", "[nudges]"));
        let digest = self.digest(self.section(trees, "digest", "[digest]"));
        let days = self.items(trees, "holiday", "[[holiday]]").into_iter().map(|item| self.holiday(item)).collect();
        let activities =
            self.items(trees, "activity", "[[activity]]").into_iter().map(|item| self.activity(item)).collect();
        let leaders = self.items(trees, "leader", "[[leader]]").into_iter().map(|item| self.leader(item)).collect();
        let manager = |item| self.manager(item, calendar.settings.workday);
        let managers = self.items(trees, "manager", "[[manager]]").into_iter().map(manager).collect();
        // Who or what is missed may stand on a line that could not be read.
        if self.findings.has_syntax_errors() {
            return None;
        }
        check::whole(self, check::Parts { head, calendar, intensity, digest, days, activities, leaders, managers })
    }

    /// Whether these are people without a process, which is noted.
    fn only_people(&self, trees: &[Spanned<DeTable<'_>>]) -> bool {
        let has = |key: &str| !given(trees, key).is_empty();
        let only_people = (has("manager") || has("leader")) && !["process", "activity"].into_iter().any(has);
        if only_people && !self.findings.has_syntax_errors() && !self.findings.has_errors() {
            let expected = "expected the process file beside it: `onbeat check config/process.toml team.toml`";
            let message = "there are people here, but no process";
            self.findings.error(&Place::new(0, 0..0), message, expected);
        }
        only_people
    }

    /// Notes top-level keys that a process file does not have, and returns those that they were meant for.
    fn refuse_unknown_sections(&self, trees: &[Spanned<DeTable<'_>>]) -> Vec<&'static str> {
        let mut misspelt = Vec::new();
        for (source, tree) in trees.iter().enumerate() {
            for (key, _) in tree.get_ref().iter().filter(|(key, _)| !SECTIONS.contains(&key.get_ref().as_ref())) {
                let name: &str = key.get_ref();
                let meant = nearest(name, SECTIONS);
                let expected = match (meant, home_of(name)) {
                    (Some(meant), _) => format!("did you mean `{meant}`?"),
                    (None, _) if matches!(name, "rep" | "reps") => {
                        "reps stand under their manager: `reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]`"
                            .to_owned()
                    }
                    (None, Some(home)) => format!("it belongs under `{home}`"),
                    (None, None) => format!("expected {}", listed(SECTIONS)),
                };
                misspelt.extend(meant.or((home_of(name) == Some("[process]")).then_some("process")));
                let message = format!("a process file has no `{name}`");
                self.findings.error(&Place::new(source, key.span()), message, expected);
            }
        }
        misspelt
    }

    /// One of the tables that there is one of, its keys gathered from all files.
    fn section(&self, trees: &'a [Spanned<DeTable<'a>>], key: &'static str, name: &'static str) -> Table<'a> {
        let mut merged: Option<Table<'a>> = None;
        let values = given(trees, key);
        let is_given = !values.is_empty();
        for (source, value) in values {
            let value = Value::top(self.findings, source, key, value);
            let Some(table) = value.table(name, &format!("one table, `{name}`")) else {
                continue;
            };
            match &mut merged {
                Some(merged) => merged.absorb(table),
                None => merged = Some(table),
            }
        }
        merged.unwrap_or_else(|| {
            let mut absent = Table::new(self.findings, name, Place::new(0, 0..0));
            if is_given {
                absent.excuse();
            }
            absent
        })
    }

    /// All tables of a kind that there are many of, in order of file and place.
    fn items(&self, trees: &'a [Spanned<DeTable<'a>>], key: &'static str, name: &'static str) -> Vec<Table<'a>> {
        let expected = format!("`{name}`, in double brackets");
        let values = given(trees, key).into_iter().map(|(source, value)| Value::top(self.findings, source, key, value));
        // `[manager]`: there may be several, so one is a list too.
        let values = values.filter(|value| {
            if value.is_table() {
                value.error(format!("`[{key}]` has single brackets"), format!("expected {expected}, for each {key}"));
                self.lost.borrow_mut().push(key);
            }
            !value.is_table()
        });
        values.flat_map(|value| value.list(&expected)).filter_map(|item| item.table(name, &expected)).collect()
    }

    /// A person, by Slack user id or e-mail address.
    pub fn person(&self, value: &Value<'_>) -> Option<Named> {
        let expected = "a Slack user id such as \"U0ANA\", or an e-mail address";
        let text = value.string(expected)?;
        let id = if text.contains('@') && !text.starts_with(['@', '<']) {
            self.person_by_email(value, text)?
        } else if is_slack_id(text, &['U', 'W']) {
            text.to_owned()
        } else {
            let bare = text.trim().trim_start_matches("<@").trim_end_matches('>').to_ascii_uppercase();
            let hint =
                if is_slack_id(&bare, &['U', 'W']) { format!("; did you mean `{bare}`?") } else { String::new() };
            let message = format!("{} is no Slack user id", quoted(text));
            value.error(message, format!("expected {expected}{hint}"));
            return None;
        };
        Some(Named { id: UserId(id), place: value.place.clone() })
    }

    fn person_by_email(&self, value: &Value<'_>, email: &str) -> Option<String> {
        let well_formed = email.rsplit_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        }) && !email.chars().any(|c| c.is_whitespace() || c.is_control());
        if !well_formed {
            value.error(format!("{} is no e-mail address", quoted(email)), "expected one such as \"ana@example.com\"");
            return None;
        }
        let mut known = self.by_email.borrow_mut();
        let answer = known.entry(email.to_owned()).or_insert_with(|| self.around.user_by_email(email));
        match answer {
            Ok(id) if is_slack_id(id, &['U', 'W']) => Some(id.clone()),
            Ok(id) => {
                value.error(format!("Slack knows {email} as {}, which is no user id", quoted(id)), "expected a person");
                None
            }
            Err(why) => {
                let expected = "expected the address of somebody in the Slack workspace, or a Slack user id";
                value.error(format!("nobody is found for {email}: {why}"), expected);
                None
            }
        }
    }

    /// A list of people, each once.
    pub fn people(&self, value: &Value<'_>) -> Vec<Named> {
        let mut named: Vec<Named> = Vec::new();
        for item in value.list("a list of people, such as [\"U0ANA\"]") {
            let Some(person) = self.person(&item) else {
                continue;
            };
            if named.iter().any(|other| other.id == person.id) {
                item.error(format!("{} is in this list twice", person.id), "expected each person once");
            } else {
                named.push(person);
            }
        }
        named
    }

    /// A `when` phrase; the error stands at the word that is wrong.
    pub fn phrase(&self, value: &Value<'_>) -> Option<Phrase> {
        let text = value.string("a phrase such as \"every Monday at 09:00\"")?;
        match text.parse::<Phrase>() {
            Ok(phrase) => Some(phrase),
            Err(error) => {
                let place = value.place_within(error.at.clone());
                self.findings.error(&place, error.message, format!("expected {}", error.expected));
                None
            }
        }
    }

    /// An IANA zone.
    pub fn zone(&self, value: &Value<'_>) -> Option<TimeZone> {
        let name = value.string("a time zone such as \"America/Chicago\"")?;
        let zone = zone_named(name);
        if zone.is_none() {
            // Places alone: `CET` is no help to whoever wrote `CST`.
            let places = jiff::tz::db().available().filter(|zone| zone.as_str().contains('/'));
            let known: Vec<String> = places.map(|zone| zone.as_str().to_owned()).collect();
            let city = format!("/{}", name.trim().replace(' ', "_").to_lowercase());
            let of_city = known.iter().map(String::as_str).find(|zone| zone.to_lowercase().ends_with(&city));
            let hint = match of_city.or_else(|| nearest(name, known.iter().map(String::as_str))) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "expected an IANA name such as \"America/Chicago\"".to_owned(),
            };
            value.error(format!("there is no time zone {}", quoted(name)), hint);
        }
        zone
    }

    /// Working hours; what is left out comes from `fallback`.
    pub fn workday(&self, value: &Value<'_>, fallback: Workday) -> Option<Workday> {
        let mut table = value.table("workday", "a table such as { start = \"08:30\", end = \"17:30\" }")?;
        let (start, end) = (table.take("start"), table.take("end"));
        table.finish();
        let expected = "a time as \"HH:MM\", 00:00 to 23:59";
        let read = |value: &Option<Value<'_>>, fallback| match value {
            Some(value) => value.parsed_or(expected, words::time, guess::time),
            None => Some(fallback),
        };
        let day = (read(&start, fallback.start), read(&end, fallback.end));
        let day = Workday { start: day.0?, end: day.1? };
        if day.start >= day.end {
            let (from, to) = (words::time_word(day.start), words::time_word(day.end));
            let given = end.or(start);
            let place = &given.as_ref().unwrap_or(value).place;
            let message = format!("the workday ends at {to}, before or as it starts at {from}");
            self.findings.error(place, message, "expected `end` to be later than `start`");
            return None;
        }
        Some(day)
    }

    /// Minutes a week.
    pub fn capacity(&self, value: &Value<'_>) -> Option<u32> {
        value.parsed("hours such as \"16.5h a week\", at most 168", words::capacity)
    }

    /// The days off in a list of holiday files.
    pub fn holiday_files(&self, value: &Value<'_>) -> DaysOff {
        let mut days = DaysOff::new();
        let mut paths = Vec::new();
        for item in value.list("a list of iCalendar files, such as [\"holidays/us.ics\"]") {
            days.extend(self.holiday_file(&item).unwrap_or_default());
            paths.extend(item.text().map(str::to_owned));
        }
        let last = days.iter().map(|(date, _)| *date).max();
        self.holiday_lists.borrow_mut().entry(paths).or_insert((value.place.clone(), last));
        days
    }

    fn holiday_file(&self, value: &Value<'_>) -> Option<DaysOff> {
        let path = value.string("the name of an iCalendar file, such as \"holidays/us.ics\"")?;
        if !stays_inside(path) {
            let message = format!("{} is outside the process file's folder", quoted(path));
            value.error(message, "expected a path relative to this file, such as \"holidays/us.ics\"");
            return None;
        }
        let known = (value.place.source, path.to_owned());
        if let Some(days) = self.days_off.borrow().get(&known) {
            return Some(days.clone());
        }
        let beside = self.findings.name_of(value.place.source);
        let days = match self.around.holiday_file(&beside, path) {
            Ok(file) => self.days_off_in(&file.name, &file.text),
            Err(why) => {
                value.error(format!("the holiday file {path} cannot be read: {why}"), "expected an iCalendar file");
                DaysOff::new()
            }
        };
        if days.is_empty() {
            let message = format!("{} has no day off in it", quoted(path));
            self.findings.warning(&value.place, message, "expected all-day events; timed ones are no holidays");
        }
        self.days_off.borrow_mut().insert(known, days.clone());
        Some(days)
    }

    fn days_off_in(&self, name: &str, text: &str) -> DaysOff {
        let text = super::without_mark(text);
        ics::read(text, self.today).unwrap_or_else(|errors| {
            let source = self.findings.add_source(name, text);
            for error in errors {
                self.findings.error(&Place::new(source, error.at), error.message, error.expected);
            }
            DaysOff::new()
        })
    }
}

/// Whether a text looks like a Slack id of one of these kinds: `U0ANA`.
pub(super) fn is_slack_id(text: &str, kinds: &[char]) -> bool {
    text.len() >= 2 && text.starts_with(kinds) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a path stays in the folder it is relative to, going by its words alone.
fn stays_inside(path: &str) -> bool {
    let mut depth = 0_usize;
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    let absolute = path.starts_with(['/', '\\', '~']) || path.contains(':') || path.contains('\0');
    depth > 0 && !absolute
}
