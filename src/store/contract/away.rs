//! Absences: kept, compared, and written with what they do.

use super::fixtures::*;
use crate::process::UserId;
use crate::record::{Absence, Occurrence, Standing};
use crate::store::{AbsenceChange, Recorded, Store};

fn absence(manager: &str, days: &str) -> Absence {
    let manager = UserId::from(manager);
    Absence { said_by: manager.clone(), manager, days: days.parse().expect("good days"), said_at: at(60) }
}

fn change(was: &[Absence], is: &[Absence], update: Vec<Occurrence>, key: Option<&str>) -> AbsenceChange {
    AbsenceChange {
        manager: ana(),
        was: was.to_vec(),
        is: is.to_vec(),
        insert: Vec::new(),
        update,
        at: at(60),
        by: ana(),
        action: "away",
        resumes: false,
        seen: key.map(str::to_owned),
    }
}

async fn keep(store: &dyn Store, change: &AbsenceChange) -> Recorded {
    store.keep_absences(change).await.expect("keep")
}

async fn kept(store: &dyn Store, manager: Option<&UserId>) -> Vec<Absence> {
    store.absences(manager).await.expect("read")
}

pub async fn absences_are_kept_in_order(bench: &impl Bench) {
    let store = bench.open().await;
    let both = [absence("U0ANA", "2026-12-24/2027-01-02"), absence("U0ANA", "2027-02-01/2027-02-05")];
    assert_eq!(keep(&*store, &change(&[], &both, Vec::new(), None)).await, Recorded::Yes);
    let bens = absence("U0BEN", "2026-12-01");
    let of_ben =
        AbsenceChange { manager: UserId::from("U0BEN"), ..change(&[], std::slice::from_ref(&bens), Vec::new(), None) };
    assert_eq!(keep(&*store, &of_ben).await, Recorded::Yes);
    store.close().await;
    let store = bench.open().await;
    assert_eq!(kept(&*store, Some(&ana())).await, both);
    assert_eq!(kept(&*store, None).await, [both[0].clone(), both[1].clone(), bens]);
}

pub async fn absences_are_compared(bench: &impl Bench) {
    let store = bench.open().await;
    let (one, two) = ([absence("U0ANA", "2026-12-24")], [absence("U0ANA", "2026-12-28")]);
    assert_eq!(keep(&*store, &change(&[], &one, Vec::new(), Some("k1"))).await, Recorded::Yes);
    assert_eq!(keep(&*store, &change(&[], &two, Vec::new(), Some("k1"))).await, Recorded::SeenBefore);
    assert_eq!(keep(&*store, &change(&[], &two, Vec::new(), Some("k2"))).await, Recorded::Changed);
    assert_eq!(kept(&*store, None).await, one);
    assert_eq!(keep(&*store, &change(&one, &two, Vec::new(), Some("k2"))).await, Recorded::Yes, "it keeps its key");
    assert_eq!(kept(&*store, None).await, two);
    assert_eq!(keep(&*store, &change(&two, &[], Vec::new(), None)).await, Recorded::Yes);
    assert_eq!(kept(&*store, None).await, []);
}

pub async fn an_absence_changes_rows_by_version(bench: &impl Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    send(&*store, message("m", &["a"])).await;
    let excused = Occurrence { standing: Standing::Excused, ..read(&*store, "a").await };
    let away = [absence("U0ANA", "2026-12-07")];
    snooze(&*store, "a", at(1800)).await;
    let late = change(&[], &away, vec![excused], None);
    assert_eq!(keep(&*store, &late).await, Recorded::Changed, "somebody was faster");
    assert_eq!(kept(&*store, None).await, []);
    let shown = store.stale(at(0), at(0), 100).await.expect("stale").pop().expect("the snooze shows");
    store.painted("m", shown.paint).await.expect("painted");
    let excused = Occurrence { standing: Standing::Excused, ..read(&*store, "a").await };
    assert_eq!(keep(&*store, &change(&[], &away, vec![excused], None)).await, Recorded::Yes);
    assert_eq!(read(&*store, "a").await.standing, Standing::Excused);
    assert_eq!(stale(&*store).await, ["m"]);
    assert_eq!(store.awake(at(60)).await.expect("awake").len(), 1);
}

pub async fn planning_by_other_absences_is_refused(bench: &impl Bench) {
    let store = bench.open().await;
    let away = [absence("U0ANA", "2026-12-24")];
    assert_eq!(keep(&*store, &change(&[], &away, Vec::new(), None)).await, Recorded::Yes);
    let mut replan = replan(vec![occurrence("a")], Vec::new());
    assert!(!store.replan(&replan).await.expect("replan"), "it reckons with none");
    assert_eq!(store.occurrence(&id("a")).await.expect("read"), None);
    replan.absences = away.to_vec();
    assert!(store.replan(&replan).await.expect("replan"));
}
