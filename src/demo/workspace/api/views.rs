//! `views.*`: modals and Home tabs.

use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::model::{State, Ticket, View};
use super::super::{forms, rules};
use super::{Answer, Args, Refusal};

/// Slack stacks at most three modals.
const DEEPEST_STACK: usize = 3;

fn view_argument(state: &State, args: &Args, surface: rules::Surface) -> Result<Value, Refusal> {
    let view = args.structured("view", "invalid_arguments")?.ok_or_else(|| Refusal::missing("view"))?;
    checked(state, view, surface)
}

/// Checks a view against the rules.
pub(in super::super) fn checked(state: &State, view: Value, surface: rules::Surface) -> Result<Value, Refusal> {
    let is_file = |id: &str| state.files.get(id).is_some_and(|f| f.complete);
    rules::view(&view, surface, &is_file).map_err(|broken| Refusal::with(broken.code, broken.messages))?;
    Ok(view)
}

/// Whether the trigger may be used; using it is [`use_trigger`].
fn check_trigger(state: &State, args: &Args) -> Result<Ticket, Refusal> {
    let id = args.required("trigger_id")?;
    let ticket = state.triggers.get(&id).ok_or_else(|| Refusal::new("invalid_trigger_id"))?;
    if ticket.uses > 0 {
        return Err(Refusal::new("exchanged_trigger_id"));
    }
    if ticket.expires <= Instant::now() {
        return Err(Refusal::new("expired_trigger_id"));
    }
    Ok(ticket.clone())
}

fn use_trigger(state: &mut State, args: &Args) {
    if let Some(ticket) = args.text("trigger_id").and_then(|id| state.triggers.get_mut(&id)) {
        ticket.uses += 1;
    }
}

/// Makes a view of what the app sent. Blocks that keep their ids keep what people put into them.
pub(in super::super) fn make(state: &mut State, mut body: Value, before: Option<&View>, now: Timestamp) -> View {
    if let Some(blocks) = body.get_mut("blocks").and_then(Value::as_array_mut) {
        state.name_blocks(blocks);
    }
    let hash = format!("{}.{:08}", now.as_second(), state.next());
    let mut values = forms::initial_values(body["blocks"].as_array().map_or(&[], Vec::as_slice));
    if let Some(before) = before {
        forms::keep_values(&mut values, &before.values);
    }
    let (id, root, previous) = match before {
        Some(before) => (before.id.clone(), before.root.clone(), before.previous.clone()),
        None => {
            let id = state.id('V');
            (id.clone(), id, None)
        }
    };
    View { id, hash, body, previous, root, values }
}

/// Opens a modal on top of the user's stack.
pub(in super::super) fn push_modal(state: &mut State, user: &str, body: Value, now: Timestamp) -> View {
    let mut view = make(state, body, None, now);
    let stack = state.modals.entry(user.into()).or_default();
    if let (Some(first), Some(top)) = (stack.first(), stack.last()) {
        view.root = first.id.clone();
        view.previous = Some(top.id.clone());
    }
    stack.push(view.clone());
    view
}

fn external_id_taken(state: &State, body: &Value, but: Option<&str>) -> bool {
    let Some(id) = body["external_id"].as_str().filter(|id| !id.is_empty()) else { return false };
    let mut views = state.modals.values().flatten().chain(state.homes.values());
    views.any(|v| v.body["external_id"] == id && Some(v.id.as_str()) != but)
}

pub(super) fn open(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let body = view_argument(state, args, rules::Surface::Modal)?;
    let ticket = check_trigger(state, args)?;
    if external_id_taken(state, &body, None) {
        return Err(Refusal::new("duplicate_external_id"));
    }
    use_trigger(state, args);
    state.modals.remove(&ticket.user);
    let view = push_modal(state, &ticket.user, body, now);
    Ok(json!({ "view": view.to_json(&state.team) }))
}

pub(super) fn push(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let body = view_argument(state, args, rules::Surface::Modal)?;
    let ticket = check_trigger(state, args)?;
    let depth = state.modals.get(&ticket.user).map_or(0, Vec::len);
    if depth == 0 || ticket.view.is_none() {
        return Err(Refusal::new("invalid_trigger_id"));
    }
    if depth >= DEEPEST_STACK {
        return Err(Refusal::new("push_limit_reached"));
    }
    use_trigger(state, args);
    let view = push_modal(state, &ticket.user, body, now);
    Ok(json!({ "view": view.to_json(&state.team) }))
}

pub(super) fn update(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let wanted = (args.text("view_id"), args.text("external_id"));
    if wanted == (None, None) {
        return Err(Refusal::missing("view_id"));
    }
    let is_it = |v: &View| match &wanted {
        (Some(id), _) => v.id == *id,
        (None, external) => v.body["external_id"].as_str() == external.as_deref(),
    };
    let in_modals = state.modals.values().flatten().find(|v| is_it(v)).cloned();
    let (before, surface) = match in_modals {
        Some(view) => (view, rules::Surface::Modal),
        None => {
            let home = state.homes.values().find(|v| is_it(v)).cloned();
            (home.ok_or_else(|| Refusal::new("not_found"))?, rules::Surface::Home)
        }
    };
    let body = view_argument(state, args, surface)?;
    check_hash(args, Some(&before))?;
    let view = make(state, body, Some(&before), now);
    let answer = json!({ "view": view.to_json(&state.team) });
    let kept = state.modals.values_mut().flatten().chain(state.homes.values_mut()).find(|v| v.id == view.id);
    if let Some(kept) = kept {
        *kept = view;
    }
    Ok(answer)
}

fn check_hash(args: &Args, before: Option<&View>) -> Result<(), Refusal> {
    match (args.text("hash"), before) {
        (Some(hash), Some(before)) if hash != before.hash => Err(Refusal::new("hash_conflict")),
        _ => Ok(()),
    }
}

pub(super) fn publish(state: &mut State, args: &Args, now: Timestamp) -> Answer {
    let user = args.required("user_id")?;
    if !state.users.contains_key(&user) {
        return Err(Refusal::new("user_not_found"));
    }
    let body = view_argument(state, args, rules::Surface::Home)?;
    let before = state.homes.get(&user).cloned();
    check_hash(args, before.as_ref())?;
    let view = make(state, body, before.as_ref(), now);
    let answer = json!({ "view": view.to_json(&state.team) });
    state.homes.insert(user, view);
    Ok(answer)
}
