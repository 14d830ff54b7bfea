//! The elements that people press, choose from and fill in.

use serde_json::Value;

use super::blocks::LONGEST_URL;
use super::{Check, LONGEST_ID, Surface};

const LONGEST_BUTTON: usize = 75;
const LONGEST_VALUE: usize = 2_000;
const LONGEST_PLACEHOLDER: usize = 150;
const LONGEST_OPTION: usize = 75;
const LONGEST_OPTION_VALUE: usize = 150;
const MOST_OPTIONS: usize = 100;
const MOST_CHOICES: usize = 10;
const MOST_OVERFLOW: usize = 5;
const LONGEST_INPUT: i64 = 3_000;

impl Check<'_> {
    /// Checks an element; `allowed` lists the types that its place takes.
    pub(super) fn element(&mut self, element: &Value, at: &str, allowed: &[&str]) {
        let kind = element["type"].as_str().unwrap_or("");
        if !allowed.contains(&kind) {
            return self.fault(&format!("{at}/type"), format!("unsupported type: {kind}"));
        }
        if kind == "image" {
            return self.image(element, at);
        }
        self.string(&format!("{at}/action_id"), &element["action_id"], LONGEST_ID, false);
        self.confirm(&element["confirm"], &format!("{at}/confirm"));
        self.plain(&format!("{at}/placeholder"), &element["placeholder"], LONGEST_PLACEHOLDER, false);
        if element["focus_on_load"] == true {
            self.focused += 1;
            if self.focused > 1 {
                self.fault(at, "only one element can have focus_on_load");
            }
        }
        match kind {
            "button" => self.button(element, at),
            "overflow" => self.options(element, at, 1, MOST_OVERFLOW),
            "radio_buttons" | "checkboxes" => self.options(element, at, 1, MOST_CHOICES),
            "static_select" | "multi_static_select" => self.select(element, at),
            "plain_text_input" => self.text_input(element, at),
            "number_input" => self.number_input(element, at),
            "datepicker" => self.initial(element, at, "initial_date", |d| d.parse::<jiff::civil::Date>().is_ok()),
            "timepicker" => self.initial(element, at, "initial_time", is_time),
            "datetimepicker" => self.datetimepicker(element, at),
            "rich_text_input" if self.surface == Surface::Message => self.fault(at, "rich_text_input is for modals"),
            _ => {}
        }
    }

    fn button(&mut self, button: &Value, at: &str) {
        self.plain(&format!("{at}/text"), &button["text"], LONGEST_BUTTON, true);
        self.string(&format!("{at}/value"), &button["value"], LONGEST_VALUE, false);
        self.string(&format!("{at}/accessibility_label"), &button["accessibility_label"], LONGEST_BUTTON, false);
        if let Some(url) = button["url"].as_str() {
            self.length(&format!("{at}/url"), url.chars().count(), LONGEST_URL);
            self.url(&format!("{at}/url"), url);
        }
        if !button["style"].is_null() && button["style"] != "primary" && button["style"] != "danger" {
            self.fault(&format!("{at}/style"), "must be primary or danger");
        }
    }

    fn confirm(&mut self, confirm: &Value, at: &str) {
        if confirm.is_null() {
            return;
        }
        self.plain(&format!("{at}/title"), &confirm["title"], 100, true);
        self.text(&format!("{at}/text"), &confirm["text"], 300, true);
        self.plain(&format!("{at}/confirm"), &confirm["confirm"], 30, true);
        self.plain(&format!("{at}/deny"), &confirm["deny"], 30, true);
    }

    fn select(&mut self, select: &Value, at: &str) {
        let groups = &select["option_groups"];
        if select["options"].is_null() == groups.is_null() {
            return self.fault(at, "exactly one of options and option_groups");
        }
        if groups.is_null() {
            return self.options(select, at, 1, MOST_OPTIONS);
        }
        let groups = self.array(&format!("{at}/option_groups"), groups, 1, MOST_OPTIONS);
        for (i, group) in groups.iter().enumerate() {
            let at = format!("{at}/option_groups/{i}");
            self.plain(&format!("{at}/label"), &group["label"], LONGEST_OPTION, true);
            self.options(group, &at, 1, MOST_OPTIONS);
        }
        if let Some(chosen) = select.get("initial_option")
            && !groups.iter().any(|g| g["options"].as_array().is_some_and(|o| o.contains(chosen)))
        {
            self.fault(&format!("{at}/initial_option"), "must be one of the options");
        }
    }

    fn options(&mut self, holder: &Value, at: &str, least: usize, most: usize) {
        let options = self.array(&format!("{at}/options"), &holder["options"], least, most);
        let kind = holder["type"].as_str().unwrap_or("");
        // Radio buttons and checkboxes alone may use mrkdwn, and hold a longer description.
        let rich = kind == "radio_buttons" || kind == "checkboxes";
        for (i, option) in options.iter().enumerate() {
            let at = format!("{at}/options/{i}");
            if rich {
                self.text(&format!("{at}/text"), &option["text"], LONGEST_OPTION, true);
                self.text(&format!("{at}/description"), &option["description"], LONGEST_OPTION, false);
            } else {
                self.plain(&format!("{at}/text"), &option["text"], LONGEST_OPTION, true);
                self.plain(&format!("{at}/description"), &option["description"], LONGEST_OPTION, false);
            }
            self.string(&format!("{at}/value"), &option["value"], LONGEST_OPTION_VALUE, true);
            if !option["url"].is_null() && kind != "overflow" {
                self.fault(&format!("{at}/url"), "only overflow options have a url");
            }
        }
        if let Some(chosen) = holder.get("initial_option")
            && !options.contains(chosen)
        {
            self.fault(&format!("{at}/initial_option"), "must be one of the options");
        }
        let chosen = holder["initial_options"].as_array().into_iter().flatten();
        if chosen.into_iter().any(|c| !options.contains(c)) {
            self.fault(&format!("{at}/initial_options"), "must be among the options");
        }
    }

    fn text_input(&mut self, input: &Value, at: &str) {
        self.boolean(at, input, "multiline");
        for bound in ["min_length", "max_length"] {
            let value = &input[bound];
            if !value.is_null() && !value.as_i64().is_some_and(|n| (0..=LONGEST_INPUT).contains(&n)) {
                self.fault(&format!("{at}/{bound}"), format!("must be from 0 to {LONGEST_INPUT}"));
            }
        }
        let most = input["max_length"].as_u64().map_or(LONGEST_INPUT as usize, |n| n as usize);
        self.string(&format!("{at}/initial_value"), &input["initial_value"], most, false);
    }

    fn number_input(&mut self, input: &Value, at: &str) {
        if !input["is_decimal_allowed"].is_boolean() {
            self.fault(&format!("{at}/is_decimal_allowed"), "missing required field: is_decimal_allowed");
        }
        for field in ["initial_value", "min_value", "max_value"] {
            self.initial(input, at, field, |n| n.parse::<f64>().is_ok());
        }
    }

    /// A string field that must read as something.
    fn initial(&mut self, element: &Value, at: &str, field: &str, reads: impl Fn(&str) -> bool) {
        if !element[field].is_null() && !element[field].as_str().is_some_and(reads) {
            self.fault(&format!("{at}/{field}"), "invalid value");
        }
    }

    fn datetimepicker(&mut self, element: &Value, at: &str) {
        if !element["placeholder"].is_null() {
            self.fault(at, "datetimepicker has no placeholder");
        }
        // Ten digits, says Slack: whole seconds.
        let initial = &element["initial_date_time"];
        if !initial.is_null() && !initial.as_i64().is_some_and(|s| (1_000_000_000..10_000_000_000).contains(&s)) {
            self.fault(&format!("{at}/initial_date_time"), "must be a Unix time of ten digits");
        }
    }
}

fn is_time(text: &str) -> bool {
    text.len() == 5 && text.parse::<jiff::civil::Time>().is_ok()
}
