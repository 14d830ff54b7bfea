//! The welcome: once, in working hours, with the first plan where one is due, and the if-then that it offers.

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, id, picture};

const WEEKLY: &str = r#"
[[activity]]
key = "review"
title = "Review"
when = "every Wednesday at 09:00"
minutes = 30
evidence = ["note"]

[[activity]]
key = "coaching"
title = "Coaching"
category = "coaching"
when = "every Wednesday at 11:00"
minutes = 30
evidence = ["note"]
"#;

/// Nothing for the next weeks.
const RARE: &str = r#"
[[activity]]
key = "talk"
title = "Coaching"
category = "coaching"
when = "the last Thursday of every month at 11:00"
minutes = 30
evidence = ["note"]
"#;

fn process(people: &str) -> String {
    [HEAD, WEEKLY, LEADERS, people].concat()
}

fn welcomes(h: &Harness, who: &str) -> usize {
    h.messages(who).iter().filter(|message| picture(message).contains("I'm Onbeat")).count()
}

#[tokio::test]
async fn where_no_plan_is_near_it_comes_alone_and_in_working_hours() {
    let h = Harness::start(&[HEAD, RARE, LEADERS, ANA].concat(), "2026-12-06T18:00:00Z").await;
    h.advance_to("Mon 08:29").await;
    assert!(h.kinds("ana").is_empty());
    h.advance_to("Mon 09:00").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 welcome"]);
    let words = h.last("ana").text;
    for said in
        ["one plan at 08:30", "at 16:30", "Lee reads", "Your notes on Coaching stay yours alone", "Snooze and Can't"]
    {
        assert!(words.contains(said), "{said} in {words}");
    }
    h.advance_to("Sat 12:00").await;
    assert_eq!(welcomes(&h, "ana"), 1);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn the_first_plan_carries_it_and_is_punctual() {
    let h = Harness::start(&process(ANA), "2026-12-07T18:00:00Z").await;
    h.advance_to("Thu 18:00").await;
    assert_eq!(h.kinds("ana")[..2], ["Wed 08:30 plan", "Wed 09:00 due"]);
    assert!(picture(&h.messages("ana")[0]).contains("Hello Ana, I'm Onbeat"));
    assert_eq!(welcomes(&h, "ana"), 1);
    h.finish().await;
}

#[tokio::test]
async fn who_joins_later_is_welcomed_once_and_never_again() {
    let mut h = Harness::start(&process(ANA), "2026-12-09T12:00:00Z").await;
    h.advance_to("Wed 18:00").await;
    h.advance_to("Thu 10:00").await;
    let both = process(&[ANA, BEN].concat());
    h.write("process.toml", &both);
    let now = h.now().to_string();
    assert_eq!(h.onbeat_as("U0LEE", &["apply", "process.toml", "--clock", &now]).await.status, 0);
    h.advance_to("2026-12-16 18:00").await;
    assert_eq!(welcomes(&h, "ben"), 1);
    let first = picture(&h.messages("ben")[0]);
    assert!(first.starts_with("<plan>") && first.contains("Lee Park, your leader, added you to “Field”"), "{first}");
    h.restart().await;
    h.apply(&process(ANA)).await;
    h.advance_to("2026-12-18 12:00").await;
    h.apply(&both).await;
    h.advance_to("2026-12-23 18:00").await;
    assert_eq!((welcomes(&h, "ana"), welcomes(&h, "ben")), (1, 1));
    h.kinds("ana");
    h.kinds("ben");
    h.finish().await;
}

#[tokio::test]
async fn a_welcome_whose_answer_was_lost_comes_once() {
    use onbeat::demo::{Fault, Scope};
    let h = Harness::start(&[HEAD, RARE, LEADERS, ANA].concat(), "2026-12-06T18:00:00Z").await;
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::ResetAfter, 1);
    h.advance_to("Mon 12:00").await;
    assert_eq!(welcomes(&h, "ana"), 1);
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn an_if_then_is_repeated_in_its_own_words() {
    let h = Harness::start(&process(ANA), "2026-12-06T18:00:00Z").await;
    h.advance_to("Wed 08:40").await;
    h.slack.press(&id("ana"), &h.last("ana").ts, "if_then").await.unwrap();
    h.beat().await;
    assert_eq!(h.modal("ana"), ["For", "If-then"]);
    h.submit("ana", &[("For", "Review"), ("If-then", "after my <!channel> *call* I will look at it")]).await;
    assert!(picture(&h.last("ana")).contains("> Review: after my <!channel> *call* I will look at it"), "told back");
    h.kinds("ana");
    h.advance_to("Wed 09:00").await;
    let words = "Your if-then: “after my <!channel> *call* I will look at it”";
    for message in &h.messages("ana") {
        assert!(picture(message).contains(words), "{}", picture(message));
        assert!(!message.text.contains("<!channel>"), "{}", message.text);
    }
    // Taken back by the command.
    h.slack.command(&id("ana"), "if-then").await.unwrap();
    h.beat().await;
    h.submit("ana", &[("For", "Review"), ("If-then", "")]).await;
    assert!(!picture(&h.last("ana")).contains("Your if-then"));
    h.kinds("ana");
    h.finish().await;
}
