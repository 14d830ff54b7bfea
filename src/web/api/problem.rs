//! Errors as other programs read them: RFC 9457, `application/problem+json`.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::engine::EngineError;
use crate::record::Refusal;
use crate::store::Scope;

/// What went wrong, and what to do about it (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem it is: `urn:onbeat:problem:` and a word. Go by this one.
    #[serde(rename = "type")]
    kind: String,
    /// The kind, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time, and what to do next.
    detail: String,
    /// The fields or parameters that need another look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    #[serde(skip)]
    #[schema(ignore)]
    header: Option<(HeaderName, HeaderValue)>,
}

/// A field or parameter that needs another look.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldProblem {
    /// Its name.
    field: &'static str,
    /// What is wrong with it.
    detail: String,
}

/// What may be wrong with any request.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes; the answers themselves are made below")]
pub(super) enum Failures {
    /// No token, or none that holds.
    #[response(status = 401, content_type = "application/problem+json")]
    NoToken(#[to_schema] Problem),
    /// The token lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    NoScope(#[to_schema] Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] Problem),
    /// A value that can't be; `errors` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    BadValue(#[to_schema] Problem),
    /// The store can't answer just now; try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Later(#[to_schema] Problem),
}

/// What may be wrong with what is posted, beside that.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes; the answers themselves are made below")]
pub(super) enum PostFailures {
    /// The body is no JSON.
    #[response(status = 400, content_type = "application/problem+json")]
    NoJson(#[to_schema] Problem),
    /// It does not fit what stands: it is recorded already, withdrawn, or not done.
    #[response(status = 409, content_type = "application/problem+json")]
    DoesNotFit(#[to_schema] Problem),
    /// The body is larger than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// The body is not said to be `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(#[to_schema] Problem),
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Problem {
        let kind = format!("urn:onbeat:problem:{kind}");
        Problem { kind, title, status: status.as_u16(), detail: detail.into(), errors: Vec::new(), header: None }
    }

    fn with(self, name: HeaderName, value: &str) -> Problem {
        Problem { header: HeaderValue::from_str(value).ok().map(|value| (name, value)), ..self }
    }

    pub(super) fn no_token() -> Problem {
        let words = "Send a token: `Authorization: Bearer onb_…`. `onbeat token new` makes one.";
        Problem::new(StatusCode::UNAUTHORIZED, "no-token", "A token is needed", words)
            .with(WWW_AUTHENTICATE, "Bearer realm=\"onbeat\"")
    }

    pub(super) fn bad_token() -> Problem {
        let words = "No token like this holds; perhaps it was revoked. `onbeat token list` shows which do.";
        Problem::new(StatusCode::UNAUTHORIZED, "bad-token", "This token does not hold", words)
            .with(WWW_AUTHENTICATE, "Bearer realm=\"onbeat\", error=\"invalid_token\"")
    }

    pub(super) fn no_scope(scope: Scope) -> Problem {
        let words =
            format!("This token may not do that: it needs the scope `{scope}`. Make one with `--scope {scope}`.");
        let wanted = format!("Bearer realm=\"onbeat\", error=\"insufficient_scope\", scope=\"{scope}\"");
        Problem::new(StatusCode::FORBIDDEN, "no-scope", "The token lacks a scope", words)
            .with(WWW_AUTHENTICATE, &wanted)
    }

    pub(super) fn nothing_here() -> Problem {
        let words = "Nothing is at this address; GET /api/v1/openapi.json says what there is.";
        Problem::new(StatusCode::NOT_FOUND, "nothing-here", "Nothing is here", words)
    }

    pub(super) fn not_found(what: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", what)
    }

    pub(super) fn method() -> Problem {
        let words = "This address does not take that method; the header Allow says which it takes.";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Another method is needed", words)
    }

    pub(super) fn no_json(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "no-json", "The body can't be read", detail)
    }

    pub(super) fn too_large() -> Problem {
        let words = "Nothing that is recorded needs more than 64 KiB.";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large", words)
    }

    pub(super) fn not_json() -> Problem {
        let words = "Send JSON, and say so: `Content-Type: application/json`.";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body must be JSON", words)
    }

    /// Fields or parameters, each with what is wrong.
    pub(super) fn bad_values(found: impl IntoIterator<Item = (&'static str, String)>) -> Problem {
        let errors: Vec<FieldProblem> =
            found.into_iter().map(|(field, detail)| FieldProblem { field, detail }).collect();
        let detail = errors.iter().map(|error| format!("{}: {}", error.field, error.detail)).collect::<Vec<_>>();
        let title = "Something needs another look";
        Problem { errors, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-value", title, detail.join(" ")) }
    }

    /// A value of the wrong kind, in the reader's own words.
    pub(super) fn unreadable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-value", "Something needs another look", detail)
    }

    pub(super) fn other_request() -> Problem {
        let words = "This idempotency key came with another request before; a new request needs a key of its own.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key-reused", "The key was used before", words)
    }

    pub(super) fn refused(refusal: Refusal) -> Problem {
        let conflict =
            |kind, detail: String| Problem::new(StatusCode::CONFLICT, kind, "It does not fit what stands", detail);
        match refusal {
            Refusal::AlreadyRecorded(state) => {
                conflict("already-recorded", format!("It stands recorded as {} already.", state.as_str()))
            }
            Refusal::Withdrawn => conflict("withdrawn", "The process no longer calls for it.".to_owned()),
            Refusal::NothingRecorded => {
                conflict("not-done", "It is not done, so there is nothing to verify.".to_owned())
            }
            Refusal::NoSuchTime | Refusal::NotYours | Refusal::NotYoursToExcuse => {
                conflict("refused", "That can't be recorded.".to_owned())
            }
            Refusal::Unknown => Problem::not_found("No occurrence has this id."),
        }
    }

    pub(super) fn later() -> Problem {
        let words = "Onbeat can't reach its records just now. Try again in a few minutes.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "later", "Not just now", words).with(RETRY_AFTER, "60")
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Problem {
        tracing::error!(%error, "a request of another system could not be answered");
        Problem::later()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let body = serde_json::to_string(&self).expect("a problem is plain data");
        let mut answer = (status, body).into_response();
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        answer.headers_mut().extend(self.header);
        answer
    }
}
