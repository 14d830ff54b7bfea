//! How it is going: this week so far, the weeks before it, and the hours, in words that need no colour and no picture.

use slack_morphism::blocks::SlackBlock;

use super::kit;
use super::text::{count, duration};
use crate::record::adherence::Figures;
use crate::record::hours::Hours;
use crate::record::trend::{Direction, Trend};

/// How a manager's weeks stand.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// This week so far.
    pub this_week: Figures,
    /// The finished weeks before it.
    pub trend: &'a Trend,
    /// This week's.
    pub hours: Hours,
}

/// The section of a Home tab.
pub(super) fn section(progress: &Progress<'_>) -> Vec<SlackBlock> {
    let mut blocks = vec![kit::divider(), kit::header("How it's going")];
    let mut lines = vec![week("This week so far", progress.this_week)];
    lines.extend(trend_lines(progress.trend));
    lines.push(hours_line(&progress.hours));
    blocks.push(kit::paragraph(&lines.join("\n")));
    blocks.extend(week_by_week(progress.trend).map(|words| kit::small(&words)));
    blocks
}

/// *This week so far: 3 of 4 done, 3 on time, 1 still open*
pub(super) fn week(title: &str, figures: Figures) -> String {
    let mut words = format!("{title}: {}", figures.in_words());
    if figures.decided() > 0 {
        words.push_str(&format!(" done, {} on time", figures.done_on_time));
    }
    if figures.open > 0 && figures.decided() > 0 {
        words.push_str(&format!(", {} still open", figures.open));
    }
    if figures.excused > 0 {
        words.push_str(&format!(", {} excused", figures.excused));
    }
    words
}

/// The bars, and what they come to.
pub(super) fn trend_lines(trend: &Trend) -> Vec<String> {
    if trend.is_empty() {
        return vec!["Your first whole week is still to come; from then on you see here how it goes.".to_owned()];
    }
    let (earlier, later) = trend.halves();
    let weeks = trend.weeks().len();
    let (before, last) = (weeks / 2, weeks - weeks / 2);
    let start = match trend.direction() {
        Some(Direction::Up) => "On the way up",
        Some(Direction::Level) => "Holding steady",
        Some(Direction::Down) => "Lower than before",
        None => {
            let mut all = earlier;
            all += later;
            let so_far = if all.decided() == 0 { all.in_words() } else { format!("{} done", all.in_words()) };
            return vec![bars(trend), format!("Too early for a trend: {so_far} in all these weeks.")];
        }
    };
    let (now, then) = (later.in_words(), earlier.in_words());
    vec![bars(trend), format!("{start}: {now} done in the last {last} weeks, {then} in the {before} before.")]
}

fn bars(trend: &Trend) -> String {
    format!("The last {} weeks, oldest first: {}", trend.weeks().len(), trend.bars())
}

/// What stands behind the bars.
pub(super) fn week_by_week(trend: &Trend) -> Option<String> {
    let told = trend.weeks().iter().filter(|(_, figures)| figures.expected > 0);
    let weeks: Vec<String> =
        told.map(|(week, figures)| format!("{}: {}", week.from().strftime("%-d %b"), figures.in_words())).collect();
    let dots = if trend.bars().contains('·') { " A dot is a week with fewer than five decided." } else { "" };
    (!weeks.is_empty()).then(|| format!("Week of {}.{dots}", weeks.join(" · ")))
}

/// *Hours this week: 6 h 30 min planned, of the 16 h 30 min you can give.*
pub(super) fn hours_line(hours: &Hours) -> String {
    let off = match hours.days_off {
        0 => String::new(),
        days => format!(" ({} taken out)", count(days, "day off", "days off")),
    };
    let (planned, can_give) = (duration(hours.planned), duration(hours.can_give()));
    match (hours.planned, hours.can_give(), hours.too_many()) {
        (0, 0, _) => "Hours this week: none planned, and no workday to give them on.".to_owned(),
        (0, ..) => format!("Hours this week: none planned, of the {can_give} you can give{off}."),
        (_, 0, _) => format!("Hours this week: {planned} planned, and no workday to give them on."),
        (_, _, 0) => format!("Hours this week: {planned} planned, of the {can_give} you can give{off}."),
        (_, _, more) => format!(
            "Hours this week: {planned} planned, {} more than the {can_give} you can give{off}. Nobody can do it all: say \
             Can't where you must, and tell your leader.",
            duration(more)
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::samples::{activity, calendar, entry};
    use super::*;
    use crate::process::holidays::Holiday;
    use crate::record::digest::Week;

    fn trend(weeks: &[(u64, u64)]) -> Trend {
        let mut week = Week::of(date(2026, 10, 5));
        let weeks = weeks.iter().map(|(done, missed)| {
            let this = week;
            week = week.after();
            let (expected, done_on_time, missed) = (done + missed, *done, *missed);
            (this, Figures { expected, done_on_time, missed, ..Figures::default() })
        });
        Trend::new(weeks.collect())
    }

    #[test]
    fn the_trend_is_told_in_words_with_its_counts() {
        let up = trend(&[(4, 4), (5, 3), (5, 3), (2, 1), (6, 2), (7, 1), (7, 1), (8, 0)]);
        insta::assert_snapshot!(trend_lines(&up).join("\n"), @"
        The last 8 weeks, oldest first: ▄▅▅·▆▇▇█
        On the way up: 28 of 32 (88%) done in the last 4 weeks, 16 of 27 (59%) in the 4 before.
        ");
        insta::assert_snapshot!(week_by_week(&up).unwrap(), @"Week of 5 Oct: 4 of 8 (50%) · 12 Oct: 5 of 8 (63%) · 19 Oct: 5 of 8 (63%) · 26 Oct: 2 of 3 · 2 Nov: 6 of 8 (75%) · 9 Nov: 7 of 8 (88%) · 16 Nov: 7 of 8 (88%) · 23 Nov: 8 of 8 (100%). A dot is a week with fewer than five decided.");
        insta::assert_snapshot!(trend_lines(&trend(&[(0, 0), (2, 1)])).join("\n"), @"
        The last 2 weeks, oldest first: ··
        Too early for a trend: 2 of 3 done in all these weeks.
        ");
        assert_eq!(week_by_week(&trend(&[(0, 0)])), None);
    }

    #[test]
    fn hours_are_held_against_what_can_be_given() {
        let mut calendar = calendar();
        let week = Week::of(date(2026, 12, 7));
        let entries: Vec<_> = (0..4).map(|n| entry(activity(&format!("a{n}"), "Review"), None)).collect();
        let now = super::super::samples::at(0, 9, 0);
        let line = |calendar: &_, entries: &[_], full| hours_line(&Hours::of(week, entries, full, calendar, now));
        assert_eq!(line(&calendar, &entries, 990), "Hours this week: 4 h planned, of the 16 h 30 min you can give.");
        assert_eq!(line(&calendar, &[], 990), "Hours this week: none planned, of the 16 h 30 min you can give.");
        calendar.holidays.add(date(2026, 12, 9), Holiday { name: None, managers: None });
        let over = line(&calendar, &entries, 240);
        assert!(
            over.starts_with("Hours this week: 4 h planned, 48 min more than the 3 h 12 min you can give (1 day off"),
            "{over}"
        );
    }
}
