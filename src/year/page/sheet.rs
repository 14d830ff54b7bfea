//! One manager's sheet: the quarters side by side, week under week; below, what the marks mean and the standing week.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, Weekday};
use maud::{Markup, html};

use super::moments::{Mark, Marks, badges};
use super::standing::standing;
use super::weeks::{Minutes, Place, Quarter, bar, duration, hours, quarters, tenths};
use crate::process::Calendar;
use crate::process::phrase::{month_name, weekday_name};
use crate::year::{Entry, Year};

/// Whether the sheet is the document, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading {
    Top,
    Below,
}

/// More quarters than this go on another sheet of paper.
const QUARTERS_ON_A_SHEET: usize = 5;

/// More activities than this are printed smaller, so that the legend stays on the sheet.
const MOST_ACTIVITIES: usize = 26;

/// What all parts of a sheet draw from.
struct Sheet<'a> {
    year: &'a Year<'a>,
    calendar: Calendar,
    marks: Marks,
    minutes: Minutes,
    by_day: BTreeMap<Date, Vec<&'a Entry>>,
}

/// One manager's year.
pub(super) fn sheet(year: &Year<'_>, heading: Heading) -> Markup {
    let mut by_day: BTreeMap<Date, Vec<&Entry>> = BTreeMap::new();
    for entry in year.entries.iter().filter(|entry| !entry.is_withdrawn()) {
        by_day.entry(entry.date).or_default().push(entry);
    }
    let sheet = Sheet {
        year,
        calendar: year.process.calendar_of(year.manager),
        marks: Marks::new(std::slice::from_ref(year)),
        minutes: Minutes::new(year),
        by_day,
    };
    let quarters: Vec<_> = quarters(year.from, year.to, year.process.calendar.fiscal_year_starts).into_iter().collect();
    let dense = if year.process.activities.len() > MOST_ACTIVITIES { " dense" } else { "" };
    html! {
        article class={ "sheet" (dense) } {
            (sheet.head(heading))
            @for group in quarters.chunks(QUARTERS_ON_A_SHEET) {
                div class={ "quarters n" (group.len()) } {
                    @for (quarter, weeks) in group { (sheet.quarter(*quarter, weeks)) }
                }
            }
            footer {
                (standing(year))
                (sheet.legend())
            }
            (sheet.list())
        }
    }
}

/// `23 Nov 2026`.
pub(super) fn day_text(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

impl Sheet<'_> {
    fn head(&self, heading: Heading) -> Markup {
        let Year { process, manager, from, to, .. } = self.year;
        let weeks = (f64::from(from.duration_until(*to).as_hours() as i32) / 24.0 + 1.0) / 7.0;
        let a_week = (self.minutes.total as f64 / weeks).round() as u64;
        let given_a_week = (self.minutes.given_in_all() as f64 / weeks).round() as u64;
        let over = self.minutes.weeks_over();
        html! {
            header {
                @match heading {
                    Heading::Top => h1 { (manager.name) },
                    Heading::Below => h2 { (manager.name) },
                }
                p class="what" {
                    (process.name) " · " (day_text(*from)) " – " (day_text(*to))
                    @if let Some(zone) = manager.zone().iana_name() { " · " (zone) }
                }
                p class="sum" {
                    b { (hours(a_week)) " h" } " a week of " (hours(given_a_week)) " h, "
                    b { (hours(self.minutes.total)) " h" } " in all"
                    @if let Some((week, minutes)) = self.minutes.heaviest() {
                        " · fullest: week of " (week.from().strftime("%-d %b")) ", " (hours(minutes)) " h"
                    }
                    " · "
                    @match over {
                        0 => "no week over",
                        1 => b { "▲ 1 week over" },
                        _ => b { "▲ " (over) " weeks over" },
                    }
                }
            }
        }
    }

    fn quarter(&self, quarter: Quarter, weeks: &[Place]) -> Markup {
        html! {
            table class="quarter" {
                caption {
                    b { (quarter.name()) } " " span { (quarter.months()) }
                    em { (hours(self.minutes.of_quarter(quarter))) " h" }
                }
                thead {
                    tr {
                        th class="month" scope="col" { span class="sr" { "Month" } }
                        th class="wk" scope="col" { abbr title="ISO week" { "W" } }
                        @for offset in 0..7 {
                            @let weekday = Weekday::from_monday_zero_offset(offset).unwrap_or(Weekday::Sunday);
                            th class=[self.is_narrow(weekday).then_some("end")] scope="col" {
                                abbr title=(weekday_name(weekday)) { (&weekday_name(weekday)[..2]) }
                            }
                        }
                        th class="hrs" scope="col" { "Hours" }
                    }
                }
                @for month in weeks.chunk_by(|a, b| a.month() == b.month()) {
                    tbody { @for (nth, place) in month.iter().enumerate() { (self.week(*place, (nth == 0).then_some(month.len()))) } }
                }
            }
        }
    }

    /// Days on which nobody works take little room, unless something falls due on them.
    fn is_narrow(&self, weekday: Weekday) -> bool {
        let is_due = |date: &Date| date.weekday() == weekday;
        !self.calendar.workweek.contains(&weekday) && !self.by_day.keys().any(is_due)
    }

    fn week(&self, place: Place, month_of: Option<usize>) -> Markup {
        let week = place.week;
        let minutes = self.minutes.of(week);
        let over = self.minutes.is_over(week);
        let most = self.minutes.heaviest().map_or(0, |(_, most)| most).max(self.minutes.full_week);
        let days = (0..7).map(|offset| week.from().saturating_add(Span::new().days(offset)));
        html! {
            tr class=[over.then_some("over")] {
                @if let Some(weeks) = month_of {
                    th class="month" scope="rowgroup" rowspan=(weeks) { span { (if weeks == 1 { &month_name(place.month())[..3] } else { month_name(place.month()) }) } }
                }
                th class="wk" scope="row" { (week.from().iso_week_date().week()) }
                @for day in days { (self.day(day)) }
                td class="hrs" {
                    span { @if over { "▲" span class="sr" { "over capacity: " } } (tenths(minutes)) }
                    (bar(minutes, self.minutes.given(week), over, most))
                }
            }
        }
    }

    fn day(&self, day: Date) -> Markup {
        if day < self.year.from || self.year.to < day {
            let classes = if self.is_narrow(day.weekday()) { "out end" } else { "out" };
            return html! { td class=(classes) {} };
        }
        let mut classes: Vec<&str> = Vec::new();
        let away = self.year.is_away(day);
        let holiday = self.calendar.holidays.contains(day);
        let marked = [
            (self.is_narrow(day.weekday()), "end"),
            (!self.calendar.workweek.contains(&day.weekday()), "off"),
            (holiday, "hol"),
            (away, "away"),
            (day == self.year.today, "today"),
            (day.day() <= 7, "head"),
            (day.day() == 1, "first"),
        ];
        classes.extend(marked.iter().filter(|(is, _)| *is).map(|(_, class)| *class));
        let why = match (holiday, away) {
            (true, _) => Some(self.calendar.holidays.name(day).unwrap_or("Day off")),
            (false, true) => Some("Away"),
            (false, false) => None,
        };
        html! {
            td class=[Some(classes.join(" ")).filter(|classes| !classes.is_empty())] title=[why] {
                time datetime=(day) { (day.day()) }
                @if day == self.year.today { span class="sr" { " today" } }
                @if let Some(why) = why { span class="sr" { " " (why) } }
                @if let Some(entries) = self.by_day.get(&day) { (badges(&self.marks, entries)) }
            }
        }
    }

    fn legend(&self) -> Markup {
        let lines = self.year.process.activities.iter().filter_map(|activity| {
            let count = self.by_day.values().flatten().filter(|entry| entry.activity == activity.key).count();
            let mark = self.marks.get(&activity.key).filter(|_| count > 0)?;
            Some((mark, activity, count))
        });
        let mut lines: Vec<(&Mark, _, _)> = lines.collect();
        lines.sort_by_key(|(mark, ..)| std::cmp::Reverse(mark.weight));
        html! {
            section class="legend" {
                h3 { "The moments" }
                ul {
                    @for (mark, activity, count) in lines {
                        li {
                            (mark.badge(1, None, false)) " " b { (activity.title) }
                            small { " " (activity.when) " · " (count) " × " (duration(activity.minutes)) " · " (activity.category.as_str()) }
                        }
                    }
                }
                (self.days_off())
            }
        }
    }

    fn days_off(&self) -> Markup {
        let within = |date: &Date| (self.year.from..=self.year.to).contains(date);
        let days: BTreeMap<Date, &str> = (self.calendar.holidays.iter())
            .filter(|(date, _)| within(date))
            .map(|(date, _)| (date, self.calendar.holidays.name(date).unwrap_or("Day off")))
            .collect();
        html! {
            p class="key" {
                i class="box hol" {} " Days off"
                @for (place, (date, name)) in days.iter().enumerate() {
                    (if place == 0 { ": " } else { ", " }) (date.strftime("%-d %b")) " " (name)
                }
                @if !self.year.away.is_empty() {
                    " " i class="box away" {} " Away: "
                    @for (place, days) in self.year.away.iter().enumerate() {
                        @if place > 0 { ", " }
                        (days.start().strftime("%-d %b")) " – " (days.end().strftime("%-d %b"))
                    }
                }
                " " i class="box today" {} " Today"
                " · Bar: hours of the week, up to the line what there is time for; ▲ over it. "
                "Small number: several reps that day."
            }
        }
    }

    /// Every moment in words, for who reads on a telephone or hears the page.
    fn list(&self) -> Markup {
        let moments = self.by_day.values().flatten().filter(|entry| self.marks.get(&entry.activity).is_some());
        html! {
            details class="list" {
                summary { "Every moment, one by one" }
                ol {
                    @for entry in moments {
                        li { b { (entry.due.strftime("%a %-d %b %Y, %H:%M")) } " " (entry.label()) small { " " (duration(entry.minutes)) } }
                    }
                }
            }
        }
    }
}
