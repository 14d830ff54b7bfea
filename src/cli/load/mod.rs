//! `onbeat load`

mod json;
pub(super) mod standing;
mod table;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::output::{print, print_json};
use super::plan::alone;
use super::range::{Range, instant};
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
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
#[allow(missing_docs)]
enum Format {
    #[default]
    Table,
    Json,
}
