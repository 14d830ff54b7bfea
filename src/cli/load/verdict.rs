//! How a process stands against capacity, in few words, for `check` and `apply`: in the year that begins with it.

use std::cmp::Reverse;

use jiff::Span;
use jiff::civil::Date;

use super::super::output::count;
use super::table::hours;
use crate::process::load::{Load, load_alone};
use crate::process::{Manager, Process};

/// So many managers are told of by name.
const NAMED: usize = 8;

/// What a process asks of everybody in the year from a date.
pub(in crate::cli) struct Verdict<'a> {
    loads: Vec<Load<'a>>,
}

impl<'a> Verdict<'a> {
    pub(in crate::cli) fn new(process: &'a Process, from: Date) -> Verdict<'a> {
        let to = from.saturating_add(Span::new().years(1));
        let of = |manager: &'a Manager| load_alone(process, &manager.slack, from, to);
        Verdict { loads: process.managers.iter().filter_map(of).collect() }
    }

    /// `It asks 14.2 to 16.9 h a week of a manager, and everybody has the time.`; nothing where nobody takes part.
    pub(in crate::cli) fn line(&self) -> String {
        let mut weeks: Vec<f64> = self.loads.iter().map(Load::a_week).collect();
        weeks.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (weeks.first(), weeks.last()) else {
            return String::new();
        };
        let (least, most) = (hours(*least), hours(*most));
        let range = if least == most { most } else { format!("{least} to {most}") };
        let verdict = match self.loads.iter().filter(|load| load.is_over()).count() {
            0 if self.loads.len() == 1 => "and there is time for it".to_owned(),
            0 => "and everybody has the time".to_owned(),
            1 if self.loads.len() == 1 => "more than they can give".to_owned(),
            over => format!("more than {over} of {} can give", self.loads.len()),
        };
        format!("It asks {range} h a week of a manager, {verdict}.\n")
    }

    /// Who is over, to be warned of; `None` where nobody is. With `before`, only who was not over already.
    pub(in crate::cli) fn warning(&self, before: Option<&Verdict<'_>>) -> Option<String> {
        let was_over = |load: &&Load<'_>| before.and_then(|before| before.of(load)).is_some_and(Load::is_over);
        let over: Vec<_> = self.loads.iter().filter(|load| load.is_over()).filter(|load| !was_over(load)).collect();
        let who = |load: &&Load<'_>| {
            let (asked, given) = (hours(load.a_week()), hours(load.capacity_a_week()));
            let weeks = load.weeks_over().count();
            format!("{} ({asked} h a week of {given}, {} over)", load.manager.name, count(weeks, "week", "weeks"))
        };
        let mut named: Vec<_> = over.iter().copied().take(NAMED).map(|load| who(&load)).collect();
        if over.len() > NAMED {
            named.push(format!("{} more", over.len() - NAMED));
        }
        let goes = if before.is_some() { "now asked" } else { "asked" };
        let over = (!over.is_empty()).then(|| named.join(", "))?;
        Some(format!("warning: {goes} for more than they can give: {over}. `onbeat load` says what would fit.\n"))
    }

    /// `Ana Ruiz: 14.2 → 16.9 h a week of 19.3`, a line each for those whose time changes, the most changed first.
    pub(in crate::cli) fn changes(&self, before: &Verdict<'_>) -> String {
        let mut changed: Vec<_> = self
            .loads
            .iter()
            .filter_map(|load| Some((before.of(load)?, load)))
            .filter(|(was, is)| hours(was.a_week()) != hours(is.a_week()))
            .collect();
        let by = |(was, is): &(&Load<'_>, &Load<'_>)| (is.a_week() - was.a_week()).abs().round() as u64;
        changed.sort_by_key(|both| Reverse(by(both)));
        let mut text = String::new();
        for (was, is) in changed.iter().take(NAMED) {
            let (before, after, given) = (hours(was.a_week()), hours(is.a_week()), hours(is.capacity_a_week()));
            text += &format!("  {}: {before} → {after} h a week of {given}\n", is.manager.name);
        }
        if changed.len() > NAMED {
            let least = changed[NAMED..].iter().map(|(was, is)| is.a_week() - was.a_week());
            let (low, high) = least.fold((f64::MAX, f64::MIN), |(low, high), by| (low.min(by), high.max(by)));
            let (low, high) = (signed(low), signed(high));
            let range = if low == high { low } else { format!("{low} to {high}") };
            text += &format!("  … and {} more, {range} h each\n", changed.len() - NAMED);
        }
        if text.is_empty() { text } else { format!("Hours asked:\n{text}") }
    }

    fn of(&self, load: &Load<'_>) -> Option<&Load<'a>> {
        self.loads.iter().find(|other| other.manager.slack == load.manager.slack)
    }
}

fn signed(minutes: f64) -> String {
    format!("{:+.1}", minutes / 60.0)
}
