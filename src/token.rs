//! Bearer tokens of the API: how one is made, and by what it is known again.
//!
//! A token is 256 bits of the machine's randomness behind a prefix by which secret scanners know it. Of so much
//! randomness a plain SHA-256 tells nothing, and who looks a token up by it learns nothing from how long that takes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// With what every token begins.
pub const PREFIX: &str = "onb_";

/// A token, shown once. Its `Debug` says nothing.
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Where the machine has no randomness to give.
    pub fn new() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Token(PREFIX.to_owned() + &URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token itself, for the one who is to keep it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// By what a token is known: SHA-256, in hexadecimal. `None` for what can't be one.
pub fn hash(token: &str) -> Option<String> {
    let random = token.strip_prefix(PREFIX)?;
    (random.len() == 43).then(|| fingerprint(token.as_bytes()))
}

/// SHA-256 in hexadecimal.
pub fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike_and_none_is_shown() {
        let (one, other) = (Token::new().expect("randomness"), Token::new().expect("randomness"));
        assert!(one.reveal().starts_with("onb_") && one.reveal().len() == 47, "{}", one.reveal());
        assert_ne!(one.reveal(), other.reveal());
        assert_ne!(hash(one.reveal()), hash(other.reveal()));
        assert_eq!(format!("{one:?}"), "Token(…)");
    }

    #[test]
    fn what_can_be_none_has_no_hash() {
        for bad in ["", "onb_", "onb_short", &"x".repeat(47), &format!("onb_{}", "x".repeat(44))] {
            assert_eq!(hash(bad), None, "{bad}");
        }
        assert_eq!(hash(&format!("onb_{}", "x".repeat(43))).map(|hash| hash.len()), Some(64));
    }
}
