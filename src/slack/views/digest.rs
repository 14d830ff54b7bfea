//! The weekly digest as the leader reads it: the week, what can still be mended, the managers' own words, and the counts.
//! Managers and activities stand in order of name: this is no ranking.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use slack_morphism::blocks::SlackBlock;

use super::away::digest_line;
use super::kit::Rich;
use super::text::{escape_within, length, lines_within, truncate};
use super::{MessageContent, kit};
use crate::process::UserId;
use crate::record::digest::{AwayLine, InTheirWords, Rates, Recoverable, Restated, Story};

/// The longest top-level text that Slack advises, less a margin.
const MOST_TEXT: usize = 3900;
/// Of which so much is kept to say what found no room.
const NO_ROOM: usize = 150;
/// The longest list of managers, and of activities.
const MOST_LIST: usize = 3000;
/// The longest note.
const MOST_NOTE: usize = 500;

/// The digest as one message; `zone`: the digest's own.
pub fn digest(story: &Story, zone: &TimeZone) -> MessageContent {
    let headline = headline(story);
    let week = week_lines(story);
    let mend: Vec<String> = mend_lines(story, zone);
    let managers = manager_lines(story);
    let activities = activity_lines(story);
    let away = away_lines(story);
    // The week's figure first: who reads one line reads that one.
    let all = week.join("\n");
    let (figure, beside) = all.split_at(all.find(" · ").unwrap_or(all.len()));
    let figures = Rich::default().bold(figure).text(beside).block();
    let mut blocks: Vec<SlackBlock> = vec![kit::header(&headline), figures];
    if !mend.is_empty() {
        blocks.push(to_mend(story, zone));
    }
    if !story.words.is_empty() {
        blocks.push(in_their_words(story));
    }
    if !away.is_empty() {
        blocks.push(titled("Away, by their own word", &lines_within(&away, MOST_LIST)));
    }
    if !managers.is_empty() {
        blocks.extend([kit::divider(), titled("Managers", &lines_within(&managers, MOST_LIST))]);
        blocks.push(titled("Activities", &lines_within(&activities, MOST_LIST)));
        blocks.push(kit::small("Done of what is decided, as it stands when this was posted; late counts as done."));
    }
    let text = text(
        &headline,
        &week,
        &[
            ("Can still be mended:", mend),
            ("In their words:", word_lines(story)),
            ("Away, by their own word:", away),
            ("Managers:", managers),
            ("Activities:", activities),
        ],
    );
    MessageContent { text, blocks }
}

fn headline(story: &Story) -> String {
    let (week, from, to) = (story.digest.week, story.digest.from, story.digest.to);
    let so_far = if story.so_far { ", so far" } else { "" };
    let days = if from.month() == to.month() {
        format!("{} – {}", from.day(), to.strftime("%-d %b"))
    } else {
        format!("{} – {}", from.strftime("%-d %b"), to.strftime("%-d %b"))
    };
    format!("The week of {days} ({week}){so_far}")
}

/// The week's figure beside the last one's, over all and over what must be done.
fn week_lines(story: &Story) -> Vec<String> {
    let line = |title: &str, now: &Rates, before: &Rates| {
        let (now, before) = (now.figures(), before.figures());
        let so_far = if story.so_far && now.expected > 0 { " so far" } else { "" };
        let last = if story.so_far { "last week's final" } else { "the week before" };
        format!("{title}: {}{so_far} · {last}: {}", now.in_words(), before.in_words())
    };
    let mut lines = vec![
        line("Done", &story.digest.rates, &story.previous),
        line("Must-do", &story.digest.must, &story.previous_must),
    ];
    let figures = story.digest.rates.figures();
    let counts = [
        (figures.done_on_time, "on time"),
        (figures.done_late, "late"),
        (figures.skipped, "skipped with a reason"),
        (figures.missed, "missed"),
        (figures.open, "still open"),
        (figures.excused, "excused"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if !counts.is_empty() {
        lines.push(counts.join(" · "));
    }
    let restated = |restated: &Restated| {
        let (now, told) = (restated.now.figures(), restated.told.figures());
        format!("Restated: week {} now stands at {}, was {}", restated.week, now.in_words(), told.in_words())
    };
    lines.extend(story.restated.iter().map(restated));
    lines
}

fn mend_lines(story: &Story, zone: &TimeZone) -> Vec<String> {
    let line = |slip: &Recoverable| match slip.closes {
        Some(closes) => format!("{} {}", slipped(story, slip), in_zone(closes, zone)),
        None => slipped(story, slip),
    };
    let mut lines: Vec<String> = story.recoverable.iter().map(line).collect();
    if story.more_recoverable > 0 {
        lines.push(format!("… and {} more", story.more_recoverable));
    }
    lines
}

/// What slipped, up to the instant at which it closes, where that is still to come.
fn slipped(story: &Story, slip: &Recoverable) -> String {
    let state = if slip.closes.is_some() { "open until" } else { "closed, still counts when done late" };
    format!("• {}: {}, {state}", name(story, &slip.manager), truncate(&slip.label, 120))
}

fn in_zone(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M %Z").to_string()
}

/// The managers and the leader may live in several zones: when something closes, each reads by their own clock.
fn to_mend(story: &Story, zone: &TimeZone) -> SlackBlock {
    let mut rich = Rich::default().bold("Can still be mended");
    for slip in &story.recoverable {
        let words = format!("\n{}", slipped(story, slip));
        rich = match slip.closes {
            Some(closes) => rich.text(&format!("{words} ")).moment(closes, &in_zone(closes, zone)),
            None => rich.text(&words),
        };
    }
    if story.more_recoverable > 0 {
        rich = rich.text(&format!("\n… and {} more", story.more_recoverable));
    }
    rich.block()
}

fn spoken(story: &Story, words: &InTheirWords) -> String {
    let result = words.result.map(|result| format!(" ({})", result.as_str())).unwrap_or_default();
    format!("{}, {}{result}", name(story, &words.manager), truncate(&words.label, 120))
}

/// Notes are people's words: set off, and literal.
fn in_their_words(story: &Story) -> SlackBlock {
    let mut rich = Rich::default().bold("In their words");
    for words in &story.words {
        rich.end_line();
        rich = rich.text(&spoken(story, words)).quote(&truncate(&words.note, MOST_NOTE));
    }
    rich.block()
}

fn word_lines(story: &Story) -> Vec<String> {
    let line = |words: &InTheirWords| {
        let note = words.note.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("• {}: “{}”", spoken(story, words), truncate(&note, 200))
    };
    story.words.iter().map(line).collect()
}

fn away_lines(story: &Story) -> Vec<String> {
    let line = |away: &AwayLine| digest_line(&name(story, &away.manager), &away.days, story.digest.to);
    sorted(story.away.iter().map(line))
}

fn manager_lines(story: &Story) -> Vec<String> {
    let line = |manager, rates| format!("• {}: {}", name(story, manager), in_counts(rates));
    sorted(story.digest.managers.iter().map(|each| line(&each.manager, &each.rates)))
}

fn activity_lines(story: &Story) -> Vec<String> {
    let title =
        |key: &crate::process::ActivityKey| truncate(story.titles.get(key).map_or(key.as_str(), String::as_str), 120);
    sorted(
        story.digest.activities.iter().map(|each| format!("• {}: {}", title(&each.activity), in_counts(&each.rates))),
    )
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_by_cached_key(|line| line.to_lowercase());
    lines
}

/// A rate with its counts, and beside it what the rate leaves out.
fn in_counts(rates: &Rates) -> String {
    let figures = rates.figures();
    let mut words = figures.in_words();
    if figures.open > 0 && figures.decided() > 0 {
        words.push_str(&format!(", {} still open", figures.open));
    }
    if figures.excused > 0 {
        words.push_str(&format!(", {} excused", figures.excused));
    }
    words
}

fn name(story: &Story, manager: &UserId) -> String {
    truncate(story.names.get(manager).map_or(manager.as_str(), String::as_str), 60)
}

fn titled(title: &str, lines: &str) -> SlackBlock {
    Rich::default().bold(title).text("\n").text(lines).block()
}

/// The digest in words. What was written first is what must not be lost, so the lists at the end give way.
fn text(headline: &str, week: &[String], lists: &[(&str, Vec<String>)]) -> String {
    let mut text = escape_within(headline, 300);
    for line in week {
        text.push('\n');
        text.push_str(&escape_within(line, 300));
    }
    let mut left_out = Vec::new();
    for (title, lines) in lists.iter().filter(|(_, lines)| !lines.is_empty()) {
        let room = (MOST_TEXT - NO_ROOM).saturating_sub(length(&text) + length(title) + 2);
        if room < 100 {
            left_out.push(title.trim_end_matches(':').to_lowercase());
            continue;
        }
        let lines: Vec<String> = lines.iter().map(|line| escape_within(line, 500)).collect();
        text.push_str(&format!("\n{title}\n{}", lines_within(&lines, room)));
    }
    if !left_out.is_empty() {
        text.push_str(&format!("\nThe message itself has more: {}.", left_out.join(", ")));
    }
    text
}
