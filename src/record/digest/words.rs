//! The week's outcomes in the managers' own words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Story;
use crate::process::UserId;
use crate::record::{Entry, ResultWord, State};

/// A note that its activity shares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct InTheirWords {
    pub manager: UserId,
    pub label: String,
    pub note: String,
    pub result: Option<ResultWord>,
}

/// Those with evidence and a met outcome first; one a manager.
pub(super) fn words(entries: &[&Entry], now: Timestamp) -> Vec<InTheirWords> {
    let mut noted: Vec<(&Entry, &String)> = entries
        .iter()
        .copied()
        .filter(|e| e.activity.share_notes && e.occurrence.state(now) == State::Done)
        .filter_map(|e| Some((e, e.occurrence.outcome.note.as_ref()?)))
        .collect();
    noted.sort_by_key(|(e, _)| {
        let outcome = &e.occurrence.outcome;
        let evidenced = outcome.evidence.link.is_some() || outcome.evidence.number.is_some();
        (!evidenced, outcome.result != Some(ResultWord::Met), e.occurrence.completed_at, e.occurrence.id.clone())
    });
    let mut heard = std::collections::BTreeSet::new();
    noted.retain(|(e, _)| heard.insert(e.occurrence.manager.clone()));
    let line = |(e, note): (&Entry, &String)| InTheirWords {
        manager: e.occurrence.manager.clone(),
        label: e.label(),
        note: note.clone(),
        result: e.occurrence.outcome.result,
    };
    noted.into_iter().take(Story::MOST).map(line).collect()
}
