-- +goose Up

-- What people saved of the list of ingests: the query of its address.
CREATE TABLE views (
    tenant  TEXT NOT NULL CHECK (tenant <> ''),
    subject TEXT NOT NULL CHECK (subject <> ''),
    name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query   TEXT NOT NULL CHECK (length(query) <= 2000),
    PRIMARY KEY (tenant, subject, name)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE views;
