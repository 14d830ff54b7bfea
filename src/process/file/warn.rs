//! What is legal, but surely not meant. A warning must never be noise: each has a test that it is given, and one that a
//! near miss is not.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::activities::ActivityRead;
use super::check::Parts;
use super::people::LeaderRead;
use super::problem::{Findings, Place};
use super::reading::Reading;
use super::words::time_word;
use crate::process::phrase::{Ordinal, Recur, SpanOf, Unit, weekday_name};
use crate::process::plan::{closes, time_in_slot};
use crate::process::recurrence::{Rule, dates, occurrences, slots};
use crate::process::{
    Activity, Calendar, Holidays, Manager, OnHoliday, Per, Phrase, Priority, Process, UserId, Verify,
};

/// Where things stand that a warning may point at.
pub(super) struct Notes {
    activities: Vec<ActivityNotes>,
    managers: Vec<Option<Place>>,
    leaders: Vec<LeaderNotes>,
    digest: (Option<Place>, Option<Place>),
}

struct ActivityNotes {
    /// Its list of managers, or its key.
    whose: Place,
    when: Place,
    title: Option<Place>,
    grace: Option<Place>,
    on_holiday: Option<Place>,
    verify: Option<Place>,
}

struct LeaderNotes {
    id: UserId,
    place: Option<Place>,
    channel: Option<Place>,
    when: Option<Place>,
}

impl Notes {
    pub fn of(parts: &Parts) -> Notes {
        let activity = |read: &ActivityRead| {
            let whose = read.managers.as_ref().map(|(_, place)| place).or(read.key.as_ref().map(|(_, place)| place));
            let (title, grace, on_holiday) = (read.title.clone(), read.grace.clone(), read.on_holiday.clone());
            let (when, verify) = (read.when.clone()?, read.verify.clone());
            Some(ActivityNotes { whose: whose?.clone(), when, title, grace, on_holiday, verify })
        };
        let leader = |read: &LeaderRead| LeaderNotes {
            id: read.leader.slack.clone(),
            place: read.slack.as_ref().map(|named| named.place.clone()),
            channel: read.digest.as_ref().and_then(|digest| digest.channel.clone()),
            when: read.digest.as_ref().and_then(|digest| digest.when.clone()),
        };
        Notes {
            activities: parts.activities.iter().filter_map(activity).collect(),
            managers: parts.managers.iter().map(|read| Some(read.slack.as_ref()?.place.clone())).collect(),
            leaders: parts.leaders.iter().map(leader).collect(),
            digest: (parts.digest.channel.clone(), parts.digest.when.clone()),
        }
    }
}

/// Notes what is surely not meant in a process without errors.
pub(super) fn warn(reading: &Reading<'_>, process: &Process, notes: &Notes) {
    let findings = reading.findings;
    let begins = process.effective.map_or(reading.today, |effective| effective.max(reading.today));
    let a_year_on = begins.checked_add(1.year()).unwrap_or(begins);
    for (activity, notes) in process.activities.iter().zip(&notes.activities) {
        held_by_nobody(findings, process, activity, notes);
        no_rep_to_ask(findings, activity, notes);
        outside_the_workday(findings, process, activity, notes);
        bunched(findings, process, activity, notes);
        sometimes_missing(findings, process, activity, notes);
        dropped_on_weekends(findings, activity, notes);
        outside_the_workweek(findings, process, activity, notes);
        overlapping(findings, process, activity, notes);
        starting_late(findings, &activity.when, &notes.when, a_year_on);
    }
    same_titles(findings, process, notes);
    holidays_unknown(reading, a_year_on);
    people(reading, process, notes);
    digests(findings, process, notes, a_year_on);
}

fn holders<'p>(process: &'p Process, activity: &Activity) -> Vec<&'p Manager> {
    process.managers.iter().filter(|manager| activity.is_held_by(&manager.slack)).collect()
}

fn held_by_nobody(findings: &Findings, process: &Process, activity: &Activity, notes: &ActivityNotes) {
    let holders = holders(process, activity);
    let with_reps = holders.iter().any(|manager| !manager.reps.is_empty());
    if !process.managers.is_empty() && (holders.is_empty() || (activity.per == Per::Rep && !with_reps)) {
        let (message, expected) = match activity.per {
            Per::Rep if !holders.is_empty() => ("is held per rep, but its managers have none", "expected reps"),
            Per::Rep | Per::Manager => ("is held by nobody", "expected managers, or no list for all of them"),
        };
        findings.warning(&notes.whose, format!("{} {message}", activity.title), expected);
    }
}

/// A rep can bear out what was held with them, and nothing else.
fn no_rep_to_ask(findings: &Findings, activity: &Activity, notes: &ActivityNotes) {
    if let (Verify::Rep, Per::Manager, Some(place)) = (activity.verify, activity.per, &notes.verify) {
        let message = format!("{} is held per manager, so there is no rep to bear it out", activity.title);
        findings.warning(place, message, "expected `per = \"rep\"` beside it, or another `verify`");
    }
}

/// A nudge for a time outside the workday waits for the next plan. Said once for an activity.
fn outside_the_workday(findings: &Findings, process: &Process, activity: &Activity, notes: &ActivityNotes) {
    let hours = |manager: &Manager| manager.workday.unwrap_or(process.calendar.workday);
    let is_outside = |manager: &&Manager| !(hours(manager).start..hours(manager).end).contains(&activity.when.at);
    let outside: Vec<&Manager> = holders(process, activity).into_iter().filter(is_outside).collect();
    let Some(first) = outside.first() else {
        return;
    };
    let whose = match outside.len() {
        1 => first.name.clone(),
        2 => format!("{} and one more", first.name),
        more => format!("{} and {} more", first.name, more - 1),
    };
    let (start, end) = (time_word(hours(first).start), time_word(hours(first).end));
    let message = format!("{} falls outside the workday of {whose}", activity.title);
    findings.warning(&notes.when, message, format!("expected a time from {start} to {end}"));
}

/// Turns in a shared slot that no longer fit into the day all begin as late as they can.
fn bunched(findings: &Findings, process: &Process, activity: &Activity, notes: &ActivityNotes) {
    let Some(slots) = slots(&activity.when).filter(|_| activity.spread) else {
        return;
    };
    for manager in holders(process, activity) {
        let workday = manager.workday.unwrap_or(process.calendar.workday);
        let mut at: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for rep in &manager.reps {
            let turn = rep.slot / slots;
            let turns = at.entry((rep.slot % slots, time_in_slot(activity, turn, workday))).or_default();
            if !turns.contains(&turn) {
                turns.push(turn);
            }
        }
        // Reps who were given one and the same slot share it by choice.
        if let Some(((_, time), turns)) = at.iter().find(|(_, turns)| turns.len() > 1) {
            let (time, count) = (time_word(*time), turns.len());
            let message = format!(
                "{}: {count} of the reps of {} share {time}, the day's last place",
                activity.title, manager.name
            );
            findings.warning(&notes.when, message, "expected more days, an earlier time, or fewer minutes");
            return;
        }
    }
}

/// A calendar without days off, to judge a phrase by itself.
fn plain_calendar(process: &Process) -> Calendar {
    Calendar {
        workweek: process.calendar.workweek.clone(),
        workday: process.calendar.workday,
        fiscal_year_starts: process.calendar.fiscal_year_starts,
        zone: TimeZone::UTC,
        holidays: Holidays::default(),
    }
}

/// So many whole fiscal years, from the one after the phrase starts.
fn whole_years(process: &Process, phrase: &Phrase, years: i16) -> Option<(Date, Date)> {
    let first_year = phrase.starting.map_or(2024, Date::year).checked_add(1)?;
    let from = Date::new(first_year, process.calendar.fiscal_year_starts, 1).ok()?;
    Some((from, from.checked_add(Span::new().years(years)).ok()?.yesterday().ok()?))
}

/// What must be done in every span, but has no day in some.
fn sometimes_missing(findings: &Findings, process: &Process, activity: &Activity, notes: &ActivityNotes) {
    let Recur::Ordinal { ordinals, unit, span } = &activity.when.recur else {
        return;
    };
    // After 28 years weekdays and leap years come round again.
    let Some((from, to)) = whole_years(process, &activity.when, 28).filter(|_| activity.priority == Priority::Must)
    else {
        return;
    };
    let calendar = plain_calendar(process);
    let count = |ordinal: Ordinal, unit: Unit| {
        let recur = Recur::Ordinal { ordinals: vec![ordinal], unit, span: span.clone() };
        dates(&Phrase { recur, ..activity.when.clone() }, &calendar, from, to, None).count()
    };
    let spans = count(Ordinal::FromStart(1), Unit::Day);
    if let Some(rare) = ordinals.iter().find(|ordinal| count(**ordinal, *unit) < spans) {
        let name = match span {
            SpanOf::EveryQuarter => "quarter",
            SpanOf::EveryYear => "year",
            SpanOf::EveryMonth | SpanOf::EveryOtherMonth | SpanOf::Months(_) | SpanOf::MonthOfQuarter(_) => "month",
        };
        let message = format!("{}: not every such {name} has a {rare} {unit}, and then there is none", activity.title);
        findings.warning(&notes.when, message, format!("expected one that all have, such as `the last {unit}`"));
    }
}

/// `skip` is thought of as for holidays, but a date found by counting days falls on weekends too.
fn dropped_on_weekends(findings: &Findings, activity: &Activity, notes: &ActivityNotes) {
    let counts_days = matches!(activity.when.recur, Recur::Ordinal { unit: Unit::Day, .. });
    if let (true, OnHoliday::Skip, Priority::Must, Some(place)) =
        (counts_days, activity.on_holiday, activity.priority, &notes.on_holiday)
    {
        let message = format!("{} is dropped whenever its date is not in the workweek", activity.title);
        findings.warning(place, message, "expected `following`, `preceding` or `modified following`");
    }
}

/// On a day outside the workweek nobody is nudged.
fn outside_the_workweek(findings: &Findings, process: &Process, activity: &Activity, notes: &ActivityNotes) {
    let named: Vec<Weekday> = match &activity.when.recur {
        Recur::Weekly { weekdays, .. } => weekdays.clone(),
        Recur::Ordinal { unit: Unit::Weekday(weekday), .. } => vec![*weekday],
        Recur::EveryDay | Recur::EveryWorkday | Recur::Ordinal { .. } => Vec::new(),
    };
    if let Some(day) = named.into_iter().find(|day| !process.calendar.workweek.contains(day)) {
        let message = format!("{}: {} is not in the workweek, so its nudge waits", activity.title, weekday_name(day));
        findings.warning(&notes.when, message, "expected a day of the workweek");
    }
}

/// A grace that the file gives, so long that whoever is late has always two of them open.
fn overlapping(findings: &Findings, process: &Process, activity: &Activity, notes: &ActivityNotes) {
    let (Some(place), Some((from, to))) = (&notes.grace, whole_years(process, &activity.when, 3)) else {
        return;
    };
    let calendar = plain_calendar(process);
    let slot = slots(&activity.when).filter(|_| activity.spread).map(|_| 0);
    let rule = Rule { slot, ..Rule::new(&activity.when, activity.on_holiday) };
    let due = occurrences(&rule, &calendar, from, to);
    let is_late =
        |pair: &[jiff::Zoned]| closes(&calendar, activity.grace, pair[0].date(), &pair[0]).date() > pair[1].date();
    if due.len() > 1 && due.windows(2).all(is_late) {
        let message = format!("{} is still open when the next one is over", activity.title);
        findings.warning(place, message, "expected a grace that is shorter than the time between two of them");
    }
}

fn starting_late(findings: &Findings, phrase: &Phrase, place: &Place, a_year_on: Date) {
    if let Some(starting) = phrase.starting.filter(|starting| *starting > a_year_on) {
        let message = format!("this starts more than a year from now, on {starting}");
        findings.warning(place, message, "expected an earlier date, if it is not meant for then");
    }
}

/// Two lines of a nudge that read alike.
fn same_titles(findings: &Findings, process: &Process, notes: &Notes) {
    let mut seen: BTreeMap<String, &Activity> = BTreeMap::new();
    for (activity, notes) in process.activities.iter().zip(&notes.activities) {
        let title = activity.title.trim().to_lowercase();
        let shared = |first: &&Activity| {
            process.managers.iter().any(|m| first.is_held_by(&m.slack) && activity.is_held_by(&m.slack))
        };
        match (seen.get(&title).filter(|first| shared(first)), &notes.title) {
            (Some(first), Some(place)) => {
                let message = format!("{} is the title of `{}` too", activity.title, first.key);
                findings.warning(place, message, "expected a title of its own: a nudge shows nothing else");
            }
            (Some(_) | None, _) => {
                seen.insert(title, activity);
            }
        }
    }
}

/// A year that is planned with holidays that nobody has written down yet.
fn holidays_unknown(reading: &Reading<'_>, a_year_on: Date) {
    for (place, last) in reading.holiday_lists.borrow().values() {
        let Some(last) = last else {
            continue;
        };
        // A file whose last day off is in November or December is one for the whole year.
        let until = if last.month() >= 11 { date(last.year(), 12, 31) } else { *last };
        if let Some(unknown) = until.tomorrow().ok().filter(|unknown| *unknown < a_year_on) {
            let message = format!("from {unknown} on these files know no holidays");
            reading.findings.warning(place, message, "expected a file for the year after beside them");
        }
    }
}

fn people(reading: &Reading<'_>, process: &Process, notes: &Notes) {
    for (manager, place) in process.managers.iter().zip(&notes.managers) {
        let Some(place) = place else {
            continue;
        };
        if manager.time_zone.is_none() && !reading.around.knows_time_zones() {
            let message = format!("{} has no time zone, so UTC is used", manager.name);
            reading.findings.warning(place, message, "expected such as `time_zone = \"America/Chicago\"`");
        }
        // Where an activity is held by nobody, that has been said, and is likely why.
        let all_held = process.activities.iter().all(|activity| !holders(process, activity).is_empty());
        let idle = !process.activities.iter().any(|activity| activity.is_held_by(&manager.slack));
        if !process.activities.is_empty() && all_held && idle {
            let message = format!("{} has no activity, so there is nothing to nudge about", manager.name);
            reading.findings.warning(place, message, "expected to be in an activity's `managers`");
        }
    }
    for leader in &notes.leaders {
        let led = process.managers.iter().any(|manager| process.is_led_by(&manager.leader, &leader.id));
        if let (false, false, Some(place)) = (led, process.managers.is_empty(), &leader.place) {
            let name = process.leader(&leader.id).map_or("", |leader| leader.name.as_str());
            let message = format!("{name} leads nobody, so there is no digest to read");
            reading.findings.warning(place, message, "expected to be the `leader` of a manager");
        }
    }
}

fn digests(findings: &Findings, process: &Process, notes: &Notes, a_year_on: Date) {
    let (channel, when) = &notes.digest;
    let posted = notes.leaders.iter().filter_map(|notes| Some((process.leader(&notes.id)?, notes.channel.as_ref()?)));
    let zoneless = posted.filter(|(leader, _)| leader.digest.or(&process.digest).time_zone.is_none());
    let mut places: Vec<&Place> = zoneless.map(|(_, place)| place).collect();
    if process.digest.time_zone.is_none() {
        places.extend(channel);
    }
    for place in places {
        let expected = "expected such as `time_zone = \"America/New_York\"` beside it";
        findings.warning(place, "this digest has no time zone, so UTC is used", expected);
    }
    let own = notes.leaders.iter().filter_map(|notes| {
        let digest = &process.leader(&notes.id)?.digest;
        Some((digest.when.as_ref()?, notes.when.as_ref()?, notes.channel.is_some() || channel.is_some()))
    });
    let everybodys = process.digest.when.as_ref().zip(when.as_ref()).map(|(phrase, place)| {
        (phrase, place, channel.is_some() || notes.leaders.iter().any(|leader| leader.channel.is_some()))
    });
    for (phrase, place, has_channel) in own.chain(everybodys) {
        starting_late(findings, phrase, place, a_year_on);
        if !has_channel {
            findings.warning(place, "this digest has no channel, so it is not posted", "expected `channel` beside it");
        }
    }
}
