"""A server that is attacked, what lies around it, and requests that go out as they are written.

Standard library only; for tests/support/mlflow_attacks.py.
"""

import contextlib
import http.client
import json
import os
import socket
import sqlite3
import stat
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple
from unittest import mock
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server, binary  # noqa: E402
from tests.support.mlflow_calls.script import MLMODEL, REQUIREMENTS  # noqa: E402

SECRET = b"canary-3f9a51c07be2"  # in each file that lies outside of the data directory
SECONDS = 30.0
JSON = {"Content-Type": "application/json"}

Headers = Mapping[str, str]
Files = Dict[str, Tuple[int, ...]]
Rows = Dict[str, List[Tuple[Any, ...]]]


def marks(path: str) -> Tuple[int, ...]:
    """What changes when a file does; of nothing, nothing."""
    try:
        about = os.lstat(path)
    except FileNotFoundError:
        return ()
    return about.st_mode, about.st_size, about.st_mtime_ns, about.st_ctime_ns


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body[:600]!r}"


class Listener:
    """Stands for every other server. Whoever calls it was made to."""
    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.calls: List[bytes] = []
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                with contextlib.suppress(OSError):
                    self.calls.append(connection.recv(1000))
                self.calls = self.calls or [b""]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.socket.close()
        self.thread.join()


class Place:
    """A folder with secrets, a data directory in it, and a server on that which holds a little of everything."""
    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="assay-attacks-")
        self.root = Path(self.folder.name).resolve()
        for name in ("log", "tmp", "work", "outside"):
            (self.root / name).mkdir()
        for name in ("secret.txt", "work/secret.txt", "outside/secret.txt"):
            (self.root / name).write_bytes(SECRET + b"\n")
        self.secret = str(self.root / "secret.txt")
        self.data = self.root / "data"
        self.server = Server(self.data, ["--allow-volatile"], log=self.root / "log" / "server.log")
        here = os.getcwd()
        with mock.patch.dict(os.environ, {"ASSAY_BIN": str(binary().resolve()), "TMPDIR": str(self.root / "tmp")}):
            os.chdir(self.root / "work")  # what is written to no particular place shows there
            try:
                self.server.start()
            finally:
                os.chdir(here)
        self.listener = Listener()
        self.database = sqlite3.connect(f"file:{self.data}/assay.db?mode=ro", uri=True, timeout=SECONDS)
        self.version: Any = None
        self.kept: Rows = {}
        self.found: Files = {}
        self.seen: Files = {"": (0,)}
        self.fill()

    def close(self) -> None:
        self.listener.close()
        self.database.close()
        try:
            code = self.server.stop()
        finally:
            self.folder.cleanup()
        if code != 0:
            raise RuntimeError(f"the server ended with {code}")

    # Requests.

    def call(self, method: str, target: str, body: Optional[bytes] = None, headers: Optional[Headers] = None) -> Reply:
        """One request, on a connection of its own; target and headers go out as they stand, and no other is added but Host, Content-Length
        and Connection."""
        given = dict(headers or {})
        names = {name.lower() for name in given}
        if "host" not in names:
            given["Host"] = f"127.0.0.1:{self.server.port}"
        if body is not None and not names & {"content-length", "transfer-encoding"}:
            given["Content-Length"] = str(len(body))
        lines = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in given.items()] + ["Connection: close", "", ""]
        return self.exchange("\r\n".join(lines).encode("utf-8", "surrogateescape") + (body or b""), method)

    def exchange(self, request: bytes, method: str = "GET") -> Reply:
        with socket.create_connection((self.server.host, self.server.port), timeout=SECONDS) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before it was read to its end: the answer is there
                connection.sendall(request)
            answer = http.client.HTTPResponse(connection, method=method)
            answer.begin()
            return Reply(answer.status, answer.msg, answer.read())

    def send(self, method: str, target: str, value: Any, headers: Optional[Headers] = None) -> Reply:
        return self.call(method, target, json.dumps(value).encode(), {**JSON, **(headers or {})})

    def done(self, method: str, path: str, value: Any) -> Any:
        """The answer of a call that must succeed; the path is below /api/2.0/mlflow/."""
        reply = self.send(method, "/api/2.0/mlflow/" + path, value)
        if reply.status != 200:
            raise RuntimeError(f"{method} {path}: {reply}")
        return reply.json()

    def asked(self, path: str, /, **query: str) -> Any:
        reply = self.call("GET", f"/api/2.0/mlflow/{path}?{urlencode(query)}")
        if reply.status != 200:
            raise RuntimeError(f"GET {path}: {reply}")
        return reply.json()

    def put(self, path: str, content: bytes) -> Reply:
        return self.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/" + path, content)

    def new_run(self, **fields: Any) -> str:
        return self.done("POST", "runs/create", {"experiment_id": self.experiment, **fields})["run"]["info"]["run_id"]

    # What it holds.

    def fill(self) -> None:
        tags = [{"key": "team", "value": "red"}]
        self.experiment = self.done("POST", "experiments/create", {"name": "kept", "tags": tags})["experiment_id"]
        self.run = self.new_run(run_name="kept", tags=tags, start_time=1)
        self.other_run = self.new_run(run_name="another", start_time=2)
        self.done("POST", "runs/log-metric", {"run_id": self.run, "key": "acc", "value": 0.5, "timestamp": 1, "step": 1})
        self.done("POST", "runs/log-parameter", {"run_id": self.run, "key": "depth", "value": "4"})
        self.run_folder = f"{self.experiment}/{self.run}/artifacts"
        self.put(self.run_folder + "/notes/a.txt", b"kept\n")
        self.put(f"{self.experiment}/{self.other_run}/artifacts/model/weights.txt", b"of another run\n")
        model = {"experiment_id": self.experiment, "name": "net", "source_run_id": self.run, "params": [{"key": "depth", "value": "4"}], "tags": tags}
        self.model = self.done("POST", "logged-models", model)["model"]["info"]["model_id"]
        self.model_folder = f"{self.experiment}/models/{self.model}/artifacts"
        for name, content in (("MLmodel", MLMODEL), ("requirements.txt", REQUIREMENTS), ("weights.txt", b"0.25 0.5\n")):
            self.put(f"{self.model_folder}/{name}", content)
        self.done("PATCH", f"logged-models/{self.model}", {"model_id": self.model, "status": "LOGGED_MODEL_READY"})
        self.done("POST", "registered-models/create", {"name": "kept", "tags": tags})
        version = self.done("POST", "model-versions/create", {"name": "kept", "source": f"models:/{self.model}", "model_id": self.model})
        if version["model_version"]["status"] != "READY":
            raise RuntimeError(str(version))
        self.done("POST", "registered-models/alias", {"name": "kept", "alias": "champion", "version": "1"})

    def writes(self) -> List[Tuple[str, str, Dict[str, Any]]]:
        """Every call that changes something and takes JSON: method, path below /2.0/mlflow/, a body that it accepts. In this order each of
        them does change something, where none was made before."""
        run, model, experiment = {"run_id": self.run}, f"logged-models/{self.model}", {"experiment_id": self.experiment}
        pair = {"key": "attacked", "value": "yes"}
        version = {"name": "kept", "version": "1"}
        return [
            ("POST", "experiments/create", {"name": "attacked", "tags": [pair]}), ("POST", "experiments/update", {**experiment, "new_name": "renamed"}),
            ("POST", "experiments/set-experiment-tag", {**experiment,
                                                        **pair}), ("POST", "experiments/delete-experiment-tag", {**experiment, "key": "team"}),
            ("POST", "runs/create", {**experiment, "run_name": "attacked"}), ("POST", "runs/update", {**run, "status": "FAILED", "end_time": 5}),
            ("POST", "runs/log-metric", {**run, "key": "attacked", "value": 1, "timestamp": 1}), ("POST", "runs/log-parameter", {**run, **pair}),
            ("POST", "runs/set-tag", {**run, **pair}), ("POST", "runs/delete-tag", {**run, "key": "team"}),
            ("POST", "runs/log-batch", {**run, "metrics": [{"key": "b", "value": 2, "timestamp": 1}], "params": [{"key": "b", "value": "2"}], "tags": []}),
            ("POST", "runs/log-inputs", {**run, "datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}}]}),
            ("POST", "runs/outputs", {**run, "models": [{"model_id": self.model, "step": 1}]}),
            ("POST", "runs/log-model", {**run, "model_json": '{"artifact_path": "m", "flavors": {}, "utc_time_created": "x", "run_id": "y"}'}),
            ("POST", "logged-models", {**experiment, "name": "attacked"}),
            ("PATCH", model, {"model_id": self.model, "status": "LOGGED_MODEL_UPLOAD_FAILED"}),
            ("POST", model + "/params", {"model_id": self.model, "params": [pair]}), ("PATCH", model + "/tags", {"tags": [pair]}),
            ("POST", "registered-models/create", {"name": "attacked"}), ("PATCH", "registered-models/update", {"name": "kept", "description": "attacked"}),
            ("POST", "registered-models/set-tag", {"name": "kept", **pair}), ("DELETE", "registered-models/delete-tag", {"name": "kept", "key": "team"}),
            ("POST", "registered-models/alias", {"name": "kept", "alias": "attacked", "version": "1"}),
            ("DELETE", "registered-models/alias", {"name": "kept", "alias": "champion"}),
            ("POST", "model-versions/create", {"name": "kept", "source": f"models:/{self.model}", "model_id": self.model}),
            ("PATCH", "model-versions/update", {**version, "description": "attacked"}),
            ("POST", "model-versions/transition-stage", {**version, "stage": "Staging", "archive_existing_versions": False}),
            ("POST", "model-versions/set-tag", {**version, **pair}), ("DELETE", "model-versions/delete-tag", {**version, "key": "attacked"}),
            ("DELETE", "model-versions/delete", version), ("DELETE", "registered-models/delete", {"name": "kept"}), ("POST", "runs/delete", run),
            ("POST", "runs/restore", run), ("POST", "experiments/delete", experiment), ("POST", "experiments/restore", experiment),
        ]

    # What is kept, and where.

    def files(self) -> Files:
        """Everything below the folder, the server's own log and database apart: name -> mode, size and times. A folder's time says whether a
        file came or went, so that nobody need look into it again."""
        if any(marks(path) != seen for path, seen in self.seen.items()):
            self.seen, self.found, folders = {}, {}, [str(self.root)]
            while folders:
                folder = folders.pop()
                self.seen[folder] = marks(folder)
                for name in os.listdir(folder):
                    path = f"{folder}/{name}"
                    if path.startswith((f"{self.root}/log", f"{self.data}/assay.db")):
                        continue
                    is_folder = stat.S_ISDIR(marks(path)[0])
                    if is_folder:
                        folders.append(path)
                    else:
                        self.seen[path] = marks(path)
                    self.found[path] = marks(path)[:1] if is_folder else marks(path)
        return self.found

    def rows(self) -> Rows:
        """Everything in the database; what was read before when nothing was committed since."""
        version = self.database.execute("PRAGMA data_version").fetchone()
        if version != self.version:
            tables = [name for (name,) in self.database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            self.kept = {table: self.database.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
            self.version = version
        return self.kept

    def children(self) -> str:
        """The processes that the server has started, whichever of its threads did."""
        assert self.server.process is not None
        return "".join(path.read_text() for path in Path(f"/proc/{self.server.process.pid}/task").glob("*/children")).strip()


@contextlib.contextmanager
def another_place() -> Iterator[Place]:
    place = Place()
    try:
        yield place
    finally:
        place.close()
