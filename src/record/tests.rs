//! The rules of this room, each on a worked date. Ana works in Chicago, Monday to Friday, 09:00 to 17:00.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use super::adherence::Figures;
use super::agenda::{Kind, agenda};
use super::digest::{Digest, Story, Week};
use super::outcome::{Answers, Field};
use super::snooze::{Choice, choices};
use super::*;
use crate::process::file::{SourceFile, Surroundings, read};
use crate::process::plan::plan_manager;
use crate::process::{Calendar, Intensity, UserId};

struct Nowhere;

impl Surroundings for Nowhere {
    fn holiday_file(&self, _: &str, _: &str) -> Result<SourceFile, String> {
        Err("there is none".to_owned())
    }

    fn user_by_email(&self, _: &str) -> Result<String, String> {
        Err("there is none".to_owned())
    }
}

/// A process with these activities for Ana, who has three reps.
pub(super) fn process(activities: &str) -> Process {
    let head = r#"
        [process]
        name = "Cadence"
        [[holiday]]
        date = 2026-12-25
        [[leader]]
        slack = "U0LEAD"
        name = "Lee"
        [[manager]]
        slack = "U0ANA"
        name = "Ana"
        time_zone = "America/Chicago"
        leader = "U0LEAD"
        reps = [{ slack = "U0R1", name = "Dana" }, { slack = "U0R2", name = "Evan" }, { slack = "U0R3", name = "Fay" }]
    "#;
    let file = SourceFile { name: "process.toml".to_owned(), text: format!("{head}{activities}") };
    read(&[file], date(2026, 12, 1), &Nowhere).map_err(|problems| problems[0].rendered.clone()).unwrap().0
}

pub(super) fn line(key: &str, when: &str, more: &str) -> String {
    format!("[[activity]]\nkey = \"{key}\"\ntitle = \"{key}\"\nwhen = \"{when}\"\nminutes = 30\n{more}\n")
}

/// What falls due in the week of Monday 7 December and the one after.
pub(super) fn entries(process: &Process) -> Vec<Entry> {
    let ana = process.manager(&"U0ANA".into()).unwrap();
    let planned = plan_manager(process, ana, date(2026, 12, 7), date(2026, 12, 31));
    let entry = |planned: crate::process::plan::Planned| Entry {
        occurrence: Occurrence {
            id: OccurrenceId::new(
                planned.date,
                &planned.activity.key,
                &ana.slack,
                planned.rep.map(|rep| rep.slack.clone()).as_ref(),
            ),
            manager: ana.slack.clone(),
            activity: planned.activity.key.clone(),
            rep: planned.rep.map(|rep| rep.slack.clone()),
            date: planned.date,
            leader: ana.leader.clone(),
            revision: 1,
            zone: ana.zone(),
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
        },
        activity: Arc::new(planned.activity.clone()),
        rep_name: planned.rep.map(|rep| rep.name.clone()),
    };
    planned.into_iter().map(entry).collect()
}

pub(super) fn calendar(process: &Process) -> Calendar {
    process.calendar_of(process.manager(&"U0ANA".into()).unwrap())
}

/// An instant in Chicago, which is six hours behind UTC in December.
fn at(text: &str) -> Timestamp {
    format!("2026-12-{text}:00-06:00").parse().unwrap()
}

/// The agenda of 7 December as `kind HH:MM items`.
fn monday(process: &Process, intensity: Intensity, entries: &[Entry]) -> Vec<String> {
    let calendar = calendar(process);
    let shown = |slot: super::agenda::Slot| {
        let local = slot.at.to_zoned(calendar.zone.clone());
        let items: Vec<String> = slot.items.iter().map(|id| id.as_str().replacen("2026-12-", "", 1)).collect();
        format!("{} {} {}", slot.kind.as_str(), local.strftime("%H:%M"), items.join(" ")).replace(".U0ANA", "")
    };
    agenda(date(2026, 12, 7), &calendar, intensity, None, entries).into_iter().map(shown).collect()
}

fn done(entry: &mut Entry, when: &str) {
    entry.occurrence = entry.occurrence.act(Action::Done(Outcome::default()), &"U0ANA".into(), at(when)).unwrap();
}

#[test]
fn a_standard_day_has_plan_two_dues_and_a_wrap() {
    let process = process(
        &[
            line("late-nice", "every Monday at 10:00", "priority = \"nice\""),
            line("reps", "every Monday at 10:30", "per = \"rep\""),
            line("first", "every Monday at 11:00", ""),
            line("second", "every Monday at 13:00", ""),
        ]
        .concat(),
    );
    // Activities per manager come before those per rep, whatever the hour; the nice one is for the plan and the wrap.
    assert_eq!(
        monday(&process, Intensity::Standard, &entries(&process)),
        [
            "plan 09:00 07.late-nice 07.reps.U0R1 07.reps.U0R2 07.reps.U0R3 07.first 07.second",
            "due 11:00 07.first",
            "due 13:00 07.second",
            "wrap 16:00 07.late-nice 07.reps.U0R1 07.reps.U0R2 07.reps.U0R3 07.first 07.second",
        ]
    );
    assert_eq!(monday(&process, Intensity::Light, &entries(&process)).len(), 1);
    assert_eq!(monday(&process, Intensity::Active, &entries(&process)).len(), 6);
}

#[test]
fn what_falls_due_together_shares_a_nudge_and_the_plans_minute_is_the_plans() {
    let process = process(
        &[
            line("a", "every Monday at 09:00", ""),
            line("b", "every Monday at 11:00", ""),
            line("c", "every Monday at 11:00", ""),
            line("d", "every Monday at 12:00", ""),
            line("before", "every Monday at 08:00", ""),
            line("evening", "every Monday at 18:00", "grace = \"2 workdays\""),
        ]
        .concat(),
    );
    let shown = monday(&process, Intensity::Standard, &entries(&process));
    assert_eq!(shown[0], "plan 09:00 07.before 07.a 07.b 07.c 07.d 07.evening");
    assert_eq!(&shown[1..3], ["due 11:00 07.b 07.c", "due 12:00 07.d"]);
    assert_eq!(shown[3], "wrap 16:00 07.before 07.a 07.b 07.c 07.d", "what is not due yet is not asked about");
}

#[test]
fn what_is_done_before_the_plan_makes_room_and_what_is_done_after_does_not() {
    let process = process(
        &["a", "b", "c"]
            .map(|key| line(key, &format!("every Monday at 1{}:00", key.as_bytes()[0] - b'a'), ""))
            .concat(),
    );
    let mut entries = entries(&process);
    let first = entries.iter().position(|entry| entry.activity.key == "a".into()).unwrap();
    done(&mut entries[first], "07T08:00");
    let dues = |entries: &[Entry]| -> Vec<String> {
        monday(&process, Intensity::Standard, entries).into_iter().filter(|slot| slot.starts_with("due")).collect()
    };
    assert_eq!(dues(&entries), ["due 11:00 07.b", "due 12:00 07.c"]);
    entries[first].occurrence.completed_at = Some(at("07T09:30"));
    assert_eq!(
        dues(&entries),
        ["due 11:00 07.b"],
        "the choice was settled with the plan; what was done needs no nudge"
    );
}

#[test]
fn snoozed_ones_are_heard_at_their_time_and_outside_the_workday_with_the_next_plan() {
    let process = process(&line("a", "every Monday at 10:00", ""));
    let mut entries = entries(&process);
    entries[0].occurrence.snoozed_until = Some(at("07T11:15"));
    let shown = monday(&process, Intensity::Standard, &entries);
    assert_eq!(shown, ["plan 09:00 07.a", "snoozed 11:15 07.a", "wrap 16:00 07.a"], "no due nudge before its time");
    entries[0].occurrence.snoozed_until = Some(at("07T20:00"));
    let shown = monday(&process, Intensity::Light, &entries);
    assert_eq!(shown, ["plan 09:00 07.a"]);
    let tuesday = agenda(date(2026, 12, 8), &calendar(&process), Intensity::Light, None, &entries);
    assert_eq!((tuesday[0].kind, tuesday[0].items.len()), (Kind::Plan, 1));
}

#[test]
fn an_active_manager_is_followed_up_an_hour_before_closing_on_a_later_day() {
    let process = process(&line("a", "every Thursday at 10:00", "grace = \"1 workday\""));
    let mut entries = entries(&process);
    let calendar = calendar(&process);
    // It closes on Friday at 17:00: an hour before is the wrap's minute.
    let kinds = |entries: &[Entry]| -> Vec<Kind> {
        agenda(date(2026, 12, 11), &calendar, Intensity::Active, None, entries)
            .into_iter()
            .map(|slot| slot.kind)
            .collect()
    };
    assert_eq!(kinds(&entries), [Kind::Plan, Kind::Wrap]);
    entries[0].occurrence.closes = at("11T15:00");
    assert_eq!(kinds(&entries), [Kind::Plan, Kind::FollowUp], "what has closed by the wrap is not in it");
}

#[test]
fn nothing_is_said_on_days_off() {
    let process = process(&line("a", "every day at 10:00", "on_holiday = \"preceding\""));
    let (entries, calendar) = (entries(&process), calendar(&process));
    for off in [date(2026, 12, 12), date(2026, 12, 13), date(2026, 12, 25)] {
        assert_eq!(agenda(off, &calendar, Intensity::Active, None, &entries), [], "{off}");
    }
    assert!(!agenda(date(2026, 12, 14), &calendar, Intensity::Active, None, &entries).is_empty());
}

#[test]
fn snoozes_are_offered_as_far_as_they_lie_before_closing() {
    let process = process(&line("a", "every Monday at 10:00", ""));
    let calendar = calendar(&process);
    let words = |now: &str, closes: &str| -> Vec<&str> {
        choices(at(now), at(closes), &calendar).into_iter().map(Choice::label).collect()
    };
    let all = ["30 minutes", "1 hour", "This afternoon", "Tomorrow morning", "Next week", "Pick a time…"];
    assert_eq!(words("07T10:00", "18T17:00"), all);
    assert_eq!(words("07T13:00", "11T17:00"), ["30 minutes", "1 hour", "Tomorrow morning", "Pick a time…"]);
    assert_eq!(words("07T16:00", "07T17:00"), ["30 minutes", "Pick a time…"], "an hour on it has closed");
    assert_eq!(words("07T16:31", "07T17:00"), [""; 0]);
    let means = |choice: Choice, now: &str| choice.instant(at(now), &calendar);
    assert_eq!(means(Choice::ThisAfternoon, "07T12:59"), Some(at("07T14:00")));
    assert_eq!(means(Choice::TomorrowMorning, "11T10:00"), Some(at("14T09:00")), "Friday's tomorrow is Monday");
    assert_eq!(means(Choice::TomorrowMorning, "24T10:00"), Some(at("28T09:00")), "past the holiday and the weekend");
    assert_eq!(means(Choice::NextWeek, "07T10:00"), Some(at("14T09:00")));
    assert_eq!(means(Choice::NextWeek, "13T10:00"), Some(at("14T09:00")), "Sunday still belongs to this week");
}

#[test]
fn only_what_fits_the_state_is_recorded() {
    let process = process(&line("a", "every Monday at 10:00", "grace = \"0 workdays\""));
    let fresh = entries(&process).remove(0).occurrence;
    let ana = UserId::from("U0ANA");
    let act = |from: &Occurrence, action: Action, now: &str| from.act(action, &ana, at(now));
    let states = ["07T09:59", "07T10:00", "07T16:59", "07T17:00"].map(|now| fresh.state(at(now)));
    assert_eq!(states, [State::Planned, State::Open, State::Open, State::Missed]);

    let early = act(&fresh, Action::Done(Outcome::default()), "07T08:00").unwrap();
    assert_eq!((early.on_time(), early.completed_at), (Some(true), Some(at("07T08:00"))));
    let late = act(&fresh, Action::Done(Outcome::default()), "07T17:00").unwrap();
    assert_eq!((late.state(at("08T09:00")), late.on_time()), (State::Done, Some(false)));
    assert_eq!(
        act(&late, Action::Done(Outcome::default()), "08T09:00"),
        Err(Refusal::AlreadyRecorded(State::Done)),
        "a second click changes nothing"
    );

    let skipped = act(&fresh, Action::Skip("no time".to_owned()), "07T11:00").unwrap();
    assert_eq!((skipped.state(at("07T12:00")), skipped.reason.as_deref()), (State::Skipped, Some("no time")));
    let after_all = act(&skipped, Action::Done(Outcome::default()), "07T12:00").unwrap();
    assert_eq!((after_all.on_time(), after_all.reason), (Some(true), None));
    let undone = act(&skipped, Action::Undo, "07T12:00").unwrap();
    assert_eq!(undone, fresh, "as if nothing had been recorded");
    assert_eq!(act(&fresh, Action::Undo, "07T12:00"), Err(Refusal::NothingRecorded));

    let snoozed = act(&fresh, Action::Snooze(at("07T16:59")), "07T12:00").unwrap();
    assert_eq!((snoozed.snoozes, snoozed.due, snoozed.closes), (1, fresh.due, fresh.closes));
    assert_eq!(act(&fresh, Action::Snooze(at("07T17:00")), "07T12:00"), Err(Refusal::NoSuchTime));
    assert_eq!(act(&fresh, Action::Snooze(at("07T12:00")), "07T12:00"), Err(Refusal::NoSuchTime));
    let missed = act(&fresh, Action::Snooze(at("09T12:00")), "08T12:00");
    assert_eq!(missed, Err(Refusal::AlreadyRecorded(State::Missed)));
    assert_eq!(act(&fresh.withdrawn(), Action::Undo, "07T12:00"), Err(Refusal::Withdrawn));
}

#[test]
fn answers_are_held_against_what_the_activity_asks() {
    let asked = "evidence = [\"note\", \"link\", \"number\"]\nnumber = { label = \"Deals\", target = \"<= 2\" }";
    let process = process(&line("a", "every Monday at 10:00", asked));
    let activity = &process.activities[0];
    let missing: Vec<Field> =
        Answers::default().into_outcome(activity).unwrap_err().into_iter().map(|(f, _)| f).collect();
    assert_eq!(missing, [Field::Note, Field::Link, Field::Number]);
    let answers = |link: &str, number: &str| Answers {
        result: Some(ResultWord::Met),
        note: Some("\u{7}went well\r\n<!channel> \u{0}".to_owned()),
        link: Some(link.to_owned()),
        number: Some(number.to_owned()),
    };
    let outcome = answers("https://example.com/a", "3").into_outcome(activity).unwrap();
    assert_eq!(outcome.result, Some(ResultWord::NotMet), "the target judges, not the manager");
    assert_eq!(outcome.note.as_deref(), Some("went well\n<!channel>"));
    assert_eq!(outcome.evidence.number, Some(3.into()));
    for (link, number, field) in [
        ("javascript:alert(1)", "1", Field::Link),
        ("example.com", "1", Field::Link),
        ("https://a b", "1", Field::Link),
        ("https://example.com", "three", Field::Number),
        ("https://example.com", "NaN", Field::Number),
        ("https://example.com", "1e999", Field::Number),
    ] {
        let objections = answers(link, number).into_outcome(activity).unwrap_err();
        assert_eq!(objections.iter().map(|(field, _)| *field).collect::<Vec<_>>(), [field], "{link} {number}");
    }
}

#[test]
fn a_digest_counts_what_was_owed_and_never_what_was_not() {
    let process = process(
        &[line("a", "every workday at 10:00", ""), line("b", "every Friday at 10:00", "priority = \"nice\"")].concat(),
    );
    let mut entries: Vec<Entry> =
        entries(&process).into_iter().filter(|entry| entry.occurrence.date <= date(2026, 12, 11)).collect();
    let ana = UserId::from("U0ANA");
    let act = |entry: &mut Entry, action, now| entry.occurrence = entry.occurrence.act(action, &ana, at(now)).unwrap();
    done(&mut entries[0], "07T12:00");
    done(&mut entries[1], "09T12:00");
    act(&mut entries[2], Action::Skip("no time".to_owned()), "09T12:00");
    act(&mut entries[3], Action::Excuse("training".to_owned()), "10T12:00");
    // Friday morning before ten: a's and b's are planned.
    let week = Week::of(date(2026, 12, 9));
    let digest = Digest::new(week, &entries, &[], at("11T09:00"));
    assert_eq!(
        (week.to_string().as_str(), digest.from, digest.to),
        ("2026-W50", date(2026, 12, 7), date(2026, 12, 13))
    );
    let counted = digest.rates.figures();
    let expected = Figures { expected: 3, open: 0, done_on_time: 1, done_late: 1, skipped: 1, missed: 0, excused: 1 };
    assert_eq!(counted, expected);
    assert_eq!(digest.rates.adherence, Some(2.0 / 3.0));
    assert_eq!(digest.activities.len(), 2, "planned ones are listed");
    let later = Digest::new(week, &entries, &[], at("11T12:00"));
    assert_eq!((later.rates.expected, later.rates.open, later.must.open), (5, 2, 1));
    let over = Digest::new(week, &entries, &[], at("16T12:00"));
    assert_eq!((over.rates.missed, over.rates.adherence), (2, Some(2.0 / 5.0)));
    entries[4].occurrence = entries[4].occurrence.withdrawn();
    entries[5].occurrence = entries[5].occurrence.withdrawn();
    assert_eq!(Digest::new(week, &entries, &[], at("16T12:00")).activities.len(), 1, "withdrawn ones are not");
}

#[test]
fn words_are_shared_only_where_the_activity_shares_them() {
    let process = process(
        &[
            line("open", "every Monday at 10:00", ""),
            line("private", "every Monday at 11:00", "category = \"coaching\""),
        ]
        .concat(),
    );
    let mut entries: Vec<Entry> =
        entries(&process).into_iter().filter(|entry| entry.occurrence.date == date(2026, 12, 7)).collect();
    for entry in &mut entries {
        let outcome = Outcome { note: Some(format!("about {}", entry.activity.key)), ..Outcome::default() };
        entry.occurrence = entry.occurrence.act(Action::Done(outcome), &"U0ANA".into(), at("07T12:00")).unwrap();
    }
    entries.reverse();
    let zone = calendar(&process).zone;
    let story = Story::new(Week::of(date(2026, 12, 7)), &entries, &[], Default::default(), zone, at("11T16:00"));
    let notes: Vec<&str> = story.words.iter().map(|words| words.note.as_str()).collect();
    assert_eq!(notes, ["about open"]);
    assert!(story.so_far, "the week runs until Sunday");
    assert_eq!(story.finals().len(), 1, "only last week's figure is final");
}

#[test]
fn weeks_are_iso_weeks() {
    assert_eq!(Week::of(date(2027, 1, 3)).to_string(), "2026-W53");
    assert_eq!("2026-W53".parse::<Week>().unwrap().to(), date(2027, 1, 3));
    assert_eq!("2026-W01".parse::<Week>().unwrap().before().to_string(), "2025-W52");
    for bad in ["2025-W53", "2026-W00", "2026-W1", "2026-W54", "2026W49", "26-W49", "", "2026-W+1"] {
        assert!(bad.parse::<Week>().is_err(), "{bad}");
    }
    use jiff::civil::Weekday::{Friday, Monday, Sunday, Thursday, Tuesday, Wednesday};
    let usual = [Monday, Tuesday, Wednesday, Thursday, Friday];
    let covered =
        |day: i8, workweek: &[jiff::civil::Weekday]| Week::covered_on(date(2026, 12, day), workweek).to_string();
    assert_eq!((covered(10, &usual), covered(11, &usual)), ("2026-W49".to_owned(), "2026-W50".to_owned()));
    assert_eq!(covered(13, &usual), "2026-W50", "Sunday comes after Friday");
    let gulf = [Sunday, Monday, Tuesday, Wednesday, Thursday];
    assert_eq!((covered(9, &gulf), covered(10, &gulf)), ("2026-W49".to_owned(), "2026-W50".to_owned()));
}

#[test]
fn three_misses_in_a_row_are_noticed() {
    use super::review::{Aside, missed_in_a_row};
    let each = line("scan", "every workday at 09:00", "") + &line("talk", "every workday at 10:00", "per = \"rep\"");
    let process = process(&each);
    let mut all = entries(&process);
    let noticed = |all: &[Entry], when: &str| -> Vec<String> {
        missed_in_a_row(all, at(when))
            .into_iter()
            .map(|streak| format!("{} {}", streak.activity, streak.last))
            .collect()
    };
    assert_eq!(noticed(&all, "08T23:00"), [""; 0], "two days are not three");
    assert_eq!(noticed(&all, "09T23:00"), ["scan 2026-12-09", "talk 2026-12-09"]);
    // One rep's is enough to say that it is held; what is excused counts neither way.
    let on = |entry: &&mut Entry, key: &str, day: i8| {
        entry.activity.key.as_str() == key && entry.occurrence.date == date(2026, 12, day)
    };
    done(all.iter_mut().find(|entry| on(entry, "talk", 9)).unwrap(), "09T11:00");
    let excused = all.iter_mut().find(|entry| on(entry, "scan", 8)).unwrap();
    excused.occurrence.standing = Standing::Excused;
    assert_eq!(noticed(&all, "09T23:00"), [""; 0]);
    assert_eq!(noticed(&all, "10T23:00"), ["scan 2026-12-10"]);
    let streak = missed_in_a_row(&all, at("10T23:00")).remove(0);
    assert_eq!((streak.since, streak.last), (at("07T09:00"), date(2026, 12, 10)));
    assert_eq!(Aside::misses(&"U0ANA".into(), &streak).id, "misses.2026-12-10.scan.U0ANA");
    done(all.iter_mut().find(|entry| on(entry, "scan", 11)).unwrap(), "11T09:30");
    assert_eq!(noticed(&all, "11T23:00"), [""; 0], "whatever ends the row ends it");
}
