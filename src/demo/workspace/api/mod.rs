//! The Web API under `/api/METHOD`: reads the arguments as Slack does, checks the token, plays the mischief that was
//! ordered, carries the method out and logs the lot.

mod args;
pub(super) mod chat;
mod conversations;
mod files;
mod users;
pub(super) mod views;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State as Handle};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use serde_json::{Value, json};

use super::LocalSlack;
use super::mischief::Fault;
use super::model::{ApiCall, State};
use super::socket;
pub(super) use args::Args;

/// The scopes that the methods below ask for.
pub(super) const ALL_SCOPES: [&str; 13] = [
    "chat:write",
    "commands",
    "im:write",
    "im:history",
    "im:read",
    "users:read",
    "users:read.email",
    "files:write",
    "files:read",
    "channels:read",
    "channels:history",
    "groups:read",
    "groups:history",
];

/// Largest file that the workspace takes.
const LARGEST_UPLOAD: usize = 50 * 1024 * 1024;

/// Why a method was refused: Slack's error code, and its `response_metadata.messages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub error: String,
    pub messages: Vec<String>,
}

impl Refusal {
    pub fn new(error: &str) -> Refusal {
        Refusal { error: error.into(), messages: vec![] }
    }

    pub fn with(error: &str, messages: Vec<String>) -> Refusal {
        Refusal { error: error.into(), messages }
    }

    /// An argument that the method can't do without.
    pub fn missing(field: &str) -> Refusal {
        Refusal::with("invalid_arguments", vec![format!("[ERROR] missing required field: {field}")])
    }

    fn to_json(&self) -> Value {
        let mut out = json!({ "ok": false, "error": self.error });
        if !self.messages.is_empty() {
            out["response_metadata"] = json!({ "messages": self.messages });
            if self.error == "invalid_blocks" {
                out["errors"] = json!(self.messages);
            }
        }
        out
    }
}

type Answer = Result<Value, Refusal>;

pub(super) fn routes() -> Router<LocalSlack> {
    Router::new()
        .route("/api/{method}", any(call))
        .route("/upload/{id}", post(files::upload))
        .route("/files/{id}", get(files::download))
        .layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
}

async fn call(
    Handle(slack): Handle<LocalSlack>,
    Path(method): Path<String>,
    verb: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request { method, args: args::read(&verb, &uri, &headers, &body) };
    let fault = slack.state().book.strike(&request.method);
    match fault {
        None => slack.carry_out(&request, None),
        Some(fault) => play(&slack, &request, fault).await,
    }
}

/// One request, its arguments read (or why they could not be).
#[derive(Clone)]
struct Request {
    method: String,
    args: Result<Args, Refusal>,
}

async fn play(slack: &LocalSlack, request: &Request, fault: Fault) -> Response {
    let name = format!("{fault:?}");
    let silence = slack.state().settings.silence;
    match fault {
        Fault::RateLimited(seconds) => {
            slack.log(request, 429, json!({ "ok": false, "error": "ratelimited" }), Some(name));
            rate_limited(seconds)
        }
        Fault::ServerError(status) => {
            slack.log(request, status, Value::Null, Some(name));
            server_error(status)
        }
        Fault::ServerErrorAfter(status) => {
            slack.carry_out(request, Some(name));
            server_error(status)
        }
        Fault::Refused(error) => {
            let body = json!({ "ok": false, "error": error });
            slack.log(request, 200, body.clone(), Some(name));
            axum::Json(body).into_response()
        }
        Fault::ResetBefore => {
            slack.log(request, 0, Value::Null, Some(name));
            closed_connection()
        }
        Fault::ResetAfter => {
            slack.carry_out(request, Some(name));
            closed_connection()
        }
        Fault::SilentBefore => {
            slack.log(request, 0, Value::Null, Some(name));
            silent(silence).await
        }
        Fault::SilentAfter => {
            slack.carry_out(request, Some(name));
            silent(silence).await
        }
        Fault::SilentLate(after) => {
            // In a task of its own: the caller hangs up long before.
            let (slack, request) = (slack.clone(), request.clone());
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                slack.carry_out(&request, Some(name));
            });
            silent(silence).await
        }
        Fault::Slow(by) => {
            tokio::time::sleep(by).await;
            slack.carry_out(request, Some(name))
        }
    }
}

fn rate_limited(seconds: u32) -> Response {
    let body = axum::Json(json!({ "ok": false, "error": "ratelimited" }));
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], body).into_response()
}

fn server_error(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/html")], "<html>upstream connect error</html>").into_response()
}

async fn silent(for_how_long: Duration) -> Response {
    tokio::time::sleep(for_how_long).await;
    closed_connection()
}

/// An answer whose body fails at once: the server drops the connection before a byte of it was sent.
fn closed_connection() -> Response {
    struct Failing;
    impl tokio::io::AsyncRead for Failing {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut tokio::io::ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
        }
    }
    Body::from_stream(tokio_util::io::ReaderStream::new(Failing)).into_response()
}

impl LocalSlack {
    /// Carries the request out, logs it, and returns the answer that Slack would give.
    fn carry_out(&self, request: &Request, mischief: Option<String>) -> Response {
        let now = self.now();
        let mut state = self.state();
        let answer = match &request.args {
            Err(refusal) => Err(refusal.clone()),
            Ok(args) => {
                authorise(&state, &request.method, args).and_then(|()| dispatch(&mut state, &request.method, args, now))
            }
        };
        let (scopes, date) = (state.settings.scopes.join(","), state.settings.date);
        drop(state);
        let body = match answer {
            Ok(mut body) => {
                body["ok"] = json!(true);
                body
            }
            Err(refusal) if refusal.error == "ratelimited" => {
                self.log(request, 429, refusal.to_json(), mischief);
                return rate_limited(1);
            }
            Err(refusal) => refusal.to_json(),
        };
        self.log(request, 200, body.clone(), mischief);
        self.changed();
        let mut answer =
            ([("x-oauth-scopes", scopes), ("x-slack-req-id", "local".into())], axum::Json(body)).into_response();
        let date = date.map(|date| date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
        if let Some(Ok(date)) = date.map(|date| date.parse()) {
            answer.headers_mut().insert(header::DATE, date);
        }
        answer
    }

    fn log(&self, request: &Request, status: u16, response: Value, mischief: Option<String>) {
        let at = self.now();
        let args = request.args.as_ref().map(|a| a.without_token()).unwrap_or_default();
        let refused = status == 200 && response["ok"] == false && mischief.is_none();
        if refused {
            tracing::warn!(method = request.method, error = %response["error"], detail = %response["response_metadata"],
                "the local workspace refused a call");
        }
        let method = request.method.clone();
        self.state().calls.push(ApiCall { at, method, args, status, response, refused, mischief });
    }
}

/// Checks the token and its scopes.
fn authorise(state: &State, method: &str, args: &Args) -> Result<(), Refusal> {
    // The first needs no token, the other one of its own.
    if ["api.test", "apps.connections.open"].contains(&method) {
        return Ok(());
    }
    match args.token() {
        None => return Err(Refusal::new("not_authed")),
        Some(token) if token != state.team.bot_token => return Err(Refusal::new("invalid_auth")),
        Some(_) if state.is_token_revoked => return Err(Refusal::new("token_revoked")),
        Some(_) => {}
    }
    let needed = scopes_for(method);
    let provided = &state.settings.scopes;
    if needed.is_empty() || needed.iter().any(|n| provided.iter().any(|p| p == n)) {
        return Ok(());
    }
    Err(Refusal::with(
        "missing_scope",
        vec![format!("[ERROR] needed: {}; provided: {}", needed.join(","), provided.join(","))],
    ))
}

/// The scopes of which a method needs one.
fn scopes_for(method: &str) -> &'static [&'static str] {
    match method {
        "chat.postMessage" | "chat.update" | "chat.delete" | "chat.postEphemeral" => &["chat:write"],
        "conversations.open" => &["im:write"],
        "conversations.history" | "conversations.replies" => &["im:history", "channels:history", "groups:history"],
        "conversations.info" | "conversations.list" | "conversations.members" => {
            &["channels:read", "groups:read", "im:read"]
        }
        "users.info" | "users.list" => &["users:read"],
        "users.lookupByEmail" => &["users:read.email"],
        "files.getUploadURLExternal" | "files.completeUploadExternal" => &["files:write"],
        "files.info" => &["files:read"],
        _ => &[],
    }
}

fn dispatch(state: &mut State, method: &str, args: &Args, now: jiff::Timestamp) -> Answer {
    match method {
        "api.test" => Ok(json!({ "args": args.without_token() })),
        "auth.test" => Ok(users::auth_test(state)),
        "chat.postMessage" => chat::post(state, args, now),
        "chat.update" => chat::update(state, args, now),
        "chat.delete" => chat::delete(state, args),
        "chat.postEphemeral" => chat::post_ephemeral(state, args, now),
        "chat.getPermalink" => chat::permalink(state, args),
        "conversations.open" => conversations::open(state, args),
        "conversations.history" => conversations::history(state, args),
        "conversations.replies" => conversations::replies(state, args),
        "conversations.info" => conversations::info(state, args),
        "conversations.list" => conversations::list(state, args),
        "conversations.members" => conversations::members(state, args),
        "users.info" => users::info(state, args, now),
        "users.list" => users::list(state, args, now),
        "users.lookupByEmail" => users::lookup_by_email(state, args, now),
        "views.open" => views::open(state, args, now),
        "views.push" => views::push(state, args, now),
        "views.update" => views::update(state, args, now),
        "views.publish" => views::publish(state, args, now),
        "files.getUploadURLExternal" => files::get_upload_url(state, args),
        "files.completeUploadExternal" => files::complete(state, args, now),
        "files.info" => files::info(state, args),
        "blocks.validate" => chat::validate(state, args),
        "apps.connections.open" => socket::open(state, args),
        _ => Err(Refusal::new("unknown_method")),
    }
}
