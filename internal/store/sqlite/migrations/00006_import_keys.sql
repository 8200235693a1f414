-- +goose Up

-- Imported ingests and tasks are kept under their id, char(31) and the tenant,
-- so that two tenants may import the same id; see key.go.
PRAGMA defer_foreign_keys = ON;
UPDATE tasks SET id = tasks.id || char(31) || i.tenant, ingest_id = i.id || char(31) || i.tenant
    FROM ingests i WHERE i.id = tasks.ingest_id AND i.imported = 1;
UPDATE ingest_inputs SET ingest_id = i.id || char(31) || i.tenant
    FROM ingests i WHERE i.id = ingest_inputs.ingest_id AND i.imported = 1;
UPDATE ingests SET id = id || char(31) || tenant WHERE imported = 1;

-- +goose Down
PRAGMA defer_foreign_keys = ON;
UPDATE tasks SET id = substr(id, 1, instr(id, char(31)) - 1), ingest_id = substr(ingest_id, 1, instr(ingest_id, char(31)) - 1)
    WHERE instr(id, char(31)) > 0;
UPDATE ingest_inputs SET ingest_id = substr(ingest_id, 1, instr(ingest_id, char(31)) - 1) WHERE instr(ingest_id, char(31)) > 0;
UPDATE ingests SET id = substr(id, 1, instr(id, char(31)) - 1) WHERE imported = 1 AND instr(id, char(31)) > 0;
