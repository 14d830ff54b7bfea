//! The process file: TOML in, a checked [`Process`] or well-placed errors out, and back to TOML.
//!
//! Reading goes in three steps: the TOML trees with the place of every key and value ([`table`]), each table by itself
//! ([`settings`], [`activities`], [`people`]), then what only shows when all are there ([`check`]). Problems are
//! collected all along, so that one run shows them all.

mod activities;
mod check;
mod escapes;
mod mask;
mod people;
mod problem;
mod reading;
mod settings;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod warn;
pub(super) mod words;
mod write;

pub(super) use activities::{is_flexible, shares_notes};
pub use problem::{MOST_PROBLEMS, Problem};
pub use write::write;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Process;
use problem::{Findings, Place};
use reading::Reading;

/// One file as read from disk.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As the user named it; used in errors.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What a process file may ask from outside while it is read. The ground floor does no I/O, so whoever calls lends it.
pub trait Surroundings {
    /// The text of a holiday file, `path` relative to the folder of the process file `beside`; `Err` says why not, in
    /// words. The path is checked not to lead out of that folder by its words; links are the lender's to check.
    fn holiday_file(&self, beside: &str, path: &str) -> Result<SourceFile, String>;
    /// The Slack user id behind an e-mail address; `Err` says why not, in words.
    fn user_by_email(&self, email: &str) -> Result<String, String>;
    /// Whether a manager without `time_zone` gets the one of the Slack profile. Where not, a warning says that UTC is
    /// used.
    fn knows_time_zones(&self) -> bool {
        false
    }
}

/// Nothing is lent: what [`write()`] wrote names no file and no e-mail address.
pub struct NothingAround;

impl Surroundings for NothingAround {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        Err(format!("{path} is not stored"))
    }

    fn user_by_email(&self, _email: &str) -> Result<String, String> {
        Err("addresses are not stored".to_owned())
    }
}

/// Reads one or several files as one process, and says what is legal but surely not meant. `today` bounds how far yearly
/// holiday rules are expanded (ten years on).
///
/// # Errors
/// Every problem found, in order of file and place; never empty.
pub fn read(
    files: &[SourceFile],
    today: Date,
    around: &dyn Surroundings,
) -> Result<(Process, Vec<Problem>), Vec<Problem>> {
    let findings = Findings::default();
    let process = parse(files, &findings).and_then(|trees| Reading::new(&findings, around, today).process(&trees));
    match process {
        Some(process) if !findings.has_errors() => Ok((process, findings.into_problems())),
        Some(_) | None => Err(findings.into_problems()),
    }
}

/// The e-mail addresses by which these files name people, each once, so that they can be looked up before [`read`].
/// Files that are no TOML name nobody.
pub fn emails(files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let (tree, _) = DeTable::parse_recoverable(without_mark(&file.text));
        people::collect_emails(tree.get_ref(), &mut found);
    }
    found
}

/// A file without its byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The TOML trees of all files; `None`, with what is wrong noted, where one of them is empty or no TOML.
fn parse<'a>(files: &'a [SourceFile], findings: &Findings) -> Option<Vec<Spanned<DeTable<'a>>>> {
    if files.is_empty() {
        let source = findings.add_source("process.toml", "");
        findings.error(&Place::new(source, 0..0), "there is no file", "expected at least one process file");
    }
    let (mut trees, mut is_local) = (Vec::new(), !files.is_empty());
    for file in files {
        let text = without_mark(&file.text);
        let source = findings.add_source(&file.name, text);
        if text.trim().is_empty() {
            let expected = "expected a process, beginning with `[process]` and `name = \"…\"`";
            findings.error(&Place::new(source, 0..0), "the file is empty", expected);
            is_local = false;
        }
        let (tree, errors) = DeTable::parse_recoverable(text);
        is_local &= syntax::note(source, text, &errors, findings);
        trees.push(tree);
    }
    // Where all that is wrong so far is a line here and there, the rest can be judged in the same run.
    (!findings.has_errors() || is_local).then_some(trees)
}

/// The top level of all files as one.
const SECTIONS: [&str; 8] = ["process", "calendar", "holiday", "nudges", "digest", "activity", "leader", "manager"];

/// The values that the files give for one top-level key, in order.
fn given<'a>(trees: &'a [Spanned<DeTable<'a>>], key: &str) -> Vec<(usize, &'a Spanned<DeValue<'a>>)> {
    let of = |tree: &'a Spanned<DeTable<'a>>| tree.get_ref().get(key);
    trees.iter().enumerate().filter_map(|(source, tree)| Some((source, of(tree)?))).collect()
}
