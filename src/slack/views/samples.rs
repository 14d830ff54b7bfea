//! A team for the tests of this room, at ordinary size and far beyond it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date, time};
use jiff::tz::TimeZone;

use super::{Beside, Own, Question, Welcome};
use crate::process::phrase::Recur;
use crate::process::*;
use crate::record::adherence::Figures;
use crate::record::digest::{AwayLine, ChartWeek, LoadLine, Mean, Rates, Restated, Share, Spread, Story, Week};
use crate::record::hours::Hours;
use crate::record::review::Topic;
use crate::record::trend::Trend;
use crate::record::{Days, Entry, Evidence, Occurrence, OccurrenceId, Outcome, ResultWord, Standing, Verification};

/// Text that means harm, in any length.
pub fn nasty(length: usize) -> String {
    "<!channel> & <@U1> *stars* _x_ `y` 😀é > ".chars().cycle().take(length).collect()
}

pub fn chicago() -> TimeZone {
    TimeZone::get("America/Chicago").expect("it is bundled")
}

/// An instant of Monday 7 December 2026, or so many days later, in Chicago.
pub fn at(days: i8, hour: i8, minute: i8) -> Timestamp {
    let day: Date = date(2026, 12, 7 + days);
    day.at(hour, minute, 0, 0).to_zoned(chicago()).expect("an ordinary time").timestamp()
}

pub fn calendar() -> Calendar {
    Calendar {
        workweek: vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday],
        workday: Workday { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) },
        fiscal_year_starts: 1,
        zone: chicago(),
        holidays: Holidays::default(),
    }
}

pub fn activity(key: &str, title: &str) -> Activity {
    Activity {
        key: key.into(),
        title: title.to_owned(),
        category: Category::Other,
        when: Phrase { recur: Recur::EveryDay, at: time(9, 0, 0, 0), starting: None },
        minutes: 60,
        outcome: Some("Every deal closing this quarter has a next step dated within 7 days".to_owned()),
        evidence: EvidenceWanted::default(),
        number: None,
        per: Per::Manager,
        spread: false,
        priority: Priority::Must,
        share_notes: true,
        grace: Grace::EndOfWeek,
        on_holiday: OnHoliday::default(),
        managers: None,
        verify: Verify::None,
        flexible: false,
    }
}

/// Asks for everything there is.
pub fn thorough(key: &str, title: &str, target: Option<Target>) -> Activity {
    Activity {
        evidence: EvidenceWanted { note: true, link: true, number: true },
        number: Some(NumberQuestion { label: "Deals without a dated next step".to_owned(), target }),
        ..activity(key, title)
    }
}

/// Due on Monday at 9:00, closing on Friday at 17:00.
pub fn entry(activity: Activity, rep: Option<&str>) -> Entry {
    let (manager, rep_id) = (UserId::from("U0ANA"), rep.map(|_| UserId::from("U0DANA")));
    let occurrence = Occurrence {
        id: OccurrenceId::new(date(2026, 12, 7), &activity.key, &manager, rep_id.as_ref()),
        manager,
        activity: activity.key.clone(),
        rep: rep_id,
        date: date(2026, 12, 7),
        leader: UserId::from("U0LEAD"),
        revision: 1,
        zone: chicago(),
        due: at(0, 9, 0),
        closes: at(4, 17, 0),
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
    Entry { occurrence, activity: Arc::new(activity), rep_name: rep.map(str::to_owned) }
}

pub fn done(mut entry: Entry, note: Option<&str>) -> Entry {
    entry.occurrence.standing = Standing::Done;
    entry.occurrence.completed_at = Some(at(0, 10, 42));
    entry.occurrence.completed_by = Some(UserId::from("U0ANA"));
    if let Some(note) = note {
        let evidence = Evidence { link: Some("https://crm.example.com/7".to_owned()), number: Some(3.into()) };
        entry.occurrence.outcome = Outcome { result: Some(ResultWord::Met), note: Some(note.to_owned()), evidence };
    }
    entry
}

pub fn standing(mut entry: Entry, standing: Standing, reason: Option<&str>) -> Entry {
    entry.occurrence.standing = standing;
    entry.occurrence.reason = reason.map(str::to_owned);
    entry
}

/// A quarter's weeks, of which some had too little to rate.
pub fn trend() -> Trend {
    let mut week = Week::of(date(2026, 10, 12));
    let weeks = [(4, 4), (5, 3), (5, 3), (2, 1), (6, 2), (7, 1), (7, 1), (8, 0)].map(|(done_on_time, missed)| {
        let this = week;
        week = week.after();
        (this, Figures { expected: done_on_time + missed, done_on_time, missed, ..Figures::default() })
    });
    Trend::new(weeks.to_vec())
}

/// A week's hours, one day off.
pub fn hours() -> Hours {
    let mut calendar = calendar();
    calendar.holidays.add(date(2026, 12, 9), holidays::Holiday { name: None, managers: None });
    Hours::of(Week::of(date(2026, 12, 7)), &one_of_each(), 990, &calendar, at(0, 9, 0))
}

/// Standard nudges in Chicago.
pub fn own(zone: &TimeZone) -> Own<'_> {
    Own { intensity: Intensity::Standard, workday: calendar().workday, zone }
}

/// One of each state.
pub fn one_of_each() -> Vec<Entry> {
    let nice = Activity { priority: Priority::Nice, minutes: 15, outcome: None, ..activity("scan", "Exception scan") };
    let mut snoozed = entry(activity("crm", "CRM hygiene"), None);
    snoozed.occurrence.snoozed_until = Some(at(0, 14, 0));
    vec![
        entry(Activity { per: Per::Rep, ..activity("one-to-one", "1:1") }, Some("Dana Wu")),
        entry(nice, None),
        snoozed,
        done(entry(activity("team", "Team meeting"), None), None),
        done(entry(thorough("pipeline", "Pipeline review", None), None), Some("All *clean* <!channel>")),
        standing(entry(activity("deals", "Deal reviews"), None), Standing::Skipped, Some("no time")),
        standing(entry(activity("coach", "Coaching"), Some("Dana Wu")), Standing::Excused, Some("rep away")),
        standing(entry(activity("forecast", "Forecast"), None), Standing::Missed, None),
        standing(entry(activity("old", "Old thing"), None), Standing::Withdrawn, None),
    ]
}

/// So many entries, each as long as can be and in every state by turns.
pub fn huge(many: usize) -> Vec<Entry> {
    let kinds = [Standing::Undecided, Standing::Done, Standing::Skipped, Standing::Missed, Standing::Excused];
    (0..many)
        .map(|index| {
            let key = format!("{index:02}-{}", "k".repeat(37));
            let question = NumberQuestion { label: nasty(2500), target: None };
            let wordy =
                Activity { outcome: Some(nasty(3000)), number: Some(question), ..thorough(&key, &nasty(500), None) };
            let mut entry = done(entry(wordy, Some(&nasty(500))), Some(&nasty(3000)));
            entry.occurrence.outcome.evidence.link = Some(format!("https://x.example/{}", "a".repeat(1900)));
            entry.occurrence.reason = Some(nasty(3000));
            entry.occurrence.snoozed_until = Some(at(3, 9, 0));
            entry.occurrence.standing = kinds[index % kinds.len()];
            entry
        })
        .collect()
}

/// The welcome of a manager under the usual process.
pub fn welcoming() -> Welcome {
    Welcome {
        manager_name: "Ana Ruiz".to_owned(),
        process_name: "Field sales management process".to_owned(),
        added_by: Some("Lee Park".to_owned()),
        leader_name: "Lee Park".to_owned(),
        intensity: Intensity::Standard,
        hours: ("09:00".to_owned(), "16:00".to_owned()),
        private: vec!["Coaching".to_owned()],
        has_shared: true,
        intentions: Vec::new(),
    }
}

/// As much as can stand beside the occurrences, each as long as can be.
pub fn huge_beside() -> Beside {
    let question = |topic: Topic| Question { id: nasty(200), topic, about: nasty(900), answer: None };
    let welcome = Welcome {
        manager_name: nasty(500),
        process_name: nasty(500),
        added_by: Some(nasty(500)),
        leader_name: nasty(500),
        intensity: Intensity::Active,
        private: vec![nasty(500); 30],
        intentions: vec![(nasty(500), nasty(300)); 30],
        ..welcoming()
    };
    Beside {
        questions: [Topic::Snoozes, Topic::Misses, Topic::Silence].map(question).into(),
        welcome: Some(welcome),
        intentions: huge(30).into_iter().map(|entry| (entry.activity.key.clone(), nasty(300))).collect(),
    }
}

/// The digest of these entries, the managers' names all alike.
pub fn story(entries: &[Entry], name: &str, now: Timestamp) -> Story {
    let names: BTreeMap<UserId, String> =
        entries.iter().map(|entry| (entry.occurrence.manager.clone(), name.to_owned())).collect();
    Story::new(Week::of(date(2026, 12, 7)), entries, &entries[..entries.len() / 2], names, calendar().zone, now)
}

/// The digest of so many managers with everything that one can tell, as long as can be.
pub fn full_story(managers: usize, name: &str) -> Story {
    let entries: Vec<Entry> = huge_team(managers);
    let week = Week::of(date(2026, 12, 7));
    let share = |done| Some(Share { done, decided: 40 });
    let chart = |back: usize| ChartWeek {
        week: week.back(8 - back),
        team: share(30),
        lowest: share(12),
        middle: share(28),
        highest: share(40),
    };
    let ids: Vec<UserId> = (0..managers).map(|index| UserId(format!("U{index:04}"))).collect();
    let load = |manager: &UserId| LoadLine {
        manager: manager.clone(),
        occurrences: 40,
        planned: 1500,
        capacity: 990,
        over: 510,
        days_off: 1,
    };
    let rates = || Rates::from(Figures { expected: 12, done_on_time: 11, missed: 1, ..Figures::default() });
    let restated = |back: usize| Restated {
        week: week.back(back),
        told: rates(),
        now: rates(),
        told_must: None,
        now_must: Some(rates()),
    };
    let days = Days::new(date(2026, 12, 9), date(2026, 12, 11)).expect("good days");
    let mut story = story(&entries, name, at(4, 16, 0));
    story.chart = (0..8).map(chart).collect();
    story.load = ids.iter().map(load).collect();
    story.next = ids.iter().map(load).collect();
    story.restated = (2..9).map(restated).collect();
    story.away = ids.iter().map(|id| AwayLine { manager: id.clone(), days: vec![days; 6] }).collect();
    story.mean = Some(Mean { week: week.before(), weeks: 3, decided: 90, adherence: Some(0.85), change: Some(0.025) });
    story.spread = story
        .titles
        .keys()
        .map(|activity| Spread {
            activity: activity.clone(),
            managers: 4,
            lowest: Share { done: 1, decided: 9 },
            median: Share { done: 6, decided: 9 },
            highest: Share { done: 9, decided: 9 },
        })
        .collect();
    story.disputes = 7;
    story
}

/// So many managers, each with every huge entry.
pub fn huge_team(managers: usize) -> Vec<Entry> {
    let of_manager = |index: usize| {
        huge(30).into_iter().map(move |mut entry| {
            entry.occurrence.manager = UserId(format!("U{index:04}"));
            entry.occurrence.id.0.push_str(&index.to_string());
            entry
        })
    };
    (0..managers).flat_map(of_manager).collect()
}
