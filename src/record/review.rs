//! What is asked beside the work itself, once: whether what is put off or missed again and again should stay as it is, and
//! whether fewer messages would be better. The answers are for the process review; nothing changes by them alone.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Entry, OccurrenceId, Standing};
use crate::process::{ActivityKey, UserId};

/// The snooze of one occurrence at which it is asked.
pub const SNOOZES: i64 = 3;
/// The miss in a row of one activity at which it is asked.
pub const MISSES: usize = 3;
/// How long somebody is silent before they are asked.
pub const SILENT_DAYS: i64 = 14;
/// How many messages they must have had in that time.
pub const SILENT_MESSAGES: usize = 6;

/// What something said beside the occurrences is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// One occurrence was snoozed three times.
    Snoozes,
    /// One activity was missed three times in a row.
    Misses,
    /// Nothing was answered for two weeks.
    Silence,
    /// No question: the welcome.
    Welcome,
}

impl Topic {
    /// All of them.
    pub const ALL: [Topic; 4] = [Topic::Snoozes, Topic::Misses, Topic::Silence, Topic::Welcome];

    /// The word that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Snoozes => "snoozes",
            Topic::Misses => "misses",
            Topic::Silence => "silence",
            Topic::Welcome => "welcome",
        }
    }

    /// The reverse of [`Topic::as_str`].
    pub fn parse(word: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.as_str() == word)
    }

    /// What can be answered; nothing where nothing is asked.
    pub fn answers(self) -> &'static [Answer] {
        match self {
            Topic::Snoozes | Topic::Misses => &[Answer::Keep, Answer::Move, Answer::Shrink, Answer::Stop],
            Topic::Silence => &[Answer::Fewer, Answer::Fine],
            Topic::Welcome => &[],
        }
    }
}

/// What somebody thinks should be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// The activity stays as it is.
    Keep,
    /// It belongs to another day or time.
    Move,
    /// It should take less.
    Shrink,
    /// It should go.
    Stop,
    /// Fewer messages.
    Fewer,
    /// As many messages as now.
    Fine,
}

impl Answer {
    /// All of them.
    pub const ALL: [Answer; 6] =
        [Answer::Keep, Answer::Move, Answer::Shrink, Answer::Stop, Answer::Fewer, Answer::Fine];

    /// The word that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Keep => "keep",
            Answer::Move => "move",
            Answer::Shrink => "shrink",
            Answer::Stop => "stop",
            Answer::Fewer => "fewer",
            Answer::Fine => "fine",
        }
    }

    /// The reverse of [`Answer::as_str`].
    pub fn parse(word: &str) -> Option<Answer> {
        Answer::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
}

/// Something that a message says beside its occurrences, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Made of what it is about, so that it is said once.
    pub id: String,
    /// To whom.
    pub manager: UserId,
    /// What about.
    pub topic: Topic,
    /// Which activity.
    pub activity: Option<ActivityKey>,
    /// Which occurrence.
    pub occurrence: Option<OccurrenceId>,
}

impl Aside {
    /// The third snooze of an occurrence.
    pub fn snoozes(entry: &Entry) -> Option<Aside> {
        let occurrence = &entry.occurrence;
        (occurrence.snoozes >= SNOOZES).then(|| Aside {
            id: format!("snoozes.{}", occurrence.id),
            manager: occurrence.manager.clone(),
            topic: Topic::Snoozes,
            activity: Some(occurrence.activity.clone()),
            occurrence: Some(occurrence.id.clone()),
        })
    }

    /// The third miss in a row.
    pub fn misses(manager: &UserId, streak: &Streak) -> Aside {
        Aside {
            id: format!("misses.{}.{}.{manager}", streak.last, streak.activity),
            manager: manager.clone(),
            topic: Topic::Misses,
            activity: Some(streak.activity.clone()),
            occurrence: None,
        }
    }

    /// Two weeks of silence, as it was noticed on a date.
    pub fn silence(manager: &UserId, today: Date) -> Aside {
        let (id, manager) = (format!("silence.{today}.{manager}"), manager.clone());
        Aside { id, manager, topic: Topic::Silence, activity: None, occurrence: None }
    }

    /// The welcome; one for each manager, ever.
    pub fn welcome(manager: &UserId) -> Aside {
        let (id, manager) = (format!("welcome.{manager}"), manager.clone());
        Aside { id, manager, topic: Topic::Welcome, activity: None, occurrence: None }
    }
}

/// An activity that was missed again and again, up to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streak {
    /// Which.
    pub activity: ActivityKey,
    /// When the first of them was due.
    pub since: Timestamp,
    /// The date of the last of them.
    pub last: Date,
}

/// The activities whose last [`MISSES`] dates (or more) were all missed, most recent first. What is held per rep counts by
/// the date: one on which anything was done or said ends the row. What was excused counts neither way. `entries`: one
/// manager's.
pub fn missed_in_a_row(entries: &[Entry], now: Timestamp) -> Vec<Streak> {
    let mut dates: BTreeMap<&ActivityKey, BTreeMap<Date, Vec<&Entry>>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.occurrence.closes <= now) {
        let occurrence = &entry.occurrence;
        dates.entry(&occurrence.activity).or_default().entry(occurrence.date).or_default().push(entry);
    }
    let mut streaks: Vec<Streak> =
        dates.into_iter().filter_map(|(activity, dates)| row_of_misses(activity, &dates)).collect();
    streaks.sort_by_key(|streak| (std::cmp::Reverse(streak.last), streak.activity.clone()));
    streaks
}

fn row_of_misses(activity: &ActivityKey, dates: &BTreeMap<Date, Vec<&Entry>>) -> Option<Streak> {
    let (mut row, mut since, mut last) = (0, None, None);
    for (date, entries) in dates.iter().rev() {
        let mut missed = entries.iter().filter(|entry| is_missed(entry)).peekable();
        let answered = entries.iter().any(|entry| is_answered(entry));
        let Some(first) = missed.peek() else {
            if answered {
                break;
            }
            continue;
        };
        if answered {
            break;
        }
        row += 1;
        since = Some(first.occurrence.due);
        last = last.or(Some(*date));
    }
    let (since, last) = since.zip(last)?;
    (row >= MISSES).then(|| Streak { activity: activity.clone(), since, last })
}

fn is_missed(entry: &Entry) -> bool {
    match entry.occurrence.standing {
        Standing::Missed | Standing::Undecided => true,
        Standing::Done | Standing::Skipped | Standing::Excused | Standing::Withdrawn => false,
    }
}

fn is_answered(entry: &Entry) -> bool {
    match entry.occurrence.standing {
        Standing::Done | Standing::Skipped => true,
        Standing::Missed | Standing::Undecided | Standing::Excused | Standing::Withdrawn => false,
    }
}

/// Whether somebody is silent: `heard` last (or, never heard, first written to) two weeks ago or longer, with enough said
/// to them since.
pub fn is_silent(heard: Timestamp, messages: usize, now: Timestamp) -> bool {
    now.duration_since(heard) >= SignedDuration::from_hours(24 * SILENT_DAYS) && messages >= SILENT_MESSAGES
}
