//! What happens to a workspace while a bot lives in it: people leave and come back, channels are archived, the bot is
//! removed, its token revoked, a scope taken away.

use axum::extract::State as Handle;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::{LocalSlack, Trouble};

/// A turn of the workspace's life.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Turn {
    /// Somebody's account is deactivated, or active again.
    Deactivate {
        /// Whose.
        user: String,
        /// Whether it is active again.
        #[serde(default)]
        back: bool,
    },
    /// Somebody is called something else.
    Rename {
        /// Who.
        user: String,
        /// The new name.
        name: String,
    },
    /// The conversation of somebody with the bot is no more; the next one has another id.
    ForgetDirectMessages {
        /// Whose.
        user: String,
    },
    /// A channel is archived, or open again.
    Archive {
        /// Which.
        channel: String,
        /// Whether it is open again.
        #[serde(default)]
        back: bool,
    },
    /// A channel is called something else.
    RenameChannel {
        /// Which.
        channel: String,
        /// The new name.
        name: String,
    },
    /// The bot is removed from a channel, or invited again.
    RemoveBot {
        /// Which.
        channel: String,
        /// Whether it is invited again.
        #[serde(default)]
        back: bool,
    },
    /// The token is worth nothing any more, or holds again.
    RevokeToken {
        /// Whether it holds again.
        #[serde(default)]
        back: bool,
    },
    /// The token loses a scope, or has it again.
    DropScope {
        /// Which.
        scope: String,
        /// Whether it has it again.
        #[serde(default)]
        back: bool,
    },
}

pub(super) fn routes() -> Router<LocalSlack> {
    Router::new().route("/control/lifecycle", post(lifecycle))
}

async fn lifecycle(Handle(slack): Handle<LocalSlack>, Json(turn): Json<Turn>) -> Response {
    match slack.turn(turn).await {
        Ok(()) => Json(json!({ "ok": true })).into_response(),
        Err(trouble) => Json(json!({ "ok": false, "trouble": trouble.to_string() })).into_response(),
    }
}

impl LocalSlack {
    /// It happens, and the bot hears of it where Slack tells bots with our scopes.
    ///
    /// # Errors
    /// Where there is no such person or channel. That the bot does not hear of it is none.
    pub async fn turn(&self, turn: Turn) -> Result<(), Trouble> {
        let event = self.turn_silently(turn)?;
        if let Some(event) = event {
            // A bot that can't be reached hears of it from its own calls.
            let _ = self.event(event).await;
        }
        Ok(())
    }

    /// It happens; the event of which the bot would hear, should it be sent.
    ///
    /// # Errors
    /// Where there is no such person or channel.
    pub fn turn_silently(&self, turn: Turn) -> Result<Option<serde_json::Value>, Trouble> {
        let now = self.now();
        let mut guard = self.state();
        let state = &mut *guard;
        let nobody = |id: &str| Trouble::NotThere(id.to_owned());
        let event = match turn {
            Turn::Deactivate { user: id, back } => {
                let user = state.users.get_mut(&id).ok_or_else(|| nobody(&id))?;
                user.deleted = !back;
                Some(json!({ "type": "user_change", "user": user.to_json(&state.team, now) }))
            }
            Turn::Rename { user: id, name } => {
                let user = state.users.get_mut(&id).ok_or_else(|| nobody(&id))?;
                user.name = name;
                Some(json!({ "type": "user_change", "user": user.to_json(&state.team, now) }))
            }
            Turn::ForgetDirectMessages { user } => {
                let id = state.im(&user);
                state.conversations.remove(&id);
                None
            }
            Turn::Archive { channel: id, back } => {
                state.conversations.get_mut(&id).ok_or_else(|| nobody(&id))?.is_archived = !back;
                None
            }
            Turn::RenameChannel { channel: id, name } => {
                state.conversations.get_mut(&id).ok_or_else(|| nobody(&id))?.name = name;
                None
            }
            Turn::RemoveBot { channel: id, back } => {
                let bot = state.team.bot_user.clone();
                let channel = state.conversations.get_mut(&id).ok_or_else(|| nobody(&id))?;
                channel.members.retain(|member| *member != bot);
                channel.members.extend(back.then_some(bot));
                None
            }
            Turn::RevokeToken { back } => {
                state.is_token_revoked = !back;
                let bot = state.team.bot_user.clone();
                (!back).then(|| json!({ "type": "tokens_revoked", "tokens": { "oauth": [], "bot": [bot] } }))
            }
            Turn::DropScope { scope, back } => {
                state.settings.scopes.retain(|kept| *kept != scope);
                state.settings.scopes.extend(back.then_some(scope));
                None
            }
        };
        drop(guard);
        self.changed();
        Ok(event)
    }
}
