"""What somebody does with MLflow's own client, from the first experiment to loading by every name; run by tests/functional/mlflow_test.py in an
interpreter that has a genuine client, with the server's address. Prints one word per step that came out right."""

import hashlib
import json
import logging
import sys
import warnings

import requests

warnings.simplefilter("ignore")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from mlflow.tracking.request_header.registry import _request_header_provider_registry as header_providers  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

logging.disable(logging.CRITICAL)
URL = sys.argv[1]
THREE = mlflow.__version__.startswith("3.")
X, Y = load_iris(return_X_y=True)


def done(word, right=True):
    if not right:
        raise AssertionError(word)
    print(word, flush=True)


class OldEnvironment:
    """Says that the client has a scikit-learn which cannot read the model."""

    digest = None

    def in_context(self):
        return self.digest is not None

    def request_headers(self):
        return {"Assay-Environment": self.digest}


def declare(packages):
    body = {"python": "3.8.10", "implementation": "cpython", "platform": "linux-x86_64", "packages": packages}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    answer = requests.put(f"{URL}/v1/environments/{digest}", data=text, headers={"Content-Type": "application/json"}, timeout=30)
    if answer.status_code not in (200, 201):
        raise AssertionError(answer.text)
    return digest


def train(client):
    mlflow.set_experiment("housing")
    mlflow.sklearn.autolog(silent=True)
    with mlflow.start_run(run_name="grid") as run:
        search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=3).fit(X, Y)
    mlflow.sklearn.autolog(disable=True)
    logged = client.get_run(run.info.run_id)
    done("autolog", logged.info.status == "FINISHED" and len(logged.data.params) > 5 and "best_cv_score" in logged.data.metrics)
    children = client.search_runs([logged.info.experiment_id], f"tags.mlflow.parentRunId = '{run.info.run_id}'")
    done("children", len(children) == 2)
    return search.best_estimator_


def log_and_register(client, model):
    with mlflow.start_run(run_name="final") as run:
        mlflow.log_params({"C": 1.0, "note": "ä b"})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metrics({"acc": 0.9, "loss": 0.25}, step=2)
        mlflow.set_tag("team", "a")
        mlflow.log_text("hello", "notes/a b+c.txt")
        mlflow.log_text("", "empty.txt")
        name = {"name": "model"} if THREE else {"artifact_path": "model"}
        info = mlflow.sklearn.log_model(model, registered_model_name="housing", **name)
    id = run.info.run_id
    done("history", [(m.step, m.value) for m in client.get_metric_history(id, "loss")] == [(1, 0.5), (2, 0.25)])
    done("files", mlflow.artifacts.load_text(f"runs:/{id}/notes/a b+c.txt") == "hello" and mlflow.artifacts.load_text(f"runs:/{id}/empty.txt") == "")
    found = mlflow.search_runs(experiment_names=["housing"], filter_string="metrics.acc > 0.8 and params.C = '1.0'", output_format="list")
    done("search", [run.info.run_id for run in found] == [id])
    version = client.get_model_version("housing", "1")
    done("version", version.status == "READY" and version.run_id == id)
    return id, info


def load_by_every_name(client, run, info, model):
    client.set_registered_model_alias("housing", "champion", 1)
    uris = ["models:/housing@champion", "models:/housing/1", "models:/housing/latest", f"runs:/{run}/model"]
    uris += [f"models:/{info.model_id}"] if THREE else []
    for uri in uris:
        done("loaded", np.array_equal(mlflow.sklearn.load_model(uri).predict(X), model.predict(X)))


def refused_in_a_wrong_environment(client, run, info):
    OldEnvironment.digest = declare({"scikit-learn": "0.22.2", "numpy": "1.18.5", "joblib": "0.14.1", "skops": "0.1", "cloudpickle": "1.2.2"})
    try:
        mlflow.sklearn.load_model("models:/housing@champion")
    except MlflowException as error:
        done("refused", "RESOURCE_CONFLICT" in str(error) and "fix:" in str(error))
    else:
        raise AssertionError("it was loaded")
    # What says what is needed can be read all the same.
    folder = client.get_logged_model(info.model_id).artifact_location if THREE else f"runs:/{run}/model"
    done("readable", "sklearn_version" in mlflow.artifacts.load_text(folder + "/MLmodel"))
    OldEnvironment.digest = None


def main():
    mlflow.set_tracking_uri(URL)
    header_providers.register(OldEnvironment)
    client = MlflowClient()
    model = train(client)
    run, info = log_and_register(client, model)
    load_by_every_name(client, run, info, model)
    refused_in_a_wrong_environment(client, run, info)
    client.delete_model_version("housing", "1")
    client.delete_registered_model("housing")
    done("deleted", client.search_registered_models() == [])


if __name__ == "__main__":
    main()
