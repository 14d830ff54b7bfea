//! What the page is made of, and what its control API tells and does.

use serde_json::{Value, json};

use super::FILES;
use super::sample::Sample;

#[tokio::test]
async fn one_of_everything_passes_the_rules() {
    let sample = Sample::new(0).await;
    sample.fill().await;
    sample.slack.open_home("U0ANA").await.unwrap();
    let ts = sample.slack.dm("U0ANA")[2].ts.clone();
    sample.slack.press("U0ANA", &ts, "Add note").await.unwrap();
    assert!(sample.slack.modal("U0ANA").is_some(), "{:#?}", sample.slack.refused());
    let refused = sample.slack.refused();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[tokio::test]
async fn the_page_is_whole_and_fetches_nothing_from_outside() {
    let sample = Sample::new(0).await;
    for (path, kind, text) in FILES {
        let got = sample.file(path).await;
        assert_eq!(got.headers()["content-type"], kind);
        assert_eq!(got.text().await.unwrap(), text);
        for line in text.lines().filter(|l| l.contains("import ") || l.contains("src=") || l.contains("href=\"")) {
            assert!(!line.contains("://"), "{path}: {line}");
        }
        // What one file imports, another must be.
        for name in text.split("from './").skip(1).filter_map(|rest| rest.split('\'').next()) {
            assert!(FILES.iter().any(|(path, ..)| *path == format!("/{name}")), "{path} imports {name}");
        }
    }
}

#[tokio::test]
async fn a_person_sees_their_own_conversations_and_how_much_is_new() {
    let sample = Sample::new(0).await;
    sample.fill().await;
    let seen = sample.seen("as=U0KOFI").await;
    assert_eq!((&seen["me"], seen["messages"].as_array().unwrap().len()), (&json!("U0KOFI"), 1));
    let unread = |seen: &Value, id: &str| {
        let users = seen["users"].as_array().unwrap();
        users.iter().find(|u| u["id"] == id).unwrap()["unread"].as_u64().unwrap()
    };
    assert_eq!(unread(&seen, "U0KOFI"), 1 + 3, "the plan, and the channel's three");
    let read = json!({ "as": "U0KOFI", "do": "read", "channel": seen["channel"] });
    assert_eq!(sample.control("act", read).await["ok"], true);
    assert_eq!(unread(&sample.seen("as=U0KOFI").await, "U0KOFI"), 3);
    let ana = sample.seen("as=U0ANA").await;
    assert_eq!(ana["messages"].as_array().unwrap().last().unwrap()["ephemeral"], true);
    let other = sample.seen(&format!("as=U0KOFI&channel={}", ana["channel"].as_str().unwrap())).await;
    assert_eq!(other["channel"], seen["channel"], "nobody looks into others' conversations");
}

#[tokio::test]
async fn the_page_hears_of_a_change_when_it_happens() {
    let sample = Sample::new(0).await;
    let revision = sample.seen("as=U0ANA").await["revision"].clone();
    let query = format!("as=U0ANA&since={revision}");
    let (seen, _) = tokio::join!(sample.seen(&query), async {
        tokio::task::yield_now().await;
        sample.post("C0SALES", "hello", json!([])).await
    });
    assert!(seen["revision"].as_u64() > revision.as_u64());
}

#[tokio::test]
async fn the_bots_errors_come_back_beside_their_fields() {
    let sample = Sample::new(0).await;
    sample.fill().await;
    let ts = sample.slack.dm("U0ANA")[2].ts.clone();
    sample.slack.press("U0ANA", &ts, "Add note").await.unwrap();
    let view = sample.seen("as=U0ANA").await["modal"]["id"].clone();
    let submit = async |note: &str| {
        let values = json!({ "note": { "text": { "type": "plain_text_input", "value": note } } });
        sample.control("act", json!({ "as": "U0ANA", "do": "submit", "view": view, "values": values })).await
    };
    assert_eq!(submit("").await["errors"]["note"], "Please complete this required field.");
    assert_eq!(submit("ok").await["errors"]["note"], "A few more words, please.");
    assert_eq!(submit("All dated now").await, json!({ "ok": true, "status": 200, "errors": null }));
    assert_eq!(sample.seen("as=U0ANA").await["modal"], Value::Null);
}

#[tokio::test]
async fn the_clock_goes_forward_or_says_why_not() {
    let sample = Sample::new(0).await;
    let moved = sample.control("clock", json!({ "move": "hour" })).await;
    assert_eq!(moved["clock"]["now"], "2026-11-23T15:28:00Z");
    assert_eq!(sample.seen("as=U0ANA").await["clock"]["now"], "2026-11-23T15:28:00Z");
    let stuck = sample.control("clock", json!({ "move": "digest" })).await;
    assert_eq!((&stuck["ok"], &stuck["error"]), (&json!(false), &json!("There is no digest ahead.")));
}
