//! What every answer carries, errors too: nothing here is to be kept, framed, sniffed, run, indexed or told of elsewhere.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

/// The headers; an answer that says otherwise itself (a page that needs its style, a calendar that may be asked for again)
/// keeps its own.
const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

pub(super) async fn guarded(mut answer: Response) -> Response {
    for (name, value) in HEADERS {
        answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    answer
}

/// How long a body may take to arrive. Slack's come at once; whoever sends a byte a second holds up nobody but themself.
const LONGEST_BODY: Duration = Duration::from_secs(2);

/// The whole body, or what to answer: 413 where it is too large, 408 where it takes too long.
pub(super) async fn body_of(request: Request) -> Result<Bytes, Response> {
    match tokio::time::timeout(LONGEST_BODY, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(refused)) => Err(refused.into_response()),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}
