//! Every view at ordinary size, as it goes to Slack.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::samples::*;
use super::*;
use crate::process::{Activity, Comparison, Per, Target, UserId};
use crate::record::adherence::Figures;
use crate::record::agenda::Kind;
use crate::record::outcome::Field;
use crate::record::review::{Answer, Topic};
use crate::record::{Entry, Refusal, State};
use crate::slack::action::Purpose;

fn shown(content: &MessageContent) -> Value {
    json!({ "text": content.text, "blocks": content.blocks_json() })
}

fn nudged(kind: Kind, entries: &[Entry], now: jiff::Timestamp) -> Value {
    let calendar = calendar();
    let (id, manager_name, part) = ("n1", "Ana Ruiz", (1, 1));
    let (ahead, is_first_day_back) = (None, false);
    let (calendar, beside, own) = (&calendar, &Beside::default(), &OwnWeeks::default());
    let picture =
        NudgePicture { id, kind, now, manager_name, calendar, entries, part, beside, ahead, is_first_day_back, own };
    shown(&nudge(&picture))
}

#[test]
fn plan() {
    assert_json_snapshot!(nudged(Kind::Plan, &one_of_each(), at(0, 9, 0)));
}

#[test]
fn due() {
    let entries =
        ["Dana Wu", "Max Ode"].map(|rep| entry(Activity { per: Per::Rep, ..activity("one-to-one", "1:1") }, Some(rep)));
    assert_json_snapshot!(nudged(Kind::Due, &entries, at(0, 9, 0)));
}

#[test]
fn headlines() {
    let entries = [entry(activity("pipeline", "Pipeline review"), None)];
    let texts: Vec<Value> = Kind::ALL.map(|kind| nudged(kind, &entries, at(4, 9, 0))["text"].clone()).into();
    assert_json_snapshot!(texts);
}

#[test]
fn a_day_that_is_told() {
    let entries = [done(entry(activity("pipeline", "Pipeline review"), None), None)];
    assert_json_snapshot!(nudged(Kind::Plan, &entries, at(0, 11, 0)));
}

#[test]
fn owed_after_closing() {
    let entries = [entry(activity("pipeline", "Pipeline review"), None)];
    assert_json_snapshot!(nudged(Kind::Owed, &entries, at(7, 9, 0)));
}

#[test]
fn no_snooze_with_less_than_half_an_hour_left() {
    let message = nudged(Kind::FollowUp, &[entry(activity("pipeline", "Pipeline review"), None)], at(4, 16, 31));
    assert!(!message["blocks"].to_string().contains("Snooze"));
    assert!(message["blocks"].to_string().contains("Can't"));
}

#[test]
fn notes_stay_what_was_typed_and_out_of_notifications() {
    let message = nudged(Kind::Plan, &one_of_each(), at(0, 9, 0));
    assert!(!message["text"].to_string().contains("clean"));
    let quote =
        message["blocks"].as_array().into_iter().flatten().find_map(|block| {
            block["elements"].as_array()?.iter().find(|part| part["type"] == "rich_text_quote").cloned()
        });
    let quote = quote.expect("the note is shown");
    assert_eq!(quote["elements"], json!([{ "type": "text", "text": "All *clean* <!channel>" }]));
}

#[test]
fn modals() {
    let target = Some(Target { comparison: Comparison::AtMost, value: 2.0 });
    let fresh = entry(thorough("pipeline", "Pipeline review", target), None);
    let free = entry(thorough("pipeline", "Pipeline review", None), None);
    let told = done(free.clone(), Some("All clean"));
    let simple = done(entry(activity("team", "Team meeting"), None), None);
    assert_json_snapshot!("done_with_target", done_modal(&fresh, Purpose::Done).to_json());
    assert_json_snapshot!("done_without_target", done_modal(&free, Purpose::Done).to_json());
    assert_json_snapshot!("change", done_modal(&told, Purpose::Change).to_json());
    assert_json_snapshot!("add_note", done_modal(&simple, Purpose::AddNote).to_json());
    assert_json_snapshot!("cant", cant_modal(&simple).to_json());
    assert_json_snapshot!(
        "cant_with_rep",
        cant_modal(&entry(activity("coach", "Coaching"), Some("Dana Wu"))).to_json()
    );
    assert_json_snapshot!("pick_time", pick_time_modal(&fresh, at(0, 9, 7), &calendar()).to_json());
    assert_json_snapshot!("notice", notice_modal("Hello").to_json());
}

#[test]
fn several() {
    let rep = entry(Activity { per: Per::Rep, ..activity("one-to-one", "1:1") }, Some("Dana Wu"));
    let target = Some(Target { comparison: Comparison::AtMost, value: 2.0 });
    let judged = entry(thorough("pipeline", "Pipeline review", target), None);
    assert_json_snapshot!(several_modal("n1", &[rep, judged]).to_json());
}

#[test]
fn a_welcome() {
    let full = Welcome { intentions: vec![("Team meeting".into(), "after coffee I *will*".into())], ..welcoming() };
    assert_json_snapshot!(json!([shown(&welcome(&welcoming())), shown(&welcome(&full))]));
    assert_json_snapshot!("if_then", if_then_modal(&[&activity("team", "Team meeting")], &[]).to_json());
}

#[test]
fn what_is_asked_beside() {
    let calendar = calendar();
    let entries = [entry(activity("pipeline", "Pipeline review"), None)];
    let asked = |topic: Topic, answer| {
        let question = Question { id: "q1".into(), topic, about: "Pipeline review".into(), answer };
        let intentions = [("pipeline".into(), "after my call I will look".to_owned())].into();
        let beside = &Beside { questions: vec![question], welcome: None, intentions };
        let (id, manager_name, part, now) = ("n1", "Ana Ruiz", (1, 1), at(0, 9, 0));
        let (kind, calendar, entries) = (Kind::Plan, &calendar, &entries[..]);
        let (ahead, is_first_day_back, own) = (None, false, &OwnWeeks::default());
        let picture = NudgePicture {
            id,
            kind,
            now,
            manager_name,
            calendar,
            entries,
            part,
            beside,
            ahead,
            is_first_day_back,
            own,
        };
        shown(&nudge(&picture))
    };
    assert_json_snapshot!(json!([
        asked(Topic::Snoozes, None),
        asked(Topic::Misses, None)["blocks"][5],
        asked(Topic::Silence, None)["blocks"][5],
        asked(Topic::Silence, None)["blocks"][6],
        asked(Topic::Misses, Some(Answer::Move))["blocks"][5],
        asked(Topic::Silence, Some(Answer::Fewer))["blocks"][5],
    ]));
}

#[test]
fn a_number_is_judged_on_the_spot() {
    let target = Some(Target { comparison: Comparison::AtMost, value: 2.0 });
    let mut told = done(entry(thorough("pipeline", "Pipeline review", target), None), Some("Three left"));
    told.occurrence.outcome.result = Some(crate::record::ResultWord::NotMet);
    let message = nudged(Kind::Plan, &[told], at(0, 11, 0))["blocks"].to_string();
    assert!(message.contains("Deals without a dated next step: 3, wanted at most 2: not met"), "{message}");
}

#[test]
fn the_reps_name_is_in_every_label() {
    let long = Activity { per: Per::Rep, ..activity("one-to-one", &"Long title ".repeat(40)) };
    let entry = entry(long, Some("Dana Wu"));
    let message = nudged(Kind::Due, std::slice::from_ref(&entry), at(0, 9, 0));
    for button in
        message["blocks"].as_array().into_iter().flatten().flat_map(|b| b["elements"].as_array().into_iter().flatten())
    {
        if let Some(label) = button["accessibility_label"].as_str() {
            assert!(label.ends_with("Dana Wu"), "{label}");
        }
    }
    assert!(message["text"].as_str().is_some_and(|text| text.contains("Dana Wu")));
    for modal in
        [done_modal(&entry, Purpose::Done), cant_modal(&entry), pick_time_modal(&entry, at(0, 9, 0), &calendar())]
    {
        assert!(modal.to_json()["blocks"][0].to_string().contains("Dana Wu"));
    }
    assert_eq!(done_modal(&entry, Purpose::Done).to_json()["title"]["text"], "Dana: How did it go?");
}

#[test]
fn answers_to_submissions() {
    let fresh = entry(activity("pipeline", "Pipeline review"), None);
    assert_json_snapshot!(json!([
        field_errors(&[
            (Field::Note, "A line or two, please.".to_owned()),
            (Field::Number, "A number, please.".to_owned())
        ]),
        needs_a_reason(),
        no_such_time(&fresh, at(0, 9, 0), &calendar()),
        answer_with_view(&notice_modal("Hello")),
    ]));
}

#[test]
fn lists() {
    let (calendar, entries) = (calendar(), one_of_each());
    let now = at(0, 11, 0);
    let overview = Overview { manager_name: "Ana Ruiz", now, calendar: &calendar, entries: &entries, away: &[] };
    let figures = Figures { expected: 8, open: 1, done_on_time: 4, done_late: 1, skipped: 1, missed: 1, excused: 1 };
    assert_json_snapshot!("today", shown(&today(&overview)));
    assert_json_snapshot!("week", shown(&week(&Overview { now: at(1, 9, 0), ..overview })));
    assert_json_snapshot!("nothing_today", shown(&today(&Overview { entries: &[], ..overview })));
    let (trend, zone) = (trend(), chicago());
    let progress = Progress { this_week: figures, trend: &trend, hours: hours() };
    let last_week = Figures::default();
    let weeks = Status { manager_name: "Ana Ruiz", progress, last_week, messages: (12, 15) };
    assert_json_snapshot!("status", shown(&status(&weeks)));
    assert_json_snapshot!("help", shown(&help()));
    assert_json_snapshot!("help_for", [help_for("todya", Some("today")).text, help_for("lunch", None).text]);
    assert_json_snapshot!("stranger", shown(&stranger(&[UserId::from("U0LEAD"), UserId::from("U0VP")])));
    let year_page = Some("https://onbeat.example/year/t");
    let picture = HomePicture { overview, progress, next: None, year_page, own: own(&zone) };
    assert_json_snapshot!("home", home(&picture).to_json());
    let none = HomePicture {
        overview: Overview { entries: &[], ..overview },
        next: entries.first(),
        year_page: None,
        ..picture
    };
    assert_json_snapshot!("home_of_a_quiet_week", home(&none).to_json());
    assert_json_snapshot!("home_of_leader", home_of_leader("Lee Park").to_json());
    assert_json_snapshot!("home_of_stranger", home_of_stranger(&[]).to_json());
}

#[test]
fn shortcuts() {
    let (calendar, entries) = (calendar(), one_of_each());
    let now = at(0, 11, 0);
    let overview = Overview { manager_name: "Ana Ruiz", now, calendar: &calendar, entries: &entries, away: &[] };
    let numbered = entry(
        thorough("pipeline", "Pipeline review", Some(Target { comparison: Comparison::AtMost, value: 2.into() })),
        None,
    );
    let link = "https://northwind.slack.com/archives/C0SALES/p1796652000000200";
    assert_json_snapshot!("cadence_modal", cadence_modal(&overview).to_json());
    assert_json_snapshot!("log_modal", log_modal(&entries, &numbered, link, &overview).to_json());
    let quiet = Overview { entries: &[], ..overview };
    assert_json_snapshot!(
        "shortcuts_with_nothing_to_show",
        [
            cadence_modal(&quiet),
            nothing_to_log(entries.first(), &quiet),
            nothing_to_log(None, &quiet),
            no_address(),
            shortcut_of_stranger(true, &[]),
            shortcut_of_stranger(false, &[UserId::from("U0LEAD")]),
        ]
        .map(|view| view.to_json()["blocks"].clone())
    );
}

#[test]
fn own_settings() {
    let zone = chicago();
    assert_json_snapshot!("settings_modal", settings_modal(&own(&zone)).to_json());
    let said = [settings_saved(&own(&zone), true), settings_saved(&own(&zone), false)];
    assert_json_snapshot!("settings_saved", said.map(|view| view.to_json()["blocks"].clone()));
}

#[test]
fn years() {
    let manager = UserId::from("U0ANA");
    let (calendar, webcal) = ("https://onbeat.example/calendar/t.ics", "webcal://onbeat.example/calendar/t.ics");
    let page = "https://onbeat.example/year/t";
    let links =
        YearLinks { manager_name: "Ana Ruiz", manager: &manager, calendar, webcal, page, team: None, fresh: false };
    assert_json_snapshot!("year", shown(&year(&links)));
    let (lee, team) = (UserId::from("U0LEE"), "https://onbeat.example/team/t");
    let led = TeamLink { leader_name: "Lee Park", leader: &lee, page: team, fresh: false };
    assert_json_snapshot!("team_link", shown(&team_link(&led)));
    let others = [
        year(&YearLinks { fresh: true, ..links }),
        year(&YearLinks { team: Some(team), ..links }),
        team_link(&TeamLink { fresh: true, ..led }),
        year_without_address(),
        year_of_leader(),
        not_your_links(),
    ];
    assert_json_snapshot!("year_in_other_words", others.map(|content| content.text).to_vec());
}

#[test]
fn refusals() {
    let entry = entry(activity("pipeline", "Pipeline review"), None);
    let whys = [
        Refusal::AlreadyRecorded(State::Done),
        Refusal::AlreadyRecorded(State::Missed),
        Refusal::Withdrawn,
        Refusal::NothingRecorded,
        Refusal::NoSuchTime,
        Refusal::NotYours,
        Refusal::NotYoursToExcuse,
        Refusal::Unknown,
    ];
    assert_json_snapshot!(whys.map(|why| refusal_in_words(why, Some(&entry))).to_vec());
}

#[test]
fn digests() {
    let entries = one_of_each();
    let running = digest(&story(&entries, "Ana Ruiz", at(4, 15, 0)), "d1", &Drawn::Native);
    let over = digest(&story(&entries, "Ana Ruiz", at(7, 9, 0)), "d1", &Drawn::Native);
    assert_json_snapshot!("digest_so_far", shown(&running));
    assert_json_snapshot!("digest_final", shown(&over));
    assert_json_snapshot!(
        "digest_of_nothing",
        shown(&digest(&story(&[], "Ana Ruiz", at(4, 15, 0)), "d1", &Drawn::Native))
    );
}
