"""Searches over many runs, and over many versions of one model: the same seeded data in each server, and the answers are checked against them.

Into assay they go through its API. The genuine server takes hours for that, so they are written into its database while it stands still, as its
own handlers write them.
"""

import json
import math
import random
import shutil
import socket
import sqlite3
import statistics
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from figures import Figures
from peers import Mlflow, Peer
from rates import put_model
from wire import Api, Load, encoded

SEED, START, PAGE = 20261130, 1_780_000_000_000, 100
EXPERIMENT, MODEL = "filled", "filled"
VERSIONS_OF_A_RUN = 1_000
CHUNK = 20_000  # requests that are prepared at once
CLIENT_PATIENCE = 120.0  # seconds: MLFLOW_HTTP_REQUEST_TIMEOUT
LONG = 20.0


class Run(NamedTuple):
    name: str
    start: int  # milliseconds, like no other's
    metrics: Dict[str, float]
    params: Dict[str, str]
    tags: Dict[str, str]


def runs(count: int) -> Iterator[Run]:
    """Ten metrics, ten params and four tags each, not in the order of their start."""
    chooser = random.Random(SEED)
    step = next(step for step in range(int(count * 0.618) | 1, 2 * count + 3, 2) if math.gcd(step, count) == 1)
    for number in range(count):
        name = f"run-{number:06}"
        metrics = {"acc": chooser.random(), **{f"metric_{i}": chooser.random() for i in range(1, 10)}}
        params = {"depth": str(chooser.randrange(10)), **{f"param_{i}": str(chooser.randrange(1000)) for i in range(1, 10)}}
        tags = {"mlflow.user": "lab", "mlflow.source.name": "train.py", "team": f"t{chooser.randrange(100)}", "mlflow.runName": name}
        yield Run(name, START + (number * step % count) * 1000, metrics, params, tags)


def version_tags(number: int) -> Dict[str, str]:
    return {"bucket": f"b{number * 37 % 100}", "number": str(number)}


class Expected(NamedTuple):
    label: str
    method: str
    path: str
    body: Dict[str, Any]
    check: Callable[[Dict[str, Any]], bool]


def run_searches(experiment: str, count: int) -> List[Expected]:
    by_start = sorted(runs(count), key=lambda run: -run.start)
    by_metric = sorted(by_start, key=lambda run: -run.metrics["acc"])

    def search(label: str, wanted: Sequence[Run], **more: Any) -> Expected:
        names = [run.name for run in wanted[:PAGE]]
        return Expected(f"runs/search of {count:,}: {label}", "POST", "runs/search", {"experiment_ids": [experiment], "max_results": PAGE, **more},
                        lambda answer: [run["info"]["run_name"] for run in answer.get("runs", [])] == names)

    good = [run for run in by_start if run.metrics["acc"] > 0.9]
    return [
        search("newest", by_start),
        search("metrics.acc > 0.9", good, filter="metrics.acc > 0.9"),
        search("that and a param, by the metric", [run for run in by_metric if run.metrics["acc"] > 0.9 and run.params["depth"] == "7"],
               filter="metrics.acc > 0.9 and params.depth = '7'", order_by=["metrics.acc DESC"]),
        search("by a metric, best first", by_metric, order_by=["metrics.acc DESC"]),
        search("a tag of 1 %", [run for run in by_start if run.tags["team"] == "t42"], filter="tags.team = 't42'"),
        search("part of a name", [run for run in by_start if "777" in run.name], filter="attributes.run_name LIKE '%777%'"),
        search("nothing fits", [], filter="metrics.acc > 2"),
    ]


def version_searches(count: int) -> List[Expected]:
    def is_newest(answer: Dict[str, Any]) -> bool:
        numbers = [int(version["version"]) for version in answer["model_versions"]]
        # Registered by many clients at once: one may have a greater number than a later one.
        return len(numbers) == min(PAGE, count) and min(numbers) > count - PAGE - 200

    def has_tag(answer: Dict[str, Any]) -> bool:
        found = answer["model_versions"]
        return len(found) == min(PAGE, count // 100) and all({"key": "bucket", "value": "b37"} in version["tags"] for version in found)

    def is_last(answer: Dict[str, Any]) -> bool:
        found = answer.get("registered_model", answer)
        versions = found.get("latest_versions") or found.get("model_versions")
        return [int(version["version"]) for version in versions] == [count]

    return [
        Expected(f"model-versions/search of {count:,}: by name", "GET", "model-versions/search",
                 {"filter": f"name = '{MODEL}'", "max_results": PAGE}, is_newest),
        Expected(f"model-versions/search of {count:,}: by tag", "GET", "model-versions/search",
                 {"filter": "tags.bucket = 'b37'", "max_results": PAGE}, has_tag),
        Expected(f"model-versions/search of {count:,}: by name and tag", "GET", "model-versions/search",
                 {"filter": f"name = '{MODEL}' and tags.bucket = 'b37'", "max_results": PAGE}, has_tag),
        Expected(f"registered-models/get of {count:,} versions", "GET", "registered-models/get", {"name": MODEL}, is_last),
        Expected(f"registered-models/get-latest-versions of {count:,}", "POST", "registered-models/get-latest-versions", {"name": MODEL}, is_last),
    ]


def must_all_succeed(load: Dict[str, Any], what: str) -> None:
    if load["failed"]:
        raise RuntimeError(f"{what}: {load['outcomes']}")


def fill_by_api(peer: Peer, load: Load, count: int, versions: int) -> Dict[str, float]:
    """Requests per second of each step."""
    api = Api(peer.port)
    experiment = api.call("POST", "experiments/create", {"name": EXPERIMENT})["experiment_id"]
    api.call("POST", "registered-models/create", {"name": MODEL})
    spent = {"runs/create": 0.0, "runs/log-batch": 0.0, "model-versions/create": 0.0}
    some: List[Run] = []

    def write_runs() -> None:
        bodies = [encoded("POST", "runs/create", {"experiment_id": experiment, "user_id": "", "run_name": run.name, "start_time": run.start,
                                                  "tags": [{"key": key, "value": value} for key, value in run.tags.items()]}) for run in some]
        made, answers = load.run_and_keep(peer.port, bodies, 32)
        must_all_succeed(made, "runs/create")
        batches = []
        for answer in answers:
            run = some[answer.number]
            batches.append(encoded("POST", "runs/log-batch", {
                "run_id": json.loads(answer.body)["run"]["info"]["run_id"],
                "metrics": [{"key": key, "value": value, "timestamp": run.start, "step": 0} for key, value in run.metrics.items()],
                "params": [{"key": key, "value": value} for key, value in run.params.items()]}))
        logged = load.run(peer.port, batches, 32)
        must_all_succeed(logged, "runs/log-batch")
        spent["runs/create"] += made["seconds"]
        spent["runs/log-batch"] += logged["seconds"]
        some.clear()

    for run in runs(count):
        some.append(run)
        if len(some) == CHUNK:
            write_runs()
    if some:
        write_runs()
    for first in range(0, versions, VERSIONS_OF_A_RUN):
        info = api.call("POST", "runs/create", {"experiment_id": experiment, "start_time": 0, "run_name": "trained"})["run"]["info"]
        put_model(api, info["artifact_uri"])
        bodies = [encoded("POST", "model-versions/create", {"name": MODEL, "source": info["artifact_uri"] + "/model", "run_id": info["run_id"],
                                                            "tags": [{"key": key, "value": value} for key, value in version_tags(number).items()]})
                  for number in range(first, min(first + VERSIONS_OF_A_RUN, versions))]
        made, answers = load.run_and_keep(peer.port, bodies, 32)
        must_all_succeed(made, "model-versions/create")
        if any(json.loads(answer.body)["model_version"]["status"] != "READY" for answer in answers):
            raise RuntimeError("a version was not registered")
        spent["model-versions/create"] += made["seconds"]
    api.close()
    return {"runs/create": count / spent["runs/create"], "runs/log-batch": count / spent["runs/log-batch"],
            "model-versions/create": versions / spent["model-versions/create"]}


def fill_database(path: Path, count: int, versions: int) -> None:
    """Rows as the genuine server writes them, with the experiment that is there."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -1000000")
    experiment = database.execute("SELECT experiment_id FROM experiments WHERE name = ?", (EXPERIMENT,)).fetchone()[0]
    chooser = random.Random(SEED + 1)
    database.execute("BEGIN")

    def insert(table: str, columns: str, rows: Sequence[Tuple[Any, ...]]) -> None:
        database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' for _ in columns.split(','))})", rows)

    def insert_runs(some: List[Tuple[str, Run]]) -> None:
        insert("runs", "run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version, lifecycle_stage, "
               "artifact_uri, experiment_id", [(id, run.name, "UNKNOWN", "", "", "", "RUNNING", run.start, "", "active",
                                                f"mlflow-artifacts:/{experiment}/{id}/artifacts", experiment) for id, run in some])
        insert("tags", "key, value, run_uuid", [(key, value, id) for id, run in some for key, value in run.tags.items()])
        insert("params", "key, value, run_uuid", [(key, value, id) for id, run in some for key, value in run.params.items()])
        points = [(key, value, run.start, 0, 0, id) for id, run in some for key, value in run.metrics.items()]
        insert("latest_metrics", "key, value, timestamp, step, is_nan, run_uuid", points)
        insert("metrics", "key, value, timestamp, step, is_nan, run_uuid", points)
        some.clear()

    some: List[Tuple[str, Run]] = []
    for run in runs(count):
        some.append((f"{chooser.getrandbits(128):032x}", run))
        if len(some) == CHUNK:
            insert_runs(some)
    insert_runs(some)

    insert("registered_models", "name, creation_time, last_updated_time, description", [(MODEL, START, START + versions, "")])
    rows, tags, id = [], [], ""
    for number in range(versions):
        if number % VERSIONS_OF_A_RUN == 0:
            id = f"{chooser.getrandbits(128):032x}"
            insert_runs([(id, Run("trained", 0, {}, {}, {"mlflow.runName": "trained"}))])
        source = f"mlflow-artifacts:/{experiment}/{id}/artifacts/model"
        rows.append((MODEL, number + 1, START + number, START + number, "", "None", source, id, "READY", "", source))
        tags += [(key, value, MODEL, number + 1) for key, value in version_tags(number).items()]
    insert("model_versions", "name, version, creation_time, last_updated_time, description, current_stage, source, run_id, status, run_link, "
           "storage_location", rows)
    insert("model_version_tags", "key, value, name, version", tags)
    database.execute("COMMIT")
    database.close()


def fill(peer: Peer, load: Load, count: int, versions: int, template: Path) -> Dict[str, float]:
    """The peer is running before and after. The genuine server's database is kept at `template` for the next one."""
    peer.start()
    if not isinstance(peer, Mlflow):
        rates = fill_by_api(peer, load, count, versions)
        peer.stop()
        return rates
    if not template.is_file():
        api = Api(peer.port)
        api.call("POST", "experiments/create", {"name": EXPERIMENT})
        api.close()
        peer.stop()
        fill_database(peer.database, count, versions)
        shutil.copyfile(peer.database, template)
    else:
        peer.stop()
        shutil.copyfile(template, peer.database)
    return {}


def measure_searches(peer: Peer, figures: Figures, count: int, versions: int, seconds: float, settle: float) -> None:
    """Each for about `seconds`, three times at least; once when it takes long. One that takes longer than MLflow's client waits is given up, and the
    server, which would go on with it, is started anew."""
    api = Api(peer.port, CLIENT_PATIENCE)
    experiment = api.call("GET", "experiments/get-by-name", {"experiment_name": EXPERIMENT})["experiment"]["experiment_id"]
    for expected in run_searches(experiment, count) + version_searches(versions):
        cpu = peer.cpu_seconds()
        try:
            first, status, received = api.timed(expected.method, expected.path, expected.body)
        except socket.timeout:
            figures.add("searches", expected.label, "ms", CLIENT_PATIENCE * 1000, given_up=True)
            api.close()
            peer.stop()
            peer.start()
            peer.come_to_rest(settle)
            api = Api(peer.port, CLIENT_PATIENCE)
            continue
        if status != 200 or not expected.check(json.loads(received)):
            raise RuntimeError(f"{peer.name} gave another answer to {expected.label} than is expected: HTTP {status}: {received[:2000]!r}")
        times: List[float] = []  # without the first, unless it is so long that the rest of its kind cannot matter
        began = time.monotonic()
        while first < LONG and (len(times) < 3 or (time.monotonic() - began < seconds and len(times) < 200)):
            times.append(api.timed(expected.method, expected.path, expected.body)[0] * 1000)
        cpu = (peer.cpu_seconds() - cpu) * 1000 / (len(times) + 1)
        times = times or [first * 1000]
        figures.add("searches", expected.label, "ms", statistics.median(times), worst_ms=max(times), first_ms=first * 1000, times=len(times),
                    bytes=len(received), cpu_ms=cpu)
    api.close()
