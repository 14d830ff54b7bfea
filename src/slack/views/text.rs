//! Words for people: safe, short enough, and in their own time zone.
//!
//! Lengths count UTF-16 units, as Slack's own do at the most: a text that fits so fits however it is counted.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The text as it is safe in mrkdwn and in a message's top-level text: no `<!channel>`, `<@U1>` or link survives.
pub fn escape(text: &str) -> String {
    escape_within(text, usize::MAX)
}

/// The same, cut so that the escaped text is no longer than `most`; never inside an entity.
pub fn escape_within(text: &str, most: usize) -> String {
    cut(text, most, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

/// The text cut to `most`, with … where something is missing.
pub fn truncate(text: &str, most: usize) -> String {
    cut(text, most, |_| None)
}

fn cut(text: &str, most: usize, instead: impl Fn(char) -> Option<&'static str>) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut length = 0;
    // Where the text must end if it turns out to be too long, so that … still fits.
    let mut last_stop = 0;
    for c in text.chars() {
        let replacement = instead(c);
        length += replacement.map_or(c.len_utf16(), str::len);
        if length > most {
            kept.truncate(last_stop);
            if most > 0 {
                kept.push('…');
            }
            return kept;
        }
        match replacement {
            Some(entity) => kept.push_str(entity),
            None => kept.push(c),
        }
        if length < most {
            last_stop = kept.len();
        }
    }
    kept
}

/// The length by which Slack's limits are held.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// An instant as people say it: *today at 09:00*, *tomorrow at 08:30*, *Fri 4 Dec at 17:00*. Without `now` the day is
/// always named: for what is still read tomorrow.
pub fn moment(at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} at {}", day(at, now, zone), local.strftime("%H:%M"))
}

/// The time until which something counts; midnight belongs to the day that it ends.
pub fn until(at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    if at.to_zoned(zone.clone()).time() == jiff::civil::Time::midnight() {
        let before = at.checked_sub(1.second()).unwrap_or(at);
        return format!("{} at midnight", day(before, now, zone));
    }
    moment(at, now, zone)
}

/// The time until which something counts that was due before: on the day when it is due, the time alone says enough.
pub fn until_from(due: Timestamp, at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let [first, last] = [due, at].map(|at| at.to_zoned(zone.clone()));
    if first.date() == last.date() {
        return last.strftime("%H:%M").to_string();
    }
    if last.time() == jiff::civil::Time::midnight() && first.date().tomorrow().ok() == Some(last.date()) {
        return "midnight".to_owned();
    }
    until(at, now, zone)
}

fn day(at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let date = at.to_zoned(zone.clone()).date();
    let Some(today) = now.map(|now| now.to_zoned(zone.clone()).date()) else {
        return date.strftime("%a %-d %b").to_string();
    };
    if date == today {
        "today".to_owned()
    } else if today.tomorrow().ok() == Some(date) {
        "tomorrow".to_owned()
    } else if today.yesterday().ok() == Some(date) {
        "yesterday".to_owned()
    } else if date.year() == today.year() {
        date.strftime("%a %-d %b").to_string()
    } else {
        date.strftime("%a %-d %b %Y").to_string()
    }
}

/// Minutes as people say them: *45 min*, *1 h*, *1 h 30 min*.
pub fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The name to call somebody by.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// `1 thing`, `2 things`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The text with a capital at its front.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// As many of the lines as fit into `most`, one below the other; where some don't, a last one says how many.
pub fn lines_within(lines: &[String], most: usize) -> String {
    let whole = lines.join("\n");
    if length(&whole) <= most {
        return whole;
    }
    // Room for the line that says how many are left out.
    let room = most.saturating_sub(length("\n… and 99999 more"));
    let mut used = 0;
    let fits = |line: &&String| {
        used += length(line) + 1;
        used <= room + 1
    };
    let mut kept: Vec<&str> = lines.iter().take_while(fits).map(String::as_str).collect();
    let more = format!("… and {} more", lines.len() - kept.len());
    kept.push(&more);
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn on_the_day_when_it_is_due_the_time_alone_says_until_when() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at =
            |text: &str| text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
        let (due, now) = (at("2026-11-24T08:45"), Some(at("2026-11-23T12:00")));
        let until = |closes: &str, now| until_from(due, at(closes), now, &zone);
        assert_eq!(until("2026-11-24T17:30", None), "17:30");
        assert_eq!(until("2026-11-24T17:30", now), "17:30", "tomorrow is said once");
        assert_eq!(until("2026-11-25T00:00", now), "midnight");
        assert_eq!(until("2026-11-26T00:00", now), "Wed 25 Nov at midnight");
        assert_eq!(until("2026-11-25T17:30", None), "Wed 25 Nov at 17:30");
    }

    fn unescape(text: &str) -> String {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn escaping_can_be_undone_and_leaves_no_marks(text in "[a&<>;lt…é😀 ]{0,60}") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>']));
            prop_assert_eq!(unescape(&escaped), text);
        }

        #[test]
        fn a_cut_text_fits_and_is_a_front_of_the_whole(text in "[a&<>😀é]{0,60}", most in 0usize..40) {
            let short = escape_within(&text, most);
            prop_assert!(length(&short) <= most);
            match short.strip_suffix('…') {
                Some(front) => prop_assert!(text.starts_with(&unescape(front))),
                None => prop_assert!(unescape(&short) == text || most == 0),
            }
        }

        #[test]
        fn a_text_that_fits_stays_whole(text in "[a😀é]{0,30}") {
            prop_assert_eq!(truncate(&text, length(&text)), text);
        }

        #[test]
        fn folded_lines_fit(lines in prop::collection::vec("[a-z]{1,30}", 0..20), most in 20usize..200) {
            let folded = lines_within(&lines, most);
            prop_assert!(length(&folded) <= most);
            if lines.iter().map(|line| line.len() + 1).sum::<usize>() <= most {
                prop_assert_eq!(folded, lines.join("\n"));
            }
        }
    }

    #[test]
    fn instants_are_told_as_people_tell_them() {
        let zone = TimeZone::get("America/Chicago").expect("it is bundled");
        let at = |text: &str| text.parse::<Timestamp>().expect("a good instant");
        let now = at("2026-12-31T09:00:00-06:00");
        let say = |text: &str| moment(at(text), Some(now), &zone);
        assert_eq!(say("2026-12-31T17:00:00-06:00"), "today at 17:00");
        assert_eq!(say("2027-01-01T08:30:00-06:00"), "tomorrow at 08:30");
        assert_eq!(say("2026-12-30T08:30:00-06:00"), "yesterday at 08:30");
        assert_eq!(say("2026-12-04T08:30:00-06:00"), "Fri 4 Dec at 08:30");
        assert_eq!(say("2027-01-08T08:30:00-06:00"), "Fri 8 Jan 2027 at 08:30");
        assert_eq!(until(at("2027-01-01T00:00:00-06:00"), Some(now), &zone), "today at midnight");
        assert_eq!(moment(now, None, &zone), "Thu 31 Dec at 09:00");
    }

    #[test]
    fn minutes_are_told_as_people_tell_them() {
        assert_eq!([45, 60, 90].map(duration), ["45 min", "1 h", "1 h 30 min"]);
    }
}
