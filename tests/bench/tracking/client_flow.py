"""What a script does with MLflow's own client: a run, ten metrics and ten params, a logged and registered model with an alias, two loads of it. Run
by mlflow_bench.py in an interpreter that has the genuine client: client_flow.py URL ROUNDS. Prints JSON: seconds of each round, seconds in which a
request was under way, and requests; the first round, in which everything is imported, is not among them."""

import json
import logging
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
import requests  # noqa: E402
import sklearn  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

logging.disable(logging.CRITICAL)


class Clock:
    """The time in which at least one request is under way: downloads come from a pool of threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.under_way, self.began, self.seconds, self.requests = 0, 0.0, 0.0, 0

    def __enter__(self) -> None:
        with self.lock:
            if self.under_way == 0:
                self.began = time.perf_counter()
            self.under_way += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.under_way -= 1
            if self.under_way == 0:
                self.seconds += time.perf_counter() - self.began


CLOCK = Clock()
send, iter_content = requests.Session.send, requests.Response.iter_content


def timed_send(self, *arguments, **more):
    CLOCK.requests += 1
    with CLOCK:
        return send(self, *arguments, **more)


def timed_content(self, *arguments, **more):
    """The bodies of downloads come after send()."""
    pieces = iter_content(self, *arguments, **more)
    while True:
        with CLOCK:
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


requests.Session.send, requests.Response.iter_content = timed_send, timed_content


def flow(model, rows, wanted) -> None:
    with mlflow.start_run(run_name="flow"):
        mlflow.log_params({f"param_{i}": i for i in range(10)})
        mlflow.log_metrics({f"metric_{i}": i / 10 for i in range(10)})
        # Requirements that are named spare the client the time in which it finds them out by itself; it is no work of the server's.
        made = mlflow.sklearn.log_model(model, name="model", registered_model_name="flow", pip_requirements=[f"scikit-learn=={sklearn.__version__}"])
    version = made.registered_model_version
    MlflowClient().set_registered_model_alias("flow", "champion", str(version))
    for uri in ("models:/flow@champion", f"models:/flow/{version}"):
        loaded = mlflow.sklearn.load_model(uri)
        if not np.array_equal(loaded.predict(rows), wanted):
            raise AssertionError(uri)


def main() -> None:
    mlflow.set_tracking_uri(sys.argv[1])
    mlflow.set_experiment("flow")
    rows, classes = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, classes)
    wanted = model.predict(rows)
    seconds, in_http, count = [], [], []
    for _ in range(int(sys.argv[2]) + 1):
        before, asked, begin = CLOCK.seconds, CLOCK.requests, time.perf_counter()
        flow(model, rows, wanted)
        seconds.append(time.perf_counter() - begin)
        in_http.append(CLOCK.seconds - before)
        count.append(CLOCK.requests - asked)
    print(json.dumps({"seconds": seconds[1:], "http_seconds": in_http[1:], "requests": count[1:], "first_seconds": seconds[0],
                      "mlflow": mlflow.__version__}))


if __name__ == "__main__":
    main()
