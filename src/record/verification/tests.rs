//! The rules of a question on worked dates, and whatever happens in whatever order.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::super::tests::{entries, line, process};
use super::super::{Action, Outcome};
use super::*;
use crate::process::Process;

fn at(text: &str) -> Timestamp {
    format!("{text}-06:00").parse().expect("an instant in Chicago")
}

fn ana() -> UserId {
    UserId::from("U0ANA")
}

fn dana() -> UserId {
    UserId::from("U0R1")
}

fn team() -> Process {
    process(&line("one-on-one", "every Monday at 10:00", "per = \"rep\"\nverify = \"rep\""))
}

fn calendar(process: &Process) -> Calendar {
    process.calendar_of(process.manager(&ana()).expect("Ana is there"))
}

fn open() -> Occurrence {
    entries(&team()).remove(0).occurrence
}

fn done(when: &str) -> Occurrence {
    open().act(Action::Done(Outcome::default()), &ana(), at(when)).expect("can be done")
}

/// Ana did it on Monday at 11:00 and Dana was asked at once.
fn asked() -> (Question, Occurrence) {
    let occurrence = done("2026-12-07T11:00");
    let to = (dana(), Verifier::Rep);
    let now = at("2026-12-07T11:00");
    let question = Question::new(None, &occurrence, to, "m".to_owned(), now, &calendar(&team())).expect("it is done");
    (question, Occurrence { verification: Verification::Asked, ..occurrence })
}

#[test]
fn a_question_runs_for_two_workdays_and_reminds_once() {
    let (question, occurrence) = asked();
    let calendar = calendar(&team());
    let step = |question: &Question, now| question.next(&occurrence, at(now), &calendar, &calendar);
    assert_eq!(question.until, at("2026-12-09T17:00"));
    assert_eq!(question.look_at, at("2026-12-08T09:00"));
    assert_eq!(step(&question, "2026-12-07T12:00"), Step::Wait(at("2026-12-08T09:00")));
    assert_eq!(step(&question, "2026-12-08T09:00"), Step::Remind);
    assert_eq!(step(&question, "2026-12-08T20:00"), Step::Wait(at("2026-12-09T09:00")), "inside the hours alone");
    let reminded = question.after(Step::Remind, at("2026-12-08T09:00"), &calendar, &calendar);
    assert_eq!(step(&reminded, "2026-12-08T09:01"), Step::Wait(at("2026-12-09T17:00")));
    assert_eq!(reminded.stand(&occurrence, at("2026-12-09T16:59")), Stand::Open);
    assert_eq!(reminded.stand(&occurrence, at("2026-12-09T17:00")), Stand::Over(None));
    assert_eq!(step(&reminded, "2026-12-09T17:00"), Step::Close);
}

#[test]
fn only_whom_it_is_put_to_can_answer() {
    let (question, occurrence) = asked();
    let now = at("2026-12-07T12:00");
    let answer = |who: &UserId, verdict| question.answer(&occurrence, who, verdict, now, &calendar(&team()));
    assert_eq!(answer(&ana(), Verdict::ItHappened).unwrap_err(), Unanswerable::NotAsked);
    assert_eq!(answer(&dana(), Verdict::LooksRight).unwrap_err(), Unanswerable::NotAsked);
    let (said, confirmed) = answer(&dana(), Verdict::ItHappened).unwrap();
    assert_eq!(confirmed.verification, Verification::Confirmed);
    assert_eq!(said.stand(&confirmed, now), Stand::Said(true));
    assert_eq!(said.say_more(&confirmed, &ana(), "x", now), Err(Unanswerable::NotAsked));
    let word = said.say_more(&confirmed, &dana(), "  good\u{7} talk ", now).unwrap().word;
    assert_eq!(word.as_deref(), Some("good talk"));
}

#[test]
fn a_dispute_is_the_managers_for_two_workdays_from_when_they_hear_of_it() {
    let (question, occurrence) = asked();
    let (calendar, mut here) = (calendar(&team()), calendar(&team()));
    // Ana is away on Tuesday.
    here.holidays.add(jiff::civil::date(2026, 12, 8), crate::process::holidays::Holiday { name: None, managers: None });
    let night = at("2026-12-07T18:00");
    let (said, disputed) = question.answer(&occurrence, &dana(), Verdict::NotReally, night, &calendar).unwrap();
    assert_eq!(said.next(&disputed, night, &calendar, &here), Step::Wait(at("2026-12-09T09:00")));
    let told_at = at("2026-12-09T09:00");
    assert_eq!(said.next(&disputed, told_at, &calendar, &here), Step::Tell);
    let told = said.after(Step::Tell, told_at, &calendar, &here);
    assert_eq!(told.until, at("2026-12-11T17:00"));
    assert!(!told.is_standing_dispute(&disputed), "not yet");
    // Dana may still remember.
    let (better, _) = told.answer(&disputed, &dana(), Verdict::ItHappened, at("2026-12-11T16:00"), &calendar).unwrap();
    assert_eq!(better.reply.map(|reply| reply.bears_out), Some(true));
    let over = at("2026-12-11T17:00");
    assert_eq!(told.next(&disputed, over, &calendar, &here), Step::Close);
    let closed = told.after(Step::Close, over, &calendar, &here);
    assert!(closed.is_standing_dispute(&disputed));
    assert_eq!(
        closed.answer(&disputed, &dana(), Verdict::ItHappened, over, &calendar).unwrap_err(),
        Unanswerable::Over
    );
    let undone = disputed.act(Action::Undo, &ana(), over).unwrap();
    assert_eq!(undone.verification, Verification::None);
    assert!(!closed.is_standing_dispute(&undone), "what was taken back is disputed by nobody");
}

#[test]
fn a_change_asks_anew_and_an_undo_takes_the_question_back() {
    let (question, occurrence) = asked();
    let calendar = calendar(&team());
    let now = at("2026-12-07T13:00");
    let (said, disputed) = question.answer(&occurrence, &dana(), Verdict::NotReally, now, &calendar).unwrap();
    let changed = disputed.act(Action::Change(Outcome::default()), &ana(), now).unwrap();
    assert_eq!(changed.verification, Verification::Asked);
    assert_eq!(said.stand(&changed, now), Stand::Open);
    assert_eq!(said.next(&changed, now, &calendar, &calendar), Step::Again);
    let again = said.after(Step::Again, now, &calendar, &calendar);
    assert_eq!((again.reply, again.told, again.stand(&changed, now)), (None, false, Stand::Open));

    let undone = changed.act(Action::Undo, &ana(), now).unwrap();
    assert_eq!(again.next(&undone, now, &calendar, &calendar), Step::Withdraw);
    assert_eq!(again.stand(&undone, now), Stand::Withdrawn);
    let answer = again.answer(&undone, &dana(), Verdict::ItHappened, now, &calendar);
    assert_eq!(answer.unwrap_err(), Unanswerable::Withdrawn);
    // A confirmed one stays confirmed, whatever is added to it.
    let (_, confirmed) = question.answer(&occurrence, &dana(), Verdict::ItHappened, now, &calendar).unwrap();
    let noted = confirmed.act(Action::Change(Outcome::default()), &ana(), now).unwrap();
    assert_eq!(noted.verification, Verification::Confirmed);
}

#[test]
fn a_sample_is_small_fair_and_the_same_again() {
    let activity = line("deals", "every workday at 10:00", "verify = \"leader\"\nshare_notes = false");
    let mut all = Vec::new();
    for manager in 0..10 {
        for mut entry in entries(&process(&activity)).into_iter().take(5) {
            entry.occurrence.manager = UserId(format!("U{manager}"));
            entry.occurrence.id.0.push_str(&format!(".{manager}"));
            entry.occurrence =
                entry.occurrence.act(Action::Done(Outcome::default()), &ana(), at("2026-12-07T11:00")).unwrap();
            entry.occurrence.outcome.evidence.number = Some(3.into());
            all.push(entry);
        }
    }
    let lot = |id: &OccurrenceId| id.as_str().bytes().rev().collect::<Vec<u8>>();
    let ids = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.occurrence.id).collect::<Vec<_>>();
    let drawn = ids(sample(all.clone(), lot));
    assert_eq!(drawn.len(), MOST_OF_ALL);
    assert_eq!(drawn, ids(sample(all.iter().rev().cloned().collect(), lot)), "in whatever order it is found");
    for manager in 0..10 {
        let of_one = drawn.iter().filter(|id| id.as_str().ends_with(&format!(".{manager}"))).count();
        assert!((1..=MOST_OF_ONE).contains(&of_one), "{of_one} of {manager}");
    }
    assert_eq!(sample(all[..5].to_vec(), lot).len(), MOST_OF_ONE);
    // A private note alone is nothing to look at.
    let mut noted = all.remove(0);
    noted.occurrence.outcome.evidence.number = None;
    noted.occurrence.outcome.note = Some("between us".to_owned());
    assert!(sample(vec![noted], lot).is_empty());
}

#[derive(Debug, Clone, Copy)]
enum Manager {
    Done,
    Undo,
    Change,
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Act(Manager),
    Say(Verdict, bool),
    Tick,
    Unreachable,
}

fn events() -> impl Strategy<Value = Vec<(i64, Event)>> {
    let event = prop_oneof![
        Just(Event::Act(Manager::Done)),
        Just(Event::Act(Manager::Undo)),
        Just(Event::Act(Manager::Change)),
        (prop::sample::select(Verdict::ALL.to_vec()), any::<bool>())
            .prop_map(|(verdict, own)| Event::Say(verdict, own)),
        Just(Event::Tick),
        Just(Event::Tick),
        Just(Event::Tick),
        Just(Event::Unreachable),
    ];
    prop::collection::vec((0_i64..20 * 60, event), 1..40)
}

proptest! {
    #[test]
    fn whatever_happens_the_manager_hears_first_and_nobody_is_pestered(events in events()) {
        let (calendar, mut now) = (calendar(&team()), at("2026-12-07T11:00"));
        let (mut occurrence, mut question): (Occurrence, Option<Question>) = (open(), None);
        let (mut reminders, mut told) = (0, 0);
        for (minutes, event) in events {
            now += SignedDuration::from_mins(minutes);
            match event {
                Event::Act(what) => {
                    let action = match what {
                        Manager::Done => Action::Done(Outcome::default()),
                        Manager::Undo => Action::Undo,
                        Manager::Change => Action::Change(Outcome::default()),
                    };
                    occurrence = occurrence.act(action, &ana(), now).unwrap_or(occurrence);
                }
                Event::Say(verdict, own) => {
                    let who = if own { dana() } else { ana() };
                    let said = question.as_ref().map(|q| q.answer(&occurrence, &who, verdict, now, &calendar));
                    if let Some(Ok((after, borne))) = said {
                        prop_assert!(own && verdict.verifier() == Verifier::Rep);
                        let twice = after.answer(&borne, &who, verdict, now, &calendar).unwrap();
                        prop_assert_eq!(&twice, &(after.clone(), borne.clone()), "a double tap counts once");
                        (question, occurrence) = (Some(after), borne);
                    }
                }
                Event::Unreachable => {
                    // Whoever said something was reached.
                    if let Some(asked) = question.as_ref().filter(|asked| !asked.closed && asked.reply.is_none()) {
                        let (after, unasked) = asked.given_up(&occurrence);
                        question = Some(after);
                        occurrence = unasked.unwrap_or(occurrence);
                    }
                }
                Event::Tick => {
                    let is_new = question.as_ref().is_none_or(|asked| Some(asked.done_at) != occurrence.completed_at);
                    if is_new && occurrence.standing == Standing::Done && in_hours_from(now, &calendar) == now {
                        let to = (dana(), Verifier::Rep);
                        if question.as_ref().is_some_and(|before| before.closed) {
                            reminders = 0;
                        }
                        question = Question::new(question, &occurrence, to, "m".to_owned(), now, &calendar);
                        occurrence.verification = Verification::Asked;
                        told = 0;
                    } else if let Some(asked) = question.as_ref().filter(|asked| !asked.closed) {
                        let step = asked.next(&occurrence, now, &calendar, &calendar);
                        match step {
                            Step::Remind => reminders += 1,
                            Step::Tell => told += 1,
                            Step::Again => told = 0,
                            Step::Wait(until) => prop_assert!(until > now, "{until} at {now}"),
                            Step::Withdraw | Step::Close => {}
                        }
                        question = Some(asked.after(step, now, &calendar, &calendar));
                    }
                }
            }
            prop_assert!(reminders <= 1 && told <= 1, "{reminders} reminders, told {told} times");
            let borne = matches!(occurrence.verification, Verification::Confirmed | Verification::Disputed);
            prop_assert!(!borne || occurrence.standing == Standing::Done);
            if let Some(question) = &question {
                prop_assert!(!question.is_standing_dispute(&occurrence) || question.told, "the manager hears first");
                if question.closed && question.is_about(&occurrence) {
                    prop_assert!(matches!(question.stand(&occurrence, now), Stand::Over(_)));
                }
            }
        }
    }
}
