#!/usr/bin/env bash
# Kills (SIGKILL) an import at random moments and imports again, on the embedded store and on Neo4j: the export
# and the report must equal those of an import that nobody disturbed. Usage: scripts/kill-import.sh [KILLS]
# A Neo4j is started by itself (Docker, or Java with Maven); or name one whose data may be deleted:
# TRIBUTARY_TEST_NEO4J_URI, _USER, _PASSWORD. Without one those tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
go test ./cmd/tributary -count=1 -timeout 60m -v -run 'TestKillImport' -kills "${1:-50}"
