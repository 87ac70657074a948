"""What is large: the course of a metric, and files through the server."""

import hashlib
import json
import os
import random
import re
import socket
import statistics
import struct
import time
from pathlib import Path
from typing import List, Tuple

from figures import Figures
from peers import Peer
from rates import START, run_body
from wire import ARTIFACTS, Api, encoded

PAGE, BATCH = 25_000, 1_000
SEED = 20261130
SHIFT = 1_000_003  # bytes from the beginning of one file to that of the next


def measure_history(peer: Peer, figures: Figures, experiment: str, points: int) -> None:
    api = Api(peer.port)
    run = api.call("POST", "runs/create", run_body(experiment, 3_000_000))["run"]["info"]["run_id"]
    chooser = random.Random(SEED)
    values = [chooser.random() for _ in range(points)]
    spent = 0.0
    for first in range(0, points, BATCH):
        steps = range(first, min(points, first + BATCH))
        metrics = [{"key": "loss", "value": values[step], "timestamp": START + step, "step": step} for step in steps]
        seconds, status, received = api.timed("POST", "runs/log-batch", {"run_id": run, "metrics": metrics})
        if status != 200:
            raise RuntimeError(f"log-batch: HTTP {status}: {received[:500]!r}")
        spent += seconds
    figures.add("metric history", f"history of {points:,} points: written, {BATCH:,} a batch", "s", spent)

    asked = {"run_uuid": run, "run_id": run, "metric_key": "loss", "max_results": PAGE}
    times: List[float] = []
    for _ in range(3):
        found, pages, spent, token = [], 0, 0.0, ""
        while pages == 0 or token:
            seconds, status, received = api.timed("GET", "metrics/get-history", {**asked, **({"page_token": token} if token else {})})
            if status != 200:
                raise RuntimeError(f"get-history: HTTP {status}: {received[:500]!r}")
            spent, pages = spent + seconds, pages + 1
            page = json.loads(received)
            found += [metric["value"] for metric in page.get("metrics", [])]
            token = page.get("next_page_token", "")
        if found != values:
            raise RuntimeError(f"{peer.name} gave {len(found)} points, or others than were logged")
        times.append(spent)
    figures.add("metric history", f"history of {points:,} points: read, pages of {PAGE:,}", "s", statistics.median(times), rounds=times, pages=pages)
    api.close()


class Source:
    """A file of random bytes, made once, whose overlapping parts stand for different files."""

    def __init__(self, path: Path, files: List[Tuple[int, int]]):
        self.path = path
        size = max(size + rounds * SHIFT for size, rounds in files)
        if not path.is_file():
            with open(path, "wb") as file:
                for at in range(0, size, 1 << 24):
                    file.write(os.urandom(min(1 << 24, size - at)))

    def warm(self, folder: Path, size: int) -> None:
        """An equal file is written and removed: the first bytes that a virtual machine has not used for a while cost it several times as much."""
        copy = folder / "warm"
        with open(self.path, "rb") as source, open(copy, "wb") as target:
            left = size
            while left > 0:
                left -= os.sendfile(target.fileno(), source.fileno(), None, min(left, 1 << 26))
        copy.unlink()


def dial(port: int) -> socket.socket:
    """A blocking socket, as sendfile wants it, that gives up after a quarter of an hour of silence."""
    connection = socket.create_connection(("127.0.0.1", port))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", 900, 0))
    return connection


def upload(port: int, target: str, source: Source, offset: int, size: int) -> float:
    head = encoded("PUT", target).replace(b"\r\n\r\n", b"\r\nContent-Length: %d\r\n\r\n" % size)
    with dial(port) as connection, open(source.path, "rb") as file:
        begin = time.perf_counter()
        connection.sendall(head)
        sent = 0
        while sent < size:
            sent += os.sendfile(connection.fileno(), file.fileno(), offset + sent, min(size - sent, 1 << 22))
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(1 << 16)
            if not piece:
                raise RuntimeError(f"PUT {target}: the server closed the connection")
            answer += piece
        spent = time.perf_counter() - begin
    if answer[9:12] != b"200":
        raise RuntimeError(f"PUT {target}: {answer[:500]!r}")
    return spent


def download(port: int, target: str, size: int, digest: str = "") -> float:
    """The bytes are thrown away; hashed only where a digest is given, which takes time."""
    room = memoryview(bytearray(1 << 20))
    hashed = hashlib.sha256()
    with dial(port) as connection:
        begin = time.perf_counter()
        connection.sendall(encoded("GET", target))
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(1 << 14)
            if not piece:
                raise RuntimeError(f"GET {target}: the server closed the connection")
            answer += piece
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = re.search(rb"\r\n[Cc]ontent-[Ll]ength: *(\d+)", head)
        if head[9:12] != b"200" or (length and int(length.group(1)) != size):
            raise RuntimeError(f"GET {target}: {head[:1000]!r}")
        chunked = length is None
        received = len(rest)
        hashed.update(rest if digest else b"")
        last = rest[-8:]
        while received < size or (chunked and not last.endswith(b"0\r\n\r\n")):
            count = connection.recv_into(room)
            if count == 0:
                raise RuntimeError(f"GET {target}: {received:,} bytes of {size:,} came")
            if digest:
                hashed.update(room[:count])
            received += count
            last = (last + bytes(room[max(0, count - 8):count]))[-8:]
        spent = time.perf_counter() - begin
    if digest and not chunked and hashed.hexdigest() != digest:
        raise RuntimeError(f"GET {target}: other bytes than were sent")
    return spent


def measure_artifacts(peer: Peer, figures: Figures, experiment: str, source: Source, sizes: List[Tuple[int, int]]) -> None:
    """`sizes`: bytes, and how often."""
    api = Api(peer.port)
    info = api.call("POST", "runs/create", run_body(experiment, 4_000_000))["run"]["info"]
    api.close()
    root = ARTIFACTS + info["artifact_uri"].partition(":/")[2].lstrip("/") + "/"
    for i in range(16):  # so that every worker has met it
        upload(peer.port, f"{root}warm/{i}.bin", source, i, 100_000)
        download(peer.port, f"{root}warm/{i}.bin", 100_000)
    for size, rounds in sizes:
        name = f"{size / 1e9:g} GB" if size >= 1e9 else f"{size / 1e6:g} MB"
        section = "files through the server"
        offsets = [i * SHIFT for i in range(rounds)]
        for way in ("up", "down"):
            times, before = [], peer.cpu_seconds()
            idle = peer.memory()
            with peer.peak_memory() as peak:
                for i, offset in enumerate(offsets):
                    target = f"{root}data/{size}-{i}.bin"
                    if way == "up":
                        source.warm(peer.folder, size)
                        times.append(upload(peer.port, target, source, offset, size))
                    else:
                        times.append(download(peer.port, target, size))
            cpu = (peer.cpu_seconds() - before) / (rounds * size / 1e9)
            figures.add(section, f"{name} {way}", "MB/s", size / 1e6 / statistics.median(times), True, seconds=times)
            figures.add(section, f"{name} {way}: server CPU", "s/GB", cpu)
            figures.add(section, f"{name} {way}: peak memory", "MB", peak[0] / 1e6, before_mb=idle / 1e6)
        digest = hashlib.sha256()
        with open(source.path, "rb") as file:
            file.seek(offsets[0])
            left = size
            while left > 0:
                piece = file.read(min(left, 1 << 22))
                digest.update(piece)
                left -= len(piece)
        download(peer.port, f"{root}data/{size}-0.bin", size, digest.hexdigest())
