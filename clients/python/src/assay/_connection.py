"""HTTP to one server: retries, problems as exceptions, who asks."""

from __future__ import annotations

import json
import random
import time
import uuid
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional
from urllib.parse import quote, urlsplit

from ._config import Config
from .errors import AssayError, NetworkError, UsageError, from_problem

if TYPE_CHECKING:
    import requests

_ATTEMPTS = 5
_FIRST_PAUSE = 0.2  # seconds; doubles with every attempt
_LONGEST_PAUSE = 10.0
_TIMEOUT = (10.0, 300.0)  # seconds to connect, seconds without a byte
_LONGEST_PROBLEM = 1 << 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Connection:
    """Not for use by several threads at once; each thread makes its own Client."""

    def __init__(self, config: Config) -> None:
        self.config = config
        #: sent with every request
        self.headers: Dict[str, str] = {}
        self._session: Optional["requests.Session"] = None

    def session(self) -> "requests.Session":
        if self._session is None:
            import requests

            from . import __version__

            session = requests.Session()
            if urlsplit(self.config.url).hostname in _LOOPBACK:
                session.trust_env = False  # a proxy of the surroundings does not lead to this machine
            session.headers.update(
                {
                    "User-Agent": f"assay-python/{__version__}",
                    "Assay-Consumer": consumer_header(self.config.consumer),
                    "Accept-Encoding": "identity",  # a length is the number of bytes that arrive
                }
            )
            self._session = session
        return self._session

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        data: Optional[Callable[[], Any]] = None,
        params: Optional[Mapping[str, str]] = None,
        headers: Optional[Mapping[str, str]] = None,
        stream: bool = False,
        context: str = "",
        absent_ok: bool = False,
        attempts: int = _ATTEMPTS,
    ) -> "requests.Response":
        """One request, repeated while the server is busy or cannot be reached. `body` is sent as JSON; `data` makes the raw body
        anew for every attempt. With `absent_ok` a 404 is an answer, not an error. The exception of any other error answer is
        raised. With `stream` the caller reads and closes the response."""
        import requests

        sent: Dict[str, str] = {"X-Request-Id": uuid.uuid4().hex, **self.headers, **(headers or {})}
        text: Optional[bytes] = None
        if body is not None:
            text = body if isinstance(body, bytes) else _json(body, context)
            sent["Content-Type"] = "application/json"
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)  # the same for every attempt: the server acts once
        problem: Optional[AssayError] = None
        for attempt in range(attempts):
            if attempt:
                time.sleep(_pause(attempt, problem))
            try:
                response = self.session().request(
                    method,
                    self.config.url + path,
                    data=data() if data is not None else text,
                    params=params,
                    headers=sent,
                    stream=stream,
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                )
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                problem = NetworkError(
                    f"{self.config.url} cannot be reached",
                    code="unreachable",
                    because=_plain(error),
                    context=context,
                    request_id=sent["X-Request-Id"],
                    fix=["start it with: assay serve", "say where it is: ASSAY_URL=http://HOST:PORT"],
                )
                continue
            except requests.RequestException as error:
                raise NetworkError(
                    f"{self.config.url} cannot be asked",
                    code="bad-request",
                    because=_plain(error),
                    context=context,
                    fix=["say where the server is: ASSAY_URL=http://HOST:PORT"],
                ) from error
            if response.status_code == 404 and absent_ok:
                return response
            if response.status_code < 300:
                return response
            with response:
                problem = from_problem(
                    response.status_code,
                    _problem(response),
                    context=context,
                    request_id=response.headers.get("X-Request-Id", sent["X-Request-Id"]),
                )
                if response.status_code != 503:
                    raise problem
                problem.__dict__["retry_after"] = response.headers.get("Retry-After")
        assert problem is not None
        raise problem

    def json(self, method: str, path: str, **rest: Any) -> Any:
        """The decoded answer of a request."""
        with self.request(method, path, **rest) as response:
            try:
                return response.json()
            except ValueError as error:
                raise AssayError(
                    f"{self.config.url} does not answer like an Assay server",
                    code="invalid-answer",
                    because="the answer is not JSON",
                    fix=["say where the server is: ASSAY_URL=http://HOST:PORT"],
                    context=rest.get("context", ""),
                ) from error


def consumer_header(consumer: str) -> str:
    """Who asks, percent-encoded where it is not printable ASCII."""
    return quote(consumer, safe="".join(map(chr, range(0x20, 0x7F))).replace("%", ""))[:256]


def _json(body: Any, context: str) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            "the arguments cannot be sent",
            code="not-json",
            because=f"they have no form in JSON: {error}",
            context=context,
            fix=["give texts, finite numbers, lists and mappings with texts as names"],
        ) from error


def _pause(attempt: int, problem: Optional[AssayError]) -> float:
    """Seconds before the next attempt: what the server asks for, else a doubling time with some scatter."""
    try:
        return min(float(getattr(problem, "retry_after", None) or ""), _LONGEST_PAUSE)
    except ValueError:
        return min(_FIRST_PAUSE * 2.0 ** (attempt - 1) * random.uniform(0.8, 1.2), _LONGEST_PAUSE)


def _problem(response: "requests.Response") -> Dict[str, Any]:
    import requests

    try:
        text = b""
        for chunk in response.iter_content(65536):
            text += chunk
            if len(text) > _LONGEST_PROBLEM:
                return {}
        value = json.loads(text)
    except (ValueError, requests.RequestException):
        return {}  # a proxy's page or a cut answer: the status alone says it
    return value if isinstance(value, dict) else {}


def _plain(error: Exception) -> str:
    """The innermost reason; requests and urllib3 wrap it several times."""
    reason: BaseException = error
    for _ in range(8):
        inner = getattr(reason, "reason", None) or (reason.args[0] if reason.args and isinstance(reason.args[0], BaseException) else None)
        if not isinstance(inner, BaseException):
            break
        reason = inner
    text = str(reason)
    return text.partition(": ")[2] or text if "object at 0x" in text or "Connection(host=" in text else text
