//! What people type, and the answer that each gets: the words pointed at, and what is suggested.

use super::Phrase;

#[rustfmt::skip] // one phrase a line
pub(in crate::process) const TYPED: &[(&str, &str, &str)] = &[
    ("evry Monday at 09:00", "evry", "did you mean `every`?"),
    ("every Monday at 8:00", "8:00", "did you mean `08:00`?"),
    ("every Monday at 4pm", "4pm", "did you mean `16:00`?"),
    ("every Monday at 4 pm", "4 pm", "did you mean `16:00`?"),
    ("every Monday at 4 p.m.", "4 p.m.", "did you mean `16:00`?"),
    ("every Monday at 9.30am", "9.30am", "did you mean `09:30`?"),
    ("every Monday at 12 am", "12 am", "did you mean `00:00`?"),
    ("the 1th day of every month at 09:00", "1th", "did you mean `1st`?"),
    ("every Mondays at 09:00", "Mondays", "did you mean `Monday`?"),
    ("every monthly at 09:00", "monthly", "name the day, such as `the first Monday of every month at 09:00`"),
    ("weekly", "weekly", "name the weekday, such as `every Monday at 09:00`"),
    ("weekly on Monday at 9am", "weekly", "did you mean `every Monday at 09:00`?"),
    ("daily", "daily", "did you mean `every day at HH:MM`?"),
    ("daily at 9am", "daily", "did you mean `every day at 09:00`?"),
    ("biweekly", "biweekly", "name the weekday, such as `every other Monday at 09:00`"),
    ("biweekly on Tuesday at 10:00", "biweekly", "did you mean `every other Tuesday at 10:00`?"),
    ("bi-weekly Tuesdays at 10:00", "bi-weekly", "did you mean `every other Tuesday at 10:00`?"),
    ("monthly", "monthly", "name the day, such as `the first Monday of every month at 09:00`"),
    ("monthly on the 15th at 9:00", "monthly", "did you mean `the 15th day of every month at 09:00`?"),
    ("monthly on the first Monday at 9:00", "monthly", "did you mean `the first Monday of every month at 09:00`?"),
    ("quarterly", "quarterly", "name the day, such as `the first Monday of every quarter at 09:00`"),
    ("quarterly on the second Tuesday at 10:00", "quarterly", "did you mean `the second Tuesday of every quarter at 10:00`?"),
    ("annually", "annually", "name the day, such as `the first Monday of every January at 09:00`"),
    ("the first day of every Feburary at 09:00", "Feburary", "did you mean `February`?"),
    ("the first day of every sept at 09:00", "sept", "did you mean `September`?"),
    ("every Monday 09:00", "09:00", "did you mean `every Monday at 09:00`?"),
    ("every Monday", "", "`at`, `and` or `,`, with a time as in `at 09:00`"),
    ("every Monday at", "", "a time as HH:MM, `00:00` to `23:59`"),
    ("the last friday of the month at 15:00", "month", "did you mean `the last Friday of every month at 15:00`?"),
    ("the last friday of each month at 15:00", "each", "did you mean `every`?"),
    ("the last friday of every months at 15:00", "months", "did you mean `month`?"),
    ("last friday of the month", "last", "did you mean `the last Friday of every month at HH:MM`?"),
    ("every last friday of the month at 15:00", "last", "did you mean `the last Friday of every month at 15:00`?"),
    ("every first Monday at 09:00", "first", "did you mean `the first Monday of every month at 09:00`?"),
    ("every 2nd and 4th Tuesday at 10:00", "2nd", "did you mean `the second and fourth Tuesday of every month at 10:00`?"),
    ("2nd & 4th Tuesdays of each month at 10am", "2nd", "did you mean `the second and fourth Tuesday of every month at 10:00`?"),
    ("the first Monday in January at 09:00", "in", "did you mean `the first Monday of every January at 09:00`?"),
    ("the first Monday of January at 09:00", "January", "did you mean `the first Monday of every January at 09:00`?"),
    ("the 15th of every month at 09:00", "of", "did you mean `the 15th day of every month at 09:00`?"),
    ("the 15 of the month at 9", "15", "did you mean `the 15th day of every month at 09:00`?"),
    ("on the 15th at 9:00", "at", "did you mean `the 15th day of every month at 09:00`?"),
    ("the first Monday at 9", "at", "did you mean `the first Monday of every month at 09:00`?"),
    ("every month on the last Friday at 4pm", "month", "did you mean `the last Friday of every month at 16:00`?"),
    ("every month, first Monday, 9:00", "month", "did you mean `the first Monday of every month at 09:00`?"),
    ("every month at 09:00", "month", "name the day, such as `the first Monday of every month at 09:00`"),
    ("every quarter at 09:00", "quarter", "name the day, such as `the first Monday of every quarter at 09:00`"),
    ("every two weeks on Monday at 09:00", "two", "did you mean `2`?"),
    ("every 2 weeks Monday at 09:00", "Monday", "did you mean `every other Monday at 09:00`?"),
    ("every 2 weeks at 09:00", "at", "name the weekday, such as `every other Monday at 09:00`"),
    ("every 2 weeks", "", "name the weekday, such as `every other Monday at 09:00`"),
    ("every 2 week on Monday at 09:00", "week", "did you mean `weeks`?"),
    ("every other week on Monday at 09:00", "week", "did you mean `every other Monday at 09:00`?"),
    ("every other week at 09:00", "week", "name the weekday, such as `every other Monday at 09:00`"),
    ("every other day at 09:00", "day", "take `every day at 09:00`, or name weekdays, as in `every Tuesday and"),
    ("every second Monday at 09:00", "second", "did you mean `other`?"),
    ("every 2nd Tuesday of the month at 09:00", "2nd", "did you mean `the second Tuesday of every month at 09:00`?"),
    ("every 3rd week on Monday at 09:00", "3rd", "did you mean `every 3 weeks on Monday at 09:00`?"),
    ("every weekday at 09:00", "weekday", "did you mean `workday`?"),
    ("every business day at 9am", "business", "did you mean `every workday at 09:00`?"),
    ("every work day 8:45", "work", "did you mean `every workday at 08:45`?"),
    ("weekdays at 9", "weekdays", "did you mean `every workday at 09:00`?"),
    ("on Mondays at 9am", "Mondays", "did you mean `every Monday at 09:00`?"),
    ("Mon, Wed, Fri at 9:00", "Mon", "did you mean `every Monday, Wednesday and Friday at 09:00`?"),
    ("Mon/Wed/Fri at 9am", "Mon/Wed/Fri", "did you mean `every Monday, Wednesday and Friday at 09:00`?"),
    ("every Mon & Thu at 10:00", "&", "did you mean `and`?"),
    ("every MWF at 9:00", "MWF", "did you mean `every Monday, Wednesday and Friday at 09:00`?"),
    ("Monday to Friday at 9", "Monday", "did you mean `every workday at 09:00`?"),
    ("Mon-Fri 9:00", "Mon-Fri", "did you mean `every workday at 09:00`?"),
    ("every Monday through Friday at 09:00", "through", "did you mean `every workday at 09:00`?"),
    ("every Tu at 10:00", "Tu", "did you mean `Tuesday`?"),
    ("Weds at 10:00", "Weds", "did you mean `every Wednesday at 10:00`?"),
    ("every Tuesday and thursday's at 10.00", "thursday's", "did you mean `every Tuesday and Thursday at 10:00`?"),
    ("every tues and thurs at 10:00", "tues", "did you mean `every Tuesday and Thursday at 10:00`?"),
    ("every wensday at 10:00", "wensday", "did you mean `Wednesday`?"),
    ("each Monday at 9:00", "each", "did you mean `every Monday at 09:00`?"),
    ("every single Monday at 9:00", "single", "did you mean `every Monday at 09:00`?"),
    ("every Monday of every month at 09:00", "of", "did you mean `every Monday at 09:00`?"),
    ("every Monday in January at 09:00", "in", "to keep it to some months, count in them: `the first and third Monday"),
    ("every Monday and and Thursday at 09:00", "and", "did you mean `every Monday and Thursday at 09:00`?"),
    ("every Monday morning", "morning", "give a time of day, such as `at 09:00`"),
    ("every Monday morning at 9", "morning", "did you mean `every Monday at 09:00`?"),
    ("every Monday at noon", "noon", "did you mean `12:00`?"),
    ("every Monday at 9-10", "9-10", "give the time at which it begins; how long it takes is `minutes`"),
    ("every Monday from 9 to 10", "from", "did you mean `at`?"),
    ("every Monday at 09:00 for 30 minutes", "for", "give the time at which it begins; how long it takes is `minutes`"),
    ("every Monday @9am", "@9am", "did you mean `every Monday at 09:00`?"),
    ("every Monday at 0900", "0900", "did you mean `09:00`?"),
    ("every Monday at 16h30", "16h30", "did you mean `16:30`?"),
    ("every Monday at 9 o'clock", "9 o'clock", "did you mean `09:00`?"),
    ("every Monday at 09:00:00", "09:00:00", "did you mean `09:00`?"),
    ("every Monday at 25:00", "25:00", "a time as HH:MM, `00:00` to `23:59`"),
    ("every Friday, 16:00", "16:00", "did you mean `every Friday at 16:00`?"),
    ("at 09:00 every Monday", "at", "did you mean `every Monday at 09:00`?"),
    ("every Monday at 09:00 and 14:00", "and", "an activity has one rhythm and one time of day: write a second"),
    ("every Monday at 09:00 EST", "EST", "the time is each manager's own: their zone is `time_zone` under"),
    ("every Monday at 09:00 America/Chicago", "America/Chicago", "the time is each manager's own: their zone is `time_zone` under"),
    ("every Monday at 09:00 from 2027-01-04", "from", "did you mean `starting`?"),
    ("every Monday at 09:00 starting 1/4/2027", "1/4/2027", "such as `starting 2027-01-04`"),
    ("every Monday at 09:00 starting 13/4/2027", "13/4/2027", "did you mean `2027-04-13`?"),
    ("every Monday at 09:00 starting 4.1.2027", "4.1.2027", "did you mean `2027-01-04`?"),
    ("every Monday at 09:00 starting Jan 4, 2027", "Jan 4, 2027", "did you mean `2027-01-04`?"),
    ("every Monday at 09:00 starting 2027-1-4", "2027-1-4", "did you mean `2027-01-04`?"),
    ("every Monday at 09:00 starting next week", "next", "such as `starting 2027-01-04`"),
    ("every Monday at 09:00 until 2027-06-30", "until", "a phrase has no end: take the activity out of the file when it is over"),
    ("every Monday at 09:00 except holidays", "except", "days off are left to `holidays` and the activity's `on_holiday`"),
    ("every Monday at 09:00.", "09:00.", "did you mean `09:00`?"),
    ("every 3 days at 09:00", "days", "take `every day at 09:00`, or name weekdays, as in `every Tuesday and"),
    ("every other month at 09:00", "month", "such as `the first Monday of every other month at 09:00`"),
    ("every 3 months at 09:00", "months", "such as `the first Monday of every quarter at 09:00`"),
    ("every six months", "six", "name the months, such as `the first Monday of every January and July"),
    ("every hour", "hour", "an activity falls due once a day at most: `every workday at 09:00`"),
    ("twice a week", "twice", "name the days, such as `every Tuesday and Thursday at 10:00`"),
    ("three times a week at 9", "three", "name the days, such as `every Tuesday and Thursday at 10:00`"),
    ("once a month", "once", "name the day, such as `the first Monday of every month at 09:00`"),
    ("once a week on Friday at 15:00", "once a week on", "did you mean `every`?"),
    ("end of month at 17:00", "end", "did you mean `the last workday of every month at 17:00`?"),
    ("the end of the quarter at 16:00", "end", "did you mean `the last workday of every quarter at 16:00`?"),
    ("the penultimate Friday of every month at 09:00", "penultimate", "did you mean `second-to-last`?"),
    ("the second to last workday of every quarter at 09:00", "to", "did you mean `the second-to-last workday of every quarter at 09:00`?"),
    ("the second last workday of the month at 09:00", "last", "did you mean `the second-to-last workday of every month at 09:00`?"),
    ("the twelfth workday of every quarter at 09:00", "twelfth", "did you mean `12th`?"),
    ("the twenty-first day of every month at 9:00", "twenty-first", "did you mean `the 21st day of every month at 09:00`?"),
    ("the 3 Monday of every month at 09:00", "3", "did you mean `3rd`?"),
    ("the first business day of the month at 8am", "business", "did you mean `the first workday of every month at 08:00`?"),
    ("the last working day of the month at 16:00", "working", "did you mean `the last workday of every month at 16:00`?"),
    ("the first week of every month at 09:00", "week", "name the weekday, such as `the first Monday of every month at 09:00`"),
    ("the first Monday of Q1 at 09:00", "Q1", "name the day, such as `the first Monday of every quarter at 09:00`"),
    ("the first Monday of every fiscal quarter at 09:00", "fiscal", "did you mean `the first Monday of every quarter at 09:00`?"),
    ("the first Monday of the second month of each quarter at 9", "each", "did you mean `the first Monday of the second month of every quarter"),
    ("the last day of the fiscal year at 16:00", "fiscal", "did you mean `the last day of every year at 16:00`?"),
    ("every January 15th at 09:00", "January", "did you mean `the 15th day of every January at 09:00`?"),
    ("the 1st of January at 9", "of", "did you mean `the first day of every January at 09:00`?"),
    ("the third monday each month at 09:00", "each", "did you mean `the third Monday of every month at 09:00`?"),
    ("the last workday of every March, June, Sept and Dec at 09:00", "Sept", "did you mean `the last workday of every March, June, September and"),
    ("the fist monday of evry month at 9:00", "fist", "did you mean `the first Monday of every month at 09:00`?"),
    ("semi-annually", "semi-annually", "name the months, such as `the first Monday of every January and July"),
    ("0 9 * * 1", "0", "say it in words, such as `every Monday at 09:00`"),
    ("as needed", "as", "an activity needs its days and its time: what has none is better left"),
];

#[test]
fn what_people_type_is_answered() {
    for (typed, word, hint) in TYPED {
        let error = typed.parse::<Phrase>().expect_err(typed);
        assert_eq!(typed[error.at].to_owned(), *word, "{typed}");
        assert!(error.expected.contains(hint), "{typed}: {}", error.expected);
    }
}

/// Who takes a suggestion must not be refused again.
#[test]
fn every_whole_phrase_that_is_suggested_is_understood() {
    let mut whole = 0;
    for (typed, _, _) in TYPED {
        let error = typed.parse::<Phrase>().expect_err(typed);
        let quoted = error.expected.split('`').skip(1).step_by(2);
        for phrase in quoted.filter(|quoted| quoted.contains(" at ") && !quoted.contains("HH:MM")) {
            assert!(phrase.parse::<Phrase>().is_ok(), "{typed}: {phrase}");
            whole += 1;
        }
    }
    assert!(whole > 60, "{whole}");
}

#[test]
fn taking_the_word_that_is_suggested_mends_the_phrase() {
    for typed in ["every Monday at 4 pm", "the 31th day of every month at 09:00", "every Mon & Thu at 10:00"] {
        let error = typed.parse::<Phrase>().expect_err(typed);
        let word = error.expected.rsplit('`').nth(1).expect("a suggestion");
        let mended = format!("{}{word}{}", &typed[..error.at.start], &typed[error.at.end..]);
        assert!(mended.parse::<Phrase>().is_ok(), "{mended}");
    }
}
