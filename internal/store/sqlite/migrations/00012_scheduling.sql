-- +goose Up

-- What goes first, by when it should be done, and the trace that it is part of.
ALTER TABLE ingests ADD COLUMN priority TEXT NOT NULL DEFAULT 'NORMAL' CHECK (priority IN ('HIGH', 'NORMAL', 'LOW'));
ALTER TABLE ingests ADD COLUMN due_ms INTEGER;
ALTER TABLE ingests ADD COLUMN trace TEXT NOT NULL DEFAULT '';

-- The processes that run tasks, as they describe themselves.
CREATE TABLE workers (
    id           TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    host         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    slots        TEXT    NOT NULL,
    capabilities TEXT,
    memory       INTEGER NOT NULL,
    processors   INTEGER NOT NULL,
    scratch      INTEGER NOT NULL,
    running      INTEGER NOT NULL,
    started_ms   INTEGER NOT NULL,
    seen_ms      INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE workers;
ALTER TABLE ingests DROP COLUMN trace;
ALTER TABLE ingests DROP COLUMN due_ms;
ALTER TABLE ingests DROP COLUMN priority;
