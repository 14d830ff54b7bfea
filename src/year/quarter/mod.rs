//! The quarter of a leader's team as a page: managers by weeks, activities, the reps reached. No ranking (managers stand by
//! name), nobody's words, and no figure that the digest does not define.
//!
//! What a cell says, it says in figures; the shade repeats it, as a tint on a screen and as a hatch on black-and-white paper.

#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::page::{document, policy};
use crate::record::adherence::{ENOUGH, Figures};
use crate::record::digest::{
    ActivityQuarter, Coverage, Excused, ManagerQuarter, Quarter, QuarterFigures, Spread, Week,
};

const STYLE: &str = include_str!("style.css");

/// The `Content-Security-Policy` under which the page can be served, and which it asks for itself.
pub fn quarter_policy() -> String {
    policy(STYLE)
}

/// All that the page shows.
#[derive(Debug, Clone, Copy)]
pub struct TeamQuarter<'a> {
    /// The process's name.
    pub process: &'a str,
    /// The leader's.
    pub leader: &'a str,
    /// The figures.
    pub quarter: &'a Quarter,
    /// The zone in which the leader reads it.
    pub zone: &'a TimeZone,
}

/// The page.
pub fn team_quarter(team: &TeamQuarter<'_>) -> String {
    let body = html! {
        article class="sheet" {
            (head(team))
            (heatmap(team.quarter))
            (legend())
            (activities(team.quarter))
        }
    };
    document(&format!("{} – the team’s quarter", team.leader), STYLE, &body)
}

fn head(team: &TeamQuarter<'_>) -> Markup {
    let Quarter { weeks, now, team: all, .. } = team.quarter;
    let day = |date: jiff::civil::Date| date.strftime("%-d %b %Y").to_string();
    let told = now.to_zoned(team.zone.clone()).strftime("%a %-d %b %Y, %H:%M %Z").to_string();
    html! {
        header {
            h1 { "The team’s quarter" }
            p class="what" {
                (team.process) " · " (team.leader)
                @if let (Some(first), Some(last)) = (weeks.first(), weeks.last()) {
                    " · " (day(first.from())) " – " (day(last.to()))
                }
            }
            p class="sum" {
                b { "Must-dos " (all.must.in_words()) }
                " · with the nice-to-haves " (all.all.in_words())
                " · excused " (excused(&all.excused))
                " · as it stands " (told)
            }
        }
    }
}

fn heatmap(quarter: &Quarter) -> Markup {
    let last = quarter.weeks.last();
    html! {
        section {
            h2 { "Managers by week" }
            div class="scroll" tabindex="0" role="region" aria-label="Managers by week" {
                table class="heat" {
                    thead {
                        tr {
                            th scope="col" { "Must-dos, done of decided" }
                            @for week in &quarter.weeks {
                                th class=[(Some(week) == last).then_some("now")] scope="col" { (week_name(*week)) small { (week.from().strftime("%-d %b")) } }
                            }
                            th scope="col" { "Quarter" }
                            th scope="col" { "With the nice-to-haves" }
                            th scope="col" { "Excused" }
                            th scope="col" { "Reps reached" small { "four weeks" } }
                        }
                    }
                    tbody class="all" { (row(html! { "Everybody" }, &quarter.team, None)) }
                    tbody {
                        @for line in &quarter.managers { (manager(line)) }
                    }
                }
            }
            @if quarter.managers.is_empty() { p { "Nobody here yet." } }
        }
    }
}

fn week_name(week: Week) -> String {
    format!("W{:02}", week.from().iso_week_date().week())
}

fn manager(line: &ManagerQuarter) -> Markup {
    let name = html! { (line.name) @if !line.in_seat { small { "moved on" } } };
    row(name, &line.figures, line.coverage.as_ref())
}

fn row(name: Markup, figures: &QuarterFigures, coverage: Option<&Coverage>) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            @for week in &figures.by_week { (cell(week)) }
            td class="sums" { b { (figures.must.in_words()) } }
            td class="sums" { (figures.all.in_words()) }
            td class="sums" { (excused(&figures.excused)) }
            td class="sums" {
                @match coverage {
                    Some(coverage) => {
                        (coverage.in_words())
                        small { "longest gap " (coverage.longest_gap) (if coverage.longest_gap == 1 { " day" } else { " days" }) }
                    }
                    None => "–",
                }
            }
        }
    }
}

/// A week: done of decided, and what is open or excused beside it. Nothing in it where nothing was called for.
fn cell(week: &Figures) -> Markup {
    let decided = week.decided();
    let few = (0 < decided && decided < ENOUGH).then_some("few");
    let class: Vec<&str> = shade(week).into_iter().chain(few).collect();
    html! {
        td class=[Some(class.join(" ")).filter(|class| !class.is_empty())] {
            @if decided > 0 { b { (week.done()) span class="sr" { " of " } i aria-hidden="true" { "/" } (decided) } }
            @if week.open > 0 { small { (week.open) " open" } }
            @if week.excused > 0 { small { (week.excused) abbr title="excused" { " exc" } } }
            @if week.expected == 0 && week.excused == 0 { span class="none" { "–" } }
        }
    }
}

/// In which of four shades a rate stands. The bounds are the legend's.
fn shade(week: &Figures) -> Option<&'static str> {
    let (done, decided) = (week.done(), week.decided());
    (decided > 0).then(|| match (done == decided, done * 5 >= decided * 4, done * 2 >= decided) {
        (true, ..) => "s4",
        (false, true, _) => "s3",
        (false, false, true) => "s2",
        (false, false, false) => "s1",
    })
}

fn excused(excused: &Excused) -> Markup {
    html! {
        @if excused.count() == 0 { "none" } @else {
            (excused.in_words())
            @if excused.is_flagged() { " " abbr title="more than 15%: a reason to look, no verdict" { "◆" } }
        }
    }
}

fn legend() -> Markup {
    html! {
        p class="key" {
            span class="item" { i class="box s4" {} " all done" } " "
            span class="item" { i class="box s3" {} " 80% and more" } " "
            span class="item" { i class="box s2" {} " half and more" } " "
            span class="item" { i class="box s1" {} " less than half" } " "
            span class="item" { i class="box few" {} " fewer than five decided: read the counts" } " "
            "4/5: four done of five decided, late ones count as done. Open ones count nowhere yet, excused (exc) ones not at all. "
            "– : nothing was called for. ◆ : more than 15% excused, a reason to look and no verdict. The last week still runs. "
            "Managers stand by name; the notes stay in Slack."
        }
    }
}

fn activities(quarter: &Quarter) -> Markup {
    html! {
        section class="activities" {
            h2 { "Activities" }
            div class="scroll" tabindex="0" role="region" aria-label="Activities" {
                table class="acts" {
                    thead {
                        tr {
                            th scope="col" { "Activity" }
                            th scope="col" { "Done of decided" }
                            th scope="col" { "Late" }
                            th scope="col" { "Open" }
                            th scope="col" { "Excused" }
                            th scope="col" { "Lowest manager" }
                            th scope="col" { "Median" }
                            th scope="col" { "Highest" }
                            th scope="col" { "From lowest to highest" }
                        }
                    }
                    tbody { @for line in &quarter.activities { (activity(line)) } }
                }
            }
            p class="key" {
                "The process holds only where the bar is short. It is told from three managers on, where the lowest and the highest have at "
                "least three decided; of an even number the median is the lower of the two in the middle. The stroke is the median."
            }
        }
    }
}

fn activity(line: &ActivityQuarter) -> Markup {
    html! {
        tr {
            th scope="row" { (line.title) }
            td { b { (line.figures.in_words()) } }
            td { (line.figures.done_late) }
            td { (line.figures.open) }
            td { (excused(&line.excused)) }
            @match &line.spread {
                Some(spread) => {
                    td { (spread.lowest.in_words()) }
                    td { (spread.median.in_words()) }
                    td { (spread.highest.in_words()) }
                    td class="range" { (range(spread)) }
                }
                None => td class="none" colspan="4" { "too little to compare" },
            }
        }
    }
}

/// From the lowest to the highest share, with a stroke at the median.
fn range(spread: &Spread) -> Markup {
    let [low, middle, high] =
        [spread.lowest, spread.median, spread.highest].map(|share| (share.rate() * 100.0).round());
    html! {
        svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect class="room" width="100" height="10" {}
            rect class="apart" x=(low) width=((high - low).max(1.0)) y="2" height="6" {}
            line class="middle" x1=(middle) x2=(middle) y1="0" y2="10" {}
        }
    }
}
