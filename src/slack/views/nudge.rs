//! The nudge: what is to be done, and the buttons that record it.

use std::collections::BTreeMap;
use std::iter;

use jiff::Timestamp;
use slack_morphism::blocks::SlackBlock;

use super::entry::{self, Seen};
use super::own::{self, OwnWeeks};
use super::review::{self, Question};
use super::text::{capital, count, duration, escape_within, first_name, length, truncate};
use super::welcome::{self, Welcome};
use super::{MessageContent, away, kit};
use crate::process::{ActivityKey, Calendar};
use crate::record::absence::Meanwhile;
use crate::record::agenda::Kind;
use crate::record::{Entry, State};
use crate::slack::action::Action;

/// How many occurrences one message can hold, whatever they show: two blocks each; headline, small print, heads-up and
/// *Mark several* make up Slack's 50.
pub const MOST_ENTRIES: usize = 23;

/// How many leave room for what is said beside them, which takes three.
pub const MOST_BESIDE: usize = 21;

/// The text of all entries together, so that a message stays below what Slack takes.
const ROOM: usize = 10_000;
/// The longest top-level text.
const MOST_TEXT: usize = 3090;

/// What the buttons do, for those who hear the text alone.
const BUTTONS: &str = "\nThe buttons: Done records it, Snooze asks again later, Can't tells me why not.";

/// All that a nudge shows.
#[derive(Debug, Clone, Copy)]
pub struct NudgePicture<'a> {
    /// The nudge's id.
    pub id: &'a str,
    /// What for.
    pub kind: Kind,
    /// The bot's clock.
    pub now: Timestamp,
    /// The manager's name.
    pub manager_name: &'a str,
    /// The manager's calendar.
    pub calendar: &'a Calendar,
    /// What it asks for, in order; what goes beyond [`MOST_ENTRIES`] is left out.
    pub entries: &'a [Entry],
    /// Which part of how many, from 1: what one message can't hold goes on in another.
    pub part: (usize, usize),
    /// What happens on the days away that begin before the next workday: a plan's heads-up.
    pub ahead: Option<&'a Meanwhile>,
    /// Whether it is the first workday after days away.
    pub is_first_day_back: bool,
    /// What it says beside them.
    pub beside: &'a Beside,
    /// The manager's own weeks, on the days on which a plan tells of them.
    pub own: &'a OwnWeeks,
}

/// What a nudge says beside its occurrences.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The questions that it asks, once; the first alone is shown, more would make a questionnaire of it.
    pub questions: Vec<Question>,
    /// The welcome, where it is the manager's first plan.
    pub welcome: Option<Welcome>,
    /// The manager's own if-thens.
    pub intentions: BTreeMap<ActivityKey, String>,
}

/// The nudge as a message.
pub fn nudge(picture: &NudgePicture<'_>) -> MessageContent {
    let entries = &picture.entries[..picture.entries.len().min(MOST_ENTRIES)];
    let room = (ROOM / entries.len().max(1)).min(3000);
    let open = entries.iter().filter(|entry| is_open(entry, picture.now)).count();
    let (now, calendar, intentions) = (picture.now, picture.calendar, Some(&picture.beside.intentions));
    let seen = Seen { now, calendar, room, prominent: open <= 3, lasts: true, intentions };
    let headline = headline(picture, entries);
    let mut small_print = small_print(picture, entries);
    if entries.len() == MOST_ENTRIES {
        let own = own::line(picture.own, &calendar.zone).unwrap_or_default();
        small_print = [small_print, own].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(". ");
    }
    let mut blocks: Vec<SlackBlock> = vec![kit::header(&headline)];
    blocks.extend((!small_print.is_empty()).then(|| kit::small(&small_print)));
    let heads_up = picture.ahead.map(|ahead| away::heads_up(ahead, entries));
    if let Some((headline, rest)) = &heads_up {
        blocks.push(kit::Rich::default().bold(headline).text("\n").text(&truncate(rest, 1000)).block());
    }
    // The fullest message has room for the line alone.
    let own_block = own::block(picture.own, &calendar.zone).filter(|_| entries.len() < MOST_ENTRIES);
    blocks.extend(own_block);
    blocks.extend(entries.iter().flat_map(|entry| entry::blocks(entry, &seen)));
    blocks.extend((open > 1 && offers_several(picture.kind)).then(|| mark_several(picture.id)));
    // A welcome asks nothing else.
    let has_room = entries.len() <= MOST_BESIDE;
    match (&picture.beside.welcome, picture.beside.questions.first()) {
        (Some(welcome), _) if has_room => blocks.extend(iter::once(kit::divider()).chain(welcome::blocks(welcome))),
        (None, Some(question)) if has_room => {
            blocks.extend(iter::once(kit::divider()).chain(review::blocks(question)));
        }
        (Some(_) | None, _) => {}
    }
    let heads_up = heads_up.map(|(headline, rest)| format!("{headline} {}", truncate(&rest, 600)));
    let own = own::line(picture.own, &calendar.zone);
    let before = [Some(small_print), heads_up, own].into_iter().flatten().filter(|words| !words.is_empty());
    let before = before.collect::<Vec<_>>().join("\n");
    let mut text = text(&headline, &before, entries, &seen);
    let welcome = picture.beside.welcome.as_ref().map(welcome::line);
    for line in picture.beside.questions.first().and_then(review::line).into_iter().chain(welcome) {
        text.push_str(&format!("\n{}", escape_within(&line, 200)));
    }
    MessageContent { text, blocks }
}

/// Where a day is settled.
fn offers_several(kind: Kind) -> bool {
    match kind {
        Kind::Plan | Kind::Wrap | Kind::Owed => true,
        Kind::Due | Kind::Snoozed | Kind::FollowUp => false,
    }
}

fn mark_several(id: &str) -> SlackBlock {
    let button = kit::button("Mark several…", &Action::MarkSeveral(id.to_owned()), "all that is open here, at once");
    kit::actions(&format!("several.{id}"), vec![button.into()])
}

fn is_open(entry: &Entry, now: Timestamp) -> bool {
    matches!(entry.occurrence.state(now), State::Planned | State::Open)
}

/// Whether there is nothing left to record.
fn all_told(entries: &[Entry], now: Timestamp) -> bool {
    !entries.iter().any(|entry| matches!(entry.occurrence.state(now), State::Planned | State::Open | State::Missed))
}

fn headline(picture: &NudgePicture<'_>, entries: &[Entry]) -> String {
    let name = truncate(first_name(picture.manager_name), 60);
    match picture.kind {
        Kind::Plan if picture.part.1 <= 1 && all_told(entries, picture.now) => {
            format!("All told, {name}. Thank you")
        }
        Kind::Plan if picture.is_first_day_back => format!("Welcome back, {name}. Here is your day"),
        Kind::Plan => format!("Good morning, {name}. Here is your day"),
        Kind::Due => format!("It is time for {}", name_of(entries)),
        Kind::Wrap => "How did it go?".to_owned(),
        Kind::Snoozed => "You asked me to come back to this".to_owned(),
        Kind::FollowUp => "This closes within the hour".to_owned(),
        Kind::Owed => "I should have told you earlier".to_owned(),
    }
}

/// One thing by its name, several of one kind by theirs, else how many.
fn name_of(entries: &[Entry]) -> String {
    match entries {
        [one] => entry::label(one, 120),
        [first, rest @ ..] if rest.iter().all(|entry| entry.activity.key == first.activity.key) => {
            format!("{} ({})", truncate(&first.activity.title, 100), count(entries.len(), "person", "people"))
        }
        _ => count(entries.len(), "thing", "things"),
    }
}

fn small_print(picture: &NudgePicture<'_>, entries: &[Entry]) -> String {
    let mut words = Vec::new();
    match picture.kind {
        Kind::Plan => {
            // What is there to be done ahead is not the day's.
            let is_ahead =
                |entry: &&Entry| picture.ahead.is_some_and(|ahead| ahead.days.contains(entry.occurrence.date));
            let open = entries.iter().filter(|entry| is_open(entry, picture.now) && !is_ahead(entry));
            let open: Vec<&Entry> = open.collect();
            let minutes = open.iter().map(|entry| entry.activity.minutes).sum();
            if !open.is_empty() {
                words.push(format!("{} to do, about {}", open.len(), duration(minutes)));
            }
        }
        Kind::Wrap => words.push("A tap or two each, and the day is settled.".to_owned()),
        Kind::Owed => words.push("I was held up, sorry. This is what you would have heard from me".to_owned()),
        Kind::Due | Kind::Snoozed | Kind::FollowUp => {}
    }
    if picture.part.1 > 1 {
        words.push(format!("part {} of {}", picture.part.0, picture.part.1));
    }
    capital(&words.join(" · "))
}

/// The whole nudge in words, for the phone's notification and for screen readers. No notes: a lock screen is public.
fn text(headline: &str, small_print: &str, entries: &[Entry], seen: &Seen<'_>) -> String {
    let mut text = escape_within(headline, 400);
    if !small_print.is_empty() {
        text.push_str(if text.ends_with(['?', '!', '.']) { " " } else { ". " });
        text.push_str(&escape_within(small_print, 1000));
    }
    let room = (MOST_TEXT - length(&text) - length(BUTTONS)) / entries.len().max(1) - 3;
    for entry in entries {
        text.push_str(&format!("\n• {}", escape_within(&line(entry, seen, room), room)));
    }
    if entries.iter().any(|entry| is_open(entry, seen.now)) {
        text.push_str(BUTTONS);
    }
    text
}

/// One entry in words, with what is expected where there is room for it.
fn line(entry: &Entry, seen: &Seen<'_>, room: usize) -> String {
    let mut line = format!("{}: {}", entry::label(entry, room / 2), entry::facts(entry, seen));
    if let Some(words) = entry::if_then(entry, seen) {
        line = format!("{line}. Your if-then: “{}”", truncate(words, 300));
    }
    match &entry.activity.outcome {
        Some(outcome) if is_open(entry, seen.now) && length(&line) + length(outcome) + 12 <= room => {
            format!("{line}. Expected: {outcome}")
        }
        Some(_) | None => line,
    }
}
