//! The time audit for people: one screen for the team, then each manager in short.

use std::cmp::Reverse;

use comfy_table::{CellAlignment, Table};
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
/// So many times the average make a week worth naming.
const STANDS_OUT: f64 = 1.1;
/// So many letters of a title, and of a phrase.
const TITLE: usize = 34;
const PHRASE: usize = 36;

/// Minutes as hours with one decimal.
pub(super) fn hours(minutes: f64) -> String {
    format!("{:.1}", minutes / 60.0)
}

pub(super) fn told(audit: &Audit<'_>) -> String {
    let mut text = format!("{}, {} to {}\n\n", audit.process.name, day(audit.from), day(audit.to));
    if audit.loads.is_empty() {
        let nobody = match audit.process.managers.is_empty() {
            true => "Nobody takes part yet: name a [[manager]] in one of the files.\n",
            false => "The manager you ask for takes no part between these dates: ask for others.\n",
        };
        return text + nobody;
    }
    if audit.asked().total() == 0 {
        let who = count(audit.loads.len(), "manager takes", "managers take");
        let why = "nothing falls due for them between these dates. An activity's `managers` says whose it is.";
        return text + &format!("{who} part, but {why}\n");
    }
    text += &summary(audit);
    text += &managers(audit);
    text += &activities(audit);
    text += &rep_more(audit);
    text += &notes(audit);
    for suggestion in &audit.suggestions {
        text += "\n";
        text += &suggested(suggestion);
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
    format!("{who} asked for {asked} h a week of {given} (must {must}, nice {nice}). {verdict}\n\n")
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
            short(&load.manager.name, TITLE),
            load.manager.reps.len().to_string(),
            gauge(load),
            hours(load.a_week()),
            hours(load.capacity_a_week()),
            of(load.asked.must as f64),
            of(load.asked.nice as f64),
            format!("{} of {}", load.weeks_over().count(), load.whole_weeks().count()),
        ]);
    }
    to_the_right(&mut table, &[1, 3, 4, 5, 6, 7]);
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

fn to_the_right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
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
    let a_week = |line: &ActivityLoad<'_>| audit.a_week_of(&line.activity.key);
    let mut sorted: Vec<_> = all.iter().collect();
    sorted.sort_by_key(|line| Reverse(line.minutes));
    let most = if audit.loads.len() == 1 { sorted.len() } else { ACTIVITIES };
    let mut table = table(&["Where it goes", "", "h a week", "times", "when"]);
    for line in sorted.iter().take(most) {
        let share = line.minutes as f64 / total;
        table.add_row([
            short(&line.activity.title, TITLE),
            format!("{:>3.0}%", share * 100.0),
            hours(a_week(line)),
            line.occurrences.to_string(),
            short(&line.activity.when.recur.to_string(), PHRASE),
        ]);
    }
    to_the_right(&mut table, &[2, 3]);
    let mut text = format!("\n{}", table_text(&table));
    if let Some(rest) = sorted.get(most..).filter(|rest| !rest.is_empty()) {
        let rest_a_week: f64 = rest.iter().map(|line| a_week(line)).sum();
        text += &format!("… and {} more, {} h a week\n", rest.len(), hours(rest_a_week));
    }
    text
}

/// `One more rep would take 1.5 h a week.`
fn rep_more(audit: &Audit<'_>) -> String {
    let costs = audit.loads.iter().zip(&audit.additional_rep);
    let mut costs: Vec<f64> = costs.map(|(load, rep)| load.average(*rep as f64, Period::Week)).collect();
    costs.sort_by(f64::total_cmp);
    match (costs.first(), costs.last()) {
        (Some(least), Some(most)) if *most > 0.0 => {
            let (least, most) = (hours(*least), hours(*most));
            let range = if least == most { most } else { format!("{least} to {most}") };
            format!("\nOne more rep would take {range} h a week of a manager's time.\n")
        }
        (Some(_), Some(_)) | (None, _) | (_, None) => String::new(),
    }
}

/// Each manager in short; one alone month by month too.
fn notes(audit: &Audit<'_>) -> String {
    let mut text = String::new();
    let all = audit.loads.len() <= TOLD_EACH;
    for load in audit.loads.iter().filter(|load| all || load.is_over()).take(TOLD_EACH) {
        text += "\n";
        text += &note(load, if audit.loads.len() == 1 { super::json::HEAVIEST } else { WEEKS });
    }
    if !all {
        text += "\n--manager ID tells of anyone else.\n";
    }
    match audit.loads.as_slice() {
        [one] => text + &months(one),
        [] | [_, ..] => text,
    }
}

fn note(load: &Load<'_>, weeks: usize) -> String {
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
    // More than fit on a line are for --format json.
    if (1..=5).contains(&quarters.len()) {
        text += &format!("  By quarter   {}\n", quarters.join(", "));
    }
    let heaviest = load.heaviest_weeks(weeks);
    let stands_out = |week: &&&Stretch<'_>| week.asked.total() as f64 > load.a_week() * STANDS_OUT;
    for (place, week) in heaviest.iter().filter(stands_out).enumerate() {
        let head = if place == 0 { "Heaviest" } else { "" };
        text += &format!("  {head:12} {}\n", heavy(load, week));
    }
    if !heaviest.iter().any(|week| stands_out(&week)) {
        text += "  No week stands out.\n";
    }
    text
}

/// `Jan 183 of 244`, the hours asked in the quarter that begins with that month, and those there are; one that the range
/// cuts in brackets.
fn quarter(quarter: &Stretch<'_>) -> String {
    let (asked, capacity) = (quarter.asked.total() as f64 / 60.0, quarter.capacity.minutes() / 60.0);
    let told = format!("{} {asked:.0} of {capacity:.0}", quarter.begins.strftime("%b"));
    if quarter.is_whole() { told } else { format!("({told})") }
}

/// A week's date and hours, and what makes it heavy.
fn heavy(load: &Load<'_>, week: &Stretch<'_>) -> String {
    const NAMED: usize = 2;
    const LETTERS: usize = 18;
    let over = if week.capacity.holds(week.asked.total()) { "" } else { ", over" };
    let given = hours(week.capacity.minutes());
    let lines = load.what_makes_heavy(week).into_iter().take(NAMED);
    let why: Vec<_> = lines
        .map(|(activity, minutes)| format!("{} {}", short(&activity.title, LETTERS), hours(minutes as f64)))
        .collect();
    let asked = hours(week.asked.total() as f64);
    format!("{:>11}  {asked} h of {given}{over}: {}", day(week.begins), why.join(", "))
}

fn months(load: &Load<'_>) -> String {
    let mut table = table(&["Month by month", "", "asked", "of"]);
    for month in load.stretches.of(Period::Month) {
        let (asked, given) = (month.asked.total() as f64, month.capacity.minutes());
        let part = if month.is_whole() { "" } else { " (in part)" };
        let share = if given > 0.0 { asked / given } else { 0.0 };
        let name = format!("{}{part}", month.begins.strftime("%b %Y"));
        table.add_row([name, bar(share), hours(asked), hours(given)]);
    }
    to_the_right(&mut table, &[2, 3]);
    format!("\n{}", table_text(&table))
}

/// A text that leaves room for others on its line.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).collect::<String>().trim_end().to_owned() + "…"
}

fn suggested(suggestion: &Suggestion<'_>) -> String {
    let before_after = |relief: &Relief<'_>| (hours(relief.a_week(relief.before)), hours(relief.a_week(relief.after)));
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
                "{}: no set of changes is enough. With everything rarer or shorter and the nice dropped,\n\
                 {before} h a week would still be {after}. It takes fewer reps, fewer activities, or more hours.\n",
                one.manager.name
            );
        }
        several => {
            text += &format!("{these} would bring all {} who are over inside their hours:\n", several.len());
        }
    }
    for change in &suggestion.changes {
        text += &line(&hours(suggestion.frees_a_week(change)), change);
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

/// `frees 0.8 h a week  Exception scan: drop it …`; a long phrase has a line of its own.
fn line(frees: &str, suggested: &Suggested<'_>) -> String {
    const COLUMNS: usize = 100;
    let head = format!("  frees {frees} h a week  {}:", suggested.activity.title);
    let what = match &suggested.change {
        Change::Drop => "drop it (it is nice to have)".to_owned(),
        Change::LessOften(when) => format!("`{when}`"),
        Change::Shorten(minutes) => format!("{minutes} minutes instead of {}", suggested.activity.minutes),
    };
    let together = head.chars().count() + 1 + what.chars().count();
    if together <= COLUMNS { format!("{head} {what}\n") } else { format!("{head}\n    {what}\n") }
}

/// `7 Dec 2026`
fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
