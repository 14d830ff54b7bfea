//! `users.*` and `auth.test`: who is here.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::model::State;
use super::args::page;
use super::{Answer, Args, Refusal};

pub(super) fn auth_test(state: &State) -> Value {
    let team = &state.team;
    json!({
        "url": format!("https://{}.slack.com/", team.domain), "team": team.name, "user": team.bot_name.to_lowercase(),
        "team_id": team.id, "user_id": team.bot_user, "bot_id": team.bot_id, "is_enterprise_install": false,
    })
}

fn bot(state: &State) -> Value {
    let team = &state.team;
    json!({
        "id": team.bot_user, "team_id": team.id, "name": team.bot_name.to_lowercase(), "real_name": team.bot_name,
        "deleted": false, "is_bot": true, "is_app_user": false, "tz": "America/Los_Angeles", "tz_offset": -28800,
        "profile": { "real_name": team.bot_name, "bot_id": team.bot_id, "api_app_id": team.app_id },
    })
}

pub(super) fn info(state: &State, args: &Args, now: Timestamp) -> Answer {
    let id = args.required("user")?;
    if id == state.team.bot_user {
        return Ok(json!({ "user": bot(state) }));
    }
    let user = state.users.get(&id).ok_or_else(|| Refusal::new("user_not_found"))?;
    Ok(json!({ "user": user.to_json(&state.team, now) }))
}

pub(super) fn list(state: &State, args: &Args, now: Timestamp) -> Answer {
    let everybody = state.users.values().map(|u| {
        let mut user = u.to_json(&state.team, now);
        // Slack writes "none" so in lists, an array for an object; a client must live with it.
        user["profile"]["fields"] = json!([]);
        user
    });
    let all = everybody.chain([bot(state)]).collect();
    let (members, cursor) = page(all, args.offset()?, args.limit(200, 1000)?);
    Ok(json!({ "members": members, "cache_ts": now.as_second(), "response_metadata": { "next_cursor": cursor } }))
}

pub(super) fn lookup_by_email(state: &State, args: &Args, now: Timestamp) -> Answer {
    let email = args.required("email")?;
    let same = |e: &Option<String>| e.as_deref().is_some_and(|e| e.eq_ignore_ascii_case(&email));
    let user = state.users.values().find(|u| same(&u.email) && !u.deleted);
    user.map(|u| json!({ "user": u.to_json(&state.team, now) })).ok_or_else(|| Refusal::new("users_not_found"))
}
