//! The nudge: what is to be done, and the buttons that record it.

use jiff::Timestamp;

use super::MessageContent;
use crate::process::Calendar;
use crate::record::Entry;
use crate::record::agenda::Kind;

/// How many occurrences one message can hold, whatever they show.
pub const MOST_ENTRIES: usize = 15;

/// All that a nudge shows.
#[derive(Debug, Clone, Copy)]
pub struct NudgePicture<'a> {
    /// The nudge's id.
    pub id: &'a str,
    /// What for.
    pub kind: Kind,
    /// The bot's clock.
    pub now: Timestamp,
    /// The manager's name.
    pub manager_name: &'a str,
    /// The manager's calendar.
    pub calendar: &'a Calendar,
    /// What it asks for, in order; at most [`MOST_ENTRIES`].
    pub entries: &'a [Entry],
    /// Which part of how many, from 1: what one message can't hold goes on in another.
    pub part: (usize, usize),
}

/// The nudge as a message.
pub fn nudge(_picture: &NudgePicture<'_>) -> MessageContent {
    unimplemented!()
}
