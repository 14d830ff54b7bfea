//! Slack: the only room that names `slack_morphism`. It shows what the ground floor worked out and reads what people
//! press; it knows neither the store nor the engine.
//!
//! Reading order: [`connector`] (HTTP, and what a failure means), [`limiter`] (Slack's rate limits), `circuit` (when Slack is out), [`client`] (the
//! methods that Onbeat calls), [`action`] (what is written on a button), [`health`] (token and scopes), [`inbound`] (what comes in), [`views`] (what
//! people see), [`chart`] (the digest's, drawn), [`checkup`] (what `doctor` asks), [`mod@manifest`] (what the app asks of Slack),
//! [`socket`] (the way in that needs no public address).

pub mod action;
pub mod backoff;
pub mod chart;
pub mod checkup;
mod circuit;
pub mod client;
pub mod connector;
mod files;
pub mod health;
pub mod inbound;
pub mod limiter;
pub mod manifest;
mod profile;
pub mod socket;
pub mod views;
#[cfg(test)]
mod wire_tests;

pub use action::{Action, Modal, Purpose, Snooze};
pub use client::{CallError, Identity, Metadata, Post, Posted, Slack, UpdateError};
pub use files::Share;
pub use inbound::{
    Command, Did, Fields, Gesture, Inbound, Managing, MessagePlace, News, Pressed, Reading, Shortcut, Submitted, Wanted,
};
pub use manifest::manifest;
pub use profile::Profile;
pub use views::{MessageContent, View};

pub use crate::secret::Secret;
