//! From stored revisions to checked processes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::process::file::{self, NothingAround, SourceFile};
use crate::process::revision::{Revision, Revisions};
use crate::process::{Activity, ActivityKey, UserId};
use crate::record::{Entry, Occurrence};
use crate::store::{Store, StoredRevision};

use super::Result;

/// A stored revision that this program can't read.
#[derive(Debug, thiserror::Error)]
#[error("revision {number} of the process cannot be read by this version of Onbeat:\n{problems}")]
pub struct ProcessError {
    number: i64,
    problems: String,
}

/// Reads one stored revision.
pub(super) fn parse(stored: &StoredRevision) -> std::result::Result<Revision, ProcessError> {
    let source = SourceFile { name: format!("revision {}", stored.number), text: stored.text.clone() };
    let (mut process, _) =
        file::read(&[source], stored.effective, &NothingAround).map_err(|problems| ProcessError {
            number: stored.number,
            problems: problems.iter().map(|problem| problem.rendered.as_str()).collect::<Vec<_>>().join("\n"),
        })?;
    process.revision = Some(stored.number);
    Ok(Revision {
        number: stored.number,
        applied_at: stored.applied_at,
        effective: stored.effective,
        in_slack: stored.in_slack,
        by: stored.by.clone(),
        process: Arc::new(process),
    })
}

/// `known`, and whatever was added since.
pub(super) async fn refresh(store: &dyn Store, known: &Arc<Revisions>) -> Result<Arc<Revisions>> {
    if store.newest_revision().await? == known.newest().map(|newest| newest.number) {
        return Ok(known.clone());
    }
    let stored = store.revisions().await?;
    let mut all = Vec::with_capacity(stored.len());
    for revision in &stored {
        all.push(match known.get(revision.number) {
            Some(revision) => revision.clone(),
            None => parse(revision)?,
        });
    }
    Ok(Arc::new(Revisions::new(all)))
}

/// Every revision of the store.
///
/// # Errors
/// Where the store fails, or holds a revision that can't be read.
pub async fn load_revisions(store: &dyn Store) -> Result<Arc<Revisions>> {
    refresh(store, &Arc::default()).await
}

/// Joins occurrences with what their revisions say of them. One whose activity no revision knows is left out, and said so.
pub fn entries(revisions: &Revisions, occurrences: Vec<Occurrence>) -> Vec<Entry> {
    // A quarter of a large team is a hundred thousand rows of a few activities and people: each is looked up once.
    let mut activities: HashMap<(i64, ActivityKey), Option<Arc<Activity>>> = HashMap::new();
    let mut reps: HashMap<(i64, UserId), String> = HashMap::new();
    let join = |occurrence: Occurrence| {
        let number = occurrence.revision;
        let process = revisions.get(number).map(|revision| &revision.process);
        let activity = activities.entry((number, occurrence.activity.clone())).or_insert_with(|| {
            process.and_then(|process| process.activity(&occurrence.activity)).cloned().map(Arc::new)
        });
        let (Some(process), Some(activity)) = (process, activity.clone()) else {
            tracing::warn!(id = %occurrence.id, "an occurrence of an activity that its revision does not know");
            return None;
        };
        let named =
            |id: &UserId| reps.entry((number, id.clone())).or_insert_with(|| Entry::name_of(id, process)).clone();
        let rep_name = occurrence.rep.as_ref().map(named);
        Some(Entry { occurrence, activity, rep_name })
    };
    occurrences.into_iter().filter_map(join).collect()
}
