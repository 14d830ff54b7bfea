//! A Slack workspace on this machine, with a page to look at it: it speaks Slack's wire format, refuses what Slack would
//! refuse and can be told to misbehave, so that both the demo and the tests run the real bot against it.

pub mod page;
mod run;
mod teammates;
pub mod workspace;

pub use run::{Demo, DemoError};
pub use workspace::lifecycle::Turn;
pub use workspace::mischief::{Fault, Outward, Scope};
pub use workspace::socket::Way;
pub use workspace::{BotAnswer, ClockControl, ClockState, Clocks, LocalSlack, Move, Settings, Team, Trouble};
