//! Who may serve: one `serve` a database.

use std::fs::File;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The right to serve a database, for as long as this lives.
#[derive(Debug)]
pub struct Hold(Kind);

#[derive(Debug)]
enum Kind {
    /// The lock goes with the file's handle.
    File { _locked: File },
    /// Somebody watches over the lock, which goes with a connection.
    Watched { lost: watch::Receiver<bool>, watching: JoinHandle<()> },
}

impl Hold {
    /// A lock that lasts as long as this file is open.
    pub(super) fn file(locked: File) -> Hold {
        Hold(Kind::File { _locked: locked })
    }

    /// A lock that the task keeps; it turns `lost` to true where it can't any more.
    pub(super) fn watched(lost: watch::Receiver<bool>, watching: JoinHandle<()>) -> Hold {
        Hold(Kind::Watched { lost, watching })
    }

    /// Comes back once somebody else serves the database, which only a lost connection makes possible.
    pub async fn lost(&mut self) {
        match &mut self.0 {
            Kind::File { .. } => std::future::pending().await,
            Kind::Watched { lost, .. } => {
                if lost.wait_for(|lost| *lost).await.is_err() {
                    // Whoever watched is gone with the run time.
                    std::future::pending().await
                }
            }
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        match &self.0 {
            Kind::File { .. } => {}
            Kind::Watched { watching, .. } => watching.abort(),
        }
    }
}
