//! `[process]`, `[calendar]`, `[nudges]`, `[digest]` and `[[holiday]]`.

use jiff::civil::{Date, Weekday, time};

use super::problem::Place;
use super::reading::{DaysOff, Named, Reading, is_slack_id};
use super::table::{Table, quoted};
use crate::process::phrase::{guess, month_named, weekday_named};
use crate::process::{CalendarSettings, DigestSettings, Intensity, Workday};

/// 09:00-17:00.
pub(super) const DEFAULT_WORKDAY: Workday = Workday { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) };

/// Monday to Friday.
pub(super) const DEFAULT_WORKWEEK: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// 20 hours, in minutes a week.
pub(super) const DEFAULT_CAPACITY: u32 = 20 * 60;

/// `[process]`.
pub(super) struct Head {
    pub name: String,
    pub effective: Option<Date>,
    pub revision: Option<i64>,
}

/// `[calendar]`.
pub(super) struct CalendarRead {
    pub settings: CalendarSettings,
    pub days_off: DaysOff,
}

/// One `[[holiday]]`.
pub(super) struct HolidayRead {
    pub date: Option<Date>,
    pub name: Option<String>,
    pub managers: Option<Vec<Named>>,
}

/// `[digest]`, or a leader's own.
pub(super) struct DigestRead {
    pub settings: DigestSettings,
    /// Where `channel` and `when` stand, if they are there.
    pub channel: Option<Place>,
    pub when: Option<Place>,
}

impl Reading<'_> {
    pub(super) fn head(&self, mut table: Table<'_>) -> Head {
        let name = table.require("name", "name = \"Field sales management process\"");
        let effective = table.take("effective");
        let revision = table.take("revision");
        table.finish();
        Head {
            name: name.and_then(|value| value.words(false)).unwrap_or_default(),
            effective: effective.and_then(|value| value.date()),
            revision: revision
                .and_then(|value| value.integer(1..=i64::MAX, "a whole number from 1, as `export` wrote it")),
        }
    }

    pub(super) fn calendar(&self, mut table: Table<'_>) -> CalendarRead {
        let workweek = table.take("workweek");
        let workday = table.take("workday");
        let fiscal = table.take("fiscal_year_starts");
        let holidays = table.take("holidays");
        let capacity = table.take("capacity");
        table.finish();
        let month = "the name of a month, such as \"February\"";
        CalendarRead {
            settings: CalendarSettings {
                workweek: workweek.map_or_else(|| DEFAULT_WORKWEEK.to_vec(), |value| workweek_of(&value)),
                workday: workday.and_then(|value| self.workday(&value, DEFAULT_WORKDAY)).unwrap_or(DEFAULT_WORKDAY),
                fiscal_year_starts: fiscal
                    .and_then(|value| value.parsed_or(month, month_named, guess::month))
                    .unwrap_or(1),
                capacity: capacity.and_then(|value| self.capacity(&value)).unwrap_or(DEFAULT_CAPACITY),
            },
            days_off: holidays.map(|value| self.holiday_files(&value)).unwrap_or_default(),
        }
    }

    pub(super) fn nudges(&self, mut table: Table<'_>) -> Intensity {
        let intensity = table.take("intensity");
        table.finish();
        intensity.and_then(|value| value.one_of()).unwrap_or_default()
    }

    pub(super) fn digest(&self, mut table: Table<'_>) -> DigestRead {
        let (channel, when, zone) = (table.take("channel"), table.take("when"), table.take("time_zone"));
        table.finish();
        let place = |value: &Option<super::table::Value<'_>>| value.as_ref().map(|value| value.place.clone());
        DigestRead {
            channel: place(&channel),
            when: place(&when),
            settings: DigestSettings {
                channel: channel.and_then(|value| {
                    let expected =
                        "expected a Slack channel id such as \"C0SALES\" (in Slack: channel details, at the end)";
                    let id = value.string("a Slack channel id such as \"C0SALES\"")?;
                    if !is_slack_id(id, &['C', 'G', 'D']) {
                        value.error(format!("{} is no Slack channel id", quoted(id)), expected);
                        return None;
                    }
                    Some(id.to_owned())
                }),
                when: when.and_then(|value| self.phrase(&value)),
                time_zone: zone.and_then(|value| self.zone(&value)),
            },
        }
    }

    pub(super) fn holiday(&self, mut table: Table<'_>) -> HolidayRead {
        let date = table.require("date", "date = 2026-12-24");
        let name = table.take("name");
        let managers = table.take("managers");
        table.finish();
        HolidayRead {
            date: date.and_then(|value| value.date()),
            name: name.and_then(|value| value.words(false)),
            managers: managers.map(|value| self.people(&value)),
        }
    }
}

fn workweek_of(value: &super::table::Value<'_>) -> Vec<Weekday> {
    let mut days = Vec::new();
    let items = value.list("a list of weekdays, such as [\"Mon\", \"Tue\"]");
    for item in &items {
        let Some(day) = item.parsed_or("a weekday, such as \"Mon\" or \"Monday\"", weekday_named, guess::weekday)
        else {
            continue;
        };
        if days.contains(&day) {
            item.error("this weekday is in the workweek twice", "expected each weekday once");
        } else {
            days.push(day);
        }
    }
    if items.is_empty() && value.is_list() {
        value.error("the workweek is empty", "expected at least one weekday, such as [\"Mon\", \"Tue\"]");
    }
    days
}
