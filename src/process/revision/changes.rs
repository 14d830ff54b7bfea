//! What one process changes of another, in words: what `apply` shows before it takes effect, and `history` tells after.
//!
//! Everything is taken apart field by field, so that a new one cannot be forgotten here.

mod people;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::process::file::words::{capacity_word, grace_word, weekday_word};
use crate::process::file::write;
use crate::process::holidays::Holiday;
use crate::process::phrase::month_name;
use crate::process::{
    Activity, CalendarSettings, DigestSettings, EvidenceWanted, NumberQuestion, Per, Phrase, Process, UserId, Verify,
};
use words::{hours, listed, name_of, rhythm, word};

/// More days off than this, added or gone, are counted instead of listed.
const LISTED_DAYS: usize = 5;

/// What changes from `old` to `new`, a line each; empty where both say the same.
pub fn changes(old: &Process, new: &Process) -> Vec<String> {
    let Process {
        name,
        effective: _,
        revision: _,
        calendar,
        holidays: _,
        intensity,
        digest,
        activities: _,
        leaders: _,
        managers: _,
    } = old;
    let mut said = Changes(Vec::new());
    said.value("The process is renamed", name, &new.name, String::clone);
    said.calendar(calendar, &new.calendar);
    said.value("Nudges", intensity, &new.intensity, word);
    said.digest("Digest", "none", digest, &new.digest);
    said.activities(old, new);
    said.leaders(old, new);
    said.managers(old, new);
    said.reps(old, new);
    said.days_off(old, new);
    if said.0.is_empty() && bare(old) != bare(new) {
        said.say("Nothing that anybody is asked: only the order or the spelling of the file");
    }
    said.0
}

/// What a first process begins with, a line each.
pub fn beginning(process: &Process) -> Vec<String> {
    let count = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let Process { name, activities, managers, leaders, .. } = process;
    let reps = managers.iter().map(|manager| manager.reps.len()).sum();
    let mut said = vec![format!(
        "{name} begins: {}, {} with {}, {}",
        count(activities.len(), "activity").replace("activitys", "activities"),
        count(managers.len(), "manager"),
        count(reps, "rep"),
        count(leaders.len(), "leader")
    )];
    if !managers.is_empty() {
        said.push(format!("Managers: {}", listed(managers.iter().map(|manager| manager.name.clone()))));
    }
    said
}

/// The process as text, whenever it holds and whatever it was made from.
fn bare(process: &Process) -> String {
    write(&Process { effective: None, revision: None, ..process.clone() })
}

/// The lines so far.
struct Changes(Vec<String>);

impl Changes {
    fn say(&mut self, line: impl Into<String>) {
        self.0.push(line.into());
    }

    /// `Pipeline review: 60 → 45 minutes`
    fn value<T: PartialEq>(&mut self, what: &str, old: &T, new: &T, show: impl Fn(&T) -> String) {
        if old != new {
            self.say(format!("{what}: {} → {}", show(old), show(new)));
        }
    }

    /// The same for what may be left out, and then is `absent`.
    fn option<T: PartialEq>(
        &mut self,
        what: &str,
        absent: &str,
        (old, new): (&Option<T>, &Option<T>),
        show: impl Fn(&T) -> String,
    ) {
        self.value(what, old, new, |value| value.as_ref().map_or_else(|| absent.to_owned(), &show));
    }

    /// `monthly → quarterly`, or the times alone where nothing else changes.
    fn phrase(&mut self, what: &str, old: &Phrase, new: &Phrase) {
        if let Some(difference) = rhythm(old, new) {
            self.say(format!("{what}: {difference}"));
        }
    }

    fn calendar(&mut self, old: &CalendarSettings, new: &CalendarSettings) {
        let CalendarSettings { workweek, workday, fiscal_year_starts, capacity } = old;
        self.value("Workweek", workweek, &new.workweek, |week| {
            week.iter().map(|day| weekday_word(*day)).collect::<Vec<_>>().join(", ")
        });
        self.value("Workday", workday, &new.workday, hours);
        let month = |month: &i8| month_name(*month).to_owned();
        self.value("The fiscal year starts in", fiscal_year_starts, &new.fiscal_year_starts, month);
        self.value("Capacity", capacity, &new.capacity, |minutes| capacity_word(*minutes));
    }

    fn digest(&mut self, what: &str, absent: &str, old: &DigestSettings, new: &DigestSettings) {
        let DigestSettings { channel, when, time_zone } = old;
        self.option(&format!("{what}, channel"), absent, (channel, &new.channel), String::clone);
        match (when, &new.when) {
            (Some(old), Some(new)) => self.phrase(&format!("{what}, time"), old, new),
            (old, new) => {
                let absent = if absent == "none" { "every Friday at 16:00" } else { absent };
                self.option(&format!("{what}, time"), absent, (old, new), Phrase::to_string);
            }
        }
        let zones = (time_zone, &new.time_zone);
        self.option(&format!("{what}, time zone"), if absent == "none" { "UTC" } else { absent }, zones, words::zone);
    }

    fn activities(&mut self, old: &Process, new: &Process) {
        for gone in old.activities.iter().filter(|activity| new.activity(&activity.key).is_none()) {
            self.say(format!("{} is retired", gone.title));
        }
        for activity in &new.activities {
            match old.activity(&activity.key) {
                Some(before) => self.activity(before, activity, (old, new)),
                None => self.say(added(activity, new)),
            }
        }
    }

    fn activity(&mut self, old: &Activity, new: &Activity, processes: (&Process, &Process)) {
        let Activity {
            key: _,
            title: old_title,
            category,
            when,
            minutes,
            outcome,
            evidence,
            number,
            per,
            spread,
            priority,
            share_notes,
            grace,
            on_holiday,
            managers,
            verify,
            flexible,
        } = old;
        let title = new.title.as_str();
        if old_title != title {
            self.say(format!("{old_title} is now called {title}"));
        }
        self.phrase(title, when, &new.when);
        if *minutes != new.minutes {
            self.say(format!("{title}: {minutes} → {} minutes", new.minutes));
        }
        self.value(title, priority, &new.priority, word);
        let quoted = |outcome: &String| format!("“{outcome}”");
        self.option(&format!("{title}, expected outcome"), "none", (outcome, &new.outcome), quoted);
        self.value(&format!("{title}, evidence"), evidence, &new.evidence, asked_for);
        self.option(&format!("{title}, number"), "none", (number, &new.number), question);
        self.value(&format!("{title}, category"), category, &new.category, word);
        self.value(&format!("{title}, held"), per, &new.per, held);
        let shared_out =
            |spread: &bool| if *spread { "shared out over its days" } else { "all on each day" }.to_owned();
        self.value(&format!("{title}, reps"), spread, &new.spread, shared_out);
        let readers = |shared: &bool| if *shared { "shared" } else { "the writer's alone" }.to_owned();
        self.value(&format!("{title}, notes"), share_notes, &new.share_notes, readers);
        self.value(&format!("{title}, grace"), grace, &new.grace, |grace| grace_word(*grace));
        self.value(&format!("{title}, on a day off"), on_holiday, &new.on_holiday, word);
        self.value(&format!("{title}, borne out by"), verify, &new.verify, verifier);
        let standing = |flexible: &bool| if *flexible { "the manager may move it" } else { "fixed" }.to_owned();
        self.value(&format!("{title}, standing time"), flexible, &new.flexible, standing);
        self.holders(title, (managers.as_deref(), new.managers.as_deref()), processes);
    }

    fn holders(
        &mut self,
        title: &str,
        lists: (Option<&[UserId]>, Option<&[UserId]>),
        (old, new): (&Process, &Process),
    ) {
        let unlike = |some: &[UserId], others: &[UserId], process: &Process| {
            let names = some.iter().filter(|id| !others.contains(id)).map(|id| name_of(process, id));
            let names: Vec<String> = names.collect();
            (!names.is_empty()).then(|| listed(names))
        };
        match lists {
            (None, None) => {}
            (before, Some([])) if before.is_some_and(<[UserId]>::is_empty) => {}
            (_, Some([])) => self.say(format!("{title} is paused: nobody holds it for now")),
            (Some([]), after) => self.say(format!("{title} is resumed, held by: {}", holders(after, new))),
            (Some(before), Some(after)) => {
                let (gone, come) = (unlike(before, after, old), unlike(after, before, new));
                self.0.extend(come.map(|names| format!("{title}: now held by {names} too")));
                self.0.extend(gone.map(|names| format!("{title}: no longer held by {names}")));
            }
            (before, after) => {
                self.say(format!("{title}, held by: {} → {}", holders(before, old), holders(after, new)))
            }
        }
    }

    fn days_off(&mut self, old: &Process, new: &Process) {
        let (before, after) = (days_off(old), days_off(new));
        self.days("added", after.difference(&before).collect(), new);
        self.days("removed", before.difference(&after).collect(), old);
    }

    fn days(&mut self, what: &str, days: Vec<&DayOff>, process: &Process) {
        if let (true, Some((first, ..)), Some((last, ..))) = (days.len() > LISTED_DAYS, days.first(), days.last()) {
            return self.say(format!("{} holidays {what} ({first} … {last})", days.len()));
        }
        for (date, name, whose) in days {
            let name = name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            let whose = whose.as_ref().map(|some| listed(some.iter().map(|id| name_of(process, id))));
            let whose = whose.map(|whose| format!(" (for {whose})")).unwrap_or_default();
            self.say(format!("Holiday {what}: {date}{name}{whose}"));
        }
    }
}

/// `Exception scan is added: every workday at 09:00, 10 minutes for each rep`
fn added(activity: &Activity, process: &Process) -> String {
    let Activity { title, when, minutes, per, managers, .. } = activity;
    let each = match per {
        Per::Manager => "",
        Per::Rep => " for each rep",
    };
    let whose = managers.as_deref().map(|_| format!(", held by {}", holders(managers.as_deref(), process)));
    format!("{title} is added: {when}, {minutes} minutes{each}{}", whose.unwrap_or_default())
}

fn asked_for(wanted: &EvidenceWanted) -> String {
    let EvidenceWanted { note, link, number } = *wanted;
    let all = [("note", note), ("link", link), ("number", number)];
    let asked: Vec<&str> = all.iter().filter(|(_, is_wanted)| *is_wanted).map(|(kind, _)| *kind).collect();
    if asked.is_empty() { "none".to_owned() } else { asked.join(", ") }
}

fn question(number: &NumberQuestion) -> String {
    let NumberQuestion { label, target } = number;
    match target {
        Some(target) => format!("“{label}”, wanted {target}"),
        None => format!("“{label}”"),
    }
}

fn held(per: &Per) -> String {
    match per {
        Per::Manager => "once for each manager",
        Per::Rep => "once for each rep",
    }
    .to_owned()
}

fn verifier(verify: &Verify) -> String {
    match verify {
        Verify::None => "nobody",
        Verify::Rep => "the rep",
        Verify::Leader => "the leader",
        Verify::System => "the system",
    }
    .to_owned()
}

fn holders(managers: Option<&[UserId]>, process: &Process) -> String {
    match managers {
        None => "every manager".to_owned(),
        Some([]) => "nobody".to_owned(),
        Some(some) => listed(some.iter().map(|id| name_of(process, id))),
    }
}

/// A day off with its name, and whose it is.
type DayOff = (Date, Option<String>, Option<BTreeSet<UserId>>);

fn days_off(process: &Process) -> BTreeSet<DayOff> {
    let all = process.days_off();
    let day = |(date, holiday): (Date, &Holiday)| {
        let Holiday { name, managers } = holiday.clone();
        (date, name, managers.map(|some| some.into_iter().collect()))
    };
    all.iter().map(day).collect()
}
