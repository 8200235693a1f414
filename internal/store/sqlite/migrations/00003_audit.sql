-- +goose Up

-- Who changed what. Entries outlive what they tell of. AUTOINCREMENT: an id is
-- never given twice, even after the newest entries were removed.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms  INTEGER NOT NULL,
    tenant   TEXT    NOT NULL,
    subject  TEXT    NOT NULL CHECK (subject <> ''),
    origin   TEXT    NOT NULL,
    action   TEXT    NOT NULL CHECK (action <> ''),
    target   TEXT    NOT NULL,
    asset_id TEXT    NOT NULL
) STRICT;

-- Lists are read newest first within a tenant; a filter on one of these reads
-- its own entries only, every other filter all entries of the tenant.
CREATE INDEX audit_by_tenant ON audit (tenant, id);
CREATE INDEX audit_by_target ON audit (tenant, target, id);
CREATE INDEX audit_by_asset ON audit (tenant, asset_id, id) WHERE asset_id <> '';
CREATE INDEX audit_by_subject ON audit (tenant, subject, id);
CREATE INDEX audit_by_time ON audit (time_ms);

-- +goose Down
DROP TABLE audit;
