#!/usr/bin/env bash
# What breaks when a package moves to another release, over the whole registry.
source "$(dirname "$0")/common.sh"
start_server
expect 0 "$ASSAY" impact scikit-learn=1.6.1
is_silent
tells "no version uses scikit-learn"
push_model iris --alias production
push_model fern
expect 0 "$ASSAY" impact scikit-learn==1.6.1
says "scikit-learn 1.5.2"
says "iris@1"
tells "with scikit-learn 1.6.1: 0 allowed, 0 with a warning, 2 refused"
expect 0 "$ASSAY" impact scikit-learn=1.5.1
tells "0 allowed, 2 with a warning, 0 refused"
expect 0 "$ASSAY" impact numpy=1.26.4 "alias = 'production'" --json
json '[item["model"] for item in it["items"]] == ["iris"] and it["tally"]["refuse"] == 2'
json 'it["releases"][0]["recorded"] == "2.1.3" and it["releases"][0]["effect"] == "load-error" and it["releases"][0]["versions"] == 2'
expect 0 "$ASSAY" impact numpy=2.1.3 --verdict allow
says "fern@1"
expect 2 "$ASSAY" impact scikit-learn
tells "assay impact scikit-learn=1.9.1"
expect 1 "$ASSAY" impact -- -=1
