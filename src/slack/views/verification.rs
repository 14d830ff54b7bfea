//! What bears an outcome out: the question to the rep, the sample for the leader, and what the manager hears of either.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use slack_morphism::blocks::{
    SlackActionBlockElement, SlackBlock, SlackBlockPlainTextInputElement, SlackInputBlockElement,
};

use super::entry::{self, Seen, label};
use super::kit::{self, Rich};
use super::modals;
use super::text::{escape_within, first_name, truncate};
use super::{MessageContent, View};
use crate::record::verification::{Stand, Verdict, Verifier};
use crate::record::{Entry, OccurrenceId, State};
use crate::slack::action::{Action, Modal};
use crate::slack::inbound::block;

/// How many questions one message to a rep can hold.
pub const MOST_ASKED: usize = 15;
/// The longest word beside what was said.
const MOST_WORD: usize = 500;
/// The longest top-level text.
const MOST_TEXT: usize = 3400;

/// One question as the one who was asked sees it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What about.
    pub entry: Entry,
    /// Where it stands.
    pub stand: Stand,
    /// A word beside what was said.
    pub word: Option<String>,
}

/// The question to a rep.
#[derive(Debug, Clone, Copy)]
pub struct RepPicture<'a> {
    /// Who is asked.
    pub name: &'a str,
    /// Whose outcomes these are.
    pub manager_name: &'a str,
    /// The manager's zone.
    pub zone: &'a TimeZone,
    /// Whether it is the first that this person ever hears from us.
    pub is_first: bool,
    /// Whether it was asked before.
    pub is_reminder: bool,
    /// What is asked; never anything that the manager wrote down.
    pub asked: &'a [Asked],
}

/// The question to a rep: did it happen?
pub fn ask_rep(picture: &RepPicture<'_>) -> MessageContent {
    let (name, manager) = (truncate(first_name(picture.name), 60), truncate(first_name(picture.manager_name), 60));
    let is_open = picture.asked.iter().any(|asked| asked.stand == Stand::Open);
    let headline = match (picture.is_first, picture.is_reminder) {
        (true, _) => format!("Hello {name}, I'm Onbeat"),
        (false, _) if !is_open => format!("Thank you, {name}"),
        (false, true) => format!("Did it happen, {name}? I ask no more after this"),
        (false, false) => format!("Did it happen, {name}?"),
    };
    let whole = truncate(picture.manager_name, 100);
    let why = if picture.is_first {
        format!(
            "I help {whole} keep what was agreed for the team. {manager} noted that this took place, and you know it as well as \
             anybody: one tap is all I ask. {manager} sees what you say. A leader sees only counts."
        )
    } else {
        format!("{whole} noted that this took place. {manager} sees what you say, a leader only counts.")
    };
    let mut blocks = vec![kit::header(&headline), kit::paragraph(&why)];
    let mut text = format!("{}. {}", escape_within(&headline, 400), escape_within(&why, 900));
    let room = (MOST_TEXT - 1300) / picture.asked.len().max(1);
    for asked in picture.asked {
        let title = truncate(&asked.entry.activity.title, 150);
        let day = asked.entry.occurrence.completed_at.unwrap_or(asked.entry.occurrence.due);
        let day = day.to_zoned(picture.zone.clone()).strftime("%a %-d %b").to_string();
        let stands = rep_stands(asked.stand, &manager);
        let mut rich = Rich::default().bold(&format!("{title} with {whole}")).text(&format!("\nNoted on {day}"));
        if let Some(stands) = &stands {
            rich = rich.text(&format!(". {stands}"));
        }
        blocks.push(with_word(rich, asked).block());
        blocks.extend(buttons(asked, Verifier::Rep));
        let line = format!("{title}, noted on {day}. {}", stands.as_deref().unwrap_or("Did it happen?"));
        text.push_str(&format!("\n• {}", escape_within(&line, room)));
    }
    MessageContent { text, blocks }
}

fn rep_stands(stand: Stand, manager: &str) -> Option<String> {
    Some(match stand {
        Stand::Open => return None,
        Stand::Said(true) | Stand::Over(Some(true)) => "You said: yes, it happened. Thank you.".to_owned(),
        Stand::Said(false) | Stand::Over(Some(false)) => {
            format!("You said: not really. Thank you; {manager} hears of it before anybody else.")
        }
        Stand::Over(None) => "This has closed by itself, and nothing came of it. All good.".to_owned(),
        Stand::Withdrawn => format!("Never mind: {manager} has taken it back."),
    })
}

fn with_word(rich: Rich, asked: &Asked) -> Rich {
    match &asked.word {
        Some(word) => rich.quote(&truncate(word, MOST_WORD)),
        None => rich,
    }
}

/// What can be tapped: both answers, then the other one and a word with it.
fn buttons(asked: &Asked, verifier: Verifier) -> Option<SlackBlock> {
    let (id, about) = (&asked.entry.occurrence.id, label(&asked.entry, 50));
    let verdict = |verdict: Verdict| -> SlackActionBlockElement {
        kit::button(verdict_label(verdict), &Action::BearOut(id.clone(), verdict), &about).into()
    };
    let row = match asked.stand {
        Stand::Open => Verdict::of(verifier).map(verdict).into(),
        Stand::Said(said) => {
            let other = Verdict::of(verifier).into_iter().filter(|verdict| verdict.bears_out() != said);
            let mut row: Vec<SlackActionBlockElement> = other.map(verdict).collect();
            let label = if asked.word.is_some() { "Change your word" } else { "Add a word" };
            row.push(kit::button(label, &Action::AddWord(id.clone()), &about).into());
            row
        }
        Stand::Over(_) | Stand::Withdrawn => return None,
    };
    // A block of its own for each picture, or Slack's apps keep what was pressed.
    Some(kit::actions(&format!("bear.{:?}.{}.{id}", asked.stand, asked.entry.occurrence.version), row))
}

fn verdict_label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::ItHappened => "Yes, it happened",
        Verdict::NotReally => "Not really",
        Verdict::LooksRight => "Looks right",
        Verdict::LetsTalk => "Let's talk",
    }
}

/// A leader's sample: each with its manager's name, in the order given.
#[derive(Debug, Clone, Copy)]
pub struct SamplePicture<'a> {
    /// The leader.
    pub name: &'a str,
    /// What was drawn.
    pub asked: &'a [(String, Asked)],
}

/// A few outcomes of last week for the leader to look at.
pub fn sample(picture: &SamplePicture<'_>) -> MessageContent {
    let headline = format!("A few of last week's to look at, {}", truncate(first_name(picture.name), 60));
    let why = "Drawn by lot, at most three a manager. A glance at what is there is enough: does it look right, or would \
               you rather talk about it? The manager hears of either, kindly.";
    let mut blocks = vec![kit::header(&headline), kit::paragraph(why)];
    let mut text = format!("{}. {}", escape_within(&headline, 400), escape_within(why, 600));
    let room = (MOST_TEXT - 1000) / picture.asked.len().max(1);
    for (manager, asked) in picture.asked {
        let manager = truncate(manager, 80);
        let due = asked.entry.occurrence.date.strftime("%a %-d %b");
        let title = format!("{manager}: {} ({due})", label(&asked.entry, 150));
        let stands = leader_stands(asked.stand, &truncate(first_name(&manager), 60));
        let mut rich = Rich::default().bold(&title);
        if let Some(stands) = &stands {
            rich = rich.text(&format!("\n{stands}"));
        }
        // What was taken back is nobody's to look at any more.
        if asked.stand != Stand::Withdrawn {
            rich = evidence(rich, &asked.entry);
        }
        blocks.push(with_word(rich, asked).block());
        blocks.extend(buttons(asked, Verifier::Leader));
        let line = format!("{title}. {}", stands.as_deref().unwrap_or("Does it look right?"));
        text.push_str(&format!("\n• {}", escape_within(&line, room)));
    }
    MessageContent { text, blocks }
}

fn leader_stands(stand: Stand, manager: &str) -> Option<String> {
    Some(match stand {
        Stand::Open => return None,
        Stand::Said(true) | Stand::Over(Some(true)) => "You said: looks right. Thank you.".to_owned(),
        Stand::Said(false) | Stand::Over(Some(false)) => {
            format!("You said: let's talk. {manager} hears of it from me.")
        }
        Stand::Over(None) => "Left at that.".to_owned(),
        Stand::Withdrawn => format!("{manager} has taken it back."),
    })
}

/// Result, number and link; the note only where it is shared.
fn evidence(mut rich: Rich, entry: &Entry) -> Rich {
    let outcome = &entry.occurrence.outcome;
    if let Some(result) = outcome.result {
        rich = rich.text(&format!("\nResult: {}", result.as_str()));
    }
    if let (Some(number), Some(question)) = (&outcome.evidence.number, &entry.activity.number) {
        rich = rich.text(&format!("\n{}: {number}", truncate(&question.label, 100)));
    }
    if let Some(link) = &outcome.evidence.link {
        rich = rich.text("\n").link(link);
    }
    match outcome.note.as_ref().filter(|_| entry.activity.share_notes) {
        Some(note) => rich.quote(&truncate(note, 300)),
        None => rich,
    }
}

/// What a manager hears of a reply that does not bear an outcome out.
#[derive(Clone, Copy)]
pub struct ToldPicture<'a> {
    /// Whose word it is.
    pub verifier: Verifier,
    /// Their name.
    pub from: &'a str,
    /// About what.
    pub entry: &'a Entry,
    /// Where the question stands by now.
    pub stand: Stand,
    /// A word beside it.
    pub word: Option<&'a str>,
    /// The bot's clock.
    pub now: Timestamp,
    /// The manager's calendar.
    pub calendar: &'a crate::process::Calendar,
}

/// To the manager, before anybody else: somebody does not remember it, or would like to talk about it.
pub fn told(picture: &ToldPicture<'_>) -> MessageContent {
    let from = truncate(first_name(picture.from), 60);
    let (headline, words) = match (picture.stand, picture.verifier) {
        (Stand::Said(true) | Stand::Over(Some(true)), Verifier::Rep) => {
            (format!("{from} remembers it after all"), "All good, there is nothing to do.".to_owned())
        }
        (Stand::Said(true) | Stand::Over(Some(true)), Verifier::Leader) => {
            (format!("{from} had another look: all fine"), "There is nothing to do.".to_owned())
        }
        (Stand::Withdrawn | Stand::Open | Stand::Over(None), _) => {
            ("That is settled".to_owned(), "You have put it right. Thank you.".to_owned())
        }
        (Stand::Said(false) | Stand::Over(Some(false)), Verifier::Rep) => (
            format!("{from} doesn't remember this one"),
            format!(
                "It happens: a talk cut short, or known by another name. Talk with {from}, or change what you recorded. \
                 For two workdays this stays between the two of you; after that your leader sees a count, if it still stands."
            ),
        ),
        (Stand::Said(false) | Stand::Over(Some(false)), Verifier::Leader) => (
            format!("{from} would like to talk about this one"),
            format!(
                "{from} had a look at it and would love to hear more. Nothing is wrong by that: a few minutes will do."
            ),
        ),
    };
    let seen = Seen {
        now: picture.now,
        calendar: picture.calendar,
        room: 2500,
        prominent: false,
        lasts: true,
        intentions: None,
    };
    let mut blocks = vec![kit::header(&headline), kit::paragraph(&words)];
    let stands = matches!(picture.stand, Stand::Said(_) | Stand::Over(Some(_)));
    let word = picture.word.filter(|_| stands).map(|word| truncate(word, MOST_WORD));
    if let Some(word) = &word {
        blocks.push(Rich::default().text(&format!("{from}'s word:")).quote(word).block());
    }
    blocks.extend(entry::blocks(picture.entry, &seen));
    let about = format!("{}: {}", label(picture.entry, 200), entry::facts(picture.entry, &seen));
    let mut text =
        format!("{}. {}\n• {}", escape_within(&headline, 400), escape_within(&words, 900), escape_within(&about, 900));
    if picture.entry.occurrence.state(picture.now) == State::Done {
        text.push_str("\nThe buttons: Change replaces what you recorded, Undo takes it back.");
    }
    MessageContent { text, blocks }
}

/// Asks for a word beside what was said of `about`.
pub fn word_modal(id: &OccurrenceId, about: &str, word: Option<&str>) -> View {
    let mut typed =
        SlackBlockPlainTextInputElement::new().with_action_id("word".into()).with_multiline(true).with_max_length(500);
    if let Some(word) = word {
        typed = typed.with_initial_value(truncate(word, MOST_WORD));
    }
    let blocks = vec![
        kit::paragraph(&truncate(about, 500)),
        kit::input(
            block::WORD,
            "In your words",
            Some("The manager concerned reads it, and nobody else."),
            true,
            SlackInputBlockElement::PlainTextInput(typed),
        ),
    ];
    modals::modal("A word with it", "Save", &Modal::Word(id.clone()), blocks)
}

/// Why nothing came of a tap, in words.
pub fn unanswerable(why: crate::record::verification::Unanswerable) -> &'static str {
    use crate::record::verification::Unanswerable;
    match why {
        Unanswerable::NotAsked => "That question is for somebody else to answer. Nothing has changed.",
        Unanswerable::Withdrawn => {
            "That was taken back meanwhile, so there is nothing left to say. Thank you all the same."
        }
        Unanswerable::Over => {
            "The time for that is over, so nothing has changed. A word with one another always helps."
        }
    }
}
