"""What every endpoint does when it is asked properly. Told twice: below /api, and below its twin /ajax-api."""

import json
from typing import Any

from tests.support.mlflow_calls.script import FILE_HEADERS, model_folder, Query, Script, T0, tags


def every_endpoint(script: Script, prefix: str) -> None:
    """Labels and names begin with the prefix's own letter, so that the second telling meets nothing of the first."""
    w = "p" if prefix == "api" else "x"
    base, artifacts = f"/{prefix}/2.0/mlflow/", f"/{prefix}/2.0/mlflow-artifacts/"

    def name(step: str) -> str:
        return f"{prefix}/{step}"

    def get(step: str, path: str, query: Query = "", **capture: str) -> None:
        script.get(name(step), base + path, query, **capture)

    def post(step: str, path: str, body: Any, **capture: str) -> None:
        script.post(name(step), base + path, body, **capture)

    def patch(step: str, path: str, body: Any, **capture: str) -> None:
        script.patch(name(step), base + path, body, **capture)

    def delete(step: str, path: str, body: Any = None) -> None:
        script.delete(name(step), base + path, body)

    exp, run, run2, model = f"{{{w}exp}}", f"{{{w}run}}", f"{{{w}run2}}", f"{{{w}model}}"
    script.get(name("server-info"), f"/{prefix}/3.0/mlflow/server-info")

    post("experiments/create", "experiments/create", {"name": f"{w} story", "tags": tags(team="a", stage="test")}, **{f"{w}exp": "experiment_id"})
    get("experiments/get", "experiments/get", {"experiment_id": exp})
    get("experiments/get-by-name", "experiments/get-by-name", {"experiment_name": f"{w} story"})
    post("experiments/update", "experiments/update", {"experiment_id": exp, "new_name": f"{w} tale"})
    post("experiments/set-experiment-tag", "experiments/set-experiment-tag", {"experiment_id": exp, "key": "owner", "value": "ann"})
    post("experiments/delete-experiment-tag", "experiments/delete-experiment-tag", {"experiment_id": exp, "key": "stage"})
    post("experiments/search", "experiments/search", {"filter": f"name = '{w} tale'", "max_results": 5})
    get("experiments/search by GET", "experiments/search", {"filter": f"name LIKE '{w} t%'", "max_results": "5", "view_type": "ALL"})

    post("runs/create", "runs/create", {"experiment_id": exp, "user_id": "ann", "run_name": f"{w} first", "start_time": T0,
                                        "tags": tags(team="red") + [{"key": "mlflow.user", "value": "ann"}]}, **{f"{w}run": "run.info.run_id"})
    post("runs/create, another", "runs/create", {"experiment_id": exp, "user_id": "bob", "run_name": f"{w} second", "start_time": T0 + 1},
         **{f"{w}run2": "run.info.run_id"})
    post("runs/log-metric", "runs/log-metric", {"run_id": run, "key": "acc", "value": 0.5, "timestamp": T0 + 10, "step": 0})
    post("runs/log-metric, next step", "runs/log-metric", {"run_id": run, "key": "acc", "value": 0.75, "timestamp": T0 + 20, "step": 1})
    post("runs/log-parameter", "runs/log-parameter", {"run_id": run, "key": "depth", "value": "4"})
    post("runs/set-tag", "runs/set-tag", {"run_id": run, "key": "note", "value": "kept"})
    post("runs/set-tag, another", "runs/set-tag", {"run_id": run, "key": "gone", "value": "soon"})
    post("runs/delete-tag", "runs/delete-tag", {"run_id": run, "key": "gone"})
    post("runs/log-batch", "runs/log-batch",
         {"run_id": run, "metrics": [{"key": "acc", "value": 0.875, "timestamp": T0 + 30, "step": 2},
                                     {"key": "loss", "value": 1, "timestamp": T0 + 30}],
          "params": [{"key": "crit", "value": "gini"}], "tags": [{"key": "batch", "value": "yes"}]})
    post("runs/log-inputs", "runs/log-inputs",
         {"run_id": run, "datasets": [{"tags": [{"key": "mlflow.data.context", "value": "training"}],
                                       "dataset": {"name": "housing", "digest": "f0f3e026", "source_type": "local", "source": '{"uri": "data.csv"}',
                                                   "schema": "{}", "profile": '{"num_rows": 2}'}}]})
    post("runs/update", "runs/update", {"run_id": run, "status": "FINISHED", "end_time": T0 + 99})
    get("runs/get", "runs/get", {"run_id": run})
    get("runs/get by both names", "runs/get", {"run_uuid": run, "run_id": run})
    post("runs/search", "runs/search", {"experiment_ids": [exp], "filter": "metrics.acc > 0.8 and params.depth = '4'",
                                        "order_by": ["metrics.acc DESC"]})
    get("metrics/get-history", "metrics/get-history", {"run_id": run, "metric_key": "acc"})
    get("metrics/get-history-bulk-interval", "metrics/get-history-bulk-interval", {"run_ids": [run, run2], "metric_key": "acc"})
    post("runs/delete", "runs/delete", {"run_id": run2})
    get("runs/get, deleted", "runs/get", {"run_id": run2})
    post("runs/restore", "runs/restore", {"run_id": run2})
    post("runs/log-model", "runs/log-model",
         {"run_id": run2, "model_json": json.dumps({"artifact_path": "model", "flavors": {"sklearn": {}}, "utc_time_created": "2026-01-01 00:00:00",
                                                    "run_id": "r", "model_uuid": "u"})})
    get("runs/get, after log-model", "runs/get", {"run_id": run2})
    if prefix == "ajax-api":
        get("metrics/get-history-bulk", "metrics/get-history-bulk", {"run_id": [run, run2], "metric_key": "acc"})
        post("experiments/search-datasets", "experiments/search-datasets", {"experiment_ids": [exp]})
        script.add(name("upload-artifact"), "POST", base + "upload-artifact", {"run_uuid": run, "path": "page/up.txt"}, b"uploaded by a page\n",
                   {"Content-Type": "text/plain"})

    folder = f"{exp}/{run}/artifacts"
    script.upload(name("artifacts PUT"), f"{folder}/notes/a.txt", b"text of a\n", artifacts)
    script.upload(name("artifacts PUT, another"), f"{folder}/b.bin", bytes(range(256)), artifacts)
    script.download(name("artifacts GET"), f"{folder}/notes/a.txt", artifacts)
    script.download(name("artifacts GET, bytes"), f"{folder}/b.bin", artifacts)
    script.get(name("artifacts listed"), artifacts + "artifacts", {"path": folder})
    get("artifacts/list", "artifacts/list", {"run_id": run})
    get("artifacts/list below a folder", "artifacts/list", {"run_id": run, "path": "notes"})
    script.delete(name("artifacts DELETE"), f"{artifacts}artifacts/{folder}/b.bin")
    script.download(name("artifacts GET, deleted"), f"{folder}/b.bin", artifacts)
    script.post(name("mpu/create"), f"{artifacts}mpu/create/{folder}/big.bin", {"path": "big.bin", "num_parts": 2})
    script.post(name("mpu/complete"), f"{artifacts}mpu/complete/{folder}/big.bin",
                {"path": "big.bin", "upload_id": "u1", "parts": [{"part_number": 1, "etag": "e", "url": "u"}]})
    script.post(name("mpu/abort"), f"{artifacts}mpu/abort/{folder}/big.bin", {"path": "big.bin", "upload_id": "u1"})
    script.get(name("presigned"), f"{artifacts}presigned/{folder}/notes/a.txt")
    post("presigned-upload-url", "artifacts/presigned-upload-url", {"run_id": run, "path": "big.bin"})
    post("presigned-download-url", "artifacts/presigned-download-url", {"run_id": run, "path": "notes/a.txt"})

    post("logged-models", "logged-models", {"experiment_id": exp, "name": f"{w}net", "model_type": "tree", "source_run_id": run,
                                            "params": [{"key": "depth", "value": "4"}], "tags": tags(team="red")},
         **{f"{w}model": "model.info.model_id"})
    post("runs/outputs", "runs/outputs", {"run_id": run, "models": [{"model_id": model, "step": 3}]})
    get("logged-models/ID", f"logged-models/{model}")
    post("logged-models/ID/params", f"logged-models/{model}/params", {"model_id": model, "params": [{"key": "leaf", "value": "2"}]})
    patch("logged-models/ID/tags", f"logged-models/{model}/tags", {"tags": tags(more="yes", gone="soon")})
    delete("logged-models/ID/tags/KEY", f"logged-models/{model}/tags/gone")
    model_folder(script, name("logged-models files"), f"{exp}/models/{model}/artifacts", artifacts)
    patch("logged-models/ID ready", f"logged-models/{model}", {"model_id": model, "status": "LOGGED_MODEL_READY"})
    get("logged-models/ID/artifacts/directories", f"logged-models/{model}/artifacts/directories")
    if prefix == "ajax-api":
        script.add(name("logged-models/ID/artifacts/files"), "GET", f"{base}logged-models/{model}/artifacts/files",
                   {"artifact_file_path": "requirements.txt"}, shown=FILE_HEADERS)
    post("runs/log-metric of a model", "runs/log-metric", {"run_id": run, "key": "f1", "value": 0.25, "timestamp": T0 + 40, "step": 3,
                                                           "model_id": model,
                                                           "dataset_name": "housing", "dataset_digest": "f0f3e026"})
    get("logged-models/ID, with metrics", f"logged-models/{model}")
    post("logged-models/search", "logged-models/search", {"experiment_ids": [exp], "filter": f"name = '{w}net'"})
    get("runs/get, with models", "runs/get", {"run_id": run})
    post("logged-models, another", "logged-models", {"experiment_id": exp, "name": f"{w}old"}, **{f"{w}model2": "model.info.model_id"})
    delete("logged-models/ID deleted", f"logged-models/{{{w}model2}}")
    get("logged-models/ID, deleted", f"logged-models/{{{w}model2}}")

    rm = f"{w}-housing"
    post("registered-models/create", "registered-models/create", {"name": rm, "description": "prices", "tags": tags(team="red")})
    post("registered-models/create again", "registered-models/create", {"name": rm})
    get("registered-models/get", "registered-models/get", {"name": rm})
    post("model-versions/create", "model-versions/create",
         {"name": rm, "source": f"models:/{model}", "model_id": model, "run_id": run, "description": "first", "tags": tags(kind="a"),
          "run_link": "link"})
    post("model-versions/create, another", "model-versions/create", {"name": rm, "source": f"models:/{model}", "model_id": model})
    post("model-versions/create, a copy", "model-versions/create", {"name": rm, "source": f"models:/{rm}/1"})
    get("model-versions/get", "model-versions/get", {"name": rm, "version": "1"})
    get("model-versions/get-download-uri", "model-versions/get-download-uri", {"name": rm, "version": "1"}, **{f"{w}uri": "artifact_uri|path"})
    script.get(name("what is downloaded, listed"), artifacts + "artifacts", {"path": f"{{{w}uri}}"})
    script.download(name("what is downloaded"), f"{{{w}uri}}/requirements.txt", artifacts)
    patch("model-versions/update", "model-versions/update", {"name": rm, "version": "1", "description": "the first"})
    post("model-versions/transition-stage", "model-versions/transition-stage",
         {"name": rm, "version": "1", "stage": "Staging", "archive_existing_versions": False})
    post("model-versions/set-tag", "model-versions/set-tag", {"name": rm, "version": "1", "key": "checked", "value": "yes"})
    delete("model-versions/delete-tag", "model-versions/delete-tag", {"name": rm, "version": "1", "key": "kind"})
    post("registered-models/set-tag", "registered-models/set-tag", {"name": rm, "key": "owner", "value": "ann"})
    delete("registered-models/delete-tag", "registered-models/delete-tag", {"name": rm, "key": "team"})
    post("registered-models/alias set", "registered-models/alias", {"name": rm, "alias": "champion", "version": "1"})
    post("registered-models/alias set, another", "registered-models/alias", {"name": rm, "alias": "gone", "version": "2"})
    get("registered-models/alias", "registered-models/alias", {"name": rm, "alias": "champion"})
    delete("registered-models/alias deleted", "registered-models/alias", {"name": rm, "alias": "gone"})
    post("registered-models/get-latest-versions", "registered-models/get-latest-versions", {"name": rm})
    get("registered-models/get-latest-versions by GET", "registered-models/get-latest-versions", {"name": rm, "stages": ["Staging"]})
    patch("registered-models/update", "registered-models/update", {"name": rm, "description": "prices of houses"})
    get("model-versions/search", "model-versions/search", {"filter": f"name = '{rm}'", "order_by": ["version_number ASC"]})
    get("registered-models/search", "registered-models/search", {"filter": f"name LIKE '{w}-h%'"})
    delete("model-versions/delete", "model-versions/delete", {"name": rm, "version": "2"})
    get("registered-models/get, in the end", "registered-models/get", {"name": rm})
    if prefix == "ajax-api":
        script.add("model-versions/get-artifact", "GET", "/model-versions/get-artifact", {"name": rm, "version": "1", "path": "requirements.txt"},
                   shown=FILE_HEADERS)
        script.add("get-artifact", "GET", "/get-artifact", {"run_id": run, "path": "notes/a.txt"}, shown=FILE_HEADERS)
    plain = f"{w}-plain"  # of a run's files, without a logged model
    model_folder(script, name("run's files"), f"{folder}/model", artifacts)
    post("plain/registered-models/create", "registered-models/create", {"name": plain})
    post("plain/model-versions/create", "model-versions/create",
         {"name": plain, "source": f"mlflow-artifacts:/{folder}/model", "run_id": run, "tags": tags(kind="b")})
    get("plain/model-versions/get", "model-versions/get", {"name": plain, "version": "1"})
    patch("plain/model-versions/update", "model-versions/update", {"name": plain, "version": "1", "description": "plain"})
    post("plain/model-versions/transition-stage", "model-versions/transition-stage",
         {"name": plain, "version": "1", "stage": "Production", "archive_existing_versions": True})
    get("plain/model-versions/search", "model-versions/search", {"filter": f"name = '{plain}'"})
    post("plain/registered-models/alias set", "registered-models/alias", {"name": plain, "alias": "best", "version": "1"})
    get("plain/registered-models/alias", "registered-models/alias", {"name": plain, "alias": "best"})
    post("plain/registered-models/get-latest-versions", "registered-models/get-latest-versions", {"name": plain})
    get("plain/registered-models/get-latest-versions by GET", "registered-models/get-latest-versions", {"name": plain})
    patch("plain/registered-models/update", "registered-models/update", {"name": plain, "description": "plain"})
    get("plain/registered-models/search", "registered-models/search", {"filter": f"name = '{plain}'"})
    get("plain/registered-models/get", "registered-models/get", {"name": plain})
    post("registered-models/rename", "registered-models/rename", {"name": rm, "new_name": f"{w}-homes"})
    post("registered-models/create, to delete", "registered-models/create", {"name": f"{w}-shortlived"})
    delete("registered-models/delete", "registered-models/delete", {"name": f"{w}-shortlived"})
    get("registered-models/get, deleted", "registered-models/get", {"name": f"{w}-shortlived"})
    post("experiments/delete", "experiments/delete", {"experiment_id": exp})
    get("experiments/get, deleted", "experiments/get", {"experiment_id": exp})
    post("experiments/restore", "experiments/restore", {"experiment_id": exp})
    get("runs/get, restored with its experiment", "runs/get", {"run_id": run2})
