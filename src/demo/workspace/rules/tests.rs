//! Every limit, from both sides: the last thing that passes and the first that does not.

use serde_json::{Value, json};

use super::{Broken, Surface, message, metadata, view};

fn no_files(_: &str) -> bool {
    false
}

fn check(blocks: Value) -> Result<(), Broken> {
    message(blocks.as_array().expect("an array of blocks"), &no_files)
}

/// The first block list passes, the second is refused with these words.
#[track_caller]
fn limit(passes: Value, refused: Value, words: &str) {
    assert_eq!(check(passes), Ok(()));
    let broken = check(refused).expect_err("must be refused");
    assert!(broken.messages.iter().any(|m| m.contains(words)), "{words}: {broken:?}");
}

fn x(n: usize) -> String {
    "x".repeat(n)
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": mrkdwn(text) })
}

fn repeat(n: usize, each: impl Fn(usize) -> Value) -> Value {
    (0..n).map(each).collect()
}

fn button(n: usize) -> Value {
    json!({ "type": "button", "action_id": format!("a{n}"), "text": plain("Done") })
}

/// An element in an actions block of its own.
fn actions(element: Value) -> Value {
    json!([{ "type": "actions", "elements": [element] }])
}

/// The element, changed in one field.
fn with(element: &Value, field: &str, value: Value) -> Value {
    let mut element = element.clone();
    element[field] = value;
    element
}

fn option(n: usize) -> Value {
    json!({ "text": plain(&format!("Option {n}")), "value": format!("v{n}") })
}

fn select(options: Value) -> Value {
    json!({ "type": "static_select", "action_id": "s", "options": options })
}

#[test]
fn messages_have_fifty_blocks_and_twelve_thousand_characters() {
    limit(
        repeat(50, |_| json!({ "type": "divider" })),
        repeat(51, |_| json!({ "type": "divider" })),
        "no more than 50",
    );
    assert_eq!(check(repeat(4, |_| section(&x(3_000)))), Ok(()));
    assert_eq!(check(repeat(5, |_| section(&x(3_000)))).unwrap_err().code, "msg_blocks_too_long");
}

#[test]
fn texts_are_counted_after_escaping() {
    limit(json!([section(&x(3_000))]), json!([section(&x(3_001))]), "less than 3001");
    limit(json!([section(&format!("{}&", x(2_995)))]), json!([section(&format!("{}&", x(2_996)))]), "less than 3001");
    limit(json!([section(&format!("{}&amp;", x(2_995)))]), json!([section(&format!("{}&amp;", x(2_996)))]), "3001");
    limit(json!([section("x")]), json!([section("")]), "more than 0");
    limit(json!([section("x")]), json!([{ "type": "section" }]), "missing required field");
    limit(json!([section("x")]), json!([{ "type": "section", "text": { "type": "html", "text": "x" } }]), "mrkdwn");
}

#[test]
fn sections_have_ten_fields_of_two_thousand() {
    let fields = |n, length| json!([{ "type": "section", "fields": repeat(n, |_| mrkdwn(&x(length))) }]);
    limit(fields(10, 100), fields(11, 100), "no more than 10");
    limit(fields(1, 2_000), fields(1, 2_001), "less than 2001");
}

#[test]
fn headers_are_plain_and_short() {
    let header = |text: Value| json!([{ "type": "header", "text": text }]);
    limit(header(plain(&x(150))), header(plain(&x(151))), "less than 151");
    limit(header(plain("x")), header(mrkdwn("x")), "plain_text");
}

#[test]
fn contexts_have_ten_elements_and_actions_twenty_five() {
    let context = |n| json!([{ "type": "context", "elements": repeat(n, |_| mrkdwn("x")) }]);
    limit(context(10), context(11), "no more than 10");
    let many = |n| json!([{ "type": "actions", "elements": repeat(n, button) }]);
    limit(many(25), many(26), "no more than 25");
    limit(many(1), many(0), "at least 1");
}

#[test]
fn buttons_are_short_and_carry_two_thousand_characters() {
    let b = button(0);
    limit(actions(with(&b, "text", plain(&x(75)))), actions(with(&b, "text", plain(&x(76)))), "less than 76");
    limit(actions(with(&b, "value", json!(x(2_000)))), actions(with(&b, "value", json!(x(2_001)))), "less than 2001");
    limit(
        actions(with(&b, "action_id", json!(x(255)))),
        actions(with(&b, "action_id", json!(x(256)))),
        "less than 256",
    );
    limit(
        actions(with(&b, "style", json!("danger"))),
        actions(with(&b, "style", json!("default"))),
        "primary or danger",
    );
    limit(actions(with(&b, "url", json!("https://a.b"))), actions(with(&b, "url", json!("a.b"))), "valid URL");
    let label = |n| actions(with(&b, "accessibility_label", json!(x(n))));
    limit(label(75), label(76), "less than 76");
    limit(actions(b.clone()), actions(with(&b, "text", mrkdwn("x"))), "plain_text");
}

#[test]
fn confirmations_are_whole_and_short() {
    let confirm = |title, text, yes| {
        let dialog = json!({ "title": plain(&x(title)), "text": plain(&x(text)), "confirm": plain(&x(yes)), "deny": plain("No") });
        actions(with(&button(0), "confirm", dialog))
    };
    limit(confirm(100, 300, 30), confirm(101, 300, 30), "less than 101");
    limit(confirm(1, 1, 1), confirm(1, 301, 1), "less than 301");
    limit(confirm(1, 1, 1), confirm(1, 1, 31), "less than 31");
    limit(confirm(1, 1, 1), actions(with(&button(0), "confirm", json!({ "title": plain("x") }))), "missing");
}

#[test]
fn selects_have_a_hundred_options() {
    limit(actions(select(repeat(100, option))), actions(select(repeat(101, option))), "no more than 100");
    limit(actions(select(repeat(1, option))), actions(select(json!([]))), "at least 1");
    let one = |text: usize, value: usize| actions(select(json!([{ "text": plain(&x(text)), "value": x(value) }])));
    limit(one(75, 150), one(76, 150), "less than 76");
    limit(one(75, 150), one(75, 151), "less than 151");
    let placeholder = |n| actions(with(&select(repeat(2, option)), "placeholder", plain(&x(n))));
    limit(placeholder(150), placeholder(151), "less than 151");
    let initial = |n| actions(with(&select(repeat(2, option)), "initial_option", option(n)));
    limit(initial(1), initial(2), "one of the options");
    let groups = json!([{ "label": plain("G"), "options": repeat(2, option) }]);
    let grouped = json!({ "type": "static_select", "action_id": "s", "option_groups": groups });
    let both = with(&grouped, "options", repeat(1, option));
    limit(actions(grouped), actions(both), "exactly one");
}

#[test]
fn small_lists_have_their_own_limits() {
    let list = |kind: &str, n| actions(json!({ "type": kind, "action_id": "l", "options": repeat(n, option) }));
    limit(list("overflow", 5), list("overflow", 6), "no more than 5");
    limit(list("radio_buttons", 10), list("radio_buttons", 11), "no more than 10");
    limit(list("checkboxes", 10), list("checkboxes", 11), "no more than 10");
}

#[test]
fn ids_are_unique_where_slack_wants_them_so() {
    let named = |a: &str, b: &str| json!([{ "type": "divider", "block_id": a }, { "type": "divider", "block_id": b }]);
    limit(named("a", "b"), named("a", "a"), "`block_id` a already exists");
    let two = |a, b| json!([{ "type": "actions", "elements": [button(a), button(b)] }]);
    limit(two(0, 1), two(0, 0), "`action_id` a0 already exists");
    let apart = json!([{ "type": "actions", "elements": [button(0)] }, { "type": "actions", "elements": [button(0)] }]);
    assert_eq!(check(apart), Ok(()), "two blocks may use the same action id");
}

#[test]
fn unknown_blocks_elements_and_fields_are_refused() {
    limit(json!([{ "type": "divider" }]), json!([{ "type": "marquee" }]), "unsupported type: marquee");
    limit(actions(button(0)), actions(json!({ "type": "slider", "action_id": "a" })), "unsupported type: slider");
    let number = json!({ "type": "number_input", "action_id": "n", "is_decimal_allowed": true });
    limit(actions(button(0)), actions(number), "unsupported type: number_input");
    limit(json!([section("x")]), json!([with(&section("x"), "colour", json!("red"))]), "additional property: colour");
}

#[test]
fn images_need_words_and_one_source() {
    let image = |alt: &str| json!([{ "type": "image", "image_url": "https://a.b/c.png", "alt_text": alt }]);
    limit(image(&x(2_000)), image(&x(2_001)), "less than 2001");
    limit(image("x"), image(""), "more than 0");
    let both = json!([{ "type": "image", "alt_text": "x", "image_url": "https://a.b", "slack_file": { "id": "F1" } }]);
    limit(image("x"), both, "exactly one");
    let file = json!([{ "type": "image", "alt_text": "x", "slack_file": { "id": "F0CHART" } }]);
    limit(image("x"), file.clone(), "invalid slack file");
    assert_eq!(message(file.as_array().unwrap(), &|id| id == "F0CHART"), Ok(()));
}

#[test]
fn pickers_start_with_what_they_can_hold() {
    let picker =
        |kind: &str, field: &str, value: Value| actions(json!({ "type": kind, "action_id": "p", field: value }));
    let date = |d: &str| picker("datepicker", "initial_date", json!(d));
    limit(date("2026-12-24"), date("24.12.2026"), "invalid value");
    let time = |t: &str| picker("timepicker", "initial_time", json!(t));
    limit(time("08:30"), time("8:30 AM"), "invalid value");
    let instant = |s: i64| picker("datetimepicker", "initial_date_time", json!(s));
    limit(instant(1_795_446_000), instant(1_795_446_000_000), "ten digits");
}

#[test]
fn rich_text_and_tables_hold_known_things() {
    let rich = |leaf: Value| json!([{ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [leaf] }] }]);
    limit(rich(json!({ "type": "text", "text": "x" })), rich(json!({ "type": "text", "text": "" })), "more than 0");
    limit(
        rich(json!({ "type": "user", "user_id": "U1" })),
        rich(json!({ "type": "video" })),
        "unsupported type: video",
    );
    let cell = json!({ "type": "raw_text", "text": "x" });
    let table =
        |rows, columns| json!([{ "type": "table", "rows": repeat(rows, |_| repeat(columns, |_| cell.clone())) }]);
    limit(table(100, 2), table(101, 2), "no more than 100");
    limit(table(2, 20), table(2, 21), "no more than 20");
    let long = |n| json!([{ "type": "table", "rows": [[{ "type": "raw_text", "text": x(n) }]] }]);
    limit(long(10_000), long(10_001), "10000 characters");
}

fn bar(series: usize, categories: usize) -> Value {
    let label = |n: usize| format!("c{n}");
    let data = repeat(categories, |n| json!({ "label": label(n), "value": n }));
    let series = repeat(series, |n| json!({ "name": format!("s{n}"), "data": data }));
    let axis = json!({ "categories": repeat(categories, |n| json!(label(n))) });
    json!({ "type": "data_visualization", "title": "T", "chart": { "type": "bar", "series": series, "axis_config": axis } })
}

#[test]
fn charts_are_small_and_whole() {
    limit(json!([bar(6, 2)]), json!([bar(7, 2)]), "no more than 6");
    limit(json!([bar(1, 20)]), json!([bar(1, 21)]), "no more than 20");
    limit(json!([bar(1, 1), bar(1, 1)]), json!([bar(1, 1), bar(1, 1), bar(1, 1)]), "no more than 2 charts");
    let titled = |n| json!([with(&bar(1, 1), "title", json!(x(n)))]);
    limit(titled(50), titled(51), "less than 51");
    let mut gap = bar(1, 2);
    gap["chart"]["series"][0]["data"] = json!([{ "label": "c0", "value": 1 }]);
    limit(json!([bar(1, 2)]), json!([gap]), "one point per category");
    let mut twins = bar(2, 1);
    twins["chart"]["series"][1]["name"] = json!("s0");
    limit(json!([bar(2, 1)]), json!([twins]), "unique");
    let pie = |value: i64| {
        let segments = json!([{ "label": "a", "value": value }]);
        json!([{ "type": "data_visualization", "title": "T", "chart": { "type": "pie", "segments": segments } }])
    };
    limit(pie(1), pie(0), "more than 0");
}

#[test]
fn metadata_is_a_name_and_a_few_strings() {
    let with = |payload: Value| metadata(&json!({ "event_type": "onbeat_nudge", "event_payload": payload }));
    assert_eq!(with(json!({ "nudge": "n1" })), Ok(()));
    assert_eq!(with(json!({ "nudge": 1 })).unwrap_err().code, "invalid_metadata_format");
    assert_eq!(with(json!("n1")).unwrap_err().code, "invalid_metadata_format");
    assert_eq!(metadata(&json!({ "event_payload": {} })).unwrap_err().code, "invalid_metadata_format");
    assert_eq!(with(json!({ "nudge": x(900) })), Ok(()));
    assert_eq!(with(json!({ "nudge": x(1_024) })).unwrap_err().code, "metadata_too_large");
}

fn modal() -> Value {
    json!({ "type": "modal", "title": plain("Note"), "blocks": [section("x")] })
}

/// An input block around the element.
fn input(element: Value) -> Value {
    json!({ "type": "input", "block_id": "i", "label": plain("Label"), "element": element })
}

fn form(element: Value) -> Value {
    let mut view = modal();
    view["submit"] = plain("Save");
    view["blocks"] = json!([input(element)]);
    view
}

#[track_caller]
fn view_limit(passes: Value, refused: Value, words: &str) {
    assert_eq!(view(&passes, Surface::Modal, &no_files), Ok(()));
    let broken = view(&refused, Surface::Modal, &no_files).expect_err("must be refused");
    assert_eq!(broken.code, "invalid_arguments");
    assert!(broken.messages.iter().any(|m| m.contains(words)), "{words}: {broken:?}");
}

#[test]
fn views_have_short_titles_and_a_hundred_blocks() {
    let set = |field: &str, value: Value| with(&modal(), field, value);
    for field in ["title", "submit", "close"] {
        view_limit(set(field, plain(&x(24))), set(field, plain(&x(25))), "less than 25");
    }
    view_limit(modal(), set("title", Value::Null), "missing required field");
    view_limit(set("private_metadata", json!(x(3_000))), set("private_metadata", json!(x(3_001))), "less than 3001");
    view_limit(set("callback_id", json!(x(255))), set("callback_id", json!(x(256))), "less than 256");
    let many = |n| set("blocks", repeat(n, |_| json!({ "type": "divider" })));
    view_limit(many(100), many(101), "no more than 100");
    view_limit(modal(), set("type", json!("home")), "must be \"modal\"");
    let home = json!({ "type": "home", "blocks": [section("x")] });
    assert_eq!(view(&home, Surface::Home, &no_files), Ok(()));
}

#[test]
fn forms_need_a_submit_and_whole_inputs() {
    let text = json!({ "type": "plain_text_input", "action_id": "t", "multiline": true });
    view_limit(form(text.clone()), with(&form(text.clone()), "submit", Value::Null), "needs a submit");
    let length = |n: u64| form(with(&text, "max_length", json!(n)));
    view_limit(length(3_000), length(3_001), "from 0 to 3000");
    let initial = |n| form(with(&with(&text, "max_length", json!(10)), "initial_value", json!(x(n))));
    view_limit(initial(10), initial(11), "less than 11");
    let number = json!({ "type": "number_input", "action_id": "n", "is_decimal_allowed": false });
    let undecided = json!({ "type": "number_input", "action_id": "n" });
    view_limit(form(number), form(undecided), "is_decimal_allowed");
    view_limit(form(text.clone()), form(button(0)), "unsupported type: button");
    let labelled = |n| {
        let mut view = form(text.clone());
        view["blocks"][0]["label"] = plain(&x(n));
        view
    };
    view_limit(labelled(2_000), labelled(2_001), "less than 2001");
    let mut two = form(with(&text, "focus_on_load", json!(true)));
    two["blocks"] = json!([input(with(&text, "focus_on_load", json!(true))), section("x")]);
    let mut both = two.clone();
    both["blocks"][1] = with(&input(with(&text, "focus_on_load", json!(true))), "block_id", json!("j"));
    view_limit(two, both, "only one element");
}
