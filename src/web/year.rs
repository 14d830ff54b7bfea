//! A manager's year and a leader's team, for whoever has the link: the calendar to subscribe to, and the pages. Nothing is
//! written here, and no link is ever logged. One that was revoked is answered like one that never was.

use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use sha2::{Digest, Sha256};

use super::Door;
use crate::engine::EngineError;
use crate::engine::year::Feed;
use crate::year::{content_security_policy, quarter_policy};

/// `GET /calendar/{token}.ics`
pub(super) async fn calendar(State(door): State<Door>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(token) = file.strip_suffix(".ics") else { return nothing_here() };
    match door.engine.calendar(token).await {
        Ok(Some(feed)) => served(feed, &headers),
        Ok(None) => nothing_here(),
        Err(error) => later(&error),
    }
}

/// `GET /year/{token}`
pub(super) async fn page(State(door): State<Door>, Path(token): Path<String>) -> Response {
    shown(door.engine.year_page(&token).await, &content_security_policy())
}

/// `GET /team/{token}`
pub(super) async fn team(State(door): State<Door>, Path(token): Path<String>) -> Response {
    shown(door.engine.team_page(&token).await, &quarter_policy())
}

/// A page under its policy, if there is one.
fn shown(page: Result<Option<String>, EngineError>, policy: &str) -> Response {
    match page {
        Ok(Some(html)) => {
            // No page may frame it either, which the page itself can't say.
            let csp = HeaderValue::from_str(&format!("{policy}; frame-ancestors 'none'"));
            let mut answer = guarded((StatusCode::OK, html).into_response(), "text/html; charset=utf-8", "no-store");
            csp.into_iter().for_each(|csp| drop(answer.headers_mut().insert(CONTENT_SECURITY_POLICY, csp)));
            answer
        }
        Ok(None) => nothing_here(),
        Err(error) => later(&error),
    }
}

/// The calendar, or 304 where the client has it already (RFC 9110 13.2.2: an entity tag counts for more than a date).
fn served(feed: Feed, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&feed.text)[..18]));
    let modified = feed.modified.and_then(|at| DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok());
    let known = match asked.get(IF_NONE_MATCH) {
        Some(tags) => tags.to_str().is_ok_and(|tags| names(tags, &tag)),
        None => match (asked.get(IF_MODIFIED_SINCE).and_then(instant), feed.modified) {
            (Some(since), Some(modified)) => modified <= since,
            (Some(_), None) | (None, _) => false,
        },
    };
    let answer = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (StatusCode::OK, feed.text).into_response(),
    };
    // Programs that subscribe must be able to ask whether it is still good.
    let mut answer = guarded(answer, "text/calendar; charset=utf-8", "private, no-cache");
    let value = |text: String| HeaderValue::from_str(&text).ok();
    answer.headers_mut().extend(value(tag).map(|tag| (ETAG, tag)));
    answer.headers_mut().extend(modified.and_then(value).map(|at| (LAST_MODIFIED, at)));
    answer
}

/// Whether an `If-None-Match` names this tag.
fn names(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn instant(header: &HeaderValue) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(header.to_str().ok()?).ok().map(|at| at.timestamp())
}

/// With what keeps a secret address secret.
fn guarded(mut answer: Response, content: &'static str, cache: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, content),
        (CACHE_CONTROL, cache),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn nothing_here() -> Response {
    let words =
        "There is nothing at this address. Perhaps its links were reset: type /onbeat year in Slack to get yours.\n";
    guarded((StatusCode::NOT_FOUND, words).into_response(), "text/plain; charset=utf-8", "no-store")
}

fn later(error: &EngineError) -> Response {
    tracing::error!(%error, "a page could not be drawn");
    let words = "Onbeat can't reach its records just now. Try again in a few minutes.\n";
    let mut answer =
        guarded((StatusCode::SERVICE_UNAVAILABLE, words).into_response(), "text/plain; charset=utf-8", "no-store");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("120"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(modified: Option<i64>) -> Feed {
        Feed { text: "BEGIN:VCALENDAR".to_owned(), modified: modified.map(|at| Timestamp::from_second(at).unwrap()) }
    }

    fn status(feed: Feed, asked: &[(HeaderName, &str)]) -> u16 {
        let asked = asked.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        served(feed, &asked).status().as_u16()
    }

    const AT: i64 = 1_796_634_000;

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let first = served(feed(Some(AT)), &HeaderMap::new());
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        let date = first.headers()[LAST_MODIFIED].to_str().unwrap().to_owned();
        assert_eq!(date, "Mon, 07 Dec 2026 09:00:00 GMT");
        for tags in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            assert_eq!(status(feed(Some(AT)), &[(IF_NONE_MATCH, &tags)]), 304, "{tags}");
        }
        assert_eq!(status(feed(Some(AT)), &[(IF_NONE_MATCH, "\"x\"")]), 200);
        assert_eq!(status(feed(Some(AT)), &[(IF_MODIFIED_SINCE, &date)]), 304);
        assert_eq!(status(feed(Some(AT + 1)), &[(IF_MODIFIED_SINCE, &date)]), 200);
        assert_eq!(
            status(feed(Some(AT)), &[(IF_MODIFIED_SINCE, &date), (IF_NONE_MATCH, "\"x\"")]),
            200,
            "the tag wins"
        );
        assert_eq!(status(feed(Some(AT)), &[(IF_MODIFIED_SINCE, "yesterday")]), 200);
    }

    #[test]
    fn what_may_change_within_the_second_has_no_date() {
        assert!(!served(feed(None), &HeaderMap::new()).headers().contains_key(LAST_MODIFIED));
        assert_eq!(status(feed(None), &[(IF_MODIFIED_SINCE, "Mon, 07 Dec 2099 09:00:00 GMT")]), 200);
    }
}
