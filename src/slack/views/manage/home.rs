//! The Home tab of those who look after the process, and `/onbeat manage`.

use slack_morphism::blocks::*;

use super::super::kit::{self, Rich};
use super::super::text::{first_name, length, truncate};
use super::super::{MessageContent, View};
use super::button;
use crate::record::adherence::Figures;
use crate::slack::action::manage::Press;

/// The longest block of lines, and how many such blocks.
const MOST: usize = 2500;
const MOST_BLOCKS: usize = 8;

/// Somebody who looks after the process.
#[derive(Debug)]
pub struct Lead<'a> {
    /// What to call them.
    pub name: &'a str,
    /// Whether they may change what is to be done.
    pub activities: bool,
    /// Whether all managers are theirs to see, as an admin's.
    pub everybody: bool,
    /// Their managers with this week's figures, in order of name.
    pub managers: &'a [(String, Figures)],
}

/// The Home tab of one who is no manager.
pub fn lead_home(lead: &Lead<'_>) -> View {
    let mut blocks = vec![kit::header(&format!("Hello, {}", first_name(lead.name)))];
    blocks.extend(lead_blocks(lead));
    View(SlackView::Home(SlackHomeView::new(blocks)))
}

/// What stands there for every one who leads, manager or not.
pub fn lead_blocks(lead: &Lead<'_>) -> Vec<SlackBlock> {
    if lead.managers.is_empty() {
        let words = "You have no managers here yet. Add the first one, say who reports to them, and they hear from me on \
                     their next workday.";
        let mut buttons: Vec<SlackActionBlockElement> = vec![
            button("Add your first manager", &Press::AddManagers, "to the process")
                .with_style(SlackBlockButtonStyle::Primary)
                .into(),
        ];
        buttons.extend(self::buttons(lead));
        return vec![kit::paragraph(words), kit::actions("lead.begin", buttons)];
    }
    let title = if lead.everybody { "All managers, this week so far" } else { "Your managers, this week so far" };
    let mut blocks = vec![kit::header(title)];
    let lines: Vec<String> =
        lead.managers.iter().map(|(name, figures)| format!("{}: {}", truncate(name, 80), counts(figures))).collect();
    blocks.extend(folded(&lines));
    blocks.push(kit::actions("lead.buttons", buttons(lead)));
    blocks
}

/// The lines in as many blocks as they take.
fn folded(lines: &[String]) -> Vec<SlackBlock> {
    let (mut blocks, mut text, mut shown) = (Vec::new(), String::new(), 0);
    for line in lines {
        if length(&text) + length(line) + 1 > MOST {
            blocks.push(Rich::default().text(&std::mem::take(&mut text)).block());
            if blocks.len() == MOST_BLOCKS {
                break;
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
        shown += 1;
    }
    if !text.is_empty() {
        blocks.push(Rich::default().text(&text).block());
    }
    if shown < lines.len() {
        blocks.push(kit::small(&format!("… and {} more: onbeat digest has them all.", lines.len() - shown)));
    }
    blocks
}

/// A rate with its counts, and beside it what the rate leaves out.
fn counts(figures: &Figures) -> String {
    let mut words = figures.in_words();
    if figures.open > 0 && figures.decided() > 0 {
        words.push_str(&format!(", {} still open", figures.open));
    }
    if figures.excused > 0 {
        words.push_str(&format!(", {} excused", figures.excused));
    }
    words
}

fn buttons(lead: &Lead<'_>) -> Vec<SlackActionBlockElement> {
    let mut buttons = vec![button("People…", &Press::People(0), "who takes part").into()];
    if lead.activities {
        buttons.push(button("Activities…", &Press::Activities(0), "what is to be done").into());
    }
    buttons.push(button("Excuse…", &Press::Excuse, "something this week or last").into());
    buttons.push(button("Digest…", &Press::Digest, "where and when it is posted").into());
    buttons
}

/// `/onbeat manage`
pub fn manage(lead: &Lead<'_>) -> MessageContent {
    let words = if lead.activities {
        "What would you like to look after? People, the activities, something to excuse, or the digest."
    } else {
        "What would you like to look after? Your people, something to excuse, or your digest."
    };
    MessageContent {
        text: words.to_owned(),
        blocks: vec![kit::paragraph(words), kit::actions("manage", buttons(lead))],
    }
}
