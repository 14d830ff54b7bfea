//! What is wrong on Slack's side: noted, said once, forgotten when it is over.

use super::fixtures::*;
use crate::store::{NewMessage, StoredTrouble};

fn notice(name: &str) -> NewMessage {
    NewMessage { kind: "notice".to_owned(), recipient: "U0LEE".to_owned(), ..message(name, &[]) }
}

pub async fn a_trouble_is_noted_and_said_once(bench: &dyn Bench) {
    let store = bench.open().await;
    let ana = "account/U0ANA";
    assert!(!store.tell(ana, "U0LEE", &notice("early")).await.unwrap(), "there is no trouble");
    assert!(store.note_trouble(ana, "deactivated", at(0)).await.unwrap());
    assert!(!store.note_trouble(ana, "deactivated", at(9)).await.unwrap());
    assert!(store.tell(ana, "U0LEE", &notice("first")).await.unwrap());
    assert!(!store.tell(ana, "U0LEE", &notice("second")).await.unwrap());
    assert!(store.tell(ana, "U0VAL", &notice("other")).await.unwrap());
    assert!(store.note_trouble("channel/C0SALES", "archived", at(3)).await.unwrap());
    let stored = |subject: &str, what: &str, since, told: &[&str]| StoredTrouble {
        subject: subject.to_owned(),
        what: what.to_owned(),
        since: at(since),
        told: told.iter().map(|whom| (*whom).to_owned()).collect(),
    };
    let wanted = [stored(ana, "deactivated", 0, &["U0LEE", "U0VAL"]), stored("channel/C0SALES", "archived", 3, &[])];
    assert_eq!(bench.open().await.troubles().await.unwrap(), wanted, "it survives a restart");
    for (name, added) in [("early", false), ("first", true), ("second", false), ("other", true)] {
        assert_eq!(store.message(name).await.unwrap().is_some(), added, "{name}");
    }
    assert!(store.end_trouble(ana).await.unwrap());
    assert!(!store.end_trouble(ana).await.unwrap());
    assert_eq!(store.troubles().await.unwrap(), wanted[1..]);
    assert!(store.note_trouble(ana, "deactivated", at(20)).await.unwrap());
    assert!(store.tell(ana, "U0LEE", &notice("again")).await.unwrap(), "the next time it is said again");
}

pub async fn another_trouble_of_the_same_is_said_anew(bench: &dyn Bench) {
    let store = bench.open().await;
    assert!(store.note_trouble("channel/C0SALES", "not in", at(0)).await.unwrap());
    assert!(store.tell("channel/C0SALES", "U0VAL", &notice("first")).await.unwrap());
    assert!(store.note_trouble("channel/C0SALES", "archived", at(5)).await.unwrap());
    let [trouble] = store.troubles().await.unwrap().try_into().unwrap();
    assert_eq!((trouble.what.as_str(), trouble.since, trouble.told.len()), ("archived", at(5), 0));
}
