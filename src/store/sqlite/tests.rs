//! SQLite alone.
