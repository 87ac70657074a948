#!/usr/bin/env bash
# Aliases move, remember where they were, and go back.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
push_model iris --param depth=2
push_model iris --param depth=3

expect 0 "$ASSAY" alias set iris production 1
expect 0 "$ASSAY" alias set iris production 2
says "was 1"
expect 8 "$ASSAY" alias set iris production 3 --if-match 1
expect 0 "$ASSAY" alias set iris production 3 --if-match 2
expect 8 "$ASSAY" alias set iris production 1 --if-new
expect 0 "$ASSAY" show iris@production --json
json 'it["version"] == 3'

expect 0 "$ASSAY" alias rollback iris production
says "version 2"
expect 0 "$ASSAY" show iris@production --json
json 'it["version"] == 2'
expect 0 "$ASSAY" alias log iris production --json
json '[move["after"] for move in it["items"]] == [2, 3, 2, 1]'

# A rollback is a move: the next one undoes it.
expect 0 "$ASSAY" alias rollback iris production
says "version 3 (was 2)"
expect 0 "$ASSAY" alias rollback iris production
says "version 2 (was 3)"
expect 2 "$ASSAY" alias
tells "assay alias rollback NAME ALIAS"
expect 2 "$ASSAY" alias set iris production 1 --if-match x
tells "'x' is not a whole number"

# An alias can be set to where another one points.
expect 0 "$ASSAY" alias set iris staging production
expect 0 "$ASSAY" alias list iris --json
json '{entry["alias"]: entry["version"] for entry in it["items"]} == {"production": 2, "staging": 2}'

expect 0 "$ASSAY" alias rm iris staging
expect 3 "$ASSAY" show iris@staging
expect 0 "$ASSAY" alias log iris staging
expect 3 "$ASSAY" alias set iris production 9
expect 3 "$ASSAY" alias set nothing production 1

for name in latest LATEST 3 v3 'with space' ''; do
  expect 2 "$ASSAY" alias set iris "$name" 1
done

# Where it pointed at a time that has been.
expect 0 "$ASSAY" alias show iris production
says "iris@2"
expect 0 "$ASSAY" alias log iris production --json
moved=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["items"][0]["at"])' "$work/stdout")
expect 0 "$ASSAY" alias show iris production --at "$moved"
says "iris@2"
expect 3 "$ASSAY" alias show iris production --at 2020-01-01
tells "iris had no alias 'production' at 2020-01-01T00:00:00Z"
expect 0 "$ASSAY" alias list iris --at 2020-01-01
is_silent
expect 1 "$ASSAY" alias show iris production --at 2999-01-01
tells "has not come yet"
expect 2 "$ASSAY" alias show iris production --at yesterday
tells "?at"
