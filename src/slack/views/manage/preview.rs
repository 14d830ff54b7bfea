//! What comes of a change, before and after it is saved.

use jiff::civil::Date;
use slack_morphism::blocks::*;

use super::super::View;
use super::super::kit::{self, Rich};
use super::super::text::lines_within;
use super::{modal, view};
use crate::slack::action::manage::{Draft, Form};

/// When something falls due for one manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The manager's name.
    pub whose: String,
    /// Date and time, one a line.
    pub dates: Vec<String>,
}

/// What comes of a change.
#[derive(Debug)]
pub struct Preview<'a> {
    /// The change, to be saved.
    pub draft: &'a Draft,
    /// From when it holds.
    pub effective: Date,
    /// Whether that is today.
    pub today: bool,
    /// What changes, in words.
    pub changes: &'a [String],
    /// Dates from which other changes wait, into which this one is taken over.
    pub waiting: &'a [Date],
    /// When an activity falls due next.
    pub sample: Option<&'a Sample>,
    /// What it does to the hours asked, a manager a line.
    pub load: &'a [String],
    /// What is legal but surely not meant.
    pub warnings: &'a [String],
}

/// Shows it, with *Save*.
pub fn preview(of: &Preview<'_>) -> View {
    let mut blocks = vec![titled("What changes", of.changes)];
    if let Some(sample) = of.sample {
        blocks.push(match sample.dates.as_slice() {
            [] => kit::paragraph(&format!("No date of it falls into the next year for {}.", sample.whose)),
            dates => titled(&format!("Next for {}", sample.whose), dates),
        });
    }
    if !of.load.is_empty() {
        blocks.push(titled("Hours a week, averaged over a quarter", of.load));
    }
    if !of.warnings.is_empty() {
        blocks.push(titled("Worth a second look", of.warnings));
    }
    let mut small = vec![holds(of.effective, of.today)];
    if !of.waiting.is_empty() {
        let dates: Vec<String> = of.waiting.iter().map(|date| date.strftime("%-d %b %Y").to_string()).collect();
        small.push(format!("What already waits for {} is kept, with this change in it.", dates.join(", ")));
    }
    small.push("Nothing that was recorded changes. Nothing is saved yet.".to_owned());
    blocks.push(kit::small(&small.join(" ")));
    view(modal("Preview", Some("Save"), &Form::Preview(of.draft.clone()), blocks).with_close(kit::plain("Back", 24)))
}

/// Says that it was saved. Closing it closes the forms beneath.
pub fn saved(revision: Option<i64>, effective: Date, today: bool, changes: &[String]) -> View {
    let words = match revision {
        Some(revision) => format!("Saved as revision {revision}. {}", holds(effective, today)),
        None => "It says so already: nothing had to change.".to_owned(),
    };
    let mut blocks = vec![kit::paragraph(&words)];
    if revision.is_some() && !changes.is_empty() {
        blocks.push(titled("What changed", changes));
    }
    let notice = SlackModalView::new(kit::plain("Saved", 24), blocks).with_close(kit::plain("Done", 24));
    view(notice.with_clear_on_close(true))
}

fn holds(effective: Date, today: bool) -> String {
    let date = effective.strftime("%a %-d %b %Y");
    if today { format!("It holds from today, {date}.") } else { format!("It holds from {date}.") }
}

fn titled(title: &str, lines: &[String]) -> SlackBlock {
    let lines: Vec<String> =
        lines.iter().map(|line| format!("• {}", super::super::text::truncate(line, 600))).collect();
    Rich::default().bold(title).text("\n").text(&lines_within(&lines, 2500)).block()
}
