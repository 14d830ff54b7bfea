//! What people do: press, choose, fill in and submit, type a command, open the Home tab.

use serde_json::{Map, Value, json};

use super::answers;
use super::forms;
use super::model::{Message, State, View};
use super::outbound::Delivery;
use super::payload::{self, Spot};
use super::{BotAnswer, LocalSlack, Trouble};

impl LocalSlack {
    /// Presses the button of a message (or an ephemeral) that has this text, action id or beginning of a text.
    pub async fn press(&self, user: &str, ts: &str, what: &str) -> Result<BotAnswer, Trouble> {
        self.choose(user, &self.spot(user, ts)?, what, None, None).await
    }

    /// Presses the button with this name whose value begins with `value`: one of several *Done*.
    pub async fn press_of(&self, user: &str, ts: &str, what: &str, value: &str) -> Result<BotAnswer, Trouble> {
        self.choose(user, &self.spot(user, ts)?, what, Some(value), None).await
    }

    /// Chooses an option, by text or value, from the select, overflow or picker of a message that has this placeholder
    /// or action id.
    pub async fn select(&self, user: &str, ts: &str, what: &str, option: &str) -> Result<BotAnswer, Trouble> {
        self.choose(user, &self.spot(user, ts)?, what, None, Some(option)).await
    }

    /// Like [`LocalSlack::select`], for the one whose options' values begin with `value`.
    pub async fn select_of(
        &self,
        user: &str,
        ts: &str,
        what: &str,
        value: &str,
        option: &str,
    ) -> Result<BotAnswer, Trouble> {
        self.choose(user, &self.spot(user, ts)?, what, Some(value), Some(option)).await
    }

    /// Presses a button on the user's Home tab; with `option`, chooses from a select there.
    pub async fn use_home(&self, user: &str, what: &str, option: Option<&str>) -> Result<BotAnswer, Trouble> {
        let id = self.home(user).ok_or_else(|| Trouble::NotThere("a Home tab".into()))?.id;
        self.choose(user, &Spot::View { id }, what, None, option).await
    }

    /// Presses a button in the user's modal; with `option`, chooses from a select there.
    pub async fn use_modal(&self, user: &str, what: &str, option: Option<&str>) -> Result<BotAnswer, Trouble> {
        let id = self.top_modal(user)?.id;
        self.choose(user, &Spot::View { id }, what, None, option).await
    }

    /// Presses the button in the user's modal that has this value: one of several *Edit*.
    pub async fn press_in_modal(&self, user: &str, value: &str) -> Result<BotAnswer, Trouble> {
        self.use_valued(user, |element| element["value"] == value, None).await
    }

    /// Chooses from the menu in the user's modal whose options' values end with `value`: one of several.
    pub async fn choose_in_modal(&self, user: &str, value: &str, option: &str) -> Result<BotAnswer, Trouble> {
        let ends = |option: &Value| option["value"].as_str().is_some_and(|it| it.ends_with(value));
        self.use_valued(
            user,
            |element| element["options"].as_array().is_some_and(|it| it.iter().any(ends)),
            Some(option),
        )
        .await
    }

    async fn use_valued(
        &self,
        user: &str,
        is_it: impl Fn(&Value) -> bool,
        option: Option<&str>,
    ) -> Result<BotAnswer, Trouble> {
        let view = self.top_modal(user)?;
        let all = view.blocks().iter().flat_map(|block| forms::elements(block).map(move |element| (block, element)));
        let (block, element) = all
            .into_iter()
            .find(|(_, element)| is_it(element))
            .ok_or_else(|| Trouble::NotThere("such an element in the modal".into()))?;
        let chosen = match option {
            None => Value::Null,
            Some(wanted) => {
                json!({ "selected_option": forms::option(element, wanted).map_err(Trouble::NotThere)? })
            }
        };
        let ids = (block["block_id"].as_str().unwrap_or(""), element["action_id"].as_str().unwrap_or(""));
        self.gesture(user, &Spot::View { id: view.id.clone() }, ids, chosen, json!({})).await
    }

    fn top_modal(&self, user: &str) -> Result<View, Trouble> {
        self.modal(user).ok_or_else(|| Trouble::NotThere("an open modal".into()))
    }

    /// Where a message that the user can see stands.
    fn spot(&self, user: &str, ts: &str) -> Result<Spot, Trouble> {
        let state = self.state();
        if let Some(e) = state.ephemerals.iter().find(|e| e.ts == ts && e.user == user) {
            return Ok(Spot::Ephemeral { channel: e.channel.clone(), ts: ts.into() });
        }
        let sees =
            state.conversations.values().find(|c| c.members.iter().any(|m| m == user) && c.message(ts).is_some());
        sees.map(|c| Spot::Message { channel: c.id.clone(), ts: ts.into() })
            .ok_or_else(|| Trouble::NotThere(format!("a message {ts} that {user} can see")))
    }

    async fn choose(
        &self,
        user: &str,
        spot: &Spot,
        what: &str,
        value: Option<&str>,
        option: Option<&str>,
    ) -> Result<BotAnswer, Trouble> {
        let blocks = self.state().blocks_at(spot).unwrap_or_default();
        let (block, element) =
            payload::find(&blocks, what, value).ok_or_else(|| Trouble::NotThere(format!("{what} at {spot:?}")))?;
        let chosen = match option {
            None => Value::Null,
            Some(wanted) if element["type"] == "overflow" => {
                json!({ "selected_option": forms::option(element, wanted).map_err(Trouble::NotThere)? })
            }
            Some(wanted) => forms::fill(element, wanted).map_err(Trouble::NotThere)?,
        };
        let ids = (block["block_id"].as_str().unwrap_or(""), element["action_id"].as_str().unwrap_or(""));
        self.gesture(user, spot, ids, chosen, json!({})).await
    }

    /// A press or a choice: `ids` are the block's and the action's; `chosen` what was chosen, null for a button;
    /// `filled` what else the person put in at that place, as `state.values`.
    pub(super) async fn gesture(
        &self,
        user: &str,
        spot: &Spot,
        ids: (&str, &str),
        chosen: Value,
        filled: Value,
    ) -> Result<BotAnswer, Trouble> {
        let payload = {
            let mut state = self.state();
            let nothing = || Trouble::NotThere(format!("{} at {spot:?}", ids.1));
            let blocks = state.blocks_at(spot).ok_or_else(nothing)?;
            let block = blocks.iter().find(|b| b["block_id"] == ids.0).ok_or_else(nothing)?;
            let element = forms::elements(block).find(|e| e["action_id"] == ids.1).ok_or_else(nothing)?;
            let action_ts = state.ts(self.now());
            let action = payload::action(block, element, &chosen, &action_ts);
            let mut values = forms::initial_values(&blocks);
            if let Spot::View { id } = spot
                && let Some(view) = state.view(id)
            {
                forms::keep_values(&mut values, &view.values);
            }
            forms::keep_values(&mut values, &filled);
            if chosen.is_object() && element["type"] != "overflow" {
                values[ids.0][ids.1] = chosen;
            }
            if let Spot::View { id } = spot {
                keep_in_view(&mut state, id, &values);
            }
            state.block_actions(user, spot, action, values).ok_or_else(nothing)?
        };
        self.deliver(Delivery::interaction(&payload)).await
    }

    /// Fills in the user's modal and submits it. A field is named by block id, action id or label (or its beginning);
    /// what goes in is told as in a form: text, an option's text or value, a date, an instant, an id.
    pub async fn submit(&self, user: &str, fields: &[(&str, &str)]) -> Result<BotAnswer, Trouble> {
        let view = self.top_modal(user)?;
        let mut filled = Map::new();
        for (name, text) in fields {
            let field = view.blocks().iter().find(|b| is_field(b, name));
            let field = field.ok_or_else(|| Trouble::Form(format!("there is no field {name}")))?;
            let entry = forms::fill(&field["element"], text).map_err(Trouble::Form)?;
            let action = field["element"]["action_id"].as_str().unwrap_or("").to_string();
            filled.insert(field["block_id"].as_str().unwrap_or("").into(), json!({ action: entry }));
        }
        self.submit_values(user, &view.id, Value::Object(filled)).await
    }

    /// Submits the modal with `filled` put in.
    pub(super) async fn submit_values(&self, user: &str, view: &str, filled: Value) -> Result<BotAnswer, Trouble> {
        let payload = {
            let mut state = self.state();
            let view = state.modal(view).ok_or_else(|| Trouble::NotThere("an open modal".into()))?;
            forms::keep_values(&mut view.values, &filled);
            let view = view.clone();
            let faults = forms::faults(view.blocks(), &view.values);
            if !faults.is_empty() {
                let all: Map<String, Value> = faults.into_iter().map(|(id, why)| (id, json!(why))).collect();
                return Err(Trouble::Form(Value::Object(all).to_string()));
            }
            state.view_payload("view_submission", user, &view)
        };
        let answer = self.deliver(Delivery::interaction(&payload)).await?;
        if answer.is_ok() {
            answers::to_submission(self, user, view, &answer.body);
        }
        Ok(answer)
    }

    /// Closes the modal on top, and tells the bot where it wants to know.
    pub async fn close_modal(&self, user: &str) -> Result<Option<BotAnswer>, Trouble> {
        let view = self.top_modal(user)?;
        let payload = {
            let mut state = self.state();
            if let Some(stack) = state.modals.get_mut(user) {
                stack.pop();
                if view.body["clear_on_close"] == true {
                    stack.clear();
                }
            }
            state.view_payload("view_closed", user, &view)
        };
        self.changed();
        if view.body["notify_on_close"] != true {
            return Ok(None);
        }
        self.deliver(Delivery::interaction(&payload)).await.map(Some)
    }

    /// Types the slash command in the conversation with the bot; `text` is what follows it.
    pub async fn command(&self, user: &str, text: &str) -> Result<BotAnswer, Trouble> {
        let channel = self.dm_id(user);
        let command = self.state().team.command.clone();
        self.command_in(user, &channel, &command, text).await
    }

    /// Types a slash command in any conversation.
    pub async fn command_in(&self, user: &str, channel: &str, command: &str, text: &str) -> Result<BotAnswer, Trouble> {
        let delivery = {
            let mut state = self.state();
            let mut ticket = state.ticket(user, state.settings.trigger_life);
            ticket.channel = Some(channel.into());
            let response_url = state.response_url(ticket.clone());
            let trigger = state.trigger(ticket);
            let name = state.channel_named(channel)["name"].as_str().unwrap_or("").to_string();
            let handle = state.users.get(user).map(|u| u.handle()).unwrap_or_default();
            let team = &state.team;
            let fields = [
                ("token", "local"),
                ("team_id", &team.id),
                ("team_domain", &team.domain),
                ("channel_id", channel),
                ("channel_name", &name),
                ("user_id", user),
                ("user_name", &handle),
                ("command", command),
                ("text", text),
                ("api_app_id", &team.app_id),
                ("is_enterprise_install", "false"),
                ("response_url", &response_url),
                ("trigger_id", &trigger),
            ];
            Delivery::form("/slack/commands", &fields)
        };
        let answer = self.deliver(delivery).await?;
        answers::to_command(self, user, channel, command, &answer);
        Ok(answer)
    }

    /// Opens the app's Home tab.
    pub async fn open_home(&self, user: &str) -> Result<BotAnswer, Trouble> {
        let event = {
            let mut state = self.state();
            let (channel, ts) = (state.im(user), state.ts(self.now()));
            let mut event =
                json!({ "type": "app_home_opened", "user": user, "channel": channel, "event_ts": ts, "tab": "home" });
            if let Some(view) = state.homes.get(user) {
                event["view"] = view.to_json(&state.team);
            }
            event
        };
        self.event(event).await
    }

    /// Runs a global shortcut, or with `ts` a message shortcut on that message.
    pub async fn shortcut(&self, user: &str, callback_id: &str, ts: Option<&str>) -> Result<BotAnswer, Trouble> {
        let spot = ts.map(|ts| self.spot(user, ts)).transpose()?;
        let payload = {
            let mut state = self.state();
            let kind = if spot.is_some() { "message_action" } else { "shortcut" };
            let mut payload = state.interaction(kind, user);
            payload["callback_id"] = json!(callback_id);
            payload["action_ts"] = json!(state.ts(self.now()));
            let mut ticket = state.ticket(user, state.settings.trigger_life);
            if let Some(Spot::Message { channel, ts }) = &spot {
                ticket.channel = Some(channel.clone());
                payload["message_ts"] = json!(ts);
                payload["channel"] = state.channel_named(channel);
                payload["message"] = state.message_shown(channel, ts).unwrap_or_default();
                payload["response_url"] = json!(state.response_url(ticket.clone()));
            }
            payload["trigger_id"] = json!(state.trigger(ticket));
            payload
        };
        self.deliver(Delivery::interaction(&payload)).await
    }

    /// Says something in a conversation, as people do. Returns the message's `ts`.
    pub fn say(&self, user: &str, channel: &str, text: &str) -> Result<String, Trouble> {
        let ts = {
            let mut state = self.state();
            let ts = state.ts(self.now());
            let conversation = state.conversations.get_mut(channel).filter(|c| c.members.iter().any(|m| m == user));
            let conversation = conversation.ok_or_else(|| Trouble::NotThere(format!("{channel} for {user}")))?;
            conversation.messages.push(Message {
                ts: ts.clone(),
                user: user.into(),
                text: text.into(),
                blocks: vec![],
                metadata: None,
                edited: None,
                thread_ts: None,
                client_msg_id: None,
            });
            ts
        };
        self.changed();
        Ok(ts)
    }
}

fn is_field(block: &Value, name: &str) -> bool {
    let label = block["label"]["text"].as_str().unwrap_or("");
    block["type"] == "input"
        && (block["block_id"] == name || block["element"]["action_id"] == name || label.starts_with(name))
}

fn keep_in_view(state: &mut State, id: &str, values: &Value) {
    let mut views = state.modals.values_mut().flatten().chain(state.homes.values_mut());
    if let Some(view) = views.find(|v| v.id == id) {
        view.values = values.clone();
    }
}
