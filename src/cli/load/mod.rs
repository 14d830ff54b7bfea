//! `onbeat load`

mod json;
mod table;
pub(super) mod verdict;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use super::output::{print, print_json};
use super::plan::alone;
use super::range::Range;
use super::{Failure, Opened, Outcome, files};
use crate::config::Settings;
use crate::process::load::{Part, audit};

/// Print the time audit: the hours that the process asks of each manager, against capacity.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  onbeat load config/process.toml team.toml --manager U0ANA

Hours are counted from the plan itself. Capacity is less in a week with days off. Whoever is asked for more than they can
give, over the range or in more than one week in four, gets the cheapest changes that would fit.

--format json: minutes are whole, averages are hours. docs/load.md says what each key means.")]
pub(super) struct Words {
    /// Process files, read as one; none: the process in force.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    range: Range,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Table,
    Json,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let (revisions, now) = if words.files.is_empty() {
        let opened = Opened::new(settings, words.range.clock).await?;
        opened.in_force()?;
        (opened.revisions, opened.now)
    } else {
        let now = super::now_beside(settings, words.range.clock).await;
        let process = files::read(&words.files, settings, now).await?;
        (alone(process, now).into(), now)
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let wanted = words.range.planning(&revisions, today)?;
    let segments = revisions.segments(wanted.from, wanted.to);
    let parts: Vec<_> =
        segments.iter().map(|(revision, from, to)| Part { process: &revision.process, from: *from, to: *to }).collect();
    let nothing = || Failure::failed("no process holds in that range: ask for later dates, `onbeat plan` shows which");
    let audit = audit(&parts, wanted.manager.as_ref()).ok_or_else(nothing)?;
    match words.format {
        Format::Json => print_json(&json::told(&audit)),
        Format::Table => print(&table::told(&audit)),
    }
}
