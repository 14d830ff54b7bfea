//! Ground floor: the sales management process, that is, what is owed and when.
//!
//! Pure arithmetic. Nothing here knows the clock, the disk, Slack or async: the same input gives the same output.
//! Reading order: [`phrase`] (the language of `when`), [`calendar`] and [`holidays`] (which days a manager works),
//! [`recurrence`] (a phrase's dates), [`activity`] and [`people`] (the lines and who holds them), [`mod@file`] (how it is
//! written down), [`plan`] (what falls due), [`load`] (what it asks in hours), [`revision`] (which process holds when), [`edit`] (changes made by hand), [`erase`] (a name taken out).

pub mod activity;
pub mod calendar;
pub mod digest;
pub mod edit;
pub mod erase;
pub mod file;
pub mod holidays;
pub mod load;
pub mod people;
pub mod phrase;
pub mod plan;
pub mod recurrence;
pub mod revision;
pub mod text;

pub use activity::{
    Activity, ActivityKey, Category, Comparison, EvidenceWanted, Grace, NumberQuestion, OnHoliday, Per, Priority,
    Target, Verify,
};
pub use calendar::{Calendar, CalendarSettings, Workday, zone_named};
pub use digest::DigestSettings;
pub use holidays::Holidays;
pub use people::{Intensity, Leader, Manager, Rep, UserId};
pub use phrase::Phrase;

use jiff::civil::Date;

/// The sales management process: the activities that managers are to do, with timing, frequency and expected outcome.
///
/// A value of this type has been checked whole: every person named is known, every phrase can occur, ids are unique.
///
/// Two are equal when they call for the same: whether a day off came from a manager's own holiday file or from a
/// `[[holiday]]` for that manager makes no difference.
#[derive(Debug, Clone)]
pub struct Process {
    /// As shown to people.
    pub name: String,
    /// The date from which this revision holds (midnight in each manager's zone); `None`: the day it is applied.
    pub effective: Option<Date>,
    /// The revision that the file was made from, as `export` wrote it.
    pub revision: Option<i64>,
    /// Workweek, workday, fiscal year, capacity.
    pub calendar: CalendarSettings,
    /// Days off for everybody.
    pub holidays: Holidays,
    /// The intensity of whoever has not chosen another.
    pub intensity: Intensity,
    /// The process-wide digest settings.
    pub digest: DigestSettings,
    /// The activities, in the file's order.
    pub activities: Vec<Activity>,
    /// The leaders, in the file's order.
    pub leaders: Vec<Leader>,
    /// The managers, in the file's order.
    pub managers: Vec<Manager>,
}

impl PartialEq for Process {
    fn eq(&self, other: &Process) -> bool {
        // Taken apart, so that a new field cannot be forgotten here.
        let Process {
            name,
            effective,
            revision,
            calendar,
            holidays: _,
            intensity,
            digest,
            activities,
            leaders,
            managers,
        } = self;
        let without_days_off = |manager: &Manager| Manager { holidays: Holidays::default(), ..manager.clone() };
        *name == other.name
            && *effective == other.effective
            && *revision == other.revision
            && *calendar == other.calendar
            && *intensity == other.intensity
            && *digest == other.digest
            && *activities == other.activities
            && *leaders == other.leaders
            && managers.iter().map(without_days_off).eq(other.managers.iter().map(without_days_off))
            && self.days_off() == other.days_off()
    }
}

impl Process {
    /// Every day off: the process-wide ones, and the managers' own as holding for them alone.
    pub fn days_off(&self) -> Holidays {
        let mut all = self.holidays.clone();
        for manager in &self.managers {
            for (date, own) in manager.holidays.iter() {
                let managers = Some(vec![manager.slack.clone()]);
                all.add(date, holidays::Holiday { name: own.name.clone(), managers });
            }
        }
        all
    }

    /// The activity with this key.
    pub fn activity(&self, key: &ActivityKey) -> Option<&Activity> {
        self.activities.iter().find(|activity| activity.key == *key)
    }

    /// The manager with this id.
    pub fn manager(&self, id: &UserId) -> Option<&Manager> {
        self.managers.iter().find(|manager| manager.slack == *id)
    }

    /// The leader with this id.
    pub fn leader(&self, id: &UserId) -> Option<&Leader> {
        self.leaders.iter().find(|leader| leader.slack == *id)
    }

    /// Whom a leader answers to: the file's word, else, for one who is a manager too, that manager's leader.
    pub fn leader_above(&self, leader: &UserId) -> Option<&UserId> {
        let own = self.leader(leader).and_then(|leader| leader.leader.as_ref());
        own.or_else(|| self.manager(leader).map(|manager| &manager.leader))
    }

    /// Whether `above` is `leader`, or leads them, however far up. Ends by itself: a checked process has no circle.
    pub fn is_led_by(&self, leader: &UserId, above: &UserId) -> bool {
        std::iter::successors(Some(leader), |id| self.leader_above(id)).any(|id| id == above)
    }

    /// The calendar by which this manager works.
    pub fn calendar_of(&self, manager: &Manager) -> Calendar {
        Calendar::new(&self.calendar, manager, &self.holidays)
    }

    /// The intensity of this manager's nudges.
    pub fn intensity_of(&self, manager: &Manager) -> Intensity {
        manager.intensity.unwrap_or(self.intensity)
    }
}
