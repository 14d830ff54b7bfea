//! What happens to a workspace while the bot lives in it: each trouble is noticed, said once to whoever can mend it, and
//! lived through.

use onbeat::demo::{Fault, Scope, Turn};
use serde_json::Value;

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, http, id, kind};

const ACTIVITIES: &str = r#"
[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/Chicago"

[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 09:00"
minutes = 10

[[activity]]
key = "review"
title = "Review"
when = "every workday at 11:00"
minutes = 30
"#;

async fn monday_at(time: &str) -> Harness {
    let h = Harness::start(&[HEAD, ACTIVITIES, LEADERS, ANA, BEN].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to(&format!("Mon {time}")).await;
    h.kinds("ana");
    h.kinds("ben");
    h
}

fn deactivated(who: &str, back: bool) -> Turn {
    Turn::Deactivate { user: id(who), back }
}

/// It happens, and the bot does what it calls for.
async fn turn(h: &Harness, turn: Turn) {
    h.slack.turn(turn).await.unwrap();
    h.beat().await;
    h.beat().await;
}

/// The same, and Slack's word of it is lost.
async fn turn_silently(h: &Harness, turn: Turn) {
    h.slack.turn_silently(turn).unwrap();
    h.beat().await;
}

/// The calls that Slack refused meanwhile are what the test is about: no others were.
fn refused(h: &Harness, codes: &[&str]) {
    for call in h.slack.refused() {
        let code = call.response["error"].as_str().unwrap().to_owned();
        assert!(codes.contains(&code.as_str()), "{} was refused: {code}", call.method);
    }
    h.slack.forget_calls();
}

fn posts(h: &Harness, to: &str) -> usize {
    let to = if to.starts_with('C') { to.to_owned() } else { h.slack.dm_id(&id(to)) };
    h.slack.calls().iter().filter(|call| call.method == "chat.postMessage" && call.args["channel"] == *to).count()
}

async fn ready(h: &Harness) -> (u16, String) {
    let answer = http().get(format!("{}/readyz", h.url())).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_deactivated_manager_is_left_alone_and_the_leader_told_once() {
    let h = monday_at("08:45").await;
    turn(&h, deactivated("ana", false)).await;
    assert_eq!(h.kinds("lee"), ["Mon 08:45 notice"]);
    let said = h.last("lee").text;
    assert!(said.starts_with("Ana Ruiz's Slack account is deactivated. I've stopped nudging"), "{said}");
    assert_eq!(h.last("lee").metadata.unwrap()["event_type"], "onbeat_notice");
    let before = posts(&h, "ana");
    h.advance_to("Wed 10:00").await;
    assert_eq!((h.kinds("ana").len(), posts(&h, "ana")), (0, before), "nothing is even tried");
    assert_eq!(h.pending_work().await, 0, "and nothing waits");
    assert_eq!(h.kinds("lee"), [""; 0], "once");
    assert!(!h.kinds("ben").is_empty(), "the others go on");
    let states = |record: Value| record["state"].as_str().unwrap().to_owned();
    assert_eq!(states(h.record_on("2026-12-07", "scan").await), "missed", "the record is as it is");
    // Back on Wednesday: one plan on Thursday, and then as ever.
    turn(&h, deactivated("ana", true)).await;
    h.advance_to("Thu 08:29").await;
    assert_eq!(h.kinds("ana"), [""; 0]);
    h.advance_to("Thu 09:30").await;
    assert_eq!(h.kinds("ana"), ["Thu 08:30 plan", "Thu 09:00 due"]);
    // And the next time it is said again.
    turn(&h, deactivated("ana", false)).await;
    assert_eq!(h.kinds("lee"), ["Thu 09:30 notice"]);
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn what_slack_does_not_tell_is_noticed_by_our_own_calls() {
    let mut h = monday_at("08:45").await;
    turn_silently(&h, deactivated("ana", false)).await;
    assert_eq!(h.kinds("lee"), [""; 0]);
    h.advance_to("Mon 09:01").await;
    h.beat().await;
    assert_eq!(h.kinds("lee"), ["Mon 09:01 notice"]);
    refused(&h, &["account_inactive"]);
    h.restart().await;
    h.advance_to("Mon 16:00").await;
    assert_eq!((posts(&h, "ana"), h.kinds("lee").len(), h.pending_work().await), (0, 0, 0));
    // Nor of the return: somebody looks every quarter of an hour.
    turn_silently(&h, deactivated("ana", true)).await;
    h.advance_to("Tue 09:30").await;
    assert_eq!(h.kinds("ana"), ["Tue 08:30 plan", "Tue 09:00 due"]);
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn whoever_is_told_can_be_reached() {
    let h = monday_at("08:45").await;
    turn(&h, deactivated("lee", false)).await;
    assert_eq!(h.kinds("val"), ["Mon 08:45 notice"], "the leader above");
    assert!(h.last("val").text.contains("Managers in the process answer to Lee Park"), "{}", h.last("val").text);
    turn(&h, deactivated("ana", false)).await;
    assert_eq!((h.kinds("lee").len(), h.kinds("val").len()), (0, 1), "lee can't be told, val can");
    // A rep's is said too, and changes nothing for the manager.
    h.slack.add_user(onbeat::demo::workspace::model::User::new("U0DANA", "Dana Wu", "UTC"));
    turn(&h, deactivated("dana", false)).await;
    assert!(h.last("val").text.starts_with("Dana Wu's Slack account is deactivated."), "{}", h.last("val").text);
    assert_eq!(h.kinds("val").len(), 1);
    // Strangers come and go.
    turn(&h, deactivated("zoe", false)).await;
    assert_eq!(h.kinds("val").len(), 0);
    h.finish().await;
}

#[tokio::test]
async fn who_is_taken_off_the_process_is_nobodys_trouble() {
    let h = monday_at("08:45").await;
    turn(&h, deactivated("ana", false)).await;
    h.kinds("lee");
    h.apply(&[HEAD, ACTIVITIES, LEADERS, BEN].concat()).await;
    h.beat().await;
    assert!(h.engine().store().troubles().await.unwrap().is_empty());
    h.finish().await;
}

#[tokio::test]
async fn a_manager_who_leads_is_told_in_their_hours() {
    let lee =
        "\n[[manager]]\nslack = \"U0LEE\"\nname = \"Lee Park\"\ntime_zone = \"America/Chicago\"\nleader = \"U0VAL\"\n";
    let process = [HEAD, ACTIVITIES, LEADERS, ANA, lee].concat();
    let h = Harness::start(&process, "2026-12-07T12:00:00Z").await;
    turn(&h, deactivated("ana", false)).await;
    assert_eq!((h.kinds("lee").len(), h.pending_work().await), (0, 0), "it is six in the morning");
    h.advance_to("Mon 08:31").await;
    assert_eq!(h.kinds("lee").len(), 2, "the plan, and the notice");
    h.finish().await;
}

#[tokio::test]
async fn a_digest_that_a_channel_does_not_take_comes_once_it_does() {
    let channel = || "C0SALES".to_owned();
    let archive = |back| Turn::Archive { channel: channel(), back };
    let remove = |back| Turn::RemoveBot { channel: channel(), back };
    for (gone, back, code, words) in [
        (archive(false), archive(true), "is_archived", "the channel is archived"),
        (remove(false), remove(true), "not_in_channel", "I'm not in the channel"),
    ] {
        let mut h = monday_at("08:45").await;
        h.advance_to("Fri 15:59").await;
        turn(&h, gone).await;
        h.advance_to("Fri 16:00").await;
        h.beat().await;
        let said = h.last("val").text;
        assert!(said.contains("<#C0SALES>") && said.contains(words), "{said}");
        assert_eq!((h.kinds("val"), h.messages("C0SALES").len()), (vec!["Fri 16:00 notice".to_owned()], 0));
        h.heartbeat = jiff::SignedDuration::from_mins(2);
        h.advance_to("Fri 17:00").await;
        h.restart().await;
        assert_eq!(h.kinds("val").len(), 0, "once");
        assert!(posts(&h, "C0SALES") < 20, "and tried now and then: {}", posts(&h, "C0SALES"));
        refused(&h, &[code]);
        turn(&h, back).await;
        h.advance_to("Fri 17:10").await;
        assert_eq!(h.kinds("C0SALES").len(), 1, "the digest");
        assert!(h.engine().store().troubles().await.unwrap().is_empty());
        h.kinds("ana");
        h.kinds("ben");
        h.finish().await;
    }
}

#[tokio::test]
async fn another_channel_ends_the_trouble_with_the_first() {
    let mut h = monday_at("08:45").await;
    h.advance_to("Fri 15:59").await;
    turn(&h, Turn::Archive { channel: "C0SALES".to_owned(), back: false }).await;
    h.advance_to("Fri 16:00").await;
    h.beat().await;
    assert_eq!(h.kinds("val").len(), 1);
    h.apply(&[HEAD, &ACTIVITIES.replace("C0SALES", "C0WEST"), LEADERS, ANA, BEN].concat()).await;
    h.heartbeat = jiff::SignedDuration::from_mins(2);
    h.advance_to("Fri 16:10").await;
    assert!(h.engine().store().troubles().await.unwrap().is_empty());
    assert_eq!(h.pending_work().await, 0, "the old channel's is given up");
    refused(&h, &["is_archived"]);
    h.kinds("ana");
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn a_revoked_token_is_said_by_readyz_and_lived_through() {
    let h = monday_at("08:45").await;
    let asked = futures_util::future::join_all((0..20).map(|_| ready(&h))).await;
    assert!(asked.iter().all(|answer| *answer == (200, "ready\n".to_owned())), "{asked:?}");
    let passed_on = h.slack.calls().iter().filter(|call| call.method == "auth.test").count();
    assert!((1..20).contains(&passed_on), "whoever asks often does not ask Slack often: {passed_on}");
    turn(&h, Turn::RevokeToken { back: false }).await;
    assert_eq!(h.engine().slack().token_trouble().as_deref(), Some("token_revoked"), "the event was enough");
    let (status, words) = ready(&h).await;
    assert_eq!(status, 503);
    assert!(words.contains("token_revoked") && words.contains("SLACK_BOT_TOKEN"), "{words}");
    h.advance_to("Mon 09:10").await;
    assert_eq!(h.kinds("ana"), [""; 0]);
    assert!(h.engine().store().troubles().await.unwrap().is_empty(), "it is nobody's account");
    refused(&h, &["token_revoked"]);
    turn(&h, Turn::RevokeToken { back: true }).await;
    h.advance_to("Mon 09:20").await;
    let told = h.kinds("ana");
    assert!(told.len() == 1 && told[0].ends_with("owed"), "{told:?}");
    assert_eq!((ready(&h).await.0, h.engine().slack().token_trouble()), (200, None));
    h.advance_to("Mon 12:00").await;
    h.kinds("ana");
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn a_missing_scope_is_said_once() {
    let h = monday_at("08:59").await;
    let scopes = ["im:history", "channels:history", "groups:history"];
    for scope in scopes {
        turn(&h, Turn::DropScope { scope: scope.to_owned(), back: false }).await;
    }
    h.slack.settings(|settings| settings.recognise_client_msg_id = false);
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::ResetAfter, 1);
    h.advance_to("Mon 09:05").await;
    assert_eq!(h.kinds("val").len(), 1, "once");
    let said = h.last("val").text;
    assert!(said.contains("conversations.history") && said.contains("onbeat manifest"), "{said}");
    refused(&h, &["missing_scope"]);
    for scope in scopes {
        turn(&h, Turn::DropScope { scope: scope.to_owned(), back: true }).await;
    }
    h.advance_to("Mon 09:10").await;
    assert_eq!(h.kinds("ana"), ["Mon 09:00 due"], "found, not doubled");
    assert!(h.engine().store().troubles().await.unwrap().is_empty());
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn new_names_and_closed_conversations_change_nothing() {
    let h = monday_at("08:45").await;
    let old = h.slack.dm_id("U0ANA");
    turn(&h, Turn::Rename { user: "U0ANA".to_owned(), name: "Ana Ruiz-Vega".to_owned() }).await;
    turn(&h, Turn::ForgetDirectMessages { user: "U0ANA".to_owned() }).await;
    turn(&h, Turn::RenameChannel { channel: "C0SALES".to_owned(), name: "sales-emea".to_owned() }).await;
    h.advance_to("Mon 11:30").await;
    let fresh = h.slack.dm_id("U0ANA");
    assert_ne!(fresh, old);
    assert_eq!(h.messages("ana").iter().map(kind).collect::<Vec<_>>(), ["due", "due"]);
    assert!(h.last("ana").text.contains("Review"));
    refused(&h, &["channel_not_found"]);
    h.advance_to("Fri 16:01").await;
    // Nor can what stood in the old one be painted any more.
    refused(&h, &["channel_not_found"]);
    assert_eq!(h.kinds("C0SALES"), ["Fri 16:00 digest"]);
    assert!(h.last("C0SALES").text.contains("Ana Ruiz:"), "names are the process's: {}", h.last("C0SALES").text);
    h.kinds("ana");
    h.kinds("ben");
    h.finish().await;
}
