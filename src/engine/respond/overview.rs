//! `/onbeat` and the Home tab: the record shown to whom it belongs.

use jiff::Timestamp;
use jiff::civil::Date;

use super::super::processes::entries;
use super::super::{Engine, Result, person};
use super::{Answer, ephemeral};
use crate::process::load::full_week;
use crate::process::revision::Revisions;
use crate::process::{Calendar, Manager, Process, UserId};
use crate::record::adherence::Figures;
use crate::record::digest::Week;
use crate::record::hours::Hours;
use crate::record::trend::{Trend, WEEKS};
use crate::record::{Days, Entry, Occurrence, Standing, State};
use crate::slack::views::{self, HomePicture, Overview, Own, Progress, Status};
use crate::slack::{Command, Modal, Pressed, View};
use crate::store::OccurrenceQuery;

/// What `/onbeat` understands; anything else gets help.
enum Subcommand<'a> {
    Today,
    Week,
    Year,
    Status,
    IfThen,
    /// With what follows the word.
    Away(&'a str),
    Settings,
    Help,
    /// A word that is none of these.
    Unknown(&'a str),
}

/// The words that help lists.
const WORDS: [&str; 9] = ["today", "week", "year", "status", "away", "if-then", "settings", "manage", "help"];
/// How near a word must be to one of them.
const NEAR: f64 = 0.8;

impl Subcommand<'_> {
    fn of(text: &str) -> Subcommand<'_> {
        let (word, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        match word.to_lowercase().as_str() {
            "" | "today" | "now" | "todo" | "open" | "day" => Subcommand::Today,
            "week" | "plan" => Subcommand::Week,
            "status" | "adherence" | "trend" | "hours" | "score" => Subcommand::Status,
            "year" | "quarter" | "calendar" => Subcommand::Year,
            "away" | "off" | "vacation" | "holiday" | "leave" => Subcommand::Away(rest),
            "if-then" | "ifthen" | "if" => Subcommand::IfThen,
            "settings" | "setting" | "preferences" | "intensity" => Subcommand::Settings,
            "help" | "?" | "hello" | "hi" => Subcommand::Help,
            _ => Subcommand::Unknown(word),
        }
    }
}

/// What was perhaps meant.
fn meant(word: &str) -> Option<&'static str> {
    let near = |known: &&str| strsim::jaro_winkler(&word.to_lowercase(), known);
    let best = WORDS.into_iter().max_by(|a, b| near(a).total_cmp(&near(b)));
    best.filter(|known| near(known) >= NEAR)
}

fn help_for(word: &str) -> views::MessageContent {
    views::help_for(word, meant(word))
}

impl Engine {
    pub(super) async fn command(&self, command: &Command) -> Result<Answer> {
        let revisions = self.refresh().await?;
        let wish = Subcommand::of(&command.text);
        let Some(me) = Me::find(&revisions, &command.user, self.clock().now()) else {
            let known = revisions.newest().is_some_and(|newest| newest.process.leader(&command.user).is_some());
            let content = match wish {
                _ if !known => views::stranger(&self.whom_to_ask(&revisions, &command.user)),
                Subcommand::Year => self.team(&revisions, &command.user, false).await?,
                Subcommand::Unknown(word) => help_for(word),
                Subcommand::Today
                | Subcommand::Week
                | Subcommand::Status
                | Subcommand::IfThen
                | Subcommand::Away(_)
                | Subcommand::Settings
                | Subcommand::Help => views::help(),
            };
            return Ok(ephemeral(&content));
        };
        let now = self.clock().now();
        let content = match wish {
            Subcommand::Help => views::help(),
            Subcommand::Unknown(word) => help_for(word),
            Subcommand::Settings => return Ok(self.shown_modal(command, Some(views::settings_modal(&me.own())))),
            Subcommand::IfThen => {
                return Ok(self.shown_modal(command, self.if_then_view(&revisions, &command.user).await?));
            }
            Subcommand::Away(text) => return self.away_command(&revisions, &me, command, text).await,
            Subcommand::Today => views::today(&me.overview(&self.this_week(&revisions, &me, now).await?, &[], now)),
            Subcommand::Week => views::week(&me.overview(&self.this_week(&revisions, &me, now).await?, &[], now)),
            Subcommand::Year => self.year(&revisions, me.manager, false).await?,
            Subcommand::Status => self.status(&revisions, me, now).await?,
        };
        Ok(ephemeral(&content))
    }

    /// A command that a modal answers; help where there is none to show.
    fn shown_modal(&self, command: &Command, view: Option<View>) -> Answer {
        let (Some(trigger), Some(view)) = (&command.trigger_id, view) else { return ephemeral(&views::help()) };
        self.show(trigger, view);
        Answer::Nothing
    }

    async fn status(&self, revisions: &Revisions, me: Me<'_>, now: Timestamp) -> Result<views::MessageContent> {
        let me = Me { calendar: self.absences(&me.manager.slack).await?.off(me.calendar), ..me };
        let Past { trend, this_week, hours } = self.past(revisions, &me, now).await?;
        let this = Week::of(me.today(now));
        let written = async |week: Week| {
            let end = week.to().tomorrow().map_or(now, |date| me.start_of(date));
            self.store().count_sent(&me.manager.slack, me.start_of(week.from()), end).await
        };
        Ok(views::status(&Status {
            manager_name: &me.manager.name,
            progress: Progress { this_week, trend: &trend, hours },
            last_week: trend.weeks().last().map(|(_, figures)| *figures).unwrap_or_default(),
            messages: (written(this).await?, written(this.before()).await?),
        }))
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
        match (&pressed.view_id, &pressed.modal) {
            (Some(view_id), Some(Modal::Cadence)) => self.repaint_cadence(&pressed.user, view_id),
            (Some(_), Some(_)) | (None, _) => {}
            (Some(_), None) => drop(self.home_opened(pressed.user.clone())),
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
        let Past { trend, this_week, hours } = self.past(&revisions, &me, now).await?;
        let week = self.this_week(&revisions, &me, now).await?;
        let next = if week.is_empty() { self.next(&revisions, &me, now).await? } else { None };
        Ok(views::home(&HomePicture {
            overview: me.overview(&week, &away, now),
            progress: Progress { this_week, trend: &trend, hours },
            next: next.as_ref(),
            year_page: page,
            own: me.own(),
        }))
    }

    /// The last weeks and this one, in figures.
    async fn past(&self, revisions: &Revisions, me: &Me<'_>, now: Timestamp) -> Result<Past> {
        let this = Week::of(me.today(now));
        let mut weeks: Vec<Week> =
            std::iter::successors(Some(this.before()), |week| Some(week.before())).take(WEEKS).collect();
        weeks.reverse();
        let since = weeks.first().map_or(this.from(), |week| week.from());
        let all = self.due(revisions, me, since, this.to()).await?;
        let figures = |week: Week| {
            let within = |occurrence: &&Occurrence| (week.from()..=week.to()).contains(&occurrence.date);
            Figures::of(all.iter().map(|entry| &entry.occurrence).filter(within), now)
        };
        let trend = Trend::new(weeks.into_iter().map(|week| (week, figures(week))).collect());
        let hours = Hours::of(this, &all, full_week(me.process, me.manager), &me.calendar, now);
        Ok(Past { trend, this_week: figures(this), hours })
    }

    /// The first thing that is planned beyond this week.
    async fn next(&self, revisions: &Revisions, me: &Me<'_>, now: Timestamp) -> Result<Option<Entry>> {
        let ahead = me.today(now).saturating_add(jiff::Span::new().days(AHEAD));
        let found = self.due(revisions, me, me.today(now), ahead).await?;
        Ok(found.into_iter().find(|entry| entry.occurrence.state(now) == State::Planned))
    }

    /// What is due this week, and what is still open from before.
    pub(super) async fn this_week(&self, revisions: &Revisions, me: &Me<'_>, now: Timestamp) -> Result<Vec<Entry>> {
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
        found.extend(self.due(revisions, me, week.from(), week.to()).await?);
        Ok(found)
    }

    /// Whatever is due on these days, but for what was withdrawn.
    async fn due(&self, revisions: &Revisions, me: &Me<'_>, from: Date, to: Date) -> Result<Vec<Entry>> {
        let query = OccurrenceQuery {
            manager: Some(me.manager.slack.clone()),
            from: Some(from),
            to: Some(to),
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

/// How the last weeks went, and what this one asks.
struct Past {
    trend: Trend,
    this_week: Figures,
    hours: Hours,
}

/// How many days ahead the Home tab looks for what comes next: as far as is planned at least.
const AHEAD: i64 = 35;

/// The manager who asks.
pub(super) struct Me<'a> {
    pub(super) manager: &'a Manager,
    pub(super) process: &'a Process,
    calendar: Calendar,
}

impl<'a> Me<'a> {
    /// By the revision in force, else by the newest: who joins next week may look already.
    pub(super) fn find(revisions: &'a Revisions, user: &UserId, now: Timestamp) -> Option<Me<'a>> {
        let known = person::in_force(revisions, user, now).into_iter().chain(revisions.newest());
        let known = known.filter_map(|revision| Some((&*revision.process, revision.process.manager(user)?)));
        let (process, manager): (&Process, &Manager) = known.into_iter().next()?;
        Some(Me { manager, process, calendar: process.calendar_of(manager) })
    }

    pub(super) fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.calendar.zone.clone()).date()
    }

    /// The instant at which that day begins for them.
    pub(super) fn start_of(&self, date: Date) -> Timestamp {
        self.calendar.instant(date, jiff::civil::Time::midnight()).timestamp()
    }

    /// Their settings, or the process's where they have none of their own.
    pub(super) fn own(&self) -> Own<'_> {
        Own {
            intensity: self.process.intensity_of(self.manager),
            workday: self.calendar.workday,
            zone: &self.calendar.zone,
        }
    }

    pub(super) fn overview<'b>(&'b self, entries: &'b [Entry], away: &'b [Days], now: Timestamp) -> Overview<'b> {
        Overview { manager_name: &self.manager.name, now, calendar: &self.calendar, entries, away }
    }
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn what_was_perhaps_meant_is_found() {
        for (word, known) in
            [("todya", Some("today")), ("wek", Some("week")), ("STATS", Some("status")), ("lunch", None)]
        {
            assert_eq!(meant(word), known, "{word}");
        }
    }
}
