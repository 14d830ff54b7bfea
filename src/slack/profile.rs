//! What Slack knows of a person, read out of its answers.

use serde_json::Value;

use crate::process::UserId;
use crate::process::text::plain_line;

/// What Slack knows of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Slack user.
    pub user: UserId,
    /// The name that people see: display name, else real name, else handle.
    pub name: String,
    /// The whole name, as a process file would have it: real name, else [`Profile::name`].
    pub whole_name: String,
    /// IANA name of the zone, as far as Slack tells one.
    pub time_zone: Option<String>,
    /// Whether the account was deactivated.
    pub deleted: bool,
    /// Whether it is a bot's.
    pub is_bot: bool,
    /// Whether they administer or own the workspace.
    pub is_admin: bool,
}

/// Slack leaves fields empty rather than out, and out rather than empty.
pub(super) fn profile(user: &Value) -> Option<Profile> {
    let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let id = text(&user["id"])?;
    let names = [&user["profile"]["display_name"], &user["real_name"], &user["profile"]["real_name"], &user["name"]];
    let plain = |value: &Value| text(value).map(|name| plain_line(&name)).filter(|name| !name.is_empty());
    let name = names.into_iter().find_map(plain).unwrap_or_else(|| id.clone());
    let whole = [&user["real_name"], &user["profile"]["real_name"]].into_iter().find_map(plain);
    Some(Profile {
        whole_name: whole.unwrap_or_else(|| name.clone()),
        name,
        user: UserId(id),
        time_zone: text(&user["tz"]),
        deleted: user["deleted"].as_bool().unwrap_or(false),
        is_bot: user["is_bot"].as_bool().unwrap_or(false),
        is_admin: ["is_admin", "is_owner"].iter().any(|name| user[name] == true),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_one_plain_line_and_never_nothing() {
        let name = |shown: &str, real: &str| {
            let told = profile(&json!({ "id": "U1", "real_name": real, "profile": { "display_name": shown } }));
            let told = told.expect("it has an id");
            (told.name, told.whole_name)
        };
        let both = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(name("ana", "Ana Ruiz"), both("ana", "Ana Ruiz"));
        assert_eq!(name(" \u{202e}ana\n", "Ana\u{2066} Ruiz\u{2028}"), both("ana", "Ana Ruiz"));
        assert_eq!(name("\u{202e}", ""), both("U1", "U1"));
    }
}
