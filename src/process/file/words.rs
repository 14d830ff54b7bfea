//! The small languages inside the file's strings: enumerations, times, weekdays, months, capacity, grace, target.

use jiff::civil::{Time, Weekday};

use crate::process::phrase::weekday_name;
use crate::process::{Category, Comparison, Grace, Intensity, OnHoliday, Per, Priority, Target, Verify};

/// An enumeration that the file writes as one of a few words.
pub(super) trait Word: Copy + 'static {
    /// Every one, in the order in which they are offered.
    const ALL: &'static [Self];
    /// As the file writes it.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl Word for $type {
            const ALL: &'static [$type] = &[$($type::$variant),+];
            fn word(self) -> &'static str {
                match self {
                    $($type::$variant => $word),+
                }
            }
        }
    };
}

words!(Category {
    Meeting = "meeting",
    Coaching = "coaching",
    Forecast = "forecast",
    Pipeline = "pipeline",
    Inspection = "inspection",
    RideAlong = "ride-along",
    Other = "other",
});
words!(Intensity { Light = "light", Standard = "standard", Active = "active" });
words!(Per { Manager = "manager", Rep = "rep" });
words!(Priority { Must = "must", Nice = "nice" });
words!(OnHoliday {
    Following = "following",
    ModifiedFollowing = "modified following",
    Preceding = "preceding",
    Skip = "skip",
});
words!(Verify { None = "none", Rep = "rep", Leader = "leader", System = "system" });

/// `Mon` … `Sun`.
pub(super) fn weekday_word(day: Weekday) -> &'static str {
    &weekday_name(day)[..3]
}

/// `HH:MM`, 00:00 to 23:59.
pub(super) fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| -> Option<i8> {
        (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

/// `HH:MM`.
pub(super) fn time_word(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `16.5h a week` in minutes: more than nothing, at most the 168 hours that a week has.
pub(super) fn capacity(text: &str) -> Option<u32> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let number = text.strip_suffix(" a week")?.trim_end().strip_suffix('h')?.trim_end();
    let minutes = (decimal(number)? * 60.0).round();
    // The cast is exact: a whole number within the range just checked.
    (1.0..=168.0 * 60.0).contains(&minutes).then_some(minutes as u32)
}

/// The shortest spelling that [`capacity`] reads back as the same minutes: a hundredth of an hour is less than a minute.
pub(super) fn capacity_word(minutes: u32) -> String {
    let hours = (f64::from(minutes) / 60.0 * 100.0).round() / 100.0;
    format!("{hours}h a week")
}

/// `3 workdays` (at most 60) or `end of week`; the error says what is wrong with it.
pub(super) fn grace(text: &str) -> Result<Grace, String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["end", "of", "week"] => Ok(Grace::EndOfWeek),
        [number, "workday" | "workdays"] if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            let days = number.parse().ok().filter(|days: &u8| *days <= 60);
            days.map(Grace::Workdays).ok_or_else(|| format!("a grace of {number} workdays is too long"))
        }
        _ => Err(format!("`{text}` is no grace")),
    }
}

/// As [`grace`] reads it.
pub(super) fn grace_word(grace: Grace) -> String {
    match grace {
        Grace::Workdays(1) => "1 workday".to_owned(),
        Grace::Workdays(days) => format!("{days} workdays"),
        Grace::EndOfWeek => "end of week".to_owned(),
    }
}

/// `<= 2`, `< 2`, `= 2`, `> 2`, `>= 2`.
pub(super) fn target(text: &str) -> Option<Target> {
    let text = text.trim();
    let signs = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Below),
        (">", Comparison::Above),
        ("=", Comparison::Equal),
    ];
    let (number, comparison) =
        signs.iter().find_map(|(sign, comparison)| Some((text.strip_prefix(sign)?, *comparison)))?;
    let number = number.trim();
    let (minus, digits) = number.strip_prefix('-').map_or((1.0, number), |digits| (-1.0, digits));
    Some(Target { comparison, value: minus * decimal(digits)? })
}

/// As [`target`] reads it.
pub(super) fn target_word(target: Target) -> String {
    let sign = match target.comparison {
        Comparison::AtMost => "<=",
        Comparison::Below => "<",
        Comparison::Equal => "=",
        Comparison::Above => ">",
        Comparison::AtLeast => ">=",
    };
    format!("{sign} {}", target.value)
}

/// Digits with or without a decimal point: neither `inf` nor `NaN` nor an exponent.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().any(|b| b.is_ascii_digit());
    let value: f64 = plain.then(|| text.parse().ok()).flatten()?;
    value.is_finite().then_some(value)
}

/// The option nearest to `word`, where one is near enough to have been meant.
pub(super) fn nearest<'a>(word: &str, options: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let near = |option: &&str| strsim::damerau_levenshtein(&word, &option.to_lowercase());
    let best = options.into_iter().min_by_key(near)?;
    let longer = word.len() >= 3 && best.to_lowercase().starts_with(&word);
    (near(&best) <= allowed || longer).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_survive_being_written() {
        for minutes in 1..=168 * 60 {
            assert_eq!(capacity(&capacity_word(minutes)), Some(minutes), "{}", capacity_word(minutes));
        }
        assert_eq!(capacity("16.5h a week"), Some(990));
        for bad in
            ["", "16.5", "16.5h", "h a week", "0h a week", "-1h a week", "169h a week", "infh a week", "1e2h a week"]
        {
            assert_eq!(capacity(bad), None, "{bad}");
        }
    }

    #[test]
    fn targets_are_plain_numbers() {
        assert_eq!(target(">=-1.50"), Some(Target { comparison: Comparison::AtLeast, value: -1.5 }));
        for bad in ["", "2", "== 2", "<= ", "<= NaN", "< inf", "> 1e9", "= 1.2.3", "= .", "=> 2", "<= --2", "<= 20%"] {
            assert_eq!(target(bad), None, "{bad}");
        }
        assert_eq!(target(&format!("< {}", "9".repeat(400))), None);
    }

    #[test]
    fn times_have_two_digits_each() {
        assert_eq!(time("09:05"), Time::new(9, 5, 0, 0).ok());
        for bad in ["9:05", "24:00", "09:60", "0905", "09:05:00", "+9:05", "09.05", ""] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn graces_end_at_sixty() {
        assert_eq!(grace("1 workday"), Ok(Grace::Workdays(1)));
        assert_eq!(grace(" End  of week"), Ok(Grace::EndOfWeek));
        for bad in ["61 workdays", "999 workdays", "-1 workdays", "workdays", "2 days", "1.5 workdays", "end of month"]
        {
            assert!(grace(bad).is_err(), "{bad}");
        }
    }
}
