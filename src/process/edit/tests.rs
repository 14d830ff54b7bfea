//! What an edit makes of a process, and what it refuses.

use proptest::prelude::*;

use super::*;
use crate::process::file::write;
use crate::process::recurrence::tests::day;

const PROCESS: &str = r#"
[process]
name = "Field"

[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Monday and Wednesday at 15:00"
minutes = 30
per = "rep"
spread = true
grace = "2 workdays"
managers = ["UANA", "UBEN"]

[[leader]]
slack = "UVAL"
name = "Val Porter"

[[leader]]
slack = "ULEE"
name = "Lee Park"
leader = "UVAL"

[[manager]]
slack = "UANA"
name = "Ana Ruiz"
time_zone = "America/Chicago"
leader = "ULEE"
reps = [{ slack = "UDANA", name = "Dana Wu" }, { slack = "UEVAN", name = "Evan Cole" }, { slack = "UFAY", name = "Fay Osei" }]

[[manager]]
slack = "UBEN"
name = "Ben Adler"
time_zone = "America/Chicago"
leader = "ULEE"

[[holiday]]
date = 2026-12-24
managers = ["UBEN"]
"#;

fn process() -> Process {
    let source = SourceFile { name: "p".to_owned(), text: PROCESS.to_owned() };
    file::read(&[source], day("2026-12-07"), &NothingAround).expect("a good process").0
}

fn who(id: &str) -> Newcomer {
    Newcomer { slack: id.into(), name: format!("{id} by name"), zone: Some("Asia/Kolkata".to_owned()) }
}

fn lee() -> Above {
    Above { who: who("ULEE"), above: None }
}

fn make(edit: &Edit) -> Result<Process, Objection> {
    edit.make(&process(), day("2026-12-07")).map(|edited| edited.process)
}

fn refused(edit: &Edit) -> (About, String) {
    let objection = make(edit).expect_err("it is refused");
    (objection.about, objection.words)
}

fn settle(reps: &[&str]) -> Edit {
    Edit::Manager { manager: "UANA".into(), leader: lee(), reps: reps.iter().map(|id| who(id)).collect() }
}

fn slots(process: &Process, manager: &str) -> Vec<(String, u32)> {
    let manager = process.manager(&manager.into()).expect("a manager");
    manager.reps.iter().map(|rep| (rep.slack.to_string(), rep.slot)).collect()
}

#[test]
fn who_leaves_takes_nobody_elses_slot_along_and_who_comes_takes_the_free_one() {
    let without_dana = make(&settle(&["UEVAN", "UFAY"])).expect("it fits");
    assert_eq!(slots(&without_dana, "UANA"), [("UEVAN".to_owned(), 1), ("UFAY".to_owned(), 2)]);
    let edit = settle(&["UEVAN", "UFAY", "UNEW"]);
    let with_new = edit.make(&without_dana, day("2026-12-07")).expect("it fits").process;
    assert_eq!(slots(&with_new, "UANA").last(), Some(&("UNEW".to_owned(), 0)));
    let name = with_new.managers[0].rep(&"UNEW".into()).map(|rep| rep.name.as_str());
    assert_eq!(name, Some("UNEW by name"));
}

#[test]
fn a_rep_moves_with_their_name() {
    let edit = Edit::Manager { manager: "UBEN".into(), leader: lee(), reps: vec![who("UEVAN")] };
    let moved = make(&edit).expect("it fits");
    assert_eq!(slots(&moved, "UANA"), [("UDANA".to_owned(), 0), ("UFAY".to_owned(), 2)]);
    assert_eq!(moved.managers[1].reps[0].name, "Evan Cole");
}

#[test]
fn who_leaves_is_forgotten_by_every_list() {
    let left = make(&Edit::RemoveManagers { people: vec!["UBEN".into()] }).expect("it fits");
    assert_eq!(left.activities[0].managers, Some(vec!["UANA".into()]));
    assert_eq!(left.days_off().iter().count(), 0);
    assert_eq!(refused(&Edit::RemoveManagers { people: vec!["UNOBODY".into()] }).0, About::Gone);
}

#[test]
fn a_new_leader_stands_below_whoever_named_them() {
    let above = Above { who: who("UCLEO"), above: Some("UVAL".into()) };
    let joined = make(&Edit::AddManagers { people: vec![who("UDEV")], leader: above }).expect("it fits");
    assert_eq!(joined.leader_above(&"UCLEO".into()), Some(&"UVAL".into()));
    let dev = joined.manager(&"UDEV".into()).expect("he joined");
    assert_eq!((dev.name.as_str(), dev.zone().iana_name()), ("UDEV by name", Some("Asia/Kolkata")));
}

#[test]
fn the_readers_rules_are_told_with_names() {
    let join = |id| Edit::AddManagers { people: vec![who(id)], leader: lee() };
    let (about, words) = refused(&join("UDANA"));
    let first = "Dana Wu is a rep of Ana Ruiz's. Take them off Ana Ruiz's reps first, under People.";
    assert_eq!((about, words.as_str()), (About::People, first));
    let (_, words) = refused(&Edit::Leader { leader: "UVAL".into(), above: Some("ULEE".into()) });
    assert!(words.contains("Lee Park → Val Porter") || words.contains("Val Porter → Lee Park"), "{words}");
    let (_, words) = refused(&settle(&["ULEE"]));
    assert_eq!(words, "Lee Park is a leader. A rep is neither leader nor manager: leave them out here.");
    let (about, words) = refused(&settle(&["UBEN"]));
    assert!(
        about == About::Reps
            && words.ends_with("is a manager. Remove them as a manager first, or leave them out here."),
        "{words}"
    );
    let when = |when: &str| {
        let draft = ActivityDraft { when: when.to_owned(), ..ActivityDraft::of(&process().activities[0]) };
        refused(&Edit::Activity(Box::new(draft)))
    };
    for (phrase, word) in [("every Mnoday at 09:00", "Mnoday"), ("the 30th day of every February at 09:00", "never")] {
        let (about, words) = when(phrase);
        assert!(about == About::When && words.contains(word) && !words.contains('`'), "{words}");
    }
}

#[test]
fn a_draft_that_says_nothing_new_changes_nothing() {
    let draft = ActivityDraft::of(&process().activities[0]);
    assert_eq!(write(&make(&Edit::Activity(Box::new(draft))).expect("it fits")), write(&process()));
}

#[test]
fn defaults_go_on_following_and_what_was_said_stays() {
    let when = "every Tuesday and Thursday at 10:00".to_owned();
    let draft = ActivityDraft { when, category: "coaching".to_owned(), ..ActivityDraft::of(&process().activities[0]) };
    let made = make(&Edit::Activity(Box::new(draft))).expect("it fits");
    let activity = &made.activities[0];
    assert!(!activity.share_notes && activity.spread, "notes follow the category, spread stays");
    assert_eq!(activity.grace, crate::process::Grace::Workdays(2));
}

#[test]
fn a_pause_keeps_the_line() {
    let pause = Edit::Hold { activity: "one-on-one".into(), managers: Some(Vec::new()) };
    let paused = make(&pause).expect("it fits");
    assert_eq!(paused.activities[0].managers, Some(Vec::new()));
    // An edit meanwhile does not resume it.
    let draft = ActivityDraft { minutes: 45, ..ActivityDraft::of(&paused.activities[0]) };
    let edited = Edit::Activity(Box::new(draft)).make(&paused, day("2026-12-07")).expect("it fits").process;
    assert_eq!((edited.activities[0].minutes, edited.activities[0].managers.as_deref()), (45, Some(&[][..])));
}

#[test]
fn keys_are_made_of_titles_and_never_used_again() {
    let none = |_: &ActivityKey| false;
    assert_eq!(key_for("Deal scan: Q4 & more", none).as_str(), "deal-scan-q4-more");
    assert_eq!(key_for("会议", none).as_str(), "activity");
    assert_eq!(key_for("Scan", |key| key.as_str() == "scan").as_str(), "scan-2");
    assert!(key_for(&"very long title ".repeat(9), |key| key.as_str().len() == 36).as_str().len() <= 40);
}

proptest! {
    /// Whatever is done to people, the file reader still takes what comes of it, and doing it twice is doing it once.
    #[test]
    fn what_is_made_reads_back(moves in prop::collection::vec((0usize..4, 0usize..3, prop::sample::subsequence(vec!["UDANA", "UEVAN", "UFAY", "UNEW", "ULEE"], 0..5)), 1..6)) {
        let mut now = process();
        for (kind, whose, people) in moves {
            let manager = UserId::from(["UANA", "UBEN", "UNEW2"][whose]);
            let edit = match kind {
                0 => Edit::AddManagers { people: vec![who("UNEW2")], leader: lee() },
                1 => Edit::RemoveManagers { people: vec![manager] },
                _ => Edit::Manager { manager, leader: lee(), reps: people.iter().map(|id| who(id)).collect() },
            };
            if let Ok(edited) = edit.make(&now, day("2026-12-07")) {
                if kind != 1 {
                    let again = edit.make(&edited.process, day("2026-12-07")).expect("what fits once fits twice");
                    prop_assert_eq!(write(&again.process), write(&edited.process));
                }
                now = edited.process;
            }
        }
    }
}
