//! What is special in a year, apart from the standing week, and the two letters by which the grid shows it.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::process::phrase::{Recur, SpanOf};
use crate::process::{Activity, ActivityKey, Category};
use crate::record::State;
use crate::year::{Entry, Year};

/// How much a moment weighs to the eye: the rarer, the heavier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    Month,
    Quarter,
    Year,
}

/// How an activity is drawn.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) category: Category,
    pub(super) weight: Weight,
}

/// The marks of everything that is not standing work, by activity.
#[derive(Debug, Default)]
pub(super) struct Marks(BTreeMap<ActivityKey, Mark>);

/// Whether it belongs to the standing week: daily, weekly, every other week.
pub(super) fn is_standing(activity: &Activity) -> bool {
    match &activity.when.recur {
        Recur::EveryDay | Recur::EveryWorkday => true,
        Recur::Weekly { every, .. } => *every <= 2,
        Recur::Ordinal { .. } => false,
    }
}

fn weight(recur: &Recur) -> Weight {
    match recur {
        Recur::EveryDay | Recur::EveryWorkday | Recur::Weekly { .. } => Weight::Month,
        Recur::Ordinal { span, .. } => match span {
            SpanOf::EveryMonth | SpanOf::EveryOtherMonth => Weight::Month,
            SpanOf::EveryQuarter | SpanOf::MonthOfQuarter(_) => Weight::Quarter,
            SpanOf::EveryYear | SpanOf::Months(_) => Weight::Year,
        },
    }
}

impl Marks {
    /// Of all that is special in these years, with the same two letters wherever it stands.
    pub(super) fn new(years: &[Year<'_>]) -> Marks {
        let mut marks = Marks::default();
        let mut taken = BTreeSet::new();
        let mut standing = BTreeSet::new();
        for activity in years.iter().flat_map(|year| &year.process.activities) {
            if is_standing(activity) {
                standing.insert(&activity.key);
            } else {
                let weight = weight(&activity.when.recur);
                marks.add(&mut taken, &activity.key, &activity.title, activity.category, weight);
            }
        }
        // What an earlier revision called for and this one does not.
        for entry in years.iter().flat_map(|year| &year.entries).filter(|entry| !standing.contains(&entry.activity)) {
            marks.add(&mut taken, &entry.activity, &entry.title, entry.category, Weight::Month);
        }
        marks
    }

    fn add(
        &mut self,
        taken: &mut BTreeSet<String>,
        key: &ActivityKey,
        title: &str,
        category: Category,
        weight: Weight,
    ) {
        self.0.entry(key.clone()).or_insert_with(|| {
            let code = code(title, taken);
            taken.insert(code.clone());
            Mark { code, title: title.to_owned(), category, weight }
        });
    }

    /// The mark of an activity; `None`: standing work.
    pub(super) fn get(&self, key: &ActivityKey) -> Option<&Mark> {
        self.0.get(key)
    }
}

impl Mark {
    /// The mark itself; category and weight show in colour, in the border and in the letters.
    pub(super) fn badge(&self, count: usize, tooltip: Option<&str>, done: bool) -> Markup {
        let weight = match self.weight {
            Weight::Month => "",
            Weight::Quarter => " q",
            Weight::Year => " y",
        };
        html! {
            abbr class={ "m " (self.category.as_str()) (weight) } title=[tooltip] {
                @if done { "✓" } (self.code) @if count > 1 { sup { (count) } }
            }
        }
    }
}

/// A day's moments as badges, one for each activity.
pub(super) fn badges(marks: &Marks, entries: &[&Entry]) -> Markup {
    let mut by_activity: BTreeMap<&ActivityKey, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_activity.entry(&entry.activity).or_default().push(entry);
    }
    let mut found: Vec<_> =
        by_activity.iter().filter_map(|(key, entries)| marks.get(key).map(|mark| (mark, entries))).collect();
    found.sort_by_key(|(mark, entries)| (std::cmp::Reverse(mark.weight), entries[0].due.timestamp()));
    html! {
        @for (mark, entries) in found {
            @let words: Vec<String> =
                entries.iter().map(|entry| format!("{}, {}", entry.label(), entry.due.strftime("%H:%M"))).collect();
            @let done = entries.iter().all(|entry| entry.state == Some(State::Done));
            (mark.badge(entries.len(), Some(&words.join("; ")), done))
        }
    }
}

/// Two letters that nobody else has: the initials, else others of the title, else a letter and a number.
fn code(title: &str, taken: &BTreeSet<String>) -> String {
    const SMALL: [&str; 12] = ["a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "with"];
    let words: Vec<&str> = title
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty() && !SMALL.contains(&word.to_lowercase().as_str()))
        .collect();
    let parts: Vec<&str> = if words.len() == 1 { words[0].split('-').collect() } else { words };
    let letters: Vec<char> = parts.iter().flat_map(|part| part.chars()).filter(|c| c.is_alphanumeric()).collect();
    let first = letters.first().copied().unwrap_or('X');
    let initials = parts.iter().skip(1).filter_map(|part| part.chars().next());
    let seconds = initials.chain(letters.iter().skip(1).copied());
    let upper = |a: char, b: char| a.to_uppercase().chain(b.to_uppercase()).collect::<String>();
    let in_letters = seconds.map(|second| upper(first, second));
    let in_numbers = (2..).map(|number: u32| format!("{}{number}", first.to_uppercase()));
    in_letters.chain(in_numbers).find(|code| !taken.contains(code)).expect("numbers never end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_speak_and_are_never_given_twice() {
        let mut taken = BTreeSet::new();
        let titles = [
            "Pipeline review with the rep",
            "Ride-along",
            "Performance review",
            "Pricing",
            "Pr",
            "PR",
            "P-R",
            "",
            "会議",
        ];
        let codes: Vec<String> = titles
            .iter()
            .map(|title| {
                let code = code(title, &taken);
                assert!(taken.insert(code.clone()), "{code} twice");
                code
            })
            .collect();
        assert_eq!(codes, ["PR", "RA", "PE", "PI", "P2", "P3", "P4", "X2", "会議"]);
    }
}
