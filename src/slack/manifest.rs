//! What the app asks of Slack: the manifest to paste in, with the scopes and addresses that the bot really uses.

use serde_json::{Value, json};

use super::inbound;

/// Where people's addresses would stand when `ONBEAT_PUBLIC_URL` isn't set.
const PLACEHOLDER: &str = "https://onbeat.example.com";

/// The scopes, each for what the bot does with it.
pub(in crate::slack) const SCOPES: [&str; 8] = [
    "chat:write",       // nudges and digests
    "commands",         // /onbeat
    "im:write",         // opening the direct-message channel
    "im:history",       // finding a nudge whose posting was interrupted
    "channels:history", // finding a digest whose posting was interrupted
    "groups:history",   // the same in a private channel
    "users:read",       // names and time zones
    "users:read.email", // people named by e-mail in the process file
];

/// What the bot hears of; none of these needs a scope beyond those above.
const EVENTS: [&str; 4] = [
    "app_home_opened", // somebody looks at the Home tab
    "app_uninstalled", // the token is worth nothing any more
    "tokens_revoked",  // likewise
    "user_change",     // an account was deactivated, or is back (users:read)
];

/// The app manifest. With Socket Mode no addresses are needed; without it they lie below `public_url`.
pub fn manifest(public_url: Option<&str>, socket_mode: bool) -> Value {
    let base = public_url.unwrap_or(PLACEHOLDER).trim_end_matches('/');
    let address = |path: &str| format!("{base}/slack/{path}");
    let mut command = json!({
        "command": "/onbeat",
        "description": "Your management cadence: what is due, and how it is going",
        "usage_hint": "today | week | year | away | status | help",
        "should_escape": true,
    });
    let mut events = json!({ "bot_events": EVENTS });
    let mut interactivity = json!({ "is_enabled": true });
    if !socket_mode {
        command["url"] = address("commands").into();
        events["request_url"] = address("events").into();
        interactivity["request_url"] = address("interactions").into();
    }
    json!({
        "_metadata": { "major_version": 2, "minor_version": 0 },
        "display_information": {
            "name": "Onbeat",
            "description": "Keeps sales managers on their cadence",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "bot_user": { "display_name": "Onbeat", "always_online": true },
            "shortcuts": shortcuts(),
            "slash_commands": [command],
        },
        "oauth_config": { "scopes": { "bot": SCOPES } },
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": false,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": false,
        },
    })
}

/// In the lightning menu, and in every message's own. Slack shows names of 24 characters at most.
fn shortcuts() -> Value {
    json!([
        {
            "name": "What's on my cadence?",
            "type": "global",
            "callback_id": inbound::CADENCE,
            "description": "Today and what is still open, to settle on the spot",
        },
        {
            "name": "Log as outcome…",
            "type": "message",
            "callback_id": inbound::LOG_OUTCOME,
            "description": "Keep this message as what came of something on your cadence",
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_http_it_names_the_addresses() {
        insta::assert_json_snapshot!(manifest(Some("https://beat.example.com/"), false));
    }

    #[test]
    fn over_socket_mode_it_names_none() {
        let manifest = manifest(Some("https://beat.example.com"), true);
        assert!(!manifest.to_string().contains("https://"));
        assert_eq!(manifest["settings"]["socket_mode_enabled"], true);
    }

    #[test]
    fn it_keeps_to_slacks_limits() {
        let manifest = manifest(None, false);
        let length = |path: &str| manifest.pointer(path).and_then(Value::as_str).map_or(usize::MAX, str::len);
        assert!(length("/display_information/name") <= 35);
        assert!(length("/display_information/description") <= 140);
        assert!(length("/features/slash_commands/0/description") <= 2000);
        for shortcut in [0, 1] {
            assert!(length(&format!("/features/shortcuts/{shortcut}/name")) <= 24);
            assert!(length(&format!("/features/shortcuts/{shortcut}/description")) <= 150);
        }
    }
}
