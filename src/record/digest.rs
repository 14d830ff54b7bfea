//! A week's digest: what it says, before anybody thinks of how it looks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::adherence::Figures;
use super::outcome::ResultWord;
use super::{Absence, Days, Entry, State};
use crate::process::{ActivityKey, Priority, UserId};

/// An ISO week, Monday to Sunday, written `2026-W49`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Week {
    monday: Date,
}

impl Week {
    /// The week that holds this date.
    pub fn of(date: Date) -> Week {
        let back = i64::from(date.weekday().to_monday_zero_offset());
        Week { monday: date.saturating_sub(jiff::Span::new().days(back)) }
    }

    /// Its Monday.
    pub fn from(self) -> Date {
        self.monday
    }

    /// Its Sunday.
    pub fn to(self) -> Date {
        self.monday.saturating_add(jiff::Span::new().days(6))
    }

    /// The week before.
    pub fn before(self) -> Week {
        Week { monday: self.monday.saturating_sub(jiff::Span::new().days(7)) }
    }

    /// The week after.
    pub fn after(self) -> Week {
        Week { monday: self.monday.saturating_add(jiff::Span::new().days(7)) }
    }

    /// The week that a digest posted on `date` covers: that one from the workweek's last day (as listed) on, else the
    /// week before.
    pub fn covered_on(date: Date, workweek: &[Weekday]) -> Week {
        let last = workweek.last().copied().unwrap_or(Weekday::Friday);
        let this = Week::of(date);
        if date.weekday().to_monday_zero_offset() >= last.to_monday_zero_offset() { this } else { this.before() }
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let iso = self.monday.iso_week_date();
        write!(f, "{}-W{:02}", iso.year(), iso.week())
    }
}

impl From<Week> for String {
    fn from(week: Week) -> String {
        week.to_string()
    }
}

impl TryFrom<String> for Week {
    type Error = BadWeek;

    fn try_from(text: String) -> Result<Week, BadWeek> {
        text.parse()
    }
}

/// That is no ISO week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ISO week: expected one like 2026-W49")]
pub struct BadWeek(String);

impl std::str::FromStr for Week {
    type Err = BadWeek;

    fn from_str(text: &str) -> Result<Week, BadWeek> {
        let bad = || BadWeek(text.to_owned());
        let (year, week) = text.split_once("-W").ok_or_else(bad)?;
        if year.len() != 4 || week.len() != 2 || !(year.to_owned() + week).bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let iso = ISOWeekDate::new(year.parse().map_err(|_| bad())?, week.parse().map_err(|_| bad())?, Weekday::Monday);
        Ok(Week { monday: iso.map_err(|_| bad())?.date() })
    }
}

/// The counts and rates of INTERFACE §6, as they stand in the JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(description = "Counts over occurrences, and the two rates: null where nothing is decided yet.")]
#[allow(missing_docs)]
pub struct Rates {
    pub expected: u64,
    pub open: u64,
    pub done_on_time: u64,
    pub done_late: u64,
    pub skipped: u64,
    pub missed: u64,
    pub excused: u64,
    pub adherence: Option<f64>,
    pub on_time_rate: Option<f64>,
}

impl From<Figures> for Rates {
    fn from(figures: Figures) -> Rates {
        let Figures { expected, open, done_on_time, done_late, skipped, missed, excused } = figures;
        Rates {
            expected,
            open,
            done_on_time,
            done_late,
            skipped,
            missed,
            excused,
            adherence: figures.adherence(),
            on_time_rate: figures.on_time_rate(),
        }
    }
}

impl Rates {
    /// The counts alone.
    pub fn figures(&self) -> Figures {
        let Rates { expected, open, done_on_time, done_late, skipped, missed, excused, .. } = *self;
        Figures { expected, open, done_on_time, done_late, skipped, missed, excused }
    }
}

/// One manager's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ManagerLine {
    pub manager: UserId,
    #[serde(flatten)]
    pub rates: Rates,
}

/// One activity's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ActivityLine {
    pub activity: ActivityKey,
    #[serde(flatten)]
    pub rates: Rates,
}

/// `digest --format json`, field by field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Digest {
    pub week: Week,
    pub from: Date,
    pub to: Date,
    #[serde(flatten)]
    pub rates: Rates,
    pub previous_adherence: Option<f64>,
    pub must: Rates,
    pub managers: Vec<ManagerLine>,
    pub activities: Vec<ActivityLine>,
}

impl Digest {
    /// The digest of `week` at `now`. `entries`: every occurrence due in it; `previous`: those of the week before.
    pub fn new(week: Week, entries: &[Entry], previous: &[Entry], now: Timestamp) -> Digest {
        let all = || entries.iter().filter(|entry| entry.occurrence.state(now) != State::Withdrawn);
        let figures = |wanted: &dyn Fn(&Entry) -> bool| {
            Rates::from(Figures::of(all().filter(|entry| wanted(entry)).map(|entry| &entry.occurrence), now))
        };
        let managers: BTreeMap<&UserId, ()> = all().map(|entry| (&entry.occurrence.manager, ())).collect();
        let activities: BTreeMap<&ActivityKey, ()> = all().map(|entry| (&entry.occurrence.activity, ())).collect();
        Digest {
            week,
            from: week.from(),
            to: week.to(),
            rates: figures(&|_| true),
            previous_adherence: Figures::of(previous.iter().map(|entry| &entry.occurrence), now).adherence(),
            must: figures(&|entry| entry.activity.priority == Priority::Must),
            managers: managers
                .into_keys()
                .map(|id| ManagerLine { manager: id.clone(), rates: figures(&|entry| entry.occurrence.manager == *id) })
                .collect(),
            activities: activities
                .into_keys()
                .map(|id| ActivityLine {
                    activity: id.clone(),
                    rates: figures(&|entry| entry.occurrence.activity == *id),
                })
                .collect(),
        }
    }
}

/// What a digest tells beside its figures. Frozen with them when it is posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// The figures.
    pub digest: Digest,
    /// The figures of the week before, as they stood when this was told.
    pub previous: Rates,
    /// The same over its `must` activities.
    pub previous_must: Rates,
    /// Final figures that an earlier digest told, and that have changed since.
    #[serde(default)]
    pub restated: Vec<Restated>,
    /// Whether the week still runs.
    pub so_far: bool,
    /// The IANA zone in which the digest is read.
    pub time_zone: String,
    /// Names of the managers in the figures.
    pub names: BTreeMap<UserId, String>,
    /// Titles of the activities in the figures.
    pub titles: BTreeMap<ActivityKey, String>,
    /// What is missed or open and can still be done, at most [`Story::MOST`].
    pub recoverable: Vec<Recoverable>,
    /// How many more there are.
    pub more_recoverable: usize,
    /// The week's outcomes in the managers' own words: shared notes only, one a manager, at most [`Story::MOST`].
    pub words: Vec<InTheirWords>,
    /// Who is away in that week or the next, by their own word, in order of manager.
    #[serde(default)]
    pub away: Vec<AwayLine>,
}

/// The days on which a manager is away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AwayLine {
    pub manager: UserId,
    pub days: Vec<Days>,
}

impl AwayLine {
    /// The lines of a digest of `week`: absences in it or in the next one.
    pub fn of(week: Week, absences: &[Absence]) -> Vec<AwayLine> {
        let mut lines: BTreeMap<&UserId, Vec<Days>> = BTreeMap::new();
        let told = Days::new(week.from(), week.after().to());
        for absence in absences.iter().filter(|absence| told.is_some_and(|told| told.overlaps(absence.days))) {
            lines.entry(&absence.manager).or_default().push(absence.days);
        }
        lines.into_iter().map(|(manager, days)| AwayLine { manager: manager.clone(), days }).collect()
    }
}

/// A week whose final figures were told in a digest, and stand otherwise now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Restated {
    pub week: Week,
    pub told: Rates,
    pub now: Rates,
}

/// Something that slipped, or is about to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Recoverable {
    pub manager: UserId,
    pub label: String,
    /// When it closes, if it hasn't.
    pub closes: Option<Timestamp>,
}

/// A note that its activity shares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct InTheirWords {
    pub manager: UserId,
    pub label: String,
    pub note: String,
    pub result: Option<ResultWord>,
}

impl Story {
    /// How many slips and how many notes a digest shows at most.
    pub const MOST: usize = 5;

    /// The final figures that this digest told, by week: not those of a week that still ran, or had something open.
    pub fn finals(&self) -> Vec<(Week, &Rates)> {
        let before = (self.digest.week.before(), &self.previous);
        let this = (!self.so_far).then_some((self.digest.week, &self.digest.rates));
        [before].into_iter().chain(this).filter(|(_, rates)| rates.open == 0).collect()
    }

    /// The story of `week` at `now`, for a digest read in `zone`.
    pub fn new(
        week: Week,
        entries: &[Entry],
        previous: &[Entry],
        names: BTreeMap<UserId, String>,
        zone: TimeZone,
        now: Timestamp,
    ) -> Story {
        let of = |wanted: &dyn Fn(&Entry) -> bool| {
            Rates::from(Figures::of(previous.iter().filter(|entry| wanted(entry)).map(|entry| &entry.occurrence), now))
        };
        let recoverable = recoverable(entries, now);
        let titles = entries.iter().map(|e| (e.occurrence.activity.clone(), e.activity.title.clone())).collect();
        Story {
            digest: Digest::new(week, entries, previous, now),
            previous: of(&|_| true),
            previous_must: of(&|entry| entry.activity.priority == Priority::Must),
            restated: Vec::new(),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            so_far: now.to_zoned(zone).date() <= week.to(),
            names,
            titles,
            more_recoverable: recoverable.len().saturating_sub(Story::MOST),
            recoverable: recoverable.into_iter().take(Story::MOST).collect(),
            words: words(entries, now),
            away: Vec::new(),
        }
    }
}

/// By turns of the managers; within one, `must` first, then what closes soonest, and what is missed last.
fn recoverable(entries: &[Entry], now: Timestamp) -> Vec<Recoverable> {
    let mut slipped: Vec<&Entry> =
        entries.iter().filter(|e| matches!(e.occurrence.state(now), State::Open | State::Missed)).collect();
    slipped.sort_by_key(|e| {
        (e.activity.priority, e.occurrence.closes <= now, e.occurrence.closes, e.occurrence.id.clone())
    });
    // Everybody's first before anybody's second: five lines about one manager would be a finger pointed.
    let mut told: BTreeMap<&UserId, usize> = BTreeMap::new();
    let mut turns: Vec<(usize, &Entry)> = Vec::with_capacity(slipped.len());
    for entry in slipped {
        let turn = told.entry(&entry.occurrence.manager).or_default();
        turns.push((*turn, entry));
        *turn += 1;
    }
    turns.sort_by_key(|(turn, _)| *turn);
    let line = |e: &Entry| Recoverable {
        manager: e.occurrence.manager.clone(),
        label: e.label(),
        closes: (e.occurrence.closes > now).then_some(e.occurrence.closes),
    };
    turns.into_iter().map(|(_, entry)| line(entry)).collect()
}

/// Those with evidence and a met outcome first; one a manager.
fn words(entries: &[Entry], now: Timestamp) -> Vec<InTheirWords> {
    let mut noted: Vec<(&Entry, &String)> = entries
        .iter()
        .filter(|e| e.activity.share_notes && e.occurrence.state(now) == State::Done)
        .filter_map(|e| Some((e, e.occurrence.outcome.note.as_ref()?)))
        .collect();
    noted.sort_by_key(|(e, _)| {
        let outcome = &e.occurrence.outcome;
        let evidenced = outcome.evidence.link.is_some() || outcome.evidence.number.is_some();
        (!evidenced, outcome.result != Some(ResultWord::Met), e.occurrence.completed_at, e.occurrence.id.clone())
    });
    let mut heard = std::collections::BTreeSet::new();
    noted.retain(|(e, _)| heard.insert(e.occurrence.manager.clone()));
    let line = |(e, note): (&Entry, &String)| InTheirWords {
        manager: e.occurrence.manager.clone(),
        label: e.label(),
        note: note.clone(),
        result: e.occurrence.outcome.result,
    };
    noted.into_iter().take(Story::MOST).map(line).collect()
}
