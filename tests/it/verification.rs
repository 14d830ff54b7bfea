//! Borne out by somebody else: the rep's one tap, the manager who hears first, the leader's small sample.

use onbeat::demo::{Fault, Scope, Turn};
use serde_json::json;

use crate::harness::{ANA, HEAD, Harness, LEADERS, id, picture};

const COACHING: &str = r#"
[[activity]]
key = "one-on-one"
title = "1:1"
category = "coaching"
when = "every Monday at 09:00"
minutes = 30
per = "rep"
verify = "rep"
evidence = ["note"]
"#;

async fn start() -> Harness {
    let h = Harness::start(&[HEAD, COACHING, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 10:00").await;
    h.kinds("ana");
    h
}

/// Ana has her 1:1 with Dana and writes down what nobody else is to read.
async fn hold(h: &Harness) {
    h.press("ana", "Done", "one-on-one/dana").await;
    h.submit("ana", &[("Did", "Met"), ("Note", "between Ana and me")]).await;
}

async fn tap(h: &Harness, what: &str) {
    let ts = h.last("dana").ts;
    h.slack.press(&id("dana"), &ts, what).await.unwrap();
    h.beat().await;
}

async fn borne_out(h: &Harness) -> String {
    h.record_on("2026-12-07", "one-on-one/dana").await["verification"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_rep_is_asked_once_and_one_tap_is_enough() {
    let h = start().await;
    assert_eq!(borne_out(&h).await, "none");
    hold(&h).await;
    assert_eq!(borne_out(&h).await, "asked");
    let asked = h.read("dana");
    insta::assert_snapshot!(asked, @"
    <verification>
    # Hello Dana, I'm Onbeat
    I help Ana Ruiz keep what was agreed for the team. Ana noted that this took place, and you know it as well as anybody: one tap is all I ask. Ana sees what you say. A leader sees only counts.
    *1:1 with Ana Ruiz*
    Noted on Mon 7 Dec
    [Yes, it happened] [Not really]
    ");
    assert!(!asked.contains("between"), "a note never goes to the rep");
    let plan = picture(&h.messages("ana")[0]);
    assert!(plan.contains("Dana was asked"), "{plan}");
    assert!(h.home_text("ana").await.contains("Dana was asked"));
    let metadata = h.last("dana").metadata.unwrap();
    assert_eq!(metadata["event_type"], "onbeat_verification");
    assert!(metadata["event_payload"]["verification"].is_string());
    assert_eq!(h.record_on("2026-12-07", "one-on-one/dana").await["nudges"], 1, "asking somebody else nudges nobody");

    tap(&h, "Yes, it happened").await;
    assert_eq!(borne_out(&h).await, "confirmed");
    let told = picture(&h.last("dana"));
    assert!(told.contains("You said: yes, it happened") && !told.contains("[Yes, it happened]"), "{told}");
    assert!(picture(&h.messages("ana")[0]).contains("Dana says so too"));
    // A double tap, and a second thought.
    let value = "2026-12-07.one-on-one.U0ANA.U0DANA";
    h.press_unseen("dana", "it_happened", value, "T0LOCAL").await;
    assert_eq!(h.log("confirm").await, 1);
    h.press_unseen("dana", "not_really", value, "T0LOCAL").await;
    assert_eq!(borne_out(&h).await, "disputed");
    tap(&h, "Yes, it happened").await;
    assert_eq!(borne_out(&h).await, "confirmed");
    tap(&h, "Add a word").await;
    h.submit("dana", &[("In your words", "Good <!channel> talk")]).await;
    assert!(picture(&h.last("dana")).contains("> Good <!channel> talk"));
    h.advance_to("2026-12-14 08:00").await;
    assert_eq!(h.messages("dana").len(), 1, "who has answered is not reminded");
    assert!(!picture(&h.last("dana")).contains('['), "after two workdays there is nothing to tap");
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn a_dispute_goes_to_the_manager_first_and_stands_after_two_workdays() {
    let h = start().await;
    hold(&h).await;
    h.read("dana");
    tap(&h, "Not really").await;
    tap(&h, "Add a word").await;
    h.submit("dana", &[("In your words", "We only said hello")]).await;
    assert_eq!(borne_out(&h).await, "disputed");
    insta::assert_snapshot!(h.read("ana"), @"
    <verification>
    # Dana doesn't remember this one
    It happens: a talk cut short, or known by another name. Talk with Dana, or change what you recorded. For two workdays this stays between the two of you; after that your leader sees a count, if it still stands.
    Dana's word:
    > We only said hello
    *1:1 – Dana Wu*
    ✓ Done 10:00, on time · met · Dana doesn't remember it
    > between Ana and me
    [Change] [Undo]
    ");
    let monday = jiff::civil::date(2026, 12, 7);
    let standing = async |h: &Harness| h.engine().store().disputes(monday, monday).await.unwrap().len();
    h.advance_to("Wed 17:29").await;
    assert_eq!(standing(&h).await, 0, "two workdays are theirs");
    h.advance_to("Wed 17:31").await;
    assert_eq!(standing(&h).await, 1);
    // The leader hears a number, of their own managers alone.
    let told = h.onbeat_now(&["digest", "--week", "2026-W50", "--format", "text"]).await.out;
    let disputed = told.lines().find(|line| line.contains("Disputed")).map(str::trim);
    assert_eq!(
        disputed,
        Some("Disputed: 1 thing recorded as done in four weeks, where the rep says otherwise"),
        "{told}"
    );
    assert!(!told.contains("only said hello"));
    h.press_unseen("dana", "it_happened", "2026-12-07.one-on-one.U0ANA.U0DANA", "T0LOCAL").await;
    assert_eq!(borne_out(&h).await, "disputed");
    assert!(h.whisper("dana").is_some_and(|said| said.contains("time for that is over")));
    // Taken back, it is counted no more.
    h.press("ana", "Undo", "one-on-one/dana").await;
    assert_eq!((standing(&h).await, borne_out(&h).await.as_str()), (0, "none"));
    assert!(picture(&h.last("dana")).contains("Ana has taken it back"));
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn a_change_asks_again_in_the_same_message_and_an_undo_takes_it_back() {
    let h = start().await;
    hold(&h).await;
    h.read("dana");
    tap(&h, "Not really").await;
    h.press("ana", "Change", "one-on-one/dana").await;
    h.submit("ana", &[("Did", "Met"), ("Note", "ten minutes, on the phone")]).await;
    assert_eq!(borne_out(&h).await, "asked");
    assert!(picture(&h.last("dana")).contains("[Yes, it happened]"), "asked anew");
    h.press("ana", "Undo", "one-on-one/dana").await;
    assert_eq!(borne_out(&h).await, "none");
    assert!(picture(&h.last("dana")).contains("Never mind"));
    h.press_unseen("dana", "it_happened", "2026-12-07.one-on-one.U0ANA.U0DANA", "T0LOCAL").await;
    assert_eq!(borne_out(&h).await, "none");
    h.advance_to("+60s").await;
    hold(&h).await;
    assert_eq!(borne_out(&h).await, "asked");
    assert_eq!(h.messages("dana").len(), 1, "one message, whatever happens");
    h.advance_to("Tue 08:31").await;
    assert_eq!(h.kinds("dana"), ["Tue 08:30 verification"], "one reminder");
    h.advance_to("2026-12-14 08:00").await;
    assert_eq!(borne_out(&h).await, "asked", "nobody said a word");
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn nobody_else_answers_for_the_rep() {
    let h = start().await;
    hold(&h).await;
    h.read("dana");
    for who in ["ana", "evan", "lee", "zoe"] {
        h.press_unseen(who, "it_happened", "2026-12-07.one-on-one.U0ANA.U0DANA", "T0LOCAL").await;
        h.press_unseen(who, "looks_right", "2026-12-07.one-on-one.U0ANA.U0DANA", "T0LOCAL").await;
        assert_eq!(borne_out(&h).await, "asked", "{who}");
        assert!(h.whisper(who).is_some_and(|said| said.contains("somebody else to answer")), "{who}");
    }
    h.press_unseen("dana", "looks_right", "2026-12-07.one-on-one.U0ANA.U0DANA", "T0LOCAL").await;
    assert_eq!(borne_out(&h).await, "asked", "that is a leader's button");
    h.advance_to("Mon 17:31").await;
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn outside_the_hours_the_rep_is_left_in_peace() {
    let h = start().await;
    h.advance_to("Mon 18:00").await;
    hold(&h).await;
    assert_eq!(borne_out(&h).await, "none");
    h.advance_to("Tue 08:29").await;
    assert!(h.messages("dana").is_empty());
    h.advance_to("Tue 08:30").await;
    assert_eq!(h.kinds("dana"), ["Tue 08:30 verification"]);
    assert_eq!(borne_out(&h).await, "asked");
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn a_restart_and_an_outage_double_nothing() {
    let mut h = start().await;
    h.slack.settings(|settings| settings.recognise_client_msg_id = false);
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::ResetAfter, 1);
    hold(&h).await;
    h.restart().await;
    h.advance_to("Mon 10:10").await;
    assert_eq!(h.kinds("dana").len(), 1, "looked up, not sent again");
    tap(&h, "Not really").await;
    h.crash();
    h.open().await;
    h.advance_to("Mon 11:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 10:10 verification"], "told once");
    h.finish().await;
}

#[tokio::test]
async fn a_rep_who_is_out_of_reach_is_survived() {
    let h = start().await;
    h.slack.turn_silently(Turn::Deactivate { user: id("dana"), back: false }).unwrap();
    hold(&h).await;
    h.advance_to("Mon 11:00").await;
    assert_eq!(borne_out(&h).await, "none");
    let record = h.record_on("2026-12-07", "one-on-one/dana").await;
    assert_eq!(record["state"], json!("done"));
    assert!(h.slack.refused().iter().all(|call| call.response["error"] == "user_disabled"));
    h.slack.forget_calls();
    h.kinds("lee");
    h.finish().await;
}

const DEALS: &str = r#"
[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/Chicago"

[[activity]]
key = "deals"
title = "Deal review"
when = "every workday at 09:00"
minutes = 30
evidence = ["note", "number"]
number = { label = "Deals looked at" }
share_notes = false
verify = "leader"
"#;

#[tokio::test]
async fn a_leader_looks_at_a_few_and_the_manager_hears_kindly() {
    let h = Harness::start(&[HEAD, DEALS, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    for day in ["Mon", "Tue", "Wed", "Thu"] {
        h.advance_to(&format!("{day} 10:00")).await;
        h.press("ana", "Done", "deals").await;
        h.submit("ana", &[("Deals", "4"), ("Note", "between us"), ("Did", "Met")]).await;
    }
    h.advance_to("Fri 16:01").await;
    h.kinds("ana");
    assert_eq!(h.kinds("C0SALES").len(), 1);
    assert!(h.messages("lee").is_empty(), "nothing of last week");
    h.advance_to("2026-12-18 16:01").await;
    let sample = h.read("lee");
    assert_eq!(sample.matches("*Ana Ruiz: Deal review (").count(), 3, "{sample}");
    assert!(sample.contains("Result: met\nDeals looked at: 4\n[Looks right] [Let's talk]"), "{sample}");
    assert!(!sample.contains("between us"), "what is not shared is not shown");
    assert!(h.messages("val").is_empty(), "her own managers' alone");
    let ts = h.last("lee").ts;
    h.slack.press(&id("lee"), &ts, "Let's talk").await.unwrap();
    h.beat().await;
    h.kinds("C0SALES");
    let told = h.messages("ana").pop().map(|message| picture(&message)).unwrap();
    assert!(told.contains("Lee would like to talk about this one"), "{told}");
    h.kinds("ana");
    h.finish().await;
}
