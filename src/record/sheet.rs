//! Text for a spreadsheet: CSV that none of them takes for anything but text and numbers.

/// The rows below their head, as CSV (RFC 4180). No cell is taken for a formula. Where there is more than ASCII in them, a byte order
/// mark says that this is UTF-8: Excel would guess otherwise, and nothing else minds.
pub fn csv<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(head).expect("memory takes whatever is written");
    for row in rows {
        writer.write_record(row.map(|cell| safe_cell(&cell))).expect("each row has as many cells as the head");
    }
    let bytes = writer.into_inner().expect("memory takes whatever is written");
    let mark = if bytes.is_ascii() { "" } else { "\u{feff}" };
    mark.to_owned() + &String::from_utf8_lossy(&bytes)
}

/// A cell that a spreadsheet will not take for a formula: what begins like one (full width too, which some take for the same)
/// gets an apostrophe before it.
fn safe_cell(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        Some(_) | None => text.to_owned(),
    }
}
