//! What Slack tells the bot when somebody does something, shape by shape.

use serde_json::{Value, json};

use super::forms;
use super::model::{Message, State, Ticket, View};

/// Where a gesture is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    Message { channel: String, ts: String },
    Ephemeral { channel: String, ts: String },
    View { id: String },
}

impl State {
    /// The blocks shown there.
    pub fn blocks_at(&self, spot: &Spot) -> Option<Vec<Value>> {
        match spot {
            Spot::Message { channel, ts } => Some(self.conversations.get(channel)?.message(ts)?.blocks.clone()),
            Spot::Ephemeral { ts, .. } => Some(self.ephemerals.iter().find(|e| e.ts == *ts)?.blocks.clone()),
            Spot::View { id } => Some(self.view(id)?.blocks().to_vec()),
        }
    }

    /// The modal or Home tab with that id.
    pub fn view(&self, id: &str) -> Option<&View> {
        self.modals.values().flatten().chain(self.homes.values()).find(|v| v.id == id)
    }

    /// Hands out a trigger.
    pub fn trigger(&mut self, mut ticket: Ticket) -> String {
        ticket.expires = std::time::Instant::now() + self.settings.trigger_life;
        let number = self.next();
        let id = format!("{number}.{}.trigger", self.team.id);
        self.triggers.insert(id.clone(), ticket);
        id
    }

    /// Hands out a `response_url`.
    pub fn response_url(&mut self, mut ticket: Ticket) -> String {
        ticket.expires = std::time::Instant::now() + self.settings.response_url_life;
        let number = self.next();
        let id = format!("{}-{number}", self.team.id);
        self.response_urls.insert(id.clone(), ticket);
        format!("{}/response/{id}", self.own_url)
    }

    /// What every interaction says: who, where, through which app.
    pub fn interaction(&self, kind: &str, user: &str) -> Value {
        let (team, handle) = (&self.team, self.users.get(user).map(|u| u.handle()).unwrap_or_default());
        json!({
            "type": kind, "token": "local", "api_app_id": team.app_id, "team": { "id": team.id, "domain": team.domain },
            "user": { "id": user, "username": handle, "name": handle, "team_id": team.id }, "enterprise": null,
            "is_enterprise_install": false,
        })
    }

    /// A conversation as interactions name it.
    pub fn channel_named(&self, id: &str) -> Value {
        let conversation = self.conversations.get(id);
        let name = conversation.filter(|c| c.im_with.is_none()).map_or("directmessage", |c| c.name.as_str());
        json!({ "id": id, "name": name })
    }

    /// `block_actions`: somebody pressed or chose something. `chosen` is the entry of `state.values`, or null for a
    /// button; `values` what else was filled in there.
    pub fn block_actions(&mut self, user: &str, spot: &Spot, action: Value, values: Value) -> Option<Value> {
        let mut payload = self.interaction("block_actions", user);
        payload["actions"] = json!([action]);
        let mut ticket = self.ticket(user, self.settings.trigger_life);
        match spot {
            Spot::Message { channel, ts } | Spot::Ephemeral { channel, ts } => {
                let ephemeral = matches!(spot, Spot::Ephemeral { .. });
                ticket.channel = Some(channel.clone());
                payload["container"] = json!({
                    "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral,
                });
                payload["channel"] = self.channel_named(channel);
                if ephemeral {
                    ticket.ephemeral = Some(ts.clone());
                } else {
                    ticket.message = Some(ts.clone());
                    payload["message"] = self.message_shown(channel, ts)?;
                }
                payload["state"] = json!({ "values": values });
                payload["response_url"] = json!(self.response_url(ticket.clone()));
            }
            Spot::View { id } => {
                ticket.view = Some(id.clone());
                payload["container"] = json!({ "type": "view", "view_id": id });
                payload["view"] = self.view(id)?.to_json(&self.team);
            }
        }
        payload["trigger_id"] = json!(self.trigger(ticket));
        Some(payload)
    }

    /// A message as interactions show it, with its metadata.
    pub fn message_shown(&self, channel: &str, ts: &str) -> Option<Value> {
        self.conversations.get(channel)?.message(ts).map(|m: &Message| m.to_json(&self.team, true))
    }

    /// `view_submission` or `view_closed`.
    pub fn view_payload(&mut self, kind: &str, user: &str, view: &View) -> Value {
        let mut payload = self.interaction(kind, user);
        payload["view"] = view.to_json(&self.team);
        if kind == "view_submission" {
            let mut ticket = self.ticket(user, self.settings.trigger_life);
            ticket.view = Some(view.id.clone());
            payload["trigger_id"] = json!(self.trigger(ticket));
            payload["response_urls"] = json!([]);
        } else {
            payload["is_cleared"] = json!(false);
        }
        payload
    }
}

/// An element's entry in `actions`.
pub(super) fn action(block: &Value, element: &Value, chosen: &Value, action_ts: &str) -> Value {
    let mut action = json!({
        "type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"], "action_ts": action_ts,
    });
    for copied in ["text", "value", "style", "placeholder", "confirm"] {
        if !element[copied].is_null() {
            action[copied] = element[copied].clone();
        }
    }
    if let (Some(action), Some(chosen)) = (action.as_object_mut(), chosen.as_object()) {
        action.extend(chosen.clone());
    }
    action
}

/// Whether `what` names the element: its action id, the text on it, or its placeholder, whole or as their beginning.
/// With `value`, its value (or an option's) must begin so too.
pub(super) fn is_named(element: &Value, what: &str, value: Option<&str>, whole: bool) -> bool {
    let names = [&element["action_id"], &element["text"]["text"], &element["placeholder"]["text"]];
    let named = names.iter().filter_map(|n| n.as_str()).any(|n| n == what || (!whole && n.starts_with(what)));
    let options = element["options"].as_array().into_iter().flatten();
    let mut values = options.chain([element]).filter_map(|o| o["value"].as_str());
    named && value.is_none_or(|wanted| values.any(|v| v.starts_with(wanted)))
}

/// The block and element so named: a whole name before a beginning, the first before the others.
pub(super) fn find<'b>(blocks: &'b [Value], what: &str, value: Option<&str>) -> Option<(&'b Value, &'b Value)> {
    let all = || blocks.iter().flat_map(|block| forms::elements(block).map(move |element| (block, element)));
    all().find(|(_, e)| is_named(e, what, value, true)).or_else(|| all().find(|(_, e)| is_named(e, what, value, false)))
}
