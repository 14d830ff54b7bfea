//! A manager's own weeks: what a plan tells of them, before the leader reads them and after they are over.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::person;
use super::processes::entries;
use super::tick::circles;
use super::{Engine, Result};
use crate::process::revision::Revisions;
use crate::process::{Calendar, Process, UserId};
use crate::record::digest::Week;
use crate::record::recap::{Preview, QUARTER, Recap};
use crate::record::{Entry, Standing};
use crate::slack::views::OwnWeeks;
use crate::store::OccurrenceQuery;

/// How far ahead of a plan the digest that it goes before can lie.
const AHEAD_DAYS: i64 = 9;

impl Engine {
    /// What the plan of `day` tells its manager of their own weeks; `calendar` has the manager's days away off.
    pub(super) async fn own_weeks(
        &self,
        revisions: &Revisions,
        user: &UserId,
        day: Date,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<OwnWeeks> {
        let in_force = revisions.governing(day).or(person::in_force(revisions, user, now));
        let Some(process) = in_force.map(|revision| &revision.process) else { return Ok(OwnWeeks::default()) };
        let mut own = OwnWeeks::default();
        if let Some((leader, week, digest_at)) = read_next(process, user, day, calendar) {
            let found = self.due_within(revisions, user, week.before().from(), week.to()).await?;
            let name = revisions.name_of(&leader).unwrap_or(leader.as_str()).to_owned();
            own.preview = Some((name, Preview::new(user, week, digest_at, &found, now)));
        }
        let this = Week::of(day);
        if calendar.workday_before(day).is_none_or(|before| before < this.from()) {
            let week = this.before();
            let found = self.due_within(revisions, user, week.back(QUARTER - 1).from(), week.to()).await?;
            own.recap = Some(Recap::new(user, week, &found, now));
        }
        Ok(own)
    }

    async fn due_within(&self, revisions: &Revisions, user: &UserId, from: Date, to: Date) -> Result<Vec<Entry>> {
        let query = OccurrenceQuery {
            manager: Some(user.clone()),
            from: Some(from),
            to: Some(to),
            standings: Standing::ALL.into_iter().filter(|standing| *standing != Standing::Withdrawn).collect(),
            ..Default::default()
        };
        Ok(entries(revisions, self.store().occurrences(&query).await?))
    }
}

/// The digest before which this is the manager's last workday: whose it is, the week it covers, and when it is posted. It is
/// that of the nearest leader above who has one.
fn read_next(process: &Process, user: &UserId, day: Date, calendar: &Calendar) -> Option<(UserId, Week, Timestamp)> {
    let first = process.manager(user)?.leader.clone();
    let above = std::iter::successors(Some(&first), |leader| process.leader_above(leader));
    let circles = circles(process);
    let mut own =
        above.filter_map(|leader| Some((leader, circles.iter().find(|circle| circle.leaders.contains(leader))?)));
    let (leader, circle) = own.next()?;
    let from = calendar.instant(day, jiff::civil::Time::midnight()).timestamp();
    let to =
        calendar.instant(day.saturating_add(Span::new().days(AHEAD_DAYS)), jiff::civil::Time::midnight()).timestamp();
    let goes_before = |at: &Timestamp| {
        let preview = Preview::at(*at, calendar);
        preview.is_some_and(|preview| preview.to_zoned(calendar.zone.clone()).date() == day)
    };
    let at = circle.times(process, from, to).into_iter().filter(|at| *at >= from).find(goes_before)?;
    Some((leader.clone(), circle.week(process, at), at))
}
