//! What differs between the kinds of database; what they share is in `store/sql/`.

#![expect(clippy::duplicate_mod, reason = "store/sql is written once and compiled for each backend, with its types")]

pub(super) mod postgres;
pub(super) mod sqlite;
