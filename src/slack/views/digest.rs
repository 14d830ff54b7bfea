//! The weekly digest as the leader reads it.

use jiff::tz::TimeZone;

use super::MessageContent;
use crate::record::digest::Story;

/// The digest as one message; `zone`: the digest's own.
pub fn digest(_story: &Story, _zone: &TimeZone) -> MessageContent {
    unimplemented!()
}
