//! Every view at its extremes, held against Slack's limits (SLACK.md §4.3).

use std::collections::BTreeSet;

use serde_json::Value;

use super::samples::*;
use super::text::length;
use super::*;
use crate::process::UserId;
use crate::record::absence::Meanwhile;
use crate::record::absence::words::NoDays;
use crate::record::adherence::Figures;
use crate::record::agenda::Kind;
use crate::record::{AccountTrouble, ChannelTrouble, Days, Refusal, State, Trouble};
use crate::slack::action::Purpose;
use crate::slack::action::digest::By;

fn days() -> Days {
    "2026-12-08/2027-01-02".parse().expect("good days")
}

fn check_text(value: &Value, most: usize, what: &str) {
    let text = value["text"].as_str().unwrap_or_else(|| panic!("{what}: no text in {value}"));
    assert!(!text.is_empty(), "{what}: empty text");
    assert!(length(text) <= most, "{what}: {} is more than {most}", length(text));
    if value["type"] == "mrkdwn" {
        assert!(!text.contains("<!"), "{what}: a broadcast in {text}");
    }
}

fn check_options(element: &Value, most: usize, what: &str) {
    let options = element["options"].as_array().unwrap_or_else(|| panic!("{what}: no options"));
    assert!((1..=most).contains(&options.len()), "{what}: {} options", options.len());
    for option in options {
        check_text(&option["text"], 75, what);
        assert!(length(option["value"].as_str().expect("an option has a value")) <= 150, "{what}: value of {option}");
    }
    let initial = &element["initial_option"];
    assert!(initial.is_null() || options.contains(initial), "{what}: {initial} is none of the options");
}

fn check_element(element: &Value) {
    let kind = element["type"].as_str().expect("an element has a type");
    let action_id = element["action_id"].as_str().expect("an element has an action id");
    assert!((1..=255).contains(&length(action_id)));
    if !element["placeholder"].is_null() {
        check_text(&element["placeholder"], 150, kind);
    }
    match kind {
        "button" => {
            check_text(&element["text"], 75, kind);
            assert!(length(element["value"].as_str().expect("a button has a value")) <= 2000);
            assert!(length(element["accessibility_label"].as_str().expect("a button is told aloud")) <= 75);
        }
        "static_select" => check_options(element, 100, kind),
        "radio_buttons" | "checkboxes" => check_options(element, 10, kind),
        "multi_static_select" => check_options(element, 100, kind),
        "overflow" => check_options(element, 5, kind),
        "multi_users_select" => {
            let chosen = element["initial_users"].as_array().map_or(0, Vec::len) as u64;
            assert!(element["max_selected_items"].as_u64().is_some_and(|most| chosen <= most), "{chosen} are chosen");
        }
        "users_select" | "conversations_select" => {}
        "plain_text_input" => {
            let most = element["max_length"].as_u64().expect("a text has a longest length") as usize;
            assert!(most <= 3000 && length(element["initial_value"].as_str().unwrap_or_default()) <= most);
        }
        "number_input" => assert!(element["is_decimal_allowed"].is_boolean()),
        "datetimepicker" => {
            let at = element["initial_date_time"].as_i64().expect("a time is offered");
            assert_eq!(at.to_string().len(), 10);
        }
        "url_text_input" => {}
        "timepicker" => assert!(element["initial_time"].as_str().is_some_and(|time| time.len() == 5), "{element}"),
        "datepicker" => {
            assert!(
                element["initial_date"].is_null() || element["initial_date"].as_str().is_some_and(|d| d.len() == 10)
            );
        }
        other => panic!("unknown element {other}"),
    }
}

fn check_rich(block: &Value) -> usize {
    let parts = block["elements"].as_array().expect("rich text has elements");
    assert!(!parts.is_empty());
    let mut sum = 0;
    for piece in parts.iter().flat_map(|part| part["elements"].as_array().expect("each has pieces")) {
        match piece["type"].as_str() {
            Some("text") => {
                let text = piece["text"].as_str().expect("text has text");
                assert!(!text.is_empty(), "an empty piece");
                sum += length(text);
            }
            Some("date") => {
                assert!(piece["timestamp"].is_i64() && piece["fallback"].is_string(), "{piece}");
                sum += length(piece["fallback"].as_str().unwrap_or_default());
            }
            Some("link") => assert!(length(piece["url"].as_str().expect("a link has an address")) <= 3000),
            other => panic!("unknown piece {other:?}"),
        }
    }
    sum
}

fn check_block(block: &Value, in_modal: bool) {
    match block["type"].as_str().expect("a block has a type") {
        "header" => check_text(&block["text"], 150, "header"),
        "section" => {
            check_text(&block["text"], 3000, "section");
            if !block["accessory"].is_null() {
                check_element(&block["accessory"]);
            }
        }
        "divider" => {}
        "context" => {
            let elements = block["elements"].as_array().expect("context has elements");
            assert!((1..=10).contains(&elements.len()));
            elements.iter().for_each(|element| check_text(element, 2000, "context"));
        }
        "rich_text" => assert!(check_rich(block) <= 10_000),
        "actions" => {
            let elements = block["elements"].as_array().expect("actions have elements");
            assert!((1..=25).contains(&elements.len()));
            elements.iter().for_each(check_element);
            let ids: BTreeSet<_> = elements.iter().map(|element| element["action_id"].as_str()).collect();
            assert_eq!(ids.len(), elements.len(), "an action id twice in {block}");
        }
        "input" => {
            assert!(in_modal, "inputs stand in modals alone");
            check_text(&block["label"], 2000, "label");
            if !block["hint"].is_null() {
                check_text(&block["hint"], 2000, "hint");
            }
            check_element(&block["element"]);
        }
        "data_visualization" => {
            assert!(length(block["title"].as_str().expect("a chart has a title")) <= 50);
            let (chart, axis) = (&block["chart"], &block["chart"]["axis_config"]);
            let categories = axis["categories"].as_array().expect("a chart has categories");
            assert!((1..=20).contains(&categories.len()));
            assert!(categories.iter().all(|one| one.as_str().is_some_and(|one| length(one) <= 20)));
            let series = chart["series"].as_array().expect("a chart has series");
            assert!((1..=6).contains(&series.len()));
            assert!(series.iter().all(|one| one["data"].as_array().map(Vec::len) == Some(categories.len())));
        }
        "image" => {
            assert!((1..=2000).contains(&length(block["alt_text"].as_str().expect("an image is told aloud"))));
            assert!(block["slack_file"]["id"].is_string());
        }
        "table" => {
            let rows = block["rows"].as_array().expect("a table has rows");
            assert!((1..=100).contains(&rows.len()), "{} rows", rows.len());
            let cells = rows.iter().flat_map(|row| row.as_array().expect("a row has cells"));
            let texts: Vec<&str> = cells.map(|cell| cell["text"].as_str().expect("a cell has text")).collect();
            assert!(texts.iter().all(|text| !text.is_empty()));
            assert!(texts.iter().map(|text| length(text)).sum::<usize>() <= 10_000);
        }
        other => panic!("unknown block {other}"),
    }
}

fn check_blocks(blocks: &Value, most: usize, in_modal: bool) {
    let blocks = blocks.as_array().expect("blocks are a list");
    assert!((1..=most).contains(&blocks.len()), "{} blocks", blocks.len());
    blocks.iter().for_each(|block| check_block(block, in_modal));
    let ids: Vec<_> = blocks.iter().filter_map(|block| block["block_id"].as_str()).collect();
    assert!(ids.iter().all(|id| (1..=255).contains(&length(id))));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a block id twice");
}

pub(super) fn check_message(content: &MessageContent, most_text: usize) {
    assert!((1..=most_text).contains(&length(&content.text)), "text of {}", length(&content.text));
    assert!(!content.text.contains("<!"), "a broadcast in {}", content.text);
    check_blocks(&content.blocks_json(), 50, false);
}

pub(super) fn check_view(view: &View) {
    let json = view.to_json();
    let is_modal = json["type"] == "modal";
    check_blocks(&json["blocks"], 100, is_modal);
    if is_modal {
        for part in ["title", "submit", "close"].into_iter().filter(|part| !json[part].is_null()) {
            check_text(&json[part], 24, part);
        }
        assert!(length(json["private_metadata"].as_str().unwrap_or_default()) <= 3000);
        let has_input = json["blocks"].as_array().is_some_and(|blocks| blocks.iter().any(|b| b["type"] == "input"));
        assert!(!has_input || !json["submit"].is_null(), "a modal with inputs has a submit button");
    }
}

#[test]
fn nudges_keep_to_the_limits() {
    let calendar = calendar();
    let beside = huge_beside();
    let ahead = Meanwhile { days: days(), falls_away: 30, stays: huge(30), closes: huge(30) };
    for kind in Kind::ALL {
        for entries in [one_of_each(), huge(1), huge(MOST_ENTRIES), huge(30), Vec::new()] {
            for now in [at(0, 9, 0), at(4, 16, 45), at(11, 9, 0)] {
                let part = (1, 2);
                let name = nasty(500);
                let picture = NudgePicture {
                    id: "n1",
                    kind,
                    now,
                    manager_name: &name,
                    calendar: &calendar,
                    entries: &entries,
                    part,
                    beside: &beside,
                    ahead: Some(&ahead),
                    is_first_day_back: true,
                    own: &own_weeks(&nasty(500), &nasty(500)),
                };
                check_message(&nudge(&picture), 3500);
            }
        }
    }
}

#[test]
fn lists_keep_to_the_limits() {
    let figures = Figures { expected: 8, open: 1, done_on_time: 4, done_late: 1, skipped: 1, missed: 1, excused: 1 };
    let (trend, zone) = (trend(), chicago());
    let calendar = calendar();
    let name = nasty(500);
    let away: Vec<Days> = (0..40).map(|_| "2026-12-24/2027-12-02".parse().expect("good days")).collect();
    for entries in [one_of_each(), huge(30), Vec::new()] {
        for now in [at(0, 9, 0), at(2, 9, 0)] {
            let overview = Overview { manager_name: &name, now, calendar: &calendar, entries: &entries, away: &away };
            check_message(&today(&overview), 4000);
            check_message(&week(&overview), 4000);
            let page = format!("https://x.example/{}", "y".repeat(500));
            let (year_page, next) = (Some(page.as_str()), entries.first());
            let progress = Progress { this_week: figures, trend: &trend, hours: hours() };
            let home = home(&HomePicture { overview, progress, next, year_page, own: own(&zone) });
            check_view(&home);
            let beneath = home.to_json()["blocks"].as_array().map_or(0, Vec::len);
            assert!(beneath <= 88, "what a leader sees beneath needs room below {beneath} blocks");
            check_view(&cadence_modal(&overview));
            check_view(&nothing_to_log(next, &overview));
            if let Some(chosen) = next {
                check_view(&log_modal(&huge(150), chosen, &page, &overview));
            }
        }
    }
    let progress = Progress { this_week: figures, trend: &trend, hours: hours() };
    let weeks = Status { manager_name: &name, progress, last_week: Figures::default(), messages: (12, 15) };
    check_message(&status(&weeks), 4000);
    check_message(&help_for(&nasty(3000), Some("today")), 4000);
    check_view(&settings_modal(&own(&zone)));
    check_view(&settings_saved(&own(&zone), true));
    check_view(&no_address());
    check_view(&shortcut_of_stranger(false, &[UserId::from("U0LEAD")]));
    check_message(&help(), 4000);
    let (name, manager, address) = (nasty(300), UserId(nasty(60)), format!("https://x.example/{}", "y".repeat(1500)));
    let (calendar, webcal, page) = (address.as_str(), address.as_str(), address.as_str());
    let links =
        YearLinks { manager_name: &name, manager: &manager, calendar, webcal, page, team: Some(page), fresh: true };
    check_message(&year(&links), 4000);
    check_message(&team_link(&TeamLink { leader_name: &name, leader: &manager, page, fresh: false }), 4000);
    check_message(&plain(&nasty(9000)), 4000);
    for ask in [vec![], vec![UserId::from("U0LEAD")], (0..40).map(|n| UserId(format!("U{n}"))).collect()] {
        check_message(&stranger(&ask), 4000);
        check_view(&home_of_stranger(&ask));
    }
    check_view(&home_of_leader(&name));
    for content in [year_without_address(), year_of_leader(), not_your_links()] {
        check_message(&content, 4000);
    }
}

#[test]
fn troubles_keep_to_the_limits() {
    let (name, user) = (nasty(500), UserId(nasty(60)));
    let accounts = [AccountTrouble::Deactivated, AccountTrouble::Unknown, AccountTrouble::App];
    let channels =
        [ChannelTrouble::Archived, ChannelTrouble::NotIn, ChannelTrouble::Unknown, ChannelTrouble::Restricted];
    let accounts = accounts.map(|why| Trouble::Account(user.clone(), why)).into_iter();
    let channels =
        channels.into_iter().flat_map(|why| ["C0SALES".to_owned(), nasty(300)].map(|id| Trouble::Channel(id, why)));
    for what in accounts.chain(channels).chain([Trouble::Scope(nasty(300))]) {
        for role in [Role::Manager, Role::Leader, Role::Rep] {
            check_message(&trouble(&TroublePicture { trouble: &what, name: &name, role }), 4000);
        }
    }
}

#[test]
fn refusals_keep_to_the_limits() {
    let entry = &huge(1)[0];
    let states =
        [State::Planned, State::Open, State::Done, State::Skipped, State::Missed, State::Excused, State::Withdrawn];
    let others = [
        Refusal::Withdrawn,
        Refusal::NothingRecorded,
        Refusal::NoSuchTime,
        Refusal::NotYours,
        Refusal::NotYoursToExcuse,
        Refusal::Unknown,
    ];
    for why in states.into_iter().map(Refusal::AlreadyRecorded).chain(others) {
        check_message(&refusal(why, Some(entry)), 4000);
        check_message(&refusal(why, None), 4000);
        check_view(&notice_modal(&refusal_in_words(why, Some(entry))));
    }
}

#[test]
fn modals_keep_to_the_limits() {
    let calendar = calendar();
    for entry in one_of_each().into_iter().chain(huge(5)) {
        for purpose in [Purpose::Done, Purpose::Change, Purpose::AddNote] {
            check_view(&done_modal(&entry, purpose));
        }
        check_view(&cant_modal(&entry));
        for now in [at(0, 9, 0), at(4, 16, 29)] {
            check_view(&pick_time_modal(&entry, now, &calendar));
        }
    }
}

#[test]
fn several_keep_to_the_limits() {
    for entries in [one_of_each(), huge(1), huge(20), huge(60)] {
        check_view(&several_modal("n1", &entries));
    }
    let json = several_modal("n1", &huge(60)).to_json();
    assert!(json["blocks"].to_string().contains("These are the first"), "what is left out is said");
}

#[test]
fn welcomes_keep_to_the_limits() {
    let wordy = huge_beside().welcome.expect("it welcomes");
    check_message(&welcome(&wordy), 3500);
    let activities: Vec<_> = huge(120).into_iter().map(|entry| entry.activity).collect();
    let activities: Vec<_> = activities.iter().map(|activity| &**activity).collect();
    let known: Vec<_> = activities.iter().map(|activity| (activity.key.clone(), nasty(300))).collect();
    check_view(&if_then_modal(&activities, &known));
    check_view(&if_then_modal(&activities[..1], &[]));
}

#[test]
fn digests_keep_to_the_limits() {
    for entries in [Vec::new(), one_of_each(), huge_team(60)] {
        for now in [at(4, 16, 0), at(11, 9, 0)] {
            let content = digest(&story(&entries, &nasty(300), now), "d1", &Drawn::Native);
            check_message(&content, 4000);
            let all = content.blocks_json().to_string();
            assert!(all.len() < 20_000, "{} of blocks", all.len());
        }
    }
}

#[test]
fn digests_of_any_team_keep_to_the_limits_in_every_form() {
    for managers in [1, 6, 60] {
        let story = full_story(managers, &nasty(300));
        let drawn = chart(&story).expect("eight weeks are a chart");
        for form in [Drawn::Native, Drawn::Picture("F0123456789".to_owned()), Drawn::Words] {
            let content = digest(&story, &nasty(36), &form);
            check_message(&content, 4000);
            assert!(content.blocks_json().to_string().len() < 13_000 * 3);
            assert!(content.text.contains(&drawn.in_words()), "who hears it hears the chart: {}", content.text);
        }
        let text = digest(&story, "d1", &Drawn::Text);
        assert_eq!(text.blocks_json(), serde_json::json!([]));
        let thread = digest_thread(&story);
        let words: String = thread.iter().map(|content| content.text.as_str()).collect();
        assert_eq!(words.matches(": must-do ").count(), managers, "each manager has a row");
        assert_eq!(words.matches("\n• ").count(), 2 * managers, "and each is away: {words}");
        check_message(&digest_thread_above(), 4000);
        for content in &thread {
            check_message(content, 4000);
            assert!(content.blocks_json().to_string().len() < 13_000 * 2);
        }
        assert!(digest_csv(&story).lines().count() > managers + 1);
    }
}

#[test]
fn what_is_asked_at_a_digest_keeps_to_the_limits() {
    let people = |many: usize| -> Vec<Someone> {
        (0..many).map(|index| Someone { id: UserId(format!("U{index:04}")), name: nasty(300) }).collect()
    };
    let id = "0123456789abcdef0123456789abcdef0123";
    for many in [1, 60, 120] {
        let people = people(many);
        check_view(&ask_whose(id, &people));
        check_view(&excuse_of_whom(id, &people));
        let about: Vec<_> = huge(many).into_iter().map(|entry| (entry.occurrence.id.clone(), nasty(300))).collect();
        check_view(&ask(id, &people[0], &about));
        let lines: Vec<(String, String)> = (0..many).map(|_| (nasty(300), nasty(300))).collect();
        for by in [By::Managers, By::Activities] {
            for page in [0, 2, 99] {
                check_view(&details(id, "The week", &people, &Detail::List(by, lines.clone(), page)));
            }
            check_view(&details(id, "The week", &[], &Detail::List(by, Vec::new(), 0)));
        }
        let one = Detail::One(people[0].clone(), nasty(300), vec![nasty(900); many]);
        check_view(&details(id, "The week", &people, &one));
    }
    for later in [true, false] {
        check_view(&asked(&nasty(300), later));
    }
    let calendar = calendar();
    for entry in huge(5).iter().map(Some).chain([None]) {
        let words = nasty(1000);
        let name = nasty(300);
        let asked = LeadersQuestion { from: &name, words: &words, entry, calendar: &calendar, now: at(0, 9, 0) };
        check_message(&question(&asked), 4000);
    }
    for content in [not_your_digest(), digest_unknown()] {
        check_message(&content, 4000);
        check_view(&digest_notice(&content));
    }
}

#[test]
fn days_away_keep_to_the_limits() {
    let one = |month: i8| format!("2027-{month:02}-01/2027-{month:02}-28").parse().expect("good days");
    let others: Vec<Days> = (1..=12).map(one).collect();
    let (none, many) = (
        Meanwhile { days: days(), falls_away: 0, stays: Vec::new(), closes: Vec::new() },
        Meanwhile { days: days(), falls_away: 90, stays: huge(30), closes: huge(30) },
    );
    for said in [Said::Away(&none), Said::Away(&many), Said::Back(days(), 3), Said::NotAway] {
        let picture = AwayPicture { today: days().first(), said, others: &others };
        check_message(&away(&picture), 4000);
        check_view(&away_told_modal(&picture));
    }
    for instead_of in [None, Some(days())] {
        check_view(&away_modal(&others, instead_of, days().first()));
        check_view(&away_modal(&[], instead_of, days().first()));
    }
    for why in [NoDays::Unclear, NoDays::NoSuchDay(nasty(900)), NoDays::Backwards, NoDays::TooLong, NoDays::Past] {
        check_message(&not_understood(&why), 4000);
        let modal = away_modal(&[], None, days().first()).to_json();
        let (answer, blocks) = (no_such_days(&why, None), modal["blocks"].as_array().expect("a list"));
        let errors = answer["errors"].as_object().expect("an object");
        assert!(errors.keys().all(|id| blocks.iter().any(|block| block["block_id"] == id.as_str())), "{answer}");
    }
}
