//! When Slack is out, one call at a time asks whether it is back, instead of hundreds that each wait for their time-out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::backoff::Backoff;

/// So many calls in a row that Slack did not answer, and it is taken for out.
const OUT_AFTER: u32 = 5;
/// Between two probes, at first and at most: what waits goes soon after Slack is back.
const PROBES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));
/// A probe whose outcome nobody told (its caller went away) is over by then: longer than any call takes.
const PROBE_LASTS: Duration = Duration::from_secs(15);

#[derive(Debug)]
struct Known {
    /// Calls without an answer since the last one that had one.
    failures: u32,
    backoff: Backoff,
    probe_at: Instant,
    /// When the probe that is under way began.
    probing: Option<Instant>,
}

/// Whether Slack answers, as the calls so far tell.
#[derive(Debug)]
pub(in crate::slack) struct Circuit(Mutex<Known>);

impl Default for Circuit {
    fn default() -> Circuit {
        let known =
            Known { failures: 0, backoff: Backoff::new(PROBES.0, PROBES.1), probe_at: Instant::now(), probing: None };
        Circuit(Mutex::new(known))
    }
}

impl Circuit {
    /// Whether a call may go; else when to ask again.
    pub(in crate::slack) fn ask(&self, now: Instant) -> Result<(), Duration> {
        let mut known = self.lock();
        if known.failures < OUT_AFTER {
            return Ok(());
        }
        let is_probed = known.probing.is_some_and(|since| now.duration_since(since) < PROBE_LASTS);
        if is_probed || now < known.probe_at {
            return Err(known.probe_at.saturating_duration_since(now).max(PROBES.0));
        }
        known.probing = Some(now);
        Ok(())
    }

    /// Slack answered, whatever it said.
    pub(in crate::slack) fn answered(&self) {
        let mut known = self.lock();
        if known.failures >= OUT_AFTER {
            tracing::info!("Slack answers again");
        }
        known.failures = 0;
        known.probing = None;
        known.backoff.reset();
    }

    /// Slack was not reached, or did not answer.
    pub(in crate::slack) fn failed(&self, now: Instant) {
        let mut known = self.lock();
        known.failures = known.failures.saturating_add(1);
        let opens = known.failures == OUT_AFTER;
        if opens {
            tracing::warn!("Slack does not answer; one call at a time asks whether it is back");
        }
        if opens || known.probing.take().is_some() {
            known.probe_at = now + known.backoff.wait();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_probed_by_one_call_at_a_time() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        for _ in 0..OUT_AFTER {
            assert_eq!(circuit.ask(start), Ok(()));
            circuit.failed(start);
        }
        let mut probes = 0;
        for tenth in 0..6000 {
            let now = start + Duration::from_millis(100 * tenth);
            // Ten callers want something at once.
            let passed = (0..10).filter(|_| circuit.ask(now).is_ok()).count();
            assert!(passed <= 1, "{passed} at once");
            if passed == 1 {
                probes += 1;
                circuit.failed(now);
            }
        }
        assert!((60..=130).contains(&probes), "{probes} in ten minutes");
        let later = start + Duration::from_secs(700);
        assert_eq!(circuit.ask(later), Ok(()));
        circuit.answered();
        assert!((0..100).all(|_| circuit.ask(later).is_ok()), "it is over at once");
    }

    #[test]
    fn a_probe_that_nobody_hears_of_again_is_given_up() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        (0..OUT_AFTER).for_each(|_| circuit.failed(start));
        let probed = start + PROBES.1;
        assert_eq!(circuit.ask(probed), Ok(()));
        assert!(circuit.ask(probed).is_err());
        assert_eq!(circuit.ask(probed + PROBE_LASTS), Ok(()));
    }

    #[test]
    fn an_answer_between_failures_keeps_it_closed() {
        let (circuit, now) = (Circuit::default(), Instant::now());
        for _ in 0..100 {
            (0..OUT_AFTER - 1).for_each(|_| circuit.failed(now));
            circuit.answered();
        }
        assert_eq!(circuit.ask(now), Ok(()));
    }
}
