#!/usr/bin/env bash
# Serves, ingests the bundled clip, shows what became of it, and goes on serving
# until it is interrupted; with DEMO_EXIT=1 it stops instead. Needs a built
# bin/orchestrate; `make demo` sees to that.
set -euo pipefail
cd "$(dirname "$0")/.."
addr=${ADDR:-127.0.0.1:8080}
data=${DATA:-./data}
pretty() { if command -v jq >/dev/null; then jq .; else cat; fi; }
cli() { bin/orchestrate "$@" --server "http://$addr"; }

# Warnings alone: what follows is for reading.
bin/orchestrate serve --addr "$addr" --data "$data" --log-level WARN &
server=$!
stop() {
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

# Wait until it answers, for at most 30 seconds; a server that ended is an error
# at once.
for ((i = 0; ; i++)); do
	cli list -o json >/dev/null 2>&1 && break
	if ! kill -0 "$server" 2>/dev/null || ((i == 300)); then
		echo "demo: the server at $addr did not start" >&2
		exit 1
	fi
	sleep 0.1
done

echo
echo "== orchestrate submit testdata/demo.mp4 --asset demo --wait"
cli submit testdata/demo.mp4 --asset demo --force --wait

# The newest ingest is the first of the list.
list=$(cli list -o json)
id=$(grep -oE '"ingestId": *"[^"]+"' <<<"$list" | head -n 1 | cut -d '"' -f 4)
detail=$(cli get "$id" -o json)

echo
echo "== orchestrate list -o json"
pretty <<<"$list"
echo
echo "== orchestrate get $id -o json"
pretty <<<"$detail"

echo
echo "== The stream"
address() { grep -oE '"https?://[^"]+\.'"$1"'"' <<<"$detail" | tail -n 1 | tr -d '"'; }
echo "HLS:      $(address m3u8)"
echo "DASH:     $(address mpd)"
echo "Watch:    http://$addr/play/demo"
echo "Playback: http://$addr/assets/demo/playback"
echo "Status:   http://$addr/ingests/$id"

if [[ -n ${DEMO_EXIT:-} ]]; then
	exit 0
fi
echo
echo "Serving at http://$addr; stop with Ctrl-C."
wait "$server"
