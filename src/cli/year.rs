//! `onbeat year`

use clap::Args;

use super::output::print;
use super::{Failure, Opened, Outcome};
use crate::app;
use crate::config::Settings;
use crate::engine::team::leading;
use crate::engine::year::addresses;
use crate::process::UserId;

/// Print somebody's secret links: of a manager the calendar to subscribe to and the page of the year, of a leader the page of
/// the team's quarter.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat year U0ANA\n\n\
    End the links that were given out, and print new ones (the bot may be running). It ends all\n    of that person's, calendar, year and team:\n  onbeat year U0ANA --reset")]
pub(super) struct Words {
    /// The manager's or leader's Slack user id.
    #[arg(value_name = "ID")]
    user: String,
    /// End the old links at once, and make new ones.
    #[arg(long)]
    reset: bool,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let user = UserId(words.user);
    let manages = opened.revisions.iter().any(|revision| revision.process.manager(&user).is_some());
    let leads = leading(&opened.revisions, &user, opened.now).is_some();
    if !manages && !leads {
        return Err(Failure::wrong(format!("no manager or leader has the id {user}")));
    }
    if settings.public_url.is_none() {
        return Err(Failure::wrong(
            "ONBEAT_PUBLIC_URL is not set: set it to the address at which people reach the bot's HTTP server, such as \
             https://onbeat.example.com",
        ));
    }
    let (links, warning) = app::links(settings)?;
    if let Some(warning) = warning {
        eprintln!("onbeat: {warning}");
    }
    if words.reset {
        opened.store.reset_links(&user, None, opened.now, None).await?;
        eprintln!("The old links have ended.");
    }
    let found = addresses(&*opened.store, &links, &user).await?;
    let found = found.ok_or_else(|| Failure::failed(format!("{user} is too long to be a Slack user id")))?;
    let mut text = String::new();
    if manages {
        text += &format!("calendar  {}\npage      {}\n", found.calendar, found.page);
    }
    if leads {
        text += &format!("team      {}\n", found.team);
    }
    print(&text)
}
