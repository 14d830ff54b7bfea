//! Settings: the environment and `config/onbeat.toml`, checked once at start. The environment wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::process::UserId;
use crate::secret::Secret;

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
    /// Who may excuse for everybody.
    pub admins: Vec<UserId>,
}

/// The keys of `config/onbeat.toml`, each optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSettings {
    slack_bot_token: Option<Secret>,
    slack_signing_secret: Option<Secret>,
    slack_app_token: Option<Secret>,
    slack_api_url: Option<String>,
    database_url: Option<Secret>,
    onbeat_listen: Option<String>,
    onbeat_public_url: Option<String>,
    onbeat_key: Option<Secret>,
    admins: Option<Vec<UserId>>,
}

/// The file's usual place; absent is fine, unless it was named.
const USUAL_FILE: &str = "config/onbeat.toml";

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
        let from_file = read(file)?;
        let secret = |name: &str, fallback: Option<Secret>| environment(name).map(Secret::from).or(fallback);
        let plain = |name: &str, fallback: Option<String>| environment(name).or(fallback);
        let listen = plain("ONBEAT_LISTEN", from_file.onbeat_listen).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let slack_api_url =
            plain("SLACK_API_URL", from_file.slack_api_url).unwrap_or_else(|| "https://slack.com/api/".to_owned());
        Ok(Settings {
            bot_token: secret("SLACK_BOT_TOKEN", from_file.slack_bot_token),
            signing_secret: secret("SLACK_SIGNING_SECRET", from_file.slack_signing_secret),
            app_token: secret("SLACK_APP_TOKEN", from_file.slack_app_token),
            slack_api_url: web_address("SLACK_API_URL", slack_api_url)?,
            database_url: secret("DATABASE_URL", from_file.database_url)
                .unwrap_or_else(|| Secret::from("sqlite://onbeat.db".to_owned())),
            listen: listen
                .parse()
                .map_err(|_| ConfigError::Bad("ONBEAT_LISTEN", "expected ADDRESS:PORT, such as 127.0.0.1:3000"))?,
            public_url: plain("ONBEAT_PUBLIC_URL", from_file.onbeat_public_url)
                .map(|url| web_address("ONBEAT_PUBLIC_URL", url))
                .transpose()?,
            key: secret("ONBEAT_KEY", from_file.onbeat_key),
            admins: from_file.admins.unwrap_or_default(),
        })
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

fn web_address(name: &'static str, url: String) -> Result<String, ConfigError> {
    let good = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
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
    fn the_shipped_file_is_the_defaults() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join(USUAL_FILE);
        let file = Settings::from(&none, Some(&shipped)).expect("the shipped file is good");
        let empty = written("");
        let defaults = Settings::from(&none, Some(empty.path())).expect("nothing set is good");
        assert_eq!(format!("{file:?}"), format!("{defaults:?}"));
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
