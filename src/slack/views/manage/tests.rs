//! These views at ordinary size and far beyond it.
