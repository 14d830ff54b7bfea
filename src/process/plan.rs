//! What falls due: every occurrence that a process calls for, with its due and closing instants.

use jiff::Zoned;
use jiff::civil::Date;

use super::{Activity, Manager, Process, Rep};

/// One activity falling due once, for one manager (and one rep).
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// What.
    pub activity: &'a Activity,
    /// Whose.
    pub manager: &'a Manager,
    /// With whom, where the activity is held per rep.
    pub rep: Option<&'a Rep>,
    /// The final local due date, in the manager's zone.
    pub date: Date,
    /// When it is to be done, in the manager's zone.
    pub due: Zoned,
    /// Until when doing it counts as on time, in the manager's zone.
    pub closes: Zoned,
}

/// Every occurrence of one manager whose final due date lies in `from..=to` (the manager's own dates), ordered by due,
/// then activity key, then rep id.
pub fn plan_manager<'a>(_process: &'a Process, _manager: &'a Manager, _from: Date, _to: Date) -> Vec<Planned<'a>> {
    unimplemented!()
}

/// Every occurrence of everybody in `from..=to`, ordered by due, then activity key, manager id, rep id.
pub fn plan<'a>(process: &'a Process, from: Date, to: Date) -> Vec<Planned<'a>> {
    let mut all: Vec<_> =
        process.managers.iter().flat_map(|manager| plan_manager(process, manager, from, to)).collect();
    all.sort_by(|a, b| {
        let key = |p: &Planned<'a>| (p.due.timestamp(), &p.activity.key, &p.manager.slack, p.rep.map(|rep| &rep.slack));
        key(a).cmp(&key(b))
    });
    all
}
