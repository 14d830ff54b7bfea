//! The language of `when`: what is understood, what is refused and how, and that printing and parsing agree.

use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Phrase {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The offending word, the message and what is expected.
fn refused(text: &str) -> (String, String, String) {
    let error = text.parse::<Phrase>().expect_err(text);
    (text[error.at].to_owned(), error.message, error.expected)
}

#[test]
fn canonical_phrases_print_as_written() {
    for text in [
        "every day at 00:00",
        "every workday at 08:45",
        "every Monday at 09:00",
        "every Thursday and Tuesday at 09:00",
        "every Tuesday, Wednesday and Thursday at 10:00",
        "every other Monday at 09:00",
        "every 2 weeks on Monday and Sunday at 09:00",
        "every 3 weeks on Tuesday at 23:59 starting 2026-12-01",
        "the first Monday of every month at 09:00",
        "the 15th day of every month at 09:00",
        "the last workday of every quarter at 16:00",
        "the second-to-last and third-to-last Friday of every year at 16:00",
        "the tenth, 11th, 12th, 13th, 21st, 22nd, 23rd and 31st day of every other month at 09:00",
        "the first and last workday of every June and December at 09:00",
        "the second Tuesday of the third month of every quarter at 09:00 starting 2027-02-28",
    ] {
        assert_eq!(parse(text).to_string(), text);
    }
}

#[test]
fn many_spellings_mean_one_phrase() {
    for (text, canonical) in [
        ("on every monday at 09:00", "every Monday at 09:00"),
        ("  ON\tEVERY   mOn  AT 09:00  ", "every Monday at 09:00"),
        ("every Mon,Tue,Wed at 09:00", "every Monday, Tuesday and Wednesday at 09:00"),
        ("every Mon , Tue, and Wed at 09:00", "every Monday, Tuesday and Wednesday at 09:00"),
        ("every Mon and Tue and Wed at 09:00", "every Monday, Tuesday and Wednesday at 09:00"),
        ("every 1 weeks on Fri at 09:00", "every Friday at 09:00"),
        ("every 2 weeks on Fri at 09:00", "every other Friday at 09:00"),
        ("the 1ST and 3rd mon of EVERY month at 09:00", "the first and third Monday of every month at 09:00"),
        ("the first day of every june at 09:00", "the first day of every June at 09:00"),
        (
            "the LAST workday of the Second month of every quarter at 09:00",
            "the last workday of the second month of every quarter at 09:00",
        ),
    ] {
        assert_eq!(parse(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn the_parts_of_a_phrase_are_kept_in_the_order_written() {
    let phrase = parse("on every 3 weeks on Thu and Tue at 09:05 starting 2026-12-01");
    assert_eq!(phrase.recur, Recur::Weekly { every: 3, weekdays: vec![Weekday::Thursday, Weekday::Tuesday] });
    assert_eq!((phrase.at, phrase.starting), (time(9, 5, 0, 0), Some(date(2026, 12, 1))));
    let phrase = parse("the last and 2nd workday of every June and March at 09:00");
    assert_eq!(
        phrase.recur,
        Recur::Ordinal {
            ordinals: vec![Ordinal::FromEnd(1), Ordinal::FromStart(2)],
            unit: Unit::Workday,
            span: SpanOf::Months(vec![6, 3])
        }
    );
}

#[test]
fn a_refusal_points_at_the_word_and_names_the_nearest() {
    for (text, word, near) in [
        ("evry Monday at 09:00", "evry", Some("every")),
        ("every Munday at 09:00", "Munday", Some("Monday")),
        ("every Tues at 09:00", "Tues", Some("Tuesday")),
        ("every Monday and Thrusday at 09:00", "Thrusday", Some("Thursday")),
        ("every Monday att 09:00", "att", Some("at")),
        ("every Monday at 9:00", "9:00", Some("09:00")),
        ("every Monday at 24:00", "24:00", None),
        ("every Monday at 09:60", "09:60", None),
        ("every Monday at +9:00", "+9:00", None),
        ("every Monday at 09:00 startng 2026-12-01", "startng", Some("starting")),
        ("every Monday at 09:00 starting 2026-02-30", "2026-02-30", None),
        ("every Monday at 09:00 starting 0000-01-01", "0000-01-01", None),
        ("every Monday at 09:00 starting 2026-12-01 thanks", "thanks", None),
        ("every Monday at 09:00,", ",", None),
        ("every ,Monday at 09:00", ",", None),
        ("every Monday,, Tuesday at 09:00", ",", None),
        ("every 0 weeks on Monday at 09:00", "0", None),
        ("every 521 weeks on Monday at 09:00", "521", None),
        ("every 99999999999 weeks on Monday at 09:00", "99999999999", None),
        ("every 2 week on Monday at 09:00", "week", Some("weeks")),
        ("every week on Monday at 09:00", "week", None),
        ("the 31th day of every month at 09:00", "31th", Some("31st")),
        ("the 22th day of every month at 09:00", "22th", Some("22nd")),
        ("the 11st day of every month at 09:00", "11st", Some("11th")),
        ("the 01st day of every month at 09:00", "01st", Some("1st")),
        ("the 32nd day of every month at 09:00", "32nd", None),
        ("the 0th day of every month at 09:00", "0th", None),
        ("the eleventh day of every month at 09:00", "eleventh", None),
        ("the frist day of every month at 09:00", "frist", Some("first")),
        ("the first weekday of every month at 09:00", "weekday", Some("workday")),
        ("the first day of each month at 09:00", "each", None),
        ("the first day of every Jan at 09:00", "Jan", Some("January")),
        ("the first day of every other quarter at 09:00", "quarter", None),
        ("the first day of the fourth month of every quarter at 09:00", "fourth", None),
        ("the first day of the first month of every year at 09:00", "year", None),
        ("every day and Monday at 09:00", "and", None),
        ("on on every day at 09:00", "on", None),
    ] {
        let (at, message, expected) = refused(text);
        assert_eq!(at, word, "{text}");
        assert_eq!(message, format!("`{word}` is not understood here"), "{text}");
        if let Some(near) = near {
            assert!(expected.contains(&format!("did you mean `{near}`")), "{text}: {expected}");
        }
    }
}

#[test]
fn a_missing_word_is_missed_at_the_end() {
    for text in [
        "",
        "  ",
        "on",
        "every",
        "every Monday",
        "every Monday at ",
        "every Monday and",
        "every 3",
        "every 3 weeks",
        "every other",
    ] {
        let error = text.parse::<Phrase>().expect_err(text);
        assert_eq!(error.at, text.trim_end().len()..text.trim_end().len(), "{text}");
        assert_eq!(error.message, "the phrase ends too early", "{text}");
        assert!(!error.expected.is_empty());
    }
    assert_eq!(refused("every Monday").2, "`at`, `and` or `,`, with a time as in `at 09:00`");
}

#[test]
fn nothing_is_named_twice() {
    for (text, word) in [
        ("the first and 1st day of every month at 09:00", "1st"),
        ("the last, second and LAST day of every month at 09:00", "LAST"),
        ("every Mon, Tue and Monday at 09:00", "Monday"),
        ("every 2 weeks on Mon and mon at 09:00", "mon"),
        ("the first day of every June and june at 09:00", "june"),
    ] {
        let (at, message, _) = refused(text);
        assert_eq!((at.as_str(), message), (word, format!("`{word}` is named twice")), "{text}");
    }
}

#[test]
fn every_other_takes_one_weekday_and_says_how_to_have_more() {
    let (at, message, expected) = refused("every other Mon and Thu at 09:00");
    assert_eq!((at.as_str(), message.as_str()), ("and", "`every other` takes one weekday"));
    assert!(expected.contains("every 2 weeks on Monday and …"), "{expected}");
}

#[test]
fn a_token_pasted_by_mistake_is_not_repeated() {
    for text in ["xoxb-1-abc", "every xapp-1 at 09:00", "every abcdefghijklmnopqrstuvwxyz at 09:00"] {
        let (_, message, expected) = refused(text);
        assert_eq!(message, "this word is not understood here");
        assert!(!expected.contains("xoxb"), "{expected}");
    }
}

fn some_of<T: Clone + std::fmt::Debug + 'static>(all: Vec<T>, most: usize) -> impl Strategy<Value = Vec<T>> {
    proptest::sample::subsequence(all, 1..=most).prop_shuffle()
}

pub(in crate::process) fn any_weekday() -> impl Strategy<Value = Weekday> {
    proptest::sample::select(WEEKDAYS.map(|(weekday, _)| weekday).to_vec())
}

fn any_recur() -> impl Strategy<Value = Recur> {
    let weekdays = || some_of(WEEKDAYS.map(|(weekday, _)| weekday).to_vec(), 7);
    let weeks = prop_oneof![4 => 1..=4u32, 1 => 1..=MOST_WEEKS];
    let ordinals = (1..=31).map(Ordinal::FromStart).chain((1..=3).map(Ordinal::FromEnd)).collect();
    let unit = prop_oneof![Just(Unit::Day), Just(Unit::Workday), any_weekday().prop_map(Unit::Weekday)];
    let span = prop_oneof![
        Just(SpanOf::EveryMonth),
        Just(SpanOf::EveryOtherMonth),
        Just(SpanOf::EveryQuarter),
        Just(SpanOf::EveryYear),
        some_of((1..=12).collect(), 12).prop_map(SpanOf::Months),
        (1..=3u8).prop_map(SpanOf::MonthOfQuarter),
    ];
    prop_oneof![
        1 => Just(Recur::EveryDay),
        1 => Just(Recur::EveryWorkday),
        3 => (weeks, weekdays()).prop_map(|(every, weekdays)| Recur::Weekly { every, weekdays }),
        5 => (some_of(ordinals, 6), unit, span)
            .prop_map(|(ordinals, unit, span)| Recur::Ordinal { ordinals, unit, span }),
    ]
}

pub(in crate::process) fn any_phrase() -> impl Strategy<Value = Phrase> {
    let at = (0..24i8, 0..60i8).prop_map(|(hour, minute)| time(hour, minute, 0, 0));
    let starting = proptest::option::of((2023..2028i16, 1..=12i8, 1..=28i8).prop_map(|(y, m, d)| date(y, m, d)));
    (any_recur(), at, starting).prop_map(|(recur, at, starting)| Phrase { recur, at, starting })
}

proptest! {
    #[test]
    fn printing_and_parsing_agree(phrase in any_phrase()) {
        let text = phrase.to_string();
        prop_assert_eq!(text.parse::<Phrase>(), Ok(phrase.clone()));
        prop_assert_eq!(text.to_uppercase().replace(' ', "  ").parse::<Phrase>(), Ok(phrase));
    }

    #[test]
    fn whatever_is_typed_is_understood_or_refused_at_a_place_in_it(text in "((on|every|the|other|first|last|2|weeks|Mon|,|and|of|month|at|09:00|é|\\PC) ?){0,9}") {
        match text.parse::<Phrase>() {
            Ok(phrase) => prop_assert_eq!(phrase.to_string().parse::<Phrase>(), Ok(phrase)),
            Err(error) => prop_assert!(text.get(error.at.clone()).is_some(), "{error:?}"),
        }
    }
}
