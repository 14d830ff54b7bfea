//! What is written is read again, and what was read too long ago is not written.

use jiff::civil::date;

use super::fixtures::*;
use crate::process::{ActivityKey, UserId};
use crate::record::{Action, Evidence, Occurrence, OccurrenceId, Outcome, ResultWord, Standing, Verification};
use crate::store::{
    LogEntry, NewRevision, OccurrenceQuery, PlannedUntil, Recorded, StoreError, StoredRevision, Workspace,
};

pub async fn the_workspace_is_there_from_the_start(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.workspace().await.unwrap(), Workspace::default());
    store.ping().await.unwrap();
}

pub async fn saving_the_workspace_takes_nothing_back(bench: &dyn Bench) {
    let store = bench.open().await;
    let full = Workspace {
        team: Some("T0".into()),
        bot_user: Some("U0BOT".into()),
        first_served: Some(at(0)),
        rehearsal: Some(false),
        rehearsal_clock: Some(at(5)),
        digests_until: Some(at(10)),
    };
    store.save_workspace(&full).await.unwrap();
    assert_eq!(store.workspace().await.unwrap(), full);
    store.save_workspace(&Workspace::default()).await.unwrap();
    assert_eq!(store.workspace().await.unwrap(), full, "nothing known changes nothing");
    let other = Workspace {
        team: Some("T1".into()),
        bot_user: None,
        first_served: Some(at(99)),
        rehearsal: Some(true),
        rehearsal_clock: Some(at(4)),
        digests_until: Some(at(9)),
    };
    store.save_workspace(&other).await.unwrap();
    assert_eq!(store.workspace().await.unwrap(), Workspace { team: Some("T1".into()), ..full.clone() });
    store.save_workspace(&Workspace { digests_until: Some(at(11)), ..Workspace::default() }).await.unwrap();
    assert_eq!(store.workspace().await.unwrap().digests_until, Some(at(11)));
}

pub async fn the_rehearsal_clock_never_goes_back(bench: &dyn Bench) {
    let store = bench.open().await;
    for (kept, wanted) in [(at(100), at(100)), (at(50), at(100)), (at(101), at(101))] {
        store.keep_rehearsal_clock(kept).await.unwrap();
        assert_eq!(store.workspace().await.unwrap().rehearsal_clock, Some(wanted));
    }
}

fn revision(text: &str) -> NewRevision {
    NewRevision {
        applied_at: at(1),
        effective: MONDAY,
        in_slack: true,
        by: Some("U0LEAD".into()),
        text: text.to_owned(),
    }
}

pub async fn revisions_are_numbered_and_compared(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.revisions().await.unwrap(), []);
    assert_eq!(store.add_revision(Some(1), &revision("early")).await.unwrap(), None);
    assert_eq!(store.add_revision(None, &revision("one")).await.unwrap(), Some(1));
    assert_eq!(store.add_revision(None, &revision("late")).await.unwrap(), None);
    let anonymous = NewRevision { in_slack: false, by: None, ..revision("two") };
    assert_eq!(store.add_revision(Some(1), &anonymous).await.unwrap(), Some(2));
    let stored = |number, in_slack, by: Option<&str>, text: &str| StoredRevision {
        number,
        applied_at: at(1),
        effective: MONDAY,
        in_slack,
        by: by.map(str::to_owned),
        text: text.to_owned(),
    };
    assert_eq!(
        store.revisions().await.unwrap(),
        [stored(1, true, Some("U0LEAD"), "one"), stored(2, false, None, "two")]
    );
}

pub async fn one_of_two_revisions_at_once_wins(bench: &dyn Bench) {
    let store = bench.open().await;
    let (one, two) = (revision("one"), revision("two"));
    let (one, two) = tokio::join!(store.add_revision(None, &one), store.add_revision(None, &two));
    let mut numbers = [one.unwrap(), two.unwrap()];
    numbers.sort();
    assert_eq!(numbers, [None, Some(1)]);
    assert_eq!(store.revisions().await.unwrap().len(), 1);
}

pub async fn a_second_delivery_adds_no_revision(bench: &dyn Bench) {
    let store = bench.open().await;
    store.add_revision(None, &revision("one")).await.unwrap();
    let new = [revision("two"), revision("three")];
    assert_eq!(store.add_revisions(None, &new, Some("key")).await.unwrap(), None, "somebody was faster");
    assert!(!store.was_seen("key").await.unwrap(), "the key is given back");
    let add = |newest| store.add_revisions(Some(newest), &new, Some("key"));
    let (one, two) = tokio::join!(add(1), add(1));
    let mut added = [one.unwrap(), two.unwrap()];
    added.sort();
    assert_eq!(added, [None, Some(3)]);
    assert!(store.was_seen("key").await.unwrap());
    assert_eq!(add(3).await.unwrap(), None, "on what it has read since, too");
    assert_eq!(store.newest_revision().await.unwrap(), Some(3));
}

pub async fn the_log_says_who_did_what_when(bench: &dyn Bench) {
    let store = bench.open().await;
    store.add_revision(None, &revision("one")).await.unwrap();
    store.replan(&replan(vec![full()], Vec::new())).await.unwrap();
    let recording = recording(full(), "change", None);
    assert_eq!(store.record(&recording).await.unwrap(), Recorded::Yes);
    let applied = LogEntry {
        at: at(1),
        who: Some("U0LEAD".into()),
        what: "apply".into(),
        occurrence: None,
        revision: Some(1),
        detail: Some(serde_json::json!({ "effective": MONDAY })),
    };
    let changed = LogEntry {
        at: at(60),
        who: Some(recording.by.to_string()),
        what: "change".into(),
        occurrence: Some(id("full")),
        revision: None,
        detail: None,
    };
    let mut log = store.log(None, None).await.unwrap();
    let detail = log[1].detail.take().expect("what was and what is");
    assert_eq!(log, [applied.clone(), changed]);
    assert_eq!((&detail["was"], &detail["is"]), (&"done".into(), &"done".into()));
    assert!(!detail.to_string().contains("went well"), "never a note: {detail}");
    assert_eq!(store.log(Some(at(2)), None).await.unwrap()[0].detail, Some(detail));
    assert_eq!(store.log(None, Some(at(60))).await.unwrap(), [applied], "before, not at");
}

fn full() -> Occurrence {
    Occurrence {
        rep: Some(UserId::from("U0DANA")),
        standing: Standing::Done,
        completed_at: Some(at(30)),
        completed_by: Some(UserId::from("U0LEAD")),
        outcome: Outcome {
            result: Some(ResultWord::NotMet),
            note: Some("<!channel> *stars*\nand lines “”".into()),
            evidence: Evidence {
                link: Some("https://example.com/?a=1".into()),
                number: Some(serde_json::from_str("2.50").unwrap()),
            },
        },
        reason: Some("ill".into()),
        snoozed_until: Some(at(40)),
        snoozes: 3,
        nudges: 4,
        verification: Verification::Disputed,
        version: 7,
        ..occurrence("full")
    }
}

pub async fn an_occurrence_comes_back_whole(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.occurrence(&id("full")).await.unwrap(), None);
    let every_word = Standing::ALL.map(|standing| Occurrence { standing, ..occurrence(standing.as_str()) });
    let plain = occurrence("plain");
    let wanted: Vec<_> = every_word.into_iter().chain([plain, full()]).collect();
    store.replan(&replan(wanted.clone(), Vec::new())).await.unwrap();
    for occurrence in wanted {
        assert_eq!(read(&*store, occurrence.id.as_str()).await, occurrence);
    }
}

pub async fn fractions_of_a_second_are_dropped(bench: &dyn Bench) {
    let store = bench.open().await;
    let half = jiff::SignedDuration::from_millis(500);
    let fine = Occurrence { due: at(0) + half, closes: at(10) + half, ..occurrence("fine") };
    store.replan(&replan(vec![fine], Vec::new())).await.unwrap();
    assert_eq!(read(&*store, "fine").await, Occurrence { closes: at(10), ..occurrence("fine") });
    assert_eq!(store.lapse(at(9) + half).await.unwrap(), 0);
    assert_eq!(store.lapse(at(10) + half).await.unwrap(), 1);
}

/// Four rows that differ in everything a query can ask for.
async fn four(bench: &dyn Bench) -> std::sync::Arc<dyn crate::store::Store> {
    let store = bench.open().await;
    let bo = UserId::from("U0BO");
    let rows = vec![
        Occurrence { date: date(2026, 12, 6), due: at(-100), closes: at(100), ..occurrence("a") },
        Occurrence { standing: Standing::Done, closes: at(200), ..occurrence("b") },
        Occurrence { manager: bo.clone(), due: at(10), closes: at(300), ..occurrence("c") },
        Occurrence {
            manager: bo,
            standing: Standing::Skipped,
            date: date(2026, 12, 8),
            due: at(20),
            closes: at(400),
            ..occurrence("d")
        },
    ];
    store.replan(&replan(rows, Vec::new())).await.unwrap();
    store
}

pub async fn queries_combine_their_conditions(bench: &dyn Bench) {
    let store = four(bench).await;
    let all = OccurrenceQuery::default;
    let cases = [
        (all(), "abcd"),
        (OccurrenceQuery { manager: Some("U0BO".into()), ..all() }, "cd"),
        (OccurrenceQuery { from: Some(MONDAY), ..all() }, "bcd"),
        (OccurrenceQuery { to: Some(MONDAY), ..all() }, "abc"),
        (OccurrenceQuery { from: Some(MONDAY), to: Some(MONDAY), ..all() }, "bc"),
        (OccurrenceQuery { closes_after: Some(at(200)), ..all() }, "cd"),
        (OccurrenceQuery { closes_after: Some(at(199)), ..all() }, "bcd"),
        (OccurrenceQuery { due_before: Some(at(10)), ..all() }, "ab"),
        (OccurrenceQuery { due_before: Some(at(11)), ..all() }, "abc"),
        (OccurrenceQuery { ids: Some(vec![id("d"), id("a"), id("x"), id("a")]), ..all() }, "ad"),
        (OccurrenceQuery { standings: vec![Standing::Undecided], ..all() }, "ac"),
        (OccurrenceQuery { standings: vec![Standing::Done, Standing::Skipped], ..all() }, "bd"),
        (OccurrenceQuery { manager: Some("U0BO".into()), standings: vec![Standing::Undecided], ..all() }, "c"),
        (
            OccurrenceQuery {
                manager: Some(ana()),
                from: Some(MONDAY),
                to: Some(MONDAY),
                closes_after: Some(at(0)),
                due_before: Some(at(5)),
                ids: Some(vec![id("a"), id("b"), id("c")]),
                standings: vec![Standing::Done],
            },
            "b",
        ),
        (OccurrenceQuery { manager: Some("U0' OR 1 --".into()), ..all() }, ""),
    ];
    for (query, wanted) in cases {
        let found: String = store.occurrences(&query).await.unwrap().into_iter().map(|row| row.id.0).collect();
        assert_eq!(found, wanted, "{query:?}");
    }
}

pub async fn queries_are_ordered(bench: &dyn Bench) {
    let store = bench.open().await;
    let row = |name: &str, due, activity: &str, manager: &str, rep: Option<&str>| Occurrence {
        due: at(due),
        activity: ActivityKey::from(activity),
        manager: UserId::from(manager),
        rep: rep.map(UserId::from),
        ..occurrence(name)
    };
    let rows = vec![
        row("6", 1, "a", "U1", None),
        row("5", 0, "b", "U1", None),
        row("4", 0, "a", "U2", None),
        row("3", 0, "a", "U1", Some("U9")),
        row("2", 0, "a", "U1", Some("U8")),
        row("1", 0, "a", "U1", None),
    ];
    store.replan(&replan(rows, Vec::new())).await.unwrap();
    let found: String =
        store.occurrences(&OccurrenceQuery::default()).await.unwrap().into_iter().map(|row| row.id.0).collect();
    assert_eq!(found, "123456");
}

pub async fn a_query_by_no_id_finds_nothing(bench: &dyn Bench) {
    let store = four(bench).await;
    let query = OccurrenceQuery { ids: Some(Vec::new()), ..OccurrenceQuery::default() };
    assert_eq!(store.occurrences(&query).await.unwrap(), []);
}

pub async fn a_query_takes_thousands_of_ids(bench: &dyn Bench) {
    let store = four(bench).await;
    let mut ids: Vec<OccurrenceId> = (0..40_000).map(|number| id(&format!("none-{number}"))).collect();
    ids.push(id("c"));
    let query = OccurrenceQuery { ids: Some(ids), ..OccurrenceQuery::default() };
    assert_eq!(store.occurrences(&query).await.unwrap().len(), 1);
}

pub async fn recording_compares_the_version(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let read_early = read(&*store, "a").await;
    let outcome = Outcome { note: Some("went well".into()), ..Outcome::default() };
    let after = read_early.act(Action::Done(outcome), &ana(), at(60)).unwrap();
    assert_eq!(store.record(&recording(after.clone(), "done", None)).await.unwrap(), Recorded::Yes);
    assert_eq!(read(&*store, "a").await, Occurrence { version: 1, ..after });
    let late = read_early.act(Action::Skip("why not".into()), &ana(), at(61)).unwrap();
    assert_eq!(store.record(&recording(late, "skip", None)).await.unwrap(), Recorded::Changed);
    assert_eq!(read(&*store, "a").await.standing, Standing::Done);
}

pub async fn recording_an_unknown_row_is_a_change(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.record(&recording(occurrence("a"), "done", None)).await.unwrap(), Recorded::Changed);
    assert_eq!(store.occurrence(&id("a")).await.unwrap(), None);
}

pub async fn a_key_seen_before_records_nothing(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let after = read(&*store, "a").await.act(Action::Snooze(at(90)), &ana(), at(60)).unwrap();
    assert_eq!(store.record(&recording(after, "snooze", Some("key"))).await.unwrap(), Recorded::Yes);
    let again = read(&*store, "a").await.act(Action::Snooze(at(99)), &ana(), at(61)).unwrap();
    assert_eq!(store.record(&recording(again, "snooze", Some("key"))).await.unwrap(), Recorded::SeenBefore);
    let stored = read(&*store, "a").await;
    assert_eq!((stored.snoozes, stored.snoozed_until, stored.version), (1, Some(at(90)), 1));
    assert!(!store.first_sight("key", at(0)).await.unwrap(), "one memory for both");
}

pub async fn a_lost_race_gives_its_key_back(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let early = read(&*store, "a").await;
    done(&*store, "a").await;
    let lost = recording(early, "skip", Some("key"));
    assert_eq!(store.record(&lost).await.unwrap(), Recorded::Changed);
    let again = recording(read(&*store, "a").await, "skip", Some("key"));
    assert_eq!(store.record(&again).await.unwrap(), Recorded::Yes);
}

pub async fn of_two_recordings_at_once_one_stands(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a"]).await;
    let early = read(&*store, "a").await;
    let mut racers = tokio::task::JoinSet::new();
    for racer in 0..20 {
        let (store, early) = (store.clone(), early.clone());
        racers.spawn(async move {
            let after = early.act(Action::Skip(format!("reason {racer}")), &ana(), at(60)).unwrap();
            (racer, store.record(&recording(after, "skip", None)).await.unwrap())
        });
    }
    let winners: Vec<_> =
        racers.join_all().await.into_iter().filter(|(_, recorded)| *recorded == Recorded::Yes).collect();
    assert_eq!(winners.len(), 1);
    let stored = read(&*store, "a").await;
    assert_eq!((stored.reason, stored.version), (Some(format!("reason {}", winners[0].0)), 1));
}

pub async fn planning_twice_changes_nothing(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.planned().await.unwrap(), []);
    plan(&*store, &["a", "b"]).await;
    done(&*store, "a").await;
    plan(&*store, &["a", "b"]).await;
    assert_eq!(read(&*store, "a").await.standing, Standing::Done);
    assert_eq!(store.occurrences(&OccurrenceQuery::default()).await.unwrap().len(), 2);
    let mut further = replan(Vec::new(), Vec::new());
    further.planned = PlannedUntil { manager: ana(), revision: 2, until: date(2027, 2, 1) };
    store.replan(&further).await.unwrap();
    assert_eq!(store.planned().await.unwrap(), [further.planned]);
}

pub async fn planning_updates_by_version(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b"]).await;
    let (a, b) = (read(&*store, "a").await, read(&*store, "b").await);
    done(&*store, "a").await;
    let later = Occurrence { due: at(600), revision: 2, ..b };
    assert!(!store.replan(&replan(Vec::new(), vec![later.clone(), a.withdrawn()])).await.unwrap());
    assert_eq!(read(&*store, "a").await.standing, Standing::Done, "what was recorded meanwhile is left alone");
    assert_eq!(read(&*store, "b").await.due, at(0), "all or nothing: whoever plans reads again");
    assert!(store.replan(&replan(Vec::new(), vec![later.clone()])).await.unwrap());
    assert_eq!(read(&*store, "b").await, Occurrence { version: 1, ..later });
}

pub async fn lapsing_is_done_once(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["a", "b"]).await;
    assert_eq!(store.lapse(at(3599)).await.unwrap(), 0);
    assert_eq!(store.lapse(at(3600)).await.unwrap(), 2);
    assert_eq!(store.lapse(at(3600)).await.unwrap(), 0);
    let stored = read(&*store, "a").await;
    assert_eq!((stored.standing, stored.version), (Standing::Missed, 1));
}

pub async fn what_is_decided_does_not_lapse(bench: &dyn Bench) {
    let store = bench.open().await;
    let rows: Vec<_> = Standing::ALL.map(|standing| Occurrence { standing, ..occurrence(standing.as_str()) }).into();
    store.replan(&replan(rows, Vec::new())).await.unwrap();
    assert_eq!(store.lapse(at(9999)).await.unwrap(), 1);
    for standing in Standing::ALL.into_iter().filter(|standing| *standing != Standing::Undecided) {
        assert_eq!(read(&*store, standing.as_str()).await.standing, standing);
    }
}

pub async fn direct_channels_are_remembered(bench: &dyn Bench) {
    let store = bench.open().await;
    assert_eq!(store.direct_channel(&ana()).await.unwrap(), None);
    store.remember_direct_channel(&ana(), "D1").await.unwrap();
    store.remember_direct_channel(&ana(), "D2").await.unwrap();
    assert_eq!(store.direct_channel(&ana()).await.unwrap().as_deref(), Some("D2"));
    assert_eq!(store.direct_channel(&UserId::from("U0BO")).await.unwrap(), None);
}

pub async fn keys_are_seen_once_and_forgotten(bench: &dyn Bench) {
    let store = bench.open().await;
    let week = 7 * 24 * 60 * 60;
    assert!(!store.was_seen("old").await.unwrap());
    assert!(store.first_sight("old", at(0)).await.unwrap());
    let long = "k".repeat(9000);
    assert!(store.first_sight(&long, at(1)).await.unwrap(), "however long");
    assert!(!store.first_sight(&long, at(1)).await.unwrap() && store.was_seen(&long).await.unwrap());
    assert!(!store.was_seen(&long[1..]).await.unwrap());
    assert!(store.was_seen("old").await.unwrap());
    assert!(store.first_sight("new", at(1)).await.unwrap());
    assert!(!store.first_sight("old", at(2)).await.unwrap());
    assert_eq!(store.sweep(at(week)).await.unwrap(), 0);
    assert_eq!(store.sweep(at(week + 1)).await.unwrap(), 1);
    assert!(store.first_sight("old", at(week)).await.unwrap());
    assert!(!store.first_sight("new", at(week)).await.unwrap());
}

pub async fn everything_survives_a_restart(bench: &dyn Bench) {
    let store = bench.open().await;
    store.save_workspace(&Workspace { team: Some("T0".into()), ..Workspace::default() }).await.unwrap();
    store.add_revision(None, &revision("one")).await.unwrap();
    store.replan(&replan(vec![full()], Vec::new())).await.unwrap();
    add(&*store, message("m", &["full", "other"])).await;
    store.remember_direct_channel(&ana(), "D1").await.unwrap();
    store.first_sight("key", at(0)).await.unwrap();
    let cursors = store.awake(at(0)).await.unwrap();
    drop(store); // As after a crash: nothing was closed.
    let store = bench.open().await;
    assert_eq!(store.workspace().await.unwrap().team.as_deref(), Some("T0"));
    assert_eq!(store.revisions().await.unwrap().len(), 1);
    assert_eq!(read(&*store, "full").await, full());
    assert_eq!(get(&*store, "m").await.items, [id("full"), id("other")]);
    assert_eq!(store.direct_channel(&ana()).await.unwrap().as_deref(), Some("D1"));
    assert!(!store.first_sight("key", at(0)).await.unwrap());
    assert_eq!((store.awake(at(0)).await.unwrap(), cursors.len()), (cursors, 1));
    assert_eq!(store.planned().await.unwrap().len(), 1);
}

pub async fn a_closed_store_says_so(bench: &dyn Bench) {
    let store = bench.open().await;
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Closed)));
    assert!(matches!(store.workspace().await, Err(StoreError::Closed)));
    bench.open().await.ping().await.unwrap();
}

pub async fn one_serves_at_a_time(bench: &dyn Bench) {
    let (store, other) = (bench.open().await, bench.open().await);
    let hold = store.hold().await.unwrap();
    assert!(matches!(other.hold().await, Err(StoreError::Served)));
    assert!(matches!(store.hold().await, Err(StoreError::Served)), "not even twice in one process");
    other.remember_direct_channel(&UserId::from("U1"), "D1").await.unwrap();
    assert_eq!(store.direct_channel(&UserId::from("U1")).await.unwrap().as_deref(), Some("D1"), "others work beside");
    drop(hold);
    let begun = std::time::Instant::now();
    while let Err(error) = other.hold().await {
        // A server takes a moment to see that a connection is gone.
        assert!(matches!(error, StoreError::Served) && begun.elapsed().as_secs() < 10, "{error:?}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
