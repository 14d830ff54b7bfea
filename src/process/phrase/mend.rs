//! What somebody surely meant: a phrase that is not understood, mended word by word until it is.
//!
//! Each step mends the words at which the parser is stuck and must bring it further; after a dozen, mending gives up. A
//! guess is only ever offered, never taken.

use super::meant::{date_meant, month_meant, ordinal_meant, respelt, time_meant, weekday_meant};
use super::parse::{Stuck, understand};
use super::{Phrase, month_named, weekday_named};

/// More than this many changes are no slip of the pen.
const MOST_STEPS: usize = 12;

/// Longer phrases than this are none: somebody pasted a paragraph.
const MOST_WORDS: usize = 40;

/// What mending came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mended {
    /// These many words from the place of the error on stand for this one word. Where nobody can tell what the rest means,
    /// it is offered all the same.
    Word { instead_of: usize, word: String },
    /// More than a word is to change; the whole phrase.
    Whole(String),
    /// Nothing comes near.
    No,
}

/// Mends a phrase whose parser got stuck at `stuck`.
pub(super) fn mend(words: &[&str], stuck: &Stuck) -> Mended {
    if words.len() > MOST_WORDS {
        return Mended::No;
    }
    let original: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut now = original.clone();
    let (mut at, mut could, mut first) = (stuck.at, stuck.could.clone(), None);
    for _ in 0..MOST_STEPS {
        let Some((next, result)) = step(&now, at, &could) else {
            break;
        };
        first.get_or_insert_with(|| next.clone());
        now = next;
        match result {
            Ok(phrase) => return told(&original, &now, stuck.at, &phrase.to_string()),
            Err((next_at, next_could)) => (at, could) = (next_at, next_could),
        }
    }
    // All is well but for the time, which nobody can guess.
    if first.is_some() && at == now.len() && !now.iter().any(|word| word.eq_ignore_ascii_case("at")) {
        let mut whole = now.clone();
        whole.extend(["at", "09:00"].map(str::to_owned));
        if let Ok(phrase) = parsed(&whole) {
            return told(&original, &now, stuck.at, &phrase.to_string().replace("09:00", "HH:MM"));
        }
    }
    match first.map(|first| told(&original, &first, stuck.at, "")) {
        Some(Mended::Word { instead_of, word }) if !word.is_empty() => Mended::Word { instead_of, word },
        Some(_) | None => Mended::No,
    }
}

/// The parse, or where it is stuck and what could stand there.
type Parsed = Result<Phrase, (usize, Vec<&'static str>)>;

fn parsed(words: &[String]) -> Parsed {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    understand(&words).map_err(|stuck| (stuck.at, stuck.could))
}

/// The first change that brings the parser further.
fn step(words: &[String], at: usize, could: &[&'static str]) -> Option<(Vec<String>, Parsed)> {
    let left = words.len() - at;
    changes(words, at, could).into_iter().find_map(|change| {
        let result = parsed(&change);
        let further = match &result {
            Ok(_) => true,
            Err((next, _)) => change.len() - next < left || (change.len() - next == left && *next > at),
        };
        further.then_some((change, result))
    })
}

/// How the change reads: one word where one will do.
fn told(original: &[String], mended: &[String], at: usize, whole: &str) -> Mended {
    let same = |(a, b): &(&String, &String)| a.eq_ignore_ascii_case(b);
    let before = original.iter().zip(mended).take_while(same).count();
    let most = original.len().min(mended.len()) - before;
    let after = original.iter().rev().zip(mended.iter().rev()).take(most).take_while(same).count();
    let (old, new) = (&original[before..original.len() - after], &mended[before..mended.len() - after]);
    match (old, new) {
        ([_, ..], [word]) if before == at => Mended::Word { instead_of: old.len(), word: word.clone() },
        _ => Mended::Whole(whole.to_owned()),
    }
}

/// What could be meant instead, the likeliest first.
fn changes(words: &[String], at: usize, could: &[&'static str]) -> Vec<Vec<String>> {
    let small: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut changes: Vec<Vec<String>> =
        if at == 0 { time_put_last(words, &small).into_iter().collect() } else { Vec::new() };
    let mut replace = |from: usize, count: usize, with: &str| {
        let mut changed = words[..from].to_vec();
        changed.extend(with.split_whitespace().map(str::to_owned));
        changed.extend_from_slice(&words[(from + count).min(words.len())..]);
        changes.push(changed);
    };
    for (from, count, with) in idioms(&small, at) {
        replace(from, count, &with);
    }
    let Some(word) = small.get(at) else {
        return changes;
    };
    if let (true, Some((count, time))) = (could.contains(&TIME), time_meant(&small[at..])) {
        replace(at, count, &time);
    }
    if let (true, Some((count, date))) = (could.contains(&DATE), date_meant(&small[at..])) {
        replace(at, count, &date);
    }
    if at > 0 && small[at - 1] == "," && time_meant(&small[at..]).is_some() {
        replace(at - 1, 1, "at");
    }
    if at > 0 && small[at - 1] == *word {
        replace(at, 1, "");
    }
    for with in respelt(word, could) {
        replace(at, 1, &with);
    }
    // A word too many, or one that is missing.
    if FILLERS.contains(&word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '@')) {
        replace(at, 1, "");
    }
    for missing in ["every", "the", "at", "of", "day", "on"] {
        // Before `day` the language has ordinals, or `every`, where more than a word is missing.
        if could.contains(&missing) && !(missing == "day" && could.contains(&"other")) {
            replace(at, 0, missing);
        }
    }
    changes
}

/// `at 09:00 every Monday` the other way round.
fn time_put_last(words: &[String], small: &[String]) -> Option<Vec<String>> {
    let begins = usize::from(small.first()? == "at");
    let (count, time) = time_meant(&small[begins..])?;
    let mut turned = words[begins + count..].to_vec();
    turned.extend(["at".to_owned(), time]);
    Some(turned)
}

/// Stand for any time and any date among what could come next.
pub(super) const TIME: &str = "HH:MM";
pub(super) const DATE: &str = "YYYY-MM-DD";

/// Words that change nothing where they are too many.
const FILLERS: [&str; 26] = [
    "", "a", "about", "an", "around", "by", "calendar", "fiscal", "from", "held", "in", "of", "o'clock", "on", "once",
    "please", "sharp", "single", "the", "hrs", "hours", "h", "local", "time", "date", "at",
];

/// Groups of words around the place of the error that stand for others: where they begin, how many, what they mean.
fn idioms(words: &[String], at: usize) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let word = |place: usize| words.get(place).map_or("", String::as_str);
    for (from, pattern, with) in IDIOMS {
        let Some(start) = at.checked_sub(*from) else { continue };
        let pattern: Vec<&str> = pattern.split(' ').collect();
        if pattern.iter().enumerate().all(|(offset, part)| fits(part, word(start + offset))) {
            let mut with = (*with).to_owned();
            for (offset, part) in pattern.iter().enumerate().filter(|(_, part)| part.starts_with('{')) {
                with = with.replace(part, word(start + offset));
            }
            found.push((start, pattern.len(), with));
        }
    }
    found.extend(of_the_month(words, at));
    found
}

/// Whether a word is of the kind that a pattern's part asks for.
fn fits(part: &str, word: &str) -> bool {
    match part {
        "{day}" => weekday_named(word).is_some() || weekday_meant(word).is_some(),
        "{ord}" => ordinal_meant(word).is_some(),
        "{month}" => month_named(word).is_some() || month_meant(word).is_some(),
        "{count}" => word.bytes().all(|letter| letter.is_ascii_digit()) && !word.is_empty(),
        _ => part.split('|').any(|one| one == word),
    }
}

/// From how many words before the error, which words, what they mean.
#[rustfmt::skip] // one idiom a line
const IDIOMS: &[(usize, &str, &str)] = &[
    (0, "monday|mon|mo to|through|thru|-|–|until|till friday|fri|fr", "every workday"),
    (1, "every monday|mon|mo to|through|thru|-|–|until|till friday|fri|fr", "every workday"),
    (2, "every monday|mon to|through|thru|-|–|until|till friday|fri", "every workday"),
    (0, "mon-fri|mo-fr|m-f|mon–fri|monday-friday|monday–friday", "every workday"),
    (1, "every mon-fri|mo-fr|m-f|mon–fri|monday-friday|monday–friday", "every workday"),
    (0, "daily", "every day"),
    (1, "every daily", "every day"),
    (0, "everyday", "every day"),
    (0, "weekdays", "every workday"),
    (0, "workdays", "every workday"),
    (0, "business|working|work day|days", "workday"),
    (0, "week day|days", "workday"),
    (0, "weekly on", "every"),
    (0, "weekly {day}", "every {day}"),
    (1, "every weekly on", "every"),
    (1, "every week on", "every"),
    (1, "every week {day}", "every {day}"),
    (1, "every weeks|wk on", "every"),
    (0, "once a|per|every week on", "every"),
    (0, "biweekly|bi-weekly|fortnightly on", "every other"),
    (0, "biweekly|bi-weekly|fortnightly {day}", "every other {day}"),
    (1, "every fortnight|biweekly on", "every other"),
    (1, "other week on", "other"),
    (1, "other week {day}", "other {day}"),
    (1, "every second|2nd week on", "every other"),
    (1, "every second|2nd {day} of|in", "the second {day} of"),
    (1, "every second|2nd {day}", "every other {day}"),
    (1, "every third|3rd week on", "every 3 weeks on"),
    (1, "every fourth|4th week on", "every 4 weeks on"),
    (1, "every two week|weeks|wks", "every 2 weeks"),
    (1, "every three week|weeks|wks", "every 3 weeks"),
    (1, "every four week|weeks|wks", "every 4 weeks"),
    (1, "every six week|weeks|wks", "every 6 weeks"),
    (0, "{month} {ord}", "the {ord} day of every {month}"),
    (1, "every {month} {ord}", "the {ord} day of every {month}"),
    (2, "every {ord} {month}", "the {ord} day of every {month}"),
    (1, "every {ord}", "the {ord}"),
    (1, "every the", "the"),
    (2, "every {count} weeks", "every {count} weeks on"),
    (0, "next-to-last|penultimate|second-last|2nd-last|2nd-to-last|secondlast", "second-to-last"),
    (0, "third-last|3rd-last|3rd-to-last", "third-to-last"),
    (1, "second|2nd to last", "second-to-last"),
    (1, "second|2nd last", "second-to-last"),
    (0, "next to last", "second-to-last"),
    (1, "third|3rd to last", "third-to-last"),
    (1, "third|3rd last", "third-to-last"),
    (0, "morning|mornings|afternoon|afternoons|evening at", "at"),
    (2, "the {ord} at", "the {ord} day of every month at"),
    (1, "{day} at", "{day} of every month at"),
    (1, "{day} of every|each|the month|quarter|year|week", "{day}"),
    (0, "month-end", "the last workday of every month"),
    (1, "the month-end", "the last workday of every month"),
    (0, "end of every|each|the month", "the last workday of every month"),
    (0, "end of every|each|the quarter", "the last workday of every quarter"),
    (0, "end of every|each|the year", "the last workday of every year"),
    (0, "end of month", "the last workday of every month"),
    (0, "end of quarter", "the last workday of every quarter"),
    (1, "the end of every|each|the month", "the last workday of every month"),
    (1, "the end of every|each|the quarter", "the last workday of every quarter"),
    (1, "of the|each|a|any|one month", "of every month"),
    (1, "of the|each|a|any quarter", "of every quarter"),
    (1, "of the|each|a|any year", "of every year"),
    (1, "of month", "of every month"),
    (1, "of {month}", "of every {month}"),
    (2, "of the month", "of every month"),
    (2, "of the quarter", "of every quarter"),
    (2, "of the year", "of every year"),
    (2, "of the {month}", "of every {month}"),
    (2, "of the months of", "of every"),
    (2, "of the fiscal|calendar", "of the"),
    (0, "every|each month", "of every month"),
    (0, "every|each quarter", "of every quarter"),
    (1, "of fiscal|calendar", "of"),
    (0, "monthly", "of every month"),
    (0, "quarterly", "of every quarter"),
    (0, "yearly|annually", "of every year"),
    (2, "month of the quarter", "month of every quarter"),
    (2, "month of each quarter", "month of every quarter"),
    (0, "the quarter", "every quarter"),
    (0, "as of", "starting"),
    (0, "starting on|from|at|with", "starting"),
    (1, "starting on|from|at|with|the", "starting"),
    (0, "with effect from", "starting"),
];

/// `every month on the 15th` and its like: the words in the order in which the language has them.
fn of_the_month(words: &[String], at: usize) -> Option<(usize, usize, String)> {
    let start = at.checked_sub(1).filter(|start| fits("every|each", &words[*start])).unwrap_or(at);
    let mut rest = words.get(start..)?.iter().map(String::as_str).enumerate().peekable();
    let skip = |rest: &mut std::iter::Peekable<_>, fillers: &[&str]| {
        while rest.next_if(|(_, word): &(usize, &str)| fillers.contains(word)).is_some() {}
    };
    skip(&mut rest, &["every", "each", "once", "a", "per"]);
    let span = match rest.next()?.1 {
        "month" | "monthly" => "month",
        "quarter" | "quarterly" => "quarter",
        "year" | "yearly" | "annually" => "year",
        _ => return None,
    };
    skip(&mut rest, &["on", "the", ","]);
    let (_, ordinal) = rest.next()?;
    let ordinal = ordinal_meant(ordinal)?;
    let unit = rest.next_if(|(_, word)| fits("{day}", word) || ["day", "workday"].contains(word));
    let used = rest.peek().map_or(words.len() - start, |(offset, _)| *offset);
    Some((start, used, format!("the {ordinal} {} of every {span}", unit.map_or("day", |(_, word)| word))))
}
