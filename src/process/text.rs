//! What words from people may hold.

/// Embeddings, overrides and isolates: left open, they turn what stands behind the words. Writing from right to left does
/// without them, and its marks (U+200E, U+200F) turn nothing but their own place.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name as it is kept: in one line, without what turns the writing or moves a cursor, no blanks around it.
pub fn plain_line(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control() && !turns(*c) && !breaks_the_line(*c)).collect();
    kept.trim().to_owned()
}

/// Line and paragraph separators, beside the control characters that are line breaks too.
pub fn breaks_the_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}
