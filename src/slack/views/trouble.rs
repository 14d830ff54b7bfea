//! What is wrong on Slack's side, said to whoever can mend it: what, what it means, and what to do.

use super::text::escape_within;
use super::{MessageContent, kit};
use crate::record::{AccountTrouble, ChannelTrouble, Trouble};

/// All that a notice tells.
#[derive(Debug, Clone, Copy)]
pub struct TroublePicture<'a> {
    /// What is wrong.
    pub trouble: &'a Trouble,
    /// The name of whom it is about, where it is about a person.
    pub name: &'a str,
    /// What that person is in the process.
    pub role: Role,
}

/// What somebody is in the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Is nudged.
    Manager,
    /// Reads the digest.
    Leader,
    /// Reports to a manager.
    Rep,
}

/// The notice as a message.
pub fn trouble(picture: &TroublePicture<'_>) -> MessageContent {
    let (headline, rest) = match picture.trouble {
        Trouble::Account(user, why) => {
            let (name, id) = (escape_within(picture.name, 200), escape_within(user.as_str(), 60));
            (account(&name, &id, *why), whats_next(&name, picture.role))
        }
        Trouble::Channel(id, why) => channel(id, *why),
        Trouble::Scope(method) => scope(method),
    };
    let text = format!("{headline} {rest}");
    MessageContent { blocks: vec![kit::mrkdwn(format!("*{headline}*\n{rest}"))], text }
}

fn account(name: &str, id: &str, why: AccountTrouble) -> String {
    match why {
        AccountTrouble::Deactivated => format!("{name}'s Slack account is deactivated."),
        AccountTrouble::Unknown => format!("Slack knows nobody by the id {id}, which the process has for {name}."),
        AccountTrouble::App => {
            format!("The id {id}, which the process has for {name}, is an app's, and I can't write to apps.")
        }
    }
}

fn whats_next(name: &str, role: Role) -> String {
    match role {
        Role::Manager => format!(
            "I've stopped nudging, and what falls due stays in the record as it is. If {name} has left, take them off the \
             process (/onbeat manage); if they are back soon, excuse what falls due meanwhile. Once I can reach them again, I go on with \
             the next morning's plan."
        ),
        Role::Leader => format!(
            "Managers in the process answer to {name}. Put somebody else in their place (/onbeat manage), so that the digest and my \
             questions reach a person."
        ),
        Role::Rep => format!(
            "What the process asks about {name} is still being asked. If they have left, take them off the process (/onbeat manage)."
        ),
    }
}

fn channel(id: &str, why: ChannelTrouble) -> (String, String) {
    let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let named = if is_plain { format!("<#{id}> ({id})") } else { escape_within(id, 60) };
    let (what, mend) = match why {
        ChannelTrouble::Archived => ("the channel is archived", "Unarchive it"),
        ChannelTrouble::NotIn => ("I'm not in the channel", "Invite me there with /invite"),
        ChannelTrouble::Unknown => {
            ("there is no such channel, or it is private and I'm not in it", "Invite me there with /invite")
        }
        ChannelTrouble::Restricted => ("only some may post there", "Let me post there"),
    };
    let headline = format!("I can't post the digest to {named}: {what}.");
    let rest = format!(
        "{mend}, or give the digest another channel (/onbeat manage). I keep trying for a week, so mended in time the digest \
         still comes."
    );
    (headline, rest)
}

fn scope(method: &str) -> (String, String) {
    let headline = format!("Slack doesn't let me use {}: a scope is missing.", escape_within(method, 80));
    let rest = "Whoever looks after the Slack app can reinstall it with the scopes that `onbeat manifest` prints. Until \
                then some of what I do stays undone.";
    (headline, rest.to_owned())
}
