#!/usr/bin/env python3
"""The description of the API and the server itself, held against each other by a stranger: schemathesis makes requests from the one
and looks at what the other answers. ASSAY_BIN=build/release/assay build/venv/bin/python tests/functional/openapi_test.py

A few requests per operation, always the same; tests/bench/schemathesis_run.py makes thousands.
"""

import sys
import tempfile
import unittest
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import schemathesis_run  # noqa: E402
from http_api import call, start, stop  # noqa: E402

EXAMPLES = 10  # per operation; boundaries and examples come besides
# The end of a waiver must lie in the future, and at most a year away; a version is trusted once, and only when it waits: no example stays right.
NEVER_RIGHT = {"POST /v1/models/{name}/versions/{ref}:waive", "POST /v1/models/{name}/versions/{ref}:trust"}


def setUpModule():
    start(*schemathesis_run.SERVER)


def tearDownModule():
    stop()


class Description(unittest.TestCase):
    def test_it_is_valid_openapi_3_1(self):
        description = call("GET", "/openapi.json").json()
        self.assertTrue(description["openapi"].startswith("3.1."))
        self.assertEqual([error.message for error in OpenAPIV31SpecValidator(description).iter_errors()], [])

    def test_whatever_is_asked_the_answer_is_one_that_is_described(self):
        """No server error, no status, body, type or header that the description lacks; what it allows is accepted, what it forbids refused."""
        with tempfile.TemporaryDirectory() as folder:
            found = schemathesis_run.run(Path(folder), EXAMPLES, ["--seed", "1", "--generation-deterministic"])
        self.assertTrue(found.complete, found.text)
        self.assertEqual((found.failures, found.errors), (0, 0), found.text)
        self.assertEqual(found.operations, found.described)
        # Refusals alone would prove little: each operation must have succeeded, too.
        self.assertLessEqual(set(found.never_accepted), NEVER_RIGHT, found.in_words())
        print(found.in_words())


if __name__ == "__main__":
    unittest.main()
