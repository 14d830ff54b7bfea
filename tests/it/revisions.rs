//! The past is not rewritten: revisions that hold from a later or an earlier day, and people and activities that come, go
//! and move between them.

use serde_json::{Value, json};

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, picture};

const FORECAST: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30
"#;

const QUICK: &str = r#"
[[activity]]
key = "quick"
title = "Quick look"
when = "every Monday at 10:00"
minutes = 10
grace = "0 workdays"
priority = "nice"
"#;

const ONE_ON_ONE: &str = r#"
[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Monday and Wednesday at 15:00"
minutes = 30
per = "rep"
"#;

fn process(effective: Option<&str>, activities: &[&str], people: &[&str]) -> String {
    let date =
        effective.map(|date| format!("name = \"Field\"\neffective = {date}")).unwrap_or("name = \"Field\"".into());
    [&HEAD.replace("name = \"Field\"", &date), &activities.concat(), LEADERS, &people.concat()].concat()
}

/// Monday the 7th, half past nine.
async fn monday(activities: &[&str], people: &[&str]) -> Harness {
    let h = Harness::start(&process(None, activities, people), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:30").await;
    h.kinds("ana");
    h
}

/// Everything in every conversation is read, whatever it says.
fn read_all(h: &Harness) {
    for who in ["ana", "ben", "C0SALES"] {
        h.kinds(who);
    }
}

async fn due(h: &Harness, date: &str, what: &str) -> String {
    h.record_on(date, what).await["due"].as_str().unwrap()[11..16].to_owned()
}

async fn figures(h: &Harness, words: &[&str]) -> Value {
    let said = h.onbeat_now(&[&["digest", "--format", "json"], words].concat()).await;
    assert_eq!(said.status, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test]
async fn revisions_wait_in_a_queue() {
    let h = monday(&[FORECAST], &[ANA]).await;
    let first = h.apply(&process(Some("2026-12-14"), &[&FORECAST.replace("09:00", "10:00")], &[ANA])).await;
    assert!(first.out.starts_with("Revision 2 is waiting: it holds from 2026-12-14.\n"), "{}", first.out);
    assert!(first.out.contains("  - Forecast: every Monday, 09:00 → 10:00\n"), "{}", first.out);
    let then = h.apply(&process(Some("2026-12-21"), &[&FORECAST.replace("09:00", "11:00")], &[ANA])).await;
    assert!(then.out.contains("Revision 2 still holds from 2026-12-14 until then.\n"), "{}", then.out);
    let all = async || {
        let mut all = Vec::new();
        for date in ["2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"] {
            all.push(due(&h, date, "forecast").await);
        }
        all
    };
    assert_eq!(all().await, ["09:00", "10:00", "11:00", "11:00"]);
    // An earlier date overrules both, and says so; the day of today stays what it was.
    let over = h.apply(&process(Some("2026-12-14"), &[&FORECAST.replace("09:00", "12:00")], &[ANA])).await;
    for number in [2, 3] {
        assert!(over.out.contains(&format!("Revision {number}, which was to hold from")), "{}", over.out);
    }
    assert_eq!(all().await, ["09:00", "12:00", "12:00", "12:00"]);
    // Retired from then on, and brought back before it comes to that: the same ids.
    h.apply(&process(Some("2026-12-14"), &[QUICK], &[ANA])).await;
    assert_eq!(h.record_on("2026-12-14", "forecast").await["state"], "withdrawn");
    h.apply(&process(Some("2026-12-14"), &[FORECAST], &[ANA])).await;
    let back = h.record_on("2026-12-14", "forecast").await;
    assert_eq!((&back["id"], &back["state"]), (&json!("2026-12-14.forecast.U0ANA"), &json!("planned")));
    h.advance_to("2026-12-14 09:10").await;
    assert_eq!(h.kinds("ana").last().map(String::as_str), Some("Mon 09:00 due"));
    h.finish().await;
}

#[tokio::test]
async fn a_date_that_is_over_rewrites_nothing() {
    let review = FORECAST.replace("forecast", "review").replace("Forecast", "Review").replace("09:00", "11:00");
    let h = monday(&[FORECAST, &review, QUICK], &[ANA]).await;
    h.press("ana", "Done", "forecast").await;
    h.advance_to("Wed 10:00").await;
    let tuesdays = FORECAST.replace("Monday", "Tuesday");
    let said = h.apply(&process(Some("2026-12-07"), &[&tuesdays, &QUICK.replace("Monday", "Tuesday")], &[ANA])).await;
    assert!(said.out.contains("2026-12-07 is over: what was recorded or missed since stays"), "{}", said.out);
    assert_eq!(
        h.states("2026-12-07").await,
        ["2026-12-07.forecast.U0ANA done", "2026-12-07.quick.U0ANA missed", "2026-12-07.review.U0ANA withdrawn",]
    );
    assert_eq!(h.states("2026-12-08").await, [""; 0], "nothing is owed for a day that was over");
    assert_eq!(h.record_on("2026-12-15", "forecast").await["state"], "planned");
    // The next week: what the last one counted, it counts whatever is applied, for whatever day.
    h.advance_to("Tue 12:00").await;
    let (all, lee, val) = (["--week", "2026-W50"], ["--leader", "U0LEE"], ["--leader", "U0VAL"]);
    let told = async || {
        let lee = figures(&h, &[all, lee].concat()).await;
        (figures(&h, &all).await, lee, figures(&h, &[all, val].concat()).await)
    };
    let before = told().await;
    assert_eq!((&before.0["done_on_time"], &before.0["missed"]), (&json!(1), &json!(1)));
    let leaders = LEADERS.replace("leader = \"U0VAL\"", "");
    let (must, nice) = ("priority = \"must\"\n", "priority = \"nice\"\n");
    let upside_down = [FORECAST, nice, &QUICK.replace(nice, must)].concat();
    let head = HEAD.replace("name = \"Field\"", "name = \"Field\"\neffective = 2026-12-01");
    h.apply(&[head, upside_down, leaders, ANA.replace("U0LEE", "U0VAL")].concat()).await;
    assert_eq!(told().await, before);
    // Even where nobody is left of it.
    h.apply(&process(Some("2026-12-01"), &[FORECAST], &[BEN])).await;
    assert_eq!(told().await, before);
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn new_times_make_nothing_missed_from_one_moment_to_the_next() {
    let h = monday(&[FORECAST], &[ANA]).await;
    h.advance_to("Wed 10:00").await;
    h.apply(&process(Some("2026-12-07"), &[&[FORECAST, "grace = \"0 workdays\"\n"].concat()], &[ANA])).await;
    let open = h.record_on("2026-12-07", "forecast").await;
    assert_eq!((&open["state"], &open["closes"]), (&json!("open"), &json!("2026-12-11T17:30:00-06:00")));
    assert_eq!(h.record_on("2026-12-14", "forecast").await["closes"], "2026-12-14T17:30:00-06:00");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn what_is_shown_follows_and_what_is_done_does_not() {
    let h = monday(&[FORECAST, QUICK], &[ANA]).await;
    h.press("ana", "Done", "forecast").await;
    let new = [FORECAST, QUICK].concat().replace("Forecast", "Outlook").replace("Quick look", "Short look");
    h.apply(&process(None, &[&new.replace("minutes = 10", "minutes = 15")], &[ANA])).await;
    let plan = picture(&h.messages("ana")[0]);
    assert!(plan.contains("Short look") && !plan.contains("Quick look"), "{plan}");
    assert!(plan.contains("Forecast") && !plan.contains("Outlook"), "done under its old name: {plan}");
    let ids =
        |states: Vec<String>| states.into_iter().map(|s| s.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(h.states("2026-12-07").await), ["2026-12-07.forecast.U0ANA", "2026-12-07.quick.U0ANA"]);
    // Another key is another activity.
    let renamed = new.replace("\"quick\"", "\"look\"").replace("10:00", "12:00");
    let said = h.apply(&process(None, &[&renamed], &[ANA])).await;
    assert!(said.out.contains("Short look is retired") && said.out.contains("Short look is added"), "{}", said.out);
    let states = h.states("2026-12-07").await;
    assert!(states.contains(&"2026-12-07.quick.U0ANA withdrawn".to_owned()), "{states:?}");
    assert!(states.contains(&"2026-12-07.look.U0ANA planned".to_owned()), "{states:?}");
    h.finish().await;
}

#[tokio::test]
async fn a_rep_who_moves_takes_no_past_along_and_is_asked_once() {
    let h = monday(&[ONE_ON_ONE], &[ANA, BEN]).await;
    h.press("ana", "Done", "one-on-one/dana").await;
    assert_eq!(h.press_unseen("ana", "done", "2026-12-09.one-on-one.U0ANA.U0DANA", "T0LOCAL").await, 200);
    h.advance_to("Tue 10:00").await;
    let without = ANA.replace("{ slack = \"U0DANA\", name = \"Dana Wu\" }, ", "");
    let with = [BEN, "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]\n"].concat();
    let said = h.apply(&process(None, &[ONE_ON_ONE], &[&without, &with])).await;
    assert!(said.out.contains("Dana Wu moved from Ana Ruiz to Ben Adler"), "{}", said.out);
    assert_eq!(
        h.states("2026-12-07").await,
        ["2026-12-07.one-on-one.U0ANA.U0DANA done", "2026-12-07.one-on-one.U0ANA.U0EVAN open"]
    );
    // Ana had Wednesday's already.
    assert_eq!(
        h.states("2026-12-09").await,
        ["2026-12-09.one-on-one.U0ANA.U0DANA done", "2026-12-09.one-on-one.U0ANA.U0EVAN planned"]
    );
    let next = h.states("2026-12-14").await;
    assert!(next.contains(&"2026-12-14.one-on-one.U0ANA.U0DANA withdrawn".to_owned()), "{next:?}");
    assert!(next.contains(&"2026-12-14.one-on-one.U0BEN.U0DANA planned".to_owned()), "{next:?}");
    let week = figures(&h, &["--week", "2026-W50"]).await;
    assert_eq!((&week["managers"][0]["manager"], &week["managers"][0]["done_on_time"]), (&json!("U0ANA"), &json!(2)));
    assert_eq!(week["managers"][1], Value::Null, "Ben begins next week");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn an_occurrence_counts_for_the_leader_of_its_due_date() {
    let h = monday(&[FORECAST], &[ANA]).await;
    // Next Monday's is done before anybody knows of a new leader.
    h.press_unseen("ana", "done", "2026-12-14.forecast.U0ANA", "T0LOCAL").await;
    h.apply(&process(Some("2026-12-14"), &[FORECAST], &[&ANA.replace("U0LEE", "U0VAL")])).await;
    for (leader, week, managers) in
        [("U0LEE", "2026-W50", 1), ("U0LEE", "2026-W51", 0), ("U0VAL", "2026-W50", 1), ("U0VAL", "2026-W51", 1)]
    {
        let told = figures(&h, &["--week", week, "--leader", leader]).await;
        assert_eq!(told["managers"].as_array().unwrap().len(), managers, "{leader} {week}: {told}");
    }
    h.finish().await;
}

#[tokio::test]
async fn who_leaves_later_stays_until_then_and_may_come_back() {
    let h = monday(&[FORECAST, QUICK], &[ANA, BEN]).await;
    h.apply(&process(Some("2026-12-09"), &[FORECAST, QUICK], &[BEN])).await;
    h.advance_to("Tue 18:00").await;
    assert_eq!(h.record_on("2026-12-07", "forecast").await["state"], "open");
    assert!(h.offers("ana", "Done", "2026-12-07.forecast.U0ANA"));
    h.slack.command("U0ANA", "today").await.unwrap();
    assert!(h.whisper("ana").is_some_and(|said| said.contains("Forecast")), "she is no stranger yet");
    h.advance_to("Wed 00:10").await;
    let hers = |states: Vec<String>| states.into_iter().filter(|state| state.contains("U0ANA")).collect::<Vec<_>>();
    assert_eq!(
        hers(h.states("2026-12-07").await),
        ["2026-12-07.forecast.U0ANA withdrawn", "2026-12-07.quick.U0ANA missed"],
        "on the day, without another apply"
    );
    assert!(!h.offers("ana", "Done", "2026-12-07.forecast.U0ANA"));
    read_all(&h);
    h.advance_to("Thu 12:00").await;
    h.apply(&process(Some("2026-12-14"), &[FORECAST, QUICK], &[ANA, BEN])).await;
    assert_eq!(hers(h.states("2026-12-07").await)[0], "2026-12-07.forecast.U0ANA withdrawn", "that is over");
    h.advance_to("2026-12-14 09:10").await;
    assert_eq!(h.kinds("ana"), ["Mon 08:30 plan", "Mon 09:00 due"]);
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn who_leaves_takes_nobody_elses_slot_along() {
    let spread = ONE_ON_ONE.replace("Monday and Wednesday", "Tue, Wed, Thu") + "spread = true\n";
    let team = |reps: &[(&str, &str, u8)]| {
        let reps =
            reps.iter().map(|(id, name, slot)| format!("{{ slack = \"{id}\", name = \"{name}\", slot = {slot} }}"));
        let list = format!("reps = [{}]\n", reps.collect::<Vec<_>>().join(", "));
        format!("{}{list}", &ANA[..ANA.find("reps").unwrap()])
    };
    let (dana, evan, fay) = (("U0DANA", "Dana Wu", 0), ("U0EVAN", "Evan Cole", 1), ("U0FAY", "Fay Osei", 2));
    let h = monday(&[&spread], &[&team(&[dana, evan, fay])]).await;
    h.apply(&process(None, &[&spread], &[&team(&[dana, fay])])).await;
    assert_eq!(h.states("2026-12-08").await, ["2026-12-08.one-on-one.U0ANA.U0DANA planned"]);
    assert_eq!(h.states("2026-12-09").await, ["2026-12-09.one-on-one.U0ANA.U0EVAN withdrawn"]);
    assert_eq!(h.states("2026-12-10").await, ["2026-12-10.one-on-one.U0ANA.U0FAY planned"]);
    h.finish().await;
}

#[tokio::test]
async fn rights_go_by_the_revision_in_force() {
    let cleo = "[[leader]]\nslack = \"U0CLEO\"\nname = \"Cleo Martin\"\n";
    let h = monday(&[FORECAST], &[ANA]).await;
    h.apply(&process(Some("2026-12-14"), &[FORECAST], &[cleo, &ANA.replace("U0LEE", "U0CLEO")])).await;
    const THIS: &str = "2026-12-07.forecast.U0ANA";
    h.press_unseen("cleo", "done", THIS, "T0LOCAL").await;
    assert_eq!(h.record_on("2026-12-07", "forecast").await["state"], "open", "she leads from next week on");
    h.press_unseen("lee", "done", THIS, "T0LOCAL").await;
    assert_eq!(h.record_on("2026-12-07", "forecast").await["completed_by"], "U0LEE");
    h.advance_to("2026-12-14 09:10").await;
    const NEXT: &str = "2026-12-14.forecast.U0ANA";
    h.press_unseen("lee", "done", NEXT, "T0LOCAL").await;
    assert_eq!(h.record_on("2026-12-14", "forecast").await["state"], "open", "he led until last week");
    h.press_unseen("cleo", "done", NEXT, "T0LOCAL").await;
    assert_eq!(h.record_on("2026-12-14", "forecast").await["completed_by"], "U0CLEO");
    read_all(&h);
    h.finish().await;
}

#[tokio::test]
async fn apply_counts_against_what_is_called_for_not_what_is_stored() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    let first = h.apply(&process(None, &[FORECAST], &[ANA])).await;
    assert!(first.out.contains("6 more to do, 0 at another time, 0 no longer called for."), "{}", first.out);
    // No bot has run, and that date is further off than one plans.
    for date in [None, Some("2027-03-01")] {
        h.write("next.toml", &process(date, &[QUICK, &FORECAST.replace("09:00", "10:00")], &[ANA]));
        let next = h.onbeat_now(&["apply", "--dry-run", "next.toml"]).await;
        assert!(next.out.contains("6 more to do, 6 at another time, 0 no longer called for."), "{}", next.out);
    }
    h.finish().await;
}
