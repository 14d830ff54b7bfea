//! The ground floor by itself, built from the same files as Onbeat's own: half a minute to build instead of many, and what is
//! not under test is not instrumented.

#[path = "../../src/process/mod.rs"]
pub mod process;

use std::ops::Range;

use jiff::civil::{Date, date};

/// The day on which every input is read.
pub const TODAY: Date = date(2026, 12, 1);

/// Whether a span can be shown: it lies inside the text and cuts no letter.
pub fn lies_inside(text: &str, span: &Range<usize>) -> bool {
    span.start <= span.end && text.is_char_boundary(span.start) && text.is_char_boundary(span.end)
}
