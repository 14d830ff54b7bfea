//! What comes in, without the one character that can't be kept.

use std::borrow::Cow;

use serde_json::Value;

/// No text of people's has one, and no text of PostgreSQL's can hold it.
pub(super) fn without_nul(value: &Value) -> Cow<'_, Value> {
    fn has_nul(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(values) => values.iter().any(has_nul),
            Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    fn strip(value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(text.replace('\0', "")),
            Value::Array(values) => Value::Array(values.iter().map(strip).collect()),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.replace('\0', ""), strip(value))).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }
    if has_nul(value) { Cow::Owned(strip(value)) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::slack::inbound::{Inbound, command, interaction_value};

    #[test]
    fn nothing_of_what_comes_in_holds_a_nul() {
        let payload = json!({ "type": "block_actions", "user": { "id": "U0\0ANA" }, "team": { "id": "T\0" },
            "container": { "type": "message", "message_ts": "1.2", "channel_id": "D1" }, "trigger_id": "\0",
            "actions": [{ "type": "button", "action_id": "done", "value": "a\0b", "action_ts": "3\0" }] });
        let Inbound::Pressed(pressed) = interaction_value(&payload) else { panic!("a press") };
        assert!(!format!("{pressed:?}").contains("\\0"), "{pressed:?}");
        assert_eq!(pressed.user.as_str(), "U0ANA");
        let said = command(b"command=%2Fonbeat&user_id=U0%00ANA&text=to%00day&trigger_id=1%00");
        assert!(!format!("{said:?}").contains("\\0"), "{said:?}");
    }
}
