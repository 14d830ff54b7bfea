//! Tests that drive a real Chromium. `scripts/test` starts the chromedriver that they need and runs them; a plain `cargo test`
//! does not build them.

#![allow(clippy::unwrap_used)] // a test that panics has said what it has to say

mod page;
mod surfaces;

use serde_json::json;

use page::{Demo, Page};

/// The button or select for an activity of Ana's Monday.
fn of(activity: &str, action: &str) -> String {
    format!("article [data-block$='.2026-11-30.{activity}.U0ANA'] [data-action-id={action}]")
}

const QUESTION: &str = "What made it <work>?";
const NOTE: &str = "Priorities are *clear* <!channel> & written down";

async fn done_with_a_note(page: &Page) {
    page.click(&of("team-meeting", "done")).await;
    page.read("dialog[data-callback-id=outcome]", "Team meeting").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog [data-block=note] .field-error", "required").await;
    page.read("dialog [data-block=result] .field-error", "required").await;
    page.type_into("dialog [data-block=note] textarea", NOTE).await;
    page.click("dialog [data-block=result] input[value=met]").await;
    page.click("dialog [data-submit]").await;
    page.until_true("!document.querySelector('dialog')").await;
    let told = page.read("article", "✓ Done 08:30").await;
    assert!(told.contains(NOTE), "a note is shown as it was typed: {told}");
    assert!(told.contains("on time · met"), "{told}");
    page.until_true(&format!("Boolean(document.querySelector(\"{}\"))", of("team-meeting", "undo"))).await;
}

async fn snoozed(page: &Page) {
    page.click(&of("crm-hygiene", "snooze")).await;
    page.click("[data-option^='2026-11-30.crm-hygiene.U0ANA|1h']").await;
    page.read("article", "snoozed until").await;
}

async fn not_this_time(page: &Page) {
    page.click(&of("recruiting-bench", "cant")).await;
    page.read("dialog[data-callback-id=cant]", "What got in the way?").await;
    page.click("dialog [data-block=reason] input[value='no time']").await;
    page.click("dialog [data-submit]").await;
    page.read("article", "Not done: no time").await;
}

/// The digest in one look, its thread, *Details* and a question to Ana.
async fn the_leaders_week(page: &Page) {
    page.turn("digest").await;
    page.be("U0LEAD").await;
    page.enter("C0SALES").await;
    let digest = page.read("article", "The week of 30 Nov – 6 Dec (2026-W49), so far").await;
    let line = |start: &str| digest.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(digest.contains("Last week, final: nothing due\n"), "{digest}");
    let so_far = line("This week so far: ");
    assert!(so_far.contains("%) among the must-dos · ") && so_far.contains(" still to come"), "{digest}");
    assert!(line("• Ana Ruiz: ").contains(", open until "), "what can still be mended is named: {digest}");
    assert_eq!(page.text("article [data-thread]").await.trim(), "2 replies");
    page.click("article [data-thread]").await;
    let table = page.read("#thread table", "Cleo Martin").await;
    let row = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(row("Ana Ruiz").contains("16 h 40 min") && row("Cleo Martin").contains("%)"), "{table}");
    page.read("#thread", "onbeat-2026-W49.csv").await;
    page.click("#thread [aria-label='Close the thread']").await;
    page.until_true("document.getElementById('thread').hidden").await;

    page.click("article [data-action-id=digest_details]").await;
    page.read("dialog", "By manager\n• Ana Ruiz: ").await;
    page.click("dialog [data-action-id=digest_activities]").await;
    page.read("dialog", "• Team meeting: ").await;
    page.close_dialogs().await;
    a_question_to_ana(page).await;
}

async fn a_question_to_ana(page: &Page) {
    page.click("article [data-action-id=digest_ask]").await;
    page.choose("dialog .select", "U0ANA").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog", "About what?").await;
    page.choose("dialog [data-block=about] .select", "2026-11-30.team-meeting.U0ANA").await;
    page.type_into("dialog [data-block=question] textarea", QUESTION).await;
    page.click("dialog [data-submit]").await;
    page.read("dialog", "On its way to Ana.").await;
    page.close_dialogs().await;
    page.be("U0ANA").await;
    let asked = page.read("article:last-of-type", "Lee Park asks about Team meeting").await;
    assert!(asked.contains(QUESTION) && asked.contains("✓ Done 08:30"), "{asked}");
}

async fn home_and_command(page: &Page) {
    page.click("[data-tab=home]").await;
    page.read("#home", "Your cadence, Ana").await;
    page.click("[data-tab=messages]").await;
    page.type_into("#draft", "/onbeat today\n").await;
    page.read("article[data-ephemeral]", "Only visible to you").await;
    assert_eq!(page.text("#draft").await, "", "what was sent is gone from the box");
}

async fn days_away(page: &Page) {
    page.type_into("#draft", "/onbeat away 2027-02-01 to 2027-02-05\n").await;
    page.click("article[data-ephemeral] [data-action-id=change_away]").await;
    page.until_true("document.querySelector('dialog [data-element=datepicker]')?.value === '2027-02-01'").await;
    page.click("dialog [data-submit]").await;
    page.click("dialog [data-action-id=back]").await;
    page.read("dialog", "You're not away Mon 1 Feb to Fri 5 Feb after all").await;
    page.click("dialog [data-close]").await;
}

/// A message becomes an outcome by its own menu, and the lightning menu shows what is left.
async fn shortcuts(page: &Page) {
    page.type_into("#draft", "The exceptions are all explained\n").await;
    page.read("article:last-of-type", "all explained").await;
    page.click("article:last-of-type [data-more]").await;
    page.click("[role=menu] [data-option=log_outcome]").await;
    page.read("dialog[data-callback-id=log_outcome]", "What is it the outcome of?").await;
    page.read("dialog", ".slack.com/archives/").await;
    page.click("dialog [data-close]").await;
    page.click("#lightning").await;
    page.click("[role=menu] [data-option=cadence]").await;
    page.read("dialog[data-callback-id=cadence]", "Your whole week is on my Home tab").await;
    page.click("dialog [data-close]").await;
}

async fn settings(page: &Page) {
    page.click("[data-tab=home]").await;
    page.read("#home", "Plan at 08:30").await;
    page.click("#home [data-action-id=settings]").await;
    page.click("dialog [data-block=intensity] input[value=light]").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog", "Noted. Nudges: Light").await;
    page.click("dialog [data-close]").await;
    page.read("#home", "Nudges: Light").await;
    page.click("[data-tab=messages]").await;
}

async fn on_a_phone(page: &Page) {
    page.resize(390, 844).await;
    page.until_true("document.getElementById('side').getBoundingClientRect().right <= 0").await;
    assert_eq!(page.ask("document.documentElement.scrollWidth <= 390").await, json!(true), "nothing sticks out");
    page.click("#menu").await;
    page.until_true("document.getElementById('side').getBoundingClientRect().left >= 0").await;
    page.enter("D").await;
    page.until_true("document.getElementById('side').getBoundingClientRect().right <= 0").await;
    let scan = "[data-value='2026-12-04.exception-scan.U0ANA']";
    page.click(&format!("article {scan}[data-action-id=done]")).await;
    page.until_true(&format!("Boolean(document.querySelector(\"article {scan}[data-action-id=undo]\"))")).await;
}

#[tokio::test]
async fn a_managers_monday_in_the_demo() {
    let demo = Demo::start("2026-11-30T12:00:00Z");
    let page = Page::open(&demo.url).await;
    page.read("#messages", "This is the beginning").await;
    page.turn_until("next-nudge", "Good morning, Ana. Here is your day", 6).await;
    done_with_a_note(&page).await;
    snoozed(&page).await;
    not_this_time(&page).await;
    page.turn_until("hour", "You asked me to come back to this", 3).await;
    page.turn_until("hour", "How did it go?", 12).await;
    the_leaders_week(&page).await;
    home_and_command(&page).await;
    days_away(&page).await;
    shortcuts(&page).await;
    settings(&page).await;
    on_a_phone(&page).await;
    page.close().await;
    demo.end().await;
}
