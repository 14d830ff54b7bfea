//! PostgreSQL alone: the database, the migrations, the words for what goes wrong.

use sqlx::migrate::Migrator;
use sqlx::{Connection as _, PgConnection};

use super::open;
use super::open::migrate;
use crate::record::Standing;
use crate::store::contract::fixtures as make;
use crate::store::contract::schema::Schema;
use crate::store::{self, Store, StoreError};

async fn run(connection: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(connection).await.expect("good SQL");
}

async fn refused(url: &str) -> StoreError {
    match store::open(url).await {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn urls_that_are_no_use_are_not_repeated() {
    let schema = Schema::new().await;
    let bad = refused("postgres://onbeat:s3cret%ZZ@127.0.0.1:port/db").await;
    assert!(matches!(bad, StoreError::PostgresUrl), "{bad:?}");
    let stranger = format!("postgres://nobody:s3cret@{}", schema.url().split_once('@').unwrap().1);
    let refused_user = refused(&stranger).await;
    assert!(matches!(refused_user, StoreError::Refused(_)), "{refused_user:?}");
    let nowhere = schema.url().replace("/postgres?", "/no_such_database?");
    let unknown = refused(&nowhere).await;
    assert!(matches!(unknown, StoreError::Unknown(_)), "{unknown:?}");
    for error in [bad, refused_user, unknown] {
        assert!(!error.to_string().contains("s3cret") && !error.may_pass(), "{error}");
    }
}

#[tokio::test]
async fn a_database_of_another_program_or_a_newer_one_is_left_alone() {
    let schema = Schema::new().await;
    let mut other = schema.connect().await;
    run(&mut other, "CREATE TABLE bookmarks (id BIGINT)").await;
    assert!(matches!(refused(&schema.url()).await, StoreError::NotOurs));
    run(&mut other, "DROP TABLE bookmarks").await;
    open(&schema.url()).await.unwrap().close().await;
    run(&mut other, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), true, '\\x00', 0)").await;
    assert!(matches!(refused(&schema.url()).await, StoreError::Newer { found: 9999, .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_open_a_new_database_at_once() {
    let schema = Schema::new().await;
    let mut openings = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = schema.url();
        openings.spawn(async move { open(&url).await?.ping().await });
    }
    for opened in openings.join_all().await {
        opened.unwrap();
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let schema = Schema::new().await;
    let store = open(&schema.url()).await.unwrap();
    make::plan(&store, &["a"]).await;
    let folder = make::broken_migrations("postgres");
    let migrations = Migrator::new(folder.path()).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    let error = migrate(&mut transaction, &migrations).await.unwrap_err();
    assert!(matches!(error, StoreError::Migration(_)), "{error:?}");
    drop(transaction);
    let half: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('half')::text").fetch_one(&store.reader).await.unwrap();
    assert_eq!(half, None);
    assert_eq!(make::read(&store, "a").await.standing, Standing::Undecided);
}

#[tokio::test]
async fn a_restart_costs_nothing_but_the_connections() {
    let schema = Schema::new().await;
    let store = open(&schema.url()).await.unwrap();
    make::plan(&store, &["a"]).await;
    for _ in 0..3 {
        schema.disconnect_all().await;
        assert_eq!(make::read(&store, "a").await.standing, Standing::Undecided);
        store.ping().await.unwrap();
    }
    // In the middle of a transaction: it is lost whole, and said to be.
    let mut transaction = store.begin().await.unwrap();
    sqlx::query("UPDATE occurrence SET standing = 'done'").execute(&mut *transaction).await.unwrap();
    schema.disconnect_all().await;
    let lost = StoreError::from(transaction.commit().await.unwrap_err());
    assert!(matches!(lost, StoreError::Away(_)) && lost.may_pass(), "{lost:?}");
    assert_eq!(make::read(&store, "a").await.standing, Standing::Undecided);
    make::done(&store, "a").await;
}

#[tokio::test]
async fn whoever_hangs_with_the_lock_in_hand_makes_us_busy_and_no_more() {
    let schema = Schema::new().await;
    let store = open(&schema.url()).await.unwrap();
    let other = open(&schema.url()).await.unwrap();
    sqlx::raw_sql("SET lock_timeout = '50ms'").execute(&store.writer).await.unwrap();
    let hanging = other.begin().await.unwrap();
    let busy = store.ping().await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy(_)) && busy.may_pass(), "{busy:?}");
    store.workspace().await.unwrap();
    drop(hanging);
    other.ping().await.unwrap();
    store.ping().await.unwrap();
}

#[tokio::test]
async fn two_bots_in_two_schemas_know_nothing_of_one_another() {
    let (one, two) = (Schema::new().await, Schema::new().await);
    let (one, two) = (open(&one.url()).await.unwrap(), open(&two.url()).await.unwrap());
    let (first, second) = (one.hold().await.unwrap(), two.hold().await.unwrap());
    let writing = one.begin().await.unwrap();
    two.ping().await.unwrap();
    drop((writing, first, second));
    one.close().await;
    two.close().await;
}

/// As after a restart of the server: the one that comes first has it, and the other knows at once.
#[tokio::test]
async fn whoever_lost_the_lock_to_another_serves_no_more() {
    let schema = Schema::new().await;
    let (one, two) = (open(&schema.url()).await.unwrap(), open(&schema.url()).await.unwrap());
    let mut first = one.hold().await.unwrap();
    let ended: Vec<bool> = sqlx::query_scalar(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint
         = hashtextextended('onbeat serves ' || current_schema() || ' ' || $1::text, 0)",
    )
    .bind(one.workspace)
    .fetch_all(&two.writer)
    .await
    .unwrap();
    assert_eq!(ended, [true], "one session has it");
    let second = two.hold().await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(30), first.lost()).await.expect("it is told");
    assert!(matches!(one.hold().await, Err(StoreError::Served)), "the second has it still");
    drop(second);
}

#[tokio::test]
async fn the_connections_are_as_we_mean_them() {
    let schema = Schema::new().await;
    let store = open(&schema.url()).await.unwrap();
    for pool in [&store.writer, &store.reader] {
        let mut said = Vec::new();
        for name in ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "synchronous_commit"] {
            let value: String =
                sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(pool).await.unwrap();
            said.push(value);
        }
        assert_eq!(said, ["5s", "30s", "1min", "on"]);
    }
}

/// Table, column, type, whether it may be null, place in the primary key.
type Column = (String, String, String, bool, i64);

#[tokio::test]
async fn both_backends_have_the_same_tables() {
    let schema = Schema::new().await;
    let store = open(&schema.url()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onbeat.db");
    store::open(&format!("sqlite://{}", path.display())).await.unwrap().close().await;
    let mut sqlite = sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let theirs: Vec<Column> = sqlx::query_as(
        "SELECT tables.name, columns.name, CASE columns.type WHEN 'INTEGER' THEN 'bigint' ELSE lower(columns.type) END,
             columns.\"notnull\" = 0 AND columns.pk = 0, columns.pk
         FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_%' ESCAPE '\\' AND tables.name NOT LIKE 'sqlite%'
         ORDER BY 1, 2",
    )
    .fetch_all(&mut sqlite)
    .await
    .unwrap();
    let ours: Vec<Column> = sqlx::query_as(
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable = 'YES',
             coalesce(k.ordinal_position, 0)::bigint
         FROM information_schema.columns AS c
         LEFT JOIN information_schema.table_constraints AS t ON t.table_schema = c.table_schema
             AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'
         LEFT JOIN information_schema.key_column_usage AS k ON k.constraint_schema = t.constraint_schema
             AND k.constraint_name = t.constraint_name AND k.table_name = c.table_name AND k.column_name = c.column_name
         WHERE c.table_schema = current_schema() AND c.table_name NOT LIKE '\\_%'
         ORDER BY c.table_name COLLATE \"C\", c.column_name COLLATE \"C\"",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    assert!(ours.len() > 50, "{ours:?}");
    for (one, other) in ours.iter().zip(&theirs) {
        assert_eq!(one, other, "PostgreSQL, SQLite");
    }
    assert_eq!(ours.len(), theirs.len());
}

#[tokio::test]
async fn both_backends_have_the_same_indexes_and_sort_alike() {
    let schema = Schema::new().await;
    let store = open(&schema.url()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("onbeat.db").display());
    store::open(&url).await.unwrap().close().await;
    let mut sqlite = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let theirs: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
            .fetch_all(&mut sqlite)
            .await
            .unwrap();
    let ours: Vec<String> = sqlx::query_scalar(
        "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'
         ORDER BY indexname COLLATE \"C\"",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    assert_eq!(ours, theirs);
    let not_by_bytes: Vec<String> = sqlx::query_scalar(
        "SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
         AND table_name NOT LIKE '\\_%'",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    assert_eq!(not_by_bytes, Vec::<String>::new(), "TEXT COLLATE \"C\"");
}
