//! The times at which an occurrence may be asked for again.

use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Timestamp};

use crate::process::Calendar;

/// One of the choices that a nudge offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Choice {
    HalfHour,
    Hour,
    ThisAfternoon,
    TomorrowMorning,
    NextWeek,
    PickATime,
}

impl Choice {
    /// In the order in which they are offered.
    pub const ALL: [Choice; 6] = [
        Choice::HalfHour,
        Choice::Hour,
        Choice::ThisAfternoon,
        Choice::TomorrowMorning,
        Choice::NextWeek,
        Choice::PickATime,
    ];

    /// The words of INTERFACE §5.
    pub fn label(self) -> &'static str {
        match self {
            Choice::HalfHour => "30 minutes",
            Choice::Hour => "1 hour",
            Choice::ThisAfternoon => "This afternoon",
            Choice::TomorrowMorning => "Tomorrow morning",
            Choice::NextWeek => "Next week",
            Choice::PickATime => "Pick a time…",
        }
    }

    /// The instant this choice means at `now`; `None` where it isn't offered (and for [`Choice::PickATime`]).
    pub fn instant(self, now: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        let local = now.to_zoned(calendar.zone.clone());
        let at = |date: Date, time: Time| calendar.instant(date, time).timestamp();
        match self {
            Choice::HalfHour => now.checked_add(SignedDuration::from_mins(30)).ok(),
            Choice::Hour => now.checked_add(SignedDuration::from_hours(1)).ok(),
            Choice::ThisAfternoon => {
                (local.time() < Time::constant(13, 0, 0, 0)).then(|| at(local.date(), Time::constant(14, 0, 0, 0)))
            }
            Choice::TomorrowMorning => Some(at(calendar.workday_after(local.date())?, calendar.workday.start)),
            Choice::NextWeek => {
                let sunday = local.date().checked_sub(jiff::Span::new().days(1)).ok()?;
                let sunday = sunday.nth_weekday(1, Weekday::Sunday).ok()?;
                Some(at(calendar.workday_after(sunday)?, calendar.workday.start))
            }
            Choice::PickATime => None,
        }
    }
}

/// What a nudge painted at `now` offers for an occurrence that closes at `closes`: nothing where less than 30 minutes
/// are left, else every choice that lies before it closes.
pub fn choices(now: Timestamp, closes: Timestamp, calendar: &Calendar) -> Vec<Choice> {
    if closes.duration_since(now) < SignedDuration::from_mins(30) {
        return Vec::new();
    }
    let fits =
        |choice: &Choice| *choice == Choice::PickATime || choice.instant(now, calendar).is_some_and(|at| at < closes);
    Choice::ALL.into_iter().filter(fits).collect()
}
