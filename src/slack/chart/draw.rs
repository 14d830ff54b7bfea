//! The chart as a picture. Sizes are those of a drawing 720 wide, of which a phone shows about half: no letter is smaller
//! than what is then readable.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::Database;
use resvg::{tiny_skia, usvg};

use super::{Chart, Line, Role};

/// Of the drawing; the picture has twice as many pixels each way.
const WIDTH: f32 = 720.0;
const HEIGHT: f32 = 460.0;
const SCALE: f32 = 2.0;
/// Where the lines stand.
const LEFT: f32 = 88.0;
const RIGHT: f32 = 526.0;
const TOP: f32 = 76.0;
const BOTTOM: f32 = 396.0;
/// The least distance between two labels at the lines' ends.
const LABEL: f32 = 32.0;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The drawing is none: a mistake of ours.
    #[error("the chart could not be read: {0}")]
    Svg(#[from] usvg::Error),
    /// There was no memory for it, or it could not be written as PNG.
    #[error("the chart could not be drawn")]
    Png,
}

/// How a line looks: colour, dash, and a width. The colours stay apart for the colour-blind (after Okabe and Ito, darker),
/// and none of them is an alarm.
fn look(role: Role) -> (&'static str, &'static str, f32) {
    match role {
        Role::Team => ("#0b3d77", "", 6.0),
        Role::Highest => ("#00735a", "3 7", 3.5),
        Role::Middle => ("#5f5f6b", "12 7", 3.5),
        Role::Lowest => ("#8a5300", "20 6 4 6", 3.5),
    }
}

/// A mark of its own at each week, around the point.
fn mark(role: Role, x: f32, y: f32, colour: &str) -> String {
    let path = |path: String| format!(r##"<path d="{path}" fill="{colour}" stroke="#ffffff" stroke-width="1.5"/>"##);
    match role {
        Role::Team => {
            format!(r##"<circle cx="{x}" cy="{y}" r="7" fill="{colour}" stroke="#ffffff" stroke-width="1.5"/>"##)
        }
        Role::Highest => path(format!("M{x} {} l8 14 h-16 z", y - 9.0)),
        Role::Middle => path(format!("M{} {} h12 v12 h-12 z", x - 6.0, y - 6.0)),
        Role::Lowest => path(format!("M{x} {} l8 -14 h-16 z", y + 9.0)),
    }
}

/// The drawing. Everything in it is our own: digits, months and the lines' names.
pub fn svg(chart: &Chart) -> String {
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Onbeat Figures" font-size="25" fill="#1d1c1d"><rect width="100%" height="100%" fill="#ffffff"/><text x="16" y="42" font-size="29" font-weight="700">{}</text>"##,
        Chart::TITLE
    );
    for percent in [0, 25, 50, 75, 100] {
        let y = height(percent);
        let colour = if percent == 0 { "#8d8d95" } else { "#dededf" };
        let _ = write!(svg, r##"<path d="M{LEFT} {y} H{RIGHT}" stroke="{colour}" stroke-width="1.5"/>"##);
        if percent % 50 == 0 {
            let _ = write!(svg, r##"<text x="{}" y="{}" text-anchor="end">{percent}%</text>"##, LEFT - 12.0, y + 9.0);
        }
    }
    for (index, week) in chart.weeks.iter().enumerate().filter(|(index, _)| is_named(chart.weeks.len(), *index)) {
        let x = place(chart, index);
        let _ = write!(svg, r##"<text x="{x}" y="{}" text-anchor="middle">{week}</text>"##, BOTTOM + 40.0);
    }
    // The team lies on top.
    for line in chart.lines.iter().rev() {
        svg.push_str(&drawn(chart, line));
    }
    svg.push_str(&labels(chart));
    svg.push_str("</svg>");
    svg
}

/// Every other week from the last back: more would run into one another.
fn is_named(weeks: usize, index: usize) -> bool {
    weeks <= 4 || (weeks - 1 - index).is_multiple_of(2)
}

fn place(chart: &Chart, index: usize) -> f32 {
    // Room for the first week's name.
    let (from, to) = (LEFT + 30.0, RIGHT - 14.0);
    from + (to - from) * index as f32 / (chart.weeks.len().max(2) - 1) as f32
}

fn height(percent: u8) -> f32 {
    BOTTOM - (BOTTOM - TOP) * f32::from(percent.min(100)) / 100.0
}

fn drawn(chart: &Chart, line: &Line) -> String {
    let (colour, dash, width) = look(line.role);
    let points: Vec<(f32, f32)> =
        line.percents.iter().enumerate().map(|(index, percent)| (place(chart, index), height(*percent))).collect();
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x} {y}")).collect();
    let mut drawn = format!(
        r##"<path d="M{}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{}" stroke-linejoin="round"/>"##,
        path.join(" L"),
        if dash.is_empty() { "none" } else { dash },
    );
    for (x, y) in points {
        drawn.push_str(&mark(line.role, x, y, colour));
    }
    drawn
}

/// The labels at the lines' ends, in the order of the ends and never upon one another.
fn labels(chart: &Chart) -> String {
    let mut ends: Vec<(&Line, u8)> =
        chart.lines.iter().filter_map(|line| Some((line, *line.percents.last()?))).collect();
    let order = |role: Role| match role {
        Role::Highest => 0,
        Role::Team => 1,
        Role::Middle => 2,
        Role::Lowest => 3,
    };
    ends.sort_by_key(|(line, percent)| (std::cmp::Reverse(*percent), order(line.role)));
    let mut heights: Vec<f32> = ends.iter().map(|(_, percent)| height(*percent)).collect();
    for index in 1..heights.len() {
        heights[index] = heights[index].max(heights[index - 1] + LABEL);
    }
    // Pushed too far down, they move up again.
    let mut below = BOTTOM + LABEL;
    for at in heights.iter_mut().rev() {
        *at = at.min(below - LABEL);
        below = *at;
    }
    let label = |((line, percent), y): (&(&Line, u8), &f32)| {
        let (colour, ..) = look(line.role);
        let (end, weight) = (height(*percent), if line.role == Role::Team { 700 } else { 400 });
        format!(
            r##"<path d="M{} {end} L{} {y}" stroke="{colour}" stroke-width="1.5"/><text x="{}" y="{}" fill="{colour}" font-weight="{weight}">{} {percent}%</text>"##,
            RIGHT - 4.0,
            RIGHT + 18.0,
            RIGHT + 24.0,
            y + 9.0,
            line.role.name(),
        )
    };
    ends.iter().zip(&heights).map(label).collect()
}

/// The fonts of this folder and no others: the picture is the same on every machine.
fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        fonts.load_font_data(include_bytes!("onbeat-figures-regular.ttf").to_vec());
        fonts.load_font_data(include_bytes!("onbeat-figures-bold.ttf").to_vec());
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

/// The picture, as PNG. Takes some tens of milliseconds.
///
/// # Errors
/// Where it can't be drawn.
pub fn png(chart: &Chart) -> Result<Vec<u8>, PictureError> {
    let options =
        usvg::Options { fontdb: fonts(), font_family: "Onbeat Figures".to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg(chart), &options)?;
    let mut picture =
        tiny_skia::Pixmap::new((WIDTH * SCALE) as u32, (HEIGHT * SCALE) as u32).ok_or(PictureError::Png)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|_| PictureError::Png)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn it_is_a_picture_with_words_in_it() {
        let png = png(&sample()).expect("it can be drawn");
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert!((10_000..400_000).contains(&png.len()), "{} bytes", png.len());
        // Without its font the labels would be missing in silence.
        let wordless = Chart { weeks: sample().weeks.iter().map(|_| String::new()).collect(), ..sample() };
        assert_ne!(png, super::png(&wordless).expect("it can be drawn"));
    }

    #[test]
    fn labels_never_lie_upon_one_another() {
        let mut chart = sample();
        for percents in [[0, 0, 0, 0], [100, 100, 100, 100], [50, 51, 52, 49], [3, 2, 1, 0]] {
            for (line, percent) in chart.lines.iter_mut().zip(percents) {
                *line.percents.last_mut().expect("there are weeks") = percent;
            }
            let svg = labels(&chart);
            let heights: Vec<f32> = svg
                .split("<text x=\"550\" y=\"")
                .skip(1)
                .map(|rest| rest.split('"').next().expect("a height").parse().expect("a number"))
                .collect();
            assert_eq!(heights.len(), 4, "{svg}");
            assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= LABEL - 0.1), "{heights:?}");
            assert!(heights.iter().all(|y| (TOP..=BOTTOM + 10.0).contains(y)), "{heights:?}");
        }
    }
}
