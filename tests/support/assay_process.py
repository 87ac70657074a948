"""Drives the real server from Python: start it, speak HTTP to it, end it. Standard library only; for tests/bench and tests/simulation.

The binary is $ASSAY_BIN or $ASSAY, else build/release/assay.
"""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """For a server that takes no port 0; somebody else may be faster."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binary() -> Path:
    path = Path(os.environ.get("ASSAY_BIN") or os.environ.get("ASSAY") or ROOT / "build" / "release" / "assay")
    if not os.access(path, os.X_OK):
        sys.exit(f"error: {path} is not there: cmake --preset release && cmake --build --preset release --target assay")
    return path


@contextlib.contextmanager
def scratch(where: Optional[str] = None) -> Iterator[Path]:
    """A folder that is removed at the end; below `where`, else below build/, which is on a real disk and not in memory."""
    parent = Path(where) if where else ROOT / "build" / "scratch"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def quiet_environment(folder: Path, **extra: str) -> Dict[str, str]:
    """The environment without what its owner has set for a registry of theirs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
    return {**kept, "ASSAY_CACHE": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config"), **extra}


class Server:
    """`assay serve` on a free port of this machine."""

    def __init__(self, data: Path, arguments: Sequence[str] = (), log: Optional[Path] = None):
        self.data = data
        self.arguments = list(arguments)
        self.log = log or data.parent / (data.name + ".log")
        self.process: Optional[subprocess.Popen] = None
        self.host, self.port, self.url = "127.0.0.1", 0, ""
        self.started_at = 0.0

    def start(self) -> "Server":
        with open(self.log, "ab") as log:
            self.started_at = time.monotonic()
            self.process = subprocess.Popen([str(binary()), "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *self.arguments],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=quiet_environment(self.data.parent))
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        match = re.search(r"http://([\d.]+):(\d+)", line)
        if not match:
            self.process.wait()
            tail = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"the server ended with {self.process.returncode} instead of saying where it listens: {line!r}\n{tail}")
        self.host, self.port = match.group(1), int(match.group(2))
        self.url = f"http://{self.host}:{self.port}"
        # what it may print later must not fill the pipe
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()
        return self

    @staticmethod
    def _drain(pipe: IO[bytes]) -> None:
        with pipe:
            pipe.read()

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("the server did not stop within 60 s of SIGTERM") from None

    def memory(self, field: str) -> int:
        """Bytes, by the name in /proc/PID/status: VmRSS, VmHWM."""
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        match = re.search(rf"^{field}:\s+(\d+) kB", text, flags=re.M)
        assert match, f"/proc has no {field}"
        return int(match.group(1)) * 1024

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: Any) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()


class Answer:
    def __init__(self, status: int, headers: Dict[str, str], body: bytes, complete: bool):
        self.status, self.headers, self.body, self.complete = status, headers, body, complete

    def json(self) -> Any:
        return json.loads(self.body)

    def must(self, *statuses: int) -> "Answer":
        if self.status not in (statuses or (200, 201, 204)):
            raise RuntimeError(f"HTTP {self.status}: {self.body[:1000].decode(errors='replace')}")
        return self


class Client:
    """One kept-alive connection. Not for concurrent use."""

    def __init__(self, server: Server, timeout: float = 120.0):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=timeout)

    def request(self, method: str, target: str, body: Optional[bytes] = None, headers: Optional[Dict[str, str]] = None) -> Answer:
        """The answer; when the server breaks off inside of the body, what had come of it, with complete=False."""
        if self.connection.sock is None:
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.connection.request(method, target, body=body, headers=headers or {})
            response = self.connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            pieces = []
            try:
                while piece := response.read(1 << 14):
                    pieces.append(piece)
            except http.client.IncompleteRead as error:
                pieces.append(error.partial)
            except OSError:
                pass  # reset: what came before it is in pieces
            received = sum(map(len, pieces))
            complete = method == "HEAD" or received == int(names.get("content-length", received))
            if not complete:
                self.connection.close()
            return Answer(response.status, names, b"".join(pieces), complete)
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def send_json(self, method: str, target: str, value: Any, headers: Optional[Dict[str, str]] = None) -> Answer:
        return self.request(method, target, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def put_blob(self, content: bytes) -> str:
        digest = digest_of(content)
        self.request("PUT", f"/v1/blobs/{digest}", content, {"Content-Type": "application/octet-stream"}).must(200, 201)
        return digest

    def close(self) -> None:
        self.connection.close()


def random_text(generator: Any, size: int) -> bytes:
    """`size` bytes like no others, in letters: a file of random bytes is no known format, and a version of it would wait for trust."""
    return base64.b64encode(generator.randbytes(size))[:size]


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def facts(number: int = 0) -> Dict[str, Any]:
    """The four required facts, different for each number."""
    return {
        "uses": ["scikit-learn", "numpy", "joblib"],
        "libraries": {"python": "3.11.7", "scikit-learn": "1.7.2", "numpy": "2.3.1", "joblib": "1.5.1"},
        "platform": "linux-x86_64",
        "trained_at": "2026-11-22T21:14:03Z",
        "datasets": [{"role": "training", "name": "train", "digest": digest_of(b"train"), "rows": 1000},
                     {"role": "evaluation", "name": "test", "digest": digest_of(b"test"), "rows": 250}],
        "metrics": [{"name": "accuracy", "value": 0.5 + (number % 1000) / 2000, "dataset": "test"}],
        "params": {"number": str(number)},
    }


def registration(digests: Dict[str, str], number: int = 0) -> Dict[str, Any]:
    """The body of a registration of files (path -> digest)."""
    return {"files": [{"path": path, "digest": digest, "media_type": "application/octet-stream"} for path, digest in digests.items()],
            "facts": facts(number)}


ENVIRONMENT = {"python": "3.11.7", "implementation": "cpython", "platform": "linux-x86_64",
               "packages": {"scikit-learn": "1.7.2", "numpy": "2.3.1", "joblib": "1.5.1"}}


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    cells = [[f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))))


def machine() -> Dict[str, Any]:
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return {"cpu": model.group(1) if model else "unknown", "cores": os.cpu_count(), "kernel": os.uname().release}


def report(name: str, figures: Dict[str, Any], path: Optional[str]) -> None:
    """The figures as one line of JSON, and into `path` if there is one."""
    text = json.dumps({"bench": name, "machine": machine(), **figures})
    print(text)
    if path:
        Path(path).write_text(text + "\n")


def exchange(connection: socket.socket, request: bytes) -> Tuple[int, bytes]:
    """One request of ready-made bytes, with as little work in this process as can be: (status, body)."""
    connection.sendall(request)
    received = b""
    while True:
        piece = connection.recv(1 << 16)
        if not piece:
            raise ConnectionError("the server closed the connection")
        received += piece
        end = received.find(b"\r\n\r\n")
        if end < 0:
            continue
        length = re.search(rb"\r\n[Cc]ontent-[Ll]ength: *(\d+)", received[: end + 2])
        if length is None:
            raise RuntimeError("an answer without Content-Length")
        if len(received) >= end + 4 + int(length.group(1)):
            return int(received[9:12]), received[end + 4:]


def dial(server: Server) -> socket.socket:
    connection = socket.create_connection((server.host, server.port), timeout=120)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request_bytes(method: str, target: str, body: bytes = b"", headers: Optional[Dict[str, str]] = None) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def in_threads(count: int, work: Any) -> List[Any]:
    """Runs work(0) … work(count - 1) at once; their results, or the first exception."""
    results: List[Any] = [None] * count
    errors: List[BaseException] = []

    def body(index: int) -> None:
        try:
            results[index] = work(index)
        except BaseException as error:  # noqa: B902  handed to the caller below
            errors.append(error)

    threads = [threading.Thread(target=body, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
