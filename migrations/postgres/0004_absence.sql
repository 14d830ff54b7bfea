-- Days on which a manager is away, by their own word: local dates, both included. A manager's never touch one another.
CREATE TABLE absence (
    workspace BIGINT NOT NULL REFERENCES workspace (id),
    manager TEXT COLLATE "C" NOT NULL,
    first TEXT COLLATE "C" NOT NULL,
    last TEXT COLLATE "C" NOT NULL,
    said_by TEXT COLLATE "C" NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, manager, first)
);
