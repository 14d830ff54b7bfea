//! `chat.*`: what the bot says.

use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::model::{Ephemeral, Message, State};
use super::super::rules;
use super::conversations::{find, may_post};
use super::{Answer, Args, Refusal};

/// What a message is made of, checked.
pub(in super::super) struct Content {
    pub text: String,
    /// None where the caller sent none, which an update takes for *remove them*.
    pub blocks: Vec<Value>,
    pub metadata: Option<Value>,
}

/// Reads and checks text, blocks and metadata.
pub(in super::super) fn content(state: &mut State, args: &Args) -> Result<Content, Refusal> {
    let text = args.text("text").unwrap_or_default();
    let blocks = match args.structured("blocks", "invalid_blocks_format")? {
        None => vec![],
        Some(Value::Array(blocks)) => blocks,
        Some(_) => return Err(Refusal::new("invalid_blocks_format")),
    };
    let metadata = args.structured("metadata", "invalid_metadata_format")?;
    checked(state, text, blocks, metadata)
}

/// Checks a message's content, names its blocks and cuts its text where Slack would.
pub(in super::super) fn checked(
    state: &mut State,
    text: String,
    mut blocks: Vec<Value>,
    metadata: Option<Value>,
) -> Result<Content, Refusal> {
    if text.is_empty() && blocks.is_empty() {
        return Err(Refusal::new("no_text"));
    }
    let refused = |kind: &Value| state.settings.refused_blocks.iter().any(|refused| kind == refused.as_str());
    if let Some(at) = blocks.iter().position(|block| refused(&block["type"])) {
        let words = format!("[ERROR] unsupported type: {} [json-pointer:/blocks/{at}/type]", blocks[at]["type"]);
        return Err(Refusal::with("invalid_blocks", vec![words]));
    }
    let files = &state.files;
    let is_file = |id: &str| files.get(id).is_some_and(|f| f.complete && f.looks == 0);
    rules::message(&blocks, &is_file).map_err(|broken| Refusal::with(broken.code, broken.messages))?;
    if let Some(metadata) = metadata.as_ref().filter(|m| m.as_object().is_none_or(|m| !m.is_empty())) {
        rules::metadata(metadata).map_err(|broken| Refusal::with(broken.code, broken.messages))?;
    }
    state.name_blocks(&mut blocks);
    let text = text.chars().take(rules::LONGEST_MESSAGE_TEXT).collect();
    Ok(Content { text, blocks, metadata })
}

pub(super) fn post(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let channel = may_post(state, &args.required("channel")?)?;
    let content = content(state, args)?;
    let id = args.text("client_msg_id");
    if let (true, Some(id)) = (state.settings.recognise_client_msg_id, &id) {
        let known = &state.conversations[&channel].messages;
        if let Some(same) = known.iter().find(|m| m.client_msg_id.as_ref() == Some(id)) {
            return Ok(json!({ "channel": channel, "ts": same.ts, "message": same.to_json(&state.team, true) }));
        }
    }
    let thread_ts = args.text("thread_ts");
    if let Some(ts) = &thread_ts
        && state.conversations[&channel].message(ts).is_none()
    {
        return Err(Refusal::new("thread_not_found"));
    }
    pace(state, &channel)?;
    let message = say(state, &channel, content, thread_ts, id, now);
    Ok(json!({ "channel": channel, "ts": message.ts, "message": message.to_json(&state.team, true) }))
}

/// About a message a second and conversation, where the settings ask for it.
fn pace(state: &mut State, channel: &str) -> Result<(), Refusal> {
    let Some(interval) = state.settings.post_interval else { return Ok(()) };
    let now = Instant::now();
    if state.last_post.get(channel).is_some_and(|last| now.duration_since(*last) < interval) {
        return Err(Refusal::new("ratelimited"));
    }
    state.last_post.insert(channel.into(), now);
    Ok(())
}

/// Puts the bot's message into the conversation.
pub(in super::super) fn say(
    state: &mut State,
    channel: &str,
    content: Content,
    thread_ts: Option<String>,
    client_msg_id: Option<String>,
    now: Timestamp,
) -> Message {
    let message = Message {
        ts: state.ts(now),
        user: state.team.bot_user.clone(),
        text: content.text,
        blocks: content.blocks,
        metadata: content.metadata,
        edited: None,
        thread_ts,
        client_msg_id,
    };
    if let Some(conversation) = state.conversations.get_mut(channel) {
        conversation.messages.push(message.clone());
    }
    message
}

pub(super) fn update(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let channel = find(state, &args.required("channel")?)?;
    let ts = args.required("ts")?;
    let content = content(state, args)?;
    if content.text.chars().count() > rules::LONGEST_UPDATE_TEXT {
        return Err(Refusal::new("msg_too_long"));
    }
    let edited = state.ts(now);
    let team = state.team.clone();
    let message = own_message(state, &channel, &ts, "cant_update_message")?;
    message.text = content.text;
    message.blocks = content.blocks;
    message.edited = Some(edited);
    match content.metadata {
        Some(metadata) if metadata.as_object().is_some_and(|m| m.is_empty()) => message.metadata = None,
        Some(metadata) => message.metadata = Some(metadata),
        None => {}
    }
    Ok(json!({ "channel": channel, "ts": ts, "text": message.text, "message": message.to_json(&team, true) }))
}

pub(super) fn delete(state: &mut State, args: &Args) -> Answer {
    let channel = find(state, &args.required("channel")?)?;
    let ts = args.required("ts")?;
    own_message(state, &channel, &ts, "cant_delete_message")?;
    if let Some(conversation) = state.conversations.get_mut(&channel) {
        conversation.messages.retain(|m| m.ts != ts);
    }
    Ok(json!({ "channel": channel, "ts": ts }))
}

/// The bot's own message of that `ts`.
fn own_message<'a>(state: &'a mut State, channel: &str, ts: &str, error: &str) -> Result<&'a mut Message, Refusal> {
    let bot = state.team.bot_user.clone();
    let conversation = state.conversations.get_mut(channel).ok_or_else(|| Refusal::new("channel_not_found"))?;
    let message =
        conversation.messages.iter_mut().find(|m| m.ts == ts).ok_or_else(|| Refusal::new("message_not_found"))?;
    if message.user == bot { Ok(message) } else { Err(Refusal::new(error)) }
}

pub(super) fn post_ephemeral(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let channel = may_post(state, &args.required("channel")?)?;
    let user = args.required("user")?;
    if !state.conversations[&channel].members.contains(&user) {
        return Err(Refusal::new("user_not_in_channel"));
    }
    let content = content(state, args)?;
    let ts = whisper(state, &channel, &user, content, false, now);
    Ok(json!({ "message_ts": ts }))
}

/// The address of a message in a conversation that the bot is in.
pub(super) fn permalink(state: &mut State, args: &Args) -> Answer {
    let (channel, ts) = (args.required("channel")?, args.required("message_ts")?);
    let bot = &state.team.bot_user;
    let conversation = state.conversations.get(&channel).filter(|c| c.members.contains(bot));
    let conversation = conversation.ok_or_else(|| Refusal::new("channel_not_found"))?;
    if conversation.message(&ts).is_none() {
        return Err(Refusal::new("message_not_found"));
    }
    let address = format!("https://{}.slack.com/archives/{channel}/p{}", state.team.domain, ts.replace('.', ""));
    Ok(json!({ "channel": channel, "permalink": address }))
}

/// Shows something to one person alone.
pub(in super::super) fn whisper(
    state: &mut State,
    channel: &str,
    user: &str,
    content: Content,
    from_slack: bool,
    now: Timestamp,
) -> String {
    let ts = state.ts(now);
    state.ephemerals.push(Ephemeral {
        ts: ts.clone(),
        channel: channel.into(),
        user: user.into(),
        text: content.text,
        blocks: content.blocks,
        from_slack,
    });
    ts
}

/// `blocks.validate`: the rules alone.
pub(super) fn validate(state: &mut State, args: &Args) -> Answer {
    content(state, args).map(|_| json!({}))
}
