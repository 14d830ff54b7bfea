//! Each figure on its worked example, and what holds whatever the weeks were.
