//! Any text as an iCalendar file: it is refused at places inside it, or gives days in order, not too many.

#![no_main]

use libfuzzer_sys::fuzz_target;
use onbeat_fuzz::process::holidays::ics;
use onbeat_fuzz::{TODAY, lies_inside};

fuzz_target!(|text: &str| {
    match ics::read(text, TODAY) {
        Ok(days) => {
            assert!(days.len() <= 60_000 && days.windows(2).all(|pair| pair[0] < pair[1]), "{} days", days.len());
            if !text.contains('\r') {
                assert_eq!(ics::read(&text.replace('\n', "\r\n"), TODAY), Ok(days), "line ends change nothing");
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(lies_inside(text, &error.at), "{error:?}");
                assert!(!error.message.is_empty() && !error.expected.is_empty());
            }
        }
    }
});
