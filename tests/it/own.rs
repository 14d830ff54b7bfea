//! Managers first: their own figures in a plan a workday before the leader reads them, and the recap after.

use crate::harness::{ANA, HEAD, Harness, LEADERS, picture};

const DAILY: &str = r#"
[digest]
channel = "C0SALES"
when = "every Friday at 16:00"
time_zone = "America/New_York"

[[holiday]]
date = 2026-12-17

[[activity]]
key = "scan"
title = "Exception scan"
when = "every workday at 09:00"
minutes = 30
"#;

/// The part of the newest plan that is about the manager's own weeks.
fn own(h: &Harness) -> String {
    let plan = h.messages("ana").iter().rev().map(picture).find(|shown| shown.starts_with("<plan>")).unwrap();
    let from = plan.find("*Yours first").or(plan.find("*Your last week"));
    from.map_or_else(String::new, |from| plan[from..].split("\n*Exception").next().unwrap().to_owned())
}

#[tokio::test]
async fn managers_see_their_own_week_before_the_leader_does_and_a_recap_after() {
    let h = Harness::start(&[HEAD, DAILY, LEADERS, ANA].concat(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:31").await;
    assert_eq!(own(&h), "", "there is no week to look back on");
    for day in ["Mon", "Wed"] {
        h.advance_to(&format!("{day} 10:00")).await;
        assert_eq!(own(&h), "", "{day}");
        h.press("ana", "Done", "scan").await;
    }
    h.advance_to("Thu 08:31").await;
    insta::assert_snapshot!(own(&h), @"
    *Yours first, before Lee reads it on Fri at 15:00*
    This week so far: 2 of 3, must-do 2 of 3
    Closed, and still counted when done late; my Home tab has the buttons:
    • Exception scan (Tue 8 Dec)
    Left out on purpose? Can't tells why, and that is fine too.
    ");
    let text = h.messages("ana").pop().unwrap().text;
    assert!(text.contains("Lee reads it on Fri at 15:00"), "{text}");
    // What is mended shows at once.
    h.press("ana", "Done after all", "2026-12-08.scan.U0ANA").await;
    let plans: Vec<String> =
        h.messages("ana").iter().map(picture).filter(|shown| shown.contains("Yours first")).collect();
    assert_eq!(plans.len(), 1, "in one message, and none of its own");
    h.advance_to("Fri 18:00").await;
    assert_eq!(h.kinds("C0SALES").len(), 1);
    h.advance_to("2026-12-14 08:31").await;
    insta::assert_snapshot!(own(&h), @"
    *Your last week*
    3 of 5 (60%) done, 1 h 30 min given
    ");
    // Thursday is a holiday, so Wednesday is the workday before.
    h.advance_to("2026-12-16 08:31").await;
    assert!(own(&h).contains("Lee reads it on Fri at 15:00"), "{}", own(&h));
    h.kinds("ana");
    h.finish().await;
}
