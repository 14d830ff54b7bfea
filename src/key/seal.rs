//! What is kept and must be read again (the secrets of webhooks) is kept sealed: ChaCha20-Poly1305 (RFC 8439) under a key
//! derived from the installation's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::{Key, KeyError};
use crate::secret::Secret;

/// Seals and opens.
#[derive(Clone)]
pub struct Sealer([u8; 32]);

/// What was sealed can't be opened: the key is another, or the text was changed.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret can't be opened with this ONBEAT_KEY: put the key back with which it was made")]
pub struct OtherKey;

impl Sealer {
    /// With a key derived for this purpose. Never changed: nothing that was sealed would open.
    pub fn new(key: &Key, purpose: &str) -> Sealer {
        Sealer(key.derive(purpose))
    }

    /// The secret sealed, bound to what it belongs to.
    ///
    /// # Errors
    /// Where the machine has no randomness to give.
    pub fn seal(&self, secret: &Secret, belongs_to: &str) -> Result<String, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(KeyError::NoRandomness)?;
        let mut text = secret.reveal().as_bytes().to_vec();
        let aad = Aad::from(belongs_to.as_bytes());
        let sealed = self.key().seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text);
        sealed.expect("a text far below the cipher's limit");
        Ok(STANDARD_NO_PAD.encode([&nonce[..], &text].concat()))
    }

    /// The secret again.
    ///
    /// # Errors
    /// [`OtherKey`].
    pub fn open(&self, sealed: &str, belongs_to: &str) -> Result<Secret, OtherKey> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| OtherKey)?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(OtherKey)?;
        let (mut text, aad) = (text.to_vec(), Aad::from(belongs_to.as_bytes()));
        let opened = self.key().open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut text);
        let opened = std::str::from_utf8(opened.map_err(|_| OtherKey)?).map_err(|_| OtherKey)?;
        Ok(Secret::from(opened))
    }

    fn key(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &self.0).expect("the cipher's keys have 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(letter: &str, purpose: &str) -> Sealer {
        let text = Secret::from(format!("{letter}AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        Sealer::new(&Key::find(Some(&text), None).expect("a good key").key, purpose)
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_thing_alone() {
        let one = sealer("A", "webhook");
        let sealed = one.seal(&Secret::from("whsec_x"), "https://a.example").expect("randomness");
        assert!(!sealed.contains("whsec"), "{sealed}");
        assert_eq!(one.open(&sealed, "https://a.example").expect("its own").reveal(), "whsec_x");
        assert!(one.open(&sealed, "https://b.example").is_err(), "it belongs to another address");
        assert!(sealer("B", "webhook").open(&sealed, "https://a.example").is_err(), "another key");
        assert!(sealer("A", "other").open(&sealed, "https://a.example").is_err(), "another purpose");
        for changed in ["", "AAAA", &sealed[1..], &format!("{sealed}AAAA"), "ä"] {
            assert!(one.open(changed, "https://a.example").is_err(), "{changed}");
        }
        assert_ne!(sealed, one.seal(&Secret::from("whsec_x"), "https://a.example").expect("randomness"));
    }
}
