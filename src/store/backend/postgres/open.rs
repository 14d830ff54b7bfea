//! Opening a PostgreSQL database: its two pools, its migrations.

use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _};

use super::begin;
use super::sql::{SqlStore, WORKSPACE};
use crate::store::{Result, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a start waits for a database that is just starting too.
const STARTING: Duration = Duration::from_secs(10);
/// Between two tries at it.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a request waits for a connection: Slack wants its answer within three seconds.
const QUEUE: Duration = Duration::from_millis(2_500);
/// Readers never wait for the writer, so a few do.
const READERS: u32 = 4;

/// What holds for each of our connections. A statement that waits longer than these gives up, and somebody who hangs with
/// the writers' lock in hand loses it. A server that is set to confirm commits before they are on the disk does not do so
/// for us: a commit lost with the power is a nudge sent twice.
const SESSION: &str = "SET lock_timeout = '5s'; SET statement_timeout = '30s';
    SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_isolation = 'read committed';
    SET client_min_messages = warning;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Opens the database that `postgres://…` names, and brings it up to date.
///
/// # Errors
/// What [`StoreError`] says of opening; never with the password.
pub(in crate::store) async fn open(url: &str) -> Result<SqlStore> {
    // What sqlx says of a bad address may quote it, and it holds a password.
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::PostgresUrl)?;
    let writer = pool(1, &options);
    wait_for_server(&options).await?;
    let mut transaction = begin(&writer, WORKSPACE).await?;
    // A large table may take its time.
    sqlx::raw_sql("SET LOCAL statement_timeout = 0").execute(&mut *transaction).await?;
    migrate(&mut transaction, &MIGRATIONS).await?;
    transaction.commit().await?;
    Ok(SqlStore { writer, reader: pool(READERS, &options), workspace: WORKSPACE })
}

fn pool(connections: u32, options: &PgConnectOptions) -> PgPool {
    let name = options.get_application_name().unwrap_or("onbeat").to_owned();
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(QUEUE)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(SESSION).execute(connection).await.map(drop) })
        })
        .connect_lazy_with(options.clone().application_name(&name))
}

/// Waits a while for a server that is still starting; what will not mend by itself is said at once.
async fn wait_for_server(options: &PgConnectOptions) -> Result<()> {
    let begun = Instant::now();
    loop {
        match options.connect().await.map_err(StoreError::from) {
            Err(error) if error.may_pass() && begun.elapsed() < STARTING => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(error),
            Ok(connection) => return Ok(connection.close().await?),
        }
    }
}

/// Under the writers' lock and in one transaction: two programs may open a new database at once, and a migration that fails
/// leaves nothing of itself.
pub(super) async fn migrate(connection: &mut PgConnection, migrations: &Migrator) -> Result<()> {
    let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut *connection).await?;
    if encoding != "UTF8" {
        return Err(StoreError::NotUtf8(encoding));
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    let all = count(connection, tables).await?;
    let ours = count(
        connection,
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'",
    )
    .await?;
    if ours == 0 && all > 0 {
        return Err(StoreError::NotOurs);
    }
    if ours > 0 {
        let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
        let found = count(connection, "SELECT coalesce(max(version), 0) FROM _sqlx_migrations").await?;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
    }
    migrations.run_direct(None, &mut *connection, false).await?;
    sqlx::query("INSERT INTO workspace (id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(WORKSPACE)
        .execute(connection)
        .await?;
    Ok(())
}

async fn count(connection: &mut PgConnection, query: &'static str) -> Result<i64> {
    Ok(sqlx::query_scalar(query).fetch_one(connection).await?)
}
