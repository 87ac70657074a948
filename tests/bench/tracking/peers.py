"""A tracking server as a tree of processes: assay, or the genuine `mlflow server`; its start, its memory and its CPU time, from /proc."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Dict, Iterator, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from assay_process import free_port, quiet_environment  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def own_environment(folder: Path, **extra: str) -> Dict[str, str]:
    """The environment without what its owner has set for servers of theirs, and without messages to MLflow's makers."""
    kept = {name: value for name, value in quiet_environment(folder).items() if not name.startswith(("MLFLOW_", "PYTHON", "_MLFLOW"))}
    return {**kept, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GIT_PYTHON_REFRESH": "quiet", **extra}


class Peer:
    """One server on a free port of this machine, with everything it keeps in `folder`."""

    name = ""
    key = ""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = 0
        self.process: Optional[subprocess.Popen] = None

    def command(self) -> List[str]:
        raise NotImplementedError

    def environment(self) -> Dict[str, str]:
        return own_environment(self.folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, patience: float = 180.0) -> float:
        """Seconds from exec to the first 200 of /health."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        with open(self.folder / "server.log", "ab") as log:
            begin = time.monotonic()
            self.process = subprocess.Popen(self.command(), cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        while not self._is_healthy():
            spent = time.monotonic() - begin
            if self.process.poll() is not None or spent > patience:
                tail = (self.folder / "server.log").read_text(errors="replace")[-3000:]
                self.stop()
                raise RuntimeError(f"{self.name} did not start:\n{tail}")
            time.sleep(0.001 if spent < 1 else 0.01)
        return time.monotonic() - begin

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process is None:
            return
        family = self.processes()
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=30)
        for pid in family:  # workers and job runners that stayed behind
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def processes(self) -> List[int]:
        """The server's process and all below it."""
        assert self.process is not None
        children: Dict[int, List[int]] = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
                    children.setdefault(parent, []).append(int(entry))
        family = [self.process.pid]
        for pid in family:
            family += children.get(pid, [])
        return family

    def cpu_seconds(self) -> float:
        """User and system time of the tree, with that of processes which have ended."""
        ticks = 0
        for pid in self.processes():
            with contextlib.suppress(OSError):
                ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
        return ticks / TICK

    def memory(self) -> int:
        """Bytes: the proportional set sizes of the tree."""
        total = 0
        for pid in self.processes():
            with contextlib.suppress(OSError):
                match = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), flags=re.M)
                total += int(match.group(1)) * 1024 if match else 0
        return total

    def come_to_rest(self, patience: float) -> float:
        """Waits until for five seconds neither the memory nor the number of processes has moved, and little CPU time was taken; the share of a core
        that was taken in the last five seconds. Workers and job runners go on starting long after /health answers."""
        deadline = time.monotonic() + patience
        seen = [(len(self.processes()), self.memory(), self.cpu_seconds())]
        while True:
            time.sleep(1)
            seen.append((len(self.processes()), self.memory(), self.cpu_seconds()))
            last = seen[-6:]
            counts, sizes, times = zip(*last)
            share = (times[-1] - times[0]) / max(1, len(last) - 1)
            if len(last) == 6 and len(set(counts)) == 1 and max(sizes) <= min(sizes) * 1.01 and share < 0.1:
                return share
            if time.monotonic() > deadline:
                return share

    @contextlib.contextmanager
    def peak_memory(self) -> Iterator[List[int]]:
        """A list whose only element is the greatest memory seen inside, looked at every 50 ms."""
        peak, ended = [self.memory()], threading.Event()

        def watch() -> None:
            while not ended.wait(0.05):
                peak[0] = max(peak[0], self.memory())

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield peak
        finally:
            ended.set()
            thread.join()


class Assay(Peer):
    name, key = "assay", "assay"

    def __init__(self, folder: Path, binary: Path):
        super().__init__(folder)
        self.binary = binary

    def command(self) -> List[str]:
        return [str(self.binary), "serve", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.folder / "data")]


class Mlflow(Peer):
    """The genuine server with SQLite, as `pip install mlflow` and `mlflow server` give it."""

    def __init__(self, folder: Path, venv: Path):
        super().__init__(folder)
        self.venv = venv

    @property
    def database(self) -> Path:
        return self.folder / "mlflow.db"

    def command(self) -> List[str]:
        return [str(self.venv / "bin" / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(self.port), "--backend-store-uri",
                f"sqlite:///{self.database}", "--artifacts-destination", str(self.folder / "artifacts")]

    def stop(self) -> None:
        """Also removes the queues of its job runners, which it leaves behind in memory."""
        queues = set()
        for pid in self.processes() if self.process else []:
            with contextlib.suppress(OSError):
                found = re.search(rb"(?:^|\0)_MLFLOW_HUEY_STORAGE_PATH=([^\0]+)", Path(f"/proc/{pid}/environ").read_bytes())
                queues.update([os.fsdecode(found.group(1))] if found else [])
        super().stop()
        for queue in queues:
            shutil.rmtree(queue, ignore_errors=True)


class MlflowOneWorker(Mlflow):
    name, key = "mlflow, 1 worker, no jobs", "one"

    def command(self) -> List[str]:
        return [*super().command(), "--workers", "1"]

    def environment(self) -> Dict[str, str]:
        return own_environment(self.folder, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")


class MlflowDefault(Mlflow):
    name, key = "mlflow, default", "default"
