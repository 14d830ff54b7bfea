//! *Mark several*: one modal for all that a message still asks for.

use serde_json::Value;
use slack_morphism::blocks::*;

use super::View;
use super::entry::label;
use super::kit;
use super::modals::{errors, link_field, modal, note_field, number_field, reasons, result_field};
use super::text::{count, truncate};
use crate::record::outcome::Field;
use crate::record::{Entry, OccurrenceId};
use crate::slack::action::Modal;
use crate::slack::inbound::{What, Why, block};

/// Slack's most blocks in a modal, less what stands above and below.
const MOST_BLOCKS: usize = 97;

/// Each entry with a choice, and the inputs for what its activity asks; `message` is the id of the message that asks. What
/// one modal can't hold is left for the next time.
pub fn several_modal(message: &str, entries: &[Entry]) -> View {
    let mut blocks = vec![kit::paragraph("Choose what became of each. Whatever you leave alone stays open.")];
    let mut shown = 0;
    for entry in entries {
        let item = item(entry);
        if blocks.len() + item.len() > MOST_BLOCKS {
            break;
        }
        blocks.extend(item);
        shown += 1;
    }
    if shown < entries.len() {
        let left = count(entries.len() - shown, "more is", "more are");
        blocks.push(kit::small(&format!("These are the first {shown}; {left} here when you open this again.")));
    }
    blocks.push(words_field());
    modal("Mark several", "Save all", &Modal::Several(message.to_owned()), blocks)
}

/// One field for all: who has something else in the way mostly has one thing in the way.
fn words_field() -> SlackBlock {
    let typed = SlackBlockPlainTextInputElement::new().with_action_id("reason_words".into()).with_max_length(500);
    let hint = "Goes with every «Can't: Something else» above. To say more of one thing, use Can't beside it.";
    let typed = SlackInputBlockElement::PlainTextInput(typed);
    kit::input(block::REASON_WORDS, "Something else? In your words", Some(hint), true, typed)
}

fn item(entry: &Entry) -> Vec<SlackBlock> {
    let id = &entry.occurrence.id;
    let name = label(entry, 300);
    let hint = entry.activity.outcome.as_deref().map(|outcome| truncate(outcome, 300));
    let chosen = SlackInputBlockElement::StaticSelect(choice(entry));
    let mut blocks = vec![kit::input(&block::of(block::WHAT, id), &name, hint.as_deref(), false, chosen)];
    let (wanted, outcome) = (entry.activity.evidence, &entry.occurrence.outcome);
    if wanted.is_none() {
        return blocks;
    }
    let question = entry.activity.number.as_ref();
    let of = |what: &str| format!("{} · {name}", truncate(what, 300));
    if !(wanted.number && question.is_some_and(|question| question.target.is_some())) {
        blocks.push(result_field(&block::of(block::RESULT, id), &of("Did you get there?"), outcome, true));
    }
    if wanted.number {
        let asked = question.map_or("The number", |question| question.label.as_str());
        blocks.push(number_field(&block::of(block::NUMBER, id), &of(asked), entry, true));
    }
    if wanted.note {
        blocks.push(note_field(&block::of(block::NOTE, id), &of("Note"), outcome, true));
    }
    if wanted.link {
        blocks.push(link_field(&block::of(block::LINK, id), &of("Link"), outcome, true));
    }
    blocks
}

/// Leave it, Done, or Can't with one of the ready reasons or one in the manager's own words.
fn choice(entry: &Entry) -> SlackBlockStaticSelectElement {
    let option = |label: &str, value: &str| SlackBlockChoiceItem::new(kit::plain(label, 75), value.to_owned());
    let leave = option("Leave it", What::LEAVE);
    let reasons = reasons(entry).into_iter().map(|(label, why)| option(&format!("Can't: {label}"), why.words()));
    let cant = reasons.chain([option("Can't: Something else", Why::OTHER)]);
    let options = [leave.clone(), option("Done", What::DONE)].into_iter().chain(cant).collect();
    SlackBlockStaticSelectElement::new()
        .with_action_id("what".into())
        .with_placeholder(kit::plain("Leave it", 150))
        .with_options(options)
        .with_initial_option(leave)
}

/// What Slack is to show at the fields of one of several.
pub fn objections_of(id: &OccurrenceId, objections: &[(Field, String)]) -> Vec<(String, String)> {
    let field = |field: &Field| match field {
        Field::Result => block::RESULT,
        Field::Note => block::NOTE,
        Field::Link => block::LINK,
        Field::Number => block::NUMBER,
    };
    objections.iter().map(|(at, words)| (block::of(field(at), id), words.clone())).collect()
}

/// Something was filled in below a choice that was left alone.
pub fn not_chosen(id: &OccurrenceId) -> (String, String) {
    (block::of(block::WHAT, id), "You have filled something in below. Is it Done?".to_owned())
}

/// Something else got in the way of some, and nobody said what.
pub fn no_words() -> (String, String) {
    (block::REASON_WORDS.to_owned(), "A word on what got in the way, please.".to_owned())
}

/// The answer to a submission some of whose fields need another look.
pub fn several_errors(objections: &[(String, String)]) -> Value {
    errors(objections.iter().map(|(at, words)| (at.as_str(), words.as_str())))
}

/// For somebody for whom nothing is left there.
pub fn nothing_to_mark() -> &'static str {
    "Nothing there is left for you to mark. One less!"
}

/// What is said where some of several changed meanwhile.
pub fn several_left(recorded: usize, refusals: &[String]) -> String {
    let recorded = match recorded {
        0 => "Nothing was recorded.".to_owned(),
        some => format!("{} recorded.", count(some, "thing is", "things are")),
    };
    truncate(&format!("{recorded}\n{}", refusals.join("\n")), 3000)
}
