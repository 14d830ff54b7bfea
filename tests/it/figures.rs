//! The digest's figures over rehearsed weeks, held against a computation of their own from what `records` prints: late ones,
//! misses, excuses, days away, a leaver, holidays and the end of summer time among them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use onbeat::process::UserId;
use onbeat::record::{Action, OccurrenceId, Outcome};
use onbeat::store::{Recorded, Recording};
use serde_json::{Value, json};

use crate::digest::{agrees, count, digest};
use crate::harness::{ANA, BEN, HEAD, Harness};

const LEADERS: &str = r#"
[[leader]]
slack = "U0VAL"
name = "Val Porter"

[[leader]]
slack = "U0LEE"
name = "Lee Park"
leader = "U0VAL"

[[manager]]
slack = "U0CLEO"
name = "Cleo Martin"
time_zone = "Europe/London"
leader = "U0VAL"
reps = [{ slack = "U0GIL", name = "Gil Roy" }]

[[holiday]]
date = 2026-10-26
name = "Founders' Day"
"#;

/// Due at half past one too, which the night to 1 November brings twice in Chicago.
const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 10:00"
minutes = 30

[[activity]]
key = "night"
title = "Night watch"
when = "every day at 01:30"
minutes = 5
priority = "nice"

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Wednesday at 23:30"
minutes = 30
per = "rep"
grace = "1 workday"

[[activity]]
key = "month"
title = "Month's end"
when = "the last workday of every month at 16:00"
minutes = 60
"#;

/// What a manager does with something, and at which time in Chicago.
const DEEDS: &[(&str, &str, &str)] = &[
    ("2026-10-19 10:30", "done", "2026-10-19.forecast.U0ANA"),
    ("2026-10-19 12:00", "skip", "2026-10-19.forecast.U0BEN"),
    ("2026-10-22 09:00", "done", "2026-10-21.one-on-one.U0ANA.U0DANA"),
    ("2026-10-22 09:01", "excuse", "2026-10-21.one-on-one.U0ANA.U0EVAN"),
    ("2026-10-22 09:02", "done", "2026-10-21.one-on-one.U0CLEO.U0GIL"),
    ("2026-10-26 09:00", "done", "2026-10-19.forecast.U0CLEO"),
    ("2026-10-27 11:00", "done", "2026-10-27.forecast.U0ANA"),
    ("2026-10-27 11:05", "excuse", "2026-10-25.night.U0BEN"),
    ("2026-10-30 15:00", "done", "2026-10-30.month.U0ANA"),
    ("2026-11-02 09:00", "skip", "2026-10-28.one-on-one.U0ANA.U0DANA"),
    ("2026-11-02 09:10", "done", "2026-11-01.night.U0ANA"),
    ("2026-11-05 09:00", "done", "2026-10-27.forecast.U0CLEO"),
];

async fn act(h: &Harness, what: &str, id: &str) {
    let store = h.engine().store();
    let occurrence = store.occurrence(&OccurrenceId(id.to_owned())).await.unwrap().unwrap_or_else(|| panic!("no {id}"));
    let (action, name) = match what {
        "done" => (Action::Done(Outcome::default()), "done"),
        "skip" => (Action::Skip("no time".to_owned()), "skip"),
        "excuse" => (Action::Excuse("training".to_owned()), "excuse"),
        _ => panic!("{what}"),
    };
    let by = if what == "excuse" { UserId::from("U0LEE") } else { occurrence.manager.clone() };
    let occurrence = occurrence.act(action, &by, h.now()).unwrap();
    let recording = Recording { occurrence, at: h.now(), by, action: name, seen: None };
    assert_eq!(store.record(&recording).await.unwrap(), Recorded::Yes);
    h.beat().await;
}

/// Until Friday 6 November, 12:00 in Chicago; Ben has left a week before.
async fn rehearsed() -> Harness {
    let with_ben = [HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat();
    let h = Harness::start(&with_ben, "2026-10-18T12:00:00Z").await;
    let mut away = false;
    for (when, what, id) in DEEDS {
        if !away && *when >= "2026-10-28" {
            away = true;
            h.advance_to("2026-10-28 08:00").await;
            assert!(h.command("cleo", "away 29 Oct to 3 Nov").await.contains("away"));
            h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA].concat()).await;
        }
        h.advance_to(when).await;
        act(&h, what, id).await;
    }
    h.advance_to("2026-11-06 12:00").await;
    for who in ["ana", "ben", "cleo", "lee", "val"] {
        h.read(who);
    }
    h
}

/// The ISO week of the local date on which a record falls due: jiff's word, not ours.
fn week_of(record: &Value) -> String {
    let date: Date = record["due"].as_str().unwrap()[..10].parse().unwrap();
    let iso = date.iso_week_date();
    format!("{}-W{:02}", iso.year(), iso.week())
}

#[tokio::test]
async fn an_outside_count_of_the_records_says_the_same() {
    let h = rehearsed().await;
    let records = h.records("2026-10-12", "2026-11-15").await;
    let states: BTreeSet<&str> = records.iter().map(|record| record["state"].as_str().unwrap()).collect();
    assert_eq!(states.len(), 7, "every state is there: {states:?}");
    assert!(records.iter().any(|record| record["on_time"] == json!(false)), "late ones too");
    assert!(
        records.iter().any(|record| record["due"].as_str().unwrap().ends_with("01:30:00-05:00")),
        "and summer time's end"
    );
    let weeks = ["2026-W42", "2026-W43", "2026-W44", "2026-W45", "2026-W46"];
    let whose: [(&[&str], &[&str]); 3] = [
        (&[], &["U0ANA", "U0BEN", "U0CLEO"]),
        (&["--leader", "U0LEE"], &["U0ANA", "U0BEN"]),
        (&["--leader", "U0VAL"], &["U0ANA", "U0BEN", "U0CLEO"]),
    ];
    for (words, managers) in whose {
        let theirs = |week: &str| -> Vec<&Value> {
            let is =
                |record: &&Value| managers.contains(&record["manager"].as_str().unwrap()) && week_of(record) == week;
            records.iter().filter(is).collect()
        };
        let mut before = Value::Null;
        for week in weeks {
            let said = digest(&h, &[words, &["--week", week]].concat()).await;
            let all = theirs(week);
            let whole = count(all.iter().copied());
            agrees(&said, &whole);
            agrees(&said["must"], &count(all.iter().copied().filter(|record| record["activity"] != "night")));
            agrees(&json!({ "previous": said["previous_adherence"] }), &json!({ "previous": before }));
            before = whole["adherence"].clone();
            for (list, key) in [("managers", "manager"), ("activities", "activity")] {
                let listed: BTreeSet<&str> = all
                    .iter()
                    .filter(|record| record["state"] != "withdrawn")
                    .map(|r| r[key].as_str().unwrap())
                    .collect();
                let lines = said[list].as_array().unwrap();
                let ids: Vec<&str> = lines.iter().map(|line| line[key].as_str().unwrap()).collect();
                assert_eq!(ids, listed.into_iter().collect::<Vec<_>>(), "{list} of {week}, by id");
                for line in lines {
                    agrees(line, &count(all.iter().copied().filter(|record| record[key] == line[key])));
                }
            }
        }
    }
    h.finish().await;
}

#[tokio::test]
async fn the_words_in_a_terminal_fit_and_carry_their_counts() {
    let h = rehearsed().await;
    for week in ["2026-W41", "2026-W43", "2026-W44", "2026-W45"] {
        let said = h.onbeat_now(&["digest", "--week", week]).await;
        assert_eq!(said.status, 0, "{}", said.err);
        for line in said.out.lines() {
            assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
            assert!(!line.contains('\u{1b}'), "a colour: {line}");
            // A percentage stands behind its counts, but for the mean's, which says of how many weeks.
            for (place, _) in line.match_indices('%') {
                let words = &line[..place];
                assert!(words.contains(" of ") || line.contains("more than 15%"), "{line}");
            }
        }
    }
    let said = h.onbeat_now(&["digest", "--week", "2026-W44"]).await;
    insta::assert_snapshot!("digest_in_a_terminal", said.out);
    let nothing = h.onbeat_now(&["digest", "--week", "2026-W41"]).await;
    assert!(nothing.out.contains("nothing due"), "{}", nothing.out);
    h.finish().await;
}

/// What a leader changes after the digest was posted stands in the next one, must apart.
#[tokio::test]
async fn a_digest_that_was_posted_is_restated_by_the_next() {
    let posting =
        "\n[digest]\nchannel = \"C0SALES\"\nwhen = \"every Friday at 16:00\"\ntime_zone = \"America/New_York\"\n";
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, posting, ANA].concat(), "2026-10-18T12:00:00Z").await;
    h.advance_to("2026-10-30 16:00").await;
    let posted = crate::harness::picture(&h.last("C0SALES"));
    h.read("C0SALES");
    assert!(!posted.contains("Restated"), "{posted}");
    act(&h, "done", "2026-10-19.forecast.U0ANA").await;
    h.advance_to("2026-11-06 14:00").await;
    let said = h.onbeat_now(&["digest"]).await;
    assert!(said.out.contains("Restated") && said.out.contains("Week 2026-W43 now stands at"), "{}", said.out);
    h.advance_to("2026-11-06 16:00").await;
    let next = crate::harness::picture(&h.last("C0SALES"));
    assert!(next.contains("2026-W43"), "{next}");
    // Said once.
    h.advance_to("2026-11-13 16:00").await;
    let later = crate::harness::picture(&h.last("C0SALES"));
    assert!(!later.contains("2026-W43"), "{later}");
    for who in ["ana", "ben", "cleo", "lee", "val", "C0SALES"] {
        h.read(who);
    }
    h.finish().await;
}

#[tokio::test]
async fn the_records_open_in_a_spreadsheet() {
    let h = rehearsed().await;
    let store = h.engine().store();
    let id = OccurrenceId("2026-11-02.forecast.U0ANA".to_owned());
    let occurrence = store.occurrence(&id).await.unwrap().unwrap();
    let outcome = Outcome { note: Some("=HYPERLINK(\"x\")\nüber, alles".to_owned()), ..Outcome::default() };
    let by = UserId::from("U0ANA");
    let occurrence = occurrence.act(Action::Done(outcome), &by, h.now()).unwrap();
    store.record(&Recording { occurrence, at: h.now(), by, action: "done", seen: None }).await.unwrap();
    h.beat().await;
    let words = ["records", "--from", "2026-11-02", "--to", "2026-11-02", "--format"];
    let csv = h.onbeat_now(&[&words[..], &["csv"]].concat()).await.out;
    let json: Vec<Value> = serde_json::from_str(&h.onbeat_now(&[&words[..], &["json"]].concat()).await.out).unwrap();
    let text = csv.strip_prefix('\u{feff}').expect("a byte order mark, for there is more than ASCII in it");
    let (head, _) = text.split_once("\r\n").expect("lines end as RFC 4180 has them");
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains('\r'));
    // The JSON's keys in its order; `evidence` has two of its own.
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let columns: Vec<&str> = head.split(',').collect();
    let flat: BTreeSet<String> = columns.iter().map(|column| column.split('.').next().unwrap().to_owned()).collect();
    assert_eq!(flat, keys(&json[0]));
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json.len());
    for (row, record) in rows.iter().zip(&json) {
        for (column, cell) in columns.iter().zip(row) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{column}: {cell}");
            match record.get(*column) {
                Some(Value::String(text)) => assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), text),
                Some(Value::Null) => assert_eq!(cell, ""),
                Some(other) => assert_eq!(cell, other.to_string()),
                None => assert!(column.starts_with("evidence."), "{column}"),
            }
        }
    }
    for who in ["ana", "cleo"] {
        h.read(who);
    }
    h.finish().await;
}

/// Other managers have other figures: nothing in those that were told has changed.
#[tokio::test]
async fn a_leader_who_goes_elsewhere_restates_nothing() {
    let posting =
        "\n[digest]\nchannel = \"C0SALES\"\nwhen = \"every Friday at 16:00\"\ntime_zone = \"America/New_York\"\n";
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, posting, ANA].concat(), "2026-10-18T12:00:00Z").await;
    h.advance_to("2026-10-30 16:00").await;
    let elsewhere = LEADERS.replace("Val Porter\"", "Val Porter\"\ndigest = { channel = \"C0TOP\" }");
    h.apply(&[HEAD, ACTIVITIES, &elsewhere, posting, ANA].concat()).await;
    h.advance_to("2026-11-06 16:00").await;
    for channel in ["C0SALES", "C0TOP"] {
        let next = crate::harness::picture(&h.last(channel));
        assert!(next.contains("W45") || next.contains("2 Nov"), "{next}");
        assert!(!next.contains("Restated") && !next.contains("2026-W43"), "{next}");
    }
    for who in ["ana", "ben", "cleo", "lee", "val", "C0SALES", "C0TOP"] {
        h.read(who);
    }
    h.finish().await;
}
