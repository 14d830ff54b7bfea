//! The slash command's answers.

use jiff::Timestamp;
use slack_morphism::blocks::SlackBlock;

use super::entry::{self, Seen};
use super::progress::{self, Progress};
use super::text::{count, escape_within, first_name, lines_within, truncate};
use super::{MessageContent, kit};
use crate::process::{Calendar, UserId};
use crate::record::adherence::Figures;
use crate::record::digest::Week;
use crate::record::{Days, Entry, State};

/// The longest list, and the longest top-level text.
const MOST: usize = 2900;

/// All that a manager's lists and Home tab show.
#[derive(Debug, Clone, Copy)]
pub struct Overview<'a> {
    /// The manager's name.
    pub manager_name: &'a str,
    /// The bot's clock.
    pub now: Timestamp,
    /// The manager's calendar.
    pub calendar: &'a Calendar,
    /// Whatever is due this week (the manager's), and whatever is due before and not closed; withdrawn ones do no harm.
    pub entries: &'a [Entry],
    /// The days away that are not over.
    pub away: &'a [Days],
}

/// How a manager's weeks stand.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// The manager's name.
    pub manager_name: &'a str,
    /// This week, the weeks before it, and the hours.
    pub progress: Progress<'a>,
    /// Last week, as it stands.
    pub last_week: Figures,
    /// How many messages the bot sent this week, and last week.
    pub messages: (usize, usize),
}

impl<'a> Overview<'a> {
    /// Due today.
    pub(super) fn today(&self) -> Vec<&'a Entry> {
        let today = self.date();
        self.standing().filter(|entry| entry.occurrence.date == today).collect()
    }

    /// Due before today and still open.
    pub(super) fn still_open(&self) -> Vec<&'a Entry> {
        let today = self.date();
        let is_open = |entry: &&Entry| entry.occurrence.state(self.now) == State::Open;
        self.standing().filter(|entry| entry.occurrence.date < today).filter(is_open).collect()
    }

    /// Due later this week.
    pub(super) fn later(&self) -> Vec<&'a Entry> {
        let (today, sunday) = (self.date(), Week::of(self.date()).to());
        self.standing().filter(|entry| entry.occurrence.date > today && entry.occurrence.date <= sunday).collect()
    }

    /// Due before today in this week, and no longer open.
    pub(super) fn earlier(&self) -> Vec<&'a Entry> {
        let (today, monday) = (self.date(), Week::of(self.date()).from());
        let is_open = |entry: &&Entry| entry.occurrence.state(self.now) == State::Open;
        let earlier = self.standing().filter(|entry| entry.occurrence.date < today && entry.occurrence.date >= monday);
        earlier.filter(|entry| !is_open(entry)).collect()
    }

    pub(super) fn seen(&self, room: usize) -> Seen<'a> {
        Seen { now: self.now, calendar: self.calendar, room, prominent: false, lasts: false, intentions: None }
    }

    pub(super) fn date(&self) -> jiff::civil::Date {
        self.now.to_zoned(self.calendar.zone.clone()).date()
    }

    fn standing(&self) -> impl Iterator<Item = &'a Entry> {
        let now = self.now;
        self.entries.iter().filter(move |entry| entry.occurrence.state(now) != State::Withdrawn)
    }
}

/// `/onbeat today`
pub fn today(overview: &Overview<'_>) -> MessageContent {
    let name = first_name(overview.manager_name);
    let (today, open) = (overview.today(), overview.still_open());
    if today.is_empty() && open.is_empty() {
        return plain(&format!("Nothing on your list today, {name}. Enjoy the clear run."));
    }
    let headline = format!("Your day, {name}");
    listed(&headline, overview, &[("Today", today), ("Still open from before", open)])
}

/// `/onbeat week`
pub fn week(overview: &Overview<'_>) -> MessageContent {
    let name = first_name(overview.manager_name);
    let parts = [
        ("Today", overview.today()),
        ("Still open from before", overview.still_open()),
        ("Later this week", overview.later()),
        ("Earlier this week", overview.earlier()),
    ];
    if parts.iter().all(|(_, entries)| entries.is_empty()) {
        return plain(&format!("Nothing on your list this week, {name}."));
    }
    listed(&format!("Your week, {name}"), overview, &parts)
}

fn listed(headline: &str, overview: &Overview<'_>, parts: &[(&str, Vec<&Entry>)]) -> MessageContent {
    let seen = overview.seen(300);
    let parts: Vec<_> = parts.iter().filter(|(_, entries)| !entries.is_empty()).collect();
    let most = MOST / parts.len().max(1);
    let mut blocks: Vec<SlackBlock> = vec![kit::header(headline)];
    let mut text = escape_within(headline, 300);
    for (title, entries) in parts {
        let line = |entry: &&Entry| format!("• {}: {}", entry::label(entry, 120), entry::facts(entry, &seen));
        let lines: Vec<String> = entries.iter().map(line).collect();
        blocks.push(kit::Rich::default().bold(title).text("\n").text(&lines_within(&lines, most)).block());
        text.push_str(&format!("\n{title}\n"));
        let escaped: Vec<String> = lines.iter().map(|line| escape_within(line, 400)).collect();
        text.push_str(&lines_within(&escaped, most));
    }
    blocks.push(kit::small("Done, Snooze and Can't are in your nudges and on my Home tab."));
    MessageContent { text, blocks }
}

/// `/onbeat status`
pub fn status(status: &Status<'_>) -> MessageContent {
    let Status { progress, last_week, .. } = status;
    let headline = format!("How your cadence is going, {}", first_name(status.manager_name));
    let mut lines =
        vec![progress::week("This week so far", progress.this_week), progress::week("Last week", *last_week)];
    lines.extend(progress::trend_lines(progress.trend));
    lines.push(progress::hours_line(&progress.hours));
    let (now, before) = status.messages;
    lines.push(format!("I wrote to you {} this week, {before} last week.", count(now, "time", "times")));
    let lines = lines.join("\n");
    let mut blocks = vec![kit::header(&headline), kit::paragraph(&lines)];
    blocks.extend(progress::week_by_week(progress.trend).map(|words| kit::small(&words)));
    MessageContent { text: format!("{}\n{}", escape_within(&headline, 300), escape_within(&lines, MOST)), blocks }
}

/// `/onbeat help`
pub fn help() -> MessageContent {
    plain(&format!(
        "I nudge you when something in your management process is due, and keep what came of it. You can ask me:\n{ASK}"
    ))
}

/// The answer to a word that is none of those, and the one that was perhaps meant.
pub fn help_for(word: &str, meant: Option<&str>) -> MessageContent {
    let word = truncate(word, 60);
    let start = match meant {
        Some(meant) => format!("I don't know “{word}”. Did you mean /onbeat {meant}?"),
        None => format!("I don't know “{word}” yet."),
    };
    plain(&format!("{start} Here is what I understand:\n{ASK}"))
}

const ASK: &str = concat!(
    "• /onbeat today: what is on today, and what is still open\n",
    "• /onbeat week: the whole week\n",
    "• /onbeat year: your year as a page, and for your calendar; for leaders, the team's quarter\n",
    "• /onbeat status: how your weeks go, and this week's hours\n",
    "• /onbeat away 24 Dec to 2 Jan: days on which I leave you alone; /onbeat away off takes them back\n",
    "• /onbeat if-then: tie an activity to something you do anyway\n",
    "• /onbeat settings: how often I write, and when\n",
    "• /onbeat manage: people, activities and the digest, for leaders and admins\n",
    "• /onbeat help: these lines\n",
    "In a nudge, Done records it, Snooze asks again later, and Can't tells me why not. A message that shows what came of \
     something: choose Log as outcome… in its menu.",
);

/// For somebody unknown to the process: whom to ask.
pub fn stranger(ask: &[UserId]) -> MessageContent {
    plain_with_people(
        "You aren't in the sales management process that I look after, so I have nothing for you yet.",
        ask,
    )
}

/// A sentence that fits nowhere else. The words are escaped.
pub fn plain(words: &str) -> MessageContent {
    MessageContent { text: escape_within(words, MOST), blocks: vec![kit::paragraph(words)] }
}

/// Mentions are of our own making: ephemeral messages and Home tabs ping nobody.
fn plain_with_people(words: &str, ask: &[UserId]) -> MessageContent {
    let text = format!("{words} {}", whom_to_ask(ask));
    MessageContent { blocks: vec![kit::mrkdwn(text.clone())], text }
}

pub(super) fn whom_to_ask(ask: &[UserId]) -> String {
    let is_plain = |id: &&UserId| !id.as_str().is_empty() && id.as_str().bytes().all(|b| b.is_ascii_alphanumeric());
    let people: Vec<String> = ask.iter().filter(is_plain).take(5).map(|id| format!("<@{id}>")).collect();
    match people.as_slice() {
        [] => "Your sales leader can add you.".to_owned(),
        [one] => format!("If that is a mistake, ask {one}."),
        [first @ .., last] => format!("If that is a mistake, ask {} or {last}.", first.join(", ")),
    }
}

/// How many more there are, for lists that were cut.
pub(super) fn and_more(left: usize) -> String {
    format!("… and {} more; /onbeat week lists them.", count(left, "thing", "things"))
}
