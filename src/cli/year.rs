//! `onbeat year`

use clap::Args;

use super::output::print;
use super::{Failure, Opened, Outcome};
use crate::app;
use crate::config::Settings;
use crate::engine::year::addresses;
use crate::process::UserId;

/// Print the secret links to a manager's year: the calendar to subscribe to, and the page.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat year U0ANA\n\n\
    End the links that were given out, and print new ones (the bot may be running):\n  onbeat year U0ANA --reset")]
pub(super) struct Words {
    /// The manager's Slack user id.
    #[arg(value_name = "ID")]
    manager: String,
    /// End the old links at once, and make new ones.
    #[arg(long)]
    reset: bool,
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let manager = UserId(words.manager);
    if !opened.revisions.iter().any(|revision| revision.process.manager(&manager).is_some()) {
        return Err(Failure::wrong(format!("no manager has the id {manager}")));
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
        opened.store.reset_links(&manager, None, opened.now, None).await?;
        eprintln!("The old links have ended.");
    }
    let found = addresses(&*opened.store, &links, &manager).await?;
    let found = found.ok_or_else(|| Failure::failed(format!("{manager} is too long to be a Slack user id")))?;
    print(&format!("calendar  {}\npage      {}\n", found.calendar, found.page))
}
