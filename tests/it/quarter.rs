//! A quarter under the starter process, rehearsed: how many messages a workday brings, and that nothing was never offered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Span, Timestamp};
use onbeat::process::file::{self, SourceFile, Surroundings};
use onbeat::process::plan::plan_manager;
use onbeat::process::{Intensity, Manager, Process};
use onbeat::record::agenda::{Kind, agenda};
use onbeat::record::{Action, Entry, Occurrence, OccurrenceId, Outcome, Standing, Verification};
use onbeat::slack::views::MOST_ENTRIES;

use crate::harness::{Harness, kind, sent_at};

const PROCESS: &str = include_str!("../../config/process.toml");
const TEAM: &str = include_str!("../../src/demo/team.toml");
const HOLIDAYS: &str = include_str!("../../config/holidays/us.ics");

/// The files that are shipped, as if they lay in one folder.
struct Shipped;

impl Surroundings for Shipped {
    fn holiday_file(&self, _: &str, path: &str) -> Result<SourceFile, String> {
        Ok(SourceFile { name: path.to_owned(), text: HOLIDAYS.to_owned() })
    }

    fn user_by_email(&self, _: &str) -> Result<String, String> {
        Err("nobody is named by an address".to_owned())
    }
}

fn starter() -> Process {
    let files = [("process.toml", PROCESS), ("team.toml", TEAM)];
    let files = files.map(|(name, text)| SourceFile { name: name.to_owned(), text: text.to_owned() });
    file::read(&files, date(2027, 1, 4), &Shipped).map_err(|problems| problems[0].rendered.clone()).unwrap().0
}

/// What falls due in the quarter, as the store would hold it.
fn planned(process: &Process, manager: &Manager, from: Date, to: Date) -> Vec<Entry> {
    let entry = |planned: onbeat::process::plan::Planned<'_>| {
        let rep = planned.rep.map(|rep| rep.slack.clone());
        let occurrence = Occurrence {
            id: OccurrenceId::new(planned.date, &planned.activity.key, &manager.slack, rep.as_ref()),
            manager: manager.slack.clone(),
            activity: planned.activity.key.clone(),
            rep,
            date: planned.date,
            leader: manager.leader.clone(),
            revision: 1,
            zone: manager.zone(),
            due: planned.due.timestamp(),
            closes: planned.closes.timestamp(),
            standing: Standing::Undecided,
            completed_at: None,
            completed_by: None,
            outcome: Outcome::default(),
            reason: None,
            snoozed_until: None,
            snoozes: 0,
            nudges: 0,
            verification: Verification::None,
            version: 1,
        };
        let (activity, rep_name) = (Arc::new(planned.activity.clone()), planned.rep.map(|rep| rep.name.clone()));
        Entry { occurrence, activity, rep_name }
    };
    plan_manager(process, manager, from, to).into_iter().map(entry).collect()
}

/// Done when it is over, or at the end of the day.
fn diligently(entry: &mut Entry) {
    let at = entry.occurrence.due + SignedDuration::from_mins(i64::from(entry.activity.minutes).min(60) + 5);
    entry.occurrence = entry.occurrence.act(Action::Done(Outcome::default()), &"U0ANA".into(), at).unwrap();
}

/// The instants of each workday's messages but for the snoozed ones, and what was offered.
fn quarter(
    manager: &str,
    is_diligent: bool,
    [from, to]: [Date; 2],
) -> (BTreeMap<Date, Vec<Timestamp>>, BTreeSet<OccurrenceId>, Vec<Entry>) {
    let process = starter();
    let manager = process.manager(&manager.into()).unwrap();
    let calendar = process.calendar_of(manager);
    let mut entries = planned(&process, manager, from, to);
    if is_diligent {
        entries.iter_mut().for_each(diligently);
    }
    let (mut days, mut offered) = (BTreeMap::new(), BTreeSet::new());
    for day in from.series(Span::new().days(1)).take_while(|day| *day <= to) {
        let slots = agenda(day, &calendar, Intensity::Standard, None, &entries);
        assert!(slots.is_empty() || calendar.is_workday(day), "{day}");
        let (starts, ends) = (
            calendar.instant(day, calendar.workday.start).timestamp(),
            calendar.instant(day, calendar.workday.end).timestamp(),
        );
        let mut sent = Vec::new();
        for slot in slots {
            assert!((starts..=ends).contains(&slot.at), "{} outside the workday of {day}", slot.kind.as_str());
            let parts = slot.items.len().div_ceil(MOST_ENTRIES);
            sent.extend(std::iter::repeat_n(slot.at, if slot.kind == Kind::Snoozed { 0 } else { parts }));
            offered.extend(slot.items);
        }
        if calendar.is_workday(day) {
            days.insert(day, sent);
        }
    }
    (days, offered, entries)
}

#[test]
fn a_quarter_of_nudges_is_few_messages_a_day_and_forgets_nothing() {
    // The one after New Year, and the one with the most days off.
    let quarters = [[date(2027, 1, 4), date(2027, 4, 4)], [date(2027, 10, 4), date(2028, 1, 2)]];
    for manager in ["U0ANA", "U0BEN", "U0CLEO", "U0DEV", "U0ERIN", "U0FINN"] {
        for (is_diligent, dates) in [true, false].into_iter().flat_map(|it| quarters.map(|dates| (it, dates))) {
            let (days, offered, entries) = quarter(manager, is_diligent, dates);
            let mut counts: Vec<usize> = days.values().map(Vec::len).collect();
            counts.sort_unstable();
            let (most, median) = (counts.last().unwrap(), counts[counts.len() / 2]);
            let who = format!("{manager}, {}, from {}", if is_diligent { "diligent" } else { "idle" }, dates[0]);
            assert!(counts.len() > 55, "{who}: {} workdays", counts.len());
            assert!(*most <= 4, "{who}: {most} messages on a day");
            assert!(median <= 3, "{who}: {median} messages on a usual day of {counts:?}");
            let never: Vec<_> = entries.iter().filter(|entry| !offered.contains(&entry.occurrence.id)).collect();
            assert!(never.is_empty(), "{who}: never offered {:?}", never[0].occurrence.id);
        }
    }
}

/// The first weeks with the real bot: what it posts is what was worked out, the welcome included.
#[tokio::test]
async fn the_first_fortnight_for_real() {
    let mut h = Harness::before("2027-01-03T18:00:00Z").await;
    h.write("holidays/us.ics", HOLIDAYS);
    let ana = TEAM.split("[[manager]]").take(2).collect::<Vec<_>>().join("[[manager]]");
    h.apply(&[PROCESS, &ana.replace("channel = \"C0SALES\"\n", "")].concat()).await;
    h.open().await;
    h.beat().await;
    h.advance_to("2027-01-16 12:00").await;
    let mut a_day: BTreeMap<Date, usize> = BTreeMap::new();
    for message in h.messages("ana") {
        let local = sent_at(&message).to_zoned(jiff::tz::TimeZone::get("America/Chicago").unwrap());
        let minutes = i64::from(local.hour()) * 60 + i64::from(local.minute());
        assert!((8 * 60 + 30..=17 * 60 + 30).contains(&minutes), "{} at {local}", kind(&message));
        *a_day.entry(local.date()).or_default() += 1;
    }
    assert_eq!(a_day.len(), 10, "ten workdays: {a_day:?}");
    assert!(a_day.values().all(|count| *count <= 4), "{a_day:?}");
    h.kinds("ana");
    h.finish().await;
}
