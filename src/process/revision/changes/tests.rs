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
    Workday: 09:00 to 17:00 → 08:30 to 17:00
    Digest, channel: none → C0SALES
    Pipeline review: every Monday at 09:00 → every Tuesday at 10:00
    Pipeline review: 60 minutes → 45 minutes
    Pipeline review, evidence: none → note
    Pipeline review, held by: every manager → Ben Adler
    Exception scan is new: every workday at 09:00, 10 minutes
    Ben Adler joins
    Fay Osei joins the team of Ana Ruiz
    Evan Cole moves from Ana Ruiz to Ben Adler
    Day off added: 2026-12-24 Office closed (for Ana Ruiz)
    ");
    let back = changes(&process(&new), &process(OLD));
    assert!(back.contains(&"Ben Adler leaves".to_owned()) && back.contains(&"Exception scan is dropped".to_owned()));
}
