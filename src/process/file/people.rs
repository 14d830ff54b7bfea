//! `[[leader]]` and `[[manager]]` with their reps.

use toml::de::{DeTable, DeValue};

use super::reading::{Named, Reading};
use super::settings::DigestRead;
use super::table::{Table, Value};
use crate::process::{Holidays, Leader, Manager, Rep, UserId, Workday, holidays::Holiday};

/// One `[[leader]]`, with what the checks of the whole need to point at.
pub(super) struct LeaderRead {
    pub leader: Leader,
    /// `None` where who it is could not be read.
    pub slack: Option<Named>,
    pub above: Option<Named>,
    pub digest: Option<DigestRead>,
}

/// One `[[manager]]`, likewise.
pub(super) struct ManagerRead {
    pub manager: Manager,
    pub slack: Option<Named>,
    pub leader: Option<Named>,
    /// Those whose id could be read.
    pub reps: Vec<Named>,
}

impl Reading<'_> {
    pub(super) fn leader(&self, mut table: Table<'_>) -> LeaderRead {
        let slack = table.require("slack", "slack = \"U0LEAD\"");
        let name = table.require("name", "name = \"Lee Park\"");
        let above = table.take("leader");
        let digest = table.take("digest");
        table.finish();
        let slack = slack.and_then(|value| self.person(&value));
        let above = above.and_then(|value| self.person(&value));
        let digest = digest
            .and_then(|value| value.table("digest", "a table such as { channel = \"C0WEST\" }"))
            .map(|table| self.digest(table));
        let leader = Leader {
            slack: id_of(&slack),
            name: name.and_then(|value| value.words(false)).unwrap_or_default(),
            leader: above.as_ref().map(|named| named.id.clone()),
            digest: digest.as_ref().map(|read| read.settings.clone()).unwrap_or_default(),
        };
        LeaderRead { leader, slack, above, digest }
    }

    pub(super) fn manager(&self, mut table: Table<'_>, workday: Workday) -> ManagerRead {
        let slack = table.require("slack", "slack = \"U0ANA\"");
        let name = table.require("name", "name = \"Ana Ruiz\"");
        let leader = table.require("leader", "leader = \"U0LEAD\"");
        let zone = table.take("time_zone");
        let reps = table.take("reps");
        let holidays = table.take("holidays");
        let capacity = table.take("capacity");
        let own_workday = table.take("workday");
        let intensity = table.take("intensity");
        table.finish();
        let slack = slack.and_then(|value| self.person(&value));
        let leader = leader.and_then(|value| self.person(&value));
        let reps = reps.map(|value| self.reps(&value)).unwrap_or_default();
        let mut own = Holidays::default();
        for (date, name) in holidays.map(|value| self.holiday_files(&value)).unwrap_or_default() {
            own.add(date, Holiday { name, managers: None });
        }
        let manager = Manager {
            slack: id_of(&slack),
            name: name.and_then(|value| value.words(false)).unwrap_or_default(),
            time_zone: zone.and_then(|value| self.zone(&value)),
            leader: id_of(&leader),
            reps: reps.iter().map(|(rep, _)| rep.clone()).collect(),
            holidays: own,
            capacity: capacity.and_then(|value| self.capacity(&value)),
            workday: own_workday.and_then(|value| self.workday(&value, workday)),
            intensity: intensity.and_then(|value| value.one_of()),
        };
        ManagerRead { manager, slack, leader, reps: reps.into_iter().filter_map(|(_, named)| named).collect() }
    }

    fn reps(&self, value: &Value<'_>) -> Vec<(Rep, Option<Named>)> {
        let expected = "reps such as [{ slack = \"U0DANA\", name = \"Dana Wu\" }]";
        let tables = value.list(expected).into_iter().filter_map(|item| item.table("a rep", expected));
        tables.zip(0..).map(|(table, place)| self.rep(table, place)).collect()
    }

    /// `place` is the rep's place among the manager's, from 0: the slot where none is given.
    fn rep(&self, mut table: Table<'_>, place: u32) -> (Rep, Option<Named>) {
        let slack = table.require("slack", "slack = \"U0DANA\"");
        let name = table.require("name", "name = \"Dana Wu\"");
        let slot = table.take("slot");
        table.finish();
        let slack = slack.and_then(|value| self.person(&value));
        let given = slot.as_ref().and_then(|value| value.integer(0..=9999, "a whole number from 0 to 9999"));
        let rep = Rep {
            slack: id_of(&slack),
            name: name.and_then(|value| value.words(false)).unwrap_or_default(),
            slot: given.and_then(|slot| u32::try_from(slot).ok()).unwrap_or(place),
            slot_given: slot.is_some(),
        };
        (rep, slack)
    }
}

/// The id, or one that nobody will see: where it could not be read, the file is refused.
fn id_of(named: &Option<Named>) -> UserId {
    named.as_ref().map_or_else(|| UserId(String::new()), |named| named.id.clone())
}

/// The keys under which people are named.
const NAMING: [&str; 3] = ["slack", "leader", "managers"];

/// Every e-mail address that stands where a person is named.
pub(super) fn collect_emails(table: &DeTable<'_>, found: &mut Vec<String>) {
    for (key, value) in table.iter() {
        emails_in(value.get_ref(), NAMING.contains(&key.get_ref().as_ref()), found);
    }
}

fn emails_in(value: &DeValue<'_>, names_people: bool, found: &mut Vec<String>) {
    match value {
        DeValue::Table(table) => collect_emails(table, found),
        DeValue::Array(items) => items.iter().for_each(|item| emails_in(item.get_ref(), names_people, found)),
        DeValue::String(text) if names_people && text.contains('@') && !text.starts_with(['@', '<']) => {
            if !found.iter().any(|known| known == text.as_ref()) {
                found.push(text.to_string());
            }
        }
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}
