//! `onbeat token`

use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;

use super::output::{print, table, table_text};
use super::{Failure, Opened, Outcome};
use crate::config::Settings;
use crate::store::{NewToken, Scope, StoredToken};
use crate::token::{Token, hash};

/// Make, list and revoke the tokens with which other systems use the API.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onbeat token new crm --scope read --scope record")]
pub(super) struct Words {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a token and print it: the only time that it is shown.
    #[command(after_help = "Example:\n  onbeat token new crm --scope read --scope record\n\n\
        What the token records is recorded as done by `api:crm`.")]
    New {
        /// What to call it: letters, digits, `.`, `_` and `-`.
        #[arg(value_parser = name)]
        name: String,
        /// What it may do.
        #[arg(long, value_enum, required = true, value_delimiter = ',')]
        scope: Vec<ScopeWord>,
    },
    /// List the tokens.
    #[command(after_help = "Example:\n  onbeat token list")]
    List,
    /// Revoke a token; it ends at once.
    #[command(after_help = "Example:\n  onbeat token revoke 3")]
    Revoke {
        /// Its number, as `list` shows it.
        id: i64,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScopeWord {
    /// Read occurrences, adherence and the process.
    Read,
    /// Record and verify outcomes.
    Record,
}

impl From<ScopeWord> for Scope {
    fn from(word: ScopeWord) -> Scope {
        match word {
            ScopeWord::Read => Scope::Read,
            ScopeWord::Record => Scope::Record,
        }
    }
}

const LONGEST: usize = 40;

fn name(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let good = (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain);
    good.then(|| text.to_owned())
        .ok_or_else(|| format!("expected 1 to {LONGEST} letters, digits, `.`, `_` and `-`, such as crm"))
}

pub(super) async fn run(words: Words, settings: &Settings) -> Outcome {
    let opened = Opened::new(settings, None).await?;
    let outcome = match words.what {
        What::New { name, scope } => new(&opened, settings, name, &scope).await,
        What::List => list(&opened).await,
        What::Revoke { id } => revoke(&opened, settings, id).await,
    };
    opened.store.close().await;
    outcome
}

async fn new(opened: &Opened, settings: &Settings, name: String, scopes: &[ScopeWord]) -> Outcome {
    let no_randomness =
        |error| Failure::failed(format!("this machine gives no randomness to make a token of ({error})"));
    let token = Token::new().map_err(no_randomness)?;
    let mut scopes: Vec<Scope> = scopes.iter().map(|word| (*word).into()).collect();
    scopes.sort();
    scopes.dedup();
    let hash = hash(token.reveal()).expect("a token just made");
    let new = NewToken { name: name.clone(), scopes, hash, at: opened.now, by: settings.user.clone() };
    let Some(id) = opened.store.add_token(&new).await? else {
        let words =
            format!("there is a token called {name}: revoke it first (`onbeat token list`), or take another name");
        return Err(Failure::wrong(words));
    };
    eprintln!("Token {id}, {name}. Keep it safe: it is shown this once.");
    print(&format!("{}\n", token.reveal()))
}

async fn list(opened: &Opened) -> Outcome {
    let tokens = opened.store.tokens().await?;
    if tokens.is_empty() {
        return print("No tokens yet: `onbeat token new NAME --scope read` makes one.\n");
    }
    let mut table = table(&["id", "name", "scopes", "made", "last used", "state"]);
    for StoredToken { id, name, scopes, made_at, made_by: _, used_at, revoked_at } in tokens {
        let date = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let state = revoked_at.map_or_else(|| "holds".to_owned(), |at| format!("revoked {}", date(at)));
        let used = used_at.map_or_else(|| "never".to_owned(), date);
        table.add_row([id.to_string(), name, scopes.join(", "), date(made_at), used, state]);
    }
    print(&table_text(&table))
}

async fn revoke(opened: &Opened, settings: &Settings, id: i64) -> Outcome {
    if !opened.store.revoke_token(id, settings.user.as_deref(), opened.now).await? {
        return Err(Failure::wrong(format!("no token that holds has the number {id}: `onbeat token list` shows them")));
    }
    eprintln!("Token {id} has ended.");
    Ok(())
}
