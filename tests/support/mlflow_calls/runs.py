"""Runs, what they log, and searching them."""

import json
import re
from typing import Any, Dict, List, Optional

from tests.support.mlflow_calls.script import bad_tokens, Query, Script, T0, tags


def runs(script: Script) -> None:
    create, update = "runs/create", "runs/update"
    script.post("runs/make an experiment", "experiments/create", {"name": "runs here"}, expruns="experiment_id")
    e = {"experiment_id": "{expruns}", "start_time": T0}
    script.post("runs/create, least", create, {}, runleast="run.info.run_id")
    script.get("runs/get, least", "runs/get", {"run_id": "{runleast}"})
    script.post("runs/create, experiment empty", create, {"experiment_id": "", "start_time": T0, "run_name": "e"})
    script.post("runs/create, unnamed", create, e, rununnamed="run.info.run_id")
    script.get("runs/get, unnamed", "runs/get", {"run_id": "{rununnamed}"})
    script.post("runs/create, name empty", create, {**e, "run_name": ""})
    script.post("runs/create, name null", create, {**e, "run_name": None})
    script.post("runs/create, name number", create, {**e, "run_name": 5})
    script.post("runs/create, name by tag", create, {**e, "tags": [{"key": "mlflow.runName", "value": "tagged"}]})
    script.post("runs/create, name twice alike", create, {**e, "run_name": "same", "tags": [{"key": "mlflow.runName", "value": "same"}]})
    script.post("runs/create, name twice unlike", create, {**e, "run_name": "one", "tags": [{"key": "mlflow.runName", "value": "two"}]})
    script.post("runs/create, name tag empty", create, {**e, "run_name": "one", "tags": [{"key": "mlflow.runName", "value": ""}]})
    script.post("runs/create, name long", create, {**e, "run_name": "n" * 251})
    script.post("runs/create, name long, 8001", create, {**e, "run_name": "n" * 8001})
    script.post("runs/create, user", create, {**e, "user_id": "ann", "run_name": "u"})
    script.post("runs/create, user by tag", create, {**e, "run_name": "u", "tags": [{"key": "mlflow.user", "value": "tom"}]})
    script.post("runs/create, user number", create, {**e, "user_id": 5, "run_name": "u"})
    for what, start in (("0", 0), ("negative", -5), ("a string", str(T0)), ("a word", "now"), ("float", float(T0)), ("a fraction", 1.5),
                        ("2^63-1", 2**63 - 1), ("2^63", 2**63), ("null", None), ("a bool", True)):
        script.post(f"runs/create, start {what}", create, {"experiment_id": "{expruns}", "start_time": start, "run_name": "s"})
    for what, given in (("a dict", {"a": "b"}), ("null", None), ("a string", "x"), ("without key", [{"value": "v"}]),
                        ("without value", [{"key": "k"}]), ("key empty", [{"key": "", "value": "v"}]), ("key bad", [{"key": "a,b", "value": "v"}]),
                        ("key long", [{"key": "k" * 251, "value": "v"}]), ("value number", [{"key": "k", "value": 1}]),
                        ("value long", [{"key": "k", "value": "v" * 8001}]), ("twice", [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]),
                        ("101", [{"key": f"k{i}", "value": "v"} for i in range(101)])):
        script.post(f"runs/create, tags {what}", create, {**e, "run_name": "t", "tags": given})
    script.post("runs/create, experiment unknown", create, {**e, "experiment_id": "987654"})
    script.post("runs/create, experiment a word", create, {**e, "experiment_id": "abc"})
    script.post("runs/create, experiment number", create, {**e, "experiment_id": 1})
    script.post("runs/create, experiment null", create, {**e, "experiment_id": None, "run_name": "n"})

    script.post("runs/create to change", create, {**e, "run_name": "before", "user_id": "ann"}, run="run.info.run_id")
    script.get("runs/get, none", "runs/get")
    script.get("runs/get, empty", "runs/get", {"run_id": ""})
    script.get("runs/get, unknown", "runs/get", {"run_id": "nosuchrun"})
    script.get("runs/get, by the old name", "runs/get", {"run_uuid": "{run}"})
    script.get("runs/get, both names unlike", "runs/get", {"run_uuid": "{rununnamed}", "run_id": "{run}"})
    script.get("runs/get, id empty and the old name", "runs/get", {"run_uuid": "{run}", "run_id": ""})
    script.get("runs/get, a path", "runs/get", {"run_id": "../{run}"})
    script.get("runs/get, in capitals", "runs/get", {"run_id": "ABCDEF"})
    for what, body in ((" status", {"status": "FINISHED"}), (" status by number", {"status": 4}), (" status by number as text", {"status": "3"}),
                       (" status lower case", {"status": "finished"}), (" status unknown", {"status": "DONE"}),
                       (" status number unknown", {"status": 99}), (" status null", {"status": None}), (" status scheduled", {"status": "SCHEDULED"}),
                       (" end", {"end_time": T0 + 5}), (" end as text", {"end_time": str(T0 + 6)}), (" end a word", {"end_time": "later"}),
                       (" end negative", {"end_time": -1}), (" end null", {"end_time": None}), (" end a fraction", {"end_time": 1.5}),
                       (" name", {"run_name": "after"}), (" name empty", {"run_name": ""}), (" name number", {"run_name": 5}),
                       (" all", {"status": "KILLED", "end_time": T0 + 7, "run_name": "all"}), (" nothing", {}),
                       (" back to running", {"status": "RUNNING"})):
        odd = what in (" status by number as text", " status lower case", " status unknown", " status number unknown", " end a fraction")
        script.post(f"runs/update{what}", update, {"run_id": "{rununnamed}" if odd else "{run}", **body})
    script.post("runs/update by the old name", update, {"run_uuid": "{run}", "status": "FAILED"})
    script.post("runs/update, no id", update, {"status": "FAILED"})
    script.post("runs/update, unknown", update, {"run_id": "nosuchrun", "status": "FAILED"})
    script.post("runs/update, id number", update, {"run_id": 5, "status": "FAILED"})
    script.get("runs/get, updated", "runs/get", {"run_id": "{run}"})

    for what, body in (("", {"key": "a", "value": "1"}), (", again", {"key": "a", "value": "2"}), (", value empty", {"key": "b", "value": ""}),
                       (", no value", {"key": "c"}), (", value null", {"key": "d", "value": None}), (", value number", {"key": "e", "value": 41}),
                       (", no key", {"value": "1"}), (", key empty", {"key": "", "value": "1"}), (", key null", {"key": None, "value": "1"}),
                       (", key number", {"key": 1.5, "value": "1"}), (", key bad", {"key": "a,b", "value": "1"}),
                       (", key a dot", {"key": ".", "value": "1"}), (", key up", {"key": "a/../b", "value": "1"}),
                       (", key absolute", {"key": "/a", "value": "1"}), (", key a folder", {"key": "a/", "value": "1"}),
                       (", key all signs", {"key": "a/b_c-d.e f:g", "value": "1"}), (", key 250", {"key": "k" * 250, "value": "1"}),
                       (", key 251", {"key": "k" * 251, "value": "1"}), (", value 8000", {"key": "f", "value": "v" * 8000}),
                       (", value 8001", {"key": "g", "value": "v" * 8001}), (", key with a line", {"key": "a\nb", "value": "1"}),
                       (", the name", {"key": "mlflow.runName", "value": "by its tag"}), (", key umlaut",
                                                                                          {"key": "gr\u00f6\u00dfe", "value": "\u4e2d"})):
        script.post(f"runs/set-tag{what}", "runs/set-tag", {"run_id": "{run}", **body})
    script.post("runs/set-tag by the old name", "runs/set-tag", {"run_uuid": "{run}", "key": "old", "value": "1"})
    script.post("runs/set-tag, unknown", "runs/set-tag", {"run_id": "nosuchrun", "key": "a", "value": "1"})
    script.get("runs/get, tagged", "runs/get", {"run_id": "{run}"})
    script.post("runs/delete-tag", "runs/delete-tag", {"run_id": "{run}", "key": "a"})
    script.post("runs/delete-tag, again", "runs/delete-tag", {"run_id": "{run}", "key": "a"})
    script.post("runs/delete-tag, no key", "runs/delete-tag", {"run_id": "{run}"})
    script.post("runs/delete-tag, no id", "runs/delete-tag", {"key": "a"})
    script.post("runs/delete-tag, unknown", "runs/delete-tag", {"run_id": "nosuchrun", "key": "a"})
    script.post("runs/delete-tag, the name", "runs/delete-tag", {"run_id": "{run}", "key": "mlflow.runName"})
    script.get("runs/get, untagged", "runs/get", {"run_id": "{run}"})

    for verb in ("delete", "restore"):
        script.post(f"runs/{verb}, no id", f"runs/{verb}")
        script.post(f"runs/{verb}, unknown", f"runs/{verb}", {"run_id": "nosuchrun"})
        script.post(f"runs/{verb}, id list", f"runs/{verb}", {"run_id": ["a"]})
    script.post("runs/restore, active", "runs/restore", {"run_id": "{run}"})
    script.post("runs/delete", "runs/delete", {"run_id": "{run}"})
    script.post("runs/delete, again", "runs/delete", {"run_id": "{run}"})
    script.post("runs/delete by the old name", "runs/delete", {"run_uuid": "{run}"})
    script.get("runs/get, deleted", "runs/get", {"run_id": "{run}"})
    for what, path, body in (("update", update, {"status": "RUNNING"}), ("set-tag", "runs/set-tag", {"key": "z", "value": "1"}),
                             ("delete-tag", "runs/delete-tag", {"key": "b"}), ("log-metric", "runs/log-metric",
                                                                               {"key": "m", "value": 1, "timestamp": T0}),
                             ("log-parameter", "runs/log-parameter", {"key": "p", "value": "1"}),
                             ("log-batch", "runs/log-batch", {"params": [{"key": "p", "value": "1"}]}),
                             ("log-batch of nothing", "runs/log-batch", {}), ("log-inputs", "runs/log-inputs", {"datasets": []}),
                             ("outputs", "runs/outputs", {"models": [{"model_id": "m-1", "step": 0}]})):
        script.post(f"runs/{what}, run deleted", path, {"run_id": "{run}", **body})
    script.get("metrics/get-history, run deleted", "metrics/get-history", {"run_id": "{run}", "metric_key": "m"})
    script.get("artifacts/list, run deleted", "artifacts/list", {"run_id": "{run}"})
    script.post("runs/restore", "runs/restore", {"run_id": "{run}"})
    script.get("runs/get, restored itself", "runs/get", {"run_id": "{run}"})


def logging(script: Script) -> None:
    script.post("log/make a run for what is odd", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "odd"},
                runodd="run.info.run_id")
    script.post("log/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "log here"}, runlog="run.info.run_id")
    m, p = "runs/log-metric", "runs/log-parameter"
    good = {"run_id": "{runlog}", "key": "acc", "value": 0.5, "timestamp": T0, "step": 1}

    # what only one of the servers may take goes to a run that nothing else is asked of
    odd = {f"value {what}" for what in ("nan", "inf", "1e400 text", "bool", "big int", "blanks")}
    odd |= {f"time {what}" for what in ("fraction", "2^63", "bool")} | {f"step {what}" for what in ("2^63", "fraction", "blank before")}

    def metric(what: str, **changes: Any) -> None:
        body = {**good, "run_id": "{runodd}" if what in odd else "{runlog}", "key": re.sub(r"[^\w.\- /:]+", "_", what), **changes}
        script.post(f"log-metric/{what}", m, {key: value for key, value in body.items() if value is not ...})

    metric("plain")
    metric("no run", run_id=...)
    metric("run empty", run_id="")
    metric("run unknown", run_id="nosuchrun")
    metric("run number", run_id=5)
    script.post("log-metric/by the old name", m, {"run_uuid": "{runlog}", "key": "old", "value": 1, "timestamp": T0})
    for what, key in (("none", ...), ("empty", ""), ("null", None), ("number", 5), ("bad", "a,b"), ("up", "../a"), ("umlaut", "\u00fc"),
                      ("250", "k" * 250), ("251", "k" * 251), ("signs", "a/b_c-d.e f:g"), ("a blank behind", "a "), ("percent", "50%")):
        metric(f"key {what}", key=key)
    for what, value in (("none", ...), ("null", None), ("0", 0), ("-0.0", -0.0), ("int", 3), ("text", "0.25"), ("word", "high"), ("empty", ""),
                        ("NaN", "NaN"), ("nan", "nan"), ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("inf", "inf"), ("1e308", 1e308),
                        ("5e-324", 5e-324), ("1e400 text", "1e400"), ("bool", True), ("list", [1]), ("max", 1.7976931348623157e308), ("third", 1 / 3),
                        ("big int", 2**70), ("hex", "0x10"), ("blanks", " 1 ")):
        metric(f"value {what}", value=value)
    for what, text in (("NaN", b"NaN"), ("Infinity", b"Infinity"), ("-Infinity", b"-Infinity"), ("1e400", b"1e400"), ("plus", b"+1"), ("01", b"01")):
        script.raw(f"log-metric/bare {what}", m,
                   b'{"run_id": "{runodd}", "key": "bare ' + what.encode() + b'", "value": ' + text + b', "timestamp": 1600000000000}')
    for what, at in (("none", ...), ("null", None), ("0", 0), ("text", str(T0)), ("word", "now"), ("negative", -1), ("fraction", 1.5),
                     ("whole float", float(T0)), ("2^63-1", 2**63 - 1), ("2^63", 2**63), ("empty", ""), ("bool", True), ("1e3", 1e3)):
        metric(f"time {what}", timestamp=at)
    for what, step in (("none", ...), ("null", None), ("text", "7"), ("word", "one"), ("negative", -3), ("2^63-1", 2**63 - 1), ("-2^63", -2**63),
                       ("2^63", 2**63), ("fraction", 0.5), ("empty", ""), ("blank before", " 7")):
        metric(f"step {what}", step=step)
    metric("model unknown", model_id="m-nosuch")
    metric("model number", model_id=5)
    metric("data without model", dataset_name="d", dataset_digest="1")
    metric("data name number", dataset_name=5)
    script.get("log-metric/all of it", "runs/get", {"run_id": "{runlog}"})

    def param(what: str, body: Dict[str, Any]) -> None:
        script.post(f"log-parameter/{what}", p, {"run_id": "{runparam}", **body})

    script.post("log-parameter/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "params here"},
                runparam="run.info.run_id")
    for what, value in (("plain", "1"), ("again", "1"), ("changed", "2")):
        param(what, {"key": "a", "value": value})
    for what, body in (("quotes", {"key": "q", "value": "it's \"so\""}), ("quotes changed", {"key": "q", "value": "it's"}),
                       ("value empty", {"key": "b", "value": ""}), ("value empty, changed", {"key": "b", "value": "x"}), ("no value", {"key": "c"}),
                       ("value null", {"key": "d", "value": None}), ("value number", {"key": "e", "value": 5}),
                       ("value bool", {"key": "e", "value": False}), ("value list", {"key": "e", "value": [1, 2]}), ("no key", {"value": "1"}),
                       ("key empty", {"key": "", "value": "1"}), ("key number", {"key": 7, "value": "1"}), ("key bad", {"key": "a=b", "value": "1"}),
                       ("key quote", {"key": "a'b", "value": "1"}), ("key up", {"key": "a/../../b", "value": "1"}),
                       ("key 250", {"key": "k" * 250, "value": "1"}), ("key 251", {"key": "k" * 251, "value": "1"}),
                       ("value 6000", {"key": "f", "value": "v" * 6000}), ("value 6001", {"key": "g", "value": "v" * 6001}),
                       ("value 6001 again", {"key": "g", "value": "v" * 6001}), ("value umlauts", {"key": "h", "value": "\u00fc\u4e2d\U0001f600"}),
                       ("value lines", {"key": "i", "value": "a\nb\tc\r"}), ("value NUL", {"key": "j", "value": "a\x00b"})):
        param(what, body)
    script.post("log-parameter/by the old name", p, {"run_uuid": "{runparam}", "key": "old", "value": "1"})
    script.post("log-parameter/both names", p, {"run_uuid": "nosuchrun", "run_id": "{runparam}", "key": "both", "value": "1"})
    script.post("log-parameter/id null and the old name", p, {"run_uuid": "{runparam}", "run_id": None, "key": "null", "value": "1"})
    script.post("log-parameter/no run", p, {"key": "a", "value": "1"})
    script.post("log-parameter/run unknown", p, {"run_id": "nosuchrun", "key": "a", "value": "1"})
    script.get("log-parameter/all of it", "runs/get", {"run_id": "{runparam}"})

    def log_model(what: str, body: Dict[str, Any]) -> None:
        script.post(f"log-model/{what}", "runs/log-model", {"run_id": "{runparam}", **body})

    model = {"artifact_path": "model", "flavors": {"sklearn": {"b": 1, "a": None}}, "utc_time_created": "2026-01-01 00:00:00", "run_id": "r"}
    log_model("plain", {"model_json": json.dumps({**model, "model_uuid": "u"})})
    log_model("again", {"model_json": json.dumps({**model, "model_uuid": "u2", "artifact_path": "other"})})
    log_model("least", {"model_json": json.dumps(model)})
    log_model("no json", {})
    log_model("json empty", {"model_json": ""})
    log_model("no JSON", {"model_json": "{'a'"})
    log_model("a list", {"model_json": "[]"})
    log_model("one missing", {"model_json": json.dumps({key: value for key, value in model.items() if key != "flavors"})})
    log_model("two missing", {"model_json": json.dumps({"artifact_path": "a", "flavors": {}})})
    log_model("a dict", {"model_json": model})
    script.post("log-model/no run", "runs/log-model", {"model_json": "{}"})
    script.post("log-model/run unknown", "runs/log-model", {"run_id": "nosuchrun", "model_json": json.dumps({**model, "model_uuid": "u"})})
    script.get("log-model/all of it", "runs/get", {"run_id": "{runparam}"})


def batches(script: Script) -> None:
    batch = "runs/log-batch"
    script.post("batch/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "batches here"}, runbatch="run.info.run_id")

    def send(what: str, **body: Any) -> None:
        odd = what.endswith(("value number", "value word", "value bool", "time word", "step word"))
        script.post(f"batch/{what}", batch, {"run_id": "{runodd}" if odd else "{runbatch}", **body})

    def metrics(count: int, **changes: Any) -> List[Dict[str, Any]]:
        return [{"key": f"m{i}", "value": i, "timestamp": T0, "step": i, **changes} for i in range(count)]

    def params(count: int, prefix: str = "p") -> List[Dict[str, str]]:
        return [{"key": f"{prefix}{i}", "value": str(i)} for i in range(count)]

    send("of nothing")
    send("of empty lists", metrics=[], params=[], tags=[])
    send("plain", metrics=metrics(2), params=params(2), tags=params(2, "t"))
    send("again", metrics=metrics(2), params=params(2), tags=params(2, "t"))
    send("param changed", params=[{"key": "p0", "value": "new"}])
    send("two params changed", params=[{"key": "p0", "value": "new"}, {"key": "p1", "value": "it's"}, {"key": "fresh", "value": "1"}])
    send("param twice alike", params=[{"key": "x", "value": "1"}, {"key": "x", "value": "1"}])
    send("param twice unlike", params=[{"key": "x", "value": "1"}, {"key": "x", "value": "2"}, {"key": "x", "value": "3"}])
    send("tag twice", tags=[{"key": "y", "value": "1"}, {"key": "y", "value": "2"}])
    send("metric twice alike", metrics=[{"key": "z", "value": 1, "timestamp": T0, "step": 0}] * 2)
    send("metric twice unlike", metrics=[{"key": "z", "value": 1, "timestamp": T0, "step": 0}, {"key": "z", "value": 2, "timestamp": T0, "step": 0}])
    send("metric of an older step", metrics=[{"key": "m1", "value": 50, "timestamp": T0 + 5, "step": 0}])
    send("metric of the same step, later", metrics=[{"key": "m1", "value": 0.5, "timestamp": T0 + 9, "step": 1}])
    send("metric of the same step and time, less", metrics=[{"key": "m1", "value": 0.25, "timestamp": T0 + 9, "step": 1}])
    send("metric of the same step and time, more", metrics=[{"key": "m1", "value": 0.75, "timestamp": T0 + 9, "step": 1}])
    send("metric with its run", metrics=[{"key": "r", "value": 1, "timestamp": T0, "run_id": "nosuchrun"}])
    send("metric without step", metrics=[{"key": "s", "value": 1, "timestamp": T0}])
    send("metrics special", metrics=[{"key": "nan", "value": "NaN", "timestamp": T0}, {"key": "inf", "value": "Infinity", "timestamp": T0},
                                     {"key": "ninf", "value": "-Infinity", "timestamp": T0}, {"key": "max", "value": 1.7976931348623157e308,
                                                                                              "timestamp": T0}])
    for missing in ("key", "value", "timestamp"):
        send(f"metric without {missing}", metrics=metrics(1) + [{k: v for k, v in metrics(1)[0].items() if k != missing}])
        send(f"metric, {missing} null", metrics=[{**metrics(1)[0], missing: None}])
        send(f"metric, {missing} empty", metrics=[{**metrics(1)[0], missing: ""}])
    for what, change in (("key number", {"key": 5}), ("key bad", {"key": "a,b"}), ("key long", {"key": "k" * 251}), ("value word", {"value": "high"}),
                         ("value bool", {"value": True}), ("time word", {"timestamp": "now"}), ("time negative", {"timestamp": -1}),
                         ("time text", {"timestamp": str(T0)}), ("step text", {"step": "4"}), ("step word", {"step": "four"}),
                         ("unknown field", {"colour": "red"}), ("model unknown", {"model_id": "m-nosuch"})):
        send(f"metric, {what}", metrics=[{**metrics(1)[0], **change}])
    for kind in ("params", "tags"):
        for what, item in (("without key", {"value": "1"}), ("key null", {"key": None, "value": "1"}), ("key empty", {"key": "", "value": "1"}),
                           ("without value", {"key": f"{kind}nv"}), ("value null", {"key": f"{kind}vn", "value": None}),
                           ("value number", {"key": "vn", "value": 5}), ("key bad", {"key": "a,b", "value": "1"}),
                           ("key long", {"key": "k" * 251, "value": "1"}), ("value long", {"key": f"{kind}vl", "value": "v" * 8001})):
            send(f"{kind}, {what}", **{kind: [{"key": "fine", "value": "1"}, item]})
    for kind in ("metrics", "params", "tags"):
        send(f"{kind} a dict", **{kind: {"key": "a", "value": "1"}})
        send(f"{kind} a string", **{kind: "a"})
        send(f"{kind} null", **{kind: None})
        send(f"{kind} of strings", **{kind: ["a"]})
    send("1000 metrics", metrics=metrics(1000, key="many"))
    send("1001 metrics", metrics=metrics(1001, key="many"))
    send("100 params", params=params(100, "hundred"))
    send("101 params", params=params(101, "more"))
    send("100 tags", tags=params(100, "hundred"))
    send("101 tags", tags=params(101, "more"))
    send("1000 of all", metrics=metrics(990, key="all"), params=params(5, "all"), tags=params(5, "all"))
    send("1001 of all", metrics=metrics(990, key="all"), params=params(6, "all"), tags=params(5, "all"))
    send("atomic", params=[{"key": "never", "value": "1"}], metrics=[{"key": "bad,key", "value": 1, "timestamp": T0}])
    send("atomic, param changed", params=[{"key": "p0", "value": "new"}], metrics=[{"key": "never", "value": 1, "timestamp": T0}],
         tags=params(1, "never"))
    send("the name", tags=[{"key": "mlflow.runName", "value": "batched"}])
    script.post("batch/no run", batch, {"metrics": metrics(1)})
    script.post("batch/run empty", batch, {"run_id": "", "metrics": metrics(1)})
    script.post("batch/run unknown", batch, {"run_id": "nosuchrun", "metrics": metrics(1)})
    script.post("batch/run bad", batch, {"run_id": "no/such", "metrics": metrics(1)})
    script.post("batch/run number", batch, {"run_id": 5})
    script.post("batch/by the old name", batch, {"run_uuid": "{runbatch}", "metrics": metrics(1)})
    script.post("batch/run unknown, of nothing", batch, {"run_id": "nosuchrun"})
    script.raw("batch/NaN bare", batch, b'{"run_id": "{runodd}", "metrics": [{"key": "bare", "value": NaN, "timestamp": 1}]}')
    script.raw("batch/keys twice", batch, b'{"run_id": "{runodd}", "params": [{"key": "k1", "value": "1", "value": "2"}]}')
    script.raw("batch/encoded twice", batch, b'"{\\"run_id\\": \\"{runbatch}\\", \\"params\\": [{\\"key\\": \\"twice\\", \\"value\\": \\"1\\"}]}"')
    script.raw("batch/over 1e6 bytes encoded twice", batch, json.dumps(json.dumps({"run_id": "x",
                                                                                   "tags": [{"key": "k", "value": "v" * 1_000_000}]})).encode())
    script.raw("batch/empty body", batch, b"")
    script.get("batch/all of it", "runs/get", {"run_id": "{runbatch}"})


def history(script: Script) -> None:
    script.post("history/make a run", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "history here"}, runhist="run.info.run_id")
    script.post("history/make another", "runs/create", {"experiment_id": "0", "start_time": T0, "run_name": "history there"},
                runhist2="run.info.run_id")
    points = [{"key": "h", "value": value, "timestamp": T0 + at, "step": step}
              for value, at, step in ((1, 5, 0), (2, 4, 1), (3, 4, 0), (0.5, 5, 0), ("NaN", 5, 0), (9, 6, -1), ("Infinity", 7, 3), (4, 8, 10),
                                      (5, 9, 20))]
    script.post("history/log", "runs/log-batch", {"run_id": "{runhist}", "metrics": points})
    script.post("history/log more", "runs/log-batch",
                {"run_id": "{runhist2}", "metrics": [{"key": "h", "value": i * 0.5, "timestamp": T0 + i, "step": i} for i in range(30)]})

    def get(what: str, query: Query, **capture: str) -> None:
        script.get(f"history/{what}", "metrics/get-history", query, **capture)

    good = {"run_id": "{runhist}", "metric_key": "h"}
    get("all", good)
    get("the client's way", {"run_uuid": "{runhist}", **good, "max_results": 25000})
    get("by the old name", {"run_uuid": "{runhist}", "metric_key": "h"})
    get("key unknown", {**good, "metric_key": "nosuch"})
    get("key empty", {**good, "metric_key": ""})
    get("no key", {"run_id": "{runhist}"})
    get("no run", {"metric_key": "h"})
    get("run unknown", {**good, "run_id": "nosuchrun"})
    for count in ("0", "-1", "1", "3", "9", "10", "100", "x", "1.5", "2147483647", "2147483648", ""):
        get(f"max {count!r}", {**good, "max_results": count})
    get("page 1", {**good, "max_results": 4}, tokhist="next_page_token")
    get("page 2", {**good, "max_results": 4, "page_token": "{tokhist}"}, tokhist2="next_page_token")
    get("page 3", {**good, "max_results": 4, "page_token": "{tokhist2}"})
    get("page 2, no max", {**good, "page_token": "{tokhist}"})
    for what, token in bad_tokens():
        get(f"page {what}", {**good, "max_results": 4, "page_token": token})

    def bulk(what: str, query: Query) -> None:
        script.get(f"history bulk/{what}", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query)

    both = {"run_id": ["{runhist}", "{runhist2}"], "metric_key": "h"}
    bulk("one run", {"run_id": "{runhist}", "metric_key": "h"})
    bulk("of a run twice", {"run_id": ["{runhist2}", "{runhist2}"], "metric_key": "h"})
    bulk("run unknown", {"run_id": "nosuchrun", "metric_key": "h"})
    bulk("key unknown", {**both, "metric_key": "nosuch"})
    bulk("no run", {"metric_key": "h"})
    bulk("no key", {"run_id": "{runhist}"})
    bulk("key empty", {"run_id": "{runhist}", "metric_key": ""})
    bulk("nothing", "")
    bulk("101 runs", {"run_id": ["r"] * 101, "metric_key": "h"})
    bulk("100 runs", {"run_id": ["r"] * 100, "metric_key": "h"})
    for count in ("3", "0", "-1", "99999", "x"):
        bulk(f"max {count}", {"run_id": "{runhist2}", "metric_key": "h", "max_results": count})
    script.get("history bulk/below api", "metrics/get-history-bulk", {"run_id": "{runhist}", "metric_key": "h"})

    def interval(what: str, query: Query) -> None:
        script.get(f"history interval/{what}", "metrics/get-history-bulk-interval", query)

    one, runs_both = {"run_ids": "{runhist2}", "metric_key": "h"}, {"run_ids": ["{runhist}", "{runhist2}"], "metric_key": "h"}
    interval("one run", one)
    interval("all of one", {"run_ids": "{runhist}", "metric_key": "h"})
    interval("max 5", {**one, "max_results": 5})
    interval("max 1", {**one, "max_results": 1})
    interval("max 29", {**one, "max_results": 29})
    interval("steps 5 to 9", {**one, "start_step": 5, "end_step": 9})
    interval("steps 5 to 25, max 4", {**one, "start_step": 5, "end_step": 25, "max_results": 4})
    interval("step 5 alone", {**one, "start_step": 5, "end_step": 5})
    interval("steps outside", {**one, "start_step": 500, "end_step": 900})
    interval("steps negative", {"run_ids": "{runhist}", "metric_key": "h", "start_step": -5, "end_step": 0})
    interval("start only", {**one, "start_step": 5})
    interval("end only", {**one, "end_step": 5})
    interval("end before start", {**one, "start_step": 9, "end_step": 5})
    interval("start a word", {**one, "start_step": "x", "end_step": 5})
    for count in ("0", "-1", "2500", "2501", "x"):
        interval(f"max {count!r}", {**one, "max_results": count})
    interval("no run", {"metric_key": "h"})
    interval("no key", {"run_ids": "{runhist}"})
    interval("run unknown", {**one, "run_ids": "nosuchrun"})
    interval("key unknown", {**runs_both, "metric_key": "nosuch"})
    interval("101 runs", {"run_ids": ["r"] * 101, "metric_key": "h"})
    script.get("history interval/below ajax-api", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", {**one, "max_results": 7})


def inputs_and_outputs(script: Script) -> None:
    script.post("inputs/make an experiment", "experiments/create", {"name": "inputs here"}, expin="experiment_id")
    script.post("inputs/make a run", "runs/create", {"experiment_id": "{expin}", "start_time": T0, "run_name": "inputs"}, runin="run.info.run_id")
    script.post("inputs/make another run", "runs/create", {"experiment_id": "{expin}", "start_time": T0, "run_name": "inputs 2"},
                runin2="run.info.run_id")
    script.post("inputs/make a model", "logged-models", {"experiment_id": "{expin}", "name": "inmodel"}, modelin="model.info.model_id")
    data = {"name": "d", "digest": "1", "source_type": "local", "source": "{\"uri\": \"a\"}"}

    def send(what: str, datasets: Any, **rest: Any) -> None:
        script.post(f"inputs/{what}", "runs/log-inputs", {"run_id": "{runin}", "datasets": datasets, **rest})

    send("plain", [{"dataset": data, "tags": tags(context="a")}])
    send("again with other tags", [{"dataset": data, "tags": tags(context="b", more="c")}])
    send("again with another source", [{"dataset": {**data, "source": "other"}, "tags": []}])
    send("without tags", [{"dataset": {**data, "name": "untagged"}}])
    send("with all", [{"dataset": {**data, "name": "full", "schema": "s", "profile": "p"},
                       "tags": [{"key": "mlflow.data.context", "value": "eval"}]}])
    send("two", [{"dataset": {**data, "name": "two a"}}, {"dataset": {**data, "name": "two b"}}])
    send("of nothing", [])
    for missing in ("name", "digest", "source_type", "source"):
        send(f"without {missing}", [{"dataset": {key: value for key, value in data.items() if key != missing}}])
        send(f"{missing} empty", [{"dataset": {**data, "name": f"e {missing}", missing: ""}}])
    for what, change in (("name 500", {"name": "n" * 500}), ("name 501", {"name": "n" * 501}), ("digest 36", {"digest": "d" * 36, "name": "digest"}),
                         ("digest 37", {"digest": "d" * 37}), ("source 65536", {"source": "s" * 65536}), ("name number", {"name": 5}),
                         ("schema number", {"schema": 5})):
        send(what, [{"dataset": {**data, **change}}])
    send("no dataset", [{"tags": []}])
    send("dataset null", [{"dataset": None}])
    send("tag key 256", [{"dataset": {**data, "name": "tagged"}, "tags": [{"key": "k" * 256, "value": "v"}]}])
    send("tag value 501", [{"dataset": {**data, "name": "tagged"}, "tags": [{"key": "k", "value": "v" * 501}]}])
    send("tag without value", [{"dataset": {**data, "name": "tagged"}, "tags": [{"key": "k"}]}])
    send("tag without key", [{"dataset": {**data, "name": "tagged"}, "tags": [{"value": "v"}]}])
    send("a dict", {"dataset": data})
    send("a string", "x")
    send("null", None)
    send("a model", [], models=[{"model_id": "{modelin}"}])
    send("the model again", [], models=[{"model_id": "{modelin}"}])
    send("a model unknown", [], models=[{"model_id": "m-nosuch"}])
    send("a model without id", [], models=[{}])
    send("models a dict", [], models={"model_id": "x"})
    script.post("inputs/no run", "runs/log-inputs", {"datasets": [{"dataset": data}]})
    script.post("inputs/run unknown", "runs/log-inputs", {"run_id": "nosuchrun", "datasets": [{"dataset": data}]})
    script.post("inputs/run bad", "runs/log-inputs", {"run_id": "no/such", "datasets": []})
    script.post("inputs/by the old name", "runs/log-inputs", {"run_uuid": "{runin}", "datasets": []})
    script.post("inputs/the same dataset to another run", "runs/log-inputs", {"run_id": "{runin2}",
                                                                              "datasets": [{"dataset": {**data, "source": "third"},
                                                                                            "tags": tags(context="z")}]})
    script.get("inputs/all of it", "runs/get", {"run_id": "{runin}"})
    script.get("inputs/all of the other", "runs/get", {"run_id": "{runin2}"})

    def output(what: str, models: Any, **rest: Any) -> None:
        script.post(f"outputs/{what}", "runs/outputs", {"run_id": "{runin}", "models": models, **rest})

    output("plain", [{"model_id": "{modelin}", "step": 1}])
    output("again", [{"model_id": "{modelin}", "step": 2}])
    output("without step", [{"model_id": "{modelin}"}])
    output("step text", [{"model_id": "{modelin}", "step": "4"}])
    output("step word", [{"model_id": "{modelin}", "step": "four"}])
    output("unknown", [{"model_id": "m-nosuch", "step": 0}])
    output("of nothing", [])
    output("null", None)
    output("a dict", {"model_id": "x"})
    script.post("outputs/no models", "runs/outputs", {"run_id": "{runin}"})
    script.post("outputs/no run", "runs/outputs", {"models": []})
    script.post("outputs/run unknown", "runs/outputs", {"run_id": "nosuchrun", "models": [{"model_id": "{modelin}", "step": 1}]})
    script.get("outputs/all of it", "runs/get", {"run_id": "{runin}"})

    def datasets(what: str, body: Any) -> None:
        script.post(f"search-datasets/{what}", "/ajax-api/2.0/mlflow/experiments/search-datasets", body)

    datasets("one", {"experiment_ids": ["{expin}"]})
    datasets("two", {"experiment_ids": ["{expin}", "0"]})
    datasets("unknown", {"experiment_ids": ["987654"]})
    datasets("a word", {"experiment_ids": ["abc"]})
    datasets("none", {})
    datasets("empty", {"experiment_ids": []})
    datasets("21", {"experiment_ids": [str(i) for i in range(900000, 900021)]})
    datasets("20", {"experiment_ids": [str(i) for i in range(900000, 900020)]})
    datasets("a string", {"experiment_ids": "0"})
    datasets("numbers", {"experiment_ids": [0]})
    script.raw("search-datasets/as text", "/ajax-api/2.0/mlflow/experiments/search-datasets", b'{"experiment_ids": ["0"]}', "text/plain")
    script.post("search-datasets/below api", "experiments/search-datasets", {"experiment_ids": ["{expin}"]})
    script.post("search-datasets/by the typo", "/ajax-api/2.0mlflow/experiments/search-datasets", {"experiment_ids": ["{expin}"]})


def runs_search(script: Script) -> None:
    script.post("runs search/make an experiment", "experiments/create", {"name": "search here"}, expsearch="experiment_id")
    script.post("runs search/make an empty one", "experiments/create", {"name": "search nothing"}, expempty="experiment_id")

    def run(label: str, name: str, at: int, metrics: Dict[str, Any], params: Dict[str, str], own: Dict[str, str], user: str = "ann",
            **update: Any) -> None:
        script.post(f"runs search/make {name}", "runs/create", {"experiment_id": "{expsearch}", "user_id": user, "run_name": name,
                                                                "start_time": T0 + at}, **{label: "run.info.run_id"})
        script.post(f"runs search/log {name}", "runs/log-batch", {"run_id": f"{{{label}}}",
                                                                  "metrics": [{"key": k, "value": v, "timestamp": T0} for k, v in metrics.items()],
                                                                 "params": [{"key": k, "value": v} for k, v in params.items()], "tags": tags(**own)})
        if update:
            script.post(f"runs search/end {name}", "runs/update", {"run_id": f"{{{label}}}", **update})

    run("srun1", "alpha", 1000, {"acc": 0.9, "loss": 0.1, "m/with slash": 1, "m.dotted": 2}, {"depth": "4", "crit": "gini"},
        {"team": "red", "with space": "a b", "a.b": "dot", "quote": "it's"}, status="FINISHED", end_time=T0 + 2000)
    run("srun2", "Beta", 2000, {"acc": 0.8, "loss": -1, "m/with slash": 3}, {"depth": "8", "crit": "Entropy"}, {"team": "blue"}, status="FAILED",
        end_time=T0 + 9000)
    run("srun3", "gamma_x", 3000, {"acc": "NaN", "loss": 3}, {"depth": "10"}, {"team": "Red"}, "bob")
    run("srun4", "delta%", 4000, {"acc": 0.9, "loss": "Infinity"}, {}, {"team": ""}, "bob", status="KILLED", end_time=T0 + 5000)
    run("srun5", "epsilon", 5000, {}, {"depth": ""}, {}, "", status="SCHEDULED")
    run("srun6", "gone", 6000, {"acc": 0.95}, {"depth": "4"}, {"team": "red"})
    for label, name, digest, context in (("srun1", "train", "d1", "training"), ("srun2", "train", "d2", "eval"), ("srun2", "test", "d3", "")):
        script.post(f"runs search/input {label} {digest}", "runs/log-inputs",
                    {"run_id": f"{{{label}}}", "datasets": [{"dataset": {"name": name, "digest": digest, "source_type": "local", "source": "s"},
                                                             "tags": [{"key": "mlflow.data.context", "value": context}] if context else []}]})
    script.post("runs search/delete gone", "runs/delete", {"run_id": "{srun6}"})

    def search(what: str, filter_string: Optional[str] = None, **rest: Any) -> None:
        body = {"experiment_ids": ["{expsearch}"], **({} if filter_string is None else {"filter": filter_string}), **rest}
        script.post(f"runs search/{what}", "runs/search", {key: value for key, value in body.items() if value is not ...})

    search("all")
    for text in ( "", " ", "metrics.acc > 0.85", "metrics.acc >= 0.9", "metrics.acc < 0.9", "metrics.acc <= 0.9", "metrics.acc = 0.9",
                 "metrics.acc != 0.9", "metric.acc > 0.85", "metrics.`acc` > .85", 'metrics."acc" > 0.85', "metrics.acc > 0", "metrics.loss > -2",
                 "metrics.loss = -1", "metrics.loss = 1e-1", "metrics.loss > 1e300", "metrics.acc>0.85", "metrics.acc >0.85",
                 "metrics.`m/with slash` > 0", "metrics.m/with slash > 0", "metrics.m.dotted = 2", "metrics.nosuch = 1", "metrics.ACC > 0.85",
                 "Metrics.acc > 0.85", "metrics.acc > '0.85'", "metrics.acc LIKE '0'", "metrics.acc > abc", "metrics.acc = NaN",
                 "metrics.acc IN (0.9)", "metrics.acc IS NULL", "metrics.acc > 0.5 AND metrics.loss < 1", "params.depth = '4'", 'params.depth = "4"',
                 "params.depth = 4", "params.depth != '4'", "params.depth > '4'", "params.depth LIKE '1%'", "params.depth LIKE '%'",
                 "params.depth = ''", "params.crit LIKE 'G%'", "params.crit ILIKE 'G%'", "params.crit LIKE '_ini'", "param.depth = '8'",
                 "parameter.depth = '8'", "parameters.depth = '8'", "params.depth IS NULL", "params.depth IS NOT NULL", "params.depth is not null",
                 "params.depth IN ('4')", "params.`depth` = '4'", "params.nosuch != 'x'", "params.depth = 'a' AND params.depth = 'b'",
                 "tags.team = 'red'", "tags.team != 'red'", "tag.team ILIKE 'RED'", "tags.team LIKE 'r%'", "tags.team LIKE ''", "tags.team = ''",
                 "tags.`with space` = 'a b'", 'tags."with space" = \'a b\'', "tags.'with space' = 'a b'", "tags.with space = 'a b'",
                 "tags.a.b = 'dot'", "tags.`a.b` = 'dot'", "tags.team IS NULL", "tags.team IS NOT NULL", "tags.team IN ('red')", "tags.team > 'a'",
                 "tags.team = 5", "tags.mlflow.runName = 'alpha'", "tags.`mlflow.runName` LIKE '%a'", "tags.quote = 'it''s'", 'tags.quote = "it\'s"',
                 "run_id = '{srun1}'", "run_id != '{srun1}'", "run_id IN ('{srun1}', '{srun3}')", "run_id NOT IN ('{srun1}', '{srun3}')",
                 "run_id in ('{srun1}')", "run_id IN ('{srun1}',)", "run_id IN ()", "run_id IN (1)", "run_id IN '{srun1}'",
                 "run_id IN ('{srun1}' '{srun2}')", "run_id LIKE '%'", "attributes.run_id = '{srun1}'", "attr.run_id = '{srun1}'",
                 "run.run_id = '{srun1}'", "run_name = 'alpha'", "run_name LIKE '%a'", "run_name ILIKE 'B%'", "run_name LIKE 'gamma_x'",
                 "run_name LIKE 'delta\\%'", "run_name != 'alpha'", "run_name IN ('alpha')", "attributes.`Run name` = 'alpha'",
                 "`run name` = 'alpha'", "attributes.\"Run Name\" = 'alpha'", "run_name > 'a'", "status = 'FINISHED'", "status != 'FINISHED'",
                 "status = 'finished'", "status LIKE 'F%'", "status ILIKE 'f%'", "status IN ('FINISHED')", "status = FINISHED", "user_id = 'bob'",
                 "user_id != 'ann'", "attributes.user_id LIKE 'a%'", "artifact_uri LIKE '%artifacts'", f"start_time > {T0 + 2500}",
                 f"start_time = {T0 + 1000}", f"start_time >= '{T0}'", "start_time LIKE '1%'", f"created < {T0 + 2500}",
                 f"attributes.Created < {T0 + 2500}", f"end_time < {T0 + 6000}", f"end_time != {T0 + 5000}", "end_time IS NULL", "start_time > 1.5",
                 "start_time IN (1)", "lifecycle_stage = 'active'", "experiment_id = '1'", "foo = 'x'", "foo.bar = 'x'", "attributes.foo = 'x'",
                 "datasets.name = 'train'", "dataset.name = 'train'", "datasets.digest = 'd2'", "datasets.context = 'training'",
                 "datasets.name != 'train'", "datasets.name LIKE 't%'", "datasets.name ILIKE 'T%'", "datasets.name IN ('test', 'other')",
                 "datasets.name NOT IN ('test')", "datasets.digest IN ('d1', 'd2')", "datasets.foo = 'x'", "datasets.name = 5", "datasets.name > 'a'",
                 "datasets.name IS NULL", "datasets.name = 'train' AND datasets.context = 'eval'",
                 "metrics.acc > 0.5 and params.depth = '4' And tags.team = 'red'", "metrics.acc > 0.5 AND status = 'FINISHED' AND run_name LIKE 'a%'",
                 "metrics.acc > 0.5 OR metrics.loss < 1", "(metrics.acc > 0.5)", "(metrics.acc > 0.5) AND (metrics.loss < 1)",
                 "NOT metrics.acc > 0.5", "metrics.acc > 0.5 AND", "AND metrics.acc > 0.5", "metrics.acc > 0.5 metrics.loss < 1",
                 "metrics.acc > 0.5, metrics.loss < 1", "metrics.acc", "metrics.acc >", "> 0.5", "metrics.acc == 0.9", "metrics.acc <> 0.9",
                 "metrics.acc => 0.9", "metrics.acc ~ 0.9", "metrics.acc > > 0.9", "0.5 < metrics.acc", "'red' = tags.team", "1 = 1",
                 "tags.team = 'red", "tags.team = red'", "tags.team = `red`", "tags.team = 'a AND b'", "tags.team = 'red' -- comment",
                 "tags.team = 'red' /* c */", "tags.team = 'red'; DROP TABLE runs", "tags.team\n=\n'red'", "\ttags.team = 'red'",
                 "tags.team = 'r\u00f6t'", "params.\u00fc = 'x'", "tags.team='red'AND tags.team!='x'", "tags.team = 'red' and and tags.team = 'red'",
                 "metrics. > 1", ".acc > 1", "metrics..acc > 1", "metrics.acc BETWEEN 0 AND 1", "tags.team NOT LIKE 'r%'", "tags.team RLIKE 'r'",
                 "tags.team = null", "tags.team = true", "metrics.acc > -0.5", "metrics.acc > +0.5", "metrics.acc > - 0.5", "metrics.acc > 0x1",
                 "metrics.acc > 1.", "metrics.acc > 1e"):
        search(f"filter {text!r}", text)
    search("filter a number", None, filter=5)
    search("filter null", None, filter=None)
    search("filter of 20 terms", " AND ".join(["metrics.acc > 0.5"] * 20))
    for order in (["metrics.acc DESC"], ["metrics.acc ASC"], ["metrics.acc"], ["metrics.loss DESC"], ["metrics.loss"],
                  ["metrics.`m/with slash` DESC"], ["metrics.nosuch DESC"], ["params.depth"], ["params.depth DESC"], ["params.`depth`"],
                  ["tags.team"], ["tags.team DESC"], ["tag.`with space`"], ["start_time ASC"], ["start_time"], ["attributes.start_time DESC"],
                  ["attribute.start_time"], ["attr.start_time asc"], ["run.start_time"], ["start_time desc"], ["Created DESC"], ["end_time"],
                  ["end_time DESC"], ["run_name"], ["`Run Name` DESC"], ["status", "run_name"], ["status DESC", "start_time"],
                  ["user_id", "metrics.acc DESC"], ["metrics.acc DESC", "metrics.loss DESC"], ["start_time", "start_time DESC"], ["foo"], ["foo.bar"],
                  ["metrics.acc SIDEWAYS"], ["metrics.acc ASC DESC"], [""], [" "], ["datasets.name"], ["DESC"], ["metrics.acc, metrics.loss"],
                  ["metrics.acc; DROP"], ["'metrics.acc'"], ["lifecycle_stage"], ["artifact_uri LIKE 'x'"], []):
        search(f"order {order}", None, order_by=order)
    search("order a string", None, order_by="start_time")
    search("order numbers", None, order_by=[5])
    search("order null", None, order_by=None)
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", "active_only", "FOO", 1, 2, 3, 0, "3", None):
        search(f"view {view!r}", None, run_view_type=view)
    for count in (0, -1, 2, "2", "x", 2.0, 1.5, 50000, 50001, "50001", 2147483648, 123456789012, None):
        search(f"max {count!r}", None, max_results=count)
    for what, ids in (("none", []), ("missing", ...), ("null", None), ("unknown", ["987654"]), ("a string", "1"), ("numbers", [1]),
                      ("a word", ["abc"]), ("an empty one", [""]), ("of nothing in it", ["{expempty}"]), ("two", ["{expempty}", "{expsearch}"]),
                      ("twice", ["{expsearch}", "{expsearch}"])):
        search(f"experiments {what}", "run_name LIKE 'alph%'", experiment_ids=ids)
    script.post("runs search/page 1", "runs/search", {"experiment_ids": ["{expsearch}"], "max_results": 2, "order_by": ["metrics.acc DESC"]},
                tokrun="next_page_token")
    script.post("runs search/page 2", "runs/search", {"experiment_ids": ["{expsearch}"], "max_results": 2, "order_by": ["metrics.acc DESC"],
                                                      "page_token": "{tokrun}"},
                tokrun2="next_page_token")
    search("page 3", None, max_results=2, order_by=["metrics.acc DESC"], page_token="{tokrun2}")
    search("page exactly full", None, max_results=5)
    for what, token in bad_tokens():
        search(f"page {what}", None, max_results=2, page_token=token)
    script.post("runs search/twin", "/ajax-api/2.0/mlflow/runs/search", {"experiment_ids": ["{expsearch}"], "filter": "tags.team = 'red'"})
