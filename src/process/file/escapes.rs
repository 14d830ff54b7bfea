//! Where in the file each byte of a string stands: between the two are quotes, escapes and folded lines.

/// For each byte of a string's value, and for its end, the byte offset in its source `raw` (quotes included); `None` where
/// `raw` does not say `value`.
pub(super) fn offsets(raw: &str, value: &str) -> Option<Vec<usize>> {
    let (quotes, is_basic) = match raw.get(..3) {
        Some("\"\"\"") => (3, true),
        Some("'''") => (3, false),
        _ => (1, raw.starts_with('"')),
    };
    let body = raw.get(quotes..raw.len().checked_sub(quotes)?)?;
    // A line break right behind three quotes is none of the value's.
    let first = if quotes == 3 { line_break(body) } else { 0 };
    let mut found = Vec::with_capacity(value.len() + 1);
    let mut at = first;
    while let Some(letter) = body[at..].chars().next() {
        let (length, meant) = match letter {
            '\\' if is_basic => escape(&body[at..])?,
            '\r' if body[at..].starts_with("\r\n") && !value[found.len()..].starts_with('\r') => (1, None),
            _ => (letter.len_utf8(), Some(letter)),
        };
        let bytes = meant.map_or(0, char::len_utf8);
        let is_there = meant.is_none_or(|meant| value.get(found.len()..).is_some_and(|rest| rest.starts_with(meant)));
        if !is_there {
            return None;
        }
        found.extend(std::iter::repeat_n(quotes + at, bytes));
        at += length;
    }
    found.push(quotes + at);
    (found.len() == value.len() + 1).then_some(found)
}

/// How long the line break is with which a text begins.
fn line_break(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) }
}

/// How long an escape is, and the letter that it means; none where it only folds a line.
fn escape(text: &str) -> Option<(usize, Option<char>)> {
    let kind = text[1..].chars().next()?;
    let coded = |digits: usize| {
        let code = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
        Some((2 + digits, Some(char::from_u32(code)?)))
    };
    let plain = |letter| Some((2, Some(letter)));
    match kind {
        'b' => plain('\u{8}'),
        'e' => plain('\u{1b}'),
        'f' => plain('\u{c}'),
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        '"' | '\\' => plain(kind),
        'x' => coded(2),
        'u' => coded(4),
        'U' => coded(8),
        _ => {
            let blank = text[1..].len() - text[1..].trim_start_matches([' ', '\t', '\r', '\n']).len();
            (blank > 0).then_some((1 + blank, None))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::offsets;

    #[test]
    fn every_byte_is_found() {
        for (raw, value, at, place) in [
            (r#""evry day""#, "evry day", 5, 6),
            (r#""a\tb""#, "a\tb", 2, 4),
            (r#""\u0065vry""#, "evry", 1, 7),
            (r#""\x65\U00000076ry""#, "evry", 2, 15),
            ("'a\\b'", "a\\b", 2, 3),
            ("\"\"\"\nevry\"\"\"", "evry", 0, 4),
            ("\"\"\"\r\nevry\r\nday\"\"\"", "evry\nday", 5, 11),
            ("\"\"\"a \\\n   b\"\"\"", "a b", 2, 10),
            ("'''\n\u{e9}b'''", "\u{e9}b", 2, 6),
        ] {
            assert_eq!(offsets(raw, value).map(|found| found[at]), Some(place), "{raw}");
        }
        assert_eq!(offsets("\"abc\"", "abd"), None);
        assert_eq!(offsets("\"abc\"", "ab"), None);
    }
}
