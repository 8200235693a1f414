-- +goose Up

-- Entries are numbered by tenant, as the number of one stands in the cursor of a
-- page: from those of the whole store a tenant could count what others do.
ALTER TABLE audit ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE audit SET number = n.number
    FROM (SELECT id, row_number() OVER (PARTITION BY tenant ORDER BY id) AS number FROM audit) AS n WHERE n.id = audit.id;
CREATE UNIQUE INDEX audit_by_number ON audit (tenant, number);

-- +goose Down
DROP INDEX audit_by_number;
ALTER TABLE audit DROP COLUMN number;
