//! How the process is holding, over any period and in groups.

use axum::Json;
use axum::extract::State;
use jiff::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Door;
use super::Answer;
use super::caller::Reader;
use super::problem::Failures;
use super::query::{Checks, Query};
use crate::engine::api::Over;
use crate::record::digest::{Rates, Week};
use crate::record::grouping::{Both, Group, Grouping};

/// Over which occurrences, and how they are put together.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// First due date, in the manager's time zone; four weeks back if left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Last due date, in the manager's time zone; the end of this week if left out.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Of this manager alone: a Slack user id.
    manager: Option<String>,
    /// Of this activity alone: its key.
    activity: Option<String>,
    /// `none` if left out. Weeks are ISO weeks, quarters fiscal; `leader` is the manager's leader on the due date.
    group_by: Option<By>,
}

/// By what the occurrences are put together.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    #[default]
    None,
    Manager,
    Activity,
    Week,
    Month,
    Quarter,
    Leader,
}

impl From<By> for Grouping {
    fn from(by: By) -> Grouping {
        match by {
            By::None => Grouping::None,
            By::Manager => Grouping::Manager,
            By::Activity => Grouping::Activity,
            By::Week => Grouping::Week,
            By::Month => Grouping::Month,
            By::Quarter => Grouping::Quarter,
            By::Leader => Grouping::Leader,
        }
    }
}

/// The figures of a period: counts and rates over the occurrences due in it. A rate is null where nothing is decided yet.
#[derive(Serialize, ToSchema)]
pub(super) struct Figures {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    group_by: By,
    #[serde(flatten)]
    rates: Rates,
    /// The same over `must` activities alone.
    must: Rates,
    /// The groups in which anything falls due; none with `group_by=none`.
    groups: Vec<GroupFigures>,
}

/// The figures of one group.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupFigures {
    /// A Slack user id, an activity's key, `2026-W49`, `2026-12`, or `FY2027-Q4` (named after the year in which it ends).
    key: String,
    /// The first day of a week, month or quarter, else null.
    #[schema(required, value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day of it, else null.
    #[schema(required, value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[serde(flatten)]
    rates: Rates,
    /// The same over `must` activities alone.
    must: Rates,
}

/// Adherence over any period, whole and in groups.
#[utoipa::path(get, path = "/api/v1/adherence", operation_id = "getAdherence", tag = "Adherence",
    params(Wanted), responses((status = 200, body = Figures, description = "The figures"), Failures))]
pub(super) async fn figures(State(door): State<Door>, _: Reader, Query(wanted): Query<Wanted>) -> Answer<Figures> {
    let revisions = door.engine.known_revisions().await?;
    let mut checks = Checks::default();
    let today = door.engine.clock().now().to_zoned(TimeZone::UTC).date();
    let from = checks.date("from", wanted.from.as_deref());
    let from = from.unwrap_or_else(|| today.saturating_sub(Span::new().weeks(4)));
    let to = checks.date("to", wanted.to.as_deref()).unwrap_or_else(|| Week::of(today).to().max(from));
    checks.in_order(Some(from), Some(to));
    let manager = checks.manager(&revisions, wanted.manager.as_deref());
    let activity = checks.activity(&revisions, wanted.activity.as_deref());
    checks.done()?;
    let group_by = wanted.group_by.unwrap_or_default();
    let period = door.engine.period(&Over { from, to, manager, activity }, group_by.into()).await?;
    let Both { all, must } = period.whole;
    let group = |(Group { from, to, key }, both): (Group, Both)| GroupFigures {
        key,
        from,
        to,
        rates: both.all.into(),
        must: both.must.into(),
    };
    let groups = period.groups.into_iter().map(group).collect();
    Ok(Json(Figures { from, to, group_by, rates: all.into(), must: must.into(), groups }))
}
