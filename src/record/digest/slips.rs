//! What slipped and can still be mended: open ones, and missed ones, which count as done late.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::process::UserId;
use crate::record::{Entry, OccurrenceId, State};

/// Something that slipped, or is about to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Recoverable {
    pub manager: UserId,
    pub label: String,
    /// Which it is; `None` in a digest that was posted before it was kept.
    #[serde(default)]
    pub occurrence: Option<OccurrenceId>,
    /// When it closes, if it hasn't.
    pub closes: Option<Timestamp>,
}

/// By turns of the managers; within one, `must` first, then what closes soonest, and what is missed last.
pub(super) fn recoverable(entries: &[&Entry], now: Timestamp) -> Vec<Recoverable> {
    let mut slipped: Vec<&Entry> =
        entries.iter().copied().filter(|e| matches!(e.occurrence.state(now), State::Open | State::Missed)).collect();
    slipped.sort_by_key(|e| {
        (e.activity.priority, e.occurrence.closes <= now, e.occurrence.closes, e.occurrence.id.clone())
    });
    // Everybody's first before anybody's second: five lines about one manager would be a finger pointed.
    let mut told: BTreeMap<&UserId, usize> = BTreeMap::new();
    let mut turns: Vec<(usize, &Entry)> = Vec::with_capacity(slipped.len());
    for entry in slipped {
        let turn = told.entry(&entry.occurrence.manager).or_default();
        turns.push((*turn, entry));
        *turn += 1;
    }
    turns.sort_by_key(|(turn, _)| *turn);
    let line = |e: &Entry| Recoverable {
        manager: e.occurrence.manager.clone(),
        label: e.label(),
        occurrence: Some(e.occurrence.id.clone()),
        closes: (e.occurrence.closes > now).then_some(e.occurrence.closes),
    };
    turns.into_iter().map(|(_, entry)| line(entry)).collect()
}
