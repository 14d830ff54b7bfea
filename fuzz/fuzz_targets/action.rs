//! Any text as what stands on a button: it is none of ours, or is written down and read back as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use onbeat_fuzz::slack::action::Action;

fuzz_target!(|text: &str| {
    let (id, value) = text.split_once(' ').unwrap_or((text, ""));
    if let Some(action) = Action::decode(id, value) {
        assert_eq!(Action::decode(action.id(), &action.value()).as_ref(), Some(&action), "{text:?}");
        let _ = action.occurrence();
    }
});
