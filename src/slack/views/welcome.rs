//! The welcome: who added the manager, what comes and how often, what the leader sees, how to quiet it. And the if-then
//! that it offers.

use slack_morphism::blocks::*;

use super::kit::{self, Rich};
use super::modals::modal;
use super::text::{escape_within, first_name, truncate};
use super::{MessageContent, View};
use crate::process::{Activity, ActivityKey, Intensity};
use crate::slack::action::{Action, Modal};
use crate::slack::inbound::block;

/// The longest if-then.
const MOST_WORDS: usize = 300;
/// How many activities are named whose notes stay with the manager.
const MOST_NAMED: usize = 4;

/// All that a welcome says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// Whom it is for.
    pub manager_name: String,
    /// The process they are in.
    pub process_name: String,
    /// Who added them, where known by name.
    pub added_by: Option<String>,
    /// Their leader.
    pub leader_name: String,
    /// How much comes.
    pub intensity: Intensity,
    /// When the workday begins, and an hour before it ends.
    pub hours: (String, String),
    /// The titles of what they hold, whose notes nobody else reads.
    pub private: Vec<String>,
    /// Whether there are notes that the leader reads.
    pub has_shared: bool,
    /// Their if-thens: title and words.
    pub intentions: Vec<(String, String)>,
}

/// The welcome as a message of its own.
pub fn welcome(welcome: &Welcome) -> MessageContent {
    let headline = headline(welcome);
    let mut blocks = vec![kit::header(&headline)];
    blocks.extend(body(welcome, Rich::default()));
    let lines: Vec<String> = paragraphs(welcome).iter().map(|(title, words)| format!("{title} {words}")).collect();
    MessageContent { text: escape_within(&format!("{headline}. {}", lines.join("\n")), 3500), blocks }
}

/// The welcome within the first plan. Two blocks.
pub(super) fn blocks(welcome: &Welcome) -> Vec<SlackBlock> {
    body(welcome, Rich::default().bold(&headline(welcome)).text("\n"))
}

/// The welcome in one line, where a plan carries it.
pub(super) fn line(welcome: &Welcome) -> String {
    let (_, added) = added(welcome);
    format!("{}. {added}", headline(welcome))
}

fn headline(welcome: &Welcome) -> String {
    format!("Hello {}, I'm Onbeat", truncate(first_name(&welcome.manager_name), 60))
}

fn body(welcome: &Welcome, mut rich: Rich) -> Vec<SlackBlock> {
    for (index, (title, words)) in paragraphs(welcome).iter().enumerate() {
        rich = rich.text(if index == 0 { "" } else { "\n" }).bold(title).text(" ").text(words);
    }
    for (title, words) in welcome.intentions.iter().take(5) {
        rich = rich.quote(&format!("{}: {}", truncate(title, 100), truncate(words, MOST_WORDS)));
    }
    let label = if welcome.intentions.is_empty() { "Make an if-then" } else { "Change an if-then" };
    vec![
        rich.block(),
        kit::actions("if_then", vec![kit::button(label, &Action::IfThen, "for one activity of your choice").into()]),
    ]
}

fn paragraphs(welcome: &Welcome) -> Vec<(&'static str, String)> {
    vec![
        added(welcome),
        ("What comes:", what_comes(welcome)),
        ("What is seen:", what_is_seen(welcome)),
        (
            "Too much?",
            "Snooze and Can't stand beside everything. /onbeat away keeps me quiet while you are off, /onbeat help \
             tells the rest, and how much I write is yours to choose."
                .to_owned(),
        ),
        (
            "A trick that helps:",
            "tie one activity to something you do anyway, “after my Monday forecast call I will …”. I'll remind you in \
             your own words."
                .to_owned(),
        ),
    ]
}

fn added(welcome: &Welcome) -> (&'static str, String) {
    let (process, leader) = (truncate(&welcome.process_name, 100), truncate(&welcome.leader_name, 60));
    let words = match &welcome.added_by {
        Some(by) if *by == welcome.leader_name => format!("{leader}, your leader, added you to “{process}”."),
        Some(by) => format!("{} added you to “{process}”, with {leader} as your leader.", truncate(by, 60)),
        None => format!("you are in “{process}” now, with {leader} as your leader."),
    };
    ("Why I write:", words)
}

fn what_comes(welcome: &Welcome) -> String {
    let (starts, wraps) = &welcome.hours;
    let plan = format!("on workdays with something on, one plan at {starts} that I keep up to date all day");
    match welcome.intensity {
        Intensity::Light => format!("{plan}, and whatever you snooze. Nothing else, and nothing outside your hours."),
        Intensity::Standard => format!(
            "{plan}; at most two reminders when it is time for something that matters; and at {wraps} a short “how did it \
             go?” if anything is left. Nothing outside your hours."
        ),
        Intensity::Active => format!(
            "{plan}; a reminder when it is time, at most six a day; at {wraps} a short “how did it go?” if anything is left; \
             and an hour's notice before something closes. Nothing outside your hours."
        ),
    }
}

fn what_is_seen(welcome: &Welcome) -> String {
    let leader = truncate(first_name(&welcome.leader_name), 40);
    let seen = format!("{leader} reads what was done, when, how it went, its numbers and links, and your reasons");
    if welcome.private.is_empty() {
        return format!("{seen}, and your notes.");
    }
    let named: Vec<String> = welcome.private.iter().take(MOST_NAMED).map(|title| truncate(title, 60)).collect();
    let more = welcome.private.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = format!("{}{more}", named.join(", "));
    if welcome.has_shared {
        format!("{seen}, and your notes, but for those on {named}: they stay yours alone.")
    } else {
        format!("{seen}. Your notes on {named} stay yours alone.")
    }
}

/// Asks for an if-then: for which of the `activities`, and in which words. `known`: those there are.
pub fn if_then_modal(activities: &[&Activity], known: &[(ActivityKey, String)]) -> View {
    let option = |activity: &&Activity| {
        SlackBlockChoiceItem::new(kit::plain(&activity.title, 75), activity.key.as_str().to_owned())
    };
    let select = SlackBlockStaticSelectElement::new()
        .with_action_id("activity".into())
        .with_placeholder(kit::plain("Choose an activity", 150))
        .with_options(activities.iter().take(100).map(option).collect());
    let typed = SlackBlockPlainTextInputElement::new()
        .with_action_id("if_then".into())
        .with_max_length(MOST_WORDS as u64)
        .with_placeholder(kit::plain("After my Monday forecast call I will …", 150));
    let mut blocks = vec![kit::paragraph(
        "What do you do anyway, just before this would fit? Say what you will do then, and I'll remind you in those words.",
    )];
    let titled = |(key, words): &(ActivityKey, String)| {
        let title = activities.iter().find(|activity| activity.key == *key).map(|activity| activity.title.as_str())?;
        Some(format!("• {}: “{}”", truncate(title, 100), truncate(words, MOST_WORDS)))
    };
    let yours: Vec<String> = known.iter().filter_map(titled).take(5).collect();
    if !yours.is_empty() {
        blocks.push(Rich::default().bold("Yours so far").text("\n").text(&yours.join("\n")).block());
    }
    blocks.push(kit::input(block::ACTIVITY, "For", None, false, SlackInputBlockElement::StaticSelect(select)));
    let hint = Some("Leave it empty to take one back.");
    blocks.push(kit::input(block::IF_THEN, "If-then", hint, true, SlackInputBlockElement::PlainTextInput(typed)));
    modal("Your if-then", "Save", &Modal::IfThen, blocks)
}
