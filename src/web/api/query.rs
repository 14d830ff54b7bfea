//! What stands behind the question mark, checked: every parameter that needs another look is named at once.

use axum::extract::FromRequestParts;
use axum::extract::rejection::QueryRejection;
use axum::http::request::Parts;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::process::revision::Revisions;
use crate::process::{ActivityKey, UserId};

/// The parameters of a request; an unknown one, or one that comes twice, is a problem too.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => Ok(Query(query)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => Err(Problem::unreadable(error.body_text())),
            Err(error) => Err(Problem::unreadable(error.body_text())),
        }
    }
}

/// Collects what is wrong.
#[derive(Default)]
pub(super) struct Checks(Vec<(&'static str, String)>);

impl Checks {
    pub(super) fn object(&mut self, field: &'static str, words: impl Into<String>) {
        self.0.push((field, words.into()));
    }

    /// A date, strictly `YYYY-MM-DD`.
    pub(super) fn date(&mut self, field: &'static str, text: Option<&str>) -> Option<Date> {
        let text = text?;
        let strict = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date = text.parse().ok().filter(|_| strict);
        if date.is_none() {
            self.object(field, "expected a date such as 2026-12-07.");
        }
        date
    }

    pub(super) fn in_order(&mut self, from: Option<Date>, to: Option<Date>) {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.object("from", format!("{from} lies after `to`, {to}."));
        }
    }

    /// A manager whom some revision knows.
    pub(super) fn manager(&mut self, revisions: &Revisions, id: Option<&str>) -> Option<UserId> {
        let id = UserId::from(id?);
        if !revisions.iter().any(|revision| revision.process.manager(&id).is_some()) {
            self.object("manager", "no manager has this id.");
        }
        Some(id)
    }

    /// An activity that some revision knows.
    pub(super) fn activity(&mut self, revisions: &Revisions, key: Option<&str>) -> Option<ActivityKey> {
        let key = ActivityKey::from(key?);
        if !revisions.iter().any(|revision| revision.process.activity(&key).is_some()) {
            self.object("activity", "no activity has this key.");
        }
        Some(key)
    }

    pub(super) fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::bad_values(self.0)) }
    }
}
