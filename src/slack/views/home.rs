//! The Home tab.

use super::View;
use super::lists::Overview;
use crate::process::UserId;

/// A manager's Home tab: today, still open, the rest of the week, with working buttons.
pub fn home(_overview: &Overview<'_>) -> View {
    unimplemented!()
}

/// The Home tab of a leader who is no manager.
pub fn home_of_leader(_name: &str) -> View {
    unimplemented!()
}

/// The Home tab of somebody unknown to the process, who is told whom to ask.
pub fn home_of_stranger(_ask: &[UserId]) -> View {
    unimplemented!()
}
