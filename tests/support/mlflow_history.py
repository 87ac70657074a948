"""A little of everything that a tracking server keeps, by MLflow's genuine client: `fill URL` makes it, `dump DATABASE` writes the tables behind
a genuine server as SQL (tests/golden/mlflow/tracking.sql came so), `compare URL URL` reads all of two servers back and prints what differs,
`compare_exported URL URL` the same but for what the second made itself. Run by tests/functional/mlflow_import_test.py and mlflow_export_test.py in an
interpreter that has a client."""

import logging
import sqlite3
import sys
import warnings
from typing import Any, Dict

warnings.simplefilter("ignore")

TABLES = ("experiments", "experiment_tags", "runs", "metrics", "params", "tags", "datasets", "inputs", "input_tags", "logged_models",
          "logged_model_metrics", "logged_model_params", "logged_model_tags", "registered_models", "registered_model_tags",
          "registered_model_aliases", "model_versions", "model_version_tags")


def fill(url: str) -> None:
    import mlflow
    import numpy as np
    import sklearn
    from mlflow import MlflowClient
    from sklearn.linear_model import LogisticRegression

    logging.disable(logging.CRITICAL)
    mlflow.set_tracking_uri(url)
    client = MlflowClient()
    rows = np.arange(40.0).reshape(10, 4)
    model = LogisticRegression().fit(rows, [0] * 5 + [1] * 5)
    pins = [f"scikit-learn=={sklearn.__version__}", f"numpy=={np.__version__}"]  # else each log_model looks for them in a process of its own
    mlflow.set_experiment("first")
    client.set_experiment_tag(client.get_experiment_by_name("first").experiment_id, "team", "a")
    for i in range(3):
        with mlflow.start_run(run_name=f"r{i}"):
            mlflow.log_params({"depth": i, "empty": ""})
            mlflow.set_tag("k", f"v{i}")
            for step in range(20):
                mlflow.log_metric("loss", 1 / (step + 1), step=step)
            mlflow.log_metric("nothing", float("nan"))
            mlflow.log_metric("endless", float("inf"))
            mlflow.log_input(mlflow.data.from_numpy(rows, name="rows"), context="training")
            mlflow.log_text("hello", "notes/a b.txt")
            mlflow.log_text("", "empty.txt")
            place = {"artifact_path": "model"} if mlflow.__version__.startswith("2.") else {"name": "model"}
            mlflow.sklearn.log_model(model, registered_model_name="churn", pip_requirements=pins, **place)
    mlflow.set_experiment("gone")
    with mlflow.start_run():
        mlflow.log_metric("x", 1)
    client.delete_experiment(client.get_experiment_by_name("gone").experiment_id)
    client.delete_run(client.create_run(client.create_experiment("other")).info.run_id)
    client.set_registered_model_alias("churn", "champion", "2")
    client.set_model_version_tag("churn", "1", "checked", "by hand")
    client.update_model_version("churn", "1", "the first one")
    client.transition_model_version_stage("churn", "3", "Production")
    client.create_registered_model("empty", tags={"a": "b"}, description="nothing yet")


def dump(database: str) -> None:
    connection = sqlite3.connect(database)
    for table in TABLES:
        print(connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0] + ";")
        for row in connection.execute(f"SELECT * FROM {table}"):
            words = ("NULL" if value is None else repr(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'" for value in row)
            print(f"INSERT INTO {table} VALUES (" + ",".join(words) + ");")


def number(value: float) -> str:
    """A file store keeps an infinity, a database the greatest number."""
    return repr(min(max(value, -sys.float_info.max), sys.float_info.max))


def everything(url: str) -> Dict[Any, Any]:
    """Points that a file store has twice count once."""
    from mlflow import MlflowClient
    from mlflow.entities import ViewType

    client = MlflowClient(url)
    found: Dict[Any, Any] = {}

    def files(run: str, folder: Any = None) -> Any:
        for file in client.list_artifacts(run, folder):
            if file.is_dir:
                yield from files(run, file.path)
            else:
                yield file.path, file.file_size or 0

    for experiment in client.search_experiments(view_type=ViewType.ALL):
        created = experiment.creation_time if experiment.name != "Default" else None  # every server makes that one itself
        found["experiment", experiment.name] = (experiment.lifecycle_stage, experiment.tags, created)
        for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL, max_results=50000):
            info, data = run.info, run.data
            inputs = [(each.dataset.to_dictionary(), [(tag.key, tag.value) for tag in each.tags]) for each in run.inputs.dataset_inputs]
            found["run", info.run_id] = (experiment.name, info.run_name, info.user_id, info.status, info.start_time, info.end_time, info.lifecycle_stage,
                                         data.params, data.tags, {key: number(value) for key, value in data.metrics.items()}, inputs,
                                         [each.model_id for each in run.inputs.model_inputs], [(each.model_id, each.step) for each in run.outputs.model_outputs])
            for key in data.metrics:
                found["history", info.run_id, key] = sorted({(point.timestamp, point.step, number(point.value)) for point in client.get_metric_history(info.run_id, key)})
            found["files", info.run_id] = sorted(files(info.run_id))
        if experiment.lifecycle_stage != "active":
            continue
        for model in client.search_logged_models([experiment.experiment_id]):
            metrics = sorted((each.key, each.step, each.timestamp, number(each.value), each.run_id, each.dataset_name) for each in model.metrics or [])
            found["logged model", model.model_id] = (model.name, str(model.status), model.source_run_id, model.params, model.tags, metrics, model.model_type or "",
                                                     model.creation_timestamp, model.last_updated_timestamp)
    for model in client.search_registered_models():
        found["model", model.name] = (model.description or "", model.tags, model.aliases)
        for version in client.search_model_versions(f"name = '{model.name}'"):
            found["version", model.name, str(version.version)] = (version.current_stage, version.description or "", version.tags, version.source, version.run_id,
                                                             version.status, version.creation_timestamp, version.last_updated_timestamp)
    return found


def by_name(found: Dict[Any, Any]) -> Dict[Any, Any]:
    """The same without what a server makes itself: ids, which become names, times, and some tags."""
    names = {key[1]: f"{value[0]}/{value[1]}" for key, value in found.items() if key[0] == "run"}
    names.update({key[1]: f"model of {names.get(value[2])}" for key, value in found.items() if key[0] == "logged model"})

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items() if not key.startswith("assay.") and key != "mlflow.modelVersions"}
        if isinstance(value, (list, tuple)):
            return tuple(plain(each) for each in value)
        for text, name in names.items() if isinstance(value, str) else ():
            value = value.replace(text, name)
        return value

    for key, value in found.items():
        if key[0] == "logged model":  # a genuine server makes 0 of what is no number, of a logged model
            value[5][:] = [metric for metric in value[5] if metric[0] != "nothing"]
    made_there = {"experiment": 1, "logged model": 2, "version": 2}  # so many times at the end
    return {plain(key): plain(value[:len(value) - made_there.get(key[0], 0)]) for key, value in found.items()}


def compare_exported(one: str, other: str) -> None:
    show(by_name(everything(one)), by_name(everything(other)))


def compare(one: str, other: str) -> None:
    show(everything(one), everything(other))


def show(left: Dict[Any, Any], right: Dict[Any, Any]) -> None:
    for key in sorted(set(left) | set(right), key=str):
        if left.get(key) != right.get(key):
            print(key, left.get(key), right.get(key), sep="\n  ")
    print(len(left), "compared")


if __name__ == "__main__":
    {"fill": fill, "dump": dump, "compare": compare, "compare_exported": compare_exported}[sys.argv[1]](*sys.argv[2:])
