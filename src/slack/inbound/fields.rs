//! What was filled into a modal, and what it means.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::Value;

use crate::process::ActivityKey;
use crate::record::outcome::{Answers, clean_note};
use crate::record::{OccurrenceId, ResultWord};

/// Why something can't be done, as the manager chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// There was no time.
    NoTime,
    /// It is not needed this time.
    NotNeeded,
    /// Somebody it takes was away.
    SomeoneAway,
    /// The rep was away: nobody's fault, so it is excused.
    RepAway,
    /// In the manager's own words.
    Other(String),
}

impl Why {
    /// The choices that have words of their own.
    pub(in crate::slack) const FIXED: [Why; 4] = [Why::NoTime, Why::NotNeeded, Why::SomeoneAway, Why::RepAway];
    /// The option's value for a reason in the manager's own words.
    pub(in crate::slack) const OTHER: &'static str = "other";

    /// The reason as it is recorded; also the option's value.
    pub fn words(&self) -> &str {
        match self {
            Why::NoTime => "no time",
            Why::NotNeeded => "not needed this time",
            Why::SomeoneAway => "someone was away",
            Why::RepAway => "rep away",
            Why::Other(words) => words,
        }
    }

    /// Whether it records `excused` rather than `skipped`.
    pub fn excuses(&self) -> bool {
        match self {
            Why::RepAway => true,
            Why::NoTime | Why::NotNeeded | Why::SomeoneAway | Why::Other(_) => false,
        }
    }
}

/// The block ids of the modals' fields. Part of the wire format: an open modal outlives a release too.
pub(in crate::slack) mod block {
    pub const RESULT: &str = "result";
    pub const NOTE: &str = "note";
    pub const LINK: &str = "link";
    pub const NUMBER: &str = "number";
    pub const REASON: &str = "reason";
    pub const REASON_WORDS: &str = "reason_words";
    pub const WHEN: &str = "when";
    pub const LOG: &str = "log";
    pub const INTENSITY: &str = "intensity";
    pub const START: &str = "start";
    pub const ZONE: &str = "zone";
    /// Both are followed by the days that are to be changed, so that a modal which shows others keeps no old choice.
    pub const FIRST_DAY: &str = "first_day";
    pub const LAST_DAY: &str = "last_day";
    /// What became of one of several. This and the fields of its evidence are followed by a slash and the occurrence.
    pub const WHAT: &str = "what";
    /// Which activity an if-then is for.
    pub const ACTIVITY: &str = "activity";
    /// The words of an if-then.
    pub const IF_THEN: &str = "if_then";

    /// A field of one of several.
    pub fn of(field: &str, occurrence: &crate::record::OccurrenceId) -> String {
        format!("{field}/{occurrence}")
    }
}

/// What was chosen for one of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Nothing yet.
    Leave,
    /// It is done.
    Done,
    /// It can't be done.
    Cant(Why),
}

impl What {
    pub(in crate::slack) const LEAVE: &'static str = "leave";
    pub(in crate::slack) const DONE: &'static str = "done";
}

/// What was filled into a modal, by block id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields(pub(super) serde_json::Map<String, Value>);

impl Fields {
    /// The answers of an outcome modal, unchecked.
    pub fn answers(&self) -> Answers {
        Answers {
            result: self.chosen(block::RESULT).and_then(ResultWord::parse),
            note: self.typed(block::NOTE),
            link: self.typed(block::LINK),
            number: self.typed(block::NUMBER),
        }
    }

    /// The occurrence chosen in a *Log as outcome* modal.
    pub fn log_for(&self) -> Option<OccurrenceId> {
        self.chosen(block::LOG).map(|id| OccurrenceId(id.to_owned()))
    }

    /// What a *Your settings* modal says, unchecked: intensity, the day's start, the zone.
    pub fn settings(&self) -> (Option<&str>, Option<Time>, Option<String>) {
        let start = self.element(block::START).and_then(|element| element["selected_time"].as_str()?.parse().ok());
        (self.chosen(block::INTENSITY), start, self.typed(block::ZONE))
    }

    /// The reason of a *Can't* modal; `None` where none was chosen, or *something else* was and no words were given.
    pub fn why(&self) -> Option<Why> {
        match self.chosen(block::REASON)? {
            Why::OTHER => self.own_words().map(Why::Other),
            chosen => Why::FIXED.into_iter().find(|why| why.words() == chosen),
        }
    }

    /// The reason as it is recorded: what was chosen, and what was said beside it.
    pub fn reason(&self) -> Option<String> {
        let why = self.why()?;
        Some(match (&why, self.own_words()) {
            (Why::NoTime | Why::NotNeeded | Why::SomeoneAway | Why::RepAway, Some(words)) => {
                format!("{}: {words}", why.words())
            }
            (_, None) | (Why::Other(_), Some(_)) => why.words().to_owned(),
        })
    }

    /// The occurrences of a *Mark several* modal, in no order.
    pub fn occurrences(&self) -> Vec<OccurrenceId> {
        let ids = self.0.keys().filter_map(|block| block.strip_prefix(block::WHAT)?.strip_prefix('/'));
        ids.map(|id| OccurrenceId(id.to_owned())).collect()
    }

    /// What was chosen for one of several. The words of a reason of one's own may be empty.
    pub fn what(&self, id: &OccurrenceId) -> What {
        match self.chosen(&block::of(block::WHAT, id)) {
            Some(What::DONE) => What::Done,
            Some(Why::OTHER) => What::Cant(Why::Other(self.own_words().unwrap_or_default())),
            Some(chosen) => Why::FIXED.into_iter().find(|why| why.words() == chosen).map_or(What::Leave, What::Cant),
            None => What::Leave,
        }
    }

    /// The answers for one of several, unchecked.
    pub fn answers_of(&self, id: &OccurrenceId) -> Answers {
        Answers {
            result: self.chosen(&block::of(block::RESULT, id)).and_then(ResultWord::parse),
            note: self.typed(&block::of(block::NOTE, id)),
            link: self.typed(&block::of(block::LINK, id)),
            number: self.typed(&block::of(block::NUMBER, id)),
        }
    }

    /// The activity and the words of an *if-then* modal; empty words take one back.
    pub fn if_then(&self) -> Option<(ActivityKey, String)> {
        let activity = ActivityKey(self.chosen(block::ACTIVITY)?.to_owned());
        Some((activity, self.typed(block::IF_THEN).map(|words| clean_note(&words)).unwrap_or_default()))
    }

    fn own_words(&self) -> Option<String> {
        self.typed(block::REASON_WORDS).map(|words| clean_note(&words)).filter(|words| !words.is_empty())
    }

    /// The instant of a *Pick a time* modal.
    pub fn instant(&self) -> Option<Timestamp> {
        let picked = &self.element(block::WHEN)?["selected_date_time"];
        let seconds = picked.as_i64().or_else(|| picked.as_str()?.parse().ok())?;
        Timestamp::from_second(seconds).ok()
    }

    /// The days of an *Away* modal, first and last, unchecked.
    pub fn days(&self) -> Option<(Date, Date)> {
        let date = |prefix: &str| {
            let block = self.0.keys().find(|block| block.starts_with(prefix))?;
            self.element(block)?["selected_date"].as_str()?.parse().ok()
        };
        let first = date(block::FIRST_DAY)?;
        // One day needs no second date.
        Some((first, date(block::LAST_DAY).unwrap_or(first)))
    }

    /// A block holds one element, whatever its action is called.
    pub(super) fn element(&self, block: &str) -> Option<&Value> {
        self.0.get(block)?.as_object()?.values().next()
    }

    pub(super) fn chosen(&self, block: &str) -> Option<&str> {
        self.element(block)?["selected_option"]["value"].as_str()
    }

    pub(super) fn typed(&self, block: &str) -> Option<String> {
        match &self.element(block)?["value"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}
