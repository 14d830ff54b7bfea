//! The time audit as it is typed, on the starter process and the demo's team.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PEOPLE: &str = r#"
[[leader]]
slack = "U0LEAD"
name = "Lee Park"

[[manager]]
slack = "U0ANA"
name = "Ana Ruiz"
time_zone = "America/Chicago"
leader = "U0LEAD"
capacity = "3h a week"
reps = [{ slack = "U0DANA", name = "Dana Wu" }, { slack = "U0OMAR", name = "Omar Haddad" }]
"#;

/// 2 h and 40 minutes of what is critical, 50 minutes of what is nice to have: too much for three hours.
const PROCESS: &str = r#"
[process]
name = "Small"

[[activity]]
key = "meeting"
title = "Team meeting"
when = "every Monday at 09:00"
minutes = 60

[[activity]]
key = "one-on-one"
title = "1:1 with the rep"
when = "every Tuesday at 10:00"
minutes = 50
per = "rep"

[[activity]]
key = "scan"
title = "Exception scan"
when = "every workday at 08:45"
minutes = 10
priority = "nice"
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.write("small.toml", PROCESS);
        desk.write("people.toml", PEOPLE);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    /// The real binary, on a Monday morning, with nothing of this machine's environment.
    fn onbeat(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onbeat"));
        command.args(words).current_dir(self.0.path()).env_clear().env("DATABASE_URL", "sqlite://onbeat.db");
        command.output().unwrap()
    }

    fn says(&self, words: &[&str]) -> String {
        let output = self.onbeat(words);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn load(&self, words: &[&str]) -> String {
        self.says(&[&["load", "--clock", "2026-11-30T08:00:00Z"], words].concat())
    }
}

fn shipped(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

#[test]
fn the_starter_process_fits_the_demo_team() {
    let (process, team) = (shipped("config/process.toml"), shipped("src/demo/team.toml"));
    let said = Desk::new().load(&[&process, &team]);
    assert!(said.contains("Everybody fits."), "{said}");
    for line in said.lines() {
        assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
    }
    insta::assert_snapshot!(said);
}

#[test]
fn who_is_over_is_told_what_would_fit() {
    let said = Desk::new().load(&["small.toml", "people.toml", "--from", "2027-01-04", "--to", "2027-03-28"]);
    insta::assert_snapshot!(said);
}

#[test]
fn programs_get_whole_minutes() {
    let said = Desk::new().load(&["small.toml", "people.toml", "--to", "2026-12-27", "--format", "json"]);
    let told: Value = serde_json::from_str(&said).unwrap();
    let ana = &told["managers"][0];
    assert_eq!(ana["minutes"], serde_json::json!({"must": 4 * 160, "nice": 4 * 50, "total": 4 * 210}));
    assert_eq!(ana["average_hours"]["week"]["total"], 3.5);
    assert_eq!((&ana["capacity_minutes"], &ana["over"], &ana["weeks_over"]), (&720.0.into(), &true.into(), &4.into()));
    assert_eq!(ana["additional_rep_minutes"], 4 * 50);
    assert_eq!(ana["by_week"][0]["week"], "2026-W49");
    assert_eq!(told["suggestions"][0]["changes"][0]["activity"], "scan");
    assert_eq!(told["suggestions"][0]["fits"], true);
}

#[test]
fn managers_of_whom_nothing_is_asked_are_not_nobody() {
    let desk = Desk::new();
    let free = PROCESS.replace("minutes =", "managers = []\nminutes =");
    desk.write("free.toml", &free);
    let said = desk.load(&["free.toml", "people.toml"]);
    assert!(said.contains("1 manager takes part, but nothing falls due for them"), "{said}");
    let said = desk.load(&["small.toml"]);
    assert!(said.contains("Nobody takes part yet: name a [[manager]]"), "{said}");
}

#[test]
fn unknown_managers_and_ranges_that_are_none_or_endless_are_refused() {
    let desk = Desk::new();
    for (words, problem) in [
        (&["--manager", "U0WHO"][..], "no manager has the id U0WHO"),
        (&["--from", "2027-01-02", "--to", "2027-01-01"], "--from 2027-01-02 lies after --to 2027-01-01"),
        (&["--from", "2027-01-02", "--to", "9999-12-31"], "a plan spans a hundred years at most"),
    ] {
        for command in ["load", "plan"] {
            let output = desk.onbeat(&[&[command, "small.toml", "people.toml"], words].concat());
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words:?}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains(problem), "{said}");
        }
    }
}

#[test]
fn check_and_apply_say_where_the_hours_go() {
    let desk = Desk::new();
    let checked = desk.onbeat(&["check", "small.toml", "people.toml"]);
    assert_eq!(checked.status.code(), Some(0), "to be over is no error");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.contains("It asks 3.5 h a week of a manager, more than they can give."), "{said}");
    let warned = String::from_utf8(checked.stderr).unwrap();
    assert!(warned.contains("warning: asked for more than they can give: Ana Ruiz (3.5 h a week of 3.0"), "{warned}");

    let clock = ["--clock", "2026-11-30T08:00:00Z"];
    desk.write("light.toml", &PROCESS.replace("minutes = 60", "minutes = 15"));
    let first = desk.says(&[&["apply", "light.toml", "people.toml"], &clock[..]].concat());
    assert!(first.contains("It asks 2.8 h a week of a manager, and there is time for it."), "{first}");
    let second = desk.onbeat(&[&["apply", "small.toml", "people.toml", "--dry-run"], &clock[..]].concat());
    let (out, err) = (String::from_utf8(second.stdout).unwrap(), String::from_utf8(second.stderr).unwrap());
    assert!(out.contains("Hours asked:\n  Ana Ruiz: 2.8 → 3.5 h a week of 3.0\n"), "{out}");
    assert!(err.contains("warning: now asked for more than they can give: Ana Ruiz (3.5 h a week of 3.0"), "{err}");
}
