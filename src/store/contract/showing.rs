//! A message is a picture of the record: what changed is painted again, until the picture is right.

use super::fixtures::*;
use crate::record::Occurrence;
use crate::store::{NewMessage, Settlement, Store};

const NOTHING: [&str; 0] = [];

/// One occurrence shown by one sent message, both named.
async fn shown(bench: &dyn Bench) -> std::sync::Arc<dyn Store> {
    let store = bench.open().await;
    plan(&*store, &["a", "b"]).await;
    send(&*store, message("m", &["a"])).await;
    store
}

pub async fn messages_are_found(bench: &dyn Bench) {
    let store = shown(bench).await;
    let found = store.message_at("D0ANA", "ts-m").await.unwrap().expect("is there");
    assert_eq!((found.id.as_str(), found.items), ("m", vec![id("a")]));
    assert_eq!(store.message_at("D0BO", "ts-m").await.unwrap(), None);
    assert_eq!(store.message_at("D0ANA", "ts-n").await.unwrap(), None);
    assert_eq!(store.pending("U0ANA").await.unwrap(), []);
    for (name, due) in [("late", 9), ("early", 1)] {
        add(&*store, NewMessage { at: at(due), ..message(name, &["a"]) }).await;
    }
    add(&*store, NewMessage { recipient: "U0BO".into(), ..message("other", &["a"]) }).await;
    let pending = store.pending("U0ANA").await.unwrap();
    assert_eq!(pending.into_iter().map(|message| message.id).collect::<Vec<_>>(), ["early", "late"]);
}

pub async fn a_change_makes_stale_what_is_sent(bench: &dyn Bench) {
    let store = shown(bench).await;
    send(&*store, message("both", &["b", "a"])).await;
    send(&*store, message("other", &["b"])).await;
    add(&*store, message("pending", &["a"])).await;
    assert_eq!(stale(&*store).await, NOTHING);
    done(&*store, "a").await;
    assert_eq!(stale(&*store).await, ["both", "m"]);
    for name in ["m", "both"] {
        let paint = get(&*store, name).await.paint;
        assert_eq!(paint, 1);
        store.painted(name, paint).await.unwrap();
    }
    assert_eq!(stale(&*store).await, NOTHING);
    assert_eq!(get(&*store, "pending").await.paint, 0);
}

pub async fn a_change_while_sending_is_painted_after(bench: &dyn Bench) {
    let store = shown(bench).await;
    add(&*store, message("sending", &["b"])).await;
    add(&*store, message("lost", &["b"])).await;
    let claimed = claim(&*store, "sending").await;
    claim(&*store, "lost").await;
    let lost = Settlement::Uncertain { channel: "D0ANA".into(), look_at: at(0) };
    store.settle("lost", 1, &lost, at(0)).await.unwrap();
    done(&*store, "b").await;
    assert_eq!(stale(&*store).await, NOTHING, "it isn't there yet");
    for name in ["sending", "lost"] {
        store.settle(name, 1, &sent(name), at(0)).await.unwrap();
    }
    assert_eq!(stale(&*store).await, ["lost", "sending"]);
    store.painted("sending", claimed.paint).await.unwrap();
    assert_eq!(stale(&*store).await, ["lost", "sending"], "that was the old picture");
}

pub async fn a_change_while_painting_stays_stale(bench: &dyn Bench) {
    let store = shown(bench).await;
    snooze(&*store, "a", at(100)).await;
    let painting = store.stale(at(0), at(0), 1).await.unwrap().remove(0);
    done(&*store, "a").await;
    store.painted("m", painting.paint).await.unwrap();
    let again = store.stale(at(0), at(0), 1).await.unwrap().remove(0);
    assert_eq!(again.paint, painting.paint + 1);
    store.painted("m", again.paint).await.unwrap();
    assert_eq!(stale(&*store).await, NOTHING);
}

pub async fn what_is_sent_anew_is_drawn_anew(bench: &dyn Bench) {
    let store = shown(bench).await;
    add(&*store, message("again", &["b"])).await;
    claim(&*store, "again").await;
    done(&*store, "b").await;
    store.settle("again", 1, &Settlement::Retry { not_before: at(0) }, at(0)).await.unwrap();
    claim(&*store, "again").await;
    store.settle("again", 1, &sent("1.1"), at(0)).await.unwrap();
    assert_eq!(stale(&*store).await, NOTHING, "the second drawing saw the change");
}

pub async fn lapsing_makes_stale(bench: &dyn Bench) {
    let store = shown(bench).await;
    store.lapse(at(3600)).await.unwrap();
    assert_eq!(stale(&*store).await, ["m"]);
    assert_eq!(get(&*store, "m").await.paint, 1);
    store.lapse(at(3600)).await.unwrap();
    assert_eq!(get(&*store, "m").await.paint, 1);
}

pub async fn planning_makes_stale(bench: &dyn Bench) {
    let store = shown(bench).await;
    let outdated = Occurrence { version: 99, ..read(&*store, "a").await };
    store.replan(&replan(vec![occurrence("a")], vec![outdated])).await.unwrap();
    assert_eq!(stale(&*store).await, NOTHING);
    let withdrawn = read(&*store, "a").await.withdrawn();
    store.replan(&replan(Vec::new(), vec![withdrawn])).await.unwrap();
    assert_eq!(stale(&*store).await, ["m"]);
}

pub async fn a_snooze_that_rang_is_painted_elsewhere(bench: &dyn Bench) {
    let store = shown(bench).await;
    snooze(&*store, "a", at(100)).await;
    store.painted("m", get(&*store, "m").await.paint).await.unwrap();
    add(&*store, message("ring", &["a"])).await;
    claim(&*store, "ring").await;
    store.settle("ring", 1, &sent("1.1"), at(100)).await.unwrap();
    assert_eq!(stale(&*store).await, ["m"], "it still says: snoozed");
}

pub async fn painting_waits_its_turn(bench: &dyn Bench) {
    let store = shown(bench).await;
    done(&*store, "a").await;
    store.repaint_later("m", Some(at(30))).await.unwrap();
    assert_eq!(store.stale(at(29), at(29), 9).await.unwrap(), []);
    let due = store.stale(at(30), at(30), 9).await.unwrap();
    assert_eq!(due.len(), 1);
    store.painted("m", due[0].paint).await.unwrap();
    undo(&*store).await;
    assert_eq!(stale(&*store).await, ["m"], "once painted, the wait is over");
}

pub async fn one_paints_at_a_time(bench: &dyn Bench) {
    let store = shown(bench).await;
    done(&*store, "a").await;
    let painting = store.stale(at(0), at(20), 9).await.unwrap();
    assert_eq!(painting.len(), 1);
    assert_eq!(store.stale(at(19), at(39), 9).await.unwrap(), [], "somebody is at it");
    undo(&*store).await;
    store.painted("m", painting[0].paint).await.unwrap();
    assert_eq!(stale(&*store).await, ["m"], "it changed meanwhile: at once");
}

async fn undo(store: &dyn Store) {
    let after = read(store, "a").await.act(crate::record::Action::Undo, &ana(), at(60)).expect("was done");
    store.record(&recording(after, "undo", None)).await.unwrap();
}

pub async fn what_is_gone_is_let_be(bench: &dyn Bench) {
    let store = shown(bench).await;
    done(&*store, "a").await;
    store.repaint_later("m", None).await.unwrap();
    assert_eq!(stale(&*store).await, NOTHING);
    undo(&*store).await;
    assert_eq!(stale(&*store).await, NOTHING);
}

pub async fn the_newest_is_painted_first(bench: &dyn Bench) {
    let store = shown(bench).await;
    for due in 1..4 {
        send(&*store, NewMessage { at: at(due), ..message(&format!("m{due}"), &["a"]) }).await;
    }
    done(&*store, "a").await;
    let first = store.stale(at(0), at(0), 2).await.unwrap();
    assert_eq!(first.into_iter().map(|message| message.id).collect::<Vec<_>>(), ["m3", "m2"]);
}

pub async fn the_latest_is_found(bench: &dyn Bench) {
    let store = bench.open().await;
    let digest = |name: &str, due, recipient: &str| NewMessage {
        kind: "digest".into(),
        recipient: recipient.into(),
        at: at(due),
        ..message(name, &[])
    };
    assert_eq!(store.latest_message("digest", "C1").await.unwrap(), None);
    send(&*store, digest("w2", 2, "C1")).await;
    send(&*store, digest("w1", 1, "C1")).await;
    send(&*store, digest("w4", 4, "C2")).await;
    send(&*store, NewMessage { kind: "plan".into(), ..digest("w5", 5, "C1") }).await;
    add(&*store, digest("w3", 3, "C1")).await;
    assert_eq!(store.latest_message("digest", "C1").await.unwrap().unwrap().id, "w2");
    assert_eq!(store.latest_message("digest", "C3").await.unwrap(), None);
}
