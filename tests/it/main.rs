//! One binary for all tests from outside: it links once, and the harness is compiled once. One file per concern.

#![allow(clippy::unwrap_used)] // a test that panics has said what it has to say

mod apply;
mod architecture;
mod away;
mod calendar;
mod delivery;
mod dependencies;
mod digest;
mod digest_post;
mod evidence;
mod harness;
mod history;
mod holidays;
mod home;
mod kinds;
mod lifecycle;
mod load;
mod manage;
mod monday;
mod quarter;
mod review;
mod revisions;
mod rights;
mod rust_source;
mod serve;
mod several;
mod shortcuts;
mod snooze;
mod storm;
mod welcome;
mod year;
