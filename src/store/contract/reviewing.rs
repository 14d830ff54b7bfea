//! What is said beside the occurrences is said once, answered once, and painted; and what a person was sent is counted.

use jiff::Timestamp;

use super::fixtures::*;
use crate::process::{ActivityKey, UserId};
use crate::record::review::{Answer, Aside, Topic};
use crate::store::{Intention, NewMessage, Settlement};

fn aside() -> Aside {
    let (id, activity) = ("misses.x".to_owned(), Some(ActivityKey::from("review")));
    Aside { id, manager: ana(), topic: Topic::Misses, activity, occurrence: None }
}

pub async fn something_is_said_in_one_message(bench: &dyn Bench) {
    let store = bench.open().await;
    add(&*store, message("first", &[])).await;
    assert!(store.say(&aside(), "first", at(0)).await.unwrap());
    // The first never went out: its items went into the second, and the question with them.
    assert!(store.say(&aside(), "second", at(1)).await.unwrap());
    add(&*store, message("second", &[])).await;
    claim(&*store, "second").await;
    assert!(!store.say(&aside(), "third", at(2)).await.unwrap(), "it may be there already");
    assert!(store.say(&aside(), "second", at(2)).await.unwrap(), "a second try says the same");
    store.settle("second", 1, &sent("2"), at(2)).await.unwrap();
    assert!(!store.say(&aside(), "third", at(3)).await.unwrap());
    let said = store.said_to(&ana()).await.unwrap();
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].message.as_str(), said[0].at, &said[0].answer), ("second", at(1), &None));
    assert_eq!(said[0].aside, aside());
    assert_eq!(store.said_in("second").await.unwrap(), said);
    assert_eq!(store.said_in("first").await.unwrap(), []);
}

pub async fn the_first_answer_stands(bench: &dyn Bench) {
    let store = bench.open().await;
    send(&*store, message("m", &[])).await;
    store.say(&aside(), "m", at(0)).await.unwrap();
    assert!(!store.answer("nothing", Answer::Keep, &ana(), at(1)).await.unwrap());
    assert!(store.answer("misses.x", Answer::Move, &ana(), at(1)).await.unwrap());
    assert!(!store.answer("misses.x", Answer::Stop, &ana(), at(2)).await.unwrap());
    assert_eq!(stale(&*store).await, ["m"], "the message that asks shows the answer");
    let answers = store.review_answers(at(0), at(2)).await.unwrap();
    assert_eq!(answers[0].answer, Some((Answer::Move, at(1), ana())));
    assert_eq!(store.review_answers(at(2), Timestamp::MAX).await.unwrap(), []);
    let log = store.log(None, None).await.unwrap();
    assert_eq!((log[0].what.as_str(), log.len()), ("review", 1));
    // An answered question moves nowhere any more.
    assert!(!store.say(&aside(), "later", at(3)).await.unwrap());
}

pub async fn an_if_then_is_kept_and_painted(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b"]).await;
    send(&*store, message("m", &["a"])).await;
    let said = |words: &str| Intention { activity: ActivityKey::from("review"), words: words.to_owned() };
    store.keep_intention(&ana(), &said("after coffee"), at(0)).await.unwrap();
    assert_eq!(store.intentions(&ana()).await.unwrap(), [said("after coffee")]);
    assert_eq!(stale(&*store).await, ["m"]);
    store.keep_intention(&ana(), &said("after lunch"), at(1)).await.unwrap();
    assert_eq!(store.intentions(&ana()).await.unwrap(), [said("after lunch")]);
    assert_eq!(store.intentions(&UserId::from("U0BO")).await.unwrap(), []);
    store.keep_intention(&ana(), &said(""), at(2)).await.unwrap();
    assert_eq!(store.intentions(&ana()).await.unwrap(), []);
}

pub async fn who_is_heard_of_is_remembered(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.last_heard(&ana()).await.unwrap(), None);
    store.hear(&ana(), at(0)).await.unwrap();
    store.hear(&ana(), at(60)).await.unwrap();
    assert_eq!(store.last_heard(&ana()).await.unwrap(), Some(at(0)), "to the hour");
    store.hear(&ana(), at(7200)).await.unwrap();
    assert_eq!(store.last_heard(&ana()).await.unwrap(), Some(at(7200)));
    assert_eq!(store.last_heard(&UserId::from("U0BO")).await.unwrap(), None);
}

pub async fn what_was_sent_is_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.first_sent(&ana()).await.unwrap(), None);
    for seconds in [10, 20, 30] {
        send(&*store, NewMessage { at: at(seconds), ..message(&format!("m{seconds}"), &[]) }).await;
    }
    send(&*store, NewMessage { recipient: "U0BO".into(), ..message("other", &[]) }).await;
    add(&*store, NewMessage { at: at(5), ..message("dropped", &[]) }).await;
    claim(&*store, "dropped").await;
    store.settle("dropped", 1, &Settlement::Dropped, at(5)).await.unwrap();
    assert_eq!(store.count_sent(&ana(), at(0), at(30)).await.unwrap(), 2);
    assert_eq!(store.count_sent(&ana(), at(20), at(100)).await.unwrap(), 2);
    assert_eq!(store.first_sent(&ana()).await.unwrap(), Some(at(10)));
}
