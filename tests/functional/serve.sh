#!/usr/bin/env bash
# How the server starts, whom it answers, what it insists on, and how it ends.
source "$(dirname "$0")/common.sh"

status_of() { # status_of METHOD TARGET [HEADER]: the status of one plain request
  python3 - "$ASSAY_URL" "$@" <<'PY'
import http.client, sys, urllib.parse
url, method, target, *header = sys.argv[1:]
connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)
connection.request(method, target, headers=dict(field.split(": ", 1) for field in header))
print(connection.getresponse().status)
PY
}

# Addresses and options that are none; nothing is left of the attempt.
for address in nowhere 127.0.0.1:x 127.0.0.1:65536 127.0.0.1:-1 :8080 127.0.0.1: '[::1' 'a b:1' 256.1.1.1:0 1.2.3.4.5:0; do
  expect 2 timeout 30 "$ASSAY" serve --listen "$address" --data unused --allow-volatile
  tells "listen"
done
[[ ! -e unused/FORMAT || $(find unused -path '*manifests/*' | wc -l) == 0 ]] || fail "a server that could not listen stored something"
expect 2 timeout 30 "$ASSAY" serve --listen 127.0.0.1:0 --data unused --log-level loud
tells "--log-level"
expect 3 timeout 30 "$ASSAY" serve --listen 127.0.0.1:0 --data unused --policy nowhere.toml
printf '[facts]\nmetrics = "maybe"\ncolour = "red"\n' >policy.toml
expect 2 timeout 30 "$ASSAY" serve --listen 127.0.0.1:0 --data unused --policy policy.toml
tells "facts.metrics"
tells "facts.colour"
mkdir not-ours && touch not-ours/thesis.txt
expect 8 timeout 30 "$ASSAY" serve --listen 127.0.0.1:0 --data not-ours --allow-volatile
tells "thesis.txt"
[[ $(ls not-ours) == thesis.txt ]] || fail "something was written into a directory of somebody else"

# One line on standard output; with --json it is one JSON document.
ulimit -Sn 256
start_server
[[ $ASSAY_URL =~ ^http://127\.0\.0\.1:[0-9]+$ ]] || fail "the announcement is '$ASSAY_URL'"
hard=$(ulimit -Hn)
soft=$(awk '/^Max open files/ { print $4 }' "/proc/$server/limits")
[[ $hard == unlimited || $hard -gt 65536 ]] && hard=65536
[[ $soft == "$hard" ]] || fail "the server may open $soft files, not $hard"
expect 0 "$ASSAY" list
[[ $(status_of GET /readyz) == 200 ]] || fail "not ready after it said where it listens"

# A second server on the same directory, and one on the same port, are refused in words.
expect 8 timeout 30 "$ASSAY" serve --listen 127.0.0.1:0 --data data --allow-volatile
is_silent
tells "in use by process $server"
tells "fix: "
expect 8 timeout 30 "$ASSAY" serve --listen "${ASSAY_URL#http://}" --data other --allow-volatile --json
tells "another program does"
json 'it["code"] == "address-in-use"'
expect 0 "$ASSAY" list

# Whom it answers.
[[ $(status_of GET /v1/models 'Host: evil.example') == 403 ]] || fail "a foreign Host was answered"
[[ $(status_of GET /v1/models 'Host: models.example') == 403 ]] || fail "a Host was answered before it was allowed"
[[ $(status_of GET /v1/models 'Origin: http://evil.example') == 403 ]] || fail "a foreign Origin was answered"

# By default every fact is required.
push_model good
expect 1 "$ASSAY" push lacking model.joblib --environment trained.json --trained-at 2026-11-22 --dataset training=train.csv
tells "facts.metrics"
expect 3 "$ASSAY" show lacking

# SIGTERM ends it with 0 after the request under way; what was acknowledged is there afterwards.
python3 - "$ASSAY_URL" "$server" <<'PY' || fail "a request under way was cut by SIGTERM"
import hashlib, http.client, os, signal, sys, urllib.parse
url, process = sys.argv[1], int(sys.argv[2])
data = os.urandom(1 << 20)
connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)
connection.putrequest("PUT", "/v1/blobs/sha256:" + hashlib.sha256(data).hexdigest())
connection.putheader("Content-Length", str(len(data)))
connection.putheader("Expect", "100-continue")
connection.endheaders()
assert connection.sock.recv(1000).startswith(b"HTTP/1.1 100"), "the handler did not begin"
os.kill(process, signal.SIGTERM)
connection.send(data)
sys.exit(0 if connection.getresponse().status == 201 else 1)
PY
code=0
wait "$server" || code=$?
server=
[[ $code -eq 0 ]] || fail "SIGTERM ended the server with $code"
tail -1 server.log | grep -q . || fail "there is no log"
grep -q '"stopping"\|stopping' server.log || fail "the log does not say that it stopped"

# Another name, a milder policy, and the announcement as JSON.
printf '[facts]\nlibraries = "warn"\nmetrics = "warn"\ndatasets = "warn"\ntrained_at = "warn"\n' >policy.toml
"$ASSAY" serve --json --listen 127.0.0.1:0 --data data --allow-volatile --policy policy.toml --allowed-host models.example --allow-raw-blobs \
  >announcement 2>server.log &
server=$!
while read -r line; do
  echo "$line"
  [[ $line == "}" ]] && break
done <announcement >stdout
cp stdout announcement.json
json 'it["listening"].startswith("http://127.0.0.1:") and it["data"] == "data"'
ASSAY_URL=$(python3 -c 'import json; print(json.load(open("announcement.json"))["listening"])')
export ASSAY_URL
[[ $(status_of GET /v1/models 'Host: models.example') == 200 ]] || fail "an allowed host was refused"
[[ $(status_of GET /v1/models 'Host: models.example:8080') == 200 ]] || fail "an allowed host with a port was refused"
[[ $(status_of GET /v1/models 'Host: other.example') == 403 ]] || fail "a host that is not allowed was answered"
blob=sha256:$(sha256sum model.joblib | cut -c1-64)
[[ $(status_of GET "/v1/blobs/$blob") == 200 ]] || fail "--allow-raw-blobs hands out no blob"
expect 0 "$ASSAY" show good@1
expect 0 "$ASSAY" push lacking model.joblib --environment none --json
json 'set(it["manifest"]["facts"]["missing"]) == {"libraries", "datasets", "metrics", "trained_at"}'
json 'len(it["warnings"]) >= 4'
expect 0 "$ASSAY" push lacking model.joblib --environment trained.json --trained-at 2026-11-22 --dataset training=train.csv
tells "facts.metrics"
expect 0 "$ASSAY" show lacking@2 --json
json 'it["manifest"]["facts"]["missing"] == ["metrics"]'

# An address that there is not: nothing is made for it, and nobody is warned of it.
stop_server
expect 2 "$ASSAY" serve --listen nowhere.invalid:0 --data never
tells "cannot listen on nowhere.invalid:0"
! grep -q "other machines" stderr || fail "it warns of an address that there is not"
[[ ! -e never ]] || fail "a data directory was made for a server that could not listen"

# Beyond loopback it says what that means.
interrupted=0
timeout 30 "$ASSAY" serve --listen 0.0.0.0:0 --data data --allow-volatile >announcement 2>stderr &
server=$!
read -r line <announcement || true
[[ $line == "listening on http://0.0.0.0:"* ]] || fail "the announcement is '$line'"
tells "can be reached from other machines"
kill -INT "$server"
wait "$server" || interrupted=$?
server=
[[ $interrupted -eq 0 ]] || fail "SIGINT ended the server with $interrupted"
