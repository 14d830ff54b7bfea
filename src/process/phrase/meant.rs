//! What single words were surely meant to be: slips of the pen, abbreviations, other ways to write a time or a date.

use super::parse::date_spelt;
use super::print::ending;
use super::{FROM_END_WORDS, MONTHS, ORDINAL_WORDS, WEEKDAYS, month_named, weekday_named};

/// What one word stands for where the grammar could have some others.
pub(super) fn respelt(word: &str, could: &[&'static str]) -> Vec<String> {
    let bare = word.trim_matches(|c: char| matches!(c, '.' | ';' | ':' | '!' | '"' | '\'' | '(' | ')' | '“' | '”'));
    let has = |one: &&str| could.contains(one);
    let mut found: Vec<String> = Vec::new();
    let mut offer = |meant: &str| {
        if !found.iter().any(|known| known == meant) {
            found.push(meant.to_owned());
        }
    };
    for (spelt, meant) in SPELLINGS {
        if *spelt == bare && could.contains(meant) {
            offer(meant);
        }
    }
    if let (true, Some(ordinal)) = (has(&"first"), ordinal_meant(bare)) {
        offer(&ordinal);
    }
    if let Some(near) = nearest(bare, could) {
        offer(near);
    }
    // `Mondays`, `Mon.`, `Tue/Thu`, `Mon-Wed-Fri`.
    let parts: Vec<&str> = bare.split(['/', '+', '&']).filter(|part| !part.is_empty()).collect();
    let is_day = |part: &&str| weekday_named(part).is_some() || weekday_meant(part).is_some();
    if has(&"Monday") && parts.len() > 1 && parts.iter().all(is_day) {
        let days: Vec<&str> =
            parts.iter().filter_map(|part| weekday_meant(part).or_else(|| whole_weekday(part))).collect();
        offer(&days.join(" and "));
    }
    if has(&"Monday") {
        weekday_meant(bare).iter().for_each(|day| offer(day));
        if let Some(days) = LETTERS.iter().find(|(letters, _)| *letters == bare) {
            offer(days.1);
        }
    }
    if bare != word && !bare.is_empty() {
        offer(bare);
    }
    found
}

/// Days as timetables abbreviate them.
const LETTERS: [(&str, &str); 5] = [
    ("mwf", "Monday , Wednesday and Friday"),
    ("mw", "Monday and Wednesday"),
    ("tth", "Tuesday and Thursday"),
    ("t/th", "Tuesday and Thursday"),
    ("tuth", "Tuesday and Thursday"),
];

/// Other words for those of the grammar.
const SPELLINGS: &[(&str, &str)] = &[
    ("each", "every"),
    ("any", "every"),
    ("all", "every"),
    ("per", "every"),
    ("ea", "every"),
    ("&", "and"),
    ("+", "and"),
    ("/", "and"),
    ("plus", "and"),
    ("or", "and"),
    (";", "and"),
    ("n", "and"),
    ("und", "and"),
    ("@", "at"),
    ("by", "at"),
    ("from", "at"),
    ("around", "at"),
    ("before", "at"),
    ("after", "at"),
    ("on", "at"),
    ("in", "of"),
    ("for", "of"),
    ("on", "of"),
    ("from", "of"),
    ("each", "of"),
    ("days", "day"),
    ("weekday", "workday"),
    ("weekdays", "workday"),
    ("workdays", "workday"),
    ("businessday", "workday"),
    ("bday", "workday"),
    ("business-day", "workday"),
    ("working-day", "workday"),
    ("work-day", "workday"),
    ("months", "month"),
    ("mth", "month"),
    ("quarters", "quarter"),
    ("qtr", "quarter"),
    ("years", "year"),
    ("week", "weeks"),
    ("wks", "weeks"),
    ("second", "other"),
    ("2nd", "other"),
    ("alternate", "other"),
    ("alternating", "other"),
    ("from", "starting"),
    ("since", "starting"),
    ("beginning", "starting"),
    ("start", "starting"),
    ("begins", "starting"),
    ("after", "starting"),
    ("effective", "starting"),
    ("starts", "starting"),
    ("sept", "September"),
    ("febuary", "February"),
];

/// `Mondays`, `tues`, `thurs.`, `Wensday`: the weekday's whole name.
pub(super) fn weekday_meant(word: &str) -> Option<&'static str> {
    let bare = word.trim_end_matches(['.', ',', ':']).trim_end_matches("'s").trim_end_matches('s');
    let names: Vec<&'static str> = WEEKDAYS.iter().map(|(_, name)| *name).collect();
    let short = ["mo", "tu", "we", "th", "fr", "sa", "su"].iter().position(|short| *short == bare);
    let short = short.or((bare == "wed" || word == "weds").then_some(2)).map(|place| names[place]);
    whole_weekday(bare).or(short).or_else(|| nearest(word, &names))
}

fn whole_weekday(word: &str) -> Option<&'static str> {
    let weekday = weekday_named(word)?;
    WEEKDAYS.iter().find(|(known, _)| *known == weekday).map(|(_, name)| *name)
}

pub(super) fn month_meant(word: &str) -> Option<&'static str> {
    nearest(word.trim_end_matches('.'), &MONTHS)
}

/// `31th`, `15`, `twelfth`, `twenty-first`, `final`: the ordinal as the language spells it.
pub(super) fn ordinal_meant(word: &str) -> Option<String> {
    const TEENS: [&str; 10] = [
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let word = word.trim_end_matches(['.', ',']);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let known_ending = ["", "st", "nd", "rd", "th"].contains(&&word[digits..]);
        let number = word[..digits].parse::<u8>().ok().filter(|number| known_ending && (1..=31).contains(number))?;
        return Some(format!("{number}{}", ending(number)));
    }
    let tens = [("twenty", 20), ("thirty", 30)].into_iter().find_map(|(tens, number)| {
        let rest = word.strip_prefix(tens)?.trim_start_matches('-');
        let place = ORDINAL_WORDS.iter().take(9).position(|name| *name == rest)? + 1;
        u8::try_from(number + place).ok().filter(|number| *number <= 31)
    });
    let teen = TEENS.iter().position(|name| *name == word).and_then(|place| u8::try_from(place + 11).ok());
    let number = tens.or(teen).or((word == "thirtieth").then_some(30));
    if let Some(number) = number {
        return Some(format!("{number}{}", ending(number)));
    }
    let known: Vec<&'static str> = ORDINAL_WORDS.into_iter().chain(FROM_END_WORDS).collect();
    let last = ["final", "lst", "latest"].contains(&word).then_some("last");
    last.or_else(|| nearest(word, &known)).map(str::to_owned)
}

/// `8:00`, `4pm`, `4 pm`, `16.30`, `1600`, `noon`: how many words, and the time as the language spells it.
pub(super) fn time_meant(words: &[String]) -> Option<(usize, String)> {
    let first = words.first()?.trim_start_matches('@').trim_end_matches(['.', ';', ',']);
    match first {
        "noon" | "midday" => return Some((1, "12:00".to_owned())),
        "midnight" => return Some((1, "00:00".to_owned())),
        _ => {}
    }
    let second = words.get(1).map_or("", String::as_str);
    // `9 a.m.`, `4 p.m.`: dots are no part of it.
    let plain = |word: &str| word.chars().filter(|c| *c != '.').collect::<String>();
    let (number, half) = match ["am", "pm"].iter().find(|half| plain(first).ends_with(**half)) {
        Some(half) => (first.trim_end_matches(['a', 'p', 'm', '.']), Some((1, *half))),
        None => (first, ["am", "pm"].iter().find(|half| plain(second) == **half).map(|half| (2, *half))),
    };
    let number = number.trim_end_matches("uhr").trim_end_matches('h').trim_end_matches("hrs");
    let parts: Vec<&str> = number.split([':', '.', 'h']).collect();
    let is_plain = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_digit());
    let digits = |text: &str| is_plain(text).then(|| text.parse::<u8>().ok())?;
    let (hour, minute) = match parts[..] {
        [whole] if whole.len() == 4 && whole.is_ascii() => (digits(&whole[..2])?, digits(&whole[2..])?),
        [hour] => (digits(hour)?, 0),
        [hour, minute] | [hour, minute, "00"] => (digits(hour)?, digits(minute).filter(|_| minute.len() == 2)?),
        _ => return None,
    };
    let hour = match half {
        Some((_, "pm")) if (1..12).contains(&hour) => hour + 12,
        Some((_, "am")) if hour == 12 => 0,
        Some(_) | None => hour,
    };
    let count = half.map_or(1, |(count, _)| count);
    (hour < 24 && minute < 60).then(|| (count, format!("{hour:02}:{minute:02}")))
}

/// `2026/12/1`, `1.12.2026`, `December 1 2026`, `1 Dec 2026`: how many words, and the date as the language spells it. What
/// could be two dates (`1/12/2026`) is not guessed.
pub(super) fn date_meant(words: &[String]) -> Option<(usize, String)> {
    let first = words.first()?.trim_end_matches(['.', ',', ';']);
    let spelt = |year: u16, month: i8, day: u8| {
        let text = format!("{year:04}-{month:02}-{day:02}");
        date_spelt(&text).map(|_| text)
    };
    let numbers: Option<Vec<u16>> = first.split(['-', '/', '.', '–']).map(|part| part.parse().ok()).collect();
    if let Some([a, b, c]) = numbers.as_deref() {
        let (year, month, day) = match (*a, *b, *c) {
            (year @ 1000.., month, day) => (year, month, day),
            (day, month, year @ 1000..) if first.contains('.') || (day > 12 && month <= 12) => (year, month, day),
            (month, day, year @ 1000..) if day > 12 => (year, month, day),
            _ => return None,
        };
        return Some((1, spelt(year, i8::try_from(month).ok()?, u8::try_from(day).ok()?)?));
    }
    let rest: Vec<&str> = words.iter().take(5).map(|word| word.trim_end_matches(['.', ','])).collect();
    let filled: Vec<(usize, &str)> = rest.into_iter().enumerate().filter(|(_, word)| !word.is_empty()).collect();
    let [(_, a), (_, b), (last, year), ..] = filled[..] else { return None };
    let month = |word: &str| month_meant(word).and_then(month_named);
    let day = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u8>().ok();
    let (month, day) = month(a).zip(day(b)).or_else(|| month(b).zip(day(a)))?;
    Some((last + 1, spelt(year.parse().ok()?, month, day)?))
}

/// The candidate that a typo was surely meant to be.
pub(super) fn nearest<'a>(word: &str, could: &[&'a str]) -> Option<&'a str> {
    const SURE: f64 = 0.84; // `evry` to `every` is 0.95, `Tues` to `Tuesday` 0.91; unrelated words stay below 0.7
    let word = word.to_lowercase();
    could
        .iter()
        // People rarely miss the first letter, and `seventh` is not what `eleventh` was meant to be.
        .filter(|candidate| candidate.chars().next().map(|first| first.to_ascii_lowercase()) == word.chars().next())
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), *candidate))
        .filter(|(likeness, candidate)| *likeness >= SURE && is_a_slip(&word, &candidate.to_lowercase()))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether few letters are wrong, or the end is missing: `three` is not what `the` was meant to be.
fn is_a_slip(word: &str, candidate: &str) -> bool {
    let allowed = (word.chars().count() / 3).max(1);
    candidate.starts_with(word) || strsim::damerau_levenshtein(word, candidate) <= allowed
}
