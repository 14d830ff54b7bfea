//! The words that commands share which list occurrences: a range of dates, a manager.

use clap::Args;
use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::Failure;
use crate::process::UserId;
use crate::process::revision::Revisions;

/// Which occurrences.
#[derive(Debug, Args)]
pub(super) struct Range {
    /// First due date.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<Date>,
    /// Last due date.
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<Date>,
    /// Only this manager.
    #[arg(long, value_name = "ID")]
    manager: Option<String>,
    /// Go by this instant instead of the clock.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub(super) clock: Option<Timestamp>,
}

/// A range that holds at least one date, and a manager who is known.
pub(super) struct Wanted {
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) manager: Option<UserId>,
}

impl Range {
    /// What is to be planned: where nothing else is said, a year from today.
    pub(super) fn planning(self, revisions: &Revisions, today: Date) -> Result<Wanted, Failure> {
        let wanted = self.wanted(revisions, today, |from| from.saturating_add(Span::new().years(1)))?;
        // Nobody plans that far, but a slip of the finger may ask for thousands.
        if wanted.to > wanted.from.saturating_add(Span::new().years(100)) {
            let Wanted { from, to, .. } = wanted;
            return Err(Failure::wrong(format!(
                "a plan spans a hundred years at most; --from {from} --to {to} is more"
            )));
        }
        Ok(wanted)
    }

    /// What is wanted: where a date is left out, `from`, and `to` of the first date.
    pub(super) fn wanted(
        self,
        revisions: &Revisions,
        from: Date,
        to: impl FnOnce(Date) -> Date,
    ) -> Result<Wanted, Failure> {
        let from = self.from.unwrap_or(from);
        let to = self.to.unwrap_or_else(|| to(from));
        if from > to {
            return Err(Failure::wrong(format!("--from {from} lies after --to {to}")));
        }
        let manager = self.manager.map(UserId);
        if let Some(id) = &manager
            && !revisions.iter().any(|revision| revision.process.manager(id).is_some())
        {
            return Err(Failure::wrong(format!("no manager has the id {id}")));
        }
        Ok(Wanted { from, to, manager })
    }
}

/// An instant as `--clock` takes it.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "expected an RFC 3339 instant with offset, such as 2026-12-07T08:00:00-06:00".to_owned())
}

/// A date as `--from` and `--to` take it.
pub(super) fn date(text: &str) -> Result<Date, String> {
    let strict = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| strict).ok_or_else(|| "expected a date such as 2026-12-07".to_owned())
}
