//! Just enough of a reader for Rust sources that the architecture test looks at code, never at comments or strings.

use std::fs;
use std::path::Path;

/// A source file with comments, literals and `#[cfg(test)]` items blanked out; every line is where it was.
pub struct Source {
    /// Below `src/`, with `/`, such as `slack/client.rs`.
    pub path: String,
    /// The blanked text.
    pub code: String,
    /// Lines of the file as it stands on the disk, tests and all.
    pub lines: usize,
}

/// A function with a body.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let code = without_tests(&blank(text));
        Source { path: path.to_owned(), code, lines: text.lines().count() }
    }

    /// Every `.rs` file below a folder, by path.
    pub fn all_below(folder: &Path) -> Vec<Source> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                    let below = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                    found.push(Source::new(&below, &text));
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// The room that the file belongs to: its folder right below `src/`, or its own name there.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// How many `super` lead from this file's module to the crate's root.
    fn depth(&self) -> usize {
        let parts: Vec<&str> = self.path.trim_end_matches(".rs").split('/').collect();
        match parts.as_slice() {
            ["main" | "lib"] => 0,
            [.., "mod"] => parts.len() - 1,
            _ => parts.len(),
        }
    }

    /// Line numbers at which this path stands as whole words: `std::fs` finds `std::fs::read`, not `my_std::fs`.
    pub fn lines_naming(&self, words: &str) -> Vec<usize> {
        let whole = |at: usize| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + words.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        };
        self.code.match_indices(words).filter(|(at, _)| whole(*at)).map(|(at, _)| self.line_at(at)).collect()
    }

    /// The rooms that this file names, by `crate::`, `onbeat::` or by climbing `super::`, each with the line.
    pub fn rooms_named(&self) -> Vec<(usize, String)> {
        let mut named = Vec::new();
        for (at, root) in self.roots() {
            let rest = &self.code[at + root..];
            let first_words: Vec<&str> = if rest.starts_with('{') { group(rest) } else { vec![rest] };
            for text in first_words {
                let room: String = text.chars().take_while(|&c| is_word(c)).collect();
                if !room.is_empty() {
                    named.push((self.line_at(at), room));
                }
            }
        }
        named
    }

    /// Where a path starts at the crate's root, with the length of what leads there.
    fn roots(&self) -> Vec<(usize, usize)> {
        let mut leads = vec!["crate::".to_owned(), "onbeat::".to_owned()]; // the binary names the library
        if self.depth() > 0 {
            leads.push("super::".repeat(self.depth()));
        }
        let starts_path = |at: usize| !self.code[..at].chars().next_back().is_some_and(|c| is_word(c) || c == ':');
        leads
            .iter()
            .flat_map(|lead| self.code.match_indices(lead.as_str()).map(|(at, _)| (at, lead.len())))
            .filter(|(at, _)| starts_path(*at))
            .collect()
    }

    /// Every function with a body, tests left out.
    pub fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for (at, _) in self.code.match_indices("fn ") {
            if self.code[..at].chars().next_back().is_some_and(is_word) {
                continue;
            }
            let name: String = self.code[at + 3..].chars().take_while(|&c| is_word(c)).collect();
            let Some(body) = self.code[at..].find(['{', ';']).map(|offset| at + offset) else { continue };
            if name.is_empty() || !self.code[body..].starts_with('{') {
                continue; // a function pointer's type, or a trait's method without a body
            }
            let (line, end) = (self.line_at(at), self.line_at(closing(&self.code, body)));
            functions.push(Function { name, line, lines: end - line + 1 });
        }
        functions
    }

    fn line_at(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first words in `{a::b, c::{d, e}}`.
fn group(text: &str) -> Vec<&str> {
    let inside = &text[1..closing(text, 0)];
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(inside[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inside[start..].trim());
    parts
}

/// Where the brace that opens at `open` is closed again; the end of the text where it never is.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return open + at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks each item behind `#[cfg(test)]`: tests may read files, and may be long.
fn without_tests(code: &str) -> String {
    let mut kept = code.to_owned();
    while let Some(at) = kept.find("#[cfg(test)]") {
        let end = match kept[at..].find(['{', ';']).map(|offset| at + offset) {
            Some(body) if kept[body..].starts_with('{') => closing(&kept, body),
            Some(semicolon) => semicolon,
            None => kept.len(),
        };
        let blanked: String = kept[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(at..end, &blanked);
    }
    kept
}

/// Blanks comments, strings and characters, and keeps the line breaks.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let length = if is_word(before) { 0 } else { literal_with_prefix(rest) };
        let length = if length > 0 { length } else { comment_or_literal(rest) };
        let (taken, tail) = rest.split_at(if length > 0 { length } else { c.len_utf8() });
        if length > 0 {
            out.extend(taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            out.push(c);
        }
        before = if length > 0 { ' ' } else { c };
        rest = tail;
    }
    out
}

/// Length of the raw string, byte string or C string that the text starts with; 0 where it starts with something else.
fn literal_with_prefix(text: &str) -> usize {
    let prefix = text.chars().take_while(|c| matches!(c, 'r' | 'b' | 'c')).count();
    let (letters, rest) = text.split_at(prefix.min(2));
    if letters.is_empty() {
        return 0;
    }
    if !letters.contains('r') {
        let length = comment_or_literal(rest);
        return if rest.starts_with(['"', '\'']) && length > 0 { prefix + length } else { 0 };
    }
    let hashes = rest.chars().take_while(|&c| c == '#').count();
    let Some(inside) = rest[hashes..].strip_prefix('"') else { return 0 };
    let end = format!("\"{}", "#".repeat(hashes));
    let until = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    letters.len() + hashes + 1 + until
}

/// Length of the comment, string or character that the text starts with; 0 where it starts with something else.
fn comment_or_literal(text: &str) -> usize {
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        block_comment(text)
    } else if text.starts_with('"') {
        quoted(text, '"')
    } else if text.starts_with('\'') {
        character(text)
    } else {
        0
    }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// A character ends with a quote; a lifetime doesn't.
fn character(text: &str) -> usize {
    let mut inside = text.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) => quoted(text, '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}
