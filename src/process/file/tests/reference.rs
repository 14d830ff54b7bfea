//! `docs/process-file.md` says what the code does: every block of it is read, every phrase parsed, every table computed.

use jiff::civil::{Date, DateTime, date, time};
use jiff::tz::TimeZone;

use super::{Folder, TODAY, file, read, shown};
use crate::process::file::words::{self, Word};
use crate::process::holidays::Holiday;
use crate::process::phrase::month_named;
use crate::process::plan::{closes, plan_manager};
use crate::process::recurrence::{Rule, default_grace, occurrences};
use crate::process::{Calendar, Holidays, OnHoliday, Phrase, Process, Workday};

const REFERENCE: &str = include_str!("../../../../docs/process-file.md");

const FROM: Date = date(2026, 12, 1);

/// The ```toml blocks, in order.
fn blocks() -> Vec<&'static str> {
    REFERENCE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().expect("a block ends")).collect()
}

/// A block as a whole process: what it leaves out stands in other files beside it.
fn process_of(block: &str) -> Process {
    let mut files = vec![file("block.toml", block)];
    for (head, text) in [
        ("[process]", "[process]\nname = \"x\"\n"),
        ("[[leader]]", "[[leader]]\nslack = \"U0LEAD\"\nname = \"Lee Park\"\n"),
        (
            "[[manager]]",
            "[[manager]]\nslack = \"U0ANA\"\nname = \"Ana Ruiz\"\ntime_zone = \"America/Chicago\"\nleader = \"U0LEAD\"\n",
        ),
    ] {
        if !block.contains(head) {
            files.push(file("beside.toml", text));
        }
    }
    let (process, warnings) =
        read(&files, TODAY, &Folder).unwrap_or_else(|problems| panic!("{}\n\n{block}", shown(&problems)));
    assert_eq!(shown(&warnings), "", "{block}");
    process
}

/// The rows of the table with this head, cell by cell, without backticks.
fn table(head: &str) -> Vec<Vec<String>> {
    let (_, rest) = REFERENCE.split_once(&format!("\n{head}\n")).unwrap_or_else(|| panic!("no table {head}"));
    let rows = rest.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells =
        |row: &str| row.trim_matches('|').split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect();
    rows.map(cells).collect()
}

fn calendar(days_off: &str, fiscal_year_starts: &str) -> Calendar {
    let mut holidays = Holidays::default();
    for day in days_off.split(", ").filter(|day| *day != "none") {
        holidays.add(day.parse().expect("a date"), Holiday { name: None, managers: None });
    }
    Calendar {
        workweek: super::super::settings::DEFAULT_WORKWEEK.to_vec(),
        workday: Workday { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) },
        fiscal_year_starts: month_named(fiscal_year_starts).expect("a month"),
        zone: TimeZone::UTC,
        holidays,
    }
}

/// As many dates as the cell names.
fn falls_due(phrase: &str, on_holiday: OnHoliday, calendar: &Calendar, cell: &str) -> String {
    let phrase: Phrase = phrase.parse().unwrap_or_else(|error| panic!("{phrase}: {error:?}"));
    let due = occurrences(&Rule::new(&phrase, on_holiday), calendar, FROM, date(2033, 1, 1));
    let dates = due.iter().take(cell.split(", ").count()).map(|due| due.strftime("%a %Y-%m-%d").to_string());
    dates.collect::<Vec<_>>().join(", ")
}

/// Collects what the tables say beside what is so, and complains of all at once.
fn compare(head: &str, actual: impl Fn(&[String]) -> String) {
    let mut wrong = Vec::new();
    for row in table(head) {
        let (said, actual) = (row.last().expect("cells"), actual(&row));
        if *said != actual {
            wrong.push(format!("{}\u{1f}{actual}", row.join("|")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_block_is_a_good_file() {
    assert!(blocks().len() >= 7);
    for block in blocks() {
        process_of(block);
    }
}

#[test]
fn every_phrase_is_understood() {
    let mut phrases = 0;
    for quoted in REFERENCE.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains('\n')) {
        let begins = ["every ", "the ", "on every "].iter().any(|word| quoted.starts_with(word));
        if begins && quoted.contains(" at ") {
            assert!(quoted.parse::<Phrase>().is_ok(), "{quoted}");
            phrases += 1;
        }
    }
    assert!(phrases > 40, "{phrases}");
}

#[test]
fn phrases_fall_due_as_the_table_says() {
    compare("| phrase | falls due |", |row| {
        falls_due(&row[0], OnHoliday::default(), &calendar("none", "January"), &row[1])
    });
}

#[test]
fn fiscal_years_begin_as_the_table_says() {
    compare("| phrase | fiscal year from | falls due |", |row| {
        falls_due(&row[0], OnHoliday::default(), &calendar("none", &row[1]), &row[2])
    });
}

#[test]
fn days_off_move_as_the_table_says() {
    compare("| phrase | days off | on_holiday | falls due |", |row| {
        let convention = OnHoliday::ALL.iter().find(|one| one.word() == row[2]).expect("a convention");
        falls_due(&row[0], *convention, &calendar(&row[1], "January"), &row[3])
    });
}

#[test]
fn graces_close_as_the_table_says() {
    compare("| due | grace | days off | closes |", |row| {
        let calendar = calendar(&row[2], "January");
        let due = DateTime::strptime("%a %Y-%m-%d %H:%M", &row[0]).expect("a date and a time");
        let due = calendar.instant(due.date(), due.time());
        let grace = words::grace(&row[1]).expect("a grace");
        closes(&calendar, grace, due.date(), &due).strftime("%a %Y-%m-%d %H:%M").to_string()
    });
}

#[test]
fn default_graces_are_as_the_table_says() {
    let phrases = [
        &["every day", "every workday"][..],
        &["every Monday", "every other Monday", "every 3 weeks on Monday"],
        &["the first day of every month", "the first day of every other month"],
        &[
            "the first day of every quarter",
            "the first day of the second month of every quarter",
            "the first day of every year",
            "the first day of every May",
        ],
    ];
    let rows = table("| rhythm | grace |");
    assert_eq!(rows.len(), phrases.len());
    for (row, phrases) in rows.iter().zip(phrases) {
        for phrase in phrases {
            let phrase: Phrase = format!("{phrase} at 09:00").parse().expect("a phrase");
            assert_eq!(words::grace_word(default_grace(&phrase)), row[1], "{phrase}");
        }
    }
}

#[test]
fn reps_have_the_days_that_the_table_says() {
    let block = blocks().into_iter().find(|block| block.contains("spread = true")).expect("one about spread");
    let process = process_of(block);
    let planned = plan_manager(&process, &process.managers[0], FROM, date(2026, 12, 7));
    compare("| rep | falls due |", |row| {
        let own = planned.iter().filter(|planned| planned.rep.is_some_and(|rep| rep.name == row[0]));
        own.map(|planned| planned.due.strftime("%a %Y-%m-%d %H:%M").to_string()).collect::<Vec<_>>().join(", ")
    });
}

#[test]
fn clocks_change_as_the_table_says() {
    compare("| phrase | zone | falls due |", |row| {
        let calendar = Calendar { zone: TimeZone::get(&row[1]).expect("a zone"), ..calendar("none", "January") };
        let phrase: Phrase = row[0].parse().expect("a phrase");
        let due = occurrences(&Rule::new(&phrase, OnHoliday::default()), &calendar, FROM, date(2028, 1, 1));
        due[0].strftime("%a %Y-%m-%d %H:%M %:z").to_string()
    });
}
