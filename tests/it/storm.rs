//! Anything in any order: time, clicks, snoozes, days away, changed processes, crashes, restarts and a faulty Slack. Whatever happens,
//! no nudge comes twice, no acknowledged Done is lost, nothing comes out of hours, and the records make sense.

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use onbeat::demo::{Fault, Scope};
use onbeat::process::UserId;
use onbeat::record::{Days, OccurrenceId, Standing};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::harness::{ANA, BEN, HEAD, Harness, LEADERS, sent_at};

const DAILY: &str = r#"
[[activity]]
key = "scan"
title = "Scan"
when = "every workday at 09:00"
minutes = 10
"#;

const MEETING: &str = r#"
[[activity]]
key = "one-on-one"
title = "1:1"
when = "every Monday, Tuesday and Thursday at 11:00"
minutes = 30
per = "rep"
"#;

const MEETING_LATER: &str = r#"
[[activity]]
key = "one-on-one"
title = "1:1, later"
when = "every Monday and Tuesday at 14:30"
minutes = 30
per = "rep"
"#;

const NICE: &str = r#"
[[activity]]
key = "extra"
title = "Extra"
when = "every day at 15:00"
minutes = 10
priority = "nice"
"#;

/// The processes that are applied in turn.
fn process(variant: usize) -> String {
    let activities = [[DAILY, MEETING], [DAILY, MEETING_LATER], [NICE, MEETING], [DAILY, ""]][variant % 4].concat();
    let people = [[ANA, BEN], [ANA, BEN], [ANA, BEN], [ANA, ""]][variant % 4].concat();
    [HEAD, &activities, LEADERS, &people].concat()
}

/// What may happen.
#[derive(Debug, Clone)]
enum Step {
    Advance { minutes: i64 },
    Sleep { minutes: i64 },
    Press { which: usize },
    Snooze { which: usize, choice: usize },
    Undo { which: usize },
    Away { who: usize, ahead: i64, length: i64 },
    Back { who: usize },
    Apply { variant: usize },
    Restart,
    Crash,
    CrashInTheMiddle { after: usize },
    Fault { fault: Fault, times: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let fault = prop_oneof![
        Just(Fault::RateLimited(20)),
        Just(Fault::ServerError(503)),
        Just(Fault::ServerErrorAfter(502)),
        Just(Fault::ResetBefore),
        Just(Fault::ResetAfter),
    ];
    prop_oneof![
        6 => (1i64..300).prop_map(|minutes| Step::Advance { minutes }),
        1 => (1i64..900).prop_map(|minutes| Step::Sleep { minutes }),
        4 => any::<usize>().prop_map(|which| Step::Press { which }),
        3 => (any::<usize>(), any::<usize>()).prop_map(|(which, choice)| Step::Snooze { which, choice }),
        1 => any::<usize>().prop_map(|which| Step::Undo { which }),
        1 => (any::<usize>(), 0i64..3, 0i64..3).prop_map(|(who, ahead, length)| Step::Away { who, ahead, length }),
        1 => any::<usize>().prop_map(|who| Step::Back { who }),
        1 => any::<usize>().prop_map(|variant| Step::Apply { variant }),
        1 => Just(Step::Restart),
        1 => Just(Step::Crash),
        3 => (0usize..60).prop_map(|after| Step::CrashInTheMiddle { after }),
        4 => (fault, 1usize..4).prop_map(|(fault, times)| Step::Fault { fault, times }),
    ]
}

/// A world in a storm.
struct Storm {
    h: Harness,
    done: BTreeSet<String>,
    /// When somebody said of which days that they are away, and what stood then.
    said: Vec<(Timestamp, &'static str, Vec<Days>)>,
}

impl Storm {
    async fn begin() -> Storm {
        let mut h = Harness::start(&process(0), "2026-12-07T14:00:00Z").await;
        h.slack.settings(|settings| settings.recognise_client_msg_id = false);
        h.heartbeat = SignedDuration::from_secs(20);
        Storm { h, done: BTreeSet::new(), said: Vec::new() }
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Advance { minutes } => self.h.advance_to(&format!("+{}s", minutes * 60)).await,
            Step::Sleep { minutes } => {
                self.h.sleep_until(&format!("+{}s", minutes * 60));
                self.h.beat().await;
            }
            Step::Press { which } => self.press(*which).await,
            Step::Snooze { which, choice } => self.snooze(*which, *choice).await,
            Step::Undo { which } => self.undo(*which).await,
            Step::Away { who, ahead, length } => {
                let today = self.h.now().to_zoned(TimeZone::get("America/Chicago").unwrap()).date();
                let first = today.saturating_add(Span::new().days(*ahead));
                let last = first.saturating_add(Span::new().days(*length));
                self.say(*who, &format!("away {first} to {last}")).await;
            }
            Step::Back { who } => self.say(*who, "away off").await,
            Step::Apply { variant } => drop(self.h.apply(&process(*variant)).await),
            Step::Restart => self.h.restart().await,
            Step::Crash => {
                self.h.crash();
                self.reopen().await;
            }
            Step::CrashInTheMiddle { after } => self.crash_in_the_middle(*after).await,
            Step::Fault { fault, times } => self.h.slack.mischief(Scope::Any, fault.clone(), *times),
        }
    }

    async fn reopen(&mut self) {
        self.h.open().await;
        self.h.beat().await;
    }

    /// The bot dies somewhere in the round that the next instant calls for.
    async fn crash_in_the_middle(&mut self, after: usize) {
        let next = self.h.engine().next_at().await.unwrap();
        let soon = next.filter(|next| next.duration_since(self.h.now()) < SignedDuration::from_hours(18));
        if let Some(next) = soon.filter(|next| *next > self.h.now()) {
            self.h.sleep_until(&format!("+{}s", next.duration_since(self.h.now()).as_secs()));
        }
        let engine = self.h.engine().clone();
        let round = tokio::spawn(async move { engine.round().await });
        for _ in 0..after {
            tokio::time::sleep(std::time::Duration::from_micros(300)).await;
        }
        round.abort();
        let _ = round.await;
        self.h.crash();
        self.reopen().await;
    }

    /// Every button (or select) of that name before somebody's eyes: who, where, which occurrence.
    fn seen(&self, what: &str) -> Vec<(&'static str, String, String)> {
        let mut all = Vec::new();
        for who in ["ana", "ben"] {
            for message in self.h.messages(who) {
                let elements = message.blocks.iter().flat_map(|b| b["elements"].as_array().into_iter().flatten());
                let named = elements.filter(|element| element["action_id"] == what);
                let values = named.filter_map(|e| e["value"].as_str().or(e["options"][0]["value"].as_str()));
                all.extend(
                    values
                        .map(|value| (who, message.ts.clone(), value.split('|').next().unwrap_or_default().to_owned())),
                );
            }
        }
        all
    }

    async fn press(&mut self, which: usize) {
        let seen = self.seen("done");
        let Some((who, ts, id)) = seen.get(which % seen.len().max(1)) else { return };
        let answer = self.h.slack.press_of(&crate::harness::id(who), ts, "done", id).await.unwrap();
        assert!(answer.is_ok(), "{answer:?}");
        // A button may be older than its occurrence's withdrawal: then it is refused, in words.
        let standing = self.standing(id).await;
        assert!(matches!(standing, Standing::Done | Standing::Withdrawn), "{id} is {standing:?}");
        if standing == Standing::Done {
            self.done.insert(id.clone());
        }
        self.h.beat().await;
    }

    async fn snooze(&mut self, which: usize, choice: usize) {
        let seen = self.seen("snooze");
        let Some((who, ts, id)) = seen.get(which % seen.len().max(1)) else { return };
        let choice = ["30 minutes", "1 hour", "This afternoon", "Tomorrow morning"][choice % 4];
        let _ = self.h.slack.select_of(&crate::harness::id(who), ts, "snooze", id, choice).await;
        self.h.beat().await;
    }

    async fn say(&mut self, who: usize, words: &str) {
        let who = ["ana", "ben"][who % 2];
        let said = self.h.slack.command(&crate::harness::id(who), words).await.unwrap();
        assert!(said.is_ok(), "{said:?}");
        let absences = self.h.engine().store().absences(Some(&UserId(crate::harness::id(who)))).await.unwrap();
        self.said.push((self.h.now(), who, absences.into_iter().map(|absence| absence.days).collect()));
        self.h.beat().await;
    }

    async fn undo(&mut self, which: usize) {
        let seen = self.seen("undo");
        let Some((who, ts, id)) = seen.get(which % seen.len().max(1)) else { return };
        let answer = self.h.slack.press_of(&crate::harness::id(who), ts, "undo", id).await.unwrap();
        assert!(answer.is_ok(), "{answer:?}");
        self.done.remove(id);
        self.h.beat().await;
    }

    async fn standing(&self, id: &str) -> Standing {
        let stored = self.h.engine().store().occurrence(&OccurrenceId(id.to_owned())).await.unwrap();
        stored.expect("what is shown is on record").standing
    }

    /// The sea is calm again: everything that was under way is settled, and what must hold, holds.
    async fn end(mut self) {
        self.h.slack.end_mischief();
        self.h.advance_to("Tue 09:30").await;
        self.h.advance_to("Wed 09:30").await;
        let records = self.h.records("2026-12-01", "2027-01-10").await;
        for record in &records {
            legal(record, self.h.now());
        }
        for id in &self.done {
            let record = records.iter().find(|record| record["id"] == id.as_str());
            assert_eq!(record.map(|record| record["state"].clone()), Some("done".into()), "{id} was acknowledged");
        }
        for (who, zone) in [("ana", "America/Chicago"), ("ben", "America/Los_Angeles")] {
            in_hours(&self.h, who, zone);
            quiet_while_away(&self.h, who, zone, &self.said);
            self.h.kinds(who);
        }
        self.h.heartbeat = SignedDuration::from_secs(5);
        self.h.finish().await;
    }
}

fn in_hours(h: &Harness, who: &str, zone: &str) {
    for message in h.messages(who) {
        let local = sent_at(&message).to_zoned(TimeZone::get(zone).unwrap());
        let time = local.strftime("%H:%M:%S").to_string();
        assert!(("08:30:00"..="17:30:00").contains(&time.as_str()), "{who} heard at {local}");
        assert!(!matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday), "{who} heard at {local}");
    }
}

/// Nobody heard anything on a day of which they had said that they are away.
fn quiet_while_away(h: &Harness, who: &str, zone: &str, said: &[(Timestamp, &str, Vec<Days>)]) {
    for message in h.messages(who) {
        let (at, local) = (sent_at(&message), sent_at(&message).to_zoned(TimeZone::get(zone).unwrap()));
        let stood = said.iter().rev().find(|(when, whose, _)| *whose == who && *when < at);
        let away = stood.is_some_and(|(_, _, days)| days.iter().any(|days| days.contains(local.date())));
        assert!(!away, "{who} heard at {local}, and was away");
    }
}

/// Whether a record's fields go together.
fn legal(record: &Value, now: Timestamp) {
    let instant = |key: &str| record[key].as_str().map(|text| text.parse::<Timestamp>().unwrap());
    let (due, closes) = (instant("due").unwrap(), instant("closes").unwrap());
    assert!(due < closes, "{record:#}");
    let decided = instant("completed_at").is_some() && record["completed_by"].is_string();
    let fits = match record["state"].as_str().unwrap() {
        "planned" => now < due && !decided,
        "open" => due <= now && now < closes && !decided,
        "missed" => closes <= now && !decided && record["snoozed_until"].is_null(),
        "done" => decided && record["on_time"] == (instant("completed_at").unwrap() < closes),
        "excused" => decided && record["reason"] == "away" && record["snoozed_until"].is_null(),
        "withdrawn" => !decided && record["snoozed_until"].is_null(),
        _ => false,
    };
    assert!(fits, "{record:#}");
    assert_eq!(record["on_time"].is_null(), record["state"] != "done", "{record:#}");
}

#[test]
fn whatever_happens_nothing_is_doubled_and_no_click_is_lost() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases: 16, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&prop::collection::vec(step(), 6..24), |steps| {
        runtime.block_on(async {
            let mut storm = Storm::begin().await;
            for step in &steps {
                storm.take(step).await;
            }
            storm.end().await;
        });
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
