//! What Done must ask for, and what becomes of people's words.

use serde_json::{Value, json};

use crate::harness::{ANA, HEAD, Harness, LEADERS, picture};

const ACTIVITIES: &str = r#"
[[activity]]
key = "everything"
title = "Everything"
when = "every Monday at 09:00"
minutes = 60
evidence = ["note", "link", "number"]
number = { label = "How many", target = ">= 2.5" }

[[activity]]
key = "open-number"
title = "Open number"
when = "every Monday at 10:00"
minutes = 60
evidence = ["number"]
number = { label = "How many" }

[[activity]]
key = "note"
title = "Note"
when = "every Monday at 11:00"
minutes = 60
evidence = ["note"]
"#;

async fn monday() -> Harness {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:30").await;
    h.kinds("ana");
    h
}

/// Submits the open modal with these values whatever the workspace would have caught before: a client of another mind.
async fn submit_raw(h: &Harness, values: Value) -> Value {
    let view = h.slack.modal("U0ANA").expect("an open modal");
    let payload = json!({
        "type": "view_submission",
        "team": { "id": "T0LOCAL", "domain": "x" },
        "user": { "id": "U0ANA", "team_id": "T0LOCAL" },
        "view": { "id": view.id, "hash": view.hash, "type": "modal", "callback_id": view.body["callback_id"],
            "private_metadata": view.body["private_metadata"], "state": { "values": values } },
    });
    let form =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    let (status, body) = h.post_for_body("/slack/interactions", &form).await;
    assert_eq!(status, 200);
    h.beat().await;
    serde_json::from_str(&body).unwrap_or(Value::Null)
}

fn text(value: &str) -> Value {
    json!({ "x": { "type": "plain_text_input", "value": value } })
}

#[tokio::test]
async fn what_is_missing_or_odd_is_said_at_its_field() {
    let h = monday().await;
    h.press("ana", "Done", "everything").await;
    assert_eq!(h.modal("ana"), ["How many", "Note", "Link"]);
    let empty = submit_raw(&h, json!({})).await;
    assert_eq!(empty["response_action"], "errors");
    let fields = |said: &Value| said["errors"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&empty), ["link", "note", "number"]);
    for (link, number) in [
        ("ftp://x.example/a", "many"),
        ("javascript:alert(1)", "NaN"),
        ("https://", "inf"),
        ("www.x.example", "1,5"),
        ("https://a b.example", "1e999"),
    ] {
        let values = json!({ "note": text("fine"), "link": text(link), "number": text(number) });
        assert_eq!(fields(&submit_raw(&h, values).await), ["link", "number"], "{link} {number}");
    }
    let blank = json!({ "note": text(" \u{7}\n "), "link": text("https://x.example"), "number": text("3") });
    assert_eq!(fields(&submit_raw(&h, blank).await), ["note"]);
    assert_eq!(h.record("everything").await["state"], "planned");
    h.finish().await;
}

#[tokio::test]
async fn a_number_is_judged_by_its_target() {
    for (number, result, kept) in [
        ("2.5", "met", json!(2.5)),
        ("2.49", "not met", json!(2.49)),
        ("3", "met", json!(3)),
        ("-4", "not met", json!(-4)),
    ] {
        let h = monday().await;
        h.press("ana", "Done", "everything").await;
        h.submit("ana", &[("How many", number), ("Note", "x"), ("Link", "https://x.example/")]).await;
        let record = h.record("everything").await;
        assert_eq!(record["result"], result, "{number}");
        assert_eq!(record["evidence"], json!({ "link": "https://x.example/", "number": kept }));
        h.finish().await;
    }
}

#[tokio::test]
async fn without_a_target_the_manager_says_how_it_went() {
    let h = monday().await;
    h.press("ana", "Done", "open-number").await;
    assert_eq!(h.modal("ana"), ["Did you get there?", "How many"]);
    h.submit("ana", &[("Did", "Partly"), ("How many", "0")]).await;
    let record = h.record("open-number").await;
    assert_eq!((&record["result"], &record["evidence"]), (&json!("partly"), &json!({ "number": 0 })));
    h.finish().await;
}

#[tokio::test]
async fn words_stay_what_was_typed_and_ping_nobody() {
    let h = monday().await;
    h.press("ana", "Done", "note").await;
    let note = "<!channel> <@U0BEN> *stars* :tada: https://x.example &amp; <b>";
    h.submit("ana", &[("Did", "Met"), ("Note", &format!("\u{0}{note}\u{1b}\u{7f}"))]).await;
    assert_eq!(h.record("note").await["note"], note);
    let shown = h.last("ana");
    assert!(picture(&shown).contains(note), "{}", picture(&shown));
    let quoted = serde_json::to_string(&shown.blocks).unwrap();
    assert!(!quoted.contains("\"mrkdwn\""), "people's words are never read as markup: {quoted}");
    assert!(!shown.text.contains("<!channel>"), "{}", shown.text);
    h.finish().await;
}

#[tokio::test]
async fn an_empty_note_is_none_and_lines_stay() {
    let h = monday().await;
    h.press("ana", "Done", "note").await;
    h.submit("ana", &[("Did", "Met"), ("Note", "one\r\ntwo\n\nthree  ")]).await;
    assert_eq!(h.record("note").await["note"], "one\ntwo\n\nthree");
    h.finish().await;
}
