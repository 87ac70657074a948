"""What somebody deletes with MLflow's own client and lets go for good then; run by tests/functional/gc_test.py, a step at a time, in an interpreter
that has a genuine client: STEP URL [WORDS]. Prints one JSON value."""

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

logging.disable(logging.CRITICAL)
X, Y = load_iris(return_X_y=True)


def fitted():
    return LogisticRegression(max_iter=500).fit(X, Y)


def refused(call, *arguments):
    """The code and the message of the refusal; null when there was none."""
    try:
        call(*arguments)
    except MlflowException as error:
        return [error.error_code, error.message]
    return None


def make(client, name):
    """An experiment with a run that logged a metric and a file, and one whose model was registered; then it is deleted."""
    experiment = client.create_experiment(name)
    with mlflow.start_run(experiment_id=experiment) as idle:
        mlflow.log_param("depth", 3)
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_text("read me", "notes/readme.txt")
    with mlflow.start_run(experiment_id=experiment) as best:
        info = mlflow.sklearn.log_model(fitted(), name="model")
        mlflow.log_metric("accuracy", 0.9)
    version = mlflow.register_model(info.model_uri, name)
    client.delete_experiment(experiment)
    return {"experiment": experiment, "idle": idle.info.run_id, "best": best.info.run_id, "model": info.model_id, "version": version.version}


def create(client, name):
    return refused(client.create_experiment, name)


def run(client, run_id):
    return refused(client.get_run, run_id)


def restore(client, experiment):
    client.restore_experiment(experiment)
    found = client.get_experiment(experiment)
    return [found.name, found.lifecycle_stage, sorted(one.info.run_id for one in client.search_runs([experiment]))]


def load(client, name):
    model = mlflow.sklearn.load_model(f"models:/{name}/1")
    return bool(np.array_equal(model.predict(X), fitted().predict(X)))


STEPS = {"make": make, "create": create, "run": run, "restore": restore, "load": load}

if __name__ == "__main__":
    step, url, *words = sys.argv[1:]
    mlflow.set_tracking_uri(url)
    print(json.dumps(STEPS[step](MlflowClient(url), *words)))
