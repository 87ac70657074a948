#!/usr/bin/env bash
# The rules of the gate can be read, replaced and handed back as they were.
source "$(dirname "$0")/common.sh"
start_server
push_model iris
expect 0 "$ASSAY" rules list
says "known-break/numpy-2-to-1"
expect 0 "$ASSAY" rules list --json
json 'it["schema"] == "assay.rules/1"'
cp stdout default.json
make_environment newer.json scikit-learn=1.6.0 numpy=2.1.3 joblib=1.4.2
cat >mine.json <<'END'
{"schema":"assay.rules/1","name":"mine","rules":[{"id":"known-break/mine","package":"scikit-learn","recorded":"==1.5.2","offered":">=1.6",
 "effect":"load-error","because":"we have seen it break","fix":"retrain"}]}
END
expect 0 "$ASSAY" rules import mine.json
says "1 rules are in force"
expect 4 "$ASSAY" check iris@1 --environment newer.json
says "we have seen it break"
expect 1 "$ASSAY" rules import newer.json
tells "while: importing newer.json"
expect 3 "$ASSAY" rules import nothing.json
expect 2 "$ASSAY" rules
tells "assay rules import FILE"
