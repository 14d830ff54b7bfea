//! `onbeat doctor`: each misconfiguration in words, with the mend, and no secret in them.

use jiff::{SignedDuration, Timestamp};
use onbeat::clock::{Clock, SystemClock};

use crate::harness::{ANA, HEAD, Harness, LEADERS, Said};

const PROCESS: &str = r#"
[digest]
channel = "C0SALES"

[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
"#;

async fn applied() -> Harness {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&[HEAD, PROCESS, LEADERS, ANA].concat()).await;
    h
}

async fn doctor(h: &Harness, changed: &[(&str, &str)]) -> Said {
    let secret = h.slack.team().signing_secret;
    let base: [(&str, &str); 2] = [("SLACK_SIGNING_SECRET", &secret), ("ONBEAT_LISTEN", "127.0.0.1:9")];
    let said = h.onbeat_with(&["doctor"], &[&base, changed].concat()).await;
    for secret in ["xoxb-local", "xapp-local", "local-signing-secret"] {
        assert!(!said.out.contains(secret) && !said.err.contains(secret), "{}{}", said.out, said.err);
    }
    said
}

/// The words of the checks that found something wrong, without the table's lines and blanks.
fn words(said: &Said) -> String {
    said.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn all_is_well() {
    let mut h = applied().await;
    h.open().await;
    let listen = h.url().trim_start_matches("http://").to_owned();
    let said = doctor(&h, &[("ONBEAT_LISTEN", &listen), ("SLACK_APP_TOKEN", &h.slack.team().app_token)]).await;
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    assert!(!said.out.contains('✗'), "{}", said.out);
    for good in [
        "Slack takes it: Northwind",
        "all that the manifest",
        "Socket Mode opens",
        "agrees with Slack's",
        "C0SALES",
        "leads to the bot",
    ] {
        assert!(words(&said).contains(good), "{good}: {}", said.out);
    }
    h.finish().await;
}

#[tokio::test]
async fn each_wrong_setting_is_told_with_its_mend() {
    let h = applied().await;
    let cases: [(&[(&str, &str)], &str, &str); 9] = [
        (&[("SLACK_BOT_TOKEN", "")], "SLACK_BOT_TOKEN is not set", "OAuth & Permissions"),
        (&[("SLACK_BOT_TOKEN", "xapp-1-mixed")], "holds an app-level token", "xoxb-"),
        (&[("SLACK_BOT_TOKEN", "xoxp-1-mixed")], "holds a user token", "xoxb-"),
        (&[("SLACK_BOT_TOKEN", "xoxb-other")], "invalid_auth", "reinstall"),
        (&[("SLACK_APP_TOKEN", "xoxb-mixed")], "holds a bot token", "connections:write"),
        (&[("SLACK_APP_TOKEN", "xapp-other")], "invalid_auth", "Socket Mode"),
        (&[("SLACK_SIGNING_SECRET", "")], "neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN", "Basic Information"),
        (&[("ONBEAT_PUBLIC_URL", "http://127.0.0.1:9")], "nobody answers at http://127.0.0.1:9", "onbeat serve"),
        (&[("SLACK_API_URL", "http://127.0.0.1:9/api/")], "Slack does not answer", "internet"),
    ];
    for (changed, is, mend) in cases {
        let said = doctor(&h, changed).await;
        assert_eq!(said.status, 1, "{changed:?}: {}{}", said.out, said.err);
        let words = words(&said);
        assert!(words.contains(is) && words.contains(mend), "{changed:?}: {}", said.out);
        h.slack.forget_calls();
        assert!(!words.contains("mixed") && !words.contains("xoxb-other") && !words.contains("xapp-other"), "{words}");
    }
    h.finish().await;
}

#[tokio::test]
async fn what_is_wrong_on_slacks_side_is_told() {
    let h = applied().await;
    h.slack.settings(|settings| settings.scopes.retain(|scope| scope != "users:read" && scope != "channels:read"));
    let said = doctor(&h, &[]).await;
    assert!(words(&said).contains("missing: users:read") && said.status == 1, "{}", said.out);
    h.slack.settings(|settings| settings.scopes.push("users:read".to_owned()));
    let off = |minutes| Some::<Timestamp>(SystemClock.machine() + SignedDuration::from_mins(minutes));
    h.slack.settings(|settings| settings.date = off(3));
    let said = doctor(&h, &[]).await;
    assert!(words(&said).contains("behind Slack's") && words(&said).contains("NTP"), "{}", said.out);
    h.slack.settings(|settings| settings.date = off(-90));
    assert!(words(&doctor(&h, &[]).await).contains("ahead of Slack's"));
    h.slack.settings(|settings| settings.date = None);
    h.slack.add_channel("C0SALES", "sales", "", &["U0LEE"]);
    let said = doctor(&h, &[]).await;
    assert!(
        words(&said).contains("C0SALES: the bot is not in the channel") && said.out.contains("/invite"),
        "{}",
        said.out
    );
    assert_eq!(said.status, 1);
    h.slack.forget_calls();
    h.finish().await;
}

#[tokio::test]
async fn a_database_that_is_none_or_not_there_is_told() {
    let h = applied().await;
    let said = doctor(&h, &[("DATABASE_URL", "sqlite://none.db")]).await;
    assert!(words(&said).contains("there is none yet") && said.status == 1, "{}", said.out);
    assert!(!h.folder().join("none.db").exists(), "looking makes nothing");
    std::fs::write(h.folder().join("odd.db"), "certainly no database, but long enough to have a header".repeat(40))
        .unwrap();
    let said = doctor(&h, &[("DATABASE_URL", "sqlite://odd.db")]).await;
    assert!(words(&said).contains("no SQLite database") && said.status == 1, "{}", said.out);
    h.finish().await;
}
