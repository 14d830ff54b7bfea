//! What falls due: every occurrence that a process calls for, with its due and closing instants.

#[cfg(test)]
pub(in crate::process) mod tests;

use std::cmp::Ordering;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use super::recurrence::{Rule, occurrences, slots};
use super::{Activity, Calendar, Grace, Manager, Per, Process, Rep, Workday};

/// One activity falling due once, for one manager (and one rep).
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// What.
    pub activity: &'a Activity,
    /// Whose.
    pub manager: &'a Manager,
    /// With whom, where the activity is held per rep.
    pub rep: Option<&'a Rep>,
    /// The final local due date, in the manager's zone.
    pub date: Date,
    /// When it is to be done, in the manager's zone.
    pub due: Zoned,
    /// Until when doing it counts as on time, in the manager's zone.
    pub closes: Zoned,
}

/// Every occurrence of one manager whose final due date lies in `from..=to` (the manager's own dates), ordered by due,
/// then activity key, then rep id.
pub fn plan_manager<'a>(process: &'a Process, manager: &'a Manager, from: Date, to: Date) -> Vec<Planned<'a>> {
    let calendar = process.calendar_of(manager);
    let held = process.activities.iter().filter(|activity| activity.is_held_by(&manager.slack));
    let mut all: Vec<_> = held.flat_map(|activity| plan_activity(activity, manager, &calendar, from, to)).collect();
    all.sort_by(Planned::in_order);
    all
}

/// Every occurrence of everybody in `from..=to`, ordered by due, then activity key, manager id, rep id.
pub fn plan<'a>(process: &'a Process, from: Date, to: Date) -> Vec<Planned<'a>> {
    stream(process, from, to).collect()
}

/// As [`plan`], two weeks at a time, so that a year of a thousand managers never has to be held at once.
pub fn stream<'a>(process: &'a Process, from: Date, to: Date) -> impl Iterator<Item = Planned<'a>> {
    const CHUNK: i32 = 14;
    let mut activities: Vec<_> = process.activities.iter().collect();
    activities.sort_by_key(|activity| &activity.key);
    let mut managers: Vec<_> = process.managers.iter().map(|manager| (manager, process.calendar_of(manager))).collect();
    managers.sort_by_key(|(manager, _)| &manager.slack);
    let mut rest = (from <= to).then_some(from);
    let mut held_back: Vec<Planned<'a>> = Vec::new();
    std::iter::from_fn(move || {
        let start = rest?;
        let end = start.checked_add(Span::new().days(CHUNK - 1)).map_or(to, |end| end.min(to));
        rest = end.tomorrow().ok().filter(|next| *next <= to);
        let mut chunk: Vec<_> = activities
            .iter()
            .flat_map(|activity| managers.iter().map(move |(manager, calendar)| (activity, manager, calendar)))
            .filter(|(activity, manager, _)| activity.is_held_by(&manager.slack))
            .flat_map(|(activity, manager, calendar)| plan_activity(activity, manager, calendar, start, end))
            .collect();
        // What is due at one instant, which is a lot, is in order already: a stable sort compares no more than instants.
        chunk.sort_by_cached_key(|planned| planned.due.timestamp());
        // Two sorted runs, which the sort finds and merges.
        chunk.append(&mut held_back);
        chunk.sort_by(Planned::in_order);
        // A date is over in one zone before it is in another: what comes with the next chunk may be due before some of this.
        let ready = match rest.and_then(earliest_instant) {
            Some(next) => chunk.partition_point(|planned| planned.due.timestamp() < next),
            None if rest.is_some() => 0,
            None => chunk.len(),
        };
        held_back = chunk.split_off(ready);
        Some(chunk)
    })
    .flatten()
}

/// Before a local date has begun anywhere.
fn earliest_instant(date: Date) -> Option<Timestamp> {
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    midnight.checked_sub(SignedDuration::from_hours(26)).ok()
}

impl Planned<'_> {
    /// By due instant, then activity key, manager id, rep id.
    pub fn in_order(&self, other: &Planned<'_>) -> Ordering {
        let by_due = self.due.timestamp().cmp(&other.due.timestamp());
        by_due
            .then_with(|| self.activity.key.cmp(&other.activity.key))
            .then_with(|| self.manager.slack.cmp(&other.manager.slack))
            .then_with(|| self.rep.map(|rep| &rep.slack).cmp(&other.rep.map(|rep| &rep.slack)))
    }
}

/// Every occurrence of one activity of one manager in `from..=to`, rep by rep in order of their ids, each by date.
pub fn plan_activity<'a>(
    activity: &'a Activity,
    manager: &'a Manager,
    calendar: &Calendar,
    from: Date,
    to: Date,
) -> Vec<Planned<'a>> {
    let once = |rep: Option<&'a Rep>, rule: &Rule<'_>| {
        occurrences(rule, calendar, from, to).into_iter().map(move |due| {
            let (date, closes) = (due.date(), closes(calendar, activity.grace, due.date(), &due));
            Planned { activity, manager, rep, date, due, closes }
        })
    };
    let rule = Rule::new(&activity.when, activity.on_holiday);
    let mut reps: Vec<&'a Rep> = manager.reps.iter().collect();
    reps.sort_by_key(|rep| &rep.slack);
    match (activity.per, slots(&activity.when).filter(|_| activity.spread)) {
        (Per::Manager, _) => once(None, &rule).collect(),
        (Per::Rep, None) => {
            let everybodys: Vec<_> = once(None, &rule).collect();
            let of = |rep| everybodys.iter().map(move |planned| Planned { rep: Some(rep), ..planned.clone() });
            reps.into_iter().flat_map(of).collect()
        }
        (Per::Rep, Some(slots)) => {
            let of = |rep: &'a Rep| {
                let at = time_in_slot(activity, rep.slot / slots, calendar.workday);
                once(Some(rep), &Rule { at, slot: Some(rep.slot % slots), ..rule })
            };
            reps.into_iter().flat_map(of).collect()
        }
    }
}

/// The time of whoever comes `turn`-th (from 0) in a shared slot: one after the other, but so that the last still ends
/// with the workday, and nobody before the time that the phrase says.
pub(in crate::process) fn time_in_slot(activity: &Activity, turn: u32, workday: Workday) -> Time {
    let minute_of = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
    let (at, minutes) = (minute_of(activity.when.at), i64::from(activity.minutes));
    let minute = (at + i64::from(turn) * minutes).min(minute_of(workday.end) - minutes).max(at);
    Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).expect("between the phrase's time and the workday's end")
}

/// Until when an occurrence due on the local date `due_date`, at the instant `due`, counts as on time. Always after `due`.
pub fn closes(calendar: &Calendar, grace: Grace, due_date: Date, due: &Zoned) -> Zoned {
    let last_day = match grace {
        Grace::Workdays(count) => (0..count).try_fold(due_date, |day, _| calendar.workday_after(day)),
        Grace::EndOfWeek => end_of_week(calendar, due_date),
    };
    let end = last_day.map(|day| calendar.instant(day, calendar.workday.end)).filter(|end| end > due);
    end.unwrap_or_else(|| {
        let next = due_date.tomorrow().unwrap_or(due_date);
        calendar.instant(next, Time::midnight())
    })
}

/// The last workday up to the day that ends the workweek, or the first after the due date where that is later: what falls
/// due on the last day of a week has the next workday too.
fn end_of_week(calendar: &Calendar, due_date: Date) -> Option<Date> {
    let last = *calendar.workweek.last()?;
    let ahead = last.since(due_date.weekday());
    let ends = due_date.checked_add(Span::new().days(ahead)).ok()?;
    let up_to = if calendar.is_workday(ends) { Some(ends) } else { calendar.workday_before(ends) };
    up_to.max(calendar.workday_after(due_date))
}
