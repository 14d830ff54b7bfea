//! When and where a leader's digest is posted.

use super::phrase::Phrase;

/// The keys of `[digest]`, each optional: a leader's own override the process-wide ones, see [`DigestSettings::or`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DigestSettings {
    /// Slack channel id; without one nothing is posted.
    pub channel: Option<String>,
    /// The posting rhythm (default: every Friday at 16:00).
    pub when: Option<Phrase>,
    /// The zone of `when`, and of the week that the digest covers (default: UTC).
    pub time_zone: Option<jiff::tz::TimeZone>,
}

impl DigestSettings {
    /// These settings with `fallback` for whatever they leave out.
    pub fn or(&self, fallback: &DigestSettings) -> DigestSettings {
        DigestSettings {
            channel: self.channel.clone().or_else(|| fallback.channel.clone()),
            when: self.when.clone().or_else(|| fallback.when.clone()),
            time_zone: self.time_zone.clone().or_else(|| fallback.time_zone.clone()),
        }
    }
}
