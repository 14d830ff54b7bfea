//! `/onbeat away`, its modal, and the buttons beside what it said. A manager speaks for nobody but themself: what a button
//! carries is days, and they are those of whoever presses it.

use jiff::Timestamp;

use super::super::away::Word;
use super::super::{Engine, Result};
use super::overview::Me;
use super::{Answer, ephemeral};
use crate::process::revision::Revisions;
use crate::record::absence::Meanwhile;
use crate::record::absence::words::{self, NoDays, Wish};
use crate::record::{Absences, Days, Refusal, State};
use crate::slack::views::{self, AwayPicture, Said};
use crate::slack::{Action, Command, Pressed, Submitted, View};

/// What a manager's word came to, as long as it takes to draw it.
struct Told {
    outcome: Came,
    others: Vec<Days>,
    today: jiff::civil::Date,
}

enum Came {
    Away(Meanwhile),
    Back(Days, usize),
    NotAway,
    /// An earlier delivery of the same words took back what they meant then.
    TakenBack,
}

impl Told {
    fn picture(&self) -> AwayPicture<'_> {
        let said = match &self.outcome {
            Came::Away(meanwhile) => Said::Away(meanwhile),
            Came::Back(days, again) => Said::Back(*days, *again),
            Came::NotAway => Said::NotAway,
            Came::TakenBack => Said::TakenBack,
        };
        AwayPicture { today: self.today, said, others: &self.others }
    }
}

impl Engine {
    /// `/onbeat away …`; `text` is what follows `away`.
    pub(super) async fn away_command(
        &self,
        revisions: &Revisions,
        me: &Me<'_>,
        command: &Command,
        text: &str,
    ) -> Result<Answer> {
        let today = me.today(self.clock().now());
        let told = match words::wish(text, today) {
            Err(why) => return Ok(ephemeral(&views::not_understood(&why))),
            Ok(Wish::Ask) => match &command.trigger_id {
                Some(trigger) => {
                    self.show(trigger, self.away_asked(me, None).await?);
                    return Ok(Answer::Nothing);
                }
                None => return Ok(ephemeral(&views::not_understood(&NoDays::Unclear))),
            },
            Ok(Wish::Away(days)) => self.away_said(revisions, me, Word::Away(days), &command.key).await?,
            Ok(Wish::Off(Some(days))) => self.away_said(revisions, me, Word::Back(days), &command.key).await?,
            Ok(Wish::Off(None)) => {
                let absences = self.absences(&me.manager.slack).await?;
                // Asked after reading: what an earlier delivery left, these words don't mean.
                let seen = self.store().was_seen(&command.key).await?;
                let others = || absences.not_over(today).collect();
                // The one that is under way, else the next; the others stand.
                match absences.not_over(today).next().and_then(|days| days.from(today)) {
                    _ if seen => Told { outcome: Came::TakenBack, others: others(), today },
                    Some(days) => self.away_said(revisions, me, Word::Back(days), &command.key).await?,
                    None => Told { outcome: Came::NotAway, others: Vec::new(), today },
                }
            }
        };
        self.publish_home_if_manager(revisions, &command.user);
        Ok(ephemeral(&views::away(&told.picture())))
    }

    /// A button about days away.
    pub(super) async fn away_pressed(&self, revisions: &Revisions, pressed: &Pressed) -> Result<Answer> {
        let Some(me) = Me::find(revisions, &pressed.user, self.clock().now()) else {
            self.refuse(pressed, Refusal::NotYours, None);
            return Ok(Answer::Nothing);
        };
        match pressed.action {
            Action::ChangeAway(days) => self.put(pressed, self.away_asked(&me, Some(days)).await?),
            Action::Back(days) => {
                let told = self.away_said(revisions, &me, Word::Back(days), &pressed.key).await?;
                self.tell(pressed, &told);
                self.publish_home_if_manager(revisions, &pressed.user);
            }
            Action::Away
            | Action::Done(_)
            | Action::Snooze(..)
            | Action::Cant(_)
            | Action::AddNote(_)
            | Action::Change(_)
            | Action::Undo(_)
            | Action::ResetLinks(_)
            | Action::LogFor(_)
            | Action::Settings
            | Action::MarkSeveral(_)
            | Action::Answer(..)
            | Action::IfThen => self.put(pressed, self.away_asked(&me, None).await?),
        }
        Ok(Answer::Nothing)
    }

    /// The *Away* modal's Submit.
    pub(super) async fn away_submitted(
        &self,
        revisions: &Revisions,
        submitted: &Submitted,
        instead_of: Option<Days>,
    ) -> Result<Answer> {
        let Some(me) = Me::find(revisions, &submitted.user, self.clock().now()) else {
            let view = views::notice_modal(&views::refusal_in_words(Refusal::NotYours, None));
            return Ok(Answer::Json(views::answer_with_view(&view)));
        };
        let today = me.today(self.clock().now());
        let picked = submitted.fields.days().ok_or(NoDays::Unclear);
        let days = match picked.and_then(|(first, last)| words::checked(first, last, today)) {
            Ok(days) => days,
            Err(why) => return Ok(Answer::Json(views::no_such_days(&why, instead_of))),
        };
        let word = instead_of.map_or(Word::Away(days), |former| Word::Instead(former, days));
        let told = self.away_said(revisions, &me, word, &submitted.key).await?;
        self.publish_home_if_manager(revisions, &submitted.user);
        Ok(Answer::Json(views::answer_with_view(&views::away_told_modal(&told.picture()))))
    }

    /// Takes the word, and works out what to say to it.
    async fn away_said(&self, revisions: &Revisions, me: &Me<'_>, word: Word, key: &str) -> Result<Told> {
        let absences = self.take_word(&me.manager.slack, word, key).await?;
        let now = self.clock().now();
        let today = me.today(now);
        let others = |about: Days| absences.not_over(today).filter(|days| !days.overlaps(about)).collect();
        Ok(match word {
            Word::Away(days) | Word::Instead(_, days) => {
                // Where it touches others, it is one with them. A late delivery may find it taken back again.
                let whole = absences.on(days.last()).map_or(days, |absence| absence.days);
                let meanwhile = self.meanwhile(revisions, &me.manager.slack, &absences, whole, now).await?;
                Told { outcome: Came::Away(meanwhile), others: others(whole), today }
            }
            Word::Back(days) => {
                let again = self.on_again(revisions, me, &absences, days, now).await?;
                Told { outcome: Came::Back(days, again), others: others(days), today }
            }
        })
    }

    /// How much falls due on days that were to be away.
    async fn on_again(
        &self,
        revisions: &Revisions,
        me: &Me<'_>,
        absences: &Absences,
        days: Days,
        now: Timestamp,
    ) -> Result<usize> {
        let meanwhile = self.meanwhile(revisions, &me.manager.slack, absences, days, now).await?;
        Ok(meanwhile.stays.iter().filter(|entry| entry.occurrence.state(now) == State::Planned).count())
    }

    async fn away_asked(&self, me: &Me<'_>, instead_of: Option<Days>) -> Result<View> {
        let today = me.today(self.clock().now());
        let absences = self.absences(&me.manager.slack).await?;
        let coming: Vec<Days> = absences.not_over(today).collect();
        Ok(views::away_modal(&coming, instead_of, today))
    }

    /// Says what came of a press: in place of what was pressed, or on the Home tab, which is painted anew anyway.
    fn tell(&self, pressed: &Pressed, told: &Told) {
        let engine = self.clone();
        match (pressed.view_id.clone().filter(|_| pressed.in_modal), pressed.response_url.clone()) {
            (Some(view_id), _) => {
                let view = views::away_told_modal(&told.picture());
                self.0.tasks.spawn(async move { engine.slack().update_view(&view_id, &view).await.ok() });
            }
            (None, Some(url)) => {
                let words = views::away(&told.picture());
                self.0.tasks.spawn(async move { engine.slack().respond(&url, &words, true).await.ok() });
            }
            (None, None) => {}
        }
    }

    /// Shows a modal: in the one that was pressed in, else a new one.
    fn put(&self, pressed: &Pressed, view: View) {
        match (pressed.view_id.clone().filter(|_| pressed.in_modal), &pressed.trigger_id) {
            (Some(view_id), _) => {
                let engine = self.clone();
                self.0.tasks.spawn(async move { engine.slack().update_view(&view_id, &view).await.ok() });
            }
            (None, Some(trigger)) => self.show(trigger, view),
            (None, None) => {}
        }
    }
}
