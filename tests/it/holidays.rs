//! The holiday files that ship: each is read by our own reader, says where it is from, and has the days that its country has.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use onbeat::process::holidays::ics;

/// A file's text, and the days that we read from it.
type Shipped = (String, Vec<(Date, Option<String>)>);

/// Each shipped file by its name.
fn shipped() -> BTreeMap<String, Shipped> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/holidays");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "ics"));
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let days = ics::read(&text, date(2026, 12, 1)).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        (name, (text, days))
    };
    files.map(read).collect()
}

#[test]
fn every_country_is_there_with_all_three_years_and_its_source() {
    let shipped = shipped();
    let names: Vec<&str> = shipped.keys().map(String::as_str).collect();
    assert_eq!(names, ["au", "br", "ca", "de", "fr", "gb", "in", "jp", "mx", "us", "us-2027"]);
    for (name, (text, days)) in &shipped {
        for year in 2026..=2028 {
            let count = days.iter().filter(|(day, _)| day.year() == year).count();
            assert!((5..=20).contains(&count), "{name}: {count} days in {year}");
        }
        assert!(days.iter().all(|(day, summary)| (2026..=2028).contains(&day.year()) && summary.is_some()), "{name}");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("the Python package holidays 0.") && unfolded.contains("MIT licence"), "{name}");
        assert!(text.lines().count() == text.matches("\r\n").count(), "{name}: lines end in CRLF");
        assert!(text.lines().all(|line| line.len() <= 75), "{name}: lines are folded");
        let uids: Vec<&str> = text.lines().filter(|line| line.starts_with("UID:")).collect();
        let mut distinct = uids.clone();
        distinct.dedup();
        assert_eq!(uids.len(), days.len(), "{name}");
        assert_eq!(distinct, uids, "{name}");
    }
    assert_eq!(shipped["us"].0, shipped["us-2027"].0, "the older name is the same file");
}

#[test]
fn the_days_are_those_that_the_countries_publish() {
    let shipped = shipped();
    for (country, day, name) in [
        ("us", date(2026, 7, 3), "Independence Day (observed)"),
        ("us", date(2027, 11, 25), "Thanksgiving Day"),
        ("us", date(2027, 12, 31), "New Year's Day (observed)"),
        ("us", date(2028, 5, 29), "Memorial Day"),
        ("ca", date(2027, 7, 1), "Canada Day"),
        ("ca", date(2028, 4, 14), "Good Friday"),
        ("gb", date(2026, 12, 28), "Boxing Day (observed)"),
        ("gb", date(2027, 12, 27), "Christmas Day (observed)"),
        ("gb", date(2027, 12, 28), "Boxing Day (observed)"),
        ("gb", date(2028, 1, 3), "New Year's Day (observed)"),
        ("gb", date(2027, 8, 30), "Late Summer Bank Holiday"),
        ("de", date(2026, 10, 3), "German Unity Day"),
        ("de", date(2027, 5, 17), "Pentecost Monday"),
        ("fr", date(2026, 7, 14), "National Day"),
        ("fr", date(2028, 5, 25), "Ascension Day"),
        ("in", date(2027, 1, 26), "Republic Day"),
        ("in", date(2026, 11, 8), "Diwali (Deepavali)"),
        ("jp", date(2026, 5, 6), "Substitute Holiday"),
        ("jp", date(2026, 9, 22), "National Holiday"),
        ("jp", date(2027, 3, 22), "Substitute Holiday"),
        ("br", date(2027, 11, 20), "National Day of Zumbi and Black Awareness"),
        ("br", date(2028, 4, 14), "Good Friday"),
        ("au", date(2027, 1, 26), "Australia Day"),
        ("au", date(2028, 4, 25), "ANZAC Day"),
        ("mx", date(2026, 3, 16), "Benito Juárez's birthday"),
        ("mx", date(2027, 11, 15), "Revolution Day"),
    ] {
        let found = shipped[country].1.iter().find(|(other, _)| *other == day);
        assert_eq!(found.and_then(|(_, name)| name.as_deref()), Some(name), "{country} {day}");
    }
    for (country, day) in [
        ("us", date(2027, 11, 26)),
        ("gb", date(2026, 11, 30)), // St Andrew's Day, Scotland's
        ("de", date(2026, 6, 4)),   // Corpus Christi, some states'
        ("fr", date(2027, 3, 26)),  // Good Friday, Alsace-Moselle's
        ("au", date(2026, 6, 8)),   // the King's Birthday, of a different day in each state
    ] {
        assert!(shipped[country].1.iter().all(|(other, _)| *other != day), "{country} {day}");
    }
}
