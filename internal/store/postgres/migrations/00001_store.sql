-- +goose Up

-- Times are whole milliseconds since 1970. JSON documents are TEXT, exactly as
-- they came. Text is compared bytewise (COLLATE "C"), whatever the database was
-- made with. Index columns ascend, although lists descend: Postgres reads an
-- index backwards as fast.

-- The oldest program that may serve this schema, by the newest migration that
-- it knows; see doc.go.
CREATE TABLE orchestrate_schema (
    compatible_from BIGINT  NOT NULL,
    only_row        BOOLEAN PRIMARY KEY DEFAULT true CHECK (only_row)
);
INSERT INTO orchestrate_schema (compatible_from) VALUES (1);

CREATE TABLE ingests (
    id              TEXT COLLATE "C" NOT NULL CONSTRAINT ingests_by_id PRIMARY KEY,
    tenant          TEXT COLLATE "C" NOT NULL,
    asset_id        TEXT COLLATE "C" NOT NULL,
    profile_name    TEXT COLLATE "C" NOT NULL,
    profile_version BIGINT           NOT NULL,
    status          TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('QUEUED', 'RUNNING', 'CANCELLING', 'COMPLETED', 'SKIPPED', 'FAILED', 'CANCELLED')),
    progress        BIGINT           NOT NULL CHECK (progress BETWEEN 0 AND 100),
    start_ms        BIGINT           NOT NULL,
    end_ms          BIGINT,
    error           TEXT COLLATE "C" NOT NULL,
    media_types     TEXT COLLATE "C",
    forced          BIGINT           NOT NULL CHECK (forced IN (0, 1)),
    imported        BIGINT           NOT NULL CHECK (imported IN (0, 1)),
    has_input       BIGINT           NOT NULL CHECK (has_input IN (0, 1)),
    media_key       TEXT COLLATE "C" NOT NULL,
    input_digest    TEXT COLLATE "C" NOT NULL,
    -- Since when another ingest serves the asset in place of this one, since when
    -- its outputs are given up for that, and since when it runs again after a retry.
    replaced_ms     BIGINT,
    removed_ms      BIGINT,
    reopened_ms     BIGINT,
    -- What goes first, by when it should be done, and the trace that it is part of.
    priority        TEXT COLLATE "C" NOT NULL DEFAULT 'NORMAL' CHECK (priority IN ('HIGH', 'NORMAL', 'LOW')),
    due_ms          BIGINT,
    trace           TEXT COLLATE "C" NOT NULL DEFAULT '',
    CONSTRAINT ingest_ends_when_final CHECK ((end_ms IS NULL) = (status IN ('QUEUED', 'RUNNING', 'CANCELLING'))),
    CONSTRAINT full_progress_when_completed CHECK (imported = 1 OR progress < 100 OR status = 'COMPLETED'),
    CONSTRAINT imports_are_over CHECK (imported = 0 OR end_ms IS NOT NULL)
);

-- One index for each way in which lists are filtered, in list order.
CREATE INDEX ingests_by_start ON ingests (tenant, start_ms, id);
CREATE INDEX ingests_by_status ON ingests (tenant, status, start_ms, id);
CREATE INDEX ingests_by_asset ON ingests (tenant, asset_id, start_ms, id);
CREATE INDEX ingests_by_asset_status ON ingests (tenant, asset_id, status, start_ms, id);
CREATE INDEX ingests_by_profile ON ingests (tenant, profile_name, start_ms, id);
CREATE INDEX ingests_by_profile_status ON ingests (tenant, profile_name, status, start_ms, id);
CREATE INDEX ingests_by_version_status ON ingests (tenant, profile_name, profile_version, status, start_ms, id);
CREATE INDEX ingests_by_asset_profile_status ON ingests (tenant, asset_id, profile_name, status, start_ms, id);
-- For what is taken up at start, for what the same files were ingested by, for
-- what waits to be removed, and for what may be deleted for its age.
CREATE INDEX ingests_unfinished ON ingests (start_ms, id) WHERE end_ms IS NULL;
CREATE INDEX ingests_earlier ON ingests (tenant, asset_id, profile_name, profile_version, start_ms, id)
    WHERE status = 'COMPLETED' AND imported = 0;
CREATE INDEX ingests_replaced ON ingests (tenant, replaced_ms) WHERE replaced_ms IS NOT NULL AND removed_ms IS NULL;
CREATE INDEX ingests_expiring ON ingests (tenant, end_ms)
    WHERE end_ms IS NOT NULL AND (replaced_ms IS NOT NULL OR imported = 1 OR status <> 'COMPLETED');

-- Apart from ingests, so that a change of state does not rewrite a document.
CREATE TABLE ingest_inputs (
    ingest_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES ingests (id) ON DELETE CASCADE,
    input     TEXT COLLATE "C",
    sources   TEXT COLLATE "C"
);

-- The text of ingests in small letters, and its trigrams as numbers; see search.go.
CREATE TABLE ingest_texts (
    ingest_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES ingests (id) ON DELETE CASCADE,
    asset     TEXT COLLATE "C" NOT NULL,
    names     TEXT COLLATE "C" NOT NULL,
    failure   TEXT COLLATE "C" NOT NULL,
    trigrams  INTEGER[]        NOT NULL
);
CREATE INDEX ingest_texts_by_trigram ON ingest_texts USING gin (trigrams);

CREATE TABLE tasks (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    ingest_id     TEXT COLLATE "C" NOT NULL REFERENCES ingests (id) ON DELETE CASCADE,
    step          BIGINT           NOT NULL CHECK (step >= 0),
    stage         TEXT COLLATE "C" NOT NULL CHECK (stage IN
        ('RETRIEVAL', 'ENCODING', 'PACKAGING', 'SUBTITLE_PUBLISHING', 'DISTRIBUTION', 'PLAYOUT')),
    status        TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('TASK_PENDING', 'TASK_RUNNING', 'TASK_COMPLETED', 'TASK_SKIPPED', 'TASK_FAILED', 'TASK_CANCELLED')),
    attempt       BIGINT           NOT NULL CHECK (attempt >= 0),
    failures      BIGINT           NOT NULL CHECK (failures >= 0),
    lost          BIGINT           NOT NULL CHECK (lost >= 0),
    claim_rank    BIGINT           NOT NULL CHECK (claim_rank >= 0),
    share         DOUBLE PRECISION NOT NULL CHECK (share BETWEEN 0 AND 1),
    start_ms      BIGINT,
    end_ms        BIGINT,
    not_before_ms BIGINT,
    input         TEXT COLLATE "C",
    outputs       TEXT COLLATE "C",
    error         TEXT COLLATE "C",
    UNIQUE (ingest_id, step),
    CONSTRAINT task_ends_when_ended CHECK ((end_ms IS NULL) = (status IN ('TASK_PENDING', 'TASK_RUNNING'))),
    CONSTRAINT running_task_was_claimed CHECK (status <> 'TASK_RUNNING' OR attempt > 0)
);

CREATE TABLE attempts (
    task_id  TEXT COLLATE "C" NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number   BIGINT           NOT NULL CHECK (number > 0),
    status   TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('TASK_PENDING', 'TASK_RUNNING', 'TASK_COMPLETED', 'TASK_SKIPPED', 'TASK_FAILED', 'TASK_CANCELLED')),
    start_ms BIGINT,
    end_ms   BIGINT,
    error    TEXT COLLATE "C",
    command  TEXT COLLATE "C",
    log      TEXT COLLATE "C" NOT NULL,
    report   TEXT COLLATE "C",
    PRIMARY KEY (task_id, number),
    CONSTRAINT running_attempt_is_open CHECK (status <> 'TASK_RUNNING' OR end_ms IS NULL)
);

-- Requests that may be repeated. The ingest may have been deleted since.
CREATE TABLE idempotency (
    tenant     TEXT COLLATE "C" NOT NULL,
    route      TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    body_hash  TEXT COLLATE "C" NOT NULL,
    expires_ms BIGINT           NOT NULL,
    ingest_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, route, key)
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_ms);

CREATE TABLE profiles (
    tenant     TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    version_id BIGINT           NOT NULL,
    document   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, name, version_id)
);

-- What an ingest published of its asset. before_id is the entry that is served
-- again when this one is taken back; it always names an entry of the same
-- asset that is there.
CREATE TABLE catalog (
    ingest_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES ingests (id),
    tenant     TEXT COLLATE "C" NOT NULL,
    asset_id   TEXT COLLATE "C" NOT NULL,
    start_ms   BIGINT           NOT NULL,
    hls        TEXT COLLATE "C" NOT NULL,
    dash       TEXT COLLATE "C" NOT NULL,
    poster     TEXT COLLATE "C" NOT NULL,
    current    BIGINT           NOT NULL CHECK (current IN (0, 1)),
    before_id  TEXT COLLATE "C" CHECK (before_id <> ingest_id),
    thumbnails TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX catalog_by_asset ON catalog (tenant, asset_id, start_ms, ingest_id);
CREATE UNIQUE INDEX catalog_current ON catalog (tenant, asset_id) WHERE current = 1;

-- Minted access tokens. The hash is that of the secret, which is not kept.
CREATE TABLE tokens (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    hash       TEXT COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    name       TEXT COLLATE "C" NOT NULL,
    tenants    TEXT COLLATE "C" NOT NULL CHECK (json_array_length(tenants::json) > 0),
    role       TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    created_ms BIGINT           NOT NULL,
    expires_ms BIGINT,
    revoked_ms BIGINT
);

-- Who changed what. Entries outlive what they tell of. They are numbered by
-- tenant, as the number of one stands in the cursor of a page: from numbers of
-- the whole store a tenant could count what others do.
CREATE TABLE audit (
    id       BIGINT           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number   BIGINT           NOT NULL CHECK (number > 0),
    time_ms  BIGINT           NOT NULL,
    tenant   TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL CHECK (subject <> ''),
    origin   TEXT COLLATE "C" NOT NULL,
    action   TEXT COLLATE "C" NOT NULL CHECK (action <> ''),
    target   TEXT COLLATE "C" NOT NULL,
    asset_id TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX audit_by_tenant ON audit (tenant, number);
CREATE INDEX audit_by_target ON audit (tenant, target, number);
CREATE INDEX audit_by_asset ON audit (tenant, asset_id, number) WHERE asset_id <> '';
CREATE INDEX audit_by_subject ON audit (tenant, subject, number);

-- Files that an ingest which was skipped names, but which another one, the
-- owner, has retrieved. While an ingest still runs, a row means that it might
-- come to name them.
CREATE TABLE reuses (
    user_id   TEXT COLLATE "C" NOT NULL REFERENCES ingests (id),
    owner_id  TEXT COLLATE "C" NOT NULL,
    task_id   TEXT COLLATE "C" NOT NULL,
    attempt   BIGINT           NOT NULL CHECK (attempt > 0),
    tenant    TEXT COLLATE "C" NOT NULL,
    media_key TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (task_id, attempt, user_id)
);
CREATE INDEX reuses_by_user ON reuses (user_id);
CREATE INDEX reuses_by_owner ON reuses (owner_id);

-- Folders that are to be removed or looked through: of a whole ingest, or of
-- one task of it. An entry is written with the change that makes files
-- superfluous, and goes when they are gone.
CREATE TABLE removals (
    ingest_id TEXT COLLATE "C" NOT NULL,
    task_id   TEXT COLLATE "C" NOT NULL, -- empty: all of the ingest
    tenant    TEXT COLLATE "C" NOT NULL,
    media_key TEXT COLLATE "C" NOT NULL,
    due_ms    BIGINT           NOT NULL,
    PRIMARY KEY (ingest_id, task_id)
);
CREATE INDEX removals_by_due ON removals (due_ms);

-- Uploads that ingests which are not over read from.
CREATE TABLE upload_uses (
    upload_id TEXT COLLATE "C" NOT NULL,
    tenant    TEXT COLLATE "C" NOT NULL,
    ingest_id TEXT COLLATE "C" NOT NULL REFERENCES ingests (id),
    PRIMARY KEY (upload_id, tenant, ingest_id)
);
CREATE INDEX upload_uses_by_ingest ON upload_uses (ingest_id);

-- Who is signed in with a browser. The hash is that of the cookie's value, which
-- is not kept; rules stands for the configuration that granted the rest.
CREATE TABLE sessions (
    hash        TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
    subject     TEXT COLLATE "C" NOT NULL CHECK (subject <> ''),
    key         TEXT COLLATE "C" NOT NULL CHECK (key <> ''),
    tenants     TEXT COLLATE "C" NOT NULL CHECK (json_array_length(tenants::json) > 0),
    permissions TEXT COLLATE "C" NOT NULL CHECK (json_array_length(permissions::json) > 0),
    token_id    TEXT COLLATE "C" NOT NULL,
    rules       TEXT COLLATE "C" NOT NULL,
    created_ms  BIGINT           NOT NULL,
    expires_ms  BIGINT           NOT NULL CHECK (expires_ms > created_ms)
);
CREATE INDEX sessions_by_end ON sessions (expires_ms);

-- What people saved of the list of ingests: the query of its address.
CREATE TABLE views (
    tenant  TEXT COLLATE "C" NOT NULL CHECK (tenant <> ''),
    subject TEXT COLLATE "C" NOT NULL CHECK (subject <> ''),
    name    TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query   TEXT COLLATE "C" NOT NULL CHECK (length(query) <= 2000),
    PRIMARY KEY (tenant, subject, name)
);

-- The processes that run tasks, as they describe themselves.
CREATE TABLE workers (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    host         TEXT COLLATE "C" NOT NULL,
    version      TEXT COLLATE "C" NOT NULL,
    slots        TEXT COLLATE "C" NOT NULL,
    capabilities TEXT COLLATE "C",
    memory       BIGINT           NOT NULL,
    processors   BIGINT           NOT NULL,
    scratch      BIGINT           NOT NULL,
    running      BIGINT           NOT NULL,
    started_ms   BIGINT           NOT NULL,
    seen_ms      BIGINT           NOT NULL
);

-- Sums to which every transaction adds a row of its own (summed = 0), so that
-- none waits for another; they are added up now and then (compact.go). What
-- reads them adds up what there is.

-- How many ingests a tenant has in each status.
CREATE TABLE ingest_counts (
    tenant TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    n      BIGINT           NOT NULL,
    summed BIGINT           NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX ingest_counts_by_tenant ON ingest_counts (tenant, status);
CREATE UNIQUE INDEX ingest_counts_summed ON ingest_counts (tenant, status) WHERE summed = 1;
CREATE INDEX ingest_counts_new ON ingest_counts (summed) WHERE summed = 0;

-- What ingests came to, by quarter of an hour (UTC) and profile. Rows of
-- ingests are too many to be counted when somebody looks, and are deleted.
CREATE TABLE statistics_counts (
    tenant    TEXT COLLATE "C" NOT NULL,
    slot_ms   BIGINT           NOT NULL CHECK (slot_ms % 900000 = 0),
    profile   TEXT COLLATE "C" NOT NULL,
    accepted  BIGINT           NOT NULL,
    dequeued  BIGINT           NOT NULL,
    completed BIGINT           NOT NULL,
    skipped   BIGINT           NOT NULL,
    failed    BIGINT           NOT NULL,
    cancelled BIGINT           NOT NULL,
    summed    BIGINT           NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX statistics_counts_by_slot ON statistics_counts (tenant, slot_ms, profile);
CREATE UNIQUE INDEX statistics_counts_summed ON statistics_counts (tenant, slot_ms, profile) WHERE summed = 1;
CREATE INDEX statistics_counts_new ON statistics_counts (summed) WHERE summed = 0;

-- How long tasks took by stage, and whole ingests (no stage). A histogram is
-- the text "bucket:number bucket:number ..."; bucket n begins at 1.1^n ms. One
-- row for each bucket would be ten times as many.
CREATE TABLE statistics_durations (
    tenant    TEXT COLLATE "C" NOT NULL,
    slot_ms   BIGINT           NOT NULL CHECK (slot_ms % 900000 = 0),
    profile   TEXT COLLATE "C" NOT NULL,
    stage     TEXT COLLATE "C" NOT NULL,
    histogram TEXT COLLATE "C" NOT NULL,
    summed    BIGINT           NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX statistics_durations_by_slot ON statistics_durations (tenant, slot_ms, profile, stage);
CREATE UNIQUE INDEX statistics_durations_summed ON statistics_durations (tenant, slot_ms, profile, stage) WHERE summed = 1;
CREATE INDEX statistics_durations_new ON statistics_durations (summed) WHERE summed = 0;

-- What failed, with the last one as an example.
CREATE TABLE statistics_errors (
    tenant    TEXT COLLATE "C" NOT NULL,
    slot_ms   BIGINT           NOT NULL CHECK (slot_ms % 900000 = 0),
    profile   TEXT COLLATE "C" NOT NULL,
    stage     TEXT COLLATE "C" NOT NULL,
    class     TEXT COLLATE "C" NOT NULL,
    reason    TEXT COLLATE "C" NOT NULL,
    failed    BIGINT           NOT NULL,
    retried   BIGINT           NOT NULL,
    last_ms   BIGINT           NOT NULL,
    ingest_id TEXT COLLATE "C" NOT NULL,
    asset_id  TEXT COLLATE "C" NOT NULL,
    message   TEXT COLLATE "C" NOT NULL,
    summed    BIGINT           NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX statistics_errors_by_slot ON statistics_errors (tenant, slot_ms, profile, stage, class, reason);
CREATE UNIQUE INDEX statistics_errors_summed ON statistics_errors (tenant, slot_ms, profile, stage, class, reason) WHERE summed = 1;
CREATE INDEX statistics_errors_new ON statistics_errors (summed) WHERE summed = 0;

-- The last transaction of each connection that wrote, so that whoever lost a
-- connection while it committed can ask whether it did (commit.go). Rows are
-- updated in place: no index has what changes, and there is room in the page.
CREATE TABLE commits (
    connection TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token      TEXT COLLATE "C" NOT NULL,
    seen       TIMESTAMPTZ      NOT NULL
) WITH (fillfactor = 25, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- orchestrate_note takes down that a thing has changed, once for the same line,
-- for the time of the transaction. It stands in a setting of the transaction,
-- as a table would have to be written and emptied. What is too much to be told
-- of is told of as "missed".
-- +goose StatementBegin
CREATE FUNCTION orchestrate_note(line TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    noted TEXT := coalesce(current_setting('orchestrate.noted', true), '');
BEGIN
    IF noted = '*' OR strpos(noted, line || chr(10)) > 0 THEN
        RETURN;
    END IF;
    IF octet_length(noted) + octet_length(line) > 100000 OR octet_length(line) > 7900 THEN
        noted := '*';
    ELSE
        noted := noted || line || chr(10);
    END IF;
    PERFORM set_config('orchestrate.noted', noted, true);
END $$;
-- +goose StatementEnd

-- orchestrate_commit is the last statement of a transaction that writes: it
-- leaves its token, and tells listeners what was noted, in parts that fit.
-- +goose StatementBegin
CREATE FUNCTION orchestrate_commit(writer TEXT, mark TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    noted TEXT := coalesce(current_setting('orchestrate.noted', true), '');
    part TEXT := '';
    line TEXT;
BEGIN
    INSERT INTO commits (connection, token, seen) VALUES (writer, mark, now())
    ON CONFLICT (connection) DO UPDATE SET token = excluded.token, seen = excluded.seen;
    IF noted = '' THEN
        RETURN;
    END IF;
    IF octet_length(noted) < 7990 THEN
        PERFORM pg_notify('orchestrate', noted);
        RETURN;
    END IF;
    FOREACH line IN ARRAY string_to_array(rtrim(noted, chr(10)), chr(10)) LOOP
        IF octet_length(part) + octet_length(line) > 7900 THEN
            PERFORM pg_notify('orchestrate', part);
            part := '';
        END IF;
        part := part || line || chr(10);
    END LOOP;
    PERFORM pg_notify('orchestrate', part);
END $$;
-- +goose StatementEnd

-- Triggers count ingests and note changes, so that no statement can be
-- forgotten, and one that is rolled back counts and tells nothing.
-- +goose StatementBegin
CREATE FUNCTION ingests_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r ingests := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.tenant, OLD.status) IS DISTINCT FROM (NEW.tenant, NEW.status) THEN
        INSERT INTO ingest_counts (tenant, status, n) VALUES (OLD.tenant, OLD.status, -1), (NEW.tenant, NEW.status, 1);
    ELSIF TG_OP <> 'UPDATE' THEN
        INSERT INTO ingest_counts (tenant, status, n) VALUES (r.tenant, r.status, CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END);
    END IF;
    PERFORM orchestrate_note(json_build_array('ingest', lower(TG_OP), r.tenant, r.id, r.asset_id, r.status)::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER ingests_changed AFTER INSERT OR UPDATE OR DELETE ON ingests
    FOR EACH ROW EXECUTE FUNCTION ingests_changed();

-- +goose StatementBegin
CREATE FUNCTION tasks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r ingests;
BEGIN
    SELECT * INTO r FROM ingests WHERE id = NEW.ingest_id;
    PERFORM orchestrate_note(json_build_array('ingest', 'update', r.tenant, r.id, r.asset_id, r.status)::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tasks_changed AFTER INSERT OR UPDATE ON tasks
    FOR EACH ROW EXECUTE FUNCTION tasks_changed();

-- +goose StatementBegin
CREATE FUNCTION attempts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r ingests;
BEGIN
    SELECT i.* INTO r FROM tasks t JOIN ingests i ON i.id = t.ingest_id WHERE t.id = NEW.task_id;
    PERFORM orchestrate_note(json_build_array('ingest', 'update', r.tenant, r.id, r.asset_id, r.status)::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER attempts_changed AFTER INSERT OR UPDATE ON attempts
    FOR EACH ROW EXECUTE FUNCTION attempts_changed();

-- +goose StatementBegin
CREATE FUNCTION profiles_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r profiles := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM orchestrate_note(json_build_array('profile', lower(TG_OP), r.tenant, r.name, '', '')::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER profiles_changed AFTER INSERT OR UPDATE OR DELETE ON profiles
    FOR EACH ROW EXECUTE FUNCTION profiles_changed();

-- +goose StatementBegin
CREATE FUNCTION catalog_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r catalog := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM orchestrate_note(json_build_array('playback', 'update', r.tenant, r.ingest_id, r.asset_id, '')::text);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE ON catalog
    FOR EACH ROW EXECUTE FUNCTION catalog_changed();
