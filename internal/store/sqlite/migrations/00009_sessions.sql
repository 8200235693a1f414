-- +goose Up

-- Who is signed in with a browser. The hash is that of the cookie's value, which
-- is not kept; rules stands for the configuration that granted the rest.
CREATE TABLE sessions (
    hash        TEXT    NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
    subject     TEXT    NOT NULL CHECK (subject <> ''),
    key         TEXT    NOT NULL CHECK (key <> ''),
    tenants     TEXT    NOT NULL CHECK (json_array_length(tenants) > 0),
    permissions TEXT    NOT NULL CHECK (json_array_length(permissions) > 0),
    token_id    TEXT    NOT NULL,
    rules       TEXT    NOT NULL,
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL CHECK (expires_ms > created_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (expires_ms);

-- +goose Down
DROP TABLE sessions;
