//! Who comes, goes, and moves.

use std::collections::BTreeMap;

use super::Changes;
use super::words::{hours, listed, name_of, reports_to, word, zone};
use crate::process::file::words::capacity_word;
use crate::process::{Leader, Manager, Process, Rep, UserId};

/// More people than this who come or go at once are told in one line.
const LISTED_PEOPLE: usize = 4;

impl Changes {
    pub(super) fn leaders(&mut self, old: &Process, new: &Process) {
        for gone in old.leaders.iter().filter(|leader| new.leader(&leader.slack).is_none()) {
            self.say(format!("{} is no longer a leader", gone.name));
        }
        for leader in &new.leaders {
            let Some(before) = old.leader(&leader.slack) else {
                let above = leader.leader.as_ref().map(|above| format!(", led by {}", name_of(new, above)));
                self.say(format!("{} joins as a leader{}", leader.name, above.unwrap_or_default()));
                continue;
            };
            let Leader { slack: _, name, leader: above, digest } = before;
            self.renamed(name, &leader.name);
            if *above != leader.leader {
                let called = |process, id: &Option<UserId>| id.as_ref().map(|id| name_of(process, id));
                let nobody = || "nobody".to_owned();
                let before = called(old, above).unwrap_or_else(nobody);
                let after = called(new, &leader.leader).unwrap_or_else(nobody);
                self.say(format!("{} is led by: {before} → {after}", leader.name));
            }
            self.digest(&format!("Digest of {}", leader.name), "as for all", digest, &leader.digest);
        }
    }

    pub(super) fn managers(&mut self, old: &Process, new: &Process) {
        let gone: Vec<&Manager> = old.managers.iter().filter(|m| new.manager(&m.slack).is_none()).collect();
        self.many(&gone, "managers leave", |manager| {
            let reps = manager.reps.iter().filter(|rep| reports_to(new, &rep.slack).is_none());
            let with = team(reps).map(|reps| format!(", and with them {reps}"));
            format!("{} leaves{}", manager.name, with.unwrap_or_default())
        });
        let come: Vec<&Manager> = new.managers.iter().filter(|m| old.manager(&m.slack).is_none()).collect();
        self.many(&come, "managers join", |manager| {
            let reps = manager.reps.iter().filter(|rep| reports_to(old, &rep.slack).is_none());
            let with = team(reps).map(|reps| format!(", with {reps}"));
            format!("{} joins, led by {}{}", manager.name, name_of(new, &manager.leader), with.unwrap_or_default())
        });
        for manager in &new.managers {
            if let Some(before) = old.manager(&manager.slack) {
                self.manager(before, manager, (old, new));
            }
        }
    }

    fn many(&mut self, people: &[&Manager], what: &str, each: impl Fn(&Manager) -> String) {
        if people.len() > LISTED_PEOPLE {
            let names = listed(people.iter().map(|manager| manager.name.clone()));
            self.say(format!("{} {what}: {names}", people.len()));
        } else {
            people.iter().for_each(|manager| self.say(each(manager)));
        }
    }

    fn manager(&mut self, old: &Manager, new: &Manager, (before, after): (&Process, &Process)) {
        let Manager { slack: _, name: old_name, time_zone, leader, reps: _, holidays: _, capacity, workday, intensity } =
            old;
        let name = new.name.as_str();
        self.renamed(old_name, name);
        if *leader != new.leader {
            let (from, to) = (name_of(before, leader), name_of(after, &new.leader));
            self.say(format!("{name} moves from the leader {from} to {to}"));
        }
        self.option(&format!("{name}, time zone"), "UTC", (time_zone, &new.time_zone), zone);
        let common = "as for all";
        let minutes = |minutes: &u32| capacity_word(*minutes);
        self.option(&format!("{name}, capacity"), common, (capacity, &new.capacity), minutes);
        self.option(&format!("{name}, workday"), common, (workday, &new.workday), hours);
        self.option(&format!("{name}, nudges"), common, (intensity, &new.intensity), word);
    }

    fn renamed(&mut self, old: &str, new: &str) {
        if old != new {
            self.say(format!("{old} is now called {new}"));
        }
    }

    /// Who reports to whom. Reps who come or go with their manager were told with them.
    pub(super) fn reps(&mut self, old: &Process, new: &Process) {
        let mut moves: BTreeMap<(&str, &str), Vec<&Rep>> = BTreeMap::new();
        let mut shifted = Vec::new();
        for manager in &new.managers {
            let mut joined = Vec::new();
            for rep in &manager.reps {
                let Some(from) = reports_to(old, &rep.slack) else {
                    joined.push(rep);
                    continue;
                };
                if from.slack != manager.slack {
                    moves.entry((from.name.as_str(), manager.name.as_str())).or_default().push(rep);
                }
                if let Some(before) = from.rep(&rep.slack) {
                    self.rep(before, rep);
                    shifted.extend((before.slot != rep.slot && !is_given(before, rep)).then_some(rep));
                }
            }
            if let (Some(_), Some(names)) = (old.manager(&manager.slack), team(joined)) {
                self.say(format!("{names} joined the team of {}", manager.name));
            }
        }
        let is_spread = |process: &Process| process.activities.iter().any(|activity| activity.spread);
        if let (true, Some(names)) = (is_spread(old) || is_spread(new), team(shifted)) {
            self.say(format!("Other slots, by their place in the file: {names} (a `slot` of their own would stay)"));
        }
        for ((from, to), reps) in moves {
            self.say(format!("{} moved from {from} to {to}", team(reps).unwrap_or_default()));
        }
        for manager in old.managers.iter().filter(|manager| new.manager(&manager.slack).is_some()) {
            if let Some(names) = team(manager.reps.iter().filter(|rep| reports_to(new, &rep.slack).is_none())) {
                self.say(format!("{names} left the team of {}", manager.name));
            }
        }
    }

    fn rep(&mut self, old: &Rep, new: &Rep) {
        let Rep { slack: _, name, slot, slot_given: _ } = old;
        self.renamed(name, &new.name);
        if is_given(old, new) {
            self.value(&format!("{}, slot", new.name), slot, &new.slot, u32::to_string);
        }
    }
}

/// Whether the file says a slot itself; else it comes from the place there.
fn is_given(old: &Rep, new: &Rep) -> bool {
    old.slot_given || new.slot_given
}

fn team<'r>(reps: impl IntoIterator<Item = &'r Rep>) -> Option<String> {
    let names: Vec<String> = reps.into_iter().map(|rep| rep.name.clone()).collect();
    (!names.is_empty()).then(|| listed(names))
}
