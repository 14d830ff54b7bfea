//! What stands in a digest's thread: one table of the managers, in order of name, who is away by their own word, and the
//! same figures as CSV.

use slack_morphism::blocks::*;

use super::super::away::digest_line;
use super::super::text::{duration, escape, length, truncate};
use super::super::{MessageContent, kit};
use super::name;
use crate::record::digest::{ByManager, LoadLine, ManagerLine, Rates, Story};
use crate::record::sheet;

/// How many rows a table takes, less its head.
const MOST_ROWS: usize = 99;
/// How many characters it takes in all, less a margin.
const MOST_CELLS: usize = 9_000;
/// The longest top-level text that Slack advises, less a margin.
const MOST_TEXT: usize = 3_900;
/// The longest list of who is away within one block.
const MOST_AWAY: usize = 2_800;

const HEAD: [&str; 9] =
    ["Manager", "Must-do", "All", "Late", "Still open", "Excused", "Reps reached", "Asked this week", "Messages sent"];

/// The messages of the thread, in order: the table, on as many as it takes, and who is away.
pub fn digest_thread(story: &Story) -> Vec<MessageContent> {
    let mut rows: Vec<[String; 9]> = story.digest.managers.iter().map(|line| row(story, line)).collect();
    rows.sort_by_cached_key(|row| row[0].to_lowercase());
    let pages = pages(&rows);
    let of = pages.len();
    let table = |(index, rows): (usize, &[[String; 9]])| {
        let title = if of > 1 { format!("By manager, {} of {of}", index + 1) } else { "By manager".to_owned() };
        let lines: Vec<String> = rows.iter().map(|row| escape(&spoken(row))).collect();
        let text = format!("{title}\n{}", lines.join("\n"));
        MessageContent { text, blocks: vec![kit::small(&title), table(rows)] }
    };
    let mut messages: Vec<MessageContent> = pages.into_iter().enumerate().map(table).collect();
    messages.extend(away(story));
    messages
}

/// What a message of the thread shows once the ones before it hold everything.
pub fn digest_thread_above() -> MessageContent {
    let text = "It all stands above by now.".to_owned();
    MessageContent { blocks: vec![kit::small(&text)], text }
}

/// As many rows as one message takes, in its table and in its words.
fn pages(rows: &[[String; 9]]) -> Vec<&[[String; 9]]> {
    let mut pages = Vec::new();
    let (mut from, mut cells, mut text) = (0, 0, 30);
    for (index, row) in rows.iter().enumerate() {
        let (more_cells, more_text) =
            (row.iter().map(|cell| length(cell)).sum::<usize>(), length(&escape(&spoken(row))) + 1);
        let is_full = cells + more_cells > MOST_CELLS || text + more_text > MOST_TEXT || index - from >= MOST_ROWS;
        if is_full && index > from {
            pages.push(&rows[from..index]);
            (from, cells, text) = (index, 0, 30);
        }
        cells += more_cells;
        text += more_text;
    }
    if from < rows.len() {
        pages.push(&rows[from..]);
    }
    pages
}

fn table(rows: &[[String; 9]]) -> SlackBlock {
    let head = HEAD.map(SlackTableCell::from).to_vec();
    let rows = rows.iter().map(|row| row.iter().map(|cell| SlackTableCell::from(cell.clone())).collect());
    let align = |index: usize| {
        let align = if index == 0 { SlackTableColumnAlign::Left } else { SlackTableColumnAlign::Right };
        SlackTableColumnSetting::new().with_align(align)
    };
    let settings = (0..HEAD.len()).map(align).collect();
    SlackTableBlock::new([head].into_iter().chain(rows).collect()).with_column_settings(settings).into()
}

fn beside<'a>(story: &'a Story, line: &ManagerLine) -> Option<&'a ByManager> {
    story.by_manager.iter().find(|one| one.manager == line.manager)
}

fn load<'a>(story: &'a Story, line: &ManagerLine) -> Option<&'a LoadLine> {
    story.load.iter().find(|one| one.manager == line.manager)
}

fn row(story: &Story, line: &ManagerLine) -> [String; 9] {
    let (figures, beside, load) = (line.rates.figures(), beside(story, line), load(story, line));
    let none = || "–".to_owned();
    let number = |number: u64| if number == 0 { none() } else { number.to_string() };
    let excused = beside.filter(|one| one.excused.count() > 0).map(|one| {
        let flag = if one.excused.is_flagged() { " – above 15%" } else { "" };
        format!("{}{flag}", one.excused.in_words())
    });
    let asked = load.map(|load| {
        let over = if load.is_over() { format!(", {} over", duration(load.over)) } else { String::new() };
        format!("{}{over}", duration(load.planned))
    });
    [
        name(story, &line.manager, 60),
        beside.map_or_else(none, |one| one.must.figures().in_words()),
        figures.in_words(),
        number(figures.done_late),
        number(figures.open),
        excused.unwrap_or_else(|| number(figures.excused)),
        beside.and_then(|one| one.coverage).map_or_else(none, |reps| format!("{} of {}", reps.reached, reps.reps)),
        asked.unwrap_or_else(none),
        beside.map_or_else(none, |one| one.nudges.to_string()),
    ]
}

/// A row for those who hear it: what is none is left out.
fn spoken(row: &[String; 9]) -> String {
    let said = HEAD.iter().zip(row).skip(1).filter(|(_, cell)| *cell != "–");
    let said: Vec<String> = said.map(|(head, cell)| format!("{} {cell}", head.to_lowercase())).collect();
    format!("• {}: {}", row[0], said.join(", "))
}

/// Who is away, by their own word; on as many messages as it takes.
fn away(story: &Story) -> Vec<MessageContent> {
    let mut lines: Vec<String> = story
        .away
        .iter()
        .map(|away| truncate(&digest_line(&name(story, &away.manager, 60), &away.days, story.digest.to), 300))
        .collect();
    lines.sort_by_cached_key(|line| line.to_lowercase());
    let mut messages: Vec<Vec<String>> = Vec::new();
    let mut used = MOST_AWAY;
    for line in lines {
        let more = length(&escape(&line)) + 1;
        if used + more > MOST_AWAY {
            messages.push(Vec::new());
            used = 0;
        }
        used += more;
        messages.last_mut().expect("one was begun").push(line);
    }
    let title = "Away, by their own word";
    let message = |lines: Vec<String>| {
        let lines = lines.join("\n");
        let block = kit::Rich::default().bold(title).text("\n").text(&lines).block();
        MessageContent { text: format!("{title}\n{}", escape(&lines)), blocks: vec![block] }
    };
    messages.into_iter().map(message).collect()
}

/// The figures as they were told, for a spreadsheet: the team, each manager and each activity.
pub fn digest_csv(story: &Story) -> String {
    let head = [
        "week",
        "kind",
        "id",
        "name",
        "expected",
        "open",
        "done_on_time",
        "done_late",
        "skipped",
        "missed",
        "excused",
        "adherence",
        "on_time_rate",
        "must_adherence",
    ];
    let week = story.digest.week.to_string();
    let cells = |kind: &str, id: &str, name: &str, rates: &Rates, must: Option<&Rates>| {
        let rate = |rate: Option<f64>| rate.map(|rate| format!("{rate:.4}")).unwrap_or_default();
        [
            week.clone(),
            kind.to_owned(),
            id.to_owned(),
            name.to_owned(),
            rates.expected.to_string(),
            rates.open.to_string(),
            rates.done_on_time.to_string(),
            rates.done_late.to_string(),
            rates.skipped.to_string(),
            rates.missed.to_string(),
            rates.excused.to_string(),
            rate(rates.adherence),
            rate(rates.on_time_rate),
            rate(must.and_then(|must| must.adherence)),
        ]
    };
    let team = cells("team", "", "All", &story.digest.rates, Some(&story.digest.must));
    let managers = story.digest.managers.iter().map(|line| {
        let must = beside(story, line).map(|one| &one.must);
        let name = story.names.get(&line.manager).map_or("", String::as_str);
        cells("manager", line.manager.as_str(), name, &line.rates, must)
    });
    let activities = story.digest.activities.iter().map(|line| {
        let title = story.titles.get(&line.activity).map_or("", String::as_str);
        cells("activity", line.activity.as_str(), title, &line.rates, None)
    });
    sheet::csv(head, [team].into_iter().chain(managers).chain(activities))
}
