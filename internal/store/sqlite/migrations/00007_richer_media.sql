-- +goose Up

-- What an attempt tells of its work, as JSON; at most 256 KiB.
ALTER TABLE attempts ADD COLUMN report TEXT;

-- The address of the track of thumbnail sheets.
ALTER TABLE catalog ADD COLUMN thumbnails TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE catalog DROP COLUMN thumbnails;
ALTER TABLE attempts DROP COLUMN report;
