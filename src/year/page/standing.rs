//! The standing week: what comes every day, every week and every other week, as one small timetable.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use maud::{Markup, html};

use super::moments::is_standing;
use super::weeks::duration;
use crate::process::phrase::{Recur, weekday_name};
use crate::process::{Activity, Per};
use crate::year::Year;

/// One line of a weekday.
struct Line<'a> {
    at: Time,
    activity: &'a Activity,
    /// The most reps on one such day; 1 where it is not held per rep.
    most: usize,
}

/// Whether it comes on every workday, so that it needs to be said only once.
fn is_daily(activity: &Activity) -> bool {
    match activity.when.recur {
        Recur::EveryDay | Recur::EveryWorkday => true,
        Recur::Weekly { .. } | Recur::Ordinal { .. } => false,
    }
}

/// The lines of each weekday of the workweek, as the entries bear them out: the earliest time of the day, the most reps.
fn lines<'a>(year: &Year<'a>) -> BTreeMap<i8, Vec<Line<'a>>> {
    let mut lines: BTreeMap<i8, Vec<Line<'a>>> = BTreeMap::new();
    let weekly = year.process.activities.iter().filter(|activity| is_standing(activity) && !is_daily(activity));
    for activity in weekly {
        let Recur::Weekly { weekdays, .. } = &activity.when.recur else { continue };
        let mut days: BTreeMap<Date, usize> = BTreeMap::new();
        for entry in year.entries.iter().filter(|entry| entry.activity == activity.key && !entry.is_withdrawn()) {
            *days.entry(entry.date).or_default() += 1;
        }
        for weekday in weekdays {
            let of_day = days.iter().filter(|(date, _)| date.weekday() == *weekday).map(|(_, count)| *count);
            if let Some(most) = of_day.max() {
                let line = Line { at: activity.when.at, activity, most };
                lines.entry(weekday.to_monday_zero_offset()).or_default().push(line);
            }
        }
    }
    lines.values_mut().for_each(|day| day.sort_by_key(|line| line.at));
    lines
}

/// The box, or nothing where there is no standing work.
pub(super) fn standing(year: &Year<'_>) -> Markup {
    let lines = lines(year);
    let held = |activity: &&Activity| activity.is_held_by(&year.manager.slack);
    let daily: Vec<&Activity> = year.process.activities.iter().filter(|a| is_daily(a)).filter(held).collect();
    let weekdays: Vec<Weekday> = (0..7)
        .filter_map(|offset| Weekday::from_monday_zero_offset(offset).ok())
        .filter(|day| year.process.calendar.workweek.contains(day) || lines.contains_key(&day.to_monday_zero_offset()))
        .collect();
    html! {
        @if !(lines.is_empty() && daily.is_empty()) {
            section class="standing" {
                h3 { "The standing week" }
                table {
                    thead {
                        tr { @for day in &weekdays { th scope="col" { (weekday_name(*day)) } } }
                    }
                    tbody {
                        @for activity in &daily {
                            tr { td class="daily" colspan=(weekdays.len()) { (line(activity, 1)) " " em { (activity.when.recur) } } }
                        }
                        tr {
                            @for day in &weekdays {
                                td {
                                    @for found in lines.get(&day.to_monday_zero_offset()).into_iter().flatten() {
                                        p { (line(found.activity, found.most)) (note(found.activity)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn line(activity: &Activity, most: usize) -> Markup {
    html! {
        i class={ "dot " (activity.category.as_str()) } {}
        b { (activity.when.at.strftime("%H:%M")) } " " (activity.title)
        @if most > 1 { " ×" (most) }
        small { " " (duration(activity.minutes)) }
    }
}

/// What is to be known besides: every other week, which reps.
fn note(activity: &Activity) -> Markup {
    let fortnightly = matches!(activity.when.recur, Recur::Weekly { every: 2, .. });
    let shared = activity.per == Per::Rep && !activity.spread;
    html! {
        @if fortnightly { em { " every other week" } }
        @if shared { em { " each rep" } }
    }
}
