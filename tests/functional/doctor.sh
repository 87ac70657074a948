#!/usr/bin/env bash
# The doctor says what is wrong, why, and what mends it; it changes nothing, and never touches the database of a server.
source "$(dirname "$0")/common.sh"
export VIRTUAL_ENV=$work/venv
mkdir -p venv/bin
ln -s "$(command -v python3)" venv/bin/python

# No server.
expect 10 "$ASSAY" doctor --url http://127.0.0.1:1
says "FAIL  server"
says "there is no answer at http://127.0.0.1:1"
says "fix: start a server"
expect 1 "$ASSAY" doctor --url nonsense
says "is not the URL of a server"

start_server
expect 0 "$ASSAY" doctor
says "ok    server"
says "ok    clock         this machine and the server agree to the second"
says "url = $ASSAY_URL (ASSAY_URL)"
says "cache = $XDG_CACHE_HOME/assay (default)"
says "SQLite 3."
says "OpenSSL 3."
says "disk space"
expect 0 "$ASSAY" doctor --json
json 'it["ok"] is True'
json '{"assay", "configuration", "cache", "lock file", "python", "server", "versions", "clock", "file system", "disk space"} == {one["check"] for one in it["items"]}'
json 'all(one["health"] in ("ok", "warn") for one in it["items"])'

# Something else that speaks HTTP, and a server whose clock is another.
cat >other.py <<'PYTHON'
import http.server, json, sys
class Other(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"name": "assay", "version": "0.1.0", "api": "v1", "schema": 1}).encode() if sys.argv[1] == "old" else b"<html>hello"
        self.send_response_only(200)
        self.send_header("Date", "Sat, 01 Jan 2022 00:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Other)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
for kind in web old; do
  python3 other.py "$kind" >port &
  other=$!
  until [[ -s port ]]; do sleep 0.05; done
  expect 1 "$ASSAY" doctor --url "http://127.0.0.1:$(cat port)"
  kill "$other"
  if [[ $kind == web ]]; then says "is no Assay server"; else says "ahead of the server"; says "FAIL  clock"; fi
  : >port
done

# A configuration with a mistake is found, and the rest is looked at all the same.
mkdir project
printf '[assay]\nurll = "http://x"\n' >project/assay.toml
(cd project && expect 1 "$ASSAY" doctor)
says "FAIL  configuration $work/project/assay.toml cannot be used as configuration"
says "there is no setting 'urll'"
says "did you mean 'url'?"
says "ok    server"
printf '[assay]\nconsumer = "scorer@shop"\n[fetch]\nmodels = ["churn@production"]\n' >project/assay.toml
(cd project && expect 0 "$ASSAY" doctor)
says "consumer = scorer@shop ($work/project/assay.toml)"
says "names models that nothing pins"

# A data directory that a server is using: looked at, and left as it is, byte for byte and second for second.
push_model penguins
before=$(cd data && find . -type f ! -name LOCK -exec stat -c '%n %s %Y %i' {} + | sort; sha256sum assay.db assay.db-wal)
expect 0 "$ASSAY" doctor --data data
says "data is a data directory, in use by process $server"
says "ok    durability"
grep -q "server  " stdout && fail "the server is asked although a directory was named"
after=$(cd data && find . -type f ! -name LOCK -exec stat -c '%n %s %Y %i' {} + | sort; sha256sum assay.db assay.db-wal)
[[ $before == "$after" ]] || fail "the doctor changed the data directory"
# It does not open the database: no descriptor of it, no lock on it.
expect 0 strace -f -e trace=openat,open -o trace "$ASSAY" doctor --data data
! grep -q 'assay\.db' trace || fail "the doctor opened the database"
push_model penguins
stop_server
expect 0 "$ASSAY" doctor --data data
! grep -q "in use" stdout || fail "nobody uses it"
expect 1 "$ASSAY" doctor --data nowhere
says "there is no directory $work/nowhere"
[[ ! -e nowhere ]] || fail "the doctor made a directory"
expect 1 "$ASSAY" doctor --data project
says "is not a data directory of Assay"
if mountpoint -q /dev/shm; then
  volatile=$(mktemp -d /dev/shm/assay-doctor-XXXXXX)
  code=0
  "$ASSAY" doctor --data "$volatile" >stdout 2>stderr || code=$?
  rmdir "$volatile" || fail "the doctor left something behind"
  [[ $code -eq 1 ]] || fail "exit code $code for tmpfs"
  says "FAIL  file system"
  says "a power cut empties it"
fi
