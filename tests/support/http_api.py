"""What the HTTP tests share: one real server, requests exactly as written, and what every refusal must look like. Standard library only."""

import hashlib
import http.client
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))

import assay_process  # noqa: E402

TRAINED_WITH = {"python": "3.11.7", "scikit-learn": "1.5.2", "numpy": "2.1.3", "joblib": "1.4.2"}


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 for what the tests write: ASCII keys, strings, small integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def environment(**packages: str) -> Dict[str, Any]:
    named = {name.replace("_", "-"): release for name, release in packages.items()}
    return {"python": "3.11.7", "implementation": "cpython", "platform": "linux-x86_64", "packages": named}


SAME = environment(scikit_learn="1.5.2", numpy="2.1.3", joblib="1.4.2")
OTHER = environment(scikit_learn="0.24.2", numpy="1.21.0", joblib="1.1.0")
DATASET = digest(b"a,b\n1,2\n")


def facts(**changes: Any) -> Dict[str, Any]:
    whole = {
        "uses": ["scikit-learn", "numpy", "joblib"], "libraries": TRAINED_WITH, "platform": "linux-x86_64", "trained_at": "2026-11-22T21:14:03Z",
        "datasets": [{"role": "training", "name": "adult", "digest": DATASET, "rows": 1},
                     {"role": "evaluation", "name": "adult-test", "digest": digest(b"a,b\n3,4\n"), "rows": 1}],
        "metrics": [{"name": "accuracy", "value": 0.861, "dataset": "adult-test"}], "params": {"max_depth": "8"},
    }
    whole.update(changes)
    return {name: value for name, value in whole.items() if value is not None}


class Reply:
    def __init__(self, status: int, headers: Any, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body[:1500]!r}"


_scratch: Optional[tempfile.TemporaryDirectory] = None
_server: Optional[assay_process.Server] = None


def start(*arguments: str) -> assay_process.Server:
    """The one server of a test file: call it in setUpModule, and stop() in tearDownModule."""
    global _scratch, _server
    if not (os.environ.get("ASSAY_BIN") or os.environ.get("ASSAY")):
        os.environ["ASSAY_BIN"] = str(assay_process.ROOT / "build" / "dev" / "assay")
    _scratch = tempfile.TemporaryDirectory()
    _server = assay_process.Server(Path(_scratch.name) / "data", ["--allow-volatile", *arguments])
    return _server.start()


def stop() -> None:
    assert _server is not None and _scratch is not None
    code = _server.stop()
    _scratch.cleanup()
    if code != 0:
        raise RuntimeError(f"the server ended with {code}")


def server() -> assay_process.Server:
    assert _server is not None
    return _server


def call(method: str, target: str, body: Optional[bytes] = None, headers: Optional[Dict[str, str]] = None) -> Reply:
    """One request on a connection of its own; the target and the headers go out as they stand."""
    connection = http.client.HTTPConnection(server().host, server().port, timeout=60)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def send(method: str, target: str, value: Any, **headers: str) -> Reply:
    """A JSON body. Header names are written with '_' for '-'."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return call(method, target, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


class ApiTest(unittest.TestCase):
    """Every case has a model of its own, `self.model`, so that cases neither see nor need each other."""

    maxDiff = None

    def setUp(self) -> None:
        self.model = self.id().rsplit(".", 1)[1][5:60]
        self.versions = f"/v1/models/{self.model}/versions"

    def ok(self, reply: Reply, *statuses: int) -> Reply:
        self.assertIn(reply.status, statuses or (200, 201, 204), reply)
        return reply

    def refused(self, reply: Reply, status: int, code: Optional[str] = None, field: Optional[str] = None) -> Dict[str, Any]:
        """A whole RFC 9457 problem, and which."""
        self.assertEqual(reply.status, status, reply)
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        problem = reply.json()
        for member in ("type", "title", "code", "detail", "request_id"):
            self.assertTrue(problem[member], (member, problem))
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["request_id"], reply.headers["X-Request-Id"])
        self.assertEqual(problem["type"], "https://assay.dev/problems/" + problem["code"])
        if code is not None:
            self.assertEqual(problem["code"], code, problem)
        if field is not None:
            self.assertIn(field, [error["field"] for error in problem.get("field_errors", [])], problem)
        return problem

    def put_blob(self, data: bytes) -> str:
        name = digest(data)
        self.ok(call("PUT", f"/v1/blobs/{name}", data), 200, 201)
        return name

    def put_environment(self, value: Any) -> str:
        name = digest(canonical(value))
        self.ok(send("PUT", f"/v1/environments/{name}", value), 200, 201)
        return name

    def registration(self, *files: str, **changes: Any) -> Dict[str, Any]:
        paths = files or ("model.joblib",)
        listed = [{"path": path, "digest": self.put_blob(f"{self.model} {path}".encode())} for path in paths]
        return {"files": listed, "facts": facts(), **changes}

    def register(self, *files: str, **changes: Any) -> Dict[str, Any]:
        return self.ok(send("POST", self.versions, self.registration(*files, **changes)), 201).json()

    def stored(self) -> Any:
        """Everything that a refused request must leave as it was."""
        data = server().data
        kept = sorted(str(path.relative_to(data)) for part in ("blobs", "manifests", "tmp") for path in (data / part).rglob("*") if path.is_file())
        return kept, call("GET", "/v1/models?limit=1000").json(), call("GET", "/v1/rules").json()
