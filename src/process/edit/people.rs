//! Who takes part, and who reports to whom.

use super::{About, Above, Newcomer, Objection};
use crate::process::{DigestSettings, Holidays, Leader, Manager, Process, Rep, UserId, zone_named};

/// Managers join. Who is one already stays as they are where they report to that leader, so that saying it twice is
/// saying it once.
pub(super) fn join(process: &mut Process, people: &[Newcomer], leader: &Above) -> Result<(), Objection> {
    let leader = leader_of(process, leader);
    for one in people {
        if let Some(manager) = process.managers.iter().find(|manager| manager.rep(&one.slack).is_some()) {
            let (name, manager) = (name_of(process, one), &manager.name);
            let words = format!("{name} is a rep of {manager}'s. Take them off {manager}'s reps first, under People.");
            return Err(Objection::new(About::People, words));
        }
        match process.manager(&one.slack) {
            Some(manager) if manager.leader == leader => {}
            Some(manager) => {
                let words = format!("{} is a manager already. To move them, edit them under People.", manager.name);
                return Err(Objection::new(About::People, words));
            }
            None => process.managers.push(Manager {
                slack: one.slack.clone(),
                name: name_of(process, one),
                time_zone: one.zone.as_deref().and_then(zone_named),
                leader: leader.clone(),
                reps: Vec::new(),
                holidays: Holidays::default(),
                capacity: None,
                workday: None,
                intensity: None,
            }),
        }
    }
    Ok(())
}

/// Managers leave, with their reps, and every list that names them forgets them.
pub(super) fn leave(process: &mut Process, people: &[UserId]) -> Result<(), Objection> {
    if !people.iter().any(|id| process.manager(id).is_some()) {
        return Err(Objection::gone(if people.len() == 1 { "This manager" } else { "None of them" }));
    }
    process.managers.retain(|manager| !people.contains(&manager.slack));
    for activity in &mut process.activities {
        if let Some(holders) = &mut activity.managers {
            holders.retain(|id| !people.contains(id));
        }
    }
    let mut left = Holidays::default();
    for (date, holiday) in process.holidays.iter() {
        let mut holiday = holiday.clone();
        if let Some(whose) = &mut holiday.managers {
            whose.retain(|id| !people.contains(id));
            if whose.is_empty() {
                continue;
            }
        }
        left.add(date, holiday);
    }
    process.holidays = left;
    Ok(())
}

/// Whom a manager reports to, and who reports to them.
pub(super) fn settle(process: &mut Process, id: &UserId, leader: &Above, reps: &[Newcomer]) -> Result<(), Objection> {
    if process.manager(id).is_none() {
        return Err(Objection::gone("This manager"));
    }
    let leader = leader_of(process, leader);
    for rep in reps {
        let what = match (process.manager(&rep.slack), process.leader(&rep.slack)) {
            (Some(_), _) => "a manager. Remove them as a manager first, or leave them out here.",
            (None, Some(_)) => "a leader. A rep is neither leader nor manager: leave them out here.",
            (None, None) => continue,
        };
        return Err(Objection::new(About::Reps, format!("{} is {what}", name_of(process, rep))));
    }
    let named: Vec<(UserId, String)> = reps.iter().map(|rep| (rep.slack.clone(), name_of(process, rep))).collect();
    let wanted = |rep: &Rep| named.iter().any(|(slack, _)| *slack == rep.slack);
    for manager in &mut process.managers {
        let is_theirs = manager.slack == *id;
        let goes = |rep: &Rep| wanted(rep) != is_theirs;
        if manager.reps.iter().any(goes) {
            manager.reps.retain(|rep| !goes(rep));
            keep_slots(&mut manager.reps);
        }
        if is_theirs {
            manager.leader = leader.clone();
            for (slack, name) in &named {
                if manager.rep(slack).is_none() {
                    add(&mut manager.reps, slack.clone(), name.clone());
                }
            }
        }
    }
    Ok(())
}

/// Who leaves takes nobody else's slot along: a slot that the place in the list no longer tells is written down.
fn keep_slots(reps: &mut [Rep]) {
    for (place, rep) in (0..).zip(reps) {
        rep.slot_given |= rep.slot != place;
    }
}

/// A newcomer has the first slot that nobody has.
fn add(reps: &mut Vec<Rep>, slack: UserId, name: String) {
    let slot = (0..).find(|slot| reps.iter().all(|rep| rep.slot != *slot)).unwrap_or(0);
    let slot_given = usize::try_from(slot) != Ok(reps.len());
    reps.push(Rep { slack, name, slot, slot_given });
}

/// Whom a leader reports to.
pub(super) fn lead(process: &mut Process, id: &UserId, above: Option<&UserId>) -> Result<(), Objection> {
    if let (Some(manager), Some(above)) = (process.managers.iter_mut().find(|one| one.slack == *id), above) {
        // Who leads and is a manager too has one leader above.
        manager.leader = above.clone();
    } else if above.is_none() && process.manager(id).is_some() {
        return Err(Objection::new(About::Leader, "Who is a manager too reports to somebody.".to_owned()));
    }
    let leader = process.leaders.iter_mut().find(|leader| leader.slack == *id);
    leader.ok_or_else(|| Objection::gone("This leader"))?.leader = above.cloned();
    Ok(())
}

/// The leader's id; who is none yet becomes one.
fn leader_of(process: &mut Process, leader: &Above) -> UserId {
    let id = leader.who.slack.clone();
    if process.leader(&id).is_none() {
        let name = name_of(process, &leader.who);
        // Who is a manager already has their leader there.
        let above = process.manager(&id).map(|manager| manager.leader.clone()).or_else(|| leader.above.clone());
        process.leaders.push(Leader { slack: id.clone(), name, leader: above, digest: DigestSettings::default() });
    }
    id
}

/// As the process calls them already, else as Slack does.
fn name_of(process: &Process, one: &Newcomer) -> String {
    let manager = process.manager(&one.slack).map(|manager| &manager.name);
    let leader = || process.leader(&one.slack).map(|leader| &leader.name);
    let rep = || process.managers.iter().find_map(|manager| manager.rep(&one.slack)).map(|rep| &rep.name);
    let known = manager.or_else(leader).or_else(rep).cloned();
    known.or_else(|| Some(one.name.clone()).filter(|name| !name.is_empty())).unwrap_or_else(|| one.slack.to_string())
}

/// Where somebody stands: what an edit of people is made from.
pub(super) fn place(process: &Process, id: &UserId) -> String {
    let manager = process.manager(id);
    let reps = manager.map(|manager| manager.reps.iter().map(|rep| rep.slack.as_str()).collect::<Vec<_>>());
    let of = process.managers.iter().find(|manager| manager.rep(id).is_some()).map(|manager| manager.slack.as_str());
    let leads = process.leader(id).map(|leader| leader.leader.as_ref().map(UserId::as_str));
    format!("{id}: {:?} {reps:?} {of:?} {leads:?}", manager.map(|manager| manager.leader.as_str()))
}
