//! How a process stands against capacity, in few words, for `check` and `apply`.

use jiff::Span;
use jiff::civil::Date;

use super::super::output::count;
use super::table::hours;
use crate::process::Process;
use crate::process::load::{Load, load_alone};

/// So many managers are told of by name.
const NAMED: usize = 10;
