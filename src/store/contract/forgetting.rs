//! Somebody is forgotten; what is old goes; what is kept about one is told.

use jiff::civil::date;

use super::fixtures::*;
use crate::process::{ActivityKey, UserId};
use crate::record::{Action, Outcome, Standing};
use crate::store::privacy::{Cutoffs, Forgetting, Rewritten};
use crate::store::{Intention, NewMessage, NewRevision, Recorded, Store};

fn noted(words: &str) -> Action {
    Action::Done(Outcome { note: Some(words.to_owned()), ..Outcome::default() })
}

async fn act(store: &dyn Store, name: &str, action: Action, by: &str) {
    let by = UserId::from(by);
    let after = read(store, name).await.act(action, &by, at(60)).expect("can be recorded");
    let recording = crate::store::Recording { by, ..recording(after, "it", None) };
    assert_eq!(store.record(&recording).await.unwrap(), Recorded::Yes);
}

pub(super) fn forgetting(user: &str) -> Forgetting {
    let user = UserId::from(user);
    Forgetting {
        user,
        newest: None,
        revisions: Vec::new(),
        digests: 0,
        bodies: Vec::new(),
        at: at(100),
        by: Some("root".to_owned()),
    }
}

pub async fn forgetting_erases_words_and_keeps_counts(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["one", "two", "three"]).await;
    act(&*store, "one", noted("My own words"), "U0ANA").await;
    act(&*store, "two", Action::Skip("no time: my cat".to_owned()), "U0ANA").await;
    act(&*store, "three", Action::Excuse("Poor soul".to_owned()), "U0LEAD").await;
    send(&*store, message("nudge", &["one"])).await;
    let said = Intention { activity: ActivityKey::from("review"), words: "After coffee".to_owned() };
    store.keep_intention(&ana(), &said, at(0)).await.unwrap();
    store.remember_direct_channel(&ana(), "D1").await.unwrap();
    store.hear(&ana(), at(0)).await.unwrap();
    store.reset_links(&ana(), None, at(0), None).await.unwrap();
    let version = read(&*store, "one").await.version;

    let gone = store.forget(&forgetting("U0ANA")).await.unwrap().expect("nothing stood in the way");
    assert_eq!((gone.notes, gone.intentions), (3, 1));
    let (one, two, three) = (read(&*store, "one").await, read(&*store, "two").await, read(&*store, "three").await);
    assert_eq!((one.standing, one.outcome.note, one.completed_at), (Standing::Done, None, Some(at(60))));
    assert_eq!(one.version, version + 1, "whoever read it before writes nothing back");
    assert_eq!((two.standing, two.reason.as_deref()), (Standing::Skipped, Some("no time")));
    assert_eq!((three.standing, three.reason.as_deref()), (Standing::Excused, Some("erased")));
    assert!(store.intentions(&ana()).await.unwrap().is_empty());
    assert_eq!(store.direct_channel(&ana()).await.unwrap(), None);
    assert_eq!(store.last_heard(&ana()).await.unwrap(), None);
    assert_eq!(store.link_generation(&ana()).await.unwrap(), 2, "the old links stay ended");
    assert_eq!(stale(&*store).await, ["nudge"]);
    assert_eq!(store.forgotten().await.unwrap(), 1);
    let log = store.log(None, None).await.unwrap();
    assert!(log.iter().any(|line| line.what == "forget" && line.who.as_deref() == Some("root")));
    let again = store.forget(&forgetting("U0ANA")).await.unwrap().expect("twice is once");
    assert_eq!((again.notes, again.intentions), (0, 0));
}

pub async fn words_about_somebody_go_with_them(bench: &dyn Bench) {
    let store = bench.open().await;
    let with = |rep: &str, name: &str| crate::record::Occurrence { rep: Some(UserId::from(rep)), ..occurrence(name) };
    let rows = vec![with("U0DANA", "dana"), with("U0EVAN", "evan")];
    store.replan(&replan(rows, Vec::new())).await.unwrap();
    act(&*store, "dana", noted("On Dana"), "U0ANA").await;
    act(&*store, "evan", noted("On Evan"), "U0ANA").await;
    store.forget(&forgetting("U0DANA")).await.unwrap().expect("nothing stood in the way");
    assert_eq!(read(&*store, "dana").await.outcome.note, None);
    assert_eq!(read(&*store, "evan").await.outcome.note.as_deref(), Some("On Evan"));
}

pub async fn texts_are_written_anew_as_they_were_read(bench: &dyn Bench) {
    let store = bench.open().await;
    let revision = NewRevision {
        applied_at: at(0),
        effective: MONDAY,
        in_slack: false,
        by: None,
        text: "name = \"Ana\"".to_owned(),
    };
    let number = store.add_revision(None, &revision).await.unwrap();
    let digest = NewMessage {
        kind: "digest".to_owned(),
        recipient: "C0".to_owned(),
        body: Some("Ana".to_owned()),
        ..message("digest", &[])
    };
    send(&*store, digest).await;
    assert_eq!(store.digests().await.unwrap(), [("digest".to_owned(), "Ana".to_owned())]);
    let rewritten = Rewritten { id: 1, was: revision.text.clone(), is: "name = \"U0ANA\"".to_owned() };
    let body = Rewritten { id: "digest".to_owned(), was: "Ana".to_owned(), is: "U0ANA".to_owned() };
    let good = Forgetting {
        newest: number,
        revisions: vec![rewritten.clone()],
        digests: 1,
        bodies: vec![body.clone()],
        ..forgetting("U0ANA")
    };
    for stale in [
        Forgetting { newest: None, ..good.clone() },
        Forgetting { digests: 0, ..good.clone() },
        Forgetting { revisions: vec![Rewritten { was: "another".to_owned(), ..rewritten }], ..good.clone() },
        Forgetting { bodies: vec![Rewritten { was: "another".to_owned(), ..body }], ..good.clone() },
    ] {
        assert_eq!(store.forget(&stale).await.unwrap(), None);
    }
    assert_eq!(store.revisions().await.unwrap()[0].text, revision.text, "nothing was written");
    assert!(store.forget(&good).await.unwrap().is_some());
    assert_eq!(store.revisions().await.unwrap()[0].text, "name = \"U0ANA\"");
    assert_eq!(get(&*store, "digest").await.body.as_deref(), Some("U0ANA"));
    assert_eq!(stale(&*store).await, ["digest"]);
}

pub async fn what_is_kept_about_one_is_told(bench: &dyn Bench) {
    let store = bench.open().await;
    assert!(store.about(&ana()).await.unwrap().is_empty());
    plan(&*store, &["one"]).await;
    act(&*store, "one", noted("My own words"), "U0LEAD").await;
    send(&*store, message("nudge", &["one"])).await;
    let rows = store.about(&ana()).await.unwrap();
    let one = &rows["occurrence"][0];
    assert_eq!((one["id"].as_str(), one["note"].as_str()), (Some("one"), Some("My own words")));
    assert_eq!((one["due"].as_str(), one["changed_at"].is_string()), (Some("2026-12-07T09:00:00Z"), true));
    assert!(one["number"].is_null() && !one.contains_key("workspace"));
    assert_eq!(rows["message"][0]["id"], "nudge");
    let lead = store.about(&UserId::from("U0LEAD")).await.unwrap();
    assert_eq!((lead["occurrence"].len(), lead["log"].len()), (1, 1), "what one recorded for others is there too");
    assert!(store.about(&UserId::from("U0ZOE")).await.unwrap().is_empty());
}

pub async fn what_is_old_goes_in_batches(bench: &dyn Bench) {
    let store = bench.open().await;
    plan(&*store, &["one", "two", "open"]).await;
    act(&*store, "one", noted("My own words"), "U0ANA").await;
    act(&*store, "two", Action::Skip("The fire drill".to_owned()), "U0ANA").await;
    send(&*store, message("nudge", &["one"])).await;
    add(&*store, message("waiting", &["open"])).await;
    let expire = async |cutoffs: Cutoffs| store.expire(&cutoffs, 1).await.unwrap();
    assert_eq!(expire(Cutoffs::default()).await, 0, "for ever");
    let young = Cutoffs { notes: Some(MONDAY), messages: Some(at(0)), log: Some(at(60)) };
    assert_eq!(expire(young).await, 0, "it is not that old");
    let notes = Cutoffs { notes: Some(date(2026, 12, 8)), ..Cutoffs::default() };
    assert_eq!((expire(notes).await, expire(notes).await, expire(notes).await), (1, 1, 0));
    assert_eq!(read(&*store, "one").await.outcome.note, None);
    assert_eq!(read(&*store, "two").await.reason.as_deref(), Some("erased"));
    assert!(stale(&*store).await.is_empty(), "nobody reads a message that old");
    let messages = Cutoffs { messages: Some(at(1)), ..Cutoffs::default() };
    assert_eq!((expire(messages).await, expire(messages).await), (1, 0));
    assert!(store.message("nudge").await.unwrap().is_none());
    assert!(store.message("waiting").await.unwrap().is_some(), "it is still to go");
    let log = Cutoffs { log: Some(at(61)), ..Cutoffs::default() };
    assert_eq!((expire(log).await, expire(log).await, expire(log).await), (1, 1, 0));
    assert!(store.log(None, None).await.unwrap().is_empty());
}
