#!/usr/bin/env bash
# A waiver lets a version pass in spite of a refusal: who, why, until when; and it ends.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
make_environment older.json scikit-learn=1.2.2 numpy=2.1.3 joblib=1.4.2
make_environment other.json scikit-learn=1.1.0 numpy=2.1.3 joblib=1.4.2
expect 4 "$ASSAY" fetch iris@1 -o out --environment older.json
tells "fetch --try"

expect 0 "$ASSAY" waiver grant iris@1 --why "tested by hand, ticket 4711" --until 14d --environment older.json --consumer ann@lab
says "waiver 1 for iris@1 until"
expect 0 "$ASSAY" fetch iris@1 -o out --environment older.json
tells "iris@1 passes by a waiver"
tells "ticket 4711"
expect 4 "$ASSAY" check iris@1 --environment other.json
expect 0 "$ASSAY" check iris@1 --environment older.json --json
json 'it["verdict"] == "warn" and it["settled"]["by"] == "ann@lab" and it["overruled"][0]["package"] == "scikit-learn"'

expect 0 "$ASSAY" waiver list
says "iris@1"
says "ticket 4711"
expect 0 "$ASSAY" log iris
says "waived"
expect 0 "$ASSAY" waiver end 1 --consumer bob@lab
expect 4 "$ASSAY" check iris@1 --environment older.json
expect 0 "$ASSAY" waiver list
is_silent
tells "no waiver holds"
expect 0 "$ASSAY" waiver list iris@1 --all --json
json 'it["items"][0]["ended_by"] == "bob@lab" and not it["items"][0]["holds"]'
expect 8 "$ASSAY" waiver end 1
expect 3 "$ASSAY" waiver end 9

expect 0 "$ASSAY" waiver grant iris@1 --why "all of ours are tested" --until 2h
says "in every environment"
expect 0 "$ASSAY" check iris@1 --environment other.json

expect 1 "$ASSAY" waiver grant iris@1 --why x --until 2020-01-01
tells "has passed"
expect 1 "$ASSAY" waiver grant iris@1 --why x --until 400d
tells "a waiver ends"
expect 2 "$ASSAY" waiver grant iris@1 --until 14d
expect 3 "$ASSAY" waiver grant iris@9 --why x --until 14d
expect 2 "$ASSAY" waiver grant iris@1 --why x --until 14d --environment none
tells "leave --environment out to waive in every environment"
