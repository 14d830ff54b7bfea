//! What the TOML parser refused, in the words of somebody who has never heard of TOML.

use std::ops::Range;

use super::mask::mask;
use super::problem::{Findings, Place};

/// More than these many on one go help nobody.
const MOST: usize = 10;

/// A complaint: where, what is wrong, what was expected.
type Complaint = (Range<usize>, String, String);

/// Notes what the parser refused: the first on each line, as the rest tend to follow from it. Returns whether the rest of
/// the tree can be trusted, that is, whether nothing was left open that swallows the lines below it.
pub(super) fn note(source: usize, text: &str, errors: &[toml::de::Error], findings: &Findings) -> bool {
    let mut seen: Vec<usize> = Vec::new();
    let mut is_local = true;
    let mut twice: Option<usize> = None;
    for error in errors {
        if is_left_open(text, error) {
            is_local = false;
            let (span, message, expected) = left_open(text, error);
            findings.syntax_error(&Place::new(source, span), message, expected);
            break;
        }
        let (message, expected) = error.message().split_once(", expected ").unwrap_or((error.message(), ""));
        let span = on_its_line(text, error.span().unwrap_or(0..0));
        let line = line_of(text, span.start);
        is_local &=
            LOCAL.contains(&message) || (message.starts_with("invalid ") && !text.trim_start().starts_with('{'));
        // The keys below a table that is given twice are given twice too.
        let follows =
            twice.and_then(|header| text.get(header..span.start)).is_some_and(|between| !between.contains("\n["));
        if seen.contains(&line) || seen.len() == MOST || (follows && message == "duplicate key") {
            continue;
        }
        if message == "duplicate key" && line_text(text, span.start).starts_with('[') {
            twice = Some(span.start);
        }
        seen.push(line);
        let (span, message, expected) = explain(text, span, message, expected);
        let expected = if expected.is_empty() { expected } else { format!("expected {expected}") };
        findings.syntax_error(&Place::new(source, span), message, expected);
    }
    is_local
}

/// The complaints that concern their own line alone.
const LOCAL: [&str; 7] = [
    "string values must be quoted",
    "key with no value",
    "duplicate key",
    "missing escaped value",
    "missing comma between key-value pairs",
    "missing comma between array elements",
    "unexpected key or value",
];

/// Whether a list, an inline table or a long text is left open, so that the lines below were taken for part of it.
fn is_left_open(text: &str, error: &toml::de::Error) -> bool {
    let start = text.floor_char_boundary(error.span().unwrap_or(0..0).start);
    let line = line_text(text, start).trim_start();
    let in_a_list =
        error.message().starts_with("missing comma") || error.message().starts_with("missing key for inline");
    let next_line = text[..start].trim_end_matches([' ', '\t']).ends_with('\n');
    let is_another = line.starts_with('[') || line.split_once('=').is_some_and(|(key, _)| !key.contains(['{', '"']));
    error.message().starts_with("invalid multi-line") || (in_a_list && next_line && is_another)
}

fn left_open(text: &str, error: &toml::de::Error) -> Complaint {
    let start = text.floor_char_boundary(error.span().unwrap_or(0..0).start);
    for quotes in ["\"\"\"", "'''"].into_iter().filter(|_| error.message().starts_with("invalid multi-line")) {
        if let Some(open) = text[..start].rfind(quotes) {
            return (
                open..open + 3,
                "this long text is not closed".to_owned(),
                format!("expected `{quotes}` at its end"),
            );
        }
    }
    let end = text[..start].trim_end().len();
    (end..end, "what was opened here is not closed".to_owned(), "expected `]` or `}`".to_owned())
}

/// A span that begins at a line's end begins before both of its characters.
fn on_its_line(text: &str, span: Range<usize>) -> Range<usize> {
    // The parser counts in bytes, and may point into the middle of a letter.
    let (start, end) = (text.floor_char_boundary(span.start), text.ceil_char_boundary(span.end.min(text.len())));
    let back = usize::from(text[..start].ends_with('\r') && text[start..].starts_with('\n'));
    start - back..end.max(start)
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count()
}

/// The whole line that a byte stands in.
fn line_text(text: &str, at: usize) -> &str {
    let begins = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    text[begins..].lines().next().unwrap_or_default()
}

fn explain(text: &str, span: Range<usize>, message: &str, expected: &str) -> Complaint {
    let begins = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = line_text(text, span.start);
    let say = |what: &str, wanted: &str| (span.clone(), what.to_owned(), wanted.to_owned());
    if let Some(sign) = ["//", "--", "/*", ";"].into_iter().find(|sign| line.trim_start().starts_with(sign)) {
        let at = begins + line.find(sign).unwrap_or(0);
        return (at..at + sign.len(), format!("`{sign}` begins no remark here"), "`#`".to_owned());
    }
    if text[span.start..].starts_with("//") {
        return (span.start..span.start + 2, "`//` begins no remark here".to_owned(), "`#`".to_owned());
    }
    if message != "duplicate key" && text.trim_start().starts_with('{') {
        return say("this looks like JSON, but a process file is TOML", "a line such as `[process]`");
    }
    match message {
        "string values must be quoted" => unquoted(text, span, mask(line) == line),
        "key with no value" => no_value(text, span, begins),
        "duplicate key" => twice(text, span, line),
        "unexpected key or value" => say_more_on_a_line(text, span, line),
        "missing escaped value" => say(
            "a backslash has a meaning of its own between double quotes",
            r#"two of them, `\\`, or single quotes: 'C:\data'"#,
        ),
        "missing opening quote" => unquoted(text, span.start..span.start + rest_of_line(text, span.start).len(), true),
        "invalid float" | "invalid integer" | "invalid value" => {
            let start = text[..span.start].rfind([' ', '=', '[', ',', '\n']).map_or(0, |before| before + 1);
            unquoted(text, start..start + word_at(text, start).len(), mask(line) == line)
        }
        "missing assignment between key-value pairs" if text[..span.start].trim_end().ends_with(':') => {
            no_value(text, span, begins)
        }
        "unquoted keys cannot be empty" => say("a name is missing here", "a key such as `name`"),
        "extra `=`" => say("there is one `=` too many", ""),
        "invalid boolean" => say("`true` and `false` are written small", "`true` or `false`"),
        "invalid date" if expected.contains("four-digit year") => {
            say("this is no date, as the year does not come first", "a date such as 2026-12-24")
        }
        "invalid basic string" | "invalid literal string" if expected.contains('"') || expected.contains('\'') => {
            let curly = if line.contains(CURLY) { "; a curly quote does not close it" } else { "" };
            say(&format!("the quotes are not closed{curly}"), expected)
        }
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            say("a comma is missing before this", "`,`")
        }
        "invalid date" => say("this is no date", expected),
        "unclosed table" => say("the bracket is not closed", "`]`"),
        "unclosed array table" => say("the brackets are not closed", "`]]`"),
        "unclosed array" => say("the list is not closed", "`]`"),
        "unclosed inline table" => say("the table is not closed", "`}`"),
        _ => say(message, if expected == "nothing" { "" } else { expected }),
    }
}

fn rest_of_line(text: &str, at: usize) -> &str {
    text[at..].lines().next().unwrap_or_default()
}

fn word_at(text: &str, at: usize) -> &str {
    rest_of_line(text, at).split([' ', ',', ']', '}']).next().unwrap_or_default()
}

/// Quotes as word processors set them.
const CURLY: [char; 9] = ['“', '”', '„', '‟', '‘', '’', '‚', '«', '»'];

/// `may_repeat`: whether nothing on the line looks like a secret.
fn unquoted(text: &str, span: Range<usize>, may_repeat: bool) -> Complaint {
    let value = text[span.clone()].trim_end();
    let (what, wanted) = if value.is_empty() {
        ("a value is missing".to_owned(), "a value".to_owned())
    } else if value.starts_with(CURLY) {
        let bare: String = value.chars().filter(|c| !CURLY.contains(c) && !matches!(c, '"' | '\'')).collect();
        ("curly quotes are no quotes here".to_owned(), format!("straight ones: \"{}\"", short(&bare)))
    } else if ["yes", "no", "on", "off", "y", "n", "1", "0"].contains(&value.to_lowercase().as_str()) {
        (format!("`{value}` is not how yes and no are said here"), "`true` or `false`".to_owned())
    } else if value.starts_with(|c: char| c.is_ascii_digit()) && (value.contains('/') || value.matches('.').count() > 1)
    {
        ("this is neither a number nor a date".to_owned(), "a date such as 2026-12-24".to_owned())
    } else if value.starts_with(|c: char| c.is_ascii_digit()) {
        ("a number has nothing but digits".to_owned(), "digits alone, such as 60, or words in quotes".to_owned())
    } else {
        ("words need quotes around them".to_owned(), format!("\"{}\"", short(value)))
    };
    let wanted = if may_repeat { wanted } else { "a value in quotes".to_owned() };
    (span, what, wanted)
}

/// No more of somebody's words than anybody reads.
fn short(words: &str) -> String {
    let words = words.trim();
    match words.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

fn no_value(text: &str, span: Range<usize>, begins: usize) -> Complaint {
    let key = text[begins..span.start].trim();
    if let Some(colon) = text[begins..span.start].rfind(':') {
        let at = begins + colon;
        let key = text[begins..at].rsplit(['{', ',', ' ']).next().unwrap_or_default();
        let key = short(key.trim());
        return (at..at + 1, "a colon gives no value here".to_owned(), format!("`{key} = …`"));
    }
    let two_words = text[span.start..].lines().next().unwrap_or_default().contains('=');
    let what = if two_words { "a key is one word".to_owned() } else { format!("`{}` has no value", short(key)) };
    (span, what, if two_words { "`=`, or `_` for the blank".to_owned() } else { "`=` and a value".to_owned() })
}

fn twice(text: &str, span: Range<usize>, line: &str) -> Complaint {
    let key = text[span.clone()].to_owned();
    let many = ["manager", "leader", "activity", "holiday"].contains(&key.as_str());
    let wanted = match line.trim_start().starts_with('[') {
        true if many => format!("double brackets for each: `[[{key}]]`"),
        true => "one such table, with all its keys below it".to_owned(),
        false => "it once".to_owned(),
    };
    (span, format!("`{key}` is given twice"), wanted)
}

/// Something stands behind a value on its line.
fn say_more_on_a_line(text: &str, span: Range<usize>, line: &str) -> Complaint {
    let rest = &text[span.start..];
    let before = text[..span.start].trim_end().chars().next_back();
    let thousands = before.is_some_and(|c| c.is_ascii_digit())
        && rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let (what, wanted) = match rest.chars().next() {
        Some(',') if thousands => ("a number has no comma in it", "digits alone, such as 1000"),
        Some('a'..='z' | 'A'..='Z') if text[..span.start].ends_with('"') => {
            ("the quotes end before this", r#"`\"` for a quote between quotes"#)
        }
        Some(',' | ';') if rest_of_line(rest, 0).trim().len() == 1 => ("a line has nothing at its end", "a new line"),
        Some(_) if line.contains(CURLY) => {
            ("a quote ends here", "a new line; inside straight quotes use curly or single ones")
        }
        Some(_) | None => ("there is a second thing on this line", "a new line before it, or `#` before a remark"),
    };
    (span, what.to_owned(), wanted.to_owned())
}
