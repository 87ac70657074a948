"""Makes calls to an MLflow tracking server, and writes its answers so that those of two servers can be compared."""

import hashlib
import http.client
import json
import re
import time
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote

from tests.support.mlflow_calls.script import Call, PAUSE

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
