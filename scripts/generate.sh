#!/usr/bin/env bash
# Writes generated files anew. Needs scripts/setup.sh generate.
set -euo pipefail
cd "$(dirname "$0")/.."
go generate ./...
go run ./internal/tools/notices -o THIRD_PARTY_NOTICES
