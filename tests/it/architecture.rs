//! Holds the direction of dependencies between the rooms of `src/`, and the size of what stands in them.
//!
//! ARCHITECTURE.md says why. What clippy can see (the clock, the environment, half-made HTTP clients) is banned in clippy.toml;
//! here is what it can't. A rule that is in your way is a question worth asking, and the tables below are where to answer it.

use std::fmt::Write as _;
use std::path::Path;

use crate::rust_source::Source;

/// Each room, and the rooms it may name. A room is a folder or a file right below `src/`.
const ROOMS: &[(&str, &[&str])] = &[
    // The ground floor: arithmetic.
    ("process", &[]),
    ("record", &["process"]),
    ("year", &["process", "record"]),
    // Leaves that anybody above the ground floor may be handed.
    ("secret", &[]),
    ("clock", &[]),
    ("metrics", &[]),
    ("config", &["process", "secret"]),
    ("key", &["secret"]),
    ("links", &["process", "key"]),
    ("webhook", &["secret", "key"]),
    // What keeps and what shows: they never see each other.
    ("store", &["process", "record"]),
    ("slack", &["process", "record", "secret", "metrics"]),
    // The only room that makes things happen.
    ("engine", &["process", "record", "year", "links", "clock", "metrics", "token", "webhook", "store", "slack"]),
    // Doors.
    ("web", &["process", "record", "secret", "year", "links", "clock", "metrics", "token", "store", "slack", "engine"]),
    ("app", &["secret", "key", "links", "clock", "config", "webhook", "store", "slack", "engine", "web"]),
    ("demo", &["process", "record", "secret", "clock", "config", "engine", "app"]),
    (
        "cli",
        &[
            "process", "record", "year", "secret", "key", "links", "clock", "token", "config", "webhook", "store",
            "slack", "engine", "demo", "app",
        ],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Something that only some places may name.
struct Confined {
    words: &'static [&'static str],
    /// Path prefixes below `src/`.
    only_in: &'static [&'static str],
    why: &'static str,
}

const CONFINED: &[Confined] = &[
    Confined {
        words: &["slack_morphism"],
        only_in: &["slack/"],
        why: "a vendor's types stay in one room: everything else speaks of nudges, not of Slack's JSON",
    },
    Confined { words: &["sqlx"], only_in: &["store/"], why: "domain types are not rows" },
    Confined {
        words: &["axum", "tower_http"],
        only_in: &["web/", "demo/", "app.rs"],
        why: "HTTP comes in by the doors",
    },
    Confined {
        words: &["tokio_tungstenite"],
        only_in: &["slack/socket/", "demo/"],
        why: "web sockets are Socket Mode's",
    },
    Confined { words: &["prometheus_client"], only_in: &["metrics.rs"], why: "the others count by our own words" },
    Confined { words: &["maud"], only_in: &["year/"], why: "HTML is the year page's" },
    Confined {
        words: &["reqwest"],
        only_in: &["slack/", "demo/", "webhook/"],
        why: "HTTP goes out by clients with time-outs: one to Slack, one to foreign addresses",
    },
    Confined { words: &["ring::aead"], only_in: &["key/"], why: "sealing is one room's" },
    Confined { words: &["tokio_cron_scheduler"], only_in: &["app.rs"], why: "it is the heartbeat and no more" },
    Confined { words: &["clap"], only_in: &["cli/", "main.rs"], why: "words in and words out are the command line's" },
    Confined {
        words: &["env::var", "env::var_os", "env::vars", "env::vars_os"],
        only_in: &["config.rs"],
        why: "settings are read and checked once, at start",
    },
    Confined {
        words: &["chrono", "chrono_tz", "rrule", "icalendar"],
        only_in: &["process/holidays", "process/recurrence/tests/differential.rs", "year/tests.rs"],
        why: "dates and times are jiff's; the others are what tests hold ours against",
    },
];

/// What the ground floor does without, so that the same input always gives the same output.
const NOT_ON_THE_GROUND_FLOOR: &[&str] = &[
    "tokio",
    "tracing",
    "getrandom",
    "tempfile",
    "async",
    "await",
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
    "new_v4",
    "println",
    "eprintln",
];

/// Places that break a rule for a reason: path, what is named there, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("store/contract/schema.rs", "env::var", "where the tests' PostgreSQL is, scripts/test says alone")];

const LONGEST_FILE: usize = 600;
const LONGEST_FUNCTION: usize = 70;

/// Files and functions (`path` or `path::function`) that are longer for a reason.
const LONGER: &[(&str, &str)] = &[];

fn sources() -> Vec<Source> {
    let sources = Source::all_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(sources.iter().any(|source| source.path == "main.rs"), "no sources found: is src/ where it was?");
    sources
}

fn report(complaints: &[String]) {
    let mut text = String::new();
    for complaint in complaints {
        writeln!(text, "  {complaint}").unwrap();
    }
    assert!(complaints.is_empty(), "\n{text}");
}

fn excepted(path: &str, word: &str) -> bool {
    EXCEPTIONS.iter().any(|(at, named, _)| *at == path && *named == word)
}

/// Rooms that a file names and may not.
fn wrong_directions(source: &Source) -> Vec<String> {
    let Some((room, may_name)) = ROOMS.iter().find(|(room, _)| *room == source.room()) else {
        return vec![format!("src/{}: a new room; say in ROOMS which rooms it may name", source.path)];
    };
    let is_room = |name: &str| ROOMS.iter().any(|(known, _)| *known == name);
    source
        .rooms_named()
        .into_iter()
        .filter(|(_, named)| is_room(named) && named != room && !may_name.contains(&named.as_str()))
        .filter(|(_, named)| !excepted(&source.path, named))
        .map(|(line, named)| {
            format!("src/{}:{line}: {room} may not name {named} (it may name: {})", source.path, may_name.join(", "))
        })
        .collect()
}

/// What a file names outside the places that may.
fn strays(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for rule in CONFINED {
        if rule.only_in.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        for word in rule.words.iter().filter(|word| !excepted(&source.path, word)) {
            for line in source.lines_naming(word) {
                let places = rule.only_in.join(", ");
                found.push(format!("src/{}:{line}: {word} belongs in {places}: {}", source.path, rule.why));
            }
        }
    }
    found
}

/// What a ground floor file names that makes it more than arithmetic.
fn impurities(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    if !["process", "record", "year"].contains(&source.room()) {
        return found;
    }
    for word in NOT_ON_THE_GROUND_FLOOR.iter().filter(|word| !excepted(&source.path, word)) {
        for line in source.lines_naming(word) {
            found.push(format!(
                "src/{}:{line}: {word}: the ground floor is arithmetic; hand it in as a value",
                source.path
            ));
        }
    }
    found
}

/// The file and its functions, where they are too long to be read in one go.
fn too_long(source: &Source) -> Vec<String> {
    let allowed = |what: &str| LONGER.iter().any(|(longer, _)| *longer == what);
    let mut found = Vec::new();
    if source.lines > LONGEST_FILE && !allowed(&source.path) {
        found.push(format!(
            "src/{}:1: {} lines, {LONGEST_FILE} at most: a room that wants a wall",
            source.path, source.lines
        ));
    }
    for function in source.functions() {
        if function.lines > LONGEST_FUNCTION && !allowed(&format!("{}::{}", source.path, function.name)) {
            found.push(format!(
                "src/{}:{}: fn {} has {} lines, {LONGEST_FUNCTION} at most",
                source.path, function.line, function.name, function.lines
            ));
        }
    }
    found
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    report(&sources().iter().flat_map(wrong_directions).collect::<Vec<_>>());
}

#[test]
fn every_tool_stays_in_its_room() {
    report(&sources().iter().flat_map(strays).collect::<Vec<_>>());
}

#[test]
fn the_ground_floor_is_arithmetic() {
    report(&sources().iter().flat_map(impurities).collect::<Vec<_>>());
}

#[test]
fn files_and_functions_can_be_read_in_one_go() {
    report(&sources().iter().flat_map(too_long).collect::<Vec<_>>());
}

/// An exception that nothing needs any more would let the next breach through unseen.
#[test]
fn every_exception_is_still_needed() {
    let sources = sources();
    let find = |path: &str| sources.iter().find(|source| source.path == path);
    let mut stale = Vec::new();
    for (path, word, _) in EXCEPTIONS {
        let named = find(path).is_some_and(|source| {
            !source.lines_naming(word).is_empty() || source.rooms_named().iter().any(|(_, room)| room == word)
        });
        if !named {
            stale.push(format!("EXCEPTIONS: src/{path} no longer names {word}"));
        }
    }
    for (what, _) in LONGER {
        let (path, function) = what.split_once("::").map_or((*what, None), |(path, name)| (path, Some(name)));
        let longer = find(path).is_some_and(|source| match function {
            Some(name) => source.functions().iter().any(|f| f.name == name && f.lines > LONGEST_FUNCTION),
            None => source.lines > LONGEST_FILE,
        });
        if !longer {
            stale.push(format!("LONGER: {what} is no longer long"));
        }
    }
    report(&stale);
}

mod the_rules_themselves {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        let source = Source::new(path, text);
        [wrong_directions(&source), strays(&source), impurities(&source), too_long(&source)].concat()
    }

    #[track_caller]
    fn breach(path: &str, text: &str, said: &str) {
        let complaints = complaints(path, text);
        assert!(complaints.iter().any(|complaint| complaint.starts_with(said)), "{text:?}: {complaints:#?}");
    }

    #[track_caller]
    fn fine(path: &str, text: &str) {
        assert_eq!(complaints(path, text), Vec::<String>::new(), "{text:?}");
    }

    #[test]
    fn see_rooms_however_they_are_named() {
        breach("store/sqlite.rs", "\nuse crate::slack::Client;", "src/store/sqlite.rs:2: store may not name slack");
        breach(
            "slack/mod.rs",
            "use crate::{record::{Outcome, State}, store};",
            "src/slack/mod.rs:1: slack may not name store",
        );
        breach("engine/tick.rs", "use super::super::web::serve;", "src/engine/tick.rs:1: engine may not name web");
        breach("engine/mod.rs", "fn f() { super::cli::run() }", "src/engine/mod.rs:1: engine may not name cli");
        breach("process/plan.rs", "use crate::clock::Clock;", "src/process/plan.rs:1: process may not name clock");
        breach("config.rs", "use super::store::Store;", "src/config.rs:1: config may not name store");
        breach("main.rs", "use onbeat::{cli, store::Store};", "src/main.rs:1: main may not name store");
        breach("attic/mod.rs", "", "src/attic/mod.rs: a new room");
        fine("engine/tick.rs", "use crate::{record, slack::Client, store::Store}; use super::plan;");
        fine("process/plan.rs", "use super::calendar::Calendar; use crate::process::Phrase;");
        fine("slack/views/digest.rs", "use super::super::action::Action; use super::store_icon;");
    }

    #[test]
    fn see_tools_outside_their_rooms() {
        breach(
            "engine/tick.rs",
            "use slack_morphism::prelude::*;",
            "src/engine/tick.rs:1: slack_morphism belongs in slack/",
        );
        breach("web/mod.rs", "let x = std::env::var(name);", "src/web/mod.rs:1: env::var belongs in config.rs");
        breach("record/mod.rs", "let now = jiff::Timestamp::now();", "src/record/mod.rs:1: Timestamp::now");
        breach("record/mod.rs", "async fn f() {}", "src/record/mod.rs:1: async");
        breach("process/file.rs", "use std::fs;", "src/process/file.rs:1: std::fs");
        fine("config.rs", "let x = std::env::var(name);");
        fine("process/file.rs", "use my_std::fs_like; let asynchronous = env::variant;");
    }

    #[test]
    fn overlook_comments_strings_and_tests() {
        fine("process/file.rs", "//! std::fs\n/* std::fs /* std::fs */ std::fs */\n/// [`crate::store`]\nfn f() {}");
        fine("process/file.rs", r###"const A: &str = "std::fs \" std::fs"; const B: &str = r#"std::fs " std::fs"#;"###);
        fine("process/file.rs", "const A: &[u8] = b\"std::fs\"; const Q: char = '\"'; const R: char = '\\'';");
        fine("process/file.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n    fn f() { let x = \"}\"; }\n}");
        breach("process/file.rs", "fn f<'a>(x: &'a str) {}\nuse std::fs;", "src/process/file.rs:2: std::fs");
        breach("process/file.rs", "#[cfg(test)]\nmod tests {\n}\nuse std::fs;", "src/process/file.rs:4: std::fs");
        breach("process/file.rs", "const A: char = '{';\n\"std::fs\";\nuse std::fs;", "src/process/file.rs:3: std::fs");
    }

    #[test]
    fn measure_functions_and_files() {
        let body = "    let x = \"}\";\n".repeat(LONGEST_FUNCTION - 2);
        fine("app.rs", &format!("fn short() {{\n{body}}}"));
        breach("app.rs", &format!("\nfn long() {{\n    //\n{body}}}"), "src/app.rs:2: fn long has 71 lines");
        breach("app.rs", &"\n".repeat(LONGEST_FILE + 1), "src/app.rs:1: 601 lines");
        fine("app.rs", &"\n".repeat(LONGEST_FILE));
    }
}
