"""Runs the calls of tests/support/mlflow_client/ with a genuine client against a server, and keeps what came of them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Mapping

from tests.support.mlflow_calls.script import Call
from tests.support.mlflow_session import Json, request_mark

ROOT = Path(__file__).resolve().parents[2]
LINES = ("3", "2")  # of the client: a folder each, as scripts/test installs them
SECONDS = 600


def environment(client: Path, folder: Path) -> Dict[str, str]:
    """Quiet, alone, without our plug-ins, and impatient: what a server cannot do now it is not asked again and again."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "_MLFLOW_", "ASSAY_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(client), str(ROOT)]), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(folder), "TMPDIR": str(folder / "tmp"), "GIT_PYTHON_REFRESH": "quiet", "DO_NOT_TRACK": "true", "ASSAY_MLFLOW_PLUGIN": "off",
            "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false"}


def run_client(python: Path, client: Path, url: str, folder: Path) -> Json:
    """What tests/support/mlflow_client/drive.py writes. `folder` is the client's own, and is made."""
    (folder / "tmp").mkdir(parents=True)
    (folder / "own").mkdir()
    out = folder / "answers.json"
    done = subprocess.run([str(python), "-m", "tests.support.mlflow_client.drive", url, str(folder / "own"), str(out)],
                          cwd=folder, env=environment(client.resolve(), folder), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=SECONDS, check=False)
    if done.returncode != 0 or not out.is_file():
        raise RuntimeError(f"the client of {client} did not get through its calls:\n{done.stderr[-3000:]}")
    return json.loads(out.read_text(encoding="utf-8"))


def calls_of(answers: Mapping[str, Json]) -> List[Call]:
    """The calls as the comparison knows them: a method, and what it was given."""
    return [Call(name, name.partition("/")[0], answer["asked"]) for name, answer in answers.items()]


def without_request(answers: Mapping[str, Json]) -> Dict[str, Json]:
    return {name: {key: value for key, value in answer.items() if key not in ("asked", "request")} for name, answer in answers.items()}


def golden_of(server: str, runs: Mapping[str, Json]) -> Dict[str, Any]:
    """What is kept of the genuine server's answers: those that both lines were given are there once."""
    marked: Dict[str, Dict[str, Json]] = {}
    for line, run in runs.items():
        marks = {call.name: request_mark(call) for call in calls_of(run["answers"])}
        for name, answer in without_request(run["answers"]).items():
            marked.setdefault(name, {})[line] = {"request": marks[name], **answer}
    rows = {name: {"all": by_line[LINES[0]]} if len(by_line) == len(LINES) and all(one == by_line[LINES[0]] for one in by_line.values()) else by_line
            for name, by_line in marked.items()}
    return {"server": server, "releases": {line: run["release"] for line, run in runs.items()},
            "methods": {line: run["methods"] for line, run in runs.items()}, "answers": rows}


def golden_answers(golden: Json, line: str) -> Dict[str, Json]:
    """The answers that a line was given, in the order in which they were asked for."""
    return {name: row.get("all", row.get(line)) for name, row in golden["answers"].items() if "all" in row or line in row}
