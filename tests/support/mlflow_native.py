"""Models that MLflow did not log: `save FOLDER` writes one in several formats, `load URL` loads each of them with MLflow's client after it was
pushed, and prints for each whether it predicts the same, or why it was refused; `again URL` logs and registers what it downloads of those
that come within a pickle. Run by tests/functional/mlflow_test.py."""

import logging
import pickle
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import joblib  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

X, Y = load_iris(return_X_y=True)
FILES = ("plain.joblib", "packed.joblib", "model.pkl", "model.skops")


def fitted():
    return make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)).fit(X, Y)


def save(folder):
    import skops.io

    joblib.dump(fitted(), folder / "plain.joblib")
    joblib.dump(fitted(), folder / "packed.joblib", compress=3)
    (folder / "model.pkl").write_bytes(pickle.dumps(fitted()))
    skops.io.dump(fitted(), folder / "model.skops")


def load(url):
    import mlflow
    from mlflow.exceptions import MlflowException

    logging.disable(logging.CRITICAL)
    mlflow.set_tracking_uri(url)
    for file in FILES:
        uri = "models:/" + file.replace(".", "-") + "@champion"
        try:
            same = [bool(np.array_equal(loader.load_model(uri).predict(X), fitted().predict(X))) for loader in (mlflow.sklearn, mlflow.pyfunc)]
            print(file, "same" if all(same) else "different", flush=True)
        except MlflowException as error:
            print(file, "refused:", str(error).replace("\n", " "), flush=True)


def again(url):
    import mlflow

    logging.disable(logging.CRITICAL)
    mlflow.set_tracking_uri(url)
    for file in ("plain.joblib", "packed.joblib"):
        folder = mlflow.artifacts.download_artifacts("models:/" + file.replace(".", "-") + "@champion")
        with mlflow.start_run() as run:
            mlflow.log_artifacts(folder, "model")
        version = mlflow.register_model(f"runs:/{run.info.run_id}/model", "again-" + file.replace(".", "-"))
        loaded = mlflow.sklearn.load_model(f"models:/{version.name}/{version.version}")
        print(file, version.status, "same" if np.array_equal(loaded.predict(X), fitted().predict(X)) else "different", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(Path(sys.argv[2]))
    else:
        {"load": load, "again": again}[sys.argv[1]](sys.argv[2])
