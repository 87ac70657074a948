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

# What the bytes are, read when they were pushed.
make_environment old.json scikit-learn=1.2.2 numpy=1.24.4 joblib=1.2.0
make_environment new.json scikit-learn=1.9.1 numpy=2.3.1 joblib=1.5.1
expect 0 "$ASSAY" push oak "$here/../data/artifacts/1.2.2-forest.joblib" --metric accuracy=0.9 --dataset training=train.csv \
  --trained-at 2026-11-22 --environment old.json --uses scikit-learn
expect 0 "$ASSAY" push elm "$here/../data/artifacts/1.9.1-neighbours.joblib" --metric accuracy=0.9 --dataset training=train.csv \
  --trained-at 2026-11-22 --environment new.json --uses scikit-learn
expect 0 "$ASSAY" search "estimator = 'RandomForestClassifier'" --json
json '[item["model"] for item in it["items"]] == ["oak"]'
expect 0 "$ASSAY" search "import = 'sklearn' AND embedded.scikit-learn >= '1.3'" --json
json '[item["model"] for item in it["items"]] == ["elm"]'
expect 0 "$ASSAY" search "training_data = 'rows'" --json
json '[item["model"] for item in it["items"]] == ["elm"]'
expect 0 "$ASSAY" search "verdict = 'model' AND training_data IS NULL" --json
json '[item["model"] for item in it["items"]] == ["oak"]'
expect 2 "$ASSAY" search "verdict = 'evil'"
tells "one of data, model, needs-trust, dangerous, malformed"
