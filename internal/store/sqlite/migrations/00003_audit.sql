-- +goose Up

-- Who changed what. Entries outlive what they tell of. They are numbered by
-- tenant, as the number of one stands in the cursor of a page: from numbers of
-- the whole store a tenant could count what others do.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY,
    number   INTEGER NOT NULL CHECK (number > 0),
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
CREATE UNIQUE INDEX audit_by_tenant ON audit (tenant, number);
CREATE INDEX audit_by_target ON audit (tenant, target, number);
CREATE INDEX audit_by_asset ON audit (tenant, asset_id, number) WHERE asset_id <> '';
CREATE INDEX audit_by_subject ON audit (tenant, subject, number);

-- +goose Down
DROP TABLE audit;
