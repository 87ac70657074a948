"""Lets schemathesis generate requests from /openapi.json against a real server with a little data in it, and counts what it finds.

For tests/functional/openapi_test.py and tests/bench/schemathesis_run.py; needs the package schemathesis beside this interpreter.
"""

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

import http_api  # noqa: E402
from http_api import OTHER, SAME, call, canonical, digest, environment, facts, send  # noqa: E402

CONFIGURATION = Path(__file__).resolve().parent / "schemathesis.toml"
SERVER = ("--allow-raw-blobs", "--upload-limit", "1048576")  # so that every operation can succeed
BYTES = b"test"  # the digest of the examples in the description
SAMPLE = json.dumps({
    "schema": "assay.sample/1", "rows": 1, "input": {"kind": "matrix", "type": "float64", "shape": [1, 1], "values": [[1.0]]},
    "outputs": {"predict": {"type": "int64", "shape": [1], "values": [1]}}, "tolerance": {"kind": "exact"},
}).encode()


class Findings(NamedTuple):
    operations: int  # asked, of those in the description
    described: int
    cases: int
    accepted: int  # cases within the schema that were answered with a success
    never_accepted: List[str]  # operations that no case succeeded with
    failures: int  # by kind and operation
    errors: int  # of schemathesis itself, such as a pattern that it cannot read
    seconds: float
    complete: bool
    text: str

    def in_words(self) -> str:
        return (f"{self.operations} of {self.described} operations, {self.cases} test cases ({self.accepted} of them accepted), "
                f"{self.failures} failures, {self.errors} errors, {self.seconds:.0f} s")


def must(reply: http_api.Reply) -> http_api.Reply:
    if reply.status not in (200, 201, 204):
        raise RuntimeError(f"the data could not be made: {reply}")
    return reply


def fill() -> Dict[str, List[Any]]:
    """Two models with versions, aliases, tags, environments and a consumer; what they are called, by the dictionaries of the configuration."""
    blob = digest(BYTES)
    must(call("PUT", f"/v1/blobs/{blob}", BYTES))
    environments = []
    for known in (SAME, OTHER, environment(scikit_learn="1.7.2", numpy="2.3.1", joblib="1.5.1")):
        environments.append(digest(canonical(known)))
        must(send("PUT", f"/v1/environments/{environments[-1]}", known))
    sample = digest(SAMPLE)
    must(call("PUT", f"/v1/blobs/{sample}", SAMPLE))
    runs = []
    for model, count in (("churn", 4), ("Pinguïne", 2)):
        versions = f"/v1/models/{quote(model)}/versions"
        for number in range(count):
            registration = {"files": [{"path": "model.joblib", "digest": blob}, {"path": "sample.json", "digest": sample}], "facts": facts(params={"n": str(number)}), "tags": {"team": "birds"}}
            runs.append(must(send("POST", versions, registration)).json()["run"])
    for alias, version in (("production", 3), ("candidate", 4), ("production", 4)):
        must(send("PUT", f"/v1/models/churn/aliases/{alias}", {"version": version}))
    must(send("PUT", "/v1/models/churn/tags/team", {"value": "birds"}))
    must(call("DELETE", "/v1/models/churn/versions/1"))
    now = datetime.datetime.now(datetime.timezone.utc)
    until = now.date() + datetime.timedelta(days=100)
    for version in (2, 3):
        must(send("POST", f"/v1/models/churn/versions/{version}:waive", {"why": "compared by hand", "until": str(until)}))
    must(call("GET", "/v1/models/churn/versions/2/files/model.joblib", headers={"Assay-Environment": environments[0], "Assay-Consumer": "ann@lab"}))
    # more than are finished or dropped, so that one is left for each operation
    uploads = [must(send("POST", "/v1/uploads", {"size": len(BYTES)})).json()["id"] for _ in range(40)]
    for upload in uploads[:20]:
        must(call("PATCH", f"/v1/uploads/{upload}", BYTES, headers={"Content-Range": f"bytes 0-{len(BYTES) - 1}/*"}))
    return {
        "models": ["churn", "Pinguïne", "nobody"], "refs": ["1", "2", "3", "4", "9", "@production", "@latest", "@nobody"],
        "aliases": ["production", "candidate", "nobody"], "keys": ["team", "nothing"], "digests": [blob, *environments], "ids": [*runs, "1", "2"],
        "paths": ["model.joblib", "nothing"], "assets": ["swagger-ui.css", "page.js", "nothing"], "environments": [*environments, "none"],
        "nodes": ["version:churn@2", "version:churn@production", f"run:{runs[0]}", "dataset:" + http_api.DATASET, "version:nobody@1"],
        "filters": ["metrics.accuracy >= 0.9", "library.scikit-learn < '1.6' AND NOT tags.team = 'birds'", "alias = 'production' OR state = 'deleted'"],
        "uploads": uploads,
        "orders": ["metrics.accuracy DESC, created_at", "name"], "times": [now.isoformat(), str(now.date())],
    }


def configuration(dictionaries: Dict[str, List[Any]]) -> str:
    head = "".join(f"[dictionaries.{name}]\nvalues = {json.dumps(values, ensure_ascii=False)}\n" for name, values in dictionaries.items())
    return head + CONFIGURATION.read_text(encoding="utf-8")


def run(folder: Path, examples: int, arguments: Sequence[str] = ()) -> Findings:
    """All checks over every operation of the server that http_api.start(*SERVER) has started; `folder` takes what is written."""
    report = folder / "report.json"
    (folder / "schemathesis.toml").write_text(configuration(fill()), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", folder / "schemathesis.toml", "run", http_api.server().url + "/openapi.json",
               "--max-examples", examples, "--continue-on-failure", "--suppress-health-check", "all", "--report", "json",
               "--report-json-path", report, "--no-color", *arguments]
    ended = subprocess.run([str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = ended.stdout.decode("utf-8", errors="replace")
    if not report.is_file():
        raise RuntimeError(f"schemathesis ended with {ended.returncode} and without a report:\n{text}")
    said = json.loads(report.read_text(encoding="utf-8"))
    accepted = {operation: sum(phase["accepted"] for phase in phases.values()) for operation, phases in said["valid_rates"].items()}
    return Findings(said["operations"]["tested"], said["operations"]["total"], said["test_cases"]["generated"], sum(accepted.values()),
                    sorted(name for name, count in accepted.items() if count == 0), said["test_cases"]["unique_failures"], len(said["errors"]),
                    said["running_time"], said["complete"], text)
