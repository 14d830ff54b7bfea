//! A manager's Home tab and `/onbeat`: how it is going, the hours, and one's own settings.

use serde_json::{Value, json};

use crate::harness::{ANA, HEAD, Harness, LEADERS, id};

const ACTIVITIES: &str = r#"
[[activity]]
key = "huddle"
title = "Team huddle"
when = "every workday at 09:00"
minutes = 30
"#;

fn process() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA].concat()
}

#[tokio::test]
async fn the_first_day_says_what_is_to_come() {
    let h = Harness::start(&process(), "2026-12-05T12:00:00Z").await;
    let home = h.home_text("ana").await;
    assert!(
        home.contains("Nothing is due this week. Enjoy the clear run. Next up: Team huddle, Mon 7 Dec at 09:00."),
        "{home}"
    );
    assert!(home.contains("Your first whole week is still to come"), "{home}");
    assert!(home.contains("Nudges: Standard") && home.contains("Time zone: America/Chicago"), "{home}");
    h.finish().await;
}

#[tokio::test]
async fn weeks_are_told_with_their_counts_and_hours_without_days_off() {
    let holiday = "[[holiday]]\ndate = 2026-12-18\nname = \"Office closed\"\n";
    let h = Harness::start(&[&process(), holiday].concat(), "2026-12-07T12:00:00Z").await;
    for day in ["Mon", "Tue", "Wed", "Thu"] {
        h.advance_to(&format!("{day} 09:00")).await;
        h.press("ana", "Done", "huddle").await;
    }
    h.advance_to("Mon 08:45").await;
    h.kinds("ana");
    let home = h.home_text("ana").await;
    assert!(home.contains("The last 8 weeks, oldest first: ·······▆"), "{home}");
    assert!(home.contains("Too early for a trend: 4 of 5 (80%) done in all these weeks."), "{home}");
    assert!(home.contains("Hours this week: 2 h planned, of the 16 h you can give (1 day off taken out)."), "{home}");
    let said = h.command("ana", "status").await;
    assert!(said.contains("Last week: 4 of 5 (80%) done, 4 on time"), "{said}");
    assert!(said.contains("oldest first: ·······▆") && said.contains("Hours this week"), "{said}");
    h.kinds("ana");
    h.finish().await;
}

#[tokio::test]
async fn a_word_it_does_not_know_gets_help() {
    let h = Harness::start(&process(), "2026-12-05T12:00:00Z").await;
    let said = h.command("ana", "todya").await;
    assert!(said.starts_with("I don't know “todya”. Did you mean /onbeat today? Here is what I understand:"), "{said}");
    let said = h.command("ana", "lunch").await;
    assert!(said.starts_with("I don't know “lunch” yet."), "{said}");
    assert!(h.command("ana", "help").await.contains("/onbeat settings"));
    h.finish().await;
}

#[tokio::test]
async fn settings_are_ones_own_and_make_a_revision() {
    let mut h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.home_text("ana").await;
    h.slack.use_home(&id("ana"), "settings", None).await.unwrap();
    h.beat().await;
    let refused = |answer: &Value, field: &str| answer["errors"][field].as_str().unwrap_or_default().to_owned();
    let late = h.submit("ana", &[("start", "18:00")]).await;
    assert_eq!(refused(&late, "start"), "Your day ends at 17:30, so it has to begin before.");
    let odd = h.submit("ana", &[("start", "07:30"), ("zone", "Denvr")]).await;
    assert_eq!(refused(&odd, "zone"), "I don't know “Denvr”. Did you mean America/Denver?");
    h.submit("ana", &[("intensity", "light"), ("start", "07:30"), ("zone", "Denver")]).await;
    assert!(h.modal_text("ana").contains("Noted. Nudges: Light"), "{}", h.modal_text("ana"));
    let exported = h.onbeat(&["export"]).await.out;
    assert!(exported.contains("intensity = \"light\"") && exported.contains("America/Denver"), "{exported}");
    assert!(exported.contains("start = \"07:30\"") && exported.contains("revision = 2"), "{exported}");
    // What was done in Slack is no file's to undo unasked.
    let said = h.onbeat_now(&["apply", "process.toml"]).await;
    assert!(said.status != 0 && said.err.contains("light"), "{}{}", said.out, said.err);
    let home = h.home_text("ana").await;
    assert!(home.contains("Nudges: Light") && home.contains("Plan at 07:30"), "{home}");
    // Saying the same again changes nothing.
    h.slack.close_modal(&id("ana")).await.unwrap();
    h.slack.use_home(&id("ana"), "settings", None).await.unwrap();
    h.beat().await;
    h.submit("ana", &[]).await;
    assert!(h.modal_text("ana").contains("Nothing to change"), "{}", h.modal_text("ana"));
    assert_eq!(json!(h.onbeat(&["export"]).await.out.contains("revision = 2")), json!(true));
    h.restart().await;
    h.finish().await;
}
