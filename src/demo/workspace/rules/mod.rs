//! What Slack would refuse: Block Kit's shapes and limits, message metadata, views.
//!
//! Stricter than Slack in doubt: what passes here should pass there. Lengths count after escaping, in characters.

mod blocks;
mod data;
mod elements;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt::Display;

use serde_json::Value;

/// Slack cuts a posted message's text here.
pub const LONGEST_MESSAGE_TEXT: usize = 40_000;
/// `chat.update` refuses a text longer than this.
pub const LONGEST_UPDATE_TEXT: usize = 4_000;
const MOST_MESSAGE_BLOCKS: usize = 50;
const MOST_VIEW_BLOCKS: usize = 100;
/// Of all texts in a message's blocks together.
const MOST_TEXT_IN_BLOCKS: usize = 12_000;
/// Slack's own limit is unpublished.
const LARGEST_METADATA: usize = 1_024;
const LONGEST_PRIVATE_METADATA: usize = 3_000;
const LONGEST_VIEW_TITLE: usize = 24;
const LONGEST_ID: usize = 255;

/// Where blocks are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// In a conversation.
    Message,
    /// In a dialog over the page.
    Modal,
    /// In the app's Home tab.
    Home,
}

/// Why something would be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Slack's error code.
    pub code: &'static str,
    /// One line per fault, with a JSON pointer.
    pub messages: Vec<String>,
}

/// Checks a message's blocks. `is_file` knows the files that `slack_file` may name.
pub fn message(blocks: &[Value], is_file: &dyn Fn(&str) -> bool) -> Result<(), Broken> {
    let mut check = Check::new(Surface::Message, is_file);
    check.blocks(blocks, "/blocks", MOST_MESSAGE_BLOCKS);
    if !check.messages.is_empty() {
        return Err(Broken { code: "invalid_blocks", messages: check.messages });
    }
    let total: usize = blocks.iter().map(text_in).sum();
    if total > MOST_TEXT_IN_BLOCKS {
        let messages = vec![format!("[ERROR] {total} characters in all, {MOST_TEXT_IN_BLOCKS} allowed")];
        return Err(Broken { code: "msg_blocks_too_long", messages });
    }
    Ok(())
}

/// Characters of every `text` inside.
fn text_in(value: &Value) -> usize {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) if key == "text" => text.chars().count(),
                other => text_in(other),
            })
            .sum(),
        Value::Array(items) => items.iter().map(text_in).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Checks `{event_type, event_payload}`: a name, and an object whose values are strings.
pub fn metadata(metadata: &Value) -> Result<(), Broken> {
    let broken = |code, message: &str| Err(Broken { code, messages: vec![format!("[ERROR] {message}")] });
    let named = metadata["event_type"].as_str().is_some_and(|name| !name.is_empty() && name.len() <= LONGEST_ID);
    if !named {
        return broken("invalid_metadata_format", "event_type must be a name [json-pointer:/metadata/event_type]");
    }
    let Some(payload) = metadata["event_payload"].as_object() else {
        return broken("invalid_metadata_format", "must be an object [json-pointer:/metadata/event_payload]");
    };
    if payload.values().any(|value| !value.is_string()) {
        return broken("invalid_metadata_format", "values must be strings [json-pointer:/metadata/event_payload]");
    }
    if metadata.to_string().len() > LARGEST_METADATA {
        return broken("metadata_too_large", "metadata is too large [json-pointer:/metadata]");
    }
    Ok(())
}

/// Checks a view for a modal or a Home tab.
pub fn view(view: &Value, surface: Surface, is_file: &dyn Fn(&str) -> bool) -> Result<(), Broken> {
    let mut check = Check::new(surface, is_file);
    let kind = if surface == Surface::Home { "home" } else { "modal" };
    if view["type"] != kind {
        check.fault("/view/type", format!("must be \"{kind}\""));
    }
    if surface == Surface::Modal {
        check.plain("/view/title", &view["title"], LONGEST_VIEW_TITLE, true);
        check.plain("/view/submit", &view["submit"], LONGEST_VIEW_TITLE, false);
        check.plain("/view/close", &view["close"], LONGEST_VIEW_TITLE, false);
    }
    check.string("/view/private_metadata", &view["private_metadata"], LONGEST_PRIVATE_METADATA, false);
    check.string("/view/callback_id", &view["callback_id"], LONGEST_ID, false);
    check.string("/view/external_id", &view["external_id"], LONGEST_ID, false);
    match view["blocks"].as_array() {
        Some(blocks) => check.blocks(blocks, "/view/blocks", MOST_VIEW_BLOCKS),
        None => check.fault("/view/blocks", "missing required field: blocks"),
    }
    if surface == Surface::Modal && check.has_input && view["submit"].is_null() {
        check.fault("/view/submit", "a modal with an input block needs a submit");
    }
    if check.messages.is_empty() { Ok(()) } else { Err(Broken { code: "invalid_arguments", messages: check.messages }) }
}

/// Walks through blocks and notes every fault.
struct Check<'a> {
    surface: Surface,
    is_file: &'a dyn Fn(&str) -> bool,
    messages: Vec<String>,
    has_input: bool,
    charts: usize,
    focused: usize,
}

impl<'a> Check<'a> {
    fn new(surface: Surface, is_file: &'a dyn Fn(&str) -> bool) -> Check<'a> {
        Check { surface, is_file, messages: vec![], has_input: false, charts: 0, focused: 0 }
    }

    fn fault(&mut self, at: &str, what: impl Display) {
        self.messages.push(format!("[ERROR] {what} [json-pointer:{at}]"));
    }

    fn blocks(&mut self, blocks: &[Value], at: &str, most: usize) {
        if blocks.len() > most {
            self.fault(at, format!("no more than {most} items allowed"));
        }
        let mut ids = HashSet::new();
        for (i, block) in blocks.iter().enumerate() {
            let at = format!("{at}/{i}");
            if let Some(id) = block["block_id"].as_str().filter(|id| !id.is_empty())
                && !ids.insert(id.to_string())
            {
                self.fault(&at, format!("`block_id` {id} already exists"));
            }
            self.block(block, &at);
        }
    }

    /// A string of at most `most` characters.
    fn string(&mut self, at: &str, value: &Value, most: usize, required: bool) {
        match value {
            Value::Null if !required => {}
            Value::Null => self.fault(at, "missing required field"),
            Value::String(text) if text.is_empty() && required => self.fault(at, "must be more than 0 characters"),
            Value::String(text) => self.length(at, text.chars().count(), most),
            _ => self.fault(at, "must be a string"),
        }
    }

    fn length(&mut self, at: &str, length: usize, most: usize) {
        if length > most {
            self.fault(at, format!("must be less than {} characters", most + 1));
        }
    }

    /// A `plain_text` object.
    fn plain(&mut self, at: &str, value: &Value, most: usize, required: bool) {
        if value["type"] == "mrkdwn" {
            self.fault(&format!("{at}/type"), "must be \"plain_text\"");
        } else {
            self.text(at, value, most, required);
        }
    }

    /// A text object of either kind.
    fn text(&mut self, at: &str, value: &Value, most: usize, required: bool) {
        if value.is_null() {
            if required {
                self.fault(at, "missing required field");
            }
            return;
        }
        if value["type"] != "plain_text" && value["type"] != "mrkdwn" {
            return self.fault(&format!("{at}/type"), "must be plain_text or mrkdwn");
        }
        if value["type"] == "plain_text" && !value["verbatim"].is_null() {
            self.fault(at, "plain_text has no verbatim");
        }
        if value["type"] == "mrkdwn" && !value["emoji"].is_null() {
            self.fault(at, "mrkdwn has no emoji");
        }
        match value["text"].as_str() {
            None => self.fault(&format!("{at}/text"), "missing required field: text"),
            Some("") => self.fault(&format!("{at}/text"), "must be more than 0 characters"),
            Some(text) => self.length(&format!("{at}/text"), escaped_length(text), most),
        }
    }
}

/// Characters once every bare `&` is written as an entity, as Slack stores it.
fn escaped_length(text: &str) -> usize {
    let entity = |rest: &str| ["&amp;", "&lt;", "&gt;"].iter().any(|e| rest.starts_with(e));
    let bare = text.match_indices('&').filter(|(at, _)| !entity(&text[*at..])).count();
    text.chars().count() + bare * "amp;".len()
}
