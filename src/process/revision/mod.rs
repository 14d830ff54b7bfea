//! Which process holds when: revisions, each from its effective date on.

mod changes;
mod lineage;

pub use changes::{beginning, changes};
pub use lineage::Lineage;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Process, UserId};

/// One applied version of the process.
#[derive(Debug, Clone)]
pub struct Revision {
    /// 1, 2, 3 …
    pub number: i64,
    /// When it was applied, on the bot's clock.
    pub applied_at: Timestamp,
    /// The date from which it holds, in each manager's zone.
    pub effective: Date,
    /// Whether it was made in Slack rather than by `apply`.
    pub in_slack: bool,
    /// Who made it, where known: a Slack user id, or on the command line the operating system's user.
    pub by: Option<String>,
    /// The process itself.
    pub process: Arc<Process>,
}

/// All revisions of a workspace, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Revisions(Vec<Revision>);

impl Revisions {
    /// From a list in any order.
    pub fn new(mut all: Vec<Revision>) -> Revisions {
        all.sort_by_key(|revision| revision.number);
        Revisions(all)
    }

    /// The newest, whatever its effective date: what `export` prints and a file's `revision` is held against.
    pub fn newest(&self) -> Option<&Revision> {
        self.0.last()
    }

    /// The one with this number.
    pub fn get(&self, number: i64) -> Option<&Revision> {
        self.0.iter().find(|revision| revision.number == number)
    }

    /// The one that governs a local date: a later revision overrules an earlier one from its effective date on.
    pub fn governing(&self, date: Date) -> Option<&Revision> {
        self.0.iter().rev().find(|revision| revision.effective <= date)
    }

    /// What somebody is called, as the newest revision that knows them has it.
    pub fn name_of(&self, id: &UserId) -> Option<&str> {
        self.0.iter().rev().find_map(|Revision { process, .. }| {
            let manager = process.manager(id).map(|manager| &manager.name);
            let leader = || process.leader(id).map(|leader| &leader.name);
            let rep = || process.managers.iter().find_map(|manager| manager.rep(id)).map(|rep| &rep.name);
            manager.or_else(leader).or_else(rep).map(String::as_str)
        })
    }

    /// What changed with this revision, in words: against the one before it in number.
    pub fn story(&self, revision: &Revision) -> Vec<String> {
        let before = self.0.iter().rev().find(|other| other.number < revision.number);
        let Some(before) = before else { return beginning(&revision.process) };
        let said = changes(&before.process, &revision.process);
        if said.is_empty() && before.effective != revision.effective {
            return vec![format!("The same process, from {} instead of {}", revision.effective, before.effective)];
        }
        said
    }

    /// What applying `process` would undo of what was changed since the revision it was made from: everything in which it
    /// differs from the newest, but for what it changes itself.
    pub fn undone_by(&self, process: &Process) -> Vec<String> {
        let Some(newest) = self.newest() else { return Vec::new() };
        let base = process.revision.and_then(|number| self.get(number));
        let own = base.map_or_else(Vec::new, |base| changes(&base.process, process));
        changes(&newest.process, process).into_iter().filter(|line| !own.contains(line)).collect()
    }

    /// The parts of a range of dates, in order, each with the revision that governs it.
    pub fn segments(&self, from: Date, to: Date) -> Vec<(&Revision, Date, Date)> {
        let begins = self.0.iter().map(|revision| revision.effective).chain([from]);
        let begins: std::collections::BTreeSet<Date> = begins.filter(|date| (from..=to).contains(date)).collect();
        let ends = begins.iter().skip(1).map(|next| next.saturating_sub(jiff::Span::new().days(1))).chain([to]);
        begins.iter().zip(ends).filter_map(|(begin, end)| Some((self.governing(*begin)?, *begin, end))).collect()
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Revision> {
        self.0.iter()
    }
}
