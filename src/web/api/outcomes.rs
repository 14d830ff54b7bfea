//! What another system records or verifies.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use utoipa::ToSchema;

use super::super::Door;
use super::caller::Recorder;
use super::problem::{Failures, PostFailures, Problem};
use super::query::Checks;
use crate::engine::api::{Deed, Once, Reply, What};
use crate::process::{ActivityKey, UserId};
use crate::record::outcome::{Answers, clean_note};
use crate::record::row::SharedRow;
use crate::record::{OccurrenceId, ResultWord};
use crate::token::fingerprint;

/// As much as the form in Slack takes.
const LONGEST_NOTE: usize = 3000;
const LONGEST_REASON: usize = 500;
const LONGEST_LINK: usize = 3000;
const LONGEST_KEY: usize = 255;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What became of an occurrence, or whether it is borne out. Names the occurrence by `occurrence`, or by `activity`,
/// `manager`, `date` (and `rep`, where the activity is held per rep).
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOutcome {
    /// The occurrence's id.
    occurrence: Option<String>,
    /// The activity's key.
    activity: Option<String>,
    /// The manager's Slack user id.
    manager: Option<String>,
    /// The rep's Slack user id.
    rep: Option<String>,
    /// The date on which it finally falls due, in the manager's time zone.
    #[schema(format = Date)]
    date: Option<String>,
    /// `done` or `skipped`. May be left out where `verified` is given.
    state: Option<Recorded>,
    /// Whether this system bears it out. For activities with `verify = "system"` alone.
    verified: Option<bool>,
    /// How it went; where the activity has a target, the number says so.
    result: Option<ResultWord>,
    /// A line or two on what came of it.
    #[schema(max_length = 3000)]
    note: Option<String>,
    /// Where it can be seen: an http or https address.
    #[schema(max_length = 3000)]
    link: Option<String>,
    /// The answer to the activity's question.
    #[schema(value_type = Option<f64>)]
    number: Option<serde_json::Number>,
    /// Why it was skipped.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Who did it: the manager or a leader above. Left out, it is `api:` and the token's name.
    completed_by: Option<String>,
    /// The same as the header `Idempotency-Key`.
    #[schema(min_length = 1, max_length = 255)]
    idempotency_key: Option<String>,
}

/// What can be recorded.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Recorded {
    Done,
    Skipped,
}

/// Record that an occurrence was done or skipped, or verify what was done.
///
/// With an idempotency key the same request is recorded once, and answered alike for a day.
#[utoipa::path(post, path = "/api/v1/outcomes", operation_id = "recordOutcome", tag = "Outcomes",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255,
        description = "The same request with the same key is recorded once")),
    request_body = NewOutcome,
    responses((status = 200, body = SharedRow, description = "It stands; the occurrence as it is now"), Failures, PostFailures))]
pub(super) async fn record(
    State(door): State<Door>,
    Recorder(caller): Recorder,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let new = read(&headers, body)?;
    let once = once(&headers, &new)?;
    let deed = deed(new)?;
    match door.engine.record_from_outside(&caller, once.as_ref(), &deed).await? {
        Reply::Recorded(answer) => Ok(answered(answer, false)),
        Reply::Again(answer) => Ok(answered(answer, true)),
        Reply::OtherRequest => Err(Problem::other_request()),
        Reply::Unknown => {
            Err(Problem::not_found("No such occurrence is on record; GET /api/v1/occurrences lists them."))
        }
        Reply::Refused(refusal) => Err(Problem::refused(refusal)),
        Reply::Objections(found) => Err(Problem::bad_values(found)),
    }
}

fn answered(json: String, replayed: bool) -> Response {
    let mut answer = json.into_response();
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if replayed {
        answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    answer
}

fn read(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<NewOutcome, Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::not_json());
    }
    let body = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::no_json(error.body_text()),
    })?;
    serde_json::from_slice(&body).map_err(|error| match error.classify() {
        Category::Io | Category::Syntax | Category::Eof => Problem::no_json(error.to_string()),
        Category::Data => Problem::unreadable(error.to_string()),
    })
}

/// The key, by the header or the field, and what was asked.
fn once(headers: &HeaderMap, new: &NewOutcome) -> Result<Option<Once>, Problem> {
    let mut checks = Checks::default();
    let header = headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().map(str::to_owned));
    let header = header.transpose().unwrap_or_else(|_| {
        checks.object("idempotency_key", "expected plain ASCII.");
        None
    });
    if let (Some(header), Some(field)) = (&header, &new.idempotency_key)
        && header != field
    {
        checks.object("idempotency_key", "the header says another.");
    }
    let key = header.or_else(|| new.idempotency_key.clone());
    if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > LONGEST_KEY || key.chars().any(char::is_control)) {
        checks.object("idempotency_key", format!("expected 1 to {LONGEST_KEY} characters."));
    }
    checks.done()?;
    // Written anew, so that blanks and the order of keys make no difference.
    let same = NewOutcome { idempotency_key: None, ..new.clone() };
    let request = fingerprint(&serde_json::to_vec(&same).expect("an outcome is plain data"));
    Ok(key.map(|key| Once { key, request }))
}

fn deed(new: NewOutcome) -> Result<Deed, Problem> {
    let mut checks = Checks::default();
    let occurrence = named(&mut checks, &new);
    let most =
        [("note", &new.note, LONGEST_NOTE), ("link", &new.link, LONGEST_LINK), ("reason", &new.reason, LONGEST_REASON)];
    for (field, text, most) in most {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            checks.object(field, format!("at most {most} characters."));
        }
    }
    let what = match new.state {
        None => {
            if new.verified.is_none() {
                checks.object("state", "say `done` or `skipped`, or `verified`.");
            }
            if new.result.is_some() || new.note.is_some() || new.link.is_some() || new.number.is_some() {
                checks.object("state", "an outcome is recorded with `done` alone.");
            }
            None
        }
        Some(Recorded::Done) => {
            let number = new.number.map(|number| number.to_string());
            Some(What::Done(Answers { result: new.result, note: new.note, link: new.link, number }))
        }
        Some(Recorded::Skipped) => {
            if new.verified.is_some() {
                checks.object("verified", "what was skipped can't be borne out.");
            }
            let reason = new.reason.as_deref().map(clean_note).unwrap_or_default();
            if reason.is_empty() {
                checks.object("reason", "a word or two on why, please.");
            }
            Some(What::Skipped(reason))
        }
    };
    checks.done()?;
    let occurrence = occurrence.ok_or_else(|| Problem::unreadable("Say which occurrence."))?;
    Ok(Deed { occurrence, what, verified: new.verified, completed_by: new.completed_by.map(UserId) })
}

/// Which occurrence is meant: by its id, or by what that is made of.
fn named(checks: &mut Checks, new: &NewOutcome) -> Option<OccurrenceId> {
    let parts = (&new.activity, &new.manager, &new.date);
    match (&new.occurrence, parts) {
        (Some(id), (None, None, None)) if new.rep.is_none() => Some(OccurrenceId(id.clone())),
        (Some(_), _) => {
            checks.object("occurrence", "name it by its id, or by activity, manager and date; not by both.");
            None
        }
        (None, (Some(activity), Some(manager), Some(date))) => {
            let date: Date = checks.date("date", Some(date))?;
            let rep = new.rep.as_deref().map(UserId::from);
            let (activity, manager) = (ActivityKey::from(activity.as_str()), UserId::from(manager.as_str()));
            Some(OccurrenceId::new(date, &activity, &manager, rep.as_ref()))
        }
        (None, _) => {
            checks.object("occurrence", "its id, please, or activity, manager and date.");
            None
        }
    }
}
