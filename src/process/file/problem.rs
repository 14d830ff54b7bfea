//! Errors that name file, line and column, show the line, and say what was expected.

use std::cell::RefCell;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::SourceFile;
use super::mask::mask;

/// A line longer than this is shown in part, around the place that matters (characters).
const SHOWN: usize = 120;

/// A word of the file that is told in a message is cut behind so many characters.
const TOLD: usize = 300;

/// More problems than this are not told at once: whoever mends these will know how to mend the others.
pub const MOST_PROBLEMS: usize = 100;

/// One thing that is wrong with a file, or is legal but surely not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, by the name the user gave.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What is wrong, in one line. Tokens masked.
    pub message: String,
    /// The whole message: `FILE:LINE:COLUMN`, the line with a caret, what was expected. Tokens masked.
    pub rendered: String,
}

/// A stretch of a source, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which source, by its number in [`Findings`].
    pub source: usize,
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Place {
    pub fn new(source: usize, span: Range<usize>) -> Place {
        Place { source, start: span.start, end: span.end }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
    /// An error of the file's very form.
    Syntax,
    Error,
    Warning,
}

struct Draft {
    place: Place,
    severity: Severity,
    message: String,
    expected: String,
}

/// Collects problems while files are read, and the sources that they point into.
#[derive(Default)]
pub(super) struct Findings {
    sources: RefCell<Vec<SourceFile>>,
    drafts: RefCell<Vec<Draft>>,
}

impl Findings {
    /// Takes a source in; its number is what a [`Place`] names it by.
    pub fn add_source(&self, name: &str, text: &str) -> usize {
        let mut sources = self.sources.borrow_mut();
        sources.push(SourceFile { name: name.to_owned(), text: text.to_owned() });
        sources.len() - 1
    }

    /// Notes an error. `expected` says what should stand there, and may be empty.
    pub fn error(&self, place: &Place, message: impl Into<String>, expected: impl Into<String>) {
        self.note(Severity::Error, place, message.into(), expected.into());
    }

    /// Notes an error of the file's form: whatever else is found on its line follows from it, and is not told.
    pub fn syntax_error(&self, place: &Place, message: impl Into<String>, expected: impl Into<String>) {
        self.note(Severity::Syntax, place, message.into(), expected.into());
    }

    /// Notes something legal that is surely not meant.
    pub fn warning(&self, place: &Place, message: impl Into<String>, expected: impl Into<String>) {
        self.note(Severity::Warning, place, message.into(), expected.into());
    }

    fn note(&self, severity: Severity, place: &Place, message: String, expected: String) {
        let place = self.whole_letters(place);
        self.drafts.borrow_mut().push(Draft { place, severity, message, expected });
    }

    /// The place without half a letter at either end: the parser counts in bytes.
    fn whole_letters(&self, place: &Place) -> Place {
        let text = &self.sources.borrow()[place.source].text;
        let (start, end) = (text.floor_char_boundary(place.start), text.ceil_char_boundary(place.end.min(text.len())));
        Place::new(place.source, start..end.max(start))
    }

    /// Whether anything noted so far is an error.
    pub fn has_errors(&self) -> bool {
        self.drafts.borrow().iter().any(|draft| draft.severity != Severity::Warning)
    }

    /// Whether the form of a file is wrong somewhere.
    pub fn has_syntax_errors(&self) -> bool {
        self.drafts.borrow().iter().any(|draft| draft.severity == Severity::Syntax)
    }

    /// `people.toml, line 12`: to point at an earlier place from a message.
    pub fn where_is(&self, place: &Place) -> String {
        let sources = self.sources.borrow();
        let source = &sources[place.source];
        format!("{}, line {}", source.name, position(&source.text, self.whole_letters(place).start).0)
    }

    /// The name of a source.
    pub fn name_of(&self, source: usize) -> String {
        self.sources.borrow()[source].name.clone()
    }

    /// The source text of a place.
    pub fn text_of(&self, place: &Place) -> String {
        let place = self.whole_letters(place);
        self.sources.borrow()[place.source].text[place.start..place.end].to_owned()
    }

    /// The errors (else the warnings) in order of file and place.
    pub fn into_problems(self) -> Vec<Problem> {
        let has_errors = self.has_errors();
        let sources = self.sources.into_inner();
        let mut drafts = self.drafts.into_inner();
        let line = |place: &Place| (place.source, position(&sources[place.source].text, place.start).0);
        let broken: Vec<_> =
            drafts.iter().filter(|draft| draft.severity == Severity::Syntax).map(|draft| line(&draft.place)).collect();
        drafts.retain(|draft| match draft.severity {
            Severity::Syntax => true,
            Severity::Error => broken.is_empty() || !broken.contains(&line(&draft.place)),
            Severity::Warning => !has_errors,
        });
        drafts.sort_by(|a, b| a.place.cmp(&b.place));
        drafts.truncate(MOST_PROBLEMS);
        drafts.iter().map(|draft| render(&sources[draft.place.source], draft)).collect()
    }
}

/// Line and column, 1-based, the column in characters, and the byte at which the line begins.
fn position(text: &str, at: usize) -> (usize, usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1, line_start)
}

fn render(source: &SourceFile, draft: &Draft) -> Problem {
    let (line, column, line_start) = position(&source.text, draft.place.start);
    let whole = source.text[line_start..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let width = source.text[draft.place.start..draft.place.end].split('\n').next().unwrap_or_default().chars().count();
    let (shown, caret) = shorten(&printable(&mask(whole)), column - 1, width);
    let message = cut(&printable(&mask(&draft.message)));
    let expected = cut(&printable(&mask(&draft.expected)));

    let level = match draft.severity {
        Severity::Syntax | Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let annotation = AnnotationKind::Primary.span(caret);
    let label = if expected.is_empty() { None } else { Some(expected.as_str()) };
    let group = level
        .primary_title(message.as_str())
        .element(Origin::path(source.name.as_str()).line(line).char_column(column))
        .element(Snippet::source(shown.as_str()).line_start(line).annotation(annotation.label(label)));
    let rendered = Renderer::plain().term_width(4 * SHOWN).render(&[group]);
    // The layout marks the line as another place than the one named above it, since only we know that it was shortened.
    let rendered: Vec<&str> = rendered.lines().filter(|line| line.trim() != ":::").collect();
    let rendered = rendered.join("\n");
    Problem { file: source.name.clone(), line, column, message, rendered }
}

/// Without control characters, which would move the cursor of whoever reads it; as many characters as before.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// Its beginning, where it is too long to be read.
fn cut(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The part of a line around `column` (0-based, characters) and the byte range in it to point at.
fn shorten(line: &str, column: usize, width: usize) -> (String, Range<usize>) {
    let chars: Vec<char> = line.chars().collect();
    let column = column.min(chars.len());
    let first = if chars.len() > SHOWN { column.saturating_sub(SHOWN / 2) } else { 0 };
    let last = (first + SHOWN).min(chars.len());
    let mut shown = String::new();
    if first > 0 {
        shown.push('…');
    }
    shown.extend(&chars[first..column.min(last)]);
    let start = shown.len();
    shown.extend(&chars[column..(column + width).clamp(column, last)]);
    let end = shown.len();
    shown.extend(&chars[(column + width).clamp(column, last)..last]);
    if last < chars.len() {
        shown.push('…');
    }
    (shown, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, span: Range<usize>, message: &str, expected: &str) -> Problem {
        let findings = Findings::default();
        let source = findings.add_source("process.toml", text);
        findings.error(&Place::new(source, span), message, expected);
        findings.into_problems().remove(0)
    }

    #[test]
    fn shows_place_line_caret_and_what_was_expected() {
        let problem = one("[process]\r\nnäme = \"x\"\r\n", 11..16, "`näme` is unknown", "expected `name`");
        assert_eq!((problem.line, problem.column), (2, 1));
        insta::assert_snapshot!(problem.rendered, @r#"
        error: `näme` is unknown
         --> process.toml:2:1
          |
        2 | näme = "x"
          | ^^^^ expected `name`
        "#);
    }

    #[test]
    fn shortens_a_long_line_and_masks_tokens() {
        let text = format!("a = \"{}\", b = 7, c = \"{}xoxb-123456\"", "x".repeat(300), "y ".repeat(300));
        let at = text.find("b =").expect("written above");
        let problem = one(&text, at..at + 1, "got xoxb-123456", "");
        assert_eq!(problem.column, at + 1);
        assert!(problem.rendered.contains(&format!("process.toml:1:{}", at + 1)), "{}", problem.rendered);
        assert!(problem.rendered.lines().all(|line| line.chars().count() < 140), "{}", problem.rendered);
        assert!(problem.rendered.contains("b = 7") && !problem.rendered.contains("123456"), "{}", problem.rendered);
    }

    #[test]
    fn points_at_the_end_of_a_file() {
        for text in ["", "a", "a\n", "\r\n"] {
            let problem = one(text, text.len()..text.len(), "it ends here", "expected more");
            assert!(problem.rendered.contains('^'), "{text:?}: {}", problem.rendered);
        }
    }
}
