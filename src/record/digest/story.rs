//! All that a digest tells: the figures and what stands beside them.
//!
//! It is kept as it was told, in the message that was posted; a digest that was posted before something here was told reads
//! back without it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::figures::both;
use super::slips::recoverable;
use super::words::words;
use super::{
    ActivityLine, ChartWeek, Coverage, Digest, Evidenced, Excused, Final, InTheirWords, LoadLine, ManagerLine,
    Material, Mean, Rates, Recoverable, Regularity, Restated, Results, Spread, StillOpen, Week,
};
use crate::process::{ActivityKey, Priority, UserId};
use crate::record::{Absence, Days, Entry};

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
    /// Whose managers it covers, where it was posted; empty in one that was posted before this was told.
    #[serde(default)]
    pub leaders: Vec<UserId>,
    /// Names of the managers in the figures.
    pub names: BTreeMap<UserId, String>,
    /// Titles of all activities that are told of, as the newest occurrence has them.
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
    /// The same figures over `nice` activities alone.
    #[serde(default)]
    pub nice: Option<Rates>,
    /// What is still open in the digest's week, and until when.
    #[serde(default)]
    pub still_open: StillOpen,
    /// The same of the week before: while anything is, its figure is not final.
    #[serde(default)]
    pub previous_still_open: StillOpen,
    /// The newest final must-adherence against the four weeks before it.
    #[serde(default)]
    pub mean: Option<Mean>,
    /// Eight finished weeks, the oldest first: lowest, middle and highest manager and the team, nobody named.
    #[serde(default)]
    pub chart: Vec<ChartWeek>,
    /// How much was excused, of what was called for.
    #[serde(default)]
    pub excused: Excused,
    /// How what was done went.
    #[serde(default)]
    pub results: Results,
    /// How far that is borne out.
    #[serde(default)]
    pub evidenced: Evidenced,
    /// How many things of the last four weeks are recorded as done where the rep said otherwise, and the manager has had two
    /// workdays to answer. Whoever knows when a dispute began fills it in (verification); without it 0.
    #[serde(default)]
    pub disputes: u64,
    /// How far the managers are apart in each activity, over four weeks, in order of key.
    #[serde(default)]
    pub spread: Vec<Spread>,
    /// Each manager's rhythm in each activity, over the quarter, in order of manager and activity.
    #[serde(default)]
    pub regularity: Vec<Regularity>,
    /// Each manager of the figures beside their rates, in the order of `digest.managers`.
    #[serde(default)]
    pub by_manager: Vec<ByManager>,
    /// Each activity of the figures beside its rates, in the order of `digest.activities`.
    #[serde(default)]
    pub by_activity: Vec<ByActivity>,
    /// What the digest's week asks of everybody in seat, in order of manager.
    #[serde(default)]
    pub load: Vec<LoadLine>,
    /// What the next week brings everybody in seat, in order of manager.
    #[serde(default)]
    pub next: Vec<LoadLine>,
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

/// One manager, beside the rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ByManager {
    /// Who.
    pub manager: UserId,
    /// The figures over `must` alone.
    pub must: Rates,
    /// The figures over `nice` alone.
    pub nice: Rates,
    /// How much was excused.
    pub excused: Excused,
    /// How what was done went.
    pub results: Results,
    /// How far that is borne out.
    pub evidenced: Evidenced,
    /// How many messages Onbeat sent them in the week.
    pub nudges: u64,
    /// Whom of their reps they reached; `None` where nothing is held per rep.
    pub coverage: Option<Coverage>,
}

/// One activity, beside the rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ByActivity {
    /// Which.
    pub activity: ActivityKey,
    /// How much was excused.
    pub excused: Excused,
    /// How what was done went.
    pub results: Results,
    /// How far that is borne out.
    pub evidenced: Evidenced,
}

impl Story {
    /// How many slips and how many notes a digest shows at most.
    pub const MOST: usize = 5;

    /// The final figures that this digest told, by week: not those of a week that still ran, or had something open.
    pub fn finals(&self) -> Vec<(Week, &Rates)> {
        let before = (self.digest.week.before(), &self.previous, &self.previous_still_open);
        let this = (!self.so_far).then_some((self.digest.week, &self.digest.rates, &self.still_open));
        let over = [before].into_iter().chain(this);
        over.filter(|(_, rates, still)| rates.open == 0 && still.planned == 0)
            .map(|(week, all, _)| (week, all))
            .collect()
    }

    /// Every figure that this digest told for good: its finals, and what it restated.
    pub fn told(&self) -> impl Iterator<Item = Final> {
        let finals = self.finals().into_iter().map(|(week, all)| {
            let must = if week == self.digest.week { &self.digest.must } else { &self.previous_must };
            Final { week, all: all.clone(), must: Some(must.clone()) }
        });
        let restated = self.restated.iter().map(|restated| Final {
            week: restated.week,
            all: restated.now.clone(),
            must: restated.now_must.clone(),
        });
        finals.chain(restated)
    }

    /// Who is asked more in the next week than they can give.
    pub fn over_next(&self) -> impl Iterator<Item = &LoadLine> {
        self.next.iter().filter(|line| line.is_over())
    }

    /// The story of `week` at `now`, for a digest read in `zone`, of these two weeks alone: nobody has a seat, and there is no
    /// history. See [`Story::tell`].
    pub fn new(
        week: Week,
        entries: &[Entry],
        previous: &[Entry],
        names: BTreeMap<UserId, String>,
        zone: TimeZone,
        now: Timestamp,
    ) -> Story {
        let (entries, previous): (Vec<&Entry>, Vec<&Entry>) = (entries.iter().collect(), previous.iter().collect());
        let nudges = BTreeMap::new();
        let material = Material { week, now, entries: entries.clone(), seats: &[], next_seats: &[], nudges };
        Story::made(&material, &entries, &previous, names, &zone)
    }

    /// The story that this material tells, for a digest read in `zone`.
    pub fn tell(material: &Material<'_>, names: BTreeMap<UserId, String>, zone: &TimeZone) -> Story {
        let entries: Vec<&Entry> = material.due(1, material.week).collect();
        let previous: Vec<&Entry> = material.due(1, material.week.before()).collect();
        Story::made(material, &entries, &previous, names, zone)
    }

    fn made(
        material: &Material<'_>,
        entries: &[&Entry],
        previous: &[&Entry],
        names: BTreeMap<UserId, String>,
        zone: &TimeZone,
    ) -> Story {
        let (week, now) = (material.week, material.now);
        let so_far = now.to_zoned(zone.clone()).date() <= week.to();
        let digest = Digest::of(week, entries, previous, now);
        let (previous_all, previous_must) = both(previous.iter().copied(), now);
        let nice = entries.iter().copied().filter(|entry| entry.activity.priority == Priority::Nice);
        let slips = recoverable(entries, now);
        Story {
            previous: previous_all,
            previous_must,
            restated: Vec::new(),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            so_far,
            leaders: Vec::new(),
            names,
            titles: material.titles(),
            more_recoverable: slips.len().saturating_sub(Story::MOST),
            recoverable: slips.into_iter().take(Story::MOST).collect(),
            words: words(entries, now),
            away: Vec::new(),
            nice: Some(both(nice, now).0),
            still_open: StillOpen::of(entries.iter().copied(), now),
            previous_still_open: StillOpen::of(previous.iter().copied(), now),
            mean: Some(Mean::of(material, so_far)),
            chart: ChartWeek::of(material, so_far),
            excused: Excused::of(entries.iter().copied(), now),
            results: Results::of(entries.iter().copied(), now),
            evidenced: Evidenced::of(entries.iter().copied(), now),
            disputes: 0,
            spread: Spread::of(material),
            regularity: Regularity::of(material),
            by_manager: by_manager(material, &digest, entries),
            by_activity: by_activity(&digest, entries, now),
            load: LoadLine::of(material, week, material.seats),
            next: LoadLine::of(material, week.after(), material.next_seats),
            digest,
        }
    }
}

fn by_manager(material: &Material<'_>, digest: &Digest, entries: &[&Entry]) -> Vec<ByManager> {
    let now = material.now;
    let theirs = grouped(entries, |entry| &entry.occurrence.manager);
    let mut coverage = Coverage::of(material);
    let line = |ManagerLine { manager, .. }: &ManagerLine| {
        let theirs = theirs.get(manager).map(Vec::as_slice).unwrap_or_default();
        let nice = theirs.iter().copied().filter(|entry| entry.activity.priority == Priority::Nice);
        ByManager {
            manager: manager.clone(),
            must: both(theirs.iter().copied(), now).1,
            nice: both(nice, now).0,
            excused: Excused::of(theirs.iter().copied(), now),
            results: Results::of(theirs.iter().copied(), now),
            evidenced: Evidenced::of(theirs.iter().copied(), now),
            nudges: material.nudges.get(manager).copied().unwrap_or_default(),
            coverage: coverage.remove(manager),
        }
    };
    digest.managers.iter().map(line).collect()
}

fn by_activity(digest: &Digest, entries: &[&Entry], now: Timestamp) -> Vec<ByActivity> {
    let its = grouped(entries, |entry| &entry.occurrence.activity);
    let line = |ActivityLine { activity, .. }: &ActivityLine| {
        let its = its.get(activity).map(Vec::as_slice).unwrap_or_default();
        ByActivity {
            activity: activity.clone(),
            excused: Excused::of(its.iter().copied(), now),
            results: Results::of(its.iter().copied(), now),
            evidenced: Evidenced::of(its.iter().copied(), now),
        }
    };
    digest.activities.iter().map(line).collect()
}

/// In groups, each in the order of the whole.
pub(super) fn grouped<'e, K: Ord>(
    entries: &[&'e Entry],
    group: impl Fn(&'e Entry) -> K,
) -> BTreeMap<K, Vec<&'e Entry>> {
    let mut groups: BTreeMap<K, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        groups.entry(group(entry)).or_default().push(entry);
    }
    groups
}
