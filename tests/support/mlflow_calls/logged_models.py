"""Logged models, and searching them."""

from typing import Any, Dict, Optional

from tests.support.mlflow_calls.script import bad_tokens, FILE_HEADERS, Script, T0, tags


def logged_models(script: Script) -> None:
    path = "logged-models"
    script.post("logged models/make an experiment", "experiments/create", {"name": "logged here"}, explm="experiment_id")
    script.post("logged models/make a run", "runs/create", {"experiment_id": "{explm}", "start_time": T0, "run_name": "logged"},
                runlm="run.info.run_id")

    def create(what: str, body: Any, **capture: str) -> None:
        script.post(f"logged models/create {what}", path, body, **capture)

    e = {"experiment_id": "{explm}"}
    create("least", e)
    create("whole", {**e, "name": "whole", "model_type": "t", "source_run_id": "{runlm}", "params": [{"key": "a", "value": "1"}],
                     "tags": tags(team="red")}, modelw="model.info.model_id")
    for what, name in (("empty", ""), ("null", None), ("number", 5), ("slash", "a/b"), ("colon", "a:b"), ("dot", "a.b"), ("percent", "a%b"),
                       ("double quote", 'a"b'), ("quote", "a'b"), ("blank", " "), ("umlaut", "\u00fc"), ("long", "n" * 501),
                       ("very long", "n" * 5000), ("taken", "whole")):
        create(f"name {what}", {**e, "name": name})
    create("no experiment", {"name": "x"})
    create("experiment unknown", {"experiment_id": "987654", "name": "x"})
    create("experiment a word", {"experiment_id": "abc", "name": "x"})
    create("experiment number", {"experiment_id": 1, "name": "x"})
    create("experiment empty", {"experiment_id": "", "name": "x"})
    create("run unknown", {**e, "name": "x", "source_run_id": "nosuchrun"})
    create("run number", {**e, "name": "x", "source_run_id": 5})
    create("type number", {**e, "name": "x", "model_type": 5})
    for kind in ("params", "tags"):
        for what, value in (("a dict", {"a": "b"}), ("null", None), ("a string", "x"), ("empty", []), ("without key", [{"value": "v"}]),
                            ("without value", [{"key": "k"}]), ("value number", [{"key": "k", "value": 5}]),
                            ("twice", [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]), ("key bad", [{"key": "a,b", "value": "1"}]),
                            ("key long", [{"key": "k" * 251, "value": "1"}]), ("value long", [{"key": "k", "value": "v" * 8001}])):
            create(f"{kind} {what}", {**e, "name": "y", kind: value})

    one = f"{path}/{{modelw}}"
    script.get("logged models/get", one)
    script.get("logged models/get unknown", f"{path}/m-nosuch")
    script.get("logged models/get, a run", f"{path}/{{runlm}}")
    script.get("logged models/get, allow deleted", one, {"allow_deleted": "true"})
    script.get("logged models/get, allow a word", one, {"allow_deleted": "maybe"})

    def finish(what: str, body: Any, at: str = one) -> None:
        script.patch(f"logged models/finish {what}", at, body)

    for what, status in (("by number", 1), ("by number as text", "2"), ("pending", "LOGGED_MODEL_PENDING"), ("failed", "LOGGED_MODEL_UPLOAD_FAILED"),
                         ("ready", "LOGGED_MODEL_READY"), ("unspecified", "LOGGED_MODEL_STATUS_UNSPECIFIED"), ("unknown", "READY"),
                         ("number unknown", 9), ("lower case", "logged_model_ready"), ("null", None), ("empty", ""), ("a float", 2.0)):
        finish(what, {"model_id": "{modelw}", "status": status})
    finish("no status", {"model_id": "{modelw}"})
    finish("no id", {"status": "LOGGED_MODEL_READY"})
    finish("id unlike", {"model_id": "m-nosuch", "status": "LOGGED_MODEL_READY"})
    finish("of an unknown one", {"model_id": "m-nosuch", "status": "LOGGED_MODEL_READY"}, f"{path}/m-nosuch")
    script.post("logged models/finish by POST", one, {"model_id": "{modelw}", "status": "LOGGED_MODEL_READY"})

    def set_tags(what: str, body: Any) -> None:
        script.patch(f"logged models/tags {what}", f"{one}/tags", body)

    set_tags("plain", {"tags": tags(a="1", b="2")})
    set_tags("changed", {"tags": tags(a="3")})
    set_tags("none", {})
    set_tags("empty", {"tags": []})
    set_tags("a dict", {"tags": {"a": "1"}})
    set_tags("null", {"tags": None})
    set_tags("without key", {"tags": [{"value": "v"}]})
    set_tags("key bad", {"tags": [{"key": "a,b", "value": "v"}]})
    script.post("logged models/make one for what is odd", path, {**e, "name": "odd"}, modelodd="model.info.model_id")
    script.patch("logged models/tags value number", f"{path}/{{modelodd}}/tags", {"tags": [{"key": "c", "value": 5}]})
    set_tags("twice", {"tags": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]})
    set_tags("id unlike", {"model_id": "m-nosuch", "tags": tags(e="1")})
    script.patch("logged models/tags unknown", f"{path}/m-nosuch/tags", {"tags": tags(a="1")})
    script.delete("logged models/untag", f"{one}/tags/b")
    script.delete("logged models/untag again", f"{one}/tags/b")
    script.delete("logged models/untag unknown", f"{path}/m-nosuch/tags/b")
    script.delete("logged models/untag a key with a blank", f"{one}/tags/a%20b")
    script.post("logged models/params", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "p", "value": "1"}]})
    script.post("logged models/params again", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "p", "value": "1"}]})
    script.post("logged models/params changed", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "p", "value": "2"}]})
    script.post("logged models/params no id", f"{path}/{{modelodd}}/params", {"params": [{"key": "q", "value": "1"}]})
    script.post("logged models/params none", f"{one}/params", {"model_id": "{modelw}"})
    script.post("logged models/params a dict", f"{one}/params", {"model_id": "{modelw}", "params": {"a": "1"}})
    script.post("logged models/params key bad", f"{one}/params", {"model_id": "{modelw}", "params": [{"key": "a,b", "value": "1"}]})
    script.post("logged models/params unknown", f"{path}/m-nosuch/params", {"model_id": "m-nosuch", "params": [{"key": "q", "value": "1"}]})
    script.get("logged models/get, all of it", one)

    folder = "{explm}/models/{modelw}/artifacts"
    script.upload("logged models/file a", f"{folder}/a.txt", b"aaa")
    script.upload("logged models/file sub/b", f"{folder}/sub/b.txt", b"bb")
    for what, query in (("", ""), (" of sub", {"artifact_directory_path": "sub"}), (" of a file", {"artifact_directory_path": "a.txt"}),
                        (" of nothing", {"artifact_directory_path": "none"}), (" up", {"artifact_directory_path": ".."}),
                        (" up encoded", {"artifact_directory_path": "%2e%2e/x"}), (" empty", {"artifact_directory_path": ""})):
        script.get(f"logged models/directory{what}", f"{one}/artifacts/directories", query)
    script.get("logged models/directory unknown", f"{path}/m-nosuch/artifacts/directories")
    files = f"/ajax-api/2.0/mlflow/{one}/artifacts/files"
    for what, query in (("", {"artifact_file_path": "sub/b.txt"}), (" none", ""), (" empty", {"artifact_file_path": ""}),
                        (" up", {"artifact_file_path": "../a.txt"}), (" missing", {"artifact_file_path": "nosuch"}),
                        (" a folder", {"artifact_file_path": "sub"})):
        script.add(f"logged models/file{what}", "GET", files, query, shown=FILE_HEADERS)
    script.get("logged models/file unknown", "/ajax-api/2.0/mlflow/logged-models/m-nosuch/artifacts/files", {"artifact_file_path": "a"})

    create("to delete", {**e, "name": "gone"}, modelgone="model.info.model_id")
    gone = f"{path}/{{modelgone}}"
    script.delete("logged models/delete", gone)
    script.delete("logged models/delete again", gone)
    script.delete("logged models/delete unknown", f"{path}/m-nosuch")
    script.get("logged models/deleted get", gone)
    script.get("logged models/deleted get, allowed", gone, {"allow_deleted": "true"})
    script.get("logged models/deleted get, allowed as Python does", gone, {"allow_deleted": "True"})
    script.patch("logged models/deleted finish", gone, {"model_id": "{modelgone}", "status": "LOGGED_MODEL_READY"})
    script.patch("logged models/deleted tags", f"{gone}/tags", {"tags": tags(a="1")})
    script.post("logged models/deleted log-metric", "runs/log-metric", {"run_id": "{runlm}", "key": "m", "value": 1, "timestamp": T0,
                                                                        "model_id": "{modelgone}"})
    script.post("logged models/deleted outputs", "runs/outputs", {"run_id": "{runlm}", "models": [{"model_id": "{modelgone}", "step": 0}]})


def logged_models_search(script: Script) -> None:
    path = "logged-models/search"
    script.post("logged search/make an experiment", "experiments/create", {"name": "logged search"}, explms="experiment_id")
    script.post("logged search/make a run", "runs/create", {"experiment_id": "{explms}", "start_time": T0, "run_name": "logging"},
                runlms="run.info.run_id")
    made = (("ls1", "alpha", "tree", {"depth": "4"}, {"team": "red"}, 0.9, "READY"), ("ls2", "Beta", "net", {"depth": "8"}, {"team": "blue"}, 0.8,
                                                                                      "UPLOAD_FAILED"),
            ("ls3", "gamma_x", "", {}, {"a-b": "dash"}, 0.7, "PENDING"), ("ls4", "alpha", "tree", {"depth": "10"}, {"team": "Red"}, None, "READY"),
            ("ls5", "gone", "tree", {}, {"team": "red"}, 0.5, "READY"))
    for label, name, kind, params, own, value, status in made:
        script.post(f"logged search/make {label}", "logged-models",
                    {"experiment_id": "{explms}", "name": name, "model_type": kind, "source_run_id": "{runlms}" if label != "ls3" else "",
                     "params": [{"key": k, "value": v} for k, v in params.items()], "tags": tags(**own)}, **{label: "model.info.model_id"})
        script.patch(f"logged search/finish {label}", f"logged-models/{{{label}}}", {"model_id": f"{{{label}}}", "status": f"LOGGED_MODEL_{status}"})
        if value is not None:
            script.post(f"logged search/log {label}", "runs/log-batch",
                        {"run_id": "{runlms}", "metrics": [{"key": "acc", "value": value, "timestamp": T0 + 1, "step": 1, "model_id": f"{{{label}}}"},
                                                           {"key": "acc", "value": 0.1, "timestamp": T0, "step": 0, "model_id": f"{{{label}}}"},
                                                           {"key": "rmse", "value": 7, "timestamp": T0, "step": 0, "model_id": f"{{{label}}}",
                                                            "dataset_name": "test", "dataset_digest": "t1"}]})
    script.post("logged search/log on a dataset", "runs/log-metric", {"run_id": "{runlms}", "key": "acc", "value": 0.99, "timestamp": T0 + 2,
                                                                      "step": 2, "model_id": "{ls2}",
                                                                      "dataset_name": "test", "dataset_digest": "t1"})
    script.delete("logged search/delete", "logged-models/{ls5}")
    script.post("logged search/make an experiment for NaN", "experiments/create", {"name": "logged search NaN"}, explmn="experiment_id")
    for label, value in (("lsn1", "NaN"), ("lsn2", 0.5), ("lsn3", "Infinity"), ("lsn4", None)):
        script.post(f"logged search/make {label}", "logged-models", {"experiment_id": "{explmn}", "name": label}, **{label: "model.info.model_id"})
        if value is not None:
            script.post(f"logged search/log {label}", "runs/log-metric",
                        {"run_id": "{runlms}", "key": "acc", "value": value, "timestamp": T0, "model_id": f"{{{label}}}"})
    script.get("logged search/get of NaN", "logged-models/{lsn1}")
    for ascending in (True, False):
        script.post(f"logged search/order by a metric with NaN, ascending {ascending}", path,
                    {"experiment_ids": ["{explmn}"], "order_by": [{"field_name": "metrics.acc", "ascending": ascending}]})
    script.post("logged search/filter with NaN", path, {"experiment_ids": ["{explmn}"], "filter": "metrics.acc < 0.9"})

    def search(what: str, filter_string: Optional[str] = None, **rest: Any) -> None:
        body = {"experiment_ids": ["{explms}"], **({} if filter_string is None else {"filter": filter_string}), **rest}
        script.post(f"logged search/{what}", path, {key: value for key, value in body.items() if value is not ...})

    search("all")
    for text in ("", "name = 'alpha'", "name != 'alpha'", "name LIKE 'a%'", "name ILIKE 'B%'", "name IN ('alpha', 'Beta')", "name NOT IN ('alpha')",
                 "attributes.name = 'alpha'", "attribute.name = 'alpha'", "attr.name = 'alpha'", "model_id = '{ls1}'",
                 "model_id IN ('{ls1}', '{ls2}')", "model_type = 'tree'", "model_type = ''", "status = 'READY'", "status = 'LOGGED_MODEL_READY'",
                 "status != 'READY'", "status IN ('READY', 'PENDING')", "status = 'FOO'", "status = 1", "source_run_id = '{runlms}'",
                 "source_run_id != '{runlms}'", "creation_time > 0", "creation_timestamp > 0", "creation_timestamp_ms < 5",
                 "last_updated_timestamp > 0", "last_updated_timestamp_ms > 0", "creation_time > '5'", "creation_time LIKE '5'",
                 "experiment_id = '1'", "lifecycle_stage = 'active'", "foo = 'x'", "params.depth = '4'", "params.depth != '4'",
                 "params.depth LIKE '1%'", "params.depth = 4", "params.depth > '4'", "params.depth IN ('4', '8')", "params.depth IS NULL",
                 "params.depth IS NOT NULL", "param.depth = '4'", "tags.team = 'red'", "tags.team ILIKE 'RED'", "tags.team != 'red'",
                 "tags.`a-b` = 'dash'", "tags.a-b = 'dash'", "tags.team IS NULL", "tags.team IS NOT NULL", "tags.team IN ('red')", "tag.team = 'red'",
                 "metrics.acc > 0.85", "metrics.acc >= 0.8", "metrics.acc = 0.1", "metrics.acc != 0.9", "metrics.rmse = 7", "metrics.acc > '0.5'",
                 "metrics.acc LIKE '0'", "metrics.acc IS NULL", "metric.acc > 0.85", "metrics.acc > 0.5 AND params.depth = '4'",
                 "metrics.acc > 0.5 and name LIKE 'a%' AND tags.team = 'red'", "name = 'alpha' OR name = 'Beta'", "(name = 'alpha')",
                 "NOT name = 'alpha'", "name", "name =", "name = alpha", "name = 5", "name > 'a'", "name == 'alpha'", "name = 'alpha", "name IN ()",
                 "datasets.name = 'test'", "foo.bar = 'x'", "name = 'it''s'"):
        search(f"filter {text!r}", text)
    for what, data in (("known", [{"dataset_name": "test", "dataset_digest": "t1"}]), ("by name", [{"dataset_name": "test"}]),
                       ("unknown", [{"dataset_name": "nosuch"}]), ("without name", [{"dataset_digest": "t1"}]), ("a dict", {"dataset_name": "test"}),
                       ("empty", [])):
        search(f"datasets {what}", "metrics.acc > 0.85", datasets=data)
        search(f"datasets {what}, no filter", None, datasets=data)

    def by(field: Any, **rest: Any) -> Dict[str, Any]:
        return {"field_name": field, **rest}

    for what, order in (("name", [by("name")]), ("name descending", [by("name", ascending=False)]),
                        ("name, then type", [by("name"), by("creation_timestamp", ascending=False)]),
                        ("creation_timestamp", [by("creation_timestamp")]), ("creation_time", [by("creation_time")]),
                        ("creation_timestamp_ms", [by("creation_timestamp_ms")]), ("last_updated_timestamp", [by("last_updated_timestamp")]),
                        ("metrics.acc", [by("metrics.acc")]), ("metrics.acc descending", [by("metrics.acc", ascending=False)]),
                        ("metrics.acc on a dataset", [by("metrics.acc", ascending=False, dataset_name="test")]),
                        ("metrics.acc on a dataset and digest", [by("metrics.acc", dataset_name="test", dataset_digest="t1")]),
                        ("digest without name", [by("metrics.acc", dataset_digest="t1")]), ("params.depth", [by("params.depth")]),
                        ("tags.team", [by("tags.team")]), ("status", [by("status"), by("name")]), ("foo", [by("foo")]),
                        ("attributes.name", [by("attributes.name")]), ("empty", [by("")]), ("no field", [{}]), ("with direction", [by("name DESC")]),
                        ("field number", [by(5)]), ("ascending a word", [by("name", ascending="yes")]), ("strings", ["name"]),
                        ("a dict", by("name"))):
        search(f"order {what}", None, order_by=order)
    for count in (0, -1, 2, "2", "x", 1.5, 50000, 50001, 2147483648, None):
        search(f"max {count!r}", None, max_results=count)
    for what, ids in (("none", []), ("missing", ...), ("null", None), ("unknown", ["987654"]), ("a string", "1"), ("numbers", [1]),
                      ("a word", ["abc"])):
        search(f"experiments {what}", None, experiment_ids=ids)
    page = {"experiment_ids": ["{explms}"], "max_results": 2, "order_by": [by("name")]}
    script.post("logged search/page 1", path, page, toklm="next_page_token")
    script.post("logged search/page 2", path, {**page, "page_token": "{toklm}"})
    search("page of another order", None, max_results=2, page_token="{toklm}")
    search("page of another filter", "name = 'alpha'", max_results=2, order_by=[by("name")], page_token="{toklm}")
    search("page exactly full", None, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", None, page_token=token)
