"""Tells the Assay server behind MLflow's API what this interpreter has, so that its gate can judge what is loaded.

MLflow asks with every request what to send. The server that its URIs name is asked once whether it knows the environment; one that is no
Assay server is left alone from then on, and is sent nothing."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from . import _environment as environments
from ._config import Config, load_config
from ._connection import consumer_header
from .errors import AssayError

_log = logging.getLogger("assay")

_SECONDS = 2.0  # to connect, and again between two bytes: a request of MLflow's waits meanwhile
_ASK_AGAIN = 600.0  # seconds: a server may be another one by then, or restored from a backup
_LONGEST_PAUSE = 300.0  # seconds between two attempts at a server that does not answer; they double from 2
_MAX_BYTES = 4 << 20  # of an answer that is read


class Said(NamedTuple):
    """What is said of this process, to any server."""

    digest: str
    text: bytes  #: of the environment, as it is uploaded
    is_judged: bool  #: false where assay.toml says that there is no environment to judge
    headers: Dict[str, str]


def is_on() -> bool:
    """True unless ASSAY_MLFLOW_PLUGIN says off."""
    return os.environ.get("ASSAY_MLFLOW_PLUGIN", "").strip().lower() not in ("off", "0", "false", "no")


def headers() -> Dict[str, str]:
    """What goes with a request of MLflow's: nothing unless a server that its URIs name knows this environment."""
    return next((dict(server.said.headers) for server in _asked() if server.is_ready), {})


def is_assay() -> bool:
    """True when MLflow's URIs name an Assay server that answered."""
    return any(server.is_assay for server in _asked())


# ---- what is said ----------------------------------------------------------------------------------------------------


class _Described(NamedTuple):
    said: Optional[Said]  #: None when this interpreter cannot be described
    places: Tuple[str, ...]  #: folders with installed packages
    state: Tuple[Any, ...]  #: of these folders then


_described: Optional[_Described] = None


def _said() -> Optional[Said]:
    """Made once, and again when a package was installed or removed: a refusal says what to install, and a notebook goes on after it."""
    global _described
    found = _described
    if found is None or _state_of(found.places) != found.state:
        places = _places()
        found = _described = _Described(_describe(), places, _state_of(places))
    return found.said


def _places() -> Tuple[str, ...]:
    import importlib.metadata

    return tuple(sorted({str(distribution.locate_file("")) for distribution in importlib.metadata.distributions()}))


def _state_of(places: Iterable[str]) -> Tuple[Any, ...]:
    times = []
    for place in places:
        try:
            times.append(os.stat(place).st_mtime_ns)  # changes with every entry that comes or goes
        except OSError:
            times.append(-1)
    return (*sys.path, *times)


def _describe() -> Optional[Said]:
    try:
        config: Optional[Config] = load_config()
    except AssayError as error:
        _log.warning("the configuration of assay counts for nothing: %s", error)
        config = None
    try:
        chosen = environments.environment_of(config.environment if config else "auto")
        digest, text = environments.digest(environments.capture() if chosen is None else chosen)
    except AssayError as error:
        _log.warning("MLflow's requests do not say what environment this is: %s", error)
        return None
    sent = {"Assay-Environment": "none" if chosen is None else digest}
    consumer = consumer_header(config.consumer).strip() if config else ""  # a header that begins with a space is refused by requests
    if consumer:
        sent["Assay-Consumer"] = consumer
    return Said(digest, text, chosen is not None, sent)


# ---- to whom ---------------------------------------------------------------------------------------------------------

_servers: Dict[Tuple[str, str], "_Server"] = {}  # by URL and digest: an environment that changed is told again


def _asked() -> "List[_Server]":
    urls = _urls()
    said = _said() if urls else None  # where there is no server, nobody waits for a description
    if said is None:
        return []
    servers = []
    for url in urls:
        key = (url, said.headers["Assay-Environment"])
        server = _servers.get(key) or _servers.setdefault(key, _Server(url, said))
        server.ask()
        servers.append(server)
    return servers


def _urls() -> List[str]:
    """The servers that MLflow's URIs name now."""
    import mlflow

    # A registry elsewhere is in the variable, also when code has set it; mlflow.get_registry_uri() would import Spark.
    uris = (mlflow.get_tracking_uri(), os.environ.get("MLFLOW_REGISTRY_URI"))
    return list(dict.fromkeys(uri.rstrip("/") for uri in uris if uri and uri.lower().startswith(("http://", "https://"))))


class _NoAnswer(Exception):
    """Asking again later may succeed."""


class _Server:
    """One server, and whether it knows one environment. For any number of threads."""

    def __init__(self, url: str, said: Said) -> None:
        self.is_assay = False
        self.is_ready = False  #: it knows the environment, or need not
        self._url = url
        self.said = said
        self._ask_at: Optional[float] = None  # on the monotonic clock; None: never asked
        self._failures = 0
        self._lock = threading.Lock()

    def ask(self) -> None:
        """Asks when it is time to. Whoever comes while another thread asks for the first time waits for what it finds; after that, what was
        known counts on. Waiting ends also when the lock is held for good, as in a process forked meanwhile."""
        if self._is_settled() or not self._lock.acquire(timeout=4 * _SECONDS if self._ask_at is None else 0):
            return
        try:
            if not self._is_settled():
                self._look()
        finally:
            self._lock.release()

    def _is_settled(self) -> bool:
        return self._ask_at is not None and time.monotonic() < self._ask_at

    def _look(self) -> None:
        try:
            self.is_assay, self.is_ready = self._found()
            self._failures, pause = 0, _ASK_AGAIN
            if not self.is_assay:
                _log.debug("%s is no Assay server, or does not let us ask", _shown(self._url))
        except _NoAnswer as error:
            _log.debug("%s does not say whether it is an Assay server: %s", _shown(self._url), error)
            self._failures += 1
            pause = min(2.0**self._failures, _LONGEST_PAUSE)
        self._ask_at = time.monotonic() + pause

    def _found(self) -> Tuple[bool, bool]:
        """Whether it is an Assay server, and whether it knows the environment now. It is asked before it is told: what is installed here is
        no business of another server."""
        status, body = self._send("GET")
        if status == 200:
            same = _json(body) == json.loads(self.said.text)  # many a server has a page for every path
            return same, same
        if status != 404 or _code(body) != "environment-not-found":
            return False, False
        if not self.said.is_judged:
            return True, True
        status, body = self._send("PUT", self.said.text)
        if status not in (200, 201):
            _log.warning("%s does not take the description of this environment: %s", _shown(self._url), body[:500].decode("utf-8", "replace"))
        return True, status in (200, 201)

    def _send(self, method: str, text: Optional[bytes] = None) -> Tuple[int, bytes]:
        # Not by MLflow's own requests: those ask for headers again.
        import requests

        from . import __version__

        arguments = _credentials(self._url)
        sent = {"User-Agent": f"assay-python/{__version__}", **({"Content-Type": "application/json"} if text else {}), **arguments.pop("headers")}
        url = f"{self._url}/v1/environments/{self.said.digest}"
        try:
            with requests.request(method, url, data=text, headers=sent, timeout=_SECONDS, stream=True, **arguments) as answer:
                body: bytes = answer.raw.read(_MAX_BYTES, decode_content=True)
                status = answer.status_code
        except Exception as error:  # requests lets some of urllib3's through
            raise _NoAnswer(f"{type(error).__name__}: {error}") from error
        if status == 429 or status >= 500:
            raise _NoAnswer(f"it answers with status {status}")
        return status, body


def _credentials(url: str) -> Dict[str, Any]:
    """What MLflow would authenticate with at this server, as arguments of requests."""
    try:
        from mlflow.utils.credentials import get_default_host_creds

        creds = get_default_host_creds(url)
    except Exception:  # a release of MLflow that has them elsewhere
        return {"headers": {}}
    found: Dict[str, Any] = {"headers": {}, "verify": creds.verify, "cert": creds.client_cert_path}
    if creds.username and creds.password:
        found["auth"] = (creds.username.encode(), creds.password.encode())
    elif creds.token:
        found["headers"] = {"Authorization": f"Bearer {creds.token}"}
    return found


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(body: bytes) -> Any:
    problem = _json(body)
    return problem.get("code") if isinstance(problem, dict) else None


def _shown(url: str) -> str:
    """Without a password."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
