//! What a manager sets for themself: the keys of their own `[[manager]]` that are theirs to choose.

use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{About, Edited, Objection, checked};
use crate::process::{Intensity, Process, UserId, Workday, zone_named};

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

impl OwnSettings {
    /// The process with these choices of `manager`.
    ///
    /// # Errors
    /// What speaks against it; about [`About::When`] where the day would begin after its end.
    pub fn make(&self, process: &Process, manager: &UserId, today: Date) -> Result<Edited, Objection> {
        let mut after = process.clone();
        let (usual, workday) = (process.intensity, process.calendar.workday);
        let theirs = after.managers.iter_mut().find(|one| one.slack == *manager);
        let theirs = theirs.ok_or_else(|| Objection::gone("This manager"))?;
        if theirs.intensity.unwrap_or(usual) != self.intensity {
            theirs.intensity = Some(self.intensity);
        }
        let now = theirs.workday.unwrap_or(workday);
        if now.start != self.start {
            if self.start >= now.end {
                let words = format!("Your day ends at {}, so it has to begin before.", now.end.strftime("%H:%M"));
                return Err(Objection::new(About::When, words));
            }
            theirs.workday = Some(Workday { start: self.start, end: now.end });
        }
        if theirs.zone() != self.zone {
            theirs.time_zone = Some(self.zone.clone());
        }
        checked(process, &after, today)
    }
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
    if let Some(zone) = whole.or_else(by_city).and_then(|name| zone_named(name)) {
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
        assert!(name("Factory").is_err() && name("factory").is_err(), "a clock that nobody has set");
        assert_eq!(name("Chicgo"), Err(Some("America/Chicago".to_owned())));
        assert_eq!(name("!!"), Err(None));
    }
}
