-- The questions by which somebody other than the manager bears an outcome out: one a done occurrence and person asked, and
-- asked again where it is done again. `word` is the asked one's own.
CREATE TABLE verification (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    occurrence TEXT COLLATE "C" NOT NULL,
    asked TEXT COLLATE "C" NOT NULL,
    verifier TEXT COLLATE "C" NOT NULL,
    done_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    bears_out BIGINT,
    said_at BIGINT,
    word TEXT COLLATE "C",
    until BIGINT NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    reminded BIGINT NOT NULL,
    told BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    look_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (workspace, occurrence, asked)
);

CREATE INDEX verification_open ON verification (workspace, look_at) WHERE closed = 0;
-- What is done with a rep and borne out by nobody.
CREATE INDEX occurrence_unasked ON occurrence (workspace, completed_at)
    WHERE standing = 'done' AND verification = 'none' AND rep IS NOT NULL;
