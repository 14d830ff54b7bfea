//! Cursors: who is awake, and one pass at a time.

use super::fixtures::*;
use crate::record::Occurrence;
use crate::store::{Cursor, Delivery, NewMessage, NudgePass, PlannedUntil, Store};

fn pass(cursor: &Cursor, add: Vec<NewMessage>, merged: &[&str]) -> NudgePass {
    let merged = merged.iter().map(|&id| id.to_owned()).collect();
    NudgePass { cursor: cursor.clone(), nudged_until: at(0), wake_at: at(900), add, merged }
}

async fn cursor(store: &dyn Store) -> Cursor {
    let [cursor] = store.awake(at(999_999)).await.unwrap().try_into().expect("one cursor");
    cursor
}

/// One occurrence planned, and its manager asleep until `at(900)`.
async fn asleep(store: &dyn Store) {
    plan(store, &["a"]).await;
    assert!(store.enqueue(&pass(&cursor(store).await, Vec::new(), &[])).await.unwrap());
    assert_eq!(store.awake(at(899)).await.unwrap(), []);
}

async fn is_awake(store: &dyn Store) -> bool {
    !store.awake(at(0)).await.unwrap().is_empty()
}

pub async fn planning_begins_the_cursor(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.awake(at(0)).await.unwrap(), []);
    store.replan(&replan(Vec::new(), Vec::new())).await.unwrap();
    let begun = cursor(&*store).await;
    assert_eq!((begun.manager.clone(), begun.nudged_until), (ana(), at(-3600)));
    assert!(is_awake(&*store).await);
    assert!(store.enqueue(&pass(&begun, Vec::new(), &[])).await.unwrap());
    plan(&*store, &["a"]).await;
    assert_eq!(cursor(&*store).await.nudged_until, at(0), "planning again moves no cursor");
}

pub async fn a_new_revision_wakes(bench: &dyn Bench) {
    let store = bench.open().await;
    asleep(&*store).await;
    let mut next = replan(Vec::new(), Vec::new());
    next.planned = PlannedUntil { revision: 2, ..next.planned };
    store.replan(&next).await.unwrap();
    assert!(is_awake(&*store).await);
}

pub async fn nothing_new_lets_sleep(bench: &dyn Bench) {
    let store = bench.open().await;
    asleep(&*store).await;
    let outdated = Occurrence { version: 9, ..occurrence("a") };
    store.replan(&replan(vec![occurrence("a")], vec![outdated])).await.unwrap();
    assert!(!is_awake(&*store).await);
    store.replan(&replan(Vec::new(), vec![occurrence("a")])).await.unwrap();
    assert!(is_awake(&*store).await, "a changed row wakes");
}

pub async fn recording_wakes(bench: &dyn Bench) {
    let store = bench.open().await;
    asleep(&*store).await;
    snooze(&*store, "a", at(300)).await;
    assert!(is_awake(&*store).await);
}

pub async fn lapsing_wakes(bench: &dyn Bench) {
    let store = bench.open().await;
    asleep(&*store).await;
    store.lapse(at(3600)).await.unwrap();
    assert!(is_awake(&*store).await);
}

pub async fn the_next_wake_is_the_earliest(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.next_wake().await.unwrap(), None);
    plan(&*store, &["a"]).await;
    assert_eq!(store.next_wake().await.unwrap(), Some(jiff::Timestamp::UNIX_EPOCH), "somebody is to be looked at now");
    assert!(store.enqueue(&pass(&cursor(&*store).await, Vec::new(), &[])).await.unwrap());
    assert_eq!(store.next_wake().await.unwrap(), Some(at(900)));
    let late = NudgePass { wake_at: at(9000), ..pass(&cursor(&*store).await, Vec::new(), &[]) };
    assert!(store.enqueue(&late).await.unwrap());
    assert_eq!(store.next_wake().await.unwrap(), Some(at(3600)), "it closes first");
    done(&*store, "a").await;
    let late = NudgePass { cursor: cursor(&*store).await, ..late };
    assert!(store.enqueue(&late).await.unwrap());
    assert_eq!(store.next_wake().await.unwrap(), Some(at(9000)), "what is decided closes no more");
}

pub async fn a_pass_moves_the_cursor_and_adds(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let before = cursor(&*store).await;
    assert!(store.enqueue(&pass(&before, vec![message("m", &["a"])], &[])).await.unwrap());
    let after = cursor(&*store).await;
    assert_eq!(after.nudged_until, at(0));
    assert_ne!(after.version, before.version);
    assert_eq!(store.awake(at(900)).await.unwrap().len(), 1);
    let pending = store.pending("U0ANA").await.unwrap();
    assert_eq!((pending.len(), pending[0].items.clone()), (1, vec![id("a")]));
}

pub async fn a_pass_on_an_old_cursor_is_refused(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    add(&*store, message("old", &["a"])).await;
    let before = cursor(&*store).await;
    assert!(store.enqueue(&pass(&before, Vec::new(), &[])).await.unwrap());
    assert!(!store.enqueue(&pass(&before, vec![message("m", &["a"])], &["old"])).await.unwrap());
    assert_eq!(store.message("m").await.unwrap(), None);
    assert_eq!(get(&*store, "old").await.delivery, Delivery::Pending);
}

pub async fn a_click_during_a_pass_is_not_slept_over(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let before = cursor(&*store).await;
    snooze(&*store, "a", at(300)).await; // Awake it was already: the version alone tells.
    assert!(!store.enqueue(&pass(&before, Vec::new(), &[])).await.unwrap());
    assert!(is_awake(&*store).await);
}

pub async fn a_pass_leaves_what_exists_alone(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b"]).await;
    send(&*store, message("m", &["a"])).await;
    let other = NewMessage { body: Some("{}".into()), ..message("m", &["b"]) };
    assert!(store.enqueue(&pass(&cursor(&*store).await, vec![other], &[])).await.unwrap());
    let kept = get(&*store, "m").await;
    assert_eq!((kept.delivery, kept.items, kept.body), (Delivery::Sent, vec![id("a")], None));
}

pub async fn merging_takes_messages_away(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    add(&*store, message("old", &["a"])).await;
    let merging = pass(&cursor(&*store).await, vec![message("owed", &["a"])], &["old"]);
    assert!(store.enqueue(&merging).await.unwrap());
    assert_eq!(get(&*store, "old").await.delivery, Delivery::Merged);
    let claimed = store.claim(at(0), at(60), 10).await.unwrap();
    assert_eq!(claimed.into_iter().map(|message| message.id).collect::<Vec<_>>(), ["owed"]);
}

pub async fn merging_what_is_being_sent_is_refused(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    for name in ["one", "two"] {
        add(&*store, message(name, &["a"])).await;
    }
    claim(&*store, "two").await;
    let merging = pass(&cursor(&*store).await, vec![message("owed", &["a"])], &["one", "two"]);
    assert!(!store.enqueue(&merging).await.unwrap());
    assert_eq!(get(&*store, "one").await.delivery, Delivery::Pending, "nothing is written");
    assert_eq!(store.message("owed").await.unwrap(), None);
    assert_eq!(cursor(&*store).await, merging.cursor);
}

pub async fn of_two_passes_at_once_one_stands(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let before = cursor(&*store).await;
    let mut racers = tokio::task::JoinSet::new();
    for racer in 0..10 {
        let (store, before) = (store.clone(), before.clone());
        racers.spawn(async move {
            let pass = pass(&before, vec![message(&format!("m{racer}"), &["a"])], &[]);
            store.enqueue(&pass).await.unwrap()
        });
    }
    assert_eq!(racers.join_all().await.into_iter().filter(|won| *won).count(), 1);
    assert_eq!(store.pending("U0ANA").await.unwrap().len(), 1);
}
