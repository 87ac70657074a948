#!/usr/bin/env bash
# Versions of all models are found by what is known of them, ordered, and page by page.
source "$(dirname "$0")/common.sh"
start_server
expect 0 "$ASSAY" search
is_silent
tells "there are no versions yet"
push_model iris --alias production --tag team=flora --param depth=8
push_model iris --metric loss=0.25@held-out
push_model fern --metric loss=0.5@held-out

expect 0 "$ASSAY" search "metrics.accuracy >= 0.9 AND tags.team = 'flora'"
says "iris@1"
expect 0 "$ASSAY" search "library.scikit-learn < '1.10' AND NOT alias = 'production'" --order-by "metrics.loss DESC" --json
json '[item["model"] + str(item["version"]) for item in it["items"]] == ["fern1", "iris2"] and not it["more"]'
expect 0 "$ASSAY" search "dataset.digest = 'sha256:$(sha256sum train.csv | cut -c1-64)'" --limit 2 --json
json 'len(it["items"]) == 2 and it["more"]'
expect 0 "$ASSAY" search --order-by name --order-by "version DESC" --limit 0 --json
json '[item["version"] for item in it["items"]] == [1, 2, 1]'
expect 0 "$ASSAY" search "name = 'fern'" --limit 1
says "scikit-learn=1.5.2"
expect 0 "$ASSAY" search "tags.team = 'fauna'"
is_silent
tells "no version is like that"

expect 0 "$ASSAY" rm fern@1 --yes
expect 0 "$ASSAY" search "name = 'fern'" --json
json 'it["items"] == []'
expect 0 "$ASSAY" search "name = 'fern' AND state = 'deleted'"
says "fern@1"

expect 2 "$ASSAY" search "metrics.accuracy > 'high'"
tells "because: character 20: metrics.accuracy is compared with a number, and this is a text"
tells "fix: such as 0.9, without quotes"
expect 2 "$ASSAY" search "accuracy > 0.9"
tells "character 1: there is no key 'accuracy'"
expect 2 "$ASSAY" search --order-by size
tells "the order cannot be used"
expect 2 "$ASSAY" search --limit -1
tells "--limit must be 0 or more"
