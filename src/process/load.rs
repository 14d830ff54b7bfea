//! The time audit: hours that the process asks of each manager, against capacity.
