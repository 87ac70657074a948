"""A call as data, a script of calls, and what the scripts of several areas use."""

import base64
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union
from urllib.parse import urlencode

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


def bad_tokens() -> Iterable[Tuple[str, Any]]:
    yield "token no base64", "!!!"
    yield "token of a letter", "a"
    yield "token no JSON", base64.b64encode(b"hello there").decode()
    yield "token a JSON list", base64.b64encode(b"[1]").decode()
    yield "token without offset", base64.b64encode(b"{}").decode()
    yield "token empty", ""
    yield "token a number", 5
