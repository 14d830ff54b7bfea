//! These views at ordinary size and far beyond it, held against Slack's limits.

use jiff::civil::date;

use super::super::limits::check_view;
use super::super::samples::nasty;
use super::super::text::length;
use super::*;
use crate::process::edit::{ActivityDraft, Edit};
use crate::record::OccurrenceId;
use crate::record::adherence::Figures;
use crate::slack::action::manage::{Draft, MOST_PRIVATE, Turn};

fn ids(many: usize) -> Vec<UserId> {
    (0..many).map(|index| UserId(format!("U0{index:09}"))).collect()
}

fn draft(size: usize) -> ActivityDraft {
    ActivityDraft {
        key: "k".repeat(40).as_str().into(),
        title: nasty(size),
        when: "the second-to-last workday of every February, August and November at 09:00".to_owned(),
        minutes: 2400,
        outcome: nasty(size * 2),
        category: "ride-along".to_owned(),
        per: "rep".to_owned(),
        priority: "nice".to_owned(),
        evidence: ["note", "link", "number"].map(str::to_owned).to_vec(),
        question: nasty(100),
        target: "<= 2".to_owned(),
        managers: ids(60),
    }
}

fn all(size: usize, many: usize) -> Vec<View> {
    let (name, key) = (nasty(size), crate::process::ActivityKey("k".repeat(40)));
    let person = |(index, id): (usize, UserId)| PersonRow {
        id,
        name: nasty(size),
        leader: Some(nasty(size)),
        reps: (index % 3 > 0).then_some(many),
    };
    let people_rows: Vec<PersonRow> = ids(many).into_iter().enumerate().map(person).collect();
    let activity = |index: usize| ActivityRow {
        key: format!("{index:040}").as_str().into(),
        title: nasty(size),
        when: "every Monday, Tuesday, Wednesday, Thursday and Friday at 09:00".to_owned(),
        minutes: 60,
        paused: index.is_multiple_of(2),
    };
    let activity_rows: Vec<ActivityRow> = (0..many).map(activity).collect();
    let (draft, chosen) = (draft(size), ids(many.min(100)));
    let of = LeaderOf { revision: 7, id: &UserId::from("U0ANA"), name: &name, leader: Some(&UserId::from("U0LEE")) };
    let excusable = |index: usize| Excusable {
        id: OccurrenceId(format!("2026-12-07.{index:040}.U0ANA.U0DANA")),
        words: nasty(size),
    };
    let excusable: Vec<Excusable> = (0..many.max(1)).map(excusable).collect();
    let lines = vec![nasty(size); many];
    let managers = vec![(nasty(size), Figures { expected: 9, open: 2, excused: 3, ..Figures::default() }); many];
    let lead = Lead { name: &name, activities: true, everybody: true, managers: &managers };
    let edit = Edit::RemoveManagers { people: ids(20) };
    let saved_draft = Draft { revision: 7, from: Some(date(2026, 12, 14)), edit };
    let sample = Sample { whose: nasty(size), dates: lines.clone() };
    let of_preview = Preview {
        draft: &saved_draft,
        effective: date(2026, 12, 14),
        today: false,
        changes: &lines,
        waiting: &vec![date(2027, 1, 4); many.min(50)],
        sample: Some(&sample),
        load: &lines,
        warnings: &lines,
    };
    vec![
        people(&people_rows, 0),
        people(&people_rows, 1),
        people(&people_rows, 9),
        activities(&activity_rows, 0),
        activities(&activity_rows, 1),
        add_managers(7, Some(of.id)),
        remove_managers(7),
        manager_form(&of, &chosen),
        leader_form(&of),
        activity_form(&ActivityForm { revision: 7, draft: None, paused: false }),
        activity_form(&ActivityForm { revision: 7, draft: Some(&draft), paused: true }),
        turn_form(7, &key, &name, Turn::Retire),
        digest_form(&Form::Digest { revision: 7, leader: None }, "Words.", Some("C0SALES"), "every Friday at 16:00"),
        excuse_whose(),
        excuse(of.id, &name, &excusable),
        preview(&of_preview),
        saved(Some(8), date(2026, 12, 14), true, &lines),
        notice(&meanwhile(&lines, Some(of.id))),
        lead_home(&lead),
    ]
}

#[test]
fn slack_takes_every_view_at_any_size() {
    for (size, many) in [(1, 0), (20, 1), (200, 60), (500, 250)] {
        all(size, many).iter().for_each(check_view);
    }
}

#[test]
fn what_is_filled_in_travels_along_at_ordinary_sizes() {
    let fits = |edit| Form::Preview(Draft { revision: 1_000_000, from: Some(date(2026, 12, 14)), edit }).fits();
    assert!(fits(Edit::Activity(Box::new(draft(300)))));
    assert!(!fits(Edit::Activity(Box::new(draft(3000)))));
    let reps =
        ids(100).into_iter().map(|slack| crate::process::edit::Newcomer { slack, name: String::new(), zone: None });
    let leader = crate::process::edit::Above { who: reps.clone().next().expect("a hundred"), above: None };
    assert!(fits(Edit::Manager { manager: "U0ANA".into(), leader, reps: reps.collect() }));
    assert!(length(&Form::List.private_metadata()) < MOST_PRIVATE);
}

#[test]
fn nobody_is_told_to_begin_with_the_first() {
    let lead = Lead { name: "Lee Park", activities: false, everybody: false, managers: &[] };
    let home = lead_home(&lead).to_json().to_string();
    assert!(home.contains("Add your first manager") && !home.contains("Activities…"), "{home}");
}

#[test]
fn names_in_notices_are_ours_and_words_are_harmless() {
    let said = meanwhile(&["<!channel> & <@U1>".to_owned()], Some(&"U0VAL".into()));
    assert!(said.contains("<@U0VAL>") && said.contains("&lt;!channel&gt;"), "{said}");
}
