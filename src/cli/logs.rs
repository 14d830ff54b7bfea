//! The log: to standard error, one line a thing.

use std::fmt::Write;

use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

/// Logs go to standard error, as much as `RUST_LOG` asks for. Colours only for a person at a terminal. What a line tells of
/// can neither break it nor paint the terminal.
pub(super) fn log_to_stderr(default: tracing::level_filters::LevelFilter) {
    let filter = tracing_subscriber::EnvFilter::builder().with_default_directive(default.into()).from_env_lossy();
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let log = tracing_subscriber::fmt()
        .with_env_filter(quieter(filter))
        .with_ansi(colours)
        .fmt_fields(debug_fn(field).delimited(" "))
        .with_writer(std::io::stderr);
    let _ = log.try_init();
}

/// Without what others' code would say of what is secret here, however much is asked for: SQL and its parameters, the
/// bytes that go over the wire.
fn quieter(filter: tracing_subscriber::EnvFilter) -> tracing_subscriber::EnvFilter {
    let quiet = ["tokio_cron_scheduler=warn", "tungstenite=warn", "tokio_tungstenite=warn"];
    quiet.into_iter().fold(filter, |filter, one| filter.add_directive(one.parse().expect("a directive of our own")))
}

fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn std::fmt::Debug) -> std::fmt::Result {
    match field.name() {
        "message" => write!(OneLine(writer), "{value:?}"),
        name => write!(OneLine(writer), "{name}={value:?}"),
    }
}

/// Writes control characters as Rust would spell them.
struct OneLine<'w, 'a>(&'w mut Writer<'a>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.chars().try_for_each(|c| {
            let breaks = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            if breaks { write!(self.0, "{}", c.escape_default()) } else { self.0.write_char(c) }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panics while holding it").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_stays_a_line() {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .without_time()
            .fmt_fields(debug_fn(field).delimited(" "))
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(log, || {
            let nasty = "a\r\nERROR forged \u{1b}[31m\u{7}\u{9b}\u{2028}é";
            tracing::info!(who = %nasty, what = nasty, "told of {nasty}");
        });
        let said = String::from_utf8(kept.0.lock().expect("nobody panics").clone()).expect("text");
        assert_eq!(said.matches('\n').count(), 1, "{said:?}");
        assert!(!said.trim_end().chars().any(|c| c.is_control() || c == '\u{2028}'), "{said:?}");
        assert!(
            said.contains("told of a\\r\\nERROR forged") && said.contains("who=a\\r") && said.contains('é'),
            "{said:?}"
        );
    }
}
