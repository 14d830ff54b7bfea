//! How results are printed.

use std::borrow::Cow;
use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};

use super::{Failure, Outcome};
pub(super) use crate::record::row::rfc3339;

/// How wide a result is at most, in columns.
pub(super) const WIDTH: usize = 100;

/// Prints a result. A reader that went away (`| head`) is no failure. Nothing in it paints the terminal: what is no line
/// break and yet a control character stands as �.
pub(super) fn print(text: &str) -> Outcome {
    let paints = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let text: Cow<'_, str> = match text.contains(paints) {
        true => {
            text.chars().map(|c| if paints(c) { char::REPLACEMENT_CHARACTER } else { c }).collect::<String>().into()
        }
        false => text.into(),
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a result line by line or row by row, so that a long one is never held whole.
pub(super) fn print_by(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Outcome {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a value as JSON, a line at the end.
pub(super) fn print_json(value: &impl serde::Serialize) -> Outcome {
    let json = serde_json::to_string_pretty(value).map_err(|error| Failure::Failed(error.to_string()))?;
    print(&(json + "\n"))
}

/// A table with a head, made to fit 100 columns.
pub(super) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH as u16);
    table.set_header(head.iter().map(|word| word.to_uppercase()));
    table
}

/// Without the blanks that a table leaves around its lines.
pub(super) fn table_text(table: &Table) -> String {
    // One blank only: a row that runs on has empty cells before what runs on.
    table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned() + "\n").collect()
}

/// Prints rows for a spreadsheet (RFC 4180), which will take no cell for a formula. Where there is more than ASCII in them, a byte
/// order mark says that this is UTF-8: Excel would guess otherwise, and nothing else minds.
pub(super) fn print_csv<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Outcome {
    let failed = |error: csv::Error| Failure::failed(error.to_string());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(head).map_err(failed)?;
    for row in rows {
        writer.write_record(row.map(|cell| safe_cell(&cell))).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::failed(error.to_string()))?;
    let mark = if bytes.is_ascii() { "" } else { "\u{feff}" };
    print(&(mark.to_owned() + &String::from_utf8_lossy(&bytes)))
}

/// A cell that a spreadsheet will not take for a formula: what begins like one (full width too, which some take for the same)
/// gets an apostrophe before it.
fn safe_cell(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        Some(_) | None => text.to_owned(),
    }
}

/// Ten cells, as many of them full as the share says; more than all is all.
pub(super) fn bar(share: f64) -> String {
    const CELLS: usize = 10;
    let full = ((share * CELLS as f64).round() as usize).min(CELLS);
    "█".repeat(full) + &"░".repeat(CELLS - full)
}

/// `1 manager`, `3 managers`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A line broken between words (or inside one that is too long for any) so that it fits; what follows its first part is
/// indented.
pub(super) fn wrapped(line: &str, indent: &str) -> String {
    let lead = line.len() - line.trim_start().len();
    let (mut text, mut width) = (line[..lead].to_owned(), lead);
    for (place, word) in line[lead..].split(' ').enumerate() {
        let length = word.chars().count();
        if place > 0 && width + 1 + length > WIDTH {
            text = text.trim_end().to_owned() + "\n" + indent;
            width = indent.len();
        } else if place > 0 {
            text.push(' ');
            width += 1;
        }
        for letter in word.chars() {
            if width == WIDTH {
                text = text + "\n" + indent;
                width = indent.len();
            }
            text.push(letter);
            width += 1;
        }
    }
    text + "\n"
}
