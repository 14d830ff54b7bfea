//! The HTTP door: Slack's three signed endpoints, the managers' calendars and pages, the API, whether the bot is well, and
//! what it counts.

mod api;
mod guard;
mod slack_endpoints;
mod year;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::engine::Engine;
use crate::metrics;
use crate::secret::Secret;
use crate::slack::health::MEND;

/// Larger than anything Slack sends.
const LARGEST_BODY: usize = 1 << 20;

/// Slack waits three seconds for an answer.
const LONGEST_ANSWER: Duration = Duration::from_millis(2_800);

/// A calendar program waits longer, and many may ask at once.
const LONGEST_DRAWING: Duration = Duration::from_secs(25);

/// What the handlers need.
#[derive(Clone)]
struct Door {
    engine: Engine,
    signing_secret: Option<Secret>,
}

/// The routes of the bot. Without a signing secret the Slack endpoints are not there.
pub fn router(engine: Engine, signing_secret: Option<Secret>) -> Router {
    let mut router = Router::new().route("/healthz", get(|| async { "alive\n" })).route("/readyz", get(ready));
    router = router.route("/metrics", get(metrics));
    if signing_secret.is_some() {
        router = router
            .route("/slack/events", post(slack_endpoints::events))
            .route("/slack/interactions", post(slack_endpoints::interactions))
            .route("/slack/commands", post(slack_endpoints::commands));
    }
    let within = |longest| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, longest);
    let years = Router::new()
        .route("/calendar/{file}", get(year::calendar))
        .route("/year/{token}", get(year::page))
        .route("/team/{token}", get(year::team))
        .layer(within(LONGEST_DRAWING));
    router
        .layer(within(LONGEST_ANSWER))
        .merge(years)
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .merge(api::router())
        .layer(axum::middleware::map_response(guard::guarded))
        .with_state(Door { engine, signing_secret })
}

/// For Prometheus: no names and no ids in it.
async fn metrics(State(door): State<Door>) -> impl IntoResponse {
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], door.engine.metrics_text().await)
}

/// Database and Slack reachable.
async fn ready(State(door): State<Door>) -> (StatusCode, String) {
    if door.engine.store().ping().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".to_owned());
    }
    match door.engine.slack().auth_test().await {
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
        Err(_) => {
            let why = match door.engine.slack().token_trouble() {
                Some(code) => format!("Slack refuses the bot's token ({code}): {MEND}\n"),
                None => "Slack does not answer\n".to_owned(),
            };
            (StatusCode::SERVICE_UNAVAILABLE, why)
        }
    }
}
