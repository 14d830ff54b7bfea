//! What a message asks beside the work, once: keep, move, shrink or stop? And: would fewer messages be better?

use slack_morphism::blocks::SlackBlock;

use super::kit::{self, Rich};
use super::text::truncate;
use crate::record::review::{Answer, Topic};
use crate::slack::action::Action;

/// A question, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// What about.
    pub topic: Topic,
    /// The occurrence or activity in question, by its label.
    pub about: String,
    /// What was answered.
    pub answer: Option<Answer>,
}

/// The words of a question, and its buttons while it is open. Two blocks at most.
pub(super) fn blocks(question: &Question) -> Vec<SlackBlock> {
    let about = truncate(&question.about, 200);
    if let Some(answer) = question.answer {
        return vec![kit::small(&noted(question.topic, &about, answer))];
    }
    let Some((asked, beside)) = words(question.topic, &about) else { return Vec::new() };
    let mut blocks = vec![Rich::default().bold(&asked).text("\n").text(beside).block()];
    let button =
        |answer: &Answer| kit::button(label(*answer), &Action::Answer(question.id.clone(), *answer), &about).into();
    let buttons = question.topic.answers().iter().map(button).collect();
    blocks.push(kit::actions(&format!("ask.{}", question.id), buttons));
    blocks
}

/// The question in one line, for those who hear the text alone; none once it is answered.
pub(super) fn line(question: &Question) -> Option<String> {
    let asked = words(question.topic, &truncate(&question.about, 100)).map(|(asked, _)| asked);
    asked.filter(|_| question.answer.is_none())
}

fn words(topic: Topic, about: &str) -> Option<(String, &'static str)> {
    const REVIEW: &str = "Your word goes into the next process review. Nothing changes by itself, and I ask this once.";
    match topic {
        Topic::Snoozes => {
            Some((format!("You have snoozed “{about}” three times. Keep, move, shrink or stop it?"), REVIEW))
        }
        Topic::Misses => Some((
            format!("“{about}” has closed three times in a row with nothing recorded. Keep, move, shrink or stop it?"),
            REVIEW,
        )),
        Topic::Silence => Some((
            "I have been writing to you for two weeks, and heard nothing back. Would fewer messages be better?"
                .to_owned(),
            "With fewer you get the morning plan, and what you snooze yourself. I ask this once.",
        )),
        Topic::Welcome => None,
    }
}

fn label(answer: Answer) -> &'static str {
    match answer {
        Answer::Keep => "Keep it",
        Answer::Move => "Move it",
        Answer::Shrink => "Shrink it",
        Answer::Stop => "Stop it",
        Answer::Fewer => "Fewer, please",
        Answer::Fine => "It's fine",
    }
}

fn noted(topic: Topic, about: &str, answer: Answer) -> String {
    let what = match answer {
        Answer::Keep => "keep",
        Answer::Move => "move",
        Answer::Shrink => "shrink",
        Answer::Stop => "stop",
        Answer::Fewer => return "Fewer it is: the morning plan, and what you snooze yourself.".to_owned(),
        Answer::Fine => return "Good. It stays as it is.".to_owned(),
    };
    match topic {
        Topic::Snoozes | Topic::Misses => format!("Noted for the process review: {what} “{about}”. Thank you."),
        Topic::Silence | Topic::Welcome => "Noted. Thank you.".to_owned(),
    }
}

/// For somebody who is not the one that was asked.
pub fn not_asked() -> &'static str {
    "That is for the manager concerned. Nothing has changed."
}
