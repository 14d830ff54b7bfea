//! What Slack tells of people, kept for an hour: who administers the workspace, and how a newcomer is called.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::process::UserId;
use crate::slack::Profile;

/// How long an answer holds, on the machine's clock.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long somebody who clicked is kept waiting for Slack: a modal's answer has three seconds in all.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What was asked lately; `None`: nobody of that id.
#[derive(Default)]
pub(super) struct Profiles(Mutex<HashMap<UserId, (Option<Profile>, Timestamp)>>);

impl Profiles {
    fn get(&self, user: &UserId, now: Timestamp) -> Option<Option<Profile>> {
        let known = self.0.lock().expect("nobody panics while holding it");
        known.get(user).filter(|(_, at)| now.duration_since(*at) < FRESH).map(|(profile, _)| profile.clone())
    }

    fn put(&self, user: &UserId, profile: Option<Profile>, now: Timestamp) {
        self.0.lock().expect("nobody panics while holding it").insert(user.clone(), (profile, now));
    }
}

impl Engine {
    /// Admins, by the settings or by Slack, excuse for everybody and look after the process; they record for nobody.
    pub(super) async fn is_admin(&self, who: &UserId) -> bool {
        self.0.admins.contains(who)
            || self.profiles(std::slice::from_ref(who)).await.is_some_and(|found| found.iter().any(|one| one.is_admin))
    }

    /// What Slack knows of these people, in their order, those it doesn't know left out; `None`: it did not say in time.
    /// What it says later is known the next time.
    pub(super) async fn profiles(&self, users: &[UserId]) -> Option<Vec<Profile>> {
        let asked: Vec<_> = users.iter().map(|user| self.0.tasks.spawn(self.clone().profile(user.clone()))).collect();
        let all = async {
            let mut found = Vec::with_capacity(asked.len());
            for one in asked {
                found.extend(one.await.ok()??);
            }
            Some(found)
        };
        tokio::time::timeout(PATIENCE, all).await.ok().flatten()
    }

    async fn profile(self, user: UserId) -> Option<Option<Profile>> {
        let now = self.clock().machine();
        if let Some(known) = self.0.profiles.get(&user, now) {
            return Some(known);
        }
        let profile = self.slack().user_profile(&user).await.ok()?;
        self.0.profiles.put(&user, profile.clone(), now);
        Some(profile)
    }
}
