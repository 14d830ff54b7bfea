//! Occurrences, page by page and one by one.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Door;
use super::Answer;
use super::caller::Reader;
use super::problem::{Failures, Problem};
use super::query::{Checks, Query};
use crate::engine::api::Mark;
use crate::record::row::SharedRow;
use crate::record::{OccurrenceId, State as Stands};
use crate::store::{OccurrenceQuery, Page};

/// Without a limit, so many.
const USUAL: u32 = 100;
const MOST: u32 = 500;

/// Which occurrences; every condition that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// First due date, in the manager's time zone.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Last due date, in the manager's time zone.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Of this manager: a Slack user id.
    manager: Option<String>,
    /// Of this activity: its key.
    activity: Option<String>,
    /// In one of these states, with commas between them.
    #[param(value_type = Option<Vec<crate::record::State>>, style = Form, explode = false)]
    state: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
    /// At most so many, 100 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
}

/// A page of occurrences, ordered by due and id.
#[derive(Serialize, ToSchema)]
pub(super) struct Listed {
    items: Vec<SharedRow>,
    /// Ask with this as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List occurrences with what became of them.
#[utoipa::path(get, path = "/api/v1/occurrences", operation_id = "listOccurrences", tag = "Occurrences",
    params(Wanted), responses((status = 200, body = Listed, description = "A page of them"), Failures))]
pub(super) async fn list(State(door): State<Door>, _: Reader, Query(wanted): Query<Wanted>) -> Answer<Listed> {
    let revisions = door.engine.known_revisions().await?;
    let mut checks = Checks::default();
    let (from, to) = (checks.date("from", wanted.from.as_deref()), checks.date("to", wanted.to.as_deref()));
    checks.in_order(from, to);
    let manager = checks.manager(&revisions, wanted.manager.as_deref());
    let activity = checks.activity(&revisions, wanted.activity.as_deref());
    let states = states(&mut checks, wanted.state.as_deref());
    let limit = limit(&mut checks, wanted.limit.as_deref());
    let after = wanted.cursor.as_deref().and_then(|cursor| {
        let mark = read(cursor);
        if mark.is_none() {
            checks.object("cursor", "expected the `next_cursor` of a page before.");
        }
        mark
    });
    checks.done()?;
    let query = OccurrenceQuery { manager, from, to, ..Default::default() };
    let page = Page { query, activity, states, after, limit, ..Default::default() };
    let (items, next) = door.engine.listed(page).await?;
    Ok(Json(Listed { items, next_cursor: next.as_ref().map(cursor) }))
}

/// One occurrence with what became of it.
#[utoipa::path(get, path = "/api/v1/occurrences/{id}", operation_id = "getOccurrence", tag = "Occurrences",
    params(("id" = String, Path, description = "As the list, `records` and webhooks have it")),
    responses((status = 200, body = SharedRow, description = "The occurrence"), Failures))]
pub(super) async fn one(
    State(door): State<Door>,
    _: Reader,
    id: Result<Path<String>, PathRejection>,
) -> Answer<SharedRow> {
    let unknown = || Problem::not_found("No occurrence has this id.");
    let Path(id) = id.map_err(|_| unknown())?;
    door.engine.shared(&OccurrenceId(id)).await?.map(Json).ok_or_else(unknown)
}

fn states(checks: &mut Checks, text: Option<&str>) -> Vec<Stands> {
    let Some(text) = text else { return Vec::new() };
    let mut states = Vec::new();
    for word in text.split(',') {
        match Stands::ALL.into_iter().find(|state| state.as_str() == word) {
            Some(state) if states.contains(&state) => {}
            Some(state) => states.push(state),
            None => {
                let words = Stands::ALL.map(Stands::as_str).join(", ");
                checks.object("state", format!("expected some of {words}, with commas between them."));
                break;
            }
        }
    }
    states
}

fn limit(checks: &mut Checks, text: Option<&str>) -> u32 {
    let Some(text) = text else { return USUAL };
    text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).unwrap_or_else(|| {
        checks.object("limit", format!("expected a number from 1 to {MOST}."));
        USUAL
    })
}

fn cursor((due, id): &Mark) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{id}", due.as_second()))
}

fn read(cursor: &str) -> Option<Mark> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (due, id) = text.split_once('/').filter(|_| !text.chars().any(char::is_control))?;
    Some((Timestamp::from_second(due.parse().ok()?).ok()?, OccurrenceId(id.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_upsets_it() {
        let mark = (Timestamp::from_second(1_796_634_000).unwrap(), OccurrenceId("2026-12-07.a.U0ANA".to_owned()));
        assert_eq!(read(&cursor(&mark)), Some(mark));
        for bad in ["", "x", "////", "ä", &URL_SAFE_NO_PAD.encode("99999999999999/x"), &URL_SAFE_NO_PAD.encode("x/y")]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
