#!/usr/bin/env python3
"""A search of MLflow's routes finds what its filter says, and keeps nobody waiting.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_searches_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import base64
import json
import sys
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, Tuple
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import PATIENCE, PREFIXES, AttackTest, Reply  # noqa: E402


class Searches(AttackTest):
    def searches(self) -> List[Tuple[str, str, Dict[str, Any]]]:
        among = {"experiment_ids": [self.place.experiment]}
        return [("POST", "runs/search", among), ("POST", "logged-models/search", among), ("POST", "experiments/search", {}),
                ("GET", "registered-models/search", {}), ("GET", "model-versions/search", {})]

    def ask(self, method: str, path: str, value: Dict[str, Any], prefix: str = "/api") -> Reply:
        target = f"{prefix}/2.0/mlflow/{path}"
        if method == "GET":
            return self.place.call("GET", f"{target}?{urlencode(value, doseq=True)}")
        return self.place.send("POST", target, value)

    def test_a_filter_is_no_sql(self) -> None:
        every = {path: self.ask(method, path, value).json() for method, path, value in self.searches()}
        for filter_ in ("name = 'x' OR 1=1", "name = 'x'; DROP TABLE runs", "name = 'x' --", "name = 'x' UNION SELECT * FROM runs", "1=1", "name = name",
                        "name = (SELECT 1)", "name LIKE '%' ESCAPE '\\'", "(name = 'x')", "NOT name = 'x'", "name = 'x' AND", "AND", "name", "= 'x'",
                        "name = 'x", "name = x", 'name = `x`', "tags.`a` b = 'x'", "tags.'; DROP TABLE tags; --' = 'x'", "name GLOB '*'",
                        "name REGEXP '.*'", "name MATCH 'x'", "name || 'x' = 'x'", "name = 'x' COLLATE NOCASE", "name = 'x' LIMIT 1",
                        "name IN (SELECT name FROM runs)", "name IN ()", "rowid = 1", "attributes.state = 'active'", "name = \0", "\0",
                        "name = 'x' AND randomblob(1000000000) = 'x'", "load_extension('a') = 'x'"):
            for method, path, value in self.searches():
                for prefix in PREFIXES:
                    with self.subTest(path=path, filter=filter_):
                        self.refused(self.ask(method, path, {**value, "filter": filter_}, prefix))
                        self.unchanged()
        for order in ("name; DROP TABLE runs", "name ASC, (SELECT 1)", "1", "random()", "name DESC NULLS LAST", "rowid", "(name)", "name ASC name",
                      "name--", "'name'; --", "", " ", "\0"):
            for method, path, value in self.searches():
                with self.subTest(path=path, order=order):
                    by: Any = [{"field_name": order}] if path.startswith("logged-models") else [order]
                    self.refused(self.ask(method, path, {**value, "order_by": by}))
        for quoted in ("''", "x' OR 1=1 --", "'; DROP TABLE runs; --", "%", "_", "\\", "x\0y"):
            for method, path, value in self.searches():
                with self.subTest(path=path, quoted=quoted):
                    named = "name" if "runs" not in path else "run_name"
                    self.harmless(self.ask(method, path, {**value, "filter": f'{named} = "{quoted}"'}))
                    self.harmless(self.ask(method, path, {**value, "filter": f'tags.`{quoted}` = "{quoted}"'}))
        self.assertEqual({path: self.ask(method, path, value).json() for method, path, value in self.searches()}, every)

    def test_a_page_token_of_another_search_or_of_nobody_is_refused(self) -> None:
        def token(value: Any) -> str:
            return base64.b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).decode()

        values = (b"\xff", b"a", [1], {}, {"offset": -1}, {"offset": 2**63}, {"offset": "1; DROP TABLE runs"}, b"[" * 5_000, {"of": "x" * 4_000},
                  b'{"a": 1, "a": 2}', {"keys": [[], {}]}, {"id": ["'"]}, {"at": 1, "step": "a", "value": {}})
        forged = ["!", "a", "====", "%00", "\0", *(token(value) for value in values)]
        for one in forged:
            for method, path, value in self.searches():
                with self.subTest(path=path, token=one[:80]):
                    self.refused(self.ask(method, path, {**value, "page_token": one}))
            for prefix in PREFIXES:
                self.attack("GET", f"{prefix}/2.0/mlflow/metrics/get-history?run_id={self.place.run}&metric_key=acc&page_token={quote(one, safe='')}")
        among = {"experiment_ids": [self.place.experiment]}
        good = self.ask("POST", "runs/search", {**among, "max_results": 1}).json()["next_page_token"]
        held = json.loads(base64.b64decode(good))
        self.assertEqual(self.ask("POST", "runs/search", {**among, "page_token": good}).status, 200)
        for other in ({"filter": "status = 'RUNNING'"}, {"order_by": ["run_id"]}, {"run_view_type": "ALL"}, {"experiment_ids": ["0"]}):
            with self.subTest(other=other):
                self.refused(self.ask("POST", "runs/search", {**among, **other, "page_token": good}))
        for method, path, value in self.searches()[1:]:
            with self.subTest(path=path):
                self.refused(self.ask(method, path, {**value, "page_token": good}))
        for key in held:
            for changed in (None, "a", 5, -1.5, [], {}, [[]], [None], ["a"], [5], [2**63 - 1], [-1.5], [None] * 9, ["a"] * 9, {"a": 1}, [{"a": 1}], 2**70,
                            "absent"):
                with self.subTest(key=key, changed=changed):
                    again = {**held, key: changed} if changed != "absent" else {name: kept for name, kept in held.items() if name != key}
                    reply = self.harmless(self.ask("POST", "runs/search", {**among, "page_token": token(again)}))
                    if reply.status != 200:  # else a place like others
                        self.refused(reply)

    def test_a_search_that_asks_for_too_much_is_refused_or_answered_soon(self) -> None:
        for key in ("aaa", "bbb"):
            run = self.place.new_run()
            self.place.done("POST", "runs/set-tag", {"run_id": run, "key": key, "value": "a" * 8000})
        pattern = "%a" * 500 + "%b"
        for method, path, value in self.searches():
            length = 2_000 if method == "GET" else 1_000_000
            key = "run_name" if path.startswith("runs") else "name"
            for filter_ in (" AND ".join([f"{key} = 'a'"] * (length // 14)), " AND ".join(f"tags.k{number} = 'a'" for number in range(length // 25)),
                            f"{key} = '{'a' * length}'", f"{key} LIKE '{'%' * length}'", f"tags.aaa LIKE '{pattern}'", f"tags.aaa ILIKE '{pattern}'",
                            f"{key} LIKE '{'_%' * (length // 2)}b'", "(" * length, "'" * length,
                            f"{key} IN ({', '.join(repr(str(number)) for number in range(length // 10))})", " " * length, "a" * length,
                            "name = 'a' " * (length // 11)):
                with self.subTest(path=path, filter=filter_[:60]):
                    began = time.monotonic()
                    reply = self.harmless(self.ask(method, path, {**value, "filter": filter_}))
                    if reply.status != 200:
                        self.refused(reply, (400, 414))
                    self.assertLess(time.monotonic() - began, PATIENCE)


if __name__ == "__main__":
    unittest.main()
