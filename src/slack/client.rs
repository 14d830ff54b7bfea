//! The methods of Slack's Web API that Onbeat calls, and what can come of each.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use slack_morphism::api::{
    SlackApiChatPostEphemeralRequest, SlackApiChatPostMessageRequest, SlackApiChatUpdateRequest,
    SlackApiViewsOpenRequest, SlackApiViewsPublishRequest, SlackApiViewsPushRequest, SlackApiViewsUpdateRequest,
};
use slack_morphism::{ClientResult, SlackApiToken, SlackClient, SlackMessageContent, SlackMessageMetadata};
use tokio::time::Instant;
use uuid::Uuid;

use super::circuit::Circuit;
use super::connector::{Connector, ConnectorError, Failure};
use super::health::Health;
use super::limiter::{Limiter, Method};
use super::profile::{Profile, profile};
use super::{MessageContent, Secret, View};
use crate::metrics::Metrics;
use crate::process::UserId;
use crate::record::agenda::Kind;

/// Slack's Web API with one bot token. Cheap to clone; clones share the connections and the rate limits.
#[derive(Clone)]
pub struct Slack {
    pub(in crate::slack) inner: Arc<Inner>,
}

pub(in crate::slack) struct Inner {
    pub(in crate::slack) client: SlackClient<Connector>,
    token: SlackApiToken,
    limiter: Limiter,
    /// None behind a clock that outruns it.
    circuit: Option<Circuit>,
    health: Health,
    metrics: Metrics,
    on_pause: OnceLock<OnPause>,
}

/// Whoever writes down that Slack asked for a pause of a method, and for how long.
pub type OnPause = Arc<dyn Fn(&'static str, Duration) + Send + Sync>;

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slack")
    }
}

/// How long to leave Slack alone with a token that it refuses: it may be mended.
pub const TOKEN_TROUBLE: Duration = Duration::from_secs(60);

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Slack certainly has not acted on it: no connection, or too many calls.
    #[error("Slack was not reached, or asked to wait")]
    NotSent {
        /// How long to wait at least, where that is known.
        retry_after: Option<Duration>,
    },
    /// Slack may have acted on it; its answer was lost or made no sense.
    #[error("Slack's answer was lost")]
    Unknown,
    /// Slack said no; its error code.
    #[error("Slack said {0}")]
    Refused(String),
}

impl CallError {
    /// Whether it is not about this call at all but about the bot's token, so that every call would meet it.
    pub fn is_about_the_token(&self) -> bool {
        match self {
            CallError::Refused(code) => is_about_the_token(code),
            CallError::NotSent { .. } | CallError::Unknown => false,
        }
    }
}

/// Slack's error codes that are about the bot's token, not about what was asked.
fn is_about_the_token(code: &str) -> bool {
    matches!(
        code,
        "invalid_auth"
            | "not_authed"
            | "account_inactive"
            | "token_revoked"
            | "token_expired"
            | "missing_scope"
            | "not_allowed_token_type"
            | "no_permission"
            | "two_factor_setup_required"
            | "access_denied"
    )
}

/// Why a message was not updated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// There is no such message any more, or it can't be changed any more.
    #[error("the message is gone")]
    Gone,
    /// Try again; updating twice does no harm.
    #[error("Slack was not reached, or asked to wait")]
    Later {
        /// How long to wait at least, where that is known.
        retry_after: Option<Duration>,
    },
    /// Slack said no; its error code.
    #[error("Slack said {0}")]
    Rejected(String),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> CallError {
        match failure {
            Failure::NotSent { retry_after } => CallError::NotSent { retry_after },
            Failure::Unknown => CallError::Unknown,
            Failure::Refused(code) => CallError::Refused(code),
        }
    }
}

impl From<CallError> for UpdateError {
    fn from(error: CallError) -> UpdateError {
        match error {
            CallError::NotSent { retry_after } => UpdateError::Later { retry_after },
            CallError::Unknown => UpdateError::Later { retry_after: None },
            CallError::Refused(code) => match code.as_str() {
                "message_not_found"
                | "cant_update_message"
                | "edit_window_closed"
                | "channel_not_found"
                | "is_archived"
                | "is_inactive" => UpdateError::Gone,
                code if is_about_the_token(code) => UpdateError::Later { retry_after: Some(TOKEN_TROUBLE) },
                _ => UpdateError::Rejected(code),
            },
        }
    }
}

/// Who the bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Slack's id of the workspace.
    pub team: String,
    /// Its name, as people know it.
    pub team_name: String,
    /// The bot's own Slack user.
    pub bot_user: UserId,
}

/// What a message is, in words for machines: so that it can be found again in the channel's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// `onbeat_nudge`, `onbeat_digest`, `onbeat_digest_thread`, `onbeat_question`, `onbeat_welcome`, `onbeat_notice` or
    /// `onbeat_verification`.
    pub event_type: &'static str,
    /// The key under which the id stands: `nudge`, `digest`, `piece`, `question`, `welcome`, `notice` or `verification`.
    pub key: &'static str,
    /// The id; opaque.
    pub id: String,
    /// The kind of a nudge.
    pub kind: Option<Kind>,
}

impl Metadata {
    /// A nudge's.
    pub fn nudge(id: &str, kind: Kind) -> Metadata {
        Metadata { event_type: "onbeat_nudge", key: "nudge", id: id.to_owned(), kind: Some(kind) }
    }

    /// A digest's.
    pub fn digest(id: &str) -> Metadata {
        Metadata { event_type: "onbeat_digest", key: "digest", id: id.to_owned(), kind: None }
    }

    /// That of a piece of a digest's thread.
    pub fn piece(id: &str) -> Metadata {
        Metadata { event_type: "onbeat_digest_thread", key: "piece", id: id.to_owned(), kind: None }
    }

    /// That of a leader's question.
    pub fn question(id: &str) -> Metadata {
        Metadata { event_type: "onbeat_question", key: "question", id: id.to_owned(), kind: None }
    }

    /// That of a word about what is wrong.
    pub fn notice(id: &str) -> Metadata {
        Metadata { event_type: "onbeat_notice", key: "notice", id: id.to_owned(), kind: None }
    }

    /// A welcome's.
    pub fn welcome(id: &str) -> Metadata {
        Metadata { event_type: "onbeat_welcome", key: "welcome", id: id.to_owned(), kind: None }
    }

    /// That of a question by which an outcome is borne out, and of what follows from it.
    pub fn verification(id: &str) -> Metadata {
        Metadata { event_type: "onbeat_verification", key: "verification", id: id.to_owned(), kind: None }
    }

    /// Every value is a string: slack-morphism and other readers fail on anything else.
    fn on_the_wire(&self) -> SlackMessageMetadata {
        let mut payload = HashMap::from([(self.key.to_owned(), self.id.clone())]);
        payload.extend(self.kind.map(|kind| ("kind".to_owned(), kind.as_str().to_owned())));
        SlackMessageMetadata::new(self.event_type.to_owned()).with_event_payload(payload)
    }
}

/// A message to be posted.
#[derive(Debug, Clone)]
pub struct Post {
    /// The channel's id.
    pub channel: String,
    /// The message in whose thread it goes; `None`: it is a message of its own.
    pub thread: Option<String>,
    /// What it shows.
    pub content: MessageContent,
    /// What it is.
    pub metadata: Metadata,
    /// The same for every attempt at the same message: Slack may recognise it.
    pub client_msg_id: Uuid,
}

/// Where Slack has a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// The channel's id.
    pub channel: String,
    /// Slack's timestamp, the message's name within the channel.
    pub ts: String,
}

/// `chat.postMessage` as slack-morphism models it, and the id it leaves out.
#[derive(Serialize)]
struct PostWithId<'a> {
    #[serde(flatten)]
    inner: &'a SlackApiChatPostMessageRequest,
    client_msg_id: String,
}

/// How many messages of a history are read at once, and how many times.
const HISTORY: (u32, u32) = (100, 6);
/// How far this machine's clock may be off Slack's.
const CLOCKS_APART: i64 = 600;

impl Slack {
    /// A client of the Web API at `base_url`.
    ///
    /// # Errors
    /// Where the address is none, or TLS cannot be set up.
    pub fn new(base_url: &str, token: &Secret) -> Result<Slack, ConnectorError> {
        Ok(Slack::over(Connector::new(base_url)?, token, Limiter::default()))
    }

    /// A client that keeps to no limits: for a local workspace that has none, behind a clock that outruns them.
    ///
    /// # Errors
    /// As [`Slack::new`].
    pub fn unlimited(base_url: &str, token: &Secret) -> Result<Slack, ConnectorError> {
        Ok(Slack::over(Connector::new(base_url)?, token, Limiter::off()))
    }

    /// A client over this connector.
    pub(in crate::slack) fn over(connector: Connector, token: &Secret, limiter: Limiter) -> Slack {
        let (client, token) = (SlackClient::new(connector), SlackApiToken::new(token.reveal().into()));
        let circuit = (!limiter.is_off()).then(Circuit::default);
        let (health, metrics, on_pause) = (Health::default(), Metrics::default(), OnceLock::new());
        Slack { inner: Arc::new(Inner { client, token, limiter, circuit, health, metrics, on_pause }) }
    }

    /// Counts with `metrics`; only a client that was just made can be told to.
    pub fn counted_by(mut self, metrics: Metrics) -> Slack {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.metrics = metrics;
        }
        self
    }

    /// The counters: a bot's parts all count with those of its way to Slack.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// From now on, whoever writes pauses down is told of each. The first stays.
    pub fn on_pause(&self, told: OnPause) {
        let _ = self.inner.on_pause.set(told);
    }

    /// A pause from before a restart goes on for so long.
    pub fn resume_pause(&self, method: &str, wait: Duration) {
        if let Some(method) = Method::parse(method) {
            self.inner.limiter.pause(method, wait);
        }
    }

    /// Slack's code, while it refuses the bot's token.
    pub fn token_trouble(&self) -> Option<String> {
        self.inner.health.token_trouble()
    }

    /// The methods that were called, each with whether the scopes cover it.
    pub fn covered(&self) -> Vec<(&'static str, bool)> {
        self.inner.health.covered()
    }

    /// Who the bot is, and whether Slack takes its token.
    pub async fn auth_test(&self) -> Result<Identity, CallError> {
        let answer = self.get(Method::AuthTest, &[]).await?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let (Some(team), Some(user)) = (text("team_id"), text("user_id")) else { return Err(CallError::Unknown) };
        Ok(Identity { team, team_name: text("team").unwrap_or_default(), bot_user: UserId(user) })
    }

    /// An address for one web socket of Socket Mode; the token of this client must be an app-level one. It holds a ticket:
    /// a secret.
    pub async fn open_connection(&self) -> Result<String, CallError> {
        let answer = self.call(Method::AppsConnectionsOpen, None, &json!({})).await?;
        answer["url"].as_str().map(str::to_owned).ok_or(CallError::Unknown)
    }

    /// The direct-message channel with a user, opened if need be.
    pub async fn open_direct(&self, user: &UserId) -> Result<String, CallError> {
        // Slack documents a comma-separated string; slack-morphism sends a list.
        let request = json!({ "users": user.as_str() });
        let answer = self.call(Method::ConversationsOpen, None, &request).await?;
        answer["channel"]["id"].as_str().map(str::to_owned).ok_or(CallError::Unknown)
    }

    /// Posts a message.
    pub async fn post(&self, post: &Post) -> Result<Posted, CallError> {
        let content = content(&post.content).with_metadata(post.metadata.on_the_wire());
        let inner = SlackApiChatPostMessageRequest::new(post.channel.as_str().into(), content)
            .opt_thread_ts(post.thread.as_deref().map(Into::into))
            .with_link_names(false)
            .with_unfurl_links(false)
            .with_unfurl_media(false);
        let request = PostWithId { inner: &inner, client_msg_id: post.client_msg_id.to_string() };
        let answer = self.call(Method::ChatPostMessage, Some(&post.channel), &request).await?;
        Posted::deserialize(&answer).map_err(|_| CallError::Unknown)
    }

    /// Paints a message anew, blocks and text and metadata.
    pub async fn update(&self, at: &Posted, shown: &MessageContent, metadata: &Metadata) -> Result<(), UpdateError> {
        let content = content(shown).with_metadata(metadata.on_the_wire());
        let request = SlackApiChatUpdateRequest::new(at.channel.as_str().into(), content, at.ts.as_str().into())
            .with_link_names(false);
        self.call(Method::ChatUpdate, None, &request).await?;
        Ok(())
    }

    /// Shows something to one person alone, in a channel.
    pub async fn ephemeral(&self, channel: &str, user: &UserId, shown: &MessageContent) -> Result<(), CallError> {
        let request = SlackApiChatPostEphemeralRequest::new(channel.into(), user.as_str().into(), content(shown))
            .with_link_names(false);
        self.call(Method::ChatPostEphemeral, None, &request).await?;
        Ok(())
    }

    /// The address of a message.
    pub async fn permalink(&self, channel: &str, ts: &str) -> Result<String, CallError> {
        let answer = self.get(Method::ChatGetPermalink, &[("channel", channel), ("message_ts", ts)]).await?;
        answer["permalink"].as_str().map(str::to_owned).ok_or(CallError::Unknown)
    }

    /// Opens a modal, within three seconds of the click that gave the trigger. Its view id.
    pub async fn open_view(&self, trigger_id: &str, view: &View) -> Result<String, CallError> {
        let request = SlackApiViewsOpenRequest::new(trigger_id.into(), view.0.clone());
        view_id(&self.call(Method::ViewsOpen, None, &request).await?)
    }

    /// Puts a modal on top of the one in which the trigger was given; three lie there at most.
    pub async fn push_view(&self, trigger_id: &str, view: &View) -> Result<String, CallError> {
        let request = SlackApiViewsPushRequest::new(trigger_id.into(), view.0.clone());
        view_id(&self.call(Method::ViewsPush, None, &request).await?)
    }

    /// Puts another view into an open modal.
    pub async fn update_view(&self, view_id: &str, view: &View) -> Result<(), CallError> {
        let request = SlackApiViewsUpdateRequest::new(view.0.clone()).with_view_id(view_id.into());
        self.call(Method::ViewsUpdate, None, &request).await?;
        Ok(())
    }

    /// Publishes somebody's Home tab.
    pub async fn publish_home(&self, user: &UserId, view: &View) -> Result<(), CallError> {
        let request = SlackApiViewsPublishRequest::new(user.as_str().into(), view.0.clone());
        self.call(Method::ViewsPublish, None, &request).await?;
        Ok(())
    }

    /// Looks a message up by its metadata, newest first, back to `since` (machine's clock; some minutes more are looked
    /// at, as clocks differ). Where a copy slipped through, the earliest counts.
    ///
    /// # Errors
    /// As any call; [`CallError::Unknown`] also where the channel is so busy that `since` was not reached.
    pub async fn find_by_metadata(
        &self,
        channel: &str,
        since: Timestamp,
        key: &str,
        id: &str,
    ) -> Result<Option<Posted>, CallError> {
        let far_enough = since.as_second() - CLOCKS_APART;
        let (size, pages) = HISTORY;
        let mut cursor = String::new();
        let mut found = None;
        for _ in 0..pages {
            let size = size.to_string();
            let mut asked = vec![("channel", channel), ("limit", &size), ("include_all_metadata", "true")];
            if !cursor.is_empty() {
                asked.push(("cursor", &cursor));
            }
            let page = self.get(Method::ConversationsHistory, &asked).await?;
            let messages = page["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
            found = messages.iter().rev().find_map(|message| carries(message, channel, key, id)).or(found);
            let reached = messages.iter().filter_map(seconds_of).min().is_some_and(|oldest| oldest < far_enough);
            cursor = page["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if found.is_some() || reached || cursor.is_empty() {
                return Ok(found);
            }
        }
        Err(CallError::Unknown)
    }

    /// What Slack knows of a person; `None`: nobody of that id.
    pub async fn user_profile(&self, user: &UserId) -> Result<Option<Profile>, CallError> {
        self.profile(Method::UsersInfo, ("user", user.as_str())).await
    }

    /// Who has this e-mail address; `None`: nobody.
    pub async fn lookup_by_email(&self, email: &str) -> Result<Option<Profile>, CallError> {
        self.profile(Method::UsersLookupByEmail, ("email", email)).await
    }

    async fn profile(&self, method: Method, asked: (&str, &str)) -> Result<Option<Profile>, CallError> {
        match self.get(method, &[asked]).await {
            Ok(answer) => profile(&answer["user"]).map(Some).ok_or(CallError::Unknown),
            Err(CallError::Refused(code)) if matches!(code.as_str(), "user_not_found" | "users_not_found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Answers a command or a click at the address that came with it, for that person alone: in place of what was pressed,
    /// or below it. No token goes along.
    pub async fn respond(&self, response_url: &str, shown: &MessageContent, instead: bool) -> Result<(), CallError> {
        let body = json!({
            "response_type": "ephemeral",
            "replace_original": instead,
            "text": shown.text,
            "blocks": shown.blocks,
        });
        if !self.inner.client.http_api.connector.is_slacks(response_url) {
            return Err(CallError::Refused("not_slacks_address".to_owned()));
        }
        let http = self.inner.client.http_api.connector.http();
        match http.post(response_url).json(&body).send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(CallError::Refused(format!("http_{}", answer.status().as_u16()))),
            Err(error) if error.is_connect() || error.is_builder() => Err(CallError::NotSent { retry_after: None }),
            Err(_) => Err(CallError::Unknown),
        }
    }

    pub(in crate::slack) async fn call(
        &self,
        method: Method,
        channel: Option<&str>,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<Value, CallError> {
        self.turn(method, channel).await?;
        let session = self.inner.client.open_session(&self.inner.token);
        self.settle(method, session.http_session_api.http_post(method.as_str(), body, None).await)
    }

    pub(in crate::slack) async fn get(&self, method: Method, asked: &[(&str, &str)]) -> Result<Value, CallError> {
        self.turn(method, None).await?;
        let asked: Vec<(&str, Option<&str>)> = asked.iter().map(|(name, value)| (*name, Some(*value))).collect();
        let session = self.inner.client.open_session(&self.inner.token);
        self.settle(method, session.http_session_api.http_get(method.as_str(), &asked, None).await)
    }

    async fn turn(&self, method: Method, channel: Option<&str>) -> Result<(), CallError> {
        let turn = self.inner.limiter.turn(method, channel).await;
        let turn = turn.and_then(|()| self.inner.circuit.as_ref().map_or(Ok(()), |it| it.ask(Instant::now())));
        turn.map_err(|wait| {
            self.inner.metrics.call(method.as_str(), "held back");
            CallError::NotSent { retry_after: Some(wait) }
        })
    }

    /// Whether Slack answered at all, for whoever asks next.
    fn heard(&self, method: Method, failure: Option<&Failure>) {
        let (outcome, answered) = match failure {
            None => ("ok", true),
            Some(Failure::NotSent { retry_after: Some(_) }) => ("rate limited", true),
            Some(Failure::Refused(_)) => ("refused", true),
            Some(Failure::NotSent { retry_after: None }) => ("not reached", false),
            Some(Failure::Unknown) => ("answer lost", false),
        };
        self.inner.metrics.call(method.as_str(), outcome);
        match &self.inner.circuit {
            Some(circuit) if answered => circuit.answered(),
            Some(circuit) => circuit.failed(Instant::now()),
            None => {}
        }
    }

    /// The answer is read as a value: one odd field in it must not turn a success into a failure.
    fn settle(&self, method: Method, answer: ClientResult<Value>) -> Result<Value, CallError> {
        let failure = match answer {
            Ok(answer) => {
                self.heard(method, None);
                self.inner.health.took(method);
                return Ok(answer);
            }
            Err(error) => Failure::of(&error),
        };
        self.heard(method, Some(&failure));
        match &failure {
            Failure::NotSent { retry_after: Some(wait) } => {
                self.inner.limiter.pause(method, *wait);
                if let Some(told) = self.inner.on_pause.get() {
                    told(method.as_str(), *wait);
                }
                tracing::warn!(method = method.as_str(), seconds = wait.as_secs(), "Slack asked for a pause");
            }
            Failure::NotSent { retry_after: None } => tracing::warn!(method = method.as_str(), "Slack was not reached"),
            Failure::Unknown => tracing::warn!(method = method.as_str(), "Slack's answer was lost"),
            Failure::Refused(code) => {
                if self.inner.health.refused(method, code) {
                    tracing::warn!(method = method.as_str(), code, "Slack refused");
                }
            }
        }
        Err(failure.into())
    }
}

fn content(shown: &MessageContent) -> SlackMessageContent {
    SlackMessageContent::new().with_text(shown.text.clone()).with_blocks(shown.blocks.clone())
}

fn view_id(answer: &Value) -> Result<String, CallError> {
    answer["view"]["id"].as_str().map(str::to_owned).ok_or(CallError::Unknown)
}

/// The message's place, if its metadata carries the id under the key.
pub(in crate::slack) fn carries(message: &Value, channel: &str, key: &str, id: &str) -> Option<Posted> {
    let carried = message["metadata"]["event_payload"][key].as_str()?;
    let ts = message["ts"].as_str()?;
    (carried == id).then(|| Posted { channel: channel.to_owned(), ts: ts.to_owned() })
}

fn seconds_of(message: &Value) -> Option<i64> {
    message["ts"].as_str()?.split('.').next()?.parse().ok()
}
