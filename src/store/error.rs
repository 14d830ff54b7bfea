//! What can go wrong with a store, in words that say how to mend it.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// What can go wrong with a store.
///
/// Each message is one line; what the database itself said is the source. None holds the database's address, which may hold
/// a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// `DATABASE_URL` names no kind of database that is known.
    #[error("DATABASE_URL must begin with sqlite:// or postgres://")]
    UnknownKind,
    /// `DATABASE_URL` is of a known kind, but no use.
    #[error("DATABASE_URL must be sqlite://PATH, and PATH a file: {0}")]
    Url(String),
    /// The same, of PostgreSQL.
    #[error("DATABASE_URL must be postgres://USER:PASSWORD@HOST/DATABASE (a % or @ in the password: %25, %40)")]
    PostgresUrl,
    /// The folder in which the database file is to be made isn't there.
    #[error("there is no folder {0} to keep the database in; make it, or point DATABASE_URL elsewhere")]
    NoFolder(String),
    /// Opening failed; `problem` says why.
    #[error("{path}: {problem}")]
    Open {
        /// The database file.
        path: String,
        /// Why.
        #[source]
        problem: Box<StoreError>,
    },
    /// The file could not be made.
    #[error("can't make the database file ({0}); its folder must be writable for the user who runs onbeat")]
    CantMake(#[source] std::io::Error),
    /// Somebody else holds the database for longer than we wait. May pass.
    #[error("the database is busy: another program is holding it; close what else has it open, or try again")]
    Busy(#[source] sqlx::Error),
    /// It did not answer in time. May pass.
    #[error("the database did not answer in time; see that it runs and that no other program holds it")]
    Silent(#[source] sqlx::Error),
    /// The server is down, starting or not to be reached. May pass.
    #[error("the database can't be reached ({0}); see that it runs and that DATABASE_URL is right")]
    Away(#[source] sqlx::Error),
    /// The server doesn't take the user or the password.
    #[error("the database refuses this user or password; mend DATABASE_URL")]
    Refused(#[source] sqlx::Error),
    /// The server has no such database.
    #[error("there is no database of that name on the server; make it with createdb, or mend DATABASE_URL")]
    Unknown(#[source] sqlx::Error),
    /// The user may not do what is needed.
    #[error("the database's user may not do this ({0}); make them the owner of the database or schema")]
    NoRight(#[source] sqlx::Error),
    /// The database keeps text in another encoding.
    #[error("the database keeps text as {0}; make one with createdb --encoding UTF8")]
    NotUtf8(String),
    /// The file or its folder can't be written.
    #[error("the database can't be written; make the file and its folder writable for the user who runs onbeat")]
    ReadOnly(#[source] sqlx::Error),
    /// The server takes no writes: it is a replica, or set so.
    #[error("the database takes no writes; point DATABASE_URL at the primary server")]
    Replica(#[source] sqlx::Error),
    /// The file can't be opened.
    #[error("the database can't be opened; check that the file and its folder may be read and written")]
    CantOpen(#[source] sqlx::Error),
    /// No room left. May pass.
    #[error("the disk is full (or the database may not grow); free some space and onbeat goes on by itself")]
    Full(#[source] sqlx::Error),
    /// The disk did not read or write as it should. May pass.
    #[error("the disk fails to read or write the database; check it, and the machine's log")]
    Disk(#[source] sqlx::Error),
    /// The file holds something else.
    #[error("this file is no SQLite database; point DATABASE_URL at another file, or move this one away")]
    NotADatabase(#[source] sqlx::Error),
    /// The database belongs to another program.
    #[error("this database belongs to another program; point DATABASE_URL at one of onbeat's own")]
    NotOurs,
    /// The database is broken.
    #[error("the database is damaged; stop onbeat and put a backup in its place")]
    Damaged(#[source] sqlx::Error),
    /// [`close`](super::Store::close) was called.
    #[error("the database is closed: onbeat is shutting down")]
    Closed,
    /// The database was written by a newer program.
    #[error("the database was made by a newer onbeat (schema {found}, this program knows {known}); run that version")]
    Newer {
        /// The newest migration that the database has.
        found: i64,
        /// The newest that this program has.
        known: i64,
    },
    /// A migration failed; the database is as it was before.
    #[error("bringing the database up to date: {0}")]
    Migration(#[source] MigrateError),
    /// Another `serve` runs on it.
    #[error(
        "another `onbeat serve` runs on this database; stop that one first, or give this one a database of its own"
    )]
    Served,
    /// The lock beside the file can't be had.
    #[error("can't lock the database for `serve` ({0}); its folder must be writable for the user who runs onbeat")]
    CantLock(#[source] std::io::Error),
    /// There is nothing to copy.
    #[error("there is no database {0} to copy; point DATABASE_URL at it")]
    NoDatabase(String),
    /// A copy overwrites nothing.
    #[error("{0} is there already; name a file that is not")]
    Exists(String),
    /// The copy can't be written.
    #[error("can't write {0} ({1}); name a file in a folder that may be written, with room for the database")]
    Backup(String, #[source] std::io::Error),
    /// The copy is not sound.
    #[error("the copy is damaged, so it was thrown away: check the disk, and the database with it")]
    BadCopy,
    /// Only a database in a file is copied by us.
    #[error("this is PostgreSQL, which has its own way: pg_dump --format=custom --file=onbeat.dump DATABASE_URL")]
    NotAFile,
    /// A row holds something that this program does not know.
    #[error("table {table}, column {column}, row {id}: {problem}")]
    Row {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: &'static str,
        /// The row's id.
        id: String,
        /// What is wrong. Never the text of a note.
        problem: String,
    },
    /// The database said no to something else. Carries no row content.
    #[error("the database: {0}")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether it may go away by itself, so that trying again later makes sense.
    pub fn may_pass(&self) -> bool {
        match self {
            StoreError::Busy(_)
            | StoreError::Silent(_)
            | StoreError::Away(_)
            | StoreError::Full(_)
            | StoreError::Disk(_) => true,
            StoreError::Open { problem, .. } => problem.may_pass(),
            StoreError::UnknownKind
            | StoreError::Url(_)
            | StoreError::PostgresUrl
            | StoreError::NoFolder(_)
            | StoreError::CantMake(_)
            | StoreError::Refused(_)
            | StoreError::Unknown(_)
            | StoreError::NoRight(_)
            | StoreError::NotUtf8(_)
            | StoreError::ReadOnly(_)
            | StoreError::Replica(_)
            | StoreError::CantOpen(_)
            | StoreError::NotADatabase(_)
            | StoreError::NotOurs
            | StoreError::Damaged(_)
            | StoreError::Closed
            | StoreError::Newer { .. }
            | StoreError::Migration(_)
            | StoreError::Served
            | StoreError::CantLock(_)
            | StoreError::NoDatabase(_)
            | StoreError::Exists(_)
            | StoreError::Backup(..)
            | StoreError::BadCopy
            | StoreError::NotAFile
            | StoreError::Row { .. }
            | StoreError::Database(_) => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match &error {
            sqlx::Error::PoolTimedOut => StoreError::Silent(error),
            sqlx::Error::PoolClosed => StoreError::Closed,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => StoreError::Away(error),
            sqlx::Error::Database(said) => match (sqlite_code(&**said), postgres_code(&**said)) {
                (Some(code), _) => from_sqlite(code, error),
                (None, Some(code)) => from_postgres(&code, error),
                (None, None) => StoreError::Database(error),
            },
            _ => StoreError::Database(error),
        }
    }
}

/// By the primary result codes of <https://sqlite.org/rescode.html>.
fn from_sqlite(code: i64, error: sqlx::Error) -> StoreError {
    match code {
        5 | 6 => StoreError::Busy(error),
        8 => StoreError::ReadOnly(error),
        10 => StoreError::Disk(error),
        11 => StoreError::Damaged(error),
        13 => StoreError::Full(error),
        14 => StoreError::CantOpen(error),
        26 => StoreError::NotADatabase(error),
        _ => StoreError::Database(error),
    }
}

/// By the codes and classes of PostgreSQL's appendix A, «Error Codes».
fn from_postgres(code: &str, error: sqlx::Error) -> StoreError {
    match code {
        // A lock or a statement took too long; a deadlock; no room for one more connection.
        "55P03" | "57014" | "40001" | "40P01" | "53300" | "25P03" => StoreError::Busy(error),
        "53100" => StoreError::Full(error),
        "58030" => StoreError::Disk(error),
        "25006" => StoreError::Replica(error),
        "28000" | "28P01" => StoreError::Refused(error),
        "3D000" => StoreError::Unknown(error),
        "42501" | "3F000" => StoreError::NoRight(error),
        "XX001" | "XX002" => StoreError::Damaged(error),
        // Shutting down, starting up, out of memory, the connection lost.
        "57P01" | "57P02" | "57P03" | "57P05" | "53200" => StoreError::Away(error),
        _ if code.starts_with("08") => StoreError::Away(error),
        _ => StoreError::Database(error),
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> StoreError {
        match error {
            MigrateError::Execute(error) => StoreError::from(error),
            // What is wrong with the database is said as ever; what is wrong with the migration names it.
            MigrateError::ExecuteMigration(source, version) => match StoreError::from(source) {
                StoreError::Database(source) => StoreError::Migration(MigrateError::ExecuteMigration(source, version)),
                other => other,
            },
            other => StoreError::Migration(other),
        }
    }
}

/// SQLite's primary result code: the low byte of the extended one.
fn sqlite_code(error: &dyn DatabaseError) -> Option<i64> {
    let extended: i64 = error.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// PostgreSQL's five letters.
fn postgres_code(error: &dyn DatabaseError) -> Option<String> {
    Some(error.try_downcast_ref::<PgDatabaseError>()?.code().to_owned())
}
