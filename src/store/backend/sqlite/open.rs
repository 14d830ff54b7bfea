//! Opening a database file: making it, its two pools, its migrations.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, SqlitePool};

use super::sql::{SqlStore, WORKSPACE};
use crate::store::{Result, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a statement waits for another program's lock.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// Between two tries at a file that another program has just for itself.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a transaction of ours waits for those before it.
const QUEUE: Duration = Duration::from_secs(10);
/// Readers never wait for the writer, so a few do.
const READERS: u32 = 4;

/// Opens the database at `sqlite://PATH`, makes it where it is missing (for this user alone, mode 0600), and brings
/// it up to date.
///
/// # Errors
/// What [`StoreError`] says of opening; the path is named.
pub(in crate::store) async fn open(url: &str) -> Result<SqlStore> {
    let (options, path) = options(url)?;
    let opened = match make_file(&path) {
        Ok(()) => open_pools(options).await,
        Err(error) => Err(error),
    };
    opened.map_err(|problem| match problem {
        StoreError::NoFolder(_) => problem,
        other => StoreError::Open { path: path.display().to_string(), problem: Box::new(other) },
    })
}

/// What `sqlite://PATH` asks for, and PATH, which has to be a file's.
pub(super) fn options(url: &str) -> Result<(SqliteConnectOptions, PathBuf)> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| StoreError::Url(error.to_string()))?;
    let path = options.get_filename().to_path_buf();
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::Url("a database in memory forgets everything".to_owned()));
    }
    if path.as_os_str().is_empty() || path.is_dir() {
        return Err(StoreError::Url(format!("{:?} is none", path.display().to_string())));
    }
    Ok((options, path))
}

/// The file that `sqlite://PATH` names.
pub(in crate::store) fn file(url: &str) -> Option<PathBuf> {
    SqliteConnectOptions::from_str(url).ok().map(|options| options.get_filename().to_path_buf())
}

async fn open_pools(options: SqliteConnectOptions) -> Result<SqlStore> {
    let options = options
        .create_if_missing(false)
        .shared_cache(false)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full);
    // One writer with BEGIN IMMEDIATE: a deferred transaction that turns to writing is refused at once, without waiting.
    let writing = options
        .clone()
        .read_only(false)
        .journal_mode(SqliteJournalMode::Wal)
        .auto_vacuum(SqliteAutoVacuum::None)
        // What is erased is overwritten: a note that somebody had forgotten must not be found in a freed page.
        .pragma("secure_delete", "ON")
        .optimize_on_close(true, None);
    let writer = connect_writer(writing).await?;
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    migrate(&mut transaction, &MIGRATIONS).await?;
    transaction.commit().await?;
    let reading = options.read_only(true);
    let reader = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(QUEUE).connect_with(reading).await?;
    Ok(SqlStore { writer, reader, workspace: WORKSPACE })
}

/// A full or failing disk makes SQLite end the transaction by itself. The rollback that follows then finds none and fails,
/// sqlx goes on counting the transaction as begun, and would refuse every later one: such a connection is replaced.
///
/// Turning a new file to WAL needs the file for itself, and SQLite refuses that at once, without the wait for a lock, when
/// another program is just doing the same; so the waiting is done here.
async fn connect_writer(options: SqliteConnectOptions) -> Result<SqlitePool> {
    let begun = Instant::now();
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(QUEUE)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
        match pool.connect_with(options.clone()).await.map_err(StoreError::from) {
            Err(StoreError::Busy(_)) if begun.elapsed() < BUSY => tokio::time::sleep(PAUSE).await,
            connected => return connected,
        }
    }
}

/// Under one write lock, because two programs (`serve` and `apply`) may open a new file at once.
pub(super) async fn migrate(connection: &mut SqliteConnection, migrations: &Migrator) -> Result<()> {
    let ours = count(connection, "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'").await?;
    let tables = count(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'").await?;
    if ours == 0 && tables > 0 {
        return Err(StoreError::NotOurs);
    }
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
    if ours > 0 {
        let found = count(connection, "SELECT coalesce(max(version), 0) FROM _sqlx_migrations").await?;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
    }
    // What `run` does; its `Acquire` bound makes the future of whoever awaits it not `Send`.
    migrations.run_direct(None, &mut *connection, false).await?;
    sqlx::query("INSERT INTO workspace (id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(WORKSPACE)
        .execute(connection)
        .await?;
    Ok(())
}

async fn count(connection: &mut SqliteConnection, query: &'static str) -> Result<i64> {
    Ok(sqlx::query_scalar(query).fetch_one(connection).await?)
}

/// Makes the file before SQLite does, which would make it readable for everybody. SQLite gives its helper files the same
/// mode. A file that is there is left untouched: opening it by ourselves would let go of SQLite's locks on it.
fn make_file(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => Cow::Borrowed(parent),
        Some(_) | None => Cow::Owned(".".into()),
    };
    if !folder.is_dir() {
        return Err(StoreError::NoFolder(folder.display().to_string()));
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::CantMake(error)),
    }
}
