//! Each bad file with the place and the word that its error must name.

mod shape;
mod values;

use proptest::prelude::*;

use super::{Folder, GOOD, TODAY, file, read, read_one, shown};
use crate::process::file::MOST_PROBLEMS;
use crate::process::phrase::typed::TYPED;

/// What to replace in the good file (where it first stands) and by what; line and column of the first problem, and a word
/// that it says.
type Bad = (&'static str, &'static str, usize, usize, &'static str);

#[rustfmt::skip] // one case a line
const BAD: &[Bad] = &[
    // The shape of the file.
    ("[process]", "[proces]", 1, 2, "did you mean `process`?"),
    ("[process]", "[[process]]", 1, 1, "one table, `[process]`"),
    ("[process]\n", "process = 3\n[processes]\n", 1, 11, "`process` is a whole number here"),
    ("[[activity]]", "[activity]", 15, 1, "`[[activity]]`, in double brackets"),
    ("name = \"Field sales\"", "", 1, 1, "needs `name`"),
    ("name = \"Field sales\"", "name = \"\"", 2, 8, "is empty"),
    ("name = \"Field sales\"", "name = \" \\t\"", 2, 8, "is empty"),
    ("name = \"Field sales\"", "name = \"a\\nb\"", 2, 8, "line break"),
    ("name = \"Field sales\"", "name = 7", 2, 8, "a whole number"),
    ("name = \"Field sales\"", "name = \"a\"\nname = \"b\"", 3, 1, "`name` is given twice"),
    ("name = \"Field sales\"", "name = \"a", 2, 10, "quotes are not closed"),
    ("name = \"Field sales\"", "name =", 2, 7, "a value is missing"),
    ("name = \"Field sales\"", "name = \"x\"\neffective = \"2026-12-01\"", 3, 13, "without quotes"),
    ("name = \"Field sales\"", "name = \"x\"\neffective = 2026-12-01T09:00:00", 3, 13, "without quotes"),
    ("name = \"Field sales\"", "name = \"x\"\neffective = 2026-02-30", 3, 13, "day between 01 and 28"),
    ("name = \"Field sales\"", "name = \"x\"\neffective = 0000-01-01", 3, 13, "0001 to 9998"),
    ("name = \"Field sales\"", "name = \"x\"\nrevision = 0", 3, 12, "from 1"),
    // [calendar], [nudges], [digest], [[holiday]].
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkweek = []", 4, 12, "workweek is empty"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkweek = [\"Mon\", \"mon\"]", 4, 20, "twice"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkweek = [\"Mo\"]", 4, 13, "a weekday"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkweek = \"Mon\"", 4, 12, "a list of weekdays"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkday = { start = \"17:00\", end = \"09:00\" }", 4, 36, "ends at 09:00"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkday = { start = \"17:00\" }", 4, 21, "ends at 17:00"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkday = { begin = \"08:00\" }", 4, 13, "no key `begin`"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nworkday = { end = \"24:00\" }", 4, 19, "00:00 to 23:59"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\ncapacity = \"16.5\"", 4, 12, "16.5h a week"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\ncapacity = 16.5", 4, 12, "a decimal number"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nfiscal_year_starts = \"Feb\"", 4, 22, "name of a month"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nholidays = [\"../x.ics\"]", 4, 13, "outside"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nholidays = [\"a/../../x.ics\"]", 4, 13, "outside"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nholidays = [\"/etc/x.ics\"]", 4, 13, "outside"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nholidays = [\"C:\\\\x.ics\"]", 4, 13, "outside"),
    ("name = \"Field sales\"", "name = \"x\"\n[calendar]\nholidays = [\"no.ics\"]", 4, 13, "no such file"),
    ("name = \"Field sales\"", "name = \"x\"\n[nudges]\nintensity = \"actve\"", 4, 13, "did you mean `active`?"),
    ("name = \"Field sales\"", "name = \"x\"\n[digest]\nchannel = \"#sales\"", 4, 11, "channel id"),
    ("name = \"Field sales\"", "name = \"x\"\n[digest]\nwhen = \"every Fryday at 16:00\"", 4, 15, "Friday"),
    ("name = \"Field sales\"", "name = \"x\"\n[digest]\ntime_zone = \"America/Chicgo\"", 4, 13, "America/Chicago"),
    ("name = \"Field sales\"", "name = \"x\"\n[[holiday]]\nname = \"x\"", 3, 1, "needs `date`"),
    ("name = \"Field sales\"", "name = \"x\"\n[[holiday]]\ndate = 2026-12-24\nmanagers = [\"U0ANNA\"]", 5, 13, "U0ANA"),
    // People.
    ("slack = \"U0LEAD\"\n", "slack = \"lead\"\n", 5, 9, "Slack user id"),
    ("slack = \"U0ANA\"\n", "slack = \"u0ana\"\n", 9, 9, "did you mean `U0ANA`?"),
    ("slack = \"U0ANA\"\n", "slack = \"nobody@example.com\"\n", 9, 9, "nobody is found"),
    ("slack = \"U0ANA\"\n", "slack = \"ana@\"\n", 9, 9, "no e-mail address"),
    ("slack = \"U0ANA\"\n", "slak = \"U0ANA\"\n", 9, 1, "did you mean `slack`?"),
    ("slack = \"U0ANA\"\n", "", 8, 1, "needs `slack`"),
    ("time_zone = \"America/Chicago\"", "time_zone = \"Mars/Base\"", 11, 13, "no time zone"),
    ("leader = \"U0LEAD\"", "leader = \"U0LAED\"", 12, 10, "U0LEAD (Lee Park)"),
    ("leader = \"U0LEAD\"", "leader = \"lead@example.com\"", 12, 10, "nobody is found"),
    ("leader = \"U0LEAD\"", "leader = \"U0ANA\"", 12, 10, "own leader"),
    ("name = \"Lee Park\"", "name = \"Lee Park\"\nleader = \"U0LEAD\"", 7, 10, "own leader"),
    ("name = \"Lee Park\"", "name = \"Lee Park\"\nleader = \"U0VP\"\n[[leader]]\nslack = \"U0VP\"\nname = \"Val\"\nleader = \"U0LEAD\"", 11, 10, "U0VP → U0LEAD → U0VP"),
    ("name = \"Lee Park\"", "name = \"Lee Park\"\n[[leader]]\nslack = \"lee@example.com\"\nname = \"Lee\"", 8, 9, "already"),
    ("name = \"Dana Wu\" }", "name = \"Dana Wu\", slot = -1 }", 13, 54, "from 0"),
    ("{ slack = \"U0DANA\",", "{ slack = \"U0LEAD\",", 13, 19, "a leader in process.toml, line 5"),
    ("{ slack = \"U0DANA\",", "{ slack = \"ana@example.com\",", 13, 19, "a manager in"),
    ("name = \"Dana Wu\" }", "name = \"Dana Wu\" }, { slack = \"U0DANA\", name = \"D\" }", 13, 59, "rep already"),
    ("name = \"Dana Wu\" }", "name = \"Dana Wu\", slt = 1 }", 13, 47, "did you mean `slot`?"),
    // Activities.
    ("key = \"review\"", "key = \"Review\"", 16, 7, "a-z, 0-9"),
    ("key = \"review\"", "key = \"a23456789-123456789-123456789-123456789-1\"", 16, 7, "1 to 40"),
    ("title =", "titel =", 17, 1, "did you mean `title`?"),
    ("when = \"every Monday", "when = \"evry Monday", 18, 9, "every"),
    ("at 09:00", "at 9:00", 18, 25, "09:00"),
    ("at 09:00", "", 18, 21, "ends too early"),
    ("when = \"every Monday at 09:00\"", "when = 'every \u{df}unday at 09:00'", 18, 15, "weekday"),
    ("when = \"every Monday at 09:00\"", "when = \"every Mo\\u006eday oops\"", 18, 27, "expected"),
    ("when = \"every Monday at 09:00\"", "when = \"the 30th day of every February at 09:00\"", 18, 8, "never occur"),
    ("when = \"every Monday at 09:00\"", "when = \"the 31th day of every month at 09:00\"", 18, 13, "31"),
    ("minutes = 60", "minutes = 0", 19, 11, "1 to 2400"),
    ("minutes = 60", "minutes = 100000", 19, 11, "100000"),
    ("minutes = 60", "minutes = 99999999999999999999", 19, 11, "1 to 2400"),
    ("minutes = 60", "minutes = 60.5", 19, 11, "a decimal number"),
    ("minutes = 60", "minutes = \"60\"", 19, 11, "a string"),
    ("minutes = 60", "minutes = 60\ncategory = \"ride-alone\"", 20, 12, "did you mean `ride-along`?"),
    ("minutes = 60", "minutes = 60\nevidence = [\"note\", \"note\"]", 20, 21, "twice"),
    ("minutes = 60", "minutes = 60\nevidence = [\"notes\"]", 20, 13, "did you mean `note`?"),
    ("minutes = 60", "minutes = 60\nevidence = [\"number\"]", 20, 13, "needs its question"),
    ("minutes = 60", "minutes = 60\nnumber = { label = \"Deals\" }", 20, 10, "not asked for"),
    ("minutes = 60", "minutes = 60\nevidence = [\"number\"]\nnumber = { target = \"<= 2\" }", 21, 10, "needs `label`"),
    ("minutes = 60", "minutes = 60\nevidence = [\"number\"]\nnumber = { label = \"x\", target = \"<= nan\" }", 21, 34, "such as \"<= 2\""),
    ("minutes = 60", "minutes = 60\nspread = true", 20, 10, "held per manager"),
    ("minutes = 60", "minutes = 60\nspread = \"true\"", 20, 10, "without quotes"),
    ("every Monday at 09:00\"\n", "every day at 09:00\"\nper = \"rep\"\nspread = true\n", 20, 10, "every day"),
    ("every Monday at 09:00\"\n", "every workday at 09:00\"\nper = \"rep\"\nspread = true\n", 20, 10, "every day"),
    ("minutes = 60", "minutes = 60\ngrace = \"61 workdays\"", 20, 9, "at most 60"),
    ("minutes = 60", "minutes = 60\ngrace = \"2 days\"", 20, 9, "end of week"),
    ("minutes = 60", "minutes = 60\nmanagers = [\"U0LEAD\"]", 20, 13, "no manager U0LEAD"),
    ("minutes = 60", "minutes = 60\nmanagers = [\"U0ANA\", \"ana@example.com\"]", 20, 22, "twice"),
    ("minutes = 60", "minutes = 60\n[[activity]]\nkey = \"review\"\ntitle = \"x\"\nwhen = \"every day at 10:00\"\nminutes = 5", 21, 7, "already"),
];

#[test]
fn every_error_names_its_place() {
    let mut wrong = Vec::new();
    for (old, new, line, column, word) in [BAD, shape::SHAPE, values::VALUES].into_iter().flatten() {
        let text = GOOD.replacen(old, new, 1);
        assert_ne!(text, GOOD, "`{old}` is not in the good file");
        wrong.extend(complaint(&text, *line, *column, word));
        wrong.extend(complaint(&format!("\u{feff}{}", text.replace('\n', "\r\n")), *line, *column, word));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_phrase_that_people_type_is_answered_at_its_word() {
    let mut wrong = Vec::new();
    for (typed, word, hint) in TYPED {
        let text = GOOD.replacen("every Monday at 09:00", typed, 1);
        let at = typed.parse::<crate::process::Phrase>().expect_err(typed).at.start;
        assert_eq!(typed.get(at..at + word.len()), Some(*word), "{typed}");
        wrong.extend(complaint(&text, 18, 9 + typed[..at].chars().count(), hint));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_corpus_is_no_smaller_than_it_was() {
    let files = BAD.len() + shape::SHAPE.len() + values::VALUES.len() + TYPED.len();
    assert!(files >= 400, "{files}");
}

/// Who has made five mistakes hears of five, whether of form or of meaning.
#[test]
fn form_and_meaning_are_judged_in_one_run() {
    let text = GOOD
        .replace("at 09:00", "at 9")
        .replace("minutes = 60", "minutes = 1h\ngrace = end of week\npriority = \"high\"");
    let text = text.replace("\"U0DANA\"", "\"dana\"");
    let problems = read_one(&text).expect_err("five mistakes");
    assert_eq!(
        problems.iter().map(|problem| problem.line).collect::<Vec<_>>(),
        [13, 18, 19, 20, 21],
        "{}",
        shown(&problems)
    );
}

#[test]
fn people_alone_are_told_to_bring_the_process() {
    let people = GOOD.split_once("[[leader]]").and_then(|(_, rest)| rest.split_once("[[activity]]"));
    let (people, _) = people.expect("there are people");
    let problems = read_one(&format!("[[leader]]{people}")).expect_err("there is no process");
    insta::assert_snapshot!(shown(&problems), @r#"
    error: there are people here, but no process
     --> process.toml:1:1
      |
    1 | [[leader]]
      | ^ expected the process file beside it: `onbeat check config/process.toml team.toml`
    "#);
}

#[test]
fn what_is_unquoted_and_secret_is_not_repeated() {
    for line in ["slack_bot_token = hunter2", "password: hunter2", "api_key = “hunter2”"] {
        let said = shown(&read_one(&format!("{GOOD}{line}\n")).expect_err("no such thing belongs here"));
        assert!(!said.contains("hunter2"), "{said}");
    }
}

/// What is amiss with the first problem of a bad file.
fn complaint(text: &str, line: usize, column: usize, word: &str) -> Option<String> {
    let Err(problems) = read_one(text) else {
        return Some(format!("wanted `{word}`, but this was taken:\n{text}"));
    };
    let first = &problems[0];
    let said = shown(&problems);
    let is_right = (first.line, first.column) == (line, column)
        && first.rendered.contains(&format!("process.toml:{line}:{column}"))
        && first.rendered.contains('^')
        && first.rendered.contains(word);
    (!is_right).then(|| format!("wanted `{word}` at {line}:{column}, not\n{said}"))
}

#[test]
fn an_empty_file_fails_at_its_first_place() {
    for text in ["", "\u{feff}", "\n", "\r\n\r\n", "# only a remark\n"] {
        let problems = read_one(text).expect_err("there is no process in it");
        assert_eq!((problems[0].line, problems[0].column), (1, 1), "{text:?}");
        assert!(problems[0].rendered.contains("process.toml:1:1"), "{}", problems[0].rendered);
    }
    assert_eq!(read(&[], TODAY, &Folder).expect_err("nothing was given").len(), 1);
}

#[test]
fn what_two_files_both_say_is_wrong_in_the_second() {
    let second = "[process]\neffective = 2026-12-01\nname = \"Again\"\n\n[nudges]\nintensity = \"light\"\n";
    let problems = read(&[file("a.toml", GOOD), file("b.toml", second)], TODAY, &Folder).expect_err("two names");
    insta::assert_snapshot!(shown(&problems), @r#"
    error: `name` of [process] is given already, in a.toml, line 2
     --> b.toml:3:1
      |
    3 | name = "Again"
      | ^^^^ expected it in one place
    "#);
}

#[test]
fn an_error_in_a_holiday_file_names_that_file_once() {
    let calendar = "[calendar]\nholidays = [\"holidays/bad.ics\", \"holidays/bad.ics\"]\n";
    let problems = read_one(&format!("{GOOD}{calendar}")).expect_err("the file is bad");
    insta::assert_snapshot!(shown(&problems), @r#"
    error: `20271399` is no date
     --> config/holidays/bad.ics:3:9
      |
    3 | DTSTART:20271399
      |         ^^^^^^^^ expected a date such as 20270101
    "#);
}

#[test]
fn all_problems_are_shown_at_once_and_in_order() {
    let text = GOOD.replace("minutes = 60", "minutes = 0\ngrace = \"x\"").replace("\"U0DANA\"", "\"dana\"");
    let problems = read_one(&text).expect_err("three mistakes");
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [13, 19, 20], "{}", shown(&problems));
}

#[test]
fn tokens_are_masked_wherever_they_stand() {
    for text in [
        "slack_bot_token = \"xoxb-1234567890-abcdefghij\"\n",
        "[process]\nname = \"x\"\nxoxb-1234567890-abcdefghij = 1\n",
        "[process]\nname = \"x\"\n[nudges]\nintensity = \"xoxb-1234567890-abcdefghij\"\n",
        "[process]\nname = \"xoxb-1234567890-abcdefghij\n",
        "[process]\nname = \"x\"\n[[manager]]\nslack = \"xoxb-1234567890-abcdefghij\"\n",
        "[process]\nname = \"x\"\n[[activity]]\nwhen = \"xoxb-1234567890-abcdefghij\"\n",
    ] {
        let said = shown(&read_one(text).expect_err("no such thing belongs here"));
        assert!(!said.contains("1234567890") && !said.contains("abcdefghij"), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))] // each is read twice, and a wrong time zone is compared with all
    /// Whatever slips into a file, it is read or refused at a place in it.
    #[test]
    fn a_slip_anywhere_is_answered(
        at in 0..GOOD.len(),
        gone in 0..12usize,
        slip in "(\\[|\\]|\"|\"\"\"|'|=|,|:|#|\\{|\\}|\\\\|\n|\r\n| |“|é|\\.|7|//|\u{0}|name|\\PC){0,4}",
    ) {
        let text = format!("{}{slip}{}", &GOOD[..at], GOOD.get(at + gone..).unwrap_or_default());
        for text in [text.replace('\n', "\r\n"), text] {
            for problem in read_one(&text).map_or_else(|problems| problems, |(_, warnings)| warnings) {
                prop_assert!((1..=text.matches('\n').count() + 1).contains(&problem.line), "{}", problem.rendered);
                prop_assert!(problem.rendered.contains('^'), "{}", problem.rendered);
            }
        }
    }
}

#[test]
fn what_is_too_long_or_too_much_is_cut() {
    let named = |name: &str| read_one(&format!("[process]\nname = \"{name}\"\n"));
    assert!(named(&"é".repeat(500)).is_ok());
    let problems = named(&"é".repeat(501)).expect_err("nobody reads that");
    assert!(problems[0].message.contains("`name` is too long"), "{}", problems[0].message);
    let unknown: String = (0..150).map(|nth| format!("key{nth} = 1\n")).collect();
    let problems = read_one(&format!("[process]\nname = \"x\"\n{unknown}")).expect_err("unknown keys");
    assert_eq!(problems.len(), MOST_PROBLEMS);
    let problems =
        read_one(&format!("[process]\nname = \"x\"\n{} = 1\n", "k".repeat(5000))).expect_err("an unknown key");
    assert!(problems[0].rendered.chars().count() < 1500, "{}", problems[0].rendered);
}
