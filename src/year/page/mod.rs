//! The year as a page: one sheet a manager, and one of the whole team before them.
//!
//! Reading order: [`moments`] (what is special, and its mark), [`weeks`] (quarters, weeks and their hours), [`sheet`] (one
//! manager), [`team`] (all side by side). One file without scripts; what differs from week to week is drawn by SVG
//! attributes, so that the pages can be served under a policy that allows no style but theirs.

mod moments;
mod sheet;
mod standing;
mod team;
#[cfg(test)]
mod tests;
mod weeks;

use base64::Engine as _;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::Year;

/// The pages' one style sheet.
const STYLE: &str = include_str!("style.css");

/// The `Content-Security-Policy` under which the pages can be served, and which they ask for themselves: nothing from
/// anywhere, and no style but theirs.
pub fn content_security_policy() -> String {
    policy(STYLE)
}

/// The same of a page with another style sheet.
pub(super) fn policy(style: &str) -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// One manager's year.
pub fn page(year: &Year<'_>) -> String {
    document(&format!("{} – the year", year.manager.name), STYLE, &sheet::sheet(year, sheet::Heading::Top))
}

/// All managers side by side.
pub fn team_page(years: &[Year<'_>]) -> String {
    document("The team’s year", STYLE, &team::team(years))
}

/// The team's page followed by each manager's; for one manager, their page alone.
pub fn book(years: &[Year<'_>]) -> String {
    if let [year] = years {
        return page(year);
    }
    let body = html! {
        (team::team(years))
        @for year in years { (sheet::sheet(year, sheet::Heading::Below)) }
    };
    document("The team’s year", STYLE, &body)
}

/// One file: this style sheet, no scripts, nothing from elsewhere.
pub(super) fn document(title: &str, style: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    }
    .into_string()
}
