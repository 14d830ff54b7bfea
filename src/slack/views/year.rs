//! `/onbeat year`: a manager's secret links, how to subscribe, and how to end them; a leader's link to the team's quarter.

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
    /// The page of their team's quarter, for a manager who leads too.
    pub team: Option<&'a str>,
    /// Whether they were reset just now.
    pub fresh: bool,
}

/// The link of one who leads and is no manager.
#[derive(Debug, Clone, Copy)]
pub struct TeamLink<'a> {
    /// The leader's name.
    pub leader_name: &'a str,
    /// Whose it is.
    pub leader: &'a UserId,
    /// The page of the team's quarter.
    pub page: &'a str,
    /// Whether it was reset just now.
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
    let mut buttons: Vec<SlackActionBlockElement> = open_button(links.page).into_iter().map(Into::into).collect();
    buttons.extend(links.team.and_then(team_button).map(SlackActionBlockElement::from));
    buttons.push(reset(links.manager, "calendar and page").into());
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
    let text: Vec<&str> =
        [headline.as_str(), news].into_iter().chain(links.team).chain([links.page, links.calendar]).collect();
    MessageContent { text: escape_within(&text.join("\n"), 2900), blocks }
}

/// `/onbeat year` of one who leads and is no manager, and the answer to *Reset the links*.
pub fn team_link(link: &TeamLink<'_>) -> MessageContent {
    let headline = format!("Your team's quarter, {}", first_name(link.leader_name));
    let news = match link.fresh {
        true => "This is your new link; the old one no longer opens anything.",
        false => "Thirteen weeks of your managers on a page, to look at and to print. It is always as things stand.",
    };
    let mut buttons: Vec<SlackActionBlockElement> = team_button(link.page).into_iter().map(Into::into).collect();
    buttons.push(reset(link.leader, "the team's page").into());
    let blocks = vec![
        kit::header(&headline),
        kit::paragraph(news),
        kit::actions("year", buttons),
        kit::small("Whoever has this link sees your managers' figures, so keep it to yourself. Notes are never in it."),
    ];
    let text = [headline.as_str(), news, link.page].join("\n");
    MessageContent { text: escape_within(&text, 2900), blocks }
}

/// A button that opens the page, for wherever there is room; `None` where the address can't be one.
pub(super) fn open_button(page: &str) -> Option<SlackBlockButtonElement> {
    open(page, "Open my year", "open_year", "Open my year as a page")
}

/// The same of the team's quarter.
fn team_button(page: &str) -> Option<SlackBlockButtonElement> {
    open(page, "Open my team's quarter", "open_team", "Open my team's quarter as a page")
}

fn open(page: &str, label: &str, id: &str, heard: &str) -> Option<SlackBlockButtonElement> {
    let url = Url::parse(page).ok()?;
    Some(
        SlackBlockButtonElement::new(kit::plain(label, 75))
            // None of our actions: Slack tells us of the press, and there is nothing to do.
            .with_action_id(id.into())
            .with_url(url)
            .with_value("open".to_owned())
            .with_accessibility_label(SlackAccessibilityLabel(heard.to_owned())),
    )
}

fn reset(whose: &UserId, what: &str) -> SlackBlockButtonElement {
    let sure = "The old links stop working at once, in every calendar that has subscribed to them. You get new ones.";
    let confirm = SlackBlockConfirmItem::new(
        kit::plain("Reset your links?", 100),
        SlackBlockText::Plain(SlackBlockPlainText::new(sure.to_owned()).with_emoji(false)),
        kit::plain("Reset the links", 30),
        kit::plain("Keep them", 30),
    )
    .with_style("danger".to_owned());
    kit::button("Reset the links", &Action::ResetLinks(whose.clone()), what).with_confirm(confirm)
}

/// Nobody has said at which address people reach the bot.
pub fn year_without_address() -> MessageContent {
    super::plain(
        "Your year has no address yet. Ask whoever runs Onbeat to set ONBEAT_PUBLIC_URL to the address at which people \
         reach it; then I can give you a calendar to subscribe to. Meanwhile, /onbeat week shows the week.",
    )
}

/// A leader has no calendar of their own, and nobody has said at which address people reach the bot.
pub fn year_of_leader() -> MessageContent {
    super::plain(
        "The year is each manager's own; yours is the page of your team's quarter, and it has no address yet. Ask whoever \
         runs Onbeat to set ONBEAT_PUBLIC_URL to the address at which people reach it.",
    )
}

/// Somebody pressed a button that stands for another person's links.
pub fn not_your_links() -> MessageContent {
    super::plain("Those links are somebody else's to reset. Nothing has changed. /onbeat year shows yours.")
}
