//! What comes down a web socket, and what goes back up. Read as leniently as what comes over HTTP: a type that we do not
//! know is acknowledged and ignored.

use std::time::Duration;

use serde_json::{Value, json};

use crate::slack::inbound::{self, Inbound};

/// What Slack says on a connection.
#[derive(Debug, PartialEq)]
pub(super) enum Told {
    /// The connection is in use from now on.
    Hello {
        /// For about how long.
        lasts: Option<Duration>,
    },
    /// The connection will end.
    Disconnect(Reason),
    /// Somebody did something.
    Envelope(Box<Envelope>),
    /// Nothing that we know.
    Nothing,
}

/// Why Slack will end a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is old, or its server is: another is wanted before it goes.
    Refresh,
    /// Socket Mode was switched off in the app's settings.
    LinkDisabled,
    /// The app has more connections than Slack grants.
    TooMany,
}

/// Something that is to be acknowledged.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    /// What the acknowledgement names.
    pub id: String,
    /// What it holds, as if it had come over HTTP.
    pub inbound: Inbound,
    /// Whether Slack looks at what goes back with the acknowledgement.
    pub takes_answer: bool,
}

impl Envelope {
    /// The acknowledgement, with the answer where Slack takes one.
    pub(super) fn ack(&self, answer: Option<Value>) -> String {
        match answer.filter(|_| self.takes_answer) {
            Some(answer) => json!({ "envelope_id": self.id, "payload": answer }).to_string(),
            None => json!({ "envelope_id": self.id }).to_string(),
        }
    }
}

/// Reads one text message.
pub(super) fn read(text: &str) -> Told {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Told::Nothing };
    match (value["type"].as_str(), value["envelope_id"].as_str()) {
        (Some("hello"), _) => {
            let lasts = value["debug_info"]["approximate_connection_time"].as_u64();
            Told::Hello { lasts: lasts.map(Duration::from_secs) }
        }
        (Some("disconnect"), _) => Told::Disconnect(match value["reason"].as_str() {
            Some("link_disabled") => Reason::LinkDisabled,
            Some("too_many_websockets") => Reason::TooMany,
            // `warning`, `refresh_requested`, and whatever Slack may think of: another connection does no harm.
            Some(_) | None => Reason::Refresh,
        }),
        (kind, Some(id)) => {
            let payload = &value["payload"];
            let inbound = match kind {
                Some("events_api") => inbound::event_value(payload),
                Some("interactive") => inbound::interaction_value(payload),
                Some("slash_commands") => inbound::command_value(payload),
                Some(_) | None => Inbound::Ignored { team: None },
            };
            let takes_answer = value["accepts_response_payload"] != false;
            Told::Envelope(Box::new(Envelope { id: id.to_owned(), inbound, takes_answer }))
        }
        (_, None) => Told::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(value: &Value) -> Envelope {
        match read(&value.to_string()) {
            Told::Envelope(envelope) => *envelope,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_connection_itself_says_is_known() {
        let hello = r#"{"type":"hello","num_connections":1,"debug_info":{"host":"applink-1","approximate_connection_time":18060}}"#;
        assert_eq!(read(hello), Told::Hello { lasts: Some(Duration::from_secs(18060)) });
        assert_eq!(read(r#"{"type":"hello"}"#), Told::Hello { lasts: None });
        for (reason, meant) in [
            ("warning", Reason::Refresh),
            ("refresh_requested", Reason::Refresh),
            ("something_new", Reason::Refresh),
            ("link_disabled", Reason::LinkDisabled),
            ("too_many_websockets", Reason::TooMany),
        ] {
            assert_eq!(read(&json!({ "type": "disconnect", "reason": reason }).to_string()), Told::Disconnect(meant));
        }
        for odd in ["", "[]", "7", "{}", r#"{"type":"ping"}"#, r#"{"type":"#] {
            assert_eq!(read(odd), Told::Nothing, "{odd}");
        }
    }

    #[test]
    fn what_people_do_is_read_as_over_http() {
        let command =
            json!({ "command": "/onbeat", "user_id": "U1", "team_id": "T1", "text": " status ", "trigger_id": "1.2" });
        let value = json!({ "envelope_id": "e1", "type": "slash_commands", "payload": command, "accepts_response_payload": true });
        let form = "command=/onbeat&user_id=U1&team_id=T1&text=status&trigger_id=1.2";
        assert_eq!(envelope(&value).inbound, inbound::command(form.as_bytes()));
        let event = json!({ "type": "event_callback", "team_id": "T1", "event_id": "Ev1",
            "event": { "type": "app_home_opened", "user": "U1", "tab": "home" } });
        let value = json!({ "envelope_id": "e2", "type": "events_api", "payload": event, "retry_attempt": 1 });
        assert_eq!(envelope(&value).inbound, inbound::event(event.to_string().as_bytes()));
    }

    #[test]
    fn an_unknown_type_is_acknowledged() {
        let hologram = envelope(&json!({ "envelope_id": "e3", "type": "hologram", "payload": 7 }));
        assert_eq!(hologram.inbound, Inbound::Ignored { team: None });
        assert_eq!(hologram.ack(None), r#"{"envelope_id":"e3"}"#);
    }

    #[test]
    fn an_answer_goes_along_where_slack_takes_one() {
        let envelope =
            |takes| envelope(&json!({ "envelope_id": "e4", "type": "interactive", "accepts_response_payload": takes }));
        let answer = json!({ "response_action": "clear" });
        let ack: Value = serde_json::from_str(&envelope(true).ack(Some(answer.clone()))).unwrap();
        assert_eq!(ack, json!({ "envelope_id": "e4", "payload": answer }));
        assert_eq!(envelope(false).ack(Some(answer)), r#"{"envelope_id":"e4"}"#);
    }
}
