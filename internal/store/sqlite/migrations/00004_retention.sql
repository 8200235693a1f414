-- +goose Up

-- replaced_ms: since when another ingest serves the asset in place of this one.
-- removed_ms: since when its outputs are given up for that. Both are NULL for
-- most ingests, and lists never read them.
ALTER TABLE ingests ADD COLUMN replaced_ms INTEGER;
ALTER TABLE ingests ADD COLUMN removed_ms INTEGER;

-- Files that an ingest which was skipped names, but which another one, the
-- owner, has retrieved. While an ingest still runs, a row means that it might
-- come to name them.
CREATE TABLE reuses (
    user_id    TEXT    NOT NULL REFERENCES ingests (id),
    owner_id   TEXT    NOT NULL,
    task_id    TEXT    NOT NULL,
    attempt    INTEGER NOT NULL CHECK (attempt > 0),
    tenant     TEXT    NOT NULL,
    media_key  TEXT    NOT NULL,
    PRIMARY KEY (task_id, attempt, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reuses_by_user ON reuses (user_id);
CREATE INDEX reuses_by_owner ON reuses (owner_id);

-- Folders that are to be removed or looked through: of a whole ingest, or of
-- one task of it. An entry is written with the change that makes files
-- superfluous, and goes when they are gone.
CREATE TABLE removals (
    ingest_id TEXT    NOT NULL,
    task_id   TEXT    NOT NULL, -- empty: all of the ingest
    tenant    TEXT    NOT NULL,
    media_key TEXT    NOT NULL,
    due_ms    INTEGER NOT NULL,
    PRIMARY KEY (ingest_id, task_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX removals_by_due ON removals (due_ms);

-- Uploads that ingests which are not over read from.
CREATE TABLE upload_uses (
    upload_id TEXT NOT NULL,
    tenant    TEXT NOT NULL,
    ingest_id TEXT NOT NULL REFERENCES ingests (id),
    PRIMARY KEY (upload_id, tenant, ingest_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_uses_by_ingest ON upload_uses (ingest_id);

INSERT INTO upload_uses (upload_id, tenant, ingest_id)
SELECT DISTINCT substr(j.value, 8), i.tenant, i.id
FROM ingests i INDEXED BY ingests_unfinished, ingest_inputs n, json_tree(n.input) j
WHERE i.end_ms IS NULL AND n.ingest_id = i.id AND j.type = 'text' AND j.value GLOB 'upload:?*';

INSERT OR IGNORE INTO reuses (user_id, owner_id, task_id, attempt, tenant, media_key)
SELECT u.ingest_id, o.id, t.id, CAST(substr(f.value, instr(f.value, t.id) + length(t.id) + 1) AS INTEGER), o.tenant, o.media_key
FROM tasks u, ingests i, json_tree(u.outputs) f, ingests o INDEXED BY ingests_by_asset_status, tasks t
WHERE u.outputs LIKE '%"skippedUpload"%' AND i.id = u.ingest_id AND i.status = 'SKIPPED' AND i.imported = 0
    AND f.key = 'uri' AND f.type = 'text'
    AND o.tenant = i.tenant AND o.asset_id = i.asset_id AND o.status = 'COMPLETED' AND o.imported = 0
    AND t.ingest_id = o.id AND t.stage = 'RETRIEVAL' AND instr(f.value, '/' || t.id || '/') > 0
    AND CAST(substr(f.value, instr(f.value, t.id) + length(t.id) + 1) AS INTEGER) > 0;

-- What was replaced before is kept as long as what is replaced now.
UPDATE ingests SET replaced_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER)
WHERE end_ms IS NOT NULL AND imported = 0 AND CASE
    WHEN EXISTS (SELECT 1 FROM catalog c WHERE c.ingest_id = ingests.id)
    THEN EXISTS (
        SELECT 1 FROM catalog c JOIN ingests n ON n.id = c.ingest_id
        WHERE c.tenant = ingests.tenant AND c.asset_id = ingests.asset_id AND c.current = 1
            AND c.ingest_id <> ingests.id AND n.end_ms IS NOT NULL)
    ELSE EXISTS (
        SELECT 1 FROM ingests n INDEXED BY ingests_by_asset_status
        WHERE n.tenant = ingests.tenant AND n.asset_id = ingests.asset_id AND n.status = 'COMPLETED' AND n.imported = 0
            AND (n.start_ms, n.id) > (ingests.start_ms, ingests.id)
            AND (ingests.status <> 'COMPLETED' OR n.profile_name = ingests.profile_name))
    END;

-- Small ones: of what waits to be removed, and of what may be deleted for its age.
CREATE INDEX ingests_replaced ON ingests (tenant, replaced_ms) WHERE replaced_ms IS NOT NULL AND removed_ms IS NULL;
CREATE INDEX ingests_expiring ON ingests (tenant, end_ms)
    WHERE end_ms IS NOT NULL AND (replaced_ms IS NOT NULL OR imported = 1 OR status <> 'COMPLETED');

-- +goose Down
DROP INDEX ingests_expiring;
DROP INDEX ingests_replaced;
DROP TABLE upload_uses;
DROP TABLE removals;
DROP TABLE reuses;
ALTER TABLE ingests DROP COLUMN removed_ms;
ALTER TABLE ingests DROP COLUMN replaced_ms;
