"""The genuine MLflow beside ours: its server, and its clients in interpreters of their own."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Dict, Iterator

from tests.support.assay_process import free_port

START_SECONDS = 120


def genuine_environment(folder: Path) -> Dict[str, str]:
    """Quiet, alone, and with sets in the same order every time."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "_MLFLOW_", "ASSAY_"))}
    return {**kept, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONHASHSEED": "0",
            "HOME": str(folder)}


def wait_for_health(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            pass
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit(f"error: the genuine server did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def genuine_server(venv: Path, folder: Path, **variables: str) -> Iterator[int]:
    """The server of an environment with `pip install mlflow`, with its data in a folder; its port on 127.0.0.1."""
    port, log = free_port(), folder / "mlflow.log"
    with open(log, "wb") as out:
        process = subprocess.Popen([str((venv / "bin").resolve() / "mlflow"), "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
                                    "--artifacts-destination", f"{folder}/artifacts", "--serve-artifacts", "--workers", "1", "--host", "127.0.0.1",
                                    "--port", str(port)],
                                   cwd=folder, env={**genuine_environment(folder), **variables}, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_for_health(port, process, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def keep_history(folder: Path, *words: str, line: str = "3") -> "subprocess.CompletedProcess[str]":
    """Runs mlflow_history.py with the genuine client of a line, which $ASSAY_MLFLOW has."""
    environment = {**os.environ, "PYTHONPATH": str(Path(os.environ["ASSAY_MLFLOW"]).resolve() / line), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
                   "HOME": str(folder), "GIT_PYTHON_REFRESH": "quiet", "MLFLOW_DISABLE_TELEMETRY": "true", "ASSAY_MLFLOW_PLUGIN": "off",
                   "MLFLOW_ALLOW_FILE_STORE": "true"}
    return subprocess.run([sys.executable, str(Path(__file__).with_name("mlflow_history.py")), *words], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=300)
