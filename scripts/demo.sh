#!/usr/bin/env bash
# Serves, ingests the bundled clip, shows what became of it, and goes on serving
# until it is interrupted; with DEMO_EXIT=1 it stops instead. Needs a built
# bin/orchestrate; `make demo` sees to that.
set -euo pipefail
cd "$(dirname "$0")/.."
addr=${ADDR:-127.0.0.1:8080}
data=${DATA:-./data}
host=${addr%:*}
port=${addr##*:}

# show COMMAND... prints a command as one would type it, and runs it.
show() {
	printf '\n== %s\n' "$*"
	"$@"
}

# show_json does the same with JSON: indented where jq is there, otherwise as the
# server sent it.
show_json() {
	printf '\n== %s\n' "$*"
	"$@" | if command -v jq >/dev/null; then jq .; else cat; fi
}

# Before anything is started, for a clip must not go to somebody else's server.
bare=${host#[}
if (exec 3<>"/dev/tcp/${bare%]}/$port") 2>/dev/null; then
	echo "demo: a server answers at $addr already; stop it, or try: make demo ADDR=$host:$((port + 1)) DATA=./data2" >&2
	exit 1
fi

# The command line takes the server from here. Warnings alone are logged: what
# follows is for reading.
export ORCHESTRATE_SERVER=http://$addr
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
	if ! kill -0 "$server" 2>/dev/null || ((i == 300)); then
		echo "demo: the server at $addr did not start" >&2
		exit 1
	fi
	bin/orchestrate list -o json >/dev/null 2>&1 && break
	sleep 0.1
done

printf '\n== export ORCHESTRATE_SERVER=%s\n' "$ORCHESTRATE_SERVER"
# --force: a second demo does the work again, instead of skipping an equal file.
show bin/orchestrate submit testdata/demo.mp4 --asset demo --force --wait

# The newest ingest is the first of the list.
id=$(bin/orchestrate list -o json | grep -oE '"ingestId": *"[^"]+"' | head -n 1 | cut -d '"' -f 4)
show_json bin/orchestrate list -o json
show_json bin/orchestrate get "$id" -o json

echo
echo "Status:   http://$addr/ingests/$id"
echo "Playback: http://$addr/assets/demo/playback"

if [[ -n ${DEMO_EXIT:-} ]]; then
	stop
	echo "The server has stopped. This serves it again: make run ADDR=$addr DATA=$data"
	echo "Then watch: http://$addr/play/demo"
	exit 0
fi
trap 'exit 0' INT TERM
echo "Serving at http://$addr; stop with Ctrl-C."
echo "Watch:    http://$addr/play/demo"
wait "$server"
