"""Small requests at one, eight and 32 clients: how many a second, how long each takes, and how much of the server's CPU."""

import itertools
import json
import statistics
from typing import Any, Dict, List, NamedTuple, Sequence

from figures import Figures
from peers import Peer
from wire import ARTIFACTS, Api, Load, encoded

CLIENTS = (1, 8, 32)
READS = ("runs/get", "registered-models/get", "model-versions/get", "model-versions/get-download-uri")
WRITES = ("runs/create", "runs/log-batch")
START = 1_790_000_000_000  # milliseconds


class Sizes(NamedTuple):
    rounds: int
    seconds: float        # of a round
    stalled_seconds: float  # of a round of 32 clients that write, where a server has a pool of connections that runs dry for half a minute
    seeds: int            # models, versions and runs that are read
    least_batch: int      # log-batch requests in a round


class Seeded(NamedTuple):
    """What is read."""
    experiment: str
    runs: List[str]
    models: List[str]


def label(name: str, clients: int, what: str) -> str:
    return f"{name}, {clients} client{'' if clients == 1 else 's'}: {what}"


def run_body(experiment: str, number: int) -> Dict[str, Any]:
    """What mlflow.start_run() sends."""
    name = f"run-{number:06}"
    tags = {"mlflow.user": "lab", "mlflow.source.name": "train.py", "mlflow.source.type": "LOCAL", "mlflow.runName": name}
    return {"experiment_id": experiment, "user_id": "lab", "run_name": name, "start_time": START + number,
            "tags": [{"key": key, "value": value} for key, value in tags.items()]}


def batch_body(run: str, number: int = 0) -> Dict[str, Any]:
    """Ten metrics and ten params."""
    return {"run_id": run, "metrics": [{"key": f"metric_{i}", "value": (number + i) / 1000, "timestamp": START + i, "step": 0} for i in range(10)],
            "params": [{"key": f"param_{i}", "value": str(number + i)} for i in range(10)], "tags": []}


def seed(peer: Peer, count: int, experiment_name: str = "rates") -> Seeded:
    """`count` runs with ten values each, and as many models with a version, an alias and a tag."""
    api = Api(peer.port)
    experiment = api.call("POST", "experiments/create", {"name": experiment_name})["experiment_id"]
    runs, models = [], []
    for number in range(count):
        info = api.call("POST", "runs/create", run_body(experiment, number))["run"]["info"]
        api.call("POST", "runs/log-batch", batch_body(info["run_id"], number))
        api.call("POST", "runs/update", {"run_id": info["run_id"], "status": "FINISHED", "end_time": START + 60_000})
        put_model(api, info["artifact_uri"])
        model = f"{experiment_name}-{number:03}"
        api.call("POST", "registered-models/create", {"name": model})
        source = {"name": model, "source": info["artifact_uri"] + "/model", "run_id": info["run_id"], "tags": [{"key": "team", "value": "lab"}]}
        version = api.call("POST", "model-versions/create", source)["model_version"]
        if version["status"] != "READY":
            raise RuntimeError(f"{peer.name} did not register: {version}")
        api.call("POST", "registered-models/alias", {"name": model, "alias": "champion", "version": "1"})
        runs.append(info["run_id"])
        models.append(model)
    api.close()
    return Seeded(experiment, runs, models)


def put_model(api: Api, artifact_uri: str) -> None:
    """A folder `model` in a run, of files which nobody needs to trust."""
    root = ARTIFACTS + artifact_uri.partition(":/")[2].lstrip("/") + "/model/"
    for name, content in (("MLmodel", b"artifact_path: model\nflavors:\n  sklearn:\n    pickled_model: weights.json\n    sklearn_version: 1.7.2\n"),
                          ("requirements.txt", b"scikit-learn==1.7.2\nnumpy==2.3.1\n"),
                          ("weights.json", json.dumps({"w": list(range(100))}).encode())):
        _, status, received = api.timed("PUT", root + name, content)
        if status != 200:
            raise RuntimeError(f"PUT {root}{name}: HTTP {status}: {received[:500]!r}")


def reads(seeded: Seeded) -> Dict[str, List[bytes]]:
    versions = [{"name": model, "version": "1"} for model in seeded.models]
    return {
        "runs/get": [encoded("GET", "runs/get", {"run_uuid": run, "run_id": run}) for run in seeded.runs],
        "registered-models/get": [encoded("GET", "registered-models/get", {"name": model}) for model in seeded.models],
        "model-versions/get": [encoded("GET", "model-versions/get", version) for version in versions],
        "model-versions/get-download-uri": [encoded("GET", "model-versions/get-download-uri", version) for version in versions],
    }


def with_cpu(peer: Peer, work: Any) -> Any:
    """What `work` gives, with the CPU time of the server for each request in its first or only result."""
    before = peer.cpu_seconds()
    result = work()
    load = result[0] if isinstance(result, tuple) else result
    load["cpu_ms"] = (peer.cpu_seconds() - before) * 1000 / max(1, load["requests"])
    return result


def record(figures: Figures, section: str, name: str, clients: int, loads: Sequence[Dict[str, Any]]) -> None:
    def middle(key: str) -> float:
        return statistics.median(load[key] for load in loads)

    failed = sum(load["failed"] for load in loads)
    requests = sum(load["requests"] for load in loads)
    figures.add(section, label(name, clients, "requests"), "/s", middle("per_s"), True, rounds=list(loads))
    figures.add(section, label(name, clients, "p50"), "ms", middle("p50_ms"))
    figures.add(section, label(name, clients, "p99"), "ms", middle("p99_ms"))
    figures.add(section, label(name, clients, "server CPU"), "ms", middle("cpu_ms"), requests=requests)
    if failed:
        figures.add(section, label(name, clients, "failed"), "%", 100 * failed / requests)


def measure_health(peer: Peer, load: Load, figures: Figures, sizes: Sizes) -> None:
    requests = [encoded("GET", "/health")]
    load.run(peer.port, requests * 128, 32)
    for clients in (1, 32):
        record(figures, "health", "/health", clients,
               [with_cpu(peer, lambda: load.run(peer.port, requests, clients, sizes.seconds, cycle=True)) for _ in range(sizes.rounds)])


def measure_reads(peer: Peer, load: Load, figures: Figures, sizes: Sizes, seeded: Seeded) -> None:
    for name, requests in reads(seeded).items():
        load.run(peer.port, (requests * 128)[:128], 32)  # so that every worker has met it
        for clients in CLIENTS:
            record(figures, "reads", name, clients,
                   [with_cpu(peer, lambda: load.run(peer.port, requests, clients, sizes.seconds, cycle=True)) for _ in range(sizes.rounds)])


def measure_writes(peer: Peer, load: Load, figures: Figures, sizes: Sizes, experiment: str, stalls: bool) -> None:
    """`stalls`: 32 clients that write make the server stand still, so that a short round would say nothing."""
    numbers = itertools.count(1_000_000)
    fresh: List[str] = []  # runs that have no values yet

    def create(clients: int, seconds: float) -> Dict[str, Any]:
        bodies = [encoded("POST", "runs/create", run_body(experiment, next(numbers))) for _ in range(500)]
        result, answers = with_cpu(peer, lambda: load.run_and_keep(peer.port, bodies, clients, seconds, cycle=True))
        fresh.extend(json.loads(answer.body)["run"]["info"]["run_id"] for answer in answers if answer.status == 200)
        return result

    def log(clients: int, seconds: float, share: float) -> Dict[str, Any]:
        while len(fresh) < sizes.least_batch:
            create(4, sizes.seconds)
        count = max(sizes.least_batch, int(len(fresh) * share))
        bodies = [encoded("POST", "runs/log-batch", batch_body(run, number)) for number, run in enumerate(fresh[-count:])]
        del fresh[-count:]
        return with_cpu(peer, lambda: load.run(peer.port, bodies, clients, seconds))

    create(4, sizes.seconds)
    for clients in CLIENTS:
        long = stalls and clients == max(CLIENTS)
        rounds, seconds = (1, sizes.stalled_seconds) if long else (sizes.rounds, sizes.seconds)
        record(figures, "writes", "runs/create", clients, [create(clients, seconds) for _ in range(rounds)])
        record(figures, "writes", "runs/log-batch", clients, [log(clients, seconds, 1 / (rounds - i)) for i in range(rounds)])


def measure_burst(peer: Peer, load: Load, figures: Figures, experiment: str, each: int) -> None:
    """What GridSearchCV under autolog does from a pool of threads."""
    count = 32 * each
    bodies = [encoded("POST", "runs/create", run_body(experiment, 2_000_000 + number)) for number in range(count)]
    result = load.run(peer.port, bodies, 32, patience=300)
    name = f"32 clients x {each} runs/create"
    figures.add("many clients at once", f"{name}: failed", f"of {count}", count - result["ok"], outcomes=result["outcomes"])
    figures.add("many clients at once", f"{name}: time", "s", result["seconds"])
