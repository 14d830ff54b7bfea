//! What must not be lost when the disk, another program or we ourselves go wrong.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use super::open::migrate;
use super::tests::{folder, refused, run, stranger, url};
use super::{backup, open};
use crate::record::{Action, Evidence, Outcome, Standing};
use crate::store::contract::fixtures as make;
use crate::store::{Recorded, Recording, Store, StoreError};

/// Ana does it, with a note of this length.
async fn noted(store: &dyn Store, length: usize) -> Recording {
    let outcome = Outcome { note: Some("x".repeat(length)), evidence: Evidence::default(), result: None };
    let after = make::read(store, "a").await.act(Action::Done(outcome), &make::ana(), make::at(60)).unwrap();
    make::recording(after, "done", Some("key"))
}

#[tokio::test]
async fn a_full_disk_leaves_no_half_of_a_click() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    make::plan(&store, &["a"]).await;
    let recording = noted(&store, 1_000_000).await;
    for _ in 0..2 {
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&store.writer).await.unwrap();
        let full = store.record(&recording).await.unwrap_err();
        assert!(matches!(full, StoreError::Full(_)) && full.may_pass(), "{full:?}");
        assert_eq!(make::read(&store, "a").await.standing, Standing::Undecided);
        assert!(!store.was_seen("key").await.unwrap(), "Slack's next try must not be taken for a second click");
        assert_eq!(store.log(None, None).await.unwrap(), []);
    }
    sqlx::raw_sql("PRAGMA max_page_count = 1000000").execute(&store.writer).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(store.record(&recording).await.unwrap(), Recorded::Yes);
    assert_eq!(make::read(&store, "a").await.standing, Standing::Done);
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_written_once_it_lets_go() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    make::plan(&store, &["a"]).await;
    let recording = noted(&store, 10).await;
    sqlx::raw_sql("PRAGMA busy_timeout = 0").execute(&store.writer).await.unwrap();
    let mut other = stranger(folder.path()).await;
    run(&mut other, "BEGIN EXCLUSIVE").await.unwrap();
    let busy = store.record(&recording).await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy(_)) && busy.may_pass(), "{busy:?}");
    assert_eq!(make::read(&store, "a").await.standing, Standing::Undecided, "readers wait for nobody");
    run(&mut other, "COMMIT").await.unwrap();
    assert_eq!(store.record(&recording).await.unwrap(), Recorded::Yes);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    make::plan(&store, &["a"]).await;
    let migrations = crate::store::contract::fixtures::broken_migrations("sqlite");
    let migrations = Migrator::new(migrations.path()).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    let error = migrate(&mut transaction, &migrations).await.unwrap_err();
    assert!(matches!(error, StoreError::Migration(_)), "{error:?}");
    assert!(error.to_string().contains("9999"), "{error}");
    drop(transaction);
    store.close().await;
    let store = open(&url(folder.path())).await.unwrap();
    let half: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'half'")
        .fetch_one(&store.reader)
        .await
        .unwrap();
    assert_eq!(half, 0);
    assert_eq!(make::read(&store, "a").await.standing, Standing::Undecided);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_left_alone() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    make::plan(&store, &["a"]).await;
    store.close().await;
    let path = folder.path().join("onbeat.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    let error = refused(&url(folder.path())).await;
    let StoreError::Open { problem, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**problem, StoreError::Damaged(_)), "{error:?}");
    assert!(error.to_string().contains("backup"), "{error}");
    let copied = backup(&url(folder.path()), &folder.path().join("copy.db")).await.unwrap_err();
    assert!(matches!(copied, StoreError::Damaged(_)), "{copied:?}");
    assert_eq!(names(folder.path()), ["onbeat.db"], "no copy is better than a bad one");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn rows(path: &Path) -> i64 {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut copy: SqliteConnection = options.connect().await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM direct_channel").fetch_one(&mut copy).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_whole_while_others_write() {
    let folder = folder();
    let store = open(&url(folder.path())).await.unwrap();
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for user in 0..200 {
            writer.remember_direct_channel(&format!("U{user}").as_str().into(), "D").await.unwrap();
        }
    });
    let mut before = 0;
    for copy in 0..5 {
        let path = folder.path().join(format!("copy-{copy}.db"));
        backup(&url(folder.path()), &path).await.unwrap();
        let copied = rows(&path).await;
        assert!(copied >= before, "a later copy has no less");
        before = copied;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    writing.await.unwrap();
    let path = folder.path().join("last.db");
    backup(&url(folder.path()), &path).await.unwrap();
    assert_eq!(rows(&path).await, 200, "what is still in the log beside the file is in it too");
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_makes_nothing_up() {
    let folder = folder();
    let (url, copy) = (url(folder.path()), folder.path().join("copy.db"));
    assert!(matches!(backup(&url, &copy).await, Err(StoreError::NoDatabase(_))));
    assert_eq!(names(folder.path()), Vec::<String>::new());
    open(&url).await.unwrap().close().await;
    std::fs::write(&copy, "").unwrap();
    assert!(matches!(backup(&url, &copy).await, Err(StoreError::Exists(_))));
    assert_eq!(std::fs::read(&copy).unwrap(), b"");
    let nowhere = folder.path().join("no/copy.db");
    assert!(matches!(backup(&url, &nowhere).await, Err(StoreError::Backup(..))));
    assert_eq!(names(folder.path()), ["copy.db", "onbeat.db"]);
    let other = tempfile::tempdir().unwrap();
    run(&mut stranger(other.path()).await, "CREATE TABLE bookmarks (id INTEGER)").await.unwrap();
    let theirs = backup(&super::tests::url(other.path()), &folder.path().join("theirs.db")).await;
    assert!(matches!(theirs, Err(StoreError::NotOurs)), "{theirs:?}");
}
