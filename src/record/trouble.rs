//! What is wrong on Slack's side that the bot cannot mend itself, and that somebody should hear of, once.

use crate::process::UserId;

/// A trouble that lasts until somebody mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Somebody's account: they can't be written to.
    Account(UserId, AccountTrouble),
    /// A digest's channel: nothing can be posted there.
    Channel(String, ChannelTrouble),
    /// A method of Slack's that the bot's scopes do not cover.
    Scope(String),
}

/// Why somebody can't be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountTrouble {
    /// The account was deactivated.
    Deactivated,
    /// The workspace knows nobody of that id.
    Unknown,
    /// It is an app's account, and apps are not written to.
    App,
}

/// Why nothing can be posted to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelTrouble {
    /// It was archived.
    Archived,
    /// The bot is not in it.
    NotIn,
    /// There is none of that id, or a private one that the bot is not in.
    Unknown,
    /// Only some may post there, and the bot is not among them.
    Restricted,
}

impl Trouble {
    /// Whom or what it is about: one subject has one trouble at a time. A public format of the store's.
    pub fn subject(&self) -> String {
        match self {
            Trouble::Account(user, _) => account(user),
            Trouble::Channel(channel, _) => channel_subject(channel),
            Trouble::Scope(method) => format!("scope/{method}"),
        }
    }

    /// What is wrong, in one word of the store's.
    pub fn what(&self) -> &'static str {
        match self {
            Trouble::Account(_, AccountTrouble::Deactivated) => "deactivated",
            Trouble::Account(_, AccountTrouble::Unknown) => "unknown",
            Trouble::Account(_, AccountTrouble::App) => "app",
            Trouble::Channel(_, ChannelTrouble::Archived) => "archived",
            Trouble::Channel(_, ChannelTrouble::NotIn) => "not in",
            Trouble::Channel(_, ChannelTrouble::Unknown) => "unknown",
            Trouble::Channel(_, ChannelTrouble::Restricted) => "restricted",
            Trouble::Scope(_) => "missing",
        }
    }

    /// The reverse of [`Trouble::subject`] and [`Trouble::what`].
    pub fn parse(subject: &str, what: &str) -> Option<Trouble> {
        let (kind, id) = subject.split_once('/')?;
        match kind {
            "account" => {
                let all = [AccountTrouble::Deactivated, AccountTrouble::Unknown, AccountTrouble::App];
                let all = all.into_iter().map(|why| Trouble::Account(UserId::from(id), why));
                all.into_iter().find(|trouble| trouble.what() == what)
            }
            "channel" => {
                let all = [
                    ChannelTrouble::Archived,
                    ChannelTrouble::NotIn,
                    ChannelTrouble::Unknown,
                    ChannelTrouble::Restricted,
                ];
                let all = all.into_iter().map(|why| Trouble::Channel(id.to_owned(), why));
                all.into_iter().find(|trouble| trouble.what() == what)
            }
            "scope" => Some(Trouble::Scope(id.to_owned())),
            _ => None,
        }
    }
}

/// The subject of somebody's account.
pub fn account(user: &UserId) -> String {
    format!("account/{user}")
}

/// The subject of a channel.
pub fn channel_subject(channel: &str) -> String {
    format!("channel/{channel}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_reads_back() {
        let ana = || UserId::from("U0ANA");
        for trouble in [
            Trouble::Account(ana(), AccountTrouble::Deactivated),
            Trouble::Account(ana(), AccountTrouble::Unknown),
            Trouble::Account(ana(), AccountTrouble::App),
            Trouble::Channel("C0SALES".to_owned(), ChannelTrouble::Archived),
            Trouble::Channel("C0SALES".to_owned(), ChannelTrouble::NotIn),
            Trouble::Channel("C0SALES".to_owned(), ChannelTrouble::Unknown),
            Trouble::Channel("C0SALES".to_owned(), ChannelTrouble::Restricted),
            Trouble::Scope("conversations.history".to_owned()),
        ] {
            assert_eq!(Trouble::parse(&trouble.subject(), trouble.what()), Some(trouble));
        }
        for (subject, what) in [("account/U0ANA", "bored"), ("moon/full", "missing"), ("", "")] {
            assert_eq!(Trouble::parse(subject, what), None);
        }
    }
}
