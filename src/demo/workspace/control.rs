//! What the page asks of the workspace: what one person sees, and to do what that person does. JSON in, JSON out.

use std::time::Duration;

use axum::extract::{Query, State as Handle};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{Conversation, ONLOOKER, State};
use super::payload::Spot;
use super::{BotAnswer, LocalSlack, Move, Trouble};

/// How long the page waits for news before it asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// How many messages of a conversation the page gets.
const MOST_MESSAGES: usize = 200;

pub(super) fn routes() -> Router<LocalSlack> {
    Router::new()
        .route("/control/state", get(state))
        .route("/control/act", post(act))
        .route("/control/clock", post(clock))
}

#[derive(Deserialize)]
struct Look {
    /// Whose eyes to look through; the first person where left out.
    #[serde(rename = "as")]
    viewer: Option<String>,
    channel: Option<String>,
    /// The revision that the page has; the answer waits for a later one.
    since: Option<u64>,
}

async fn state(Handle(slack): Handle<LocalSlack>, Query(look): Query<Look>) -> Response {
    let mut revisions = slack.inner.revision.subscribe();
    if let Some(since) = look.since {
        // A time-out is no news: the page gets what it has and asks again.
        let _ = tokio::time::timeout(LONGEST_WAIT, revisions.wait_for(|now| *now != since)).await;
    }
    let revision = *revisions.borrow();
    let now = slack.now();
    let clock = slack.clock_control().map(|control| control.state());
    let mut seen = {
        let state = slack.state();
        let known = |id: &String| state.users.contains_key(id);
        let viewer = look.viewer.filter(known).or_else(|| state.first_viewer());
        state.seen_by(viewer.as_deref().unwrap_or(""), look.channel.as_deref())
    };
    // Above what JavaScript counts exactly there is nothing to wait for: the workspace is closing.
    seen["revision"] = json!(revision.min(1 << 52));
    seen["closing"] = json!(revision == u64::MAX);
    seen["now"] = json!(now);
    seen["clock"] = json!(clock);
    Json(seen).into_response()
}

impl State {
    fn unread(&self, user: &str, conversation: &Conversation) -> usize {
        let read = self.read.get(&(user.to_string(), conversation.id.clone())).map_or("", String::as_str);
        conversation.messages.iter().filter(|m| m.user != user && m.ts.as_str() > read).count()
    }

    fn conversations_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a Conversation> {
        self.conversations.values().filter(move |c| c.members.iter().any(|m| m == user))
    }

    /// Through whose eyes to look where nobody is named: the first to whom the bot has something to say.
    fn first_viewer(&self) -> Option<String> {
        let somebody = self.users.values().find(|user| user.title != ONLOOKER).or(self.users.values().next());
        somebody.map(|user| user.id.clone())
    }

    /// Everything that a person's client would show.
    fn seen_by(&self, viewer: &str, channel: Option<&str>) -> Value {
        let users: Vec<Value> = self
            .users
            .values()
            .map(|u| {
                let unread: usize = self.conversations_of(&u.id).map(|c| self.unread(&u.id, c)).sum();
                json!({ "id": u.id, "name": u.name, "title": u.title, "tz": u.tz, "unread": unread })
            })
            .collect();
        let conversations: Vec<Value> = self
            .conversations_of(viewer)
            .map(|c| {
                json!({
                    "id": c.id, "name": c.name, "topic": c.topic, "kind": if c.im_with.is_some() { "im" } else { "channel" },
                    "unread": self.unread(viewer, c), "members": c.members.len(),
                })
            })
            .collect();
        let im = self.conversations.values().find(|c| c.im_with.as_deref() == Some(viewer)).map(|c| c.id.clone());
        let wanted = channel.filter(|id| self.conversations_of(viewer).any(|c| c.id == *id));
        let channel = wanted.map(String::from).or(im);
        let stack = self.modals.get(viewer);
        json!({
            "team": { "name": self.team.name, "command": self.team.command, "shortcuts": self.team.shortcuts },
            "bot": { "user": self.team.bot_user, "name": self.team.bot_name },
            "me": viewer, "users": users, "conversations": conversations, "channel": channel,
            "messages": channel.as_deref().map(|id| self.messages_seen(viewer, id)).unwrap_or_default(),
            "home": self.homes.get(viewer).map(|v| v.to_json(&self.team)),
            "modal": stack.and_then(|s| s.last()).map(|v| v.to_json(&self.team)),
            "modal_depth": stack.map_or(0, Vec::len),
        })
    }

    /// Messages and what only the viewer sees, in order.
    fn messages_seen(&self, viewer: &str, channel: &str) -> Vec<Value> {
        let Some(conversation) = self.conversations.get(channel) else { return vec![] };
        let mut all: Vec<Value> = conversation.messages.iter().map(|m| m.to_json(&self.team, true)).collect();
        let mine = self.ephemerals.iter().filter(|e| e.user == viewer && e.channel == channel);
        all.extend(mine.map(|e| {
            let user = if e.from_slack { "USLACKBOT" } else { self.team.bot_user.as_str() };
            json!({ "ts": e.ts, "user": user, "text": e.text, "blocks": e.blocks, "ephemeral": true })
        }));
        all.sort_by(|a, b| a["ts"].as_str().cmp(&b["ts"].as_str()));
        all.split_off(all.len().saturating_sub(MOST_MESSAGES))
    }
}

#[derive(Deserialize)]
struct Gesture {
    #[serde(rename = "as")]
    user: String,
    #[serde(flatten)]
    act: Act,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Act {
    /// A press or a choice, in a message or in a view.
    Action {
        channel: Option<String>,
        ts: Option<String>,
        #[serde(default)]
        ephemeral: bool,
        view: Option<String>,
        block: String,
        action: String,
        #[serde(default)]
        chosen: Value,
        #[serde(default)]
        values: Value,
    },
    Submit {
        view: String,
        values: Value,
    },
    Close,
    Command {
        channel: String,
        command: String,
        text: String,
    },
    Home,
    /// A shortcut; with `ts` on that message.
    Shortcut {
        callback: String,
        ts: Option<String>,
    },
    Say {
        channel: String,
        text: String,
    },
    Read {
        channel: String,
    },
    /// Hides something that only this person sees.
    Dismiss {
        ts: String,
    },
}

async fn act(Handle(slack): Handle<LocalSlack>, Json(Gesture { user, act }): Json<Gesture>) -> Response {
    if !matches!(act, Act::Read { .. } | Act::Dismiss { .. }) {
        slack.state().played.insert(user.clone());
    }
    let outcome = match act {
        Act::Action { channel, ts, ephemeral, view, block, action, chosen, values } => {
            let spot = match (view, channel, ts) {
                (Some(id), _, _) => Spot::View { id },
                (None, Some(channel), Some(ts)) if ephemeral => Spot::Ephemeral { channel, ts },
                (None, Some(channel), Some(ts)) => Spot::Message { channel, ts },
                _ => return StatusCode::BAD_REQUEST.into_response(),
            };
            slack.gesture(&user, &spot, (&block, &action), chosen, values).await.map(Some)
        }
        Act::Submit { view, values } => slack.submit_values(&user, &view, values).await.map(Some),
        Act::Close => slack.close_modal(&user).await,
        Act::Command { channel, command, text } => slack.command_in(&user, &channel, &command, &text).await.map(Some),
        Act::Home => slack.open_home(&user).await.map(Some),
        Act::Shortcut { callback, ts } => slack.shortcut(&user, &callback, ts.as_deref()).await.map(Some),
        Act::Say { channel, text } => slack.say(&user, &channel, &text).map(|_| None),
        Act::Read { channel } => {
            slack.read(&user, &channel);
            Ok(None)
        }
        Act::Dismiss { ts } => {
            slack.state().ephemerals.retain(|e| e.user != user || e.ts != ts);
            slack.changed();
            Ok(None)
        }
    };
    Json(told(outcome)).into_response()
}

/// The outcome of a gesture as the page needs it.
fn told(outcome: Result<Option<BotAnswer>, Trouble>) -> Value {
    match outcome {
        Ok(None) => json!({ "ok": true }),
        Ok(Some(answer)) => {
            let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            let errors = if said["response_action"] == "errors" { said["errors"].clone() } else { Value::Null };
            json!({ "ok": answer.is_ok(), "status": answer.status, "errors": errors })
        }
        Err(Trouble::Form(faults)) => {
            json!({ "ok": true, "errors": serde_json::from_str::<Value>(&faults).unwrap_or_default() })
        }
        Err(trouble @ (Trouble::NotThere(_) | Trouble::NotConnected)) => {
            json!({ "ok": false, "trouble": trouble.to_string() })
        }
    }
}

impl LocalSlack {
    /// The person has seen everything in the conversation.
    pub fn read(&self, user: &str, channel: &str) {
        let mut state = self.state();
        let last = state.conversations.get(channel).and_then(|c| c.messages.last()).map(|m| m.ts.clone());
        let Some(last) = last else { return };
        let before = state.read.insert((user.into(), channel.into()), last.clone());
        drop(state);
        if before.as_ref() != Some(&last) {
            self.changed();
        }
    }
}

#[derive(Deserialize)]
struct MoveTo {
    #[serde(rename = "move")]
    to: Move,
    /// As whom the page is looked at meanwhile.
    #[serde(rename = "as")]
    user: Option<String>,
}

async fn clock(Handle(slack): Handle<LocalSlack>, Json(MoveTo { to, user }): Json<MoveTo>) -> Response {
    slack.state().played.extend(user.clone());
    let Some(control) = slack.clock_control() else { return StatusCode::NOT_FOUND.into_response() };
    let outcome = control.advance(to, user.as_deref()).await;
    slack.changed();
    // From this revision on the page shows what the move brought.
    let revision = *slack.inner.revision.borrow();
    match outcome {
        Ok(state) => Json(json!({ "ok": true, "clock": state, "revision": revision.min(1 << 52) })).into_response(),
        Err(why) => Json(json!({ "ok": false, "error": why })).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Clocks, Team};
    use super::*;

    #[tokio::test]
    async fn a_waiting_page_does_not_hold_up_the_end() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let now: super::super::Now = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
        let slack = LocalSlack::new(Team::default(), Clocks { workspace: now.clone(), machine: now });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/control/state?since=1", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = slack.clone();
        let serving = tokio::spawn(async move { served.serve(listener, async { drop(stopped.await) }).await });
        let http = crate::demo::workspace::plain_client();
        let waiting = tokio::spawn(http.get(url).send());
        while slack.inner.revision.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
        let seen: Value = waiting.await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(seen["closing"], true);
        let ended = tokio::time::timeout(Duration::from_secs(5), serving).await;
        ended.expect("it ends at once").unwrap().unwrap();
    }
}
