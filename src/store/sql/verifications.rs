//! The questions by which somebody other than the manager bears an outcome out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::query::Query;

use super::messages::{self, mark_stale};
use super::rows::{self, ceil, floor, json_list};
use super::{Arguments, Connection, Database, SqlStore};
use crate::record::OccurrenceId;
use crate::record::verification::Question;
use crate::store::{Recorded, Result, VerificationChange};

macro_rules! columns {
    () => {
        "occurrence, asked, verifier, done_at, asked_at, bears_out, said_at, word, until, message, reminded, told, \
         closed, look_at, version"
    };
}

const INSERT: &str = concat!(
    "INSERT INTO verification (workspace, ",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 + 1) ON CONFLICT DO NOTHING"
);

/// Compares and swaps, as with occurrences.
const UPDATE: &str = "UPDATE verification SET verifier = $4, done_at = $5, asked_at = $6, bears_out = $7, said_at = $8, \
     word = $9, until = $10, message = $11, reminded = $12, told = $13, closed = $14, look_at = $15, version = $16 + 1 \
     WHERE workspace = $1 AND occurrence = $2 AND asked = $3 AND version = $16";

/// What is open and needs a look: its time has come, what it is about has changed, or it could not be sent.
const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM verification AS asked_of WHERE workspace = $1 AND closed = 0 AND (look_at <= $2
        OR EXISTS (SELECT 1 FROM occurrence WHERE occurrence.workspace = $1 AND occurrence.id = asked_of.occurrence
            AND (occurrence.standing <> 'done' OR occurrence.completed_at <> asked_of.done_at
                OR (occurrence.verification = 'asked' AND asked_of.said_at IS NOT NULL)))
        OR EXISTS (SELECT 1 FROM message WHERE message.workspace = $1 AND message.id = asked_of.message
            AND message.delivery IN ('dropped', 'dead')))
      ORDER BY occurrence, asked"
);

impl SqlStore {
    pub(super) async fn read_questions(&self, occurrences: &[OccurrenceId]) -> Result<Vec<Question>> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM verification WHERE workspace = $1 AND occurrence IN (SELECT value FROM ",
            list!("$2"),
            ") ORDER BY occurrence, asked"
        ))
        .bind(self.workspace)
        .bind(json_list(occurrences.iter().map(OccurrenceId::as_str)))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rows::question).collect()
    }

    pub(super) async fn read_questions_due(&self, now: Timestamp) -> Result<Vec<Question>> {
        let rows = sqlx::query(DUE).bind(self.workspace).bind(floor(now)).fetch_all(&self.reader).await?;
        rows.iter().map(rows::question).collect()
    }

    pub(super) async fn read_next_question(&self) -> Result<Option<Timestamp>> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT min(look_at) FROM verification WHERE workspace = $1 AND closed = 0")
                .bind(self.workspace)
                .fetch_one(&self.reader)
                .await?;
        Ok(next.and_then(|seconds| Timestamp::from_second(seconds).ok()))
    }

    pub(in crate::store) const DISPUTED: &str =
        "SELECT occurrence.id FROM occurrence JOIN verification ON verification.workspace = occurrence.workspace
                 AND verification.occurrence = occurrence.id AND verification.done_at = occurrence.completed_at
             WHERE occurrence.workspace = $1 AND date >= $2 AND date <= $3 AND standing = 'done'
                 AND verification.verifier = 'rep' AND verification.closed = 1
                 AND occurrence.verification = 'disputed'
                 AND EXISTS (SELECT 1 FROM message JOIN message_item ON message_item.workspace = message.workspace
                         AND message_item.message = message.id
                     WHERE message.workspace = $1 AND message.kind = 'verification-told' AND message.delivery = 'sent'
                         AND message.recipient = occurrence.manager AND message.body = verification.asked
                         AND message_item.occurrence = occurrence.id AND message.at >= verification.said_at)";

    pub(super) async fn read_disputes(&self, from: Date, to: Date) -> Result<Vec<OccurrenceId>> {
        let ids: Vec<String> = sqlx::query_scalar(Self::DISPUTED)
            .bind(self.workspace)
            .bind(from.to_string())
            .bind(to.to_string())
            .fetch_all(&self.reader)
            .await?;
        // Sorted here: asked for in order, the database would go through the whole history.
        Ok(BTreeSet::from_iter(ids).into_iter().map(OccurrenceId).collect())
    }

    pub(super) async fn write_verification(&self, change: &VerificationChange) -> Result<Recorded> {
        let mut transaction = self.begin().await?;
        for recording in &change.recordings {
            let recorded = self.record_within(&mut transaction, recording).await?;
            if recorded != Recorded::Yes {
                transaction.rollback().await?;
                return Ok(recorded);
            }
        }
        for question in &change.questions {
            if !self.write_question(&mut transaction, question).await? {
                transaction.rollback().await?;
                return Ok(Recorded::Changed);
            }
        }
        for message in &change.messages {
            messages::insert(&mut transaction, self.workspace, message).await?;
        }
        let about = change.questions.iter().map(|question| question.occurrence.as_str());
        mark_stale(&mut transaction, self.workspace, about, None).await?;
        transaction.commit().await?;
        Ok(Recorded::Yes)
    }

    /// `false`: it has changed since it was read.
    async fn write_question(&self, connection: &mut Connection, question: &Question) -> Result<bool> {
        let query = self.bind_question(if question.version == 0 { INSERT } else { UPDATE }, question);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    fn bind_question<'q>(&self, sql: &'static str, question: &Question) -> Query<'q, Database, Arguments> {
        sqlx::query(sql)
            .bind(self.workspace)
            .bind(question.occurrence.0.clone())
            .bind(question.asked.0.clone())
            .bind(question.verifier.as_str())
            .bind(floor(question.done_at))
            .bind(floor(question.asked_at))
            .bind(question.reply.map(|reply| i64::from(reply.bears_out)))
            .bind(question.reply.map(|reply| floor(reply.at)))
            .bind(question.word.clone())
            .bind(floor(question.until))
            .bind(question.message.clone())
            .bind(i64::from(question.reminded))
            .bind(i64::from(question.told))
            .bind(i64::from(question.closed))
            .bind(ceil(question.look_at))
            .bind(question.version)
    }
}
