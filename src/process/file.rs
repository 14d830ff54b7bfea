//! The process file: TOML in, a checked [`Process`] or well-placed errors out, and back to TOML.

use super::Process;

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
    /// The text of a holiday file, `path` relative to the folder of the process file `beside`; `Err` says why not, in words.
    fn holiday_file(&self, beside: &str, path: &str) -> Result<SourceFile, String>;
    /// The Slack user id behind an e-mail address; `Err` says why not, in words.
    fn user_by_email(&self, email: &str) -> Result<String, String>;
}

/// Everything that is wrong with a file, or is legal but surely not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, by the name the user gave.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// The whole message: `FILE:LINE:COLUMN`, the line with a caret, what was expected. Tokens masked.
    pub rendered: String,
}

/// Reads one or several files as one process. `today` bounds how far yearly holiday rules are expanded (ten years on).
///
/// # Errors
/// Every problem found, in order of file and place; never empty.
pub fn read(
    _files: &[SourceFile],
    _today: jiff::civil::Date,
    _around: &dyn Surroundings,
) -> Result<(Process, Vec<Problem>), Vec<Problem>> {
    unimplemented!()
}

/// The process as such a file: reading it gives the same process, writing that the same text. Holidays are written out
/// as `[[holiday]]` days, people by their ids.
pub fn write(_process: &Process) -> String {
    unimplemented!()
}
