//! The door for other systems, `/api/v1/`: bearer tokens, JSON, problem+json. What each handler takes and gives is described
//! beside it, and [`describe`] gathers that as the OpenAPI document that is served.

mod adherence;
mod caller;
mod occurrences;
mod outcomes;
mod problem;
mod process;
mod query;

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::Door;
use problem::Problem;

/// Larger than any outcome.
const LARGEST_BODY: usize = 64 * 1024;

/// The longest period over the largest team takes a while.
const LONGEST_ANSWER: Duration = Duration::from_secs(25);

type Answer<T> = Result<Json<T>, Problem>;

/// The routes, each with its own path in full.
pub(super) fn router() -> Router<Door> {
    let routes = Router::new()
        .route("/occurrences", get(occurrences::list))
        .route("/occurrences/{id}", get(occurrences::one))
        .route("/adherence", get(adherence::figures))
        .route("/process", get(process::in_force))
        .route("/process/revisions", get(process::revisions))
        .route("/process/revisions/{number}", get(process::revision))
        .route("/outcomes", post(outcomes::record))
        .route("/openapi.json", get(|| async { Json(describe()) }))
        .fallback(|| async { Problem::nothing_here() })
        .method_not_allowed_fallback(|| async { Problem::method() })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(guarded));
    Router::new().nest("/api/v1", routes)
}

/// Within a time, and kept by nobody on the way.
async fn guarded(request: Request, next: Next) -> Response {
    let mut answer = match tokio::time::timeout(LONGEST_ANSWER, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => Problem::later().into_response(),
    };
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The OpenAPI 3.1 document.
pub(super) fn describe() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Onbeat",
        description = "Occurrences of a sales management process, what became of them, and how the process is holding. \
            Instants are RFC 3339 with an offset, dates YYYY-MM-DD in the manager's time zone. Errors are RFC 9457.",
    ),
    servers((url = "/", description = "this Onbeat")),
    paths(
        occurrences::list,
        occurrences::one,
        adherence::figures,
        process::in_force,
        process::revisions,
        process::revision,
        outcomes::record
    ),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token that `onbeat token new` made; its scopes are `read` and `record`."))
            .build();
        if let Some(components) = document.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_what_was_agreed() {
        insta::assert_json_snapshot!(super::describe());
    }
}
