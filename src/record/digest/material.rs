//! What a digest is made of: the occurrences of some weeks, and who is in seat.
//!
//! A digest of week 50 looks back over the quarter that ends with it (weeks 38 to 50) and ahead to week 51, and no further,
//! however long the history is. Narrower stretches serve single figures: eight weeks the chart, four the mean, the spread and
//! the coverage.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Week;
use crate::process::{ActivityKey, Calendar, UserId};
use crate::record::{Entry, State};

/// How many weeks a quarter has, the digest's own included.
pub const QUARTER: usize = 13;
/// Over how many weeks it is told whom of the reps was reached, and how far the managers are apart.
pub const MONTH: usize = 4;

/// A manager who takes part in the digest's week.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Who.
    pub manager: UserId,
    /// Their reps, as the process that holds in the week has them.
    pub reps: Vec<UserId>,
    /// Minutes that can be given in a week without days off.
    pub full_week: u32,
    /// Days away are off in it.
    pub calendar: Calendar,
}

/// All that a digest is made of.
#[derive(Debug, Clone)]
pub struct Material<'a> {
    /// The digest's week.
    pub week: Week,
    /// The instant at which it is told.
    pub now: Timestamp,
    /// What falls due in [`Material::window`]; what lies outside does no harm but for its own week.
    pub entries: Vec<&'a Entry>,
    /// Who takes part, in any order. Leavers have no seat; what they owed counts all the same.
    pub seats: &'a [Seat],
    /// Who takes part in the week after.
    pub next_seats: &'a [Seat],
    /// How many messages each manager was sent in the digest's week; who is not named had none.
    pub nudges: BTreeMap<UserId, u64>,
}

impl<'a> Material<'a> {
    /// The dates (both included) of what is needed for the digest of a week.
    pub fn window(week: Week) -> (Date, Date) {
        (week.back(QUARTER - 1).from(), week.after().to())
    }

    /// What fell due in the `weeks` weeks that end with `last`, in each manager's own dates, but for what was withdrawn.
    pub fn due(&self, weeks: usize, last: Week) -> impl Iterator<Item = &'a Entry> {
        let (from, to, now) = (last.back(weeks.saturating_sub(1)).from(), last.to(), self.now);
        let within = move |entry: &&Entry| {
            let occurrence = &entry.occurrence;
            (from..=to).contains(&occurrence.date) && occurrence.state(now) != State::Withdrawn
        };
        self.entries.iter().copied().filter(within)
    }

    /// The title of each activity, as the last to fall due has it.
    pub(super) fn titles(&self) -> BTreeMap<ActivityKey, String> {
        let mut newest: BTreeMap<&ActivityKey, &Entry> = BTreeMap::new();
        for entry in &self.entries {
            let known = newest.entry(&entry.occurrence.activity).or_insert(entry);
            if known.occurrence.due <= entry.occurrence.due {
                *known = entry;
            }
        }
        newest.into_iter().map(|(key, entry)| (key.clone(), entry.activity.title.clone())).collect()
    }
}
