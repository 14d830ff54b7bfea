//! The modals: what came of it, why not, and when to ask again.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use slack_morphism::SlackDateTime;
use slack_morphism::blocks::*;

use super::View;
use super::entry::label;
use super::kit::{self, Rich};
use super::text::{first_name, length, truncate, until};
use crate::process::Calendar;
use crate::record::outcome::Field;
use crate::record::snooze::Choice;
use crate::record::{Entry, Outcome, ResultWord};
use crate::slack::action::{Modal, Purpose};
use crate::slack::inbound::{Why, block};

/// The longest note that Slack's field takes.
const MOST_NOTE: usize = 3000;

/// Asks for the outcome: exactly what the activity wants, prefilled with what was recorded.
pub fn done_modal(entry: &Entry, purpose: Purpose) -> View {
    let title = titled(
        entry,
        match purpose {
            Purpose::Done => "How did it go?",
            Purpose::Change => "Change what's recorded",
            Purpose::AddNote => "Add a note",
        },
    );
    let mut blocks = vec![about(entry)];
    blocks.extend(outcome_fields(entry, purpose));
    modal(&title, "Save", &Modal::Outcome(entry.occurrence.id.clone(), purpose), blocks)
}

/// What the activity asks for must be answered. Beside recording at once, whoever takes the trouble to say more may say
/// anything.
fn outcome_fields(entry: &Entry, purpose: Purpose) -> Vec<SlackBlock> {
    let (wanted, outcome) = (entry.activity.evidence, &entry.occurrence.outcome);
    let may_say_more = match purpose {
        Purpose::Done => false,
        Purpose::Change | Purpose::AddNote => true,
    };
    let mut blocks = Vec::new();
    if !is_judged(entry) {
        blocks.push(result_field(block::RESULT, "Did you get there?", outcome, wanted.is_none()));
    }
    if wanted.number {
        blocks.push(number_field(block::NUMBER, number_label(entry), entry, false));
    }
    if wanted.note || may_say_more {
        blocks.push(note_field(block::NOTE, "Note", outcome, !wanted.note));
    }
    if wanted.link || may_say_more {
        blocks.push(link_field(block::LINK, "Link", outcome, !wanted.link));
    }
    blocks
}

/// The same where the link is known already, and a few words are always welcome.
pub(super) fn outcome_fields_with_link(entry: &Entry) -> Vec<SlackBlock> {
    let (wanted, outcome) = (entry.activity.evidence, &entry.occurrence.outcome);
    let mut blocks = Vec::new();
    if !is_judged(entry) {
        blocks.push(result_field(block::RESULT, "Did you get there?", outcome, wanted.is_none()));
    }
    if wanted.number {
        blocks.push(number_field(block::NUMBER, number_label(entry), entry, false));
    }
    blocks.push(note_field(block::NOTE, "Note", outcome, !wanted.note));
    blocks
}

/// Whether a number says by itself what came of it.
fn is_judged(entry: &Entry) -> bool {
    let has_target = entry.activity.number.as_ref().is_some_and(|number| number.target.is_some());
    entry.activity.evidence.number && has_target
}

fn number_label(entry: &Entry) -> &str {
    entry.activity.number.as_ref().map_or("The number", |question| question.label.as_str())
}

pub(super) fn result_field(id: &str, label: &str, outcome: &Outcome, optional: bool) -> SlackBlock {
    let options = [
        ("Met: the expected outcome is there", ResultWord::Met),
        ("Partly: some of it", ResultWord::Partly),
        ("Not met: none of it yet", ResultWord::NotMet),
    ]
    .map(|(label, result)| (label.to_owned(), result.as_str().to_owned()));
    let element = kit::radio("result", &options, outcome.result.map(ResultWord::as_str));
    kit::input(id, label, None, optional, SlackInputBlockElement::RadioButtons(element))
}

pub(super) fn number_field(id: &str, label: &str, entry: &Entry, optional: bool) -> SlackBlock {
    let question = entry.activity.number.as_ref();
    let hint = question.and_then(|question| question.target).map(|target| format!("Wanted: {target}."));
    let number = entry.occurrence.outcome.evidence.number.as_ref();
    let element = SlackBlockNumberInputElement::new(true)
        .with_action_id("number".into())
        .opt_initial_value(number.map(ToString::to_string));
    kit::input(id, label, hint.as_deref(), optional, SlackInputBlockElement::NumberInput(element))
}

pub(super) fn note_field(id: &str, label: &str, outcome: &Outcome, optional: bool) -> SlackBlock {
    let element = SlackBlockPlainTextInputElement::new()
        .with_action_id("note".into())
        .with_multiline(true)
        .with_max_length(MOST_NOTE as u64)
        .with_placeholder(kit::plain("What came of it, in a line or two", 150))
        .opt_initial_value(outcome.note.as_deref().map(|note| truncate(note, MOST_NOTE)));
    kit::input(id, label, None, optional, SlackInputBlockElement::PlainTextInput(element))
}

pub(super) fn link_field(id: &str, label: &str, outcome: &Outcome, optional: bool) -> SlackBlock {
    let element = SlackBlockUrlInputElement::new()
        .with_action_id("link".into())
        .with_placeholder(kit::plain("https://…", 150))
        .opt_initial_value(outcome.evidence.link.clone());
    let hint = Some("Where it can be seen: a report, a document, a recording.");
    kit::input(id, label, hint, optional, SlackInputBlockElement::UrlInput(element))
}

/// Asks why it can't be done.
pub fn cant_modal(entry: &Entry) -> View {
    let options: Vec<(String, String)> = reasons(entry)
        .into_iter()
        .map(|(label, why)| (label, why.words().to_owned()))
        .chain([("Something else".to_owned(), Why::OTHER.to_owned())])
        .collect();
    // A reason stands as it was recorded: what was chosen, a colon and what was said beside it.
    let given = entry.occurrence.reason.as_deref();
    let listed = |given: &'_ str| {
        options.iter().find_map(|(_, value)| {
            let rest = given.strip_prefix(value.as_str())?;
            let words = rest.strip_prefix(": ").map(str::to_owned);
            (rest.is_empty() || words.is_some()).then_some((value.as_str(), words))
        })
    };
    let said = given.map(|given| listed(given).unwrap_or((Why::OTHER, Some(given.to_owned()))));
    let chosen = said.as_ref().map(|(value, _)| *value);
    let words = said.as_ref().and_then(|(_, words)| words.as_deref()).map(|words| truncate(words, 500));
    let radio = SlackInputBlockElement::RadioButtons(kit::radio("reason", &options, chosen));
    let typed = SlackBlockPlainTextInputElement::new()
        .with_action_id("reason_words".into())
        .with_max_length(500)
        .opt_initial_value(words);
    let typed = SlackInputBlockElement::PlainTextInput(typed);
    let blocks = vec![
        about(entry),
        kit::input(block::REASON, "What got in the way?", None, false, radio),
        kit::input(
            block::REASON_WORDS,
            "In your words",
            Some("Goes with the reason; needed for «Something else»."),
            true,
            typed,
        ),
    ];
    modal(&titled(entry, "Can't this time"), "Save", &Modal::Cant(entry.occurrence.id.clone()), blocks)
}

pub(super) fn reasons(entry: &Entry) -> Vec<(String, Why)> {
    let away = match &entry.rep_name {
        Some(rep) => (format!("Rep away: {} wasn't there", truncate(first_name(rep), 40)), Why::RepAway),
        None => ("Someone it takes was away".to_owned(), Why::SomeoneAway),
    };
    vec![("No time".to_owned(), Why::NoTime), ("Not needed this time".to_owned(), Why::NotNeeded), away]
}

/// Asks when to ask again.
pub fn pick_time_modal(entry: &Entry, now: Timestamp, calendar: &Calendar) -> View {
    let element = SlackBlockDateTimePickerElement::new()
        .with_action_id("when".into())
        .with_initial_date_time(SlackDateTime(likely_time(entry, now, calendar)));
    let before = until(entry.occurrence.closes, Some(now), &calendar.zone);
    let hint = format!("Any time before it closes, {before}.");
    let picker = SlackInputBlockElement::DateTimePicker(element);
    let blocks = vec![about(entry), kit::input(block::WHEN, "When shall I ask again?", Some(&hint), false, picker)];
    modal(&titled(entry, "Ask me again"), "Save", &Modal::PickTime(entry.occurrence.id.clone()), blocks)
}

/// Tomorrow morning where that is before it closes, else in an hour, else half of what is left; on a whole five minutes.
fn likely_time(entry: &Entry, now: Timestamp, calendar: &Calendar) -> Timestamp {
    let closes = entry.occurrence.closes;
    let half = now + (closes.duration_since(now) / 2).max(SignedDuration::from_mins(5));
    let offered =
        [Choice::TomorrowMorning, Choice::Hour].into_iter().filter_map(|choice| choice.instant(now, calendar));
    let likely = offered.into_iter().find(|at| *at < closes).unwrap_or(half);
    let whole = likely.as_second().div_euclid(300) * 300;
    Timestamp::from_second(whole).ok().filter(|at| *at > now).unwrap_or(likely)
}

/// A modal with nothing but words, for a refusal after Submit.
pub fn notice_modal(words: &str) -> View {
    let view = SlackModalView::new(kit::plain("Onbeat", 24), vec![kit::paragraph(words)]);
    View(SlackView::Modal(view.with_close(kit::plain("Close", 24))))
}

pub(super) fn modal(title: &str, submit: &str, modal: &Modal, blocks: Vec<SlackBlock>) -> View {
    let view = SlackModalView::new(kit::plain(title, 24), blocks)
        .with_submit(kit::plain(submit, 24))
        .with_close(kit::plain("Cancel", 24))
        .with_callback_id(modal.callback_id().into())
        .with_private_metadata(modal.private_metadata());
    View(SlackView::Modal(view))
}

/// A modal's title, with the rep's first name where there is room for both.
fn titled(entry: &Entry, title: &str) -> String {
    let named = entry.rep_name.as_deref().map(|rep| format!("{}: {title}", first_name(rep)));
    named.filter(|named| length(named) <= 24).unwrap_or_else(|| title.to_owned())
}

/// What the modal is about, and what is expected of it.
pub(super) fn about(entry: &Entry) -> SlackBlock {
    let rich = Rich::default().bold(&label(entry, 300));
    match &entry.activity.outcome {
        Some(outcome) => rich.text("\n").italic(&truncate(outcome, 1000)).block(),
        None => rich.block(),
    }
}

/// The answer to a submission that shows another view in its place.
pub fn answer_with_view(view: &View) -> Value {
    json!({ "response_action": "update", "view": view.to_json() })
}

/// The answer to a submission whose fields need another look.
pub fn field_errors(objections: &[(Field, String)]) -> Value {
    let block = |field: &Field| match field {
        Field::Result => block::RESULT,
        Field::Note => block::NOTE,
        Field::Link => block::LINK,
        Field::Number => block::NUMBER,
    };
    errors(objections.iter().map(|(field, words)| (block(field), words.as_str())))
}

/// The answer to a *Can't* without a reason.
pub fn needs_a_reason() -> Value {
    errors([(block::REASON_WORDS, "A word or two on what got in the way, please.")])
}

/// The answer to a picked time that is past, or not before closing.
pub fn no_such_time(entry: &Entry, now: Timestamp, calendar: &Calendar) -> Value {
    let before = until(entry.occurrence.closes, Some(now), &calendar.zone);
    errors([(block::WHEN, format!("That needs to lie ahead, and before it closes {before}.").as_str())])
}

pub(super) fn errors<'a>(objections: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let errors: serde_json::Map<String, Value> =
        objections.into_iter().map(|(block, words)| (block.to_owned(), Value::from(truncate(words, 2000)))).collect();
    json!({ "response_action": "errors", "errors": errors })
}
