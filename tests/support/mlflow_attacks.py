"""What must be true after each attack on MLflow's routes: the protocol's refusal, and nothing else.

Standard library only; for tests/functional/mlflow_attacks*_test.py.
"""

import json
import re
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.attacked_place import JSON, SECRET, Headers, Place, Reply, another_place  # noqa: E402

__all__ = ["JSON", "PATIENCE", "PREFIXES", "SECRET", "AttackTest", "Place", "Reply", "another_place", "behind"]

PREFIXES = ("/api", "/ajax-api")
PATIENCE = 10.0  # seconds for an answer that takes a fraction of one
PASSWD = re.compile(rb"root:[^:\n]*:0:0:")  # what attackers ask for first

# What a message may be about, by the protocol; an unknown word makes the client say that it talks to something else.
ERROR_CODES = {
    "BAD_REQUEST", "INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST", "NOT_FOUND", "ENDPOINT_NOT_FOUND",
    "RESOURCE_CONFLICT", "NOT_IMPLEMENTED"
}


def behind(body: bytes, text: bytes) -> bytes:
    """An object with one more member."""
    return body[:-1] + b", " + text + b"}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    shown = []
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if isinstance(was, list) and isinstance(now, list):
            gone, came = [row for row in was if row not in now], [row for row in now if row not in was]
            shown.append(f"{name}: gone {str(gone)[:500]}, come {str(came)[:500]}")
        else:
            shown.append(f"{name}: {str(was)[:300]} is {str(now)[:300]}")
    return "\n".join(shown)


class AttackTest(unittest.TestCase):
    """Cases share one place per class: what one of them stores under its own names is nothing to the others."""

    maxDiff = 2000
    place: Place

    @classmethod
    def setUpClass(cls) -> None:
        cls.place = Place()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.place.close()

    def setUp(self) -> None:
        self.note()

    def tearDown(self) -> None:
        self.assertEqual(self.place.call("GET", "/health").body, b"OK")
        self.assertEqual(self.place.asked("registered-models/alias", name="kept", alias="champion")["model_version"]["version"], "1")
        self.assertEqual(self.place.listener.calls, [], "the server called another one")
        self.assertEqual(self.place.children(), "", "the server started a program")

    def note(self) -> None:
        """What is there now is right."""
        self.files, self.rows = self.place.files(), self.place.rows()

    def unchanged(self) -> None:
        rows, files = self.place.rows(), self.place.files()
        if rows is self.rows and files == self.files or (rows, files) == (self.rows, self.files):
            return
        self.fail("something was stored, or changed:\n" + differences(self.rows, rows) + "\n" + differences(self.files, files))

    def harmless(self, reply: Reply, sent: str = "") -> Reply:
        """Whatever the answer is, it gives nothing away, and no browser takes it for a page."""
        self.assertLess(reply.status, 500 if reply.status != 501 else 502, reply)
        told = bytes(reply.headers) + reply.body
        self.assertNotIn(SECRET, told)
        self.assertIsNone(PASSWD.search(told), reply)
        if str(self.place.root) not in unquote(sent):
            self.assertNotIn(str(self.place.root).encode(), told, "the answer tells where the server keeps its files")
        self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff", reply)
        return reply

    def refused(self, reply: Reply, statuses: Sequence[int] = (400,), code: str = "", sent: str = "") -> Dict[str, Any]:
        """An error as the protocol has it, and which."""
        self.harmless(reply, sent)
        self.assertIn(reply.status, statuses, reply)
        self.assertEqual(reply.headers["Content-Type"], "application/json", reply)
        error = reply.json()
        self.assertIsInstance(error, dict)
        self.assertLessEqual({"error_code", "message"}, set(error), reply)
        self.assertLessEqual(set(error), {"error_code", "message", "assay"}, reply)
        self.assertIn(error["error_code"], ERROR_CODES)
        self.assertTrue(isinstance(error["message"], str) and error["message"], reply)
        if code:
            self.assertEqual(error["error_code"], code, reply)
        return error

    def attack(self, method: str, target: str, value: Any = None, body: Optional[bytes] = None, headers: Optional[Headers] = None,
               statuses: Sequence[int] = (400,), code: str = "", says: str = "") -> None:
        """A request that must be refused, of which nothing is kept. `value` goes out as JSON, `body` as it stands."""
        named = dict(headers or {})
        if value is not None:
            body = json.dumps(value).encode()
            named = {**JSON, **named}
        shown = (body or b"")[:160]
        with self.subTest(attack=f"{method} {target[:300]} {shown!r} {dict(headers or {})}"):
            try:
                error = self.refused(self.place.call(method, target, body, named), statuses, code, f"{target} {(body or b'')[:10_000]!r}")
                self.assertIn(says, error["message"])
                self.unchanged()
            finally:
                self.note()  # told once

    def in_our_words(self, method: str, request: bytes, statuses: Sequence[int] = (400,)) -> None:
        """What has no route of the protocol's yet is refused too, and nothing is kept of it; the error may be one of this server's own, RFC 9457."""
        with self.subTest(request=request[:300]):
            try:
                reply = self.harmless(self.place.exchange(request, method))
                self.assertIn(reply.status, statuses, reply)
                self.assertIn(reply.headers["Content-Type"], ("application/json", "application/problem+json"), reply)
                self.assertIsInstance(reply.json(), dict)
                self.unchanged()
            finally:
                self.note()
