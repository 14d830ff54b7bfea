//! A process that changes while the bot runs, and files that must not.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, picture};

const FORECAST: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
"#;

const REVIEW: &str = r#"
[[activity]]
key = "review"
title = "Review"
when = "every Monday at 11:00"
minutes = 30
"#;

const ONE_ON_ONE: &str = r#"
[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Monday and Wednesday at 15:00"
minutes = 30
per = "rep"
"#;

fn process(activities: &[&str], people: &[&str]) -> String {
    [HEAD, &activities.concat(), LEADERS, &people.concat()].concat()
}

/// Half past nine on Monday: plan and forecast were told and read.
async fn monday() -> Harness {
    let h = Harness::start(&process(&[FORECAST, REVIEW, ONE_ON_ONE], &[ANA]), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    h
}

#[tokio::test]
async fn what_is_no_longer_called_for_is_withdrawn_and_repainted() {
    let h = monday().await;
    h.press("ana", "Done", "review").await;
    let said = h.apply(&process(&[ONE_ON_ONE], &[ANA])).await;
    assert_snapshot!(said.out, @"
    Revision 2 is in force, holding from 2026-12-07.
      - Forecast is retired
      - Review is retired
    Hours asked:
      Ana Ruiz: 3.0 → 2.0 h a week of 20.0
    In the five weeks ahead: 0 more to do, 0 at another time, 11 no longer called for (1 of them open now).
    No longer called for:
      - Forecast, Ana Ruiz: 6, 2026-12-07 to 2027-01-11; open now: 2026-12-07.forecast.U0ANA
      - Review, Ana Ruiz: 5, 2026-12-14 to 2027-01-11
    A running bot takes it up within seconds.
    ");
    let forecast = h.record("forecast").await;
    assert_eq!((&forecast["state"], &forecast["completed_at"]), (&json!("withdrawn"), &Value::Null));
    assert_eq!(h.record("review").await["state"], "done", "what was decided stays");
    assert_eq!(h.record("one-on-one/dana").await["state"], "planned");
    for message in h.messages("ana") {
        assert!(picture(&message).contains("No longer in the process"), "{}", picture(&message));
    }
    assert!(!h.offers("ana", "Done", "forecast"));
    assert_eq!(h.press_unseen("ana", "done", "2026-12-07.forecast.U0ANA", "T0LOCAL").await, 200);
    assert_eq!(h.record("forecast").await["state"], "withdrawn");
    h.advance_to("Mon 17:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 15:00 due", "Mon 16:30 wrap"]);

    // Back again: what is due from then on, under the same ids; nothing is owed for the morning.
    h.apply(&process(&[FORECAST, ONE_ON_ONE], &[ANA])).await;
    assert_eq!(h.record("forecast").await["state"], "withdrawn");
    assert_eq!(h.record_on("2026-12-14", "forecast").await["state"], "planned");
    h.finish().await;
}

#[tokio::test]
async fn the_id_stays_where_the_date_does() {
    let h = monday().await;
    h.snooze("ana", "forecast", "30 minutes").await;
    let moved = FORECAST.replace("09:00", "16:00").replace("title = \"Forecast\"", "title = \"Forecast, later\"");
    let later = REVIEW.replace("every Monday", "every Tuesday");
    h.apply(&process(&[&moved, &later], &[ANA])).await;
    let forecast = h.record("forecast").await;
    assert_eq!(forecast["id"], "2026-12-07.forecast.U0ANA");
    assert_eq!(forecast["due"], "2026-12-07T16:00:00-06:00");
    assert_eq!((&forecast["snoozes"], &forecast["nudges"]), (&json!(1), &json!(1)), "its story stays");
    assert_eq!(h.record("review").await["state"], "withdrawn");
    assert_eq!(h.record_on("2026-12-08", "review").await["state"], "planned");
    assert!(picture(&h.last("ana")).contains("Forecast, later"), "{}", picture(&h.last("ana")));
    h.advance_to("Tue 12:00").await;
    assert_eq!(
        h.kinds("ana"),
        ["Mon 10:00 snoozed", "Mon 16:00 due", "Mon 16:30 wrap", "Tue 08:30 plan", "Tue 11:00 due"]
    );
    h.finish().await;
}

#[tokio::test]
async fn joiners_join_and_leavers_leave() {
    let h = monday().await;
    let joined =
        ANA.replace("{ slack = \"U0EVAN\", name = \"Evan Cole\" }", "{ slack = \"U0FAY\", name = \"Fay Osei\" }");
    h.apply(&process(&[FORECAST, REVIEW, ONE_ON_ONE], &[&joined, BEN])).await;
    assert_eq!(h.record("one-on-one/evan").await["state"], "withdrawn");
    assert_eq!(h.record("one-on-one/fay").await["state"], "planned");
    assert_eq!(h.record_on("2026-12-09", "one-on-one/fay").await["state"], "planned");
    // Ben joins at 07:30 his time: his day is all before him.
    h.advance_to("Mon 18:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 11:00 due", "Mon 16:30 wrap"], "two a day, the forecast's was one");
    assert_eq!(h.kinds("ben"), ["Mon 10:30 plan", "Mon 11:00 due", "Mon 13:00 due"]);
    // Ana leaves: what is undecided goes, what she did stays, and she hears no more.
    h.press("ana", "Done", "forecast").await;
    h.apply(&process(&[FORECAST, REVIEW], &[BEN])).await;
    let states = h.states("2026-12-07").await;
    let hers: Vec<_> = states.iter().filter(|state| state.contains("U0ANA")).collect();
    assert_eq!(
        hers,
        [
            "2026-12-07.forecast.U0ANA done",
            "2026-12-07.review.U0ANA withdrawn",
            "2026-12-07.one-on-one.U0ANA.U0DANA withdrawn",
            "2026-12-07.one-on-one.U0ANA.U0EVAN withdrawn",
            "2026-12-07.one-on-one.U0ANA.U0FAY withdrawn",
        ]
    );
    h.advance_to("Tue 18:00").await;
    assert_eq!(h.kinds("ana"), [""; 0]);
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn what_is_effective_later_changes_nothing_before() {
    let h = monday().await;
    let later = HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2026-12-14");
    h.apply(&[&later, FORECAST, LEADERS, ANA].concat()).await;
    assert_eq!(h.record("review").await["state"], "planned");
    assert_eq!(h.record_on("2026-12-09", "one-on-one/dana").await["state"], "planned");
    assert!(h.states("2026-12-14").await.iter().all(|s| s.contains("forecast") || s.ends_with("withdrawn")));
    h.advance_to("Mon 12:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 11:00 due"]);
    h.finish().await;
}

#[tokio::test]
async fn nothing_is_owed_for_the_time_before() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&process(&[FORECAST, REVIEW], &[ANA])).await;
    // Applied on Monday, first served on Tuesday morning; the process has a Monday review that nobody missed.
    h.sleep_until("Tue 10:00");
    let mut h = h;
    h.open().await;
    h.beat().await;
    h.advance_to("Fri 18:00").await;
    assert_eq!(h.kinds("ana"), [""; 0]);
    assert_eq!(h.states("2026-12-07").await, [""; 0]);
    // And a new activity's time today that has passed is not owed either.
    h.advance_to("Mon 10:00").await;
    let early = REVIEW.replace("\"review\"", "\"early\"").replace("11:00", "09:45");
    h.apply(&process(&[FORECAST, REVIEW, &early], &[ANA])).await;
    assert_eq!(h.states("2026-12-14").await.len(), 2);
    h.advance_to("Mon 12:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due", "Mon 11:00 due"]);
    // Rows exist at least 35 days ahead.
    assert_eq!(h.records("2027-01-18", "2027-01-18").await.len(), 3);
    h.finish().await;
}

#[tokio::test]
async fn a_file_made_from_another_revision_is_refused() {
    let h = monday().await;
    let exported = h.onbeat(&["export"]).await;
    assert_eq!(exported.status, 0);
    assert!(exported.out.contains("revision = 1"), "{}", exported.out);
    // What was exported changes nothing.
    h.write("exported.toml", &exported.out);
    let again = h.onbeat_now(&["apply", "exported.toml"]).await;
    assert_eq!((again.status, again.out.as_str()), (0, "Nothing to change: revision 1 says the same.\n"));
    // Somebody else applies something; the export is stale then.
    h.apply(&process(&[FORECAST], &[ANA])).await;
    h.write("exported.toml", &exported.out.replace("Forecast", "Forecasts"));
    let stale = h.onbeat_now(&["apply", "exported.toml"]).await;
    assert_eq!(stale.status, 2);
    assert!(stale.err.contains("revision 2") && stale.err.contains("--force"), "{}", stale.err);
    assert_eq!(h.record("one-on-one/dana").await["state"], "withdrawn");
    let forced = h.onbeat_now(&["apply", "--force", "exported.toml"]).await;
    assert_eq!(forced.status, 0, "{}", forced.err);
    h.beat().await;
    assert_eq!(h.record("one-on-one/dana").await["state"], "planned");
    h.finish().await;
}

#[tokio::test]
async fn a_dry_run_only_tells() {
    let h = monday().await;
    h.write("next.toml", &process(&[FORECAST], &[ANA]));
    let said = h.onbeat_now(&["apply", "--dry-run", "next.toml"]).await;
    assert_eq!(said.status, 0);
    assert!(said.out.contains("A dry run"), "{}", said.out);
    h.beat().await;
    assert_eq!(h.record("review").await["state"], "planned");
    assert!(h.onbeat(&["export"]).await.out.contains("revision = 1"));
    h.finish().await;
}

#[tokio::test]
async fn a_bad_file_leaves_no_trace() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    let good = process(&[FORECAST], &[ANA]);
    for (bad, place) in [
        (good.replace("minutes", "minuets"), "bad.toml:12:1"),
        (good.replace("every Monday", "every Munday"), "bad.toml:11:"),
        (good.replace("minutes = 30", "minutes = \"30\""), "bad.toml:12:"),
        (good.replace("leader = \"U0LEE\"", "leader = \"U0NOBODY\""), "bad.toml:"),
        ([good.as_str(), FORECAST].concat(), "bad.toml:"),
        (String::new(), "bad.toml:1:1"),
        ("slack_token = \"xoxb-1234567890-abcdef\"".to_owned(), "bad.toml:1:1"),
    ] {
        h.write("bad.toml", &bad);
        for command in ["apply", "check"] {
            let said = h.onbeat(&[command, "bad.toml"]).await;
            assert_eq!(said.status, 2, "{}", said.err);
            assert!(said.err.contains(place), "{place}: {}", said.err);
            assert!(said.out.is_empty() && !said.err.contains("1234567890"), "{}{}", said.out, said.err);
        }
    }
    assert!(!h.folder().join("onbeat.db").exists(), "not even an empty database");

    // And on a running bot nothing changes.
    let mut h = h;
    h.apply(&good).await;
    h.open().await;
    h.beat().await;
    h.write("bad.toml", &good.replace("every Monday", "every Munday"));
    assert_eq!(h.onbeat_now(&["apply", "bad.toml"]).await.status, 2);
    h.beat().await;
    assert_eq!(h.record("forecast").await["state"], "planned");
    h.finish().await;
}

#[tokio::test]
async fn a_place_among_the_days_nudges_stays_taken() {
    let h = monday().await;
    h.advance_to("Mon 11:30").await;
    assert_eq!(h.kinds("ana"), ["Mon 11:00 due"]);
    h.apply(&process(&[REVIEW, ONE_ON_ONE], &[ANA])).await;
    h.advance_to("Mon 15:59").await;
    assert_eq!(h.kinds("ana"), [""; 0], "two were announced: withdrawing one makes room for no third");
    h.finish().await;
}
