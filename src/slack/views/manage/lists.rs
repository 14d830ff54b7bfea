//! The lists from which everything is changed: who takes part, and what is to be done.

use slack_morphism::blocks::*;

use super::super::text::{count, duration, truncate};
use super::super::{View, kit};
use super::{button, modal, view};
use crate::process::{ActivityKey, UserId};
use crate::slack::action::manage::{Form, Press, Turn};

/// Rows on a page: a modal holds a hundred blocks.
const ON_A_PAGE: usize = 80;

/// One of those who take part.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Who.
    pub id: UserId,
    /// As shown to people.
    pub name: String,
    /// The leader above, by name.
    pub leader: Option<String>,
    /// How many reps; `None`: they are a leader.
    pub reps: Option<usize>,
}

/// One line of the process.
#[derive(Debug, Clone)]
pub struct ActivityRow {
    /// Which.
    pub key: ActivityKey,
    /// As shown to people.
    pub title: String,
    /// The phrase.
    pub when: String,
    /// How long it takes.
    pub minutes: u32,
    /// Whether nobody holds it for now.
    pub paused: bool,
}

/// Who takes part: a page of it.
pub fn people(rows: &[PersonRow], page: usize) -> View {
    let add = button("Add managers…", &Press::AddManagers, "to the process").with_style(SlackBlockButtonStyle::Primary);
    let mut buttons: Vec<SlackActionBlockElement> = vec![add.into()];
    if rows.iter().any(|row| row.reps.is_some()) {
        buttons.push(button("Remove managers…", &Press::RemoveManagers, "from the process").into());
    }
    let mut blocks = vec![kit::actions("people.begin", buttons)];
    if rows.is_empty() {
        blocks.push(kit::paragraph("Nobody yet. Add your first manager: their reps come next."));
    }
    let row = |row: &PersonRow| {
        let leader = row.leader.as_ref().map(|leader| format!("reports to {}", truncate(leader, 100)));
        let (what, press) = match row.reps {
            Some(reps) => (count(reps, "rep", "reps"), Press::Manager(row.id.clone())),
            None => ("Leader".to_owned(), Press::Leader(row.id.clone())),
        };
        let facts = std::iter::once(what).chain(leader).collect::<Vec<_>>().join(" · ");
        let words = format!("{}\n{facts}", truncate(&row.name, 200));
        section(&words, SlackSectionBlockElement::Button(button("Edit…", &press, &row.name)))
    };
    paged(&mut blocks, rows, page, row, Press::People);
    view(modal("People", None, &Form::List, blocks))
}

/// What is to be done: a page of it.
pub fn activities(rows: &[ActivityRow], page: usize) -> View {
    let add = button("Add an activity…", &Press::AddActivity, "to the process");
    let mut blocks =
        vec![kit::actions("activities.begin", vec![add.with_style(SlackBlockButtonStyle::Primary).into()])];
    if rows.is_empty() {
        blocks.push(kit::paragraph("Nothing is asked of anybody yet. Add the first activity."));
    }
    let row = |row: &ActivityRow| {
        let paused = if row.paused { "Paused · " } else { "" };
        let words = format!("{}\n{paused}{} · {}", truncate(&row.title, 300), row.when, duration(row.minutes));
        section(&words, SlackSectionBlockElement::Overflow(turns(row)))
    };
    paged(&mut blocks, rows, page, row, Press::Activities);
    view(modal("Activities", None, &Form::List, blocks))
}

fn turns(row: &ActivityRow) -> SlackBlockOverflowElement {
    let rest = if row.paused { ("Resume…", Turn::Resume) } else { ("Pause…", Turn::Pause) };
    let option = |(label, turn): (&str, Turn)| {
        SlackBlockChoiceItem::new(kit::plain(label, 75), Press::Activity(turn, row.key.clone()).value())
    };
    let options = [("Edit…", Turn::Edit), rest, ("Retire…", Turn::Retire)].map(option).to_vec();
    let id = Press::Activity(Turn::Edit, row.key.clone()).id();
    SlackBlockOverflowElement::new(options).with_action_id(id.into())
}

fn section(words: &str, accessory: SlackSectionBlockElement) -> SlackBlock {
    let text = SlackBlockPlainText::new(truncate(words, 3000)).with_emoji(false);
    SlackSectionBlock::new().with_text(SlackBlockText::Plain(text)).with_accessory(accessory).into()
}

fn paged<T>(
    blocks: &mut Vec<SlackBlock>,
    rows: &[T],
    page: usize,
    row: impl Fn(&T) -> SlackBlock,
    press: impl Fn(usize) -> Press,
) {
    let pages = rows.len().div_ceil(ON_A_PAGE).max(1);
    let page = page.min(pages - 1);
    blocks.extend(rows.iter().skip(page * ON_A_PAGE).take(ON_A_PAGE).map(row));
    let mut turns: Vec<SlackActionBlockElement> = Vec::new();
    if page > 0 {
        let back = press(page - 1);
        let id = format!("{}_back", back.id());
        turns.push(button("Earlier", &back, "the page before").with_action_id(id.into()).into());
    }
    if page + 1 < pages {
        turns.push(button("More", &press(page + 1), &format!("page {} of {pages}", page + 2)).into());
    }
    if !turns.is_empty() {
        blocks.push(kit::actions(&format!("page.{page}"), turns));
    }
}
