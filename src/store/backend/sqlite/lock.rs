//! One `serve` a file: a lock of the operating system on a file beside the database, which ends with the process.

use std::fs::{OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::SqlStore;
use crate::store::{Hold, Result, StoreError};

/// The file on which the lock stands. It stays: taking it away could take it from under somebody.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

pub(super) async fn hold(store: &SqlStore) -> Result<Hold> {
    let path = beside(store.writer.connect_options().get_filename());
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(&path).map_err(StoreError::CantLock)?;
    match file.try_lock() {
        Ok(()) => Ok(Hold::file(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Served),
        Err(TryLockError::Error(error)) => Err(StoreError::CantLock(error)),
    }
}
