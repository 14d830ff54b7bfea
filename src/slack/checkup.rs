//! What `onbeat doctor` asks Slack. It looks at headers, which the client's calls have no use for, keeps to no limits and
//! changes nothing in the workspace.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap};
use serde_json::Value;

use super::client::{CallError, Identity, Slack};
use super::connector::{Connector, ConnectorError};
use super::{Secret, manifest};
use crate::process::UserId;

/// What kind of token a text is, by its first letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// `xoxb-`
    Bot,
    /// `xapp-`
    App,
    /// `xoxp-`
    User,
    /// `xoxe.` or `xoxe-`: one that runs out.
    Rotating,
    /// None of these.
    Other,
}

impl TokenKind {
    /// The kind of this one.
    pub fn of(token: &Secret) -> TokenKind {
        let known = [
            ("xoxb-", TokenKind::Bot),
            ("xapp-", TokenKind::App),
            ("xoxp-", TokenKind::User),
            ("xoxe", TokenKind::Rotating),
        ];
        let token = token.reveal().trim();
        known.into_iter().find(|(begins, _)| token.starts_with(begins)).map_or(TokenKind::Other, |(_, kind)| kind)
    }

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            TokenKind::Bot => "a bot token (xoxb-…)",
            TokenKind::App => "an app-level token (xapp-…)",
            TokenKind::User => "a user token (xoxp-…)",
            TokenKind::Rotating => "a token that is rotated (xoxe…)",
            TokenKind::Other => "no Slack token",
        }
    }
}

/// What `auth.test` told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// Who the bot is, or Slack's error code.
    pub identity: Result<Identity, String>,
    /// The scopes that the token carries, where Slack named them.
    pub scopes: Option<Vec<String>>,
    /// Slack's time, where it told.
    pub date: Option<Timestamp>,
}

impl Tested {
    /// The scopes that the manifest asks for and the token lacks.
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        let Some(scopes) = &self.scopes else { return Vec::new() };
        manifest::SCOPES.into_iter().filter(|needed| !scopes.iter().any(|scope| scope == needed)).collect()
    }
}

/// How a channel stands to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelStanding {
    /// The bot can post there.
    Good,
    /// There is no such channel, or it is a private one without the bot.
    NotThere,
    /// The bot is not in it.
    NotIn,
    /// Nobody can post there any more.
    Archived,
    /// Slack would not say; its error code.
    CantTell(String),
}

/// Asks Slack without a client's limits.
#[derive(Debug, Clone)]
pub struct Checkup {
    http: Connector,
    base: String,
    token: Secret,
}

impl Checkup {
    /// Asks the Web API at `base_url` with this token.
    ///
    /// # Errors
    /// As [`Slack::new`].
    pub fn new(base_url: &str, token: &Secret) -> Result<Checkup, ConnectorError> {
        let http = Connector::new(base_url)?;
        let base = format!("{}/", base_url.trim().trim_end_matches('/'));
        Ok(Checkup { http, base, token: token.clone() })
    }

    /// Who the bot is, what it may, and what time it is at Slack's.
    ///
    /// # Errors
    /// Where Slack was not reached, or what answered is not Slack.
    pub async fn test(&self) -> Result<Tested, CallError> {
        let (headers, answer) = self.get("auth.test", &[]).await?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let identity = match answer["ok"] == true {
            true => Ok(Identity { team: text("team_id"), team_name: text("team"), bot_user: UserId(text("user_id")) }),
            false => Err(text("error")),
        };
        let scopes = headers.get("x-oauth-scopes").and_then(|scopes| scopes.to_str().ok());
        let scopes = scopes.map(|scopes| scopes.split(',').map(|scope| scope.trim().to_owned()).collect());
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|date| date.timestamp());
        Ok(Tested { identity, scopes, date })
    }

    /// How a channel stands to the bot.
    ///
    /// # Errors
    /// Where Slack was not reached.
    pub async fn channel(&self, channel: &str) -> Result<ChannelStanding, CallError> {
        let (_, info) = self.get("conversations.info", &[("channel", channel)]).await?;
        if info["ok"] == true {
            let channel = &info["channel"];
            return Ok(match () {
                () if channel["is_archived"] == true => ChannelStanding::Archived,
                () if channel["is_member"] == false => ChannelStanding::NotIn,
                () => ChannelStanding::Good,
            });
        }
        // The manifest does not ask for what this method needs; whether the bot may read there tells as much.
        let code = match info["error"].as_str() {
            Some("missing_scope") => {
                let (_, history) = self.get("conversations.history", &[("channel", channel), ("limit", "1")]).await?;
                if history["ok"] == true {
                    return Ok(ChannelStanding::Good);
                }
                history["error"].as_str().unwrap_or_default().to_owned()
            }
            code => code.unwrap_or_default().to_owned(),
        };
        Ok(match code.as_str() {
            "channel_not_found" => ChannelStanding::NotThere,
            "not_in_channel" => ChannelStanding::NotIn,
            "is_archived" => ChannelStanding::Archived,
            _ => ChannelStanding::CantTell(code),
        })
    }

    /// The status and the beginning of what an address of our own answers; `None`: nobody does.
    pub async fn reach(&self, url: &str) -> Option<(u16, String)> {
        let answer = self.http.http().get(url).timeout(Duration::from_secs(5)).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.text().await.unwrap_or_default().chars().take(40).collect()))
    }

    async fn get(&self, method: &str, asked: &[(&str, &str)]) -> Result<(HeaderMap, Value), CallError> {
        let request = self.http.http().get(format!("{}{method}", self.base)).query(asked);
        let sent = request.bearer_auth(self.token.reveal().trim()).send().await;
        let answer = sent.map_err(|_| CallError::NotSent { retry_after: None })?;
        let headers = answer.headers().clone();
        let answer = answer.json().await.map_err(|_| CallError::Unknown)?;
        Ok((headers, answer))
    }
}

/// Whether an app-level token opens Socket Mode; else Slack's error code.
///
/// # Errors
/// Where Slack was not reached.
pub async fn opens_socket_mode(slack: &Slack) -> Result<Result<(), String>, CallError> {
    match slack.open_connection().await {
        // The address is not used: its ticket runs out by itself.
        Ok(_) => Ok(Ok(())),
        Err(CallError::Refused(code)) => Ok(Err(code)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        for (token, kind) in [
            ("xoxb-1", TokenKind::Bot),
            (" xapp-1\n", TokenKind::App),
            ("xoxp-1", TokenKind::User),
            ("xoxe.xoxb-1", TokenKind::Rotating),
            ("hello", TokenKind::Other),
        ] {
            assert_eq!(TokenKind::of(&Secret::from(token)), kind, "{token}");
        }
    }
}
