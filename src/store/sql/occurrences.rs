//! Occurrences: read, planned, recorded, lapsed. Every write compares the version and counts it up.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlx::QueryBuilder;
use sqlx::query::Query;

use super::messages::mark_stale;
use super::process::{LogLine, first_sight, log};
use super::rows::{self, ceil, floor, json_list, zone_name};
use super::tokens::first_answer;
use super::webhooks::{Happened, tell};
use super::{Arguments, Connection, Database, SqlStore, cursors};
use crate::process::ActivityKey;
use crate::record::{Absence, Occurrence, OccurrenceId, Standing, State};
use crate::store::{
    Answered, Counted, Event, OccurrenceQuery, Page, PlannedUntil, Recorded, Recording, Replan, Result,
};

/// The columns in the order of `bind_occurrence`, after the workspace.
macro_rules! columns {
    () => {
        "id, manager, activity, rep, date, leader, revision, zone, due, closes, standing, completed_at, completed_by, \
         result, note, link, number, reason, snoozed_until, snoozes, nudges, verification, version"
    };
}

/// Bound after the columns are its count and when it changed: see [`differs_from_plan`].
const INSERT: &str = concat!(
    "INSERT INTO occurrence (workspace, sequence, changed_at, ",
    columns!(),
    ") VALUES ($1, $25, $26, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
     $24) ON CONFLICT DO NOTHING"
);

/// Compares and swaps: no row is touched where the version is another. Bound after the columns is the instant; what a
/// calendar shows of the row is due, closing and standing.
const UPDATE: &str = "UPDATE occurrence SET manager = $3, activity = $4, rep = $5, date = $6, leader = $7, revision = $8, \
     zone = $9, due = $10, closes = $11, standing = $12, completed_at = $13, completed_by = $14, result = $15, \
     note = $16, link = $17, number = $18, reason = $19, snoozed_until = $20, snoozes = $21, nudges = $22, \
     verification = $23, version = $24 + 1, \
     sequence = sequence + CASE WHEN due <> $10 OR closes <> $11 OR standing <> $12 THEN 1 ELSE 0 END, \
     changed_at = CASE WHEN due <> $10 OR closes <> $11 OR standing <> $12 THEN $25 ELSE changed_at END WHERE workspace = $1 AND id = $2 AND version = $24";

/// What became of a list of rows.
pub(super) struct Written<'o> {
    /// Whether any is new.
    pub added: bool,
    /// The ids of those that were there and are other now.
    pub changed: Vec<&'o str>,
}

impl SqlStore {
    pub(super) async fn read_occurrence(&self, id: &OccurrenceId) -> Result<Option<Occurrence>> {
        let row = sqlx::query(concat!("SELECT ", columns!(), " FROM occurrence WHERE workspace = $1 AND id = $2"))
            .bind(self.workspace)
            .bind(id.as_str())
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(rows::occurrence).transpose()
    }

    pub(super) async fn read_occurrences(&self, wanted: &OccurrenceQuery) -> Result<Vec<Occurrence>> {
        let mut query = self.select(wanted);
        let rows = query.build().fetch_all(&self.reader).await?;
        rows.iter().map(rows::occurrence).collect()
    }

    pub(super) async fn read_counted(&self, wanted: &OccurrenceQuery) -> Result<Vec<Counted>> {
        let mut query = self.select(wanted);
        let rows = query.build().fetch_all(&self.reader).await?;
        rows.iter().map(rows::counted).collect()
    }

    pub(super) async fn read_unasked(&self, activities: &[ActivityKey], since: Timestamp) -> Result<Vec<Occurrence>> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM occurrence WHERE workspace = $1 AND standing = 'done' AND verification = 'none' AND rep IS NOT NULL
              AND completed_at >= $2 AND activity IN (SELECT value FROM ",
            list!("$3"),
            ") AND NOT EXISTS (SELECT 1 FROM verification WHERE verification.workspace = $1
                  AND verification.occurrence = occurrence.id AND verification.verifier = 'rep'
                  AND verification.done_at = occurrence.completed_at)
              ORDER BY due, id"
        ))
        .bind(self.workspace)
        .bind(floor(since))
        .bind(json_list(activities.iter().map(ActivityKey::as_str)))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::occurrence).collect()
    }

    pub(in crate::store) fn select(&self, wanted: &OccurrenceQuery) -> QueryBuilder<Database> {
        let mut query = self.conditions(wanted);
        // The plus keeps SQLite from reading the whole history in the order of its index by due, just to save the sorting.
        query.push(" ORDER BY +due, activity, manager, rep NULLS FIRST");
        query
    }

    fn conditions(&self, wanted: &OccurrenceQuery) -> QueryBuilder<Database> {
        let OccurrenceQuery { manager, from, to, closes_after, due_before, ids, standings } = wanted;
        let mut query = QueryBuilder::new(concat!(
            "SELECT ",
            columns!(),
            ", sequence, changed_at FROM occurrence WHERE workspace = "
        ));
        query.push_bind(self.workspace);
        if let Some(manager) = manager {
            query.push(" AND manager = ").push_bind(manager.as_str().to_owned());
        }
        if let Some(from) = from {
            query.push(" AND date >= ").push_bind(from.to_string());
        }
        if let Some(to) = to {
            // Behind nothing at all, a date keeps out of the choice of an index: what closes later than that is far less.
            query.push(if closes_after.is_some() { " AND date || '' <= " } else { " AND date <= " });
            query.push_bind(to.to_string());
        }
        if let Some(at) = closes_after {
            query.push(" AND closes > ").push_bind(floor(*at));
        }
        if let Some(at) = due_before {
            query.push(" AND due < ").push_bind(ceil(*at));
        }
        if let Some(ids) = ids {
            let list = json_list(ids.iter().map(OccurrenceId::as_str));
            query.push(concat!(" AND id IN (SELECT value FROM ", list!(before)));
            query.push_bind(list).push(concat!(list!(after), ")"));
        }
        if let [Standing::Undecided] = standings.as_slice() {
            query.push(" AND standing = 'undecided'"); // Word for word, for the partial index.
        } else if !standings.is_empty() {
            let list = json_list(standings.iter().map(|standing| standing.as_str()));
            query.push(concat!(" AND standing IN (SELECT value FROM ", list!(before)));
            query.push_bind(list).push(concat!(list!(after), ")"));
        }
        query
    }

    pub(super) async fn read_page(&self, page: &Page) -> Result<Vec<Occurrence>> {
        let mut query = self.conditions(&page.query);
        if let Some(activity) = &page.activity {
            query.push(" AND activity = ").push_bind(activity.0.clone());
        }
        if !page.states.is_empty() {
            let (now, mut separator) = (floor(page.now), " AND (");
            for state in &page.states {
                query.push(std::mem::replace(&mut separator, " OR "));
                push_state(&mut query, *state, now);
            }
            query.push(")");
        }
        // What a date can be in any zone: said so that the index by due serves.
        if let Some(from) = page.query.from.and_then(|date| date.to_zoned(TimeZone::UTC).ok()) {
            query.push(" AND due >= ").push_bind(floor(from.timestamp()) - A_DAY);
        }
        if let Some(to) = page.query.to.and_then(|date| date.to_zoned(TimeZone::UTC).ok()) {
            query.push(" AND due < ").push_bind(floor(to.timestamp()) + 2 * A_DAY);
        }
        if let Some((due, id)) = &page.after {
            query.push(" AND (due, id) > (").push_bind(floor(*due)).push(", ").push_bind(id.0.clone()).push(")");
        }
        query.push(" ORDER BY due, id LIMIT ").push_bind(i64::from(page.limit));
        let rows = query.build().fetch_all(&self.reader).await?;
        rows.iter().map(rows::occurrence).collect()
    }

    pub(super) async fn read_planned(&self) -> Result<Vec<PlannedUntil>> {
        let rows = sqlx::query("SELECT manager, revision, until FROM planned WHERE workspace = $1 ORDER BY manager")
            .bind(self.workspace)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(rows::planned).collect()
    }

    pub(super) async fn write_replan(&self, replan: &Replan) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let manager = &replan.planned.manager;
        let written = match self.are_absences(&mut transaction, manager, &replan.absences).await? {
            true => {
                self.write_rows(&mut transaction, &replan.insert, &replan.update, &replan.absences, replan.at).await?
            }
            false => None,
        };
        let Some(Written { added, changed }) = written else {
            transaction.rollback().await?;
            return Ok(false);
        };
        let wake = self.write_planned(&mut transaction, &replan.planned).await? || added || !changed.is_empty();
        mark_stale(&mut transaction, self.workspace, changed, None).await?;
        cursors::begin(&mut transaction, self.workspace, manager, replan.nudges_from).await?;
        if wake {
            cursors::wake(&mut transaction, self.workspace, [manager.as_str()]).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Adds new rows (an id that exists already is left alone) and changes others, as `away` has it; `None`: one has changed since it was
    /// read, and the transaction is to be taken back.
    pub(super) async fn write_rows<'o>(
        &self,
        connection: &mut Connection,
        insert: &[Occurrence],
        update: &'o [Occurrence],
        away: &[Absence],
        at: Timestamp,
    ) -> Result<Option<Written<'o>>> {
        let mut written = Written { added: false, changed: Vec::with_capacity(update.len()) };
        for occurrence in insert {
            let differs = differs_from_plan(occurrence, away);
            let changed = if differs { floor(at) } else { 0 };
            let inserted = self.bind_occurrence(INSERT, occurrence).bind(i64::from(differs)).bind(changed);
            let inserted = inserted.execute(&mut *connection).await?;
            written.added |= inserted.rows_affected() == 1;
        }
        for occurrence in update {
            let updated = self.bind_occurrence(UPDATE, occurrence).bind(floor(at)).execute(&mut *connection).await?;
            if updated.rows_affected() == 0 {
                return Ok(None);
            }
            written.changed.push(occurrence.id.as_str());
        }
        Ok(Some(written))
    }

    /// Whether the revision is another than before: other hours or another intensity move nudges, though no row changes.
    async fn write_planned(&self, connection: &mut Connection, planned: &PlannedUntil) -> Result<bool> {
        let before: Option<i64> =
            sqlx::query_scalar("SELECT revision FROM planned WHERE workspace = $1 AND manager = $2")
                .bind(self.workspace)
                .bind(planned.manager.as_str())
                .fetch_optional(&mut *connection)
                .await?;
        sqlx::query(
            "INSERT INTO planned (workspace, manager, revision, until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (workspace, manager) DO UPDATE SET revision = excluded.revision, until = excluded.until",
        )
        .bind(self.workspace)
        .bind(planned.manager.as_str())
        .bind(planned.revision)
        .bind(planned.until.to_string())
        .execute(connection)
        .await?;
        Ok(before != Some(planned.revision))
    }

    /// Whether the request is new, by the answer it is given.
    async fn is_first_answer(
        &self,
        connection: &mut Connection,
        recording: &Recording,
        answered: Option<&Answered>,
    ) -> Result<bool> {
        match answered {
            Some(answered) => first_answer(connection, self.workspace, answered, recording.at).await,
            None => Ok(true),
        }
    }

    pub(super) async fn write_recording(&self, recording: &Recording, answered: Option<&Answered>) -> Result<Recorded> {
        let mut transaction = self.begin().await?;
        let recorded = match self.is_first_answer(&mut transaction, recording, answered).await? {
            true => self.record_within(&mut transaction, recording).await?,
            false => Recorded::SeenBefore,
        };
        match recorded {
            Recorded::Yes => transaction.commit().await?,
            // The key too is taken back: the caller decides again and comes back with it.
            Recorded::Changed | Recorded::SeenBefore => transaction.rollback().await?,
        }
        Ok(recorded)
    }

    /// The same within a transaction, which is to be rolled back where it does not stand.
    pub(super) async fn record_within(&self, connection: &mut Connection, recording: &Recording) -> Result<Recorded> {
        let Recording { occurrence, at, by, action, seen } = recording;
        if let Some(key) = seen
            && !first_sight(&mut *connection, self.workspace, key, *at).await?
        {
            return Ok(Recorded::SeenBefore);
        }
        let before: Option<String> =
            sqlx::query_scalar("SELECT standing FROM occurrence WHERE workspace = $1 AND id = $2")
                .bind(self.workspace)
                .bind(occurrence.id.as_str())
                .fetch_optional(&mut *connection)
                .await?;
        let written = self.bind_occurrence(UPDATE, occurrence).bind(floor(*at)).execute(&mut *connection).await?;
        if written.rows_affected() == 0 {
            return Ok(Recorded::Changed);
        }
        let line = LogLine {
            at: *at,
            who: Some(by.as_str()),
            what: action,
            occurrence: Some(occurrence.id.as_str()),
            revision: None,
            detail: Some(detail(before.as_deref(), occurrence)),
        };
        log(&mut *connection, self.workspace, line).await?;
        if occurrence.standing == Standing::Done && before.as_deref() != Some(Standing::Done.as_str()) {
            let happened = Happened { event: Event::Done, subject: occurrence.id.as_str(), nth: occurrence.version };
            tell(&mut *connection, self.workspace, &happened, *at).await?;
        }
        mark_stale(&mut *connection, self.workspace, [occurrence.id.as_str()], None).await?;
        cursors::wake(&mut *connection, self.workspace, [occurrence.manager.as_str()]).await?;
        Ok(Recorded::Yes)
    }

    pub(super) async fn write_lapse(&self, now: Timestamp) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let lapsed: Vec<(String, String, i64)> = sqlx::query_as(
            "UPDATE occurrence SET standing = 'missed', version = version + 1, sequence = sequence + 1, changed_at = $2
             WHERE workspace = $1 AND standing = 'undecided' AND closes <= $2 RETURNING id, manager, version",
        )
        .bind(self.workspace)
        .bind(floor(now))
        .fetch_all(&mut *transaction)
        .await?;
        if lapsed.is_empty() {
            transaction.rollback().await?;
            return Ok(0);
        }
        mark_stale(&mut transaction, self.workspace, lapsed.iter().map(|(id, ..)| id.as_str()), None).await?;
        cursors::wake(&mut transaction, self.workspace, lapsed.iter().map(|(_, manager, _)| manager.as_str())).await?;
        for (subject, _, version) in &lapsed {
            let happened = Happened { event: Event::Missed, subject, nth: *version };
            tell(&mut transaction, self.workspace, &happened, now).await?;
        }
        transaction.commit().await?;
        Ok(lapsed.len() as u64)
    }

    fn bind_occurrence<'q>(&self, sql: &'static str, occurrence: &Occurrence) -> Query<'q, Database, Arguments> {
        let Occurrence { outcome, .. } = occurrence;
        sqlx::query(sql)
            .bind(self.workspace)
            .bind(occurrence.id.0.clone())
            .bind(occurrence.manager.0.clone())
            .bind(occurrence.activity.0.clone())
            .bind(occurrence.rep.as_ref().map(|rep| rep.0.clone()))
            .bind(occurrence.date.to_string())
            .bind(occurrence.leader.0.clone())
            .bind(occurrence.revision)
            .bind(zone_name(&occurrence.zone).to_owned())
            .bind(floor(occurrence.due))
            .bind(floor(occurrence.closes))
            .bind(occurrence.standing.as_str())
            .bind(occurrence.completed_at.map(floor))
            .bind(occurrence.completed_by.as_ref().map(|by| by.0.clone()))
            .bind(outcome.result.map(|result| result.as_str()))
            .bind(outcome.note.clone())
            .bind(outcome.evidence.link.clone())
            .bind(outcome.evidence.number.as_ref().map(serde_json::Number::to_string))
            .bind(occurrence.reason.clone())
            .bind(occurrence.snoozed_until.map(floor))
            .bind(occurrence.snoozes)
            .bind(occurrence.nudges)
            .bind(occurrence.verification.as_str())
            .bind(occurrence.version)
    }
}

const A_DAY: i64 = 24 * 60 * 60;

/// That an occurrence is in this state now, as [`Occurrence::state`] has it.
fn push_state(query: &mut QueryBuilder<Database>, state: State, now: i64) {
    match state {
        State::Planned => {
            query.push("(standing = 'undecided' AND due > ").push_bind(now).push(")");
        }
        State::Open => {
            query.push("(standing = 'undecided' AND due <= ").push_bind(now);
            query.push(" AND closes > ").push_bind(now).push(")");
        }
        State::Missed => {
            // One that closes before it is due is planned still.
            query.push("(standing = 'missed' OR (standing = 'undecided' AND due <= ").push_bind(now);
            query.push(" AND closes <= ").push_bind(now).push("))");
        }
        State::Done | State::Skipped | State::Excused | State::Withdrawn => {
            query.push("standing = ").push_bind(state.as_str());
        }
    }
}

/// Whether an absence may have decided it, or moved its closing, before it is there: a calendar showed it by the process
/// alone so far, so it begins with a change.
fn differs_from_plan(occurrence: &Occurrence, away: &[Absence]) -> bool {
    occurrence.standing != Standing::Undecided || away.iter().any(|absence| absence.days.contains(occurrence.date))
}

/// What changed, for the log: no note, no reason, no link.
fn detail(before: Option<&str>, after: &Occurrence) -> String {
    serde_json::json!({
        "was": before,
        "is": after.standing.as_str(),
        "result": after.outcome.result.map(|result| result.as_str()),
        "snoozed_until": after.snoozed_until.map(floor),
        "version": after.version + 1,
    })
    .to_string()
}
