#!/bin/sh
# Makes the databases of Orchestrate and Temporal, each with an owner of its own,
# when Postgres' volume is new.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres <<'SQL'
CREATE ROLE orchestrate LOGIN PASSWORD :'password';
CREATE DATABASE orchestrate OWNER orchestrate;
CREATE ROLE temporal LOGIN PASSWORD :'password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
SQL
