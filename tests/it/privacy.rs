//! What is kept about people: told, forgotten, let go of in time.

use serde_json::Value;

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS};

const ACTIVITIES: &str = r#"
[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/Chicago"

[[activity]]
key = "noted"
title = "Noted"
when = "every Monday at 10:00"
minutes = 30
evidence = ["note"]

[[activity]]
key = "one-on-one"
title = "Weekly 1:1"
when = "every Monday at 11:00"
minutes = 30
per = "rep"
"#;

const SECRET: &str = "The Maltese falcon is in Unit 7";
const OTHERS: &str = "Ben's own words stay";

fn file() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat()
}

/// A week in which Ana and Ben note something, and its digest.
async fn week() -> Harness {
    let h = Harness::start(&file(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 10:30").await;
    for (who, words) in [("ana", SECRET), ("ben", OTHERS)] {
        h.press(who, "Done", "noted").await;
        h.submit(who, &[("Did you get there?", "Met"), ("Note", words)]).await;
    }
    h.press("ana", "Can't", "one-on-one/dana").await;
    h.submit("ana", &[("What got in the way?", "Something else"), ("In your words", "Dana had the flu")]).await;
    h.advance_to("Fri 16:01").await;
    for who in ["ana", "ben", "C0SALES"] {
        h.kinds(who);
    }
    assert!(h.last("C0SALES").blocks.iter().any(|block| block.to_string().contains("Maltese")));
    h
}

/// Every file of the database, as bytes.
fn bytes(h: &Harness) -> Vec<u8> {
    let names = ["onbeat.db", "onbeat.db-wal"];
    names.iter().flat_map(|name| std::fs::read(h.folder().join(name)).unwrap_or_default()).collect()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[tokio::test]
async fn forgetting_takes_name_and_words_and_leaves_the_counts() {
    let h = week().await;
    let figures = h.onbeat_now(&["digest", "--week", "2026-W50", "--format", "json"]).await.out;
    let link = h.onbeat(&["year", "U0ANA"]).await.out;
    let page = link.split_whitespace().find(|word| word.contains("/year/")).unwrap().to_owned();
    assert_eq!(crate::harness::http().get(&page).send().await.unwrap().status(), 200);
    assert!(holds(&bytes(&h), SECRET) && holds(&bytes(&h), "Ana Ruiz"));

    let said = h.onbeat_as("root", &["forget", "U0ANA"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("U0ANA is forgotten") && said.out.contains("2 records"), "{}", said.out);
    assert!(said.err.contains("still a manager"), "{}", said.err);
    h.beat().await;

    assert_eq!(h.onbeat_now(&["digest", "--week", "2026-W50", "--format", "json"]).await.out, figures);
    let record = h.record_on("2026-12-07", "noted").await;
    assert_eq!((&record["state"], &record["note"]), (&Value::from("done"), &Value::Null));
    let skipped = h.record_on("2026-12-07", "one-on-one/dana").await;
    assert_eq!((&skipped["state"], &skipped["reason"]), (&Value::from("skipped"), &Value::from("erased")));
    for words in [&["export"][..], &["export", "--revision", "1"], &["history", "--all"]] {
        let said = h.onbeat(words).await;
        assert!(said.status == 0 && !said.out.contains("Ana Ruiz"), "{words:?}: {}{}", said.out, said.err);
    }
    let plan = h.onbeat_now(&["plan", "--manager", "U0ANA"]).await;
    assert!(plan.status == 0 && !plan.out.contains("Ana Ruiz"), "{}", plan.out);
    let shown: String = h.messages("C0SALES").iter().chain(&h.messages("ana")).map(|m| format!("{m:?}")).collect();
    assert!(!shown.contains("Maltese") && !shown.contains("the flu"), "what Slack shows is painted anew");
    assert!(shown.contains(OTHERS), "others' words stay");
    assert!(!h.last("C0SALES").blocks.iter().any(|block| block.to_string().contains("Ana Ruiz")));
    let thread: String = h.thread("C0SALES").iter().map(|piece| format!("{piece:?}")).collect();
    assert!(thread.contains("U0ANA") && !thread.contains("Ana Ruiz"), "nor in its thread: {thread}");
    assert_eq!(crate::harness::http().get(&page).send().await.unwrap().status(), 404, "the old link has ended");
    let left = bytes(&h);
    for words in [SECRET, "Ana Ruiz", "the flu"] {
        assert!(!holds(&left, words), "{words:?} is still in the file");
    }
    assert!(holds(&left, "Ben Adler"));
    assert_eq!(h.log("forget").await, 1);
    h.finish().await;
}

#[tokio::test]
async fn a_running_bot_calls_whoever_is_forgotten_by_the_id() {
    let h = week().await;
    let said = h.onbeat(&["forget", "U0DANA"]).await;
    assert!(said.err.contains("still a rep"), "{}", said.err);
    h.advance_to("Mon 08:30").await;
    let plan = h.read("ana");
    assert!(plan.contains("U0DANA") && !plan.contains("Dana Wu"), "{plan}");
    h.kinds("ben");
    let again = h.onbeat(&["forget", "U0DANA"]).await;
    assert!(again.status == 0 && again.out.contains("no words or names were left"), "{}", again.out);
    h.finish().await;
}

#[tokio::test]
async fn what_is_kept_about_one_can_be_had() {
    let h = week().await;
    let said = h.onbeat(&["export-person", "U0ANA"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    let all: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(all["in_the_process"][0]["name"], "Ana Ruiz");
    assert!(all["in_digests"].as_array().is_some_and(|digests| digests.len() == 1));
    let occurrences = all["records"]["occurrence"].as_array().unwrap();
    assert!(occurrences.iter().any(|row| row["note"] == SECRET));
    assert!(all["records"]["log"].as_array().is_some_and(|log| log.iter().all(|line| line["who"] == "U0ANA")));
    assert!(!said.out.contains(OTHERS) && !said.out.contains("Ben Adler"), "others' words and names are theirs");
    for words in [&["export-person", "U0NOBODY"], &["forget", "U0NOBODY"]] {
        let said = h.onbeat(words).await;
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{words:?}");
        assert!(said.err.contains("U0NOBODY"), "{}", said.err);
    }
    h.finish().await;
}
