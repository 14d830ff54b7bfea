//! The digest's chart: a few lines over the weeks. As values, as the picture that is uploaded where Slack refuses its own
//! chart block (SVG made here, drawn by resvg with a font of our own), and in words.
//!
//! No names, no red: who is lowest is nobody's business but the leader's, and that is in the thread. Each line has its
//! own dash, its own mark and its label beside it, so that it reads without colours and on a phone.

mod draw;

pub use draw::{PictureError, png, svg};

/// What a line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// All of the managers together.
    Team,
    /// The highest manager of each week.
    Highest,
    /// The middle one.
    Middle,
    /// The lowest one.
    Lowest,
}

impl Role {
    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Team => "Team",
            Role::Highest => "Highest",
            Role::Middle => "Middle",
            Role::Lowest => "Lowest",
        }
    }
}

/// One line: a rate in percent, 0 to 100, for each week.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it shows.
    pub role: Role,
    /// One for each of [`Chart::weeks`].
    pub percents: Vec<u8>,
}

/// The lines over the weeks. Two weeks at least, and a line at least.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The Monday of each, `7 Dec`.
    pub weeks: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Chart {
    /// What is above it.
    pub const TITLE: &str = "Must-do activities done, week by week";

    /// The same in words, for whoever can't see it.
    pub fn in_words(&self) -> String {
        let (Some(first), Some(last)) = (self.weeks.first(), self.weeks.last()) else { return String::new() };
        let line = |line: &Line| {
            let percents: Vec<String> = line.percents.iter().map(|percent| format!("{percent}%")).collect();
            format!("{}: {}", line.role.name(), percents.join(", "))
        };
        let lines: Vec<String> = self.lines.iter().map(line).collect();
        format!("{}, the weeks of {first} to {last}. {}.", Chart::TITLE, lines.join(". "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn sample() -> Chart {
        let weeks = ["19 Oct", "26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov", "7 Dec"];
        let line = |role, percents: [u8; 8]| Line { role, percents: percents.to_vec() };
        Chart {
            weeks: weeks.map(str::to_owned).to_vec(),
            lines: vec![
                line(Role::Team, [71, 74, 70, 78, 81, 84, 83, 88]),
                line(Role::Highest, [92, 95, 90, 96, 100, 100, 97, 100]),
                line(Role::Middle, [73, 75, 72, 79, 80, 86, 84, 90]),
                line(Role::Lowest, [40, 44, 38, 52, 55, 61, 60, 67]),
            ],
        }
    }

    #[test]
    fn it_says_in_words_what_it_shows() {
        let mut chart = sample();
        chart.lines.truncate(1);
        assert_eq!(
            chart.in_words(),
            "Must-do activities done, week by week, the weeks of 19 Oct to 7 Dec. Team: 71%, 74%, 70%, 78%, 81%, 84%, \
             83%, 88%."
        );
    }
}
