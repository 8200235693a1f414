-- How many ingests a tenant has in each status. Triggers keep it, so that no
-- statement can be forgotten, and one that is rolled back counts nothing.
CREATE TABLE ingest_counts (
    tenant TEXT    NOT NULL,
    status TEXT    NOT NULL,
    n      INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (tenant, status)
) STRICT, WITHOUT ROWID;

INSERT INTO ingest_counts (tenant, status, n)
SELECT tenant, status, count(*) FROM ingests INDEXED BY ingests_by_status GROUP BY tenant, status;

CREATE TRIGGER ingests_count_new AFTER INSERT ON ingests BEGIN
    INSERT INTO ingest_counts (tenant, status, n) VALUES (new.tenant, new.status, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ingests_count_changed AFTER UPDATE OF tenant, status ON ingests
WHEN (old.tenant, old.status) <> (new.tenant, new.status) BEGIN
    INSERT INTO ingest_counts (tenant, status, n) VALUES (new.tenant, new.status, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
    UPDATE ingest_counts SET n = n - 1 WHERE tenant = old.tenant AND status = old.status;
END;
CREATE TRIGGER ingests_count_deleted AFTER DELETE ON ingests BEGIN
    UPDATE ingest_counts SET n = n - 1 WHERE tenant = old.tenant AND status = old.status;
END;

CREATE INDEX ingests_by_version_status ON ingests (tenant, profile_name, profile_version, status, start_ms, id);

-- Numbers that stand for a tenant, or a profile of it, in the table search.
CREATE TABLE search_numbers (
    number  INTEGER PRIMARY KEY,
    tenant  TEXT NOT NULL,
    profile TEXT NOT NULL, -- empty: the tenant itself
    UNIQUE (tenant, profile)
) STRICT;

-- The text of ingests by its trigrams, see search.go: an index alone, whose
-- rowid is the negative of search_id and so rises in list order.
CREATE VIRTUAL TABLE search USING fts5 (
    tenant_mark, status_mark, profile_mark, asset_mark, asset, names, failure,
    content = '', contentless_delete = 1, tokenize = 'trigram'
);

ALTER TABLE ingests ADD COLUMN search_id INTEGER;
CREATE UNIQUE INDEX ingests_by_search ON ingests (search_id);
CREATE TRIGGER ingests_search_deleted AFTER DELETE ON ingests WHEN old.search_id IS NOT NULL BEGIN
    DELETE FROM search WHERE rowid = -old.search_id;
END;

-- 8796093022207 is 2^43 - 1, and 1048576 is 2^20.
UPDATE ingests SET search_id = o.search_id FROM (
    SELECT id, max(min(start_ms, 8796093022207), -8796093022207) * 1048576
        + row_number() OVER (PARTITION BY max(min(start_ms, 8796093022207), -8796093022207)) AS search_id
    FROM ingests
) o WHERE o.id = ingests.id;
