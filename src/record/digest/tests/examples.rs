//! The worked examples of the docs, to the digit.

use jiff::civil::date;

use super::*;
use crate::record::Evidence;
use crate::record::ResultWord;

fn week(day: i8) -> Week {
    Week::of(date(2026, 12, day))
}

#[test]
fn what_was_excused_is_counted_against_all_that_was_called_for() {
    let scan = activity("scan", "");
    let mut entries: Vec<Entry> = (0..20).map(|n| entry("U0ANA", &scan, None, date(2026, 12, 7 + n % 5))).collect();
    for one in entries.iter_mut().take(5) {
        *one = stand(one.clone(), Standing::Excused, at(date(2026, 12, 7), 8));
    }
    entries[4].occurrence.completed_by = Some("U0LEAD".into());
    let mut excused = Excused::of(&entries, at(date(2026, 12, 7), 9));
    assert_eq!(excused, Excused { called_for: 20, by_themselves: 4, by_others: 1 });
    assert_eq!(
        (excused.share(), excused.is_flagged(), excused.in_words().as_str()),
        (Some(0.25), true, "5 of 20 (25%)")
    );
    excused.by_themselves = 2;
    assert!(!excused.is_flagged(), "three of twenty are fifteen in a hundred, not above");
    let few = Excused { called_for: 4, by_themselves: 4, by_others: 0 };
    assert_eq!((few.is_flagged(), few.in_words().as_str()), (false, "4 of 4"), "too few to say anything");
    assert_eq!(Excused::default().share(), None);
}

#[test]
fn results_and_evidence_add_up_to_what_was_done() {
    let review = activity("review", "");
    let day = date(2026, 12, 7);
    let mut entries: Vec<Entry> = (0..4).map(|_| done(entry("U0ANA", &review, None, day), day)).collect();
    let evidence = |link: Option<&str>, number: Option<i32>| Evidence {
        link: link.map(str::to_owned),
        number: number.map(Into::into),
    };
    let note = || Some("went well".to_owned());
    entries[0].occurrence.outcome = Outcome {
        result: Some(ResultWord::Met),
        note: note(),
        evidence: evidence(Some("https://crm.example.com"), None),
    };
    entries[0].occurrence.verification = Verification::Confirmed;
    entries[1].occurrence.outcome =
        Outcome { result: Some(ResultWord::NotMet), note: None, evidence: evidence(None, Some(9)) };
    entries[2].occurrence.outcome = Outcome { note: note(), ..Outcome::default() };
    entries[2].occurrence.verification = Verification::Disputed;
    let now = at(date(2026, 12, 8), 9);
    assert_eq!(Results::of(&entries, now), Results { met: 1, partly: 0, not_met: 1, unsaid: 2 });
    assert_eq!(Evidenced::of(&entries, now), Evidenced { ticked: 1, noted: 1, evidenced: 1, corroborated: 1 });
}

#[test]
fn reps_are_reached_or_waited_for() {
    let talk = activity("talk", "per = \"rep\"");
    let tuesdays = [(10, 6), (10, 20), (11, 3), (11, 17), (12, 1), (12, 15)].map(|(month, day)| date(2026, month, day));
    let mut entries = Vec::new();
    for tuesday in tuesdays {
        for rep in ["U0DANA", "U0EVAN", "U0FAY"] {
            let one = entry("U0ANA", &talk, Some(rep), tuesday);
            let held = match rep {
                "U0DANA" => true,
                "U0EVAN" => tuesday != date(2026, 12, 15),
                _ => false,
            };
            entries.push(if held { done(one, tuesday) } else { one });
        }
    }
    let seats = [seat("U0ANA", &["U0DANA", "U0EVAN", "U0FAY", "U0NEW"]), seat("U0BEN", &["U0GUS"])];
    let now = at(date(2026, 12, 25), 12);
    let coverage = Coverage::of(&material(week(25), &entries, &seats, now));
    assert_eq!(coverage.len(), 1, "Ben holds nothing per rep");
    assert_eq!(coverage[&"U0ANA".into()], Coverage { reps: 3, reached: 2, longest_gap: 80 });
    // Fay was away in the last four weeks: that is held against nobody.
    for one in entries.iter_mut().filter(|one| one.occurrence.rep == Some("U0FAY".into())) {
        one.occurrence.standing = Standing::Excused;
    }
    let coverage = Coverage::of(&material(week(25), &entries, &seats, now));
    assert_eq!(coverage[&"U0ANA".into()], Coverage { reps: 2, reached: 2, longest_gap: 24 }, "Evan's, since the 1st");
    // A week that is over has no longer gaps for being looked at later.
    let later = Coverage::of(&material(week(25), &entries, &seats, at(date(2027, 3, 1), 12)));
    assert_eq!(later[&"U0ANA".into()].longest_gap, 26);
}

#[test]
fn a_rhythm_is_kept_or_not() {
    let review = activity("review", "");
    let mondays = [5, 12, 19, 26].map(|day| date(2026, 10, day));
    let held = |days: [i8; 4]| -> Vec<Entry> {
        let one = |(monday, day): (&Date, i8)| done(entry("U0ANA", &review, None, *monday), date(2026, 10, day));
        mondays.iter().zip(days).map(one).collect()
    };
    let last = Week::of(date(2026, 10, 30));
    let ratio = |entries: &[Entry]| {
        let told = Regularity::of(&material(last, entries, &[], at(date(2026, 10, 31), 12)));
        assert!(told.len() <= 1);
        told.first().map(|one| (one.done, one.ratio))
    };
    assert_eq!(ratio(&held([5, 16, 19, 30])), Some((4, Some(11.0 / 7.0))));
    let said = |done, ratio| Regularity { manager: "U0ANA".into(), activity: "review".into(), done, ratio }.in_words();
    let words = |ratio| said(5, ratio);
    assert_eq!(said(4, Some(2.0)), None, "one miss among a few is no rhythm yet");
    assert_eq!(words(Some(11.0 / 7.0)).as_deref(), Some("the usual gap is 1.6 times as long as meant"));
    assert_eq!(words(Some(0.3)).as_deref(), Some("done in bursts"));
    assert_eq!([words(Some(1.4)), words(Some(0.6)), words(None)], [None, None, None]);
    assert_eq!(ratio(&held([6, 13, 20, 27])), Some((4, Some(1.0))), "a day later each time is a rhythm");
    assert_eq!(ratio(&held([5, 16, 19, 30])[..3]), Some((3, Some(1.0))), "11 and 3 days");
    assert_eq!(ratio(&held([5, 16, 19, 30])[..2]), Some((2, None)), "too few");
    let mut missed = held([5, 12, 19, 26]);
    missed[1] = entry("U0ANA", &review, None, mondays[1]);
    assert_eq!(ratio(&missed), Some((3, Some(1.5))), "14 and 7 days");
    missed[1].occurrence.standing = Standing::Excused;
    assert_eq!(ratio(&missed), Some((3, Some(1.0))), "what was excused breaks no rhythm");
    assert_eq!(ratio(&[entry("U0ANA", &review, None, mondays[1])]), None, "nothing done");
}

/// So many done and so many missed of one manager, spread over a week's days.
fn decided(manager: &str, activity: &std::sync::Arc<Activity>, week: Week, of: (usize, usize)) -> Vec<Entry> {
    let (done_ones, all) = of;
    let one = |n: usize| {
        let mut one = entry(manager, activity, None, week.from());
        one.occurrence.id.0.push_str(&n.to_string());
        if n < done_ones { done(one, week.from()) } else { one }
    };
    (0..all).map(one).collect()
}

#[test]
fn a_spread_is_told_from_three_managers_on() {
    let review = activity("review", "");
    let shares = [("U0ANA", 4), ("U0BEN", 3), ("U0CAT", 1), ("U0DEV", 4)];
    let entries: Vec<Entry> =
        shares.iter().flat_map(|(manager, many)| decided(manager, &review, week(7), (*many, 4))).collect();
    let now = at(date(2026, 12, 25), 12);
    let share = |done| Share { done, decided: 4 };
    let told = Spread::of(&material(week(14), &entries, &[], now));
    let expected =
        Spread { activity: "review".into(), managers: 4, lowest: share(1), median: share(3), highest: share(4) };
    assert_eq!(told, [expected]);
    assert_eq!(Spread::of(&material(week(14), &entries[..8], &[], now)), [], "two managers");
    let few = |many: usize| {
        let one = |manager: &&str| decided(manager, &review, week(7), (usize::from(*manager == "U0CAT"), many));
        let entries: Vec<Entry> = ["U0ANA", "U0BEN", "U0CAT"].iter().flat_map(one).collect();
        Spread::of(&material(week(14), &entries, &[], now)).len()
    };
    assert_eq!([1, 2, 3].map(few), [0, 0, 1], "lowest 0 of 1 and highest 1 of 1 say nothing");
    assert_eq!(Spread::of(&material(Week::of(date(2027, 1, 20)), &entries, &[], now)), [], "over four weeks");
}

#[test]
fn the_final_is_held_against_the_mean_of_four_weeks() {
    let review = activity("review", "");
    let weeks = [(2, 3), (4, 5), (17, 20), (9, 10), (21, 24), (0, 3)];
    let first = week(28).back(5);
    let mut entries = Vec::new();
    let mut this = first;
    for of in weeks {
        entries.extend(decided("U0ANA", &review, this, of));
        this = this.after();
    }
    let friday = at(date(2027, 1, 1), 16);
    let mean = Mean::of(&material(week(28), &entries, &[], friday), true);
    assert_eq!((mean.week, mean.weeks, mean.decided), (week(21), 3, 35));
    assert!((mean.adherence.unwrap() - 0.85).abs() < 1e-9 && (mean.change.unwrap() - 0.025).abs() < 1e-9, "{mean:?}");
    assert_eq!(mean.change_in_words().as_deref(), Some("+3 points"));
    // Told when the week is over, it is that week's own final.
    let over = Mean::of(&material(week(28), &entries, &[], friday), false);
    assert_eq!((over.week, over.weeks), (week(28), 4));
    // With something still open a week has no final.
    entries[5].occurrence.closes = at(date(2027, 1, 2), 12);
    entries[5].occurrence.standing = Standing::Undecided;
    assert_eq!(Mean::of(&material(week(28), &entries, &[], friday), true).weeks, 2);
    let last = entries.iter_mut().rfind(|one| Week::of(one.occurrence.date) == week(21)).unwrap();
    last.occurrence.closes = at(date(2027, 1, 2), 12);
    assert_eq!(Mean::of(&material(week(28), &entries, &[], friday), true).change, None, "last week is not final yet");
    let nothing = Mean::of(&material(week(28), &[], &[], friday), true);
    assert_eq!((nothing.adherence, nothing.change, nothing.change_in_words()), (None, None, None));
}

#[test]
fn the_chart_names_nobody() {
    let review = activity("review", "");
    let all: Vec<Entry> = [("U0ANA", 5), ("U0BEN", 3), ("U0CAT", 1)]
        .iter()
        .flat_map(|(manager, many)| decided(manager, &review, week(7), (*many, 5)))
        .chain(decided("U0DEV", &review, week(7), (0, 4)))
        .collect();
    let last = |entries: &[Entry]| {
        let chart = ChartWeek::of(&material(week(14), entries, &[], at(date(2026, 12, 15), 9)), true);
        assert_eq!((chart.len(), chart[0].week), (8, week(7).back(7)));
        chart[7].clone()
    };
    let share = |done, decided| Some(Share { done, decided });
    let told = last(&all);
    assert_eq!((told.lowest, told.middle, told.highest), (share(1, 5), share(3, 5), share(5, 5)), "Dev has too few");
    assert_eq!(told.team, share(9, 19), "and counts for the team");
    let told = last(&all[..10]);
    assert_eq!((told.lowest, told.team), (None, share(8, 10)));
    assert_eq!(last(&all[..4]).team, None);
}

#[test]
fn a_week_fits_or_does_not() {
    let (long, short) = (activity("long", "minutes = 90"), activity("short", "minutes = 45"));
    let mut entries: Vec<Entry> = (0..8).map(|n| entry("U0ANA", &long, None, date(2026, 12, 21 + n % 3))).collect();
    entries.extend((0..3).map(|n| entry("U0ANA", &short, None, date(2026, 12, 21 + n))));
    entries[8].occurrence.standing = Standing::Excused;
    // The process of these tests has Friday the 25th off.
    let seats = [seat("U0ANA", &[]), seat("U0BEN", &[])];
    let now = at(date(2026, 12, 18), 16);
    let lines = LoadLine::of(&material(week(18), &entries, &seats, now), week(21), &seats);
    let ana = LoadLine { manager: "U0ANA".into(), occurrences: 10, planned: 810, capacity: 792, over: 18, days_off: 1 };
    assert_eq!(lines[0], ana);
    assert!(lines[0].is_over() && !lines[1].is_over() && lines[1].planned == 0);
}

#[test]
fn what_was_told_as_final_is_restated_once() {
    let review = activity("review", "");
    let nice = activity("scan", "priority = \"nice\"");
    let told_at = |entries: &[Entry], week: Week, now: Timestamp| {
        let story = Story::tell(&material(week, entries, &[], now), BTreeMap::new(), &chicago());
        // As it is kept and read back.
        serde_json::from_str::<Story>(&serde_json::to_string(&story).unwrap()).unwrap()
    };
    let restated = |posted: &[Story], entries: &[Entry], now: Timestamp| {
        Restated::of(posted, |week| {
            let within = entries.iter().filter(|one| Week::of(one.occurrence.date) == week);
            figures::both(within, now)
        })
    };
    let mut entries = decided("U0ANA", &review, week(1), (7, 8));
    entries.extend(decided("U0ANA", &nice, week(1), (1, 3)));
    let friday = |day: i8| at(date(2026, 12, day), 16);
    let w50 = told_at(&entries, week(11), friday(11));
    assert_eq!(w50.finals().len(), 1, "this week still runs");
    assert_eq!(restated(std::slice::from_ref(&w50), &entries, friday(18)), [], "nothing changed");

    let late = entries.iter().position(|one| one.occurrence.standing == Standing::Undecided).unwrap();
    entries[late] = done(entries[late].clone(), date(2026, 12, 14));
    let told = restated(std::slice::from_ref(&w50), &entries, friday(18));
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].week, told[0].told.figures().in_words(), told[0].now.figures().in_words()),
        (week(1), "8 of 11 (73%)".to_owned(), "9 of 11 (82%)".to_owned())
    );
    let must = |rates: &Option<Rates>| rates.as_ref().map(|rates| rates.figures().in_words());
    assert_eq!(
        (must(&told[0].told_must).as_deref(), must(&told[0].now_must).as_deref()),
        (Some("7 of 8 (88%)"), Some("8 of 8 (100%)"))
    );
    let w51 = Story { restated: told, ..told_at(&entries, week(18), friday(18)) };
    assert_eq!(restated(&[w50.clone(), w51.clone()], &entries, friday(25)), [], "once");
    // And again, where it changed again; also where a digest in between was never posted.
    entries[late].occurrence.standing = Standing::Skipped;
    assert_eq!(restated(&[w50.clone(), w51], &entries, friday(25)).len(), 1);
    assert_eq!(restated(&[w50], &entries, friday(25)).len(), 1);
}

#[test]
fn only_what_is_over_is_final() {
    let review = activity("review", "");
    let mut entries = decided("U0ANA", &review, week(1), (4, 5));
    entries.extend(decided("U0ANA", &review, week(7), (1, 5)));
    let tell = |entries: &[Entry], now: Timestamp| {
        Story::tell(&material(week(7), entries, &[], now), BTreeMap::new(), &chicago())
    };
    let weeks = |story: &Story| story.finals().iter().map(|(week, _)| *week).collect::<Vec<_>>();
    let sunday = at(date(2026, 12, 13), 20);
    let monday = at(date(2026, 12, 14), 9);
    assert_eq!(weeks(&tell(&entries, sunday)), [week(1)]);
    assert_eq!(weeks(&tell(&entries, monday)), [week(1), week(7)]);
    entries[4].occurrence.closes = at(date(2026, 12, 18), 17);
    let story = tell(&entries, monday);
    assert_eq!(weeks(&story), [week(7)], "something of the week before is open");
    let open = StillOpen { open: 1, must: 1, planned: 0, until: Some(at(date(2026, 12, 18), 17)) };
    assert_eq!(story.previous_still_open, open);
}

#[test]
fn a_digest_of_an_earlier_release_is_read_back() {
    let review = activity("review", "");
    let entries = decided("U0ANA", &review, week(7), (4, 5));
    let story = Story::tell(&material(week(7), &entries, &[], at(date(2026, 12, 11), 16)), BTreeMap::new(), &chicago());
    let mut kept = serde_json::to_value(&story).unwrap();
    let known_then = [
        "digest",
        "previous",
        "previous_must",
        "restated",
        "so_far",
        "time_zone",
        "names",
        "titles",
        "recoverable",
        "more_recoverable",
        "words",
        "away",
    ];
    kept.as_object_mut().unwrap().retain(|key, _| known_then.contains(&key.as_str()));
    for slip in kept["recoverable"].as_array_mut().unwrap() {
        slip.as_object_mut().unwrap().remove("occurrence");
    }
    let read: Story = serde_json::from_value(kept).unwrap();
    assert_eq!((read.digest.rates.figures(), read.chart.len(), read.nice), (story.digest.rates.figures(), 0, None));
}
