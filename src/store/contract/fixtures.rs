//! Occurrences, messages and a bench to open stores on.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::process::{ActivityKey, UserId};
use crate::record::{Action, Occurrence, OccurrenceId, Outcome, Standing, Verification};
use crate::store::{self, NewMessage, PlannedUntil, Recorded, Recording, Replan, Store};

/// A place for one database; opening twice opens the same one.
#[async_trait]
pub trait Bench: Sync {
    async fn open(&self) -> Arc<dyn Store>;
}

/// A temporary folder with an SQLite file.
pub struct SqliteBench(tempfile::TempDir);

impl SqliteBench {
    pub async fn new() -> SqliteBench {
        SqliteBench(tempfile::tempdir().expect("a temporary folder"))
    }
}

#[async_trait]
impl Bench for SqliteBench {
    async fn open(&self) -> Arc<dyn Store> {
        let url = format!("sqlite://{}/onbeat.db", self.0.path().display());
        store::open(&url).await.expect("opens")
    }
}

/// A schema of its own in the tests' PostgreSQL.
#[cfg(feature = "postgres-tests")]
pub struct PostgresBench(super::schema::Schema);

#[cfg(feature = "postgres-tests")]
impl PostgresBench {
    pub async fn new() -> PostgresBench {
        PostgresBench(super::schema::Schema::new().await)
    }
}

#[cfg(feature = "postgres-tests")]
#[async_trait]
impl Bench for PostgresBench {
    async fn open(&self) -> Arc<dyn Store> {
        store::open(&self.0.url()).await.expect("opens")
    }
}

/// Seconds after Monday 2026-12-07 09:00 UTC.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_796_634_000 + seconds).expect("in range")
}

pub fn ana() -> UserId {
    UserId::from("U0ANA")
}

pub fn id(name: &str) -> OccurrenceId {
    OccurrenceId(name.to_owned())
}

pub const MONDAY: Date = date(2026, 12, 7);

/// Undecided, of Ana's, due at `at(0)`, closing at `at(3600)`.
pub fn occurrence(name: &str) -> Occurrence {
    Occurrence {
        id: id(name),
        manager: ana(),
        activity: ActivityKey::from("review"),
        rep: None,
        date: MONDAY,
        leader: UserId::from("U0LEAD"),
        revision: 1,
        zone: TimeZone::get("America/Chicago").expect("bundled"),
        due: at(0),
        closes: at(3600),
        standing: Standing::Undecided,
        completed_at: None,
        completed_by: None,
        outcome: Outcome::default(),
        reason: None,
        snoozed_until: None,
        snoozes: 0,
        nudges: 0,
        verification: Verification::None,
        version: 0,
    }
}

pub fn replan(insert: Vec<Occurrence>, update: Vec<Occurrence>) -> Replan {
    let planned = PlannedUntil { manager: ana(), revision: 1, until: date(2027, 1, 11) };
    Replan { planned, insert, update, nudges_from: at(-3600), absences: Vec::new(), at: at(30) }
}

/// Plans Ana's occurrences of these names.
pub async fn plan(store: &dyn Store, names: &[&str]) {
    let insert = names.iter().map(|name| occurrence(name)).collect();
    store.replan(&replan(insert, Vec::new())).await.expect("replan");
}

pub async fn read(store: &dyn Store, name: &str) -> Occurrence {
    store.occurrence(&id(name)).await.expect("read").expect("is there")
}

pub fn recording(occurrence: Occurrence, action: &'static str, key: Option<&str>) -> Recording {
    Recording { occurrence, at: at(60), by: ana(), action, seen: key.map(str::to_owned) }
}

/// Ana does it, as of now.
pub async fn done(store: &dyn Store, name: &str) {
    let after = read(store, name).await.act(Action::Done(Outcome::default()), &ana(), at(60)).expect("can be done");
    assert_eq!(store.record(&recording(after, "done", None)).await.expect("record"), Recorded::Yes);
}

/// Ana hears of it again at `until`.
pub async fn snooze(store: &dyn Store, name: &str, until: Timestamp) {
    let after = read(store, name).await.act(Action::Snooze(until), &ana(), at(60)).expect("can be snoozed");
    assert_eq!(store.record(&recording(after, "snooze", None)).await.expect("record"), Recorded::Yes);
}

/// A message of kind `due` to Ana, to go at `at(0)`.
pub fn message(name: &str, items: &[&str]) -> NewMessage {
    NewMessage {
        id: name.to_owned(),
        kind: "due".to_owned(),
        recipient: "U0ANA".to_owned(),
        at: at(0),
        items: items.iter().map(|item| id(item)).collect(),
        body: None,
    }
}

pub async fn add(store: &dyn Store, message: NewMessage) {
    assert!(store.add_message(&message).await.expect("add"), "{} is new", message.id);
}

/// Claims one message by name, with a lease of a minute.
pub async fn claim(store: &dyn Store, name: &str) -> store::Message {
    store.claim_one(name, at(0), at(60)).await.expect("claim").expect("was pending")
}

pub fn sent(ts: &str) -> store::Settlement {
    store::Settlement::Sent { channel: "D0ANA".to_owned(), ts: ts.to_owned() }
}

/// Adds, claims and sends a message.
pub async fn send(store: &dyn Store, message: NewMessage) {
    let name = message.id.clone();
    add(store, message).await;
    claim(store, &name).await;
    store.settle(&name, 1, &sent(&format!("ts-{name}")), at(0)).await.expect("settle");
}

pub async fn stale(store: &dyn Store) -> Vec<String> {
    store.stale(at(0), at(0), 100).await.expect("stale").into_iter().map(|message| message.id).collect()
}

pub async fn get(store: &dyn Store, name: &str) -> store::Message {
    store.message(name).await.expect("read").expect("is there")
}

/// The backend's migrations, and one more that makes half of what it should.
pub fn broken_migrations(backend: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ours = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(backend);
    for entry in std::fs::read_dir(ours).expect("migrations") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, folder.path().join(path.file_name().expect("a name"))).expect("copied");
    }
    let broken = "CREATE TABLE half (id BIGINT); DELETE FROM occurrence; INSERT INTO nowhere VALUES (1);";
    std::fs::write(folder.path().join("9999_broken.sql"), broken).expect("written");
    folder
}
