//! Changes to a process as people make them by hand, one at a time: from a process to the next one, or to what speaks
//! against it, in a user's words.
//!
//! No rule stands here that the file reader keeps already: what an edit makes is written out as a process file and read
//! back, and whatever the reader says against it is what the user is told.

mod activity;
pub mod own;
mod people;
mod steps;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::file::{self, NothingAround, Problem, SourceFile};
use super::{ActivityKey, DigestSettings, Phrase, Process, UserId, zone_named};

pub use activity::{ActivityDraft, DraftOf, key_for, words_of};
pub use own::OwnSettings;
pub use steps::{Step, steps, steps_by};

/// Somebody, with what has to be known of them once they are new to the process. Short keys: it travels in a modal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newcomer {
    /// Slack user.
    #[serde(rename = "s")]
    pub slack: UserId,
    /// As shown to people; empty where the process knows them already.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// IANA name of their zone, where Slack tells one.
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// A leader to report to, who becomes one where the process knows none of that id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    /// Who.
    #[serde(flatten)]
    pub who: Newcomer,
    /// Whom a new leader reports to.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub above: Option<UserId>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Managers join.
    AddManagers {
        /// Who.
        people: Vec<Newcomer>,
        /// Whom they report to.
        leader: Above,
    },
    /// Managers leave, and their reps with them.
    RemoveManagers {
        /// Who.
        people: Vec<UserId>,
    },
    /// Whom a manager reports to, and exactly which reps report to them. A rep of another manager moves.
    Manager {
        /// Whose.
        manager: UserId,
        /// Whom they report to.
        leader: Above,
        /// Their reps.
        reps: Vec<Newcomer>,
    },
    /// Whom a leader reports to; nobody where `None`.
    Leader {
        /// Whose.
        leader: UserId,
        /// The leader above.
        above: Option<UserId>,
    },
    /// An activity is added, or becomes what the draft says.
    Activity(Box<ActivityDraft>),
    /// Who holds an activity: every manager where `None`; nobody while it is paused.
    Hold {
        /// Which.
        activity: ActivityKey,
        /// Who.
        managers: Option<Vec<UserId>>,
    },
    /// An activity leaves the process.
    Retire {
        /// Which.
        activity: ActivityKey,
    },
    /// Where and when a digest is posted.
    Digest {
        /// Whose own; `None`: the one for all who have none of their own.
        leader: Option<UserId>,
        /// The channel; without one nothing is posted, or where the default says.
        channel: Option<String>,
        /// The phrase.
        when: Option<String>,
        /// IANA name of the zone in which the phrase is meant.
        time_zone: Option<String>,
    },
}

/// What an objection is about: the field at which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum About {
    Title,
    When,
    Minutes,
    Outcome,
    Number,
    Holders,
    People,
    Leader,
    Reps,
    Channel,
    /// What it would change is not there (any more).
    Gone,
    /// Nothing that one field could mend.
    Whole,
}

/// Why an edit can't be made, in a user's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Objection {
    /// What it is about.
    pub about: About,
    /// Ready to be shown.
    pub words: String,
}

impl Objection {
    fn new(about: About, words: impl Into<String>) -> Objection {
        Objection { about, words: words.into() }
    }

    fn gone(what: &str) -> Objection {
        Objection::new(About::Gone, format!("{what} isn't in the process any more."))
    }
}

/// A process that was edited.
#[derive(Debug, Clone)]
pub struct Edited {
    /// As it is then, checked whole.
    pub process: Process,
    /// What is legal but surely not meant, and was not so before.
    pub warnings: Vec<String>,
}

impl Edit {
    /// Makes the change. `today` bounds nothing here that is not bounded already: a process names no holiday file.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn make(&self, process: &Process, today: Date) -> Result<Edited, Objection> {
        let mut after = process.clone();
        match self {
            Edit::AddManagers { people, leader } => people::join(&mut after, people, leader)?,
            Edit::RemoveManagers { people } => people::leave(&mut after, people)?,
            Edit::Manager { manager, leader, reps } => people::settle(&mut after, manager, leader, reps)?,
            Edit::Leader { leader, above } => people::lead(&mut after, leader, above.as_ref())?,
            Edit::Activity(draft) => activity::put(&mut after, draft)?,
            Edit::Hold { activity, managers } => activity::hold(&mut after, activity, managers.as_deref())?,
            Edit::Retire { activity } => activity::retire(&mut after, activity)?,
            Edit::Digest { leader, channel, when, time_zone } => {
                let settings = DigestSettings {
                    channel: channel.clone(),
                    when: when.as_deref().map(phrase).transpose()?,
                    time_zone: time_zone.as_deref().and_then(zone_named),
                };
                *digest_of(&mut after, leader.as_ref())? = settings;
            }
        }
        checked(process, &after, today)
    }

    /// What of the process this change is made from, as text: where it differs between two revisions, somebody has
    /// touched the same line.
    pub fn sees(&self, process: &Process) -> String {
        let activity = |key| format!("{:?}", process.activity(key));
        let places = |ids: Vec<&UserId>| ids.iter().map(|id| people::place(process, id)).collect::<Vec<_>>().join("; ");
        match self {
            Edit::AddManagers { people, leader } => {
                places(people.iter().map(|one| &one.slack).chain([&leader.who.slack]).collect())
            }
            Edit::RemoveManagers { people } => places(people.iter().collect()),
            Edit::Manager { manager, leader: _, reps } => {
                places(reps.iter().map(|rep| &rep.slack).chain([manager]).collect())
            }
            Edit::Leader { leader, above: _ } => places(vec![leader]),
            Edit::Activity(draft) => activity(&draft.key),
            Edit::Hold { activity: key, managers: _ } | Edit::Retire { activity: key } => activity(key),
            Edit::Digest { leader: None, .. } => format!("{:?}", process.digest),
            Edit::Digest { leader: Some(id), .. } => format!("{:?}", process.leader(id).map(|leader| &leader.digest)),
        }
    }
}

fn digest_of<'p>(process: &'p mut Process, leader: Option<&UserId>) -> Result<&'p mut DigestSettings, Objection> {
    let Some(id) = leader else { return Ok(&mut process.digest) };
    let found = process.leaders.iter_mut().find(|leader| leader.slack == *id);
    found.map(|leader| &mut leader.digest).ok_or_else(|| Objection::gone("This leader"))
}

/// The phrase, or what its own parser says against it.
fn phrase(text: &str) -> Result<Phrase, Objection> {
    text.parse::<Phrase>().map_err(|error| {
        let expected = if error.expected.is_empty() { String::new() } else { format!("; expected {}", error.expected) };
        Objection::new(About::When, sentence(&format!("{}{expected}", error.message)))
    })
}

/// How the source is called in the reader's messages.
const SOURCE: &str = "the process";

/// What the reader makes of a process, and its warnings; else what it says against it.
type ReadBack = Result<(Process, Vec<Problem>), Vec<Problem>>;

fn read_back(process: &Process, today: Date) -> (String, ReadBack) {
    let text = file::write(process);
    let read = file::read(&[SourceFile { name: SOURCE.to_owned(), text: text.clone() }], today, &NothingAround);
    (text, read)
}

/// The last gate: the file reader's own.
fn checked(before: &Process, after: &Process, today: Date) -> Result<Edited, Objection> {
    let (text, read) = read_back(after, today);
    match read {
        Ok((process, warnings)) => {
            let known = read_back(before, today).1.map_or_else(|_| Vec::new(), |(_, warnings)| warnings);
            let new = warnings.iter().filter(|one| known.iter().all(|other| other.message != one.message));
            let warnings = new.map(|one| sentence(&in_names(&one.message, after))).collect();
            Ok(Edited { process, warnings })
        }
        Err(problems) => {
            let first = problems.first();
            let words =
                first.map_or_else(|| "That doesn't fit.".to_owned(), |it| sentence(&in_names(&it.message, after)));
            let line = first.and_then(|it| text.lines().nth(it.line.saturating_sub(1))).unwrap_or_default();
            Err(Objection::new(about(line), words))
        }
    }
}

/// Which field a line of the file belongs to.
fn about(line: &str) -> About {
    match line.split('=').next().unwrap_or_default().trim() {
        "title" => About::Title,
        "when" => About::When,
        "minutes" => About::Minutes,
        "outcome" => About::Outcome,
        "number" | "evidence" => About::Number,
        "managers" => About::Holders,
        "slack" | "name" => About::People,
        "leader" => About::Leader,
        "reps" | "{ slack" => About::Reps,
        "channel" | "digest" => About::Channel,
        _ => About::Whole,
    }
}

/// Ids become names, and places in a file that nobody sees go.
fn in_names(message: &str, process: &Process) -> String {
    let managers = process.managers.iter().map(|one| (&one.slack, &one.name));
    let leaders = process.leaders.iter().map(|one| (&one.slack, &one.name));
    let reps = process.managers.iter().flat_map(|one| &one.reps).map(|one| (&one.slack, &one.name));
    let mut names: Vec<(&UserId, &String)> = managers.chain(leaders).chain(reps).collect();
    // The longer id first: one may begin with another.
    names.sort_by_key(|(id, _)| std::cmp::Reverse(id.as_str().len()));
    let mut said = message.to_owned();
    for (id, name) in names {
        said = said.replace(id.as_str(), name);
    }
    let place = format!("{SOURCE}, line ");
    while let Some(at) = said.find(&place) {
        let after = at + place.len();
        let digits = said[after..].bytes().take_while(u8::is_ascii_digit).count();
        said.replace_range(at..after + digits, SOURCE);
    }
    said
}

/// With a capital at its front and a full stop at its end, and without the file's backticks.
fn sentence(text: &str) -> String {
    let text = text.trim().replace('`', "\"");
    let mut chars = text.chars();
    let mut said: String = chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect());
    if !said.ends_with(['.', '?', '!']) {
        said.push('.');
    }
    said
}
