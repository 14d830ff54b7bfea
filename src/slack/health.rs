//! Whether Slack takes the bot's token and its scopes, as far as the answers so far tell.
//!
//! Trouble with the token can't be said in Slack: it is logged once when it comes and once when it goes, and `/readyz` says
//! it. A missing scope strikes single methods, so each is kept by itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::limiter::Method;

/// What the answers so far tell.
#[derive(Debug, Default)]
pub(in crate::slack) struct Health(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Slack's code, while it refuses the token.
    token: Option<String>,
    /// Whether the scopes cover a method, where that is known.
    covered: BTreeMap<&'static str, bool>,
}

/// How a trouble with the token is mended.
pub const MEND: &str = "reinstall the Slack app, set SLACK_BOT_TOKEN to its bot token, and restart";

impl Health {
    /// Slack took a call.
    pub(in crate::slack) fn took(&self, method: Method) {
        let mut known = self.lock();
        if let Some(code) = known.token.take() {
            tracing::info!(code, "Slack takes the bot's token again");
        }
        known.covered.insert(method.as_str(), true);
    }

    /// Slack refused a call. Whether that is news.
    pub(in crate::slack) fn refused(&self, method: Method, code: &str) -> bool {
        let mut known = self.lock();
        if code == "missing_scope" {
            let news = known.covered.insert(method.as_str(), false) != Some(false);
            if news {
                let method = method.as_str();
                tracing::error!(
                    method,
                    "a scope is missing; reinstall the Slack app with the scopes of `onbeat manifest`"
                );
            }
            return news;
        }
        if !is_the_tokens(method, code) {
            return true;
        }
        let news = known.token.as_deref() != Some(code);
        if news {
            tracing::error!(code, "Slack refuses the bot's token, so nobody is nudged: {MEND}");
            known.token = Some(code.to_owned());
        }
        news
    }

    /// Slack's code, while it refuses the token.
    pub(in crate::slack) fn token_trouble(&self) -> Option<String> {
        self.lock().token.clone()
    }

    /// The methods that were called, each with whether the scopes cover it.
    pub(in crate::slack) fn covered(&self) -> Vec<(&'static str, bool)> {
        self.lock().covered.iter().map(|(method, covered)| (*method, *covered)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the code speaks of the bot's token, which Socket Mode is not opened with: `account_inactive` is the other person's account where a method concerns one.
fn is_the_tokens(method: Method, code: &str) -> bool {
    match code {
        _ if method == Method::AppsConnectionsOpen => false,
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "not_allowed_token_type" => true,
        "account_inactive" => match method {
            Method::AuthTest | Method::ConversationsHistory | Method::UsersInfo | Method::UsersLookupByEmail => true,
            Method::AppsConnectionsOpen
            | Method::ChatPostMessage
            | Method::ChatPostEphemeral
            | Method::ChatGetPermalink
            | Method::ChatUpdate
            | Method::ConversationsOpen
            | Method::ViewsOpen
            | Method::ViewsPush
            | Method::ViewsPublish
            | Method::ViewsUpdate => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_news_once_and_again_after_it_was_over() {
        let health = Health::default();
        assert!(health.refused(Method::ChatPostMessage, "token_revoked"));
        assert!(!health.refused(Method::ConversationsOpen, "token_revoked"));
        assert_eq!(health.token_trouble().as_deref(), Some("token_revoked"));
        health.took(Method::AuthTest);
        assert_eq!(health.token_trouble(), None);
        assert!(health.refused(Method::ChatPostMessage, "token_revoked"));
    }

    #[test]
    fn a_scope_is_missing_for_its_methods_alone() {
        let health = Health::default();
        assert!(health.refused(Method::ConversationsHistory, "missing_scope"));
        health.took(Method::ChatPostMessage);
        assert!(!health.refused(Method::ConversationsHistory, "missing_scope"));
        assert_eq!(health.covered(), [("chat.postMessage", true), ("conversations.history", false)]);
        assert_eq!(health.token_trouble(), None);
    }

    #[test]
    fn another_persons_account_is_not_the_tokens() {
        let health = Health::default();
        assert!(health.refused(Method::ChatPostMessage, "account_inactive"));
        assert_eq!(health.token_trouble(), None);
        health.refused(Method::AuthTest, "account_inactive");
        assert!(health.token_trouble().is_some());
    }
}
