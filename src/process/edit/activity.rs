//! The lines of the process.

use serde::{Deserialize, Serialize};

use super::{About, Objection, phrase};
use crate::process::file::words::{Word, target, target_word};
use crate::process::file::{is_flexible, shares_notes};
use crate::process::recurrence::default_grace;
use crate::process::{
    Activity, ActivityKey, Category, EvidenceWanted, NumberQuestion, OnHoliday, Per, Priority, Process, UserId, Verify,
};

/// An activity as it is typed: what a form asks for. Whatever else an activity has stays as it is, or is the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityDraft {
    /// Which; of one that is new, the key that it will have.
    pub key: ActivityKey,
    /// As shown to people.
    pub title: String,
    /// The phrase as typed.
    pub when: String,
    /// How long it takes.
    pub minutes: u32,
    /// The expected outcome; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outcome: String,
    /// The category's word.
    pub category: String,
    /// `manager` or `rep`.
    pub per: String,
    /// `must` or `nice`.
    pub priority: String,
    /// What *Done* asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The question of evidence `number`; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// What counts as met: `<= 2`; empty: the manager says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// Who holds it; empty: every manager, or nobody while it is paused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managers: Vec<UserId>,
}

/// The words of a small choice that a form offers, the default first named.
pub enum DraftOf {
    /// What kind of work it is.
    Category,
    /// Once, or once per rep.
    Per,
    /// Critical or nice to have.
    Priority,
}

/// Every word of a choice, in order, and the default one.
pub fn words_of(choice: &DraftOf) -> (Vec<&'static str>, &'static str) {
    fn all<T: Word + Default>() -> (Vec<&'static str>, &'static str) {
        (T::ALL.iter().map(|one| one.word()).collect(), T::default().word())
    }
    match choice {
        DraftOf::Category => all::<Category>(),
        DraftOf::Per => all::<Per>(),
        DraftOf::Priority => all::<Priority>(),
    }
}

impl ActivityDraft {
    /// The draft that changes nothing.
    pub fn of(activity: &Activity) -> ActivityDraft {
        let EvidenceWanted { note, link, number } = activity.evidence;
        let wanted = [("note", note), ("link", link), ("number", number)];
        let question = activity.number.as_ref();
        ActivityDraft {
            key: activity.key.clone(),
            title: activity.title.clone(),
            when: activity.when.to_string(),
            minutes: activity.minutes,
            outcome: activity.outcome.clone().unwrap_or_default(),
            category: activity.category.word().to_owned(),
            per: activity.per.word().to_owned(),
            priority: activity.priority.word().to_owned(),
            evidence: wanted.iter().filter(|(_, asked)| *asked).map(|(word, _)| (*word).to_owned()).collect(),
            question: question.map(|question| question.label.clone()).unwrap_or_default(),
            target: question.and_then(|question| question.target).map(target_word).unwrap_or_default(),
            managers: activity.managers.clone().unwrap_or_default(),
        }
    }

    fn number(&self) -> Result<Option<NumberQuestion>, Objection> {
        let asked = self.evidence.iter().any(|word| word == "number");
        let (label, wanted) = (self.question.trim(), self.target.trim());
        if !asked {
            return Ok(None);
        }
        if label.is_empty() {
            return Err(Objection::new(About::Number, "A number needs its question: what is counted?"));
        }
        let parsed = (!wanted.is_empty()).then(|| target(wanted));
        if parsed == Some(None) {
            let words = format!("“{wanted}” is no target. Write one of <= < = > >= and a number, such as <= 2.");
            return Err(Objection::new(About::Number, words));
        }
        Ok(Some(NumberQuestion { label: label.to_owned(), target: parsed.flatten() }))
    }
}

fn chosen<T: Word + Default>(word: &str) -> T {
    T::ALL.iter().copied().find(|one| one.word() == word).unwrap_or_default()
}

/// An activity becomes what the draft says, or is added at the end.
pub(super) fn put(process: &mut Process, draft: &ActivityDraft) -> Result<(), Objection> {
    let when = phrase(&draft.when)?;
    let number = draft.number()?;
    let old = process.activity(&draft.key).cloned();
    let asked = |word: &str| draft.evidence.iter().any(|one| one == word);
    let (category, priority) = (chosen::<Category>(&draft.category), chosen::<Priority>(&draft.priority));
    let outcome = Some(draft.outcome.trim().to_owned()).filter(|outcome| !outcome.is_empty());
    // What was left to the default goes on following it.
    let own = |old: Option<bool>, default: fn(&Activity) -> bool, new: bool| match (old, process.activity(&draft.key)) {
        (Some(flag), Some(activity)) if flag != default(activity) => flag,
        (_, _) => new,
    };
    let share_notes =
        own(old.as_ref().map(|it| it.share_notes), |it| shares_notes(it.category), shares_notes(category));
    let flexible = own(old.as_ref().map(|it| it.flexible), |it| is_flexible(it.priority), is_flexible(priority));
    let own_grace = old.as_ref().filter(|it| it.grace != default_grace(&it.when)).map(|it| it.grace);
    let per = chosen::<Per>(&draft.per);
    let is_paused = old.as_ref().is_some_and(|it| it.managers.as_ref().is_some_and(Vec::is_empty));
    let activity = Activity {
        key: draft.key.clone(),
        title: draft.title.trim().to_owned(),
        category,
        grace: own_grace.unwrap_or_else(|| default_grace(&when)),
        when,
        minutes: draft.minutes,
        outcome,
        evidence: EvidenceWanted { note: asked("note"), link: asked("link"), number: asked("number") },
        number,
        per,
        spread: old.as_ref().is_some_and(|it| it.spread) && per == Per::Rep,
        priority,
        share_notes,
        on_holiday: old.as_ref().map_or(OnHoliday::default(), |it| it.on_holiday),
        managers: (is_paused || !draft.managers.is_empty()).then(|| draft.managers.clone()),
        verify: old.as_ref().map_or(Verify::default(), |it| it.verify),
        flexible,
    };
    match process.activities.iter_mut().find(|it| it.key == draft.key) {
        Some(place) => *place = activity,
        None => process.activities.push(activity),
    }
    Ok(())
}

/// Who holds it.
pub(super) fn hold(process: &mut Process, key: &ActivityKey, managers: Option<&[UserId]>) -> Result<(), Objection> {
    let known: Vec<UserId> = process.managers.iter().map(|manager| manager.slack.clone()).collect();
    let activity = process.activities.iter_mut().find(|it| it.key == *key);
    let activity = activity.ok_or_else(|| Objection::gone("This activity"))?;
    let still = |some: &[UserId]| some.iter().filter(|id| known.contains(id)).cloned().collect::<Vec<_>>();
    activity.managers = managers.map(still);
    Ok(())
}

/// It leaves.
pub(super) fn retire(process: &mut Process, key: &ActivityKey) -> Result<(), Objection> {
    if process.activity(key).is_none() {
        return Err(Objection::gone("This activity"));
    }
    process.activities.retain(|it| it.key != *key);
    Ok(())
}

/// A key for a new activity, made of its title; none that was ever in use, for records are told apart by it.
pub fn key_for(title: &str, in_use: impl Fn(&ActivityKey) -> bool) -> ActivityKey {
    let words = title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let slug = words.split_whitespace().collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { "activity" } else { &slug[..slug.len().min(36)] };
    let numbered = (2..).map(|number| ActivityKey(format!("{}-{number}", slug.trim_end_matches('-'))));
    let mut keys = std::iter::once(ActivityKey(slug.trim_end_matches('-').to_owned())).chain(numbered);
    keys.find(|key| !in_use(key)).expect("numbers never end")
}
