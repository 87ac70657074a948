"""Asks `assay inspect` for its verdict on a file, and does so for many at a time."""

import collections
import concurrent.futures
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional

ROOT = Path(__file__).resolve().parents[3]
PASSES = ("data", "model")
WORSE = ("needs-trust", "dangerous", "malformed")
SECONDS = 60
PROCESSES = 2


@dataclass(frozen=True)
class Answer:
    """What the binary said of one file. verdict is `failed` where it said nothing that can be used."""

    verdict: str
    reasons: List[Dict[str, Any]]
    trouble: str = ""


def ask(assay: Path, file: Path) -> Answer:
    try:
        run = subprocess.run([assay, "inspect", file, "--json"], capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Answer("failed", [], f"took more than {SECONDS} s")
    try:
        said = json.loads(run.stdout)
        verdict = said["verdict"]
    except (ValueError, KeyError, TypeError):
        return Answer("failed", [], f"exit {run.returncode}: {run.stderr.decode(errors='replace')[:200]}")
    expected = 0 if verdict in PASSES else 6
    if verdict not in PASSES + WORSE or run.returncode != expected:
        return Answer("failed", said.get("reasons", []), f"exit {run.returncode} with verdict {verdict}")
    return Answer(verdict, said.get("reasons", []))


def find_binary(given: Optional[Path]) -> Path:
    path = given or Path(os.environ.get("ASSAY") or ROOT / "build" / "release" / "assay")
    if not os.access(path, os.X_OK):
        sys.exit(f"error: {path} is not there: cmake --preset release && cmake --build --preset release --target assay")
    return path.resolve()


def in_parallel(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """The results in order, with few items taken in advance: specimens are made as they are needed."""
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        waiting: "collections.deque[concurrent.futures.Future[Any]]" = collections.deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 4 * PROCESSES:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100.0 * part / whole:.2f} %)" if whole else "0/0"
