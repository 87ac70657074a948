"""Registered models and their versions, and searching both."""

import re
from typing import Any

from tests.support.mlflow_calls.script import ARTIFACTS, bad_tokens, FILE_HEADERS, model_folder, Query, Script, T0, tags


def registered_models(script: Script) -> None:
    def create(what: str, body: Any) -> None:
        script.post(f"models/create {what}", "registered-models/create", body)

    create("plain", {"name": "model-a"})
    create("again", {"name": "model-a"})
    create("whole", {"name": "model-b", "description": "about b", "tags": tags(team="red", stage="x")})
    create("description empty", {"name": "model-c", "description": ""})
    create("description number", {"name": "model-d", "description": 5})
    create("description long", {"name": "model-e", "description": "d" * 5001})
    create("job", {"name": "model-f", "deployment_job_id": "j"})
    create("other case", {"name": "MODEL-A"})
    for what, name in (("none", ...), ("empty", ""), ("null", None), ("number", 5), ("blank", "  "), ("slash", "a/b"), ("colon", "a:b"),
                       ("dots", ".."), ("a dot", "."), ("up", "../a"), ("encoded", "%61bc"), ("encoded slash", "a%2fb"), ("percent", "100% sure"),
                       ("with a blank", "my model"), ("blanks around", " around "), ("umlaut", "gr\u00f6\u00dfe"), ("chinese", "\u6a21\u578b"),
                       ("comma", "a,b"), ("at", "a@b"), ("quote", "it's"), ("backslash", "a\\b"), ("hash", "a#b"), ("question", "a?b"),
                       ("dot inside", "a.b"), ("underscore", "a_b"), ("digits", "123"), ("dash first", "-a"), ("dot first", ".hidden"),
                       ("256", "n" * 256), ("257", "n" * 257), ("NUL", "a\x00b"), ("line", "a\nb"), ("bidi", "a\u202eb"), ("emoji", "\U0001f600"),
                       ("plus", "a+b"), ("angle", "<b>x</b>")):
        create(f"name {what}", {"name": name} if name is not ... else {})
    for what, value in (("a dict", {"a": "b"}), ("null", None), ("a string", "x"), ("empty", []), ("without key", [{"value": "v"}]),
                        ("without value", [{"key": "k"}]), ("value number", [{"key": "k", "value": 5}]), ("key bad", [{"key": "a,b", "value": "1"}]),
                        ("key long", [{"key": "k" * 251, "value": "1"}]), ("value 100000", [{"key": "k", "value": "v" * 100_000}]),
                        ("value 100001", [{"key": "k", "value": "v" * 100_001}]), ("twice", [{"key": "k", "value": "1"},
                                                                                             {"key": "k", "value": "2"}])):
        create(f"tags {what}", {"name": "model-tags-" + re.sub(r"\W+", "-", what), "tags": value})

    for what, query in (("", {"name": "model-b"}), (" none", ""), (" empty", {"name": ""}), (" unknown", {"name": "model-none"}),
                        (" other case", {"name": "MODEL-B"}), (" blank", {"name": " "}), (" slash", {"name": "a/b"}),
                        (" encoded", {"name": "model%2Db"})):
        script.get(f"models/get{what}", "registered-models/get", query)

    def update(what: str, body: Any) -> None:
        script.patch(f"models/update {what}", "registered-models/update", body)

    update("plain", {"name": "model-b", "description": "new"})
    update("to empty", {"name": "model-b", "description": ""})
    update("number", {"name": "model-b", "description": 5})
    update("again", {"name": "model-b", "description": "newer"})
    update("null", {"name": "model-b", "description": None})
    update("none", {"name": "model-b"})
    update("unknown", {"name": "model-none", "description": "x"})
    update("no name", {"description": "x"})
    update("name number", {"name": 5, "description": "x"})
    script.get("models/get updated", "registered-models/get", {"name": "model-b"})

    def tag(what: str, body: Any) -> None:
        script.post(f"models/tag {what}", "registered-models/set-tag", body)

    for what, body in (("plain", {"key": "a", "value": "1"}), ("again", {"key": "a", "value": "2"}), ("value empty", {"key": "b", "value": ""}),
                       ("no value", {"key": "c"}), ("value null", {"key": "d", "value": None}), ("value number", {"key": "e", "value": 5}),
                       ("no key", {"value": "1"}), ("key empty", {"key": "", "value": "1"}), ("key bad", {"key": "a,b", "value": "1"}),
                       ("key up", {"key": "../a", "value": "1"}), ("key 250", {"key": "k" * 250, "value": "1"}),
                       ("key 251", {"key": "k" * 251, "value": "1"}), ("value 100001", {"key": "f", "value": "v" * 100_001}),
                       ("key signs", {"key": "a/b_c-d.e f:g", "value": "1"})):
        tag(what, {"name": "model-b", **body})
    tag("unknown", {"name": "model-none", "key": "a", "value": "1"})
    tag("no name", {"key": "a", "value": "1"})

    def untag(what: str, body: Any) -> None:
        script.delete(f"models/untag {what}", "registered-models/delete-tag", body)

    untag("plain", {"name": "model-b", "key": "a"})
    untag("again", {"name": "model-b", "key": "a"})
    untag("no key", {"name": "model-b"})
    untag("key bad", {"name": "model-b", "key": "a,b"})
    untag("unknown", {"name": "model-none", "key": "a"})
    script.get("models/get tagged", "registered-models/get", {"name": "model-b"})

    def rename(what: str, body: Any) -> None:
        script.post(f"models/rename {what}", "registered-models/rename", body)

    rename("no new name", {"name": "model-c"})
    rename("new name empty", {"name": "model-c", "new_name": ""})
    rename("new name bad", {"name": "model-c", "new_name": "a/b"})
    rename("new name number", {"name": "model-c", "new_name": 5})
    rename("unknown", {"name": "model-none", "new_name": "x"})
    rename("no name", {"new_name": "x"})

    def delete(what: str, body: Any) -> None:
        script.delete(f"models/delete {what}", "registered-models/delete", body)

    delete("plain", {"name": "model-f"})
    delete("again", {"name": "model-f"})
    delete("no name", {})
    delete("no body", None)
    delete("name number", {"name": 5})
    delete("name empty", {"name": ""})
    create("after deletion", {"name": "model-f"})
    script.get("models/latest of none", "registered-models/get-latest-versions", {"name": "model-a"})
    script.post("models/latest unknown", "registered-models/get-latest-versions", {"name": "model-none"})
    script.post("models/latest no name", "registered-models/get-latest-versions", {})
    script.post("models/latest stage unknown", "registered-models/get-latest-versions", {"name": "model-a", "stages": ["Foo"]})
    script.post("models/latest stages a string", "registered-models/get-latest-versions", {"name": "model-a", "stages": "Staging"})
    script.post("models/latest stages numbers", "registered-models/get-latest-versions", {"name": "model-a", "stages": [5]})


def models_search(script: Script) -> None:
    for name, own in (("find-alpha", {"team": "red"}), ("find-beta", {"team": "blue", "mlflow.prompt.is_prompt": "false"}), ("find-gamma_x", {}),
                      ("find-Delta", {"team": "Red", "a.b": "dot"})):
        script.post(f"models search/make {name}", "registered-models/create", {"name": name, "tags": tags(**own)})

    def search(what: str, **query: Any) -> None:
        script.get(f"models search/{what}", "registered-models/search", query)

    mine = "name LIKE 'find-%'"
    for text in (mine, "name = 'find-alpha'", f"name != 'find-alpha' AND {mine}", "name LIKE '%-alpha'", "name ILIKE 'FIND-d%'",
                 "name LIKE 'find-_eta'", "name LIKE 'find-gamma_x'", "name IN ('find-alpha', 'find-beta')", f"name NOT IN ('find-alpha') AND {mine}",
                 "attribute.name = 'find-alpha'", "`name` = 'find-alpha'", 'name = "find-alpha"', "tags.team = 'red'", "tag.team = 'red'",
                 f"tags.team != 'red' AND {mine}", "tags.team LIKE 'r%'", "tags.team ILIKE 'R%'", "tags.`a.b` = 'dot'", "tags.a.b = 'dot'",
                 "tags.team IS NULL", "tags.team IS NOT NULL", "tags.team IN ('red')", f"{mine} AND tag.`mlflow.prompt.is_prompt` != 'true'",
                 f"{mine} AND tags.`mlflow.prompt.is_prompt` = 'false'", f"{mine} AND tag.`mlflow.prompt.is_prompt` = 'true'",
                 "creation_timestamp > 0", "last_updated_timestamp > 0", "foo = 'x'", "params.a = '1'", "metrics.a > 1", "name = 5", "name > 'a'",
                 "name", "name =", "name = 'a' OR name = 'b'", "(name = 'a')", "name = 'a' AND", "name == 'a'", "name = 'a", "name IS NULL",
                 "name IN ()", "version = '1'", " ", "name = 'find-alpha' AND tags.team = 'red' and name LIKE '%'", "name like 'find-a%'",
                 "tags.team = 5"):
        search(f"filter {text!r}", filter=text)
    for order in (["name"], ["name DESC"], ["name asc"], ["creation_timestamp"], ["creation_timestamp DESC"], ["last_updated_timestamp ASC"],
                  ["timestamp DESC"], ["timestamp", "name DESC"], ["foo"], ["name SIDEWAYS"], [""], ["tags.team"], ["name DESC", "name"],
                  ["attribute.name"], ["`name` DESC"]):
        search(f"order {order}", filter=mine, order_by=order)
    for count in ("0", "-1", "2", "1000", "1001", "x", "2.0", ""):
        search(f"max {count!r}", filter=mine, max_results=count)
    script.get("models search/page 1", "registered-models/search", {"filter": mine, "max_results": 3}, tokmod="next_page_token")
    search("page 2", filter=mine, max_results=3, page_token="{tokmod}")
    search("page exactly full", filter=mine, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", filter=mine, page_token=token)


def versions(script: Script) -> None:
    script.post("versions/make an experiment", "experiments/create", {"name": "versions here"}, expv="experiment_id")
    script.post("versions/make a run", "runs/create", {"experiment_id": "{expv}", "start_time": T0, "run_name": "version"}, runv="run.info.run_id")
    script.post("versions/make another run", "runs/create", {"experiment_id": "{expv}", "start_time": T0, "run_name": "version 2"},
                runv2="run.info.run_id")
    script.post("versions/make a model", "logged-models", {"experiment_id": "{expv}", "name": "vmodel", "source_run_id": "{runv}"},
                modelv="model.info.model_id")
    script.post("versions/make another model", "logged-models", {"experiment_id": "{expv}", "name": "vmodel2"}, modelv2="model.info.model_id")
    model_folder(script, "versions/model files", "{expv}/models/{modelv}/artifacts")
    model_folder(script, "versions/other model's files", "{expv}/models/{modelv2}/artifacts")
    model_folder(script, "versions/run files", "{expv}/{runv}/artifacts/model")
    script.patch("versions/model ready", "logged-models/{modelv}", {"model_id": "{modelv}", "status": "LOGGED_MODEL_READY"})
    for name in ("version-a", "version-b", "version-s", "version-x", "version-own", "version-slash", "version-again"):
        script.post(f"versions/make {name}", "registered-models/create", {"name": name})

    def create(what: str, body: Any, **capture: str) -> None:
        script.post(f"versions/create {what}", "model-versions/create", {"name": "version-a", **body}, **capture)

    of_model = {"source": "models:/{modelv}", "model_id": "{modelv}"}
    of_run = {"source": "mlflow-artifacts:/{expv}/{runv}/artifacts/model", "run_id": "{runv}"}
    create("of a logged model", of_model)
    create("of a run's folder", of_run)
    create("of a run", {"source": "runs:/{runv}/model", "run_id": "{runv}"})
    create("of a logged model's folder", {"source": "mlflow-artifacts:/{expv}/models/{modelv}/artifacts", "model_id": "{modelv}"})
    create("of a logged model and its run", {**of_model, "run_id": "{runv}"})
    create("of a logged model and another run", {**of_model, "run_id": "{runv2}"})
    create("of a logged model without run", {"source": "models:/{modelv2}", "model_id": "{modelv2}"})
    create("of a version", {"source": "models:/version-a/1"})
    create("of our address", {"name": "version-own", "source": "http://{host}/api/2.0/mlflow-artifacts/artifacts/{expv}/{runv}/artifacts/model",
                              "run_id": "{runv}"})
    create("whole", {**of_run, "description": "whole", "run_link": "http://example.org/r", "tags": tags(a="1", b="2")})
    create("tags twice", {**of_run, "tags": [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]})
    create("description empty", {**of_run, "description": ""})
    for what, body in (("no source", {}), ("source empty", {"source": ""}), ("source null", {"source": None}), ("source number", {"source": 5}),
                       ("run number", {**of_run, "run_id": 5}), ("model number", {**of_model, "model_id": 5}),
                       ("tags a dict", {**of_run, "tags": {"a": "b"}}), ("tag key bad", {**of_run, "tags": tags(**{"a,b": "1"})}),
                       ("tag key long", {**of_run, "tags": tags(**{"k" * 251: "1"})}), ("tag without value", {**of_run, "tags": [{"key": "k"}]}),
                       ("tag value long", {**of_run, "tags": tags(k="v" * 100_001)}), ("description number", {**of_run, "description": 5}),
                       ("link number", {**of_run, "run_link": 5}), ("unknown model", {**of_model, "name": "version-none"}),
                       ("name null", {**of_model, "name": None}), ("name number", {**of_model, "name": 5}), ("name bad", {**of_model, "name": "a/b"}),
                       ("name empty", {**of_model, "name": ""})):
        create(what, body)
    for what, body in (("models: without id", {"source": "models:/{modelv}"}), ("models: another id",
                                                                                {"source": "models:/{modelv}", "model_id": "{modelv2}"}),
                       ("models: unknown id", {"source": "models:/m-nosuch", "model_id": "m-nosuch"}),
                       ("models: unknown model", {"source": "models:/version-none/1"}), ("models: unknown version",
                                                                                         {"source": "models:/version-a/99"}),
                       ("models: unknown alias", {"source": "models:/version-a@none"}), ("models: no version", {"source": "models:/version-a"}),
                       ("models: latest", {"source": "models:/version-b/latest"}), ("models: of another run",
                                                                                    {"source": "models:/version-a/2", "run_id": "{runv2}"}),
                       ("models: of its run", {"source": "models:/version-a/2", "run_id": "{runv}"}),
                       ("models: with a host", {"source": "models://host/version-a/1"}), ("models: run empty",
                                                                                          {"source": "models:/version-a/2", "run_id": ""}),
                       ("models: stage", {"source": "models:/version-a/Production"}), ("models: a path behind", {"source": "models:/version-a/1/x"}),
                       ("runs: without run", {"source": "runs:/{runv}/model"}), ("runs: another run",
                                                                                 {"source": "runs:/{runv}/model", "run_id": "{runv2}"}),
                       ("runs: unknown run", {"name": "version-own", "source": "runs:/nosuchrun/model", "run_id": "nosuchrun"}),
                       ("runs: with a host", {"source": "runs://host/{runv}/model", "run_id": "{runv}"}),
                       ("runs: with a model", {"source": "runs:/{runv}/model", "model_id": "{modelv}"}),
                       ("folder without run", {"source": of_run["source"]}), ("folder of another run", {**of_run, "run_id": "{runv2}"}),
                       ("folder of an unknown run", {**of_run, "run_id": "nosuchrun"}), ("folder of a model",
                                                                                         {"source": of_run["source"], "model_id": "{modelv}"}),
                       ("folder and a model of no kind", {**of_run, "model_id": "m-nosuch"})):
        create(what, body)
    root = "mlflow-artifacts:/{expv}/{runv}/artifacts"
    for what, source in (("s3", "s3://bucket/x"), ("gs", "gs://bucket/x"), ("dbfs", "dbfs:/x"), ("http", "http://example.org/x"),
                         ("https artifacts of another", "https://example.org/api/2.0/mlflow-artifacts/artifacts/x"), ("absolute", "/etc"),
                         ("file", "file:///etc"), ("FILE", "FILE:/etc"), ("file host", "file://localhost/etc"),
                         ("file backslash", "file:///\\..\\..\\etc"), ("relative", "model"), ("dots", root + "/../../x"),
                         ("encoded dots", root + "/%2e%2e/x"), ("twice encoded dots", root + "/%252e%252e/x"), ("encoded slash", root + "%2fmodel"),
                         ("fragment", root + "/model#x"), ("fragment dots", root + "/model#/../../etc"), ("query", root + "/model?x=1"),
                         ("query dots", root + "/model?x=../.."), ("params", root + "/model;x"), ("NUL", root + "%00"),
                         ("double slash", root + "//model"), ("a dot", root + "/./model"),
                         ("host", root.replace(":/", "://example.org/") + "/model"), ("our host", root.replace(":/", "://{host}/") + "/model"),
                         ("capitals", root.replace("mlflow-artifacts", "MLFLOW-ARTIFACTS") + "/model"), ("runs dots", "runs:/{runv}/../x"),
                         ("runs encoded dots", "runs:/{runv}/%2e%2e/x"), ("backslash", root + "\\model"), ("UNC", "\\\\host\\share"),
                         ("drive", "C:\\x"), ("prompt", "prompt-template"), ("root", "mlflow-artifacts:/")):
        script.post(f"versions/source {what}", "model-versions/create", {"name": "version-x", "source": source, "run_id": "{runv}"})
    create("of a folder with a slash behind", {"name": "version-slash", "source": "mlflow-artifacts:/{expv}/{runv}/artifacts/model/",
                                               "run_id": "{runv}"})
    create("of a folder without files", {"name": "version-slash", "source": "mlflow-artifacts:/{expv}/{runv2}/artifacts/model", "run_id": "{runv2}"})
    create("before the model's deletion", {**of_run, "name": "version-again"})
    script.delete("versions/model deleted", "registered-models/delete", {"name": "version-again"})
    script.get("versions/get of a deleted model", "model-versions/get", {"name": "version-again", "version": "1"})
    script.post("versions/model made again", "registered-models/create", {"name": "version-again"})
    create("after the model's deletion", {**of_run, "name": "version-again"})
    script.upload("versions/registered file overwritten", "{expv}/{runv}/artifacts/model/weights.txt", b"0.5 0.5\n")
    script.delete("versions/registered file deleted", f"{ARTIFACTS}artifacts/{{expv}}/{{runv}}/artifacts/model/weights.txt")
    script.post("versions/prompt tag", "model-versions/create", {"name": "version-x", "source": "/etc",
                                                                 "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]})
    script.get("versions/logged model names its versions", "logged-models/{modelv}")

    def named(verb: str, what: str, query: Query) -> None:
        script.get(f"versions/{verb} {what}", f"model-versions/{verb}", query)

    for verb in ("get", "get-download-uri"):
        for what, query in (("unknown", {"name": "version-a", "version": "99"}), ("of an unknown model", {"name": "version-none", "version": "1"}),
                            ("a word", {"name": "version-a", "version": "abc"}), ("0", {"name": "version-a", "version": "0"}),
                            ("negative", {"name": "version-a", "version": "-1"}), ("a fraction", {"name": "version-a", "version": "1.0"}),
                            ("no name", {"version": "1"}), ("no version", {"name": "version-a"}), ("nothing", ""),
                            ("empty", {"name": "version-a", "version": ""}), ("2^63", {"name": "version-a", "version": str(2**63)}),
                            ("blanks", {"name": "version-a", "version": " 1 "}), ("latest", {"name": "version-a", "version": "latest"})):
            named(verb, what, query)
        named(verb, "1", {"name": "version-a", "version": "1"})
        named(verb, "2", {"name": "version-a", "version": "2"})
        named(verb, "01", {"name": "version-a", "version": "01"})

    def update(what: str, body: Any) -> None:
        script.patch(f"versions/update {what}", "model-versions/update", {"name": "version-a", "version": "2", **body})

    update("plain", {"description": "new"})
    update("none", {})
    update("null", {"description": None})
    update("number", {"description": 5})
    update("empty", {"description": ""})
    update("version number", {"version": 2, "description": "x"})
    update("version unknown", {"version": "99", "description": "x"})
    update("version a word", {"version": "abc", "description": "x"})
    update("model unknown", {"name": "version-none", "description": "x"})

    def tag(what: str, body: Any) -> None:
        script.post(f"versions/tag {what}", "model-versions/set-tag", {"name": "version-a", "version": "2", **body})

    for what, body in (("plain", {"key": "a", "value": "1"}), ("again", {"key": "a", "value": "2"}), ("value empty", {"key": "b", "value": ""}),
                       ("no value", {"key": "c"}), ("value null", {"key": "d", "value": None}), ("value number", {"key": "e", "value": 5}),
                       ("no key", {"value": "1"}), ("key bad", {"key": "a,b", "value": "1"}), ("key 251", {"key": "k" * 251, "value": "1"}),
                       ("value 100001", {"key": "f", "value": "v" * 100_001}), ("unknown version", {"version": "99", "key": "a", "value": "1"}),
                       ("version a word", {"version": "abc", "key": "a", "value": "1"}), ("unknown model",
                                                                                          {"name": "version-none", "key": "a", "value": "1"}),
                       ("version as a number", {"version": 2, "key": "a", "value": "1"})):
        tag(what, body)
    script.post("versions/tag no version", "model-versions/set-tag", {"name": "version-a", "key": "a", "value": "1"})

    def untag(what: str, body: Any) -> None:
        script.delete(f"versions/untag {what}", "model-versions/delete-tag", {"name": "version-a", "version": "2", **body})

    untag("plain", {"key": "a"})
    untag("again", {"key": "a"})
    untag("no key", {})
    untag("unknown version", {"version": "99", "key": "a"})
    untag("unknown model", {"name": "version-none", "key": "a"})
    script.get("versions/get tagged", "model-versions/get", {"name": "version-a", "version": "2"})

    def alias(what: str, body: Any) -> None:
        script.post(f"versions/alias {what}", "registered-models/alias", {"name": "version-a", "version": "1", **body})

    for what, word in (("plain", "prod"), ("again", "prod"), ("signs", "a_b-C1"), ("empty", ""), ("null", None), ("number", 5), ("latest", "latest"),
                       ("Latest", "LaTest"), ("v1", "v1"), ("V12", "V12"), ("v", "v"), ("v1x", "v1x"), ("blank", "a b"), ("dot", "a.b"),
                       ("slash", "a/b"), ("umlaut", "\u00fc"), ("255", "a" * 255), ("256", "a" * 256), ("digits", "123")):
        alias(f"name {what}", {"alias": word})
    alias("name line", {"name": "version-slash", "alias": "a\n"})
    alias("moved", {"alias": "prod", "version": "2"})
    alias("version number", {"alias": "num", "version": 2})
    alias("version unknown", {"alias": "x", "version": "99"})
    alias("version a word", {"alias": "x", "version": "abc"})
    alias("version latest", {"alias": "x", "version": "latest"})
    alias("model unknown", {"name": "version-none", "alias": "x"})
    script.post("versions/alias no version", "registered-models/alias", {"name": "version-a", "alias": "x"})
    script.post("versions/alias no alias", "registered-models/alias", {"name": "version-a", "version": "1"})
    for what, query in (("", {"name": "version-a", "alias": "prod"}), (" unknown", {"name": "version-a", "alias": "none"}),
                        (" other case", {"name": "version-a", "alias": "PROD"}), (" of an unknown model", {"name": "version-none", "alias": "prod"}),
                        (" latest", {"name": "version-a", "alias": "latest"}), (" LATEST", {"name": "version-a", "alias": "LATEST"}),
                        (" latest of none", {"name": "version-b", "alias": "latest"}), (" none", {"name": "version-a"}),
                        (" bad", {"name": "version-a", "alias": "a/b"}), (" v1", {"name": "version-a", "alias": "v1"})):
        script.get(f"versions/by alias{what}", "registered-models/alias", query)
    script.get("versions/model with aliases", "registered-models/get", {"name": "version-a"})

    def unalias(what: str, body: Any) -> None:
        script.delete(f"versions/unalias {what}", "registered-models/alias", {"name": "version-a", **body})

    unalias("plain", {"alias": "prod"})
    unalias("again", {"alias": "prod"})
    unalias("none", {})
    unalias("bad", {"alias": "a/b"})
    unalias("latest", {"alias": "latest"})
    unalias("of an unknown model", {"name": "version-none", "alias": "prod"})

    def stage(what: str, body: Any) -> None:
        script.post(f"versions/stage {what}", "model-versions/transition-stage", {"name": "version-s", "version": "1", "stage": "Staging",
                                                                                  "archive_existing_versions": False, **body})

    for number in (1, 2, 3):
        script.post(f"versions/create {number} to stage", "model-versions/create", {**of_run, "name": "version-s"})
    stage("plain", {})
    stage("again", {})
    stage("of another", {"version": "2"})
    stage("lower case", {"version": "3", "stage": "production"})
    script.post("versions/latest by stage", "registered-models/get-latest-versions", {"name": "version-s"})
    script.post("versions/latest of one stage", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["Staging"]})
    script.post("versions/latest of a stage in lower case", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["production"]})
    script.post("versions/latest of None", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["None"]})
    script.post("versions/latest of two", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["Staging", "Production"]})
    script.post("versions/latest of no stages", "registered-models/get-latest-versions", {"name": "version-s", "stages": []})
    script.get("versions/latest by GET of two", "registered-models/get-latest-versions", {"name": "version-s", "stages": ["Staging", "Production"]})
    script.get("versions/model by stage", "registered-models/get", {"name": "version-s"})
    stage("archiving", {"version": "2", "stage": "Production", "archive_existing_versions": True})
    script.get("versions/archived", "model-versions/get", {"name": "version-s", "version": "3"})
    stage("to None, archiving", {"stage": "None", "archive_existing_versions": True})
    stage("to Archived, archiving", {"stage": "archived", "archive_existing_versions": True})
    stage("to None", {"stage": "None"})
    stage("unknown", {"stage": "Foo"})
    stage("empty", {"stage": ""})
    stage("number", {"stage": 5})
    stage("archive a word", {"archive_existing_versions": "true"})
    stage("archive a number", {"archive_existing_versions": 1})
    stage("archive null", {"archive_existing_versions": None})
    stage("version unknown", {"version": "99"})
    stage("model unknown", {"name": "version-none"})
    script.post("versions/stage, no archive", "model-versions/transition-stage", {"name": "version-s", "version": "1", "stage": "Staging"})
    script.post("versions/stage, no stage", "model-versions/transition-stage", {"name": "version-s", "version": "1",
                                                                                "archive_existing_versions": False})

    script.post("versions/alias to delete with", "registered-models/alias", {"name": "version-s", "alias": "going", "version": "2"})
    script.delete("versions/delete", "model-versions/delete", {"name": "version-s", "version": "2"})
    script.delete("versions/delete again", "model-versions/delete", {"name": "version-s", "version": "2"})
    script.delete("versions/delete unknown", "model-versions/delete", {"name": "version-s", "version": "99"})
    script.delete("versions/delete a word", "model-versions/delete", {"name": "version-s", "version": "abc"})
    script.delete("versions/delete no version", "model-versions/delete", {"name": "version-s"})
    script.delete("versions/delete version number", "model-versions/delete", {"name": "version-s", "version": 1})
    script.get("versions/deleted get", "model-versions/get", {"name": "version-s", "version": "2"})
    script.get("versions/deleted get-download-uri", "model-versions/get-download-uri", {"name": "version-s", "version": "2"})
    script.get("versions/deleted by alias", "registered-models/alias", {"name": "version-s", "alias": "going"})
    script.post("versions/create after deletion", "model-versions/create", {**of_run, "name": "version-s"})
    script.get("versions/model after deletion", "registered-models/get", {"name": "version-s"})
    script.post("versions/delete the run", "runs/delete", {"run_id": "{runv}"})
    script.get("versions/get, run deleted", "model-versions/get", {"name": "version-a", "version": "2"})
    script.post("versions/create, run deleted", "model-versions/create", {**of_run, "name": "version-b"})

    for what, query in (("", {"name": "version-a", "version": "1", "path": "requirements.txt"}),
                        (" missing", {"name": "version-a", "version": "1", "path": "nosuch"}),
                        (" up", {"name": "version-a", "version": "1", "path": "../x"}), (" absolute",
                                                                                         {"name": "version-a", "version": "1",
                                                                                          "path": "/etc/passwd"}),
                        (" unknown version", {"name": "version-a", "version": "99", "path": "MLmodel"}),
                        (" unknown model", {"name": "version-none", "version": "1", "path": "MLmodel"}),
                        (" no path", {"name": "version-a", "version": "1"}), (" no name", {"version": "1", "path": "MLmodel"}),
                        (" no version", {"name": "version-a", "path": "MLmodel"}), (" of a run",
                                                                                    {"name": "version-a", "version": "2", "path": "MLmodel"})):
        script.add(f"versions/artifact{what}", "GET", "/model-versions/get-artifact", query, shown=FILE_HEADERS)
    script.get("versions/artifact with two slashes", "//model-versions/get-artifact", {"name": "version-a", "version": "1",
                                                                                       "path": "requirements.txt"})


def versions_search(script: Script) -> None:
    script.post("versions search/make an experiment", "experiments/create", {"name": "versions search"}, expvs="experiment_id")
    script.post("versions search/make a run", "runs/create", {"experiment_id": "{expvs}", "start_time": T0, "run_name": "vs"},
                runvs="run.info.run_id")
    script.post("versions search/make another run", "runs/create", {"experiment_id": "{expvs}", "start_time": T0, "run_name": "vs 2"},
                runvs2="run.info.run_id")
    model_folder(script, "versions search/files", "{expvs}/{runvs}/artifacts/model")
    model_folder(script, "versions search/files of another", "{expvs}/{runvs2}/artifacts/model")
    for name in ("seek-a", "seek-b"):
        script.post(f"versions search/make {name}", "registered-models/create", {"name": name})
    for number, (name, run, own) in enumerate((("seek-a", "runvs", {"team": "red"}), ("seek-b", "runvs", {"team": "blue"}), ("seek-a", "runvs2", {}),
                                               ("seek-a", "runvs2", {"team": "Red", "a.b": "dot"}))):
        script.post(f"versions search/create {number}", "model-versions/create",
                    {"name": name, "source": f"mlflow-artifacts:/{{expvs}}/{{{run}}}/artifacts/model", "run_id": f"{{{run}}}", "tags": tags(**own)})

    def search(what: str, **query: Any) -> None:
        script.get(f"versions search/{what}", "model-versions/search", query)

    mine = "name LIKE 'seek-%'"
    for text in (mine, "name = 'seek-a'", f"name != 'seek-a' AND {mine}", "name LIKE '%-b'", "name ILIKE 'SEEK-B'", "name IN ('seek-a', 'seek-b')",
                 f"name NOT IN ('seek-a') AND {mine}", "name = 'nosuch'", "attribute.name = 'seek-b'", "`name` = 'seek-b'", 'name = "seek-b"',
                 "run_id = '{runvs}'", f"run_id != '{{runvs}}' AND {mine}", "run_id IN ('{runvs}', '{runvs2}')",
                 f"run_id NOT IN ('{{runvs}}') AND {mine}", "run_id IN ()", f"run_id LIKE '%' AND {mine}", "source_path LIKE '%{runvs}%'",
                 "source_path = 'mlflow-artifacts:/{expvs}/{runvs}/artifacts/model'", "source_path IN ('x')", f"version_number = 1 AND {mine}",
                 f"version_number > 1 AND {mine}", f"version_number >= 2 AND {mine}", f"version_number != 1 AND {mine}",
                 f"version_number = '1' AND {mine}", "version_number = 1.5", "version_number LIKE '1'", "version_number IN (1)", "version = 1",
                 "tags.team = 'red'", "tag.team = 'red'", f"tags.team != 'red' AND {mine}", "tags.team LIKE 'r%'", "tags.team ILIKE 'R%'",
                 "tags.`a.b` = 'dot'", "tags.team IS NULL", "tags.team IS NOT NULL", f"{mine} AND tags.`mlflow.prompt.is_prompt` != 'true'",
                 f"creation_timestamp > 0 AND {mine}", f"last_updated_timestamp > 0 AND {mine}", "current_stage = 'None'", "status = 'READY'",
                 "foo = 'x'", "params.a = '1'", "metrics.a > 1", "name = 5", "name > 'a'", "name", "name =", "name = 'a' OR name = 'b'",
                 "(name = 'a')", "name = 'seek-a' AND name = 'seek-b'", "name = 'a", "name = 'seek-a' AND run_id = '{runvs}' and tags.team = 'red'",
                 " "):
        search(f"filter {text!r}", filter=text)
    for order in (["name"], ["name DESC"], ["version_number"], ["version_number DESC"], ["name", "version_number DESC"], ["creation_timestamp"],
                  ["creation_timestamp DESC"], ["last_updated_timestamp ASC"], ["timestamp"], ["run_id"], ["foo"], ["name SIDEWAYS"], [""],
                  ["tags.team"], ["attribute.name", "version_number"]):
        search(f"order {order}", filter=mine, order_by=order)
    for count in ("0", "-1", "2", "200000", "200001", "x", "2.0"):
        search(f"max {count!r}", filter=mine, max_results=count)
    script.get("versions search/page 1", "model-versions/search", {"filter": mine, "max_results": 3, "order_by": ["name", "version_number"]},
               tokver="next_page_token")
    search("page 2", filter=mine, max_results=3, order_by=["name", "version_number"], page_token="{tokver}")
    search("page exactly full", filter=mine, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", filter=mine, page_token=token)
