//! The Home tab of those who look after the process: their managers with this week's counts, and where to begin.

use std::collections::BTreeMap;

use super::rights::Scope;
use crate::engine::{Engine, Result, person};
use crate::process::UserId;
use crate::process::revision::Revisions;
use crate::record::Occurrence;
use crate::record::adherence::Figures;
use crate::record::digest::Week;
use crate::slack::View;
use crate::slack::views::manage as show;
use crate::store::OccurrenceQuery;

impl Engine {
    /// Whoever leads sees that beneath what is theirs as a manager; whoever is no manager, that alone.
    pub(in crate::engine::respond) async fn whole_home(&self, user: &UserId) -> Result<View> {
        let revisions = self.refresh().await?;
        let Some(scope) = self.scope(&revisions, user).await.filter(Scope::manages) else {
            return self.home_view(user).await;
        };
        let managers = self.this_weeks(&revisions, &scope).await?;
        let asked = revisions.name_of(user).map(str::to_owned);
        let name = match asked {
            Some(name) => name,
            None => {
                let own = self.profiles(std::slice::from_ref(user)).await.unwrap_or_default();
                own.into_iter().next().map_or_else(|| "there".to_owned(), |profile| profile.whole_name)
            }
        };
        let lead = scope.lead(&name, &managers);
        if revisions.iter().any(|revision| revision.process.manager(user).is_some()) {
            return Ok(self.home_view(user).await?.with_beneath(show::lead_blocks(&lead)));
        }
        Ok(show::lead_home(&lead))
    }

    /// Each manager with what this week has come to so far, in their own time zone.
    async fn this_weeks(&self, revisions: &Revisions, scope: &Scope) -> Result<Vec<(String, Figures)>> {
        let now = self.clock().now();
        let managers = scope.managers();
        let week = |id: &UserId| Week::of(person::today(revisions, id, now));
        let weeks: Vec<Week> = managers.iter().map(|manager| week(&manager.slack)).collect();
        let query = OccurrenceQuery {
            from: weeks.iter().map(|week| week.from()).min(),
            to: weeks.iter().map(|week| week.to()).max(),
            ..Default::default()
        };
        let mut by_manager: BTreeMap<UserId, Vec<Occurrence>> = BTreeMap::new();
        if !managers.is_empty() {
            for occurrence in self.store().occurrences(&query).await? {
                by_manager.entry(occurrence.manager.clone()).or_default().push(occurrence);
            }
        }
        let figures = |(manager, week): (&&crate::process::Manager, &Week)| {
            let own = by_manager.get(&manager.slack).map(Vec::as_slice).unwrap_or_default();
            let within = own.iter().filter(|it| (week.from()..=week.to()).contains(&it.date));
            (manager.name.clone(), Figures::of(within, now))
        };
        Ok(managers.iter().zip(&weeks).map(figures).collect())
    }
}
