//! Views at any size and with whatever people type: held against Slack's limits, and nothing is left out in silence. A
//! view that no test here or in `limits` draws fails the first of these.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::limits::{check_message, check_view};
use super::samples::*;
use super::text::{escape, length};
use super::*;
use crate::process::{Activity, UserId};
use crate::record::adherence::Figures;
use crate::record::agenda::Kind;
use crate::record::verification::{MOST_OF_ALL, Stand, Verifier};
use crate::record::{AccountTrouble, ChannelTrouble, Entry, Refusal, Standing, State, Trouble};
use crate::slack::action::Purpose;

/// The names of the functions in this file that draw something for Slack.
fn drawn_in(source: &str) -> Vec<String> {
    let own = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let functions = own.split("\npub fn ").skip(1).filter_map(|rest| rest.split_once('{').map(|(head, _)| head));
    let draws = |head: &&str| {
        let given = head.rsplit_once("->").map(|(_, given)| given).unwrap_or_default();
        given.contains("MessageContent") || given.contains("View")
    };
    functions.filter(draws).filter_map(|head| head.split(['(', '<']).next()).map(str::to_owned).collect()
}

fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the room is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths.flat_map(|path| if path.is_dir() { sources_below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_view_is_held_against_the_limits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/slack/views");
    let tests = concat!(include_str!("limits.rs"), include_str!("sizes.rs"), include_str!("manage/tests.rs"));
    let sources = sources_below(&folder).into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let drawn: Vec<String> =
        sources.flat_map(|path| drawn_in(&std::fs::read_to_string(path).expect("it can be read"))).collect();
    assert!(drawn.len() >= 25, "only {drawn:?} found: is this test blind?");
    let is_called = |name: &String| {
        let call = format!("{name}(");
        let mut calls = tests.match_indices(&call);
        calls.any(|(at, _)| !tests[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
    };
    let forgotten: Vec<&String> = drawn.iter().filter(|name| !is_called(name)).collect();
    assert!(forgotten.is_empty(), "no test draws {forgotten:?} at its extremes: add them to limits.rs or sizes.rs");
}

/// What people type: markup, other scripts, emoji of several parts, what can't be seen, and a lot of it.
fn words(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<!channel> ".to_owned()),
        Just("*stars* _x_ ~y~ `z` ".to_owned()),
        Just("<@U1>&amp;".to_owned()),
        Just("מְנַהֵל ".to_owned()),
        Just("مدير\u{202e}المبيعات\u{202c} ".to_owned()),
        Just("👩‍👩‍👧‍👦🏳️‍🌈".to_owned()),
        Just("\u{200b}\u{feff}\u{2060}".to_owned()),
        Just("e\u{301}\u{327}\u{489}".to_owned()),
        Just("\n> ".to_owned()),
        "[a-zA-Z0-9 .,:;!?]{1,20}",
    ];
    (prop::collection::vec(piece, 1..12), 1..=most).prop_map(move |(pieces, size)| {
        let text: String = pieces.concat().chars().cycle().take(size).collect();
        if text.trim().is_empty() { "x".to_owned() } else { text }
    })
}

#[derive(Debug, Clone)]
struct Typed {
    title: String,
    outcome: String,
    note: String,
    name: String,
}

fn typed() -> impl Strategy<Value = Typed> {
    (words(500), words(3000), words(3000), words(200)).prop_map(|(title, outcome, note, name)| Typed {
        title,
        outcome,
        note,
        name,
    })
}

const STANDINGS: [Standing; 5] =
    [Standing::Undecided, Standing::Done, Standing::Skipped, Standing::Missed, Standing::Excused];

fn drawn(many: usize, typed: &Typed, first: usize) -> Vec<Entry> {
    let one = |index: usize| {
        let key = format!("a{index:02}");
        let title = format!("#{index:02} {}", typed.title);
        let rep = index.is_multiple_of(2).then_some(typed.name.as_str());
        let wanted = Activity { outcome: Some(typed.outcome.clone()), ..thorough(&key, &title, None) };
        let mut entry = done(entry(wanted, rep), Some(&typed.note));
        entry.occurrence.reason = Some(typed.note.clone());
        entry.occurrence.standing = STANDINGS[(first + index) % STANDINGS.len()];
        entry
    };
    (0..many).map(one).collect()
}

fn all_text(content: &Value) -> String {
    let mut text = String::new();
    collect(content, &mut text);
    text
}

fn collect(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                match (key.as_str(), field) {
                    ("text", Value::String(words)) => {
                        text.push_str(words);
                        text.push('\n');
                    }
                    (_, field) => collect(field, text),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How many are said to be left out: *… and 7 more*.
fn left_out(text: &str) -> usize {
    let tails = text.split("… and ").skip(1);
    tails.filter_map(|tail| tail.split_whitespace().next()?.parse::<usize>().ok()).sum()
}

/// How many of the entries are named.
fn named(text: &str, many: usize) -> usize {
    (0..many).filter(|index| text.contains(&format!("#{index:02} "))).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nudges_hold_whatever_they_are_given(many in 0usize..=30, typed in typed(), first in 0usize..5) {
        let (calendar, entries, beside) = (calendar(), drawn(many, &typed, first), Beside::default());
        let own = own_weeks(&typed.name, &typed.title);
        for kind in Kind::ALL {
            let picture = NudgePicture {
                id: "n1", kind, now: at(0, 9, 0), manager_name: &typed.name, calendar: &calendar, entries: &entries,
                part: (1, 1), beside: &beside, ahead: None, is_first_day_back: false, own: &own,
            };
            let content = nudge(&picture);
            check_message(&content, 3500);
            let shown = many.min(MOST_ENTRIES);
            prop_assert!(content.text.matches("\n• ").count() >= shown, "the text names each");
            let blocks = content.blocks_json();
            prop_assert!(named(&all_text(&blocks), shown) == shown, "the blocks name each");
        }
    }

    #[test]
    fn lists_say_what_they_leave_out(many in 0usize..=60, typed in typed(), first in 0usize..5) {
        let (calendar, entries) = (calendar(), drawn(many, &typed, first));
        let overview = Overview {
            manager_name: &typed.name, now: at(0, 9, 0), calendar: &calendar, entries: &entries, away: &[],
        };
        for content in [today(&overview), week(&overview)] {
            check_message(&content, 4000);
            let bullets = content.text.matches("\n• ").count();
            prop_assert!(bullets + left_out(&content.text) >= many, "{} of {many} in {}", bullets, content.text);
        }
        let (trend, zone) = (trend(), chicago());
        let progress = Progress { this_week: Figures::default(), trend: &trend, hours: hours() };
        let home = home(&HomePicture { overview, progress, next: None, year_page: None, own: own(&zone) });
        check_view(&home);
        let text = all_text(&home.to_json());
        prop_assert_eq!(named(&text, many) + left_out(&text), many);
        check_view(&cadence_modal(&overview));
        if let Some(chosen) = entries.first() {
            check_view(&log_modal(&entries, chosen, "https://x.example/1", &overview));
            check_view(&several_modal("m1", &entries));
        }
    }

    #[test]
    fn modals_hold_whatever_they_are_given(typed in typed(), first in 0usize..5) {
        for entry in drawn(2, &typed, first) {
            for purpose in [Purpose::Done, Purpose::Change, Purpose::AddNote] {
                check_view(&done_modal(&entry, purpose));
            }
            check_view(&cant_modal(&entry));
            check_view(&pick_time_modal(&entry, at(0, 9, 0), &calendar()));
            let words = refusal_in_words(Refusal::AlreadyRecorded(State::Done), Some(&entry));
            check_view(&notice_modal(&words));
            check_message(&refusal(Refusal::AlreadyRecorded(State::Done), Some(&entry)), 4000);
        }
        check_message(&plain(&typed.note), 4000);
    }

    #[test]
    fn digests_say_what_they_leave_out(managers in 0usize..=60, many in 0usize..=6, typed in typed()) {
        let each = |index: usize| {
            drawn(many, &typed, index).into_iter().map(move |mut entry| {
                entry.occurrence.manager = UserId(format!("U{index:04}"));
                entry.occurrence.id.0.push_str(&index.to_string());
                entry
            })
        };
        let entries: Vec<Entry> = (0..managers).flat_map(each).collect();
        let story = story(&entries, &typed.name, at(4, 16, 0));
        let content = digest(&story, "d1", &Drawn::Native);
        check_message(&content, 4000);
        let blocks = content.blocks_json().to_string();
        prop_assert!(blocks.encode_utf16().count() < 60_000);
        let slips = story.recoverable.len() + story.more_recoverable;
        let told = content.text.matches("open until ").count() + content.text.matches("still counts when done late").count();
        prop_assert!(slips == 0 || told >= story.recoverable.len(), "{}", content.text);
        for page in digest_thread(&story) {
            check_message(&page, 4000);
        }
    }

    #[test]
    fn what_leaders_see_holds_whatever_it_is_given(many in 0usize..=60, typed in typed(), everybody in any::<bool>()) {
        let managers: Vec<(String, Figures)> =
            (0..many).map(|index| (format!("#{index:02} {}", typed.name), Figures::default())).collect();
        let lead = manage::Lead { name: &typed.name, activities: true, everybody, managers: &managers };
        check_view(&manage::lead_home(&lead));
        let said = manage::manage(&lead);
        check_message(&said, 4000);
        let home = all_text(&manage::lead_home(&lead).to_json());
        prop_assert_eq!(named(&home, many) + left_out(&home), many, "{}", home);
        // What it is handed names people, so whatever they typed is escaped by then.
        check_message(&manage::notice_message(&escape(&typed.note)), 4000);
    }

    #[test]
    fn notices_hold_whatever_they_are_given(name in words(200)) {
        let user = || UserId(name.clone());
        for what in [
            Trouble::Account(user(), AccountTrouble::Deactivated),
            Trouble::Account(user(), AccountTrouble::Unknown),
            Trouble::Channel(name.clone(), ChannelTrouble::Archived),
        ] {
            let content = trouble(&TroublePicture { trouble: &what, name: &name, role: Role::Manager });
            check_message(&content, 4000);
            prop_assert!(length(&content.text) > 100);
        }
    }

    #[test]
    fn what_bears_out_holds_whatever_it_is_given(many in 0usize..=30, typed in typed(), first in 0usize..5) {
        let stands = [
            Stand::Open, Stand::Said(true), Stand::Said(false), Stand::Over(None), Stand::Over(Some(false)), Stand::Withdrawn,
        ];
        let entries = drawn(many, &typed, first).into_iter().enumerate();
        let asked: Vec<Asked> = entries
            .map(|(index, entry)| Asked {
                entry, stand: stands[(first + index) % stands.len()], word: Some(typed.note.clone()),
            })
            .collect();
        let (zone, calendar) = (chicago(), calendar());
        for (is_first, is_reminder) in [(true, false), (false, true), (false, false)] {
            let content = ask_rep(&RepPicture {
                name: &typed.name, manager_name: &typed.name, zone: &zone, is_first, is_reminder,
                asked: &asked[..many.min(MOST_ASKED)],
            });
            check_message(&content, 3500);
            prop_assert!(named(&all_text(&content.blocks_json()), many) == many.min(MOST_ASKED), "each is named");
        }
        let sampled: Vec<(String, Asked)> =
            asked.iter().take(MOST_OF_ALL).map(|asked| (typed.name.clone(), asked.clone())).collect();
        check_message(&sample(&SamplePicture { name: &typed.name, asked: &sampled }), 3500);
        for asked in &asked {
            for verifier in [Verifier::Rep, Verifier::Leader] {
                let content = told(&ToldPicture {
                    verifier, from: &typed.name, entry: &asked.entry, stand: asked.stand, word: asked.word.as_deref(),
                    now: at(0, 9, 0), calendar: &calendar,
                });
                check_message(&content, 3500);
            }
            check_view(&word_modal(&asked.entry.occurrence.id, &typed.title, asked.word.as_deref()));
        }
    }

    #[test]
    fn a_long_title_ends_in_dots(size in 301usize..=500) {
        let title = "t".repeat(size);
        let entry = entry(activity("long", &title), None);
        let (calendar, entries, beside) = (calendar(), [entry], Beside::default());
        let picture = NudgePicture {
            id: "n1", kind: Kind::Due, now: at(0, 9, 0), manager_name: "Ana", calendar: &calendar, entries: &entries,
            part: (1, 1), beside: &beside, ahead: None, is_first_day_back: false, own: &OwnWeeks::default(),
        };
        let content = nudge(&picture);
        prop_assert!(!content.blocks_json().to_string().contains(&title));
        prop_assert!(all_text(&content.blocks_json()).contains("ttt…"));
    }
}
