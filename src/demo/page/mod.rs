//! The page that shows the local workspace as Slack would. Its files are compiled in; it fetches nothing from outside.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Every file of the page: address, kind, content.
const FILES: [(&str, &str, &str); 16] = [
    ("/", HTML, include_str!("index.html")),
    ("/icon.svg", "image/svg+xml", include_str!("icon.svg")),
    ("/style.css", CSS, include_str!("style.css")),
    ("/blocks.css", CSS, include_str!("blocks.css")),
    ("/app.js", JS, include_str!("app.js")),
    ("/side.js", JS, include_str!("side.js")),
    ("/conversation.js", JS, include_str!("conversation.js")),
    ("/composer.js", JS, include_str!("composer.js")),
    ("/clock.js", JS, include_str!("clock.js")),
    ("/blocks.js", JS, include_str!("blocks.js")),
    ("/elements.js", JS, include_str!("elements.js")),
    ("/menu.js", JS, include_str!("menu.js")),
    ("/shortcuts.js", JS, include_str!("shortcuts.js")),
    ("/modal.js", JS, include_str!("modal.js")),
    ("/mrkdwn.js", JS, include_str!("mrkdwn.js")),
    ("/chart.js", JS, include_str!("chart.js")),
];

pub(super) fn routes() -> Router {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
            // The page loads from itself alone; images may come from wherever a message says.
            (header::CONTENT_SECURITY_POLICY, "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src * data:"),
        ];
        router.route(path, get(move || async move { (headers, text).into_response() }))
    })
}
