//! The button wire format: what is written on a button, a select's option and a modal, and read back when somebody
//! presses it.
//!
//! A public format: buttons outlive releases, so whatever was once written keeps decoding (the golden list below).
//! A value is the occurrence's id, or begins with it followed by `|`; where it is about no single one, it is the id (or the
//! days away, or the user) that it is about.

pub mod digest;
pub mod manage;

use serde::{Deserialize, Serialize};

use crate::process::UserId;
use crate::record::review::Answer;
use crate::record::snooze::Choice;
use crate::record::verification::Verdict;
use crate::record::{Days, OccurrenceId};

/// What somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is done.
    Done(OccurrenceId),
    /// Ask again later.
    Snooze(OccurrenceId, Snooze),
    /// It can't be done.
    Cant(OccurrenceId),
    /// Say more about what is done.
    AddNote(OccurrenceId),
    /// Replace what was recorded.
    Change(OccurrenceId),
    /// Take back what was recorded.
    Undo(OccurrenceId),
    /// Mark several of what the message with this id asks for.
    MarkSeveral(String),
    /// The answer to what was asked, by its id.
    Answer(String, Answer),
    /// Ask for an if-then of one's own.
    IfThen,
    /// End this manager's links to their year, and give them new ones.
    ResetLinks(UserId),
    /// Ask which days the manager is away.
    Away,
    /// Other days than these.
    ChangeAway(Days),
    /// Not away on these days after all.
    Back(Days),
    /// A message is to be the outcome of this one; chosen in its modal.
    LogFor(OccurrenceId),
    /// The manager's own settings.
    Settings,
    /// What somebody who was asked says of this occurrence.
    BearOut(OccurrenceId, Verdict),
    /// A word beside what was said of it.
    AddWord(OccurrenceId),
}

/// A choice of the Snooze select.
pub type Snooze = Choice;

/// The word for a choice within an option's value.
fn snooze_word(choice: Choice) -> &'static str {
    match choice {
        Choice::HalfHour => "30m",
        Choice::Hour => "1h",
        Choice::ThisAfternoon => "afternoon",
        Choice::TomorrowMorning => "tomorrow",
        Choice::NextWeek => "next-week",
        Choice::PickATime => "pick",
    }
}

impl Action {
    /// The `action_id`. Unique within a block, for no block shows two buttons for the same thing.
    pub fn id(&self) -> &'static str {
        match self {
            Action::Done(_) => "done",
            Action::Snooze(..) => "snooze",
            Action::Cant(_) => "cant",
            Action::AddNote(_) => "add_note",
            Action::Change(_) => "change",
            Action::Undo(_) => "undo",
            Action::MarkSeveral(_) => "mark_several",
            Action::Answer(_, answer) => answer.as_str(),
            Action::IfThen => "if_then",
            Action::ResetLinks(_) => "reset_links",
            Action::Away => "away",
            Action::ChangeAway(_) => "change_away",
            Action::Back(_) => "back",
            Action::LogFor(_) => "log_for",
            Action::Settings => "settings",
            Action::BearOut(_, verdict) => verdict.as_str(),
            Action::AddWord(_) => "add_word",
        }
    }

    /// The value of the button, or of the option.
    pub fn value(&self) -> String {
        match self {
            Action::Snooze(id, choice) => format!("{id}|{}", snooze_word(*choice)),
            Action::Done(id)
            | Action::Cant(id)
            | Action::AddNote(id)
            | Action::Change(id)
            | Action::Undo(id)
            | Action::BearOut(id, _)
            | Action::AddWord(id)
            | Action::LogFor(id) => id.to_string(),
            Action::MarkSeveral(id) | Action::Answer(id, _) => id.clone(),
            Action::ResetLinks(user) => user.to_string(),
            Action::Away | Action::IfThen => "new".to_owned(),
            Action::Settings => "own".to_owned(),
            Action::ChangeAway(days) | Action::Back(days) => days.to_string(),
        }
    }

    /// The occurrence that it changes or shows; none where it is about something else, a question put to somebody too.
    pub fn occurrence(&self) -> Option<&OccurrenceId> {
        match self {
            Action::Done(id)
            | Action::Snooze(id, _)
            | Action::Cant(id)
            | Action::AddNote(id)
            | Action::Change(id)
            | Action::Undo(id)
            | Action::LogFor(id) => Some(id),
            Action::MarkSeveral(_) | Action::Answer(..) | Action::IfThen | Action::Settings => None,
            Action::ResetLinks(_) | Action::Away | Action::ChangeAway(_) | Action::Back(_) => None,
            Action::BearOut(..) | Action::AddWord(_) => None,
        }
    }

    /// Reads a pressed button back; `None` where it is none of ours.
    pub fn decode(action_id: &str, value: &str) -> Option<Action> {
        let (id, rest) = value.split_once('|').unwrap_or((value, ""));
        if id.is_empty() {
            return None;
        }
        let days = || id.parse().ok();
        match action_id {
            "away" => return Some(Action::Away),
            "settings" => return Some(Action::Settings),
            "change_away" => return days().map(Action::ChangeAway),
            "back" => return days().map(Action::Back),
            "mark_several" => return Some(Action::MarkSeveral(id.to_owned())),
            "if_then" => return Some(Action::IfThen),
            _ => {}
        }
        if let Some(answer) = Answer::parse(action_id) {
            return Some(Action::Answer(id.to_owned(), answer));
        }
        let id = OccurrenceId(id.to_owned());
        if let Some(verdict) = Verdict::parse(action_id) {
            return Some(Action::BearOut(id, verdict));
        }
        match action_id {
            "add_word" => Some(Action::AddWord(id)),
            "done" => Some(Action::Done(id)),
            "snooze" => {
                let word = rest.split('|').next().unwrap_or_default();
                let choice = Choice::ALL.into_iter().find(|choice| snooze_word(*choice) == word)?;
                Some(Action::Snooze(id, choice))
            }
            "cant" => Some(Action::Cant(id)),
            "add_note" => Some(Action::AddNote(id)),
            "change" => Some(Action::Change(id)),
            "undo" => Some(Action::Undo(id)),
            "log_for" => Some(Action::LogFor(id)),
            "reset_links" => Some(Action::ResetLinks(UserId(id.0))),
            _ => None,
        }
    }
}

/// What the outcome modal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Recording that it is done.
    Done,
    /// Replacing what was recorded.
    Change,
    /// Saying more about what was recorded with one click.
    AddNote,
}

/// A modal and what it is about: `callback_id` and `private_metadata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modal {
    /// Asks for the outcome.
    Outcome(OccurrenceId, Purpose),
    /// Asks why it can't be done.
    Cant(OccurrenceId),
    /// Asks when to ask again.
    PickTime(OccurrenceId),
    /// What became of several, of those that the message with this id asks for.
    Several(String),
    /// Asks for an if-then.
    IfThen,
    /// Asks which days the manager is away; instead of these, where some are given.
    Away(Option<Days>),
    /// Asks for the outcome, with a message's address as its evidence.
    Log(OccurrenceId, String),
    /// Today and what is open; nothing to fill in.
    Cadence,
    /// The manager's own settings.
    Settings,
    /// Asks for a word beside what was said of it.
    Word(OccurrenceId),
}

/// `private_metadata` as it is written.
#[derive(Serialize, Deserialize)]
struct Private {
    v: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    occurrence: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl Modal {
    /// The `callback_id`.
    pub fn callback_id(&self) -> &'static str {
        match self {
            Modal::Outcome(..) => "outcome",
            Modal::Cant(_) => "cant",
            Modal::PickTime(_) => "pick_time",
            Modal::Several(_) => "several",
            Modal::IfThen => "if_then",
            Modal::Away(_) => "away",
            Modal::Log(..) => "log_outcome",
            Modal::Cadence => "cadence",
            Modal::Settings => "settings",
            Modal::Word(_) => "word",
        }
    }

    /// The occurrence it is about; none where it is about something else.
    pub fn occurrence(&self) -> Option<&OccurrenceId> {
        match self {
            Modal::Outcome(id, _) | Modal::Cant(id) | Modal::PickTime(id) | Modal::Log(id, _) | Modal::Word(id) => {
                Some(id)
            }
            Modal::Several(_) | Modal::IfThen | Modal::Away(_) | Modal::Cadence | Modal::Settings => None,
        }
    }

    /// The `private_metadata`.
    pub fn private_metadata(&self) -> String {
        let occurrence = self.occurrence().map(OccurrenceId::to_string).unwrap_or_default();
        let mut private = Private { v: 1, occurrence, message: None, instead_of: None, purpose: None, link: None };
        match self {
            Modal::Outcome(_, purpose) => private.purpose = Some(*purpose),
            Modal::Several(message) => private.message = Some(message.clone()),
            Modal::Away(days) => private.instead_of = days.map(|days| days.to_string()),
            Modal::Log(_, link) => private.link = Some(link.clone()),
            Modal::Cant(_) | Modal::PickTime(_) | Modal::IfThen | Modal::Cadence | Modal::Settings | Modal::Word(_) => {
            }
        }
        serde_json::to_string(&private).expect("strings and a number are JSON")
    }

    /// Reads a submitted modal back; `None` where it is none of ours.
    pub fn decode(callback_id: &str, private_metadata: &str) -> Option<Modal> {
        let private: Private = serde_json::from_str(private_metadata).ok()?;
        match callback_id {
            "several" => return private.message.map(Modal::Several),
            "if_then" => return Some(Modal::IfThen),
            "away" => return Some(Modal::Away(private.instead_of.and_then(|days| days.parse().ok()))),
            "cadence" => return Some(Modal::Cadence),
            "settings" => return Some(Modal::Settings),
            _ => {}
        }
        let id = Some(OccurrenceId(private.occurrence)).filter(|id| !id.as_str().is_empty())?;
        match callback_id {
            "outcome" => Some(Modal::Outcome(id, private.purpose.unwrap_or(Purpose::Done))),
            "cant" => Some(Modal::Cant(id)),
            "pick_time" => Some(Modal::PickTime(id)),
            "log_outcome" => Some(Modal::Log(id, private.link?)),
            "word" => Some(Modal::Word(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "2026-12-07.one-to-one.U0ANA.U0DANA";

    fn id() -> OccurrenceId {
        OccurrenceId(ID.to_owned())
    }

    fn days() -> Days {
        "2026-12-24/2027-01-02".parse().expect("good days")
    }

    /// Whatever was once written on a button, and what it means. Lines are added, never changed or taken away.
    fn golden() -> Vec<(&'static str, &'static str, Action)> {
        vec![
            ("done", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::Done(id())),
            ("snooze", "2026-12-07.one-to-one.U0ANA.U0DANA|30m", Action::Snooze(id(), Choice::HalfHour)),
            ("snooze", "2026-12-07.one-to-one.U0ANA.U0DANA|1h", Action::Snooze(id(), Choice::Hour)),
            ("snooze", "2026-12-07.one-to-one.U0ANA.U0DANA|afternoon", Action::Snooze(id(), Choice::ThisAfternoon)),
            ("snooze", "2026-12-07.one-to-one.U0ANA.U0DANA|tomorrow", Action::Snooze(id(), Choice::TomorrowMorning)),
            ("snooze", "2026-12-07.one-to-one.U0ANA.U0DANA|next-week", Action::Snooze(id(), Choice::NextWeek)),
            ("snooze", "2026-12-07.one-to-one.U0ANA.U0DANA|pick", Action::Snooze(id(), Choice::PickATime)),
            ("cant", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::Cant(id())),
            ("add_note", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::AddNote(id())),
            ("change", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::Change(id())),
            ("undo", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::Undo(id())),
            ("mark_several", "0f8d", Action::MarkSeveral("0f8d".to_owned())),
            ("keep", "snoozes.o1", Action::Answer("snoozes.o1".to_owned(), Answer::Keep)),
            ("move", "snoozes.o1", Action::Answer("snoozes.o1".to_owned(), Answer::Move)),
            ("shrink", "misses.o1", Action::Answer("misses.o1".to_owned(), Answer::Shrink)),
            ("stop", "misses.o1", Action::Answer("misses.o1".to_owned(), Answer::Stop)),
            ("fewer", "silence.o1", Action::Answer("silence.o1".to_owned(), Answer::Fewer)),
            ("fine", "silence.o1", Action::Answer("silence.o1".to_owned(), Answer::Fine)),
            ("if_then", "new", Action::IfThen),
            ("reset_links", "U0ANA", Action::ResetLinks(UserId::from("U0ANA"))),
            ("away", "new", Action::Away),
            ("change_away", "2026-12-24/2027-01-02", Action::ChangeAway(days())),
            ("back", "2026-12-24/2027-01-02", Action::Back(days())),
            ("log_for", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::LogFor(id())),
            ("settings", "own", Action::Settings),
            ("it_happened", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::BearOut(id(), Verdict::ItHappened)),
            ("not_really", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::BearOut(id(), Verdict::NotReally)),
            ("looks_right", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::BearOut(id(), Verdict::LooksRight)),
            ("lets_talk", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::BearOut(id(), Verdict::LetsTalk)),
            ("add_word", "2026-12-07.one-to-one.U0ANA.U0DANA", Action::AddWord(id())),
        ]
    }

    #[test]
    fn old_buttons_keep_their_meaning() {
        for (action_id, value, action) in golden() {
            assert_eq!(Action::decode(action_id, value), Some(action));
        }
    }

    #[test]
    fn what_is_written_today_reads_back() {
        for (_, _, action) in golden() {
            assert_eq!(Action::decode(action.id(), &action.value()), Some(action.clone()));
            if let Some(occurrence) = action.occurrence() {
                assert!(action.value().starts_with(ID) && *occurrence == id());
            }
        }
    }

    #[test]
    fn a_later_release_may_add_to_a_value() {
        assert_eq!(Action::decode("done", &format!("{ID}|n1|v2")), Some(Action::Done(id())));
        assert_eq!(Action::decode("snooze", &format!("{ID}|1h|v2")), Some(Action::Snooze(id(), Choice::Hour)));
    }

    #[test]
    fn what_is_none_of_ours_is_none() {
        for (action_id, value) in
            [("done", ""), ("done", "|x"), ("snooze", ID), ("snooze", "x|9h"), ("approve", ID), ("back", "x")]
        {
            assert_eq!(Action::decode(action_id, value), None, "{action_id} {value}");
        }
    }

    #[test]
    fn old_modals_keep_their_meaning() {
        let golden = [
            (
                "outcome",
                r#"{"v":1,"occurrence":"o1","purpose":"done"}"#,
                Modal::Outcome(OccurrenceId("o1".into()), Purpose::Done),
            ),
            (
                "outcome",
                r#"{"v":1,"occurrence":"o1","purpose":"change"}"#,
                Modal::Outcome(OccurrenceId("o1".into()), Purpose::Change),
            ),
            (
                "outcome",
                r#"{"v":1,"occurrence":"o1","purpose":"add_note"}"#,
                Modal::Outcome(OccurrenceId("o1".into()), Purpose::AddNote),
            ),
            ("cant", r#"{"v":1,"occurrence":"o1"}"#, Modal::Cant(OccurrenceId("o1".into()))),
            ("pick_time", r#"{"v":1,"occurrence":"o1"}"#, Modal::PickTime(OccurrenceId("o1".into()))),
            ("several", r#"{"v":1,"message":"m1"}"#, Modal::Several("m1".into())),
            ("if_then", r#"{"v":1}"#, Modal::IfThen),
            ("away", r#"{"v":1}"#, Modal::Away(None)),
            ("away", r#"{"v":1,"instead_of":"2026-12-24/2027-01-02"}"#, Modal::Away(Some(days()))),
            (
                "log_outcome",
                r#"{"v":1,"occurrence":"o1","link":"https://x.slack.com/archives/C1/p17"}"#,
                Modal::Log(OccurrenceId("o1".into()), "https://x.slack.com/archives/C1/p17".to_owned()),
            ),
            ("cadence", r#"{"v":1}"#, Modal::Cadence),
            ("settings", r#"{"v":1}"#, Modal::Settings),
            ("word", r#"{"v":1,"occurrence":"o1"}"#, Modal::Word(OccurrenceId("o1".into()))),
        ];
        for (callback_id, private, modal) in golden {
            assert_eq!(Modal::decode(callback_id, private).as_ref(), Some(&modal));
            assert_eq!((modal.callback_id(), modal.private_metadata().as_str()), (callback_id, private));
        }
        assert_eq!(Modal::decode("outcome", "not ours"), None);
        assert_eq!(Modal::decode("cant", r#"{"v":1}"#), None);
        assert_eq!(Modal::decode("several", r#"{"v":1}"#), None);
        assert_eq!(Modal::decode("poll", r#"{"v":1,"occurrence":"o1"}"#), None);
    }
}
