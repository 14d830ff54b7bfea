//! The digest's chart: from its eight weeks to lines, to Slack's own block, or to the picture in its place.

use serde_json::Number;
use slack_morphism::SlackFileId;
use slack_morphism::blocks::*;

use crate::record::digest::{ChartWeek, Share, Story};
use crate::slack::chart::{Chart, Line, Role};

/// Fewer weeks are no line.
const LEAST: usize = 2;

/// The chart of a digest; none where there are too few weeks to draw.
pub fn chart(story: &Story) -> Option<Chart> {
    let weeks: Vec<&ChartWeek> = story.chart.iter().filter(|week| week.team.is_some()).collect();
    // A point is needed for each line and week. The managers' lines begin where there are enough of them, so that they are
    // drawn only over weeks that have them.
    let whole: Vec<&ChartWeek> = weeks.iter().copied().filter(|week| week.lowest.is_some()).collect();
    let has_managers = whole.len() >= LEAST && whole.len() * 2 >= weeks.len();
    let weeks = if has_managers { whole } else { weeks };
    if weeks.len() < LEAST {
        return None;
    }
    let line = |role: Role, share: &dyn Fn(&ChartWeek) -> Option<Share>| Line {
        role,
        percents: weeks.iter().filter_map(|week| share(week)).map(percent).collect(),
    };
    let mut lines = vec![line(Role::Team, &|week| week.team)];
    if has_managers {
        lines.push(line(Role::Highest, &|week| week.highest));
        lines.push(line(Role::Middle, &|week| week.middle));
        lines.push(line(Role::Lowest, &|week| week.lowest));
    }
    let weeks = weeks.iter().map(|week| week.week.from().strftime("%-d %b").to_string()).collect();
    Some(Chart { weeks, lines })
}

fn percent(share: Share) -> u8 {
    (share.rate() * 100.0).round() as u8
}

/// Slack's own block.
pub(super) fn native(chart: &Chart) -> SlackBlock {
    let series = |line: &Line| {
        let points = chart.weeks.iter().zip(&line.percents);
        let point = |(week, percent): (&String, &u8)| SlackChartDataPoint::new(week.clone(), Number::from(*percent));
        SlackChartDataSeries::new(line.role.name().to_owned(), points.map(point).collect())
    };
    let axis = SlackChartAxisConfig::new(chart.weeks.clone())
        .with_x_label("Week of".to_owned())
        .with_y_label("% of what was decided".to_owned());
    let lines = SlackSeriesChart::new(chart.lines.iter().map(series).collect(), axis);
    SlackDataVisualizationBlock::new(Chart::TITLE.to_owned(), SlackChart::Line(lines)).into()
}

/// The picture that was uploaded in its place.
pub(super) fn picture(chart: &Chart, file: &str) -> SlackBlock {
    let file = SlackImageUrlOrFile::SlackFile { slack_file: SlackFileIdOrUrl::Id { id: SlackFileId(file.to_owned()) } };
    SlackImageBlock::new(file, chart.in_words()).into()
}
