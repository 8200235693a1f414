-- +goose Up

-- For what is rare within an asset. Lists by asset and profile of any status
-- are merged out of one scan for each: an index of their own would be written
-- with every ingest, for lists that few ask for.
CREATE INDEX ingests_by_asset_profile_status ON ingests (tenant, asset_id, profile_name, status, start_ms, id);

-- +goose Down
DROP INDEX ingests_by_asset_profile_status;
