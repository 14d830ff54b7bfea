//! `onbeat history`, and earlier revisions printed and brought back.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS};

const REVIEW: &str = r#"
[[activity]]
key = "review"
title = "Pipeline review"
when = "the first Monday of every month at 09:00"
minutes = 60
outcome = "Every deal has a next step"

[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 11:00"
minutes = 30
evidence = ["note"]
"#;

fn first() -> String {
    [HEAD, REVIEW, LEADERS, ANA].concat()
}

fn second() -> String {
    let holidays: String = (1..=12).map(|month| format!("[[holiday]]\ndate = 2027-{month:02}-25\n")).collect();
    let review = REVIEW.replace("every month", "every quarter").replace("minutes = 60", "minutes = 90");
    [&HEAD.replace("\"Field\"", "\"Field\"\neffective = 2026-12-14"), &review, LEADERS, ANA, BEN, &holidays].concat()
}

/// Two revisions by two people, and some clicks between.
async fn story() -> Harness {
    let mut h = Harness::before("2026-12-07T12:00:00Z").await;
    h.write("process.toml", &first());
    let clock = h.now().to_string();
    assert_eq!(h.onbeat_as("ops", &["apply", "process.toml", "--clock", &clock]).await.status, 0);
    h.open().await;
    h.beat().await;
    h.advance_to("Mon 09:10").await;
    h.kinds("ana");
    h.press("ana", "Done", "review").await;
    h.press("ana", "Undo", "review").await;
    assert_eq!(h.press_unseen("lee", "done", "2026-12-07.review.U0ANA", "T0LOCAL").await, 200);
    h.press("ana", "Done", "forecast").await;
    h.submit("ana", &[("Did", "Met"), ("Note", "a secret word")]).await;
    h.apply(&second()).await;
    h
}

#[tokio::test]
async fn history_reads_like_a_changelog() {
    let h = story().await;
    let told = h.onbeat(&["history"]).await;
    assert_eq!(told.status, 0, "{}", told.err);
    assert_snapshot!(told.out, @"
    2026-12-07 15:10  somebody (command line): revision 2, holding from 2026-12-14
                      - Pipeline review: monthly → quarterly (the first Monday of every month at 09:00 →
                        the first Monday of every quarter at 09:00)
                      - Pipeline review: 60 → 90 minutes
                      - Pipeline review, grace: 3 workdays → 5 workdays
                      - Ben Adler joins, led by Lee Park
                      - 12 holidays added (2027-01-25 … 2027-12-25)
    week 2026-W50     3 done, 1 undone, by 2 people
    2026-12-07 12:00  ops (command line): revision 1, holding from 2026-12-07
                      - Field begins: 2 activities, 1 manager with 2 reps, 2 leaders
                      - Managers: Ana Ruiz

    The newest first; times are those of UTC.
    ");
    let all = h.onbeat(&["history", "--all", "--from", "2026-12-07", "--to", "2026-12-07"]).await;
    let clicks: Vec<&str> = all.out.lines().filter(|line| line.contains(", due ")).collect();
    assert_eq!(
        clicks,
        [
            "2026-12-07 15:10  Ana Ruiz: Forecast, due 2026-12-07: done",
            "2026-12-07 15:10  Lee Park: Pipeline review of Ana Ruiz, due 2026-12-07: done",
            "2026-12-07 15:10  Ana Ruiz: Pipeline review, due 2026-12-07: undone",
            "2026-12-07 15:10  Ana Ruiz: Pipeline review, due 2026-12-07: done",
        ]
    );
    assert!(told.out.lines().chain(all.out.lines()).all(|line| line.chars().count() <= 100), "{}", all.out);
    for out in [&told.out, &all.out] {
        assert!(!out.contains("secret"), "never a note: {out}");
    }
    let none = h.onbeat(&["history", "--from", "2026-12-08"]).await;
    assert_eq!((none.status, none.out.as_str()), (0, "Nothing happened in that time.\n"));
    assert_eq!(h.onbeat(&["history", "--from", "2026-12-08", "--to", "2026-12-07"]).await.status, 2);
    h.finish().await;
}

#[tokio::test]
async fn history_is_told_to_programs_too() {
    let h = story().await;
    let json = async |words: &[&str]| {
        let said = h.onbeat(&[&["history", "--format", "json"], words].concat()).await;
        assert_eq!(said.status, 0, "{}", said.err);
        serde_json::from_str::<Vec<Value>>(&said.out).unwrap()
    };
    let told = json(&[]).await;
    let kinds: Vec<_> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["revision", "records", "revision"], "in the order in which it was written");
    assert_eq!(told[1]["counts"], json!({ "done": 3, "undo": 1 }));
    assert_eq!((&told[2]["by"], &told[2]["where"]), (&json!("ops"), &json!("command line")));
    let one = json(&["--revision", "2"]).await;
    assert_eq!((&one[0]["revision"], &one[0]["effective"]), (&json!(2), &json!("2026-12-14")));
    assert_eq!(one[0]["changes"].as_array().unwrap().len(), 5, "{one:?}");
    let all = json(&["--all"]).await;
    assert_eq!(all.len(), 6);
    assert_eq!(
        (&all[1]["by"], &all[1]["action"], &all[1]["title"]),
        (&json!("U0ANA"), &json!("done"), &json!("Forecast"))
    );
    assert!(!serde_json::to_string(&all).unwrap().contains("secret"));
    let unknown = h.onbeat(&["history", "--revision", "3"]).await;
    assert_eq!((unknown.status, unknown.err.as_str()), (2, "onbeat: there is no revision 3: there are 1 to 2\n"));
    h.finish().await;
}

#[tokio::test]
async fn an_earlier_revision_is_printed_and_brought_back() {
    let h = story().await;
    let old = h.onbeat(&["export", "--revision", "1"]).await;
    assert_eq!(old.status, 0, "{}", old.err);
    assert!(old.out.starts_with("# Revision 1 held from 2026-12-07; applied by ops (command line).\n"), "{}", old.out);
    assert!(old.out.contains("revision = 1") && !old.out.contains("effective"), "{}", old.out);
    let unknown = h.onbeat(&["export", "--revision", "9"]).await;
    assert_eq!((unknown.status, unknown.err.as_str()), (2, "onbeat: there is no revision 9: there are 1 to 2\n"));
    let newest = h.onbeat(&["export", "--revision", "2"]).await.out;
    assert_eq!(newest, h.onbeat(&["export"]).await.out);
    // As it stands it is refused, and says what would be lost; a change of its own is not among it.
    h.write("old.toml", &old.out.replace("\"Forecast\"", "\"Outlook\""));
    let refused = h.onbeat_now(&["apply", "old.toml"]).await;
    assert_eq!(refused.status, 2);
    assert_snapshot!(refused.err, @"
    onbeat: the process in force is revision 2 (applied on 2026-12-07 by somebody (command line)), and this file was made from revision 1. Applying it would undo:
      - Pipeline review: quarterly → monthly (the first Monday of every quarter at 09:00 → the first Monday of every month at 09:00)
      - Pipeline review: 90 → 60 minutes
      - Pipeline review, grace: 5 workdays → 3 workdays
      - Ben Adler leaves
      - 12 holidays removed (2027-01-25 … 2027-12-25)
    `onbeat export` prints the one in force; --force applies this file all the same.
    ");
    assert!(h.onbeat(&["export"]).await.out.contains("revision = 2"));
    // By force it is back, to the letter.
    h.write("old.toml", &old.out);
    let forced = h.onbeat_now(&["apply", "--force", "old.toml"]).await;
    assert_eq!(forced.status, 0, "{}", forced.err);
    assert!(
        forced.out.contains("Revision 2, which was to hold from 2026-12-14, never comes into force"),
        "{}",
        forced.out
    );
    h.beat().await;
    let body = |text: &str| text.split_once("[calendar]").unwrap().1.to_owned();
    assert_eq!(body(&h.onbeat(&["export"]).await.out), body(&old.out));
    assert_eq!(
        h.states("2026-12-14").await,
        ["2026-12-14.forecast.U0ANA planned", "2026-12-14.forecast.U0BEN withdrawn"]
    );
    h.finish().await;
}

#[tokio::test]
async fn days_away_and_ended_links_are_told_with_what_they_are() {
    let h = story().await;
    for said in ["24 Dec to 2 Jan", "28 Jan", "off 31 Dec to 2 Jan", "off 28 Jan"] {
        h.command("ana", &format!("away {said}")).await;
    }
    assert_eq!(h.onbeat(&["year", "U0ANA", "--reset"]).await.status, 0);
    let all = h.onbeat(&["history", "--all"]).await;
    let told = all.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "somebody (command line): ended the old links to the year of Ana Ruiz",
        "Ana Ruiz: is back after all: no longer 2027-01-28",
        "Ana Ruiz: is back after all: 2026-12-24 to 2026-12-30 instead of 2026-12-24 to 2027-01-02",
        "Ana Ruiz: said they are away, 2027-01-28",
        "Ana Ruiz: said they are away, 2026-12-24 to 2027-01-02",
    ] {
        assert!(told.contains(line), "{line} in {}", all.out);
    }
    let json: Value = serde_json::from_str(&h.onbeat(&["history", "--all", "--format", "json"]).await.out).unwrap();
    let of = |action: &str| json.as_array().unwrap().iter().find(|event| event["action"] == action).unwrap();
    assert_eq!((&of("reset links")["manager"], &of("reset links")["away"]), (&json!("U0ANA"), &Value::Null));
    let left = json!({ "was": ["2026-12-24/2026-12-30", "2027-01-28/2027-01-28"], "is": ["2026-12-24/2026-12-30"] });
    assert_eq!(of("back")["away"], left);
    h.kinds("ana");
    h.finish().await;
}
