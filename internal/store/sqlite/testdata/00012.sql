INSERT INTO ingests (id, tenant, asset_id, profile_name, profile_version, status, progress, start_ms, end_ms, error,
    media_types, forced, imported, has_input, media_key, input_digest, replaced_ms, removed_ms, search_id, reopened_ms,
    priority, due_ms, trace) VALUES
    ('7dd40659-2494-45bc-b533-83e7deb97155', 'vimond', '867228', 'default', 1619086864969, 'SKIPPED', 20,
     1635925832899, 1635925876447, '', '["VIDEO"]', 0, 0, 1, 'k', '', NULL, NULL, 1635925832899 * 1048576 + 1, NULL,
     'NORMAL', NULL, ''),
    ('d484cf3e-a329-438a-9896-b55e026f62c4', 'vimond', '179057', 'default', 1619086864969, 'RUNNING', 40,
     1635925832900, NULL, '', NULL, 1, 0, 1, 'k2', 'digest', NULL, NULL, 1635925832900 * 1048576 + 1, 1635925832901,
     'HIGH', 1635929432900, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
INSERT INTO ingest_inputs VALUES
    ('7dd40659-2494-45bc-b533-83e7deb97155', '{"assetId" : 867228}', '{"a":"b"}'),
    ('d484cf3e-a329-438a-9896-b55e026f62c4', '{}', NULL);
INSERT INTO tasks VALUES
    ('task', '7dd40659-2494-45bc-b533-83e7deb97155', 0, 'RETRIEVAL', 'TASK_COMPLETED', 1, 0, 0, 1, 1.0,
     1635925835328, 1635925874124, NULL, '{}', '{"filesets": []}', NULL);
INSERT INTO attempts VALUES
    ('task', 1, 'TASK_COMPLETED', 1635925835328, 1635925874124, NULL, '["ffmpeg"]', 'log', '{"remarks":["Fits."]}');
INSERT INTO catalog VALUES
    ('7dd40659-2494-45bc-b533-83e7deb97155', 'vimond', '867228', 1635925832899, '/media/k/main.m3u8', '', '', 1, NULL, '');
INSERT INTO profiles VALUES ('vimond', 'default', 1619086864969, '{}');
INSERT INTO idempotency VALUES ('vimond', 'POST /ingests', 'k', 'h', 1635925832899, 'd484cf3e-a329-438a-9896-b55e026f62c4');
INSERT INTO audit (number, time_ms, tenant, subject, origin, action, target, asset_id) VALUES
    (1, 1635925832899, 'vimond', 'ann', '192.0.2.1', 'ingest.submit', '7dd40659-2494-45bc-b533-83e7deb97155', '867228');
INSERT INTO tokens VALUES
    ('aaaabbbbcccc', '0af90af90af90af90af90af90af90af90af90af90af90af90af90af90af90af9', 'nightly', '["vimond"]', 'operator',
     1635925832899, NULL, NULL);
INSERT INTO reuses VALUES
    ('7dd40659-2494-45bc-b533-83e7deb97155', 'd484cf3e-a329-438a-9896-b55e026f62c4', 'task', 1, 'vimond', 'k2');
INSERT INTO removals VALUES ('d484cf3e-a329-438a-9896-b55e026f62c4', '', 'vimond', 'k2', 1635925832899);
INSERT INTO upload_uses VALUES
    ('0123456789abcdef0123456789abcdef', 'vimond', 'd484cf3e-a329-438a-9896-b55e026f62c4');
INSERT INTO sessions VALUES
    ('0af90af90af90af90af90af90af90af90af90af90af90af90af90af90af90af9', 'ann (https://login.example.com)', 'https://login.example.com sub ann',
     '["vimond"]', '["ingests:read"]', '', 'rules', 1635925832899, 1635969032899);
INSERT INTO search_numbers VALUES (1, 'vimond', ''), (2, 'vimond', 'default');
INSERT INTO search (rowid, tenant_mark, status_mark, profile_mark, asset_mark, asset, names, failure) VALUES
    (-1635925832899 * 1048576 - 1, char(57344, 57345, 116), char(57344, 57345, 115), char(57344, 57346, 112),
     char(62352, 58787, 63583), '867228', '', ''),
    (-1635925832900 * 1048576 - 1, char(57344, 57345, 116), char(57344, 57345, 117), char(57344, 57346, 112),
     char(62304, 59366, 60015), '179057', '', '');
INSERT INTO statistics_counts VALUES ('vimond', 1635925500000, 'default', 2, 1, 0, 1, 0, 0);
INSERT INTO statistics_durations VALUES ('vimond', 1635925500000, 'default', 'RETRIEVAL', '110:1');
INSERT INTO statistics_errors VALUES
    ('vimond', 1635925500000, 'default', 'RETRIEVAL', 'REMOTE', 'timeout', 0, 1, 1635925833000,
     'd484cf3e-a329-438a-9896-b55e026f62c4', '179057', 'The server did not answer.');
INSERT INTO views VALUES ('vimond', 'ann (https://login.example.com)', 'Failed today', 'status=FAILED');
INSERT INTO workers VALUES
    ('0b7c2d51-3c0e-4d7a-9a55-3f0a5b1d9f10', 'enc-1', '1.2.3', '{"ENCODING":2}', '["hevc"]', 34359738368, 16, 1099511627776, 1,
     1635925832899, 1635925833000);
