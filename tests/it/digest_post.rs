//! The digest as a message: its chart and what stands in its place, its thread, and its buttons.

use onbeat::demo::{Fault, Scope};
use serde_json::{Value, json};

use crate::digest::{ACTIVITIES, LEADERS, friday_at, friday_of};
use crate::harness::{ANA, BEN, HEAD, Harness, picture};

/// The Friday on which there is a chart: two weeks are over, with enough decided in each.
async fn third_friday() -> Harness {
    let activities = ACTIVITIES.replace("priority = \"nice\"", "priority = \"must\"");
    let h = friday_of(&[HEAD, &activities, LEADERS, ANA, BEN].concat(), "15:30").await;
    for _ in 0..2 {
        h.advance_to("Mon 12:00").await;
        h.advance_to("Fri 14:00").await;
    }
    for who in ["C0SALES", "C0TOP", "ana", "ben", "dev"] {
        h.kinds(who);
    }
    h
}

fn kinds_of_blocks(message: &onbeat::demo::workspace::model::Message) -> Vec<String> {
    message.blocks.iter().map(|block| block["type"].as_str().unwrap().to_owned()).collect()
}

async fn read_all(h: &Harness) {
    for who in ["C0SALES", "C0TOP", "ana", "ben", "dev"] {
        h.kinds(who);
    }
}

#[tokio::test]
async fn its_chart_is_slacks_own_and_said_in_words() {
    let h = third_friday().await;
    h.advance_to("Fri 15:30").await;
    let top = h.last("C0TOP");
    assert!(kinds_of_blocks(&top).contains(&"data_visualization".to_owned()), "{top:?}");
    assert!(top.text.contains("week by week, the weeks of 7 Dec to 14 Dec. Team: "), "{}", top.text);
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn where_slack_refuses_the_chart_it_is_a_picture_and_posted_once() {
    let mut h = third_friday().await;
    h.slack.settings(|settings| {
        settings.refused_blocks = vec!["data_visualization".to_owned()];
        settings.file_looks = 2;
    });
    h.advance_to("Fri 15:00").await;
    // Slack still looks at the picture: a restart goes on from there and uploads nothing twice.
    h.restart().await;
    h.advance_to("Fri 15:30").await;
    for channel in ["C0SALES", "C0TOP"] {
        assert_eq!(h.kinds(channel).len(), 1, "{channel}");
        let blocks = h.last(channel).blocks;
        let image = blocks.iter().find(|block| block["type"] == "image").expect("a picture");
        assert!(image["alt_text"].as_str().unwrap().contains("Team: "), "{image}");
    }
    let uploads = h.slack.calls().iter().filter(|call| call.method == "files.getUploadURLExternal").count();
    assert_eq!(uploads, 2 + 2 + 4, "a picture and a CSV each, after two CSVs each Friday before");
    let refused = h.slack.refused();
    assert!(refused.iter().all(|call| call.response["error"] == "invalid_blocks"), "{refused:#?}");
    assert_eq!(refused.len(), 2, "each is refused once and for all");
    h.slack.forget_calls();
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn where_no_picture_can_be_shown_words_are_enough() {
    let h = third_friday().await;
    h.slack.settings(|settings| {
        settings.refused_blocks = vec!["data_visualization".to_owned(), "image".to_owned(), "table".to_owned()];
    });
    h.advance_to("Fri 15:30").await;
    assert_eq!(h.kinds("C0SALES").len(), 1);
    let last = h.last("C0SALES");
    assert!(!kinds_of_blocks(&last).iter().any(|kind| kind == "image" || kind == "data_visualization"));
    assert!(picture(&last).contains("Team: ") && picture(&last).contains("[Details] [Excuse…] [Ask…]"), "{last:?}");
    // The table gives way too.
    let thread = h.thread("C0SALES");
    let table = thread.iter().find(|piece| piece.text.contains("Ana Ruiz: must-do ")).expect("the table in words");
    assert!(table.blocks.is_empty(), "{table:?}");
    h.slack.forget_calls();
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn its_thread_has_the_managers_who_is_away_and_the_figures() {
    let mut h = friday_at("12:00").await;
    h.command("ben", "away 2026-12-17").await;
    h.advance_to("Fri 15:30").await;
    for _ in 0..2 {
        h.restart().await;
        h.advance_to("+120s").await;
    }
    let thread = h.thread("C0SALES");
    assert_eq!(thread.len(), 3, "{thread:#?}");
    assert_eq!(kinds_of_blocks(&thread[0]), ["context", "table"]);
    let names: Vec<&str> =
        thread[0].blocks[1]["rows"].as_array().unwrap().iter().map(|row| row[0]["text"].as_str().unwrap()).collect();
    assert_eq!(names, ["Manager", "Ana Ruiz", "Ben Adler"]);
    assert!(thread[1].text.starts_with("Away, by their own word\n• Ben Adler"), "{}", thread[1].text);
    assert!(thread[2].text.contains("onbeat-2026-W50.csv"), "{}", thread[2].text);
    assert_eq!(h.thread("C0TOP").len(), 3);
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn whoever_joins_a_digest_later_makes_no_second_one_of_it() {
    let h = friday_at("15:30").await;
    read_all(&h).await;
    let joined = LEADERS.replace("digest = { channel = \"C0TOP\" }", "");
    h.apply(&[HEAD, ACTIVITIES, &joined, ANA, BEN].concat()).await;
    let said = h.onbeat_now(&["digest", "--post"]).await;
    assert!(said.out.contains("stands in C0SALES already"), "{} {}", said.out, said.err);
    assert_eq!(h.messages("C0SALES").len(), 1);
    read_all(&h).await;
    h.finish().await;
}

/// Presses a button of the newest digest in a channel.
async fn press(h: &Harness, who: &str, channel: &str, what: &str) {
    let ts = h.last(channel).ts;
    h.slack.press(&crate::harness::id(who), &ts, what).await.unwrap();
    h.beat().await;
}

#[tokio::test]
async fn a_leader_looks_closer() {
    let h = friday_at("15:30").await;
    press(&h, "lee", "C0SALES", "Details").await;
    let all = h.modal_text("lee");
    assert!(all.contains("Ana Ruiz: 2 of ") && all.contains("Ben Adler: ") && !all.contains("Dev Patel"), "{all}");
    h.press_modal("lee", "By activity").await;
    assert!(h.modal_text("lee").contains("Forecast: 1 of 2 · 1 ticked"), "{}", h.modal_text("lee"));
    // Whoever leads them not, and whoever is no leader, is told so and sees nothing.
    press(&h, "ana", "C0SALES", "Details").await;
    assert!(h.whisper("ana").unwrap().contains("leaders of these managers"), "{:?}", h.whisper("ana"));
    press(&h, "zoe", "C0TOP", "Ask…").await;
    assert!(h.whisper("zoe").unwrap().contains("leaders of these managers"));
    assert_eq!(h.modal("ana"), [""; 0]);
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn what_is_done_in_bursts_is_seen() {
    let h = friday_at("14:00").await;
    h.home_text("ana").await;
    for day in ["09", "10"] {
        h.press("ana", "Done after all", &format!("2026-12-{day}.scan.U0ANA")).await;
    }
    h.press("ana", "Done", "2026-12-11.scan.U0ANA").await;
    h.advance_to("2026-12-18 14:00").await;
    h.home_text("ana").await;
    for day in ["14", "15", "16", "17"] {
        h.press("ana", "Done after all", &format!("2026-12-{day}.scan.U0ANA")).await;
    }
    h.advance_to("Fri 15:30").await;
    press(&h, "lee", "C0SALES", "Details").await;
    h.slack.use_modal("U0LEE", "One manager…", Some("Ana Ruiz")).await.unwrap();
    h.beat().await;
    let hers = h.modal_text("lee");
    assert!(hers.contains("Over the quarter, Scan: done in bursts") && !hers.contains("quarter, Forecast"), "{hers}");
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn a_leader_excuses_at_a_digest_even_at_an_old_one() {
    let h = friday_at("15:30").await;
    let old = h.last("C0SALES").ts;
    h.advance_to("Mon 12:00").await;
    h.advance_to("Fri 15:30").await;
    h.slack.press(&crate::harness::id("lee"), &old, "Excuse…").await.unwrap();
    h.beat().await;
    h.submit("lee", &[("Which manager?", "Ana Ruiz")]).await;
    let whats = h.modal("lee");
    assert_eq!(whats, ["What is excused?", "Why?"]);
    h.submit("lee", &[("What is excused?", "Tue 8 Dec, missed: 1:1 – Evan Cole"), ("Why?", "Fire drill")]).await;
    let records = h.records("2026-12-08", "2026-12-08").await;
    let evans = records.iter().find(|record| record["rep"] == "U0EVAN").unwrap();
    assert_eq!((&evans["state"], &evans["reason"]), (&json!("excused"), &json!("Fire drill")));
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn a_leaders_question_reaches_the_manager_with_its_buttons() {
    let h = friday_at("15:30").await;
    read_all(&h).await;
    press(&h, "lee", "C0SALES", "Ask…").await;
    h.submit("lee", &[("Which manager?", "Ana Ruiz")]).await;
    let words = "What *held* it up? <!channel>";
    let answer =
        h.submit("lee", &[("About what?", "Tue 8 Dec, open: 1:1 – Evan Cole"), ("Your question", words)]).await;
    assert!(answer.to_string().contains("On its way to Ana"), "{answer}");
    assert_eq!(h.kinds("ana"), ["Fri 15:30 question"]);
    let asked = h.last("ana");
    assert!(
        asked.text.contains("Lee Park asks about 1:1 – Evan Cole: “What *held* it up? &lt;!channel&gt;”"),
        "{}",
        asked.text
    );
    let nudges = |records: Vec<Value>| records.iter().find(|r| r["rep"] == "U0EVAN").unwrap()["nudges"].clone();
    let before = nudges(h.records("2026-12-08", "2026-12-08").await);
    h.press("ana", "Done", "one-on-one/evan").await;
    assert!(picture(&h.last("ana")).contains("✓ Done"), "it shows what was recorded: {}", picture(&h.last("ana")));
    assert_eq!(nudges(h.records("2026-12-08", "2026-12-08").await), before, "a question is no nudge");
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn a_question_waits_for_the_managers_hours() {
    let mut h = friday_at("19:00").await;
    h.heartbeat = jiff::SignedDuration::from_mins(10);
    read_all(&h).await;
    press(&h, "lee", "C0SALES", "Ask…").await;
    h.submit("lee", &[("Which manager?", "Ana Ruiz")]).await;
    let fields = [("About what?", "Tue 8 Dec, missed: 1:1 – Evan Cole"), ("Your question", "What happened?")];
    let answer = h.submit("lee", &fields).await;
    assert!(answer.to_string().contains("off the clock"), "{answer}");
    assert_eq!(h.kinds("ana"), [""; 0]);
    h.advance_to("Mon 08:40").await;
    let got = h.kinds("ana");
    assert!(got.iter().any(|kind| kind.ends_with(" question")), "{got:?}");
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn a_time_that_is_changed_afterwards_posts_the_week_no_second_time() {
    let h = friday_at("15:30").await;
    read_all(&h).await;
    let later = LEADERS.replace("16:00", "18:00").replace("America/New_York", "America/Denver");
    h.apply(&[HEAD, ACTIVITIES, &later, ANA, BEN].concat()).await;
    let said = h.onbeat_now(&["digest", "--post"]).await;
    assert!(said.out.contains("stands in C0SALES already"), "{} {}", said.out, said.err);
    h.advance_to("Sat 12:00").await;
    assert_eq!((h.messages("C0SALES").len(), h.messages("C0TOP").len()), (1, 1));
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn posting_by_hand_goes_plainer_too() {
    let h = third_friday().await;
    h.slack.settings(|settings| {
        settings.refused_blocks = vec!["data_visualization".to_owned(), "table".to_owned()];
    });
    let said = h.onbeat_now(&["digest", "--post"]).await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("Posted the digest of 2026-W52 to C0SALES"), "{}", said.out);
    assert!(kinds_of_blocks(&h.last("C0SALES")).contains(&"image".to_owned()));
    assert!(h.thread("C0SALES").iter().any(|piece| piece.blocks.is_empty() && piece.text.contains("Ana Ruiz")));
    h.slack.forget_calls();
    read_all(&h).await;
    h.finish().await;
}

#[tokio::test]
async fn whoever_is_forgotten_goes_from_a_picture_and_from_refused_blocks() {
    let h = third_friday().await;
    h.advance_to("Fri 15:30").await;
    // What stands there is refused by now, but for the pictures.
    h.slack.settings(|settings| {
        settings.refused_blocks = vec!["data_visualization".to_owned(), "table".to_owned()];
    });
    assert!(kinds_of_blocks(&h.last("C0SALES")).contains(&"data_visualization".to_owned()));
    h.advance_to("Fri 15:00").await;
    assert!(kinds_of_blocks(&h.last("C0SALES")).contains(&"image".to_owned()));
    h.slack.forget_calls();
    assert_eq!(h.onbeat(&["forget", "U0BEN"]).await.status, 0);
    h.advance_to("Fri 15:05").await;
    assert!(kinds_of_blocks(&h.last("C0SALES")).contains(&"image".to_owned()), "it is a picture still");
    let shown = h.slack.messages("C0SALES");
    let shown = shown.iter().filter(|message| format!("{message:?}").contains("Ben Adler"));
    assert_eq!(shown.map(|message| &message.text).collect::<Vec<_>>(), [""; 0]);
    h.slack.forget_calls();
    read_all(&h).await;
    h.finish().await;
}

/// What only the bot can settle is not told as posted.
#[tokio::test]
async fn posting_by_hand_says_what_is_left_to_the_bot() {
    let h = third_friday().await;
    let before = h.messages("C0SALES").len();
    h.slack.mischief(Scope::method("chat.postMessage"), Fault::ResetAfter, 1);
    let said = h.onbeat_now(&["digest", "--post", "--leader", "U0LEE"]).await;
    assert_eq!(said.status, 1, "{} {}", said.out, said.err);
    assert!(said.err.contains("`onbeat serve` looks it up there"), "{}", said.err);
    let said = h.onbeat_now(&["digest", "--post", "--leader", "U0LEE"]).await;
    assert_eq!((said.status, said.out.as_str()), (1, ""), "{}", said.err);
    h.advance_to("Fri 14:10").await;
    assert_eq!(h.messages("C0SALES").len(), before + 1, "looked up and found");
    let said = h.onbeat_now(&["digest", "--post", "--leader", "U0LEE"]).await;
    assert!(said.out.contains("stands in C0SALES already"), "{} {}", said.out, said.err);
    read_all(&h).await;
    h.finish().await;
}
