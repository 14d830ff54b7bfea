//! Words in, words out: one file a command. Results go to standard output, everything else to standard error.

mod apply;
mod backup;
mod check;
mod demo;
mod digest;
mod doctor;
mod export;
mod files;
mod forget;
mod history;
mod load;
mod logs;
mod manifest;
mod output;
mod plan;
mod range;
mod records;
mod serve;
mod token;
mod webhook;
mod year;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use jiff::Timestamp;

use crate::app::{self, AppError};
use crate::config::{ConfigError, Settings};
use crate::engine::EngineError;
use crate::key::KeyError;
use crate::process::revision::Revisions;
use crate::store::{self, Store, StoreError, Workspace};

use logs::log_to_stderr;
use range::instant;

/// Keeps sales managers on their cadence, in Slack.
#[derive(Debug, Parser)]
#[command(name = "onbeat", version, about, long_about = None, disable_help_subcommand = true)]
#[command(after_help = "Try it with nothing but this program:\n  onbeat demo")]
struct Arguments {
    /// Settings file (the environment wins over it).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Words),
    Serve(serve::Words),
    Apply(apply::Words),
    Check(check::Words),
    Export(export::Words),
    History(history::Words),
    Plan(plan::Words),
    Load(load::Words),
    Records(records::Words),
    Digest(digest::Words),
    Year(year::Words),
    Token(token::Words),
    Webhook(webhook::Words),
    Manifest(manifest::Words),
    Backup(backup::Words),
    Forget(forget::Words),
    ExportPerson(forget::ExportWords),
    Doctor(doctor::Words),
}

/// Why a command came to nothing, and with which exit status.
#[derive(Debug)]
enum Failure {
    /// It failed: 1.
    Failed(String),
    /// The words or the input were wrong: 2.
    Wrong(String),
}

impl Failure {
    fn wrong(words: impl Into<String>) -> Failure {
        Failure::Wrong(words.into())
    }

    fn failed(words: impl Into<String>) -> Failure {
        Failure::Failed(words.into())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure::Wrong(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::UnknownKind | StoreError::Url(..) | StoreError::PostgresUrl | StoreError::Exists(..) => {
                Failure::Wrong(error.to_string())
            }
            error => Failure::Failed(error.to_string()),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Failure {
        match error {
            KeyError::BadSetting | KeyError::Needed => Failure::Wrong(error.to_string()),
            error => Failure::Failed(error.to_string()),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Failure {
        match error {
            AppError::Config(error) => error.into(),
            AppError::Key(error) => error.into(),
            AppError::Webhook(error) => error.into(),
            AppError::Store(error) => error.into(),
            AppError::OtherPast(words) => Failure::wrong(words),
            error => Failure::Failed(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Failed(error.to_string())
    }
}

type Outcome = Result<(), Failure>;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    // Two crates of the tree each bring a way to a crypto provider; without a choice TLS panics at run time.
    let _ = rustls::crypto::ring::default_provider().install_default();
    no_core_dumps();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("onbeat: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(run(arguments));
    // A name look-up that hangs must not hold up the exit.
    runtime.shutdown_timeout(Duration::from_millis(200));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(words)) => {
            eprintln!("onbeat: {words}");
            ExitCode::FAILURE
        }
        Err(Failure::Wrong(words)) => {
            eprintln!("onbeat: {words}");
            ExitCode::from(2)
        }
    }
}

/// A core dump would hold the tokens. Where the kernel hands dumps to a program, the limit counts for nothing, and it is the
/// other that keeps them out; it also keeps the environment from other programs of the same user.
fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

async fn run(arguments: Arguments) -> Outcome {
    let settings = Settings::load(arguments.config.as_deref())?;
    match arguments.command {
        Command::Demo(words) => demo::run(words).await,
        Command::Serve(words) => serve::run(words, settings).await,
        Command::Apply(words) => apply::run(words, &settings).await,
        Command::Check(words) => check::run(words, &settings).await,
        Command::Export(words) => export::run(words, &settings).await,
        Command::History(words) => history::run(words, &settings).await,
        Command::Plan(words) => plan::run(words, &settings).await,
        Command::Load(words) => load::run(words, &settings).await,
        Command::Records(words) => records::run(words, &settings).await,
        Command::Digest(words) => digest::run(words, &settings).await,
        Command::Token(words) => token::run(words, &settings).await,
        Command::Webhook(words) => webhook::run(words, &settings).await,
        Command::Year(words) => year::run(words, &settings).await,
        Command::Manifest(words) => manifest::run(&words, &settings),
        Command::Backup(words) => backup::run(&words, &settings).await,
        Command::Forget(words) => forget::run(words, &settings).await,
        Command::ExportPerson(words) => forget::export(words, &settings).await,
        Command::Doctor(words) => doctor::run(words, &settings).await,
    }
}

/// The database, and what it tells of the process and the time.
struct Opened {
    store: Arc<dyn Store>,
    revisions: Arc<Revisions>,
    now: Timestamp,
}

impl Opened {
    async fn new(settings: &Settings, clock: Option<Timestamp>) -> Result<Opened, Failure> {
        Opened::at(settings.database_url.reveal(), clock).await
    }

    async fn at(url: &str, clock: Option<Timestamp>) -> Result<Opened, Failure> {
        let store = store::open(url).await?;
        let now = app::clock_for(&store.workspace().await?, clock);
        let revisions = crate::engine::load_revisions(&*store).await?;
        Ok(Opened { store, revisions, now })
    }

    /// The newest revision's number and process.
    fn in_force(&self) -> Result<&crate::process::revision::Revision, Failure> {
        let nothing = || Failure::failed("no process is in force yet: apply one with `onbeat apply FILE`");
        self.revisions.newest().ok_or_else(nothing)
    }

    /// The revision of this number; else which there are.
    fn revision(&self, number: i64) -> Result<&crate::process::revision::Revision, Failure> {
        let newest = self.in_force()?.number;
        let there_are =
            if newest == 1 { "there is only revision 1".to_owned() } else { format!("there are 1 to {newest}") };
        self.revisions.get(number).ok_or_else(|| Failure::wrong(format!("there is no revision {number}: {there_are}")))
    }
}

/// What time it is for a command that reads files: by the database where there is one already, for a rehearsal's sake. One
/// that can't be opened is no reason not to look at files.
async fn now_beside(settings: &Settings, clock: Option<Timestamp>) -> Timestamp {
    let workspace = match has_database(settings) {
        true => match store::open(settings.database_url.reveal()).await {
            Ok(store) => store.workspace().await.unwrap_or_default(),
            Err(_) => Workspace::default(),
        },
        false => Workspace::default(),
    };
    app::clock_for(&workspace, clock)
}

/// Whether opening the database would not be what makes it.
fn has_database(settings: &Settings) -> bool {
    let path = settings.database_url.reveal().strip_prefix("sqlite://");
    path.is_none_or(|path| std::path::Path::new(path).exists())
}
