//! The surfaces besides nudges and digest: the Home tab and its modals, *Mark several*, the shortcuts, what only one person
//! sees, and what a leader changes by `/onbeat manage`.

use super::page::{Demo, Page};

async fn settings(page: &Page) {
    page.click("[data-tab=home]").await;
    page.click("#home [data-action-id=settings]").await;
    page.click("dialog [data-block=intensity] input[value=active]").await;
    page.fill("dialog [data-block=start] input", "09:15").await;
    page.fill("dialog [data-block=zone] input", "Nowhere").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog [data-block=zone] .field-error", "I don't know “Nowhere”").await;
    page.fill("dialog [data-block=zone] input", "denver").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog", "Your plan comes at 09:15, America/Denver time.").await;
    page.close_dialogs().await;
    let home = page.read("#home", "Nudges: Active").await;
    assert!(home.contains("Plan at 09:15") && home.contains("Time zone: America/Denver"), "{home}");
}

async fn away(page: &Page) {
    page.click("#home [data-action-id=away]").await;
    page.fill("dialog [data-block^=first_day] input", "2027-02-05").await;
    page.fill("dialog [data-block^=last_day] input", "2027-02-01").await;
    page.click("dialog [data-submit]").await;
    page.until_true("Boolean(document.querySelector('dialog .has-error .field-error')?.innerText)").await;
    page.fill("dialog [data-block^=last_day] input", "2027-02-08").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog", "You're away Fri 5 Feb to Mon 8 Feb.").await;
    page.close_dialogs().await;
    page.read("#home", "Away: ").await;
    page.click("[data-tab=messages]").await;
}

/// One done, one not; what is left alone stays open.
async fn mark_several(page: &Page) {
    page.click("article [data-action-id=mark_several]").await;
    let what = |activity: &str| format!("dialog [data-block='what/2026-11-30.{activity}.U0ANA'] .select");
    page.choose(&what("exception-scan"), "done").await;
    page.choose(&what("crm-hygiene"), "other").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog [data-block=reason_words] .field-error", "A word on what got in the way").await;
    page.type_into("dialog [data-block=reason_words] input", "The CRM was down").await;
    page.click("dialog [data-submit]").await;
    page.until_true("!document.querySelector('dialog')").await;
    let plan = page.read("article", "Not done: The CRM was down").await;
    assert!(plan.contains("✓ Done") && plan.contains("Due Mon 30 Nov at "), "{plan}");
}

/// A message in a channel becomes the outcome of something, by its menu.
async fn log_as_outcome(page: &Page) {
    page.enter("C0SALES").await;
    page.type_into("#draft", "Everybody knows their number\n").await;
    page.read("article:last-of-type", "their number").await;
    page.click("article:last-of-type [data-more]").await;
    page.click("[role=menu] [data-option=log_outcome]").await;
    page.choose("dialog [data-block=log] .select", "2026-11-30.team-meeting.U0ANA").await;
    page.read("dialog", "learnt from a colleague").await;
    page.click("dialog [data-block=result] input[value=partly]").await;
    page.type_into("dialog [data-block=note] textarea", "See the message").await;
    page.click("dialog [data-submit]").await;
    page.until_true("!document.querySelector('dialog [data-submit]')").await;
    page.close_dialogs().await;
    page.enter("D").await;
    let plan = page.read("article", "See the message").await;
    assert!(plan.contains(".slack.com/archives/C0SALES/p"), "the message is kept as its link: {plan}");
}

/// From the lightning menu; and an answer that only the one who asked can see, until it is dismissed.
async fn my_own_list(page: &Page) {
    page.click("#lightning").await;
    page.click("[role=menu] [data-option=cadence]").await;
    let list = page.read("dialog[data-callback-id=cadence]", "Team meeting").await;
    assert!(list.contains("· partly"), "{list}");
    page.close_dialogs().await;
    page.enter("C0SALES").await;
    page.type_into("#draft", "/onbeat status\n").await;
    page.read("article[data-ephemeral]", "Only visible to you").await;
    page.be("U0BEN").await;
    page.enter("C0SALES").await;
    page.read("#messages", "Everybody knows their number").await;
    assert_eq!(page.text("article[data-ephemeral]").await, "", "nobody else sees it");
    page.be("U0ANA").await;
    page.enter("C0SALES").await;
    page.click("article[data-ephemeral] .dismiss").await;
    page.until_true("!document.querySelector('article[data-ephemeral]')").await;
}

async fn people(page: &Page) {
    page.click("article[data-ephemeral] [data-action-id=manage_people]").await;
    page.click("dialog [data-action-id=manage_add]").await;
    page.choose("dialog [data-block=people] .select", "U0YARA").await;
    page.choose("dialog [data-block=leader] .select", "U0LEAD").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog .has-error .field-error", "Yara Silva is a rep of Erin Walsh").await;
    page.click("dialog footer [data-close]").await;
    page.click("dialog [data-action-id=manage_manager][data-value=U0ANA]").await;
    page.choose("dialog [data-block=reps] .select", "U0HANA").await;
    page.click("dialog [data-submit]").await;
    let preview = page.read("dialog", "What changes").await;
    assert!(preview.contains("Hana Sato") && preview.contains("Nothing is saved yet."), "{preview}");
    page.close_dialogs().await;
}

async fn activities(page: &Page) {
    page.click("article[data-ephemeral] [data-action-id=manage_activities]").await;
    page.choose("dialog [data-action-id=manage_activity]", "edit|exception-scan").await;
    page.fill("dialog [data-block=when] input", "every Monday at 25:00").await;
    page.click("dialog [data-submit]").await;
    page.read("dialog [data-block=when] .field-error", "25:00").await;
    page.fill("dialog [data-block=when] input", "every Tuesday at 14:00").await;
    page.click("dialog [data-submit]").await;
    let preview = page.read("dialog", "Next for Ana Ruiz").await;
    assert!(preview.contains("• Exception scan: ") && preview.contains("• Tue 1 Dec 2026 at 14:00"), "{preview}");
    page.click("dialog [data-submit]").await;
    // The second were Ana's settings.
    page.read("dialog", "Saved as revision 3.").await;
    page.close_dialogs().await;
}

#[tokio::test]
async fn every_other_surface() {
    let demo = Demo::start("2026-11-30T12:00:00Z");
    let page = Page::open(&demo.url).await;
    page.read("#messages", "This is the beginning").await;
    page.turn_until("next-nudge", "Good morning, Ana. Here is your day", 6).await;
    mark_several(&page).await;
    log_as_outcome(&page).await;
    my_own_list(&page).await;
    page.enter("D").await;
    settings(&page).await;
    away(&page).await;
    page.be("U0VP").await;
    page.type_into("#draft", "/onbeat manage\n").await;
    people(&page).await;
    activities(&page).await;
    // What was said of it before is written anew; then nothing is under way.
    page.turn("hour").await;
    let scrolls = page.ask("document.documentElement.scrollHeight > innerHeight").await;
    assert_eq!(scrolls, false, "the page itself does not scroll");
    page.close().await;
    demo.end().await;
}
