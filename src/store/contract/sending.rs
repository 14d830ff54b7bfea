//! Claim, send, settle: no message twice, none lost.

use std::collections::HashSet;

use jiff::SignedDuration;

use super::fixtures::*;
use crate::record::Occurrence;
use crate::store::{Backlog, Delivery, Message, NewMessage, NudgePass, Settlement, Store};

fn ids(messages: Vec<Message>) -> Vec<String> {
    messages.into_iter().map(|message| message.id).collect()
}

pub async fn a_message_is_added_once(bench: &dyn Bench) {
    let store = bench.open().await;
    let new = NewMessage { body: Some(r#"{"week":"2026-W49"}"#.into()), ..message("m", &["b", "a", "b"]) };
    assert!(store.add_message(&new).await.unwrap());
    assert!(!store.add_message(&message("m", &["c"])).await.unwrap());
    let wanted = Message {
        id: "m".into(),
        kind: "due".into(),
        recipient: "U0ANA".into(),
        at: at(0),
        items: vec![id("b"), id("a"), id("b")],
        body: new.body,
        delivery: Delivery::Pending,
        attempt: 0,
        started_at: None,
        looks: 0,
        channel: None,
        ts: None,
        paint: 0,
    };
    assert_eq!(store.message("m").await.unwrap(), Some(wanted));
    assert_eq!(store.message("n").await.unwrap(), None);
}

pub async fn what_is_not_settled_is_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.backlog().await.unwrap(), []);
    for (name, due) in [("a", 3), ("b", 1), ("c", 2)] {
        add(&*store, NewMessage { at: at(due), ..message(name, &[name]) }).await;
    }
    store.claim(at(7), at(60), 1).await.unwrap();
    let backlog = |delivery, count, oldest| Backlog { delivery, count, oldest: at(oldest) };
    assert_eq!(store.backlog().await.unwrap(), [backlog(Delivery::Pending, 2, 2), backlog(Delivery::Sending, 1, 1)]);
    store.settle("b", 1, &Settlement::Dropped, at(8)).await.unwrap();
    assert_eq!(store.backlog().await.unwrap(), [backlog(Delivery::Pending, 2, 2)]);
}

pub async fn pauses_outlive_a_restart(bench: &dyn Bench) {
    let store = bench.open().await;
    store.keep_pause("chat.update", at(30)).await.unwrap();
    store.keep_pause("chat.postMessage", at(10)).await.unwrap();
    store.keep_pause("chat.update", at(40)).await.unwrap();
    store.keep_pause("chat.update", at(35)).await.unwrap();
    let store = bench.open().await;
    let pause = |method: &str, until| (method.to_owned(), at(until));
    assert_eq!(store.pauses(at(0)).await.unwrap(), [pause("chat.postMessage", 10), pause("chat.update", 40)]);
    assert_eq!(store.pauses(at(10)).await.unwrap(), [pause("chat.update", 40)], "over is over");
    assert_eq!(store.pauses(at(40)).await.unwrap(), []);
}

pub async fn claims_go_by_age_up_to_the_limit(bench: &dyn Bench) {
    let store = bench.open().await;
    for (name, due) in [("d", 2), ("c", 1), ("a", 3), ("b", 1)] {
        add(&*store, NewMessage { at: at(due), ..message(name, &[name]) }).await;
    }
    let claimed = store.claim(at(7), at(60), 3).await.unwrap();
    assert_eq!(claimed[0].items, [id("b")]);
    let first = &claimed[0];
    assert_eq!((first.delivery, first.attempt, first.started_at), (Delivery::Sending, 1, Some(at(7))));
    assert_eq!(ids(claimed), ["b", "c", "d"]);
    assert_eq!(ids(store.claim(at(7), at(60), 3).await.unwrap()), ["a"]);
    assert_eq!(ids(store.claim(at(7), at(60), 3).await.unwrap()), Vec::<String>::new());
}

pub async fn claims_never_double(bench: &dyn Bench) {
    let store = bench.open().await;
    for number in 0..120 {
        add(&*store, message(&format!("m{number}"), &["a"])).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let store = store.clone();
        workers.spawn(async move { ids(store.claim(at(0), at(60), 3).await.unwrap()) });
    }
    let claimed = workers.join_all().await.concat();
    assert_eq!(claimed.len(), 120);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 120);
}

pub async fn one_message_is_claimed_by_name(bench: &dyn Bench) {
    let store = bench.open().await;
    for name in ["a", "b"] {
        add(&*store, message(name, &["x"])).await;
    }
    let claimed = store.claim_one("b", at(3), at(60)).await.unwrap().expect("was pending");
    assert_eq!((claimed.delivery, claimed.attempt, claimed.items), (Delivery::Sending, 1, vec![id("x")]));
    assert_eq!(store.claim_one("b", at(3), at(60)).await.unwrap(), None);
    assert_eq!(store.claim_one("none", at(3), at(60)).await.unwrap(), None);
    assert_eq!(ids(store.claim(at(3), at(60), 9).await.unwrap()), ["a"]);
}

pub async fn what_is_put_back_waits(bench: &dyn Bench) {
    let store = bench.open().await;
    add(&*store, message("m", &["a"])).await;
    claim(&*store, "m").await;
    store.settle("m", 1, &Settlement::Retry { not_before: at(30) }, at(0)).await.unwrap();
    assert_eq!(get(&*store, "m").await.delivery, Delivery::Pending);
    assert_eq!(store.claim(at(29), at(60), 9).await.unwrap(), []);
    assert_eq!(store.claim(at(30), at(60), 9).await.unwrap()[0].attempt, 2);
}

pub async fn what_is_put_back_wakes(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    add(&*store, message("m", &["a"])).await;
    let asleep =
        |cursor| NudgePass { cursor, nudged_until: at(0), wake_at: at(900), add: Vec::new(), merged: Vec::new() };
    let cursor = store.awake(at(0)).await.unwrap().remove(0);
    assert!(store.enqueue(&asleep(cursor)).await.unwrap());
    claim(&*store, "m").await;
    assert_eq!(store.awake(at(0)).await.unwrap(), []);
    store.settle("m", 1, &Settlement::Retry { not_before: at(30) }, at(0)).await.unwrap();
    let awake = store.awake(at(0)).await.unwrap();
    assert_eq!(awake.len(), 1);
    assert!(store.enqueue(&asleep(awake[0].clone())).await.unwrap());
    store.settle("m", 1, &Settlement::Retry { not_before: at(30) }, at(0)).await.unwrap();
    assert_eq!(store.awake(at(0)).await.unwrap(), [], "it was back already");
}

pub async fn what_is_being_sent_can_be_narrowed(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b", "c"]).await;
    for name in ["m", "pending"] {
        add(&*store, message(name, &["c", "a", "b"])).await;
        store.narrow(name, &[id("b"), id("c")]).await.unwrap();
        assert_eq!(get(&*store, name).await.items.len(), 3, "nobody is sending it");
    }
    claim(&*store, "m").await;
    store.narrow("m", &[id("b"), id("c"), id("x")]).await.unwrap();
    assert_eq!(get(&*store, "m").await.items, [id("c"), id("b")]);
    assert_eq!(get(&*store, "pending").await.items.len(), 3);
    store.settle("m", 1, &sent("1.1"), at(0)).await.unwrap();
    store.narrow("m", &[]).await.unwrap();
    assert_eq!(get(&*store, "m").await.items.len(), 2, "what was sent stays as it is");
    assert_eq!((read(&*store, "a").await.nudges, read(&*store, "b").await.nudges), (0, 1));
}

pub async fn waits_are_never_shortened(bench: &dyn Bench) {
    let store = bench.open().await;
    let half = SignedDuration::from_millis(500);
    add(&*store, message("m", &["a"])).await;
    claim(&*store, "m").await;
    store.settle("m", 1, &Settlement::Retry { not_before: at(30) + half }, at(0)).await.unwrap();
    assert_eq!(store.claim(at(30) + half, at(60), 9).await.unwrap(), []);
    let claimed = store.claim(at(31), at(60) + half, 9).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(store.expire_leases(at(60) + half).await.unwrap(), 0);
    assert_eq!(store.expire_leases(at(61)).await.unwrap(), 1);
}

pub async fn what_is_sent_is_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b", "c"]).await;
    send(&*store, message("m", &["a", "b"])).await;
    let kept = get(&*store, "m").await;
    assert_eq!(kept.delivery, Delivery::Sent);
    assert_eq!((kept.channel.as_deref(), kept.ts.as_deref()), (Some("D0ANA"), Some("ts-m")));
    for (name, nudges, version) in [("a", 1, 1), ("b", 1, 1), ("c", 0, 0)] {
        let stored = read(&*store, name).await;
        assert_eq!((stored.nudges, stored.version), (nudges, version), "{name}");
    }
    assert_eq!(stale(&*store).await, Vec::<String>::new());
    assert_eq!(store.expire_leases(at(9999)).await.unwrap(), 0);
}

pub async fn a_plan_counts_no_nudge_but_ends_a_snooze(bench: &dyn Bench) {
    let store = bench.open().await;
    for (kind, name) in [("plan", "a"), ("digest", "b"), ("snoozed", "c")] {
        plan(&*store, &[name]).await;
        snooze(&*store, name, at(100)).await;
        add(&*store, NewMessage { kind: kind.into(), ..message(kind, &[name]) }).await;
        claim(&*store, kind).await;
        store.settle(kind, 1, &sent("1.1"), at(100)).await.unwrap();
        let stored = read(&*store, name).await;
        assert_eq!((stored.snoozed_until, stored.nudges), (None, i64::from(kind == "snoozed")), "{kind}");
        assert_eq!(stored.snoozes, 1);
    }
}

pub async fn a_snooze_to_come_stays(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    snooze(&*store, "a", at(100)).await;
    add(&*store, message("m", &["a"])).await;
    claim(&*store, "m").await;
    store.settle("m", 1, &sent("1.1"), at(99)).await.unwrap();
    let stored = read(&*store, "a").await;
    assert_eq!((stored.snoozed_until, stored.nudges), (Some(at(100)), 1));
}

pub async fn settling_twice_counts_once(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    send(&*store, message("m", &["a"])).await;
    store.settle("m", 1, &sent("other"), at(0)).await.unwrap();
    store.settle("none", 1, &sent("other"), at(0)).await.unwrap();
    assert_eq!(read(&*store, "a").await.nudges, 1);
    assert_eq!(get(&*store, "m").await.ts.as_deref(), Some("ts-m"));
}

fn lost(look_at: i64) -> Settlement {
    Settlement::Uncertain { channel: "D0ANA".into(), look_at: at(look_at) }
}

pub async fn what_is_uncertain_is_looked_for(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    add(&*store, message("m", &["a"])).await;
    claim(&*store, "m").await;
    store.settle("m", 1, &lost(20), at(0)).await.unwrap();
    assert_eq!(store.uncertain(at(19), at(19)).await.unwrap(), []);
    let [found] = store.uncertain(at(20), at(20)).await.unwrap().try_into().unwrap();
    assert_eq!((found.looks, found.channel.as_deref(), found.started_at), (0, Some("D0ANA"), Some(at(0))));
    assert_eq!(found.items, [id("a")]);
    assert_eq!(store.claim(at(99), at(160), 9).await.unwrap(), [], "never sent again before it was looked for");
    store.settle("m", 1, &lost(50), at(0)).await.unwrap();
    assert_eq!(store.uncertain(at(49), at(49)).await.unwrap(), []);
    assert_eq!(store.uncertain(at(50), at(50)).await.unwrap()[0].looks, 1);
    store.settle("m", 1, &Settlement::Retry { not_before: at(50) }, at(0)).await.unwrap();
    assert_eq!(store.claim(at(50), at(110), 9).await.unwrap()[0].looks, 0);
    store.settle("m", 2, &lost(60), at(0)).await.unwrap();
    assert_eq!(store.uncertain(at(60), at(60)).await.unwrap()[0].looks, 0, "counted anew");
    store.settle("m", 1, &sent("found"), at(0)).await.unwrap();
    assert_eq!(store.uncertain(at(9999), at(9999)).await.unwrap(), []);
    assert_eq!(read(&*store, "a").await.nudges, 1);
}

pub async fn leases_expire(bench: &dyn Bench) {
    let store = bench.open().await;
    add(&*store, message("m", &["a"])).await;
    claim(&*store, "m").await;
    assert_eq!(store.expire_leases(at(59)).await.unwrap(), 0);
    assert_eq!(store.uncertain(at(9999), at(9999)).await.unwrap(), []);
    assert_eq!(store.expire_leases(at(60)).await.unwrap(), 1);
    assert_eq!(store.expire_leases(at(60)).await.unwrap(), 0);
    let [found] = store.uncertain(at(60), at(60)).await.unwrap().try_into().unwrap();
    assert_eq!((found.delivery, found.looks), (Delivery::Uncertain, 0));
}

pub async fn a_late_answer_counts(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    add(&*store, message("m", &["a"])).await;
    claim(&*store, "m").await;
    store.expire_leases(at(60)).await.unwrap();
    store.settle("m", 1, &Settlement::Retry { not_before: at(60) }, at(0)).await.unwrap();
    store.settle("m", 1, &sent("late"), at(0)).await.unwrap();
    assert_eq!(get(&*store, "m").await.delivery, Delivery::Sent);
    assert_eq!(store.claim(at(99), at(160), 9).await.unwrap(), []);
    assert_eq!(read(&*store, "a").await.nudges, 1);
}

pub async fn an_attempt_that_was_given_up_is_not_begun(bench: &dyn Bench) {
    let store = bench.open().await;
    add(&*store, message("m", &["a"])).await;
    assert!(!store.start("m", 0, at(0), at(60)).await.unwrap(), "nobody has claimed it");
    claim(&*store, "m").await;
    assert!(store.start("m", 1, at(50), at(110)).await.unwrap());
    assert_eq!(get(&*store, "m").await.started_at, Some(at(50)), "looked up by when it was posted");
    assert_eq!(store.expire_leases(at(109)).await.unwrap(), 0, "with a lease anew");
    assert_eq!(store.expire_leases(at(110)).await.unwrap(), 1);
    assert!(!store.start("m", 1, at(111), at(171)).await.unwrap(), "it is being looked for");
    store.settle("m", 1, &Settlement::Retry { not_before: at(111) }, at(0)).await.unwrap();
    assert!(!store.start("m", 1, at(111), at(171)).await.unwrap());
    assert_eq!(store.claim(at(111), at(171), 9).await.unwrap()[0].attempt, 2);
    assert!(!store.start("m", 1, at(112), at(172)).await.unwrap(), "somebody else is at it");
    assert!(store.start("m", 2, at(112), at(172)).await.unwrap());
    for late in [Settlement::Retry { not_before: at(0) }, lost(0), Settlement::Dropped, Settlement::Dead("x".into())] {
        store.settle("m", 1, &late, at(0)).await.unwrap();
        assert_eq!(get(&*store, "m").await.delivery, Delivery::Sending, "after a late {late:?}");
    }
    store.settle("m", 1, &sent("1.1"), at(0)).await.unwrap();
    assert_eq!(get(&*store, "m").await.delivery, Delivery::Sent, "what is there is there");
}

/// Settles a claimed message, and then tries to undo that.
async fn is_final(store: &dyn Store, name: &str, settlement: Settlement, delivery: Delivery) {
    add(store, message(name, &["a"])).await;
    claim(store, name).await;
    let others = [Settlement::Retry { not_before: at(0) }, lost(0), Settlement::Dropped, Settlement::Dead("x".into())];
    for settlement in [settlement].iter().chain(&others) {
        store.settle(name, 1, settlement, at(0)).await.unwrap();
        assert_eq!(get(store, name).await.delivery, delivery, "after {settlement:?}");
    }
    store.expire_leases(at(9999)).await.unwrap();
    assert_eq!(store.claim(at(9999), at(9999), 9).await.unwrap(), []);
    assert_eq!(store.uncertain(at(9999), at(9999)).await.unwrap(), []);
}

pub async fn what_is_over_is_over(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    is_final(&*store, "sent", sent("1.1"), Delivery::Sent).await;
    is_final(&*store, "dropped", Settlement::Dropped, Delivery::Dropped).await;
    is_final(&*store, "dead", Settlement::Dead("channel_not_found".into()), Delivery::Dead).await;
    store.settle("dropped", 1, &sent("1.2"), at(0)).await.unwrap();
    assert_eq!(get(&*store, "dropped").await.delivery, Delivery::Dropped);
    assert_eq!(read(&*store, "a").await.nudges, 1, "only what was sent counts");
}

pub async fn what_is_sent_can_be_reworded(bench: &dyn Bench) {
    let store = bench.open().await;
    add(&*store, NewMessage { body: Some("plain".to_owned()), ..message("m", &["a"]) }).await;
    let body = async || store.message("m").await.unwrap().unwrap().body;
    let was = body().await.unwrap();
    assert!(!store.reword("m", &was, "early").await.unwrap(), "nobody is sending it");
    assert_eq!(body().await.as_deref(), Some(&*was));
    store.claim(at(0), at(60), 3).await.unwrap();
    assert!(!store.reword("m", "other", "plainer").await.unwrap(), "it says something else by now");
    assert!(store.reword("m", &was, "plainer").await.unwrap());
    assert_eq!(body().await.as_deref(), Some("plainer"));
    let sent = Settlement::Sent { channel: "D1".into(), ts: "1.2".into() };
    store.settle("m", 1, &sent, at(1)).await.unwrap();
    assert!(store.reword("m", "plainer", "plainest").await.unwrap(), "it is to be painted anew");
    assert_eq!(body().await.as_deref(), Some("plainest"));
}

/// A leader's question is no nudge: it counts as none, and the snooze still rings.
pub async fn a_question_is_no_nudge(bench: &dyn Bench) {
    let store = bench.open().await;
    let snoozed = Occurrence { snoozed_until: Some(at(0)), ..occurrence("a") };
    assert!(store.replan(&replan(vec![snoozed], Vec::new())).await.unwrap());
    add(&*store, NewMessage { kind: "question".into(), ..message("m", &["a"]) }).await;
    store.claim(at(0), at(60), 3).await.unwrap();
    store.settle("m", 1, &Settlement::Sent { channel: "D1".into(), ts: "1.2".into() }, at(1)).await.unwrap();
    let kept = store.occurrence(&id("a")).await.unwrap().unwrap();
    assert_eq!((kept.nudges, kept.snoozed_until), (0, Some(at(0))));
}
