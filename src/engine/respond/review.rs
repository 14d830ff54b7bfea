//! Answers to what was asked beside the work, and the managers' own if-thens.

use jiff::Timestamp;

use super::super::{Engine, Result, person};
use super::Answer;
use crate::process::file;
use crate::process::revision::Revisions;
use crate::process::{Activity, Intensity, Process, UserId};
use crate::record::review::Answer as Reply;
use crate::slack::views;
use crate::slack::{Pressed, Submitted, View};
use crate::store::{Intention, NewRevision};

impl Engine {
    /// Keeps the answer. *Fewer* is done at once: how much comes is the manager's own to choose.
    pub(super) async fn answered(&self, pressed: &Pressed, id: &str, reply: Reply) -> Result<()> {
        let now = self.clock().now();
        let user = &pressed.user;
        let asked = self.store().said_to(user).await?;
        let Some(asked) = asked.into_iter().find(|said| said.aside.id == id) else {
            self.whisper(pressed, views::not_asked());
            return Ok(());
        };
        if asked.answer.is_some() || !asked.aside.topic.answers().contains(&reply) {
            return Ok(());
        }
        match reply {
            Reply::Fewer => self.make_light(user, now).await?,
            Reply::Keep | Reply::Move | Reply::Shrink | Reply::Stop | Reply::Fine => {}
        }
        if self.store().answer(id, reply, user, now).await? {
            tracing::info!(answer = reply.as_str(), "a question was answered");
        }
        self.wake();
        Ok(())
    }

    /// A revision in which the manager hears less, made as `apply` makes one.
    async fn make_light(&self, user: &UserId, now: Timestamp) -> Result<()> {
        loop {
            let revisions = self.refresh().await?;
            let Some(newest) = revisions.newest() else { return Ok(()) };
            let mut process = Process::clone(&newest.process);
            let Some(manager) = process.managers.iter_mut().find(|manager| manager.slack == *user) else {
                return Ok(());
            };
            if manager.intensity == Some(Intensity::Light) {
                return Ok(());
            }
            manager.intensity = Some(Intensity::Light);
            // What is still to come is not brought forward by it.
            let effective = newest.effective.max(person::today(&revisions, user, now));
            let text = file::write(&Process { effective: Some(effective), revision: None, ..process });
            let new = NewRevision { applied_at: now, effective, in_slack: true, by: Some(user.to_string()), text };
            if self.store().add_revision(Some(newest.number), &new).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// Asks for an if-then; none for who holds nothing.
    pub(super) async fn if_then_view(&self, revisions: &Revisions, user: &UserId) -> Result<Option<View>> {
        let held = held_by(revisions, user, self.clock().now());
        if held.is_empty() {
            return Ok(None);
        }
        let known = self.store().intentions(user).await?;
        let known: Vec<_> = known.into_iter().map(|said| (said.activity, said.words)).collect();
        Ok(Some(views::if_then_modal(&held, &known)))
    }

    pub(super) async fn ask_if_then(&self, revisions: &Revisions, pressed: &Pressed) -> Result<()> {
        match self.if_then_view(revisions, &pressed.user).await? {
            Some(view) => drop(self.open(pressed, view)),
            None => self.whisper(pressed, views::not_asked()),
        }
        Ok(())
    }

    pub(super) async fn keep_if_then(&self, revisions: &Revisions, submitted: &Submitted) -> Result<Answer> {
        let now = self.clock().now();
        let held = held_by(revisions, &submitted.user, now);
        let said = submitted.fields.if_then().filter(|(key, _)| held.iter().any(|activity| activity.key == *key));
        if let Some((activity, words)) = said {
            self.store().keep_intention(&submitted.user, &Intention { activity, words }, now).await?;
            self.wake();
        }
        Ok(Answer::Nothing)
    }

    /// A word to that person alone.
    pub(super) fn whisper(&self, pressed: &Pressed, words: &str) {
        let (engine, user) = (self.clone(), pressed.user.clone());
        let Some(channel) = pressed.channel.clone() else { return };
        let content = views::plain(words);
        self.0.tasks.spawn(async move { engine.slack().ephemeral(&channel, &user, &content).await.ok() });
    }
}

/// What a manager holds by the process in force.
fn held_by<'r>(revisions: &'r Revisions, user: &UserId, now: Timestamp) -> Vec<&'r Activity> {
    let in_force = person::in_force(revisions, user, now).or(revisions.newest());
    let Some(process) = in_force.map(|revision| &revision.process) else { return Vec::new() };
    if process.manager(user).is_none() {
        return Vec::new();
    }
    process.activities.iter().filter(|activity| activity.is_held_by(user)).collect()
}
