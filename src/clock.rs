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
pub struct ManualClock {
    now: Mutex<Timestamp>,
    moves_the_machine: bool,
}

impl ManualClock {
    /// Stands at `start`. The machine's time goes on by itself.
    pub fn new(start: Timestamp) -> ManualClock {
        ManualClock { now: Mutex::new(whole_seconds(start)), moves_the_machine: false }
    }

    /// Stands at `start`, and the machine's time with it, as in a bot that runs for real the two are one: what waits by
    /// the machine's clock (a pause that Slack asked for, an answer that was lost) waits until this one is moved.
    pub fn with_the_machine(start: Timestamp) -> ManualClock {
        ManualClock { now: Mutex::new(whole_seconds(start)), moves_the_machine: true }
    }

    /// Is set to `at`, back too: as a machine's clock can be.
    pub fn set(&self, at: Timestamp) {
        *self.now.lock().expect("nobody panics while moving a clock") = whole_seconds(at);
    }

    /// Moves on to `at`; never back.
    pub fn advance_to(&self, at: Timestamp) {
        let mut now = self.now.lock().expect("nobody panics while moving a clock");
        *now = whole_seconds(at).max(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("nobody panics while moving a clock")
    }

    fn machine(&self) -> Timestamp {
        if self.moves_the_machine { self.now() } else { machine_now() }
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
    fn a_manual_clock_moves_the_machine_where_asked_to() {
        let start = at("2001-01-01T00:00:00Z");
        assert!(ManualClock::new(start).machine() > start, "the machine has its own time");
        let both = ManualClock::with_the_machine(start);
        assert_eq!(both.machine(), start);
        both.advance_to(at("2001-01-01T00:01:00Z"));
        assert_eq!(both.machine(), at("2001-01-01T00:01:00Z"));
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
