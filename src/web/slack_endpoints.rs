//! What Slack posts to us: believed only when signed, answered inside three seconds, done or refused by then.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};

use super::Door;
use crate::engine::Answer;
use crate::slack::inbound;

/// One handler for events, interactions and commands: what it is, the payload says.
pub(super) async fn receive(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Response {
    let machine = door.engine.clock().machine();
    let Some(secret) = &door.signing_secret else { return StatusCode::NOT_FOUND.into_response() };
    if let Err(reason) = inbound::verify(secret, &headers, &body, machine) {
        tracing::warn!(%reason, "a request that is not Slack's");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match door.engine.respond(inbound::parse(content_type, &body)).await {
        Ok(Answer::Nothing) => StatusCode::OK.into_response(),
        Ok(Answer::Json(json)) => Json(json).into_response(),
        Ok(Answer::Challenge(challenge)) => challenge.into_response(),
        Err(error) => {
            tracing::error!(%error, "a request from Slack could not be stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
