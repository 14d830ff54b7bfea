//! What could be asked less of an activity: drop it, hold it half as often, make it shorter.

use jiff::civil::Weekday;

use crate::process::phrase::{MOST_WEEKS, Ordinal, Phrase, Recur, SpanOf, Unit};
use crate::process::recurrence::can_occur;
use crate::process::{Activity, CalendarSettings, Priority, Process};

/// One way to ask less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Leave it out: only what is nice to have.
    Drop,
    /// About half as often, by this phrase.
    LessOften(Phrase),
    /// So many minutes.
    Shorten(u32),
}

impl Change {
    /// The activity as it would be; `None` where it would not be at all.
    pub fn applied_to(&self, activity: &Activity) -> Option<Activity> {
        match self {
            Change::Drop => None,
            Change::LessOften(when) => Some(Activity { when: when.clone(), ..activity.clone() }),
            Change::Shorten(minutes) => Some(Activity { minutes: *minutes, ..activity.clone() }),
        }
    }
}

/// Every way to ask less of an activity, the mildest first. One change an activity is all that is ever suggested.
pub(super) fn changes(activity: &Activity, process: &Process) -> Vec<Change> {
    let mut changes: Vec<_> = shorter(activity.minutes).into_iter().map(Change::Shorten).collect();
    changes.extend(less_often(&activity.when, &process.calendar).map(Change::LessOften));
    if activity.priority == Priority::Nice {
        changes.push(Change::Drop);
    }
    changes
}

/// Three quarters and half, in minutes that people would put into a calendar: 60 → 45, 30.
fn shorter(minutes: u32) -> Vec<u32> {
    const SHORTEST: u32 = 10;
    let step = if minutes >= 60 { 15 } else { 5 };
    let tidy = |quarters: u32| (minutes * quarters).div_ceil(4).next_multiple_of(step);
    let mut shorter = vec![tidy(3), tidy(2)];
    shorter.dedup();
    shorter.retain(|less| (SHORTEST..minutes).contains(less));
    shorter
}

/// The phrase of about half as often; `None` where the language of `when` has none that is worth saying.
fn less_often(phrase: &Phrase, calendar: &CalendarSettings) -> Option<Phrase> {
    let recur = match &phrase.recur {
        Recur::EveryDay => every_other(&Weekday::Monday.cycle_forward().take(7).collect::<Vec<_>>())?,
        Recur::EveryWorkday => every_other(&calendar.workweek)?,
        Recur::Weekly { every, weekdays } if *every <= MOST_WEEKS / 2 => {
            Recur::Weekly { every: every * 2, weekdays: weekdays.clone() }
        }
        Recur::Weekly { .. } => return None,
        Recur::Ordinal { ordinals, unit, span } => {
            let span = rarer(span, ordinals, *unit, calendar.fiscal_year_starts)?;
            Recur::Ordinal { ordinals: ordinals.clone(), unit: *unit, span }
        }
    };
    checked(Phrase { recur, ..phrase.clone() }, calendar)
}

/// Daily work on every other day of these: Monday, Wednesday and Friday. `None` where that is none the fewer.
fn every_other(days: &[Weekday]) -> Option<Recur> {
    let weekdays: Vec<_> = days.iter().copied().step_by(2).collect();
    (weekdays.len() < days.len()).then_some(Recur::Weekly { every: 1, weekdays })
}

/// What is suggested can be typed into the file as it is printed, and does occur.
fn checked(phrase: Phrase, calendar: &CalendarSettings) -> Option<Phrase> {
    let reads = phrase.to_string().parse().is_ok_and(|read: Phrase| read == phrase);
    (reads && can_occur(&phrase, &calendar.workweek, calendar.fiscal_year_starts)).then_some(phrase)
}

/// The span in which the same places come about half as often. Twice a year is said by months, so quarterly work that
/// is counted beyond a month (`the 11th Tuesday of every quarter`) becomes yearly.
fn rarer(span: &SpanOf, ordinals: &[Ordinal], unit: Unit, fiscal_year_starts: i8) -> Option<SpanOf> {
    let month = |place: i8| (fiscal_year_starts - 1 + place).rem_euclid(12) + 1;
    match span {
        SpanOf::EveryMonth => Some(SpanOf::EveryOtherMonth),
        SpanOf::EveryOtherMonth => Some(SpanOf::EveryQuarter),
        SpanOf::EveryQuarter if !ordinals.iter().all(|ordinal| fits_a_month(*ordinal, unit)) => Some(SpanOf::EveryYear),
        SpanOf::EveryQuarter => {
            let from_end = |ordinal: &Ordinal| matches!(ordinal, Ordinal::FromEnd(_));
            if ordinals.iter().all(from_end) {
                Some(SpanOf::Months(vec![month(5), month(11)]))
            } else if ordinals.iter().any(from_end) {
                Some(SpanOf::EveryYear)
            } else {
                Some(SpanOf::Months(vec![month(0), month(6)]))
            }
        }
        SpanOf::MonthOfQuarter(place) => {
            let place = i8::try_from(*place).ok()? - 1;
            Some(SpanOf::Months(vec![month(place), month(place + 6)]))
        }
        SpanOf::Months(months) if months.len() > 1 => Some(SpanOf::Months(months.iter().copied().step_by(2).collect())),
        SpanOf::Months(_) | SpanOf::EveryYear => None,
    }
}

/// Whether every month has this place, a few holidays granted.
fn fits_a_month(ordinal: Ordinal, unit: Unit) -> bool {
    let (Ordinal::FromStart(place) | Ordinal::FromEnd(place)) = ordinal;
    let most = match unit {
        Unit::Weekday(_) => 4,
        Unit::Workday => 15,
        Unit::Day => 28,
    };
    place <= most
}
