//! What is left of people's words when they are erased: the counts, and which of the reasons it was that the form offers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::absence::AWAY;
use super::digest::Story;
use crate::process::UserId;

/// What stands where a reason stood that somebody put in words of their own.
pub const ERASED: &str = "erased";

/// The reasons that are nobody's own words: those that the form offers, and the absence's. They stay, because they are
/// counted.
pub const OFFERED: [&str; 5] = ["no time", "not needed this time", "someone was away", "rep away", AWAY];

/// The reason without anybody's own words.
pub fn erased_reason(reason: &str) -> &str {
    let said_beside = |offered: &&str| reason.strip_prefix(*offered).is_some_and(|rest| rest.starts_with(": "));
    let offered = OFFERED.into_iter().find(|offered| *offered == reason);
    offered.or_else(|| OFFERED.into_iter().find(said_beside)).unwrap_or(ERASED)
}

impl Story {
    /// A digest's body that tells this instead; what is kept in it beside the story stays.
    pub fn written_into(&self, body: &str) -> String {
        let mut kept: Value = serde_json::from_str(body).unwrap_or_default();
        let own = serde_json::to_value(self).expect("a story is plain data");
        match (&mut kept, own) {
            (Value::Object(kept), Value::Object(own)) => kept.extend(own),
            (kept, own) => *kept = own,
        }
        kept.to_string()
    }

    /// Takes somebody's name and words out of what a digest told; the figures stay. `names`: as they were called.
    /// `true`: there was something to take out.
    pub fn forget(&mut self, user: &UserId, names: &BTreeSet<String>) -> bool {
        let before = self.clone();
        if let Some(name) = self.names.get_mut(user) {
            *name = user.to_string();
        }
        // What is said of somebody's 1:1 is about them, whoever wrote it.
        self.words.retain(|said| said.manager != *user && !names.iter().any(|name| said.label.contains(name)));
        let labels = self.recoverable.iter_mut().map(|one| &mut one.label);
        for label in labels.chain(self.words.iter_mut().map(|one| &mut one.label)) {
            *label = names
                .iter()
                .fold(Cow::Borrowed(label.as_str()), |label, name| {
                    Cow::Owned(label.replace(name.as_str(), user.as_str()))
                })
                .into_owned();
        }
        *self != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_beside_a_story_stays() {
        let (names, zone) = (std::collections::BTreeMap::new(), jiff::tz::TimeZone::UTC);
        let week = "2026-W50".parse().unwrap();
        let story = Story::new(week, &[], &[], names, zone, jiff::Timestamp::UNIX_EPOCH);
        let body = r#"{"form":"picture","names":{"U0ANA":"Ana"},"picture":{"tries":1}}"#;
        let written: Value = serde_json::from_str(&story.written_into(body)).unwrap();
        assert_eq!((&written["form"], &written["picture"]["tries"]), (&"picture".into(), &1.into()));
        assert_eq!(serde_json::from_value::<Story>(written).unwrap(), story);
    }

    #[test]
    fn reasons_that_the_form_offers_stay() {
        assert_eq!(erased_reason("no time"), "no time");
        assert_eq!(erased_reason("no time: my cat is ill"), "no time");
        assert_eq!(erased_reason("rep away: on leave"), "rep away");
        assert_eq!(erased_reason("no timetable"), ERASED);
        assert_eq!(erased_reason("The fire drill"), ERASED);
        assert_eq!(erased_reason(ERASED), ERASED);
        assert_eq!(erased_reason(AWAY), AWAY);
    }
}
