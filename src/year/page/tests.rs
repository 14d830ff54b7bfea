//! The pages hold together whatever people call things, and their hours are those of the time audit.

use proptest::prelude::*;

use super::weeks::Minutes;
use super::*;
use crate::process::Process;
use crate::process::load::{Period, load_alone};
use crate::record::State;
use crate::record::digest::Week;
use crate::year::planned;
use crate::year::tests::{changed, day, process};

fn year<'a>(process: &'a Process, manager: usize, from: &str, to: &str) -> Year<'a> {
    let manager = &process.managers[manager];
    let (from, to) = (day(from), day(to));
    let entries = planned(process, manager, from, to, changed());
    Year { process, manager, from, to, today: day("2027-03-10"), entries, away: vec![] }
}

/// Panics where a tag is closed that was not opened last.
fn assert_balanced(html: &str) {
    const EMPTY: [&str; 2] = ["meta", "br"];
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1).filter(|tag| !tag.starts_with('!')) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("<{tag} does not end"));
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap();
        match tag.starts_with('/') {
            true => assert_eq!(open.pop(), Some(name)),
            false if EMPTY.contains(&name) => {}
            false => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn a_fortnight_as_a_page() {
    let process = process();
    let mut year = year(&process, 0, "2027-03-01", "2027-03-14");
    year.away = vec![day("2027-03-11")..=day("2027-03-12")];
    year.entries.iter_mut().filter(|entry| entry.date < year.today).for_each(|entry| entry.state = Some(State::Done));
    let page = page(&year).replace(STYLE, "").replace(&content_security_policy(), "…").replace("><", ">\n<");
    insta::assert_snapshot!(page);
}

#[test]
fn people_s_words_stay_words_and_nothing_comes_from_elsewhere() {
    let process = process();
    let years = [0, 1].map(|manager| year(&process, manager, "2027-01-01", "2027-12-31"));
    for html in [book(&years), team_page(&years), page(&years[0]), book(&[])] {
        assert_balanced(&html);
        for word in ["<script", "<b>care", "<Ruiz>", "<day>", " style=", "javascript:", "http://", "https://", "url("] {
            assert!(!html.contains(word), "{word}");
        }
    }
    assert!(page(&years[0]).contains("Pipeline review &lt;script&gt;alert(1)"));
    assert_eq!(book(&years).matches("<article").count(), 3);
    assert_eq!(book(&years[..1]).matches("<article").count(), 1);
}

#[test]
fn the_policy_knows_the_style() {
    // `printf … | openssl dgst -sha256 -binary | base64` of an independent implementation agrees; here: it is in the page.
    let html = page(&year(&process(), 0, "2027-01-01", "2027-01-31"));
    let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert_eq!(style, STYLE);
    assert!(content_security_policy().contains("style-src 'sha256-") && html.contains("http-equiv"));
}

#[test]
fn what_is_done_ticked_and_what_is_withdrawn_gone() {
    let process = process();
    let mut year = year(&process, 0, "2027-02-01", "2027-02-28");
    assert!(page(&year).contains(">PR<sup>2</sup>"), "{}", page(&year).replace(STYLE, ""));
    year.entries.iter_mut().for_each(|entry| entry.state = Some(State::Done));
    assert!(page(&year).contains(">✓PR<sup>2</sup>"));
    year.entries.iter_mut().for_each(|entry| entry.state = Some(State::Withdrawn));
    assert!(!page(&year).contains(">PR<"));
}

#[test]
fn any_range_is_drawn() {
    let process = process();
    for (from, to) in [
        ("0001-01-01", "0001-01-03"),
        ("9998-12-01", "9998-12-31"),
        ("2027-05-05", "2027-05-05"),
        ("2027-01-01", "2030-12-31"),
    ] {
        let years = [0, 1].map(|manager| year(&process, manager, from, to));
        assert_balanced(&book(&years));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn weeks_ask_what_the_audit_says(begins in 0i64..800, days in 0i64..400, manager in 0usize..2) {
        let process = process();
        let from = day("2026-11-30").saturating_add(jiff::Span::new().days(begins));
        let to = from.saturating_add(jiff::Span::new().days(days));
        let year = year(&process, manager, &from.to_string(), &to.to_string());
        let minutes = Minutes::new(&year);
        let audit = load_alone(&process, &year.manager.slack, from, to).expect("a manager of the process");
        prop_assert_eq!(minutes.total, audit.asked.total());
        let weeks: Vec<_> = audit.stretches.of(Period::Week).filter(|week| week.asked.total() > 0).collect();
        for week in &weeks {
            prop_assert_eq!(minutes.of(Week::of(week.first)), week.asked.total());
        }
        let heaviest = weeks.iter().rev().max_by_key(|week| week.asked.total());
        prop_assert_eq!(minutes.heaviest(), heaviest.map(|week| (Week::of(week.first), week.asked.total())));
        let shown: Vec<String> = weeks.iter().map(|week| format!("{}</span>", weeks::tenths(week.asked.total()))).collect();
        let html = page(&year);
        prop_assert!(shown.iter().all(|hours| html.contains(hours.as_str())));
    }
}
