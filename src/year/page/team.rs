//! All managers side by side: a row for each, a column for each week.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;
use maud::{Markup, html};

use super::moments::{Marks, Weight};
use super::sheet::day_text;
use super::weeks::{Minutes, Place, Quarter, hours, quarters};
use crate::process::phrase::month_name;
use crate::process::{ActivityKey, Calendar};
use crate::record::digest::Week;
use crate::year::Year;

/// The team's sheet.
pub(super) fn team(years: &[Year<'_>]) -> Markup {
    let Some(first) = years.first() else {
        return html! { article class="sheet" { h1 { "The team’s year" } p { "No managers yet." } } };
    };
    let (from, to) = (first.from, first.to);
    let marks = Marks::new(years);
    let rows: Vec<Row<'_>> = years.iter().map(Row::new).collect();
    let starts = first.process.calendar.fiscal_year_starts;
    let fullest = |row: &Row<'_>| row.minutes.heaviest().map_or(0, |(_, minutes)| row.share(minutes));
    let fullest = rows.iter().map(fullest).max().unwrap_or(0).max(1000);
    html! {
        article class="sheet team" {
            header {
                h1 { "The team’s year" }
                p class="what" { (first.process.name) " · " (day_text(from)) " – " (day_text(to)) }
            }
            @for (group, quarters) in quarters(from, to, starts).into_iter().collect::<Vec<_>>().chunks(5).enumerate() {
                @let shown: Vec<Place> = quarters.iter().flat_map(|(_, weeks)| weeks.iter().copied()).collect();
                div class="scroll" {
                    table class="side" {
                        @if group == 0 { caption class="sr" { "Hours of each manager by week, with the moments of the quarter and the year" } }
                        (head(quarters, &shown))
                        tbody { @for row in &rows { (row.row(&marks, &shown, fullest)) } }
                    }
                }
            }
            (legend(years, &marks))
        }
    }
}

fn head(quarters: &[(Quarter, Vec<Place>)], weeks: &[Place]) -> Markup {
    html! {
        thead {
            tr class="q" {
                th rowspan="3" scope="col" { "Manager" }
                @for (quarter, weeks) in quarters { th scope="colgroup" colspan=(weeks.len()) { (quarter.name()) } }
            }
            tr class="mo" {
                @for month in weeks.chunk_by(|a, b| a.month() == b.month()) {
                    @let name = month_name(month[0].month());
                    th scope="colgroup" colspan=(month.len()) { (if month.len() > 2 { name } else { &name[..3] }) }
                }
            }
            tr class="w" {
                @for (nth, place) in weeks.iter().enumerate() {
                    th class=[starts_month(weeks, nth).then_some("first")] scope="col" { (place.week.from().iso_week_date().week()) }
                }
            }
        }
    }
}

fn starts_month(weeks: &[Place], nth: usize) -> bool {
    nth == 0 || weeks[nth - 1].month() != weeks[nth].month()
}

/// One manager's row.
struct Row<'a> {
    year: &'a Year<'a>,
    calendar: Calendar,
    minutes: Minutes,
    special: BTreeMap<Week, BTreeMap<&'a ActivityKey, usize>>,
}

impl<'a> Row<'a> {
    fn new(year: &'a Year<'a>) -> Row<'a> {
        let mut special: BTreeMap<Week, BTreeMap<&ActivityKey, usize>> = BTreeMap::new();
        for entry in year.entries.iter().filter(|entry| !entry.is_withdrawn()) {
            *special.entry(Week::of(entry.date)).or_default().entry(&entry.activity).or_default() += 1;
        }
        let calendar = year.process.calendar_of(year.manager);
        Row { year, calendar, minutes: Minutes::new(year), special }
    }

    fn row(&self, marks: &Marks, weeks: &[Place], fullest: u64) -> Markup {
        let over = self.minutes.weeks_over();
        let reps = self.year.manager.reps.len();
        html! {
            tr {
                th scope="row" {
                    b { (self.year.manager.name) }
                    small {
                        (hours(self.minutes.total)) " h, " (reps) (if reps == 1 { " rep" } else { " reps" })
                        @if over > 0 { br; "▲ " (over) (if over == 1 { " week over" } else { " weeks over" }) }
                    }
                }
                @for (nth, place) in weeks.iter().enumerate() {
                    (self.cell(marks, place.week, starts_month(weeks, nth), fullest))
                }
            }
        }
    }

    fn cell(&self, marks: &Marks, week: Week, starts_month: bool, fullest: u64) -> Markup {
        let minutes = self.minutes.of(week);
        let given = self.minutes.given(week);
        let over = self.minutes.is_over(week);
        let load = if over { given } else { minutes };
        let height = |part: u64| (self.share(part) * 100).checked_div(fullest).unwrap_or(0).min(100);
        let days: Vec<Date> = (0..7).map(|offset| week.from().saturating_add(Span::new().days(offset))).collect();
        let off = days.iter().filter(|day| self.is_free(**day)).count();
        let away = days.iter().any(|day| self.year.is_away(*day));
        let classes = [
            (over, "over"),
            (off > 0, "hol"),
            (away, "away"),
            (days.contains(&self.year.today), "today"),
            (starts_month, "first"),
        ];
        let classes: Vec<&str> = classes.iter().filter(|(is, _)| *is).map(|(_, class)| *class).collect();
        let special = self.special.get(&week).into_iter().flatten();
        let mut special: Vec<_> = special.filter_map(|(key, count)| Some((marks.get(key)?, *count))).collect();
        special.retain(|(mark, _)| mark.weight > Weight::Month);
        special.sort_by_key(|(mark, _)| std::cmp::Reverse(mark.weight));
        html! {
            td class=[Some(classes.join(" ")).filter(|classes| !classes.is_empty())] {
                svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true" {
                    rect class="load" y=(100 - height(load)) width="10" height=(height(load)) {}
                    @if over { rect class="over" y=(100 - height(minutes)) width="10" height=(height(minutes) - height(given)) {} }
                    line class="cap" x1="0" x2="10" y1=(100 - height(given)) y2=(100 - height(given)) {}
                }
                span class="h" { @if over { "▲" } (hours((minutes + 30) / 60 * 60)) }
                @if off > 0 { span class="o" { (off) " off" } }
                @if away { span class="o" { "away" } }
                @for (mark, count) in special { (mark.badge(count, Some(&mark.title), false)) }
            }
        }
    }

    /// Minutes of a week, in thousandths of what the manager can give in a full one.
    fn share(&self, minutes: u64) -> u64 {
        minutes.saturating_mul(1000).checked_div(self.minutes.full_week).unwrap_or(0)
    }

    /// A day of the workweek on which nobody works.
    fn is_free(&self, day: Date) -> bool {
        self.calendar.workweek.contains(&day.weekday()) && self.calendar.holidays.contains(day)
    }
}

fn legend(years: &[Year<'_>], marks: &Marks) -> Markup {
    let keys: BTreeSet<&ActivityKey> =
        years.iter().flat_map(|year| &year.entries).map(|entry| &entry.activity).collect();
    let mut shown: Vec<_> = keys.into_iter().filter_map(|key| marks.get(key)).collect();
    shown.retain(|mark| mark.weight > Weight::Month);
    shown.sort_by_key(|mark| (std::cmp::Reverse(mark.weight), &mark.code));
    html! {
        footer {
            p class="key" {
                @for mark in shown { span class="item" { (mark.badge(1, None, false)) " " (mark.title) } " " }
                "Bar: hours of the week; the line is what there is time for, ▲ over it. "
                i class="box hol" {} " days off, how many "
                i class="box away" {} " away "
                i class="box today" {} " this week"
            }
        }
    }
}
