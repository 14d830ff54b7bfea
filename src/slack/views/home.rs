//! The Home tab.

use slack_morphism::blocks::{SlackBlock, SlackHomeView, SlackView};

use super::lists::{Overview, and_more, whom_to_ask};
use super::text::{escape_within, first_name};
use super::year::open_button;
use super::{View, away, entry, kit};
use crate::process::UserId;
use crate::record::Entry;

/// How many occurrences stand there with their buttons: two blocks each, below Slack's 100.
const MOST: usize = 40;
/// The text of all of them together.
const ROOM: usize = 20_000;

/// A manager's Home tab: today, still open, the rest of the week, with working buttons; and the page of their year, where
/// it has an address.
pub fn home(overview: &Overview<'_>, year_page: Option<&str>) -> View {
    let parts = [
        ("Today", overview.today()),
        ("Still open", overview.still_open()),
        ("Later this week", overview.later()),
        ("Earlier this week", overview.earlier()),
    ];
    let all: usize = parts.iter().map(|(_, entries)| entries.len()).sum();
    let seen = overview.seen((ROOM / all.clamp(1, MOST)).min(2000));
    let mut blocks = vec![kit::header(&format!("Your cadence, {}", first_name(overview.manager_name)))];
    if all == 0 {
        blocks.push(kit::paragraph("Nothing is due this week. Enjoy the clear run."));
    }
    let mut left = MOST;
    for (title, entries) in parts.iter().filter(|(_, entries)| !entries.is_empty()) {
        let shown: &[&Entry] = &entries[..entries.len().min(left)];
        left -= shown.len();
        if !shown.is_empty() {
            blocks.extend([kit::divider(), kit::header(title)]);
            blocks.extend(shown.iter().flat_map(|entry| entry::blocks(entry, &seen)));
        }
    }
    if all > MOST {
        blocks.push(kit::small(&and_more(all - MOST)));
    }
    blocks.extend(away::home_section(overview.away, overview.date()));
    if let Some(open) = year_page.and_then(open_button) {
        blocks.extend([kit::divider(), kit::header("Your year"), kit::actions("year", vec![open.into()])]);
        blocks.push(kit::small("Want it in your calendar? Type /onbeat year."));
    }
    view(blocks)
}

/// The Home tab of a leader who is no manager.
pub fn home_of_leader(name: &str) -> View {
    let hello = format!("Hello, {}", first_name(name));
    let words = "Your managers hear from me when something in the process is due. Once a week the digest in your channel \
                 tells you how it is holding. There is nothing for you to do here.";
    view(vec![kit::header(&hello), kit::paragraph(words)])
}

/// The Home tab of somebody unknown to the process, who is told whom to ask.
pub fn home_of_stranger(ask: &[UserId]) -> View {
    let words = "I help sales managers to keep their cadence. You aren't in the process that I look after.";
    view(vec![kit::header("Hello"), kit::mrkdwn(escape_within(words, 2000) + " " + &whom_to_ask(ask))])
}

fn view(blocks: Vec<SlackBlock>) -> View {
    View(SlackView::Home(SlackHomeView::new(blocks)))
}
