//! The one place that knows what time it is. Whoever needs the time is handed a [`Clock`].

use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// What time it is for the bot, and for the machine it runs on. Both in whole seconds, as instants are stored.
pub trait Clock: Send + Sync + 'static {
    /// The bot's time: it decides what is due. May be rehearsed.
    fn now(&self) -> Timestamp;

    /// The machine's time: signatures, time-outs, Slack's limits.
    fn machine(&self) -> Timestamp {
        machine_now()
    }

    /// How long to wait until [`Clock::now`] shows `at`; zero where it has passed.
    fn until(&self, at: Timestamp) -> Duration;
}

#[expect(clippy::disallowed_methods, reason = "this is the room where the machine's clock is read")]
fn machine_now() -> Timestamp {
    whole_seconds(Timestamp::now())
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).expect("the second of a timestamp is in range")
}

fn positive(wait: SignedDuration) -> Duration {
    wait.try_into().unwrap_or(Duration::ZERO)
}

/// The machine's own time.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        machine_now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the room where the machine's clock is read")]
    fn until(&self, at: Timestamp) -> Duration {
        positive(at.duration_since(Timestamp::now()))
    }
}

/// A rehearsal: starts at a given instant and runs `speed` times as fast. Unmoved by jumps of the machine's clock.
#[derive(Debug)]
pub struct RehearsalClock {
    start: Timestamp,
    began: Instant,
    speed: f64,
}

impl RehearsalClock {
    /// Starts now at `start`.
    pub fn new(start: Timestamp, speed: f64) -> RehearsalClock {
        RehearsalClock { start, began: Instant::now(), speed }
    }

    fn exact(&self) -> Timestamp {
        let rehearsed =
            SignedDuration::try_from(self.began.elapsed().mul_f64(self.speed)).unwrap_or(SignedDuration::MAX);
        self.start.checked_add(rehearsed).unwrap_or(Timestamp::MAX)
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> Timestamp {
        whole_seconds(self.exact())
    }

    fn until(&self, at: Timestamp) -> Duration {
        positive(at.duration_since(self.exact())).div_f64(self.speed)
    }
}

/// A clock that stands still until it is moved: for tests and the demo.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Stands at `start`.
    pub fn new(start: Timestamp) -> ManualClock {
        ManualClock(Mutex::new(whole_seconds(start)))
    }

    /// Moves on to `at`; never back.
    pub fn advance_to(&self, at: Timestamp) {
        let mut now = self.0.lock().expect("nobody panics while moving a clock");
        *now = whole_seconds(at).max(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panics while moving a clock")
    }

    /// It does not move by itself: there is nothing to wait for but a heartbeat.
    fn until(&self, at: Timestamp) -> Duration {
        if at <= self.now() { Duration::ZERO } else { Duration::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_manual_clock_never_goes_back() {
        let clock = ManualClock::new(at("2026-12-07T09:00:00.9Z"));
        assert_eq!(clock.now(), at("2026-12-07T09:00:00Z"));
        clock.advance_to(at("2026-12-07T08:00:00Z"));
        assert_eq!(clock.now(), at("2026-12-07T09:00:00Z"));
        clock.advance_to(at("2026-12-07T10:00:00Z"));
        assert_eq!(clock.now(), at("2026-12-07T10:00:00Z"));
    }

    #[test]
    fn a_rehearsal_waits_the_shorter_the_faster_it_runs() {
        let start = at("2026-12-07T09:00:00Z");
        let clock = RehearsalClock::new(start, 60.0);
        let wait = clock.until(at("2026-12-07T10:00:00Z"));
        assert!(
            wait <= Duration::from_secs(60) && wait > Duration::from_secs(55),
            "an hour at 60 takes a minute: {wait:?}"
        );
        assert_eq!(clock.until(at("2026-12-07T08:00:00Z")), Duration::ZERO);
    }
}
