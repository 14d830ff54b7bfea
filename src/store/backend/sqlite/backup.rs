//! A copy of the database as it stands, while others write to it.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _};
use tempfile::NamedTempFile;

use super::open::{BUSY, options};
use crate::store::{Result, StoreError};

/// Copies the database at `url` into the new file `to` (mode 0600). The copy gets its name once it is whole, checked and
/// on the disk. Nothing is migrated: a backup made before an upgrade is of the database before it.
///
/// # Errors
/// [`StoreError::NoDatabase`], [`StoreError::Exists`], [`StoreError::Backup`], or what SQLite says.
pub(in crate::store) async fn backup(url: &str, to: &Path) -> Result<()> {
    let (options, from) = options(url)?;
    if !from.is_file() {
        return Err(StoreError::NoDatabase(from.display().to_string()));
    }
    if to.symlink_metadata().is_ok() {
        return Err(StoreError::Exists(to.display().to_string()));
    }
    let cant = |error: std::io::Error| StoreError::Backup(to.display().to_string(), error);
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Empty, of mode 0600, in the same folder: SQLite fills it, and naming it is one step.
    let copy = tempfile::Builder::new().prefix(".onbeat-backup-").tempfile_in(folder).map_err(cant)?;
    let mut connection = options.create_if_missing(false).busy_timeout(BUSY).connect().await?;
    let copied = fill(&mut connection, &copy).await;
    // Also where it failed: the last to leave folds the log into the file.
    let _ = connection.close().await;
    copied?;
    check(copy.path()).await?;
    // VACUUM INTO leaves the copy to the operating system's leisure.
    copy.as_file().sync_all().map_err(cant)?;
    copy.persist_noclobber(to).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::Exists(to.display().to_string()),
        _ => cant(error.error),
    })?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(cant)
}

/// One read transaction, which holds up no writer.
async fn fill(connection: &mut SqliteConnection, copy: &NamedTempFile) -> Result<()> {
    let ours: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut *connection)
        .await?;
    if ours == 0 {
        return Err(StoreError::NotOurs);
    }
    sqlx::query("VACUUM INTO $1").bind(copy.path().to_string_lossy()).execute(connection).await?;
    Ok(())
}

/// Reads the copy through once.
async fn check(copy: &Path) -> Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(copy).read_only(true).connect().await?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    connection.close().await?;
    if found == "ok" { Ok(()) } else { Err(StoreError::BadCopy) }
}
