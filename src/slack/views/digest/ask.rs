//! Asking a manager about one thing, in the leader's name; and whose things are excused.

use jiff::Timestamp;
use slack_morphism::blocks::*;

use super::super::entry::{self, Seen};
use super::super::kit::{self, Rich};
use super::super::modals::errors;
use super::super::text::{escape_within, first_name, truncate};
use super::super::{MessageContent, View};
use crate::process::{Calendar, UserId};
use crate::record::{Entry, OccurrenceId};
use crate::slack::action::digest::{CALLBACK, Form, block};

/// How many options a select takes.
const MOST_OPTIONS: usize = 100;
/// The longest question.
const MOST_QUESTION: u64 = 1000;

/// Somebody to choose.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Someone {
    pub id: UserId,
    pub name: String,
}

pub(super) fn modal(title: &str, submit: Option<&str>, form: &Form, blocks: Vec<SlackBlock>) -> View {
    let modal = SlackModalView::new(kit::plain(title, 24), blocks)
        .opt_submit(submit.map(|submit| kit::plain(submit, 24)))
        .with_close(kit::plain(if submit.is_some() { "Cancel" } else { "Close" }, 24))
        .with_callback_id(CALLBACK.into())
        .with_private_metadata(form.private_metadata());
    View(SlackView::Modal(modal))
}

/// A list to choose from; where it can't hold them all, Slack's own list of people.
fn whom(all: &[Someone]) -> SlackBlock {
    let label = "Which manager?";
    if all.len() > MOST_OPTIONS || all.is_empty() {
        let element = SlackBlockUsersSelectElement::new()
            .with_action_id(block::WHOM.into())
            .with_placeholder(kit::plain("Choose somebody", 150));
        let hint = Some("One of the managers you lead.");
        return kit::input(block::WHOM, label, hint, false, SlackInputBlockElement::UsersSelect(element));
    }
    let option = |one: &Someone| SlackBlockChoiceItem::new(kit::plain(&one.name, 75), one.id.to_string());
    kit::input(
        block::WHOM,
        label,
        None,
        false,
        choice(block::WHOM, "Choose somebody", all.iter().map(option).collect()),
    )
}

fn choice(
    id: &'static str,
    placeholder: &str,
    options: Vec<SlackBlockChoiceItem<SlackBlockPlainTextOnly>>,
) -> SlackInputBlockElement {
    let select = SlackBlockStaticSelectElement::new()
        .with_action_id(id.into())
        .with_placeholder(kit::plain(placeholder, 150))
        .with_options(options);
    SlackInputBlockElement::StaticSelect(select)
}

/// Asks whom to ask, of these in order.
pub fn ask_whose(digest: &str, all: &[Someone]) -> View {
    modal("Ask", Some("Next"), &Form::AskWhom { digest: digest.to_owned() }, vec![whom(all)])
}

/// Asks whose things are to be excused, of these in order.
pub fn excuse_of_whom(digest: &str, all: &[Someone]) -> View {
    modal("Excuse", Some("Next"), &Form::ExcuseWhom { digest: digest.to_owned() }, vec![whom(all)])
}

/// Asks about which occurrence, and what. Not for none; the first hundred are offered.
pub fn ask(digest: &str, manager: &Someone, all: &[(OccurrenceId, String)]) -> View {
    let fits = all.iter().filter(|(id, _)| id.as_str().encode_utf16().count() <= 150);
    let option =
        |(id, words): &(OccurrenceId, String)| SlackBlockChoiceItem::new(kit::plain(words, 75), id.to_string());
    let options: Vec<_> = fits.take(MOST_OPTIONS).map(option).collect();
    let hint = match all.len().saturating_sub(options.len()) {
        0 => "What fell due in the digest's week, the one before and since.".to_owned(),
        more => format!("The newest {}; {more} older ones are left out.", options.len()),
    };
    let question = SlackBlockPlainTextInputElement::new()
        .with_action_id(block::QUESTION.into())
        .with_multiline(true)
        .with_max_length(MOST_QUESTION)
        .with_placeholder(kit::plain("What would help to know?", 150));
    let name = truncate(first_name(&manager.name), 60);
    let asked = format!("{name} gets it from me, in your name, with the thing itself and its buttons.");
    let blocks = vec![
        kit::header(&manager.name),
        kit::input(block::ABOUT, "About what?", Some(&hint), false, choice(block::ABOUT, "Choose one", options)),
        kit::input(
            block::QUESTION,
            "Your question",
            Some(&asked),
            false,
            SlackInputBlockElement::PlainTextInput(question),
        ),
    ];
    modal("Ask", Some("Ask"), &Form::Ask { digest: digest.to_owned(), manager: manager.id.clone() }, blocks)
}

/// The answer to a submission with one field that needs another look.
pub fn digest_form_errors(block: &'static str, words: &str) -> serde_json::Value {
    errors([(block, words)])
}

/// Says to the leader that it is on its way; `later`: when, where not at once.
pub fn asked(name: &str, later: bool) -> View {
    let name = truncate(first_name(name), 60);
    super::super::notice_modal(&match later {
        true => format!("{name} is off the clock now and gets your question when the next workday begins."),
        false => format!("On its way to {name}. What comes of it shows in the record, and in the next digest."),
    })
}

/// A leader's question, as the manager gets it.
#[derive(Debug, Clone, Copy)]
pub struct LeadersQuestion<'a> {
    /// Who asks.
    pub from: &'a str,
    /// What, as it was typed.
    pub words: &'a str,
    /// About what; `None`: it is known no more.
    pub entry: Option<&'a Entry>,
    /// The manager's calendar.
    pub calendar: &'a Calendar,
    /// The bot's clock.
    pub now: Timestamp,
}

/// The question as a message.
pub fn question(asked: &LeadersQuestion<'_>) -> MessageContent {
    let from = truncate(asked.from, 60);
    let words = truncate(asked.words, MOST_QUESTION as usize);
    let label = asked.entry.map(|entry| entry::label(entry, 120));
    let about = label.map(|label| format!(" about {label}")).unwrap_or_default();
    let headline = format!("{from} asks{about}");
    let mut blocks = vec![Rich::default().bold(&headline).quote(&words).block()];
    let (now, calendar) = (asked.now, asked.calendar);
    let mut state = String::new();
    if let Some(entry) = asked.entry {
        let seen = Seen { now, calendar, room: 2000, prominent: false, lasts: true, intentions: None };
        blocks.extend(entry::blocks(entry, &seen));
        state = format!("\n{}", escape_within(&entry::facts(entry, &seen), 600));
    }
    let answer = format!("Record it here and {} sees it, or just write to them.", first_name(&from));
    blocks.push(kit::small(&answer));
    let one_line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!(
        "{}: “{}”{state}\n{}",
        escape_within(&headline, 400),
        escape_within(&one_line, 2000),
        escape_within(&answer, 200)
    );
    MessageContent { text, blocks }
}

/// For whoever may not: nothing has happened, and where their own figures are.
pub fn not_your_digest() -> MessageContent {
    let words = "These buttons are for the leaders of these managers, and for admins. Your own figures are on my Home \
                 tab, and /onbeat status tells them too.";
    super::super::plain(words)
}

/// For a digest that is not known any more.
pub fn digest_unknown() -> MessageContent {
    super::super::plain("I don't know that digest any more. The newest one has the same buttons.")
}

/// The same as a modal.
pub fn digest_notice(content: &MessageContent) -> View {
    let words = content.text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    super::super::notice_modal(&words)
}
