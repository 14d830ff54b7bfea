//! Onbeat nudges sales managers through their management process in Slack, and shows the sales leader once a week how the
//! process is holding.
//!
//! Rooms in reading order: [`process`] and [`record`] are the ground floor, pure arithmetic on what is owed and what
//! became of it; [`year`] draws both. [`store`] keeps them, [`slack`] shows them; the two never see each other.
//! [`engine`] is the only room that makes things happen. [`web`] and [`demo`] are doors, [`webhook`] the way out to other systems, [`app`] wires everything, [`cli`]
//! is words in and words out.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod engine;
pub mod key;
pub mod links;
pub mod metrics;
pub mod process;
pub mod record;
pub mod secret;
pub mod slack;
pub mod store;
pub mod token;
pub mod web;
pub mod webhook;
pub mod year;
