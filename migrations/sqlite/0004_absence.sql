-- Days on which a manager is away, by their own word: local dates, both included. A manager's never touch one another.
CREATE TABLE absence (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    manager TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, manager, first)
) STRICT, WITHOUT ROWID;
