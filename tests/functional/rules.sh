#!/usr/bin/env bash
# Rules are data: they can be listed, tried and replaced, an imported rule changes a verdict, and it is still there after a restart.
source "$(dirname "$0")/common.sh"
start_server

make_environment trained.json catboost=1.1.1 numpy=2.1.3
push_model churn --uses catboost
make_environment newer.json catboost=1.2.10 numpy=2.1.3
cat >house.json <<'JSON'
{"schema": "assay.rules/1", "name": "house", "rules": [
  {"id": "house/catboost-1.2", "package": "catboost", "recorded": ">=1.1,<1.2", "offered": ">=1.2,<2", "effect": "none", "because": "We replayed all our models with it."}
]}
JSON
cat >breaks.json <<'JSON'
{"schema": "assay.rules/1", "name": "strict", "rules": [
  {"id": "house/catboost-same", "package": "catboost", "recorded": "==1.1.1", "offered": "==1.2.10", "effect": "different-predictions",
   "because": "It gave other numbers in March.", "fix": "pip install catboost==1.1.1"}
]}
JSON

# The rules that come with Assay.
expect 0 "$ASSAY" rules list
says "known-break/"
says "load-error"
expect 0 "$ASSAY" rules list --json
json 'it["schema"] == "assay.rules/1" and it["name"] == "default" and len(it["rules"]) > 10'
cp stdout default.json

# Trying a file changes nothing.
expect 4 "$ASSAY" check churn --environment newer.json
expect 0 "$ASSAY" rules test house.json
says "1 rules can be read (house)"
expect 0 "$ASSAY" rules test house.json churn --environment newer.json
says "churn@1 by the rules in force: refuse: catboost 1.1.1 -> 1.2.10 (unproven)"
says "churn@1 by this file:          allow"
expect 4 "$ASSAY" rules test breaks.json churn --environment newer.json --json
json 'it["with_file"]["conflicts"][0]["rule"] == "house/catboost-same" and it["in_force"]["conflicts"][0]["rule"] == "unproven"'
expect 2 "$ASSAY" rules test house.json churn --environment none
expect 3 "$ASSAY" rules test house.json nobody --environment newer.json
expect 3 "$ASSAY" rules test nowhere.json
expect 4 "$ASSAY" check churn --environment newer.json

# Every mistake of a file is listed, the known members only once, and neither `test` nor `import` takes anything of it.
python3 - <<'PY'
import json
rule = {"id": "a", "package": "numpy", "recorded": "<2", "offered": ">=2", "effect": "boom", "because": "it breaks", "colour": "red"}
json.dump({"schema": "assay.rules/1", "name": "bad", "rules": [dict(rule, id=f"r{n}") for n in range(20)]}, open("bad.json", "w"))
PY
expect 2 "$ASSAY" rules test bad.json
tells "rules[19].effect: 'boom' is not an effect"
tells "rules[19].colour: is not a known field"
[[ $(grep -c "known here" stderr) == 1 ]] || fail "the known members are listed more than once"
expect 2 "$ASSAY" rules import bad.json
tells "line 1: rules[0].colour"
[[ $(grep -c "known here" stderr) == 1 ]] || fail "the known members are listed more than once"
expect 2 "$ASSAY" rules import bad.json --json
json 'it["code"] == "invalid-rules"'
echo '{"schema": "assay.rules/1",' >half.json
expect 2 "$ASSAY" rules import half.json
tells "half.json"
expect 0 "$ASSAY" rules list --json
cmp -s stdout default.json || fail "a refused file changed the rules"

# An imported rule changes the verdict, either way.
expect 0 "$ASSAY" rules import house.json
says "1 rules are in force"
expect 0 "$ASSAY" check churn --environment newer.json
expect 0 "$ASSAY" rules import breaks.json
expect 4 "$ASSAY" check churn --environment newer.json
says "It gave other numbers in March."
expect 4 "$ASSAY" fetch churn -o out --environment newer.json
[[ ! -e out ]] || fail "something was written in spite of the refusal"
expect 0 "$ASSAY" rules import house.json

# And it survives the server.
stop_server
start_server
expect 0 "$ASSAY" rules list
says "house/catboost-1.2"
expect 0 "$ASSAY" check churn --environment newer.json
expect 0 "$ASSAY" rules import default.json
expect 4 "$ASSAY" check churn --environment newer.json
