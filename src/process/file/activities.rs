//! `[[activity]]`.

use super::problem::Place;
use super::reading::{Named, Reading};
use super::table::{Table, Value, quoted};
use super::words;
use crate::process::recurrence::default_grace;
use crate::process::{
    Activity, ActivityKey, Category, EvidenceWanted, Grace, NumberQuestion, Per, Phrase, Priority, phrase::Recur,
};

/// The most minutes that one occurrence may take: a working week of forty hours.
const MOST_MINUTES: i64 = 40 * 60;

/// One `[[activity]]`, with what the checks of the whole need to point at.
pub(super) struct ActivityRead {
    /// `None` where its key or phrase could not be read.
    pub activity: Option<Activity>,
    pub key: Option<(ActivityKey, Place)>,
    pub when: Option<Place>,
    pub managers: Option<(Vec<Named>, Place)>,
    /// Where `title`, `grace` and `on_holiday` stand, if they are there.
    pub title: Option<Place>,
    pub grace: Option<Place>,
    pub on_holiday: Option<Place>,
    pub verify: Option<Place>,
}

/// The kinds of evidence, as the file writes them.
pub(super) const EVIDENCE: [&str; 3] = ["note", "link", "number"];

/// The values of one table, before any is looked at.
struct Raw<'a> {
    key: Option<Value<'a>>,
    title: Option<Value<'a>>,
    category: Option<Value<'a>>,
    when: Option<Value<'a>>,
    minutes: Option<Value<'a>>,
    outcome: Option<Value<'a>>,
    evidence: Option<Value<'a>>,
    number: Option<Value<'a>>,
    per: Option<Value<'a>>,
    spread: Option<Value<'a>>,
    priority: Option<Value<'a>>,
    share_notes: Option<Value<'a>>,
    grace: Option<Value<'a>>,
    on_holiday: Option<Value<'a>>,
    managers: Option<Value<'a>>,
    verify: Option<Value<'a>>,
    flexible: Option<Value<'a>>,
}

impl<'a> Raw<'a> {
    fn new(mut table: Table<'a>) -> Raw<'a> {
        let raw = Raw {
            key: table.require("key", "key = \"pipeline-review\""),
            title: table.require("title", "title = \"Pipeline review\""),
            category: table.take("category"),
            when: table.require("when", "when = \"every Monday at 09:00\""),
            minutes: table.require("minutes", "minutes = 60"),
            outcome: table.take("outcome"),
            evidence: table.take("evidence"),
            number: table.take("number"),
            per: table.take("per"),
            spread: table.take("spread"),
            priority: table.take("priority"),
            share_notes: table.take("share_notes"),
            grace: table.take("grace"),
            on_holiday: table.take("on_holiday"),
            managers: table.take("managers"),
            verify: table.take("verify"),
            flexible: table.take("flexible"),
        };
        table.finish();
        raw
    }
}

impl Reading<'_> {
    pub(super) fn activity(&self, table: Table<'_>) -> ActivityRead {
        let raw = Raw::new(table);
        let key = raw.key.as_ref().and_then(|value| Some((activity_key(value)?, value.place.clone())));
        let when = raw.when.as_ref().and_then(|value| self.phrase(value));
        let managers = raw.managers.as_ref().map(|value| (self.people(value), value.place.clone()));
        let mut activity = self.details(&raw, when.as_ref());
        if let (Some(activity), Some((key, _))) = (&mut activity, &key) {
            activity.key = key.clone();
            activity.managers =
                managers.as_ref().map(|(people, _)| people.iter().map(|named| named.id.clone()).collect());
        }
        ActivityRead {
            activity: activity.filter(|_| key.is_some()),
            key,
            when: raw.when.map(|value| value.place),
            managers,
            title: raw.title.map(|value| value.place),
            grace: raw.grace.map(|value| value.place),
            on_holiday: raw.on_holiday.map(|value| value.place),
            verify: raw.verify.map(|value| value.place),
        }
    }

    /// Everything but the key and the managers; `None` without a phrase.
    fn details(&self, raw: &Raw<'_>, when: Option<&Phrase>) -> Option<Activity> {
        let words = |value: &Option<Value<'_>>, lines| value.as_ref().and_then(|value| value.words(lines));
        let flag = |value: &Option<Value<'_>>| value.as_ref().and_then(Value::flag);
        let category = raw.category.as_ref().and_then(Value::one_of).unwrap_or_default();
        let priority = raw.priority.as_ref().and_then(Value::one_of).unwrap_or_default();
        let per = raw.per.as_ref().and_then(Value::one_of).unwrap_or_default();
        let evidence = raw.evidence.as_ref().map(evidence_of).unwrap_or_default();
        let minutes =
            raw.minutes.as_ref().and_then(|value| value.integer(1..=MOST_MINUTES, "whole minutes, 1 to 2400"));
        let grace = raw.grace.as_ref().and_then(grace_of);
        let number = self.number(raw, evidence);
        let title = words(&raw.title, false);
        let outcome = words(&raw.outcome, true);
        let spread = flag(&raw.spread).unwrap_or(false);
        let (share_notes, flexible) = (flag(&raw.share_notes), flag(&raw.flexible));
        let on_holiday = raw.on_holiday.as_ref().and_then(Value::one_of).unwrap_or_default();
        let verify = raw.verify.as_ref().and_then(Value::one_of).unwrap_or_default();
        if let (true, Some(value)) = (spread, &raw.spread) {
            refuse_pointless_spread(value, per, when);
        }
        let when = when?.clone();
        Some(Activity {
            key: ActivityKey(String::new()),
            title: title.unwrap_or_default(),
            category,
            grace: grace.unwrap_or_else(|| default_grace(&when)),
            when,
            minutes: minutes.and_then(|minutes| u32::try_from(minutes).ok()).unwrap_or(1),
            outcome,
            evidence,
            number,
            per,
            spread,
            priority,
            share_notes: share_notes.unwrap_or_else(|| shares_notes(category)),
            on_holiday,
            managers: None,
            verify,
            flexible: flexible.unwrap_or_else(|| is_flexible(priority)),
        })
    }

    /// The question of evidence `number`: one is not to be had without the other.
    fn number(&self, raw: &Raw<'_>, evidence: EvidenceWanted) -> Option<NumberQuestion> {
        let expected = "a table such as { label = \"Deals without a dated next step\", target = \"<= 2\" }";
        let Some(value) = &raw.number else {
            if let (true, Some(list)) = (evidence.number, &raw.evidence) {
                let item = list.list("").into_iter().find(|item| item.text() == Some("number"));
                let message = "evidence `number` needs its question, the key `number`";
                item.as_ref().unwrap_or(list).error(message, format!("expected `number` to be {expected}"));
            }
            return None;
        };
        let mut table = value.table("number", expected)?;
        let label = table.require("label", "label = \"Deals without a dated next step\"");
        let target = table.take("target");
        table.finish();
        if !evidence.number {
            value.error(
                "a `number` is described here, but it is not asked for",
                "expected `evidence` to hold \"number\"",
            );
        }
        let label = label.and_then(|value| value.words(false));
        let target =
            target.map(|value| value.parsed("one of <= < = > >= and a number, such as \"<= 2\"", words::target));
        Some(NumberQuestion { label: label?, target: target.flatten() })
    }
}

/// Whether notes are shared where the file does not say.
pub(in crate::process) fn shares_notes(category: Category) -> bool {
    category != Category::Coaching
}

/// Whether a manager may move it where the file does not say.
pub(in crate::process) fn is_flexible(priority: Priority) -> bool {
    priority == Priority::Nice
}

/// Whether a key has the form `[a-z0-9-]{1,40}`.
fn is_key(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn activity_key(value: &Value<'_>) -> Option<ActivityKey> {
    let expected = "1 to 40 of a-z, 0-9 and -, such as \"pipeline-review\"";
    let as_key = |text: &str| {
        let letters = text.trim().to_lowercase();
        let key = letters.split(|c: char| !c.is_ascii_alphanumeric()).collect::<Vec<_>>().join("-");
        is_key(&key).then_some(key)
    };
    value.parsed_or(expected, |text| is_key(text).then(|| ActivityKey(text.to_owned())), as_key)
}

fn evidence_of(value: &Value<'_>) -> EvidenceWanted {
    let mut wanted = EvidenceWanted::default();
    for item in value.list("a list of \"note\", \"link\", \"number\"") {
        let Some(text) = item.string("`note`, `link` or `number`") else {
            continue;
        };
        let asked = match text {
            "note" => &mut wanted.note,
            "link" => &mut wanted.link,
            "number" => &mut wanted.number,
            _ => {
                let hint = words::nearest(text, EVIDENCE).map(|meant| format!("; did you mean `{meant}`?"));
                let expected = "expected `note`, `link` or `number`".to_owned() + &hint.unwrap_or_default();
                item.error(format!("{} is no evidence", quoted(text)), expected);
                continue;
            }
        };
        if *asked {
            item.error(format!("`{text}` is asked for twice"), "expected each kind of evidence once");
        }
        *asked = true;
    }
    wanted
}

fn grace_of(value: &Value<'_>) -> Option<Grace> {
    let expected = "\"N workdays\", at most 60, or \"end of week\"";
    match words::grace(value.string(expected)?) {
        Ok(grace) => Some(grace),
        Err(why) => {
            let days =
                value.text().and_then(|text| text.trim().strip_suffix('s').unwrap_or(text.trim()).strip_suffix(" day"));
            let meant = days.map(|count| format!("{count} workdays")).filter(|meant| words::grace(meant).is_ok());
            let hint = meant.map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
            value.error(why, format!("expected {expected}{hint}"));
            None
        }
    }
}

/// `spread` shares a phrase's days out among reps, so there must be days to share and reps to share them.
fn refuse_pointless_spread(value: &Value<'_>, per: Per, when: Option<&Phrase>) {
    if per == Per::Manager {
        value
            .error("`spread` shares days out among the reps, but this is held per manager", "expected `per = \"rep\"`");
    }
    match when.map(|phrase| &phrase.recur) {
        Some(Recur::EveryDay | Recur::EveryWorkday) => {
            let expected = "expected a phrase that names days, such as \"every Tuesday and Thursday at 10:00\"";
            value.error("`spread` has no days to share out: the phrase is for every day", expected);
        }
        Some(Recur::Weekly { .. } | Recur::Ordinal { .. }) | None => {}
    }
}
