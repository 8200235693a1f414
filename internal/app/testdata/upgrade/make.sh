#!/bin/bash
# Makes the store of an earlier release for TestUpgrade, with that release:
#
#   make.sh BINARY CONTRACT-FOLDER OUT.tar.gz
#
# It has one ingest in every state that the release leaves: COMPLETED, SKIPPED,
# FAILED, CANCELLED and imported ones; one that the server was killed in while
# it encoded; one that waits for its first task. Beside the data folder there is
# answers.json: what the release answered about all that is over.
#
# Rows and inventories hold absolute paths. All of them begin with the data
# folder, which is replaced by the word @DATA@ in every row and answer; the test
# puts its own folder there.
set -euo pipefail
binary=$(realpath "$1") contract=$(realpath "$2") out=$(realpath -m "$3")
work=$(mktemp -d)
data=$work/data
mkdir "$data"
cd "$work"
server=
cleanup() {
  [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

# New work waits as soon as less than this is free, which a large file sees to.
free=$(df --output=avail -B1 "$data" | tail -1)
"$binary" serve --data "$data" --addr 127.0.0.1:0 --public-url https://media.example.com \
  --min-free "$((free - 2000000000))B" --slots encoding=1 2>log &
server=$!
url=
until [ -n "$url" ]; do
  sleep 0.1
  url=$(sed -n 's/.*msg=serving url=\([^ ]*\).*/\1/p' log)
done
export ORCHESTRATE_SERVER=$url

profile() { # NAME CRF PRESET
  cat <<END
name: $1
retrieval:
- filesetFilter: initialInput
  retrievalProfile: {name: fetch, type: vimond_file_retriever, skipOnMD5: true, targetLocation: {name: store}}
  filesetLabelOut: retrieved
encoding:
- filesetFilter: retrieved
  encodingProfile: {name: quick, type: FFMPEG, crf: $2, preset: $3, threads: 1, targetLocation: {name: store}, ladder: [{height: 90}]}
  filesetLabelOut: encoded
packaging:
- filesetFilter: encoded
  packagingProfile: {name: cmaf, type: CMAF, targetLocation: {name: store}}
  filesetLabelOut: packaged
distribution:
- filesetFilter: packaged
  distributionProfile: {name: copy, type: COPY, targetLocation: {name: media}}
  filesetLabelOut: copied
- filesetFilter: copied
  distributionProfile: {name: address, type: URL_REWRITE, sourceLocation: {name: media}, targetLocation: {name: public}}
  filesetLabelOut: distributed
playout:
- filesetFilter: distributed AND HLS
  playoutProfile: {name: hls, type: CATALOG}
  filesetLabelOut: null
- filesetFilter: distributed AND DASH
  playoutProfile: {name: dash, type: CATALOG}
  filesetLabelOut: null
END
}
profile small 30 ultrafast >v1.yaml
profile small 35 ultrafast >v2.yaml
profile slow 35 veryslow >slow.yaml
ask() { curl -sS --fail-with-body -H "X-Vimond-Tenant: ${tenant:-default}" "$@"; }
for p in v1 v2 slow; do
  name=small
  [ $p != slow ] || name=slow
  ask -X PUT -H 'Content-Type: application/yaml' --data-binary @$p.yaml "$url/profiles/$name" >/dev/null
done

make_clip() { # NAME COLOUR SECONDS
  ffmpeg -nostdin -v error -f lavfi -i "color=$2:s=160x90:r=25:d=$3" -c:v libx264 -preset ultrafast -crf 40 -g 9999 "$1.mp4"
}
make_clip one red 2
make_clip two blue 2
make_clip long green 240
echo "This is no video." >text.mp4
upload() {
  local at
  at=$(curl -sS -D - -o /dev/null -X POST -H 'Tus-Resumable: 1.0.0' -H "Upload-Length: $(stat -c %s "$1.mp4")" "$url/uploads" |
    tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -sS -X PATCH -H 'Tus-Resumable: 1.0.0' -H 'Upload-Offset: 0' -H 'Content-Type: application/offset+octet-stream' \
    --data-binary "@$1.mp4" "$url/uploads/${at##*/}"
  echo "upload:${at##*/}"
}
submission() { # ASSET PROFILE SOURCE
  printf '{"assetId":"%s","profile":"%s","filesets":[{"files":[{"mediaType":"VIDEO","uri":"%s"}]}]}' "$1" "$2" "$3"
}
submit() { ask -H 'Content-Type: application/json' "${@:4}" -d "$(submission "$1" "$2" "$3")" "$url/ingests" | jq -r .ingestId; }
until_is() { # ID JQ-CONDITION
  until ask "$url/ingests/$1" | jq -e "$2" >/dev/null; do sleep 0.05; done
}
over='.status | IN("COMPLETED","SKIPPED","FAILED","CANCELLED")'

one=$(upload one)
completed=$(submit 1 small "$one" -H 'Idempotency-Key: first')
until_is "$completed" "$over"
skipped=$(submit 1 small "$(upload one)")
until_is "$skipped" "$over"
failed=$(submit 2 small "$(upload text)")
until_is "$failed" "$over"
cancelled=$(submit 3 slow "$(upload long)")
until_is "$cancelled" '[.tasks[] | select(.name == "ENCODING")] | length == 1'
ask -X DELETE "$url/cancel/$cancelled"
until_is "$cancelled" "$over"
"$binary" import --tenant vimond "$contract"/{list,list-by-asset,detail}.json >/dev/null

waiting=$(upload two)
killed=$(submit 4 slow "$(upload long)")
until_is "$killed" '[.tasks[] | select(.name == "ENCODING")] | length == 1'
fallocate -l 3G ballast
queued=$(submit 5 small "$waiting")

answers() {
  local tenant path status
  while read -r tenant path; do
    status=$(curl -sS -o body -w '%{http_code}' -H "X-Vimond-Tenant: $tenant" "$url$path")
    jq -cn --arg tenant "$tenant" --arg path "$path" --argjson status "$status" --rawfile body body '{$tenant, $path, $status, $body}'
  done
}
until=$(ask "$url/ingests/$killed" | jq -r .startTime) # Lists end before what is not over.
ids="$completed $skipped $failed $cancelled"
{
  echo "default /ingests?status=COMPLETED,SKIPPED,FAILED,CANCELLED&toDate=$until"
  echo "default /ingests?status=COMPLETED,SKIPPED&limit=1&toDate=$until"
  echo "default /ingests?assetId=1"
  for id in $ids; do
    echo "default /ingests/$id"
    echo "default /ingests/$id/plan"
    for task in $(ask "$url/ingests/$id" | jq -r '.tasks[].id'); do echo "default /ingests/$id/tasks/$task"; done
  done
  echo "default /profiles/small"
  echo "default /profiles/small/versions"
  echo "default /profiles/slow"
  echo "default /assets/1/playback"
  echo "default /assets/1/playback/history"
  echo "vimond /ingests?toDate=2022-01-01"
  echo "vimond /ingests?assetId=179057"
  echo "vimond /ingests/7dd40659-2494-45bc-b533-83e7deb97155"
} | answers | jq -s . >answers.json
ask "$url/ingests/$killed" | jq -e '.status == "RUNNING" and .tasks[0].status == "TASK_COMPLETED" and .tasks[1].status == "TASK_RUNNING"'
ask "$url/ingests/$queued" | jq -e '.status == "QUEUED" and .tasks == []'
kill -9 "$server"
wait "$server" 2>/dev/null || true
server=
rm -f ballast

jq -n --arg completed "$completed" --arg skipped "$skipped" --arg killed "$killed" --arg queued "$queued" --arg body "$(submission 1 small "$one")" \
  '{$completed, $skipped, $killed, $queued, key: "first", $body}' >ids.json
# The write-ahead log goes into the file, which then is one.
db=$data/orchestrate.db
for column in ingest_inputs.input ingest_inputs.sources tasks.input tasks.outputs tasks.error attempts.error attempts.command \
  attempts.log ingests.error; do
  sqlite3 "$db" "UPDATE ${column%.*} SET ${column#*.} = replace(${column#*.}, '$data', '@DATA@') WHERE instr(${column#*.}, '$data')"
done
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE); VACUUM;' >/dev/null
sed -i "s#$data#@DATA@#g" answers.json
rm -rf "$data"/lock "$data"/*.lock "$data"/scratch "$db"-wal "$db"-shm
if grep -rlF "$work" data answers.json ids.json; then
  echo "these files name the folder that they were made in" >&2
  exit 1
fi
tar --sort=name --owner=0 --group=0 --numeric-owner -czf "$out" data answers.json ids.json
ls -l "$out"
