-- +goose Up

-- What ingests came to, by quarter of an hour (UTC) and profile. Rows of
-- ingests are too many to be counted when somebody looks, and are deleted.
CREATE TABLE statistics_counts (
    tenant    TEXT    NOT NULL,
    slot_ms   INTEGER NOT NULL CHECK (slot_ms % 900000 = 0),
    profile   TEXT    NOT NULL,
    accepted  INTEGER NOT NULL,
    dequeued  INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    skipped   INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    PRIMARY KEY (tenant, slot_ms, profile)
) STRICT, WITHOUT ROWID;

-- How long tasks took by stage, and whole ingests (no stage). A histogram is
-- the text "bucket:number bucket:number ..."; bucket n begins at 1.1^n ms. One
-- row for each bucket would be ten times as many.
CREATE TABLE statistics_durations (
    tenant    TEXT    NOT NULL,
    slot_ms   INTEGER NOT NULL CHECK (slot_ms % 900000 = 0),
    profile   TEXT    NOT NULL,
    stage     TEXT    NOT NULL,
    histogram TEXT    NOT NULL,
    PRIMARY KEY (tenant, slot_ms, profile, stage)
) STRICT, WITHOUT ROWID;

-- What failed, with the last one as an example.
CREATE TABLE statistics_errors (
    tenant    TEXT    NOT NULL,
    slot_ms   INTEGER NOT NULL CHECK (slot_ms % 900000 = 0),
    profile   TEXT    NOT NULL,
    stage     TEXT    NOT NULL,
    class     TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    failed    INTEGER NOT NULL,
    retried   INTEGER NOT NULL,
    last_ms   INTEGER NOT NULL,
    ingest_id TEXT    NOT NULL,
    asset_id  TEXT    NOT NULL,
    message   TEXT    NOT NULL,
    PRIMARY KEY (tenant, slot_ms, profile, stage, class, reason)
) STRICT, WITHOUT ROWID;

-- Since when an ingest runs again after a retry; NULL for most.
ALTER TABLE ingests ADD COLUMN reopened_ms INTEGER;

-- What there is so far is counted for the newest 100,000 ingests, so that an
-- upgrade takes seconds and not minutes. Attempts that were followed by others
-- are not: to find them is to read all attempts.
CREATE TABLE statistics_past (
    id TEXT NOT NULL PRIMARY KEY, tenant TEXT, asset_id TEXT, profile TEXT, status TEXT,
    start_ms INTEGER, end_ms INTEGER, error TEXT, begun_ms INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO statistics_past
SELECT id, tenant, asset_id, profile_name, status, start_ms, end_ms, error,
    (SELECT min(t.start_ms) FROM tasks t WHERE t.ingest_id = i.id)
FROM (SELECT * FROM ingests WHERE imported = 0 ORDER BY start_ms DESC LIMIT 100000) i;

INSERT INTO statistics_counts
SELECT tenant, at_ms - at_ms % 900000, profile, sum(accepted), sum(dequeued),
    sum(status = 'COMPLETED'), sum(status = 'SKIPPED'), sum(status = 'FAILED'), sum(status = 'CANCELLED')
FROM (
    SELECT tenant, profile, start_ms AS at_ms, 1 AS accepted, 0 AS dequeued, '' AS status FROM statistics_past
    UNION ALL
    SELECT tenant, profile, coalesce(begun_ms, end_ms, start_ms), 0, 1, '' FROM statistics_past WHERE status <> 'QUEUED'
    UNION ALL
    SELECT tenant, profile, end_ms, 0, 0, status FROM statistics_past WHERE end_ms IS NOT NULL)
GROUP BY 1, 2, 3;

INSERT INTO statistics_durations
SELECT tenant, slot_ms, profile, stage, group_concat(bucket || ':' || number, ' ')
FROM (
    SELECT tenant, end_ms - end_ms % 900000 AS slot_ms, profile, stage,
        CAST(ln(max(1, end_ms - start_ms)) / ln(1.1) AS INTEGER) AS bucket, count(*) AS number
    FROM (
        SELECT tenant, profile, '' AS stage, start_ms, end_ms FROM statistics_past WHERE status = 'COMPLETED'
        UNION ALL
        SELECT p.tenant, p.profile, t.stage, CASE t.attempt WHEN 1 THEN t.start_ms ELSE (
            SELECT start_ms FROM attempts WHERE task_id = t.id AND number = t.attempt) END, t.end_ms
        FROM statistics_past p CROSS JOIN tasks t ON t.ingest_id = p.id
        WHERE t.status = 'TASK_COMPLETED')
    WHERE start_ms IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5)
GROUP BY 1, 2, 3, 4;

INSERT INTO statistics_errors
SELECT tenant, end_ms - end_ms % 900000, profile, stage, class, reason, count(*), 0, max(end_ms), id, asset_id, message
FROM (
    SELECT p.tenant, p.end_ms, p.profile, p.id, p.asset_id, coalesce(t.stage, '') AS stage,
        coalesce(t.error ->> 'class', '') AS class, coalesce(t.error ->> 'reason', '') AS reason,
        substr(coalesce(t.error ->> 'message', p.error), 1, 300) AS message
    FROM statistics_past p LEFT JOIN tasks t ON t.ingest_id = p.id AND t.step = (
        SELECT step FROM tasks f WHERE f.ingest_id = p.id AND f.status = 'TASK_FAILED' ORDER BY claim_rank LIMIT 1)
    WHERE p.status = 'FAILED')
GROUP BY 1, 2, 3, 4, 5, 6;

DROP TABLE statistics_past;

-- +goose Down
ALTER TABLE ingests DROP COLUMN reopened_ms;
DROP TABLE statistics_errors;
DROP TABLE statistics_durations;
DROP TABLE statistics_counts;
