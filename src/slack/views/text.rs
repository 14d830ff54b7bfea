//! Words for people: safe, short enough, and in their own time zone.
