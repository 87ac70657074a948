#!/usr/bin/env bash
# What is in a registry can be looked at: list, show and log, for people and for scripts.
source "$(dirname "$0")/common.sh"
start_server
expect 0 "$ASSAY" list
is_silent
tells "there are no models yet"
push_model iris --alias production --tag team=flora --description "three species"
push_model iris --param depth=2
push_model churn

expect 0 "$ASSAY" list
says "production=1"
expect 0 "$ASSAY" list --json
json '[model["name"] for model in it["items"]] == ["churn", "iris"]'
expect 0 "$ASSAY" list --contains iri --json
json '[model["name"] for model in it["items"]] == ["iris"]'
expect 0 "$ASSAY" list --contains nothing
tells "no model's name contains 'nothing'"
expect 0 "$ASSAY" list iris
says "accuracy=0.9"
expect 3 "$ASSAY" list nobody
tells "there is no model called 'nobody'"
expect 2 "$ASSAY" list iris churn
tells "does not know what to do with 'churn'"

expect 0 "$ASSAY" show iris@production
says "three species"
says "team=flora"
says "scikit-learn 1.5.2"
says "model.joblib"
expect 0 "$ASSAY" fetch iris@1 -o out --environment trained.json --consumer scoring@web-1
expect 0 "$ASSAY" show iris@1 --json
json 'it["manifest"]["facts"]["metrics"][0]["value"] == 0.9 and it["fetches"][0]["consumer"] == "scoring"'
expect 3 "$ASSAY" show iris@9
tells "assay list iris, or "
expect 3 "$ASSAY" show iris@staging
tells "its aliases are: production"

expect 0 "$ASSAY" alias set iris production 2 --consumer ada@lab
expect 0 "$ASSAY" log iris
says "alias production: 1 -> 2"
says "registered"
says "ada@lab"
expect 0 "$ASSAY" log iris --json
json '[event["kind"] for event in it["items"]].count("registered") == 2 and it["items"][0]["after"] == 2'
expect 3 "$ASSAY" log nobody
