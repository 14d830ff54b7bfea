//! A year of 1,000 managers with 25 activities each, most of them held with six reps: about 2.5 million occurrences, as the
//! stream that `onbeat plan` writes out. `cargo bench --bench year`.
//!
//! Prints occurrences a second and the peak of memory, of a quarter first and then of the whole year: as a stream, the year
//! takes no more than the quarter.

use std::fmt::Write as _;
use std::time::Instant;

use jiff::civil::{Date, date};
use onbeat::process::Process;
use onbeat::process::file::{SourceFile, Surroundings, read};
use onbeat::process::plan::stream;

const MANAGERS: usize = 1_000;
const REPS: usize = 6;
const ZONES: [&str; 8] = [
    "America/New_York",
    "America/Chicago",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// Phrase, whether it is held per rep, and whether it is spread over the reps.
const ACTIVITIES: [(&str, bool, bool); 25] = [
    ("every workday at 08:45", false, false),
    ("every workday at 17:00", false, false),
    ("every Monday at 09:00", false, false),
    ("every Monday at 11:00", false, false),
    ("every Tuesday at 13:00", false, false),
    ("every Wednesday at 13:00", false, false),
    ("every Thursday at 16:00", false, false),
    ("every Friday at 15:00", false, false),
    ("every Monday at 10:00", true, false),
    ("every Tuesday at 16:30", true, false),
    ("every Wednesday at 16:30", true, false),
    ("every Friday at 10:00", true, false),
    ("every 2 weeks on Tuesday, Wednesday and Thursday at 10:00", true, true),
    ("the first Tuesday of every month at 14:00", true, false),
    ("the third and last workday of every month at 09:30", true, true),
    ("the 1st day of every month at 09:00", false, false),
    ("the 15th day of every month at 09:00", false, false),
    ("the last workday of every month at 15:30", false, false),
    ("the second-to-last Thursday of every month at 15:30", false, false),
    ("the fifth workday of every other month at 10:00", false, false),
    ("the first workday of every quarter at 09:00", false, false),
    ("the tenth workday of every quarter at 09:00", false, false),
    ("the last Friday of every quarter at 09:00", false, false),
    ("the second Tuesday of the third month of every quarter at 14:00", false, false),
    ("the third workday of every year at 09:00", false, false),
];

fn main() {
    // `cargo test --all-targets` runs benches too: a few managers show that it works.
    let managers = if std::env::args().any(|word| word == "--bench") { MANAGERS } else { 4 };
    let process = process(managers);
    println!("{managers} managers, {} activities, {REPS} reps each", ACTIVITIES.len());
    run("a quarter", &process, date(2027, 1, 1), date(2027, 3, 31));
    run("a year", &process, date(2027, 1, 1), date(2027, 12, 31));
}

fn run(name: &str, process: &Process, from: Date, to: Date) {
    let began = Instant::now();
    let mut count = 0_u64;
    let mut last = None;
    for planned in stream(process, from, to) {
        let due = planned.due.timestamp();
        assert!(last.is_none_or(|last| last <= due) && planned.closes > planned.due, "in order, and open for a while");
        (last, count) = (Some(due), count + 1);
    }
    let seconds = began.elapsed().as_secs_f64();
    let rate = count as f64 / seconds;
    println!(
        "{name:>9}: {count:>9} occurrences in {seconds:6.2} s, {rate:>9.0} a second, peak memory {}",
        peak_memory()
    );
}

/// The most memory that this program has had so far, as Linux tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

struct Folder;

impl Surroundings for Folder {
    fn holiday_file(&self, _beside: &str, path: &str) -> Result<SourceFile, String> {
        Ok(SourceFile { name: path.to_owned(), text: include_str!("../config/holidays/us.ics").to_owned() })
    }

    fn user_by_email(&self, _email: &str) -> Result<String, String> {
        Err("nobody is named by e-mail".to_owned())
    }
}

fn process(managers: usize) -> Process {
    let mut text = "[process]\nname = \"Large\"\n[calendar]\nholidays = [\"us.ics\"]\n\
        [[leader]]\nslack = \"U0LEAD\"\nname = \"Lee\"\n"
        .to_owned();
    for (number, (when, per_rep, spread)) in ACTIVITIES.iter().enumerate() {
        let per = if *per_rep { "rep" } else { "manager" };
        let one = format!("key = \"a{number}\"\ntitle = \"Activity {number}\"\nwhen = \"{when}\"\nminutes = 30");
        writeln!(text, "[[activity]]\n{one}\nper = \"{per}\"\nspread = {spread}").expect("a string takes all");
    }
    for number in 0..managers {
        let zone = ZONES[number % ZONES.len()];
        let rep = |rep| format!("{{ slack = \"U1R{number}X{rep}\", name = \"Rep {rep}\" }}");
        let reps = (0..REPS).map(rep).collect::<Vec<_>>().join(", ");
        let one = format!("slack = \"U0M{number}\"\nname = \"Manager {number}\"\nleader = \"U0LEAD\"");
        writeln!(text, "[[manager]]\n{one}\ntime_zone = \"{zone}\"\nreps = [{reps}]").expect("a string takes all");
    }
    let file = SourceFile { name: "large.toml".to_owned(), text };
    let (process, _) = read(&[file], date(2026, 12, 1), &Folder).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| problem.rendered.as_str()).collect::<Vec<_>>().join("\n"))
    });
    process
}
