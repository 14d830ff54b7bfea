//! What a digest is made of, read from the store: some weeks of occurrences, whatever the length of the history.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::super::Result;
use super::super::processes::entries;
use crate::process::load::full_week;
use crate::process::revision::Revisions;
use crate::process::{Process, UserId};
use crate::record::digest::material::MONTH;
use crate::record::digest::{AwayLine, Material, Quarter, Rates, Seat, Story, Week, figures};
use crate::record::{Absence, Absences, Entry, Occurrence, OccurrenceId};
use crate::store::{OccurrenceQuery, Store};

/// All that is needed to tell one week, over everybody or over the managers below some leaders.
pub(super) struct Sources {
    week: Week,
    now: Timestamp,
    entries: Vec<Entry>,
    seats: Vec<Seat>,
    next_seats: Vec<Seat>,
    absences: Vec<Absence>,
    nudges: BTreeMap<UserId, u64>,
    disputes: u64,
    names: BTreeMap<UserId, String>,
}

impl Sources {
    /// For the digest of `week` at `now`.
    pub(super) async fn read(
        store: &dyn Store,
        revisions: &Revisions,
        week: Week,
        leaders: Option<&[UserId]>,
        now: Timestamp,
    ) -> Result<Sources> {
        let (from, to) = Material::window(week);
        let query = OccurrenceQuery { from: Some(from), to: Some(to), ..Default::default() };
        let mut found = store.occurrences(&query).await?;
        let mut absences = store.absences(None).await?;
        if let Some(leaders) = leaders {
            let mut below = Below { revisions, leaders, known: HashMap::new() };
            found.retain(|occurrence| below.holds(occurrence));
        }
        let [seats, next_seats] = [week, week.after()].map(|week| seats_of(revisions, week, leaders, &absences));
        absences.retain(|absence| is_led_below(revisions, week, &absence.manager, leaders));
        let nudges = nudges(store, week, &found).await?;
        let disputes = disputes(store, week, &found).await?;
        let entries = entries(revisions, found);
        Ok(Sources { week, now, entries, seats, next_seats, absences, nudges, disputes, names: names(revisions) })
    }

    fn material(&self) -> Material<'_> {
        Material {
            week: self.week,
            now: self.now,
            entries: self.entries.iter().collect(),
            seats: &self.seats,
            next_seats: &self.next_seats,
            nudges: self.nudges.clone(),
        }
    }

    /// The quarter that ends with the week.
    pub(super) fn quarter(&self) -> Quarter {
        Quarter::of(&self.material(), &self.names)
    }

    /// What it tells, for a digest read in `zone`.
    pub(super) fn story(&self, zone: &TimeZone) -> Story {
        let story = Story::tell(&self.material(), self.names.clone(), zone);
        Story { away: AwayLine::of(self.week, &self.absences), disputes: self.disputes, ..story }
    }

    /// A week's figures as they stand, all and `must` alone.
    pub(super) fn figures(&self, week: Week) -> (Rates, Rates) {
        let within = |entry: &&Entry| (week.from()..=week.to()).contains(&entry.occurrence.date);
        figures::both(self.entries.iter().filter(within), self.now)
    }
}

/// Who takes part in a week, by the process that governs its end.
fn seats_of(revisions: &Revisions, week: Week, leaders: Option<&[UserId]>, absences: &[Absence]) -> Vec<Seat> {
    let governing = revisions.governing(week.to()).or(revisions.newest());
    let Some(process) = governing.map(|revision| &revision.process) else { return Vec::new() };
    let is_led =
        |leader: &UserId| leaders.is_none_or(|leaders| leaders.iter().any(|above| process.is_led_by(leader, above)));
    let seat = |manager: &crate::process::Manager| {
        let theirs = absences.iter().filter(|absence| absence.manager == manager.slack).cloned().collect();
        Seat {
            manager: manager.slack.clone(),
            reps: manager.reps.iter().map(|rep| rep.slack.clone()).collect(),
            full_week: full_week(process, manager),
            calendar: Absences::new(theirs).off(process.calendar_of(manager)),
        }
    };
    process.managers.iter().filter(|manager| is_led(&manager.leader)).map(seat).collect()
}

/// Whether a manager of the week's process is below these leaders, as the newest revision that knows the manager has it.
fn is_led_below(revisions: &Revisions, week: Week, manager: &UserId, leaders: Option<&[UserId]>) -> bool {
    let governing = revisions.governing(week.to()).or(revisions.newest());
    if governing.is_none_or(|governing| governing.process.manager(manager).is_none()) {
        return false;
    }
    let mut known = revisions.iter().rev().map(|revision| &revision.process);
    let Some((process, manager)) = known.find_map(|process| Some((process, process.manager(manager)?))) else {
        return false;
    };
    leaders.is_none_or(|leaders| leaders.iter().any(|above| process.is_led_by(&manager.leader, above)))
}

/// How many messages whoever owed something in the week was sent in it, by the week of their own zone.
async fn nudges(store: &dyn Store, week: Week, found: &[Occurrence]) -> Result<BTreeMap<UserId, u64>> {
    let within = |occurrence: &&Occurrence| (week.from()..=week.to()).contains(&occurrence.date);
    let zones: BTreeMap<&UserId, &TimeZone> =
        found.iter().filter(within).map(|occurrence| (&occurrence.manager, &occurrence.zone)).collect();
    let mut nudges = BTreeMap::new();
    for (manager, zone) in zones {
        let midnight = |week: Week| week.from().to_datetime(Time::midnight()).to_zoned(zone.clone());
        let (Ok(from), Ok(until)) = (midnight(week), midnight(week.after())) else { continue };
        let sent = store.count_sent(manager, from.timestamp(), until.timestamp()).await?;
        nudges.insert(manager.clone(), sent as u64);
    }
    Ok(nudges)
}

/// How many of these, due in the four weeks that end with this one, a rep disputes for good. Four, because most come to count
/// after the digest of their own week was posted.
async fn disputes(store: &dyn Store, week: Week, found: &[Occurrence]) -> Result<u64> {
    let disputed = store.disputes(week.back(MONTH - 1).from(), week.to()).await?;
    let theirs: BTreeSet<&OccurrenceId> = found.iter().map(|occurrence| &occurrence.id).collect();
    Ok(disputed.iter().filter(|id| theirs.contains(id)).count() as u64)
}

/// Whether the leader of an occurrence is one of these or is led by one, as its own revision has it: who is put above
/// whom later rewrites no week that is over. Somebody it does not know stands where the last one that did had them.
struct Below<'a> {
    revisions: &'a Revisions,
    leaders: &'a [UserId],
    /// By revision and leader, for there are few of them and many occurrences.
    known: HashMap<(i64, UserId), bool>,
}

impl Below<'_> {
    fn holds(&mut self, occurrence: &Occurrence) -> bool {
        let (number, leader) = (occurrence.revision, &occurrence.leader);
        if let Some(known) = self.known.get(&(number, leader.clone())) {
            return *known;
        }
        let own = self.revisions.get(number).into_iter();
        let mut known = own.chain(self.revisions.iter().rev()).filter(|one| one.process.leader(leader).is_some());
        let is_led = |process: &Process| self.leaders.iter().any(|above| process.is_led_by(leader, above));
        let is_below = known.next().is_some_and(|known| is_led(&known.process));
        self.known.insert((number, leader.clone()), is_below);
        is_below
    }
}

/// Everybody's name, as the newest revision that knows them has it.
fn names(revisions: &Revisions) -> BTreeMap<UserId, String> {
    let managers = revisions.iter().flat_map(|revision| &revision.process.managers);
    managers.map(|manager| (manager.slack.clone(), manager.name.clone())).collect()
}
