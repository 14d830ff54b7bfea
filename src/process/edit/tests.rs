//! What an edit makes of a process, and what it refuses.
