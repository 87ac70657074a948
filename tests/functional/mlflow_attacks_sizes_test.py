#!/usr/bin/env python3
"""What is larger, longer or more than a request to MLflow's routes may hold is refused at once, and not kept.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_sizes_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import json
import sys
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, Tuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import JSON, PATIENCE, PREFIXES, AttackTest, Place, another_place, behind  # noqa: E402

JSON_LIMIT = 16 << 20
MEMORY = 1 << 30  # bytes that the server may have held at once
LISTED = 5_000, 200_000  # entries of a list: what a request may have, and what none may
GOOD = b'{"name": "attacked"}'


class Sizes(AttackTest):
    def test_a_body_beyond_16_mib_is_refused_before_it_is_sent(self) -> None:
        for method, path, value in self.place.writes():
            for prefix in PREFIXES:
                for length in (JSON_LIMIT + 1, 1 << 40, 10**17):
                    self.attack(method, f"{prefix}/2.0/mlflow/{path}", body=json.dumps(value).encode(), headers={**JSON, "Content-Length": str(length)},
                                statuses=(400, 413))

    def takers_of_chunks(self) -> List[Tuple[str, str, int]]:
        """Calls that take a body of unknown length: method, target, mebibytes at most (0: of files, as much as there is room for)."""
        return [(method, prefix + path, most) for prefix in PREFIXES
                for method, path, most in (("POST", "/2.0/mlflow/experiments/create",
                                            16), ("PUT", f"/2.0/mlflow-artifacts/artifacts/{self.place.run_folder}/chunks", 0),
                                           ("POST", f"/2.0/mlflow/upload-artifact?run_uuid={self.place.run}&path=chunks", 10))]

    def test_a_body_in_chunks_is_refused_beyond_its_bound(self) -> None:
        for method, target, most in self.takers_of_chunks():
            if most > 0:
                body = (b"%x\r\n" % (1 << 20) + b" " * (1 << 20) + b"\r\n") * (most + 1) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD)
                self.attack(method, target, body=body, headers={**JSON, "Transfer-Encoding": "chunked"}, statuses=(400, 413))

    def test_chunks_that_are_none_are_refused(self) -> None:
        for method, target, _ in self.takers_of_chunks():
            for body in (b"zz\r\n%b\r\n0\r\n\r\n" % GOOD, b"-1\r\n%b" % GOOD, b"ffffffffffffffffff\r\n%b" % GOOD,
                         b"%x\r\n%bxx0\r\n\r\n" % (len(GOOD), GOOD), b"\r\n\r\n"):
                self.attack(method, target, body=body, headers={**JSON, "Transfer-Encoding": "chunked"})

    def test_what_is_no_request_is_refused_before_it_has_a_route(self) -> None:
        for prefix in PREFIXES:
            line = f"POST {prefix}/2.0/mlflow/experiments/create".encode()
            for target in (b"?a=" + b"x" * 9000, b"#a", b" a", b"\0", b"?\xff", b"\t"):
                self.in_our_words("POST",
                                  line + target + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n" + GOOD,
                                  (400, 414))
            for header in (b"Transfer-Encoding: chunked\r\nContent-Length: 20", b"Content-Length: 20\r\nContent-Length: 3", b"Content-Length: -1",
                           b"Content-Length: +20", b"Content-Length: 0x14", b"Content-Length: " + b"9" * 30, b"Transfer-Encoding: gzip",
                           b"Content-Length: 20\r\nContent-Encoding: gzip", b"Content-Length: 20\r\nExpect: the impossible",
                           b"Content-Length: 20\r\nX-Long: " + b"x" * 17_000, b"Content-Length: 20\r\n" + b"X: 1\r\n" * 101 + b"X: 1",
                           b"Content-Length: 20\r\nContent-Type: text/plain", b"Content-Length: 20\r\nHost: evil.example", b"Content-Length: 20\r\nX: \0",
                           b"Content-Length: 20\r\n X: 1"):
                request = line + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + header + b"\r\n\r\n" + GOOD
                self.in_our_words("POST", request, (400, 413, 415, 417, 431, 501))

    def test_a_query_of_more_than_200_parameters_is_refused(self) -> None:
        for prefix in PREFIXES:
            self.attack("GET", f"{prefix}/2.0/mlflow/metrics/get-history-bulk?metric_key=acc" + "&run_id=a" * 201)
            self.attack("GET", f"{prefix}/2.0/mlflow/metrics/get-history-bulk?metric_key=acc" + "&run_id=a" * 101,
                        says="cannot specify more than 100 run_ids")

    def test_more_entries_than_a_batch_may_have_are_refused_at_once(self) -> None:
        run = {"run_id": self.place.run}
        metric, pair = b'{"key":"k","value":1,"timestamp":1}', b'{"key":"k","value":"v"}'
        for number, (field, entry) in enumerate((("metrics", metric), ("params", pair), ("tags", b"1"), ("metrics", b"{}"))):
            count = min(1_000_000, (JSON_LIMIT - 1000) // (len(entry) + 1))
            began = time.monotonic()
            self.attack("POST", PREFIXES[number % 2] + "/2.0/mlflow/runs/log-batch", headers=JSON,
                        body=behind(json.dumps(run).encode(), b'"%b": [' % field.encode() + b",".join([entry] * count) + b"]"))
            self.assertLess(time.monotonic() - began, PATIENCE)
        self.assertLess(self.place.server.memory("VmHWM"), MEMORY)
        for field, limit in (("metrics", 1000), ("params", 100), ("tags", 100)):
            entries = [{"key": f"k{number}", "value": 1 if field == "metrics" else "1", "timestamp": 1} for number in range(limit + 1)]
            for prefix in PREFIXES:
                self.attack("POST", prefix + "/2.0/mlflow/runs/log-batch", {**run, field: entries}, code="INVALID_PARAMETER_VALUE",
                            says=f"at most {limit} {field}")

    def test_sixteen_mebibytes_of_what_nobody_asked_for_are_passed_over_in_little_memory(self) -> None:
        for entry in (b"0", b"[]", b'{"a":0}'):
            count = (JSON_LIMIT - 1000) // (len(entry) + 1)
            began = time.monotonic()
            self.attack("POST", "/api/2.0/mlflow/experiments/create", body=b'{"name": 5, "x": [' + b",".join([entry] * count) + b"]}", headers=JSON)
            self.assertLess(time.monotonic() - began, PATIENCE)
        self.assertLess(self.place.server.memory("VmHWM"), MEMORY)

    def lists(self, place: Place) -> List[Tuple[str, str, Dict[str, Any], bytes]]:
        """Lists without a bound of MLflow's: field, call, the rest of the body, an entry (%d: its number)."""
        experiment, among = {"experiment_id": place.experiment}, {"experiment_ids": [place.experiment]}
        run, other_run, third_run = {"run_id": place.run}, {"run_id": place.other_run}, {"run_id": place.new_run()}
        source = {"name": "kept", "source": "models:/" + place.model, "model_id": place.model}
        pair, model, name = b'{"key":"k%d","value":""}', b'{"model_id":"m%d"}', {"name": "many tags"}
        dataset = b'{"dataset":{"name":"d%d","digest":"1","source_type":"a","source":"b"}}'
        return [
            ("tags", "runs/create", experiment, pair),
            ("tags", "experiments/create", name, pair),
            ("tags", "registered-models/create", name, pair),
            ("tags", "model-versions/create", source, pair),
            ("tags", "logged-models", experiment, pair),
            ("params", "logged-models", experiment, pair),
            ("params", f"logged-models/{place.model}/params", {}, pair),
            ("models", "runs/outputs", run, model),
            ("models", "runs/log-inputs", other_run, model),
            ("datasets", "runs/log-inputs", third_run, dataset),
            ("experiment_ids", "runs/search", {}, b'"%d"'),
            ("experiment_ids", "logged-models/search", {}, b'"%d"'),
            ("experiment_ids", "experiments/search-datasets", {}, b'"%d"'),
            ("order_by", "runs/search", among, b'"metrics.m%d"'),
            ("order_by", "logged-models/search", among, b'{"field_name":"metrics.m%d"}'),
            ("order_by", "experiments/search", {}, b'"tags.m%d"'),
            ("datasets", "logged-models/search", among, b'{"dataset_name":"d%d"}'),
            ("stages", "registered-models/get-latest-versions", {"name": "kept"}, b'"None"'),
        ]

    def test_a_long_list_is_answered_soon_or_refused(self) -> None:
        with another_place() as place:  # what is kept of it is kept apart
            for field, path, rest, entry in self.lists(place):
                for count in LISTED:
                    entries = b",".join(entry % number if b"%d" in entry else entry for number in range(count))
                    body = json.dumps({**rest, field: "@"}).encode().replace(b'"@"', b"[" + entries + b"]")
                    with self.subTest(field=field, path=path, count=count):
                        began = time.monotonic()
                        reply = self.harmless(place.call("POST", "/api/2.0/mlflow/" + path, body, JSON))
                        if reply.status != 200:
                            self.refused(reply, (400, 404))
                        self.assertLess(time.monotonic() - began, PATIENCE)
            self.assertLess(place.server.memory("VmHWM"), MEMORY)

    def test_texts_that_are_too_long_are_refused(self) -> None:
        run, experiment, version = {"run_id": self.place.run}, {"experiment_id": self.place.experiment}, {"name": "kept", "version": "1"}
        key, long = "k" * 251, "x" * (1 << 20)
        inputs = [{"name": "n" * 501}, {"digest": "d" * 37}, {"source": "s" * 65_536}, {"schema": "s" * 1_048_576}]
        bodies: Dict[str, List[Dict[str, Any]]] = {
            "experiments/create": [{"name": "x" * 501}, {"name": long}],
            "experiments/update": [{**experiment, "new_name": "x" * 501}],
            "experiments/set-experiment-tag": [{**experiment, "key": key, "value": ""}, {**experiment, "key": "k", "value": "x" * 20_001}],
            "runs/log-metric": [{**run, "key": one, "value": 1, "timestamp": 1} for one in (key, long)],
            "runs/log-parameter": [{**run, "key": key, "value": ""}],
            "runs/set-tag": [{**run, "key": key, "value": ""}],
            "runs/log-batch": [{**run, "params": [{"key": key, "value": ""}]}, {**run, "tags": [{"key": key, "value": ""}]}, {"run_id": "r" * 257}],
            "runs/log-inputs": [{**run, "datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "a", "source": "b", **one}}]} for one in inputs],
            "runs/search": [{"experiment_ids": [self.place.experiment], "page_token": long}],
            "registered-models/create": [{"name": "x" * 257}, {"name": long}],
            "registered-models/set-tag": [{"name": "kept", "key": key, "value": ""}, {"name": "kept", "key": "k", "value": "x" * 100_001}],
            "registered-models/alias": [{**version, "alias": one} for one in ("a" * 256, long)],
            "model-versions/set-tag": [{**version, "key": key, "value": ""}, {**version, "key": "k", "value": "x" * 100_001}],
            "model-versions/create": [{"name": "kept", "source": long}],
        }
        for prefix in PREFIXES:
            for path, values in bodies.items():
                for value in values:
                    self.attack("POST", f"{prefix}/2.0/mlflow/{path}", value)

    def test_an_error_does_not_repeat_a_text_of_a_mebibyte(self) -> None:
        run, version, long = {"run_id": self.place.run}, {"name": "kept", "version": "1"}, "x" * (1 << 20)
        bodies: Dict[str, List[Dict[str, Any]]] = {
            "POST experiments/create": [{"name": [long]}],
            "POST runs/create": [{"experiment_id": long}],
            "POST runs/search": [{"experiment_ids": [long]}, {"experiment_ids": ["1"], "filter": long}, {"experiment_ids": ["1"], "order_by": [long]}],
            "POST runs/log-metric": [{**run, "key": "k", "value": long, "timestamp": 1}, {**run, "key": long + "/..", "value": 1, "timestamp": 1}],
            "POST runs/log-batch": [{"run_id": long}, {**run, "metrics": [long]}, {**run, "params": long}],
            "POST runs/log-parameter": [{**run, "key": "depth", "value": long}],
            "POST runs/log-model": [{**run, "model_json": long}],
            "POST runs/set-tag": [{"run_id": long, "key": "k", "value": ""}],
            "POST logged-models": [{"experiment_id": self.place.experiment, "name": long + "/"}],
            "PATCH logged-models/" + self.place.model: [{"model_id": long, "status": "LOGGED_MODEL_READY"}],
            "POST registered-models/create": [{"name": long + "/"}],
            "POST registered-models/alias": [{"name": long, "alias": "a", "version": "1"}, {"name": "kept", "alias": "a", "version": long}],
            "DELETE registered-models/delete": [{"name": long}],
            "POST model-versions/transition-stage": [{**version, "stage": long}],
        }
        for call, values in bodies.items():
            method, path = call.split()
            for value in values:
                with self.subTest(call=call, fields=[key for key, item in value.items() if len(str(item)) >= 1 << 20]):
                    error = self.refused(self.place.send(method, "/api/2.0/mlflow/" + path, value), (400, 404))
                    self.assertLess(len(error["message"]), 16_384)

    def test_values_of_params_and_tags_that_are_too_long_are_cut(self) -> None:
        run = self.place.new_run()
        for prefix in PREFIXES:
            key, long = prefix[1:4], "é" * (1 << 20)
            batch = {"params": [{"key": "q" + key, "value": "p" * 6001}], "tags": [{"key": "u" + key, "value": "t" * 8001}]}
            for path, body in (("log-parameter", {"key": "p" + key, "value": long}), ("set-tag", {"key": "t" + key, "value": long}), ("log-batch", batch)):
                self.assertEqual(self.place.send("POST", f"{prefix}/2.0/mlflow/runs/{path}", {"run_id": run, **body}).status, 200)
        data = self.place.asked("runs/get", run_id=run)["run"]["data"]
        self.assertEqual({len(param["value"]) for param in data["params"]}, {6000})
        self.assertEqual({len(tag["value"]) for tag in data["tags"] if tag["key"] != "mlflow.runName"}, {8000})

    def test_no_text_is_kept_without_a_bound(self) -> None:
        """MLflow has no limit for these, and its databases may have one: refused, or cut, but no two mebibytes of it are kept."""
        with another_place() as place:
            run, experiment = {"run_id": place.run}, {"experiment_id": place.experiment}
            by_value, by_key = {"key": "k", "value": "@"}, {"key": "@", "value": "v"}
            source = {"name": "kept", "source": "models:/" + place.model, "model_id": place.model}
            dataset = {"name": "d", "digest": "1", "source_type": "@", "source": "{}"}
            bodies: Dict[str, List[Dict[str, Any]]] = {
                "runs/create": [{**experiment, **more} for more in ({"run_name": "@"}, {"user_id": "@"}, {"tags": [by_value]}, {"tags": [by_key]})],
                "runs/update": [{**run, "run_name": "@"}],
                "runs/outputs": [{**run, "models": [{"model_id": "@"}]}],
                "runs/log-inputs": [{**run, "datasets": [{"dataset": dataset}]}],
                "runs/log-metric": [{**run, "key": "k", "value": 1, "timestamp": 1, "dataset_name": "@", "model_id": place.model}],
                "logged-models": [{**experiment, **more} for more in ({"name": "@"}, {"model_type": "@"}, {"source_run_id": "@"},
                                                                      {"params": [by_value]}, {"tags": [by_key]})],
                "registered-models/create": [{"name": "long", "description": "@"}],
                "model-versions/create": [{**source, "description": "@"}, {**source, "run_link": "@"}],
            }
            for path, value in [(path, value) for path, values in bodies.items() for value in values]:
                with self.subTest(path=path, value=value):
                    known = place.rows()
                    reply = self.harmless(place.call("POST", "/api/2.0/mlflow/" + path, json.dumps(value).replace("@", "x" * (2 << 20)).encode(), JSON))
                    new = [item for table, rows in place.rows().items() for row in set(rows) - set(known[table]) for item in row]
                    self.assertLess(max([len(str(item)) for item in new], default=0), 2 << 20, reply.status)


if __name__ == "__main__":
    unittest.main()
