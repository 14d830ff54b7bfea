//! Slack's limits and Slack's outages: pauses outlive a restart, an outage is probed by a few calls, and however long it
//! was, it ends with one message for each manager.

use std::time::Duration;

use onbeat::app::{App, Pace};
use onbeat::demo::workspace::model::User;
use onbeat::demo::{Fault, Scope};
use onbeat::slack::CallError;

use crate::harness::{ANA, HEAD, Harness, LEADERS, http, kind};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every workday at 09:00"
minutes = 30

[[activity]]
key = "review"
title = "Review"
when = "every Monday at 11:00"
minutes = 30
"#;

fn calls(h: &Harness, method: &str) -> usize {
    h.slack.calls().iter().filter(|call| call.method == method).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_slack_asked_for_outlives_a_restart() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA].concat()).await;
    h.slack.mischief(Scope::method("auth.test"), Fault::RateLimited(60), 1);
    for restarts in 0..3 {
        let (engine, _door) = App::open(h.settings(), Pace::Real).await.unwrap().into_parts();
        let refused = engine.slack().auth_test().await.unwrap_err();
        let CallError::NotSent { retry_after: Some(wait) } = refused else { panic!("{refused:?}") };
        assert!(wait > Duration::from_secs(40) && wait <= Duration::from_secs(62), "{restarts}: {wait:?}");
        assert_eq!(calls(&h, "auth.test"), 1, "{restarts}");
        let user = "U0ANA".into();
        assert!(engine.slack().user_profile(&user).await.is_ok(), "other methods go on");
        engine.drain().await;
        engine.store().close().await;
    }
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_probed_by_few_calls() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&[HEAD, ACTIVITIES, LEADERS, ANA].concat()).await;
    let (engine, _door) = App::open(h.settings(), Pace::Real).await.unwrap().into_parts();
    h.slack.mischief(Scope::Any, Fault::ServerError(503), 1000);
    for _ in 0..100 {
        assert!(engine.slack().auth_test().await.is_err());
    }
    let reached = calls(&h, "auth.test");
    assert!((5..15).contains(&reached), "{reached} of 100 calls went to a Slack that is out");
    h.slack.end_mischief();
    let began = std::time::Instant::now();
    while engine.slack().auth_test().await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(12), "nobody noticed that Slack is back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let text = engine.metrics_text().await;
    for line in [r#"method="auth.test",outcome="held back""#, r#"method="auth.test",outcome="ok"} 1"#] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    engine.store().close().await;
    h.finish().await;
}

#[tokio::test]
async fn an_outage_of_three_days_ends_with_one_message_for_each_manager() {
    let name = |number: usize| format!("U0M{number:02}");
    let manager = |number: usize| {
        let id = name(number);
        format!(
            "\n[[manager]]\nslack = \"{id}\"\nname = \"Manager {number}\"\ntime_zone = \"America/Chicago\"\nleader = \"U0LEE\"\n"
        )
    };
    let mut h = Harness::before("2026-12-07T12:00:00Z").await;
    (1..=20).for_each(|number| h.slack.add_user(User::new(&name(number), "Somebody", "America/Chicago")));
    let managers: String = (1..=20).map(manager).collect();
    h.apply(&[HEAD, ACTIVITIES, LEADERS, &managers].concat()).await;
    h.open().await;
    h.beat().await;
    h.advance_to("Mon 08:59").await;
    let told = |number: usize| h.slack.dm(&name(number)).len();
    let before: Vec<usize> = (1..=20).map(told).collect();
    assert!(before.iter().all(|count| *count == 1), "the plan went out: {before:?}");

    h.slack.mischief(Scope::Any, Fault::ServerError(503), 1_000_000);
    h.advance_to("Mon 09:05").await;
    // A beat every two hours is enough to show it, and seventy thousand would take long.
    for _ in 0..36 {
        h.sleep_until("+7200s");
        h.beat().await;
    }
    assert_eq!(h.wall(h.now()), "Thu 09:05");
    h.slack.end_mischief();
    h.advance_to("Thu 09:30").await;
    for number in 1..=20 {
        let messages = h.slack.dm(&name(number));
        let kinds: Vec<String> = messages[1..].iter().map(kind).collect();
        assert_eq!(kinds, ["owed"], "{number}");
    }
    h.finish().await;
}

#[tokio::test]
async fn the_counters_name_nobody() {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:00").await;
    h.press("ana", "Done", "forecast").await;
    h.kinds("ana");
    let answer = http().get(format!("{}/metrics", h.url())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    for line in [
        r#"onbeat_messages_total{kind="plan",outcome="sent"} 1"#,
        r#"onbeat_slack_calls_total{method="chat.postMessage",outcome="ok"} "#,
        r#"onbeat_inbound_seconds_count{kind="press"} 1"#,
        r#"onbeat_backlog{state="pending"} 0"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for private in ["U0ANA", "Ana", "T0LOCAL", "D0LOCAL", "xoxb"] {
        assert!(!text.contains(private), "{private} is in\n{text}");
    }
    h.finish().await;
}
