"""Logged models, which clients of MLflow 3 have."""

from mlflow.entities import Dataset, DatasetInput, Metric

from tests.support.mlflow_calls.script import MLMODEL, REQUIREMENTS, T0
from tests.support.mlflow_client.asker import Asker

FILTERS = {
    "a name": "name = 'm one'",
    "a param": "params.depth = '4'",
    "a tag": "tags.team = 'red'",
    "a metric": "metrics.acc > 0.6",
    "a kind": "model_type = 'tree'",
    "what is no key": "colour = 'red'",
    "no filter": "what is this",
}


def logged_models(ask: Asker) -> None:
    if not ask.three:
        return
    home = ask.create_experiment("logged", "client logged")
    run = ask.create_run("of logged models", home, start_time=T0, run_name="logged").info.run_id
    model = made(ask, home, run)
    filled(ask, model)
    linked(ask, home, run, model)
    searched(ask, home, run)
    finished_and_deleted(ask, home)


def made(ask: Asker, home: str, run: str) -> str:
    model = ask.create_logged_model("all", home, "m one", run, tags={"team": "red", "n": 5}, params={"depth": 4}, model_type="tree").model_id
    ask.get_logged_model("all", model)
    least = ask.create_logged_model("least", home).model_id
    ask.get_logged_model("least", least)
    ask.create_logged_model("an unknown experiment", "99999", "m")
    ask.create_logged_model("a name with a slash", home, "a/b")
    ask.get_logged_model("unknown", "m-" + "0" * 32)
    ask.get_logged_model("no id", "")
    return model


def filled(ask: Asker, model: str) -> None:
    ask.set_logged_model_tags("two", model, {"stage": "dev", "count": 3})
    ask.get_logged_model("with tags", model)
    ask.set_logged_model_tags("another value", model, {"stage": "prod"})
    ask.set_logged_model_tags("unknown", "m-" + "0" * 32, {"a": "b"})
    ask.delete_logged_model_tag("there", model, "count")
    ask.get_logged_model("without a tag", model)
    ask.delete_logged_model_tag("not there", model, "count")
    ask.delete_logged_model_tag("unknown", "m-" + "0" * 32, "a")
    ask.log_model_params("two", model, {"leaves": 7, "kind": "gini"})
    ask.get_logged_model("with params", model)
    ask.log_model_params("many", model, {f"p{number}": "x" for number in range(150)})
    ask.get_logged_model("with many params", model)
    ask.log_model_params("unknown", "m-" + "0" * 32, {"a": "b"})
    folder = ask.folder / "logged model"
    (folder / "inner").mkdir(parents=True)
    (folder / "MLmodel").write_bytes(MLMODEL)
    (folder / "requirements.txt").write_bytes(REQUIREMENTS)
    (folder / "inner" / "weights.txt").write_bytes(b"0.25 0.5 0.25\n")
    ask.log_model_artifact("a file", model, str(folder / "requirements.txt"))
    ask.log_model_artifact("into a folder", model, str(folder / "requirements.txt"), "extra")
    ask.log_model_artifact("unknown", "m-" + "0" * 32, str(folder / "requirements.txt"))
    ask.list_logged_model_artifacts("after single files", model)
    ask.log_model_artifacts("a folder", model, str(folder))
    ask.log_model_artifacts("unknown", "m-" + "0" * 32, str(folder))
    ask.list_logged_model_artifacts("all", model)
    ask.list_logged_model_artifacts("of a folder", model, "inner")
    ask.list_logged_model_artifacts("of what is not there", model, "nothing")
    ask.list_logged_model_artifacts("unknown", "m-" + "0" * 32)


def linked(ask: Asker, home: str, run: str, model: str) -> None:
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    ask.log_outputs("of a run", run, [LoggedModelOutput(model, 3)])
    ask.get_run("with an output", run)
    ask.log_outputs("an unknown run", "0" * 32, [LoggedModelOutput(model, 0)])
    other = ask.create_run("that reads a model", home, start_time=T0 + 1, run_name="reads").info.run_id
    data = Dataset(name="held", digest="3c3c3c3c", source_type="local", source="{}")
    ask.log_inputs("a model and a dataset", other, datasets=[DatasetInput(data, tags=[])], models=[LoggedModelInput(model)])
    ask.get_run("with a model", other)
    ask.log_metric("with a model", run, "acc", 0.75, timestamp=T0, model_id=model)
    ask.log_metric("of a model on a dataset", other, "held", 0.5, timestamp=T0, dataset_name="held", dataset_digest="3c3c3c3c", model_id=model)
    ask.log_batch("of a model", run, metrics=[Metric("auc", 0.5, T0, 1, model_id=model)])
    ask.get_logged_model("with metrics", model)
    ask.finalize_logged_model("ready", model, "READY")
    ask.get_logged_model("ready", model)
    ask.create_registered_model("of a logged model", "client-logged")
    ask.create_model_version("of a logged model", "client-logged", f"models:/{model}", run, model_id=model)
    ask.get_model_version("of a logged model", "client-logged", "1")
    ask.get_model_version_download_uri("of a logged model", "client-logged", "1")
    ask.get_logged_model("registered", model)


def searched(ask: Asker, home: str, run: str) -> None:
    for number, (name, depth) in enumerate((("m two", 4), ("m three", 8))):
        model = ask.create_logged_model(f"found {number}", home, name, run, params={"depth": depth}, tags={"team": "blue"}, model_type="line").model_id
        ask.log_metric(f"found {number}", run, "acc", 0.5 + number / 4, timestamp=T0, model_id=model)
    for name, text in FILTERS.items():
        ask.search_logged_models(f"filter: {name}", [home], text)
    ask.search_logged_models("all that there are", [home])
    ask.search_logged_models("by a metric", [home], order_by=[{"field_name": "metrics.acc", "ascending": False}])
    ask.search_logged_models("by a name", [home], "params.depth = '4'", order_by=[{"field_name": "name"}])
    ask.search_logged_models("on a dataset", [home], "metrics.held > 0.1", datasets=[{"dataset_name": "held", "dataset_digest": "3c3c3c3c"}])
    first = ask.search_logged_models("a page", [home], max_results=2)
    ask.search_logged_models("the next page", [home], max_results=2, page_token=getattr(first, "token", None))
    ask.search_logged_models("an order that is none", [home], order_by=[{"field_name": "colour"}])
    ask.search_logged_models("in an unknown experiment", ["99999"])
    ask.search_logged_models("an id instead of a list", home)


def finished_and_deleted(ask: Asker, home: str) -> None:
    model = ask.create_logged_model("failed", home, "m failed").model_id
    ask.finalize_logged_model("failed", model, "FAILED")
    ask.get_logged_model("failed", model)
    ask.finalize_logged_model("a status that is none", model, "DONE")
    ask.finalize_logged_model("unknown", "m-" + "0" * 32, "READY")
    ask.delete_logged_model("once", model)
    ask.get_logged_model("deleted", model)
    ask.search_logged_models("without the deleted one", [home])
    ask.delete_logged_model("twice", model)
    ask.delete_logged_model("unknown", "m-" + "0" * 32)
