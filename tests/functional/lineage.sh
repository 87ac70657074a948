#!/usr/bin/env bash
# Data, run, version, derived version and consumer hang together, both ways.
source "$(dirname "$0")/common.sh"
start_server
push_model base
push_model tuned --parent base@1:retrained_from
expect 0 "$ASSAY" fetch tuned@1 -o out --environment trained.json --consumer scoring@web-1

expect 0 "$ASSAY" lineage tuned@1
says "tuned@1"
says "base@1"
says "train"
says "scoring"

expect 0 "$ASSAY" lineage tuned@1 --up --json
json '{"version:base@1", "version:tuned@1"} <= {node["id"] for node in it["nodes"]}'
json 'not any(node["kind"] == "consumer" for node in it["nodes"])'
json 'any(edge["relation"] == "retrained_from" for edge in it["edges"])'
expect 0 "$ASSAY" lineage base@1 --down --json
json '"version:tuned@1" in {node["id"] for node in it["nodes"]} and not it["truncated"]'
expect 0 "$ASSAY" lineage tuned@1 --up --depth 1 --json
json '"version:base@1" in {node["id"] for node in it["nodes"]} and len(it["nodes"]) < 6'

digest=sha256:$(sha256sum train.csv | cut -c1-64)
expect 0 "$ASSAY" lineage "dataset:$digest" --down --json
json '{"version:base@1", "version:tuned@1"} <= {node["id"] for node in it["nodes"]}'

expect 0 "$ASSAY" lineage tuned@1 --svg picture.svg
python3 -c 'import xml.dom.minidom, sys; xml.dom.minidom.parse("picture.svg")' || fail "the picture is no XML"
expect 0 "$ASSAY" lineage tuned@1 --format dot
says "digraph"
expect 0 "$ASSAY" lineage tuned@1 --format mermaid

expect 3 "$ASSAY" lineage tuned@9
expect 2 "$ASSAY" lineage tuned@1 --up --down
expect 2 "$ASSAY" lineage tuned@1 --depth 0
tells "'0' is not a whole number from 1 to 1000"
expect 2 "$ASSAY" lineage tuned@1 --depth 1001

# A consumer who was refused is marked, once.
make_environment old.json scikit-learn=0.20.0
expect 4 "$ASSAY" fetch tuned@1 -o out2 --environment old.json --consumer refused-one@web-2
expect 0 "$ASSAY" lineage tuned@1 --down
[[ $(grep refused-one stdout | sed s/refused-one// | grep -o refused | wc -l) == 1 ]] || fail "refused is not said exactly once"
