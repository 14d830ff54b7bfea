//! What only shows when all parts are there: who is known, who leads whom, and what can never happen.

use std::collections::BTreeMap;

use super::activities::ActivityRead;
use super::people::{LeaderRead, ManagerRead};
use super::problem::{Findings, Place};
use super::reading::{Named, Reading};
use super::settings::{CalendarRead, DigestRead, Head, HolidayRead};
use super::warn::{Notes, warn};
use super::words::nearest;
use crate::process::holidays::Holiday;
use crate::process::recurrence::can_occur;
use crate::process::{Holidays, Intensity, Leader, Manager, Process, UserId};

/// All parts of the file, each read by itself.
pub(super) struct Parts {
    pub head: Head,
    pub calendar: CalendarRead,
    pub intensity: Intensity,
    pub digest: DigestRead,
    pub days: Vec<HolidayRead>,
    pub activities: Vec<ActivityRead>,
    pub leaders: Vec<LeaderRead>,
    pub managers: Vec<ManagerRead>,
}

/// Checks the whole and puts it together; `None` where something needed could not be read.
pub(super) fn whole(reading: &Reading<'_>, parts: Parts) -> Option<Process> {
    let findings = reading.findings;
    duplicate_keys(findings, &parts.activities);
    duplicate_people(findings, &parts);
    let is_lost = |table| reading.lost.borrow().contains(&table);
    if !is_lost("leader") {
        unknown_leaders(findings, &parts);
    }
    if !is_lost("manager") {
        unknown_managers(findings, &parts);
    }
    reps_elsewhere(findings, &parts);
    circles(findings, &parts);
    impossible_phrases(findings, &parts);
    let (notes, process) = (Notes::of(&parts), assemble(parts)?);
    if !findings.has_errors() {
        warn(reading, &process, &notes);
    }
    Some(process)
}

/// Where the first mention of each stands, in order of mention; what comes again is handed to `again`.
fn firsts<'p, K: Ord>(
    mentions: impl IntoIterator<Item = (K, &'p Place)>,
    mut again: impl FnMut(&K, &'p Place, &'p Place),
) {
    let mut seen: BTreeMap<K, &'p Place> = BTreeMap::new();
    for (key, place) in mentions {
        match seen.get(&key) {
            Some(first) => again(&key, place, first),
            None => {
                seen.insert(key, place);
            }
        }
    }
}

fn duplicate_keys(findings: &Findings, activities: &[ActivityRead]) {
    let keys = activities.iter().filter_map(|read| read.key.as_ref()).map(|(key, place)| (key, place));
    firsts(keys, |key, place, first| {
        let message = format!("there is an activity `{key}` already, in {}", findings.where_is(first));
        findings.error(place, message, "expected a key of its own");
    });
}

fn duplicate_people(findings: &Findings, parts: &Parts) {
    let complain = |what: &str, id: &UserId, place: &Place, first: &Place| {
        let message = format!("{id} is {what} already, in {}", findings.where_is(first));
        findings.error(place, message, "expected each person once");
    };
    let managers = parts.managers.iter().filter_map(|read| read.slack.as_ref());
    firsts(managers.map(|named| (&named.id, &named.place)), |id, place, first| {
        complain("a manager", id, place, first);
    });
    let leaders = parts.leaders.iter().filter_map(|read| read.slack.as_ref());
    firsts(leaders.map(|named| (&named.id, &named.place)), |id, place, first| complain("a leader", id, place, first));
    let reps = parts.managers.iter().flat_map(|read| &read.reps);
    firsts(reps.map(|named| (&named.id, &named.place)), |id, place, first| {
        complain("somebody's rep", id, place, first);
    });
}

/// Complains that `named` is not among the `known`, given as ids with their names.
fn unknown(findings: &Findings, named: &Named, what: &str, table: &str, known: &[(&UserId, &str)]) {
    let meant = nearest(named.id.as_str(), known.iter().map(|(id, _)| id.as_str()));
    let expected = match meant.and_then(|meant| known.iter().find(|(id, _)| id.as_str() == meant)) {
        Some((id, name)) => format!("did you mean {id} ({name})?"),
        None => format!("expected somebody who has a {table}"),
    };
    findings.error(&named.place, format!("there is no {what} {}", named.id), expected);
}

fn unknown_leaders(findings: &Findings, parts: &Parts) {
    // One that could not be read may be the very one that is missed here.
    if parts.leaders.iter().any(|read| read.slack.is_none()) {
        return;
    }
    let known: Vec<_> = parts.leaders.iter().map(|read| (&read.leader.slack, read.leader.name.as_str())).collect();
    let above_managers = parts.managers.iter().filter_map(|read| Some((&read.manager.slack, read.leader.as_ref()?)));
    let above_leaders = parts.leaders.iter().filter_map(|read| Some((&read.leader.slack, read.above.as_ref()?)));
    // Who names themself is told so by `circles`.
    for (_, named) in above_managers.chain(above_leaders).filter(|(who, named)| **who != named.id) {
        if !known.iter().any(|(id, _)| **id == named.id) {
            unknown(findings, named, "leader", "[[leader]]", &known);
        }
    }
}

fn unknown_managers(findings: &Findings, parts: &Parts) {
    if parts.managers.iter().any(|read| read.slack.is_none()) {
        return;
    }
    let known: Vec<_> = parts.managers.iter().map(|read| (&read.manager.slack, read.manager.name.as_str())).collect();
    let of_activities =
        parts.activities.iter().filter_map(|read| read.managers.as_ref()).flat_map(|(people, _)| people);
    let of_holidays = parts.days.iter().filter_map(|read| read.managers.as_ref()).flatten();
    for named in of_activities.chain(of_holidays) {
        if !known.iter().any(|(id, _)| **id == named.id) {
            unknown(findings, named, "manager", "[[manager]]", &known);
        }
    }
}

fn reps_elsewhere(findings: &Findings, parts: &Parts) {
    let managers = parts.managers.iter().filter_map(|read| Some((read.slack.as_ref()?, "a manager")));
    let leaders = parts.leaders.iter().filter_map(|read| Some((read.slack.as_ref()?, "a leader")));
    let above: Vec<_> = managers.chain(leaders).collect();
    for rep in parts.managers.iter().flat_map(|read| &read.reps) {
        if let Some((other, what)) = above.iter().find(|(other, _)| other.id == rep.id) {
            let message = format!("{} is a rep here and {what} in {}", rep.id, findings.where_is(&other.place));
            findings.error(&rep.place, message, "expected a rep to be neither manager nor leader");
        }
    }
}

/// Nobody leads themself, straight or round a circle. The error stands at the word that closes the circle.
fn circles(findings: &Findings, parts: &Parts) {
    let of_managers = parts.managers.iter().filter_map(|read| Some((read.slack.as_ref()?, read.leader.as_ref()?)));
    let of_leaders = parts.leaders.iter().filter_map(|read| Some((read.slack.as_ref()?, read.above.as_ref()?)));
    let mut links: Vec<(&Named, &Named)> = of_managers.chain(of_leaders).collect();
    links.sort_by(|a, b| a.1.place.cmp(&b.1.place));
    let mut above: BTreeMap<&UserId, Vec<&UserId>> = BTreeMap::new();
    for (who, leader) in links {
        if who.id == leader.id {
            let message = format!("{} is named as their own leader", who.id);
            findings.error(&leader.place, message, "expected somebody else");
        } else if let Some(way) = way_up(&above, &leader.id, &who.id) {
            let round: Vec<&str> = std::iter::once(&who.id).chain(way).map(UserId::as_str).collect();
            let message = format!("the leaders go round in a circle: {}", round.join(" → "));
            findings.error(&leader.place, message, "expected a leader who is not led by this person");
        } else {
            above.entry(&who.id).or_default().push(&leader.id);
        }
    }
}

/// The people on the way up `from` somebody `to` somebody, both included.
fn way_up<'p>(above: &BTreeMap<&UserId, Vec<&'p UserId>>, from: &'p UserId, to: &UserId) -> Option<Vec<&'p UserId>> {
    let mut ways = vec![vec![from]];
    let mut seen = vec![from];
    while let Some(way) = ways.pop() {
        let last = *way.last()?;
        if last == to {
            return Some(way);
        }
        for next in above.get(last).into_iter().flatten().filter(|next| !seen.contains(next)).collect::<Vec<_>>() {
            seen.push(next);
            ways.push(way.iter().copied().chain([*next]).collect());
        }
    }
    None
}

/// A phrase that never occurs would be a line of the process that nobody ever hears of.
fn impossible_phrases(findings: &Findings, parts: &Parts) {
    let of_activities =
        parts.activities.iter().filter_map(|read| Some((&read.activity.as_ref()?.when, read.when.as_ref()?)));
    let digests = std::iter::once(&parts.digest).chain(parts.leaders.iter().filter_map(|read| read.digest.as_ref()));
    let of_digests = digests.filter_map(|read| Some((read.settings.when.as_ref()?, read.when.as_ref()?)));
    let settings = &parts.calendar.settings;
    for (phrase, place) in of_activities.chain(of_digests) {
        // An empty workweek has been complained about where it stands.
        if !settings.workweek.is_empty() && !can_occur(phrase, &settings.workweek, settings.fiscal_year_starts) {
            findings.error(place, "this can never occur: no such day comes", "expected a phrase whose day exists");
        }
    }
}

fn assemble(parts: Parts) -> Option<Process> {
    let mut holidays = Holidays::default();
    for (date, name) in parts.calendar.days_off {
        holidays.add(date, Holiday { name, managers: None });
    }
    for day in parts.days {
        let managers = day.managers.map(|people| people.into_iter().map(|named| named.id).collect());
        holidays.add(day.date?, Holiday { name: day.name, managers });
    }
    let managers: Vec<Manager> = parts.managers.into_iter().map(|read| read.manager).collect();
    Some(Process {
        name: parts.head.name,
        effective: parts.head.effective,
        revision: parts.head.revision,
        calendar: parts.calendar.settings,
        holidays,
        intensity: parts.intensity,
        digest: parts.digest.settings,
        activities: parts.activities.into_iter().map(|read| read.activity).collect::<Option<_>>()?,
        leaders: parts.leaders.into_iter().map(|read| led(read.leader, &managers)).collect(),
        managers,
    })
}

/// Who leads and is a manager too has one leader above, said once or twice.
fn led(leader: Leader, managers: &[Manager]) -> Leader {
    let as_manager =
        || managers.iter().find(|manager| manager.slack == leader.slack).map(|manager| manager.leader.clone());
    Leader { leader: leader.leader.clone().or_else(as_manager), ..leader }
}
