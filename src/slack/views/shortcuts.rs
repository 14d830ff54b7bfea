//! What the two shortcuts open: *What's on my cadence?*, and *Log as outcome…* on a message.

use slack_morphism::blocks::*;

use super::home::listed;
use super::kit::{self, Rich};
use super::lists::Overview;
use super::text::{capital, moment, truncate};
use super::{View, modals};
use crate::process::UserId;
use crate::record::{Entry, State};
use crate::slack::action::{Action, Modal};
use crate::slack::inbound::block;

/// As many options as Slack's select takes.
pub const MOST_OPTIONS: usize = 100;

/// Today and what is open, with working buttons.
pub fn cadence_modal(overview: &Overview<'_>) -> View {
    let parts = [("Today", overview.today()), ("Still open from before", overview.still_open())];
    let mut blocks = listed(&parts, overview);
    if blocks.is_empty() {
        let next = overview.later();
        let next = next.first().map(|entry| {
            let due = moment(entry.occurrence.due, Some(overview.now), &overview.calendar.zone);
            format!(" Next up: {}, {due}.", truncate(&entry.label(), 300))
        });
        let words = "Nothing is due today, and nothing is open from before. Enjoy the clear run.";
        blocks.push(kit::paragraph(&format!("{words}{}", next.unwrap_or_default())));
    }
    blocks.push(kit::small("Your whole week is on my Home tab, and /onbeat week lists it."));
    let view = SlackModalView::new(kit::plain("What's on my cadence?", 24), blocks)
        .with_close(kit::plain("Close", 24))
        .with_callback_id(Modal::Cadence.callback_id().into())
        .with_private_metadata(Modal::Cadence.private_metadata());
    View(SlackView::Modal(view))
}

/// Asks of which occurrence a message is the outcome, and what that one's activity wants to know. The chosen one's fields
/// stand below; another choice paints others.
pub fn log_modal(entries: &[Entry], chosen: &Entry, link: &str, overview: &Overview<'_>) -> View {
    let option = |entry: &Entry| {
        SlackBlockChoiceItem::new(kit::plain(&option_words(entry, overview), 75), entry.occurrence.id.to_string())
    };
    let mut shown: Vec<&Entry> = entries.iter().take(MOST_OPTIONS).collect();
    if shown.iter().all(|entry| entry.occurrence.id != chosen.occurrence.id) {
        // What was chosen stays to be seen, whatever came meanwhile.
        shown.truncate(MOST_OPTIONS - 1);
        shown.push(chosen);
    }
    let select = SlackBlockStaticSelectElement::new()
        .with_placeholder(kit::plain("Choose one", 150))
        .with_action_id(Action::LogFor(chosen.occurrence.id.clone()).id().into())
        .with_options(shown.into_iter().map(option).collect())
        .with_initial_option(option(chosen));
    let which = SlackInputBlock::new(kit::plain("What is it the outcome of?", 2000), select.into())
        .with_block_id(block::LOG.into())
        .with_dispatch_action(true);
    let mut blocks = vec![which.into(), modals::about(chosen)];
    blocks.extend(modals::outcome_fields_with_link(chosen));
    blocks.push(Rich::default().text("Kept with it: ").link(link).block());
    modals::modal("Log as outcome", "Save", &Modal::Log(chosen.occurrence.id.clone(), link.to_owned()), blocks)
}

/// *Pipeline review · due yesterday at 09:00*
fn option_words(entry: &Entry, overview: &Overview<'_>) -> String {
    let due = moment(entry.occurrence.due, Some(overview.now), &overview.calendar.zone);
    let state = match entry.occurrence.state(overview.now) {
        State::Missed => format!("closed; was due {due}"),
        State::Planned | State::Open | State::Done | State::Skipped | State::Excused | State::Withdrawn => {
            format!("due {due}")
        }
    };
    let label = truncate(&entry.label(), 72 - super::text::length(&state).min(50));
    format!("{label} · {state}")
}

/// Nothing that a message could be the outcome of.
pub fn nothing_to_log(next: Option<&Entry>, overview: &Overview<'_>) -> View {
    let next = next.map(|entry| {
        let due = moment(entry.occurrence.due, Some(overview.now), &overview.calendar.zone);
        format!(" {} is next, {due}: come back with it then.", capital(&truncate(&entry.label(), 300)))
    });
    let words = "You're all caught up: nothing of yours is open, so there is nothing this could be the outcome of.";
    modals::notice_modal(&format!("{words}{}", next.unwrap_or_default()))
}

/// Neither Slack nor the shortcut said where the message stands.
pub fn no_address() -> View {
    modals::notice_modal(
        "Slack won't tell me where this message stands, so I can't keep it. Copy its link, press Done on the activity, and \
         paste it there.",
    )
}

/// For whoever is no manager.
pub fn shortcut_of_stranger(leads: bool, ask: &[UserId]) -> View {
    let words = match leads {
        true => {
            "This shows a manager's own list, and you aren't one. Your managers' week is on my Home tab.".to_owned()
        }
        false => {
            "You aren't in the sales management process that I look after, so I have nothing for you yet.".to_owned()
        }
    };
    let words = if leads { words } else { format!("{words} {}", super::lists::whom_to_ask(ask)) };
    let view = SlackModalView::new(kit::plain("Onbeat", 24), vec![kit::mrkdwn(words)]);
    View(SlackView::Modal(view.with_close(kit::plain("Close", 24))))
}
