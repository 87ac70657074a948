#!/usr/bin/env python3
"""Numbers that MLflow's routes cannot keep exactly are refused; those at the edge are kept.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_numbers_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import json
import re
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, List, Tuple
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import JSON, PREFIXES, AttackTest  # noqa: E402

LARGEST, SMALLEST = 2**63 - 1, -(2**63)


class Numbers(AttackTest):
    def raw(self, value: Dict[str, Any], field: str, number: str) -> bytes:
        """The body with a number as it is written."""
        return json.dumps({**value, field: "@"}).replace('"@"', number).encode()

    def integers(self) -> List[Tuple[str, Dict[str, Any], str]]:
        run = {"run_id": self.place.run}
        return [("runs/log-metric", {**run, "key": "i", "value": 1, "timestamp": 1}, "timestamp"),
                ("runs/log-metric", {**run, "key": "i", "value": 1, "timestamp": 1}, "step"),
                ("runs/create", {"experiment_id": self.place.experiment}, "start_time"), ("runs/update", run, "end_time"),
                ("runs/search", {"experiment_ids": ["1"]}, "max_results"), ("experiments/search", {}, "max_results"),
                ("logged-models/search", {"experiment_ids": ["1"]}, "max_results"), ]

    def test_an_integer_beyond_64_bits_is_refused(self) -> None:
        for path, value, field in self.integers():
            for number in (str(2**63), str(-(2**63) - 1), str(2**64), str(-(2**64)), str(10**30), f'"{2**63}"', f'"{-(2**63) - 1}"', f'"{10**400}"',
                           "1e19", "-1e19", "1e308", "1.5", '"1.5"', '"NaN"', '"Infinity"', "NaN", "Infinity", "-Infinity", '"0x10"', '"1_000"', '"a"',
                           '"\\u0661"', "[1]", "{}", "true"):
                for prefix in PREFIXES:
                    self.attack("POST", f"{prefix}/2.0/mlflow/{path}", body=self.raw(value, field, number), headers=JSON)

    def test_the_extremes_of_64_bits_are_kept_exactly_or_refused(self) -> None:
        run = self.place.new_run()
        steps = (LARGEST, LARGEST - 1, SMALLEST, SMALLEST + 1, 2**53 + 1, -(2**53) - 1, 0)
        for number in steps:
            self.place.done("POST", "runs/log-metric", {"run_id": run, "key": "step", "value": 1, "timestamp": 5, "step": number})
            self.place.done("POST", "runs/log-metric", {"run_id": run, "key": "text", "value": 1, "timestamp": "5", "step": str(number)})
        self.place.done("POST", "runs/log-metric", {"run_id": run, "key": "time", "value": 1, "timestamp": LARGEST, "step": LARGEST})
        for key in ("step", "text"):
            history = self.place.asked("metrics/get-history", run_id=run, metric_key=key)["metrics"]
            self.assertEqual([point["step"] for point in history], sorted(steps))
        history = self.place.asked("metrics/get-history", run_id=run, metric_key="time")["metrics"]
        self.assertEqual([(point["timestamp"], point["step"]) for point in history], [(LARGEST, LARGEST)])
        latest = {metric["key"]: metric["step"] for metric in self.place.asked("runs/get", run_id=run)["run"]["data"]["metrics"]}
        self.assertEqual(latest, {"step": LARGEST, "text": LARGEST, "time": LARGEST})
        for number in (LARGEST, SMALLEST, 2**31, -(2**31) - 1, -1, 0):
            for path, value, field in self.integers():
                with self.subTest(path=path, field=field, number=number):
                    reply = self.harmless(self.place.send("POST", "/api/2.0/mlflow/" + path, {**value, field: number}))
                    if reply.status != 200:
                        self.refused(reply)
        for query in ("", f"&start_step={-(2**31)}&end_step={2**31 - 1}", f"&start_step={SMALLEST}&end_step={LARGEST}",
                      f"&start_step={LARGEST}&end_step={SMALLEST}", "&max_results=1", "&max_results=0", "&max_results=-1", f"&max_results={LARGEST}",
                      f"&max_results={2**63}", "&max_results=1e3", "&max_results=NaN"):
            for prefix in PREFIXES:
                for target in (f"metrics/get-history-bulk-interval?run_ids={run}&metric_key=step{query}",
                               f"metrics/get-history?run_id={run}&metric_key=step{query}",
                               f"metrics/get-history-bulk?run_id={run}&metric_key=step{query}"):
                    with self.subTest(target=target):
                        reply = self.harmless(self.place.call("GET", f"{prefix}/2.0/mlflow/{target}"))
                        if reply.status != 200:
                            self.refused(reply)
                        else:
                            self.assertLessEqual({point["step"] for point in reply.json().get("metrics", [])}, set(steps))

    def test_versions_and_experiments_of_any_number_are_not_there_or_refused(self) -> None:
        for number in (LARGEST, SMALLEST, 2**63, -(2**63) - 1, 2**64 + 1, 10**40, -1, "1.0", "1e0", "0x1", "1 OR 1=1", "\u0661", "NaN"):
            sent = quote(str(number), safe="")
            for prefix in PREFIXES:
                base = f"{prefix}/2.0/mlflow/"
                for route in (f"model-versions/get?name=kept&version={sent}", f"model-versions/get-download-uri?name=kept&version={sent}",
                              f"experiments/get?experiment_id={sent}"):
                    self.attack("GET", base + route, statuses=(400, 404))
                self.attack("GET", f"/model-versions/get-artifact?name=kept&version={sent}&path=MLmodel", statuses=(400, 404))
                self.attack("POST", base + "registered-models/alias", {"name": "kept", "alias": "a", "version": str(number)}, statuses=(400, 404))
                self.attack("POST", base + "model-versions/set-tag", {"name": "kept", "version": str(number), "key": "k", "value": "v"},
                            statuses=(400, 404))
                self.attack("DELETE", base + "model-versions/delete", {"name": "kept", "version": str(number)}, statuses=(400, 404))
                self.attack("POST", base + "runs/create", {"experiment_id": str(number)}, statuses=(400, 404))
                self.attack("POST", base + "experiments/delete", {"experiment_id": str(number)}, statuses=(400, 404))

    def test_a_metric_that_is_no_number_is_refused(self) -> None:
        for number in ("1e999", "-1e999", '"1e999"', '"nan"', '"inf"', '"-inf"', '"+Infinity"', '"infinity"', '"0x10"', '"1,5"', '"1_0"', '""', '" "',
                       '"a"', '"\\u0661"', "[]", "{}", "[1]", '"NaN(1)"', "nan", "inf", "-NaN", "+1", '"1\\u0000"'):
            for prefix in PREFIXES:
                body = self.raw({"run_id": self.place.run, "key": "n", "timestamp": 1}, "value", number)
                self.attack("POST", prefix + "/2.0/mlflow/runs/log-metric", body=body, headers=JSON)
                body = json.dumps({"run_id": self.place.run, "metrics": ["@"]}).encode().replace(b'"@"', self.raw({"key": "n", "timestamp": 1}, "value", number))
                self.attack("POST", prefix + "/2.0/mlflow/runs/log-batch", body=body, headers=JSON)

    def test_nan_and_infinity_come_back_as_text_or_as_a_finite_number(self) -> None:
        run = self.place.new_run()
        for step, number in enumerate(("NaN", '"NaN"', "Infinity", '"Infinity"', "-Infinity", '"-Infinity"', "1.7976931348623157e308", "5e-324", "-0.0")):
            body = self.raw({"run_id": run, "key": "n", "timestamp": step, "step": step}, "value", number)
            self.assertEqual(self.place.call("POST", PREFIXES[step % 2] + "/2.0/mlflow/runs/log-metric", body, JSON).status, 200, number)
        reply = self.harmless(self.place.call("GET", f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=n"))

        def no_constant(word: str) -> None:
            self.fail(f"{word} is no JSON")

        values = [point["value"] for point in json.loads(reply.body, parse_constant=no_constant)["metrics"]]
        largest = sys.float_info.max
        self.assertEqual(values, ["NaN", "NaN", largest, largest, -largest, -largest, largest, 5e-324, 0.0])
        for comparison in ("metrics.n > 0", "metrics.n = 0", "metrics.n < 1e999", "metrics.n > NaN", "metrics.n > 'NaN'"):
            for path in ("runs/search", "logged-models/search"):
                with self.subTest(path=path, filter=comparison):
                    found = self.harmless(self.place.send("POST", "/api/2.0/mlflow/" + path, {"experiment_ids": [self.place.experiment], "filter": comparison}))
                    json.loads(found.body, parse_constant=no_constant)

    def test_the_numbers_of_a_version_are_finite(self) -> None:
        run = self.place.new_run()
        for key, number in (("nan", "NaN"), ("inf", "Infinity"), ("least", "-Infinity")):
            self.place.done("POST", "runs/log-metric", {"run_id": run, "key": key, "value": number, "timestamp": 1, "step": LARGEST})
        self.place.put(f"{self.place.experiment}/{run}/artifacts/m/weights.txt", b"1\n")
        self.place.done("POST", "registered-models/create", {"name": "odd"})
        made = self.place.done("POST", "model-versions/create", {"name": "odd", "source": f"runs:/{run}/m", "run_id": run})["model_version"]
        self.assertIn(made["status"], ("READY", "FAILED_REGISTRATION"))
        for target in ("/v1/models/odd/versions/1", "/v1/models/odd/versions/1/manifest", "/api/2.0/mlflow/model-versions/get?name=odd&version=1"):
            for text in re.findall(rb"[:\[,](-?NaN|-?Infinity)", self.harmless(self.place.call("GET", target)).body):
                self.fail(f"{text!r} is no JSON")


if __name__ == "__main__":
    unittest.main()
