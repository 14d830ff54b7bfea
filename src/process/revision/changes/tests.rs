//! What is said of each change.

use super::*;
use crate::process::file::{SourceFile, Surroundings, read};

struct Nothing;

impl Surroundings for Nothing {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        Err(format!("{path} is not there"))
    }

    fn user_by_email(&self, email: &str) -> Result<String, String> {
        Err(format!("{email} is not there"))
    }
}

const OLD: &str = r#"
    [process]
    name = "Field sales"
    [[leader]]
    slack = "U0LEAD"
    name = "Lee Park"
    [[manager]]
    slack = "U0ANA"
    name = "Ana Ruiz"
    time_zone = "America/Chicago"
    leader = "U0LEAD"
    reps = [{ slack = "U0DANA", name = "Dana Wu" }, { slack = "U0EVAN", name = "Evan Cole" }]
    [[activity]]
    key = "review"
    title = "Pipeline review"
    when = "every Monday at 09:00"
    minutes = 60
"#;

fn process(text: &str) -> Process {
    let file = SourceFile { name: "process.toml".to_owned(), text: text.to_owned() };
    let read = read(&[file], jiff::civil::date(2026, 12, 1), &Nothing);
    read.unwrap_or_else(|problems| panic!("{}", problems[0].rendered)).0
}

#[test]
fn nothing_changed_is_nothing_said() {
    assert_eq!(changes(&process(OLD), &process(OLD)), Vec::<String>::new());
}

#[test]
fn changes_are_said_in_words() {
    let new = OLD
        .replace("every Monday at 09:00", "every Tuesday at 10:00")
        .replace("minutes = 60", "minutes = 45\nevidence = [\"note\"]\nmanagers = [\"U0BEN\"]")
        .replace(", { slack = \"U0EVAN\", name = \"Evan Cole\" }", ", { slack = \"U0FAY\", name = \"Fay Osei\" }")
        + r#"
        [[activity]]
        key = "scan"
        title = "Exception scan"
        when = "every workday at 09:00"
        minutes = 10
        [[manager]]
        slack = "U0BEN"
        name = "Ben Adler"
        leader = "U0LEAD"
        reps = [{ slack = "U0EVAN", name = "Evan Cole" }, { slack = "U0GUS", name = "Gus Marin" }]
        [[holiday]]
        date = 2026-12-24
        name = "Office closed"
        managers = ["U0ANA"]
        [calendar]
        workday = { start = "08:30" }
        [digest]
        channel = "C0SALES"
        "#;
    let lines = changes(&process(OLD), &process(&new));
    insta::assert_snapshot!(lines.join("\n"), @r"
    Workday: 09:00–17:00 → 08:30–17:00
    Digest, channel: none → C0SALES
    Pipeline review: every Monday at 09:00 → every Tuesday at 10:00
    Pipeline review: 60 → 45 minutes
    Pipeline review, evidence: none → note
    Pipeline review, held by: every manager → Ben Adler
    Exception scan is added: every workday at 09:00, 10 minutes
    Ben Adler joins, led by Lee Park, with Gus Marin
    Fay Osei joined the team of Ana Ruiz
    Evan Cole moved from Ana Ruiz to Ben Adler
    Holiday added: 2026-12-24 Office closed (for Ana Ruiz)
    ");
    let back = changes(&process(&new), &process(OLD));
    for line in [
        "Exception scan is retired",
        "Ben Adler leaves, and with them Gus Marin",
        "Evan Cole moved from Ben Adler to Ana Ruiz",
        "Fay Osei left the team of Ana Ruiz",
        "Holiday removed: 2026-12-24 Office closed (for Ana Ruiz)",
    ] {
        assert!(back.iter().any(|said| said == line), "{line}: {back:#?}");
    }
}

#[test]
fn a_phrase_says_what_is_different_in_it() {
    let said = |old: &str, new: &str| rhythm(&old.parse().unwrap(), &new.parse().unwrap());
    for (old, new, difference) in [
        ("every Monday at 09:00", "Every  mon at 09:00", None),
        ("every Monday at 09:00", "every Monday at 10:30", Some("every Monday, 09:00 → 10:30")),
        ("every Monday at 09:00", "every Friday at 09:00", Some("every Monday at 09:00 → every Friday at 09:00")),
        (
            "the first Monday of every month at 09:00",
            "the first Monday of every quarter at 10:00",
            Some(
                "monthly → quarterly (the first Monday of every month at 09:00 → the first Monday of every quarter at 10:00)",
            ),
        ),
        (
            "every Monday and Thursday at 09:00",
            "every other Monday at 09:00",
            Some("twice a week → every other week (every Monday and Thursday at 09:00 → every other Monday at 09:00)"),
        ),
        (
            "the last workday of every March and June at 09:00",
            "the last workday of every March at 09:00",
            Some(
                "twice a year → yearly (the last workday of every March and June at 09:00 → the last workday of every March at 09:00)",
            ),
        ),
        (
            "every Monday at 09:00",
            "every Monday at 09:00 starting 2027-01-04",
            Some("every Monday, starting at once → 2027-01-04"),
        ),
    ] {
        assert_eq!(said(old, new).as_deref(), difference, "{old} / {new}");
    }
}

/// Each key of the file that can change, and the line that tells it.
#[test]
fn every_key_is_told() {
    let base =
        OLD.to_owned() + "priority = \"must\"\n[calendar]\ncapacity = \"20h a week\"\n[digest]\nchannel = \"C0A\"\n";
    let activity = |key: &str| ("priority = \"must\"".to_owned(), format!("priority = \"must\"\n{key}"));
    let manager = |key: &str| ("leader = \"U0LEAD\"".to_owned(), format!("leader = \"U0LEAD\"\n{key}"));
    let calendar = |key: &str| ("[calendar]".to_owned(), format!("[calendar]\n{key}"));
    let plain = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    let cases = [
        (plain("\"Field sales\"", "\"Sales\""), "The process is renamed: Field sales → Sales"),
        (calendar("workweek = [\"Sun\", \"Mon\"]"), "Workweek: Mon, Tue, Wed, Thu, Fri → Sun, Mon"),
        (calendar("workday = { end = \"18:00\" }"), "Workday: 09:00–17:00 → 09:00–18:00"),
        (calendar("fiscal_year_starts = \"February\""), "The fiscal year starts in: January → February"),
        (plain("\"20h a week\"", "\"16.5h a week\""), "Capacity: 20h a week → 16.5h a week"),
        (plain("[calendar]", "[nudges]\nintensity = \"light\"\n[calendar]"), "Nudges: standard → light"),
        (plain("\"C0A\"", "\"C0B\""), "Digest, channel: C0A → C0B"),
        (
            plain("\"C0A\"", "\"C0A\"\nwhen = \"every Monday at 08:00\""),
            "Digest, time: every Friday at 16:00 → every Monday at 08:00",
        ),
        (plain("\"C0A\"", "\"C0A\"\ntime_zone = \"Asia/Tokyo\""), "Digest, time zone: UTC → Asia/Tokyo"),
        (plain("\"Pipeline review\"", "\"Deals\""), "Pipeline review is now called Deals"),
        (plain("minutes = 60", "minutes = 45"), "Pipeline review: 60 → 45 minutes"),
        (plain("\"must\"", "\"nice\""), "Pipeline review: must → nice"),
        (activity("outcome = \"Clean\""), "Pipeline review, expected outcome: none → “Clean”"),
        (activity("evidence = [\"note\", \"link\"]"), "Pipeline review, evidence: none → note, link"),
        (
            activity("evidence = [\"number\"]\nnumber = { label = \"Deals\", target = \"<= 2\" }"),
            "Pipeline review, number: none → “Deals”, wanted at most 2",
        ),
        (activity("category = \"pipeline\""), "Pipeline review, category: other → pipeline"),
        (activity("per = \"rep\""), "Pipeline review, held: once for each manager → once for each rep"),
        (activity("per = \"rep\"\nspread = true"), "Pipeline review, reps: all on each day → shared out over its days"),
        (activity("share_notes = false"), "Pipeline review, notes: shared → the writer's alone"),
        (activity("grace = \"1 workday\""), "Pipeline review, grace: end of week → 1 workday"),
        (activity("on_holiday = \"skip\""), "Pipeline review, on a day off: modified following → skip"),
        (activity("verify = \"leader\""), "Pipeline review, borne out by: nobody → the leader"),
        (activity("flexible = true"), "Pipeline review, standing time: fixed → the manager may move it"),
        (activity("managers = [\"U0ANA\"]"), "Pipeline review, held by: every manager → Ana Ruiz"),
        (plain("\"Ana Ruiz\"", "\"Ana R\""), "Ana Ruiz is now called Ana R"),
        (plain("\"Dana Wu\"", "\"Dana W\""), "Dana Wu is now called Dana W"),
        (plain("\"Dana Wu\"", "\"Dana Wu\", slot = 3"), "Dana Wu, slot: 0 → 3"),
        (plain("\"America/Chicago\"", "\"Asia/Tokyo\""), "Ana Ruiz, time zone: America/Chicago → Asia/Tokyo"),
        (manager("capacity = \"10h a week\""), "Ana Ruiz, capacity: as for all → 10h a week"),
        (manager("workday = { start = \"07:00\" }"), "Ana Ruiz, workday: as for all → 07:00–17:00"),
        (manager("intensity = \"active\""), "Ana Ruiz, nudges: as for all → active"),
        (plain("\"Lee Park\"", "\"Lee P\""), "Lee Park is now called Lee P"),
        (
            plain("\"Lee Park\"", "\"Lee Park\"\ndigest = { channel = \"C0WEST\" }"),
            "Digest of Lee Park, channel: as for all → C0WEST",
        ),
        (plain("[calendar]", "[[holiday]]\ndate = 2026-12-24\n[calendar]"), "Holiday added: 2026-12-24"),
    ];
    for ((old, new), line) in cases {
        assert!(base.contains(&old), "{old}");
        let said = changes(&process(&base), &process(&base.replacen(&old, &new, 1)));
        assert!(said.iter().any(|told| told == line), "{line}: {said:#?}");
    }
}

#[test]
fn leaders_and_what_comes_in_numbers() {
    let vic = "[[leader]]\nslack = \"U0VIC\"\nname = \"Vic Ito\"\n";
    let led = format!("{vic}{}", OLD.replace("name = \"Lee Park\"", "name = \"Lee Park\"\nleader = \"U0VIC\""));
    let moved = led.replace("leader = \"U0LEAD\"", "leader = \"U0VIC\"");
    assert_eq!(
        changes(&process(OLD), &process(&moved)),
        [
            "Vic Ito joins as a leader",
            "Lee Park is led by: nobody → Vic Ito",
            "Ana Ruiz moves from the leader Lee Park to Vic Ito"
        ]
    );
    let holidays: String = (1..=12).map(|month| format!("[[holiday]]\ndate = 2027-{month:02}-25\n")).collect();
    assert_eq!(
        changes(&process(OLD), &process(&(OLD.to_owned() + &holidays))),
        ["12 holidays added (2027-01-25 … 2027-12-25)"]
    );
    let spread = OLD.to_owned() + "per = \"rep\"\nspread = true\n";
    let shifted = spread.replace("{ slack = \"U0DANA\", name = \"Dana Wu\" }, ", "");
    assert_eq!(
        changes(&process(&spread), &process(&shifted)),
        [
            "Other slots, by their place in the file: Evan Cole (a `slot` of their own would stay)",
            "Dana Wu left the team of Ana Ruiz"
        ]
    );
    let many: String =
        (0..9).map(|n| format!("[[manager]]\nslack = \"U0M{n}\"\nname = \"M{n}\"\nleader = \"U0LEAD\"\n")).collect();
    assert_eq!(
        changes(&process(OLD), &process(&(OLD.to_owned() + &many))),
        ["9 managers join: M0, M1, M2, M3, M4 and 4 more"]
    );
    let slots = OLD.replace("\"Dana Wu\"", "\"Dana Wu\", slot = 0");
    assert_eq!(
        changes(&process(OLD), &process(&slots)),
        ["Nothing that anybody is asked: only the order or the spelling of the file"]
    );
    assert_eq!(
        beginning(&process(OLD)),
        ["Field sales begins: 1 activity, 1 manager with 2 reps, 1 leader", "Managers: Ana Ruiz"]
    );
}
