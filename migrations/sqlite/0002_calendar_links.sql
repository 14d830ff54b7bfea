-- What a calendar that people subscribe to has to know: how often what it shows of an occurrence has changed, and when last
-- (SEQUENCE and LAST-MODIFIED of RFC 5545). What revisions change is counted by the revisions themselves.
ALTER TABLE occurrence ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrence ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;

-- The generation of somebody's secret links; whoever has no row is at 0. Counting it up ends the old ones.
CREATE TABLE link (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    user_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (workspace, user_id)
) STRICT, WITHOUT ROWID;
