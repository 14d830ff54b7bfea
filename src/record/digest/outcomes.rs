//! What came of what was done, and how well it is borne out.
//!
//! A tick in a box says that something was done, not that it came to anything. Two counts over the done ones tell more, and
//! each adds up to all that was done:
//!
//! - [`Results`]: met, partly, not met, or unsaid. From the number where the activity has a target, else the manager's word.
//! - [`Evidenced`]: how far the record bears it out, each counted once at its highest level: *corroborated* (somebody else
//!   confirmed it), *evidenced* (a link or a number), *noted* (words), *ticked* (nothing but the click).
//!
//! A worked week: four were done. One with a note and a link, confirmed by the rep: met. One with a number that misses the
//! target: not met. One with a note, one with nothing: neither says how it went. Results: 1 met, 1 not met, 2 unsaid.
//! Levels: 1 corroborated, 1 evidenced, 1 noted, 1 ticked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{Entry, Occurrence, ResultWord, State, Verification};

/// How the done ones went. Adds up to all that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Results {
    pub met: u64,
    pub partly: u64,
    pub not_met: u64,
    /// Nobody said.
    pub unsaid: u64,
}

impl Results {
    /// Of these occurrences.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>, now: Timestamp) -> Results {
        let mut results = Results::default();
        for occurrence in done(entries, now) {
            *match occurrence.outcome.result {
                Some(ResultWord::Met) => &mut results.met,
                Some(ResultWord::Partly) => &mut results.partly,
                Some(ResultWord::NotMet) => &mut results.not_met,
                None => &mut results.unsaid,
            } += 1;
        }
        results
    }

    /// How many say how it went.
    pub fn said(&self) -> u64 {
        self.met + self.partly + self.not_met
    }

    /// All that was done.
    pub fn done(&self) -> u64 {
        self.said() + self.unsaid
    }

    /// The results that there are: `4 met, 1 partly`. Empty where nothing was done.
    pub fn in_words(&self) -> String {
        listed(&[(self.met, "met"), (self.partly, "partly"), (self.not_met, "not met"), (self.unsaid, "unsaid")])
    }
}

/// How far the record bears out what was done, each at its highest level. Adds up to all that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidenced {
    /// A click and nothing else.
    pub ticked: u64,
    /// The manager's words.
    pub noted: u64,
    /// A link or a number.
    pub evidenced: u64,
    /// Somebody else, or another system, confirmed it.
    pub corroborated: u64,
}

impl Evidenced {
    /// Of these occurrences.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>, now: Timestamp) -> Evidenced {
        let mut levels = Evidenced::default();
        for occurrence in done(entries, now) {
            let outcome = &occurrence.outcome;
            let evidenced = outcome.evidence.link.is_some() || outcome.evidence.number.is_some();
            *match occurrence.verification {
                Verification::Confirmed => &mut levels.corroborated,
                Verification::None | Verification::Asked | Verification::Disputed if evidenced => &mut levels.evidenced,
                Verification::None | Verification::Asked | Verification::Disputed if outcome.note.is_some() => {
                    &mut levels.noted
                }
                Verification::None | Verification::Asked | Verification::Disputed => &mut levels.ticked,
            } += 1;
        }
        levels
    }

    /// All that was done.
    pub fn done(&self) -> u64 {
        self.ticked + self.noted + self.evidenced + self.corroborated
    }

    /// The levels that there are, the strongest first: `2 borne out by others, 1 ticked`. Empty where nothing was done.
    pub fn in_words(&self) -> String {
        listed(&[
            (self.corroborated, "borne out by others"),
            (self.evidenced, "with a number or link"),
            (self.noted, "with a note"),
            (self.ticked, "ticked"),
        ])
    }
}

/// Those that are not none: `4 met, 1 partly`.
fn listed(counts: &[(u64, &str)]) -> String {
    let some = counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    some.collect::<Vec<_>>().join(", ")
}

fn done<'e>(entries: impl IntoIterator<Item = &'e Entry>, now: Timestamp) -> impl Iterator<Item = &'e Occurrence> {
    let occurrences = entries.into_iter().map(|entry| &entry.occurrence);
    occurrences.filter(move |occurrence| occurrence.state(now) == State::Done)
}
