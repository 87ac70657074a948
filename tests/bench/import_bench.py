#!/usr/bin/env python3
"""Takes over a generated database of an MLflow server, and reads all of it back.

    tests/bench/import_bench.py --assay build/release/assay --mlflow VENV [--runs 10000] [--versions 1000] [--scratch DIR] [--json FILE]

The schema is made by the genuine package (`mlflow db upgrade`), the rows by this script, seeded: RUNS runs of 20 metrics of 50 points, 10
params and 3 tags, and VERSIONS versions of one model, each from files of a run of its own. Beside the import: the time that SQLite itself takes
to copy the points into an empty table with the same key. Afterwards every run with every point of its history, and every version, is read from
the server and compared with what was generated.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Tuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("ASSAY_BIN", str(ROOT / "build" / "release" / "assay"))
from tests.support.assay_process import Client, Server  # noqa: E402

METRICS, POINTS, PARAMS, TAGS = 20, 50, 10, 3
START = 1_700_000_000_000


def run_id(number: int) -> str:
    return f"{number:032x}"


def value_of(rng: random.Random) -> float:
    return rng.random() * 100 - 50


def generate(database: Path, artifacts: Path, runs: int, versions: int) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    rng = random.Random(1)
    experiments = [(number, f"experiment {number}") for number in range(1, 11)]
    connection.executemany("INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) "
                           "VALUES (?, ?, ?, 'active', ?, ?)",
                           [(number, name, f"mlflow-artifacts:/{number}", START + number, START + number) for number, name in experiments])
    for number in range(runs):
        experiment, run = 1 + number % 10, run_id(number)
        connection.execute("INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, "
                           "lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', '', '', 'ann', 'FINISHED', ?, ?, 'active', ?, ?)",
                           (run, f"run {number}", START + number, START + number + 500, f"mlflow-artifacts:/{experiment}/{run}/artifacts", experiment))
        points = [(f"metric{m}", value_of(rng), START + number + step, run, step) for m in range(METRICS) for step in range(POINTS)]
        connection.executemany('INSERT INTO metrics ("key", value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)', points)
        connection.executemany('INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)',
                               [(key, value, at, step, run) for key, value, at, _, step in points if step == POINTS - 1])
        connection.executemany('INSERT INTO params ("key", value, run_uuid) VALUES (?, ?, ?)', [(f"param{p}", f"value {number} {p}", run) for p in range(PARAMS)])
        connection.executemany('INSERT INTO tags ("key", value, run_uuid) VALUES (?, ?, ?)',
                               [("mlflow.runName", f"run {number}", run), ("mlflow.user", "ann", run), ("team", f"team {number % 7}", run)])
    connection.execute("INSERT INTO registered_models (name, creation_time, last_updated_time, description) VALUES ('churn', ?, ?, 'generated')", (START, START))
    for number in range(min(versions, runs)):
        experiment, run = 1 + number % 10, run_id(number)
        folder = artifacts / str(experiment) / run / "artifacts" / "model"
        folder.mkdir(parents=True)
        (folder / "weights.json").write_text(json.dumps({"run": number}))
        connection.execute("INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, current_stage, source, run_id, status) "
                           "VALUES ('churn', ?, ?, ?, '', 'None', ?, ?, 'READY')",
                           (number + 1, START + number, START + number, f"mlflow-artifacts:/{experiment}/{run}/artifacts/model", run))
    connection.execute("INSERT INTO registered_model_aliases (alias, version, name) VALUES ('champion', ?, 'churn')", (min(versions, runs),))
    connection.commit()
    connection.close()


def copy_of_points(database: Path, scratch: Path) -> float:
    """Seconds for SQLite itself to put the same points into an empty table with our key, durable at the end."""
    start = time.monotonic()
    connection = sqlite3.connect(scratch / "copy.db")
    connection.execute("CREATE TABLE points (metric TEXT, at INTEGER, step INTEGER, value REAL, is_nan INTEGER, PRIMARY KEY (metric, at, step, value, is_nan)) WITHOUT ROWID")
    connection.execute("ATTACH ? AS there", (str(database),))
    connection.execute("INSERT INTO points SELECT run_uuid || \"key\", timestamp, step, value, is_nan FROM there.metrics ORDER BY run_uuid")
    connection.commit()
    connection.close()
    return time.monotonic() - start


def read_back(server: Server, runs: int, versions: int) -> Tuple[int, int]:
    """How many runs and versions are as they were generated."""
    rng = random.Random(1)
    wanted: List[Dict[str, List[Tuple[int, int, float]]]] = []
    for number in range(runs):
        wanted.append({f"metric{m}": [(START + number + step, step, value_of(rng)) for step in range(POINTS)] for m in range(METRICS)})

    def is_same(part: range) -> int:
        client, same = Client(server), 0
        for number in part:
            run = client.request("GET", f"/api/2.0/mlflow/runs/get?run_id={run_id(number)}").json()["run"]
            info, data = run["info"], run["data"]
            good = (info["run_name"], info["start_time"], info["end_time"], info["status"], info["user_id"]) == \
                (f"run {number}", START + number, START + number + 500, "FINISHED", "ann")
            good &= {each["key"]: each["value"] for each in data["params"]} == {f"param{p}": f"value {number} {p}" for p in range(PARAMS)}
            good &= {each["key"]: each["value"] for each in data["tags"]} == {"mlflow.runName": f"run {number}", "mlflow.user": "ann", "team": f"team {number % 7}"}
            good &= {each["key"]: each["value"] for each in data["metrics"]} == {name: points[-1][2] for name, points in wanted[number].items()}
            for name, points in wanted[number].items():
                found = client.request("GET", f"/api/2.0/mlflow/metrics/get-history?run_id={run_id(number)}&metric_key={name}").json()["metrics"]
                good &= [(each["timestamp"], each["step"], each["value"]) for each in found] == points
            same += good
        client.close()
        return same

    with ThreadPoolExecutor(2) as pool:
        same_runs = sum(pool.map(is_same, [range(part, runs, 2) for part in range(2)]))
    client, same_versions = Client(server), 0
    for number in range(min(versions, runs)):
        version = client.request("GET", f"/api/2.0/mlflow/model-versions/get?name=churn&version={number + 1}").json()["model_version"]
        same_versions += (version["status"], version["run_id"], version["creation_timestamp"]) == ("READY", run_id(number), START + number)
    client.close()
    return same_runs, same_versions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=os.environ["ASSAY_BIN"])
    parser.add_argument("--mlflow", required=True, type=Path, help="virtual environment with the genuine mlflow")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--versions", type=int, default=1_000)
    parser.add_argument("--scratch", default=str(ROOT / "build"))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    os.environ["ASSAY_BIN"] = str(Path(arguments.assay).resolve())
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as name:
        scratch = Path(name)
        database = scratch / "mlflow.db"
        subprocess.run([arguments.mlflow / "bin" / "mlflow", "db", "upgrade", f"sqlite:///{database}"], check=True, capture_output=True)
        generate(database, scratch / "mlartifacts", arguments.runs, arguments.versions)
        figures: Dict[str, Any] = {"runs": arguments.runs, "points": arguments.runs * METRICS * POINTS, "versions": min(arguments.versions, arguments.runs),
                                   "database_bytes": database.stat().st_size, "sqlite_copy_seconds": copy_of_points(database, scratch)}
        server = Server(scratch / "data").start()
        environment = {**os.environ, "ASSAY_URL": server.url}
        for what in ("import_seconds", "import_again_seconds"):
            start = time.monotonic()
            done = subprocess.run([os.environ["ASSAY_BIN"], "import", "mlflow", str(database), "--json"], env=environment, capture_output=True, text=True)
            figures[what] = time.monotonic() - start
            if done.returncode != 0:
                print(done.stderr, file=sys.stderr)
                return 1
            figures["skipped"] = len(json.loads(done.stdout)["skipped"])
        figures["server_peak_bytes"] = server.memory("VmHWM")
        figures["same_runs"], figures["same_versions"] = read_back(server, arguments.runs, arguments.versions)
        server.stop()
    for key, value in figures.items():
        print(f"{key:22} {value:.1f}" if isinstance(value, float) else f"{key:22} {value:,}")
    print(json.dumps(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures) + "\n")
    return 0 if (figures["same_runs"], figures["same_versions"], figures["skipped"]) == (arguments.runs, figures["versions"], 0) else 1


if __name__ == "__main__":
    sys.exit(main())
