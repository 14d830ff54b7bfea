//! How results are printed.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Failure, Outcome};
use crate::record::sheet;

/// Prints a result. A reader that went away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Outcome {
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
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(100);
    table.set_header(head.iter().map(|word| word.to_uppercase()));
    table
}

/// Without the blanks that a table leaves around its lines.
pub(super) fn table_text(table: &Table) -> String {
    // One blank only: a row that runs on has empty cells before what runs on.
    table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned() + "\n").collect()
}

/// RFC 3339 in the offset of a zone at that instant.
pub(super) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}

/// Prints rows for a spreadsheet, which will take no cell for a formula.
pub(super) fn print_csv<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Outcome {
    print(&sheet::csv(head, rows))
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
