//! One change among revisions that may be waiting: it is made on the one in force, and on each that is still to come, so
//! that none of them is brought forward and none is undone.

use jiff::civil::Date;

use super::{About, Edit, Edited, Objection};
use crate::process::Process;
use crate::process::file::write;
use crate::process::revision::{Revision, Revisions};

/// One revision to be made.
#[derive(Debug)]
pub struct Step<'r> {
    /// The date from which it holds.
    pub effective: Date,
    /// The one that it is made from.
    pub before: &'r Revision,
    /// As it is then.
    pub after: Edited,
}

/// The revisions that `edit` calls for from a date on, in order; empty where all of them say the same already.
///
/// # Errors
/// What speaks against it, in any of them.
pub fn steps<'r>(revisions: &'r Revisions, edit: &Edit, from: Date) -> Result<Vec<Step<'r>>, Objection> {
    steps_by(revisions, from, |process, date| edit.make(process, date))
}

/// The same for a change that is no [`Edit`].
///
/// # Errors
/// What speaks against it, in any of them.
pub fn steps_by(
    revisions: &Revisions,
    from: Date,
    make: impl Fn(&Process, Date) -> Result<Edited, Objection>,
) -> Result<Vec<Step<'_>>, Objection> {
    let mut segments: Vec<(&Revision, Date)> = Vec::new();
    for (revision, begin, _) in revisions.segments(from, Date::MAX) {
        if segments.last().is_none_or(|(last, _)| last.number != revision.number) {
            segments.push((revision, begin));
        }
    }
    let (mut steps, mut gone, mut made): (Vec<Step<'_>>, Option<Objection>, bool) = (Vec::new(), None, false);
    for (place, (before, effective)) in segments.into_iter().enumerate() {
        let after = match make(&before.process, effective) {
            Ok(after) => {
                made = true;
                after
            }
            Err(objection) if objection.about == About::Gone => {
                gone.get_or_insert(objection);
                Edited { process: (*before.process).clone(), warnings: Vec::new() }
            }
            Err(objection) if place == 0 => return Err(objection),
            Err(Objection { about, words }) => {
                let words = format!("Against the change that waits for {effective}: {words}");
                return Err(Objection { about, words });
            }
        };
        // What comes before the first change stays as it is.
        if !steps.is_empty() || !says_the_same(&before.process, &after.process) {
            steps.push(Step { effective, before, after });
        }
    }
    match gone {
        Some(objection) if !made => Err(objection),
        Some(_) | None => Ok(steps),
    }
}

/// Whether both are written alike, whenever they hold.
fn says_the_same(one: &Process, other: &Process) -> bool {
    let bare = |process: &Process| write(&Process { effective: None, revision: None, ..process.clone() });
    bare(one) == bare(other)
}
