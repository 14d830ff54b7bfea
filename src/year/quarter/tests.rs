//! The page says the figures in figures, at any size, and nothing that people typed becomes markup.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::*;
use crate::process::{Activity, UserId};
use crate::record::digest::tests::{activity, at, chicago, done, entry, material, seat, stand};
use crate::record::digest::{Seat, Week};
use crate::record::{Entry, Standing};

/// Week 50, on its Friday.
const FRIDAY: Date = date(2026, 12, 11);

fn week(manager: &str, scan: &Arc<Activity>, monday: Date, did: usize) -> Vec<Entry> {
    let day = |n: usize| monday.saturating_add((n as i64).days());
    let one = |n: usize| entry(manager, scan, None, day(n));
    (0..5).map(|n| if n < did { done(one(n), day(n)) } else { one(n) }).collect()
}

/// Thirteen weeks of so many managers: each does a little more or less from week to week.
fn entries(managers: usize) -> (Vec<Entry>, Vec<Seat>, BTreeMap<UserId, String>) {
    let (scan, talk) = (activity("scan", ""), activity("talk", "per = \"rep\"\npriority = \"nice\""));
    let last = Week::of(FRIDAY);
    let (mut entries, mut seats, mut names) = (Vec::new(), Vec::new(), BTreeMap::new());
    for number in 0..managers {
        let id = format!("U{number:04}");
        for back in 0..13 {
            let monday = last.back(back).from();
            entries.extend(week(&id, &scan, monday, (number * 7 + back * 3) % 6));
            let one = entry(&id, &talk, Some("U0DANA"), monday);
            entries.push(if (number + back) % 3 == 0 { one } else { done(one, monday) });
        }
        seats.push(seat(&id, &["U0DANA"]));
        names.insert(UserId(id), format!("Manager <{}>", managers - number));
    }
    (entries, seats, names)
}

fn page(entries: &[Entry], seats: &[Seat], names: &BTreeMap<UserId, String>) -> (Quarter, String) {
    let quarter = Quarter::of(&material(Week::of(FRIDAY), entries, seats, at(FRIDAY, 16)), names);
    let team = TeamQuarter { process: "Cadence & care", leader: "Lee <Park>", quarter: &quarter, zone: &chicago() };
    let html = team_quarter(&team);
    (quarter, html)
}

#[test]
fn the_words_of_a_small_team() {
    let (mut all, mut seats, mut names) = entries(1);
    let monday = Week::of(FRIDAY).before().from();
    let scan = activity("scan", "");
    // Away for a week; somebody who has moved on; somebody who is new.
    for one in all.iter_mut().filter(|one| one.occurrence.date == monday) {
        *one = stand(one.clone(), Standing::Excused, at(monday, 8));
    }
    all.extend(week("U0LEFT", &scan, monday, 4));
    all.push(entry("U0LEFT", &scan, None, FRIDAY));
    seats.push(seat("U0NEW", &[]));
    names.insert("U0NEW".into(), "Zoe".to_owned());
    for one in &mut all {
        one.occurrence.outcome.note = Some("never to be shown".to_owned());
    }
    let (quarter, html) = page(&all, &seats, &names);
    let order: Vec<&str> = quarter.managers.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(order, ["Manager <1>", "U0LEFT", "Zoe"]);
    assert!(!html.contains("never to be shown"));
    let body = html.split_once("<body>").unwrap().1;
    let rows: Vec<String> = body.split("<tr>").map(words).collect();
    insta::assert_snapshot!(rows.join("\n"));
}

/// Without the tags.
fn words(html: &str) -> String {
    let spaced = html.replace("</td>", " | ").replace("</th>", " | ").replace("<small>", " (").replace("</small>", ")");
    let text: String = spaced.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn any_number_of_managers_stands_by_name_and_adds_up() {
    for managers in [0, 1, 6, 60] {
        let (all, seats, names) = entries(managers);
        let (quarter, html) = page(&all, &seats, &names);
        assert_eq!((quarter.weeks.len(), quarter.managers.len()), (13, managers));
        assert!(quarter.managers.is_sorted_by_key(|line| line.name.to_lowercase()));
        let mut sum = Figures::default();
        quarter.managers.iter().for_each(|line| sum += line.figures.must);
        assert_eq!(sum, quarter.team.must);
        let by_week = quarter.team.by_week.iter().copied().reduce(|mut sum, week| {
            sum += week;
            sum
        });
        assert_eq!(by_week, Some(quarter.team.must));
        assert_eq!(html.matches("<tr>").count(), 2 + 1 + managers + quarter.activities.len());
        for word in ["<script", "<Park>", "Manager <", " style=", "http://", "https://", "url("] {
            assert!(!html.contains(word), "{word}");
        }
        let spread = quarter.activities.iter().filter(|line| line.spread.is_some()).count();
        assert_eq!(spread, if managers < 3 { 0 } else { 2 }, "{managers}");
    }
}

#[test]
fn a_shade_repeats_what_the_figure_says() {
    let of =
        |done, missed| shade(&Figures { expected: done + missed, done_on_time: done, missed, ..Figures::default() });
    assert_eq!(
        [of(0, 0), of(5, 0), of(4, 1), of(3, 1), of(1, 1), of(2, 3), of(0, 1)],
        [None, Some("s4"), Some("s3"), Some("s2"), Some("s2"), Some("s1"), Some("s1")]
    );
    let open = Figures { expected: 2, open: 2, ..Figures::default() };
    assert!(cell(&open).into_string().contains("2 open") && shade(&open).is_none());
}

#[test]
fn the_policy_knows_the_style() {
    let (_, html) = page(&[], &[], &BTreeMap::new());
    assert_eq!(html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0, STYLE);
    assert!(html.contains(&quarter_policy()));
}
