//! A process as text: what `export` prints. Whatever equals its default is left out.

use std::fmt::Write;

use super::activities::{EVIDENCE, is_flexible, shares_notes};
use super::settings::{DEFAULT_CAPACITY, DEFAULT_WORKDAY, DEFAULT_WORKWEEK};
use super::words::{self, Word};
use crate::process::phrase::month_name;
use crate::process::recurrence::default_grace;
use crate::process::{
    Activity, CalendarSettings, DigestSettings, Intensity, Leader, Manager, NumberQuestion, Per, Priority, Process,
    Rep, UserId, Verify, Workday,
};

/// The process as such a file: reading it gives an equal process, writing that the same text. Holidays are written out
/// as `[[holiday]]` days, people by their ids.
pub fn write(process: &Process) -> String {
    let mut file = Text::default();
    file.table("[process]");
    file.string("name", &process.name);
    file.key_if("effective", process.effective.map(|date| date.to_string()));
    file.key_if("revision", process.revision.map(|revision| revision.to_string()));
    calendar(&mut file, &process.calendar);
    if process.intensity != Intensity::default() {
        file.table("[nudges]");
        file.string("intensity", process.intensity.word());
    }
    let digest = digest_keys(&process.digest);
    if !digest.is_empty() {
        file.table("[digest]");
        digest.iter().for_each(|(key, value)| file.key(key, value));
    }
    process.activities.iter().for_each(|one| activity(&mut file, one));
    process.leaders.iter().for_each(|one| leader(&mut file, one));
    process.managers.iter().for_each(|one| manager(&mut file, one));
    for (date, holiday) in process.days_off().iter() {
        file.table("[[holiday]]");
        file.key("date", &date.to_string());
        file.key_if("name", holiday.name.as_deref().map(quoted));
        file.key_if("managers", holiday.managers.as_deref().map(people));
    }
    file.0
}

/// The text so far.
#[derive(Default)]
struct Text(String);

impl Text {
    fn table(&mut self, header: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(header);
        self.0.push('\n');
    }

    fn key(&mut self, key: &str, value: &str) {
        writeln!(self.0, "{key} = {value}").expect("a String takes all that is written to it");
    }

    fn key_if(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.key(key, &value);
        }
    }

    fn string(&mut self, key: &str, value: &str) {
        self.key(key, &quoted(value));
    }

    /// Left out where it is the default.
    fn word<T: Word + Default + PartialEq>(&mut self, key: &str, value: T) {
        if value != T::default() {
            self.string(key, value.word());
        }
    }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(c)).expect("a String takes all that is written to it");
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn list<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", words.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn people(people: &[UserId]) -> String {
    list(people.iter().map(UserId::as_str))
}

fn inline(pairs: &[(&str, String)]) -> String {
    format!("{{ {} }}", pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", "))
}

fn hours(workday: Workday) -> String {
    let time = |time| quoted(&words::time_word(time));
    inline(&[("start", time(workday.start)), ("end", time(workday.end))])
}

fn calendar(file: &mut Text, settings: &CalendarSettings) {
    let CalendarSettings { workweek, workday, fiscal_year_starts, capacity } = settings;
    let days = || list(workweek.iter().map(|day| words::weekday_word(*day)));
    let keys = [
        ("workweek", (*workweek != DEFAULT_WORKWEEK).then(days)),
        ("workday", (*workday != DEFAULT_WORKDAY).then(|| hours(*workday))),
        ("fiscal_year_starts", (*fiscal_year_starts != 1).then(|| quoted(month_name(*fiscal_year_starts)))),
        ("capacity", (*capacity != DEFAULT_CAPACITY).then(|| quoted(&words::capacity_word(*capacity)))),
    ];
    if keys.iter().any(|(_, value)| value.is_some()) {
        file.table("[calendar]");
        keys.into_iter().for_each(|(key, value)| file.key_if(key, value));
    }
}

fn digest_keys(settings: &DigestSettings) -> Vec<(&'static str, String)> {
    let DigestSettings { channel, when, time_zone } = settings;
    let zone = time_zone.as_ref().and_then(|zone| zone.iana_name());
    let keys = [
        ("channel", channel.as_deref().map(quoted)),
        ("when", when.as_ref().map(|phrase| quoted(&phrase.to_string()))),
        ("time_zone", zone.map(quoted)),
    ];
    keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn activity(file: &mut Text, activity: &Activity) {
    file.table("[[activity]]");
    file.string("key", activity.key.as_str());
    file.string("title", &activity.title);
    file.word("category", activity.category);
    file.string("when", &activity.when.to_string());
    file.key("minutes", &activity.minutes.to_string());
    file.key_if("outcome", activity.outcome.as_deref().map(quoted));
    let wanted = activity.evidence;
    let evidence = EVIDENCE.into_iter().zip([wanted.note, wanted.link, wanted.number]);
    if !wanted.is_none() {
        file.key("evidence", &list(evidence.filter(|(_, is_wanted)| *is_wanted).map(|(word, _)| word)));
    }
    file.key_if("number", activity.number.as_ref().map(question));
    file.word::<Per>("per", activity.per);
    file.key_if("spread", activity.spread.then(|| "true".to_owned()));
    file.word::<Priority>("priority", activity.priority);
    let flag = |flag: bool, default: bool| (flag != default).then(|| flag.to_string());
    file.key_if("share_notes", flag(activity.share_notes, shares_notes(activity.category)));
    let own_grace = activity.grace != default_grace(&activity.when);
    file.key_if("grace", own_grace.then(|| quoted(&words::grace_word(activity.grace))));
    file.word("on_holiday", activity.on_holiday);
    file.key_if("managers", activity.managers.as_deref().map(people));
    file.word::<Verify>("verify", activity.verify);
    file.key_if("flexible", flag(activity.flexible, is_flexible(activity.priority)));
}

fn question(number: &NumberQuestion) -> String {
    let mut pairs = vec![("label", quoted(&number.label))];
    pairs.extend(number.target.map(|target| ("target", quoted(&words::target_word(target)))));
    inline(&pairs)
}

fn leader(file: &mut Text, leader: &Leader) {
    file.table("[[leader]]");
    file.string("slack", leader.slack.as_str());
    file.string("name", &leader.name);
    file.key_if("leader", leader.leader.as_ref().map(|above| quoted(above.as_str())));
    let digest = digest_keys(&leader.digest);
    file.key_if("digest", (!digest.is_empty()).then(|| inline(&digest)));
}

fn manager(file: &mut Text, manager: &Manager) {
    file.table("[[manager]]");
    file.string("slack", manager.slack.as_str());
    file.string("name", &manager.name);
    let zone = manager.time_zone.as_ref().and_then(|zone| zone.iana_name());
    file.key_if("time_zone", zone.map(quoted));
    file.string("leader", manager.leader.as_str());
    file.key_if("workday", manager.workday.map(hours));
    file.key_if("capacity", manager.capacity.map(|minutes| quoted(&words::capacity_word(minutes))));
    file.key_if("intensity", manager.intensity.map(|intensity| quoted(intensity.word())));
    if !manager.reps.is_empty() {
        let reps: String = manager.reps.iter().map(|one| format!("    {},\n", rep(one))).collect();
        file.key("reps", &format!("[\n{reps}]"));
    }
}

fn rep(rep: &Rep) -> String {
    let mut pairs = vec![("slack", quoted(rep.slack.as_str())), ("name", quoted(&rep.name))];
    if rep.slot_given {
        pairs.push(("slot", rep.slot.to_string()));
    }
    inline(&pairs)
}
