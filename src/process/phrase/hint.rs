//! What to say where nothing can be mended: the language lacks what was meant, and another way leads there.

/// A word of advice for a phrase that is not understood at the word with this number.
pub(super) fn note(words: &[&str], at: usize) -> Option<&'static str> {
    let small: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let (before, after) = small.split_at(at.min(small.len()));
    if before.last().is_some_and(|word| word == "starting") {
        return Some("such as `starting 2027-01-04`");
    }
    if let Some(note) = small.windows(2).skip(at.saturating_sub(1)).find_map(|pair| of_a_count(&pair[0], &pair[1])) {
        return Some(note);
    }
    let here = after.first().map_or("", String::as_str);
    match (before.last().map(String::as_str), here.trim_end_matches('s')) {
        (Some("weeks"), "at" | "") => return Some(OTHER_WEEK),
        (Some(_), "week") if before.first().is_some_and(|first| first == "the") => {
            return Some("name the weekday, such as `the first Monday of every month at 09:00`");
        }
        _ => {}
    }
    let plain = |word: &String| word.trim_matches(['.', ';', ':', '!', '?', '(', ')']).to_owned();
    // The word itself says most, then those behind it.
    let here = after.first().and_then(|word| listed(JOINTS, &plain(word)));
    here.or_else(|| after.iter().chain(before.last()).find_map(|word| about(&plain(word))))
}

const OTHER_WEEK: &str = "name the weekday, such as `every other Monday at 09:00`";

/// What to say instead of `every 3 months` and its like.
fn of_a_count(count: &str, unit: &str) -> Option<&'static str> {
    match (count, unit.trim_end_matches('s')) {
        ("other" | "2" | "two" | "2nd" | "second", "week") => Some(OTHER_WEEK),
        ("other" | "2" | "two" | "2nd" | "second", "month") => {
            Some("such as `the first Monday of every other month at 09:00`")
        }
        ("3" | "three" | "3rd" | "third", "month") => Some("such as `the first Monday of every quarter at 09:00`"),
        ("6" | "six", "month") => {
            Some("name the months, such as `the first Monday of every January and July at 09:00`")
        }
        ("12" | "twelve", "month") => Some("such as `the first Monday of every year at 09:00`"),
        _ => None,
    }
}

fn about(word: &str) -> Option<&'static str> {
    if word.starts_with("rrule") || word.starts_with("freq=") || word.contains('*') {
        return Some("say it in words, such as `every Monday at 09:00`");
    }
    if word.contains('/') && word.bytes().all(|letter| letter.is_ascii_alphabetic() || b"/_".contains(&letter)) {
        return Some(ZONE);
    }
    let is_range = |sign| word.split_once(sign).is_some_and(|(from, to)| is_clock(from) && is_clock(to));
    if is_range('-') || is_range('–') {
        return Some(LENGTH);
    }
    listed(NOTES, word)
}

fn listed(notes: &[(&[&str], &'static str)], word: &str) -> Option<&'static str> {
    notes.iter().find(|(known, _)| known.contains(&word)).map(|(_, note)| *note)
}

fn is_clock(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit()) && text.len() <= 7
}

const ZONE: &str = "the time is each manager's own: their zone is `time_zone` under `[[manager]]`";
const LENGTH: &str = "give the time at which it begins; how long it takes is `minutes`";

/// What to say of a word just where it stands.
const JOINTS: &[(&[&str], &str)] = &[
    (&["day", "days"], "take `every day at 09:00`, or name weekdays, as in `every Tuesday and Friday at 09:00`"),
    (&["between", "for", "to", "-", "–", "through"], LENGTH),
    (
        &["in", "during", "of"],
        "to keep it to some months, count in them: `the first and third Monday of every January at 09:00`",
    ),
    (&["and", ",", "&"], "an activity has one rhythm and one time of day: write a second `[[activity]]` for another"),
];

/// Words that people use, and what to do instead.
const NOTES: &[(&[&str], &str)] = &[
    (&["hour", "hourly", "hours", "minute"], "an activity falls due once a day at most: `every workday at 09:00`"),
    (&["twice", "thrice", "times", "2x", "3x", "1x"], "name the days, such as `every Tuesday and Thursday at 10:00`"),
    (&["biweekly", "bi-weekly", "fortnight", "fortnightly"], "name the weekday, such as `every other Monday at 09:00`"),
    (&["week", "weeks", "weekly", "eow"], "name the weekday, such as `every Monday at 09:00`"),
    (
        &["bimonthly", "bi-monthly"],
        "such as `the first Monday of every other month at 09:00`, or `the 1st and 15th day of every month at 09:00`",
    ),
    (&["month", "months", "monthly"], "name the day, such as `the first Monday of every month at 09:00`"),
    (
        &["quarter", "quarters", "quarterly", "q1", "q2", "q3", "q4", "qtr"],
        "name the day, such as `the first Monday of every quarter at 09:00`",
    ),
    (
        &["half", "half-year", "half-yearly", "semi-annually", "semiannually", "semester"],
        "name the months, such as `the first Monday of every January and July at 09:00`",
    ),
    (
        &["year", "years", "yearly", "annual", "annually"],
        "name the day, such as `the first Monday of every January at 09:00`",
    ),
    (
        &["until", "till", "ending", "ends", "end"],
        "a phrase has no end: take the activity out of the file when it is over",
    ),
    (
        &[
            "est", "edt", "et", "pst", "pdt", "pt", "cst", "cdt", "ct", "mst", "mdt", "mt", "gmt", "utc", "bst", "cet",
            "cest", "ist", "jst", "z", "eastern", "pacific", "central", "mountain", "timezone",
        ],
        ZONE,
    ),
    (
        &["except", "unless", "excluding", "not", "but", "skip", "skipping", "holiday", "holidays"],
        "days off are left to `holidays` and the activity's `on_holiday`",
    ),
    (
        &[
            "morning",
            "mornings",
            "afternoon",
            "afternoons",
            "evening",
            "eod",
            "cob",
            "lunch",
            "lunchtime",
            "first-thing",
        ],
        "give a time of day, such as `at 09:00`",
    ),
    (&["weekend", "weekends"], "name the days: `every Saturday and Sunday at 09:00`"),
    (
        &[
            "tbd",
            "tba",
            "asap",
            "ad",
            "adhoc",
            "ad-hoc",
            "needed",
            "required",
            "never",
            "whenever",
            "sometimes",
            "anytime",
            "none",
            "n/a",
        ],
        "an activity needs its days and its time: what has none is better left out of the file",
    ),
];
