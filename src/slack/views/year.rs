//! `/onbeat year`: a manager's secret links, how to subscribe, and how to end them.

use slack_morphism::blocks::*;
use url::Url;

use super::text::{escape_within, first_name};
use super::{MessageContent, kit};
use crate::process::UserId;
use crate::slack::action::Action;

/// The links of one manager's year.
#[derive(Debug, Clone, Copy)]
pub struct YearLinks<'a> {
    /// The manager's name.
    pub manager_name: &'a str,
    /// Whose they are.
    pub manager: &'a UserId,
    /// To subscribe to, by https.
    pub calendar: &'a str,
    /// The same, as calendar programs open it.
    pub webcal: &'a str,
    /// The page.
    pub page: &'a str,
    /// Whether they were reset just now.
    pub fresh: bool,
}

/// `/onbeat year`, and the answer to *Reset the links*.
pub fn year(links: &YearLinks<'_>) -> MessageContent {
    let headline = format!("Your year, {}", first_name(links.manager_name));
    let news = match links.fresh {
        true => {
            "These are your new links; the old ones no longer open anything. Subscribe once more with the new address."
        }
        false => {
            "All that your process asks of you, a year ahead: what is done gets a tick, and changes find their way by \
                  themselves."
        }
    };
    let mut buttons = vec![reset(links).into()];
    if let Some(open) = open_button(links.page) {
        buttons.insert(0, open.into());
    }
    let how = kit::Rich::default()
        .bold("In your calendar: ")
        .text("subscribe to this address\n")
        .link(links.calendar)
        .text("\n• Google: on a computer, Other calendars, +, From URL")
        .text("\n• Outlook: Add calendar, Subscribe from web")
        .text("\n• Apple: File, New Calendar Subscription; or open ")
        .text(links.webcal);
    let blocks = vec![
        kit::header(&headline),
        kit::paragraph(news),
        kit::actions("year", buttons),
        how.block(),
        kit::small(
            "Whoever has these links sees your year, so keep them to yourself. Titles and times are in it, notes never.",
        ),
    ];
    let text = [headline.as_str(), news, links.page, links.calendar].join("\n");
    MessageContent { text: escape_within(&text, 2900), blocks }
}

/// A button that opens the page, for wherever there is room; `None` where the address can't be one.
pub(super) fn open_button(page: &str) -> Option<SlackBlockButtonElement> {
    let url = Url::parse(page).ok()?;
    Some(
        SlackBlockButtonElement::new(kit::plain("Open my year", 75))
            // None of our actions: Slack tells us of the press, and there is nothing to do.
            .with_action_id("open_year".into())
            .with_url(url)
            .with_value("open".to_owned())
            .with_accessibility_label(SlackAccessibilityLabel("Open my year as a page".to_owned())),
    )
}

fn reset(links: &YearLinks<'_>) -> SlackBlockButtonElement {
    let sure = "The old links stop working at once, in every calendar that has subscribed to them. You get new ones.";
    let confirm = SlackBlockConfirmItem::new(
        kit::plain("Reset your links?", 100),
        SlackBlockText::Plain(SlackBlockPlainText::new(sure.to_owned()).with_emoji(false)),
        kit::plain("Reset the links", 30),
        kit::plain("Keep them", 30),
    )
    .with_style("danger".to_owned());
    kit::button("Reset the links", &Action::ResetLinks(links.manager.clone()), "calendar and page")
        .with_confirm(confirm)
}

/// Nobody has said at which address people reach the bot.
pub fn year_without_address() -> MessageContent {
    super::plain(
        "Your year has no address yet. Ask whoever runs Onbeat to set ONBEAT_PUBLIC_URL to the address at which people \
         reach it; then I can give you a calendar to subscribe to. Meanwhile, /onbeat week shows the week.",
    )
}

/// A leader has no calendar of their own.
pub fn year_of_leader() -> MessageContent {
    super::plain(
        "The year is each manager's own, so there is none for you here. `onbeat plan --format html`, where Onbeat runs, \
         draws the whole team side by side.",
    )
}

/// Somebody pressed a button that stands for another person's links.
pub fn not_your_links() -> MessageContent {
    super::plain("Those links are somebody else's to reset. Nothing has changed. /onbeat year shows yours.")
}
