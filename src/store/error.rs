//! What can go wrong with a store, in words that say how to mend it.

use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteError;

/// What can go wrong with a store.
///
/// Each message is one line; what the database itself said is the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// `DATABASE_URL` names no kind of database that is known.
    #[error("DATABASE_URL must begin with sqlite:// (postgres:// is to come)")]
    UnknownKind,
    /// `DATABASE_URL` is of a known kind, but no use.
    #[error("DATABASE_URL must be sqlite://PATH, and PATH a file: {0}")]
    Url(String),
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
    #[error("the database is busy: another program is holding it; close what else has the file open, or try again")]
    Busy(#[source] sqlx::Error),
    /// The file or its folder can't be written.
    #[error("the database can't be written; make the file and its folder writable for the user who runs onbeat")]
    ReadOnly(#[source] sqlx::Error),
    /// The file can't be opened.
    #[error("the database can't be opened; check that the file and its folder may be read and written")]
    CantOpen(#[source] sqlx::Error),
    /// No room left. May pass.
    #[error("the disk is full (or the database may not grow); free some space and onbeat goes on by itself")]
    Full(#[source] sqlx::Error),
    /// The file holds something else.
    #[error("this file is no SQLite database; point DATABASE_URL at another file, or move this one away")]
    NotADatabase(#[source] sqlx::Error),
    /// The database belongs to another program.
    #[error("this database belongs to another program; point DATABASE_URL at a file of onbeat's own")]
    NotOurs,
    /// The file is broken.
    #[error("the database file is damaged; stop onbeat and put a backup in its place")]
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
    /// A migration failed.
    #[error("bringing the database up to date: {0}")]
    Migration(#[source] MigrateError),
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
            StoreError::Busy(_) | StoreError::Full(_) => true,
            StoreError::Open { problem, .. } => problem.may_pass(),
            StoreError::UnknownKind
            | StoreError::Url(_)
            | StoreError::NoFolder(_)
            | StoreError::CantMake(_)
            | StoreError::ReadOnly(_)
            | StoreError::CantOpen(_)
            | StoreError::NotADatabase(_)
            | StoreError::NotOurs
            | StoreError::Damaged(_)
            | StoreError::Closed
            | StoreError::Newer { .. }
            | StoreError::Migration(_)
            | StoreError::Row { .. }
            | StoreError::Database(_) => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match (&error, primary_code(&error)) {
            (sqlx::Error::PoolTimedOut, _) => StoreError::Busy(error),
            (sqlx::Error::PoolClosed, _) => StoreError::Closed,
            // The primary result codes of https://sqlite.org/rescode.html
            (_, Some(5 | 6)) => StoreError::Busy(error),
            (_, Some(8)) => StoreError::ReadOnly(error),
            (_, Some(11)) => StoreError::Damaged(error),
            (_, Some(13)) => StoreError::Full(error),
            (_, Some(14)) => StoreError::CantOpen(error),
            (_, Some(26)) => StoreError::NotADatabase(error),
            (_, _) => StoreError::Database(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> StoreError {
        match error {
            MigrateError::Execute(error) => StoreError::from(error),
            MigrateError::ExecuteMigration(error, _) if primary_code(&error).is_some_and(|code| code > 1) => {
                StoreError::from(error)
            }
            other => StoreError::Migration(other),
        }
    }
}

/// SQLite's primary result code: the low byte of the extended one.
fn primary_code(error: &sqlx::Error) -> Option<i64> {
    use sqlx::error::DatabaseError;
    let sqlite = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
    let extended: i64 = sqlite.code()?.parse().ok()?;
    Some(extended & 0xff)
}
