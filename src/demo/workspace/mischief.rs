//! What goes wrong between a bot and Slack, on demand: the tests that run on the local workspace say which call fails, how,
//! and how often.

use std::collections::VecDeque;
use std::time::Duration;

/// Which calls a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The next calls, whatever they are.
    Any,
    /// The next calls of this method, e.g. `chat.postMessage`.
    Method(String),
}

impl Scope {
    /// The calls of one method.
    pub fn method(name: &str) -> Scope {
        Scope::Method(name.into())
    }

    fn covers(&self, method: &str) -> bool {
        match self {
            Scope::Any => true,
            Scope::Method(name) => name == method,
        }
    }
}

/// What happens to a call of the Web API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 with `Retry-After`, in seconds. Nothing is done.
    RateLimited(u32),
    /// That HTTP status with a body that is no JSON. Nothing is done.
    ServerError(u16),
    /// That HTTP status with a body that is no JSON, though the call was carried out.
    ServerErrorAfter(u16),
    /// `{"ok":false,"error":…}`, e.g. `internal_error`. Nothing is done.
    Refused(String),
    /// The connection closes without a byte of answer. Nothing is done.
    ResetBefore,
    /// The connection closes without a byte of answer, though the call was carried out.
    ResetAfter,
    /// No answer ever comes. Nothing is done.
    SilentBefore,
    /// No answer ever comes, though the call was carried out.
    SilentAfter,
    /// No answer ever comes, and the call is carried out that much later.
    SilentLate(Duration),
    /// The call is carried out and answered that much later.
    Slow(Duration),
}

/// What happens to a request of Slack's to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outward {
    /// It arrives twice, one after the other.
    Twice,
    /// It arrives twice at the same time.
    TwiceAtOnce,
    /// It arrives only after the next one has.
    AfterTheNext,
    /// It never arrives.
    Lost,
}

/// The faults still to come, in the order in which they were ordered.
#[derive(Debug, Default)]
pub(super) struct MischiefBook {
    inward: VecDeque<(Scope, Fault)>,
    outward: VecDeque<Outward>,
}

impl MischiefBook {
    pub fn order(&mut self, scope: Scope, fault: Fault, times: usize) {
        self.inward.extend(std::iter::repeat_n((scope, fault), times));
    }

    pub fn order_outward(&mut self, fault: Outward, times: usize) {
        self.outward.extend(std::iter::repeat_n(fault, times));
    }

    /// Takes the first fault that strikes this method.
    pub fn strike(&mut self, method: &str) -> Option<Fault> {
        let at = self.inward.iter().position(|(scope, _)| scope.covers(method))?;
        self.inward.remove(at).map(|(_, fault)| fault)
    }

    pub fn strike_outward(&mut self) -> Option<Outward> {
        self.outward.pop_front()
    }

    pub fn clear(&mut self) {
        self.inward.clear();
        self.outward.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.inward.is_empty() && self.outward.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_its_method_alone_and_as_often_as_ordered() {
        let mut book = MischiefBook::default();
        book.order(Scope::method("chat.update"), Fault::ServerError(503), 2);
        assert_eq!(book.strike("chat.postMessage"), None);
        assert_eq!(book.strike("chat.update"), Some(Fault::ServerError(503)));
        assert_eq!(book.strike("chat.update"), Some(Fault::ServerError(503)));
        assert_eq!(book.strike("chat.update"), None);
        assert!(book.is_empty());
    }

    #[test]
    fn faults_come_in_the_order_in_which_they_were_ordered() {
        let mut book = MischiefBook::default();
        book.order(Scope::Any, Fault::ResetBefore, 1);
        book.order(Scope::method("auth.test"), Fault::ResetAfter, 1);
        assert_eq!(book.strike("auth.test"), Some(Fault::ResetBefore));
        assert_eq!(book.strike("auth.test"), Some(Fault::ResetAfter));
    }
}
