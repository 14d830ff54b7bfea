//! Questions are put once, answered by compare and swap, and looked at when there is a reason.

use jiff::civil::date;

use super::fixtures::*;
use super::forgetting::forgetting;
use crate::process::{ActivityKey, UserId};
use crate::record::verification::{Question, Reply, Verifier};
use crate::record::{Action, Occurrence, Outcome, Verification};
use crate::store::privacy::Cutoffs;
use crate::store::{NewMessage, Recorded, Recording, Settlement, Store, VerificationChange};

fn dana() -> UserId {
    UserId::from("U0DANA")
}

fn question(name: &str) -> Question {
    Question {
        occurrence: id(name),
        asked: dana(),
        verifier: Verifier::Rep,
        done_at: at(60),
        asked_at: at(60),
        reply: None,
        word: None,
        until: at(9000),
        message: "ask".to_owned(),
        reminded: false,
        told: false,
        closed: false,
        look_at: at(600),
        version: 0,
    }
}

/// Ana has done these with Dana.
async fn held(store: &dyn Store, names: &[&str]) {
    let insert = names.iter().map(|name| Occurrence { rep: Some(dana()), ..occurrence(name) }).collect();
    assert!(store.replan(&replan(insert, Vec::new())).await.unwrap());
    for name in names {
        done(store, name).await;
    }
}

async fn verification(store: &dyn Store, name: &str, verification: Verification, key: Option<&str>) -> Recording {
    let occurrence = Occurrence { verification, ..read(store, name).await };
    Recording { by: dana(), ..recording(occurrence, "confirm", key) }
}

/// Asks about one, all in one transaction.
async fn ask(store: &dyn Store, name: &str) {
    let change = VerificationChange {
        questions: vec![question(name)],
        recordings: vec![verification(store, name, Verification::Asked, None).await],
        messages: vec![NewMessage {
            kind: "verification".into(),
            recipient: "U0DANA".into(),
            ..message("ask", &[name])
        }],
    };
    assert_eq!(store.verify(&change).await.unwrap(), Recorded::Yes);
}

async fn names_unasked(store: &dyn Store) -> Vec<String> {
    let found = store.unasked(&[ActivityKey::from("review")], at(0)).await.unwrap();
    found.into_iter().map(|occurrence| occurrence.id.0).collect()
}

pub async fn what_a_rep_can_bear_out_is_found_until_they_are_asked(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["alone", "later"]).await;
    done(&*store, "alone").await;
    held(&*store, &["a", "b"]).await;
    assert_eq!(names_unasked(&*store).await, ["a", "b"], "with a rep, and done");
    assert!(store.unasked(&[ActivityKey::from("other")], at(0)).await.unwrap().is_empty());
    assert!(store.unasked(&[ActivityKey::from("review")], at(61)).await.unwrap().is_empty(), "since then");
    ask(&*store, "a").await;
    assert_eq!(names_unasked(&*store).await, ["b"]);
    let stored = store.questions(&[id("a"), id("b")]).await.unwrap();
    assert_eq!(stored, [Question { version: 1, ..question("a") }]);
    assert_eq!(read(&*store, "a").await.verification, Verification::Asked);
    assert_eq!(get(&*store, "ask").await.recipient, "U0DANA");
    // Done anew, it is asked anew; by whom it could not be asked is not asked again.
    let undone = read(&*store, "a").await.act(Action::Undo, &ana(), at(70)).unwrap();
    store.record(&recording(undone, "undo", None)).await.unwrap();
    let again = read(&*store, "a").await.act(Action::Done(Outcome::default()), &ana(), at(80)).unwrap();
    store.record(&recording(again, "done", None)).await.unwrap();
    assert_eq!(names_unasked(&*store).await, ["a", "b"]);
    let given_up = Question { done_at: at(80), closed: true, version: 1, ..question("a") };
    store.verify(&VerificationChange { questions: vec![given_up], ..Default::default() }).await.unwrap();
    assert_eq!(names_unasked(&*store).await, ["b"]);
}

pub async fn an_answer_is_compared_and_counted_once(bench: &dyn Bench) {
    let store = bench.open().await;
    held(&*store, &["a"]).await;
    ask(&*store, "a").await;
    claim(&*store, "ask").await;
    store.settle("ask", 1, &sent("1"), at(61)).await.unwrap();
    assert_eq!(read(&*store, "a").await.nudges, 0, "it is no nudge");
    let reply = Some(Reply { bears_out: true, at: at(100) });
    let word = Some("yes".to_owned());
    let change = VerificationChange {
        questions: vec![Question { reply, word, version: 1, ..question("a") }],
        recordings: vec![verification(&*store, "a", Verification::Confirmed, Some("tap")).await],
        messages: Vec::new(),
    };
    assert_eq!(store.verify(&change).await.unwrap(), Recorded::Yes);
    assert_eq!(stale(&*store).await, ["ask"]);
    assert_eq!(store.verify(&change).await.unwrap(), Recorded::SeenBefore);
    let other_key = Recording { seen: Some("tap2".into()), ..change.recordings[0].clone() };
    let late = VerificationChange { recordings: vec![other_key], ..change.clone() };
    assert_eq!(store.verify(&late).await.unwrap(), Recorded::Changed);
    assert!(!store.was_seen("tap2").await.unwrap(), "the key is given back");
    let late = VerificationChange { recordings: Vec::new(), ..change.clone() };
    assert_eq!(store.verify(&late).await.unwrap(), Recorded::Changed, "the question alone is compared too");
    let stored = store.questions(&[id("a")]).await.unwrap();
    assert_eq!((stored[0].reply, stored[0].word.as_deref(), stored[0].version), (reply, Some("yes"), 2));
    assert_eq!(store.log(None, None).await.unwrap().last().map(|line| line.what.clone()).as_deref(), Some("confirm"));
}

pub async fn questions_are_looked_at_when_there_is_a_reason(bench: &dyn Bench) {
    let store = bench.open().await;
    held(&*store, &["a"]).await;
    assert_eq!(store.next_question().await.unwrap(), None);
    ask(&*store, "a").await;
    let due = async |seconds: i64| store.questions_due(at(seconds)).await.unwrap().len();
    assert_eq!(store.next_question().await.unwrap(), Some(at(600)));
    assert_eq!((due(599).await, due(600).await), (0, 1));
    // The message is lost.
    claim(&*store, "ask").await;
    store.settle("ask", 1, &Settlement::Dead("no".into()), at(61)).await.unwrap();
    assert_eq!(due(100).await, 1);
    store.revive("ask", None).await.unwrap();
    assert_eq!(due(100).await, 0);
    // What it is about is taken back.
    let undone = read(&*store, "a").await.act(Action::Undo, &ana(), at(70)).unwrap();
    store.record(&recording(undone, "undo", None)).await.unwrap();
    assert_eq!(due(100).await, 1);
    let closed = Question { closed: true, version: 1, ..question("a") };
    store.verify(&VerificationChange { questions: vec![closed], ..Default::default() }).await.unwrap();
    assert_eq!((due(99_999).await, store.next_question().await.unwrap()), (0, None));
}

pub async fn a_dispute_counts_once_it_stands(bench: &dyn Bench) {
    let store = bench.open().await;
    held(&*store, &["a", "b"]).await;
    ask(&*store, "a").await;
    let reply = Some(Reply { bears_out: false, at: at(100) });
    let disputed = Question { reply, version: 1, ..question("a") };
    let change = VerificationChange {
        questions: vec![disputed.clone()],
        recordings: vec![verification(&*store, "a", Verification::Disputed, None).await],
        messages: Vec::new(),
    };
    assert_eq!(store.verify(&change).await.unwrap(), Recorded::Yes);
    assert!(store.disputes(MONDAY, MONDAY).await.unwrap().is_empty());
    let closed = Question { closed: true, version: 2, ..disputed };
    store.verify(&VerificationChange { questions: vec![closed.clone()], ..Default::default() }).await.unwrap();
    let told = |name: &str| NewMessage {
        kind: "verification-told".into(),
        at: at(101),
        body: Some(closed.asked.to_string()),
        ..message(name, &["a"])
    };
    add(&*store, told("dropped")).await;
    claim(&*store, "dropped").await;
    store.settle("dropped", 1, &Settlement::Dropped, at(102)).await.unwrap();
    assert!(store.disputes(MONDAY, MONDAY).await.unwrap().is_empty(), "the manager never heard of it");
    send(&*store, told("told")).await;
    assert_eq!(store.disputes(MONDAY, MONDAY).await.unwrap(), [id("a")]);
    let tuesday = MONDAY.tomorrow().unwrap();
    assert!(store.disputes(tuesday, tuesday).await.unwrap().is_empty());
}

/// Dana says of both that they never were.
async fn denied(store: &dyn Store) {
    held(store, &["a", "b"]).await;
    for name in ["a", "b"] {
        ask(store, name).await;
    }
    claim(store, "ask").await;
    store.settle("ask", 1, &sent("1"), at(61)).await.unwrap();
    let reply = Some(Reply { bears_out: false, at: at(100) });
    let said = |name: &str| Question { reply, word: Some("never".to_owned()), version: 1, ..question(name) };
    let change = VerificationChange { questions: vec![said("a"), said("b")], ..Default::default() };
    assert_eq!(store.verify(&change).await.unwrap(), Recorded::Yes);
    let shown = store.stale(at(1000), at(1000), 9).await.unwrap();
    store.painted("ask", shown[0].paint).await.unwrap();
    assert_eq!(stale(store).await, [""; 0]);
}

pub async fn a_word_goes_with_whoever_said_it(bench: &dyn Bench) {
    let store = bench.open().await;
    denied(&*store).await;
    store.forget(&forgetting("U0DANA")).await.unwrap().expect("nothing stood in the way");
    let questions = store.questions(&[id("a"), id("b")]).await.unwrap();
    assert!(questions.iter().all(|question| question.word.is_none() && question.reply.is_some()), "{questions:?}");
    assert_eq!(stale(&*store).await, ["ask"], "what shows it is drawn anew");
}

pub async fn a_word_goes_with_time(bench: &dyn Bench) {
    let store = bench.open().await;
    denied(&*store).await;
    let words = async || {
        let questions = store.questions(&[id("a"), id("b")]).await.unwrap();
        questions.into_iter().filter(|question| question.word.is_some()).count()
    };
    let old = Cutoffs { notes: Some(date(2026, 12, 8)), ..Cutoffs::default() };
    assert_eq!(store.expire(&old, 1).await.unwrap(), 1, "one a time");
    assert_eq!(words().await, 1);
    assert_eq!(store.expire(&old, 1).await.unwrap(), 1, "each comes up");
    assert_eq!((words().await, store.expire(&old, 1).await.unwrap()), (0, 0));
}
