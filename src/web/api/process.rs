//! The process as JSON: the keys of the process file, and nothing that it does not say.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::Door;
use super::Answer;
use super::caller::Reader;
use super::problem::{Failures, Problem};
use crate::process::file;
use crate::process::revision::{Revision, Revisions};
use crate::record::row::rfc3339;

/// One applied version of the process.
#[derive(Serialize, ToSchema)]
pub(super) struct About {
    /// 1, 2, 3 …
    revision: i64,
    /// The date from which it holds, in each manager's time zone.
    #[schema(value_type = String, format = Date)]
    effective: Date,
    /// When it was applied.
    #[schema(format = DateTime)]
    applied_at: String,
    /// Who applied it, where known: a Slack user id, or a user of the machine.
    #[schema(required)]
    by: Option<String>,
    /// Whether it was made in Slack.
    in_slack: bool,
    /// What changed with it, in words.
    changes: Vec<String>,
}

/// A version of the process, and the process itself.
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
    #[serde(flatten)]
    about: About,
    /// The process, with the keys of the process file; whatever equals its default is left out.
    #[schema(value_type = Object)]
    process: Value,
}

/// Every version of the process.
#[derive(Serialize, ToSchema)]
pub(super) struct History {
    /// The newest first.
    revisions: Vec<About>,
}

/// The process in force today.
#[utoipa::path(get, path = "/api/v1/process", operation_id = "getProcess", tag = "Process",
    responses((status = 200, body = Whole, description = "The process"), Failures))]
pub(super) async fn in_force(State(door): State<Door>, _: Reader) -> Answer<Whole> {
    let revisions = door.engine.known_revisions().await?;
    let found = door.engine.in_force(&revisions);
    let found = found.ok_or_else(|| Problem::not_found("No process was applied yet; `onbeat apply FILE` does it."))?;
    Ok(Json(whole(&revisions, found)))
}

/// Every revision of the process, in words.
#[utoipa::path(get, path = "/api/v1/process/revisions", operation_id = "listRevisions", tag = "Process",
    responses((status = 200, body = History, description = "The revisions, the newest first"), Failures))]
pub(super) async fn revisions(State(door): State<Door>, _: Reader) -> Answer<History> {
    let revisions = door.engine.known_revisions().await?;
    Ok(Json(History { revisions: revisions.iter().rev().map(|revision| about(&revisions, revision)).collect() }))
}

/// One revision of the process.
#[utoipa::path(get, path = "/api/v1/process/revisions/{number}", operation_id = "getRevision", tag = "Process",
    params(("number" = i64, Path, description = "Its number", minimum = 1)),
    responses((status = 200, body = Whole, description = "The revision"), Failures))]
pub(super) async fn revision(
    State(door): State<Door>,
    _: Reader,
    number: Result<Path<String>, PathRejection>,
) -> Answer<Whole> {
    let unknown = || Problem::not_found("No revision has this number; GET /api/v1/process/revisions lists them.");
    let number: i64 = number.ok().and_then(|Path(number)| number.parse().ok()).ok_or_else(unknown)?;
    let revisions = door.engine.known_revisions().await?;
    let found = revisions.get(number).ok_or_else(unknown)?;
    Ok(Json(whole(&revisions, found)))
}

fn about(revisions: &Revisions, revision: &Revision) -> About {
    About {
        revision: revision.number,
        effective: revision.effective,
        applied_at: rfc3339(revision.applied_at, &jiff::tz::TimeZone::UTC),
        by: revision.by.clone(),
        in_slack: revision.in_slack,
        changes: revisions.story(revision),
    }
}

fn whole(revisions: &Revisions, revision: &Revision) -> Whole {
    let text = file::write(&revision.process);
    let table: toml::Table = text.parse().expect("what is written can be read: `export` hangs on it");
    Whole { about: about(revisions, revision), process: json(toml::Value::Table(table)) }
}

/// TOML as JSON; a date becomes its text.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect::<Map<_, _>>())
        }
    }
}
