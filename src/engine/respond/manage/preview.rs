//! What would come of a change: what it says in words, when it falls due next, what it asks in hours.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::rights::Scope;
use super::{Answer, Hindrance};
use crate::engine::Engine;
use crate::process::edit::{About, Edit, Objection, Step, steps};
use crate::process::load::load_alone;
use crate::process::plan::plan_manager;
use crate::process::revision::{Revisions, changes};
use crate::process::{ActivityKey, Manager, Process, UserId};
use crate::slack::action::manage::Draft;
use crate::slack::views::manage as show;

/// How many dates of an activity are shown.
const DATES: usize = 5;
/// How many managers' hours are shown: those for whom most changes.
const LOADS: usize = 5;

impl Engine {
    /// Draws the preview of a change.
    pub(super) fn draw_preview(
        &self,
        revisions: &Revisions,
        scope: &Scope,
        draft: &Draft,
    ) -> Result<Answer, Hindrance> {
        scope.allow(&draft.edit)?;
        let Some(newest) = revisions.newest() else { return Ok(Answer::Nothing) };
        let today = self.earliest(newest);
        let from = draft.from.unwrap_or(today).max(today);
        let steps = steps(revisions, &draft.edit, from)?;
        if let Some(meanwhile) = Engine::overtaken(revisions, newest, draft) {
            return Err(meanwhile);
        }
        let Some(first) = steps.first() else {
            let words = "That is how it is already: nothing would change.".to_owned();
            return Err(Objection { about: About::Whole, words }.into());
        };
        let (before, after) = (&*first.before.process, &first.after.process);
        let waiting: Vec<Date> = steps.iter().skip(1).map(|step| step.effective).collect();
        let is_pause = matches!(&draft.edit, Edit::Hold { managers: Some(some), .. } if some.is_empty());
        let said = changes(before, after);
        let sample = sample(&draft.edit, after, scope, first.effective, self.clock().now());
        let load = hours(&draft.edit, first);
        let preview = show::Preview {
            draft,
            effective: first.effective,
            today: first.effective <= today,
            changes: &said,
            waiting: &waiting,
            sample: sample.as_ref(),
            load: &load,
            warnings: if is_pause { &[] } else { &first.after.warnings },
        };
        Ok(Answer::Json(show::answer_on_top(&show::preview(&preview))))
    }
}

/// The activity that a change is about.
fn activity_of(edit: &Edit) -> Option<&ActivityKey> {
    match edit {
        Edit::Activity(draft) => Some(&draft.key),
        Edit::Hold { activity, .. } | Edit::Retire { activity } => Some(activity),
        Edit::AddManagers { .. }
        | Edit::RemoveManagers { .. }
        | Edit::Manager { .. }
        | Edit::Leader { .. }
        | Edit::Digest { .. } => None,
    }
}

/// The process with this activity alone.
fn alone(process: &Process, key: &ActivityKey) -> Process {
    Process { activities: process.activity(key).cloned().into_iter().collect(), ..process.clone() }
}

/// When the activity falls due next for one who holds it: one of one's own before others.
fn sample(edit: &Edit, after: &Process, scope: &Scope, from: Date, now: Timestamp) -> Option<show::Sample> {
    let key = activity_of(edit)?;
    let activity = after.activity(key)?;
    let mut holders: Vec<&Manager> =
        after.managers.iter().filter(|manager| activity.is_held_by(&manager.slack)).collect();
    holders.sort_by_key(|manager| (manager.reps.is_empty(), !scope.leads(&manager.slack)));
    let manager = holders.first()?;
    let only = alone(after, key);
    let to = from.saturating_add(Span::new().days(366));
    let planned = plan_manager(&only, manager, from, to);
    let ahead = planned.iter().filter(|planned| planned.due.timestamp() > now);
    let line = |planned: &crate::process::plan::Planned<'_>| {
        let with = planned.rep.map(|rep| format!(", with {}", rep.name)).unwrap_or_default();
        format!("{}{with}", planned.due.strftime("%a %-d %b %Y at %H:%M"))
    };
    Some(show::Sample { whose: manager.name.clone(), dates: ahead.take(DATES).map(line).collect() })
}

/// `Ana Ruiz: 12.5 → 13.4 of 20`, for those for whom most changes.
fn hours(edit: &Edit, step: &Step<'_>) -> Vec<String> {
    let (before, after) = (&*step.before.process, &step.after.process);
    let to = step.effective.saturating_add(Span::new().days(13 * 7 - 1));
    let average = |process: &Process, manager: &Manager| {
        load_alone(process, &manager.slack, step.effective, to).map_or(0.0, |load| load.a_week() / 60.0)
    };
    // Told from the activity alone, so that a large team takes no longer than a small one.
    let parts = activity_of(edit).map(|key| (alone(before, key), alone(after, key)));
    let touched = |id: &UserId| match edit {
        Edit::AddManagers { people, .. } => people.iter().any(|one| one.slack == *id),
        Edit::Manager { manager, reps, .. } => {
            let loses = || {
                before
                    .manager(id)
                    .is_some_and(|it| it.reps.iter().any(|rep| reps.iter().any(|new| new.slack == rep.slack)))
            };
            manager == id || loses()
        }
        Edit::Activity(_) | Edit::Hold { .. } | Edit::Retire { .. } => true,
        Edit::RemoveManagers { .. } | Edit::Leader { .. } | Edit::Digest { .. } => false,
    };
    let was = |id: &UserId, process: &Process| process.manager(id).map_or(0.0, |manager| average(process, manager));
    let mut all: Vec<(&Manager, f64, Option<f64>)> = Vec::new();
    for manager in after.managers.iter().filter(|manager| touched(&manager.slack)) {
        match &parts {
            Some((old, new)) => all.push((manager, was(&manager.slack, new) - was(&manager.slack, old), None)),
            None => {
                let (old, new) = (was(&manager.slack, before), average(after, manager));
                all.push((manager, new - old, Some(old)));
            }
        }
    }
    all.retain(|(_, change, _)| change.abs() > 0.004);
    all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let line = |(manager, change, old): &(&Manager, f64, Option<f64>)| {
        let old = old.unwrap_or_else(|| was(&manager.slack, before));
        let capacity = f64::from(manager.capacity.unwrap_or(after.calendar.capacity)) / 60.0;
        let over = if old + change > capacity { ", more than they have" } else { "" };
        format!("{}: {} → {} of {}{over}", manager.name, round(old), round(old + change), round(capacity))
    };
    let mut lines: Vec<String> = all.iter().take(LOADS).map(line).collect();
    if all.len() > LOADS {
        let more = all.len() - LOADS;
        let managers = if more == 1 { "manager" } else { "managers" };
        lines.push(format!("… and {more} more {managers}, none with a greater change"));
    }
    lines
}

/// To a tenth of an hour.
fn round(hours: f64) -> f64 {
    (hours * 10.0).round().abs() / 10.0
}
