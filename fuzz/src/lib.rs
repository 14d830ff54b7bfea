//! The ground floor and what reads Slack's requests by themselves, built from the same files as Onbeat's own: half a minute to
//! build instead of many, and what is not under test is not instrumented.

#![allow(dead_code, unused_imports)] // what the other rooms use of these

#[path = "../../src/process/mod.rs"]
pub mod process;
#[path = "../../src/record/mod.rs"]
pub mod record;
#[path = "../../src/secret.rs"]
pub mod secret;
/// Of the room that speaks with Slack, what reads.
#[path = "../../src/slack"]
pub mod slack {
    pub mod action;
    pub mod inbound;

    pub use crate::secret::Secret;
}

use std::ops::Range;

use jiff::civil::{Date, date};

/// The day on which every input is read.
pub const TODAY: Date = date(2026, 12, 1);

/// Whether a span can be shown: it lies inside the text and cuts no letter.
pub fn lies_inside(text: &str, span: &Range<usize>) -> bool {
    span.start <= span.end && text.is_char_boundary(span.start) && text.is_char_boundary(span.end)
}
