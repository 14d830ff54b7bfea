//! The details of a digest, as they stand now: by manager, by activity, and one manager's week.

use slack_morphism::blocks::*;

use super::super::View;
use super::super::kit::{self, Rich};
use super::super::text::{lines_within, truncate};
use super::ask::{Someone, modal};
use super::button;
use crate::slack::action::digest::{By, Form, Press};

/// How many lines a page shows.
const PAGE: usize = 15;
/// How many options a select takes.
const MOST_OPTIONS: usize = 100;

/// What is looked at.
#[derive(Debug, Clone)]
pub enum Detail {
    /// Each manager or activity, by name and in words, in order; this page.
    List(By, Vec<(String, String)>, usize),
    /// One manager's week: the figures, and each thing in a line.
    One(Someone, String, Vec<String>),
}

/// The details; `week`: of which, in words. `managers`: those to choose from.
pub fn details(digest: &str, week: &str, managers: &[Someone], detail: &Detail) -> View {
    let mut blocks = vec![kit::small(&format!("{week}, as it stands now")), switch(digest, managers)];
    match detail {
        Detail::List(by, lines, page) => blocks.extend(list(digest, *by, lines, *page)),
        Detail::One(manager, figures, lines) => blocks.extend(one(digest, manager, figures, lines)),
    }
    modal("Details", None, &Form::Details { digest: digest.to_owned() }, blocks)
}

fn switch(digest: &str, managers: &[Someone]) -> SlackBlock {
    let by = |label: &str, by: By| button(label, &Press::Page(digest.to_owned(), by, 0), "as it stands now").into();
    let mut row: Vec<SlackActionBlockElement> = vec![by("By manager", By::Managers), by("By activity", By::Activities)];
    let option = |one: &Someone| {
        let press = Press::Manager(digest.to_owned(), one.id.clone());
        SlackBlockChoiceItem::new(kit::plain(&one.name, 75), press.value())
    };
    let options: Vec<_> = managers.iter().take(MOST_OPTIONS).map(option).collect();
    if !options.is_empty() {
        let select = SlackBlockStaticSelectElement::new()
            .with_placeholder(kit::plain("One manager…", 150))
            .with_action_id("digest_manager".into())
            .with_options(options);
        row.push(SlackActionBlockElement::StaticSelect(select));
    }
    kit::actions("details.switch", row)
}

fn list(digest: &str, by: By, lines: &[(String, String)], page: usize) -> Vec<SlackBlock> {
    let pages = lines.len().div_ceil(PAGE).max(1);
    let page = page.min(pages - 1);
    let shown: Vec<String> = lines
        .iter()
        .skip(page * PAGE)
        .take(PAGE)
        .map(|(name, words)| format!("• {}: {}", truncate(name, 60), truncate(words, 120)))
        .collect();
    if shown.is_empty() {
        return vec![kit::paragraph("Nothing was due that week.")];
    }
    let title = match by {
        By::Managers => "By manager",
        By::Activities => "By activity",
    };
    let mut blocks = vec![Rich::default().bold(title).text("\n").text(&lines_within(&shown, 2900)).block()];
    let turn = |label: &str, to: usize, suffix: &str| {
        let press = Press::Page(digest.to_owned(), by, to);
        let id = format!("{}{suffix}", press.id());
        button(label, &press, &format!("page {} of {pages}", to + 1)).with_action_id(id.into()).into()
    };
    let mut turns: Vec<SlackActionBlockElement> = Vec::new();
    if page > 0 {
        turns.push(turn("Back", page - 1, "_back"));
    }
    if page + 1 < pages {
        turns.push(turn("More", page + 1, ""));
    }
    if !turns.is_empty() {
        blocks.push(kit::actions("details.turn", turns));
        blocks.push(kit::small(&format!("Page {} of {pages}", page + 1)));
    }
    blocks
}

fn one(digest: &str, manager: &Someone, figures: &str, lines: &[String]) -> Vec<SlackBlock> {
    let lines: Vec<String> = lines.iter().map(|line| format!("• {}", truncate(line, 400))).collect();
    let words = if lines.is_empty() { "Nothing was due that week.".to_owned() } else { lines_within(&lines, 7000) };
    let name = truncate(&manager.name, 60);
    let (ask, excuse) =
        (Press::AskOne(digest.to_owned(), manager.id.clone()), Press::ExcuseOne(digest.to_owned(), manager.id.clone()));
    vec![
        Rich::default().bold(&format!("{name}: {}", truncate(figures, 200))).text("\n").text(&words).block(),
        kit::actions("details.one", vec![button("Ask…", &ask, &name).into(), button("Excuse…", &excuse, &name).into()]),
    ]
}
