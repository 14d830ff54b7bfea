//! Over any history of revisions, ticks and clicks: where what a calendar shows of an occurrence changes, its count grows,
//! and it never falls (RFC 5545 3.8.7.4), whether the occurrence is stored yet or not.

use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::super::away::{Word, first_felt};
use super::super::processes::parse;
use super::super::tick::{Replanning, keeping_promises};
use super::*;
use crate::process::revision::Revision;
use crate::record::{Absences, Action, Days, OccurrenceId, Outcome};
use crate::store::StoredRevision;

/// What somebody does, or time.
#[derive(Debug, Clone)]
enum Step {
    Apply(Variant),
    Pass(i64),
    Click(usize, usize),
    /// Away, not away after all, away on other days: from so many days ahead on, for so many days.
    Away(i64, i64),
    Back(i64, i64),
    Instead((i64, i64), (i64, i64)),
}

/// A process that differs from others in what a calendar might show.
#[derive(Debug, Clone)]
struct Variant {
    day: usize,
    minutes: u32,
    title: usize,
    ana: bool,
    rep: usize,
    holiday: bool,
    late: bool,
    kept: bool,
    effective: i64,
}

const DAYS: [&str; 3] = ["Monday", "Tuesday", "Monday and Wednesday"];

impl Variant {
    fn text(&self) -> String {
        let end = if self.late { "18:00" } else { "17:00" };
        let mut text =
            format!("[process]\nname = \"P\"\n[calendar]\nworkday = {{ start = \"09:00\", end = \"{end}\" }}\n");
        if self.holiday {
            text.push_str("[[holiday]]\ndate = 2026-12-21\nname = \"Off\"\n");
        }
        let (day, title, minutes) = (DAYS[self.day], ["Review", "Inspection"][self.title], self.minutes);
        let monthly = ["second", "third", "first and last"][self.day];
        let line = |key: &str, per: &str| {
            let recur =
                if key == "review" { format!("the {monthly} Monday of every month") } else { format!("every {day}") };
            let when = format!("when = \"{recur} at 10:00\"\nminutes = {minutes}\nper = \"{per}\"\n");
            format!("[[activity]]\nkey = \"{key}\"\ntitle = \"{title}\"\n{when}")
        };
        text.push_str(&line("own", "manager"));
        text.push_str(&line("review", "manager"));
        if self.kept {
            text.push_str(&line("one-to-one", "rep"));
        }
        text.push_str("[[leader]]\nslack = \"U0LEE\"\nname = \"Lee\"\n");
        let reps =
            ["", "{ slack = \"U0DANA\", name = \"Dana\" }", "{ slack = \"U0DANA\", name = \"Dana Wu\" }"][self.rep];
        let managers = [("U0ANA", "Ana", reps), ("U0BEN", "Ben", "")];
        for (id, name, reps) in managers.into_iter().filter(|(id, ..)| self.ana || *id != "U0ANA") {
            text.push_str(&format!(
                "[[manager]]\nslack = \"{id}\"\nname = \"{name}\"\ntime_zone = \"America/Chicago\"\nleader = \"U0LEE\"\n\
                 reps = [{reps}]\n"
            ));
        }
        text
    }
}

fn variant() -> impl Strategy<Value = Variant> {
    let shown = (0usize..3, prop_oneof![Just(30u32), Just(60)], 0usize..2, 0usize..3);
    let rest = (prop::bool::weighted(0.9), any::<bool>(), any::<bool>(), prop::bool::weighted(0.8), -3i64..40);
    (shown, rest).prop_map(|((day, minutes, title, rep), (ana, holiday, late, kept, effective))| Variant {
        day,
        minutes,
        title,
        ana,
        rep,
        holiday,
        late,
        kept,
        effective,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => variant().prop_map(Step::Apply),
        2 => (1i64..200).prop_map(Step::Pass),
        3 => (0usize..12, 0usize..4).prop_map(|(which, what)| Step::Click(which, what)),
        2 => stretch().prop_map(|(first, length)| Step::Away(first, length)),
        1 => stretch().prop_map(|(first, length)| Step::Back(first, length)),
        1 => (stretch(), stretch()).prop_map(|(former, days)| Step::Instead(former, days)),
    ]
}

/// How many days ahead it begins, and how many more it lasts.
fn stretch() -> impl Strategy<Value = (i64, i64)> {
    (-2i64..70, 0i64..20)
}

/// A small world: the store is a list, by the rules of its contract.
struct World {
    material: Material,
    /// How far it is planned.
    until: Date,
    seen: BTreeMap<String, (String, u32, String)>,
}

impl World {
    fn new() -> World {
        let now = "2026-12-01T12:00:00Z".parse().expect("an instant");
        let user = UserId::from("U0ANA");
        let material = Material {
            revisions: Arc::default(),
            user,
            stored: vec![],
            away: Absences::default(),
            taken: Taken::default(),
            first_served: now,
            now,
        };
        World { material, until: Date::MIN, seen: BTreeMap::new() }
    }

    fn take(&mut self, step: &Step) {
        let now = self.material.now;
        match step {
            Step::Apply(variant) => self.apply(variant),
            Step::Pass(hours) => {
                self.material.now = now + SignedDuration::from_hours(*hours);
                self.tick();
            }
            Step::Click(which, what) => {
                let actions = [
                    Action::Done(Outcome::default()),
                    Action::Undo,
                    Action::Skip("x".into()),
                    Action::Excuse("x".into()),
                ];
                let Some(counted) = self.material.stored.get(*which) else { return };
                let who = self.material.user.clone();
                if let Ok(after) = counted.occurrence.act(actions[*what].clone(), &who, now) {
                    self.write(after);
                }
            }
            Step::Away(first, length) => self.say(Word::Away(self.days(*first, *length))),
            Step::Back(first, length) => self.say(Word::Back(self.days(*first, *length))),
            Step::Instead(former, days) => {
                self.say(Word::Instead(self.days(former.0, former.1), self.days(days.0, days.1)));
            }
        }
    }

    fn days(&self, ahead: i64, more: i64) -> Days {
        let first = self.today().saturating_add(ahead.days());
        Days::new(first, first.saturating_add(more.days())).expect("it ends no sooner than it begins")
    }

    fn today(&self) -> Date {
        today(&self.material.revisions, &self.material.user, self.material.now)
    }

    /// As the engine takes somebody at their word.
    fn say(&mut self, word: Word) {
        let (today, now) = (self.today(), self.material.now);
        let is = word.apply(&self.material.away, &self.material.user, today, now);
        let was = std::mem::replace(&mut self.material.away, is);
        let window = (first_felt(&was, &self.material.away, today), self.until);
        self.replan(window, keeping_promises);
    }

    fn replan(
        &mut self,
        window: (Date, Date),
        plan: impl Fn(&Grounds<'_>, (Date, Date), Vec<Occurrence>) -> Replanning,
    ) {
        let Material { revisions, user, stored, first_served, away, taken, now } = &self.material;
        let inside = stored.iter().map(|counted| counted.occurrence.clone());
        let rows = inside.filter(|row| (window.0..=window.1).contains(&row.date)).collect();
        let grounds = Grounds { revisions, manager: user, away, taken, first_served: *first_served, now: *now };
        let plan = plan(&grounds, window, rows);
        let fresh: Vec<_> = plan.insert.into_iter().map(|occurrence| self.first_counted(occurrence)).collect();
        plan.update.into_iter().for_each(|row| self.write(row));
        self.material.stored.extend(fresh);
    }

    /// As `what_comes_in_inside_an_absence_is_counted` says.
    fn first_counted(&self, occurrence: Occurrence) -> Counted {
        let differs = self.material.away.on(occurrence.date).is_some();
        Counted { occurrence, sequence: i64::from(differs), changed: differs.then_some(self.material.now) }
    }

    fn apply(&mut self, variant: &Variant) {
        let Material { revisions, now, .. } = &self.material;
        let number = revisions.newest().map_or(1, |newest| newest.number + 1);
        let effective = now.to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(variant.effective.days());
        let stored =
            StoredRevision { number, applied_at: *now, effective, in_slack: false, by: None, text: variant.text() };
        let new: Revision = parse(&stored).expect("a good process");
        self.material.revisions = Arc::new(Revisions::new(revisions.iter().cloned().chain([new]).collect()));
        // Somebody looks before the bot has planned anew.
        self.look();
        self.tick();
    }

    /// As the engine's: lapse first, then plan, a little more than 35 days ahead.
    fn tick(&mut self) {
        let now = self.material.now;
        let closed = |row: &Occurrence| row.standing == Standing::Undecided && row.closes <= now;
        let rows: Vec<Occurrence> = self.material.stored.iter().map(|counted| counted.occurrence.clone()).collect();
        for row in rows.into_iter().filter(closed) {
            self.write(Occurrence { standing: Standing::Missed, ..row });
        }
        let window = (jiff::civil::date(2026, 11, 1), self.today().saturating_add(43.days()));
        self.until = window.1;
        self.replan(window, replanning);
    }

    /// As `what_a_calendar_shows_is_counted` and its neighbours in the store's contract say.
    fn write(&mut self, after: Occurrence) {
        let now = self.material.now;
        let row = self.material.stored.iter_mut().find(|row| row.occurrence.id == after.id).expect("is there");
        let shown = |row: &Occurrence| (row.due, row.closes, row.standing);
        if shown(&row.occurrence) != shown(&after) {
            row.sequence += 1;
            row.changed = Some(now);
        }
        row.occurrence = after;
    }

    /// A calendar program looks, and complains.
    fn look(&mut self) {
        let Some(feed) = self.material.feed() else { return };
        let text = feed.text.replace("\r\n ", "");
        for event in text.split("BEGIN:VEVENT").skip(1).filter_map(|event| event.split("END:VEVENT").next()) {
            let field =
                |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).expect("is there").to_owned();
            let sequence: u32 = field("SEQUENCE:").parse().expect("a number");
            let counts = ["SEQUENCE:", "DTSTAMP:", "LAST-MODIFIED:"];
            let shown: String =
                event.lines().filter(|line| !counts.iter().any(|name| line.starts_with(name))).collect();
            let now = (shown, sequence, field("LAST-MODIFIED:"));
            let uid = field("UID:");
            if let Some(before) = self.seen.insert(uid.clone(), now.clone()) {
                assert!(now.1 >= before.1 && now.2 >= before.2, "{uid} fell: {before:?}, {now:?}");
                assert!(now.0 == before.0 || now.1 > before.1, "{uid} changed unsaid: {before:?}, {now:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_change_is_always_counted_and_no_count_falls(first in variant(), steps in prop::collection::vec(step(), 1..14)) {
        let mut world = World::new();
        world.take(&Step::Apply(Variant { ana: true, effective: 0, ..first }));
        world.look();
        for step in &steps {
            world.take(step);
            world.look();
        }
        prop_assert!(!world.seen.is_empty());
    }
}

/// What nobody touched keeps its count, so that calendar programs leave it alone.
#[test]
fn a_revision_counts_only_where_it_changes_something() {
    let plain = Variant {
        day: 0,
        minutes: 30,
        title: 0,
        ana: true,
        rep: 1,
        holiday: false,
        late: false,
        kept: true,
        effective: 0,
    };
    let mut world = World::new();
    world.take(&Step::Apply(plain.clone()));
    world.look();
    let count = |world: &World, id: &str| world.seen[&format!("{}@onbeat", OccurrenceId(id.to_owned()))].1;
    let (own, with_rep) = ("2027-06-07.own.U0ANA", "2027-06-07.one-to-one.U0ANA.U0DANA");
    assert_eq!((count(&world, own), count(&world, with_rep)), (1, 1));
    world.take(&Step::Apply(Variant { rep: 2, ..plain.clone() }));
    assert_eq!((count(&world, own), count(&world, with_rep)), (1, 2), "the rep has another name");
    world.take(&Step::Apply(Variant { minutes: 60, rep: 2, effective: 39, ..plain }));
    assert_eq!((count(&world, own), count(&world, with_rep)), (3, 3));
    assert_eq!(count(&world, "2026-12-07.own.U0ANA"), 1, "from its date on");
}

/// What is shown of an occurrence follows what is stored, also where an absence has been shortened or undone in part.
#[test]
fn a_closing_that_was_promised_and_what_was_taken_back_stand() {
    let process = Variant {
        day: 0,
        minutes: 30,
        title: 0,
        ana: true,
        rep: 0,
        holiday: false,
        late: false,
        kept: false,
        effective: 0,
    };
    let mut world = World::new();
    world.take(&Step::Apply(process));
    world.take(&Step::Away(0, 20));
    let shown = |world: &World, id: &str| world.seen[&format!("{}@onbeat", OccurrenceId(id.to_owned()))].clone();
    world.look();
    let promised = shown(&world, "2026-12-14.review.U0ANA");
    assert!(promised.0.contains("On time until Friday 25 December"), "{promised:?}");
    world.take(&Step::Pass(24 * 14));
    world.take(&Step::Back(0, 30));
    world.look();
    assert_eq!(shown(&world, "2026-12-14.review.U0ANA"), promised, "it was due, and keeps its closing");
}
