-- +goose Up

-- Minted access tokens. The hash is that of the secret, which is not kept.
CREATE TABLE tokens (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    hash       TEXT    NOT NULL CHECK (length(hash) = 64),
    name       TEXT    NOT NULL,
    tenants    TEXT    NOT NULL CHECK (json_array_length(tenants) > 0),
    role       TEXT    NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    revoked_ms INTEGER
) STRICT;

-- +goose Down
DROP TABLE tokens;
