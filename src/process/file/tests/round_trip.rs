//! Writing and reading again changes nothing.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::super::words::Word;
use super::super::{SourceFile, Surroundings, read, write};
use super::{Folder, TODAY, file, shown};
use crate::process::holidays::Holiday;
use crate::process::*;

/// Neither disk nor Slack: what `write` gives has to do without.
struct Nothing;

impl Surroundings for Nothing {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        Err(format!("{path} is not there"))
    }

    fn user_by_email(&self, email: &str) -> Result<String, String> {
        Err(format!("{email} is not there"))
    }
}

fn assert_round_trip(process: &Process) {
    let text = write(process);
    let read = read(&[file("out.toml", &text)], TODAY, &Nothing);
    let (again, _) = read.unwrap_or_else(|problems| panic!("{}\n\n{text}", shown(&problems)));
    assert_eq!(again, *process, "{text}");
    assert_eq!(write(&again), text);
}

#[test]
fn the_starter_files_survive() {
    let files = [
        file("config/process.toml", include_str!("../../../../config/process.toml")),
        file("config/team.toml", include_str!("../../../../config/team.example.toml")),
    ];
    let (process, _) = read(&files, TODAY, &Folder).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    assert_round_trip(&process);
}

#[test]
fn a_managers_own_holiday_file_becomes_days_for_that_manager() {
    let text = super::GOOD.replace("name = \"Ana Ruiz\"", "name = \"Ana Ruiz\"\nholidays = [\"holidays/one.ics\"]");
    let (process, _) = super::read_one(&text).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    assert_round_trip(&process);
    assert!(write(&process).ends_with("[[holiday]]\ndate = 2027-07-05\nname = \"Day off\"\nmanagers = [\"U0ANA\"]\n"));
}

#[test]
fn defaults_are_left_out() {
    let (process, _) = super::read_one(super::GOOD).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    insta::assert_snapshot!(write(&process), @r#""#);
}

fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z\"'\\\\#={}\\[\\]é→ 0-9]{0,12}[a-z€\"\\\\]"
}

fn date() -> impl Strategy<Value = Date> {
    (1_i16..=9998, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn one_of<T: Word + std::fmt::Debug>() -> impl Strategy<Value = T> {
    select(T::ALL)
}

fn workday() -> impl Strategy<Value = Workday> {
    (0_i8..12, 0_i8..60, 12_i8..24, 0_i8..60)
        .prop_map(|(from, a, to, b)| Workday { start: Time::constant(from, a, 0, 0), end: Time::constant(to, b, 0, 0) })
}

fn zone() -> impl Strategy<Value = TimeZone> {
    let names = ["UTC", "America/Chicago", "Europe/Berlin", "Asia/Kolkata"];
    select(names.to_vec()).prop_map(|name| TimeZone::get(name).expect("a known zone"))
}

fn phrase() -> impl Strategy<Value = Phrase> {
    let phrases = [
        "every day at 09:00",
        "every workday at 23:59",
        "every other Tuesday at 08:05",
        "every 3 weeks on Mon, Thu and Sun at 10:00 starting 2026-12-01",
        "the first and second-to-last workday of every quarter at 00:00",
        "the 31st day of every March, May at 12:00",
        "the third Wed of the second month of every quarter at 12:00",
    ];
    select(phrases.to_vec()).prop_map(|text| text.parse().expect("a good phrase"))
}

fn digest() -> impl Strategy<Value = DigestSettings> {
    let channel = proptest::option::of("[CG][A-Z0-9]{1,8}");
    (channel, proptest::option::of(phrase()), proptest::option::of(zone()))
        .prop_map(|(channel, when, time_zone)| DigestSettings { channel, when, time_zone })
}

fn calendar() -> impl Strategy<Value = CalendarSettings> {
    let week =
        [Weekday::Sunday, Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    (subsequence(week.to_vec(), 4..=6), workday(), 1_i8..=12, 1_u32..=10_080).prop_map(
        |(workweek, workday, fiscal_year_starts, capacity)| CalendarSettings {
            workweek,
            workday,
            fiscal_year_starts,
            capacity,
        },
    )
}

fn number() -> impl Strategy<Value = NumberQuestion> {
    let signs = [Comparison::AtMost, Comparison::Below, Comparison::Equal, Comparison::Above, Comparison::AtLeast];
    let target = (select(signs.to_vec()), -1e12..1e12_f64).prop_map(|(comparison, value)| Target { comparison, value });
    (words(), proptest::option::of(target)).prop_map(|(label, target)| NumberQuestion { label, target })
}

fn activity() -> impl Strategy<Value = Activity> {
    let what = (words(), one_of::<Category>(), phrase(), 1_u32..=2400, proptest::option::of(words()));
    let evidence = (any::<bool>(), any::<bool>(), proptest::option::of(number()));
    let grace = prop_oneof![Just(Grace::EndOfWeek), (0_u8..=60).prop_map(Grace::Workdays)];
    let how = (one_of::<Per>(), any::<bool>(), one_of::<Priority>(), any::<bool>(), grace, one_of::<OnHoliday>());
    let who = (proptest::option::of(0_usize..3), one_of::<Verify>(), any::<bool>());
    (what, evidence, how, who).prop_map(|(what, evidence, how, who)| {
        let can_spread = !matches!(what.2.recur, phrase::Recur::EveryDay | phrase::Recur::EveryWorkday);
        let managers = who.0.map(|some| (0..some).map(|n| UserId(format!("U0M{n}"))).collect());
        Activity {
            key: ActivityKey(String::new()),
            title: what.0,
            category: what.1,
            when: what.2,
            minutes: what.3,
            outcome: what.4.map(|words| format!("{words}\n\t{words}")),
            evidence: EvidenceWanted { note: evidence.0, link: evidence.1, number: evidence.2.is_some() },
            number: evidence.2,
            per: how.0,
            spread: how.1 && how.0 == Per::Rep && can_spread,
            priority: how.2,
            share_notes: how.3,
            grace: how.4,
            on_holiday: how.5,
            managers,
            verify: who.1,
            flexible: who.2,
        }
    })
}

fn manager(number: usize) -> impl Strategy<Value = Manager> {
    let own = (proptest::option::of(1_u32..=10_080), proptest::option::of(workday()), proptest::option::of(one_of()));
    let reps = proptest::collection::vec((words(), proptest::option::of(0_u32..=9999)), 0..4);
    let days = proptest::collection::vec((date(), proptest::option::of(words())), 0..3);
    (words(), proptest::option::of(zone()), own, reps, days).prop_map(move |(name, time_zone, own, reps, days)| {
        let rep = |(place, (name, slot)): (usize, (String, Option<u32>))| Rep {
            slack: UserId(format!("U0R{number}X{place}")),
            name,
            slot: slot.unwrap_or(place as u32),
            slot_given: slot.is_some(),
        };
        let mut holidays = Holidays::default();
        days.into_iter().for_each(|(date, name)| holidays.add(date, Holiday { name, managers: None }));
        Manager {
            slack: UserId(format!("U0M{number}")),
            name,
            time_zone,
            leader: UserId(format!("U0L{}", number % 2)),
            reps: reps.into_iter().enumerate().map(rep).collect(),
            holidays,
            capacity: own.0,
            workday: own.1,
            intensity: own.2,
        }
    })
}

fn process() -> impl Strategy<Value = Process> {
    let head = (words(), proptest::option::of(date()), proptest::option::of(1_i64..), one_of::<Intensity>());
    let leaders = (words(), words(), digest(), any::<bool>());
    let days =
        proptest::collection::vec((date(), proptest::option::of(words()), proptest::option::of(0_usize..3)), 0..4);
    let activities = proptest::collection::vec(activity(), 0..4);
    let managers = (manager(0), manager(1), manager(2));
    (head, calendar(), digest(), leaders, days, activities, managers).prop_map(
        |(head, calendar, digest, leaders, days, mut activities, managers)| {
            let mut holidays = Holidays::default();
            for (date, name, some) in days {
                let managers = some.map(|some| (0..some).map(|n| UserId(format!("U0M{n}"))).collect());
                holidays.add(date, Holiday { name, managers });
            }
            activities.iter_mut().enumerate().for_each(|(n, activity)| activity.key = ActivityKey(format!("a-{n}")));
            let leader = |number: usize, name, above, digest| Leader {
                slack: UserId(format!("U0L{number}")),
                name,
                leader: above,
                digest,
            };
            let above = leaders.3.then(|| UserId("U0L1".to_owned()));
            Process {
                name: head.0,
                effective: head.1,
                revision: head.2,
                calendar,
                holidays,
                intensity: head.3,
                digest,
                activities,
                leaders: vec![
                    leader(0, leaders.0, above, leaders.2),
                    leader(1, leaders.1, None, DigestSettings::default()),
                ],
                managers: vec![managers.0, managers.1, managers.2],
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_reads_back_equal(process in process()) {
        assert_round_trip(&process);
    }
}
