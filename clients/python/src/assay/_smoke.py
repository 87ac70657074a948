"""The smoke test: does a version still predict what it predicted when it was pushed? What was found is a proof, which the registry
keeps and the gate weighs."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any, Dict, List

from . import __version__
from ._comparison import Difference
from ._connection import Connection
from ._manifest import Manifest
from ._reference import version_path
from ._sample import Sample
from .errors import AssayError, AssayWarning

_MAX_MESSAGE = 2000
_MAX_ROWS = 20
_MAX_INTEGER = 2**53 - 1  # of canonical JSON


@dataclass(frozen=True)
class Found:
    """What a replay gave. `outcome`: equal (bit for bit), close (within the sample's tolerance), different, predict-error,
    load-error."""

    outcome: str
    rows: int = 0
    methods: List[str] = field(default_factory=list)
    differences: List[Difference] = field(default_factory=list)
    message: str = ""

    @property
    def good(self) -> bool:
        return self.outcome in ("equal", "close")

    def proof(self) -> Dict[str, Any]:
        """As `POST …/proofs` takes it, without environment and sample."""
        rows = sorted({row for one in self.differences for row in one.rows})
        sizes = [one.max_abs for one in self.differences if math.isfinite(one.max_abs)]
        proof: Dict[str, Any] = {
            "outcome": self.outcome,
            "rows": self.rows,
            "methods": self.methods,
            "message": _plain(self.message),
            "tool": f"assay {__version__} (python)",
        }
        if self.outcome == "different":
            proof.update(differing=len(rows), first_rows=rows[:_MAX_ROWS], max_ulp=min(_MAX_INTEGER, max(one.max_ulp for one in self.differences)))
            if sizes and len(sizes) == len(self.differences):
                proof["max_abs"] = max(sizes)
        return proof


def replay(estimator: Any, sample: Sample) -> Found:
    differences, methods = sample.compare(estimator), list(sample.methods)
    if not differences:
        exact = sample.tolerance["kind"] == "exact" or not sample.compare(estimator, {"kind": "exact"})
        return Found("equal" if exact else "close", sample.rows, methods)
    failed = [one for one in differences if one.failed]
    if failed:
        return Found("predict-error", sample.rows, methods, differences, failed[0].because)
    return Found("different", sample.rows, methods, differences, differences[0].because)


def load_failed(error: BaseException) -> Found:
    return Found("load-error", message=f"{type(error).__name__}: {error}")


def report(connection: Connection, manifest: Manifest, found: Found, sample_digest: str, environment_digest: str) -> None:
    """Tells the registry. That it cannot be told is no reason to withhold a model from who has it already: a warning."""
    proof = {**found.proof(), "environment": environment_digest}
    if sample_digest and found.outcome != "load-error":
        proof["sample"] = sample_digest
    context = f"reporting the smoke test of {manifest.ref}"
    try:
        connection.json("POST", version_path(manifest.model, manifest.digest) + "/proofs", body=proof, context=context)
    except AssayError as error:
        warnings.warn(f"the outcome of the smoke test was not kept: {error.message}", AssayWarning, stacklevel=5)


def in_child(artifact: str, sample: str, context: str) -> Found:
    """Loads and replays in a process of its own: what crashes there, or hangs on to memory, does no harm here. A child that dies proves
    nothing, for it may have been killed: `AssayError`."""
    child = subprocess.run([sys.executable, "-m", "assay", "smoke-test", artifact, sample, "--json"], stdout=subprocess.PIPE, check=False)
    if child.returncode == 0:
        answer = json.loads(child.stdout)["found"]
        differences = [Difference(**{**one, "max_abs": math.inf if one["max_abs"] is None else one["max_abs"]}) for one in answer["differences"]]
        return Found(**{**answer, "differences": differences})
    end = f"by {signal.Signals(-child.returncode).name}" if child.returncode < 0 else f"with status {child.returncode}"
    raise AssayError(
        "the smoke test did not come to an end", code="trial-failed", because=f"the process that loaded the model ended {end}", context=context
    )


def as_child(artifact: str, sample: str) -> Dict[str, Any]:
    """What `in_child` starts. Nothing that the model prints reaches standard output, which carries the answer."""
    import joblib

    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        with open(sample, "rb") as stream:
            expected = Sample.parse(stream.read())
        try:
            estimator = joblib.load(artifact)
        except (MemoryError, OSError):
            raise  # says nothing of the version
        except Exception as error:  # unpickling runs foreign code, which raises what it likes
            found = load_failed(error)
        else:
            found = replay(estimator, expected)
    finally:
        sys.stdout.flush()
        os.dup2(answer, 1)
        os.close(answer)
    differences = [{**one._asdict(), "max_abs": one.max_abs if math.isfinite(one.max_abs) else None} for one in found.differences]
    told = {"outcome": found.outcome, "rows": found.rows, "methods": found.methods, "message": found.message, "differences": differences}
    return {"proof": found.proof(), "found": told}


def _plain(text: str) -> str:
    """One line of at most _MAX_MESSAGE bytes."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line.encode("utf-8", "replace")[:_MAX_MESSAGE].decode("utf-8", "ignore")
