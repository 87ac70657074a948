"""A script of calls to an MLflow tracking server, valid and not, and what of an answer can be compared between two servers.

scripts/mlflow_answers.py makes the calls to a genuine server and keeps its answers in tests/golden/mlflow/answers.json; the same script and
tests/functional/mlflow_answers_test.py make them to ours. The calls and their order are always the same, and nothing in them is random.

A call is data. `{label}` in its path, query or body stands for what an earlier answer was captured under; Call.capture says what to
capture: label -> place in the answer. Both servers start empty and see the same calls, so a difference in one answer is followed by others only
where later calls build on it; each section below therefore makes its own experiments, runs and models.
"""

import base64
import hashlib
import http.client
import json
import re
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple, Union
from urllib.parse import quote, urlencode

API = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/"
T0 = 1_600_000_000_000  # milliseconds: times that the calls state are far from the clock's
PAUSE = 0.003  # between two calls: what was made in different calls was made at different milliseconds

Query = Union[Mapping[str, Any], str]


class Call(NamedTuple):
    name: str
    method: str
    path: str
    query: str = ""
    body: Any = None  # JSON; bytes go out as they stand
    headers: Mapping[str, str] = {}
    capture: Mapping[str, str] = {}  # label -> "run.info.run_id"; "artifact_uri|path" is what is behind its scheme
    shown: Sequence[str] = ()  # headers of the answer that are compared too; "name?" only whether it is there


FILE_HEADERS = ("content-disposition", "x-content-type-options", "accept-ranges", "content-range", "content-length", "etag?")


class Script:
    """Collects calls. Paths that do not begin with a slash are below /api/2.0/mlflow/."""

    def __init__(self) -> None:
        self.calls: List[Call] = []
        self.names: Dict[str, int] = {}

    def add(self, name: str, method: str, path: str, query: Query = "", body: Any = None, headers: Optional[Mapping[str, str]] = None,
            capture: Optional[Mapping[str, str]] = None, shown: Sequence[str] = ()) -> None:
        if name in self.names:
            raise ValueError(f"two calls are named {name}")
        self.names[name] = len(self.calls)
        if not isinstance(query, str):
            query = urlencode([(key, value) for key, value in query.items()], doseq=True, safe="{}")
        self.calls.append(Call(name, method, path if path.startswith("/") else API + path, query, body, headers or {}, capture or {}, shown))

    def get(self, name: str, path: str, query: Query = "", **capture: str) -> None:
        self.add(name, "GET", path, query, capture=capture)

    def post(self, name: str, path: str, body: Any = None, **capture: str) -> None:
        self.add(name, "POST", path, body={} if body is None else body, capture=capture)

    def patch(self, name: str, path: str, body: Any = None, **capture: str) -> None:
        self.add(name, "PATCH", path, body={} if body is None else body, capture=capture)

    def delete(self, name: str, path: str, body: Any = None, **capture: str) -> None:
        self.add(name, "DELETE", path, body=body, capture=capture)

    def raw(self, name: str, path: str, body: bytes, content_type: Optional[str] = "application/json", method: str = "POST") -> None:
        """A body that is no JSON of ours, or of another type."""
        self.add(name, method, path, body=body, headers={} if content_type is None else {"Content-Type": content_type})

    def upload(self, name: str, path: str, content: bytes, root: str = ARTIFACTS, **headers: str) -> None:
        self.add(name, "PUT", f"{root}artifacts/{path}", body=content, headers={"Content-Type": "application/octet-stream", **headers})

    def download(self, name: str, path: str, root: str = ARTIFACTS, headers: Optional[Mapping[str, str]] = None) -> None:
        self.add(name, "GET", f"{root}artifacts/{path}", headers=headers, shown=FILE_HEADERS)


# ---------------------------------------------------------------------------------------------------------------------------------------------
# What every endpoint does when it is asked properly. Told twice: below /api, and below its twin /ajax-api.

MLMODEL = b"""artifact_path: model
flavors:
  python_function:
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.statsmodels
    python_version: 3.11.7
mlflow_version: 3.17.2
model_uuid: 0123456789abcdef0123456789abcdef
utc_time_created: '2026-01-01 00:00:00.000000'
"""
REQUIREMENTS = b"mlflow==3.17.2\nnumpy==2.1.3\n"


def tags(**pairs: str) -> List[Dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs.items()]


def model_folder(script: Script, name: str, folder: str, root: str = ARTIFACTS) -> None:
    script.upload(f"{name}/MLmodel", f"{folder}/MLmodel", MLMODEL, root)
    script.upload(f"{name}/requirements.txt", f"{folder}/requirements.txt", REQUIREMENTS, root)
    script.upload(f"{name}/weights.txt", f"{folder}/weights.txt", b"0.25 0.5 0.25\n", root)


def every_endpoint(script: Script, prefix: str) -> None:
    """Labels and names begin with the prefix's own letter, so that the second telling meets nothing of the first."""
    w = "p" if prefix == "api" else "x"
    base, artifacts = f"/{prefix}/2.0/mlflow/", f"/{prefix}/2.0/mlflow-artifacts/"

    def name(step: str) -> str:
        return f"{prefix}/{step}"

    def get(step: str, path: str, query: Query = "", **capture: str) -> None:
        script.get(name(step), base + path, query, **capture)

    def post(step: str, path: str, body: Any, **capture: str) -> None:
        script.post(name(step), base + path, body, **capture)

    def patch(step: str, path: str, body: Any, **capture: str) -> None:
        script.patch(name(step), base + path, body, **capture)

    def delete(step: str, path: str, body: Any = None) -> None:
        script.delete(name(step), base + path, body)

    exp, run, run2, model = f"{{{w}exp}}", f"{{{w}run}}", f"{{{w}run2}}", f"{{{w}model}}"
    script.get(name("server-info"), f"/{prefix}/3.0/mlflow/server-info")

    post("experiments/create", "experiments/create", {"name": f"{w} story", "tags": tags(team="a", stage="test")}, **{f"{w}exp": "experiment_id"})
    get("experiments/get", "experiments/get", {"experiment_id": exp})
    get("experiments/get-by-name", "experiments/get-by-name", {"experiment_name": f"{w} story"})
    post("experiments/update", "experiments/update", {"experiment_id": exp, "new_name": f"{w} tale"})
    post("experiments/set-experiment-tag", "experiments/set-experiment-tag", {"experiment_id": exp, "key": "owner", "value": "ann"})
    post("experiments/delete-experiment-tag", "experiments/delete-experiment-tag", {"experiment_id": exp, "key": "stage"})
    post("experiments/search", "experiments/search", {"filter": f"name = '{w} tale'", "max_results": 5})
    get("experiments/search by GET", "experiments/search", {"filter": f"name LIKE '{w} t%'", "max_results": "5", "view_type": "ALL"})

    post("runs/create", "runs/create", {"experiment_id": exp, "user_id": "ann", "run_name": f"{w} first", "start_time": T0,
                                        "tags": tags(team="red") + [{"key": "mlflow.user", "value": "ann"}]}, **{f"{w}run": "run.info.run_id"})
    post("runs/create, another", "runs/create", {"experiment_id": exp, "user_id": "bob", "run_name": f"{w} second", "start_time": T0 + 1},
         **{f"{w}run2": "run.info.run_id"})
    post("runs/log-metric", "runs/log-metric", {"run_id": run, "key": "acc", "value": 0.5, "timestamp": T0 + 10, "step": 0})
    post("runs/log-metric, next step", "runs/log-metric", {"run_id": run, "key": "acc", "value": 0.75, "timestamp": T0 + 20, "step": 1})
    post("runs/log-parameter", "runs/log-parameter", {"run_id": run, "key": "depth", "value": "4"})
    post("runs/set-tag", "runs/set-tag", {"run_id": run, "key": "note", "value": "kept"})
    post("runs/set-tag, another", "runs/set-tag", {"run_id": run, "key": "gone", "value": "soon"})
    post("runs/delete-tag", "runs/delete-tag", {"run_id": run, "key": "gone"})
    post("runs/log-batch", "runs/log-batch",
         {"run_id": run, "metrics": [{"key": "acc", "value": 0.875, "timestamp": T0 + 30, "step": 2},
                                     {"key": "loss", "value": 1, "timestamp": T0 + 30}],
          "params": [{"key": "crit", "value": "gini"}], "tags": [{"key": "batch", "value": "yes"}]})
    post("runs/log-inputs", "runs/log-inputs",
         {"run_id": run, "datasets": [{"tags": [{"key": "mlflow.data.context", "value": "training"}],
                                       "dataset": {"name": "housing", "digest": "f0f3e026", "source_type": "local", "source": '{"uri": "data.csv"}',
                                                   "schema": "{}", "profile": '{"num_rows": 2}'}}]})
    post("runs/update", "runs/update", {"run_id": run, "status": "FINISHED", "end_time": T0 + 99})
    get("runs/get", "runs/get", {"run_id": run})
    get("runs/get by both names", "runs/get", {"run_uuid": run, "run_id": run})
    post("runs/search", "runs/search", {"experiment_ids": [exp], "filter": "metrics.acc > 0.8 and params.depth = '4'",
                                        "order_by": ["metrics.acc DESC"]})
    get("metrics/get-history", "metrics/get-history", {"run_id": run, "metric_key": "acc"})
    get("metrics/get-history-bulk-interval", "metrics/get-history-bulk-interval", {"run_ids": [run, run2], "metric_key": "acc"})
    post("runs/delete", "runs/delete", {"run_id": run2})
    get("runs/get, deleted", "runs/get", {"run_id": run2})
    post("runs/restore", "runs/restore", {"run_id": run2})
    post("runs/log-model", "runs/log-model",
         {"run_id": run2, "model_json": json.dumps({"artifact_path": "model", "flavors": {"sklearn": {}}, "utc_time_created": "2026-01-01 00:00:00",
                                                    "run_id": "r", "model_uuid": "u"})})
    get("runs/get, after log-model", "runs/get", {"run_id": run2})
    if prefix == "ajax-api":
        get("metrics/get-history-bulk", "metrics/get-history-bulk", {"run_id": [run, run2], "metric_key": "acc"})
        post("experiments/search-datasets", "experiments/search-datasets", {"experiment_ids": [exp]})
        script.add(name("upload-artifact"), "POST", base + "upload-artifact", {"run_uuid": run, "path": "page/up.txt"}, b"uploaded by a page\n",
                   {"Content-Type": "text/plain"})

    folder = f"{exp}/{run}/artifacts"
    script.upload(name("artifacts PUT"), f"{folder}/notes/a.txt", b"text of a\n", artifacts)
    script.upload(name("artifacts PUT, another"), f"{folder}/b.bin", bytes(range(256)), artifacts)
    script.download(name("artifacts GET"), f"{folder}/notes/a.txt", artifacts)
    script.download(name("artifacts GET, bytes"), f"{folder}/b.bin", artifacts)
    script.get(name("artifacts listed"), artifacts + "artifacts", {"path": folder})
    get("artifacts/list", "artifacts/list", {"run_id": run})
    get("artifacts/list below a folder", "artifacts/list", {"run_id": run, "path": "notes"})
    script.delete(name("artifacts DELETE"), f"{artifacts}artifacts/{folder}/b.bin")
    script.download(name("artifacts GET, deleted"), f"{folder}/b.bin", artifacts)
    script.post(name("mpu/create"), f"{artifacts}mpu/create/{folder}/big.bin", {"path": "big.bin", "num_parts": 2})
    script.post(name("mpu/complete"), f"{artifacts}mpu/complete/{folder}/big.bin",
                {"path": "big.bin", "upload_id": "u1", "parts": [{"part_number": 1, "etag": "e", "url": "u"}]})
    script.post(name("mpu/abort"), f"{artifacts}mpu/abort/{folder}/big.bin", {"path": "big.bin", "upload_id": "u1"})
    script.get(name("presigned"), f"{artifacts}presigned/{folder}/notes/a.txt")
    post("presigned-upload-url", "artifacts/presigned-upload-url", {"run_id": run, "path": "big.bin"})
    post("presigned-download-url", "artifacts/presigned-download-url", {"run_id": run, "path": "notes/a.txt"})

    post("logged-models", "logged-models", {"experiment_id": exp, "name": f"{w}net", "model_type": "tree", "source_run_id": run,
                                            "params": [{"key": "depth", "value": "4"}], "tags": tags(team="red")},
         **{f"{w}model": "model.info.model_id"})
    post("runs/outputs", "runs/outputs", {"run_id": run, "models": [{"model_id": model, "step": 3}]})
    get("logged-models/ID", f"logged-models/{model}")
    post("logged-models/ID/params", f"logged-models/{model}/params", {"model_id": model, "params": [{"key": "leaf", "value": "2"}]})
    patch("logged-models/ID/tags", f"logged-models/{model}/tags", {"tags": tags(more="yes", gone="soon")})
    delete("logged-models/ID/tags/KEY", f"logged-models/{model}/tags/gone")
    model_folder(script, name("logged-models files"), f"{exp}/models/{model}/artifacts", artifacts)
    patch("logged-models/ID ready", f"logged-models/{model}", {"model_id": model, "status": "LOGGED_MODEL_READY"})
    get("logged-models/ID/artifacts/directories", f"logged-models/{model}/artifacts/directories")
    if prefix == "ajax-api":
        script.add(name("logged-models/ID/artifacts/files"), "GET", f"{base}logged-models/{model}/artifacts/files",
                   {"artifact_file_path": "requirements.txt"}, shown=FILE_HEADERS)
    post("runs/log-metric of a model", "runs/log-metric", {"run_id": run, "key": "f1", "value": 0.25, "timestamp": T0 + 40, "step": 3,
                                                           "model_id": model,
                                                           "dataset_name": "housing", "dataset_digest": "f0f3e026"})
    get("logged-models/ID, with metrics", f"logged-models/{model}")
    post("logged-models/search", "logged-models/search", {"experiment_ids": [exp], "filter": f"name = '{w}net'"})
    get("runs/get, with models", "runs/get", {"run_id": run})
    post("logged-models, another", "logged-models", {"experiment_id": exp, "name": f"{w}old"}, **{f"{w}model2": "model.info.model_id"})
    delete("logged-models/ID deleted", f"logged-models/{{{w}model2}}")
    get("logged-models/ID, deleted", f"logged-models/{{{w}model2}}")

    rm = f"{w}-housing"
    post("registered-models/create", "registered-models/create", {"name": rm, "description": "prices", "tags": tags(team="red")})
    post("registered-models/create again", "registered-models/create", {"name": rm})
    get("registered-models/get", "registered-models/get", {"name": rm})
    post("model-versions/create", "model-versions/create",
         {"name": rm, "source": f"models:/{model}", "model_id": model, "run_id": run, "description": "first", "tags": tags(kind="a"),
          "run_link": "link"})
    post("model-versions/create, another", "model-versions/create", {"name": rm, "source": f"models:/{model}", "model_id": model})
    post("model-versions/create, a copy", "model-versions/create", {"name": rm, "source": f"models:/{rm}/1"})
    get("model-versions/get", "model-versions/get", {"name": rm, "version": "1"})
    get("model-versions/get-download-uri", "model-versions/get-download-uri", {"name": rm, "version": "1"}, **{f"{w}uri": "artifact_uri|path"})
    script.get(name("what is downloaded, listed"), artifacts + "artifacts", {"path": f"{{{w}uri}}"})
    script.download(name("what is downloaded"), f"{{{w}uri}}/requirements.txt", artifacts)
    patch("model-versions/update", "model-versions/update", {"name": rm, "version": "1", "description": "the first"})
    post("model-versions/transition-stage", "model-versions/transition-stage",
         {"name": rm, "version": "1", "stage": "Staging", "archive_existing_versions": False})
    post("model-versions/set-tag", "model-versions/set-tag", {"name": rm, "version": "1", "key": "checked", "value": "yes"})
    delete("model-versions/delete-tag", "model-versions/delete-tag", {"name": rm, "version": "1", "key": "kind"})
    post("registered-models/set-tag", "registered-models/set-tag", {"name": rm, "key": "owner", "value": "ann"})
    delete("registered-models/delete-tag", "registered-models/delete-tag", {"name": rm, "key": "team"})
    post("registered-models/alias set", "registered-models/alias", {"name": rm, "alias": "champion", "version": "1"})
    post("registered-models/alias set, another", "registered-models/alias", {"name": rm, "alias": "gone", "version": "2"})
    get("registered-models/alias", "registered-models/alias", {"name": rm, "alias": "champion"})
    delete("registered-models/alias deleted", "registered-models/alias", {"name": rm, "alias": "gone"})
    post("registered-models/get-latest-versions", "registered-models/get-latest-versions", {"name": rm})
    get("registered-models/get-latest-versions by GET", "registered-models/get-latest-versions", {"name": rm, "stages": ["Staging"]})
    patch("registered-models/update", "registered-models/update", {"name": rm, "description": "prices of houses"})
    get("model-versions/search", "model-versions/search", {"filter": f"name = '{rm}'", "order_by": ["version_number ASC"]})
    get("registered-models/search", "registered-models/search", {"filter": f"name LIKE '{w}-h%'"})
    delete("model-versions/delete", "model-versions/delete", {"name": rm, "version": "2"})
    get("registered-models/get, in the end", "registered-models/get", {"name": rm})
    if prefix == "ajax-api":
        script.add("model-versions/get-artifact", "GET", "/model-versions/get-artifact", {"name": rm, "version": "1", "path": "requirements.txt"},
                   shown=FILE_HEADERS)
        script.add("get-artifact", "GET", "/get-artifact", {"run_id": run, "path": "notes/a.txt"}, shown=FILE_HEADERS)
    plain = f"{w}-plain"  # of a run's files, without a logged model
    model_folder(script, name("run's files"), f"{folder}/model", artifacts)
    post("plain/registered-models/create", "registered-models/create", {"name": plain})
    post("plain/model-versions/create", "model-versions/create",
         {"name": plain, "source": f"mlflow-artifacts:/{folder}/model", "run_id": run, "tags": tags(kind="b")})
    get("plain/model-versions/get", "model-versions/get", {"name": plain, "version": "1"})
    patch("plain/model-versions/update", "model-versions/update", {"name": plain, "version": "1", "description": "plain"})
    post("plain/model-versions/transition-stage", "model-versions/transition-stage",
         {"name": plain, "version": "1", "stage": "Production", "archive_existing_versions": True})
    get("plain/model-versions/search", "model-versions/search", {"filter": f"name = '{plain}'"})
    post("plain/registered-models/alias set", "registered-models/alias", {"name": plain, "alias": "best", "version": "1"})
    get("plain/registered-models/alias", "registered-models/alias", {"name": plain, "alias": "best"})
    post("plain/registered-models/get-latest-versions", "registered-models/get-latest-versions", {"name": plain})
    get("plain/registered-models/get-latest-versions by GET", "registered-models/get-latest-versions", {"name": plain})
    patch("plain/registered-models/update", "registered-models/update", {"name": plain, "description": "plain"})
    get("plain/registered-models/search", "registered-models/search", {"filter": f"name = '{plain}'"})
    get("plain/registered-models/get", "registered-models/get", {"name": plain})
    post("registered-models/rename", "registered-models/rename", {"name": rm, "new_name": f"{w}-homes"})
    post("registered-models/create, to delete", "registered-models/create", {"name": f"{w}-shortlived"})
    delete("registered-models/delete", "registered-models/delete", {"name": f"{w}-shortlived"})
    get("registered-models/get, deleted", "registered-models/get", {"name": f"{w}-shortlived"})
    post("experiments/delete", "experiments/delete", {"experiment_id": exp})
    get("experiments/get, deleted", "experiments/get", {"experiment_id": exp})
    post("experiments/restore", "experiments/restore", {"experiment_id": exp})
    get("runs/get, restored with its experiment", "runs/get", {"run_id": run2})


# ---------------------------------------------------------------------------------------------------------------------------------------------
# What belongs to no endpoint: the server itself, and how a body is read.

def the_server(script: Script) -> None:
    script.get("health", "/health")
    script.get("version", "/version")
    script.get("unknown/below api", "/api/2.0/mlflow/no-such-thing")
    script.post("unknown/below api, POST", "/api/2.0/mlflow/no-such-thing", {"a": 1})
    script.get("unknown/below ajax-api", "/ajax-api/2.0/mlflow/no-such-thing")
    script.get("unknown/release", "/api/9.0/mlflow/experiments/get", {"experiment_id": "0"})
    script.get("unknown/anywhere", "/no-such-page-at-all")
    script.get("wrong method/GET for POST", "experiments/create")
    script.post("wrong method/POST for GET", "experiments/get", {"experiment_id": "0"})
    script.add("wrong method/PUT for PATCH", "PUT", "registered-models/update", body={"name": "x"})
    script.get("slash/behind", "experiments/get/", {"experiment_id": "0"})
    script.get("slash/twice before", "//api/2.0/mlflow/experiments/get", {"experiment_id": "0"})
    script.add("host/foreign", "GET", "experiments/get", {"experiment_id": "0"}, headers={"Host": "evil.example.org"})
    script.add("host/foreign, health", "GET", "/health", headers={"Host": "evil.example.org"})
    script.add("host/localhost", "GET", "experiments/get", {"experiment_id": "0"}, headers={"Host": "localhost"})
    script.add("origin/foreign POST", "POST", "experiments/create", body={"name": "from another page"}, headers={"Origin": "http://evil.example.org"})
    script.add("origin/foreign GET", "GET", "experiments/get", {"experiment_id": "0"}, headers={"Origin": "http://evil.example.org"})
    script.add("origin/local POST", "POST", "experiments/create", body={"name": "from a page here"}, headers={"Origin": "http://localhost:3000"})
    script.get("experiments/Default", "experiments/get", {"experiment_id": "0"})


def bodies(script: Script) -> None:
    """How a body is read, with the endpoint that needs least."""
    path = "experiments/create"
    script.raw("body/no content type", path, b'{"name": "body a"}', None)
    script.raw("body/text", path, b'{"name": "body b"}', "text/plain")
    script.raw("body/form", path, b"name=body+c", "application/x-www-form-urlencoded")
    script.raw("body/with charset", path, b'{"name": "body d"}', "application/json; charset=utf-8")
    script.raw("body/type in capitals", path, b'{"name": "body e"}', "Application/JSON")
    script.raw("body/almost JSON's type", path, b'{"name": "body f"}', "application/jsonx")
    script.raw("body/cut", path, b'{"name": "body g"')
    script.raw("body/empty", path, b"")
    script.raw("body/list", path, b"[1, 2]")
    script.raw("body/empty list", path, b"[]")
    script.raw("body/number", path, b"5")
    script.raw("body/null", path, b"null")
    script.raw("body/true", path, b"true")
    script.raw("body/encoded twice", path, json.dumps(json.dumps({"name": "body h"})).encode())
    script.raw("body/encoded twice, no object", path, b'"hello"')
    script.raw("body/encoded thrice", path, json.dumps(json.dumps(json.dumps({"name": "body i"}))).encode())
    script.raw("body/no UTF-8", path, b'{"name": "body \xff"}')
    script.raw("body/with a BOM", path, b'\xef\xbb\xbf{"name": "body bom"}')
    script.raw("body/key twice", path, b'{"name": "body j", "name": "body k"}')
    script.raw("body/trailing comma", path, b'{"name": "body l",}')
    script.raw("body/single quotes", path, b"{'name': 'body m'}")
    script.raw("body/garbage behind", path, b'{"name": "body n"} x')
    script.raw("body/lone surrogate", path, b'{"name": "body \\ud800"}')
    script.raw("body/escapes", path, b'{"name": "body \\u00fc \\ud83d\\ude00"}')
    script.raw("body/NUL in a name", path, b'{"name": "body \\u0000 o"}')
    script.post("body/unknown field", path, {"name": "body p", "colour": "red", "nested": {"a": [1]}})
    script.post("body/camel case", path, {"name": "body q", "artifactLocation": ""})
    script.post("body/both spellings", path, {"name": "body r", "artifact_location": "", "artifactLocation": ""})
    script.post("body/name null", path, {"name": None})
    script.post("body/name empty", path, {"name": ""})
    script.post("body/name number", path, {"name": 123})
    script.post("body/name float", path, {"name": 1.5})
    script.post("body/name whole float", path, {"name": 1.0})
    script.post("body/name bool", path, {"name": True})
    script.post("body/name list", path, {"name": ["a", 1]})
    script.post("body/name dict", path, {"name": {"b": 1, "a": None}})
    script.raw("body/name NaN", path, b'{"name": NaN}')
    script.raw("body/name huge number", path, b'{"name": 123456789012345678901234567890}')
    script.raw("body/name 1e400", path, b'{"name": 1e400}')
    script.add("body/GET with a body", "GET", "experiments/get", body={"experiment_id": "0"})
    script.add("body/GET with a body of no type", "GET", "experiments/get", body=b'{"experiment_id": "0"}')
    script.add("body/GET with a query and a body", "GET", "experiments/get", {"experiment_id": "0"}, body={"experiment_id": "77"})
    script.add("body/POST with a query", "POST", path, {"name": "from the query"}, body={})
    script.add("body/PATCH as text", "PATCH", "registered-models/update", body=b'{"name": "none such"}', headers={"Content-Type": "text/plain"})
    script.add("body/DELETE as text", "DELETE", "registered-models/delete", body=b'{"name": "none such"}', headers={"Content-Type": "text/plain"})
    script.add("body/DELETE with a query", "DELETE", "registered-models/delete", {"name": "none such"})
    script.raw("body/deep", path, b'{"name": "deep", "x": ' + b"[" * 60 + b"]" * 60 + b"}")
    script.add("body/chunked", "POST", path, body=b'13\r\n{"name": "chunked"}\r\n0\r\n\r\n',
               headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"})


def experiments(script: Script) -> None:
    create = "experiments/create"
    script.post("experiments/create with a location", create, {"name": "exp located", "artifact_location": "mlflow-artifacts:/kept/here"},
                explocated="experiment_id")
    script.get("experiments/get with a location", "experiments/get", {"experiment_id": "{explocated}"})
    script.post("runs/create with a location", "runs/create", {"experiment_id": "{explocated}", "start_time": T0, "run_name": "located"},
                runlocated="run.info.run_id")
    script.upload("experiments/file with a location", "kept/here/{runlocated}/artifacts/a.txt", b"a")
    script.get("experiments/list with a location", "artifacts/list", {"run_id": "{runlocated}"})
    script.post("experiments/create, location empty", create, {"name": "exp no place", "artifact_location": ""})
    script.post("experiments/create, location null", create, {"name": "exp null place", "artifact_location": None})
    script.post("experiments/create, location number", create, {"name": "exp n place", "artifact_location": 5})
    script.post("experiments/create, location with a slash behind", create, {"name": "exp slash",
                                                                             "artifact_location": "mlflow-artifacts:/kept/slash/"},
                expslash="experiment_id")
    script.get("experiments/get, location with a slash behind", "experiments/get", {"experiment_id": "{expslash}"})
    for what, location in (("s3", "s3://bucket/x"), ("file", "file:///tmp/x"), ("FILE", "FILE:/tmp/x"), ("absolute", "/srv/x"),
                           ("relative", "some/where"), ("http", "http://example.org/x"), ("dbfs", "dbfs:/x"), ("runs", "runs:/x/y"),
                           ("models", "models:/x/1"), ("foreign host", "mlflow-artifacts://example.org/x"), ("fragment", "mlflow-artifacts:/x#y"),
                           ("fragment attack", "http:///#/../../../etc/"), ("params", "mlflow-artifacts:/x;y"), ("query", "mlflow-artifacts:/x?a=b"),
                           ("query dots", "mlflow-artifacts:/x?a=../../b"), ("dots", "mlflow-artifacts:/../x"),
                           ("encoded dots", "mlflow-artifacts:/%2e%2e/x"), ("twice encoded dots", "mlflow-artifacts:/%252e%252e/x"),
                           ("backslash", "mlflow-artifacts:/..\\x"), ("root", "mlflow-artifacts:/"), ("no slash", "mlflow-artifacts:x"),
                           ("unknown scheme", "gopher://x/y"), ("long", "mlflow-artifacts:/" + "x" * 2100)):
        script.post(f"experiments/location {what}", create, {"name": f"exp at {what}", "artifact_location": location})

    script.post("experiments/create, name taken", create, {"name": "exp located"})
    script.post("experiments/create, name taken by Default", create, {"name": "Default"})
    script.post("experiments/create, 500 characters", create, {"name": "n" * 500})
    script.post("experiments/create, 501 characters", create, {"name": "n" * 501})
    script.post("experiments/create, 500 of two bytes", create, {"name": "\u00fc" * 500})
    script.post("experiments/create, odd name", create, {"name": " a/b:c'd\"e%20\u00fc\t "}, expodd="experiment_id")
    script.get("experiments/get, odd name", "experiments/get", {"experiment_id": "{expodd}"})
    script.get("experiments/get-by-name, odd name", "experiments/get-by-name", {"experiment_name": " a/b:c'd\"e%20\u00fc\t "})
    script.post("experiments/create, blank name", create, {"name": "   "})
    script.post("experiments/create, name like an id", create, {"name": "0"})
    for what, value in (("a dict", {"a": "b"}), ("a string", "x"), ("null", None), ("a list of strings", ["a"]), ("a number", 4), ("empty", []),
                        ("without key", [{"value": "v"}]), ("without value", [{"key": "k"}]), ("key empty", [{"key": "", "value": "v"}]),
                        ("key null", [{"key": None, "value": "v"}]), ("key number", [{"key": 4, "value": "v"}]),
                        ("value number", [{"key": "k", "value": 5}]), ("value null", [{"key": "k", "value": None}]),
                        ("key bad", [{"key": "a,b", "value": "v"}]), ("key a path", [{"key": "../a", "value": "v"}]),
                        ("key long", [{"key": "k" * 251, "value": "v"}]), ("value 20000", [{"key": "k", "value": "v" * 20000}]),
                        ("value 20001", [{"key": "k", "value": "v" * 20001}]), ("twice", [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}])):
        script.post(f"experiments/create, tags {what}", create, {"name": f"exp tags {what}", "tags": value})

    for what, value in (("unknown", "987654"), ("empty", ""), ("a word", "abc"), ("negative", "-1"), ("a fraction", "1.5"), ("zeros", "00"),
                        ("blanks", " 0 "), ("of 2^63", "9223372036854775808"), ("of 2^63-1", "9223372036854775807"), ("of 30 digits", "1" * 30),
                        ("plus", "+0"), ("underscore", "0_0"), ("arabic digits", "\u0660")):
        script.get(f"experiments/get, id {what}", "experiments/get", {"experiment_id": value})
    script.get("experiments/get, no id", "experiments/get")
    script.get("experiments/get, other key", "experiments/get", {"id": "0"})
    script.get("experiments/get, id twice", "experiments/get", "experiment_id=0&experiment_id=987654")
    script.get("experiments/get-by-name, none", "experiments/get-by-name")
    script.get("experiments/get-by-name, empty", "experiments/get-by-name", {"experiment_name": ""})
    script.get("experiments/get-by-name, unknown", "experiments/get-by-name", {"experiment_name": "no such one"})
    script.get("experiments/get-by-name, other case", "experiments/get-by-name", {"experiment_name": "default"})
    script.get("experiments/get-by-name, plus is a blank", "experiments/get-by-name", "experiment_name=exp+located")

    script.post("experiments/create to rename", create, {"name": "exp before"}, expname="experiment_id")
    update = "experiments/update"
    script.post("experiments/update, no new name", update, {"experiment_id": "{expname}"})
    script.post("experiments/update, new name empty", update, {"experiment_id": "{expname}", "new_name": ""})
    script.post("experiments/update, new name null", update, {"experiment_id": "{expname}", "new_name": None})
    script.post("experiments/update, new name number", update, {"experiment_id": "{expname}", "new_name": 5})
    script.post("experiments/update, new name long", update, {"experiment_id": "{expname}", "new_name": "n" * 501})
    script.post("experiments/update, new name taken", update, {"experiment_id": "{expname}", "new_name": "exp located"})
    script.post("experiments/update, the same name", update, {"experiment_id": "{expname}", "new_name": "exp before"})
    script.post("experiments/update, id number", update, {"experiment_id": 1, "new_name": "x"})
    script.post("experiments/update, id unknown", update, {"experiment_id": "987654", "new_name": "x"})
    script.post("experiments/update, id a word", update, {"experiment_id": "abc", "new_name": "x"})
    script.post("experiments/update, no id", update, {"new_name": "x"})
    script.post("experiments/update", update, {"experiment_id": "{expname}", "new_name": "exp after"})
    script.get("experiments/get, renamed", "experiments/get", {"experiment_id": "{expname}"})
    script.get("experiments/get-by-name, renamed", "experiments/get-by-name", {"experiment_name": "exp before"})

    tag, untag = "experiments/set-experiment-tag", "experiments/delete-experiment-tag"
    for what, body in (("", {"key": "a", "value": "1"}), (", again", {"key": "a", "value": "2"}), (", value empty", {"key": "b", "value": ""}),
                       (", no value", {"key": "c"}), (", value null", {"key": "d", "value": None}), (", value number", {"key": "e", "value": 41}),
                       (", no key", {"value": "1"}), (", key empty", {"key": "", "value": "1"}), (", key number", {"key": 5, "value": "1"}),
                       (", key bad", {"key": "a=b", "value": "1"}), (", key dots", {"key": "..", "value": "1"}),
                       (", key slashes", {"key": "a//b", "value": "1"}), (", key all signs", {"key": "a/b_c-d.e f:g", "value": "1"}),
                       (", key umlaut", {"key": "\u00fc", "value": "1"}), (", key long", {"key": "k" * 251, "value": "1"}),
                       (", value long", {"key": "f", "value": "v" * 20001}), (", key mlflow.note",
                                                                              {"key": "mlflow.note.content", "value": "# note"})):
        script.post(f"experiments/tag{what}", tag, {"experiment_id": "{expname}", **body})
    script.post("experiments/tag, id unknown", tag, {"experiment_id": "987654", "key": "a", "value": "1"})
    script.post("experiments/tag, no id", tag, {"key": "a", "value": "1"})
    script.get("experiments/get, tagged", "experiments/get", {"experiment_id": "{expname}"})
    script.post("experiments/untag", untag, {"experiment_id": "{expname}", "key": "a"})
    script.post("experiments/untag, again", untag, {"experiment_id": "{expname}", "key": "a"})
    script.post("experiments/untag, no key", untag, {"experiment_id": "{expname}"})
    script.post("experiments/untag, id unknown", untag, {"experiment_id": "987654", "key": "a"})

    script.post("runs/create in what is deleted", "runs/create", {"experiment_id": "{expname}", "start_time": T0, "run_name": "inside"},
                runinside="run.info.run_id")
    script.post("runs/create in what is deleted, and deleted", "runs/create", {"experiment_id": "{expname}", "start_time": T0, "run_name": "before"},
                runbefore="run.info.run_id")
    script.post("runs/delete before", "runs/delete", {"run_id": "{runbefore}"})
    for verb in ("delete", "restore"):
        script.post(f"experiments/{verb}, no id", f"experiments/{verb}")
        script.post(f"experiments/{verb}, id unknown", f"experiments/{verb}", {"experiment_id": "987654"})
        script.post(f"experiments/{verb}, id number", f"experiments/{verb}", {"experiment_id": 987654})
        script.post(f"experiments/{verb}, id a word", f"experiments/{verb}", {"experiment_id": "abc"})
    script.post("experiments/restore, active", "experiments/restore", {"experiment_id": "{expname}"})
    script.post("experiments/delete", "experiments/delete", {"experiment_id": "{expname}"})
    script.post("experiments/delete, again", "experiments/delete", {"experiment_id": "{expname}"})
    script.get("experiments/get, deleted", "experiments/get", {"experiment_id": "{expname}"})
    script.get("experiments/get-by-name, deleted", "experiments/get-by-name", {"experiment_name": "exp after"})
    script.get("runs/get, deleted with its experiment", "runs/get", {"run_id": "{runinside}"})
    script.post("runs/log-parameter, deleted with its experiment", "runs/log-parameter", {"run_id": "{runinside}", "key": "a", "value": "1"})
    script.post("runs/create, experiment deleted", "runs/create", {"experiment_id": "{expname}", "start_time": T0})
    script.post("logged-models, experiment deleted", "logged-models", {"experiment_id": "{expname}", "name": "m"})
    script.post("experiments/update, deleted", update, {"experiment_id": "{expname}", "new_name": "exp later"})
    script.post("experiments/tag, deleted", tag, {"experiment_id": "{expname}", "key": "z", "value": "1"})
    script.post("experiments/untag, deleted", untag, {"experiment_id": "{expname}", "key": "b"})
    script.post("experiments/create, name of a deleted one", create, {"name": "exp after"})
    script.post("experiments/search, deleted only", "experiments/search", {"view_type": "DELETED_ONLY", "filter": "name LIKE 'exp %'",
                                                                           "max_results": 10})
    script.post("experiments/restore", "experiments/restore", {"experiment_id": "{expname}"})
    script.get("runs/get, restored", "runs/get", {"run_id": "{runinside}"})
    script.get("runs/get, deleted before its experiment", "runs/get", {"run_id": "{runbefore}"})


def experiments_search(script: Script) -> None:
    for name, team in (("srch alpha", "red"), ("srch Beta", "blue"), ("srch gamma_x", ""), ("srch delta%", "Red"), ("srch gone", "red")):
        script.post(f"experiments search/make {name}", "experiments/create",
                    {"name": name, "tags": ([{"key": "team", "value": team}, {"key": "a.b", "value": "dot"}] if team else [])},
                    **{"exp" + re.sub(r"\W", "", name): "experiment_id"})
    script.post("experiments search/delete one", "experiments/delete", {"experiment_id": "{expsrchgone}"})

    def search(what: str, filter_string: Optional[str] = None, **rest: Any) -> None:
        body = {"max_results": 1000, **({} if filter_string is None else {"filter": filter_string}), **rest}
        script.post(f"experiments search/{what}", "experiments/search", {key: value for key, value in body.items() if value is not ...})

    mine = "name LIKE 'srch %'"
    for text in ("name = 'srch alpha'", "name != 'srch alpha' AND name LIKE 'srch %'", "name LIKE 'srch %a'", "name LIKE 'SRCH %'",
                 "name ILIKE 'SRCH %'", "name LIKE 'srch gamma_x'", "name LIKE 'srch _lpha'", "name IN ('srch alpha', 'srch Beta')",
                 f"name NOT IN ('srch alpha') AND {mine}", "attribute.name = 'srch alpha'", "attributes.name = 'srch alpha'",
                 "attr.name = 'srch alpha'", "`name` = 'srch alpha'", '"name" = \'srch alpha\'', 'name = "srch alpha"',
                 "experiment_id = '{expsrchalpha}'", "experiment_id IN ('{expsrchalpha}', '{expsrchBeta}')", "experiment_id = {expsrchalpha}",
                 "experiment_id > '{expsrchalpha}'", "tags.team = 'red'", "tag.team = 'red'", f"tags.team != 'red' AND {mine}", "tags.team LIKE 'r%'",
                 "tags.team ILIKE 'R%'", "tags.`team` = 'red'", 'tags."team" = \'red\'', "tags.a.b = 'dot'", "tags.`a.b` = 'dot'",
                 f"tags.team IS NULL AND {mine}", f"tags.team IS NOT NULL AND {mine}", "tags.team IN ('red')", "tags.team > 'red'", "tags.team = 5",
                 f"creation_time > 0 AND {mine}", f"creation_time < 5 AND {mine}", f"last_update_time >= 5 AND {mine}", "creation_time = '5'",
                 "creation_time LIKE '5'", "lifecycle_stage = 'active'", "foo = 'x'", "metrics.a > 1", "params.a = '1'", "name = 5", "name > 'a'",
                 "name", "name =", "= 'x'", "name = 'x' OR name = 'y'", "(name = 'x')", "NOT name = 'x'", "name = 'x' AND", "name = 'x' name = 'y'",
                 "name == 'x'", "name = 'x", "name IS NULL", "name IN ()", "name IN (5)", "name IN 'x'", " ", ";",
                 "name = 'x'; DROP TABLE experiments", "name = 'it''s'", "name='srch alpha'and name!='x'", "NAME = 'srch alpha'"):
        search(text, text)
    for order in (["name"], ["name ASC"], ["name DESC"], ["name asc"], ["creation_time DESC"], ["last_update_time ASC"], ["experiment_id DESC"],
                  ["tags.team"], ["foo"], ["name SIDEWAYS"], ["name ASC DESC"], [""], ["attribute.name DESC"], ["`name` DESC"],
                  ["name DESC", "name ASC"]):
        search(f"order by {order}", mine, order_by=order)
    search("order by a word", mine, order_by="name")
    search("order by numbers", mine, order_by=[5])
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", "active_only", "NONE", 1, 2, 3, 0, 9, "2"):
        search(f"view {view!r}", mine, view_type=view)
    for count in (..., 0, -1, 50000, 50001, "2", "x", 2.0, 2.5, None, 9223372036854775807, 9223372036854775808):
        search(f"max {'not given' if count is ... else repr(count)}", mine, max_results=count)
    script.post("experiments search/page 1", "experiments/search", {"filter": mine, "max_results": 2, "order_by": ["name"]}, tokexp="next_page_token")
    search("page 2", mine, max_results=2, order_by=["name"], page_token="{tokexp}")
    search("page exactly full", mine, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", mine, page_token=token)
    search("filter a number", None, filter=5)
    search("nothing", None, max_results=1)
    script.get("experiments search/GET lists", "experiments/search", {"order_by": ["name DESC"], "filter": mine, "max_results": "3"})


def bad_tokens() -> Iterable[Tuple[str, Any]]:
    yield "token no base64", "!!!"
    yield "token of a letter", "a"
    yield "token no JSON", base64.b64encode(b"hello there").decode()
    yield "token a JSON list", base64.b64encode(b"[1]").decode()
    yield "token without offset", base64.b64encode(b"{}").decode()
    yield "token empty", ""
    yield "token a number", 5


# ---------------------------------------------------------------------------------------------------------------------------------------------
# Runs, and what they log.

def runs(script: Script) -> None:
    create, update = "runs/create", "runs/update"
    script.post("runs/make an experiment", "experiments/create", {"name": "runs here"}, expruns="experiment_id")
    e = {"experiment_id": "{expruns}", "start_time": T0}
    script.post("runs/create, least", create, {}, runleast="run.info.run_id")
    script.get("runs/get, least", "runs/get", {"run_id": "{runleast}"})
    script.post("runs/create, experiment empty", create, {"experiment_id": "", "start_time": T0, "run_name": "e"})
    script.post("runs/create, unnamed", create, e, rununnamed="run.info.run_id")
    script.get("runs/get, unnamed", "runs/get", {"run_id": "{rununnamed}"})
    script.post("runs/create, name empty", create, {**e, "run_name": ""})
    script.post("runs/create, name null", create, {**e, "run_name": None})
    script.post("runs/create, name number", create, {**e, "run_name": 5})
    script.post("runs/create, name by tag", create, {**e, "tags": [{"key": "mlflow.runName", "value": "tagged"}]})
    script.post("runs/create, name twice alike", create, {**e, "run_name": "same", "tags": [{"key": "mlflow.runName", "value": "same"}]})
    script.post("runs/create, name twice unlike", create, {**e, "run_name": "one", "tags": [{"key": "mlflow.runName", "value": "two"}]})
    script.post("runs/create, name tag empty", create, {**e, "run_name": "one", "tags": [{"key": "mlflow.runName", "value": ""}]})
    script.post("runs/create, name long", create, {**e, "run_name": "n" * 251})
    script.post("runs/create, name long, 8001", create, {**e, "run_name": "n" * 8001})
    script.post("runs/create, user", create, {**e, "user_id": "ann", "run_name": "u"})
    script.post("runs/create, user by tag", create, {**e, "run_name": "u", "tags": [{"key": "mlflow.user", "value": "tom"}]})
    script.post("runs/create, user number", create, {**e, "user_id": 5, "run_name": "u"})
    for what, start in (("0", 0), ("negative", -5), ("a string", str(T0)), ("a word", "now"), ("float", float(T0)), ("a fraction", 1.5),
                        ("2^63-1", 2**63 - 1), ("2^63", 2**63), ("null", None), ("a bool", True)):
        script.post(f"runs/create, start {what}", create, {"experiment_id": "{expruns}", "start_time": start, "run_name": "s"})
    for what, given in (("a dict", {"a": "b"}), ("null", None), ("a string", "x"), ("without key", [{"value": "v"}]),
                        ("without value", [{"key": "k"}]), ("key empty", [{"key": "", "value": "v"}]), ("key bad", [{"key": "a,b", "value": "v"}]),
                        ("key long", [{"key": "k" * 251, "value": "v"}]), ("value number", [{"key": "k", "value": 1}]),
                        ("value long", [{"key": "k", "value": "v" * 8001}]), ("twice", [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]),
                        ("101", [{"key": f"k{i}", "value": "v"} for i in range(101)])):
        script.post(f"runs/create, tags {what}", create, {**e, "run_name": "t", "tags": given})
    script.post("runs/create, experiment unknown", create, {**e, "experiment_id": "987654"})
    script.post("runs/create, experiment a word", create, {**e, "experiment_id": "abc"})
    script.post("runs/create, experiment number", create, {**e, "experiment_id": 1})
    script.post("runs/create, experiment null", create, {**e, "experiment_id": None, "run_name": "n"})

    script.post("runs/create to change", create, {**e, "run_name": "before", "user_id": "ann"}, run="run.info.run_id")
    script.get("runs/get, none", "runs/get")
    script.get("runs/get, empty", "runs/get", {"run_id": ""})
    script.get("runs/get, unknown", "runs/get", {"run_id": "nosuchrun"})
    script.get("runs/get, by the old name", "runs/get", {"run_uuid": "{run}"})
    script.get("runs/get, both names unlike", "runs/get", {"run_uuid": "{rununnamed}", "run_id": "{run}"})
    script.get("runs/get, id empty and the old name", "runs/get", {"run_uuid": "{run}", "run_id": ""})
    script.get("runs/get, a path", "runs/get", {"run_id": "../{run}"})
    script.get("runs/get, in capitals", "runs/get", {"run_id": "ABCDEF"})
    for what, body in ((" status", {"status": "FINISHED"}), (" status by number", {"status": 4}), (" status by number as text", {"status": "3"}),
                       (" status lower case", {"status": "finished"}), (" status unknown", {"status": "DONE"}),
                       (" status number unknown", {"status": 99}), (" status null", {"status": None}), (" status scheduled", {"status": "SCHEDULED"}),
                       (" end", {"end_time": T0 + 5}), (" end as text", {"end_time": str(T0 + 6)}), (" end a word", {"end_time": "later"}),
                       (" end negative", {"end_time": -1}), (" end null", {"end_time": None}), (" end a fraction", {"end_time": 1.5}),
                       (" name", {"run_name": "after"}), (" name empty", {"run_name": ""}), (" name number", {"run_name": 5}),
                       (" all", {"status": "KILLED", "end_time": T0 + 7, "run_name": "all"}), (" nothing", {}),
                       (" back to running", {"status": "RUNNING"})):
        odd = what in (" status by number as text", " status lower case", " status unknown", " status number unknown", " end a fraction")
        script.post(f"runs/update{what}", update, {"run_id": "{rununnamed}" if odd else "{run}", **body})
    script.post("runs/update by the old name", update, {"run_uuid": "{run}", "status": "FAILED"})
    script.post("runs/update, no id", update, {"status": "FAILED"})
    script.post("runs/update, unknown", update, {"run_id": "nosuchrun", "status": "FAILED"})
    script.post("runs/update, id number", update, {"run_id": 5, "status": "FAILED"})
    script.get("runs/get, updated", "runs/get", {"run_id": "{run}"})

    for what, body in (("", {"key": "a", "value": "1"}), (", again", {"key": "a", "value": "2"}), (", value empty", {"key": "b", "value": ""}),
                       (", no value", {"key": "c"}), (", value null", {"key": "d", "value": None}), (", value number", {"key": "e", "value": 41}),
                       (", no key", {"value": "1"}), (", key empty", {"key": "", "value": "1"}), (", key null", {"key": None, "value": "1"}),
                       (", key number", {"key": 1.5, "value": "1"}), (", key bad", {"key": "a,b", "value": "1"}),
                       (", key a dot", {"key": ".", "value": "1"}), (", key up", {"key": "a/../b", "value": "1"}),
                       (", key absolute", {"key": "/a", "value": "1"}), (", key a folder", {"key": "a/", "value": "1"}),
                       (", key all signs", {"key": "a/b_c-d.e f:g", "value": "1"}), (", key 250", {"key": "k" * 250, "value": "1"}),
                       (", key 251", {"key": "k" * 251, "value": "1"}), (", value 8000", {"key": "f", "value": "v" * 8000}),
                       (", value 8001", {"key": "g", "value": "v" * 8001}), (", key with a line", {"key": "a\nb", "value": "1"}),
                       (", the name", {"key": "mlflow.runName", "value": "by its tag"}), (", key umlaut",
                                                                                          {"key": "gr\u00f6\u00dfe", "value": "\u4e2d"})):
        script.post(f"runs/set-tag{what}", "runs/set-tag", {"run_id": "{run}", **body})
    script.post("runs/set-tag by the old name", "runs/set-tag", {"run_uuid": "{run}", "key": "old", "value": "1"})
    script.post("runs/set-tag, unknown", "runs/set-tag", {"run_id": "nosuchrun", "key": "a", "value": "1"})
    script.get("runs/get, tagged", "runs/get", {"run_id": "{run}"})
    script.post("runs/delete-tag", "runs/delete-tag", {"run_id": "{run}", "key": "a"})
    script.post("runs/delete-tag, again", "runs/delete-tag", {"run_id": "{run}", "key": "a"})
    script.post("runs/delete-tag, no key", "runs/delete-tag", {"run_id": "{run}"})
    script.post("runs/delete-tag, no id", "runs/delete-tag", {"key": "a"})
    script.post("runs/delete-tag, unknown", "runs/delete-tag", {"run_id": "nosuchrun", "key": "a"})
    script.post("runs/delete-tag, the name", "runs/delete-tag", {"run_id": "{run}", "key": "mlflow.runName"})
    script.get("runs/get, untagged", "runs/get", {"run_id": "{run}"})

    for verb in ("delete", "restore"):
        script.post(f"runs/{verb}, no id", f"runs/{verb}")
        script.post(f"runs/{verb}, unknown", f"runs/{verb}", {"run_id": "nosuchrun"})
        script.post(f"runs/{verb}, id list", f"runs/{verb}", {"run_id": ["a"]})
    script.post("runs/restore, active", "runs/restore", {"run_id": "{run}"})
    script.post("runs/delete", "runs/delete", {"run_id": "{run}"})
    script.post("runs/delete, again", "runs/delete", {"run_id": "{run}"})
    script.post("runs/delete by the old name", "runs/delete", {"run_uuid": "{run}"})
    script.get("runs/get, deleted", "runs/get", {"run_id": "{run}"})
    for what, path, body in (("update", update, {"status": "RUNNING"}), ("set-tag", "runs/set-tag", {"key": "z", "value": "1"}),
                             ("delete-tag", "runs/delete-tag", {"key": "b"}), ("log-metric", "runs/log-metric",
                                                                               {"key": "m", "value": 1, "timestamp": T0}),
                             ("log-parameter", "runs/log-parameter", {"key": "p", "value": "1"}),
                             ("log-batch", "runs/log-batch", {"params": [{"key": "p", "value": "1"}]}),
                             ("log-batch of nothing", "runs/log-batch", {}), ("log-inputs", "runs/log-inputs", {"datasets": []}),
                             ("outputs", "runs/outputs", {"models": [{"model_id": "m-1", "step": 0}]})):
        script.post(f"runs/{what}, run deleted", path, {"run_id": "{run}", **body})
    script.get("metrics/get-history, run deleted", "metrics/get-history", {"run_id": "{run}", "metric_key": "m"})
    script.get("artifacts/list, run deleted", "artifacts/list", {"run_id": "{run}"})
    script.post("runs/restore", "runs/restore", {"run_id": "{run}"})
    script.get("runs/get, restored itself", "runs/get", {"run_id": "{run}"})


def logging(script: Script) -> None:
    script.post("log/make a run for what is odd", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "odd"},
                runodd="run.info.run_id")
    script.post("log/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "log here"}, runlog="run.info.run_id")
    m, p = "runs/log-metric", "runs/log-parameter"
    good = {"run_id": "{runlog}", "key": "acc", "value": 0.5, "timestamp": T0, "step": 1}

    # what only one of the servers may take goes to a run that nothing else is asked of
    odd = {f"value {what}" for what in ("nan", "inf", "1e400 text", "bool", "big int", "blanks")}
    odd |= {f"time {what}" for what in ("fraction", "2^63", "bool")} | {f"step {what}" for what in ("2^63", "fraction", "blank before")}

    def metric(what: str, **changes: Any) -> None:
        body = {**good, "run_id": "{runodd}" if what in odd else "{runlog}", "key": re.sub(r"[^\w.\- /:]+", "_", what), **changes}
        script.post(f"log-metric/{what}", m, {key: value for key, value in body.items() if value is not ...})

    metric("plain")
    metric("no run", run_id=...)
    metric("run empty", run_id="")
    metric("run unknown", run_id="nosuchrun")
    metric("run number", run_id=5)
    script.post("log-metric/by the old name", m, {"run_uuid": "{runlog}", "key": "old", "value": 1, "timestamp": T0})
    for what, key in (("none", ...), ("empty", ""), ("null", None), ("number", 5), ("bad", "a,b"), ("up", "../a"), ("umlaut", "\u00fc"),
                      ("250", "k" * 250), ("251", "k" * 251), ("signs", "a/b_c-d.e f:g"), ("a blank behind", "a "), ("percent", "50%")):
        metric(f"key {what}", key=key)
    for what, value in (("none", ...), ("null", None), ("0", 0), ("-0.0", -0.0), ("int", 3), ("text", "0.25"), ("word", "high"), ("empty", ""),
                        ("NaN", "NaN"), ("nan", "nan"), ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("inf", "inf"), ("1e308", 1e308),
                        ("5e-324", 5e-324), ("1e400 text", "1e400"), ("bool", True), ("list", [1]), ("max", 1.7976931348623157e308), ("third", 1 / 3),
                        ("big int", 2**70), ("hex", "0x10"), ("blanks", " 1 ")):
        metric(f"value {what}", value=value)
    for what, text in (("NaN", b"NaN"), ("Infinity", b"Infinity"), ("-Infinity", b"-Infinity"), ("1e400", b"1e400"), ("plus", b"+1"), ("01", b"01")):
        script.raw(f"log-metric/bare {what}", m,
                   b'{"run_id": "{runodd}", "key": "bare ' + what.encode() + b'", "value": ' + text + b', "timestamp": 1600000000000}')
    for what, at in (("none", ...), ("null", None), ("0", 0), ("text", str(T0)), ("word", "now"), ("negative", -1), ("fraction", 1.5),
                     ("whole float", float(T0)), ("2^63-1", 2**63 - 1), ("2^63", 2**63), ("empty", ""), ("bool", True), ("1e3", 1e3)):
        metric(f"time {what}", timestamp=at)
    for what, step in (("none", ...), ("null", None), ("text", "7"), ("word", "one"), ("negative", -3), ("2^63-1", 2**63 - 1), ("-2^63", -2**63),
                       ("2^63", 2**63), ("fraction", 0.5), ("empty", ""), ("blank before", " 7")):
        metric(f"step {what}", step=step)
    metric("model unknown", model_id="m-nosuch")
    metric("model number", model_id=5)
    metric("data without model", dataset_name="d", dataset_digest="1")
    metric("data name number", dataset_name=5)
    script.get("log-metric/all of it", "runs/get", {"run_id": "{runlog}"})

    def param(what: str, body: Dict[str, Any]) -> None:
        script.post(f"log-parameter/{what}", p, {"run_id": "{runparam}", **body})

    script.post("log-parameter/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "params here"},
                runparam="run.info.run_id")
    for what, value in (("plain", "1"), ("again", "1"), ("changed", "2")):
        param(what, {"key": "a", "value": value})
    for what, body in (("quotes", {"key": "q", "value": "it's \"so\""}), ("quotes changed", {"key": "q", "value": "it's"}),
                       ("value empty", {"key": "b", "value": ""}), ("value empty, changed", {"key": "b", "value": "x"}), ("no value", {"key": "c"}),
                       ("value null", {"key": "d", "value": None}), ("value number", {"key": "e", "value": 5}),
                       ("value bool", {"key": "e", "value": False}), ("value list", {"key": "e", "value": [1, 2]}), ("no key", {"value": "1"}),
                       ("key empty", {"key": "", "value": "1"}), ("key number", {"key": 7, "value": "1"}), ("key bad", {"key": "a=b", "value": "1"}),
                       ("key quote", {"key": "a'b", "value": "1"}), ("key up", {"key": "a/../../b", "value": "1"}),
                       ("key 250", {"key": "k" * 250, "value": "1"}), ("key 251", {"key": "k" * 251, "value": "1"}),
                       ("value 6000", {"key": "f", "value": "v" * 6000}), ("value 6001", {"key": "g", "value": "v" * 6001}),
                       ("value 6001 again", {"key": "g", "value": "v" * 6001}), ("value umlauts", {"key": "h", "value": "\u00fc\u4e2d\U0001f600"}),
                       ("value lines", {"key": "i", "value": "a\nb\tc\r"}), ("value NUL", {"key": "j", "value": "a\x00b"})):
        param(what, body)
    script.post("log-parameter/by the old name", p, {"run_uuid": "{runparam}", "key": "old", "value": "1"})
    script.post("log-parameter/both names", p, {"run_uuid": "nosuchrun", "run_id": "{runparam}", "key": "both", "value": "1"})
    script.post("log-parameter/id null and the old name", p, {"run_uuid": "{runparam}", "run_id": None, "key": "null", "value": "1"})
    script.post("log-parameter/no run", p, {"key": "a", "value": "1"})
    script.post("log-parameter/run unknown", p, {"run_id": "nosuchrun", "key": "a", "value": "1"})
    script.get("log-parameter/all of it", "runs/get", {"run_id": "{runparam}"})

    def log_model(what: str, body: Dict[str, Any]) -> None:
        script.post(f"log-model/{what}", "runs/log-model", {"run_id": "{runparam}", **body})

    model = {"artifact_path": "model", "flavors": {"sklearn": {"b": 1, "a": None}}, "utc_time_created": "2026-01-01 00:00:00", "run_id": "r"}
    log_model("plain", {"model_json": json.dumps({**model, "model_uuid": "u"})})
    log_model("again", {"model_json": json.dumps({**model, "model_uuid": "u2", "artifact_path": "other"})})
    log_model("least", {"model_json": json.dumps(model)})
    log_model("no json", {})
    log_model("json empty", {"model_json": ""})
    log_model("no JSON", {"model_json": "{'a'"})
    log_model("a list", {"model_json": "[]"})
    log_model("one missing", {"model_json": json.dumps({key: value for key, value in model.items() if key != "flavors"})})
    log_model("two missing", {"model_json": json.dumps({"artifact_path": "a", "flavors": {}})})
    log_model("a dict", {"model_json": model})
    script.post("log-model/no run", "runs/log-model", {"model_json": "{}"})
    script.post("log-model/run unknown", "runs/log-model", {"run_id": "nosuchrun", "model_json": json.dumps({**model, "model_uuid": "u"})})
    script.get("log-model/all of it", "runs/get", {"run_id": "{runparam}"})


def batches(script: Script) -> None:
    batch = "runs/log-batch"
    script.post("batch/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "batches here"}, runbatch="run.info.run_id")

    def send(what: str, **body: Any) -> None:
        odd = what.endswith(("value number", "value word", "value bool", "time word", "step word"))
        script.post(f"batch/{what}", batch, {"run_id": "{runodd}" if odd else "{runbatch}", **body})

    def metrics(count: int, **changes: Any) -> List[Dict[str, Any]]:
        return [{"key": f"m{i}", "value": i, "timestamp": T0, "step": i, **changes} for i in range(count)]

    def params(count: int, prefix: str = "p") -> List[Dict[str, str]]:
        return [{"key": f"{prefix}{i}", "value": str(i)} for i in range(count)]

    send("of nothing")
    send("of empty lists", metrics=[], params=[], tags=[])
    send("plain", metrics=metrics(2), params=params(2), tags=params(2, "t"))
    send("again", metrics=metrics(2), params=params(2), tags=params(2, "t"))
    send("param changed", params=[{"key": "p0", "value": "new"}])
    send("two params changed", params=[{"key": "p0", "value": "new"}, {"key": "p1", "value": "it's"}, {"key": "fresh", "value": "1"}])
    send("param twice alike", params=[{"key": "x", "value": "1"}, {"key": "x", "value": "1"}])
    send("param twice unlike", params=[{"key": "x", "value": "1"}, {"key": "x", "value": "2"}, {"key": "x", "value": "3"}])
    send("tag twice", tags=[{"key": "y", "value": "1"}, {"key": "y", "value": "2"}])
    send("metric twice alike", metrics=[{"key": "z", "value": 1, "timestamp": T0, "step": 0}] * 2)
    send("metric twice unlike", metrics=[{"key": "z", "value": 1, "timestamp": T0, "step": 0}, {"key": "z", "value": 2, "timestamp": T0, "step": 0}])
    send("metric of an older step", metrics=[{"key": "m1", "value": 50, "timestamp": T0 + 5, "step": 0}])
    send("metric of the same step, later", metrics=[{"key": "m1", "value": 0.5, "timestamp": T0 + 9, "step": 1}])
    send("metric of the same step and time, less", metrics=[{"key": "m1", "value": 0.25, "timestamp": T0 + 9, "step": 1}])
    send("metric of the same step and time, more", metrics=[{"key": "m1", "value": 0.75, "timestamp": T0 + 9, "step": 1}])
    send("metric with its run", metrics=[{"key": "r", "value": 1, "timestamp": T0, "run_id": "nosuchrun"}])
    send("metric without step", metrics=[{"key": "s", "value": 1, "timestamp": T0}])
    send("metrics special", metrics=[{"key": "nan", "value": "NaN", "timestamp": T0}, {"key": "inf", "value": "Infinity", "timestamp": T0},
                                     {"key": "ninf", "value": "-Infinity", "timestamp": T0}, {"key": "max", "value": 1.7976931348623157e308,
                                                                                              "timestamp": T0}])
    for missing in ("key", "value", "timestamp"):
        send(f"metric without {missing}", metrics=metrics(1) + [{k: v for k, v in metrics(1)[0].items() if k != missing}])
        send(f"metric, {missing} null", metrics=[{**metrics(1)[0], missing: None}])
        send(f"metric, {missing} empty", metrics=[{**metrics(1)[0], missing: ""}])
    for what, change in (("key number", {"key": 5}), ("key bad", {"key": "a,b"}), ("key long", {"key": "k" * 251}), ("value word", {"value": "high"}),
                         ("value bool", {"value": True}), ("time word", {"timestamp": "now"}), ("time negative", {"timestamp": -1}),
                         ("time text", {"timestamp": str(T0)}), ("step text", {"step": "4"}), ("step word", {"step": "four"}),
                         ("unknown field", {"colour": "red"}), ("model unknown", {"model_id": "m-nosuch"})):
        send(f"metric, {what}", metrics=[{**metrics(1)[0], **change}])
    for kind in ("params", "tags"):
        for what, item in (("without key", {"value": "1"}), ("key null", {"key": None, "value": "1"}), ("key empty", {"key": "", "value": "1"}),
                           ("without value", {"key": f"{kind}nv"}), ("value null", {"key": f"{kind}vn", "value": None}),
                           ("value number", {"key": "vn", "value": 5}), ("key bad", {"key": "a,b", "value": "1"}),
                           ("key long", {"key": "k" * 251, "value": "1"}), ("value long", {"key": f"{kind}vl", "value": "v" * 8001})):
            send(f"{kind}, {what}", **{kind: [{"key": "fine", "value": "1"}, item]})
    for kind in ("metrics", "params", "tags"):
        send(f"{kind} a dict", **{kind: {"key": "a", "value": "1"}})
        send(f"{kind} a string", **{kind: "a"})
        send(f"{kind} null", **{kind: None})
        send(f"{kind} of strings", **{kind: ["a"]})
    send("1000 metrics", metrics=metrics(1000, key="many"))
    send("1001 metrics", metrics=metrics(1001, key="many"))
    send("100 params", params=params(100, "hundred"))
    send("101 params", params=params(101, "more"))
    send("100 tags", tags=params(100, "hundred"))
    send("101 tags", tags=params(101, "more"))
    send("1000 of all", metrics=metrics(990, key="all"), params=params(5, "all"), tags=params(5, "all"))
    send("1001 of all", metrics=metrics(990, key="all"), params=params(6, "all"), tags=params(5, "all"))
    send("atomic", params=[{"key": "never", "value": "1"}], metrics=[{"key": "bad,key", "value": 1, "timestamp": T0}])
    send("atomic, param changed", params=[{"key": "p0", "value": "new"}], metrics=[{"key": "never", "value": 1, "timestamp": T0}],
         tags=params(1, "never"))
    send("the name", tags=[{"key": "mlflow.runName", "value": "batched"}])
    script.post("batch/no run", batch, {"metrics": metrics(1)})
    script.post("batch/run empty", batch, {"run_id": "", "metrics": metrics(1)})
    script.post("batch/run unknown", batch, {"run_id": "nosuchrun", "metrics": metrics(1)})
    script.post("batch/run bad", batch, {"run_id": "no/such", "metrics": metrics(1)})
    script.post("batch/run number", batch, {"run_id": 5})
    script.post("batch/by the old name", batch, {"run_uuid": "{runbatch}", "metrics": metrics(1)})
    script.post("batch/run unknown, of nothing", batch, {"run_id": "nosuchrun"})
    script.raw("batch/NaN bare", batch, b'{"run_id": "{runodd}", "metrics": [{"key": "bare", "value": NaN, "timestamp": 1}]}')
    script.raw("batch/keys twice", batch, b'{"run_id": "{runodd}", "params": [{"key": "k1", "value": "1", "value": "2"}]}')
    script.raw("batch/encoded twice", batch, b'"{\\"run_id\\": \\"{runbatch}\\", \\"params\\": [{\\"key\\": \\"twice\\", \\"value\\": \\"1\\"}]}"')
    script.raw("batch/over 1e6 bytes encoded twice", batch, json.dumps(json.dumps({"run_id": "x",
                                                                                   "tags": [{"key": "k", "value": "v" * 1_000_000}]})).encode())
    script.raw("batch/empty body", batch, b"")
    script.get("batch/all of it", "runs/get", {"run_id": "{runbatch}"})


def history(script: Script) -> None:
    script.post("history/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "history here"}, runhist="run.info.run_id")
    script.post("history/make another", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "history there"},
                runhist2="run.info.run_id")
    points = [{"key": "h", "value": value, "timestamp": T0 + at, "step": step}
              for value, at, step in ((1, 5, 0), (2, 4, 1), (3, 4, 0), (0.5, 5, 0), ("NaN", 5, 0), (9, 6, -1), ("Infinity", 7, 3), (4, 8, 10),
                                      (5, 9, 20))]
    script.post("history/log", "runs/log-batch", {"run_id": "{runhist}", "metrics": points})
    script.post("history/log more", "runs/log-batch",
                {"run_id": "{runhist2}", "metrics": [{"key": "h", "value": i * 0.5, "timestamp": T0 + i, "step": i} for i in range(30)]})

    def get(what: str, query: Query, **capture: str) -> None:
        script.get(f"history/{what}", "metrics/get-history", query, **capture)

    good = {"run_id": "{runhist}", "metric_key": "h"}
    get("all", good)
    get("the client's way", {"run_uuid": "{runhist}", **good, "max_results": 25000})
    get("by the old name", {"run_uuid": "{runhist}", "metric_key": "h"})
    get("key unknown", {**good, "metric_key": "nosuch"})
    get("key empty", {**good, "metric_key": ""})
    get("no key", {"run_id": "{runhist}"})
    get("no run", {"metric_key": "h"})
    get("run unknown", {**good, "run_id": "nosuchrun"})
    for count in ("0", "-1", "1", "3", "9", "10", "100", "x", "1.5", "2147483647", "2147483648", ""):
        get(f"max {count!r}", {**good, "max_results": count})
    get("page 1", {**good, "max_results": 4}, tokhist="next_page_token")
    get("page 2", {**good, "max_results": 4, "page_token": "{tokhist}"}, tokhist2="next_page_token")
    get("page 3", {**good, "max_results": 4, "page_token": "{tokhist2}"})
    get("page 2, no max", {**good, "page_token": "{tokhist}"})
    for what, token in bad_tokens():
        get(f"page {what}", {**good, "max_results": 4, "page_token": token})

    def bulk(what: str, query: Query) -> None:
        script.get(f"history bulk/{what}", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query)

    both = {"run_id": ["{runhist}", "{runhist2}"], "metric_key": "h"}
    bulk("one run", {"run_id": "{runhist}", "metric_key": "h"})
    bulk("of a run twice", {"run_id": ["{runhist2}", "{runhist2}"], "metric_key": "h"})
    bulk("run unknown", {"run_id": "nosuchrun", "metric_key": "h"})
    bulk("key unknown", {**both, "metric_key": "nosuch"})
    bulk("no run", {"metric_key": "h"})
    bulk("no key", {"run_id": "{runhist}"})
    bulk("key empty", {"run_id": "{runhist}", "metric_key": ""})
    bulk("nothing", "")
    bulk("101 runs", {"run_id": ["r"] * 101, "metric_key": "h"})
    bulk("100 runs", {"run_id": ["r"] * 100, "metric_key": "h"})
    for count in ("3", "0", "-1", "99999", "x"):
        bulk(f"max {count}", {"run_id": "{runhist2}", "metric_key": "h", "max_results": count})
    script.get("history bulk/below api", "metrics/get-history-bulk", {"run_id": "{runhist}", "metric_key": "h"})

    def interval(what: str, query: Query) -> None:
        script.get(f"history interval/{what}", "metrics/get-history-bulk-interval", query)

    one, runs_both = {"run_ids": "{runhist2}", "metric_key": "h"}, {"run_ids": ["{runhist}", "{runhist2}"], "metric_key": "h"}
    interval("one run", one)
    interval("all of one", {"run_ids": "{runhist}", "metric_key": "h"})
    interval("max 5", {**one, "max_results": 5})
    interval("max 1", {**one, "max_results": 1})
    interval("max 29", {**one, "max_results": 29})
    interval("steps 5 to 9", {**one, "start_step": 5, "end_step": 9})
    interval("steps 5 to 25, max 4", {**one, "start_step": 5, "end_step": 25, "max_results": 4})
    interval("step 5 alone", {**one, "start_step": 5, "end_step": 5})
    interval("steps outside", {**one, "start_step": 500, "end_step": 900})
    interval("steps negative", {"run_ids": "{runhist}", "metric_key": "h", "start_step": -5, "end_step": 0})
    interval("start only", {**one, "start_step": 5})
    interval("end only", {**one, "end_step": 5})
    interval("end before start", {**one, "start_step": 9, "end_step": 5})
    interval("start a word", {**one, "start_step": "x", "end_step": 5})
    for count in ("0", "-1", "2500", "2501", "x"):
        interval(f"max {count!r}", {**one, "max_results": count})
    interval("no run", {"metric_key": "h"})
    interval("no key", {"run_ids": "{runhist}"})
    interval("run unknown", {**one, "run_ids": "nosuchrun"})
    interval("key unknown", {**runs_both, "metric_key": "nosuch"})
    interval("101 runs", {"run_ids": ["r"] * 101, "metric_key": "h"})
    script.get("history interval/below ajax-api", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", {**one, "max_results": 7})


def inputs_and_outputs(script: Script) -> None:
    script.post("inputs/make an experiment", "experiments/create", {"name": "inputs here"}, expin="experiment_id")
    script.post("inputs/make a run", "runs/create", {"experiment_id": "{expin}", "start_time": T0, "run_name": "inputs"}, runin="run.info.run_id")
    script.post("inputs/make another run", "runs/create", {"experiment_id": "{expin}", "start_time": T0, "run_name": "inputs 2"},
                runin2="run.info.run_id")
    script.post("inputs/make a model", "logged-models", {"experiment_id": "{expin}", "name": "inmodel"}, modelin="model.info.model_id")
    data = {"name": "d", "digest": "1", "source_type": "local", "source": "{\"uri\": \"a\"}"}

    def send(what: str, datasets: Any, **rest: Any) -> None:
        script.post(f"inputs/{what}", "runs/log-inputs", {"run_id": "{runin}", "datasets": datasets, **rest})

    send("plain", [{"dataset": data, "tags": tags(context="a")}])
    send("again with other tags", [{"dataset": data, "tags": tags(context="b", more="c")}])
    send("again with another source", [{"dataset": {**data, "source": "other"}, "tags": []}])
    send("without tags", [{"dataset": {**data, "name": "untagged"}}])
    send("with all", [{"dataset": {**data, "name": "full", "schema": "s", "profile": "p"},
                       "tags": [{"key": "mlflow.data.context", "value": "eval"}]}])
    send("two", [{"dataset": {**data, "name": "two a"}}, {"dataset": {**data, "name": "two b"}}])
    send("of nothing", [])
    for missing in ("name", "digest", "source_type", "source"):
        send(f"without {missing}", [{"dataset": {key: value for key, value in data.items() if key != missing}}])
        send(f"{missing} empty", [{"dataset": {**data, "name": f"e {missing}", missing: ""}}])
    for what, change in (("name 500", {"name": "n" * 500}), ("name 501", {"name": "n" * 501}), ("digest 36", {"digest": "d" * 36, "name": "digest"}),
                         ("digest 37", {"digest": "d" * 37}), ("source 65536", {"source": "s" * 65536}), ("name number", {"name": 5}),
                         ("schema number", {"schema": 5})):
        send(what, [{"dataset": {**data, **change}}])
    send("no dataset", [{"tags": []}])
    send("dataset null", [{"dataset": None}])
    send("tag key 256", [{"dataset": {**data, "name": "tagged"}, "tags": [{"key": "k" * 256, "value": "v"}]}])
    send("tag value 501", [{"dataset": {**data, "name": "tagged"}, "tags": [{"key": "k", "value": "v" * 501}]}])
    send("tag without value", [{"dataset": {**data, "name": "tagged"}, "tags": [{"key": "k"}]}])
    send("tag without key", [{"dataset": {**data, "name": "tagged"}, "tags": [{"value": "v"}]}])
    send("a dict", {"dataset": data})
    send("a string", "x")
    send("null", None)
    send("a model", [], models=[{"model_id": "{modelin}"}])
    send("the model again", [], models=[{"model_id": "{modelin}"}])
    send("a model unknown", [], models=[{"model_id": "m-nosuch"}])
    send("a model without id", [], models=[{}])
    send("models a dict", [], models={"model_id": "x"})
    script.post("inputs/no run", "runs/log-inputs", {"datasets": [{"dataset": data}]})
    script.post("inputs/run unknown", "runs/log-inputs", {"run_id": "nosuchrun", "datasets": [{"dataset": data}]})
    script.post("inputs/run bad", "runs/log-inputs", {"run_id": "no/such", "datasets": []})
    script.post("inputs/by the old name", "runs/log-inputs", {"run_uuid": "{runin}", "datasets": []})
    script.post("inputs/the same dataset to another run", "runs/log-inputs", {"run_id": "{runin2}",
                                                                              "datasets": [{"dataset": {**data, "source": "third"},
                                                                                            "tags": tags(context="z")}]})
    script.get("inputs/all of it", "runs/get", {"run_id": "{runin}"})
    script.get("inputs/all of the other", "runs/get", {"run_id": "{runin2}"})

    def output(what: str, models: Any, **rest: Any) -> None:
        script.post(f"outputs/{what}", "runs/outputs", {"run_id": "{runin}", "models": models, **rest})

    output("plain", [{"model_id": "{modelin}", "step": 1}])
    output("again", [{"model_id": "{modelin}", "step": 2}])
    output("without step", [{"model_id": "{modelin}"}])
    output("step text", [{"model_id": "{modelin}", "step": "4"}])
    output("step word", [{"model_id": "{modelin}", "step": "four"}])
    output("unknown", [{"model_id": "m-nosuch", "step": 0}])
    output("of nothing", [])
    output("null", None)
    output("a dict", {"model_id": "x"})
    script.post("outputs/no models", "runs/outputs", {"run_id": "{runin}"})
    script.post("outputs/no run", "runs/outputs", {"models": []})
    script.post("outputs/run unknown", "runs/outputs", {"run_id": "nosuchrun", "models": [{"model_id": "{modelin}", "step": 1}]})
    script.get("outputs/all of it", "runs/get", {"run_id": "{runin}"})

    def datasets(what: str, body: Any) -> None:
        script.post(f"search-datasets/{what}", "/ajax-api/2.0/mlflow/experiments/search-datasets", body)

    datasets("one", {"experiment_ids": ["{expin}"]})
    datasets("two", {"experiment_ids": ["{expin}", "0"]})
    datasets("unknown", {"experiment_ids": ["987654"]})
    datasets("a word", {"experiment_ids": ["abc"]})
    datasets("none", {})
    datasets("empty", {"experiment_ids": []})
    datasets("21", {"experiment_ids": [str(i) for i in range(900000, 900021)]})
    datasets("20", {"experiment_ids": [str(i) for i in range(900000, 900020)]})
    datasets("a string", {"experiment_ids": "0"})
    datasets("numbers", {"experiment_ids": [0]})
    script.raw("search-datasets/as text", "/ajax-api/2.0/mlflow/experiments/search-datasets", b'{"experiment_ids": ["0"]}', "text/plain")
    script.post("search-datasets/below api", "experiments/search-datasets", {"experiment_ids": ["{expin}"]})
    script.post("search-datasets/by the typo", "/ajax-api/2.0mlflow/experiments/search-datasets", {"experiment_ids": ["{expin}"]})


def runs_search(script: Script) -> None:
    script.post("runs search/make an experiment", "experiments/create", {"name": "search here"}, expsearch="experiment_id")
    script.post("runs search/make an empty one", "experiments/create", {"name": "search nothing"}, expempty="experiment_id")

    def run(label: str, name: str, at: int, metrics: Dict[str, Any], params: Dict[str, str], own: Dict[str, str], user: str = "ann",
            **update: Any) -> None:
        script.post(f"runs search/make {name}", "runs/create", {"experiment_id": "{expsearch}", "user_id": user, "run_name": name,
                                                                "start_time": T0 + at}, **{label: "run.info.run_id"})
        script.post(f"runs search/log {name}", "runs/log-batch", {"run_id": f"{{{label}}}",
                                                                  "metrics": [{"key": k, "value": v, "timestamp": T0} for k, v in metrics.items()],
                                                                 "params": [{"key": k, "value": v} for k, v in params.items()], "tags": tags(**own)})
        if update:
            script.post(f"runs search/end {name}", "runs/update", {"run_id": f"{{{label}}}", **update})

    run("srun1", "alpha", 1000, {"acc": 0.9, "loss": 0.1, "m/with slash": 1, "m.dotted": 2}, {"depth": "4", "crit": "gini"},
        {"team": "red", "with space": "a b", "a.b": "dot", "quote": "it's"}, status="FINISHED", end_time=T0 + 2000)
    run("srun2", "Beta", 2000, {"acc": 0.8, "loss": -1, "m/with slash": 3}, {"depth": "8", "crit": "Entropy"}, {"team": "blue"}, status="FAILED",
        end_time=T0 + 9000)
    run("srun3", "gamma_x", 3000, {"acc": "NaN", "loss": 3}, {"depth": "10"}, {"team": "Red"}, "bob")
    run("srun4", "delta%", 4000, {"acc": 0.9, "loss": "Infinity"}, {}, {"team": ""}, "bob", status="KILLED", end_time=T0 + 5000)
    run("srun5", "epsilon", 5000, {}, {"depth": ""}, {}, "", status="SCHEDULED")
    run("srun6", "gone", 6000, {"acc": 0.95}, {"depth": "4"}, {"team": "red"})
    for label, name, digest, context in (("srun1", "train", "d1", "training"), ("srun2", "train", "d2", "eval"), ("srun2", "test", "d3", "")):
        script.post(f"runs search/input {label} {digest}", "runs/log-inputs",
                    {"run_id": f"{{{label}}}", "datasets": [{"dataset": {"name": name, "digest": digest, "source_type": "local", "source": "s"},
                                                             "tags": [{"key": "mlflow.data.context", "value": context}] if context else []}]})
    script.post("runs search/delete gone", "runs/delete", {"run_id": "{srun6}"})

    def search(what: str, filter_string: Optional[str] = None, **rest: Any) -> None:
        body = {"experiment_ids": ["{expsearch}"], **({} if filter_string is None else {"filter": filter_string}), **rest}
        script.post(f"runs search/{what}", "runs/search", {key: value for key, value in body.items() if value is not ...})

    search("all")
    for text in ( "", " ", "metrics.acc > 0.85", "metrics.acc >= 0.9", "metrics.acc < 0.9", "metrics.acc <= 0.9", "metrics.acc = 0.9",
                 "metrics.acc != 0.9", "metric.acc > 0.85", "metrics.`acc` > .85", 'metrics."acc" > 0.85', "metrics.acc > 0", "metrics.loss > -2",
                 "metrics.loss = -1", "metrics.loss = 1e-1", "metrics.loss > 1e300", "metrics.acc>0.85", "metrics.acc >0.85",
                 "metrics.`m/with slash` > 0", "metrics.m/with slash > 0", "metrics.m.dotted = 2", "metrics.nosuch = 1", "metrics.ACC > 0.85",
                 "Metrics.acc > 0.85", "metrics.acc > '0.85'", "metrics.acc LIKE '0'", "metrics.acc > abc", "metrics.acc = NaN",
                 "metrics.acc IN (0.9)", "metrics.acc IS NULL", "metrics.acc > 0.5 AND metrics.loss < 1", "params.depth = '4'", 'params.depth = "4"',
                 "params.depth = 4", "params.depth != '4'", "params.depth > '4'", "params.depth LIKE '1%'", "params.depth LIKE '%'",
                 "params.depth = ''", "params.crit LIKE 'G%'", "params.crit ILIKE 'G%'", "params.crit LIKE '_ini'", "param.depth = '8'",
                 "parameter.depth = '8'", "parameters.depth = '8'", "params.depth IS NULL", "params.depth IS NOT NULL", "params.depth is not null",
                 "params.depth IN ('4')", "params.`depth` = '4'", "params.nosuch != 'x'", "params.depth = 'a' AND params.depth = 'b'",
                 "tags.team = 'red'", "tags.team != 'red'", "tag.team ILIKE 'RED'", "tags.team LIKE 'r%'", "tags.team LIKE ''", "tags.team = ''",
                 "tags.`with space` = 'a b'", 'tags."with space" = \'a b\'', "tags.'with space' = 'a b'", "tags.with space = 'a b'",
                 "tags.a.b = 'dot'", "tags.`a.b` = 'dot'", "tags.team IS NULL", "tags.team IS NOT NULL", "tags.team IN ('red')", "tags.team > 'a'",
                 "tags.team = 5", "tags.mlflow.runName = 'alpha'", "tags.`mlflow.runName` LIKE '%a'", "tags.quote = 'it''s'", 'tags.quote = "it\'s"',
                 "run_id = '{srun1}'", "run_id != '{srun1}'", "run_id IN ('{srun1}', '{srun3}')", "run_id NOT IN ('{srun1}', '{srun3}')",
                 "run_id in ('{srun1}')", "run_id IN ('{srun1}',)", "run_id IN ()", "run_id IN (1)", "run_id IN '{srun1}'",
                 "run_id IN ('{srun1}' '{srun2}')", "run_id LIKE '%'", "attributes.run_id = '{srun1}'", "attr.run_id = '{srun1}'",
                 "run.run_id = '{srun1}'", "run_name = 'alpha'", "run_name LIKE '%a'", "run_name ILIKE 'B%'", "run_name LIKE 'gamma_x'",
                 "run_name LIKE 'delta\\%'", "run_name != 'alpha'", "run_name IN ('alpha')", "attributes.`Run name` = 'alpha'",
                 "`run name` = 'alpha'", "attributes.\"Run Name\" = 'alpha'", "run_name > 'a'", "status = 'FINISHED'", "status != 'FINISHED'",
                 "status = 'finished'", "status LIKE 'F%'", "status ILIKE 'f%'", "status IN ('FINISHED')", "status = FINISHED", "user_id = 'bob'",
                 "user_id != 'ann'", "attributes.user_id LIKE 'a%'", "artifact_uri LIKE '%artifacts'", f"start_time > {T0 + 2500}",
                 f"start_time = {T0 + 1000}", f"start_time >= '{T0}'", "start_time LIKE '1%'", f"created < {T0 + 2500}",
                 f"attributes.Created < {T0 + 2500}", f"end_time < {T0 + 6000}", f"end_time != {T0 + 5000}", "end_time IS NULL", "start_time > 1.5",
                 "start_time IN (1)", "lifecycle_stage = 'active'", "experiment_id = '1'", "foo = 'x'", "foo.bar = 'x'", "attributes.foo = 'x'",
                 "datasets.name = 'train'", "dataset.name = 'train'", "datasets.digest = 'd2'", "datasets.context = 'training'",
                 "datasets.name != 'train'", "datasets.name LIKE 't%'", "datasets.name ILIKE 'T%'", "datasets.name IN ('test', 'other')",
                 "datasets.name NOT IN ('test')", "datasets.digest IN ('d1', 'd2')", "datasets.foo = 'x'", "datasets.name = 5", "datasets.name > 'a'",
                 "datasets.name IS NULL", "datasets.name = 'train' AND datasets.context = 'eval'",
                 "metrics.acc > 0.5 and params.depth = '4' And tags.team = 'red'", "metrics.acc > 0.5 AND status = 'FINISHED' AND run_name LIKE 'a%'",
                 "metrics.acc > 0.5 OR metrics.loss < 1", "(metrics.acc > 0.5)", "(metrics.acc > 0.5) AND (metrics.loss < 1)",
                 "NOT metrics.acc > 0.5", "metrics.acc > 0.5 AND", "AND metrics.acc > 0.5", "metrics.acc > 0.5 metrics.loss < 1",
                 "metrics.acc > 0.5, metrics.loss < 1", "metrics.acc", "metrics.acc >", "> 0.5", "metrics.acc == 0.9", "metrics.acc <> 0.9",
                 "metrics.acc => 0.9", "metrics.acc ~ 0.9", "metrics.acc > > 0.9", "0.5 < metrics.acc", "'red' = tags.team", "1 = 1",
                 "tags.team = 'red", "tags.team = red'", "tags.team = `red`", "tags.team = 'a AND b'", "tags.team = 'red' -- comment",
                 "tags.team = 'red' /* c */", "tags.team = 'red'; DROP TABLE runs", "tags.team\n=\n'red'", "\ttags.team = 'red'",
                 "tags.team = 'r\u00f6t'", "params.\u00fc = 'x'", "tags.team='red'AND tags.team!='x'", "tags.team = 'red' and and tags.team = 'red'",
                 "metrics. > 1", ".acc > 1", "metrics..acc > 1", "metrics.acc BETWEEN 0 AND 1", "tags.team NOT LIKE 'r%'", "tags.team RLIKE 'r'",
                 "tags.team = null", "tags.team = true", "metrics.acc > -0.5", "metrics.acc > +0.5", "metrics.acc > - 0.5", "metrics.acc > 0x1",
                 "metrics.acc > 1.", "metrics.acc > 1e"):
        search(f"filter {text!r}", text)
    search("filter a number", None, filter=5)
    search("filter null", None, filter=None)
    search("filter of 20 terms", " AND ".join(["metrics.acc > 0.5"] * 20))
    for order in (["metrics.acc DESC"], ["metrics.acc ASC"], ["metrics.acc"], ["metrics.loss DESC"], ["metrics.loss"],
                  ["metrics.`m/with slash` DESC"], ["metrics.nosuch DESC"], ["params.depth"], ["params.depth DESC"], ["params.`depth`"],
                  ["tags.team"], ["tags.team DESC"], ["tag.`with space`"], ["start_time ASC"], ["start_time"], ["attributes.start_time DESC"],
                  ["attribute.start_time"], ["attr.start_time asc"], ["run.start_time"], ["start_time desc"], ["Created DESC"], ["end_time"],
                  ["end_time DESC"], ["run_name"], ["`Run Name` DESC"], ["status", "run_name"], ["status DESC", "start_time"],
                  ["user_id", "metrics.acc DESC"], ["metrics.acc DESC", "metrics.loss DESC"], ["start_time", "start_time DESC"], ["foo"], ["foo.bar"],
                  ["metrics.acc SIDEWAYS"], ["metrics.acc ASC DESC"], [""], [" "], ["datasets.name"], ["DESC"], ["metrics.acc, metrics.loss"],
                  ["metrics.acc; DROP"], ["'metrics.acc'"], ["lifecycle_stage"], ["artifact_uri LIKE 'x'"], []):
        search(f"order {order}", None, order_by=order)
    search("order a string", None, order_by="start_time")
    search("order numbers", None, order_by=[5])
    search("order null", None, order_by=None)
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", "active_only", "FOO", 1, 2, 3, 0, "3", None):
        search(f"view {view!r}", None, run_view_type=view)
    for count in (0, -1, 2, "2", "x", 2.0, 1.5, 50000, 50001, "50001", 2147483648, 123456789012, None):
        search(f"max {count!r}", None, max_results=count)
    for what, ids in (("none", []), ("missing", ...), ("null", None), ("unknown", ["987654"]), ("a string", "1"), ("numbers", [1]),
                      ("a word", ["abc"]), ("an empty one", [""]), ("of nothing in it", ["{expempty}"]), ("two", ["{expempty}", "{expsearch}"]),
                      ("twice", ["{expsearch}", "{expsearch}"])):
        search(f"experiments {what}", "run_name LIKE 'alph%'", experiment_ids=ids)
    script.post("runs search/page 1", "runs/search", {"experiment_ids": ["{expsearch}"], "max_results": 2, "order_by": ["metrics.acc DESC"]},
                tokrun="next_page_token")
    script.post("runs search/page 2", "runs/search", {"experiment_ids": ["{expsearch}"], "max_results": 2, "order_by": ["metrics.acc DESC"],
                                                      "page_token": "{tokrun}"},
                tokrun2="next_page_token")
    search("page 3", None, max_results=2, order_by=["metrics.acc DESC"], page_token="{tokrun2}")
    search("page exactly full", None, max_results=5)
    for what, token in bad_tokens():
        search(f"page {what}", None, max_results=2, page_token=token)
    script.post("runs search/twin", "/ajax-api/2.0/mlflow/runs/search", {"experiment_ids": ["{expsearch}"], "filter": "tags.team = 'red'"})


# ---------------------------------------------------------------------------------------------------------------------------------------------
# Logged models.

def logged_models(script: Script) -> None:
    path = "logged-models"
    script.post("logged models/make an experiment", "experiments/create", {"name": "logged here"}, explm="experiment_id")
    script.post("logged models/make a run", "runs/create", {"experiment_id": "{explm}", "start_time": T0, "run_name": "logged"},
                runlm="run.info.run_id")

    def create(what: str, body: Any, **capture: str) -> None:
        script.post(f"logged models/create {what}", path, body, **capture)

    e = {"experiment_id": "{explm}"}
    create("least", e)
    create("whole", {**e, "name": "whole", "model_type": "t", "source_run_id": "{runlm}", "params": [{"key": "a", "value": "1"}],
                     "tags": tags(team="red")}, modelw="model.info.model_id")
    for what, name in (("empty", ""), ("null", None), ("number", 5), ("slash", "a/b"), ("colon", "a:b"), ("dot", "a.b"), ("percent", "a%b"),
                       ("double quote", 'a"b'), ("quote", "a'b"), ("blank", " "), ("umlaut", "\u00fc"), ("long", "n" * 501),
                       ("very long", "n" * 5000), ("taken", "whole")):
        create(f"name {what}", {**e, "name": name})
    create("no experiment", {"name": "x"})
    create("experiment unknown", {"experiment_id": "987654", "name": "x"})
    create("experiment a word", {"experiment_id": "abc", "name": "x"})
    create("experiment number", {"experiment_id": 1, "name": "x"})
    create("experiment empty", {"experiment_id": "", "name": "x"})
    create("run unknown", {**e, "name": "x", "source_run_id": "nosuchrun"})
    create("run number", {**e, "name": "x", "source_run_id": 5})
    create("type number", {**e, "name": "x", "model_type": 5})
    for kind in ("params", "tags"):
        for what, value in (("a dict", {"a": "b"}), ("null", None), ("a string", "x"), ("empty", []), ("without key", [{"value": "v"}]),
                            ("without value", [{"key": "k"}]), ("value number", [{"key": "k", "value": 5}]),
                            ("twice", [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]), ("key bad", [{"key": "a,b", "value": "1"}]),
                            ("key long", [{"key": "k" * 251, "value": "1"}]), ("value long", [{"key": "k", "value": "v" * 8001}])):
            create(f"{kind} {what}", {**e, "name": "y", kind: value})

    one = f"{path}/{{modelw}}"
    script.get("logged models/get", one)
    script.get("logged models/get unknown", f"{path}/m-nosuch")
    script.get("logged models/get, a run", f"{path}/{{runlm}}")
    script.get("logged models/get, allow deleted", one, {"allow_deleted": "true"})
    script.get("logged models/get, allow a word", one, {"allow_deleted": "maybe"})

    def finish(what: str, body: Any, at: str = one) -> None:
        script.patch(f"logged models/finish {what}", at, body)

    for what, status in (("by number", 1), ("by number as text", "2"), ("pending", "LOGGED_MODEL_PENDING"), ("failed", "LOGGED_MODEL_UPLOAD_FAILED"),
                         ("ready", "LOGGED_MODEL_READY"), ("unspecified", "LOGGED_MODEL_STATUS_UNSPECIFIED"), ("unknown", "READY"),
                         ("number unknown", 9), ("lower case", "logged_model_ready"), ("null", None), ("empty", ""), ("a float", 2.0)):
        finish(what, {"model_id": "{modelw}", "status": status})
    finish("no status", {"model_id": "{modelw}"})
    finish("no id", {"status": "LOGGED_MODEL_READY"})
    finish("id unlike", {"model_id": "m-nosuch", "status": "LOGGED_MODEL_READY"})
    finish("of an unknown one", {"model_id": "m-nosuch", "status": "LOGGED_MODEL_READY"}, f"{path}/m-nosuch")
    script.post("logged models/finish by POST", one, {"model_id": "{modelw}", "status": "LOGGED_MODEL_READY"})

    def set_tags(what: str, body: Any) -> None:
        script.patch(f"logged models/tags {what}", f"{one}/tags", body)

    set_tags("plain", {"tags": tags(a="1", b="2")})
    set_tags("changed", {"tags": tags(a="3")})
    set_tags("none", {})
    set_tags("empty", {"tags": []})
    set_tags("a dict", {"tags": {"a": "1"}})
    set_tags("null", {"tags": None})
    set_tags("without key", {"tags": [{"value": "v"}]})
    set_tags("key bad", {"tags": [{"key": "a,b", "value": "v"}]})
    script.post("logged models/make one for what is odd", path, {**e, "name": "odd"}, modelodd="model.info.model_id")
    script.patch("logged models/tags value number", f"{path}/{{modelodd}}/tags", {"tags": [{"key": "c", "value": 5}]})
    set_tags("twice", {"tags": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]})
    set_tags("id unlike", {"model_id": "m-nosuch", "tags": tags(e="1")})
    script.patch("logged models/tags unknown", f"{path}/m-nosuch/tags", {"tags": tags(a="1")})
    script.delete("logged models/untag", f"{one}/tags/b")
    script.delete("logged models/untag again", f"{one}/tags/b")
    script.delete("logged models/untag unknown", f"{path}/m-nosuch/tags/b")
    script.delete("logged models/untag a key with a blank", f"{one}/tags/a%20b")
    script.post("logged models/params", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "p", "value": "1"}]})
    script.post("logged models/params again", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "p", "value": "1"}]})
    script.post("logged models/params changed", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "p", "value": "2"}]})
    script.post("logged models/params no id", f"{path}/{{modelodd}}/params", {"params": [{"key": "q", "value": "1"}]})
    script.post("logged models/params none", f"{one}/params", {"model_id": "{modelw}"})
    script.post("logged models/params a dict", f"{one}/params", {"model_id": "{modelw}", "params": {"a": "1"}})
    script.post("logged models/params key bad", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "a,b", "value": "1"}]})
    script.post("logged models/params unknown", f"{path}/m-nosuch/params", {"model_id": "m-nosuch", "params": [{"key": "q", "value": "1"}]})
    script.get("logged models/get, all of it", one)

    folder = "{explm}/models/{modelw}/artifacts"
    script.upload("logged models/file a", f"{folder}/a.txt", b"aaa")
    script.upload("logged models/file sub/b", f"{folder}/sub/b.txt", b"bb")
    for what, query in (("", ""), (" of sub", {"artifact_directory_path": "sub"}), (" of a file", {"artifact_directory_path": "a.txt"}),
                        (" of nothing", {"artifact_directory_path": "none"}), (" up", {"artifact_directory_path": ".."}),
                        (" up encoded", {"artifact_directory_path": "%2e%2e/x"}), (" empty", {"artifact_directory_path": ""})):
        script.get(f"logged models/directory{what}", f"{one}/artifacts/directories", query)
    script.get("logged models/directory unknown", f"{path}/m-nosuch/artifacts/directories")
    files = f"/ajax-api/2.0/mlflow/{one}/artifacts/files"
    for what, query in (("", {"artifact_file_path": "sub/b.txt"}), (" none", ""), (" empty", {"artifact_file_path": ""}),
                        (" up", {"artifact_file_path": "../a.txt"}), (" missing", {"artifact_file_path": "nosuch"}),
                        (" a folder", {"artifact_file_path": "sub"})):
        script.add(f"logged models/file{what}", "GET", files, query, shown=FILE_HEADERS)
    script.get("logged models/file unknown", "/ajax-api/2.0/mlflow/logged-models/m-nosuch/artifacts/files", {"artifact_file_path": "a"})

    create("to delete", {**e, "name": "gone"}, modelgone="model.info.model_id")
    gone = f"{path}/{{modelgone}}"
    script.delete("logged models/delete", gone)
    script.delete("logged models/delete again", gone)
    script.delete("logged models/delete unknown", f"{path}/m-nosuch")
    script.get("logged models/deleted get", gone)
    script.get("logged models/deleted get, allowed", gone, {"allow_deleted": "true"})
    script.get("logged models/deleted get, allowed as Python does", gone, {"allow_deleted": "True"})
    script.patch("logged models/deleted finish", gone, {"model_id": "{modelgone}", "status": "LOGGED_MODEL_READY"})
    script.patch("logged models/deleted tags", f"{gone}/tags", {"tags": tags(a="1")})
    script.post("logged models/deleted log-metric", "runs/log-metric", {"run_id": "{runlm}", "key": "m", "value": 1, "timestamp": T0,
                                                                        "model_id": "{modelgone}"})
    script.post("logged models/deleted outputs", "runs/outputs", {"run_id": "{runlm}", "models": [{"model_id": "{modelgone}", "step": 0}]})


def logged_models_search(script: Script) -> None:
    path = "logged-models/search"
    script.post("logged search/make an experiment", "experiments/create", {"name": "logged search"}, explms="experiment_id")
    script.post("logged search/make a run", "runs/create", {"experiment_id": "{explms}", "start_time": T0, "run_name": "logging"},
                runlms="run.info.run_id")
    made = (("ls1", "alpha", "tree", {"depth": "4"}, {"team": "red"}, 0.9, "READY"), ("ls2", "Beta", "net", {"depth": "8"}, {"team": "blue"}, 0.8,
                                                                                      "UPLOAD_FAILED"),
            ("ls3", "gamma_x", "", {}, {"a-b": "dash"}, 0.7, "PENDING"), ("ls4", "alpha", "tree", {"depth": "10"}, {"team": "Red"}, None, "READY"),
            ("ls5", "gone", "tree", {}, {"team": "red"}, 0.5, "READY"))
    for label, name, kind, params, own, value, status in made:
        script.post(f"logged search/make {label}", "logged-models",
                    {"experiment_id": "{explms}", "name": name, "model_type": kind, "source_run_id": "{runlms}" if label != "ls3" else "",
                     "params": [{"key": k, "value": v} for k, v in params.items()], "tags": tags(**own)}, **{label: "model.info.model_id"})
        script.patch(f"logged search/finish {label}", f"logged-models/{{{label}}}", {"model_id": f"{{{label}}}", "status": f"LOGGED_MODEL_{status}"})
        if value is not None:
            script.post(f"logged search/log {label}", "runs/log-batch",
                        {"run_id": "{runlms}", "metrics": [{"key": "acc", "value": value, "timestamp": T0 + 1, "step": 1, "model_id": f"{{{label}}}"},
                                                           {"key": "acc", "value": 0.1, "timestamp": T0, "step": 0, "model_id": f"{{{label}}}"},
                                                           {"key": "rmse", "value": 7, "timestamp": T0, "step": 0, "model_id": f"{{{label}}}",
                                                            "dataset_name": "test", "dataset_digest": "t1"}]})
    script.post("logged search/log on a dataset", "runs/log-metric", {"run_id": "{runlms}", "key": "acc", "value": 0.99, "timestamp": T0 + 2,
                                                                      "step": 2, "model_id": "{ls2}",
                                                                      "dataset_name": "test", "dataset_digest": "t1"})
    script.delete("logged search/delete", "logged-models/{ls5}")
    script.post("logged search/make an experiment for NaN", "experiments/create", {"name": "logged search NaN"}, explmn="experiment_id")
    for label, value in (("lsn1", "NaN"), ("lsn2", 0.5), ("lsn3", "Infinity"), ("lsn4", None)):
        script.post(f"logged search/make {label}", "logged-models", {"experiment_id": "{explmn}", "name": label}, **{label: "model.info.model_id"})
        if value is not None:
            script.post(f"logged search/log {label}", "runs/log-metric",
                        {"run_id": "{runlms}", "key": "acc", "value": value, "timestamp": T0, "model_id": f"{{{label}}}"})
    script.get("logged search/get of NaN", "logged-models/{lsn1}")
    for ascending in (True, False):
        script.post(f"logged search/order by a metric with NaN, ascending {ascending}", path,
                    {"experiment_ids": ["{explmn}"], "order_by": [{"field_name": "metrics.acc", "ascending": ascending}]})
    script.post("logged search/filter with NaN", path, {"experiment_ids": ["{explmn}"], "filter": "metrics.acc < 0.9"})

    def search(what: str, filter_string: Optional[str] = None, **rest: Any) -> None:
        body = {"experiment_ids": ["{explms}"], **({} if filter_string is None else {"filter": filter_string}), **rest}
        script.post(f"logged search/{what}", path, {key: value for key, value in body.items() if value is not ...})

    search("all")
    for text in ("", "name = 'alpha'", "name != 'alpha'", "name LIKE 'a%'", "name ILIKE 'B%'", "name IN ('alpha', 'Beta')", "name NOT IN ('alpha')",
                 "attributes.name = 'alpha'", "attribute.name = 'alpha'", "attr.name = 'alpha'", "model_id = '{ls1}'",
                 "model_id IN ('{ls1}', '{ls2}')", "model_type = 'tree'", "model_type = ''", "status = 'READY'", "status = 'LOGGED_MODEL_READY'",
                 "status != 'READY'", "status IN ('READY', 'PENDING')", "status = 'FOO'", "status = 1", "source_run_id = '{runlms}'",
                 "source_run_id != '{runlms}'", "creation_time > 0", "creation_timestamp > 0", "creation_timestamp_ms < 5",
                 "last_updated_timestamp > 0", "last_updated_timestamp_ms > 0", "creation_time > '5'", "creation_time LIKE '5'",
                 "experiment_id = '1'", "lifecycle_stage = 'active'", "foo = 'x'", "params.depth = '4'", "params.depth != '4'",
                 "params.depth LIKE '1%'", "params.depth = 4", "params.depth > '4'", "params.depth IN ('4', '8')", "params.depth IS NULL",
                 "params.depth IS NOT NULL", "param.depth = '4'", "tags.team = 'red'", "tags.team ILIKE 'RED'", "tags.team != 'red'",
                 "tags.`a-b` = 'dash'", "tags.a-b = 'dash'", "tags.team IS NULL", "tags.team IS NOT NULL", "tags.team IN ('red')", "tag.team = 'red'",
                 "metrics.acc > 0.85", "metrics.acc >= 0.8", "metrics.acc = 0.1", "metrics.acc != 0.9", "metrics.rmse = 7", "metrics.acc > '0.5'",
                 "metrics.acc LIKE '0'", "metrics.acc IS NULL", "metric.acc > 0.85", "metrics.acc > 0.5 AND params.depth = '4'",
                 "metrics.acc > 0.5 and name LIKE 'a%' AND tags.team = 'red'", "name = 'alpha' OR name = 'Beta'", "(name = 'alpha')",
                 "NOT name = 'alpha'", "name", "name =", "name = alpha", "name = 5", "name > 'a'", "name == 'alpha'", "name = 'alpha", "name IN ()",
                 "datasets.name = 'test'", "foo.bar = 'x'", "name = 'it''s'"):
        search(f"filter {text!r}", text)
    for what, data in (("known", [{"dataset_name": "test", "dataset_digest": "t1"}]), ("by name", [{"dataset_name": "test"}]),
                       ("unknown", [{"dataset_name": "nosuch"}]), ("without name", [{"dataset_digest": "t1"}]), ("a dict", {"dataset_name": "test"}),
                       ("empty", [])):
        search(f"datasets {what}", "metrics.acc > 0.85", datasets=data)
        search(f"datasets {what}, no filter", None, datasets=data)

    def by(field: Any, **rest: Any) -> Dict[str, Any]:
        return {"field_name": field, **rest}

    for what, order in (("name", [by("name")]), ("name descending", [by("name", ascending=False)]),
                        ("name, then type", [by("name"), by("creation_timestamp", ascending=False)]),
                        ("creation_timestamp", [by("creation_timestamp")]), ("creation_time", [by("creation_time")]),
                        ("creation_timestamp_ms", [by("creation_timestamp_ms")]), ("last_updated_timestamp", [by("last_updated_timestamp")]),
                        ("metrics.acc", [by("metrics.acc")]), ("metrics.acc descending", [by("metrics.acc", ascending=False)]),
                        ("metrics.acc on a dataset", [by("metrics.acc", ascending=False, dataset_name="test")]),
                        ("metrics.acc on a dataset and digest", [by("metrics.acc", dataset_name="test", dataset_digest="t1")]),
                        ("digest without name", [by("metrics.acc", dataset_digest="t1")]), ("params.depth", [by("params.depth")]),
                        ("tags.team", [by("tags.team")]), ("status", [by("status"), by("name")]), ("foo", [by("foo")]),
                        ("attributes.name", [by("attributes.name")]), ("empty", [by("")]), ("no field", [{}]), ("with direction", [by("name DESC")]),
                        ("field number", [by(5)]), ("ascending a word", [by("name", ascending="yes")]), ("strings", ["name"]),
                        ("a dict", by("name"))):
        search(f"order {what}", None, order_by=order)
    for count in (0, -1, 2, "2", "x", 1.5, 50000, 50001, 2147483648, None):
        search(f"max {count!r}", None, max_results=count)
    for what, ids in (("none", []), ("missing", ...), ("null", None), ("unknown", ["987654"]), ("a string", "1"), ("numbers", [1]),
                      ("a word", ["abc"])):
        search(f"experiments {what}", None, experiment_ids=ids)
    page = {"experiment_ids": ["{explms}"], "max_results": 2, "order_by": [by("name")]}
    script.post("logged search/page 1", path, page, toklm="next_page_token")
    script.post("logged search/page 2", path, {**page, "page_token": "{toklm}"})
    search("page of another order", None, max_results=2, page_token="{toklm}")
    search("page of another filter", "name = 'alpha'", max_results=2, order_by=[by("name")], page_token="{toklm}")
    search("page exactly full", None, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", None, page_token=token)


# ---------------------------------------------------------------------------------------------------------------------------------------------
# The registry.

def registered_models(script: Script) -> None:
    def create(what: str, body: Any) -> None:
        script.post(f"models/create {what}", "registered-models/create", body)

    create("plain", {"name": "model-a"})
    create("again", {"name": "model-a"})
    create("whole", {"name": "model-b", "description": "about b", "tags": tags(team="red", stage="x")})
    create("description empty", {"name": "model-c", "description": ""})
    create("description number", {"name": "model-d", "description": 5})
    create("description long", {"name": "model-e", "description": "d" * 5001})
    create("job", {"name": "model-f", "deployment_job_id": "j"})
    create("other case", {"name": "MODEL-A"})
    for what, name in (("none", ...), ("empty", ""), ("null", None), ("number", 5), ("blank", "  "), ("slash", "a/b"), ("colon", "a:b"),
                       ("dots", ".."), ("a dot", "."), ("up", "../a"), ("encoded", "%61bc"), ("encoded slash", "a%2fb"), ("percent", "100% sure"),
                       ("with a blank", "my model"), ("blanks around", " around "), ("umlaut", "gr\u00f6\u00dfe"), ("chinese", "\u6a21\u578b"),
                       ("comma", "a,b"), ("at", "a@b"), ("quote", "it's"), ("backslash", "a\\b"), ("hash", "a#b"), ("question", "a?b"),
                       ("dot inside", "a.b"), ("underscore", "a_b"), ("digits", "123"), ("dash first", "-a"), ("dot first", ".hidden"),
                       ("256", "n" * 256), ("257", "n" * 257), ("NUL", "a\x00b"), ("line", "a\nb"), ("bidi", "a\u202eb"), ("emoji", "\U0001f600"),
                       ("plus", "a+b"), ("angle", "<b>x</b>")):
        create(f"name {what}", {"name": name} if name is not ... else {})
    for what, value in (("a dict", {"a": "b"}), ("null", None), ("a string", "x"), ("empty", []), ("without key", [{"value": "v"}]),
                        ("without value", [{"key": "k"}]), ("value number", [{"key": "k", "value": 5}]), ("key bad", [{"key": "a,b", "value": "1"}]),
                        ("key long", [{"key": "k" * 251, "value": "1"}]), ("value 100000", [{"key": "k", "value": "v" * 100_000}]),
                        ("value 100001", [{"key": "k", "value": "v" * 100_001}]), ("twice", [{"key": "k", "value": "1"},
                                                                                             {"key": "k", "value": "2"}])):
        create(f"tags {what}", {"name": "model-tags-" + re.sub(r"\W+", "-", what), "tags": value})

    for what, query in (("", {"name": "model-b"}), (" none", ""), (" empty", {"name": ""}), (" unknown", {"name": "model-none"}),
                        (" other case", {"name": "MODEL-B"}), (" blank", {"name": " "}), (" slash", {"name": "a/b"}),
                        (" encoded", {"name": "model%2Db"})):
        script.get(f"models/get{what}", "registered-models/get", query)

    def update(what: str, body: Any) -> None:
        script.patch(f"models/update {what}", "registered-models/update", body)

    update("plain", {"name": "model-b", "description": "new"})
    update("to empty", {"name": "model-b", "description": ""})
    update("number", {"name": "model-b", "description": 5})
    update("again", {"name": "model-b", "description": "newer"})
    update("null", {"name": "model-b", "description": None})
    update("none", {"name": "model-b"})
    update("unknown", {"name": "model-none", "description": "x"})
    update("no name", {"description": "x"})
    update("name number", {"name": 5, "description": "x"})
    script.get("models/get updated", "registered-models/get", {"name": "model-b"})

    def tag(what: str, body: Any) -> None:
        script.post(f"models/tag {what}", "registered-models/set-tag", body)

    for what, body in (("plain", {"key": "a", "value": "1"}), ("again", {"key": "a", "value": "2"}), ("value empty", {"key": "b", "value": ""}),
                       ("no value", {"key": "c"}), ("value null", {"key": "d", "value": None}), ("value number", {"key": "e", "value": 5}),
                       ("no key", {"value": "1"}), ("key empty", {"key": "", "value": "1"}), ("key bad", {"key": "a,b", "value": "1"}),
                       ("key up", {"key": "../a", "value": "1"}), ("key 250", {"key": "k" * 250, "value": "1"}),
                       ("key 251", {"key": "k" * 251, "value": "1"}), ("value 100001", {"key": "f", "value": "v" * 100_001}),
                       ("key signs", {"key": "a/b_c-d.e f:g", "value": "1"})):
        tag(what, {"name": "model-b", **body})
    tag("unknown", {"name": "model-none", "key": "a", "value": "1"})
    tag("no name", {"key": "a", "value": "1"})

    def untag(what: str, body: Any) -> None:
        script.delete(f"models/untag {what}", "registered-models/delete-tag", body)

    untag("plain", {"name": "model-b", "key": "a"})
    untag("again", {"name": "model-b", "key": "a"})
    untag("no key", {"name": "model-b"})
    untag("key bad", {"name": "model-b", "key": "a,b"})
    untag("unknown", {"name": "model-none", "key": "a"})
    script.get("models/get tagged", "registered-models/get", {"name": "model-b"})

    def rename(what: str, body: Any) -> None:
        script.post(f"models/rename {what}", "registered-models/rename", body)

    rename("no new name", {"name": "model-c"})
    rename("new name empty", {"name": "model-c", "new_name": ""})
    rename("new name bad", {"name": "model-c", "new_name": "a/b"})
    rename("new name number", {"name": "model-c", "new_name": 5})
    rename("unknown", {"name": "model-none", "new_name": "x"})
    rename("no name", {"new_name": "x"})

    def delete(what: str, body: Any) -> None:
        script.delete(f"models/delete {what}", "registered-models/delete", body)

    delete("plain", {"name": "model-f"})
    delete("again", {"name": "model-f"})
    delete("no name", {})
    delete("no body", None)
    delete("name number", {"name": 5})
    delete("name empty", {"name": ""})
    create("after deletion", {"name": "model-f"})
    script.get("models/latest of none", "registered-models/get-latest-versions", {"name": "model-a"})
    script.post("models/latest unknown", "registered-models/get-latest-versions", {"name": "model-none"})
    script.post("models/latest no name", "registered-models/get-latest-versions", {})
    script.post("models/latest stage unknown", "registered-models/get-latest-versions", {"name": "model-a", "stages": ["Foo"]})
    script.post("models/latest stages a string", "registered-models/get-latest-versions", {"name": "model-a", "stages": "Staging"})
    script.post("models/latest stages numbers", "registered-models/get-latest-versions", {"name": "model-a", "stages": [5]})


def models_search(script: Script) -> None:
    for name, own in (("find-alpha", {"team": "red"}), ("find-beta", {"team": "blue", "mlflow.prompt.is_prompt": "false"}), ("find-gamma_x", {}),
                      ("find-Delta", {"team": "Red", "a.b": "dot"})):
        script.post(f"models search/make {name}", "registered-models/create", {"name": name, "tags": tags(**own)})

    def search(what: str, **query: Any) -> None:
        script.get(f"models search/{what}", "registered-models/search", query)

    mine = "name LIKE 'find-%'"
    for text in (mine, "name = 'find-alpha'", f"name != 'find-alpha' AND {mine}", "name LIKE '%-alpha'", "name ILIKE 'FIND-d%'",
                 "name LIKE 'find-_eta'", "name LIKE 'find-gamma_x'", "name IN ('find-alpha', 'find-beta')", f"name NOT IN ('find-alpha') AND {mine}",
                 "attribute.name = 'find-alpha'", "`name` = 'find-alpha'", 'name = "find-alpha"', "tags.team = 'red'", "tag.team = 'red'",
                 f"tags.team != 'red' AND {mine}", "tags.team LIKE 'r%'", "tags.team ILIKE 'R%'", "tags.`a.b` = 'dot'", "tags.a.b = 'dot'",
                 "tags.team IS NULL", "tags.team IS NOT NULL", "tags.team IN ('red')", f"{mine} AND tag.`mlflow.prompt.is_prompt` != 'true'",
                 f"{mine} AND tags.`mlflow.prompt.is_prompt` = 'false'", f"{mine} AND tag.`mlflow.prompt.is_prompt` = 'true'",
                 "creation_timestamp > 0", "last_updated_timestamp > 0", "foo = 'x'", "params.a = '1'", "metrics.a > 1", "name = 5", "name > 'a'",
                 "name", "name =", "name = 'a' OR name = 'b'", "(name = 'a')", "name = 'a' AND", "name == 'a'", "name = 'a", "name IS NULL",
                 "name IN ()", "version = '1'", " ", "name = 'find-alpha' AND tags.team = 'red' and name LIKE '%'", "name like 'find-a%'",
                 "tags.team = 5"):
        search(f"filter {text!r}", filter=text)
    for order in (["name"], ["name DESC"], ["name asc"], ["creation_timestamp"], ["creation_timestamp DESC"], ["last_updated_timestamp ASC"],
                  ["timestamp DESC"], ["timestamp", "name DESC"], ["foo"], ["name SIDEWAYS"], [""], ["tags.team"], ["name DESC", "name"],
                  ["attribute.name"], ["`name` DESC"]):
        search(f"order {order}", filter=mine, order_by=order)
    for count in ("0", "-1", "2", "1000", "1001", "x", "2.0", ""):
        search(f"max {count!r}", filter=mine, max_results=count)
    script.get("models search/page 1", "registered-models/search", {"filter": mine, "max_results": 3}, tokmod="next_page_token")
    search("page 2", filter=mine, max_results=3, page_token="{tokmod}")
    search("page exactly full", filter=mine, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", filter=mine, page_token=token)


def versions(script: Script) -> None:
    script.post("versions/make an experiment", "experiments/create", {"name": "versions here"}, expv="experiment_id")
    script.post("versions/make a run", "runs/create", {"experiment_id": "{expv}", "start_time": T0, "run_name": "version"}, runv="run.info.run_id")
    script.post("versions/make another run", "runs/create", {"experiment_id": "{expv}", "start_time": T0, "run_name": "version 2"},
                runv2="run.info.run_id")
    script.post("versions/make a model", "logged-models", {"experiment_id": "{expv}", "name": "vmodel", "source_run_id": "{runv}"},
                modelv="model.info.model_id")
    script.post("versions/make another model", "logged-models", {"experiment_id": "{expv}", "name": "vmodel2"}, modelv2="model.info.model_id")
    model_folder(script, "versions/model files", "{expv}/models/{modelv}/artifacts")
    model_folder(script, "versions/other model's files", "{expv}/models/{modelv2}/artifacts")
    model_folder(script, "versions/run files", "{expv}/{runv}/artifacts/model")
    script.patch("versions/model ready", "logged-models/{modelv}", {"model_id": "{modelv}", "status": "LOGGED_MODEL_READY"})
    for name in ("version-a", "version-b", "version-s", "version-x", "version-own", "version-slash", "version-again"):
        script.post(f"versions/make {name}", "registered-models/create", {"name": name})

    def create(what: str, body: Any, **capture: str) -> None:
        script.post(f"versions/create {what}", "model-versions/create", {"name": "version-a", **body}, **capture)

    of_model = {"source": "models:/{modelv}", "model_id": "{modelv}"}
    of_run = {"source": "mlflow-artifacts:/{expv}/{runv}/artifacts/model", "run_id": "{runv}"}
    create("of a logged model", of_model)
    create("of a run's folder", of_run)
    create("of a run", {"source": "runs:/{runv}/model", "run_id": "{runv}"})
    create("of a logged model's folder", {"source": "mlflow-artifacts:/{expv}/models/{modelv}/artifacts", "model_id": "{modelv}"})
    create("of a logged model and its run", {**of_model, "run_id": "{runv}"})
    create("of a logged model and another run", {**of_model, "run_id": "{runv2}"})
    create("of a logged model without run", {"source": "models:/{modelv2}", "model_id": "{modelv2}"})
    create("of a version", {"source": "models:/version-a/1"})
    create("of our address", {"name": "version-own", "source": "http://{host}/api/2.0/mlflow-artifacts/artifacts/{expv}/{runv}/artifacts/model",
                              "run_id": "{runv}"})
    create("whole", {**of_run, "description": "whole", "run_link": "http://example.org/r", "tags": tags(a="1", b="2")})
    create("tags twice", {**of_run, "tags": [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]})
    create("description empty", {**of_run, "description": ""})
    for what, body in (("no source", {}), ("source empty", {"source": ""}), ("source null", {"source": None}), ("source number", {"source": 5}),
                       ("run number", {**of_run, "run_id": 5}), ("model number", {**of_model, "model_id": 5}),
                       ("tags a dict", {**of_run, "tags": {"a": "b"}}), ("tag key bad", {**of_run, "tags": tags(**{"a,b": "1"})}),
                       ("tag key long", {**of_run, "tags": tags(**{"k" * 251: "1"})}), ("tag without value", {**of_run, "tags": [{"key": "k"}]}),
                       ("tag value long", {**of_run, "tags": tags(k="v" * 100_001)}), ("description number", {**of_run, "description": 5}),
                       ("link number", {**of_run, "run_link": 5}), ("unknown model", {**of_model, "name": "version-none"}),
                       ("name null", {**of_model, "name": None}), ("name number", {**of_model, "name": 5}), ("name bad", {**of_model, "name": "a/b"}),
                       ("name empty", {**of_model, "name": ""})):
        create(what, body)
    for what, body in (("models: without id", {"source": "models:/{modelv}"}), ("models: another id",
                                                                                {"source": "models:/{modelv}", "model_id": "{modelv2}"}),
                       ("models: unknown id", {"source": "models:/m-nosuch", "model_id": "m-nosuch"}),
                       ("models: unknown model", {"source": "models:/version-none/1"}), ("models: unknown version",
                                                                                         {"source": "models:/version-a/99"}),
                       ("models: unknown alias", {"source": "models:/version-a@none"}), ("models: no version", {"source": "models:/version-a"}),
                       ("models: latest", {"source": "models:/version-b/latest"}), ("models: of another run",
                                                                                    {"source": "models:/version-a/2", "run_id": "{runv2}"}),
                       ("models: of its run", {"source": "models:/version-a/2", "run_id": "{runv}"}),
                       ("models: with a host", {"source": "models://host/version-a/1"}), ("models: run empty",
                                                                                          {"source": "models:/version-a/2", "run_id": ""}),
                       ("models: stage", {"source": "models:/version-a/Production"}), ("models: a path behind", {"source": "models:/version-a/1/x"}),
                       ("runs: without run", {"source": "runs:/{runv}/model"}), ("runs: another run",
                                                                                 {"source": "runs:/{runv}/model", "run_id": "{runv2}"}),
                       ("runs: unknown run", {"name": "version-own", "source": "runs:/nosuchrun/model", "run_id": "nosuchrun"}),
                       ("runs: with a host", {"source": "runs://host/{runv}/model", "run_id": "{runv}"}),
                       ("runs: with a model", {"source": "runs:/{runv}/model", "model_id": "{modelv}"}),
                       ("folder without run", {"source": of_run["source"]}), ("folder of another run", {**of_run, "run_id": "{runv2}"}),
                       ("folder of an unknown run", {**of_run, "run_id": "nosuchrun"}), ("folder of a model",
                                                                                         {"source": of_run["source"], "model_id": "{modelv}"}),
                       ("folder and a model of no kind", {**of_run, "model_id": "m-nosuch"})):
        create(what, body)
    root = "mlflow-artifacts:/{expv}/{runv}/artifacts"
    for what, source in (("s3", "s3://bucket/x"), ("gs", "gs://bucket/x"), ("dbfs", "dbfs:/x"), ("http", "http://example.org/x"),
                         ("https artifacts of another", "https://example.org/api/2.0/mlflow-artifacts/artifacts/x"), ("absolute", "/etc"),
                         ("file", "file:///etc"), ("FILE", "FILE:/etc"), ("file host", "file://localhost/etc"),
                         ("file backslash", "file:///\\..\\..\\etc"), ("relative", "model"), ("dots", root + "/../../x"),
                         ("encoded dots", root + "/%2e%2e/x"), ("twice encoded dots", root + "/%252e%252e/x"), ("encoded slash", root + "%2fmodel"),
                         ("fragment", root + "/model#x"), ("fragment dots", root + "/model#/../../etc"), ("query", root + "/model?x=1"),
                         ("query dots", root + "/model?x=../.."), ("params", root + "/model;x"), ("NUL", root + "%00"),
                         ("double slash", root + "//model"), ("a dot", root + "/./model"),
                         ("host", root.replace(":/", "://example.org/") + "/model"), ("our host", root.replace(":/", "://{host}/") + "/model"),
                         ("capitals", root.replace("mlflow-artifacts", "MLFLOW-ARTIFACTS") + "/model"), ("runs dots", "runs:/{runv}/../x"),
                         ("runs encoded dots", "runs:/{runv}/%2e%2e/x"), ("backslash", root + "\\model"), ("UNC", "\\\\host\\share"),
                         ("drive", "C:\\x"), ("prompt", "prompt-template"), ("root", "mlflow-artifacts:/")):
        script.post(f"versions/source {what}", "model-versions/create", {"name": "version-x", "source": source, "run_id": "{runv}"})
    create("of a folder with a slash behind", {"name": "version-slash", "source": "mlflow-artifacts:/{expv}/{runv}/artifacts/model/",
                                               "run_id": "{runv}"})
    create("of a folder without files", {"name": "version-slash", "source": "mlflow-artifacts:/{expv}/{runv2}/artifacts/model", "run_id": "{runv2}"})
    create("before the model's deletion", {**of_run, "name": "version-again"})
    script.delete("versions/model deleted", "registered-models/delete", {"name": "version-again"})
    script.get("versions/get of a deleted model", "model-versions/get", {"name": "version-again", "version": "1"})
    script.post("versions/model made again", "registered-models/create", {"name": "version-again"})
    create("after the model's deletion", {**of_run, "name": "version-again"})
    script.upload("versions/registered file overwritten", "{expv}/{runv}/artifacts/model/weights.txt", b"0.5 0.5\n")
    script.delete("versions/registered file deleted", f"{ARTIFACTS}artifacts/{{expv}}/{{runv}}/artifacts/model/weights.txt")
    script.post("versions/prompt tag", "model-versions/create", {"name": "version-x", "source": "/etc",
                                                                 "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]})
    script.get("versions/logged model names its versions", "logged-models/{modelv}")

    def named(verb: str, what: str, query: Query) -> None:
        script.get(f"versions/{verb} {what}", f"model-versions/{verb}", query)

    for verb in ("get", "get-download-uri"):
        for what, query in (("unknown", {"name": "version-a", "version": "99"}), ("of an unknown model", {"name": "version-none", "version": "1"}),
                            ("a word", {"name": "version-a", "version": "abc"}), ("0", {"name": "version-a", "version": "0"}),
                            ("negative", {"name": "version-a", "version": "-1"}), ("a fraction", {"name": "version-a", "version": "1.0"}),
                            ("no name", {"version": "1"}), ("no version", {"name": "version-a"}), ("nothing", ""),
                            ("empty", {"name": "version-a", "version": ""}), ("2^63", {"name": "version-a", "version": str(2**63)}),
                            ("blanks", {"name": "version-a", "version": " 1 "}), ("latest", {"name": "version-a", "version": "latest"})):
            named(verb, what, query)
        named(verb, "1", {"name": "version-a", "version": "1"})
        named(verb, "2", {"name": "version-a", "version": "2"})
        named(verb, "01", {"name": "version-a", "version": "01"})

    def update(what: str, body: Any) -> None:
        script.patch(f"versions/update {what}", "model-versions/update", {"name": "version-a", "version": "2", **body})

    update("plain", {"description": "new"})
    update("none", {})
    update("null", {"description": None})
    update("number", {"description": 5})
    update("empty", {"description": ""})
    update("version number", {"version": 2, "description": "x"})
    update("version unknown", {"version": "99", "description": "x"})
    update("version a word", {"version": "abc", "description": "x"})
    update("model unknown", {"name": "version-none", "description": "x"})

    def tag(what: str, body: Any) -> None:
        script.post(f"versions/tag {what}", "model-versions/set-tag", {"name": "version-a", "version": "2", **body})

    for what, body in (("plain", {"key": "a", "value": "1"}), ("again", {"key": "a", "value": "2"}), ("value empty", {"key": "b", "value": ""}),
                       ("no value", {"key": "c"}), ("value null", {"key": "d", "value": None}), ("value number", {"key": "e", "value": 5}),
                       ("no key", {"value": "1"}), ("key bad", {"key": "a,b", "value": "1"}), ("key 251", {"key": "k" * 251, "value": "1"}),
                       ("value 100001", {"key": "f", "value": "v" * 100_001}), ("unknown version", {"version": "99", "key": "a", "value": "1"}),
                       ("version a word", {"version": "abc", "key": "a", "value": "1"}), ("unknown model",
                                                                                          {"name": "version-none", "key": "a", "value": "1"}),
                       ("version as a number", {"version": 2, "key": "a", "value": "1"})):
        tag(what, body)
    script.post("versions/tag no version", "model-versions/set-tag", {"name": "version-a", "key": "a", "value": "1"})

    def untag(what: str, body: Any) -> None:
        script.delete(f"versions/untag {what}", "model-versions/delete-tag", {"name": "version-a", "version": "2", **body})

    untag("plain", {"key": "a"})
    untag("again", {"key": "a"})
    untag("no key", {})
    untag("unknown version", {"version": "99", "key": "a"})
    untag("unknown model", {"name": "version-none", "key": "a"})
    script.get("versions/get tagged", "model-versions/get", {"name": "version-a", "version": "2"})

    def alias(what: str, body: Any) -> None:
        script.post(f"versions/alias {what}", "registered-models/alias", {"name": "version-a", "version": "1", **body})

    for what, word in (("plain", "prod"), ("again", "prod"), ("signs", "a_b-C1"), ("empty", ""), ("null", None), ("number", 5), ("latest", "latest"),
                       ("Latest", "LaTest"), ("v1", "v1"), ("V12", "V12"), ("v", "v"), ("v1x", "v1x"), ("blank", "a b"), ("dot", "a.b"),
                       ("slash", "a/b"), ("umlaut", "\u00fc"), ("255", "a" * 255), ("256", "a" * 256), ("digits", "123")):
        alias(f"name {what}", {"alias": word})
    alias("name line", {"name": "version-slash", "alias": "a\n"})
    alias("moved", {"alias": "prod", "version": "2"})
    alias("version number", {"alias": "num", "version": 2})
    alias("version unknown", {"alias": "x", "version": "99"})
    alias("version a word", {"alias": "x", "version": "abc"})
    alias("version latest", {"alias": "x", "version": "latest"})
    alias("model unknown", {"name": "version-none", "alias": "x"})
    script.post("versions/alias no version", "registered-models/alias", {"name": "version-a", "alias": "x"})
    script.post("versions/alias no alias", "registered-models/alias", {"name": "version-a", "version": "1"})
    for what, query in (("", {"name": "version-a", "alias": "prod"}), (" unknown", {"name": "version-a", "alias": "none"}),
                        (" other case", {"name": "version-a", "alias": "PROD"}), (" of an unknown model", {"name": "version-none", "alias": "prod"}),
                        (" latest", {"name": "version-a", "alias": "latest"}), (" LATEST", {"name": "version-a", "alias": "LATEST"}),
                        (" latest of none", {"name": "version-b", "alias": "latest"}), (" none", {"name": "version-a"}),
                        (" bad", {"name": "version-a", "alias": "a/b"}), (" v1", {"name": "version-a", "alias": "v1"})):
        script.get(f"versions/by alias{what}", "registered-models/alias", query)
    script.get("versions/model with aliases", "registered-models/get", {"name": "version-a"})

    def unalias(what: str, body: Any) -> None:
        script.delete(f"versions/unalias {what}", "registered-models/alias", {"name": "version-a", **body})

    unalias("plain", {"alias": "prod"})
    unalias("again", {"alias": "prod"})
    unalias("none", {})
    unalias("bad", {"alias": "a/b"})
    unalias("latest", {"alias": "latest"})
    unalias("of an unknown model", {"name": "version-none", "alias": "prod"})

    def stage(what: str, body: Any) -> None:
        script.post(f"versions/stage {what}", "model-versions/transition-stage", {"name": "version-s", "version": "1", "stage": "Staging",
                                                                                  "archive_existing_versions": False, **body})

    for number in (1, 2, 3):
        script.post(f"versions/create {number} to stage", "model-versions/create", {**of_run, "name": "version-s"})
    stage("plain", {})
    stage("again", {})
    stage("of another", {"version": "2"})
    stage("lower case", {"version": "3", "stage": "production"})
    script.post("versions/latest by stage", "registered-models/get-latest-versions", {"name": "version-s"})
    script.post("versions/latest of one stage", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["Staging"]})
    script.post("versions/latest of a stage in lower case", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["production"]})
    script.post("versions/latest of None", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["None"]})
    script.post("versions/latest of two", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["Staging", "Production"]})
    script.post("versions/latest of no stages", "registered-models/get-latest-versions", {"name": "version-s", "stages": []})
    script.get("versions/latest by GET of two", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["Staging", "Production"]})
    script.get("versions/model by stage", "registered-models/get", {"name": "version-s"})
    stage("archiving", {"version": "2", "stage": "Production", "archive_existing_versions": True})
    script.get("versions/archived", "model-versions/get", {"name": "version-s", "version": "3"})
    stage("to None, archiving", {"stage": "None", "archive_existing_versions": True})
    stage("to Archived, archiving", {"stage": "archived", "archive_existing_versions": True})
    stage("to None", {"stage": "None"})
    stage("unknown", {"stage": "Foo"})
    stage("empty", {"stage": ""})
    stage("number", {"stage": 5})
    stage("archive a word", {"archive_existing_versions": "true"})
    stage("archive a number", {"archive_existing_versions": 1})
    stage("archive null", {"archive_existing_versions": None})
    stage("version unknown", {"version": "99"})
    stage("model unknown", {"name": "version-none"})
    script.post("versions/stage, no archive", "model-versions/transition-stage", {"name": "version-s", "version": "1", "stage": "Staging"})
    script.post("versions/stage, no stage", "model-versions/transition-stage", {"name": "version-s", "version": "1",
                                                                                "archive_existing_versions": False})

    script.post("versions/alias to delete with", "registered-models/alias", {"name": "version-s", "alias": "going", "version": "2"})
    script.delete("versions/delete", "model-versions/delete", {"name": "version-s", "version": "2"})
    script.delete("versions/delete again", "model-versions/delete", {"name": "version-s", "version": "2"})
    script.delete("versions/delete unknown", "model-versions/delete", {"name": "version-s", "version": "99"})
    script.delete("versions/delete a word", "model-versions/delete", {"name": "version-s", "version": "abc"})
    script.delete("versions/delete no version", "model-versions/delete", {"name": "version-s"})
    script.delete("versions/delete version number", "model-versions/delete", {"name": "version-s", "version": 1})
    script.get("versions/deleted get", "model-versions/get", {"name": "version-s", "version": "2"})
    script.get("versions/deleted get-download-uri", "model-versions/get-download-uri", {"name": "version-s", "version": "2"})
    script.get("versions/deleted by alias", "registered-models/alias", {"name": "version-s", "alias": "going"})
    script.post("versions/create after deletion", "model-versions/create", {**of_run, "name": "version-s"})
    script.get("versions/model after deletion", "registered-models/get", {"name": "version-s"})
    script.post("versions/delete the run", "runs/delete", {"run_id": "{runv}"})
    script.get("versions/get, run deleted", "model-versions/get", {"name": "version-a", "version": "2"})
    script.post("versions/create, run deleted", "model-versions/create", {**of_run, "name": "version-b"})

    for what, query in (("", {"name": "version-a", "version": "1", "path": "requirements.txt"}),
                        (" missing", {"name": "version-a", "version": "1", "path": "nosuch"}),
                        (" up", {"name": "version-a", "version": "1", "path": "../x"}), (" absolute",
                                                                                         {"name": "version-a", "version": "1",
                                                                                          "path": "/etc/passwd"}),
                        (" unknown version", {"name": "version-a", "version": "99", "path": "MLmodel"}),
                        (" unknown model", {"name": "version-none", "version": "1", "path": "MLmodel"}),
                        (" no path", {"name": "version-a", "version": "1"}), (" no name", {"version": "1", "path": "MLmodel"}),
                        (" no version", {"name": "version-a", "path": "MLmodel"}), (" of a run",
                                                                                    {"name": "version-a", "version": "2", "path": "MLmodel"})):
        script.add(f"versions/artifact{what}", "GET", "/model-versions/get-artifact", query, shown=FILE_HEADERS)
    script.get("versions/artifact with two slashes", "//model-versions/get-artifact", {"name": "version-a", "version": "1",
                                                                                       "path": "requirements.txt"})


def versions_search(script: Script) -> None:
    script.post("versions search/make an experiment", "experiments/create", {"name": "versions search"}, expvs="experiment_id")
    script.post("versions search/make a run", "runs/create", {"experiment_id": "{expvs}", "start_time": T0, "run_name": "vs"},
                runvs="run.info.run_id")
    script.post("versions search/make another run", "runs/create", {"experiment_id": "{expvs}", "start_time": T0, "run_name": "vs 2"},
                runvs2="run.info.run_id")
    model_folder(script, "versions search/files", "{expvs}/{runvs}/artifacts/model")
    model_folder(script, "versions search/files of another", "{expvs}/{runvs2}/artifacts/model")
    for name in ("seek-a", "seek-b"):
        script.post(f"versions search/make {name}", "registered-models/create", {"name": name})
    for number, (name, run, own) in enumerate((("seek-a", "runvs", {"team": "red"}), ("seek-b", "runvs", {"team": "blue"}), ("seek-a", "runvs2", {}),
                                               ("seek-a", "runvs2", {"team": "Red", "a.b": "dot"}))):
        script.post(f"versions search/create {number}", "model-versions/create",
                    {"name": name, "source": f"mlflow-artifacts:/{{expvs}}/{{{run}}}/artifacts/model", "run_id": f"{{{run}}}", "tags": tags(**own)})

    def search(what: str, **query: Any) -> None:
        script.get(f"versions search/{what}", "model-versions/search", query)

    mine = "name LIKE 'seek-%'"
    for text in (mine, "name = 'seek-a'", f"name != 'seek-a' AND {mine}", "name LIKE '%-b'", "name ILIKE 'SEEK-B'", "name IN ('seek-a', 'seek-b')",
                 f"name NOT IN ('seek-a') AND {mine}", "name = 'nosuch'", "attribute.name = 'seek-b'", "`name` = 'seek-b'", 'name = "seek-b"',
                 "run_id = '{runvs}'", f"run_id != '{{runvs}}' AND {mine}", "run_id IN ('{runvs}', '{runvs2}')",
                 f"run_id NOT IN ('{{runvs}}') AND {mine}", "run_id IN ()", f"run_id LIKE '%' AND {mine}", "source_path LIKE '%{runvs}%'",
                 "source_path = 'mlflow-artifacts:/{expvs}/{runvs}/artifacts/model'", "source_path IN ('x')", f"version_number = 1 AND {mine}",
                 f"version_number > 1 AND {mine}", f"version_number >= 2 AND {mine}", f"version_number != 1 AND {mine}",
                 f"version_number = '1' AND {mine}", "version_number = 1.5", "version_number LIKE '1'", "version_number IN (1)", "version = 1",
                 "tags.team = 'red'", "tag.team = 'red'", f"tags.team != 'red' AND {mine}", "tags.team LIKE 'r%'", "tags.team ILIKE 'R%'",
                 "tags.`a.b` = 'dot'", "tags.team IS NULL", "tags.team IS NOT NULL", f"{mine} AND tags.`mlflow.prompt.is_prompt` != 'true'",
                 f"creation_timestamp > 0 AND {mine}", f"last_updated_timestamp > 0 AND {mine}", "current_stage = 'None'", "status = 'READY'",
                 "foo = 'x'", "params.a = '1'", "metrics.a > 1", "name = 5", "name > 'a'", "name", "name =", "name = 'a' OR name = 'b'",
                 "(name = 'a')", "name = 'seek-a' AND name = 'seek-b'", "name = 'a", "name = 'seek-a' AND run_id = '{runvs}' and tags.team = 'red'",
                 " "):
        search(f"filter {text!r}", filter=text)
    for order in (["name"], ["name DESC"], ["version_number"], ["version_number DESC"], ["name", "version_number DESC"], ["creation_timestamp"],
                  ["creation_timestamp DESC"], ["last_updated_timestamp ASC"], ["timestamp"], ["run_id"], ["foo"], ["name SIDEWAYS"], [""],
                  ["tags.team"], ["attribute.name", "version_number"]):
        search(f"order {order}", filter=mine, order_by=order)
    for count in ("0", "-1", "2", "200000", "200001", "x", "2.0"):
        search(f"max {count!r}", filter=mine, max_results=count)
    script.get("versions search/page 1", "model-versions/search", {"filter": mine, "max_results": 3, "order_by": ["name", "version_number"]},
               tokver="next_page_token")
    search("page 2", filter=mine, max_results=3, order_by=["name", "version_number"], page_token="{tokver}")
    search("page exactly full", filter=mine, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", filter=mine, page_token=token)


# ---------------------------------------------------------------------------------------------------------------------------------------------
# Files.

def artifacts(script: Script) -> None:
    script.post("files/make an experiment", "experiments/create", {"name": "files here"}, expf="experiment_id")
    script.post("files/make a run", "runs/create", {"experiment_id": "{expf}", "start_time": T0, "run_name": "files"}, runf="run.info.run_id")
    root = "{expf}/{runf}/artifacts"
    listing = ARTIFACTS + "artifacts"
    script.get("files/list nothing", "artifacts/list", {"run_id": "{runf}"})
    script.get("files/proxy list nothing", listing, {"path": root})
    for name in ("a.txt", "b.json", "c.pkl", "d.skops", "e.png", "f.csv", "g.md", "h.html", "i.yaml", "j", "MLmodel", "k.PNG", "l.tar.gz", "m.ipynb",
                 "n.svg", "o.js", "p.xml", "q.pdf", "r.zip", "s.parquet", "t.npy", "u.onnx", "v.joblib", "w.gif", "x.mp4", "y.jpeg", "z.css",
                 "conda.yaml", "no.such.type.qqq", ".hidden", "trailing."):
        script.upload(f"files/put {name}", f"{root}/types/{name}", f"content of {name}\n".encode())
        script.download(f"files/get {name}", f"{root}/types/{name}")
    script.get("files/list types", "artifacts/list", {"run_id": "{runf}", "path": "types"})
    script.get("files/proxy list types", listing, {"path": f"{root}/types"})
    for what, name in (("a blank", "with%20blank.txt"), ("a plus", "dog+step+20.png"), ("umlauts", quote("gr\u00f6\u00dfe.txt")),
                       ("chinese", quote("\u6a21\u578b.bin")), ("quotes", "it%27s%22so%22.txt"), ("a comma", "a,b;c=d.txt"),
                       ("a percent", "100%25.txt"), ("a question", "who%3F.txt"), ("a colon", "a:b.txt"), ("a hash", "a%23b.txt"),
                       ("a newline", "a%0Ab.txt"), ("a NUL", "a%00b.txt"), ("a tab", "a%09b.txt"), ("DEL", "a%7Fb.txt"), ("a tilde", "~a.txt"),
                       ("parens", "a(1)[2]{{3}}.txt".replace("{{", "%7B").replace("}}", "%7D")), ("no UTF-8", "a%ff.txt"),
                       ("255 bytes", "n" * 251 + ".txt"), ("256 bytes", "n" * 252 + ".txt"), ("a backslash", "a%5Cb.txt"), ("a bar", "a%7Cb.txt"),
                       ("an angle", "a%3Cb%3E.txt"), ("a star", "a*b.txt"), ("dots in it", "a..b.txt"), ("three dots", ".../a.txt"),
                       ("a blank behind", "a%20")):
        script.upload(f"files/put {what}", f"{root}/names/{name}", b"named\n")
        script.download(f"files/get {what}", f"{root}/names/{name}")
    script.get("files/list names", "artifacts/list", {"run_id": "{runf}", "path": "names"})

    script.upload("files/put empty", f"{root}/empty", b"")
    script.add("files/put chunked", "PUT", f"{ARTIFACTS}artifacts/{root}/chunked.txt", body=b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
               headers={"Transfer-Encoding": "chunked"})
    script.add("files/put chunked empty", "PUT", f"{ARTIFACTS}artifacts/{root}/chunked_empty", body=b"0\r\n\r\n",
               headers={"Transfer-Encoding": "chunked"})
    script.upload("files/put as JSON", f"{root}/typed.bin", b"{}", **{"Content-Type": "application/json"})
    script.upload("files/put again", f"{root}/types/a.txt", b"another content\n")
    script.upload("files/put 300 kB", f"{root}/large.bin", bytes(range(256)) * 1200)
    script.download("files/get empty", f"{root}/empty")
    script.download("files/get chunked", f"{root}/chunked.txt")
    script.download("files/get again", f"{root}/types/a.txt")
    script.download("files/get 300 kB", f"{root}/large.bin")
    script.add("files/get with its time", "GET", f"{ARTIFACTS}artifacts/{root}/large.bin", shown=("last-modified?",))
    script.download("files/get with Accept", f"{root}/types/b.json", headers={"Accept": "text/html"})
    script.download("files/get with gzip", f"{root}/types/b.json", headers={"Accept-Encoding": "gzip, deflate"})
    for what, wanted in (("first bytes", "bytes=0-9"), ("middle", "bytes=100-199"), ("rest", "bytes=307000-"), ("last bytes", "bytes=-10"),
                         ("over the end", "bytes=307190-999999"), ("outside", "bytes=999999-"), ("turned", "bytes=9-0"), ("two", "bytes=0-1,5-6"),
                         ("all", "bytes=0-"), ("of nothing", "bytes=-0"), ("a word", "bytes=x-y"), ("other unit", "lines=0-1"),
                         ("blanks", "bytes= 0-9")):
        script.download(f"files/range {what}", f"{root}/large.bin", headers={"Range": wanted})
    script.download("files/range of an empty file", f"{root}/empty", headers={"Range": "bytes=0-0"})
    script.download("files/get a folder", f"{root}/types")
    script.download("files/get a folder with a slash", f"{root}/types/")
    script.download("files/get missing", f"{root}/none.txt")
    script.download("files/get below a file", f"{root}/types/a.txt/b")
    script.download("files/get the root", "")
    script.upload("files/put a folder", f"{root}/folder/", b"x")
    script.upload("files/put over a folder", f"{root}/types", b"x")
    script.upload("files/put below a file", f"{root}/types/a.txt/b", b"x")
    script.upload("files/put the root", "", b"x")
    script.upload("files/put of no run", "elsewhere/x.txt", b"x")
    script.upload("files/put double slash", "elsewhere//double.txt", b"x")
    script.upload("files/put a dot", f"{root}/./dot.txt", b"x")
    for what, query in (("root", ""), ("of the run", {"path": root}), ("of a file", {"path": f"{root}/empty"}), ("missing", {"path": f"{root}/none"}),
                        ("empty", {"path": ""}), ("slash behind", {"path": f"{root}/"}), ("up", {"path": "../"}), ("up encoded", {"path": "%2e%2e/"}),
                        ("absolute", {"path": "/etc"}), ("hash", {"path": "a#b"}), ("experiment", {"path": "{expf}"})):
        if what not in ("root", "empty"):  # what others left there differs
            script.get(f"files/proxy list {what}", listing, query)
    script.add("files/proxy list with a slash", "GET", f"{listing}/", {"path": root})
    for what, query in (("run", {"run_id": "{runf}"}), ("old name", {"run_uuid": "{runf}"}), ("none", ""), ("unknown", {"run_id": "nosuchrun"}),
                        ("a file", {"run_id": "{runf}", "path": "empty"}), ("missing", {"run_id": "{runf}", "path": "none"}),
                        ("empty", {"run_id": "{runf}", "path": ""}), ("slash behind", {"run_id": "{runf}", "path": "types/"}),
                        ("up", {"run_id": "{runf}", "path": ".."}), ("up inside", {"run_id": "{runf}", "path": "types/../types"}),
                        ("encoded", {"run_id": "{runf}", "path": "%2e%2e"}), ("twice encoded", {"run_id": "{runf}", "path": "%252e%252e"}),
                        ("absolute", {"run_id": "{runf}", "path": "/etc"}), ("file uri", {"run_id": "{runf}", "path": "file:///etc"}),
                        ("hash", {"run_id": "{runf}", "path": "a#b"}), ("drive", {"run_id": "{runf}", "path": "C:\\x"}),
                        ("a dot", {"run_id": "{runf}", "path": "."}), ("token", {"run_id": "{runf}", "page_token": "x"})):
        script.get(f"files/list {what}", "artifacts/list", query)
    script.delete("files/delete", f"{ARTIFACTS}artifacts/{root}/chunked.txt")
    script.delete("files/delete again", f"{ARTIFACTS}artifacts/{root}/chunked.txt")
    script.delete("files/delete a folder", f"{ARTIFACTS}artifacts/{root}/types")
    script.delete("files/delete with a body", f"{ARTIFACTS}artifacts/{root}/empty", {"a": 1})
    script.delete("files/delete the root", f"{ARTIFACTS}artifacts/")
    script.get("files/list after deletion", "artifacts/list", {"run_id": "{runf}"})

    for what, query in (("", {"run_id": "{runf}", "path": "large.bin"}), (" old name", {"run_uuid": "{runf}", "path": "large.bin"}),
                        (" missing", {"run_id": "{runf}", "path": "none"}), (" a folder", {"run_id": "{runf}", "path": "names"}),
                        (" no path", {"run_id": "{runf}"}), (" no run", {"path": "large.bin"}),
                        (" unknown run", {"run_id": "nosuchrun", "path": "a"}), (" up", {"run_id": "{runf}", "path": "../x"}),
                        (" up encoded", {"run_id": "{runf}", "path": "%2e%2e/x"}), (" absolute", {"run_id": "{runf}", "path": "/etc/passwd"}),
                        (" empty", {"run_id": "{runf}", "path": ""}), (" a blank", {"run_id": "{runf}", "path": "names/with blank.txt"}),
                        (" file uri", {"run_id": "{runf}", "path": "file:///etc/passwd"})):
        script.add(f"files/page{what}", "GET", "/get-artifact", query, shown=FILE_HEADERS)

    def page_upload(what: str, query: Query, body: bytes = b"by a page", content_type: Optional[str] = "text/plain") -> None:
        script.add(f"files/page upload {what}", "POST", "/ajax-api/2.0/mlflow/upload-artifact", query, body, {}
                   if content_type is None else {"Content-Type": content_type})

    page_upload("plain", {"run_uuid": "{runf}", "path": "page/a.txt"})
    page_upload("as JSON", {"run_uuid": "{runf}", "path": "page/b.json"}, b"{}", "application/json")
    page_upload("of no type", {"run_uuid": "{runf}", "path": "page/c"}, b"c", None)
    page_upload("by the new name", {"run_id": "{runf}", "path": "page/d.txt"})
    page_upload("no run", {"path": "page/a.txt"})
    page_upload("no path", {"run_uuid": "{runf}"})
    page_upload("nothing", "")
    page_upload("no data", {"run_uuid": "{runf}", "path": "page/e.txt"}, b"")
    page_upload("unknown run", {"run_uuid": "nosuchrun", "path": "page/a.txt"})
    page_upload("up", {"run_uuid": "{runf}", "path": "../a.txt"})
    page_upload("absolute", {"run_uuid": "{runf}", "path": "/etc/x"})
    page_upload("10 MB and a byte", {"run_uuid": "{runf}", "path": "page/big"}, b"x" * (10 * 1024 * 1024 + 1), "application/octet-stream")
    script.get("files/page uploads listed", "artifacts/list", {"run_id": "{runf}", "path": "page"})

    for what, body in (("plain", {"path": "a", "num_parts": 2}), ("no path", {"num_parts": 2}), ("parts a word", {"path": "a", "num_parts": "x"}),
                       ("nothing", {})):
        script.post(f"files/mpu create {what}", f"{ARTIFACTS}mpu/create/{root}/a", body)
    script.post("files/mpu create up", f"{ARTIFACTS}mpu/create/%2e%2e/a", {"path": "a", "num_parts": 2})
    script.post("files/mpu complete no parts", f"{ARTIFACTS}mpu/complete/{root}/a", {"path": "a", "upload_id": "u"})
    script.post("files/mpu abort no path", f"{ARTIFACTS}mpu/abort/{root}/a", {"upload_id": "u"})
    script.get("files/presigned missing", f"{ARTIFACTS}presigned/{root}/none")
    script.get("files/presigned up", f"{ARTIFACTS}presigned/%2e%2e/a")
    for what, body in (("no path", {"run_id": "{runf}"}), ("no run", {"path": "a"}), ("unknown run", {"run_id": "nosuchrun", "path": "a"}),
                       ("up", {"run_id": "{runf}", "path": "../a"})):
        script.post(f"files/presigned upload {what}", "artifacts/presigned-upload-url", body)
        script.post(f"files/presigned download {what}", "artifacts/presigned-download-url", body)


def attacks(script: Script) -> None:
    """What has been done to genuine servers. Nothing outside the folder of artifacts may be read, written or deleted: the answers are refusals."""
    paths = (("dots", "../../etc/passwd"), ("encoded dots", "%2e%2e/%2e%2e/etc/passwd"), ("encoded slashes", "..%2f..%2fetc%2fpasswd"),
             ("all encoded", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
             ("twice encoded", "%252e%252e%252f%252e%252e%252fetc%252fpasswd"), ("thrice encoded", "%25252e%25252e%25252fetc"),
             ("absolute", "%2fetc%2fpasswd"), ("double slash", "/etc/passwd"),
             ("inside", "a/../../../etc/passwd"), ("inside encoded", "a/%2e%2e/%2e%2e/b"), ("backslashes", "..%5c..%5cetc"),
             ("backslash inside", "a%5c..%5cb"), ("hash", "a%23/../../b"), ("hash alone", "a%23b"),
             ("file uri", "file:///etc/passwd"), ("file uri encoded", "file:%2f%2f%2fetc%2fpasswd"), ("drive", "C:%5cWindows"),
             ("drive slash", "C:/Windows"), ("UNC", "%5c%5chost%5cshare"), ("NUL", "a%00/../b"),
             ("overlong", "%c0%ae%c0%ae/etc"), ("params", "a;/../b"), ("dots at the end", "a/.."), ("one dot", "."), ("two dots", ".."))
    for what, path in paths:
        script.download(f"attack/get {what}", path)
        script.upload(f"attack/put {what}", path, b"attack")
        script.delete(f"attack/delete {what}", f"{ARTIFACTS}artifacts/{path}")
    script.download("attack/get twin", "%2e%2e/%2e%2e/etc/passwd", "/ajax-api/2.0/mlflow-artifacts/")
    script.post("attack/name encoded", "registered-models/create", {"name": "%61bc%64"})
    script.add("attack/content type echoed", "POST", "experiments/create", body=b"{}", headers={"Content-Type": "<script>alert(1)</script>"})
    script.get("attack/message echoed", "experiments/get-by-name", {"experiment_name": "<script>alert(1)</script>"})
    script.add("attack/path echoed", "GET", "/api/2.0/mlflow/%3Cscript%3E")
    script.get("attack/long query", "experiments/get-by-name", {"experiment_name": "x" * 7000})


# ---------------------------------------------------------------------------------------------------------------------------------------------
# What is no part of tracking and registry.

def out_of_scope(script: Script) -> None:
    for name, method, path, body in (("traces", "POST", "/api/3.0/mlflow/traces/search", {"locations": []}),
                                     ("webhooks", "GET", "/api/2.0/mlflow/webhooks", None),
                                     ("workspaces", "GET", "/api/3.0/mlflow/workspaces", None),
                                     ("graphql", "POST", "/graphql", {"query": "{ test }"}),
                                     ("gateway", "GET", "/ajax-api/3.0/mlflow/gateway/supported-providers", None),
                                     ("datasets", "POST", "/api/3.0/mlflow/datasets/search", {}),
                                     ("scorers", "GET", "/api/3.0/mlflow/scorers/list", None)):
        script.add(f"out of scope/{name}", method, path, body=body)


def all_calls() -> List[Call]:
    script = Script()
    the_server(script)
    every_endpoint(script, "api")
    every_endpoint(script, "ajax-api")
    for section in (bodies, experiments, experiments_search, runs, logging, batches, history, inputs_and_outputs, runs_search, logged_models,
                    logged_models_search, registered_models, models_search, versions, versions_search, artifacts, attacks, out_of_scope):
        section(script)
    return script.calls


# ---------------------------------------------------------------------------------------------------------------------------------------------
# Making the calls, and what of an answer can be compared.

REQUEST_TIMEOUT = 120.0
HEX_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
MODEL_ID = re.compile(r"\bm-[0-9a-f]{32}(?![0-9a-f])")
RANDOM_NAME = re.compile(r"[a-z]+-[a-z]+-\d{1,4}")  # adjective-animal-number
EXPERIMENT_IN_URI = re.compile(r"(mlflow-artifacts:/)(\d+)(?=[/'\"]|$)")
EXPERIMENT_IN_PATH = re.compile(r"()(?<![\w.%])(\d+)(?=/(?:models/)?\{)")
EXPERIMENT_IN_MESSAGE = re.compile(r"((?:[Ee]xperiment|EXPERIMENT)(?: with id=| with id | |\(id=| ID '))(\d+)\b(?!\.\d)")
SET_IN_MESSAGE = re.compile(r"\{('[^{}]*')\}")  # Python prints sets in any order
LABEL = re.compile(r"\{([a-z]\w*)\}")
DATABASE_WORDS = re.compile(r"( Error: )?\((?:raised as a result of|sqlite3\.).*", flags=re.S)  # what SQLAlchemy says, with statement and parameters
BOUNDARY = re.compile(r"((?:boundary=|--))[0-9a-f]{26}")
UNORDERED = {"tags", "params", "aliases", "latest_versions", "dataset_inputs", "model_inputs", "model_outputs", "dataset_summaries"}
IGNORED = {"sqlstate", "error_class", "workspace"}  # 3.x's additions, which no client of it needs
JSON_TAGS = {"mlflow.modelVersions", "mlflow.log-model.history"}  # JSON in a string, written by the server
CLOCK_MILLISECONDS = 2 * 24 * 3600 * 1000  # around now: a time that the server has made
LONG_TEXT = 600

Json = Any


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def python_json(body: bytes) -> Json:
    """Bare NaN and Infinity, which Python writes, as the strings that they are elsewhere."""
    return json.loads(body, parse_constant=str)


class Session:
    """One server, and what its answers so far were captured as."""

    def __init__(self, host: str, port: int, folder: Path):
        self.host, self.port = host, port
        self.captured: Dict[str, str] = {"host": f"{host}:{port}", "folder": str(folder)}
        self.experiments: Dict[str, str] = {}  # id -> label

    # The request.

    def filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return LABEL.sub(lambda match: self.captured.get(match.group(1), match.group(0)), value)
        if isinstance(value, bytes):
            if len(value) > 1_000_000 or b"{" not in value:
                return value
            try:
                return self.filled(value.decode()).encode()
            except UnicodeDecodeError:
                return value
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        return value

    def target(self, call: Call) -> str:
        query = LABEL.sub(lambda match: quote(self.captured.get(match.group(1), match.group(0)), safe=""), call.query)
        return self.filled(call.path) + ("?" + query if query else "")

    def send(self, call: Call) -> Reply:
        """On a connection of its own, exactly as the call says: no header is added but Host, Content-Length and the type of a JSON body."""
        body: Optional[bytes] = None
        headers = dict(call.headers)
        if isinstance(call.body, bytes):
            body = self.filled(call.body)
        elif call.body is not None:
            body = json.dumps(self.filled(call.body)).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=REQUEST_TIMEOUT)
        try:
            connection.putrequest(call.method, self.target(call), skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if "Transfer-Encoding" not in headers and (body is not None or call.method in ("POST", "PUT", "PATCH")):
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders()
            try:
                if body:
                    connection.send(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before it was read to its end: the answer is there
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (http.client.HTTPException, OSError) as error:
            return Reply(0, {}, f"no answer: {type(error).__name__}".encode())
        finally:
            connection.close()

    # The answer.

    def capture(self, call: Call, reply: Reply) -> None:
        for label, place in call.capture.items():
            path, _, transform = place.partition("|")
            try:
                value: Any = json.loads(reply.body)
                for key in path.split("."):
                    value = value[key]
            except (ValueError, KeyError, TypeError):
                continue  # what needs it will say so
            text = str(value)
            if transform == "path":
                text = text.partition(":/")[2].lstrip("/")
            self.captured[label] = text
            if path.endswith("experiment_id"):
                self.experiments.setdefault(text, label)

    def text(self, value: str) -> str:
        """A string with what differs from server to server replaced by what it stands for."""
        for label, known in sorted(self.captured.items(), key=lambda item: -len(item[1])):
            if len(known) >= 12 and not label.startswith("tok"):
                value = value.replace(known, "{" + label + "}")
        value = MODEL_ID.sub("{model id}", value)
        value = HEX_ID.sub("{id}", value)
        value = DATABASE_WORDS.sub(lambda match: "" if match.group(1) else "{words of the database}", value)
        value = BOUNDARY.sub(r"\1{boundary}", value)
        value = EXPERIMENT_IN_URI.sub(self._experiment, value)
        value = EXPERIMENT_IN_PATH.sub(self._experiment, value)
        value = EXPERIMENT_IN_MESSAGE.sub(self._experiment, value)
        return SET_IN_MESSAGE.sub(lambda match: "{" + ", ".join(sorted(match.group(1).split(", "))) + "}", value)

    def _experiment(self, match: "re.Match[str]") -> str:
        label = self.experiments.get(match.group(2))
        return match.group(1) + ("{" + label + "}" if label else match.group(2))

    def value(self, given: Json, key: str = "", parent: str = "") -> Json:
        if isinstance(given, dict):
            kept = {name: item for name, item in given.items() if name not in IGNORED}
            if kept.get("key") in JSON_TAGS and isinstance(kept.get("value"), str):
                try:
                    kept["value"] = json.dumps(json.loads(kept["value"]), sort_keys=True)
                except ValueError:
                    pass
            return {name: self.value(item, name, key) for name, item in sorted(kept.items())}
        if isinstance(given, list):
            items = [self.value(item, key, parent) for item in given]
            return sorted(items, key=place_of) if key in UNORDERED or (key == "metrics" and parent == "data") else items
        if isinstance(given, bool) or given is None:
            return given
        if isinstance(given, (int, float)):
            return "{time}" if abs(given - time.time() * 1000) < CLOCK_MILLISECONDS else given
        if key in ("next_page_token", "page_token"):
            return "{page token}"
        if key == "experiment_id":
            label = self.experiments.get(given)
            return "{" + label + "}" if label else given if given in ("", "0") else "{experiment}"
        if key in ("run_name", "name", "value") and RANDOM_NAME.fullmatch(given):
            return "{random name}"
        text = self.text(given)
        return text if len(text) <= LONG_TEXT else digest_of_text(text)

    def answer(self, call: Call, reply: Reply) -> Json:
        """What is compared: status, type and body, and the headers that the call shows."""
        kind = reply.headers.get("content-type", "")
        seen: Dict[str, Json] = {"status": reply.status, "type": BOUNDARY.sub(r"\1{boundary}", kind)}
        if reply.status == 200 and not reply.body and not call.shown:
            seen["type"], seen["body"] = "application/json", {}  # the protocol: an empty body is an empty object
        elif "json" in kind and not (call.shown and reply.status in (200, 206)):
            try:
                seen["body"] = self.value(python_json(reply.body))
                if call.path.endswith("/get-latest-versions") and "model_versions" in seen["body"]:
                    seen["body"]["model_versions"].sort(key=place_of)  # no order is promised
                if call.path.endswith("/get-download-uri") and str(seen["body"].get("artifact_uri")).startswith("mlflow-artifacts:/"):
                    seen["body"]["artifact_uri"] = "{where the files are}"  # whether they are is asked by other calls
            except ValueError:
                seen["body"] = "no JSON: " + digest_of_bytes(reply.body)
        else:
            try:
                seen["body"] = shortened(self.text(reply.body.decode()))
            except UnicodeDecodeError:
                seen["body"] = digest_of_bytes(reply.body)
        if call.shown and reply.status in (200, 206, 416):
            for name in call.shown:
                name, _, only_there = name.partition("?") if name.endswith("?") else (name, "", "")
                if name in reply.headers:
                    seen[name] = "is there" if name in ("etag", "last-modified") else reply.headers[name]
        return seen

    def make(self, call: Call) -> Json:
        reply = self.send(call)
        self.capture(call, reply)
        return self.answer(call, reply)


def place_of(item: Json) -> Tuple[str, str]:
    """Where an item of a list without order comes: by what names it, so that other members may differ."""
    if not isinstance(item, dict):
        return "", json.dumps(item)
    inner = item.get("dataset") if isinstance(item.get("dataset"), dict) else item
    return "/".join(str(inner[name]) for name in ("key", "version", "alias", "name", "digest", "model_id", "run_id")
                    if name in inner), json.dumps(item, sort_keys=True)


def digest_of_text(text: str) -> str:
    return f"{text[:60]}... {len(text)} characters, sha256 {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def digest_of_bytes(data: bytes) -> str:
    return f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]}"


def shortened(text: str) -> str:
    return text if len(text) <= LONG_TEXT else digest_of_text(text)


def request_mark(call: Call) -> str:
    """Changes when the request does: an answer belongs to one."""
    body = call.body if isinstance(call.body, bytes) else json.dumps(call.body, sort_keys=True).encode()
    head = json.dumps([call.method, call.path, call.query, sorted(call.headers.items()), list(call.shown)]).encode()
    return hashlib.sha256(head + b"\0" + body).hexdigest()[:8]


def make_all(host: str, port: int, folder: Path, calls: Sequence[Call], told: Callable[[int], None] = lambda made: None) -> Dict[str, Json]:
    """The answers of a server that keeps its files below a folder, by the names of the calls."""
    session = Session(host, port, folder)
    answers: Dict[str, Json] = {}
    for number, call in enumerate(calls):
        answers[call.name] = session.make(call)
        told(number)
        if call.method != "GET":
            time.sleep(PAUSE)
    return answers


# ---------------------------------------------------------------------------------------------------------------------------------------------
# Two answers held against each other.

class Difference(NamedTuple):
    part: str  # "status", "type", "body.run.info.status", "content-disposition"
    theirs: Json
    ours: Json


ABSENT = "(absent)"


def differences(theirs: Json, ours: Json) -> List[Difference]:
    """Part by part; when the status or the type differs, the body as a whole."""
    found: List[Difference] = []
    whole = theirs["status"] != ours["status"] or theirs["type"] != ours["type"]
    for part in sorted({*theirs, *ours}):
        one, other = theirs.get(part, ABSENT), ours.get(part, ABSENT)
        if part == "body" and not whole:
            found += _within("body", one, other)
        elif not _same(one, other):
            found.append(Difference(part, one, other))
    return found


def _same(one: Json, other: Json) -> bool:
    if isinstance(one, (dict, list)):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _identity(item: Json) -> str:
    """What an item of a list is called, so that two lists can be held against each other item by item."""
    if not isinstance(item, dict):
        return ""
    inner = next((item[name] for name in ("info", "dataset") if isinstance(item.get(name), dict)), item)
    for names in (("path",), ("alias",), ("name", "version"), ("run_id", "key", "timestamp", "step"), ("run_id",), ("model_id",),
                  ("experiment_id", "name"), ("name", "digest"), ("name",), ("key", "timestamp"), ("key",)):
        if all(name in inner for name in names):
            return "" if names[-1] == "timestamp" or names[-1] == "step" else " ".join(str(inner[name]) for name in names)
    return ""


def _within(part: str, one: Json, other: Json) -> List[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        return [found for key in sorted({*one, *other}) for found in _within(f"{part}.{key}", one.get(key, ABSENT), other.get(key, ABSENT))]
    if isinstance(one, list) and isinstance(other, list):
        names, others = [_identity(item) for item in one], [_identity(item) for item in other]
        if all(names) and all(others) and len(set(names)) == len(names) and len(set(others)) == len(others):
            if [name for name in names if name in others] != [name for name in others if name in names]:
                return [Difference(f"{part} in order", names, others)]
            theirs, ours = dict(zip(names, one)), dict(zip(others, other))
            return [found for name in dict.fromkeys(names + others) for found in _within(f"{part}[{name}]", theirs.get(name, ABSENT),
                                                                                         ours.get(name, ABSENT))]
        if len(one) == len(other):
            return [found for i in range(len(one)) for found in _within(f"{part}[{i}]", one[i], other[i])]
    return [] if _same(one, other) else [Difference(part, one, other)]


class Explanation(NamedTuple):
    calls: Sequence[str]  # patterns of names: * stands for anything
    parts: Sequence[str]  # patterns too
    reason: str
    theirs: Mapping[str, Json] = {}  # what their answer must hold for the reason to count; strings are patterns, objects may have more members
    ours: Mapping[str, Json] = {}  # and what ours

    def concerns(self, call: str, theirs: Json, ours: Json) -> bool:
        return any(like(name, call) for name in self.calls) and holds(dict(self.theirs), theirs) and holds(dict(self.ours), ours)


def like(pattern: str, text: str) -> bool:
    """Only * is special: names of calls have brackets and question marks in them."""
    return re.fullmatch(".*".join(re.escape(piece) for piece in pattern.split("*")), text, flags=re.S) is not None


def holds(wanted: Json, found: Json) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and holds(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, str) and isinstance(found, str):
        return like(wanted, found)
    return _same(wanted, found)


class Comparison:
    """Every call's answers, theirs and ours, and which differences have a reason."""

    def __init__(self, calls: Sequence[Call], golden: Json, ours: Mapping[str, Json], explanations: Sequence[Explanation]):
        self.calls, self.explanations = calls, explanations
        self.theirs, self.ours = golden["answers"], ours
        self.stale = [call.name for call in calls if golden["requests"].get(call.name) != request_mark(call)]
        self.stale += sorted(set(self.theirs) - {call.name for call in calls})
        self.equal: List[str] = []
        self.explained: Dict[str, List[Tuple[Difference, Explanation]]] = {}
        self.unexplained: Dict[str, List[Difference]] = {}
        used: Set[Tuple[int, str]] = set()
        named: Set[Tuple[int, str]] = set()
        for call in calls:
            if call.name in self.stale:
                continue
            found = differences(self.theirs[call.name], ours[call.name])
            if not found:
                self.equal.append(call.name)
                continue
            about = [(number, explanation) for number, explanation in enumerate(explanations)
                     if explanation.concerns(call.name, self.theirs[call.name], ours[call.name])]
            for difference in found:
                reasons = [(number, part) for number, explanation in about for part in explanation.parts if like(part, difference.part)]
                used.update(reasons)
                named.update((number, name) for number, explanation in about for name in explanation.calls if like(name, call.name))
                if reasons:
                    self.explained.setdefault(call.name, []).append((difference, explanations[reasons[0][0]]))
                else:
                    self.unexplained.setdefault(call.name, []).append(difference)
        # An explanation whose parts no longer differ would hide the next difference there.
        self.unused = [(explanation, part) for number, explanation in enumerate(explanations) for part in explanation.parts
                       if (number, part) not in used]
        self.unused += [(explanation, name) for number, explanation in enumerate(explanations) for name in explanation.calls
                        if (number, name) not in named]

    def compared(self) -> int:
        return len(self.calls) - len([call for call in self.calls if call.name in self.stale])

    def only_explained(self) -> int:
        return len([name for name in self.explained if name not in self.unexplained])


def read_golden(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def read_explanations(path: Path) -> List[Explanation]:
    return [Explanation(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["calls"]]
