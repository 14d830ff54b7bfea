//! What people put into a view's elements: the shape of `state.values`, and what Slack checks before it submits.

use serde_json::{Map, Value, json};

/// The elements of a block that people can press, choose from or fill in.
pub(super) fn elements(block: &Value) -> impl Iterator<Item = &Value> {
    let many = block["elements"].as_array().into_iter().flatten();
    many.chain([&block["accessory"], &block["element"]]).filter(|e| e["action_id"].is_string())
}

/// The field of `state.values` that holds an element's content; none for what has no state.
fn field(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "plain_text_input" | "url_text_input" | "email_text_input" | "number_input" => "value",
        "rich_text_input" => "rich_text_value",
        "static_select" | "radio_buttons" => "selected_option",
        "multi_static_select" | "checkboxes" => "selected_options",
        "users_select" => "selected_user",
        "multi_users_select" => "selected_users",
        "conversations_select" => "selected_conversation",
        "multi_conversations_select" => "selected_conversations",
        "channels_select" => "selected_channel",
        "datepicker" => "selected_date",
        "timepicker" => "selected_time",
        "datetimepicker" => "selected_date_time",
        _ => return None,
    })
}

fn initial(element: &Value) -> Value {
    let initials = [
        "initial_value",
        "initial_option",
        "initial_options",
        "initial_user",
        "initial_users",
        "initial_conversation",
        "initial_conversations",
        "initial_channel",
        "initial_date",
        "initial_time",
        "initial_date_time",
    ];
    let given = initials.iter().map(|name| &element[*name]).find(|value| !value.is_null());
    given.cloned().unwrap_or(match element["type"].as_str() {
        Some("checkboxes" | "multi_static_select" | "multi_users_select") => json!([]),
        _ => Value::Null,
    })
}

/// `state.values` of blocks that nobody has touched.
pub(super) fn initial_values(blocks: &[Value]) -> Value {
    let mut values = Map::new();
    for block in blocks {
        for element in elements(block) {
            let kind = element["type"].as_str().unwrap_or("");
            let (Some(field), Some(id), Some(block_id)) =
                (field(kind), element["action_id"].as_str(), block["block_id"].as_str())
            else {
                continue;
            };
            let in_block = values.entry(block_id).or_insert_with(|| json!({}));
            in_block[id] = json!({ "type": kind, field: initial(element) });
        }
    }
    Value::Object(values)
}

/// Keeps in `values` what `before` held for the same block and action.
pub(super) fn keep_values(values: &mut Value, before: &Value) {
    let Some(blocks) = values.as_object_mut() else { return };
    for (block, actions) in blocks {
        for (action, value) in actions.as_object_mut().into_iter().flatten() {
            let earlier = &before[block.as_str()][action.as_str()];
            if earlier["type"] == value["type"] && earlier.is_object() {
                *value = earlier.clone();
            }
        }
    }
}

/// The entry of `state.values` for an element into which somebody put `text`: an option's text or value, a date, a
/// time, an instant (Unix seconds or RFC 3339), an id, a word. Several are separated by `|`.
pub(super) fn fill(element: &Value, text: &str) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or("");
    let field = field(kind).ok_or_else(|| format!("a {kind} can't be filled in"))?;
    let content = match kind {
        "static_select" | "radio_buttons" => option(element, text)?,
        "multi_static_select" | "checkboxes" => {
            let chosen = text.split('|').filter(|t| !t.is_empty()).map(|t| option(element, t));
            Value::Array(chosen.collect::<Result<_, _>>()?)
        }
        "multi_users_select" | "multi_conversations_select" => json!(text.split('|').collect::<Vec<_>>()),
        "datetimepicker" => {
            let seconds = text.parse::<i64>().ok();
            let instant = || text.parse::<jiff::Timestamp>().ok().map(|t| t.as_second());
            json!(seconds.or_else(instant).ok_or_else(|| format!("{text} is no instant"))?)
        }
        _ if text.is_empty() => Value::Null,
        _ => json!(text),
    };
    Ok(json!({ "type": kind, field: content }))
}

/// The element's option with that text or value, or whose text or value begins so.
pub(super) fn option(element: &Value, wanted: &str) -> Result<Value, String> {
    let grouped = element["option_groups"].as_array().into_iter().flatten();
    let grouped = grouped.flat_map(|g| g["options"].as_array().into_iter().flatten());
    let all: Vec<&Value> = element["options"].as_array().into_iter().flatten().chain(grouped).collect();
    let words = |o: &Value| {
        [o["text"]["text"].as_str().unwrap_or("").to_string(), o["value"].as_str().unwrap_or("").to_string()]
    };
    let exact = all.iter().find(|o| words(o).iter().any(|w| w == wanted));
    let found = exact.or_else(|| all.iter().find(|o| words(o).iter().any(|w| w.starts_with(wanted))));
    found.map(|o| (*o).clone()).ok_or_else(|| format!("there is no option {wanted}"))
}

/// What Slack says of a form before it submits it: `block_id` and message of every field that does not hold.
pub(super) fn faults(blocks: &[Value], values: &Value) -> Vec<(String, String)> {
    let mut faults = vec![];
    for block in blocks.iter().filter(|b| b["type"] == "input") {
        let element = &block["element"];
        let block_id = block["block_id"].as_str().unwrap_or("");
        let entry = &values[block_id][element["action_id"].as_str().unwrap_or("")];
        let content = field(element["type"].as_str().unwrap_or("")).map_or(&Value::Null, |f| &entry[f]);
        let empty = match content {
            Value::Null => true,
            Value::String(s) => s.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        };
        let message = if empty {
            (block["optional"] != true).then(|| "Please complete this required field.".to_string())
        } else {
            content.as_str().and_then(|text| fault_in(element, text))
        };
        if let Some(message) = message {
            faults.push((block_id.to_string(), message));
        }
    }
    faults
}

/// What is wrong with a filled-in text.
fn fault_in(element: &Value, text: &str) -> Option<String> {
    match element["type"].as_str().unwrap_or("") {
        "number_input" => number_fault(element, text),
        "url_text_input" => {
            let web = url::Url::parse(text).is_ok_and(|u| u.scheme() == "http" || u.scheme() == "https");
            (!web).then(|| "Please enter a valid URL.".to_string())
        }
        "email_text_input" => (!text.contains('@')).then(|| "Please enter a valid e-mail address.".to_string()),
        "plain_text_input" => {
            let length = text.chars().count() as u64;
            if element["min_length"].as_u64().is_some_and(|least| length < least) {
                return Some(format!("Please enter at least {} characters.", element["min_length"]));
            }
            let most = element["max_length"].as_u64().unwrap_or(3_000);
            (length > most).then(|| format!("Please shorten this to {most} characters or fewer."))
        }
        _ => None,
    }
}

fn number_fault(element: &Value, text: &str) -> Option<String> {
    let Ok(number) = text.parse::<f64>() else { return Some("Please enter a number.".to_string()) };
    if element["is_decimal_allowed"] != true && number.fract() != 0.0 {
        return Some("Please enter a whole number.".to_string());
    }
    let bound = |name: &str| element[name].as_str().and_then(|b| b.parse::<f64>().ok());
    if bound("min_value").is_some_and(|least| number < least) {
        return Some(format!("Please enter a number of at least {}.", element["min_value"].as_str().unwrap_or("")));
    }
    let too_large = bound("max_value").is_some_and(|most| number > most);
    too_large.then(|| format!("Please enter a number of at most {}.", element["max_value"].as_str().unwrap_or("")))
}
