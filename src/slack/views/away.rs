//! Days away: said back in words, asked for in a modal, and told of on the last workday before.

use jiff::civil::Date;
use serde_json::Value;
use slack_morphism::blocks::*;

use super::kit::{self, Rich};
use super::text::{escape_within, truncate};
use super::{MessageContent, View, modals};
use crate::record::absence::words::NoDays;
use crate::record::absence::{Meanwhile, last_day};
use crate::record::{Days, Entry};
use crate::slack::action::{Action, Modal};
use crate::slack::inbound::block;

/// How many stretches a modal lists, and how many things a sentence names.
const MOST_STRETCHES: usize = 10;
const MOST_NAMED: usize = 4;

/// What a manager is told of their days away.
#[derive(Debug, Clone, Copy)]
pub struct AwayPicture<'a> {
    /// The manager's own date.
    pub today: Date,
    /// What it is about.
    pub said: Said<'a>,
    /// Other days away that are not over.
    pub others: &'a [Days],
}

/// What was said, and what it does.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// Away on these days.
    Away(&'a Meanwhile),
    /// Not away on these days after all; how many things are on the list again.
    Back(Days, usize),
    /// Not away, and wasn't to be.
    NotAway,
    /// Said again, by a second delivery: it is taken back already.
    TakenBack,
}

/// *Thu 24 Dec to Sat 2 Jan*, *today*; with the year where it would be guessed wrong.
pub fn days_in_words(days: Days, today: Date) -> String {
    if days.first() == today && days.last() == today {
        return "today".to_owned();
    }
    in_words(days, today, "%a %-d %b", "%a %-d %b %Y")
}

/// *24 Dec to 2 Jan*
pub fn short_days(days: Days, today: Date) -> String {
    in_words(days, today, "%-d %b", "%-d %b %Y")
}

fn in_words(days: Days, today: Date, near: &str, far: &str) -> String {
    const NEAR: i32 = 300;
    let is_far = today.until(days.last()).is_ok_and(|span| span.get_days() > NEAR);
    let last = days.last().strftime(if is_far { far } else { near }).to_string();
    if days.first() == days.last() {
        return last;
    }
    let other_year = is_far && days.first().year() != days.last().year();
    format!("{} to {last}", days.first().strftime(if other_year { far } else { near }))
}

/// The answer to `/onbeat away …`: what was understood, what it means, and how to change it.
pub fn away(picture: &AwayPicture<'_>) -> MessageContent {
    let (headline, rest) = told(picture);
    let text = escape_within(&format!("{headline}\n{rest}"), 3000);
    MessageContent { text, blocks: shown(picture, &headline, &rest) }
}

/// The same in the modal that asked for the days.
pub fn away_told_modal(picture: &AwayPicture<'_>) -> View {
    let (headline, rest) = told(picture);
    let view = SlackModalView::new(kit::plain("Away", 24), shown(picture, &headline, &rest));
    View(SlackView::Modal(view.with_close(kit::plain("Close", 24))))
}

fn told(picture: &AwayPicture<'_>) -> (String, String) {
    let (headline, mut rest) = match picture.said {
        Said::Away(meanwhile) => {
            let quiet = "I'll be quiet until you're back. Your leader sees the days in the digest.";
            let headline = format!("You're away {}.", days_in_words(meanwhile.days, picture.today));
            (headline, vec![consequences(meanwhile), quiet.to_owned()])
        }
        Said::Back(days, again) => {
            let again = match again {
                0 => "Nothing that is still to come had fallen away.".to_owned(),
                1 => "1 thing is on your list again.".to_owned(),
                many => format!("{many} things are on your list again."),
            };
            (format!("You're not away {} after all.", days_in_words(days, picture.today)), vec![again])
        }
        Said::NotAway => {
            ("You aren't away, and no days away are noted.".to_owned(), vec![format!("Going? {EXAMPLES}")])
        }
        Said::TakenBack => ("That's taken back already.".to_owned(), Vec::new()),
    };
    let others: Vec<String> = picture.others.iter().map(|days| short_days(*days, picture.today)).collect();
    if !others.is_empty() {
        rest.push(format!("Also away: {}.", others.join(", ")));
    }
    (headline, rest.join("\n"))
}

fn shown(picture: &AwayPicture<'_>, headline: &str, rest: &str) -> Vec<SlackBlock> {
    let mut blocks = vec![Rich::default().bold(headline).text("\n").text(&truncate(rest, 2500)).block()];
    match picture.said {
        Said::Away(meanwhile) => blocks.push(buttons(meanwhile.days, picture.today)),
        Said::Back(..) | Said::NotAway | Said::TakenBack => {
            let about = "days on which you are away";
            blocks.push(kit::actions("away", vec![kit::button("Away…", &Action::Away, about).into()]));
        }
    }
    blocks
}

fn buttons(days: Days, today: Date) -> SlackBlock {
    let about = short_days(days, today);
    let change = kit::button("Change", &Action::ChangeAway(days), &about);
    let back = kit::button("Take it back", &Action::Back(days), &about);
    kit::actions(&format!("away.{days}"), vec![change.into(), back.into()])
}

/// *6 things fall away, 1 stays: Monthly forecast, now until Thu 7 Jan.*
fn consequences(meanwhile: &Meanwhile) -> String {
    let falls = match meanwhile.falls_away {
        0 => "Nothing falls away".to_owned(),
        1 => "1 thing falls away".to_owned(),
        many => format!("{many} things fall away"),
    };
    let stays = match meanwhile.stays.len() {
        0 if meanwhile.falls_away == 0 => return with_closes("Nothing falls due in between.".to_owned(), meanwhile),
        0 => format!("{falls}, and nothing waits for you."),
        1 => format!("{falls}, 1 stays: {}.", named(&meanwhile.stays, "now until")),
        many => format!("{falls}, {many} stay: {}.", named(&meanwhile.stays, "now until")),
    };
    with_closes(stays, meanwhile)
}

fn with_closes(words: String, meanwhile: &Meanwhile) -> String {
    if meanwhile.closes.is_empty() {
        return words;
    }
    format!("{words}\nCloses before you're back: {}.", named(&meanwhile.closes, "until"))
}

fn named(entries: &[Entry], until: &str) -> String {
    let name = |entry: &Entry| {
        let day = last_day(&entry.occurrence).strftime("%a %-d %b").to_string();
        format!("{}, {until} {day}", truncate(&entry.label(), 100))
    };
    let mut names: Vec<String> = entries.iter().take(MOST_NAMED).map(name).collect();
    if entries.len() > MOST_NAMED {
        names.push(format!("and {} more", entries.len() - MOST_NAMED));
    }
    names.join("; ")
}

/// What the plan of the last workday before says: headline and the rest.
pub(super) fn heads_up(meanwhile: &Meanwhile, listed: &[Entry]) -> (String, String) {
    // It is some day before, and read on others.
    let before = meanwhile.days.first().yesterday().unwrap_or(meanwhile.days.first());
    let mut rest = consequences(meanwhile);
    // Said after the plan went out, the plan lists none of it.
    let is_listed = |stays: &Entry| listed.iter().any(|entry| entry.occurrence.id == stays.occurrence.id);
    if meanwhile.stays.iter().any(is_listed) {
        rest.push_str("\nWhat stays is on the list below too, should you like to do it ahead.");
    }
    (format!("You're away {}.", days_in_words(meanwhile.days, before)), rest)
}

/// The Home tab's lines about days away.
pub(super) fn home_section(days: &[Days], today: Date) -> Vec<SlackBlock> {
    let (words, label) = match days {
        [] => ("Off for a day or more? Tell me, and I'll be quiet.".to_owned(), "Away…"),
        some => {
            let all: Vec<String> = some.iter().take(MOST_STRETCHES).map(|days| short_days(*days, today)).collect();
            (format!("Away: {}", all.join(", ")), "Change…")
        }
    };
    let button = kit::button(label, &Action::Away, "days on which you are away");
    vec![kit::divider(), kit::paragraph(&words), kit::actions(&format!("away.{}", days.len()), vec![button.into()])]
}

/// Asks for the days; the coming ones stand above, to be changed or taken back. With `instead_of` it changes those.
pub fn away_modal(coming: &[Days], instead_of: Option<Days>, today: Date) -> View {
    let mut blocks = Vec::new();
    if instead_of.is_none() {
        for days in coming.iter().take(MOST_STRETCHES) {
            blocks.extend([kit::paragraph(&format!("Away {}", days_in_words(*days, today))), buttons(*days, today)]);
        }
        blocks.extend((!blocks.is_empty()).then(kit::divider));
    }
    let (first, last) = field_ids(instead_of);
    let hint = "Leave it empty for a single day. What falls due daily or weekly is excused, and what belongs to a month or \
                longer waits for you.";
    blocks.push(date_field(&first, "First day", None, false, instead_of.map(Days::first)));
    blocks.push(date_field(&last, "Last day", Some(hint), true, instead_of.map(Days::last)));
    let title = if instead_of.is_some() { "Change your days away" } else { "When are you away?" };
    modals::modal(title, "Save", &Modal::Away(instead_of), blocks)
}

fn field_ids(instead_of: Option<Days>) -> (String, String) {
    let days = instead_of.map_or_else(|| "new".to_owned(), |days| days.to_string());
    (format!("{}.{days}", block::FIRST_DAY), format!("{}.{days}", block::LAST_DAY))
}

fn date_field(id: &str, label: &str, hint: Option<&str>, optional: bool, initial: Option<Date>) -> SlackBlock {
    let element = SlackBlockDatePickerElement::new()
        .with_action_id("date".into())
        .opt_initial_date(initial.map(|date| date.to_string()));
    kit::input(id, label, hint, optional, SlackInputBlockElement::DatePicker(element))
}

/// The answer to picked days that can't be.
pub fn no_such_days(why: &NoDays, instead_of: Option<Days>) -> Value {
    let (first, last) = field_ids(instead_of);
    let field = match why {
        NoDays::Unclear | NoDays::NoSuchDay(_) => first,
        NoDays::Backwards | NoDays::TooLong | NoDays::Past => last,
    };
    modals::errors([(field.as_str(), in_a_sentence(why).as_str())])
}

/// How days are said.
const EXAMPLES: &str = "Say it like /onbeat away 24 Dec to 2 Jan, /onbeat away tomorrow, /onbeat away next week, or \
                        /onbeat away 2026-12-24 to 2027-01-02; /onbeat away off takes it back.";

/// The answer to words that name no days.
pub fn not_understood(why: &NoDays) -> MessageContent {
    super::plain(&format!("{} Nothing has changed.\n{EXAMPLES}", in_a_sentence(why)))
}

fn in_a_sentence(why: &NoDays) -> String {
    match why {
        NoDays::Unclear => "I couldn't make out which days you mean.".to_owned(),
        NoDays::NoSuchDay(words) => format!("There is no such day as “{}”.", truncate(words, 100)),
        NoDays::Backwards => "The last day would be before the first, or most of a year after it.".to_owned(),
        NoDays::TooLong => "That is more than a year; I can note a year at most.".to_owned(),
        NoDays::Past => "Those days have passed; I can only note today and later ones.".to_owned(),
    }
}

/// One line for a digest: *Ana Ruiz: 24 Dec to 2 Jan*.
pub(super) fn digest_line(name: &str, days: &[Days], today: Date) -> String {
    let all: Vec<String> = days.iter().map(|days| short_days(*days, today)).collect();
    format!("• {name}: {}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_told_as_people_tell_them() {
        let today = date(2026, 12, 7);
        let say = |words: &str| {
            let days = words.parse().expect("good days");
            (days_in_words(days, today), short_days(days, today))
        };
        let both = |long: &str, short: &str| (long.to_owned(), short.to_owned());
        assert_eq!(say("2026-12-24/2027-01-02"), both("Thu 24 Dec to Sat 2 Jan", "24 Dec to 2 Jan"));
        assert_eq!(say("2026-12-24"), both("Thu 24 Dec", "24 Dec"));
        assert_eq!(
            say("2027-12-24/2028-01-02"),
            both("Fri 24 Dec 2027 to Sun 2 Jan 2028", "24 Dec 2027 to 2 Jan 2028")
        );
        assert_eq!(say("2027-11-08/2027-11-12"), both("Mon 8 Nov to Fri 12 Nov 2027", "8 Nov to 12 Nov 2027"));
    }
}
