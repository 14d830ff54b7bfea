//! The sample managers whom nobody plays: they answer their own nudges while the clock moves, through the same buttons and
//! modals as everybody, so that the week's digest tells of a team and not of one.
//!
//! What each will do is settled by a hash of the occurrence's id: the same demo always tells the same story.

mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use super::{LocalSlack, Trouble};
use crate::engine::Engine;
use crate::process::plan::{Planned, plan_manager};
use crate::process::{Manager, Process};
use crate::record::OccurrenceId;

/// How somebody goes about their work: of a hundred occurrences, how many are …
struct Character {
    slack: &'static str,
    /// … done on the day.
    done: u64,
    /// … done a day or two later.
    later: u64,
    /// … answered with *Can't*. What is left is not answered at all.
    cant: u64,
    /// How many minutes after the work it is recorded, at most.
    dawdle: u64,
    /// Of a hundred days, how many are bad: nothing is answered on them.
    bad_days: u64,
}

const TEAM: &[Character] = &[
    Character { slack: "U0BEN", done: 86, later: 6, cant: 4, dawdle: 25, bad_days: 0 },
    Character { slack: "U0CLEO", done: 90, later: 4, cant: 3, dawdle: 15, bad_days: 0 },
    Character { slack: "U0DEV", done: 54, later: 24, cant: 6, dawdle: 150, bad_days: 8 },
    Character { slack: "U0ERIN", done: 76, later: 4, cant: 16, dawdle: 60, bad_days: 0 },
    Character { slack: "U0FINN", done: 80, later: 6, cant: 4, dawdle: 90, bad_days: 15 },
];

/// How far ahead deeds are laid out, and how near the end more are.
const AHEAD_DAYS: i64 = 56;
const MORE_AT_DAYS: i64 = 14;

/// What somebody will do, and what they say where they are asked.
#[derive(Debug, Clone)]
struct Deed {
    manager: String,
    occurrence: String,
    /// `done` or `cant`, as the buttons are called.
    button: &'static str,
    /// Answers by the field's block id; a modal takes those that it asks for.
    answers: Vec<(&'static str, String)>,
}

#[derive(Default)]
struct Laid {
    deeds: BTreeMap<(Timestamp, String), Deed>,
    until: Option<Timestamp>,
}

/// The teammates, and what they are about to do.
pub(super) struct Teammates {
    process: Process,
    slack: LocalSlack,
    laid: Mutex<Laid>,
}

impl Teammates {
    pub fn new(process: Process, slack: LocalSlack) -> Teammates {
        Teammates { process, slack, laid: Mutex::default() }
    }

    /// The name of a manager of the team.
    pub fn name_of(&self, user: Option<&str>) -> Option<String> {
        self.process.manager(&user?.into()).map(|manager| manager.name.clone())
    }

    fn laid(&self) -> MutexGuard<'_, Laid> {
        self.laid.lock().expect("nobody panics while holding it")
    }

    /// The next instant at which somebody answers.
    pub fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        let mut laid = self.laid();
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let known = laid.until.unwrap_or(now);
        if known < now + days(MORE_AT_DAYS) {
            let until = now + days(AHEAD_DAYS);
            laid.deeds.extend(self.deeds(known, until));
            laid.until = Some(until);
        }
        laid.deeds.first_key_value().map(|((at, _), _)| *at)
    }

    /// Whatever falls due from `from` to before `until`, and when who answers it how.
    fn deeds(&self, from: Timestamp, until: Timestamp) -> Vec<((Timestamp, String), Deed)> {
        let mut deeds = Vec::new();
        for (place, character) in TEAM.iter().enumerate() {
            let Some(manager) = self.process.managers.iter().find(|m| m.slack.as_str() == character.slack) else {
                continue;
            };
            let date = |at: Timestamp| at.to_zoned(manager.zone()).date();
            let planned = plan_manager(&self.process, manager, date(from), date(until));
            let due = |planned: &&Planned<'_>| (from..until).contains(&planned.due.timestamp());
            deeds.extend(planned.iter().filter(due).filter_map(|planned| deed(character, place, manager, planned)));
        }
        deeds
    }

    /// Does what is to be done by now; the bot has said what it had to say.
    pub async fn answer(&self, engine: &Engine, now: Timestamp) {
        let due: Vec<Deed> = {
            let mut laid = self.laid();
            let later = laid.deeds.split_off(&(now + SignedDuration::from_secs(1), String::new()));
            std::mem::replace(&mut laid.deeds, later).into_values().collect()
        };
        let played: BTreeSet<String> = self.slack.played();
        for deed in due.iter().filter(|deed| !played.contains(&deed.manager)) {
            if let Err(trouble) = self.act(engine, deed).await {
                tracing::debug!(%trouble, "a teammate's answer came to nothing");
            }
        }
    }

    /// Presses the button where it stands, and answers what is asked then.
    async fn act(&self, engine: &Engine, deed: &Deed) -> Result<(), Trouble> {
        // A message may be repainted between looking and pressing: people look again.
        for _ in 0..3 {
            let Some(ts) = self.slack.newest_with(&deed.manager, deed.button, &deed.occurrence) else { return Ok(()) };
            if self.slack.press_of(&deed.manager, &ts, deed.button, &deed.occurrence).await.is_ok() {
                break;
            }
        }
        engine.drain().await;
        let Some(modal) = self.slack.modal(&deed.manager) else { return Ok(()) };
        let asked = |block: &str| modal.blocks().iter().any(|b| b["block_id"] == block);
        let answers =
            deed.answers.iter().filter(|(block, _)| asked(block)).map(|(block, text)| (*block, text.as_str()));
        let submitted = self.slack.submit(&deed.manager, &answers.collect::<Vec<_>>()).await;
        if self.slack.modal(&deed.manager).is_some() {
            self.slack.close_modal(&deed.manager).await?;
        }
        submitted.map(drop)
    }
}

/// What becomes of one occurrence, and when; none where it is not answered.
fn deed(
    character: &Character,
    place: usize,
    manager: &Manager,
    planned: &Planned<'_>,
) -> Option<((Timestamp, String), Deed)> {
    let rep = planned.rep.map(|rep| &rep.slack);
    let id = OccurrenceId::new(planned.date, &planned.activity.key, &manager.slack, rep).to_string();
    let roll = |what: &str| hash(&format!("{id} {what}"));
    if hash(&format!("{} {} day", planned.date, manager.slack)) % 100 < character.bad_days {
        return None;
    }
    let fate = roll("fate") % 100;
    let (button, days) = match fate {
        _ if fate < character.done => ("done", 0),
        _ if fate < character.done + character.later => ("done", 1 + (roll("days") % 2) as i64),
        _ if fate < character.done + character.later + character.cant => ("cant", 0),
        _ => return None,
    };
    let minutes = i64::from(planned.activity.minutes) + 2 + (roll("dawdle") % character.dawdle) as i64;
    let minutes = if button == "cant" { 5 + minutes % 30 } else { minutes };
    let at = planned.due.timestamp() + SignedDuration::from_mins(minutes);
    let at = past_the_weekend(at + SignedDuration::from_hours(24 * days), manager);
    let answers = if button == "done" { outcome(place, planned, &roll) } else { reason(planned, &roll) };
    let deed = Deed { manager: manager.slack.to_string(), occurrence: id.clone(), button, answers };
    Some(((at, id), deed))
}

fn past_the_weekend(at: Timestamp, manager: &Manager) -> Timestamp {
    let days = match at.to_zoned(manager.zone()).weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    at + SignedDuration::from_hours(24 * days)
}

fn outcome(place: usize, planned: &Planned<'_>, roll: &dyn Fn(&str) -> u64) -> Vec<(&'static str, String)> {
    let meets = roll("meets") % 100 >= 18;
    let activity = planned.activity;
    // Of one activity on one day, each has something else to tell.
    let turn = hash(&format!("{} {}", planned.date, activity.key)) as usize + place + planned.rep.map_or(0, |_| 1);
    let turn = turn + planned.rep.map_or(0, |rep| hash(rep.slack.as_str()) as usize % 7);
    let first = planned.rep.and_then(|rep| rep.name.split_whitespace().next()).unwrap_or("They");
    let note = words::note(activity.category, meets, turn).replace("{rep}", first);
    let target = activity.number.as_ref().and_then(|number| number.target);
    let page = planned.date.strftime("%Y-%m-%d");
    vec![
        ("note", note),
        ("number", words::number(target, meets, roll("number"))),
        ("link", format!("https://crm.northwind.example/{}/{page}", activity.key)),
        ("result", if meets { "met" } else { "partly" }.to_owned()),
    ]
}

fn reason(planned: &Planned<'_>, roll: &dyn Fn(&str) -> u64) -> Vec<(&'static str, String)> {
    let away = if planned.rep.is_some() { "rep away" } else { "someone was away" };
    let why = ["no time", away, "other", "not needed this time", "other"][(roll("why") % 5) as usize];
    let own = words::REASONS[(roll("words") % words::REASONS.len() as u64) as usize];
    let mut answers = vec![("reason", why.to_owned())];
    if why == "other" {
        answers.push(("reason_words", own.to_owned()));
    }
    answers
}

/// FNV-1a, stirred so that words which differ at their ends alone lie far apart.
fn hash(words: &str) -> u64 {
    let fnv = words
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let stirred = (fnv ^ (fnv >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    stirred ^ (stirred >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a manager's week comes to: of a hundred occurrences that somebody decided or never will, how many are done.
    fn done_of_a_hundred(character: &Character, place: usize, process: &Process) -> u64 {
        let manager = process.managers.iter().find(|m| m.slack.as_str() == character.slack).unwrap();
        let day = |text: &str| text.parse().unwrap();
        let planned = plan_manager(process, manager, day("2026-11-30"), day("2027-02-28"));
        let deeds = planned.iter().filter_map(|planned| deed(character, place, manager, planned));
        let done = deeds.filter(|(_, deed)| deed.button == "done").count();
        (done * 100 / planned.len()) as u64
    }

    #[test]
    fn everybody_is_believable() {
        let process = crate::demo::run::shipped_process("2026-11-30T12:00:00Z".parse().unwrap()).unwrap();
        for (place, character) in TEAM.iter().enumerate() {
            let done = done_of_a_hundred(character, place, &process);
            assert!((60..=95).contains(&done), "{}: {done}%", character.slack);
        }
    }

    #[test]
    fn colleagues_do_not_say_the_same_of_the_same_day() {
        let process = crate::demo::run::shipped_process("2026-11-30T12:00:00Z".parse().unwrap()).unwrap();
        let monday = "2026-11-30".parse().unwrap();
        let notes = TEAM.iter().enumerate().map(|(place, character)| {
            let manager = process.managers.iter().find(|m| m.slack.as_str() == character.slack).unwrap();
            let planned = plan_manager(&process, manager, monday, monday);
            let meeting = planned.iter().find(|planned| planned.activity.key.as_str() == "team-meeting").unwrap();
            outcome(place, meeting, &|_| 99)[0].1.clone()
        });
        assert_eq!(notes.collect::<BTreeSet<_>>().len(), TEAM.len());
    }

    #[test]
    fn numbers_meet_their_target_or_miss_it() {
        let target = |comparison, value| crate::process::Target { comparison, value };
        use crate::process::Comparison::{AtLeast, AtMost, Equal};
        for target in [target(AtMost, 2.0), target(Equal, 0.0), target(AtLeast, 100.0), target(AtLeast, 3.0)] {
            for (roll, meets) in (0..8).flat_map(|roll| [(roll, true), (roll, false)]) {
                let number = words::number(Some(target), meets, roll);
                assert_eq!(target.is_met(number.parse().unwrap()), meets, "{number} against {target}");
            }
        }
    }
}
