//! Bad files and where they say it; odd files that are good; the starter files; the round trip.

mod bad;
mod good;
mod reference;
mod round_trip;
mod warned;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday, date};

use super::{Problem, SourceFile, Surroundings, read};
use crate::process::Process;
use crate::process::plan::plan_manager;

pub(super) const TODAY: Date = date(2026, 12, 1);

/// A folder with a few holiday files, and a workspace with two people.
pub(super) struct Folder;

impl Surroundings for Folder {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        let text = match path {
            "holidays/us.ics" | "holidays/mexico.ics" => include_str!("../../../../config/holidays/us.ics"),
            "holidays/one.ics" => {
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270705\nSUMMARY:Day off\nEND:VEVENT\nEND:VCALENDAR\n"
            }
            "holidays/timed.ics" => {
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270705T090000Z\nSUMMARY:A call\nEND:VEVENT\nEND:VCALENDAR\n"
            }
            "holidays/bad.ics" => "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20271399\nEND:VEVENT\nEND:VCALENDAR\n",
            _ => return Err("there is no such file".to_owned()),
        };
        Ok(SourceFile { name: format!("config/{path}"), text: text.to_owned() })
    }

    fn user_by_email(&self, email: &str) -> Result<String, String> {
        match email {
            "ana@example.com" => Ok("U0ANA".to_owned()),
            "lee@example.com" => Ok("U0LEAD".to_owned()),
            _ => Err("users_not_found".to_owned()),
        }
    }
}

pub(super) fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.to_owned() }
}

pub(super) fn read_one(text: &str) -> Result<(Process, Vec<Problem>), Vec<Problem>> {
    read(&[file("process.toml", text)], TODAY, &Folder)
}

pub(super) fn shown(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.rendered.as_str()).collect::<Vec<_>>().join("\n\n")
}

/// A process with two managers that reads without a word said.
pub(super) const GOOD: &str = r#"[process]
name = "Field sales"

[[leader]]
slack = "U0LEAD"
name = "Lee Park"

[[manager]]
slack = "U0ANA"
name = "Ana Ruiz"
time_zone = "America/Chicago"
leader = "U0LEAD"
reps = [{ slack = "U0DANA", name = "Dana Wu" }]

[[activity]]
key = "review"
title = "Pipeline review"
when = "every Monday at 09:00"
minutes = 60
"#;

#[test]
fn the_good_one_is_good() {
    let (process, warnings) = read_one(GOOD).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    assert_eq!(shown(&warnings), "");
    assert_eq!((process.managers.len(), process.activities.len()), (1, 1));
}

#[test]
fn the_starter_files_read_without_a_word() {
    let process = include_str!("../../../../config/process.toml");
    let teams = [include_str!("../../../../config/team.example.toml"), include_str!("../../../demo/team.toml")];
    for team in teams {
        let files = [file("config/process.toml", process), file("config/team.toml", team)];
        let (process, warnings) =
            read(&files, TODAY, &Folder).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
        assert_eq!(shown(&warnings), "");
        assert_eq!(process.activities.len(), 23);
        assert_eq!(process.holidays.name(date(2027, 7, 5)), Some("Independence Day (observed)"));
    }
    let (process, warnings) = read_one(process).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    assert_eq!((process.managers.len(), shown(&warnings).as_str()), (0, ""));
}

/// The starter process is one that a manager could live through: no day of it is crowded, nor a week.
#[test]
fn the_starter_process_is_livable() {
    let files = [
        file("config/process.toml", include_str!("../../../../config/process.toml")),
        file("config/team.toml", include_str!("../../../demo/team.toml")),
    ];
    let (process, _) = read(&files, TODAY, &Folder).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    let (from, to) = (date(2027, 1, 4), date(2027, 12, 31));
    for manager in &process.managers {
        let mut days: BTreeMap<Date, u32> = BTreeMap::new();
        let planned = plan_manager(&process, manager, from, to);
        let total: u32 = planned.iter().map(|planned| planned.activity.minutes).sum();
        let single = |minutes: u32| minutes < 480; // plans of several days are not done on the day they are due
        for planned in planned.iter().filter(|planned| single(planned.activity.minutes)) {
            *days.entry(planned.date).or_default() += planned.activity.minutes;
        }
        let (day, most) = days.iter().max_by_key(|(_, minutes)| **minutes).expect("a year of days");
        assert!(*most <= 7 * 60, "{}: {most} minutes on {day}", manager.name);
        let monday = days.iter().filter(|(day, _)| day.weekday() == Weekday::Monday).map(|(_, minutes)| *minutes);
        assert!(monday.max() <= Some(5 * 60), "{}", manager.name);
        assert!(total / 52 <= 16 * 60, "{}: {} minutes a week", manager.name, total / 52);
    }
}
