//! The secret links to a manager's year and to a leader's team: who holds one needs nothing else, so they can't be guessed, tell nothing, and can
//! be revoked. Nothing of a link is stored but the generation it belongs to.
//!
//! A token is 48 bytes or more in URL-safe base64: a MAC, then the user id, masked.
//!
//! ```text
//! mac  = HMAC-SHA256(key of the purpose, workspace ‖ generation ‖ user id)      32 bytes
//! name = length of the user id, user id, zeros up to a multiple of 16           16 bytes or more
//! token = base64url(mac ‖ (name ⊕ HMAC-SHA256(masking key, mac ‖ block number)…))
//! ```
//!
//! So whoever has the key finds out whose it is without trying everybody's, and looks up one generation; whoever has not,
//! sees noise. Each purpose has a key of its own: a calendar's token opens no page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::key::{Key, mac};
use crate::process::UserId;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkTo {
    /// The calendar, to subscribe to.
    Calendar,
    /// The page that shows the year.
    Page,
    /// The page that shows the quarter of a leader's team.
    Team,
}

impl LinkTo {
    /// All of them.
    pub const ALL: [LinkTo; 3] = [LinkTo::Calendar, LinkTo::Page, LinkTo::Team];

    /// What its key is derived for. Never changed: every link would end.
    fn word(self) -> &'static str {
        match self {
            LinkTo::Calendar => "onbeat link 1 calendar",
            LinkTo::Page => "onbeat link 1 page",
            LinkTo::Team => "onbeat link 1 team",
        }
    }
}

/// Signs links, and reads them back.
#[derive(Clone)]
pub struct Signer {
    calendar: [u8; 32],
    page: [u8; 32],
    team: [u8; 32],
    mask: [u8; 32],
}

/// Whose link it claims to be. Nothing is believed before [`Claim::holds`].
#[derive(Debug)]
pub struct Claim {
    /// Whose.
    pub user: UserId,
    purpose: LinkTo,
    mac: [u8; 32],
}

impl Signer {
    /// With keys derived from this one.
    pub fn new(key: &Key) -> Signer {
        Signer {
            calendar: key.derive(LinkTo::Calendar.word()),
            page: key.derive(LinkTo::Page.word()),
            team: key.derive(LinkTo::Team.word()),
            mask: key.derive("onbeat link 1 mask"),
        }
    }

    /// The token of this user's link, of this generation; `None` for an id too long to be one.
    pub fn token(&self, purpose: LinkTo, workspace: i64, user: &UserId, generation: i64) -> Option<String> {
        let mac = mac(self.key(purpose), &[&message(workspace, user, generation)]);
        let mut name = vec![u8::try_from(user.as_str().len()).ok()?];
        name.extend(user.as_str().bytes());
        name.resize(name.len().next_multiple_of(BLOCK), 0);
        self.mask(&mac, &mut name);
        Some(URL_SAFE_NO_PAD.encode([&mac[..], &name].concat()))
    }

    /// Reads a token; `None` where it can't be one.
    pub fn read(&self, purpose: LinkTo, token: &str) -> Option<Claim> {
        if token.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (mac, name) = bytes.split_first_chunk::<32>()?;
        let mut name = name.to_owned();
        self.mask(mac, &mut name);
        let (length, rest) = name.split_first()?;
        let (id, padding) = rest.split_at_checked(usize::from(*length))?;
        let whole = padding.iter().all(|byte| *byte == 0) && name.len() == (id.len() + 1).next_multiple_of(BLOCK);
        let user = UserId(String::from_utf8(id.to_owned()).ok().filter(|_| whole)?);
        Some(Claim { user, purpose, mac: *mac })
    }

    fn key(&self, purpose: LinkTo) -> &[u8; 32] {
        match purpose {
            LinkTo::Calendar => &self.calendar,
            LinkTo::Page => &self.page,
            LinkTo::Team => &self.team,
        }
    }

    fn mask(&self, nonce: &[u8; 32], text: &mut [u8]) {
        for (number, block) in (0u32..).zip(text.chunks_mut(32)) {
            let stream = mac(&self.mask, &[nonce, &number.to_be_bytes()]);
            block.iter_mut().zip(stream).for_each(|(byte, mask)| *byte ^= mask);
        }
    }
}

impl Claim {
    /// Whether it is the link of that user's present generation. Compared in constant time.
    pub fn holds(&self, signer: &Signer, workspace: i64, generation: i64) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(signer.key(self.purpose)).expect("HMAC takes keys of any length");
        mac.update(&message(workspace, &self.user, generation));
        mac.verify_slice(&self.mac).is_ok()
    }
}

const BLOCK: usize = 16;

/// Longer than any token: 32 bytes and an id of 255.
const LONGEST: usize = 400;

/// What is signed; the id comes last, so that no two things are written alike.
fn message(workspace: i64, user: &UserId, generation: i64) -> Vec<u8> {
    [&workspace.to_be_bytes()[..], &generation.to_be_bytes(), user.as_str().as_bytes()].concat()
}

/// Makes the addresses of somebody's links.
#[derive(Clone)]
pub struct Links {
    /// Signs and reads them.
    pub signer: Signer,
    /// The address at which people reach the HTTP server, where one is set.
    pub public_url: Option<String>,
}

/// The addresses of one person's pages. Secret: whoever has them needs nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The calendar, for calendar programs to subscribe to.
    pub calendar: String,
    /// The page.
    pub page: String,
    /// The team's quarter. It opens nothing but for one who leads.
    pub team: String,
}

impl Links {
    /// This user's addresses; `None` without a public address.
    pub fn addresses(&self, workspace: i64, user: &UserId, generation: i64) -> Option<Addresses> {
        let base = self.public_url.as_deref()?.trim_end_matches('/');
        let token = |purpose| self.signer.token(purpose, workspace, user, generation);
        Some(Addresses {
            calendar: format!("{base}/calendar/{}.ics", token(LinkTo::Calendar)?),
            page: format!("{base}/year/{}", token(LinkTo::Page)?),
            team: format!("{base}/team/{}", token(LinkTo::Team)?),
        })
    }
}

impl Addresses {
    /// The calendar's address in the form by which a click subscribes.
    pub fn webcal(&self) -> String {
        let rest = self.calendar.split_once("://").map_or(self.calendar.as_str(), |(_, rest)| rest);
        format!("webcal://{rest}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::secret::Secret;

    fn signer(letter: &str) -> Signer {
        let text = Secret::from(format!("{letter}AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        Signer::new(&Key::find(Some(&text), None).expect("a good key").key)
    }

    fn ana() -> UserId {
        UserId::from("U0ANA")
    }

    #[test]
    fn tokens_are_different_for_everything_they_are_made_of() {
        let (one, other) = (signer("A"), signer("B"));
        let mut all = BTreeSet::new();
        for signer in [&one, &other] {
            for (purpose, workspace) in LinkTo::ALL.into_iter().flat_map(|p| [(p, 1), (p, 2)]) {
                for (user, generation) in [("U0ANA", 0), ("U0ANA", 1), ("U0BEN", 0)] {
                    all.insert(signer.token(purpose, workspace, &UserId::from(user), generation).expect("short"));
                }
            }
        }
        assert_eq!(all.len(), 36);
        assert!(all.iter().all(|token| token.len() == 64 && !token.contains("ANA")), "{all:?}");
    }

    /// Given-out links outlive releases: this one must always open Ana's calendar.
    #[test]
    fn an_old_link_still_opens() {
        let token = signer("A").token(LinkTo::Calendar, 1, &ana(), 0).expect("short");
        insta::assert_snapshot!(token, @"-LoWPfnIH_rFmR5JaqeJ7oNpO6-8m8ApinpJ5gMeTfECnvnSRO5TupXyqfc93dKO");
    }

    #[test]
    fn a_link_holds_for_its_purpose_workspace_and_generation_alone() {
        let (one, other) = (signer("A"), signer("B"));
        let token = one.token(LinkTo::Calendar, 1, &ana(), 3).expect("short");
        let claim = one.read(LinkTo::Calendar, &token).expect("it is one");
        assert_eq!(claim.user, ana());
        assert!(claim.holds(&one, 1, 3));
        assert!(!claim.holds(&one, 1, 4) && !claim.holds(&one, 2, 3) && !claim.holds(&other, 1, 3));
        let elsewhere = one.read(LinkTo::Page, &token).expect("it may be one");
        assert!(!elsewhere.holds(&one, 1, 3), "a calendar's token opens no page");
        assert!(other.read(LinkTo::Calendar, &token).is_none_or(|claim| !claim.holds(&other, 1, 3)));
    }

    #[test]
    fn addresses_need_a_public_one() {
        let mut links = Links { signer: signer("A"), public_url: Some("https://onbeat.example/x/".to_owned()) };
        let addresses = links.addresses(1, &ana(), 0).expect("an address is set");
        assert!(addresses.calendar.starts_with("https://onbeat.example/x/calendar/"), "{}", addresses.calendar);
        assert!(addresses.calendar.ends_with(".ics"));
        assert!(addresses.webcal().starts_with("webcal://onbeat.example/x/calendar/"));
        assert!(addresses.page.starts_with("https://onbeat.example/x/year/"), "{}", addresses.page);
        assert!(addresses.team.starts_with("https://onbeat.example/x/team/"), "{}", addresses.team);
        links.public_url = None;
        assert!(links.addresses(1, &ana(), 0).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(user in "[A-Z0-9@.é]{0,60}", generation in 0i64..9, purpose in 0usize..3) {
            let (signer, user, purpose) = (signer("A"), UserId(user), LinkTo::ALL[purpose]);
            let token = signer.token(purpose, 1, &user, generation).expect("short");
            let claim = signer.read(purpose, &token).expect("it is one");
            prop_assert!(claim.user == user && claim.holds(&signer, 1, generation));
            prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }

        /// One bit off, and it opens nothing.
        #[test]
        fn nothing_can_be_forged(at in 0usize..48, bit in 0u8..8) {
            let signer = signer("A");
            let token = signer.token(LinkTo::Page, 1, &ana(), 0).expect("short");
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).expect("our own");
            bytes[at] ^= 1 << bit;
            let forged = signer.read(LinkTo::Page, &URL_SAFE_NO_PAD.encode(bytes));
            prop_assert!(forged.is_none_or(|claim| !claim.holds(&signer, 1, 0)));
        }

        #[test]
        fn nothing_upsets_it(token in "\\PC{0,450}") {
            prop_assert!(signer("A").read(LinkTo::Page, &token).is_none_or(|claim| !claim.holds(&signer("A"), 1, 0)));
        }
    }
}
