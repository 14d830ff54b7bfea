//! The modals: what came of it, why not, and when to ask again.

use jiff::Timestamp;
use serde_json::Value;

use super::View;
use crate::process::Calendar;
use crate::record::Entry;
use crate::record::outcome::Field;
use crate::slack::action::Purpose;

/// Asks for the outcome: exactly what the activity wants, prefilled with what was recorded.
pub fn done_modal(_entry: &Entry, _purpose: Purpose) -> View {
    unimplemented!()
}

/// Asks why it can't be done.
pub fn cant_modal(_entry: &Entry) -> View {
    unimplemented!()
}

/// Asks when to ask again.
pub fn pick_time_modal(_entry: &Entry, _now: Timestamp, _calendar: &Calendar) -> View {
    unimplemented!()
}

/// A modal with nothing but words, for a refusal after Submit.
pub fn notice_modal(_words: &str) -> View {
    unimplemented!()
}

/// The answer to a submission that shows another view in its place.
pub fn answer_with_view(_view: &View) -> Value {
    unimplemented!()
}

/// The answer to a submission whose fields need another look.
pub fn field_errors(_objections: &[(Field, String)]) -> Value {
    unimplemented!()
}

/// The answer to a *Can't* without a reason.
pub fn needs_a_reason() -> Value {
    unimplemented!()
}

/// The answer to a picked time that is past, or not before closing.
pub fn no_such_time(_entry: &Entry) -> Value {
    unimplemented!()
}
