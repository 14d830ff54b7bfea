//! What a week asks of a manager, against what they can give in it.

use super::digest::Week;
use super::{Entry, State};
use crate::process::Calendar;
use crate::process::load::Capacity;

/// One week's hours. All times are minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hours {
    /// Of whatever falls due in the week, done or not; what is excused or withdrawn asks nothing.
    pub planned: u32,
    /// What can be given, less for each day off.
    pub capacity: Capacity,
    /// How many days of the workweek are off.
    pub days_off: usize,
}

impl Hours {
    /// Of this week. `full_week` is the capacity without days off; days away are off in `calendar`.
    pub fn of<'e>(
        week: Week,
        entries: impl IntoIterator<Item = &'e Entry>,
        full_week: u32,
        calendar: &Calendar,
        now: jiff::Timestamp,
    ) -> Hours {
        let dates = std::iter::successors(Some(week.from()), |day| day.tomorrow().ok()).take(7);
        let of_workweek = dates.filter(|date| calendar.workweek.contains(&date.weekday()));
        let (given, days_off): (Vec<_>, Vec<_>) = of_workweek.partition(|date| calendar.is_workday(*date));
        let mut capacity = Capacity::default();
        for _ in given {
            capacity += Capacity::of_a_workday(full_week, calendar);
        }
        let asks = |entry: &&Entry| {
            let due = entry.occurrence.date;
            let within = due >= week.from() && due <= week.to();
            within && !matches!(entry.occurrence.state(now), State::Excused | State::Withdrawn)
        };
        let planned = entries.into_iter().filter(asks).map(|entry| entry.activity.minutes).sum();
        Hours { planned, capacity, days_off: days_off.len() }
    }

    /// Minutes that can be given, in whole ones.
    pub fn can_give(&self) -> u32 {
        self.capacity.minutes().round() as u32
    }

    /// Minutes asked beyond what can be given.
    pub fn too_many(&self) -> u32 {
        u32::try_from(self.capacity.lacks(u64::from(self.planned))).unwrap_or(u32::MAX)
    }
}
