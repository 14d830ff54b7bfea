//! What a calendar needs: how often what it shows has changed, and which generation of a link holds.

use super::fixtures::*;
use crate::process::UserId;
use crate::record::{Absence, Action, Occurrence, Outcome, Standing};
use crate::store::{AbsenceChange, Counted, OccurrenceQuery, Recorded, Replan, Settlement, Store};

async fn counted(store: &dyn Store, name: &str) -> Counted {
    let query = OccurrenceQuery { ids: Some(vec![id(name)]), ..OccurrenceQuery::default() };
    store.counted(&query).await.expect("read").pop().expect("is there")
}

/// Sequence, and the seconds at which it changed last.
async fn count(store: &dyn Store, name: &str) -> (i64, Option<i64>) {
    let counted = counted(store, name).await;
    assert_eq!(counted.occurrence, read(store, name).await);
    (counted.sequence, counted.changed.map(|changed| changed.as_second() - at(0).as_second()))
}

async fn act(store: &dyn Store, name: &str, action: Action, seconds: i64) {
    let after = read(store, name).await.act(action, &ana(), at(seconds)).expect("fits");
    let recording = crate::store::Recording { at: at(seconds), ..recording(after, "x", None) };
    assert_eq!(store.record(&recording).await.expect("record"), Recorded::Yes);
}

pub async fn what_a_calendar_shows_is_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["one", "other"]).await;
    assert_eq!(count(&*store, "one").await, (0, None));
    act(&*store, "one", Action::Done(Outcome::default()), 100).await;
    assert_eq!(count(&*store, "one").await, (1, Some(100)));
    act(&*store, "one", Action::Undo, 110).await;
    act(&*store, "one", Action::Skip("ill".into()), 120).await;
    act(&*store, "one", Action::Excuse("ill".into()), 130).await;
    assert_eq!(count(&*store, "one").await, (4, Some(130)));
    let gone = read(&*store, "one").await.withdrawn();
    assert!(store.replan(&replan(vec![], vec![gone])).await.unwrap());
    assert_eq!(count(&*store, "one").await, (5, Some(30)));
    assert_eq!(count(&*store, "other").await, (0, None));
}

pub async fn what_it_does_not_show_is_not_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["one"]).await;
    act(&*store, "one", Action::Snooze(at(900)), 100).await;
    add(&*store, message("n1", &["one"])).await;
    claim(&*store, "n1").await;
    let sent = Settlement::Sent { channel: "D".into(), ts: "1.1".into() };
    store.settle("n1", 1, &sent, at(950)).await.unwrap();
    assert_eq!(read(&*store, "one").await.nudges, 1);
    let moved = Occurrence { leader: UserId::from("U0VAL"), revision: 2, ..read(&*store, "one").await };
    assert!(store.replan(&replan(vec![], vec![moved])).await.unwrap());
    assert_eq!(count(&*store, "one").await, (0, None));
    act(&*store, "one", Action::Done(Outcome::default()), 1000).await;
    let noted = Outcome { note: Some("well".into()), ..Outcome::default() };
    act(&*store, "one", Action::Change(noted), 1100).await;
    assert_eq!(count(&*store, "one").await, (1, Some(1000)));
}

pub async fn what_comes_in_inside_an_absence_is_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    let days = "2026-12-07/2026-12-08".parse().expect("good days");
    let away = [Absence { manager: ana(), days, said_by: ana(), said_at: at(0) }];
    let excused = |name| Occurrence { standing: Standing::Excused, ..occurrence(name) };
    let said = AbsenceChange {
        manager: ana(),
        was: Vec::new(),
        is: away.to_vec(),
        insert: vec![excused("excused"), Occurrence { closes: at(7200), ..occurrence("later") }],
        update: Vec::new(),
        at: at(20),
        by: ana(),
        action: "away",
        resumes: false,
        seen: None,
    };
    assert_eq!(store.keep_absences(&said).await.unwrap(), Recorded::Yes);
    let outside = Occurrence { date: MONDAY.saturating_add(jiff::Span::new().days(2)), ..occurrence("outside") };
    let planned = vec![excused("planned"), Occurrence { closes: at(7200), ..occurrence("owed") }, outside];
    assert!(store.replan(&Replan { absences: away.to_vec(), ..replan(planned, vec![]) }).await.unwrap());
    for (name, count_then) in [
        ("excused", (1, Some(20))),
        ("later", (1, Some(20))),
        ("planned", (1, Some(30))),
        ("owed", (1, Some(30))),
        ("outside", (0, None)),
    ] {
        assert_eq!(count(&*store, name).await, count_then, "{name}");
    }
}

pub async fn moving_and_lapsing_are_counted(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["one"]).await;
    let later = Occurrence { due: at(60), ..read(&*store, "one").await };
    store.replan(&replan(vec![], vec![later])).await.unwrap();
    let longer = Occurrence { closes: at(7200), ..read(&*store, "one").await };
    store.replan(&replan(vec![], vec![longer])).await.unwrap();
    assert_eq!(count(&*store, "one").await, (2, Some(30)));
    assert_eq!(store.lapse(at(7300)).await.unwrap(), 1);
    assert_eq!(count(&*store, "one").await, (3, Some(7300)));
    plan(&*store, &["one"]).await;
    drop(store);
    assert_eq!(count(&*bench.open().await, "one").await, (3, Some(7300)), "planned anew, it stays");
}

async fn reset(store: &dyn Store, user: &UserId, key: Option<&str>) -> crate::store::Result<i64> {
    store.reset_links(user, None, at(1), key).await
}

pub async fn links_have_generations(bench: &dyn Bench) {
    let store = bench.open().await;
    let lee = UserId::from("U0LEE");
    assert_eq!(store.link_generation(&ana()).await.unwrap(), 0);
    assert_eq!(store.reset_links(&ana(), Some(&ana()), at(0), None).await.unwrap(), 1);
    let me = ana();
    let (one, two) = tokio::join!(reset(&*store, &me, None), reset(&*store, &me, None));
    let mut generations = [one.unwrap(), two.unwrap()];
    generations.sort();
    assert_eq!(generations, [2, 3]);
    let other = bench.open().await;
    assert_eq!((other.link_generation(&ana()).await.unwrap(), other.link_generation(&lee).await.unwrap()), (3, 0));
    assert_eq!(store.workspace_key(), other.workspace_key());
}

pub async fn a_second_delivery_resets_no_links(bench: &dyn Bench) {
    let store = bench.open().await;
    let me = ana();
    // Whichever comes first: both know the generation that holds from then on.
    let (one, two) = tokio::join!(reset(&*store, &me, Some("key")), reset(&*store, &me, Some("key")));
    assert_eq!((one.unwrap(), two.unwrap()), (1, 1));
    assert_eq!(store.link_generation(&me).await.unwrap(), 1);
    assert!(!store.first_sight("key", at(2)).await.unwrap(), "one memory for all");
    assert_eq!(reset(&*store, &me, Some("other")).await.unwrap(), 2);
    assert_eq!(store.log(None, None).await.unwrap().len(), 2);
}
