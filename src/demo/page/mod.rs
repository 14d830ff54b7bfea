//! The page that shows the local workspace as Slack would: three kinds of files, compiled in, nothing fetched from outside.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const HTML: &str = "text/html; charset=utf-8";

pub(super) fn routes() -> Router {
    Router::new().route("/", get(|| async { file(HTML, include_str!("index.html")) }))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
