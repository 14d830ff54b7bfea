//! The weekly digest: posted once, at its time, with figures that an independent count of the records bears out.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, picture};

pub const LEADERS: &str = r#"
[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/New_York"

[[leader]]
slack = "U0VAL"
name = "Val Porter"
digest = { channel = "C0TOP" }

[[leader]]
slack = "U0LEE"
name = "Lee Park"
leader = "U0VAL"

[[manager]]
slack = "U0DEV"
name = "Dev Patel"
time_zone = "Asia/Kolkata"
leader = "U0VAL"
"#;

pub const ACTIVITIES: &str = r#"
[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 09:00"
minutes = 10
priority = "nice"

[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 10:00"
minutes = 30
grace = "0 workdays"

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Tuesday at 11:00"
minutes = 30
per = "rep"
"#;

fn process() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat()
}

/// Ana's week: one done on time, one late, one skipped, one excused, the rest missed or open.
pub async fn friday_at(time: &str) -> Harness {
    friday_of(&process(), time).await
}

/// The same under another process.
pub async fn friday_of(process: &str, time: &str) -> Harness {
    let h = Harness::start(process, "2026-12-07T00:00:00Z").await;
    h.advance_to("Mon 10:30").await;
    h.press("ana", "Done", "2026-12-07.scan.U0ANA").await;
    h.advance_to("Mon 18:00").await;
    h.press("ana", "Done after all", "forecast").await;
    h.advance_to("Tue 11:30").await;
    h.press("ana", "Can't", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "Rep away")]).await;
    h.press("ana", "Can't", "2026-12-08.scan.U0ANA").await;
    h.submit("ana", &[("What got in the way?", "No time")]).await;
    h.advance_to(&format!("Fri {time}")).await;
    for who in ["ana", "ben", "dev"] {
        h.kinds(who);
    }
    h
}

/// Counts the records as INTERFACE §6 says, without the code that does.
pub fn count<'a>(records: impl Iterator<Item = &'a Value>) -> Value {
    let (mut expected, mut open, mut on_time, mut late, mut skipped, mut missed, mut excused) = (0, 0, 0, 0, 0, 0, 0);
    for record in records {
        match (record["state"].as_str().unwrap(), &record["on_time"]) {
            ("done", Value::Bool(true)) => on_time += 1,
            ("done", _) => late += 1,
            ("open", _) => open += 1,
            ("skipped", _) => skipped += 1,
            ("missed", _) => missed += 1,
            ("excused", _) => {
                excused += 1;
                continue;
            }
            _ => continue,
        }
        expected += 1;
    }
    let decided = expected - open;
    let rate = |part: i32| if decided == 0 { Value::Null } else { json!(f64::from(part) / f64::from(decided)) };
    json!({ "expected": expected, "open": open, "done_on_time": on_time, "done_late": late, "skipped": skipped,
        "missed": missed, "excused": excused, "adherence": rate(on_time + late), "on_time_rate": rate(on_time) })
}

/// Whether `figures` says what was counted. A rate that was printed and read may differ in its last digit.
pub fn agrees(figures: &Value, counted: &Value) {
    for (key, value) in counted.as_object().unwrap() {
        let said = &figures[key];
        let is_rate = |value: &Value| value.is_f64().then(|| value.as_f64()).flatten();
        match (is_rate(said), is_rate(value)) {
            (Some(said), Some(value)) => assert!((said - value).abs() < 1e-12, "{key}: {said}, counted {value}"),
            _ => assert_eq!(said, value, "{key} in {figures:#}"),
        }
    }
}

/// What `digest --format json` prints.
pub async fn digest(h: &Harness, words: &[&str]) -> Value {
    let said = h.onbeat_now(&[&["digest", "--format", "json"], words].concat()).await;
    assert_eq!(said.status, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test]
async fn its_figures_are_those_of_the_records() {
    let h = friday_at("15:30").await;
    h.read("C0SALES");
    h.read("C0TOP");
    let records = h.records("2026-12-07", "2026-12-13").await;
    for (words, managers) in [
        (&["--week", "2026-W50"][..], &["U0ANA", "U0BEN", "U0DEV"][..]),
        (&["--week", "2026-W50", "--leader", "U0LEE"], &["U0ANA", "U0BEN"]),
        (&["--week", "2026-W50", "--leader", "U0VAL"], &["U0ANA", "U0BEN", "U0DEV"]),
    ] {
        let said = digest(&h, words).await;
        let theirs = || records.iter().filter(|record| managers.contains(&record["manager"].as_str().unwrap()));
        let period = (&said["week"], &said["from"], &said["to"]);
        assert_eq!(period, (&json!("2026-W50"), &json!("2026-12-07"), &json!("2026-12-13")));
        agrees(&said, &count(theirs()));
        agrees(&said["must"], &count(theirs().filter(|record| record["activity"] != "scan")));
        assert_eq!(said["previous_adherence"], Value::Null);
        for (list, key) in [("managers", "manager"), ("activities", "activity")] {
            let lines = said[list].as_array().unwrap();
            let ids: Vec<&str> = lines.iter().map(|line| line[key].as_str().unwrap()).collect();
            let all: BTreeSet<&str> = theirs().map(|record| record[key].as_str().unwrap()).collect();
            assert_eq!(ids, all.into_iter().collect::<Vec<_>>(), "{list}, by id");
            for line in lines {
                agrees(line, &count(theirs().filter(|record| record[key] == line[key])));
            }
        }
    }
    let all = digest(&h, &[]).await;
    assert_eq!((&all["done_on_time"], &all["done_late"], &all["excused"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(h.onbeat_now(&["digest", "--leader", "U0NOBODY"]).await.status, 2);
    h.finish().await;
}

#[tokio::test]
async fn it_posts_itself_once_whatever_restarts() {
    let mut h = friday_at("14:59").await;
    assert_eq!(h.messages("C0SALES").len(), 0);
    h.restart().await;
    h.advance_to("Fri 15:00").await;
    for _ in 0..3 {
        h.restart().await;
        h.advance_to("+120s").await;
    }
    assert_eq!(h.kinds("C0SALES"), ["Fri 15:00 digest"], "four in the afternoon in New York");
    assert_eq!(h.kinds("C0TOP"), ["Fri 15:00 digest"]);
    let (sales, top) = (picture(&h.last("C0SALES")), picture(&h.last("C0TOP")));
    let rows = |channel: &str| h.thread(channel)[0].text.clone();
    assert!(sales.contains("Ana Ruiz") && !rows("C0SALES").contains("Dev Patel"), "{sales}");
    assert!(top.contains("Ana Ruiz") && rows("C0TOP").contains("Dev Patel"), "leaders of leaders: {top}");
    // The next one a week later, and only then.
    h.advance_to("Fri 14:59").await;
    assert_eq!(h.kinds("C0SALES"), [""; 0]);
    h.advance_to("Fri 15:01").await;
    assert_eq!(h.kinds("C0SALES"), ["Fri 15:00 digest"]);
    h.kinds("C0TOP");
    for who in ["ana", "ben", "dev"] {
        h.kinds(who);
    }
    h.finish().await;
}

#[tokio::test]
async fn one_that_was_slept_through_comes_late_and_alone() {
    let mut h = friday_at("14:00").await;
    h.close().await;
    h.sleep_until("2026-12-28 09:00");
    h.open().await;
    h.beat().await;
    assert_eq!(h.messages("C0SALES").len(), 1, "only the newest");
    h.advance_to("+3600s").await;
    assert_eq!(h.messages("C0SALES").len(), 1);
    h.read("C0SALES");
    h.read("C0TOP");
    for who in ["ana", "ben", "dev"] {
        h.kinds(who);
    }
    h.finish().await;
}

#[tokio::test]
async fn a_lost_answer_does_not_double_it() {
    use onbeat::demo::{Fault, Scope};
    let h = friday_at("14:59").await;
    h.slack.settings(|settings| settings.recognise_client_msg_id = false);
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::ResetAfter, 2);
    h.advance_to("Fri 15:30").await;
    assert_eq!((h.kinds("C0SALES").len(), h.kinds("C0TOP").len()), (1, 1));
    h.kinds("dev");
    h.finish().await;
}

#[tokio::test]
async fn posting_by_hand_says_what_stands_already() {
    let h = friday_at("12:00").await;
    let first = h.onbeat_now(&["digest", "--post"]).await;
    assert_eq!(first.status, 0, "{}", first.err);
    assert!(first.out.contains("Posted the digest of 2026-W50 to C0SALES"), "{}", first.out);
    let second = h.onbeat_now(&["digest", "--post"]).await;
    assert_eq!(second.status, 0, "{}", second.err);
    assert!(second.out.contains("stands in C0SALES already"), "{}", second.out);
    assert_eq!((h.messages("C0SALES").len(), h.messages("C0TOP").len()), (1, 1));
    // Its time comes, and it is there already.
    h.advance_to("Fri 15:30").await;
    assert_eq!((h.kinds("C0SALES").len(), h.kinds("C0TOP").len()), (1, 1));
    h.kinds("dev");
    h.finish().await;
}

#[tokio::test]
async fn an_occurrence_counts_for_the_leader_of_its_due_date() {
    let h = Harness::start(&process(), "2026-12-07T00:00:00Z").await;
    let above = ANA.replace("U0LEE", "U0VAL");
    let later = HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2026-12-10");
    h.apply(&[&later, ACTIVITIES, LEADERS, &above, BEN].concat()).await;
    h.advance_to("Fri 14:00").await;
    let lees = digest(&h, &["--week", "2026-W50", "--leader", "U0LEE"]).await;
    let records = h.records("2026-12-07", "2026-12-13").await;
    let before = |record: &&Value| record["due"].as_str().unwrap() < "2026-12-10";
    agrees(&lees, &count(records.iter().filter(|r| r["manager"] == "U0BEN" || (r["manager"] == "U0ANA" && before(r)))));
    assert_eq!(lees["managers"].as_array().unwrap().len(), 2);
    for who in ["ana", "ben", "dev"] {
        h.kinds(who);
    }
    h.finish().await;
}

#[tokio::test]
async fn over_everybody_means_those_too_whose_leader_has_left() {
    let apart = LEADERS.replace("leader = \"U0VAL\"\n\n[[manager]]", "\n[[manager]]");
    let h = Harness::start(&[HEAD, ACTIVITIES, &apart, ANA, BEN].concat(), "2026-12-07T00:00:00Z").await;
    h.advance_to("Thu 12:00").await;
    let lee = "[[leader]]\nslack = \"U0LEE\"\nname = \"Lee Park\"\n";
    assert!(apart.contains(lee), "{apart}");
    let vals = |manager: &str| manager.replace("U0LEE", "U0VAL");
    h.apply(&[HEAD, ACTIVITIES, &apart.replace(lee, ""), &vals(ANA), &vals(BEN)].concat()).await;
    let all = digest(&h, &["--week", "2026-W50"]).await;
    agrees(&all, &count(h.records("2026-12-07", "2026-12-13").await.iter()));
    for who in ["ana", "ben", "dev"] {
        h.kinds(who);
    }
    h.finish().await;
}
