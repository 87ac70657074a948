#!/usr/bin/env bash
# Tags of a model and of a version are two things; values may hold anything.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
expect 0 "$ASSAY" tag set iris team=flora
says "iris: team=flora"
expect 0 "$ASSAY" tag set iris@1 'review=yes = and more' --json
json 'it == {"key": "review", "value": "yes = and more"}'
expect 0 "$ASSAY" show iris@1 --json
json 'it["tags"] == {"review": "yes = and more"}'
expect 0 "$ASSAY" list --json
json 'it["items"][0]["tags"] == {"team": "flora"}'
expect 0 "$ASSAY" tag rm iris team
expect 3 "$ASSAY" tag rm iris team
tells "iris has no tag 'team'"
expect 0 "$ASSAY" tag rm iris@1 review --json
json 'it["removed"]'
expect 3 "$ASSAY" tag set iris@9 a=b
expect 2 "$ASSAY" tag set iris a
tells "there is no KEY="
expect 2 "$ASSAY" tag
tells "assay tag rm NAME|REF KEY"
