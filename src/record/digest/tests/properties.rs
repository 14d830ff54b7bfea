//! What holds whatever was done, missed and excused.

use jiff::Span;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::record::adherence::Figures;
use crate::record::{Evidence, ResultWord};

/// One occurrence in numbers: manager, activity, day of three weeks, standing, hours from due to its recording, and what
/// came of it.
type Drawn = (usize, usize, i64, usize, i64, u8);

const MANAGERS: [&str; 4] = ["U0ANA", "U0BEN", "U0CAT", "U0DEV"];

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    proptest::collection::vec((0..4usize, 0..3usize, 0..21i64, 0..6usize, -30..60i64, any::<u8>()), 0..80)
}

fn entries(drawn: &[Drawn]) -> Vec<Entry> {
    let activities = [activity("a", ""), activity("b", "per = \"rep\""), activity("c", "priority = \"nice\"")];
    let make = |(n, (manager, what, day, standing, hours, came)): (usize, &Drawn)| {
        let due = date(2026, 11, 30).saturating_add(Span::new().days(*day));
        let rep = (*what == 1).then_some("U0R1");
        let mut one = entry(MANAGERS[*manager], &activities[*what], rep, due);
        one.occurrence.id.0.push_str(&n.to_string());
        let standing = Standing::ALL[*standing];
        if !matches!(standing, Standing::Undecided | Standing::Missed | Standing::Withdrawn) {
            one = stand(one.clone(), standing, one.occurrence.due + Span::new().hours(*hours));
        }
        one.occurrence.standing = standing;
        if standing == Standing::Done {
            let result = [None, Some(ResultWord::Met), Some(ResultWord::Partly), Some(ResultWord::NotMet)];
            one.occurrence.outcome = Outcome {
                result: result[usize::from(came % 4)],
                note: (came & 4 != 0).then(|| "words".to_owned()),
                evidence: Evidence { link: (came & 8 != 0).then(|| "https://example.com".to_owned()), number: None },
            };
            let verified = [Verification::None, Verification::Asked, Verification::Confirmed, Verification::Disputed];
            one.occurrence.verification = verified[usize::from(came >> 4) % 4];
        } else if came & 1 != 0 {
            one.occurrence.completed_by = Some("U0LEAD".into());
        }
        one
    };
    drawn.iter().enumerate().map(make).collect()
}

fn sum<'a>(rates: impl Iterator<Item = &'a Rates>) -> Figures {
    rates.fold(Figures::default(), |mut sum, rates| {
        sum += rates.figures();
        sum
    })
}

proptest! {
    #[test]
    fn groups_add_up_to_the_whole(drawn in drawn(), hour in 0..24 * 25i64) {
        let entries = entries(&drawn);
        let now = at(date(2026, 11, 30), 0) + Span::new().hours(hour);
        let week = Week::of(date(2026, 12, 7));
        let seats = MANAGERS.map(|id| seat(id, &["U0R1"]));
        let story = Story::tell(&material(week, &entries, &seats, now), BTreeMap::new(), &chicago());
        let whole = story.digest.rates.figures();
        prop_assert_eq!(sum(story.digest.managers.iter().map(|line| &line.rates)), whole);
        prop_assert_eq!(sum(story.digest.activities.iter().map(|line| &line.rates)), whole);
        prop_assert_eq!(sum([&story.digest.must, story.nice.as_ref().unwrap()].into_iter()), whole);
        for (line, beside) in story.digest.managers.iter().zip(&story.by_manager) {
            prop_assert_eq!(&line.manager, &beside.manager);
            prop_assert_eq!(sum([&beside.must, &beside.nice].into_iter()), line.rates.figures());
            prop_assert_eq!(beside.excused.count(), line.rates.excused);
        }
        let all = story.by_manager.iter();
        prop_assert_eq!(all.clone().map(|one| one.results.done()).sum::<u64>(), whole.done());
        prop_assert_eq!(story.by_activity.iter().map(|one| one.evidenced.done()).sum::<u64>(), whole.done());
        prop_assert_eq!((story.results.done(), story.evidenced.done()), (whole.done(), whole.done()));
        prop_assert_eq!((story.excused.count(), story.still_open.open), (whole.excused, whole.open));
        prop_assert_eq!(story.excused.called_for, whole.expected + whole.excused + story.still_open.planned);
        prop_assert_eq!(all.map(|one| one.excused.called_for).sum::<u64>(), story.excused.called_for);
        prop_assert_eq!(whole.decided(), whole.done() + whole.skipped + whole.missed);
    }

    #[test]
    fn figures_stay_in_their_bounds(drawn in drawn(), hour in 0..24 * 25i64) {
        let entries = entries(&drawn);
        let now = at(date(2026, 11, 30), 0) + Span::new().hours(hour);
        let week = Week::of(date(2026, 12, 14));
        let seats = MANAGERS.map(|id| seat(id, &["U0R1"]));
        let story = Story::tell(&material(week, &entries, &seats, now), BTreeMap::new(), &chicago());
        let rates = [&story.digest.rates, &story.digest.must, &story.previous, &story.previous_must].into_iter();
        for rates in rates.chain(story.digest.managers.iter().map(|line| &line.rates)) {
            prop_assert!(rates.adherence >= rates.on_time_rate);
            prop_assert!(rates.adherence.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
            prop_assert_eq!(rates.adherence.is_none(), rates.expected == rates.open);
        }
        for spread in &story.spread {
            prop_assert!(spread.lowest <= spread.median && spread.median <= spread.highest && spread.managers >= 3);
        }
        for week in &story.chart {
            prop_assert!(week.lowest <= week.middle && week.middle <= week.highest);
            let team = week.team.map(Share::rate);
            prop_assert!(week.lowest.is_none() || team.is_some());
        }
        for one in &story.regularity {
            prop_assert_eq!(one.ratio.is_some() && one.done < Regularity::ENOUGH, false);
            prop_assert!(one.ratio.is_none_or(|ratio| ratio >= 0.0 && ratio.is_finite()));
        }
        for coverage in story.by_manager.iter().filter_map(|one| one.coverage) {
            prop_assert!(coverage.reached <= coverage.reps && (0..=91).contains(&coverage.longest_gap));
        }
        let kept: Story = serde_json::from_str(&serde_json::to_string(&story).unwrap()).unwrap();
        prop_assert_eq!(Restated::of(&[kept], |week| {
            let within = entries.iter().filter(|one| Week::of(one.occurrence.date) == week);
            figures::both(within, now)
        }), []);
    }
}
