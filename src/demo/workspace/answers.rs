//! What the bot says back: to a submission, to a command, and later to a `response_url`.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Path, State as Handle};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::api::Refusal;
use super::api::{chat, views};
use super::model::{ApiCall, State, Ticket};
use super::rules::Surface;
use super::{BotAnswer, LocalSlack};

/// Slack takes no more answers on one `response_url`.
const MOST_USES: u32 = 5;

pub(super) fn routes() -> Router<LocalSlack> {
    Router::new().route("/response/{id}", post(respond))
}

async fn respond(Handle(slack): Handle<LocalSlack>, Path(id): Path<String>, body: Bytes) -> Response {
    let now = slack.now();
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let outcome = slack.state().respond(&id, &said, now);
    slack.note("response_url", &said, &outcome);
    slack.changed();
    match outcome {
        Ok(()) => Json(json!({ "ok": true })).into_response(),
        Err(refusal) => {
            let gone = ["expired_url", "used_url"].contains(&refusal.error.as_str());
            let status = if gone { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            (status, Json(json!({ "ok": false, "error": refusal.error, "messages": refusal.messages }))).into_response()
        }
    }
}

impl State {
    fn respond(&mut self, id: &str, said: &Value, now: Timestamp) -> Result<(), Refusal> {
        let ticket = self.response_urls.get_mut(id).ok_or_else(|| Refusal::new("expired_url"))?;
        if ticket.expires <= Instant::now() {
            return Err(Refusal::new("expired_url"));
        }
        if ticket.uses >= MOST_USES {
            return Err(Refusal::new("used_url"));
        }
        ticket.uses += 1;
        let ticket = ticket.clone();
        self.say_back(&ticket, said, now)
    }

    /// Shows what the bot said in answer: in place of what was pressed, to the person alone, or to everybody.
    fn say_back(&mut self, ticket: &Ticket, said: &Value, now: Timestamp) -> Result<(), Refusal> {
        let channel = ticket.channel.clone().unwrap_or_default();
        if said["delete_original"] == true {
            self.ephemerals.retain(|e| Some(&e.ts) != ticket.ephemeral.as_ref());
            if let Some(conversation) = self.conversations.get_mut(&channel) {
                conversation.messages.retain(|m| Some(&m.ts) != ticket.message.as_ref());
            }
            return Ok(());
        }
        let text = said["text"].as_str().unwrap_or("").to_string();
        let blocks = said["blocks"].as_array().cloned().unwrap_or_default();
        let content = chat::checked(self, text, blocks, None)?;
        if said["replace_original"] == true {
            let edited = self.ts(now);
            if let Some(e) = self.ephemerals.iter_mut().find(|e| Some(&e.ts) == ticket.ephemeral.as_ref()) {
                (e.text, e.blocks) = (content.text, content.blocks);
                return Ok(());
            }
            let messages = self.conversations.get_mut(&channel).map(|c| c.messages.iter_mut());
            if let Some(m) = messages.into_iter().flatten().find(|m| Some(&m.ts) == ticket.message.as_ref()) {
                (m.text, m.blocks, m.edited) = (content.text, content.blocks, Some(edited));
                return Ok(());
            }
        }
        if said["response_type"] == "in_channel" {
            chat::say(self, &channel, content, None, None, now);
        } else {
            chat::whisper(self, &channel, &ticket.user, content, false, now);
        }
        Ok(())
    }
}

/// What happens to the modal, by the `response_action` that the bot answered a submission with.
pub(super) fn to_submission(slack: &LocalSlack, user: &str, view: &str, body: &str) {
    let now = slack.now();
    let said: Value = serde_json::from_str(body).unwrap_or_default();
    let outcome = slack.state().after_submission(user, view, &said, now);
    slack.note("view_submission", &said, &outcome);
    slack.changed();
}

impl State {
    fn after_submission(&mut self, user: &str, view: &str, said: &Value, now: Timestamp) -> Result<(), Refusal> {
        let stack = self.modals.entry(user.into()).or_default();
        match said["response_action"].as_str() {
            None => stack.retain(|v| v.id != view),
            Some("clear") => stack.clear(),
            Some("errors") => {
                let known = stack.iter().find(|v| v.id == view).map(|v| v.blocks().to_vec()).unwrap_or_default();
                let errors = said["errors"].as_object().filter(|e| !e.is_empty());
                let errors = errors.ok_or_else(|| Refusal::missing("errors"))?;
                if let Some(odd) = errors.keys().find(|id| !known.iter().any(|b| b["block_id"] == id.as_str())) {
                    return Err(Refusal::with("invalid_arguments", vec![format!("[ERROR] no input block {odd}")]));
                }
            }
            Some("update") => {
                let body = views::checked(self, said["view"].clone(), Surface::Modal)?;
                let before = self.view(view).cloned();
                let after = views::make(self, body, before.as_ref(), now);
                if let Some(kept) = self.modal(view) {
                    *kept = after;
                }
            }
            Some("push") => {
                let body = views::checked(self, said["view"].clone(), Surface::Modal)?;
                views::push_modal(self, user, body, now);
            }
            Some(other) => {
                return Err(Refusal::with("invalid_arguments", vec![format!("[ERROR] response_action {other}")]));
            }
        }
        Ok(())
    }
}

/// Shows what the bot answered a command with, or that it did not.
pub(super) fn to_command(slack: &LocalSlack, user: &str, channel: &str, command: &str, answer: &BotAnswer) {
    let now = slack.now();
    let said = match serde_json::from_str::<Value>(&answer.body) {
        Ok(Value::Object(said)) => Value::Object(said),
        Ok(_) | Err(_) => json!({ "text": answer.body }),
    };
    let mut state = slack.state();
    let mut outcome = Ok(());
    if !answer.is_ok() {
        let why = if answer.status == 0 { "operation_timeout" } else { "dispatch_failed" };
        let text = format!("{command} failed with the error \"{why}\"");
        let content = chat::Content { text, blocks: vec![], metadata: None };
        chat::whisper(&mut state, channel, user, content, true, now);
    } else if !answer.body.trim().is_empty() && said != json!({}) {
        let mut ticket = state.ticket(user, state.settings.trigger_life);
        ticket.channel = Some(channel.into());
        outcome = state.say_back(&ticket, &said, now);
    }
    drop(state);
    slack.note("command", &said, &outcome);
    slack.changed();
}

impl LocalSlack {
    /// Logs what the bot said in answer as if it had been a call, where Slack would have refused it.
    fn note(&self, what: &str, said: &Value, outcome: &Result<(), Refusal>) {
        let Err(refusal) = outcome else { return };
        tracing::warn!(answer_to = what, error = refusal.error, detail = ?refusal.messages,
            "the local workspace refused an answer");
        let response = json!({ "ok": false, "error": refusal.error, "messages": refusal.messages });
        let args: Map<String, Value> = said.as_object().cloned().unwrap_or_default();
        let method = format!("answer to {what}");
        let call = ApiCall { at: self.now(), method, args, status: 200, response, refused: true, mischief: None };
        self.state().calls.push(call);
    }
}
