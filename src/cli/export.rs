//! `onbeat export`

use clap::Args;

use super::history::maker;
use super::output::print;
use super::{Opened, Outcome};
use crate::config::Settings;
use crate::process::{Process, file};

/// Print the process in force as a process file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onbeat export > process.toml\n  onbeat export --revision 3 > before.toml\n\n\
    Comments are not kept, and the days of holiday files come out as single [[holiday]] days. Applying what was printed \
    changes nothing. An earlier revision is printed without the date from which it held: `apply` refuses it as made \
    from an old revision, and with --force brings it back from the day on which it is applied.")]
pub(super) struct Words {
    /// Print this revision instead of the newest.
    #[arg(long, value_name = "N")]
    revision: Option<i64>,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let newest = opened.in_force()?;
    let wanted = match words.revision {
        Some(number) => opened.revision(number)?,
        None => newest,
    };
    opened.store.close().await;
    // An old date would bring the revision back for a time that is over.
    let (effective, head) = if wanted.number == newest.number {
        (Some(wanted.effective), String::new())
    } else {
        let maker = maker(&opened.revisions, wanted);
        let held = format!("# Revision {} held from {}; applied by {maker}.\n", wanted.number, wanted.effective);
        (None, held + "# `onbeat apply --force` brings it back, from the day on which it is applied.\n\n")
    };
    print(&(head + &file::write(&Process { effective, revision: Some(wanted.number), ..(*wanted.process).clone() })))
}
