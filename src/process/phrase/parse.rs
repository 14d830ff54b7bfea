//! From words to a [`Phrase`]: a recursive descent over the grammar of `when`, one function a rule.

use std::ops::Range;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};

use super::hint::note;
use super::mend::{DATE, Mended, TIME, mend};
use super::print::ending;
use super::{
    FROM_END_WORDS, MONTHS, MOST_WEEKS, ORDINAL_WORDS, Ordinal, Phrase, PhraseError, Recur, SpanOf, Unit, WEEKDAYS,
    month_named, weekday_name, weekday_named,
};

impl FromStr for Phrase {
    type Err = PhraseError;

    fn from_str(text: &str) -> Result<Phrase, PhraseError> {
        let places = split(text);
        let words: Vec<&str> = places.iter().map(|place| &text[place.clone()]).collect();
        understand(&words).map_err(|stuck| told(text, &places, &words, stuck))
    }
}

/// Where the words stop making sense.
#[derive(Debug)]
pub(super) struct Stuck {
    /// The number of the word; as many as there are words where one is missing.
    pub at: usize,
    /// The words that could stand there, [`TIME`] and [`DATE`] for any.
    pub could: Vec<&'static str>,
    /// The same in words.
    wanted: String,
    /// What is wrong, where it is more than a word out of place.
    message: Option<String>,
}

/// The phrase that these words say.
pub(super) fn understand(words: &[&str]) -> Result<Phrase, Stuck> {
    let mut words = Words { words, next: 0 };
    words.accept("on");
    let recur = words.recur()?;
    // What else could stand before `at` depends on the list that has just ended.
    let also: &[&'static str] = match recur {
        Recur::Weekly { .. } | Recur::Ordinal { span: SpanOf::Months(_), .. } => &["at", "and", ","],
        Recur::EveryDay | Recur::EveryWorkday | Recur::Ordinal { .. } => &["at"],
    };
    if !words.accept("at") {
        let wanted = format!("{}, with a time as in `at 09:00`", either(also));
        return Err(words.refuse(wanted, also));
    }
    let at = words.time()?;
    let starting = if words.accept("starting") { Some(words.date()?) } else { None };
    if words.peek().is_some() {
        let could = if starting.is_none() { &["starting"][..] } else { &[] };
        let wanted = if starting.is_none() { "`starting YYYY-MM-DD` or nothing more" } else { "nothing more" };
        return Err(words.refuse(wanted.into(), could));
    }
    Ok(Phrase { recur, at, starting })
}

/// The error as people read it: the word, what could stand there, and what was surely meant.
fn told(text: &str, places: &[Range<usize>], words: &[&str], stuck: Stuck) -> PhraseError {
    let end = text.trim_end().len();
    let mut at = places.get(stuck.at).cloned().unwrap_or(end..end);
    let mended = if stuck.message.is_some() { Mended::No } else { mend(words, &stuck) };
    let hint = match mended {
        Mended::Word { instead_of, word } => {
            at.end = places[stuck.at + instead_of - 1].end;
            format!(" (did you mean `{word}`?)")
        }
        Mended::Whole(phrase) => format!(" (did you mean `{phrase}`?)"),
        Mended::No => note(words, stuck.at).map(|note| format!("; {note}")).unwrap_or_default(),
    };
    let message = stuck.message.unwrap_or_else(|| match places.get(stuck.at) {
        Some(_) => format!("{} is not understood here", quoted(&text[at.clone()])),
        None => "the phrase ends too early".into(),
    });
    PhraseError { at, message, expected: stuck.wanted + &hint }
}

/// The words of a phrase, each a byte range of the text; a comma is a word of its own.
fn split(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() || letter == ',' {
            words.extend(open.take().map(|start| start..at));
            words.extend((letter == ',').then_some(at..at + 1));
        } else {
            open.get_or_insert(at);
        }
    }
    words.extend(open.map(|start| start..text.len()));
    words
}

/// The words not yet understood.
struct Words<'a> {
    words: &'a [&'a str],
    next: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    /// Takes the next word where it is this one.
    fn accept(&mut self, word: &str) -> bool {
        let is_it = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.next += usize::from(is_it);
        is_it
    }

    /// Takes the next word, which must be this one; `could` are all that could stand there.
    fn expect(&mut self, word: &str, could: &[&'static str]) -> Result<(), Stuck> {
        if self.accept(word) { Ok(()) } else { Err(self.refuse(either(could), could)) }
    }

    /// Takes the next word where `read` understands it.
    fn take<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = read(self.peek()?)?;
        self.next += 1;
        Some(value)
    }

    fn recur(&mut self) -> Result<Recur, Stuck> {
        if self.accept("every") {
            return self.every();
        }
        self.expect("the", &["every", "the"])?;
        let ordinals = self.list(Words::ordinal, "ordinal")?;
        let unit = self.unit()?;
        self.expect("of", &["of"])?;
        Ok(Recur::Ordinal { ordinals, unit, span: self.span()? })
    }

    fn every(&mut self) -> Result<Recur, Stuck> {
        if self.accept("day") {
            return Ok(Recur::EveryDay);
        }
        if self.accept("workday") {
            return Ok(Recur::EveryWorkday);
        }
        if self.accept("other") {
            return self.every_other();
        }
        if self.peek().is_some_and(|word| word.starts_with(|letter: char| letter.is_ascii_digit())) {
            let every = self.weeks()?;
            self.expect("weeks", &["weeks"])?;
            self.expect("on", &["on"])?;
            return Ok(Recur::Weekly { every, weekdays: self.list(Words::weekday, "weekday")? });
        }
        if self.peek().and_then(weekday_named).is_none() {
            let names = WEEKDAYS.iter().map(|(_, name)| *name);
            let could: Vec<_> = ["day", "workday", "other"].into_iter().chain(names).collect();
            return Err(self.refuse("`day`, `workday`, a weekday, `other` or `N weeks on`".into(), &could));
        }
        Ok(Recur::Weekly { every: 1, weekdays: self.list(Words::weekday, "weekday")? })
    }

    fn every_other(&mut self) -> Result<Recur, Stuck> {
        let weekday = self.weekday()?;
        if self.peek().is_some_and(|word| word == "," || word.eq_ignore_ascii_case("and")) {
            let longer = format!("`at`: for several days write `every 2 weeks on {} and …`", weekday_name(weekday));
            return Err(self.wrong("`every other` takes one weekday".into(), longer));
        }
        Ok(Recur::Weekly { every: 2, weekdays: vec![weekday] })
    }

    fn weeks(&mut self) -> Result<u32, Stuck> {
        let sensible = |word: &str| {
            let plain = word.bytes().all(|letter| letter.is_ascii_digit());
            word.parse().ok().filter(|weeks| plain && (1..=MOST_WEEKS).contains(weeks))
        };
        let wanted = format!("a number of weeks from 1 to {MOST_WEEKS}");
        self.take(sensible).ok_or_else(|| self.refuse(wanted, &[]))
    }

    /// One or more items between `,`, `and` or `, and`, none twice.
    fn list<T: PartialEq>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, Stuck>,
        name: &str,
    ) -> Result<Vec<T>, Stuck> {
        let mut items = Vec::new();
        loop {
            let value = item(self)?;
            if items.contains(&value) {
                self.next -= 1;
                let word = quoted(self.peek().unwrap_or_default());
                return Err(self.wrong(format!("{word} is named twice"), format!("another {name}, or none")));
            }
            items.push(value);
            if self.accept(",") {
                self.accept("and");
            } else if !self.accept("and") {
                return Ok(items);
            }
        }
    }

    fn ordinal(&mut self) -> Result<Ordinal, Stuck> {
        if let Some(ordinal) = self.take(ordinal_spelt) {
            return Ok(ordinal);
        }
        let could: Vec<_> = ORDINAL_WORDS.into_iter().chain(FROM_END_WORDS).collect();
        let wanted = "`first` to `tenth`, `1st` to `31st`, `last`, `second-to-last` or `third-to-last`";
        Err(self.refuse(wanted.into(), &could))
    }

    fn unit(&mut self) -> Result<Unit, Stuck> {
        if self.accept("day") {
            return Ok(Unit::Day);
        }
        if self.accept("workday") {
            return Ok(Unit::Workday);
        }
        self.take(weekday_named).map(Unit::Weekday).ok_or_else(|| {
            let names = WEEKDAYS.iter().map(|(_, name)| *name);
            let could: Vec<_> = ["day", "workday", "and"].into_iter().chain(names).collect();
            self.refuse("`day`, `workday`, a weekday, or `and` with another ordinal".into(), &could)
        })
    }

    fn span(&mut self) -> Result<SpanOf, Stuck> {
        if self.accept("the") {
            let place = |word: &str| {
                (1..).zip(&ORDINAL_WORDS[..3]).find(|(_, name)| word.eq_ignore_ascii_case(name)).map(|(place, _)| place)
            };
            let could = &ORDINAL_WORDS[..3];
            let place = self.take(place).ok_or_else(|| self.refuse(either(could), could))?;
            for word in ["month", "of", "every", "quarter"] {
                self.expect(word, &[word])?;
            }
            return Ok(SpanOf::MonthOfQuarter(place));
        }
        self.expect("every", &["every", "the"])?;
        if self.accept("other") {
            self.expect("month", &["month"])?;
            return Ok(SpanOf::EveryOtherMonth);
        }
        for (word, span) in
            [("month", SpanOf::EveryMonth), ("quarter", SpanOf::EveryQuarter), ("year", SpanOf::EveryYear)]
        {
            if self.accept(word) {
                return Ok(span);
            }
        }
        if self.peek().and_then(month_named).is_none() {
            let could: Vec<_> = ["month", "other", "quarter", "year"].into_iter().chain(MONTHS).collect();
            let wanted = "`month`, `other month`, `quarter`, `year` or the whole name of a month";
            return Err(self.refuse(wanted.into(), &could));
        }
        Ok(SpanOf::Months(self.list(Words::month, "month")?))
    }

    fn weekday(&mut self) -> Result<Weekday, Stuck> {
        self.take(weekday_named).ok_or_else(|| {
            let names = WEEKDAYS.map(|(_, name)| name);
            self.refuse("a weekday such as `Monday` or `Mon`".into(), &names)
        })
    }

    fn month(&mut self) -> Result<i8, Stuck> {
        self.take(month_named).ok_or_else(|| self.refuse("the whole name of a month".into(), &MONTHS))
    }

    fn time(&mut self) -> Result<Time, Stuck> {
        self.take(time_spelt).ok_or_else(|| self.refuse("a time as HH:MM, `00:00` to `23:59`".into(), &[TIME]))
    }

    fn date(&mut self) -> Result<Date, Stuck> {
        self.take(date_spelt).ok_or_else(|| self.refuse("a date as YYYY-MM-DD".into(), &[DATE]))
    }

    /// The next word (or the missing one) cannot stand here: `wanted` says what can, `could` are the single words.
    fn refuse(&self, wanted: String, could: &[&'static str]) -> Stuck {
        Stuck { at: self.next, could: could.to_vec(), wanted, message: None }
    }

    /// An error at the next word that says itself what is wrong.
    fn wrong(&self, message: String, wanted: String) -> Stuck {
        Stuck { at: self.next, could: Vec::new(), wanted, message: Some(message) }
    }
}

/// A word as an error may show it: nothing long, which could be a secret pasted into the wrong place.
fn quoted(word: &str) -> String {
    let small = word.to_ascii_lowercase();
    if word.len() <= 20 && !small.starts_with("xo") && !small.starts_with("xapp") {
        format!("`{word}`")
    } else {
        "this word".into()
    }
}

/// `a`, `b` or `c`, each in backticks.
fn either(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

fn ordinal_spelt(word: &str) -> Option<Ordinal> {
    let place = |names: &[&str]| (1..).zip(names).find(|(_, name)| word.eq_ignore_ascii_case(name)).map(|(n, _)| n);
    if let Some(place) = place(&ORDINAL_WORDS) {
        return Some(Ordinal::FromStart(place));
    }
    if let Some(place) = place(&FROM_END_WORDS) {
        return Some(Ordinal::FromEnd(place));
    }
    let number = leading_number(word).filter(|number| (1..=31).contains(number))?;
    word.eq_ignore_ascii_case(&format!("{number}{}", ending(number))).then_some(Ordinal::FromStart(number))
}

/// The number with which a word begins.
fn leading_number(word: &str) -> Option<u8> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    word[..digits].parse().ok()
}

fn time_spelt(word: &str) -> Option<Time> {
    let (hour, minute) = word.split_once(':')?;
    Time::new(digits(hour, 2)? as i8, digits(minute, 2)? as i8, 0, 0).ok()
}

pub(super) fn date_spelt(word: &str) -> Option<Date> {
    let mut parts = word.split('-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    // The first and the last year are left out, so that a move or a time zone never leads beyond what a date can be.
    let sensible = parts.next().is_none() && (1..=9998).contains(&year);
    sensible.then(|| Date::new(year, month as i8, day as i8).ok())?
}

/// Exactly so many digits, as a number.
fn digits(text: &str, count: usize) -> Option<i16> {
    (text.len() == count && text.bytes().all(|letter| letter.is_ascii_digit())).then(|| text.parse().ok())?
}
