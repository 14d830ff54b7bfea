//! A week's digest: what it says, before anybody thinks of how it looks.
//!
//! Each file is one figure, defined in its doc with a worked example; docs/digest.md says the same to people, and why it is
//! fair. Reading order: [`week`], [`figures`] (INTERFACE §6, and what `--format json` prints), [`material`] (what everything
//! is made of), then what stands beside: [`excused`], [`outcomes`] (results and evidence), [`coverage`] (of the reps),
//! [`regularity`], [`spread`] (between managers), [`load`] (this week and the next), [`weeks`] (how the weeks go: the mean and
//! the chart), [`standing`] (what is still open), [`slips`] and [`words`], [`restated`], and [`story`], which is all of it. [`quarter`]
//! looks back further, for the leader's page.

pub mod coverage;
pub mod excused;
pub mod figures;
pub mod load;
pub mod material;
pub mod outcomes;
pub mod quarter;
pub mod regularity;
pub mod restated;
pub mod slips;
pub mod spread;
pub mod standing;
pub mod story;
pub mod week;
pub mod weeks;
pub mod words;

#[cfg(test)]
pub(crate) mod tests;

pub use coverage::Coverage;
pub use excused::Excused;
pub use figures::{ActivityLine, Digest, ManagerLine, Rates};
pub use load::LoadLine;
pub use material::{Material, Seat};
pub use outcomes::{Evidenced, Results};
pub use quarter::{ActivityQuarter, ManagerQuarter, Quarter, QuarterFigures};
pub use regularity::Regularity;
pub use restated::{Final, Restated};
pub use slips::Recoverable;
pub use spread::{Share, Spread};
pub use standing::StillOpen;
pub use story::{AwayLine, ByActivity, ByManager, Story};
pub use week::{BadWeek, Week};
pub use weeks::{ChartWeek, Mean};
pub use words::InTheirWords;
