//! VTIMEZONE components: what the bundled time zone data says of a zone within a span of time.

use jiff::tz::{Dst, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::ics::Text;

/// Whether a calendar can name this zone. UTC needs no name, and one without an IANA name has none.
pub(super) fn name(zone: &TimeZone) -> Option<&str> {
    zone.iana_name().filter(|name| *name != "UTC")
}

/// One stretch of a zone's life during which its offset stays.
struct Observance {
    begins: Timestamp,
    before: Offset,
    offset: Offset,
    dst: Dst,
    name: String,
}

/// Writes the zone's VTIMEZONE: the observance in force at `from`, and each one that begins up to `to`.
pub(super) fn write(text: &mut Text, zone: &TimeZone, id: &str, from: Timestamp, to: Timestamp) {
    text.line("BEGIN:VTIMEZONE");
    text.line(&format!("TZID:{id}"));
    for Observance { begins, before, offset, dst, name } in observances(zone, from, to) {
        let kind = if dst.is_dst() { "DAYLIGHT" } else { "STANDARD" };
        text.line(&format!("BEGIN:{kind}"));
        // RFC 5545 3.6.5: the onset is told in the local time of the offset that ends there.
        text.line(&format!("DTSTART:{}", before.to_datetime(begins).strftime("%Y%m%dT%H%M%S")));
        text.line(&format!("TZOFFSETFROM:{}", signed(before)));
        text.line(&format!("TZOFFSETTO:{}", signed(offset)));
        text.property("TZNAME", &name);
        text.line(&format!("END:{kind}"));
    }
    text.line("END:VTIMEZONE");
}

fn observances(zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Observance> {
    let offset_before = |at: Timestamp| zone.to_offset(at.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(at));
    let begins_by_from = zone.preceding(from.saturating_add(SignedDuration::from_secs(1)).unwrap_or(from)).next();
    let first = match begins_by_from.filter(|begun| begun.timestamp() >= Timestamp::UNIX_EPOCH) {
        Some(begun) => Observance {
            begins: begun.timestamp(),
            before: offset_before(begun.timestamp()),
            offset: begun.offset(),
            dst: begun.dst(),
            name: begun.abbreviation().to_owned(),
        },
        // The same for as long as anybody asks.
        None => {
            let (begins, info) = (Timestamp::UNIX_EPOCH.min(from), zone.to_offset_info(from));
            let (offset, dst, name) = (info.offset(), info.dst(), info.abbreviation().to_owned());
            Observance { begins, before: offset, offset, dst, name }
        }
    };
    let mut before = first.offset;
    let later = zone.following(from).take_while(|next| next.timestamp() <= to).map(|next| Observance {
        begins: next.timestamp(),
        before: std::mem::replace(&mut before, next.offset()),
        offset: next.offset(),
        dst: next.dst(),
        name: next.abbreviation().to_owned(),
    });
    std::iter::once(first).chain(later).collect()
}

/// `-0600`, `+0545`; seconds where there are any.
fn signed(offset: Offset) -> String {
    let seconds = offset.seconds().abs();
    let sign = if offset.is_negative() { '-' } else { '+' };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match seconds {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}{seconds:02}"),
    }
}
