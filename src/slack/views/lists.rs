//! The slash command's answers.

use jiff::Timestamp;

use super::MessageContent;
use crate::process::{Calendar, UserId};
use crate::record::Entry;
use crate::record::adherence::Figures;

/// All that a manager's lists and Home tab show.
#[derive(Debug, Clone, Copy)]
pub struct Overview<'a> {
    /// The manager's name.
    pub manager_name: &'a str,
    /// The bot's clock.
    pub now: Timestamp,
    /// The manager's calendar.
    pub calendar: &'a Calendar,
    /// Whatever is due this week (the manager's), and whatever is due before and not closed; withdrawn ones do no harm.
    pub entries: &'a [Entry],
}

/// How a manager's weeks stand.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// The manager's name.
    pub manager_name: &'a str,
    /// This week so far.
    pub this_week: Figures,
    /// Last week, as it stands.
    pub last_week: Figures,
}

/// `/onbeat today`
pub fn today(_overview: &Overview<'_>) -> MessageContent {
    unimplemented!()
}

/// `/onbeat week`
pub fn week(_overview: &Overview<'_>) -> MessageContent {
    unimplemented!()
}

/// `/onbeat status`
pub fn status(_status: &Status<'_>) -> MessageContent {
    unimplemented!()
}

/// `/onbeat help`, and whatever was not understood.
pub fn help() -> MessageContent {
    unimplemented!()
}

/// For somebody unknown to the process: whom to ask.
pub fn stranger(_ask: &[UserId]) -> MessageContent {
    unimplemented!()
}

/// A sentence that fits nowhere else. The words are escaped.
pub fn plain(_words: &str) -> MessageContent {
    unimplemented!()
}
