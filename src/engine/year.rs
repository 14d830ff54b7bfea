//! A manager's year, for whoever holds a link to it: what the plan calls for, with what became of it.
//!
//! Nothing is written here. What is not stored yet comes straight from the revisions, by the same rules as planning.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::person::today;
use super::processes::entries;
use super::tick::{Grounds, Taken, replanning, taken};
use super::{Engine, Result};
use crate::links::{Addresses, LinkTo, Links};
use crate::process::revision::{Lineage, Revisions};
use crate::process::{Manager, Process, UserId};
use crate::record::{Absences, Occurrence, Standing, State};
use crate::store::{Counted, OccurrenceQuery, Store};
use crate::year::{self, Entry, IcsDocument, Year};

/// How many years are drawn at a time.
pub(super) const AT_ONCE: usize = 2;

/// The calendar begins this far back, and goes on for a year.
const WEEKS_BACK: i64 = 8;

/// The page looks ahead rather than back.
const WEEKS_BACK_ON_PAGE: i64 = 4;

/// A calendar as it is served.
#[derive(Debug)]
pub struct Feed {
    /// iCalendar text. The same as long as nothing that it shows changes.
    pub text: String,
    /// When it last changed, on the bot's clock; `None` where it may change again within that very second.
    pub modified: Option<Timestamp>,
}

/// The addresses of somebody's pages; `None` without a public address.
///
/// # Errors
/// Where the store fails.
pub async fn addresses(store: &dyn Store, links: &Links, user: &UserId) -> Result<Option<Addresses>> {
    let generation = store.link_generation(user).await?;
    Ok(links.addresses(store.workspace_key(), user, generation))
}

/// All that is needed to draw a year.
struct Material {
    revisions: Arc<Revisions>,
    user: UserId,
    stored: Vec<Counted>,
    away: Absences,
    taken: Taken,
    first_served: Timestamp,
    now: Timestamp,
}

impl Engine {
    /// The addresses of somebody's pages; `None` without a public address.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn addresses(&self, user: &UserId) -> Result<Option<Addresses>> {
        match &self.0.links {
            Some(links) => addresses(self.store(), links, user).await,
            None => Ok(None),
        }
    }

    /// Whose link this is, if it holds.
    pub(super) async fn holder(&self, purpose: LinkTo, token: &str) -> Result<Option<UserId>> {
        let Some(Links { signer, .. }) = &self.0.links else { return Ok(None) };
        let Some(claim) = signer.read(purpose, token) else { return Ok(None) };
        let generation = self.store().link_generation(&claim.user).await?;
        let holds = claim.holds(signer, self.store().workspace_key(), generation);
        Ok(holds.then_some(claim.user))
    }

    /// The calendar to which this token leads. Who has left still has what remains of theirs, withdrawn.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn calendar(&self, token: &str) -> Result<Option<Feed>> {
        self.draw(LinkTo::Calendar, token, |material| material.feed()).await
    }

    /// The page to which this token leads, as HTML.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn year_page(&self, token: &str) -> Result<Option<String>> {
        self.draw(LinkTo::Page, token, |material| material.page()).await
    }

    async fn draw<T: Send + 'static>(
        &self,
        purpose: LinkTo,
        token: &str,
        draw: fn(&Material) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(user) = self.holder(purpose, token).await? else { return Ok(None) };
        let _turn = self.0.drawing.acquire().await;
        let material = self.material(user).await?;
        // Arithmetic of a millisecond or more: not on the threads that answer Slack.
        let drawn = tokio::task::spawn_blocking(move || draw(&material)).await;
        Ok(drawn.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())))
    }

    async fn material(&self, user: UserId) -> Result<Material> {
        let revisions = self.refresh().await?;
        let now = self.clock().now();
        let (from, to) = window(&revisions, &user, now);
        let query =
            OccurrenceQuery { manager: Some(user.clone()), from: Some(from), to: Some(to), ..Default::default() };
        let stored = self.store().counted(&query).await?;
        let away = self.absences(&user).await?;
        let first_served = self.store().workspace().await?.first_served.unwrap_or(now);
        let taken = taken(self.store(), today(&revisions, &user, now)).await?;
        Ok(Material { revisions, user, stored, away, taken, first_served, now })
    }
}

fn window(revisions: &Revisions, user: &UserId, now: Timestamp) -> (Date, Date) {
    let today = today(revisions, user, now);
    (today.saturating_sub(Span::new().weeks(WEEKS_BACK)), today.saturating_add(Span::new().years(1)))
}

impl Material {
    /// The process as the manager knows it, and what that says of them: today's, else the newest that knows them.
    fn manager(&self) -> Option<(&Process, &Manager)> {
        let of = |process: &'_ Process| process.manager(&self.user).is_some();
        let known = || self.revisions.iter().rev().map(|revision| &*revision.process).filter(|process| of(process));
        let today = today(&self.revisions, &self.user, self.now);
        let governing = self.revisions.governing(today).map(|revision| &*revision.process);
        let process = governing.filter(|process| of(process)).or_else(|| known().next())?;
        Some((process, process.manager(&self.user)?))
    }

    /// What is stored, as planning will leave it where a revision calls for something else, and what planning will add one
    /// day, as these absences have that.
    fn entries(&self, ahead: &Absences) -> Vec<Entry> {
        let window = window(&self.revisions, &self.user, self.now);
        let stored = || self.stored.iter().map(|counted| counted.occurrence.clone());
        let Material { revisions, user: manager, taken, first_served, now, .. } = self;
        let grounds = Grounds { revisions, manager, away: &self.away, taken, first_served: *first_served, now: *now };
        let mut lineage = Lineage::new(revisions, manager);
        let mut update = replanning(&grounds, window, stored().collect()).update;
        // By revisions alone: what absences and people do is stored, and counted, at once. Planning may never look again at
        // what somebody took back inside an absence.
        let planned_by: BTreeMap<_, _> =
            self.stored.iter().map(|c| (&c.occurrence.id, c.occurrence.revision)).collect();
        update.retain(|row| {
            let change = lineage.last_change(&row.activity, row.rep.as_ref(), row.date);
            change.map(|revision| revision.number) > planned_by.get(&row.id).copied()
        });
        let added = replanning(&Grounds { away: ahead, ..grounds }, window, stored().collect()).insert;
        // What was due and is not stored, planning had a reason to pass over.
        let added = added.into_iter().filter(|occurrence| occurrence.due > self.now);
        let all = stored().chain(update).chain(added);
        let all: BTreeMap<_, Occurrence> = all.map(|occurrence| (occurrence.id.clone(), occurrence)).collect();
        let count = |counted: &Counted| (counted.sequence, counted.changed);
        let counts: BTreeMap<_, _> = self.stored.iter().map(|c| (&c.occurrence.id, count(c))).collect();
        let mut drawn = Vec::with_capacity(all.len());
        for entry in entries(&self.revisions, all.into_values().collect()) {
            let occurrence = &entry.occurrence;
            let change = lineage.last_change(&occurrence.activity, occurrence.rep.as_ref(), occurrence.date);
            let (number, applied) = change.map_or((0, None), |revision| (revision.number, Some(revision.applied_at)));
            let (sequence, changed) = counts.get(&occurrence.id).copied().unwrap_or_default();
            let sequence = u32::try_from(number + sequence).unwrap_or(u32::MAX);
            let changed = changed.max(applied).unwrap_or(Timestamp::UNIX_EPOCH);
            drawn.push(Entry::stored(&entry, self.now, sequence, changed));
        }
        drawn.sort_by(|one, other| (&one.due, &one.id).cmp(&(&other.due, &other.id)));
        drawn
    }

    fn feed(&self) -> Option<Feed> {
        let (process, manager) = self.manager()?;
        // What is excused far ahead shows as such once it is stored, and counted: an absence may be taken back before.
        let mut entries = self.entries(&Absences::default());
        let missed = self.stored.iter().filter(|counted| counted.occurrence.standing == Standing::Missed);
        let lapsed: BTreeSet<_> = missed.map(|counted| counted.occurrence.id.clone()).collect();
        for entry in &mut entries {
            // By what is recorded alone: no count tells that time has passed.
            if matches!(entry.state, Some(State::Open | State::Missed)) && !lapsed.contains(&entry.id) {
                entry.state = Some(State::Planned);
            }
        }
        let name = format!("{} – {}", manager.name, process.name);
        let zone = manager.zone();
        let text =
            year::ics(&IcsDocument { name, entries: &entries, zone: (&zone, self.now), names: Default::default() });
        // With each day one comes into the window, and one goes.
        let midnight = self.now.to_zoned(zone).start_of_day().ok().map(|start| start.timestamp());
        let applied = self.revisions.newest().map(|revision| revision.applied_at);
        let modified = entries.iter().map(|entry| entry.changed).chain(midnight).chain(applied).max();
        Some(Feed { text, modified: modified.filter(|modified| *modified < self.now) })
    }

    fn page(&self) -> Option<String> {
        let (process, manager) = self.manager()?;
        let today = today(&self.revisions, &self.user, self.now);
        let from = today.saturating_sub(Span::new().weeks(WEEKS_BACK_ON_PAGE));
        let (_, to) = window(&self.revisions, &self.user, self.now);
        let mut entries = self.entries(&self.away);
        entries.retain(|entry| entry.date >= from);
        let away = self.away.not_over(from).map(|days| days.first()..=days.last()).collect();
        Some(year::page(&Year { process, manager, from, to, today, entries, away }))
    }
}
