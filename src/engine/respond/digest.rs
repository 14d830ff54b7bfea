//! The buttons of a digest. Whoever presses one is judged anew: leaders for the managers below them, admins for all; what
//! they see and what they may do is about those managers alone.

use jiff::Timestamp;
use jiff::ToSpan;

use super::Answer;
use super::manage::Scope;
use crate::engine::digest::story_of;
use crate::engine::processes::entries;
use crate::engine::question::{self, Question};
use crate::engine::{Engine, Result};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::digest::material::QUARTER;
use crate::record::digest::{ActivityLine, Digest, Evidenced, Material, Regularity, Week};
use crate::record::{Entry, OccurrenceId, State};
use crate::slack::action::digest::{By, Form, Press, block};
use crate::slack::views::{self, Detail, Someone};
use crate::slack::{Did, Fields, Reading, View};
use crate::store::OccurrenceQuery;

/// For how long after its week a digest's button speaks of what fell due since.
const SINCE_DAYS: i64 = 7;

/// A digest through the eyes of whoever looks at it.
struct Seen {
    id: String,
    week: Week,
    revisions: std::sync::Arc<Revisions>,
    scope: Scope,
    /// Of its managers, those below the one who looks, in order of name.
    managers: Vec<Someone>,
}

/// What a gesture comes to.
enum Shown {
    View(Box<View>),
    Unknown,
    NotYours,
}

impl Seen {
    fn someone(&self, manager: &UserId) -> Option<Someone> {
        let known = self.managers.iter().find(|one| one.id == *manager).cloned();
        let other = || {
            let name = self.revisions.name_of(manager).unwrap_or(manager.as_str()).to_owned();
            self.scope.leads(manager).then(|| Someone { id: manager.clone(), name })
        };
        known.or_else(other)
    }
}

impl Engine {
    /// A press or a submission at a digest.
    pub(super) async fn reading(&self, reading: Reading) -> Result<Answer> {
        match &reading.did {
            Did::Press(press) => {
                let (engine, press, reading) = (self.clone(), press.clone(), reading.clone());
                self.0.tasks.spawn(async move {
                    match engine.shown_for(&reading.user, &press).await {
                        Ok(shown) => engine.put_before(&reading, &press, shown).await,
                        Err(error) => tracing::error!(%error, "a digest's button came to nothing"),
                    }
                });
                Ok(Answer::Nothing)
            }
            Did::Submit(form, fields) => self.digest_form(&reading, form, fields).await,
        }
    }

    /// The digest of that id as this person may see it; `Err`: what to say instead.
    async fn seen(&self, id: &str, user: &UserId) -> Result<std::result::Result<Seen, Shown>> {
        let revisions = self.refresh().await?;
        let message = self.store().message(id).await?.filter(|message| message.kind == "digest");
        let Some(story) = message.as_ref().and_then(story_of) else { return Ok(Err(Shown::Unknown)) };
        let Some(scope) = self.scope(&revisions, user).await else { return Ok(Err(Shown::NotYours)) };
        let told = story.digest.managers.iter().map(|line| &line.manager);
        let mut managers: Vec<Someone> = told
            .filter(|manager| scope.leads(manager))
            .map(|manager| {
                let name = revisions.name_of(manager).unwrap_or(manager.as_str()).to_owned();
                Someone { id: manager.clone(), name }
            })
            .collect();
        managers.sort_by_cached_key(|one| one.name.to_lowercase());
        if managers.is_empty() && !scope.manages() {
            return Ok(Err(Shown::NotYours));
        }
        Ok(Ok(Seen { id: id.to_owned(), week: story.digest.week, revisions, scope, managers }))
    }

    async fn shown_for(&self, user: &UserId, press: &Press) -> Result<Shown> {
        let seen = match self.seen(press.digest(), user).await? {
            Ok(seen) => seen,
            Err(shown) => return Ok(shown),
        };
        let view = match press {
            Press::Details(_) => self.list(&seen, By::Managers, 0).await?,
            Press::Page(_, by, page) => self.list(&seen, *by, *page).await?,
            Press::Manager(_, manager) => match seen.someone(manager) {
                Some(manager) => self.one(&seen, &manager).await?,
                None => return Ok(Shown::NotYours),
            },
            Press::Ask(digest) => match &seen.managers[..] {
                [] => nobody(),
                [one] => self.ask_form(&seen, one).await?,
                several => views::ask_whose(digest, several),
            },
            Press::Excuse(digest) => match &seen.managers[..] {
                [] => nobody(),
                [one] => self.excuse_form(&seen, &one.id).await?,
                several => views::excuse_of_whom(digest, several),
            },
            Press::AskOne(_, manager) => match seen.someone(manager) {
                Some(manager) => self.ask_form(&seen, &manager).await?,
                None => return Ok(Shown::NotYours),
            },
            Press::ExcuseOne(_, manager) => match seen.someone(manager) {
                Some(manager) => self.excuse_form(&seen, &manager.id).await?,
                None => return Ok(Shown::NotYours),
            },
        };
        Ok(Shown::View(Box::new(view)))
    }

    /// Where it belongs: a list turns its page, a form lies on top of it, and a refusal is that person's alone.
    async fn put_before(&self, reading: &Reading, press: &Press, shown: Shown) {
        let words = match shown {
            Shown::View(view) => {
                let Some(trigger) = &reading.trigger_id else { return };
                // Where it fails, nothing was lost: the button is still there.
                let _ = match (&reading.modal, press) {
                    (Some(modal), Press::Page(..) | Press::Manager(..)) => {
                        self.slack().update_view(modal, &view).await.is_ok()
                    }
                    (Some(_), _) => self.slack().push_view(trigger, &view).await.is_ok(),
                    (None, _) => self.slack().open_view(trigger, &view).await.is_ok(),
                };
                return;
            }
            Shown::Unknown => views::digest_unknown(),
            Shown::NotYours => views::not_your_digest(),
        };
        match (&reading.channel, &reading.trigger_id) {
            (Some(channel), _) if reading.modal.is_none() => {
                self.slack().ephemeral(channel, &reading.user, &words).await.ok();
            }
            (_, Some(trigger)) => self.show_over(trigger, views::digest_notice(&words), reading.modal.is_some()),
            (_, None) => {}
        }
    }

    /// What fell due in some weeks, of one manager or of all.
    async fn due_around(&self, seen: &Seen, manager: Option<&UserId>, from: Week, days_on: i64) -> Result<Vec<Entry>> {
        let query = OccurrenceQuery {
            manager: manager.cloned(),
            from: Some(from.from()),
            to: Some(seen.week.to().saturating_add(days_on.days())),
            ..Default::default()
        };
        let mut found = self.store().occurrences(&query).await?;
        found.retain(|occurrence| seen.managers.iter().any(|one| one.id == occurrence.manager) || manager.is_some());
        Ok(entries(&seen.revisions, found))
    }

    async fn list(&self, seen: &Seen, by: By, page: usize) -> Result<View> {
        let entries = self.due_around(seen, None, seen.week, 0).await?;
        let now = self.clock().now();
        let digest = Digest::new(seen.week, &entries, &[], now);
        let name = |manager: &UserId| seen.revisions.name_of(manager).unwrap_or(manager.as_str()).to_owned();
        let title = |key: &crate::process::ActivityKey| {
            let entry = entries.iter().rev().find(|entry| entry.occurrence.activity == *key);
            entry.map_or_else(|| key.to_string(), |entry| entry.activity.title.clone())
        };
        let mut lines: Vec<(String, String)> = match by {
            By::Managers => {
                digest.managers.iter().map(|line| (name(&line.manager), line.rates.figures().in_words())).collect()
            }
            By::Activities => {
                let words = |line: &ActivityLine| {
                    let its = entries.iter().filter(|entry| entry.occurrence.activity == line.activity);
                    let evidenced = Evidenced::of(its, now).in_words();
                    let figures = line.rates.figures().in_words();
                    if evidenced.is_empty() { figures } else { format!("{figures} · {evidenced}") }
                };
                digest.activities.iter().map(|line| (title(&line.activity), words(line))).collect()
            }
        };
        lines.sort_by_cached_key(|(name, _)| name.to_lowercase());
        Ok(views::details(&seen.id, &week_in_words(seen.week), &seen.managers, &Detail::List(by, lines, page)))
    }

    async fn one(&self, seen: &Seen, manager: &Someone) -> Result<View> {
        let now = self.clock().now();
        let quarter = self.due_around(seen, Some(&manager.id), seen.week.back(QUARTER - 1), 0).await?;
        let rhythm = rhythm(&quarter, seen.week, now);
        let entries: Vec<Entry> =
            quarter.into_iter().filter(|entry| entry.occurrence.date >= seen.week.from()).collect();
        let figures = Digest::new(seen.week, &entries, &[], now).rates.figures().in_words();
        let lines = entries.iter().filter_map(|entry| in_a_line(entry, now)).chain(rhythm).collect();
        let detail = Detail::One(manager.clone(), figures, lines);
        Ok(views::details(&seen.id, &week_in_words(seen.week), &seen.managers, &detail))
    }

    async fn ask_form(&self, seen: &Seen, manager: &Someone) -> Result<View> {
        let now = self.clock().now();
        let entries = self.due_around(seen, Some(&manager.id), seen.week.before(), SINCE_DAYS).await?;
        let line = |entry: &Entry| {
            let state = entry.occurrence.state(now);
            let shown = match state {
                State::Withdrawn => return None,
                State::Planned => "to come",
                State::Open | State::Done | State::Skipped | State::Missed | State::Excused => state.as_str(),
            };
            let words = format!("{}, {shown}: {}", entry.occurrence.date.strftime("%a %-d %b"), entry.label());
            Some((entry.occurrence.id.clone(), words))
        };
        let all: Vec<(OccurrenceId, String)> = entries.iter().rev().filter_map(line).collect();
        if all.is_empty() {
            return Ok(views::notice_modal(&format!("Nothing was due of {} around that week.", manager.name)));
        }
        Ok(views::ask(&seen.id, manager, &all))
    }

    async fn excuse_form(&self, seen: &Seen, manager: &UserId) -> Result<View> {
        self.excuse_of(&seen.revisions, manager, Some(seen.week)).await
    }

    async fn digest_form(&self, reading: &Reading, form: &Form, fields: &Fields) -> Result<Answer> {
        let seen = match self.seen(form.digest(), &reading.user).await? {
            Ok(seen) => seen,
            Err(Shown::Unknown) => return Ok(on_top(&views::digest_notice(&views::digest_unknown()))),
            Err(Shown::NotYours | Shown::View(_)) => {
                return Ok(on_top(&views::digest_notice(&views::not_your_digest())));
            }
        };
        let picked = || fields.option(block::WHOM).map(UserId).or_else(|| fields.user(block::WHOM));
        let someone = picked().and_then(|manager| seen.someone(&manager));
        let not_yours = || {
            let words = "That isn't one of the managers you lead.";
            Ok(Answer::Json(views::digest_form_errors(block::WHOM, words)))
        };
        match (form, someone) {
            (Form::Details { .. }, _) => Ok(Answer::Nothing),
            (Form::AskWhom { .. }, Some(manager)) => Ok(on_top(&self.ask_form(&seen, &manager).await?)),
            (Form::ExcuseWhom { .. }, Some(manager)) => Ok(on_top(&self.excuse_form(&seen, &manager.id).await?)),
            (Form::AskWhom { .. } | Form::ExcuseWhom { .. }, None) => not_yours(),
            (Form::Ask { manager, .. }, _) => self.ask_manager(reading, &seen, manager, fields).await,
        }
    }

    async fn ask_manager(&self, reading: &Reading, seen: &Seen, manager: &UserId, fields: &Fields) -> Result<Answer> {
        let Some(someone) = seen.someone(manager) else {
            return Ok(on_top(&views::digest_notice(&views::not_your_digest())));
        };
        let words = fields.words(block::QUESTION);
        if words.is_empty() {
            return Ok(Answer::Json(views::digest_form_errors(block::QUESTION, "What would you like to know?")));
        }
        let about = fields.option(block::ABOUT).map(OccurrenceId);
        let entry = match &about {
            Some(id) => self.entry(&seen.revisions, id).await?.filter(|entry| entry.occurrence.manager == *manager),
            None => None,
        };
        let Some(entry) = entry else {
            return Ok(Answer::Json(views::digest_form_errors(block::ABOUT, "Please choose what it is about.")));
        };
        if self.troubles().await?.is_out_of_reach(manager) {
            let words = format!(
                "Slack can't reach {} at the moment, so this was not sent. An admin can see why.",
                someone.name
            );
            return Ok(Answer::Json(views::digest_form_errors(block::QUESTION, &words)));
        }
        let now = self.clock().now();
        let asked = Question { from: reading.user.clone(), words };
        let message = question::message(&asked, manager, &entry.occurrence.id, &reading.key, now);
        if self.store().add_message(&message).await? {
            tracing::info!(message = %message.id, "a question was queued");
            self.wake();
        }
        let later = !self.is_on_the_clock(&seen.revisions, manager, now).await?;
        Ok(on_top(&views::asked(&someone.name, later)))
    }
}

fn nobody() -> View {
    views::notice_modal("None of this digest's managers are below you.")
}

fn on_top(view: &View) -> Answer {
    Answer::Json(views::answer_with_view(view))
}

fn week_in_words(week: Week) -> String {
    format!("The week of {} to {} ({week})", week.from().strftime("%-d %b"), week.to().strftime("%-d %b"))
}

/// What became of one thing; its note where the activity shares it.
/// What is out of rhythm over the quarter that ends with the week.
fn rhythm(quarter: &[Entry], week: Week, now: Timestamp) -> Vec<String> {
    let material = Material {
        week,
        now,
        entries: quarter.iter().collect(),
        seats: &[],
        next_seats: &[],
        nudges: std::collections::BTreeMap::new(),
    };
    let line = |one: Regularity| {
        let words = one.in_words()?;
        let title = quarter.iter().rev().find(|entry| entry.occurrence.activity == one.activity)?;
        Some(format!("Over the quarter, {}: {words}", title.activity.title))
    };
    Regularity::of(&material).into_iter().filter_map(line).collect()
}

fn in_a_line(entry: &Entry, now: Timestamp) -> Option<String> {
    let occurrence = &entry.occurrence;
    let state = match (occurrence.state(now), occurrence.on_time()) {
        (State::Withdrawn, _) => return None,
        (State::Planned, _) => "to come".to_owned(),
        (State::Done, Some(false)) => "done, late".to_owned(),
        (State::Skipped | State::Excused, _) => {
            let reason = occurrence.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!("{}{reason}", occurrence.state(now).as_str())
        }
        (state, _) => state.as_str().to_owned(),
    };
    let result = occurrence.outcome.result.map(|result| format!(", {}", result.as_str())).unwrap_or_default();
    let note = occurrence.outcome.note.as_ref().filter(|_| entry.activity.share_notes);
    let note = note.map(|note| format!(": “{}”", note.split_whitespace().collect::<Vec<_>>().join(" ")));
    let day = occurrence.date.strftime("%a %-d %b");
    Some(format!("{day}, {}: {state}{result}{}", entry.label(), note.unwrap_or_default()))
}
