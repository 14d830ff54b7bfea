//! One occurrence as people see it: what and when, what came of it, and the buttons that go with that. The same in a
//! nudge and on the Home tab.

use std::collections::BTreeMap;

use jiff::Timestamp;
use slack_morphism::blocks::{SlackActionBlockElement, SlackBlock, SlackBlockButtonStyle};

use super::kit::{self, Rich};
use super::text::{duration, first_name, length, moment, truncate, until_from};
use crate::process::{ActivityKey, Calendar, Priority, Verify};
use crate::record::snooze::choices;
use crate::record::{Entry, Occurrence, State, Verification};
use crate::slack::action::Action;

/// How it is looked at: when, and by whose calendar.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The bot's clock.
    pub now: Timestamp,
    /// The manager's calendar.
    pub calendar: &'a Calendar,
    /// How much text one entry may take.
    pub room: usize,
    /// Whether *Done* is the one thing to do here.
    pub prominent: bool,
    /// Whether it is still read on another day, so that it must not say *today*.
    pub lasts: bool,
    /// The manager's own if-thens.
    pub intentions: Option<&'a BTreeMap<ActivityKey, String>>,
}

impl Seen<'_> {
    fn moment(&self, at: Timestamp) -> String {
        moment(at, self.today(), &self.calendar.zone)
    }

    fn until(&self, occurrence: &Occurrence) -> String {
        until_from(occurrence.due, occurrence.closes, self.today(), &self.calendar.zone)
    }

    fn today(&self) -> Option<Timestamp> {
        (!self.lasts).then_some(self.now)
    }
}

/// The title as people see it, cut so that the rep's name always stays.
pub fn label(entry: &Entry, most: usize) -> String {
    match &entry.rep_name {
        Some(rep) => {
            let rep = truncate(rep, most / 3);
            format!("{} – {rep}", truncate(&entry.activity.title, most.saturating_sub(length(&rep) + 3)))
        }
        None => truncate(&entry.activity.title, most),
    }
}

/// The manager's own words for when it will be done, where it is still to be done.
pub fn if_then<'a>(entry: &Entry, seen: &Seen<'a>) -> Option<&'a str> {
    let words = seen.intentions?.get(&entry.activity.key)?;
    match entry.occurrence.state(seen.now) {
        State::Planned | State::Open => Some(words),
        State::Missed | State::Done | State::Skipped | State::Excused | State::Withdrawn => None,
    }
}

/// The blocks of one entry: its words, and its buttons where it has any. Two at most.
pub fn blocks(entry: &Entry, seen: &Seen<'_>) -> Vec<SlackBlock> {
    let mut blocks = vec![words(entry, seen)];
    let buttons = buttons(entry, seen);
    if !buttons.is_empty() {
        let id = format!("{}.{}", entry.occurrence.version, entry.occurrence.id);
        blocks.push(kit::actions(&id, buttons));
    }
    blocks
}

fn words(entry: &Entry, seen: &Seen<'_>) -> SlackBlock {
    let (label, part) = (label(entry, (seen.room / 4).min(300)), (seen.room / 4).min(1000));
    let mut rich = Rich::default().bold(&label).text("\n").text(&facts(entry, seen));
    if let Some(words) = if_then(entry, seen) {
        rich = rich.text(&format!("\nYour if-then: “{}”", truncate(words, part.min(300))));
    }
    match entry.occurrence.state(seen.now) {
        State::Planned | State::Open | State::Missed => match &entry.activity.outcome {
            Some(outcome) => rich.text("\n").italic(&truncate(outcome, part)).block(),
            None => rich.block(),
        },
        State::Done => evidence(rich, entry, part).block(),
        State::Skipped | State::Excused | State::Withdrawn => rich.block(),
    }
}

/// Number, link and note of what is done. The note is somebody's own words.
fn evidence(mut rich: Rich, entry: &Entry, part: usize) -> Rich {
    let outcome = &entry.occurrence.outcome;
    if let (Some(number), Some(question)) = (&outcome.evidence.number, &entry.activity.number) {
        let judged = question.target.zip(outcome.result);
        let judged = judged.map(|(target, result)| format!(", wanted {target}: {}", result.as_str()));
        let judged = judged.unwrap_or_default();
        rich = rich.text(&format!("\n{}: {number}{judged}", truncate(&question.label, part)));
    }
    if let Some(link) = &outcome.evidence.link {
        rich = rich.text("\n").link(link);
    }
    match &outcome.note {
        Some(note) => rich.quote(&truncate(note, part)),
        None => rich,
    }
}

/// Where it stands, in one line of plain text.
pub fn facts(entry: &Entry, seen: &Seen<'_>) -> String {
    let occurrence = &entry.occurrence;
    match occurrence.state(seen.now) {
        State::Planned | State::Open => owed(entry, seen),
        State::Missed => "Closed with nothing recorded; it still counts when done late.".to_owned(),
        State::Done => done(entry, seen),
        State::Skipped => format!("Not done: {}", reason(occurrence, seen)),
        State::Excused => format!("Excused: {}", reason(occurrence, seen)),
        State::Withdrawn => "No longer in the process.".to_owned(),
    }
}

fn owed(entry: &Entry, seen: &Seen<'_>) -> String {
    let occurrence = &entry.occurrence;
    let mut facts = vec![
        format!("Due {}", seen.moment(occurrence.due)),
        duration(entry.activity.minutes),
        format!("on time until {}", seen.until(occurrence)),
    ];
    if entry.activity.priority == Priority::Nice {
        facts.push("nice to have".to_owned());
    }
    if let Some(again) = occurrence.snoozed_until.filter(|again| *again > seen.now) {
        facts.push(format!("snoozed until {}", seen.moment(again)));
    }
    facts.join(" · ")
}

fn done(entry: &Entry, seen: &Seen<'_>) -> String {
    let occurrence = &entry.occurrence;
    let mut words = "✓ Done".to_owned();
    if let Some(at) = occurrence.completed_at {
        // On its own day the time is enough.
        let local = at.to_zoned(seen.calendar.zone.clone());
        let when = if local.date() == occurrence.date { local.strftime("%H:%M").to_string() } else { seen.moment(at) };
        words.push(' ');
        words.push_str(&when);
    }
    if let Some(on_time) = occurrence.on_time() {
        words.push_str(if on_time { ", on time" } else { ", late" });
    }
    if let Some(result) = occurrence.outcome.result {
        words.push_str(" · ");
        words.push_str(result.as_str());
    }
    if let Some(borne_out) = borne_out(entry) {
        words.push_str(" · ");
        words.push_str(&borne_out);
    }
    words
}

/// What somebody else says of it, where they were asked.
fn borne_out(entry: &Entry) -> Option<String> {
    let rep = || truncate(entry.rep_name.as_deref().map_or("the rep", first_name), 60);
    Some(match (entry.occurrence.verification, entry.activity.verify) {
        (Verification::None, _) => return None,
        (Verification::Asked, Verify::Rep) => format!("{} was asked", rep()),
        (Verification::Asked, Verify::Leader) => "your leader is having a look".to_owned(),
        (Verification::Asked, Verify::System | Verify::None) => "to be borne out".to_owned(),
        (Verification::Confirmed, Verify::Rep) => format!("{} says so too", rep()),
        (Verification::Confirmed, Verify::Leader) => "your leader had a look: fine".to_owned(),
        (Verification::Confirmed, Verify::System | Verify::None) => "borne out".to_owned(),
        (Verification::Disputed, Verify::Rep) => format!("{} doesn't remember it", rep()),
        (Verification::Disputed, Verify::Leader) => "your leader would like to talk about it".to_owned(),
        (Verification::Disputed, Verify::System | Verify::None) => "not borne out".to_owned(),
    })
}

fn reason(occurrence: &Occurrence, seen: &Seen<'_>) -> String {
    truncate(occurrence.reason.as_deref().unwrap_or("no reason given"), (seen.room / 2).min(1000))
}

/// What can still be pressed.
fn buttons(entry: &Entry, seen: &Seen<'_>) -> Vec<SlackActionBlockElement> {
    let id = || entry.occurrence.id.clone();
    // What is told to screen readers holds 75 characters, with the button's own words.
    let label = label(entry, 58);
    let button = |words: &str, action: Action| kit::button(words, &action, &label);
    match entry.occurrence.state(seen.now) {
        State::Planned | State::Open => {
            let mut done = button("Done", Action::Done(id()));
            if let Some(rep) = &entry.rep_name {
                done.text = kit::plain(&format!("Done: {}", truncate(first_name(rep), 40)), 75);
            }
            if seen.prominent {
                done = done.with_style(SlackBlockButtonStyle::Primary);
            }
            let mut row = vec![done.into()];
            row.extend(snooze(entry, seen));
            row.push(button("Can't", Action::Cant(id())).into());
            row
        }
        State::Missed => {
            vec![button("Done after all", Action::Done(id())).into(), button("Can't", Action::Cant(id())).into()]
        }
        State::Done => {
            let change = if says_nothing(&entry.occurrence) {
                button("Add note", Action::AddNote(id()))
            } else {
                button("Change", Action::Change(id()))
            };
            vec![change.into(), button("Undo", Action::Undo(id())).into()]
        }
        // What a leader excused is not the manager's to take back, and what an absence did goes with the absence.
        State::Excused
            if entry.occurrence.is_excused_by_absence()
                || entry.occurrence.completed_by.as_ref() != Some(&entry.occurrence.manager) =>
        {
            vec![button("Done after all", Action::Done(id())).into()]
        }
        // Another reason replaces the first, so *Change* is another *Can't*.
        State::Skipped | State::Excused => vec![
            button("Done after all", Action::Done(id())).into(),
            button("Change", Action::Cant(id())).into(),
            button("Undo", Action::Undo(id())).into(),
        ],
        State::Withdrawn => Vec::new(),
    }
}

fn snooze(entry: &Entry, seen: &Seen<'_>) -> Option<SlackActionBlockElement> {
    let choices = choices(seen.now, entry.occurrence.closes, seen.calendar);
    let option = |choice: &_| {
        (crate::record::snooze::Choice::label(*choice), Action::Snooze(entry.occurrence.id.clone(), *choice))
    };
    let options: Vec<(&str, Action)> = choices.iter().map(option).collect();
    kit::select("Snooze", &options).map(SlackActionBlockElement::StaticSelect)
}

/// Whether it was recorded with a single click, so that there is something to add rather than to change.
fn says_nothing(occurrence: &Occurrence) -> bool {
    let outcome = &occurrence.outcome;
    outcome.note.is_none()
        && outcome.evidence.link.is_none()
        && outcome.evidence.number.is_none()
        && outcome.result.is_none()
}
