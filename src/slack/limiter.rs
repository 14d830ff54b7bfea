//! Slack's rate limits, kept on our side: per method, and per channel for `chat.postMessage`.
//!
//! What people wait for (`views.open`, `views.update`, `chat.postEphemeral`, answers at a `response_url`) goes by other methods
//! than what goes to many (`chat.postMessage`, `chat.update`, `conversations.open`), and Slack counts each by itself: the urgent
//! never stands behind the bulk. Among managers it is fair because each waits at their own channel's bucket.
//!
//! Each limit is a bucket that leaks: it remembers the instant at which it will be empty. A caller who would have to wait
//! long is told so instead, because a row that goes back to the queue is better than a task that sleeps on a claim.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// How long a call may wait for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many buckets are kept before the empty ones are thrown away.
const MANY: usize = 4096;

/// The methods and their names on the wire: one list, so that none is read back less than it is written.
macro_rules! methods {
    ($($method:ident = $name:literal),+ $(,)?) => {
        /// A method of the Web API that Onbeat calls.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Method {
            $($method),+
        }

        impl Method {
            /// All of them.
            const ALL: &'static [Method] = &[$(Method::$method),+];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Method::$method => $name),+
                }
            }
        }
    };
}

methods! {
    AppsConnectionsOpen = "apps.connections.open",
    AuthTest = "auth.test",
    ChatGetPermalink = "chat.getPermalink",
    ChatPostMessage = "chat.postMessage",
    ChatPostEphemeral = "chat.postEphemeral",
    ChatUpdate = "chat.update",
    ConversationsHistory = "conversations.history",
    ConversationsOpen = "conversations.open",
    ConversationsReplies = "conversations.replies",
    FilesCompleteUploadExternal = "files.completeUploadExternal",
    FilesGetUploadUrlExternal = "files.getUploadURLExternal",
    FilesInfo = "files.info",
    UsersInfo = "users.info",
    UsersLookupByEmail = "users.lookupByEmail",
    ViewsOpen = "views.open",
    ViewsPublish = "views.publish",
    ViewsPush = "views.push",
    ViewsUpdate = "views.update",
}

impl Method {
    /// The reverse of [`Method::as_str`].
    pub fn parse(name: &str) -> Option<Method> {
        Method::ALL.iter().copied().find(|method| method.as_str() == name)
    }

    /// Calls a minute that Slack grants: its tier 3 is 50, tier 4 is 100, and «several hundred» for the special ones.
    fn per_minute(self) -> u32 {
        match self {
            Method::AuthTest | Method::ChatGetPermalink | Method::ChatPostMessage => 300,
            Method::AppsConnectionsOpen
            | Method::ChatUpdate
            | Method::ConversationsHistory
            | Method::ConversationsOpen
            | Method::ConversationsReplies
            | Method::UsersLookupByEmail => 50,
            Method::ChatPostEphemeral
            | Method::FilesCompleteUploadExternal
            | Method::FilesGetUploadUrlExternal
            | Method::FilesInfo
            | Method::UsersInfo
            | Method::ViewsOpen
            | Method::ViewsPublish
            | Method::ViewsPush
            | Method::ViewsUpdate => 100,
        }
    }

    /// Half of the tier at once, for people click at the same times, and the rest evenly: never more than the tier within
    /// any minute.
    fn rate(self) -> Rate {
        let tier = self.per_minute();
        Rate { every: Duration::from_secs(60) * 2 / tier, at_once: tier / 2 }
    }
}

/// One message a second and channel, a few at once.
const CHANNEL: Rate = Rate { every: Duration::from_secs(1), at_once: 3 };

/// How fast a bucket leaks and how much it holds.
#[derive(Debug, Clone, Copy)]
struct Rate {
    every: Duration,
    at_once: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Bucket {
    Method(Method),
    Channel(String),
}

#[derive(Debug, Default)]
struct Buckets {
    empty_at: HashMap<Bucket, Instant>,
    paused_until: HashMap<Method, Instant>,
}

impl Buckets {
    /// Takes a turn: how long to wait for it, or `Err` with how long that would be, and nothing taken.
    fn reserve(&mut self, method: Method, channel: Option<&str>, now: Instant) -> Result<Duration, Duration> {
        let mut asked = vec![(Bucket::Method(method), method.rate())];
        asked.extend(channel.map(|channel| (Bucket::Channel(channel.to_owned()), CHANNEL)));
        let mut turn = self.paused_until.get(&method).copied().map_or(now, |until| until.max(now));
        for (bucket, rate) in &asked {
            let empty_at = self.empty_at.get(bucket).copied().unwrap_or(now).max(now);
            let has_room_at = empty_at.checked_sub(rate.every * (rate.at_once - 1)).unwrap_or(now);
            turn = turn.max(has_room_at);
        }
        let wait = turn.duration_since(now);
        if wait > PATIENCE {
            return Err(wait);
        }
        for (bucket, rate) in asked {
            let empty_at = self.empty_at.entry(bucket).or_insert(now);
            *empty_at = (*empty_at).max(turn) + rate.every;
        }
        if self.empty_at.len() > MANY {
            self.empty_at.retain(|_, empty_at| *empty_at > now);
        }
        Ok(wait)
    }

    fn pause(&mut self, method: Method, until: Instant) {
        let paused = self.paused_until.entry(method).or_insert(until);
        *paused = (*paused).max(until);
    }
}

/// The limits of one workspace.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: Mutex<Buckets>,
    /// Whether everything is let through.
    off: bool,
}

impl Limiter {
    /// One that lets everything through.
    pub fn off() -> Limiter {
        Limiter { off: true, ..Limiter::default() }
    }

    /// Whether it lets everything through.
    pub fn is_off(&self) -> bool {
        self.off
    }

    /// Waits for this call's turn.
    ///
    /// # Errors
    /// How long it would take, where that is more than about two seconds: come back then.
    pub async fn turn(&self, method: Method, channel: Option<&str>) -> Result<(), Duration> {
        if self.off {
            return Ok(());
        }
        let wait = self.lock().reserve(method, channel, Instant::now())?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// Slack asked for a pause of this method.
    pub fn pause(&self, method: Method, retry_after: Duration) {
        // Bounded for the sake of one that was kept: the machine's clock may have been set meanwhile.
        let pause = retry_after.min(Duration::from_secs(3601));
        self.lock().pause(method, Instant::now() + pause);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_method_is_read_back() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(*method));
        }
        assert_eq!(Method::parse("files.info"), Some(Method::FilesInfo));
        assert_eq!(Method::parse("chat.delete"), None);
    }

    #[test]
    fn a_channel_takes_a_few_at_once_and_then_one_a_second() {
        let (mut buckets, now) = (Buckets::default(), Instant::now());
        let mut post = |channel: &str, after: u64| {
            buckets.reserve(Method::ChatPostMessage, Some(channel), now + Duration::from_millis(after))
        };
        let waits: Vec<_> = (0..6).map(|_| post("D1", 0)).collect();
        let seconds = Duration::from_secs;
        assert_eq!(
            waits,
            [Ok(seconds(0)), Ok(seconds(0)), Ok(seconds(0)), Ok(seconds(1)), Ok(seconds(2)), Err(seconds(3))]
        );
        assert_eq!(post("D2", 0), Ok(seconds(0)), "other channels are not kept waiting");
        assert_eq!(post("D1", 1000), Ok(seconds(2)));
        assert_eq!(post("D1", 60_000), Ok(seconds(0)));
    }

    #[test]
    fn a_pause_holds_one_method_alone() {
        let (mut buckets, now) = (Buckets::default(), Instant::now());
        buckets.pause(Method::ChatUpdate, now + Duration::from_secs(30));
        buckets.pause(Method::ChatUpdate, now + Duration::from_secs(10));
        assert_eq!(buckets.reserve(Method::ChatUpdate, None, now), Err(Duration::from_secs(30)));
        assert_eq!(
            buckets.reserve(Method::ChatUpdate, None, now + Duration::from_secs(29)),
            Ok(Duration::from_secs(1))
        );
        assert_eq!(buckets.reserve(Method::ViewsOpen, None, now), Ok(Duration::ZERO));
    }

    proptest! {
        /// However calls come, no minute holds more of them than Slack's tier.
        #[test]
        fn no_minute_exceeds_the_tier(gaps in prop::collection::vec(0u64..1500, 300)) {
            let (mut buckets, start) = (Buckets::default(), Instant::now());
            let (mut now, mut sent) = (start, Vec::new());
            for gap in gaps {
                now += Duration::from_millis(gap);
                if let Ok(wait) = buckets.reserve(Method::ChatUpdate, None, now) {
                    sent.push(now + wait);
                }
            }
            for first in &sent {
                let minute = *first..*first + Duration::from_secs(60);
                prop_assert!(sent.iter().filter(|at| minute.contains(at)).count() <= 50);
            }
        }
    }
}
