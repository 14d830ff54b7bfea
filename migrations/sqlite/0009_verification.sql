-- The questions by which somebody other than the manager bears an outcome out: one a done occurrence and person asked, and
-- asked again where it is done again. `word` is the asked one's own.
CREATE TABLE verification (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    occurrence TEXT NOT NULL,
    asked TEXT NOT NULL,
    verifier TEXT NOT NULL,
    done_at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    bears_out INTEGER,
    said_at INTEGER,
    word TEXT,
    until INTEGER NOT NULL,
    message TEXT NOT NULL,
    reminded INTEGER NOT NULL,
    told INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    look_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (workspace, occurrence, asked)
) STRICT, WITHOUT ROWID;

CREATE INDEX verification_open ON verification (workspace, look_at) WHERE closed = 0;
-- What is done with a rep and borne out by nobody.
CREATE INDEX occurrence_unasked ON occurrence (workspace, completed_at)
    WHERE standing = 'done' AND verification = 'none' AND rep IS NOT NULL;
