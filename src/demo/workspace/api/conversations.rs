//! `conversations.*`: where people talk.

use serde_json::{Value, json};

use super::super::model::State;
use super::args::page;
use super::{Answer, Args, Refusal};

/// The id of a conversation named by id, by `#name` or by a user's id (their direct messages).
pub(super) fn find(state: &mut State, named: &str) -> Result<String, Refusal> {
    if state.conversations.contains_key(named) {
        return Ok(named.into());
    }
    if state.users.contains_key(named) {
        return Ok(state.im(named));
    }
    let name = named.trim_start_matches('#');
    let found = state.conversations.values().find(|c| c.im_with.is_none() && c.name == name);
    found.map(|c| c.id.clone()).ok_or_else(|| Refusal::new("channel_not_found"))
}

/// The id of a conversation that the bot may post to.
pub(super) fn may_post(state: &mut State, named: &str) -> Result<String, Refusal> {
    let id = find(state, named)?;
    let conversation = &state.conversations[&id];
    if !conversation.members.contains(&state.team.bot_user) {
        return Err(Refusal::new("not_in_channel"));
    }
    if conversation.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    let gone = conversation.im_with.as_ref().and_then(|u| state.users.get(u)).is_some_and(|u| u.deleted);
    if gone { Err(Refusal::new("account_inactive")) } else { Ok(id) }
}

pub(super) fn open(state: &mut State, args: &Args) -> Answer {
    let id = match (args.text("channel"), args.text("users")) {
        (Some(channel), _) => find(state, &channel)?,
        (None, Some(users)) if users.contains(',') => {
            return Err(Refusal::new("method_not_supported_for_channel_type"));
        }
        (None, Some(user)) => match state.users.get(&user) {
            None => return Err(Refusal::new("user_not_found")),
            Some(user) if user.deleted => return Err(Refusal::new("user_disabled")),
            Some(_) => state.im(&user),
        },
        (None, None) => return Err(Refusal::new("users_list_not_supplied")),
    };
    let channel =
        if args.flag("return_im") { state.conversations[&id].to_json(&state.team) } else { json!({ "id": id }) };
    Ok(json!({ "channel": channel, "no_op": true, "already_open": true }))
}

pub(super) fn info(state: &mut State, args: &Args) -> Answer {
    let id = find(state, &args.required("channel")?)?;
    Ok(json!({ "channel": state.conversations[&id].to_json(&state.team) }))
}

pub(super) fn list(state: &State, args: &Args) -> Answer {
    let types = args.text("types").unwrap_or_else(|| "public_channel".into());
    let wanted = |im: bool| types.split(',').any(|t| t.trim() == if im { "im" } else { "public_channel" });
    let all =
        state.conversations.values().filter(|c| wanted(c.im_with.is_some())).map(|c| c.to_json(&state.team)).collect();
    let (channels, cursor) = page(all, args.offset()?, args.limit(100, 1000)?);
    Ok(json!({ "channels": channels, "response_metadata": { "next_cursor": cursor } }))
}

pub(super) fn members(state: &mut State, args: &Args) -> Answer {
    let id = find(state, &args.required("channel")?)?;
    let all = state.conversations[&id].members.iter().map(|m| json!(m)).collect();
    let (members, cursor) = page(all, args.offset()?, args.limit(100, 1000)?);
    Ok(json!({ "members": members, "response_metadata": { "next_cursor": cursor } }))
}

/// Microseconds of a `ts`; Slack takes whole seconds too.
fn micros(ts: &str) -> Option<i64> {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, "0"));
    let rest: String = rest.chars().chain("000000".chars()).take(6).collect();
    Some(seconds.parse::<i64>().ok()? * 1_000_000 + rest.parse::<i64>().ok()?)
}

fn bound(args: &Args, name: &str, default: i64) -> Result<i64, Refusal> {
    match args.text(name) {
        None => Ok(default),
        Some(ts) if ts == "now" => Ok(i64::MAX),
        Some(ts) => micros(&ts).ok_or_else(|| Refusal::new(&format!("invalid_ts_{name}"))),
    }
}

pub(super) fn history(state: &mut State, args: &Args) -> Answer {
    let id = readable(state, args)?;
    let (oldest, latest) = (bound(args, "oldest", 0)?, bound(args, "latest", i64::MAX)?);
    // Without bounds there is nothing to leave out.
    let inclusive = args.flag("inclusive");
    let within = |ts: &str| {
        let at = micros(ts).unwrap_or(0);
        if inclusive { (oldest..=latest).contains(&at) } else { at > oldest && at < latest }
    };
    let top_level = |thread: &Option<String>, ts: &str| thread.as_deref().is_none_or(|t| t == ts);
    let metadata = args.flag("include_all_metadata");
    let messages = &state.conversations[&id].messages;
    let mut all: Vec<Value> = messages
        .iter()
        .filter(|m| within(&m.ts) && top_level(&m.thread_ts, &m.ts))
        .map(|m| m.to_json(&state.team, metadata))
        .collect();
    all.reverse();
    let (messages, cursor) = page(all, args.offset()?, args.limit(100, 999)?);
    Ok(paged(messages, cursor))
}

pub(super) fn replies(state: &mut State, args: &Args) -> Answer {
    let id = readable(state, args)?;
    let ts = args.required("ts")?;
    let conversation = &state.conversations[&id];
    if conversation.message(&ts).is_none() {
        return Err(Refusal::new("thread_not_found"));
    }
    let metadata = args.flag("include_all_metadata");
    let all = conversation
        .messages
        .iter()
        .filter(|m| m.ts == ts || m.thread_ts.as_ref() == Some(&ts))
        .map(|m| m.to_json(&state.team, metadata))
        .collect();
    let (messages, cursor) = page(all, args.offset()?, args.limit(100, 1000)?);
    Ok(paged(messages, cursor))
}

fn paged(messages: Vec<Value>, cursor: String) -> Value {
    let mut out = json!({ "messages": messages, "has_more": !cursor.is_empty(), "pin_count": 0 });
    if !cursor.is_empty() {
        out["response_metadata"] = json!({ "next_cursor": cursor });
    }
    out
}

fn readable(state: &mut State, args: &Args) -> Result<String, Refusal> {
    let id = find(state, &args.required("channel")?)?;
    if state.conversations[&id].members.contains(&state.team.bot_user) {
        Ok(id)
    } else {
        Err(Refusal::new("not_in_channel"))
    }
}
