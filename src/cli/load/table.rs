//! The time audit for people: one screen for the team, then each manager in short.

use std::cmp::Reverse;

use comfy_table::CellAlignment;
use jiff::civil::Date;

use super::super::output::{bar, count, table, table_text};
use crate::process::load::change::Change;
use crate::process::load::suggestions::{Relief, Suggested, Suggestion};
use crate::process::load::{ActivityLoad, Audit, Load, Period, Stretch};

/// So many managers are told of one by one; of more, only who is over.
const TOLD_EACH: usize = 12;
/// So many rows of the team's table.
const ROWS: usize = 20;
/// So many of the activities that take most, and of the heaviest weeks.
const ACTIVITIES: usize = 8;
const WEEKS: usize = 3;

/// Minutes as hours with one decimal.
pub(super) fn hours(minutes: f64) -> String {
    format!("{:.1}", minutes / 60.0)
}

pub(super) fn told(audit: &Audit<'_>) -> String {
    let mut text = format!("{}, {} to {}\n\n", audit.process.name, day(audit.from), day(audit.to));
    if audit.loads.is_empty() {
        return text + "Nobody takes part yet: name a [[manager]] in one of the files.\n";
    }
    text += &summary(audit);
    text += &managers(audit);
    text += &activities(audit);
    text += &notes(audit);
    for suggestion in &audit.suggestions {
        text += "\n";
        text += &suggested(suggestion, audit);
    }
    if audit.suggestions.iter().any(|suggestion| suggestion.fits() && suggestion.managers.len() < audit.loads.len()) {
        text += "\nTo change an activity for one manager, take them off its `managers` and give them a line of their own.\n";
    }
    text
}

fn summary(audit: &Audit<'_>) -> String {
    let week = |minutes: &dyn Fn(&Load<'_>) -> f64| hours(audit.average(Period::Week, minutes));
    let asked = week(&|load| load.asked.total() as f64);
    let (must, nice) = (week(&|load| load.asked.must as f64), week(&|load| load.asked.nice as f64));
    let given = week(&|load| load.capacity.minutes());
    let over = audit.over().count();
    let verdict = match (over, audit.loads.len()) {
        (0, 1) => "It fits.".to_owned(),
        (0, _) => "Everybody fits.".to_owned(),
        (_, 1) => "That is too much.".to_owned(),
        (over, all) => format!("That is too much for {over} of the {all}."),
    };
    let who = count(audit.loads.len(), "manager is", "managers are");
    format!("{who} asked for {asked} h a week (must {must}, nice {nice}) of the {given} h there are. {verdict}\n\n")
}

fn managers(audit: &Audit<'_>) -> String {
    let mut loads: Vec<_> = audit.loads.iter().collect();
    if loads.len() > ROWS {
        // The fullest first: they are what one looks for.
        loads.sort_by(|a, b| b.share().unwrap_or(f64::MAX).total_cmp(&a.share().unwrap_or(f64::MAX)));
    }
    let mut table = table(&["Hours a week", "reps", "", "asked", "of", "must", "nice", "weeks over"]);
    for load in loads.iter().take(ROWS) {
        let of = |minutes| hours(load.average(minutes, Period::Week));
        table.add_row([
            load.manager.name.clone(),
            load.manager.reps.len().to_string(),
            gauge(load),
            hours(load.a_week()),
            hours(load.capacity_a_week()),
            of(load.asked.must as f64),
            of(load.asked.nice as f64),
            format!("{} of {}", load.weeks_over().count(), load.whole_weeks().count()),
        ]);
    }
    for column in [1, 3, 4, 5, 6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = table_text(&table);
    if loads.len() > ROWS {
        text += &format!("… and {} less full\n", loads.len() - ROWS);
    }
    let rounds = audit.loads.iter().any(|load| load.capacity_a_week() < f64::from(load.full_week) - 3.0);
    if rounds {
        text += "OF: what they can give, less in a week with days off.\n";
    }
    text
}

/// A bar, and the share in percent.
fn gauge(load: &Load<'_>) -> String {
    match load.share() {
        Some(share) => format!("{} {:>3.0}%", bar(share), share * 100.0),
        None => String::new(),
    }
}

/// Where the time goes: the activities that take most.
fn activities(audit: &Audit<'_>) -> String {
    let all = audit.activities();
    let total = audit.asked().total() as f64;
    let a_week = |line: &ActivityLoad<'_>| {
        let of = |load: &Load<'_>| {
            let same = load.activities.iter().find(|own| own.activity.key == line.activity.key);
            same.map_or(0.0, |own| own.minutes as f64)
        };
        audit.average(Period::Week, of)
    };
    let mut sorted: Vec<_> = all.iter().collect();
    sorted.sort_by_key(|line| Reverse(line.minutes));
    let most = if audit.loads.len() == 1 { usize::MAX } else { ACTIVITIES };
    let mut table = table(&["Where it goes", "", "h a week", "times", "when"]);
    for line in sorted.iter().take(most) {
        let share = line.minutes as f64 / total;
        table.add_row([
            line.activity.title.clone(),
            format!("{:>3.0}%", share * 100.0),
            hours(a_week(line)),
            line.occurrences.to_string(),
            line.activity.when.recur.to_string(),
        ]);
    }
    for column in [2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("\n{}", table_text(&table));
    if let Some(rest) = sorted.get(most..).filter(|rest| !rest.is_empty()) {
        let rest_a_week: f64 = rest.iter().map(|line| a_week(line)).sum();
        text += &format!("… and {} more, {} h a week\n", rest.len(), hours(rest_a_week));
    }
    text
}

/// Each manager in short.
fn notes(audit: &Audit<'_>) -> String {
    let mut text = String::new();
    let all = audit.loads.len() <= TOLD_EACH;
    for (load, rep) in audit.loads.iter().zip(&audit.additional_rep) {
        if all || load.is_over() {
            text += "\n";
            text += &note(load, *rep);
        }
    }
    if !all {
        text += "\nWho is not named here fits; --manager ID tells of one.\n";
    }
    text
}

fn note(load: &Load<'_>, additional_rep: u64) -> String {
    let of = |period| hours(load.average(load.asked.total() as f64, period));
    let mut text = format!(
        "{}: {} h a week, {} a month, {} a quarter, {} a year\n",
        load.manager.name,
        of(Period::Week),
        of(Period::Month),
        of(Period::Quarter),
        of(Period::Year)
    );
    let quarters: Vec<_> = load.stretches.of(Period::Quarter).map(quarter).collect();
    text += &format!("  Quarters from {}\n", quarters.join(", "));
    for (place, week) in load.heaviest_weeks(WEEKS).into_iter().enumerate() {
        let head = if place == 0 { "Heaviest weeks" } else { "" };
        text += &format!("  {head:14} {}\n", heavy(week));
    }
    if additional_rep > 0 {
        let a_week = hours(load.average(additional_rep as f64, Period::Week));
        text += &format!("  One more rep would take {a_week} h a week.\n");
    }
    text
}

/// `Jan 221.3 h of 248.0`
fn quarter(quarter: &Stretch<'_>) -> String {
    let part = if quarter.is_whole() { "" } else { " (in part)" };
    let (asked, capacity) = (hours(quarter.asked.total() as f64), hours(quarter.capacity.minutes()));
    format!("{}{part}: {asked} of {capacity}", quarter.first.strftime("%b"))
}

/// A week's date and hours, and what makes it heavy.
fn heavy(week: &Stretch<'_>) -> String {
    const NAMED: usize = 3;
    let over = if week.capacity.holds(week.asked.total()) { "" } else { ", over" };
    let given = hours(week.capacity.minutes());
    let why: Vec<_> = week
        .activities()
        .into_iter()
        .take(NAMED)
        .map(|(activity, minutes)| format!("{} {}", short(&activity.title), hours(minutes as f64)))
        .collect();
    let asked = hours(week.asked.total() as f64);
    format!("{:>11}  {asked} h of {given}{over}: {}", day(week.begins), why.join(", "))
}

/// A title that leaves room for others on its line.
fn short(title: &str) -> String {
    const MOST: usize = 20;
    if title.chars().count() <= MOST { title.to_owned() } else { title.chars().take(MOST - 1).collect::<String>() + "…" }
}

fn suggested(suggestion: &Suggestion<'_>, audit: &Audit<'_>) -> String {
    let load_of = |relief: &Relief<'_>| audit.loads.iter().find(|load| load.manager.slack == relief.manager.slack);
    let a_week = |relief: &Relief<'_>, minutes: u64| {
        load_of(relief).map_or(0.0, |load| load.average(minutes as f64, Period::Week))
    };
    let before_after =
        |relief: &Relief<'_>| (hours(a_week(relief, relief.before)), hours(a_week(relief, relief.after)));
    let these = match suggestion.changes.len() {
        1 => "This change".to_owned(),
        number => format!("These {number} changes"),
    };
    let mut text = String::new();
    match suggestion.managers.as_slice() {
        [one] if suggestion.fits() => {
            let (before, after) = before_after(one);
            text += &format!("{these} would bring {} from {before} to {after} h a week:\n", one.manager.name);
        }
        [one] => {
            let (before, after) = before_after(one);
            text += &format!(
                "{}: no set of changes is enough. With everything shortened, made rarer or, where it is nice to have, \
                 dropped,\n{before} h a week would still be {after}. It takes fewer reps, fewer activities, or more hours.\n",
                one.manager.name
            );
        }
        several => {
            text += &format!("{these} would bring all {} who are over inside their hours:\n", several.len());
        }
    }
    let days: f64 = suggestion.managers.iter().filter_map(load_of).map(|load| f64::from(load.days)).sum();
    for change in &suggestion.changes {
        let frees = hours(change.frees as f64 * 7.0 / days.max(1.0));
        text += &format!("  {}, frees {frees} h a week\n", in_words(change));
    }
    if suggestion.managers.len() > 1 {
        for relief in suggestion.managers.iter().take(ROWS) {
            let (before, after) = before_after(relief);
            text += &format!("  {}: {before} → {after} h a week\n", relief.manager.name);
        }
        if suggestion.managers.len() > ROWS {
            text += &format!("  … and {} more\n", suggestion.managers.len() - ROWS);
        }
    }
    text
}

fn in_words(suggested: &Suggested<'_>) -> String {
    let title = &suggested.activity.title;
    match &suggested.change {
        Change::Drop => format!("{title}: drop it (it is nice to have)"),
        Change::LessOften(when) => format!("{title}: `{when}`"),
        Change::Shorten(minutes) => format!("{title}: {minutes} minutes instead of {}", suggested.activity.minutes),
    }
}

/// `7 Dec 2026`
fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
