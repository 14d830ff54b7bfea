//! What is filled in.

use slack_morphism::blocks::*;

use super::super::text::{capital, truncate};
use super::super::{View, kit};
use super::{modal, view};
use crate::process::edit::{ActivityDraft, DraftOf, words_of};
use crate::process::{ActivityKey, UserId};
use crate::record::OccurrenceId;
use crate::slack::action::manage::{Form, Turn, block};

/// The most people at once: their names travel along until they are saved.
const MOST_NEW: u64 = 20;
/// The longest texts that still travel along.
const MOST_TITLE: usize = 300;
const MOST_OUTCOME: usize = 900;
const MOST_WHEN: u64 = 200;
/// A select takes a hundred options.
const MOST_OPTIONS: usize = 100;

/// Managers are to join; `leader` is whom they most likely report to.
pub fn add_managers(revision: i64, leader: Option<&UserId>) -> View {
    let blocks = vec![
        people(block::PEOPLE, "Who joins?", Some("Each gets a welcome to their day; reps come next."), &[], MOST_NEW),
        one_person(block::LEADER, "Whom do they report to?", None, leader, false),
        from(),
    ];
    view(modal("Add managers", Some("Preview"), &Form::AddManagers { revision }, blocks))
}

/// Managers are to leave.
pub fn remove_managers(revision: i64) -> View {
    let hint = "Their reps leave with them, unless you move those first. What was recorded stays.";
    let blocks = vec![people(block::PEOPLE, "Who leaves?", Some(hint), &[], MOST_NEW), from()];
    view(modal("Remove managers", Some("Preview"), &Form::RemoveManagers { revision }, blocks))
}

/// A manager's or a leader's line.
#[derive(Debug)]
pub struct LeaderOf<'a> {
    /// The newest revision.
    pub revision: i64,
    /// Whose.
    pub id: &'a UserId,
    /// As shown to people.
    pub name: &'a str,
    /// The leader above.
    pub leader: Option<&'a UserId>,
}

/// Whom a manager reports to, and who reports to them.
pub fn manager_form(of: &LeaderOf<'_>, reps: &[UserId]) -> View {
    let hint = "Add or take away as many as you like. A rep of another manager moves here.";
    let blocks = vec![
        kit::header(&truncate(of.name, 150)),
        one_person(
            block::LEADER,
            "Reports to",
            Some("To move them mid-quarter, pick another leader."),
            of.leader,
            false,
        ),
        people(block::REPS, "Reps", Some(hint), reps, MOST_OPTIONS as u64),
        from(),
    ];
    let form = Form::Manager { revision: of.revision, manager: of.id.clone() };
    view(modal("Manager", Some("Preview"), &form, blocks))
}

/// Whom a leader reports to.
pub fn leader_form(of: &LeaderOf<'_>) -> View {
    let blocks = vec![
        kit::header(&truncate(of.name, 150)),
        one_person(block::LEADER, "Reports to", Some("Nobody, where left empty."), of.leader, true),
        from(),
    ];
    let form = Form::Leader { revision: of.revision, leader: of.id.clone() };
    view(modal("Leader", Some("Preview"), &form, blocks))
}

/// An activity to be added or changed.
#[derive(Debug)]
pub struct ActivityForm<'a> {
    /// The newest revision.
    pub revision: i64,
    /// As it is; `None`: a new one.
    pub draft: Option<&'a ActivityDraft>,
    /// Whether nobody holds it for now.
    pub paused: bool,
}

/// Asks for all that an activity is.
pub fn activity_form(of: &ActivityForm<'_>) -> View {
    let draft = of.draft;
    let text = |value: fn(&ActivityDraft) -> &String| draft.map(|draft| value(draft).as_str()).unwrap_or_default();
    let when = "Plain words, in each manager's own time zone: every Monday at 09:00, the second Tuesday of every month \
                at 14:00, the last workday of every quarter at 10:00.";
    let holders =
        if of.paused { "It is paused: nobody holds it until it is resumed." } else { "Left empty: every manager." };
    let managers = draft.map(|draft| draft.managers.as_slice()).unwrap_or_default();
    let evidence = draft.map(|draft| draft.evidence.as_slice()).unwrap_or_default();
    let number = "Needed where a number is asked for, e.g. Deals without a dated next step.";
    let target = "Optional: one of <= < = > >= and a number, e.g. <= 2.";
    let blocks = vec![
        typed(block::TITLE, "What is it called?", None, text(|it| &it.title), MOST_TITLE as u64, false, false),
        typed(block::WHEN, "When?", Some(when), text(|it| &it.when), MOST_WHEN, false, false),
        minutes(draft.map(|draft| draft.minutes)),
        typed(block::OUTCOME, "Expected outcome", None, text(|it| &it.outcome), MOST_OUTCOME as u64, true, true),
        select(block::CATEGORY, "Kind of work", &DraftOf::Category, text(|it| &it.category)),
        select(block::PER, "Held once for each", &DraftOf::Per, text(|it| &it.per)),
        select(block::PRIORITY, "Priority", &DraftOf::Priority, text(|it| &it.priority)),
        boxes(evidence),
        typed(block::QUESTION, "The number's question", Some(number), text(|it| &it.question), 150, true, false),
        typed(block::TARGET, "The number's target", Some(target), text(|it| &it.target), 30, true, false),
        people(block::HOLDERS, "Held by", Some(holders), managers, MOST_OPTIONS as u64),
        from(),
    ];
    let form = Form::Activity { revision: of.revision, key: draft.map(|draft| draft.key.clone()) };
    let title = if draft.is_some() { "Edit an activity" } else { "Add an activity" };
    view(modal(title, Some("Preview"), &form, blocks))
}

/// An activity is to pause, resume or go.
pub fn turn_form(revision: i64, key: &ActivityKey, title: &str, turn: Turn) -> View {
    let (headline, words) = match turn {
        Turn::Pause => ("Pause an activity", "Nobody is asked for it until it is resumed. Its line stays as it is."),
        Turn::Resume => ("Resume an activity", "Those who held it before hold it again."),
        Turn::Retire | Turn::Edit => {
            ("Retire an activity", "It leaves the process. What was recorded of it stays, and so does its history.")
        }
    };
    let blocks = vec![kit::header(&truncate(title, 150)), kit::paragraph(words), from()];
    view(modal(headline, Some("Preview"), &Form::Turn { revision, key: key.clone(), turn }, blocks))
}

/// Where and when a digest is posted.
pub fn digest_form(form: &Form, words: &str, channel: Option<&str>, when: &str) -> View {
    let picker = SlackBlockConversationsSelectElement::new()
        .with_action_id(block::CHANNEL.into())
        .with_placeholder(kit::plain("Choose a channel", 150))
        .with_filter(
            SlackBlockConversationFilter::new()
                .with_include(vec![SlackConversationFilterInclude::Public, SlackConversationFilterInclude::Private])
                .with_exclude_bot_users(true),
        )
        .opt_initial_conversation(channel.map(Into::into));
    let picker = SlackInputBlockElement::ConversationsSelect(picker);
    let hint = "I have to be a member there: /invite me. Left empty, none is posted.";
    let time = "A weekday and a time, e.g. every Friday at 16:00.";
    let blocks = vec![
        kit::paragraph(words),
        kit::input(block::CHANNEL, "Channel", Some(hint), true, picker),
        typed(block::WHEN, "When?", Some(time), when, MOST_WHEN, false, false),
    ];
    view(modal("Digest", Some("Preview"), form, blocks))
}

/// Asks whose occurrences are to be excused.
pub fn excuse_whose() -> View {
    let blocks = vec![one_person(block::MANAGER, "Whose?", Some("One of the managers you lead."), None, false)];
    view(modal("Excuse", Some("Next"), &Form::ExcuseWhose, blocks))
}

/// One that can be excused.
#[derive(Debug, Clone)]
pub struct Excusable {
    /// Which.
    pub id: OccurrenceId,
    /// What and when, in one line.
    pub words: String,
}

/// Asks which of a manager's occurrences are to be excused, and why. Not for none.
pub fn excuse(manager: &UserId, name: &str, all: &[Excusable]) -> View {
    // An id is longer than an option's value may be only where a key is at its longest; such a one has its own button.
    let fits = all.iter().filter(|one| one.id.0.encode_utf16().count() <= 150);
    let option = |one: &Excusable| SlackBlockChoiceItem::new(kit::plain(&one.words, 75), one.id.0.clone());
    let options: Vec<_> = fits.take(MOST_OPTIONS).map(option).collect();
    let hint = match all.len().saturating_sub(options.len()) {
        0 => "This week and last: what is open, was missed or was skipped.".to_owned(),
        more => format!("The newest {}; {more} older ones stay as they are.", options.len()),
    };
    let picker = SlackBlockMultiStaticSelectElement::new()
        .with_action_id(block::OCCURRENCES.into())
        .with_placeholder(kit::plain("Choose one or several", 150))
        .with_options(options);
    let picker = SlackInputBlockElement::MultiStaticSelect(picker);
    let why = "The manager sees it, and so does whoever reads the records.";
    let blocks = vec![
        kit::header(&truncate(name, 150)),
        kit::input(block::OCCURRENCES, "What is excused?", Some(&hint), false, picker),
        typed(block::REASON, "Why?", Some(why), "", 500, false, false),
    ];
    view(modal("Excuse", Some("Excuse"), &Form::Excuse { manager: manager.clone() }, blocks))
}

fn people(id: &'static str, label: &str, hint: Option<&str>, chosen: &[UserId], most: u64) -> SlackBlock {
    let optional = id != block::PEOPLE;
    let most = most.max(chosen.len() as u64);
    let element = SlackBlockMultiUsersSelectElement::new()
        .with_action_id(id.into())
        .with_placeholder(kit::plain("Choose people", 150))
        .with_max_selected_items(most)
        .opt_initial_users((!chosen.is_empty()).then(|| chosen.iter().map(ToString::to_string).collect()));
    kit::input(id, label, hint, optional, SlackInputBlockElement::MultiUsersSelect(element))
}

fn one_person(
    id: &'static str,
    label: &str,
    hint: Option<&str>,
    chosen: Option<&UserId>,
    optional: bool,
) -> SlackBlock {
    let element = SlackBlockUsersSelectElement::new()
        .with_action_id(id.into())
        .with_placeholder(kit::plain("Choose somebody", 150))
        .opt_initial_user(chosen.map(ToString::to_string));
    kit::input(id, label, hint, optional, SlackInputBlockElement::UsersSelect(element))
}

/// From when the change is to hold.
fn from() -> SlackBlock {
    let element = SlackBlockDatePickerElement::new()
        .with_action_id(block::FROM.into())
        .with_placeholder(kit::plain("Today", 150));
    let element = SlackInputBlockElement::DatePicker(element);
    kit::input(block::FROM, "From", Some("Today, where left empty."), true, element)
}

fn typed(
    id: &'static str,
    label: &str,
    hint: Option<&str>,
    initial: &str,
    most: u64,
    optional: bool,
    multiline: bool,
) -> SlackBlock {
    // What a file says may be longer than what fits here: it may stay so.
    let most = most.max(initial.encode_utf16().count() as u64).min(3000);
    let element = SlackBlockPlainTextInputElement::new()
        .with_action_id(id.into())
        .with_multiline(multiline)
        .with_max_length(most)
        .opt_initial_value((!initial.is_empty()).then(|| truncate(initial, 3000)));
    kit::input(id, label, hint, optional, SlackInputBlockElement::PlainTextInput(element))
}

fn minutes(initial: Option<u32>) -> SlackBlock {
    let element = SlackBlockNumberInputElement::new(false)
        .with_action_id(block::MINUTES.into())
        .with_min_value("1".to_owned())
        .with_max_value("2400".to_owned())
        .opt_initial_value(initial.map(|minutes| minutes.to_string()));
    kit::input(block::MINUTES, "Minutes it takes", None, false, SlackInputBlockElement::NumberInput(element))
}

fn select(id: &'static str, label: &str, of: &DraftOf, chosen: &str) -> SlackBlock {
    let (words, default) = words_of(of);
    let item = |word: &&str| SlackBlockChoiceItem::new(kit::plain(&shown(word), 75), (*word).to_owned());
    let initial = words.iter().find(|word| **word == chosen).or_else(|| words.iter().find(|word| **word == default));
    let element = SlackBlockStaticSelectElement::new()
        .with_action_id(id.into())
        .with_placeholder(kit::plain("Choose", 150))
        .with_options(words.iter().map(item).collect())
        .opt_initial_option(initial.map(item));
    kit::input(id, label, None, false, SlackInputBlockElement::StaticSelect(element))
}

/// A word of the process file as people read it.
fn shown(word: &str) -> String {
    match word {
        "must" => "Must be done".to_owned(),
        "nice" => "Nice to have".to_owned(),
        "other" => "Something else".to_owned(),
        word => capital(word),
    }
}

fn boxes(chosen: &[String]) -> SlackBlock {
    let item = |(label, value): &(&str, &str)| {
        let text = SlackBlockPlainText::new((*label).to_owned()).with_emoji(false);
        SlackBlockChoiceItem::new(SlackBlockText::Plain(text), (*value).to_owned())
    };
    let all = [("A note", "note"), ("A link", "link"), ("A number", "number")];
    let initial: Vec<_> = all.iter().filter(|(_, value)| chosen.iter().any(|one| one == value)).map(item).collect();
    let element = SlackBlockCheckboxesElement::new(all.iter().map(item).collect())
        .with_action_id(block::EVIDENCE.into())
        .opt_initial_options((!initial.is_empty()).then_some(initial));
    let hint = "With none of them, one tap on Done is enough.";
    kit::input(block::EVIDENCE, "What Done asks for", Some(hint), true, SlackInputBlockElement::Checkboxes(element))
}
