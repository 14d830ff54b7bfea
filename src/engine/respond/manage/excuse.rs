//! Leaders excuse for their own managers, admins for all.

use jiff::Timestamp;

use super::super::{Actor, Answer, Outcomes};
use crate::engine::processes::entries;
use crate::engine::{Engine, Result, person};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::digest::Week;
use crate::record::{Action, Entry, OccurrenceId, State};
use crate::slack::action::manage::block;
use crate::slack::views::manage::{self as show, Excusable};
use crate::slack::{Fields, Managing, View, views};
use crate::store::OccurrenceQuery;

impl Engine {
    /// What of a manager's can be excused.
    pub(super) async fn excuse_whose(&self, managing: &Managing, fields: &Fields) -> Result<Answer> {
        let revisions = self.refresh().await?;
        let scope = self.scope(&revisions, &managing.user).await;
        let picked = fields.user(block::MANAGER).filter(|id| scope.as_ref().is_some_and(|scope| scope.leads(id)));
        let Some(manager) = picked else {
            let words = "That isn't one of the managers you lead.";
            return Ok(Answer::Json(show::field_error(block::MANAGER, words)));
        };
        let view = self.excuse_of(&revisions, &manager, None).await?;
        Ok(Answer::Json(views::answer_with_view(&view)))
    }

    /// The form that asks which of a manager's occurrences are to be excused: this week's and the last one's, and those of
    /// an earlier digest's week and the one before it.
    pub(in crate::engine::respond) async fn excuse_of(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        told: Option<Week>,
    ) -> Result<View> {
        let name = revisions.name_of(manager).unwrap_or(manager.as_str());
        let all = self.excusable(revisions, manager, told, self.clock().now()).await?;
        Ok(if all.is_empty() {
            views::notice_modal(&format!("{name} has nothing open, missed or skipped, this week or last. Lovely."))
        } else {
            show::excuse(manager, name, &all)
        })
    }

    /// The newest first.
    async fn excusable(
        &self,
        revisions: &Revisions,
        manager: &UserId,
        told: Option<Week>,
        now: Timestamp,
    ) -> Result<Vec<Excusable>> {
        let week = Week::of(person::today(revisions, manager, now));
        let since = told.map_or(week, |told| told.min(week));
        let query = OccurrenceQuery {
            manager: Some(manager.clone()),
            from: Some(since.before().from()),
            to: Some(week.to()),
            ..Default::default()
        };
        let all = entries(revisions, self.store().occurrences(&query).await?);
        let line = |entry: &Entry| {
            let state = match entry.occurrence.state(now) {
                State::Open => "open",
                State::Missed => "missed",
                State::Skipped => "skipped",
                State::Planned | State::Done | State::Excused | State::Withdrawn => return None,
            };
            let words = format!("{}, {state}: {}", entry.occurrence.date.strftime("%a %-d %b"), entry.label());
            Some(Excusable { id: entry.occurrence.id.clone(), words })
        };
        Ok(all.iter().rev().filter_map(line).collect())
    }

    /// Excuses what was chosen; each is checked again.
    pub(super) async fn excuse(&self, managing: &Managing, manager: &UserId, fields: &Fields) -> Result<Answer> {
        let revisions = self.refresh().await?;
        let scope = self.scope(&revisions, &managing.user).await;
        if !scope.is_some_and(|scope| scope.leads(manager)) {
            let words =
                show::not_yours("This manager isn't one you lead.", &self.whom_to_ask(&revisions, &managing.user));
            return Ok(Answer::Json(views::answer_with_view(&show::notice(&words))));
        }
        let reason = fields.words(block::REASON);
        if reason.is_empty() {
            return Ok(Answer::Json(show::field_error(block::REASON, "A word or two on why, please.")));
        }
        let mut refused = Vec::new();
        for id in fields.options(block::OCCURRENCES).into_iter().map(OccurrenceId) {
            let Some(entry) = self.entry(&revisions, &id).await?.filter(|it| it.occurrence.manager == *manager) else {
                continue;
            };
            let key = format!("{}/{id}", managing.key);
            let actor = Actor { user: &managing.user, key: &key };
            match self.record(&revisions, &id, Action::Excuse(reason.clone()), &actor).await? {
                Outcomes::Done => {}
                Outcomes::Refused(refusal, _) => refused.push(views::refusal_in_words(refusal, Some(&entry))),
            }
        }
        self.home_opened(managing.user.clone());
        if refused.is_empty() {
            return Ok(Answer::Nothing);
        }
        Ok(Answer::Json(views::answer_with_view(&views::notice_modal(&refused.join("\n")))))
    }
}
