"""Experiments, and searching them."""

import re
from typing import Any, Optional

from tests.support.mlflow_calls.script import bad_tokens, Script, T0


def experiments(script: Script) -> None:
    create = "experiments/create"
    script.post("experiments/create with a location", create, {"name": "exp located", "artifact_location": "mlflow-artifacts:/kept/here"},
                explocated="experiment_id")
    script.get("experiments/get with a location", "experiments/get", {"experiment_id": "{explocated}"})
    script.post("runs/create with a location", "runs/create", {"experiment_id": "{explocated}", "start_time": T0, "run_name": "located"},
                runlocated="run.info.run_id")
    script.upload("experiments/file with a location", "kept/here/{runlocated}/artifacts/a.txt", b"a")
    script.get("experiments/list with a location", "artifacts/list", {"run_id": "{runlocated}"})
    script.post("experiments/create, location empty", create, {"name": "exp no place", "artifact_location": ""})
    script.post("experiments/create, location null", create, {"name": "exp null place", "artifact_location": None})
    script.post("experiments/create, location number", create, {"name": "exp n place", "artifact_location": 5})
    script.post("experiments/create, location with a slash behind", create, {"name": "exp slash",
                                                                             "artifact_location": "mlflow-artifacts:/kept/slash/"},
                expslash="experiment_id")
    script.get("experiments/get, location with a slash behind", "experiments/get", {"experiment_id": "{expslash}"})
    for what, location in (("s3", "s3://bucket/x"), ("file", "file:///tmp/x"), ("FILE", "FILE:/tmp/x"), ("absolute", "/srv/x"),
                           ("relative", "some/where"), ("http", "http://example.org/x"), ("dbfs", "dbfs:/x"), ("runs", "runs:/x/y"),
                           ("models", "models:/x/1"), ("foreign host", "mlflow-artifacts://example.org/x"), ("fragment", "mlflow-artifacts:/x#y"),
                           ("fragment attack", "http:///#/../../../etc/"), ("params", "mlflow-artifacts:/x;y"), ("query", "mlflow-artifacts:/x?a=b"),
                           ("query dots", "mlflow-artifacts:/x?a=../../b"), ("dots", "mlflow-artifacts:/../x"),
                           ("encoded dots", "mlflow-artifacts:/%2e%2e/x"), ("twice encoded dots", "mlflow-artifacts:/%252e%252e/x"),
                           ("backslash", "mlflow-artifacts:/..\\x"), ("root", "mlflow-artifacts:/"), ("no slash", "mlflow-artifacts:x"),
                           ("unknown scheme", "gopher://x/y"), ("long", "mlflow-artifacts:/" + "x" * 2100)):
        script.post(f"experiments/location {what}", create, {"name": f"exp at {what}", "artifact_location": location})

    script.post("experiments/create, name taken", create, {"name": "exp located"})
    script.post("experiments/create, name taken by Default", create, {"name": "Default"})
    script.post("experiments/create, 500 characters", create, {"name": "n" * 500})
    script.post("experiments/create, 501 characters", create, {"name": "n" * 501})
    script.post("experiments/create, 500 of two bytes", create, {"name": "\u00fc" * 500})
    script.post("experiments/create, odd name", create, {"name": " a/b:c'd\"e%20\u00fc\t "}, expodd="experiment_id")
    script.get("experiments/get, odd name", "experiments/get", {"experiment_id": "{expodd}"})
    script.get("experiments/get-by-name, odd name", "experiments/get-by-name", {"experiment_name": " a/b:c'd\"e%20\u00fc\t "})
    script.post("experiments/create, blank name", create, {"name": "   "})
    script.post("experiments/create, name like an id", create, {"name": "0"})
    for what, value in (("a dict", {"a": "b"}), ("a string", "x"), ("null", None), ("a list of strings", ["a"]), ("a number", 4), ("empty", []),
                        ("without key", [{"value": "v"}]), ("without value", [{"key": "k"}]), ("key empty", [{"key": "", "value": "v"}]),
                        ("key null", [{"key": None, "value": "v"}]), ("key number", [{"key": 4, "value": "v"}]),
                        ("value number", [{"key": "k", "value": 5}]), ("value null", [{"key": "k", "value": None}]),
                        ("key bad", [{"key": "a,b", "value": "v"}]), ("key a path", [{"key": "../a", "value": "v"}]),
                        ("key long", [{"key": "k" * 251, "value": "v"}]), ("value 20000", [{"key": "k", "value": "v" * 20000}]),
                        ("value 20001", [{"key": "k", "value": "v" * 20001}]), ("twice", [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}])):
        script.post(f"experiments/create, tags {what}", create, {"name": f"exp tags {what}", "tags": value})

    for what, value in (("unknown", "987654"), ("empty", ""), ("a word", "abc"), ("negative", "-1"), ("a fraction", "1.5"), ("zeros", "00"),
                        ("blanks", " 0 "), ("of 2^63", "9223372036854775808"), ("of 2^63-1", "9223372036854775807"), ("of 30 digits", "1" * 30),
                        ("plus", "+0"), ("underscore", "0_0"), ("arabic digits", "\u0660")):
        script.get(f"experiments/get, id {what}", "experiments/get", {"experiment_id": value})
    script.get("experiments/get, no id", "experiments/get")
    script.get("experiments/get, other key", "experiments/get", {"id": "0"})
    script.get("experiments/get, id twice", "experiments/get", "experiment_id=0&experiment_id=987654")
    script.get("experiments/get-by-name, none", "experiments/get-by-name")
    script.get("experiments/get-by-name, empty", "experiments/get-by-name", {"experiment_name": ""})
    script.get("experiments/get-by-name, unknown", "experiments/get-by-name", {"experiment_name": "no such one"})
    script.get("experiments/get-by-name, other case", "experiments/get-by-name", {"experiment_name": "default"})
    script.get("experiments/get-by-name, plus is a blank", "experiments/get-by-name", "experiment_name=exp+located")

    script.post("experiments/create to rename", create, {"name": "exp before"}, expname="experiment_id")
    update = "experiments/update"
    script.post("experiments/update, no new name", update, {"experiment_id": "{expname}"})
    script.post("experiments/update, new name empty", update, {"experiment_id": "{expname}", "new_name": ""})
    script.post("experiments/update, new name null", update, {"experiment_id": "{expname}", "new_name": None})
    script.post("experiments/update, new name number", update, {"experiment_id": "{expname}", "new_name": 5})
    script.post("experiments/update, new name long", update, {"experiment_id": "{expname}", "new_name": "n" * 501})
    script.post("experiments/update, new name taken", update, {"experiment_id": "{expname}", "new_name": "exp located"})
    script.post("experiments/update, the same name", update, {"experiment_id": "{expname}", "new_name": "exp before"})
    script.post("experiments/update, id number", update, {"experiment_id": 1, "new_name": "x"})
    script.post("experiments/update, id unknown", update, {"experiment_id": "987654", "new_name": "x"})
    script.post("experiments/update, id a word", update, {"experiment_id": "abc", "new_name": "x"})
    script.post("experiments/update, no id", update, {"new_name": "x"})
    script.post("experiments/update", update, {"experiment_id": "{expname}", "new_name": "exp after"})
    script.get("experiments/get, renamed", "experiments/get", {"experiment_id": "{expname}"})
    script.get("experiments/get-by-name, renamed", "experiments/get-by-name", {"experiment_name": "exp before"})

    tag, untag = "experiments/set-experiment-tag", "experiments/delete-experiment-tag"
    for what, body in (("", {"key": "a", "value": "1"}), (", again", {"key": "a", "value": "2"}), (", value empty", {"key": "b", "value": ""}),
                       (", no value", {"key": "c"}), (", value null", {"key": "d", "value": None}), (", value number", {"key": "e", "value": 41}),
                       (", no key", {"value": "1"}), (", key empty", {"key": "", "value": "1"}), (", key number", {"key": 5, "value": "1"}),
                       (", key bad", {"key": "a=b", "value": "1"}), (", key dots", {"key": "..", "value": "1"}),
                       (", key slashes", {"key": "a//b", "value": "1"}), (", key all signs", {"key": "a/b_c-d.e f:g", "value": "1"}),
                       (", key umlaut", {"key": "\u00fc", "value": "1"}), (", key long", {"key": "k" * 251, "value": "1"}),
                       (", value long", {"key": "f", "value": "v" * 20001}), (", key mlflow.note",
                                                                              {"key": "mlflow.note.content", "value": "# note"})):
        script.post(f"experiments/tag{what}", tag, {"experiment_id": "{expname}", **body})
    script.post("experiments/tag, id unknown", tag, {"experiment_id": "987654", "key": "a", "value": "1"})
    script.post("experiments/tag, no id", tag, {"key": "a", "value": "1"})
    script.get("experiments/get, tagged", "experiments/get", {"experiment_id": "{expname}"})
    script.post("experiments/untag", untag, {"experiment_id": "{expname}", "key": "a"})
    script.post("experiments/untag, again", untag, {"experiment_id": "{expname}", "key": "a"})
    script.post("experiments/untag, no key", untag, {"experiment_id": "{expname}"})
    script.post("experiments/untag, id unknown", untag, {"experiment_id": "987654", "key": "a"})

    script.post("runs/create in what is deleted", "runs/create", {"experiment_id": "{expname}", "start_time": T0, "run_name": "inside"},
                runinside="run.info.run_id")
    script.post("runs/create in what is deleted, and deleted", "runs/create", {"experiment_id": "{expname}", "start_time": T0, "run_name": "before"},
                runbefore="run.info.run_id")
    script.post("runs/delete before", "runs/delete", {"run_id": "{runbefore}"})
    for verb in ("delete", "restore"):
        script.post(f"experiments/{verb}, no id", f"experiments/{verb}")
        script.post(f"experiments/{verb}, id unknown", f"experiments/{verb}", {"experiment_id": "987654"})
        script.post(f"experiments/{verb}, id number", f"experiments/{verb}", {"experiment_id": 987654})
        script.post(f"experiments/{verb}, id a word", f"experiments/{verb}", {"experiment_id": "abc"})
    script.post("experiments/restore, active", "experiments/restore", {"experiment_id": "{expname}"})
    script.post("experiments/delete", "experiments/delete", {"experiment_id": "{expname}"})
    script.post("experiments/delete, again", "experiments/delete", {"experiment_id": "{expname}"})
    script.get("experiments/get, deleted", "experiments/get", {"experiment_id": "{expname}"})
    script.get("experiments/get-by-name, deleted", "experiments/get-by-name", {"experiment_name": "exp after"})
    script.get("runs/get, deleted with its experiment", "runs/get", {"run_id": "{runinside}"})
    script.post("runs/log-parameter, deleted with its experiment", "runs/log-parameter", {"run_id": "{runinside}", "key": "a", "value": "1"})
    script.post("runs/create, experiment deleted", "runs/create", {"experiment_id": "{expname}", "start_time": T0})
    script.post("logged-models, experiment deleted", "logged-models", {"experiment_id": "{expname}", "name": "m"})
    script.post("experiments/update, deleted", update, {"experiment_id": "{expname}", "new_name": "exp later"})
    script.post("experiments/tag, deleted", tag, {"experiment_id": "{expname}", "key": "z", "value": "1"})
    script.post("experiments/untag, deleted", untag, {"experiment_id": "{expname}", "key": "b"})
    script.post("experiments/create, name of a deleted one", create, {"name": "exp after"})
    script.post("experiments/search, deleted only", "experiments/search", {"view_type": "DELETED_ONLY", "filter": "name LIKE 'exp %'",
                                                                           "max_results": 10})
    script.post("experiments/restore", "experiments/restore", {"experiment_id": "{expname}"})
    script.get("runs/get, restored", "runs/get", {"run_id": "{runinside}"})
    script.get("runs/get, deleted before its experiment", "runs/get", {"run_id": "{runbefore}"})


def experiments_search(script: Script) -> None:
    for name, team in (("srch alpha", "red"), ("srch Beta", "blue"), ("srch gamma_x", ""), ("srch delta%", "Red"), ("srch gone", "red")):
        script.post(f"experiments search/make {name}", "experiments/create",
                    {"name": name, "tags": ([{"key": "team", "value": team}, {"key": "a.b", "value": "dot"}] if team else [])},
                    **{"exp" + re.sub(r"\W", "", name): "experiment_id"})
    script.post("experiments search/delete one", "experiments/delete", {"experiment_id": "{expsrchgone}"})

    def search(what: str, filter_string: Optional[str] = None, **rest: Any) -> None:
        body = {"max_results": 1000, **({} if filter_string is None else {"filter": filter_string}), **rest}
        script.post(f"experiments search/{what}", "experiments/search", {key: value for key, value in body.items() if value is not ...})

    mine = "name LIKE 'srch %'"
    for text in ("name = 'srch alpha'", "name != 'srch alpha' AND name LIKE 'srch %'", "name LIKE 'srch %a'", "name LIKE 'SRCH %'",
                 "name ILIKE 'SRCH %'", "name LIKE 'srch gamma_x'", "name LIKE 'srch _lpha'", "name IN ('srch alpha', 'srch Beta')",
                 f"name NOT IN ('srch alpha') AND {mine}", "attribute.name = 'srch alpha'", "attributes.name = 'srch alpha'",
                 "attr.name = 'srch alpha'", "`name` = 'srch alpha'", '"name" = \'srch alpha\'', 'name = "srch alpha"',
                 "experiment_id = '{expsrchalpha}'", "experiment_id IN ('{expsrchalpha}', '{expsrchBeta}')", "experiment_id = {expsrchalpha}",
                 "experiment_id > '{expsrchalpha}'", "tags.team = 'red'", "tag.team = 'red'", f"tags.team != 'red' AND {mine}", "tags.team LIKE 'r%'",
                 "tags.team ILIKE 'R%'", "tags.`team` = 'red'", 'tags."team" = \'red\'', "tags.a.b = 'dot'", "tags.`a.b` = 'dot'",
                 f"tags.team IS NULL AND {mine}", f"tags.team IS NOT NULL AND {mine}", "tags.team IN ('red')", "tags.team > 'red'", "tags.team = 5",
                 f"creation_time > 0 AND {mine}", f"creation_time < 5 AND {mine}", f"last_update_time >= 5 AND {mine}", "creation_time = '5'",
                 "creation_time LIKE '5'", "lifecycle_stage = 'active'", "foo = 'x'", "metrics.a > 1", "params.a = '1'", "name = 5", "name > 'a'",
                 "name", "name =", "= 'x'", "name = 'x' OR name = 'y'", "(name = 'x')", "NOT name = 'x'", "name = 'x' AND", "name = 'x' name = 'y'",
                 "name == 'x'", "name = 'x", "name IS NULL", "name IN ()", "name IN (5)", "name IN 'x'", " ", ";",
                 "name = 'x'; DROP TABLE experiments", "name = 'it''s'", "name='srch alpha'and name!='x'", "NAME = 'srch alpha'"):
        search(text, text)
    for order in (["name"], ["name ASC"], ["name DESC"], ["name asc"], ["creation_time DESC"], ["last_update_time ASC"], ["experiment_id DESC"],
                  ["tags.team"], ["foo"], ["name SIDEWAYS"], ["name ASC DESC"], [""], ["attribute.name DESC"], ["`name` DESC"],
                  ["name DESC", "name ASC"]):
        search(f"order by {order}", mine, order_by=order)
    search("order by a word", mine, order_by="name")
    search("order by numbers", mine, order_by=[5])
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", "active_only", "NONE", 1, 2, 3, 0, 9, "2"):
        search(f"view {view!r}", mine, view_type=view)
    for count in (..., 0, -1, 50000, 50001, "2", "x", 2.0, 2.5, None, 9223372036854775807, 9223372036854775808):
        search(f"max {'not given' if count is ... else repr(count)}", mine, max_results=count)
    script.post("experiments search/page 1", "experiments/search", {"filter": mine, "max_results": 2, "order_by": ["name"]}, tokexp="next_page_token")
    search("page 2", mine, max_results=2, order_by=["name"], page_token="{tokexp}")
    search("page exactly full", mine, max_results=4)
    for what, token in bad_tokens():
        search(f"page {what}", mine, page_token=token)
    search("filter a number", None, filter=5)
    search("nothing", None, max_results=1)
    script.get("experiments search/GET lists", "experiments/search", {"order_by": ["name DESC"], "filter": mine, "max_results": "3"})
