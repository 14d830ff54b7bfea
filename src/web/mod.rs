//! The HTTP door: Slack's three signed endpoints, the managers' calendars and pages, the API, whether the bot is well, and
//! what it counts.

mod api;
mod guard;
mod ready;
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
    asked: ready::Asked,
}

/// The routes of the bot. Without a signing secret the Slack endpoints are not there.
pub fn router(engine: Engine, signing_secret: Option<Secret>) -> Router {
    let mut router = Router::new().route("/healthz", get(|| async { "alive\n" })).route("/readyz", get(ready::ready));
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
        .with_state(Door { engine, signing_secret, asked: Default::default() })
}

/// For Prometheus: no names and no ids in it.
async fn metrics(State(door): State<Door>) -> impl IntoResponse {
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], door.engine.metrics_text().await)
}
