//! Counts what happens, for Prometheus. No label names a person, a workspace, a channel or a token.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// What a scraper is told that it gets.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const N: usize> = [(&'static str, String); N];

/// The counters of one bot. Cheap to clone; clones count together.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    messages: Family<Labels<2>, Counter>,
    calls: Family<Labels<2>, Counter>,
    inbound: Family<Labels<1>, Histogram, fn() -> Histogram>,
    tick: Histogram,
    tick_lag: Histogram,
    delay: Histogram,
    store_errors: Counter,
    backlog: Family<Labels<1>, Gauge>,
    oldest: Gauge,
    database: Gauge,
    connections: Gauge,
}

/// Slack's three seconds lie inside.
fn answer_times() -> Histogram {
    Histogram::new([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0])
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("onbeat");
        let tick = Histogram::new([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0]);
        let (tick_lag, delay) =
            (Histogram::new([0.1, 0.5, 1.0, 5.0, 30.0, 60.0]), Histogram::new([1.0, 5.0, 15.0, 60.0, 300.0, 3600.0]));
        let inner = Inner {
            messages: Family::default(),
            calls: Family::default(),
            inbound: Family::new_with_constructor(answer_times),
            store_errors: Counter::default(),
            backlog: Family::default(),
            oldest: Gauge::default(),
            database: Gauge::default(),
            connections: Gauge::default(),
            registry: Registry::default(),
            tick,
            tick_lag,
            delay,
        };
        registry.register("messages", "Messages by kind and what became of a try to send them", inner.messages.clone());
        registry.register("slack_calls", "Calls of Slack's Web API by method and outcome", inner.calls.clone());
        registry.register("inbound_seconds", "Time to do what came in from Slack, by kind", inner.inbound.clone());
        registry.register("tick_seconds", "How long a tick took", inner.tick.clone());
        registry.register("tick_lag_seconds", "How late a tick came that was due", inner.tick_lag.clone());
        registry.register("nudge_delay_seconds", "From a nudge's instant until Slack had it", inner.delay.clone());
        registry.register("store_errors", "Times that the database failed", inner.store_errors.clone());
        registry.register("backlog", "Messages that are not settled, by where they stand", inner.backlog.clone());
        registry.register("backlog_oldest_seconds", "Age of the oldest of them", inner.oldest.clone());
        registry.register("database_up", "Whether the database answered this scrape", inner.database.clone());
        registry.register("socket_connections", "Open connections of Socket Mode", inner.connections.clone());
        Metrics(Arc::new(Inner { registry, ..inner }))
    }
}

/// What stands waiting in the outbox when somebody scrapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Where: `pending`, `sending` or `uncertain`.
    pub place: &'static str,
    /// How many.
    pub count: i64,
    /// How old the oldest is, in seconds.
    pub oldest: i64,
}

impl Metrics {
    /// A try to send a message was settled; where it was sent, how long after its instant.
    pub fn message(&self, kind: &str, outcome: &str, delay: Option<Duration>) {
        self.0.messages.get_or_create(&[("kind", kind.to_owned()), ("outcome", outcome.to_owned())]).inc();
        if let Some(delay) = delay {
            self.0.delay.observe(delay.as_secs_f64());
        }
    }

    /// A call of the Web API came to this.
    pub fn call(&self, method: &str, outcome: &str) {
        self.0.calls.get_or_create(&[("method", method.to_owned()), ("outcome", outcome.to_owned())]).inc();
    }

    /// Something that came in was done, or could not be.
    pub fn inbound(&self, kind: &str, took: Duration) {
        self.0.inbound.get_or_create(&[("kind", kind.to_owned())]).observe(took.as_secs_f64());
    }

    /// A tick was made, `lag` after it was due, where something was.
    pub fn tick(&self, took: Duration, lag: Option<Duration>) {
        self.0.tick.observe(took.as_secs_f64());
        if let Some(lag) = lag {
            self.0.tick_lag.observe(lag.as_secs_f64());
        }
    }

    /// The database failed.
    pub fn store_error(&self) {
        self.0.store_errors.inc();
    }

    /// A connection of Socket Mode came (1) or went (-1).
    pub fn connection(&self, more: i64) {
        self.0.connections.inc_by(more);
    }

    /// Everything as text; `waiting` is what stands in the outbox, where the database could tell.
    pub fn text(&self, waiting: Option<&[Waiting]>) -> String {
        self.0.database.set(i64::from(waiting.is_some()));
        if let Some(waiting) = waiting {
            for place in ["pending", "sending", "uncertain"] {
                let count = waiting.iter().filter(|some| some.place == place).map(|some| some.count).sum();
                self.0.backlog.get_or_create(&[("state", place.to_owned())]).set(count);
            }
            self.0.oldest.set(waiting.iter().map(|some| some.oldest.max(0)).max().unwrap_or(0));
        }
        let mut text = String::new();
        encode(&mut text, &self.0.registry).expect("writing to a string does not fail");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        metrics.message("plan", "sent", Some(Duration::from_secs(2)));
        metrics.call("chat.postMessage", "ok");
        metrics.clone().call("chat.postMessage", "ok");
        metrics.inbound("press", Duration::from_millis(20));
        metrics.connection(1);
        let text = metrics.text(Some(&[Waiting { place: "pending", count: 3, oldest: 90 }]));
        for line in [
            r#"onbeat_messages_total{kind="plan",outcome="sent"} 1"#,
            r#"onbeat_slack_calls_total{method="chat.postMessage",outcome="ok"} 2"#,
            r#"onbeat_inbound_seconds_count{kind="press"} 1"#,
            r#"onbeat_backlog{state="pending"} 3"#,
            r#"onbeat_backlog{state="uncertain"} 0"#,
            "onbeat_backlog_oldest_seconds 90",
            "onbeat_database_up 1",
            "onbeat_socket_connections 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        assert!(metrics.text(None).contains("onbeat_database_up 0"));
    }
}
