#!/usr/bin/env python3
"""A body that MLflow's routes cannot take as it stands changes nothing.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_bodies_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import json
import re
import sys
import unittest
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import JSON, PREFIXES, AttackTest, another_place, behind  # noqa: E402


def unreadable(body: bytes) -> Iterator[bytes]:
    """What is no JSON object, or ends elsewhere than it should."""
    yield from (body[:-1], body + b" x", body + body, body + b"\0", b"[" + body + b"]", body[:-1] + b",}", b"/* */" + body, body + b"// a")
    yield from (b"{,}", b"[]", b"5", b"true", b'"a"', b"name=attacked&key=a", b"<a/>", body.decode().replace('"', "'").encode())
    yield from (b"\xff\xfe" + body.decode().encode("utf-16-le"), body.decode().encode("utf-16-be"))
    for value in (b"1e999", b"01", b"0x1", b"+1", b"1.", b"9" * 400, b"undefined", b'"a\nb"', b'"\0"', b'"\\x41"'):
        yield behind(body, b'"x": ' + value)


def not_utf8(body: bytes) -> Iterator[bytes]:
    """Single bytes, forms that are longer than need be, halves of surrogates, beyond Unicode: in a value, in a key, as an escape."""
    for text in (b"\xff", b"a\x80b", b"\xc0\xaf", b"\xc0\xae\xc0\xae", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xed\xa0\x80", b"\xed\xb0\x80",
                 b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xc3", b"\xe2\x82", b"\\ud800", b"\\udc00", b"\\udc00\\ud800", b"\\ud83d x"):
        yield behind(body, b'"x": "' + text + b'"')
        yield behind(body, b'"' + text + b'": 1')
    yield body.replace(b'": "', b'": "\xff', 1) if b'": "' in body else b"\xff" + body


def repeated(value: Dict[str, Any]) -> Iterator[bytes]:
    """One key with two values: which of them counts is another for every reader."""
    body = json.dumps(value).encode()
    for key in value:
        for again in (key, "".join(f"\\u{ord(c):04x}" for c in key), key[0] + f"\\u{ord(key[1]):04X}" + key[2:]):
            yield behind(body, f'"{again}": {json.dumps(value[key])}'.encode())
            yield behind(body, f'"{again}": "other"'.encode())
        camel = re.sub("_(.)", lambda match: match.group(1).upper(), key)
        if camel != key:
            yield behind(body, f'"{camel}": "other"'.encode())
    yield behind(body, b'"x": {"a": 1, "a": 2}')
    yield behind(body, b'"x": [{"a": 1, "b": [], "\\u0061": 2}]')
    yield json.dumps(behind(body, b'"x": {"a": 1, "a": 2}').decode()).encode()  # encoded twice, as old clients do


def deep(body: bytes) -> Iterator[bytes]:
    for depth in (64, 65, 1000, 100_000):
        yield behind(body, b'"x": ' + b"[" * depth + b"]" * depth)
        yield behind(body, b'"x": ' + b'{"a":' * depth + b"1" + b"}" * depth)
        yield behind(body, b'"x": ' + b"[" * depth)
        yield b"[" * depth
    text = behind(body, b'"x": ' + b"[" * 70 + b"]" * 70).decode()
    yield json.dumps(text).encode()
    yield json.dumps(json.dumps(body.decode())).encode()


class Bodies(AttackTest):
    def everywhere(self, spoil: Callable[..., Iterator[bytes]], as_value: bool = False) -> None:
        """Spoils the body of each call that changes something: each in a third of the ways, each way in a third of the calls."""
        for number, (method, path, value) in enumerate(self.place.writes()):
            for way, body in enumerate(spoil(value if as_value else json.dumps(value).encode())):
                if (number + way) % 3 == 0:
                    self.attack(method, f"{PREFIXES[way % 2]}/2.0/mlflow/{path}", body=body, headers=JSON)

    def test_a_body_that_is_no_json_object_changes_nothing(self) -> None:
        self.everywhere(unreadable)

    def test_a_body_that_is_not_utf8_changes_nothing(self) -> None:
        self.everywhere(not_utf8)

    def test_a_key_that_is_there_twice_is_refused_however_it_is_spelt(self) -> None:
        self.everywhere(repeated, as_value=True)

    def test_nesting_beyond_64_is_refused(self) -> None:
        self.everywhere(deep)

    def test_a_body_of_another_type_than_json_changes_nothing(self) -> None:
        types: List[Optional[str]] = [
            None, "", "text/plain", "text/plain; charset=utf-8", "text/plain;application/json", "text/json", "text/html",
            "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "application/jsonx", "application/json-patch+json",
            "application/x-ndjson", "application/javascript", "application/octet-stream", "application/xml", "application", "json", "*/*",
            "application/json, text/plain", "text/plain, application/json", "<script>alert(1)</script>", "application/json\\"
        ]
        for method, path, value in self.place.writes():
            if method != "POST":
                continue  # no page of another site sends those without asking first
            for prefix in PREFIXES:
                for kind in types:
                    self.attack("POST", f"{prefix}/2.0/mlflow/{path}", body=json.dumps(value).encode(),
                                headers={} if kind is None else {"Content-Type": kind}, code="INVALID_PARAMETER_VALUE", says="Content-Type")

    def test_a_query_is_no_body(self) -> None:
        for number, (method, path, value) in enumerate(self.place.writes()):
            if path == "runs/create":
                continue  # which needs nothing
            query = "&".join(f"{key}={quote(str(item), safe='')}" for key, item in value.items())
            target = f"{PREFIXES[number % 2]}/2.0/mlflow/{path}?{query}"
            if "logged-models/" not in path:  # whose id is in the path
                self.attack(method, target, body=b"{}", headers=JSON)
            if path not in ("registered-models/alias", f"logged-models/{self.place.model}"):  # which may be asked for, too
                self.attack("GET", target, statuses=(400, 404))

    def test_a_batch_is_kept_as_a_whole_or_not_at_all(self) -> None:
        run = {"run_id": self.place.run}
        good: Dict[str, List[Any]] = {
            "metrics": [{"key": "m", "value": 1, "timestamp": 1}], "params": [{"key": "p", "value": "1"}], "tags": [{"key": "t", "value": "1"}]
        }
        for prefix in PREFIXES:
            more: List[Dict[str, Any]] = [{
                field: good[field] + [entry]
            } for field, entry in (("metrics", {"key": "n", "value": 1}), ("metrics", {"key": "../n", "value": 1, "timestamp": 1}),
                                   ("metrics", {"key": "n", "value": "x", "timestamp": 1}), ("metrics", {"key": "n", "value": 1, "timestamp": -1}),
                                   ("metrics", {"key": "n", "value": 1, "timestamp": 1, "model_id": "m-none"}), ("params", {"key": "p", "value": "2"}),
                                   ("params", {"key": "depth", "value": "5"}), ("params", {"key": "q", "value": 5}), ("params", "q"), ("params", None),
                                   ("tags", {"key": "k" * 251, "value": ""}), ("tags", {"value": ""}))]
            for bad in (*more, {"tags": {"t": "1"}}, {"tags": "t"}):
                self.attack("POST", prefix + "/2.0/mlflow/runs/log-batch", {**run, **good, **bad}, statuses=(400, 404))

    def test_the_bodies_that_were_spoilt_are_good_ones(self) -> None:
        with another_place() as place:
            for method, path, value in place.writes():
                with self.subTest(path=path):
                    before = place.rows()
                    place.done(method, path, value)
                    self.assertNotEqual(place.rows(), before)


if __name__ == "__main__":
    unittest.main()
