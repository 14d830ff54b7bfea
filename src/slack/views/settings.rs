//! What a manager sets for themself: how often the bot writes, when the day begins, and where they are.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde_json::Value;
use slack_morphism::blocks::*;

use super::kit;
use super::{View, modals};
use crate::process::{Intensity, Workday};
use crate::slack::action::{Action, Modal};
use crate::slack::inbound::block;

/// A manager's settings as they hold, their own or the process's.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// How often the bot writes.
    pub intensity: Intensity,
    /// From when to when.
    pub workday: Workday,
    /// Where.
    pub zone: &'a TimeZone,
}

/// Which setting does not fit, in a user's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// The time of the plan.
    Start(String),
    /// The time zone.
    Zone(String),
    /// Something else.
    Other(String),
}

fn of_intensity(intensity: Intensity) -> (&'static str, &'static str, &'static str) {
    match intensity {
        Intensity::Light => ("light", "Light", "the morning plan, and what you snoozed"),
        Intensity::Standard => {
            ("standard", "Standard", "plan, a nudge at the musts' time (two a day at most), a wrap in the evening")
        }
        Intensity::Active => {
            ("active", "Active", "plan, up to six nudges a day, wrap, and a reminder before things close")
        }
    }
}

const ALL: [Intensity; 3] = [Intensity::Light, Intensity::Standard, Intensity::Active];

/// Reads a chosen option back.
pub fn intensity(word: &str) -> Option<Intensity> {
    ALL.into_iter().find(|intensity| of_intensity(*intensity).0 == word)
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// The section of a Home tab.
pub(super) fn section(own: &Own<'_>) -> Vec<SlackBlock> {
    let (_, name, what) = of_intensity(own.intensity);
    let words = format!(
        "Nudges: {name} ({what})\nPlan at {}, quiet from {} on\nTime zone: {}",
        clock(own.workday.start),
        clock(own.workday.end),
        zone_name(own.zone),
    );
    let change = kit::button("Change settings…", &Action::Settings, "nudges, plan time and time zone");
    vec![
        kit::divider(),
        kit::header("Your settings"),
        kit::paragraph(&words),
        kit::actions("settings", vec![change.into()]),
    ]
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// Asks for all three, as they are.
pub fn settings_modal(own: &Own<'_>) -> View {
    let options = ALL.map(|intensity| {
        let (word, name, what) = of_intensity(intensity);
        let what = SlackBlockPlainText::new(super::text::truncate(what, 75)).with_emoji(false);
        let name = SlackBlockText::Plain(SlackBlockPlainText::new(name.to_owned()).with_emoji(false));
        SlackBlockChoiceItem::new(name, word.to_owned()).with_description(what.into())
    });
    let chosen = options.iter().find(|option| option.value == of_intensity(own.intensity).0).cloned();
    let often = SlackBlockRadioButtonsElement::new(options.into())
        .with_action_id("intensity".into())
        .opt_initial_option(chosen);
    let start =
        SlackBlockTimePickerElement::new().with_action_id("start".into()).with_initial_time(clock(own.workday.start));
    let zone = SlackBlockPlainTextInputElement::new()
        .with_action_id("zone".into())
        .with_max_length(60)
        .with_initial_value(zone_name(own.zone).to_owned());
    let until = format!("The day's plan comes then; I'm quiet from {} on.", clock(own.workday.end));
    let city = "A city will do: Chicago, London, Kolkata.";
    let blocks = vec![
        kit::input(
            block::INTENSITY,
            "How often may I write?",
            None,
            false,
            SlackInputBlockElement::RadioButtons(often),
        ),
        kit::input(block::START, "Your day begins at", Some(&until), false, SlackInputBlockElement::TimePicker(start)),
        kit::input(block::ZONE, "Time zone", Some(city), false, SlackInputBlockElement::PlainTextInput(zone)),
        kit::small("They hold from today, for you alone. Your leader can see them."),
    ];
    modals::modal("Your settings", "Save", &Modal::Settings, blocks)
}

/// After they were saved, or where nothing was changed.
pub fn settings_saved(own: &Own<'_>, changed: bool) -> View {
    let (_, name, what) = of_intensity(own.intensity);
    let start = if changed { "Noted." } else { "Nothing to change: it was so already." };
    modals::notice_modal(&format!(
        "{start} Nudges: {name} ({what}). Your plan comes at {}, {} time.",
        clock(own.workday.start),
        zone_name(own.zone)
    ))
}

/// The answer to what does not fit, at its field.
pub fn settings_misfit(misfit: &Misfit) -> Value {
    let (field, words) = match misfit {
        Misfit::Start(words) => (block::START, words),
        Misfit::Zone(words) => (block::ZONE, words),
        Misfit::Other(words) => (block::INTENSITY, words),
    };
    modals::errors([(field, words.as_str())])
}
