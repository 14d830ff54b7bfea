//! Forgetting somebody, and telling what is kept about them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Result, load_revisions};
use crate::process::erase::{names_of, without_name};
use crate::process::file;
use crate::process::revision::Revisions;
use crate::process::{Process, UserId};
use crate::record::digest::Story;
use crate::store::Store;
use crate::store::privacy::{Forgetting, Forgotten, Rewritten};

/// What forgetting somebody came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// What the store let go of.
    pub gone: Forgotten,
    /// In how many revisions the name stood.
    pub revisions: usize,
    /// In how many digests the name or words stood.
    pub digests: usize,
    /// What they are in the newest revision, where they are still in it.
    pub still: Option<&'static str>,
    /// Revisions in which the name stands elsewhere: in a title, an outcome, a holiday's name.
    pub elsewhere: Vec<i64>,
}

/// Forgets somebody at `now`; `None` where nothing is kept about such a person.
///
/// # Errors
/// Where the store fails, or holds a revision that can't be read: then nothing was erased.
pub async fn forget(store: &dyn Store, user: &UserId, by: Option<&str>, now: Timestamp) -> Result<Option<Erased>> {
    loop {
        let stored = store.revisions().await?;
        let revisions = load_revisions(store).await?;
        let names: BTreeSet<String> = revisions.iter().flat_map(|one| names_of(&one.process, user)).collect();
        let known = !roles(&revisions, user).is_empty() || !store.about(user).await?.is_empty();
        if !known {
            return Ok(None);
        }
        let mut rewritten = Vec::new();
        let mut elsewhere = Vec::new();
        for revision in &stored {
            let Some(read) = revisions.get(revision.number) else { continue };
            if !names_of(&read.process, user).is_empty() {
                // What the store keeps has no number of its own in it.
                let process = Process { revision: None, ..without_name(&read.process, user) };
                let is = file::write(&process);
                rewritten.push(Rewritten { id: revision.number, was: revision.text.clone(), is });
            }
            let text = rewritten.last().filter(|it| it.id == revision.number).map_or(&revision.text, |it| &it.is);
            if names.iter().any(|name| text.contains(name.as_str())) {
                elsewhere.push(revision.number);
            }
        }
        let told = store.digests().await?;
        let bodies = told.iter().filter_map(|(id, was)| {
            let mut story: Story = serde_json::from_str(was).ok()?;
            let is = story.forget(user, &names).then(|| story.written_into(was))?;
            Some(Rewritten { id: id.clone(), was: was.clone(), is })
        });
        let forgetting = Forgetting {
            user: user.clone(),
            newest: revisions.newest().map(|newest| newest.number),
            revisions: rewritten,
            digests: told.len(),
            bodies: bodies.collect(),
            at: now,
            by: by.map(str::to_owned),
        };
        // Where somebody was faster, what they wrote has to be looked at again.
        if let Some(gone) = store.forget(&forgetting).await? {
            return Ok(Some(Erased {
                gone,
                revisions: forgetting.revisions.len(),
                digests: forgetting.bodies.len(),
                still: revisions.newest().and_then(|newest| role(&newest.process, user)),
                elsewhere,
            }));
        }
    }
}

/// Everything that is kept about somebody, as JSON; `None` where nothing is.
///
/// # Errors
/// Where the store fails, or holds a revision that can't be read.
pub async fn export(store: &dyn Store, user: &UserId, now: Timestamp) -> Result<Option<Value>> {
    let revisions = load_revisions(store).await?;
    let (roles, rows) = (roles(&revisions, user), store.about(user).await?);
    let named: Vec<String> = store
        .digests()
        .await?
        .into_iter()
        .filter(|(_, body)| body.contains(&format!("\"{user}\"")))
        .map(|(id, _)| id)
        .collect();
    if roles.is_empty() && rows.is_empty() && named.is_empty() {
        return Ok(None);
    }
    let rows: Map<String, Value> = rows.into_iter().map(|(table, rows)| (table.to_owned(), json!(rows))).collect();
    Ok(Some(json!({
        "user": user,
        "exported_at": now.to_string(),
        "in_the_process": roles,
        "in_digests": named,
        "records": rows,
    })))
}

/// What each revision that names somebody says of them.
fn roles(revisions: &Revisions, user: &UserId) -> Vec<Value> {
    let mut all = Vec::new();
    for revision in revisions.iter() {
        let process = &revision.process;
        let (number, from) = (revision.number, revision.effective.to_string());
        if let Some(one) = process.leader(user) {
            let leader = &one.leader;
            all.push(
                json!({ "revision": number, "effective": from, "role": "leader", "name": one.name, "leader": leader }),
            );
        }
        if let Some(one) = process.manager(user) {
            let zone = one.time_zone.as_ref().and_then(|zone| zone.iana_name());
            let days_off: Vec<String> = one.holidays.iter().map(|(date, _)| date.to_string()).collect();
            all.push(json!({ "revision": number, "effective": from, "role": "manager", "name": one.name,
                "time_zone": zone, "leader": one.leader, "reps": one.reps.iter().map(|rep| &rep.slack).collect::<Vec<_>>(),
                "capacity_minutes": one.capacity, "intensity": one.intensity, "days_off": days_off }));
        }
        for manager in &process.managers {
            if let Some(one) = manager.rep(user) {
                all.push(json!({ "revision": number, "effective": from, "role": "rep", "name": one.name,
                    "manager": manager.slack }));
            }
        }
    }
    all
}

fn role(process: &Process, user: &UserId) -> Option<&'static str> {
    let rep = || process.managers.iter().any(|manager| manager.rep(user).is_some()).then_some("rep");
    let leader = || process.leader(user).map(|_| "leader");
    process.manager(user).map(|_| "manager").or_else(leader).or_else(rep)
}
