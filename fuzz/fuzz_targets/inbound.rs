//! Any bytes as what Slack sends: they are read without a panic, and whatever is understood can be told apart, held against its
//! workspace, and answered.

#![no_main]

use libfuzzer_sys::fuzz_target;
use onbeat_fuzz::slack::inbound::{Inbound, command, event, event_value, interaction, interaction_value};

fn look_at(inbound: &Inbound) {
    assert!(!inbound.kind().is_empty());
    let _ = (inbound.user(), inbound.team());
    assert!(inbound.once().is_none_or(|key| !key.is_empty()));
    if let Inbound::Submitted(submitted) = inbound {
        let fields = &submitted.fields;
        let _ =
            (fields.answers(), fields.reason(), fields.if_then(), fields.instant(), fields.days(), fields.settings());
        for id in fields.occurrences() {
            let _ = (fields.what(&id), fields.answers_of(&id));
        }
    }
}

fuzz_target!(|body: &[u8]| {
    look_at(&event(body));
    look_at(&interaction(body));
    look_at(&command(body));
    if let Ok(value) = serde_json::from_slice(body) {
        look_at(&event_value(&value));
        look_at(&interaction_value(&value));
    }
});
