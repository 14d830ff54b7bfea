//! One binary for all tests from outside: it links once, and the harness is compiled once. One file per concern.

#![allow(clippy::unwrap_used)] // a test that panics has said what it has to say

mod api;
mod apply;
mod architecture;
mod away;
mod calendar;
mod clock;
mod delivery;
mod dependencies;
mod digest;
mod digest_post;
mod doctor;
mod evidence;
mod figures;
mod harness;
mod history;
mod holidays;
mod home;
mod hostile;
mod kinds;
mod lifecycle;
mod limits;
mod load;
mod manage;
mod monday;
mod nasty;
mod own;
#[cfg(feature = "postgres-tests")]
mod postgres;
mod privacy;
mod quarter;
mod review;
mod revisions;
mod rights;
mod rust_source;
mod serve;
mod several;
mod shortcuts;
mod snooze;
mod socket;
mod storage;
mod storm;
mod team_page;
mod verification;
mod webhooks;
mod welcome;
mod year;
