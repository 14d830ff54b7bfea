//! Shortcuts: what somebody chose from the lightning menu, or from a message's own menu.
//!
//! Their callback ids are in the app manifest of every workspace that has the app: they are as public as a button's.

use serde_json::Value;

use super::{Inbound, text};
use crate::process::UserId;

/// The `callback_id` of *What's on my cadence?*
pub const CADENCE: &str = "cadence";
/// The `callback_id` of *Log as outcome…*
pub const LOG_OUTCOME: &str = "log_outcome";

/// A shortcut that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut {
    /// The workspace, where Slack names it.
    pub team: Option<String>,
    /// Who.
    pub user: UserId,
    /// Which.
    pub wanted: Wanted,
    /// Opens a modal within three seconds.
    pub trigger_id: String,
    /// The same for every delivery of the same choice.
    pub key: String,
}

/// What a shortcut asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Today, and what is open.
    Cadence,
    /// This message is to be somebody's outcome.
    LogOutcome(MessagePlace),
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePlace {
    /// The channel's id.
    pub channel: String,
    /// Slack's timestamp, the message's name within the channel.
    pub ts: String,
    /// The thread in which it stands, where it stands in one.
    pub thread: Option<String>,
    /// The workspace's name within its address, where Slack tells it.
    pub domain: Option<String>,
}

impl MessagePlace {
    /// The address under which Slack opens the message, put together from its parts: for messages whose address the bot
    /// may not ask for, as in a private conversation.
    pub fn address(&self) -> Option<String> {
        let plain =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        let domain = self.domain.as_deref().filter(|domain| plain(domain))?;
        if !plain(&self.channel) || !plain(&self.ts) {
            return None;
        }
        let (channel, name) = (&self.channel, self.ts.replace('.', ""));
        let thread = self.thread.as_deref().filter(|thread| *thread != self.ts && plain(thread));
        let thread = thread.map(|thread| format!("?thread_ts={thread}&cid={channel}")).unwrap_or_default();
        Some(format!("https://{domain}.slack.com/archives/{channel}/p{name}{thread}"))
    }
}

/// A `shortcut` or a `message_action`.
pub(super) fn shortcut(value: &Value, team: Option<String>) -> Option<Inbound> {
    let user = UserId(text(&value["user"]["id"])?);
    let trigger_id = text(&value["trigger_id"])?;
    let callback_id = value["callback_id"].as_str()?;
    let wanted = match (value["type"].as_str()?, callback_id) {
        ("shortcut", CADENCE) => Wanted::Cadence,
        ("message_action", LOG_OUTCOME) => Wanted::LogOutcome(MessagePlace {
            channel: text(&value["channel"]["id"])?,
            ts: text(&value["message_ts"]).or_else(|| text(&value["message"]["ts"]))?,
            thread: text(&value["message"]["thread_ts"]),
            domain: text(&value["team"]["domain"]),
        }),
        _ => return None,
    };
    let when = text(&value["action_ts"]).unwrap_or_else(|| trigger_id.clone());
    let key = format!("shortcut/{user}/{callback_id}/{when}");
    Some(Inbound::Shortcut(Shortcut { team, user, wanted, trigger_id, key }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::interaction_value;
    use super::*;

    fn read(value: &Value) -> Option<Shortcut> {
        let Inbound::Shortcut(shortcut) = interaction_value(value) else { return None };
        Some(shortcut)
    }

    fn on_a_message() -> Value {
        json!({
            "type": "message_action", "callback_id": "log_outcome", "trigger_id": "13345224609.738474920.8088930838",
            "action_ts": "1581106241.371594", "team": { "id": "T1", "domain": "northwind" }, "user": { "id": "U0ANA" },
            "channel": { "id": "C0SALES", "name": "sales" }, "message_ts": "1796652000.000200",
            "message": { "ts": "1796652000.000200", "text": "Agreed.", "blocks": [{ "type": "hologram" }] },
        })
    }

    #[test]
    fn a_message_shortcut_says_which_message() {
        let shortcut = read(&on_a_message()).expect("it is a shortcut");
        assert_eq!((shortcut.user, shortcut.team.as_deref()), (UserId::from("U0ANA"), Some("T1")));
        assert_eq!(shortcut.key, "shortcut/U0ANA/log_outcome/1581106241.371594");
        let Wanted::LogOutcome(place) = shortcut.wanted else { panic!("it is about a message") };
        let address = "https://northwind.slack.com/archives/C0SALES/p1796652000000200";
        assert_eq!(place.address().as_deref(), Some(address));
        let within = MessagePlace { thread: Some("1796650000.000100".to_owned()), ..place.clone() };
        assert_eq!(within.address(), Some(format!("{address}?thread_ts=1796650000.000100&cid=C0SALES")));
        let odd = MessagePlace { domain: Some("evil.example/".to_owned()), ..place };
        assert_eq!(odd.address(), None);
    }

    #[test]
    fn a_global_shortcut_says_who_asks() {
        let value = json!({
            "type": "shortcut", "callback_id": "cadence", "trigger_id": "t.1", "team": null,
            "user": { "id": "U0ANA", "team_id": "T1" },
        });
        let shortcut = read(&value).expect("it is a shortcut");
        assert_eq!((shortcut.wanted, shortcut.team.as_deref()), (Wanted::Cadence, Some("T1")));
        assert_eq!(shortcut.key, "shortcut/U0ANA/cadence/t.1");
    }

    #[test]
    fn what_is_none_of_ours_is_ignored() {
        for (path, value) in [("callback_id", json!("poll")), ("trigger_id", json!("")), ("type", json!("shortcut"))] {
            let mut odd = on_a_message();
            odd[path] = value;
            assert_eq!(read(&odd), None, "{path}");
        }
    }
}
