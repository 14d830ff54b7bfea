//! `/onbeat year`: a manager's own links and a leader's, and new ones for the asking.

use super::super::{Engine, Result};
use super::Answer;
use crate::engine::team::leading;
use crate::process::revision::Revisions;
use crate::process::{Manager, UserId};
use crate::slack::views::{self, MessageContent, TeamLink, YearLinks};
use crate::slack::{Action, Pressed};

impl Engine {
    /// The manager's links, for nobody else to see.
    pub(super) async fn year(&self, revisions: &Revisions, manager: &Manager, fresh: bool) -> Result<MessageContent> {
        let Some(addresses) = self.addresses(&manager.slack).await? else { return Ok(views::year_without_address()) };
        Ok(views::year(&YearLinks {
            manager_name: &manager.name,
            manager: &manager.slack,
            calendar: &addresses.calendar,
            webcal: &addresses.webcal(),
            page: &addresses.page,
            team: leading(revisions, &manager.slack, self.clock().now()).map(|_| addresses.team.as_str()),
            fresh,
        }))
    }

    /// The link of one who leads and is no manager, for nobody else to see.
    pub(super) async fn team(&self, revisions: &Revisions, user: &UserId, fresh: bool) -> Result<MessageContent> {
        let Some(addresses) = self.addresses(user).await? else { return Ok(views::year_of_leader()) };
        let leader_name = revisions.name_of(user).unwrap_or(user.as_str());
        Ok(views::team_link(&TeamLink { leader_name, leader: user, page: &addresses.team, fresh }))
    }

    /// Ends the links of whoever pressed; nobody resets another's.
    pub(super) async fn reset_links(&self, revisions: &Revisions, pressed: &Pressed) -> Result<Answer> {
        let me = &pressed.user;
        let theirs = pressed.action == Action::ResetLinks(me.clone());
        // Also somebody who leaves, or has left, ends their own.
        let known = || revisions.iter().rev().find_map(|revision| revision.process.manager(me));
        let manager = known();
        let leads = leading(revisions, me, self.clock().now()).is_some();
        if !theirs || (manager.is_none() && !leads) {
            self.say(pressed, me, views::not_your_links(), false);
            return Ok(Answer::Nothing);
        }
        // A second delivery of the press must not end the links that the first one gave.
        let generation = self.store().reset_links(me, Some(me), self.clock().now(), Some(&pressed.key)).await?;
        tracing::info!(user = %me, generation, "links were reset");
        let content = match manager {
            Some(manager) => self.year(revisions, manager, true).await?,
            None => self.team(revisions, me, true).await?,
        };
        self.say(pressed, me, content, true);
        self.repaint_home(revisions, pressed);
        Ok(Answer::Nothing)
    }

    /// Answers a press, after the answer to Slack; where it can be, in place of what was pressed.
    fn say(&self, pressed: &Pressed, user: &UserId, content: MessageContent, instead: bool) {
        let (engine, user) = (self.clone(), user.clone());
        let (address, channel) = (pressed.response_url.clone(), pressed.channel.clone());
        self.0.tasks.spawn(async move {
            match (address, channel) {
                (Some(address), _) => drop(engine.slack().respond(&address, &content, instead).await),
                (None, Some(channel)) => drop(engine.slack().ephemeral(&channel, &user, &content).await),
                (None, None) => {}
            }
        });
    }
}
