//! What was told as final, and stands otherwise now.
//!
//! A posted digest is never rewritten: its words are kept with the message. Whatever was missed can still be done late, a
//! skip taken back, a miss excused; so the next digest says which final figures changed, must apart, and what they are now.
//! Told as final is only a week that was over and had nothing open. Each digest of the quarter is asked, the newest last, so
//! that a change is said once, and once more only where it changed again.
//!
//! A worked example: the digest of week 50 told week 49 as final, 7 of 8. On the Monday after, the eighth is done late. The
//! digest of week 51 says: *week 49 now stands at 8 of 8, was 7 of 8*. That of week 52 says nothing of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Rates, Story, Week};

/// A week whose final figures were told in a digest, and stand otherwise now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Restated {
    pub week: Week,
    pub told: Rates,
    pub now: Rates,
    /// Over `must` alone; `None` in a digest that was posted before it was told.
    #[serde(default)]
    pub told_must: Option<Rates>,
    /// Over `must` alone.
    #[serde(default)]
    pub now_must: Option<Rates>,
}

/// A week's figures as they were told, or stand: all, and `must` alone.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Final {
    pub week: Week,
    pub all: Rates,
    pub must: Option<Rates>,
}

impl Restated {
    /// What has changed since these digests told it, the oldest digest first. `now`: the figures of a week as they stand.
    pub fn of(told: &[Story], now: impl Fn(Week) -> (Rates, Rates)) -> Vec<Restated> {
        let mut newest: BTreeMap<Week, Final> = BTreeMap::new();
        for known in told.iter().flat_map(Story::told) {
            newest.insert(known.week, known);
        }
        let changed = |Final { week, all, must }: Final| {
            let (all_now, must_now) = now(week);
            // By the counts: a rate that was written down and read back may differ in its last digit.
            let same_must = must.as_ref().is_none_or(|must| must.figures() == must_now.figures());
            let same = all.figures() == all_now.figures() && same_must;
            let restated = Restated { week, told: all, now: all_now, told_must: must, now_must: Some(must_now) };
            (!same).then_some(restated)
        };
        newest.into_values().filter_map(changed).collect()
    }
}
