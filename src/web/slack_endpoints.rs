//! What Slack posts to us: believed only when signed, answered inside three seconds, done or refused by then.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};

use super::Door;
use super::guard::body_of;
use crate::engine::Answer;
use crate::slack::inbound::{self, Inbound};

pub(super) async fn events(door: State<Door>, request: Request) -> Response {
    receive(door, request, inbound::event).await
}

pub(super) async fn interactions(door: State<Door>, request: Request) -> Response {
    receive(door, request, inbound::interaction).await
}

pub(super) async fn commands(door: State<Door>, request: Request) -> Response {
    receive(door, request, inbound::command).await
}

/// The signature comes first: nothing is read out of a body that Slack did not sign.
async fn receive(State(door): State<Door>, request: Request, read: fn(&[u8]) -> Inbound) -> Response {
    let machine = door.engine.clock().machine();
    let Some(secret) = &door.signing_secret else { return StatusCode::NOT_FOUND.into_response() };
    let headers = request.headers().clone();
    let body = match body_of(request).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    if let Err(reason) = inbound::verify(secret, &headers, &body, machine) {
        tracing::warn!(%reason, "a request that is not Slack's");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match door.engine.respond(read(&body)).await {
        Ok(Answer::Nothing) => StatusCode::OK.into_response(),
        Ok(Answer::Json(json)) => Json(json).into_response(),
        Ok(Answer::Challenge(challenge)) => challenge.into_response(),
        Err(error) => {
            tracing::error!(%error, "a request from Slack could not be stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
