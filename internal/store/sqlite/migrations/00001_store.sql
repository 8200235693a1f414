-- +goose Up

-- Times are whole milliseconds since 1970. JSON documents are TEXT, exactly as
-- they came. Index columns ascend, although lists descend: SQLite reads an
-- index backwards as fast, and rows that arrive are appended at its end.

CREATE TABLE ingests (
    id              TEXT    NOT NULL,
    tenant          TEXT    NOT NULL,
    asset_id        TEXT    NOT NULL,
    profile_name    TEXT    NOT NULL,
    profile_version INTEGER NOT NULL,
    status          TEXT    NOT NULL CHECK (status IN
        ('QUEUED', 'RUNNING', 'CANCELLING', 'COMPLETED', 'SKIPPED', 'FAILED', 'CANCELLED')),
    progress        INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
    start_ms        INTEGER NOT NULL,
    end_ms          INTEGER,
    error           TEXT    NOT NULL,
    media_types     TEXT,
    forced          INTEGER NOT NULL CHECK (forced IN (0, 1)),
    imported        INTEGER NOT NULL CHECK (imported IN (0, 1)),
    has_input       INTEGER NOT NULL CHECK (has_input IN (0, 1)),
    media_key       TEXT    NOT NULL,
    input_digest    TEXT    NOT NULL,
    CONSTRAINT ingest_ends_when_final CHECK ((end_ms IS NULL) = (status IN ('QUEUED', 'RUNNING', 'CANCELLING'))),
    CONSTRAINT full_progress_when_completed CHECK (imported = 1 OR progress < 100 OR status = 'COMPLETED'),
    CONSTRAINT imports_are_over CHECK (imported = 0 OR end_ms IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX ingests_by_id ON ingests (id);
-- One index for each way in which lists are filtered, in list order.
CREATE INDEX ingests_by_start ON ingests (tenant, start_ms, id);
CREATE INDEX ingests_by_status ON ingests (tenant, status, start_ms, id);
CREATE INDEX ingests_by_asset ON ingests (tenant, asset_id, start_ms, id);
CREATE INDEX ingests_by_asset_status ON ingests (tenant, asset_id, status, start_ms, id);
CREATE INDEX ingests_by_profile ON ingests (tenant, profile_name, start_ms, id);
CREATE INDEX ingests_by_profile_status ON ingests (tenant, profile_name, status, start_ms, id);
-- For what is taken up at start, and for what the same files were ingested by.
CREATE INDEX ingests_unfinished ON ingests (start_ms, id) WHERE end_ms IS NULL;
CREATE INDEX ingests_earlier ON ingests (tenant, asset_id, profile_name, profile_version, start_ms, id)
    WHERE status = 'COMPLETED' AND imported = 0;

-- Apart from ingests, so that a change of state does not rewrite a document.
CREATE TABLE ingest_inputs (
    ingest_id TEXT NOT NULL PRIMARY KEY REFERENCES ingests (id) ON DELETE CASCADE,
    input     TEXT,
    sources   TEXT
) STRICT;

CREATE TABLE tasks (
    id            TEXT    NOT NULL PRIMARY KEY,
    ingest_id     TEXT    NOT NULL REFERENCES ingests (id) ON DELETE CASCADE,
    step          INTEGER NOT NULL CHECK (step >= 0),
    stage         TEXT    NOT NULL CHECK (stage IN
        ('RETRIEVAL', 'ENCODING', 'PACKAGING', 'SUBTITLE_PUBLISHING', 'DISTRIBUTION', 'PLAYOUT')),
    status        TEXT    NOT NULL CHECK (status IN
        ('TASK_PENDING', 'TASK_RUNNING', 'TASK_COMPLETED', 'TASK_SKIPPED', 'TASK_FAILED', 'TASK_CANCELLED')),
    attempt       INTEGER NOT NULL CHECK (attempt >= 0),
    failures      INTEGER NOT NULL CHECK (failures >= 0),
    lost          INTEGER NOT NULL CHECK (lost >= 0),
    claim_rank    INTEGER NOT NULL CHECK (claim_rank >= 0),
    share         REAL    NOT NULL CHECK (share BETWEEN 0 AND 1),
    start_ms      INTEGER,
    end_ms        INTEGER,
    not_before_ms INTEGER,
    input         TEXT,
    outputs       TEXT,
    error         TEXT,
    UNIQUE (ingest_id, step),
    CONSTRAINT task_ends_when_ended CHECK ((end_ms IS NULL) = (status IN ('TASK_PENDING', 'TASK_RUNNING'))),
    CONSTRAINT running_task_was_claimed CHECK (status <> 'TASK_RUNNING' OR attempt > 0)
) STRICT;

CREATE TABLE attempts (
    task_id  TEXT    NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL CHECK (number > 0),
    status   TEXT    NOT NULL CHECK (status IN
        ('TASK_PENDING', 'TASK_RUNNING', 'TASK_COMPLETED', 'TASK_SKIPPED', 'TASK_FAILED', 'TASK_CANCELLED')),
    start_ms INTEGER,
    end_ms   INTEGER,
    error    TEXT,
    command  TEXT,
    log      TEXT    NOT NULL,
    PRIMARY KEY (task_id, number),
    CONSTRAINT running_attempt_is_open CHECK (status <> 'TASK_RUNNING' OR end_ms IS NULL)
) STRICT;

-- Requests that may be repeated. The ingest may have been deleted since.
CREATE TABLE idempotency (
    tenant     TEXT    NOT NULL,
    route      TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    body_hash  TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL,
    ingest_id  TEXT    NOT NULL,
    PRIMARY KEY (tenant, route, key)
) STRICT;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_ms);

CREATE TABLE profiles (
    tenant     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    version_id INTEGER NOT NULL,
    document   TEXT    NOT NULL,
    PRIMARY KEY (tenant, name, version_id)
) STRICT;

-- What an ingest published of its asset. before_id is the entry that is served
-- again when this one is taken back; it always names an entry of the same
-- asset that is there.
CREATE TABLE catalog (
    ingest_id TEXT    NOT NULL PRIMARY KEY REFERENCES ingests (id),
    tenant    TEXT    NOT NULL,
    asset_id  TEXT    NOT NULL,
    start_ms  INTEGER NOT NULL,
    hls       TEXT    NOT NULL,
    dash      TEXT    NOT NULL,
    poster    TEXT    NOT NULL,
    current   INTEGER NOT NULL CHECK (current IN (0, 1)),
    before_id TEXT    CHECK (before_id <> ingest_id)
) STRICT;
CREATE INDEX catalog_by_asset ON catalog (tenant, asset_id, start_ms, ingest_id);
CREATE UNIQUE INDEX catalog_current ON catalog (tenant, asset_id) WHERE current = 1;

-- +goose Down
DROP TABLE catalog;
DROP TABLE profiles;
DROP TABLE idempotency;
DROP TABLE attempts;
DROP TABLE tasks;
DROP TABLE ingest_inputs;
DROP TABLE ingests;
