//! The same bot on PostgreSQL: the main story, and a database that restarts under it.

#[path = "../../src/store/contract/schema.rs"]
pub mod schema;

use std::time::Duration;

use onbeat::clock::{Clock, SystemClock};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::harness::{ANA, HEAD, Harness, KEY, LEADERS};
use crate::serve::{Served, refused, serve};
use schema::Schema;

const ACTIVITIES: &str = r#"
[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/New_York"

[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30

[[activity]]
key = "huddle"
title = "Team huddle"
when = "every Monday at 10:00"
minutes = 15
evidence = ["note"]

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Tuesday at 15:00"
minutes = 30
per = "rep"
"#;

fn process() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_from_the_plan_to_the_digest() {
    let schema = Schema::new().await;
    let mut h = Harness::before("2026-12-07T12:00:00Z").await.on(&schema.url());
    h.apply(&process()).await;
    h.open().await;
    h.beat().await;
    h.advance_to("Mon 09:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    h.press("ana", "Done", "forecast").await;
    assert_eq!(h.record("forecast").await["state"], "done");
    h.snooze("ana", "huddle", "1 hour").await;
    h.restart().await;
    h.advance_to("Mon 17:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 10:30 snoozed", "Mon 16:30 wrap"]);
    h.crash();
    h.open().await;
    h.command("ana", "away 2026-12-08").await;
    assert_eq!(h.record_on("2026-12-08", "one-on-one/dana").await["state"], "excused");
    h.advance_to("Fri 17:30").await;
    h.kinds("ana");
    assert_eq!(h.kinds("C0SALES"), ["Fri 15:00 digest"]);
    let said = h.onbeat_now(&["digest", "--format", "json"]).await;
    let digest: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&digest["done_on_time"], &digest["excused"]), (&json!(1), &json!(2)), "{}", said.out);
    assert_eq!(h.onbeat(&["export"]).await.status, 0);
    let history = h.onbeat(&["history"]).await;
    assert_eq!(history.status, 0, "{}", history.err);
    h.read("lee");
    h.read("val");
    h.finish().await;
}

/// What stands between the bot and its database, and can be cut.
struct Wire {
    url: String,
    up: watch::Sender<bool>,
}

impl Wire {
    async fn to(database: &str) -> Wire {
        let server = database.split_once('@').unwrap().1.split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = database.replacen(&server, &listener.local_addr().unwrap().to_string(), 1);
        let (up, state) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, mut state) = (server.clone(), state.clone());
                tokio::spawn(async move {
                    if !*state.borrow() {
                        return;
                    }
                    let mut far = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = state.wait_for(|up| !up) => {}
                    }
                });
            }
        });
        Wire { url, up }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_outlives_a_restart_of_its_database() {
    let schema = Schema::new().await;
    let wire = Wire::to(&schema.url()).await;
    let now = SystemClock.now();
    let h = Harness::before(&now.to_string()).await.on(&schema.url());
    h.apply(&process()).await;
    let changed = [("DATABASE_URL", wire.url.as_str()), ("ONBEAT_KEY", KEY)];
    let served = Served::start(serve(&h, &[], &changed));
    h.slack.connect(&served.url);
    served.wait_for("/readyz", 200).await;
    assert!(h.slack.command("U0ANA", "away tomorrow").await.unwrap().status == 200);

    wire.up.send(false).unwrap();
    served.wait_for("/readyz", 503).await;
    assert_eq!(served.status("/healthz").await, 200, "it lives");
    let answer = h.slack.command("U0ANA", "away off").await.unwrap();
    assert_eq!(answer.status, 503, "Slack then tells the user: {}", answer.body);
    // Long enough for ticks to fail.
    tokio::time::sleep(Duration::from_secs(2)).await;
    wire.up.send(true).unwrap();

    served.wait_for("/readyz", 200).await;
    let answer = h.slack.command("U0ANA", "away off").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    served.wait_to_hear("marked as served again");
    let (status, said) = refused(serve(&h, &[], &changed));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("another `onbeat serve` runs on this database"), "{said}");
    let (_, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    h.kinds("ana");
    h.finish_with_work_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_needed_and_the_password_is_never_said() {
    let schema = Schema::new().await;
    let h = Harness::before("2026-12-07T12:00:00Z").await.on(&schema.url());
    h.apply(&process()).await;
    let (status, said) = refused(serve(&h, &[], &[]));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("ONBEAT_KEY is not set"), "{said}");
    let wrong = format!("postgres://nobody:s3cret@{}", schema.url().split_once('@').unwrap().1);
    for words in [&["records"][..], &["export"], &["serve"]] {
        let said = h
            .onbeat_with(
                words,
                &[("DATABASE_URL", &wrong), ("SLACK_SIGNING_SECRET", "x"), ("ONBEAT_LISTEN", "127.0.0.1:0")],
            )
            .await;
        assert_eq!(said.status, 1, "{words:?}: {}", said.err);
        assert!(said.err.contains("refuses this user") && !said.err.contains("s3cret"), "{}", said.err);
    }
    h.finish().await;
}
