//! What is legal but surely not meant is warned of, and a near miss is not.

use super::{GOOD, Problem, read_one, shown};

/// Replacements in the good file, each where it first stands.
type Edits<'e> = &'e [(&'e str, &'e str)];

fn warnings(edits: Edits<'_>) -> Vec<Problem> {
    let mut text = GOOD.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "`{old}` is not in\n{text}");
        text = text.replacen(old, new, 1);
    }
    read_one(&text).unwrap_or_else(|problems| panic!("{}\n\n{text}", shown(&problems))).1
}

/// One warning, at this place, that says this.
fn given(edits: Edits<'_>, line: usize, column: usize, words: &str) {
    let warnings = warnings(edits);
    assert_eq!(warnings.len(), 1, "{edits:?}\n{}", shown(&warnings));
    assert_eq!((warnings[0].line, warnings[0].column), (line, column), "{}", shown(&warnings));
    assert!(warnings[0].rendered.starts_with("warning: "), "{}", warnings[0].rendered);
    assert!(warnings[0].rendered.contains(words), "wanted `{words}`, not\n{}", warnings[0].rendered);
}

fn not_given(edits: Edits<'_>) {
    let warnings = warnings(edits);
    assert!(warnings.is_empty(), "{edits:?}\n{}", shown(&warnings));
}

const WHEN: &str = "every Monday at 09:00";
const MINUTES: &str = "minutes = 60";
const REPS: &str = "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]";
const NAME: &str = "name = \"Field sales\"\n";
const BEN: &str = "[[activity]]";
const WITH_BEN: &str = "[[manager]]\nslack = \"U0BEN\"\nname = \"Ben Adler\"\ntime_zone = \"America/Chicago\"\nleader = \"U0LEAD\"\n[[activity]]";

#[test]
fn an_ordinal_that_some_spans_lack_where_it_must_be_done() {
    for (phrase, words) in [
        ("the fifth Monday of every month at 09:00", "a fifth Monday"),
        ("the first and fifth Monday of every month at 09:00", "a fifth Monday"),
        ("the 31st day of every month at 09:00", "a 31st day"),
        ("the 29th day of every February at 09:00", "a 29th day"),
        ("the 31st day of every other month at 09:00 starting 2026-12-15", "a 31st day"),
        ("the 22nd workday of every month at 09:00", "a 22nd workday"),
        ("the 14th Tuesday of every quarter at 09:00", "such quarter"),
    ] {
        given(&[(WHEN, phrase)], 18, 8, words);
        not_given(&[(WHEN, phrase), (MINUTES, "minutes = 60\npriority = \"nice\"")]);
    }
    for phrase in [
        "the fourth Monday of every month at 09:00",
        "the tenth workday of every month at 09:00",
        "the 28th day of every month at 09:00",
        "the 31st day of every January and March at 09:00",
        "the 12th Tuesday of every quarter at 09:00",
        "the 31st day of every year at 09:00",
        "the last and third-to-last Friday of every month at 09:00",
        "the 30th day of the first month of every quarter at 09:00",
    ] {
        not_given(&[(WHEN, phrase)]);
    }
}

#[test]
fn a_time_outside_the_workday_of_whoever_holds_it() {
    given(&[("at 09:00", "at 17:00")], 18, 8, "outside the workday of Ana Ruiz");
    given(&[("at 09:00", "at 08:59")], 18, 8, "from 09:00 to 17:00");
    not_given(&[("at 09:00", "at 16:59")]);
    let late = "leader = \"U0LEAD\"\nworkday = { start = \"10:00\", end = \"18:00\" }";
    given(&[("leader = \"U0LEAD\"", late)], 19, 8, "from 10:00 to 18:00");
    given(&[(BEN, WITH_BEN), ("at 09:00", "at 18:00")], 23, 8, "Ana Ruiz and one more");
    let ben_late = "leader = \"U0LEAD\"\nworkday = { end = \"19:00\" }\n[[activity]]";
    given(
        &[(BEN, WITH_BEN), ("leader = \"U0LEAD\"\n[[activity]]", ben_late), ("at 09:00", "at 18:00")],
        24,
        8,
        "of Ana Ruiz",
    );
    let bens = "minutes = 60\nmanagers = [\"U0BEN\"]\n[[activity]]\nkey = \"x\"\ntitle = \"X\"\nwhen = \"every Friday at 09:00\"\nminutes = 5";
    not_given(&[
        (BEN, WITH_BEN),
        ("leader = \"U0LEAD\"\n[[activity]]", ben_late),
        ("at 09:00", "at 18:00"),
        (MINUTES, bens),
    ]);
}

#[test]
fn turns_that_bunch_at_the_end_of_the_workday() {
    let reps = |slots: [&str; 3]| {
        let rep = |(n, slot): (usize, &&str)| format!("{{ slack = \"U0REP{n}\", name = \"Rep {n}\"{slot} }}");
        format!("reps = [{}]", slots.iter().enumerate().map(rep).collect::<Vec<_>>().join(", "))
    };
    let spread = "minutes = 30\nper = \"rep\"\nspread = true";
    let (three, late) = (reps(["", "", ""]), ("at 09:00", "at 16:00"));
    given(&[(REPS, &three), late, (MINUTES, spread)], 18, 8, "2 of the reps of Ana Ruiz share 16:30");
    not_given(&[(REPS, &three), ("at 09:00", "at 15:30"), (MINUTES, spread)]);
    // Shared by choice, or not shared out at all.
    not_given(&[(REPS, &reps(["", "", ", slot = 1"])), late, (MINUTES, spread)]);
    not_given(&[(REPS, &three), late, (MINUTES, "minutes = 30\nper = \"rep\"")]);
}

#[test]
fn an_activity_that_nobody_has() {
    given(&[(MINUTES, "minutes = 60\nmanagers = []")], 20, 12, "held by nobody");
    given(&[(REPS, "reps = []"), (MINUTES, "minutes = 60\nper = \"rep\"")], 16, 7, "its managers have none");
    not_given(&[(REPS, "reps = []")]);
    not_given(&[(MINUTES, "minutes = 60\nmanagers = [\"U0ANA\"]\nper = \"rep\"")]);
}

#[test]
fn holidays_that_end_before_the_plan_does() {
    let with = |files: &str, effective: &str| format!("name = \"x\"\n{effective}[calendar]\nholidays = [{files}]\n");
    given(&[(NAME, &with("\"holidays/one.ics\"", ""))], 4, 12, "from 2027-07-06 on");
    not_given(&[(NAME, &with("\"holidays/one.ics\", \"holidays/us.ics\"", ""))]);
    let us = "\"holidays/us.ics\"";
    given(&[(NAME, &with(us, "effective = 2028-01-02\n"))], 5, 12, "from 2029-01-01 on");
    not_given(&[(NAME, &with(us, "effective = 2028-01-01\n"))]);
    let own = "leader = \"U0LEAD\"\nholidays = [\"holidays/one.ics\"]";
    given(&[("leader = \"U0LEAD\"", own)], 13, 12, "from 2027-07-06 on");
    not_given(&[(NAME, "name = \"x\"\n[[holiday]]\ndate = 2026-12-24\n")]);
}

#[test]
fn a_holiday_file_without_a_day_off() {
    let with =
        |file: &str| format!("name = \"x\"\n[calendar]\nholidays = [\"holidays/us.ics\", \"holidays/{file}.ics\"]\n");
    given(&[(NAME, &with("timed"))], 4, 32, "no day off in it");
    not_given(&[(NAME, &with("one"))]);
}

#[test]
fn a_start_more_than_a_year_away() {
    let starting = |date: &str| format!("every Monday at 09:00 starting {date}");
    given(&[(WHEN, &starting("2027-12-02"))], 18, 8, "on 2027-12-02");
    not_given(&[(WHEN, &starting("2027-12-01"))]);
    not_given(&[(WHEN, &starting("2028-05-01")), (NAME, "name = \"x\"\neffective = 2027-06-01\n")]);
    let digest = "name = \"x\"\n[digest]\nchannel = \"C1\"\ntime_zone = \"UTC\"\nwhen = \"every Friday at 16:00 starting 2062-01-01\"\n";
    given(&[(NAME, digest)], 6, 8, "on 2062-01-01");
    not_given(&[(NAME, &digest.replace("2062", "2027"))]);
}

#[test]
fn a_grace_longer_than_the_time_between() {
    let grace = |grace: &str| format!("minutes = 60\ngrace = \"{grace}\"");
    given(&[(MINUTES, &grace("6 workdays"))], 20, 9, "still open when the next one is over");
    not_given(&[(MINUTES, &grace("5 workdays"))]);
    given(&[(WHEN, "every workday at 09:00"), (MINUTES, &grace("2 workdays"))], 20, 9, "still open");
    not_given(&[(WHEN, "every workday at 09:00"), (MINUTES, &grace("1 workday"))]);
    not_given(&[(WHEN, "every Monday and Tuesday at 09:00"), (MINUTES, &grace("end of week"))]);
    let spread = format!("{}\nper = \"rep\"\nspread = true", grace("6 workdays"));
    not_given(&[(WHEN, "every other Monday at 09:00"), (MINUTES, &spread)]);
}

#[test]
fn a_weekday_outside_the_workweek() {
    given(&[(WHEN, "every Friday and Saturday at 09:00")], 18, 8, "Saturday is not in the workweek");
    given(&[(WHEN, "the first Sunday of every month at 09:00")], 18, 8, "Sunday is not in the workweek");
    let sunday = "name = \"x\"\n[calendar]\nworkweek = [\"Sun\", \"Mon\", \"Tue\", \"Wed\", \"Thu\"]\n";
    not_given(&[(NAME, sunday), (WHEN, "every Sunday at 09:00")]);
    not_given(&[(WHEN, "every day at 09:00")]);
}

#[test]
fn a_counted_day_that_is_skipped_on_weekends() {
    let skip = (MINUTES, "minutes = 60\non_holiday = \"skip\"");
    given(&[(WHEN, "the 15th day of every month at 09:00"), skip], 20, 14, "dropped whenever");
    not_given(&[(WHEN, "the 15th workday of every month at 09:00"), skip]);
    not_given(&[(WHEN, "the 15th day of every month at 09:00")]);
    not_given(&[
        (WHEN, "the 15th day of every month at 09:00"),
        (MINUTES, "minutes = 60\non_holiday = \"skip\"\npriority = \"nice\""),
    ]);
}

#[test]
fn two_activities_that_read_alike() {
    let second = |title: &str, managers: &str| {
        format!(
            "minutes = 60{managers}\n[[activity]]\nkey = \"b\"\ntitle = \"{title}\"\nwhen = \"every Friday at 09:00\"\nminutes = 5\n"
        )
    };
    given(&[(MINUTES, &second("pipeline Review", ""))], 22, 9, "the title of `review` too");
    not_given(&[(MINUTES, &second("Pipeline reviews", ""))]);
    let bens = second("Pipeline review", "\nmanagers = [\"U0ANA\"]") + "managers = [\"U0BEN\"]";
    not_given(&[(BEN, WITH_BEN), (MINUTES, &bens)]);
}

#[test]
fn people_with_nothing_to_do() {
    let anas = (MINUTES, "minutes = 60\nmanagers = [\"U0ANA\"]");
    given(&[(BEN, WITH_BEN), anas], 16, 9, "Ben Adler has no activity");
    not_given(&[(BEN, WITH_BEN)]);
    let val = "[[leader]]\nslack = \"U0VP\"\nname = \"Val\"\n[[leader]]";
    given(&[("[[leader]]", val)], 5, 9, "Val leads nobody");
    not_given(&[("[[leader]]", val), ("name = \"Lee Park\"", "name = \"Lee Park\"\nleader = \"U0VP\"")]);
}

#[test]
fn a_time_zone_that_nobody_named() {
    given(&[("time_zone = \"America/Chicago\"\n", "")], 9, 9, "UTC");
    given(&[(NAME, "name = \"x\"\n[digest]\nchannel = \"C1\"\n")], 4, 11, "UTC");
    not_given(&[(NAME, "name = \"x\"\n[digest]\nchannel = \"C1\"\ntime_zone = \"Europe/Paris\"\n")]);
}

#[test]
fn a_digest_that_nobody_gets() {
    let digest = "name = \"x\"\n[digest]\nwhen = \"every Friday at 16:00\"\ntime_zone = \"UTC\"\n";
    given(&[(NAME, digest)], 4, 8, "no channel");
    not_given(&[(NAME, digest), ("name = \"Lee Park\"", "name = \"Lee Park\"\ndigest = { channel = \"C1\" }")]);
}

#[test]
fn a_rep_who_is_to_bear_out_what_no_rep_is_part_of() {
    given(&[(MINUTES, "minutes = 60\nverify = \"rep\"")], 20, 10, "there is no rep to bear it out");
    not_given(&[(MINUTES, "minutes = 60\nverify = \"rep\"\nper = \"rep\"")]);
    not_given(&[(MINUTES, "minutes = 60\nverify = \"leader\"")]);
}
