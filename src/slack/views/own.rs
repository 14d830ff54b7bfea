//! A manager's own weeks within a plan: what the leader reads next, a workday before; and the week that is over.

use jiff::tz::TimeZone;
use slack_morphism::blocks::SlackBlock;

use super::kit::Rich;
use super::text::{count, duration, first_name, truncate};
use crate::record::recap::{Mendable, Preview, Recap};

/// How many that can be mended are named.
const MOST_NAMED: usize = 5;

/// What a plan says of its manager's own weeks. Nobody else sees it.
#[derive(Debug, Clone, Default)]
pub struct OwnWeeks {
    /// On the last workday before the leader reads them: the leader's name, and the figures.
    pub preview: Option<(String, Preview)>,
    /// In a week's first plan: how the last one went.
    pub recap: Option<Recap>,
}

/// All of it in one block; none where there is nothing to say.
pub(super) fn block(own: &OwnWeeks, zone: &TimeZone) -> Option<SlackBlock> {
    let mut rich = Rich::default();
    let mut is_first = true;
    for (title, lines) in parts(own, zone) {
        rich = rich.text(if is_first { "" } else { "\n" }).bold(&title).text("\n").text(&lines.join("\n"));
        is_first = false;
    }
    (!is_first).then(|| rich.block())
}

/// The same in one line, for those who hear the text alone.
pub(super) fn line(own: &OwnWeeks, zone: &TimeZone) -> Option<String> {
    let said = parts(own, zone).into_iter().map(|(title, lines)| {
        let first = lines.into_iter().next().unwrap_or_default();
        format!("{title}: {first}")
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn parts(own: &OwnWeeks, zone: &TimeZone) -> Vec<(String, Vec<String>)> {
    let preview = own.preview.as_ref().filter(|(_, preview)| preview.is_worth_saying());
    let recap = own.recap.as_ref().filter(|recap| recap.all.decided() > 0);
    preview.map(|(leader, preview)| previewed(leader, preview, zone)).into_iter().chain(recap.map(recapped)).collect()
}

fn previewed(leader: &str, preview: &Preview, zone: &TimeZone) -> (String, Vec<String>) {
    let leader = truncate(first_name(leader), 60);
    let when = preview.digest_at.to_zoned(zone.clone()).strftime("%a at %H:%M");
    let mut so_far = format!("This week so far: {}, must-do {}", preview.all.in_words(), preview.must.in_words());
    if preview.previous.expected > 0 {
        so_far.push_str(&format!("; last week: {}", preview.previous.in_words()));
    }
    let mut lines = vec![so_far];
    let title = format!("Yours first, before {leader} reads it on {when}");
    let (open, closed): (Vec<&Mendable>, Vec<&Mendable>) =
        preview.mendable.iter().partition(|slip| slip.closes.is_some());
    if preview.mendable.is_empty() {
        lines.push("Nothing to mend. Lovely.".to_owned());
    }
    if !open.is_empty() {
        lines.push(format!("{} still open: on the list below.", open.len()));
    }
    if !closed.is_empty() {
        lines.push("Closed, and still counted when done late; my Home tab has the buttons:".to_owned());
        let named = closed.iter().take(MOST_NAMED);
        let named = named.map(|slip| format!("• {} ({})", truncate(&slip.label, 120), slip.date.strftime("%a %-d %b")));
        lines.extend(named);
        let more = closed.len().saturating_sub(MOST_NAMED);
        if more > 0 {
            lines.push(format!("… and {more} more"));
        }
        lines.push("Left out on purpose? Can't tells why, and that is fine too.".to_owned());
    }
    (title, lines)
}

fn recapped(recap: &Recap) -> (String, Vec<String>) {
    let mut lines = vec![format!("{} done, {} given", recap.all.in_words(), time_given(recap.minutes))];
    if recap.streak >= 2 {
        let weeks = count(usize::try_from(recap.streak).unwrap_or(usize::MAX), "week", "weeks");
        let longer = if recap.or_longer { " or more" } else { "" };
        lines.push(format!("{weeks}{longer} in a row with everything done that must be."));
    }
    match recap.best {
        Some(_) if recap.is_best() => lines.push("Your best week of the quarter.".to_owned()),
        Some((week, share)) => lines.push(format!(
            "Your best of the quarter so far: the week of {}, {} of {}.",
            week.from().strftime("%-d %b"),
            share.done,
            share.decided
        )),
        None => {}
    }
    ("Your last week".to_owned(), lines)
}

fn time_given(minutes: u64) -> String {
    duration(u32::try_from(minutes).unwrap_or(u32::MAX))
}
