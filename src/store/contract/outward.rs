//! What is kept for other systems: tokens, answers, pages, and what webhooks are to be told.

use super::fixtures::*;
use crate::process::UserId;
use crate::record::{Standing, State};
use crate::store::{
    Answered, Event, NewMessage, NewToken, NewWebhook, OccurrenceQuery, Page, Recorded, Scope, Store, Told,
    WebhookDelivery, WebhookState,
};

fn token(name: &str) -> NewToken {
    NewToken {
        name: name.to_owned(),
        scopes: vec![Scope::Read, Scope::Record],
        hash: format!("hash of {name}"),
        at: at(0),
        by: Some("ana".to_owned()),
    }
}

pub async fn tokens_hold_until_they_are_revoked(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.add_token(&token("crm")).await.unwrap(), Some(1));
    assert_eq!(store.add_token(&NewToken { hash: "other".to_owned(), ..token("crm") }).await.unwrap(), None);
    assert_eq!(store.add_token(&token("bi")).await.unwrap(), Some(2));
    let found = store.use_token("hash of crm", at(5)).await.unwrap().expect("it holds");
    assert_eq!((found.id, found.scopes, found.used_at), (1, vec![Scope::Read, Scope::Record], None));
    assert_eq!(store.use_token("hash", at(5)).await.unwrap(), None);
    // Noted to the hour.
    store.use_token("hash of crm", at(60)).await.unwrap();
    assert_eq!(store.tokens().await.unwrap()[0].used_at, Some(at(5)));
    store.use_token("hash of crm", at(3700)).await.unwrap();
    assert!(store.revoke_token(1, None, at(4000)).await.unwrap());
    assert!(!store.revoke_token(1, None, at(4001)).await.unwrap());
    assert!(!store.revoke_token(7, None, at(4001)).await.unwrap());
    let store = bench.open().await;
    assert_eq!(store.use_token("hash of crm", at(5000)).await.unwrap(), None, "it has ended");
    let tokens = store.tokens().await.unwrap();
    assert_eq!((tokens[0].used_at, tokens[0].revoked_at, tokens[1].revoked_at), (Some(at(3700)), Some(at(4000)), None));
    assert_eq!(store.add_token(&NewToken { hash: "new".to_owned(), ..token("crm") }).await.unwrap(), Some(3));
    let log: Vec<String> = store.log(None, None).await.unwrap().into_iter().map(|line| line.what).collect();
    assert_eq!(log, ["new token", "new token", "new token", "revoke token"]);
}

fn answered(key: &str, answer: &str) -> Answered {
    Answered { token: 1, key: key.to_owned(), request: "asked".to_owned(), answer: answer.to_owned() }
}

pub async fn an_answer_is_kept_with_what_it_answers(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b"]).await;
    let recording = |mut occurrence: crate::record::Occurrence| {
        occurrence.standing = Standing::Done;
        occurrence.completed_at = Some(at(60));
        recording(occurrence, "done", None)
    };
    let a = recording(read(&*store, "a").await);
    assert_eq!(store.record_once(&a, &answered("k", "first")).await.unwrap(), Recorded::Yes);
    assert_eq!(store.answered(1, "k").await.unwrap(), Some(answered("k", "first")));
    assert_eq!(store.answered(2, "k").await.unwrap(), None, "keys are a token's own");
    let b = recording(read(&*store, "b").await);
    assert_eq!(store.record_once(&b, &answered("k", "second")).await.unwrap(), Recorded::SeenBefore);
    assert_eq!(read(&*store, "b").await.standing, Standing::Undecided);
    // A lost race keeps no answer.
    assert_eq!(store.record_once(&a, &answered("k2", "third")).await.unwrap(), Recorded::Changed);
    assert_eq!(store.answered(1, "k2").await.unwrap(), None);
    store.sweep(at(60 + 24 * 3600)).await.unwrap();
    assert!(store.answered(1, "k").await.unwrap().is_some(), "kept for a day");
    store.sweep(at(61 + 24 * 3600)).await.unwrap();
    assert_eq!(store.answered(1, "k").await.unwrap(), None);
}

pub async fn pages_follow_one_another(bench: &dyn Bench) {
    let store = bench.open().await;
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut all: Vec<_> = names.iter().map(|name| occurrence(name)).collect();
    all[0].due = at(10);
    all[1].standing = Standing::Missed;
    all[2].standing = Standing::Excused;
    all[3].closes = at(7200);
    all[4].manager = UserId::from("U0BEN");
    all[4].activity = "forecast".into();
    store.replan(&replan(all, Vec::new())).await.unwrap();
    let ids = |found: Vec<crate::record::Occurrence>| found.into_iter().map(|one| one.id.0).collect::<Vec<_>>();
    let mut page = Page { now: at(3600), limit: 2, ..Page::default() };
    let mut seen = Vec::new();
    loop {
        let found = store.page(&page).await.unwrap();
        page.after = found.last().map(|last| (last.due, last.id.clone()));
        if found.is_empty() {
            break;
        }
        assert!(found.len() <= 2);
        seen.extend(ids(found));
    }
    assert_eq!(seen, ["b", "c", "d", "e", "f", "a"], "by due, then by id");
    let with = |states: &[State], now| Page { states: states.to_vec(), now: at(now), limit: 9, ..Page::default() };
    let cases: [(&[State], i64, &[&str]); 7] = [
        (&[State::Planned], 9, &["a"]),
        (&[State::Open], 9, &["d", "e", "f"]),
        (&[State::Open], 3600, &["d"]),
        (&[State::Missed], 9, &["b"]),
        (&[State::Missed], 3600, &["b", "e", "f", "a"]),
        (&[State::Excused, State::Planned], 0, &["c", "a"]),
        (&[State::Done], 0, &[]),
    ];
    for (states, now, wanted) in cases {
        let found = store.page(&with(states, now)).await.unwrap();
        assert!(found.iter().all(|one| states.contains(&one.state(at(now)))), "{states:?}");
        assert_eq!(ids(found), wanted, "{states:?} at {now}");
    }
    let activity = Some("forecast".into());
    let found = store.page(&Page { activity, limit: 9, ..Page::default() }).await.unwrap();
    assert_eq!(ids(found), ["e"]);
    let day = |from, to| OccurrenceQuery { from, to, manager: Some(ana()), ..OccurrenceQuery::default() };
    let on = |query| Page { query, limit: 9, ..Page::default() };
    assert_eq!(store.page(&on(day(Some(MONDAY), Some(MONDAY)))).await.unwrap().len(), 5);
    assert_eq!(store.page(&on(day(MONDAY.tomorrow().ok(), None))).await.unwrap(), []);
    assert_eq!(store.page(&on(day(None, MONDAY.yesterday().ok()))).await.unwrap(), []);
}

fn webhook(events: &[Event]) -> NewWebhook {
    NewWebhook {
        url: "https://crm.example/".to_owned(),
        secret: "sealed".to_owned(),
        events: events.to_vec(),
        at: at(0),
        by: None,
    }
}

async fn claimed(store: &dyn Store, machine: i64) -> Vec<WebhookDelivery> {
    let mut claimed = Vec::new();
    for webhook in store.told_waiting(at(machine)).await.unwrap() {
        while let Some(one) = store.claim_told(webhook, at(machine), at(machine + 60)).await.unwrap() {
            assert_eq!(one.webhook, webhook);
            claimed.push(one);
        }
    }
    claimed
}

pub async fn what_happens_is_told_to_who_asked(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b", "c"]).await;
    done(&*store, "c").await;
    assert_eq!(store.add_webhook(&webhook(&Event::ALL)).await.unwrap(), 1);
    assert_eq!(store.add_webhook(&webhook(&[Event::Missed])).await.unwrap(), 2);
    done(&*store, "a").await;
    store.lapse(at(3600)).await.unwrap();
    send(&*store, NewMessage { kind: "digest".to_owned(), ..message("week", &[]) }).await;
    send(&*store, message("nudge", &["b"])).await;
    let told = claimed(&*store, 0).await;
    let told: Vec<_> = told.iter().map(|one| (one.webhook, one.event, one.subject.as_str(), one.attempt)).collect();
    let mut wanted = vec![
        (1, Event::DigestPublished, "week", 1),
        (1, Event::Done, "a", 1),
        (1, Event::Missed, "b", 1),
        (2, Event::Missed, "b", 1),
    ];
    let mut sorted = told.clone();
    sorted.sort();
    wanted.sort();
    assert_eq!(sorted, wanted, "what was done before it was added is not told");
}

pub async fn an_event_is_told_once_and_has_one_name(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    store.add_webhook(&webhook(&[Event::Done])).await.unwrap();
    store.add_webhook(&webhook(&[Event::Done])).await.unwrap();
    done(&*store, "a").await;
    // Changed, but no more done than before.
    let again = read(&*store, "a").await;
    assert_eq!(store.record(&recording(again, "change", None)).await.unwrap(), Recorded::Yes);
    let told = claimed(&*store, 0).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].id, told[1].id);
    assert!(told[0].id.starts_with("msg_") && !told[0].id.contains('.'), "{}", told[0].id);
    // Undone and done again is another event.
    let undone = read(&*store, "a").await.act(crate::record::Action::Undo, &ana(), at(70)).unwrap();
    store.record(&recording(undone, "undo", None)).await.unwrap();
    done(&*store, "a").await;
    let more = claimed(&*store, 0).await;
    assert_eq!(more.len(), 2);
    assert_ne!(more[0].id, told[0].id);
}

pub async fn what_was_not_taken_waits_and_dies_and_lives_again(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    store.add_webhook(&webhook(&[Event::Done])).await.unwrap();
    done(&*store, "a").await;
    let first = claimed(&*store, 0).await.remove(0);
    assert_eq!(claimed(&*store, 59).await, [], "somebody has it");
    let second = claimed(&*store, 60).await.remove(0);
    assert_eq!(second.attempt, 2, "the lease has ended");
    store.settle_told(&first, &Told::Delivered, at(61)).await.unwrap();
    let problem = "answered 500".to_owned();
    let retry = Told::Retry { not_before: at(100), peace: at(61), problem: problem.clone() };
    store.settle_told(&second, &retry, at(61)).await.unwrap();
    assert_eq!(claimed(&*store, 99).await, []);
    let third = claimed(&*store, 100).await.remove(0);
    assert_eq!((third.attempt, third.problem.as_deref()), (3, Some("answered 500")));
    store.settle_told(&third, &Told::Dead { peace: at(101), problem }, at(101)).await.unwrap();
    assert_eq!(claimed(&*store, 9_999).await, []);
    let store = bench.open().await;
    assert_eq!(store.dead_told().await.unwrap().len(), 1);
    assert_eq!((store.retry_told().await.unwrap(), store.retry_told().await.unwrap()), (1, 0));
    let again = claimed(&*store, 10_000).await.remove(0);
    assert_eq!((again.attempt, again.id.as_str()), (1, third.id.as_str()));
    store.settle_told(&again, &Told::Delivered, at(10_000)).await.unwrap();
    assert_eq!((claimed(&*store, 99_999).await, store.dead_told().await.unwrap()), (vec![], vec![]));
}

pub async fn who_takes_nothing_is_left_in_peace(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b", "c"]).await;
    let [one, other] = [Event::Done; 2].map(|event| webhook(&[event]));
    let (one, other) = (store.add_webhook(&one).await.unwrap(), store.add_webhook(&other).await.unwrap());
    for (nth, name) in (0..).zip(["c", "a", "b"]) {
        let mut done = read(&*store, name).await;
        (done.standing, done.completed_at) = (Standing::Done, Some(at(nth)));
        let recording = crate::store::Recording { at: at(nth), ..recording(done, "done", None) };
        assert_eq!(store.record(&recording).await.unwrap(), Recorded::Yes);
    }
    assert_eq!(store.told_waiting(at(0)).await.unwrap(), [one, other]);
    let first = store.claim_told(one, at(0), at(60)).await.unwrap().expect("there are three");
    assert_eq!(first.subject, "c", "what happened first");
    let failed = Told::Retry { not_before: at(300), peace: at(30), problem: "answered 503".to_owned() };
    store.settle_told(&first, &failed, at(1)).await.unwrap();
    assert_eq!(store.told_waiting(at(29)).await.unwrap(), [other], "the other one has done nothing");
    assert_eq!(store.claim_told(one, at(29), at(89)).await.unwrap(), None);
    let second = store.claim_told(one, at(30), at(90)).await.unwrap().expect("in peace long enough");
    assert_eq!((second.subject.as_str(), second.attempt), ("a", 1), "waiting counts no attempt");
    store.settle_told(&second, &Told::Dead { peace: at(70), problem: "late".to_owned() }, at(30)).await.unwrap();
    assert_eq!(store.claim_told(one, at(69), at(129)).await.unwrap(), None);
    let third = store.claim_told(one, at(70), at(130)).await.unwrap().expect("the last");
    assert_eq!((third.subject.as_str(), third.attempt), ("b", 1));
    let subjects: Vec<_> = claimed(&*store, 71).await.into_iter().map(|one| one.subject).collect();
    assert_eq!(subjects, ["c", "a", "b"], "in the order in which it happened");
}

pub async fn who_wants_no_more_is_told_no_more(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b", "c"]).await;
    store.add_webhook(&webhook(&[Event::Done])).await.unwrap();
    store.add_webhook(&webhook(&[Event::Done])).await.unwrap();
    done(&*store, "a").await;
    let [one, other] = claimed(&*store, 0).await.try_into().unwrap();
    assert!(store.remove_webhook(one.webhook, None, at(5)).await.unwrap());
    assert!(!store.remove_webhook(one.webhook, None, at(5)).await.unwrap());
    store.settle_told(&one, &Told::Dead { peace: at(5), problem: "late".to_owned() }, at(5)).await.unwrap();
    store.settle_told(&other, &Told::Gone, at(5)).await.unwrap();
    done(&*store, "b").await;
    assert_eq!((claimed(&*store, 999).await, store.dead_told().await.unwrap()), (vec![], vec![]));
    let left = store.webhooks().await.unwrap();
    assert_eq!(left.iter().map(|one| (one.id, one.state)).collect::<Vec<_>>(), [(other.webhook, WebhookState::Gone)]);
    assert_eq!(store.add_webhook(&webhook(&[Event::Done])).await.unwrap(), 3, "no number is given twice");
}
