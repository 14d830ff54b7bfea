//! Settings: the environment and `config/onbeat.toml`, checked once at start. The environment wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

mod keep;

use crate::process::UserId;
use crate::secret::Secret;
pub use keep::Keep;

/// What is wrong with the settings. Never holds a value that could be a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file named with `--config` can't be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// It is no such TOML.
    #[error("{path}:{line}:{column}: {problem}")]
    BadFile {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// What is wrong, without the offending text.
        problem: String,
    },
    /// A setting that is needed, is absent.
    #[error("{0} is not set: {1}")]
    Missing(&'static str, &'static str),
    /// A setting has a value that can't be.
    #[error("{0} is not usable: {1}")]
    Bad(&'static str, &'static str),
}

/// The checked settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `SLACK_BOT_TOKEN`.
    pub bot_token: Option<Secret>,
    /// `SLACK_SIGNING_SECRET`.
    pub signing_secret: Option<Secret>,
    /// `SLACK_APP_TOKEN`.
    pub app_token: Option<Secret>,
    /// How many connections Socket Mode keeps open; 1 to 10.
    pub socket_connections: u8,
    /// `SLACK_API_URL`.
    pub slack_api_url: String,
    /// `DATABASE_URL`. May hold a password.
    pub database_url: Secret,
    /// `ONBEAT_LISTEN`.
    pub listen: SocketAddr,
    /// `ONBEAT_PUBLIC_URL`.
    pub public_url: Option<String>,
    /// `ONBEAT_KEY`.
    pub key: Option<Secret>,
    /// Whether webhooks may reach addresses that are not of the public internet.
    pub webhook_private_addresses: bool,
    /// Who may excuse for everybody.
    pub admins: Vec<UserId>,
    /// For how long what is past is kept.
    pub keep: Keep,
    /// Who runs this program, by the operating system: `USER`, else `LOGNAME`.
    pub user: Option<String>,
}

/// The keys of `config/onbeat.toml`, each optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSettings {
    slack_bot_token: Option<Secret>,
    slack_signing_secret: Option<Secret>,
    slack_app_token: Option<Secret>,
    socket_connections: Option<u8>,
    slack_api_url: Option<String>,
    database_url: Option<Secret>,
    onbeat_listen: Option<String>,
    onbeat_public_url: Option<String>,
    onbeat_key: Option<Secret>,
    webhook_private_addresses: Option<bool>,
    admins: Option<Vec<UserId>>,
    keep_notes: Option<String>,
    keep_messages: Option<String>,
    keep_log: Option<String>,
}

/// The file's usual place; absent is fine, unless it was named.
const USUAL_FILE: &str = "config/onbeat.toml";

/// The file as it is shipped: the defaults.
const SHIPPED: &str = include_str!("../config/onbeat.toml");

impl Settings {
    /// Reads the settings of this process: its environment, and the file.
    ///
    /// # Errors
    /// [`ConfigError`] where the file named can't be read, or something in it or in the environment can't be used.
    pub fn load(file: Option<&Path>) -> Result<Settings, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is the room where the environment is read")]
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Settings::from(&environment, file)
    }

    fn from(environment: &dyn Fn(&str) -> Option<String>, file: Option<&Path>) -> Result<Settings, ConfigError> {
        let defaults: FileSettings = toml::from_str(SHIPPED).expect("a test reads the shipped file");
        let set = read(file)?;
        let secret = |name: &str, fallback: Option<Secret>| environment(name).map(Secret::from).or(fallback);
        let plain = |name: &str, fallback: Option<String>| environment(name).or(fallback);
        let missing = |name| ConfigError::Missing(name, "it has no value, not even a default");
        let listen = plain("ONBEAT_LISTEN", set.onbeat_listen.or(defaults.onbeat_listen));
        let listen = listen.ok_or_else(|| missing("ONBEAT_LISTEN"))?;
        let slack = plain("SLACK_API_URL", set.slack_api_url.or(defaults.slack_api_url));
        let database = secret("DATABASE_URL", set.database_url.or(defaults.database_url));
        let connections = set.socket_connections.or(defaults.socket_connections).unwrap_or(2);
        if !(1..=10).contains(&connections) {
            return Err(ConfigError::Bad("socket_connections", "expected a number from 1 to 10"));
        }
        Ok(Settings {
            socket_connections: connections,
            bot_token: secret("SLACK_BOT_TOKEN", set.slack_bot_token),
            signing_secret: secret("SLACK_SIGNING_SECRET", set.slack_signing_secret),
            app_token: secret("SLACK_APP_TOKEN", set.slack_app_token),
            slack_api_url: web_address("SLACK_API_URL", slack.ok_or_else(|| missing("SLACK_API_URL"))?)?,
            database_url: database.ok_or_else(|| missing("DATABASE_URL"))?,
            listen: listen
                .parse()
                .map_err(|_| ConfigError::Bad("ONBEAT_LISTEN", "expected ADDRESS:PORT, such as 127.0.0.1:3000"))?,
            public_url: plain("ONBEAT_PUBLIC_URL", set.onbeat_public_url)
                .map(|url| web_address("ONBEAT_PUBLIC_URL", url))
                .transpose()?,
            key: secret("ONBEAT_KEY", set.onbeat_key),
            user: environment("USER").or_else(|| environment("LOGNAME")).map(|name| name.replace(char::is_control, "")),
            webhook_private_addresses: flag(
                "WEBHOOK_PRIVATE_ADDRESSES",
                environment("WEBHOOK_PRIVATE_ADDRESSES"),
                set.webhook_private_addresses.or(defaults.webhook_private_addresses),
            )?,
            admins: set.admins.or(defaults.admins).unwrap_or_default(),
            keep: Keep {
                notes: keep::read("keep_notes", set.keep_notes.or(defaults.keep_notes))?,
                messages: keep::read("keep_messages", set.keep_messages.or(defaults.keep_messages))?,
                log: keep::read("keep_log", set.keep_log.or(defaults.keep_log))?,
            },
        })
    }

    /// That there is a way in for what people do in Slack.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] where there is none.
    pub fn need_a_way_in(&self) -> Result<(), ConfigError> {
        match (&self.signing_secret, &self.app_token) {
            (None, None) => Err(ConfigError::Missing(
                "SLACK_SIGNING_SECRET",
                "the signing secret from your Slack app's page «Basic Information»; or, for Socket Mode, set SLACK_APP_TOKEN to \
                 an app-level token (xapp-…) from the same page",
            )),
            (Some(_), _) | (_, Some(_)) => Ok(()),
        }
    }

    /// The bot token.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] where there is none.
    pub fn need_bot_token(&self) -> Result<&Secret, ConfigError> {
        self.bot_token.as_ref().ok_or(ConfigError::Missing(
            "SLACK_BOT_TOKEN",
            "the bot token (xoxb-…) from your Slack app's page «OAuth & Permissions»",
        ))
    }
}

fn flag(name: &'static str, set: Option<String>, fallback: Option<bool>) -> Result<bool, ConfigError> {
    match set.as_deref() {
        None => Ok(fallback.unwrap_or(false)),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(ConfigError::Bad(name, "expected true or false")),
    }
}

fn web_address(name: &'static str, url: String) -> Result<String, ConfigError> {
    let good = url::Url::parse(&url).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() && url.fragment().is_none()
    });
    if good { Ok(url) } else { Err(ConfigError::Bad(name, "expected an address that begins with https:// or http://")) }
}

fn read(file: Option<&Path>) -> Result<FileSettings, ConfigError> {
    let path = file.unwrap_or(Path::new(USUAL_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(FileSettings::default());
        }
        Err(error) => return Err(ConfigError::Unreadable(path.to_owned(), error)),
    };
    toml::from_str(&text).map_err(|error| {
        let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
        ConfigError::BadFile {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            // The message of a wrong value may quote it; that of a wrong key names the keys that exist.
            problem: if error.message().starts_with("unknown field") {
                error.message().to_owned()
            } else {
                "not a value that this key can have".to_owned()
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    fn written(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("it can be written");
        file
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file =
            written("onbeat_listen = \"127.0.0.1:1\"\nslack_api_url = \"http://127.0.0.1:9/api/\"\nadmins = [\"U0A\"]");
        let environment = |name: &str| (name == "ONBEAT_LISTEN").then(|| "127.0.0.1:2".to_owned());
        let settings = Settings::from(&environment, Some(file.path())).expect("good settings");
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.slack_api_url, "http://127.0.0.1:9/api/");
        assert_eq!(settings.admins, [UserId::from("U0A")]);
    }

    #[test]
    fn the_shipped_file_holds_the_defaults() {
        let empty = written("");
        let defaults = Settings::from(&none, Some(empty.path())).expect("nothing set is good");
        assert_eq!(defaults.slack_api_url, "https://slack.com/api/");
        assert_eq!(defaults.database_url.reveal(), "sqlite://onbeat.db");
        assert_eq!(defaults.listen.to_string(), "127.0.0.1:3000");
        assert!(defaults.bot_token.is_none() && defaults.admins.is_empty());
        assert!(defaults.keep.notes.is_some() && defaults.keep.messages.is_some() && defaults.keep.log.is_some());
        assert_eq!(defaults.socket_connections, 2);
    }

    #[test]
    fn errors_name_the_place_and_no_secret() {
        let file = written("admins = []\nslack_bot_token = [\"xoxb-secret\"]");
        let error = Settings::from(&none, Some(file.path())).expect_err("a list is no token").to_string();
        assert!(error.contains(":2:"), "{error}");
        assert!(!error.contains("xoxb-secret"), "{error}");
        let file = written("slack_bot_tokn = \"x\"");
        let error = Settings::from(&none, Some(file.path())).expect_err("no such key").to_string();
        assert!(error.contains(":1:1: unknown field `slack_bot_tokn`"), "{error}");
    }

    #[test]
    fn secrets_stay_out_of_debug() {
        let environment = |name: &str| name.starts_with("SLACK_BOT").then(|| "xoxb-1".to_owned());
        let empty = written("");
        let settings = Settings::from(&environment, Some(empty.path())).expect("good settings");
        assert!(!format!("{settings:?}").contains("xoxb"));
    }
}
