//! How long to wait between tries: twice as long each time, and never at the same moment as everybody else.

use std::time::Duration;

/// Waits that double up to a bound. Each is jittered: between half of it and all of it.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// Begins at about `first`, and grows up to `most`.
    pub fn new(first: Duration, most: Duration) -> Backoff {
        Backoff { first, most, failures: 0 }
    }

    /// The wait after one more failure.
    pub fn wait(&mut self) -> Duration {
        let whole = self.first.saturating_mul(2_u32.saturating_pow(self.failures)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        jittered(whole)
    }

    /// It went well: the next wait is the first again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Between half of `whole` and all of it.
pub fn jittered(whole: Duration) -> Duration {
    let mut bytes = [0; 4];
    // Without randomness all wait the whole, which is only less polite.
    let share =
        getrandom::fill(&mut bytes).map_or(1.0, |()| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX));
    whole.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_bound_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        for whole in [1, 2, 4, 5, 5] {
            let wait = backoff.wait();
            assert!(
                wait <= Duration::from_secs(whole) && wait * 2 >= Duration::from_secs(whole),
                "{wait:?} of {whole}"
            );
        }
        backoff.reset();
        assert!(backoff.wait() <= Duration::from_secs(1));
        let mut patient = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        (0..100).for_each(|_| assert!(patient.wait() <= Duration::from_secs(5)));
    }
}
