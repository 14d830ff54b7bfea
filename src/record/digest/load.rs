//! What a week asks of each manager, against what they can give in it: the digest's own week and the next.
//!
//! A worked week: eleven occurrences fall due, 14 hours of them, one is excused. Ana gives 16 h 30 min a full week; Thursday is
//! a holiday, so 13 h 12 min can be given. Planned are 13 h 30 min, which is 18 minutes too many: she is over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Material, Seat, Week};
use crate::process::UserId;
use crate::record::hours::Hours;
use crate::record::{Entry, State};

/// One manager's week. All times are minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadLine {
    /// Whose.
    pub manager: UserId,
    /// How often something falls due, done or not; what is excused asks nothing.
    pub occurrences: u64,
    /// What they take together.
    pub planned: u32,
    /// What can be given, less for each day off or away.
    pub capacity: u32,
    /// Asked beyond that; 0 where it fits.
    pub over: u32,
    /// How many days of the workweek are off.
    pub days_off: u64,
}

impl LoadLine {
    /// Whether more is asked than can be given.
    pub fn is_over(&self) -> bool {
        self.over > 0
    }

    /// Everybody who has one of these seats, in order of id, in this week.
    pub fn of(material: &Material<'_>, week: Week, seats: &[Seat]) -> Vec<LoadLine> {
        let mut theirs: BTreeMap<&UserId, Vec<&Entry>> = BTreeMap::new();
        for entry in material.due(1, week).filter(|entry| entry.occurrence.state(material.now) != State::Excused) {
            theirs.entry(&entry.occurrence.manager).or_default().push(entry);
        }
        let line = |seat: &Seat| {
            let entries = theirs.remove(&seat.manager).unwrap_or_default();
            let hours = Hours::of(week, entries.iter().copied(), seat.full_week, &seat.calendar, material.now);
            LoadLine {
                manager: seat.manager.clone(),
                occurrences: entries.len() as u64,
                planned: hours.planned,
                capacity: hours.can_give(),
                over: hours.too_many(),
                days_off: hours.days_off as u64,
            }
        };
        let mut lines: Vec<LoadLine> = seats.iter().map(line).collect();
        lines.sort_by(|a, b| a.manager.cmp(&b.manager));
        lines
    }
}
