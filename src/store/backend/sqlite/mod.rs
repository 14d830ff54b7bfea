//! The SQLite backend: one file, one writer.
//!
//! Writes go through one connection, each transaction begun with `BEGIN IMMEDIATE`; reads through a read-only pool beside
//! it, which in WAL mode never waits. `synchronous = FULL`, because a commit lost with the power is a nudge sent twice.

/// What unpacks a JSON list into rows of `key` (from 0) and `value`: around a placeholder, or what stands before and after.
macro_rules! list {
    (before) => {
        "json_each("
    };
    (after) => {
        ")"
    };
    ($placeholder:literal) => {
        concat!(list!(before), $placeholder, list!(after))
    };
}

mod backup;
mod lock;
mod open;
#[cfg(test)]
mod safety;
#[path = "../../sql/mod.rs"]
mod sql;
#[cfg(test)]
mod tests;

pub(in crate::store) use backup::backup;
pub(in crate::store) use open::{file, open};

use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Pool, Sqlite, Transaction};

use crate::store::Result;
use lock::hold;
use sql::SqlStore;

type Database = Sqlite;
type Connection = SqliteConnection;
type Row = SqliteRow;
type Arguments = SqliteArguments;

/// The write lock from the start: a transaction that begins reading and then writes is refused at once, without waiting.
async fn begin(writer: &Pool<Database>, _workspace: i64) -> Result<Transaction<'static, Database>> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

/// Freed pages are overwritten (`secure_delete`), and the write-ahead log, which still holds what was there, is moved into the
/// file and cut off. Where a reader holds the log, SQLite does that later.
async fn let_go(writer: &Pool<Database>) {
    let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await;
}
