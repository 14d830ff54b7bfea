//! The Home tab.

use slack_morphism::blocks::{SlackBlock, SlackHomeView, SlackView};

use super::lists::{Overview, and_more, whom_to_ask};
use super::progress::{self, Progress};
use super::settings::{self, Own};
use super::text::{escape_within, first_name, moment, truncate};
use super::year::open_button;
use super::{View, away, entry, kit};
use crate::process::UserId;
use crate::record::Entry;

/// How many occurrences stand there with their buttons: two blocks each, below Slack's 100.
const MOST: usize = 30;
/// The text of all of them together.
const ROOM: usize = 20_000;

/// All that a manager's Home tab shows.
#[derive(Debug, Clone, Copy)]
pub struct HomePicture<'a> {
    /// The lists.
    pub overview: Overview<'a>,
    /// How it is going.
    pub progress: Progress<'a>,
    /// What is due next, where nothing is due this week.
    pub next: Option<&'a Entry>,
    /// The page of the manager's year, where it has an address.
    pub year_page: Option<&'a str>,
    /// The manager's own settings.
    pub own: Own<'a>,
}

/// A manager's Home tab: today, still open, the rest of the week, with working buttons; how it is going; days away, the
/// year, and the settings.
pub fn home(picture: &HomePicture<'_>) -> View {
    let overview = &picture.overview;
    let parts = [
        ("Today", overview.today()),
        ("Still open", overview.still_open()),
        ("Later this week", overview.later()),
        ("Earlier this week", overview.earlier()),
    ];
    let mut blocks = vec![kit::header(&format!("Your cadence, {}", first_name(overview.manager_name)))];
    blocks.extend(about_today(overview).map(|words| kit::paragraph(&words)));
    if parts.iter().all(|(_, entries)| entries.is_empty()) {
        blocks.push(kit::paragraph(&nothing_this_week(picture)));
    }
    blocks.extend(listed(&parts, overview));
    blocks.extend(progress::section(&picture.progress));
    blocks.extend(away::home_section(overview.away, overview.date()));
    if let Some(open) = picture.year_page.and_then(open_button) {
        blocks.extend([kit::divider(), kit::header("Your quarter and year")]);
        blocks.push(kit::actions("year", vec![open.into()]));
        blocks.push(kit::small("Want it in your calendar? Type /onbeat year."));
    }
    blocks.extend(settings::section(&picture.own));
    view(blocks)
}

/// The parts that have anything in them, each under its headline; what there is no room for is counted at the end.
pub(super) fn listed(parts: &[(&str, Vec<&Entry>)], overview: &Overview<'_>) -> Vec<SlackBlock> {
    let all: usize = parts.iter().map(|(_, entries)| entries.len()).sum();
    let seen = overview.seen((ROOM / all.clamp(1, MOST)).min(2000));
    let (mut blocks, mut left) = (Vec::new(), MOST);
    for (title, entries) in parts.iter().filter(|(_, entries)| !entries.is_empty()) {
        let shown: &[&Entry] = &entries[..entries.len().min(left)];
        left -= shown.len();
        if !shown.is_empty() {
            blocks.extend([kit::divider(), kit::header(title)]);
            blocks.extend(shown.iter().flat_map(|entry| entry::blocks(entry, &seen)));
        }
    }
    if all > MOST {
        blocks.push(kit::small(&and_more(all - MOST)));
    }
    blocks
}

/// Why today is quiet, where it is.
fn about_today(overview: &Overview<'_>) -> Option<String> {
    let today = overview.date();
    if overview.away.iter().any(|days| days.contains(today)) {
        return Some("You're away today, so I keep quiet. Enjoy it.".to_owned());
    }
    let name = overview.calendar.holidays.name(today)?;
    Some(format!("A day off today: {}. I keep quiet.", truncate(name, 200)))
}

fn nothing_this_week(picture: &HomePicture<'_>) -> String {
    match picture.next {
        Some(entry) => {
            let due = moment(entry.occurrence.due, Some(picture.overview.now), &picture.overview.calendar.zone);
            let label = truncate(&entry.label(), 300);
            format!("Nothing is due this week. Enjoy the clear run. Next up: {label}, {due}.")
        }
        None => {
            "Nothing is due this week, nor in the weeks that I have planned. Your leader says what belongs into the \
                 process; whatever it is, you'll find it here."
                .to_owned()
        }
    }
}

/// The Home tab of a leader who is no manager.
pub fn home_of_leader(name: &str) -> View {
    let hello = format!("Hello, {}", first_name(name));
    let words = "Your managers hear from me when something in the process is due. Once a week the digest in your channel \
                 tells you how it is holding, and /onbeat year shows the quarter on a page. There is nothing for you to do here.";
    view(vec![kit::header(&hello), kit::paragraph(words)])
}

/// The Home tab of somebody unknown to the process, who is told whom to ask.
pub fn home_of_stranger(ask: &[UserId]) -> View {
    let words = "I help sales managers to keep their cadence. You aren't in the process that I look after.";
    view(vec![kit::header("Hello"), kit::mrkdwn(escape_within(words, 2000) + " " + &whom_to_ask(ask))])
}

fn view(blocks: Vec<SlackBlock>) -> View {
    View(SlackView::Home(SlackHomeView::new(blocks)))
}
