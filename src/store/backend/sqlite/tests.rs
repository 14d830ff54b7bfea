//! SQLite alone: the file, the migrations, the words for what goes wrong.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use super::{SqlStore, open};
use crate::record::{OccurrenceId, Standing};
use crate::store::{self, OccurrenceQuery, Store, StoreError};

pub(super) fn url(folder: &Path) -> String {
    format!("sqlite://{}/onbeat.db", folder.display())
}

pub(super) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Another program's connection to the same file, which waits for nobody.
pub(super) async fn stranger(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("onbeat.db")).create_if_missing(true);
    options.busy_timeout(Duration::ZERO).connect().await.expect("connects")
}

pub(super) async fn run(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    Ok(sqlx::raw_sql(sql).execute(connection).await.map(drop)?)
}

pub(super) async fn refused(url: &str) -> StoreError {
    match store::open(url).await {
        Ok(_) => panic!("{url} opened"),
        Err(error) => error,
    }
}

async fn pragma(store: &SqlStore, sql: &'static str) -> String {
    sqlx::query_scalar::<_, i64>(sql)
        .fetch_one(&store.writer)
        .await
        .map(|number| number.to_string())
        .unwrap_or("?".into())
}

#[tokio::test]
async fn the_file_is_made_for_one_user_and_kept_safely() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    store.ping().await.unwrap();
    #[cfg(unix)]
    for name in ["onbeat.db", "onbeat.db-wal"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.writer).await.unwrap();
    assert_eq!(journal, "wal");
    assert_eq!(pragma(&store, "PRAGMA synchronous").await, "2");
    assert_eq!(pragma(&store, "PRAGMA foreign_keys").await, "1");
    assert_eq!(pragma(&store, "PRAGMA busy_timeout").await, "5000");
}

#[tokio::test]
async fn closing_leaves_one_file() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    store.remember_direct_channel(&"U1".into(), "D1").await.unwrap();
    store.direct_channel(&"U1".into()).await.unwrap();
    store.close().await;
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["onbeat.db"]);
}

#[tokio::test]
async fn every_table_carries_its_workspace() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    let without: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE '\\_%' ESCAPE '\\'
         AND name NOT LIKE 'sqlite%' AND name <> 'workspace' AND (strict = 0 OR NOT EXISTS
             (SELECT 1 FROM pragma_table_info(pragma_table_list.name) WHERE name = 'workspace'))",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    assert_eq!(without, Vec::<String>::new());
}

#[tokio::test]
async fn urls_that_are_no_use() {
    let folder = folder();
    assert_eq!(refused("mysql://x").await.to_string(), "DATABASE_URL must begin with sqlite:// or postgres://");
    assert!(matches!(refused("onbeat.db").await, StoreError::UnknownKind));
    assert!(matches!(refused("sqlite://:memory:").await, StoreError::Url(_)));
    assert!(matches!(refused("sqlite://x.db?mode=memory").await, StoreError::Url(_)));
    assert!(matches!(refused("sqlite://").await, StoreError::Url(_)));
    let itself = format!("sqlite://{}", folder.path().display());
    assert!(matches!(refused(&itself).await, StoreError::Url(_)));
    let missing = format!("sqlite://{}/no/onbeat.db", folder.path().display());
    let words = refused(&missing).await.to_string();
    assert_eq!(
        words,
        format!(
            "there is no folder {}/no to keep the database in; make it, or point DATABASE_URL elsewhere",
            folder.path().display()
        )
    );
    assert!(!folder.path().join("no").exists());
}

#[tokio::test]
async fn a_file_that_is_no_database() {
    let folder = folder();
    std::fs::write(folder.path().join("onbeat.db"), "Dear diary, ".repeat(100)).unwrap();
    let error = refused(&url(folder.path())).await;
    let StoreError::Open { problem, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**problem, StoreError::NotADatabase(_)), "{error:?}");
    let words = error.to_string();
    assert!(words.contains("onbeat.db: this file is no SQLite database") && !words.contains('\n'), "{words}");
}

#[tokio::test]
async fn a_database_of_another_program() {
    let folder = folder();
    run(&mut stranger(folder.path()).await, "CREATE TABLE bookmarks (id INTEGER)").await.unwrap();
    let error = refused(&url(folder.path())).await;
    let StoreError::Open { problem, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**problem, StoreError::NotOurs), "{error:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_program() {
    let folder = folder();
    store::open(&url(folder.path())).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '', 1, x'00', 0)";
    run(&mut stranger(folder.path()).await, newer).await.unwrap();
    let error = refused(&url(folder.path())).await;
    let StoreError::Open { problem, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**problem, StoreError::Newer { found: 9999, .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_open_a_new_file_at_once() {
    let folder = folder();
    let mut openings = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let url = url(folder.path());
        openings.spawn(async move { open(&url).await?.ping().await });
    }
    for opened in openings.join_all().await {
        opened.unwrap();
    }
}

#[tokio::test]
async fn what_goes_wrong_later_is_told_apart() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    let written = sqlx::query("UPDATE workspace SET team = 'T'").execute(&store.reader).await;
    assert!(matches!(StoreError::from(written.unwrap_err()), StoreError::ReadOnly(_)));

    let transaction = store.begin().await.unwrap();
    let locked = run(&mut stranger(folder.path()).await, "BEGIN IMMEDIATE").await.unwrap_err();
    assert!(matches!(locked, StoreError::Busy(_)) && locked.may_pass(), "{locked:?}");
    drop(transaction);

    sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&store.writer).await.unwrap();
    let full = store.remember_direct_channel(&"U1".into(), &"x".repeat(1_000_000)).await.unwrap_err();
    assert!(matches!(full, StoreError::Full(_)) && full.may_pass(), "{full:?}");
}

#[tokio::test]
async fn a_row_that_is_not_understood_is_named() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    let row = "INSERT INTO occurrence VALUES (1, 'x', 'U1', 'a', NULL, '2026-12-07', 'U2', 1, 'UTC', 0, 1, 'undecided',
        NULL, NULL, NULL, 'secret', NULL, NULL, NULL, NULL, 0, 0, 'none', 0, 0, 0)";
    sqlx::raw_sql(row).execute(&store.writer).await.unwrap();
    let cases = [
        ("UPDATE occurrence SET standing = 'vanished'", r#"column standing, row x: "vanished" is not a word"#),
        ("UPDATE occurrence SET standing = 'done', date = 'soon'", r#"column date, row x: "soon" is no date"#),
        ("UPDATE occurrence SET date = '2026-12-07', zone = 'Mars'", r#"column zone, row x: "Mars" is no time zone"#),
        ("UPDATE occurrence SET zone = 'UTC', number = 'two'", "column number, row x: is no JSON number"),
        ("UPDATE occurrence SET number = NULL, due = 1 << 62", "column due, row x: 4611686018427387904 is out of time"),
    ];
    for (change, wanted) in cases {
        sqlx::raw_sql(change).execute(&store.writer).await.unwrap();
        let one = store.occurrence(&OccurrenceId("x".into())).await.unwrap_err().to_string();
        let all = store.occurrences(&OccurrenceQuery::default()).await.unwrap_err().to_string();
        assert!(one.starts_with("table occurrence, ") && one.contains(wanted), "{one}");
        assert_eq!(one, all);
        assert!(!one.contains("secret"));
    }
}

#[tokio::test]
async fn the_log_tells_who_did_what_without_their_words() {
    use crate::record::{Action, Evidence, Outcome};
    use crate::store::contract::fixtures as make;
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    make::plan(&store, &["a"]).await;
    let outcome = Outcome {
        note: Some("secret".into()),
        evidence: Evidence { link: Some("https://secret".into()), number: None },
        ..Outcome::default()
    };
    let after = make::read(&store, "a").await.act(Action::Done(outcome), &make::ana(), make::at(60)).unwrap();
    store.record(&make::recording(after.clone(), "done", None)).await.unwrap();
    store.record(&make::recording(after, "late", None)).await.unwrap();
    let lines: Vec<(i64, String, String, String, String)> =
        sqlx::query_as("SELECT at, who, what, occurrence, detail FROM log").fetch_all(&store.reader).await.unwrap();
    let [(at, who, what, occurrence, detail)] = lines.try_into().expect("one line");
    assert_eq!(
        (at, who.as_str(), what.as_str(), occurrence.as_str()),
        (make::at(60).as_second(), "U0ANA", "done", "a")
    );
    assert!(detail.contains(r#""was":"undecided""#) && detail.contains(r#""is":"done""#), "{detail}");
    assert!(!detail.contains("secret"), "{detail}");
}

/// However long the history: a digest reads a quarter of occurrences, a week of messages and the digests before by indexes,
/// a click what is open, and a tick what waits.
#[tokio::test]
async fn nothing_scans_the_history() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    let (from, to) = crate::record::digest::Material::window("2026-W50".parse().unwrap());
    let query = OccurrenceQuery { from: Some(from), to: Some(to), ..Default::default() };
    let weeks = store.select(&query).sql().as_str().to_owned();
    let ids = Some(vec![OccurrenceId("2026-12-07.forecast.U0ANA".to_owned())]);
    let by_id = store.select(&OccurrenceQuery { ids, ..Default::default() }).sql().as_str().to_owned();
    let open = OccurrenceQuery {
        manager: Some(crate::process::UserId("U0ANA".to_owned())),
        to: Some(to),
        closes_after: Some(jiff::Timestamp::UNIX_EPOCH),
        standings: vec![Standing::Undecided],
        ..Default::default()
    };
    let open = store.select(&open).sql().as_str().to_owned();
    let message = "SELECT * FROM message WHERE workspace = $1 AND id = $2".to_owned();
    for (sql, index) in [
        (weeks, "SEARCH occurrence USING INDEX occurrence_by_date (workspace=? AND date>? AND date<?)"),
        (by_id, "SEARCH occurrence USING INDEX sqlite_autoindex_occurrence_1 (workspace=? AND id=?)"),
        (open, "SEARCH occurrence USING INDEX occurrence_by_closing (workspace=? AND manager=? AND closes>?)"),
        (
            SqlStore::COUNT_SENT.to_owned(),
            "SEARCH message USING COVERING INDEX message_sent (workspace=? AND recipient=? AND at>? AND at<?)",
        ),
        (
            SqlStore::DISPUTED.to_owned(),
            "SEARCH occurrence USING INDEX occurrence_by_date (workspace=? AND date>? AND date<?)",
        ),
        (SqlStore::STALE.to_owned(), "SEARCH message USING INDEX message_stale (workspace=?)"),
        (
            SqlStore::TOLD_WAITING.to_owned(),
            "SEARCH webhook_delivery USING COVERING INDEX webhook_delivery_pending (workspace=? AND not_before<?)",
        ),
        (message, "SEARCH message USING INDEX sqlite_autoindex_message_1 (workspace=? AND id=?)"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&store.reader).await.unwrap();
        let steps: Vec<String> = rows.into_iter().map(|(.., step)| step).collect();
        assert!(steps.iter().any(|step| step == index), "{steps:?}");
        assert!(!steps.iter().any(|step| step.starts_with("SCAN") && !step.contains("json_each")), "{steps:?}");
    }
}

/// A column that is not in the list would be forgotten when somebody is.
#[tokio::test]
async fn every_column_is_accounted_for() {
    use std::collections::BTreeSet;

    use crate::store::privacy::TABLES;
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT IN ('_sqlx_migrations', 'sqlite_sequence', 'sqlite_stat1')",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    let found: BTreeSet<String> = columns.into_iter().map(|(table, column)| format!("{table}.{column}")).collect();
    let listed: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|table| [table.people, table.words, table.plain].concat().into_iter().map(|it| (table.name, it)))
        .map(|(table, column)| format!("{table}.{column}"))
        .collect();
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "say in store/privacy.rs and docs/privacy.md what these hold of people, and erase words: {missing:?}"
    );
    let extra: Vec<_> = listed.difference(&found).collect();
    assert!(extra.is_empty(), "there are no such columns: {extra:?}");
}
