//! What one process changes of another, in words: what `apply` shows before it takes effect.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::process::file::words::{self, Word};
use crate::process::phrase::month_name;
use crate::process::{
    Activity, CalendarSettings, DigestSettings, EvidenceWanted, Leader, Manager, NumberQuestion, Process, UserId,
    Workday,
};

/// More days off than this, added or gone, are counted instead of listed.
const LISTED_DAYS: usize = 10;

/// What changes from `old` to `new`, a line each; empty where both call for the same.
pub fn changes(old: &Process, new: &Process) -> Vec<String> {
    let mut said = Changes(Vec::new());
    said.value("The process", &old.name, &new.name, |name| name.clone());
    said.calendar(&old.calendar, &new.calendar);
    said.value("Nudges", &old.intensity, &new.intensity, |intensity| intensity.word().to_owned());
    said.digest("Digest", &old.digest, &new.digest);
    said.activities(old, new);
    said.leaders(old, new);
    said.managers(old, new);
    said.reps(old, new);
    said.days_off(old, new);
    said.0
}

/// The lines so far.
struct Changes(Vec<String>);

impl Changes {
    fn say(&mut self, line: String) {
        self.0.push(line);
    }

    /// `Pipeline review: every Monday at 09:00 → every Tuesday at 09:00`
    fn value<T: PartialEq>(&mut self, what: &str, old: &T, new: &T, show: impl Fn(&T) -> String) {
        if old != new {
            self.say(format!("{what}: {} → {}", show(old), show(new)));
        }
    }

    fn calendar(&mut self, old: &CalendarSettings, new: &CalendarSettings) {
        self.value("Workweek", &old.workweek, &new.workweek, |week| {
            week.iter().map(|day| words::weekday_word(*day)).collect::<Vec<_>>().join(", ")
        });
        self.value("Workday", &old.workday, &new.workday, hours);
        let month = |month: &i8| month_name(*month).to_owned();
        self.value("Fiscal year starts", &old.fiscal_year_starts, &new.fiscal_year_starts, month);
        self.value("Capacity", &old.capacity, &new.capacity, |minutes| words::capacity_word(*minutes));
    }

    fn digest(&mut self, what: &str, old: &DigestSettings, new: &DigestSettings) {
        let DigestSettings { channel, when, time_zone } = old;
        self.value(&format!("{what}, channel"), channel, &new.channel, |id| or_none(id.as_deref()));
        self.value(&format!("{what}, when"), when, &new.when, |phrase| or_none(phrase.as_ref()));
        let zone = |zone: &Option<jiff::tz::TimeZone>| or_none(zone.as_ref().and_then(|zone| zone.iana_name()));
        self.value(&format!("{what}, time zone"), time_zone, &new.time_zone, zone);
    }

    fn activities(&mut self, old: &Process, new: &Process) {
        for gone in old.activities.iter().filter(|activity| new.activity(&activity.key).is_none()) {
            self.say(format!("{} is dropped", gone.title));
        }
        for activity in &new.activities {
            match old.activity(&activity.key) {
                Some(before) => self.activity(before, activity, old, new),
                None => self.say(format!("{} is new: {}, {} minutes", activity.title, activity.when, activity.minutes)),
            }
        }
    }

    fn activity(&mut self, old: &Activity, new: &Activity, before: &Process, after: &Process) {
        let title = new.title.as_str();
        self.value(&format!("Activity {}", new.key), &old.title, &new.title, |title| title.clone());
        self.value(title, &old.when, &new.when, |phrase| phrase.to_string());
        self.value(title, &old.minutes, &new.minutes, |minutes| format!("{minutes} minutes"));
        self.value(&format!("{title}, outcome"), &old.outcome, &new.outcome, |outcome| or_none(outcome.as_ref()));
        self.value(&format!("{title}, evidence"), &old.evidence, &new.evidence, evidence);
        self.value(&format!("{title}, number"), &old.number, &new.number, question);
        self.value(&format!("{title}, category"), &old.category, &new.category, word);
        self.value(&format!("{title}, per"), &old.per, &new.per, word);
        self.value(&format!("{title}, spread"), &old.spread, &new.spread, bool::to_string);
        self.value(&format!("{title}, priority"), &old.priority, &new.priority, word);
        self.value(&format!("{title}, notes shared"), &old.share_notes, &new.share_notes, bool::to_string);
        self.value(&format!("{title}, grace"), &old.grace, &new.grace, |grace| words::grace_word(*grace));
        self.value(&format!("{title}, on a holiday"), &old.on_holiday, &new.on_holiday, word);
        self.value(&format!("{title}, verified by"), &old.verify, &new.verify, word);
        self.value(&format!("{title}, flexible"), &old.flexible, &new.flexible, bool::to_string);
        if old.managers != new.managers {
            let (before, after) = (holders(before, old), holders(after, new));
            self.say(format!("{title}, held by: {before} → {after}"));
        }
    }

    fn leaders(&mut self, old: &Process, new: &Process) {
        for gone in old.leaders.iter().filter(|leader| new.leader(&leader.slack).is_none()) {
            self.say(format!("{} is no longer a leader", gone.name));
        }
        for leader in &new.leaders {
            let Some(before) = old.leader(&leader.slack) else {
                self.say(format!("{} joins as a leader", leader.name));
                continue;
            };
            let Leader { slack, name, leader: above, digest } = before;
            self.value(slack.as_str(), name, &leader.name, |name| name.clone());
            if *above != leader.leader {
                let (before, after) = (boss(old, above.as_ref()), boss(new, leader.leader.as_ref()));
                self.say(format!("{}, led by: {before} → {after}", leader.name));
            }
            self.digest(&format!("Digest of {}", leader.name), digest, &leader.digest);
        }
    }

    fn managers(&mut self, old: &Process, new: &Process) {
        for gone in old.managers.iter().filter(|manager| new.manager(&manager.slack).is_none()) {
            self.say(format!("{} leaves", gone.name));
        }
        for manager in &new.managers {
            match old.manager(&manager.slack) {
                Some(before) => self.manager(before, manager, old, new),
                None => self.say(format!("{} joins", manager.name)),
            }
        }
    }

    fn manager(&mut self, old: &Manager, new: &Manager, before: &Process, after: &Process) {
        let name = new.name.as_str();
        self.value(old.slack.as_str(), &old.name, &new.name, |name| name.clone());
        if old.leader != new.leader {
            let (before, after) = (boss(before, Some(&old.leader)), boss(after, Some(&new.leader)));
            self.say(format!("{name}, led by: {before} → {after}"));
        }
        let zone = |zone: &Option<jiff::tz::TimeZone>| {
            zone.as_ref().and_then(|zone| zone.iana_name()).unwrap_or("as in Slack").to_owned()
        };
        self.value(&format!("{name}, time zone"), &old.time_zone, &new.time_zone, zone);
        let capacity = |own: &Option<u32>| own.map_or_else(|| "everybody's".to_owned(), words::capacity_word);
        self.value(&format!("{name}, capacity"), &old.capacity, &new.capacity, capacity);
        let workday = |own: &Option<Workday>| own.as_ref().map_or_else(|| "everybody's".to_owned(), hours);
        self.value(&format!("{name}, workday"), &old.workday, &new.workday, workday);
        self.value(&format!("{name}, nudges"), &old.intensity, &new.intensity, |own| {
            own.map_or("everybody's", Word::word).to_owned()
        });
    }

    /// Who reports to whom. Reps come and go with a manager who does, so that is not said again.
    fn reps(&mut self, old: &Process, new: &Process) {
        for manager in &new.managers {
            for rep in &manager.reps {
                match reports_to(old, &rep.slack) {
                    Some(before) if before.slack != manager.slack => {
                        self.say(format!("{} moves from {} to {}", rep.name, before.name, manager.name));
                    }
                    Some(before) => {
                        if let Some(before) = before.rep(&rep.slack) {
                            self.value(rep.slack.as_str(), &before.name, &rep.name, |name| name.clone());
                            self.value(&format!("{}, slot", rep.name), &before.slot, &rep.slot, u32::to_string);
                        }
                    }
                    None if old.manager(&manager.slack).is_some() => {
                        self.say(format!("{} joins the team of {}", rep.name, manager.name));
                    }
                    None => {}
                }
            }
        }
        for manager in old.managers.iter().filter(|manager| new.manager(&manager.slack).is_some()) {
            for rep in manager.reps.iter().filter(|rep| reports_to(new, &rep.slack).is_none()) {
                self.say(format!("{} leaves the team of {}", rep.name, manager.name));
            }
        }
    }

    fn days_off(&mut self, old: &Process, new: &Process) {
        let (before, after) = (days_off(old), days_off(new));
        self.days("added", after.difference(&before).collect());
        self.days("gone", before.difference(&after).collect());
    }

    fn days(&mut self, what: &str, days: Vec<&(Date, String)>) {
        if let (true, Some((first, _)), Some((last, _))) = (days.len() > LISTED_DAYS, days.first(), days.last()) {
            self.say(format!("{} days off {what}, {first} to {last}", days.len()));
        } else {
            days.into_iter().for_each(|(date, name)| self.say(format!("Day off {what}: {date}{name}")));
        }
    }
}

fn word<T: Word>(value: &T) -> String {
    value.word().to_owned()
}

fn or_none<T: std::fmt::Display + ?Sized>(value: Option<&T>) -> String {
    value.map_or_else(|| "none".to_owned(), ToString::to_string)
}

fn hours(workday: &Workday) -> String {
    format!("{} to {}", words::time_word(workday.start), words::time_word(workday.end))
}

fn evidence(wanted: &EvidenceWanted) -> String {
    let all = [("note", wanted.note), ("link", wanted.link), ("number", wanted.number)];
    let asked: Vec<&str> = all.iter().filter(|(_, is_wanted)| *is_wanted).map(|(kind, _)| *kind).collect();
    if asked.is_empty() { "none".to_owned() } else { asked.join(", ") }
}

fn question(number: &Option<NumberQuestion>) -> String {
    match number {
        Some(NumberQuestion { label, target: Some(target) }) => format!("{label} ({target})"),
        Some(NumberQuestion { label, target: None }) => label.clone(),
        None => "none".to_owned(),
    }
}

fn name_of(process: &Process, id: &UserId) -> String {
    process.manager(id).map_or_else(|| id.to_string(), |manager| manager.name.clone())
}

fn boss(process: &Process, id: Option<&UserId>) -> String {
    id.map_or_else(|| "nobody".to_owned(), |id| process.leader(id).map_or_else(|| id.to_string(), |it| it.name.clone()))
}

fn holders(process: &Process, activity: &Activity) -> String {
    match activity.managers.as_deref() {
        None => "every manager".to_owned(),
        Some([]) => "nobody".to_owned(),
        Some(some) => some.iter().map(|id| name_of(process, id)).collect::<Vec<_>>().join(", "),
    }
}

fn reports_to<'p>(process: &'p Process, rep: &UserId) -> Option<&'p Manager> {
    process.managers.iter().find(|manager| manager.rep(rep).is_some())
}

/// Each day off with what is said of it: its name, and whose it is.
fn days_off(process: &Process) -> BTreeSet<(Date, String)> {
    let shown = |name: Option<&String>| name.map(|name| format!(" {name}")).unwrap_or_default();
    let whose = |some: &[UserId]| some.iter().map(|id| name_of(process, id)).collect::<Vec<_>>().join(", ");
    let all = process.days_off();
    let day = |(date, holiday): (Date, &crate::process::holidays::Holiday)| {
        let whose = holiday.managers.as_deref().map(|some| format!(" (for {})", whose(some))).unwrap_or_default();
        (date, shown(holiday.name.as_ref()) + &whose)
    };
    all.iter().map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::file::{SourceFile, Surroundings, read};

    struct Nothing;

    impl Surroundings for Nothing {
        fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
            Err(format!("{path} is not there"))
        }

        fn user_by_email(&self, email: &str) -> Result<String, String> {
            Err(format!("{email} is not there"))
        }
    }

    const OLD: &str = r#"
        [process]
        name = "Field sales"
        [[leader]]
        slack = "U0LEAD"
        name = "Lee Park"
        [[manager]]
        slack = "U0ANA"
        name = "Ana Ruiz"
        time_zone = "America/Chicago"
        leader = "U0LEAD"
        reps = [{ slack = "U0DANA", name = "Dana Wu" }, { slack = "U0EVAN", name = "Evan Cole" }]
        [[activity]]
        key = "review"
        title = "Pipeline review"
        when = "every Monday at 09:00"
        minutes = 60
    "#;

    fn process(text: &str) -> Process {
        let file = SourceFile { name: "process.toml".to_owned(), text: text.to_owned() };
        let read = read(&[file], jiff::civil::date(2026, 12, 1), &Nothing);
        read.unwrap_or_else(|problems| panic!("{}", problems[0].rendered)).0
    }

    #[test]
    fn nothing_changed_is_nothing_said() {
        assert_eq!(changes(&process(OLD), &process(OLD)), Vec::<String>::new());
    }

    #[test]
    fn changes_are_said_in_words() {
        let new = OLD
            .replace("every Monday at 09:00", "every Tuesday at 10:00")
            .replace("minutes = 60", "minutes = 45\nevidence = [\"note\"]\nmanagers = [\"U0BEN\"]")
            .replace(", { slack = \"U0EVAN\", name = \"Evan Cole\" }", ", { slack = \"U0FAY\", name = \"Fay Osei\" }")
            + r#"
            [[activity]]
            key = "scan"
            title = "Exception scan"
            when = "every workday at 09:00"
            minutes = 10
            [[manager]]
            slack = "U0BEN"
            name = "Ben Adler"
            leader = "U0LEAD"
            reps = [{ slack = "U0EVAN", name = "Evan Cole" }, { slack = "U0GUS", name = "Gus Marin" }]
            [[holiday]]
            date = 2026-12-24
            name = "Office closed"
            managers = ["U0ANA"]
            [calendar]
            workday = { start = "08:30" }
            [digest]
            channel = "C0SALES"
            "#;
        let lines = changes(&process(OLD), &process(&new));
        insta::assert_snapshot!(lines.join("\n"), @r"
        Workday: 09:00 to 17:00 → 08:30 to 17:00
        Digest, channel: none → C0SALES
        Pipeline review: every Monday at 09:00 → every Tuesday at 10:00
        Pipeline review: 60 minutes → 45 minutes
        Pipeline review, evidence: none → note
        Pipeline review, held by: every manager → Ben Adler
        Exception scan is new: every workday at 09:00, 10 minutes
        Ben Adler joins
        Fay Osei joins the team of Ana Ruiz
        Evan Cole moves from Ana Ruiz to Ben Adler
        Day off added: 2026-12-24 Office closed (for Ana Ruiz)
        ");
        let back = changes(&process(&new), &process(OLD));
        assert!(
            back.contains(&"Ben Adler leaves".to_owned()) && back.contains(&"Exception scan is dropped".to_owned())
        );
    }
}
