"""Requests as MLflow's client sends them: one by one over a kept-alive connection, or prepared for http_load."""

import http.client
import json
import socket
import subprocess
import time
import urllib.parse
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

API = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"
HEADERS = {"User-Agent": "mlflow-python-client/3.17.2", "Accept-Encoding": "gzip, deflate", "Accept": "*/*", "Connection": "keep-alive"}


def encoded(method: str, path: str, body: Any = None) -> bytes:
    """The bytes of a request to the tracking API (or to a whole path); of a GET, `body` is the query."""
    target = path if path.startswith("/") else API + path
    content = b""
    lines = []
    if method == "GET" and body:
        target += "?" + urllib.parse.urlencode(body)
    elif body is not None:
        content = json.dumps(body).encode()
        lines = ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in HEADERS.items()), *lines]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


class Api:
    """One kept-alive connection. Not for concurrent use."""

    def __init__(self, port: int, timeout: float = 600.0):
        self.port, self.timeout = port, timeout
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def timed(self, method: str, path: str, body: Any = None) -> Tuple[float, int, bytes]:
        """Seconds, status, bytes: from the first byte sent to the last received, without making or reading JSON."""
        target = path if path.startswith("/") else API + path
        content = body if isinstance(body, bytes) else None
        headers = dict(HEADERS)
        if content is None and body is not None:
            if method == "GET":
                target += "?" + urllib.parse.urlencode(body)
            else:
                content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        for attempt in (1, 2):
            if self.connection.sock is None:
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            begin = time.perf_counter()
            try:
                self.connection.request(method, target, body=content, headers=headers)
                response = self.connection.getresponse()
                received = response.read()
                return time.perf_counter() - begin, response.status, received
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()  # it was idle for longer than the server keeps it
                if attempt == 2:
                    raise
        raise AssertionError("not reached")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        _, status, received = self.timed(method, path, body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: HTTP {status}: {received[:1000].decode(errors='replace')}")
        return json.loads(received) if received else {}

    def close(self) -> None:
        self.connection.close()


class Answer(NamedTuple):
    number: int
    status: int
    body: bytes


class Load:
    """Drives http_load, whose files are in `folder`."""

    def __init__(self, program: Path, folder: Path):
        self.program, self.folder = program, folder
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, port: int, requests: Sequence[bytes], connections: int, seconds: Optional[float] = None, cycle: bool = False,
            patience: float = 200.0) -> Dict[str, Any]:
        return self._run(port, requests, connections, seconds, cycle, patience, None)

    def run_and_keep(self, port: int, requests: Sequence[bytes], connections: int, seconds: Optional[float] = None, cycle: bool = False,
                     patience: float = 200.0) -> Tuple[Dict[str, Any], List[Answer]]:
        """With every answer."""
        kept = self.folder / "bodies"
        result = self._run(port, requests, connections, seconds, cycle, patience, kept)
        content, answers, at = kept.read_bytes(), [], 0
        kept.unlink()
        while at < len(content):
            end = content.index(b"\n", at)
            number, status, length = map(int, content[at:end].split())
            answers.append(Answer(number, status, content[end + 1:end + 1 + length]))
            at = end + 1 + length
        return result, answers

    def _run(self, port: int, requests: Sequence[bytes], connections: int, seconds: Optional[float], cycle: bool, patience: float,
             kept: Optional[Path]) -> Dict[str, Any]:
        listed = self.folder / "requests"
        with open(listed, "wb") as file:
            file.writelines(b"%d\n%b" % (len(request), request) for request in requests)
        command: List[str] = [str(self.program), str(port), str(listed), str(connections), "--patience", str(patience)]
        command += ["--seconds", str(seconds)] if seconds else []
        command += ["--cycle"] if cycle else []
        command += ["--bodies", str(kept)] if kept else []
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        listed.unlink()
        if done.returncode != 0:
            raise RuntimeError(f"http_load: {done.stderr}")
        return json.loads(done.stdout)
