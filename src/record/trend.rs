//! How somebody's weeks go: the last ones as bars, and what they come to in a word.
//!
//! A week of fewer than five decided things has no bar, for a rate of three things says little. The direction is that of
//! the later half against the earlier one, and only where both have enough to tell.

use super::adherence::{ENOUGH, Figures};
use super::digest::Week;

/// How many finished weeks are looked back on.
pub const WEEKS: usize = 8;
/// What a bar is made of, the lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// In place of a bar.
const TOO_FEW: char = '·';
/// From this difference on it is no longer the same: five in a hundred.
const DIFFERENCE: f64 = 0.05;

/// Finished weeks, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    weeks: Vec<(Week, Figures)>,
}

/// Where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More gets done than before.
    Up,
    /// As before.
    Level,
    /// Less gets done than before.
    Down,
}

impl Trend {
    /// Of these weeks, the oldest first.
    pub fn new(weeks: Vec<(Week, Figures)>) -> Trend {
        Trend { weeks }
    }

    /// The weeks, the oldest first.
    pub fn weeks(&self) -> &[(Week, Figures)] {
        &self.weeks
    }

    /// Whether anything was expected in any of them.
    pub fn is_empty(&self) -> bool {
        self.weeks.iter().all(|(_, figures)| figures.expected == 0)
    }

    /// One character a week.
    pub fn bars(&self) -> String {
        self.weeks.iter().map(|(_, figures)| bar(figures)).collect()
    }

    /// The earlier half and the later half together.
    pub fn halves(&self) -> (Figures, Figures) {
        let (earlier, later) = self.weeks.split_at(self.weeks.len() / 2);
        let sum = |weeks: &[(Week, Figures)]| {
            weeks.iter().fold(Figures::default(), |mut sum, (_, figures)| {
                sum += *figures;
                sum
            })
        };
        (sum(earlier), sum(later))
    }

    /// Where it goes; `None` where there is too little to tell.
    pub fn direction(&self) -> Option<Direction> {
        let (earlier, later) = self.halves();
        if earlier.decided() < ENOUGH || later.decided() < ENOUGH {
            return None;
        }
        let change = later.adherence()? - earlier.adherence()?;
        Some(if change >= DIFFERENCE {
            Direction::Up
        } else if change <= -DIFFERENCE {
            Direction::Down
        } else {
            Direction::Level
        })
    }
}

fn bar(figures: &Figures) -> char {
    match figures.adherence() {
        Some(rate) if figures.decided() >= ENOUGH => {
            // Exactly everything has the full bar to itself.
            let step = (rate * (BARS.len() - 1) as f64).floor();
            BARS[(step as usize).min(BARS.len() - 1)]
        }
        Some(_) | None => TOO_FEW,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn trend(weeks: &[(u64, u64)]) -> Trend {
        let figures = |(done, missed): &(u64, u64)| Figures {
            expected: done + missed,
            done_on_time: *done,
            missed: *missed,
            ..Figures::default()
        };
        Trend::new(weeks.iter().map(|week| (Week::of(date(2026, 12, 7)), figures(week))).collect())
    }

    #[test]
    fn a_week_is_a_bar_where_it_has_enough() {
        assert_eq!(trend(&[(0, 5), (1, 6), (4, 4), (19, 1), (20, 0), (4, 0), (0, 0)]).bars(), "▁▂▄▇█··");
    }

    #[test]
    fn the_later_half_is_held_against_the_earlier() {
        assert_eq!(trend(&[(5, 5), (5, 5), (8, 2), (8, 2)]).direction(), Some(Direction::Up));
        assert_eq!(trend(&[(8, 2), (8, 2), (5, 5), (5, 5)]).direction(), Some(Direction::Down));
        assert_eq!(trend(&[(80, 20), (83, 17)]).direction(), Some(Direction::Level));
        assert_eq!(trend(&[(1, 3), (10, 0)]).direction(), None, "four are too few");
        assert!(trend(&[(0, 0), (0, 0)]).is_empty());
    }
}
