//! `/onbeat` and the Home tab: the record shown to whom it belongs.

use jiff::Timestamp;

use super::super::processes::entries;
use super::super::{Engine, Result, person};
use super::{Answer, ephemeral};
use crate::process::revision::Revisions;
use crate::process::{Calendar, Manager, Process, UserId};
use crate::record::adherence::Figures;
use crate::record::digest::Week;
use crate::record::{Days, Entry, Standing};
use crate::slack::views::{self, Overview, Status};
use crate::slack::{Command, Pressed, View};
use crate::store::OccurrenceQuery;

/// What `/onbeat` understands; anything else gets help.
enum Wish<'a> {
    Today,
    Week,
    Year,
    Status,
    IfThen,
    /// With what follows the word.
    Away(&'a str),
    Help,
}

impl Wish<'_> {
    fn of(text: &str) -> Wish<'_> {
        let (word, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        match word.to_lowercase().as_str() {
            "" => Wish::Today,
            "today" => Wish::Today,
            "week" => Wish::Week,
            "status" => Wish::Status,
            "if-then" | "ifthen" => Wish::IfThen,
            "year" => Wish::Year,
            "away" => Wish::Away(rest),
            _ => Wish::Help,
        }
    }
}

impl Engine {
    pub(super) async fn command(&self, command: &Command) -> Result<Answer> {
        let revisions = self.refresh().await?;
        let wish = Wish::of(&command.text);
        let Some(me) = Me::find(&revisions, &command.user, self.clock().now()) else {
            let known = revisions.newest().is_some_and(|newest| newest.process.leader(&command.user).is_some());
            let content = match wish {
                _ if !known => views::stranger(&self.whom_to_ask(&revisions, &command.user)),
                Wish::Year => views::year_of_leader(),
                Wish::Today | Wish::Week | Wish::Status | Wish::IfThen | Wish::Away(_) | Wish::Help => views::help(),
            };
            return Ok(ephemeral(&content));
        };
        let now = self.clock().now();
        let content = match wish {
            Wish::Help => views::help(),
            Wish::IfThen => {
                if let (Some(trigger), Some(view)) =
                    (&command.trigger_id, self.if_then_view(&revisions, &command.user).await?)
                {
                    self.show(trigger, view);
                    return Ok(Answer::Nothing);
                }
                views::help()
            }
            Wish::Away(text) => return self.away_command(&revisions, &me, command, text).await,
            Wish::Today => views::today(&me.overview(&self.this_week(&revisions, &me, now).await?, &[], now)),
            Wish::Week => views::week(&me.overview(&self.this_week(&revisions, &me, now).await?, &[], now)),
            Wish::Year => self.year(me.manager, false).await?,
            Wish::Status => {
                let this = Week::of(me.today(now));
                let figures = |entries: &[Entry]| Figures::of(entries.iter().map(|entry| &entry.occurrence), now);
                let written = async |week: Week| {
                    let start =
                        |date: jiff::civil::Date| me.calendar.instant(date, jiff::civil::Time::midnight()).timestamp();
                    let end = week.to().tomorrow().map_or(now, start);
                    self.store().count_sent(&command.user, start(week.from()), end).await
                };
                views::status(&Status {
                    messages: (written(this).await?, written(this.before()).await?),
                    manager_name: &me.manager.name,
                    this_week: figures(&self.due_in(&revisions, &me, this).await?),
                    last_week: figures(&self.due_in(&revisions, &me, this.before()).await?),
                })
            }
        };
        Ok(ephemeral(&content))
    }

    /// Paints somebody's Home tab, after the answer.
    pub(super) fn home_opened(&self, user: UserId) -> Answer {
        let engine = self.clone();
        self.0.tasks.spawn(async move {
            match engine.whole_home(&user).await {
                Ok(view) => drop(engine.slack().publish_home(&user, &view).await),
                Err(error) => tracing::error!(%error, "the Home tab was not painted"),
            }
        });
        Answer::Nothing
    }

    /// A press on the Home tab changes what the tab shows.
    pub(super) fn repaint_home(&self, _revisions: &Revisions, pressed: &Pressed) {
        if pressed.view_id.is_some() {
            self.home_opened(pressed.user.clone());
        }
    }

    /// A modal may have been opened from the Home tab.
    pub(super) fn publish_home_if_manager(&self, revisions: &Revisions, user: &UserId) {
        if Me::find(revisions, user, self.clock().now()).is_some() {
            self.home_opened(user.clone());
        }
    }

    pub(super) async fn home_view(&self, user: &UserId) -> Result<View> {
        let revisions = self.refresh().await?;
        let Some(me) = Me::find(&revisions, user, self.clock().now()) else {
            let leader = revisions.newest().and_then(|newest| newest.process.leader(user).cloned());
            return Ok(match leader {
                Some(leader) => views::home_of_leader(&leader.name),
                None => views::home_of_stranger(&self.whom_to_ask(&revisions, user)),
            });
        };
        let now = self.clock().now();
        let addresses = self.addresses(user).await?;
        let page = addresses.as_ref().map(|addresses| addresses.page.as_str());
        let absences = self.absences(&me.manager.slack).await?;
        let away: Vec<Days> = absences.not_over(me.today(now)).collect();
        let me = Me { calendar: absences.off(me.calendar), ..me };
        Ok(views::home(&me.overview(&self.this_week(&revisions, &me, now).await?, &away, now), page))
    }

    /// What is due this week, and what is still open from before.
    async fn this_week(&self, revisions: &Revisions, me: &Me<'_>, now: Timestamp) -> Result<Vec<Entry>> {
        let week = Week::of(me.today(now));
        let open = OccurrenceQuery {
            manager: Some(me.manager.slack.clone()),
            closes_after: Some(now),
            to: Some(week.from()),
            standings: vec![Standing::Undecided],
            ..Default::default()
        };
        let mut found = entries(revisions, self.store().occurrences(&open).await?);
        found.retain(|entry| entry.occurrence.date < week.from());
        found.extend(self.due_in(revisions, me, week).await?);
        Ok(found)
    }

    async fn due_in(&self, revisions: &Revisions, me: &Me<'_>, week: Week) -> Result<Vec<Entry>> {
        let query = OccurrenceQuery {
            manager: Some(me.manager.slack.clone()),
            from: Some(week.from()),
            to: Some(week.to()),
            standings: Standing::ALL.into_iter().filter(|standing| *standing != Standing::Withdrawn).collect(),
            ..Default::default()
        };
        Ok(entries(revisions, self.store().occurrences(&query).await?))
    }

    /// Whom a stranger may ask: the admins, else the leaders nobody leads.
    pub(super) fn whom_to_ask(&self, revisions: &Revisions, who: &UserId) -> Vec<UserId> {
        let admins: Vec<UserId> = self.0.admins.iter().filter(|admin| *admin != who).cloned().collect();
        if !admins.is_empty() {
            return admins;
        }
        let Some(newest) = revisions.newest() else { return Vec::new() };
        let process = &newest.process;
        let top = process.leaders.iter().filter(|leader| process.leader_above(&leader.slack).is_none());
        top.map(|leader| leader.slack.clone()).collect()
    }
}

/// The manager who asks.
pub(super) struct Me<'a> {
    pub(super) manager: &'a Manager,
    calendar: Calendar,
}

impl<'a> Me<'a> {
    /// By the revision in force, else by the newest: who joins next week may look already.
    pub(super) fn find(revisions: &'a Revisions, user: &UserId, now: Timestamp) -> Option<Me<'a>> {
        let known = person::in_force(revisions, user, now).into_iter().chain(revisions.newest());
        let known = known.filter_map(|revision| Some((&*revision.process, revision.process.manager(user)?)));
        let (process, manager): (&Process, &Manager) = known.into_iter().next()?;
        Some(Me { manager, calendar: process.calendar_of(manager) })
    }

    pub(super) fn today(&self, now: Timestamp) -> jiff::civil::Date {
        now.to_zoned(self.calendar.zone.clone()).date()
    }

    fn overview<'b>(&'b self, entries: &'b [Entry], away: &'b [Days], now: Timestamp) -> Overview<'b> {
        Overview { manager_name: &self.manager.name, now, calendar: &self.calendar, entries, away }
    }
}
