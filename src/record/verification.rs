//! Who else bears an outcome out: the question that stands beside what is done, and what can follow what.
//!
//! A question is about one *Done*, told by when that was recorded, and put to one person: the rep with whom it was held, or
//! a leader who looks at the evidence. It has no life of its own: where the Done is taken back the question goes with it,
//! and where a disputed one is changed it is asked anew. What somebody said they may take back for two workdays; a dispute
//! is the manager's to mend for two workdays from when they were told, and only what stands then is counted.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Entry, Occurrence, OccurrenceId, Standing, Verification};
use crate::process::{Calendar, UserId, Verify};

/// For how many workdays somebody can say something, or take it back.
pub const DAYS_TO_SAY: usize = 2;
/// For how many workdays a leader can look at a sample.
pub const DAYS_TO_LOOK: usize = 5;
/// How many of one manager's a leader is shown in a week.
pub const MOST_OF_ONE: usize = 3;
/// How many a leader is shown in a week, whoever's.
pub const MOST_OF_ALL: usize = 18;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verifier {
    /// The rep with whom it was held.
    Rep,
    /// A leader, who looks at the evidence.
    Leader,
}

impl Verifier {
    /// The word that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Verifier::Rep => "rep",
            Verifier::Leader => "leader",
        }
    }

    /// The reverse of [`Verifier::as_str`].
    pub fn parse(word: &str) -> Option<Verifier> {
        [Verifier::Rep, Verifier::Leader].into_iter().find(|verifier| verifier.as_str() == word)
    }

    fn days(self) -> usize {
        match self {
            Verifier::Rep => DAYS_TO_SAY,
            Verifier::Leader => DAYS_TO_LOOK,
        }
    }
}

/// What can be tapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The rep: yes.
    ItHappened,
    /// The rep: not as far as they remember.
    NotReally,
    /// The leader: yes.
    LooksRight,
    /// The leader: not before a word with the manager.
    LetsTalk,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 4] = [Verdict::ItHappened, Verdict::NotReally, Verdict::LooksRight, Verdict::LetsTalk];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::ItHappened => "it_happened",
            Verdict::NotReally => "not_really",
            Verdict::LooksRight => "looks_right",
            Verdict::LetsTalk => "lets_talk",
        }
    }

    /// The reverse of [`Verdict::as_str`].
    pub fn parse(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }

    /// Whose it is to say.
    pub fn verifier(self) -> Verifier {
        match self {
            Verdict::ItHappened | Verdict::NotReally => Verifier::Rep,
            Verdict::LooksRight | Verdict::LetsTalk => Verifier::Leader,
        }
    }

    /// Whether it bears the outcome out.
    pub fn bears_out(self) -> bool {
        match self {
            Verdict::ItHappened | Verdict::LooksRight => true,
            Verdict::NotReally | Verdict::LetsTalk => false,
        }
    }

    /// Those of one who is asked, yes first.
    pub fn of(verifier: Verifier) -> [Verdict; 2] {
        match verifier {
            Verifier::Rep => [Verdict::ItHappened, Verdict::NotReally],
            Verifier::Leader => [Verdict::LooksRight, Verdict::LetsTalk],
        }
    }
}

/// What was said, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// Whether it bears the outcome out.
    pub bears_out: bool,
    /// On the bot's clock.
    pub at: Timestamp,
}

/// A question about one done occurrence, to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// About what.
    pub occurrence: OccurrenceId,
    /// To whom.
    pub asked: UserId,
    /// As what.
    pub verifier: Verifier,
    /// About which *Done*: when it was recorded.
    pub done_at: Timestamp,
    /// When it was asked, or asked anew.
    pub asked_at: Timestamp,
    /// What was said.
    pub reply: Option<Reply>,
    /// A word with it, in the asked one's own words.
    pub word: Option<String>,
    /// Until when (exclusive) something can be said or taken back.
    pub until: Timestamp,
    /// The message that asks; opaque.
    pub message: String,
    /// Whether the one reminder was used up.
    pub reminded: bool,
    /// Whether the manager was told of a reply that does not bear it out.
    pub told: bool,
    /// Whether nothing more can happen to it, unless it is done anew.
    pub closed: bool,
    /// When there is something to decide, as far as that follows from the time.
    pub look_at: Timestamp,
    /// Counts the writes, for compare and swap; 0: not stored yet.
    pub version: i64,
}

/// Where a question stands, as the one who was asked sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Waiting for a word.
    Open,
    /// Something was said; it can still be taken back.
    Said(bool),
    /// It is over, with or without a word.
    Over(Option<bool>),
    /// What was done was taken back.
    Withdrawn,
}

/// Why nothing can be said: a value with a view, not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswerable {
    /// It was put to somebody else, or to nobody.
    NotAsked,
    /// What was done was taken back.
    Withdrawn,
    /// Its time is over.
    Over,
}

/// What is to be done about a question next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What was done was taken back: so is the question.
    Withdraw,
    /// The manager changed what was disputed: it is asked anew.
    Again,
    /// The manager hears of it before anybody else.
    Tell,
    /// Ask once more, for the last time.
    Remind,
    /// What was said stands.
    Close,
    /// Nothing before this instant.
    Wait(Timestamp),
}

impl Question {
    /// A new question about what is done, or the same one asked again about another *Done*. `None` where it isn't done.
    pub fn new(
        before: Option<Question>,
        occurrence: &Occurrence,
        (asked, verifier): (UserId, Verifier),
        message: String,
        now: Timestamp,
        calendar: &Calendar,
    ) -> Option<Question> {
        let done_at = occurrence.completed_at.filter(|_| occurrence.standing == Standing::Done)?;
        let (version, reminded) =
            before.as_ref().map_or((0, false), |before| (before.version, before.reminded && !before.closed));
        let question = Question {
            occurrence: occurrence.id.clone(),
            asked,
            verifier,
            done_at,
            asked_at: now,
            reply: None,
            word: None,
            until: workdays_after(now, verifier.days(), calendar),
            message,
            reminded,
            told: false,
            closed: false,
            look_at: now,
            version,
        };
        Some(Question { look_at: question.next_look(calendar), ..question })
    }

    /// Whether it is about what stands recorded.
    pub fn is_about(&self, occurrence: &Occurrence) -> bool {
        occurrence.standing == Standing::Done && occurrence.completed_at == Some(self.done_at)
    }

    /// Where it stands.
    pub fn stand(&self, occurrence: &Occurrence, now: Timestamp) -> Stand {
        if !self.is_about(occurrence) {
            return Stand::Withdrawn;
        }
        // What the manager changed since is asked anew, whether or not a tick saw it.
        let said = self.reply.map(|reply| reply.bears_out).filter(|_| !self.is_asked_anew(occurrence));
        let is_over = self.closed || (now >= self.until && said != Some(false));
        match (is_over, said) {
            (true, said) => Stand::Over(said),
            (false, Some(said)) => Stand::Said(said),
            (false, None) => Stand::Open,
        }
    }

    /// A dispute that the manager answered with a change.
    fn is_asked_anew(&self, occurrence: &Occurrence) -> bool {
        self.reply.is_some() && occurrence.verification == Verification::Asked
    }

    /// Question and occurrence once this was said by `who`; rights are checked here, for nobody else can know them.
    ///
    /// # Errors
    /// Why nothing can be said.
    pub fn answer(
        &self,
        occurrence: &Occurrence,
        who: &UserId,
        verdict: Verdict,
        now: Timestamp,
        calendar: &Calendar,
    ) -> Result<(Question, Occurrence), Unanswerable> {
        if *who != self.asked || verdict.verifier() != self.verifier {
            return Err(Unanswerable::NotAsked);
        }
        match self.stand(occurrence, now) {
            Stand::Withdrawn => return Err(Unanswerable::Withdrawn),
            Stand::Over(_) => return Err(Unanswerable::Over),
            Stand::Open | Stand::Said(_) => {}
        }
        let bears_out = verdict.bears_out();
        let verification = if bears_out { Verification::Confirmed } else { Verification::Disputed };
        let replied = Question {
            reply: Some(Reply { bears_out, at: now }),
            until: workdays_after(now, self.verifier.days(), calendar),
            told: self.told && !self.is_asked_anew(occurrence),
            ..self.clone()
        };
        let question = Question { look_at: replied.next_look(calendar), ..replied };
        Ok((question, Occurrence { verification, ..occurrence.clone() }))
    }

    /// The question with a word beside what was said; an empty one takes it back.
    ///
    /// # Errors
    /// Why nothing can be said.
    pub fn say_more(
        &self,
        occurrence: &Occurrence,
        who: &UserId,
        word: &str,
        now: Timestamp,
    ) -> Result<Question, Unanswerable> {
        if *who != self.asked {
            return Err(Unanswerable::NotAsked);
        }
        match self.stand(occurrence, now) {
            Stand::Withdrawn => Err(Unanswerable::Withdrawn),
            Stand::Over(_) => Err(Unanswerable::Over),
            Stand::Open | Stand::Said(_) => {
                let word = super::outcome::clean_note(word);
                Ok(Question { word: Some(word).filter(|word| !word.is_empty()), ..self.clone() })
            }
        }
    }

    /// What is to be done about it at `now`. `calendar`: the manager's; `here`: the same, with the manager's days away off.
    pub fn next(&self, occurrence: &Occurrence, now: Timestamp, calendar: &Calendar, here: &Calendar) -> Step {
        if !self.is_about(occurrence) {
            return Step::Withdraw;
        }
        if self.is_asked_anew(occurrence) {
            return Step::Again;
        }
        if self.reply.is_some_and(|reply| !reply.bears_out) && !self.told {
            let hours = in_hours_from(now, here);
            return if hours > now { Step::Wait(hours) } else { Step::Tell };
        }
        if now >= self.until {
            return Step::Close;
        }
        match self.reminds_at(calendar) {
            Some(at) if at <= now => match in_hours_from(now, calendar) {
                hours if hours > now => Step::Wait(hours.min(self.until)),
                _ => Step::Remind,
            },
            Some(at) => Step::Wait(at.min(self.until)),
            None => Step::Wait(self.until),
        }
    }

    /// The question after that step. No step changes the occurrence.
    pub fn after(&self, step: Step, now: Timestamp, calendar: &Calendar, here: &Calendar) -> Question {
        let same = self.clone();
        let changed = match step {
            Step::Withdraw | Step::Close => Question { closed: true, ..same },
            Step::Again => Question {
                reply: None,
                word: None,
                told: false,
                asked_at: now,
                until: workdays_after(now, self.verifier.days(), calendar),
                ..same
            },
            // The two workdays are the manager's: they begin when they hear of it.
            Step::Tell => {
                Question { told: true, until: workdays_after(now, DAYS_TO_SAY, here).max(self.until), ..same }
            }
            Step::Remind => Question { reminded: true, ..same },
            Step::Wait(until) => return Question { look_at: until, ..same },
        };
        Question { look_at: changed.next_look(calendar), ..changed }
    }

    /// Question and occurrence where it could not be asked: as if nobody had been.
    pub fn given_up(&self, occurrence: &Occurrence) -> (Question, Option<Occurrence>) {
        let asks = self.is_about(occurrence) && occurrence.verification == Verification::Asked;
        let unasked = asks.then(|| Occurrence { verification: Verification::None, ..occurrence.clone() });
        (Question { closed: true, ..self.clone() }, unasked)
    }

    /// Whether it is a dispute that stands: its two workdays are over, and what was recorded is as it was. That is counted.
    pub fn is_standing_dispute(&self, occurrence: &Occurrence) -> bool {
        self.verifier == Verifier::Rep
            && self.closed
            && self.is_about(occurrence)
            && occurrence.verification == Verification::Disputed
    }

    /// When the one reminder goes: as the next workday begins. A leader is not reminded.
    fn reminds_at(&self, calendar: &Calendar) -> Option<Timestamp> {
        if self.verifier == Verifier::Leader || self.reminded || self.reply.is_some() {
            return None;
        }
        let asked = self.asked_at.to_zoned(calendar.zone.clone()).date();
        calendar.workday_after(asked).map(|day| calendar.instant(day, calendar.workday.start).timestamp())
    }

    fn next_look(&self, calendar: &Calendar) -> Timestamp {
        match self.reply {
            Some(reply) if !reply.bears_out && !self.told => reply.at,
            Some(_) | None => self.reminds_at(calendar).map_or(self.until, |at| at.min(self.until)),
        }
    }
}

/// The end of the workday that lies so many workdays after this instant's day.
pub fn workdays_after(at: Timestamp, days: usize, calendar: &Calendar) -> Timestamp {
    let mut day = at.to_zoned(calendar.zone.clone()).date();
    for _ in 0..days {
        let Some(next) = calendar.workday_after(day) else { break };
        day = next;
    }
    calendar.instant(day, calendar.workday.end).timestamp()
}

/// This instant where it is inside the working hours, else the start of the next workday.
pub fn in_hours_from(at: Timestamp, calendar: &Calendar) -> Timestamp {
    let day = at.to_zoned(calendar.zone.clone()).date();
    let starts = calendar.instant(day, calendar.workday.start).timestamp();
    let ends = calendar.instant(day, calendar.workday.end).timestamp();
    if calendar.is_workday(day) && at < ends {
        return at.max(starts);
    }
    let next = calendar.workday_after(day);
    next.map_or(at, |day| calendar.instant(day, calendar.workday.start).timestamp())
}

/// What a leader is shown of a week: what is done and left to a leader to look at, has something to look at, and was looked
/// at by nobody yet; at most [`MOST_OF_ONE`] of one manager's and [`MOST_OF_ALL`] in all, each manager's first before
/// anybody's second. `lot` draws: the same for the same id, or a restart would draw anew.
pub fn sample<L: Ord>(entries: Vec<Entry>, lot: impl Fn(&OccurrenceId) -> L) -> Vec<Entry> {
    let mut by_manager: BTreeMap<UserId, Vec<(L, Entry)>> = BTreeMap::new();
    for entry in entries.into_iter().filter(can_be_looked_at) {
        let of_manager = by_manager.entry(entry.occurrence.manager.clone()).or_default();
        of_manager.push((lot(&entry.occurrence.id), entry));
    }
    let mut drawn: Vec<(usize, L, Entry)> = Vec::new();
    for mut of_manager in by_manager.into_values() {
        of_manager.sort_by(|(one, _), (other, _)| one.cmp(other));
        drawn.extend(
            of_manager.into_iter().take(MOST_OF_ONE).enumerate().map(|(turn, (lot, entry))| (turn, lot, entry)),
        );
    }
    drawn.sort_by(|(turn, lot, _), (other_turn, other, _)| (turn, lot).cmp(&(other_turn, other)));
    let mut chosen: Vec<Entry> = drawn.into_iter().take(MOST_OF_ALL).map(|(_, _, entry)| entry).collect();
    chosen.sort_by_key(|entry| (entry.occurrence.manager.clone(), entry.occurrence.due, entry.occurrence.id.clone()));
    chosen
}

/// Whether there is something that a leader may see and that nobody has looked at.
fn can_be_looked_at(entry: &Entry) -> bool {
    let Occurrence { standing, verification, outcome, .. } = &entry.occurrence;
    let has_note = outcome.note.is_some() && entry.activity.share_notes;
    entry.activity.verify == Verify::Leader
        && *standing == Standing::Done
        && *verification == Verification::None
        && (outcome.evidence.link.is_some() || outcome.evidence.number.is_some() || has_note)
}

#[cfg(test)]
mod tests;
