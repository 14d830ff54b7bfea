//! Absences: what they do to a manager's list, and how one is said, changed or taken back. Planning and nudging read them;
//! here alone they change.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::processes::entries;
use super::tick::{Grounds, Replanning, keeping_promises, replanning, taken};
use super::{Engine, Result, person};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::absence::Meanwhile;
use crate::record::{Absence, Absences, Days};
use crate::store::{AbsenceChange, OccurrenceQuery, Recorded};

/// How long after its last day an absence may still have a say in what is to come: until the first workday back.
const STILL_FELT: i64 = 60;

/// What a manager says of their absences.
#[derive(Debug, Clone, Copy)]
pub(super) enum Word {
    /// Away on these days.
    Away(Days),
    /// Not away on these days.
    Back(Days),
    /// Not away on the former, but on the latter.
    Instead(Days, Days),
}

impl Word {
    /// The absences after this word. The past stays as it was.
    pub(super) fn apply(self, was: &Absences, manager: &UserId, today: Date, now: Timestamp) -> Absences {
        let from_today = |days: Days| days.from(today);
        let with = |was: Absences, days: Days| {
            let said = |days| Absence { manager: manager.clone(), days, said_by: manager.clone(), said_at: now };
            from_today(days).map_or(was.clone(), |days| was.with(said(days)))
        };
        let without = |was: &Absences, days: Days| from_today(days).map_or(was.clone(), |days| was.without(days));
        match self {
            Word::Away(days) => with(was.clone(), days),
            Word::Back(days) => without(was, days),
            Word::Instead(former, days) => with(without(was, former), days),
        }
    }

    /// For the log.
    fn action(self) -> &'static str {
        match self {
            Word::Away(_) => "away",
            Word::Back(_) => "back",
            Word::Instead(..) => "change-away",
        }
    }
}

impl Engine {
    /// When a manager is away.
    pub(super) async fn absences(&self, manager: &UserId) -> Result<Absences> {
        Ok(Absences::new(self.store().absences(Some(manager)).await?))
    }

    /// What happens to a manager's list on these days, beyond what is planned ahead too.
    pub(super) async fn meanwhile(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        away: &Absences,
        days: Days,
        now: Timestamp,
    ) -> Result<Meanwhile> {
        let zone = person::zone(revisions, manager, now);
        let query = OccurrenceQuery {
            manager: Some(manager.clone()),
            to: Some(days.last()),
            closes_after: days.first().to_zoned(zone).ok().map(|midnight| midnight.timestamp()),
            ..Default::default()
        };
        let mut rows = self.store().occurrences(&query).await?;
        let inside = rows.iter().filter(|row| days.contains(row.date)).cloned().collect();
        let first_served = self.store().workspace().await?.first_served.unwrap_or(now);
        let window = (days.first(), days.last());
        let taken = taken(self.store(), window.0).await?;
        let grounds = Grounds { revisions, manager, away, taken: &taken, first_served, now };
        rows.extend(replanning(&grounds, window, inside).insert);
        rows.sort_by_key(|row| (row.due, row.id.clone()));
        Ok(Meanwhile::new(days, entries(revisions, rows), now))
    }

    /// Takes a manager at their word, once for each `key`, and has what is planned follow it. The absences as they are then.
    pub(super) async fn take_word(&self, manager: &UserId, word: Word, key: &str) -> Result<Absences> {
        // Between two ticks: what is planned must not move on while an absence is reckoned with it.
        let _gate = self.0.gate.lock().await;
        loop {
            let revisions = &*self.refresh().await?;
            let now = self.clock().now();
            let today = person::today(revisions, manager, now);
            let stored = self.store().absences(Some(manager)).await?;
            let was = Absences::new(stored.clone());
            let is = word.apply(&was, manager, today, now);
            if is == was {
                self.store().first_sight(key, now).await?;
                return Ok(is);
            }
            let Replanning { insert, update } = self.consequences(revisions, manager, (&was, &is), now).await?;
            let change = AbsenceChange {
                manager: manager.clone(),
                was: stored,
                is: is.iter().cloned().collect(),
                insert,
                update,
                at: now,
                by: manager.clone(),
                action: word.action(),
                resumes: was.on(today).is_some() && is.on(today).is_none(),
                seen: Some(key.to_owned()),
            };
            match self.store().keep_absences(&change).await? {
                Recorded::Changed => {}
                Recorded::SeenBefore => return self.absences(manager).await,
                Recorded::Yes => {
                    tracing::info!(%manager, action = change.action, changed = change.update.len(), "absences changed");
                    self.wake();
                    return Ok(is);
                }
            }
        }
    }

    /// What the change does to what is planned already. What is due keeps the closing that it was promised.
    async fn consequences(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        (was, is): (&Absences, &Absences),
        now: Timestamp,
    ) -> Result<Replanning> {
        let planned = self.store().planned().await?.into_iter().find(|planned| planned.manager == *manager);
        let Some(planned) = planned else { return Ok(Replanning::default()) };
        let today = person::today(revisions, manager, now);
        let window = (first_felt(was, is, today), planned.until);
        let query = OccurrenceQuery {
            manager: Some(manager.clone()),
            from: Some(window.0),
            to: Some(window.1),
            ..Default::default()
        };
        let existing = self.store().occurrences(&query).await?;
        let first_served = self.store().workspace().await?.first_served.unwrap_or(now);
        let taken = taken(self.store(), window.0).await?;
        let grounds = Grounds { revisions, manager, away: is, taken: &taken, first_served, now };
        Ok(keeping_promises(&grounds, window, existing))
    }
}

/// The first date for which a change of absences may matter still.
pub(super) fn first_felt(was: &Absences, is: &Absences, today: Date) -> Date {
    let felt = today.saturating_sub(Span::new().days(STILL_FELT));
    let firsts = was.not_over(felt).chain(is.not_over(felt)).map(Days::first);
    firsts.min().unwrap_or(today).min(today)
}
