//! Answers what comes in: a click, a modal, a command. Everything a button carries is checked again against the record.
//! What can wait for Slack, a modal or a repaint, goes on after the answer.

use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::processes::entries;
use super::{Engine, Result, person};
use crate::process::revision::{Revision, Revisions};
use crate::process::{Calendar, UserId};
use crate::record::outcome::Answers;
use crate::record::snooze::Choice;
use crate::record::{Action, Entry, Occurrence, OccurrenceId, Outcome, Refusal, Standing, State};
use crate::slack::{self, Fields, Inbound, Modal, Pressed, Purpose, Submitted, View, views};
use crate::store::{Delivery, OccurrenceQuery, Recorded, Recording, Settlement};

mod away;
mod digest;
mod manage;
mod overview;
mod review;
mod settings;
mod several;
mod shortcut;
mod verification;
mod year;

/// What Slack gets back at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// An empty 200.
    Nothing,
    /// A 200 with this.
    Json(Value),
    /// The challenge, word for word.
    Challenge(String),
}

/// What came of trying to record something.
enum Outcomes {
    /// It stands, or stood already from an earlier delivery of the same request.
    Done,
    /// It does not fit.
    Refused(Refusal, Option<Box<Entry>>),
}

/// Who does something, and the request it came with.
struct Actor<'a> {
    user: &'a UserId,
    key: &'a str,
}

impl Engine {
    /// Does what was asked, or says why not. What comes twice, by whatever way, is done once and answered alike.
    ///
    /// # Errors
    /// Where the store fails: then nothing was done, and Slack must be told so.
    pub async fn respond(&self, inbound: Inbound) -> Result<Answer> {
        let (kind, began) = (inbound.kind(), Instant::now());
        let answer = match inbound.once() {
            Some(key) => self.0.once.answer(key, self.act_on(inbound)).await,
            None => self.act_on(inbound).await,
        };
        self.metrics().inbound(kind, began.elapsed());
        if answer.is_err() {
            self.metrics().store_error();
        }
        answer
    }

    async fn act_on(&self, inbound: Inbound) -> Result<Answer> {
        let ours = self.store().workspace().await?.team;
        if let (Some(ours), Some(theirs)) = (ours.as_deref(), inbound.team())
            && ours != theirs
        {
            tracing::warn!("a request from another workspace");
            return Ok(Answer::Nothing);
        }
        self.heard_of(&inbound);
        let answer = match inbound {
            Inbound::UrlVerification { challenge } => Answer::Challenge(challenge),
            Inbound::Command(command) if Engine::is_manage(&command) => self.manage_command(&command).await?,
            Inbound::Command(command) => self.command(&command).await?,
            Inbound::Pressed(pressed) => self.pressed(pressed).await?,
            Inbound::Submitted(submitted) => self.submitted(submitted).await?,
            Inbound::Shortcut(shortcut) => self.shortcut(shortcut),
            Inbound::Managing(managing) => self.managing(managing).await?,
            Inbound::Reading(reading) => self.reading(reading).await?,
            Inbound::HomeOpened { user, .. } => self.home_opened(user),
            Inbound::Lifecycle { news, .. } => {
                self.news(news).await?;
                Answer::Nothing
            }
            Inbound::Ignored { .. } => Answer::Nothing,
        };
        Ok(answer)
    }

    /// Remembers, after the answer, that a manager is there: who answers nothing is asked whether fewer would be better.
    fn heard_of(&self, inbound: &Inbound) {
        let Some(user) = inbound.user().cloned() else { return };
        let (engine, now) = (self.clone(), self.clock().now());
        self.0.tasks.spawn(async move {
            let is_manager = engine.revisions().iter().any(|revision| revision.process.manager(&user).is_some());
            if is_manager && let Err(error) = engine.store().hear(&user, now).await {
                tracing::warn!(%error, "that somebody was heard of was not written down");
            }
        });
    }

    /// A press that is about no single occurrence.
    async fn pressed_beside(&self, revisions: &Revisions, pressed: &Pressed) -> Result<Answer> {
        match &pressed.action {
            slack::Action::MarkSeveral(message) => self.ask_several(revisions, pressed, message).await?,
            slack::Action::Answer(id, reply) => self.answered(pressed, id, *reply).await?,
            slack::Action::IfThen => self.ask_if_then(revisions, pressed).await?,
            slack::Action::ResetLinks(_) => return self.reset_links(revisions, pressed).await,
            slack::Action::Settings => return Ok(self.settings_pressed(revisions, pressed)),
            slack::Action::BearOut(id, verdict) => return self.borne_out(revisions, pressed, id, *verdict).await,
            slack::Action::AddWord(id) => return self.ask_for_word(revisions, pressed, id).await,
            slack::Action::Away | slack::Action::ChangeAway(_) | slack::Action::Back(_) => {
                return self.away_pressed(revisions, pressed).await;
            }
            slack::Action::Done(_)
            | slack::Action::Snooze(..)
            | slack::Action::Cant(_)
            | slack::Action::AddNote(_)
            | slack::Action::Change(_)
            | slack::Action::Undo(_)
            | slack::Action::LogFor(_) => {}
        }
        Ok(Answer::Nothing)
    }

    async fn pressed(&self, pressed: Pressed) -> Result<Answer> {
        self.learn_place(&pressed).await?;
        let revisions = self.refresh().await?;
        let Some(id) = pressed.action.occurrence().cloned() else {
            return self.pressed_beside(&revisions, &pressed).await;
        };
        let Some(entry) = self.entry(&revisions, &id).await? else {
            self.refuse(&pressed, Refusal::Unknown, None);
            return Ok(Answer::Nothing);
        };
        let excuses = excuses(&pressed.action, &entry.occurrence);
        let allowed = may_record(&revisions, &pressed.user, &entry.occurrence, self.clock().now())
            || (excuses && self.is_admin(&pressed.user).await);
        if !allowed {
            self.refuse(&pressed, Refusal::NotYours, None);
            return Ok(Answer::Nothing);
        }
        let actor = Actor { user: &pressed.user, key: &pressed.key };
        let outcome = match &pressed.action {
            slack::Action::Done(_) if entry.activity.evidence.is_none() => {
                self.record(&revisions, &id, Action::Done(Outcome::default()), &actor).await?
            }
            slack::Action::Undo(_) => self.record(&revisions, &id, Action::Undo, &actor).await?,
            slack::Action::Snooze(_, choice) if *choice != Choice::PickATime => {
                self.snooze(&revisions, &entry, *choice, &actor).await?
            }
            slack::Action::Done(_) => self.ask(&pressed, &entry, Purpose::Done),
            slack::Action::AddNote(_) => self.ask(&pressed, &entry, Purpose::AddNote),
            slack::Action::Change(_) => self.ask(&pressed, &entry, Purpose::Change),
            slack::Action::Cant(_) => self.ask_why_not(&revisions, &pressed, &entry).await,
            slack::Action::LogFor(_) => self.log_for(&pressed, &entry),
            slack::Action::Snooze(..) => self.ask_when(&pressed, &revisions, &entry).await?,
            slack::Action::MarkSeveral(_)
            | slack::Action::Answer(..)
            | slack::Action::IfThen
            | slack::Action::ResetLinks(_)
            | slack::Action::Away
            | slack::Action::ChangeAway(_)
            | slack::Action::Back(_)
            | slack::Action::BearOut(..)
            | slack::Action::AddWord(_)
            | slack::Action::Settings => Outcomes::Done,
        };
        match outcome {
            Outcomes::Done => self.repaint_home(&revisions, &pressed),
            Outcomes::Refused(refusal, entry) => self.refuse(&pressed, refusal, entry.as_deref()),
        }
        Ok(Answer::Nothing)
    }

    /// A click tells where a message is, should the answer to its posting have been lost.
    async fn learn_place(&self, pressed: &Pressed) -> Result<()> {
        let (Some(nudge), Some(channel), Some(ts)) = (&pressed.nudge, &pressed.channel, &pressed.message_ts) else {
            return Ok(());
        };
        let Some(message) = self.store().message(nudge).await? else { return Ok(()) };
        // Nobody else's word counts: it would keep a nudge from whoever is to get it.
        if message.recipient != pressed.user.as_str() {
            return Ok(());
        }
        if matches!(message.delivery, Delivery::Pending | Delivery::Uncertain | Delivery::Sending) {
            let sent = Settlement::Sent { channel: channel.clone(), ts: ts.clone() };
            self.store().settle(nudge, message.attempt, &sent, self.clock().now()).await?;
        }
        Ok(())
    }

    async fn snooze(
        &self,
        revisions: &Revisions,
        entry: &Entry,
        choice: Choice,
        actor: &Actor<'_>,
    ) -> Result<Outcomes> {
        let calendar = self.calendar_of(revisions, &entry.occurrence).await?;
        let until = calendar.and_then(|calendar| choice.instant(self.clock().now(), &calendar));
        match until {
            Some(until) => self.record(revisions, &entry.occurrence.id, Action::Snooze(until), actor).await,
            None => Ok(Outcomes::Refused(Refusal::NoSuchTime, Some(Box::new(entry.clone())))),
        }
    }

    /// Opens the modal that asks what came of it, unless there is nothing to ask.
    fn ask(&self, pressed: &Pressed, entry: &Entry, purpose: Purpose) -> Outcomes {
        let state = entry.occurrence.state(self.clock().now());
        let refusal = match (purpose, state) {
            (_, State::Withdrawn) => Some(Refusal::Withdrawn),
            (Purpose::Done, State::Done) => Some(Refusal::AlreadyRecorded(state)),
            (Purpose::Done, _) => None,
            (Purpose::AddNote | Purpose::Change, State::Done) => None,
            (Purpose::AddNote | Purpose::Change, _) => Some(Refusal::NothingRecorded),
        };
        match refusal {
            Some(refusal) => Outcomes::Refused(refusal, Some(Box::new(entry.clone()))),
            None => self.open(pressed, views::done_modal(entry, purpose)),
        }
    }

    async fn ask_why_not(&self, revisions: &Revisions, pressed: &Pressed, entry: &Entry) -> Outcomes {
        let now = self.clock().now();
        let state = entry.occurrence.state(now);
        match state {
            State::Planned | State::Open | State::Missed | State::Skipped => {
                self.open(pressed, views::cant_modal(entry))
            }
            // Another reason for what one excused oneself (*rep away*); what an absence did goes with the absence.
            State::Excused
                if !entry.occurrence.is_excused_by_absence()
                    && (may_undo(revisions, &pressed.user, &entry.occurrence, now)
                        || self.is_admin(&pressed.user).await) =>
            {
                self.open(pressed, views::cant_modal(entry))
            }
            State::Withdrawn => Outcomes::Refused(Refusal::Withdrawn, Some(Box::new(entry.clone()))),
            State::Done | State::Excused => {
                Outcomes::Refused(Refusal::AlreadyRecorded(state), Some(Box::new(entry.clone())))
            }
        }
    }

    async fn ask_when(&self, pressed: &Pressed, revisions: &Revisions, entry: &Entry) -> Result<Outcomes> {
        let now = self.clock().now();
        let state = entry.occurrence.state(now);
        let refused = |refusal| Outcomes::Refused(refusal, Some(Box::new(entry.clone())));
        Ok(match state {
            State::Planned | State::Open => match self.calendar_of(revisions, &entry.occurrence).await? {
                Some(calendar) => self.open(pressed, views::pick_time_modal(entry, now, &calendar)),
                None => refused(Refusal::Unknown),
            },
            State::Withdrawn => refused(Refusal::Withdrawn),
            State::Done | State::Skipped | State::Missed | State::Excused => refused(Refusal::AlreadyRecorded(state)),
        })
    }

    fn open(&self, pressed: &Pressed, view: View) -> Outcomes {
        if let Some(trigger) = &pressed.trigger_id {
            let on_top = pressed.in_modal;
            self.show_over(trigger, view, on_top);
        }
        Outcomes::Done
    }

    /// Opens a modal, after the answer: a trigger is good for three seconds, an answer must not wait for Slack.
    fn show(&self, trigger: &str, view: View) {
        self.show_over(trigger, view, false);
    }

    /// The same; what was pressed in a modal is answered on top of it.
    fn show_over(&self, trigger: &str, view: View, on_top: bool) {
        let (engine, trigger) = (self.clone(), trigger.to_owned());
        self.0.tasks.spawn(async move {
            // Where it fails, nothing was lost: the button is still there.
            let _ = match on_top {
                true => engine.slack().push_view(&trigger, &view).await,
                false => engine.slack().open_view(&trigger, &view).await,
            };
        });
    }

    /// Says why not, to that person alone.
    fn refuse(&self, pressed: &Pressed, refusal: Refusal, entry: Option<&Entry>) {
        let engine = self.clone();
        let user = pressed.user.clone();
        match (pressed.channel.clone(), pressed.trigger_id.clone()) {
            (Some(channel), _) => {
                let words = views::refusal(refusal, entry);
                self.0.tasks.spawn(async move { engine.slack().ephemeral(&channel, &user, &words).await.ok() });
            }
            (None, Some(trigger)) => {
                let view = views::notice_modal(&views::refusal_in_words(refusal, entry));
                self.show_over(&trigger, view, pressed.in_modal);
            }
            (None, None) => {}
        }
    }

    async fn submitted(&self, submitted: Submitted) -> Result<Answer> {
        let revisions = self.refresh().await?;
        match &submitted.modal {
            Modal::Away(instead_of) => return self.away_submitted(&revisions, &submitted, *instead_of).await,
            Modal::Several(_) => return self.mark_several(&revisions, &submitted).await,
            Modal::IfThen => return self.keep_if_then(&revisions, &submitted).await,
            Modal::Settings => return self.settings_submitted(&revisions, &submitted).await,
            Modal::Word(id) => return self.keep_word(&revisions, &submitted, id).await,
            Modal::Outcome(..) | Modal::Cant(_) | Modal::PickTime(_) | Modal::Log(..) | Modal::Cadence => {}
        }
        if let Some(asked) = self.chosen_otherwise(&revisions, &submitted).await? {
            return Ok(asked);
        }
        let notice = |refusal, entry: Option<&Entry>| {
            let view = views::notice_modal(&views::refusal_in_words(refusal, entry));
            Ok(Answer::Json(views::answer_with_view(&view)))
        };
        let Some(id) = submitted.modal.occurrence().cloned() else { return notice(Refusal::Unknown, None) };
        let Some(entry) = self.entry(&revisions, &id).await? else { return notice(Refusal::Unknown, None) };
        let Some(calendar) = self.calendar_of(&revisions, &entry.occurrence).await? else {
            return notice(Refusal::Unknown, None);
        };
        let no_such_time = || views::no_such_time(&entry, self.clock().now(), &calendar);
        let action = match action_of(&submitted.modal, &submitted.fields, &entry, no_such_time) {
            Ok(action) => action,
            Err(objections) => return Ok(Answer::Json(objections)),
        };
        let excuses = matches!(action, Action::Excuse(_));
        let allowed = may_record(&revisions, &submitted.user, &entry.occurrence, self.clock().now())
            || (excuses && self.is_admin(&submitted.user).await);
        if !allowed {
            return notice(Refusal::NotYours, None);
        }
        let actor = Actor { user: &submitted.user, key: &submitted.key };
        match self.record(&revisions, &id, action, &actor).await? {
            Outcomes::Done => {
                if let Some(below) = &submitted.below {
                    self.repaint_cadence(&submitted.user, below);
                }
                self.publish_home_if_manager(&revisions, &submitted.user);
                Ok(Answer::Nothing)
            }
            Outcomes::Refused(Refusal::NoSuchTime, _) => Ok(Answer::Json(no_such_time())),
            Outcomes::Refused(refusal, entry) => notice(refusal, entry.as_deref()),
        }
    }

    /// Applies an action to the occurrence as it stands, and again where somebody was faster.
    async fn record(
        &self,
        revisions: &Revisions,
        id: &OccurrenceId,
        action: Action,
        actor: &Actor<'_>,
    ) -> Result<Outcomes> {
        loop {
            let now = self.clock().now();
            let Some(entry) = self.entry(revisions, id).await? else {
                return Ok(Outcomes::Refused(Refusal::Unknown, None));
            };
            let refused = |refusal, entry| Ok(Outcomes::Refused(refusal, Some(Box::new(entry))));
            let undoes = matches!(action, Action::Undo | Action::Skip(_) | Action::Excuse(_));
            if undoes && !may_undo(revisions, actor.user, &entry.occurrence, now) && !self.is_admin(actor.user).await {
                return refused(Refusal::NotYoursToExcuse, entry);
            }
            let occurrence = match entry.occurrence.act(action.clone(), actor.user, now) {
                Ok(occurrence) => occurrence,
                // A second delivery of what stands already is no contradiction.
                Err(_) if self.store().was_seen(actor.key).await? => return Ok(Outcomes::Done),
                Err(refusal) => return refused(refusal, entry),
            };
            let occurrence = match action {
                Action::Undo => self.as_absences_have_it(revisions, &entry, occurrence).await?,
                Action::Done(_) | Action::Change(_) | Action::Skip(_) | Action::Excuse(_) | Action::Snooze(_) => {
                    occurrence
                }
            };
            let recording = Recording {
                occurrence,
                at: now,
                by: actor.user.clone(),
                action: action_word(&action),
                seen: Some(actor.key.to_owned()),
            };
            match self.store().record(&recording).await? {
                Recorded::Changed => {}
                Recorded::SeenBefore => return Ok(Outcomes::Done),
                Recorded::Yes => {
                    tracing::info!(occurrence = %id, action = recording.action, "recorded");
                    self.wake();
                    return Ok(Outcomes::Done);
                }
            }
        }
    }

    /// What was taken back on a day away is excused as it was before.
    async fn as_absences_have_it(
        &self,
        revisions: &Revisions,
        entry: &Entry,
        undone: Occurrence,
    ) -> Result<Occurrence> {
        let process = revisions.get(undone.revision).map(|revision| &revision.process);
        let calendar = process.and_then(|process| Some(process.calendar_of(process.manager(&undone.manager)?)));
        let Some(calendar) = calendar else { return Ok(undone) };
        Ok(self.absences(&undone.manager).await?.applied(undone, &entry.activity, &calendar))
    }

    /// The calendar by which an occurrence comes back, days away being off; as it was drawn.
    async fn calendar_of(&self, revisions: &Revisions, occurrence: &Occurrence) -> Result<Option<Calendar>> {
        let process = revisions.get(occurrence.revision).map(|revision| &revision.process);
        let manager = process.and_then(|process| Some((process, process.manager(&occurrence.manager)?)));
        let Some((process, manager)) = manager else { return Ok(None) };
        Ok(Some(self.absences(&occurrence.manager).await?.off(process.calendar_of(manager))))
    }

    pub(super) async fn entry(&self, revisions: &Revisions, id: &OccurrenceId) -> Result<Option<Entry>> {
        let query = OccurrenceQuery { ids: Some(vec![id.clone()]), ..Default::default() };
        Ok(entries(revisions, self.store().occurrences(&query).await?).pop())
    }
}

/// What a submitted modal asks for; else what Slack is to show at its fields.
fn action_of(
    modal: &Modal,
    fields: &Fields,
    entry: &Entry,
    no_such_time: impl FnOnce() -> Value,
) -> std::result::Result<Action, Value> {
    match modal {
        Modal::Log(_, link) => {
            let answers = Answers { link: Some(link.clone()), ..fields.answers() };
            let outcome = answers.into_outcome(&entry.activity);
            outcome.map(Action::Done).map_err(|objections| views::field_errors(&objections))
        }
        Modal::Outcome(_, purpose) => {
            let outcome = fields.answers().into_outcome(&entry.activity);
            let outcome = outcome.map_err(|objections| views::field_errors(&objections))?;
            Ok(match purpose {
                Purpose::Done => Action::Done(outcome),
                Purpose::Change | Purpose::AddNote => Action::Change(outcome),
            })
        }
        Modal::Cant(_) => {
            let why = fields.why().ok_or_else(views::needs_a_reason)?;
            let reason = fields.reason().ok_or_else(views::needs_a_reason)?;
            Ok(if why.excuses() && entry.occurrence.rep.is_some() {
                Action::Excuse(reason)
            } else {
                Action::Skip(reason)
            })
        }
        Modal::PickTime(_) => fields.instant().map(Action::Snooze).ok_or_else(no_such_time),
        Modal::Away(_) | Modal::Several(_) | Modal::IfThen | Modal::Cadence | Modal::Settings | Modal::Word(_) => {
            Err(no_such_time())
        }
    }
}

fn action_word(action: &Action) -> &'static str {
    match action {
        Action::Done(_) => "done",
        Action::Change(_) => "change",
        Action::Skip(_) => "skip",
        Action::Excuse(_) => "excuse",
        Action::Snooze(_) => "snooze",
        Action::Undo => "undo",
    }
}

/// Whether a press asks for what admins may do too: to excuse, or to take that back.
fn excuses(action: &slack::Action, occurrence: &Occurrence) -> bool {
    match action {
        slack::Action::Cant(_) => true,
        slack::Action::Undo(_) => occurrence.standing == Standing::Excused,
        slack::Action::Done(_)
        | slack::Action::Snooze(..)
        | slack::Action::AddNote(_)
        | slack::Action::Change(_)
        | slack::Action::LogFor(_)
        | slack::Action::Settings
        | slack::Action::BearOut(..)
        | slack::Action::AddWord(_)
        | slack::Action::MarkSeveral(_)
        | slack::Action::Answer(..)
        | slack::Action::IfThen
        | slack::Action::ResetLinks(_)
        | slack::Action::Away
        | slack::Action::ChangeAway(_)
        | slack::Action::Back(_) => false,
    }
}

/// Only the manager concerned, and the leaders above, can record.
pub(super) fn may_record(revisions: &Revisions, who: &UserId, occurrence: &Occurrence, now: Timestamp) -> bool {
    *who == occurrence.manager || leads(revisions, who, occurrence, now)
}

/// What a leader excused is the leader's to take back.
fn may_undo(revisions: &Revisions, who: &UserId, occurrence: &Occurrence, now: Timestamp) -> bool {
    occurrence.standing != Standing::Excused
        || occurrence.completed_by.as_ref() == Some(who)
        || leads(revisions, who, occurrence, now)
}

/// By the revision in force today: a leader to come has no say yet, and one who is to go still has it.
fn leads(revisions: &Revisions, who: &UserId, occurrence: &Occurrence, now: Timestamp) -> bool {
    let in_force = person::in_force(revisions, &occurrence.manager, now).or(revisions.newest());
    in_force.is_some_and(|Revision { process, .. }| {
        let leader = process.manager(&occurrence.manager).map_or(&occurrence.leader, |manager| &manager.leader);
        process.is_led_by(leader, who)
    })
}

/// An answer that one person alone sees, in place.
fn ephemeral(content: &views::MessageContent) -> Answer {
    Answer::Json(json!({ "response_type": "ephemeral", "text": content.text, "blocks": content.blocks_json() }))
}
