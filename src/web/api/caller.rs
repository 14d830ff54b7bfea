//! Whose request it is: a bearer token (RFC 6750) with the scope that the handler names.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::super::Door;
use super::problem::Problem;
use crate::store::{Scope, StoredToken};

/// Somebody who may read.
pub(super) struct Reader;

/// Somebody who may record.
pub(super) struct Recorder(pub(super) StoredToken);

impl FromRequestParts<Door> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Reader, Problem> {
        caller(parts, door, Scope::Read).await.map(|_| Reader)
    }
}

impl FromRequestParts<Door> for Recorder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Recorder, Problem> {
        caller(parts, door, Scope::Record).await.map(Recorder)
    }
}

async fn caller(parts: &Parts, door: &Door, scope: Scope) -> Result<StoredToken, Problem> {
    let header = parts.headers.get(AUTHORIZATION).ok_or_else(Problem::no_token)?;
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(Problem::no_token)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::no_token());
    }
    let found = door.engine.caller(token.trim()).await?.ok_or_else(Problem::bad_token)?;
    if found.scopes.contains(&scope) { Ok(found) } else { Err(Problem::no_scope(scope)) }
}
