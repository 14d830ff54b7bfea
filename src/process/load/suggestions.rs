//! For whoever is over: the cheapest set of changes that would fit.
//!
//! *Cheapest*, the first that tells two sets apart:
//!
//! 1. the least time taken from `must` activities, each change counted in quarters of an hour a week, begun ones whole;
//! 2. the fewest changes;
//! 3. the least time freed.
//!
//! So nothing that is critical is touched while the nice to have can make room, and a set of one is not passed over for
//! a set of four that takes five minutes less. There is one change an activity at most. What a change frees is measured by
//! planning the activity anew, and what is suggested is planned as a whole before it is said to fit.
//!
//! The search is the knapsack over the time freed in the whole range, in steps of an eight-thousandth of all that could
//! be freed: what a change frees is rounded down to them, so that a set is never said to fit that doesn't, and one that
//! fits by less than a step an activity may be passed over for the next. Where the cheapest set by that still leaves too many single weeks over, or one manager of several, it looks on among sets that free a little more, a
//! hundredth of all that could be freed at a time; then it takes out what turned out superfluous.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::change::{Change, changes};
use super::stretch::monday_of;
use super::{Capacity, Load, Period, average, is_too_often, load_alone};
use crate::process::plan::plan_activity;
use crate::process::{Activity, ActivityKey, Manager, Priority, Process};

/// Into how many steps the time that could be freed is divided. What a change frees is rounded down to them, so that
/// what fits in steps fits in minutes.
const STEPS: u64 = 8_000;

/// Changes that would bring these managers inside their capacity.
#[derive(Debug, Clone)]
pub struct Suggestion<'a> {
    /// For whom, with what is asked of them now and then.
    pub managers: Vec<Relief<'a>>,
    /// What to change, in the file's order. Empty where even every change together would not do.
    pub changes: Vec<Suggested<'a>>,
}

/// One manager's time before and after.
#[derive(Debug, Clone)]
pub struct Relief<'a> {
    /// Whose.
    pub manager: &'a Manager,
    /// Days over which it is measured: those of the range, all of which the process as it stands last is held to govern.
    pub days: u32,
    /// Minutes in the range as the process stands.
    pub before: u64,
    /// Minutes in the range with the changes made; where they would not do, the least that could be asked.
    pub after: u64,
}

/// One change of a suggestion.
#[derive(Debug, Clone)]
pub struct Suggested<'a> {
    /// Of what.
    pub activity: &'a Activity,
    /// What to do.
    pub change: Change,
    /// Minutes that it frees in the range, of all managers of the suggestion together.
    pub frees: u64,
}

impl Relief<'_> {
    /// Of the minutes in the range, those of an average week.
    pub fn a_week(&self, minutes: u64) -> f64 {
        average(minutes as f64, self.days, Period::Week)
    }
}

impl Suggestion<'_> {
    /// Minutes that a change frees in an average week of one of the managers.
    pub fn frees_a_week(&self, change: &Suggested<'_>) -> f64 {
        let days = self.managers.iter().map(|relief| relief.days).sum();
        average(change.frees as f64, days, Period::Week)
    }

    /// Whether there is a set that fits.
    pub fn fits(&self) -> bool {
        !self.changes.is_empty()
    }
}

/// What would bring everybody inside their capacity: where most are over, one set for them all, else one for each who is
/// over (and for each whom the common one cannot help). Empty where nobody is over.
pub fn suggestions<'a>(process: &'a Process, loads: &[Load<'a>], from: Date, to: Date) -> Vec<Suggestion<'a>> {
    let over: Vec<&Load<'a>> = loads.iter().filter(|load| load.is_over()).collect();
    if over.len() > 1 && over.len() * 2 > loads.len() {
        let common = Search::new(process, &over, from, to).run();
        if common.fits() {
            return vec![common];
        }
    }
    over.iter().map(|load| Search::new(process, &[load], from, to).run()).collect()
}

/// One candidate: a change of an activity, and what it frees for each manager of the search.
struct Candidate<'a> {
    activity: &'a Activity,
    change: Change,
    /// By manager, then by Monday. Negative where a rarer phrase falls into a week that the old one left alone.
    freed: Vec<BTreeMap<Date, i64>>,
    /// Of all managers and weeks.
    total: u64,
    /// Quarters of an hour a week taken from what is critical, on average over the managers.
    from_must: u64,
}

/// What has to fit for one manager.
struct Need<'a> {
    manager: &'a Manager,
    days: u32,
    asked: u64,
    capacity: Capacity,
    weeks: Vec<(Date, u64, Capacity)>,
}

struct Search<'a> {
    process: &'a Process,
    from: Date,
    to: Date,
    needs: Vec<Need<'a>>,
    /// By activity.
    options: Vec<Vec<Candidate<'a>>>,
}

/// Of a set: time taken from what is critical, number of changes, time freed. The smallest is the cheapest.
type Price = (u64, u32, u64);

impl<'a> Search<'a> {
    fn new(process: &'a Process, loads: &[&Load<'a>], from: Date, to: Date) -> Search<'a> {
        let need = |load: &&Load<'a>| Need {
            manager: load.manager,
            days: load.days,
            asked: load.asked.total(),
            capacity: load.capacity,
            weeks: load.whole_weeks().map(|week| (week.begins, week.asked.total(), week.capacity)).collect(),
        };
        let needs: Vec<_> = loads.iter().map(need).collect();
        let calendars: Vec<_> = needs.iter().map(|need| process.calendar_of(need.manager)).collect();
        let week_by_week = |activity: &Activity| -> Vec<BTreeMap<Date, i64>> {
            let of = |(need, calendar): (&Need<'_>, _)| {
                let mut weeks = BTreeMap::new();
                if activity.is_held_by(&need.manager.slack) {
                    for planned in plan_activity(activity, need.manager, calendar, from, to) {
                        *weeks.entry(monday_of(planned.date)).or_default() += i64::from(activity.minutes);
                    }
                }
                weeks
            };
            needs.iter().zip(&calendars).map(of).collect()
        };
        let weeks = loads.iter().map(|load| f64::from(load.days) / 7.0).sum::<f64>();
        let options_of = |activity: &'a Activity| {
            let before = week_by_week(activity);
            let option = |change: Change| {
                let after = change.applied_to(activity).map(|changed| week_by_week(&changed)).unwrap_or_default();
                let freed = freed(&before, &after);
                let total = u64::try_from(freed.iter().flat_map(BTreeMap::values).sum::<i64>()).ok()?;
                let from_must = match activity.priority {
                    Priority::Must => (total as f64 / weeks / 15.0).ceil() as u64,
                    Priority::Nice => 0,
                };
                (total > 0).then_some(Candidate { activity, change, freed, total, from_must })
            };
            changes(activity, process).into_iter().filter_map(option).collect::<Vec<_>>()
        };
        let options = process.activities.iter().map(options_of).filter(|options| !options.is_empty()).collect();
        Search { process, from, to, needs, options }
    }

    fn run(self) -> Suggestion<'a> {
        match self.cheapest() {
            Some(chosen) => self.told(&chosen, true),
            None => self.told(&self.most(), false),
        }
    }

    /// Of every activity the change that frees most.
    fn most(&self) -> Vec<&Candidate<'a>> {
        self.options.iter().filter_map(|options| options.iter().max_by_key(|option| option.total)).collect()
    }

    fn cheapest(&self) -> Option<Vec<&Candidate<'a>>> {
        let most: u64 = self.most().iter().map(|option| option.total).sum();
        let step = most.div_ceil(STEPS).max(1);
        let table = Table::new(&self.options, step);
        let lacking = self.needs.iter().map(|need| need.capacity.lacks(need.asked)).sum::<u64>();
        let (mut steps, last) = (lacking.div_ceil(step), table.last());
        while steps <= last {
            let chosen = table.cheapest_from(steps)?;
            if self.fits(&chosen) {
                return Some(self.without_superfluous(chosen));
            }
            steps += (last / 100).max(1);
        }
        // The strides may pass over what only all of it together reaches.
        let all = self.most();
        self.fits(&all).then(|| self.without_superfluous(all))
    }

    /// Whether this set brings everybody inside their capacity.
    fn fits(&self, chosen: &[&Candidate<'a>]) -> bool {
        self.needs.iter().enumerate().all(|(place, need)| {
            let mut freed: BTreeMap<Date, i64> = BTreeMap::new();
            for (monday, minutes) in chosen.iter().flat_map(|option| &option.freed[place]) {
                *freed.entry(*monday).or_default() += minutes;
            }
            let left = need.asked.saturating_add_signed(-freed.values().sum::<i64>());
            let over = need.weeks.iter().filter(|(monday, asked, capacity)| {
                let freed = freed.get(monday).copied().unwrap_or_default();
                !capacity.holds(asked.saturating_add_signed(-freed))
            });
            need.capacity.holds(left) && !is_too_often(over.count(), need.weeks.len())
        })
    }

    /// The set without what it can do without, the dearest tried first.
    fn without_superfluous<'s>(&self, mut chosen: Vec<&'s Candidate<'a>>) -> Vec<&'s Candidate<'a>> {
        let mut dearest: Vec<_> = chosen.iter().map(|option| (option.from_must, &option.activity.key)).collect();
        dearest.sort_by(|a, b| b.cmp(a));
        let fewer = |chosen: &[&'s Candidate<'a>], key: &ActivityKey| {
            let rest: Vec<_> = chosen.iter().copied().filter(|option| option.activity.key != *key).collect();
            (rest.len() < chosen.len() && self.fits(&rest)).then_some(rest)
        };
        while let Some(rest) = dearest.iter().find_map(|(_, key)| fewer(&chosen, key)) {
            chosen = rest;
        }
        chosen
    }

    /// Plans the process with these changes, and tells what comes of it.
    fn told(&self, chosen: &[&Candidate<'a>], is_said_to_fit: bool) -> Suggestion<'a> {
        let changed = changed(self.process, chosen.iter().map(|option| (option.activity, &option.change)));
        let loads = self.needs.iter().map(|need| load_alone(&changed, &need.manager.slack, self.from, self.to));
        let loads: Vec<Load<'_>> = loads.map(|load| load.expect("a change leaves the managers alone")).collect();
        let relief = |(need, load): (&Need<'a>, &Load<'_>)| Relief {
            manager: need.manager,
            days: need.days,
            before: need.asked,
            after: load.asked.total(),
        };
        let suggested = |option: &&Candidate<'a>| Suggested {
            activity: option.activity,
            change: option.change.clone(),
            frees: option.total,
        };
        let fits = is_said_to_fit && loads.iter().all(|load| !load.is_over());
        Suggestion {
            managers: self.needs.iter().zip(&loads).map(relief).collect(),
            changes: chosen.iter().filter(|_| fits).map(suggested).collect(),
        }
    }
}

/// The process with these changes made for everybody.
pub fn changed<'c>(process: &Process, changes: impl Iterator<Item = (&'c Activity, &'c Change)>) -> Process {
    let changes: BTreeMap<_, _> = changes.map(|(activity, change)| (&activity.key, change)).collect();
    let as_changed = |activity: &Activity| match changes.get(&activity.key) {
        Some(change) => change.applied_to(activity),
        None => Some(activity.clone()),
    };
    Process { activities: process.activities.iter().filter_map(as_changed).collect(), ..process.clone() }
}

/// By manager and week, what is asked no more. `after` is empty where nothing is asked any more.
fn freed(before: &[BTreeMap<Date, i64>], after: &[BTreeMap<Date, i64>]) -> Vec<BTreeMap<Date, i64>> {
    let mut freed = before.to_vec();
    for (weeks, after) in freed.iter_mut().zip(after) {
        for (monday, minutes) in after {
            *weeks.entry(*monday).or_default() -= minutes;
        }
    }
    freed
}

/// The knapsack: for every number of steps freed, the cheapest set that frees exactly so many.
struct Table<'s, 'a> {
    options: &'s [Vec<Candidate<'a>>],
    step: u64,
    /// By steps freed, over all activities.
    cheapest: Vec<Option<Price>>,
    /// By activity and steps freed so far: which of its options was taken, counted from 1; 0 for none.
    taken: Vec<Vec<u8>>,
}

impl<'s, 'a> Table<'s, 'a> {
    fn new(options: &'s [Vec<Candidate<'a>>], step: u64) -> Table<'s, 'a> {
        let most = options.iter().filter_map(|options| options.iter().map(|option| option.total / step).max());
        let size = 1 + most.sum::<u64>() as usize;
        let mut cheapest: Vec<Option<Price>> = vec![None; size];
        cheapest[0] = Some((0, 0, 0));
        let mut taken = Vec::with_capacity(options.len());
        for of_activity in options {
            let (before, mut took) = (cheapest.clone(), vec![0; size]);
            for (place, option) in (1..).zip(of_activity) {
                let steps = (option.total / step) as usize;
                for (from, price) in before[..size.saturating_sub(steps)].iter().enumerate() {
                    let Some((must, count, freed)) = price else { continue };
                    let price = (must + option.from_must, count + 1, freed + option.total);
                    if cheapest[from + steps].is_none_or(|known| price < known) {
                        cheapest[from + steps] = Some(price);
                        took[from + steps] = place;
                    }
                }
            }
            taken.push(took);
        }
        Table { options, step, cheapest, taken }
    }

    fn last(&self) -> u64 {
        self.cheapest.len() as u64 - 1
    }

    /// The cheapest set that frees at least so many steps.
    fn cheapest_from(&self, steps: u64) -> Option<Vec<&'s Candidate<'a>>> {
        let steps = steps as usize;
        let (_, found) =
            (steps..).zip(&self.cheapest[steps..]).filter_map(|(at, price)| Some((((*price)?), at))).min()?;
        let (mut at, mut chosen) = (found, Vec::new());
        for (options, took) in self.options.iter().zip(&self.taken).rev() {
            if let Some(option) = usize::from(took[at]).checked_sub(1).and_then(|place| options.get(place)) {
                chosen.push(option);
                at -= (option.total / self.step) as usize;
            }
        }
        chosen.reverse();
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::process::load::tests::any_process;
    use crate::process::recurrence::tests::day;

    /// Every set with one option an activity at most.
    fn every_set<'s, 'a>(options: &'s [Vec<Candidate<'a>>]) -> Vec<Vec<&'s Candidate<'a>>> {
        options.iter().fold(vec![vec![]], |sets, of_activity| {
            let with = |set: &Vec<&'s Candidate<'a>>| {
                let more = of_activity.iter().map(|option| [set.as_slice(), &[option]].concat());
                std::iter::once(set.clone()).chain(more).collect::<Vec<_>>()
            };
            sets.iter().flat_map(with).collect()
        })
    }

    fn price(set: &[&Candidate<'_>]) -> Price {
        let must = set.iter().map(|option| option.from_must).sum();
        (must, set.len() as u32, set.iter().map(|option| option.total).sum())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_set_that_frees_enough_is_cheaper(mut process in any_process()) {
            process.activities.truncate(4);
            let (from, to) = (day("2026-12-07"), day("2027-02-28"));
            let load = load_alone(&process, &"U0".into(), from, to).expect("a manager");
            let search = Search::new(&process, &[&load], from, to);
            let lacking = load.capacity.lacks(load.asked.total());
            let enough = |set: &Vec<&Candidate<'_>>| price(set).2 >= lacking;
            let best = every_set(&search.options).into_iter().filter(enough).min_by_key(|set| price(set));
            match (best, search.cheapest()) {
                (Some(best), Some(found)) if search.fits(&best) => prop_assert_eq!(price(&found), price(&best)),
                (None, found) => prop_assert!(found.is_none()),
                // Single weeks ask for more: that it fits then is held elsewhere.
                (Some(_), found) => prop_assert!(found.is_none_or(|found| search.fits(&found))),
            }
        }
    }
}
