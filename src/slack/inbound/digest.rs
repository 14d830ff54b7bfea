//! What is pressed and submitted at a digest.

use serde_json::Value;

use super::{Fields, Inbound, text};
use crate::process::UserId;
use crate::slack::action::digest::{Form, Press};

/// A press or a submission at a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The workspace, where Slack names it.
    pub team: Option<String>,
    /// Who.
    pub user: UserId,
    /// What.
    pub did: Did,
    /// Opens a modal within three seconds.
    pub trigger_id: Option<String>,
    /// The channel, where it was done in a message.
    pub channel: Option<String>,
    /// The modal in which it was done; none in a message.
    pub modal: Option<String>,
    /// The same for every delivery of the same gesture.
    pub key: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Did {
    /// A button, or an option of a menu.
    Press(Press),
    /// A modal's Submit.
    Submit(Form, Fields),
}

/// Reads an interaction, if it is one of these.
pub(super) fn reading(value: &Value, team: &Option<String>) -> Option<Inbound> {
    let user = UserId(text(&value["user"]["id"])?);
    let view = &value["view"];
    let (did, key) = match value["type"].as_str()? {
        "block_actions" => {
            let (press, at) = value["actions"].as_array()?.iter().find_map(pressed)?;
            let key = format!("digest/{user}/{}/{}/{at}", press.id(), press.value());
            (Did::Press(press), key)
        }
        "view_submission" => {
            let form = Form::decode(view["callback_id"].as_str()?, view["private_metadata"].as_str()?)?;
            let fields = Fields(view["state"]["values"].as_object().cloned().unwrap_or_default());
            let key = format!("submit/{}/{}", text(&view["id"])?, text(&view["hash"]).unwrap_or_default());
            (Did::Submit(form, fields), key)
        }
        _ => return None,
    };
    Some(Inbound::Reading(Reading {
        team: team.clone(),
        user,
        did,
        trigger_id: text(&value["trigger_id"]),
        channel: text(&value["channel"]["id"]).or_else(|| text(&value["container"]["channel_id"])),
        modal: text(&view["id"]).filter(|_| view["type"] == "modal"),
        key,
    }))
}

fn pressed(raw: &Value) -> Option<(Press, String)> {
    let value = raw["value"].as_str().or_else(|| raw["selected_option"]["value"].as_str())?;
    Some((Press::decode(raw["action_id"].as_str()?, value)?, text(&raw["action_ts"]).unwrap_or_default()))
}
