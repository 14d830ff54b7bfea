//! Which days and hours a manager works, and the one function that turns local time into an instant.

use jiff::Zoned;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::holidays::Holidays;
use super::people::Manager;

/// Working hours of a day, local time; `start` is before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workday {
    /// First minute.
    pub start: Time,
    /// End.
    pub end: Time,
}

/// The `[calendar]` table without its holidays.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarSettings {
    /// The workdays of a week, in the order in which the file lists them (the last as listed ends the week). Never empty.
    pub workweek: Vec<Weekday>,
    /// Default 09:00-17:00.
    pub workday: Workday,
    /// Month (1-12) in which the fiscal year begins.
    pub fiscal_year_starts: i8,
    /// Minutes a week that a manager can give to the process (default 20 h).
    pub capacity: u32,
}

/// One manager's calendar: workweek, working hours, days off, fiscal year and zone.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// As in [`CalendarSettings::workweek`].
    pub workweek: Vec<Weekday>,
    /// The manager's own, else the process-wide one.
    pub workday: Workday,
    /// Month (1-12) in which the fiscal year begins.
    pub fiscal_year_starts: i8,
    /// The manager's zone.
    pub zone: TimeZone,
    /// Process-wide days off and the manager's own.
    pub holidays: Holidays,
}

impl Calendar {
    /// The calendar of `manager` under the process-wide settings.
    pub fn new(settings: &CalendarSettings, manager: &Manager, process_wide: &Holidays) -> Calendar {
        Calendar {
            workweek: settings.workweek.clone(),
            workday: manager.workday.unwrap_or(settings.workday),
            fiscal_year_starts: settings.fiscal_year_starts,
            zone: manager.zone(),
            holidays: process_wide.for_manager(&manager.slack).union(&manager.holidays),
        }
    }

    /// The instant of a local date and time. A time that a DST change skips moves forward by the size of the gap; one
    /// that happens twice is the first.
    pub fn instant(&self, date: Date, time: Time) -> Zoned {
        date.to_datetime(time).to_zoned(self.zone.clone()).expect("dates are bounded to years 1..9998 when parsed")
    }

    /// Whether the date is in the workweek and no holiday.
    pub fn is_workday(&self, date: Date) -> bool {
        self.workweek.contains(&date.weekday()) && !self.holidays.contains(date)
    }

    /// The first workday strictly after `date`; `None` only where time ends before one comes.
    pub fn workday_after(&self, date: Date) -> Option<Date> {
        let next = |day: &Date| self.holidays.run(*day).map_or(*day, |(_, last)| last).tomorrow().ok();
        std::iter::successors(date.tomorrow().ok(), next).find(|day| self.is_workday(*day))
    }

    /// The last workday strictly before `date`; `None` only where time began after it.
    pub fn workday_before(&self, date: Date) -> Option<Date> {
        let next = |day: &Date| self.holidays.run(*day).map_or(*day, |(first, _)| first).yesterday().ok();
        std::iter::successors(date.yesterday().ok(), next).find(|day| self.is_workday(*day))
    }
}

/// The time zone of this IANA name. `Etc/Unknown` and `Factory`, which stand for a clock that nobody has set, are none.
pub fn zone_named(name: &str) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
    zone.iana_name().is_some_and(|name| name != "Factory").then_some(zone)
}
