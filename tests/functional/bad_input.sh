#!/usr/bin/env bash
# Whatever is wrong is said in words, with the documented exit code, and nothing is kept of it.
source "$(dirname "$0")/common.sh"

# Without a server.
expect 0 "$ASSAY"
says "push"
expect 0 "$ASSAY" --version
expect 0 "$ASSAY" help push
says "--metric"
expect 0 "$ASSAY" push --help
says "--metric"
expect 2 "$ASSAY" psuh
tells "assay push"
expect 2 "$ASSAY" push
expect 2 "$ASSAY" push --no-such-option name path
expect 2 "$ASSAY" fetch name@1 -o out --environment
expect 2 "$ASSAY" --json frobnicate
json 'it["code"] == "usage"'
expect 2 "$ASSAY" show churn --url ftp://example
expect 2 "$ASSAY" show churn --url http://user:secret@example
expect 10 "$ASSAY" show churn --url http://127.0.0.1:9
tells "there is no answer"
for reference in '' @ churn@ churn@0 churn@-1 churn@007 churn@9223372036854775808 churn@99999999999999999999 churn@sha256:abc churn@v3 'churn@a b' a/b \
  models:/churn models:/churn/ models:/churn/x "$(head -c 5000 /dev/zero | tr '\0' a)" $'churn\x01' $'churn@\xff'; do
  expect 2 "$ASSAY" show -- "$reference"
done
mkdir project
echo 'url = ' >project/assay.toml
(cd project && expect 2 "$ASSAY" list) || fail "a broken assay.toml"
tells "assay.toml"
printf '[assay]\nurll = "x"\n' >project/assay.toml
(cd project && expect 2 "$ASSAY" list) || fail "an unknown setting"
tells "urll"

start_server
push_model good
blobs() { find data -type f -path '*blobs*' | wc -l; }
before=$(blobs)

push() { "$ASSAY" push "$@" --metric m=1 --dataset training=train.csv --trained-at 2026-11-22 --environment trained.json; }
expect 3 push bad no-such-file
ln -s model.joblib link.joblib
expect 2 push bad link.joblib
tells "symbolic link"
mkdir empty && expect 2 push bad empty
mkdir with-link && ln -s ../model.joblib with-link/m && expect 2 push bad with-link
mkfifo pipe && expect 2 push bad pipe
mkdir copy && cp model.joblib copy/ && expect 2 push bad model.joblib copy/model.joblib
tells "two files"
expect 2 push 'a/b' model.joblib
expect 2 push 'a@b' model.joblib
expect 2 push '' model.joblib
expect 2 push "$(head -c 300 /dev/zero | tr '\0' a)" model.joblib
expect 2 push $'nul\x01' model.joblib
for metric in accuracy accuracy= =1 accuracy=nan accuracy=inf accuracy=x accuracy=1e999 accuracy=0.9@; do
  expect 2 "$ASSAY" push bad model.joblib --metric "$metric" --environment trained.json
done
for dataset in training training= =x.csv training=@sha256:00 training=x@sha256:00; do
  expect 2 "$ASSAY" push bad model.joblib --dataset "$dataset" --environment trained.json
done
expect 3 "$ASSAY" push bad model.joblib --dataset training=missing.csv --environment trained.json
for time in yesterday 1969-12-31T23:59:59Z 2026-02-30 2026-11-22T25:00:00Z; do
  expect 2 "$ASSAY" push bad model.joblib --trained-at "$time" --environment trained.json
done
echo '{"packages":{"numpy":1}}' >broken.json
expect 2 "$ASSAY" push bad model.joblib --environment broken.json
tells "packages.numpy"
expect 2 "$ASSAY" push bad model.joblib --environment trained.json --param a=1 --param a=2

[[ $(blobs) == "$before" ]] || fail "blobs were kept of pushes that the client refused"

# The server lists every missing fact at once.
expect 1 "$ASSAY" push bad model.joblib --environment none --json
json '{"facts.libraries", "facts.datasets", "facts.metrics", "facts.trained_at"} <= {error["field"] for error in it["field_errors"]}'
expect 3 "$ASSAY" show bad
expect 3 "$ASSAY" show good@9223372036854775807
expect 3 "$ASSAY" show good@nowhere
expect 2 "$ASSAY" rm good --yes
expect 2 "$ASSAY" rm good@1
tells "--yes"
expect 2 "$ASSAY" check ./model.joblib

# 10,000 files are a version; one more is not.
mkdir many
python3 -c 'for i in range(10000): open(f"many/{i:05}.txt", "w").write("the same bytes")'
expect 0 push many many --uses numpy
expect 0 "$ASSAY" fetch many -o fetched --environment none
[[ $(find fetched -type f | wc -l) == 10000 ]] || fail "not all files came back"
echo more >many/more.txt
expect 1 push many many --uses numpy
