//! Who may change what: leaders for the people below them, admins for all, and what is to be done for those at the top.
//! Judged by the revision in force today; who is known only to one that is still to come, by that.

use std::sync::Arc;

use super::Hindrance;
use crate::engine::Engine;
use crate::engine::apply::earliest_today;
use crate::process::edit::{Above, Edit, Newcomer};
use crate::process::revision::Revisions;
use crate::process::{Manager, Process, UserId};
use crate::record::adherence::Figures;
use crate::slack::views::manage as show;

/// What somebody may look after.
pub(in crate::engine::respond) struct Scope {
    pub user: UserId,
    pub admin: bool,
    /// As it is today.
    today: Arc<Process>,
    /// As it will be.
    pub newest: Arc<Process>,
    /// The newest revision's number.
    pub revision: i64,
    /// Whom to ask for what is not theirs.
    pub ask: Vec<UserId>,
}

impl Engine {
    /// What this person may look after; `None` where there is no process.
    pub(in crate::engine::respond) async fn scope(&self, revisions: &Revisions, user: &UserId) -> Option<Scope> {
        let newest = revisions.newest()?;
        let today = earliest_today(&newest.process, self.clock().now());
        Some(Scope {
            user: user.clone(),
            admin: self.is_admin(user).await,
            today: revisions.governing(today).unwrap_or(newest).process.clone(),
            newest: newest.process.clone(),
            revision: newest.number,
            ask: self.whom_to_ask(revisions, user),
        })
    }
}

impl Scope {
    /// Whether there is anything at all.
    pub fn manages(&self) -> bool {
        self.admin || self.is_leader()
    }

    fn is_leader(&self) -> bool {
        self.today.leader(&self.user).is_some()
    }

    /// Nobody is above: what all are to do is theirs to say.
    pub fn is_at_the_top(&self) -> bool {
        self.admin || (self.is_leader() && self.today.leader_above(&self.user).is_none())
    }

    /// Whether this manager is below.
    pub fn leads(&self, manager: &UserId) -> bool {
        let below = |process: &Process| {
            process.manager(manager).map(|manager: &Manager| process.is_led_by(&manager.leader, &self.user))
        };
        self.admin || below(&self.today).or_else(|| below(&self.newest)).unwrap_or(false)
    }

    /// Whether managers may be put below this leader: oneself, or one below.
    pub fn holds(&self, leader: &UserId) -> bool {
        let process = if self.today.leader(leader).is_some() { &self.today } else { &self.newest };
        self.admin || (self.is_leader() && process.is_led_by(leader, &self.user))
    }

    fn may_put_below(&self, leader: &Above) -> bool {
        let known = [&self.today, &self.newest].iter().any(|process| process.leader(&leader.who.slack).is_some());
        if known { self.holds(&leader.who.slack) } else { self.admin || leader.above.as_ref() == Some(&self.user) }
    }

    /// Whether a rep may be taken to a manager: theirs already, nobody's, or from one below.
    fn may_take(&self, rep: &Newcomer, to: &UserId) -> bool {
        let from = self.newest.managers.iter().find(|manager| manager.rep(&rep.slack).is_some());
        from.is_none_or(|manager| manager.slack == *to || self.leads(&manager.slack))
    }

    /// Says no where a change is not this person's to make.
    pub(super) fn allow(&self, edit: &Edit) -> Result<(), Hindrance> {
        let (allowed, words) = match edit {
            Edit::AddManagers { people: _, leader } => {
                (self.may_put_below(leader), "That leader isn't you, nor below you.")
            }
            Edit::RemoveManagers { people } => {
                (people.iter().all(|id| self.leads(id)), "Not all of them are managers you lead.")
            }
            Edit::Manager { manager, leader, reps } => {
                let stays = self.newest.manager(manager).is_some_and(|it| it.leader == leader.who.slack);
                if !self.leads(manager) {
                    (false, "This manager isn't one you lead.")
                } else if !stays && !self.may_put_below(leader) {
                    (false, "That leader isn't you, nor below you, so this move isn't yours to make.")
                } else {
                    let theirs = reps.iter().all(|rep| self.may_take(rep, manager));
                    (theirs, "One of these reps reports to a manager you don't lead.")
                }
            }
            Edit::Leader { leader, above } => {
                let below = *leader != self.user && self.holds(leader);
                let above = above.as_ref().map_or(self.admin, |above| self.holds(above));
                (self.admin || (below && above), "Whom this leader reports to isn't yours to say.")
            }
            Edit::Activity(_) | Edit::Hold { .. } | Edit::Retire { .. } => {
                (self.is_at_the_top(), "What everybody is asked to do is for the leader at the top, or an admin.")
            }
            Edit::Digest { leader: None, .. } => {
                (self.is_at_the_top(), "The digest for all is for the leader at the top, or an admin.")
            }
            Edit::Digest { leader: Some(leader), .. } => (self.holds(leader), "This digest isn't yours."),
        };
        if allowed && self.manages() { Ok(()) } else { Err(Hindrance::NotYours(words, self.ask.clone())) }
    }

    /// How it is shown.
    pub fn lead<'a>(&self, name: &'a str, managers: &'a [(String, Figures)]) -> show::Lead<'a> {
        show::Lead { name, activities: self.is_at_the_top(), everybody: self.admin, managers }
    }

    /// The managers to look after, in order of name.
    pub fn managers(&self) -> Vec<&Manager> {
        let mut below: Vec<&Manager> =
            self.newest.managers.iter().filter(|manager| self.leads(&manager.slack)).collect();
        below.sort_by_cached_key(|manager| manager.name.to_lowercase());
        below
    }
}
