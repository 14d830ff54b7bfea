//! One `serve` a database: a lock of one session's, which ends with its connection, and somebody who takes it anew when
//! the database restarts.

use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::watch;
use tokio::time::timeout;

use super::SqlStore;
use crate::store::{Hold, Result, StoreError};

/// What is locked, by a number of its own for each schema and workspace.
macro_rules! number {
    () => {
        "hashtextextended('onbeat serves ' || coalesce(current_schema(), '') || ' ' || $1::text, 0)"
    };
}

const SERVING: &str = concat!("SELECT pg_try_advisory_lock(", number!(), ")");

/// The session that has the lock. The view shows the number in two halves.
const HOLDER: &str = concat!(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND (classid::bigint << 32) | objid::bigint = ",
    number!()
);

/// The server notices within half a minute that our machine is gone, and gives the lock to whoever comes next.
const SESSION: &str = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// How long the server may need to see that the one before us is gone: a bot that is restarted must not refuse itself.
const LEAVING: Duration = Duration::from_secs(1);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// How often to look whether the connection still stands.
const LOOK: Duration = Duration::from_secs(2);
/// How long a look may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How long the lock may stand in our own session, cut off; longer than the server needs to notice that.
const OUR_OWN: Duration = Duration::from_secs(60);

/// Takes the lock, and keeps it.
pub(super) async fn hold(store: &SqlStore) -> Result<Hold> {
    let options = (*store.writer.connect_options()).clone();
    let workspace = store.workspace;
    let begun = Instant::now();
    let lock = loop {
        match take(&options, workspace).await? {
            Taken::Ours(lock) => break lock,
            Taken::By(_) if begun.elapsed() > LEAVING => return Err(StoreError::Served),
            Taken::By(_) => tokio::time::sleep(PAUSE).await,
        }
    };
    let (tell, lost) = watch::channel(false);
    let watching = tokio::spawn(async move {
        keep(lock, &options, workspace).await;
        let _ = tell.send(true);
    });
    Ok(Hold::watched(lost, watching))
}

/// A connection that has the lock, and how the server calls its session.
struct Lock {
    connection: PgConnection,
    session: i32,
}

enum Taken {
    Ours(Lock),
    /// Another session has it; none where that has just gone.
    By(Option<i32>),
}

async fn take(options: &PgConnectOptions, workspace: i64) -> Result<Taken> {
    let mut connection = options.connect().await?;
    sqlx::raw_sql(SESSION).execute(&mut connection).await?;
    let taken: bool = sqlx::query_scalar(SERVING).bind(workspace).fetch_one(&mut connection).await?;
    if taken {
        let session = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        return Ok(Taken::Ours(Lock { connection, session }));
    }
    Ok(Taken::By(sqlx::query_scalar(HOLDER).bind(workspace).fetch_optional(&mut connection).await?))
}

/// Comes back once another has the lock for good. A database that is away is waited for.
async fn keep(mut lock: Lock, options: &PgConnectOptions, workspace: i64) {
    loop {
        tokio::time::sleep(LOOK).await;
        if matches!(timeout(ANSWER, lock.connection.ping()).await, Ok(Ok(()))) {
            continue;
        }
        tracing::warn!("the connection that marks the database as served is lost; taking it anew");
        let mut refused_since = None;
        lock = loop {
            match timeout(ANSWER, take(options, workspace)).await {
                Ok(Ok(Taken::Ours(lock))) => break lock,
                Ok(Ok(Taken::By(Some(session)))) if session != lock.session => return,
                Ok(Ok(Taken::By(_))) => {
                    let since: Instant = *refused_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > OUR_OWN {
                        return;
                    }
                }
                Ok(Err(_)) | Err(_) => refused_since = None,
            }
            tokio::time::sleep(LOOK).await;
        };
        tracing::info!("the database is marked as served again");
    }
}
