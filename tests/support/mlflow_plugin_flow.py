"""What somebody does with MLflow's own client and assay[mlflow]; run by tests/functional/mlflow_plugin_test.py in an interpreter that has both.

mlflow_plugin_flow.py train|short|load URL [MODEL WAITING]    prints one line of JSON
"""

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")

import assay  # noqa: E402
import mlflow  # noqa: E402
import numpy as np  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer, StandardScaler  # noqa: E402

logging.disable(logging.CRITICAL)
WHERE = {"name": "model"} if mlflow.__version__.startswith("3.") else {"artifact_path": "model"}


def short():
    """Trains, logs a dataset, a model and a sample, registers and loads."""
    table = load_iris(as_frame=True).frame
    rows, held_out = table.iloc[::2], table.iloc[1::2]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows.drop(columns="target"), rows["target"])
    X = held_out.drop(columns="target")
    mlflow.set_experiment("housing")
    with mlflow.start_run() as run:
        assay.mlflow.log_dataset(rows, "iris-train")
        assay.mlflow.log_dataset(held_out, "iris-test", context="evaluation")
        assay.mlflow.log_dataset(__file__, "script", context="other")
        info = mlflow.sklearn.log_model(model, **WHERE)
        mlflow.log_metric("accuracy", model.score(X, held_out["target"]))
        sample = assay.mlflow.log_sample(model, X, model=info)
    version = mlflow.register_model(info.model_uri, "housing")
    loaded = mlflow.sklearn.load_model("models:/housing/1")
    found = {
        "status": version.status,
        "rows": sample.rows,
        "same": bool(np.array_equal(loaded.predict(X), model.predict(X))),
        "tags": MlflowClient().get_run(run.info.run_id).data.tags,
        "digest": assay.dataset_digest(rows),
    }
    return found, model, X, info


def train():
    """And what comes after: a sample that is late, and one for the model that was logged last."""
    found, model, X, info = short()
    try:
        assay.mlflow.log_sample(model, X, model=info)
        late = None
    except assay.Conflict as error:
        late = str(error)
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, **WHERE)
        assay.mlflow.log_sample(model, X)  # of the last one
        last = mlflow.register_model(f"runs:/{mlflow.active_run().info.run_id}/model", "housing")
    with mlflow.start_run():
        unregistered = mlflow.sklearn.log_model(model, **WHERE).model_uri
    own_code = make_pipeline(FunctionTransformer(lambda rows: rows), LogisticRegression()).fit(X, model.predict(X))
    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(own_code, serialization_format="cloudpickle", registered_model_name="own", **WHERE)
    return {**found, "status": [found["status"], last.status], "late": late, "unregistered": unregistered,
            "waiting": f"runs:/{run.info.run_id}/model"}


def load():
    """A version by its name, and as what its run logged; MODEL, which nobody registered; WAITING, which nobody has trusted yet."""
    run = MlflowClient().get_model_version("housing", "1").run_id
    return {"refused": refusal("models:/housing/1"), "refused_of_run": refusal(f"runs:/{run}/model"), "refused_unregistered": refusal(sys.argv[3]),
            "waiting": refusal(sys.argv[4]), "not_there": refusal(f"runs:/{run}/nothing")}


def refusal(uri):
    try:
        mlflow.sklearn.load_model(uri)
    except (MlflowException, OSError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    mlflow.set_tracking_uri(sys.argv[2])
    print(json.dumps({"train": train, "short": lambda: short()[0], "load": load}[sys.argv[1]]()))
