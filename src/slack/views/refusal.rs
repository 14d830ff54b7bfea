//! Why a press changed nothing, kindly.

use super::MessageContent;
use crate::record::{Entry, Refusal};

/// The refusal as a message for the one who pressed; `entry` where it is known and theirs to see.
pub fn refusal(_refusal: Refusal, _entry: Option<&Entry>) -> MessageContent {
    unimplemented!()
}

/// The same as plain words, for a modal.
pub fn refusal_in_words(_refusal: Refusal, _entry: Option<&Entry>) -> String {
    unimplemented!()
}
