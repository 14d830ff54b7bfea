//! Text that must not be shown: tokens, signing secrets, addresses with passwords in them.

use std::fmt;

use serde::Deserialize;

/// Text that is never shown: its `Debug` says nothing, and it has no `Display`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one who must send or check it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Blanks around it (a line break from a file, say) are dropped.
impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text.trim().to_owned())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
