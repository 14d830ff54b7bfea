//! The PostgreSQL backend: one writer at a time, as with SQLite.
//!
//! Every transaction that writes takes the workspace's advisory lock first, so that compare and swap, claims and counts mean
//! the same as with SQLite's one writer, whoever else writes (`apply` beside `serve`). Reads wait for nobody. Two bots in
//! two schemas of one database don't touch one another.

/// What unpacks a JSON list into rows of `key` (from 0) and `value`: around a placeholder, or what stands before and after.
macro_rules! list {
    (before) => {
        "(SELECT value, place - 1 AS key FROM jsonb_array_elements_text("
    };
    (after) => {
        "::jsonb) WITH ORDINALITY AS listed (value, place)) AS list"
    };
    ($placeholder:literal) => {
        concat!(list!(before), $placeholder, list!(after))
    };
}

mod lock;
mod open;
#[path = "../../sql/mod.rs"]
mod sql;
#[cfg(all(test, feature = "postgres-tests"))]
mod tests;

pub(in crate::store) use open::open;

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Pool, Postgres, Transaction};

use crate::store::Result;
use lock::hold;
use sql::SqlStore;

type Database = Postgres;
type Connection = PgConnection;
type Row = PgRow;
type Arguments = PgArguments;

/// The writers' lock of one workspace, of one schema.
const WRITING: &str = "SELECT pg_advisory_xact_lock(hashtextextended(
    'onbeat writes ' || coalesce(current_schema(), '') || ' ' || $1::text, 0))";

/// Begins, and waits for the turn to write.
async fn begin(writer: &Pool<Database>, workspace: i64) -> Result<Transaction<'static, Database>> {
    let mut transaction = writer.begin().await?;
    sqlx::query(WRITING).bind(workspace).execute(&mut *transaction).await?;
    Ok(transaction)
}

/// PostgreSQL's own vacuum takes away what was there before.
async fn let_go(_writer: &Pool<Database>) {}
