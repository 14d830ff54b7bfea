//! A disk that fails, a second bot on one file, a copy to go back to: nothing is lost, and what is wrong is said.

use std::process::Command;

use jiff::ToSpan;
use onbeat::clock::{Clock, SystemClock};
use serde_json::json;

use crate::harness::{ANA, HEAD, Harness, LEADERS};
use crate::serve::{Served, refused, serve};

const ACTIVITIES: &str = r#"
[[activity]]
key = "forecast"
title = "Forecast"
when = "every Monday at 09:00"
minutes = 30

[[activity]]
key = "huddle"
title = "Team huddle"
when = "every Monday at 10:00"
minutes = 15
"#;

fn process() -> String {
    [HEAD, ACTIVITIES, LEADERS, ANA].concat()
}

#[tokio::test]
async fn a_backup_of_a_running_bot_can_be_gone_back_to() {
    let mut h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 09:30").await;
    h.press("ana", "Done", "forecast").await;
    h.kinds("ana");
    let said = h.onbeat(&["backup", "copy.db"]).await;
    assert_eq!((said.status, said.out.as_str()), (0, "copied to copy.db\n"), "{}", said.err);
    assert!(said.err.contains("onbeat.key"), "the key is to be kept too: {}", said.err);
    let again = h.onbeat(&["backup", "copy.db"]).await;
    assert_eq!(again.status, 2, "{}", again.err);
    assert!(again.err.contains("copy.db is there already"), "{}", again.err);

    h.press("ana", "Done", "huddle").await;
    assert_eq!(h.record("huddle").await["state"], "done");
    h.crash();
    // As the README says.
    for name in ["onbeat.db", "onbeat.db-wal", "onbeat.db-shm"] {
        let _ = std::fs::remove_file(h.folder().join(name));
    }
    std::fs::rename(h.folder().join("copy.db"), h.folder().join("onbeat.db")).unwrap();
    h.open().await;
    h.beat().await;
    assert_eq!(h.record("forecast").await["state"], "done");
    assert_eq!(h.record("huddle").await["state"], "planned", "as it was when the copy was made");
    h.press("ana", "Done", "huddle").await;
    assert_eq!(h.record("huddle").await["state"], "done");
    h.finish().await;
}

#[tokio::test]
async fn a_backup_of_what_is_not_there_says_so() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    let said = h.onbeat(&["backup", "copy.db"]).await;
    assert_eq!(said.status, 1);
    assert!(said.err.contains("there is no database") && !h.folder().join("onbeat.db").exists(), "{}", said.err);
    let said = h.onbeat_with(&["backup", "copy.db"], &[("DATABASE_URL", "postgres://u:s3cret@127.0.0.1/x")]).await;
    assert_eq!(said.status, 1);
    assert!(said.err.contains("pg_dump") && !said.err.contains("s3cret"), "{}", said.err);
    h.apply(&process()).await;
    h.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_serve_on_one_file_refuses() {
    let h = Harness::before("2026-12-07T12:00:00Z").await;
    h.apply(&process()).await;
    let first = Served::start(serve(&h, &[], &[]));
    let (status, said) = refused(serve(&h, &[], &[]));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("another `onbeat serve` runs on this database"), "{said}");
    assert_eq!(h.onbeat(&["export"]).await.status, 0, "other commands work beside it");
    // Killed, so that nothing is tidied up: the lock goes with the process.
    drop(first);
    let (_, status, log) = Served::start(serve(&h, &[], &[])).terminate().await;
    assert_eq!(status, Some(0), "{log}");
    h.finish().await;
}

#[cfg(target_os = "linux")]
/// Its disk can be made to fail by [`limit_files`]; the signal that would end it is ignored.
fn serve_on_a_bad_disk(h: &Harness) -> Command {
    let bot = serve(h, &[], &[]);
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(bot.get_program()).args(bot.get_args());
    command.current_dir(h.folder()).env_clear().stdin(std::process::Stdio::null());
    command.envs(bot.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

#[cfg(target_os = "linux")]
/// From now on no file can be written beyond its first `bytes`.
fn limit_files(served: &Served, bytes: &str) {
    let limit = format!("--fsize={bytes}:");
    let set = Command::new("prlimit").args(["--pid", &served.child.id().to_string(), &limit]).status().unwrap();
    assert!(set.success());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_costs_no_click() {
    let now = SystemClock.now();
    let h = Harness::before(&now.to_string()).await;
    h.apply(&process()).await;
    let served = Served::start(serve_on_a_bad_disk(&h));
    h.slack.connect(&served.url);
    served.wait_for("/readyz", 200).await;
    let day = now.in_tz("America/Chicago").unwrap().date();
    let days = |from: i32, to: i32| {
        let date = |after: i32| day.checked_add(after.days()).unwrap();
        format!("away {} to {}", date(from), date(to))
    };
    assert!(h.slack.command("U0ANA", &days(20, 21)).await.unwrap().is_ok());
    assert_eq!(h.log("away").await, 1);

    limit_files(&served, "1");
    assert_eq!(h.slack.command("U0ANA", &days(30, 31)).await.unwrap().status, 503, "Slack then tells the user");
    served.wait_for("/readyz", 503).await;
    assert_eq!(served.status("/healthz").await, 200, "it lives");
    assert_eq!(h.log("away").await, 1, "no half of it is there");

    limit_files(&served, "unlimited");
    served.wait_for("/readyz", 200).await;
    assert!(h.slack.command("U0ANA", &days(30, 31)).await.unwrap().is_ok());
    assert_eq!(h.log("away").await, 2);
    let (_, status, log) = served.terminate().await;
    assert_eq!(status, Some(0), "{log}");
    h.kinds("ana");
    h.finish_with_work_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_while_another_program_holds_the_file_is_answered_in_time() {
    use sqlx::{Connection, SqliteConnection};
    let h = Harness::start(&process(), "2026-12-07T12:00:00Z").await;
    h.advance_to("Mon 08:30").await;
    h.kinds("ana");
    let mut other = SqliteConnection::connect(&h.database()).await.unwrap();
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    let began = std::time::Instant::now();
    let answer = h.slack.command("U0ANA", "away 2026-12-24 to 2027-01-02").await.unwrap();
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(began.elapsed().as_millis() < 3_500, "{:?}", began.elapsed());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    h.command("ana", "away 2026-12-24 to 2027-01-02").await;
    assert_eq!(h.log("away").await, 1);
    assert_eq!(h.record("forecast").await["state"], json!("planned"));
    h.finish().await;
}
