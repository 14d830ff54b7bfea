//! What leaders and admins press and submit, and what they picked.

use jiff::civil::Date;
use serde_json::Value;

use super::{Fields, Inbound, text};
use crate::process::UserId;
use crate::slack::action::manage::{Form, Press};

/// A press or a submission by somebody who manages the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Managing {
    /// The workspace, where Slack names it.
    pub team: Option<String>,
    /// Who.
    pub user: UserId,
    /// What.
    pub gesture: Gesture,
    /// Opens a modal within three seconds.
    pub trigger_id: Option<String>,
    /// The modal in which it was done; none on the Home tab or in a message.
    pub modal: Option<String>,
    /// The same for every delivery of the same gesture.
    pub key: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Gesture {
    /// A button, or an option of a menu.
    Press(Press),
    /// A modal's Submit.
    Submit(Form, Fields),
}

/// Reads an interaction, if it is one of these.
pub(super) fn managing(value: &Value, team: &Option<String>) -> Option<Inbound> {
    let user = UserId(text(&value["user"]["id"])?);
    let view = &value["view"];
    let modal = text(&view["id"]).filter(|_| view["type"] == "modal");
    let (gesture, key) = match value["type"].as_str()? {
        "block_actions" => {
            let (press, at) = value["actions"].as_array()?.iter().find_map(pressed)?;
            let key = format!("manage/{user}/{}/{}/{at}", press.id(), press.value());
            (Gesture::Press(press), key)
        }
        "view_submission" => {
            let form = Form::decode(view["callback_id"].as_str()?, view["private_metadata"].as_str()?)?;
            let fields = Fields(view["state"]["values"].as_object().cloned().unwrap_or_default());
            let key = format!("submit/{}/{}", text(&view["id"])?, text(&view["hash"]).unwrap_or_default());
            (Gesture::Submit(form, fields), key)
        }
        _ => return None,
    };
    let trigger_id = text(&value["trigger_id"]);
    Some(Inbound::Managing(Managing { team: team.clone(), user, gesture, trigger_id, modal, key }))
}

fn pressed(raw: &Value) -> Option<(Press, String)> {
    let value = raw["value"].as_str().or_else(|| raw["selected_option"]["value"].as_str())?;
    Some((Press::decode(raw["action_id"].as_str()?, value)?, text(&raw["action_ts"]).unwrap_or_default()))
}

impl Fields {
    /// The people of a picker of several.
    pub fn users(&self, block: &str) -> Vec<UserId> {
        self.list(block, "selected_users").iter().filter_map(text).map(UserId).collect()
    }

    /// The person of a picker of one.
    pub fn user(&self, block: &str) -> Option<UserId> {
        text(&self.element(block)?["selected_user"]).map(UserId)
    }

    /// The channel of a picker.
    pub fn conversation(&self, block: &str) -> Option<String> {
        text(&self.element(block)?["selected_conversation"])
    }

    /// The date of a picker.
    pub fn date(&self, block: &str) -> Option<Date> {
        text(&self.element(block)?["selected_date"])?.parse().ok()
    }

    /// The values of the boxes that were checked, or of the options chosen from a list of several.
    pub fn options(&self, block: &str) -> Vec<String> {
        self.list(block, "selected_options").iter().filter_map(|option| text(&option["value"])).collect()
    }

    /// The value of the option chosen.
    pub fn option(&self, block: &str) -> Option<String> {
        self.chosen(block).map(str::to_owned)
    }

    /// What was typed, without blanks around it and without control characters; empty where nothing was.
    pub fn words(&self, block: &str) -> String {
        crate::record::outcome::clean_note(&self.typed(block).unwrap_or_default()).trim().to_owned()
    }

    fn list(&self, block: &str, field: &str) -> &[Value] {
        let found = self.element(block).and_then(|element| element[field].as_array());
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    fn fields(values: Value) -> Fields {
        let view = json!({ "id": "V1", "type": "modal", "hash": "h1", "callback_id": "manage",
            "private_metadata": r#"{"v":1,"form":{"add_managers":{"revision":7}}}"#, "state": { "values": values } });
        let value = json!({ "type": "view_submission", "user": { "id": "U1" }, "view": view, "trigger_id": "t" });
        match super::super::interaction_value(&value) {
            Inbound::Managing(Managing { gesture: Gesture::Submit(form, fields), key, modal, .. }) => {
                assert_eq!((form, key.as_str()), (Form::AddManagers { revision: 7 }, "submit/V1/h1"));
                assert_eq!(modal.as_deref(), Some("V1"));
                fields
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_kind_of_element_is_read() {
        let filled = fields(json!({
            "people": { "x": { "type": "multi_users_select", "selected_users": ["U1", "", 7, "U2"] } },
            "leader": { "x": { "type": "users_select", "selected_user": "U3" } },
            "channel": { "x": { "type": "conversations_select", "selected_conversation": "C1" } },
            "from": { "x": { "type": "datepicker", "selected_date": "2026-12-14" } },
            "evidence": { "x": { "type": "checkboxes", "selected_options": [{ "value": "note" }, {}] } },
            "per": { "x": { "type": "static_select", "selected_option": { "value": "rep" } } },
            "title": { "x": { "type": "plain_text_input", "value": "  Scan\u{7} " } },
        }));
        assert_eq!(filled.users("people"), [UserId::from("U1"), UserId::from("U2")]);
        assert_eq!(filled.user("leader"), Some(UserId::from("U3")));
        assert_eq!(filled.conversation("channel").as_deref(), Some("C1"));
        assert_eq!(filled.date("from"), Some(date(2026, 12, 14)));
        assert_eq!(
            (filled.options("evidence"), filled.option("per")),
            (vec!["note".to_owned()], Some("rep".to_owned()))
        );
        assert_eq!(filled.words("title"), "Scan");
    }

    #[test]
    fn what_was_left_empty_is_none() {
        let empty = fields(json!({
            "people": { "x": { "selected_users": null } }, "leader": { "x": { "selected_user": null } },
            "from": { "x": { "selected_date": null } }, "title": { "x": { "value": null } }, "per": 7,
        }));
        assert!(empty.users("people").is_empty() && empty.users("nowhere").is_empty());
        assert_eq!((empty.user("leader"), empty.date("from"), empty.option("per")), (None, None, None));
        assert_eq!(empty.words("title"), "");
    }

    #[test]
    fn a_press_is_read_wherever_it_stands() {
        let press = |view: Value| {
            let actions = json!([{ "action_id": "manage_activity", "action_ts": "9.9",
                "selected_option": { "value": "pause|scan" } }]);
            let value = json!({ "type": "block_actions", "user": { "id": "U1" }, "view": view, "actions": actions });
            match super::super::interaction_value(&value) {
                Inbound::Managing(managing) => managing,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(press(json!({ "id": "V1", "type": "modal" })).modal.as_deref(), Some("V1"));
        assert_eq!(press(json!({ "id": "V1", "type": "home" })).modal, None);
        assert_eq!(press(Value::Null).key, "manage/U1/manage_activity/pause|scan/9.9");
    }
}
