-- What a calendar that people subscribe to has to know: how often what it shows of an occurrence has changed, and when last
-- (SEQUENCE and LAST-MODIFIED of RFC 5545). What revisions change is counted by the revisions themselves.
ALTER TABLE occurrence ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE occurrence ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;

-- The generation of somebody's secret links; whoever has no row is at 0. Counting it up ends the old ones.
CREATE TABLE link (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    user_id TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (workspace, user_id)
);
