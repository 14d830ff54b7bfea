//! What leaders and admins see when they look after the process: lists to begin from, forms, and what comes of a change
//! before it is saved.

mod forms;
mod home;
mod lists;
mod preview;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use slack_morphism::blocks::*;

use super::kit;
use super::modals::errors;
use super::text::{escape_within, lines_within, truncate};
use super::{MessageContent, View};
use crate::process::UserId;
use crate::process::edit::{About, Objection};
use crate::slack::action::manage::{CALLBACK, Form, Press, block};

pub use forms::{
    ActivityForm, Excusable, LeaderOf, activity_form, add_managers, digest_form, excuse, excuse_whose, leader_form,
    manager_form, remove_managers, turn_form,
};
pub use home::{Lead, lead_blocks, lead_home, manage};
pub use lists::{ActivityRow, PersonRow, activities, people};
pub use preview::{Preview, Sample, preview, saved};

/// A button of this room's.
fn button(label: &str, press: &Press, about: &str) -> SlackBlockButtonElement {
    SlackBlockButtonElement::new(kit::plain(label, 75))
        .with_action_id(press.id().into())
        .with_value(press.value())
        .with_accessibility_label(SlackAccessibilityLabel(truncate(&format!("{label}: {about}"), 75)))
}

fn modal(title: &str, submit: Option<&str>, form: &Form, blocks: Vec<SlackBlock>) -> SlackModalView {
    SlackModalView::new(kit::plain(title, 24), blocks)
        .opt_submit(submit.map(|submit| kit::plain(submit, 24)))
        .with_close(kit::plain(if submit.is_some() { "Cancel" } else { "Close" }, 24))
        .with_callback_id(CALLBACK.into())
        .with_private_metadata(form.private_metadata())
}

fn view(modal: SlackModalView) -> View {
    View(SlackView::Modal(modal))
}

/// The answer to a submission that puts another view on top.
pub fn answer_on_top(view: &View) -> Value {
    json!({ "response_action": "push", "view": view.to_json() })
}

/// Words for whoever may not do this, and whom to ask.
pub fn not_yours(what: &str, ask: &[UserId]) -> String {
    match ask {
        [] => format!("{what} Nothing has changed."),
        some => {
            let names: Vec<String> = some.iter().take(5).map(|id| format!("<@{id}>")).collect();
            format!("{what} Please ask {}.", names.join(" or "))
        }
    }
}

/// Where there is nothing yet to look after.
pub const NO_PROCESS: &str = "There is no process yet. Whoever runs me makes the first one with `onbeat apply`.";

/// Words for whoever was overtaken: what changed since, and by whom.
pub fn meanwhile(changes: &[String], by: Option<&UserId>) -> String {
    let who = by.map_or_else(|| "Somebody".to_owned(), |by| format!("<@{by}>"));
    let lines: Vec<String> = changes.iter().map(|line| format!("• {}", escape_within(line, 300))).collect();
    let words = format!("{who} changed this meanwhile, so nothing of yours was saved:");
    format!("{words}\n{}\nOpen it again to see how it stands.", lines_within(&lines, 2000))
}

/// A notice whose words may name people.
pub fn notice(words: &str) -> View {
    let view = SlackModalView::new(kit::plain("Onbeat", 24), vec![kit::mrkdwn(truncate(words, 3000))]);
    self::view(view.with_close(kit::plain("Close", 24)))
}

/// The same as a message for that person alone.
pub fn notice_message(words: &str) -> MessageContent {
    MessageContent { text: truncate(words, 3000), blocks: vec![kit::mrkdwn(truncate(words, 3000))] }
}

/// The answer to a submission that meets an objection: at its field where the form has one, else in a notice on top.
pub fn objection(form: &Form, objection: &Objection) -> Value {
    let place = match (form, objection.about) {
        (Form::Activity { .. }, About::Title) => block::TITLE,
        (Form::Activity { .. } | Form::Digest { .. }, About::When) => block::WHEN,
        (Form::Activity { .. }, About::Minutes) => block::MINUTES,
        (Form::Activity { .. }, About::Outcome) => block::OUTCOME,
        (Form::Activity { .. }, About::Number) => block::QUESTION,
        (Form::Activity { .. }, About::Holders) => block::HOLDERS,
        (Form::Activity { .. }, _) => block::TITLE,
        (Form::AddManagers { .. } | Form::Manager { .. } | Form::Leader { .. }, About::Leader) => block::LEADER,
        (Form::AddManagers { .. } | Form::RemoveManagers { .. }, _) => block::PEOPLE,
        (Form::Manager { .. }, _) => block::REPS,
        (Form::Leader { .. }, _) => block::LEADER,
        (Form::Digest { .. }, _) => block::CHANNEL,
        (Form::Turn { .. }, _) => block::FROM,
        (Form::ExcuseWhose, _) => block::MANAGER,
        (Form::Excuse { .. }, _) => block::REASON,
        (Form::List | Form::Preview(_), _) => {
            return super::answer_with_view(&super::notice_modal(&objection.words));
        }
    };
    field_error(place, &objection.words)
}

/// The answer to a submission with one field that needs another look.
pub fn field_error(block: &'static str, words: &str) -> Value {
    errors([(block, words)])
}
