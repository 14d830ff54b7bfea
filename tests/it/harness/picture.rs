//! A message as somebody would read it aloud: for snapshots of conversations.

use onbeat::demo::workspace::model::Message;
use serde_json::Value;

/// Kind first, then block by block; buttons in brackets.
pub fn picture(message: &Message) -> String {
    let mut lines = vec![format!("<{}>", super::kind(message))];
    lines.extend(message.blocks.iter().map(block));
    lines.join("\n")
}

/// Blocks alone, as a view shows them.
pub fn blocks(blocks: &[Value]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

fn block(block: &Value) -> String {
    let list = |key: &str| block[key].as_array().cloned().unwrap_or_default();
    match block["type"].as_str().unwrap_or_default() {
        "header" => format!("# {}", text(&block["text"])),
        "context" => format!("({})", list("elements").iter().map(text).collect::<Vec<_>>().join(" ")),
        "section" => text(&block["text"]),
        "divider" => "---".to_owned(),
        "rich_text" => list("elements").iter().map(rich).collect::<Vec<_>>().join("\n"),
        "actions" => list("elements").iter().map(element).collect::<Vec<_>>().join(" "),
        "image" => format!("<image: {}>", block["alt_text"].as_str().unwrap_or_default()),
        "data_visualization" => format!("<chart: {}>", block["title"].as_str().unwrap_or_default()),
        "table" => list("rows").iter().map(row).collect::<Vec<_>>().join("\n"),
        "input" => format!("{}: ____", text(&block["label"])),
        other => format!("<{other}>"),
    }
}

fn row(row: &Value) -> String {
    row.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(" | ")
}

fn text(text: &Value) -> String {
    text["text"].as_str().unwrap_or_default().to_owned()
}

fn rich(section: &Value) -> String {
    let pieces = section["elements"].as_array().into_iter().flatten().map(|piece| {
        let words = piece["text"].as_str().or(piece["url"].as_str()).or(piece["fallback"].as_str()).unwrap_or_default();
        if piece["style"]["bold"] == true { format!("*{words}*") } else { words.to_owned() }
    });
    let words: String = pieces.collect();
    if section["type"] == "rich_text_quote" { format!("> {words}") } else { words }
}

fn element(element: &Value) -> String {
    let options = element["options"].as_array().into_iter().flatten().map(|option| text(&option["text"]));
    match element["type"].as_str() {
        Some("button") => format!("[{}]", text(&element["text"])),
        Some(_) => format!("[{}: {}]", text(&element["placeholder"]), options.collect::<Vec<_>>().join(" / ")),
        None => "?".to_owned(),
    }
}
