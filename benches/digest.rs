//! A week's digest over a long history: fifty managers with four reps each, two thousand occurrences a week, in an SQLite file.
//! `cargo bench --bench digest` fills 100,000 and then a million occurrences (ten years); with `-- --ten-million` also ten
//! million.
//!
//! The team stays the same and the history grows, so the time must not: a digest reads the quarter that ends with its week and
//! the week after, by indexes. What is measured is all of it, from the store to the story that is frozen with the post.

use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use onbeat::engine::{load_revisions, story};
use onbeat::record::digest::Week;
use onbeat::store::{self, NewRevision};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

const MANAGERS: usize = 50;
const ACTIVITIES: usize = 10;
const REPS: usize = 4;
const A_WEEK: usize = MANAGERS * ACTIVITIES * REPS;
/// How many messages each manager is sent a week.
const MESSAGES: usize = 15;
/// Friday of week 50.
const NOW: &str = "2026-12-11T21:00:00Z";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let words: Vec<String> = std::env::args().collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    // `cargo test --all-targets` runs benches too: a few weeks show that it works.
    let mut sizes = if has("--bench") { vec![100_000, 1_000_000] } else { vec![20 * A_WEEK] };
    if has("--ten-million") {
        sizes.push(10_000_000);
    }
    let mut first = None;
    for size in sizes {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let began = Instant::now();
        fill(folder.path(), size).await;
        let filled = began.elapsed();
        let median = measure(folder.path()).await;
        let first = *first.get_or_insert(median);
        println!(
            "{size:>9} occurrences: a week's digest in {:6.1} ms, {:.2} times the first (filled in {:.0} s)",
            median.as_secs_f64() * 1000.0,
            median.as_secs_f64() / first.as_secs_f64(),
            filled.as_secs_f64()
        );
    }
}

/// The median of five, each with the cache as the one before left it.
async fn measure(folder: &Path) -> Duration {
    let store = store::open(&url(folder)).await.expect("it opens");
    let revisions = load_revisions(&*store).await.expect("a good process");
    let week = Week::of(date(2026, 12, 7));
    let now: Timestamp = NOW.parse().expect("an instant");
    let mut times = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let told = story(&*store, &revisions, week, None, &TimeZone::UTC, now).await.expect("a story");
        let kept = serde_json::to_string(&told).expect("plain data");
        times.push(began.elapsed());
        assert_eq!(told.digest.managers.len(), MANAGERS);
        assert!(told.chart.iter().all(|week| week.team.is_some()) && kept.len() > 1_000);
    }
    store.close().await;
    times.sort();
    times[times.len() / 2]
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}/onbeat.db", folder.display())
}

/// The rows are made by SQLite itself: week by week backwards from the week after, each with a manager, an activity and a rep.
async fn fill(folder: &Path, size: usize) {
    let store = store::open(&url(folder)).await.expect("it opens");
    let now: Timestamp = NOW.parse().expect("an instant");
    let revision =
        NewRevision { applied_at: now, effective: date(1900, 1, 1), in_slack: false, by: None, text: process() };
    store.add_revision(None, &revision).await.expect("the database takes it");
    let workspace = store.workspace_key();
    store.close().await;
    let options = SqliteConnectOptions::from_str(&url(folder)).expect("a path");
    let mut connection = options.connect().await.expect("it opens");
    run(&mut connection, "PRAGMA synchronous = OFF".to_owned()).await;
    let numbers =
        |most: usize| format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {most})");
    run(&mut connection, format!(
        "{numbers} INSERT INTO occurrence (workspace, id, manager, activity, rep, date, leader, revision, zone, due, closes,
            standing, completed_at, completed_by, snoozes, nudges, verification, version)
         SELECT {workspace}, day || '.a' || a || '.U0M' || m || '.U1R' || m || 'X' || r, 'U0M' || m, 'a' || a,
            'U1R' || m || 'X' || r, day, 'U0LEAD', 1, 'America/Chicago', unixepoch(day) + 57600, unixepoch(day) + 82800,
            CASE WHEN w = 0 THEN 'undecided' ELSE standing END,
            CASE WHEN w = 0 OR standing = 'missed' THEN NULL ELSE unixepoch(day) + 60000 END,
            CASE WHEN w = 0 OR standing = 'missed' THEN NULL ELSE 'U0M' || m END, 0, 1, 'none', 1
         FROM (SELECT i / {A_WEEK} AS w, i % {MANAGERS} AS m, i / {MANAGERS} % {ACTIVITIES} AS a,
                i / {MANAGERS} / {ACTIVITIES} % {REPS} AS r,
                date('2026-12-14', (-7 * (i / {A_WEEK}) + i / {MANAGERS} % 5) || ' days') AS day,
                CASE i * 7919 / 13 % 10 WHEN 0 THEN 'missed' WHEN 1 THEN 'skipped' WHEN 2 THEN 'excused' ELSE 'done' END
                AS standing FROM n)",
        numbers = numbers(size)
    )).await;
    let messages = size / A_WEEK * MANAGERS * MESSAGES;
    run(
        &mut connection,
        format!(
            "{numbers} INSERT INTO message (workspace, id, kind, recipient, at, delivery, channel, ts)
         SELECT {workspace}, 'm' || i, 'plan', 'U0M' || (i % {MANAGERS}),
            unixepoch('2026-12-11') - i / {MANAGERS} * 40000, 'sent', 'D' || (i % {MANAGERS}), i || '.1' FROM n",
            numbers = numbers(messages.max(1))
        ),
    )
    .await;
    connection.close().await.expect("it closes");
}

async fn run(connection: &mut SqliteConnection, sql: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(connection).await.expect("good SQL");
}

fn process() -> String {
    let mut text = "[process]\nname = \"Load\"\n[[leader]]\nslack = \"U0LEAD\"\nname = \"Lee\"\n".to_owned();
    for number in 0..ACTIVITIES {
        let one = format!("key = \"a{number}\"\ntitle = \"Activity {number}\"\nwhen = \"every workday at 10:00\"");
        writeln!(text, "[[activity]]\n{one}\nminutes = 10\nper = \"rep\"").expect("a string takes all");
    }
    for number in 0..MANAGERS {
        let rep = |rep| format!("{{ slack = \"U1R{number}X{rep}\", name = \"Rep {rep}\" }}");
        let reps = (0..REPS).map(rep).collect::<Vec<_>>().join(", ");
        let one = format!("slack = \"U0M{number}\"\nname = \"Manager {number}\"\nleader = \"U0LEAD\"");
        writeln!(text, "[[manager]]\n{one}\ntime_zone = \"America/Chicago\"\nreps = [{reps}]")
            .expect("a string takes all");
    }
    text
}
