//! Is it really Slack?

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use sha2::Sha256;

use crate::slack::Secret;

/// How far a request's timestamp may be from the machine's clock, in seconds.
const FRESH: i64 = 300;

/// Why a request is not believed to be Slack's. Says nothing of the signature that would have been right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// A header is missing or is no text.
    #[error("no signature")]
    Missing,
    /// The signature does not fit the body.
    #[error("wrong signature")]
    Wrong,
    /// It is more than five minutes off.
    #[error("stale signature")]
    Stale,
}

/// Whether this request was signed by Slack within five minutes of `machine_now` (the machine's clock, rehearsed or not).
///
/// # Errors
/// Why it is not believed.
pub fn verify(secret: &Secret, headers: &HeaderMap, body: &[u8], machine_now: Timestamp) -> Result<(), BadSignature> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(BadSignature::Missing);
    let signature = header("x-slack-signature")?;
    let timestamp = header("x-slack-request-timestamp")?;
    let signed_at: i64 = timestamp.parse().map_err(|_| BadSignature::Stale)?;
    let signature = signature.strip_prefix("v0=").and_then(unhex).ok_or(BadSignature::Wrong)?;
    if secret.reveal().is_empty() {
        return Err(BadSignature::Wrong);
    }
    signed(secret, timestamp, body).verify_slice(&signature).map_err(|_| BadSignature::Wrong)?;
    if (machine_now.as_second().saturating_sub(signed_at)).saturating_abs() > FRESH {
        return Err(BadSignature::Stale);
    }
    Ok(())
}

/// The signature that Slack would put on this request: for the local workspace of the demo and for tests.
pub fn sign(secret: &Secret, timestamp: i64, body: &[u8]) -> String {
    let bytes = signed(secret, &timestamp.to_string(), body).finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v0={hex}")
}

fn signed(secret: &Secret, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that Slack publishes.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SIGNED_AT: i64 = 1531420618;
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                        channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                        response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F\
                        96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    fn headers(signature: &str, timestamp: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("X-Slack-Signature", signature.parse().expect("a header"));
        headers.insert("X-Slack-Request-Timestamp", timestamp.parse().expect("a header"));
        headers
    }

    fn verified(secret: &str, signature: &str, timestamp: &str, body: &str, now: i64) -> Result<(), BadSignature> {
        let now = Timestamp::from_second(now).expect("an instant");
        verify(&Secret::from(secret), &headers(signature, timestamp), body.as_bytes(), now)
    }

    #[test]
    fn slacks_own_vector_is_believed_for_five_minutes() {
        let at = |now| verified(SECRET, SIGNATURE, "1531420618", BODY, now);
        for off in [0, 300, -300] {
            assert_eq!(at(SIGNED_AT + off), Ok(()), "{off}");
        }
        for off in [301, -301, i64::from(i32::MAX)] {
            assert_eq!(at(SIGNED_AT + off), Err(BadSignature::Stale), "{off}");
        }
        assert_eq!(sign(&Secret::from(SECRET), SIGNED_AT, BODY.as_bytes()), SIGNATURE);
    }

    #[test]
    fn nothing_else_is_believed() {
        let at = |secret, signature: &str, timestamp, body| verified(secret, signature, timestamp, body, SIGNED_AT);
        assert_eq!(at(SECRET, SIGNATURE, "1531420618", "text=other"), Err(BadSignature::Wrong));
        assert_eq!(at(SECRET, SIGNATURE, "1531420619", BODY), Err(BadSignature::Wrong));
        assert_eq!(at("another", SIGNATURE, "1531420618", BODY), Err(BadSignature::Wrong));
        assert_eq!(at("", &sign(&Secret::from(""), SIGNED_AT, b"x"), "1531420618", "x"), Err(BadSignature::Wrong));
        for odd in ["", "v0=", "v1=00", "v0=zz", "v0=0", "v0=é", &SIGNATURE[..60], &format!("{SIGNATURE}00")] {
            assert!(at(SECRET, odd, "1531420618", BODY).is_err(), "{odd}");
        }
        assert_eq!(at(SECRET, SIGNATURE, "soon", BODY), Err(BadSignature::Stale));
        let none = verify(&Secret::from(SECRET), &HeaderMap::new(), b"", Timestamp::UNIX_EPOCH);
        assert_eq!(none, Err(BadSignature::Missing));
    }
}
