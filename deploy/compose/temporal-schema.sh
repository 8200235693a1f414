#!/bin/sh
# Brings Temporal's tables to the version of this image. It may run again.
set -eu
for pair in temporal:temporal temporal_visibility:visibility; do
  tool="temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal --database ${pair%:*}"
  $tool setup-schema --version 0.0
  $tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/${pair#*:}/versioned"
done
