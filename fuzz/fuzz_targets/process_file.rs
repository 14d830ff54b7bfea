//! Any text as a process file: it is refused at places inside it, or what `export` writes of it reads back as the same
//! process, and its plan is in order.

#![no_main]

use jiff::ToSpan;
use libfuzzer_sys::fuzz_target;
use onbeat_fuzz::TODAY;
use onbeat_fuzz::process::file::{Problem, SourceFile, Surroundings, read, write};
use onbeat_fuzz::process::plan::{Planned, stream};

/// A folder in which every holiday file is the same, and a workspace that knows one person.
struct Folder;

const HOLIDAYS: &str =
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270105\nDTEND:20270107\nSUMMARY:Two\\, off\nEND:VEVENT\nEND:VCALENDAR\n";

impl Surroundings for Folder {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        match path.len() {
            0..20 => Ok(SourceFile { name: path.to_owned(), text: HOLIDAYS.to_owned() }),
            _ => Err("there is no such file".to_owned()),
        }
    }

    fn user_by_email(&self, email: &str) -> Result<String, String> {
        if email == "a@b.c" { Ok("U0EMAIL".to_owned()) } else { Err("users_not_found".to_owned()) }
    }
}

fn source(text: &str) -> [SourceFile; 1] {
    [SourceFile { name: "process.toml".to_owned(), text: text.to_owned() }]
}

fn check_places(text: &str, problems: &[Problem]) {
    for problem in problems.iter().filter(|problem| problem.file == "process.toml") {
        let line = text.split('\n').nth(problem.line - 1).unwrap_or_else(|| panic!("{problem:?} is past the end"));
        assert!((1..=line.chars().count() + 1).contains(&problem.column), "{problem:?}");
        let place = format!("process.toml:{}:{}", problem.line, problem.column);
        assert!(problem.rendered.contains(&place) && !problem.message.is_empty(), "{problem:?}");
    }
}

fuzz_target!(|text: &str| {
    let (process, warnings) = match read(&source(text), TODAY, &Folder) {
        Ok(read) => read,
        Err(problems) => {
            assert!(!problems.is_empty());
            return check_places(text, &problems);
        }
    };
    check_places(text, &warnings);

    let written = write(&process);
    match read(&source(&written), TODAY, &Folder) {
        Ok((again, _)) => assert!(again == process, "{process:#?}\nwas written as\n{written}\nand read as\n{again:#?}"),
        Err(problems) => panic!("{text:?}\nwas written as\n{written}\nand refused: {problems:#?}"),
    }

    let planned: Vec<Planned<'_>> = stream(&process, TODAY, TODAY + 60.days()).take(5_000).collect();
    assert!(planned.windows(2).all(|pair| pair[0].in_order(&pair[1]).is_le()));
    assert!(planned.iter().all(|planned| planned.closes > planned.due));
});
