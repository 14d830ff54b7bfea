//! The blocks.

use std::collections::HashSet;

use serde_json::Value;

use super::{Check, LONGEST_ID, Surface};

const LONGEST_SECTION: usize = 3_000;
const LONGEST_FIELD: usize = 2_000;
const MOST_FIELDS: usize = 10;
const MOST_ACTIONS: usize = 25;
const MOST_CONTEXT: usize = 10;
const LONGEST_HEADER: usize = 150;
const LONGEST_LABEL: usize = 2_000;
const LONGEST_IMAGE_TEXT: usize = 2_000;
pub(super) const LONGEST_URL: usize = 3_000;
const LONGEST_MARKDOWN: usize = 12_000;

/// What may stand beside a section's text.
const ACCESSORIES: [&str; 14] = [
    "button",
    "checkboxes",
    "datepicker",
    "image",
    "multi_static_select",
    "multi_users_select",
    "multi_conversations_select",
    "overflow",
    "radio_buttons",
    "static_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "timepicker",
];

/// What may stand in an actions block.
const ACTIONS: [&str; 14] = [
    "button",
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "multi_static_select",
    "multi_users_select",
    "multi_conversations_select",
    "overflow",
    "radio_buttons",
    "static_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "timepicker",
];

/// What may be asked in an input block.
pub(in super::super) const INPUTS: [&str; 17] = [
    "plain_text_input",
    "url_text_input",
    "email_text_input",
    "number_input",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "static_select",
    "multi_static_select",
    "users_select",
    "multi_users_select",
    "conversations_select",
    "multi_conversations_select",
    "channels_select",
    "rich_text_input",
];

impl Check<'_> {
    pub(super) fn block(&mut self, block: &Value, at: &str) {
        self.string(&format!("{at}/block_id"), &block["block_id"], LONGEST_ID, false);
        match block["type"].as_str().unwrap_or("") {
            "section" => self.section(block, at),
            "actions" => self.actions(block, at),
            "context" => self.context(block, at),
            "header" => self.plain(&format!("{at}/text"), &block["text"], LONGEST_HEADER, true),
            "divider" => {}
            "image" => self.image(block, at),
            "input" => self.input(block, at),
            "rich_text" => self.rich_text(block, at),
            "table" => self.table(block, at),
            "data_visualization" => self.chart(block, at),
            "markdown" if self.surface == Surface::Message => {
                self.string(&format!("{at}/text"), &block["text"], LONGEST_MARKDOWN, true);
            }
            other => self.fault(&format!("{at}/type"), format!("unsupported type: {other}")),
        }
        self.unique_actions(block, at);
        self.known_fields(block, at);
    }

    fn section(&mut self, block: &Value, at: &str) {
        if block["text"].is_null() && block["fields"].is_null() {
            self.fault(at, "missing required field: text");
        }
        self.text(&format!("{at}/text"), &block["text"], LONGEST_SECTION, false);
        if !block["fields"].is_null() {
            let fields = self.array(&format!("{at}/fields"), &block["fields"], 1, MOST_FIELDS);
            for (i, field) in fields.iter().enumerate() {
                self.text(&format!("{at}/fields/{i}"), field, LONGEST_FIELD, true);
            }
        }
        if !block["accessory"].is_null() {
            self.element(&block["accessory"], &format!("{at}/accessory"), &ACCESSORIES);
        }
    }

    fn actions(&mut self, block: &Value, at: &str) {
        let elements = self.array(&format!("{at}/elements"), &block["elements"], 1, MOST_ACTIONS);
        for (i, element) in elements.iter().enumerate() {
            self.element(element, &format!("{at}/elements/{i}"), &ACTIONS);
        }
    }

    fn context(&mut self, block: &Value, at: &str) {
        let elements = self.array(&format!("{at}/elements"), &block["elements"], 1, MOST_CONTEXT);
        for (i, element) in elements.iter().enumerate() {
            let at = format!("{at}/elements/{i}");
            if element["type"] == "image" {
                self.image(element, &at);
            } else {
                self.text(&at, element, LONGEST_SECTION, true);
            }
        }
    }

    /// An image, as a block or as an element.
    pub(super) fn image(&mut self, image: &Value, at: &str) {
        self.string(&format!("{at}/alt_text"), &image["alt_text"], LONGEST_IMAGE_TEXT, true);
        self.plain(&format!("{at}/title"), &image["title"], LONGEST_IMAGE_TEXT, false);
        match (&image["image_url"], &image["slack_file"]) {
            (Value::String(url), Value::Null) => {
                self.length(&format!("{at}/image_url"), url.chars().count(), LONGEST_URL);
                self.url(&format!("{at}/image_url"), url);
            }
            (Value::Null, Value::Object(file)) => {
                let id = file.get("id").or(file.get("url")).and_then(Value::as_str).unwrap_or("");
                let id = id.rsplit('/').next().unwrap_or("");
                if file.len() != 1 || !(self.is_file)(id) {
                    self.fault(&format!("{at}/slack_file"), "invalid slack file");
                }
            }
            _ => self.fault(at, "exactly one of image_url and slack_file"),
        }
    }

    pub(super) fn url(&mut self, at: &str, url: &str) {
        let web = url::Url::parse(url).is_ok_and(|u| ["http", "https", "mailto", "slack"].contains(&u.scheme()));
        if !web {
            self.fault(at, "must be a valid URL");
        }
    }

    fn input(&mut self, block: &Value, at: &str) {
        self.has_input = true;
        self.plain(&format!("{at}/label"), &block["label"], LONGEST_LABEL, true);
        self.plain(&format!("{at}/hint"), &block["hint"], LONGEST_LABEL, false);
        self.boolean(at, block, "optional");
        self.boolean(at, block, "dispatch_action");
        self.element(&block["element"], &format!("{at}/element"), &INPUTS);
    }

    fn rich_text(&mut self, block: &Value, at: &str) {
        let elements = self.array(&format!("{at}/elements"), &block["elements"], 1, 100);
        for (i, element) in elements.iter().enumerate() {
            let at = format!("{at}/elements/{i}");
            match element["type"].as_str().unwrap_or("") {
                "rich_text_section" | "rich_text_preformatted" | "rich_text_quote" => self.rich_leaves(element, &at),
                "rich_text_list" => {
                    if element["style"] != "bullet" && element["style"] != "ordered" {
                        self.fault(&format!("{at}/style"), "must be bullet or ordered");
                    }
                    for (j, item) in self.array(&at, &element["elements"], 1, 1_000).iter().enumerate() {
                        self.rich_leaves(item, &format!("{at}/elements/{j}"));
                    }
                }
                other => self.fault(&format!("{at}/type"), format!("unsupported type: {other}")),
            }
        }
    }

    fn rich_leaves(&mut self, section: &Value, at: &str) {
        for (i, leaf) in self.array(at, &section["elements"], 0, 3_000).iter().enumerate() {
            let at = format!("{at}/elements/{i}");
            let needed = match leaf["type"].as_str().unwrap_or("") {
                "text" => "text",
                "link" => "url",
                "emoji" => "name",
                "user" => "user_id",
                "channel" => "channel_id",
                "usergroup" => "usergroup_id",
                "broadcast" => "range",
                "color" => "value",
                "date" => "format",
                other => {
                    self.fault(&format!("{at}/type"), format!("unsupported type: {other}"));
                    continue;
                }
            };
            self.string(&format!("{at}/{needed}"), &leaf[needed], LONGEST_MARKDOWN, true);
        }
    }

    fn unique_actions(&mut self, block: &Value, at: &str) {
        let elements = block["elements"].as_array().into_iter().flatten();
        let mut seen = HashSet::new();
        for element in elements.chain([&block["accessory"], &block["element"]]) {
            if let Some(id) = element["action_id"].as_str()
                && !seen.insert(id)
            {
                self.fault(at, format!("`action_id` {id} already exists"));
            }
        }
    }

    /// Slack refuses a block with fields that its kind does not have.
    fn known_fields(&mut self, block: &Value, at: &str) {
        let known: &[&str] = match block["type"].as_str().unwrap_or("") {
            "section" => &["text", "fields", "accessory", "expand"],
            "actions" | "context" | "rich_text" => &["elements"],
            "header" => &["text", "level"],
            "divider" => &[],
            "image" => &["alt_text", "image_url", "slack_file", "title"],
            "input" => &["label", "element", "hint", "optional", "dispatch_action"],
            "table" => &["rows", "column_settings"],
            "data_visualization" => &["title", "chart"],
            "markdown" => &["text"],
            _ => return,
        };
        for field in block.as_object().into_iter().flat_map(|o| o.keys()) {
            if field != "type" && field != "block_id" && !known.contains(&field.as_str()) {
                self.fault(at, format!("invalid additional property: {field}"));
            }
        }
    }

    /// The items of an array of `least` to `most`.
    pub(super) fn array<'v>(&mut self, at: &str, value: &'v Value, least: usize, most: usize) -> &'v [Value] {
        let Some(items) = value.as_array() else {
            self.fault(at, "must be an array");
            return &[];
        };
        if items.len() < least {
            self.fault(at, format!("must have at least {least} items"));
        }
        if items.len() > most {
            self.fault(at, format!("no more than {most} items allowed"));
        }
        items
    }

    pub(super) fn boolean(&mut self, at: &str, value: &Value, field: &str) {
        if !value[field].is_null() && !value[field].is_boolean() {
            self.fault(&format!("{at}/{field}"), "must be a boolean");
        }
    }
}
