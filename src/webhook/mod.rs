//! The way out to other systems: signed by the Standard Webhooks specification, to addresses of the public internet alone.
//!
//! One client of its own with time-outs, without redirects and without a proxy: the address that was checked is the one that
//! is connected to.

mod address;

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};
use url::{Host, Url};

use crate::key::{Key, KeyError, OtherKey, Sealer};
use crate::secret::Secret;
use address::Guard;

/// How long a delivery may take, its answer included.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// What the key is derived for. Never changed: no webhook could be signed any more.
const PURPOSE: &str = "onbeat webhook 1 secret";

/// How long to wait after the first, second … attempt that failed: the eighth comes a good day after the first.
const WAITS: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(16 * 3600),
];

/// A receiver may ask for more time, but not for ever.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// See [`peace_after`].
const LONGEST_PEACE: Duration = Duration::from_secs(60);

/// Why the way out could not be made, or an address is none to go to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The address can't be one.
    #[error("{0:?} is no address for a webhook: expected one such as https://crm.example.com/onbeat")]
    NoAddress(String),
    /// It is not encrypted.
    #[error("a webhook's address begins with https:// (http:// needs webhook_private_addresses = true)")]
    NotHttps,
    /// It is not of the public internet.
    #[error("{0}: {1}")]
    Private(String, String),
    /// Its name leads nowhere.
    #[error("{0} can't be found: {1}")]
    Unknown(String, std::io::Error),
    /// TLS could not be set up.
    #[error("setting up the HTTP client for webhooks: {0}")]
    Http(#[from] reqwest::Error),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The receiver has it (2xx).
    Taken(u16),
    /// The receiver wants no more, ever (410).
    Gone,
    /// Try again, not before so long where the receiver said so.
    Failed {
        /// In words, without anything that the receiver wrote.
        problem: String,
        /// `Retry-After`.
        wait: Option<Duration>,
    },
}

/// What is sent.
#[derive(Debug)]
pub struct Parcel<'a> {
    /// The same for every attempt.
    pub id: &'a str,
    /// Where to.
    pub url: &'a str,
    /// As [`Webhooks::new_secret`] sealed it.
    pub secret: &'a str,
    /// JSON.
    pub payload: &'a str,
    /// The machine's clock.
    pub at: Timestamp,
}

/// Seals the secrets, checks addresses, signs and sends.
#[derive(Clone)]
pub struct Webhooks {
    http: reqwest::Client,
    guard: Guard,
    sealer: Sealer,
}

impl Webhooks {
    /// With secrets sealed under this key.
    ///
    /// # Errors
    /// Where TLS can't be set up.
    pub fn new(key: &Key, allows_private: bool) -> Result<Webhooks, WebhookError> {
        let guard = Guard { allows_private };
        #[expect(clippy::disallowed_methods, reason = "this is the room of the client to foreign addresses")]
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .dns_resolver(guard)
            .user_agent(concat!("onbeat/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Webhooks { http, guard, sealer: Sealer::new(key, PURPOSE) })
    }

    /// Checks an address, its name looked up; as it is to be kept.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check(&self, url: &str) -> Result<String, WebhookError> {
        let bad = || WebhookError::NoAddress(url.to_owned());
        let parsed = Url::parse(url).map_err(|_| bad())?;
        let plain = parsed.username().is_empty() && parsed.password().is_none() && parsed.fragment().is_none();
        if !matches!(parsed.scheme(), "http" | "https") || !plain {
            return Err(bad());
        }
        let private = |error: String| WebhookError::Private(url.to_owned(), error);
        match parsed.host().ok_or_else(bad)? {
            Host::Ipv4(address) => self.guard.check(address.into()).map_err(|error| private(error.to_string()))?,
            Host::Ipv6(address) => self.guard.check(address.into()).map_err(|error| private(error.to_string()))?,
            Host::Domain(name) => match self.guard.look_up(name).await {
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                    return Err(private(error.to_string()));
                }
                Err(error) => return Err(WebhookError::Unknown(name.to_owned(), error)),
            },
        }
        if parsed.scheme() != "https" && !self.guard.allows_private {
            return Err(WebhookError::NotHttps);
        }
        Ok(parsed.to_string())
    }

    /// A new secret for this address: as the receiver is to have it (shown once), and as it is kept.
    ///
    /// # Errors
    /// Where the machine has no randomness to give.
    pub fn new_secret(&self, url: &str) -> Result<(Secret, String), KeyError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(KeyError::NoRandomness)?;
        let secret = Secret::from(format!("whsec_{}", STANDARD.encode(bytes)));
        let sealed = self.sealer.seal(&secret, url)?;
        Ok((secret, sealed))
    }

    /// One attempt.
    pub async fn send(&self, parcel: &Parcel<'_>) -> Attempt {
        let failed = |problem: &str| Attempt::Failed { problem: problem.to_owned(), wait: None };
        let signature = match self.sign(parcel) {
            Ok(signature) => signature,
            Err(error) => return failed(&error.to_string()),
        };
        let Ok(url) = Url::parse(parcel.url) else { return failed("its address is none") };
        // No name to look up, so the resolver is not asked.
        if let Some(address) = literal(&url)
            && let Err(error) = self.guard.check(address)
        {
            return failed(&error.to_string());
        }
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, parcel.id)
            .header(HEADER_WEBHOOK_TIMESTAMP, parcel.at.as_second())
            .header(HEADER_WEBHOOK_SIGNATURE, signature)
            .body(parcel.payload.to_owned());
        match request.send().await {
            Ok(response) => judged(&response),
            Err(error) => failed(&in_words(&error.without_url())),
        }
    }

    fn sign(&self, parcel: &Parcel<'_>) -> Result<String, OtherKey> {
        let secret = self.sealer.open(parcel.secret, parcel.url)?;
        let webhook = Webhook::new(secret.reveal()).map_err(|_| OtherKey)?;
        webhook.sign(parcel.id, parcel.at.as_second(), parcel.payload.as_bytes()).map_err(|_| OtherKey)
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn judged(response: &reqwest::Response) -> Attempt {
    let status = response.status();
    if status.is_success() {
        return Attempt::Taken(status.as_u16());
    }
    if status.as_u16() == 410 {
        return Attempt::Gone;
    }
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = asked.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    Attempt::Failed { problem: format!("answered {}", status.as_u16()), wait }
}

/// The error and what caused it: where an address was refused, that is what helps.
fn in_words(error: &reqwest::Error) -> String {
    let mut words = if error.is_timeout() { "no answer in time".to_owned() } else { "not reached".to_owned() };
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    if let Some(cause) = causes.last().filter(|_| !error.is_timeout()) {
        words += &format!(": {cause}");
    }
    words
}

/// How long to wait after this many attempts (1 and more); `None`: no more. A little more or less each time, so that what
/// failed together is not tried together.
pub fn wait_after(attempt: i64, asked: Option<Duration>) -> Option<Duration> {
    let wait = WAITS.get(usize::try_from(attempt - 1).ok()?)?;
    let mut byte = [0; 1];
    // Without randomness there is no jitter, which is no reason to send nothing.
    let _ = getrandom::fill(&mut byte);
    let jittered = wait.mul_f64(1.0 + f64::from(byte[0]) / 255.0 * 0.2);
    Some(jittered.max(asked.unwrap_or_default()).min(LONGEST_WAIT))
}

/// How long the receiver that did not take something is left in peace, for whatever else is due for it: not long where it
/// said nothing, since it may be this one event that it can't take.
pub fn peace_after(attempt: i64, asked: Option<Duration>) -> Duration {
    let wait = usize::try_from(attempt - 1).ok().and_then(|nth| WAITS.get(nth)).copied();
    wait.unwrap_or(LONGEST_PEACE).min(LONGEST_PEACE).max(asked.unwrap_or_default()).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST_ATTEMPTS: i64 = WAITS.len() as i64 + 1;

    fn webhooks(allows_private: bool) -> Webhooks {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = Secret::from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        Webhooks::new(&Key::find(Some(&key), None).expect("a good key").key, allows_private).expect("a client")
    }

    #[tokio::test]
    async fn addresses_are_checked_when_they_are_added() {
        let (strict, lenient) = (webhooks(false), webhooks(true));
        for url in ["ftp://1.1.1.1/", "https://", "x", "https://a:b@1.1.1.1/", "https://1.1.1.1/#x", "mailto:a@b.c"] {
            assert!(matches!(strict.check(url).await, Err(WebhookError::NoAddress(_))), "{url}");
        }
        let home = [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://localhost/",
        ];
        for url in home {
            assert!(matches!(strict.check(url).await, Err(WebhookError::Private(..))), "{url}");
            assert!(lenient.check(url).await.is_ok(), "{url}");
        }
        assert!(matches!(strict.check("http://1.1.1.1/").await, Err(WebhookError::NotHttps)));
        assert_eq!(strict.check("https://1.1.1.1").await.expect("public"), "https://1.1.1.1/");
    }

    #[tokio::test]
    async fn and_again_when_they_are_connected_to() {
        let strict = webhooks(false);
        for url in ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"] {
            let (_, secret) = strict.new_secret(url).expect("randomness");
            let parcel = Parcel { id: "m", url, secret: &secret, payload: "{}", at: Timestamp::UNIX_EPOCH };
            let Attempt::Failed { problem, .. } = strict.send(&parcel).await else { panic!("{url} was reached") };
            assert!(problem.contains("webhook_private_addresses"), "{problem}");
        }
    }

    #[test]
    fn waits_grow_to_a_day_and_end() {
        let mut whole = Duration::ZERO;
        for attempt in 1..MOST_ATTEMPTS {
            let wait = wait_after(attempt, None).expect("there is another");
            let base = WAITS[attempt as usize - 1];
            assert!(wait >= base && wait <= base.mul_f64(1.2), "{attempt}: {wait:?}");
            whole += wait;
        }
        assert!((24..31).contains(&(whole.as_secs() / 3600)), "{whole:?}");
        assert_eq!(wait_after(MOST_ATTEMPTS, None), None);
        assert_eq!(wait_after(1, Some(Duration::from_secs(600))), Some(Duration::from_secs(600)));
        assert_eq!(wait_after(1, Some(Duration::MAX)), Some(LONGEST_WAIT));
        let peace = [1, 2, 7, MOST_ATTEMPTS].map(|attempt| peace_after(attempt, None).as_secs());
        assert_eq!(peace, [5, 60, 60, 60]);
        assert_eq!(peace_after(7, Some(Duration::from_secs(90))), Duration::from_secs(90));
        assert_eq!(peace_after(1, Some(Duration::MAX)), LONGEST_WAIT);
    }
}
