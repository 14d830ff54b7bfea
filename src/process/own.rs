//! What a manager sets for themself: the keys of their own `[[manager]]` that are theirs to choose.

use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::file::write;
use super::revision::{Revision, Revisions};
use super::{Intensity, Process, UserId, Workday};

/// A manager's choices. What is as it was already stays as it is written: whoever never chose keeps following the process.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnSettings {
    /// How often the bot writes.
    pub intensity: Intensity,
    /// When the day begins; its end stays.
    pub start: Time,
    /// Where they are.
    pub zone: TimeZone,
}

/// Why they can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOwn {
    /// The day would begin when it has ended already.
    #[error("the day would begin after its end")]
    AfterEnd(Time),
    /// They are no manager there.
    #[error("no manager")]
    NoManager,
}

impl OwnSettings {
    /// The process with these choices of `manager`.
    ///
    /// # Errors
    /// See [`NotOwn`].
    pub fn made(&self, process: &Process, manager: &UserId) -> Result<Process, NotOwn> {
        let mut after = process.clone();
        let usual = process.intensity;
        let workday = process.calendar.workday;
        let theirs = after.managers.iter_mut().find(|one| one.slack == *manager).ok_or(NotOwn::NoManager)?;
        if theirs.intensity.unwrap_or(usual) != self.intensity {
            theirs.intensity = Some(self.intensity);
        }
        let now = theirs.workday.unwrap_or(workday);
        if now.start != self.start {
            if self.start >= now.end {
                return Err(NotOwn::AfterEnd(now.end));
            }
            theirs.workday = Some(Workday { start: self.start, end: now.end });
        }
        if theirs.zone() != self.zone {
            theirs.time_zone = Some(self.zone.clone());
        }
        Ok(after)
    }

    /// The revisions that they call for from a date on, each with the date from which it holds: the one in force then, and
    /// each that is still to come. Empty where all say so already.
    ///
    /// # Errors
    /// See [`NotOwn`]; a revision to come that knows the manager no more is left as it is.
    pub fn steps(&self, revisions: &Revisions, manager: &UserId, from: Date) -> Result<Vec<(Date, Process)>, NotOwn> {
        let mut segments: Vec<(&Revision, Date)> = Vec::new();
        for (revision, begin, _) in revisions.segments(from, Date::MAX) {
            if segments.last().is_none_or(|(last, _)| last.number != revision.number) {
                segments.push((revision, begin));
            }
        }
        let (mut steps, mut known) = (Vec::new(), false);
        for (before, effective) in segments {
            let after = match self.made(&before.process, manager) {
                Ok(after) => {
                    known = true;
                    after
                }
                Err(NotOwn::NoManager) => (*before.process).clone(),
                Err(refused @ NotOwn::AfterEnd(_)) => return Err(refused),
            };
            // What comes before the first change stays as it is.
            if !steps.is_empty() || !says_the_same(&before.process, &after) {
                steps.push((effective, Process { effective: Some(effective), revision: None, ..after }));
            }
        }
        if known { Ok(steps) } else { Err(NotOwn::NoManager) }
    }
}

fn says_the_same(one: &Process, other: &Process) -> bool {
    let bare = |process: &Process| write(&Process { effective: None, revision: None, ..process.clone() });
    bare(one) == bare(other)
}

/// The zone that somebody means by an IANA name or by its city.
///
/// # Errors
/// The name that comes nearest, where one does.
pub fn zone_meant(text: &str) -> Result<TimeZone, Option<String>> {
    let wanted = text.trim().replace(' ', "_").to_lowercase();
    let database = TimeZoneDatabase::bundled();
    let names: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
    let city = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let whole = names.iter().find(|name| name.to_lowercase() == wanted);
    // Old names stand beside today's (US/Chicago); of several, those of a continent come first.
    let by_city = || names.iter().find(|name| name.contains('/') && city(name) == wanted);
    if let Some(zone) = whole.or_else(by_city).and_then(|name| database.get(name).ok()) {
        return Ok(zone);
    }
    let near = |name: &&String| {
        strsim::jaro_winkler(&city(name), &wanted).max(strsim::jaro_winkler(&name.to_lowercase(), &wanted))
    };
    let best = names.iter().filter(|name| name.contains('/')).max_by(|a, b| near(a).total_cmp(&near(b)));
    Err(best.filter(|name| near(name) > 0.85).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_name_or_its_city() {
        let name = |text: &str| zone_meant(text).map(|zone| zone.iana_name().unwrap_or_default().to_owned());
        for (text, zone) in [
            ("America/Chicago", "America/Chicago"),
            ("chicago", "America/Chicago"),
            ("new york", "America/New_York"),
            (" London ", "Europe/London"),
            ("UTC", "UTC"),
        ] {
            assert_eq!(name(text), Ok(zone.to_owned()), "{text}");
        }
        assert_eq!(name("Chicgo"), Err(Some("America/Chicago".to_owned())));
        assert_eq!(name("!!"), Err(None));
    }
}
