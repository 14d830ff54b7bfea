//! Odd, but good; and what is good but surely not meant.

use jiff::civil::{date, time};

use super::super::emails;
use super::{Folder, GOOD, Problem, Process, TODAY, file, read, read_one, shown};
use crate::process::{Comparison, Grace, Intensity, Per, Priority, Target, UserId, Verify};

fn good(text: &str) -> (Process, Vec<Problem>) {
    read_one(text).unwrap_or_else(|problems| panic!("{}\n\n{text}", shown(&problems)))
}

fn with_activity(keys: &str) -> Process {
    good(&GOOD.replace("minutes = 60", &format!("minutes = 60\n{keys}"))).0
}

#[test]
fn defaults_are_filled_in() {
    let (process, _) = good(GOOD);
    assert_eq!((process.calendar.workday.start, process.calendar.workday.end), (time(9, 0, 0, 0), time(17, 0, 0, 0)));
    assert_eq!((process.calendar.capacity, process.calendar.fiscal_year_starts), (1200, 1));
    assert_eq!((process.intensity, process.effective, process.revision), (Intensity::Standard, None, None));
    let activity = &process.activities[0];
    assert_eq!((activity.per, activity.priority, activity.verify), (Per::Manager, Priority::Must, Verify::None));
    assert_eq!((activity.grace, activity.flexible, activity.share_notes), (Grace::EndOfWeek, false, true));
    assert!(!with_activity("category = \"coaching\"").activities[0].share_notes);
    assert!(with_activity("category = \"coaching\"\nshare_notes = true").activities[0].share_notes);
    assert!(with_activity("priority = \"nice\"").activities[0].flexible);
}

#[test]
fn every_key_of_the_contract_is_read() {
    let text = GOOD.replace(
        "[process]\nname = \"Field sales\"\n",
        "[process]\nname = \"Field sales\"\neffective = 2026-12-01\nrevision = 7\n[calendar]\nworkweek = [\"Sunday\", \"mon\"]\n\
         workday = { start = \"08:30\", end = \"17:30\" }\nfiscal_year_starts = \"february\"\n\
         holidays = [\"holidays/us.ics\", \"holidays/one.ics\"]\ncapacity = \"16.5h a week\"\n[nudges]\nintensity = \"light\"\n\
         [digest]\nchannel = \"C0SALES\"\nwhen = \"every Friday at 16:00\"\ntime_zone = \"America/New_York\"\n\
         [[holiday]]\ndate = 2026-12-24\nname = \"Office closed\"\nmanagers = [\"U0ANA\"]\n",
    );
    let text = text.replace("Lee Park\"\n", "Lee Park\"\nleader = \"U0VP\"\ndigest = { channel = \"C0WEST\" }\n[[leader]]\nslack = \"U0VP\"\nname = \"Val\"\n");
    let (process, warnings) = good(&text.replace(
        "minutes = 60",
        "minutes = 60\nevidence = [\"note\", \"number\", \"link\"]\nnumber = { label = \"Deals\", target = \"< -2.5\" }\ngrace = \"1 workday\"",
    ));
    assert_eq!(shown(&warnings), "");
    assert_eq!(process.effective, Some(date(2026, 12, 1)));
    assert_eq!((process.revision, process.calendar.capacity, process.calendar.fiscal_year_starts), (Some(7), 990, 2));
    assert!(process.holidays.iter().any(|(_, holiday)| holiday.name.as_deref() == Some("Day off")));
    assert_eq!(process.holidays.name(date(2026, 12, 24)), Some("Office closed"));
    assert_eq!(process.leaders[0].digest.channel.as_deref(), Some("C0WEST"));
    let number = process.activities[0].number.as_ref().expect("asked for");
    assert_eq!(number.target, Some(Target { comparison: Comparison::Below, value: -2.5 }));
    assert_eq!(process.activities[0].grace, Grace::Workdays(1));
}

#[test]
fn people_may_be_named_by_address_anywhere() {
    let text =
        GOOD.replace("\"U0ANA\"", "\"ana@example.com\"").replace("leader = \"U0LEAD\"", "leader = \"lee@example.com\"");
    let text = text.replace("minutes = 60", "minutes = 60\nmanagers = [\"ana@example.com\"]");
    assert_eq!(emails(&[file("a.toml", &text)]), ["ana@example.com", "lee@example.com"].map(String::from));
    let (process, _) = good(&text);
    assert_eq!(process.managers[0].slack, UserId::from("U0ANA"));
    assert_eq!(process.managers[0].leader, UserId::from("U0LEAD"));
    assert_eq!(process.activities[0].managers, Some(vec![UserId::from("U0ANA")]));
    assert_eq!(emails(&[file("a.toml", "this is = = no TOML\nslack = \"x@y.z\"")]).len(), 0);
}

/// What to replace in the good file, and by what.
#[rustfmt::skip] // one case a line
const ODD: &[(&str, &str)] = &[
        ("[process]\nname =", "process.name ="),
        ("name = \"Field sales\"", "name = \"\"\"\nField \\\n   sales\"\"\""),
        ("name = \"Field sales\"", "\"name\" = 'Field \u{1f680} \"sales\"'"),
        (
            "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]",
            "[[manager.reps]]\nslack = \"U0DANA\"\nname = \"Dana Wu\"",
        ),
        ("reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]", "reps = []"),
        ("every Monday at 09:00", " EVERY   mon,  and wed at 09:00 "),
        ("minutes = 60", "minutes = 0x3c # the same"),
        ("minutes = 60", "minutes = 60\non_holiday = \"modified following\"\ngrace = \"END of  week\""),
        ("minutes = 60", "minutes = 60\noutcome = \"\"\"Two\nlines\"\"\""),
        ("minutes = 60", "minutes = 60\nevidence = []\nmanagers = [\"U0ANA\"]"),
        ("slack = \"U0LEAD\"\n", "slack = \"W0LEAD\"\nname = \"Val\"\n[[leader]]\nslack = \"U0LEAD\"\n"),
        ("time_zone = \"America/Chicago\"", "time_zone = \"america/chicago\""),
        ("time_zone = \"America/Chicago\"", "time_zone = \"Asia/Kathmandu\""),
        ("[process]\n", "# A remark with \u{201c}curly\u{201d} quotes\n\n[ process ] # and one behind\n"),
        ("[[activity]]", "[[ activity ]]"),
        ("[[leader]]", "[nudges]\n[digest]\n[calendar]\n[[leader]]"),
        ("name = \"Field sales\"", "name = \"the \\\"field\\\" \\u0073ales, C:\\\\x\""),
        ("name = \"Field sales\"", "name='Ventes & \u{43f}\u{440}\u{43e}\u{434}\u{430}\u{436}\u{438}'"),
        ("name = \"Field sales\"", "name = \"x\"\neffective = 1999-12-31"),
        (
            "name = \"Field sales\"",
            "name = \"x\"\n[calendar]\nworkweek = [\n  \"sunday\", # first\n  \"MON\",\n]\nworkday.start = \"00:00\"\nworkday.end = \"23:59\"",
        ),
        (
            "name = \"Field sales\"",
            "name = \"x\"\n[calendar]\ncapacity = \"0.5 H  A Week\"\nfiscal_year_starts = \"FEBRUARY\"",
        ),
        ("name = \"Field sales\"", "name = \"x\"\n[[holiday]]\ndate = 2026-12-25\n[[holiday]]\ndate = 2026-12-25"),
        (
            "name = \"Field sales\"",
            "name = \"x\"\n[digest]\nchannel = \"G0PRIVATE\"\nwhen = \"the last workday of every month at 16:00\"\ntime_zone = \"UTC\"",
        ),
        (
            "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]",
            "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\", slot = 9_999 }]",
        ),
        (
            "reps = [{ slack = \"U0DANA\", name = \"Dana Wu\" }]",
            "reps = [\n  { name = \"Dana Wu\", slack = \"U0DANA\" },\n]",
        ),
        (
            "leader = \"U0LEAD\"",
            "leader = \"U0LEAD\"\nworkday = { end = \"18:00\" }\ncapacity = \"12h a week\"\nintensity = \"light\"",
        ),
        (
            "every Monday at 09:00",
            "on THE 2ND AND second-to-last Workday of the third month of every quarter at 16:59 starting 2026-02-28",
        ),
        ("minutes = 60", "minutes = 2_400"),
        (
            "minutes = 60",
            "minutes = 60\nevidence = [\"number\"]\nnumber = { label = \"Deals\", target = \"  >=-0.5 \" }",
        ),
        ("minutes = 60", "minutes = 60\ngrace = \"0 workdays\"\nmanagers = []\npriority = \"nice\""),
        (
            "minutes = 60",
            "minutes = 60\nper = \"rep\"\nspread = true\nverify = \"system\"\nflexible = true\nshare_notes = false",
        ),
        ("key = \"review\"", "key = \"-1-\""),
        ("title = \"Pipeline review\"", "title = \"\u{1f680} every Monday at 9\""),
];

#[test]
fn odd_files_are_good() {
    for (old, new) in ODD {
        let text = GOOD.replacen(old, new, 1);
        assert_ne!(text, GOOD, "`{old}` is not in the good file");
        good(&text);
        good(&format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
}

#[test]
fn people_and_process_may_live_in_two_files() {
    let (process, people) = GOOD.split_once("[[leader]]").expect("there is a leader");
    let (people, activity) = people.split_once("[[activity]]").expect("there is an activity");
    let files = [
        file("people.toml", &format!("[process]\nrevision = 2\n[[leader]]{people}")),
        file("process.toml", &format!("{process}[[activity]]{activity}")),
    ];
    let (process, _) = read(&files, TODAY, &Folder).unwrap_or_else(|problems| panic!("{}", shown(&problems)));
    assert_eq!((process.revision, process.name.as_str(), process.managers.len()), (Some(2), "Field sales", 1));
}

#[test]
fn who_leads_and_is_a_manager_has_one_leader_above() {
    let ana = "[[leader]]\nslack = \"U0ANA\"\nname = \"Ana Ruiz\"\n[[leader]]\nslack = \"U0LEAD\"";
    let (process, _) = good(&GOOD.replacen("[[leader]]\nslack = \"U0LEAD\"", ana, 1));
    assert_eq!(process.leaders[0].leader, Some(UserId::from("U0LEAD")));
}
